"""Nobody comes in on a token that is not theirs: forged, foreign, ended, replayed, over every way there is."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

import api.sockets
from api.http import Server
from api.identity import DEMO, LOCAL
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Company, gid
from tests.faults.figures import tell
from tests.faults.test_injection import counted
from tests.test_identity import AUDIENCE, KEYS, STRANGER, Provider, base64url, by_hand, forged, provider, public
from tests.test_subscriptions import served

__all__ = ["provider"]
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
QUERY = "{ viewer { externalId } }"
MUTATION = 'mutation { createDepartment(input: {code: "FORGED", name: "Forged"}) { __typename } }'
SOCKET = [Subprotocol("graphql-transport-ws")]


def tricks(provider: Provider, subject: str) -> dict[str, str]:
    """What the list of forged tokens does not have: keys by name, by address, and inside the token."""
    claims = provider.claims(subject)
    own, pem = public(STRANGER), KEYS["RS256"].as_pem(private=False)  # type: ignore[union-attr]
    names = ["../../../../dev/null", "/dev/null", "' OR 1=1 //", "rsa\x00", "", "RSA", "rsa ", "0", "x" * 5_000]
    oct = OctKey.generate_key(256, {"kid": "rsa"})
    found = {f"kid {name[:30]!r}": provider.sign(claims, key=STRANGER, kid=name) for name in names}
    found |= {f"kid {name[:30]!r}, empty secret": by_hand("HS256", claims, b"\x00", kid=name) for name in names[:2]}
    found |= {
        "jku": provider.sign(claims, key=STRANGER, jku="https://evil.example/jwks"),
        "x5u": provider.sign(claims, key=STRANGER, x5u="https://evil.example/x"),
        "jwk": provider.sign(claims, key=STRANGER, jwk=own),
        "crit": by_hand("RS256", claims, pem, crit=["exp"]),
        "b64": by_hand("RS256", claims, pem, b64=False, crit=["b64"]),
        "kid of another key": provider.sign(claims, "ES256", kid="ed"),
        "kid as a number": by_hand("RS256", claims, pem, kid=7),
        "kid as an object": by_hand("RS256", claims, pem, kid={"rsa": True}),
        "an own secret": provider.sign(claims, "HS256", key=oct),
        "none, signed": by_hand("none", claims, pem),
        "nOnE": by_hand("nOnE", claims, None),
        "no alg": ".".join([base64url(b'{"kid":"rsa"}'), base64url(json.dumps(claims).encode()), ""]),
        "two algs": ".".join(
            [base64url(b'{"alg":"RS256","alg":"none","kid":"rsa"}'), base64url(json.dumps(claims).encode()), ""]
        ),
        "HS384 by the public key": by_hand("HS384", claims, pem),
        "HS512 by the public key": by_hand("HS512", claims, pem),
        "claims changed": changed(provider.sign(claims), sub="hr@another"),
        "audience changed": changed(provider.sign(provider.claims(subject, aud="another")), aud=AUDIENCE),
        "end changed": changed(provider.sign(provider.claims(subject, exp=1)), exp=4_000_000_000),
        "an end that is no number": provider.sign(provider.claims(subject, exp="4000000000")),
        "a list for a subject": provider.sign({**claims, "sub": [subject]}),
        "an audience in an object": provider.sign(provider.claims(subject, aud={AUDIENCE: True})),
        "five parts": provider.sign(claims) + ".x.y",
        "spaces within": provider.sign(claims).replace(".", " ."),
        "nothing": "",
        "a megabyte": "x" * 60_000,
    }
    return found


def changed(token: str, **claims: Any) -> str:
    """The token with other claims under the signature of the first ones."""
    head, body, signature = token.split(".")
    told = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return f"{head}.{base64url(json.dumps({**told, **claims}).encode())}.{signature}"


def local(graph: Graph, subject: str) -> dict[str, str]:
    """Tokens of the command line's own kind, each wrong in one thing."""
    keys = {name: OctKey.import_key(graph.secrets.derive(f"{name}-tokens/1")) for name in ("local", "demo")}
    good = {"iss": "turnout", "aud": LOCAL, "sub": subject, "exp": int(datetime.now(UTC).timestamp()) + 600}

    def sign(key: OctKey, alg: str = "HS256", **changes: Any) -> str:
        claims = {name: value for name, value in {**good, **changes}.items() if value is not None}
        return jwt.encode({"alg": alg}, claims, key, algorithms=[alg])

    return {
        "local, ended": sign(keys["local"], exp=int(datetime.now(UTC).timestamp()) - 1),
        "local, no end": sign(keys["local"], exp=None),
        "local, an end in words": sign(keys["local"], exp="tomorrow"),
        "local, wrong audience": sign(keys["local"], aud="another"),
        "local, the demo's audience": sign(keys["local"], aud=DEMO),
        "local, a list of audiences": sign(keys["local"], aud=[LOCAL, "another"]),
        "local, wrong issuer": sign(keys["local"], iss="another"),
        "local, no issuer": sign(keys["local"], iss=None),
        "local, nobody": sign(keys["local"], sub=None),
        "local, the demo's key": sign(keys["demo"]),
        "demo, the local key": sign(keys["local"], aud=DEMO),
        "demo, outside a demo": sign(keys["demo"], aud=DEMO),
        "local, another key": sign(OctKey.import_key(b"x" * 32)),
        "local, HS512": sign(keys["local"], "HS512"),
        "local, none": by_hand("none", good, None),
        "local, somebody who is not there": sign(keys["local"], sub="nobody@nowhere"),
    }


