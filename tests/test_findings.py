"""Findings: who may be suspected, how one is heard, who decides, and when the mark is gone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from graph.events import LIST_CANDIDATE_EVENTS, LIST_STRAYS, Head, faults, verify
from graph.interviews import Attendance, Mode, Response, Side
from graph.statements import Nothing, Statement
from graph.visibility import Claim
from seeds import makers
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.ledger import appends, refused
from tests.pictures import document

STARTS = NOW - timedelta(days=10)
"""When the interview of these tests starts; it takes 30 minutes."""


HEAD = Statement(
    "tests.head",
    """
    MATCH (:Finding {id: $id})-[:FINDS]->(:Interview)<-[:HAS_INTERVIEW]-(:Application)<-[:SUBMITTED]-(head:Candidate)
    RETURN head.id AS id, head.seq AS seq, head.hash AS hash, head.organization AS organization
    """,
    row=Head,
)


def iso(**later: float) -> str:
    return (NOW + timedelta(**later)).isoformat().replace("+00:00", "Z")


async def interview_of(company: Company, department: str = "marketing", **given: Any) -> str:
    company.hr.at = STARTS - timedelta(days=3)
    application = await company.application(department)
    return gid("Interview", await company.hr.interview(application, **({"starts_at": STARTS} | given)))


async def missed(ask: Ask, company: Company, **given: Any) -> str:
    """An accepted interview of Marketing that was not attended."""
    interview = await interview_of(company, **given)
    await ask.do("recordAttendance", company.user("marketing"), interview=interview, attendance="NOT_ATTENDED")
    return interview


@dataclass
class Case:
    """A suspicion at Marketing, and what is done about it."""

    ask: Ask
    company: Company
    interview: str
    finding: str

    async def do(self, mutation: str, viewer: str = "marketing", selection: str = "id", **input: Any) -> Any:
        return await self.ask.do(mutation, self.company.user(viewer), selection, **input)

    async def all_read(self) -> dict[str, int]:
        return {"readUpTo": await self.ask.last_seq(self.company.user("hr"), self.finding)}

    async def notice(self, **input: Any) -> Any:
        return await self.do("recordNotice", **({"finding": self.finding, "channel": "EMAIL"} | input))

    async def statement(self, text: str = "The link did not open.") -> Any:
        return await self.do("recordStatement", finding=self.finding, channel="PHONE", text=text)

    async def own_statement(self, text: str) -> None:
        self.company.hr.at = self.ask.now
        await self.company.hr.own_statement(uid(self.finding), text)

    async def confirm(self, viewer: str = "marketing", selection: str = "id", **input: Any) -> Any:
        good = {"finding": self.finding, "cause": "CANDIDATE", "reason": "No answer came.", **await self.all_read()}
        good["knewBy"] = "TOLD_BY_STAFF"
        return await self.do("confirmNoShow", viewer, selection, **(good | input))

    async def excuse(self, viewer: str = "marketing", selection: str = "id", **input: Any) -> Any:
        good = {"finding": self.finding, "reason": "A certificate was shown.", **await self.all_read()}
        return await self.do("excuseNoShow", viewer, selection, **(good | input))

    async def void(self, viewer: str = "marketing", selection: str = "id", **input: Any) -> Any:
        good = {"finding": self.finding, "reason": "Somebody else's record."}
        return await self.do("voidNoShow", viewer, selection, **(good | input))

    async def answered(self) -> None:
        """Gives notice and lets the time to answer pass."""
        await self.notice()
        self.ask.now += timedelta(hours=72)

    async def read(self, selection: str, viewer: str = "marketing") -> Any:
        query = f"query One($id: ID!) {{ node(id: $id) {{ ... on Finding {{ {selection} }} }} }}"
        return (await self.ask(query, self.company.user(viewer), id=self.finding))["node"]


async def suspected(ask: Ask, company: Company, **given: Any) -> Case:
    interview = await missed(ask, company, **given)
    made = await ask.do("reportNoShow", company.user("marketing"), interview=interview)
    return Case(ask, company, interview, made["id"])


async def test_a_no_show_is_reported_once(ask: Ask, company: Company) -> None:
    interview = await missed(ask, company)
    for viewer, id in [("marketing", gid("Interview", "nobody")), ("technology", interview), ("brand", interview)]:
        async with appends(ask, company):
            answer = await ask.do("reportNoShow", company.user(viewer), interview=id)
        assert answer == refused("reportNoShow", "NOT_FOUND", "interview")
    async with appends(ask, company, "NO_SHOW_REPORTED"):
        made = await ask.do(
            "reportNoShow",
            company.user("marketing"),
            "state stateLabel occurredAt suspectedAt policyVersion outcome cause expiresAt noticeAt decidedBy { id } "
            "basedOn { type } relation interview { id outcome finding { state } }",
            interview=interview,
        )
    assert made == {
        "__typename": "Finding",
        "state": "SUSPECTED",
        "stateLabel": "待核实",
        "occurredAt": iso(days=-10),
        "suspectedAt": iso(),
        "policyVersion": "2026-11",
        "outcome": None,
        "cause": None,
        "expiresAt": None,
        "noticeAt": None,
        "decidedBy": None,
        "basedOn": [{"type": "RESPONSE_RECORDED"}, {"type": "ATTENDANCE_RECORDED"}],
        "relation": "OWN",
        "interview": {"id": interview, "outcome": None, "finding": {"state": "SUSPECTED"}},
    }
    async with appends(ask, company):
        again = await ask.do("reportNoShow", company.user("marketing"), interview=interview)
    assert again == refused("reportNoShow", "FINDING_STANDS", "interview")


@pytest.mark.parametrize("response", [None, Response.DECLINED, Response.TENTATIVE, Response.ACCEPTED])
async def test_only_an_accepted_invitation_is_missed(ask: Ask, company: Company, response: Response | None) -> None:
    """Silence of the candidate is not a promise."""
    interview = await missed(ask, company, response=response)
    accepted = response is Response.ACCEPTED
    async with appends(ask, company, *["NO_SHOW_REPORTED"] * accepted):
        answer = await ask.do("reportNoShow", company.user("marketing"), interview=interview)
    if accepted:
        assert answer["__typename"] == "Finding"
    else:
        assert answer == refused("reportNoShow", "NOT_ACCEPTED", "interview")


async def test_an_answer_is_for_one_time(ask: Ask, company: Company) -> None:
    """Accepted for Monday and moved by the employer to Tuesday: nobody has promised to come on Tuesday."""
    company.hr.at = STARTS - timedelta(days=3)
    first = await company.hr.interview(await company.application("marketing"), starts_at=STARTS)
    second = await company.hr.reschedule(first, STARTS + timedelta(days=1), Side.EMPLOYER)
    third = await company.hr.reschedule(second, STARTS + timedelta(days=2), Side.CANDIDATE)
    for interview, code in [(first, "NOT_MISSED"), (second, "NOT_ACCEPTED")]:
        answer = await ask.do("reportNoShow", company.user("marketing"), interview=gid("Interview", interview))
        assert answer == refused("reportNoShow", code, "interview")
    company.hr.at = NOW
    await company.hr.attendance(third, Attendance.NOT_ATTENDED)
    made = await ask.do("reportNoShow", company.user("marketing"), interview=gid("Interview", third))
    assert made["__typename"] == "Finding"


@pytest.mark.parametrize(
    ("attendance", "code"),
    [
        (None, "NOT_MISSED"),
        ("INCOMPLETE", "NOT_MISSED"),
        ("ATTENDED", "NOT_MISSED"),
        ("ATTENDED_LATE", "NOT_MISSED"),
        ("CANCELLED_BY_CANDIDATE", "NOT_MISSED"),
        ("ENTERED_IN_ERROR", "NOT_MISSED"),
        ("NOT_ATTENDED", None),
    ],
)
async def test_only_a_recorded_absence_is_missed(
    ask: Ask, company: Company, attendance: str | None, code: str | None
) -> None:
    """Silence of the interviewer, or a broken interview, is not absence of the candidate."""
    interview, marketing = await interview_of(company), company.user("marketing")
    if attendance:
        await ask.do("recordAttendance", marketing, interview=interview, attendance=attendance)
    async with appends(ask, company, *[] if code else ["NO_SHOW_REPORTED"]):
        answer = await ask.do("reportNoShow", marketing, interview=interview)
    assert answer == refused("reportNoShow", code, "interview") if code else answer["__typename"] == "Finding"


async def test_an_interview_must_be_over(ask: Ask, company: Company) -> None:
    interview, marketing = await interview_of(company), company.user("marketing")
    for minutes, code in [(-1, "NOT_OVER"), (29, "NOT_OVER"), (30, "NOT_MISSED")]:
        ask.now = STARTS + timedelta(minutes=minutes)
        async with appends(ask, company):
            answer = await ask.do("reportNoShow", marketing, interview=interview)
        assert answer == refused("reportNoShow", code, "interview")


async def test_notice_is_given_in_order(ask: Ask, company: Company) -> None:
    case = await suspected(ask, company)
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("technology", {}, "NOT_FOUND", "finding"),
        ("marketing", {"finding": gid("Finding", "nobody")}, "NOT_FOUND", "finding"),
        ("marketing", {"toldAt": iso(minutes=1)}, "INVALID_VALUE", "toldAt"),
        ("marketing", {"toldAt": iso(days=-10, minutes=-1)}, "INVALID_VALUE", "toldAt"),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await case.do("recordNotice", viewer, **({"finding": case.finding, "channel": "SMS"} | change))
        assert answer == refused("recordNotice", code, field)
    async with appends(ask, company, "NOTICE_RECORDED"):
        made = await case.do(
            "recordNotice",
            selection="state noticeAt answerBy",
            finding=case.finding,
            channel="SMS",
            toldAt=iso(hours=-1),
            text="Where were you?",
        )
    assert made == {
        "__typename": "Finding",
        "state": "NOTICE_SENT",
        "noticeAt": iso(hours=-1),
        "answerBy": iso(hours=72),
    }
    async with appends(ask, company):
        assert await case.notice() == refused("recordNotice", "WRONG_STATE", "finding")


async def test_statements_are_taken_in_order(ask: Ask, company: Company) -> None:
    case = await suspected(ask, company)
    good = {"finding": case.finding, "channel": "PHONE", "text": "I was ill."}
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("technology", {}, "NOT_FOUND", "finding"),
        ("marketing", {"finding": gid("Finding", "nobody")}, "NOT_FOUND", "finding"),
        ("marketing", {"text": " "}, "INVALID_VALUE", "text"),
        ("marketing", {"text": "x" * 10_001}, "INVALID_VALUE", "text"),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await case.do("recordStatement", viewer, **(good | change))
        assert answer == refused("recordStatement", code, field)
    for text in ("I was ill.", "Here is the certificate."):
        async with appends(ask, company, "STATEMENT_RECORDED"):
            made = await case.do("recordStatement", selection="statement state", **(good | {"text": text}))
        assert made == {"__typename": "Finding", "statement": text, "state": "SUSPECTED"}
    await case.excuse()
    async with appends(ask, company):
        late = await case.do("recordStatement", **good)
    assert late == refused("recordStatement", "WRONG_STATE", "finding")


async def test_a_no_show_is_confirmed_after_hearing(ask: Ask, company: Company) -> None:
    case = await suspected(ask, company)
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("technology", {}, "NOT_FOUND", "finding"),
        ("marketing", {"finding": gid("Finding", "nobody")}, "NOT_FOUND", "finding"),
        ("marketing", {"reason": " "}, "INVALID_VALUE", "reason"),
        ("marketing", {"reason": "x" * 2_001}, "INVALID_VALUE", "reason"),
        ("marketing", {"finding": None}, "INVALID_VALUE", "finding"),
        ("marketing", {"interview": case.interview}, "INVALID_VALUE", "finding"),
        ("marketing", {}, "NOTICE_MISSING", "finding"),
        ("marketing", {"cause": "UNKNOWN"}, "NOTICE_MISSING", "finding"),
        ("hr", {}, "NOTICE_MISSING", "finding"),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await case.confirm(viewer, **change)
        assert answer == refused("confirmNoShow", code, field), change
    await case.notice()
    for wait in (timedelta(), timedelta(hours=72) - timedelta(seconds=1)):
        ask.now = NOW + wait
        async with appends(ask, company):
            assert await case.confirm() == refused("confirmNoShow", "ANSWER_PENDING", "finding")
    ask.now = NOW + timedelta(hours=72)
    async with appends(ask, company, "NO_SHOW_CONFIRMED"):
        made = await case.confirm(
            selection="state outcome outcomeLabel outcomeInEnglish: outcomeLabel(locale: EN) cause causeLabel reason "
            "decidedAt decidedBy { externalId } basedOn { type } interview { outcome outcomeLabel }"
        )
    assert made == {
        "__typename": "Finding",
        "state": "FINAL",
        "outcome": "NO_SHOW",
        "outcomeLabel": "未到岗（爽约）",
        "outcomeInEnglish": "No-show",
        "cause": "CANDIDATE",
        "causeLabel": "候选人",
        "reason": "No answer came.",
        "decidedAt": iso(hours=72),
        "decidedBy": {"externalId": company.user("marketing")},
        "basedOn": [{"type": type} for type in ("RESPONSE_RECORDED", "ATTENDANCE_RECORDED", "NOTICE_RECORDED")],
        "interview": {"outcome": "NO_SHOW", "outcomeLabel": "未到岗（爽约）"},
    }
    async with appends(ask, company):
        again = await case.confirm()
        told = await case.notice()
        heard = await case.statement()
        excused = await case.excuse()
    assert again == refused("confirmNoShow", "WRONG_STATE", "finding")
    assert told == refused("recordNotice", "WRONG_STATE", "finding")
    assert heard == refused("recordStatement", "WRONG_STATE", "finding")
    assert excused == refused("excuseNoShow", "WRONG_STATE", "finding")


async def test_a_no_show_stands_on_knowing_the_time(ask: Ask, company: Company) -> None:
    """A receipt or an answer of the candidate's own says so, or whoever decides; of a cause unknown nobody need."""
    case = await suspected(ask, company)
    await case.answered()
    async with appends(ask, company):
        bare = await case.confirm(knewBy=None)
    assert bare == refused("confirmNoShow", "NOT_DELIVERED", "knewBy")
    said = await case.confirm(knewBy="SAID_BY_CANDIDATE", selection="state knewBy knewByLabel(locale: EN)")
    assert (said["state"], said["knewBy"], said["knewByLabel"]) == (
        "FINAL",
        "SAID_BY_CANDIDATE",
        "The candidate said so",
    )
    ask.now = NOW
    unknown = await suspected(ask, company)
    await unknown.answered()
    assert "code" not in await unknown.confirm(cause="UNKNOWN", knewBy=None)
    ask.now = NOW
    received = await suspected(ask, company)
    query = "query M($id: ID!) { interview(id: $id) { messages { id template } } }"
    found = (await ask(query, company.user("hr"), id=received.interview))["interview"]["messages"]
    invitation = next(each["id"] for each in found if each["template"] == "INVITATION")
    at = (STARTS - timedelta(days=1)).isoformat()
    receipt = {"message": invitation, "receipt": "DELIVERED", "at": at}
    assert "code" not in await ask.do("recordDelivery", company.user("integrator"), **receipt)
    await received.answered()
    assert (await received.confirm(knewBy=None, selection="knewBy"))["knewBy"] is None


