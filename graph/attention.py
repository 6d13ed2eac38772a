"""The label NEEDS_ATTENTION 职业态度待提升: attendance at work and a no-show that counts, together; neither alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import groupby

from graph.credit import CreditPolicy, CrossCheck
from graph.observations import Facts, Mark


class Tag(Enum):
    """A label that a record may bear."""

    NEEDS_ATTENTION = "NEEDS_ATTENTION"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a label stands on: records, `Type:id`, the day of the latest, and from when it no longer counts; of days
    that were told as a sum of their month, `month_days` says how many."""

    kind: str
    on: date
    count: int
    evidence: tuple[str, ...]
    expires_on: date
    month_days: float | None = None


@dataclass(frozen=True, slots=True)
class Attention:
    """The label with all of its grounds; it goes on `expires_on`, when one side of them is gone."""

    version: int
    grounds: tuple[Ground, ...]
    expires_on: date


LATE, ABSENT, NO_SHOW = "LATE", "ABSENT", "NO_SHOW"


def raised(policy: CreditPolicy, facts: Facts, now: datetime) -> Attention | None:
    """Whether the facts raise it. Who may not see one of them must not be asked about it: facts are what is seen."""
    missed = _no_shows(facts, now)
    marks = [mark for job in facts.employments for month in job.months for mark in month.marks]
    at_work = _at_work(policy.cross, marks, now.date())
    if not missed or not at_work:
        return None
    expires = min(max(each.expires_on for each in side) for side in (missed, at_work))
    return Attention(policy.version, (*at_work, *missed), expires)


def _no_shows(facts: Facts, now: datetime) -> list[Ground]:
    found = [
        Ground(NO_SHOW, fact.day(fact.at), 1, (f"Finding:{fact.finding.id}",), fact.finding.expires_at.date())
        for fact in facts.interviews
        if fact.finding is not None and fact.finding.counts and fact.finding.expires_at is not None
        if fact.finding.expires_at > now
    ]
    return sorted(found, key=lambda each: (each.on, each.evidence))


Told = list[Mark]
"""What records tell of one day, or as the sum of one month: two that are merged may tell of the same one."""


def _at_work(cross: CrossCheck, marks: Iterable[Mark], today: date) -> list[Ground]:
    """A month with so many LATE, and every ABSENT where there are so many of them in the window."""
    late, absent = (_told(marks, kind) for kind in (LATE, ABSENT))
    months = [list(month) for _, month in groupby(late, key=lambda told: f"{told[0].day:%Y-%m}")]
    found = [_ground(cross, LATE, month) for month in months if _times(month) >= cross.lates]
    return [each for each in found if each.on <= today < each.expires_on] + _absences(cross, absent, today)


def _told(marks: Iterable[Mark], kind: str) -> list[Told]:
    def about(mark: Mark) -> tuple[date, str]:
        return mark.day, mark.granularity

    known = sorted((mark for mark in marks if mark.kind == kind), key=lambda mark: (*about(mark), mark.id))
    return [list(told) for _, told in groupby(known, key=about)]


def _absences(cross: CrossCheck, absent: list[Told], today: date) -> list[Ground]:
    """Those of the window, where they are so many; they no longer count once too few of them are left in it."""
    window = timedelta(days=cross.window)
    left = [told for told in absent if told[0].day <= today < told[0].day + window]
    ends = [told[0].day + window for place, told in enumerate(left) if _times(left[place + 1 :]) < cross.absences]
    if _times(left) < cross.absences:
        return []
    found = [_ground(cross, ABSENT, [told]) for told in left]
    return [replace(each, expires_on=min(each.expires_on, ends[0])) for each in found]


def _times(days: Iterable[Told]) -> int:
    """Half a day is a time too, and of a month what is told beyond whole times is none. A day, or the sum of a
    month, of which two records tell is told once, by the larger.
    """
    return int(sum(max(1, _days(told)) for told in days))


def _days(told: Told) -> float:
    return max(mark.days for mark in told)


def _ground(cross: CrossCheck, kind: str, days: list[Told]) -> Ground:
    evidence = tuple(f"AttendanceRecord:{mark.id}" for told in days for mark in told)
    last = max(told[0].day for told in days)
    month_days = _days(days[0]) if days[0][0].granularity == "MONTH" else None
    return Ground(kind, last, _times(days), evidence, last + timedelta(days=cross.window), month_days)
