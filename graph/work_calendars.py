"""Work calendars: the schedule, holidays and grace of an Organization or a department, one version after another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.events import About, EventType
from graph.instants import is_zone
from graph.refusals import Code, Fault, Refusal, invalid
from graph.shifts import Calendar, Calendars, NoCalendar
from graph.statements import Found, Nothing, Statement
from graph.structure import Structure
from graph.traversal import Form, Many, One, Prop, Shape
from graph.visibility import Level
from graph.writing import HR, Act, Desk, Graph, Outcome, Written, perform, role_refusal

Run = Callable[..., Awaitable[list[Any]]]
"""How a statement is run: of a client that reads, or of the transaction that one is in."""
MOST_LINES = 400
"""Lines of a schedule, and of exceptions."""

WORK_CALENDAR = Shape(
    "WorkCalendar",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "validFrom": Prop(),
        "timeZone": Prop(),
        "graceMinutes": Prop(),
        "schedule": Prop(),
        "exceptions": Prop(),
        "department": One("Department", ("(this)<-[:KEEPS]-(that:Department)",)),
    },
)
KEPT = Many("WorkCalendar", ("(this)-[:KEEPS]->(that:WorkCalendar)",), order=("that.validFrom", "that.id"))
"""The versions that a department or the Organization itself keeps."""


@dataclass(frozen=True, slots=True)
class NewCalendar:
    """`department` is null for the Organization's own; lines are those of graph/shifts.py."""

    valid_from: date
    zone: str
    grace_minutes: int
    schedule: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    department: str | None = None


@dataclass(frozen=True, slots=True)
class VersionRow:
    id: str
    department: str | None
    valid_from: str
    zone: str
    grace_minutes: int
    schedule: list[str]
    exceptions: list[str]


LIST = Statement(
    "work_calendars.list",
    """
    MATCH (calendar:WorkCalendar {organization: $organization})
    RETURN calendar.id AS id, head([(calendar)<-[:KEEPS]-(d:Department) | d.id]) AS department,
      calendar.validFrom AS valid_from, calendar.timeZone AS zone, calendar.graceMinutes AS grace_minutes,
      calendar.schedule AS schedule, calendar.exceptions AS exceptions
    ORDER BY valid_from, id
    """,
    row=VersionRow,
)
LIST_OWNERS = Statement(
    "work_calendars.list_owners",
    """
    MATCH (:Department {id: $department})-[way:PART_OF*0..]->(owner:Department)
    RETURN owner.id AS id ORDER BY size(way)
    """,
    row=Found,
)
CREATE_FOR_DEPARTMENT = Statement(
    "work_calendars.create_for_department",
    """
    MATCH (owner:Department {id: $owner})
    CREATE (calendar:WorkCalendar {id: $id, organization: $organization, validFrom: $valid_from, timeZone: $zone,
      graceMinutes: $grace_minutes, schedule: $schedule, exceptions: $exceptions})
    CREATE (owner)-[:KEEPS]->(calendar)
    """,
    row=Nothing,
    writes=True,
)
CREATE_FOR_ORGANIZATION = Statement(
    "work_calendars.create_for_organization",
    """
    MATCH (owner:Organization {id: $owner})
    CREATE (calendar:WorkCalendar {id: $id, organization: $organization, validFrom: $valid_from, timeZone: $zone,
      graceMinutes: $grace_minutes, schedule: $schedule, exceptions: $exceptions})
    CREATE (owner)-[:KEEPS]->(calendar)
    """,
    row=Nothing,
    writes=True,
)


MOST_GRACE_MINUTES = 240


def calendar_refusal(new: NewCalendar) -> Refusal | None:
    if not is_zone(new.zone):
        return invalid("timeZone", Fault.ZONE)
    if not 0 <= new.grace_minutes <= MOST_GRACE_MINUTES:
        return invalid("graceMinutes", Fault.BETWEEN, 0, MOST_GRACE_MINUTES)
    for field, lines in (("schedule", new.schedule), ("exceptions", new.exceptions)):
        if len(lines) > MOST_LINES or (field == "schedule" and not lines):
            return invalid(field, Fault.COUNT, int(field == "schedule"), MOST_LINES)
        try:
            parts = {"schedule": (), "exceptions": (), field: lines}
            Calendar.of_new_texts(new.zone, new.grace_minutes, **parts)
        except NoCalendar:
            return invalid(field, Fault.TABLE)
    return None


async def set(graph: Graph, act: Act, new: NewCalendar) -> Outcome:
    """Sets what is due from a day on; what was due before it stays as it was."""
    refused = role_refusal(act.viewer, HR) or calendar_refusal(new)
    if refused:
        return refused

    async def work(desk: Desk) -> Outcome:
        if new.department is not None and not act.viewer.owns(new.department):
            return Refusal(Code.NOT_FOUND, "department")
        await desk.lock_organization()
        id = await put(desk, new)
        return invalid("validFrom", Fault.NOT_COVERED) if id is None else Written("WorkCalendar", id)

    return await perform(graph, act, work)


async def put(desk: Desk, new: NewCalendar) -> str | None:
    """Writes a version in a locked Organization; null where it does not begin after all others of its owner."""
    organization = desk.act.viewer.organization
    versions = await desk.tx.run(LIST, organization=organization)
    if any(row.department == new.department and row.valid_from >= new.valid_from.isoformat() for row in versions):
        return None
    stored: dict[str, Any] = {
        "id": desk.new_id(),
        "valid_from": new.valid_from.isoformat(),
        "zone": new.zone,
        "grace_minutes": new.grace_minutes,
        "schedule": list(new.schedule),
        "exceptions": list(new.exceptions),
    }
    create = CREATE_FOR_ORGANIZATION if new.department is None else CREATE_FOR_DEPARTMENT
    await desk.tx.run(create, owner=new.department or organization, organization=organization, **stored)
    about = About("WorkCalendar", stored["id"])
    await desk.record(EventType.WORK_CALENDAR_SET, about, department=new.department, **stored)
    return stored["id"]


async def of_departments(graph: Graph, organization: str, structure: Structure) -> Mapping[str, Calendars]:
    """What is due in each department: by its own calendar, or before that begins by the nearest one above it.

    Under the empty text stands the Organization's own.
    """
    kept = _versions(await graph.client.read(LIST, organization=organization))

    found = {
        department: _joined(kept, [*structure.ancestors_or_self(department), None]) for department in structure.places
    }
    return {"": Calendars(kept.get(None, [])), **found}


async def nearest(run: Run, organization: str, department: str) -> Calendars:
    """What is due in one department; none where neither it nor the Organization keeps a calendar."""
    kept = _versions(await run(LIST, organization=organization))
    above = [row.id for row in await run(LIST_OWNERS, department=department)] if kept else []
    return _joined(kept, [*above, None])


def _joined(kept: Mapping[str | None, list[tuple[date, Calendar]]], owners: list[str | None]) -> Calendars:
    """The versions of several owners, the nearest first, each from its first version on."""
    found: list[tuple[date, Calendar]] = []
    for owner in reversed(owners):
        if own := kept.get(owner):
            found = [version for version in found if version[0] < own[0][0]] + own
    return Calendars(found)


def _versions(rows: Iterable[VersionRow]) -> dict[str | None, list[tuple[date, Calendar]]]:
    """The versions by owner, each from its first day on."""
    kept: dict[str | None, list[tuple[date, Calendar]]] = {}
    for row in rows:
        calendar = Calendar.of_texts(row.zone, row.grace_minutes, row.schedule, row.exceptions)
        kept.setdefault(row.department, []).append((date.fromisoformat(row.valid_from), calendar))
    return kept