async def test_what_the_candidate_answered_was_known(ask: Ask, company: Company) -> None:
    """By the link, before the time: no receipt is needed."""
    interview = await interview_of(company, response=None)
    query = "query W($id: ID!) { interview(id: $id) { application { id } candidate { id } } }"
    found = (await ask(query, company.user("hr"), id=interview))["interview"]
    claim = Claim(uid(found["candidate"]["id"]), uid(found["application"]["id"]))
    ask.now = STARTS - timedelta(days=2)
    assert "code" not in await ask.do("recordResponse", claim, interview=interview, response="ACCEPTED")
    ask.now = NOW
    await ask.do("recordAttendance", company.user("marketing"), interview=interview, attendance="NOT_ATTENDED")
    made = await ask.do("reportNoShow", company.user("marketing"), interview=interview)
    case = Case(ask, company, interview, made["id"])
    await case.answered()
    assert (await case.confirm(knewBy=None, selection="state knewBy")) == {
        "__typename": "Finding",
        "state": "FINAL",
        "knewBy": None,
    }


async def test_an_answer_given_ends_the_waiting(ask: Ask, company: Company) -> None:
    case = await suspected(ask, company)
    await case.notice()
    assert await case.confirm() == refused("confirmNoShow", "ANSWER_PENDING", "finding")
    await case.own_statement("I forgot.")
    async with appends(ask, company, "NO_SHOW_CONFIRMED"):
        made = await case.confirm(selection="state statement statementBy basedOn { type }")
    assert (made["state"], made["statement"], made["statementBy"]) == ("FINAL", "I forgot.", "CANDIDATE")
    assert made["basedOn"][-1] == {"type": "STATEMENT_RECORDED"}


