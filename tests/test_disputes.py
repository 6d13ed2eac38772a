"""Disputes: restricted at once, decided by a second person or by time, and everyone who looked is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from graph import findings, retention, timers
from graph.receipts import Purpose, Receipts
from graph.timers import Timer, TimerKind
from graph.traversal import Look, Looks
from graph.visibility import FIND_VIEWER, Claim, Viewer
from seeds import makers
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import do_due, do_late_looks, facts_of, send_notices, told, waiting
from tests.ledger import appends, refused

WHOSE = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
SEEN = "query Seen($id: ID!) { application(id: $id) { reminders { kind } candidate { noShows { totalCount } } } }"


@dataclass
class Case:
    """A final no-show of Marketing's, decided by Marketing's recruiter, and its candidate."""

    ask: Ask
    company: Company
    claim: Claim
    finding: str
    at_technology: str

    async def dispute(self, viewer: Claim | str | None = None, **input: Any) -> Any:
        good = {"finding": self.finding, "text": "The link did not open."}
        return await self.ask.do("disputeNoShow", viewer or self.claim, "state disputeDueAt", **(good | input))

    async def decide(self, viewer: str, decision: str, selection: str = "state", **input: Any) -> Any:
        read = await self.ask.last_seq(self.company.user("hr"), self.finding)
        good = {"finding": self.finding, "decision": decision, "reason": "Looked into.", "readUpTo": read}
        return await self.ask.do("decideDispute", self.company.user(viewer), selection, **(good | input))

    async def read(self, selection: str, viewer: str | Claim = "") -> Any:
        query = f"query One($id: ID!) {{ node(id: $id) {{ ... on Finding {{ {selection} }} }} }}"
        return (await self.ask(query, viewer or self.company.user("marketing"), id=self.finding))["node"]

    async def texts(self) -> list[str | None]:
        """Why it was taken back, as the graph keeps it, whoever may read it."""
        text = "MATCH (finding:Finding {id: $id}) RETURN finding.voidReason AS answer"
        return [
            row["answer"] for row in await self.ask.graph.client.answer("tests.texts", text, {"id": uid(self.finding)})
        ]

    async def seen(self) -> tuple[list[str], int]:
        """What Technology, which has an application of the same person, sees of it."""
        found = (await self.ask(SEEN, self.company.user("technology"), id=self.at_technology))["application"]
        kinds = [each["kind"] for each in found["reminders"] if each["kind"] != "REPEAT_APPLICATION"]
        return kinds, found["candidate"]["noShows"]["totalCount"]


@pytest.fixture
async def case(ask: Ask, company: Company) -> Case:
    person = company.person()
    company.at(days=40)
    application = await company.application("marketing", person)
    recruiter = await makers.maker(ask.graph, company.user("marketing"), at=company.hr.at)
    finding = await recruiter.no_show(application)
    company.at(days=20)
    at_technology = await company.application("technology", person)
    found = await ask(WHOSE, company.user("hr"), id=gid("Application", application))
    claim = Claim(uid(found["application"]["candidate"]["id"]), application, verified=True)
    return Case(ask, company, claim, gid("Finding", finding), gid("Application", at_technology))


SHOWN, HIDDEN = (["SIBLING_DEPARTMENT"], 1), ([], 0)


async def test_a_dispute_restricts_at_once(ask: Ask, case: Case) -> None:
    assert await case.seen() == SHOWN
    async with appends(ask, case.company, "NO_SHOW_DISPUTED"):
        made = await case.dispute()
    assert made["state"] == "DISPUTED"
    assert made["disputeDueAt"] == (NOW + timedelta(days=30)).isoformat().replace("+00:00", "Z")
    assert await case.seen() == HIDDEN
    assert await case.read("state disputeText") == {"state": "DISPUTED", "disputeText": "The link did not open."}
    assert await case.read("id", case.company.user("technology")) is None
    assert {("DISPUTE_RECEIVED", "Candidate"), ("DISPUTE_RECEIVED", "Department")} <= set(
        await told(ask.graph, case.company)
    )


async def test_only_the_verified_candidate_disputes(ask: Ask, case: Case) -> None:
    """The link alone may have been forwarded; a recruiter has other ways to take a finding back."""
    link = Claim(case.claim.candidate, case.claim.application)
    stranger = await case.company.application("marketing")
    found = await ask(WHOSE, case.company.user("hr"), id=gid("Application", stranger))
    other = Claim(uid(found["application"]["candidate"]["id"]), stranger, verified=True)
    async with appends(ask, case.company):
        assert (await case.dispute(link))["code"] == "NOT_VERIFIED"
        assert (await case.dispute(case.company.user("hr")))["code"] == "NOT_ALLOWED"
        assert await case.dispute(other) == refused("disputeNoShow", "NOT_FOUND", "finding")
        assert await case.dispute(text=" ") == refused("disputeNoShow", "INVALID_VALUE", "text")
    query = 'mutation D($id: ID!) { disputeNoShow(input: {finding: $id, text: "No."}) { __typename } }'
    forbidden, absent = [
        (await ask.whole(query, other, id=id)).statements for id in (case.finding, gid("Finding", str(uuid4())))
    ]
    assert forbidden == absent, "how long it takes would tell that it is there"
    assert (await case.dispute())["state"] == "DISPUTED"
    assert await case.dispute() == refused("disputeNoShow", "WRONG_STATE", "finding")


async def test_an_upheld_dispute_takes_the_mark_back(ask: Ask, case: Case) -> None:
    await case.dispute()
    async with appends(ask, case.company, "DISPUTE_UPHELD"):
        assert (await case.decide("hr", "UPHELD"))["state"] == "VOID"
    assert await case.seen() == HIDDEN
    assert [timer.kind for timer in await waiting(ask.graph, case.company)] == []
    queued = await told(ask.graph, case.company)
    assert ("DISPUTE_UPHELD", "Candidate") in queued
    decider = await case.read("decidedBy { id }")
    (withdrawn,) = await facts_of(ask.graph, case.company, "MARK_WITHDRAWN")
    assert withdrawn["to"] == uid(decider["decidedBy"]["id"])


async def test_what_is_void_tells_who_took_it_back_beside_who_decided(ask: Ask, case: Case) -> None:
    """To the candidate too; the decider's words stay theirs, and nothing is left to count."""
    telling = "reason decidedBy { externalId } voidReason voidedAt voidedBy { externalId } daysLeft"
    before = await case.read(telling)
    assert (before["voidReason"], before["voidedAt"], before["voidedBy"]) == (None, None, None)
    assert before["reason"]
    assert before["daysLeft"] > 100
    await case.dispute()
    assert (await case.read("daysLeft"))["daysLeft"] is None, "it weighs nothing at once"
    await case.decide("hr", "UPHELD")
    after = await case.read(telling)
    assert after == before | {
        "voidReason": "Looked into.",
        "voidedAt": NOW.isoformat().replace("+00:00", "Z"),
        "voidedBy": {"externalId": case.company.user("hr")},
        "daysLeft": None,
    }
    assert await case.read("reason voidReason voidedAt", case.claim) == {
        name: after[name] for name in ("reason", "voidReason", "voidedAt")
    }


