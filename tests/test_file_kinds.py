"""What is taken is a whole PDF, JPEG or PNG and nothing else besides; what is stored of it cannot be changed unseen."""

from __future__ import annotations

import base64
import gzip
import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import process_time
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import pdf_filters
from graph.exporting import Damaged
from graph.file_faults import SENTENCES, FileFault, NotTaken
from graph.file_kinds import MOST_BYTES, FileKind, kind_of, name_fault
from graph.keys import CandidateKeys
from graph.proof_files import opened, sealed
from graph.secrets import Secrets
from tests.pictures import PNG, chunk, document, photograph, picture

SCRIPT = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def archive(*, comment: bytes = b"", size: int = 10) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", b"\0" * size)
        file.comment = comment
    return out.getvalue()


def packed_twice(size: int) -> bytes:
    return zlib.compress(zlib.compress(b"\0" * size, 9), 9)


def lzw(codes: Iterable[int], *, early: int = 1) -> bytes:
    """Codes after the one that clears the table, wider as more are known, `early` codes before they have to be."""
    widths = ((256 + early + number, code) for number, code in enumerate([256, *codes]))
    bits = "".join(f"{code:0{min(known.bit_length(), 12)}b}" for known, code in widths)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


def in_85(data: bytes) -> bytes:
    return base64.a85encode(data, wrapcol=76) + b"~>"


def in_hex(data: bytes) -> bytes:
    return data.hex(" ", 32).encode() + b">"


def behind(stored: bytes) -> bytes:
    """What unfolds to much behind bytes that stand as they are."""
    return b"\x78\x01\0" + struct.pack("<HH", len(stored), len(stored) ^ 0xFFFF) + stored + BOMB[2:]


def with_chunk(type: bytes, body: bytes) -> bytes:
    return picture()[:33] + chunk(type, body) + picture()[33:]


def among_dots(mark: bytes) -> bytes:
    """A photograph in whose coded dots a mark stands."""
    return photograph().replace(b"\x7f\xff\0", b"\x7f" + mark + b"\xff\0")


def at(place: int, mark: bytes) -> bytes:
    """A PDF with a comment in which a mark stands at a place."""
    return document(comment=b" " * (place - 16) + mark)


