"""Departments: how the tree is changed, and that no change carries anybody's history into another circle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from graph.employments import NewEmployment
from graph.interviews import Attendance, Mode
from tests.conftest import NOW, Ask, Company, gid, make_company
from tests.ledger import appends, refused


def department(company: Company, name: str) -> str:
    return gid("Department", company.departments[name])


async def fields(ask: Ask, viewer: str, id: str, selection: str) -> Any:
    query = f"query One($id: ID!) {{ node(id: $id) {{ ... on Department {{ {selection} }} }} }}"
    return (await ask(query, viewer, id=id))["node"]


async def test_departments_are_created_in_order(ask: Ask, company: Company) -> None:
    hr, marketing = company.user("hr"), department(company, "marketing")
    gone = gid("Department", await company.hr.close_department(await company.hr.department("GONE", "Gone")))
    new = {"code": "MEDIA_2", "name": "Media", "nameZh": "媒体组", "parent": marketing}
    bad: list[tuple[dict[str, Any], str, str]] = [
        ({"code": "media"}, "INVALID_VALUE", "code"),
        ({"code": "M" * 65}, "INVALID_VALUE", "code"),
        ({"code": ""}, "INVALID_VALUE", "code"),
        ({"name": " "}, "INVALID_VALUE", "name"),
        ({"name": "x\x07y"}, "INVALID_VALUE", "name"),
        ({"nameZh": "媒体\n组"}, "INVALID_VALUE", "nameZh"),
        ({"code": "MARKETING"}, "CODE_TAKEN", "code"),
        ({"parent": gid("Department", "nobody")}, "NOT_FOUND", "parent"),
        ({"parent": gone}, "DEPARTMENT_CLOSED", "parent"),
    ]
    for change, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("createDepartment", hr, **(new | change))
        assert answer == refused("createDepartment", code, field)
    async with appends(ask, company, "DEPARTMENT_CREATED"):
        made = await ask.do(
            "createDepartment", hr, "short: code name nameZh status sharesHistory parent { code }", **new
        )
    assert made == {
        "__typename": "Department",
        "short": "MEDIA_2",
        "name": "Media",
        "nameZh": "媒体组",
        "status": "OPEN",
        "sharesHistory": False,
        "parent": {"code": "MARKETING"},
    }


async def test_a_department_may_stand_at_the_top(ask: Ask, company: Company) -> None:
    made = await ask.do(
        "createDepartment", company.user("hr"), "parent { id } sharesHistory", code="TOP", name="T", sharesHistory=True
    )
    assert made == {"__typename": "Department", "parent": None, "sharesHistory": True}


async def test_two_companies_may_use_one_code(ask: Ask, company: Company) -> None:
    other = await make_company(ask.graph)
    for hr in (company.user("hr"), other.user("hr")):
        assert (await ask.do("createDepartment", hr, code="LEGAL", name="Legal"))["__typename"] == "Department"
        again = await ask.do("createDepartment", hr, code="LEGAL", name="Legal")
        assert again == refused("createDepartment", "CODE_TAKEN", "code")


async def test_departments_are_renamed_in_order(ask: Ask, company: Company) -> None:
    hr, brand = company.user("hr"), department(company, "brand")
    async with appends(ask, company):
        blank = await ask.do("updateDepartment", hr, department=brand, name="")
        lined = await ask.do("updateDepartment", hr, department=brand, nameZh="品牌\x1b组")
        absent = await ask.do("updateDepartment", hr, department=gid("Department", "nobody"), name="Brands")
    assert blank == refused("updateDepartment", "INVALID_VALUE", "name")
    assert lined == refused("updateDepartment", "INVALID_VALUE", "nameZh")
    assert absent == refused("updateDepartment", "NOT_FOUND", "department")
    async with appends(ask, company, "DEPARTMENT_UPDATED"):
        made = await ask.do("updateDepartment", hr, "name nameZh", department=brand, name="Brands")
    assert made == {"__typename": "Department", "name": "Brands", "nameZh": "品牌组"}


async def test_sharing_never_moves_an_application(ask: Ask, company: Company) -> None:
    hr, technology = company.user("hr"), department(company, "technology")
    marketing = company.user("marketing")
    assert (await fields(ask, marketing, technology, "code"))["code"] == "TECHNOLOGY"
    async with appends(ask, company, "DEPARTMENT_UPDATED"):
        made = await ask.do("updateDepartment", hr, "sharesHistory", department=technology, sharesHistory=True)
    assert made["sharesHistory"] is True
    assert (await fields(ask, marketing, technology, "code"))["code"] is None
    company.at(days=1)
    await company.application("technology")
    async with appends(ask, company):
        answer = await ask.do("updateDepartment", hr, department=technology, sharesHistory=False)
    assert answer == refused("updateDepartment", "CIRCLE_CHANGE", "sharesHistory")
    assert (await fields(ask, marketing, technology, "code"))["code"] is None


async def test_departments_are_moved_in_order(ask: Ask, company: Company) -> None:
    hr = company.user("hr")
    hq, marketing, brand = (department(company, name) for name in ("hq", "marketing", "brand"))
    gone = gid("Department", await company.hr.close_department(await company.hr.department("GONE", "Gone")))
    await company.application("brand")
    bad = [
        (marketing, marketing, "UNDER_ITSELF", "parent"),
        (marketing, brand, "UNDER_ITSELF", "parent"),
        (hq, brand, "UNDER_ITSELF", "parent"),
        (marketing, gone, "DEPARTMENT_CLOSED", "parent"),
        (marketing, department(company, "subsidiary"), "CIRCLE_CHANGE", "parent"),
        (marketing, None, "CIRCLE_CHANGE", "parent"),
        (gid("Department", "nobody"), hq, "NOT_FOUND", "department"),
        (marketing, gid("Department", "nobody"), "NOT_FOUND", "parent"),
    ]
    for moved, parent, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("moveDepartment", hr, department=moved, parent=parent)
        assert answer == refused("moveDepartment", code, field)
    async with appends(ask, company, "DEPARTMENT_MOVED"):
        made = await ask.do(
            "moveDepartment",
            hr,
            "ancestors { code } descendants { code }",
            department=marketing,
            parent=department(company, "technology"),
        )
    assert [item["code"] for item in made["ancestors"]] == ["TECHNOLOGY", "HQ"]
    assert [item["code"] for item in made["descendants"]] == ["BRAND"]
    assert (await fields(ask, company.user("technology"), brand, "sharesHistory"))["sharesHistory"] is False


async def test_an_empty_department_may_change_circles(ask: Ask, company: Company) -> None:
    hr, brand = company.user("hr"), department(company, "brand")
    async with appends(ask, company, "DEPARTMENT_MOVED"):
        await ask.do("moveDepartment", hr, department=brand, parent=department(company, "subsidiary"))
    assert (await fields(ask, company.user("subsidiary"), brand, "sharesHistory"))["sharesHistory"] is False
    assert await fields(ask, company.user("marketing"), brand, "code name") == {"code": None, "name": "Brand"}


async def test_departments_are_closed_in_order(ask: Ask, company: Company) -> None:
    hr = company.user("hr")
    marketing, brand, technology = (department(company, name) for name in ("marketing", "brand", "technology"))
    gone = gid("Department", await company.hr.close_department(await company.hr.department("GONE", "Gone")))
    application = await company.application("brand")
    bad = [
        (marketing, technology, "HAS_OPEN_CHILDREN", "department"),
        (brand, None, "HAS_OPEN_POSITIONS", "successor"),
        (brand, brand, "DEPARTMENT_CLOSED", "successor"),
        (brand, gone, "DEPARTMENT_CLOSED", "successor"),
        (brand, department(company, "subsidiary"), "CIRCLE_CHANGE", "successor"),
        (gone, technology, "DEPARTMENT_CLOSED", "department"),
        (gid("Department", "nobody"), technology, "NOT_FOUND", "department"),
        (brand, gid("Department", "nobody"), "NOT_FOUND", "successor"),
    ]
    for closed, successor, code, field in bad:
        async with appends(ask, company):
            answer = await ask.do("closeDepartment", hr, department=closed, successor=successor)
        assert answer == refused("closeDepartment", code, field)
    async with appends(ask, company, "POSITION_MOVED", "DEPARTMENT_CLOSED"):
        made = await ask.do(
            "closeDepartment", hr, "status closedAt successor { code }", department=brand, successor=technology
        )
    assert made == {
        "__typename": "Department",
        "status": "CLOSED",
        "closedAt": NOW.isoformat().replace("+00:00", "Z"),
        "successor": {"code": "TECHNOLOGY"},
    }
    query = "query One($id: ID!) { application(id: $id) { position { department { code } } } }"
    seen = await ask(query, company.user("technology"), id=gid("Application", application))
    assert seen["application"]["position"]["department"]["code"] == "TECHNOLOGY"


async def test_an_idle_department_needs_no_successor(ask: Ask, company: Company) -> None:
    await company.hr.close_position(company.positions["brand"])
    brand = department(company, "brand")
    async with appends(ask, company, "DEPARTMENT_CLOSED"):
        made = await ask.do("closeDepartment", company.user("hr"), "status successor { id }", department=brand)
    assert made == {"__typename": "Department", "status": "CLOSED", "successor": None}


async def test_a_closed_department_is_reminded_as_its_successor(ask: Ask, company: Company) -> None:
    """Its positions that had been closed stay in it: of its successor's own they hear as the successor does."""
    hr, person = company.at(days=100), company.person()
    filed = await company.application("brand", person)
    missed = await company.application("technology", person)
    marketed = await company.application("marketing", person)
    await hr.close_position(company.positions["brand"])
    closing = {"department": department(company, "brand"), "successor": department(company, "technology")}
    assert "code" not in await ask.do("closeDepartment", company.user("hr"), **closing)
    query = """query Reminded($id: ID!) { application(id: $id) {
      reminders { kind department { code } } position { applicantsWithReminders { totalCount } }
    } }"""

    async def told() -> tuple[list[tuple[str, str]], int]:
        found = (await ask(query, company.user("hr"), id=gid("Application", filed)))["application"]
        reminders = sorted((each["kind"], each["department"]["code"]) for each in found["reminders"])
        return reminders, found["position"]["applicantsWithReminders"]["totalCount"]

    assert await told() == ([("REPEAT_APPLICATION", "MARKETING")], 1)
    await hr.no_show(missed)
    await hr.no_show(marketed)
    own, sibling = ("SAME_DEPARTMENT", "TECHNOLOGY"), ("SIBLING_DEPARTMENT", "MARKETING")
    assert await told() == ([("REPEAT_APPLICATION", "MARKETING"), own, sibling], 1)