@pytest.mark.parametrize("ending", ["upheld", "overdue", "given in"])
async def test_what_a_dispute_took_back_is_not_reported_anew(ask: Ask, case: Case, ending: str) -> None:
    """By whoever lost it or anybody else, nor by the system; that the fault was another's may still be found."""
    marketing, interview = case.company.user("marketing"), (await case.read("interview { id }"))["interview"]["id"]
    await case.dispute()
    if ending == "upheld":
        await case.decide("hr", "UPHELD")
    elif ending == "overdue":
        assert await do_due(ask.graph, case.company, NOW + timedelta(days=30)) == ["DISPUTE"]
        ask.now = NOW + timedelta(days=30)
    else:
        await ask.do("voidNoShow", marketing, finding=case.finding, reason="So be it.")
    async with appends(ask, case.company):
        for viewer in (marketing, case.company.user("hr")):
            answer = await ask.do("reportNoShow", viewer, interview=interview)
            assert answer == refused("reportNoShow", "DISPUTE_UPHELD", "interview")
    fault = {"interview": interview, "cause": "PLATFORM", "reason": "It was down."}
    fault["readUpTo"] = await ask.last_seq(marketing, interview)
    found = await ask.do("confirmNoShow", marketing, "id outcome daysLeft", **fault)
    assert (found["outcome"], found["daysLeft"]) == ("SYSTEM_FAULT", None)
    await ask.do("voidNoShow", marketing, finding=found["id"], reason="It was not.")
    assert (await ask.do("reportNoShow", marketing, interview=interview))["code"] == "DISPUTE_UPHELD"


