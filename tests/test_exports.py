"""A person's copy of their record: complete, by the published schema, and readable in both languages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from graphql import get_named_type, is_leaf_type

from graph.employments import NewEmployment
from graph.events import About, EventType
from graph.retention import FIND_SUBJECT
from graph.statements import Statement
from graph.timesheets import AttendanceKind, Fact
from graph.visibility import Claim
from graph.withholding import WITHHELD
from graph.writing import Act, Desk, Outcome, Written, perform
from schema import exports
from schema.exports import SECTIONS, record_schema
from schema.record_page import WORDS
from tests.conftest import NOW, Ask, Company, gid
from tests.test_my_record import SCHEMA, Case, case

__all__ = ["case"]
pytestmark = pytest.mark.usefixtures("patient")


@dataclass(frozen=True, slots=True)
class OwnerRow:
    candidate: str
    application: str


FIRST = date(2025, 10, 1)
FILE = Path(__file__).parent.parent / "docs" / "record.schema.json"
OWNER = Statement(
    "tests.owner_of_interview",
    """
    MATCH (candidate:Candidate)-[:SUBMITTED]->(application:Application)-[:HAS_INTERVIEW]->(:Interview {id: $id})
    RETURN candidate.id AS candidate, application.id AS application
    """,
    row=OwnerRow,
)
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


async def test_a_copy_follows_every_page_to_its_end(ask: Ask, company: Company) -> None:
    """Attendance of a whole year, an interview and an employment about which more than a page of events is told."""
    hr = company.at(days=1)
    employment = await hr.employment(
        NewEmployment(company.departments["marketing"], company.person(email="year@example.com"), "Clerk", FIRST)
    )
    days = [Fact(AttendanceKind.PRESENT, FIRST + timedelta(days=day)) for day in range(250)]
    await hr.work_attendance(employment, "clock", *days)
    interview = await hr.interview(await company.application("marketing", company.person(email="year@example.com")))
    claim = await claim_of(ask, interview)
    for label, id in (("Employment", employment), ("Interview", interview)):
        await told(ask, company, claim.candidate, About(label, id), 120)
    record = json.loads((await ask("{ exportMyData }", claim))["exportMyData"])
    (work,), (met,) = record["employments"], record["interviews"]
    assert len({each["day"] for each in work["records"]}) == 250
    for told_of in (work, met):
        seqs = [each["seq"] for each in told_of["events"]]
        assert len(seqs) > 120
        assert seqs == sorted(set(seqs))
    assert [each["seq"] for each in record["history"]] == list(range(1, len(record["history"]) + 1))
    assert len(record["history"]) > 240
    assert record["notWhole"] == []


async def test_a_copy_says_what_it_does_not_hold(
    ask: Ask, company: Company, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST", 3)
    monkeypatch.setattr(exports, "PAGE", 2)
    record = json.loads((await ask("{ exportMyData }", case.claim))["exportMyData"])
    assert {"employments.records", "interviews.events", "history"} <= set(record["notWhole"])
    page = (await ask("{ exportMyData(format: HTML, locale: EN) }", case.claim))["exportMyData"]
    assert "Parts that are not all of it" in page
    assert "employments.records" in page


async def test_a_copy_tells_what_only_events_say(ask: Ask, company: Company) -> None:
    """A note, a reason and the text of a notice; third persons are withheld, and the person's own words are not."""
    hr, person = company.at(days=2), company.person()
    application = await company.application("marketing", person)
    held = await hr.interview(application, starts_at=NOW - timedelta(days=1))
    company.at(hours=2)
    brand, own, its_id = company.user("brand"), await claim_of(ask, held), gid("Interview", held)
    missed = {"interview": its_id, "attendance": "NOT_ATTENDED", "note": f"{brand} waited half an hour."}
    assert "id" in await ask.do("recordAttendance", company.user("hr"), **missed)
    withdrawn = {"application": gid("Application", application), "reason": "An offer near."}
    assert "id" in await ask.do("withdrawApplication", company.user("hr"), **withdrawn)
    record = json.loads((await ask("{ exportMyData }", own))["exportMyData"])
    said = {each["type"]: each for each in record["history"]}
    assert said["ATTENDANCE_RECORDED"]["note"] == f"{WITHHELD} waited half an hour."
    assert said["ATTENDANCE_RECORDED"]["about"] == its_id
    assert said["APPLICATION_WITHDRAWN"]["reason"] == "An offer near."
    page = (await ask("{ exportMyData(format: HTML, locale: EN) }", own))["exportMyData"]
    assert "An offer near." in page
    assert brand not in page


async def test_nothing_of_a_finding_is_in_a_copy_once_its_time_has_come(ask: Ask, company: Company) -> None:
    """However late the timer is that erases it."""
    hr = company.at(days=40)
    finding = await hr.no_show(await company.application("marketing"), reason="Nobody came, and nobody called.")
    (held,) = await ask.graph.client.read(FIND_SUBJECT, finding=finding)
    for at, is_told in ((NOW, True), (NOW + timedelta(days=4_000), False)):
        ask.now = at
        copy = (await ask("{ exportMyData }", await claim_of(ask, held.id)))["exportMyData"]
        assert ("Nobody came, and nobody called." in copy) == is_told


async def told(ask: Ask, company: Company, whose: str, about: About, times: int) -> None:
    """So many further events about a record of its candidate, as a platform that reports by the minute would cause."""
    act = Act(company.hr.viewer, company.hr.at, "tell", str(uuid4()), {})

    async def work(desk: Desk) -> Outcome:
        await desk.lock_candidate(whose)
        for _ in range(times):
            await desk.record(EventType.MESSAGE_OPENED, about)
        return Written(about.label, about.id)

    await perform(ask.graph, act, work)


async def claim_of(ask: Ask, interview: str) -> Claim:
    """The whole record's, of whom an interview is with."""
    (owner,) = await ask.graph.client.read(OWNER, id=interview)
    return Claim(owner.candidate, owner.application, verified=True)


LEFT_OUT = {
    "department, position, interview and so on by their names": {"relation"},
    "calendars and links are sent, and can be sent again": {"icsUid", "icsSequence", "joinUrl"},
    "the screen of a decision, and each dimension of a profile, name it": {"corrects", "correctedBy"},
    "a finding and its interview name it": {"noticeAnswerBy", "noticeTimeZone"},
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