FAMILY = """
query Family($code: String!) {
  department(code: $code) {
    parent { code }
    children { code }
    siblings { code }
    ancestors { code }
    descendants { code }
  }
}
"""


async def test_the_tree_reads_in_every_direction(ask: Ask, company: Company) -> None:
    marketing = (await ask(FAMILY, company.user("hr"), code="MARKETING"))["department"]
    assert marketing == {
        "parent": {"code": "HQ"},
        "children": [{"code": "BRAND"}],
        "siblings": [{"code": "TECHNOLOGY"}],
        "ancestors": [{"code": "HQ"}],
        "descendants": [{"code": "BRAND"}],
    }
    hq = (await ask(FAMILY, company.user("hr"), code="HQ"))["department"]
    assert hq["parent"] is None
    assert [item["code"] for item in hq["descendants"]] == ["MARKETING", "TECHNOLOGY", "BRAND"]


async def test_outside_the_circle_no_code_is_found(ask: Ask, company: Company) -> None:
    assert (await ask(FAMILY, company.user("subsidiary"), code="SUBSIDIARY"))["department"] is not None
    assert (await ask(FAMILY, company.user("subsidiary"), code="MARKETING"))["department"] is None
    assert (await ask(FAMILY, company.user("subsidiary"), code="NOWHERE"))["department"] is None


