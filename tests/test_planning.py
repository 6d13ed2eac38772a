"""A query of a new shape makes the database plan: its caller pays for that, and it waits for its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, LiteralString
from uuid import uuid4

import pytest

from graph import planning
from graph.client import Client, EngineUnavailable
from graph.planning import Planner, points, shape_of
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Ask, Company
from tests.test_documents import with_nothing_planned
from tests.test_http import client, server, token

NAMES = "{ departments { name } }"
SAME = "query Same { all: departments { called: name } }"


class Slow:
    """A database that plans for a moment, and counts how many statements it plans at once."""

    def __init__(self, seconds: float = 0.01) -> None:
        self.seconds = seconds
        self.texts: list[str] = []
        self.now = self.most = 0

    async def explain(self, text: LiteralString, parameters: Mapping[str, Any]) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.seconds)
        self.texts.append(text)
        self.now -= 1


def text(name: str) -> LiteralString:
    return name  # type: ignore[return-value]


async def test_a_shape_is_charged_when_it_is_new(graph: Graph, answerer: Answerer, company: Company) -> None:
    ask = Ask(with_nothing_planned(graph), answerer)
    first, again, same = [await ask.whole(query, company.user("hr")) for query in (NAMES, NAMES, SAME)]
    assert first.extensions["cost"]["planning"] > 5
    assert "planning" not in again.extensions["cost"]
    assert "planning" not in same.extensions["cost"], "aliases and names are no part of a shape"
    assert first.statements == again.statements == ["viewer", "departments"]


async def test_planning_is_taken_from_the_callers_points(graph: Graph, answerer: Answerer, company: Company) -> None:
    door = server(with_nothing_planned(graph), answerer, rate_points=6)
    headers, other = token(door, company.user("hr")), token(door, company.user("technology"))
    async with client(door) as http:
        answers = [await http.post("/graphql", json={"query": NAMES}, headers=headers) for _ in range(2)]
        spared = await http.post("/graphql", json={"query": NAMES}, headers=other)
    planned = answers[0].json()["extensions"]["cost"]["planning"]
    assert planned > 5
    assert [answer.status_code for answer in (*answers, spared)] == [200, 429, 200]


async def test_a_mutations_answer_is_planned_too(graph: Graph, answerer: Answerer, company: Company) -> None:
    door = server(with_nothing_planned(graph), answerer)
    query = (
        'mutation { createDepartment(input: {code: "%s", name: "New", nameZh: "新"}) '
        "{ ... on Department { name nameZh } } }"
    )
    async with client(door) as http:
        answers = [
            await http.post(
                "/graphql", json={"query": query % uuid4().hex[:8].upper()}, headers=token(door, company.user("hr"))
            )
            for _ in range(2)
        ]
    assert [("planning" in answer.json()["extensions"]["cost"]) for answer in answers] == [True, False]


async def test_new_shapes_take_turns() -> None:
    database = Slow()
    planner = Planner(database.explain)
    given = [planner.prepare(text(f"s{n}" * 20), {}, caller=f"caller {n % 4}") for n in range(12)]
    assert await asyncio.gather(*given) == [points(f"s{n}" * 20) for n in range(12)]
    assert database.most == planning.AT_ONCE


async def test_the_same_shape_is_planned_once() -> None:
    database = Slow()
    planner = Planner(database.explain)
    charged = await asyncio.gather(*(planner.prepare(text("same"), {}, caller=str(n)) for n in range(8)))
    assert sorted(charged) == [0] * 7 + [1]
    assert database.texts == ["same"]


async def test_a_caller_of_many_new_shapes_holds_up_nobody() -> None:
    database = Slow()
    planner = Planner(database.explain)
    many = [asyncio.create_task(planner.prepare(text(f"many {n}"), {}, caller="many")) for n in range(20)]
    await asyncio.sleep(0)
    await planner.prepare(text("one"), {}, caller="one")
    assert database.texts.index("one") <= 2
    await asyncio.gather(*many)


async def test_what_is_known_waits_for_nothing() -> None:
    database = Slow(0.2)
    planner = Planner(database.explain)
    await planner.prepare(text("known"), {})
    waiting = asyncio.create_task(planner.prepare(text("new"), {}))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(0.1):
        assert await planner.prepare(text("known"), {}) == 0
    await waiting


async def test_patience_for_a_turn_ends(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "PATIENCE", 0.05)
    stuck = Client(graph.client.driver, graph.client.database)
    stuck._planner = Planner(Slow(60).explain)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(EngineUnavailable, match="wait to be planned"):
        await stuck.plan(text("new"), {})


async def test_a_failure_is_not_taken_for_a_plan() -> None:
    async def broken(_: LiteralString, __: Mapping[str, Any]) -> None:
        raise OSError

    planner = Planner(broken)
    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011
            await planner.prepare(text("new"), {})


async def test_shapes_that_the_database_forgets_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "KEPT", 2)
    database = Slow(0)
    planner = Planner(database.explain)
    for name in ("a", "b", "a", "c", "a", "b"):
        await planner.prepare(text(name), {})
    assert database.texts == ["a", "b", "c", "b"]


def test_sizes_make_shapes() -> None:
    def shape(**parameters: Any) -> tuple[Any, ...]:
        return shape_of("text", parameters)

    assert shape(own=["a"] * 2) == shape(own=["b"] * 10) != shape(own=["a"] * 11)
    assert shape(id="x" * 36) == shape(id="y" * 99) != shape(id="x" * 101)
    assert shape(n=1) == shape(n=100) != shape(n="1")
    assert shape(search="") != shape(search="a")


async def test_a_new_size_of_list_is_planned_anew(graph: Graph, answerer: Answerer, company: Company) -> None:
    fresh = with_nothing_planned(graph)
    await Ask(fresh, answerer)(NAMES, company.user("hr"))
    for number in range(6):
        await company.hr.department(f"MORE{number}", f"More {number}", f"更多{number}")
    answer = await Ask(replace(fresh), answerer).whole(NAMES, company.user("hr"))
    assert answer.extensions["cost"]["planning"] > 5, "eleven departments are of another class than five"


async def test_a_bulk_load_is_planned_anew(graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    """And where a user may not have that done, or a database cannot do it, it is said and nothing fails."""
    await graph.client.replan()
    assert caplog.messages == []
    if graph.client.one_writer:
        await Client(graph.client.driver, graph.client.database).replan()
        assert [each.split(":")[0] for each in caplog.messages] == ["plans are not made anew after a bulk load"]
