"""Another time: slots that HR opens, what a candidate asks for in time or late, and what becomes of the old time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import timers
from graph.due import RULES
from graph.interviews import Mode, Response
from graph.shifts import Calendar, Calendars
from graph.timers import Timer, TimerKind
from graph.visibility import Claim
from graph.work_calendars import NewCalendar
from graph.working_days import after, is_workday
from graph.writing import Graph
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.ledger import appends, refused

REQUEST = """id state inTime reason owedBy overdueAt answer decidedBy { id } slot { id }
  interview { id attendance icsSequence openSlots { id }
    rescheduledTo { id startsAt endsAt response icsUid icsSequence } }"""
SLOTS = "query Slots($id: ID!) { node(id: $id) { ... on Department { openSlots { id startsAt state } } } }"
MINE = """
query Mine($interview: ID!, $application: ID!) {
  interview(id: $interview) { openSlots { id startsAt mode } rescheduleRequests { id state reason } }
  application(id: $application) { openSlots { id } }
}
"""
FIVE_HOURS, FIVE_DAYS = timedelta(hours=5), timedelta(days=5)


@dataclass
class Invited:
    """Somebody invited by Marketing, with a link, and the times that are open instead."""

    company: Company
    ask: Ask
    claim: Claim
    application: str
    interview: str
    slots: list[str]

    async def request(self, selection: str = REQUEST, **input: Any) -> Any:
        given = {"interview": gid("Interview", self.interview), "reason": "A train is late.", **input}
        return await self.ask.do("requestReschedule", self.claim, selection, **given)

    async def hr(self, mutation: str, selection: str = REQUEST, **input: Any) -> Any:
        return await self.ask.do(mutation, self.company.user("marketing"), selection, **input)

    async def look(self, viewer: str | Claim) -> Any:
        ids = {"interview": gid("Interview", self.interview), "application": gid("Application", self.application)}
        return await self.ask(MINE, viewer, **ids)

    async def messages(self) -> list[list[str]]:
        text = (
            "MATCH (m:Message)-[:TO]->(to) WHERE m.organization = $organization "
            "RETURN m.template AS template, head(labels(to)) AS whom ORDER BY template, whom"
        )
        organization = {"organization": self.company.hr.viewer.organization}
        found = await self.ask.graph.client.answer("tests.messages", text, organization)
        return [[each["template"], each["whom"]] for each in found]


async def invited(
    ask: Ask, company: Company, start: timedelta, *, slots: int = 1, mode: Mode = Mode.AI_LIVE
) -> Invited:
    company.at(days=9)
    application = await company.application("marketing")
    length = 30 if mode is not Mode.AI_ASYNC else 3 * 24 * 60
    starts_at = NOW + start - timedelta(minutes=length if mode is Mode.AI_ASYNC else 0)
    recruiter = await company.hr.user(f"holder@{company.tag}")
    interview = await company.hr.interview(
        application, starts_at=starts_at, mode=mode, minutes=length, interviewers=(recruiter,)
    )
    times = [NOW + timedelta(days=7, hours=number) for number in range(slots)]
    opened: list[str] = []
    if times:
        await company.hr.slots(*times, position=company.positions["marketing"], mode=mode)
        found = await ask(SLOTS, company.user("marketing"), id=gid("Department", company.departments["marketing"]))
        opened = [each["id"] for each in found["node"]["openSlots"]]
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    claim = Claim(uid(found["application"]["candidate"]["id"]), application)
    return Invited(company, ask, claim, application, interview, opened)


async def remind(graph: Graph, owed: dict[str, Any], company: Company) -> bool:
    """Does what is due for a request, as a worker that has its timer."""
    request, due_at = uid(owed["id"]), datetime.fromisoformat(owed["owedBy"])
    names = {"id": timers.name(TimerKind.SLOT_OWED, request), "kind": "SLOT_OWED", "subject": request}
    (found,) = await graph.client.answer(
        "tests.whose",
        "MATCH (i)-[:HAS_REQUEST]->({id: $id}) MATCH (c)-[:SUBMITTED]->()-[:HAS_INTERVIEW]->(i) RETURN c.id AS id",
        {"id": request},
    )
    timer = Timer(
        **names, organization=company.hr.viewer.organization, candidate=found["id"], due_at=due_at, attempts=0
    )
    return await timers.take(graph, timer, due_at, RULES[TimerKind.SLOT_OWED])


async def test_hr_and_the_candidate_see_the_times_that_are_open(ask: Ask, company: Company) -> None:
    it = await invited(ask, company, FIVE_DAYS, slots=2)
    company.at(days=0)
    await company.hr.slots(NOW + timedelta(days=8), department=company.departments["marketing"])
    await company.hr.slots(NOW + timedelta(days=8), department=company.departments["marketing"], mode=Mode.ONSITE)
    await company.hr.slots(NOW + timedelta(days=8), department=company.departments["technology"])
    for viewer in (it.claim, company.user("marketing"), company.user("hr")):
        seen = await it.look(viewer)
        assert len(seen["interview"]["openSlots"]) == 3
        assert [each["id"] for each in seen["interview"]["openSlots"]][:2] == it.slots
        assert len(seen["application"]["openSlots"]) == 4
    assert (await it.look(company.user("technology")))["interview"] is None
    seen = await it.look(company.user("integrator"))
    assert seen["interview"]["openSlots"] == []
    ask.now = NOW + timedelta(days=7, minutes=1)
    assert len((await it.look(it.claim))["interview"]["openSlots"]) == 2


async def test_a_closed_time_is_nobodys(ask: Ask, company: Company) -> None:
    it = await invited(ask, company, FIVE_DAYS)
    (slot,) = it.slots
    async with appends(ask, company, "SLOT_CLOSED"):
        closed = await it.hr("closeSlot", "id state stateLabel(locale: EN)", slot=slot)
        again = await it.hr("closeSlot", "id", slot=slot)
    assert (closed["state"], closed["stateLabel"]) == ("CLOSED", "Closed")
    assert again == refused("closeSlot", "SLOT_TAKEN", "slot")
    assert (await it.look(it.claim))["interview"]["openSlots"] == []
    assert await it.request(slot=slot) == refused("requestReschedule", "SLOT_TAKEN", "slot")
    assert (await ask("query S($id: ID!) { node(id: $id) { id } }", it.claim, id=slot))["node"] is None


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"times": []}, "INVALID_VALUE", "times"),
        ({"times": [{"startsAt": "2026-12-01T10:00:00Z", "endsAt": "2026-12-01T09:00:00Z"}]}, "INVALID_VALUE", "times"),
        ({"times": [{"startsAt": "2026-11-20T08:59:00Z", "endsAt": "2026-12-01T09:00:00Z"}]}, "INVALID_VALUE", "times"),
        ({"timeZone": "Mars/Olympus"}, "INVALID_VALUE", "timeZone"),
        ({"offeredFor": "technology"}, "NOT_ALLOWED", "offeredFor"),
        ({"offeredFor": "subsidiary"}, "NOT_FOUND", "offeredFor"),
    ],
)
async def test_a_time_that_is_none_is_not_opened(
    ask: Ask, company: Company, changes: dict[str, Any], code: str, field: str
) -> None:
    good = {"startsAt": "2026-12-01T09:00:00Z", "endsAt": "2026-12-01T10:00:00Z"}
    place = gid("Position", company.positions[changes.get("offeredFor", "marketing")])
    input: dict[str, Any] = (
        {"mode": "VIDEO", "timeZone": "Asia/Shanghai", "times": [good]} | changes | {"offeredFor": place}
    )
    async with appends(ask, company):
        answer = await ask.do("openSlots", company.user("marketing"), **input)
    assert answer == refused("openSlots", code, field)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (
            "2026-12-01T08:00:00Z",
            ("结束不能早于开始，也不能相隔过久。", "The end has to follow the start, and not too late."),
        ),
        ("9999-12-31T23:59:59Z", ("结束与开始最多相隔24小时。", "The end may lie at most 24 hours after the start.")),
    ],
)
async def test_the_time_at_fault_is_named_by_its_number(
    ask: Ask, company: Company, ends: str, said: tuple[str, str]
) -> None:
    good = {"startsAt": "2026-12-01T09:00:00Z", "endsAt": "2026-12-01T10:00:00Z"}
    input = {
        "offeredFor": gid("Position", company.positions["marketing"]),
        "mode": "VIDEO",
        "timeZone": "Asia/Shanghai",
        "times": [good, good, good | {"endsAt": ends}, good | {"endsAt": good["startsAt"]}],
    }
    said_by = "... on Refused { field zh: message(locale: ZH_CN) en: message(locale: EN) }"
    open_slots = f"mutation Open($input: OpenSlotsInput!) {{ openSlots(input: $input) {{ {said_by} }} }}"
    answer = (await ask(open_slots, company.user("marketing"), input=input))["openSlots"]
    assert (answer["field"], answer["zh"], answer["en"]) == ("times", f"第3项：{said[0]}", f"Entry 3: {said[1]}")


async def test_in_time_the_chosen_slot_is_given_at_once(ask: Ask, company: Company) -> None:
    it = await invited(ask, company, timedelta(hours=24), slots=2)
    granted = await it.request(slot=it.slots[1])
    new = granted["interview"]["rescheduledTo"]
    assert (granted["state"], granted["inTime"], granted["decidedBy"]) == ("GRANTED", True, None)
    assert granted["interview"]["attendance"] == "RESCHEDULED"
    assert (new["startsAt"], new["response"]) == ("2026-11-27T10:00:00Z", "ACCEPTED")
    assert (new["icsUid"], new["icsSequence"]) == (f"{it.interview}@turnout", 1)
    seen = await it.look(company.user("marketing"))
    assert [each["id"] for each in seen["interview"]["openSlots"]] == it.slots[:1]
    told = await it.messages()
    assert {to for template, to in told if template == "RESCHEDULE_GRANTED"} == {"Candidate", "Department", "User"}


async def test_what_was_asked_in_time_is_never_a_no_show(ask: Ask, company: Company) -> None:
    """With no slot open, HR owes one, and the old time is nobody's: nothing can be recorded or suspected of it."""
    it = await invited(ask, company, FIVE_DAYS, slots=0)
    owed = await it.request()
    assert (owed["state"], owed["inTime"], owed["interview"]["attendance"]) == ("OWED", True, "RESCHEDULED")
    assert owed["owedBy"] == "2026-11-24T09:00:00Z"  # Friday's second working day
    interview = owed["interview"]["id"]
    ask.now = NOW + timedelta(days=6)
    missed = await it.hr("recordAttendance", "id", interview=interview, attendance="NOT_ATTENDED")
    assert missed == refused("recordAttendance", "INTERVIEW_SETTLED", "interview")
    assert await it.hr("reportNoShow", "id", interview=interview) == refused("reportNoShow", "NOT_MISSED", "interview")
    assert await it.hr("refuseReschedule", request=owed["id"], reason="no") == refused(
        "refuseReschedule", "REQUEST_SETTLED", "request"
    )