COUNTS = """
query Counts($id: ID!) {
  node(id: $id) {
    ... on Department {
      own: noShows(scope: OWN) { totalCount nodes { department { code } } }
      siblings: noShows(scope: SIBLINGS) { totalCount nodes { department { code } } }
      circle: noShows(scope: CIRCLE) { totalCount nodes { department { code } } }
      ownSum: attendance(scope: OWN) { noShows }
      siblingsSum: attendance(scope: SIBLINGS) { noShows }
      circleSum: attendance(scope: CIRCLE) { noShows }
    }
  }
}
"""


async def scopes(ask: Ask, viewer: str, id: str) -> dict[str, list[str]]:
    """The departments of the no-shows in each scope, once it is seen that list, count and summary agree."""
    found = (await ask(COUNTS, viewer, id=id))["node"]
    for scope in ("own", "siblings", "circle"):
        assert found[scope]["totalCount"] == len(found[scope]["nodes"])
        assert found[f"{scope}Sum"]["noShows"] in (found[scope]["totalCount"], None)
    return {
        scope: sorted(node["department"]["code"] for node in found[scope]["nodes"])
        for scope in ("own", "siblings", "circle")
    }


async def test_scopes_count_each_no_show_once(ask: Ask, company: Company) -> None:
    for name in ("hq", "marketing", "brand", "technology", "subsidiary"):
        await company.at(days=60).no_show(await company.application(name))
    for viewer in ("hr", "marketing", "technology"):
        assert await scopes(ask, company.user(viewer), department(company, "marketing")) == {
            "own": ["BRAND", "MARKETING"],
            "siblings": ["TECHNOLOGY"],
            "circle": ["BRAND", "HQ", "MARKETING", "TECHNOLOGY"],
        }
    assert await scopes(ask, company.user("hr"), department(company, "subsidiary")) == {
        "own": ["SUBSIDIARY"],
        "siblings": [],
        "circle": ["SUBSIDIARY"],
    }


