"""Composes Cypher: from a selection over shapes to one statement of nested comprehensions.

A shape declares, once, what may be read from a node: properties and traversals written as literal patterns from
`this` to `that`. From a request come nothing but a selection and parameters. The statement is canonical: fields
stand in declared order, variables and parameters are named by position, so that requests which differ only in
aliases, variable names or key order share one text, and with it one plan in the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, LiteralString, TypeAlias, cast

from graph.visibility import POLICIES, Dialect, Level, Rule

Steps: TypeAlias = tuple[LiteralString, ...]
Conditions: TypeAlias = Mapping[str, LiteralString]
"""Predicates by argument, with the argument as `$value`; used only where the argument is given."""


class Form(Enum):
    """How a stored value becomes a response value. An INSTANT leaves the database as text: see graph/instants.py."""

    PLAIN = "PLAIN"
    INSTANT = "INSTANT"
    GLOBAL_ID = "GLOBAL_ID"


@dataclass(frozen=True, slots=True)
class Prop:
    """A value of the node: its property of the same name, or `expression` over `this`."""

    expression: LiteralString = ""
    see: Level = Level.OWN
    form: Form = Form.PLAIN


@dataclass(frozen=True, slots=True)
class Derived:
    """A value made in Python from expressions over `this` and the field's arguments."""

    inputs: Steps
    make: Callable[[Sequence[Any], Mapping[str, Any], Any], Any]
    see: Level = Level.OWN


@dataclass(frozen=True, slots=True)
class One:
    """The node at the end of the steps, or null. `implied`: staff who see `this` see `that`, unchecked."""

    to: str
    steps: Steps
    see: Level = Level.ALL
    implied: bool = False
    where: LiteralString = ""


@dataclass(frozen=True, slots=True)
class Here:
    """Another shape of the same node."""

    to: str
    see: Level = Level.ALL


@dataclass(frozen=True, slots=True)
class Many:
    """A short list, sorted by `order`. `steps` may depend on nothing from the request but declared arguments.

    Of a root, a step may go on with clauses of its own, up to one that binds `that`.
    """

    to: str
    steps: Steps
    order: Steps
    where: LiteralString = ""
    descending: bool = False
    limit: int | None = None
    implied: bool = False
    see: Level = Level.ALL


@dataclass(frozen=True, slots=True)
class Merged:
    """Several short lists under one type, sorted together by their `order` and cut at `limit`.

    `count` names the argument that says how many are wanted; it is brought within 1 and `limit`.
    """

    parts: tuple[Many, ...]
    limit: int
    descending: bool = True
    count: str = ""

    def brought_within(self, args: Mapping[str, Any]) -> int:
        return min(max(args[self.count], 1), self.limit)


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a connection. Hidden values sort as nulls: `see` is the level of what is sorted by."""

    expression: LiteralString
    descending: bool = False
    nullable: bool = False
    form: Form = Form.PLAIN
    see: Level = Level.ALL


class Look(Enum):
    """What of a person has been shown: a finding, by its own id or that of the interview or the check that it is of; a
    decision's screen, by the decision's; a count of findings, or what is computed of the person, by the candidate's;
    what was recorded at work by an employment's, or by that of a record at work or of a candidate."""

    FINDING = "FINDING"
    INTERVIEW = "INTERVIEW"
    CHECK = "CHECK"
    COUNT = "COUNT"
    DECISION = "DECISION"
    SCORE = "SCORE"
    PROFILE = "PROFILE"
    LABELS = "LABELS"
    SELF_ASSESSMENT = "SELF_ASSESSMENT"
    EMPLOYMENT = "EMPLOYMENT"
    WORK_ATTENDANCE = "WORK_ATTENDANCE"
    TASK_RESULTS = "TASK_RESULTS"


