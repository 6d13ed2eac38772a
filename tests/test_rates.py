"""How much a caller may ask for, and that a failing storage refuses nobody."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from limits import RateLimitItemPerSecond
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff

from api.http import Server
from api.rates import RECORDS, Memory, Rates
from api.settings import SetupError
from graph.interviews import Response as Reply
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Ask, Company, gid
from tests.ports import free_port
from tests.test_http import VIEWER, client, server, token
from tests.test_subscriptions import EVENTS, Talk, append, followed, interview, live, served, talk, until

COSTLY = '{ department(code: "HQ") { applications(first: 100) { nodes { reminders { message } } } } }'


async def test_a_caller_who_asks_too_much_is_told_when_to_return(
    graph: Graph, answerer: Answerer, company: Company
) -> None:
    door = server(graph, answerer, rate_points=3)
    headers = token(door, company.user("hr"))
    async with client(door) as http:
        # Somebody else pays for having it planned.
        await http.post("/graphql", json={"query": VIEWER}, headers=token(door, company.user("marketing")))
        answers = [await http.post("/graphql", json={"query": VIEWER}, headers=headers) for _ in range(5)]
        other = await http.post("/graphql", json={"query": VIEWER}, headers=token(door, company.user("technology")))
        nobody = await http.post("/graphql", json={"query": "{ __typename }"})
        health = await http.get("/livez")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    error = answers[-1].json()["errors"][0]
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryable": True}
    assert error["message"].endswith(".")
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert other.json()["data"]["viewer"]
    assert nobody.json()["data"] == {"__typename": "Query"}
    assert health.status_code == 200


def left(answer: Response) -> tuple[int, int]:
    """What is left of the points, and for how many seconds, by the fields that the IETF's draft names."""
    assert answer.headers["ratelimit-policy"] == '"points";q=30;w=60'
    found = re.fullmatch(r'"points";r=(\d+);t=(\d+)', answer.headers["ratelimit"])
    assert found
    return int(found[1]), int(found[2])


