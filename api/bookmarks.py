"""The header Turnout-Bookmark: what a mutation wrote, sealed, for later requests that must not read what was before."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from graph.secrets import Secrets

HEADER = "Turnout-Bookmark"
SIZE = 2_048
"""Characters that the header may have; one database's bookmark takes about 150."""


class Bookmarks:
    """Seals bookmarks, so that nobody can have a session wait for what was never written."""

    def __init__(self, secrets: Secrets) -> None:
        self._cipher = AESSIV(secrets.derive("bookmarks/1", length=64))

    def seal(self, bookmarks: Iterable[str]) -> str:
        sealed = self._cipher.encrypt(orjson.dumps(sorted(bookmarks)), [])
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, text: str) -> frozenset[str]:
        """The bookmarks; ValueError, whose text is a sentence, where they are none of this server's."""
        if len(text) > SIZE:
            raise ValueError(f"A {HEADER} may have {SIZE:,} characters.")
        try:
            sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            opened: Any = orjson.loads(self._cipher.decrypt(sealed, []))
        except (InvalidTag, ValueError) as error:
            raise ValueError(f"The {HEADER} is none of this server: send the one that a mutation answered.") from error
        return frozenset(opened)