async def test_nobody_lets_a_time_go_unaware_of_those_that_are_open(ask: Ask, company: Company) -> None:
    """In time one is chosen, or it is said that none suits, and HR owes another; later HR decides in any case."""
    it = await invited(ask, company, FIVE_DAYS)
    async with appends(ask, company):
        assert await it.request() == refused("requestReschedule", "SLOTS_OPEN", "slot")
        both = await it.request(slot=it.slots[0], noneSuits=True)
        assert both == refused("requestReschedule", "INVALID_VALUE", "noneSuits")
    owed = await it.request(noneSuits=True)
    assert (owed["state"], owed["interview"]["attendance"]) == ("OWED", "RESCHEDULED")
    it = await invited(ask, company, FIVE_HOURS)
    assert (await it.request())["state"] == "REQUESTED"


async def test_a_slot_that_is_owed_is_reminded_of_and_given(ask: Ask, graph: Graph, company: Company) -> None:
    it = await invited(ask, company, FIVE_DAYS, slots=0)
    owed = await it.request()
    assert [await remind(graph, owed, company) for _ in range(2)] == [True, False]
    told = [whom for template, whom in await it.messages() if template == "SLOT_OWED"]
    assert told == ["Candidate", "Department"]
    query = "query Ledger($id: ID!) { interview(id: $id) { department { conduct { unanswered } } } }"
    found = await ask(query, company.user("marketing"), id=owed["interview"]["id"])
    assert found["interview"]["department"]["conduct"] == {"unanswered": 1}, "it was promised within two working days"
    ask.now = NOW + timedelta(days=6)
    times = {"startsAt": "2026-12-01T09:00:00Z", "endsAt": "2026-12-01T09:30:00Z", "timeZone": "Asia/Shanghai"}
    moved = ("INTERVIEW_RESCHEDULED", "INTERVIEW_INVITED", "RESCHEDULE_GRANTED")
    async with appends(ask, company, *moved):
        granted = await it.hr("grantReschedule", request=owed["id"], times=times)
    assert (granted["state"], granted["overdueAt"]) == ("GRANTED", "2026-11-24T09:00:00Z")
    new = granted["interview"]["rescheduledTo"]
    assert (new["response"], new["icsSequence"]) == ("NEEDS_ACTION", 2)
    again = await it.hr("grantReschedule", request=owed["id"], times=times)
    assert again == refused("grantReschedule", "REQUEST_SETTLED", "request")


