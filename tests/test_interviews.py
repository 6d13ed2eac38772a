"""Interviews: invited for one time, answered for that time, moved, cancelled, and what then happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from graph.applications import Stage
from graph.interviews import Mode, Response, Side, Times, times_refusal
from graph.refusals import Locale
from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.ledger import appends, refused

WHO = "query Who($id: ID!) { application(id: $id) { candidate { id } } }"


def iso(**later: float) -> str:
    return (NOW + timedelta(**later)).isoformat().replace("+00:00", "Z")


def user_of(company: Company) -> str:
    return gid("User", company.hr.viewer.id)


async def test_invitations_are_sent_in_order(ask: Ask, company: Company) -> None:
    other = await make_company(ask.graph)
    ended = await company.application("technology")
    await company.hr.withdraw(ended)
    new: dict[str, Any] = {
        "application": gid("Application", await company.application("technology")),
        "mode": "AI_LIVE",
        "startsAt": iso(days=3),
        "endsAt": iso(days=3, minutes=30),
        "timeZone": "Asia/Shanghai",
        "joinUrl": "https://interview.example/room",
        "interviewers": [user_of(company)],
    }
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("technology", {"application": gid("Application", "nobody")}, "NOT_FOUND", "application"),
        ("marketing", {}, "NOT_FOUND", "application"),
        ("technology", {"interviewers": [user_of(company), gid("User", "nobody")]}, "NOT_FOUND", "interviewers"),
        ("technology", {"interviewers": [user_of(other)]}, "NOT_FOUND", "interviewers"),
        ("technology", {"application": gid("Application", ended)}, "APPLICATION_ENDED", "application"),
        ("technology", {"timeZone": "Beijing"}, "INVALID_VALUE", "timeZone"),
        ("technology", {"endsAt": iso(days=3)}, "INVALID_VALUE", "endsAt"),
        ("technology", {"startsAt": iso(days=-2), "endsAt": iso(days=-1)}, "INVALID_VALUE", "startsAt"),
        ("technology", {"startsAt": iso(), "endsAt": iso(minutes=30)}, "INVALID_VALUE", "startsAt"),
        ("technology", {"startsAt": "0001-01-01T00:00:00Z"}, "INVALID_VALUE", "startsAt"),
        ("technology", {"endsAt": "9999-12-31T23:59:59Z"}, "INVALID_VALUE", "endsAt"),
        ("technology", {"endsAt": iso(days=4, seconds=1)}, "INVALID_VALUE", "endsAt"),
        (
            "technology",
            {"startsAt": iso(days=730, seconds=1), "endsAt": iso(days=730, minutes=30)},
            "INVALID_VALUE",
            "startsAt",
        ),
        ("technology", {"mode": "AI_ASYNC", "endsAt": iso(days=63, seconds=1)}, "INVALID_VALUE", "endsAt"),
        (
            "technology",
            {"mode": "AI_ASYNC", "startsAt": iso(days=-1), "endsAt": iso()},
            "INVALID_VALUE",
            "endsAt",
        ),
        ("technology", {"graceMinutes": -1}, "INVALID_VALUE", "graceMinutes"),
        ("technology", {"graceMinutes": 1441}, "INVALID_VALUE", "graceMinutes"),
        ("technology", {"joinUrl": "javascript:alert(1)"}, "INVALID_VALUE", "joinUrl"),
        ("technology", {"joinUrl": "https://"}, "INVALID_VALUE", "joinUrl"),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("inviteToInterview", company.user(viewer), **(new | change))
        assert answer == refused("inviteToInterview", code, field), change
    async with appends(ask, company, "INTERVIEW_INVITED"):
        made = await ask.do(
            "inviteToInterview",
            company.user("technology"),
            "mode modeLabel startsAt endsAt timeZone graceMinutes joinUrl response responseLabel attendance "
            "attendanceLabel(locale: EN) icsSequence department { code } interviewers { externalId } "
            "finding { id } outcome evidence",
            **new,
        )
    assert made == {
        "__typename": "Interview",
        "mode": "AI_LIVE",
        "modeLabel": "AI面试",
        "startsAt": new["startsAt"],
        "endsAt": new["endsAt"],
        "timeZone": "Asia/Shanghai",
        "graceMinutes": 15,
        "joinUrl": new["joinUrl"],
        "response": "NEEDS_ACTION",
        "responseLabel": "待回复",
        "attendance": "PENDING",
        "attendanceLabel": "Pending",
        "icsSequence": 0,
        "department": {"code": "TECHNOLOGY"},
        "interviewers": [{"externalId": company.user("hr")}],
        "finding": None,
        "outcome": None,
        "evidence": [],
    }


@pytest.mark.parametrize(
    ("mode", "starts", "ends"),
    [
        ("VIDEO", timedelta(days=3), timedelta(days=4)),
        ("VIDEO", timedelta(days=730), timedelta(days=731)),
        ("AI_ASYNC", timedelta(days=3), timedelta(days=63)),
        ("AI_ASYNC", timedelta(days=-59), timedelta(days=1)),
    ],
)
async def test_a_time_may_be_as_long_and_far_as_is_said(
    ask: Ask, company: Company, mode: str, starts: timedelta, ends: timedelta
) -> None:
    """The window of a recorded interview may be open already."""
    made = await ask.do(
        "inviteToInterview",
        company.user("technology"),
        application=gid("Application", await company.application("technology")),
        mode=mode,
        startsAt=(NOW + starts).isoformat(),
        endsAt=(NOW + ends).isoformat(),
        timeZone="Asia/Shanghai",
    )
    assert "code" not in made, made


def test_a_bound_is_said_in_both_languages() -> None:
    begins = NOW + timedelta(days=1)
    found = {
        mode: times_refusal(Times(begins, begins + timedelta(days=61), "Asia/Shanghai"), mode, NOW)
        for mode in (Mode.VIDEO, Mode.AI_ASYNC)
    }
    far = times_refusal(Times(NOW + timedelta(days=731), NOW + timedelta(days=732), "UTC"), Mode.VIDEO, NOW)
    told = [(each.message(Locale.ZH_CN), each.message(Locale.EN)) for each in (*found.values(), far) if each]
    assert told == [
        ("结束与开始最多相隔24小时。", "The end may lie at most 24 hours after the start."),
        ("结束与开始最多相隔60天。", "The end may lie at most 60 days after the start."),
        ("最晚为现在起730天。", "This may lie at most 730 days ahead of now."),
    ]


async def test_nobody_is_invited_twice_for_one_start(ask: Ask, company: Company) -> None:
    """A double click invites once; what was called off, moved or declined is no invitation any more."""
    technology = company.user("technology")
    new = {
        "application": gid("Application", await company.application("technology")),
        "mode": "VIDEO",
        "startsAt": iso(days=3),
        "endsAt": iso(days=3, minutes=30),
        "timeZone": "Asia/Shanghai",
    }
    later = {"startsAt": iso(days=5), "endsAt": iso(days=5, minutes=30), "timeZone": "Asia/Shanghai"}
    ways: list[tuple[str, dict[str, Any]]] = [
        ("recordResponse", {"response": "DECLINED"}),
        ("cancelInterview", {"by": "EMPLOYER"}),
        ("rescheduleInterview", later),
    ]
    for mutation, input in ways:
        made = await ask.do("inviteToInterview", technology, "id", **new)
        for response in ("TENTATIVE", "ACCEPTED"):
            async with appends(ask, company):
                again = await ask.do("inviteToInterview", technology, **(new | {"endsAt": iso(days=3, hours=1)}))
            assert again == refused("inviteToInterview", "ALREADY_INVITED", "startsAt")
            await ask.do("recordResponse", technology, interview=made["id"], response=response)
        assert "code" not in await ask.do(mutation, technology, interview=made["id"], **input)
    assert "code" not in await ask.do("inviteToInterview", technology, **new)
    other = {"application": gid("Application", await company.application("technology"))}
    assert "code" not in await ask.do("inviteToInterview", technology, **(new | other))


async def test_a_window_that_has_closed_may_be_opened_anew(ask: Ask, company: Company) -> None:
    new = {
        "application": gid("Application", await company.application("technology")),
        "mode": "AI_ASYNC",
        "startsAt": iso(days=1),
        "endsAt": iso(days=2),
        "timeZone": "Asia/Shanghai",
    }
    assert "code" not in await ask.do("inviteToInterview", company.user("technology"), **new)
    ask.now = NOW + timedelta(days=2)
    again = await ask.do("inviteToInterview", company.user("technology"), **(new | {"endsAt": iso(days=4)}))
    assert "code" not in again, again


ICS = "id icsUid icsSequence response attendance startsAt"
MOVED = f"{ICS} rescheduledFrom {{ {ICS} }} interviewers {{ externalId }} graceMinutes joinUrl mode"


@pytest.mark.parametrize(("side", "response"), [("EMPLOYER", "NEEDS_ACTION"), ("CANDIDATE", "ACCEPTED")])
async def test_a_new_time_is_a_new_interview(ask: Ask, company: Company, side: str, response: str) -> None:
    """What the employer chooses must be accepted again; what the candidate chose is accepted."""
    old = gid(
        "Interview",
        await company.hr.interview(
            await company.application("technology"),
            starts_at=NOW + timedelta(days=3),
            interviewers=(company.hr.viewer.id,),
        ),
    )
    async with appends(ask, company, "INTERVIEW_RESCHEDULED", "INTERVIEW_INVITED"):
        made = await ask.do(
            "rescheduleInterview",
            company.user("technology"),
            MOVED,
            interview=old,
            startsAt=iso(days=5),
            endsAt=iso(days=5, hours=1),
            timeZone="Europe/Berlin",
            chosenBy=side,
        )
    before = made["rescheduledFrom"]
    assert before["id"] == old != made["id"]
    assert (before["attendance"], before["response"]) == ("RESCHEDULED", "ACCEPTED")
    assert (made["attendance"], made["response"]) == ("PENDING", response)
    assert made["icsUid"] == before["icsUid"]
    assert made["icsSequence"] == before["icsSequence"] + 1
    assert made["startsAt"] == iso(days=5)
    assert made["interviewers"] == [{"externalId": company.user("hr")}]
    query = "query One($id: ID!) { interview(id: $id) { rescheduledTo { id } } }"
    assert (await ask(query, company.user("technology"), id=old))["interview"]["rescheduledTo"] == {"id": made["id"]}
    ask.now = NOW + timedelta(days=6)
    async with appends(ask, company):
        gone = await ask.do("recordAttendance", company.user("technology"), interview=old, attendance="NOT_ATTENDED")
    assert gone == refused("recordAttendance", "INTERVIEW_SETTLED", "interview")
    missed = {"interview": made["id"]}
    await ask.do("recordAttendance", company.user("technology"), **missed, attendance="NOT_ATTENDED")
    reported = await ask.do("reportNoShow", company.user("technology"), **missed)
    if side == "EMPLOYER":
        assert reported == refused("reportNoShow", "NOT_ACCEPTED", "interview")
    else:
        assert reported["__typename"] == "Finding"


async def times(ask: Ask, company: Company) -> tuple[str, dict[str, Any]]:
    """An accepted interview of Technology in three days, and a good new time for it."""
    id = await company.hr.interview(await company.application("technology"), starts_at=NOW + timedelta(days=3))
    new = {"startsAt": iso(days=5), "endsAt": iso(days=5, hours=1), "timeZone": "Asia/Shanghai"}
    return gid("Interview", id), new


async def test_interviews_are_rescheduled_in_order(ask: Ask, company: Company) -> None:
    interview, new = await times(ask, company)
    good = {"interview": interview} | new
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("technology", {"interview": gid("Interview", "nobody")}, "NOT_FOUND", "interview"),
        ("marketing", {}, "NOT_FOUND", "interview"),
        ("technology", {"timeZone": ""}, "INVALID_VALUE", "timeZone"),
        ("technology", {"endsAt": iso(days=5)}, "INVALID_VALUE", "endsAt"),
        ("technology", {"startsAt": iso(days=-5), "endsAt": iso(days=-4)}, "INVALID_VALUE", "startsAt"),
        ("technology", {"endsAt": "9999-12-31T23:59:59Z"}, "INVALID_VALUE", "endsAt"),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("rescheduleInterview", company.user(viewer), **(good | change))
        assert answer == refused("rescheduleInterview", code, field), change
    async with appends(ask, company, "INTERVIEW_RESCHEDULED", "INTERVIEW_INVITED"):
        await ask.do("rescheduleInterview", company.user("technology"), **good)
    async with appends(ask, company):
        again = await ask.do("rescheduleInterview", company.user("technology"), **good)
    assert again == refused("rescheduleInterview", "INTERVIEW_SETTLED", "interview")


async def test_what_is_over_is_not_changed(ask: Ask, company: Company) -> None:
    technology = company.user("technology")
    interview, new = await times(ask, company)
    changes: list[tuple[str, dict[str, Any]]] = [
        ("rescheduleInterview", {"startsAt": iso(days=9), "endsAt": iso(days=10), "timeZone": "Asia/Shanghai"}),
        ("cancelInterview", {"by": "EMPLOYER"}),
        ("recordResponse", {"response": "DECLINED"}),
    ]
    ask.now = NOW + timedelta(days=3, minutes=30)
    for mutation, input in changes:
        async with appends(ask, company):
            answer = await ask.do(mutation, technology, interview=interview, **input)
        assert answer == refused(mutation, "INTERVIEW_OVER", "interview")
    ask.now -= timedelta(seconds=1)
    async with appends(ask, company, "RESPONSE_RECORDED", "INTERVIEW_RESCHEDULED", "INTERVIEW_INVITED"):
        await ask.do("recordResponse", technology, interview=interview, response="ACCEPTED")
        await ask.do("rescheduleInterview", technology, interview=interview, **new)


@pytest.mark.parametrize(("mode", "minutes"), [("AI_LIVE", 0), ("AI_ASYNC", 30)])
async def test_nobody_declines_once_it_has_begun(ask: Ask, company: Company, mode: str, minutes: int) -> None:
    """Who accepted and does not come cannot take it back meanwhile, and is heard instead; a deadline is its end."""
    technology, hr = company.user("technology"), company.at(days=1)
    application, starts_at = await company.application("technology"), NOW + timedelta(days=3)
    made = await hr.interview(application, starts_at=starts_at, mode=Mode(mode), response=Response.ACCEPTED)
    interview, begun = gid("Interview", made), starts_at + timedelta(minutes=minutes)
    for response in ("DECLINED", "TENTATIVE"):
        ask.now = begun
        async with appends(ask, company):
            answer = await ask.do("recordResponse", technology, interview=interview, response=response)
        assert answer == refused("recordResponse", "INTERVIEW_BEGUN", "response")
        ask.now = begun - timedelta(seconds=1)
        assert "code" not in await ask.do("recordResponse", technology, interview=interview, response=response)
    ask.now = begun
    assert "code" not in await ask.do("recordResponse", technology, interview=interview, response="ACCEPTED")


async def test_ended_applications_are_not_rescheduled(ask: Ask, company: Company) -> None:
    application = await company.application("technology")
    interview = gid("Interview", await company.hr.interview(application, starts_at=NOW + timedelta(days=3)))
    _, new = await times(ask, company)
    await company.hr.advance(application, Stage.HIRED)
    async with appends(ask, company):
        answer = await ask.do("rescheduleInterview", company.user("technology"), interview=interview, **new)
    assert answer == refused("rescheduleInterview", "APPLICATION_ENDED", "interview")


@pytest.mark.parametrize(
    ("become", "code"),
    [("erase", "CANDIDATE_ERASED"), ("restrict", "CANDIDATE_RESTRICTED"), ("close", "POSITION_CLOSED")],
)
async def test_who_cannot_be_asked_is_not_invited(ask: Ask, company: Company, become: str, code: str) -> None:
    """Whoever may not see the application hears of none of it; the interview that stands is moved unless its candidate
    is erased, with whom it was called off."""
    application = await company.application("technology")
    standing = await company.hr.interview(application, starts_at=NOW + timedelta(days=2))
    its, technology = gid("Application", application), company.user("technology")
    time = {"startsAt": iso(days=3), "endsAt": iso(days=3, minutes=30), "timeZone": "Asia/Shanghai"}
    if become == "close":
        await company.hr.close_position(company.positions["technology"])
    else:
        candidate = (await ask(WHO, company.user("hr"), id=its))["application"]["candidate"]["id"]
        await getattr(company.hr, become)(uid(candidate))
    async with appends(ask, company):
        answer = await ask.do("inviteToInterview", technology, application=its, mode="VIDEO", **time)
        hidden = await ask.do("inviteToInterview", company.user("brand"), application=its, mode="VIDEO", **time)
    assert answer == refused("inviteToInterview", code, "application")
    assert hidden == refused("inviteToInterview", "NOT_FOUND", "application")
    moved = await ask.do("rescheduleInterview", technology, interview=gid("Interview", standing), **time)
    if become == "erase":
        assert moved == refused("rescheduleInterview", "INTERVIEW_SETTLED", "interview")
    else:
        assert "code" not in moved


@pytest.mark.parametrize("side", ["CANDIDATE", "EMPLOYER"])
async def test_interviews_are_cancelled_in_order(ask: Ask, company: Company, side: str) -> None:
    """A cancelled interview cannot be missed, whoever cancelled it."""
    technology = company.user("technology")
    interview, new = await times(ask, company)
    for viewer, id in [("technology", gid("Interview", "nobody")), ("marketing", interview)]:
        async with appends(ask, company):
            answer = await ask.do("cancelInterview", company.user(viewer), interview=id, by=side)
        assert answer == refused("cancelInterview", "NOT_FOUND", "interview")
    async with appends(ask, company, "INTERVIEW_CANCELLED"):
        made = await ask.do(
            "cancelInterview", technology, "attendance icsSequence", interview=interview, by=side, reason="ill"
        )
    assert made == {"__typename": "Interview", "attendance": f"CANCELLED_BY_{side}", "icsSequence": 1}
    async with appends(ask, company):
        again = await ask.do("cancelInterview", technology, interview=interview, by=side)
        moved = await ask.do("rescheduleInterview", technology, interview=interview, **new)
        answered = await ask.do("recordResponse", technology, interview=interview, response="ACCEPTED")
    assert again == refused("cancelInterview", "INTERVIEW_SETTLED", "interview")
    assert moved == refused("rescheduleInterview", "INTERVIEW_SETTLED", "interview")
    assert answered == refused("recordResponse", "INTERVIEW_SETTLED", "interview")
    ask.now = NOW + timedelta(days=4)
    async with appends(ask, company):
        absent = await ask.do("recordAttendance", technology, interview=interview, attendance="NOT_ATTENDED")
        reported = await ask.do("reportNoShow", technology, interview=interview)
    assert absent == refused("recordAttendance", "INTERVIEW_SETTLED", "interview")
    assert reported == refused("reportNoShow", "NOT_MISSED", "interview")


async def test_responses_are_recorded_in_order(ask: Ask, company: Company) -> None:
    interview, _ = await times(ask, company)
    for viewer, change, code, field in [
        ("technology", {"interview": gid("Interview", "nobody")}, "NOT_FOUND", "interview"),
        ("marketing", {}, "NOT_FOUND", "interview"),
        ("technology", {"response": "NEEDS_ACTION"}, "INVALID_VALUE", "response"),
    ]:
        good = {"interview": interview, "response": "DECLINED"}
        async with appends(ask, company):
            answer = await ask.do("recordResponse", company.user(viewer), **(good | change))
        assert answer == refused("recordResponse", code, field)
    for viewer, response in [("technology", "DECLINED"), ("integrator", "TENTATIVE"), ("integrator", "ACCEPTED")]:
        async with appends(ask, company, "RESPONSE_RECORDED"):
            made = await ask.do(
                "recordResponse", company.user(viewer), "response", interview=interview, response=response
            )
        assert made == {"__typename": "Interview", "response": response}


def at(*, days: float = 3, minutes: float = 0) -> datetime:
    return NOW + timedelta(days=days, minutes=minutes)


async def test_attendance_is_recorded_in_order(ask: Ask, company: Company) -> None:
    """The interview is from 9:00 to 9:30 in three days, with a grace of 15 minutes."""
    interview, _ = await times(ask, company)
    absent = {"interview": interview, "attendance": "NOT_ATTENDED"}
    bad: list[tuple[str, datetime, dict[str, Any], str, str]] = [
        ("technology", at(days=4), {"interview": gid("Interview", "nobody")}, "NOT_FOUND", "interview"),
        ("marketing", at(days=4), {}, "NOT_FOUND", "interview"),
        ("technology", at(days=4), {"attendance": "PENDING"}, "INVALID_VALUE", "attendance"),
        ("technology", at(days=4), {"attendance": "RESCHEDULED"}, "INVALID_VALUE", "attendance"),
        (
            "technology",
            at(days=4),
            {"attendance": "ATTENDED", "evidence": ["PLATFORM_FAULT"]},
            "INVALID_VALUE",
            "evidence",
        ),
        ("technology", at(minutes=29), {}, "NOT_OVER", "attendance"),
        ("technology", at(minutes=-1), {"attendance": "ATTENDED"}, "NOT_STARTED", "attendance"),
        ("technology", at(minutes=-1), {"attendance": "ATTENDED_LATE"}, "NOT_STARTED", "attendance"),
        ("technology", at(minutes=-1), {"attendance": "INCOMPLETE"}, "NOT_STARTED", "attendance"),
    ]
    for viewer, now, change, code, field in bad:
        ask.now = now
        async with appends(ask, company):
            answer = await ask.do("recordAttendance", company.user(viewer), **(absent | change))
        assert answer == refused("recordAttendance", code, field), change
    ask.now = at(minutes=30)
    evidence = ["PLATFORM_FAULT", "INTERVIEWER_ABSENT", "PLATFORM_FAULT"]
    async with appends(ask, company, "ATTENDANCE_RECORDED"):
        made = await ask.do(
            "recordAttendance", company.user("integrator"), "attendance evidence", **absent, evidence=evidence
        )
    assert made == {
        "__typename": "Interview",
        "attendance": "NOT_ATTENDED",
        "evidence": ["INTERVIEWER_ABSENT", "PLATFORM_FAULT"],
    }


async def test_a_fact_may_be_corrected(ask: Ask, company: Company) -> None:
    """Until a finding stands on it; entered in error is the last word."""
    technology = company.user("technology")
    interview, _ = await times(ask, company)
    ask.now = at(days=4)
    for attendance in ("NOT_ATTENDED", "ATTENDED_LATE", "NOT_ATTENDED"):
        async with appends(ask, company, "ATTENDANCE_RECORDED"):
            await ask.do("recordAttendance", technology, interview=interview, attendance=attendance)
    finding = await ask.do("reportNoShow", technology, interview=interview)
    async with appends(ask, company):
        answer = await ask.do("recordAttendance", technology, interview=interview, attendance="ATTENDED")
    assert answer == refused("recordAttendance", "FINDING_STANDS", "interview")
    async with appends(ask, company, "NO_SHOW_VOIDED", "ATTENDANCE_RECORDED"):
        await ask.do("voidNoShow", technology, finding=finding["id"], reason="The log was of another room.")
        await ask.do("recordAttendance", technology, interview=interview, attendance="ENTERED_IN_ERROR")
    async with appends(ask, company):
        last = await ask.do("recordAttendance", technology, interview=interview, attendance="ATTENDED")
    assert last == refused("recordAttendance", "INTERVIEW_SETTLED", "interview")


@pytest.mark.parametrize(
    ("mode", "open_until"),
    [
        (Mode.AI_ASYNC, timedelta(minutes=30 + 15)),
        (Mode.AI_LIVE, timedelta(minutes=30)),
        (Mode.VIDEO, timedelta(minutes=30)),
        (Mode.ONSITE, timedelta(minutes=30)),
    ],
)
async def test_each_mode_has_its_own_end(ask: Ask, company: Company, mode: Mode, open_until: timedelta) -> None:
    """A recorded interview may be given until its deadline and the grace time after it; the others end."""
    starts_at = NOW + timedelta(days=3)
    interview = await company.hr.interview(await company.application("technology"), starts_at=starts_at, mode=mode)
    absent = {"interview": gid("Interview", interview), "attendance": "NOT_ATTENDED"}
    ask.now = starts_at + open_until - timedelta(seconds=1)
    early = await ask.do("recordAttendance", company.user("technology"), **absent)
    assert early == refused("recordAttendance", "NOT_OVER", "attendance")
    ask.now += timedelta(seconds=1)
    made = await ask.do("recordAttendance", company.user("technology"), "attendance", **absent)
    assert made["attendance"] == "NOT_ATTENDED"
    finding = await ask.do(
        "reportNoShow", company.user("technology"), "occurredAt", interview=gid("Interview", interview)
    )
    missed = starts_at + timedelta(minutes=30) if mode is Mode.AI_ASYNC else starts_at
    assert finding["occurredAt"] == missed.isoformat().replace("+00:00", "Z")


LIST = """
query List($code: String!, $where: InterviewWhere, $orderBy: InterviewOrder) {
  department(code: $code) { interviews(where: $where, orderBy: $orderBy) { totalCount nodes { startsAt } } }
}
"""
EVERYWHERE = """
query Everywhere($where: InterviewWhere, $orderBy: InterviewOrder) {
  organization { interviews(where: $where, orderBy: $orderBy) { totalCount nodes { startsAt } } }
}
"""


async def test_interviews_are_filtered_and_sorted(ask: Ask, company: Company) -> None:
    application = await company.application("technology")
    for days, mode, response in [
        (1, Mode.VIDEO, Response.ACCEPTED),
        (2, Mode.ONSITE, Response.DECLINED),
        (3, Mode.AI_LIVE, None),
    ]:
        await company.hr.interview(application, starts_at=at(days=days), mode=mode, response=response)
    cancelled = await company.hr.interview(application, starts_at=at(days=4), response=None)
    await company.hr.cancel(cancelled, Side.EMPLOYER)
    days = {iso(days=day): day for day in (1, 2, 3, 4)}
    for variables, expected in [
        ({}, [4, 3, 2, 1]),
        ({"orderBy": "STARTS_AT"}, [1, 2, 3, 4]),
        ({"where": {"mode": "VIDEO"}}, [1]),
        ({"where": {"response": "DECLINED"}}, [2]),
        ({"where": {"response": "NEEDS_ACTION", "attendance": "PENDING"}}, [3]),
        ({"where": {"attendance": "CANCELLED_BY_EMPLOYER"}}, [4]),
        ({"where": {"startsFrom": iso(days=2), "startsBefore": iso(days=4)}}, [3, 2]),
    ]:
        page = await ask(LIST, company.user("technology"), code="TECHNOLOGY", **variables)
        everywhere = await ask(EVERYWHERE, company.user("integrator"), **variables)
        for found in (page["department"]["interviews"], everywhere["organization"]["interviews"]):
            assert [days[node["startsAt"]] for node in found["nodes"]] == expected
            assert found["totalCount"] == len(expected)
        for viewer in ("marketing", "integrator"):
            assert (await ask(LIST, company.user(viewer), code="TECHNOLOGY", **variables))["department"] == {
                "interviews": {"totalCount": 0, "nodes": []}
            }


async def test_events_tell_an_interview_in_order(ask: Ask, company: Company) -> None:
    interview = await company.at(days=30).missed(await company.application("technology"))
    await company.hr.suspicion(interview)
    query = """
    query One($id: ID!, $orderBy: EventOrder) {
      interview(id: $id) { events(orderBy: $orderBy) { totalCount nodes { seq type actorKind } } }
    }
    """
    types = ["INTERVIEW_INVITED", "RESPONSE_RECORDED", "ATTENDANCE_RECORDED", "NO_SHOW_REPORTED"]
    for order, expected in [("SEQ", types), ("SEQ_DESC", types[::-1])]:
        page = await ask(query, company.user("technology"), id=gid("Interview", interview), orderBy=order)
        events = page["interview"]["events"]
        assert [event["type"] for event in events["nodes"]] == expected
        assert sorted(event["seq"] for event in events["nodes"]) == [2, 3, 4, 5]
        assert {event["actorKind"] for event in events["nodes"]} == {"HUMAN"}


@pytest.mark.parametrize("attendance", ["CANCELLED_BY_CANDIDATE", "CANCELLED_BY_EMPLOYER", "ATTENDED"])
async def test_a_cancellation_recorded_later_changes_the_calendar(ask: Ask, company: Company, attendance: str) -> None:
    """A calendar takes a cancellation only under a higher SEQUENCE; what was attended stands as it is."""
    company.at(days=5)
    interview = gid("Interview", await company.hr.interview(await company.application("technology")))
    made = await ask.do(
        "recordAttendance",
        company.user("technology"),
        "attendance icsSequence",
        interview=interview,
        attendance=attendance,
    )
    raised = int(attendance != "ATTENDED")
    assert made == {"__typename": "Interview", "attendance": attendance, "icsSequence": raised}