async def test_after_a_rejected_dispute_what_is_void_is_reported_anew(ask: Ask, case: Case) -> None:
    marketing, interview = case.company.user("marketing"), (await case.read("interview { id }"))["interview"]["id"]
    await case.dispute()
    await case.decide("hr", "REJECTED")
    await ask.do("voidNoShow", marketing, finding=case.finding, reason="The wrong interview.")
    assert (await ask.do("reportNoShow", marketing, "state", interview=interview))["state"] == "SUSPECTED"


@pytest.mark.parametrize("by", ["the candidate's wish", "its time"])
async def test_why_it_was_taken_back_is_erased_with_it(ask: Ask, case: Case, by: str) -> None:
    erase_at = datetime.fromisoformat((await case.read("eraseAt"))["eraseAt"])
    await case.dispute()
    await case.decide("hr", "UPHELD")
    assert await case.texts() == ["Looked into."]
    if by == "its time":
        organization, id = case.company.hr.viewer.organization, uid(case.finding)
        name = timers.name(TimerKind.ERASE_FINDING, id)
        timer = Timer(name, "ERASE_FINDING", id, organization, case.claim.candidate, erase_at, 0)
        assert await timers.take(ask.graph, timer, erase_at, retention.erase)
    else:
        await case.company.hr.erase(case.claim.candidate)
    assert await case.texts() == [None]


async def test_everyone_who_had_looked_is_told(ask: Ask, case: Case) -> None:
    """Of the finding itself, of how many there are, or of what it went into; not who looked before it counted."""
    ask.receipts = Receipts(ask.graph, lambda: ask.now)
    for viewer, selection in {
        "technology": "candidate { noShows { totalCount } }",
        "hr": "candidate { profile { timeline { event } } }",
        "auditor": "stage",
    }.items():
        query = f"query Look($id: ID!) {{ application(id: $id) {{ {selection} }} }}"
        await ask(query, case.company.user(viewer), id=case.at_technology)
    await ask.receipts.flush()
    await case.dispute()
    await case.decide("hr", "UPHELD")
    decider = uid((await case.read("decidedBy { id }"))["decidedBy"]["id"])
    looked = [
        Viewer.of_row((await ask.graph.client.read(FIND_VIEWER, subject=case.company.user(viewer)))[0]).id
        for viewer in ("technology", "hr")
    ]
    withdrawn = [fact["to"] for fact in await facts_of(ask.graph, case.company, "MARK_WITHDRAWN")]
    assert sorted(withdrawn) == sorted([decider, *looked])


async def test_whoever_looked_while_it_was_taken_back_is_told_once(ask: Ask, case: Case) -> None:
    """A receipt may be written after the withdrawal, by any server, some of which may be behind."""

    async def look(viewer: str, selection: str, id: str) -> str:
        query = f"query Look($id: ID!) {{ node(id: $id) {{ {selection} }} }}"
        assert (await ask(query, case.company.user(viewer), id=id))["node"]
        return Viewer.of_row((await ask.graph.client.read(FIND_VIEWER, subject=case.company.user(viewer)))[0]).id

    async def told_of_it() -> list[str]:
        return sorted(fact["to"] for fact in await facts_of(ask.graph, case.company, "MARK_WITHDRAWN"))

    async def at(seconds: float) -> bool:
        ask.now = NOW + timedelta(seconds=seconds)
        return await do_late_looks(ask.graph, case.company, ask.now)

    ask.receipts = Receipts(ask.graph, lambda: ask.now)
    interview = (await case.read("interview { id }"))["interview"]["id"]
    await case.dispute()
    looked = {await look("hr", "... on Finding { state }", case.finding)}
    looked.add(uid((await case.read("decidedBy { id }"))["decidedBy"]["id"]))
    await ask.receipts.flush()
    auditor = await look("auditor", "... on Interview { outcomeLabel }", interview)
    await case.decide("hr", "UPHELD")
    assert await told_of_it() == sorted(looked)
    await ask.receipts.flush()
    assert not await at(20), "not due yet: a reader may still have it before them"
    ask.now = NOW + timedelta(seconds=10)
    await ask.receipts.flush()
    assert [await at(22), await at(22)] == [True, False]
    assert await told_of_it() == sorted({*looked, auditor})
    # The server had not said since that nothing was missing: what it wrote by then is looked for once more.
    technology = Viewer.of_row((await ask.graph.client.read(FIND_VIEWER, subject=case.company.user("technology")))[0])
    looks = Looks()
    looks.of(Look.FINDING).add(uid(case.finding))
    await ask.receipts.take(technology, Purpose.APPLICATION_REVIEW, NOW + timedelta(seconds=9), looks)
    await ask.receipts.flush()
    assert [await at(27), await at(60)] == [True, False]
    assert await told_of_it() == sorted({*looked, auditor, technology.id})


