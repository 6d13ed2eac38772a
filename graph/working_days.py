"""Working days: until when something is due that is promised within so many of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from graph import work_calendars
from graph.shifts import Calendars
from graph.writing import Desk

LONGEST = 366
"""Days after which a calendar that knows no work is not believed."""


def is_workday(calendars: Calendars, day: date) -> bool:
    """By the calendar in force on that day; from Monday to Friday where there is none."""
    calendar = calendars.on(day)
    if calendar is None:
        return day.weekday() < 5
    return any(calendar.hours(shift, day) is not None for shift in calendar.shifts)


def after(now: datetime, days: int, zone: str, works: Callable[[date], bool]) -> datetime:
    """The same time on the wall clock so many working days later; today does not count."""
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    left, day = days, local.date()
    for _ in range(LONGEST):
        if not left:
            break
        day += timedelta(days=1)
        left -= works(day)
    due = datetime.combine(day, local.time(), tzinfo=ZoneInfo(zone))
    return due.astimezone(UTC)


async def due(desk: Desk, department: str, days: int) -> datetime:
    """So many working days from now, by the calendar of the department or the nearest above it."""
    viewer = desk.act.viewer
    calendars = await work_calendars.nearest(desk.tx.run, viewer.organization, department)
    return by(calendars, desk.act.now, days, viewer.zone)


def by(calendars: Calendars, now: datetime, days: int, zone: str) -> datetime:
    """So many working days later by these calendars; `zone` is the Organization's, where they have none."""
    calendar = calendars.on(now.date())
    return after(now, days, calendar.zone if calendar else zone, lambda day: is_workday(calendars, day))
