"""Shifts: what a work calendar asks of each day, and what clock-ins say against it; pure rules over local times."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo


class AttendanceKind(Enum):
    """What is told of a day at work 考勤. PRESENT says that somebody came, late or not."""

    LATE = "LATE"
    ABSENT = "ABSENT"
    EARLY_LEAVE = "EARLY_LEAVE"
    APPROVED_LEAVE = "APPROVED_LEAVE"
    PRESENT = "PRESENT"


class Silence(Enum):
    """What a scheduled day without any sign means: nothing, unless somebody vouches that the log is complete."""

    UNKNOWN = "UNKNOWN"
    ABSENT = "ABSENT"


class Sign(Enum):
    """What a clock recorded; a clock that has one button does not tell."""

    IN = "IN"
    OUT = "OUT"
    EITHER = "EITHER"


class NoCalendar(ValueError):
    """A text is no line of a calendar; the message is a sentence."""


WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
ALL = "*"
"""Stands for every shift: a holiday is one for all who are not named."""
REACH = timedelta(hours=6)
"""How far before or after a shift a sign may lie and still belong to it."""

_NAME = r"(?:(?P<name>[\w-]{1,40}): )?"
_HOURS = r"(?P<starts>\d\d:\d\d)-(?P<ends>\d\d:\d\d)"
_SCHEDULED = re.compile(rf"{_NAME}(?P<days>[A-Z]{{3}}(?:[-,][A-Z]{{3}})*) {_HOURS}")
_EXCEPTION = re.compile(rf"{_NAME}(?P<day>\d{{4}}-\d\d-\d\d)(?: {_HOURS}(?P<half> half)?)?")


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when on the wall clock; past midnight where they end no later than they start."""

    starts: time
    ends: time
    half: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A shift that is due: the day it begins on, its instants, the grace in minutes, and for how much it counts."""

    day: date
    starts: datetime
    ends: datetime
    grace: int
    days: float


@dataclass(frozen=True, slots=True)
class Clocked:
    """A sign of a clock at an instant."""

    at: datetime
    sign: Sign = Sign.EITHER


@dataclass(frozen=True, slots=True)
class Told:
    """What a day came to; `kind` is null where it cannot be known."""

    day: date
    kind: AttendanceKind | None
    days: float = 1.0
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Who works when: hours by shift and weekday, other hours or none on single days, and the minutes of grace."""

    zone: str
    grace: int
    schedule: Mapping[tuple[str, int], Hours]
    exceptions: Mapping[tuple[str, date], Hours | None]

    @classmethod
    def of_texts(cls, zone: str, grace: int, schedule: Iterable[str], exceptions: Iterable[str] = ()) -> Calendar:
        """Lines such as "MON-FRI 09:00-18:00", "NIGHT: MON,TUE 22:00-06:00", "2026-10-01" for a holiday and
        "2026-12-24 09:00-12:00 half"; NoCalendar for any other."""
        hours = dict(pair for text in schedule for pair in _scheduled(text))
        others = dict(_exception(text) for text in exceptions)
        return cls(zone, grace, hours, others)

    @classmethod
    def of_new_texts(cls, zone: str, grace: int, schedule: Iterable[str], exceptions: Iterable[str] = ()) -> Calendar:
        """The same, and NoCalendar where two lines say otherwise of one day of a shift; what is kept may have
        such, of which the last counts."""
        lines = list(schedule), list(exceptions)
        due = {pair for text in lines[0] for pair in _scheduled(text)}
        others = set(map(_exception, lines[1]))
        if len(dict(due)) < len(due) or len(dict(others)) < len(others):
            raise NoCalendar("Two lines are of the same day; a shift has one time a day, so a second one needs a name.")
        return cls.of_texts(zone, grace, *lines)

    @property
    def shifts(self) -> set[str]:
        return {shift for shift, _ in self.schedule}

    def hours(self, shift: str, day: date) -> Hours | None:
        for name in (shift, ALL):
            if (name, day) in self.exceptions:
                return self.exceptions[name, day]
        return self.schedule.get((shift, day.weekday()))

    def span(self, shift: str, day: date) -> Span | None:
        hours = self.hours(shift, day)
        if hours is None:
            return None
        last = day if hours.ends > hours.starts else day + timedelta(days=1)
        starts, ends = instant(day, hours.starts, self.zone), instant(last, hours.ends, self.zone)
        return Span(day, starts, ends, self.grace, 0.5 if hours.half else 1.0)


def instant(day: date, at: time, zone: str) -> datetime:
    """The instant of a wall clock's time; of two when the clock is put back, the first."""
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def clocked(local: datetime, sign: Sign, zone: str) -> Clocked:
    """A sign typed in local time. Where the clock was put back it may be either of two: the kinder is taken."""
    fold = 1 if sign is Sign.OUT else 0
    return Clocked(local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC), sign)


def past_midnight(calendar: Calendar, shift: str, day: date, came: time) -> bool:
    """Whether who came at that time came to a shift of that day after midnight: before its end, and when it was far
    too early for its beginning."""
    hours = calendar.hours(shift, day)
    if hours is None or not came < hours.ends <= hours.starts:
        return False
    return datetime.combine(day, hours.starts) - datetime.combine(day, came) > REACH


def _scheduled(text: str) -> Iterator[tuple[tuple[str, int], Hours]]:
    found = _SCHEDULED.fullmatch(text.strip())
    if found is None:
        raise NoCalendar(f'"{text}" is not a line such as MON-FRI 09:00-18:00.')
    hours = Hours(_time(found["starts"], text), _time(found["ends"], text))
    for part in found["days"].split(","):
        first, _, last = part.partition("-")
        try:
            begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        except ValueError:
            raise NoCalendar(f'"{text}" names a day that is none of {", ".join(WEEKDAYS)}.') from None
        for weekday in range(begin, begin + (end - begin) % 7 + 1):
            yield (found["name"] or "", weekday % 7), hours


