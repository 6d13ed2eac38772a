"""The filters by which streams of a PDF are packed, and how far these unfold: ISO 32000-1, 7.4; pure rules over bytes.

Which stream is packed how stands in a dictionary before it, which two programs may read as two things: therefore each
packing that the file names anywhere is tried on every stream.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from graph.file_faults import Content, FileFault, NotTaken
from graph.file_unfolding import MOST_PARTS, MOST_UNFOLDED, PIECE, Allowance, Piece, inflated

MOST_READ = 12 * 1024 * 1024
"""Bytes that filters may read which are not zlib's, and slower by far."""
_WHITE = b"\0\t\n\f\r "


def _spelt(name: str) -> bytes:
    """A pattern of a name, each letter of which may stand as its number too."""
    return "".join(f"(?:{letter}|#{ord(letter):x})" for letter in name).encode()


_KEY = re.compile(rb"/%b(?:(%b)(?=[\s\0/\[(<%%])|(?=[\s\0]*[/\[]))" % (_spelt("F"), _spelt("ilter")))
"""`/Filter`, and `/F` as some programs take it."""
_COMMENT = re.compile(rb"%[^\r\n]*")
_NAME = re.compile(rb"/([^\s\0()<>\[\]{}/%]*)")
_VALUE = re.compile(rb"[\s\0]*(?:null\b|%b|\[(?:[\s\0]*%b){0,8}[\s\0]*\])" % (_NAME.pattern, _NAME.pattern))
_LONGEST_VALUE = 1_024
_NUMBER = re.compile(rb"#([0-9A-Fa-f]{2})")
_LETTERS = {
    b"FlateDecode": "F",
    b"Fl": "F",
    b"ASCII85Decode": "A",
    b"A85": "A",
    b"ASCIIHexDecode": "H",
    b"AHx": "H",
    b"LZWDecode": "L",
    b"LZW": "L",
    b"RunLengthDecode": "R",
    b"RL": "R",
}
_BOUNDED = re.compile("[AH]?(?:F{0,3}|[LR])")


def packings(data: Content) -> set[str]:
    """How streams of the file may be packed, a letter for each filter; twice by zlib, whatever is named."""
    named = set[str]()
    for number, key in enumerate(_KEY.finditer(data)):
        value = _VALUE.match(_COMMENT.sub(b" ", data[key.end() : key.end() + _LONGEST_VALUE]))
        if number >= MOST_PARTS or (key[1] and not value):
            # Too many to look at; or not filters alone, so that other programs look for them elsewhere in the file.
            raise NotTaken(FileFault.UNFOLDS)
        if value:
            named.add(_packing(_NAME.findall(value[0])))
    if not all(_BOUNDED.fullmatch(packing) for packing in named):
        raise NotTaken(FileFault.UNFOLDS)
    late = {packing.replace("L", "l") for packing in named}
    return {"FF", *named, *late} - {"", "A", "H", "F"}


def _packing(names: list[bytes]) -> str:
    """Filters by their letters, without those that make a picture of what they are given, or nothing."""
    plain = (_NUMBER.sub(lambda number: bytes([int(number[1], 16)]), name) for name in names)
    return "".join(_LETTERS.get(name, "") for name in plain)


