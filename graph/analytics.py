"""Interviews in numbers, over whole departments: how many were missed, by what, and what became of the rest.

Counts are over departments that are the viewer's own. Of others in the circle only findings that count are counted,
only by what a finding shows there (when, department, position), in groups of their own, and none of fewer than five.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, LiteralString

from graph.attendance import ACCEPTED, ATTENDED, STANDS
from graph.intervals import Difference, Rate, difference, wilson
from graph.statements import Statement
from graph.structure import Relation
from graph.suppression import SMALLEST, suppressed
from graph.visibility import CONFIRMED, COUNTS, Viewer, padded, stood_at
from graph.weeks import stretches, week_of, weeks
from graph.writing import Graph

CLAIMED = -0.4
"""What a vendor says a no-show does to the odds of a second round; told beside what was measured, never used."""
LONGEST = timedelta(days=3_660)
"""The longest period that one question may span."""
USUAL = timedelta(days=365)
"""The period where none is named."""


class GroupBy(Enum):
    """What no-shows are grouped by."""

    WEEK = "WEEK"
    DEPARTMENT = "DEPARTMENT"
    MODE = "MODE"
    CAUSE = "CAUSE"
    JOB_FAMILY = "JOB_FAMILY"


class ComparedBy(Enum):
    """What applications are told apart by, where their odds are compared."""

    NO_SHOW = "NO_SHOW"
    LABEL = "LABEL"
    BAND = "BAND"


SHOWN_NEAR = frozenset({GroupBy.WEEK, GroupBy.DEPARTMENT, GroupBy.JOB_FAMILY})
"""What a finding shows of itself to its circle."""
UNDECIDED = "UNDECIDED"
"""The group of missed interviews of which nobody has decided why."""


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant until before another, on the calendar of a zone."""

    start: datetime
    end: datetime
    zone: str

    @property
    def parameters(self) -> dict[str, Any]:
        return {"from": self.start, "to": self.end}


@dataclass(frozen=True, slots=True)
class Scope:
    """The departments that are counted: the viewer's own, and others of its circle."""

    own: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all of it is the viewer's own."""
        return bool(self.own) and not self.others

    @property
    def parameters(self) -> dict[str, list[str]]:
        return {"own": padded(list(self.own)), "places": padded([*self.own, *self.others])}


def period(start: datetime | None, end: datetime | None, zone: str, now: datetime) -> Period | None:
    """The year until `end`, or until now, where no start is named; null where it is no period or too long a one."""
    end = end or now
    try:
        start = start or end - USUAL
    except OverflowError:
        return None
    return Period(start, end, zone) if start < end and end - start <= LONGEST else None


def scope(viewer: Viewer, department: str | None) -> Scope | None:
    """A department and all below it, or all that is the viewer's own; null where that is not for the viewer to count.

    A closed department counts with its successor.
    """
    own = viewer.departments(Relation.OWN)
    if department is None:
        return Scope(tuple(own))
    if not viewer.is_near(department):
        return None
    below = viewer.structure.below(department)
    inside = {place for place in viewer.structure.places if viewer.structure.counts_as(place) in below} | {department}
    near = viewer.departments(Relation.SIBLING, Relation.CIRCLE)
    return Scope(tuple(sorted(inside & set(own))), tuple(sorted(inside & set(near))))


WHEN: LiteralString = "CASE that.mode WHEN 'AI_ASYNC' THEN that.endsAt ELSE that.startsAt END"
LAPSED: LiteralString = ACCEPTED + " AND that.attendance = 'NOT_ATTENDED'"
SETTLED: LiteralString = ACCEPTED + " AND (" + ATTENDED + " OR that.attendance IN ['INCOMPLETE', 'NOT_ATTENDED'])"
_COUNTS: LiteralString = COUNTS.replace("this.", "f.")
_KEY: LiteralString = """CASE $by WHEN 'DEPARTMENT' THEN d.id WHEN 'MODE' THEN that.mode
    WHEN 'CAUSE' THEN coalesce(f.cause, 'UNDECIDED')
    WHEN 'JOB_FAMILY' THEN head([(that)<-[:HAS_INTERVIEW]-(:Application)-[:FOR]->(p:Position) | p.jobFamily])
    ELSE substring(toString(at + duration({seconds: head([s IN $stretches WHERE s[0] <= at | s[1]])})), 0, 10) END"""
"""By week: the day on the calendar of the zone, by how far its clocks were ahead of UTC."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What one group amounts to; of others than one's own departments `no_shows` alone is told."""

    own: bool
    key: str | None
    name: str | None
    name_zh: str | None
    invited: int
    accepted: int
    settled: int
    attended: int
    missed: int
    no_shows: int