async def test_whoever_looked_is_told_though_the_person_was_erased_since(ask: Ask, case: Case) -> None:
    """By a receipt that is written only after the erasure."""
    ask.receipts = Receipts(ask.graph, lambda: ask.now)
    await case.dispute()
    auditor = Viewer.of_row((await ask.graph.client.read(FIND_VIEWER, subject=case.company.user("auditor")))[0])
    await case.read("state", case.company.user("auditor"))
    await case.decide("hr", "UPHELD")
    await case.company.at(days=0).erase(case.claim.candidate)
    await ask.receipts.flush()
    ask.now = NOW + timedelta(seconds=22)
    assert await do_late_looks(ask.graph, case.company, ask.now)
    assert auditor.id in {fact["to"] for fact in await facts_of(ask.graph, case.company, "MARK_WITHDRAWN")}


async def test_a_rejected_dispute_counts_again_no_longer_than_before(ask: Ask, case: Case) -> None:
    before = await case.read("expiresAt eraseAt")
    await case.dispute()
    async with appends(ask, case.company, "DISPUTE_REJECTED"):
        assert (await case.decide("hr", "REJECTED"))["state"] == "FINAL"
    assert await case.seen() == SHOWN
    assert await case.read("expiresAt eraseAt") == before
    told_why = await case.read("disputeReason disputeRejectedAt", case.claim)
    assert told_why["disputeReason"] == "Looked into."
    assert await waiting(ask.graph, case.company) == []
    assert await case.dispute() == refused("disputeNoShow", "DISPUTE_DECIDED", "finding")


async def test_nobody_judges_their_own_decision(ask: Ask, case: Case) -> None:
    await case.dispute()
    async with appends(ask, case.company):
        for decision in ("UPHELD", "REJECTED"):
            assert await case.decide("marketing", decision) == refused("decideDispute", "SAME_PERSON", "finding")
        assert await case.decide("technology", "REJECTED", readUpTo=9) == refused(
            "decideDispute", "NOT_FOUND", "finding"
        )
        for role in ("integrator", "auditor"):
            assert (await case.decide(role, "REJECTED"))["code"] == "NOT_ALLOWED"
    assert (await case.decide("hr", "REJECTED"))["state"] == "FINAL"


async def test_a_dispute_is_not_rejected_unread(ask: Ask, case: Case) -> None:
    read = await ask.last_seq(case.company.user("hr"), case.finding)
    await case.dispute()
    assert await case.decide("hr", "REJECTED", readUpTo=read) == refused(
        "decideDispute", "STATEMENT_UNREAD", "readUpTo"
    )
    assert await case.decide("hr", "REJECTED", readUpTo=read + 5) == refused(
        "decideDispute", "INVALID_VALUE", "readUpTo"
    )
    assert (await case.decide("hr", "REJECTED"))["state"] == "FINAL"


async def test_only_a_disputed_finding_is_decided_so(case: Case) -> None:
    assert await case.decide("hr", "UPHELD") == refused("decideDispute", "WRONG_STATE", "finding")
    assert await case.decide("hr", "UPHELD", reason="") == refused("decideDispute", "INVALID_VALUE", "reason")


async def test_a_dispute_not_decided_in_time_is_upheld(ask: Ask, case: Case) -> None:
    """By the system, once, however often and late it looks."""
    await case.dispute()
    assert await do_due(ask.graph, case.company, NOW + timedelta(days=30, seconds=-1)) == []
    async with appends(ask, case.company, "DISPUTE_UPHELD"):
        assert await do_due(ask.graph, case.company, NOW + timedelta(days=90)) == ["DISPUTE"]
        assert await do_due(ask.graph, case.company, NOW + timedelta(days=91)) == []
    assert (await case.read("state"))["state"] == "VOID"
    assert ("DISPUTE_UPHELD", "Department") in await told(ask.graph, case.company), "whose task it was"
    last = "interview { events(last: 1) { nodes { type actorKind } } }"
    query = f"query Last($id: ID!) {{ node(id: $id) {{ ... on Finding {{ {last} }} }} }}"
    found = (await ask(query, case.company.user("marketing"), id=case.finding))["node"]["interview"]["events"]
    assert found["nodes"] == [{"type": "DISPUTE_UPHELD", "actorKind": "SYSTEM"}]


