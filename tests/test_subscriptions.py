"""Subscriptions: what is written arrives, once and in order, to those who may see it, for as long as they may."""

from __future__ import annotations

import asyncio
import socket as sockets
import time
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import orjson
import pytest
import uvicorn
from neo4j.exceptions import Neo4jError
from structlog.typing import FilteringBoundLogger
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

import api.sockets
from api.asking import BODY
from api.http import FULL, Server
from api.identity import LOCAL_LIFE
from api.settings import Profile, Settings
from graph import client as clients
from graph import events
from graph.client import Client, EngineUnavailable, Transaction
from graph.events import About, ActorKind, Author, Chain, EventType, NewEvent
from graph.interviews import Response
from graph.tail import OFFERS, FellBehind, Follower, Occurrence, Tail
from graph.writing import LOCK_CANDIDATE, Graph, random_id
from schema.context import utc_now
from schema.execution import Answerer
from seeds.makers import Maker
from tests.conftest import Ask, Company, gid

EVENTS = "subscription($id: ID!) { interviewEvents(interview: $id) { id seq type } }"
REMINDERS = "subscription($id: ID!) { reminders(department: $id) { id reminders { kind } } }"
SOON = 15.0
"""Seconds in which anything must have arrived on a busy machine; it takes half a second on an idle one."""
QUIET = 1.5
"""Seconds in which nothing may arrive."""


async def until(holds: Callable[[], object]) -> None:
    give_up = time.monotonic() + SOON
    while True:
        if holds():
            return
        assert time.monotonic() < give_up, "it never came to hold"
        await asyncio.sleep(0.01)


