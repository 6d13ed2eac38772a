"""What the compiler promises: one statement a root field, one text for questions alike, true pages, exact errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graph.instants import from_text
from graph.traversal import Cursor, Form, Page, Pick, Root, Sort, compose
from graph.visibility import FIND_VIEWER, Dialect, Viewer
from schema.ids import to_global
from tests.conftest import NOW, Ask, Company, gid, make_company, uid

HR, TECHNOLOGY, INTEGRATOR, AUDITOR = "hr@demo", "recruiter@technology.demo", "integrator@demo", "auditor@demo"


def texts(ask: Ask, query: str) -> set[str]:
    """The statements composed for a request's text so far, by whichever server."""
    answerers = [ask.answerer, *([ask.beside[1]] if ask.beside else [])]
    read = [selection for each in answerers for selection in each._documents.read(query).document.selections.values()]
    return {plan.composed.text for selection in read for plan in selection.plans.values()}


async def text(ask: Ask, query: str, viewer: str = HR, **variables: Any) -> str:
    """The one statement composed for a request that no test sent before."""
    await ask(query, viewer, **variables)
    (only,) = texts(ask, query)
    return only


ALIKE = (
    "query($id: ID!) { candidate(id: $id) { displayName "
    "applications(first: 5) { totalCount nodes { stage position { title status } } } } }",
    "query($id: ID!) { other: candidate(id: $id) { a: displayName "
    "b: applications(first: 5) { c: totalCount d: nodes { e: stage f: position { g: title h: status } } } } }",
    "query($it: ID!, $size: Int) { candidate(id: $it) { displayName "
    "applications(first: $size) { totalCount nodes { stage position { title status } } } } }",
    "query($id: ID!) { candidate(id: $id) { "
    "applications(first: 5) { nodes { position { status title } stage } totalCount } displayName } }",
    "query($id: ID!) { candidate(id: $id) { __typename displayName displayName "
    "applications(first: 2) { edges { cursor node { stage position { title status } } } totalCount } } }",
    "query($id: ID!) { candidate(id: $id) { ...C applications(first: 5) { totalCount ... { nodes { ...A } } } } } "
    "fragment C on Candidate { displayName } fragment A on Application { position { title ...P } stage } "
    "fragment P on Position { status }",
    "query($id: ID!, $yes: Boolean! = true) { candidate(id: $id) { displayName @include(if: $yes) id @skip(if: $yes) "
    "applications(first: 5, after: null) { totalCount nodes { stage position { title status } } } } }",
    "query($id: ID!, $none: String) { candidate(id: $id) { displayName "
    "applications(first: 5, after: $none, where: {}) { totalCount nodes { stage position { title status } } } } }",
)


@pytest.mark.usefixtures("demo")
async def test_questions_written_differently_share_one_text(ask: Ask) -> None:
    """The database plans a text once, so what a client chooses freely must not reach it."""
    answer = await ask("{ candidates(first: 1) { nodes { id } } }", HR)
    id = answer["candidates"]["nodes"][0]["id"]
    found = {await text(ask, query, id=id, it=id, size=7) for query in ALIKE}
    assert len(found) == 1
    literal = ALIKE[0].replace("query($id: ID!)", "").replace("$id", f'"{id}"')
    assert await text(ask, literal) in found


@pytest.mark.usefixtures("demo")
async def test_a_value_asks_for_no_new_plan(ask: Ask) -> None:
    query = "query($n: Int, $search: String) { candidates(first: $n, search: $search) { nodes { status } } }"
    for values in ({"n": 1, "search": "王"}, {"n": 9, "search": "a"}, {"n": 100, "search": "' OR 1=1"}):
        await ask(query, HR, **values)
    assert len(texts(ask, query)) == 1
    assert not any("OR 1=1" in found for found in texts(ask, query))


PAGE = """
query($after: String, $before: String) {
  candidates(first: 2, after: $after, before: $before) { edges { cursor } pageInfo { hasNextPage } }
}
"""


@pytest.mark.usefixtures("demo")
async def test_a_later_page_is_another_text(ask: Ask) -> None:
    """A parameter that is null at one time and a value at another is planned again each time."""
    first = await ask(PAGE, HR)
    await ask(PAGE, HR, after=None, before=None)
    assert len(texts(ask, PAGE)) == 1
    for edge in first["candidates"]["edges"]:
        await ask(PAGE, HR, after=edge["cursor"])
    assert len(texts(ask, PAGE)) == 2
    await ask(PAGE, HR, before=first["candidates"]["edges"][1]["cursor"])
    assert len(texts(ask, PAGE)) == 3


