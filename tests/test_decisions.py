"""Decisions: by a named person, with what was on the screen; a rejection with a finding is announced first."""

from __future__ import annotations

import ast
import json
import re
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLNamedType, get_named_type

from api.channels import Bounced, Channel, Parcel
from api.posting import Post
from graph import applications, decisions, score_records, timers
from graph.applications import FORWARD, Stage
from graph.checks import CheckOutcome, NewCheck
from graph.due import RULES
from graph.events import EventType
from graph.instants import from_graph, parameter
from graph.interviews import Response
from graph.lifecycle import TRANSITIONS
from graph.receipts import Receipts
from graph.statements import STATEMENTS, Statement
from graph.timers import Timer, TimerKind
from graph.visibility import Claim
from graph.writing import Desk, Outcome, Written
from schema.decisions import within
from schema.root import core_schema
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import Nowhere
from tests.ledger import appends, refused
from tests.test_receipts import look
from tests.test_scores import Scored, at_work, enabled

ROOT = Path(__file__).parents[1]
DECISION = """id verdict state reason followedAdvice decidedAt effectiveAt seen seenHash seenUntil
  decidedBy { externalId } considered { id } application { id stage }"""
READ = f"query Read($id: ID!) {{ node(id: $id) {{ ... on Decision {{ {DECISION} }} }} }}"
WHO = "query Who($id: ID!) { application(id: $id) { candidate { id } } }"


async def told(ask: Ask, decision: str) -> list[str]:
    """The templates of the messages about a decision."""
    text = "MATCH (m:Message {subject: $id}) RETURN m.template AS template ORDER BY m.createdAt, template"
    return [row["template"] for row in await ask.graph.client.answer("tests.told", text, {"id": uid(decision)})]


LIST_SENDING = Statement(
    "tests.list_sending",
    """
    MATCH (message:Message {organization: $organization, template: $template})
    MATCH (timer:Timer {id: 'SEND:' + message.id})
    RETURN timer.id AS id, timer.kind AS kind, timer.subject AS subject, timer.organization AS organization,
      timer.candidate AS candidate, timer.dueAt AS due_at, timer.attempts AS attempts ORDER BY due_at, id
    """,
    row=Timer,
)


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
        timer = Timer(**{**row, "due_at": from_graph(row["due_at"])})
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
    }
    made = await ask.do("decide", company.user("technology"), DECISION, considered=[gid("Finding", finding)], **input)
    assert (made["verdict"], made["state"], made["followedAdvice"]) == ("HOLD", "EFFECTIVE", None)
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


COMPUTED = """query C($id: ID!) { application(id: $id) { candidate {
  score { status points band inputsHash text(locale: ZH_CN) factors { dimension points text(locale: EN) } }
  labels { name text(locale: EN) grounds { ids } }
  profile { dimensions { dimension observations counted text(locale: EN) } }
  employments { nodes { attendance { lateCount presentDays } } } }
  resumeChecks { id claim outcome } } }"""


async def test_a_decision_keeps_what_was_computed_and_checked(ask: Ask, company: Company) -> None:
    """Score, label, dimensions, checks and attendance at work, as the decider sees them; and the score as an event."""
    await enabled(company)
    scored, known = Scored(company, ask), company.person()
    application = await company.application("technology", known)
    await scored.no_show(application)
    for days in (30, 20, 10):
        await scored.attended(application, days=days)
    await at_work(company, known, "technology")
    told = (application, CheckOutcome.MISMATCH, "Degree: Master", "Called the registry", "Registry", date(2026, 11, 1))
    await company.at(days=2).resume_check(NewCheck(*told, details="They know of a Bachelor alone."))
    technology = company.user("technology")
    shown = (await ask(COMPUTED, technology, id=gid("Application", application)))["application"]
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "x", "followedAdvice": True}
    made = await ask.do("decide", technology, DECISION, **input)
    assert (made["state"], made["followedAdvice"]) == ("ANNOUNCED", True)
    seen = json.loads(made["seen"])["application"]
    person, score = seen["candidate"], shown["candidate"]["score"]
    assert score["status"] == "SCORED"
    for name in ("status", "points", "band", "inputsHash"):
        assert person["score"][name] == score[name]
    assert person["score"]["text"]["zh"] == score["text"]
    parts = [{**each, "text": each["text"]["en"]} for each in person["score"]["factors"]]
    assert [{name: each[name] for name in ("dimension", "points", "text")} for each in parts] == score["factors"]
    (label,), (raised,) = person["labels"], shown["candidate"]["labels"]
    assert (label["name"], label["text"]["en"]) == (raised["name"], raised["text"])
    assert [each["ids"] for each in label["grounds"]] == [each["ids"] for each in raised["grounds"]]
    dimensions = [{**each, "text": each["text"]["en"]} for each in person["profile"]["dimensions"]]
    assert dimensions == shown["candidate"]["profile"]["dimensions"]
    (job,), (worked,) = person["employments"]["nodes"], shown["candidate"]["employments"]["nodes"]
    assert {name: job["attendance"][name] for name in worked["attendance"]} == worked["attendance"]
    assert [{name: each[name] for name in ("id", "claim", "outcome")} for each in seen["resumeChecks"]] == shown[
        "resumeChecks"
    ]
    found = [each["resumeCheck"] for each in person["findings"]["nodes"] if each["resumeCheck"]]
    assert [each["details"] for each in found] == ["They know of a Bachelor alone."]
    candidate = uid(await owner(ask, company, application))
    (kept,) = await score_records.verify_candidate(ask.graph.client, candidate)
    assert (kept.fault, kept.found == kept.kept, score["inputsHash"] in kept.kept) == (None, True, True)


