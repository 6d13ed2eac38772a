"""Freed slots: offered to one after another until somebody accepts, and to nobody twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.interviews import Side
from graph.timers import TimerKind
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import LIST_MESSAGES
from tests.ledger import refused
from tests.test_decisions import WHO, due

SLOT = """id state waiting lapsesAt lost { id }
  offers { id response attendance candidate { displayName } } takenBy { candidate { displayName } }"""
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
