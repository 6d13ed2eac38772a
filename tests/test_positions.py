"""Positions: how they are opened, moved and closed, and how lists of them are found and sorted."""

from __future__ import annotations

from typing import Any

from tests.conftest import NOW, Ask, Company, gid, uid
from tests.ledger import appends, refused


def department(company: Company, name: str) -> str:
    return gid("Department", company.departments[name])


def position(company: Company, name: str) -> str:
    return gid("Position", company.positions[name])


async def test_positions_are_opened_in_order(ask: Ask, company: Company) -> None:
    gone = await company.hr.close_department(await company.hr.department("GONE", "Gone"))
    new = {"department": department(company, "brand"), "title": "Editor", "jobFamily": "MARKETING"}
    bad: list[tuple[str, dict[str, Any], str, str]] = [
        ("marketing", {"title": " "}, "INVALID_VALUE", "title"),
        ("marketing", {"jobFamily": ""}, "INVALID_VALUE", "jobFamily"),
        ("marketing", {"department": gid("Department", "nobody")}, "NOT_FOUND", "department"),
        ("marketing", {"department": department(company, "technology")}, "NOT_ALLOWED", "department"),
        ("hr", {"department": gid("Department", gone)}, "DEPARTMENT_CLOSED", "department"),
    ]
    for viewer, change, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("openPosition", company.user(viewer), **(new | change))
        assert answer == refused("openPosition", code, field), change
    async with appends(ask, company, "POSITION_OPENED"):
        made = await ask.do(
            "openPosition",
            company.user("marketing"),
            "title jobFamily status statusLabel urgency urgencyLabel(locale: EN) openedAt closedAt department { name }",
            **new,
            urgency="URGENT_BACKFILL",
        )
    assert made == {
        "__typename": "Position",
        "title": "Editor",
        "jobFamily": "MARKETING",
        "status": "OPEN",
        "statusLabel": "开放",
        "urgency": "URGENT_BACKFILL",
        "urgencyLabel": "Urgent backfill",
        "openedAt": NOW.isoformat().replace("+00:00", "Z"),
        "closedAt": None,
        "department": {"name": "Brand"},
    }


async def test_positions_are_moved_in_order(ask: Ask, company: Company) -> None:
    gone = await company.hr.close_department(await company.hr.department("GONE", "Gone"))
    await company.application("marketing")
    bad = [
        ("marketing", position(company, "marketing"), "technology", "NOT_ALLOWED", "department"),
        ("technology", position(company, "marketing"), "technology", "NOT_ALLOWED", "position"),
        ("subsidiary", position(company, "marketing"), "subsidiary", "NOT_FOUND", "position"),
        ("hr", gid("Position", "nobody"), "technology", "NOT_FOUND", "position"),
        ("hr", position(company, "marketing"), "nowhere", "NOT_FOUND", "department"),
        ("hr", position(company, "marketing"), "gone", "DEPARTMENT_CLOSED", "department"),
        ("hr", position(company, "marketing"), "subsidiary", "CIRCLE_CHANGE", "department"),
    ]
    places = company.departments | {"gone": gone, "nowhere": "nowhere"}
    for viewer, moved, to, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do(
                "movePosition", company.user(viewer), position=moved, department=gid("Department", places[to])
            )
        assert answer == refused("movePosition", code, field), (viewer, to)
    async with appends(ask, company, "POSITION_MOVED"):
        made = await ask.do(
            "movePosition",
            company.user("marketing"),
            "department { name }",
            position=position(company, "marketing"),
            department=department(company, "brand"),
        )
    assert made == {"__typename": "Position", "department": {"name": "Brand"}}


async def test_an_unwanted_position_may_change_circles(ask: Ask, company: Company) -> None:
    move = {"position": position(company, "marketing"), "department": department(company, "subsidiary")}
    async with appends(ask, company, "POSITION_MOVED"):
        made = await ask.do("movePosition", company.user("hr"), "department { name }", **move)
    assert made["department"] == {"name": "Subsidiary"}
    one = "query One($id: ID!) { position(id: $id) { title } }"
    assert (await ask(one, company.user("marketing"), id=move["position"]))["position"] is None


async def test_a_moved_position_leaves_interviews_behind(ask: Ask, company: Company) -> None:
    """The department that held an interview keeps it, though the application is now another's."""
    interview = await company.at(days=30).missed(await company.application("marketing"))
    move = {"position": position(company, "marketing"), "department": department(company, "technology")}
    await ask.do("movePosition", company.user("hr"), **move)
    one = "query One($id: ID!) { interview(id: $id) { department { name } candidate { id } application { id } } }"
    kept = (await ask(one, company.user("marketing"), id=gid("Interview", interview)))["interview"]
    assert kept == {"department": {"name": "Marketing"}, "candidate": None, "application": None}
    assert (await ask(one, company.user("technology"), id=gid("Interview", interview)))["interview"] is None


