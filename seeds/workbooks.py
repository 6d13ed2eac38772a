"""Workbooks: a sheet of an XLSX file as rows of texts, read as they stream and within bounds.

A workbook is an archive: a few kilobytes of it may unpack to gigabytes, or name one cell a million rows away. What it
unpacks to is added up before anything is read, and rows and cells are counted while they come.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import CELL_TAG, FORMULA_TAG, INLINE_STRING, ROW_TAG, VALUE_TAG
from openpyxl.xml.functions import iterparse

MOST_BYTES, MOST_UNPACKED = 50_000_000, 200_000_000
MOST_PARTS = 2_000
FIRST = datetime(1900, 1, 1)  # noqa: DTZ001 - a cell has no zone
"""What 24:00 is in a workbook, whose days begin there with 1; a time that was reckoned past midnight is of that day."""
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 500_000, 500, 10_000_000

ARCHIVE, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How an XLSX file begins, and how an XLS file does, or one with a password."""
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
"""Few sheets have any: the others are not read once more for cells that were never reckoned."""


class UnreadableWorkbook(Exception):
    """A file is no workbook that can be read; its text is a sentence."""


def is_workbook(path: Path) -> bool:
    """Whether a file is an XLSX file by how it begins; UnreadableWorkbook where it is of the kind before that."""
    with path.open("rb") as file:
        begins = file.read(4)
    if begins == OLD:
        raise UnreadableWorkbook(
            f"{path.name} is an XLS file or has a password: save it as XLSX or CSV without a password."
        )
    return begins == ARCHIVE


def read_workbook(path: Path, sheet: str = "") -> tuple[str, list[tuple[str, ...]]]:
    """The name of the sheet, the first that is not hidden where none is named, and its rows, blank ones among them."""
    check_archive(path)
    try:
        workbook = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            names = [it.title for it in workbook.worksheets]
            shown = [it.title for it in workbook.worksheets if it.sheet_state == "visible"] or names
            if not names or (sheet and sheet not in names):
                raise UnreadableWorkbook(f'{path.name} has no sheet "{sheet}"; it has {", ".join(names) or "none"}.')
            found: Any = workbook[sheet or shown[0]]
            # A file says itself how large it is, and need not say the truth.
            found.reset_dimensions()
            rows = list(_rows(found.iter_rows(values_only=True), path))
            if (cell := _unreckoned(found)) is not None:
                raise UnreadableWorkbook(
                    f"{path.name} holds a formula in {cell} and not what it comes to: open it in a spreadsheet program "
                    "and save it there."
                )
            return sheet or shown[0], rows
        finally:
            workbook.close()
    except UnreadableWorkbook:
        raise
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError) as error:
        raise UnreadableWorkbook(f"{path.name} is not a workbook that can be read.") from error


def check_archive(path: Path) -> None:
    """UnreadableWorkbook where a file, or what it unpacks to, is too large. No part unpacks to more than it says."""
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableWorkbook(f"{path.name} has more than {MOST_BYTES // 1_000_000} MB: save it as CSV.")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableWorkbook(f"{path.name} is not a workbook that can be read.") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableWorkbook(
            f"{path.name} unpacks to more than {MOST_UNPACKED // 1_000_000} MB, or to too many parts: save it as CSV."
        )


def _rows(rows: Iterator[tuple[Any, ...]], path: Path) -> Iterator[tuple[str, ...]]:
    cells = 0
    for number, row in enumerate(rows, start=1):
        texts = [cell_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        cells += len(texts)
        if number > MOST_ROWS or len(texts) > MOST_COLUMNS or cells > MOST_CELLS:
            raise UnreadableWorkbook(
                f"{path.name} has more than {MOST_ROWS:,} rows, {MOST_COLUMNS} columns or {MOST_CELLS:,} cells."
            )
        yield tuple(texts)


def _unreckoned(sheet: Any) -> str | None:
    """The first cell with a formula alone, as programs write it that do not reckon: it would read as blank.

    One that comes to an empty text has a value of its type. Only the sheet knows which part of the archive it is.
    """
    with sheet._get_source() as source:
        if not any(FORMULA.search(part) for part in _overlapping(source)):
            return None
    with sheet._get_source() as source:
        for _, element in iterparse(source):
            if element.tag == CELL_TAG:
                if element.find(FORMULA_TAG) is not None and not _is_reckoned(element):
                    return element.get("r") or "a cell"
            elif element.tag == ROW_TAG:
                element.clear()
    return None


def _is_reckoned(cell: Any) -> bool:
    value = cell.findtext(VALUE_TAG)
    return bool(value) or (value is not None and cell.get("t") == "str") or cell.find(INLINE_STRING) is not None


def _overlapping(source: IO[bytes]) -> Iterator[bytes]:
    """A file in parts, each with the end of the one before."""
    last = b""
    while part := source.read(1 << 20):
        yield last + part
        last = part[-64:]


def cell_text(value: Any) -> str:
    """A cell as CSV would have it: days and times in ISO 8601, whole numbers without a point."""
    match value:
        case None:
            return ""
        case datetime() if value.date() == FIRST.date():
            return cell_text(value - FIRST + timedelta(days=1))
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
        case time():
            return value.isoformat("seconds")
        case date():
            return value.isoformat()
        case timedelta():
            seconds = int(value.total_seconds())
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