@pytest.mark.parametrize("handed_in", [False, True])
async def test_what_came_before_the_notice_is_no_answer_to_it(ask: Ask, company: Company, handed_in: bool) -> None:
    """Whoever spoke before they were told has the whole time to answer all the same, and what they said is read."""
    case = await suspected(ask, company)
    if handed_in:
        await company.at().proof(uid(case.interview), document(), finding=uid(case.finding))
    else:
        await case.own_statement("I hear that I was missed.")
    await case.notice()
    assert await case.confirm(readUpTo=0) == refused("confirmNoShow", "STATEMENT_UNREAD", "readUpTo")
    assert await case.confirm() == refused("confirmNoShow", "ANSWER_PENDING", "finding")
    await case.own_statement("Here is why.")
    assert (await case.confirm(selection="state"))["state"] == "FINAL"


async def test_nobody_answers_for_the_candidate(ask: Ask, company: Company) -> None:
    """What HR takes down, and a call that it says it made long ago, leave the candidate the time to speak."""
    case = await suspected(ask, company)
    made = await case.do(
        "recordNotice", selection="answerBy", finding=case.finding, channel="PHONE", toldAt=iso(days=-9)
    )
    assert made["answerBy"] == iso(hours=72)
    await case.statement("They said that they forgot.")
    assert await case.read("statementBy") == {"statementBy": "HUMAN"}
    assert await case.confirm() == refused("confirmNoShow", "ANSWER_PENDING", "finding")
    ask.now = NOW + timedelta(hours=72)
    assert (await case.confirm(selection="state"))["state"] == "FINAL"


