"""The door: what is answered over HTTP, what is refused before anything runs, and whose tokens count."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from api.asking import BODY
from api.http import HELD_BACK, Server
from api.identity import DEMO, LOCAL, Tokens, is_demo_host
from api.settings import Profile, Settings, SetupError
from graph.client import Client, EngineUnavailable
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Company

VIEWER = "{ viewer { externalId } }"
PORT = 8000


def server(graph: Graph, answerer: Answerer, **settings: Any) -> Server:
    made = Settings(profile=settings.pop("profile", Profile.DEVELOPMENT), **settings)
    return Server(made, graph, answerer, PORT)


@asynccontextmanager
async def client(server: Server, host: str = f"127.0.0.1:{PORT}") -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(server.app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as made:
        yield made


def token(server: Server, subject: str, *, demo: bool = False, ago: timedelta = timedelta()) -> dict[str, str]:
    signed = server.tokens.sign(subject, demo=demo, now=datetime.now(UTC) - ago)
    return {"Authorization": f"Bearer {signed}"}


async def test_a_local_token_names_its_user(graph: Graph, answerer: Answerer, company: Company) -> None:
    door = server(graph, answerer)
    async with client(door) as http:
        answer = await http.post("/graphql", json={"query": VIEWER}, headers=token(door, company.user("technology")))
    assert answer.json()["data"] == {"viewer": {"externalId": company.user("technology")}}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


async def test_without_a_token_only_the_typename(graph: Graph, answerer: Answerer) -> None:
    async with client(server(graph, answerer)) as http:
        named = await http.post("/graphql", json={"query": "{ __typename }"})
        asked = await http.post("/graphql", json={"query": VIEWER})
    assert named.json()["data"] == {"__typename": "Query"}
    assert asked.json()["data"] == {"viewer": None}
    assert asked.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED", "retryable": False}


async def test_bad_tokens_are_refused(graph: Graph, answerer: Answerer, company: Company) -> None:
    door = server(graph, answerer)
    subject = company.user("hr")
    claims = {"iss": "turnout", "aud": LOCAL, "sub": subject, "exp": 4_000_000_000}
    key = OctKey.import_key(graph.secrets.derive("local-tokens/1"))
    bad = {
        "ended": token(door, subject, ago=timedelta(hours=13))["Authorization"].split()[1],
        "alg none": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        "another key": jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(b"x" * 32)),
        "another audience": jwt.encode({"alg": "HS256"}, {**claims, "aud": "other"}, key),
        "the demo's audience": jwt.encode({"alg": "HS256"}, {**claims, "aud": DEMO}, key),
        "another issuer": jwt.encode({"alg": "HS256"}, {**claims, "iss": "other"}, key),
        "no end": jwt.encode({"alg": "HS256"}, {k: v for k, v in claims.items() if k != "exp"}, key),
        "rubbish": "rubbish",
    }
    async with client(door) as http:
        good = {"Authorization": f"Bearer {jwt.encode({'alg': 'HS256'}, claims, key)}"}
        assert (await http.post("/graphql", json={"query": VIEWER}, headers=good)).json()["data"]["viewer"]
        for why, text in bad.items():
            answer = await http.post("/graphql", json={"query": VIEWER}, headers={"Authorization": f"Bearer {text}"})
            assert answer.json()["data"] == {"viewer": None}, why


async def test_a_demo_token_opens_only_a_demo(graph: Graph, answerer: Answerer, company: Company) -> None:
    door = server(graph, answerer)
    async with client(door) as http:
        answer = await http.post("/graphql", json={"query": VIEWER}, headers=token(door, company.user("hr"), demo=True))
    assert answer.json()["data"] == {"viewer": None}


@pytest.mark.parametrize(
    ("host", "listener", "allowed"),
    [
        (f"127.0.0.1:{PORT}", "127.0.0.1", True),
        (f"localhost:{PORT}", "127.0.0.1", True),
        (f"[::1]:{PORT}", "::1", True),
        (f"evil.example:{PORT}", "127.0.0.1", False),
        ("127.0.0.1:9", "127.0.0.1", False),
        ("127.0.0.1", "127.0.0.1", False),
        (f"127.0.0.1:{PORT}", "0.0.0.0", False),
        ("127.0.0.1:x", "127.0.0.1", False),
        ("", "127.0.0.1", False),
    ],
)
def test_the_demo_knows_its_own_address(host: str, listener: str, allowed: bool) -> None:
    assert is_demo_host(host, Settings(host=listener), PORT) == allowed


async def test_another_hosts_page_gets_no_demo_token(graph: Graph, answerer: Answerer, demo: None) -> None:
    door = server(graph, answerer)
    async with client(door) as http:
        assert (await http.get("/demo.json")).status_code == 200
    async with client(door, "rebound.example:8000") as http:
        assert (await http.get("/demo.json")).status_code == 404
        headers = token(door, "hr@demo", demo=True)
        assert (await http.post("/graphql", json={"query": VIEWER}, headers=headers)).json()["data"]["viewer"] is None


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"content": b"x" * (BODY + 1), "headers": {"Content-Type": "application/json"}}, 413, "BODY_TOO_LARGE"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "BAD_REQUEST"),
        ({"json": [{"query": VIEWER}]}, 400, "BAD_REQUEST"),
        ({"json": {"query": 1}}, 400, "BAD_REQUEST"),
        ({"json": {"query": VIEWER, "variables": []}}, 400, "BAD_REQUEST"),
        ({"json": {"query": VIEWER, "operationName": 1}}, 400, "BAD_REQUEST"),
        ({"content": b'{"query":"{a}"}', "headers": {"Content-Type": "text/plain"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"data": {"query": VIEWER}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"json": {"query": VIEWER}, "headers": {"Accept": "text/html"}}, 406, "NOT_ACCEPTABLE"),
    ],
)
async def test_rubbish_is_refused_in_a_sentence(
    graph: Graph, answerer: Answerer, request_: dict[str, Any], status: int, code: str
) -> None:
    async with client(server(graph, answerer)) as http:
        answer = await http.post("/graphql", **request_)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)
    assert answer.json()["errors"][0]["message"].endswith(".")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{" + " __typename" * 2_001 + "}", "TOO_MANY_TOKENS"),
    ],
)
async def test_a_malformed_query_is_not_run(graph: Graph, answerer: Answerer, query: str, code: str) -> None:
    async with client(server(graph, answerer)) as http:
        plain = await http.post("/graphql", json={"query": query})
        exact = await http.post(
            "/graphql", json={"query": query}, headers={"Accept": "application/graphql-response+json"}
        )
    assert (plain.status_code, exact.status_code) == (200, 400)
    assert "data" not in plain.json()
    assert plain.json()["errors"][0]["extensions"] == {"code": code, "retryable": False}


async def test_refusals_of_texts_are_held_back(
    graph: Graph, answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who sends texts that are refused, one after another, takes less of the time of others."""
    held: list[float] = []
    least, most = HELD_BACK

    async def sleep(seconds: float) -> None:
        if least <= seconds <= most:
            held.append(seconds)

    monkeypatch.setattr("api.http.asyncio.sleep", sleep)
    async with client(server(graph, answerer)) as http:
        await http.post("/graphql", json={"query": "{ __typename }"})
        assert not held
        for query in ("{ a", "{ nothing }", "{ viewer { id " * 30 + "} }" * 30):
            await http.post("/graphql", json={"query": query})
    assert len(set(held)) == 3