COUNT_NO_SHOWS = Statement(
    "analytics.no_shows",
    """
    MATCH (d:Department) WHERE d.id IN $places
    WITH d, d.id IN $own AS own
    MATCH (d)<-[:HELD_BY]-(that:Interview)
    WITH d, own, that, """
    + WHEN
    + " AS at WHERE at >= $from AND at < $to AND "
    + STANDS
    + """
    OPTIONAL MATCH (that)<-[:FINDS]-(f:Finding) WHERE f.voidedAt IS NULL
    WITH d, that, at, f, own, coalesce("""
    + _COUNTS
    + """, false) AS counts
    WHERE own OR counts
    WITH d, that, f, own, counts, """
    + _KEY
    + """ AS key
    RETURN own, key, CASE $by WHEN 'DEPARTMENT' THEN d.name END AS name,
      CASE $by WHEN 'DEPARTMENT' THEN d.nameZh END AS name_zh, count(CASE WHEN own THEN 1 END) AS invited,
      count(CASE WHEN own AND """
    + ACCEPTED
    + " THEN 1 END) AS accepted, count(CASE WHEN own AND "
    + SETTLED
    + " THEN 1 END) AS settled, count(CASE WHEN own AND "
    + ATTENDED
    + " THEN 1 END) AS attended, count(CASE WHEN own AND "
    + LAPSED
    + " THEN 1 END) AS missed, count(CASE WHEN counts THEN 1 END) AS no_shows ORDER BY own DESC, key",
    row=Counts,
)


@dataclass(frozen=True, slots=True)
class Group:
    """One group, or all together; numbers that are not the viewer's to see are null."""

    key: str | None
    name: str | None
    name_zh: str | None
    own: bool
    invited: int | None
    accepted: int | None
    settled: int | None
    attended: int | None
    missed: int | None
    no_shows: int
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class NoShows:
    """All groups, and what they amount to over the departments that are the viewer's own."""

    by: GroupBy
    period: Period
    groups: tuple[Group, ...]
    total: Group | None


async def no_shows(graph: Graph, viewer: Viewer, over: Scope, when: Period, by: GroupBy, now: datetime) -> NoShows:
    """Counts by one statement."""
    shown = over if by in SHOWN_NEAR else Scope(over.own)
    known = [[one.start, one.ahead] for one in stretches(when.start, when.end, when.zone)]
    rows = await graph.client.read(
        COUNT_NO_SHOWS, by=by.value, stretches=known, now=now, **shown.parameters, **when.parameters
    )
    own, others = [row for row in rows if row.own], [row for row in rows if not row.own]
    if by is GroupBy.WEEK:
        own, others = by_week(own), by_week(others)
    total = _total(own)
    told = [group(row, by, total) for row in own if by is not GroupBy.CAUSE or row.missed]
    hidden = suppressed([row.no_shows for row in others], SMALLEST)
    told += [group(row, by, None) for place, row in enumerate(others) if row.no_shows and place not in hidden]
    return NoShows(by, when, tuple(told), group(total, None, total) if over.own else None)


def by_week(days: Iterable[Counts]) -> list[Counts]:
    """Rows by day summed up by ISO week, with none left out between the first and the last."""
    found: dict[str, list[Counts]] = {}
    for day in days:
        found.setdefault(week_of(str(day.key)), []).append(day)
    if not found:
        return []
    own = next(iter(found.values()))[0].own
    return [summed(found.get(week, []), own, week) for week in weeks(min(found), max(found))]


def _total(rows: Iterable[Counts]) -> Counts:
    return summed(rows, own=True, key=None)


def summed(rows: Iterable[Counts], own: bool, key: str | None) -> Counts:
    total: Counter[str] = Counter()
    for row in rows:
        for name in _NUMBERS:
            total[name] += getattr(row, name)
    return Counts(own, key, None, None, **{name: total[name] for name in _NUMBERS})


_NUMBERS = ("invited", "accepted", "settled", "attended", "missed", "no_shows")


def group(row: Counts, by: GroupBy | None, total: Counts | None) -> Group:
    """A row as it may be told: by cause the missed alone, of all that were settled; of others no-shows alone."""
    if not row.own:
        return Group(row.key, row.name, row.name_zh, False, None, None, None, None, None, row.no_shows, None)
    if by is GroupBy.CAUSE and total is not None:
        rate = wilson(row.missed, total.settled)
        return Group(row.key, None, None, True, None, None, None, None, row.missed, row.no_shows, rate)
    rate = wilson(row.missed, row.settled)
    numbers = (row.invited, row.accepted, row.settled, row.attended, row.missed)
    return Group(row.key, row.name, row.name_zh, True, *numbers, row.no_shows, rate)