async def test_positions_are_closed_in_order(ask: Ask, company: Company) -> None:
    close = {"position": position(company, "marketing")}
    for viewer, change, code in [
        ("technology", {}, "NOT_ALLOWED"),
        ("subsidiary", {}, "NOT_FOUND"),
        ("marketing", {"position": gid("Position", "nobody")}, "NOT_FOUND"),
    ]:
        async with appends(ask, company):
            answer = await ask.do("closePosition", company.user(viewer), **(close | change))
        assert answer == refused("closePosition", code, "position")
    async with appends(ask, company, "POSITION_CLOSED"):
        made = await ask.do("closePosition", company.user("marketing"), "status closedAt", **close)
    assert made == {
        "__typename": "Position",
        "status": "CLOSED",
        "closedAt": NOW.isoformat().replace("+00:00", "Z"),
    }
    async with appends(ask, company):
        again = await ask.do("closePosition", company.user("marketing"), **close)
    assert again == refused("closePosition", "POSITION_CLOSED", "position")


LIST = """
query List($code: String!, $where: PositionWhere, $orderBy: PositionOrder, $first: Int, $after: String) {
  department(code: $code) {
    positions(where: $where, orderBy: $orderBy, first: $first, after: $after) {
      totalCount nodes { title } pageInfo { endCursor hasNextPage }
    }
  }
}
"""


async def titles(ask: Ask, viewer: str, **variables: Any) -> list[str]:
    page = (await ask(LIST, viewer, code="MARKETING", **variables))["department"]["positions"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["title"] for node in page["nodes"]]


async def several(ask: Ask, company: Company) -> None:
    """Beside "Manager of marketing", Marketing has A (urgent, one application) and Z (closed, engineering)."""
    marketing = company.departments["marketing"]
    opened = {"department": gid("Department", marketing), "jobFamily": "MARKETING", "urgency": "URGENT_BACKFILL"}
    made = await ask.do("openPosition", company.user("hr"), title="A", **opened)
    company.positions["a"] = uid(made["id"])
    company.at(days=1)
    await company.application("a")
    company.at(days=2)
    await company.hr.close_position(await company.hr.position(marketing, "Z", "ENGINEERING"))


async def test_positions_are_filtered_and_sorted(ask: Ask, company: Company) -> None:
    await several(ask, company)
    hr = company.user("hr")
    assert await titles(ask, hr) == ["A", "Manager of marketing", "Z"]
    assert await titles(ask, hr, orderBy="APPLICATIONS_DESC") == ["A", *await ids_in_order(ask, hr)]
    assert await titles(ask, hr, orderBy="OPENED_AT_DESC") == ["A", "Z", "Manager of marketing"]
    for where, expected in [
        ({"status": "CLOSED"}, ["Z"]),
        ({"jobFamily": "MARKETING"}, ["A", "Manager of marketing"]),
        ({"urgency": "URGENT_BACKFILL"}, ["A"]),
        ({"urgency": "NORMAL", "status": "OPEN"}, ["Manager of marketing"]),
    ]:
        assert await titles(ask, hr, where=where) == expected


async def ids_in_order(ask: Ask, viewer: str) -> list[str]:
    """Titles of the two positions without applications by the id that breaks the tie."""
    query = 'query L { department(code: "MARKETING") { positions { nodes { id title } } } }'
    nodes = (await ask(query, viewer))["department"]["positions"]["nodes"]
    return [node["title"] for node in sorted(nodes, key=lambda node: uid(node["id"])) if node["title"] != "A"]


async def test_similar_positions_end_with_the_circle(ask: Ask, company: Company) -> None:
    company.positions["engineer"] = await company.hr.position(
        company.departments["marketing"], "Engineer of marketing", "ENGINEERING"
    )
    query = "query One($id: ID!) { position(id: $id) { similar { totalCount nodes { title } } } }"
    for viewer in ("hr", "technology"):
        found = await ask(query, company.user(viewer), id=position(company, "technology"))
        assert found["position"]["similar"] == {"totalCount": 1, "nodes": [{"title": "Engineer of marketing"}]}


REMINDED = """
query Reminded($id: ID!) {
  position(id: $id) { applications { totalCount } applicantsWithReminders { totalCount nodes { id } } }
}
"""


KINDS = """
query Kinds($id: ID!) {
  position(id: $id) {
    missed: applicantsWithReminders(noShows: true) { nodes { id } }
    elsewhere: applicantsWithReminders(noShows: false) { nodes { id } }
    department { missed: applicantsWithReminders(noShows: true, below: true) { nodes { id } } }
  }
}
"""


async def test_applicants_with_reminders_are_found(ask: Ask, company: Company) -> None:
    known = company.person()
    await company.at(days=60).no_show(await company.application("marketing", known))
    company.at(days=1)
    reminded = await company.application("technology", known)
    await company.application("technology")
    found = (await ask(REMINDED, company.user("technology"), id=position(company, "technology")))["position"]
    assert found["applications"]["totalCount"] == 2
    assert found["applicantsWithReminders"] == {"totalCount": 1, "nodes": [{"id": gid("Application", reminded)}]}
    again = company.person()
    await company.application("marketing", again)
    repeated = await company.application("technology", again)
    kinds = (await ask(KINDS, company.user("hr"), id=position(company, "technology")))["position"]
    assert kinds == {
        "missed": {"nodes": [{"id": gid("Application", reminded)}]},
        "elsewhere": {"nodes": [{"id": gid("Application", repeated)}]},
        "department": {"missed": {"nodes": [{"id": gid("Application", reminded)}]}},
    }
    seen = (await ask(REMINDED, company.user("integrator"), id=position(company, "technology")))["position"]
    assert seen == {"applications": {"totalCount": 0}, "applicantsWithReminders": {"totalCount": 0, "nodes": []}}
