"""Importing attendance: each line is in the graph or among the rejects, once, from text or from a workbook."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import Workbook

from graph import erasures, events
from graph.employments import NewEmployment
from graph.shifts import AttendanceKind, Calendar, Silence, past_midnight
from graph.statements import Count, Statement
from graph.timesheet_loading import Fate
from graph.timesheets import Fact, Granularity
from graph.writing import Graph
from seeds import attendance_importing, makers, workbooks
from seeds.attendance_importing import run_attendance_import
from seeds.attendance_mapping import AttendanceMapping, local_time, parse_attendance_mapping, read_plan
from seeds.attendance_summaries import AttendanceSummary
from seeds.mapping import Dates, Field, MappingError
from seeds.tables import Unreadable, read_table
from seeds.workbooks import cell_text
from tests.conftest import NOW, Ask, uid
from tests.test_importing import COUNT_WAYS
from tests.test_scores import Scored, scored

__all__ = ["scored"]

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
      records(first: 20, orderBy: DAY) { nodes { id kind day days minutes granularity } }
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
            return {row["turnout_line"]: row["turnout_reason"] for row in csv.DictReader(file)}

    async def size(self) -> tuple[int, int]:
        read = self.graph.client.read
        return (await read(COUNT_RECORDS))[0].count, (await read(COUNT_WAYS))[0].count


def importer(graph: Graph, folder: Path, name: str) -> Importer:
    plan = read_plan(MAPPINGS / f"{name}.toml")
    assert isinstance(plan, AttendanceMapping)
    return by_mapping(graph, folder, plan)


def by_mapping(graph: Graph, folder: Path, plan: AttendanceMapping) -> Importer:
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
    assert "The file does not tell working days: no attendance rate is made of it, and whoever was neither" in text


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
    assert flat.rejected()["8"] == DIFFERS
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
    await maker._work("erase", lambda desk: erasures.erase(desk, uid(person)))
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


LINES = "Name,Badge,Department,Title,Hired,Date,In,Out,Shift,Leave,Gender,Health note"
DAYS = """
{ departments { employments(first: 9) { nodes { records(first: 50, orderBy: DAY) { nodes { kind day } } } } } }
"""


def line(
    day: str, came: str, left: str, shift: str = "", leave: str = "", title: str = "Clerk", badge: str = "1"
) -> str:
    return f"张伟,{badge},Sales,{title},2026-01-05,2026-10-{day},{came},{left},{shift},{leave},,"


async def logged(ask: Ask, log: Importer, *lines: str) -> list[tuple[str, str]]:
    """Imports lines, vouched for; answers with the day and kind of all records."""
    log.mapping = replace(log.mapping, silence=Silence.ABSENT)
    await log(log.file("\n".join((LINES, *lines))))
    found = (await ask(DAYS, log.hr))["departments"]
    nodes = [it for each in found for job in each["employments"]["nodes"] for it in job["records"]["nodes"]]
    return sorted((it["day"][-2:], it["kind"]) for it in nodes)


BOTH = [("12", "PRESENT"), ("14", "PRESENT")]


@pytest.mark.parametrize(
    "refused",
    [
        line("13", "9h05", "18:00"),
        line("13", "09:00", "18:00", title="Senior clerk"),
        line("13", "09:00", "18:00", "EVENING"),
        line("13", "09:00", "18:00").replace("2026-01-05", "5 January"),
        line("13", "09:00", "18:00").replace("2026-01-05", "2026-01-06"),
        line("13", "09:00", "18:00", badge=""),
        line("1x", "09:00", "18:00"),
        line("13", "09:00", "18:00") + ",more",
        line("13", "09:00", "12:00") + "\n" + line("13", "1 o'clock", "18:00"),
        line("13", "09:00", "18:00", "NIGHT"),
    ],
)
async def test_a_refused_line_makes_nobody_absent(ask: Ask, log: Importer, refused: str) -> None:
    """Whatever is wrong with it, also where it does not tell whose it is, or of which day."""
    told = await logged(ask, log, line("12", "09:00", "18:00"), refused, line("14", "09:00", "18:00"))
    assert told == BOTH


async def test_a_line_beside_a_refused_one_is_refused_too(ask: Ask, log: Importer) -> None:
    """So that the file of rejects, corrected, tells the whole day."""
    lines = [line("13", "09:00", "12:00"), line("13", "1 o'clock", "18:00")]
    await logged(ask, log, line("12", "09:00", "18:00"), *lines, line("14", "09:00", "18:00"))
    assert log.rejected() == {
        "3": "Another line of this day is rejected.",
        "4": '"In": "1 o\'clock" is no time of day.',
    }
    mended = log.rejects.read_text("utf-8-sig").replace("1 o'clock", "13:00").splitlines()[1:]
    assert await logged(ask, log, *(each.rsplit(",", 2)[0] for each in mended)) == [BOTH[0], ("13", "PRESENT"), BOTH[1]]


async def test_a_line_of_a_log_is_held_where_something_is_made_of_it(ask: Ask, log: Importer) -> None:
    """Not on a day that asks for no work or is not over; outside of the employment it is rejected, as a month is."""
    held, free, silent = line("12", "09:00", "18:00"), line("17", "10:00", "11:00"), line("13", "", "")
    before = line("12", "09:00", "18:00").replace("2026-10-12", "2026-01-02")
    today = line("12", "09:00", "18:00").replace("2026-10-12", f"{NOW:%Y-%m-%d}")
    file = log.file("\n".join((LINES, held, before, free, silent, today)))
    for dry_run in (True, False):
        summary = await log(file, dry_run=dry_run)
        assert (summary.loaded, summary.idle, summary.new_records) == (1, 3, 1)
        assert log.rejected() == {"3": "No employment of this person covers that time."}
    text = "\n".join(summary.lines())
    assert "      3  lines that nothing is made of: the day asks for no work, is not over or stays unknown" in text
    mapping = {"ended_on": Field(("Leave",)), "leave": None}
    log.mapping = replace(log.mapping, **mapping)
    await log(log.file("\n".join((LINES, line("13", "09:00", "18:00", leave="2026-10-12")))))
    assert log.rejected() == {"2": "No employment of this person covers that time."}


async def test_who_comes_after_midnight_comes_to_the_night_of_the_line(ask: Ask, log: Importer) -> None:
    """Unless the sign has a date of its own."""
    night = line("12", "22:00", "06:00", "NIGHT"), line("14", "22:00", "06:00", "NIGHT")
    assert await logged(ask, log, night[0], line("13", "00:30", "06:00", "NIGHT"), night[1]) == [
        ("12", "PRESENT"),
        ("13", "LATE"),
        ("13", "PRESENT"),
        ("14", "PRESENT"),
    ]
    other = importer(log.graph, log.folder, "clock-log")
    other.mapping = replace(other.mapping, dates=Dates(("%Y-%m-%d", "%Y-%m-%d %H:%M"), time(9)))
    dated = line("13", "2026-10-13 00:30", "2026-10-13 06:00", "NIGHT")
    assert await logged(ask, other, dated, night[1]) == [("14", "PRESENT")]


async def test_a_leaving_time_that_was_reckoned_is_of_the_next_day(ask: Ask, log: Importer) -> None:
    """A workbook tells 22:00 and five hours as 1.125 days; a sign of another day altogether is no sign of this one."""
    reckoned = datetime(1900, 1, 1, 3)  # noqa: DTZ001
    text = "\n".join((LINES, line("12", "22:00", "reckoned", "NIGHT")))
    book = log.folder / "log.xlsx"
    await log(as_workbook(log.file(text), book, lambda _, text: reckoned if text == "reckoned" else text))
    assert (await logged(ask, log)) == [("12", "EARLY_LEAVE"), ("12", "PRESENT")]
    dated = line("13", "2026-10-13 22:00:00", "2026-10-16 06:00:00", "NIGHT")
    await logged(ask, log, dated, line("14", "22:00", "06:00", "NIGHT"))
    assert log.rejected() == {"2": '"Out": "2026-10-16 06:00:00" is more than two days from 2026-10-13.'}


def test_who_is_early_for_a_long_shift_has_not_come_after_midnight() -> None:
    whole = Calendar.of_texts("Asia/Shanghai", 5, ["MON-FRI 09:00-09:00"])
    day = date(2026, 10, 12)
    assert [past_midnight(whole, "", day, time(hour, 55)) for hour in (1, 8, 9)] == [True, False, False]


@pytest.mark.parametrize("again", [line("12", "08:55", "18:00"), line("12", "09:40", "18:00", leave="0.5")])
async def test_what_a_log_takes_back_is_rejected(ask: Ask, log: Importer, again: str) -> None:
    """Whole: nothing else of the line is written."""
    first = await logged(ask, log, line("12", "09:30", "17:00"))
    assert await logged(ask, log, again) == first == [("12", "EARLY_LEAVE"), ("12", "LATE"), ("12", "PRESENT")]
    assert log.rejected() == {"2": DIFFERS}


async def test_a_log_does_not_deny_what_a_person_corrected(ask: Ask, log: Importer) -> None:
    early = line("12", "09:30", "18:00")
    await logged(ask, log, early)
    found = (await ask(ROLLUP, log.hr, code="SALES"))["department"]["employments"]["nodes"][0]["records"]["nodes"]
    record = next(it["id"] for it in found if it["kind"] == "LATE")
    change = {"record": record, "reason": "Went early instead", "kind": "EARLY_LEAVE"}
    assert "id" in await ask.do("correctWorkAttendance", log.hr, **change)
    await logged(ask, log, early)
    assert not log.rejects.exists()
    await logged(ask, log, line("12", "09:00", "18:00"))
    assert log.rejected() == {"2": DIFFERS}


async def test_a_number_that_became_nothing_is_rejected(ask: Ask, graph: Graph, tmp_path: Path) -> None:
    """A number that is blank denies nothing."""
    own = mixed(graph, tmp_path)
    await own(months(own, f"{HERE},2026-09,3,1,22"))
    before = await own.size()
    for wrong in (f"{HERE},2026-09,0,1,22", f"{HERE},2026-09,3,0,", f"{HERE},2026-09,,0,"):
        summary = await own(months(own, wrong))
        assert (summary.new_records, own.rejected()) == (0, {"2": DIFFERS})
    await own(months(own, f"{HERE},2026-09,,1,22"))
    assert own.rejected() == {}
    assert await own.size() == before


async def test_a_month_that_cannot_be_costs_its_line_alone(graph: Graph, tmp_path: Path) -> None:
    own = mixed(graph, tmp_path)
    summary = await own(months(own, *(f"{HERE},{it},1,," for it in ("2026-09", "0000-01", "1900-01", "2026-12"))))
    assert summary.loaded == 1
    assert own.rejected() == {
        "3": '"Month": "0000-01" is a date in none of the forms that the mapping names.',
        "4": '"Month" is too long ago.',
        "5": '"Month" is in the future.',
    }


async def test_a_day_that_cannot_be_costs_its_line_alone(ask: Ask, log: Importer) -> None:
    """Also where no first day bounds it."""
    await logged(ask, log, line("12", "09:00", "18:00"))
    log.mapping = replace(log.mapping, title=None, started_on=None)
    days = [line("13", "09:00", "18:00").replace("2026-10-13", it) for it in ("2026-10-13", "0001-01-01", "2026-12-01")]
    assert await logged(ask, log, *days) == [("12", "PRESENT"), ("13", "PRESENT")]
    assert log.rejected() == {"3": '"Date" is too long ago.', "4": '"Date" is in the future.'}


async def test_nobody_was_present_by_a_blank_absence(ask: Ask, graph: Graph, tmp_path: Path) -> None:
    """Whatever the working days are: the number may come later."""
    own = mixed(graph, tmp_path, MONTHS.replace('absent = "Away"', 'absent = "Away", approved_leave = "Leave"'))

    async def told(*numbers: str) -> list[tuple[Any, ...]]:
        header = f"{WHO},Month,Late,Away,Leave,Due"
        await own(own.file("\n".join((header, *(f"{HERE},2026-09,{it}" for it in numbers)))))
        return days((await at_work(ask, own))[None])

    assert await told(",,1,22") == [("APPROVED_LEAVE", "2026-09-01", 1)]
    assert await told(",,23,22") == [("APPROVED_LEAVE", "2026-09-01", 1)]
    assert own.rejected() == {"2": '"Due": there are more days away than working days.'}
    assert await told(",2,1,22") == [
        ("ABSENT", "2026-09-01", 2),
        ("APPROVED_LEAVE", "2026-09-01", 1),
        ("PRESENT", "2026-09-01", 19),
    ]
    assert own.rejected() == {}


async def test_a_rejected_line_writes_nothing_of_itself(ask: Ask, graph: Graph, tmp_path: Path) -> None:
    own = mixed(graph, tmp_path)
    await own(months(own, f"{HERE},2026-09,3,,"))
    summary = await own(months(own, f"{HERE},2026-09,4,2,22", f"{HERE},2026-10,1,,"))
    assert (summary.new_records, own.rejected()) == (1, {"2": DIFFERS})
    assert days((await at_work(ask, own))[None]) == [("LATE", "2026-09-01", 3), ("LATE", "2026-10-01", 1)]


async def test_two_leaves_of_one_day_are_refused(ask: Ask, log: Importer) -> None:
    lines = [line("13", "", "", leave="1"), line("13", "", "", leave="0")]
    assert await logged(ask, log, line("12", "09:00", "18:00"), *lines, line("14", "09:00", "18:00")) == BOTH
    assert log.rejected()["4"] == "The leave of this day stands on another line already, and otherwise."


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
    assert local_time(day, "24:00", dates, came) == datetime(2026, 10, 13)  # noqa: DTZ001
    assert local_time(day, "27:30", dates) == datetime(2026, 10, 13, 3, 30)  # noqa: DTZ001
    assert local_time(day, "soon", dates) is None


MIXED = """
system = "hris"
organization = { name = "Mixed company", jurisdiction = "CN", time_zone = "Asia/Shanghai", admin = "hr@mixed.example" }
dates = { forms = ["%Y-%m-%d %H:%M"] }
department = { name = "Department" }
candidate = { display_name = "Name", email = "Mail" }
employment.title = "Title"
employment.started_on = "Hired"
employment.employer = { column = "Employer", values = { "Mixed company" = "" } }
employment.consented_at = "Consented"
employment.consent_source = "Consent"
"""
MONTHS = MIXED + 'attendance = { month = "Month", late = "Late", absent = "Away", working_days = "Due" }\n'
PRESENT = MONTHS.replace('employment.title = "Title"\nemployment.started_on = "Hired"\n', "")
"""The same of people whose employments must be there already."""
WHO = "Name,Mail,Department,Title,Hired,Employer,Consented,Consent"
HERE = "王芳,wang@example.com,Marketing,Clerk,2026-06-01,,,"
ELSEWHERE = "王芳,wang@example.com,Marketing,Clerk,2026-06-01,北辰科技,2026-11-01 16:00,form 17"
AT_WORK = """
{ department(code: "MARKETING") { employments(first: 20) { nodes {
  employer consentedAt consentSource source startedOn candidate { id }
  records(first: 20) { nodes { kind day days } } taskResults { nodes { goal share } }
} } } }
"""
DIFFERS = "The graph holds this otherwise, and an import changes nothing that is recorded."


def mixed(graph: Graph, folder: Path, text: str = MONTHS) -> Importer:
    """Imports files of which some lines tell of work at another employer."""
    return by_mapping(graph, folder, parse_attendance_mapping(text))


def months(of: Importer, *lines: str) -> Path:
    return of.file("\n".join((f"{WHO},Month,Late,Away,Due", *lines)))


async def at_work(ask: Ask, of: Importer) -> dict[str | None, Any]:
    """The employments in Marketing, by their employers."""
    nodes = (await ask(AT_WORK, of.hr))["department"]["employments"]["nodes"]
    found = {each["employer"]: each for each in nodes}
    assert len(found) == len(nodes)
    return found


def days(found: Any) -> list[tuple[Any, ...]]:
    return sorted((it["kind"], it["day"], it["days"]) for it in found["records"]["nodes"])


async def test_another_employers_lines_stand_beside_ones_own(ask: Ask, graph: Graph, tmp_path: Path) -> None:
    """Of one person, department, first day and month; the names of both employers are told by the same column."""
    here = HERE.replace(",,,", ",Mixed company,,")
    own = mixed(graph, tmp_path)
    file = months(own, f"{here},2026-09,1,,", f"{ELSEWHERE},2026-09,,2,22", f"{ELSEWHERE},2026-10,3,,")
    dry = await own(file, dry_run=True)
    summary = await own(file)
    assert dry.fates == summary.fates == {Fate.CREATED: 2}
    assert (dry.loaded, dry.new_records) == (summary.loaded, summary.new_records) == (3, 4)
    found = await at_work(ask, own)
    assert days(found[None]) == [("LATE", "2026-09-01", 1)]
    assert days(found["北辰科技"]) == [
        ("ABSENT", "2026-09-01", 2),
        ("LATE", "2026-10-01", 3),
        ("PRESENT", "2026-09-01", 20),
    ]
    told = [(it["consentedAt"], it["consentSource"], it["source"]) for it in (found[None], found["北辰科技"])]
    assert told == [(None, None, "hris"), ("2026-11-01T08:00:00Z", "form 17", "hris")]
    assert found[None]["candidate"] == found["北辰科技"]["candidate"]


async def test_another_employers_file_has_one_effect(ask: Ask, graph: Graph, tmp_path: Path) -> None:
    """Also under another spelling, and of months that come in without the employment itself."""
    own = mixed(graph, tmp_path)
    elsewhere = ELSEWHERE.replace("北辰科技", "Acme Ltd")
    await own(months(own, f"{HERE},2026-09,1,,", f"{elsewhere},2026-09,2,,"))
    before = await own.size()
    other = elsewhere.replace("Acme Ltd", "ACME  ltd")
    again = months(own, f"{other},2026-09,2,,", f"{HERE},2026-09,1,,")
    for dry_run in (True, False):
        summary = await own(again, dry_run=dry_run)
        assert (summary.loaded, summary.new_records, summary.fates) == (2, 0, {Fate.PRESENT: 2})
    assert await own.size() == before
    later = replace(own, mapping=replace(parse_attendance_mapping(PRESENT), organization=own.mapping.organization))
    summary = await later(months(own, f"{other},2026-10,4,,", f"{HERE},2026-10,3,,"))
    assert (summary.loaded, summary.new_records, summary.rejected.total()) == (2, 2, 0)
    found = await at_work(ask, own)
    assert days(found["Acme Ltd"]) == [("LATE", "2026-09-01", 2), ("LATE", "2026-10-01", 4)]
    assert days(found[None]) == [("LATE", "2026-09-01", 1), ("LATE", "2026-10-01", 3)]


async def test_no_line_is_taken_for_work_elsewhere(graph: Graph, tmp_path: Path) -> None:
    """Where one of the two is not there, its months are rejected and not told of the other."""
    for present, absent in ((HERE, ELSEWHERE), (ELSEWHERE, HERE)):
        own = mixed(graph, tmp_path)
        await own(months(own, f"{present},2026-09,1,,"))
        before = await own.size()
        later = replace(own, mapping=replace(parse_attendance_mapping(PRESENT), organization=own.mapping.organization))
        await later(months(own, f"{absent},2026-10,3,,"))
        assert later.rejected() == {"2": "No employment of this person covers that time."}
        assert await own.size() == before


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            ELSEWHERE.replace("2026-11-01 16:00", ""),
            '"Consented" is blank: another employer\'s records need its name, ',
        ),
        (ELSEWHERE.replace("form 17", ""), '"Consent" is blank: another employer\'s records need its name, '),
        (ELSEWHERE.replace("北辰科技", ""), '"Employer" is blank: another employer\'s records need its name, '),
        (ELSEWHERE.replace("北辰科技", "北" * 201), '"Employer": "北'),
        (ELSEWHERE.replace("2026-11-01 16:00", "2026-11-21"), '"Consented": "2026-11-21" cannot be.'),
        (ELSEWHERE.replace("2026-11-01 16:00", "0001-01-01"), '"Consented": "0001-01-01" cannot be.'),
        (ELSEWHERE.replace("2026-11-01 16:00", "soon"), '"Consented": "soon" is a date in none of the forms'),
    ],
)
async def test_another_employers_line_is_refused_without_consent(
    ask: Ask, graph: Graph, tmp_path: Path, line: str, reason: str
) -> None:
    own = mixed(graph, tmp_path)
    file = months(own, f"{line},2026-09,1,,", f"{HERE},2026-09,1,,")
    for dry_run in (True, False):
        summary = await own(file, dry_run=dry_run)
        assert (summary.loaded, summary.fates) == (1, {Fate.CREATED: 1})
        assert own.rejected().keys() == {"2"}
        assert own.rejected()["2"].startswith(reason)
    assert (await at_work(ask, own)).keys() == {None}


async def test_a_consent_told_otherwise_is_rejected(graph: Graph, tmp_path: Path) -> None:
    """Within a file by its first line, and later by what the graph holds, first dry."""
    own = mixed(graph, tmp_path)
    other = ELSEWHERE.replace("form 17", "form 18")
    await own(months(own, f"{ELSEWHERE},2026-09,1,,", f"{other},2026-10,1,,"))
    assert own.rejected() == {"3": "This person's work stands on line 2 already, and otherwise."}
    for line in (other, ELSEWHERE.replace("2026-11-01", "2026-11-02")):
        for dry_run in (True, False):
            summary = await own(months(own, f"{line},2026-10,1,,"), dry_run=dry_run)
            assert (summary.fates, summary.new_records) == ({Fate.REFUSED: 1}, 0)
            assert own.rejected() == {"2": DIFFERS}


async def test_a_dry_run_tells_of_a_last_day(flat: Importer) -> None:
    await flat(FLAT)
    ended = flat.file(FLAT.read_text("utf-8").replace("10/27/2008,", "10/27/2008,3/29/2019"))
    assert (await flat(ended, dry_run=True)).fates == (await flat(ended)).fates


async def test_a_constant_consent_is_of_the_lines_with_an_employer(ask: Ask, graph: Graph, tmp_path: Path) -> None:
    """And a consent of the present day, whose time is not told, was given before now."""
    text = MONTHS.replace('"Consented"', '{ constant = "2026-11-20" }').replace('"Consent"', '{ constant = "form" }')
    own = mixed(graph, tmp_path, text)
    summary = await own(months(own, f"{HERE},2026-09,1,,", f"{ELSEWHERE},2026-09,1,,"))
    assert (summary.loaded, summary.rejected.total()) == (2, 0)
    found = await at_work(ask, own)
    told = [(it["consentedAt"], it["consentSource"]) for it in (found[None], found["北辰科技"])]
    assert told == [(None, None), ("2026-11-19T16:00:00Z", "form")]


async def test_work_elsewhere_recorded_before_is_found(ask: Ask, graph: Graph, tmp_path: Path) -> None:
    """Recorded by a mutation, and refused as by it where the days overlap."""
    own = mixed(graph, tmp_path)
    await own(months(own, f"{HERE},2026-09,1,,"))
    department = (await ask('{ department(code: "MARKETING") { id } }', own.hr))["department"]["id"]
    job = {
        "department": department,
        "candidate": {"displayName": "王芳", "email": "wang@example.com"},
        "title": "Clerk",
        "startedOn": "2026-06-01",
        "employer": "北辰科技",
        "consentedAt": "2026-11-01T08:00:00Z",
        "consentSource": "form 17",
    }
    assert "id" in await ask.do("recordEmployment", own.hr, **job)
    summary = await own(months(own, f"{ELSEWHERE},2026-09,2,,"))
    assert (summary.fates, summary.new_records) == ({Fate.PRESENT: 1}, 1)
    assert days((await at_work(ask, own))["北辰科技"]) == [("LATE", "2026-09-01", 2)]
    moved = ELSEWHERE.replace("2026-06-01", "2026-07-01")
    await own(months(own, f"{moved},2026-09,2,,"))
    assert own.rejected() == {"2": "The graph holds another employment of this person in that time."}


async def test_work_elsewhere_weighs_as_by_a_mutation(scored: Scored, tmp_path: Path) -> None:
    """Label and score go by what was told, whichever way it came."""
    company = scored.company
    told, sent = company.person(), company.person()
    applications = [await company.application("marketing", each) for each in (told, sent)]
    for each in applications:
        await scored.no_show(each)
    company.at(days=5)
    consent = {"consented_at": NOW - timedelta(days=9), "consent_source": "form 17"}
    job = NewEmployment(company.departments["marketing"], told, "Clerk", date(2026, 6, 1), None, "北辰科技", **consent)
    month = {"day": date(2026, 9, 1), "granularity": Granularity.MONTH}
    facts = [Fact(AttendanceKind.LATE, days=3, **month), Fact(AttendanceKind.PRESENT, days=22, out_of=22, **month)]
    await company.hr.work_attendance(await company.hr.employment(job), "hris", *facts)
    own = mixed(company.hr.graph, tmp_path)
    place = replace(own.mapping.organization, name=f"Company {company.tag}", admin=company.user("hr"))
    own.mapping = replace(own.mapping, organization=place)
    assert sent.email
    line = ELSEWHERE.replace("wang@example.com", sent.email)
    summary = await own(months(own, f"{line},2026-09,3,0,22"))
    assert (summary.new_records, summary.new_organization) == (2, False)
    selection = "labels { name } score { factors { dimension rawValue observations } }"
    one, other = [await scored.of(each, "marketing", selection) for each in applications]
    assert one["labels"] == other["labels"] != []
    assert one["score"] == other["score"]


async def test_ones_own_calendar_judges_nobody_elsewhere(ask: Ask, graph: Graph, tmp_path: Path) -> None:
    own = mixed(graph, tmp_path, MIXED + 'attendance = { day = "Day", clocked_in = "In" }\n')
    signs = own.file("\n".join((f"{WHO},Day,In", f"{HERE},2026-10-12,09:20", f"{ELSEWHERE},2026-10-12,09:20")))
    await own(signs)
    calendar = {"validFrom": "2026-10-12", "timeZone": "Asia/Shanghai", "schedule": ["MON-FRI 09:00-18:00"]}
    assert "id" in await ask.do("setWorkCalendar", own.hr, **calendar)
    await own(signs)
    assert own.rejected() == {"3": "The work calendar of 2026-10-12 is not there."}
    schedule = 'calendar = { schedule = ["MON-FRI 10:00-18:00"] }\n'
    given = parse_attendance_mapping(MIXED + schedule + 'attendance = { day = "Day", clocked_in = "In" }\n')
    own.mapping = replace(given, organization=own.mapping.organization)
    await own(own.file("\n".join((f"{WHO},Day,In", f"{ELSEWHERE},2026-10-12,09:20"))))
    found = await at_work(ask, own)
    assert [{kind for kind, _, _ in days(found[it])} for it in (None, "北辰科技")] == [{"LATE", "PRESENT"}, {"PRESENT"}]


async def test_goals_elsewhere_need_consent_too(ask: Ask, graph: Graph, tmp_path: Path) -> None:
    own = mixed(graph, tmp_path, MIXED + 'task = { goal = "Goal", due_on = "Due", share = "Share" }\n')
    blank = ELSEWHERE.replace("form 17", "").replace("北辰科技", "Acme")
    lines = (f"{HERE},Sell,2026-09-30,50%", f"{ELSEWHERE},Sell,2026-09-30,90%", f"{blank},Sell,2026-09-30,10%")
    file = own.file("\n".join((f"{WHO},Goal,Due,Share", *lines)))
    for new in (2, 0):
        summary = await own(file)
        assert (summary.loaded, summary.new_records, summary.goals) == (2, new, 2)
        assert own.rejected().keys() == {"4"}
    found = await at_work(ask, own)
    assert {employer: it["taskResults"]["nodes"] for employer, it in found.items()} == {
        None: [{"goal": "Sell", "share": 0.5}],
        "北辰科技": [{"goal": "Sell", "share": 0.9}],
    }


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
        (PERSON + 'employment = { consented_at = "C" }\n', "consented_at needs employment.employer"),
        (
            PERSON + 'employment = { title = "T", started_on = "S", employer = "E", consented_at = "C" }\n',
            "employment.employer needs employment.consented_at and employment.consent_source",
        ),
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


def formula(cell: bytes) -> bytes:
    rows = b'<row r="1"><c r="A1" t="str"><v>Name</v></c></row><row r="2">' + cell + b"</row>"
    return b"<worksheet " + MAIN + b"><sheetData>" + rows + b"</sheetData></worksheet>"


def test_a_formula_reads_as_what_it_came_to(tmp_path: Path) -> None:
    """Where a program wrote it and did not reckon, a blank would be taken for nothing."""
    path = tmp_path / "given.xlsx"
    for cell, text in {
        b'<c r="A2"><f>1+1</f><v>2</v></c>': "2",
        b'<c r="A2" t="str"><f>IF(1,"","x")</f><v></v></c><c r="B2"><v>3</v></c>': "",
        b'<c r="A2" t="str"><f>"x"</f><v>x</v></c>': "x",
        b'<c r="A2" t="inlineStr"><f>"x"</f><is><t>x</t></is></c>': "x",
    }.items():
        path.write_bytes(book_of({SHEET: formula(cell)}))
        _, rows = workbooks.read_workbook(path)
        assert rows[1][0] == text
    prefixed = formula(b'<c r="A2"><f>1+1</f></c>').replace(b"xmlns=", b"xmlns:x=")
    prefixed = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", prefixed)
    unreckoned = [
        b'<c r="A2"><f>1+1</f><v/></c>',
        b'<c r="A2"><f t="shared" si="0"/></c>',
        b'<c r="A2" t="str"><f>1</f></c>',
    ]
    for sheet in (*map(formula, unreckoned), prefixed):
        path.write_bytes(book_of({SHEET: sheet}))
        with pytest.raises(Unreadable, match="formula in A2 and not what it comes to"):
            read_table(path)


def test_old_workbooks_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(workbooks.OLD + b"\0" * 100)
    with pytest.raises(Unreadable, match="save it as XLSX or CSV"):
        read_table(path)


def test_a_hidden_sheet_is_read_only_by_its_name(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Hidden"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Late").append(["Name", "Late"])
    book.save(tmp_path / "two.xlsx")
    assert read_table(tmp_path / "two.xlsx").header == ("Name", "Late")
    assert read_table(tmp_path / "two.xlsx", sheet="Sheet").header == ("Hidden",)


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
        (time(9, 3, 1, 500_000), "09:03:01"),
        (datetime(1900, 1, 1), "24:00:00"),  # noqa: DTZ001
        (datetime(1900, 1, 1, 3), "27:00:00"),  # noqa: DTZ001
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