async def test_a_slot_that_is_owed_may_be_chosen_once_it_is_open(ask: Ask, graph: Graph, company: Company) -> None:
    it = await invited(ask, company, FIVE_DAYS, slots=0)
    owed = await it.request()
    assert await it.request() == refused("requestReschedule", "REQUEST_OPEN", "interview")
    company.at(days=0)
    await company.hr.slots(NOW + timedelta(days=9), position=company.positions["marketing"], mode=Mode.ONSITE)
    assert ["SLOTS_OPEN", "Candidate"] not in await it.messages()
    await company.hr.slots(NOW + timedelta(days=9), position=company.positions["marketing"])
    assert (await it.messages()).count(["SLOTS_OPEN", "Candidate"]) == 1
    (slot,) = (await it.look(it.claim))["interview"]["openSlots"]
    assert await remind(graph, owed, company), "nothing is owed while it can be chosen"
    assert ["SLOT_OWED", "Candidate"] not in await it.messages()
    granted = await it.request(slot=slot["id"])
    assert (granted["id"], granted["state"]) == (owed["id"], "GRANTED")
    assert granted["interview"]["rescheduledTo"]["response"] == "ACCEPTED"
    assert not await remind(graph, owed, company)


async def test_a_time_is_owed_beside_those_that_do_not_suit(ask: Ask, graph: Graph, company: Company) -> None:
    """However long these stay open; one that is opened since may be chosen, so that nothing is owed for as long."""
    for newer in (False, True):
        it = await invited(ask, company, FIVE_DAYS)
        owed = await it.request(noneSuits=True)
        if newer:
            ask.now = NOW + timedelta(days=1)
            times = [{"startsAt": "2026-12-01T09:00:00Z", "endsAt": "2026-12-01T09:30:00Z"}]
            place = {"offeredFor": gid("Position", company.positions["marketing"]), "mode": "AI_LIVE"}
            await it.hr("openSlots", "id", **place, timeZone="Asia/Shanghai", times=times)
        assert await remind(graph, owed, company)
        found = (await it.look(company.user("marketing")))["interview"]
        assert len(found["openSlots"]) == 1 + newer, "what does not suit may still be chosen"
        query = "query Owed($id: ID!) { node(id: $id) { ... on RescheduleRequest { state overdueAt } } }"
        overdue = None if newer else owed["owedBy"]
        assert (await ask(query, it.claim, id=owed["id"]))["node"] == {"state": "OWED", "overdueAt": overdue}
        assert sum(template == "SLOT_OWED" for template, _ in await it.messages()) == 2
        ask.now = NOW
        for slot in found["openSlots"]:
            await it.hr("closeSlot", "id", slot=slot["id"])