async def test_a_screen_shows_no_more_than_its_decider_sees(ask: Ask, company: Company) -> None:
    """What a sibling recorded feeds neither the score nor the copy of who decides beside it."""
    await enabled(company)
    scored, known = Scored(company, ask), company.person()
    elsewhere = await company.application("marketing", known)
    for days in (60, 50, 40):
        await scored.attended(elsewhere, days=days)
    await at_work(company, known, "marketing")
    told = (elsewhere, CheckOutcome.VERIFIED, "Degree: Master", "Call", "Registry", date(2026, 11, 1))
    await company.at(days=2).resume_check(NewCheck(*told))
    application = await company.application("technology", known)
    held = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
    for viewer, sees in (("technology", False), ("hr", True)):
        made = await ask.do("decide", company.user(viewer), DECISION, followedAdvice=sees or None, **held)
        person = json.loads(made["seen"])["application"]["candidate"]
        assert (person["score"]["status"] == "SCORED") is sees
        assert bool(person["employments"]["nodes"]) is sees
        assert ("Degree" in made["seen"]) is False
        assert any(each["observations"] for each in person["profile"]["dimensions"]) is sees


async def test_whether_advice_was_followed_is_said(ask: Ask, company: Company) -> None:
    """Where there was a number; either answer will do."""
    await enabled(company)
    scored, known = Scored(company, ask), company.person()
    application = await company.application("technology", known)
    for days in (30, 20, 10):
        await scored.attended(application, days=days)
    input = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
    silent = await ask.do("decide", company.user("technology"), **input)
    assert silent == refused("decide", "INVALID_VALUE", "followedAdvice")
    for followed in (True, False):
        made = await ask.do("decide", company.user("technology"), DECISION, followedAdvice=followed, **input)
        assert made["followedAdvice"] is followed


async def test_no_advice_is_followed_where_there_was_none(ask: Ask, company: Company) -> None:
    """Without a policy in force, and with too little for a number; and nothing is kept of what is off."""
    company.at(days=5)
    application = await company.application("technology")
    input = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
    technology = company.user("technology")
    for kept in (0, 1):
        for followed in (True, False):
            answer = await ask.do("decide", technology, followedAdvice=followed, **input)
            assert answer == refused("decide", "NO_ADVICE", "followedAdvice")
        assert (await ask.do("decide", technology, DECISION, **input))["followedAdvice"] is None
        candidate = uid(await owner(ask, company, application))
        assert len(await score_records.verify_candidate(ask.graph.client, candidate)) == kept
        await enabled(company)


def test_a_screen_that_is_too_long_is_cut_and_says_so() -> None:
    """From its longest list; totals stay as they were."""
    long = {"totalCount": 50, "nodes": [{"id": str(number), "reason": "x" * 1_000} for number in range(50)]}
    short = {"totalCount": 2, "nodes": [{"id": "a"}, {"id": "b"}]}
    told = within({"application": {"findings": long, "interviews": short}}, 20_000)
    assert len(told) <= 20_000
    cut = json.loads(told)
    assert cut["cut"] is True
    assert len(cut["application"]["findings"]["nodes"]) == 12
    assert (cut["application"]["findings"]["totalCount"], cut["application"]["interviews"]) == (50, short)
    assert "cut" not in json.loads(within({"application": {"interviews": short}}))


CONSIDERED = """query Considered($id: ID!) { node(id: $id) { ... on Finding { state consideredBy {
  id verdict state seen seenHash reason followedAdvice decidedBy { externalId } application { id }
  considered { id } } } } }"""


