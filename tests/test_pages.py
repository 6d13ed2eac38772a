"""Pages: while rows come and go, whoever pages on sees each row that stays once, in order, in every connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.employments import NewEmployment
from graph.goals import Goal
from graph.shifts import AttendanceKind
from graph.statements import Found, Statement
from graph.timesheets import Fact
from graph.traversal import ROOTS, SHAPES, Page, Sort
from graph.visibility import Level
from graph.writing import Graph
from schema.execution import Answerer
from schema.ids import NODES
from tests.conftest import Ask, Company, gid, looked, make_company, uid

PAGES = {("Query", name): root.member for name, root in ROOTS.items() if isinstance(root.member, Page)} | {
    (shape, name): member
    for shape in sorted(NODES)
    for name, member in SHAPES[shape].members.items()
    if isinstance(member, Page)
}
CASES = [
    (type, name, order, viewer)
    for (type, name), page in PAGES.items()
    for order, sort in page.sorts.items()
    # To who is near and no more, a hidden sort value is null in every row.
    for viewer in (("hr", "technology") if sort.see is Level.OWN else ("hr",))
]

TIES = Statement(
    "tests.ties",
    """
    MATCH (node {id: $id})-[tie]-()
    WITH DISTINCT type(tie) + CASE WHEN startNode(tie).id = $id THEN '>' ELSE '<' END AS id RETURN id ORDER BY id
    """,
    row=Found,
)


def copies(label: str, ties: list[str]) -> list[str]:
    """Statements that make a row like another: its label, properties and all its relations, under an id of its own."""
    texts = [f"CREATE (:{label} $properties)"]
    for tie in ties:
        type, ends = tie[:-1], ("", ">") if tie.endswith(">") else ("<", "")
        found, made = (f"{ends[0]}-[{name}:{type}]-{ends[1]}(other)" for name in ("tie", "copy"))
        texts.append(
            f"MATCH (old:{label} {{id: $old}}) MATCH (new:{label} {{id: $new}}) MATCH (old){found} "
            f"CREATE (new){made} SET copy = properties(tie)"
        )
    return texts


@dataclass
class Rows:
    """Rows of one connection, made and removed behind the back of who pages through it."""

    graph: Graph
    label: str
    sort: Sort
    template: str
    ties: list[str]
    made: list[str] = field(default_factory=list)

    async def run(self, *texts: str, **parameters: Any) -> list[Any]:
        async with self.graph.client.driver.session(database=self.graph.client.database) as session:
            transaction = await session.begin_transaction()
            records: list[Any] = []
            for text in texts:
                records = [record async for record in await transaction.run(text, parameters)]  # type: ignore[arg-type]
            await transaction.commit()
        return records

    async def insert(self, place: int) -> str:
        """A row that sorts with another of them, as a new one between them, or as null where that may be."""
        new = str(uuid4())
        property = self.sort.expression.removeprefix("that.")
        value = f"new.{property} = other.{property}" if property.isidentifier() else "new.id = $new"
        if property == "externalId":
            value = "new.externalId = other.externalId + $new"
        if self.sort.nullable and property.isidentifier() and place % 3 == 0:
            value = f"new.{property} = null"
        other = ([self.template, *self.made])[place % (len(self.made) + 1)]
        (found,) = await self.run(f"MATCH (old:{self.label} {{id: $old}}) RETURN properties(old)", old=self.template)
        properties = {**found[0], "id": new}
        if self.label == "User":
            properties["externalId"] = new
        texts = copies(self.label, self.ties)
        texts.append(f"MATCH (new:{self.label} {{id: $new}}) MATCH (other:{self.label} {{id: $other}}) SET {value}")
        await self.run(*texts, old=self.template, new=new, other=other, properties=properties)
        self.made.append(new)
        return new

    async def remove(self, *ids: str) -> None:
        self.made = [id for id in self.made if id not in ids]
        await self.run(f"MATCH (row:{self.label}) WHERE row.id IN $ids DETACH DELETE row", ids=[*ids])


@dataclass
class World:
    """A company with a row in every connection, and the record that owns it."""

    company: Company
    owners: dict[str, str]


@pytest.fixture(scope="module")
async def world(graph: Graph, answerer: Answerer) -> World:
    company, ask = await make_company(graph), Ask(graph, answerer)
    hr, person = company.at(days=90), company.person()
    first = await company.application("marketing", person)
    await looked(graph, hr.viewer, await hr.no_show(first))
    hr = company.at(days=9)
    await hr.position(company.departments["technology"], "Another", "ENGINEERING")
    second = await company.application("technology", person)
    await hr.rights_request(second)
    await hr.interview(second)
    job = NewEmployment(company.departments["marketing"], person, "Seller", date(2026, 1, 5))
    employment = await hr.employment(job)
    await hr.work_attendance(employment, "clock", Fact(AttendanceKind.LATE, date(2026, 9, 1), minutes=20))
    await hr.task_completion(employment, "okr", Goal("Sell", date(2026, 1, 5), date(2026, 6, 30), told_share=0.5))
    query = "query A($id: ID!) { application(id: $id) { candidate { id } interviews { nodes { id } } } }"
    found = (await ask(query, company.user("hr"), id=gid("Application", first)))["application"]
    return World(
        company,
        {
            "Organization": gid("Organization", hr.viewer.organization),
            "Department": gid("Department", company.departments["marketing"]),
            "Position": gid("Position", company.positions["technology"]),
            "Candidate": found["candidate"]["id"],
            "Application": gid("Application", first),
            "Interview": found["interviews"]["nodes"][0]["id"],
            "Employment": gid("Employment", employment),
        },
    )


def question(type: str, name: str, order: str) -> str:
    rows = (
        f"rows: {name}(orderBy: {order}, first: $first, after: $after, last: $last, before: $before) "
        "{ edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } }"
    )
    body = rows if type == "Query" else f"node(id: $id) {{ ... on {type} {{ {rows} }} }}"
    declared = "$first: Int, $after: String, $last: Int, $before: String"
    return f"query Page({declared}{'' if type == 'Query' else ', $id: ID!'}) {{ {body} }}"


@dataclass
class Paging:
    """One who goes through a connection, from its start or from its end."""

    ask: Ask
    viewer: str
    text: str
    owner: dict[str, str]
    forward: bool

    async def page(self, size: int, cursor: str | None) -> tuple[list[str], str | None, bool]:
        bounds = {"first": size, "after": cursor} if self.forward else {"last": size, "before": cursor}
        answer = await self.ask(self.text, self.viewer, **bounds, **self.owner)
        found = answer.get("node", answer)["rows"]
        edges = found["edges"] if self.forward else found["edges"][::-1]
        more = found["pageInfo"]["hasNextPage" if self.forward else "hasPreviousPage"]
        return [uid(edge["node"]["id"]) for edge in edges], edges[-1]["cursor"] if edges else cursor, more

    async def all(self) -> list[str]:
        return (await self.page(100, None))[0]


EXAMPLES = 8
"""Ways through each connection in each order: with each order of each, some three hundred."""
PLACES = st.integers(0, 11)
CHANGES = st.lists(st.tuples(st.sampled_from(["insert", "remove"]), PLACES), min_size=1, max_size=2)
SCRIPTS = st.lists(CHANGES, min_size=3, max_size=4)


@pytest.mark.parametrize(("type", "name", "order", "viewer"), CASES)
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(size=st.integers(1, 2), forward=st.booleans(), start=st.lists(PLACES, min_size=3, max_size=4), script=SCRIPTS)
async def test_a_row_is_shown_once_while_others_come_and_go(
    graph: Graph,
    ask: Ask,
    world: World,
    type: str,
    name: str,
    order: str,
    viewer: str,
    size: int,
    forward: bool,
    start: list[int],
    script: list[list[tuple[str, int]]],
) -> None:
    page = PAGES[type, name]
    owner = {} if type == "Query" else {"id": world.owners[type]}
    paging = Paging(ask, world.company.user(viewer), question(type, name, order), owner, forward)
    template = (await paging.all())[0]
    ties = [row.id for row in await graph.client.read(TIES, id=template)]
    rows = Rows(graph, page.to, page.sorts[order], template, ties)
    try:
        for place in start:
            await rows.insert(place)
        before = await paging.all()
        assert len(before) >= len(start) + 1
        shown, removed, cursor, more, changes = [], set[str](), None, True, iter(script)
        while more:
            found, cursor, more = await paging.page(size, cursor)
            shown += found
            for change, place in next(changes, []):
                if change == "insert":
                    await rows.insert(place)
                elif rows.made:
                    removed.add(gone := rows.made[place % len(rows.made)])
                    await rows.remove(gone)
        assert len(shown) == len(set(shown))
        assert not set(before) - removed - set(shown)
        after = await paging.all()
        assert [id for id in shown if id in after] == [id for id in after if id in shown]
    finally:
        await rows.remove(*rows.made)


def test_every_connection_is_paged_through() -> None:
    """The cases come from the shapes; a new connection is among them by itself, and so is each of its orders."""
    assert {(type, name) for type, name, _, _ in CASES} == PAGES.keys()
    assert {type for type, _ in PAGES} - {"Query"} == {
        *("Organization", "Department", "Position", "Candidate", "Application", "Employment", "Interview")
    }
    assert any(sort.nullable for page in PAGES.values() for sort in page.sorts.values())
    assert {"technology"} <= {viewer for *_, viewer in CASES}
