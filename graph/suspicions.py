"""Suspicions by the system: only where the platform says that nobody came, and nothing says that it was not theirs."""

from __future__ import annotations

from graph import assessments, findings, interviews, messages
from graph.causes import FAULTLESS, Assessment
from graph.events import EventType
from graph.interviews import Attendance, InterviewRow, Response
from graph.messages import Template
from graph.refusals import Refusal
from graph.subjects import Subject
from graph.timers import Timer
from graph.writing import Desk

WATCHED = frozenset({"CLOSED_WITHOUT_JOIN", "WATCHED_WITHOUT_JOIN"})
"""The rules that say so: silence of a platform is not absence of the candidate."""


def may_suspect(interview: InterviewRow, assessment: Assessment) -> bool:
    """Whether the system may suspect by itself; else a person is to say what happened."""
    if interview.response != Response.ACCEPTED.value:
        return False
    if interview.excused or interview.upheld or interview.lapsed or interview.request is not None:
        return False
    if assessment.cause in FAULTLESS:
        return False
    return bool(WATCHED.intersection(assessment.rules))


async def look_at_outcome(desk: Desk, timer: Timer) -> None:
    """The grace time is over and nobody recorded what happened, or a program alone that nobody came; or a platform
    reports it later than that; or it was missed, and proof of why had been accepted.
    """
    found = await interviews.find_own(desk, timer.subject)
    if isinstance(found, Refusal) or found.finding is not None:
        return
    if found.attendance not in (Attendance.PENDING.value, *interviews.MISSED):
        return
    if not interviews.is_over(found, desk.act.now):
        # The timer was due by a clock that had jumped ahead.
        await interviews.await_outcome(desk, found)
        return
    if found.attendance != Attendance.PENDING.value and (found.excused or not found.unjudged):
        await findings.excuse_missed(desk, found)
        return
    assessment = await assessments.of_interview(desk, found.id)
    await interviews.note_absence(desk, found, found.attendance, assessment)
    if may_suspect(found, assessment):
        await _suspect(desk, found)
    elif found.response != Response.DECLINED.value and timer.due_at == interviews.over_at(found):
        await messages.tell_department(desk, Template.OUTCOME_MISSING, found.department, found.id)


async def _suspect(desk: Desk, interview: InterviewRow) -> None:
    if interview.attendance == Attendance.PENDING.value:
        attendance = Attendance.NOT_ATTENDED
        await interviews.set_attendance(desk, interview.id, attendance)
        payload = {"attendance": attendance.value, "evidence": [], "note": None}
        await interviews.record(desk, EventType.ATTENDANCE_RECORDED, interview.id, **payload)
    assert desk.chain is not None
    await findings.suspect(desk, Subject.of_interview(interview), desk.chain.seq)