async def test_who_handles_a_dispute_reads_the_screen_it_was_on(ask: Ask, company: Company) -> None:
    """Across departments, while the dispute is open, and never who decided the finding; each look leaves a receipt."""
    application, finding = await marked(company)
    made = await rejected(ask, company, application)
    id, marketing = gid("Finding", finding), company.user("marketing")

    async def considered(viewer: str | Claim) -> Any:
        found = (await ask(CONSIDERED, viewer, id=id))["node"]
        return found and found["consideredBy"]

    assert await considered(marketing) == []
    assert (await ask(READ, marketing, id=made["id"]))["node"] is None
    await company.at(days=0).dispute(finding)
    (seen,) = await considered(marketing)
    assert (seen["id"], seen["verdict"], seen["state"]) == (made["id"], "REJECT", "ANNOUNCED")
    assert json.loads(seen["seen"])["application"]["id"] == gid("Application", application)
    assert seen["considered"] == [{"id": id}]
    assert [seen[name] for name in ("reason", "followedAdvice", "decidedBy", "application")] == [None] * 4
    assert (await ask(READ, marketing, id=made["id"]))["node"]["seen"] == seen["seen"]
    for other in ("brand", "subsidiary", "integrator"):
        assert not await considered(company.user(other))
        assert (await ask(READ, company.user(other), id=made["id"]))["node"] is None
    candidate = await owner(ask, company, application)
    claim = Claim(uid(candidate), application, verified=True)
    assert [each["id"] for each in await considered(claim)] == [made["id"]]
    await look(ask, Receipts(ask.graph, lambda: NOW), marketing, CONSIDERED, id=id)
    query = "query L($id: ID!) { candidate(id: $id) { accesses { nodes { who about decision { id } } } } }"
    looks = (await ask(query, company.user("auditor"), id=candidate))["candidate"]["accesses"]["nodes"]
    assert {"who": marketing, "about": "DECISION_SCREEN", "decision": {"id": made["id"]}} in looks
    read = await ask.last_seq(company.user("auditor"), id)
    over = {"finding": id, "decision": "REJECTED", "reason": "It did open.", "readUpTo": read}
    assert (await ask.do("decideDispute", marketing, "state", **over))["state"] == "FINAL"
    assert await considered(marketing) == []
    assert (await ask(READ, marketing, id=made["id"]))["node"] is None


async def test_the_copy_names_no_third_person_to_the_candidate(ask: Ask, company: Company) -> None:
    """Its texts, as everywhere; who decided is told, and staff read what they saw to the letter."""
    company.at(days=5)
    application = await company.application("technology")
    told = (application, CheckOutcome.VERIFIED, "Degree", "Call", "registrar@school.example", date(2026, 11, 1))
    await company.hr.resume_check(NewCheck(*told))
    held = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
    made = await ask.do("decide", company.user("technology"), DECISION, **held)
    assert "registrar@school.example" in made["seen"]
    claim = Claim(uid(await owner(ask, company, application)), application, verified=True)
    copy = (await ask(READ, claim, id=made["id"]))["node"]["seen"]
    assert "registrar@school.example" not in copy
    assert json.loads(copy)["by"] == company.user("technology")


async def test_who_held_the_interview_reads_no_screen_of_its_dispute(ask: Ask, company: Company) -> None:
    """They may not decide it either."""
    of = f"interviewer@{company.tag}"
    interviewer = await company.hr.user(of, recruits_for=(company.departments["marketing"],))
    person, hr = company.person(), company.at(days=40)
    missed = await hr.missed(await company.application("marketing", person), interviewers=(interviewer,))
    finding = await hr.suspicion(missed)
    await hr.notice(finding)
    hr.at += timedelta(days=4)
    await hr.confirmation(finding)
    company.at(days=5)
    application = await company.application("technology", person)
    held = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
    made = await ask.do("decide", company.user("technology"), considered=[gid("Finding", finding)], **held)
    await company.at(days=0).dispute(finding)
    assert (await ask(READ, company.user("marketing"), id=made["id"]))["node"]["seen"] is not None
    assert (await ask(READ, of, id=made["id"]))["node"] is None


async def test_who_decided_reads_what_they_saw_wherever_they_work(ask: Ask, company: Company) -> None:
    """The screen, and neither the reason nor the application of a department that is theirs no longer."""
    application, _ = await marked(company)
    who = f"moving@{company.tag}"
    await company.hr.user(who, recruits_for=(company.departments["technology"],))
    held = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
    made = await ask.do("decide", who, DECISION, **held)
    await company.hr.user(who, recruits_for=(company.departments["brand"],))
    now = (await ask(READ, who, id=made["id"]))["node"]
    assert (now["verdict"], now["seen"]) == ("HOLD", made["seen"])
    assert [now[name] for name in ("reason", "decidedBy", "application")] == [None] * 3
    assert (await ask(READ, company.user("brand"), id=made["id"]))["node"] is None


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
    assert made["effectiveAt"] is None
    assert await told(ask, made["id"]) == ["REJECTION_ANNOUNCED"]
    await announce(ask, company)
    # Friday the 20th: five working days later it is the next Friday.
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    assert (now["state"], now["effectiveAt"]) == ("ANNOUNCED", "2026-11-27T09:00:00Z")
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


@pytest.mark.parametrize("state", ["SUSPECTED", "NOTICE_SENT", "DISPUTED"])
async def test_a_finding_that_is_open_has_a_rejection_wait_too(ask: Ask, company: Company, state: str) -> None:
    """It was in sight, and nobody is rejected upon it unheard; unnamed, it does not have to count."""
    hr = company.at(days=10)
    application = await company.application("technology")
    if state == "DISPUTED":
        await hr.dispute(await hr.no_show(application))
    else:
        finding = await hr.suspicion(await hr.missed(application))
        if state == "NOTICE_SENT":
            await hr.notice(finding)
    made = await rejected(ask, company, application)
    assert (made["state"], made["considered"]) == ("ANNOUNCED", [])
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 1
    assert (await ask(READ, company.user("technology"), id=made["id"]))["node"]["state"] == "EFFECTIVE"


