"""A person's copy of their record: complete, by the published schema, and readable in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graphql import get_named_type, is_leaf_type

from graph.visibility import Claim
from schema.exports import SECTIONS, record_schema
from schema.record_page import WORDS
from tests.conftest import Ask, Company
from tests.test_my_record import SCHEMA, Case, case

__all__ = ["case"]
FILE = Path(__file__).parent.parent / "docs" / "record.schema.json"
TYPES: dict[str, Any] = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float)}


def faults(value: Any, schema: dict[str, Any], way: str = "record") -> list[str]:
    """What of a value is not by its schema, for the words of JSON Schema that ours is written in."""
    if "anyOf" in schema:
        return [] if value is None else faults(value, schema["anyOf"][0], way)
    if "const" in schema:
        return [] if value == schema["const"] else [f"{way} is {value!r}"]
    if schema["type"] == "boolean":
        return [] if isinstance(value, bool) else [f"{way} is {value!r}"]
    if not isinstance(value, TYPES[schema["type"]]):
        return [f"{way} is {value!r}"]
    if schema["type"] == "object":
        if value.keys() != schema["properties"].keys():
            return [f"{way} has {sorted(value.keys() ^ schema['properties'].keys())}"]
        return [each for key in value for each in faults(value[key], schema["properties"][key], f"{way}.{key}")]
    if schema["type"] == "array":
        return [each for item in value for each in faults(item, schema["items"], f"{way}[]")]
    return []


def test_the_schema_is_the_published_one() -> None:
    """`make record-schema` writes it."""
    assert json.loads(FILE.read_text()) == record_schema(SCHEMA)


async def test_a_copy_holds_all_and_is_by_the_schema(ask: Ask, company: Company, case: Case) -> None:
    record = json.loads((await ask("{ exportMyData }", case.claim))["exportMyData"])
    assert faults(record, json.loads(FILE.read_text())) == []
    assert record["person"]["email"].endswith("@example.com")
    counts = {section.name: len(record[section.name]) for section in SECTIONS}
    assert counts == {
        **{"applications": 2, "interviews": 6, "findings": 3, "employments": 1, "requests": 1, "accesses": 2},
        "accessGaps": 1,
    }
    assert record["interviews"][0]["events"]
    assert record["employments"][0]["records"]
    assert {each["template"] for each in record["messages"]} >= {"REQUEST_RECEIVED"}


LEFT_OUT = {
    "department, position, interview and so on by their names": {"relation"},
    "calendars and links are sent, and can be sent again": {"icsUid", "icsSequence", "joinUrl"},
    "the screen of a decision, and each dimension of a profile, name it": {"noticeAnswerBy", "corrects", "correctedBy"},
    "marks of reading, which say nothing of anybody": {"lastSeq", "repeats"},
}


def test_nothing_that_a_person_may_read_is_left_out() -> None:
    """Every plain field of what the record consists of is in the copy, or it is said here why not."""
    exported = named(record_schema(SCHEMA)) | set[str]().union(*LEFT_OUT.values())
    missing: list[str] = []
    for name in ("Candidate", "Application", "Interview", "Finding", "RescheduleRequest", "Proof", "ResumeCheck"):
        missing += _absent(name, exported)
    for name in ("Decision", "Employment", "AttendanceRecord", "TaskResult", "RightsRequest", "Access", "Assessment"):
        missing += _absent(name, exported)
    assert missing == []


def _absent(type: str, exported: set[str]) -> list[str]:
    fields: Any = SCHEMA.type_map[type].fields  # type: ignore[attr-defined]  # pyright: ignore
    plain = [name for name, field in fields.items() if is_leaf_type(get_named_type(field.type))]
    return [f"{type}.{name}" for name in plain if name not in exported and not name.endswith("Label")]


async def test_a_copy_is_a_page_in_both_languages(ask: Ask, company: Company, case: Case) -> None:
    zh = (await ask("{ exportMyData(format: HTML) }", case.claim))["exportMyData"]
    en = (await ask("{ exportMyData(format: HTML, locale: EN) }", case.claim))["exportMyData"]
    assert '<html lang="zh">' in zh
    assert "谁查阅过" in zh
    assert "Who looked" in en
    assert "<script" not in zh + en
    assert "王芳" in en


def named(schema: Any) -> set[str]:
    """Every name that a record by a schema gives to what it holds."""
    within = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    own = set(schema.get("properties", {})) if isinstance(schema, dict) else set[str]()
    return own.union(*map(named, within))


def test_every_line_of_a_page_has_its_word() -> None:
    assert named(json.loads(FILE.read_text())) - WORDS.keys() == {"turnout", "version", "writtenAt"}


async def test_a_copy_is_for_nobody_else(ask: Ask, company: Company, case: Case) -> None:
    for viewer in (company.user("hr"), Claim(case.claim.candidate, case.claim.application)):
        assert (await ask("{ exportMyData }", viewer))["exportMyData"] is None
