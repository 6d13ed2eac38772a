"""Importing: lines of a file become facts in the graph, in batches, or rejects with a true reason."""

from __future__ import annotations

import asyncio
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import TypeVar
from uuid import uuid5
from zoneinfo import ZoneInfo

from graph import loading, organizations, settling
from graph.candidates import ExternalId, Person, normalised_name, person_refusal
from graph.departments import CODE
from graph.instants import is_zone
from graph.interviews import Attendance, Mode, Response, Times
from graph.keyring import import_namespace
from graph.loading import Fact, Fate, Importer, Loaded
from graph.refusals import Code
from graph.secrets import canonical
from graph.settling import NewDepartment, NewPosition
from graph.writing import Graph
from seeds.mapping import CHOICES, Field, Mapping
from seeds.summaries import Summary
from seeds.tables import Record, Reject, Table, Unreadable, read_table, write_rejects

BATCH = 200
"""Lines in one transaction."""

Choice = TypeVar("Choice", bound=Enum)
Identify = Callable[..., str]
"""Makes an id that is the same for the same parts, and that nobody without the master key can compute."""


class NotImported(Exception):
    """The file cannot be imported at all; its text is a sentence."""


class Unfit(Exception):
    """A line cannot be imported; its text is the reason."""


@dataclass(slots=True)
class Line:
    """A line that has become a fact, with the places that it needs and the local time as it was typed."""

    record: Record
    fact: Fact
    department: NewDepartment
    position: NewPosition
    local: datetime
    timed: bool


