"""From rows as the database nests them to the response: keys, order, ids, instants and pages of the request.

A projection is a function generated from the layout, one for each object: a field then costs an index, not a call.
Into its source go the request's response keys as literals and positions; everything else is bound by name.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from types import CodeType
from typing import Any, TypeAlias

from graph.instants import to_text
from graph.traversal import (
    SHAPES,
    Aggregate,
    Cell,
    Computed,
    Derived,
    Form,
    Grouped,
    Here,
    Layout,
    ListLayout,
    Look,
    Looks,
    Many,
    Merged,
    One,
    Page,
    PageLayout,
    Part,
    Pick,
    Prop,
    page_size,
)
from schema.selection import TYPENAME


@dataclass(slots=True)
class Request:
    """What a projection needs of the request: arguments by slot, how contacts are revealed and cursors sealed.

    It leaves in `looks` what it shows of what was found about people.
    """

    args: Sequence[Any]
    revealing: Any
    seal: Callable[[Any], str]
    looks: Looks = field(default_factory=Looks)
    _sizes: dict[int, tuple[int, bool]] = field(default_factory=dict[int, tuple[int, bool]])

    def size(self, slot: int) -> tuple[int, bool]:
        """How many rows a page holds, and whether from the end; one field's pages may be thousands."""
        found = self._sizes.get(slot)
        if found is None:
            size, backward, _ = page_size(self.args[slot])
            found = self._sizes[slot] = size, backward
        return found


Reader: TypeAlias = Callable[[Any, Request], Any]


@dataclass(frozen=True, slots=True)
class Projection:
    """The code that reads a statement's one column, what it is bound to, and its function's name."""

    code: CodeType
    bound: Mapping[str, Any]
    name: str

    def reader(self, keys: Mapping[str, str]) -> Reader:
        """The function that answers under these keys in place of the aliases it was made for."""
        bound: dict[str, Any] = {**self.bound, **{_key(alias): key for alias, key in keys.items()}}
        exec(self.code, bound)
        return bound[self.name]


def read_root(layout: Any, member: Any, pick: Pick) -> Projection:
    """Reads the statement's one column."""
    code = _Code()
    if isinstance(layout, Layout):
        text = f"{code.object(layout)}(answer, request)"
    else:
        text = code.member("", Cell(pick, member, layout=layout), "answer")
    return code.projection(code.define("answer", f"return {text}"))


def read_object(layout: Layout) -> Reader:
    """Reads one object's row."""
    code = _Code()
    return code.projection(code.object(layout)).reader({})


def _key(alias: str) -> str:
    return f"key_{alias}"


def _instant(stored: str | None) -> str | None:
    return None if stored is None else to_text(stored)


def identified(named: str | list[str]) -> str | list[str]:
    """The global id of what is named `Type:id`, or of each of them."""
    if isinstance(named, list):
        return [b2a_base64(each.encode(), newline=False).decode() for each in named]
    return b2a_base64(named.encode(), newline=False).decode()


def _place(stored: str | None) -> dict[str, str] | None:
    """An instant in a cursor, told from a text that looks like one."""
    return None if stored is None else {"at": to_text(stored)}


FOUND = frozenset({"noShows", "excused", "faults", "noShowRate"})
"""Counts of attendance that tell what was found."""


def _shown(value: Any, id: str, looks: set[str]) -> Any:
    """The value, remembered as shown where it is there."""
    if value is not None:
        looks.add(id)
    return value


def _told(made: Any, tells: Callable[[Any], bool], id: str, looks: set[str]) -> Any:
    """What was made of a person, remembered as shown where it says anything."""
    if tells(made):
        looks.add(id)
    return made


def _summed(counts: dict[str, Any], keys: Sequence[str], id: str, looks: set[str]) -> Any:
    """The counts, remembered as shown where one of those named is not zero."""
    if any(counts[key] for key in keys):
        looks.add(id)
    return counts


