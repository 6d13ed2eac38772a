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

from graph.candidates import Revealing
from graph.traversal import (
    ROOTS,
    SHAPES,
    Aggregate,
    Computed,
    Derived,
    Form,
    Grouped,
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
from graph.traversal import (
    Part as Within,
)
from graph.visibility import Dialect, Viewer
from graph.writing import Graph
from schema.errors import bad_argument
from schema.lookups import LOOKUPS
from schema.root import core_schema

NAMELESS = {"Repair": "(that:Repair {at: localdatetime($id)})"}
"""What has no id is found by its first field, and seen by whoever sees what it hangs on."""


@dataclass(frozen=True)
class Record:
    """A node, read as a shape; `id` is its first field where it has none."""

    shape: Shape
    id: str


@dataclass(frozen=True)
class Part:
    """What has no id: the counts that a member of its owner holds, or of its part `part` the reminder with `keys`."""

    shape: Shape
    owner: Record
    pick: Pick
    part: int = 0
    keys: Any = None


@dataclass(frozen=True)
class Made:
    """What is made in Python: a map by the members of a shape."""

    shape: Shape
    values: Any


def made(shape: str, values: Any) -> Any:
    if isinstance(values, list):
        return [made(shape, each) for each in values]
    return None if values is None else Made(SHAPES[shape], values)


@dataclass
class Ordinary:
    """Answers as `viewer` at `now`; `loop` runs the statements, whose answers `known` keeps from then on."""

    graph: Graph
    viewer: Viewer
    now: datetime
    loop: asyncio.AbstractEventLoop
    known: dict[Any, Any]
    resolved: set[tuple[str, str]] = field(default_factory=set)
    deepest: int = 0
    lists: bool = False

    async def answer(self, schema: GraphQLSchema, text: str, variables: dict[str, Any]) -> ExecutionResult:
        """In another thread and without suspension, so that of several errors the first in order is met first."""
        self.deepest, self.lists = 0, False
        run = partial(execute, schema, parse(text), variable_values=variables, field_resolver=self.resolve)
        result = await asyncio.to_thread(run, type_resolver=lambda source, *_: source.shape.type)
        assert isinstance(result, ExecutionResult)
        return result

    def resolve(self, source: Any, info: Any, **given: Any) -> Any:  # noqa: PLR0912  a branch for each kind of member
        name = info.field_name
        if isinstance(source, dict):
            return source[name]
        if isinstance(source, Made):
            return self.part(source, info, given)
        self.resolved.add((source.shape.name if source else "Query", name))
        path = [each for each in ancestry(info.path) if not (each.typename or "").endswith(("Connection", "Edge"))]
        self.deepest = max(self.deepest, sum(isinstance(each.key, str) for each in path))
        self.lists |= any(isinstance(each.key, int) for each in path)
        root = None if source else LOOKUPS.get(opened_id(given["id"])[0]) if name == "node" else ROOTS[name]
        member = source.shape.members[name] if source else root and root.member
        days = getattr(member, "days", False)
        args = opened(info, given, root.shape if root else "", self.viewer.zone, days=days)
        if source is None and member is None:
            found = root and self.run(root, Pick(name, name, args=args, picks=[Pick("id", "id")]))[0]
            return found and Record(SHAPES[root.shape], found[0])
        if isinstance(member, Page):
            return self.page(source, member, name, args)
        if isinstance(member, Aggregate):
            return Part(SHAPES[member.to], source, Pick(name, name, args=args))
        if isinstance(member, Here):
            return self.face(source, member, name, args)
        pick = Pick(name, name, args=args, picks=below(member))
        values, layout = self.values(source, pick)
        if isinstance(member, Computed):
            return made(member.to, ([] if member.many else None) if values is None else member.make(values))
        if values is None:
            return [] if isinstance(member, (Many, Merged, Grouped)) else None
        if isinstance(member, Derived):
            revealing = Revealing(self.graph.keys, self.graph.secrets)
            value = member.make(values, args, revealing)
            return member.make(values, args, revealing) if self.wait(revealing.load()) else value
        if isinstance(member, (One, Many)):
            rows = flat(values[0], layout.depth)
            rows.sort(key=lambda row: [(key is None, key) for key in row[: layout.keys]], reverse=layout.descending)
            ids = [columns(row[-1] if layout.keys else row, layout.row.cells[0])[0] for row in rows]
            records = [Record(SHAPES[member.to], id) for id in ids if self.sees(member, id)]
            return records[: member.limit] if isinstance(member, Many) else next(iter(records), None)
        if isinstance(member, Grouped):
            found = (row[: layout.keys] for row in flat(values[0], layout.depth))
            counted = Pick(name, name, args=args)
            return [Part(SHAPES[member.to], source, counted, keys=keys) for keys in sorted(found)]
        if isinstance(member, Merged):
            parts = [
                Part(each.row.shape, source, Pick(name, name, args=args), number, row[: each.keys])
                for number, (column, each) in enumerate(zip(values, layout, strict=True))
                for row in flat(column, each.depth)
            ]
            descending = member.descending if len(member.parts) > 1 else member.parts[0].descending
            limit = member.brought_within(args) if member.count else member.limit
            return sorted(parts, key=lambda part: part.keys, reverse=descending)[:limit]
        if hasattr(member, "to"):
            return Record(SHAPES[member.to], columns(values[0], layout.cells[0])[0])
        return response_value(member.form, values[0], source.shape.type, get_named_type(info.return_type))

    def face(self, source: Any, member: Here, name: str, args: dict[str, Any]) -> Part | None:
        """The same record by another shape, where it is seen."""
        values, _ = self.values(source, Pick(name, name, args=args, picks=below(member)))
        seen = values is not None and values[0] is not None
        return Part(SHAPES[member.to], source, Pick(name, name, args=args)) if seen else None

    def part(self, source: Made, info: Any, given: dict[str, Any]) -> Any:
        """A field of what is made in Python."""
        member = source.shape.members[info.field_name]
        self.resolved.add((source.shape.name, info.field_name))
        if isinstance(member, Within):
            return made(member.to, source.values[info.field_name])
        if isinstance(member, Derived):
            value = member.make([source.values[key] for key in member.inputs], given, None)
        else:
            value = source.values[info.field_name]
        if member.__class__ is Prop and member.form is Form.GLOBAL_ID:
            texts = value if isinstance(value, list) else [value]
            ids = [b64encode(each.encode()).decode() for each in texts]
            return ids if isinstance(value, list) else ids[0]
        return response_value(Form.PLAIN, value, "", get_named_type(info.return_type))

    def page(self, source: Any, member: Page, name: str, args: dict[str, Any]) -> dict[str, Any]:
        """All rows are read, and sorted, bounded and cut here."""
        order = args["orderBy"].value if args.get("orderBy") else next(iter(member.sorts))
        after, before = (self.cursor(side, args.get(side), order) for side in ("after", "before"))
        kept = {key: value for key, value in args.items() if key not in ("first", "last", "after", "before")}
        kept |= {key: prepare(kept[key]) for key, prepare in member.prepare.items() if kept.get(key) is not None}
        nodes = Pick("nodes", "nodes", picks=[Pick("id", "id")])
        values, _ = self.values(source, Pick(name, name, args=kept, picks=[nodes]))
        descending, form = member.sorts[order].descending, member.sorts[order].form
        rows = [(plain(row[0], form), row[1]) for row in (values[1] if values else ()) if self.sees(member, row[1])]
        total = len(rows)
        rows.sort(key=cmp_to_key(lambda one, other: -1 if precedes(one, other, descending) else 1))
        rows = [row for row in rows if after is None or precedes(after, row, descending)]
        rows = [row for row in rows if before is None or precedes(row, before, descending)]
        first, last = args.get("first"), args.get("last")
        backward = first is None and last is not None
        size = min(max(last if backward else 20 if first is None else first, 0), 100)
        more = len(rows) > size
        rows = rows[max(len(rows) - size, 0) :] if backward else rows[:size]
        found = [Record(SHAPES[member.to], id) for _, id in rows]
        cursors = [self.graph.secrets.seal_cursor([order, sealed(value), id]) for value, id in rows]
        return {
            "totalCount": total,
            "nodes": found,
            "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, found, strict=True)],
            "pageInfo": {
                "hasNextPage": before is not None if backward else more,
                "hasPreviousPage": more if backward else after is not None,
                "startCursor": next(iter(cursors), None),
                "endCursor": next(reversed(cursors), None),
            },
        }

    def sees(self, member: One | Many | Page, id: str) -> bool:
        """Whether the viewer may see the record at the end of the way, unless being on the way says so."""
        if (member.implied and self.viewer.dialect is Dialect.STAFF) or member.to in NAMELESS:
            return True
        pick = Pick("", "", args={"id": id}, picks=[Pick("id", "id")])
        return self.run(LOOKUPS[SHAPES[member.to].type], pick)[0] is not None

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

    def values(self, source: Any, pick: Pick) -> tuple[Any, Any]:
        """The columns of one member of its source, null where the viewer does not reach them, and their layout."""
        if source is None:
            answer, layout = self.run(ROOTS[pick.name], pick)
            return answer if isinstance(ROOTS[pick.name].member, (Page, Merged)) else [answer], layout
        if isinstance(source, Record):
            match = NAMELESS.get(source.shape.type) or LOOKUPS[source.shape.type].match.replace("this", "that")
            node = Root("ordinary", member=Many(source.shape.name, (match,), (), implied=True))
            rows, layout = self.run(node, Pick("", "", args={"id": source.id}, picks=[pick]))
            row, layout = rows[0], layout.row
        else:
            outer = Pick(source.pick.name, source.pick.name, args=source.pick.args, picks=[pick])
            (row, *parts), layout = self.values(source.owner, outer)
            if source.keys is not None:
                found, layout = [row, *parts][source.part], layout[source.part] if isinstance(layout, list) else layout
                (row,) = [row[-1] for row in flat(found, layout.depth) if row[: layout.keys] == source.keys]
                layout = layout.row
        return columns(row, layout.cells[0]), layout.cells[0].layout

    def run(self, root: Root, pick: Pick) -> tuple[Any, Any]:
        """The one answer of the statement, of a page all rows."""
        picks = list(walk(pick))
        for number, each in enumerate(picks):
            each.slot = number
        composed = compose(root, pick, self.viewer.dialect)
        parameters = {each.name: sent(each.source(picks[each.slot].args)) for each in composed.parameters}
        parameters |= dict.fromkeys(re.findall(r"LIMIT \$(\w+)", composed.text), 100_000)
        key = self.viewer.id, composed.text, repr(parameters)
        if key not in self.known:
            asked = self.graph.client.answer("ordinary", composed.text, parameters | self.viewer.at(self.now))
            records = self.wait(asked)
            self.known[key] = records[0]["answer"] if records else None
        return self.known[key], composed.layout

    def wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


def ordinary_schema() -> GraphQLSchema:
    """The schema with none of its resolvers, so that each field goes to the one that is given to `execute`."""
    schema = core_schema()
    for type in schema.type_map.values():
        if isinstance(type, GraphQLObjectType) and not type.name.startswith("__"):
            type.is_type_of = None
            for each in type.fields.values():
                each.resolve = None
    schema.type_map["Node"].resolve_type = None  # type: ignore[attr-defined]
    return schema


def ancestry(path: Any) -> Iterator[Any]:
    while path:
        yield path
        path = path.prev


def walk(pick: Pick) -> Iterator[Pick]:
    yield pick
    for child in pick.picks:
        yield from walk(child)


def below(member: Any) -> list[Pick]:
    """What is asked of a row at the end of a member, to find it again."""
    if not hasattr(member, "to") or isinstance(member, Computed):
        return []
    members = SHAPES[member.to].members
    name = "key" if isinstance(member, Grouped) else "id" if "id" in members else next(iter(members))
    return [Pick(name, name)]


def columns(row: Any, cell: Any) -> Any:
    """A cell's columns in its row, null where it is hidden."""
    if cell.hidden:
        return None
    if cell.group is not None:
        row = row[cell.group]
    return None if row is None else row[cell.index : cell.index + cell.width]


def flat(rows: Any, depth: int) -> list[Any]:
    return [*rows] if depth == 1 else flat([row for inner in rows for row in inner], depth - 1)


def precedes(one: tuple[Any, str], other: tuple[Any, str], descending: bool) -> bool:
    """Whether a row stands before another: nulls last, equal values by id."""
    if one[0] == other[0]:
        return one[1] < other[1]
    if one[0] is None or other[0] is None:
        return other[0] is None
    return one[0] > other[0] if descending else one[0] < other[0]


def plain(value: Any, form: Form) -> Any:
    instant = form is Form.INSTANT and value is not None
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if instant else value


def sealed(value: Any) -> Any:
    return {"at": value.isoformat().replace("+00:00", "Z")} if isinstance(value, datetime) else value


def response_value(form: Form, value: Any, type: str, named: Any) -> Any:
    if form is Form.GLOBAL_ID:
        return b64encode(f"{type}:{value}".encode()).decode()
    if is_enum_type(named) and value is not None:
        return [named.wrapped_cls(each) for each in value] if isinstance(value, list) else named.wrapped_cls(value)
    if named.name == "Date" and value is not None:
        return date.fromisoformat(value)
    return plain(value, form)


def opened_id(text: str) -> tuple[str, str]:
    try:
        type, _, id = b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return type, id


def opened(info: Any, given: dict[str, Any], type: str, zone: str, *, days: bool) -> dict[str, Any]:
    """Arguments with ids and days as the graph holds them; an id of another type becomes one that nothing has."""
    args = dict(given)
    for name, value in given.items():
        declared = get_named_type(info.parent_type.fields[info.field_name].args[name].type)
        if declared.name == "ID" and value is not None:
            named, id = opened_id(value)
            args[name] = id if named == (type or name.capitalize()) else ""
        if isinstance(value, date) and not isinstance(value, datetime):
            begins = datetime.combine(value, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
            args[name] = value.isoformat() if days else begins
    return args


def sent(value: Any) -> Any:
    """A parameter as the driver takes it."""
    if isinstance(value, Enum):
        return value.value
    return [sent(item) for item in value] if isinstance(value, list) else value