@pytest.mark.usefixtures("demo")
async def test_an_integrator_has_a_text_of_its_own(ask: Ask) -> None:
    query = "{ candidates(first: 3) { nodes { id status email } } }"
    for viewer in (HR, TECHNOLOGY, AUDITOR, INTEGRATOR):
        await ask(query, viewer)
    assert len(texts(ask, query)) == 2


DEEP = """
query($id: ID!) {
  departments {
    code
    siblings { code }
    positions(first: 3) {
      nodes { applications(first: 2) { edges { node { candidate { noShows { nodes { department { name } } } } } } } }
    }
  }
  candidates(first: 5) { nodes { interviews(first: 2) { nodes { events { nodes { type actor { externalId } } } } } } }
  node(id: $id) { ... on Department { descendants { attendance(scope: CIRCLE) { noShows } } } }
  viewer { recruitsFor { code } }
}
"""


@pytest.mark.usefixtures("demo")
async def test_each_root_takes_one_statement(ask: Ask) -> None:
    departments = (await ask("{ departments { id } }", HR))["departments"]
    answer = await ask.whole(DEEP, HR, id=departments[0]["id"])
    assert not answer.errors
    # The viewer is looked up once, and asks for itself once.
    assert sorted(answer.statements) == sorted(["viewer", "departments", "candidates", "node.Department", "viewer"])


@pytest.mark.usefixtures("demo")
async def test_a_list_takes_one_statement_however_long(ask: Ask) -> None:
    query = "query($n: Int) { candidates(first: $n) { nodes { applications { nodes { position { title } } } } } }"
    for n in (1, 100):
        assert (await ask.whole(query, HR, n=n)).statements == ["viewer", "candidates"]


@pytest.mark.usefixtures("demo")
async def test_introspection_and_typename_take_none(ask: Ask) -> None:
    answer = await ask.whole("{ __typename __schema { queryType { name } } }", HR)
    assert answer.data == {"__typename": "Query", "__schema": {"queryType": {"name": "Query"}}}
    assert answer.statements == []


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("given", "used"),
    [("first: 150", 100), ("first: -1", 0), ("last: 101", 100), ("last: -5", 0), ("first: 101, last: 3", 100)],
)
async def test_a_page_size_is_brought_within(ask: Ask, given: str, used: int) -> None:
    answer = await ask.whole(f"{{ all: candidates({given}) {{ nodes {{ id }} }} }}", HR)
    argument = given.partition(":")[0]
    assert answer.extensions["adjusted"] == [{"path": ["all"], "argument": argument, "used": used}]
    assert len(answer.data["all"]["nodes"]) == used


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("given", ["first: 0", "first: 100", "last: 100", "first: null", "search: null"])
async def test_a_page_size_within_is_left_alone(ask: Ask, given: str) -> None:
    answer = await ask.whole(f"{{ candidates({given}) {{ nodes {{ id }} }} }}", HR)
    assert "adjusted" not in answer.extensions
    assert len(answer.data["candidates"]["nodes"]) == {"first: 0": 0, "first: null": 20, "search: null": 20}.get(
        given, 100
    )


@pytest.mark.usefixtures("demo")
async def test_no_size_means_twenty_and_first_wins(ask: Ask) -> None:
    answer = await ask(
        "{ none: candidates { nodes { id } } first: candidates(first: 20) { nodes { id } } "
        "both: candidates(first: 4, last: 9) { nodes { id } } four: candidates(first: 4) { nodes { id } } }",
        HR,
    )
    assert answer["none"] == answer["first"]
    assert answer["both"] == answer["four"]
    assert len(answer["none"]["nodes"]) == 20


