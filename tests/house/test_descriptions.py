"""What clients read: every name in the language is described, every code and every value has its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLInt,
    GraphQLNamedType,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_introspection_type,
    is_object_type,
    is_specified_scalar_type,
)

from graph.labels import LABELS, in_words
from graph.refusals import FAULTS, SENTENCES, Code, Fault, Locale, Refusal, invalid
from schema.root import core_schema

SCHEMA = core_schema()
TYPES = [
    type for type in SCHEMA.type_map.values() if not is_introspection_type(type) and not is_specified_scalar_type(type)
]
MUTATIONS = SCHEMA.mutation_type.fields if SCHEMA.mutation_type else {}
ANYWHERE = {"NOT_ALLOWED", "KEY_REUSED", "INVALID_VALUE"}
"""Codes that any mutation may answer with: its role, its key, its key's length."""


def described(type: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """Every name of a type that clients see, with its description."""
    yield type.name, type.description
    if is_object_type(type) or is_interface_type(type):
        for name, field in type.fields.items():
            yield f"{type.name}.{name}", field.description
            for argument, definition in field.args.items():
                yield f"{type.name}.{name}({argument}:)", definition.description
    if is_input_object_type(type):
        for name, field in type.fields.items():
            yield f"{type.name}.{name}", field.description
    if is_enum_type(type):
        for name, value in type.values.items():
            yield f"{type.name}.{name}", value.description


def test_everything_clients_see_is_described() -> None:
    """Docstrings do not reach the SDL; a frontend team reads nothing else."""
    silent = [name for type in TYPES for name, text in described(type) if not (text or "").strip()]
    assert not silent


def test_descriptions_are_sentences() -> None:
    """They are read in a side panel, one at a time: each begins and ends as a sentence does."""
    unfinished = [
        (name, text)
        for type in TYPES
        for name, text in described(type)
        if name != "Date"  # Strawberry's own words
        and text
        and not (text.rstrip().endswith(".") and (text[0].isupper() or not text[0].isalpha()))
    ]
    assert not unfinished


def numbers() -> Iterator[tuple[str, str]]:
    """Every number that a client gives, with its description."""
    for type in TYPES:
        given = type.fields if is_input_object_type(type) else {}
        if is_object_type(type):
            given = {f"{name}({arg}:)": each for name, field in type.fields.items() for arg, each in field.args.items()}
        for name, each in given.items():
            if get_named_type(each.type) in (GraphQLInt, GraphQLFloat):
                yield f"{type.name}.{name}", each.description or ""


def test_numbers_that_are_given_tell_their_bounds() -> None:
    """A form is built from the schema: whoever builds it would learn them from refusals, one at a time."""
    known = "seq of the last event"
    silent = [
        (name, text)
        for name, text in numbers()
        if not re.search(r"[Ff]rom [\d,.]+ to \S|above 0, up to [\d,]+|(up to|at most) [\d,]+", text)
        and known not in text
    ]
    assert not silent


@pytest.mark.parametrize("code", Code)
def test_every_code_has_its_sentences(code: Code) -> None:
    """A refusal is shown to people as it comes."""
    for locale in Locale:
        sentence = Refusal(code).message(locale)
        assert sentence.endswith("。" if locale is Locale.ZH_CN else ".")
    assert len(set(SENTENCES[code])) == 2
    assert re.search(r"[\u4e00-\u9fff]", SENTENCES[code][0])
    assert SENTENCES[code][1].isascii()


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_its_sentences(fault: Fault) -> None:
    """Where a refusal names the rule, the sentence has the rule's bounds and nothing else of the request."""
    for locale in Locale:
        sentence = invalid("field", fault, 1, 2_000).message(locale)
        assert sentence.endswith("。" if locale is Locale.ZH_CN else ".")
        assert "{" not in sentence
    assert re.search(r"[\u4e00-\u9fff]", FAULTS[fault][0])
    assert FAULTS[fault][1].isascii()


def test_every_invalid_value_names_its_rule() -> None:
    """ "This value is not valid" leaves whoever reads it guessing."""
    root = Path(__file__).parents[2]
    sources = [path for room in ("api", "graph", "schema", "seeds") for path in (root / room).rglob("*.py")]
    texts = {str(path): path.read_text() for path in sources if path.name != "refusals.py"}
    assert not [name for name, text in texts.items() if "Refusal(Code.INVALID_VALUE" in text]
    assert not [fault for fault in Fault if not any(f"Fault.{fault.name}" in text for text in texts.values())]


def codes(mutation: str) -> set[str]:
    """The codes that a mutation's description names."""
    text = MUTATIONS[mutation].description or ""
    named = re.search(r"Codes: ([A-Z_, ]+)\.", text)
    return set(named.group(1).split(", ")) if named else set()


@pytest.mark.parametrize("mutation", sorted(MUTATIONS))
def test_mutations_name_codes_that_exist(mutation: str) -> None:
    """Clients branch on these names."""
    assert codes(mutation)
    assert codes(mutation) <= {code.value for code in Code}


AT_THE_DOOR = {
    *("NO_CONTACT", "TOO_MANY_CODES", "CODE_WRONG", "CODE_ENDED", "INVITATION_CHANGED", "ANSWERED_SINCE"),
    "PROOF_PURGED",
}
"""Refusals of the candidates' pages, whose sessions GraphQL knows nothing of, of mailed answers, and of files."""


def test_every_code_is_named_by_a_mutation() -> None:
    """A code that no mutation names is either dead or a surprise."""
    named = set[str]().union(*(codes(mutation) for mutation in MUTATIONS))
    assert {code.value for code in Code} == named | ANYWHERE | AT_THE_DOOR


def labelled() -> dict[str, GraphQLEnumType]:
    """The enums that are said in words by a field beside them, by the name of that field."""
    found: dict[str, GraphQLEnumType] = {}
    for type in TYPES:
        if not is_object_type(type):
            continue
        for name, field in type.fields.items():
            if name.endswith("Label"):
                assert "locale" in field.args, f"{type.name}.{name}"
                value = get_named_type(type.fields[name.removesuffix("Label")].type)
                assert is_enum_type(value), f"{type.name}.{name}"
                found[f"{type.name}.{name}"] = value
    return found


SAID_OTHERWISE = {
    "InvitationAnswer.code": "Its message says it.",
    "GraphEdge.kind": "Programs draw it.",
    "Candidate.locale": "A setting, and not a fact that people read.",
    "Proof.kind": "A format has one name in both languages.",
    "AttendanceRecord.granularity": "The day beside it is written as a day or as a month.",
    "CreditCounterfactual.change": "Its sentence says it.",
    "CreditCounterfactual.band": "Its sentence says it.",
    "CreditScore.offBecause": "Its sentence says it.",
    "LostInterviews.mode": "A row of a table, of which the client writes the head.",
    "SimulatedBand.band": "A row of a table, of which the client writes the head.",
    "SelfAnswer.dimension": "It sorts a question, which is said in words.",
}
"""Enums without words beside them, and why."""


def test_what_people_read_is_said_in_words() -> None:
    """A client would have to translate the values itself, and would miss those that are new."""
    bare = {
        f"{type.name}.{name}"
        for type in TYPES
        if is_object_type(type) and not type.name.endswith("Refused")
        for name, field in type.fields.items()
        if is_enum_type(get_nullable_type(field.type)) and f"{name}Label" not in type.fields
    }
    assert bare == SAID_OTHERWISE.keys()


def test_every_labelled_value_has_words() -> None:
    """A value without words would fail the whole answer that holds it, on the first day it is stored."""
    missing = [(field, value) for field, enum in labelled().items() for value in enum.values if value not in LABELS]
    assert not missing
    assert {value for enum in labelled().values() for value in enum.values} == LABELS.keys()


@pytest.mark.parametrize("value", LABELS)
def test_words_are_said_in_both_languages(value: str) -> None:
    """HR reads Chinese, head office English."""
    chinese, english = (in_words(value, locale) for locale in (Locale.ZH_CN, Locale.EN))
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert english.isascii()
    assert english.strip()


def test_every_connection_pages_alike() -> None:
    """Whoever has paged through one list can page through all."""
    for type in TYPES:
        if not is_object_type(type):
            continue
        for name, field in type.fields.items():
            if get_named_type(field.type).name.endswith("Connection"):
                assert {"first", "after", "last", "before", "orderBy"} <= field.args.keys(), f"{type.name}.{name}"
