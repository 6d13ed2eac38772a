"""Importing of work: lines of a file become employments and their records in the graph, or rejects with a reason."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from graph import goals, settling, timesheet_loading, timesheets, work_calendars
from graph.candidates import Person
from graph.employments import NewEmployment, employment_refusal
from graph.goals import Goal
from graph.instants import day_in, midnight
from graph.loading import Importer
from graph.names import normalised_name
from graph.refusals import OLDEST, Code
from graph.settling import NewDepartment
from graph.shifts import AttendanceKind, Calendar, Calendars, Clocked, Sign, Silence, clocked, judged, past_midnight
from graph.timesheet_loading import Dossier, Fate, Line, Loaded
from graph.timesheets import Fact, Granularity
from graph.visibility import FIND_VIEWER, Viewer
from graph.writing import Graph
from seeds.attendance_mapping import AWAY, CONSENT, COUNTED, DONE, AttendanceMapping, clock_time, local_time
from seeds.attendance_summaries import AttendanceSummary
from seeds.importing import MANY, identities, importer_of, opened, refuse
from seeds.reading import Reader, Unfit
from seeds.tables import Record, Reject, read_table

Value = TypeVar("Value")
CHUNK = 20
"""People in one transaction."""
MONTH = re.compile(r"([1-9]\d{3})[-/](\d{1,2})")
BESIDE = timedelta(days=2)
"""How far the date of a sign may lie from the day of its line: no shift is as long, nor anybody as late."""
EMPLOYMENT_KEYS = {
    "title": "employment.title",
    "startedOn": "employment.started_on",
    "endedOn": "employment.ended_on",
    "employer": "employment.employer",
    "consentedAt": "employment.consented_at",
    "consentSource": "employment.consent_source",
}
GOAL_KEYS = {
    "goal": "task.goal",
    "startsOn": "task.starts_on",
    "dueOn": "task.due_on",
    "target": "task.target",
    "result": "task.result",
    "completed": "task.completed",
    "share": "task.share",
}
REASONS = {
    Code.NOT_EMPLOYED: "No employment of this person covers that time.",
    Code.RECORDED_OTHERWISE: "The graph holds this otherwise, and an import changes nothing that is recorded.",
    Code.ALREADY_EMPLOYED: "The graph holds another employment of this person in that time.",
    Code.DEPARTMENT_CLOSED: "The department is closed in the graph.",
}


@dataclass(frozen=True, slots=True)
class Signs:
    """When somebody came and left by one line, in local time; `dated` where one of the two was told with its date."""

    day: date
    came: datetime | None
    left: datetime | None
    dated: bool
    record: Record

    def are_late(self, shift: str, calendar: Calendar) -> bool:
        """Whether they lie past the midnight that the line's shift passes: its day is the one the shift began on."""
        if self.came is None or self.dated:
            return False
        return past_midnight(calendar, shift, self.day, self.came.time())

    def of(self, shift: str, calendar: Calendar) -> Iterator[tuple[datetime, Sign]]:
        late = timedelta(days=self.are_late(shift, calendar))
        if self.came is not None:
            yield self.came + late, Sign.IN
        if self.left is not None:
            yield self.left + (late if self.left.date() == self.day else timedelta()), Sign.OUT


