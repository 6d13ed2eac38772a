"""Notices of what is suspected: the time to answer begins when one was sent, and where it did not arrive, it never did.

The system's notice is a message. Until it has left, nobody was told, the finding stays suspected, and the department
has the task to give notice another way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graph import timers
from graph.policies import Policy
from graph.statements import Found, Statement
from graph.timers import TimerKind
from graph.writing import Desk

GIVE = Statement(
    "notices.give",
    """
    MATCH (finding:Finding {id: $id}) WHERE finding.state = 'SUSPECTED'
    SET finding.state = 'NOTICE_SENT', finding.noticeAt = $at, finding.answerBy = $answer_by,
      finding.decideBy = $decide_by, finding.answeredSeq = null
    RETURN finding.id AS id
    """,
    row=Found,
    writes=True,
)
"""What the candidate said before it is to be read, and is no answer to it."""
TAKE_BACK = Statement(
    "notices.take_back",
    """
    MATCH (finding:Finding {id: $id})
    WHERE finding.state = 'NOTICE_SENT' AND finding.noticeAt = $sent_at AND finding.answeredSeq IS NULL
    SET finding.state = 'SUSPECTED', finding.noticeAt = null, finding.answerBy = null, finding.decideBy = null
    RETURN finding.id AS id
    """,
    row=Found,
    writes=True,
)
"""A notice that the candidate answered all the same, or that was given another way, stands."""
DOUBT = Statement(
    "notices.doubt",
    """
    MATCH (finding:Finding {id: $id})-[:FINDS]->()-[:HELD_BY]->(department:Department)
    WHERE finding.state = 'FINAL' AND finding.cause = 'CANDIDATE' AND finding.noticeAt = $sent_at
      AND finding.answeredSeq IS NULL
    SET finding.isDoubted = true, finding.doubtedAt = $now
    RETURN department.id AS id
    """,
    row=Found,
    writes=True,
)
"""It was decided in silence, and nobody was heard: the notice had not arrived."""


@dataclass(frozen=True, slots=True)
class Awaited:
    answer_by: datetime | None
    by_system: bool


FIND_AWAITED = Statement(
    "notices.find_awaited",
    """
    MATCH (finding:Finding {id: $id}) WHERE finding.state IN ['SUSPECTED', 'NOTICE_SENT']
    RETURN finding.answerBy AS answer_by, coalesce(finding.raisedBy = 'SYSTEM', false) AS by_system
    """,
    row=Awaited,
)
"""Until when it may be answered, where it may be at all; null where that begins with the system's notice. And whether
it was the system that suspected it."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long after a notice it may be answered, and is to be decided."""

    answer: timedelta
    decision: timedelta

    @classmethod
    def of_policy(cls, policy: Policy) -> Times:
        return cls(policy.answer_time, policy.decision_time)

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> Times:
        """As the message of a notice keeps them until it is sent."""
        return cls(timedelta(hours=facts["answerHours"]), timedelta(days=facts["decisionDays"]))

    @property
    def facts(self) -> dict[str, int]:
        return {"answerHours": int(self.answer / timedelta(hours=1)), "decisionDays": self.decision.days}

    def begun(self, at: datetime) -> dict[str, datetime]:
        """What ends when, if it begins then."""
        return {"answer_by": at + self.answer, "decide_by": at + self.decision}


async def give(desk: Desk, finding: str, at: datetime, times: Times) -> datetime | None:
    """Begins the time to answer and that to decide, of a finding whose candidate is locked: now, whenever a person says
    that they gave it.

    Says until when it may be answered; null where it is suspected no longer, and nothing begins.
    """
    ends = times.begun(desk.act.now)
    if await desk.tx.one(GIVE, id=finding, at=at, **ends) is None:
        return None
    await timers.start(desk, TimerKind.HEARING, finding, ends["answer_by"])
    await timers.start(desk, TimerKind.DECISION, finding, ends["decide_by"])
    return ends["answer_by"]