async def test_a_mark_of_the_other_record_is_announced_too(ask: Ask, company: Company) -> None:
    """It was on the screen as one of the same person."""
    first, finding = await marked(company)
    second = await company.application("technology")
    whose = [(await ask(WHO, company.user("hr"), id=gid("Application", each))) for each in (first, second)]
    one, other = (each["application"]["candidate"]["id"] for each in whose)
    assert "code" not in await ask.do("mergeCandidates", company.user("hr"), candidate=one, other=other)
    input = {"application": gid("Application", second), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), DECISION, **input)
    assert (made["state"], made["considered"]) == ("ANNOUNCED", [{"id": gid("Finding", finding)}])


async def test_a_rejection_lapses_with_its_finding(ask: Ask, company: Company) -> None:
    application, finding = await marked(company)
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), **input)
    await announce(ask, company)
    await company.at(days=0).dispute(finding)
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 1
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    assert (now["state"], now["application"]["stage"]) == ("LAPSED", "APPLIED")
    assert await told(ask, made["id"]) == ["REJECTION_ANNOUNCED", "REJECTION_LAPSED"]


async def test_whose_rejection_is_announced_is_suggested_for_nothing_until_it_is_withdrawn(
    ask: Ask, company: Company
) -> None:
    application, _ = await marked(company)
    technology, position = company.user("technology"), gid("Position", company.positions["technology"])
    query = "query R($position: ID!) { refillSuggestions(position: $position) { application { id } } }"

    async def suggested() -> list[str]:
        found = (await ask(query, technology, position=position))["refillSuggestions"]
        return [each["application"]["id"] for each in found]

    assert await suggested() == [gid("Application", application)]
    made = await rejected(ask, company, application)
    assert await suggested() == []
    await ask.do("withdrawDecision", technology, decision=made["id"], reason="A mistake.")
    assert await suggested() == [gid("Application", application)]


async def test_a_rejection_waits_from_when_its_announcement_left(ask: Ask, company: Company) -> None:
    """However long a worker or the mail was down: of a rejection that nobody was told of no time passes."""
    application, _ = await marked(company)
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), DECISION, **input)
    ask.now = NOW + timedelta(days=20)
    assert await due(ask, company, TimerKind.REJECT) == 0
    await announce(ask, company)
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    # Thursday the 10th of December: five working days later it is the next Thursday.
    assert (now["state"], now["effectiveAt"]) == ("ANNOUNCED", "2026-12-17T09:00:00Z")
    assert now["seenUntil"] == "2027-12-17T09:00:00Z"
    assert await link_until(ask, company, application) >= now["seenUntil"]
    ask.now = NOW + timedelta(days=26)
    assert await due(ask, company, TimerKind.REJECT) == 0
    ask.now = NOW + timedelta(days=27)
    assert await due(ask, company, TimerKind.REJECT) == 1
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    assert (now["state"], now["application"]["stage"]) == ("EFFECTIVE", "REJECTED")


class Refusing(Nowhere):
    """A mail server that knows no such address."""

    async def send(self, parcel: Parcel) -> None:
        raise Bounced("550")


async def test_a_rejection_of_which_nobody_was_told_lapses(ask: Ask, company: Company) -> None:
    """The department hears of it and has as long again to tell the candidate another way."""
    application, _ = await marked(company)
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), **input)
    ask.now = NOW + timedelta(days=1)
    await announce(ask, company, Refusing())
    assert await told(ask, made["id"]) == ["REJECTION_ANNOUNCED", "REJECTION_UNDELIVERED"]
    ask.now = NOW + timedelta(days=8)
    assert await due(ask, company, TimerKind.REJECT) == 1
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    assert (now["state"], now["effectiveAt"], now["application"]["stage"]) == ("LAPSED", None, "APPLIED")


async def test_an_announcement_that_bounces_was_none(ask: Ask, company: Company) -> None:
    application, _ = await marked(company)
    made = await rejected(ask, company, application)
    assert (await ask(READ, company.user("hr"), id=made["id"]))["node"]["effectiveAt"] is not None
    ask.now = NOW + timedelta(days=6)
    message = await announcement(ask, made["id"])
    await ask.do("recordDelivery", company.user("integrator"), message=message, receipt="BOUNCED")
    assert (await ask(READ, company.user("hr"), id=made["id"]))["node"]["effectiveAt"] is None
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 0
    await telephoned(ask, company, made["id"])
    # Friday the 27th: five working days later it is the next Friday.
    now = (await ask(READ, company.user("hr"), id=made["id"]))["node"]
    assert now["effectiveAt"] == "2026-12-04T09:00:00Z"
    ask.now = NOW + timedelta(days=14)
    assert await due(ask, company, TimerKind.REJECT) == 1
    assert (await ask(READ, company.user("hr"), id=made["id"]))["node"]["state"] == "EFFECTIVE"


