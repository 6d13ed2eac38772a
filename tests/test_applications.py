"""Applications: filed, moved forward, withdrawn, and never rejected by this system."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph import positions
from graph.applications import Stage
from graph.statements import Statement
from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.ledger import appends, refused


def iso(**ago: float) -> str:
    return (NOW - timedelta(**ago)).isoformat().replace("+00:00", "Z")


async def test_applications_are_filed_in_order(ask: Ask, company: Company) -> None:
    other = await make_company(ask.graph)
    closed = await company.hr.close_position(
        await company.hr.position(company.departments["technology"], "Z", "ENGINEERING")
    )
    person = {"displayName": "王芳", "email": "wang.fang@example.com"}
    new = {"position": gid("Position", company.positions["technology"]), "candidate": person, "source": "referral"}
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("technology", {"position": gid("Position", "nobody")}, "NOT_FOUND", "position"),
        ("technology", {"position": gid("Position", other.positions["technology"])}, "NOT_FOUND", "position"),
        ("subsidiary", {}, "NOT_FOUND", "position"),
        ("marketing", {}, "NOT_ALLOWED", "position"),
        ("technology", {"position": gid("Position", closed)}, "POSITION_CLOSED", "position"),
        ("technology", {"appliedAt": iso(days=-1)}, "INVALID_VALUE", "appliedAt"),
        ("technology", {"appliedAt": "0001-01-01T00:00:00Z"}, "INVALID_VALUE", "appliedAt"),
        ("technology", {"appliedAt": iso(days=51 * 366)}, "INVALID_VALUE", "appliedAt"),
        ("technology", {"candidate": person | {"displayName": ""}}, "INVALID_VALUE", "displayName"),
        ("technology", {"candidate": person | {"email": "x"}}, "INVALID_VALUE", "email"),
        ("technology", {"candidate": person | {"phone": "+86"}}, "INVALID_VALUE", "phone"),
        ("technology", {"candidate": person | {"timeZone": "Mars/Base"}}, "INVALID_VALUE", "timeZone"),
        (
            "technology",
            {"candidate": person | {"externalIds": [{"system": "", "value": "1"}]}},
            "INVALID_VALUE",
            "externalIds",
        ),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("submitApplication", company.user(viewer), **(new | change))
        assert answer == refused("submitApplication", code, field), change
    async with appends(ask, company, "APPLICATION_SUBMITTED"):
        made = await ask.do(
            "submitApplication",
            company.user("technology"),
            "stage stageLabel stageInEnglish: stageLabel(locale: EN) appliedAt source candidate { displayName email } "
            "position { title }",
            **new,
            appliedAt=iso(days=2),
        )
    assert made == {
        "__typename": "Application",
        "stage": "APPLIED",
        "stageLabel": "已投递",
        "stageInEnglish": "Applied",
        "appliedAt": iso(days=2),
        "source": "referral",
        "candidate": {"displayName": "王芳", "email": "wang.fang@example.com"},
        "position": {"title": "Manager of technology"},
    }
    async with appends(ask, company):
        again = await ask.do("submitApplication", company.user("technology"), **new)
    assert again == refused("submitApplication", "ALREADY_APPLIED", "position")


async def test_a_closed_department_takes_no_applications(ask: Ask, company: Company) -> None:
    """Its closed positions stay its own and cannot be applied to."""
    brand, position = company.departments["brand"], company.positions["brand"]
    new = {"position": gid("Position", position), "candidate": {"displayName": "王芳"}}
    assert (await ask.do("submitApplication", company.user("hr"), **new))["__typename"] == "Application"
    await company.hr.close_position(position)
    await company.hr.close_department(brand)
    async with appends(ask, company):
        answer = await ask.do("submitApplication", company.user("hr"), **new)
    assert answer == refused("submitApplication", "POSITION_CLOSED", "position")


async def test_one_may_apply_again_after_the_end(ask: Ask, company: Company) -> None:
    person = {"displayName": "王芳", "email": "wang.fang@example.com"}
    new = {"position": gid("Position", company.positions["technology"]), "candidate": person}
    technology = company.user("technology")
    first = await ask.do("submitApplication", technology, "id candidate { id }", **new)
    assert await ask.do("submitApplication", technology, **new) == refused(
        "submitApplication", "ALREADY_APPLIED", "position"
    )
    await ask.do("withdrawApplication", technology, application=first["id"])
    second = await ask.do("submitApplication", technology, "id candidate { id } reminders { kind }", **new)
    assert second["candidate"] == first["candidate"]
    assert second["id"] != first["id"]
    assert second["reminders"] == []


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage.value not in ("APPLIED", "REJECTED", "WITHDRAWN")])
async def test_applications_move_to_later_stages(ask: Ask, company: Company, stage: Stage) -> None:
    application = gid("Application", await company.application("technology"))
    technology, before = company.user("technology"), []
    for earlier in Stage:
        if earlier is stage:
            break
        before.append(earlier.value)
    async with appends(ask, company, "APPLICATION_ADVANCED"):
        made = await ask.do("advanceApplication", technology, "stage", application=application, stage=stage.value)
    assert made == {"__typename": "Application", "stage": stage.value}
    code = ("APPLICATION_ENDED", "application") if stage is Stage.HIRED else ("NOT_FORWARD", "stage")
    for back in [*before, stage.value]:
        async with appends(ask, company):
            answer = await ask.do("advanceApplication", technology, application=application, stage=back)
        assert answer == refused("advanceApplication", *code)


async def test_applications_advance_in_order(ask: Ask, company: Company) -> None:
    application = gid("Application", await company.application("technology"))
    good = {"application": application, "stage": "SCREENING"}
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("technology", {"stage": "REJECTED"}, "REJECTION_IS_A_DECISION", "stage"),
        ("hr", {"stage": "REJECTED"}, "REJECTION_IS_A_DECISION", "stage"),
        ("technology", {"stage": "WITHDRAWN"}, "NOT_FORWARD", "stage"),
        ("technology", {"stage": "APPLIED"}, "NOT_FORWARD", "stage"),
        ("technology", {"application": gid("Application", "nobody")}, "NOT_FOUND", "application"),
        ("marketing", {}, "NOT_FOUND", "application"),
        ("integrator", {}, "NOT_FOUND", "application"),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("advanceApplication", company.user(viewer), **(good | change))
        assert answer == refused("advanceApplication", code, field), (viewer, change)
    async with appends(ask, company, "APPLICATION_ADVANCED"):
        await ask.do("advanceApplication", company.user("technology"), **good)


async def test_applications_are_withdrawn_in_order(ask: Ask, company: Company) -> None:
    application = gid("Application", await company.application("technology"))
    for viewer, id in [
        ("technology", gid("Application", "nobody")),
        ("marketing", application),
        ("integrator", application),
    ]:
        async with appends(ask, company):
            answer = await ask.do("withdrawApplication", company.user(viewer), application=id)
        assert answer == refused("withdrawApplication", "NOT_FOUND", "application")
    technology = company.user("technology")
    async with appends(ask, company, "APPLICATION_WITHDRAWN"):
        made = await ask.do("withdrawApplication", technology, "stage", application=application, reason="moved away")
    assert made == {"__typename": "Application", "stage": "WITHDRAWN"}
    async with appends(ask, company):
        again = await ask.do("withdrawApplication", technology, application=application)
        forward = await ask.do("advanceApplication", technology, application=application, stage="OFFER")
    assert again == refused("withdrawApplication", "APPLICATION_ENDED", "application")
    assert forward == refused("advanceApplication", "APPLICATION_ENDED", "application")


async def test_a_rejection_decided_elsewhere_ends_it(ask: Ask, company: Company) -> None:
    application = await company.application("technology")
    async with appends(ask, company, "APPLICATION_REJECTED"):
        await company.hr.reject(application)
    answer = await ask.do(
        "advanceApplication",
        company.user("technology"),
        application=gid("Application", application),
        stage="OFFER",
    )
    assert answer == refused("advanceApplication", "APPLICATION_ENDED", "application")


async def test_an_integrator_keeps_what_it_filed(ask: Ask, company: Company) -> None:
    """It may file anywhere in its Organization and sees what it filed, and no reminder."""
    person = company.person()
    await company.at(days=90).no_show(await company.application("marketing", person))
    integrator = company.user("integrator")
    async with appends(ask, company, "APPLICATION_SUBMITTED"):
        made = await ask.do(
            "submitApplication",
            integrator,
            "id stage candidate { displayName email } reminders { kind }",
            position=gid("Position", company.positions["technology"]),
            candidate={"displayName": person.display_name, "email": person.email},
        )
    assert made["candidate"] == {"displayName": "王芳", "email": person.email}
    assert made["reminders"] == []
    async with appends(ask, company, "APPLICATION_ADVANCED", "APPLICATION_WITHDRAWN"):
        await ask.do("advanceApplication", integrator, application=made["id"], stage="SCREENING")
        gone = await ask.do("withdrawApplication", integrator, "stage", application=made["id"])
    assert gone["stage"] == "WITHDRAWN"
    query = "query One($id: ID!) { application(id: $id) { reminders { kind } } }"
    seen = await ask(query, company.user("technology"), id=made["id"])
    assert len(seen["application"]["reminders"]) == 2


BEFORE_THE_MOVE = Statement(
    "tests.before_the_move",
    """
    MATCH (position:Position {id: $id})-[:BELONGS_TO]->(now:Department)
    MATCH (department:Department {organization: now.organization, code: 'BRAND'})
    RETURN position.id AS id, position.status AS status, department.id AS department,
      department.organization AS organization, 0 AS applications
    """,
    row=positions.PositionRow,
)


async def test_a_position_that_moves_meanwhile_takes_its_rules_along(
    ask: Ask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before the department was locked said Brand; by then the position was Technology's."""
    monkeypatch.setattr(positions, "FIND", BEFORE_THE_MOVE)
    filed = {"position": gid("Position", company.positions["technology"]), "candidate": {"displayName": "王芳"}}
    answer = await ask.do("submitApplication", company.user("brand"), **filed)
    assert answer == {"__typename": "SubmitApplicationRefused", "code": "NOT_ALLOWED", "field": "position"}
    query = (
        "mutation Do($input: SubmitApplicationInput!) { submitApplication(input: $input) "
        "{ ... on Application { position { department { code } } } } }"
    )
    made = await ask.whole(query, company.user("hr"), input=filed)
    assert made.data["submitApplication"] == {"position": {"department": {"code": "TECHNOLOGY"}}}
    assert made.statements.count("departments.lock") == 2