async def test_every_answer_says_what_is_left(graph: Graph, answerer: Answerer, company: Company) -> None:
    """After this request and what it was charged, refusals too; each caller its own."""
    door = server(graph, answerer, rate_points=30)
    headers = token(door, company.user("hr"))
    async with client(door) as http:
        first = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
        cost = first.json()["extensions"]["cost"]
        again = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
        rubbish = await http.post("/graphql", content=b"{", headers=headers)
        costly = await http.post("/graphql", json={"query": COSTLY}, headers=headers)
        spent = await http.post("/graphql", json={"query": COSTLY}, headers=headers)
        told = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
        nobody = await http.post("/graphql", json={"query": "{ __typename }"})
    before = 30 - 1 - cost.get("planning", 0)
    assert left(first)[0] == before
    assert left(again)[0] == before - 1
    assert rubbish.status_code == 415
    assert left(rubbish)[0] == before - 2
    more = costly.json()["extensions"]["cost"]
    assert left(costly)[0] == max(0, before - 3 - more["records"] // 100 - more.get("planning", 0))
    assert (told.status_code, left(told)[0]) == (429, 0) or left(spent)[0] < left(costly)[0]
    assert 0 < left(told)[1] <= 60
    assert left(nobody)[0] == 29


async def test_a_costly_operation_takes_more_points(graph: Graph, answerer: Answerer, company: Company) -> None:
    door = server(graph, answerer, rate_points=8)
    headers = token(door, company.user("hr"))
    async with client(door) as http:
        cost = (await http.post("/graphql", json={"query": COSTLY}, headers=headers)).json()["extensions"]["cost"]
        again = await http.post("/graphql", json={"query": COSTLY}, headers=headers)
    assert cost["records"] > 700
    assert again.status_code == 429


async def test_rubbish_takes_a_point_too(graph: Graph, answerer: Answerer) -> None:
    async with client(server(graph, answerer, rate_points=1)) as http:
        assert (await http.post("/graphql", content=b"{")).status_code == 415
        assert (await http.post("/graphql", content=b"{")).status_code == 429


async def test_no_points_is_no_limit(graph: Graph, answerer: Answerer) -> None:
    async with client(server(graph, answerer, rate_points=0)) as http:
        for _ in range(20):
            answer = await http.post("/graphql", json={"query": "{ __typename }"})
            assert answer.status_code == 200
            assert "ratelimit" not in answer.headers


LISTED = (
    "subscription($id: ID!) { interviewEvents(interview: $id) { seq interview { events(first: 100) { totalCount } } } }"
)


async def follow(door: Server, client: Talk, query: str, id: str) -> None:
    """Follows an interview; once it returns, nothing that happens to it is missed."""
    await client.ask(query, id=gid("Interview", id))
    await followed(door)


async def test_events_wait_for_the_window_of_who_spent_all(graph: Graph, answerer: Answerer, company: Company) -> None:
    """They wait, are not lost, and stay in order; one point was the request's, and each event takes another."""
    id = await interview(company)
    async with served(graph, answerer) as door, talk(door, company.user("technology")) as client:
        # The first event pays for having it planned.
        await follow(door, client, EVENTS, id)
        await append(graph, company, id)
        await client.told()
        await client.send(id="1", type="complete")
        await until(lambda: not door.tail._followers)
        door.rates._limit = RateLimitItemPerSecond(3, 5)
        await follow(door, client, EVENTS, id)
        ends = time.time() + 5
        await append(graph, company, id, times=5)
        told = [(await client.told())["interviewEvents"]["seq"] for _ in range(2)]
        assert told == [4, 5]
        told = [(await client.told())["interviewEvents"]["seq"] for _ in range(3)]
        assert told == [6, 7, 8]
        assert time.time() > ends - 1, "the window began with the request, a little before it was followed"


async def test_an_event_is_told_its_cost_and_pays_it(
    graph: Graph, answerer: Answerer, company: Company, ask: Ask
) -> None:
    """Of one that is out of sight nothing is taken: what is left would tell that there was one."""
    id = await interview(company)
    async with served(graph, answerer) as door, talk(door, company.user("integrator")) as client:
        limit = door.rates._limit = RateLimitItemPerSecond(6_000, 60)
        caller = door.rates.caller(company.user("integrator"), None)
        await follow(door, client, LISTED, id)
        await live(company).respond(id, Reply.TENTATIVE)
        ask.now = live(company).at
        await ask.do("recordResponse", company.user("integrator"), interview=gid("Interview", id), response="ACCEPTED")
        payload = (await client.hear())["payload"]
        assert payload["data"]["interviewEvents"]["seq"] == 4
        cost = payload["extensions"]["cost"]
        assert cost["records"] > RECORDS
        spent = await door.rates._kept.get(limit.key_for(caller.key))
        assert spent == 1 + 1 + cost["records"] // RECORDS + cost.get("planning", 0)


async def test_a_failing_storage_refuses_nobody(
    graph: Graph, answerer: Answerer, caplog: pytest.LogCaptureFixture
) -> None:
    async with client(server(graph, answerer, rate_points=1, rate_storage="redis://127.0.0.1:1/0")) as http:
        for _ in range(5):
            assert (await http.post("/graphql", json={"query": "{ __typename }"})).status_code == 200
    told = [record for record in caplog.records if record.name == "turnout"]
    assert len(told) == 1
    assert "points are not counted" in told[0].getMessage()


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a Redis of the test's own."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not on PATH (Debian: apt-get install redis-server)")
    port = free_port()
    options = ("--bind", "127.0.0.1", "--port", str(port), "--dir", str(tmp_path), "--save", "")
    process = await asyncio.create_subprocess_exec(program, *options, stdout=asyncio.subprocess.DEVNULL)
    address = f"redis://127.0.0.1:{port}/0"
    try:
        async with Redis.from_url(address, retry=Retry(ConstantBackoff(0.05), 400)) as asked:
            await asked.execute_command("PING")
        yield address
    finally:
        process.terminate()
        await process.wait()


async def test_processes_share_a_redis(graph: Graph, redis: str) -> None:
    one, other = (Rates(3, redis, graph.secrets) for _ in range(2))
    caller = one.caller(uuid4().hex, None)
    waits = [await rates.admit(caller) for rates in (one, other, one, other, one)]
    assert waits[:3] == [None, None, None]
    assert all(0 < wait <= 60 for wait in waits[3:] if wait is not None)
    assert None not in waits[3:]
    second = one.caller(uuid4().hex, None)
    await one.charge(second, 1_000)
    assert one.fields(second) == {"RateLimit-Policy": '"points";q=3;w=60', "RateLimit": '"points";r=0'}
    assert await other.admit(second)
    assert other.fields(second)["RateLimit"].startswith('"points";r=0;t=')


async def test_a_turn_comes_with_the_next_window_in_redis_too(graph: Graph, redis: str) -> None:
    rates = Rates(1, redis, graph.secrets)
    rates._limit = RateLimitItemPerSecond(1, 2)
    caller = rates.caller(uuid4().hex, None)
    async with asyncio.timeout(0.5):
        await rates.turn(caller)
    assert await rates.admit(caller) is None
    began = time.monotonic()
    await rates.turn(caller)
    assert 1 < time.monotonic() - began < 4
    assert await rates.admit(caller) is None


async def test_a_storage_that_hangs_holds_up_one_request(graph: Graph) -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    rates = Rates(1, f"redis://127.0.0.1:{listener.sockets[0].getsockname()[1]}/0", graph.secrets)
    started = time.perf_counter()
    for _ in range(10):
        caller = rates.caller("caller", None)
        assert await rates.admit(caller) is None
        await rates.charge(caller, 1_000)
        await rates.turn(caller)
        assert rates.fields(caller) == {}
    assert time.perf_counter() - started < 1
    listener.close()


def test_an_unknown_storage_stands_in_the_way(graph: Graph) -> None:
    for storage in ("mongodb://somewhere", "memory", "redis", "redis://host:port"):
        with pytest.raises(SetupError, match="TURNOUT_RATE_STORAGE"):
            Rates(1, storage, graph.secrets)


def test_callers_are_told_apart_without_their_names(graph: Graph) -> None:
    rates = Rates(1, "memory://", graph.secrets)
    assert "hr@example.com" not in rates.caller("hr@example.com", None).key
    same: list[tuple[Any, Any]] = [
        (("hr", "10.0.0.1"), ("hr", "10.0.0.2")),
        ((None, "2001:db8::1"), (None, "2001:db8::ffff:1")),
        ((None, "::ffff:10.0.0.1"), (None, "10.0.0.1")),
    ]
    different: list[tuple[Any, Any]] = [
        (("hr", None), ("technology", None)),
        ((None, "10.0.0.1"), (None, "10.0.0.2")),
        ((None, "2001:db8::1"), (None, "2001:db8:0:1::1")),
        (("10.0.0.1", None), (None, "10.0.0.1")),
        ((None, None), ("", "10.0.0.1")),
    ]
    assert all(rates.caller(*one) == rates.caller(*other) for one, other in same)
    assert all(rates.caller(*one) != rates.caller(*other) for one, other in different)


async def test_counters_of_gone_callers_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Memory, "SWEEP", 0.05)
    memory = Memory()
    for number in range(50):
        assert await memory.incr(f"caller-{number}", 0.01) == 1
    await asyncio.sleep(0.1)
    await memory.incr("another", 60)
    await asyncio.sleep(0.01)
    assert list(memory.storage) == ["another"]
