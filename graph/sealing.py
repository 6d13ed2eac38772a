"""A sealed file: compressed, then encrypted in frames, each bound to the file, its place in it, and whether it ends it.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) with AES-256-GCM, under a key for this file alone:
a frame that was changed, moved, dropped or cut off is noticed before what it holds is believed.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graph.exporting import Damaged
from graph.secrets import Secrets

FORMAT = 1
FRAME = 1 << 16
TAG = 16
EARLY = "The file ends too early."


class Sealer:
    """Seals what is written to it; a file without `finish` is one that ends too early."""

    def __init__(self, out: BinaryIO, secrets: Secrets) -> None:
        version, salt = secrets.newest, os.urandom(32)
        header = {"turnout": "backup", "format": FORMAT, "keyVersion": version, "salt": salt.hex()}
        self._header = orjson.dumps(header) + b"\n"
        self._cipher = AESGCM(secrets.backup_key(version, salt))
        self._zip = zlib.compressobj()
        self._pending = bytearray()
        self._frames = 0
        self._out = out
        out.write(self._header)

    def write(self, plain: bytes) -> None:
        self._pending += self._zip.compress(plain)
        while len(self._pending) > FRAME:
            self._emit(bytes(self._pending[:FRAME]), last=False)
            del self._pending[:FRAME]

    def finish(self) -> None:
        self._pending += self._zip.flush()
        while len(self._pending) > FRAME:
            self._emit(bytes(self._pending[:FRAME]), last=False)
            del self._pending[:FRAME]
        self._emit(bytes(self._pending), last=True)

    def _emit(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(nonce(self._frames, last=last), plain, self._header)
        self._out.write(struct.pack(">I", len(sealed)) + sealed)
        self._frames += 1


def nonce(frame: int, *, last: bool) -> bytes:
    """Of a frame, under a key that seals this file alone."""
    return struct.pack(">7xIB", frame, last)


def is_sealed(header: bytes) -> bool:
    """Whether a file's first line is that of a sealed one."""
    return header.startswith(b'{"turnout":"backup"')


def unsealed(header: bytes, file: BinaryIO, secrets: Secrets) -> Iterator[bytes]:
    """What was sealed, in pieces; Damaged where the file is not as it was written, or under another key."""
    cipher, unzip = _cipher(header, secrets), zlib.decompressobj()
    for number, (sealed, last) in enumerate(frames(file)):
        try:
            plain = cipher.decrypt(nonce(number, last=last), sealed, header)
        except InvalidTag as error:
            raise Damaged(_reason(cipher, header, number, sealed, last=last)) from error
        yield unzip.decompress(plain)
    if not unzip.eof:
        raise Damaged(EARLY)


def _cipher(header: bytes, secrets: Secrets) -> AESGCM:
    try:
        said = orjson.loads(header)
        format, version, salt = said["format"], said["keyVersion"], bytes.fromhex(said["salt"])
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("The file is not a backup of Turnout.") from error
    if format != FORMAT:
        raise Damaged(f"The backup has format {format}; this version reads format {FORMAT}.")
    if version not in secrets.versions:
        raise Damaged(f"The backup needs version {version} of the master key, which TURNOUT_MASTER_KEY does not name.")
    return AESGCM(secrets.backup_key(version, salt))


def frames(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Each sealed frame, and whether nothing comes after it."""
    size = file.read(4)
    while size:
        length = struct.unpack(">I", size)[0] if len(size) == 4 else 0
        sealed = file.read(length) if TAG <= length <= FRAME + TAG else b""
        if not sealed or len(sealed) != length:
            raise Damaged(EARLY)
        size = file.read(4)
        yield sealed, not size


def _reason(cipher: AESGCM, header: bytes, number: int, sealed: bytes, *, last: bool) -> str:
    """Why a frame does not open: a whole file that was cut short at a frame's end is told from a changed one."""
    try:
        cipher.decrypt(nonce(number, last=not last), sealed, header)
    except InvalidTag:
        return "The backup was made under another master key, or was changed after it was written."
    return EARLY


def lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends; what comes after the last end is a line too, if it is anything."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest
