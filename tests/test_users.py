"""Users: who may ask, as what, and that a change of roles is felt at once."""

from __future__ import annotations

from typing import Any

from graph.letters import Address, Staff
from schema.context import Context, Viewers
from tests.conftest import NOW, Ask, Company, gid, make_company
from tests.ledger import appends, refused

SELECTION = "externalId organizationRole recruitsFor { name } interviewsFor { name }"


def department(company: Company, name: str) -> str:
    return gid("Department", company.departments[name])


async def test_users_are_set_in_order(ask: Ask, company: Company) -> None:
    other = await make_company(ask.graph)
    works = [{"department": department(company, "marketing"), "role": "RECRUITER"}]
    new = {"externalId": f"new@{company.tag}", "departmentRoles": works}
    foreign = [{"department": department(other, "marketing"), "role": "RECRUITER"}]
    bad: list[tuple[dict[str, Any], str, str]] = [
        ({"externalId": " "}, "INVALID_VALUE", "externalId"),
        ({"externalId": "x" * 256}, "INVALID_VALUE", "externalId"),
        ({"externalId": other.user("marketing")}, "USER_ELSEWHERE", "externalId"),
        ({"departmentRoles": foreign}, "NOT_FOUND", "departmentRoles"),
        ({"externalId": company.user("hr")}, "LAST_ADMIN", "organizationRole"),
    ]
    for change, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("setUser", company.user("hr"), **(new | change))
        assert answer == refused("setUser", code, field)
    async with appends(ask, company, "USER_SET"):
        made = await ask.do("setUser", company.user("hr"), SELECTION, **new)
    assert made == {
        "__typename": "User",
        "externalId": f"new@{company.tag}",
        "organizationRole": "MEMBER",
        "recruitsFor": [{"name": "Marketing"}],
        "interviewsFor": [],
    }


async def test_setting_a_user_replaces_all_roles(ask: Ask, company: Company) -> None:
    async with appends(ask, company, "USER_SET"):
        made = await ask.do(
            "setUser",
            company.user("hr"),
            SELECTION,
            externalId=company.user("marketing"),
            organizationRole="AUDITOR",
            departmentRoles=[
                {"department": department(company, "technology"), "role": "INTERVIEWER"},
                {"department": department(company, "technology"), "role": "INTERVIEWER"},
            ],
        )
    assert made == {
        "__typename": "User",
        "externalId": company.user("marketing"),
        "organizationRole": "AUDITOR",
        "recruitsFor": [],
        "interviewsFor": [{"name": "Technology"}],
    }


async def test_a_user_is_called_and_reached(ask: Ask, company: Company) -> None:
    """What is not given stays, null takes it away; all see the name of whoever did something, and HR the address."""
    hr, marketing = company.user("hr"), company.user("marketing")
    known = {"externalId": marketing, "organizationRole": "MEMBER"}
    steps: list[tuple[dict[str, str | None], str | None, str | None]] = [
        ({"displayName": " 顾晓岚 ", "email": "gu@example.com"}, "顾晓岚", "gu@example.com"),
        ({}, "顾晓岚", "gu@example.com"),
        ({"displayName": "Gu Xiaolan"}, "Gu Xiaolan", "gu@example.com"),
        ({"email": None}, "Gu Xiaolan", None),
        ({"displayName": None, "email": "gu@example.com"}, None, "gu@example.com"),
    ]
    for given, name, email in steps:
        async with appends(ask, company, "USER_SET"):
            made = await ask.do("setUser", hr, "id displayName email", **known, **given)
        assert (made["displayName"], made["email"]) == (name, email), given
    for wrong, field in [({"displayName": " "}, "displayName"), ({"displayName": "x" * 201}, "displayName")]:
        assert await ask.do("setUser", hr, **known, **wrong) == refused("setUser", "INVALID_VALUE", field)
    assert await ask.do("setUser", hr, **known, email="nowhere") == refused("setUser", "INVALID_VALUE", "email")
    await ask.do("setUser", hr, **known, displayName="顾晓岚")
    query = "query One($id: ID!) { node(id: $id) { ... on User { displayName email } } }"
    for viewer, email in (("hr", "gu@example.com"), ("marketing", "gu@example.com"), ("technology", None)):
        seen = (await ask(query, company.user(viewer), id=made["id"]))["node"]
        assert seen == {"displayName": "顾晓岚", "email": email}, viewer


