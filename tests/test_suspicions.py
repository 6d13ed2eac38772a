"""Suspicions by the system: at the end of the grace time, and only where the platform says that nobody came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.letters import write
from graph import letters, timers
from graph.due import RULES
from graph.interviews import Mode, Response, Side
from graph.refusals import Locale
from graph.timers import TimerKind
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import do_due, facts_of, send_notices, told, waiting
from tests.ledger import appends
from tests.test_telemetry import STARTS, Case, accepted, iso

OVER = STARTS + timedelta(minutes=30)
"""When nobody is awaited any longer: the end, which is after the grace time."""
STATE = "query State($id: ID!) { interview(id: $id) { attendance finding { state basedOn { type } } } }"


async def state(ask: Ask, case: Case) -> tuple[str, str | None]:
    found = (await ask(STATE, case.company.user("marketing"), id=case.id))["interview"]
    return found["attendance"], found["finding"] and found["finding"]["state"]


async def outcome_tasks(ask: Ask, case: Case) -> int:
    query = '{ department(code: "MARKETING") { tasks { kind } } }'
    found = (await ask(query, case.company.user("marketing")))["department"]["tasks"]
    return [each["kind"] for each in found].count("OUTCOME_MISSING")


@pytest.fixture
async def case(ask: Ask, company: Company) -> Case:
    return await accepted(ask, company)


async def test_the_system_suspects_and_gives_notice(ask: Ask, case: Case) -> None:
    await case.report("MESSAGE_DELIVERED", -600)
    await case.report("SESSION_HEARTBEAT", -5, until=iso(OVER))
    types = ("ATTENDANCE_RECORDED", "NO_SHOW_REPORTED", "MESSAGE_SENT", "NOTICE_RECORDED")
    assert await do_due(ask.graph, case.company, OVER - timedelta(seconds=1)) == []
    async with appends(ask, case.company, *types):
        assert await do_due(ask.graph, case.company, OVER) == ["OUTCOME", "NOTICE"]
        assert await do_due(ask.graph, case.company, OVER + timedelta(days=2)) == []
    assert await state(ask, case) == ("NOT_ATTENDED", "NOTICE_SENT")
    found = (await ask(STATE, case.company.user("marketing"), id=case.id))["interview"]["finding"]["basedOn"]
    assert [each["type"] for each in found][-3:] == ["TELEMETRY_RECORDED", "TELEMETRY_RECORDED", "ATTENDANCE_RECORDED"]
    assert ("NOTICE", "Candidate") in await told(ask.graph, case.company)
    assert ("OUTCOME_MISSING", "Department") not in await told(ask.graph, case.company)


async def test_the_notice_tells_the_evidence(ask: Ask, case: Case) -> None:
    """In sentences of ours, in either language, and no word of anybody's: those are for the page, behind the code."""
    await case.report("MESSAGE_DELIVERED", -600, source="https://canary.example")
    await case.report("SESSION_HEARTBEAT", -5, until=iso(OVER))
    await do_due(ask.graph, case.company, OVER, sent=False)
    query = "query M($id: ID!) { interview(id: $id) { messages { id template } } }"
    found = (await ask(query, case.company.user("hr"), id=case.id))["interview"]["messages"]
    (id,) = [uid(each["id"]) for each in found if each["template"] == "NOTICE"]
    row = await letters.find(ask.graph, id)
    assert row is not None
    letter = await letters.read(ask.graph, row, OVER, "https://jobs.example")
    zh, en = (write(replace(letter, locale=locale)).text for locale in (Locale.ZH_CN, Locale.EN))
    assert "\n- 到面记录：未到面。\n- 平台心跳覆盖整个时段，候选人未进入。\n- 通知有送达回执。\n" in zh
    assert "\n- A message about the interview was delivered.\n" in en
    assert "until 21 November 2026, 17:30" in en, "three days from when it leaves"
    assert "canary" not in zh + en


