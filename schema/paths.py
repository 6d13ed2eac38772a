"""Graphs, as clients see them: nodes and edges that lie on a way, or around a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import strawberry

from graph.paths import EdgeKind, GraphLayout
from graph.traversal import Look, Pick
from schema.fields import Node, field
from schema.ids import to_global
from schema.projection import Reader, Request, read_object
from schema.selection import TYPENAME


@strawberry.type(description="A relation between two nodes of a graph; clients draw it as an arrow.")
class GraphEdge:
    source: strawberry.ID = strawberry.field(name="from", description="The id of the node that it starts from.")
    target: strawberry.ID = strawberry.field(name="to", description="The id of the node that it leads to.")
    kind: EdgeKind = field("How the two are related.")


@strawberry.type(description="A part of the organisation graph, as far as you may see it.")
class Graph:
    nodes: list[Node] = field("Its records: of a path in order, of a subgraph from the root outward.")
    edges: list[GraphEdge] = field("All relations among its nodes that you may see, each once.")
    truncated: bool = field("Whether the search met a bound: more may be there, or a shorter way.")


class Record(dict[str, Any]):
    """A node in the answer, which still knows its type."""

    __slots__ = ("type",)

    def __init__(self, type: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.type = type


def read_graph(layout: GraphLayout) -> Reader:
    """Reads [whether it was cut, the order of the nodes, their rows by type, edges]."""
    fields = [(pick.key, _read_field(layout, pick)) for pick in layout.pick.picks]

    def read(answer: Any, request: Request) -> dict[str, Any] | None:
        if answer is None:
            return None
        request.looks.of(Look.FINDING).update(_shown(answer, "Finding"))
        request.looks.of(Look.CHECK).update(_shown(answer, "ResumeCheck"))
        request.looks.of(Look.EMPLOYMENT).update(_shown(answer, "Employment"))
        request.looks.of(Look.WORK_ATTENDANCE).update(_shown(answer, "AttendanceRecord"))
        request.looks.of(Look.TASK_RESULTS).update(_shown(answer, "TaskResult"))
        return {key: reader(answer, request) for key, reader in fields}

    return read


def _shown(answer: Any, label: str) -> set[str]:
    """The records of a type among the nodes and the ends of edges: each leaves a receipt, whatever is selected."""
    _, order, _, edges = answer
    ends = [end for edge in edges or () for end in (edge[:2], edge[2:4])]
    return {id for type, id in [*(order or ()), *ends] if type == label}


def _read_field(layout: GraphLayout, pick: Pick) -> Reader:
    match pick.name:
        case "nodes":
            return _read_nodes(layout, pick)
        case "edges":
            readers = [(child.key, _EDGE[child.name]) for child in pick.picks]
            return lambda answer, _: [
                {key: read(edge) for key, read in readers} for edge in sorted(answer[3], key=_in_order)
            ]
        case "truncated":
            return lambda answer, _: answer[0]
        case _:
            return lambda _answer, _request: "Graph"


def _in_order(edge: Sequence[str]) -> tuple[str, str, str]:
    _, source, _, target, kind = edge
    return kind, source, target


_ReadEdge: TypeAlias = Callable[[Sequence[str]], str]
_EDGE: Mapping[str, _ReadEdge] = {
    "from": lambda edge: to_global(edge[0], edge[1]),
    "to": lambda edge: to_global(edge[2], edge[3]),
    "kind": lambda edge: edge[4],
    TYPENAME: lambda _: "GraphEdge",
}


def _read_nodes(layout: GraphLayout, pick: Pick) -> Reader:
    readers = {type: read_object(layouts[id(pick)]) for type, layouts in layout.rows.items()}

    def read(answer: Any, request: Request) -> list[Record]:
        _, order, rows, _ = answer
        found = {id: row for typed in rows for id, row in typed}
        return [Record(type, readers[type](found.get(id, ()), request)) for type, id in order]

    return read