async def test_the_profile_decides_what_is_open(graph: Graph, answerer: Answerer) -> None:
    introspection = {"query": "{ __schema { queryType { name } } }"}
    async with client(server(graph, answerer)) as http:
        assert "data" in (await http.post("/graphql", json=introspection)).json()
        assert (await http.get("/graphql", params={"query": "{ __typename }"})).status_code == 200
        assert (await http.get("/")).status_code == 200
    async with client(server(graph, answerer, profile=Profile.PRODUCTION)) as http:
        refused = await http.post("/graphql", json=introspection)
        assert refused.json()["errors"][0]["extensions"]["code"] == "INTROSPECTION_OFF"
        assert (await http.get("/graphql", params={"query": "{ __typename }"})).status_code == 405
        assert (await http.get("/")).status_code == 404
        assert (await http.get("/demo.json")).status_code == 404


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ('{ __type(name: "Candidate") { name } }', {"__type": None}),
        (
            '{ __typename ...Known } fragment Known on Query { known: __type(name: "Query") { name } }',
            {"__typename": "Query", "known": None},
        ),
        ("{ __typename __schema { types { name } } }", None),
    ],
)
async def test_introspection_that_is_off_is_an_error_of_its_field(
    graph: Graph, answerer: Answerer, query: str, data: Any
) -> None:
    """The rest of the operation is answered, but where the field may not be null."""
    exact = {"Accept": "application/graphql-response+json"}
    async with client(server(graph, answerer, profile=Profile.PRODUCTION)) as http:
        answer = await http.post("/graphql", json={"query": query}, headers=exact)
    body = answer.json()
    assert answer.status_code == 200
    assert body["data"] == data
    assert [error["extensions"]["code"] for error in body["errors"]] == ["INTROSPECTION_OFF"]


