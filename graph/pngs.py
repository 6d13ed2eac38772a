"""A whole PNG, by its structure: W3C Portable Network Graphics (third edition)."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from graph.file_disguises import refuse_in_picture, refuse_markup
from graph.file_faults import Content, FileFault, NotTaken
from graph.file_unfolding import MOST_PARTS, MOST_UNFOLDED, Allowance, check_dots, in_pieces, inflated, unfolded

START = b"\x89PNG\r\n\x1a\n"
MOST_SAID = 16 * 1024 * 1024
"""Bytes to which the texts and the profile of colours beside the dots may unfold."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def _chunks(data: Content) -> Iterator[tuple[bytes, memoryview]]:
    """Each chunk's type and body, up to the end; what is no chunk, or whose sum is wrong, is damage."""
    at, type, view, left = len(START), b"", memoryview(data), MOST_PARTS
    while type != b"IEND":
        if at + 12 > len(data):
            raise NotTaken(FileFault.DAMAGED)
        length, type = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data) or not type.isalpha():
            raise NotTaken(FileFault.DAMAGED)
        body = view[at + 8 : at + 8 + length]
        if zlib.crc32(body, zlib.crc32(type)) != struct.unpack_from(">I", data, at + 8 + length)[0]:
            raise NotTaken(FileFault.DAMAGED)
        at, left = at + 12 + length, left - 1
        if left < 0:
            raise NotTaken(FileFault.UNFOLDS)
        yield type, body
    if at != len(data):
        raise NotTaken(FileFault.AMBIGUOUS)


def check_png(data: Content) -> None:
    chunks = _chunks(data)
    type, header = next(chunks)
    if type != b"IHDR":
        raise NotTaken(FileFault.DAMAGED)
    _check_picture(_picture(chunks), _unfolded_size(bytes(header)))
    refuse_in_picture(data)


def _picture(chunks: Iterator[tuple[bytes, memoryview]]) -> Iterator[memoryview]:
    """What the dots are packed in, as it comes; what stands around it is looked at meanwhile."""
    begun, ended, said = False, False, Allowance(MOST_SAID)
    for type, body in chunks:
        if type == b"IHDR" or (type == b"IEND" and body):
            raise NotTaken(FileFault.DAMAGED)
        if type == b"IDAT":
            if ended:
                raise NotTaken(FileFault.DAMAGED)
            begun = begun or bool(body)
            yield body
        else:
            ended = begun
            if type not in (b"PLTE", b"IEND") and type[0] < 0x60:
                raise NotTaken(FileFault.DAMAGED)
            if type == b"fdAT":
                # What one program shows as a film is a still picture to another.
                raise NotTaken(FileFault.AMBIGUOUS)
            refuse_markup(body)
            _check_said(type, body, said)
    if not begun:
        raise NotTaken(FileFault.DAMAGED)


_PACKED = {
    b"zTXt": re.compile(rb"[^\0]*\0.", re.DOTALL),
    b"iCCP": re.compile(rb"[^\0]*\0.", re.DOTALL),
    b"iTXt": re.compile(rb"[^\0]*\0[^\0].[^\0]*\0[^\0]*\0", re.DOTALL),
}
"""What stands before the packed part of a chunk: a keyword and how it is packed, and in which language it is said."""


def _check_said(type: bytes, body: memoryview, said: Allowance) -> None:
    """What stands beside the dots unfolds to little."""
    head = _PACKED[type].match(body) if type in _PACKED else None
    if head:
        for _ in said.counted(inflated(in_pieces([body[head.end() :]]))):
            pass


def _unfolded_size(header: bytes) -> int:
    """How many bytes the dots of a picture have, by its header."""
    if len(header) != 13:
        raise NotTaken(FileFault.DAMAGED)
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", header)
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16) or packing or filtering or interlaced > 1:
        raise NotTaken(FileFault.DAMAGED)
    check_dots(width, height)
    bits = depth * _CHANNELS[colour]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    size = 0
    for left, top, across, down in passes:
        wide, high = -(-(width - left) // across), -(-(height - top) // down)
        size += (-(-wide * bits // 8) + 1) * high if wide > 0 and high > 0 else 0
    if size > MOST_UNFOLDED:
        raise NotTaken(FileFault.UNFOLDS)
    return size


def _check_picture(packed: Iterator[memoryview], size: int) -> None:
    """The dots of a PNG are all there, and nothing is packed behind them."""
    unfold, got, behind, broken = zlib.decompressobj(), 0, False, False
    for piece in in_pieces(packed):
        if broken or unfold.eof or got > size:
            # No more is unfolded, but a file that is not whole is told so whatever else is wrong with it.
            behind = True
            continue
        try:
            for dots in unfolded(unfold, piece):
                got += len(dots)
                if got > size:
                    break
        except zlib.error:
            broken = True
    if broken:
        raise NotTaken(FileFault.DAMAGED)
    if got > size or behind or unfold.unused_data:
        raise NotTaken(FileFault.AMBIGUOUS)
    if got < size or not unfold.eof:
        raise NotTaken(FileFault.DAMAGED)
