"""An instant is an aware datetime outside the graph and a LOCAL DATETIME in UTC inside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

from neo4j._codec.packstream import Structure
from neo4j.time import DateTime

ZONES = frozenset(available_timezones())
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL_DATETIME = b"d"
_PLAIN = frozenset({str, int, float, bool, type(None)})


def to_graph(instant: datetime) -> datetime:
    """The naive UTC datetime that the driver stores; a naive argument is a bug and raises ValueError."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant!r}")
    return instant.astimezone(UTC).replace(tzinfo=None)


def from_graph(stored: DateTime) -> datetime:
    return datetime(
        stored.year,
        stored.month,
        stored.day,
        stored.hour,
        stored.minute,
        stored.second,
        stored.nanosecond // 1000,
        tzinfo=UTC,
    )


def to_text(stored: str) -> str:
    """ISO 8601 in UTC with a Z, microseconds only where there are any, from what `toString` makes of an instant.

    Neo4j writes seconds and as many digits of a fraction as it needs, ArcadeDB neither zero seconds nor fewer than
    three digits. Read as text, an instant takes a hundredth of the time that the driver needs to make an object of it.
    """
    match len(stored):
        case 19:
            return stored + "Z"
        case 16:
            return stored + ":00Z"
        case _:
            return stored[:26].ljust(26, "0") + "Z"


def from_text(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def parameter(value: Any) -> Any:
    """What the driver may be given: instants as Bolt sends them, everything else stays (lists are walked)."""
    if isinstance(value, datetime):
        return packed(value)
    if isinstance(value, dict):
        return {key: parameter(item) for key, item in cast(dict[str, Any], value).items()}
    if isinstance(value, (list, tuple)):
        items = cast(Sequence[Any], value)
        # A viewer's departments are lists of up to a thousand, and are sent with every question.
        return items if _PLAIN.issuperset(map(type, items)) else [parameter(item) for item in items]
    return value


def packed(instant: datetime) -> Any:
    """An instant as the LOCAL DATETIME that goes over the wire; a naive one is a bug and raises ValueError.

    The driver makes the very same of a naive datetime, by way of six objects of its own: 100 us, a tenth of what a
    small question takes of a processor, where this takes 2. The class is not among what the driver documents, so
    tests/test_instants.py compares the two.
    """
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant!r}")
    passed = instant - _EPOCH
    return Structure(_LOCAL_DATETIME, passed.days * 86_400 + passed.seconds, passed.microseconds * 1_000)


def in_zone(instant: datetime, zone: str) -> datetime:
    """The instant on the clocks of `zone`; their first or last time there is, where it would lie beyond that."""
    clock = ZoneInfo(zone)
    try:
        return instant.astimezone(clock)
    except OverflowError:
        return datetime.min.replace(tzinfo=clock) if instant.year == 1 else datetime.max.replace(tzinfo=clock)


def place_of(at: datetime) -> str:
    """The zone by whose clocks a local time is told, and how far they are from UTC then: Asia/Shanghai, UTC+08:00."""
    ahead = at.strftime("%z")
    return f"{at.tzinfo}, UTC{ahead[:3]}:{ahead[3:5]}"


def reckoned(instant: datetime, by: timedelta) -> datetime:
    """The instant so much later, or earlier; the first or the last there is, where it would lie beyond that."""
    try:
        return instant + by
    except OverflowError:
        return FIRST if by < timedelta() else LAST


def day_in(instant: datetime, zone: str) -> date:
    """The day on the calendar of `zone`."""
    return in_zone(instant, zone).date()


def month(instant: datetime, zone: str) -> tuple[int, int]:
    """Year and month on the calendar of `zone`."""
    day = day_in(instant, zone)
    return day.year, day.month


def midnight(day: date, zone: str) -> datetime:
    """The instant at which the day begins in the zone; the first one there is, where it would lie before that."""
    try:
        return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        return FIRST


def is_zone(name: str) -> bool:
    return name in ZONES
