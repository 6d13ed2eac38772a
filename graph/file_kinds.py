"""What a file is by its content: a whole PDF, JPEG or PNG, and nothing else besides; pure rules over bytes.

Names and media types that a sender gives are not looked at. A file that two programs would read as two things, that
ends early, goes on after its end, or unfolds to far more than it is, is refused. No rule copies the file, or what it
unfolds to, as a whole.
"""

from __future__ import annotations

import re
import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

Content = bytes | bytearray
"""A whole file in memory, of which no second copy is made."""
PIECE = 1 << 16
"""Bytes that are unfolded at a time, and at most what they may unfold to."""


class FileKind(Enum):
    """What is taken."""

    PDF = "PDF"
    JPEG = "JPEG"
    PNG = "PNG"


class FileFault(Enum):
    """Why a file is not taken."""

    EMPTY = "FILE_EMPTY"
    TOO_LARGE = "FILE_TOO_LARGE"
    WRONG_TYPE = "FILE_TYPE"
    DAMAGED = "FILE_DAMAGED"
    AMBIGUOUS = "FILE_AMBIGUOUS"
    UNFOLDS = "FILE_UNFOLDS"
    BAD_NAME = "FILE_NAME"


SENTENCES: dict[FileFault, tuple[str, str]] = {
    FileFault.EMPTY: ("文件为空。", "The file is empty."),
    FileFault.TOO_LARGE: ("文件超过 10 MB。", "The file has more than 10 MB."),
    FileFault.WRONG_TYPE: ("只接受 PDF、JPEG 或 PNG 文件。", "Only PDF, JPEG and PNG files are taken."),
    FileFault.DAMAGED: ("文件不完整或已损坏。", "The file is damaged, or not whole."),
    FileFault.AMBIGUOUS: (
        "文件中含有其他内容，请重新保存或拍照后再上传。",
        "The file holds something else besides: save it anew, or take a photograph of it.",
    ),
    FileFault.UNFOLDS: ("文件展开后过大。", "The file unfolds to more than may be opened."),
    FileFault.BAD_NAME: ("文件名无效。", "The file's name is not one of a file."),
}
MOST_BYTES = 10 * 1024 * 1024
MOST_UNFOLDED = 256 * 1024 * 1024
"""Bytes to which what is packed in a file may unfold; a photograph of 50 million dots has 200 million."""
MOST_DOTS = 50_000_000
MOST_PARTS = 100_000
"""Streams of a PDF, and chunks of a PNG: looking at more would keep a processor busy for seconds."""


class NotTaken(Exception):
    """The file is none that is taken."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(SENTENCES[fault][1])
        self.fault = fault


def name_fault(name: str) -> FileFault | None:
    """A name is never used, but one that leads elsewhere was not given by an honest program."""
    bad = any(mark in name for mark in ("/", "\\", "\0")) or name.strip('"') == ".." or len(name) > 255
    return FileFault.BAD_NAME if bad else None


def kind_of(data: Content) -> FileKind:
    """What a whole file is; NotTaken where it is nothing that is taken."""
    if not data:
        raise NotTaken(FileFault.EMPTY)
    if len(data) > MOST_BYTES:
        raise NotTaken(FileFault.TOO_LARGE)
    for start, kind, check in (
        (b"%PDF-", FileKind.PDF, _check_pdf),
        (b"\xff\xd8\xff", FileKind.JPEG, _check_jpeg),
        (_PNG, FileKind.PNG, _check_png),
    ):
        if data.startswith(start):
            check(data)
            if _is_archive(data) or _begins_elsewhere(data):
                raise NotTaken(FileFault.AMBIGUOUS)
            return kind
    raise NotTaken(FileFault.WRONG_TYPE)


_MARKUP = re.compile(rb"<\s*(?:!doctype|html|script|svg|body|iframe|\?php)", re.IGNORECASE)


def _refuse_markup(text: Content | memoryview) -> None:
    if _MARKUP.search(text):
        raise NotTaken(FileFault.AMBIGUOUS)


def _is_archive(data: Content) -> bool:
    """Whether a ZIP's directory lies where programs look for one: in the last 64 kB, before a comment."""
    return b"PK\x05\x06" in data[-(65_535 + 22) :] and (b"PK\x01\x02" in data or b"PK\x03\x04" in data)


_ANYWHERE = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")
_AT: tuple[tuple[int, bytes], ...] = (
    (257, b"ustar"),
    (128, b"DICM"),
    *((sector * 2_048 + 1, b"CD001") for sector in range(16, 19)),
)
"""Where a tar's first entry, a DICOM picture and a disc's image say what they are, whatever stands before it."""


def _begins_elsewhere(data: Content) -> bool:
    """Whether a program that does not look at the beginning would take it for something else."""
    return bool(_ANYWHERE.search(data)) or any(data.startswith(mark, at) for at, mark in _AT)


# JPEG: ITU-T T.81, annex B

