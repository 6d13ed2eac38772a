"""WorkCalendar, as clients see it, and how one is set."""

from __future__ import annotations

from datetime import date

import strawberry

from graph import work_calendars
from schema.fields import Node, bounded, field
from schema.ids import id_of
from schema.links import DepartmentRef
from schema.mutations import IdempotentInput, mutation

_SCHEDULE = (
    'Lines such as "MON-FRI 09:00-18:00" or, for a shift with a name, "NIGHT: MON,TUE 22:00-06:00"; '
    "hours that end no later than they begin pass midnight."
)
_EXCEPTIONS = (
    'Lines such as "2026-10-01" for a holiday, "2026-10-10 09:00-18:00" for a day of other hours '
    'and "2026-12-24 09:00-12:00 half" for one that counts half.'
)


@strawberry.type(description="What is due from a day on, until the next version 工作日历. Versions are never edited.")
class WorkCalendar(Node):
    valid_from: date | None = field("The first day on which it holds.")
    time_zone: str | None = field("The IANA zone of its hours.")
    grace_minutes: int | None = field("How many minutes after the hour are not late yet.")
    schedule: list[str] | None = field(_SCHEDULE)
    exceptions: list[str] | None = field(_EXCEPTIONS)
    department: DepartmentRef | None = field("Whose it is; null for the Organization's own.")


@strawberry.input(description="Sets the work calendar of a department with all below it, or of the Organization.")
class SetWorkCalendarInput(IdempotentInput):
    valid_from: date = field("The first day on which it holds; after that of every earlier version.")
    time_zone: str = field("The IANA zone of its hours.")
    schedule: list[str] = field(_SCHEDULE)
    exceptions: list[str] = strawberry.field(default_factory=list, description=_EXCEPTIONS)
    grace_minutes: int = strawberry.field(
        default=0,
        description=bounded("How many minutes after the hour are not late yet.", 0, work_calendars.MOST_GRACE_MINUTES),
    )
    department: strawberry.ID | None = strawberry.field(
        default=None, description="Whose it is; the Organization's where none is given."
    )


def _calendar(input: SetWorkCalendarInput) -> work_calendars.NewCalendar:
    return work_calendars.NewCalendar(
        input.valid_from,
        input.time_zone,
        input.grace_minutes,
        tuple(input.schedule),
        tuple(input.exceptions),
        None if input.department is None else id_of("Department", input.department),
    )


MUTATIONS = (
    mutation(
        "setWorkCalendar",
        SetWorkCalendarInput,
        "WorkCalendar",
        lambda graph, act, input: work_calendars.set(graph, act, _calendar(input)),
        "Sets what is due from a day on; what was due before stays as it was. HR_ADMIN. "
        "Codes: NOT_ALLOWED, NOT_FOUND, INVALID_VALUE.",
    ),
)
