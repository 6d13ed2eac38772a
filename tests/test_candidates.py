"""Candidates: when a person is recognised, who may be the same, and that no answer tells one circle of another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.candidates import Holder, normalised_phone, recognised
from graph.names import normalised_name
from tests.conftest import Ask, Company, gid, uid
from tests.ledger import appends, refused

SUBMITTED = """
candidate { id displayName possibleMatches { id } }
reminders { kind department { name } }
"""


async def submit(ask: Ask, company: Company, department: str, viewer: str = "", **candidate: Any) -> Any:
    return await ask.do(
        "submitApplication",
        company.user(viewer or department),
        SUBMITTED,
        position=gid("Position", company.positions[department]),
        candidate={"displayName": "王芳"} | candidate,
    )


async def known(ask: Ask, company: Company) -> str:
    """A candidate of Marketing, 王芳, with an email, a phone and an id in another system, who missed an interview."""
    made = await submit(
        ask,
        company,
        "marketing",
        email="wang.fang@example.com",
        phone="+86 138 0013 8000",
        externalIds=[{"system": "moka", "value": "M-1"}, {"system": "beisen", "value": "B-1"}],
    )
    query = "query One($id: ID!) { candidate(id: $id) { applications { nodes { id } } } }"
    found = await ask(query, company.user("hr"), id=made["candidate"]["id"])
    application = found["candidate"]["applications"]["nodes"][0]["id"]
    await company.at(days=60).no_show(uid(application))
    return made["candidate"]["id"]


@pytest.mark.parametrize(
    "person",
    [
        {"email": "wang.fang@example.com"},
        {"email": " WANG.Fang@Example.com "},
        {"externalIds": [{"system": "moka", "value": "M-1"}]},
        {"externalIds": [{"system": "beisen", "value": " B-1 "}], "email": "new@example.com"},
        {"displayName": " 王芳 ", "email": "wang.fang@example.com", "phone": "+1 555 010 9999"},
    ],
)
async def test_email_or_external_id_recognises(ask: Ask, company: Company, person: dict[str, Any]) -> None:
    candidate = await known(ask, company)
    made = await submit(ask, company, "technology", **person)
    assert made["candidate"] == {"id": candidate, "displayName": "王芳", "possibleMatches": []}
    kinds = {(item["kind"], item["department"]["name"]) for item in made["reminders"]}
    assert kinds == {("SIBLING_DEPARTMENT", "Marketing"), ("REPEAT_APPLICATION", "Marketing")}


@pytest.mark.parametrize(
    "person",
    [
        {"phone": "+86 138 0013 8000", "email": "other@example.com"},
        {"phone": "0086-138-0013-8000"},
        {"phone": "138 0013 8000"},
        {"phone": "（138）0013-8000"},
        {"displayName": "李雷", "email": "wang.fang@example.com"},
        {"displayName": "李雷", "externalIds": [{"system": "moka", "value": "M-1"}], "phone": "13800138000"},
        {"displayName": "李雷", "email": "wang.fang@example.com", "phone": "+86 138 0013 8000"},
    ],
)
async def test_doubt_is_left_to_people(ask: Ask, company: Company, person: dict[str, Any]) -> None:
    """A phone alone or another name gives a possible match once, to those who see both, and no reminder."""
    candidate = await known(ask, company)
    made = await submit(ask, company, "technology", **person)
    assert made["reminders"] == []
    assert made["candidate"]["id"] != candidate
    assert made["candidate"]["possibleMatches"] == []
    query = "query One($id: ID!) { candidate(id: $id) { possibleMatches { id } } }"
    for viewer in ("hr", "auditor"):
        found = await ask(query, company.user(viewer), id=made["candidate"]["id"])
        assert found["candidate"]["possibleMatches"] == [{"id": candidate}]
        back = await ask(query, company.user(viewer), id=candidate)
        assert back["candidate"]["possibleMatches"] == [{"id": made["candidate"]["id"]}]


@pytest.mark.parametrize(
    "person",
    [
        {"email": "unknown@example.com"},
        {"externalIds": [{"system": "beisen", "value": "M-1"}]},
        {"externalIds": [{"system": "moka", "value": "m-1"}]},
        {},
    ],
)
async def test_a_stranger_matches_nobody(ask: Ask, company: Company, person: dict[str, Any]) -> None:
    candidate = await known(ask, company)
    made = await submit(ask, company, "technology", "hr", **person)
    assert made["candidate"]["id"] != candidate
    assert made["candidate"]["possibleMatches"] == []
    assert made["reminders"] == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "a@example.com"}, {"externalIds": [{"system": "moka", "value": "2"}]}),
        (
            {"externalIds": [{"system": "moka", "value": "1"}]},
            {"externalIds": [{"system": "beisen", "value": "2"}]},
        ),
        (
            {"externalIds": [{"system": "moka", "value": "1"}]},
            {"externalIds": [{"system": "moka", "value": "2"}]},
        ),
    ],
)
async def test_identifiers_of_two_people_decide_nothing(
    ask: Ask, company: Company, first: dict[str, Any], second: dict[str, Any]
) -> None:
    one = await submit(ask, company, "marketing", **first)
    other = await submit(ask, company, "brand", displayName="李雷", **second)
    both = {**first, **second}
    if "externalIds" in first and "externalIds" in second:
        both["externalIds"] = first["externalIds"] + second["externalIds"]
    made = await submit(ask, company, "technology", "hr", **both)
    ids = {one["candidate"]["id"], other["candidate"]["id"]}
    assert {item["id"] for item in made["candidate"]["possibleMatches"]} == ids
    assert made["candidate"]["id"] not in ids
    assert made["reminders"] == []


async def test_a_second_name_leaves_the_first(ask: Ask, company: Company) -> None:
    """Two people who share an email are told apart by their names."""
    first = await submit(ask, company, "marketing", email="family@example.com")
    second = await submit(ask, company, "brand", displayName="李雷", email="family@example.com")
    again = await submit(ask, company, "technology", email="family@example.com")
    assert again["candidate"]["id"] == first["candidate"]["id"] != second["candidate"]["id"]


def holder(candidate: str, name: str, kind: str, identifier: str) -> Holder:
    return Holder(candidate, normalised_name(name), kind, identifier)


@pytest.mark.parametrize(
    ("holders", "expected"),
    [
        ([], None),
        ([holder("a", "Wang Fang", "EMAIL", "1")], "a"),
        ([holder("a", "WANG  fang", "EXTERNAL", "1")], "a"),
        ([holder("a", "Wang Fang", "PHONE", "1")], None),
        ([holder("a", "Li Lei", "EMAIL", "1")], None),
        ([holder("a", "Wang Fang", "EMAIL", "1"), holder("a", "Wang Fang", "EXTERNAL", "2")], "a"),
        ([holder("a", "Wang Fang", "EMAIL", "1"), holder("b", "Li Lei", "EMAIL", "1")], "a"),
        ([holder("a", "Wang Fang", "EMAIL", "1"), holder("b", "Wang Fang", "EMAIL", "1")], None),
        ([holder("a", "Wang Fang", "EMAIL", "1"), holder("b", "Li Lei", "EXTERNAL", "2")], None),
        ([holder("a", "Wang Fang", "EXTERNAL", "1"), holder("b", "Li Lei", "EXTERNAL", "2")], None),
        ([holder("a", "Wang Fang", "EMAIL", "1"), holder("b", "Li Lei", "PHONE", "2")], "a"),
    ],
)
def test_one_person_alone_is_recognised(holders: list[Holder], expected: str | None) -> None:
    assert recognised(holders, "wang fang") == expected


async def test_two_circles_are_joined_nowhere(ask: Ask, company: Company) -> None:
    """The Subsidiary's answer about a person whom Marketing knows is its answer about anybody."""
    candidate = await known(ask, company)
    person = {
        "email": "wang.fang@example.com",
        "phone": "+86 138 0013 8000",
        "externalIds": [{"system": "moka", "value": "M-1"}],
    }
    same = await submit(ask, company, "subsidiary", **person)
    stranger = await submit(ask, company, "subsidiary", email="nobody@example.com")
    assert same["candidate"]["id"] not in (candidate, stranger["candidate"]["id"])
    for made in (same, stranger):
        del made["candidate"]["id"]
    assert same == stranger
    query = """
    query Two($id: ID!, $position: ID!) {
      candidate(id: $id) {
        possibleMatches { id }
        noShows { totalCount }
        applications { totalCount }
        reminders(position: $position) { kind }
      }
    }
    """
    found = await ask(query, company.user("hr"), id=candidate, position=position(company, "technology"))
    assert found["candidate"]["possibleMatches"] == []
    assert found["candidate"]["noShows"] == {"totalCount": 1}
    assert found["candidate"]["applications"] == {"totalCount": 1}
    assert [item["kind"] for item in found["candidate"]["reminders"]] == ["REPEAT_APPLICATION", "SIBLING_DEPARTMENT"]
    across = await ask(query, company.user("hr"), id=candidate, position=position(company, "subsidiary"))
    assert across["candidate"]["reminders"] == []