@dataclass(frozen=True, slots=True)
class Page:
    """A Relay connection with keyset cursors; the first sort is the default.

    `by` names the argument that chooses the steps, an enum or a Boolean; `prepare` brings arguments into the form that
    is stored. `implied`: staff who reach the level `see` on `this` see every `that`, which then is not asked of each.
    `days`: dates among the arguments are days on a calendar, and not the instants at which they begin.
    `looked` names orders, and Boolean arguments while they are true, by which whoever stands in the list is shown to
    staff as somebody of whom something was found; it leaves a receipt by the id `looked_by` of the row.
    """

    to: str
    steps: Steps | Mapping[str, Steps] | Mapping[bool, Steps]
    sorts: Mapping[str, Sort]
    where: LiteralString = ""
    conditions: Conditions = field(default_factory=dict[str, LiteralString])
    prepare: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict[str, Callable[[Any], Any]])
    by: str = ""
    implied: bool = False
    see: Level = Level.ALL
    days: bool = False
    looked: Mapping[str, Look] = field(default_factory=dict[str, Look])
    looked_by: LiteralString = "that.id"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Counts over rows: members of the shape are aggregates over the variables of `steps` and `optional` clauses.

    Members open to ALL need the predicate `near`; the others need `full` and count only rows where `own` holds.
    `days`: dates among the arguments are days on a calendar, and not the instants at which they begin.
    """

    to: str
    steps: Steps | Mapping[str, Steps]
    full: LiteralString | Mapping[str, LiteralString]
    near: LiteralString = "true"
    conditions: Conditions = field(default_factory=dict[str, LiteralString])
    optional: Steps = ()
    own: LiteralString = ""
    by: str = ""
    days: bool = False


@dataclass(frozen=True, slots=True)
class Grouped:
    """Counts over rows, one object for each value of the key, or of the one that the argument `by` names, sorted by it.

    In the shape, `grouped` is the key and every other member an aggregate over the variables of `steps`.
    """

    to: str
    steps: Steps
    keys: LiteralString | Mapping[str, LiteralString]
    where: LiteralString = ""
    conditions: Conditions = field(default_factory=dict[str, LiteralString])
    by: str = ""
    see: Level = Level.OWN
    days: bool = False
    descending: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """An object, or a list of them, made in Python from expressions over `this`: maps by the members of the shape `to`.

    There a Prop names a key of the map, a Derived is made of keys, and a Part is a map, or a list of maps, within it;
    all are open to whoever reaches this member; beyond that `many` reads as an empty list. `tells`: whether what was
    made says anything of the person, so that reading it is a look.
    """

    to: str
    inputs: Steps
    make: Callable[[Sequence[Any]], Any]
    see: Level = Level.OWN
    many: bool = False
    tells: Callable[[Any], bool] = bool


@dataclass(frozen=True, slots=True)
class Part:
    """Of what is computed, an object or a list of objects within it."""

    to: str
    see: Level = Level.ALL


@dataclass(frozen=True, slots=True)
class Unkept:
    """Of a shape that tells how things stood at an instant: what can be told as of now alone."""

    see: Level = Level.ALL


class NotKept(ValueError):
    """A field was asked for that is not told as of an instant."""


Member: TypeAlias = Prop | Derived | One | Here | Many | Merged | Page | Aggregate | Grouped | Computed | Part | Unkept


@dataclass(slots=True)
class Looks:
    """What an answer shows of what was found about people: ids by what they say has been shown."""

    ids: dict[Look, set[str]] = field(default_factory=dict[Look, set[str]])

    def __len__(self) -> int:
        return sum(map(len, self.ids.values()))

    def of(self, look: Look) -> set[str]:
        return self.ids.setdefault(look, set())


@dataclass(frozen=True, slots=True)
class Shape:
    """What may be read of one type, in declared order.

    `looked` names the members by which staff are shown what was found about a person, or with the empty name the row
    itself; each leaves an access receipt (graph/receipts.py) by `looked_by`, the id of `this` or of what it belongs to.
    """

    name: str
    members: Mapping[str, Member]
    typename: str = ""
    looked: Mapping[str, Look] = field(default_factory=dict[str, Look])
    looked_by: LiteralString = "this.id"

    def __post_init__(self) -> None:
        if self.name in SHAPES:
            raise ValueError(f"two shapes are named {self.name}")
        SHAPES[self.name] = self

    @property
    def type(self) -> str:
        return self.typename or self.name


SHAPES: dict[str, Shape] = {}


@dataclass(frozen=True, slots=True)
class Root:
    """A field of Query: the member it reads, from nothing, or from the one node that `match` finds.

    `past` is read in its place where the argument `asOf` is given, whose value all that is below may name.
    """

    name: str
    shape: str = ""
    match: LiteralString = ""
    where: LiteralString = ""
    member: Member | None = None
    past: Root | None = None

    def chosen(self, args: Mapping[str, Any]) -> Root:
        return self.past if self.past is not None and args.get(AS_OF) is not None else self


AS_OF = "asOf"
"""The argument that asks how things stood at an instant."""


ROOTS: dict[str, Root] = {}


def root(
    name: str,
    *,
    shape: str = "",
    match: LiteralString = "",
    where: LiteralString = "",
    member: Member | None = None,
    past: Root | None = None,
) -> None:
    """Declares a field of Query."""
    ROOTS[name] = Root(name, shape, match, where, member, past)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a connection: the order it was made for, the sort value there (plain), and the row's id."""

    order: str
    value: Any
    id: str


