"""Importing: lines of a file become facts in the graph, in batches, or rejects with a true reason."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping as Named
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from graph import loading, organizations, settling
from graph.interviews import Attendance, Mode, Response, Times
from graph.keyring import import_namespace, imported_id
from graph.loading import Fact, Fate, Importer, Loaded
from graph.names import normalised_name
from graph.organizations import NewOrganization
from graph.refusals import Code
from graph.settling import NewDepartment, NewPosition
from graph.writing import Graph
from seeds.mapping import CHOICES, Field, Mapping
from seeds.reading import Identify, Reader, Unfit, find_columns
from seeds.summaries import FileSummary, Summary
from seeds.tables import Record, Reject, Table, Unreadable, read_table, write_rejects

BATCH = 200
"""Lines in one transaction."""
MANY = 10_000
"""Lines of a file after which the database is to plan anew."""


class NotImported(Exception):
    """The file cannot be imported at all; its text is a sentence."""


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
    reads = partial(read_table, file, encoding=mapping.encoding, delimiter=mapping.delimiter)
    table, columns = await opened(file, rejects, mapping.fields, reads)
    summary = Summary(file.name, mapping, table, mapping.organization.time_zone, dry_run)
    importer = await importer_of(graph, mapping.organization, summary, dry_run=dry_run, now=now)
    identify = await identities(graph, mapping.system, importer)
    reading = Reading(
        mapping, table, mapping.fields, columns, identify, mapping=mapping, importer=importer, now=now, summary=summary
    )
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
    await refuse(summary, reading.rejects, rejects)
    return summary


async def opened(
    file: Path, rejects: Path, fields: Named[str, Field], reads: Callable[[], Table]
) -> tuple[Table, dict[str, tuple[int, ...]]]:
    """The table of a file and the columns of its fields; or NotImported, also where its rejects cannot be written."""
    try:
        await asyncio.to_thread(_check_rejects, rejects, file)
        table = await asyncio.to_thread(reads)
        return table, find_columns(table, fields)
    except Unreadable as error:
        raise NotImported(str(error)) from error


async def refuse(summary: FileSummary[Any], found: list[Reject], rejects: Path) -> None:
    """Writes what was rejected, in the order of the file, and tells of it in the summary."""
    found.sort(key=lambda reject: reject.record.line)
    summary.rejected = Counter(reject.reason for reject in found)
    written = await asyncio.to_thread(write_rejects, rejects, summary.table, found)
    summary.rejects = rejects if written else None


def _check_rejects(rejects: Path, file: Path) -> None:
    if file.resolve() == rejects.resolve():
        raise Unreadable("The rejects would overwrite the file itself.")
    if not rejects.parent.is_dir():
        raise Unreadable(f"There is no folder {rejects.parent} for the rejects.")


class Noted(Protocol):
    """What a summary is told of the Organization."""

    new_organization: bool
    zone: str


async def importer_of(graph: Graph, new: NewOrganization, summary: Noted, *, dry_run: bool, now: datetime) -> Importer:
    """The Organization with its HR_ADMIN; both are created where the Organization is absent."""
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


async def identities(graph: Graph, system: str, importer: Importer) -> Identify:
    namespace = await import_namespace(graph.client.read, graph.secrets)

    def identify(*parts: str) -> str:
        return imported_id(namespace, importer.organization, system, *parts)

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


@dataclass(slots=True, kw_only=True)
class Reading(Reader):
    """The lines of a table, read by a mapping: facts with the places they need, and rejects."""

    mapping: Mapping
    importer: Importer
    now: datetime
    summary: Summary
    lines: list[Line] = field(default_factory=list[Line])
    rejects: list[Reject] = field(default_factory=list[Reject])
    departments: dict[str, NewDepartment] = field(default_factory=dict[str, NewDepartment])
    positions: dict[str, NewPosition] = field(default_factory=dict[str, NewPosition])
    _first: dict[str, Line] = field(default_factory=dict[str, Line])

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
        starts_at = self._instant(local, self.importer.zone, self.mapping.minutes)
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

    def _applied_at(self, record: Record) -> datetime | None:
        if not self._get(record, "application.applied_at"):
            return None
        applied_at = self._instant(self._date(record, "application.applied_at")[0], self.importer.zone)
        if applied_at > self.now:
            raise Unfit(f"{self._named('application.applied_at')} is in the future.")
        return applied_at

    def _position(self, record: Record, department: NewDepartment, seen_at: datetime) -> NewPosition:
        title = self._required(record, "position.title")
        family = self._required(record, "position.job_family")
        id = self.identify("position", department.code, normalised_name(title), normalised_name(family))
        return NewPosition(id, department.code, title, family, seen_at)


def _told(line: Line) -> tuple[object, ...]:
    fact = line.fact
    return (normalised_name(fact.person.display_name), fact.mode, fact.response, fact.attendance)
