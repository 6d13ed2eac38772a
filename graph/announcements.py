"""Announcements of rejections: the time to contest one begins when its candidate was told, and where nobody told them,
it never did.

The system's announcement is a message. Where it does not arrive, HR has as long again to tell the candidate another
way, after which the rejection lapses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from graph import policies, timers, work_calendars, working_days
from graph.policies import Policy
from graph.statements import Found, Nothing, Statement
from graph.timers import TimerKind
from graph.work_calendars import Run
from graph.writing import Desk


@dataclass(frozen=True, slots=True)
class Announced:
    """A rejection that has not taken effect; `effective_at` is null until the candidate was told."""

    id: str
    department: str
    effective_at: datetime | None


FIND = Statement(
    "announcements.find",
    """
    MATCH (decision:Decision {id: $id, state: 'ANNOUNCED'})-[:DECIDES]->(:Application)-[:FOR]->(:Position)
      -[:BELONGS_TO]->(department:Department)
    RETURN decision.id AS id, department.id AS department,
      CASE WHEN decision.announcedAt IS NOT NULL THEN decision.effectiveAt END AS effective_at
    """,
    row=Announced,
)
FIND_UNTOLD = Statement(
    "announcements.find_untold",
    """
    MATCH (decision:Decision {id: $id}) WHERE decision.announcedAt IS NULL
    MATCH (message:Message {template: 'REJECTION_ANNOUNCED', subject: $id, state: 'FAILED'})
    RETURN decision.id AS id LIMIT 1
    """,
    row=Found,
)
GIVE = Statement(
    "announcements.give",
    """
    MATCH (decision:Decision {id: $id, state: 'ANNOUNCED'})
    SET decision.announcedAt = $at, decision.effectiveAt = $effective_at
    """,
    row=Nothing,
    writes=True,
)
TAKE_BACK = Statement(
    "announcements.take_back",
    """
    MATCH (decision:Decision {id: $id, state: 'ANNOUNCED'}) WHERE decision.announcedAt = $sent_at
    SET decision.announcedAt = null, decision.effectiveAt = null
    RETURN decision.id AS id
    """,
    row=Found,
    writes=True,
)
"""One that was told another way stands."""
KEEP_SEEN = Statement(
    "announcements.keep_seen",
    "MATCH (decision:Decision {id: $id}) SET decision.seenUntil = $until",
    row=Nothing,
    writes=True,
)
KEEP_LINK = Statement(
    "announcements.keep_link",
    """
    MATCH (:Decision {id: $id})-[:DECIDES]->(:Application)<-[:OPENS]-(link:Link)
    WHERE link.revokedAt IS NULL AND link.expiresAt > $now AND link.expiresAt < $until
    SET link.expiresAt = $until
    """,
    row=Nothing,
    writes=True,
)


async def find(run: Run, decision: str) -> Announced | None:
    found: list[Announced] = await run(FIND, id=decision)
    return found[0] if found else None


async def would_begin(run: Run, organization: str, announced: Announced, now: datetime, zone: str) -> datetime:
    """When a rejection takes effect of which the candidate is told now."""
    policy = policies.of_rows(await run(policies.FIND, organization=organization))
    calendars = await work_calendars.nearest(run, organization, announced.department)
    return working_days.by(calendars, now, policy.rejection_days, zone)


async def begin(desk: Desk, announced: Announced, at: datetime) -> datetime:
    """Begins the time to contest a rejection, whose candidate is locked: now, whenever a person says that they told.

    Says when it takes effect.
    """
    policy = await policies.in_force(desk.tx, desk.act.viewer.organization)
    effective_at = await _wait(desk, announced, policy)
    await desk.tx.run(GIVE, id=announced.id, at=at, effective_at=effective_at)
    return effective_at


async def end_unless_told(desk: Desk, decision: str) -> tuple[Announced, datetime] | None:
    """The announcement did not arrive: until when the candidate is to be told of the rejection another way.

    None where that was done before, or there is nothing to be told any more.
    """
    announced = await find(desk.tx.run, decision)
    if announced is None or announced.effective_at is not None:
        return None
    policy = await policies.in_force(desk.tx, desk.act.viewer.organization)
    return announced, await _wait(desk, announced, policy)


async def _wait(desk: Desk, announced: Announced, policy: Policy) -> datetime:
    """Until when is waited; the copy and the way to it last beyond that by as long as it may be contested."""
    until = await working_days.due(desk, announced.department, policy.rejection_days)
    kept = until + timedelta(days=policy.seen_days)
    await desk.tx.run(KEEP_SEEN, id=announced.id, until=kept)
    await desk.tx.run(KEEP_LINK, id=announced.id, now=desk.act.now, until=kept)
    await timers.start(desk, TimerKind.FORGET_SEEN, announced.id, kept)
    await timers.start(desk, TimerKind.REJECT, announced.id, until)
    return until