async def test_a_rejection_is_announced_without_a_mail_address(ask: Ask, company: Company) -> None:
    """By whoever recruits for the department, once, and from then the time runs; in writing it follows where it can."""
    application, _ = await marked(company)
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), **input)
    ask.now = NOW + timedelta(days=4)
    for viewer, code in (("marketing", "NOT_FOUND"), ("subsidiary", "NOT_FOUND"), ("integrator", "NOT_ALLOWED")):
        assert (await telephoned(ask, company, made["id"], viewer))["code"] == code
    times = {"2026-11-24T09:00:01Z": "toldAt", "2026-11-20T08:59:59Z": "toldAt"}
    async with appends(ask, company):
        for at, field in times.items():
            answer = await telephoned(ask, company, made["id"], toldAt=at)
            assert answer == refused("recordAnnouncement", "INVALID_VALUE", field)
    async with appends(ask, company, "REJECTION_ANNOUNCED"):
        answer = await telephoned(ask, company, made["id"], toldAt="2026-11-23T09:00:00Z")
    # Tuesday the 24th, when it was recorded: five working days later it is the next Tuesday.
    assert answer["effectiveAt"] == "2026-12-01T09:00:00Z"
    again = await telephoned(ask, company, made["id"])
    assert again == refused("recordAnnouncement", "ALREADY_ANNOUNCED", "decision")
    await announce(ask, company, Refusing())
    assert await told(ask, made["id"]) == ["REJECTION_ANNOUNCED"]
    ask.now = NOW + timedelta(days=11)
    assert await due(ask, company, TimerKind.REJECT) == 1
    assert (await ask(READ, company.user("technology"), id=made["id"]))["node"]["state"] == "EFFECTIVE"
    late = await telephoned(ask, company, made["id"])
    assert late == refused("recordAnnouncement", "DECISION_TAKEN", "decision")


async def test_who_was_not_told_of_a_rejection_is_not_told_that_it_is_withdrawn(ask: Ask, company: Company) -> None:
    """Nor of a rejection that is withdrawn before its message left."""
    application, _ = await marked(company)
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), **input)
    await ask.do("withdrawDecision", company.user("technology"), decision=made["id"], reason="A mistake.")
    await announce(ask, company)
    await announce(ask, company, template="REJECTION_WITHDRAWN")
    assert await sent(ask, made["id"]) == {"REJECTION_ANNOUNCED": "FAILED", "REJECTION_WITHDRAWN": "FAILED"}
    made = await rejected(ask, company, application)
    await ask.do("withdrawDecision", company.user("technology"), decision=made["id"], reason="A mistake.")
    await announce(ask, company, template="REJECTION_WITHDRAWN")
    assert await sent(ask, made["id"]) == {"REJECTION_ANNOUNCED": "SENT", "REJECTION_WITHDRAWN": "SENT"}


async def test_an_announced_rejection_keeps_an_application_where_it_is(ask: Ask, company: Company) -> None:
    """By whatever way it would go on, until the rejection is withdrawn; then by all of them."""
    application, _ = await marked(company)
    technology, person = company.user("technology"), await owner(ask, company, application)
    its = {"application": gid("Application", application)}
    time = {"startsAt": "2026-12-01T01:00:00Z", "endsAt": "2026-12-01T02:00:00Z"}
    one = its | time | {"mode": "VIDEO", "timeZone": "Asia/Shanghai"}
    many: dict[str, Any] = {
        "position": gid("Position", company.positions["technology"]),
        "mode": "VIDEO",
        "timeZone": "Asia/Shanghai",
        "invitees": [its | time, {"candidate": person} | time],
    }
    made = await rejected(ask, company, application)
    advance = {"verdict": "ADVANCE", "reason": "A good talk."}
    async with appends(ask, company):
        for mutation, input in (
            *(("advanceApplication", its | {"stage": stage}) for stage in ("OFFER", "HIRED")),
            *(("inviteToInterview", one), ("decide", its | advance)),
        ):
            answer = await ask.do(mutation, technology, **input)
            assert answer == refused(mutation, "REJECTION_ANNOUNCED", "application")
        round = await ask.do("inviteMany", technology, "answers { code field interview { id } }", **many)
    assert round["answers"] == [
        {"code": "REJECTION_ANNOUNCED", "field": field, "interview": None} for field in ("application", "candidate")
    ]
    await ask.do("withdrawDecision", technology, decision=made["id"], reason="A mistake.")
    assert "code" not in await ask.do("inviteToInterview", technology, **one)
    assert "code" not in await ask.do("decide", technology, **its, **advance)
    assert (await ask.do("advanceApplication", technology, "stage", stage="OFFER", **its))["stage"] == "OFFER"


async def test_an_integrator_is_not_told_that_a_rejection_waits(ask: Ask, company: Company) -> None:
    """That would say that a finding was in sight. What it moves on goes on, and the department hears of it."""
    person, integrator = company.person(), company.user("integrator")
    await company.at(days=40).no_show(await company.application("marketing", person))
    known = {"displayName": person.display_name, "email": person.email}
    technology = gid("Position", company.positions["technology"])
    filed = await ask.do("submitApplication", integrator, position=technology, candidate=known)
    made = await rejected(ask, company, uid(filed["id"]))
    assert made["state"] == "ANNOUNCED"
    ask.now = NOW + timedelta(days=1)
    answer = await ask.do("advanceApplication", integrator, "stage", application=filed["id"], stage="OFFER")
    assert answer["stage"] == "OFFER"
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 1
    assert (await ask(READ, company.user("technology"), id=made["id"]))["node"]["state"] == "LAPSED"


