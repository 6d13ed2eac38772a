"""Importing attendance: each line is in the graph or among the rejects, once, from text or from a workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import Workbook

from graph import candidates, events
from graph.shifts import AttendanceKind, Silence
from graph.statements import Count, Statement
from graph.timesheet_loading import Fate
from graph.writing import Graph
from seeds import attendance_importing, makers, workbooks
from seeds.attendance_importing import run_attendance_import
from seeds.attendance_mapping import AttendanceMapping, local_time, parse_attendance_mapping, read_plan
from seeds.attendance_summaries import AttendanceSummary
from seeds.mapping import Dates, MappingError
from seeds.tables import Unreadable, read_table
from seeds.workbooks import cell_text
from tests.conftest import NOW, Ask, uid
from tests.test_importing import COUNT_WAYS

MAPPINGS = Path(__file__).parents[1] / "seeds" / "mappings"
DATA = Path(__file__).parent / "data"
ANALYTICS = Path(__file__).parents[1] / "docs" / "analytics.md"
"""Shows the mapping, and what a real file of that form looks like by it."""
FLAT, LOG = DATA / "hr-dataset.csv", DATA / "clock-log.csv"
BROKEN = 3
"""Lines of the flat file that are wrong on purpose."""

# A Neo4j has gates that writes pass, each made by the first write that comes to it.
COUNT_RECORDS = Statement("tests.count_records", "MATCH (n) WHERE NOT n:Gate RETURN count(n) AS count", row=Count)

ROLLUP = """
query Rollup($code: String!) {
  department(code: $code) {
    workAttendance(by: MONTH) { key employees lateCount lateEmployees absentDays absentEmployees attendanceRate }
    employments(first: 40) { totalCount nodes {
      id title startedOn endedOn source candidate { id displayName } attendance { lateCount absentDays }
      records(first: 20, orderBy: DAY) { nodes { kind day days minutes granularity } }
    } }
  }
}
"""


@dataclass
class Importer:
    """Imports files for an Organization of its own."""

    graph: Graph
    mapping: AttendanceMapping
    folder: Path

    @property
    def rejects(self) -> Path:
        return self.folder / "rejects.csv"

    @property
    def hr(self) -> str:
        return self.mapping.organization.admin

    async def __call__(
        self, file: Path, *, dry_run: bool = False, progress: Callable[[int, int], None] | None = None
    ) -> AttendanceSummary:
        return await run_attendance_import(
            self.graph, file, self.mapping, dry_run=dry_run, rejects=self.rejects, now=NOW, progress=progress
        )

    def file(self, text: str, name: str = "given.csv") -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def rejected(self) -> dict[str, str]:
        with self.rejects.open(encoding="utf-8-sig", newline="") as file:
            return {row["line"]: row["reason"] for row in csv.DictReader(file)}

    async def size(self) -> tuple[int, int]:
        read = self.graph.client.read
        return (await read(COUNT_RECORDS))[0].count, (await read(COUNT_WAYS))[0].count


def importer(graph: Graph, folder: Path, name: str) -> Importer:
    plan = read_plan(MAPPINGS / f"{name}.toml")
    assert isinstance(plan, AttendanceMapping)
    tag = uuid4().hex[:12]
    own = replace(plan.organization, name=f"{plan.organization.name} {tag}", admin=f"hr@{tag}")
    return Importer(graph, replace(plan, organization=own), folder)


@pytest.fixture
def flat(graph: Graph, tmp_path: Path) -> Importer:
    return importer(graph, tmp_path, "hr-dataset")


@pytest.fixture
def log(graph: Graph, tmp_path: Path) -> Importer:
    return importer(graph, tmp_path, "clock-log")


def as_workbook(source: Path, target: Path, typed: Callable[[str, str], Any] = lambda _, text: text) -> Path:
    """The same table as a workbook; `typed` makes a cell's value of its column's name and its text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    with source.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    sheet.append(header)
    for row in rows:
        sheet.append([typed(name, text) if text else None for name, text in zip(header, row, strict=True)])
    book.save(target)
    return target


def american(name: str, text: str) -> Any:
    if name in ("DateofHire", "DateofTermination", "LastPerformanceReview_Date"):
        return datetime.strptime(text, "%m/%d/%Y")  # noqa: DTZ007
    return int(text) if text.isdecimal() else text