async def test_a_void_finding_owes_no_decision(ask: Ask, case: Case) -> None:
    """The one who decided may see their own error at any time."""
    await case.dispute()
    read = {"finding": case.finding, "reason": "My mistake."}
    assert (await ask.do("voidNoShow", case.company.user("marketing"), "state", **read))["state"] == "VOID"
    assert await do_due(ask.graph, case.company, NOW + timedelta(days=31)) == []


async def test_the_system_gives_notice(ask: Ask, company: Company) -> None:
    """With the time to answer of the policy, and a message to the candidate, also to whom somebody told it already."""
    hr = company.at(days=9)
    first = await hr.suspicion(await hr.missed(await company.application("marketing")))
    async with appends(ask, company, "MESSAGE_SENT", "NOTICE_RECORDED"):
        assert await do_due(ask.graph, company, NOW) == ["NOTICE"]
    await hr.notice(await hr.suspicion(await hr.missed(await company.application("marketing"))))
    async with appends(ask, company, "MESSAGE_SENT"):
        assert await do_due(ask.graph, company, NOW) == ["NOTICE"]
    query = "query One($id: ID!) { node(id: $id) { ... on Finding { state noticeAt answerBy decideBy } } }"
    found = (await ask(query, company.user("marketing"), id=gid("Finding", first)))["node"]
    assert found["state"] == "NOTICE_SENT"
    assert (found["noticeAt"], found["answerBy"]) == ("2026-11-20T09:00:00Z", "2026-11-23T09:00:00Z")
    assert found["decideBy"] == "2026-12-20T09:00:00Z"
    for notice in await facts_of(ask.graph, company, "NOTICE"):
        assert (notice["answerHours"], notice["decisionDays"]) == (72, 30)


async def test_the_time_to_answer_begins_as_the_notice_leaves(ask: Ask, company: Company) -> None:
    """Where no message leaves nobody was told, however long ago it was written: nothing is confirmed, and HR's task
    stays. What HR says meanwhile counts from then, and the message tells until when.
    """
    hr, marketing = company.at(days=9), company.user("marketing")
    findings = [
        gid("Finding", await hr.suspicion(await hr.missed(await company.application("marketing")))) for _ in range(2)
    ]
    first, second = findings
    await do_due(ask.graph, company, NOW, sent=False)
    ask.now = NOW + timedelta(hours=73)
    for finding in findings:
        read = await ask.last_seq(marketing, finding)
        decision = {"finding": finding, "cause": "CANDIDATE", "reason": "Silence.", "readUpTo": read}
        assert (await ask.do("confirmNoShow", marketing, **decision))["code"] == "NOTICE_MISSING"
        assert ("NOTICE_DUE", finding) in await tasks(ask, company, "marketing")
    await ask.do("recordNotice", marketing, finding=second, channel="PHONE")
    ask.now += timedelta(hours=1)
    await send_notices(ask.graph, company.hr.viewer.organization, ask.now)
    seen = {id: (await ask(NOTICE, marketing, id=id))["node"] for id in findings}
    assert [(each["state"], each["answerBy"]) for each in seen.values()] == [
        ("NOTICE_SENT", "2026-11-26T11:00:00Z"),
        ("NOTICE_SENT", "2026-11-26T10:00:00Z"),
    ]
    states = [m["state"] for each in seen.values() for m in each["interview"]["messages"] if m["template"] == "NOTICE"]
    assert states == ["SENT", "SENT"]
    decision = {"finding": first, "cause": "CANDIDATE", "reason": "Silence.", "knewBy": "TOLD_BY_STAFF"}
    for hours, code in ((71, "ANSWER_PENDING"), (72, None)):
        ask.now = NOW + timedelta(hours=74 + hours)
        read = await ask.last_seq(marketing, first)
        assert (await ask.do("confirmNoShow", marketing, **decision, readUpTo=read)).get("code") == code


