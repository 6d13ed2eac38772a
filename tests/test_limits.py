"""Limits: what is too large is refused before it is run, in the time that its text takes to read."""

from __future__ import annotations

import time
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from schema.execution import Answerer
from schema.limits import measure, operations
from tests.conftest import Ask, Company


def fragments(levels: int, body: str) -> str:
    """Fragments that name the next one twice, so that expansion doubles with each level."""
    chain = "".join(f" fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    return f"{{ ...F0 }}{chain} fragment F{levels} on Query {{ {body} }}"


HOSTILE = {
    "TOO_DEEP": "{ departments " + "{ parent " * 12 + "{ id }" + " }" * 13,
    "TOO_MANY_ALIASES": "{ departments { " + " ".join(f"a{n}: name" for n in range(31)) + " } }",
    "TOO_MANY_DIRECTIVES": "{ departments { " + "name @include(if: true) " * 51 + "} }",
    "TOO_MANY_ROOT_FIELDS": "{ " + "__typename " * 21 + "}",
    "TOO_MANY_SCHEMAS": "{ a: __schema { description } b: __schema { description } }",
    "TOO_COSTLY": "{ candidates(first: 100) { nodes { applications(first: 100) { nodes { id source } } } } "
    "departments { id } }",
}


@pytest.mark.parametrize("code", HOSTILE)
async def test_each_limit_has_its_code(ask: Ask, company: Company, code: str) -> None:
    answer = await ask.whole(HOSTILE[code], company.user("hr"))
    assert code in [error["extensions"]["code"] for error in answer.errors]
    assert answer.data is None
    assert answer.statements == []


@pytest.mark.parametrize(
    "inside",
    [
        "types { name } a: types { name } b: types { name } c: types { name } d: types { name }",
        "types { fields { name } a: fields { name } b: fields { name } c: fields { name } d: fields { name } }",
        "types { ...T } } } fragment T on __Type { a: fields { name } b: fields { name } c: fields { name } "
        "d: fields { name } } fragment Unused on Query { __schema { description",
    ],
)
async def test_introspection_under_many_names_is_refused(ask: Ask, company: Company, inside: str) -> None:
    """Every name for what it lists has all below told again: sixty of them were 12 MB."""
    answer = await ask.whole(f"{{ __schema {{ {inside} }} }}", company.user("hr"))
    assert "TOO_MANY_ALIASES" in [error["extensions"]["code"] for error in answer.errors]


@pytest.mark.parametrize(
    ("given", "cost"),
    [({}, 100), ({"n": 100.0}, 100), ({"n": 7}, 7), ({"n": 7.0}, 7), ({"n": None}, 20)],
)
async def test_a_page_costs_what_it_brings(ask: Ask, company: Company, given: dict[str, Any], cost: int) -> None:
    """However its size comes to be: a variable's default, or a number with a fraction of nothing."""
    query = "query Page($n: Int = 100) { candidates(first: $n) { nodes { id } } }"
    answer = await ask.whole(query, company.user("hr"), **given)
    assert answer.extensions["cost"]["records"] == cost


async def test_a_default_may_be_too_costly(ask: Ask, company: Company) -> None:
    query = PAGES.replace("$n: Int)", "$n: Int = 100)")
    assert [error["extensions"]["code"] for error in (await ask.whole(query, company.user("hr"))).errors] == [
        "TOO_COSTLY"
    ]
    assert (await ask.whole(query, company.user("hr"), n=5)).errors == []


@pytest.mark.parametrize("document", [fragments(60, "a: __typename"), "{ ...A } fragment A on Query { ...A }"])
def test_a_bomb_is_measured_at_once(answerer: Answerer, document: str) -> None:
    started = time.perf_counter()
    tree = parse(document)
    _, errors = measure(answerer.schema, tree, operations(tree)[0], {})
    assert "TOO_MANY_ALIASES" in [error.extensions["code"] for error in errors if error.extensions]
    assert time.perf_counter() - started < 0.5


def test_six_mutations_are_one_too_many(answerer: Answerer) -> None:
    call = 'closePosition(input: {position: "x"}) { __typename }'
    tree = parse("mutation { " + " ".join(f"m{n}: {call}" for n in range(6)) + " }")
    _, errors = measure(answerer.schema, tree, operations(tree)[0], {})
    assert [error.message for error in errors] == ["The operation has 6 root fields; it may have 5."]


PAGES = """
query Pages($n: Int) {
  candidates(first: $n) { nodes { applications(first: $n) { nodes { id candidate { id } } } } }
}
"""
NESTED = """
query Nested($code: String!) {
  department(code: $code) {
    positions(first: 2) { edges { node { applications(first: 2) { edges { node {
      candidate { interviews(first: 2) { edges { node {
        events(first: 2) { edges { node { actor { externalId } } } }
      } } } }
    } } } } } }
  }
}
"""


async def test_variables_are_part_of_the_cost(ask: Ask, company: Company) -> None:
    small = await ask.whole(PAGES, company.user("hr"), n=10)
    large = await ask.whole(PAGES, company.user("hr"), n=100)
    cost = small.extensions["cost"]
    assert (cost["records"], cost["limit"]) == (210, 10_000)
    assert [error["extensions"]["code"] for error in large.errors] == ["TOO_COSTLY"]


async def test_introspection_is_not_too_deep(ask: Ask) -> None:
    answer = await ask.whole(get_introspection_query(), None)
    assert not answer.errors
    assert answer.statements == []


async def test_pages_do_not_count_as_depth(ask: Ask, company: Company) -> None:
    answer = await ask.whole(NESTED, company.user("hr"), code="MARKETING")
    assert not answer.errors, answer.errors
