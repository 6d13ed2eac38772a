"""Refill: whom a lost interview could be given to, and who is not told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import loading, pools
from graph.applications import Stage
from graph.events import GENESIS
from graph.interviews import Attendance, Response, Side
from graph.loading import as_text
from graph.pools import Known, Pool, placed
from graph.positions import Urgency
from graph.statements import Statement
from graph.writing import random_id
from tests.bench.filling import APPLICATIONS, CANDIDATES, unwind
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.test_importing import invited

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


async def test_in_a_month_the_fittest_come_first(ask: Ask, company: Company) -> None:
    """Who waits for the position, then the same family, then a similar one that begins with the same word, and before
    those as fit the ones who came to interviews, and newer ones; all of them filed in the order that is the worst.
    """
    hr, place, wanted = company.hr, company.departments["technology"], company.positions["technology"]
    company.at(days=50)
    families = {"Tester": "ENGINEERING", "Web": "engineering-web", "Nurse": "ENGINEERS"}
    positions = {title: await hr.position(place, title, family) for title, family in families.items()}
    company.at(days=49)
    await company.application("technology", company.person("waits"))
    filed = [("came", "Web"), ("kin", "Tester"), ("newer kin", "Tester"), ("alike", "Web"), ("apart", "Nurse")]
    for day, (name, title) in zip(range(48, 40, -1), filed, strict=False):
        company.at(days=day)
        application = await hr.application(positions[title], company.person(name))
        for _ in range(2 if name == "came" else 0):
            interview = await hr.interview(application)
            hr.at += timedelta(days=3, hours=1)
            await hr.attendance(interview, Attendance.ATTENDED)
        await hr.withdraw(application)
    found = await suggested(ask, company, "technology", wanted)
    assert [(each["candidate"]["displayName"], each["isSameFamily"]) for each in found] == [
        ("waits", True),
        ("newer kin", True),
        ("kin", True),
        ("came", False),
        ("alike", False),
    ]
    assert found[3]["reasons"] == [
        "applied for Web, of a similar job family, in October 2026",
        "has no other process running",
        "has no no-show that counts",
        "attended 2 interviews",
    ]
    assert found[4]["reasons"] == found[3]["reasons"][:3]
    zh = await suggested(ask, company, "technology", wanted, locale="ZH_CN")
    assert zh[3]["reasons"][::3] == ["2026年10月投递过相近岗位「Web」", "曾参加2次面试"]


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
    interview = await hr.interview(await hr.application(normal, company.person("invited")))
    hr.at += timedelta(days=3, hours=1)
    await hr.attendance(interview, Attendance.ATTENDED)
    found = await suggested(ask, company, "technology", urgent)
    assert [(each["candidate"]["displayName"], each["isFree"]) for each in found] == [
        ("needed", True),
        ("patient", True),
        ("invited", False),
    ]
    assert found[0]["reasons"][-1] == "this position is to be filled urgently and comes first"
    found = await suggested(ask, company, "technology", normal)
    assert [(each["candidate"]["displayName"], each["isFree"]) for each in found] == [
        ("patient", True),
        ("needed", False),
    ]


async def test_whoever_was_hired_is_not_suggested_and_an_offer_is_a_process(ask: Ask, company: Company) -> None:
    """However long ago they applied; and nobody is suggested for a position that is closed."""
    hr, wanted = company.at(days=120), company.positions["technology"]
    technology = company.departments["technology"]
    tester, web = [await hr.position(technology, title, "ENGINEERING") for title in ("Tester", "Web")]
    for name, stage in (("hired", Stage.HIRED), ("offered", Stage.OFFER), ("forgotten", Stage.SCREENING)):
        person = company.person(name)
        await hr.withdraw(await hr.application(tester, person))
        await hr.advance(await hr.application(web, person), stage)
    found = await suggested(ask, company, "technology", wanted)
    assert [(each["candidate"]["displayName"], each["isFree"]) for each in found] == [
        ("forgotten", True),
        ("offered", False),
    ]
    await hr.close_position(wanted)
    assert await suggested(ask, company, "technology", wanted) == []


async def test_a_closed_position_keeps_its_offers_and_interviews_to_come(ask: Ask, company: Company) -> None:
    """Who only waited for it is free, and so is who declined or is not awaited any more."""
    hr, wanted = company.at(days=10), company.positions["technology"]
    technology = company.departments["technology"]
    tester, web = [await hr.position(technology, title, "ENGINEERING") for title in ("Tester", "Web")]
    starts = {"awaited": NOW + timedelta(days=3), "declined": NOW + timedelta(days=3), "over": NOW - timedelta(days=3)}
    for name in ("declined", "over", "waited", "awaited", "offered"):
        person = company.person(name)
        await hr.withdraw(await hr.application(tester, person))
        application = await hr.application(web, person)
        if name == "offered":
            await hr.advance(application, Stage.OFFER)
        elif name in starts:
            interview = await hr.interview(application, starts_at=starts[name])
            if name == "declined":
                await hr.respond(interview, Response.DECLINED)
    await hr.close_position(web)
    found = await suggested(ask, company, "technology", wanted)
    assert {each["candidate"]["displayName"]: each["isFree"] for each in found} == {
        **dict.fromkeys(("declined", "over", "waited"), True),
        **dict.fromkeys(("awaited", "offered"), False),
    }


async def test_who_was_entered_in_error_still_waits(ask: Ask, company: Company) -> None:
    hr, wanted = company.at(days=10), company.positions["technology"]
    interview = await hr.interview(await company.application("technology", company.person("waits")))
    assert await suggested(ask, company, "technology", wanted) == []
    await hr.attendance(interview, Attendance.ENTERED_IN_ERROR)
    assert names(await suggested(ask, company, "technology", wanted)) == ["waits"]
    await kept(ask, company)


async def test_suggestions_take_one_statement_and_say_what_was_adjusted(ask: Ask, company: Company) -> None:
    company.at(days=3)
    for number in range(3):
        await company.application("technology", company.person(f"person {number}"))
    position = gid("Position", company.positions["technology"])
    answer = await ask.whole(SUGGESTIONS, company.user("technology"), position=position, count=500)
    assert answer.statements == ["viewer", "refillSuggestions"]
    assert len(answer.data["refillSuggestions"]) == 3
    assert answer.extensions["adjusted"] == [{"path": ["refillSuggestions"], "argument": "count", "used": 50}]


@dataclass(frozen=True, slots=True)
class Hint:
    position: str
    newest: str | None
    fades: str | None


async def test_months_are_those_of_the_organization(ask: Ask, company: Company) -> None:
    """In Shanghai it is November by then."""
    ask.now = NOW
    company.hr.at = datetime(2026, 10, 31, 17, tzinfo=UTC)
    await company.application("technology", company.person())
    (found,) = await suggested(ask, company, "technology", company.positions["technology"])
    assert found["reasons"][0] == "has waited for this very position since November 2026"


LISTS = Statement(
    "tests.pools",
    "MATCH (position:Position)-[:BELONGS_TO]->(:Department {organization: $organization}) "
    "WHERE position.pooledAt IS NOT NULL WITH position " + pools.FOUND,
    row=Pool,
)
HINTS = Statement(
    "tests.pool_hints",
    "MATCH (position:Position)-[:BELONGS_TO]->(:Department {organization: $organization}) "
    "MATCH (pool:Pool {id: position.id}) "
    "RETURN position.id AS position, position.pooledAt AS newest, pool.fadesAt AS fades ORDER BY position",
    row=Hint,
)


async def kept(ask: Ask, company: Company) -> dict[str, dict[str, list[str]]]:
    """What the pools hold, once it is seen that filling them anew gives the same."""
    found, hints = list[dict[str, dict[str, list[str]]]](), list[list[Hint]]()
    for _ in range(2):
        rows = await ask.graph.client.read(LISTS, organization=company.hr.viewer.organization)
        hints.append(await ask.graph.client.read(HINTS, organization=company.hr.viewer.organization))
        found.append({row.position: dict(zip(pools.LISTS, row.lists, strict=True)) for row in rows})
        everywhere = pools.filled(found[0], ask.now)
        await ask.graph.client.write(lambda tx, given=everywhere: tx.run(pools.FILL, **given))
    assert (found[0], hints[0]) == (found[1], hints[1])
    return found[0]


async def candidate_of(ask: Ask, company: Company, application: str) -> str:
    query = "query Who($id: ID!) { application(id: $id) { candidate { id } } }"
    return uid(
        (await ask(query, company.user("hr"), id=gid("Application", application)))["application"]["candidate"]["id"]
    )


async def test_as_many_are_given_as_are_asked_for(ask: Ask, company: Company) -> None:
    """Of those who wait, and of those whose process for another position has ended."""
    hr = company.at(days=40)
    other = await hr.position(company.departments["technology"], "Tester", "ENGINEERING")
    wanted = company.positions["technology"]
    for number in range(14):
        await company.application("technology", company.person(f"waits {number}"))
    for number in range(13):
        await hr.withdraw(await hr.application(other, company.person(f"is free {number}")))
    for count in (14, 27, 50):
        found = await suggested(ask, company, "technology", wanted, count=count)
        assert len(set(names(found))) == len(found) == min(count, 27)
        assert all(each["isFree"] for each in found)
    assert [len(found) for found in (await kept(ask, company))[wanted].values()] == [14, 0, 0, 0, 0, 0]


async def test_the_newest_of_many_are_found(ask: Ask, company: Company) -> None:
    """In whichever lists they stand: of some positions there are most of them, of others none."""
    hr, wanted = company.at(days=100), company.positions["technology"]
    technology = company.departments["technology"]
    others = [await hr.position(technology, f"Tester {number}", "ENGINEERING") for number in range(6)]
    ages = {0: range(30, 90, 3), 1: range(40, 70, 2), 2: range(2, 62), 3: range(200, 245), 4: range(300, 310)}
    ages[5] = range(31, 91)
    filed = [(NOW - timedelta(days=day, minutes=at), others[at]) for at, days in ages.items() for day in days]
    rows = [{"id": random_id(), "name": f"person {at}", "seq": 0, "hash": GENESIS} for at in range(len(filed))]
    await unwind(ask.graph.client, CANDIDATES, rows, organization=hr.viewer.organization)
    applied = [
        {
            "id": random_id(),
            "candidate": row["id"],
            "position": position,
            "stage": "REJECTED",
            "applied_at": as_text(at),
        }
        for row, (at, position) in zip(rows, filed, strict=True)
    ]
    await unwind(ask.graph.client, APPLICATIONS, applied)
    await ask.graph.client.write(lambda tx: tx.run(pools.FILL, **pools.filled(others, NOW)))
    known = sorted(zip(filed, rows, strict=True), key=lambda each: each[0][0], reverse=True)
    newest = [row["name"] for _, row in known]
    for count in (10, 50):
        assert names(await suggested(ask, company, "technology", wanted, count=count)) == newest[:count]


async def test_however_many_are_asked_for_the_same_come_first(ask: Ask, company: Company) -> None:
    """Whoever comes first is not free, and so older ones have to be asked of as well, more of them than at first."""
    hr, technology, wanted = company.hr, company.departments["technology"], company.positions["technology"]
    company.at(days=60)
    other = await hr.position(technology, "Tester", "ENGINEERING")
    busy = await hr.position(technology, "Nurse", "CARE")
    for number in range(48):
        company.at(days=59 - number)
        person = company.person(f"person {number}")
        if number >= 12:
            await hr.application(busy, person)
        await hr.withdraw(await hr.application(other, person))
    answers = {
        count: [
            (each["candidate"]["displayName"], each["isFree"])
            for each in await suggested(ask, company, "technology", wanted, count=count)
        ]
        for count in (1, 5, 13, 50)
    }
    newest = [f"person {number}" for number in range(47, -1, -1)]
    assert answers[50] == [(name, True) for name in newest[36:]] + [(name, False) for name in newest[:36]]
    assert all(answers[count] == answers[50][:count] for count in answers)


async def test_a_person_without_a_mark_precedes_newer_ones_with_one(ask: Ask, company: Company) -> None:
    """However many they are, and until their marks are gone."""
    hr, wanted = company.at(days=80), company.positions["technology"]
    other = await hr.position(company.departments["technology"], "Tester", "ENGINEERING")
    clean = await hr.application(other, company.person("clean"))
    await hr.withdraw(clean)
    marks: list[str] = []
    for number in range(11):
        company.at(days=60 - number)
        application = await hr.application(other, company.person(f"marked {number}"))
        marks.append(await hr.no_show(application))
        await hr.withdraw(application)
    found = await suggested(ask, company, "technology", wanted, count=5)
    assert [each["noShows"] for each in found] == [0, 1, 1, 1, 1]
    company.at(days=10)
    await hr.void(marks[3])
    await hr.dispute(marks[5], "I was there.")
    found = await suggested(ask, company, "technology", wanted, count=3)
    assert names(found) == ["marked 5", "marked 3", "clean"]
    lists = (await kept(ask, company))[other]
    assert (len(lists["Ended"]), len(lists["EndedMarked"])) == (3, 9)


async def test_a_merged_person_is_suggested_once_with_its_mark(ask: Ask, company: Company) -> None:
    hr, wanted = company.at(days=60), company.positions["technology"]
    other = await hr.position(company.departments["technology"], "Tester", "ENGINEERING")
    missed = await hr.application(other, company.person("first"))
    await hr.no_show(missed)
    await hr.withdraw(missed)
    company.at(days=20)
    ended = await hr.application(other, company.person("second"))
    await hr.withdraw(ended)
    waiting = await company.application("technology", company.person("third"))
    first, second, third = [await candidate_of(ask, company, each) for each in (missed, ended, waiting)]

    async def told() -> list[tuple[str, int]]:
        found = await suggested(ask, company, "technology", wanted)
        return [(each["candidate"]["displayName"], each["noShows"]) for each in found]

    assert await told() == [("third", 0), ("second", 0), ("first", 1)]
    await hr.merge(first, third)
    assert await told() == [("second", 0), ("third", 1)]
    await kept(ask, company)
    await ask.do("splitCandidate", company.user("hr"), candidate=gid("Candidate", first))
    await hr.merge(first, second)
    assert await told() == [("third", 0), ("second", 1)]
    await hr.restrict(first)
    assert await told() == [("third", 0)]
    await kept(ask, company)


async def test_a_pool_is_filled_again_before_it_is_empty(
    ask: Ask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of which it holds the newest alone, once they have left it."""
    monkeypatch.setattr(pools, "KEPT", 3)
    monkeypatch.setattr(pools, "FEWEST", 2)
    hr, wanted = company.at(days=40), company.positions["technology"]
    applications: list[str] = []
    for number in range(5):
        company.at(days=40 - number)
        applications.append(await company.application("technology", company.person(f"person {number}")))
    assert names(await suggested(ask, company, "technology", wanted)) == ["person 4", "person 3", "person 2"]
    for application in applications[3:]:
        await hr.withdraw(application)
    assert names(await suggested(ask, company, "technology", wanted)) == ["person 2", "person 1", "person 0"]