async def test_an_own_check_is_heard_and_acquits_nobody(ask: Ask, case: Case) -> None:
    """The candidate's word of its own device leaves it open whose fault it was, and counts as it goes alone."""
    await case.report("MESSAGE_DELIVERED", -600)
    await case.report("SESSION_CLOSED", 30)
    check = {"kind": "DEVICE_CHECK_FAILED", "source": "https://platform.example", "key": "1", "interview": case.id}
    for at, now, code in (
        (STARTS, STARTS + timedelta(minutes=29), "INVALID_VALUE"),
        (STARTS + timedelta(minutes=29), STARTS + timedelta(minutes=29), None),
    ):
        ask.now = now
        answer = await ask.do("recordTelemetry", case.claim, **check, occurredAt=iso(at))
        assert answer.get("code") == code
    assert await case.cause() == "CANDIDATE", "nobody could come any more"
    ask.now = STARTS + timedelta(minutes=5)
    await ask.do("recordTelemetry", case.claim, **(check | {"key": "2"}), occurredAt=iso(ask.now))
    seen = await case.seen()
    assert (seen["assessment"]["cause"], "DEVICE_FAILED_BY_CANDIDATE" in seen["assessment"]["rules"]) == (
        "UNKNOWN",
        True,
    )
    assert {each["source"] for each in seen["telemetry"] if each["kind"] == "DEVICE_CHECK_FAILED"} == {
        "urn:turnout:candidate"
    }
    await do_due(ask.graph, case.company, OVER)
    assert await state(ask, case) == ("NOT_ATTENDED", "NOTICE_SENT"), "it is heard"


RECEIPTS = [("INVITATION", -60, "CANDIDATE"), ("INVITATION", 20, "UNKNOWN"), ("RESCHEDULE_REFUSED", -60, "UNKNOWN")]


@pytest.mark.parametrize(("template", "minutes", "cause"), RECEIPTS)
async def test_a_receipt_counts_of_what_told_the_time(
    ask: Ask, case: Case, template: str, minutes: int, cause: str
) -> None:
    """And while one could still come: what was received the next day told nobody of the interview."""
    await case.report("SESSION_CLOSED", 30)
    if template == "RESCHEDULE_REFUSED":
        hr = case.company.hr
        hr.at = STARTS - timedelta(hours=2)
        await hr.deny(await hr.request(uid(case.id)), "No.")
    query = "query M($id: ID!) { interview(id: $id) { messages { id template } } }"
    found = (await ask(query, case.company.user("hr"), id=case.id))["interview"]["messages"]
    # A refusal is told to both sides.
    messages = [each["id"] for each in found if each["template"] == template]
    assert messages
    for message in messages:
        told = {"message": message, "receipt": "DELIVERED", "at": iso(STARTS + timedelta(minutes=minutes))}
        assert "code" not in await ask.do("recordDelivery", case.company.user("integrator"), **told)
    assert await case.cause() == cause


LONG = {"until": iso(OVER)}
EVIDENCE: dict[str, list[tuple[str, float, dict[str, Any]]]] = {
    "nothing was reported": [],
    "delivered and no more": [("MESSAGE_DELIVERED", -60, {})],
    "heartbeats that end too soon": [("SESSION_HEARTBEAT", -5, {"until": iso(STARTS + timedelta(minutes=27))})],
    "it closed while one might still come": [("SESSION_CLOSED", 14, {})],
    "the candidate joined": [("SESSION_CLOSED", 30, {}), ("CANDIDATE_JOINED", 8, {})],
    "an outage": [("SESSION_CLOSED", 30, {}), ("PLATFORM_OUTAGE", -5, {"until": iso(STARTS)})],
    "the device failed": [("SESSION_CLOSED", 30, {}), ("DEVICE_CHECK_FAILED", -9, {})],
}


@pytest.mark.parametrize("why", EVIDENCE)
async def test_otherwise_a_person_is_to_say(ask: Ask, case: Case, why: str) -> None:
    """Nothing is marked, and the department is told once."""
    for kind, minutes, more in EVIDENCE[why]:
        await case.report(kind, minutes, **more)
    async with appends(ask, case.company):
        await do_due(ask.graph, case.company, OVER)
        await do_due(ask.graph, case.company, NOW)
    assert await state(ask, case) == ("PENDING", None)
    assert (await told(ask.graph, case.company)).count(("OUTCOME_MISSING", "Department")) == 1
    assert await outcome_tasks(ask, case) == 1


@pytest.mark.parametrize("response", [None, Response.TENTATIVE, Response.DECLINED])
async def test_only_what_was_accepted_is_suspected(ask: Ask, company: Company, response: Response | None) -> None:
    hr = company.at(days=5)
    interview = await hr.interview(await company.application("marketing"), starts_at=STARTS, response=response)
    case = Case(ask, company, gid("Interview", interview), (await accepted(ask, company)).claim)
    await case.report("SESSION_CLOSED", 30)
    await do_due(ask.graph, company, OVER)
    assert await state(ask, case) == ("PENDING", None)