class Door:
    """Every way in: by POST, by GET, by server-sent events, and by a socket with the token in its two places."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}")

    async def opened(self, token: str | None) -> list[str]:
        """The ways that the token opens."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            ways = [await self.post(headers), await self.get(headers), await self.stream(headers)]
        except (httpx.InvalidURL, httpx.LocalProtocolError, ValueError):
            ways = []
        ways += [await self.socket({"token": token}), await self.socket({"Authorization": f"Bearer {token}"})]
        return [way for way in ways if way]

    async def post(self, headers: dict[str, str]) -> str:
        for query in (QUERY, MUTATION):
            answer = await self.http.post("/graphql", json={"query": query}, headers=headers)
            if told(answer.json()):
                return "POST"
        return ""

    async def get(self, headers: dict[str, str]) -> str:
        answer = await self.http.get("/graphql", params={"query": QUERY}, headers=headers)
        return "GET" if told(answer.json()) else ""

    async def stream(self, headers: dict[str, str]) -> str:
        accept = {"Accept": "text/event-stream"}
        answer = await self.http.post("/graphql", json={"query": QUERY}, headers={**headers, **accept})
        events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
        return "SSE" if any(told(event) for event in events) else ""

    async def socket(self, payload: Any) -> str:
        async with connect(f"ws://127.0.0.1:{self.server.port}/graphql", subprotocols=SOCKET) as socket:
            return "" if await introduced(socket, payload) == 4401 else "WebSocket"


async def introduced(socket: ClientConnection, payload: Any) -> int:
    """The code that the socket closes with on introducing oneself; 0 where it stays."""
    await socket.send(orjson.dumps({"type": "connection_init", "payload": payload}).decode())
    return await closing(socket, "connection_ack")


async def closing(socket: ClientConnection, *fine: str) -> int:
    try:
        answer = json.loads(await socket.recv())
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else -1
    return 0 if answer["type"] in fine else -2


def told(answer: Any) -> bool:
    return bool(answer.get("data") and any(answer["data"].values()))


async def refused(door: Door, tokens: dict[str, str], graph: Graph) -> int:
    before = await counted(graph)
    for why, token in tokens.items():
        assert await door.opened(token) == [], why
    assert await counted(graph) == before
    return len(tokens)


