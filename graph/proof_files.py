"""Files that candidates hand in: each sealed under a key of its own, which only the candidate's key opens.

The construction is the one of graph/sealing.py: frames bound to the file, to their place in it, and to whether they end
it, so that what was changed, moved, cut off or lengthened is noticed before a byte of it is believed.
"""

from __future__ import annotations

import os
import struct
from io import BytesIO
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graph.exporting import Damaged
from graph.file_faults import Content
from graph.keys import CandidateKeys
from graph.objects import Objects
from graph.sealing import FRAME, frames, nonce

FORMAT = 1
_DAMAGED = "The file is not as it was written, or its key is gone."


class ProofFiles:
    """An object for each file, under the candidate and the ticket by which it came: a folder, or s3:// and its like."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    @classmethod
    def at(cls, place: Path | str) -> ProofFiles:
        return cls(Objects.at(place))

    async def put(self, name: str, sealed: bytes) -> None:
        await self._objects.put(name, sealed)

    async def get(self, name: str) -> bytes:
        """Damaged where it is not there."""
        stored = await self._objects.get(name)
        if stored is None:
            raise Damaged(_DAMAGED)
        return stored

    async def delete(self, name: str) -> None:
        await self._objects.delete(name)

    async def names(self, prefix: str) -> list[str]:
        """All objects below a prefix, in their order."""
        return sorted([each async for each in self._objects.names(prefix)])


def name(candidate: str, ticket: str, attempt: str) -> str:
    return f"{folder(candidate, ticket)}/{attempt}"


def folder(candidate: str, ticket: str) -> str:
    """Where all that came by one ticket lies; what the graph does not know of it was left by a crash."""
    return f"{candidate[:2]}/{candidate}/{ticket}"


def sealed(keys: CandidateKeys, candidate: str, name: str, plain: Content) -> bytes:
    """The file as it is stored; the candidate's key is open."""
    key = os.urandom(32)
    header = {"turnout": "proof", "format": FORMAT, "key": keys.seal_key(candidate, key, name).hex()}
    first = orjson.dumps(header) + b"\n"
    cipher, bound = AESGCM(key), _bound(first, name)
    view, out = memoryview(plain), BytesIO()
    out.write(first)
    for number, at in enumerate(range(0, len(view), FRAME)):
        frame = cipher.encrypt(nonce(number, last=at + FRAME >= len(view)), view[at : at + FRAME], bound)
        out.write(struct.pack(">I", len(frame)) + frame)
    return out.getvalue()


def opened(keys: CandidateKeys, candidate: str, name: str, stored: bytes) -> Content:
    """The file as it was handed in; Damaged where any of it is not as it was written, or the key was dropped."""
    file = BytesIO(stored)
    first = file.readline(1_024)
    try:
        header = orjson.loads(first)
        key = keys.open_key(candidate, bytes.fromhex(header["key"]), name)
        if key is None or header["format"] != FORMAT:
            raise Damaged(_DAMAGED)
        cipher, bound = AESGCM(key), _bound(first, name)
        plain = bytearray()
        for at, (frame, last) in enumerate(frames(file)):
            plain += cipher.decrypt(nonce(at, last=last), frame, bound)
        if not plain:
            raise Damaged(_DAMAGED)
        return plain
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise Damaged(_DAMAGED) from error


def _bound(first: bytes, name: str) -> bytes:
    """What each frame is bound to: the header as it was written, and the place where the file belongs."""
    return first + name.encode()