class Unfolding:
    """Unfolds the streams of one file, and keeps nothing of them; NotTaken where that is more than may be."""

    def __init__(self) -> None:
        self._room, self._effort = Allowance(MOST_UNFOLDED), Allowance(MOST_READ)
        self._filters: dict[str, Callable[[Iterable[Piece]], Iterator[bytes]]] = {
            "F": _inflated,
            "H": _from_hex,
            "A": self._from_85,
            "L": lambda pieces: _from_lzw(self._effort.counted(pieces), early=1),
            "l": lambda pieces: _from_lzw(self._effort.counted(pieces), early=0),
            "R": lambda pieces: _from_run_lengths(self._effort.counted(pieces)),
        }

    def unfold(self, pieces: Iterable[Piece], packing: str) -> None:
        """What is read counts as what it unfolds to does, so that many streams cannot share what they are made of."""
        read, stages = self._room.counted(pieces), list[Iterator[Piece]]()
        for letter in packing:
            read = self._room.counted(self._filters[letter](read))
            stages.append(read)
        # What a later filter does not read unfolds all the same.
        for stage in reversed(stages):
            for _ in stage:
                pass

    def _from_85(self, pieces: Iterable[Piece]) -> Iterator[bytes]:
        """ASCII85, up to what belongs to no such text; a `z` ends the group that it stands in, as browsers have it."""
        kept = b""
        for piece in pieces:
            text = kept + bytes(piece).translate(None, _WHITE).removeprefix(b"<~")
            end = _NOT_85.search(text)
            text = text[: end.start()] if end else text
            self._effort.spend(len(text))
            groups = text.split(b"z")
            yield b"\0\0\0\0".join(map(_of_groups, groups))
            if end:
                return
            kept = groups[-1][len(groups[-1]) // 5 * 5 :]


_NOT_85 = re.compile(rb"[^!-uz]")
_LEAST = int.from_bytes(b"!") * (85**4 + 85**3 + 85**2 + 85 + 1)


def _of_groups(text: bytes) -> bytes:
    """Four bytes of each five letters; what is left over at the end is left out."""
    if len(text) < 5:
        return b""
    groups = zip(*[iter(text)] * 5, strict=False)
    numbers = ((((a * 85 + b) * 85 + c) * 85 + d) * 85 + e - _LEAST & 0xFFFFFFFF for a, b, c, d, e in groups)
    return struct.pack(f">{len(text) // 5}I", *numbers)


def _inflated(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Of zlib, where white space may stand before it."""
    rest = iter(pieces)
    for piece in rest:
        if begun := bytes(piece).lstrip(_WHITE):
            yield from inflated(chain([begun], rest))
            return


_NOT_HEX = bytes({*range(256)} - {*b"0123456789abcdefABCDEF"})


def _from_hex(pieces: Iterable[Piece]) -> Iterator[bytes]:
    odd = b""
    for piece in pieces:
        text, end, _ = bytes(piece).partition(b">")
        digits = odd + text.translate(None, _NOT_HEX)
        odd = digits[len(digits) & ~1 :]
        yield bytes.fromhex(digits[: len(digits) & ~1].decode())
        if end:
            return


_CLEAR, _OVER, _MOST_CODES = 256, 257, 4_096


def _from_lzw(pieces: Iterable[Piece], *, early: int) -> Iterator[bytes]:
    """As many zeros as bytes were packed by LZW: how long each code's text is, and not what it says.

    Codes widen by `early` codes before they have to, which a dictionary says, by which none is asked here.
    """
    lengths, last, got, bits, held, width = [1] * 258, 0, 0, 0, 0, 9
    for byte in chain.from_iterable(pieces):
        bits, held = bits << 8 | byte, held + 8
        if held < width:
            continue
        held -= width
        code, bits = bits >> held, bits & (1 << held) - 1
        if code == _OVER:
            break
        if code == _CLEAR:
            del lengths[258:]
            last, width = 0, 9
            continue
        length = lengths[code] if code < len(lengths) else last + 1
        if last and len(lengths) < _MOST_CODES:
            lengths.append(last + 1)
            width = min((len(lengths) + early).bit_length(), 12)
        last, got = length, got + length
        if got >= PIECE:
            yield bytes(got)
            got = 0
    yield bytes(got)


def _from_run_lengths(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """As many zeros as bytes were packed as runs."""
    read, got = chain.from_iterable(pieces), 0
    for head in read:
        if head == 128:
            break
        alike = head > 128
        size = 257 - head if alike else head + 1
        skipped = 1 if alike else size
        next(islice(read, skipped, skipped), None)
        got += size
        if got >= PIECE:
            yield bytes(got)
            got = 0
    yield bytes(got)
