"""Reading: the cells of a line by a mapping, as texts, days, people and departments, or a reason why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from collections.abc import Mapping as Named
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from graph.candidates import ExternalId, Person, person_refusal
from graph.departments import CODE
from graph.instants import is_zone
from graph.refusals import Locale
from graph.settling import NewDepartment
from seeds.mapping import CHOICES, Dates, Field
from seeds.tables import Record, Table, Unreadable

Choice = TypeVar("Choice", bound=Enum)
Identify = Callable[..., str]
"""Makes an id that is the same for the same parts, and that nobody without the master key can compute."""


class Unfit(Exception):
    """A line cannot be imported; its text is the reason."""


class Plan(Protocol):
    """What every mapping says."""

    @property
    def system(self) -> str: ...
    @property
    def locale(self) -> Locale: ...
    @property
    def dates(self) -> Dates: ...


@dataclass(slots=True)
class Reader:
    """Reads cells of a table by the fields of a mapping."""

    plan: Plan
    table: Table
    fields: dict[str, Field]
    columns: dict[str, tuple[int, ...]]
    identify: Identify
    _known: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict[tuple[str, tuple[str, ...]], str])
    _dates: dict[str, tuple[datetime, bool] | None] = field(default_factory=dict[str, "tuple[datetime, bool] | None"])

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
            self._dates[typed] = self.plan.dates.read(typed)
        if found := self._dates[typed]:
            return found
        raise Unfit(f'{self._named(key)}: "{typed}" is a date in none of the forms that the mapping names.')

    def _instant(self, local: datetime, zone: str, minutes: int = 0) -> datetime:
        """The instant of a local time; it and the end of what begins then must be ones that a calendar has."""
        try:
            instant = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
            return instant + timedelta(minutes=minutes) - timedelta(minutes=minutes)
        except OverflowError:
            raise Unfit(f"{local:%Y-%m-%d} is out of the range of dates.") from None

    def _person(self, record: Record) -> Person:
        value = self._get(record, "candidate.external_id")
        person = Person(
            display_name=self._required(record, "candidate.display_name"),
            email=self._get(record, "candidate.email") or None,
            phone=self._get(record, "candidate.phone") or None,
            external_ids=(ExternalId(self.plan.system, value),) if value else (),
            locale=self.plan.locale,
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


def find_columns(table: Table, fields: Named[str, Field]) -> dict[str, tuple[int, ...]]:
    """The places of the columns of each field; Unreadable where the file lacks one."""
    found: dict[str, tuple[int, ...]] = {}
    for key, it in fields.items():
        places = [(column, table.find(column)) for column in it.columns]
        for column, place in places:
            if place is None:
                raise Unreadable(f'The file has no column "{column}", which the mapping names for {key}.')
        found[key] = tuple(place for _, place in places if place is not None)
    return found


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