async def test_whom_no_message_reaches_has_no_notice(ask: Ask, company: Company) -> None:
    """Nothing runs against somebody who was not told: the department is to tell them."""
    hr = company.at(days=9)
    person = makers.Person("王芳")
    finding = await hr.suspicion(await hr.missed(await company.application("marketing", person)))
    assert await do_due(ask.graph, company, NOW) == ["NOTICE"]
    assert await tasks(ask, company, "marketing") == [("NOTICE_DUE", gid("Finding", finding))]
    assert await facts_of(ask.graph, company, "NOTICE") == []


NOTICE = """
query Notice($id: ID!) { node(id: $id) { ... on Finding { state noticeAt answerBy decideBy
  interview { messages { id template state } } } } }
"""


@pytest.mark.parametrize(("spoken", "answered"), [(False, False), (True, False), (False, True)])
async def test_a_notice_that_bounces_is_none(ask: Ask, company: Company, spoken: bool, answered: bool) -> None:
    """No time passes against whom it did not reach: HR is to tell them another way, and the time begins again."""
    hr = company.at(days=9)
    finding = await hr.suspicion(await hr.missed(await company.application("marketing")))
    if spoken:
        await hr.own_statement(finding, "I was ill.")
    assert await do_due(ask.graph, company, NOW) == ["NOTICE"]
    named, hr.at = gid("Finding", finding), NOW
    if answered:
        await hr.own_statement(finding, "Somebody told me of it.")
    seen = (await ask(NOTICE, company.user("hr"), id=named))["node"]
    (message,) = [each["id"] for each in seen["interview"]["messages"] if each["template"] == "NOTICE"]
    bounced = {"message": message, "receipt": "BOUNCED"}
    assert "code" not in await ask.do("recordDelivery", company.user("integrator"), **bounced)
    seen = (await ask(NOTICE, company.user("hr"), id=named))["node"]
    if answered:
        assert seen["state"] == "NOTICE_SENT"
        return
    assert [seen[key] for key in ("state", "noticeAt", "answerBy", "decideBy")] == ["SUSPECTED", None, None, None]
    assert await tasks(ask, company, "marketing") == [("NOTICE_DUE", named)]
    ask.now = NOW + timedelta(days=5)
    decision = {"finding": named, "cause": "CANDIDATE", "reason": "Silence."}
    read = await ask.last_seq(company.user("marketing"), named)
    answer = await ask.do("confirmNoShow", company.user("marketing"), **decision, readUpTo=read)
    assert answer["code"] == "NOTICE_MISSING"
    await ask.do("recordNotice", company.user("marketing"), finding=named, channel="PHONE")
    seen = (await ask(NOTICE, company.user("hr"), id=named))["node"]
    assert (seen["state"], seen["answerBy"]) == ("NOTICE_SENT", "2026-11-28T09:00:00Z")
    assert "code" not in await ask.do("recordDelivery", company.user("hr"), **bounced)
    assert (await ask(NOTICE, company.user("hr"), id=named))["node"]["state"] == "NOTICE_SENT"


async def test_what_nobody_decides_is_taken_back(ask: Ask, company: Company) -> None:
    """The history says that the time to answer passed, and HR is told; a month after the notice the suspicion ends."""
    hr = company.at(days=9)
    finding = await hr.suspicion(await hr.missed(await company.application("marketing")))
    assert await do_due(ask.graph, company, NOW) == ["NOTICE"]
    assert await do_due(ask.graph, company, NOW + timedelta(hours=72, seconds=-1)) == []
    async with appends(ask, company, "NOTICE_UNANSWERED"):
        assert await do_due(ask.graph, company, NOW + timedelta(hours=72)) == ["HEARING"]
    (due,) = await facts_of(ask.graph, company, "DECISION_DUE")
    assert (due["dueAt"][:19], due["to"]) == ("2026-12-20T09:00:00", company.departments["marketing"])
    assert await do_due(ask.graph, company, NOW + timedelta(days=30, seconds=-1)) == []
    async with appends(ask, company, "NO_SHOW_VOIDED"):
        assert await do_due(ask.graph, company, NOW + timedelta(days=30)) == ["DECISION"]
        assert await do_due(ask.graph, company, NOW + timedelta(days=300)) == []
    last = "interview { id events(last: 1) { nodes { type actorKind } } }"
    told_of = f"state reason voidReason voidedBy {{ id }} {last}"
    query = f"query One($id: ID!) {{ node(id: $id) {{ ... on Finding {{ {told_of} }} }} }}"
    seen = (await ask(query, company.user("marketing"), id=gid("Finding", finding)))["node"]
    assert (seen["state"], seen["voidReason"]) == ("VOID", findings.NOT_DECIDED)
    assert (seen["reason"], seen["voidedBy"]) == (None, None), "nobody decided, and nobody took it back"
    assert seen["interview"]["events"]["nodes"] == [{"type": "NO_SHOW_VOIDED", "actorKind": "SYSTEM"}]
    again = await ask.do("reportNoShow", company.user("marketing"), interview=seen["interview"]["id"])
    assert again == refused("reportNoShow", "NOT_DECIDED", "interview"), "or the time to decide would be none"
    queued = await told(ask.graph, company)
    assert queued.count(("FINDING_VOIDED", "Candidate")) == queued.count(("DECISION_OVERDUE", "Department")) == 1


