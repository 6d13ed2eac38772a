"""A mapping of work: how a monthly summary, the log of a clock or a list of goals becomes employments with records."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

from graph.instants import is_zone
from graph.organizations import NewOrganization
from graph.refusals import Locale
from graph.shifts import AttendanceKind, Calendar, NoCalendar, Silence
from seeds.mapping import (
    Dates,
    Field,
    Mapping,
    MappingError,
    Table,
    check_columns,
    fields_of,
    parse_dates,
    parse_delimiter,
    parse_encoding,
    parse_fields,
    parse_mapping,
    parse_organization,
)

KEYS = {
    "department.name": "department",
    "department.code": "department_code",
    "department.name_zh": "department_name_zh",
    "candidate.display_name": "display_name",
    "candidate.external_id": "external_id",
    "candidate.email": "email",
    "candidate.phone": "phone",
    "candidate.time_zone": "candidate_zone",
    "employment.title": "title",
    "employment.started_on": "started_on",
    "employment.ended_on": "ended_on",
    "employment.employer": "employer",
    "employment.consented_at": "consented_at",
    "employment.consent_source": "consent_source",
    "attendance.month": "month",
    "attendance.working_days": "working_days",
    "attendance.late": "late",
    "attendance.late_minutes": "late_minutes",
    "attendance.absent": "absent",
    "attendance.early_leave": "early_leave",
    "attendance.approved_leave": "approved_leave",
    "attendance.day": "day",
    "attendance.clocked_in": "clocked_in",
    "attendance.clocked_out": "clocked_out",
    "attendance.shift": "shift",
    "attendance.leave": "leave",
    "task.goal": "goal",
    "task.key": "goal_key",
    "task.starts_on": "goal_starts_on",
    "task.due_on": "goal_due_on",
    "task.target": "target",
    "task.result": "result",
    "task.completed": "completed",
    "task.share": "share",
}
COUNTED = {
    "attendance.late": AttendanceKind.LATE,
    "attendance.absent": AttendanceKind.ABSENT,
    "attendance.early_leave": AttendanceKind.EARLY_LEAVE,
    "attendance.approved_leave": AttendanceKind.APPROVED_LEAVE,
}
"""Columns of a flat summary, each a number."""
AWAY = ("attendance.absent", "attendance.approved_leave")
"""Those that take days of the working days."""
SUMMARY = ("attendance.month", "attendance.working_days", "attendance.late_minutes", *COUNTED)
LOG = tuple(f"attendance.{name}" for name in ("day", "clocked_in", "clocked_out", "shift", "leave"))
TASKS = tuple(key for key in KEYS if key.startswith("task."))
CONSENT = ("employment.consented_at", "employment.consent_source")
DONE = ("YES", "NO")
"""What a mapping reads of whether a goal was reached."""
TABLES = ("organization", "dates", "department", "candidate", "employment", "attendance", "task", "calendar")
OPTIONS = {"candidate.locale", "attendance.silence"}
REQUIRED = ("department.name", "candidate.display_name")
CLOCK = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p")
"""Times of day as clocks write them."""
FOLLOWING = re.compile(r"(2[4-9]|3\d|4[0-7]):([0-5]\d)(?::([0-5]\d))?")
"""Times of the following day, counted on from the midnight before the day, as a reckoned leaving time is."""
ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
"""How a workbook's days and times are read, whatever the mapping says of others."""


@dataclass(frozen=True, slots=True)
class AttendanceMapping:
    """How one kind of file becomes employments and attendance records, or goals, of one Organization.

    A summary has a month on each line, a log a day, a list of goals a goal; a file of employments alone has none.
    `calendar` judges a log; without it the Organization's own calendars do.
    """

    system: str
    organization: NewOrganization
    dates: Dates
    department: Field
    display_name: Field
    department_code: Field | None = None
    department_name_zh: Field | None = None
    external_id: Field | None = None
    email: Field | None = None
    phone: Field | None = None
    candidate_zone: Field | None = None
    title: Field | None = None
    started_on: Field | None = None
    ended_on: Field | None = None
    employer: Field | None = None
    consented_at: Field | None = None
    consent_source: Field | None = None
    month: Field | None = None
    working_days: Field | None = None
    late: Field | None = None
    late_minutes: Field | None = None
    absent: Field | None = None
    early_leave: Field | None = None
    approved_leave: Field | None = None
    day: Field | None = None
    clocked_in: Field | None = None
    clocked_out: Field | None = None
    shift: Field | None = None
    leave: Field | None = None
    goal: Field | None = None
    goal_key: Field | None = None
    goal_starts_on: Field | None = None
    goal_due_on: Field | None = None
    target: Field | None = None
    result: Field | None = None
    completed: Field | None = None
    share: Field | None = None
    calendar: Calendar | None = None
    silence: Silence = Silence.UNKNOWN
    locale: Locale = Locale.EN
    drop: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def fields(self) -> dict[str, Field]:
        """Each property that is read from the file, by its key in the mapping."""
        return fields_of(self, KEYS)