CONNECTIONS = {
    "candidates by name": ("candidates(orderBy: DISPLAY_NAME, {})", "", HR),
    "candidates by no-shows": ("candidates(orderBy: NO_SHOWS_DESC, {})", "", HR),
    "candidates by hidden no-shows": ("candidates(orderBy: NO_SHOWS_DESC, {})", "", INTEGRATOR),
    "candidates found": ('candidates(search: "王", where: {status: ACTIVE}, {})', "", HR),
    "positions by title": ("positions(orderBy: TITLE, {})", "TECHNOLOGY", HR),
    "positions by opening": ("positions(orderBy: OPENED_AT_DESC, {})", "BRAND", HR),
    "positions by a count": ("positions(orderBy: APPLICATIONS_DESC, {})", "BRAND", HR),
    "positions by a hidden count": ("positions(orderBy: APPLICATIONS_DESC, {})", "BRAND", TECHNOLOGY),
    "applications": ("applications(orderBy: APPLIED_AT, {})", "TECHNOLOGY", HR),
    "applications, latest first": ("applications(orderBy: APPLIED_AT_DESC, {})", "TECHNOLOGY", TECHNOLOGY),
    "interviews": ("interviews(orderBy: STARTS_AT_DESC, {})", "BRAND", AUDITOR),
    "no-shows in the circle": ("noShows(scope: CIRCLE, orderBy: OCCURRED_AT, {})", "TECHNOLOGY", TECHNOLOGY),
    "findings": ("findings(orderBy: OCCURRED_AT_DESC, {})", "MARKETING", HR),
}
ROWS = "{ totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"


async def page(ask: Ask, connection: str, arguments: str) -> Any:
    """One page of a connection of CONNECTIONS; `arguments` are Relay's."""
    field, department, viewer = CONNECTIONS[connection]
    text = f"{field.replace('{}', arguments)} {ROWS}"
    if not department:
        answer = await ask(f"{{ {text} }}", viewer)
    else:
        answer = (await ask(f'{{ department(code: "{department}") {{ {text} }} }}', viewer))["department"]
    (found,) = answer.values()
    return found


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("connection", CONNECTIONS)
@pytest.mark.parametrize("size", [3, 40])
async def test_pages_visit_every_row_once(ask: Ask, connection: str, size: int) -> None:
    """Forwards and backwards, whatever the rows are sorted by and however many are equal or null."""
    whole = await page(ask, connection, "first: 100")
    ids = [edge["node"]["id"] for edge in whole["edges"]]
    assert len(set(ids)) == len(ids) == min(whole["totalCount"], 100) > 0
    end = f', before: "{whole["pageInfo"]["endCursor"]}"'
    for argument, bound, onward, more in (
        ("first", "after", "endCursor", "hasNextPage"),
        ("last", "before", "startCursor", "hasPreviousPage"),
    ):
        found: list[str] = [] if argument == "first" else ids[-1:]
        place, going = "" if argument == "first" else end, True
        while going and len(found) < len(ids):
            part = await page(ask, connection, f"{argument}: {size}{place}")
            rows = [edge["node"]["id"] for edge in part["edges"]]
            assert part["totalCount"] == whole["totalCount"]
            assert rows or not part["pageInfo"][more]
            found = found + rows if argument == "first" else rows + found
            place, going = f', {bound}: "{part["pageInfo"][onward]}"', part["pageInfo"][more]
        assert found[: len(ids)] == ids
        assert going is (argument == "first" and whole["totalCount"] > len(ids))


@pytest.mark.usefixtures("demo")
async def test_both_cursors_bound_a_page(ask: Ask) -> None:
    whole = await page(ask, "applications", "first: 20")
    cursors, ids = [edge["cursor"] for edge in whole["edges"]], [edge["node"]["id"] for edge in whole["edges"]]
    for size in ("first", "last"):
        part = await page(ask, "applications", f'{size}: 50, after: "{cursors[2]}", before: "{cursors[9]}"')
        assert [edge["node"]["id"] for edge in part["edges"]] == ids[3:9]
        assert [edge["cursor"] for edge in part["edges"]] == cursors[3:9]
        assert part["totalCount"] == whole["totalCount"]


async def test_a_new_row_does_not_shift_a_page(ask: Ask, company: Company) -> None:
    for title in ("B", "D", "F", "H"):
        await company.at().position(company.departments["hq"], title, "ANY")
    query = (
        'query($after: String) { department(code: "HQ") { positions(first: 2, after: $after) '
        "{ nodes { title } pageInfo { endCursor } } } }"
    )
    first = (await ask(query, company.user("hr")))["department"]["positions"]
    for title in ("A", "C", "G"):
        await company.at().position(company.departments["hq"], title, "ANY")
    second = (await ask(query, company.user("hr"), after=first["pageInfo"]["endCursor"]))["department"]["positions"]
    assert [node["title"] for node in first["nodes"] + second["nodes"]] == ["B", "D", "F", "G"]


