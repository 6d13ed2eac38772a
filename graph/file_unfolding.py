"""How far what is packed in a file unfolds, a piece at a time and never kept."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from graph.file_faults import FileFault, NotTaken

Piece = bytes | memoryview
PIECE = 1 << 16
"""Bytes that are unfolded at a time, and at most what they may unfold to."""
MOST_UNFOLDED = 256 * 1024 * 1024
"""Bytes to which what is packed in a file may unfold; a photograph of 50 million dots has 200 million."""
MOST_DOTS = 50_000_000
MOST_PARTS = 100_000
"""Streams of a PDF, and chunks of a PNG: looking at more would keep a processor busy for seconds."""


class Allowance:
    """Bytes that may still be unfolded, or read; a file that would take more is refused."""

    def __init__(self, left: int) -> None:
        self._left = left

    def spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise NotTaken(FileFault.UNFOLDS)

    def counted(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            self.spend(len(piece))
            yield piece


def check_dots(width: int, height: int) -> None:
    """A picture has dots, and no more than may be opened."""
    if not width or not height:
        raise NotTaken(FileFault.DAMAGED)
    if width * height > MOST_DOTS:
        raise NotTaken(FileFault.UNFOLDS)


def in_pieces(bodies: Iterable[memoryview], size: int = PIECE) -> Iterator[memoryview]:
    """All that they hold, so many bytes at a time, without a copy."""
    for body in bodies:
        for at in range(0, len(body), size):
            yield body[at : at + size]


def unfolded(unfold: Any, piece: bytes | memoryview) -> Iterator[bytes]:
    """What a piece unfolds to, in pieces: zlib copies what it did not get to, so it is given little at a time.

    It may have taken in all of the piece and still hold some of what that unfolds to.
    """
    more = True
    while (piece or more) and not unfold.eof:
        got = unfold.decompress(piece, PIECE)
        piece, more = unfold.unconsumed_tail, len(got) == PIECE
        yield got


def inflated(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """What zlib or gzip packed, up to its end or its first fault."""
    unfold = zlib.decompressobj(zlib.MAX_WBITS | 32)
    for piece in pieces:
        try:
            yield from unfolded(unfold, piece)
        except zlib.error:
            return
        if unfold.eof:
            return
