"""The ordinary way to answer: graphql-core's own executor and one resolver, one member of one record at a time.

Slow on purpose. It shares with the planned way the shapes and the compiler of a single member; selections, nesting,
arguments, values, ids, instants, orders, cursors and pages are its own, so that a fault in one of them shows.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cmp_to_key, partial
from typing import Any
from zoneinfo import ZoneInfo

from graphql import ExecutionResult, GraphQLObjectType, GraphQLSchema, execute, get_named_type, is_enum_type, parse
from neo4j.time import DateTime

from graph.candidates import Revealing
from graph.traversal import (
    ROOTS,
    SHAPES,
    Aggregate,
    Cell,
    Derived,
    Form,
    Here,
    Many,
    Merged,
    One,
    Page,
    Pick,
    Prop,
    Root,
    Shape,
    compose,
)
from graph.visibility import Viewer
from graph.writing import Graph
from schema.errors import bad_argument
from schema.execution import LOOKUPS
from schema.root import core_schema


@dataclass(frozen=True)
class Record:
    """A node, read as a shape. `depth` counts the fields on the way; `listed` tells of a list among them."""

    shape: Shape
    id: str
    depth: int = 1
    listed: bool = False


@dataclass(frozen=True)
class Part:
    """What has no id: the counts in a member of its owner, or the reminder with these sort values in one of its lists."""

    shape: Shape
    owner: Record
    pick: Pick
    part: int = 0
    keys: Any = None
    depth: int = 1
    listed: bool = False


@dataclass
class Ordinary:
    """Answers as `viewer` at `now`; `loop` runs the statements, whose answers `known` keeps between requests."""

    graph: Graph
    viewer: Viewer
    now: datetime
    loop: asyncio.AbstractEventLoop
    known: dict[Any, Any] = field(default_factory=dict)
    read_members: set[tuple[str, str]] = field(default_factory=set)
    deepest: int = 0
    lists: bool = False

    async def answer(self, schema: GraphQLSchema, text: str, variables: dict[str, Any]) -> ExecutionResult:
        """Resolved in another thread, without suspension, so that of several errors the first in order is met first."""
        run = partial(
            execute,
            schema,
            parse(text),
            variable_values=variables,
            field_resolver=self.resolve,
            type_resolver=lambda source, *_: source.shape.type,
        )
        result = await asyncio.to_thread(run)
        assert isinstance(result, ExecutionResult)
        return result

    def resolve(self, source: Any, info: Any, **given: Any) -> Any:
        name = info.field_name
        if isinstance(source, dict):
            return source[name]
        if source is None:
            return self.root(name, info, given)
        self.deepest = max(self.deepest, source.depth + 1)
        self.lists |= source.listed
        self.read_members.add((source.shape.name, name))
        return self.value(source, source.shape.members[name], name, info, given)

    def root(self, name: str, info: Any, given: dict[str, Any]) -> Any:
        self.read_members.add(("Query", name))
        root = ROOTS.get(name)
        if name == "node":
            type = opened_id(given["id"])[0]
            root = LOOKUPS.get(type)
        if root is None:
            return None
        if root.member is not None:
            return self.value(None, root.member, name, info, given)
        args = opened(info, given, root.shape, self.viewer.zone)
        found = self.run(root, Pick(name, name, args=args, picks=[Pick("id", "id")]))[0]
        return found and Record(SHAPES[root.shape], found[0])

    def value(self, owner: Any, member: Any, name: str, info: Any, given: dict[str, Any]) -> Any:
        args = opened(info, given, "", self.viewer.zone)
        if isinstance(member, Page):
            return self.page(owner, member, name, args)
        if isinstance(member, Aggregate):
            return Part(SHAPES[member.to], owner, Pick(name, name, args=args), depth=owner.depth + 1)
        inner = [Pick("id", "id")] if isinstance(member, (One, Many, Here)) else []
        inner = [Pick("occurredAt", "occurredAt")] if isinstance(member, Merged) else inner
        pick = Pick(name, name, args=args, picks=inner)
        values, layout = self.values(owner, pick)
        depth, listed = (owner.depth, owner.listed) if owner else (0, False)
        if values is None:
            return [] if isinstance(member, (Many, Merged)) else None
        match member:
            case Prop():
                return response_value(member, values[0], owner.shape.type, info)
            case Derived():
                return self.derived(member, values, args)
            case Here():
                return Record(SHAPES[member.to], columns(values[0], layout.cells[0])[0], depth + 1, listed)
            case One() | Many():
                rows = in_order(flat(values[0], layout.depth), layout.keys, layout.descending)
                ids = [columns(row[layout.keys], layout.row.cells[0])[0] for row in rows]
                many = isinstance(member, Many)
                found = [Record(SHAPES[member.to], id, depth + 1, listed or many) for id in ids]
                return found[: member.limit] if many else next(iter(found), None)
            case Merged():
                parts = [
                    (row[: lay.keys], number, lay.row.shape)
                    for number, (column, lay) in enumerate(zip(values, layout, strict=True))
                    for row in flat(column, lay.depth)
                ]
                parts.sort(key=lambda part: part[0], reverse=member.descending)
                return [
                    Part(shape, owner, Pick(name, name, args=args), number, keys, depth + 1, listed=True)
                    for keys, number, shape in parts[: member.limit]
                ]

    def page(self, owner: Any, member: Page, name: str, args: dict[str, Any]) -> dict[str, Any]:
        order = args["orderBy"].value if args.get("orderBy") else next(iter(member.sorts))
        after, before = (self.cursor(side, args.get(side), order) for side in ("after", "before"))
        chosen = {key: value for key, value in args.items() if key not in ("first", "last", "after", "before")}
        if "search" in chosen and chosen["search"] is not None:
            chosen["search"] = member.prepare["search"](chosen["search"])
        total, _ = self.values(owner, Pick(name, name, args=chosen, picks=[Pick("totalCount", "totalCount")]))
        nodes = Pick("nodes", "nodes", picks=[Pick("id", "id")])
        values, _ = self.values(owner, Pick(name, name, args=chosen, picks=[nodes]))
        descending = member.sorts[order].descending
        kept = [(plain(row[0]), row[1]) for row in (values[1] if values else [])]
        kept.sort(key=cmp_to_key(lambda one, other: -1 if precedes(one, other, descending) else 1))
        kept = [row for row in kept if after is None or precedes(after, row, descending)]
        kept = [row for row in kept if before is None or precedes(row, before, descending)]
        first, last = args.get("first"), args.get("last")
        size = min(max(last if first is None and last is not None else 20 if first is None else first, 0), 100)
        backward = first is None and last is not None
        rows = kept[max(len(kept) - size, 0) :] if backward else kept[:size]
        more = len(kept) > size
        depth = owner.depth + 1 if owner else 1
        found = [Record(SHAPES[member.to], id, depth, listed=True) for _, id in rows]
        cursors = [self.sealed(order, *row) for row in rows]
        return {
            "totalCount": total[0] if total else 0,
            "nodes": found,
            "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, found, strict=True)],
            "pageInfo": {
                "hasNextPage": before is not None if backward else more,
                "hasPreviousPage": more if backward else after is not None,
                "startCursor": next(iter(cursors), None),
                "endCursor": next(reversed(cursors), None),
            },
        }

    def sealed(self, order: str, value: Any, id: str) -> str:
        stored = {"at": value.isoformat().replace("+00:00", "Z")} if isinstance(value, datetime) else value
        return self.graph.secrets.seal_cursor([order, stored, id])

    def cursor(self, name: str, text: str | None, order: str) -> tuple[Any, str] | None:
        if text is None:
            return None
        try:
            made_for, value, id = self.graph.secrets.open_cursor(text)
        except ValueError:
            raise bad_argument(name, "it is not a cursor of this server") from None
        if made_for != order:
            raise bad_argument(name, "it belongs to another order")
        return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value, id

    def derived(self, member: Derived, values: list[Any], args: dict[str, Any]) -> Any:
        revealing = Revealing(self.graph.keys)
        value = member.make(values, args, revealing)
        if self.wait(revealing.load()):
            value = member.make(values, args, revealing)
        return value

    def values(self, owner: Any, pick: Pick) -> tuple[list[Any] | None, Any]:
        """The columns of one member of its owner, null where the viewer does not reach them, and their layout."""
        if owner is None:
            answer, layout = self.run(ROOTS[pick.name], pick)
            return (answer if isinstance(ROOTS[pick.name].member, Page) else [answer]), layout
        if isinstance(owner, Record):
            match = LOOKUPS[owner.shape.type].match.replace("this", "that")
            node = Root("ordinary", member=Many(owner.shape.name, (match,), (), implied=True))
            rows, layout = self.run(node, Pick("", "", args={"id": owner.id}, picks=[pick]))
            return columns(rows[0][0], layout.row.cells[0]), layout.row.cells[0].layout
        outer = Pick(owner.pick.name, owner.pick.name, args=owner.pick.args, picks=[pick])
        found, layout = self.values(owner.owner, outer)
        if owner.keys is None:
            return columns(found[0], layout.cells[0]), layout.cells[0].layout
        found, layout = found[owner.part], layout[owner.part]
        row = next(row for row in flat(found, layout.depth) if row[: layout.keys] == owner.keys)
        return columns(row[layout.keys], layout.row.cells[0]), layout.row.cells[0].layout

    def run(self, root: Root, pick: Pick) -> tuple[Any, Any]:
        """The statement's one answer, of a page all rows."""
        picks = list(walk(pick))
        for number, each in enumerate(picks):
            each.slot = number
        composed = compose(root, pick, self.viewer.dialect)
        parameters = {each.name: sent(each.source(picks[each.slot].args)) for each in composed.parameters}
        parameters |= dict.fromkeys(re.findall(r"LIMIT \$(\w+)", composed.text), 100_000)
        key = self.viewer.id, composed.text, repr(parameters)
        if key not in self.known:
            parameters |= self.viewer.at(self.now)
            records = self.wait(self.graph.client.answer("ordinary", composed.text, parameters))
            self.known[key] = records[0]["answer"] if records else None
        return self.known[key], composed.layout

    def wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