@dataclass(frozen=True, slots=True)
class Followed:
    """Of applications whose first round was attended, how many had a second; `key` is the group."""

    key: str
    first: int
    second: int


NOT_BEFORE: LiteralString = """NOT EXISTS { MATCH (a)-[:HAS_INTERVIEW]->(e:Interview)
      WHERE e.attendance IN ['ATTENDED', 'ATTENDED_LATE'] AND e.startsAt < $from }"""
"""The first round of an application was in the period."""
SECOND: LiteralString = """EXISTS { MATCH (a)-[:HAS_INTERVIEW]->(n:Interview)
        WHERE n.startsAt > first AND NOT n.attendance IN ['RESCHEDULED', 'ENTERED_IN_ERROR'] }"""
_STOOD, _UNTIL = stood_at("first")
COUNT_SECOND_ROUNDS = Statement(
    "analytics.second_rounds",
    """
    MATCH (d:Department) WHERE d.id IN $own
    MATCH (d)<-[:BELONGS_TO]-(:Position)<-[:FOR]-(a:Application)<-[:SUBMITTED]-(c:Candidate {status: 'ACTIVE'})
    MATCH (a)-[:HAS_INTERVIEW]->(that:Interview)
    WHERE that.startsAt >= $from AND that.startsAt < $to AND """
    + ATTENDED
    + """
    WITH a, c, min(that.startsAt) AS first
    WHERE """
    + NOT_BEFORE
    + """
    WITH first,
      EXISTS { MATCH (c)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(:Interview)
          <-[:FINDS]-(f:Finding)
        WHERE """
    + CONFIRMED.replace("this", "f")
    + " AND f.restricted IS NULL AND "
    + _STOOD
    + " AND "
    + _UNTIL
    + """ > first
          AND EXISTS { MATCH (f)-[:FINDS]->(:Interview)-[:HELD_BY]->(h:Department)
            WHERE h.id IN $held OR (h.id IN $near AND f.expiresAt > $now) } } AS marked,
      """
    + SECOND
    + """ AS second
    RETURN CASE WHEN marked THEN 'NO_SHOW' ELSE 'NONE' END AS key, count(*) AS first,
      count(CASE WHEN second THEN 1 END) AS second ORDER BY key
    """,
    row=Followed,
)
"""By whether a no-show counted at the first round. One that has expired since counted then, where it is there still;
what others hold is seen no longer once it has expired. Whoever is erased or restricted is left out: of what was found
about them nothing can be told, and they would stand among those without."""


@dataclass(frozen=True, slots=True)
class Odds:
    """How many of a group came to a second round; null numbers are of one too small, or that would give one away."""

    key: str
    applications: int | None
    second_rounds: int | None
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class SecondRound:
    """The groups' odds, what they differ by, and what a vendor claims."""

    groups: tuple[Odds, ...]
    difference: Difference | None
    change: float | None
    claimed: float = CLAIMED


async def second_round(graph: Graph, viewer: Viewer, over: Scope, when: Period, now: datetime) -> SecondRound:
    """By one statement: applications to the viewer's own departments, by whether a no-show was known before."""
    held = padded(viewer.departments(Relation.OWN))
    near = padded(viewer.departments(Relation.SIBLING, Relation.CIRCLE))
    seen = {"own": padded(list(over.own)), "held": held, "near": near}
    rows = await graph.client.read(COUNT_SECOND_ROUNDS, now=now, **seen, **when.parameters)
    return compared({row.key: row for row in rows})


def compared(rows: Mapping[str, Followed], mark: str = "NO_SHOW") -> SecondRound:
    """Those with a mark before those without."""
    groups = odds((mark, "NONE"), rows)
    marked, unmarked = (each.rate for each in groups)
    change = marked.value / unmarked.value - 1 if marked and unmarked and unmarked.value else None
    return SecondRound(groups, difference(marked, unmarked), change)


def odds(keys: Sequence[str], rows: Mapping[str, Followed]) -> tuple[Odds, ...]:
    """Of each group, but for those too small and what would give them away: another question tells the sum."""
    found = [rows.get(key, Followed(key, 0, 0)) for key in keys]
    hidden = suppressed([row.first for row in found], SMALLEST)
    return tuple(
        Odds(row.key, None, None, None)
        if place in hidden
        else Odds(row.key, row.first, row.second, wilson(row.second, row.first))
        for place, row in enumerate(found)
    )
