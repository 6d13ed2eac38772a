"""What Prometheus reads of the operations that were answered."""

from __future__ import annotations

import re

import httpx
import pytest
from graphql import OperationType

from api.metrics import MEDIA_TYPE, NAMES, Metrics
from api.requests import Record
from api.settings import Profile
from graph import client as graph_client
from graph.watching import watched
from graph.writing import Graph
from schema.documents import Operation
from schema.execution import Answerer
from schema.root import core_schema
from tests.conftest import Company, gid
from tests.test_http import client, server, token
from tests.test_subscriptions import EVENTS, append, interview, served, stream, talk, until


async def scraped(http: httpx.AsyncClient) -> dict[str, float]:
    page = await http.get("/metrics")
    assert page.status_code == 200
    assert page.headers["content-type"] == MEDIA_TYPE
    lines = [line.rpartition(" ") for line in page.text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_operations_statements_and_errors_are_counted(graph: Graph, company: Company) -> None:
    door = server(graph, Answerer(core_schema()))
    headers = token(door, company.user("hr"))
    named = {"query": "query Mine { viewer { externalId } }"}
    async with client(door) as http:
        for _ in range(3):
            await http.post("/graphql", json=named, headers=headers)
        await http.post("/graphql", json=named)
        await http.post("/graphql", json={"query": "{"})
        await http.post("/graphql", content=b"rubbish")
        counted = await scraped(http)
    assert counted['turnout_operations_total{kind="query",name="Mine"}'] == 3
    assert counted['turnout_operations_total{kind="query",name="unnamed"}'] == 1
    assert counted['turnout_errors_total{code="UNAUTHENTICATED"}'] == 1
    assert counted['turnout_errors_total{code="GRAPHQL_PARSE_FAILED"}'] == 1
    assert counted['turnout_errors_total{code="UNSUPPORTED_MEDIA_TYPE"}'] == 1
    assert counted['turnout_statement_seconds_count{name="viewer"}'] == 1 + 3, "who asks, once, and three answers"
    assert counted['turnout_statement_seconds_sum{name="viewer"}'] > 0
    assert counted['turnout_cache_lookups_total{cache="documents",result="miss"}'] == 2
    assert counted['turnout_cache_lookups_total{cache="documents",result="hit"}'] == 3
    assert counted['turnout_cache_lookups_total{cache="plans",result="miss"}'] == 1
    assert counted['turnout_cache_lookups_total{cache="plans",result="hit"}'] == 2
    assert counted['turnout_operation_seconds_count{kind="query"}'] == 4
    assert counted["turnout_requests_in_flight"] == 1
    assert counted["turnout_engine_up"] == 1


async def test_a_subscription_is_counted_once_without_seconds(
    graph: Graph, answerer: Answerer, company: Company
) -> None:
    """By either way, with events and without; how long somebody followed is no time of an answer."""
    id = await interview(company)
    named = [
        (EVENTS.replace("subscription", f"subscription {name}")) for name in ("Told", "Untold", "Streamed", "None")
    ]
    user, of = company.user("technology"), {"id": gid("Interview", id)}
    async with (
        served(graph, answerer) as door,
        talk(door, user) as caller,
        stream(door, user, named[2], **of) as streamed,
    ):
        await caller.ask(named[0], **of)
        await until(lambda: len(door.tail._followers) == 2)
        await door.tail.ready()
        await append(graph, company, id, times=3)
        for _ in range(3):
            await caller.told()
            assert await anext(streamed)
        await caller.ask(named[1], "2", **of)
        async with stream(door, user, named[3], **of), client(door) as http:
            await until(lambda: len(door.tail._followers) == 4)
            counted = await scraped(http)
    kind = 'kind="subscription"'
    for name in ("Told", "Untold", "Streamed", "None"):
        assert counted[f'turnout_operations_total{{{kind},name="{name}"}}'] == 1
    assert f"turnout_operation_seconds_count{{{kind}}}" not in counted


async def test_an_engine_that_is_gone_is_told(
    graph: Graph, answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(_: object) -> None:
        raise OSError

    async with client(server(graph, answerer)) as http:
        monkeypatch.setattr(type(graph.client), "ping", gone)
        assert (await scraped(http))["turnout_engine_up"] == 0


async def test_metrics_are_served_where_they_are_set(graph: Graph, answerer: Answerer) -> None:
    for profile, setting, status in (
        (Profile.DEVELOPMENT, None, 200),
        (Profile.DEVELOPMENT, False, 404),
        (Profile.PRODUCTION, None, 404),
        (Profile.PRODUCTION, True, 200),
    ):
        async with client(server(graph, answerer, profile=profile, metrics=setting)) as http:
            assert (await http.get("/metrics")).status_code == status


async def test_a_retry_is_counted() -> None:
    metrics = Metrics()
    record = Record("id", metrics)
    attempts: list[int] = []

    async def attempt() -> str:
        attempts.append(1)
        if len(attempts) < 3:
            raise OSError
        return "done"

    with watched(record):
        assert await graph_client._again(attempt) == "done"  # pyright: ignore[reportPrivateUsage]
    assert record.retries == 2
    assert b"turnout_retries_total 2.0" in metrics.page()


def test_clients_cannot_make_names_without_end() -> None:
    metrics = Metrics()
    for number in range(NAMES * 3):
        metrics.operation(f"Name{number}", "query", 0.001)
    metrics.operation("Name7", "query", 0.001)
    names = set(re.findall(r'turnout_operations_total\{kind="query",name="(\w+)"', metrics.page().decode()))
    assert len(names) == NAMES + 1
    assert "other" in names


def test_a_name_that_nobody_vouches_for_is_not_told() -> None:
    metrics = Metrics()
    Record("id", metrics).answered(Operation(OperationType.QUERY, "Spam"), None)
    assert b"Spam" not in metrics.page()
