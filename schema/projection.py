"""From rows as the database nests them to the response: keys, order, ids, instants and pages of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from neo4j.time import DateTime

from graph.instants import to_text
from graph.traversal import (
    SHAPES,
    Aggregate,
    Cell,
    Derived,
    Form,
    Here,
    Layout,
    ListLayout,
    Many,
    Merged,
    One,
    Page,
    PageLayout,
    Pick,
    Prop,
    page_size,
)
from schema.ids import to_global
from schema.selection import TYPENAME


@dataclass(slots=True)
class Request:
    """What readers need of the request: arguments by slot, how contacts are revealed and cursors sealed."""

    args: Sequence[Any]
    revealing: Any
    seal: Callable[[Any], str]


Reader: TypeAlias = Callable[[Any, Request], Any]


def read_root(layout: Any, member: Any, pick: Pick) -> Reader:
    """Reads the statement's one column."""
    if isinstance(layout, Layout):
        read = read_object(layout)
        return lambda answer, request: None if answer is None else read(answer, request)
    return _read_member(Cell(pick, member, layout=layout))


def read_object(layout: Layout) -> Reader:
    cells = [(cell.pick.key, _read_cell(layout.shape.type, cell)) for cell in layout.cells]

    def read(row: Any, request: Request) -> dict[str, Any]:
        return {key: reader(row, request) for key, reader in cells}

    return read


def _constant(value: Any) -> Reader:
    return lambda _row, _request: value


def _read_cell(type: str, cell: Cell) -> Reader:
    """Reads a cell from its object's row: from the row itself, or from the sub-list of its level."""
    if cell.pick.error is not None:
        return _constant(cell.pick.error)
    if cell.member is None:
        if cell.pick.name != TYPENAME:
            raise LookupError(f"{type}.{cell.pick.name} has no shape member")
        return _constant(type)
    group, index, width = cell.group, cell.index, cell.width
    absent = _absent(cell)
    if cell.hidden:
        return absent
    whole = isinstance(cell.member, (Derived, Merged, Page))
    read = _read_prop(type, cell.member) if isinstance(cell.member, Prop) else _read_member(cell)
    if group is None:
        if whole:
            return lambda row, request: read(row[index : index + width], request)
        return lambda row, request: read(row[index], request)

    def read_level(row: Any, request: Request) -> Any:
        level = row[group]
        if level is None:
            return absent(row, request)
        return read(level[index : index + width] if whole else level[index], request)

    return read_level


def _absent(cell: Cell) -> Reader:
    """What a field beyond the viewer's level reads as: an empty page or list, else null."""
    if isinstance(cell.member, Page):
        read = _read_page(PageLayout(cell.pick, SHAPES[cell.member.to], "", {}))
        return lambda _row, request: read([0, []], request)
    return _constant([]) if isinstance(cell.member, (Many, Merged)) else _constant(None)


def _read_prop(type: str, member: Prop) -> Reader:
    if member.form is Form.INSTANT:
        return lambda value, _request: None if value is None else to_text(value)
    if member.form is Form.GLOBAL_ID:
        return lambda value, _request: to_global(type, value)
    return lambda value, _request: value


def _read_member(cell: Cell) -> Reader:
    slot, layout = cell.pick.slot, cell.layout
    match cell.member:
        case Derived(make=make):
            return lambda values, request: make(values, request.args[slot] if slot >= 0 else {}, request.revealing)
        case Here() | Aggregate():
            read = read_object(layout)
            return lambda row, request: None if row is None else read(row, request)
        case One():
            rows = _read_list([layout], None)
            return lambda found, request: next(iter(rows([found], request)), None)
        case Many(limit=limit):
            rows = _read_list([layout], limit)
            return lambda found, request: rows([found], request)
        case Merged(limit=limit):
            return _read_list(layout, limit)
        case Page():
            return _read_page(layout)
        case _:
            raise TypeError(f"nothing reads {cell.member!r}")


def _read_list(layouts: Sequence[ListLayout], limit: int | None) -> Reader:
    """Flattens, sorts by the sort values in front of each row, cuts, and reads what is left."""
    parts = [(read_object(layout.row), layout.depth, layout.keys) for layout in layouts]
    descending = layouts[0].descending or len(layouts) > 1

    def read(columns: Sequence[Any], request: Request) -> list[Any]:
        found: list[tuple[list[Any], Reader, Any]] = []
        for (reader, depth, keys), nested in zip(parts, columns, strict=True):
            rows = nested
            for _ in range(depth - 1):
                rows = [row for inner in rows for row in inner]
            found += [([(value is None, value) for value in row[:keys]], reader, row[keys]) for row in rows]
        found.sort(key=lambda item: item[0], reverse=descending)
        return [reader(row, request) for _, reader, row in found[:limit]]

    return read


def _read_page(layout: PageLayout) -> Reader:
    """Reads [count, rows], of which there may be one more than the page holds."""
    slot = layout.pick.slot
    fields: list[tuple[str, Callable[[int, list[Any], Mapping[str, bool], Request], Any]]] = []
    for pick in layout.pick.picks:
        fields.append((pick.key, _read_connection_field(layout, pick)))

    def read(columns: Sequence[Any], request: Request) -> dict[str, Any]:
        args = request.args[slot]
        size, backward, _ = page_size(args)
        found = columns[1] or []
        more, rows = len(found) > size, found[:size]
        if backward:
            rows = rows[::-1]
        ends = {
            "hasNextPage": args.get("before") is not None if backward else more,
            "hasPreviousPage": more if backward else args.get("after") is not None,
        }
        return {key: reader(columns[0], rows, ends, request) for key, reader in fields}

    return read


def _read_connection_field(layout: PageLayout, pick: Pick) -> Any:
    def cursor(row: Any, request: Request) -> str:
        value = {"at": to_text(row[0])} if isinstance(row[0], DateTime) else row[0]
        return request.seal([layout.order, value, row[1]])

    def node(found: Pick) -> Reader:
        inner = layout.nodes.get(id(found))
        return read_object(inner) if inner else _constant(None)

    match pick.name:
        case "totalCount":
            return lambda count, _rows, _ends, _request: count
        case "nodes":
            read = node(pick)
            return lambda _count, rows, _ends, request: [read(row[2], request) for row in rows]
        case "edges":
            readers: list[tuple[str, Reader]] = []
            for child in pick.picks:
                if child.name == "node":
                    inner = node(child)
                    readers.append((child.key, lambda row, request, inner=inner: inner(row[2], request)))
                else:
                    edge = _constant(f"{layout.shape.type}Edge") if child.name == TYPENAME else cursor
                    readers.append((child.key, edge))
            return lambda _count, rows, _ends, request: [
                {key: reader(row, request) for key, reader in readers} for row in rows
            ]
        case "pageInfo":
            return _read_page_info(pick, cursor)
        case _:
            typename = f"{layout.shape.type}Connection"
            return lambda _count, _rows, _ends, _request: typename


def _read_page_info(pick: Pick, cursor: Reader) -> Any:
    def value(name: str, rows: list[Any], ends: Mapping[str, bool], request: Request) -> Any:
        if name == TYPENAME:
            return "PageInfo"
        if name in ends:
            return ends[name]
        if not rows:
            return None
        return cursor(rows[0] if name == "startCursor" else rows[-1], request)

    def read(_count: int, rows: list[Any], ends: Mapping[str, bool], request: Request) -> dict[str, Any]:
        return {child.key: value(child.name, rows, ends, request) for child in pick.picks}

    return read