def ordinary_schema() -> GraphQLSchema:
    """The schema with none of its resolvers, so that each field of the graph goes to the one given to `execute`."""
    schema = core_schema()
    for type in schema.type_map.values():
        if isinstance(type, GraphQLObjectType) and not type.name.startswith("__"):
            type.is_type_of = None
            for each in type.fields.values():
                each.resolve = None
    node = schema.get_type("Node")
    node.resolve_type = None  # type: ignore[union-attr]
    return schema


def walk(pick: Pick) -> Iterator[Pick]:
    yield pick
    for child in pick.picks:
        yield from walk(child)


def columns(row: Any, cell: Cell) -> Any:
    """A cell's columns in the row, null where it is hidden."""
    if cell.hidden:
        return None
    if cell.group is not None:
        row = row[cell.group]
    return None if row is None else row[cell.index : cell.index + cell.width]


def flat(rows: Any, depth: int) -> list[Any]:
    return rows if depth == 1 else flat([row for inner in rows for row in inner], depth - 1)


def in_order(rows: list[Any], keys: int, descending: bool) -> list[Any]:
    return sorted(rows, key=lambda row: [(key is None, key) for key in row[:keys]], reverse=descending)


def precedes(left: Any, right: Any, descending: bool) -> bool:
    """Whether a row stands before another: nulls last, equal values by id."""
    (one, id), (other, other_id) = left, right
    if one is None or other is None:
        return id < other_id if one is None and other is None else other is None
    return id < other_id if one == other else (one > other if descending else one < other)


