"""Checks of résumés: what is verified counts at once; a mismatch is heard, decided and disputed as a no-show is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from api import candidate_words as words
from api.letters import write
from graph import brakes, letters, score_records, timers
from graph.candidates import Person
from graph.checks import CheckOutcome, NewCheck
from graph.due import RULES
from graph.receipts import Receipts
from graph.refusals import Locale
from graph.statements import Found, Statement
from graph.timers import Timer, TimerKind
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import do_due, facts_of, send_notices, told
from tests.ledger import refused
from tests.test_candidate_pages import Candidate, candidate
from tests.test_receipts import look
from tests.test_scores import PROFILE, SCORE, Scored, enabled
from tests.timing import FIND_TIMER

__all__ = ["candidate"]

CHECK = {"claim": "Degree of 2019", "method": "Call to the registry", "source": "Registry", "checkedOn": "2026-11-18"}
DETAILS = "The registry knows no such degree."
FINDING = """
query F($id: ID!) { node(id: $id) { ... on Finding {
  id state outcome cause occurredAt noticeAt answerBy decideBy expiresAt eraseAt statement reason lastSeq disputeDueAt
  interview { id } resumeCheck { id claim method source details outcome } department { name }
  basedOn { type } decidedBy { externalId }
} } }
"""
OF_APPLICATION = """
query A($id: ID!) { application(id: $id) {
  resumeChecks { id outcome superseded findings { id state } }
  candidate { id findings { totalCount } noShows { totalCount } }
} }
"""


@dataclass
class Case:
    """A mismatch in the résumé of somebody who applied to Marketing: its check, its finding, and the candidate."""

    company: Company
    application: str
    check: str
    finding: str
    claim: Claim


async def checked(ask: Ask, company: Company, application: str, viewer: str = "marketing", **other: Any) -> Any:
    given = {"application": gid("Application", application), "outcome": "VERIFIED", **CHECK, **other}
    return await ask.do("recordResumeCheck", company.user(viewer), "id findings { id state }", **given)


async def candidate_of(ask: Ask, company: Company, application: str) -> str:
    found = await ask(OF_APPLICATION, company.user("hr"), id=gid("Application", application))
    return found["application"]["candidate"]["id"]


@pytest.fixture
async def case(ask: Ask, company: Company) -> Case:
    return await alleged(ask, company)


async def alleged(ask: Ask, company: Company, person: Person | None = None) -> Case:
    application = await company.application("marketing", person)
    found = await checked(ask, company, application, outcome="MISMATCH", details=DETAILS)
    (finding,) = found["findings"]
    assert finding["state"] == "SUSPECTED"
    candidate = uid(await candidate_of(ask, company, application))
    return Case(company, application, found["id"], finding["id"], Claim(candidate, application, verified=True))


async def finding_of(ask: Ask, case: Case, viewer: str | Claim = "marketing") -> Any:
    who = viewer if isinstance(viewer, Claim) else case.company.user(viewer)
    return (await ask(FINDING, who, id=case.finding))["node"]


async def do(ask: Ask, case: Case, mutation: str, viewer: str | Claim = "marketing", **input: Any) -> Any:
    who = viewer if isinstance(viewer, Claim) else case.company.user(viewer)
    answer = await ask.do(mutation, who, "id state outcome", finding=case.finding, **input)
    return answer.get("code") or answer["state"]


async def read_up_to(ask: Ask, case: Case) -> int:
    return (await finding_of(ask, case, "hr"))["lastSeq"]


async def confirmed(ask: Ask, case: Case, cause: str = "CANDIDATE") -> None:
    """FINAL after a notice and an answer."""
    assert await do(ask, case, "recordNotice", channel="EMAIL") == "NOTICE_SENT"
    await decided(ask, case, cause)


async def decided(ask: Ask, case: Case, cause: str = "CANDIDATE") -> None:
    assert await do(ask, case, "recordStatement", case.claim, channel="MESSAGE", text="It is under my old name.")
    read = await read_up_to(ask, case)
    assert await do(ask, case, "confirmNoShow", cause=cause, reason="No such name.", readUpTo=read) == "FINAL"


async def test_a_verified_check_needs_no_hearing(ask: Ask, company: Company) -> None:
    application = await company.application("marketing")
    found = await checked(ask, company, application)
    assert found["findings"] == []
    seen = (await ask(OF_APPLICATION, company.user("marketing"), id=gid("Application", application)))["application"]
    assert [(each["outcome"], each["superseded"]) for each in seen["resumeChecks"]] == [("VERIFIED", False)]
    assert seen["candidate"]["findings"]["totalCount"] == 0


async def test_a_mismatch_is_heard_before_it_is_decided(ask: Ask, case: Case) -> None:
    """No decision without a notice, nor before the answer or the time for it, nor against what was not read."""
    final = {"cause": "CANDIDATE", "reason": "The registry is right."}
    first = await finding_of(ask, case)
    assert (first["interview"], first["resumeCheck"]["details"]) == (None, DETAILS)
    assert [each["type"] for each in first["basedOn"]] == ["RESUME_CHECKED"]
    assert await do(ask, case, "confirmNoShow", **final, readUpTo=first["lastSeq"]) == "NOTICE_MISSING"
    assert await do(ask, case, "recordNotice", channel="EMAIL") == "NOTICE_SENT"
    told = await finding_of(ask, case, case.claim)
    assert (told["state"], told["resumeCheck"]["claim"]) == ("NOTICE_SENT", CHECK["claim"])
    read = await read_up_to(ask, case)
    assert await do(ask, case, "confirmNoShow", **final, readUpTo=read) == "ANSWER_PENDING"
    said = {"channel": "MESSAGE", "text": "It is under my old name."}
    assert await do(ask, case, "recordStatement", case.claim, **said) == "NOTICE_SENT"
    assert await do(ask, case, "confirmNoShow", **final, readUpTo=read) == "STATEMENT_UNREAD"
    assert await do(ask, case, "excuseNoShow", reason="So it is.", readUpTo=read) == "STATEMENT_UNREAD"
    read = await read_up_to(ask, case)
    assert await do(ask, case, "confirmNoShow", **final, readUpTo=read) == "FINAL"
    found = await finding_of(ask, case)
    assert (found["outcome"], found["cause"]) == ("RESUME_MISMATCH", "CANDIDATE")
    assert found["decidedBy"]["externalId"] == case.company.user("marketing")
    assert found["expiresAt"] is not None
    assert [each["type"] for each in found["basedOn"]] == ["RESUME_CHECKED", "NOTICE_RECORDED", "STATEMENT_RECORDED"]


async def test_silence_ends_with_the_time_to_answer(ask: Ask, case: Case) -> None:
    await do(ask, case, "recordNotice", channel="EMAIL")
    read, final = await read_up_to(ask, case), {"cause": "CANDIDATE", "reason": "No answer."}
    ask.now += timedelta(hours=71)
    assert await do(ask, case, "confirmNoShow", **final, readUpTo=read) == "ANSWER_PENDING"
    ask.now += timedelta(hours=1)
    assert await do(ask, case, "confirmNoShow", **final, readUpTo=read) == "FINAL"


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [("PLATFORM", "SYSTEM_FAULT"), ("EMPLOYER", "EMPLOYER_FAULT"), ("UNKNOWN", "RESUME_MISMATCH")],
)
async def test_a_mismatch_may_be_another_s_fault(ask: Ask, case: Case, cause: str, outcome: str) -> None:
    if cause == "UNKNOWN":
        await confirmed(ask, case, cause)
    else:
        given: dict[str, Any] = {
            "cause": cause,
            "reason": "The registry's mistake.",
            "readUpTo": await read_up_to(ask, case),
        }
        assert await do(ask, case, "confirmNoShow", **given) == "FINAL"
    assert (await finding_of(ask, case))["outcome"] == outcome


async def test_nobody_but_their_own_ever_sees_a_mismatch(ask: Ask, company: Company) -> None:
    """Not a sibling with the same person, nor a program; not when final either: no reminder is made of it."""
    person = company.person()
    case = await alleged(ask, company, person)
    other = gid("Application", await company.application("technology", person))
    theirs = """query A($id: ID!) { application(id: $id) {
      resumeChecks { id } reminders { kind } candidate { findings { totalCount } noShows { totalCount }
      profile { timeline { text } dimensions { dimension observations } } } } }"""
    before = await ask(theirs, company.user("technology"), id=other)
    # A notice that did not arrive is nobody else's either.
    await do_due(ask.graph, company, NOW)
    (notice,) = await ask.graph.client.answer(
        "tests.notice", "MATCH (m:Message {subject: $id}) RETURN m.id AS id", {"id": uid(case.finding)}
    )
    bounced = {"message": gid("Message", notice["id"]), "receipt": "BOUNCED"}
    assert (await ask.do("recordDelivery", company.user("integrator"), **bounced))["__typename"] == "Message"
    for step in ("alleged", "final"):
        if step == "final":
            await confirmed(ask, case)
        for viewer in ("technology", "brand", "subsidiary", "integrator"):
            assert await finding_of(ask, case, viewer) is None, (step, viewer)
            query = "query N($id: ID!) { node(id: $id) { id } }"
            assert (await ask(query, company.user(viewer), id=case.check))["node"] is None
        assert await ask(theirs, company.user("technology"), id=other) == before
        counts = before["application"]["candidate"]
        assert (counts["findings"]["totalCount"], counts["noShows"]["totalCount"]) == (0, 0)
    for viewer in ("marketing", "hr", "auditor"):
        assert (await finding_of(ask, case, viewer))["state"] == "FINAL"
    linked = Claim(case.claim.candidate, case.application)
    assert await finding_of(ask, case, linked) is None


async def test_a_dispute_restricts_a_mismatch_at_once(ask: Ask, case: Case) -> None:
    """Another person decides it; upheld it is void, and whoever looked is told."""
    await confirmed(ask, case)
    assert await do(ask, case, "disputeNoShow", case.claim, text="The registry erred.") == "DISPUTED"
    read = await read_up_to(ask, case)
    upheld = {"decision": "UPHELD", "reason": "It erred.", "readUpTo": read}
    assert await do(ask, case, "decideDispute", "marketing", **upheld) == "SAME_PERSON"
    assert await do(ask, case, "decideDispute", "hr", **{**upheld, "readUpTo": read - 1}) == "STATEMENT_UNREAD"
    assert await do(ask, case, "decideDispute", "hr", **upheld) == "VOID"
    query = "query C($id: ID!) { node(id: $id) { ... on Finding { resumeCheck { findings { state } } } } }"
    found = await ask(query, case.company.user("hr"), id=case.finding)
    assert found["node"]["resumeCheck"]["findings"] == [{"state": "VOID"}]


async def test_a_dispute_that_is_rejected_cannot_be_raised_again(ask: Ask, case: Case) -> None:
    await confirmed(ask, case)
    await do(ask, case, "disputeNoShow", case.claim, text="The registry erred.")
    rejected = {"decision": "REJECTED", "reason": "It did not.", "readUpTo": await read_up_to(ask, case)}
    assert await do(ask, case, "decideDispute", "hr", **rejected) == "FINAL"
    assert await do(ask, case, "disputeNoShow", case.claim, text="Once more.") == "DISPUTE_DECIDED"


async def test_a_dispute_that_nobody_decides_is_upheld(ask: Ask, case: Case) -> None:
    """As of a no-show, at the end of the time for it; and it is told of as what it is."""
    await confirmed(ask, case)
    await do(ask, case, "disputeNoShow", case.claim, text="The registry erred.")
    due_at = (await finding_of(ask, case))["disputeDueAt"]
    assert "DISPUTE" in await do_due(ask.graph, case.company, datetime.fromisoformat(due_at))
    assert (await finding_of(ask, case))["state"] == "VOID"
    (letter,) = await facts_of(ask.graph, case.company, "MARK_WITHDRAWN")
    assert letter["check"] is True


async def test_what_a_dispute_took_back_is_not_checked_anew(ask: Ask, case: Case) -> None:
    """The same claim, of the same source and day, or in place of the check; other facts may be, and that it holds."""
    await confirmed(ask, case)
    await do(ask, case, "disputeNoShow", case.claim, text="The registry erred.")
    read = await read_up_to(ask, case)
    assert await do(ask, case, "decideDispute", "hr", decision="UPHELD", reason="It erred.", readUpTo=read) == "VOID"
    company, application = case.company, case.application
    again = {"outcome": "MISMATCH", "details": "I still say so."}
    answer = await checked(ask, company, application, **again)
    assert answer == refused("recordResumeCheck", "DISPUTE_UPHELD", "claim")
    other = again | {"source": "Another registry"}
    answer = await checked(ask, company, application, **other, replaces=case.check)
    assert answer == refused("recordResumeCheck", "DISPUTE_UPHELD", "replaces")
    holds = await checked(ask, company, application, replaces=case.check)
    assert holds["findings"] == []
    answer = await checked(ask, company, application, **other, replaces=holds["id"])
    assert answer == refused("recordResumeCheck", "DISPUTE_UPHELD", "replaces")
    assert [each["state"] for each in (await checked(ask, company, application, **other))["findings"]] == ["SUSPECTED"]


async def test_a_check_in_error_is_replaced(ask: Ask, case: Case) -> None:
    """One with a finding only once that is void; each once."""
    company, replaced = case.company, {"replaces": case.check}
    assert (await checked(ask, company, case.application, **replaced))["code"] == "FINDING_STANDS"
    assert await do(ask, case, "voidNoShow", reason="The wrong person's degree.") == "VOID"
    assert (await checked(ask, company, case.application, "technology", **replaced))["code"] == "NOT_FOUND"
    other = await company.application("marketing")
    assert (await checked(ask, company, other, **replaced))["code"] == "NOT_FOUND"
    assert (await checked(ask, company, case.application, **replaced))["__typename"] == "ResumeCheck"
    assert (await checked(ask, company, case.application, **replaced))["code"] == "SUPERSEDED"


async def test_one_check_is_recorded_once(ask: Ask, case: Case) -> None:
    """By whoever, and whatever it found, until it is replaced or its finding is taken back; a replay is no second."""
    company, application, again = case.company, case.application, {"outcome": "MISMATCH", "details": "As I said."}
    stands = refused("recordResumeCheck", "CHECK_STANDS", "claim")
    for viewer, given in (("hr", again), ("marketing", {}), ("marketing", again | {"claim": f" {CHECK['claim']} "})):
        assert await checked(ask, company, application, viewer, **given) == stands
    for other in ({"claim": "Degree of 2021"}, {"source": "Another registry"}, {"checkedOn": "2026-11-19"}):
        first, replayed = [await checked(ask, company, application, **other, idempotencyKey=f"{other}") for _ in "ab"]
        assert first == replayed
        assert await checked(ask, company, application, **again, **other) == stands
    elsewhere = await company.application("marketing")
    assert (await checked(ask, company, elsewhere, **again))["__typename"] == "ResumeCheck"
    assert await do(ask, case, "voidNoShow", reason="The wrong person's degree.") == "VOID"
    holds = await checked(ask, company, application)
    assert await checked(ask, company, application) == stands
    replaced = await checked(ask, company, application, **again, replaces=holds["id"])
    assert [each["state"] for each in replaced["findings"]] == ["SUSPECTED"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"claim": " "}, "claim"),
        ({"method": "m" * 501}, "method"),
        ({"source": ""}, "source"),
        ({"outcome": "MISMATCH"}, "details"),
        ({"details": "d" * 2_001}, "details"),
        ({"checkedOn": "2026-11-21"}, "checkedOn"),
        ({"checkedOn": "2025-11-19"}, "checkedOn"),
    ],
)
async def test_a_check_that_is_none_is_refused(ask: Ask, company: Company, given: dict[str, str], field: str) -> None:
    application = await company.application("marketing")
    answer = await checked(ask, company, application, **given)
    assert (answer["code"], answer["field"]) == ("INVALID_VALUE", field)


async def test_programs_and_auditors_record_no_checks(ask: Ask, company: Company) -> None:
    application = await company.application("marketing")
    for viewer, code in (("integrator", "NOT_ALLOWED"), ("auditor", "NOT_ALLOWED"), ("technology", "NOT_FOUND")):
        assert (await checked(ask, company, application, viewer))["code"] == code


async def due(ask: Ask, kind: TimerKind, finding: str) -> Timer:
    (timer,) = await ask.graph.client.read(FIND_TIMER, id=timers.name(kind, uid(finding)))
    return timer


async def test_the_system_gives_notice_and_hr_has_the_task(ask: Ask, case: Case) -> None:
    """By a message that tells of a résumé, with until when to answer; nobody is told of an interview."""
    query = '{ department(code: "MARKETING") { tasks { kind application { id } interview { id } finding { id } } } }'
    (task,) = (await ask(query, case.company.user("marketing")))["department"]["tasks"]
    application = {"id": gid("Application", case.application)}
    finding = {"id": case.finding}
    assert task == {"kind": "NOTICE_DUE", "application": application, "interview": None, "finding": finding}
    assert await do_due(ask.graph, case.company, NOW, sent=False) == ["NOTICE"]
    assert (await finding_of(ask, case))["state"] == "SUSPECTED"
    assert await told(ask.graph, case.company) == [("NOTICE", "Candidate")]
    (facts,) = await facts_of(ask.graph, case.company, "NOTICE")
    assert facts["check"] is True
    messages = await ask.graph.client.answer(
        "tests.message", "MATCH (m:Message {subject: $id}) RETURN m.id AS id", {"id": uid(case.finding)}
    )
    row = await letters.find(ask.graph, messages[0]["id"])
    assert row is not None
    letter = await letters.read(ask.graph, row, NOW, "https://hr.example")
    assert (letter.link or "").startswith("https://hr.example/c/")
    zh, en = (write(replace(letter, locale=locale)) for locale in (Locale.ZH_CN, Locale.EN))
    assert "简历" in zh.subject
    assert "面试" not in zh.text
    for text in (*CHECK.values(), DETAILS):
        assert text in zh.text
        assert text in en.text
    assert "\n- 核查内容：Degree of 2019\n- 核查方式：Call to the registry\n" in zh.text
    assert ("resume" in en.text, "interview" in en.text, "Asia/Shanghai" in en.text) == (True, False, True)
    await send_notices(ask.graph, case.company.hr.viewer.organization, NOW)
    assert (await finding_of(ask, case))["state"] == "NOTICE_SENT"
    assert (await ask(query, case.company.user("marketing")))["department"]["tasks"] == []
    ask.now += timedelta(hours=73)
    (task,) = (await ask(query, case.company.user("marketing")))["department"]["tasks"]
    assert task["kind"] == "DECISION_DUE"


CHECK_TEXTS = Statement(
    "tests.check_texts",
    "MATCH (check:ResumeCheck {id: $id}) RETURN coalesce(check.claim, check.details, check.outcome, 'none') AS id",
    row=Found,
)


async def test_a_mismatch_is_erased_in_its_time(ask: Ask, case: Case) -> None:
    """At eraseAt neither finding, check nor events tell of it any longer, and the chains still verify."""
    await confirmed(ask, case)
    timer = await due(ask, TimerKind.ERASE_FINDING, case.finding)
    erase_at = (await finding_of(ask, case))["eraseAt"]
    assert timer.due_at.isoformat()[:19] == erase_at[:19]
    assert await timers.take(ask.graph, timer, timer.due_at, RULES[TimerKind.ERASE_FINDING])
    found = await finding_of(ask, case, "hr")
    assert (found["state"], found["outcome"], found["statement"], found["resumeCheck"]["details"]) == (
        "ERASED",
        None,
        None,
        None,
    )
    (left,) = await ask.graph.client.read(CHECK_TEXTS, id=uid(case.check))
    assert left.id == "none"
    assert await case.company.faults() == []


async def test_a_check_is_erased_with_its_person(ask: Ask, case: Case) -> None:
    await case.company.hr.erase(case.claim.candidate)
    (left,) = await ask.graph.client.read(CHECK_TEXTS, id=uid(case.check))
    assert left.id == "none"
    found = await finding_of(ask, case, "hr")
    assert (found["statement"], found["resumeCheck"]["claim"]) == (None, None)
    again = await checked(ask, case.company, case.application, outcome="MISMATCH", details=DETAILS)
    assert (again["code"], again["field"]) == ("CANDIDATE_ERASED", "application")


@pytest.fixture
async def scored(ask: Ask, company: Company) -> Scored:
    await enabled(company)
    return Scored(company, ask)


async def authenticity(scored: Scored, application: str, viewer: str = "marketing") -> Any:
    factors = (await scored.score(application, viewer))["factors"]
    return next(each for each in factors if each["dimension"] == "RESUME_AUTHENTICITY")


async def test_a_check_feeds_the_score_once_it_is_certain(scored: Scored, ask: Ask) -> None:
    """Verified at once; a mismatch neither before it is final nor while it is disputed; and all of it replays."""
    company = scored.company
    case = await alleged(ask, company)
    assert (await authenticity(scored, case.application))["missing"]
    await checked(ask, company, case.application, claim="Employment until 2024")
    kept = {"candidate": gid("Candidate", case.claim.candidate)}
    for days in (9, 8, 7):
        await scored.attended(case.application, days=days)
    seen: list[tuple[float, int]] = []

    async def look() -> None:
        ask.now += timedelta(minutes=1)
        factor = await authenticity(scored, case.application)
        seen.append((factor["rawValue"], len(factor["evidence"])))
        shown = await scored.score(case.application, "marketing")
        answer = await ask.do("recordScore", company.user("marketing"), SCORE, **kept)
        assert answer["score"] == shown

    await look()
    await confirmed(ask, case)
    await look()
    score = await scored.score(case.application, "marketing")
    assert {each["finding"] for each in score["counterfactuals"]} == {case.finding}
    await do(ask, case, "disputeNoShow", case.claim, text="The registry erred.")
    await look()
    rejected = {"decision": "REJECTED", "reason": "It did not.", "readUpTo": await read_up_to(ask, case)}
    await do(ask, case, "decideDispute", "hr", **rejected)
    await look()
    await do(ask, case, "voidNoShow", "hr", reason="It did after all.")
    await look()
    assert seen == [(1.0, 1), (0.5, 2), (1.0, 1), (0.5, 2), (1.0, 1)]
    found = await score_records.verify_candidate(ask.graph.client, case.claim.candidate)
    assert [(each.fault, each.found is not None) for each in found] == [(None, True)] * 5
    profile = (await scored.of(case.application, "marketing", PROFILE))["profile"]
    assert any("Resume checked" in each["en"] for each in profile["timeline"])
    (told,) = (each for each in profile["dimensions"] if each["dimension"] == "RESUME_AUTHENTICITY")
    assert (told["observations"], told["counted"]) == (2, 1)


async def test_the_brake_counts_a_mismatch_that_was_wrong(ask: Ask, case: Case) -> None:
    """A mark is a mark: whatever feeds the score and was taken back is held against it."""
    organization = case.company.hr.viewer.organization
    await confirmed(ask, case)
    seen: list[tuple[int, int, int]] = []
    for step in ("final", "upheld"):
        if step == "upheld":
            await do(ask, case, "disputeNoShow", case.claim, text="The registry erred.")
            upheld = {"decision": "UPHELD", "reason": "It erred.", "readUpTo": await read_up_to(ask, case)}
            assert await do(ask, case, "decideDispute", "hr", **upheld) == "VOID"
        since = NOW - timedelta(days=90)
        (row,) = await ask.graph.client.read(brakes.COUNT, organization=organization, since=since)
        seen.append((row.marked, row.voided, row.upheld))
    assert seen == [(1, 0, 0), (1, 1, 1)]


async def test_a_rejection_with_a_mismatch_in_sight_is_announced(ask: Ask, case: Case) -> None:
    """As with a no-show that counts: it waits, and lapses where the candidate disputes."""
    await confirmed(ask, case)
    given = {"application": gid("Application", case.application), "verdict": "REJECT", "reason": "The degree."}
    query = "id state considered { id }"
    answer = await ask.do("decide", case.company.user("marketing"), query, **given)
    assert (answer["state"], answer["considered"]) == ("ANNOUNCED", [{"id": case.finding}])


@pytest.mark.parametrize(
    ("query", "looks"),
    [
        ("query Q($id: ID!) { application(id: $id) { resumeChecks { outcome } } }", 1),
        ("query Q($id: ID!) { application(id: $id) { resumeChecks { findings { state } } } }", 2),
        ("query Q($id: ID!) { subgraph(root: $id, depth: 1) { nodes { __typename } } }", 1),
        ("query Q($id: ID!) { application(id: $id) { stage } }", 0),
    ],
)
async def test_who_looks_at_a_mismatch_leaves_a_receipt(ask: Ask, case: Case, query: str, looks: int) -> None:
    """Of what is verified nobody does; the person reads who it was."""
    await checked(ask, case.company, case.application, claim="Employment until 2024")
    id = gid("Application", case.application)
    await look(ask, Receipts(ask.graph, lambda: NOW), case.company.user("marketing"), query, id=id)
    mine = (
        "{ myRecord { accesses { nodes { who finding { id } } } findings { nodes { id resumeCheck { details } } } } }"
    )
    record = (await ask(mine, case.claim))["myRecord"]
    who = {"who": case.company.user("marketing"), "finding": {"id": case.finding}}
    assert record["accesses"]["nodes"] == [who] * looks
    assert record["findings"]["nodes"] == [{"id": case.finding, "resumeCheck": {"details": DETAILS}}]


async def test_the_candidate_answers_and_disputes_on_the_pages(company: Company, candidate: Candidate) -> None:
    """They read what was checked, how and what was found; it is no interview, and no file is asked for."""
    hr, on = company.at(days=1), (NOW - timedelta(days=2)).date()
    new = NewCheck(candidate.link.application, CheckOutcome.MISMATCH, "Degree of 2019", "Call", "Registry", on, DETAILS)
    finding = await hr.finding_of(await hr.resume_check(new))
    await hr.notice(finding)
    await candidate.follow()
    await candidate.verify()
    page = await candidate.http.get("/c/record")
    for text in (words.word("check_notice_title", Locale.ZH_CN), "Degree of 2019", "Registry", DETAILS):
        assert text in page.text
    assert words.word("notice_text", Locale.ZH_CN) not in page.text
    assert 'action="/c/proof"' in page.text
    page = await candidate.send("statement", finding=gid("Finding", finding), text="证书上是我的曾用名。")
    assert words.told("STATEMENT", Locale.ZH_CN) in page.text
    await hr.confirmation(finding)
    page = await candidate.send("dispute", finding=gid("Finding", finding), text="学校弄错了。")
    assert words.told("DISPUTED", Locale.ZH_CN) in page.text
    assert "学校弄错了。" in page.text


async def test_a_check_keeps_the_day_it_was_made(ask: Ask, company: Company) -> None:
    """The finding's time is the start of that day where the Organization is, and its ends count from it."""
    hr, application = company.at(days=0), await company.application("marketing")
    new = NewCheck(application, CheckOutcome.MISMATCH, "Degree", "Call", "Registry", date(2026, 11, 18), DETAILS)
    check = await hr.resume_check(new)
    case = Case(company, application, check, gid("Finding", await hr.finding_of(check)), Claim("", ""))
    found = await finding_of(ask, case, "hr")
    assert found["occurredAt"] == "2026-11-17T16:00:00Z"