async def test_whom_the_employer_called_off_waits_again(ask: Ask, company: Company) -> None:
    hr, wanted = company.at(days=10), company.positions["technology"]
    application = await company.application("technology", company.person("called off"))
    interview = await hr.interview(application)
    assert await suggested(ask, company, "technology", wanted) == []
    await hr.cancel(interview, Side.EMPLOYER)
    assert names(await suggested(ask, company, "technology", wanted)) == ["called off"]
    await kept(ask, company)


async def test_whoever_is_invited_by_an_import_waits_no_more(ask: Ask, company: Company) -> None:
    hr, person, wanted = company.at(days=10), company.person("imported"), company.positions["technology"]
    await company.application("technology", person)
    assert names(await suggested(ask, company, "technology", wanted)) == ["imported"]
    starts = hr.at - timedelta(days=1)
    fact = invited(person, wanted, starts, starts, Attendance.PENDING)
    importer = loading.Importer(hr.viewer.organization, "Asia/Shanghai", "CN", hr.viewer.id)
    await loading.load(ask.graph, importer, [fact], now=NOW)
    assert [len(found) for found in (await kept(ask, company))[wanted].values()] == [0, 1, 0, 0, 0, 0]
    assert await suggested(ask, company, "technology", wanted) == []


DAY = datetime(2026, 1, 1)  # noqa: DTZ001
ACTS = st.lists(
    st.tuples(
        st.integers(0, 8),
        st.sampled_from("01"),
        st.sampled_from(("Waiting", "Invited", "Ended")),
        st.booleans(),
        st.none() | st.integers(0, 12),
    ),
    max_size=40,
)


@given(ACTS)
def test_a_pool_is_what_it_would_be_filled_with(acts: list[tuple[int, str, str, bool, int | None]]) -> None:
    """Whatever comes of applications, one after another, and however marks fade meanwhile."""
    pool, known = Pool("p", [[] for _ in pools.LISTS], []), dict[int, Known]()
    for step, (number, came, standing, is_kept, until) in enumerate(acts):
        now = (DAY + timedelta(days=step / 8)).isoformat()
        filed = (DAY + timedelta(days=number * 12)).isoformat()
        fades = None if until is None else (DAY + timedelta(days=until)).isoformat()
        known[number] = Known(f"a{number}", "p", filed, came, standing, is_kept, fades)
        lists, cut = placed(pool, [known[number]], now)
        pool = Pool("p", list(lists.values()), cut)
        anew, _ = placed(Pool("p", [[] for _ in pools.LISTS], []), known.values(), now)
        assert lists == anew
