"""Days and ISO weeks on the calendar of a zone, for instants that the database keeps in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from graph.instants import in_zone

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time from its start on, through which the zone's clocks are ahead of UTC by so many seconds."""

    start: datetime
    ahead: int


def stretches(start: datetime, end: datetime, zone: str) -> list[Stretch]:
    """The stretches of [start, end) between which clocks are changed, the latest first.

    Clocks that are changed forth and back within a day would be missed; none were.
    """
    found = [Stretch(start, _ahead(start, zone))]
    at = start
    while at < end:
        then = end if end - at < DAY else at + DAY
        if _ahead(then, zone) != found[-1].ahead:
            changed = _change(at, then, zone)
            found.append(Stretch(changed, _ahead(changed, zone)))
        at = then
    return found[::-1]


def _ahead(at: datetime, zone: str) -> int:
    offset = in_zone(at, zone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds())


def _change(before: datetime, after: datetime, zone: str) -> datetime:
    """The whole second from which on the clocks go as they do at `after`."""
    early, late = int(before.timestamp()), int(after.timestamp())
    old = _ahead(before, zone)
    while late - early > 1:
        middle = (early + late) // 2
        if _ahead(datetime.fromtimestamp(middle, UTC), zone) == old:
            early = middle
        else:
            late = middle
    return datetime.fromtimestamp(late, UTC)


def week_of(day: str) -> str:
    """The ISO week of a day in ISO 8601, as 2026-W47."""
    year, week, _ = date.fromisoformat(day[:10]).isocalendar()
    return f"{year}-W{week:02}"


def weeks(first: str, last: str) -> Iterator[str]:
    """All ISO weeks from one to another."""
    monday, end = date.fromisoformat(f"{first}-1"), date.fromisoformat(f"{last}-1")
    while monday <= end:
        yield week_of(monday.isoformat())
        monday += 7 * DAY
