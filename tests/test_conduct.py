"""Conduct: the employer's own ledger, which candidates see before they accept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.applications import Stage
from graph.causes import Cause
from graph.interviews import Attendance, Mode, Response, Side
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import do_due, facts_of
from tests.ledger import appends
from tests.test_telemetry import STARTS, Case

CONDUCT = """
query Conduct($id: ID!) { node(id: $id) { ... on Department {
  conduct { absences lateCancellations unanswered } } } }
"""
NOTHING = {"absences": 0, "lateCancellations": 0, "unanswered": 0}
HIDDEN = dict.fromkeys(NOTHING)


async def conduct(ask: Ask, company: Company, viewer: str | Claim, department: str = "marketing") -> Any:
    found = await ask(CONDUCT, viewer, id=gid("Department", company.departments[department]))
    return found["node"]["conduct"]


async def claim_of(ask: Ask, company: Company, application: str) -> Claim:
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    return Claim(uid(found["application"]["candidate"]["id"]), application)


async def test_what_was_the_employers_fault_is_counted_until_it_expires(ask: Ask, company: Company) -> None:
    hr = company.at(days=20)
    await hr.fault(await hr.missed(await company.application("marketing")), Cause.EMPLOYER)
    company.at(days=20)
    await hr.fault(await hr.missed(await company.application("marketing")), Cause.PLATFORM)
    viewer = company.user("marketing")
    assert await conduct(ask, company, viewer) == {**NOTHING, "absences": 1}
    ask.now = NOW + timedelta(days=365)
    assert await conduct(ask, company, viewer) == NOTHING


async def test_calling_off_late_is_counted(ask: Ask, company: Company) -> None:
    """Of what was accepted, by the employer, within the hours that the candidate has to keep to as well."""
    hr = company.hr
    for hours, by, response in [
        (23, Side.EMPLOYER, Response.ACCEPTED),
        (25, Side.EMPLOYER, Response.ACCEPTED),
        (23, Side.CANDIDATE, Response.ACCEPTED),
        (23, Side.EMPLOYER, Response.NEEDS_ACTION),
    ]:
        company.at(days=5)
        interview = await hr.interview(
            await company.application("marketing"),
            starts_at=NOW,
            response=None if response is Response.NEEDS_ACTION else response,
        )
        company.at(hours=hours)
        await hr.cancel(interview, by)
    company.at(days=5)
    moved = await hr.interview(await company.application("marketing"), starts_at=NOW)
    company.at(hours=3)
    await hr.reschedule(moved, NOW + timedelta(days=2), Side.EMPLOYER)
    for attendance in (
        Attendance.CANCELLED_BY_EMPLOYER,
        Attendance.ENTERED_IN_ERROR,
        Attendance.CANCELLED_BY_CANDIDATE,
    ):
        company.at(days=5)
        recorded = await hr.interview(await company.application("marketing"), starts_at=NOW)
        company.at(hours=3)
        await hr.attendance(recorded, attendance)
    assert await conduct(ask, company, company.user("hr")) == {**NOTHING, "lateCancellations": 4}
    ask.now = NOW + timedelta(days=365)
    assert await conduct(ask, company, company.user("hr")) == NOTHING


async def test_no_answer_is_counted_once_the_days_are_over(ask: Ask, company: Company) -> None:
    """Whoever moved the application on has answered; who did not, within two weeks by the default, has not."""
    hr, ids = company.hr, []
    for _ in range(2):
        company.at(days=30)
        application = await company.application("marketing")
        ids.append(application)
        interview = await hr.interview(application, starts_at=NOW - timedelta(days=20))
        company.at(days=20, hours=-1)
        await hr.attendance(interview, Attendance.ATTENDED)
    company.at(days=10)
    await hr.advance(ids[0], Stage.OFFER)
    viewer = company.user("marketing")
    await do_due(ask.graph, company, NOW - timedelta(days=7))
    assert await conduct(ask, company, viewer) == NOTHING
    async with appends(ask, company, "ANSWER_OVERDUE"):
        await do_due(ask.graph, company, NOW)
        await do_due(ask.graph, company, NOW + timedelta(days=9))
    assert await conduct(ask, company, viewer) == {**NOTHING, "unanswered": 1}
    ask.now = NOW + timedelta(days=345, seconds=-1)
    assert await conduct(ask, company, viewer) == {**NOTHING, "unanswered": 1}
    ask.now = NOW + timedelta(days=345)
    assert await conduct(ask, company, viewer) == NOTHING, "a year from the interview, as a mark of the candidate's"


async def test_whom_the_department_invites_sees_it(ask: Ask, company: Company) -> None:
    """By the link alone, before accepting; no other department's, and nobody outside the circle."""
    hr = company.at(days=20)
    await hr.fault(await hr.missed(await company.application("marketing")), Cause.EMPLOYER)
    company.at(days=2)
    application = await company.application("marketing")
    claim = await claim_of(ask, company, application)
    assert await conduct(ask, company, claim) == HIDDEN
    await hr.interview(application, starts_at=NOW + timedelta(days=2), response=None)
    counted = {**NOTHING, "absences": 1}
    for viewer in (claim, company.user("marketing"), company.user("auditor")):
        assert await conduct(ask, company, viewer) == counted
    assert await conduct(ask, company, claim, "technology") == HIDDEN
    for viewer in (company.user("subsidiary"), company.user("integrator")):
        assert await conduct(ask, company, viewer) == HIDDEN