@dataclass(slots=True)
class Pick:
    """A selected field: response key, name, arguments (by slot, renewed at each request) and its own selection.

    A field whose arguments cannot be used carries an `error` and is left out of the statement.
    """

    key: str
    name: str
    slot: int = -1
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    picks: list[Pick] = field(default_factory=list["Pick"])
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """Where a parameter of the statement comes from: argument `argument` (a path) of the field in `slot`."""

    name: str
    slot: int
    source: Callable[[Mapping[str, Any]], Any]


@dataclass(slots=True)
class Cell:
    """Where a picked field lies in its row.

    `group` is null for the row itself, else the column of a level's sub-list, which is null where the viewer does
    not reach that level. `hidden` fields have no column at all. `layout` says how to read what lies there.
    """

    pick: Pick
    member: Member | None
    group: int | None = None
    index: int = 0
    width: int = 1
    hidden: bool = False
    layout: Any = None


@dataclass(slots=True)
class Layout:
    """The cells of one object, in the order of the request.

    `look` is the column of the id by which a receipt is left, where one is.
    """

    shape: Shape
    cells: list[Cell]
    look: int | None = None


@dataclass(slots=True)
class ListLayout:
    """Rows nested `depth` deep; each row is [sort values..., columns], or the columns alone where nothing sorts."""

    row: Layout
    depth: int
    keys: int
    descending: bool
    limit: int | None


@dataclass(slots=True)
class PageLayout:
    """[totalCount, rows]; each row is [sort value, id, columns], and the id for a receipt where it is a `look`.

    `nodes` are the layouts by the id of their pick; `sorted`: what is looked at is the sort value, where there is any.
    """

    pick: Pick
    shape: Shape
    order: str
    form: Form
    nodes: dict[int, Layout]
    look: Look | None = None
    sorted: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """A statement, the sources of its parameters, and the layout of its one column `answer`."""

    text: LiteralString
    parameters: tuple[Parameter, ...]
    layout: Any


FIRST, MOST = 20, 100
"""Rows of a page where the request does not say, and the most it may ask for."""

_TOKEN = re.compile(r"'[^']*'|\$\w+|[.:][A-Za-z_]\w*|\|[A-Z]\w*|\b[a-z]\w*\b")
_DECLARED = re.compile(r"(?:\bAS |(?:\(|(?<![\w\])])\[)(?=[a-z]\w*[):\]\s{]))([a-z]\w*)")
_ARGUMENT = re.compile(r"\$(\w+)")


def listed(kinds: Iterable[Enum]) -> LiteralString:
    """The names of these kinds, as a statement writes a list of them."""
    return cast(LiteralString, str(sorted(str(kind.value) for kind in kinds)))


def page_size(args: Mapping[str, Any]) -> tuple[int, bool, bool]:
    """How many rows are wanted, whether from the end, and whether the wish was brought within 0 to 100."""
    backward = args.get("first") is None and args.get("last") is not None
    wish = args.get("last") if backward else args.get("first")
    if wish is None:
        return FIRST, False, False
    size = min(max(wish, 0), MOST)
    return size, backward, size != wish