def plain(value: Any) -> Any:
    return value.to_native().replace(tzinfo=UTC) if isinstance(value, DateTime) else value


def response_value(member: Prop, value: Any, type: str, info: Any) -> Any:
    if value is None:
        return None
    if member.form is Form.GLOBAL_ID:
        return b64encode(f"{type}:{value}".encode()).decode()
    if member.form is Form.INSTANT:
        return plain(value)
    named = get_named_type(info.return_type)
    if is_enum_type(named):
        members = named.wrapped_cls  # type: ignore[attr-defined]
        return [members(item) for item in value] if isinstance(value, list) else members(value)
    return value


def opened_id(text: str) -> tuple[str, str]:
    try:
        type, _, id = b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return type, id


def opened(info: Any, given: dict[str, Any], type: str, zone: str) -> dict[str, Any]:
    """Arguments with ids and days as the graph holds them; an id of another type becomes one that nothing has."""
    args = dict(given)
    for name, value in given.items():
        if value is not None and get_named_type(info.parent_type.fields[info.field_name].args[name].type).name == "ID":
            named, id = opened_id(value)
            args[name] = id if named == (type or name.capitalize()) else ""
        if type_is_day(value):
            args[name] = datetime.combine(value, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return args


def type_is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def sent(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return [sent(item) for item in value] if isinstance(value, list) else value