@dataclass(slots=True)
class Stay:
    """One person's work in one department, gathered from the lines that tell of it."""

    id: str
    department: NewDepartment
    person: Person
    title: str
    started_on: date | None
    ended_on: date | None
    employer: str | None
    consented_at: datetime | None
    consent_source: str | None
    first: Record
    records: list[Record] = field(default_factory=list[Record])
    lines: list[tuple[Line, list[Record]]] = field(default_factory=list[tuple[Line, list[Record]]])
    goals: list[tuple[Goal, Record]] = field(default_factory=list[tuple[Goal, Record]])
    months: dict[date, tuple[Line, Record]] = field(default_factory=dict[date, tuple[Line, Record]])
    days: dict[str, dict[date, list[Record]]] = field(default_factory=dict[str, dict[date, list[Record]]])
    signs: dict[str, list[Signs]] = field(default_factory=dict[str, list[Signs]])
    leave: dict[date, float] = field(default_factory=dict[date, float])

    @property
    def who(self) -> tuple[str, ...]:
        return known_as(self.person)

    @property
    def agreed(self) -> tuple[object, ...]:
        """What all of its lines must say alike, beside what its id is made of."""
        return self.person, self.title, self.ended_on, self.consented_at, self.consent_source

    def spans(self, day: date) -> bool:
        """Whether the person worked there on that day, as far as the file tells."""
        ended = self.ended_on is not None and day > self.ended_on
        return not ended and (self.started_on is None or day >= self.started_on)

    def dossier(self, department: str, system: str) -> Dossier:
        return Dossier(
            self.id,
            department,
            self.person,
            system,
            self.title,
            self.started_on,
            self.ended_on,
            self.employer,
            self.consented_at,
            self.consent_source,
            tuple(line for line, _ in self.lines),
            tuple(goal for goal, _ in self.goals),
        )


def known_as(person: Person) -> tuple[str, ...]:
    """What tells one person from another."""
    return *(it.value for it in person.external_ids), person.email or "", person.phone or ""