class _Code:
    """Functions of one projection while they are written."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._bound: dict[str, Any] = {
            "encode": b2a_base64,
            "identify": identified,
            "instant": _instant,
            "place": _place,
            "shown": _shown,
            "summed": _summed,
            "told": _told,
            "Look": Look,
        }

    def projection(self, name: str) -> Projection:
        return Projection(compile("\n".join(self._lines), "<projection>", "exec"), self._bound, name)

    def key(self, pick: Pick) -> str:
        """A response key: a name bound to it where it is an alias, which a text alike may call otherwise."""
        if pick.key == pick.name:
            return repr(pick.key)
        self._bound[_key(pick.key)] = pick.key
        return _key(pick.key)

    def define(self, argument: str, *body: str) -> str:
        name = f"f{len(self._lines)}"
        self._lines.append(f"def {name}({argument}, request):\n " + "\n ".join(body))
        return name

    def bind(self, value: Any) -> str:
        name = f"v{len(self._bound)}"
        self._bound[name] = value
        return name

    def object(self, layout: Layout) -> str:
        """The name of a function that reads an object's row, or null."""
        levels = {cell.group for cell in layout.cells if cell.group is not None and not cell.hidden}
        fields = [f"{self.key(cell.pick)}: {self.seen(layout, cell)}" for cell in layout.cells]
        return self.define(
            "row",
            "if row is None: return None",
            *self.look(layout),
            *(f"level{group} = row[{group}]" for group in sorted(levels)),
            f"return {{{', '.join(fields)}}}",
        )

    @staticmethod
    def look(layout: Layout) -> list[str]:
        """What leaves a receipt where the row itself is one that was found about a person."""
        kind = layout.shape.looked.get("")
        return [] if layout.look is None or kind is None else [f"request.looks.of({kind}).add(row[{layout.look}])"]

    def seen(self, layout: Layout, cell: Cell) -> str:
        """The text of a cell, told as a look where it is one."""
        kind, type = layout.shape.looked.get(cell.pick.name), layout.shape.type
        if layout.look is None or kind is None or cell.hidden or cell.pick.error is not None:
            return self.cell(type, cell)
        ids = f"row[{layout.look}], request.looks.of({kind})"
        if isinstance(cell.member, Computed):
            return self.cell(type, cell, ids)
        text = self.cell(type, cell)
        if isinstance(cell.member, Grouped):
            return f"told({text}, {self.bind(bool)}, {ids})"
        if isinstance(cell.member, Aggregate) and kind is Look.COUNT:
            keys = [self.key(inner.pick) for inner in cell.layout.cells if inner.pick.name in FOUND]
            return f"summed({text}, ({''.join(f'{key}, ' for key in keys)}), {ids})"
        if isinstance(cell.member, Page):
            wanted = {"totalCount"} if cell.layout.nodes else {"totalCount", "pageInfo", "edges"}
            keys = [self.key(inner) for inner in cell.pick.picks if inner.name in wanted]
            return f"summed({text}, ({''.join(f'{key}, ' for key in keys)}), {ids})"
        return f"shown({text}, {ids})"

    def cell(self, type: str, cell: Cell, ids: str = "") -> str:
        """Reads a cell from its object's row: from the row itself, or from the sub-list of its level.

        `ids`: where what is computed is remembered as shown.
        """
        if cell.pick.error is not None:
            return self.bind(cell.pick.error)
        if cell.member is None:
            if cell.pick.name != TYPENAME:
                raise LookupError(f"{type}.{cell.pick.name} has no shape member")
            return repr(type)
        if cell.hidden:
            return self.absent(cell)
        row = "row" if cell.group is None else f"level{cell.group}"
        whole = isinstance(cell.member, (Derived, Merged, Page, Computed))
        place = f"{cell.index}:{cell.index + cell.width}" if whole else str(cell.index)
        text = self.member(type, cell, f"{row}[{place}]", ids)
        return text if cell.group is None else f"({self.absent(cell)} if {row} is None else {text})"

    def absent(self, cell: Cell) -> str:
        """What a field beyond the viewer's level reads as: an empty page or list, else null."""
        if isinstance(cell.member, Page):
            page = self.page(PageLayout(cell.pick, SHAPES[cell.member.to], "", Form.PLAIN, {}))
            return f"{page}((0, ()), request)"
        several = isinstance(cell.member, (Many, Merged, Grouped)) or getattr(cell.member, "many", False)
        return "[]" if several else "None"

    def member(self, type: str, cell: Cell, value: str, ids: str = "") -> str:
        slot, layout = cell.pick.slot, cell.layout
        match cell.member:
            case Prop(form=Form.INSTANT):
                return f"instant({value})"
            case Prop(form=Form.GLOBAL_ID):
                return f"encode({f'{type}:'.encode()!r} + {value}.encode(), newline=False).decode()"
            case Prop():
                return value
            case Derived(make=make):
                args = f"request.args[{slot}]" if slot >= 0 else "{}"
                return f"{self.bind(make)}({value}, {args}, request.revealing)"
            case Here() | Aggregate():
                return f"{self.object(layout)}({value}, request)"
            case One():
                first = self.bind(_first(layout.depth))
                return f"{self.object(layout.row)}({first}({value}), request)"
            case Many(limit=limit) | Grouped(limit=limit):
                rows = self.bind(_sorted([layout], limit, layout.descending))
                return f"[{self.object(layout.row)}(found, request) for _, found in {rows}([{value}])]"
            case Merged(limit=limit, descending=descending):
                rows = self.bind(_sorted(layout, limit, descending))
                readers = ", ".join(self.object(part.row) for part in layout)
                return f"[({readers},)[part](found, request) for part, found in {rows}({value})]"
            case Page():
                return f"{self.page(layout)}({value}, request)"
            case Computed(make=make, tells=tells):
                made = f"{self.bind(make)}({value})"
                made = f"told({made}, {self.bind(tells)}, {ids})" if ids else made
                return f"{self.computed(layout)}({made}, request)"
            case _:
                raise TypeError(f"nothing reads {cell.member!r}")

    def computed(self, layout: Layout) -> str:
        """The name of a function that reads what was made in Python: a map, a list of maps, or null."""
        fields = [f"{self.key(cell.pick)}: {self.part(layout.shape.type, cell)}" for cell in layout.cells]
        name = f"f{len(self._lines)}"
        return self.define(
            "made",
            "if made is None: return None",
            f"if isinstance(made, list): return [{name}(each, request) for each in made]",
            f"return {{{', '.join(fields)}}}",
        )

    def part(self, type: str, cell: Cell) -> str:
        """Reads a field of it."""
        if cell.pick.error is not None:
            return self.bind(cell.pick.error)
        match cell.member:
            case None:
                return repr(type)
            case Part():
                return f"{self.computed(cell.layout)}(made[{cell.pick.name!r}], request)"
            case Derived(inputs=inputs):
                values = ", ".join(f"made[{key!r}]" for key in inputs)
                return self.member(type, cell, f"[{values}]")
            case Prop(form=Form.GLOBAL_ID):
                return f"identify(made[{cell.pick.name!r}])"
            case _:
                return f"made[{cell.pick.name!r}]"

    def page(self, layout: PageLayout) -> str:
        """The name of a function that reads [count, rows], of which there may be one more than the page holds."""
        fields = [f"{self.key(pick)}: {self.connection(layout, pick)}" for pick in layout.pick.picks]
        return self.define(
            "columns",
            f"args = request.args[{layout.pick.slot}]",
            f"size, backward = request.size({layout.pick.slot})",
            "found = columns[1] or ()",
            "more = len(found) > size",
            "rows = found[:size]",
            "if backward: rows = rows[::-1]",
            *self.listed(layout),
            f"return {{{', '.join(fields)}}}",
        )

    @staticmethod
    def listed(layout: PageLayout) -> list[str]:
        """What leaves receipts where being in the list says that something was found."""
        there = "for row in rows if row[0]" if layout.sorted else "for row in rows"
        return [f"request.looks.of({layout.look}).update(row[3] {there})"] if layout.look else []

    def connection(self, layout: PageLayout, pick: Pick) -> str:
        match pick.name:
            case "totalCount":
                return "columns[0]"
            case "nodes":
                return f"[{self.node(layout, pick)} for row in rows]"
            case "edges":
                fields = [f"{self.key(child)}: {self.edge(layout, child)}" for child in pick.picks]
                return f"[{{{', '.join(fields)}}} for row in rows]"
            case "pageInfo":
                fields = [f"{self.key(child)}: {self.page_info(layout, child)}" for child in pick.picks]
                return f"{{{', '.join(fields)}}}"
            case _:
                return repr(f"{layout.shape.type}Connection")

    def node(self, layout: PageLayout, pick: Pick) -> str:
        row = layout.nodes.get(id(pick))
        return f"{self.object(row)}(row[2], request)" if row else "None"

    def edge(self, layout: PageLayout, pick: Pick) -> str:
        match pick.name:
            case "node":
                return self.node(layout, pick)
            case "cursor":
                return self.cursor(layout, "row")
            case _:
                return repr(f"{layout.shape.type}Edge")

    def page_info(self, layout: PageLayout, pick: Pick) -> str:
        match pick.name:
            case "hasNextPage":
                return "args.get('before') is not None if backward else more"
            case "hasPreviousPage":
                return "more if backward else args.get('after') is not None"
            case "startCursor":
                return f"{self.cursor(layout, 'rows[0]')} if rows else None"
            case "endCursor":
                return f"{self.cursor(layout, 'rows[-1]')} if rows else None"
            case _:
                return "'PageInfo'"

    @staticmethod
    def cursor(layout: PageLayout, row: str) -> str:
        value = f"place({row}[0])" if layout.form is Form.INSTANT else f"{row}[0]"
        return f"request.seal([{layout.order!r}, {value}, {row}[1]])"


def _flat(nested: Any, depth: int) -> Any:
    for _ in range(depth - 1):
        nested = chain.from_iterable(nested)
    return nested


def _first(depth: int) -> Callable[[Any], Any]:
    """The first row of a list that is nested so deep, or null."""
    if depth == 1:
        return lambda nested: nested[0] if nested else None
    return lambda nested: next(iter(_flat(nested, depth)), None)


def _sorted(
    layouts: Sequence[ListLayout], limit: int | None, descending: bool
) -> Callable[[Sequence[Any]], Iterator[tuple[int, Any]]]:
    """Flattens, sorts by the sort values in front of each row and cuts; each row comes with its layout's number."""
    parts = [(layout.depth, layout.keys) for layout in layouts]

    def rows(columns: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        found = [
            ([(value is None, value) for value in row[:keys]], number, row[keys])
            for number, ((depth, keys), nested) in enumerate(zip(parts, columns, strict=True))
            for row in _flat(nested, depth)
        ]
        found.sort(key=_keys, reverse=descending)
        return ((number, row) for _, number, row in found[:limit])

    return rows


def _keys(found: tuple[Any, int, Any]) -> Any:
    return found[0]