@pytest.mark.parametrize("mutation", ["confirm", "excuse"])
async def test_no_statement_is_left_unread(ask: Ask, company: Company, mutation: str) -> None:
    case = await suspected(ask, company)
    await case.notice()
    await case.own_statement("My train was late.")
    seen = (await case.read("lastSeq"))["lastSeq"]
    await case.statement("Here is the ticket.")
    name = f"{mutation}NoShow"
    for read_up_to in (0, seen):
        async with appends(ask, company):
            answer = await getattr(case, mutation)(readUpTo=read_up_to)
        assert answer == refused(name, "STATEMENT_UNREAD", "readUpTo")
    async with appends(ask, company, "NO_SHOW_CONFIRMED" if mutation == "confirm" else "NO_SHOW_EXCUSED"):
        made = await getattr(case, mutation)(readUpTo=(await case.read("lastSeq"))["lastSeq"])
    assert made["__typename"] == "Finding"


@pytest.mark.parametrize("mutation", ["confirm", "excuse"])
async def test_nobody_reads_what_has_not_happened(ask: Ask, company: Company, mutation: str) -> None:
    """A number that is always large enough would say that every statement to come was read."""
    case = await suspected(ask, company)
    await case.answered()
    last = (await case.read("lastSeq"))["lastSeq"]
    for beyond in (last + 1, 10_000):
        async with appends(ask, company):
            answer = await getattr(case, mutation)(readUpTo=beyond)
        assert answer == refused(f"{mutation}NoShow", "INVALID_VALUE", "readUpTo")
    assert (await getattr(case, mutation)(readUpTo=last))["__typename"] == "Finding"


@pytest.mark.parametrize(("cause", "outcome"), [("PLATFORM", "SYSTEM_FAULT"), ("EMPLOYER", "EMPLOYER_FAULT")])
async def test_a_fault_needs_no_notice(ask: Ask, company: Company, cause: str, outcome: str) -> None:
    case = await suspected(ask, company)
    async with appends(ask, company, "NO_SHOW_CONFIRMED"):
        made = await case.confirm(selection="state outcome cause", cause=cause)
    assert made == {"__typename": "Finding", "state": "FINAL", "outcome": outcome, "cause": cause}
    query = 'query D { department(code: "MARKETING") { noShows { totalCount } attendance { noShows faults } } }'
    for viewer, count in [("hr", 1), ("technology", None)]:
        found = (await ask(query, company.user(viewer)))["department"]
        assert found == {"noShows": {"totalCount": 0}, "attendance": {"noShows": 0, "faults": count}}


