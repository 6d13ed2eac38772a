"""Paths and subgraphs: what networkx finds in the part of the graph that a viewer may see, and nothing beyond it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import networkx as nx
import pytest

from graph.paths import DEEPEST, EdgeKind, NodeKind
from graph.statements import Statement
from graph.writing import Graph
from schema.ids import NODES, from_global, to_global
from tests.conftest import Ask, Company, gid, make_company

GUIDE = (Path(__file__).parents[1] / "docs" / "querying.md").read_text()
VIEWERS = ("hr", "auditor", "integrator", "marketing", "brand", "technology", "subsidiary")


@dataclass(frozen=True, slots=True)
class Relation:
    source_label: str
    source: str
    kind: str
    target_label: str
    target: str


RELATIONS = {
    label: Statement(
        f"tests.relations_of_{label}",
        f"""
        UNWIND $ids AS id MATCH (source:{label} {{id: id}})-[edge]-(target) WHERE target.id IS NOT NULL
        WITH edge, startNode(edge) AS source, endNode(edge) AS target
        RETURN labels(source)[0] AS source_label, source.id AS source, type(edge) AS kind,
          labels(target)[0] AS target_label, target.id AS target
        """,
        row=Relation,
    )
    for label in sorted({"Organization", "User", *NODES})
}
"""Of some records of a label: all relations of a database that many tests share take the embedded engine too long."""


async def relations_of(graph: Graph, organization: str) -> list[Relation]:
    """Those of all that hangs together with an Organization, in the order in which they are come to."""
    found: dict[Relation, None] = {}
    seen, coming = set[tuple[str, str]](), {("Organization", organization)}
    while coming:
        seen |= coming
        here = dict[str, list[str]]()
        for label, id in sorted(coming):
            here.setdefault(label, []).append(id)
        for label, ids in here.items():
            found |= dict.fromkeys(await graph.client.read(RELATIONS[label], ids=ids))
        ends = {(it.source_label, it.source) for it in found} | {(it.target_label, it.target) for it in found}
        coming = ends - seen
    return list(found)


TOLD = """
  ... on Organization { departments { id } }
  ... on Department { parent { id } children { id } successor { id } }
  ... on Interview { department { id } rescheduledTo { id } rescheduledFrom { id } }
  ... on Finding { basedOn { id } }