async def test_no_forged_token_opens_anything(
    provider: Provider,
    graph: Graph,
    answerer: Answerer,
    company: Company,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With an issuer set: its forged tokens, and local ones, which would be good without it."""
    user = company.user("technology")
    async with served(graph, answerer, oidc_issuer=provider.issuer, oidc_audience=AUDIENCE, rate_points=0) as server:
        door = Door(server)
        assert await door.opened(provider.sign(provider.claims(user))) == [
            "POST",
            "GET",
            "SSE",
            "WebSocket",
            "WebSocket",
        ]
        good = server.tokens.sign(user, demo=False, now=datetime.now(UTC))
        every = {
            **forged(provider, user),
            **tricks(provider, user),
            **local(graph, user),
            "local, once an issuer is set": good,
        }
        count = await refused(door, every, graph)
        assert await door.opened(None) == []
    tell(capsys, "tokens", f"all {count + 1} refused with an issuer set, each by 5 ways in")


async def test_no_bad_local_token_opens_anything(
    provider: Provider,
    graph: Graph,
    answerer: Answerer,
    company: Company,
    capsys: pytest.CaptureFixture[str],
) -> None:
    user = company.user("technology")
    async with served(graph, answerer, rate_points=0) as server:
        door = Door(server)
        good = server.tokens.sign(user, demo=False, now=datetime.now(UTC))
        assert await door.opened(good) == ["POST", "GET", "SSE", "WebSocket", "WebSocket"]
        issuers = {"an issuer's, where none is set": provider.sign(provider.claims(user))}
        count = await refused(
            door, {**local(graph, user), **issuers, "changed": changed(good, sub=company.user("hr"))}, graph
        )
    tell(capsys, "tokens of the command line", f"all {count} refused, each by 5 ways in")


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sockets look for their user every tenth of a second instead of every half minute."""
    monkeypatch.setattr(api.sockets, "RECHECK", 0.1)
    return


@pytest.mark.usefixtures("eager")
async def test_a_token_is_worth_nothing_once_its_user_is_removed(
    graph: Graph, answerer: Answerer, company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    """The token is good for hours still; its user is not, neither on new connections nor on one that is open."""
    async with served(graph, answerer, rate_points=0) as server:
        door, now = Door(server), datetime.now(UTC)
        text = server.tokens.sign(company.user("technology"), demo=False, now=now)
        hr = {"Authorization": "Bearer " + server.tokens.sign(company.user("hr"), demo=False, now=now)}
        assert len(await door.opened(text)) == 5
        user = await graph.client.answer(
            "faults", "MATCH (u:User {externalId: $name}) RETURN u.id AS id", {"name": company.user("technology")}
        )
        async with connect(f"ws://127.0.0.1:{server.port}/graphql", subprotocols=SOCKET) as socket:
            assert await introduced(socket, {"token": text}) == 0
            remove = f'mutation {{ removeUser(input: {{user: "{gid("User", user[0]["id"])}"}}) {{ __typename }} }}'
            assert told((await door.http.post("/graphql", json={"query": remove}, headers=hr)).json())
            assert await door.opened(text) == []
            assert await closing(socket) == 4401
    tell(
        capsys,
        "a token replayed after its user was removed",
        "refused by 5 ways in, and its open socket closed with 4401",
    )


@pytest.mark.usefixtures("demo")
async def test_a_demo_token_needs_the_demos_own_host(
    graph: Graph, answerer: Answerer, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served(graph, answerer, rate_points=0) as server:
        text = server.tokens.sign("hr@demo", demo=True, now=datetime.now(UTC))
        late = server.tokens.sign("hr@demo", demo=True, now=datetime.now(UTC) - timedelta(hours=1, seconds=1))
        door, tried = Door(server), 0
        assert len(await door.opened(text)) == 5
        assert await door.opened(late) == []
        for host in (
            "evil.example",
            f"evil.example:{server.port}",
            "127.0.0.1",
            "127.0.0.1:1",
            "localhost.evil.example",
        ):
            door.http.headers["Host"] = host
            headers = {"Authorization": f"Bearer {text}"}
            assert [await door.post(headers), await door.get(headers), await door.stream(headers)] == ["", "", ""]
            tried += 3
    tell(capsys, "a demo token on another Host", f"refused {tried} times, and once it is an hour old")