async def test_a_fault_needs_no_suspicion(ask: Ask, company: Company) -> None:
    """In place of a finding the interview is named; whether the invitation was accepted does not matter."""
    interview, marketing = await interview_of(company, response=None), company.user("marketing")
    read = await ask.last_seq(marketing, interview)
    good = {"interview": interview, "cause": "PLATFORM", "reason": "The room never opened.", "readUpTo": read}

    async def refusal(code: str, field: str, viewer: str = marketing, **change: Any) -> None:
        async with appends(ask, company):
            answer = await ask.do("confirmNoShow", viewer, **(good | change))
        assert answer == refused("confirmNoShow", code, field)

    await refusal("NOT_MISSED", "interview")
    ask.now = STARTS
    await refusal("NOT_OVER", "interview")
    ask.now = NOW
    await ask.do("recordAttendance", marketing, interview=interview, attendance="INCOMPLETE")
    good["readUpTo"] = await ask.last_seq(marketing, interview)
    await refusal("NOTICE_MISSING", "interview", cause="CANDIDATE")
    await refusal("NOTICE_MISSING", "interview", cause="UNKNOWN")
    await refusal("NOT_FOUND", "interview", interview=gid("Interview", "nobody"))
    await refusal("NOT_FOUND", "interview", viewer=company.user("technology"))
    async with appends(ask, company, "NO_SHOW_CONFIRMED"):
        made = await ask.do("confirmNoShow", marketing, "state outcome basedOn { type }", **good)
    assert made == {
        "__typename": "Finding",
        "state": "FINAL",
        "outcome": "SYSTEM_FAULT",
        "basedOn": [{"type": "ATTENDANCE_RECORDED"}],
    }
    await refusal("FINDING_STANDS", "interview")
    await refusal("FINDING_STANDS", "interview", cause="EMPLOYER")


async def test_a_missed_interview_is_excused(ask: Ask, company: Company) -> None:
    case = await suspected(ask, company)
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("technology", {}, "NOT_FOUND", "finding"),
        ("marketing", {"finding": gid("Finding", "nobody")}, "NOT_FOUND", "finding"),
        ("marketing", {"reason": ""}, "INVALID_VALUE", "reason"),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await case.excuse(viewer, **change)
        assert answer == refused("excuseNoShow", code, field)
    async with appends(ask, company, "NO_SHOW_EXCUSED"):
        made = await case.excuse(selection="state outcome reason interview { outcome }")
    assert made == {
        "__typename": "Finding",
        "state": "EXCUSED",
        "outcome": "EXCUSED",
        "reason": "A certificate was shown.",
        "interview": {"outcome": "EXCUSED"},
    }
    query = 'query D { department(code: "MARKETING") { noShows { totalCount } attendance { noShows excused } } }'
    for viewer, excused in [("hr", 1), ("technology", None)]:
        found = (await ask(query, company.user(viewer)))["department"]
        assert found == {"noShows": {"totalCount": 0}, "attendance": {"noShows": 0, "excused": excused}}
    async with appends(ask, company):
        assert await case.excuse() == refused("excuseNoShow", "WRONG_STATE", "finding")


async def test_what_would_be_erased_at_once_is_not_decided(ask: Ask, company: Company) -> None:
    """A year after the day a first no-show is erased: what was decided then would be gone before anybody read it."""
    case, other = await suspected(ask, company), await missed(ask, company)
    await case.answered()
    ask.now = STARTS + timedelta(days=365)
    async with appends(ask, company):
        assert await case.confirm() == refused("confirmNoShow", "WRONG_STATE", "finding")
        assert await case.excuse() == refused("excuseNoShow", "WRONG_STATE", "finding")
        read = {"readUpTo": await ask.last_seq(company.user("hr"), other), "reason": "The room never opened."}
        answer = await case.do("confirmNoShow", interview=other, cause="PLATFORM", **read)
        assert answer == refused("confirmNoShow", "WRONG_STATE", "finding")
    ask.now -= timedelta(seconds=1)
    assert "id" in await case.excuse()


@pytest.mark.parametrize("before", ["SUSPECTED", "NOTICE_SENT", "FINAL", "EXCUSED", "DISPUTED"])
async def test_any_finding_may_be_taken_back(ask: Ask, company: Company, before: str) -> None:
    case = await suspected(ask, company)
    match before:
        case "NOTICE_SENT":
            await case.notice()
        case "EXCUSED":
            await case.excuse()
        case "FINAL" | "DISPUTED":
            await case.answered()
            await case.confirm()
    if before == "DISPUTED":
        company.hr.at = ask.now
        await company.hr.dispute(uid(case.finding))
    assert (await case.read("state"))["state"] == before
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("technology", {}, "NOT_FOUND", "finding"),
        ("marketing", {"finding": gid("Finding", "nobody")}, "NOT_FOUND", "finding"),
        ("marketing", {"reason": "\n"}, "INVALID_VALUE", "reason"),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await case.void(viewer, **change)
        assert answer == refused("voidNoShow", code, field)
    async with appends(ask, company, "NO_SHOW_VOIDED"):
        held = "interview { finding { id } findings { id } outcome }"
        made = await case.void(selection=f"state voidReason voidedBy {{ externalId }} daysLeft {held}")
    assert made == {
        "__typename": "Finding",
        "state": "VOID",
        "voidReason": "Somebody else's record.",
        "voidedBy": {"externalId": company.user("marketing")},
        "daysLeft": None,
        "interview": {"finding": None, "findings": [{"id": case.finding}], "outcome": None},
    }
    async with appends(ask, company):
        assert await case.void() == refused("voidNoShow", "WRONG_STATE", "finding")
        assert await case.notice() == refused("recordNotice", "WRONG_STATE", "finding")
        assert await case.confirm() == refused("confirmNoShow", "WRONG_STATE", "finding")
    async with appends(ask, company, *([] if before == "DISPUTED" else ["NO_SHOW_REPORTED"])):
        answer = await ask.do("reportNoShow", company.user("marketing"), interview=case.interview)
    assert answer.get("code") == ("DISPUTE_UPHELD" if before == "DISPUTED" else None)


