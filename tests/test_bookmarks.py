"""Bookmarks: a mutation answers where its write ended, and a request that sends that begins there.

What only a cluster could show, that a read waits for a member which lags, is not tested.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from neo4j import AsyncDriver, AsyncGraphDatabase
from neo4j import Bookmarks as Raw

from api.bookmarks import HEADER, SIZE, Bookmarks
from api.http import Server
from graph.bookmarks import following
from graph.client import Client
from graph.secrets import Secrets
from graph.statements import Found
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import ANY_NODE, Company, gid
from tests.test_http import VIEWER, client, server, token
from tests.test_subscriptions import served, talk

SUBMIT = """mutation Submit($input: SubmitApplicationInput!) {
  submitApplication(input: $input) { __typename ... on Application { stage } ... on Refused { code } }
}"""
NAMES = "{ viewer { externalId } departments { name } }"


class Telling:
    """A driver that tells what its sessions were given, and is otherwise the one that it stands before."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver
        self.sessions: list[frozenset[str]] = []
        self.modes: list[str] = []

    def session(self, **config: Any) -> Any:
        given = config.get("bookmarks")
        self.sessions.append(given.raw_values if given else frozenset())
        self.modes.append(config["default_access_mode"])
        return self._driver.session(**config)


def listened(graph: Graph, answerer: Answerer) -> tuple[Server, Telling]:
    driver = Telling(graph.client.driver)
    made = Client(driver, graph.client.database)  # type: ignore[arg-type]
    made._planner = graph.client._planner  # pyright: ignore[reportPrivateUsage]
    return server(replace(graph, client=made), answerer), driver


def input(company: Company) -> dict[str, Any]:
    person = {"displayName": "王芳", "email": f"{company.tag}@example.com"}
    return {"input": {"position": gid("Position", company.positions["technology"]), "candidate": person}}


async def test_a_bookmark_reaches_the_sessions_of_a_request(graph: Graph, answerer: Answerer, company: Company) -> None:
    door, driver = listened(graph, answerer)
    headers = token(door, company.user("hr"))
    async with client(door) as http:
        made = await http.post("/graphql", json={"query": SUBMIT, "variables": input(company)}, headers=headers)
        assert made.json()["data"]["submitApplication"]["stage"]
        bookmarks = door.bookmarks.open(made.headers[HEADER])
        assert bookmarks
        assert driver.modes[-2:] == ["WRITE", "READ"]
        assert driver.sessions[-2:] == [frozenset(), bookmarks], "what was written is read after the write"
        driver.sessions.clear()
        door.viewers.drop()
        sent = headers | {HEADER: made.headers[HEADER]}
        read = await http.post("/graphql", json={"query": NAMES}, headers=sent)
        assert len(read.json()["data"]["departments"]) == 5
        assert driver.sessions == [bookmarks] * 3
        driver.sessions.clear()
        again = await http.post("/graphql", json={"query": SUBMIT, "variables": input(company)}, headers=sent)
        assert driver.sessions[0] == bookmarks, "a write begins there too"
        assert door.bookmarks.open(again.headers[HEADER]) != bookmarks
        driver.sessions.clear()
        await http.post("/graphql", json={"query": NAMES}, headers=headers)
        assert driver.sessions == [frozenset()] * 2, "another request follows nothing"
        assert HEADER not in read.headers


async def test_a_stream_begins_at_the_bookmark_too(graph: Graph, answerer: Answerer, company: Company) -> None:
    door, driver = listened(graph, answerer)
    sent = token(door, company.user("hr")) | {"Accept": "text/event-stream"}
    sent[HEADER] = door.bookmarks.seal(bookmarks := await written(graph))
    async with client(door) as http:
        answer = await http.post("/graphql", json={"query": VIEWER}, headers=sent)
    assert company.user("hr") in answer.text
    assert set(driver.sessions) == {bookmarks}


