"""Tokens of an OIDC issuer: signed by one of its published keys, for us, and in time."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import IO, Any, TypeGuard, cast
from urllib.request import HTTPRedirectHandler, Request, build_opener

from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from api.settings import Trust, is_safe_url

log = logging.getLogger("turnout")

ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA"})
"""Signatures by a key pair alone: what verifies a token must not be able to make one."""
LEEWAY = 30.0
"""Seconds that our clock and the issuer's may differ."""
FRESH, STALE = 600.0, 3600.0
"""Seconds after which keys are fetched again, and after which they no longer count where that fails."""
UNKNOWN_AGAIN, FAILED_AGAIN = 60.0, 5.0
"""Seconds between two fetches for a key that we do not know, and after one that failed."""
TIME_LIMIT, SIZE_LIMIT = 5.0, 1_000_000
KEPT, VERIFIED = 60.0, 10_000
"""Seconds that a signature is not checked again, and how many are remembered; claims are checked every time."""

Key = RSAKey | ECKey | OKPKey
KEY_TYPES: Mapping[str, type[Key]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}

# The name EdDSA gives way to Ed25519 (RFC 9864), yet it is what issuers send.
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)


class Registry(jws.JWSRegistry):
    """The algorithms above; headers may carry parameters of the issuer's own, but none that is critical."""

    max_header_length = 8192


REGISTRY = Registry(algorithms=ALGORITHMS, strict_check_header=False)


class IssuerUnavailable(Exception):
    """The issuer's keys cannot be read; the same request may be sent again."""


class KeysUnreadable(Exception):
    """The issuer does not publish its keys as it should."""


