"""What a file is by its content: a whole PDF, JPEG or PNG, and nothing else besides; pure rules over bytes.

Names and media types that a sender gives are not looked at. A file that two programs would read as two things, that
ends early, goes on after its end, or unfolds to far more than it is, is refused. No rule copies the file, or what it
unfolds to, as a whole.
"""

from __future__ import annotations

from enum import Enum

from graph import jpegs, pdfs, pngs
from graph.file_disguises import refuse_archive
from graph.file_faults import Content, FileFault, NotTaken

MOST_BYTES = 10 * 1024 * 1024


class FileKind(Enum):
    """What is taken."""

    PDF = "PDF"
    JPEG = "JPEG"
    PNG = "PNG"


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
        (pdfs.START, FileKind.PDF, pdfs.check_pdf),
        (jpegs.START, FileKind.JPEG, jpegs.check_jpeg),
        (pngs.START, FileKind.PNG, pngs.check_png),
    ):
        if data.startswith(start):
            check(data)
            refuse_archive(data)
            return kind
    raise NotTaken(FileFault.WRONG_TYPE)
