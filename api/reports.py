"""Reports as files: what `analytics` answers to a user, as CSV or XLSX, with no cell that runs as a formula."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from api.settings import SetupError
from graph.refusals import Locale
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.ids import from_global

Cell = str | int | float | None
DECIMALS = 4
"""Of a rate in a report."""
SHEET = 31
"""Letters of a sheet's name, of which some may stand in none."""
_SHEET = re.compile(r"[\[\]:*?/\\]")
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the start of a formula, full-width signs too; OWASP, CSV Injection."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report or a chart is about: for whom, from when until when, of which department or employment, how
    grouped; `since` when something was changed."""

    user: str
    start: str | None
    end: str | None
    department: str | None
    by: str
    locale: Locale
    employment: str | None = None
    since: str | None = None

    @property
    def variables(self) -> dict[str, Any]:
        return {
            "from": self.start,
            "to": self.end,
            "department": self.department,
            "employment": self.employment,
            "by": self.by,
            "locale": self.locale.value,
        }

    def say(self, chinese: str, english: str) -> str:
        return chinese if self.locale is Locale.ZH_CN else english


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


NO_SHOWS = """
query NoShowsReport($by: NoShowsBy!, $from: DateTime, $to: DateTime, $department: ID, $locale: Locale!) {
  analytics { noShows(by: $by, from: $from, to: $to, department: $department) {
    groups { key label(locale: $locale) own invited accepted settled attended missed noShows rate { value low high } }
    total { own invited accepted settled attended missed noShows rate { value low high } }
  } }
}
"""
COST = """
query CostReport($from: DateTime, $to: DateTime, $department: ID) {
  analytics { cost(from: $from, to: $to, department: $department) {
    rates { version currency } byMode { mode missed cost }
    loss { missed interviews resumes { low high } hours { low high } recruiting { low high } total { low high }
      days { low high } }
    withMissed { positions median } without { positions median } extraDays
  } }
}
"""
_COUNTS = """
fragment Counts on WorkAttendanceGroup {
  key employees lateCount lateEmployees absentDays absentEmployees earlyLeaveCount attendanceRate
}
"""
ATTENDANCE = (
    """
query AttendanceReport($department: ID!, $by: WorkAttendanceBy!, $from: Date, $to: Date) {
  node(id: $department) { ... on Department {
    name nameZh
    groups: workAttendance(by: $by, from: $from, to: $to) { ...Counts }
  } }
}
"""
    + _COUNTS
)
ATTENDANCE_OF_ALL = (
    """
query AttendanceReport($from: Date, $to: Date) {
  node: organization { name nameZh }
  departments { groups: workAttendance(by: DEPARTMENT, from: $from, to: $to) { ...Counts } }
}
"""
    + _COUNTS
)
ATTENDANCE_OF_ONE = (
    """
query AttendanceReport($employment: ID!, $from: Date, $to: Date) {
  node(id: $employment) { ... on Employment {
    candidate { displayName }
    groups: attendanceByMonth(from: $from, to: $to) { ...Counts }
  } }
}
"""
    + _COUNTS
)


PLACE = "query Place($code: String!) { department(code: $code) { id } }"
NAMES = "{ departments { id code name nameZh } }"


async def ask(graph: Graph, answerer: Answerer, text: str, asked: Asked, field: str, **more: Any) -> dict[str, Any]:
    """A field of analytics as the user's own question would be answered; SetupError says why there is no answer."""
    data = await _answer(graph, answerer, text, asked, **more)
    analytics = data and data["analytics"]
    if not analytics or analytics[field] is None:
        raise SetupError(f"{asked.user} has no such department of their own, or may not read analytics.")
    return analytics[field]


async def attendance_of(graph: Graph, answerer: Answerer, asked: Asked) -> tuple[str, list[dict[str, Any]]]:
    """Whose attendance at work it is, by name, and what is told of it: a group a month, or a department under its name;
    SetupError where nothing is."""
    days = replace(asked, start=asked.start and asked.start[:10], end=asked.end and asked.end[:10])
    data = await _answer(graph, answerer, _attendance_query(asked), days)
    found = (data and data["node"]) or {}
    places = data["departments"] if data and "departments" in data else [found]
    # Each department tells of those below it, too.
    groups = list({group["key"]: group for place in places for group in place.get("groups", ())}.values())
    if not groups:
        of = asked.department or asked.employment or "any department"
        raise SetupError(f"{asked.user} sees no attendance at work of {of} in that time.")
    if asked.employment is not None:
        return found["candidate"]["displayName"], groups
    if asked.by == "DEPARTMENT":
        groups = await _named(graph, answerer, groups, asked)
    return _name(found, asked), groups