class IssuerKeys:
    """The issuer's public keys, fetched when one is first needed, kept, and fetched again in the background."""

    def __init__(self, trust: Trust, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._trust = trust
        self._clock = clock
        self._keys: dict[str | None, list[Key]] = {}
        self._fetched = self._tried = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str | None) -> list[Key]:
        """The keys of this id, or the only key for a token that names none; none where the issuer has no such key."""
        if self._age() >= FRESH and self._may_try():
            task = self._fetch_once()
            if self._age() >= STALE:
                await asyncio.shield(task)
        if not (found := self._pick(kid)) and self._may_try():
            await asyncio.shield(self._fetch_once())
            found = self._pick(kid)
        if not found and self._tried > self._fetched:
            raise IssuerUnavailable("The keys of the token's issuer cannot be read now.")
        return found

    def _age(self) -> float:
        return self._clock() - self._fetched

    def _may_try(self) -> bool:
        """Whether a fetch may start or is under way; rubbish ids must not make us call the issuer again and again."""
        if self._fetching is not None and not self._fetching.done():
            return True
        pause = FAILED_AGAIN if self._tried > self._fetched else UNKNOWN_AGAIN
        return self._clock() - self._tried >= pause

    def _pick(self, kid: str | None) -> list[Key]:
        if self._age() >= STALE:
            return []
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid, [])

    def _fetch_once(self) -> asyncio.Task[None]:
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        self._tried = self._clock()
        try:
            async with asyncio.timeout(3 * TIME_LIMIT):
                document = await asyncio.to_thread(self._read)
            self._keys = public_keys(document)
        except Exception as error:
            # Whatever the issuer sends, requests that need no key of it go on.
            log.warning("the keys of the OIDC issuer cannot be read: %s", type(error).__name__)
        else:
            self._fetched = self._tried

    def _read(self) -> Any:
        return read_json(self._trust.jwks_url or self._discover())

    def _discover(self) -> str:
        issuer = self._trust.issuer
        document = read_json(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if not isinstance(document, dict) or cast(dict[str, Any], document).get("issuer") != issuer:
            raise KeysUnreadable("the discovery document is another issuer's")
        url = cast(dict[str, Any], document).get("jwks_uri")
        if not isinstance(url, str) or not is_safe_url(url):
            raise KeysUnreadable("the discovery document names no safe jwks_uri")
        return url


class Issuer:
    """Reads the tokens of the trusted issuer."""

    def __init__(self, trust: Trust, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._trust = trust
        self._clock = clock
        self._keys = IssuerKeys(trust, clock=clock)
        self._verified: dict[bytes, tuple[float, Mapping[str, Any]]] = {}

    async def read(self, token: str, *, now: datetime) -> str | None:
        """The subject of a valid token, null of any other; IssuerUnavailable where that cannot be told."""
        digest = sha256(token.encode()).digest()
        until, claims = self._verified.get(digest, (0.0, None))
        if claims is None or self._clock() >= until:
            claims = await self._verify(token)
            self._keep(digest, claims)
        return subject_of(claims, self._trust, now=now) if claims is not None else None

    def _keep(self, digest: bytes, claims: Mapping[str, Any] | None) -> None:
        if claims is None:
            return
        if len(self._verified) >= VERIFIED:
            self._verified.clear()
        self._verified[digest] = self._clock() + KEPT, claims

    async def _verify(self, token: str) -> Mapping[str, Any] | None:
        """What one of the issuer's keys signed, valid or not; null where none did."""
        try:
            header = jws.extract_compact(token.encode(), registry=REGISTRY).headers()
        except (JoseError, ValueError):
            return None
        kid: Any = header.get("kid")
        if header.get("alg") not in ALGORITHMS or not (kid is None or isinstance(kid, str)):
            return None
        for key in await self._keys.find(kid):
            try:
                return jwt.decode(token, key, algorithms=ALGORITHMS, registry=REGISTRY).claims
            except (JoseError, ValueError):
                continue
        return None


def subject_of(claims: Mapping[str, Any], trust: Trust, *, now: datetime) -> str | None:
    """Who the claims name, where they are the issuer's, for our audience, begun and not ended."""
    audience, time = claims.get("aud"), now.timestamp()
    ends, begins = claims.get("exp"), claims.get("nbf", time)
    subject = claims.get(trust.subject_claim)
    valid = (
        claims.get("iss") == trust.issuer
        and (audience == trust.audience or (isinstance(audience, list) and trust.audience in audience))
        and is_number(ends)
        and is_number(begins)
        and begins - LEEWAY <= time < ends + LEEWAY
        and isinstance(subject, str)
        and bool(subject)
        # An address that anyone may claim for an own is nobody's name.
        and not (trust.subject_claim == "email" and claims.get("email_verified") is False)
    )
    return subject if valid else None


def is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def public_keys(document: Any) -> dict[str | None, list[Key]]:
    """The keys of a JWKS that may verify signatures, by id; kinds that we do not use are left out."""
    sent: Any = cast(dict[str, Any], document).get("keys") if isinstance(document, dict) else None
    if not isinstance(sent, list):
        raise KeysUnreadable("the issuer sends no JWKS")
    found: dict[str | None, list[Key]] = {}
    for value in cast(list[Any], sent):
        if (key := _public_key(value)) is not None:
            found.setdefault(value.get("kid"), []).append(key)
    return found


def _public_key(value: Any) -> Key | None:
    parts = cast(dict[str, Any], value) if isinstance(value, dict) else {}
    kind = KEY_TYPES.get(str(parts.get("kty")))
    if kind is None or parts.get("use", "sig") != "sig" or not isinstance(parts.get("kid", ""), str):
        return None
    try:
        return kind.import_key(parts)
    except (JoseError, ValueError, TypeError):
        return None


class StayingHere(HTTPRedirectHandler):
    """Follows no redirection: it could lead away from HTTPS."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


OPENER = build_opener(StayingHere())


def read_json(url: str) -> Any:
    """What is at `url`, within limits of time and size. It blocks, so it is called in a thread.

    The standard library suffices: two small documents are read every ten minutes, by the system's certificates.
    """
    request = Request(url, headers={"Accept": "application/json", "User-Agent": "turnout"})
    with OPENER.open(request, timeout=TIME_LIMIT) as response:
        return json.loads(_read_within(response))


def _read_within(response: IO[bytes]) -> bytes:
    end = time.monotonic() + TIME_LIMIT
    body = bytearray()
    while chunk := cast(Any, response).read1(65536):
        body += chunk
        if len(body) > SIZE_LIMIT or time.monotonic() > end:
            raise KeysUnreadable("the answer is too large or too slow")
    return bytes(body)
