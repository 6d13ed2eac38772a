"""Freed slots: offered to one after another until somebody accepts, and to nobody twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.applications import Stage
from graph.interviews import Side
from graph.timers import TimerKind
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import LIST_MESSAGES
from tests.ledger import refused
from tests.test_decisions import WHO, due, owner
from tests.test_rescheduling import FIVE_DAYS, Invited, invited

SLOT = """id state waiting lapsesAt lost { id }
  offers { id response attendance candidate { displayName } } takenBy { candidate { displayName } }"""
STANDS = "query Stands($id: ID!) { node(id: $id) { ... on Interview { response attendance } } }"
OWNER = "query Owner($id: ID!) { interview(id: $id) { candidate { id } } }"
HELD = (
    "query Held($id: ID!, $asOf: DateTime) { candidate(id: $id, asOf: $asOf) { interviews { nodes { attendance } } } }"
)
FILED = "query Filed($id: ID!) { candidate(id: $id) { applications { nodes { id } } } }"
READ = f"query Read($id: ID!) {{ node(id: $id) {{ ... on FreedSlot {{ {SLOT} }} }} }}"


async def lost(ask: Ask, company: Company, *names: str) -> tuple[str, list[str]]:
    """A cancelled interview in five days, and the candidates who wait for the same position, in this order."""
    hr = company.at(days=10)
    interview = await hr.interview(await company.application("technology"), starts_at=NOW + timedelta(days=5))
    await hr.cancel(interview, Side.CANDIDATE)
    waiting: list[str] = []
    for name in names:
        application = gid("Application", await company.application("technology", company.person(name)))
        waiting.append((await ask(WHO, company.user("hr"), id=application))["application"]["candidate"]["id"])
    return gid("Interview", interview), waiting


async def read(ask: Ask, company: Company, slot: str) -> dict[str, Any]:
    return (await ask(READ, company.user("technology"), id=slot))["node"]


async def told(ask: Ask, company: Company) -> list[tuple[str, str]]:
    """Every message about a slot that is queued, and the one it goes to."""
    rows = await ask.graph.client.read(LIST_MESSAGES, organization=company.hr.viewer.organization)
    return sorted((row.template, id) for row in rows if row.template.startswith("SLOT_") for id in row.ids)


async def test_a_slot_goes_on_until_somebody_accepts(ask: Ask, company: Company) -> None:
    """The first lets it lapse, the second declines, the third accepts; the fourth is never asked. Each is told once."""
    interview, people = await lost(ask, company, "first", "second", "third", "fourth")
    viewer, (first, second, third, _) = company.user("technology"), map(uid, people)
    slot = await ask.do("offerFreedSlot", viewer, SLOT, interview=interview, candidates=people)
    asked = [("SLOT_OFFERED", first)]
    assert await told(ask, company) == asked
    assert (slot["state"], slot["waiting"], len(slot["offers"])) == ("OFFERED", 3, 1)
    assert slot["lapsesAt"] == "2026-11-20T13:00:00Z"
    ask.now = NOW + timedelta(hours=3)
    assert await due(ask, company, TimerKind.PASS_SLOT) == 0
    ask.now = NOW + timedelta(hours=4)
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    slot = await read(ask, company, slot["id"])
    assert [each["attendance"] for each in slot["offers"]] == ["RESCHEDULED", "PENDING"]
    asked += [("SLOT_LAPSED", first), ("SLOT_OFFERED", second)]
    assert await told(ask, company) == sorted(asked)
    await ask.do("recordResponse", viewer, interview=slot["offers"][1]["id"], response="DECLINED")
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    slot = await read(ask, company, slot["id"])
    assert (len(slot["offers"]), slot["waiting"]) == (3, 1)
    asked.append(("SLOT_OFFERED", third))
    assert await told(ask, company) == sorted(asked), "whoever declines is not told that it lapsed"
    await ask.do("recordResponse", viewer, interview=slot["offers"][2]["id"], response="ACCEPTED")
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    slot = await read(ask, company, slot["id"])
    assert (slot["state"], slot["takenBy"]) == ("TAKEN", {"candidate": {"displayName": "third"}})
    assert len(slot["offers"]) == 3
    asked.append(("SLOT_TAKEN", company.departments["technology"]))
    assert await told(ask, company) == sorted(asked)
    ask.now = NOW + timedelta(days=2)
    assert await due(ask, company, TimerKind.PASS_SLOT) == 0
    # A lapsed offer is no mark: nobody is awaited then.
    gone = await ask.do("reportNoShow", viewer, interview=slot["offers"][0]["id"])
    assert gone["code"] in ("NOT_ACCEPTED", "NOT_MISSED")


@pytest.mark.parametrize("closed", [False, True])
async def test_a_slot_that_nobody_takes_is_unfilled(ask: Ask, company: Company, closed: bool) -> None:
    """Also where nobody is asked any more, as its position is closed."""
    interview, people = await lost(ask, company, "only", *(("next",) if closed else ()))
    slot = await ask.do("offerFreedSlot", company.user("technology"), SLOT, interview=interview, candidates=people)
    if closed:
        position = gid("Position", company.positions["technology"])
        await ask.do("closePosition", company.user("technology"), position=position)
    ask.now = NOW + timedelta(hours=5)
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    slot = await read(ask, company, slot["id"])
    assert (slot["state"], slot["takenBy"], slot["waiting"]) == ("UNFILLED", None, 0)
    assert await told(ask, company) == [
        ("SLOT_LAPSED", uid(people[0])),
        ("SLOT_OFFERED", uid(people[0])),
        ("SLOT_UNFILLED", company.departments["technology"]),
    ]


async def test_those_suggested_are_asked_where_nobody_is_named(ask: Ask, company: Company) -> None:
    interview, _ = await lost(ask, company, "suggested")
    slot = await ask.do("offerFreedSlot", company.user("technology"), SLOT, interview=interview)
    assert [each["candidate"]["displayName"] for each in slot["offers"]] == ["suggested"]
    again = await ask.do("offerFreedSlot", company.user("technology"), interview=interview)
    assert again == refused("offerFreedSlot", "SLOT_OFFERED", "interview")


async def test_only_a_lost_interview_has_a_slot(ask: Ask, company: Company) -> None:
    hr = company.at(days=10)
    held = await hr.interview(await company.application("technology"), starts_at=NOW + timedelta(days=5))
    viewer = company.user("technology")
    kept = await ask.do("offerFreedSlot", viewer, interview=gid("Interview", held))
    assert kept == refused("offerFreedSlot", "NOT_LOST", "interview")
    theirs = await company.application("brand")
    stranger = (await ask(WHO, company.user("hr"), id=gid("Application", theirs)))["application"]["candidate"]["id"]
    interview, _ = await lost(ask, company)
    unknown = await ask.do("offerFreedSlot", viewer, interview=interview, candidates=[stranger])
    assert unknown == refused("offerFreedSlot", "NOT_FOUND", "candidates")
    absent = await ask.do("offerFreedSlot", company.user("marketing"), interview=interview)
    assert absent == refused("offerFreedSlot", "NOT_FOUND", "interview")
    ask.now = NOW + timedelta(days=6)
    late = await ask.do("offerFreedSlot", viewer, interview=interview)
    assert late == refused("offerFreedSlot", "INTERVIEW_OVER", "interview")


async def test_a_slot_is_offered_to_nobody_who_may_not_be_invited(ask: Ask, company: Company) -> None:
    """Erased, restricted, or told of a rejection: the next one of the queue is asked."""
    person, hr = company.person("rejected"), company.at(days=40)
    await hr.no_show(await company.application("marketing", person))
    interview, people = await lost(ask, company, "erased", "restricted", "asked")
    application = gid("Application", await company.application("technology", person))
    rejection = {"application": application, "verdict": "REJECT", "reason": "x"}
    assert (await ask.do("decide", company.user("technology"), "state", **rejection))["state"] == "ANNOUNCED"
    people.insert(2, (await ask(WHO, company.user("hr"), id=application))["application"]["candidate"]["id"])
    await company.at(days=0).erase(uid(people[0]))
    await company.at(days=0).restrict(uid(people[1]))
    slot = await ask.do("offerFreedSlot", company.user("technology"), SLOT, interview=interview, candidates=people)
    assert [each["candidate"]["displayName"] for each in slot["offers"]] == ["asked"]
    assert (slot["state"], slot["waiting"]) == ("OFFERED", 0)


@pytest.mark.parametrize("turn", ["invited", "invited under another record", "offer", "declined"])
async def test_whoever_had_a_turn_meanwhile_is_passed_over(ask: Ask, company: Company, turn: str) -> None:
    """An invitation that was declined is no turn: another time may suit them."""
    interview, people = await lost(ask, company, "first", "second", "third")
    hr, viewer = company.at(days=0), company.user("technology")
    slot = await ask.do("offerFreedSlot", viewer, SLOT, interview=interview, candidates=people)
    second = (await ask(FILED, company.user("hr"), id=people[1]))["candidate"]["applications"]["nodes"][0]["id"]
    if turn == "offer":
        await hr.advance(uid(second), Stage.OFFER)
    else:
        if turn == "invited under another record":
            second = gid("Application", await company.application("technology", company.person("twin")))
            await hr.merge(uid(people[1]), uid(await owner(ask, company, uid(second))))
        another = gid("Interview", await hr.interview(uid(second), starts_at=NOW + timedelta(days=3)))
        response = "DECLINED" if turn == "declined" else "ACCEPTED"
        await ask.do("recordResponse", viewer, interview=another, response=response)
    ask.now = NOW + timedelta(hours=4)
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    offers = (await read(ask, company, slot["id"]))["offers"]
    assert offers[1]["candidate"]["displayName"] == ("second" if turn == "declined" else "third")


async def test_a_person_with_two_records_is_asked_once(ask: Ask, company: Company) -> None:
    """By whichever is named first; and not at all who lost the time under the other."""
    interview, (loser, first, second, third) = await lost(ask, company, "loser", "first", "second", "third")
    hr, viewer = company.at(days=0), company.user("technology")
    theirs = (await ask(OWNER, company.user("hr"), id=interview))["interview"]["candidate"]["id"]
    await hr.merge(uid(theirs), uid(loser))
    await hr.merge(uid(first), uid(second))
    nobody = await ask.do("offerFreedSlot", viewer, interview=interview, candidates=[loser])
    assert nobody == refused("offerFreedSlot", "NOBODY_TO_ASK", "candidates")
    people = [loser, first, second, third]
    slot = await ask.do("offerFreedSlot", viewer, SLOT, interview=interview, candidates=people)
    assert slot["waiting"] == 1
    ask.now = NOW + timedelta(hours=4)
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    offers = (await read(ask, company, slot["id"]))["offers"]
    assert [each["candidate"]["displayName"] for each in offers] == ["first", "third"]


async def test_a_slot_offered_to_somebody_erased_goes_on(ask: Ask, company: Company) -> None:
    """At once, and not only when the time for an answer has passed; one who accepted and is erased gives it back."""
    interview, people = await lost(ask, company, "first", "second", "third", "fourth")
    viewer = company.user("technology")
    slot = await ask.do("offerFreedSlot", viewer, SLOT, interview=interview, candidates=people)
    await company.at(days=0).erase(uid(people[0]))
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    slot = await read(ask, company, slot["id"])
    assert (slot["state"], len(slot["offers"]), slot["waiting"]) == ("OFFERED", 2, 2)
    await ask.do("recordResponse", viewer, interview=slot["offers"][1]["id"], response="ACCEPTED")
    await company.at(days=0).erase(uid(people[2]))
    await company.at(days=0).erase(uid(people[1]))
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    slot = await read(ask, company, slot["id"])
    assert (slot["state"], len(slot["offers"])) == ("OFFERED", 3)
    assert slot["offers"][2]["candidate"]["displayName"] == "fourth"


async def declined(ask: Ask, company: Company) -> tuple[str, Claim]:
    """An interview in five days that its candidate declined by their link, and whoever holds that."""
    hr = company.at(days=10)
    application = await company.application("technology", company.person("declined"))
    interview = gid("Interview", await hr.interview(application, starts_at=NOW + timedelta(days=5)))
    claim = Claim(uid(await owner(ask, company, application)), application)
    await ask.do("recordResponse", claim, interview=interview, response="DECLINED")
    return interview, claim


async def test_whoever_declined_cannot_take_back_what_is_offered_to_others(ask: Ask, company: Company) -> None:
    """Until it is, they may accept after all; then it is let go of, without an alarm or anything to miss."""
    interview, claim = await declined(ask, company)
    answered = await ask.do("recordResponse", claim, "response", interview=interview, response="ACCEPTED")
    assert answered["response"] == "ACCEPTED"
    await ask.do("recordResponse", claim, interview=interview, response="DECLINED")
    _, people = await lost(ask, company, "other")
    ask.now = NOW + timedelta(minutes=1)
    slot = await ask.do("offerFreedSlot", company.user("technology"), SLOT, interview=interview, candidates=people)
    late = await ask.do("recordResponse", claim, interview=interview, response="ACCEPTED")
    assert late == refused("recordResponse", "INTERVIEW_SETTLED", "interview")
    found = (await ask(STANDS, company.user("technology"), id=interview))["node"]
    assert found == {"response": "DECLINED", "attendance": "RESCHEDULED"}
    timers = "MATCH (t:Timer {subject: $id}) RETURN t.kind AS kind"
    assert await ask.graph.client.answer("timers", timers, {"id": uid(interview)}) == []
    await ask.do("recordResponse", company.user("technology"), interview=slot["offers"][0]["id"], response="ACCEPTED")
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    assert (await read(ask, company, slot["id"]))["state"] == "TAKEN"
    for seconds, attendance in ((0, "PENDING"), (90, "RESCHEDULED")):
        as_of = (NOW + timedelta(seconds=seconds)).isoformat()
        then = await Ask(ask.graph, ask.answerer, NOW + timedelta(minutes=2))(
            HELD, company.user("hr"), id=gid("Candidate", claim.candidate), asOf=as_of
        )
        assert then["candidate"]["interviews"]["nodes"] == [{"attendance": attendance}]


async def test_another_time_that_was_asked_for_is_still_to_be_had(ask: Ask, company: Company) -> None:
    """Asked late and then declined, the old time is somebody else's; HR may still give another."""
    interview, claim = await declined(ask, company)
    _, people = await lost(ask, company, "other")
    ask.now = NOW + timedelta(days=4, hours=20)
    asked = await ask.do("requestReschedule", claim, "id state", interview=interview, reason="A train is late.")
    assert asked["state"] == "REQUESTED"
    viewer = company.user("technology")
    await ask.do("offerFreedSlot", viewer, SLOT, interview=interview, candidates=people)
    starts = NOW + timedelta(days=8)
    times = {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=1)).isoformat()}
    input = {"request": asked["id"], "times": {**times, "timeZone": "Asia/Shanghai"}}
    assert (await ask.do("grantReschedule", viewer, "state", **input))["state"] == "GRANTED"