@pytest.mark.parametrize("became", ["OFFER", "HIRED", "WITHDRAWN", "REJECTED"])
async def test_a_rejection_lapses_where_the_application_went_on(ask: Ask, company: Company, became: str) -> None:
    """As applications did before their announced rejections kept them."""
    application, _ = await marked(company)
    made = await rejected(ask, company, application)

    async def move(desk: Desk) -> Outcome:
        await applications.find_own(desk, application)
        await applications.move_on(desk, application, Stage(became))
        return Written("Application", application)

    hr = company.at(days=-1)
    if became == "WITHDRAWN":
        await hr.withdraw(application)
    elif became == "REJECTED":
        await hr.reject(application)
    else:
        await hr._work("moveOn", move)
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 1
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    assert (now["state"], now["application"]["stage"]) == ("LAPSED", became)
    assert await told(ask, made["id"]) == ["REJECTION_ANNOUNCED", "REJECTION_LAPSED"]


async def test_an_offer_may_be_rejected_after_all(ask: Ask, company: Company) -> None:
    """What was advanced before the rejection was announced, and were it in the same moment, did not overtake it."""
    application, _ = await marked(company)
    its = {"application": gid("Application", application)}
    await ask.do("advanceApplication", company.user("technology"), stage="OFFER", **its)
    made = await rejected(ask, company, application)
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 1
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    assert (now["state"], now["application"]["stage"]) == ("EFFECTIVE", "REJECTED")


@pytest.mark.parametrize("status", ["restrict", "erase"])
async def test_an_application_goes_on_unless_its_person_is_erased(ask: Ask, company: Company, status: str) -> None:
    """Of whoever is restricted it goes on: nobody's application stops for having used a right."""
    company.at(days=5)
    application = await company.application("technology")
    await getattr(company.hr, status)(uid(await owner(ask, company, application)))
    its = {"application": gid("Application", application)}
    steps: list[tuple[str, dict[str, Any]]] = [
        *(("decide", {"verdict": verdict, "reason": "x"}) for verdict in ("HOLD", "ADVANCE")),
        ("advanceApplication", {"stage": "OFFER"}),
        ("decide", {"verdict": "REJECT", "reason": "x"}),
    ]
    for mutation, input in steps:
        answer = await ask.do(mutation, company.user("technology"), **its, **input)
        if status == "erase":
            assert answer == refused(mutation, "CANDIDATE_ERASED", "application")
        else:
            assert "code" not in answer, mutation
        # Whose it is not hears nothing of that.
        other = await ask.do(mutation, company.user("marketing"), **its, **input)
        assert other == refused(mutation, "NOT_FOUND", "application")


async def owner(ask: Ask, company: Company, application: str) -> str:
    """The global id of the candidate of an application."""
    return (await ask(WHO, company.user("hr"), id=gid("Application", application)))["application"]["candidate"]["id"]


async def rejected(ask: Ask, company: Company, application: str, *considered: str) -> Any:
    """What Technology's rejection comes to at first; where it is announced, its message has left."""
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    input |= {"considered": [gid("Finding", finding) for finding in considered]}
    made = await ask.do("decide", company.user("technology"), "id state considered { id }", **input)
    await announce(ask, company)
    return made


async def announce(
    ask: Ask, company: Company, by: Channel | None = None, *, template: str = "REJECTION_ANNOUNCED"
) -> None:
    """Has the company's messages of a template leave that still wait for it."""
    post = Post(by or Nowhere(), "https://jobs.example.com", "interviews@example.com")
    given = {"organization": company.hr.viewer.organization, "template": template}
    for timer in await ask.graph.client.read(LIST_SENDING, **given):
        await post.send(ask.graph, timer, ask.now)


async def sent(ask: Ask, decision: str) -> dict[str, str]:
    """What became of the messages about a decision, by their templates."""
    text = "MATCH (m:Message {subject: $id}) RETURN m.template AS template, m.state AS state"
    rows = await ask.graph.client.answer("tests.sent", text, {"id": uid(decision)})
    return {row["template"]: row["state"] for row in rows}


async def announcement(ask: Ask, decision: str) -> str:
    text = "MATCH (m:Message {subject: $id, template: 'REJECTION_ANNOUNCED'}) RETURN m.id AS id"
    (row,) = await ask.graph.client.answer("tests.announcement", text, {"id": uid(decision)})
    return row["id"]


async def telephoned(ask: Ask, company: Company, decision: str, viewer: str = "technology", **input: Any) -> Any:
    """HR says that it told the candidate of a rejection by telephone."""
    input |= {"decision": decision, "channel": "PHONE", "text": "I called them."}
    return await ask.do("recordAnnouncement", company.user(viewer), "id state effectiveAt", **input)


async def link_until(ask: Ask, company: Company, application: str) -> str:
    """Until when the application's link opens."""
    query = "query L($id: ID!) { application(id: $id) { links { expiresAt } } }"
    (link,) = (await ask(query, company.user("technology"), id=gid("Application", application)))["application"]["links"]
    return link["expiresAt"]