def chosen_order(page: Page, args: Mapping[str, Any]) -> str:
    """The name of the sort that the request chose, or the page's first."""
    order = args.get("orderBy")
    return next(iter(page.sorts)) if order is None else str(order.value)


def structure(value: Any) -> Any:
    """What of an argument's value reaches the statement's text: presence, enums, booleans; never the value itself."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Cursor):
        return "cursor", value.order, value.value is None
    if isinstance(value, Mapping):
        items = cast(Mapping[str, Any], value)
        return tuple((key, structure(items[key])) for key in sorted(items) if items[key] is not None)
    return "given"


def signature(shape: Shape, pick: Pick) -> tuple[Any, ...]:
    """Sorts the picks of a row into declared order, and alike fields by what distinguishes their texts."""
    order = list(shape.members).index(pick.name) if pick.name in shape.members else -1
    return order, repr(_signature(pick))


def _signature(pick: Pick) -> tuple[Any, ...]:
    return pick.name, structure(pick.args), sorted((_signature(child) for child in pick.picks), key=repr)


def compose(root: Root, pick: Pick, dialect: Dialect) -> Composed:
    """The one statement for a root field; its single row has the single column `answer`."""
    composer, root = Composer(dialect), root.chosen(pick.args)
    if root.member is not None:
        columns, layout = composer.member(root.member, pick, {})
        answer = f"[{', '.join(columns)}]" if isinstance(root.member, (Page, Merged)) else columns[0]
        text = f"RETURN {answer} AS answer"
    else:
        text, layout = composer.lookup(root, pick)
    return Composed(cast(LiteralString, text), tuple(composer.parameters), layout)


class Composer:
    """One composition: names of variables and parameters come from position alone."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.parameters: list[Parameter] = []
        self._variables = 0
        self._values: dict[tuple[str, str], str] = {}
        self._given: dict[str, str] = {}
        """Parameters for arguments of the root that any text below may name."""

    def variable(self) -> str:
        self._variables += 1
        return f"n{self._variables}"

    def parameter(self, pick: Pick, source: Callable[[Mapping[str, Any]], Any]) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters.append(Parameter(name, pick.slot, source))
        return "$" + name

    def argument(self, pick: Pick, *path: str) -> str:
        def source(args: Mapping[str, Any]) -> Any:
            value: Any = args
            for key in path:
                value = value[key]
            return value

        return self.parameter(pick, source)

    def arguments(self, texts: Steps, pick: Pick) -> dict[str, str]:
        """Parameters for the field's own arguments that the texts name."""
        named = {name for text in texts for name in _ARGUMENT.findall(text)}
        return {name: self.argument(pick, name) for name in sorted(named & pick.args.keys())}

    def render(self, text: str, names: Mapping[str, str], values: Mapping[str, str] | None = None) -> str:
        """The text with variables renamed by `names`, inner ones freshly, and `$argument`s by `values`.

        An inner variable with an outer one's name would be bound to it and silently give no rows.
        """
        local = dict(names)
        for name in _DECLARED.findall(text):
            if name not in local:
                local[name] = self.variable()

        def rename(token: re.Match[str]) -> str:
            word = token.group()
            if word[0] == "$":
                return (values or {}).get(word[1:]) or self._given.get(word[1:], word)
            return local.get(word, word)

        return _TOKEN.sub(rename, text)

    def value(self, expression: str, names: Mapping[str, str]) -> str:
        """An expression over one node, the same text each time, so that fields which need it share a column."""
        key = expression, names["this"]
        if key not in self._values:
            self._values[key] = self.render(expression, names)
        return self._values[key]

    def walk(
        self, steps: Steps, names: Mapping[str, str], values: Mapping[str, str]
    ) -> tuple[list[str], dict[str, str]]:
        """The rendered patterns of the steps and the names in scope after them, `that` among them."""
        # Names of the way here are not passed on: a step that declares one of them again would be bound to it.
        scope = {"this": names["this"]} if "this" in names else {}
        for step in steps:
            for name in _DECLARED.findall(step):
                if name not in scope:
                    scope[name] = self.variable()
        return [self.render(step, scope, values) for step in steps], scope

    def rule(self, shape: Shape) -> Rule:
        return POLICIES[shape.name].rule(self.dialect)

    def seen(self, shape: Shape, scope: Mapping[str, str], *, where: str, implied: bool) -> list[str]:
        """Conditions on `that`: the member's `where`, and its type's rule unless the way there implies it."""
        conditions = [self.render(where, scope)] if where else []
        row = self.rule(shape).row
        if row != "true" and not (implied and self.dialect is Dialect.STAFF):
            conditions.append(f"({self.render(row, {**scope, 'this': scope['that']})})")
        return conditions

    def guard(self, shape: Shape, level: Level) -> str:
        """The predicate over `this` of a field's level."""
        rule = self.rule(shape)
        match level:
            case Level.ALL:
                return "true"
            case Level.NEAR:
                return rule.near
            case Level.OWN:
                return rule.own
            case Level.AUDIT | Level.ADMIN:
                role = "$auditor" if level is Level.AUDIT else "$admin"
                # `(true)` would read as a node of that name.
                return {"true": role, "false": "false"}.get(rule.own, f"{role} AND ({rule.own})")

    def lookup(self, root: Root, pick: Pick) -> tuple[str, Layout]:
        """The one node that a root names, if the viewer may see it."""
        shape, names = SHAPES[root.shape], {"this": self.variable()}
        if pick.args.get(AS_OF) is not None:
            self._given[AS_OF] = self.argument(pick, AS_OF)
        pattern = self.render(root.match, names, self.arguments((root.match,), pick))
        conditions = [self.render(root.where, names)] if root.where else []
        if (row := self.rule(shape).row) != "true":
            conditions.append(f"({self.render(row, names)})")
        text, layouts = self.row(shape, [pick.picks], names)
        return f"MATCH {pattern}{_where(conditions)} RETURN {text} AS answer", layouts[0]

    def row(self, shape: Shape, groups: Sequence[Sequence[Pick]], names: Mapping[str, str]) -> tuple[str, list[Layout]]:
        """One row that serves several selections of the same node, with a layout for each.

        Its columns are the open ones, then a sub-list for each level: `[plain..., CASE WHEN level THEN [...] END]`.
        """
        columns: dict[str, list[str]] = {"true": []}
        cells: dict[int, tuple[Cell, str]] = {}
        for pick in sorted((pick for picks in groups for pick in picks), key=lambda pick: signature(shape, pick)):
            member = shape.members.get(pick.name)
            guard = self.guard(shape, getattr(member, "see", Level.ALL))
            cell = Cell(pick, member, hidden=guard == "false")
            cells[id(pick)] = cell, guard
            if member is not None and not cell.hidden and pick.error is None:
                texts, cell.layout = self.member(member, pick, names)
                cell.width = len(texts)
                cell.index = _place(columns.setdefault(guard, []), texts)
        look = None
        if self.dialect is Dialect.STAFF and shape.looked.keys() & {"", *(c.pick.name for c, _ in cells.values())}:
            look = _place(columns["true"], [self.value(shape.looked_by, names)])
        levels = [guard for guard in columns if guard != "true"]
        for cell, guard in cells.values():
            cell.group = len(columns["true"]) + levels.index(guard) if guard in levels else None
        texts = list(columns["true"])
        for guard in levels:
            condition = self.render(guard, {"this": names["this"]})
            texts.append(f"CASE WHEN {condition} THEN [{', '.join(columns[guard])}] END")
        layouts = [Layout(shape, [cells[id(pick)][0] for pick in picks], look) for picks in groups]
        return f"[{', '.join(texts)}]", layouts

    def member(self, member: Member, pick: Pick, names: Mapping[str, str]) -> tuple[list[str], Any]:
        """The columns of one member and the layout of what lies in them."""
        match member:
            case Prop():
                return [self.value(_told(member.expression or f"this.{pick.name}", member.form), names)], None
            case Derived():
                return [self.value(text, names) for text in member.inputs], None
            case Here():
                text, layouts = self.row(SHAPES[member.to], [pick.picks], names)
                return [text], layouts[0]
            case One():
                many = Many(member.to, member.steps, (), member.where, implied=member.implied, limit=1)
                text, layout = self.many(many, pick, names)
                return [text], layout
            case Many():
                text, layout = self.many(member, pick, names)
                return [text], layout
            case Merged():
                wanted = {member.count: self.parameter(pick, member.brought_within)} if member.count else {}
                parts = [self.many(part, pick, names, wanted) for part in member.parts]
                return [text for text, _ in parts], [layout for _, layout in parts]
            case Page():
                return self.page(member, pick, names)
            case Aggregate():
                return self.aggregate(member, pick, names)
            case Grouped():
                return self.grouped(member, pick, names)
            case Computed():
                shape = SHAPES[member.to]
                layout = computed(shape, pick.picks)
                absent = self.rule(shape).row == "false"
                return ["null" if absent else self.value(text, names) for text in member.inputs], layout
            case Unkept():
                raise NotKept(pick.name)
            case Part():
                raise TypeError(f"{pick.name} lies in what is computed, not in the graph")

    def many(
        self, member: Many, pick: Pick, names: Mapping[str, str], bounded: Mapping[str, str] | None = None
    ) -> tuple[str, ListLayout]:
        """Nested comprehensions, one for each step, inside which every variable is bound."""
        shape = SHAPES[member.to]
        patterns, scope = self.walk(member.steps, names, {**self.arguments(member.steps, pick), **(bounded or {})})
        conditions = self.seen(shape, scope, where=member.where, implied=member.implied)
        keys = [self.render(text, scope) for text in member.order]
        text, layouts = self.row(shape, [pick.picks], {**scope, "this": scope["that"]})
        if keys:
            text = f"[{', '.join([*keys, text])}]"
        condition = _where(conditions)
        if "this" not in names:
            text = f"COLLECT {{ MATCH {', '.join(patterns)}{condition} RETURN {text} }}"
            return text, ListLayout(layouts[0], 1, len(keys), member.descending, member.limit)
        for pattern in reversed(patterns):
            text, condition = f"[{pattern}{condition} | {text}]", ""
        return text, ListLayout(layouts[0], len(patterns), len(keys), member.descending, member.limit)

    def page(self, member: Page, pick: Pick, names: Mapping[str, str]) -> tuple[list[str], PageLayout]:
        """Two columns: the count, and one row more than is asked for, so that the next page shows itself."""
        shape = SHAPES[member.to]
        steps = _chosen(member.steps, member.by, pick.args)
        patterns, scope = self.walk(steps, names, self.arguments(steps, pick))
        conditions = self.seen(shape, scope, where=member.where, implied=member.implied)
        conditions += self.conditions(member.conditions, pick, scope)
        found = f"MATCH {' MATCH '.join(patterns)}{_where(conditions)}"
        wanted = {child.name for child in pick.picks}
        count = f"COUNT {{ {found} }}" if "totalCount" in wanted else "null"
        order = chosen_order(member, pick.args)
        layout = PageLayout(pick, shape, order, member.sorts[order].form, {})
        rows = "null"
        if wanted & {"edges", "nodes", "pageInfo"}:
            nodes = [child for child in pick.picks if child.name == "nodes"]
            for edges in (child for child in pick.picks if child.name == "edges"):
                nodes += [child for child in edges.picks if child.name == "node"]
            that = scope["that"]
            row, layouts = self.row(shape, [node.picks for node in nodes], {"this": that})
            layout.nodes = {id(node): inner for node, inner in zip(nodes, layouts, strict=True)}
            window = self.window(member.sorts[order], shape, pick, that)
            look = self.looked(member, layout, scope)
            rows = f"COLLECT {{ {found} {window[0]} RETURN [{window[1]}, {that}.id, {row}{look}] }}"
        return [count, rows], layout

    def looked(self, member: Page, layout: PageLayout, scope: Mapping[str, str]) -> str:
        """The column by which a row of a page leaves a receipt, where being in the list, or its place, tells of it."""
        if self.dialect is not Dialect.STAFF or not layout.nodes:
            return ""
        asked = [name for name, value in layout.pick.args.items() if value is True]
        name = next((name for name in (*asked, layout.order) if name in member.looked), None)
        if name is None:
            return ""
        layout.look, layout.sorted = member.looked[name], name == layout.order
        return f", {self.render(member.looked_by, scope)}"

    def window(self, sort: Sort, shape: Shape, pick: Pick, that: str) -> tuple[str, str]:
        """Clauses that keep the page's rows, and the sort value: nulls last, then by id."""
        key, guard = self.variable(), self.guard(shape, sort.see)
        value = self.render(sort.expression, {"that": that})
        if guard != "true":
            value = f"CASE WHEN {self.render(guard, {'this': that})} THEN {value} END"
        nullable = sort.nullable or guard != "true"
        _, backward, _ = page_size(pick.args)
        bounds = [
            self.beyond(cursor, key, that, sort.descending, nullable, pick, name)
            for name in ("after", "before")
            if isinstance(cursor := pick.args.get(name), Cursor)
        ]
        kept = f" WHERE {' AND '.join(bounds)} WITH {that}, {key}" if bounds else ""
        down = " DESC" if sort.descending != backward else ""
        end = " DESC" if backward else ""
        nulls = f"{key} IS NULL{end}, " if nullable else ""
        limit = self.parameter(pick, lambda args: page_size(args)[0] + 1)
        text = f"WITH {that}, {value} AS {key}{kept} ORDER BY {nulls}{key}{down}, {that}.id{end} LIMIT {limit}"
        return text, _told(key, sort.form)

    def beyond(
        self, cursor: Cursor, key: str, that: str, descending: bool, nullable: bool, pick: Pick, name: str
    ) -> str:
        """The keyset condition of one cursor: strictly after it, or strictly before it."""
        after = name == "after"
        id = self.parameter(pick, lambda args: args[name].id)
        tie = f"{that}.id {'>' if after else '<'} {id}"
        if cursor.value is None:
            return f"({key} IS NULL AND {tie})" if after else f"({key} IS NOT NULL OR {tie})"
        value = self.parameter(pick, lambda args: args[name].value)
        beyond = f"{key} {'>' if after != descending else '<'} {value} OR ({key} = {value} AND {tie})"
        return f"({beyond} OR {key} IS NULL)" if after and nullable else f"({beyond})"

    def conditions(self, declared: Conditions, pick: Pick, scope: Mapping[str, str]) -> list[str]:
        """The declared predicates of the arguments that are given, those inside `where` included."""
        where: Mapping[str, Any] = pick.args.get("where") or {}
        paths = [(name, ("where", name)) for name in declared if where.get(name) is not None]
        paths += [(name, (name,)) for name in declared if name not in where and pick.args.get(name) is not None]
        names = {**scope, "this": scope["that"]}
        texts: list[str] = []
        for name, path in paths:
            values = {"value": self.argument(pick, *path)}
            texts.append(self.render(declared[name], names, values))
        return texts

    def aggregate(self, member: Aggregate, pick: Pick, names: Mapping[str, str]) -> tuple[list[str], Layout]:
        """One column, [open counts, counts for OWN]: each a sub-list of aggregates over the same rows."""
        shape = SHAPES[member.to]
        absent = self.rule(shape).row == "false"
        steps = _chosen(member.steps, member.by, pick.args)
        clauses, scope = self.walk((*steps, *member.optional), names, self.arguments(steps, pick))
        patterns, optional = clauses[: len(steps)], clauses[len(steps) :]
        conditions = self.conditions(member.conditions, pick, scope)
        owned = [*conditions, self.render(member.own, scope)] if member.own else conditions
        found = [f"MATCH {' MATCH '.join(patterns)}{_where(kept)} {' '.join(optional)}" for kept in (conditions, owned)]
        columns: tuple[list[str], list[str]] = [], []
        cells: dict[int, Cell] = {}
        for child in sorted(pick.picks, key=lambda child: signature(shape, child)):
            inner = shape.members.get(child.name)
            cells[id(child)] = cell = Cell(child, inner, hidden=absent and inner is not None)
            if isinstance(inner, (Prop, Derived)) and not absent:
                inputs = (inner.expression,) if isinstance(inner, Prop) else inner.inputs
                cell.group, cell.width = int(inner.see is not Level.ALL), len(inputs)
                cell.index = _place(columns[cell.group], [self.render(text, scope) for text in inputs])
        counts = [
            f"head(COLLECT {{ {rows} RETURN [{', '.join(group)}] }})" if group else "null"
            for rows, group in zip(found, columns, strict=True)
        ]
        near = self.render(member.near, names)
        full = self.render(_chosen(member.full, member.by, pick.args), names)
        text = f"[CASE WHEN {near} THEN {counts[0]} END, CASE WHEN {full} THEN {counts[1]} END]"
        return [text], Layout(shape, [cells[id(child)] for child in pick.picks])

    def grouped(self, member: Grouped, pick: Pick, names: Mapping[str, str]) -> tuple[list[str], ListLayout]:
        """One column of [key, columns], each column an aggregate of its own over the rows of the key."""
        shape = SHAPES[member.to]
        absent = self.rule(shape).row == "false"
        patterns, scope = self.walk(member.steps, names, self.arguments(member.steps, pick))
        kept = [self.render(member.where, scope)] if member.where else []
        kept += self.conditions(member.conditions, pick, scope)
        scope = {**scope, "grouped": self.variable()}
        columns: list[str] = []
        cells: dict[int, Cell] = {}
        for child in sorted(pick.picks, key=lambda child: signature(shape, child)):
            inner = shape.members.get(child.name)
            cells[id(child)] = cell = Cell(child, inner, hidden=absent and inner is not None)
            if isinstance(inner, (Prop, Derived)) and not cell.hidden:
                inputs = (inner.expression,) if isinstance(inner, Prop) else inner.inputs
                cell.width, cell.index = len(inputs), _place(columns, [self.render(text, scope) for text in inputs])
        key = self.render(_chosen(member.keys, member.by, pick.args), scope)
        named = {text: self.variable() for text in columns if text != scope["grouped"]}
        counts = "".join(f", {text} AS {name}" for text, name in named.items())
        row = ", ".join(named.get(text, text) for text in columns)
        layout = Layout(shape, [cells[id(child)] for child in pick.picks])
        if absent:
            return ["[]"], ListLayout(layout, 1, 1, member.descending, member.limit)
        text = (
            f"COLLECT {{ MATCH {' MATCH '.join(patterns)}{_where(kept)} "
            f"WITH {key} AS {scope['grouped']}, count(*) AS {self.variable()}{counts} "
            f"RETURN [{scope['grouped']}, [{row}]] }}"
        )
        return [text], ListLayout(layout, 1, 1, member.descending, member.limit)


def computed(shape: Shape, picks: Sequence[Pick]) -> Layout:
    """The layout of an object that is made in Python, and of those within it."""
    cells = [Cell(pick, shape.members.get(pick.name)) for pick in picks]
    for cell in cells:
        if isinstance(cell.member, Part):
            cell.layout = computed(SHAPES[cell.member.to], cell.pick.picks)
    return Layout(shape, cells)


def _told(expression: str, form: Form) -> str:
    return f"toString({expression})" if form is Form.INSTANT else expression


def _chosen(choices: Any, by: str, args: Mapping[str, Any]) -> Any:
    """The choice that the argument `by` names, or the only one there is."""
    if not by:
        return choices
    value = args[by]
    return choices[value if isinstance(value, bool) else value.value]


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _place(columns: list[str], texts: list[str]) -> int:
    """Where the texts stand together among the columns; they are added where they do not yet."""
    for index in range(len(columns) - len(texts) + 1):
        if columns[index : index + len(texts)] == texts:
            return index
    columns.extend(texts)
    return len(columns) - len(texts)