def position(company: Company, name: str) -> str:
    return gid("Position", company.positions[name])


async def test_reminders_for_a_position_come_once(ask: Ask, company: Company) -> None:
    """However often the candidate has applied."""
    candidate = await known(ask, company)
    for department in ("brand", "technology"):
        await submit(ask, company, department, email="wang.fang@example.com")
    query = """
    query About($id: ID!, $position: ID!) {
      candidate(id: $id) { reminders(position: $position) { kind department { name } noShow { id } } }
    }
    """
    found = await ask(query, company.user("hr"), id=candidate, position=position(company, "technology"))
    reminders = found["candidate"]["reminders"]
    assert sorted((item["kind"], item["department"]["name"]) for item in reminders) == [
        ("REPEAT_APPLICATION", "Brand"),
        ("REPEAT_APPLICATION", "Marketing"),
        ("SIBLING_DEPARTMENT", "Marketing"),
    ]
    for wrong in (gid("Position", "nobody"), gid("Candidate", "nobody"), "nonsense"):
        assert (await ask(query, company.user("hr"), id=candidate, position=wrong))["candidate"]["reminders"] == []


CONTACT = "displayName email phone locale timeZone status"


async def test_candidates_are_updated_in_order(ask: Ask, company: Company) -> None:
    candidate = await known(ask, company)
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("marketing", {"candidate": gid("Candidate", "nobody")}, "NOT_FOUND", "candidate"),
        ("technology", {}, "NOT_FOUND", "candidate"),
        ("marketing", {"displayName": " "}, "INVALID_VALUE", "displayName"),
        ("marketing", {"displayName": "x" * 201}, "INVALID_VALUE", "displayName"),
        ("marketing", {"email": "no address"}, "INVALID_VALUE", "email"),
        ("marketing", {"email": "@"}, "INVALID_VALUE", "email"),
        ("marketing", {"phone": "12"}, "INVALID_VALUE", "phone"),
        ("marketing", {"phone": '=HYPERLINK("http://127.0.0.1:1")'}, "INVALID_VALUE", "phone"),
        ("marketing", {"timeZone": "China"}, "INVALID_VALUE", "timeZone"),
    ]
    good = {"candidate": candidate, "displayName": "王 芳", "email": "fang@example.com", "timeZone": "Asia/Shanghai"}
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("updateCandidate", company.user(viewer), **(good | change))
        assert answer == refused("updateCandidate", code, field), change
    async with appends(ask, company, "CANDIDATE_UPDATED"):
        made = await ask.do("updateCandidate", company.user("marketing"), CONTACT, **good, locale="EN")
    assert made == {
        "__typename": "Candidate",
        "displayName": "王 芳",
        "email": "fang@example.com",
        "phone": "+86 138 0013 8000",
        "locale": "EN",
        "timeZone": "Asia/Shanghai",
        "status": "ACTIVE",
    }