async def test_an_interviewer_never_decides(ask: Ask, company: Company) -> None:
    """The same acts succeed for somebody who was not to hold the interview."""
    own = uid((await ask("{ viewer { id } }", company.user("marketing")))["viewer"]["id"])
    case = await suspected(ask, company, interviewers=(own,))
    await case.answered()
    fault = await missed(ask, company, interviewers=(own,))
    read = await ask.last_seq(company.user("marketing"), fault)
    faulty = {"finding": None, "interview": fault, "cause": "EMPLOYER", "readUpTo": read}
    async with appends(ask, company):
        assert await case.confirm() == refused("confirmNoShow", "NOT_ALLOWED", "finding")
        assert await case.confirm(**faulty) == refused("confirmNoShow", "NOT_ALLOWED", "finding")
        assert await case.excuse() == refused("excuseNoShow", "NOT_ALLOWED", "finding")
        assert await case.void() == refused("voidNoShow", "NOT_ALLOWED", "finding")
    async with appends(ask, company, "NO_SHOW_CONFIRMED", "NO_SHOW_VOIDED"):
        assert (await case.confirm("hr"))["__typename"] == "Finding"
        assert (await case.void("hr"))["__typename"] == "Finding"
    async with appends(ask, company, "NO_SHOW_CONFIRMED"):
        assert (await case.confirm("hr", **faulty))["__typename"] == "Finding"


async def test_an_integrator_never_decides(ask: Ask, company: Company) -> None:
    case = await suspected(ask, company)
    await case.answered()
    mutations: list[tuple[str, dict[str, Any]]] = [
        ("reportNoShow", {"interview": case.interview}),
        ("recordNotice", {"finding": case.finding, "channel": "EMAIL"}),
        ("recordStatement", {"finding": case.finding, "channel": "EMAIL", "text": "sorry"}),
        ("confirmNoShow", {"finding": case.finding, "cause": "CANDIDATE", "reason": "none", "readUpTo": 1}),
        ("excuseNoShow", {"finding": case.finding, "reason": "none", "readUpTo": 1}),
        ("voidNoShow", {"finding": case.finding, "reason": "none"}),
    ]
    for viewer in ("integrator", "auditor"):
        for mutation, input in mutations:
            async with appends(ask, company):
                assert await case.do(mutation, viewer, **input) == refused(mutation, "NOT_ALLOWED", None)
    async with appends(ask, company, "NO_SHOW_CONFIRMED"):
        await case.confirm()


async def test_one_interview_has_one_finding(ask: Ask, company: Company) -> None:
    case = await suspected(ask, company)
    for _ in range(2):
        for mutation, input in [
            ("reportNoShow", {"interview": case.interview}),
            (
                "confirmNoShow",
                {"interview": case.interview, "cause": "PLATFORM", "reason": "down", "readUpTo": 1},
            ),
        ]:
            async with appends(ask, company):
                answer = await case.do(mutation, **input)
            assert answer == refused(mutation, "FINDING_STANDS", "interview")
        await case.void()
        case.finding = (await case.do("reportNoShow", interview=case.interview))["id"]
    query = "query One($id: ID!) { interview(id: $id) { finding { id } findings { state } } }"
    found = (await ask(query, company.user("marketing"), id=case.interview))["interview"]
    assert found["finding"] == {"id": case.finding}
    assert sorted(item["state"] for item in found["findings"]) == ["SUSPECTED", "VOID", "VOID"]


async def under(ask: Ask, jurisdiction: str) -> Company:
    """A company of one department under the law of a country."""
    tag = uuid4().hex[:12]
    hr = await makers.organization(
        ask.graph,
        f"Company {tag}",
        at=NOW - timedelta(days=400),
        admin=f"hr@{tag}",
        jurisdiction=jurisdiction,
    )
    company = Company(hr, tag)
    company.departments["marketing"] = await hr.department("MARKETING", "Marketing")
    company.positions["marketing"] = await hr.position(company.departments["marketing"], "Manager", "MARKETING")
    await hr.user(f"marketing@{tag}", recruits_for=(company.departments["marketing"],))
    return company