async def test_a_streamed_mutation_tells_its_bookmark_in_the_answer(
    graph: Graph, answerer: Answerer, company: Company
) -> None:
    door, driver = listened(graph, answerer)
    sent = token(door, company.user("hr")) | {"Accept": "text/event-stream"}
    async with client(door) as http:
        made = await http.post("/graphql", json={"query": SUBMIT, "variables": input(company)}, headers=sent)
        read = await http.post("/graphql", json={"query": VIEWER}, headers=sent)
        told, after = (orjson.loads(each.text.split("data: ")[1].split("\n")[0]) for each in (made, read))
    assert HEADER not in made.headers
    assert door.bookmarks.open(told["extensions"]["bookmark"]) in driver.sessions, "what was written is read after it"
    assert "bookmark" not in after["extensions"]


async def test_a_bookmark_among_the_extensions_is_followed(graph: Graph, answerer: Answerer, company: Company) -> None:
    """By whichever way; a header goes before it."""
    door, driver = listened(graph, answerer)
    bookmarks = await written(graph)
    body = {"query": VIEWER, "extensions": {"bookmark": door.bookmarks.seal(bookmarks)}}
    headers = token(door, company.user("hr"))
    async with client(door) as http:
        for way in ({}, {"Accept": "text/event-stream"}):
            driver.sessions.clear()
            answer = await http.post("/graphql", json=body, headers=headers | way)
            assert company.user("hr") in answer.text
            assert set(driver.sessions) == {bookmarks}
        driver.sessions.clear()
        sent = headers | {HEADER: door.bookmarks.seal(later := await written(graph))}
        await http.post("/graphql", json=body, headers=sent)
        assert set(driver.sessions) == {later}
        for wrong in ("rubbish", 7, ["FB:1"]):
            answer = await http.post("/graphql", json=body | {"extensions": {"bookmark": wrong}}, headers=headers)
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_BOOKMARK"


async def test_a_bookmark_is_sent_over_a_socket(graph: Graph, answerer: Answerer, company: Company) -> None:
    """It joins what was written over the socket, which is followed without it."""
    async with served(graph, answerer) as door:
        driver = Telling(graph.client.driver)
        made = Client(driver, graph.client.database)  # type: ignore[arg-type]
        made._planner = graph.client._planner  # pyright: ignore[reportPrivateUsage]
        door.graph = replace(graph, client=made)
        async with talk(door, company.user("hr")) as caller:
            elsewhere = await written(graph)
            payload = {"query": VIEWER, "extensions": {"bookmark": door.bookmarks.seal(elsewhere)}}
            driver.sessions.clear()
            await caller.send(id="1", type="subscribe", payload=payload)
            assert (await caller.told())["viewer"]
            assert (await caller.hear())["type"] == "complete"
            assert set(driver.sessions) == {elsewhere}
            await caller.ask(SUBMIT, "2", **input(company))
            own = door.bookmarks.open((await caller.hear())["payload"]["extensions"]["bookmark"])
            await caller.hear()
            driver.sessions.clear()
            await caller.send(id="3", type="subscribe", payload=payload)
            await caller.told("3")
            await caller.hear()
            assert set(driver.sessions) == {own | elsewhere}
            for wrong in ("rubbish", 7):
                await caller.send(id="4", type="subscribe", payload=payload | {"extensions": {"bookmark": wrong}})
                assert await caller.refused("4") == "BAD_BOOKMARK"


async def written(graph: Graph) -> frozenset[str]:
    """Where a write ended."""
    with following() as trail:
        await graph.client.write(lambda tx: tx.run(ANY_NODE))
    assert trail.written
    return trail.bookmarks