async def test_late_hr_decides_and_until_then_nothing_is_suspected(ask: Ask, company: Company) -> None:
    it = await invited(ask, company, timedelta(hours=24) - timedelta(microseconds=1))
    asked = await it.request(slot=it.slots[0])
    assert (asked["state"], asked["inTime"]) == ("REQUESTED", False)
    assert [each["state"] for each in (await it.look(it.claim))["interview"]["rescheduleRequests"]] == ["REQUESTED"]
    interview = asked["interview"]["id"]
    ask.now = NOW + timedelta(days=2)
    assert "id" in await it.hr("recordAttendance", "id", interview=interview, attendance="NOT_ATTENDED")
    suspected = await it.hr("reportNoShow", "id", interview=interview)
    assert suspected == refused("reportNoShow", "REQUEST_OPEN", "interview")
    denied = await it.hr("refuseReschedule", request=asked["id"], reason="The room is booked.")
    assert (denied["state"], denied["answer"], denied["decidedBy"] is None) == ("REFUSED", "The room is booked.", False)
    told = [whom for template, whom in await it.messages() if template == "RESCHEDULE_REFUSED"]
    assert told == ["Candidate", "Department", "User"]
    assert "id" in await it.hr("reportNoShow", "id", interview=interview)


async def test_late_hr_grants_what_the_candidate_chose_or_another(ask: Ask, company: Company) -> None:
    for other, response in (({}, "ACCEPTED"), ({"slot": 1}, "NEEDS_ACTION")):
        it = await invited(ask, company, FIVE_HOURS, slots=2)
        asked = await it.request(slot=it.slots[0])
        input = {name: it.slots[place] for name, place in other.items()}
        granted = await it.hr("grantReschedule", request=asked["id"], **input)
        assert (granted["state"], granted["interview"]["attendance"]) == ("GRANTED", "RESCHEDULED")
        assert granted["interview"]["rescheduledTo"]["response"] == response
        for slot in it.slots:
            await it.hr("closeSlot", "id", slot=slot)
    query = "query Ledger($id: ID!) { node(id: $id) { ... on Department { conduct { lateCancellations } } } }"
    department = gid("Department", company.departments["marketing"])
    found = await ask(query, company.user("marketing"), id=department)
    assert found["node"]["conduct"]["lateCancellations"] == 0, "the candidate had asked for it"


