"""The brake on the score: too many marks that were wrong, or disputes that were upheld, turn it off.

A mark that is taken back, by a void or an upheld dispute, has it looked at at once, by a timer of the Organization's
own, and so has a policy as it begins. The shares rise also as good marks leave the days that are counted: once there is
a policy, it is looked at every day. Only a person turns scores on again, with a reason; what was known by then is not
held against them once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graph import fairness, timers
from graph.credit import DEFAULTS, BrakeLimits
from graph.events import EventType
from graph.fairness import BrakeReason, Counted
from graph.score_policies import IN_FORCE, read
from graph.statements import Nothing, Statement
from graph.timers import Timer, TimerKind
from graph.visibility import Viewer
from graph.writing import Desk, Graph

EVERY = timedelta(days=1)
"""How often it is looked at though nothing was taken back."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The policy in force, when the next one begins, when the brake went on and why, and when a person last turned
    scores on again."""

    document: str | None
    begins_at: datetime | None
    braked_at: datetime | None
    because: list[str]
    released_at: datetime | None


FIND = Statement(
    "brakes.find",
    "MATCH (head:Organization {id: $organization}) RETURN " + IN_FORCE + " AS document, "
    "head(COLLECT { MATCH (next:ScorePolicy {organization: $organization}) "
    "WHERE next.state = 'APPROVED' AND next.activeFrom > $now RETURN min(next.activeFrom) }) AS begins_at, "
    "head.scoreBrakedAt AS braked_at, coalesce(head.scoreBrakedBecause, []) AS because, "
    "head.scoreReleasedAt AS released_at",
    row=Standing,
)
COUNT = Statement(
    "brakes.count",
    """
    MATCH (d:Department {organization: $organization})<-[:HELD_BY]-()<-[:FINDS]-(f:Finding)
    WHERE f.outcome IN ['NO_SHOW', 'RESUME_MISMATCH'] AND f.cause = 'CANDIDATE'
      AND (f.decidedAt >= $since OR f.voidedAt >= $since)
    WITH f, f.state = 'VOID' AND f.voidedAt >= $since AS taken
    WITH f, taken, f.disputedAt IS NOT NULL AND (taken OR coalesce(f.rejectedAt >= $since, false)) AS answered
    RETURN '' AS key, '' AS zone, count(f) AS settled, count(f) AS marked, count(CASE WHEN taken THEN 1 END) AS voided,
      count(CASE WHEN answered THEN 1 END) AS disputed, count(CASE WHEN answered AND taken THEN 1 END) AS upheld
    """,
    row=Counted,
)
"""Marks decided or taken back since, and of the disputes of them those that were decided since."""
PUT_ON = Statement(
    "brakes.put_on",
    "MATCH (head:Organization {id: $organization}) SET head.scoreBrakedAt = $now, head.scoreBrakedBecause = $reasons",
    row=Nothing,
    writes=True,
)


async def standing(graph: Graph, viewer: Viewer, now: datetime) -> tuple[BrakeLimits, tuple[BrakeReason, ...]]:
    """The limits of the policy in force, or the defaults; and why scores are off by them, if they are."""
    (found,) = await graph.client.read(FIND, organization=viewer.organization, now=now)
    return _limits(found.document), tuple(map(BrakeReason, found.because))


def _limits(document: str | None) -> BrakeLimits:
    return read(document).brake if document else DEFAULTS.brake


async def look(desk: Desk, timer: Timer) -> None:
    """Puts the brake on where a limit of the policy in force is passed; it stays on until a person takes it off."""
    organization, now = timer.organization, desk.act.now
    found = await desk.tx.one(FIND, organization=organization, now=now)
    if found is None:
        return
    if found.document is not None or found.begins_at is not None:
        again = min(now + EVERY, found.begins_at or now + EVERY)
        await timers.start(desk, TimerKind.BRAKE, organization, again)
    if found.braked_at is None:
        await _put_on(desk, found, organization)


async def _put_on(desk: Desk, found: Standing, organization: str) -> None:
    now = desk.act.now
    limit = _limits(found.document)
    since = now - timedelta(days=limit.days)
    rows = await desk.tx.run(COUNT, organization=organization, since=max(since, found.released_at or since))
    brake = fairness.brake(rows, limit.upheld, limit.false, limit.least)
    if not brake.is_on:
        return
    reasons = [reason.value for reason in brake.reasons]
    await desk.tx.run(PUT_ON, organization=organization, now=now, reasons=reasons)
    (row,) = rows
    told: dict[str, Any] = {
        "marks": row.marked,
        "takenBack": row.voided,
        "disputes": row.disputed,
        "upheld": row.upheld,
    }
    await desk.record(EventType.SCORING_BRAKED, reasons=reasons, **told)