"""
"""The fields of records that tell of edges which not everybody is told of who sees both ends."""
FIELDS = {
    "PART_OF": (("parent",), ("children", "departments")),
    "SUCCEEDED_BY": (("successor",), ()),
    "HELD_BY": (("department",), ()),
    "RESCHEDULED_TO": (("rescheduledTo",), ("rescheduledFrom",)),
    "BASED_ON": (("basedOn",), ()),
}
"""By kind of edge, the fields of its start and those of its end that tell of it."""

PATH = """
query Path($from: ID!, $to: ID!, $depth: Int! = 6) {
  path(from: $from, to: $to, depth: $depth) { truncated nodes { id } edges { from to kind } }
}
"""
SUBGRAPH = """
query Subgraph($root: ID!, $depth: Int! = 2, $limit: Int! = 500, $kinds: [NodeKind!]) {
  subgraph(root: $root, depth: $depth, limit: $limit, kinds: $kinds) {
    truncated nodes { id __typename } edges { from to kind }
  }
}
"""


KINDS = {kind.value for kind in NodeKind}
"""What a graph is made of; other records stand beside it."""


@dataclass
class World:
    """A company with everything in it, and the relations that its graph holds."""

    company: Company
    relations: list[Relation]
    known: dict[str, nx.MultiDiGraph] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        ends = {to_global(it.source_label, it.source) for it in self.relations if it.source_label in NODES}
        return sorted(
            ends | {to_global(it.target_label, it.target) for it in self.relations if it.target_label in NODES}
        )

    async def seen(self, ask: Ask, viewer: str) -> nx.MultiDiGraph:
        """What `node` and the fields of records tell the viewer, as a graph; nothing is written once it was asked."""
        if viewer not in self.known:
            self.known[viewer] = nx.freeze(await self._look(ask, viewer))
        return self.known[viewer]

    async def _look(self, ask: Ask, viewer: str) -> nx.MultiDiGraph:
        records: dict[str, dict[str, Any]] = {}
        for start in range(0, len(self.ids), 20):
            batch = self.ids[start : start + 20]
            asked = " ".join(f'n{index}: node(id: "{id}") {{ id {TOLD} }}' for index, id in enumerate(batch))
            answer = await ask(f"{{ {asked} }}", self.company.user(viewer))
            records |= {row["id"]: row for row in answer.values() if row}
        found = nx.MultiDiGraph()
        found.add_nodes_from(id for id in records if from_global(id)[0] in KINDS)
        for it in self.relations:
            source, target = to_global(it.source_label, it.source), to_global(it.target_label, it.target)
            if it.kind in EdgeKind.__members__ and source in found and target in found:
                of_source, of_target = FIELDS.get(it.kind, (None, None))
                if (
                    of_source is None
                    or told(records[source], of_source, target)
                    or told(records[target], of_target, source)
                ):
                    found.add_edge(source, target, it.kind)
        return found


def told(record: dict[str, Any], fields: tuple[str, ...], other: str) -> bool:
    values = [record.get(field) for field in fields]
    return any(
        other in [row["id"] for row in (value if isinstance(value, list) else [value])] for value in values if value
    )


@pytest.fixture(scope="module")
async def world(graph: Graph, answerer: Any) -> World:
    company = await make_company(graph)
    hr, ask = company.at(days=200), Ask(graph, answerer)
    fan = company.person()
    await hr.no_show(await company.application("marketing", fan))
    hr = company.at(days=40)
    late = await hr.interview(await company.application("technology", fan))
    await hr.reschedule(late, hr.at + timedelta(days=5))
    await hr.missed(await company.application("brand", company.person("李强")))
    await hr.interview(await company.application("subsidiary", fan))
    old = await hr.department("OLD", "Old", parent=company.departments["technology"])
    await hr.close_department(old, company.departments["technology"])
    filed = await ask.do(
        "submitApplication",
        company.user("integrator"),
        position=gid("Position", company.positions["technology"]),
        candidate={"displayName": "陈晨", "email": f"{company.tag}@example.com"},
    )
    assert filed["__typename"] == "Application"
    relations = await relations_of(graph, hr.viewer.organization)
    return World(company, relations)


def edges_of(answer: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(edge["from"], edge["to"], edge["kind"]) for edge in answer["edges"]}


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_a_path_is_as_short_as_networkx_finds(ask: Ask, world: World, viewer: str) -> None:
    """Through records and relations that the viewer is shown, one step after another, and none where there is none."""
    seen = await world.seen(ask, viewer)
    assert len(seen) > 5
    flat, random, lengths = seen.to_undirected(), Random(viewer), set[int | None]()
    known, others = sorted(seen), [id for id in world.ids if id not in seen]
    pairs = [(random.choice(known), random.choice(known)) for _ in range(24)]
    pairs += [(random.choice(known), random.choice(others)) for _ in range(4) if others]
    for source, target in pairs:
        answer = (await ask(PATH, world.company.user(viewer), **{"from": source, "to": target}))["path"]
        lengths.add(answer and len(answer["nodes"]) - 1)
        near = nx.single_source_shortest_path_length(flat, source, cutoff=DEEPEST)
        if target not in near:
            assert answer is None, (source, target)
            continue
        way = [node["id"] for node in answer["nodes"]]
        assert (way[0], way[-1], len(way) - 1) == (source, target, near[target])
        assert nx.is_path(flat, way)
        assert edges_of(answer) == set(seen.subgraph(way).edges(keys=True))
        assert answer["truncated"] is False
    assert len(lengths) > 2, lengths


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_a_subgraph_is_what_networkx_cuts_out(ask: Ask, world: World, viewer: str) -> None:
    """Every record within so many steps, every relation among them, and nothing that the viewer is not shown."""
    seen = await world.seen(ask, viewer)
    flat, random = seen.to_undirected(), Random(viewer)
    roots = [random.choice(sorted(seen)) for _ in range(5)] + [
        gid("Department", world.company.departments["technology"])
    ]
    for root in roots:
        for depth in (0, 1, 2, DEEPEST):
            answer = (await ask(SUBGRAPH, world.company.user(viewer), root=root, depth=depth))["subgraph"]
            near = nx.single_source_shortest_path_length(flat, root, cutoff=depth)
            found = [node["id"] for node in answer["nodes"]]
            assert set(found) == set(near)
            assert [near[id] for id in found] == sorted(near.values())
            assert edges_of(answer) == set(seen.subgraph(near).edges(keys=True))
            assert len(answer["edges"]) == len(edges_of(answer))
            assert answer["truncated"] is False


async def test_a_limit_keeps_the_nearest_and_says_so(ask: Ask, world: World) -> None:
    seen = (await world.seen(ask, "hr")).to_undirected()
    root = gid("Department", world.company.departments["technology"])
    near = nx.single_source_shortest_path_length(seen, root, cutoff=DEEPEST)
    for limit in (1, 3, len(near) - 1, len(near)):
        answer = (await ask(SUBGRAPH, world.company.user("hr"), root=root, depth=6, limit=limit))["subgraph"]
        found = [node["id"] for node in answer["nodes"]]
        assert [near[id] for id in found] == sorted(near.values())[:limit]
        assert nx.is_connected(seen.subgraph(found))
        assert answer["truncated"] == (limit < len(near))


async def test_kinds_close_all_other_ways(ask: Ask, world: World) -> None:
    seen = (await world.seen(ask, "hr")).to_undirected()
    root = gid("Department", world.company.departments["technology"])
    kinds = {"Department", "Position", "Application"}
    answer = await ask(
        SUBGRAPH, world.company.user("hr"), root=root, depth=6, kinds=[kind.upper() for kind in sorted(kinds)]
    )
    kept = seen.subgraph(id for id in seen if from_global(id)[0] in kinds)
    found = {node["id"] for node in answer["subgraph"]["nodes"]}
    assert found == set(nx.single_source_shortest_path_length(kept, root, cutoff=6))
    assert {from_global(id)[0] for id in found} == kinds


SELECTED = """
query Selected($root: ID!, $again: Boolean!) {
  around: subgraph(root: $root, depth: 1) {
    nodes {
      __typename
      ...Named
      ... on Position { title applications(first: 1) { totalCount } }
    }
    again: nodes @include(if: $again) { ... on Department { code } id }
    edges { __typename kind }
    __typename
  }
}
fragment Named on Department { id name successor { name } }
"""


async def test_nodes_are_selected_as_any_record(ask: Ask, world: World) -> None:
    """Fragments, aliases and nested connections, by one statement."""
    root = gid("Department", world.company.departments["technology"])
    answer = await ask.whole(SELECTED, world.company.user("hr"), root=root, again=True)
    assert not answer.errors
    assert answer.statements == ["viewer", "subgraph"]
    around = answer.data["around"]
    assert list(around) == ["nodes", "again", "edges", "__typename"]
    first = around["nodes"][0]
    assert first == {"__typename": "Department", "id": root, "name": "Technology", "successor": None}
    assert {"__typename": "Position", "title": "Manager of technology", "applications": {"totalCount": 2}} in around[
        "nodes"
    ]
    assert around["again"][0] == {"code": "TECHNOLOGY", "id": root}
    assert [node["__typename"] for node in around["nodes"]] == [from_global(node["id"])[0] for node in around["again"]]
    assert {"__typename": "GraphEdge", "kind": "PART_OF"} in around["edges"]
    without = await ask(SELECTED, world.company.user("hr"), root=root, again=False)
    assert "again" not in without["around"]


async def test_a_broken_argument_spoils_its_field_alone(ask: Ask, world: World) -> None:
    """As everywhere: the error stands where the field is, and null goes up as far as the specification says."""
    root = gid("Department", world.company.departments["technology"])
    query = (
        "query Q($root: ID!) { subgraph(root: $root, depth: 1) { nodes { __typename "
        '... on Department { positions(after: "none") { totalCount } } } } viewer { id } }'
    )
    answer = await ask.whole(query, world.company.user("hr"), root=root)
    assert answer.data["subgraph"] is None
    assert answer.data["viewer"]
    assert {error["extensions"]["code"] for error in answer.errors} == {"BAD_ARGUMENT"}
    assert ["subgraph", "nodes", 0, "positions"] in [error["path"] for error in answer.errors]


@pytest.mark.parametrize("viewer", ["technology", "subsidiary", "integrator"])
async def test_hidden_and_absent_are_one_answer(ask: Ask, world: World, viewer: str) -> None:
    """The same bytes by the same statements: no id of ours, of nothing, of a user, and of what others see."""
    seen = await world.seen(ask, viewer)
    hidden = next(id for id in world.ids if id not in seen and from_global(id)[0] == "Finding")
    home = sorted(id for id in seen if from_global(id)[0] == "Department")[0]
    user = gid("User", world.company.hr.viewer.id)
    answers = []
    for id in ("", "zzz", gid("Finding", "nothing"), user, hidden):
        for query, ids in (
            (SUBGRAPH, {"root": id}),
            (PATH, {"from": home, "to": id}),
            (PATH, {"from": id, "to": home}),
            (PATH, {"from": id, "to": id}),
        ):
            answer = await ask.whole(query, world.company.user(viewer), **ids)
            assert not answer.errors
            assert [*answer.data.values()] == [None]
            answers.append((*answer.data, *answer.statements))
    assert set(answers) == {("subgraph", "viewer", "subgraph"), ("path", "viewer", "path")}


async def test_bounds_are_kept_and_told(ask: Ask, world: World) -> None:
    root = gid("Department", world.company.departments["technology"])
    answer = await ask.whole(SUBGRAPH, world.company.user("hr"), root=root, depth=60, limit=0)
    assert answer.extensions["adjusted"] == [
        {"path": ["subgraph"], "argument": "depth", "used": 6},
        {"path": ["subgraph"], "argument": "limit", "used": 1},
    ]
    assert answer.data["subgraph"]["nodes"] == [{"id": root, "__typename": "Department"}]
    answer = await ask.whole(PATH, world.company.user("hr"), **{"from": root, "to": root}, depth=-1)
    assert answer.extensions["adjusted"] == [{"path": ["path"], "argument": "depth", "used": 0}]
    assert answer.data["path"] == {"truncated": False, "nodes": [{"id": root}], "edges": []}


async def test_a_level_that_is_cut_is_told(ask: Ask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that gave up says so, where one that found nothing is null.

    One step reaches nothing: of more, those that are left after a cut may meet by chance.
    """
    hr, names = world.company.user("hr"), ("technology", "subsidiary")
    source, target = (gid("Position", world.company.positions[name]) for name in names)
    ends = {"from": source, "to": target, "depth": 1}
    assert (await ask(PATH, hr, **ends))["path"] is None
    monkeypatch.setattr("graph.paths.BREADTH", 0)
    assert (await ask(PATH, hr, **ends))["path"] == {"truncated": True, "nodes": [], "edges": []}


