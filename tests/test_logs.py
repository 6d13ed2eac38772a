"""The log says what happened and nothing of anybody: canaries in all that a client may write never reach it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from neo4j.exceptions import ConstraintError

from api.logs import Forward, forward, open_log
from api.settings import Profile
from graph.client import EngineUnavailable
from graph.interviews import Response
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Company, gid, uid
from tests.test_http import VIEWER, client, server, token
from tests.test_subscriptions import EVENTS, followed, interview, live, served, talk

CANARY = "Kanarienvogel"
SUBMIT = """
mutation Submit($input: SubmitApplicationInput!) {
  submitApplication(input: $input) { __typename ... on Application { candidate { id } } ... on Refused { code } }
}
"""


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a server of the production profile writes, with what libraries log."""
    stream = io.StringIO()
    handler = Forward(open_log(development=False, stream=stream), development=False)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def door_of(graph: Graph, answerer: Answerer, stream: io.StringIO, **settings: Any) -> Any:
    made = server(graph, answerer, **settings)
    made.log = open_log(development=made.settings.is_development, stream=stream)
    return made


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_line_tells_one_request(
    graph: Graph, answerer: Answerer, company: Company, written: io.StringIO
) -> None:
    door = door_of(graph, answerer, written, profile=Profile.PRODUCTION)
    headers = token(door, company.user("hr")) | {"X-Request-Id": "0af7651916cd43dd"}
    query = "query Mine { viewer { externalId } }"
    async with client(door) as http:
        answer = await http.post("/graphql", json={"query": query}, headers=headers)
    (line,) = lines(written)
    assert answer.headers["x-request-id"] == line["id"] == "0af7651916cd43dd"
    assert line.pop("ms") > 0
    assert set(line.pop("statements")) == {"viewer"}
    assert line.pop("timestamp").endswith("Z")
    # There where the database had not planned the statement before.
    line.pop("planning", None)
    assert line == {
        "event": "request",
        "level": "info",
        "id": "0af7651916cd43dd",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "operation": "Mine",
        "kind": "query",
        "role": "HR_ADMIN",
    }


async def test_nothing_that_a_client_wrote_is_in_the_log(
    graph: Graph, answerer: Answerer, company: Company, written: io.StringIO
) -> None:
    door = door_of(graph, answerer, written, profile=Profile.PRODUCTION)
    headers = token(door, company.user("technology"))
    input = {
        "position": gid("Position", company.positions["technology"]),
        "candidate": {"displayName": CANARY, "email": f"{CANARY}@example.com", "phone": "+4915112345678"},
        "source": CANARY,
        "idempotencyKey": CANARY,
    }
    void = f'mutation {{ voidNoShow(input: {{finding: "x", reason: "{CANARY}"}}) {{ __typename }} }}'
    strange = {"X-Request-Id": f"{CANARY}@example.com", "User-Agent": CANARY, "Cookie": CANARY, "Referer": CANARY}
    async with client(door) as http:
        made = await http.post("/graphql", json={"query": SUBMIT, "variables": {"input": input}}, headers=headers)
        candidate = made.json()["data"]["submitApplication"]["candidate"]["id"]
        for request in (
            {"json": {"query": SUBMIT, "variables": {"input": {**input, "candidate": CANARY}}}},
            {"json": {"query": void}},
            {"json": {"query": f'{{ candidate(id: "{CANARY}") {{ displayName }} }} # {CANARY}'}},
            {"json": {"query": f"query {{ {CANARY} }}"}},
            {"json": {"query": "query " + "x" * 65 + " { viewer { externalId } }"}},
            {"json": {"query": VIEWER, "operationName": CANARY}},
            {"content": CANARY.encode()},
            {"json": {"query": CANARY}},
        ):
            answer = await http.post("/graphql", **request, headers=headers | strange)
            assert UUID(answer.headers["x-request-id"])
        await http.post("/graphql", json={"query": VIEWER}, headers={"Authorization": f"Bearer {CANARY}.{CANARY}.x"})
        await http.get(f"/{CANARY}", params={"name": CANARY})
        await http.request(CANARY.upper(), "/graphql")
    text = written.getvalue()
    requests = [line for line in lines(written) if line["event"] == "request"]
    assert len(requests) == 12
    for secret in (CANARY.lower(), "4915112345678", "x" * 65, company.tag, headers["Authorization"].split(".")[-1]):
        assert secret.lower() not in text.lower()
    assert candidate not in text
    assert uid(candidate) not in text
    assert requests[-2]["path"] == "none"
    assert requests[-1]["method"] == "other"


