"""Everything derived from the master key, and the text that only one candidate's own key opens."""

from __future__ import annotations

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


def canonical(value: Any) -> bytes:
    """One byte form for equal values: sorted keys, no spaces, UTF-8, instants in UTC."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


class Secrets:
    """Keys for each purpose, derived from one master key of 32 bytes by HKDF-SHA256."""

    IDENTIFIER_VERSION = 1

    def __init__(self, master: bytes) -> None:
        if len(master) != 32:
            raise ValueError("The master key must be 32 bytes.")
        self._master = master
        self._wrapping = AESGCM(self.derive("candidate-keys/1"))
        self._identifiers = self.derive("identifiers/1")
        self._inputs = self.derive("operation-inputs/1")
        self._cursors = AESSIV(self.derive("cursors/1", length=64))

    def derive(self, purpose: str, *, length: int = 32) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose.encode()).derive(self._master)

    def identifier_hash(self, *parts: str) -> str:
        """The keyed hash under which an identifier is found; the plain value is never stored."""
        return hmac.new(self._identifiers, canonical(parts), sha256).hexdigest()

    def input_hash(self, mutation_input: Mapping[str, Any]) -> str:
        return hmac.new(self._inputs, canonical(mutation_input), sha256).hexdigest()

    def wrap(self, key: bytes, owner: str) -> bytes:
        return seal(self._wrapping, key, owner)

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        return unseal(self._wrapping, wrapped, owner)

    def seal_cursor(self, value: Any) -> str:
        """Deterministic, so that the same row has the same cursor; opaque, because sort values are names."""
        return urlsafe_b64encode(self._cursors.encrypt(orjson.dumps(value), [])).rstrip(b"=").decode()

    def open_cursor(self, text: str) -> Any:
        """The value sealed in `text`; ValueError where it is none of ours."""
        try:
            sealed = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
            return orjson.loads(self._cursors.decrypt(sealed, []))
        except (InvalidTag, ValueError, UnicodeEncodeError) as error:
            raise ValueError("not a cursor of this server") from error


def seal(cipher: AESGCM, plain: bytes, owner: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, plain, owner.encode())


def unseal(cipher: AESGCM, sealed: bytes, owner: str) -> bytes:
    return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], owner.encode())
