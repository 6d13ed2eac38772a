"""Paths and subgraphs: ways through the graph that pass visible records alone, each composed into one statement.

The search goes outward level by level inside the database, and a record that the viewer may not see is never in a
level. As everywhere, nothing of a request reaches the text but which types it names and what it selects; the
selected fields are the compiler's rows (`graph/traversal.py`), beside the search in the same statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, LiteralString, cast

from graph.traversal import SHAPES, Composed, Composer, Layout, Pick, Root, listed
from graph.visibility import Dialect, Level


class NodeKind(Enum):
    """What a node of the graph is."""

    ORGANIZATION = "Organization"
    DEPARTMENT = "Department"
    POSITION = "Position"
    CANDIDATE = "Candidate"
    APPLICATION = "Application"
    INTERVIEW = "Interview"
    FINDING = "Finding"
    EVENT = "Event"
    EMPLOYMENT = "Employment"
    ATTENDANCE_RECORD = "AttendanceRecord"
    TASK_RESULT = "TaskResult"
    RESUME_CHECK = "ResumeCheck"
    WORK_CALENDAR = "WorkCalendar"


class EdgeKind(Enum):
    """How two nodes are related."""

    PART_OF = "PART_OF"
    SUCCEEDED_BY = "SUCCEEDED_BY"
    BELONGS_TO = "BELONGS_TO"
    SUBMITTED = "SUBMITTED"
    FOR = "FOR"
    HAS_INTERVIEW = "HAS_INTERVIEW"
    HAS_CHECK = "HAS_CHECK"
    HELD_BY = "HELD_BY"
    RESCHEDULED_TO = "RESCHEDULED_TO"
    FINDS = "FINDS"
    BASED_ON = "BASED_ON"
    ABOUT = "ABOUT"
    EMPLOYED_AS = "EMPLOYED_AS"
    EMPLOYED_IN = "EMPLOYED_IN"
    HAS_ATTENDANCE = "HAS_ATTENDANCE"
    HAS_RESULT = "HAS_RESULT"
    CORRECTS = "CORRECTS"
    KEEPS = "KEEPS"
    SAME_AS = "SAME_AS"


@dataclass(frozen=True, slots=True)
class Shown:
    """A field that tells of an edge: at the `end` of it that has the label, to viewers of the level."""

    end: LiteralString
    label: str
    level: Level


TOLD: Mapping[EdgeKind, tuple[Shown, ...]] = {
    EdgeKind.PART_OF: (
        Shown("source", "Department", Level.NEAR),
        Shown("target", "Department", Level.NEAR),
        Shown("target", "Organization", Level.ALL),
    ),
    EdgeKind.SUCCEEDED_BY: (Shown("source", "Department", Level.NEAR),),
    EdgeKind.HELD_BY: (Shown("source", "Interview", Level.OWN), Shown("source", "ResumeCheck", Level.ALL)),
    EdgeKind.RESCHEDULED_TO: (Shown("source", "Interview", Level.OWN), Shown("target", "Interview", Level.OWN)),
    EdgeKind.BASED_ON: (Shown("source", "Finding", Level.OWN),),
    EdgeKind.SAME_AS: (Shown("source", "Candidate", Level.OWN), Shown("target", "Candidate", Level.OWN)),
}
"""Edges that not everybody is told of who sees both ends; any other is told to whoever does."""

DEPTH, DEEPEST = 2, 6
"""Steps outward from a root where the request does not say; the most of those, and of a path."""
NODES, MOST = 100, 500
"""Nodes of a subgraph where the request does not say, and the most it may ask for."""
BREADTH = 1_000
"""Records that one level of the search for a path may hold."""

GRAPHS: Mapping[str, Root] = {name: Root(name) for name in ("path", "subgraph")}
"""The fields of Query that answer with a graph."""


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """[whether it was cut, [[type, id]...], [[[id, columns]...]...], edges]; `rows` by type and id of `nodes` pick."""

    pick: Pick
    rows: Mapping[str, Mapping[int, Layout]]


BOUNDS: Mapping[str, tuple[int, int]] = {"depth": (0, DEEPEST), "limit": (1, MOST)}
"""The least and the most of each argument that bounds a search."""


def bounded(name: str, wish: int) -> int:
    """A depth or a number of nodes, brought within what is allowed."""
    least, most = BOUNDS[name]
    return min(max(wish, least), most)


def brought_within(args: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The bounds in the arguments that are outside what is allowed, with those used instead."""
    used = {name: bounded(name, args[name]) for name in BOUNDS if name in args}
    return [(name, value) for name, value in used.items() if value != args[name]]