async def test_a_rejection_considers_what_a_merged_record_shows(ask: Ask, company: Company) -> None:
    """The screen reads the two records of one person together, and so does the rule; and no longer once they are two
    people after all."""
    found: list[tuple[str, str]] = []
    for _ in range(2):
        finding = await company.at(days=40).no_show(missed := await company.application("marketing", company.person()))
        company.at(days=5)
        application = await company.application("technology", company.person())
        pair = {"candidate": await owner(ask, company, missed), "other": await owner(ask, company, application)}
        await ask.do("mergeCandidates", company.user("hr"), **pair)
        made = await rejected(ask, company, application, finding)
        assert (made["state"], made["considered"]) == ("ANNOUNCED", [{"id": gid("Finding", finding)}])
        await ask.do("withdrawDecision", company.user("technology"), decision=made["id"], reason="A mistake.")
        made = await rejected(ask, company, application)
        assert (made["state"], made["considered"]) == ("ANNOUNCED", [{"id": gid("Finding", finding)}])
        found.append((made["id"], pair["candidate"]))
    await ask.do("splitCandidate", company.user("hr"), candidate=found[1][1])
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 2
    states = [(await ask(READ, company.user("hr"), id=id))["node"]["state"] for id, _ in found]
    assert states == ["EFFECTIVE", "LAPSED"]


@pytest.mark.parametrize("became", ["split", "first erased", "second erased"])
async def test_a_copy_shows_nobody_elses_record(ask: Ask, company: Company, became: str) -> None:
    """What was on the screen of two records that were read as one is gone with the merge, or with either of them; what
    was decided of each alone stays."""
    hr = company.at(days=40)
    missed = await company.application("technology", company.person())
    await hr.no_show(missed, reason="a private matter")
    company.at(days=5)
    application = await company.application("technology", company.person())
    one, two = await owner(ask, company, missed), await owner(ask, company, application)

    async def held(application: str) -> str:
        input = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
        return (await ask.do("decide", company.user("technology"), **input))["id"]

    async def seen(decision: str) -> str | None:
        return (await ask(READ, company.user("auditor"), id=decision))["node"]["seen"]

    ask.now = NOW - timedelta(days=1)
    alone = [await held(each) for each in (missed, application)]
    ask.now = NOW
    await ask.do("mergeCandidates", company.user("hr"), candidate=one, other=two)
    together = [await held(each) for each in (missed, application)]
    assert all(["a private matter" in (await seen(each) or "") for each in together])
    if became == "split":
        await ask.do("splitCandidate", company.user("hr"), candidate=two)
    else:
        await company.at(days=0).erase(uid(one if became == "first erased" else two))
    assert [await seen(each) for each in together] == [None, None]
    kept = [await seen(each) is not None for each in alone]
    assert kept == [became != "first erased", became != "second erased"]


async def test_what_weighs_nothing_carries_no_rejection(ask: Ask, company: Company) -> None:
    """Neither what was excused since, nor what nobody has confirmed by then, nor what has faded."""
    hr, states = company.hr, {}
    for become in ("excused", "unheard", "confirmed"):
        company.at(days=3)
        application = await company.application("technology")
        finding = await hr.suspicion(await hr.missed(application))
        await hr.notice(finding)
        await hr.own_statement(finding, "The link did not open.")
        made = await rejected(ask, company, application, finding)
        assert made["state"] == "ANNOUNCED"
        company.at(days=0)
        if become == "excused":
            await hr.excuse(finding)
        elif become == "confirmed":
            await hr.confirmation(finding)
        states[become] = made["id"]
    # A first no-show counts for 180 days.
    company.at(days=176)
    application = await company.application("technology")
    finding = await hr.no_show(application)
    states["faded"] = (await rejected(ask, company, application))["id"]
    ask.now = NOW + timedelta(days=7)
    assert await due(ask, company, TimerKind.REJECT) == 4
    for become, id in states.items():
        now = (await ask(READ, company.user("technology"), id=id))["node"]
        stands = ("EFFECTIVE", True) if become == "confirmed" else ("LAPSED", False)
        assert (now["state"], now["application"]["stage"] == "REJECTED") == stands, become


async def test_nothing_is_rejected_upon_what_weighs_nothing(ask: Ask, company: Company) -> None:
    """Any other decision may have considered it."""
    company.at(days=3)
    application = await company.application("technology")
    finding = await company.hr.suspicion(await company.hr.missed(application))
    await company.hr.own_statement(finding, "I was ill.")
    await company.hr.excuse(finding)
    assert await rejected(ask, company, application, finding) == refused("decide", "WEIGHS_NOTHING", "considered")
    held = {"application": gid("Application", application), "verdict": "HOLD", "reason": "Later."}
    held |= {"considered": [gid("Finding", finding)]}
    made = await ask.do("decide", company.user("technology"), "considered { id }", **held)
    assert made["considered"] == [{"id": gid("Finding", finding)}]
    assert (await rejected(ask, company, application))["state"] == "EFFECTIVE"


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
    # The only word of it that the candidate gets, and the way to the copy.
    assert await told(ask, made["id"]) == ["REJECTION_EFFECTIVE"]
    assert await link_until(ask, company, application) >= made["seenUntil"]
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


