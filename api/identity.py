"""Who sends a request: tokens of the trusted issuer, of a local key on a laptop, or of the demo's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from api.oidc import Issuer
from api.settings import LOOPBACK, Settings
from graph.secrets import Secrets

ISSUER = "turnout"
LOCAL, DEMO = "turnout", "turnout-demo"
"""Audiences: a local token, and one for the demo company alone."""
LOCAL_LIFE, DEMO_LIFE = timedelta(hours=12), timedelta(hours=1)
VERIFIED = 10_000
"""Signatures that are remembered, so that each is checked once; claims are checked every time."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a valid token says: the user's external id, and whether it is good for the demo only."""

    subject: str
    demo: bool


class Tokens:
    """Signs and checks tokens; the keys are derived from the master keys, one for each audience."""

    def __init__(self, secrets: Secrets) -> None:
        self._keys = {
            LOCAL: [OctKey.import_key(key) for key in secrets.derive_each("local-tokens/1")],
            DEMO: [OctKey.import_key(key) for key in secrets.derive_each("demo-tokens/1")],
        }
        self._verified: dict[bytes, tuple[str, Mapping[str, Any]]] = {}

    def sign(self, subject: str, *, demo: bool, now: datetime) -> str:
        audience, life = (DEMO, DEMO_LIFE) if demo else (LOCAL, LOCAL_LIFE)
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "sub": subject,
            "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
        }
        return jwt.encode({"alg": "HS256"}, claims, self._keys[audience][0])

    def read(self, token: str, *, now: datetime) -> Claim | None:
        """What the token says, if one of our keys signed it, for its own audience, and it has not ended."""
        digest = sha256(token.encode()).digest()
        verified = self._verified.get(digest)
        if verified is None:
            verified = self._verify(token)
            if verified is None:
                return None
            if len(self._verified) >= VERIFIED:
                self._verified.clear()
            self._verified[digest] = verified
        audience, claims = verified
        subject, ends = claims.get("sub"), claims.get("exp")
        valid = claims.get("iss") == ISSUER and claims.get("aud") == audience
        if valid and isinstance(subject, str) and isinstance(ends, int) and now.timestamp() < ends:
            return Claim(subject, audience == DEMO)
        return None

    def _verify(self, token: str) -> tuple[str, Mapping[str, Any]] | None:
        """The claims that one of our keys signed, with the audience whose key it is; valid or not."""
        for audience, key in [(audience, key) for audience, keys in self._keys.items() for key in keys]:
            try:
                return audience, jwt.decode(token, key, algorithms=["HS256"]).claims
            except (JoseError, ValueError):
                continue
        return None


class Identity:
    """Reads any token: once an issuer is set local ones are refused, and in production those of the demo."""

    def __init__(self, settings: Settings, tokens: Tokens) -> None:
        trust = settings.trust()
        self._issuer = Issuer(trust) if trust else None
        self._demo = settings.is_development
        self._tokens = tokens

    async def read(self, token: str, *, now: datetime) -> Claim | None:
        """What a valid token says, null of any other; IssuerUnavailable where that cannot be told."""
        claim = self._tokens.read(token, now=now) if self._demo or self._issuer is None else None
        if claim is not None and (self._demo if claim.demo else self._issuer is None):
            return claim
        subject = await self._issuer.read(token, now=now) if self._issuer else None
        return Claim(subject, demo=False) if subject else None


def is_demo_host(host: str, settings: Settings, port: int) -> bool:
    """Whether a request may use the demo: named as loopback with our own port, on a listener that is loopback.

    A page of another site that resolves its own name to this machine names another host, and is refused.
    """
    try:
        parts = urlsplit(f"//{host}")
        return settings.is_loopback and parts.hostname in LOOPBACK and (parts.port or 80) == port
    except ValueError:
        return False


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header, or null where it carries none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