INBOX = """
query Inbox($id: ID!, $where: ApplicationWhere, $after: String, $orderBy: ApplicationOrder) {
  node(id: $id) {
    ... on Department {
      applications(below: true, where: $where, after: $after, orderBy: $orderBy, first: 2) { ...Found }
    }
    ... on Position { applications(where: $where, after: $after, orderBy: $orderBy, first: 2) { ...Found } }
    ... on Candidate { applications(where: $where, after: $after, orderBy: $orderBy, first: 2) { ...Found } }
  }
}
fragment Found on ApplicationConnection { totalCount nodes { source } pageInfo { endCursor hasNextPage } }
"""


async def sources(ask: Ask, viewer: str, type: str, id: str, **where: Any) -> list[str]:
    """The sources of all that is found, oldest first, page by page, each by one statement."""
    found: list[str] = []
    page, total = {"hasNextPage": True, "endCursor": None}, 0
    while page["hasNextPage"]:
        answer = await ask.whole(
            INBOX, viewer, id=gid(type, id), where=where, after=page["endCursor"], orderBy="APPLIED_AT"
        )
        assert not answer.errors
        assert [name for name in answer.statements if name != "viewer"] == [f"node.{type}"]
        shown = answer.data["node"]["applications"]
        found += [node["source"] for node in shown["nodes"]]
        page, total = shown["pageInfo"], shown["totalCount"]
    assert total == len(found)
    return found