async def test_a_late_request_without_a_time_needs_one_to_be_granted(ask: Ask, company: Company) -> None:
    it = await invited(ask, company, FIVE_HOURS, slots=0)
    asked = await it.request()
    assert await it.hr("grantReschedule", request=asked["id"]) == refused("grantReschedule", "INVALID_VALUE", "slot")
    past = {"startsAt": "2026-11-01T09:00:00Z", "endsAt": "2026-11-01T09:30:00Z", "timeZone": "Asia/Shanghai"}
    assert await it.hr("grantReschedule", request=asked["id"], times=past) == refused(
        "grantReschedule", "INVALID_VALUE", "startsAt"
    )
    endless = {**past, "startsAt": "2026-12-01T09:00:00Z", "endsAt": "9999-12-31T23:59:59Z"}
    assert await it.hr("grantReschedule", request=asked["id"], times=endless) == refused(
        "grantReschedule", "INVALID_VALUE", "endsAt"
    )


async def test_for_a_recorded_interview_the_deadline_counts(ask: Ask, company: Company) -> None:
    it = await invited(ask, company, timedelta(hours=25), mode=Mode.AI_ASYNC)
    assert (await it.request(slot=it.slots[0]))["state"] == "GRANTED"
    it = await invited(ask, company, timedelta(hours=23), mode=Mode.AI_ASYNC)
    assert (await it.request())["state"] == "REQUESTED"