NULLABLE = Page(
    "Position",
    ("(that:Position)-[:BELONGS_TO]->(:Department {organization: $organization})",),
    {
        "CLOSED_AT": Sort("that.closedAt", nullable=True, form=Form.INSTANT),
        "CLOSED_AT_DESC": Sort("that.closedAt", descending=True, nullable=True, form=Form.INSTANT),
    },
)


class Order:
    """Stands for the enum's value that a request names."""

    def __init__(self, value: str) -> None:
        self.value = value


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("size", [1, 2, 7])
@pytest.mark.parametrize("order", NULLABLE.sorts)
async def test_nulls_stand_last_in_either_direction(ask: Ask, order: str, size: int) -> None:
    """Three positions are closed, at two times or three; the rest are equal in having none."""
    viewer = Viewer.of_row((await ask.graph.client.read(FIND_VIEWER, subject=HR))[0])

    async def rows(**args: Any) -> list[Any]:
        """At most one row more than is asked for, from the end where `last` is given."""
        pick = Pick("", "", 0, {"orderBy": Order(order), **args}, [Pick("nodes", "nodes", picks=[Pick("id", "id")])])
        composed = compose(Root("tests.nullable", member=NULLABLE), pick, Dialect.STAFF)
        values = {each.name: each.source(pick.args) for each in composed.parameters}
        found = await ask.graph.client.answer("tests.nullable", composed.text, {**viewer.at(NOW), **values})
        return found[0]["answer"][1]

    whole = await rows(first=100)
    times = [row[0] for row in whole]
    closed = [time for time in times if time is not None]
    assert 0 < len(closed) < len(times)
    assert times == sorted(closed, reverse=order.endswith("DESC")) + [None] * (len(times) - len(closed))
    assert [row[1] for row in whole if row[0] is None] == sorted(row[1] for row in whole if row[0] is None)
    for argument, bound, expected in (("first", "after", whole), ("last", "before", whole[::-1])):
        visited: list[Any] = []
        part = await rows(**{argument: size})
        while part:
            visited += part[:size]
            value, id, _ = visited[-1]
            place = Cursor(order, value and from_text(value), id)
            part = await rows(**{argument: size, bound: place}) if len(part) > size else []
        assert visited == expected


