"""Fairness: whether marks fall, and are taken back, alike on everybody; and the brake on the score where they do not.

Rates are counted over interviews of the viewer's own departments of which it is known whether the candidate came, and,
beside them and never together, over checks of résumés. A group table is the auditor's: it says which candidates belong
together, is used for one answer and kept nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, LiteralString

from graph.analytics import SETTLED, WHEN, Period, Scope
from graph.credit import BrakeLimits
from graph.instants import in_zone, is_zone
from graph.intervals import Rate, wilson
from graph.statements import Statement
from graph.suppression import SMALLEST, suppressed
from graph.visibility import padded
from graph.writing import Graph


class FairBy(Enum):
    """What interviews are grouped by; HOUR is the hour on the clock of the interview's own zone.

    A check of a résumé has a channel, and its candidate a place in the table; of modes, hours and zones it has none.
    """

    MODE = "MODE"
    HOUR = "HOUR"
    ZONE = "ZONE"
    CHANNEL = "CHANNEL"
    TABLE = "TABLE"


FOUR_FIFTHS = 0.8
"""The share of the best group's rate below which a group is looked at: the four-fifths rule of the US agencies' uniform
guidelines on selection (29 CFR 1607.4 D). A reason to look, no proof of a wrong."""
UNKNOWN = "UNKNOWN"
"""The group of what has no channel, and of candidates whom the table does not name."""
CHECKS = "RESUME_CHECK"
"""The group of all checks, where what is asked for is an interview's."""
MOST_GROUPS, MOST_NAMED = 20, 2_000
"""Groups of a table, and candidates in it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Of interviews, or checks, that have `key` in common: those settled, and of the decided marks how they ended."""

    key: str
    zone: str
    settled: int
    marked: int
    voided: int
    disputed: int
    upheld: int


_OF_CANDIDATE: LiteralString = """WHEN 'CHANNEL' THEN coalesce(a.source, 'UNKNOWN')
      WHEN 'TABLE' THEN coalesce(head([g IN $table WHERE c.id IN g[1] | g[0]]), 'UNKNOWN')"""
_KEY: LiteralString = (
    """CASE $by WHEN 'MODE' THEN that.mode
      WHEN 'HOUR' THEN substring(toString(at), 0, 14)
        + ['00', '15', '30', '45'][toInteger(substring(toString(at), 14, 2)) / 15] """
    + _OF_CANDIDATE
    + " ELSE that.timeZone END"
)
"""By hour: the quarter of an hour in UTC, of which every zone's clock is a whole number ahead or behind."""
_ENDS: LiteralString = """count(f) AS marks, count(CASE WHEN f.state = 'VOID' THEN 1 END) AS voids,
      count(CASE WHEN f.disputedAt IS NOT NULL THEN 1 END) AS disputes,
      count(CASE WHEN f.disputedAt IS NOT NULL AND f.state = 'VOID' THEN 1 END) AS won
"""
_SUMS: LiteralString = """
    RETURN key, zone, count(*) AS settled, count(CASE WHEN marks > 0 THEN 1 END) AS marked,
      count(CASE WHEN voids > 0 THEN 1 END) AS voided, count(CASE WHEN disputes > 0 THEN 1 END) AS disputed,
      count(CASE WHEN won > 0 THEN 1 END) AS upheld ORDER BY key, zone
"""
COUNT = Statement(
    "fairness.count",
    """
    MATCH (d:Department) WHERE d.id IN $own
    MATCH (d)<-[:HELD_BY]-(that:Interview)<-[:HAS_INTERVIEW]-(a:Application)<-[:SUBMITTED]-(c:Candidate)
    WHERE """
    + SETTLED
    + " WITH that, a, c, "
    + WHEN
    + """ AS at
    WHERE at >= $from AND at < $to
    OPTIONAL MATCH (that)<-[:FINDS]-(f:Finding)
      WHERE f.decidedAt IS NOT NULL AND f.outcome = 'NO_SHOW' AND f.cause = 'CANDIDATE'
    WITH that, a, c, at, """
    + _ENDS
    + " WITH "
    + _KEY
    + " AS key, CASE WHEN $by = 'HOUR' THEN that.timeZone ELSE '' END AS zone, marks, voids, disputes, won"
    + _SUMS,
    row=Counted,
)
COUNT_CHECKS = Statement(
    "fairness.count_checks",
    """
    MATCH (d:Department) WHERE d.id IN $own
    MATCH (d)<-[:HELD_BY]-(that:ResumeCheck)<-[:HAS_CHECK]-(a:Application)<-[:SUBMITTED]-(c:Candidate)
    WHERE that.outcome IS NOT NULL AND that.occurredAt >= $from AND that.occurredAt < $to
    OPTIONAL MATCH (that)<-[:FINDS]-(f:Finding)
      WHERE f.decidedAt IS NOT NULL AND f.outcome = 'RESUME_MISMATCH' AND f.cause = 'CANDIDATE'
    WITH that, a, c, """
    + _ENDS
    + " WHERE marks > 0 OR NOT EXISTS { (that)<-[:CORRECTS]-(:ResumeCheck) } WITH CASE $by "
    + _OF_CANDIDATE
    + " ELSE '"
    + CHECKS
    + "' END AS key, '' AS zone, marks, voids, disputes, won"
    + _SUMS,
    row=Counted,
)
"""One that another replaced was made in error; where it led to a mark, that was one of those that the brake counts."""