def _exception(text: str) -> tuple[tuple[str, date], Hours | None]:
    found = _EXCEPTION.fullmatch(text.strip())
    try:
        day = date.fromisoformat(found["day"]) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        raise NoCalendar(f'"{text}" is not a line such as 2026-10-01 or 2026-12-24 09:00-12:00 half.')
    if found["starts"] is None:
        return (found["name"] or ALL, day), None
    hours = Hours(_time(found["starts"], text), _time(found["ends"], text), half=found["half"] is not None)
    return (found["name"] or "", day), hours


def _time(written: str, text: str) -> time:
    try:
        return time.fromisoformat(written)
    except ValueError:
        raise NoCalendar(f'"{text}" has a time that no clock shows.') from None


@dataclass(frozen=True, slots=True)
class Calendars:
    """The versions of one calendar, each from its first day until the next one's."""

    versions: Sequence[tuple[date, Calendar]]

    def on(self, day: date) -> Calendar | None:
        """The version in force on a day; null before the first."""
        place = bisect_right([since for since, _ in self.versions], day)
        return self.versions[place - 1][1] if place else None

    def spans(self, shift: str, first: date, until: date) -> list[Span]:
        """The shifts that begin from `first` on and before `until`."""
        days = (first + timedelta(days=number) for number in range((until - first).days))
        found = ((calendar := self.on(day)) and calendar.span(shift, day) for day in days)
        return [span for span in found if span]


def judged(
    signs: Iterable[Clocked],
    calendars: Calendars,
    first: date,
    until: date,
    *,
    shift: str = "",
    leave: Mapping[date, float] | None = None,
    silence: Silence = Silence.UNKNOWN,
    unknown: Collection[date] = (),
    seen: Collection[date] = (),
) -> list[Told]:
    """What the scheduled days from `first` on and before `until` came to, in their order.

    A sign belongs to the nearest shift within reach; on a day that asks for no work it is not looked at. `leave` is
    how much of a day was approved leave. A missing sign is never held against anybody: what it would tell is unknown.
    Of days that are `unknown` nothing is told, and on those that are `seen` nobody was absent, whatever is missing.
    """
    around = calendars.spans(shift, first - timedelta(days=2), until + timedelta(days=2))
    ordered = sorted(signs, key=lambda it: (it.at, it.sign.value))
    told: list[Told] = []
    for place, span in enumerate(around):
        if first <= span.day < until and span.day in unknown:
            told.append(Told(span.day, None, span.days))
        elif first <= span.day < until:
            means = Silence.UNKNOWN if span.day in seen else silence
            before = around[place - 1].ends if place else None
            after = around[place + 1].starts if place + 1 < len(around) else None
            told += _day(span, _belonging(ordered, span, before, after), (leave or {}).get(span.day, 0.0), means)
    return told


def _belonging(
    signs: Sequence[Clocked], span: Span, before: datetime | None, after: datetime | None
) -> list[tuple[datetime, Sign]]:
    """The signs of one shift; one that lies halfway between two belongs to the later."""
    since, to = span.starts - REACH, span.ends + REACH
    if before is not None:
        since = max(since, before + (span.starts - before) / 2)
    if after is not None:
        to = min(to, span.ends + (after - span.ends) / 2)
    found = [it for it in signs if since <= it.at < to]
    either = [it.at for it in found if it.sign is Sign.EITHER]
    named = [(it.at, it.sign) for it in found if it.sign is not Sign.EITHER]
    if len(either) == 1:
        is_early = either[0] - span.starts < span.ends - either[0]
        return [*named, (either[0], Sign.IN if is_early else Sign.OUT)]
    return named + ([(either[0], Sign.IN), (either[-1], Sign.OUT)] if either else [])


def _day(span: Span, signs: Sequence[tuple[datetime, Sign]], leave: float, silence: Silence) -> list[Told]:
    if leave >= span.days:
        return [Told(span.day, AttendanceKind.APPROVED_LEAVE, span.days)]
    away = [Told(span.day, AttendanceKind.APPROVED_LEAVE, leave)] if leave else []
    due = span.days - leave
    came = min((at for at, sign in signs if sign is Sign.IN and at < span.ends), default=None)
    left = max((at for at, sign in signs if sign is Sign.OUT and at > span.starts), default=None)
    if came is None and left is None:
        kind = AttendanceKind.ABSENT if silence is Silence.ABSENT and not signs else None
        return [*away, Told(span.day, kind, due)]
    here = [*away, Told(span.day, AttendanceKind.PRESENT, due)]
    # Which half of the day was leave is not known, so neither end of it can be late or early.
    return here if leave else [*here, *_arrival(span, came), *_departure(span, left)]


def _arrival(span: Span, came: datetime | None) -> Iterator[Told]:
    if came is None:
        yield Told(span.day, None)
    elif came > span.starts + timedelta(minutes=span.grace):
        yield Told(span.day, AttendanceKind.LATE, 1.0, _minutes(came - span.starts))


def _departure(span: Span, left: datetime | None) -> Iterator[Told]:
    if left is None:
        yield Told(span.day, None)
    elif left < span.ends - timedelta(minutes=span.grace):
        yield Told(span.day, AttendanceKind.EARLY_LEAVE, 1.0, _minutes(span.ends - left))


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