async def test_few_no_shows_of_others_are_not_told(ask: Ask, company: Company) -> None:
    """Of four of a sibling's, null, alone and beside one's own, which anybody could take away from the sum."""

    async def told(viewer: str) -> list[int | None]:
        found = (await ask(COUNTS, company.user(viewer), id=department(company, "technology")))["node"]
        return [found[f"{scope}Sum"]["noShows"] for scope in ("own", "siblings", "circle")]

    for _ in range(4):
        await company.at(days=60).no_show(await company.application("marketing"))
    await company.at(days=60).no_show(await company.application("technology"))
    assert await told("technology") == [1, None, None]
    assert await told("marketing") == [None, 4, None]
    assert await told("hr") == [1, 4, 5]
    await company.at(days=60).no_show(await company.application("brand"))
    assert await told("technology") == [1, 5, 6]
    assert await told("marketing") == [None, 5, None]


async def test_a_closed_department_counts_with_its_successor(ask: Ask, company: Company) -> None:
    for name in ("marketing", "brand", "technology"):
        await company.at(days=60).no_show(await company.application(name))
    company.hr.at = NOW
    await company.hr.close_department(company.departments["brand"], company.departments["technology"])
    for viewer in ("hr", "marketing", "technology"):
        assert await scopes(ask, company.user(viewer), department(company, "marketing")) == {
            "own": ["MARKETING"],
            "siblings": ["BRAND", "TECHNOLOGY"],
            "circle": ["BRAND", "MARKETING", "TECHNOLOGY"],
        }
        assert await scopes(ask, company.user(viewer), department(company, "technology")) == {
            "own": ["BRAND", "TECHNOLOGY"],
            "siblings": ["MARKETING"],
            "circle": ["BRAND", "MARKETING", "TECHNOLOGY"],
        }


async def test_scopes_end_where_another_circle_begins(ask: Ask, company: Company) -> None:
    lab = await company.hr.department("LAB", "Lab", parent=company.departments["technology"], shares_history=True)
    company.positions["lab"] = await company.hr.position(lab, "Researcher", "ENGINEERING")
    for name in ("technology", "lab"):
        await company.at(days=60).no_show(await company.application(name))
    seen = await scopes(ask, company.user("hr"), department(company, "marketing"))
    assert seen == {"own": [], "siblings": ["TECHNOLOGY"], "circle": ["TECHNOLOGY"]}


BELOW = """
query Below($id: ID!, $below: Boolean!) {
  node(id: $id) {
    ... on Department {
      positions(below: $below) { totalCount nodes { department { code } } }
      applications(below: $below) { totalCount nodes { position { department { code } } } }
      interviews(below: $below) { totalCount nodes { department { code } } }
      findings(below: $below) { totalCount nodes { department { code } } }
      employments(below: $below) { totalCount nodes { department { code } } }
    }
  }
}
"""


