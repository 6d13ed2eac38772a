"""Rounds of invitations: one call, one answer each, and nobody is kept from it by another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.ledger import recorded

ANSWERS = "id position { title } answers { place code field message(locale: EN) interview { startsAt response } }"
WHO = "query Who($id: ID!) { application(id: $id) { candidate { id } } }"


def times(days: float) -> dict[str, str]:
    at = NOW + timedelta(days=days)
    return {"startsAt": instant(at), "endsAt": instant(at + timedelta(hours=1))}


def instant(at: Any) -> str:
    return at.isoformat().replace("+00:00", "Z")


async def who(ask: Ask, company: Company, application: str) -> str:
    found = await ask(WHO, company.user("hr"), id=gid("Application", application))
    return found["application"]["candidate"]["id"]


async def test_each_invitee_has_an_answer(ask: Ask, company: Company) -> None:
    """Those of others, of no one, and of another company are refused alike, and keep nobody from being invited."""
    hr = company.at(days=30)
    position, place = company.positions["technology"], company.departments["technology"]
    waiting = await company.application("technology")
    ended = await company.application("technology")
    await hr.withdraw(ended)
    elsewhere = await hr.application(await hr.position(place, "Tester", "ENGINEERING"), company.person())
    theirs = await company.application("brand")
    other = await make_company(ask.graph)
    foreign = await other.application("technology")
    restricted = await who(ask, company, await company.application("technology"))
    await hr.restrict(uid(restricted))
    known = await company.application("technology")
    erased, also = await who(ask, company, known), await company.application("technology")
    await hr.erase(uid(erased))
    await hr.restrict(uid(await who(ask, company, also)))
    nobody = gid("Candidate", "00000000-0000-4000-8000-000000000000")
    invitees = [
        {"application": gid("Application", waiting), **times(2)},
        {"candidate": await who(ask, company, elsewhere), **times(3)},
        {"application": gid("Application", ended), **times(2)},
        {"application": gid("Application", elsewhere), **times(2)},
        {"candidate": await who(ask, company, theirs), **times(2)},
        {"candidate": await who(ask, other, foreign), **times(2)},
        {"candidate": nobody, **times(2)},
        {"application": gid("Application", waiting), **times(-2)},
        {"candidate": restricted, **times(2)},
        {"application": gid("Application", also), **times(2)},
        {"candidate": erased, **times(2)},
        {"application": gid("Application", known), **times(2)},
        {**times(2)},
        {"application": gid("Application", waiting), **times(2)},
    ]
    input = {"position": gid("Position", position), "mode": "VIDEO", "timeZone": "Asia/Shanghai", "invitees": invitees}
    viewer = company.user("technology")
    before = len(await recorded(ask, company))
    round = await ask.do("inviteMany", viewer, ANSWERS, idempotencyKey="one", **input)
    again = await ask.do("inviteMany", viewer, ANSWERS, idempotencyKey="one", **input)
    assert round == again
    assert len(await recorded(ask, company)) == before + 3
    assert [(each["code"], each["field"]) for each in round["answers"]] == [
        (None, None),
        (None, None),
        ("APPLICATION_ENDED", "application"),
        ("NOT_FOUND", "application"),
        ("NOT_FOUND", "candidate"),
        ("NOT_FOUND", "candidate"),
        ("NOT_FOUND", "candidate"),
        ("INVALID_VALUE", "startsAt"),
        ("CANDIDATE_RESTRICTED", "candidate"),
        ("CANDIDATE_RESTRICTED", "application"),
        ("CANDIDATE_ERASED", "candidate"),
        ("CANDIDATE_ERASED", "application"),
        ("INVALID_VALUE", "candidate"),
        ("ALREADY_INVITED", "startsAt"),
    ]
    assert [each["interview"] and each["interview"]["startsAt"] for each in round["answers"][:3]] == [
        times(2)["startsAt"],
        times(3)["startsAt"],
        None,
    ]
    assert round["answers"][8]["message"] == "This candidate's record is restricted."


async def test_who_was_rejected_for_a_position_is_not_invited_to_it_by_name(ask: Ask, company: Company) -> None:
    """Nor who took their application back, under either record of the same person; a process that ended elsewhere is
    no bar, nor one that ended before they applied anew."""
    hr = company.at(days=30)
    position = company.positions["technology"]
    tester = await hr.position(company.departments["technology"], "Tester", "ENGINEERING")
    rejected, withdrawn, elsewhere = [await company.application("technology") for _ in range(3)]
    anew = company.person("anew")
    before = await company.application("technology", anew)
    for application in (rejected, before):
        await ask.do(
            "decide", company.user("hr"), application=gid("Application", application), verdict="REJECT", reason="x"
        )
    await hr.withdraw(withdrawn)
    twin = await who(ask, company, elsewhere)
    other = await hr.application(tester, company.person())
    await hr.withdraw(other)
    await company.application("technology", anew)
    merged = await who(ask, company, await hr.application(tester, company.person()))
    named = [await who(ask, company, each) for each in (rejected, withdrawn, other, before)]
    await hr.withdraw(elsewhere)
    await ask.do("mergeCandidates", company.user("hr"), candidate=twin, other=merged)
    invitees = [{"candidate": each, **times(2)} for each in (*named, merged)]
    input = {"position": gid("Position", position), "mode": "VIDEO", "timeZone": "Asia/Shanghai", "invitees": invitees}
    filed = len(await recorded(ask, company))
    answers = (await ask.do("inviteMany", company.user("technology"), ANSWERS, **input))["answers"]
    ended = ("APPLICATION_ENDED", "candidate")
    expected = [ended, ended, (None, None), (None, None), ended]
    assert [(each["code"], each["field"]) for each in answers] == expected
    assert len(await recorded(ask, company)) == filed + 3, "one application, and two invitations"


async def test_an_application_of_either_record_is_the_person_s(ask: Ask, company: Company) -> None:
    """Nobody who is in process under another record is invited by an application besides; refused as that would be."""
    hr = company.at(days=30)
    position = company.positions["technology"]
    tester = await hr.position(company.departments["technology"], "Tester", "ENGINEERING")
    applications = [await company.application("technology") for _ in range(3)]
    named: list[str] = []
    for application in applications:
        named.append(await who(ask, company, await hr.application(tester, company.person())))
        await hr.merge(uid(await who(ask, company, application)), uid(named[-1]))
    await hr.interview(applications[1], starts_at=NOW + timedelta(days=2))
    await hr.restrict(uid(await who(ask, company, applications[2])))
    invitees = [{"candidate": each, **times(2)} for each in named]
    input = {"position": gid("Position", position), "mode": "VIDEO", "timeZone": "Asia/Shanghai", "invitees": invitees}
    before = len(await recorded(ask, company))
    answers = "answers { code field interview { application { id } } }"
    found = (await ask.do("inviteMany", company.user("technology"), answers, **input))["answers"]
    assert found == [
        {"code": None, "field": None, "interview": {"application": {"id": gid("Application", applications[0])}}},
        {"code": "ALREADY_INVITED", "field": "candidate", "interview": None},
        {"code": "CANDIDATE_RESTRICTED", "field": "candidate", "interview": None},
    ]
    assert len(await recorded(ask, company)) == before + 1, "one invitation, and no application"


async def test_a_round_is_for_an_open_position_of_ones_own(ask: Ask, company: Company) -> None:
    hr = company.at(days=30)
    waiting = await company.application("technology")
    invitee = {"application": gid("Application", waiting), **times(2)}
    position = gid("Position", company.positions["technology"])
    input = {"position": position, "mode": "VIDEO", "timeZone": "Asia/Shanghai", "invitees": [invitee]}
    for viewer, code in [("brand", "NOT_ALLOWED"), ("subsidiary", "NOT_FOUND"), ("integrator", "NOT_ALLOWED")]:
        assert (await ask.do("inviteMany", company.user(viewer), **input))["code"] == code
    for wrong in ([], [invitee] * 51):
        answer = await ask.do("inviteMany", company.user("hr"), **input | {"invitees": wrong})
        assert (answer["code"], answer["field"]) == ("INVALID_VALUE", "invitees")
    await hr.close_position(company.positions["technology"])
    answer = await ask.do("inviteMany", company.user("hr"), **input)
    assert (answer["code"], answer["field"]) == ("POSITION_CLOSED", "position")