_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers that begin a frame, which says how large the picture is."""
_SCAN, _END = 0xDA, 0xD9


def _check_jpeg(data: Content) -> None:
    at, framed, scanned = 2, False, False
    while True:
        marker, at = _marker(data, at)
        if marker == _END:
            break
        if at + 2 > len(data):
            raise NotTaken(FileFault.DAMAGED)
        length = struct.unpack_from(">H", data, at)[0]
        body = data[at + 2 : at + length]
        if length < 2 or at + length > len(data):
            raise NotTaken(FileFault.DAMAGED)
        at += length
        if marker in _SIZES:
            _check_frame(body)
            framed = True
        elif marker == _SCAN:
            if not framed:
                raise NotTaken(FileFault.DAMAGED)
            at, scanned = _after_scan(data, at), True
        else:
            _refuse_markup(body)
    if not scanned:
        raise NotTaken(FileFault.DAMAGED)
    if at != len(data):
        raise NotTaken(FileFault.AMBIGUOUS)


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
    _check_dots(width, height)


def _check_dots(width: int, height: int) -> None:
    if not width or not height:
        raise NotTaken(FileFault.DAMAGED)
    if width * height > MOST_DOTS:
        raise NotTaken(FileFault.UNFOLDS)


_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)


def _after_scan(data: Content, at: int) -> int:
    """Where the coded picture ends: at the next marker that is neither a stuffed byte nor a restart."""
    found = _NEXT_MARKER.search(data, at)
    if found is None or found.start() == at:
        raise NotTaken(FileFault.DAMAGED)
    return found.start()


# PNG: W3C Portable Network Graphics (third edition)

_PNG = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def _chunks(data: Content) -> Iterator[tuple[bytes, memoryview]]:
    """Each chunk's type and body, up to the end; what is no chunk, or whose sum is wrong, is damage."""
    at, type, view, left = len(_PNG), b"", memoryview(data), MOST_PARTS
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


def _check_png(data: Content) -> None:
    chunks = _chunks(data)
    type, header = next(chunks)
    if type != b"IHDR":
        raise NotTaken(FileFault.DAMAGED)
    _check_picture(_picture(chunks), _unfolded_size(bytes(header)))


def _picture(chunks: Iterator[tuple[bytes, memoryview]]) -> Iterator[memoryview]:
    """What the dots are packed in, as it comes; what stands around it is looked at meanwhile."""
    begun = ended = False
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
            _refuse_markup(body)
    if not begun:
        raise NotTaken(FileFault.DAMAGED)


def _unfolded_size(header: bytes) -> int:
    """How many bytes the dots of a picture have, by its header."""
    if len(header) != 13:
        raise NotTaken(FileFault.DAMAGED)
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", header)
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16) or packing or filtering or interlaced > 1:
        raise NotTaken(FileFault.DAMAGED)
    _check_dots(width, height)
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
            for dots in _unfolded(unfold, piece):
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


def in_pieces(bodies: Iterable[memoryview]) -> Iterator[memoryview]:
    """All that they hold, so many bytes at a time, without a copy."""
    for body in bodies:
        for at in range(0, len(body), PIECE):
            yield body[at : at + PIECE]


def _unfolded(unfold: Any, piece: bytes | memoryview) -> Iterator[bytes]:
    """What a piece unfolds to, in pieces: zlib copies what it did not get to, so it is given little at a time.

    It may have taken in all of the piece and still hold some of what that unfolds to.
    """
    more = True
    while (piece or more) and not unfold.eof:
        got = unfold.decompress(piece, PIECE)
        piece, more = unfold.unconsumed_tail, len(got) == PIECE
        yield got


# PDF: ISO 32000-1, 7.5

_PDF_HEAD = re.compile(rb"%PDF-[12]\.\d[\r\n]")
_PDF_TAIL = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF[\r\n\t\f ]*\Z")
_TABLE = re.compile(rb"\s*(?:xref\s|\d+\s+\d+\s+obj\b)")
_STREAM = re.compile(rb"endstream|stream\r?\n")


def _check_pdf(data: Content) -> None:
    if not _PDF_HEAD.match(data):
        raise NotTaken(FileFault.WRONG_TYPE)
    tail = _PDF_TAIL.search(data, max(len(data) - 1024, 0))
    if tail is None:
        raise NotTaken(FileFault.AMBIGUOUS if b"%%EOF" in data else FileFault.DAMAGED)
    table = int(tail[1])
    if not 0 < table < tail.start() or not _TABLE.match(data, table):
        raise NotTaken(FileFault.DAMAGED)
    # Browsers look at the beginning, whatever it is the beginning of; other programs at all that is not in a stream.
    _refuse_markup(data[:1024])
    _check_streams(data)


def _check_streams(data: Content) -> None:
    """All that is packed in the file, even packed twice, unfolds to a size that may be opened; beside it is no page."""
    found = list(_STREAM.finditer(data))
    ends = [each.start() for each in found if each[0] == b"endstream"]
    starts = [each.end() for each in found if each[0] != b"endstream"]
    if len(starts) > MOST_PARTS:
        raise NotTaken(FileFault.UNFOLDS)
    left, view, after = MOST_UNFOLDED, memoryview(data), 0
    for start in starts:
        place = bisect_left(ends, start)
        end = ends[place] if place < len(ends) else len(data)
        _refuse_markup(view[after:start])
        left -= _unfolds_to(view[start:end], left)
        after = max(after, end)
    _refuse_markup(view[after:])


def _unfolds_to(packed: memoryview, most: int) -> int:
    """Bytes to which it unfolds, where it is packed; no more is unfolded than may be."""
    outer, inner, got, twice = zlib.decompressobj(), zlib.decompressobj(), 0, True
    try:
        for piece in in_pieces([packed]):
            for once in _unfolded(outer, piece):
                got += len(once)
                if twice:
                    got, twice = _once_more(inner, once, got, most)
                if got > most:
                    raise NotTaken(FileFault.UNFOLDS)
    except zlib.error:
        return got
    return got


def _once_more(inner: Any, once: bytes, got: int, most: int) -> tuple[int, bool]:
    """The bytes so far, and whether it is packed a second time at all."""
    try:
        for twice in _unfolded(inner, once):
            got += len(twice)
            if got > most:
                break
    except zlib.error:
        return got, False
    return got, True
