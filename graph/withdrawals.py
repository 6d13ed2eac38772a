"""Withdrawals: whoever had looked at a mark that is taken back is told once, also whose receipt comes only later.

Those whose receipts stand are told at once. A look that was under way while the mark was taken back, or whose receipt
waited to be written, is found by a timer, which waits until every server has written what it showed by then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph import messages, receipts, subjects, timers
from graph.messages import Template
from graph.refusals import Refusal
from graph.statements import Statement
from graph.subjects import Subject
from graph.timers import Timer, TimerKind
from graph.writing import Desk

FIRST_LOOK = receipts.UNDER_WAY + receipts.BEAT
"""When to look for what was written late: a server that lives has said by then that nothing is missing."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A finding that was taken back, what it was about, and who was told of it."""

    at: datetime
    label: str
    subject: str
    told: list[str]


FIND = Statement(
    "withdrawals.find",
    """
    MATCH (finding:Finding {id: $finding, state: 'VOID'})-[:FINDS]->(subject)
    RETURN finding.voidedAt AS at, head(labels(subject)) AS label, subject.id AS subject,
      COLLECT {
        MATCH (:Message {subject: $finding, template: 'MARK_WITHDRAWN'})-[:TO]->(user:User) RETURN user.id
      } AS told
    """,
    row=Withdrawn,
)


async def begin(desk: Desk, finding: str, subject: Subject, deciders: Iterable[str]) -> None:
    """Tells those who are known to have seen it, and sees to it that the others are told."""
    # Whatever receipt is there is of a look before, whosever clock it is by.
    known = await receipts.lookers(desk.tx, finding, desk.act.now + timedelta(days=1))
    await _tell(desk, finding, subject, {*deciders, *known})
    await timers.start(desk, TimerKind.LATE_LOOKS, finding, desk.act.now + FIRST_LOOK)


async def tell_late(desk: Desk, timer: Timer) -> None:
    """Tells who is told by no message yet; while a server has not written all that it showed, it looks again."""
    finding = timer.subject
    found = await desk.tx.one(FIND, finding=finding)
    if found is None:
        return
    subject = await subjects.find_own(desk, found.label, found.subject)
    if isinstance(subject, Refusal):
        return
    until, now = found.at + receipts.UNDER_WAY, desk.act.now
    known = await receipts.lookers(desk.tx, finding, until)
    await _tell(desk, finding, subject, set(known) - set(found.told))
    if now < until or await receipts.are_behind(desk.tx, until, now):
        await timers.start(desk, TimerKind.LATE_LOOKS, finding, now + receipts.BEAT)


async def _tell(desk: Desk, finding: str, subject: Subject, users: Iterable[str]) -> None:
    for user in sorted(users):
        await messages.tell_user(desk, Template.MARK_WITHDRAWN, user, finding, **subject.told(desk))
