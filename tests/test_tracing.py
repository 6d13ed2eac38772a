"""Traces tell what was done by its name; canaries in all that a client may write never reach a span."""

from __future__ import annotations

import asyncio
import gzip
import sys
from dataclasses import replace
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from typer.testing import CliRunner

from api.command import app
from api.http import Server
from api.settings import Profile, Settings, SetupError
from api.tracing import Tracing, open_tracing
from graph.interviews import Response
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Company, gid, uid
from tests.test_http import VIEWER, client, server, token
from tests.test_logs import CANARY, SUBMIT
from tests.test_subscriptions import EVENTS, followed, interview, live, served, talk, until

NAMES = "query Names { departments { name } }"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def traced(door: Server, spans: InMemorySpanExporter) -> Server:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return replace(door, tracing=Tracing(provider))


def door_of(graph: Graph, answerer: Answerer, spans: InMemorySpanExporter, **settings: Any) -> Server:
    return traced(server(graph, answerer, profile=Profile.PRODUCTION, **settings), spans)


def named(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    (found,) = [span for span in spans.get_finished_spans() if span.name == name]
    return found


def told(spans: InMemorySpanExporter) -> str:
    return "\n".join(span.to_json() for span in spans.get_finished_spans())


async def test_a_request_is_told_with_its_statements(
    graph: Graph, answerer: Answerer, company: Company, spans: InMemorySpanExporter
) -> None:
    door = door_of(graph, answerer, spans)
    headers = token(door, company.user("hr")) | {"traceparent": PARENT, "X-Request-Id": "0af7651916cd43dd"}
    async with client(door) as http:
        await http.post("/graphql", json={"query": NAMES}, headers=headers)
    request, operation = named(spans, "POST /graphql"), named(spans, "query Names")
    statements = [named(spans, name) for name in ("viewer", "departments")]
    assert request.attributes == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
        "turnout.request.id": "0af7651916cd43dd",
        "turnout.role": "HR_ADMIN",
    }
    assert operation.attributes == {"graphql.operation.type": "query", "graphql.operation.name": "Names"}
    assert request.kind is SpanKind.SERVER
    assert request.parent
    assert f"{request.parent.trace_id:032x}" in PARENT
    assert operation.parent == request.get_span_context()
    assert [span.parent for span in statements] == [operation.get_span_context()] * 2
    for inner, outer in [(operation, request), *((span, operation) for span in statements)]:
        assert outer.start_time <= inner.start_time + 1_000_000 <= inner.end_time + 1_000_000  # type: ignore[operator]
        assert inner.end_time <= outer.end_time  # type: ignore[operator]
    assert not any(span.events for span in (request, operation, *statements))


async def test_nothing_that_a_client_wrote_is_in_a_span(
    graph: Graph, answerer: Answerer, company: Company, spans: InMemorySpanExporter
) -> None:
    door = door_of(graph, answerer, spans)
    headers = token(door, company.user("technology"))
    input = {
        "position": gid("Position", company.positions["technology"]),
        "candidate": {"displayName": CANARY, "email": f"{CANARY}@example.com", "phone": "+4915112345678"},
        "source": CANARY,
        "idempotencyKey": CANARY,
    }
    strange = {
        "X-Request-Id": f"{CANARY}@example.com",
        "tracestate": f"{CANARY.lower()}={CANARY}",
        "baggage": f"name={CANARY}",
        "User-Agent": CANARY,
        "traceparent": f"00-{CANARY}",
    }
    async with client(door) as http:
        made = await http.post("/graphql", json={"query": SUBMIT, "variables": {"input": input}}, headers=headers)
        candidate = made.json()["data"]["submitApplication"]["candidate"]["id"]
        for request in (
            {"json": {"query": SUBMIT, "variables": {"input": {**input, "candidate": CANARY}}}},
            {"json": {"query": f'{{ candidate(id: "{CANARY}") {{ displayName }} }} # {CANARY}'}},
            {"json": {"query": f"query {{ {CANARY} }}"}},
            {"json": {"query": VIEWER, "operationName": CANARY}},
            {"json": {"documentId": CANARY}},
            {"content": CANARY.encode()},
        ):
            await http.post("/graphql", **request, headers=headers | strange)
        await http.post(
            "/graphql", json={"query": VIEWER}, headers=headers | {"tracestate": CANARY, "traceparent": PARENT}
        )
        await http.post("/graphql", json={"query": f"query {CANARY} {{ __typename }}"})
        await http.get(f"/{CANARY}", params={"name": CANARY})
        await http.request(CANARY.upper(), "/graphql")
    text = told(spans)
    assert text.count('"kind": "SpanKind.SERVER"') == 11
    for secret in (CANARY.lower(), "4915112345678", company.tag, headers["Authorization"].split(".")[-1], candidate):
        assert secret.lower() not in text.lower()
    assert uid(candidate) not in text
    assert "MATCH" not in text


