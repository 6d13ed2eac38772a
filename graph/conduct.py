"""Conduct: the employer's own ledger, by department, shown to candidates before they accept.

It counts what candidates are held to as well: not being there, calling off late, leaving the other without an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from graph import interviews, policies
from graph.applications import ENDED
from graph.events import EventType
from graph.interviews import InterviewRow
from graph.refusals import Refusal
from graph.statements import Found, Nothing, Statement
from graph.suppression import told
from graph.timers import Timer
from graph.traversal import Derived, Shape
from graph.visibility import Level
from graph.writing import Desk

_HELD: LiteralString = "MATCH (this)<-[:SUCCEEDED_BY*0..]-(held:Department)<-[:HELD_BY]-(missed:Interview)"
"""A closed department's count with its successor's."""


def _if_enough(values: Sequence[Any], _: Mapping[str, Any], __: Any) -> int | None:
    count, of_others = values
    return told(count) if of_others else count


def _counted(condition: LiteralString) -> Derived:
    """Interviews for which it holds; to staff of other departments null where they are fewer than five."""
    count: LiteralString = "COUNT { " + _HELD + " WHERE " + condition + " }"
    return Derived((count, "$staff AND NOT this.id IN $own"), _if_enough, see=Level.NEAR)


CONDUCT = Shape(
    "Conduct",
    {
        # By the evidence, whether or not anybody of the employer has found so.
        "absences": _counted(
            "missed.absentUntil > $now OR EXISTS { (missed)<-[:FINDS]-(fault:Finding) "
            "WHERE fault.state = 'FINAL' AND fault.outcome = 'EMPLOYER_FAULT' AND fault.expiresAt > $now }"
        ),
        "lateCancellations": _counted("missed.lateUntil > $now"),
        "unanswered": _counted("missed.unansweredUntil > $now"),
    },
)
"""A candidate is told whatever the number is: it is about the employer, and theirs to know before they accept."""

ANSWERED = Statement(
    "conduct.answered",
    """
    MATCH (application:Application {id: $application})<-[:ABOUT]-(event:Event)
    WHERE event.type IN ['APPLICATION_ADVANCED', 'APPLICATION_REJECTED', 'APPLICATION_WITHDRAWN']
      AND event.recordedAt > $since
    RETURN event.id AS id LIMIT 1
    UNION MATCH (:Application {id: $application})-[:HAS_INTERVIEW]->(other:Interview)
    WHERE other.id <> $interview AND other.startsAt > $since
    RETURN other.id AS id LIMIT 1
    """,
    row=Found,
)
SET_UNANSWERED = Statement(
    "conduct.set_unanswered",
    "MATCH (interview:Interview {id: $id}) SET interview.unansweredUntil = $until",
    row=Nothing,
    writes=True,
)


async def answer_overdue(desk: Desk, timer: Timer) -> None:
    """The days have passed in which the candidate was to hear what became of an interview that took place."""
    found = await interviews.find_own(desk, timer.subject)
    if isinstance(found, Refusal) or found.stage in ENDED:
        return
    given = await desk.tx.run(
        ANSWERED, application=found.application, interview=found.id, since=interviews.missed_at(found)
    )
    if given:
        return
    await note_unanswered(desk, found)
    await interviews.record(desk, EventType.ANSWER_OVERDUE, found.id)


async def note_unanswered(desk: Desk, interview: InterviewRow) -> None:
    """The days have passed in which an answer was promised."""
    policy = await policies.in_force(desk.tx, desk.act.viewer.organization)
    until = interviews.kept_until(interview, policy, desk.act.now)
    await desk.tx.run(SET_UNANSWERED, id=interview.id, until=until)
