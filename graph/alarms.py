"""Alarms: a candidate is reminded a day and half an hour before an interview, or before the deadline of its window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from graph import messages, timers
from graph.messages import Template
from graph.statements import Statement
from graph.timers import Timer, TimerKind
from graph.writing import Desk

BEFORE = {
    TimerKind.ALARM_DAY: (timedelta(hours=24), Template.REMINDER_DAY),
    TimerKind.ALARM_SOON: (timedelta(minutes=30), Template.REMINDER_SOON),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an alarm depends on. `at` is the start, or the deadline of a recorded interview."""

    mode: str
    starts_at: datetime
    ends_at: datetime
    response: str
    attendance: str
    ended: bool

    @property
    def at(self) -> datetime:
        return self.ends_at if self.mode == "AI_ASYNC" else self.starts_at

    @property
    def is_expected(self) -> bool:
        """Whether the candidate is still to come."""
        return self.attendance == "PENDING" and self.response != "DECLINED" and not self.ended


_STANDING: LiteralString = """
    RETURN interview.mode AS mode, interview.startsAt AS starts_at, interview.endsAt AS ends_at,
      interview.response AS response, interview.attendance AS attendance,
      application.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN'] AS ended
"""
FIND = Statement(
    "alarms.find",
    "MATCH (application:Application)-[:HAS_INTERVIEW]->(interview:Interview {id: $id})" + _STANDING,
    row=Standing,
)


def is_timely(kind: TimerKind, at: datetime, now: datetime) -> bool:
    """Whether an alarm that is late may still sound: not after the start, and not where the next one is due too."""
    next_one = BEFORE[TimerKind.ALARM_SOON][0] if kind is TimerKind.ALARM_DAY else timedelta()
    return at - now > next_one


async def set(desk: Desk, interview: str) -> None:
    """Sets the alarms of an interview by what it is now, its candidate locked; none for what is past or not awaited."""
    found = await desk.tx.one(FIND, id=interview)
    for kind, (before, _) in BEFORE.items():
        # The difference is compared: an alarm before the first day of the calendar cannot be reckoned.
        if found is not None and found.is_expected and found.at - desk.act.now > before:
            await timers.start(desk, kind, interview, found.at - before)
        else:
            await timers.cancel(desk, interview, kind)


async def cancel(desk: Desk, interview: str) -> None:
    await timers.cancel(desk, interview, *BEFORE)


async def sound(desk: Desk, timer: Timer) -> None:
    """Queues the reminder, where the interview is still to come."""
    kind = TimerKind(timer.kind)
    found = await desk.tx.one(FIND, id=timer.subject)
    if found is not None and found.is_expected and is_timely(kind, found.at, desk.act.now):
        await messages.tell_candidate(desk, BEFORE[kind][1], timer.subject)