async def test_a_fault_is_told_without_its_text(
    graph: Graph,
    answerer: Answerer,
    company: Company,
    spans: InMemorySpanExporter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: object) -> object:
        raise RuntimeError(CANARY)

    door = door_of(graph, answerer, spans)
    headers = token(door, company.user("hr"))
    async with client(door) as http:
        await http.post("/graphql", json={"query": VIEWER}, headers=headers)
        spans.clear()
        monkeypatch.setattr(type(graph.client), "answer", broken)
        await http.post("/graphql", json={"query": VIEWER}, headers=headers)
    request = named(spans, "POST /graphql")
    assert request.status.status_code is StatusCode.ERROR
    assert request.attributes
    assert request.attributes["turnout.errors"] == ("INTERNAL",)
    assert CANARY not in told(spans)


async def test_each_operation_of_a_socket_is_a_trace(
    graph: Graph, answerer: Answerer, company: Company, spans: InMemorySpanExporter
) -> None:
    id = await interview(company)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    async with served(graph, answerer) as door:
        door.tracing = Tracing(provider)
        async with talk(door, company.user("technology")) as caller:
            await caller.ask(EVENTS.replace("subscription", "subscription Follow"), id=gid("Interview", id))
            await followed(door)
            await live(company).respond(id, Response.ACCEPTED)
            await caller.told()
            await caller.send(id="1", type="complete")
            await until(lambda: any(span.name == "WEBSOCKET /graphql" for span in spans.get_finished_spans()))
    followed_by = named(spans, "subscription Follow")
    assert followed_by.parent == named(spans, "WEBSOCKET /graphql").get_span_context()
    assert {"node.Interview", "node.Event"} <= {span.name for span in spans.get_finished_spans()}


async def test_spans_arrive_at_the_address(graph: Graph, answerer: Answerer, company: Company) -> None:
    arrived: list[bytes] = []

    async def collect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        arrived.append(gzip.decompress(body) if b"gzip" in head else body)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    collector = await asyncio.start_server(collect, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{collector.sockets[0].getsockname()[1]}/v1/traces"
    tracing = open_tracing(Settings(traces_url=address))
    assert tracing
    door = replace(server(graph, answerer), tracing=tracing)
    async with client(door) as http:
        await http.post("/graphql", json={"query": NAMES}, headers=token(door, company.user("hr")))
    await tracing.close()
    collector.close()
    (sent,) = (ExportTraceServiceRequest.FromString(body).resource_spans for body in arrived)
    assert {span.name for scope in sent[0].scope_spans for span in scope.spans} >= {"POST /graphql", "departments"}
    assert [(each.key, each.value.string_value) for each in sent[0].resource.attributes] == [
        ("service.name", "turnout")
    ]


async def test_a_collector_that_is_gone_harms_nobody(graph: Graph, answerer: Answerer, company: Company) -> None:
    tracing = open_tracing(Settings(traces_url="http://127.0.0.1:9/v1/traces"))
    assert tracing
    door = replace(server(graph, answerer), tracing=tracing)
    async with client(door) as http:
        answer = await http.post("/graphql", json={"query": NAMES}, headers=token(door, company.user("hr")))
    assert isinstance(answer, httpx.Response)
    assert answer.json()["data"]["departments"]
    # Its thread would try again, and log it, into the tests that follow.
    await tracing.close()


def test_traces_need_opentelemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    monkeypatch.setenv("TURNOUT_TRACES_URL", "http://127.0.0.1:4318/v1/traces")
    result = CliRunner().invoke(app, ["serve"])
    assert result.exit_code == 1
    assert result.output.strip() == (
        "TURNOUT_TRACES_URL is set, and OpenTelemetry is not installed: pip install 'turnout[otel]'."
    )


def test_traces_go_to_a_web_address() -> None:
    assert open_tracing(Settings()) is None
    with pytest.raises(SetupError, match="TURNOUT_TRACES_URL"):
        open_tracing(Settings(traces_url="collector:4318"))
