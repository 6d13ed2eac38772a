"""A whole JPEG, by its structure: ITU-T T.81, annex B."""

from __future__ import annotations

import re
import struct

from graph.file_disguises import refuse_in_picture, refuse_markup
from graph.file_faults import Content, FileFault, NotTaken
from graph.file_unfolding import check_dots

START = b"\xff\xd8\xff"
MOST_PICTURES = 8
"""In one file: behind a photograph phones keep how bright and how far things are, as pictures too (CIPA DC-007)."""

_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers that begin a frame, which says how large the picture is."""
_SCAN, _END = 0xDA, 0xD9


def check_jpeg(data: Content) -> None:
    """The photograph, and whole pictures behind it, up to the end of the file."""
    at = 0
    for _ in range(MOST_PICTURES):
        at = _end_of_picture(data, at)
        if not data.startswith(START, at):
            break
    if at != len(data):
        raise NotTaken(FileFault.AMBIGUOUS)
    refuse_in_picture(data)


def _end_of_picture(data: Content, at: int) -> int:
    """The place behind the picture that begins at one."""
    at, framed, scanned = at + 2, False, False
    while True:
        marker, at = _marker(data, at)
        if marker == _END:
            break
        body = _segment(data, at)
        at += 2 + len(body)
        if marker in _SIZES:
            _check_frame(body)
            framed = True
        elif marker == _SCAN:
            if not framed:
                raise NotTaken(FileFault.DAMAGED)
            at, scanned = _after_scan(data, at), True
        else:
            refuse_markup(body)
    if not scanned:
        raise NotTaken(FileFault.DAMAGED)
    return at


def _segment(data: Content, at: int) -> Content:
    """What follows a marker, after its length."""
    if at + 2 > len(data):
        raise NotTaken(FileFault.DAMAGED)
    length = struct.unpack_from(">H", data, at)[0]
    if length < 2 or at + length > len(data):
        raise NotTaken(FileFault.DAMAGED)
    return data[at + 2 : at + length]


def _marker(data: Content, at: int) -> tuple[int, int]:
    """The marker at a place, which fill bytes may precede, and the place after it."""
    if at >= len(data) or data[at] != 0xFF:
        raise NotTaken(FileFault.DAMAGED)
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data) or data[at] in (0x00, 0xD8) or 0xD0 <= data[at] <= 0xD7:
        raise NotTaken(FileFault.DAMAGED)
    return data[at], at + 1


def _check_frame(body: Content) -> None:
    if len(body) < 6:
        raise NotTaken(FileFault.DAMAGED)
    height, width = struct.unpack_from(">HH", body, 1)
    check_dots(width, height)


_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)


def _after_scan(data: Content, at: int) -> int:
    """Where the coded picture ends: at the next marker that is neither a stuffed byte nor a restart."""
    found = _NEXT_MARKER.search(data, at)
    if found is None or found.start() == at:
        raise NotTaken(FileFault.DAMAGED)
    return found.start()