async def test_another_department_is_told_of_five_or_more(ask: Ask, company: Company) -> None:
    """Of nothing too: that nobody was left waiting names no interview."""
    hr, told = company.hr, list[Any]()
    for _ in range(5):
        company.at(days=20)
        await hr.fault(await hr.missed(await company.application("marketing")), Cause.EMPLOYER)
        told.append(await conduct(ask, company, company.user("technology")))
    assert [each["absences"] for each in told] == [None, None, None, None, 5]
    assert [each["unanswered"] for each in told] == [0] * 5


async def test_absence_is_judged_by_all_that_is_known(ask: Ask, company: Company) -> None:
    """However late the platform tells of it, and for no longer; and nobody is absent from what was called off."""
    hr, viewer, cases = company.hr, company.user("marketing"), list[Case]()
    for _ in range(3):
        company.at(days=5)
        application = await company.application("marketing")
        interview = await hr.interview(application, starts_at=STARTS, mode=Mode.VIDEO)
        claim = await claim_of(ask, company, application)
        cases.append(Case(ask, company, gid("Interview", interview), claim))
    joined, closed, called_off = cases
    await joined.report("CANDIDATE_JOINED", 1)
    for case in (joined, closed):
        await ask.do("recordAttendance", company.user("hr"), interview=case.id, attendance="ATTENDED")
    assert await conduct(ask, company, viewer) == {**NOTHING, "absences": 1}
    await joined.report("INTERVIEWER_JOINED", 2)
    assert await conduct(ask, company, viewer) == NOTHING
    await closed.report("SESSION_CLOSED", 30)
    assert await conduct(ask, company, viewer) == {**NOTHING, "absences": 1}
    ask.now = NOW + timedelta(days=300)
    await closed.report("SESSION_HEARTBEAT", 0)
    ask.now = STARTS + timedelta(days=365, seconds=-1)
    assert await conduct(ask, company, viewer) == {**NOTHING, "absences": 1}
    ask.now = STARTS + timedelta(days=365)
    assert await conduct(ask, company, viewer) == NOTHING
    company.at(days=2, hours=1)
    await hr.cancel(uid(called_off.id), Side.CANDIDATE)
    await called_off.report("SESSION_CLOSED", 30)
    assert await conduct(ask, company, viewer) == NOTHING


async def test_what_becomes_known_late_counts_from_when_it_happened(ask: Ask, company: Company) -> None:
    """A mark of the candidate's counts from the time that was missed, however late it is decided."""
    case, viewer = await waited_for(ask, company), company.user("marketing")
    await ask.do("recordAttendance", company.user("hr"), interview=case.id, attendance="NOT_ATTENDED")
    ask.now = NOW + timedelta(days=300)
    await case.report("SESSION_CLOSED", 30)
    assert await conduct(ask, company, viewer) == {**NOTHING, "absences": 1}
    ask.now = STARTS + timedelta(days=365)
    assert await conduct(ask, company, viewer) == NOTHING


async def waited_for(ask: Ask, company: Company) -> Case:
    """An interview by video that was accepted, and to which no interviewer came."""
    hr = company.at(days=5)
    application = await company.application("marketing")
    interview = await hr.interview(application, starts_at=STARTS, mode=Mode.VIDEO)
    return Case(ask, company, gid("Interview", interview), await claim_of(ask, company, application))


@pytest.mark.parametrize(("attendance", "absences"), [("CANCELLED_BY_EMPLOYER", 1), ("ENTERED_IN_ERROR", 0)])
async def test_nobody_clears_the_ledger_by_calling_off_what_is_over(
    ask: Ask, company: Company, attendance: str, absences: int
) -> None:
    """An entry in error never was an interview, so that nobody was absent; whoever accepted it hears of either, and the
    ledger has it as called off late.
    """
    case, viewer = await waited_for(ask, company), company.user("marketing")
    await case.report("CANDIDATE_JOINED", 1)
    await case.report("SESSION_CLOSED", 30)
    await do_due(ask.graph, company, NOW)
    assert await conduct(ask, company, viewer) == {**NOTHING, "absences": 1}
    await ask.do("recordAttendance", viewer, interview=case.id, attendance=attendance)
    counted = {**NOTHING, "absences": absences, "lateCancellations": 1}
    assert await conduct(ask, company, viewer) == counted
    assert await facts_of(ask.graph, company, "INVITATION_CANCELLED") == [{"over": True, "to": case.claim.candidate}]
    await case.report("SESSION_HEARTBEAT", 0)
    assert await conduct(ask, company, viewer) == counted
    ask.now = STARTS + timedelta(days=365)
    assert await conduct(ask, company, viewer) == NOTHING


async def test_what_was_called_off_before_its_time_has_no_absence(ask: Ask, company: Company) -> None:
    case, viewer = await waited_for(ask, company), company.user("marketing")
    await company.at(days=4).attendance(uid(case.id), Attendance.CANCELLED_BY_EMPLOYER)
    await case.report("SESSION_CLOSED", 30)
    assert await conduct(ask, company, viewer) == NOTHING
