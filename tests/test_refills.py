"""Refill: whom a lost interview could be given to, and who is not told of."""

from __future__ import annotations

from typing import Any

from graph.positions import Urgency
from tests.conftest import Ask, Company, gid, uid

SUGGESTIONS = """
query Suggestions($position: ID!, $count: Int = 10, $locale: Locale = EN) {
  refillSuggestions(position: $position, count: $count) {
    candidate { displayName } application { id stage } position { title }
    isSameFamily isFree noShows attended since reasons(locale: $locale)
  }
}
"""


async def suggested(ask: Ask, company: Company, viewer: str, position: str, **more: Any) -> list[dict[str, Any]]:
    given = {"position": gid("Position", position), **more}
    return (await ask(SUGGESTIONS, company.user(viewer), **given))["refillSuggestions"]


def names(found: list[dict[str, Any]]) -> list[str]:
    return [each["candidate"]["displayName"] for each in found]


async def test_the_free_come_first_and_the_marked_last(ask: Ask, company: Company) -> None:
    hr = company.at(days=40)
    other = await hr.position(company.departments["technology"], "Tester", "ENGINEERING")
    wanted = company.positions["technology"]
    await company.application("technology", company.person("waiting"))
    free = await hr.application(other, company.person("free"))
    await hr.application(other, company.person("busy"))
    missed = await company.application("technology", company.person("missed"))
    await hr.application(company.positions["brand"], company.person("elsewhere"))
    marked = await hr.application(other, company.person("marked"))
    await hr.no_show(marked)
    await hr.no_show(missed)
    company.at(days=20)
    await hr.withdraw(free)
    await hr.withdraw(marked)
    found = await suggested(ask, company, "technology", wanted)
    assert [(each["candidate"]["displayName"], each["isFree"], each["noShows"]) for each in found] == [
        ("waiting", True, 0),
        ("free", True, 0),
        ("marked", True, 1),
        ("busy", False, 0),
    ]
    assert found[1]["reasons"] == [
        "applied for Tester, of the same job family, in October 2026",
        "has no other process running",
        "has no no-show that counts",
    ]
    zh = await suggested(ask, company, "technology", wanted, locale="ZH_CN", count=0)
    assert [each["reasons"] for each in zh] == [
        ["2026年10月已投递本岗位，正在等待", "目前没有其他进行中的流程", "没有有效的爽约记录"]
    ]


async def test_nobody_is_told_of_other_departments_people(ask: Ask, company: Company) -> None:
    company.at(days=30)
    family = await company.hr.position(company.departments["brand"], "Brand engineer", "ENGINEERING")
    await company.hr.application(family, company.person("theirs"))
    await company.application("technology", company.person("ours"))
    wanted = company.positions["technology"]
    assert names(await suggested(ask, company, "technology", wanted)) == ["ours"]
    assert names(await suggested(ask, company, "hr", wanted)) == ["ours", "theirs"]
    for viewer in ("brand", "subsidiary", "integrator"):
        assert await suggested(ask, company, viewer, wanted) == []


async def test_a_disputed_mark_weighs_nothing(ask: Ask, company: Company) -> None:
    hr = company.at(days=40)
    other = await hr.position(company.departments["technology"], "Tester", "ENGINEERING")
    application = await hr.application(other, company.person("contests"))
    finding = await hr.no_show(application)
    company.at(days=20)
    await hr.withdraw(application)
    wanted = company.positions["technology"]
    assert [each["noShows"] for each in await suggested(ask, company, "technology", wanted)] == [1]
    await hr.dispute(finding, "I was there.")
    assert [each["noShows"] for each in await suggested(ask, company, "technology", wanted)] == [0]


async def test_restricted_and_erased_people_are_not_suggested(ask: Ask, company: Company) -> None:
    """Restricted data may be kept and nothing more (GDPR 18 (2)); who is erased cannot be asked."""
    hr = company.at(days=40)
    people = {name: company.person(name) for name in ("stays", "restricted", "erased")}
    found = {name: await company.application("technology", person) for name, person in people.items()}
    query = "query Who($id: ID!) { application(id: $id) { candidate { id } } }"
    for name, leave in (("restricted", hr.restrict), ("erased", hr.erase)):
        answer = await ask(query, company.user("hr"), id=gid("Application", found[name]))
        await leave(uid(answer["application"]["candidate"]["id"]))
    assert names(await suggested(ask, company, "technology", company.positions["technology"])) == ["stays"]


async def test_an_urgent_position_comes_first(ask: Ask, company: Company) -> None:
    """Who only waits for a position that is not urgent is free for one that is, and not the other way round."""
    hr = company.at(days=40)
    place = company.departments["technology"]
    urgent = await hr.position(place, "Urgent", "ENGINEERING", Urgency.URGENT_BACKFILL)
    normal = company.positions["technology"]
    await hr.application(normal, company.person("patient"))
    await hr.application(urgent, company.person("needed"))
    found = await suggested(ask, company, "technology", urgent)
    assert [(each["candidate"]["displayName"], each["isFree"]) for each in found] == [
        ("needed", True),
        ("patient", True),
    ]
    assert found[0]["reasons"][-1] == "this position is to be filled urgently and comes first"
    found = await suggested(ask, company, "technology", normal)
    assert [(each["candidate"]["displayName"], each["isFree"]) for each in found] == [
        ("patient", True),
        ("needed", False),
    ]


async def test_suggestions_take_one_statement_and_say_what_was_adjusted(ask: Ask, company: Company) -> None:
    company.at(days=3)
    for number in range(3):
        await company.application("technology", company.person(f"person {number}"))
    position = gid("Position", company.positions["technology"])
    answer = await ask.whole(SUGGESTIONS, company.user("technology"), position=position, count=500)
    assert answer.statements == ["viewer", "refillSuggestions"]
    assert len(answer.data["refillSuggestions"]) == 3
    assert answer.extensions["adjusted"] == [{"path": ["refillSuggestions"], "argument": "count", "used": 50}]