async def test_a_slot_is_taken_by_one_of_many_at_once(ask: Ask, company: Company) -> None:
    them = [await invited(ask, company, FIVE_DAYS, slots=0) for _ in range(5)]
    company.at(days=0)
    await company.hr.slots(NOW + timedelta(days=9), department=company.departments["marketing"])
    (slot,) = (await them[0].look(them[0].claim))["interview"]["openSlots"]
    answers = await asyncio.gather(*(it.request("id state", slot=slot["id"]) for it in them))
    assert sorted(each.get("code") or each["state"] for each in answers) == ["GRANTED", *["SLOT_TAKEN"] * 4]
    count = "MATCH (:Slot {id: $id})<-[:TAKES]-(i:Interview) RETURN count(i) AS answer"
    (taken,) = await ask.graph.client.answer("tests.taken", count, {"id": uid(slot["id"])})
    assert taken["answer"] == 1


async def test_a_slot_is_free_again_once_its_interview_is_moved(ask: Ask, company: Company) -> None:
    it = await invited(ask, company, FIVE_DAYS, slots=2)
    granted = await it.request(slot=it.slots[0])
    it.interview = uid(granted["interview"]["rescheduledTo"]["id"])
    assert await it.hr("closeSlot", "id", slot=it.slots[0]) == refused("closeSlot", "SLOT_TAKEN", "slot")
    again = await it.request(slot=it.slots[1])
    assert again["state"] == "GRANTED"
    assert again["interview"]["rescheduledTo"]["icsSequence"] == 2
    seen = await it.look(company.user("marketing"))
    assert [each["id"] for each in seen["interview"]["openSlots"]] == it.slots[:1]


async def test_what_cannot_be_asked_for_is_refused(ask: Ask, company: Company) -> None:
    it = await invited(ask, company, FIVE_HOURS)
    other = await invited(ask, company, FIVE_DAYS, slots=0)
    code = "requestReschedule"
    absent = refused(code, "NOT_FOUND", "interview")
    assert await it.request(interview=gid("Interview", other.interview)) == absent
    assert await it.request(interview="nonsense") == absent
    assert await it.request(reason=" ") == refused(code, "INVALID_VALUE", "reason")
    company.at(days=0)
    await company.hr.slots(NOW + FIVE_DAYS, department=company.departments["technology"])
    query = {"id": gid("Department", company.departments["technology"])}
    (foreign,) = (await ask(SLOTS, company.user("hr"), **query))["node"]["openSlots"]
    for slot in (foreign["id"], gid("Slot", "nothing"), "nonsense"):
        assert await it.request(slot=slot) == refused(code, "NOT_FOUND", "slot")
    assert await ask.do(code, company.user("hr"), interview=gid("Interview", it.interview), reason="mine") == refused(
        code, "NOT_ALLOWED", None
    )
    assert "id" in await it.request()
    assert await it.request() == refused(code, "REQUEST_OPEN", "interview")
    await company.hr.respond(other.interview, Response.DECLINED)
    ask.now = NOW + timedelta(days=6)
    assert await other.request() == refused(code, "INTERVIEW_OVER", "interview")
    await company.hr.withdraw(other.application)
    assert await other.request() == refused(code, "APPLICATION_ENDED", "interview")