async def test_a_new_email_replaces_the_old(ask: Ask, company: Company) -> None:
    candidate = await known(ask, company)
    await ask.do("updateCandidate", company.user("hr"), candidate=candidate, email="fang@example.com")
    old = await submit(ask, company, "technology", email="wang.fang@example.com")
    assert old["candidate"]["id"] != candidate
    new = await submit(ask, company, "brand", email="fang@example.com")
    assert new["candidate"]["id"] == candidate
    moka = await submit(ask, company, "technology", externalIds=[{"system": "moka", "value": "M-1"}])
    assert moka["candidate"]["id"] == candidate


PAGES = """
query Pages($search: String, $where: CandidateWhere, $orderBy: CandidateOrder, $first: Int, $after: String) {
  candidates(search: $search, where: $where, orderBy: $orderBy, first: $first, after: $after) {
    totalCount nodes { displayName } pageInfo { endCursor hasNextPage }
  }
}
"""


async def names(ask: Ask, viewer: str, **variables: Any) -> list[str | None]:
    page = (await ask(PAGES, viewer, **variables))["candidates"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["displayName"] for node in page["nodes"]]


async def test_candidates_are_searched_by_name(ask: Ask, company: Company) -> None:
    for department, name in [("marketing", "Zoë Ａdams"), ("technology", "zoë Brown"), ("marketing", "陈晨")]:
        await company.application(department, company.person(name))
    hr = company.user("hr")
    assert await names(ask, hr) == ["Zoë Ａdams", "zoë Brown", "陈晨"]
    assert await names(ask, hr, search="ZOË") == ["Zoë Ａdams", "zoë Brown"]
    assert await names(ask, hr, search="adams") == ["Zoë Ａdams"]
    assert await names(ask, hr, search="ë  a") == ["Zoë Ａdams"]
    assert await names(ask, hr, search="晨", where={"status": "ACTIVE"}) == ["陈晨"]
    assert await names(ask, hr, where={"status": "ERASED"}) == []
    assert await names(ask, company.user("technology"), search="zoë") == ["zoë Brown"]
    assert await names(ask, company.user("subsidiary")) == []


