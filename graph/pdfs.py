"""A whole PDF, by its structure: ISO 32000-1, 7.5."""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import merge

from graph.file_disguises import refuse_markup
from graph.file_faults import Content, FileFault, NotTaken
from graph.file_unfolding import MOST_PARTS, in_pieces
from graph.pdf_filters import Unfolding, packings

START = b"%PDF-"
_HEAD = re.compile(rb"%PDF-[12]\.\d[\r\n]")
_TAIL = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF[\r\n\t\f ]*\Z")
_TABLE = re.compile(rb"\s*(?:xref\s|\d+\s+\d+\s+obj\b)")


def check_pdf(data: Content) -> None:
    """It has a head and a tail that leads to its table, and nothing that unfolds to too much, or is a page."""
    if not _HEAD.match(data):
        raise NotTaken(FileFault.WRONG_TYPE)
    tail = _TAIL.search(data, max(len(data) - 1024, 0))
    if tail is None:
        raise NotTaken(FileFault.AMBIGUOUS if b"%%EOF" in data else FileFault.DAMAGED)
    table = int(tail[1])
    if not 0 < table < tail.start() or not _TABLE.match(data, table):
        raise NotTaken(FileFault.DAMAGED)
    # Browsers look at the beginning, whatever it is the beginning of; other programs at all that is not in a stream.
    refuse_markup(data[:1024])
    for part in _beside_streams(data):
        refuse_markup(part)
    _check_streams(data)


_BOUND = re.compile(rb"endstream|stream[\0\t\f ]*[\r\n]")
_END = b"endstream"


def _beside_streams(data: Content) -> Iterator[memoryview]:
    """All that stands between an `endstream` and the next stream."""
    view, at, within = memoryview(data), 0, False
    for bound in _BOUND.finditer(data):
        ends = bound[0] == _END
        if not within and not ends:
            yield view[at : bound.start()]
        if within and ends:
            at = bound.end()
        within = not ends
    if not within:
        yield view[at:]


_WORD = re.compile(rb"(?<!end)stream[\0\t\f ]*(?:\r\n?|\n)?")
_LINE = re.compile(rb"(?<!end)stream[\0\t\f ]*[^\0\t\f \r\n][^\r\n]*(?:\r\n?|\n)")
_PORTION = 1 << 12
"""Bytes of a stream that are read at a time: few where it ends early, as there may be many such streams."""


def _starts(data: Content) -> Iterator[int]:
    """Where streams may begin: behind the word, and behind its line, where programs skip what else stands in it."""
    return merge(*((found.end() for found in each.finditer(data)) for each in (_WORD, _LINE)))


def _check_streams(data: Content) -> None:
    """All that is packed in the file unfolds to a size that may be opened.

    A stream may go on behind an `endstream`, which its length would tell, by which none is asked here either: what is
    packed ends by itself.
    """
    if data.count(b"stream") - data.count(_END) > MOST_PARTS:
        raise NotTaken(FileFault.UNFOLDS)
    named, unfolding, view, end = packings(data), Unfolding(), memoryview(data), 0
    for start in _starts(data):
        if end < start:
            end = data.find(_END, start)
            end = len(data) if end < 0 else end
        for packing in named:
            unfolding.unfold(in_pieces([view[start:end], view[end:]], _PORTION), packing)
