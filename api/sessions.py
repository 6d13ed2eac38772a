"""A candidate's session: what its cookie says, signed; whether its link still opens anything is asked each time."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from graph.refusals import Locale
from graph.secrets import Secrets

COOKIE, PATH = "turnout-candidate", "/c/"
LIFE = timedelta(hours=12)
"""How long a session lasts; the link begins another."""
VERIFIED_IDLE, VERIFIED_LIFE = timedelta(minutes=30), timedelta(hours=4)
"""How long what a code opened stays open: until nothing was asked for half an hour, and four hours in all."""
CLOCKS = timedelta(minutes=1)
"""How far the clocks of two hosts that serve one candidate may be apart."""
AUDIENCE = "turnout-candidate"


@dataclass(frozen=True, slots=True)
class Session:
    """`said` is what the last act came to, to be told by the next page; `ticket` is one for a file."""

    id: str
    link: str
    begun: datetime
    seen: datetime
    verified: datetime | None = None
    language: Locale | None = None
    said: str | None = None
    ticket: str | None = None

    def is_verified(self, now: datetime) -> bool:
        return self.verified is not None and now < min(self.verified + VERIFIED_LIFE, self.seen + VERIFIED_IDLE)

    def at(self, now: datetime) -> Session:
        """The session as it goes on: what a code opened too long ago is closed for good."""
        return replace(self, seen=now, verified=self.verified if self.is_verified(now) else None)


class Sessions:
    """Signs and reads sessions, under keys derived from the master keys."""

    def __init__(self, secrets: Secrets) -> None:
        self._keys = [OctKey.import_key(key) for key in secrets.derive_each("candidate-sessions/1")]
        self._form_key = secrets.derive("candidate-forms/1")

    def begin(self, link: str, now: datetime) -> Session:
        return Session(str(uuid4()), link, now, now)

    def sign(self, session: Session) -> str:
        claims = {
            "aud": AUDIENCE,
            "jti": session.id,
            "sub": session.link,
            "iat": session.begun.timestamp(),
            "seen": session.seen.timestamp(),
            "verified": session.verified and session.verified.timestamp(),
            "language": session.language and session.language.value,
            "said": session.said,
            "ticket": session.ticket,
        }
        return jwt.encode({"alg": "HS256"}, claims, self._keys[0])

    def read(self, text: str, now: datetime) -> Session | None:
        """The session that a cookie says, if one of our keys signed it and it has not ended."""
        for key in self._keys:
            try:
                claims = jwt.decode(text, key, algorithms=["HS256"]).claims
            except (JoseError, ValueError):
                continue
            if claims.get("aud") != AUDIENCE:
                return None
            begun = _instant(claims["iat"])
            session = Session(
                claims["jti"],
                claims["sub"],
                begun,
                _instant(claims["seen"]),
                _instant(claims["verified"]) if claims["verified"] else None,
                Locale(claims["language"]) if claims["language"] else None,
                claims["said"],
                claims["ticket"],
            )
            return session if begun - CLOCKS <= now < begun + LIFE else None
        return None

    def form_token(self, session: Session) -> str:
        """What every form of the session carries, so that no other site can send one."""
        return hmac.new(self._form_key, session.id.encode(), sha256).hexdigest()

    def is_own_form(self, session: Session, given: str) -> bool:
        return hmac.compare_digest(self.form_token(session).encode(), given.encode())


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
