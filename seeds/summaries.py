"""The summary of an import: what was read, what became of it, and what its reader should know."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Named
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from typing import Generic, Protocol, TypeVar

from graph.interviews import Attendance, Response
from graph.labels import plural
from graph.loading import Fact, Fate, Loaded
from graph.names import normalised_name
from graph.organizations import NewOrganization
from seeds.mapping import Field, Mapping
from seeds.tables import ADDED, ENCODINGS, Table

DIVIDERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
FILLED_DOWN = 3
"""So many dates in a row, each a year after the one before, are more than chance."""
SHOWN = 10


class Mapped(Protocol):
    """What a mapping of any kind of file tells."""

    @property
    def organization(self) -> NewOrganization: ...
    @property
    def fields(self) -> Named[str, Field]: ...
    @property
    def drop(self) -> tuple[str, ...]: ...
    @property
    def encoding(self) -> str | None: ...


Plan = TypeVar("Plan", bound=Mapped)


@dataclass(slots=True)
class FileSummary(Generic[Plan]):
    """What every import tells: which file was read and how, what was refused, and what of it was not used."""

    file: str
    mapping: Plan
    table: Table
    zone: str
    dry_run: bool = False
    new_organization: bool = False
    new_departments: set[str] = field(default_factory=set[str])
    empty: int = 0
    repeated: int = 0
    rejected: Counter[str] = field(default_factory=Counter[str])
    rejects: Path | None = None

    @property
    def read(self) -> int:
        """Lines that hold anything, the header apart."""
        return len(self.table.records) - self.empty

    @property
    def dropped(self) -> list[str]:
        """Columns of the file that the mapping drops, as the file writes them."""
        names = {normalised_name(name) for name in self.mapping.drop}
        return [name for name in self.table.header if normalised_name(name) in names]

    @property
    def unused(self) -> list[str]:
        """Named columns that the mapping neither uses nor drops."""
        used = {normalised_name(column) for it in self.mapping.fields.values() for column in it.columns}
        known = used | {normalised_name(name) for name in (*self.mapping.drop, *ADDED)}
        return [name for name in self.table.header if name and normalised_name(name) not in known]

    def lines(self) -> list[str]:
        """The summary as lines of plain text."""
        return [*self._source(), "", *self._fates(), "", *self._facts(), "", *self._remarks()]

    def _source(self) -> Iterator[str]:
        yield f"{self.file}: {lines(self.read)}, {form(self.table, found=self.mapping.encoding is None)}."
        if self.empty:
            yield f"Besides {lines(self.empty)} without anything."
        new = self.mapping.organization
        created = "to be created" if self.dry_run else "created"
        made = f", {created} with its HR_ADMIN {new.admin}" if self.new_organization else ""
        yield f"Organization: {new.name}{made}."
        if self.dry_run:
            yield self._of_dry_run()

    def _of_dry_run(self) -> str:
        return "This was a dry run: nothing was written to the graph."

    def _fates(self) -> Iterator[str]:
        raise NotImplementedError

    def _facts(self) -> Iterator[str]:
        raise NotImplementedError

    def _rejected(self, rejected: str) -> Iterator[str]:
        yield row(self.rejected.total(), f"{rejected}, see {self.rejects}" if self.rejected else rejected)
        for reason, count in self.rejected.most_common(SHOWN):
            yield row(count, reason, indent=4)
        if len(self.rejected) > SHOWN:
            rest = self.rejected.most_common()[SHOWN:]
            told = f"for {len(rest)} other reasons, each of them beside its line in {self.rejects}"
            yield row(sum(count for _, count in rest), told, indent=4)
        yield ""
        yield row(len(self.new_departments), "new departments")

    def _remarks(self) -> Iterator[str]:
        raise NotImplementedError

    def _columns(self) -> Iterator[str]:
        """The columns that nothing was made of."""
        if self.dropped:
            yield f"Dropped: {', '.join(self.dropped)}."
        nameless = sum(not name for name in self.table.header)
        if self.unused or nameless:
            more = [f"{nameless} without a name"] if nameless else []
            unused = "; ".join([*(shorten(name, 50, placeholder=" …") for name in self.unused), *more])
            yield f"Not used, as the mapping does not name them: {unused}."


@dataclass(slots=True)
class Summary(FileSummary[Mapping]):
    """Counts over the lines of one file; those of answers and attendance are over all lines that the graph holds."""

    new_positions: int = 0
    new_candidates: int = 0
    fates: Counter[Fate] = field(default_factory=Counter[Fate])
    responses: Counter[Response] = field(default_factory=Counter[Response])
    attendances: Counter[Attendance] = field(default_factory=Counter[Attendance])
    accepted_not_attended: int = 0
    untimed: int = 0
    typed: dict[str, Counter[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict[str, Counter[tuple[str, str]]](Counter)
    )
    warnings: list[str] = field(default_factory=list[str])

    @property
    def loaded(self) -> int:
        return self.fates[Fate.CREATED]

    @property
    def completed(self) -> int:
        return self.fates[Fate.COMPLETED]

    @property
    def present(self) -> int:
        return self.fates[Fate.PRESENT]

    @property
    def accepted(self) -> int:
        return self.responses[Response.ACCEPTED]

    @property
    def not_attended(self) -> int:
        return self.attendances[Attendance.NOT_ATTENDED]

    def count(self, fact: Fact, outcome: Loaded, *, timed: bool) -> None:
        self.fates[outcome.fate] += 1
        self.new_candidates += outcome.new_candidate
        self.responses[fact.response] += 1
        self.attendances[fact.attendance] += 1
        missed = fact.response is Response.ACCEPTED and fact.attendance is Attendance.NOT_ATTENDED
        self.accepted_not_attended += missed
        self.untimed += not timed

    def warn_of_filled_down(self, dated: Sequence[tuple[int, datetime]]) -> None:
        """Warns of lines whose dates go up by a year from each to the next, as a spreadsheet fills them down."""
        run: list[tuple[int, date]] = []
        days = [(line, local.date()) for line, local in dated]
        for (_, before), (line, after) in pairwise([*days, (0, date.min)]):
            if (after.year - before.year, after.month, after.day) == (1, before.month, before.day):
                run.append((line, after))
                continue
            if len(run) >= FILLED_DOWN:
                (first, since), (last, until) = run[0], run[-1]
                self.warnings.append(
                    f"The {len(run)} dates {since} to {until} on lines {first} to {last} are each a year after the "
                    "line before and look filled down by a spreadsheet; they are taken as typed."
                )
            run = []

    def _fates(self) -> Iterator[str]:
        yield row(self.loaded, "to be loaded" if self.dry_run else "loaded")
        if self.completed:
            yield row(self.completed, "in the graph already, with an answer or attendance that was not known then")
        yield row(self.present, "in the graph already")
        if self.repeated:
            yield row(self.repeated, "repeated within the file")
        yield from self._rejected("rejected")
        yield row(self.new_positions, "new positions")
        if not self.dry_run:
            yield row(self.new_candidates, "new candidates")

    def _facts(self) -> Iterator[str]:
        yield row(self.accepted, "were expected to come")
        yield row(self.accepted_not_attended, "of them did not attend")
        yield row(self.not_attended, "did not attend in all")
        for column, counter in self.typed.items():
            yield f"{column} was read as"
            by_value: dict[str, Counter[str]] = defaultdict(Counter)
            for (typed, value), count in counter.items():
                by_value[value][typed or "(blank)"] += count
            for value, spellings in sorted(by_value.items(), key=lambda item: -item[1].total()):
                shown = ", ".join(f"{spelling} {count:,}" for spelling, count in spellings.most_common(SHOWN))
                more = f" and {len(spellings) - SHOWN} more" if len(spellings) > SHOWN else ""
                yield f"{row(spellings.total(), value):<22}  {shown}{more}"

    def _remarks(self) -> Iterator[str]:
        yield "No finding was made: an import records facts, and nobody was heard."
        if self.untimed:
            at = f"{self.mapping.dates.time_of_day:%H:%M}"
            yield f"{lines(self.untimed)} with a date and no time: {at} in {self.zone} was taken."
        if self.mapping.applied_at is None:
            yield "The file does not tell when people applied: the time of the interview was taken."
        yield from self._columns()
        for warning in self.warnings:
            yield f"Warning: {warning}"


def form(table: Table, *, found: bool) -> str:
    """How a file was read, in words."""
    if table.sheet:
        return f'in the sheet "{table.sheet}" of a workbook'
    divider = DIVIDERS.get(table.delimiter, repr(table.delimiter))
    encoding = ENCODINGS.get(table.encoding, table.encoding)
    return f"in {encoding} {'as was found' if found else 'as the mapping says'}, divided by {divider}"


def lines(count: int) -> str:
    return plural(count, "line")


def row(count: int, text: str, *, indent: int = 0) -> str:
    return f"{' ' * indent}{count:>7,}  {text}"