async def test_a_notice_recorded_late_leaves_time_to_decide(ask: Ask, company: Company) -> None:
    hr = company.at(days=45)
    finding = gid("Finding", await hr.suspicion(await hr.missed(await company.application("marketing"))))
    told_at = (NOW - timedelta(days=35)).isoformat()
    await ask.do("recordNotice", company.user("marketing"), finding=finding, channel="PHONE", toldAt=told_at)
    assert await do_due(ask.graph, company, NOW + timedelta(hours=71)) == ["NOTICE"]
    assert await do_due(ask.graph, company, NOW + timedelta(days=29)) == ["HEARING"]
    assert await do_due(ask.graph, company, NOW + timedelta(days=30)) == ["DECISION"]


async def test_an_answer_leaves_the_decision_due(ask: Ask, company: Company) -> None:
    """Nothing is said of silence where there was none; and what is decided in time owes nothing more."""
    hr = company.at(days=9)
    answered = await hr.suspicion(await hr.missed(await company.application("marketing")))
    decided = await hr.suspicion(await hr.missed(await company.application("marketing")))
    await do_due(ask.graph, company, NOW)
    hr.at = NOW
    await hr.statement(answered, "The link did not open.")
    await hr.excuse(decided)
    async with appends(ask, company):
        assert await do_due(ask.graph, company, NOW + timedelta(days=5)) == ["HEARING"]
    assert [each.kind for each in await waiting(ask.graph, company)] == ["DECISION"]


async def test_a_suspicion_without_a_notice_ends_too(ask: Ask, company: Company) -> None:
    hr = company.at(days=9)
    finding = await hr.suspicion(await hr.missed(await company.application("marketing", makers.Person("王芳"))))
    assert await do_due(ask.graph, company, hr.at + timedelta(days=29)) == ["NOTICE"]
    assert await do_due(ask.graph, company, NOW + timedelta(days=30)) == ["DECISION"]
    query = "query One($id: ID!) { node(id: $id) { ... on Finding { state } } }"
    seen = (await ask(query, company.user("marketing"), id=gid("Finding", finding)))["node"]
    assert seen == {"state": "VOID"}
    assert ("FINDING_VOIDED", "Candidate") not in await told(ask.graph, company), "who was never told of it"


async def test_a_bounce_is_read_before_a_decision(ask: Ask, company: Company) -> None:
    """That the invitation did not arrive speaks for the candidate, however late it is known, and is in the reasons."""
    hr, marketing = company.at(days=9), company.user("marketing")
    missed = await hr.missed(await company.application("marketing"))
    finding = await hr.suspicion(missed)
    company.at(days=4)
    await hr.notice(finding)
    named = gid("Finding", finding)
    read = await ask.last_seq(marketing, named)
    seen = (await ask(NOTICE, marketing, id=named))["node"]["interview"]["messages"]
    invitation = next(each["id"] for each in seen if each["template"] == "INVITATION")
    bounced = {"message": invitation, "receipt": "BOUNCED"}
    assert "code" not in await ask.do("recordDelivery", company.user("integrator"), **bounced)
    decision = {"finding": named, "cause": "CANDIDATE", "reason": "Silence."}
    for mutation, input in (("confirmNoShow", decision), ("excuseNoShow", {"finding": named, "reason": "It bounced."})):
        assert (await ask.do(mutation, marketing, **input, readUpTo=read))["code"] == "STATEMENT_UNREAD"
    read = await ask.last_seq(marketing, named)
    based = "basedOn { type }"
    found = await ask.do("excuseNoShow", marketing, based, finding=named, reason="It bounced.", readUpTo=read)
    assert "MESSAGE_BOUNCED" in [each["type"] for each in found["basedOn"]]


