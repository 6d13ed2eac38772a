"""A statement that takes too long is ended by the engine itself, and its caller is told so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, LiteralString

import pytest
from graphql import GraphQLError

from graph import client as clients
from graph.client import Client, EngineUnavailable, TooSlow, WriteTooSlow
from graph.embedded import EmbeddedEngine
from graph.statements import STATEMENTS, Found, Statement
from graph.writing import Graph
from schema.errors import presentable
from schema.execution import Answerer
from tests.conftest import ANY_NODE, Company
from tests.test_http import client, server, token

ENDLESS: LiteralString = """
UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a + b < 0 RETURN toString(count(*)) AS id
"""
MARK: LiteralString = "CREATE (mark:Mark {id: 'left behind'}) RETURN mark.id AS id"
LIMIT, MARGIN = 3.0, 7.0
"""Seconds that the database may take, and has to say that it stopped: long, as a busy machine says so late."""
SOON = 30.0
"""Seconds in which a statement must have ended whose limit is three; without a limit it takes a quarter of an hour."""


@pytest.fixture
async def limited(
    graph: Graph, engine_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Client]:
    """A client whose statements may take three seconds, by the driver or by the engine's own setting."""
    monkeypatch.setattr(clients, "MARGIN", MARGIN)
    monkeypatch.setattr(clients, "TIMEOUT", LIMIT + MARGIN)
    if engine_name == "neo4j":
        yield graph.client
        return
    engine = EmbeddedEngine(tmp_path / "engine", seconds=LIMIT)
    address = await engine.start()
    made = address.client()
    yield made
    await made.close()
    await engine.stop()


@pytest.fixture
def endless() -> AsyncIterator[Statement[Found]]:
    made = [Statement("tests.endless", ENDLESS, row=Found), Statement("tests.mark", MARK, row=Found, writes=True)]
    yield made[0]  # type: ignore[misc]
    for each in made:
        del STATEMENTS[each.name]


async def test_a_slow_read_is_ended_by_the_engine(limited: Client, endless: Statement[Found]) -> None:
    started = time.monotonic()
    with pytest.raises(TooSlow):
        await limited.read(endless)
    assert LIMIT * 0.6 < time.monotonic() - started < SOON
    await limited.read(ANY_NODE)


async def test_a_slow_write_leaves_nothing_behind(
    limited: Client, endless: Statement[Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The margin of a write is beyond its timeout.
    monkeypatch.setattr(clients, "TIMEOUT", LIMIT)
    mark = STATEMENTS["tests.mark"]

    async def work(tx: clients.Transaction) -> None:
        await tx.run(mark)
        await tx.run(endless)

    started = time.monotonic()
    with pytest.raises(WriteTooSlow) as stopped:
        await limited.write(work)
    told = presentable(GraphQLError("", original_error=stopped.value))
    assert told.extensions == {"code": "ENGINE_UNAVAILABLE", "retryable": True}, "to be sent again, under its key"
    assert time.monotonic() - started < SOON
    assert not await limited.answer("tests.marks", "MATCH (mark:Mark) RETURN mark.id AS id", {})


async def test_the_caller_of_a_slow_query_is_told(
    graph: Graph, answerer: Answerer, company: Company, limited: Client
) -> None:
    class Slowed(Client):
        async def answer(
            self, name: str, text: LiteralString, parameters: Mapping[str, Any]
        ) -> list[Mapping[str, Any]]:
            slow = name == "departments"
            return await (limited if slow else graph.client).answer(name, ENDLESS if slow else text, parameters)

    door = server(replace(graph, client=Slowed(graph.client.driver, graph.client.database)), answerer)
    query = "{ viewer { externalId } departments { name } }"
    async with client(door) as http:
        answer = (await http.post("/graphql", json={"query": query}, headers=token(door, company.user("hr")))).json()
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "TIMED_OUT", "retryable": False}
    assert error["message"] == "The database took longer than 10 seconds and was stopped; ask for less."
    assert answer["data"] is None or answer["data"]["departments"] is None


class Begun(Client):
    """A database that begins to answer, where it is `heard`, and does not end."""

    heard_of = True

    async def _ask(self, *_: Any, heard: Callable[[], object] | None = None) -> list[Mapping[str, Any]]:
        if heard is not None and self.heard_of:
            heard()
        await asyncio.sleep(SOON)
        return []


@pytest.mark.parametrize(("heard", "error"), [(True, TooSlow), (False, EngineUnavailable)])
async def test_an_answer_that_has_begun_is_slow_and_one_that_has_not_is_absent(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, *, heard: bool, error: type[Exception]
) -> None:
    monkeypatch.setattr(clients, "TIMEOUT", 0.2)
    monkeypatch.setattr(clients, "PATIENCE", 0.1)
    begun = Begun(graph.client.driver, graph.client.database)
    begun.heard_of = heard
    with pytest.raises(error):
        await begun.read(ANY_NODE)