def read_plan(path: Path) -> Mapping | AttendanceMapping:
    """Reads a mapping, of interviews or of work; MappingError where it cannot be used."""
    try:
        text = path.read_text("utf-8")
        at_work = {"employment", "attendance", "task"} & tomllib.loads(text).keys()
        return parse_attendance_mapping(text) if at_work else parse_mapping(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path.name}: This is not TOML: {error}.") from error
    except MappingError as error:
        raise MappingError(f"{path.name}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name} cannot be read: {error}.") from error


def parse_attendance_mapping(text: str) -> AttendanceMapping:
    top = Table(tomllib.loads(text))
    top.allow({"system", "sheet", "encoding", "delimiter", "drop", *TABLES})
    tables = {name: top.table(name) for name in TABLES}
    tables["dates"].allow({"forms"})
    fields = parse_fields({name: tables[name] for name in TABLES[2:-1]}, KEYS, OPTIONS, REQUIRED)
    organization, read = parse_organization(tables["organization"]), parse_dates(tables["dates"])
    mapping = AttendanceMapping(
        system=top.text("system"),
        organization=organization,
        dates=Dates((*read.forms, *(form for form in ISO if form not in read.forms)), read.time_of_day),
        calendar=parse_calendar(tables["calendar"], organization.time_zone),
        silence=tables["attendance"].choice("silence", Silence, Silence.UNKNOWN),
        locale=tables["candidate"].choice("locale", Locale, Locale.EN),
        drop=tuple(top.texts("drop", ())),
        sheet=top.text("sheet", ""),
        encoding=parse_encoding(top),
        delimiter=parse_delimiter(top),
        **cast(Any, fields),
    )
    check(mapping)
    return mapping


def parse_calendar(table: Table, zone: str) -> Calendar | None:
    table.allow({"schedule", "exceptions", "grace_minutes", "time_zone"})
    if not table.values:
        return None
    zone = table.text("time_zone", zone)
    if not is_zone(zone):
        raise MappingError(f'calendar.time_zone: "{zone}" is not a zone of the IANA list.')
    grace = table.number("grace_minutes", 0, 0, 240)
    try:
        return Calendar.of_new_texts(zone, grace, table.texts("schedule"), table.texts("exceptions", ()))
    except NoCalendar as error:
        raise MappingError(f"calendar: {error}") from error


def check(mapping: AttendanceMapping) -> None:
    """What no key is at fault for alone."""
    check_columns(mapping.fields, mapping.drop)
    summary, log, tasks = ([key for key in keys if key in mapping.fields] for keys in (SUMMARY, LOG, TASKS))
    if summary and log:
        raise MappingError(f"{summary[0]} is of a monthly summary and {log[0]} of a log: a file is one of the two.")
    if tasks and (summary or log):
        raise MappingError(f"{(summary or log)[0]} is of attendance and {tasks[0]} of goals: a file is one of the two.")
    if tasks and (mapping.goal is None or mapping.goal_due_on is None):
        raise MappingError("Goals need task.goal and task.due_on: what was to be reached, and by when.")
    if mapping.result and not mapping.target:
        raise MappingError("task.result needs task.target: of how much.")
    if mapping.completed and (wrong := [value for value in mapping.completed.results if value not in DONE]):
        raise MappingError(f'task.completed: "{wrong[0]}" is neither YES nor NO.')
    if summary and mapping.month is None:
        raise MappingError(f"{summary[0]} needs attendance.month: of which month it tells.")
    if log and (mapping.day is None or not (mapping.clocked_in or mapping.clocked_out or mapping.leave)):
        raise MappingError("A log needs attendance.day, and one of clocked_in, clocked_out and leave.")
    if mapping.started_on and not mapping.title:
        raise MappingError("employment.started_on needs employment.title.")
    consent = [key for key in CONSENT if key in mapping.fields]
    if consent and not mapping.employer:
        raise MappingError(f"{consent[0]} needs employment.employer: to whose export people consented.")
    if mapping.employer and mapping.started_on and len(consent) < len(CONSENT):
        raise MappingError(
            f"employment.employer needs {' and '.join(CONSENT)}: another employer's export needs consent."
        )


def clock_time(text: str) -> time | None:
    """A time of day as a clock writes it."""
    for form in CLOCK:
        try:
            return datetime.strptime(" ".join(text.split()), form).time()  # noqa: DTZ007 - a time has no zone
        except ValueError:
            continue
    return None


def local_time(day: date, typed: str, dates: Dates, after: datetime | None = None) -> datetime | None:
    """The local time of a sign of a day: a time of day, or a date with one. `after`: when the same line began."""
    if (later := FOLLOWING.fullmatch(typed)) is not None:
        hours, minutes, seconds = (int(part or 0) for part in later.groups())
        return datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if (at := clock_time(typed)) is not None:
        local = datetime.combine(day, at)
        return local + timedelta(days=1) if after is not None and local < after else local
    found = dates.read(typed)
    return found[0] if found and found[1] else None