TASKS = """
query Tasks($code: String!) {
  department(code: $code) { tasks {
    kind due candidate { id } application { id }
    interview { id candidate { id } application { id } } finding { id candidate { id } application { id } }
  } }
}
"""


async def tasks(ask: Ask, company: Company, viewer: str, code: str = "MARKETING") -> list[tuple[str, str]]:
    found = (await ask(TASKS, company.user(viewer), code=code))["department"]["tasks"]
    assert [each["due"] for each in found] == sorted(each["due"] for each in found)
    for each in found:
        ways = [each, each["interview"], each["finding"] or each]
        for whom in ("candidate", "application"):
            assert len({way[whom]["id"] for way in ways}) == 1
    return [(each["kind"], (each["finding"] or each["interview"])["id"]) for each in found]


async def test_tasks_follow_a_finding(ask: Ask, company: Company) -> None:
    """Nothing recorded, a notice to give, a decision, a dispute: each there while it is to be done."""
    hr = company.at(days=30)
    interview = await hr.interview(await company.application("brand"))
    hr.at += timedelta(days=4)
    assert await tasks(ask, company, "marketing") == [("OUTCOME_MISSING", gid("Interview", interview))]
    await hr.attendance(interview, makers.Attendance.NOT_ATTENDED)
    assert await tasks(ask, company, "marketing") == []
    finding = await hr.suspicion(interview)
    named = gid("Finding", finding)
    assert await tasks(ask, company, "marketing") == [("NOTICE_DUE", named)]
    await hr.notice(finding)
    ask.now = hr.at + timedelta(hours=1)
    assert await tasks(ask, company, "marketing") == []
    await hr.statement(finding, "They were ill.")
    assert await tasks(ask, company, "marketing") == [], "they may still speak for themself"
    await hr.own_statement(finding, "I was ill.")
    assert await tasks(ask, company, "marketing") == [("DECISION_DUE", named)]
    await hr.confirmation(finding)
    assert await tasks(ask, company, "marketing") == []
    await hr.dispute(finding)
    assert await tasks(ask, company, "marketing") == [("DISPUTE_DUE", named)]
    await hr.void(finding)
    assert await tasks(ask, company, "marketing") == []


async def test_tasks_are_told_to_their_own(ask: Ask, company: Company) -> None:
    """Silence falls due when the time to answer has passed; what was declined has no outcome."""
    hr = company.at(days=9)
    finding = await hr.suspicion(await hr.missed(await company.application("marketing")))
    await hr.notice(finding)
    application = await company.application("marketing")
    hr.at = NOW - timedelta(days=8)
    await hr.interview(application, response=makers.Response.DECLINED)
    expected = [("DECISION_DUE", gid("Finding", finding))]
    for viewer in ("hr", "auditor", "marketing"):
        assert await tasks(ask, company, viewer) == expected
    assert await tasks(ask, company, "hr", "HQ") == expected
    for viewer in ("technology", "brand", "integrator"):
        assert await tasks(ask, company, viewer) == []
    ask.now = NOW - timedelta(days=5)
    assert await tasks(ask, company, "marketing") == []


async def test_a_task_goes_with_what_it_is_about(ask: Ask, company: Company) -> None:
    """Disputed so late that it is to be erased first: from then on nobody reads or decides it, timer or not."""
    hr = company.at(days=60)
    finding = await hr.no_show(await company.application("marketing"))
    query = "query One($id: ID!) { node(id: $id) { ... on Finding { eraseAt } } }"
    named = gid("Finding", finding)
    found = (await ask(query, company.user("marketing"), id=named))["node"]
    erase_at = datetime.fromisoformat(found["eraseAt"])
    hr.at = erase_at - timedelta(days=1)
    await hr.dispute(finding)
    for now, expected in ((erase_at - timedelta(seconds=1), [("DISPUTE_DUE", named)]), (erase_at, [])):
        ask.now = now
        assert await tasks(ask, company, "marketing") == expected
        assert ((await ask(query, company.user("marketing"), id=named))["node"] is not None) == bool(expected)
    answer = await ask.do(
        "decideDispute", company.user("hr"), finding=named, decision="REJECTED", reason="Looked into.", readUpTo=99
    )
    assert answer["code"] == "NOT_FOUND"