@dataclass(frozen=True, slots=True)
class FairGroup:
    """A group's rates; null numbers are of fewer than five, or would give such a group away. `impact` compares shares
    without a mark."""

    key: str
    settled: int | None
    marks: Rate | None
    voids: Rate | None
    disputes: Rate | None
    upheld: Rate | None
    impact: float | None
    is_below_four_fifths: bool | None


class BrakeReason(Enum):
    """Why the score is to be off."""

    UPHELD_DISPUTES = "UPHELD_DISPUTES"
    FALSE_MARKS = "FALSE_MARKS"


@dataclass(frozen=True, slots=True)
class Brake:
    """Whether too many marks were wrong: above a limit, the score is turned off until a person turns it on again.

    A mark is false that was taken back; a dispute is upheld that took it back. Fewer than `least` of either prove
    nothing.
    """

    is_on: bool
    reasons: tuple[BrakeReason, ...]
    upheld: Rate | None
    false_marks: Rate | None
    upheld_limit: float
    false_limit: float
    least: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """`groups` of interviews and of `checks`, each compared among themselves; the brake is over both."""

    by: FairBy
    groups: tuple[FairGroup, ...]
    checks: tuple[FairGroup, ...]
    brake: Brake


def table_of(groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[Any]] | None:
    """A group table as the statement takes it; null where it is none: too large, or somebody in two groups."""
    names, named = [name for name, _ in groups], [id for _, ids in groups for id in ids]
    if not 0 < len(groups) <= MOST_GROUPS or len(set(names)) < len(names) or len(named) > MOST_NAMED:
        return None
    if len(set(named)) < len(named) or any(not name.strip() or name == UNKNOWN for name in names):
        return None
    return [[name, list(ids)] for name, ids in groups]


async def measure(
    graph: Graph,
    over: Scope,
    when: Period,
    by: FairBy,
    table: list[list[Any]],
    limits: BrakeLimits,
    reasons: tuple[BrakeReason, ...],
) -> Fairness:
    """The brake's shares are of these interviews and checks; whether it is on is the Organization's, for `reasons`."""
    asked = {"own": padded(list(over.own)), "by": by.value, "table": table or [["", [""]]], **when.parameters}
    rows = await graph.client.read(COUNT, **asked)
    checks = await graph.client.read(COUNT_CHECKS, **asked)
    if by is FairBy.HOUR:
        rows = by_hour(rows)
    stop = brake([*rows, *checks], limits.upheld, limits.false, limits.least)
    stop = replace(stop, is_on=bool(reasons), reasons=reasons)
    return Fairness(by, compared(rows), compared(checks), stop)


def by_hour(rows: Iterable[Counted]) -> list[Counted]:
    """Rows by the quarter of an hour in UTC summed up by the hour on the clock of their zone."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        at = datetime.fromisoformat(row.key).replace(tzinfo=UTC)
        hour = in_zone(at, row.zone if is_zone(row.zone) else "UTC").hour
        found.setdefault(f"{hour:02}", Counter()).update({name: getattr(row, name) for name in _NUMBERS})
    return [Counted(key, "", **{name: found[key][name] for name in _NUMBERS}) for key in sorted(found)]


_NUMBERS = ("settled", "marked", "voided", "disputed", "upheld")


def compared(rows: Sequence[Counted]) -> tuple[FairGroup, ...]:
    """Groups in their order; each share without a mark over the best one's of those that are told."""
    small, few, unheard = (
        suppressed([getattr(row, name) for row in rows], SMALLEST) for name in ("settled", "marked", "disputed")
    )
    told = {
        row.key: 1 - row.marked / row.settled for place, row in enumerate(rows) if row.settled and place not in small
    }
    best = max(told.values(), default=0.0)
    return tuple(
        _group(row, told[row.key] / best if best else None, few=place in few, unheard=place in unheard)
        if row.key in told
        else FairGroup(row.key, None, None, None, None, None, None, None)
        for place, row in enumerate(rows)
    )


def _group(row: Counted, impact: float | None, *, few: bool, unheard: bool) -> FairGroup:
    return FairGroup(
        row.key,
        row.settled,
        wilson(row.marked, row.settled),
        None if few else wilson(row.voided, row.marked),
        None if few else wilson(row.disputed, row.marked),
        None if unheard else wilson(row.upheld, row.disputed),
        impact,
        None if impact is None else impact < FOUR_FIFTHS,
    )


def _told(rows: Iterable[Counted], of: str, rate: Rate | None) -> Rate | None:
    """A rate over all groups; none where what is told of groups, taken from it, would leave fewer than five."""
    parts = [(row.settled, getattr(row, of)) for row in rows]
    untold = sum(part for settled, part in parts if min(settled, part) < SMALLEST)
    few = rate is None or rate.total < SMALLEST or 0 < untold < SMALLEST
    return None if few else rate


def brake(rows: Sequence[Counted], upheld_limit: float, false_limit: float, least: int) -> Brake:
    """Over all groups together."""
    total: Mapping[str, int] = Counter()
    for row in rows:
        total = Counter(total) + Counter({name: getattr(row, name) for name in _NUMBERS})
    upheld, false = wilson(total["upheld"], total["disputed"]), wilson(total["voided"], total["marked"])
    reasons: list[BrakeReason] = []
    if upheld is not None and upheld.total >= least and upheld.value > upheld_limit:
        reasons.append(BrakeReason.UPHELD_DISPUTES)
    if false is not None and false.total >= least and false.value > false_limit:
        reasons.append(BrakeReason.FALSE_MARKS)
    # Whether it is on is told by at least as many.
    told = _told(rows, "disputed", upheld), _told(rows, "marked", false)
    return Brake(bool(reasons), tuple(reasons), *told, upheld_limit, false_limit, least)