def lookups(type: str, id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "query($id: ID!) { node(id: $id) { __typename id } }", {"id": gid(type, id)}
    if type in ("Position", "Candidate", "Application", "Interview"):
        yield f"query($id: ID!) {{ {type.lower()}(id: $id) {{ __typename id }} }}", {"id": gid(type, id)}


async def test_absent_and_hidden_records_look_alike(ask: Ask, company: Company) -> None:
    """An id of nothing, of another type, of another company, and of a record out of reach: the same answer and cost."""
    other = await make_company(ask.graph)
    records = {}
    for each in (company, other):
        application = await each.application("marketing")
        interview = await each.at(days=2).interview(application)
        candidate = (
            await ask(
                "query($id: ID!) { application(id: $id) { candidate { id } } }",
                each.user("hr"),
                id=gid("Application", application),
            )
        )["application"]["candidate"]["id"]
        records[each.tag] = {"Application": application, "Interview": interview, "Candidate": uid(candidate)}
    for type, mine in records[company.tag].items():
        for query, variables in lookups(type, mine):
            seen = await ask.whole(query, company.user("hr"), **variables)
            assert seen.data != {next(iter(seen.data)): None}
            field, statements = next(iter(seen.data)), seen.statements
            ids = {
                "hidden from": (gid(type, mine), company.user("technology")),
                "another company's": (gid(type, records[other.tag][type]), company.user("hr")),
                "unknown": (gid(type, "00000000-0000-4000-8000-000000000000"), company.user("hr")),
            }
            if field != "node":
                ids["of another type"] = (gid("User", mine), company.user("hr"))
                ids["no id at all"] = ("nonsense", company.user("hr"))
            for what, (id, viewer) in ids.items():
                answer = await ask.whole(query, viewer, id=id)
                assert (what, answer.data, answer.errors) == (what, {field: None}, [])
                assert (what, answer.statements) == (what, statements)


async def test_a_node_of_no_type_is_null(ask: Ask, company: Company) -> None:
    for id in ("", "nonsense", to_global("Reminder", "x"), to_global("Query", "x"), to_global("Department", "")):
        answer = await ask.whole("query($id: ID!) { node(id: $id) { id } }", company.user("hr"), id=id)
        assert (answer.data, answer.errors) == ({"node": None}, [])


OPTIONAL = """
query($code: String!, $brief: Boolean!, $people: Boolean!) {
  department(code: $code) {
    name @skip(if: $brief)
    ... @include(if: $people) { applications(first: 1) { totalCount } }
    positions(first: 1) @skip(if: $brief) @include(if: $people) { totalCount }
    __typename @include(if: true)
  }
}
"""


@pytest.mark.usefixtures("demo")
async def test_skipped_fields_are_neither_read_nor_answered(ask: Ask) -> None:
    keys = {}
    for brief in (False, True):
        for people in (True, False):
            answer = await ask(OPTIONAL, HR, code="BRAND", brief=brief, people=people)
            keys[brief, people] = list(answer["department"])
    assert keys == {
        (False, True): ["name", "applications", "positions", "__typename"],
        (False, False): ["name", "__typename"],
        (True, True): ["applications", "__typename"],
        (True, False): ["__typename"],
    }
    found = texts(ask, OPTIONAL)
    assert len(found) == 4
    assert await text(ask, '{ department(code: "BRAND") { name } }') in found


@pytest.mark.usefixtures("demo")
async def test_keys_stand_in_the_order_asked(ask: Ask) -> None:
    answer = await ask(
        '{ z: department(code: "BRAND") { z: status ...N a: code y: parent { b: name a: code } } a: __typename '
        'm: department(code: "DATA") { name } } fragment N on Department { m: name a: code }',
        HR,
    )
    assert list(answer) == ["z", "a", "m"]
    assert list(answer["z"]) == ["z", "m", "a", "y"]
    assert list(answer["z"]["y"]) == ["b", "a"]


@pytest.mark.usefixtures("demo")
async def test_one_field_twice_with_other_arguments(ask: Ask) -> None:
    answer = await ask(
        '{ department(code: "BRAND") { '
        "two: applications(first: 2) { nodes { id } } three: applications(first: 3) { nodes { id } } "
        "old: applications(first: 2, orderBy: APPLIED_AT) { nodes { id } } "
        "zh: positions(first: 1) { nodes { statusLabel } } "
        "en: positions(first: 1) { nodes { statusLabel(locale: EN) } } } }",
        HR,
    )
    found = answer["department"]
    assert found["three"]["nodes"][:2] == found["two"]["nodes"] != found["old"]["nodes"]
    assert len(found["three"]["nodes"]) == 3
    assert found["zh"] == {"nodes": [{"statusLabel": "开放"}]}
    assert found["en"] == {"nodes": [{"statusLabel": "Open"}]}


@pytest.mark.usefixtures("demo")
async def test_a_walk_may_return_the_way_it_came(ask: Ask) -> None:
    """Names within one pattern once bound those of the pattern inside it, which then silently found nothing."""
    answer = await ask(
        '{ department(code: "BRAND") { ancestors { code ancestors { code } children { siblings { code } } '
        "descendants { code ancestors { code } } } } }",
        HR,
    )
    marketing, headquarters = answer["department"]["ancestors"]
    assert marketing["ancestors"] == [{"code": "HEADQUARTERS"}]
    assert headquarters["ancestors"] == []
    chains = {row["code"]: [each["code"] for each in row["ancestors"]] for row in headquarters["descendants"]}
    assert chains["GROWTH"] == ["MARKETING", "HEADQUARTERS"]
    assert chains["TECHNOLOGY"] == ["HEADQUARTERS"]
    assert all(len(child["siblings"]) == len(marketing["children"]) - 1 for child in marketing["children"])


@pytest.mark.usefixtures("demo")
async def test_hashes_are_the_auditors_alone(ask: Ask) -> None:
    events = "interviews(first: 1) { nodes { events { nodes { hash seq } } } }"
    query = f"{{ candidates(first: 1, orderBy: NO_SHOWS_DESC) {{ nodes {{ {events} }} }} }}"
    for viewer in (HR, AUDITOR):
        candidate = (await ask(query, viewer))["candidates"]["nodes"][0]
        events = candidate["interviews"]["nodes"][0]["events"]["nodes"]
        assert events
        assert all((event["hash"] is not None) == (viewer == AUDITOR) for event in events)


@pytest.mark.usefixtures("demo")
async def test_an_integrator_may_select_what_it_never_sees(ask: Ask) -> None:
    answer = await ask(
        '{ department(code: "BRAND") { noShows(first: 3) { totalCount nodes { interview { id } basedOn { id } '
        "decidedBy { id } reason } } attendance { noShows interviews attendanceRate } } }",
        INTEGRATOR,
    )
    assert answer["department"]["noShows"] == {"totalCount": 0, "nodes": []}
    assert set(answer["department"]["attendance"].values()) == {None}


BAD_CURSOR = "The argument after is not usable: it is not a cursor of this server."
OTHER_ORDER = "The argument after is not usable: it belongs to another order."


def told(answer: Any) -> list[tuple[str, str, Any]]:
    return [(error["extensions"]["code"], error["message"], error.get("path")) for error in answer.errors]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ departments { ", "GRAPHQL_PARSE_FAILED"),
        ("{ departments { salary } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ department { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($x: Int) { departments { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ candidates(orderBy: SALARY) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ departments { " + "name " * 2_000 + "} }", "TOO_MANY_TOKENS"),
    ],
)
async def test_a_bad_document_is_refused_unread(ask: Ask, company: Company, query: str, code: str) -> None:
    answer = await ask.whole(query, company.user("hr"))
    assert {error["extensions"]["code"] for error in answer.errors} == {code}
    assert answer.data is None
    assert answer.statements == []


