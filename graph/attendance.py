"""Attendance in numbers: facts over interviews, and the findings that the viewer may count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from graph.suppression import told
from graph.traversal import Aggregate, Derived, Member, Prop, Shape, Steps
from graph.visibility import COUNTS, Level

STANDS: LiteralString = "NOT that.attendance IN ['RESCHEDULED', 'ENTERED_IN_ERROR']"
ACCEPTED: LiteralString = "that.response = 'ACCEPTED' AND " + STANDS
OVER: LiteralString = (
    ACCEPTED + " AND that.endsAt <= $now AND NOT that.attendance IN ['CANCELLED_BY_CANDIDATE', 'CANCELLED_BY_EMPLOYER']"
)
ATTENDED: LiteralString = "that.attendance IN ['ATTENDED', 'ATTENDED_LATE']"
COUNTED: LiteralString = COUNTS.replace("this.", "f.")


def _count(condition: LiteralString) -> LiteralString:
    return "count(CASE WHEN " + condition + " THEN 1 END)"


def _rate(values: Sequence[Any], _: Mapping[str, Any], __: Any) -> float | None:
    return values[0] / values[1] if values[1] else None


def _if_enough(values: Sequence[Any], _: Mapping[str, Any], __: Any) -> int | None:
    others, all = values
    return None if told(others) is None else all


_NO_SHOWS: LiteralString = _count(COUNTED + " AND (d.id IN $near OR $verified)")
_OF_OTHERS: LiteralString = _count(COUNTED + " AND d.id IN $near AND NOT d.id IN $own")
_MEMBERS: Mapping[str, Member] = {
    "interviews": Prop(_count(STANDS)),
    "accepted": Prop(_count(ACCEPTED)),
    "attended": Prop(_count(ATTENDED)),
    "acceptedNotAttended": Prop(_count(ACCEPTED + " AND that.attendance = 'NOT_ATTENDED'")),
    "noShows": Prop(_NO_SHOWS, see=Level.ALL),
    "excused": Prop(_count("f.state = 'EXCUSED'")),
    "faults": Prop(_count("f.state = 'FINAL' AND f.outcome IN ['SYSTEM_FAULT', 'EMPLOYER_FAULT']")),
    "attendanceRate": Derived((_count(OVER + " AND " + ATTENDED), _count(OVER)), _rate),
    "noShowRate": Derived((_count(COUNTED + " AND (d.id IN $own OR $verified)"), _count(OVER)), _rate),
}
ATTENDANCE_SUMMARY = Shape("AttendanceSummary", _MEMBERS)
DEPARTMENT_SUMMARY = Shape(
    "DepartmentSummary",
    {
        **_MEMBERS,
        "noShows": Derived((_OF_OTHERS, _NO_SHOWS), _if_enough, see=Level.ALL),
    },
    typename="AttendanceSummary",
)
"""Over departments: null where it holds some of other departments than one's own and fewer than five, which whoever
knows its own could tell by subtraction."""

_WHEN: LiteralString = "CASE that.mode WHEN 'AI_ASYNC' THEN that.endsAt ELSE that.startsAt END"
PERIOD: Mapping[str, LiteralString] = {"from": _WHEN + " >= $value", "to": _WHEN + " < $value"}
"""By the time that counts, which is what a visible no-show tells; when a recording's window opened it does not tell."""
FINDING: Steps = ("OPTIONAL MATCH (that)<-[:FINDS]-(f:Finding) WHERE f.voidedAt IS NULL",)
WHOLE_CIRCLE: LiteralString = "NOT EXISTS { MATCH (x:Department) WHERE x.circle = this.circle AND NOT x.id IN $own }"


def department_attendance(scopes: Mapping[str, Steps]) -> Aggregate:
    """Facts need OWN on every department in scope; no-shows are counted as far as they are visible, if enough."""
    return Aggregate(
        "DepartmentSummary",
        {scope: (*steps, "(d)<-[:HELD_BY]-(that:Interview)") for scope, steps in scopes.items()},
        full={"OWN": "this.id IN $own", "SIBLINGS": WHOLE_CIRCLE, "CIRCLE": WHOLE_CIRCLE},
        near="this.id IN $near",
        conditions=PERIOD,
        optional=FINDING,
        by="scope",
    )


CANDIDATE_ATTENDANCE = Aggregate(
    "AttendanceSummary",
    (
        "(this)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(that:Interview)"
        "-[:HELD_BY]->(d:Department)",
    ),
    # To the candidate it is told with the code alone: a link opens one application.
    full="($staff OR $verified)",
    near="($staff OR $verified)",
    conditions=PERIOD,
    optional=FINDING,
    own="(d.id IN $own OR $verified)",
)
