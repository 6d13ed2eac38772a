"""Tasks: what a department has to do next about its interviews, derived on reading and stored nowhere."""

from __future__ import annotations

from enum import Enum
from typing import LiteralString

from graph.labels import label
from graph.traversal import Form, Here, Look, Many, Member, Merged, One, Prop, Shape, Steps
from graph.visibility import Level

MOST = 100


class TaskKind(Enum):
    """What is to be done."""

    OUTCOME_MISSING = "OUTCOME_MISSING"
    NOTICE_DUE = "NOTICE_DUE"
    DECISION_DUE = "DECISION_DUE"
    DISPUTE_DUE = "DISPUTE_DUE"
    REVIEW_DUE = "REVIEW_DUE"


_OVER_AT: LiteralString = (
    "CASE WHEN this.mode = 'AI_ASYNC' THEN this.endsAt + duration({minutes: this.graceMinutes}) "
    "WHEN this.startsAt + duration({minutes: this.graceMinutes}) > this.endsAt "
    "THEN this.startsAt + duration({minutes: this.graceMinutes}) ELSE this.endsAt END"
)
_STEP: LiteralString = (
    "CASE this.state WHEN 'SUSPECTED' THEN 'NOTICE_DUE' WHEN 'NOTICE_SENT' THEN 'DECISION_DUE' "
    "WHEN 'FINAL' THEN 'REVIEW_DUE' ELSE 'DISPUTE_DUE' END"
)
_STEP_DUE: LiteralString = (
    "CASE this.state WHEN 'SUSPECTED' THEN this.suspectedAt "
    "WHEN 'NOTICE_SENT' THEN coalesce(this.decideBy, this.answerBy) WHEN 'FINAL' THEN this.doubtedAt "
    "ELSE coalesce(this.disputeDueAt, this.disputedAt) END"
)


def _of_whom(found: LiteralString) -> dict[str, Member]:
    return {
        "candidate": One("Candidate", (found + "(:Application)<-[:SUBMITTED]-(that:Candidate)",)),
        "application": One("Application", (found + "(that:Application)",)),
    }


OUTCOME_TASK = Shape(
    "OutcomeTask",
    {
        "kind": Prop("'OUTCOME_MISSING'", see=Level.ALL),
        "kindLabel": label("'OUTCOME_MISSING'", see=Level.ALL),
        "due": Prop(_OVER_AT, see=Level.ALL, form=Form.INSTANT),
        **_of_whom("(this)<-[:HAS_INTERVIEW]-"),
        "interview": Here("Interview"),
        "finding": Prop("null", see=Level.ALL),
    },
    typename="Task",
)
FINDING_TASK = Shape(
    "FindingTask",
    {
        "kind": Prop(_STEP, see=Level.ALL),
        "kindLabel": label(_STEP, see=Level.ALL),
        "due": Prop(_STEP_DUE, see=Level.ALL, form=Form.INSTANT),
        **_of_whom("(this)-[:FINDS]->()<-[:HAS_INTERVIEW|HAS_CHECK]-"),
        "interview": One("Interview", ("(this)-[:FINDS]->(that:Interview)",), implied=True),
        "finding": Here("Finding"),
    },
    typename="Task",
    looked={"": Look.FINDING},
)

_OVER: LiteralString = (
    # Taken from the present: added to an interview on the calendar's last day, it would run over its end.
    "that.attendance = 'PENDING' AND that.response <> 'DECLINED' "
    "AND $now - duration({minutes: that.graceMinutes}) >= CASE that.mode WHEN 'AI_ASYNC' THEN that.endsAt "
    "ELSE that.startsAt END AND $now >= that.endsAt"
)
UNJUDGED: LiteralString = (
    "that.attendance = 'NOT_ATTENDED' AND that.attendanceBy = 'API' AND that.response = 'ACCEPTED' "
    "AND NOT EXISTS { (that)<-[:FINDS]-(:Finding) }"
)
"""Said of an accepted interview that was missed by the word of a program alone: no person has spoken of it, and nothing
was ever found of it."""
_MISSING: LiteralString = (
    "((" + _OVER + ") OR (" + UNJUDGED + " AND NOT EXISTS { (that)-[:HAS_PROOF]->(:Proof {verdict: 'ACCEPTED'}) })) "
    "AND NOT EXISTS { (that)<-[:HAS_INTERVIEW]-(:Application)<-[:SUBMITTED]-(:Candidate {status: 'ERASED'}) }"
)
"""Nobody has said what happened, or no person, but a program that nobody came; of somebody who is not erased."""
_OPEN: LiteralString = (
    "(that.state IN ['SUSPECTED', 'DISPUTED'] "
    "OR (that.state = 'NOTICE_SENT' AND (that.answeredSeq IS NOT NULL OR that.answerBy <= $now)) "
    "OR (that.isDoubted AND that.state = 'FINAL' AND that.expiresAt > $now))"
)


def tasks(departments: Steps) -> Merged:
    """What is due in the departments `d` that the steps lead to, the longest due first."""
    due_of_interview: LiteralString = "toString(" + _OVER_AT.replace("this.", "that.") + ")"
    due_of_finding: LiteralString = "toString(" + _STEP_DUE.replace("this.", "that.") + ")"
    missing: Steps = (*departments, "(d)<-[:HELD_BY]-(that:Interview)")
    open_findings: Steps = (*departments, "(d)<-[:HELD_BY]-()<-[:FINDS]-(that:Finding)")
    return Merged(
        (
            Many("OutcomeTask", missing, (due_of_interview, "that.id"), where=_MISSING),
            Many("FindingTask", open_findings, (due_of_finding, "that.id"), where=_OPEN),
        ),
        limit=MOST,
        descending=False,
    )