def test_staff_is_written_to_where_they_are_reached() -> None:
    """A name and a mail address where both are known; an id that is neither goes to the operator's own gateway."""
    addresses = {
        ("u-17", None, None): ("u-17", None),
        ("u-17", "顾晓岚", None): ("u-17", None),
        ("u-17", None, "gu@example.com"): ("u-17", "gu@example.com"),
        ("u-17", "顾晓岚", "gu@example.com"): ("顾晓岚", "gu@example.com"),
        ("gu@example.cn", "顾晓岚", None): ("顾晓岚", "gu@example.cn"),
        ("gu@example.cn", None, "gu@example.com"): ("gu@example.cn", "gu@example.com"),
    }
    for known, (name, email) in addresses.items():
        assert Staff(*known).address == Address(name, email), known


async def test_the_last_administrator_stays(ask: Ask, company: Company) -> None:
    hr = gid("User", company.hr.viewer.id)
    async with appends(ask, company):
        assert await ask.do("removeUser", company.user("hr"), user=hr) == refused("removeUser", "LAST_ADMIN", "user")
    second = {"externalId": f"second@{company.tag}", "organizationRole": "HR_ADMIN"}
    await ask.do("setUser", company.user("hr"), **second)
    async with appends(ask, company, "USER_REMOVED"):
        assert (await ask.do("removeUser", f"second@{company.tag}", user=hr))["__typename"] == "Organization"
    assert (await ask.whole("{ viewer { id } }", company.user("hr"))).errors[0]["extensions"] == {
        "code": "UNAUTHENTICATED",
        "retryable": False,
    }


async def test_users_are_removed_in_order(ask: Ask, company: Company) -> None:
    other = await make_company(ask.graph)
    user = (await ask("{ viewer { id } }", company.user("marketing")))["viewer"]["id"]
    stranger = (await ask("{ viewer { id } }", other.user("marketing")))["viewer"]["id"]
    for wrong in (stranger, gid("User", "nobody"), department(company, "marketing")):
        async with appends(ask, company):
            answer = await ask.do("removeUser", company.user("hr"), user=wrong)
        assert answer == refused("removeUser", "NOT_FOUND", "user")
    async with appends(ask, company, "USER_REMOVED"):
        made = await ask.do("removeUser", company.user("hr"), "users { nodes { externalId } }", user=user)
    assert company.user("marketing") not in [node["externalId"] for node in made["users"]["nodes"]]
    assert (await ask.whole("{ viewer { id } }", company.user("marketing"))).errors
    async with appends(ask, company):
        again = await ask.do("removeUser", company.user("hr"), user=user)
    assert again == refused("removeUser", "NOT_FOUND", "user")


async def test_a_removed_user_may_come_back(ask: Ask, company: Company) -> None:
    before = (await ask("{ viewer { id } }", company.user("marketing")))["viewer"]["id"]
    await ask.do("removeUser", company.user("hr"), user=before)
    await ask.do("setUser", company.user("hr"), externalId=company.user("marketing"), organizationRole="MEMBER")
    assert (await ask("{ viewer { id } }", company.user("marketing")))["viewer"]["id"] == before