async def decided(
    ask: Ask, company: Company, application: str, mode: Mode = Mode.AI_LIVE, cause: str = "CANDIDATE"
) -> tuple[Case, tuple[int, int]]:
    """A confirmed finding, and the days from the missed time until it no longer counts and is erased."""
    ask.now = NOW
    company.hr.at = STARTS - timedelta(days=3)
    interview = gid("Interview", await company.hr.interview(application, starts_at=STARTS, mode=mode))
    await ask.do("recordAttendance", company.user("marketing"), interview=interview, attendance="NOT_ATTENDED")
    made = await ask.do("reportNoShow", company.user("marketing"), interview=interview)
    case = Case(ask, company, interview, made["id"])
    await case.answered()
    fixed = await case.confirm(selection="occurredAt expiresAt eraseAt", cause=cause)
    missed_at, expires, erases = (
        datetime.fromisoformat(fixed[name]) for name in ("occurredAt", "expiresAt", "eraseAt")
    )
    assert missed_at == STARTS + timedelta(minutes=30 if mode is Mode.AI_ASYNC else 0)
    return case, ((expires - missed_at).days, (erases - missed_at).days)


@pytest.mark.parametrize(
    ("jurisdiction", "first", "later"),
    [("CN", (180, 365), (365, 730)), ("DE", (180, 180), (180, 180)), ("FR", (180, 365), (365, 730))],
)
async def test_marks_expire_by_policy(
    ask: Ask, jurisdiction: str, first: tuple[int, int], later: tuple[int, int]
) -> None:
    """Counted from the missed time; a first no-show is forgotten sooner than a later one."""
    company = await under(ask, jurisdiction)
    application = await company.application("marketing")
    assert (await decided(ask, company, application, Mode.AI_ASYNC))[1] == first
    assert (await decided(ask, company, application))[1] == later
    assert (await decided(ask, company, await company.application("marketing")))[1] == first


async def test_only_standing_no_shows_precede(ask: Ask, company: Company) -> None:
    """What was excused, taken back or somebody else's fault leaves the next no-show the first."""
    application = await company.application("marketing")
    voided, days = await decided(ask, company, application)
    assert days == (180, 365)
    assert (await voided.void())["__typename"] == "Finding"
    await decided(ask, company, application, cause="PLATFORM")
    await decided(ask, company, application, cause="UNKNOWN")
    assert (await decided(ask, company, application))[1] == (180, 365)
    assert (await decided(ask, company, application))[1] == (365, 730)


@dataclass
class Seen:
    """What a sibling's inbox and the owner's record show of a finding."""

    reminders: list[str]
    no_shows: int
    circle: int
    own: list[str]


INBOX = "query I($id: ID!) { application(id: $id) { reminders { kind } candidate { noShows { totalCount } } } }"
CIRCLE = 'query C { department(code: "MARKETING") { noShows { totalCount } attendance(scope: CIRCLE) { noShows } } }'
RECORD = 'query R { department(code: "MARKETING") { findings { nodes { state } } } }'


async def seen(ask: Ask, company: Company, application: str) -> Seen:
    technology = company.user("technology")
    inbox = (await ask(INBOX, technology, id=application))["application"]
    counts = (await ask(CIRCLE, technology))["department"]
    # Fewer than five of another department are no number that is told.
    assert counts["attendance"]["noShows"] == (None if counts["noShows"]["totalCount"] else 0)
    own = (await ask(RECORD, company.user("marketing")))["department"]["findings"]["nodes"]
    return Seen(
        [item["kind"] for item in inbox["reminders"] if item["kind"] != "REPEAT_APPLICATION"],
        inbox["candidate"]["noShows"]["totalCount"],
        counts["noShows"]["totalCount"],
        [node["state"] for node in own],
    )


async def both(ask: Ask, company: Company) -> tuple[Case, str]:
    """A suspicion at Marketing, and the same person's application to Technology."""
    person = company.person()
    company.hr.at = STARTS - timedelta(days=3)
    first = await company.application("marketing", person)
    interview = gid("Interview", await company.hr.interview(first, starts_at=STARTS))
    second = gid("Application", await company.application("technology", person))
    await ask.do("recordAttendance", company.user("marketing"), interview=interview, attendance="NOT_ATTENDED")
    made = await ask.do("reportNoShow", company.user("marketing"), interview=interview)
    return Case(ask, company, interview, made["id"]), second


async def test_siblings_see_only_what_counts(ask: Ask, company: Company) -> None:
    """Nothing before it is final; nothing from a dispute on; all of it always at home."""
    case, application = await both(ask, company)
    hidden = Seen([], 0, 0, ["SUSPECTED"])
    assert await seen(ask, company, application) == hidden
    await case.answered()
    assert await seen(ask, company, application) == replace(hidden, own=["NOTICE_SENT"])
    await case.confirm()
    shown = Seen(["SIBLING_DEPARTMENT"], 1, 1, ["FINAL"])
    assert await seen(ask, company, application) == shown
    company.hr.at = ask.now
    async with appends(ask, company, "NO_SHOW_DISPUTED"):
        await company.hr.dispute(uid(case.finding))
    assert await seen(ask, company, application) == replace(hidden, own=["DISPUTED"])
    assert await case.read("id", "technology") is None
    assert (await case.read("state outcome")) == {"state": "DISPUTED", "outcome": "NO_SHOW"}