async def test_candidates_are_sorted_by_no_shows(ask: Ask, company: Company) -> None:
    person = company.person("B")
    await company.at(days=90).no_show(await company.application("marketing", person))
    company.at(days=5)
    await company.application("technology", person)
    await company.application("technology", company.person("A"))
    for viewer, expected in [("technology", ["B", "A"]), ("hr", ["B", "A"]), ("integrator", [])]:
        assert await names(ask, company.user(viewer), orderBy="NO_SHOWS_DESC") == expected
    assert await names(ask, company.user("technology")) == ["A", "B"]


async def test_erased_candidates_stay_on_the_pages(ask: Ask, company: Company) -> None:
    for name in ("A", "B", "C"):
        application = await company.application("marketing", company.person(name))
        if name == "B":
            query = "query One($id: ID!) { application(id: $id) { candidate { id } } }"
            found = await ask(query, company.user("hr"), id=gid("Application", application))
            await company.hr.erase(uid(found["application"]["candidate"]["id"]))
    assert await names(ask, company.user("hr")) == ["A", "C", None]
    seen: list[str | None] = []
    after = None
    while True:
        page = (await ask(PAGES, company.user("hr"), first=1, after=after))["candidates"]
        seen += [node["displayName"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["A", "C", None]


async def test_erasing_leaves_nothing_personal(ask: Ask, company: Company) -> None:
    candidate = await known(ask, company)
    query = f"query One($id: ID!) {{ candidate(id: $id) {{ {CONTACT} noShows {{ totalCount }} }} }}"
    before = (await ask(query, company.user("marketing"), id=candidate))["candidate"]
    assert (before["email"], before["phone"]) == ("wang.fang@example.com", "+86 138 0013 8000")
    await company.hr.erase(uid(candidate))
    after = (await ask(query, company.user("marketing"), id=candidate))["candidate"]
    assert after == dict.fromkeys(before) | {"status": "ERASED", "noShows": {"totalCount": 0}}
    again = await submit(ask, company, "technology", email="wang.fang@example.com")
    assert again["candidate"]["id"] != candidate


async def test_restricting_hides_every_mark(ask: Ask, company: Company) -> None:
    candidate = await known(ask, company)
    company.at(days=1)
    made = await submit(ask, company, "technology", email="wang.fang@example.com")
    query = """
    query Marks($id: ID!, $application: ID!) {
      candidate(id: $id) { status noShows { totalCount } findings { totalCount } }
      application(id: $application) { reminders { kind } }
      department(code: "MARKETING") { noShows { totalCount } attendance { noShows } }
    }
    """
    applied = "query A($id: ID!) { candidate(id: $id) { applications(first: 1) { nodes { id } } } }"
    found = await ask(applied, company.user("technology"), id=candidate)
    application = found["candidate"]["applications"]["nodes"][0]["id"]
    assert made["candidate"]["id"] == candidate
    for status, count in [("ACTIVE", 1), ("RESTRICTED", 0)]:
        if status == "RESTRICTED":
            await company.hr.restrict(uid(candidate))
        seen = await ask(query, company.user("technology"), id=candidate, application=application)
        assert seen["candidate"] == {
            "status": status,
            "noShows": {"totalCount": count},
            "findings": {"totalCount": count},
        }
        assert len(seen["application"]["reminders"]) == count + 1
        # Fewer than five of another department are no number that is told.
        told = {"noShows": None if count else 0}
        assert seen["department"] == {"noShows": {"totalCount": count}, "attendance": told}


async def test_nothing_comes_to_count_of_who_is_restricted(ask: Ask, company: Company) -> None:
    """A no-show that is suspected after the restriction, and confirmed, is seen by the department alone."""
    query = "query($id: ID!) { application(id: $id) { candidate { id } } }"
    marks = '{ department(code: "MARKETING") { findings { totalCount } noShows { totalCount } } }'
    for right, own in [("restrict", 1), ("erase", 2)]:
        company.at(days=30)
        application = await company.application("marketing")
        found = await ask(query, company.user("marketing"), id=gid("Application", application))
        missed = await company.hr.missed(application)
        await getattr(company.hr, right)(uid(found["application"]["candidate"]["id"]))
        finding = await company.hr.suspicion(missed)
        await company.hr.notice(finding)
        company.hr.at += timedelta(days=4)
        await company.hr.confirmation(finding)
        assert (await ask(marks, company.user("marketing")))["department"] == {
            "findings": {"totalCount": own},
            "noShows": {"totalCount": 0},
        }


async def test_an_erased_candidate_stays_erased(ask: Ask, company: Company) -> None:
    application = await company.application("technology")
    found = await ask(
        "query($id: ID!) { application(id: $id) { candidate { id } } }",
        company.user("technology"),
        id=gid("Application", application),
    )
    candidate = found["application"]["candidate"]["id"]
    changed = await ask.do("updateCandidate", company.user("technology"), candidate=candidate, displayName="李雷")
    assert changed["__typename"] == "Candidate"
    await company.hr.erase(uid(candidate))
    refused = await ask.do("updateCandidate", company.user("technology"), candidate=candidate, displayName="李雷")
    assert (refused["code"], refused["field"]) == ("CANDIDATE_ERASED", "candidate")


@pytest.mark.parametrize(
    ("text", "region", "stored"),
    [
        ("13800138000", "CN", "+8613800138000"),
        ("+86 138 0013 8000", "DE", "+8613800138000"),
        ("0086-138-0013-8000", "CN", "+8613800138000"),
        ("00 86 138 0013 8000", "US", "+8613800138000"),
        ("８６１３８００１３８０００", "CN", "+8613800138000"),
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 901820", "CN", "+4930901820"),
        ("13800138000", "somewhere", "13800138000"),
        ("12 34", "CN", "1234"),
        ("extension 77", "CN", "77"),
    ],
)
def test_a_phone_is_one_however_written(text: str, region: str, stored: str) -> None:
    """E.164 by the law's country where none is named; what is no phone number there stays its digits."""
    assert normalised_phone(text, region) == stored


REPEATED = """
query Repeated($id: ID!) {
  application(id: $id) { reminders { kind department { name } application { id stage source } } }
}
"""


async def test_a_repeated_application_is_linked_for_its_own_department(ask: Ask, company: Company) -> None:
    """Another department of the circle is told when and where, and no more of that application."""
    candidate = await known(ask, company)
    await submit(ask, company, "technology", email="wang.fang@example.com")
    query = (
        "query All($id: ID!) { candidate(id: $id) { applications { nodes { id position { department { name } } } } } }"
    )
    nodes = (await ask(query, company.user("hr"), id=candidate))["candidate"]["applications"]["nodes"]
    ids = {node["position"]["department"]["name"]: node["id"] for node in nodes}
    linked = {"id": ids["Marketing"], "stage": "APPLIED", "source": None}
    for viewer, application in [("hr", linked), ("auditor", linked), ("technology", None)]:
        answer = await ask.whole(REPEATED, company.user(viewer), id=ids["Technology"])
        assert [name for name in answer.statements if name != "viewer"] == ["application"]
        told = {each["kind"]: each["application"] for each in answer.data["application"]["reminders"]}
        assert told == {"SIBLING_DEPARTMENT": None, "REPEAT_APPLICATION": application}, viewer
