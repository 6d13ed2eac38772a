"""Timers: what is due at an instant, leased by one worker at a time, and done once.

A timer stands in the graph from the write that sets it, and goes in the very transaction of its effect: whoever is
killed between the two leaves it to the next. Every writer of a timer holds the lock of its candidate, or where it has
none of its Organization, so that one which was moved or cancelled is never done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from graph.client import Transaction
from graph.events import ActorKind
from graph.statements import Found, Nothing, Statement
from graph.visibility import system
from graph.writing import Act, Desk, Graph, random_id

LEASE = timedelta(seconds=30)
"""How long one worker has a timer for itself; a lease that ends later than that was given by a clock that jumped."""
AHEAD = timedelta(minutes=1)
"""How far a worker's clock may be ahead of the database's, which all of them share, before it does nothing."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)


class TimerKind(Enum):
    """What is due."""

    SEND = "SEND"
    ERASE_FINDING = "ERASE_FINDING"
    SLOT_OWED = "SLOT_OWED"
    ALARM_DAY = "ALARM_DAY"
    ALARM_SOON = "ALARM_SOON"
    PASS_SLOT = "PASS_SLOT"
    REJECT = "REJECT"
    FORGET_SEEN = "FORGET_SEEN"
    WEBHOOK = "WEBHOOK"
    OUTCOME = "OUTCOME"
    MARK = "MARK"
    NOTICE = "NOTICE"
    DISPUTE = "DISPUTE"
    ANSWER = "ANSWER"
    HEARING = "HEARING"
    DECISION = "DECISION"
    REQUEST = "REQUEST"
    SWEEP_UPLOAD = "SWEEP_UPLOAD"
    PURGE_PROOF = "PURGE_PROOF"
    BRAKE = "BRAKE"
    LATE_LOOKS = "LATE_LOOKS"


@dataclass(frozen=True, slots=True)
class Timer:
    """`subject` is the id of what it is about; `candidate` is null where it is nobody's in particular."""

    id: str
    kind: str
    subject: str
    organization: str
    candidate: str | None
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Employer:
    zone: str
    jurisdiction: str