def compose_graph(root: Root, pick: Pick, dialect: Dialect) -> Composed:
    """The one statement for a graph; no row where an end is not there, is not visible, or nothing joins the two."""
    composer = Composer(dialect)
    search = _subgraph(composer, pick) if root.name == "subgraph" else _path(composer, pick)
    answer, layout = _answer(composer, pick)
    return Composed(cast(LiteralString, f"{search} RETURN {answer} AS answer"), tuple(composer.parameters), layout)


def _subgraph(composer: Composer, pick: Pick) -> str:
    """Binds `nodes`, nearest first and by id within a level, and `cut`."""
    depth = composer.parameter(pick, lambda args: bounded("depth", args["depth"]))
    limit = composer.parameter(pick, lambda args: bounded("limit", args["limit"]))
    kinds = composer.argument(pick, "kinds") if pick.args.get("kinds") is not None else None
    frontier = f"CASE WHEN size(reached[0]) > {limit} THEN [] ELSE reached[1] END"
    wanted = f" AND labels(next)[0] IN {kinds}" if kinds else ""
    level = (
        f"COLLECT {{ UNWIND {frontier} AS here MATCH (here)-[edge:{_RELATIONS}]-(next) "
        f"WHERE NOT next IN reached[0]{wanted} WITH next, {_ENDS} WHERE {_told(composer)} "
        f"WITH DISTINCT next WHERE {_visible(composer)} WITH next ORDER BY next.id LIMIT {limit} + 1 RETURN next }}"
    )
    return (
        f"{_end(composer, pick, 'root')} "
        f"WITH reduce(reached = [[root], [root]], step IN range(1, {depth}) | "
        f"head([fresh IN [{level}] | [reached[0] + fresh, fresh]]))[0] AS found "
        f"WITH found[0..{limit}] AS nodes, size(found) > {limit} AS cut"
    )


def _path(composer: Composer, pick: Pick) -> str:
    """Binds `nodes`, in order from the one end to the other, and `cut`.

    Both ends take turns to go one step further, until their outermost levels meet: then the way is a shortest one.
    A side is [records known, ways to those of its outermost level, these, whether a level was cut].
    """
    depth = composer.parameter(pick, lambda args: bounded("depth", args["depth"]))
    breadth = composer.parameter(pick, lambda _: BREADTH)
    level = (
        f"COLLECT {{ UNWIND sides[0][1] AS way UNWIND [last(way)] AS here MATCH (here)-[edge:{_RELATIONS}]-(next) "
        f"WHERE NOT next IN sides[0][0] WITH way, next, {_ENDS} WHERE {_told(composer)} "
        "WITH way, next ORDER BY last(way).id "
        # The embedded engine no longer knows `sides` behind WITH.
        f"WITH next, collect(way)[0] AS way WHERE {_visible(composer)} "
        f"WITH next, way ORDER BY next.id LIMIT {breadth} + 1 RETURN way + [next] }}"
    )
    return (
        f"{_end(composer, pick, 'from')} {_end(composer, pick, 'to')} "
        "WITH root_from, reduce(sides = [[[root_from], [[root_from]], [root_from], false], "
        f"[[root_to], [[root_to]], [root_to], false]], step IN range(1, {depth}) | "
        "CASE WHEN any(one IN sides[0][2] WHERE one IN sides[1][2]) THEN sides "
        f"ELSE head([fresh IN [{level}] | [sides[1], [sides[0][0] + [one IN fresh | last(one)], fresh, "
        f"[one IN fresh | last(one)], sides[0][3] OR size(fresh) > {breadth}]]]) END) AS sides "
        "WITH sides[0] AS near, sides[1] AS far, sides[0][0][0] = root_from AS forth "
        "WITH near, far, forth, near[3] OR far[3] AS cut, COLLECT { UNWIND near[2] AS one WITH one "
        "WHERE one IN far[2] WITH one ORDER BY one.id LIMIT 1 RETURN one } AS middle "
        "WHERE cut OR size(middle) > 0 "
        "WITH forth, cut, [way IN near[1] WHERE last(way) IN middle | way] + "
        "[way IN far[1] WHERE last(way) IN middle | way] AS ways "
        "WITH cut, CASE WHEN size(ways) = 0 THEN [] WHEN forth THEN ways[0] + reverse(ways[1])[1..] "
        "ELSE ways[1] + reverse(ways[0])[1..] END AS nodes"
    )