async def run_import(
    graph: Graph,
    file: Path,
    mapping: Mapping,
    *,
    dry_run: bool,
    rejects: Path,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Imports a file: every line is in the graph afterwards, or in `rejects` with the reason.

    Each batch is written whole or not at all and knows what is there already, so a run may be killed and repeated.
    `progress` is told how many lines of how many are done. Raises NotImported before anything is written.
    """
    began = time.monotonic()
    try:
        await asyncio.to_thread(_check_rejects, rejects, file)
        table = await asyncio.to_thread(read_table, file, encoding=mapping.encoding, delimiter=mapping.delimiter)
        columns = find_columns(table, mapping)
    except Unreadable as error:
        raise NotImported(str(error)) from error
    summary = Summary(file.name, mapping, table, mapping.organization.time_zone, dry_run)
    importer = await _importer(graph, mapping, summary, dry_run=dry_run, now=now)
    identify = await identities(graph, mapping, importer)
    reading = Reading(mapping, table, mapping.fields, columns, importer, identify, now, summary)
    reading.read()
    summary.warn_of_filled_down([(line.record.line, line.local) for line in reading.lines])
    await _settle(graph, importer, reading, dry_run=dry_run, now=now)
    done, total = len(table.records) - len(reading.lines), len(table.records)
    tell = progress or (lambda done, total: None)
    tell(done, total)
    for start in range(0, len(reading.lines), BATCH):
        lines = reading.lines[start : start + BATCH]
        facts = [line.fact for line in lines]
        if dry_run:
            loaded = await loading.foresee(graph, facts)
        else:
            # An event is stamped when it is written: who follows events looks back for so long and no longer.
            passed = timedelta(seconds=time.monotonic() - began)
            loaded = await loading.load(graph, importer, facts, now=now + passed)
        for line, outcome in zip(lines, loaded, strict=True):
            reading.close(line, outcome)
        tell(done := done + len(lines), total)
    reading.rejects.sort(key=lambda reject: reject.record.line)
    summary.rejected = Counter(reject.reason for reject in reading.rejects)
    written = await asyncio.to_thread(write_rejects, rejects, table, reading.rejects)
    summary.rejects = rejects if written else None
    return summary


def _check_rejects(rejects: Path, file: Path) -> None:
    if file.resolve() == rejects.resolve():
        raise Unreadable("The rejects would overwrite the file itself.")
    if not rejects.parent.is_dir():
        raise Unreadable(f"There is no folder {rejects.parent} for the rejects.")


async def _importer(graph: Graph, mapping: Mapping, summary: Summary, *, dry_run: bool, now: datetime) -> Importer:
    """The Organization with its HR_ADMIN; both are created where the Organization is absent."""
    new = mapping.organization
    place = {"name": new.name, "admin": new.admin}
    rows = await graph.client.read(settling.FIND_IMPORTER, **place)
    if not rows:
        summary.new_organization = True
        if dry_run:
            return Importer("", new.time_zone, new.jurisdiction, "")
        try:
            await organizations.create(graph, new, now=now)
        except organizations.AlreadyThere as error:
            if not await graph.client.read(settling.FIND_IMPORTER, **place):
                raise NotImported(str(error)) from error
            summary.new_organization = False
        rows = await graph.client.read(settling.FIND_IMPORTER, **place)
    found = rows[0]
    if found.user is None:
        raise NotImported(f"{new.admin}, whom the mapping names, is not an HR_ADMIN of {new.name}.")
    summary.zone = found.zone
    return Importer(found.organization, found.zone, found.jurisdiction, found.user)


async def identities(graph: Graph, mapping: Mapping, importer: Importer) -> Identify:
    namespace = await import_namespace(graph.client.read, graph.secrets)

    def identify(*parts: str) -> str:
        return str(uuid5(namespace, canonical([importer.organization, mapping.system, *parts]).decode()))

    return identify


async def _settle(graph: Graph, importer: Importer, reading: Reading, *, dry_run: bool, now: datetime) -> None:
    departments, positions = list(reading.departments.values()), list(reading.positions.values())
    places: dict[str, str] = {}
    for start in range(0, len(positions), BATCH):
        some = positions[start : start + BATCH]
        codes = {position.department for position in some}
        needed = [department for department in departments if department.code in codes]
        if dry_run:
            settled = await settling.foresee(graph, importer, needed, some)
        else:
            settled = await settling.settle(graph, importer, needed, some, now=now)
        places |= settled.positions
        reading.summary.new_departments.update(settled.new_departments)
        reading.summary.new_positions += settled.new_positions
    reading.stand(places)


def find_columns(table: Table, mapping: Mapping) -> dict[str, tuple[int, ...]]:
    """The places of the columns of each field; Unreadable where the file lacks one."""
    found: dict[str, tuple[int, ...]] = {}
    for key, it in mapping.fields.items():
        places = [(column, table.find(column)) for column in it.columns]
        for column, place in places:
            if place is None:
                raise Unreadable(f'The file has no column "{column}", which the mapping names for {key}.')
        found[key] = tuple(place for _, place in places if place is not None)
    return found


@dataclass(slots=True)
class Reading:
    """The lines of a table, read by a mapping: facts with the places they need, and rejects."""

    mapping: Mapping
    table: Table
    fields: dict[str, Field]
    columns: dict[str, tuple[int, ...]]
    importer: Importer
    identify: Identify
    now: datetime
    summary: Summary
    lines: list[Line] = field(default_factory=list[Line])
    rejects: list[Reject] = field(default_factory=list[Reject])
    departments: dict[str, NewDepartment] = field(default_factory=dict[str, NewDepartment])
    positions: dict[str, NewPosition] = field(default_factory=dict[str, NewPosition])
    _first: dict[str, Line] = field(default_factory=dict[str, Line])
    _known: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict[tuple[str, tuple[str, ...]], str])
    _dates: dict[str, tuple[datetime, bool] | None] = field(default_factory=dict[str, "tuple[datetime, bool] | None"])

    def read(self) -> None:
        for record in self.table.records:
            if not record.fault and not any(cell.strip() for cell in record.cells):
                self.summary.empty += 1
                continue
            try:
                self._take(self._line(record))
            except Unfit as error:
                self.rejects.append(Reject(record, str(error)))

    def _take(self, line: Line) -> None:
        """Of lines that tell of the same interview the first counts; another is a repetition or a contradiction."""
        first = self._first.get(line.fact.id)
        if first is not None:
            if _told(first) != _told(line):
                raise Unfit(f"This interview stands on line {first.record.line} already, and otherwise.")
            self.summary.repeated += 1
            return
        department, position = line.department, line.position
        named = self.departments.setdefault(department.code, department)
        if normalised_name(named.name) != normalised_name(department.name):
            raise Unfit(f'"{department.name}" would have the department code {named.code} of "{named.name}".')
        opened = self.positions.setdefault(position.id, position)
        if position.opened_at < opened.opened_at:
            self.positions[position.id] = replace(opened, opened_at=position.opened_at)
        self._first[line.fact.id] = line
        self.lines.append(line)

    def stand(self, places: dict[str, str]) -> None:
        """Puts facts onto the positions that were found or created for them."""
        for line in self.lines:
            line.fact = replace(line.fact, position=places[line.fact.position])

    def close(self, line: Line, outcome: Loaded) -> None:
        """Counts what became of a line, or rejects it."""
        if outcome.fate is Fate.CLOSED:
            self.rejects.append(Reject(line.record, "The position, or its department, is closed in the graph."))
        elif outcome.fate is Fate.DIFFERS and outcome.held:
            held = f"{outcome.held.response} and {outcome.held.attendance}"
            reason = f"The graph holds this interview as {held}, and an import changes nothing that is recorded."
            self.rejects.append(Reject(line.record, reason))
        else:
            self.summary.count(line.fact, outcome, timed=line.timed)
            for key in CHOICES:
                if self.columns[key]:
                    read = (self._typed(line.record, key), self._get(line.record, key))
                    self.summary.typed[self._named(key)][read] += 1

    def _line(self, record: Record) -> Line:
        self._check_form(record)
        person, department = self._person(record), self._department(record)
        local, timed = self._date(record, "interview.starts_at")
        starts_at = self._instant(local)
        position = self._position(record, department, min(starts_at, self.now))
        who = [*(it.value for it in person.external_ids), person.email or "", person.phone or ""]
        id = self.identify("interview", *who, local.isoformat(), position.id)
        fact = Fact(
            id=id,
            candidate=self.identify("candidate", id),
            application=self.identify("application", id),
            position=position.id,
            person=person,
            applied_at=self._applied_at(record) or min(starts_at, self.now),
            source=self._get(record, "application.source") or None,
            mode=self._choice(record, "interview.mode", Mode),
            times=Times(starts_at, starts_at + timedelta(minutes=self.mapping.minutes), self.importer.zone),
            grace_minutes=self.mapping.grace_minutes,
            response=self._choice(record, "interview.response", Response),
            attendance=self._choice(record, "interview.attendance", Attendance),
        )
        if refused := loading.fact_refusal(fact, self.now):
            been = "has begun" if refused is Code.NOT_STARTED else "is over"
            raise Unfit(f"{fact.attendance.value} cannot be known before the interview {been}.")
        return Line(record, fact, department, position, local, timed)

    def _check_form(self, record: Record) -> None:
        if record.fault:
            raise Unfit(record.fault)
        found, due = len(record.cells), len(self.table.header)
        if found != due:
            spans = record.last_line > record.line
            quote = f"; it runs to line {record.last_line}, so a quote may be missing" if spans else ""
            raise Unfit(f"The line has {found} columns, the header {due}{quote}.")

    def _cells(self, record: Record, key: str) -> tuple[str, ...]:
        return tuple(record.cells[place] for place in self.columns[key])

    def _get(self, record: Record, key: str) -> str:
        """The value of a field; empty where the mapping has no such field, or the cells say nothing."""
        it = self.fields.get(key)
        if it is None:
            return ""
        place = (key, self._cells(record, key))
        if place not in self._known:
            self._known[place] = it.read(place[1])
        return self._known[place]

    def _required(self, record: Record, key: str) -> str:
        if value := self._get(record, key):
            return value
        raise Unfit(f"{self._named(key)} is blank.")

    def _named(self, key: str) -> str:
        return " and ".join(f'"{self.table.header[place]}"' for place in self.columns[key]) or key

    def _typed(self, record: Record, key: str) -> str:
        return " ".join(" ".join(self._cells(record, key)).split())

    def _choice(self, record: Record, key: str, choices: type[Choice]) -> Choice:
        value = self._required(record, key)
        for choice in choices:
            if choice.value == value and choice in CHOICES[key]:
                return choice
        raise Unfit(f'{self._named(key)}: "{self._typed(record, key)}" is a value that the mapping does not know.')

    def _date(self, record: Record, key: str) -> tuple[datetime, bool]:
        typed = self._required(record, key)
        if typed not in self._dates:
            self._dates[typed] = self.mapping.dates.read(typed)
        if found := self._dates[typed]:
            return found
        raise Unfit(f'{self._named(key)}: "{typed}" is a date in none of the forms that the mapping names.')

    def _instant(self, local: datetime) -> datetime:
        """The instant of a local time; it and the end of an interview then must be ones that a calendar has."""
        try:
            instant = local.replace(tzinfo=ZoneInfo(self.importer.zone)).astimezone(UTC)
            return instant + timedelta(minutes=self.mapping.minutes) - timedelta(minutes=self.mapping.minutes)
        except OverflowError:
            raise Unfit(f"{local:%Y-%m-%d} is out of the range of dates.") from None

    def _applied_at(self, record: Record) -> datetime | None:
        if not self._get(record, "application.applied_at"):
            return None
        applied_at = self._instant(self._date(record, "application.applied_at")[0])
        if applied_at > self.now:
            raise Unfit(f"{self._named('application.applied_at')} is in the future.")
        return applied_at

    def _person(self, record: Record) -> Person:
        value = self._get(record, "candidate.external_id")
        person = Person(
            display_name=self._required(record, "candidate.display_name"),
            email=self._get(record, "candidate.email") or None,
            phone=self._get(record, "candidate.phone") or None,
            external_ids=(ExternalId(self.mapping.system, value),) if value else (),
            locale=self.mapping.locale,
            time_zone=self._get(record, "candidate.time_zone") or None,
        )
        if not (value or person.email or person.phone):
            keys = [key for key in IDENTIFYING if key in self.columns]
            raise Unfit(f"{', '.join(self._named(key) for key in keys)}: nothing tells who this is.")
        if person.time_zone and not is_zone(person.time_zone):
            raise Unfit(f'"{person.time_zone}" is not a zone of the IANA list.')
        refused = person_refusal(person.display_name, person.email, person.phone, person.time_zone)
        if refused and refused.field:
            key = PERSON_KEYS[refused.field]
            raise Unfit(f'{self._named(key)}: "{self._get(record, key)}" cannot be a {WORDS[refused.field]}.')
        return person

    def _department(self, record: Record) -> NewDepartment:
        name = self._required(record, "department.name")
        code = self._get(record, "department.code") or derived_code(name)
        if not CODE.fullmatch(code):
            raise Unfit(f'"{name}" gives no department code of A to Z, 0 to 9, _ and -; the mapping may name one.')
        name_zh = self._get(record, "department.name_zh") or None
        return NewDepartment(self.identify("department", code), code, name, name_zh)

    def _position(self, record: Record, department: NewDepartment, seen_at: datetime) -> NewPosition:
        title = self._required(record, "position.title")
        family = self._required(record, "position.job_family")
        id = self.identify("position", department.code, normalised_name(title), normalised_name(family))
        return NewPosition(id, department.code, title, family, seen_at)


IDENTIFYING = ("candidate.external_id", "candidate.email", "candidate.phone")
PERSON_KEYS = {
    "displayName": "candidate.display_name",
    "email": "candidate.email",
    "phone": "candidate.phone",
    "timeZone": "candidate.time_zone",
}
WORDS = {"displayName": "name", "email": "mail address", "phone": "telephone number", "timeZone": "zone"}


def derived_code(name: str) -> str:
    """Standard Chartered Bank gives STANDARD_CHARTERED_BANK."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    return re.sub(r"[^A-Z0-9]+", "_", plain).strip("_")[:64]


def _told(line: Line) -> tuple[object, ...]:
    fact = line.fact
    return (normalised_name(fact.person.display_name), fact.mode, fact.response, fact.attendance)