async def test_expiry_is_felt_in_reads(ask: Ask, company: Company) -> None:
    case, application = await both(ask, company)
    await case.answered()
    await case.confirm()
    expires = STARTS + timedelta(days=180)
    ask.now = expires - timedelta(seconds=1)
    assert await seen(ask, company, application) == Seen(["SIBLING_DEPARTMENT"], 1, 1, ["FINAL"])
    ask.now = expires
    assert await seen(ask, company, application) == Seen([], 0, 0, ["FINAL"])
    assert await case.read("id", "technology") is None
    assert await case.read("state expiresAt") == {
        "state": "FINAL",
        "expiresAt": expires.isoformat().replace("+00:00", "Z"),
    }


async def test_an_unknown_cause_marks_nobody(ask: Ask, company: Company) -> None:
    case, application = await both(ask, company)
    await case.answered()
    made = await case.confirm(selection="outcome cause", cause="UNKNOWN")
    assert made == {"__typename": "Finding", "outcome": "NO_SHOW", "cause": "UNKNOWN"}
    assert await seen(ask, company, application) == Seen([], 0, 0, ["FINAL"])


async def test_a_closed_department_leaves_its_findings(ask: Ask, company: Company) -> None:
    """The successor owns what the closed department found; it stays that department's finding."""
    interview = await company.at(days=40).missed(await company.application("brand"))
    finding = await company.hr.suspicion(interview)
    case = Case(ask, company, gid("Interview", interview), gid("Finding", finding))
    async with appends(ask, company):
        assert await case.void("technology") == refused("voidNoShow", "NOT_FOUND", "finding")
    company.hr.at = NOW
    await company.hr.close_department(company.departments["brand"], company.departments["technology"])
    assert await case.read("relation department { code status }", "technology") == {
        "relation": "OWN",
        "department": {"code": "BRAND", "status": "CLOSED"},
    }
    async with appends(ask, company):
        assert await case.void("marketing") == refused("voidNoShow", "NOT_FOUND", "finding")
    async with appends(ask, company, "NO_SHOW_VOIDED"):
        assert (await case.void("technology", "state"))["state"] == "VOID"


async def test_the_chain_of_a_candidate_verifies(ask: Ask, company: Company) -> None:
    case, _ = await both(ask, company)
    await case.answered()
    await case.statement()
    await case.confirm()
    await case.void()
    query = "query E($id: ID!) { interview(id: $id) { events { nodes { type seq } } } }"
    events = (await ask(query, company.user("marketing"), id=case.interview))["interview"]["events"]["nodes"]
    assert [event["type"] for event in events] == [
        "INTERVIEW_INVITED",
        "RESPONSE_RECORDED",
        "ATTENDANCE_RECORDED",
        "NO_SHOW_REPORTED",
        "NOTICE_RECORDED",
        "STATEMENT_RECORDED",
        "NO_SHOW_CONFIRMED",
        "NO_SHOW_VOIDED",
    ]
    chains, count, faults = await verify(ask.graph.client, company.hr.viewer.organization)
    assert not faults
    assert chains == 2
    assert count >= len(events) + 2


async def test_a_changed_event_breaks_its_chain(ask: Ask, company: Company) -> None:
    case, _ = await both(ask, company)
    head = (await ask.graph.client.read(HEAD, id=uid(case.finding)))[0]
    events = await ask.graph.client.read(LIST_CANDIDATE_EVENTS, heads=[head.id])
    assert faults(head, events) == []
    at = head.seq - 1
    for change, fault in [
        ({"type": "STATEMENT_RECORDED"}, "was changed after it was written"),
        ({"occurred_at": STARTS}, "was changed after it was written"),
        ({"by": ["somebody"]}, "was changed after it was written"),
        ({"about": []}, "was changed after it was written"),
        ({"payload": "{}"}, "its payload was changed"),
        ({"payload": "{}", "salt": None}, "its payload was changed"),
        ({"salt": None}, "its payload was changed"),
        ({"salt": "rubbish"}, "its payload was changed"),
        ({"payload": None, "salt": None}, "its payload was removed"),
        ({"recorded_in": 0}, "is filed under another time than its own"),
        ({"prev_hash": "0" * 64}, "does not follow the event before it"),
        ({"seq": 99}, "is missing or out of place"),
    ]:
        changed = [*events[:at], replace(events[at], **change), *events[at + 1 :]]
        assert any(fault in sentence for sentence in faults(head, changed)), change
    assert faults(head, events[:-1])
    await company.hr.erase(head.id)
    (head,) = await ask.graph.client.read(HEAD, id=uid(case.finding))
    erased = await ask.graph.client.read(LIST_CANDIDATE_EVENTS, heads=[head.id])
    assert not any(event.payload or event.salt for event in erased)
    assert faults(head, erased) == []


STRAY = Statement(
    "tests.stray", "MATCH (user:User {id: $by}) CREATE (e:Event {id: 'stray'})-[:BY]->(user)", row=Nothing, writes=True
)
END_STRAY = Statement("tests.end_stray", "MATCH (e:Event {id: 'stray'}) DETACH DELETE e", row=Nothing, writes=True)


async def test_an_event_in_no_chain_is_found(ask: Ask, company: Company) -> None:
    client = ask.graph.client
    await client.write(lambda tx: tx.run(STRAY, by=company.hr.viewer.id))
    assert (await verify(client))[2] == ["event stray stands in no chain"]
    await client.write(lambda tx: tx.run(END_STRAY))
    assert await client.read(LIST_STRAYS) == []
