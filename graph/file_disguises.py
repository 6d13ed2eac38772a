"""What else a program could take a file for: a page, a document, an archive; pure rules over bytes."""

from __future__ import annotations

import re

from graph.file_faults import Content, FileFault, NotTaken


def _of_any_width(*words: bytes) -> bytes:
    """A pattern of the words, each letter of which takes one, two or four bytes, as in UTF-8, UTF-16 and UTF-32."""
    return b"|".join(rb"\0{0,3}".join(re.escape(word[at : at + 1]) for at in range(len(word))) for word in words)


_MARKUP = re.compile(
    rb"<[\s\0]*(?:%b)" % _of_any_width(b"!doctype", b"html", b"script", b"svg", b"body", b"iframe", b"?php", b"?xml"),
    re.IGNORECASE,
)
_TAG = rb"\0{0,3}[\s/>]\0{0,3}[\t\n\r -~]\0{0,3}[\t\n\r -~]"
_MARKUP_AMONG_DOTS = re.compile(
    rb"<\0{0,3}(?:%b|(?:%b)%b)"
    % (_of_any_width(b"!doctype", b"script", b"?xml", b"iframe"), _of_any_width(b"html", b"svg", b"body"), _TAG),
    re.IGNORECASE,
)
"""The same where bytes are as good as random: what is found among 10 MB of them by chance once in 5,000 files."""


def refuse_markup(text: Content | memoryview) -> None:
    if _MARKUP.search(text):
        raise NotTaken(FileFault.AMBIGUOUS)


def refuse_in_picture(data: Content) -> None:
    """A picture holds no document, and no page among its dots."""
    if b"%PDF-" in data or _MARKUP_AMONG_DOTS.search(data):
        raise NotTaken(FileFault.AMBIGUOUS)


def refuse_archive(data: Content) -> None:
    if _is_archive(data) or _begins_elsewhere(data):
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