async def given_up(ask: Ask, company: Company) -> tuple[Invited, str, str]:
    """Somebody who had chosen the one slot that is open and cancelled, the slot, and the interview that was in it."""
    it = await invited(ask, company, FIVE_DAYS)
    (slot,) = it.slots
    chosen = (await it.request(slot=slot))["interview"]["rescheduledTo"]["id"]
    await it.hr("cancelInterview", "id", interview=chosen, by="CANDIDATE")
    return it, slot, chosen


async def test_what_is_offered_to_others_is_not_chosen_too(ask: Ask, company: Company) -> None:
    """A slot is open again by itself, save while others have its time or are asked; and once nobody took that."""
    it, slot, chosen = await given_up(ask, company)
    other = await invited(ask, company, FIVE_DAYS, slots=0)
    asked = [await owner(ask, company, await company.application("marketing")) for _ in range(2)]
    freed = await it.hr("offerFreedSlot", SLOT, interview=chosen, candidates=asked[:1])
    taken = refused("requestReschedule", "SLOT_TAKEN", "slot")
    assert await other.request(slot=slot) == taken
    assert (await other.look(other.claim))["interview"]["openSlots"] == []
    await it.hr("recordResponse", "id", interview=freed["offers"][0]["id"], response="ACCEPTED")
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    assert await other.request(slot=slot) == taken
    it, slot, chosen = await given_up(ask, company)
    freed = await it.hr("offerFreedSlot", SLOT, interview=chosen, candidates=asked[1:])
    await it.hr("recordResponse", "id", interview=freed["offers"][0]["id"], response="DECLINED")
    await due(ask, company, TimerKind.PASS_SLOT)
    assert (await other.request(slot=slot))["state"] == "GRANTED"