async def test_applications_are_filtered(ask: Ask, company: Company) -> None:
    """By each condition and several at once, for a department with those below it, a position and a candidate."""
    person = company.person()
    for days, source, place in [(9, "referral", "marketing"), (6, "fair", "brand"), (3, "agency", "technology")]:
        company.at(days=days)
        application = await company.hr.application(company.positions[place], person, source)
        if source == "fair":
            await company.hr.reject(application)
    company.hr.at = NOW
    await company.hr.close_position(company.positions["technology"])
    hr, hq = company.user("hr"), company.departments["hq"]
    for where, expected in [
        ({}, ["referral", "fair", "agency"]),
        ({"source": "fair"}, ["fair"]),
        ({"source": "FAIR"}, []),
        ({"stage": "REJECTED"}, ["fair"]),
        ({"ended": True}, ["fair"]),
        ({"ended": False}, ["referral", "agency"]),
        ({"appliedFrom": iso(days=6)}, ["fair", "agency"]),
        ({"appliedBefore": iso(days=6)}, ["referral"]),
        ({"appliedFrom": iso(days=8), "appliedBefore": iso(days=1)}, ["fair", "agency"]),
        ({"positionStatus": "CLOSED"}, ["agency"]),
        ({"positionStatus": "OPEN", "ended": False}, ["referral"]),
        ({"jobFamily": "MARKETING"}, ["referral", "fair"]),
        ({"jobFamily": "MARKETING", "appliedFrom": iso(days=7)}, ["fair"]),
        ({"source": "fair", "stage": None, "jobFamily": None}, ["fair"]),
    ]:
        assert await sources(ask, hr, "Department", hq, **where) == expected, where
    candidate = await ask(
        "query C($id: ID!) { application(id: $id) { candidate { id } } }", hr, id=gid("Application", application)
    )
    person_id = uid(candidate["application"]["candidate"]["id"])
    assert await sources(ask, hr, "Candidate", person_id, jobFamily="MARKETING") == ["referral", "fair"]
    marketing = company.user("marketing")
    assert await sources(ask, marketing, "Candidate", person_id, ended=False) == ["referral"]
    assert await sources(ask, marketing, "Candidate", person_id, positionStatus="CLOSED") == []
    assert await sources(ask, hr, "Position", company.positions["technology"], source="agency") == ["agency"]
    assert await sources(ask, hr, "Position", company.positions["technology"], jobFamily="MARKETING") == []


async def test_those_with_reminders_are_filtered_too(ask: Ask, company: Company) -> None:
    known = company.person()
    await company.at(days=60).no_show(await company.application("marketing", known))
    company.at(days=1)
    await company.hr.application(company.positions["technology"], known, "fair")
    query = """query Known($id: ID!, $where: ApplicationWhere) {
      position(id: $id) { applicantsWithReminders(where: $where) { totalCount nodes { source } } }
    }"""
    position = gid("Position", company.positions["technology"])
    for where, expected in [({"source": "fair"}, ["fair"]), ({"source": "agency"}, []), ({"ended": True}, [])]:
        answer = await ask(query, company.user("technology"), id=position, where=where)
        page = answer["position"]["applicantsWithReminders"]
        assert [node["source"] for node in page["nodes"]] == expected
        assert page["totalCount"] == len(expected)
