"""Conduct: the employer's own ledger, which candidates see before they accept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from graph.applications import Stage
from graph.causes import Cause
from graph.interviews import Attendance, Response, Side
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import do_due
from tests.ledger import appends

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
    assert await conduct(ask, company, company.user("hr")) == {**NOTHING, "lateCancellations": 2}
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
    for viewer in (claim, company.user("marketing"), company.user("technology"), company.user("auditor")):
        assert await conduct(ask, company, viewer) == counted
    assert await conduct(ask, company, claim, "technology") == HIDDEN
    for viewer in (company.user("subsidiary"), company.user("integrator")):
        assert await conduct(ask, company, viewer) == HIDDEN
