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
      finding.decideBy = $decide_by
    RETURN finding.id AS id
    """,
    row=Found,
    writes=True,
)
TAKE_BACK = Statement(
    "notices.take_back",
    """
    MATCH (finding:Finding {id: $id})
    WHERE finding.state = 'NOTICE_SENT' AND finding.noticeAt = $sent_at AND finding.statementSeq IS NULL
    SET finding.state = 'SUSPECTED', finding.noticeAt = null, finding.answerBy = null, finding.decideBy = null
    RETURN finding.id AS id
    """,
    row=Found,
    writes=True,
)
"""A notice that was answered all the same, or given another way, stands."""
AWAITED = Statement(
    "notices.awaited", "MATCH (finding:Finding {id: $id, state: 'SUSPECTED'}) RETURN finding.id AS id", row=Found
)
"""Whether the candidate is still to be told."""


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

    def of_notice(self, at: datetime) -> dict[str, datetime]:
        """What a notice that was given then sets."""
        return {"at": at, "answer_by": at + self.answer, "decide_by": at + self.decision}


async def give(desk: Desk, finding: str, at: datetime, times: Times) -> datetime | None:
    """Begins the time to answer and that to decide, of a finding whose candidate is locked.

    Says until when it may be answered; null where it is suspected no longer, and nothing begins.
    """
    set_to = times.of_notice(at)
    if await desk.tx.one(GIVE, id=finding, **set_to) is None:
        return None
    await timers.start(desk, TimerKind.HEARING, finding, set_to["answer_by"])
    # One that is recorded long after it was given leaves time to decide all the same.
    lapses_at = max(set_to["decide_by"], desk.act.now + times.answer)
    await timers.start(desk, TimerKind.DECISION, finding, lapses_at)
    return set_to["answer_by"]