async def test_an_absent_interviewer_is_no_suspicion(ask: Ask, company: Company) -> None:
    hr = company.at(days=5)
    application = await company.application("marketing")
    interview = await hr.interview(application, starts_at=STARTS, mode=Mode.VIDEO)
    case = Case(ask, company, gid("Interview", interview), (await accepted(ask, company)).claim)
    await case.report("SESSION_CLOSED", 30)
    await do_due(ask.graph, company, OVER)
    assert await state(ask, case) == ("PENDING", None)
    query = "query Ledger($id: ID!) { node(id: $id) { ... on Department { conduct { absences } } } }"
    department = gid("Department", company.departments["marketing"])

    async def absences() -> int:
        ask.now = OVER
        return (await ask(query, company.user("marketing"), id=department))["node"]["conduct"]["absences"]

    assert await absences() == 1, "by the evidence, whether or not anybody of the employer finds so"
    await case.report("INTERVIEWER_JOINED", 1)
    await do_due(ask.graph, company, OVER + timedelta(minutes=1))
    assert await absences() == 0


async def test_what_is_reported_late_counts_then(ask: Ask, case: Case) -> None:
    """The platform closed the session and says so an hour after the grace time."""
    assert await do_due(ask.graph, case.company, OVER) == ["OUTCOME"]
    ask.now = OVER + timedelta(hours=1)
    await case.report("SESSION_CLOSED", 31)
    assert await do_due(ask.graph, case.company, ask.now) == ["OUTCOME", "NOTICE"]
    assert await state(ask, case) == ("NOT_ATTENDED", "NOTICE_SENT")
    assert (await told(ask.graph, case.company)).count(("OUTCOME_MISSING", "Department")) == 1


async def cleared(ask: Ask, case: Case) -> list[dict[str, Any]]:
    """Who is told that evidence speaks for the candidate, of what nobody has decided."""
    return await facts_of(ask.graph, case.company, "EVIDENCE_CHANGED")


async def suspected(ask: Ask, case: Case) -> None:
    """By the system, whose notice has not left."""
    await case.report("MESSAGE_DELIVERED", -600)
    await case.report("SESSION_CLOSED", 30)
    await do_due(ask.graph, case.company, OVER, sent=False)
    assert await state(ask, case) == ("NOT_ATTENDED", "SUSPECTED")


OUTAGE = {"until": iso(STARTS + timedelta(minutes=40))}


async def test_nobody_is_accused_who_is_known_not_to_be_it(ask: Ask, case: Case) -> None:
    """The notice was written, and an outage is told before it leaves: HR is told once, and decides."""
    await suspected(ask, case)
    await case.report("PLATFORM_OUTAGE", -5, **OUTAGE)
    await case.report("PLATFORM_OUTAGE", -6, **OUTAGE)
    async with appends(ask, case.company):
        await send_notices(ask.graph, case.company.hr.viewer.organization, OVER + timedelta(minutes=1))
    assert await state(ask, case) == ("NOT_ATTENDED", "SUSPECTED")
    department = case.company.departments["marketing"]
    assert await cleared(ask, case) == [{"undecided": True, "to": department}]
    query = '{ department(code: "MARKETING") { tasks { kind finding { id } } } }'
    (task,) = (await ask(query, case.company.user("marketing")))["department"]["tasks"]
    assert task["kind"] == "NOTICE_DUE"
    read = await ask.last_seq(case.company.user("hr"), task["finding"]["id"])
    decision = {"finding": task["finding"]["id"], "cause": "PLATFORM", "reason": "It was down.", "readUpTo": read}
    done = await ask.do("confirmNoShow", case.company.user("marketing"), "outcome", **decision)
    assert done["outcome"] == "SYSTEM_FAULT"


async def test_a_notice_is_not_written_of_what_is_cleared(ask: Ask, case: Case) -> None:
    await case.report("MESSAGE_DELIVERED", -600)
    await case.report("SESSION_CLOSED", 30)
    (outcome,) = await waiting(ask.graph, case.company)
    await timers.take(ask.graph, outcome, OVER, RULES[TimerKind.OUTCOME])
    await case.report("CANDIDATE_RECONNECTED", 20)
    assert await do_due(ask.graph, case.company, OVER) == ["NOTICE"]
    assert ("NOTICE", "Candidate") not in await told(ask.graph, case.company)
    assert len(await cleared(ask, case)) == 1