async def test_nobody_in_particular_is_told_nothing(ask: Ask, company: Company) -> None:
    for viewer in (None, "nobody@example.com"):
        answer = await ask.whole('{ viewer { id } a: department(code: "HQ") { id } }', viewer)
        assert answer.data == {"viewer": None, "a": None}
        assert {(code, tuple(path)) for code, _, path in told(answer)} == {
            ("UNAUTHENTICATED", ("viewer",)),
            ("UNAUTHENTICATED", ("a",)),
        }


@pytest.mark.usefixtures("demo")
async def test_a_bad_cursor_nulls_no_more_than_it_must(ask: Ask) -> None:
    (edge,) = (await page(ask, "applications", "first: 1"))["edges"]
    query = """
    query($bad: String, $wrong: String) {
      a: department(code: "BRAND") { name parent { name b: positions(after: $bad) { totalCount } } }
      c: department(code: "BRAND") { name d: applications(after: $wrong) { totalCount } }
      e: department(code: "BRAND") { name }
    }
    """
    answer = await ask.whole(query, HR, bad="x", wrong=edge["cursor"])
    assert answer.data == {"a": {"name": "Brand", "parent": None}, "c": None, "e": {"name": "Brand"}}
    assert sorted(told(answer), key=str, reverse=True) == [
        ("BAD_ARGUMENT", BAD_CURSOR, ["a", "parent", "b"]),
        ("BAD_ARGUMENT", OTHER_ORDER, ["c", "d"]),
    ]
    answer = await ask.whole(query, HR)
    assert answer.errors == []
    assert answer.data["a"]["parent"]["b"]["totalCount"] > 0


@pytest.mark.usefixtures("demo")
async def test_an_error_in_a_list_names_its_place(ask: Ask) -> None:
    """It nulls the list at the root and with it all, for neither may be null."""
    answer = await ask.whole('{ departments { id positions(after: "x") { totalCount } } }', HR)
    assert answer.data is None
    assert told(answer) == [("BAD_ARGUMENT", BAD_CURSOR, ["departments", 0, "positions"])]
    answer = await ask.whole('{ department(code: "BRAND") { successor { positions(after: "x") { totalCount } } } }', HR)
    assert answer.data == {"department": {"successor": None}}
    assert answer.errors == []


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("query", "variables", "code", "path"),
    [
        (
            "query($l: Locale) { c: candidates { nodes { applications { nodes { a: stageLabel(locale: $l) } } } } }",
            {"l": None},
            "BAD_REQUEST",
            ["c", "nodes", 0, "applications", "nodes", 0, "a"],
        ),
        ("query($n: Int!) { candidates(first: $n) { totalCount } }", {}, "BAD_REQUEST", None),
        ("query($n: Int) { candidates(first: $n) { totalCount } }", {"n": "one"}, "BAD_REQUEST", None),
    ],
)
async def test_unusable_variables_are_the_requests_fault(
    ask: Ask, query: str, variables: dict[str, Any], code: str, path: Any
) -> None:
    answer = await ask.whole(query, HR, **variables)
    assert answer.data is None
    assert [(found, where) for found, _, where in told(answer)] == [(code, path)]
