"""Everything derived from the master keys, and the text that only one candidate's own key opens."""

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


class UnknownVersion(Exception):
    """The graph is written under a version of the master key that this process was not given."""


class Derived:
    """Keys for each purpose, derived from one master key of 32 bytes by HKDF-SHA256."""

    def __init__(self, master: bytes) -> None:
        if len(master) != 32:
            raise ValueError("A master key must be 32 bytes.")
        self._master = master
        self.wrapping = AESGCM(self.derive("candidate-keys/1"))
        self.identifiers = self.derive("identifiers/1")
        self.inputs = self.derive("operation-inputs/1")
        self.cursors = AESSIV(self.derive("cursors/1", length=64))

    def derive(self, purpose: str, *, length: int = 32, salt: bytes | None = None) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=salt, info=purpose.encode()).derive(self._master)


class Secrets:
    """The versions of the master key: the newest seals and signs, each one opens what it once sealed."""

    def __init__(self, masters: bytes | Mapping[int, bytes]) -> None:
        given = {1: masters} if isinstance(masters, bytes) else masters
        self._derived = {version: Derived(given[version]) for version in sorted(given, reverse=True)}
        self.versions = list(self._derived)
        """The newest first."""
        self.newest = self.versions[0]

    def at(self, version: int) -> Derived:
        try:
            return self._derived[version]
        except KeyError:
            raise UnknownVersion(
                f"The graph is written under version {version} of the master key, which TURNOUT_MASTER_KEY lacks."
            ) from None

    def derive(self, purpose: str, *, length: int = 32) -> bytes:
        """The key for a purpose, from the newest master key."""
        return self.derive_each(purpose, length=length)[0]

    def derive_each(self, purpose: str, *, length: int = 32) -> list[bytes]:
        """The key for a purpose from each master key, the newest first."""
        return [derived.derive(purpose, length=length) for derived in self._derived.values()]

    def backup_key(self, version: int, salt: bytes) -> bytes:
        return self.at(version).derive("backups/1", salt=salt)

    def identifier_hash(self, version: int, *parts: str) -> str:
        """The keyed hash under which an identifier is found; the plain value is never stored."""
        return hmac.new(self.at(version).identifiers, canonical(parts), sha256).hexdigest()

    def input_hashes(self, mutation_input: Mapping[str, Any]) -> list[str]:
        """A mutation's input under each master key, the newest first."""
        text = canonical(mutation_input)
        return [hmac.new(derived.inputs, text, sha256).hexdigest() for derived in self._derived.values()]

    def wrap(self, key: bytes, owner: str, version: int) -> bytes:
        return seal(self.at(version).wrapping, key, owner)

    def unwrap(self, wrapped: bytes, owner: str) -> tuple[bytes, int]:
        """A wrapped key, and the version that wrapped it; InvalidTag where none of ours did."""
        for version, derived in self._derived.items():
            try:
                return unseal(derived.wrapping, wrapped, owner), version
            except InvalidTag:
                continue
        raise InvalidTag

    def seal_cursor(self, value: Any) -> str:
        """Deterministic, so that the same row has the same cursor; opaque, because sort values are names."""
        return urlsafe_b64encode(self.at(self.newest).cursors.encrypt(orjson.dumps(value), [])).rstrip(b"=").decode()

    def open_cursor(self, text: str) -> Any:
        """The value sealed in `text`; ValueError where it is none of ours."""
        try:
            sealed = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        except (ValueError, UnicodeEncodeError) as error:
            raise ValueError("not a cursor of this server") from error
        for derived in self._derived.values():
            try:
                return orjson.loads(derived.cursors.decrypt(sealed, []))
            except (InvalidTag, ValueError):
                continue
        raise ValueError("not a cursor of this server")


def seal(cipher: AESGCM, plain: bytes, owner: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, plain, owner.encode())


def unseal(cipher: AESGCM, sealed: bytes, owner: str) -> bytes:
    return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], owner.encode())