async def test_evidence_after_the_notice_is_told(ask: Ask, case: Case) -> None:
    await case.report("MESSAGE_DELIVERED", -600)
    await case.report("SESSION_CLOSED", 30)
    await do_due(ask.graph, case.company, OVER)
    assert await state(ask, case) == ("NOT_ATTENDED", "NOTICE_SENT")
    await case.report("DEVICE_CHECK_PASSED", -5)
    assert await cleared(ask, case) == []
    await case.report("PLATFORM_OUTAGE", -5, **OUTAGE)
    assert len(await cleared(ask, case)) == 1
    query = "query M($id: ID!) { interview(id: $id) { messages { id template } } }"
    found = (await ask(query, case.company.user("hr"), id=case.id))["interview"]["messages"]
    (id,) = [uid(each["id"]) for each in found if each["template"] == "EVIDENCE_CHANGED"]
    row = await letters.find(ask.graph, id)
    assert row is not None
    text = write(await letters.read(ask.graph, row, OVER, "https://jobs.example")).text
    assert "since the system suspected a no-show" in text
    assert "系统提出怀疑后收到的报告" in text


async def test_whom_a_person_suspects_is_given_notice(ask: Ask, case: Case) -> None:
    """They may know better than a platform; the notice says what speaks for the candidate too."""
    await ask.do("recordAttendance", case.company.user("hr"), interview=case.id, attendance="NOT_ATTENDED")
    await case.report("PLATFORM_OUTAGE", -5, **OUTAGE)
    await ask.do("reportNoShow", case.company.user("marketing"), interview=case.id)
    assert await do_due(ask.graph, case.company, NOW) == ["NOTICE"]
    assert await state(ask, case) == ("NOT_ATTENDED", "NOTICE_SENT")


async def test_an_outage_in_the_time_of_grace_is_known_and_read(ask: Ask, company: Company) -> None:
    """After the end, while the candidate could still come."""
    hr = company.at(days=5)
    application = await company.application("marketing")
    interview = await hr.interview(application, starts_at=STARTS, minutes=10)
    case = Case(ask, company, gid("Interview", interview), (await accepted(ask, company)).claim)
    await case.report("MESSAGE_DELIVERED", -600)
    await case.report("SESSION_CLOSED", 15)
    await do_due(ask.graph, company, OVER, sent=False)
    assert await state(ask, case) == ("NOT_ATTENDED", "SUSPECTED")
    async with appends(ask, company, "OUTAGE_RECORDED"):
        await case.report("PLATFORM_OUTAGE", 16, until=iso(STARTS + timedelta(minutes=20)))
    async with appends(ask, company, "TELEMETRY_RECORDED", "OUTAGE_RECORDED"):
        await case.report("PLATFORM_OUTAGE", 12, until=iso(STARTS + timedelta(minutes=20)))
    assert await case.cause() == "PLATFORM"


async def told_by_program(ask: Ask, case: Case, attendance: str = "NOT_ATTENDED") -> None:
    told = {"interview": case.id, "attendance": attendance}
    assert "code" not in await ask.do("recordAttendance", case.company.user("integrator"), **told)


@pytest.mark.parametrize("looked", [False, True])
async def test_what_a_program_says_is_looked_at(ask: Ask, case: Case, looked: bool) -> None:
    """By the gate of what nobody recorded: a platform watched, and nobody came. It is not recorded a second time."""
    if looked:
        assert await do_due(ask.graph, case.company, OVER) == ["OUTCOME"]
    await told_by_program(ask, case)
    await case.report("MESSAGE_DELIVERED", -600)
    await case.report("SESSION_CLOSED", 30)
    async with appends(ask, case.company, "NO_SHOW_REPORTED", "MESSAGE_SENT", "NOTICE_RECORDED"):
        assert await do_due(ask.graph, case.company, NOW) == ["OUTCOME", "NOTICE"]
    assert await state(ask, case) == ("NOT_ATTENDED", "NOTICE_SENT")
    assert await outcome_tasks(ask, case) == 0