async def test_a_mutation_by_get_is_refused(graph: Graph, answerer: Answerer) -> None:
    query = 'mutation { closePosition(input: {position: "x"}) { __typename } }'
    async with client(server(graph, answerer)) as http:
        answer = await http.get("/graphql", params={"query": query})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


async def test_health_needs_no_token(graph: Graph, answerer: Answerer) -> None:
    async with client(server(graph, answerer, profile=Profile.PRODUCTION)) as http:
        assert (await http.get("/livez")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).json() == {"status": "ok"}


async def test_a_database_that_is_slow_is_not_ready(graph: Graph, answerer: Answerer) -> None:
    """Whether its answer comes in the end or not: a second is what it has, also for who asks while it is awaited."""
    held = asyncio.Event()

    class Slow:
        def session(self, **_: object) -> Any:
            return self

        async def __aenter__(self) -> Any:
            return self

        async def __aexit__(self, *_: object) -> None: ...

        async def run(self, _: str) -> Any:
            await held.wait()
            return self

        async def consume(self) -> None: ...

    slow = Graph(Client(cast(Any, Slow())), graph.keys, graph.secrets)
    async with client(server(slow, answerer)) as http:
        first = asyncio.create_task(http.get("/readyz"))
        await asyncio.sleep(0.7)
        second = asyncio.create_task(http.get("/readyz"))
        await asyncio.sleep(0.4)
        held.set()
        answers = [await first, await second]
        assert [answer.status_code for answer in answers] == [503, 503]
        assert (await http.get("/readyz")).status_code == 200


async def test_a_weight_of_nothing_refuses_a_type(graph: Graph, answerer: Answerer) -> None:
    async with client(server(graph, answerer)) as http:
        for accept, status, form in (
            ("application/graphql-response+json;q=0, application/json", 200, "application/json"),
            ("application/graphql-response+json;q=0.1", 400, "application/graphql-response+json"),
            ("*/*; q=0.0", 406, "application/json"),
        ):
            answer = await http.post("/graphql", json={"query": "{ a"}, headers={"Accept": accept})
            assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (status, form)


async def test_the_page_allows_itself_alone(graph: Graph, answerer: Answerer) -> None:
    async with client(server(graph, answerer)) as http:
        page = await http.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text
    assert "https://" not in page.text


async def test_a_lost_engine_may_be_tried_again(
    graph: Graph, answerer: Answerer, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> object:
        raise EngineUnavailable("The database did not answer in time.")

    door = server(graph, answerer)
    headers = token(door, company.user("hr"))
    async with client(door) as http:
        assert (await http.post("/graphql", json={"query": VIEWER}, headers=headers)).json()["data"]["viewer"]
        monkeypatch.setattr(type(graph.client), "answer", gone)
        answer = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
    assert answer.json()["errors"][0]["extensions"] == {"code": "ENGINE_UNAVAILABLE", "retryable": True}


def test_production_needs_a_master_key(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="TURNOUT_MASTER_KEY"):
        Settings(data=tmp_path).read_master_keys()
    made = Settings(data=tmp_path, profile=Profile.DEVELOPMENT).read_master_keys()
    assert Settings(data=tmp_path).read_master_keys() == made
    with pytest.raises(SetupError, match="needs 32"):
        Settings(master_key="aGVsbG8=").read_master_keys()


def test_tokens_of_another_server_are_nothing(graph: Graph) -> None:
    now = datetime.now(UTC)
    assert Tokens(graph.secrets).read("a.b.c", now=now) is None
