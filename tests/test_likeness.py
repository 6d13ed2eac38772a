"""Texts that differ in names alone are read once, and each is answered under its own names."""

from __future__ import annotations

import pytest
from graphql import parse

from schema.documents import TOKENS
from schema.execution import Answerer
from schema.likeness import likeness
from schema.root import core_schema
from tests.conftest import Ask, Company, gid

QUERY = """
query Inbox($code: String!, $many: Int) {
  department(code: $code) { heading: name, ...Listed }
}
fragment Listed on Department { applications(first: $many) { nodes { id, at: appliedAt } } }
"""
RENAMED = """# By somebody else.
query($many: String!, $code: Int)
{ department(code: $many) { n1: name ...F } } fragment F on Department {
  applications(first: $code) { nodes { id n2: appliedAt } } }
"""


def like(text: str) -> str | None:
    found = likeness(text, most=TOKENS)
    return found and found.text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (QUERY.replace("Inbox", ""), RENAMED),
        ("{ a: viewer { id } }", "{b:viewer{id}}"),
        ("query A { a: x b: y a: x }", "query B { c: x d: y c: x }"),
        ('{ a: f(s: """ " """) }', '{ b: f(s: """ " """) }'),
        ("{ ... on T { a: x } ...F } fragment F on T { x }", "{ ... on T { b: x } ...G } fragment G on T { x }"),
        ("fragment query on T { x }", "fragment other on T { x }"),
    ],
)
def test_texts_that_differ_in_names_alone_are_alike(one: str, other: str) -> None:
    assert like(one) is not None
    assert like(one) == like(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{ a: x b: y }", "{ a: x a: y }"),
        ("{ a: x y }", "{ y: x y }"),
        ("query($a: Int $b: Int) { x(p: $a) }", "query($a: Int $b: Int) { x(p: $b) }"),
        ("{ x(a: 1) }", "{ x(b: 1) }"),
        ("{ x(o: {a: 1}) }", "{ x(o: {b: 1}) }"),
        ('{ x(s: "a: b") }', '{ x(s: "c: b") }'),
        ('{ x(s: "a b") }', '{ x(s: "a  b") }'),
        ("{ x @include(if: true) }", "{ x @skip(if: true) }"),
        ("fragment F on A { x }", "fragment F on B { x }"),
        ("query { x }", "mutation { x }"),
        ("{ x }", "query { x }"),
    ],
)
def test_texts_that_differ_in_more_are_not_alike(one: str, other: str) -> None:
    assert like(one) != like(other)


@pytest.mark.parametrize(
    "text", ["", "   ", '{ x(s: "a }', "{ x(n: 5abc) }", "{ x; }", "{ é }", '{ x(s: """a) }', "{\fx }", "{ x(n: -) }"]
)
def test_what_is_no_document_is_like_nothing(text: str) -> None:
    assert like(text) is None
    with pytest.raises(Exception, match="Syntax Error"):
        parse(text)


def test_a_text_with_too_many_tokens_is_like_nothing() -> None:
    assert like("{" + " x" * TOKENS + "}") is None


async def test_a_text_alike_is_answered_under_its_own_names(ask: Ask, company: Company) -> None:
    await company.application("technology")
    viewer, fresh = company.user("technology"), Answerer(core_schema())
    ask.answerer = fresh
    first = await ask(QUERY, viewer, code="TECHNOLOGY", many=3)
    text = RENAMED.replace("query(", "query Other(")
    other = await ask.whole(text, viewer, many="TECHNOLOGY", code=3)
    assert fresh.borrows(text)
    expected = first["department"]
    nodes = [{"id": node["id"], "n2": node["at"]} for node in expected["applications"]["nodes"]]
    assert nodes
    assert other.data == {"department": {"n1": expected["heading"], "applications": {"nodes": nodes}}}
    assert list(other.data["department"]) == ["n1", "applications"]


async def test_an_error_of_a_text_alike_names_its_own_places(ask: Ask, company: Company) -> None:
    first = "query($id: ID!, $n: Int) { one: position(id: $id) { a: applications(first: $n) { totalCount } } }"
    other = "query  ($n: ID!, $of: Int) { two: position(id: $n) { b: applications(first: $of) { totalCount } } }"
    id = gid("Position", company.positions["technology"])
    viewer = company.user("technology")
    for values in ({"n": id, "of": "many"}, {"n": id, "of": 500}):
        alone, shared = Answerer(core_schema()), Answerer(core_schema())
        ask.answerer = shared
        assert (await ask.whole(first, viewer, id=id, n=1)).errors == []
        borrowed = await ask.whole(other, viewer, **values)
        ask.answerer = alone
        own = await ask.whole(other, viewer, **values)
        assert borrowed.errors == own.errors
        assert borrowed.data == own.data
        assert borrowed.extensions == own.extensions
        assert own.errors or own.extensions["adjusted"]


async def test_a_variable_that_is_not_declared_does_not_reach_a_text_alike(ask: Ask, company: Company) -> None:
    first = "query($code: String!) { department(code: $code) { name } }"
    other = "query($other: String!) { department(code: $other) { name } }"
    ask.answerer = Answerer(core_schema())
    viewer = company.user("technology")
    assert (await ask(first, viewer, code="TECHNOLOGY"))["department"] == {"name": "Technology"}
    whole = await ask.whole(other, viewer, other="MARKETING", code="TECHNOLOGY")
    assert whole.data == {"department": {"name": "Marketing"}}


async def test_the_operation_of_a_text_alike_has_its_own_name(ask: Ask, company: Company) -> None:
    answerer = ask.answerer = Answerer(core_schema())
    viewer = company.user("technology")
    assert await ask("query One { organization { id } }", viewer)
    assert await ask("query Two { organization { id } }", viewer)
    operation = answerer.operation("query Two { organization { id } }", None)
    assert operation
    assert operation.name == "Two"
    assert answerer.operation("query Two { organization { id } }", "One") is None
