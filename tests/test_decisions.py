"""Decisions: by a named person, with what was on the screen; a rejection with a finding is announced first."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

from graph import timers
from graph.due import RULES
from graph.instants import from_graph, parameter
from graph.interviews import Response
from graph.timers import TimerKind
from graph.visibility import Claim
from schema.root import core_schema
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.ledger import refused

DECISION = """id verdict state reason followedAdvice decidedAt effectiveAt seen seenHash seenUntil
  decidedBy { externalId } considered { id } application { id stage }"""
READ = f"query Read($id: ID!) {{ node(id: $id) {{ ... on Decision {{ {DECISION} }} }} }}"
WHO = "query Who($id: ID!) { application(id: $id) { candidate { id } } }"


async def told(ask: Ask, decision: str) -> list[str]:
    """The templates of the messages about a decision."""
    text = "MATCH (m:Message {subject: $id}) RETURN m.template AS template ORDER BY m.createdAt, template"
    return [row["template"] for row in await ask.graph.client.answer("tests.told", text, {"id": uid(decision)})]


async def due(ask: Ask, company: Company, kind: TimerKind) -> int:
    """Does what is due of a kind in a company, as a worker would; the others are left."""
    done = 0
    text = (
        "MATCH (t:Timer {kind: $kind, organization: $organization}) WHERE t.dueAt <= $now "
        "RETURN t.id AS id, t.kind AS kind, t.subject AS subject, "
    )
    text += "t.organization AS organization, t.candidate AS candidate, t.dueAt AS due_at, t.attempts AS attempts"
    given = {"kind": kind.value, "now": ask.now, "organization": company.hr.viewer.organization}
    for row in await ask.graph.client.answer("tests.due", text, parameter(given)):
        timer = timers.Timer(**{**row, "due_at": from_graph(row["due_at"])})
        done += await timers.take(ask.graph, timer, ask.now, RULES[kind])
    return done


async def marked(company: Company, days: int = 40) -> tuple[str, str]:
    """An application to Technology by somebody who missed an interview with Marketing, and the finding."""
    person = company.person()
    hr = company.at(days=days)
    finding = await hr.no_show(await company.application("marketing", person))
    company.at(days=days - 10)
    return await company.application("technology", person), finding


async def test_a_decision_keeps_what_was_on_the_screen(ask: Ask, company: Company) -> None:
    application, finding = await marked(company)
    input = {
        "application": gid("Application", application),
        "verdict": "HOLD",
        "reason": "Later.",
        "followedAdvice": False,
    }
    made = await ask.do("decide", company.user("technology"), DECISION, considered=[gid("Finding", finding)], **input)
    assert (made["verdict"], made["state"], made["followedAdvice"]) == ("HOLD", "EFFECTIVE", False)
    assert made["decidedBy"] == {"externalId": company.user("technology")}
    assert made["considered"] == [{"id": gid("Finding", finding)}]
    assert made["application"]["stage"] == "APPLIED"
    assert made["seenHash"] == sha256(made["seen"].encode()).hexdigest()
    seen = json.loads(made["seen"])["application"]
    assert seen["id"] == gid("Application", application)
    assert seen["reminders"][0]["message"].endswith("爽约市场部AI面试")
    assert "reason" in seen["candidate"]["noShows"]["nodes"][0]
    assert seen["candidate"]["noShows"]["nodes"][0]["reason"] is None
    # It stays as it was when the mark is gone.
    await company.at(days=1).void(finding)
    again = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    assert again["seen"] == made["seen"]
    assert again["considered"] == []


async def test_who_may_read_the_screen(ask: Ask, company: Company) -> None:
    application, _ = await marked(company)
    await company.hr.user(f"colleague@{company.tag}", recruits_for=(company.departments["technology"],))
    input = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
    made = (await ask.do("decide", company.user("technology"), **input))["id"]
    candidate = uid(
        (await ask(WHO, company.user("hr"), id=gid("Application", application)))["application"]["candidate"]["id"]
    )
    readers: list[tuple[Any, bool | None]] = [
        (company.user("technology"), True),
        (f"colleague@{company.tag}", False),
        (company.user("hr"), True),
        (company.user("auditor"), True),
        (company.user("marketing"), None),
        (company.user("integrator"), None),
        (Claim(candidate, application), None),
        (Claim(candidate, application, verified=True), True),
    ]
    for viewer, reads in readers:
        found = (await ask(READ, viewer, id=made))["node"]
        assert (found and found["seen"] is not None) == (reads if reads is not None else None), viewer
    mine = await ask(READ, Claim(candidate, application, verified=True), id=made)
    assert mine["node"]["reason"] == "Later."


async def test_a_rejection_with_a_finding_is_announced_first(ask: Ask, company: Company) -> None:
    """Named or not: what counts was on the screen."""
    application, finding = await marked(company)
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), DECISION, **input)
    assert (made["state"], made["application"]["stage"]) == ("ANNOUNCED", "APPLIED")
    assert made["considered"] == [{"id": gid("Finding", finding)}]
    # Friday the 20th: five working days later it is the next Friday.
    assert made["effectiveAt"] == "2026-11-27T09:00:00Z"
    assert await told(ask, made["id"]) == ["REJECTION_ANNOUNCED"]
    again = await ask.do("decide", company.user("technology"), **input)
    assert again == refused("decide", "REJECTION_ANNOUNCED", "application")
    ask.now = NOW + timedelta(days=6)
    assert await due(ask, company, TimerKind.REJECT) == 0
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 1
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    assert (now["state"], now["application"]["stage"]) == ("EFFECTIVE", "REJECTED")
    assert await told(ask, made["id"]) == ["REJECTION_ANNOUNCED", "REJECTION_EFFECTIVE"]
    late = await ask.do("withdrawDecision", company.user("technology"), decision=made["id"], reason="x")
    assert late == refused("withdrawDecision", "DECISION_TAKEN", "decision")


async def test_a_rejection_lapses_with_its_finding(ask: Ask, company: Company) -> None:
    application, finding = await marked(company)
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), **input)
    await company.at(days=0).dispute(finding)
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 1
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    assert (now["state"], now["application"]["stage"]) == ("LAPSED", "APPLIED")
    assert await told(ask, made["id"]) == ["REJECTION_ANNOUNCED", "REJECTION_LAPSED"]


async def test_a_rejection_is_withdrawn_in_time(ask: Ask, company: Company) -> None:
    application, _ = await marked(company)
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), **input)
    for viewer in ("marketing", "subsidiary"):
        answer = await ask.do("withdrawDecision", company.user(viewer), decision=made["id"], reason="x")
        assert answer == refused("withdrawDecision", "NOT_FOUND", "decision")
    taken = await ask.do(
        "withdrawDecision", company.user("technology"), "state", decision=made["id"], reason="A mistake."
    )
    assert taken["state"] == "WITHDRAWN"
    ask.now = NOW + timedelta(days=8)
    assert await due(ask, company, TimerKind.REJECT) == 0


async def test_a_rejection_without_a_finding_is_at_once(ask: Ask, company: Company) -> None:
    company.at(days=5)
    application = await company.application("technology")
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), DECISION, **input)
    assert (made["state"], made["application"]["stage"]) == ("EFFECTIVE", "REJECTED")
    assert await told(ask, made["id"]) == []
    ended = await ask.do("decide", company.user("technology"), **input)
    assert ended == refused("decide", "APPLICATION_ENDED", "application")


UPCOMING = """query Upcoming($id: ID!) { node(id: $id) { ... on Interview {
  attendance icsSequence rescheduleRequests { state } messages { template } } } }"""


async def test_who_is_rejected_is_awaited_no_longer(ask: Ask, company: Company) -> None:
    """Neither can an interview be missed that the rejection came before; one that is over is still to be told of."""
    application, technology = await company.application("technology"), company.user("technology")
    hr = company.at(days=9)
    over = await hr.interview(application, starts_at=NOW - timedelta(days=2))
    asked = await hr.interview(application, starts_at=NOW + timedelta(days=3))
    interview = await hr.interview(application, starts_at=NOW + timedelta(days=2))
    await hr.respond(interview, Response.ACCEPTED)
    for each in (over, interview):
        assert (await ask(UPCOMING, technology, id=gid("Interview", each)))["node"]["attendance"] == "PENDING"
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    await ask.do("decide", technology, **input)
    for each in (asked, interview):
        node = (await ask(UPCOMING, technology, id=gid("Interview", each)))["node"]
        assert node["attendance"] == "CANCELLED_BY_EMPLOYER"
        assert node["icsSequence"] == 1
        assert "INVITATION_CANCELLED" in [message["template"] for message in node["messages"]]
    assert (await ask(UPCOMING, technology, id=gid("Interview", over)))["node"]["attendance"] == "PENDING"
    ask.now = NOW + timedelta(days=4)
    missed = {"interview": gid("Interview", interview)}
    absent = await ask.do("recordAttendance", technology, **missed, attendance="NOT_ATTENDED")
    assert absent == refused("recordAttendance", "INTERVIEW_SETTLED", "interview")
    assert await ask.do("reportNoShow", technology, **missed) == refused("reportNoShow", "NOT_MISSED", "interview")


async def test_who_withdraws_is_awaited_no_longer(ask: Ask, company: Company) -> None:
    application, technology = await company.application("technology"), company.user("technology")
    interview = await company.at(days=1).interview(application, starts_at=NOW + timedelta(days=2))
    await ask.do("withdrawApplication", technology, application=gid("Application", application))
    node = (await ask(UPCOMING, technology, id=gid("Interview", interview)))["node"]
    assert (node["attendance"], node["icsSequence"]) == ("CANCELLED_BY_CANDIDATE", 1)


async def test_an_advance_goes_forward_alone(ask: Ask, company: Company) -> None:
    company.at(days=5)
    application = await company.application("technology")
    input = {"application": gid("Application", application), "verdict": "ADVANCE", "reason": "A good talk."}
    made = await ask.do("decide", company.user("technology"), DECISION, **input)
    assert made["application"]["stage"] == "SCREENING"
    made = await ask.do("decide", company.user("technology"), DECISION, stage="OFFER", **input)
    assert made["application"]["stage"] == "OFFER"
    for stage in ("SCREENING", "REJECTED", "WITHDRAWN"):
        answer = await ask.do("decide", company.user("technology"), stage=stage, **input)
        assert answer == refused("decide", "NOT_FORWARD", "stage")
    blank = await ask.do("decide", company.user("technology"), **input | {"reason": " "})
    assert blank == refused("decide", "INVALID_VALUE", "reason")


async def test_only_findings_in_sight_are_considered(ask: Ask, company: Company) -> None:
    """A suspicion of another department is as absent as nobody's, and somebody else's."""
    person = company.person()
    company.at(days=30)
    hidden = await company.hr.suspicion(await company.hr.missed(await company.application("marketing", person)))
    application = await company.application("technology", person)
    other = (await marked(company))[1]
    input = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
    for finding in (hidden, other, "00000000-0000-4000-8000-000000000000"):
        answer = await ask.do("decide", company.user("technology"), considered=[gid("Finding", finding)], **input)
        assert answer == refused("decide", "NOT_FOUND", "considered")


async def test_the_screen_is_gone_with_time_and_with_the_person(ask: Ask, company: Company) -> None:
    application, _ = await marked(company)
    other, _ = await marked(company)
    input = {"verdict": "HOLD", "reason": "Later."}
    viewer = company.user("technology")
    first = (await ask.do("decide", viewer, application=gid("Application", application), **input))["id"]
    second = (await ask.do("decide", viewer, application=gid("Application", other), **input))["id"]
    person = uid((await ask(WHO, company.user("hr"), id=gid("Application", other)))["application"]["candidate"]["id"])
    await company.at(days=0).erase(person)
    gone = (await ask(READ, company.user("hr"), id=second))["node"]
    assert (gone["seen"], gone["seenHash"], gone["reason"]) == (None, None, None)
    ask.now = NOW + timedelta(days=365)
    assert await due(ask, company, TimerKind.FORGET_SEEN) >= 1
    old = (await ask(READ, company.user("hr"), id=first))["node"]
    assert old["seen"] is None
    assert old["seenHash"] is not None


def test_no_mutation_rejects_by_a_score() -> None:
    """A score informs and a named person decides: no input names one, and REJECTED is reached by `decide` alone."""
    schema = core_schema()
    for name, mutation in schema.mutation_type.fields.items():  # type: ignore[union-attr]
        fields = mutation.args["input"].type.of_type.fields
        if name in ("decide", "advanceApplication", "inviteMany", "withdrawDecision"):
            assert not [field for field in fields if "score" in field.lower()]
