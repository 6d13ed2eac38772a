"""A mapping says how the columns of a file become the graph: written in TOML, read into values, checked in full."""

from __future__ import annotations

import codecs
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as Named
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, cast

from graph.instants import is_zone
from graph.interviews import GRACE_MINUTES, Attendance, Mode, Response
from graph.names import normalised_name
from graph.organizations import NewOrganization
from graph.refusals import Locale

Choice = TypeVar("Choice", bound=Enum)

MODES = tuple(Mode)
RESPONSES = tuple(Response)
ATTENDANCES = tuple(set(Attendance) - {Attendance.RESCHEDULED, Attendance.ENTERED_IN_ERROR})
"""A line is one interview as it ended; that it was moved or entered in error is told by another record."""


class MappingError(Exception):
    """The mapping cannot be used; its text is a sentence that names the key at fault."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where a property comes from: a constant, or columns whose cells are joined, then read by these rules in order.

    `blank` says which cells count as empty, `values` reads a whole text, `patterns` the first that is found in it,
    `otherwise` all others; without it a text stays as typed. All compare without regard to case and spaces.
    """

    columns: tuple[str, ...] = ()
    constant: str | None = None
    join: str = " "
    blank: tuple[re.Pattern[str], ...] = ()
    values: Named[str, str] = field(default_factory=dict[str, str])
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    otherwise: str | None = None

    def read(self, cells: Sequence[str]) -> str:
        """The property from the cells of its columns; empty where they say nothing."""
        if self.constant is not None:
            return self.constant
        text = self.join.join(" ".join(cell.split()) for cell in cells if self._says(cell))
        folded = normalised_name(text)
        if folded in self.values:
            return self.values[folded]
        for pattern, value in self.patterns:
            if pattern.search(folded):
                return value
        return text if self.otherwise is None or not text else self.otherwise

    def _says(self, cell: str) -> bool:
        folded = normalised_name(cell)
        return bool(folded) and not any(pattern.fullmatch(folded) for pattern in self.blank)

    @property
    def results(self) -> list[str]:
        """Every value that the rules can give."""
        given = [*self.values.values(), *(value for _, value in self.patterns), self.constant, self.otherwise]
        return [value for value in given if value]


@dataclass(frozen=True, slots=True)
class Dates:
    """The forms of dates, tried in their order, and the time of a date that has none.

    Before that full width is made half, every dash becomes "-", "&" a space, spaces beside . / - : are dropped and
    others are single.
    """

    forms: tuple[str, ...]
    time_of_day: time

    def read(self, text: str) -> tuple[datetime, bool] | None:
        """The local time, and whether the text tells the time of day; null where no form fits."""
        folded = unicodedata.normalize("NFKC", text)
        tidy = " ".join(re.sub(r"[‐‑‒–—―−]", "-", folded).replace("&", " ").split())
        tidy = re.sub(r" ?([./:-]) ?", r"\1", tidy)
        for form in self.forms:
            try:
                read = datetime.strptime(tidy, form)  # noqa: DTZ007 - the zone is the Organization's, known later
            except ValueError:
                continue
            timed = tells_time(form)
            return (read if timed else datetime.combine(read, self.time_of_day)), timed
        return None