async def department(ask: Ask, of: Importer, code: str) -> Any:
    return (await ask(ROLLUP, of.hr, code=code))["department"]


def told(found: Any, name: str) -> list[tuple[Any, ...]]:
    """What the records of one person say."""
    nodes = next(it for it in found["employments"]["nodes"] if it["candidate"]["displayName"] == name)
    return [(it["kind"], it["day"], it["days"], it["minutes"]) for it in nodes["records"]["nodes"]]


async def test_a_mapping_of_ten_lines_loads_a_flat_summary(ask: Ask, flat: Importer) -> None:
    lines = [line for line in (MAPPINGS / "hr-dataset.toml").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert len(lines) <= 10
    assert "\n".join(["```toml", *lines, "```"]) in ANALYTICS.read_text("utf-8")
    summary = await flat(FLAT)
    assert (summary.read, summary.loaded, summary.rejected.total()) == (13, 10, BROKEN)
    assert summary.new_departments == {"PRODUCTION", "IT_IS", "SOFTWARE_ENGINEERING", "SALES", "ADMIN_OFFICES"}
    found = await department(ask, flat, "PRODUCTION")
    # One of six worked there, though not in the month that her line tells of.
    assert found["employments"]["totalCount"] == 6
    assert sorted(told(found, "Example, Gita")) == [
        ("ABSENT", "2019-01-01", 19, None),
        ("LATE", "2019-01-01", 6, None),
    ]
    assert found["workAttendance"][-1] == {
        "key": "2019-01",
        "employees": 3,
        "lateCount": 6,
        "lateEmployees": 1,
        "absentDays": 35,
        "absentEmployees": 3,
        "attendanceRate": None,
    }


async def test_employments_end_as_the_file_says(ask: Ask, flat: Importer) -> None:
    await flat(FLAT)
    nodes = (await department(ask, flat, "IT_IS"))["employments"]["nodes"]
    assert [(it["title"], it["startedOn"], it["endedOn"], it["source"]) for it in nodes] == [
        ("Sr. DBA", "2015-03-30", "2016-06-16", "hr-dataset")
    ]


async def test_a_reject_says_its_true_reason(flat: Importer) -> None:
    await flat(FLAT)
    assert flat.rejected() == {
        "12": '"DateofTermination": "12/31/2013" cannot be.',
        "13": '"DaysLateLast30": "n/a" is not a number of days or times.',
        "14": "No employment of this person covers that time.",
    }


async def test_sensitive_columns_are_dropped_and_named(graph: Graph, flat: Importer) -> None:
    text = "\n".join((await flat(FLAT)).lines())
    for name in ("Sex", "MaritalDesc", "RaceDesc", "CitizenDesc", "HispanicLatino", "DOB", "Salary"):
        assert name in text.partition("Dropped: ")[2].partition("\n")[0]
    assert "Counted: DaysLateLast30 as LATE, Absences as ABSENT." in text
    assert "The file does not tell working days: no attendance rate is made of it." in text


async def test_a_second_run_changes_nothing(flat: Importer) -> None:
    first = await flat(FLAT)
    before, rejects = await flat.size(), flat.rejects.read_bytes()
    again = await flat(FLAT)
    assert (first.new_records, again.new_records) == (sum(first.kinds.values()), 0)
    assert (again.loaded, again.kinds, again.rejected) == (first.loaded, first.kinds, first.rejected)
    assert (await flat.size(), flat.rejects.read_bytes()) == (before, rejects)


async def test_a_workbook_says_the_same_as_text(ask: Ask, flat: Importer) -> None:
    """Dates and numbers are typed there; the same lines have the same ids, so the second run has no effect."""
    first = await flat(FLAT)
    before = await flat.size()
    again = await flat(as_workbook(FLAT, flat.folder / "flat.xlsx", american))
    assert (again.loaded, again.new_records, again.kinds) == (first.loaded, 0, first.kinds)
    assert await flat.size() == before
    assert flat.rejected().keys() == {"12", "13", "14"}
    assert 'in the sheet "Sheet" of a workbook' in again.lines()[0]


async def test_rejects_of_a_workbook_are_imported_when_corrected(flat: Importer) -> None:
    await flat(as_workbook(FLAT, flat.folder / "flat.xlsx", american))
    text = flat.rejects.read_text("utf-8-sig").replace("n/a", "2")
    summary = await flat(flat.file(text, "corrected.csv"))
    assert (summary.loaded, summary.rejected.total()) == (1, BROKEN - 1)


async def test_a_kill_at_any_time_leaves_whole_chunks(
    flat: Importer, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    monkeypatch.setattr(attendance_importing, "CHUNK", 2)

    class Killed(Exception):
        pass

    for chunk in (1, 2, 4):
        calls = iter(range(100))

        def progress(*_: int, calls: Any = calls, chunk: int = chunk) -> None:
            if next(calls) == chunk:
                raise Killed

        with pytest.raises(Killed):
            await flat(FLAT, progress=progress)
    done: list[tuple[int, int]] = []
    summary = await flat(FLAT, progress=lambda *it: done.append(it))
    assert (summary.loaded, done[-1]) == (10, (13, 13))
    assert (await department(ask, flat, "SALES"))["workAttendance"][-1]["employees"] == 1
    before = await flat.size()
    await flat(FLAT)
    assert await flat.size() == before


async def test_a_dry_run_writes_nothing(flat: Importer) -> None:
    before = await flat.size()
    summary = await flat(FLAT, dry_run=True)
    assert await flat.size() == before
    assert summary.new_records == sum(summary.kinds.values()) > 0
    await flat(FLAT)
    assert (await flat(FLAT, dry_run=True)).new_records == 0


async def test_a_dry_run_refuses_what_the_import_would(flat: Importer) -> None:
    """Also before its Organization is there: a review after the last day is known from the file alone."""
    foreseen = await flat(FLAT, dry_run=True)
    rejected = flat.rejected()
    done = await flat(FLAT)
    assert rejected == flat.rejected()
    assert "14" in rejected
    assert (foreseen.loaded, foreseen.new_records, foreseen.kinds) == (done.loaded, done.new_records, done.kinds)


async def test_a_dry_run_refuses_whoever_is_not_employed(flat: Importer) -> None:
    flat.mapping = replace(flat.mapping, title=None, started_on=None, ended_on=None)
    foreseen = await flat(FLAT, dry_run=True)
    done = await flat(FLAT)
    assert (foreseen.loaded, foreseen.rejected) == (done.loaded, done.rejected) == (0, done.rejected)


async def test_a_number_that_changed_is_rejected(flat: Importer) -> None:
    await flat(FLAT)
    changed = FLAT.read_text("utf-8").replace("1/30/2019,6,19", "1/30/2019,7,19")
    summary = await flat(flat.file(changed))
    assert flat.rejected()["8"] == "The graph holds this otherwise, and an import changes nothing that is recorded."
    assert summary.new_records == 0


async def test_a_last_day_is_told_later(ask: Ask, flat: Importer) -> None:
    await flat(FLAT)
    line = next(line for line in FLAT.read_text("utf-8").splitlines() if "Jun" in line)
    summary = await flat(flat.file(FLAT.read_text("utf-8").replace("10/27/2008,", "10/27/2008,3/29/2019")))
    assert "10/27/2008,," in line
    assert summary.fates[Fate.COMPLETED] == 1
    assert (await department(ask, flat, "ADMIN_OFFICES"))["employments"]["nodes"][0]["endedOn"] == "2019-03-29"


async def test_who_was_erased_does_not_come_back(ask: Ask, flat: Importer, graph: Graph) -> None:
    await flat(FLAT)
    person = (await department(ask, flat, "SOFTWARE_ENGINEERING"))["employments"]["nodes"][0]["candidate"]["id"]
    maker = await makers.maker(graph, flat.hr, at=NOW)
    await maker._work("erase", lambda desk: candidates.erase(desk, uid(person)))
    before = await flat.size()
    summary = await flat(FLAT)
    assert summary.fates[Fate.ERASED] == 1
    assert await flat.size() == before
    assert (await events.verify(graph.client, maker.viewer.organization))[2] == []


async def test_a_log_is_judged_by_the_calendar(ask: Ask, log: Importer) -> None:
    summary = await log(LOG)
    assert summary.rejected.total() == 2
    query = """
    { departments { name employments(first: 20) { nodes { candidate { displayName }
      records(first: 20, orderBy: DAY) { nodes { kind day days minutes } } } } } }
    """
    answer = await ask(query, log.hr)
    seen = {
        it["candidate"]["displayName"]: sorted(
            (record["day"][-2:], record["kind"], record["days"], record["minutes"]) for record in it["records"]["nodes"]
        )
        for one in answer["departments"]
        for it in one["employments"]["nodes"]
    }
    assert seen == {
        "张伟": [
            ("12", "PRESENT", 1, None),
            ("13", "LATE", 1, 20),
            ("13", "PRESENT", 1, None),
            ("14", "EARLY_LEAVE", 1, 30),
            ("14", "PRESENT", 1, None),
            ("15", "PRESENT", 1, None),
            ("16", "APPROVED_LEAVE", 1, None),
        ],
        "李静": [("12", "LATE", 1, 10), ("12", "PRESENT", 1, None), ("13", "PRESENT", 1, None)],
        "王强": [("12", "LATE", 1, 30), ("12", "PRESENT", 1, None)],
    }
    # Zhang's clock was not touched on his way home; of Wang there is no line from the 5th to the 9th.
    assert summary.unknown == 1 + 5
    assert log.rejected() == {
        "11": '"In": "late" is no time of day.',
        "12": 'The work calendar of 2026-10-14 has no shift "EVENING".',
    }


async def test_silence_counts_where_the_log_is_vouched_for(ask: Ask, log: Importer) -> None:
    text = "\n".join(
        line for line in LOG.read_text("utf-8").splitlines() if "EVENING" not in line and "late" not in line
    )
    assert AttendanceKind.ABSENT not in (await log(log.file(text))).kinds
    other = importer(log.graph, log.folder, "clock-log")
    other.mapping = replace(other.mapping, silence=Silence.ABSENT)
    summary = await other(log.file(text))
    # Wang's file goes from 1 to 12 October, of which 5 to 9 are workdays without a line.
    assert summary.kinds[AttendanceKind.ABSENT] == 5


async def test_a_log_goes_by_the_calendars_of_the_graph(ask: Ask, log: Importer) -> None:
    log.mapping = replace(log.mapping, calendar=None)
    summary = await log(LOG)
    assert summary.loaded == 0
    assert "The work calendar of 2026-10-12 is not there." in summary.rejected
    calendar = {"validFrom": "2026-10-12", "timeZone": "Asia/Shanghai", "schedule": ["MON-FRI 10:00-19:00"]}
    assert "id" in await ask.do("setWorkCalendar", log.hr, **calendar)
    summary = await log(LOG)
    assert "The work calendar of 2026-10-01 is not there." in summary.rejected
    # Nobody was late: all came before ten.
    kinds = {kind.value: count for kind, count in summary.kinds.items()}
    assert kinds == {"PRESENT": 5, "EARLY_LEAVE": 4, "APPROVED_LEAVE": 1}


def test_a_night_ends_on_the_next_day() -> None:
    dates, day = Dates(("%Y-%m-%d %H:%M",), time(9)), date(2026, 10, 12)
    came = local_time(day, "22:00", dates)
    assert came == datetime(2026, 10, 12, 22)  # noqa: DTZ001
    assert local_time(day, "06:00", dates, came) == datetime(2026, 10, 13, 6)  # noqa: DTZ001
    assert local_time(day, "2026-10-13 05:30", dates, came) == datetime(2026, 10, 13, 5, 30)  # noqa: DTZ001
    assert local_time(day, "soon", dates) is None


BASE = """
system = "x"
organization = { name = "X", jurisdiction = "CN", time_zone = "Asia/Shanghai", admin = "hr@x" }
dates = { forms = ["%Y-%m-%d"] }
department = { name = "D" }
"""
PERSON = 'candidate = { display_name = "N", external_id = "I" }\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('candidate = { display_name = "N" }\n', "a name alone does not tell"),
        (PERSON + 'attendance = { late = "L" }\n', "needs attendance.month"),
        (PERSON + 'attendance = { month = "M", day = "D" }\n', "a file is one of the two"),
        (PERSON + 'attendance = { day = "D" }\n', "one of clocked_in, clocked_out and leave"),
        (PERSON + 'attendance = { month = "M", lat = "L" }\n', "attendance.lat is not a key"),
        (PERSON + 'employment = { started_on = "S" }\n', "needs employment.title"),
        (PERSON + 'calendar = { schedule = ["always"] }\n', "calendar: "),
        (PERSON + 'attendance = { month = "M", late = "Sex" }\ndrop = ["sex"]\n', "which drop names"),
        (PERSON + 'attendance = { month = "M", silence = "MAYBE" }\n', "attendance.silence"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(text: str, why: str) -> None:
    given = "\n".join(sorted((BASE + text).strip().splitlines(), key=lambda line: "= {" in line))
    with pytest.raises(MappingError, match=why):
        parse_attendance_mapping(given)


def book_of(parts: dict[str, bytes]) -> bytes:
    """A small workbook with some of its parts replaced."""
    whole, made = io.BytesIO(), io.BytesIO()
    book = Workbook()
    assert book.active is not None
    book.active.append(["Name", "Late"])
    book.active.append(["A", 1])
    book.save(whole)
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in given.namelist():
            target.writestr(name, parts.get(name, given.read(name)))
        for name in parts.keys() - set(given.namelist()):
            target.writestr(name, parts[name])
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHS = (
    b"<!DOCTYPE l [<!ENTITY a '"
    + b"l" * 1000
    + b"'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + it, b"&%c;" % (97 + it) * 100) for it in range(4))
    + b"]>"
)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"xl/bomb.xml": b"\0" * (workbooks.MOST_UNPACKED + 1)}, "unpacks to more than 200 MB"),
        (
            {
                SHEET: b"<worksheet "
                + MAIN
                + b'><sheetData><row r="999999"><c r="A999999"><v>1</v></c></row></sheetData></worksheet>'
            },
            "500,000 rows",
        ),
        (
            {
                SHEET: b"<worksheet "
                + MAIN
                + b'><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
            },
            "500 columns",
        ),
        (
            {
                SHEET: LAUGHS
                + b"<worksheet "
                + MAIN
                + b'><sheetData><row r="1"><c r="A1" t="str"><v>&e;</v></c></row></sheetData></worksheet>'
            },
            "not a workbook that can be read",
        ),
        ({SHEET: b"<worksheet "}, "not a workbook that can be read"),
        ({"xl/workbook.xml": b"<workbook/>"}, "not a workbook that can be read|has no sheet"),
    ],
    ids=["bomb", "far row", "far column", "laughs", "broken", "no sheets"],
)
def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path, parts: dict[str, bytes], why: str) -> None:
    path = tmp_path / "given.xlsx"
    path.write_bytes(book_of(parts))
    began = datetime.now(UTC)
    with pytest.raises(Unreadable, match=why):
        read_table(path)
    assert datetime.now(UTC) - began < timedelta(seconds=30)