async def test_what_a_removed_user_did_stays(ask: Ask, company: Company) -> None:
    marketing = company.user("marketing")
    application = await company.application("marketing")
    invited = await ask.do(
        "inviteToInterview",
        marketing,
        application=gid("Application", application),
        mode="VIDEO",
        startsAt="2026-12-01T09:00:00Z",
        endsAt="2026-12-01T10:00:00Z",
        timeZone="Asia/Shanghai",
    )
    user = (await ask("{ viewer { id } }", marketing))["viewer"]["id"]
    await ask.do("removeUser", company.user("hr"), user=user)
    query = "query One($id: ID!) { interview(id: $id) { events { nodes { type actor { externalId } } } } }"
    events = (await ask(query, company.user("hr"), id=invited["id"]))["interview"]["events"]["nodes"]
    assert events == [{"type": "INTERVIEW_INVITED", "actor": {"externalId": marketing}}]


async def test_a_change_of_roles_is_felt_at_once(ask: Ask, company: Company) -> None:
    """Viewers are kept for a minute, but not across a change of users."""
    viewers = Viewers(ask.graph)

    async def sent(text: str, viewer: str, **variables: Any) -> Any:
        context = Context(ask.graph, viewers, viewer, clock=lambda: NOW)
        return (await ask.answerer.answer(text, context, variables=variables)).payload()["data"]

    position = gid("Position", company.positions["technology"])
    query = "query One($id: ID!) { position(id: $id) { urgency } }"
    set_user = "mutation Set($input: SetUserInput!) { setUser(input: $input) { __typename } }"
    assert await sent(query, company.user("marketing"), id=position) == {"position": {"urgency": None}}
    works = [{"department": department(company, "technology"), "role": "RECRUITER"}]
    await sent(set_user, company.user("hr"), input={"externalId": company.user("marketing"), "departmentRoles": works})
    assert await sent(query, company.user("marketing"), id=position) == {"position": {"urgency": "NORMAL"}}


async def test_nobody_removes_themselves(ask: Ask, company: Company) -> None:
    """It took effect once, and was answered as if nobody had asked."""
    second = f"second@{company.tag}"
    made = await ask.do("setUser", company.user("hr"), externalId=second, organizationRole="HR_ADMIN")
    first = (await ask("{ viewer { id } }", company.user("hr")))["viewer"]["id"]
    for viewer, user in [(company.user("hr"), first), (second, made["id"])]:
        answer = await ask.do("removeUser", viewer, user=user)
        assert answer == {"__typename": "RemoveUserRefused", "code": "YOURSELF", "field": "user"}
        assert (await ask("{ viewer { organizationRole } }", viewer))["viewer"]["organizationRole"] == "HR_ADMIN"
    assert (await ask.do("removeUser", second, user=first))["__typename"] == "Organization"
    alone = await ask.do("removeUser", second, user=made["id"])
    assert alone == {"__typename": "RemoveUserRefused", "code": "LAST_ADMIN", "field": "user"}


async def test_only_administrators_list_the_users(ask: Ask, company: Company) -> None:
    query = "{ organization { name users { totalCount } } viewer { externalId organizationRole } }"
    for viewer, count in [("hr", 7), ("auditor", 7), ("marketing", 0), ("integrator", 0)]:
        found = await ask(query, company.user(viewer))
        assert found["organization"]["users"]["totalCount"] == count, viewer
        assert found["viewer"]["externalId"] == company.user(viewer)


async def test_an_interviewer_alone_sees_nothing(ask: Ask, company: Company) -> None:
    await company.hr.user(f"interviewer@{company.tag}", interviews_for=(company.departments["marketing"],))
    query = 'query One($id: ID!) { position(id: $id) { title } department(code: "MARKETING") { name } }'
    for viewer, expected in [
        ("marketing", {"position": {"title": "Manager of marketing"}, "department": {"name": "Marketing"}}),
        ("interviewer", {"position": None, "department": None}),
    ]:
        id = gid("Position", company.positions["marketing"])
        assert await ask(query, company.user(viewer), id=id) == expected


async def test_nobody_without_a_user_is_answered(ask: Ask, company: Company) -> None:
    for viewer in (None, "", "nobody"):
        answer = await ask.whole("{ departments { name } }", viewer)
        assert answer.errors[0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await ask("{ departments { name } }", company.user("hr"))