async def test_what_a_program_says_is_somebodys_work(ask: Ask, case: Case) -> None:
    """Where it is not to be suspected the department has the task, told once, and a later report has it looked at."""
    await told_by_program(ask, case)
    for _ in range(2):
        await do_due(ask.graph, case.company, NOW)
        assert await state(ask, case) == ("NOT_ATTENDED", None)
        assert (await told(ask.graph, case.company)).count(("OUTCOME_MISSING", "Department")) == 1
        assert await outcome_tasks(ask, case) == 1
        await told_by_program(ask, case)
    await do_due(ask.graph, case.company, NOW)
    await case.report("MESSAGE_DELIVERED", -600)
    await case.report("SESSION_CLOSED", 30)
    assert await do_due(ask.graph, case.company, NOW) == ["OUTCOME", "NOTICE"]


@pytest.mark.parametrize("end", ["reportNoShow", "confirmNoShow", "voidNoShow", "NOT_ATTENDED", "ATTENDED", "program"])
async def test_that_work_ends_by_a_persons_word(ask: Ask, case: Case, end: str) -> None:
    await told_by_program(ask, case)
    assert await outcome_tasks(ask, case) == 1
    who = case.company.user("marketing")
    if end == "confirmNoShow":
        read = await ask.last_seq(case.company.user("hr"), case.id)
        fault = {"interview": case.id, "cause": "EMPLOYER", "reason": "We were late.", "readUpTo": read}
        assert "code" not in await ask.do(end, who, **fault)
    elif end in ("reportNoShow", "voidNoShow"):
        found = await ask.do("reportNoShow", who, interview=case.id)
        if end == "voidNoShow":
            await ask.do(end, who, finding=found["id"], reason="They had written.")
    elif end == "program":
        await told_by_program(ask, case, "ATTENDED")
    else:
        await ask.do("recordAttendance", who, interview=case.id, attendance=end)
    assert await outcome_tasks(ask, case) == 0
    if end in ("voidNoShow", "NOT_ATTENDED", "ATTENDED"):
        before = await state(ask, case)
        await case.report("MESSAGE_DELIVERED", -600)
        await case.report("SESSION_CLOSED", 30)
        await do_due(ask.graph, case.company, NOW)
        assert await state(ask, case) == before, "nobody suspects what a person has spoken of"


async def test_of_what_was_not_accepted_a_program_makes_no_work(ask: Ask, company: Company) -> None:
    hr = company.at(days=5)
    application = await company.application("marketing")
    interview = await hr.interview(application, starts_at=STARTS, response=None)
    case = Case(ask, company, gid("Interview", interview), Claim("nobody", application))
    await told_by_program(ask, case)
    assert await waiting(ask.graph, company) == []
    assert await outcome_tasks(ask, case) == 0


async def test_timers_go_with_the_time(ask: Ask, company: Company) -> None:
    """Moved, cancelled or recorded, nobody looks at the old time any longer; there is one timer for each interview."""
    hr = company.at(days=5)
    interview = await hr.interview(await company.application("marketing"), starts_at=STARTS)
    assert [(each.subject, each.due_at) for each in await waiting(ask.graph, company)] == [(interview, OVER)]
    moved = await hr.reschedule(interview, STARTS + timedelta(hours=2), Side.EMPLOYER)
    later = OVER + timedelta(hours=2)
    assert [(each.subject, each.due_at) for each in await waiting(ask.graph, company)] == [(moved, later)]
    await hr.respond(moved, Response.ACCEPTED)
    assert [(each.subject, each.due_at) for each in await waiting(ask.graph, company)] == [(moved, later)]
    await hr.cancel(moved, Side.CANDIDATE)
    assert await waiting(ask.graph, company) == []
    other = await accepted(ask, company)
    await ask.do("recordAttendance", company.user("integrator"), interview=other.id, attendance="ATTENDED")
    assert [each.kind for each in await waiting(ask.graph, company)] == ["ANSWER"]


async def test_a_clock_that_jumped_suspects_nobody(ask: Ask, case: Case) -> None:
    """It leased the timer days too early; when the clock is right again, the timer stands where it stood."""
    await case.report("MESSAGE_DELIVERED", -600)
    (timer,) = await waiting(ask.graph, case.company)
    early = STARTS - timedelta(hours=1)
    assert not await timers.take(ask.graph, timer, early, RULES[TimerKind.OUTCOME])
    assert await state(ask, case) == ("PENDING", None)
    (again,) = await waiting(ask.graph, case.company)
    assert (again.subject, again.due_at) == (uid(case.id), OVER)
