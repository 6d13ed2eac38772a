"""A page of another site gets nothing from a browser that can reach this server, and changes nothing."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.settings import Profile
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Company
from tests.faults.figures import tell
from tests.faults.test_injection import counted
from tests.test_http import PORT, client, server, token
from tests.test_subscriptions import served

QUERY = "{ viewer { externalId } }"
MUTATION = 'mutation { createDepartment(input: {code: "FORGED", name: "Forged"}) { __typename } }'
SITE = "https://evil.example"
SIMPLE = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "text/plain;application/json",
    "",
)
"""Media types that a browser sends to another site without asking first, and none at all."""
HOSTS = (
    "evil.example:{port}",
    "evil.example",
    "127.0.0.1.evil.example:{port}",
    "localhost.evil.example:{port}",
    "127.0.0.1:1",
    "0.0.0.0:{port}",
    "127.0.0.1@evil.example:{port}",
    "127.1:{port}",
    "[::ffff:127.0.0.1]:{port}",
    "",
)


def bodies(query: str) -> list[bytes]:
    asked = json.dumps({"query": query})
    operations = f'--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{asked}\r\n--b--\r\n'
    form = str(httpx.QueryParams({"query": query}))
    return [asked.encode(), form.encode(), operations.encode(), f"{asked}=".encode(), b""]


def opened(answer: httpx.Response) -> bool:
    """Whether anything was told that only a viewer may know, or that a page of another site may read."""
    allows = any(name.startswith("access-control-allow") for name in answer.headers)
    data = (answer.json() or {}).get("data") if "json" in answer.headers.get("content-type", "") else None
    return allows or bool(data and any(data.values()))


@pytest.mark.parametrize("profile", list(Profile))
async def test_simple_requests_do_nothing(
    graph: Graph, answerer: Answerer, company: Company, capsys: pytest.CaptureFixture[str], profile: Profile
) -> None:
    """Even with the token that a browser would not add, for then the media type alone stands in the way."""
    door, tried, by_design = server(graph, answerer, profile=profile), 0, 0
    before = await counted(graph)
    bearer = token(door, company.user("hr"))
    async with client(door) as http:
        for kind, query, headers in product(SIMPLE, (QUERY, MUTATION), ({}, bearer)):
            for body in bodies(query):
                sent = {"Origin": SITE, **headers, **({"Content-Type": kind} if kind else {})}
                answer = await http.post("/graphql", content=body, headers=sent)
                assert answer.status_code == 415, (kind, body)
                assert not opened(answer)
                tried += 1
        for query, headers in product((QUERY, MUTATION), ({}, bearer)):
            answer = await http.get("/graphql", params={"query": query}, headers={"Origin": SITE, **headers})
            refused = query is MUTATION or profile is Profile.PRODUCTION
            assert not refused or not (answer.json().get("data") or {}), answer.text
            assert headers or not opened(answer)
            by_design += opened(answer)
            tried += 1
        for method in ("HEAD", "PUT", "DELETE", "PATCH", "TRACE"):
            answer = await http.request(
                method, "/graphql", params={"query": MUTATION}, headers={"Origin": SITE, **bearer}
            )
            assert answer.status_code == 405 or not answer.content
            tried += 1
        asked = {
            "Origin": SITE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        for path in ("/graphql", "/demo.json"):
            answer = await http.options(path, headers=asked)
            assert not any(name.startswith("access-control-allow") for name in answer.headers)
            tried += 1
    assert await counted(graph) == before
    assert by_design == (profile is Profile.DEVELOPMENT)
    figure = f"0 of {tried} changed anything, {by_design} told something"
    if by_design:
        figure += ": the query by GET with a bearer token, which development answers and no browser adds by itself"
    tell(capsys, f"simple requests from other sites, {profile.value}", figure)


@pytest.mark.usefixtures("demo")
async def test_a_rebound_name_opens_no_demo(
    graph: Graph, answerer: Answerer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page whose own name was made to point at this machine sends its own Host."""
    door, tried = server(graph, answerer), 0
    headers = token(door, "hr@demo", demo=True)
    before = await counted(graph)
    for host in (each.format(port=PORT) for each in HOSTS):
        async with client(door) as http:
            named = {"Host": host}
            assert (await http.get("/demo.json", headers=named)).status_code == 404, host
            for query, way in product((QUERY, MUTATION), ("POST", "GET", "SSE")):
                sent = {
                    **headers,
                    **named,
                    **({"Accept": "text/event-stream, application/json"} if way == "SSE" else {}),
                }
                if way == "GET":
                    answer = await http.get("/graphql", params={"query": query}, headers=sent)
                else:
                    answer = await http.post("/graphql", json={"query": query}, headers=sent)
                assert not opened(answer), (host, way, answer.text)
                tried += 2
    async with client(door) as http:
        assert (await http.post("/graphql", json={"query": QUERY}, headers=headers)).json()["data"]["viewer"]
        foreign = headers | {"Origin": SITE}
        assert not opened(await http.post("/graphql", json={"query": QUERY}, headers=foreign))
    assert await counted(graph) == before
    tell(capsys, "a Host by DNS rebinding at the demo", f"0 of {tried} requests under {len(HOSTS)} names opened it")


async def closed_with(port: int, token: str, **headers: Any) -> int | str:
    """What a socket of these headers comes to: a close code, or `open`."""
    url, protocols = f"ws://127.0.0.1:{port}/graphql", [Subprotocol("graphql-transport-ws")]
    origin = headers.pop("origin", None)
    async with connect(url, subprotocols=protocols, origin=origin, additional_headers=headers) as socket:
        await socket.send(orjson.dumps({"type": "connection_init", "payload": {"token": token}}).decode())
        try:
            answer = json.loads(await socket.recv())
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0
        return "open" if answer["type"] == "connection_ack" else answer["type"]


@pytest.mark.usefixtures("demo")
async def test_a_socket_of_another_site_opens_no_demo(
    graph: Graph, answerer: Answerer, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served(graph, answerer) as door:
        from datetime import UTC, datetime

        text = door.tokens.sign("hr@demo", demo=True, now=datetime.now(UTC))
        own = f"http://127.0.0.1:{door.port}"
        assert await closed_with(door.port, text) == "open"
        assert await closed_with(door.port, text, origin=own) == "open"
        origins = [
            SITE,
            "null",
            "http://127.0.0.1:1",
            f"http://evil.example:{door.port}",
            f"{own}.evil.example",
            "http://127.0.0.1",
        ]
        for origin in origins:
            assert await closed_with(door.port, text, origin=origin) == 4401, origin
        assert await closed_with(door.port, "", origin=own) == 4401
    tell(capsys, "a socket of another site at the demo", f"{len(origins)} origins refused with 4401")