SET = Statement(
    "timers.set",
    """
    MERGE (timer:Timer {id: $id})
    SET timer.kind = $kind, timer.subject = $subject, timer.organization = $organization,
      timer.candidate = $candidate, timer.dueAt = $due_at, timer.attempts = 0, timer.leasedUntil = null
    """,
    row=Nothing,
    writes=True,
)
FIND = Statement("timers.find", "MATCH (timer:Timer {id: $id}) RETURN timer.id AS id", row=Found)
CANCEL = Statement("timers.cancel", "MATCH (timer:Timer) WHERE timer.id IN $ids DELETE timer", row=Nothing, writes=True)
LIST_DUE = Statement(
    "timers.list_due",
    """
    MATCH (timer:Timer) WHERE timer.dueAt <= $now
      AND (timer.leasedUntil IS NULL OR timer.leasedUntil <= $now OR timer.leasedUntil > $longest)
    RETURN timer.id AS id ORDER BY timer.dueAt, timer.id LIMIT 20
    """,
    row=Found,
)
TAKE_LEASE = Statement(
    "timers.take_lease",
    """
    UNWIND $ids AS id
    MATCH (timer:Timer {id: id})
    SET timer._lock = $lock
    WITH timer WHERE timer.dueAt <= $now
      AND (timer.leasedUntil IS NULL OR timer.leasedUntil <= $now OR timer.leasedUntil > $longest)
    SET timer.leasedUntil = $longest
    RETURN timer.id AS id, timer.kind AS kind, timer.subject AS subject, timer.organization AS organization,
      timer.candidate AS candidate, timer.dueAt AS due_at, timer.attempts AS attempts
    """,
    row=Timer,
    writes=True,
)
TAKE = Statement(
    "timers.take",
    """
    MATCH (timer:Timer {id: $id}) WHERE timer.dueAt = $due_at
    WITH timer, timer.id AS id
    DELETE timer
    RETURN id
    """,
    row=Found,
    writes=True,
)
POSTPONE = Statement(
    "timers.postpone",
    """
    MATCH (timer:Timer {id: $id}) WHERE timer.dueAt = $due_at
    SET timer.dueAt = $later, timer.attempts = timer.attempts + 1, timer.leasedUntil = null
    """,
    row=Nothing,
    writes=True,
)
EMPLOYER = Statement(
    "timers.employer",
    "MATCH (organization:Organization {id: $id}) "
    "RETURN organization.timeZone AS zone, organization.jurisdiction AS jurisdiction",
    row=Employer,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Milliseconds since 1970, as the database tells the time."""

    at: int


READ_CLOCK = Statement("timers.read_clock", "RETURN timestamp() AS at", row=Clock)


async def database_time(graph: Graph) -> datetime:
    """What the database's clock says."""
    (clock,) = await graph.client.read(READ_CLOCK)
    return datetime.fromtimestamp(clock.at / 1_000, UTC)


def name(kind: TimerKind, subject: str) -> str:
    """There is one timer of a kind for a subject: started again, it is moved."""
    return f"{kind.value}:{subject}"


async def start(desk: Desk, kind: TimerKind, subject: str, due_at: datetime) -> None:
    """Sets or moves a timer of the candidate, or the Organization, whose chain the desk has locked."""
    assert desk.chain is not None
    if desk.act.quiet:
        return
    await desk.tx.run(
        SET,
        id=name(kind, subject),
        kind=kind.value,
        subject=subject,
        organization=desk.act.viewer.organization,
        candidate=desk.chain.id if desk.chain.label == "Candidate" else None,
        due_at=due_at,
    )


async def start_brake(desk: Desk) -> None:
    """Has the whole Organization's brake looked at, by whoever holds its lock or that of one of its candidates.

    Two who do so at once may both move it, and one that is being done goes by its own time: none is lost.
    """
    if desk.act.quiet:
        return
    whole, kind = desk.act.viewer.organization, TimerKind.BRAKE
    given = {"organization": whole, "candidate": None, "due_at": desk.act.now}
    await desk.tx.run(SET, id=name(kind, whole), kind=kind.value, subject=whole, **given)


async def stands(desk: Desk, kind: TimerKind, subject: str) -> bool:
    """Whether a timer waits; one that was done is gone."""
    return await desk.tx.one(FIND, id=name(kind, subject)) is not None


async def cancel(desk: Desk, subject: str, *kinds: TimerKind) -> None:
    await desk.tx.run(CANCEL, ids=[name(kind, subject) for kind in kinds])


async def drop(graph: Graph, timer: Timer) -> None:
    """Ends a timer whose subject is gone."""
    await graph.client.write(lambda tx: tx.run(CANCEL, ids=[timer.id]))


async def lease(graph: Graph, now: datetime) -> list[Timer]:
    """Twenty timers that are due, for the caller alone until the lease ends; the longest due first."""
    longest = now + LEASE
    due = await graph.client.read(LIST_DUE, now=now, longest=longest)
    if not due:
        return []
    ids = sorted(timer.id for timer in due)
    return await graph.client.write(lambda tx: tx.run(TAKE_LEASE, ids=ids, now=now, longest=longest, lock=random_id()))


Rule = Callable[[Desk, Timer], Awaitable[None]]


async def take(graph: Graph, timer: Timer, now: datetime, rule: Rule) -> bool:
    """Does what is due, in the transaction that ends the timer; false where it was moved, cancelled or done before.

    One that was leased by a clock which had jumped ahead, and is not due, is left as it stands.
    """
    if timer.due_at > now:
        return False

    async def once(tx: Transaction) -> bool:
        desk = await system_desk(graph, tx, timer, now)
        if desk is None:
            await tx.run(CANCEL, ids=[timer.id])
            return False
        if await tx.one(TAKE, id=timer.id, due_at=timer.due_at) is None:
            return False
        await rule(desk, timer)
        return True

    return await graph.client.write(once)


async def system_desk(graph: Graph, tx: Transaction, timer: Timer, now: datetime) -> Desk | None:
    """A desk of the system itself with the timer's chain locked; null where its Organization or candidate is gone."""
    employer = await tx.one(EMPLOYER, id=timer.organization)
    if employer is None:
        return None
    viewer = system(timer.organization, employer.zone, employer.jurisdiction)
    desk = Desk(graph, tx, Act(viewer, now, f"timer.{timer.kind}", timer.id, {}, ActorKind.SYSTEM), random_id)
    if timer.candidate is None:
        await desk.lock_organization()
        return desk
    return desk if await desk.lock_candidate(timer.candidate) else None


async def postpone(graph: Graph, timer: Timer, now: datetime) -> None:
    """Leaves what failed for later: after 5 seconds, then ever longer, up to an hour."""
    wait = min(FIRST_WAIT * 2 ** min(timer.attempts, 20), LONGEST_WAIT)
    await graph.client.write(lambda tx: tx.run(POSTPONE, id=timer.id, due_at=timer.due_at, later=now + wait))