async def test_each_operation_of_a_socket_has_a_line(
    graph: Graph, answerer: Answerer, company: Company, written: io.StringIO
) -> None:
    """As a request has, with the id of the socket that it came by, whose own line is the last."""
    id, log = await interview(company), open_log(development=False, stream=written)
    async with served(graph, answerer, log=log) as door, talk(door, company.user("technology")) as caller:
        await caller.ask(EVENTS.replace("subscription", "subscription Follow"), id=gid("Interview", id))
        await followed(door)
        await live(company).respond(id, Response.ACCEPTED)
        await caller.told()
        await caller.ask(f'query Mine {{ viewer {{ externalId }} candidate(id: "{CANARY}") {{ id }} }}', "2")
        await caller.hear()
        await caller.hear()
        await caller.ask(f"{{ {CANARY} }}", "3")
        await caller.refused("3")
        await caller.send(id="4", type="subscribe", payload={"documentId": CANARY})
        await caller.refused("4")
    told = [line for line in lines(written) if line["event"] == "request"]
    assert all((line["method"], line["path"]) == ("WEBSOCKET", "/graphql") for line in told)
    *operations, own = told
    assert {line["socket"] for line in operations} == {own["id"]}
    assert len({line["id"] for line in told}) == 5
    query, *refused, follow = operations
    assert (query["operation"], query["kind"], query["role"]) == ("Mine", "query", "MEMBER")
    assert "viewer" in query["statements"]
    assert all(ms > 0 for ms in query["statements"].values())
    assert [line["errors"] for line in refused] == [["GRAPHQL_VALIDATION_FAILED"], ["DOCUMENT_NOT_FOUND"]]
    assert (follow["operation"], follow["kind"]) == ("Follow", "subscription")
    assert follow["ms"] > query["ms"]
    assert "node.Event" in follow["statements"]
    for secret in (CANARY, company.tag, id, gid("Interview", id)):
        assert secret.lower() not in written.getvalue().lower()


async def test_a_fault_is_told_without_its_text(
    graph: Graph, answerer: Answerer, company: Company, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> object:
        try:
            raise ConstraintError(f"Node has property name = '{CANARY}'")
        except ConstraintError as error:
            raise RuntimeError(CANARY) from error

    door = door_of(graph, answerer, written, profile=Profile.PRODUCTION)
    headers = token(door, company.user("hr"))
    async with client(door) as http:
        await http.post("/graphql", json={"query": VIEWER}, headers=headers)
        monkeypatch.setattr(type(graph.client), "answer", broken)
        answer = await http.post("/graphql", json={"query": VIEWER}, headers=headers | {"X-Request-Id": "12345678"})
    (error,) = answer.json()["errors"]
    _, fault, request = lines(written)
    assert error["extensions"]["id"] in fault["event"]
    assert fault["id"] == request["id"] == "12345678"
    assert fault["errors"] == ["builtins.RuntimeError", "neo4j.exceptions.ConstraintError"]
    assert any("broken" in frame for frame in fault["at"])
    assert request["errors"] == ["INTERNAL"]
    assert CANARY not in written.getvalue()


async def test_a_refused_request_is_told_by_its_code(
    graph: Graph, answerer: Answerer, company: Company, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> object:
        raise EngineUnavailable("The database did not answer in time.")

    door = door_of(graph, answerer, written, rate_points=1, profile=Profile.PRODUCTION)
    monkeypatch.setattr(type(graph.client), "answer", gone)
    async with client(door) as http:
        for _ in range(2):
            await http.post("/graphql", json={"query": VIEWER}, headers=token(door, company.user("hr")))
    assert [line["errors"] for line in lines(written)] == [["ENGINE_UNAVAILABLE"], ["RATE_LIMITED"]]


async def test_development_is_read_by_people(graph: Graph, answerer: Answerer) -> None:
    stream = io.StringIO()
    async with client(door_of(graph, answerer, stream)) as http:
        await http.post("/graphql", json={"query": f"query Mine {{ __typename }} # {CANARY}"})
    (line,) = stream.getvalue().splitlines()
    assert "POST" in line
    assert "Mine" in line
    assert not line.startswith("{")
    assert CANARY not in line


def test_of_a_library_only_the_template_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    root, stream = logging.getLogger(), io.StringIO()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    forward(open_log(development=False, stream=stream), development=False)
    logging.getLogger("neo4j").warning("unexpected %s", CANARY)
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task %r>" % CANARY)  # noqa: UP031
    logging.getLogger("uvicorn.access").info("GET /%s", CANARY)
    assert [line["event"] for line in lines(stream)] == ["unexpected %s", "Task exception was never retrieved"]


def test_a_reader_that_went_away_harms_nobody() -> None:
    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    open_log(development=False, stream=Gone()).info("request")