async def listed(ask: Ask, viewer: str, id: str, *, below: bool = True) -> dict[str, list[str]]:
    """The departments of what each list holds, once it is seen that it is counted and read by one statement."""
    answer = await ask.whole(BELOW, viewer, id=id, below=below)
    assert not answer.errors
    assert [name for name in answer.statements if name != "viewer"] == ["node.Department"]
    found: dict[str, list[str]] = {}
    for name, page in answer.data["node"].items():
        assert page["totalCount"] == len(page["nodes"])
        found[name] = sorted((node.get("position") or node)["department"]["code"] for node in page["nodes"])
    return found


async def one_of_each(company: Company, *names: str) -> None:
    for name in names:
        await company.at(days=60).no_show(await company.application(name))
        job = NewEmployment(company.departments[name], company.person(), "Seller", date(2026, 1, 5))
        await company.hr.employment(job)
    company.hr.at = NOW


def each(*codes: str, positions: list[str] | None = None) -> dict[str, list[str]]:
    lists = ("positions", "applications", "interviews", "findings", "employments")
    return {name: sorted(codes) if name != "positions" or positions is None else positions for name in lists}


async def test_lists_hold_what_lies_below(ask: Ask, company: Company) -> None:
    """Once each, and of nothing that the list of that department alone would not show the same viewer."""
    await one_of_each(company, "hq", "marketing", "brand", "technology", "subsidiary")
    hq, marketing = department(company, "hq"), department(company, "marketing")
    hr, recruiter = company.user("hr"), company.user("marketing")
    assert await listed(ask, hr, hq, below=False) == each("HQ")
    assert await listed(ask, hr, hq) == each("BRAND", "HQ", "MARKETING", "TECHNOLOGY")
    for viewer in (hr, recruiter, company.user("auditor")):
        assert await listed(ask, viewer, marketing) == each("BRAND", "MARKETING")
    circle = ["BRAND", "HQ", "MARKETING", "TECHNOLOGY"]
    assert await listed(ask, recruiter, hq) == each(positions=circle)
    assert await listed(ask, company.user("technology"), marketing) == each(positions=["BRAND", "MARKETING"])
    assert await listed(ask, company.user("subsidiary"), marketing) == each()


async def test_findings_are_listed_by_period(ask: Ask, company: Company) -> None:
    """By days in the Organization's zone: the later one was missed at 9:00 UTC on 24 September 2026."""
    for days in (90, 60):
        await company.at(days=days).no_show(await company.application("brand"))
    query = """
    query Period($id: ID!, $from: Date, $to: Date) {
      node(id: $id) {
        ... on Department {
          noShows(from: $from, to: $to) { totalCount nodes { occurredAt } }
          findings(below: true, from: $from, to: $to) { totalCount nodes { occurredAt } }
        }
      }
    }
    """
    for period, count in [
        ({}, 2),
        ({"from": "2026-09-24", "to": "2026-09-25"}, 1),
        ({"from": "2026-09-25"}, 0),
        ({"to": "2026-09-24"}, 1),
    ]:
        found = await ask(query, company.user("hr"), id=department(company, "marketing"), **period)
        for page in found["node"].values():
            assert page["totalCount"] == len(page["nodes"]) == count, period


async def test_below_ends_where_another_circle_begins(ask: Ask, company: Company) -> None:
    """Who is near a department sees nothing of one below it that shares its history with nobody."""
    lab = await company.hr.department("LAB", "Lab", parent=company.departments["technology"], shares_history=True)
    company.departments["lab"] = lab
    company.positions["lab"] = await company.hr.position(lab, "Researcher", "ENGINEERING")
    await one_of_each(company, "technology", "lab")
    technology = department(company, "technology")
    assert await listed(ask, company.user("technology"), technology) == each("LAB", "TECHNOLOGY")
    assert await listed(ask, company.user("marketing"), technology) == each(positions=["TECHNOLOGY"])


