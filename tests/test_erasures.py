"""What an erasure ends: nobody is awaited any more, nothing is left to be decided, and staff are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from graph import erasures
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import do_due, facts_of
from tests.test_rescheduling import FIVE_DAYS, invited

WHOSE = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
TASKS = '{ department(code: "MARKETING") { tasks { kind } } }'


async def granted(ask: Ask, company: Company, claim: Claim) -> None:
    asked = await ask.do("fileRequest", claim, kind="ERASURE")
    answer = await ask.do("answerRequest", company.user("hr"), "state", rightsRequest=asked["id"], answer="GRANTED")
    assert answer["state"] == "GRANTED"


async def replayed(ask: Ask, _: Company, claim: Claim) -> None:
    """As where a graph comes back from before the erasure."""
    await ask.graph.keys.journal(claim.candidate, ask.now)
    assert await erasures.replay(ask.graph, ask.now) == 1


Erase = Callable[[Ask, Company, Claim], Awaitable[None]]
WAYS = pytest.mark.parametrize("erase", [granted, replayed])


async def claim_of(ask: Ask, company: Company, application: str) -> Claim:
    found = await ask(WHOSE, company.user("hr"), id=gid("Application", application))
    return Claim(uid(found["application"]["candidate"]["id"]), application, verified=True)


async def tasks(ask: Ask, company: Company) -> list[str]:
    return [each["kind"] for each in (await ask(TASKS, company.user("marketing")))["department"]["tasks"]]


@WAYS
async def test_an_interview_to_come_is_called_off(ask: Ask, company: Company, erase: Erase) -> None:
    """Its time is free again, who was to hold it is told, and nobody waits for its outcome."""
    it = await invited(ask, company, FIVE_DAYS)
    moved = (await it.request(slot=it.slots[0]))["interview"]["rescheduledTo"]["id"]
    slot = "query S($id: ID!) { node(id: $id) { ... on Slot { state } } }"
    assert (await ask(slot, company.user("marketing"), id=it.slots[0]))["node"] == {"state": "TAKEN"}
    await erase(ask, company, Claim(it.claim.candidate, it.application, verified=True))
    query = "query I($id: ID!) { interview(id: $id) { attendance events { nodes { type actorKind } } } }"
    found = (await ask(query, company.user("marketing"), id=moved))["interview"]
    assert found["attendance"] == "CANCELLED_BY_CANDIDATE"
    assert {"type": "INTERVIEW_CANCELLED", "actorKind": "SYSTEM"} in found["events"]["nodes"]
    assert (await ask(slot, company.user("marketing"), id=it.slots[0]))["node"] == {"state": "OPEN"}
    holder = await company.hr.user(f"holder@{company.tag}")
    assert [each["to"] for each in await facts_of(ask.graph, company, "INVITATION_CANCELLED")] == [holder]
    ask.now = NOW + timedelta(days=8)
    assert await do_due(ask.graph, company, ask.now) == []
    assert await tasks(ask, company) == []
    assert await company.faults() == []


async def open_finding(company: Company, application: str, state: str) -> str:
    """A finding of a missed interview that is still to be decided."""
    if state == "DISPUTED":
        finding = await company.hr.no_show(application)
        company.at(days=1)
        return await company.hr.dispute(finding)
    finding = await company.hr.suspicion(await company.hr.missed(application))
    return await company.hr.notice(finding) if state == "NOTICE_SENT" else finding


@WAYS
@pytest.mark.parametrize("state", ["SUSPECTED", "NOTICE_SENT", "DISPUTED"])
async def test_what_nobody_has_decided_is_taken_back(ask: Ask, company: Company, erase: Erase, state: str) -> None:
    """For good, and by the system: whoever grants an erasure judges nothing."""
    company.at(days=20)
    application = await company.application("marketing")
    finding = gid("Finding", await open_finding(company, application, state))
    query = "query F($id: ID!) { node(id: $id) { ... on Finding { state interview { id } voidedBy { id } } } }"
    before = (await ask(query, company.user("marketing"), id=finding))["node"]
    assert before["state"] == state
    assert len(await tasks(ask, company)) == 1
    await erase(ask, company, await claim_of(ask, company, application))
    after = (await ask(query, company.user("marketing"), id=finding))["node"]
    assert (after["state"], after["voidedBy"]) == ("VOID", None)
    told = [each["to"] for each in await facts_of(ask.graph, company, "MARK_WITHDRAWN")]
    assert told == ([company.hr.viewer.id] if state == "DISPUTED" else [])
    again = await ask.do("reportNoShow", company.user("marketing"), interview=before["interview"]["id"])
    assert again["code"] == ("DISPUTE_UPHELD" if state == "DISPUTED" else "NOT_DECIDED")
    ask.now = NOW + timedelta(days=40)
    assert await tasks(ask, company) == []
    assert await company.faults() == []


async def test_nobody_is_asked_how_it_went_of_whoever_is_erased(ask: Ask, company: Company) -> None:
    company.at(days=9)
    application = await company.application("marketing")
    await company.hr.interview(application, starts_at=NOW - timedelta(days=2))
    assert await tasks(ask, company) == ["OUTCOME_MISSING"]
    await company.at(days=0).erase((await claim_of(ask, company, application)).candidate)
    assert await tasks(ask, company) == []