async def test_graphs_are_charged(ask: Ask, world: World) -> None:
    """A subgraph by its limit, a path by its longest and by the search for it; what hangs on each node, each time."""
    hr, root = world.company.user("hr"), gid("Department", world.company.departments["technology"])
    cost = (await ask.whole(SUBGRAPH, hr, root=root, limit=70)).extensions["cost"]["records"]
    assert cost == 70
    cost = (await ask.whole(PATH, hr, **{"from": root, "to": root})).extensions["cost"]["records"]
    assert cost == 507
    pages = "... on Department { positions(first: 30) { nodes { id } } }"
    nested = f"query($root: ID!) {{ subgraph(root: $root, limit: 500) {{ nodes {{ {pages} }} }} }}"
    answer = await ask.whole(nested, hr, root=root)
    assert [error["extensions"]["code"] for error in answer.errors] == ["TOO_COSTLY"]
    assert "15,500 records" in answer.errors[0]["message"]


@pytest.mark.usefixtures("demo")
async def test_the_readme_tells_a_real_answer(ask: Ask) -> None:
    section = GUIDE.split("## Graph queries")[1].split("\n## ")[0]
    query, answer = (re.search(rf"```{kind}\n(.+?)```", section, re.DOTALL) for kind in ("graphql", "json"))
    assert query
    assert answer
    told = json.loads(answer[1])["data"]
    assert json.dumps(await ask(query[1], "hr@demo")) == json.dumps(told)
    names = [node.get("name") for node in (await ask(query[1], "recruiter@technology.demo"))["path"]["nodes"]]
    assert names == [None, None, "Technology", "Headquarters", "Marketing"]