async def test_what_somebody_chose_anew_is_offered_to_nobody(ask: Ask, company: Company) -> None:
    """Nor is one slot offered twice, by two interviews that were lost in it."""
    it, slot, chosen = await given_up(ask, company)
    other = await invited(ask, company, FIVE_DAYS, slots=0)
    anew = (await other.request(slot=slot))["interview"]["rescheduledTo"]["id"]
    candidates = [await owner(ask, company, await company.application("marketing"))]
    anothers = refused("offerFreedSlot", "SLOT_TAKEN", "interview")
    assert await it.hr("offerFreedSlot", "id", interview=chosen, candidates=candidates) == anothers
    await it.hr("cancelInterview", "id", interview=anew, by="CANDIDATE")
    assert (await it.hr("offerFreedSlot", SLOT, interview=anew, candidates=candidates))["state"] == "OFFERED"
    assert await it.hr("offerFreedSlot", "id", interview=chosen, candidates=candidates) == anothers


@pytest.mark.parametrize("how", ["moved", "cancelled"])
async def test_a_slot_that_was_accepted_and_given_up_goes_on(ask: Ask, company: Company, how: str) -> None:
    """Before anybody looked: who was moved to another time does not have this one."""
    interview, people = await lost(ask, company, "first", "second")
    viewer = company.user("technology")
    slot = await ask.do("offerFreedSlot", viewer, SLOT, interview=interview, candidates=people)
    offered = slot["offers"][0]["id"]
    await ask.do("recordResponse", viewer, interview=offered, response="ACCEPTED")
    if how == "moved":
        await company.at(days=0).reschedule(uid(offered), NOW + timedelta(days=6))
    else:
        await company.at(days=0).cancel(uid(offered), Side.CANDIDATE)
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    slot = await read(ask, company, slot["id"])
    assert (slot["state"], slot["takenBy"], len(slot["offers"])) == ("OFFERED", None, 2)
    await ask.do("recordResponse", viewer, interview=slot["offers"][1]["id"], response="ACCEPTED")
    assert await due(ask, company, TimerKind.PASS_SLOT) == 1
    slot = await read(ask, company, slot["id"])
    assert (slot["state"], slot["takenBy"]) == ("TAKEN", {"candidate": {"displayName": "second"}})


