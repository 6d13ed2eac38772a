"""Whose tokens count once an OIDC issuer is set: an issuer on loopback, with real keys, that can fail and rotate."""

from __future__ import annotations

import asyncio
import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from api.http import Server
from api.oidc import FAILED_AGAIN, FRESH, KEPT, LEEWAY, STALE, UNKNOWN_AGAIN, Issuer, IssuerUnavailable
from api.settings import Profile, Settings, SetupError, Trust
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Company
from tests.test_http import VIEWER, client, server, token

AUDIENCE = "https://turnout.example/graphql"
KEYS: dict[str, Key] = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
    "PS256": RSAKey.generate_key(2048, {"kid": "pss"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
}
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
NOW = datetime.now(UTC)
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")


class Provider:
    """An issuer that publishes what it is told to, and counts who asks."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [public(key) for key in KEYS.values()]
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[str] = []
        self.down = False
        self.slow = 0.0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                time.sleep(provider.slow)
                status, body = provider.answer(self.path)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", body)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realm"

    def answer(self, path: str) -> tuple[int, Any]:
        if self.down:
            return 500, {}
        usual = {
            "/realm/.well-known/openid-configuration": {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks"},
            "/realm/jwks": {"keys": self.keys},
        }
        return self.answers.get(path) or (200, usual[path])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def trust(self) -> Trust:
        return Trust(self.issuer, AUDIENCE, None, "sub")

    def claims(self, sub: str | None = "somebody", **changed: Any) -> dict[str, Any]:
        seconds = int(datetime.now(UTC).timestamp())
        claims = {"iss": self.issuer, "aud": AUDIENCE, "sub": sub, "iat": seconds, "exp": seconds + 300, **changed}
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: dict[str, Any], alg: str = "RS256", key: Key | None = None, **header: Any) -> str:
        signer = key or KEYS[alg]
        parts = {"alg": alg, "kid": signer.kid, **header}
        named = {name: value for name, value in parts.items() if value is not None}
        return jwt.encode(named, claims, signer, algorithms=[alg])


def public(key: Key) -> dict[str, Any]:
    return key.as_dict(private=False)  # type: ignore[return-value]


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


def door_of(provider: Provider, graph: Graph, answerer: Answerer, **settings: Any) -> Server:
    return server(graph, answerer, oidc_issuer=provider.issuer, oidc_audience=AUDIENCE, **settings)


def bearing(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.parametrize("alg", KEYS)
async def test_the_issuers_token_names_its_user(
    provider: Provider, graph: Graph, answerer: Answerer, company: Company, alg: str
) -> None:
    user = company.user("technology")
    async with client(door_of(provider, graph, answerer)) as http:
        for audience in (AUDIENCE, ["another", AUDIENCE]):
            text = provider.sign(provider.claims(user, aud=audience), alg)
            answer = await http.post("/graphql", json={"query": VIEWER}, headers=bearing(text))
            assert answer.json()["data"] == {"viewer": {"externalId": user}}


def by_hand(alg: str, claims: dict[str, Any], secret: bytes | None, **header: Any) -> str:
    """A token that no decent library makes: unsigned, or signed with what everybody knows."""
    parts = [base64url(json.dumps(part).encode()) for part in ({"alg": alg, "kid": "rsa", **header}, claims)]
    body = ".".join(parts)
    return f"{body}.{base64url(hmac.digest(secret, body.encode(), 'sha256')) if secret else ''}"


def base64url(plain: bytes) -> str:
    return urlsafe_b64encode(plain).rstrip(b"=").decode()


def forged(provider: Provider, subject: str) -> dict[str, str]:
    """Tokens that must open nothing, by what is wrong with them."""
    claims = provider.claims(subject)
    rsa, seconds = KEYS["RS256"], int(datetime.now(UTC).timestamp())
    pem, jwk = rsa.as_pem(private=False), json.dumps(public(rsa)).encode()  # type: ignore[union-attr]
    changed: dict[str, dict[str, Any]] = {
        "ended": {"exp": seconds - LEEWAY - 5},
        "no end": {"exp": None},
        "an end in words": {"exp": "tomorrow"},
        "an end that is true": {"exp": True},
        "not yet begun": {"nbf": seconds + LEEWAY + 30},
        "another audience": {"aud": "another"},
        "other audiences": {"aud": ["another", "third"]},
        "part of an audience": {"aud": AUDIENCE + "/more"},
        "no audience": {"aud": None},
        "another issuer": {"iss": "https://another.example"},
        "no issuer": {"iss": None},
        "nobody": {"sub": None},
        "an empty name": {"sub": ""},
        "a name that is a number": {"sub": 7},
    }
    return {
        **{why: provider.sign(provider.claims(**{"sub": subject, **parts})) for why, parts in changed.items()},
        "alg none": by_hand("none", claims, None),
        "alg None": by_hand("None", claims, None),
        "signed with the public key": by_hand("HS256", claims, pem),
        "signed with the public key as RS256": by_hand("RS256", claims, pem),
        "signed with the public JWK": by_hand("HS256", claims, jwk),
        "another's key": provider.sign(claims, key=STRANGER),
        "a key of its own": provider.sign(claims, key=STRANGER, jwk=public(STRANGER)),
        "another algorithm": provider.sign(claims, "RS512", key=rsa),
        "a key of another kind": provider.sign(claims, "ES256", kid="rsa"),
        "an unknown key": provider.sign(claims, key=STRANGER, kid="unknown"),
        "no key named": provider.sign(claims, kid=None),
        "a key that is a list": by_hand("HS256", claims, pem, kid=["rsa"]),
        "a signature cut off": provider.sign(claims).rpartition(".")[0] + ".",
        "rubbish": "a.b.c",
    }


async def test_forged_and_foreign_tokens_open_nothing(
    provider: Provider, graph: Graph, answerer: Answerer, company: Company
) -> None:
    user = company.user("hr")
    door = door_of(provider, graph, answerer)
    async with client(door) as http:
        good = await http.post(
            "/graphql", json={"query": VIEWER}, headers=bearing(provider.sign(provider.claims(user)))
        )
        assert good.json()["data"]["viewer"]
        for why, text in forged(provider, user).items():
            answer = await http.post("/graphql", json={"query": VIEWER}, headers=bearing(text))
            assert answer.json()["data"] == {"viewer": None}, why
            assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", why
    assert provider.asked.count("/realm/jwks") == 1


async def test_local_tokens_end_with_an_issuer(
    provider: Provider, graph: Graph, answerer: Answerer, company: Company
) -> None:
    local, trusting = server(graph, answerer), door_of(provider, graph, answerer)
    headers = token(local, company.user("hr"))
    async with client(local) as http:
        assert (await http.post("/graphql", json={"query": VIEWER}, headers=headers)).json()["data"]["viewer"]
    async with client(trusting) as http:
        assert (await http.post("/graphql", json={"query": VIEWER}, headers=headers)).json()["data"]["viewer"] is None


async def test_a_demo_token_opens_development_alone(
    provider: Provider, graph: Graph, answerer: Answerer, demo: None
) -> None:
    for profile, opened in ((Profile.DEVELOPMENT, True), (Profile.PRODUCTION, False)):
        for door in (door_of(provider, graph, answerer, profile=profile), server(graph, answerer, profile=profile)):
            async with client(door) as http:
                headers = token(door, "hr@demo", demo=True)
                answer = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
            assert bool(answer.json()["data"]["viewer"]) == opened


async def test_an_issuer_that_is_down_may_be_tried_again(
    provider: Provider, graph: Graph, answerer: Answerer, company: Company
) -> None:
    provider.down = True
    headers = bearing(provider.sign(provider.claims(company.user("hr"))))
    async with client(door_of(provider, graph, answerer)) as http:
        answers = [await http.post("/graphql", json={"query": VIEWER}, headers=headers) for _ in range(3)]
        unsigned = await http.post("/graphql", json={"query": "{ __typename }"})
    for answer in answers:
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["errors"][0]["extensions"] == {"code": "IDENTITY_UNAVAILABLE", "retryable": True}
    assert unsigned.json()["data"] == {"__typename": "Query"}
    assert len(provider.asked) == 1


async def test_a_slow_issuer_holds_up_nobody_else(
    provider: Provider, graph: Graph, answerer: Answerer, company: Company
) -> None:
    provider.slow = 0.5
    headers = bearing(provider.sign(provider.claims(company.user("hr"))))
    async with client(door_of(provider, graph, answerer)) as http:
        waiting = [
            asyncio.create_task(http.post("/graphql", json={"query": VIEWER}, headers=headers)) for _ in range(5)
        ]
        await asyncio.sleep(0.05)
        await http.post("/graphql", json={"query": "{ __typename }"})
        assert not any(task.done() for task in waiting)
        assert all([(await task).json()["data"]["viewer"] for task in waiting])
    assert provider.asked.count("/realm/jwks") == 1


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_rotated_key_is_fetched_once_a_minute(provider: Provider) -> None:
    clock = Clock()
    issuer = Issuer(provider.trust, clock=clock)
    assert await issuer.read(provider.sign(provider.claims()), now=NOW) == "somebody"
    new = RSAKey.generate_key(2048, {"kid": "new"})
    provider.keys = [public(new)]
    rotated = provider.sign(provider.claims(), key=new)
    for seconds, read, asked in ((1, None, 1), (UNKNOWN_AGAIN - 1, None, 1), (UNKNOWN_AGAIN, "somebody", 2)):
        clock.seconds = seconds
        assert await issuer.read(rotated, now=NOW) == read
        assert provider.asked.count("/realm/jwks") == asked
    assert await issuer.read(provider.sign(provider.claims()), now=NOW) is None
    for number in range(20):
        assert await issuer.read(provider.sign(provider.claims(), kid=f"rubbish-{number}"), now=NOW) is None
    assert provider.asked.count("/realm/jwks") == 2


async def test_known_keys_outlive_a_short_outage(provider: Provider) -> None:
    clock = Clock()
    issuer = Issuer(provider.trust, clock=clock)
    text = provider.sign(provider.claims())
    assert await issuer.read(text, now=NOW) == "somebody"
    provider.down = True
    for seconds in (FRESH, FRESH + FAILED_AGAIN, STALE - 1):
        clock.seconds = seconds
        assert await issuer.read(text, now=NOW) == "somebody"
        await asyncio.sleep(0.05)
    clock.seconds = STALE + KEPT
    with pytest.raises(IssuerUnavailable):
        await issuer.read(text, now=NOW)
    provider.down = False
    clock.seconds += FAILED_AGAIN
    assert await issuer.read(text, now=NOW) == "somebody"


async def test_a_remembered_token_still_ends(provider: Provider) -> None:
    issuer = Issuer(provider.trust)
    text = provider.sign(provider.claims(exp=int(NOW.timestamp()) + 60))
    for seconds, read in ((0, "somebody"), (60 + LEEWAY - 1, "somebody"), (60 + LEEWAY + 1, None)):
        assert await issuer.read(text, now=NOW + timedelta(seconds=seconds)) == read


@pytest.mark.parametrize(
    ("path", "status", "answer"),
    [
        ("/realm/.well-known/openid-configuration", 200, {"issuer": "https://another.example", "jwks_uri": "x"}),
        ("/realm/.well-known/openid-configuration", 200, ["rubbish"]),
        ("/realm/.well-known/openid-configuration", 302, "http://127.0.0.1:1/"),
        ("/realm/jwks", 200, {"keys": "rubbish"}),
        ("/realm/jwks", 302, "file:///etc/hostname"),
        ("/realm/jwks", 200, {"keys": ["x" * 1_000_001]}),
    ],
)
async def test_an_issuer_that_says_rubbish_is_unavailable(
    provider: Provider, path: str, status: int, answer: Any
) -> None:
    provider.answers[path] = status, answer
    with pytest.raises(IssuerUnavailable):
        await Issuer(provider.trust).read(provider.sign(provider.claims()), now=NOW)


async def test_keys_that_we_do_not_use_harm_nobody(provider: Provider) -> None:
    secret = OctKey.generate_key(256, {"kid": "shared"})
    odd: list[Any] = [secret.as_dict(), {"kty": "RSA", "kid": "rsa"}, {"kty": "XYZ"}, 7, {"kty": "EC", "kid": 3}]
    encrypting = {**public(STRANGER), "use": "enc"}
    provider.keys = [*odd, encrypting, public(KEYS["RS256"])]
    issuer = Issuer(provider.trust)
    assert await issuer.read(provider.sign(provider.claims()), now=NOW) == "somebody"
    assert await issuer.read(provider.sign(provider.claims(), "HS256", key=secret), now=NOW) is None
    assert await issuer.read(provider.sign(provider.claims(), key=STRANGER), now=NOW) is None


async def test_a_lone_key_needs_no_id(provider: Provider) -> None:
    provider.keys = [{name: part for name, part in public(KEYS["ES256"]).items() if name != "kid"}]
    text = jwt.encode({"alg": "ES256"}, provider.claims(), KEYS["ES256"])
    assert await Issuer(provider.trust).read(text, now=NOW) == "somebody"


async def test_another_claim_may_be_the_subject(provider: Provider) -> None:
    issuer = Issuer(Trust(provider.issuer, AUDIENCE, f"{provider.issuer}/jwks", "email"))
    for claims, subject in (
        ({"email": "a@example.com"}, "a@example.com"),
        ({"email": "a@example.com", "email_verified": True}, "a@example.com"),
        ({"email": "a@example.com", "email_verified": False}, None),
        ({}, None),
    ):
        assert await issuer.read(provider.sign(provider.claims(**claims)), now=NOW) == subject
    assert provider.asked == ["/realm/jwks"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"oidc_issuer": "https://id.example"}, "TURNOUT_OIDC_AUDIENCE"),
        ({"oidc_issuer": "http://id.example", "oidc_audience": "a"}, "TURNOUT_OIDC_ISSUER"),
        ({"oidc_issuer": "https://", "oidc_audience": "a"}, "TURNOUT_OIDC_ISSUER"),
        ({"oidc_issuer": "https://id.example", "oidc_audience": "a", "oidc_jwks_url": "file:///x"}, "OIDC_JWKS_URL"),
    ],
)
def test_an_unsafe_issuer_stands_in_the_way(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(SetupError, match=told):
        Settings(**settings).trust()
    assert Settings(oidc_issuer="https://id.example", oidc_audience="a").trust()
    assert Settings().trust() is None