def _attendance_query(asked: Asked) -> str:
    if asked.department is None and asked.by == "DEPARTMENT":
        return ATTENDANCE_OF_ALL
    if (asked.department is None) == (asked.employment is None):
        raise SetupError(
            "Attendance at work by month is a department's or a person's: name it by --department, with its code or "
            "id, or by --employment, with its id."
        )
    return ATTENDANCE if asked.employment is None else ATTENDANCE_OF_ONE


async def _named(graph: Graph, answerer: Answerer, groups: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    """Groups of departments under their names, and in the order of these, in place of their codes."""
    codes = {group["key"] for group in groups}
    found = [each for each in await _departments(graph, answerer, asked) if each["code"] in codes]
    names = dict(zip((each["code"] for each in found), told_apart(found, asked), strict=True))
    return sorted(({**group, "key": names[group["key"]]} for group in groups), key=lambda group: group["key"])


async def _departments(graph: Graph, answerer: Answerer, asked: Asked) -> list[dict[str, Any]]:
    data = await _answer(graph, answerer, NAMES, replace(asked, department=None))
    return data["departments"] if data else []


def told_apart(departments: Sequence[Mapping[str, Any]], asked: Asked) -> list[str]:
    """The departments' names, behind one that occurs twice the code: in a chart they would fall on one place."""
    names = [_name(each, asked) for each in departments]
    often = Counter(names)
    return [
        asked.say(f"{name}（{each['code']}）", f"{name} ({each['code']})") if often[name] > 1 else name
        for name, each in zip(names, departments, strict=True)
    ]


def _name(found: Mapping[str, Any], asked: Asked) -> str:
    return asked.say(found["nameZh"] or found["name"], found["name"])


async def _answer(graph: Graph, answerer: Answerer, text: str, asked: Asked, **more: Any) -> dict[str, Any] | None:
    context = Context(graph, Viewers(graph), subject=asked.user)
    if asked.department is not None and from_global(asked.department)[0] != "Department":
        asked = replace(asked, department=await _id_of(asked.department, context, answerer))
    answer = await answerer.answer(text, context, variables={**asked.variables, **more})
    if answer.errors:
        raise SetupError(answer.errors[0].message)
    return answer.data


async def _id_of(code: str, context: Context, answerer: Answerer) -> str:
    """The id of the department that has a code, as far as the user sees it."""
    answer = await answerer.answer(PLACE, context, variables={"code": code})
    if not (found := answer.data and answer.data["department"]):
        raise SetupError(f"{context.subject} sees no department whose code or id is {code}.")
    return found["id"]


_HEADINGS = (
    ("分组", "Group"),
    ("邀约", "Invited"),
    ("已接受", "Accepted"),
    ("已有结果", "Settled"),
    ("到面", "Attended"),
    ("未到面", "Missed"),
    ("爽约", "No-shows"),
    ("未到面率", "Rate"),
    ("95%区间下限", "Low 95 %"),
    ("95%区间上限", "High 95 %"),
)
_NUMBERS = ("invited", "accepted", "settled", "attended", "missed", "noShows")


async def no_shows_of(graph: Graph, answerer: Answerer, asked: Asked) -> dict[str, Any]:
    """What is told of no-shows; departments stand under names that tell them apart, in the order of these."""
    found = await ask(graph, answerer, NO_SHOWS, asked, "noShows")
    if asked.by != "DEPARTMENT":
        return found
    keys = {group["key"] for group in found["groups"]}
    places = [each for each in await _departments(graph, answerer, asked) if each["id"] in keys]
    names = dict(zip((each["id"] for each in places), told_apart(places, asked), strict=True))
    groups = [{**group, "label": names[group["key"]]} for group in found["groups"]]
    return {**found, "groups": sorted(groups, key=lambda group: group["label"])}


async def no_shows(graph: Graph, answerer: Answerer, asked: Asked) -> Table:
    found = await no_shows_of(graph, answerer, asked)
    headings = tuple(asked.say(*words) for words in _HEADINGS)
    rows = [_row(group["label"], group) for group in found["groups"]]
    if found["total"]:
        rows.append(_row(asked.say("合计", "Total"), found["total"]))
    return Table(asked.say("爽约统计", "No-shows"), headings, tuple(rows))


def _row(label: str | None, group: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (label, *(group[name] for name in _NUMBERS), *with_interval(group["rate"]))


async def cost(graph: Graph, answerer: Answerer, asked: Asked) -> Table:
    found = await ask(graph, answerer, COST, asked, "cost")
    loss, currency = found["loss"], found["rates"]["currency"]
    say = asked.say

    def ranged(label: str, of: Mapping[str, float], unit: str) -> tuple[Cell, ...]:
        return label, of["low"], of["high"], unit

    rows: list[tuple[Cell, ...]] = [
        (say("未到面的面试", "Interviews missed"), loss["missed"], loss["missed"], ""),
        (say("面试成本", "Interviews lost"), loss["interviews"], loss["interviews"], currency),
        ranged(say("重新筛选简历", "CVs drawn again"), loss["resumes"], ""),
        ranged(say("招聘工时", "Recruiter hours"), loss["hours"], say("小时", "hours")),
        ranged(say("工时成本", "Recruiter hours in money"), loss["recruiting"], currency),
        ranged(say("合计", "Total"), loss["total"], currency),
        ranged(say("补位所需", "To fill a place again"), loss["days"], say("工作日", "working days")),
    ]
    for name, label in (
        ("withMissed", say("有有效爽约的岗位用时（中位数）", "Days to fill, with no-shows that count (median)")),
        ("without", say("无有效爽约的岗位用时（中位数）", "Days to fill, without (median)")),
    ):
        rows.append((label, found[name]["median"], found[name]["median"], f"n = {found[name]['positions']}"))
    headings = (say("项目", "Item"), say("最低", "Least"), say("最高", "Most"), say("单位", "Unit"))
    return Table(say("爽约成本", "Cost of no-shows"), headings, tuple(rows))


COUNTED = {
    "employees": ("有记录的人数", "People with a record"),
    "lateCount": ("迟到次数", "Late"),
    "lateEmployees": ("迟到人数", "People late"),
    "absentDays": ("旷工天数", "Days absent"),
    "absentEmployees": ("旷工人数", "People absent"),
    "earlyLeaveCount": ("早退次数", "Left early"),
    "attendanceRate": ("出勤率", "Attendance rate"),
}
"""What is told of a month or a department at work, in words."""


async def attendance(graph: Graph, answerer: Answerer, asked: Asked) -> Table:
    """A row a month or a department; the rate is empty where no source tells of presence."""
    name, groups = await attendance_of(graph, answerer, asked)
    first = asked.say("部门", "Department") if asked.by == "DEPARTMENT" else asked.say("月份", "Month")
    headings = (first, *(asked.say(*words) for words in COUNTED.values()))
    rows = tuple((group["key"], *(short(group[key]) for key in COUNTED)) for group in groups)
    return Table(asked.say(f"{name}考勤", f"Attendance of {name}"), headings, rows)


def with_interval(rate: Mapping[str, float] | None) -> tuple[Cell, Cell, Cell]:
    """A rate and the ends of its interval; empty where it is not told."""
    if rate is None:
        return None, None, None
    return short(rate["value"]), short(rate["low"]), short(rate["high"])


def short(number: float | None) -> float | None:
    """A number with as many decimals as a report has."""
    return None if number is None else round(number, DECIMALS)


def guarded(cell: Cell) -> Cell:
    """A text that a spreadsheet would run is shown instead: a quote stands before it. Control characters, which a
    sheet cannot hold, are left out first."""
    if not isinstance(cell, str):
        return cell
    shown = ILLEGAL_CHARACTERS_RE.sub("", cell)
    return f"'{shown}" if shown.startswith(STARTS_FORMULA) else shown


def as_csv(table: Table) -> bytes:
    """With a byte order mark, without which Excel reads Chinese as Latin."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([guarded(heading) for heading in table.headings])
    writer.writerows([guarded(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _SHEET.sub(" ", ILLEGAL_CHARACTERS_RE.sub("", table.title))[:SHEET]
    for row in (table.headings, *table.rows):
        sheet.append([guarded(cell) for cell in row])
    sheet.freeze_panes = "A2"
    _widen(sheet, [table.headings, *table.rows])
    book.properties.creator = "Turnout"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _widen(sheet: Any, rows: Iterable[Sequence[Cell]]) -> None:
    for number, cells in enumerate(zip(*rows, strict=True)):
        wide = max(sum(2 if ord(letter) > 0x2E80 else 1 for letter in str(cell or "")) for cell in cells)
        sheet.column_dimensions[chr(ord("A") + number)].width = min(wide, 60) + 2


FORMS: Mapping[str, Callable[[Table], bytes]] = {".csv": as_csv, ".xlsx": as_xlsx}


def form_of(file: Path) -> Callable[[Table], bytes]:
    if file.suffix.lower() not in FORMS:
        raise SetupError(f"{file.name} ends in neither of {', '.join(FORMS)}.")
    return FORMS[file.suffix.lower()]
