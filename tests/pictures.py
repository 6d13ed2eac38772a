"""Small files of the kinds that candidates hand in, made by hand so that tests know every byte."""

from __future__ import annotations

import struct
import zlib

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(type: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + type + body + struct.pack(">I", zlib.crc32(type + body))


def picture(
    text: bytes = b"", *, width: int = 4, height: int = 4, dots: bytes | None = None, interlaced: int = 0
) -> bytes:
    """A PNG; `text` stands in it as it is."""
    dots = (b"\0" + b"\1\2\3" * width) * height if dots is None else dots
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlaced)
    said = chunk(b"tEXt", b"Comment\0" + text) if text else b""
    return PNG + chunk(b"IHDR", header) + said + chunk(b"IDAT", zlib.compress(dots)) + chunk(b"IEND", b"")


def photograph(text: bytes = b"", *, width: int = 8, height: int = 8) -> bytes:
    """A JPEG by its structure: what its scan holds is no picture that anybody would want to see."""

    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    said = segment(0xFE, text) if text else b""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    tables = segment(0xDB, b"\0" + bytes(range(1, 65))) + segment(0xC4, b"\0" + b"\1" + b"\0" * 15 + b"\0")
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x7f\xff\x00\x12\xff\xd0\x34"
    jfif = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    return b"\xff\xd8" + jfif + said + tables + segment(0xC0, frame) + scan + b"\xff\xd9"


def document(
    text: bytes = b"A certificate.",
    *,
    stream: bytes | None = None,
    packing: bytes = b"/Filter /FlateDecode",
    word: bytes = b"stream\n",
    comment: bytes = b"",
) -> bytes:
    """A PDF of one page; `text` stands in it as it is, and a `comment` from the 17th byte, `stream` packed."""
    packed = zlib.compress(b"BT (Hello) Tj ET") if stream is None else stream
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
        b"<< /Length %d %b >>\n%b" % (len(packed), packing, word) + packed + b"\nendstream",
        b"(" + text + b")",
    ]
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + (comment and b"%" + comment + b"\n")), list[int]()
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
