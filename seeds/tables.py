"""Tables as people's programs write them: their encoding found, their lines counted, rejects in their own form."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.names import normalised_name
from seeds.workbooks import UnreadableWorkbook, is_workbook, read_workbook

ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a byte order mark", "gb18030": "GB18030", "cp1252": "cp1252"}
DELIMITERS = ",;\t|"
ADDED = ("turnout_line", "turnout_reason")
"""What a file of rejects has besides the columns of its source, under names that no source has; they are ignored when
such a file is imported."""


class Unreadable(Exception):
    """A file is no table that can be read; its text is a sentence."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line, by its number in the file, with its cells; a quoted cell may take it over several."""

    line: int
    last_line: int
    cells: tuple[str, ...]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    record: Record
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file's form, the names of its columns as written, and its lines; rejects of a sheet are written as CSV."""

    encoding: str
    delimiter: str
    newline: str
    header: tuple[str, ...]
    records: tuple[Record, ...]
    sheet: str = ""

    def find(self, column: str) -> int | None:
        """The place of a column, named without regard to case and spaces; Unreadable where two have its name."""
        name = normalised_name(column)
        places = [place for place, it in enumerate(self.header) if normalised_name(it) == name]
        if len(places) > 1:
            raise Unreadable(f'The file has {len(places)} columns named "{column}".')
        return places[0] if places else None


def read_table(path: Path, *, encoding: str | None = None, delimiter: str | None = None, sheet: str = "") -> Table:
    """Reads a whole file; encoding and delimiter, or the sheet, are found where they are not given."""
    try:
        if is_workbook(path):
            return sheet_table(path, sheet)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnreadableWorkbook as error:
        raise Unreadable(str(error)) from error
    try:
        text, encoding = decoded(path.read_bytes(), encoding)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from error
    lines = list(io.StringIO(text, newline=""))
    if not lines or not lines[0].strip():
        raise Unreadable(f"{path.name} does not begin with a line that names its columns.")
    delimiter = delimiter or max(DELIMITERS, key=lines[0].count)
    header, *records = _records(lines, delimiter)
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    return Table(encoding, delimiter, newline, tuple(" ".join(cell.split()) for cell in header.cells), tuple(records))


def sheet_table(path: Path, sheet: str) -> Table:
    """A sheet whose first row names the columns; its rows are filled up to as many cells."""
    name, rows = read_workbook(path, sheet)
    if not rows or not any(rows[0]):
        raise Unreadable(f'The sheet "{name}" of {path.name} does not begin with a row that names its columns.')
    header = tuple(" ".join(cell.split()) for cell in rows[0])
    filled = (row + ("",) * (len(header) - len(row)) for row in rows[1:])
    records = tuple(Record(line, line, cells) for line, cells in enumerate(filled, start=2))
    return Table("utf-8-sig", ",", "\r\n", header, records, name)


def decoded(raw: bytes, encoding: str | None) -> tuple[str, str]:
    """The text and the encoding it was read in: the one named, or the first that fits.

    UTF-8 is strict enough to be believed. Text in cp1252 is often possible GB18030 too, as an accented letter and the
    letter after it make a rare Chinese character; so GB18030 is believed where most of what is not ASCII is
    in everyday use, which is to say in GB 2312.
    """
    unicode = "utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else "utf-8"
    names = (unicode, "gb18030", "cp1252") if encoding is None else (unicode if encoding == "utf-8" else encoding,)
    for name in names:
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if encoding or name != "gb18030" or _is_everyday_chinese(text):
            return text, name
    tried = encoding or "UTF-8, GB18030 or cp1252"
    raise Unreadable(f"The file is not written in {tried}; the mapping may name its encoding.")


def _is_everyday_chinese(text: str) -> bool:
    foreign = "".join(char for char in text if not char.isascii())
    everyday = len(foreign.encode("gb2312", "ignore")) / 2
    return everyday > len(foreign) / 2


def _records(lines: Sequence[str], delimiter: str) -> Iterable[Record]:
    reader, before = csv.reader(iter(lines), delimiter=delimiter), 0
    while True:
        try:
            cells, fault = next(reader), None
        except StopIteration:
            return
        except csv.Error as error:
            raw = "".join(lines[before : reader.line_num]).rstrip("\r\n")
            cells, fault = [raw], f"This is not CSV: {error}."
        yield Record(before + 1, reader.line_num, tuple(cells), fault)
        before = reader.line_num


def write_rejects(path: Path, table: Table, rejects: Sequence[Reject]) -> bool:
    """Writes rejected lines with number and reason in the source's own form; tells whether there is such a file.

    Where nothing was rejected, a file of an earlier run is left with its header alone.
    """
    if not rejects and not path.exists():
        return False
    kept = [place for place, name in enumerate(table.header) if normalised_name(name) not in ADDED]
    width = len(table.header)
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding=table.encoding, errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=table.delimiter, lineterminator=table.newline)
        writer.writerow([*(table.header[place] for place in kept), *ADDED])
        for reject in rejects:
            cells = (*reject.record.cells, *[""] * (width - len(reject.record.cells)))
            own = [cells[place] for place in kept]
            writer.writerow([*own, *cells[width:], reject.record.line, reject.reason])
    os.replace(part, path)
    return True