async def run_attendance_import(
    graph: Graph,
    file: Path,
    mapping: AttendanceMapping,
    *,
    dry_run: bool,
    rejects: Path,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> AttendanceSummary:
    """Imports a file: every line is in the graph afterwards, or in `rejects` with the reason, or of a log and counted
    as one that nothing is made of.

    Each chunk of people is written whole or not at all and knows what is there already, so a run may be killed and
    repeated. `progress` is told how many lines of how many are done. Raises NotImported before anything is written.
    """
    began = time.monotonic()
    reads = partial(read_table, file, encoding=mapping.encoding, delimiter=mapping.delimiter, sheet=mapping.sheet)
    table, columns = await opened(file, rejects, mapping.fields, reads)
    summary = AttendanceSummary(file.name, mapping, table, mapping.organization.time_zone, dry_run)
    importer = await importer_of(graph, mapping.organization, summary, dry_run=dry_run, now=now)
    identify = await identities(graph, mapping.system, importer)
    reading = AttendanceReading(
        mapping,
        table,
        mapping.fields,
        columns,
        identify,
        mapping=mapping,
        zone=importer.zone,
        today=day_in(now, importer.zone),
        now=now,
        summary=summary,
    )
    reading.read()
    places = await _settle(graph, importer, reading, dry_run=dry_run, now=now)
    viewer = await _viewer(graph, mapping, importer)
    await reading.judge(graph, viewer, places)
    stays, total = list(reading.stays.values()), len(table.records)
    done, tell = total - sum(len(stay.records) for stay in stays), progress or (lambda done, total: None)
    tell(done, total)
    for start in range(0, len(stays), CHUNK):
        some = stays[start : start + CHUNK]
        dossiers = [stay.dossier(places.get(stay.department.code, ""), mapping.system) for stay in some]
        passed = timedelta(seconds=time.monotonic() - began)
        outcomes = await _fates(graph, viewer, dossiers, dry_run=dry_run, now=now + passed)
        done += sum(len(stay.records) for stay in some)
        for stay, outcome in zip(some, outcomes, strict=True):
            reading.close(stay, outcome)
        tell(done, total)
    if not dry_run and total >= MANY:
        await graph.client.replan()
    await refuse(summary, reading.rejects, rejects)
    return summary


async def _fates(
    graph: Graph, viewer: Viewer | None, dossiers: list[Dossier], *, dry_run: bool, now: datetime
) -> list[Loaded]:
    """What becomes of dossiers, or in a dry run would; in an Organization that is not there yet nobody acts."""
    if viewer is None:
        return [timesheet_loading.foresee_first(dossier) for dossier in dossiers]
    if dry_run:
        return await timesheet_loading.foresee(graph, viewer, dossiers)
    return await timesheet_loading.load(graph, viewer, dossiers, now=now)


def readable(read: Callable[[], Value]) -> Value | None:
    """What can be read of a line that is refused."""
    try:
        return read()
    except Unfit:
        return None


async def _settle(
    graph: Graph, importer: Importer, reading: AttendanceReading, *, dry_run: bool, now: datetime
) -> dict[str, str]:
    """The ids of departments by their codes; those that are not there are created."""
    departments = list(reading.departments.values())
    if dry_run:
        settled = await settling.foresee(graph, importer, departments, [])
    else:
        settled = await settling.settle(graph, importer, departments, [], now=now)
    reading.summary.new_departments.update(settled.new_departments)
    rows = await graph.client.read(settling.LIST_DEPARTMENTS, organization=importer.organization)
    return {row.code: row.id for row in rows}


async def _viewer(graph: Graph, mapping: AttendanceMapping, importer: Importer) -> Viewer | None:
    """The HR_ADMIN in whose name is written; null where a dry run did not create the Organization."""
    if not importer.organization:
        return None
    rows = await graph.client.read(FIND_VIEWER, subject=mapping.organization.admin)
    return Viewer.of_row(rows[0])


@dataclass(slots=True, kw_only=True)
class AttendanceReading(Reader):
    """The lines of a table, read by a mapping: stays with what is told of their days, and rejects."""

    mapping: AttendanceMapping
    zone: str
    today: date
    now: datetime
    summary: AttendanceSummary
    stays: dict[str, Stay] = field(default_factory=dict[str, Stay])
    departments: dict[str, NewDepartment] = field(default_factory=dict[str, NewDepartment])
    rejects: list[Reject] = field(default_factory=list[Reject])
    doubts: defaultdict[str, set[tuple[date | None, str]]] = field(
        default_factory=lambda: defaultdict[str, set[tuple[date | None, str]]](set)
    )
    """Days and shifts of refused lines, by the stay; the day is null where it cannot be read."""
    seen: defaultdict[tuple[str, ...], set[date | None]] = field(
        default_factory=lambda: defaultdict[tuple[str, ...], set[date | None]](set)
    )
    """Days of which there is a sign or a refused line, by the person; under no person those that may be anybody's."""

    def read(self) -> None:
        for record in self.table.records:
            if not record.fault and not any(cell.strip() for cell in record.cells):
                self.summary.empty += 1
                continue
            try:
                self._take(record)
            except Unfit as error:
                self._doubt(record)
                self.rejects.append(Reject(record, str(error)))

    def _doubt(self, record: Record) -> None:
        """Keeps whose and of which day a refused line is, as far as it tells: what is missing then is no absence."""
        if self.mapping.day is None:
            return
        whole = not record.fault and len(record.cells) == len(self.table.header)
        person = readable(lambda: self._person(record)) if whole else None
        day = readable(lambda: self._date(record, "attendance.day")[0]) if whole else None
        self.seen[known_as(person) if person else ()].add(day and day.date())
        if whole and (stay := readable(lambda: self._told(record))):
            self.doubts[stay.id].add((day and day.date(), self._get(record, "attendance.shift")))

    def _take(self, record: Record) -> None:
        self._check_form(record)
        stay = self._stay(record)
        if self.mapping.month is not None:
            self._month(stay, record)
        elif self.mapping.day is not None:
            self._signs(stay, record)
        elif self.mapping.goal is not None:
            self._goal(stay, record)
        if stay.id not in self.stays:
            named = self.departments.setdefault(stay.department.code, stay.department)
            if normalised_name(named.name) != normalised_name(stay.department.name):
                raise Unfit(f'"{stay.department.name}" would have the department code {named.code} of "{named.name}".')
            self.stays[stay.id] = stay
        stay.records.append(record)

    def _stay(self, record: Record) -> Stay:
        """The stay that a line tells of; of lines that differ in it the first counts."""
        stay = self._told(record)
        known = self.stays.get(stay.id)
        if known is None:
            self._check(stay)
            return stay
        if known.agreed != stay.agreed:
            raise Unfit(f"This person's work stands on line {known.first.line} already, and otherwise.")
        return known

    def _told(self, record: Record) -> Stay:
        department, person = self._department(record), self._person(record)
        started_on, ended_on = (self._day(record, f"employment.{name}") for name in ("started_on", "ended_on"))
        employer = self._get(record, "employment.employer") or None
        kind = ("employment elsewhere", normalised_name(employer)) if employer else ("employment",)
        id = self.identify(*kind, department.code, *known_as(person), started_on.isoformat() if started_on else "")
        title, days = self._get(record, "employment.title"), (started_on, ended_on)
        return Stay(id, department, person, title, *days, employer, *self._consent(record), record)

    def _consent(self, record: Record) -> tuple[datetime | None, str | None]:
        """When and where the person consented to another employer's export; a day without a time is its beginning.

        Where no employer is named, a constant tells nothing: it is of the lines that name one.
        """
        named = bool(self._get(record, "employment.employer"))
        at, source = (self._get(record, key) if named or self.columns.get(key) else "" for key in CONSENT)
        if not at:
            return None, source or None
        local, timed = self._date(record, CONSENT[0])
        return self._instant(local, self.zone) if timed else midnight(local.date(), self.zone), source or None

    def _check(self, stay: Stay) -> None:
        if self.mapping.started_on is None:
            return
        if stay.started_on is None or not stay.title:
            key = "employment.title" if stay.started_on else "employment.started_on"
            raise Unfit(f"{self._named(key)} is blank.")
        other = stay.employer, stay.consented_at, stay.consent_source
        new = NewEmployment("", stay.person, stay.title, stay.started_on, stay.ended_on, *other)
        if (refused := employment_refusal(new, self.today, self.now)) and refused.field:
            key = EMPLOYMENT_KEYS[refused.field]
            if not self._get(stay.first, key):
                needs = "another employer's records need its name, and when and where the person consented"
                raise Unfit(f"{self._named(key)} is blank: {needs}.")
            raise Unfit(f'{self._named(key)}: "{self._typed(stay.first, key)}" cannot be.')

    def _day(self, record: Record, key: str) -> date | None:
        return self._date(record, key)[0].date() if self._get(record, key) else None

    def _number(self, record: Record, key: str, below: float = 100_000) -> float | None:
        typed = self._get(record, key)
        try:
            number = float(typed) if typed else None
        except ValueError:
            number = -1.0
        if number is not None and not (0 <= number < below):
            what = "a number of days or times" if key.startswith("attendance.") else "a number that can be"
            raise Unfit(f'{self._named(key)}: "{typed}" is not {what}.')
        return number

    def _month(self, stay: Stay, record: Record) -> None:
        """What a line of a flat summary counts: a number that is blank tells nothing, 0 that nothing happened.

        Who came is known from the working days where each kind of day away that the file has is told.
        """
        typed = self._required(record, "attendance.month")
        plain = MONTH.fullmatch(typed)
        if plain is None or not 1 <= int(plain[2]) <= 12:
            month = self._date(record, "attendance.month")[0].date().replace(day=1)
        else:
            month = date(int(plain[1]), int(plain[2]), 1)
        self._check_past("attendance.month", month)
        counts = {kind: self._number(record, key) for key, kind in COUNTED.items()}
        out_of, minutes = (self._number(record, f"attendance.{it}") for it in ("working_days", "late_minutes"))
        away = [counts[COUNTED[key]] for key in AWAY if key in self.fields]
        present = timesheets.present_days(out_of, *(it for it in away if it is not None))
        if out_of is not None and present is None:
            raise Unfit(f"{self._named('attendance.working_days')}: there are more days away than working days.")
        if None in away:
            present = None
        facts = [
            Fact(
                kind,
                month,
                days,
                int(minutes) if kind is AttendanceKind.LATE and minutes else None,
                Granularity.MONTH,
                out_of if kind in (AttendanceKind.PRESENT, AttendanceKind.ABSENT) else None,
            )
            for kind, days in {**counts, AttendanceKind.PRESENT: present}.items()
            if days is not None
        ]
        denied = tuple(fact for fact in facts if not fact.days)
        line = Line(tuple(self._keyed(stay, fact) for fact in facts if fact.days), denied)
        if month in stay.months:
            known, other = stay.months[month]
            if known.facts != line.facts:
                raise Unfit(f"This month stands on line {other.line} already, and otherwise.")
            self.summary.repeated += 1
            return
        if refused := next(filter(None, (timesheets.fact_refusal(fact, self.today) for fact in facts)), None):
            raise Unfit(f"{month:%Y-%m}: the {refused.field} cannot be.")
        stay.months[month] = line, record
        stay.lines.append((line, [record]))

    def _goal(self, stay: Stay, record: Record) -> None:
        """A goal with what came of it; where nothing is told of that, it is still open."""
        due = self._date(record, "task.due_on")[0].date()
        completed = self._get(record, "task.completed")
        if completed and completed not in DONE:
            typed = self._typed(record, "task.completed")
            raise Unfit(f'{self._named("task.completed")}: "{typed}" is a value that the mapping does not know.')
        goal = Goal(
            text=" ".join(self._required(record, "task.goal").split()),
            starts_on=self._day(record, "task.starts_on") or due,
            due_on=due,
            target=self._number(record, "task.target", goals.MOST_NUMBER),
            result=self._number(record, "task.result", goals.MOST_NUMBER),
            completed=completed == "YES" if completed else None,
            told_share=self._share(record),
        )
        if (refused := goals.goal_refusal(goal, self.today)) and refused.field:
            raise Unfit(f"{self._named(GOAL_KEYS[refused.field])} cannot be, or not beside the rest of the line.")
        own = self._get(record, "task.key") or f"{goal.starts_on}/{goal.due_on}/{normalised_name(goal.text)}"
        if len(own) > 100:
            own = self.identify("goal", own)
        goal = replace(goal, external_key=f"{stay.id}/{own}")
        for known, other in stay.goals:
            if known.external_key == goal.external_key or known.key == goal.key:
                if known != goal:
                    raise Unfit(f"This goal stands on line {other.line} already, and otherwise.")
                self.summary.repeated += 1
                return
        stay.goals.append((goal, record))

    def _share(self, record: Record) -> float | None:
        typed = self._get(record, "task.share")
        try:
            share = float(typed.rstrip("%％ ")) / (100 if typed.endswith(("%", "％")) else 1) if typed else None
        except ValueError:
            share = -1.0
        if share is not None and not 0 <= share <= 1:
            raise Unfit(f'{self._named("task.share")}: "{typed}" is no share from 0 to 1, nor from 0 % to 100 %.')
        return share

    def _signs(self, stay: Stay, record: Record) -> None:
        """What a line of a log tells of a day: signs of a clock, leave, or nothing."""
        day, _ = self._date(record, "attendance.day")
        shift = self._get(record, "attendance.shift")
        self._check_past("attendance.day", day.date())
        came = self._sign(record, "attendance.clocked_in", day.date(), None)
        left = self._sign(record, "attendance.clocked_out", day.date(), came)
        if self._get(record, "attendance.leave"):
            leave = self._number(record, "attendance.leave")
            if leave not in (0, 0.5, 1):
                raise Unfit(f"{self._named('attendance.leave')} is 0, 0.5 or 1 of a day.")
            if stay.leave.setdefault(day.date(), leave or 0.0) != leave:
                raise Unfit("The leave of this day stands on another line already, and otherwise.")
        stay.days.setdefault(shift, {}).setdefault(day.date(), []).append(record)
        if came or left:
            typed = [self._get(record, f"attendance.{key}") for key in ("clocked_in", "clocked_out")]
            dated = any(text and clock_time(text) is None for text in typed)
            stay.signs.setdefault(shift, []).append(Signs(day.date(), came, left, dated, record))
            self.seen[stay.who].add(day.date())

    def _check_past(self, key: str, day: date) -> None:
        """Refuses to be told of what lies ahead, or before any employment may begin."""
        if day > self.today:
            raise Unfit(f"{self._named(key)} is in the future.")
        if self.today - day > OLDEST:
            raise Unfit(f"{self._named(key)} is too long ago.")

    def _sign(self, record: Record, key: str, day: date, after: datetime | None) -> datetime | None:
        typed = self._get(record, key)
        if not typed:
            return None
        if (local := local_time(day, typed, self.mapping.dates, after)) is None:
            raise Unfit(f'{self._named(key)}: "{typed}" is no time of day.')
        if abs(local.date() - day) > BESIDE:
            raise Unfit(f'{self._named(key)}: "{typed}" is more than two days from {day.isoformat()}.')
        return local

    def _keyed(self, stay: Stay, fact: Fact) -> Fact:
        """A fact under the key that makes it the same at every run."""
        key = f"{stay.id}/{fact.granularity.value}/{fact.day.isoformat()}/{fact.kind.value}"
        return replace(fact, external_key=key)

    async def judge(self, graph: Graph, viewer: Viewer | None, places: Mapping[str, str]) -> None:
        """Turns signs into facts, by the mapping's calendar or else by those of the graph."""
        if self.mapping.day is None:
            return
        kept: Mapping[str, Calendars] = {}
        if self.mapping.calendar is None and viewer is not None:
            kept = await work_calendars.of_departments(graph, viewer.organization, viewer.structure)
        for stay in list(self.stays.values()):
            calendars = self._calendars(stay, kept, places)
            self._check_days(stay, calendars)
            self._refuse_beside(stay)
            for shift, days in stay.days.items():
                self._judge(stay, shift, days, calendars)
            if not stay.records:
                del self.stays[stay.id]

    def _calendars(self, stay: Stay, kept: Mapping[str, Calendars], places: Mapping[str, str]) -> Calendars:
        """What was due: by the mapping, or else by the department's own, which say nothing of another employer."""
        if self.mapping.calendar:
            return Calendars([(date.min, self.mapping.calendar)])
        if stay.employer:
            return Calendars([])
        return kept.get(places.get(stay.department.code, ""), kept.get("", Calendars([])))

    def _check_days(self, stay: Stay, calendars: Calendars) -> None:
        """Rejects lines of days outside of the employment, or on which no calendar says what is due in their shift."""
        for shift, days in stay.days.items():
            for day in list(days):
                calendar = calendars.on(day)
                if not stay.spans(day):
                    reason = REASONS[Code.NOT_EMPLOYED]
                elif calendar is None or shift not in calendar.shifts:
                    why = f'has no shift "{shift}"' if calendar else "is not there"
                    reason = f"The work calendar of {day.isoformat()} {why}."
                else:
                    continue
                self.doubts[stay.id].add((day, shift))
                self._refuse_day(stay, shift, day, reason)

    def _refuse_beside(self, stay: Stay) -> None:
        """Refuses what stands beside a refused line: a part of a day would be judged as all of it."""
        doubted = {day for day, _ in self.doubts[stay.id] if day}
        for shift, days in stay.days.items():
            for day in doubted & days.keys():
                self._refuse_day(stay, shift, day, "Another line of this day is rejected.")
        stay.days = {shift: days for shift, days in stay.days.items() if days}

    def _refuse_day(self, stay: Stay, shift: str, day: date, reason: str) -> None:
        for record in stay.days[shift].pop(day):
            self._reject(stay, record, reason)

    def _silence(self, stay: Stay) -> Silence:
        """What a day without a line means: nothing where a refused line may be of it, or of a shift of its own."""
        doubts = self.doubts[stay.id]
        anyday = None in self.seen[stay.who] | self.seen[()]
        return Silence.UNKNOWN if anyday or {shift for _, shift in doubts} - stay.days.keys() else self.mapping.silence

    def _judge(self, stay: Stay, shift: str, days: dict[date, list[Record]], calendars: Calendars) -> None:
        rejected = {id(reject.record) for reject in self.rejects}
        signs: list[Clocked] = []
        seen = {day for day in self.seen[stay.who] | self.seen[()] if day}
        for each in stay.signs.get(shift, ()):
            if id(each.record) in rejected or (calendar := calendars.on(each.day)) is None:
                continue
            signs += [clocked(local, sign, calendar.zone) for local, sign in each.of(shift, calendar)]
            if each.are_late(shift, calendar):
                # A clock that goes by the date of the sign means the shift before it.
                seen.add(each.day - timedelta(days=1))
        # The present day is not over.
        since, until = min(days), min(max(days) + timedelta(days=1), self.today)
        unknown = {day for day, _ in self.doubts[stay.id] if day}
        silent: dict[str, Any] = {"silence": self._silence(stay), "unknown": unknown, "seen": seen}
        told = judged(signs, calendars, since, until, shift=shift, leave=stay.leave, **silent)
        # Of who works in several shifts, a day without a line does not say which one it missed.
        due = (it for it in told if len(stay.days) == 1 or it.day in days)
        for day, all in groupby(due, key=lambda it: it.day):
            each = list(all)
            self.summary.unknown += sum(it.kind is None for it in each)
            facts = [Fact(it.kind, day, it.days, it.minutes) for it in each if it.kind]
            denied = self._denied(day, facts) if day in days and len(facts) == len(each) else ()
            line = Line(tuple(self._keyed(stay, fact) for fact in facts), denied)
            stay.lines.append((line, days.get(day, [])))

    def _denied(self, day: date, facts: list[Fact]) -> tuple[Fact, ...]:
        """What a day of which everything is known was not."""
        told = {fact.kind for fact in facts}
        if self.mapping.leave is None:
            told.add(AttendanceKind.APPROVED_LEAVE)
        return tuple(Fact(kind, day, 0.0) for kind in AttendanceKind if kind not in told)

    def _reject(self, stay: Stay, record: Record, reason: str) -> None:
        stay.records = [it for it in stay.records if it is not record]
        self.rejects.append(Reject(record, reason))

    def close(self, stay: Stay, outcome: Loaded) -> None:
        """Counts what became of a stay, and rejects lines that it does not hold."""
        self.summary.fates[outcome.fate] += 1
        self.summary.new_records += outcome.new_facts
        if outcome.refusal is not None:
            for record in list(stay.records):
                self._reject(stay, record, REASONS[outcome.refusal])
            return
        told = [[record] for _, record in stay.goals] or [records for _, records in stay.lines]
        refused = {id(record): code for place, code in outcome.refused.items() for record in told[place]}
        for record in list(stay.records):
            if code := refused.get(id(record)):
                self._reject(stay, record, REASONS[code])
        idle = self._idle(stay)
        self.summary.idle += idle
        self.summary.loaded += len(stay.records) - idle
        if outcome.fate is not Fate.ERASED:
            lines = [line for place, (line, _) in enumerate(stay.lines) if place not in outcome.refused]
            self.summary.count(fact for line in lines for fact in line.facts)
            self.summary.count_goals(it for place, (it, _) in enumerate(stay.goals) if place not in outcome.refused)

    def _idle(self, stay: Stay) -> int:
        """How many lines of a log come to nothing: on a day that asks for no work, is not over or stays unknown."""
        if self.mapping.day is None:
            return 0
        made = {id(record) for line, records in stay.lines if line.facts for record in records}
        return sum(id(record) not in made for record in stay.records)