def test_old_workbooks_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(workbooks.OLD + b"\0" * 100)
    with pytest.raises(Unreadable, match="save it as XLSX or CSV"):
        read_table(path)


def test_a_sheet_is_found_by_its_name(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Wrong"])
    book.create_sheet("Late").append(["Name", None, "Late"])
    book.save(tmp_path / "two.xlsx")
    assert read_table(tmp_path / "two.xlsx", sheet="Late").header == ("Name", "", "Late")
    assert read_table(tmp_path / "two.xlsx").header == ("Wrong",)
    with pytest.raises(Unreadable, match='no sheet "Early"; it has Sheet, Late'):
        read_table(tmp_path / "two.xlsx", sheet="Early")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (3.0, "3"),
        (0.5, "0.5"),
        (datetime(2026, 10, 12), "2026-10-12"),  # noqa: DTZ001
        (datetime(2026, 10, 12, 9, 3), "2026-10-12 09:03:00"),  # noqa: DTZ001
        (time(9, 3), "09:03:00"),
        (timedelta(hours=25, minutes=1), "25:01:00"),
        ("=1+1", "=1+1"),
        (True, "True"),
    ],
)
def test_cells_read_as_text_would(value: Any, text: str) -> None:
    assert cell_text(value) == text


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        read_table(tmp_path / "none.csv")