def tells_time(form: str) -> bool:
    return any(part in form for part in ("%H", "%I", "%T", "%X", "%R"))


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind of file becomes interviews of one Organization."""

    system: str
    organization: NewOrganization
    dates: Dates
    department: Field
    position: Field
    job_family: Field
    display_name: Field
    starts_at: Field
    mode: Field
    response: Field
    attendance: Field
    department_code: Field | None = None
    department_name_zh: Field | None = None
    external_id: Field | None = None
    email: Field | None = None
    phone: Field | None = None
    candidate_zone: Field | None = None
    applied_at: Field | None = None
    source: Field | None = None
    locale: Locale = Locale.EN
    minutes: int = 60
    grace_minutes: int = GRACE_MINUTES
    drop: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def fields(self) -> dict[str, Field]:
        """Each property that is read from the file, by its key in the mapping."""
        return fields_of(self, KEYS)


KEYS = {
    "department.name": "department",
    "department.code": "department_code",
    "department.name_zh": "department_name_zh",
    "position.title": "position",
    "position.job_family": "job_family",
    "candidate.display_name": "display_name",
    "candidate.external_id": "external_id",
    "candidate.email": "email",
    "candidate.phone": "phone",
    "candidate.time_zone": "candidate_zone",
    "application.applied_at": "applied_at",
    "application.source": "source",
    "interview.starts_at": "starts_at",
    "interview.mode": "mode",
    "interview.response": "response",
    "interview.attendance": "attendance",
}
REQUIRED = (
    *("department.name", "position.title", "position.job_family", "candidate.display_name"),
    *("interview.starts_at", "interview.mode", "interview.response", "interview.attendance"),
)
CHOICES: dict[str, tuple[Enum, ...]] = {
    "interview.mode": MODES,
    "interview.response": RESPONSES,
    "interview.attendance": ATTENDANCES,
}
TABLES = ("organization", "dates", "department", "position", "candidate", "application", "interview")
OPTIONS = {"candidate.locale", "interview.minutes", "interview.grace_minutes"}
RULES = {"column", "columns", "constant", "join", "blank", "values", "patterns", "otherwise"}


def read_mapping(path: Path) -> Mapping:
    """Reads a mapping; MappingError where it cannot be used."""
    try:
        return parse_mapping(path.read_text("utf-8"))
    except MappingError as error:
        raise MappingError(f"{path.name}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name} cannot be read: {error}.") from error


def parse_mapping(text: str) -> Mapping:
    try:
        top = Table(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"This is not TOML: {error}.") from error
    top.allow({"system", "encoding", "delimiter", "drop", *TABLES})
    tables = {name: top.table(name) for name in TABLES}
    tables["dates"].allow({"forms", "time_of_day"})
    candidate, interview = tables["candidate"], tables["interview"]
    fields = parse_fields({name: tables[name] for name in TABLES[2:]}, KEYS, OPTIONS, REQUIRED)
    mapping = Mapping(
        system=top.text("system"),
        organization=parse_organization(tables["organization"]),
        dates=parse_dates(tables["dates"]),
        locale=candidate.choice("locale", Locale, Locale.EN),
        minutes=interview.number("minutes", 60, 1, 24 * 60),
        grace_minutes=interview.number("grace_minutes", GRACE_MINUTES, 0, 24 * 60),
        drop=tuple(top.texts("drop", ())),
        encoding=parse_encoding(top),
        delimiter=parse_delimiter(top),
        **cast(Any, fields),
    )
    check(mapping)
    return mapping


def check(mapping: Mapping) -> None:
    """What no key is at fault for alone."""
    check_columns(mapping.fields, mapping.drop)
    for key, choices in CHOICES.items():
        names = [str(choice.value) for choice in choices]
        for value in mapping.fields[key].results:
            if value not in names:
                raise MappingError(f'{key}: "{value}" is none of {", ".join(sorted(names))}.')


def check_columns(fields: Named[str, Field], drop: Iterable[str]) -> None:
    """What every kind of file needs: that people can be told apart, and that no column is both read and dropped."""
    if not fields.keys() & {"candidate.external_id", "candidate.email", "candidate.phone"}:
        raise MappingError(
            "candidate needs external_id, email or phone: a name alone does not tell one person from another."
        )
    dropped = {normalised_name(name) for name in drop}
    for key, it in fields.items():
        for column in it.columns:
            if normalised_name(column) in dropped:
                raise MappingError(f'{key} uses the column "{column}", which drop names.')


def fields_of(mapping: object, keys: Named[str, str]) -> dict[str, Field]:
    """Each property that a mapping reads from the file, by its key there."""
    given = {key: cast(Field | None, getattr(mapping, name)) for key, name in keys.items()}
    return {key: field for key, field in given.items() if field is not None}


def parse_fields(
    tables: Named[str, Table], keys: Named[str, str], options: Iterable[str], required: Collection[str]
) -> dict[str, Field | None]:
    """The fields that the tables name, by attribute; `options` are keys that are no field."""
    for name, table in tables.items():
        table.allow({key.removeprefix(f"{name}.") for key in {*keys, *options} if key.startswith(f"{name}.")})
    return {
        attribute: parse_field(tables[key.split(".")[0]], key.split(".")[1], required=key in required)
        for key, attribute in keys.items()
    }


def parse_organization(table: Table) -> NewOrganization:
    table.allow({"name", "name_zh", "jurisdiction", "time_zone", "admin"})
    return NewOrganization(
        table.text("name"),
        table.text("name_zh", "") or None,
        table.text("jurisdiction"),
        table.zone("time_zone"),
        table.text("admin"),
    )


def parse_dates(table: Table) -> Dates:
    forms = table.texts("forms")
    if not forms:
        raise MappingError("dates.forms is empty.")
    for form in forms:
        probe = datetime(2004, 2, 29, 13, 45)  # noqa: DTZ001 - a form is tried on any time
        try:
            again = datetime.strptime(probe.strftime(form), form)  # noqa: DTZ007
        except ValueError as error:
            raise MappingError(f'dates.forms: "{form}" is not a form of strptime.') from error
        if again.date() != probe.date() or "%z" in form.lower():
            raise MappingError(f'dates.forms: "{form}" must tell day, month and year, and no zone.')
    text = table.text("time_of_day", "09:00")
    try:
        return Dates(tuple(forms), time.fromisoformat(text))
    except ValueError as error:
        raise MappingError(f'dates.time_of_day: "{text}" is not a time such as 09:00.') from error


def parse_encoding(table: Table) -> str | None:
    name = table.text("encoding", "")
    try:
        return codecs.lookup(name).name if name else None
    except LookupError as error:
        raise MappingError(f'encoding: "{name}" is not known; leave it out to have it found.') from error


def parse_delimiter(table: Table) -> str | None:
    text = table.text("delimiter", "")
    if len(text) > 1 or text in ('"', "\r", "\n"):
        raise MappingError(f"delimiter must be one character, not {text!r}.")
    return text or None


def parse_field(table: Table, key: str, *, required: bool) -> Field | None:
    """A property is a column's name, or a table of rules."""
    name, given = f"{table.name}.{key}", table.values.get(key)
    if given is None:
        if required:
            raise MappingError(f"{name} is missing.")
        return None
    if isinstance(given, str):
        return Field((given,))
    if not isinstance(given, dict):
        raise MappingError(f"{name} must be a column's name or a table.")
    rules = Table(cast(dict[str, Any], given), name)
    rules.allow(RULES)
    if sum(rule in given for rule in ("column", "columns", "constant")) != 1:
        raise MappingError(f"{name} needs one of column, columns and constant.")
    return Field(
        columns=tuple(rules.texts("columns", [rules.text("column")] if "column" in given else [])),
        constant=rules.text("constant") if "constant" in given else None,
        join=rules.text("join", " "),
        blank=tuple(pattern(f"{name}.blank", text) for text in rules.texts("blank", ())),
        values={normalised_name(old): new for old, new in rules.pairs("values")},
        patterns=tuple((pattern(f"{name}.patterns", old), new) for old, new in rules.pairs("patterns")),
        otherwise=rules.text("otherwise") if "otherwise" in given else None,
    )