_RELATIONS = "|".join(kind.value for kind in EdgeKind)
_ENDS = "type(edge) AS kind, startNode(edge) AS source, endNode(edge) AS target"


def _end(composer: Composer, pick: Pick, name: str) -> str:
    """Finds the record that an argument names, by the type in its id, if the viewer may see it."""
    kind: NodeKind = pick.args[name]["kind"]
    variable = "root" if name == "root" else f"root_{name}"
    row = composer.render(composer.rule(SHAPES[kind.value]).row, {"this": variable})
    return f"MATCH ({variable}:{kind.value} {{id: {composer.argument(pick, name, 'id')}}}) WHERE {row}"


def _visible(composer: Composer) -> str:
    """Whether `next` is the viewer's to see, by the rule of its type."""
    rules = {kind.value: composer.rule(SHAPES[kind.value]).row for kind in NodeKind}
    texts = {label: composer.render(rule, {"this": "next"}) for label, rule in rules.items() if rule != "false"}
    return "(" + " OR ".join(f"(next:{label} AND ({text}))" for label, text in texts.items()) + ")"


def _told(composer: Composer) -> str:
    """Whether the viewer is told of an edge of `kind` from `source` to `target`, both of which are visible."""
    ways = [f"NOT kind IN {listed(TOLD)}"]
    for kind, fields in TOLD.items():
        for shown in fields:
            guard = composer.render(composer.guard(SHAPES[shown.label], shown.level), {"this": shown.end})
            # `(true)` would read as a node of that name.
            held = "" if guard == "true" else f" AND ({guard})"
            ways.append(f"(kind = '{kind.value}' AND {shown.end}:{shown.label}{held})")
    return f"({' OR '.join(ways)})"


def _answer(composer: Composer, pick: Pick) -> tuple[str, GraphLayout]:
    """The columns, of which those that nobody selects are null, and their layout."""
    wanted = {child.name for child in pick.picks}
    order = "[one IN nodes | [labels(one)[0], one.id]]" if "nodes" in wanted else "null"
    rows, texts = _rows(composer, [child for child in pick.picks if child.name == "nodes"])
    edges = (
        f"COLLECT {{ UNWIND nodes AS one MATCH (one)-[edge:{_RELATIONS}]->(other) WHERE other IN nodes "
        f"WITH {_ENDS} WHERE {_told(composer)} "
        "RETURN [labels(source)[0], source.id, labels(target)[0], target.id, kind] }"
    )
    columns = ("cut", order, f"[{', '.join(texts)}]", edges if "edges" in wanted else "null")
    return f"[{', '.join(columns)}]", GraphLayout(pick, rows)


def _rows(composer: Composer, nodes: list[Pick]) -> tuple[dict[str, dict[int, Layout]], list[str]]:
    """For each type of which anything is selected, the layouts by `nodes` pick, and the text of its rows by id."""
    found: dict[str, dict[int, Layout]] = {}
    texts: list[str] = []
    for kind in NodeKind:
        groups = {id(pick): child for pick in nodes for child in pick.picks if child.name == kind.value}
        row, layouts = composer.row(SHAPES[kind.value], [child.picks for child in groups.values()], {"this": "one"})
        found[kind.value] = dict(zip(groups, layouts, strict=True))
        if row != "[]":
            texts.append(f"COLLECT {{ UNWIND nodes AS one WITH one WHERE one:{kind.value} RETURN [one.id, {row}] }}")
    return found, texts