async def test_what_was_closed_lies_below_its_successor(ask: Ask, company: Company) -> None:
    """Brand, closed, is Technology's, though it stands below Marketing; only who owns both sees it by its own id."""
    await one_of_each(company, "marketing", "brand", "technology")
    await company.hr.close_position(company.positions["brand"])
    await company.hr.close_department(company.departments["brand"], company.departments["technology"])
    for viewer in ("hr", "marketing"):
        found = await listed(ask, company.user(viewer), department(company, "marketing"))
        assert found == each("MARKETING"), viewer
    for viewer in ("hr", "technology"):
        found = await listed(ask, company.user(viewer), department(company, "technology"))
        assert found == each("BRAND", "TECHNOLOGY"), viewer
        assert await listed(ask, company.user(viewer), department(company, "brand")) == each("BRAND"), viewer
    brand = await listed(ask, company.user("marketing"), department(company, "brand"))
    assert brand == each(positions=["BRAND"])


SUMMARY = """
query Summary($code: String!, $scope: Scope!, $from: Date, $to: Date) {
  department(code: $code) {
    attendance(scope: $scope, from: $from, to: $to) {
      interviews accepted attended acceptedNotAttended noShows excused faults attendanceRate noShowRate
    }
  }
}
"""


async def test_attendance_needs_every_department_in_scope(ask: Ask, company: Company) -> None:
    await company.at(days=60).no_show(await company.application("marketing"))
    await company.at(days=50).missed(await company.application("marketing"))
    whole = {
        "interviews": 2,
        "accepted": 2,
        "attended": 0,
        "acceptedNotAttended": 2,
        "noShows": 1,
        "excused": 0,
        "faults": 0,
        "attendanceRate": 0.0,
        "noShowRate": 0.5,
    }
    counted = dict.fromkeys(whole) | {"noShows": 1}
    for viewer, scope, expected in [
        ("hr", "OWN", whole),
        ("hr", "CIRCLE", whole),
        ("auditor", "CIRCLE", whole),
        ("marketing", "OWN", whole),
        ("marketing", "CIRCLE", counted),
        ("technology", "OWN", dict.fromkeys(whole)),
        ("brand", "OWN", dict.fromkeys(whole)),
        ("integrator", "OWN", dict.fromkeys(whole)),
    ]:
        found = await ask(SUMMARY, company.user(viewer), code="MARKETING", scope=scope)
        assert found["department"]["attendance"] == expected, (viewer, scope)


async def test_attendance_is_counted_in_a_period(ask: Ask, company: Company) -> None:
    """The missed interview was at 9:00 UTC on 24 September 2026, 17:00 in Shanghai."""
    await company.at(days=60).no_show(await company.application("marketing"))
    for period, count in [
        ({"from": "2026-09-24", "to": "2026-09-25"}, 1),
        ({"from": "2026-09-25"}, 0),
        ({"to": "2026-09-24"}, 0),
        ({}, 1),
    ]:
        found = await ask(SUMMARY, company.user("hr"), code="MARKETING", scope="OWN", **period)
        summary = found["department"]["attendance"]
        assert (summary["interviews"], summary["noShows"]) == (count, count)
        rates = (summary["attendanceRate"], summary["noShowRate"])
        assert rates == ((0.0, 1.0) if count else (None, None))


async def test_a_period_tells_no_hidden_time(ask: Ask, company: Company) -> None:
    """Of a recorded interview siblings see the deadline that was missed, not when its window opened."""
    application = await company.application("marketing")
    opened = NOW - timedelta(days=60)
    company.hr.at = opened - timedelta(days=3)
    missed = await company.hr.interview(application, mode=Mode.AI_ASYNC, starts_at=opened, minutes=7 * 24 * 60)
    company.hr.at = opened + timedelta(days=8)
    await company.hr.attendance(missed, Attendance.NOT_ATTENDED)
    finding = await company.hr.suspicion(missed)
    await company.hr.notice(finding)
    company.hr.at += timedelta(days=4)
    await company.hr.confirmation(finding)
    window, deadline = opened.date(), (opened + timedelta(days=7)).date()
    for viewer in ("marketing", "technology"):
        for day, count in [(window, 0), (deadline, 1)]:
            period = {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat()}
            found = await ask(SUMMARY, company.user(viewer), code="MARKETING", scope="OWN", **period)
            told = None if count and viewer == "technology" else count
            assert found["department"]["attendance"]["noShows"] == told