def pattern(name: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise MappingError(f'{name}: "{text}" is not a regular expression: {error}.') from error


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the mapping; what it gives is of the type asked for, or a MappingError names the key."""

    values: dict[str, Any]
    name: str = ""

    def _key(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def allow(self, keys: Iterable[str]) -> None:
        known = set(keys)
        for key in self.values:
            if key not in known:
                raise MappingError(f"{self._key(key)} is not a key of a mapping; known are {', '.join(sorted(known))}.")

    def table(self, key: str) -> Table:
        given = self.values.get(key, {})
        if not isinstance(given, dict):
            raise MappingError(f"{self._key(key)} must be a table.")
        return Table(cast(dict[str, Any], given), self._key(key))

    def text(self, key: str, default: str | None = None) -> str:
        given = self.values.get(key, default)
        if given is None:
            raise MappingError(f"{self._key(key)} is missing.")
        if not isinstance(given, str) or (default is None and not given.strip()):
            raise MappingError(f"{self._key(key)} must be a text.")
        return given

    def texts(self, key: str, default: Sequence[str] | None = None) -> Sequence[str]:
        given = self.values.get(key, default)
        if given is None:
            raise MappingError(f"{self._key(key)} is missing.")
        if not isinstance(given, (list, tuple)) or not all(isinstance(item, str) for item in cast(list[Any], given)):
            raise MappingError(f"{self._key(key)} must be a list of texts.")
        return cast(Sequence[str], given)

    def pairs(self, key: str) -> list[tuple[str, str]]:
        """A table from text to text, in its order."""
        given = self.table(key)
        return [(old, given.text(old, "")) for old in given.values]

    def number(self, key: str, default: int, least: int, most: int) -> int:
        given = self.values.get(key, default)
        if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
            raise MappingError(f"{self._key(key)} must be a whole number from {least} to {most}.")
        return given

    def zone(self, key: str) -> str:
        name = self.text(key)
        if not is_zone(name):
            raise MappingError(f'{self._key(key)}: "{name}" is not a zone of the IANA list, such as Asia/Kolkata.')
        return name

    def choice(self, key: str, choices: type[Choice], default: Choice) -> Choice:
        given = self.text(key, str(default.value))
        try:
            return choices(given)
        except ValueError as error:
            names = ", ".join(str(choice.value) for choice in choices)
            raise MappingError(f'{self._key(key)}: "{given}" is none of {names}.') from error