async def test_the_screen_outlasts_the_wait_by_the_whole_of_its_time(ask: Ask, company: Company) -> None:
    """Whatever a policy says: the copy is there for whoever contests a rejection after it took effect."""
    organization = gid("Organization", company.hr.viewer.organization)
    policy = {"organization": organization, "seenDays": 30, "rejectionDays": 60}
    await ask.do("setAttendancePolicy", company.user("hr"), **policy)
    application, _ = await marked(company)
    made = await rejected(ask, company, application)
    now = (await ask(READ, company.user("technology"), id=made["id"]))["node"]
    # Sixty working days from Friday the 20th of November, and thirty days.
    assert (now["effectiveAt"], now["seenUntil"]) == ("2027-02-12T09:00:00Z", "2027-03-14T09:00:00Z")
    ask.now = NOW + timedelta(days=110)
    assert await due(ask, company, TimerKind.FORGET_SEEN) == 0
    assert (await ask(READ, company.user("technology"), id=made["id"]))["node"]["seen"] is not None


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
    assert (await ask(READ, company.user("hr"), id=first))["node"]["seen"] is None, "though it is still there"
    assert await due(ask, company, TimerKind.FORGET_SEEN) >= 1
    old = (await ask(READ, company.user("hr"), id=first))["node"]
    assert old["seen"] is None
    assert old["seenHash"] is not None


def named(type: GraphQLNamedType) -> set[str]:
    """The names of all fields of an input, at any depth."""
    if not isinstance(type, GraphQLInputObjectType):
        return set()
    return {name for key, field in type.fields.items() for name in (key, *named(get_named_type(field.type)))}


def uses(*names: str) -> set[str]:
    """Where one of the names `of.name` stands in the product: module and function."""
    found: set[str] = set()
    for path in (file for room in ("graph", "schema", "api") for file in (ROOT / room).rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = {
                    ast.unparse(node) for node in ast.walk(function) if isinstance(node, ast.Attribute | ast.Name)
                }
                if inside & set(names) and path.stem != "":
                    found.add(f"{path.stem}.{function.name}")
    return found


def test_no_mutation_rejects_by_a_score() -> None:
    """A score informs and a named person decides: over every input of the schema, every statement, step and timer."""
    # No input says anything of a score but those that are the policy itself.
    score = re.compile("score|points|band|credit|label|counterfactual", re.IGNORECASE)
    fields = core_schema().mutation_type.fields  # type: ignore[union-attr]
    asked = {name: named(get_named_type(each.args["input"].type)) for name, each in fields.items()}
    assert {name for name, inputs in asked.items() if any(map(score.search, inputs))} <= {"proposeScorePolicy"}
    # A stage is written by one statement, which two functions run; REJECTED by one of them, for decisions alone.
    stages = re.compile(r"(?:SET|,)\s+\w+\.stage\s*=")
    assert [name for name, each in STATEMENTS.items() if stages.search(each.text)] == ["applications.set_stage"]
    assert uses("SET_STAGE", "applications.SET_STAGE") == {"applications.move_on", "endings._end"}
    ends = {name for name in uses("_end") if name.startswith("endings.")}
    assert ends == {"endings.reject", "endings.withdraw", "endings.work"}
    assert uses("endings.reject") == {"decisions._write", "decisions.take_effect"}
    assert uses("decisions.decide") == {"decisions._decide"}
    assert uses("decisions.take_effect") == set()
    assert [kind for kind, rule in RULES.items() if rule is decisions.take_effect] == [TimerKind.REJECT]
    assert uses("TimerKind.REJECT") == {"announcements._wait", "decisions.withdraw", "decisions.work"}
    # Of a stage that is moved to, REJECTED is never one, and no step of a finding rejects.
    assert Stage.REJECTED not in FORWARD
    assert EventType.APPLICATION_REJECTED not in {each.event for each in TRANSITIONS.values()}
    # Who decides reads no score: it is kept beside the decision, and asked for nothing.
    rules = "".join(ast.unparse(ast.parse((ROOT / "graph" / f"{name}.py").read_text())) for name in ("endings",))
    assert not score.search(rules)


async def test_a_low_score_rejects_nobody(ask: Ask, company: Company) -> None:
    """Not in a year of timers, whoever reads it, keeps it, or has a label raised beside it."""
    await enabled(company)
    scored, known = Scored(company, ask), company.person()
    application = await company.application("technology", known)
    for days in (60, 50, 40):
        await scored.no_show(application, days)
    await at_work(company, known, "technology")
    seen = await scored.of(application, "technology", "score { status } labels { name }")
    assert (seen["score"], seen["labels"]) == ({"status": "SCORED"}, [{"name": "NEEDS_ATTENTION"}])
    await ask.do("recordScore", company.user("technology"), candidate=seen["id"])
    ask.now = NOW + timedelta(days=365)
    for kind in RULES:
        await due(ask, company, kind)
    query = "query S($id: ID!) { application(id: $id) { stage decisions { id } } }"
    found = (await ask(query, company.user("technology"), id=gid("Application", application)))["application"]
    assert found["stage"] != "REJECTED"
    assert found["decisions"] == []