@pytest.mark.parametrize("given", ["rubbish", "FB:kcwQ", "ä", "x" * (SIZE + 1), "another server's"])
async def test_a_malformed_bookmark_is_refused_in_a_sentence(
    graph: Graph, answerer: Answerer, company: Company, given: str
) -> None:
    door, driver = listened(graph, answerer)
    text = Bookmarks(Secrets(b"?" * 32)).seal(["FB:1"]) if given == "another server's" else given
    headers = [(name, value.encode()) for name, value in (token(door, company.user("hr")) | {HEADER: text}).items()]
    async with client(door) as http:
        answer = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
    (error,) = answer.json()["errors"]
    assert answer.status_code == 400
    assert error["extensions"]["code"] == "BAD_BOOKMARK"
    assert error["message"].endswith(".")
    assert driver.sessions == []


async def test_a_bookmark_of_another_database_is_named(
    graph: Graph, answerer: Answerer, company: Company, engine_name: str
) -> None:
    """The embedded engine takes any; Neo4j refuses what it never wrote, which is no fault of the server."""
    door, _ = listened(graph, answerer)
    headers = token(door, company.user("hr")) | {HEADER: door.bookmarks.seal(["arcade:tx:1"])}
    async with client(door) as http:
        answer = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
    if engine_name == "embedded":
        assert answer.json()["data"]["viewer"]
    else:
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_BOOKMARK"


class Routed:
    """A driver of a cluster whose sessions are looked at, and answer without one."""

    def __init__(self, address: str) -> None:
        self.driver = AsyncGraphDatabase.driver(address)
        self.sessions: list[Any] = []

    def session(self, **config: Any) -> Any:
        self.sessions.append(self.driver.session(**config))
        return Standing()


class Rows:
    """A result: records, or nothing that is asked for."""

    def __init__(self, records: AsyncIterator[dict[str, Any]]) -> None:
        self._records = records

    def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        return self._records

    async def consume(self) -> None:
        pass


class Standing:
    """A session that answers, commits and has a bookmark."""

    async def __aenter__(self) -> Standing:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def run(self, *_: object, **__: object) -> Rows:
        async def records() -> AsyncIterator[dict[str, Any]]:
            yield {"id": "found"}

        return Rows(records())

    async def begin_transaction(self, **_: object) -> Standing:
        return self

    async def commit(self) -> None:
        pass

    async def last_bookmarks(self) -> Any:
        return Raw.from_raw_values(["FB:written"])


@pytest.mark.parametrize("address", ["bolt://127.0.0.1:9", "neo4j://127.0.0.1:9"])
async def test_a_bookmark_reaches_the_driver_of_a_cluster(address: str) -> None:
    routed = Routed(address)
    made = Client(routed)  # type: ignore[arg-type]
    with following() as trail:
        trail.bookmarks = frozenset(["FB:sent"])
        assert await made.read(ANY_NODE) == [Found("found")]
        await made.write(lambda tx: tx.run(ANY_NODE))
        await made.read(ANY_NODE)
    begun = [(await session.last_bookmarks()).raw_values for session in routed.sessions]
    assert begun == [{"FB:sent"}, {"FB:sent"}, {"FB:written"}]
    for session in routed.sessions:
        await session.close()
    await routed.driver.close()


async def test_a_server_alone_is_reached_by_a_routing_address(
    graph: Graph, answerer: Answerer, company: Company, engine_name: str
) -> None:
    if engine_name == "embedded":
        pytest.skip("the embedded engine knows no routing")
    host, port = (await graph.client.driver.get_server_info()).address
    routing = Client.connect(f"neo4j://{host}:{port}", None)
    try:
        door = server(replace(graph, client=routing), answerer)
        headers = token(door, company.user("hr"))
        async with client(door) as http:
            made = await http.post("/graphql", json={"query": SUBMIT, "variables": input(company)}, headers=headers)
            sent = headers | {HEADER: made.headers[HEADER]}
            read = await http.post("/graphql", json={"query": NAMES}, headers=sent)
        assert len(read.json()["data"]["departments"]) == 5
    finally:
        await routing.close()