SMALL = 2_000_000
"""Bytes to which streams unfold in tests, which have the most that may be at half of it."""
BOMB = zlib.compress(b"\0" * SMALL, 9)
VAST = zlib.compress(bytes(20_000_000), 9)
PAGE = zlib.compress(b"BT (Hello) Tj ET")
GOOD = {"a PDF": document(), "a JPEG": photograph(), "a PNG": picture(), "text in a PNG": picture(b"A photograph.")}
ALSO = {
    "a JPEG with another": photograph() + photograph(width=4, height=4),
    "a JPEG with seven": photograph(b"MPF\0") + photograph() * 7,
    "a JPEG with signs": among_dots(b"<svg\xff\0<html\x01<body%PDF"),
    "a packed text in a PNG": with_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A photograph.")),
    "a text in Chinese in a PNG": with_chunk(b"iTXt", b"Comment\0\0\0zh\0\0" + "照片".encode()),
    "a profile in a PNG": with_chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(os.urandom(4_000))),
    "a PNG with a text that is damaged": with_chunk(b"zTXt", b"Comment\0\0" + BOMB[:100]),
}
"""What is taken too, and of which a part may be a whole."""
PACKED = {
    "as a photograph": (b"/Filter /DCTDecode", photograph()),
    "as a photograph once more": (b"/Filter [/FlateDecode /DCTDecode]", zlib.compress(photograph())),
    "as a fax": (b"/Filter [/CCITTFaxDecode]", b"\x26\xa1\xff"),
    "as black and white": (b"/Filter /JBIG2Decode", b"\0\0\0\0"),
    "as JPEG 2000": (b"/Filter /JPXDecode", b"\xff\x4f\xff\x51"),
    "as text": (b"/Filter [ /ASCII85Decode /FlateDecode ]", in_85(PAGE)),
    "as text with a head": (b"/Filter [/A85 /Fl]", b"<~" + in_85(PAGE)),
    "in hexadecimal": (b"/Filter [/ASCIIHexDecode /FlateDecode]", in_hex(PAGE)),
    "by LZW": (b"/Filter /LZWDecode", lzw([*b"BT ET", 257])),
    "as runs": (b"/Filter /RunLengthDecode", b"\1BT\xfe \x80"),
    "as it is read by another's key": (b"/Filter [/Crypt /FlateDecode]", PAGE),
    "by nothing": (b"/Filter []", b"BT ET"),
    "by null": (b"/Filter null", b"BT ET"),
}
LONGER = [0, *range(258, 4_096), *[4_095] * 400]
"""Codes of LZW, each of which says one byte more than the one before, and the longest of them often."""
UNFOLDING: dict[str, tuple[bytes, bytes]] = {
    "as text": (b"/Filter [/ASCII85Decode /FlateDecode]", in_85(BOMB)),
    "as text with zeros": (b"/Filter [/A85 /Fl]", in_85(behind(bytes(1_000)))),
    "in hexadecimal": (b"/Filter [/ASCIIHexDecode /FlateDecode]", in_hex(BOMB)),
    "by names in numbers": (b"/#46ilter%]\n[ /A#385 %]\n /#46l]", in_85(BOMB)),
    "by a name in short": (b"/F [/A85 /Fl]", in_85(BOMB)),
    "by names of another stream": (b"/X (/Filter [/A85 /Fl] endstream 4 0 obj) /Filter /FlateDecode", in_85(BOMB)),
    "three times": (b"/Filter [/Fl /Fl /Fl]", zlib.compress(zlib.compress(BOMB))),
    "more than three times": (b"/Filter [/Fl /Fl /Fl /Fl]", PAGE),
    "by LZW": (b"/Filter /LZWDecode", lzw(LONGER)),
    "by LZW that widens late": (b"/Filter /LZW /DecodeParms <</EarlyChange 0>>", lzw(LONGER, early=0)),
    "by LZW as text": (b"/Filter [/A85 /LZW]", in_85(lzw(LONGER))),
    "by LZW and more": (b"/Filter [/LZWDecode /FlateDecode]", lzw([*b"BT ET", 257])),
    "as runs": (b"/Filter /RunLengthDecode", b"\x81a" * (SMALL // 100)),
    "as runs as text": (b"/Filter [/A85 /RL]", in_85(b"\x81a" * (SMALL // 100))),
    "as text twice": (b"/Filter [/A85 /AHx /Fl]", in_85(in_hex(PAGE))),
    "by what stands elsewhere": (b"/Filter 9 0 R", PAGE),
    "by what is listed elsewhere": (b"/Filter [9 0 R]", PAGE),
    "by a list without an end": (b"/Filter [/FlateDecode", PAGE),
    "by a name too far away": (b"/Filter" + b" " * 2_000 + b"/FlateDecode", PAGE),
    "behind white space": (b"/Filter /FlateDecode", b"\r\n \0\t" + BOMB),
    "as gzip": (b"/Filter /FlateDecode", gzip.compress(bytes(SMALL))),
    "behind what seems its end": (b"/Filter /FlateDecode", behind(b"endstream")),
}
TAIL = document()[-60:]
HOSTILE: dict[str, tuple[bytes, FileFault]] = {
    "nothing": (b"", FileFault.EMPTY),
    "too much": (b"%PDF-1.7\n" + b"\0" * MOST_BYTES, FileFault.TOO_LARGE),
    "a text": (b"I was ill.", FileFault.WRONG_TYPE),
    "a page": (SCRIPT, FileFault.WRONG_TYPE),
    "an SVG": (SVG, FileFault.WRONG_TYPE),
    "an SVG with a head": (b'<?xml version="1.0"?>' + SVG, FileFault.WRONG_TYPE),
    "a GIF": (b"GIF89a\1\0\1\0\0\0\0;", FileFault.WRONG_TYPE),
    "a program": (b"MZ\x90\0" + b"\0" * 100, FileFault.WRONG_TYPE),
    "an ELF": (b"\x7fELF" + b"\0" * 100, FileFault.WRONG_TYPE),
    "an archive": (archive(), FileFault.WRONG_TYPE),
    "a bomb of an archive": (archive(size=50_000_000), FileFault.WRONG_TYPE),
    "a PDF behind something": (b"\n" + document(), FileFault.WRONG_TYPE),
    "a PDF of no version": (b"%PDF-9" + document()[6:], FileFault.WRONG_TYPE),
    "a head alone": (b"%PDF-1.7\n", FileFault.DAMAGED),
    "a PDF cut short": (document()[:-30], FileFault.DAMAGED),
    "a PDF without a table": (b"%PDF-1.7\nstartxref\n5\n%%EOF\n", FileFault.DAMAGED),
    "a PDF whose table is elsewhere": (document().replace(b"startxref\n", b"startxref\n9"), FileFault.DAMAGED),
    "a PDF and an archive": (document() + archive(), FileFault.AMBIGUOUS),
    "a PDF in an archive's comment": (
        b"%PDF-1.7\n" + archive(comment=document()[9:] + TAIL),
        FileFault.DAMAGED,
    ),
    "an archive in a PDF": (document(archive().replace(b")", b" ")), FileFault.AMBIGUOUS),
    "a PDF that is a page": (document().replace(b"%\xe2\xe3\xcf\xd3", SCRIPT), FileFault.AMBIGUOUS),
    "a page before a PDF": (b"%PDF-1.7\n" + SCRIPT + document(SCRIPT)[9:], FileFault.DAMAGED),
    "a page after a PDF": (document() + SCRIPT, FileFault.AMBIGUOUS),
    "a page in a PDF": (document(b" " * 2_000 + SCRIPT.replace(b")", b" ")), FileFault.AMBIGUOUS),
    "a RAR in a PDF": (document(b"Rar!\x1a\x07\x01\x00"), FileFault.AMBIGUOUS),
    "a 7z in a PDF": (document(b"7z\xbc\xaf\x27\x1c\x00\x04"), FileFault.AMBIGUOUS),
    "a RAR in a PNG": (picture(b"Rar!\x1a\x07\x00"), FileFault.AMBIGUOUS),
    "a PDF that is a tar": (at(257, b"ustar\x0000"), FileFault.AMBIGUOUS),
    "a PDF that is a DICOM picture": (at(128, b"DICM"), FileFault.AMBIGUOUS),
    "a PDF that is a disc": (at(32_769, b"CD001"), FileFault.AMBIGUOUS),
    "a PDF that unfolds": (document(stream=zlib.compress(b"\0" * 300_000_000, 9)), FileFault.UNFOLDS),
    "a PDF that unfolds twice": (document(stream=packed_twice(400_000_000)), FileFault.UNFOLDS),
    "a PDF of many streams": (document(b"stream\n" * 100_001), FileFault.UNFOLDS),
    "a JPEG's beginning": (b"\xff\xd8\xff", FileFault.DAMAGED),
    "a JPEG cut short": (photograph()[:-1], FileFault.DAMAGED),
    "a JPEG without a scan": (b"\xff\xd8\xff\xe0\0\4ab\xff\xd9", FileFault.DAMAGED),
    "a JPEG without a frame": (b"\xff\xd8\xff\xda\0\2\1\xff\xd9", FileFault.DAMAGED),
    "a JPEG and an archive": (photograph() + archive(), FileFault.AMBIGUOUS),
    "a JPEG and a page": (photograph() + SCRIPT, FileFault.AMBIGUOUS),
    "a page in a JPEG": (photograph(SCRIPT), FileFault.AMBIGUOUS),
    "a page among a JPEG's dots": (among_dots(SCRIPT), FileFault.AMBIGUOUS),
    "an SVG among a JPEG's dots": (among_dots(SVG), FileFault.AMBIGUOUS),
    "a page in UTF-16 in a JPEG": (photograph(SCRIPT.decode().encode("utf-16-le")), FileFault.AMBIGUOUS),
    "a PDF in a JPEG": (photograph(document()), FileFault.AMBIGUOUS),
    "a PDF among a JPEG's dots": (among_dots(document()), FileFault.AMBIGUOUS),
    "a film behind a JPEG": (photograph() + b"\0\0\0\x18ftypmp42" + bytes(100), FileFault.AMBIGUOUS),
    "a JPEG behind a JPEG cut short": (photograph() * 2 + photograph()[:-1], FileFault.DAMAGED),
    "a page in a JPEG behind a JPEG": (photograph() + photograph(SCRIPT), FileFault.AMBIGUOUS),
    "a page behind two JPEG": (photograph() * 2 + SCRIPT, FileFault.AMBIGUOUS),
    "a vast JPEG behind a JPEG": (photograph() + photograph(width=60_000, height=60_000), FileFault.UNFOLDS),
    "many JPEG": (photograph() * 9, FileFault.AMBIGUOUS),
    "an archive in a JPEG": (photograph(archive()), FileFault.AMBIGUOUS),
    "a JPEG of nothing": (photograph(width=0), FileFault.DAMAGED),
    "a vast JPEG": (photograph(width=60_000, height=60_000), FileFault.UNFOLDS),
    "a PNG's beginning": (PNG, FileFault.DAMAGED),
    "a PNG cut short": (picture()[:-1], FileFault.DAMAGED),
    "a PNG without an end": (picture()[:-12], FileFault.DAMAGED),
    "a PNG and an archive": (picture() + archive(), FileFault.AMBIGUOUS),
    "a PNG and a page": (picture() + SCRIPT, FileFault.AMBIGUOUS),
    "a page in a PNG": (picture(SCRIPT), FileFault.AMBIGUOUS),
    "an SVG in a PNG": (picture(SVG), FileFault.AMBIGUOUS),
    "a page in UTF-16 in a PNG": (picture(SCRIPT.decode().encode("utf-16-be")), FileFault.AMBIGUOUS),
    "a page in UTF-32 in a PNG": (picture(SVG.decode().encode("utf-32-le")), FileFault.AMBIGUOUS),
    "a PDF in a PNG": (picture(document()), FileFault.AMBIGUOUS),
    "a text of a PNG that unfolds": (with_chunk(b"zTXt", b"Comment\0\0" + VAST), FileFault.UNFOLDS),
    "a profile of a PNG that unfolds": (with_chunk(b"iCCP", b"sRGB\0\0" + VAST), FileFault.UNFOLDS),
    "a Chinese text of a PNG that unfolds": (with_chunk(b"iTXt", b"Comment\0\1\0zh\0\0" + VAST), FileFault.UNFOLDS),
    "texts of a PNG that unfold together": (
        picture()[:33] + chunk(b"zTXt", b"Comment\0\0" + BOMB) * 9 + picture()[33:],
        FileFault.UNFOLDS,
    ),
    "a film in a PNG": (with_chunk(b"fdAT", b"\0\0\0\0" + VAST), FileFault.AMBIGUOUS),
    "an archive in a PNG": (picture(archive()), FileFault.AMBIGUOUS),
    "a PNG with too few dots": (picture(dots=b"\0" * 10), FileFault.DAMAGED),
    "a PNG with more behind its dots": (picture(dots=b"\0" * 1_000), FileFault.AMBIGUOUS),
    "a bomb of a PNG": (picture(dots=b"\0" * 300_000_000), FileFault.AMBIGUOUS),
    "a vast PNG": (picture(width=100_000, height=100_000, dots=b"\0"), FileFault.UNFOLDS),
    "a PNG with another's chunk": (picture()[:33] + chunk(b"EVIL", b"") + picture()[33:], FileFault.DAMAGED),
    "a PNG without dots": (picture()[:33] + chunk(b"IEND", b""), FileFault.DAMAGED),
    "a PNG of many chunks": (picture()[:33] + chunk(b"tEXt", b"") * 100_001 + picture()[33:], FileFault.UNFOLDS),
    "a PNG whose sum is wrong": (picture()[:-1] + b"\0", FileFault.DAMAGED),
}


@pytest.mark.parametrize("name", GOOD | ALSO)
def test_what_is_whole_is_taken(name: str) -> None:
    assert kind_of((GOOD | ALSO)[name]).value in name


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_something_else_is_not(name: str) -> None:
    data, fault = HOSTILE[name]
    with pytest.raises(NotTaken) as refused:
        kind_of(data)
    assert refused.value.fault is fault


@pytest.mark.parametrize("name", PACKED)
def test_a_pdf_is_taken_however_it_is_packed(name: str) -> None:
    packing, stream = PACKED[name]
    assert kind_of(document(stream=stream, packing=packing)) is FileKind.PDF


@pytest.fixture
def half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_filters, "MOST_UNFOLDED", SMALL // 2)


@pytest.mark.usefixtures("half")
@pytest.mark.parametrize("name", UNFOLDING)
def test_a_pdf_that_unfolds_is_refused_however_it_is_packed(name: str) -> None:
    packing, stream = UNFOLDING[name]
    with pytest.raises(NotTaken) as refused:
        kind_of(document(stream=stream, packing=packing))
    assert refused.value.fault is FileFault.UNFOLDS


@pytest.mark.usefixtures("half")
@pytest.mark.parametrize(
    "word", [b"stream\r", b"stream\r\n", b"stream  \n", b"stream", b"stream %here\n", b"stream\0\r"]
)
def test_a_stream_is_found_however_it_begins(word: bytes) -> None:
    with pytest.raises(NotTaken) as refused:
        kind_of(document(stream=BOMB, word=word))
    assert refused.value.fault is FileFault.UNFOLDS
    assert kind_of(document(word=word)) is FileKind.PDF


@pytest.mark.parametrize(
    "stream", [b"87cUR" * 2_000_000, b"z" * 10_000_000, b"stream\n87cURD" * 90_000], ids=["text", "zeros", "streams"]
)
def test_a_long_text_is_read_once(stream: bytes) -> None:
    """Filters that are not zlib's read each byte of a file once; what would have them read it again is refused."""
    began = process_time()
    with suppress(NotTaken):
        kind_of(document(stream=stream, packing=b"/Filter [/ASCII85Decode /FlateDecode]"))
    assert process_time() - began < 20


def test_what_a_pdf_packs_takes_no_memory_of_its_own() -> None:
    packed = document(stream=in_85(zlib.compress(os.urandom(500_000))), packing=b"/Filter [/A85 /Fl]")
    tracemalloc.start()
    try:
        assert kind_of(packed) is FileKind.PDF
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken < len(packed) / 2


def test_a_photograph_with_a_film_is_told_what_to_do() -> None:
    """Phones put a film behind each photograph unless they are told not to, which who took it may not know."""
    for sentence in SENTENCES[FileFault.AMBIGUOUS]:
        assert "HDR" in sentence


def test_a_picture_in_crumbs_takes_no_memory_of_its_own() -> None:
    """A chunk may hold a single byte: whatever is kept of each would be many times the file."""
    whole = picture(width=150, height=150, dots=bytes(150) + os.urandom(150 * 150 * 3))
    at, end = whole.index(b"IDAT") + 4, whole.index(b"IEND") - 8
    crumbs = whole[: at - 8] + b"".join(chunk(b"IDAT", whole[n : n + 1]) for n in range(at, end)) + whole[end + 4 :]
    tracemalloc.start()
    try:
        assert kind_of(crumbs) is FileKind.PNG
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken < len(crumbs) / 2


@pytest.mark.parametrize(
    "name", ["../proof.pdf", "a/b.png", "..\\proof.pdf", "..", "C:\\proof.pdf", "a\0.png", "a" * 256]
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert name_fault(name) is FileFault.BAD_NAME


def test_an_interlaced_picture_is_taken() -> None:
    """Seven pictures in one: their rows are counted by themselves."""
    sizes = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)]
    dots = b"".join((b"\0" + b"\1\2\3" * wide) * high for wide, high in sizes)
    assert kind_of(picture(width=8, height=8, dots=dots, interlaced=1)) is FileKind.PNG


@given(st.sampled_from(sorted(GOOD)), st.data())
@settings(max_examples=300, deadline=None)
def test_no_part_of_a_file_is_taken_for_the_whole(name: str, data: st.DataObject) -> None:
    whole = GOOD[name]
    at = data.draw(st.integers(0, len(whole.rstrip()) - 1))
    with pytest.raises(NotTaken):
        kind_of(whole[:at])


@given(st.sampled_from(["a JPEG", "a PNG"]), st.binary(min_size=1, max_size=50))
@settings(max_examples=200, deadline=None)
def test_nothing_stands_behind_a_picture(name: str, more: bytes) -> None:
    with pytest.raises(NotTaken):
        kind_of(GOOD[name] + more)


@given(st.binary(max_size=2_000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_get_an_answer(data: bytes) -> None:
    for start in (b"", b"%PDF-1.7\n", b"\xff\xd8\xff", PNG, PNG + struct.pack(">I4s", 13, b"IHDR")):
        with suppress(NotTaken):
            kind_of(start + data)


# What is stored

NAME = "ca/candidate/ticket/attempt"
LENGTHS = [0, 1, 15, 16, 17, 65_535, 65_536, 65_537, 131_072, 200_000]


@pytest.fixture(scope="module")
async def keys(tmp_path_factory: pytest.TempPathFactory) -> CandidateKeys:
    found = CandidateKeys.at(tmp_path_factory.mktemp("keys"), Secrets(b"k" * 32))
    for candidate in ("candidate", "another"):
        await found.create(candidate, 1)
    return found


@pytest.mark.parametrize("length", LENGTHS[1:])
def test_a_file_comes_back_as_it_was(keys: CandidateKeys, length: int) -> None:
    plain = bytes(number % 251 for number in range(length))
    stored = sealed(keys, "candidate", NAME, plain)
    assert plain[:16] not in stored or length < 16
    assert opened(keys, "candidate", NAME, stored) == plain


@given(length=st.sampled_from(LENGTHS[1:]), data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_of_what_is_stored_is_noticed(keys: CandidateKeys, length: int, data: st.DataObject) -> None:
    stored = sealed(keys, "candidate", NAME, b"x" * length)
    at = data.draw(st.integers(0, len(stored) - 1))
    flipped = bytearray(stored)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    for changed in (stored[:at], bytes(flipped), stored + b"\0", stored + stored[at:], stored[:at] + stored[at + 1 :]):
        with pytest.raises(Damaged):
            opened(keys, "candidate", NAME, changed)


def test_frames_are_not_moved_or_mixed(keys: CandidateKeys) -> None:
    one, other = (sealed(keys, "candidate", NAME, text * 150_000) for text in (b"a", b"b"))
    head = one.index(b"\n") + 1
    size = 4 + 65_536 + 16
    frames = [one[head : head + size], one[head + size : head + 2 * size], one[head + 2 * size :]]
    for order in ([1, 0, 2], [0, 2], [0, 1], [0, 0, 1, 2]):
        with pytest.raises(Damaged):
            opened(keys, "candidate", NAME, one[:head] + b"".join(frames[number] for number in order))
    mixed = one[: head + size] + other[other.index(b"\n") + 1 + size :]
    for stored, owner, name in ((mixed, "candidate", NAME), (one, "another", NAME), (one, "candidate", NAME + "2")):
        with pytest.raises(Damaged):
            opened(keys, owner, name, stored)


async def test_without_the_key_nothing_opens(tmp_path: Path) -> None:
    keys, candidate = CandidateKeys.at(tmp_path, Secrets(b"k" * 32)), str(uuid4())
    await keys.create(candidate, 1)
    stored = sealed(keys, candidate, NAME, b"secret")
    await keys.drop(candidate)
    with pytest.raises(Damaged):
        opened(keys, candidate, NAME, stored)
