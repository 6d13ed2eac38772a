"""The label NEEDS_ATTENTION 职业态度待提升: attendance at work and a no-show that counts, together; neither alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import groupby
from math import ceil

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
    at_work = [each for each in _at_work(policy.cross, marks) if each.on <= now.date() < each.expires_on]
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


def _at_work(cross: CrossCheck, marks: Iterable[Mark]) -> list[Ground]:
    """A month with so many LATE, and every ABSENT where there are so many of them."""
    marks = sorted(marks, key=lambda mark: (mark.day, mark.id))
    late, absent = ([mark for mark in marks if mark.kind == kind] for kind in (LATE, ABSENT))
    months = [list(month) for _, month in groupby(late, key=lambda mark: f"{mark.day:%Y-%m}")]
    found = [_ground(cross, LATE, month) for month in months if _times(month) >= cross.lates]
    found += [_ground(cross, ABSENT, [mark]) for mark in absent if _times(absent) >= cross.absences]
    return found


def _times(marks: Iterable[Mark]) -> int:
    """Half a day is a time too."""
    return sum(ceil(mark.days) for mark in marks)


def _ground(cross: CrossCheck, kind: str, marks: list[Mark]) -> Ground:
    evidence = tuple(f"AttendanceRecord:{mark.id}" for mark in marks)
    last = max(mark.day for mark in marks)
    days = max(mark.days for mark in marks) if marks[0].granularity == "MONTH" else None
    return Ground(kind, last, _times(marks), evidence, last + timedelta(days=cross.window), days)