async def test_a_slot_that_nobody_took_is_offered_again(ask: Ask, company: Company) -> None:
    """To others, and once more only after that has ended; by the interview that was lost, not by an offer of it."""
    interview, people = await lost(ask, company, "first", "second", "third")
    viewer = company.user("technology")

    async def offered(interview: str, *candidates: str) -> Any:
        return await ask.do("offerFreedSlot", viewer, SLOT, interview=interview, candidates=candidates)

    slot = await offered(interview, people[0])
    first = slot["offers"][0]["id"]
    await ask.do("recordResponse", viewer, interview=first, response="DECLINED")
    again = refused("offerFreedSlot", "SLOT_OFFERED", "interview")
    assert await offered(first, people[1]) == again, "its time is the slot's"
    await due(ask, company, TimerKind.PASS_SLOT)
    assert (await read(ask, company, slot["id"]))["state"] == "UNFILLED"
    assert await offered(first, people[1]) == again
    slot = await offered(interview, people[1])
    assert [each["candidate"]["displayName"] for each in slot["offers"]] == ["second"]
    assert await offered(interview, people[2]) == again
    taken = slot["offers"][0]["id"]
    await ask.do("recordResponse", viewer, interview=taken, response="ACCEPTED")
    await due(ask, company, TimerKind.PASS_SLOT)
    assert await offered(interview, people[2]) == again
    await company.at(days=0).cancel(uid(taken), Side.CANDIDATE)
    assert await offered(interview, people[2]) == again
    slot = await offered(taken, people[2])
    assert [each["candidate"]["displayName"] for each in slot["offers"]] == ["third"]