class Quiet(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def served(
    graph: Graph, answerer: Answerer, *, log: FilteringBoundLogger | None = None, **settings: Any
) -> AsyncIterator[Server]:
    """A server on a free port of the loopback."""
    listener = sockets.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    port = listener.getsockname()[1]
    server = Server(Settings(profile=Profile.DEVELOPMENT, **settings), graph, answerer, port, log)
    config = uvicorn.Config(
        server.app(),
        log_config=None,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=BODY,
        timeout_graceful_shutdown=1,
    )
    runner = Quiet(config)
    task = asyncio.create_task(runner.serve(sockets=[listener]))
    await until(lambda: runner.started)
    try:
        yield server
    finally:
        await server.stop()
        runner.should_exit = True
        await task


@pytest.fixture
async def door(graph: Graph, answerer: Answerer) -> AsyncIterator[Server]:
    async with served(graph, answerer) as server:
        yield server


def token(server: Server, subject: str, *, life: float | None = None) -> str:
    """A token that ends in `life` seconds."""
    now = datetime.now(UTC)
    signed_at = now if life is None else now - LOCAL_LIFE + timedelta(seconds=life)
    return server.tokens.sign(subject, demo=False, now=signed_at)


@dataclass
class Talk:
    """A socket of a client that introduced itself."""

    socket: ClientConnection

    async def send(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def hear(self, seconds: float = SOON) -> Any:
        async with asyncio.timeout(seconds):
            return orjson.loads(await self.socket.recv())

    async def silence(self, seconds: float = QUIET) -> None:
        with pytest.raises(TimeoutError):
            raise AssertionError(await self.hear(seconds))

    async def ask(self, query: str, key: str = "1", **variables: Any) -> None:
        await self.send(id=key, type="subscribe", payload={"query": query, "variables": variables})

    async def told(self, key: str = "1") -> Any:
        message = await self.hear()
        assert (message["type"], message["id"]) == ("next", key), message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    async def refused(self, key: str = "1") -> str:
        message = await self.hear()
        assert (message["type"], message["id"]) == ("error", key), message
        return message["payload"][0]["extensions"]["code"]

    async def closed(self) -> int:
        with suppress(ConnectionClosed):
            async with asyncio.timeout(SOON):
                while True:
                    await self.socket.recv()
        assert self.socket.close_code is not None
        return self.socket.close_code


@asynccontextmanager
async def socket(server: Server, **headers: str) -> AsyncIterator[Talk]:
    url = f"ws://127.0.0.1:{server.port}/graphql"
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect(url, subprotocols=protocols, additional_headers=headers, max_size=None) as made:
        yield Talk(made)


@asynccontextmanager
async def talk(server: Server, subject: str, *, life: float | None = None) -> AsyncIterator[Talk]:
    async with socket(server) as made:
        payload = {"Authorization": f"Bearer {token(server, subject, life=life)}"}
        await made.send(type="connection_init", payload=payload)
        assert await made.hear() == {"type": "connection_ack"}
        yield made


def live(company: Company) -> Maker:
    """The company's HR_ADMIN, acting now by the wall clock, which the tail of a server reads."""
    company.hr.at = utc_now()
    return company.hr


async def followed(server: Server) -> None:
    """Returns once somebody follows: a subscription says nothing when it begins."""
    await until(lambda: server.tail._followers)
    await server.tail.ready()


async def interview(company: Company, department: str = "technology") -> str:
    application = await company.application(department)
    return await live(company).interview(application, response=None)


async def suspicion(company: Company, department: str = "marketing") -> tuple[str, Any]:
    """A suspected no-show whose answer time is over, and the person it is about."""
    person = company.person()
    maker = company.hr
    maker.at = utc_now() - timedelta(days=20)
    finding = await maker.suspicion(await maker.missed(await maker.application(company.positions[department], person)))
    await maker.notice(finding)
    maker.at = utc_now()
    return finding, person


# What arrives


async def test_an_interviews_events_arrive(door: Server, company: Company) -> None:
    id, other = await interview(company), await interview(company)
    async with talk(door, company.user("technology")) as client:
        await client.ask(EVENTS, id=gid("Interview", id))
        await followed(door)
        await live(company).respond(other, Response.ACCEPTED)
        await live(company).respond(id, Response.ACCEPTED)
        told = (await client.told())["interviewEvents"]
        assert (told["type"], told["seq"]) == ("RESPONSE_RECORDED", 3)
        await client.silence()


async def test_what_changes_reminders_arrives(door: Server, company: Company) -> None:
    suspected, person = await suspicion(company)
    async with talk(door, company.user("technology")) as client:
        await client.ask(REMINDERS, id=gid("Department", company.departments["technology"]))
        await followed(door)
        filed = gid("Application", await live(company).application(company.positions["technology"], person))
        repeat = {"kind": "REPEAT_APPLICATION"}
        assert await client.told() == {"reminders": {"id": filed, "reminders": [repeat]}}
        await live(company).confirmation(suspected)
        missed = {"kind": "SIBLING_DEPARTMENT"}
        assert await client.told() == {"reminders": {"id": filed, "reminders": [missed, repeat]}}
        await live(company).dispute(suspected)
        assert await client.told() == {"reminders": {"id": filed, "reminders": [repeat]}}
        await live(company).application(company.positions["brand"], person)
        assert await client.told() == {"reminders": {"id": filed, "reminders": [repeat, repeat]}}
        another = company.person()
        await live(company).application(company.positions["technology"], company.person())
        await live(company).application(company.positions["brand"], another)
        filed = gid("Application", await live(company).application(company.positions["technology"], another))
        assert await client.told() == {"reminders": {"id": filed, "reminders": [repeat]}}
        await client.silence()


async def test_what_another_record_brings_arrives(door: Server, company: Company, ask: Ask) -> None:
    """Of two records of one person that are merged, and of what happens to the one while they are."""
    suspected, _ = await suspicion(company)
    filed = gid("Application", await live(company).application(company.positions["technology"], company.person()))
    query = """query W($finding: ID!, $filed: ID!) {
      node(id: $finding) { ... on Finding { interview { candidate { id } } } }
      application(id: $filed) { candidate { id } }
    }"""
    found = await ask(query, company.user("hr"), finding=gid("Finding", suspected), filed=filed)
    first, second = found["node"]["interview"]["candidate"]["id"], found["application"]["candidate"]["id"]
    async with talk(door, company.user("technology")) as client:
        await client.ask(REMINDERS, id=gid("Department", company.departments["technology"]))
        await followed(door)
        ask.now = utc_now()
        await ask.do("mergeCandidates", company.user("hr"), candidate=first, other=second)
        missed, repeat = {"kind": "SIBLING_DEPARTMENT"}, {"kind": "REPEAT_APPLICATION"}
        assert await client.told() == {"reminders": {"id": filed, "reminders": [repeat]}}
        await live(company).confirmation(suspected)
        assert await client.told() == {"reminders": {"id": filed, "reminders": [missed, repeat]}}
        ask.now = utc_now()
        await ask.do("splitCandidate", company.user("hr"), candidate=second)
        assert await client.told() == {"reminders": {"id": filed, "reminders": []}}
        await live(company).dispute(suspected)
        await client.silence()


async def test_a_void_finding_arrives_where_it_counted(door: Server, company: Company) -> None:
    counting, person = await suspicion(company)
    unseen, other = await suspicion(company)
    fault, third = await suspicion(company)
    await live(company).confirmation(counting)
    ids = [await live(company).application(company.positions["technology"], who) for who in (person, other, third)]
    async with talk(door, company.user("technology")) as client:
        await client.ask(REMINDERS, id=gid("Department", company.departments["technology"]))
        await followed(door)
        await live(company).void(unseen)
        await live(company).excuse(fault)
        await live(company).void(counting)
        assert (await client.told())["reminders"]["id"] == gid("Application", ids[0])
        await client.silence()


async def test_a_department_hears_of_those_below(door: Server, company: Company) -> None:
    suspected, person = await suspicion(company, "technology")
    await live(company).confirmation(suspected)
    async with talk(door, company.user("marketing")) as client:
        await client.ask(REMINDERS, id=gid("Department", company.departments["marketing"]))
        await followed(door)
        filed = await live(company).application(company.positions["brand"], person)
        assert (await client.told())["reminders"]["id"] == gid("Application", filed)


# Who may


@pytest.mark.parametrize("viewer", ["marketing", "subsidiary"])
async def test_what_is_not_yours_is_not_found(door: Server, company: Company, viewer: str) -> None:
    mine, theirs = await interview(company, viewer), await interview(company)
    async with talk(door, company.user(viewer)) as client:
        for query, id in (
            (EVENTS, gid("Interview", theirs)),
            (EVENTS, gid("Interview", random_id())),
            (EVENTS, "rubbish"),
            (REMINDERS, gid("Department", company.departments["technology"])),
            (REMINDERS, gid("Department", random_id())),
            (REMINDERS, gid("Interview", mine)),
        ):
            await client.ask(query, id=id)
            assert await client.refused() == "NOT_FOUND"
        assert not door.tail._followers
        await client.ask(EVENTS, id=gid("Interview", mine))
        await followed(door)


async def test_an_integrator_hears_of_its_own_acts(door: Server, company: Company, ask: Ask) -> None:
    id = await interview(company)
    async with talk(door, company.user("integrator")) as client:
        await client.ask(REMINDERS, id=gid("Department", company.departments["technology"]))
        assert await client.refused() == "NOT_FOUND"
        await client.ask(EVENTS, id=gid("Interview", id))
        await followed(door)
        await live(company).respond(id, Response.TENTATIVE)
        ask.now = utc_now()
        await ask.do("recordResponse", company.user("integrator"), interview=gid("Interview", id), response="ACCEPTED")
        assert (await client.told())["interviewEvents"]["seq"] == 4


async def test_a_lost_role_ends_what_arrives(door: Server, company: Company) -> None:
    door.viewers.KEPT = 0.2  # type: ignore[misc]
    id, other = await interview(company), await interview(company, "marketing")
    async with talk(door, company.user("technology")) as client:
        await client.ask(EVENTS, id=gid("Interview", id))
        await followed(door)
        await live(company).respond(id, Response.TENTATIVE)
        assert (await client.told())["interviewEvents"]["seq"] == 3
        await live(company).user(company.user("technology"), recruits_for=(company.departments["marketing"],))
        await asyncio.sleep(0.3)
        await live(company).respond(id, Response.ACCEPTED)
        await client.silence()
        await client.ask(EVENTS, "2", id=gid("Interview", other))
        await asyncio.sleep(0.5)
        await live(company).respond(other, Response.ACCEPTED)
        await client.told("2")


async def test_a_removed_user_is_shut_out(
    door: Server, company: Company, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Viewers are kept for a minute; who has a connection open is looked at more closely."""
    assert api.sockets.RECHECK + api.sockets.FRESH < 60
    monkeypatch.setattr(api.sockets, "RECHECK", 0.3)
    monkeypatch.setattr(api.sockets, "FRESH", 0.25)
    id = await interview(company)
    async with talk(door, company.user("technology")) as client:
        await client.ask(EVENTS, id=gid("Interview", id))
        await followed(door)
        me = (await ask("{ viewer { id } }", company.user("technology")))["viewer"]["id"]
        await ask.do("removeUser", company.user("hr"), user=me)
        assert await client.closed() == 4401
    assert not door.tail._followers


async def test_connections_are_counted(graph: Graph, answerer: Answerer, company: Company) -> None:
    id = gid("Interview", await interview(company))
    async with served(graph, answerer, streams=1) as full:
        headers = {"Authorization": f"Bearer {token(full, company.user('technology'))}", "Accept": "text/event-stream"}
        body = {"query": EVENTS, "variables": {"id": id}}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{full.port}") as http:
            async with talk(full, company.user("technology")):
                async with socket(full) as second:
                    assert await second.closed() == 1013
                    assert second.socket.close_reason == FULL
                refused = await http.post("/graphql", json=body, headers=headers)
                assert refused.status_code == 503
                assert refused.headers["retry-after"] == "5"
                assert refused.json()["errors"][0]["extensions"] == {"code": "TOO_MANY_STREAMS", "retryable": True}
                query = await http.post("/graphql", json={"query": "{ __typename }"})
                assert query.json()["data"], "what does not stay open is answered"
            await until(lambda: not full.is_full)
            async with http.stream("POST", "/graphql", json=body, headers=headers) as stream:
                assert stream.status_code == 200
                async with socket(full) as second:
                    assert await second.closed() == 1013


async def test_a_socket_ends_with_its_token(door: Server, company: Company) -> None:
    id = await interview(company)
    began = time.time()
    async with talk(door, company.user("technology"), life=3) as client:
        await client.ask(EVENTS, id=gid("Interview", id))
        assert await client.closed() == 4401
    assert 1 < time.time() - began < 5


async def test_another_sites_page_gets_no_demo(door: Server, demo: None) -> None:
    signed = door.tokens.sign("hr@demo", demo=True, now=datetime.now(UTC))
    for origin, code in (("http://evil.example", 4401), (f"http://127.0.0.1:{door.port}", None)):
        async with socket(door, Origin=origin) as client:
            await client.send(type="connection_init", payload={"token": signed})
            if code is None:
                assert await client.hear() == {"type": "connection_ack"}
            else:
                assert await client.closed() == code


# How it is spoken


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["rubbish"], 4400),
        (["[]"], 4400),
        ([b"{}"], 4400),
        (['{"type": "dance"}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}'], 4401),
        (['{"type": "connection_init"}'], 4401),
        (['{"type": "connection_init", "payload": {"token": "a.b.c"}}'], 4401),
        (["init", '{"type": "connection_init"}'], 4429),
        (["init", '{"type": "subscribe", "payload": {"query": "{ __typename }"}}'], 4400),
        (["init", '{"type": "subscribe", "id": "1", "payload": {}}'], 4400),
        (["x" * (BODY + 1)], 1009),
        ([], 4408),
    ],
)
async def test_a_breach_closes_with_its_code(
    door: Server, company: Company, monkeypatch: pytest.MonkeyPatch, messages: list[Any], code: int
) -> None:
    monkeypatch.setattr(api.sockets, "INIT", 1.0)
    init = orjson.dumps({"type": "connection_init", "payload": {"token": token(door, company.user("hr"))}}).decode()
    async with socket(door) as client:
        for message in messages:
            await client.socket.send(init if message == "init" else message)
        assert await client.closed() == code


async def test_a_socket_says_once_for_what_it_looks(door: Server, company: Company, ask: Ask) -> None:
    """What is not known is refused before anything is seen; the receipt of a look carries what was said."""
    live(company).at -= timedelta(days=30)
    finding = gid("Finding", await company.hr.no_show(await company.application("marketing")))
    given = {"token": token(door, company.user("marketing"))}
    async with socket(door) as client:
        await client.send(type="connection_init", payload=given | {"purpose": "CURIOSITY"})
        assert await client.closed() == 4400
        assert "is none of APPLICATION_REVIEW" in (client.socket.close_reason or "")
    async with socket(door) as client:
        await client.send(type="connection_init", payload=given | {"purpose": "DISPUTE_HANDLING"})
        assert await client.hear() == {"type": "connection_ack"}
        await client.ask("query Q($id: ID!) { node(id: $id) { ... on Finding { state } } }", id=finding)
        assert (await client.told())["node"] == {"state": "FINAL"}
    await door.receipts.flush()
    query = """query L($id: ID!) { node(id: $id) { ... on Finding {
      interview { candidate { accesses { nodes { purpose } } } } } } }"""
    found = (await ask(query, company.user("hr"), id=finding))["node"]["interview"]["candidate"]["accesses"]["nodes"]
    assert found == [{"purpose": "DISPUTE_HANDLING"}]


async def test_another_protocol_is_not_spoken(door: Server) -> None:
    async with connect(f"ws://127.0.0.1:{door.port}/graphql", subprotocols=[Subprotocol("graphql-ws")]) as made:
        assert await Talk(made).closed() == 4406


async def test_an_id_is_taken_until_it_is_free(door: Server, company: Company) -> None:
    id = await interview(company)
    async with talk(door, company.user("technology")) as client:
        await client.ask(EVENTS, id=gid("Interview", id))
        await followed(door)
        await client.send(id="1", type="complete")
        await until(lambda: not door.tail._followers)
        await client.ask(EVENTS, id=gid("Interview", id))
        await client.ask(EVENTS, id=gid("Interview", id))
        assert await client.closed() == 4409
    assert not door.tail._followers


async def test_queries_and_mutations_go_over_it(door: Server, company: Company) -> None:
    id = await interview(company)
    do = """mutation($id: ID!) { recordResponse(input: {interview: $id, response: ACCEPTED}) {
      __typename ... on Interview { response } } }"""
    async with talk(door, company.user("technology")) as client:
        await client.send(type="ping", payload={"a": 1})
        assert await client.hear() == {"type": "pong", "payload": {"a": 1}}
        await client.ask(EVENTS, "events", id=gid("Interview", id))
        await client.ask("{ viewer { externalId } }", "query")
        assert await client.told("query") == {"viewer": {"externalId": company.user("technology")}}
        assert await client.hear() == {"id": "query", "type": "complete"}
        await client.ask(do, "act", id=gid("Interview", id))
        act = (await client.hear())["payload"]
        assert act["data"]["recordResponse"]["response"] == "ACCEPTED"
        assert door.bookmarks.open(act["extensions"]["bookmark"])
        assert await client.hear() == {"id": "act", "type": "complete"}
        assert (await client.told("events"))["interviewEvents"]["type"] == "RESPONSE_RECORDED"
        await client.ask("{ viewer { externalId } }", "later")
        later = (await client.hear())["payload"]
        assert "bookmark" not in later["extensions"], "it is of a mutation, and a query after it begins there anyway"
        assert (await client.hear())["type"] == "complete"
        await client.ask("{ nothing }", "wrong")
        assert await client.refused("wrong") == "GRAPHQL_VALIDATION_FAILED"


async def test_an_operation_tells_nothing_of_another(door: Server, company: Company) -> None:
    """A link's address is told by the answer that made it alone, over one socket too."""
    make = """mutation($id: ID!) { createLink(input: {application: $id}) { ... on Link { id url } } }"""
    id = gid("Application", await live(company).application(company.positions["technology"], company.person()))
    async with talk(door, company.user("technology")) as client:
        await client.ask(make, id=id)
        made = (await client.told())["createLink"]
        assert made["url"]
        assert (await client.hear())["type"] == "complete"
        await client.ask("query($id: ID!) { application(id: $id) { links { id url } } }", id=id)
        assert (await client.told())["application"]["links"] == [{"id": made["id"], "url": None}]


async def test_a_socket_has_so_many_operations(door: Server, company: Company) -> None:
    id = gid("Interview", await interview(company))
    async with talk(door, company.user("technology")) as client:
        for number in range(api.sockets.OPERATIONS):
            await client.ask(EVENTS, str(number), id=id)
        await client.ask(EVENTS, "more", id=id)
        assert await client.refused("more") == "TOO_MANY_OPERATIONS"


async def test_a_plain_post_is_told_where_to_go(door: Server, company: Company) -> None:
    headers = {"Authorization": f"Bearer {token(door, company.user('technology'))}"}
    body = {"query": EVENTS, "variables": {"id": gid("Interview", random_id())}}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{door.port}") as http:
        answer = await http.post("/graphql", json=body, headers=headers)
    error = answer.json()["errors"][0]
    assert error["extensions"] == {"code": "SUBSCRIPTION_NEEDS_STREAM", "retryable": False}
    assert "text/event-stream" in error["message"]
    assert "data" not in answer.json()


@asynccontextmanager
async def stream(server: Server, subject: str, query: str, *, life: float | None = None, **variables: Any):
    headers = {
        "Authorization": f"Bearer {token(server, subject, life=life)}",
        "Accept": "text/event-stream",
    }
    body = {"query": query, "variables": variables}
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=SOON) as http,
        http.stream("POST", "/graphql", json=body, headers=headers) as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        yield lines(response)


async def lines(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """The events of a stream by name, without its heartbeats."""
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data:"):
            yield name, orjson.loads(line[5:] or b"null")


async def test_events_arrive_by_server_sent_events(door: Server, company: Company) -> None:
    id = await interview(company)
    async with stream(door, company.user("technology"), EVENTS, id=gid("Interview", id)) as told:
        await followed(door)
        await live(company).respond(id, Response.ACCEPTED)
        name, payload = await anext(told)
        assert (name, payload["data"]["interviewEvents"]["seq"]) == ("next", 3)
    await until(lambda: not door.tail._followers)


async def test_a_stream_ends_with_its_token(door: Server, company: Company) -> None:
    id = await interview(company)
    async with stream(door, company.user("technology"), EVENTS, life=2, id=gid("Interview", id)) as told:
        found = [event async for event in told]
    assert [name for name, _ in found] == ["next", "complete"]
    assert found[0][1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_streams_errors_and_queries_end_it(door: Server, company: Company) -> None:
    async with stream(door, company.user("technology"), EVENTS, id="rubbish") as told:
        found = [event async for event in told]
        assert [name for name, _ in found] == ["next", "complete"]
        assert found[0][1]["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    async with stream(door, company.user("technology"), "{ viewer { externalId } }") as told:
        found = [event async for event in told]
        assert found[0][1]["data"] == {"viewer": {"externalId": company.user("technology")}}


async def test_a_stopping_server_ends_all(graph: Graph, answerer: Answerer, company: Company) -> None:
    id = gid("Interview", await interview(company))
    async with (
        served(graph, answerer) as server,
        talk(server, company.user("technology")) as client,
        stream(server, company.user("technology"), EVENTS, id=id) as told,
    ):
        await client.ask(EVENTS, id=id)
        await followed(server)
        began = time.monotonic()
        await server.stop()
        assert await client.closed() == 1001
        assert [event async for event in told] == []
        assert time.monotonic() - began < 2
        assert not server.tail._followers


async def test_what_ends_as_a_server_stops_does_not_fail_it(graph: Graph, answerer: Answerer) -> None:
    server = Server(Settings(profile=Profile.DEVELOPMENT), graph, answerer, 8_000)

    async def follow() -> None:
        with server.streaming():
            await server.stopping.wait()

    following = asyncio.create_task(follow())
    await asyncio.sleep(0)
    await server.stop()
    await following


# The tail: nothing lost, nothing twice


async def append(
    graph: Graph,
    company: Company,
    interviews: str,
    *,
    times: int = 1,
    now: datetime | None = None,
    wait: float = 0.0,
    hold: float = 0.0,
) -> None:
    """Appends events about an interview by one transaction, which waits before it writes or holds what it wrote."""
    author = Author(company.hr.viewer.id, ActorKind.HUMAN)
    find = "MATCH (i:Interview {id: $id})<-[:HAS_INTERVIEW]-()<-[:SUBMITTED]-(c:Candidate) RETURN c.id AS id"
    async with graph.client.driver.session(database=graph.client.database) as session:
        record = await (await session.run(find, id=interviews)).single()
    assert record is not None

    async def work(tx: Transaction) -> None:
        await asyncio.sleep(wait)
        row = await tx.one(LOCK_CANDIDATE, id=record["id"], lock=random_id())
        assert row is not None
        chain = Chain("Candidate", row.id, row.seq, row.hash)
        for _ in range(times):
            stamp = now or utc_now()
            event = NewEvent(EventType.RESPONSE_RECORDED, stamp, About("Interview", interviews))
            await events.append(tx, chain, event, id=random_id(), author=author, now=stamp)
        await asyncio.sleep(hold)

    await graph.client.write(work)


def of(*interviews: str) -> Any:
    return lambda occurrence: occurrence.interview in interviews


async def gathered(follower: Follower, number: int) -> list[Occurrence]:
    found: list[Occurrence] = []
    async with asyncio.timeout(60):
        async for occurrence in follower:
            found.append(occurrence)
            if len(found) == number:
                break
    return found


async def test_a_long_write_is_told_once(door: Server, company: Company, graph: Graph, engine_name: str) -> None:
    """The embedded engine refuses at its commit what others wrote beside meanwhile, so there it writes at the end."""
    pause = {"hold": 8.0} if engine_name == "neo4j" else {"wait": 8.0}
    # In one process writes may take turns; this one is another's.
    elsewhere = replace(graph, client=Client(graph.client.driver, graph.client.database))
    slow, quick = await interview(company), await interview(company)
    async with talk(door, company.user("technology")) as client:
        await client.ask(EVENTS, "slow", id=gid("Interview", slow))
        await client.ask(EVENTS, "quick", id=gid("Interview", quick))
        await followed(door)
        writing = asyncio.create_task(append(elsewhere, company, slow, now=utc_now() - timedelta(seconds=1), **pause))
        for number in range(4):
            await append(graph, company, quick)
            assert (await client.told("quick"))["interviewEvents"]["seq"] == 3 + number
            await asyncio.sleep(1)
        assert not writing.done()
        await writing
        assert (await client.told("slow"))["interviewEvents"]["seq"] == 3
        await client.silence()


async def test_a_write_longer_than_the_window_is_not_kept(
    graph: Graph, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await interview(company)
    with Tail(graph.client, utc_now).follow(of(id), since=utc_now()) as follower:
        with monkeypatch.context() as patch:
            patch.setattr(clients, "TIMEOUT", 1.0)
            patch.setattr(clients, "PATIENCE", 0.0)
            with pytest.raises((EngineUnavailable, Neo4jError)):
                await append(graph, company, id, hold=1.5)
        await append(graph, company, id)
        assert [occurrence.seq for occurrence in await gathered(follower, 1)] == [3]


async def test_two_processes_tell_everything_once(graph: Graph, company: Company) -> None:
    ids = [await interview(company) for _ in range(4)]
    tails = [Tail(graph.client, utc_now), Tail(graph.client, utc_now, every=0.3)]
    since = utc_now()
    with tails[0].follow(of(*ids), since=since) as one, tails[1].follow(of(*ids), since=since) as other:
        await asyncio.gather(*(tail.ready() for tail in tails))

        async def write(id: str) -> None:
            for number in range(10):
                await append(graph, company, id, times=2, hold=0.02 * number)

        _, *told = await asyncio.gather(
            asyncio.gather(*(write(id) for id in ids)), gathered(one, 80), gathered(other, 80)
        )
        for found in told:
            assert len({occurrence.id for occurrence in found}) == 80
            for id in ids:
                assert [it.seq for it in found if it.interview == id] == list(range(3, 23))
        await asyncio.sleep(1)
        assert one._waiting.empty()
        assert other._waiting.empty()


async def test_a_burst_arrives_whole_and_in_order(door: Server, company: Company, graph: Graph) -> None:
    ids = [await interview(company) for _ in range(5)]
    async with talk(door, company.user("technology")) as client:
        for id in ids:
            await client.ask(EVENTS, id, id=gid("Interview", id))
        await followed(door)
        # Stamped backwards: a chain's order is that of its commits.
        await asyncio.gather(
            *(append(graph, company, id, times=50, now=utc_now() - timedelta(seconds=s)) for id in ids for s in (0, 3))
        )
        seqs: dict[str, list[int]] = {id: [] for id in ids}
        for _ in range(500):
            message = await client.hear(60)
            assert message["type"] == "next", message
            seqs[message["id"]].append(message["payload"]["data"]["interviewEvents"]["seq"])
        assert seqs == {id: list(range(3, 103)) for id in ids}


async def test_the_loop_keeps_its_pace(graph: Graph, company: Company) -> None:
    id = await interview(company)
    late: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.01)
            late.append(time.perf_counter() - began - 0.01)

    tail, since = Tail(graph.client, utc_now, every=0.05), utc_now()
    with tail.follow(of(id), since=since) as follower:
        await tail.ready()
        await append(graph, company, id, times=500)
        ticking = asyncio.create_task(tick())
        taken = await gathered(follower, 500)
        ticking.cancel()
    assert len(taken) == 500
    # A starved loop would not tick at all until the last event; a busy machine makes single ticks late.
    assert sorted(late)[len(late) // 2] < 0.05
    assert max(late) < 2
    # A follower with everything at hand still lets the others run.
    with tail.follow(of(id), since=since) as follower:
        turns = count()

        async def other() -> None:
            while True:
                next(turns)
                await asyncio.sleep(0)

        running = asyncio.create_task(other())
        await gathered(follower, 500)
        running.cancel()
        assert next(turns) >= 400


@pytest.mark.parametrize(("happened", "followers"), [(1, 20_000), (10, 2_000)])
async def test_many_followers_leave_the_loop_to_others(graph: Graph, happened: int, followers: int) -> None:
    """Others run after so many offers, whether these are of one event or of several."""
    now, offered, most = utc_now(), 0, 0

    def wants(_: Occurrence) -> bool:
        nonlocal offered
        offered += 1
        return False

    async def other() -> None:
        nonlocal most
        while True:
            before = offered
            await asyncio.sleep(0)
            most = max(most, offered - before)

    occurrences = [Occurrence(str(n), n, "USER_SET", now, "o", "c", None, None) for n in range(1, happened + 1)]
    running = asyncio.create_task(other())
    await asyncio.sleep(0)
    told = [Follower(wants, now, 10, lambda _: None) for _ in range(followers)]
    await Tail(graph.client, utc_now)._tell(occurrences, told, first=False)
    await asyncio.sleep(0)
    running.cancel()
    assert (offered, most) == (20_000, OFFERS)


async def test_who_falls_behind_is_dropped(
    door: Server, company: Company, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await interview(company)
    tail = Tail(graph.client, utc_now)
    with tail.follow(of(id), since=utc_now(), room=5) as slow, tail.follow(of(id), since=utc_now(), room=6) as steady:
        await tail.ready()
        await append(graph, company, id, times=6)
        assert len(await gathered(steady, 6)) == 6
        with pytest.raises(FellBehind):
            await anext(slow)
    monkeypatch.setattr(Tail.follow, "__kwdefaults__", {"room": 5})
    async with talk(door, company.user("technology")) as client:
        await client.ask(EVENTS, id=gid("Interview", id))
        await followed(door)
        await append(graph, company, id, times=50)
        while (message := await client.hear())["type"] == "next":
            assert message["payload"]["data"]["interviewEvents"]["seq"] < 59
        assert message["payload"][0]["extensions"] == {"code": "SUBSCRIPTION_TOO_SLOW", "retryable": True}
        await client.ask("{ __typename }", "2")
        await client.told("2")


async def test_a_client_that_takes_nothing_is_left(
    door: Server, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.sockets, "SEND", 0.3)
    said: list[dict[str, Any]] = [
        {"type": "connection_init", "payload": {"token": token(door, company.user("technology"))}},
        {"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}},
    ]
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    incoming.put_nowait({"type": "websocket.connect"})
    for message in said:
        incoming.put_nowait({"type": "websocket.receive", "text": orjson.dumps(message).decode()})
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        if '"next"' in message.get("text", ""):
            await asyncio.sleep(SOON)
        sent.append(message)

    headers = [(b"host", b"127.0.0.1")]
    scope = {"type": "websocket", "path": "/graphql", "headers": headers, "subprotocols": ["graphql-transport-ws"]}
    async with asyncio.timeout(SOON / 2):
        await door.app()({**scope, "query_string": b"", "client": None}, incoming.get, send)  # type: ignore[arg-type]
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert sent[-1]["code"] == 1013


async def test_nothing_is_lost_while_the_engine_is_away(
    door: Server, company: Company, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await interview(company)

    async def gone(*_: object) -> object:
        raise EngineUnavailable("The database did not answer in time.")

    async with talk(door, company.user("technology")) as client:
        await client.ask(EVENTS, id=gid("Interview", id))
        await followed(door)
        with monkeypatch.context() as patch:
            patch.setattr(Client, "answer", gone)
            await append(graph, company, id, times=3)
            await client.silence()
        assert [(await client.told())["interviewEvents"]["seq"] for _ in range(3)] == [3, 4, 5]


async def test_what_was_read_before_is_told_to_a_newcomer(graph: Graph, company: Company) -> None:
    id, since = await interview(company), utc_now()
    tail = Tail(graph.client, utc_now)
    with tail.follow(of(id), since=since) as first:
        await append(graph, company, id)
        told = await gathered(first, 1)
        with tail.follow(of(id), since=since) as second:
            assert await gathered(second, 1) == told
        with tail.follow(of(id), since=utc_now()) as third:
            await asyncio.sleep(1.2)
            assert third._waiting.empty()


async def test_no_one_follows_and_nothing_is_read(graph: Graph, company: Company) -> None:
    tail = Tail(graph.client, utc_now, every=0.05)
    with tail.follow(of("none"), since=utc_now()):
        await tail.ready()
        task = tail._task
    assert task is not None
    async with asyncio.timeout(SOON):
        await task