async def test_a_request_lapses_with_its_interview(ask: Ask, company: Company) -> None:
    for mutation, input, state in (
        ("cancelInterview", {"by": "EMPLOYER"}, "LAPSED"),
        ("recordAttendance", {"attendance": "ATTENDED"}, "LAPSED"),
        (
            "rescheduleInterview",
            {"startsAt": "2026-12-01T09:00:00Z", "endsAt": "2026-12-01T09:30:00Z", "timeZone": "Asia/Shanghai"},
            "GRANTED",
        ),
    ):
        it = await invited(ask, company, FIVE_HOURS, slots=0)
        await it.request()
        ask.now = NOW + FIVE_HOURS
        assert "code" not in await it.hr(mutation, "id", interview=gid("Interview", it.interview), **input)
        seen = await it.look(company.user("marketing"))
        assert [each["state"] for each in seen["interview"]["rescheduleRequests"]] == [state]
        ask.now = NOW


async def test_another_department_has_no_say(ask: Ask, company: Company) -> None:
    it = await invited(ask, company, FIVE_HOURS)
    asked = await it.request()
    for viewer in ("technology", "subsidiary"):
        user = company.user(viewer)
        assert (await ask("query R($id: ID!) { node(id: $id) { id } }", user, id=asked["id"]))["node"] is None
        for mutation, input in (
            ("grantReschedule", {"slot": it.slots[0]}),
            ("refuseReschedule", {"reason": "no"}),
        ):
            answer = await ask.do(mutation, user, request=asked["id"], **input)
            assert answer == refused(mutation, "NOT_FOUND", "request")


async def test_erasure_takes_the_reasons(ask: Ask, company: Company) -> None:
    """And settles what was asked for: nobody is left to be given another time."""
    it = await invited(ask, company, FIVE_HOURS)
    asked = await it.request(reason="My mother is ill.")
    await company.hr.erase(it.claim.candidate)
    granted = await ask.do("grantReschedule", company.user("marketing"), request=asked["id"], slot=it.slots[0])
    assert granted == refused("grantReschedule", "REQUEST_SETTLED", "request")
    text = "MATCH (n) WHERE n.reason CONTAINS $text OR n.payload CONTAINS $text RETURN labels(n) AS answer"
    assert await ask.graph.client.answer("tests.left", text, {"text": "My mother"}) == []


async def test_two_working_days_go_by_the_calendar_of_the_department(ask: Ask, company: Company) -> None:
    """A holiday of its own; of Technology's calendar nothing comes here."""
    company.at(days=30)
    marketing, technology = (company.departments[name] for name in ("marketing", "technology"))
    days = ("MON-FRI 09:00-18:00",)
    for place, holidays in ((marketing, ("2026-11-23",)), (technology, ("2026-11-24", "2026-11-25"))):
        await company.hr.work_calendar(NewCalendar(date(2026, 1, 1), "Asia/Shanghai", 5, days, holidays, place))
    it = await invited(ask, company, FIVE_DAYS, slots=0)
    assert (await it.request())["owedBy"] == "2026-11-25T09:00:00Z"


START = datetime(2020, 1, 1, tzinfo=UTC)
WORK = Calendars([(date(2000, 1, 1), Calendar.of_texts("UTC", 5, ["MON-FRI 09:00-18:00"], ["2026-12-25"]))])


@given(
    st.integers(0, 3_650 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)),
    st.integers(0, 10),
    st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
)
def test_so_many_working_days_lie_between(now: datetime, days: int, zone: str) -> None:
    due = after(now, days, zone, lambda day: is_workday(WORK, day))
    first, last = (at.astimezone(ZoneInfo(zone)).date() for at in (now, due))
    between = [first + timedelta(days=number + 1) for number in range((last - first).days)]
    assert sum(is_workday(WORK, day) for day in between) == days
    assert not days or is_workday(WORK, last)


def test_a_calendar_without_work_ends_somewhere() -> None:
    assert after(NOW, 2, "UTC", lambda _: False) == NOW + timedelta(days=366)
