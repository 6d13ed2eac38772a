"""Questions for the differential test: hypothesis-graphql's, made deep, and dressed with what exists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count as count_from
from random import Random
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_enum_type,
    is_interface_type,
    is_non_null_type,
    is_required_argument,
    parse,
    print_ast,
    validate,
    visit,
)
from graphql.language import Visitor
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from graph.paths import GRAPHS
from schema.ids import NODES, from_global
from schema.limits import measure, operations
from tests.conftest import NOW

FIELDS = 22
"""Fields under one root, about: Neo4j takes up to seconds to plan a long statement that it has not seen."""
SMALL, ANY_SIZE = (0, 1, *(1, 2, 2) * 5, 3, 3), (0, 1, 2, 2, 3, 150, -1)
"""Sizes of pages within others, which keep answers small, and of pages at the root."""
WIDE = ("Department", "Position", "Candidate", "Application", "Interview", "Finding")
"""Types from which many ways lead on; the records beside them lead back to them."""
KINDS = (*sorted(NODES), *WIDE * 6)
"""What a `node` is, the rich ones more often."""
EVERY_WRONG, EVERY_DEEP = 7, 3
"""Of so many questions one holds a cursor that is wrong for whoever asks, and of so many others one goes deep, beside
those that chance makes so; numbers that divide no step by which questions are asked once more, so that of those as many
are."""
WRONG_CURSORS = ("", "bad", "AAAA", "é")


@dataclass(frozen=True)
class Existing:
    """Ids by type, those that each viewer sees, department codes, cursors by field and order, and by type and field
    the share of records in which something lies behind it."""

    ids: dict[str, list[str]]
    seen: dict[str, dict[str, list[str]]]
    codes: list[str]
    cursors: dict[tuple[str, str], list[str]]
    filled: dict[tuple[str, str], float]


@dataclass(frozen=True)
class Question:
    text: str
    variables: dict[str, Any]
    viewer: str


@dataclass
class Dressing:
    """Writes one question anew. Every choice comes from `random`."""

    schema: GraphQLSchema
    existing: Existing
    seen: dict[str, list[str]]
    random: Random
    depth: int
    aliasing: bool
    """Whether each field with arguments has an alias of its own, so that none conflicts with another."""
    variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    written: int = 0
    named: int = 0
    wanted: list[str] = field(default_factory=list)
    """The types that the last `id` names."""
    came: list[str] = field(default_factory=list)
    """The fields on the way here."""

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def name(self, prefix: str) -> str:
        self.named += 1
        return f"{prefix}{self.named}"

    def question(self, document: DocumentNode, *, wrong: bool, deep: bool) -> tuple[str, dict[str, Any]]:
        fields = list(document.definitions[0].selection_set.selections)  # type: ignore[attr-defined]
        self.random.shuffle(fields)
        roots = fields[: self.random.choice((1, 1, 2))]
        body = self.selections(roots, self.schema.query_type, 1)
        more = self.mistake() if wrong else self.descent() if deep else ""
        body = f"{{ {more} {body[1:]}" if self.chance(0.5) else f"{body[:-1]} {more} }}"
        declared = ", ".join(f"${name}: {type}" for name, (type, _) in self.variables.items())
        # Two texts that name no operation, one with the word query and one without, are not alike.
        head = f"query Asked({declared}) " if declared else "query Asked "
        variables = {name: value for name, (_, value) in self.variables.items() if value is not ...}
        return "\n".join([head + body, *self.fragments]), variables

    def mistake(self) -> str:
        """A root that fails for whoever asks, its cursor being wrong: most of the rest is answered all the same."""
        pages = [
            (type, name)
            for type, ids in self.seen.items()
            for name, field in self.schema.get_type(type).fields.items()  # type: ignore[union-attr]
            if ids and "after" in field.args
        ]
        on, name = self.random.choice([*pages, ("Organization", "users"), ("Query", "candidates")])
        arg = self.schema.get_type(on).fields[name].args["after"]  # type: ignore[union-attr]
        page = f"{name}(after: {self.written_value(arg, self.random.choice(WRONG_CURSORS))}) {{ totalCount }}"
        alias = f"{self.name('a')}: "
        if on == "Query":
            return alias + page
        id = json.dumps(self.random.choice(self.seen[on])) if self.seen.get(on) else ""
        return f"{alias}node(id: {id}) {{ id ... on {on} {{ {page} }} }}" if id else f"{alias}organization {{ {page} }}"

    def descent(self) -> str:
        """A root that goes six steps down, where the record that it begins with has so much below it."""
        on = self.random.choice([type for type in WIDE if self.seen[type]] or ["Department"])
        id = self.random.choice(self.seen[on] or self.existing.ids[on])
        return f"{self.name('a')}: node(id: {json.dumps(id)}) {{ ... on {on} {{ {self.steps(on, 6)} }} }}"

    def steps(self, on: str, left: int) -> str:
        type = self.schema.get_type(on)
        ways = [
            (name, named)
            for name, declared in type.fields.items()  # type: ignore[union-attr]
            if (named := get_named_type(declared.type).name.removesuffix("Connection")) in WIDE
            and self.existing.filled.get((on, name), 0) > 0.5
        ]
        if not left or not ways:
            return "id"
        name, to = self.random.choice(ways)
        below = self.steps(to, left - 1)
        is_page = "first" in type.fields[name].args  # type: ignore[union-attr]
        return f"id {name}(first: 2) {{ nodes {{ {below} }} }}" if is_page else f"id {name} {{ {below} }}"

    def selections(self, given: Any, type: Any, depth: int, *, open_type: bool = False) -> str:
        """A selection set: what is given, thinned out and grown, some of it within fragments."""
        parts: list[str] = []
        if is_interface_type(type):
            parts = [self.on_type(name, depth) for name in self.wanted]
            if self.chance(0.4):
                parts.append(self.on_type(self.random.choice(sorted(NODES)), self.depth))
        fields = [(each.name.value, each) for each in given if isinstance(each, FieldNode)][:3]
        fields += [(name, None) for name in self.growth(type, depth)]
        seen: set[str] = set()
        for name, node in fields:
            if name not in seen or type is not self.schema.query_type:
                parts.append(self.field(type, name, node, depth, open_type=open_type))
                seen.add(name)
        if self.chance(0.15) or not parts:
            parts.append("__typename" if self.chance(0.7) else f"{self.name('t')}: __typename")
        return "{ " + " ".join(self.wrapped(parts, type)) + " }"

    def growth(self, type: Any, depth: int) -> list[str]:
        """Fields to add: leaves everywhere, one way further down until the depth is reached."""
        if type is self.schema.query_type or self.written > FIELDS:
            return []
        if type.name == "PageInfo":
            return self.random.sample(sorted(type.fields), 2)
        if type.name.endswith("Edge"):
            return ["node"]
        if type.name.endswith("Connection"):
            return [self.random.choice(("edges", "nodes"))]
        leaves = [name for name, each in type.fields.items() if not is_composite_type(get_named_type(each.type))]
        ways = [name for name in type.fields if name not in leaves]
        weights = [self.promise(type, name) for name in ways]
        few = self.random.choice((1, 2, 3)) if "id" in type.fields else 5
        grown = self.random.sample(leaves, min(len(leaves), few))
        if ways and depth < self.depth:
            grown += dict.fromkeys(self.random.choices(ways, weights, k=2 if depth < 3 or self.chance(0.4) else 1))
            # The same step once more is where one pattern lies within its like.
            grown += [name for name in dict.fromkeys(self.came) if name in ways and self.chance(0.15)]
        return grown

    def promise(self, type: Any, name: str) -> float:
        """How likely something lies behind a field; less where no way leads on from there."""
        share = self.existing.filled.get((type.name, name), 0.3)
        named = get_named_type(type.fields[name].type)
        leads_on = named.name.removesuffix("Connection").removesuffix("Edge") in WIDE
        return 0.04 + share * share * (1 if leads_on else 0.2)

    def field(self, type: Any, name: str, node: FieldNode | None, depth: int, *, open_type: bool) -> str:
        self.written = 1 if depth == 1 else self.written + 1
        if name == "__typename":
            return name
        declared = type.fields[name]
        given = {each.name.value: each.value for each in (node and node.arguments) or ()}
        args, inner = self.arguments(name, declared, given, depth), ""
        named = get_named_type(declared.type)
        if is_composite_type(named):
            below = depth if type.name.endswith(("Connection", "Edge")) else depth + 1
            found = node.selection_set.selections if node and node.selection_set else ()
            self.came.append(name)
            inner = " " + self.selections(found, named, below)
            self.came.pop()
        aliased = open_type or self.chance(0.12) or (self.aliasing and declared.args)
        alias = f"{self.name('a')}: " if aliased else ""
        text = f"{alias}{name}{args}{self.directives()}{inner}"
        if declared.args and self.chance(0.08) and len(inner) < 200:
            again = self.arguments(name, declared, {}, depth)
            text += f" {self.name('a')}: {name}{again}{inner}"
        return text

    def on_type(self, name: str, depth: int) -> str:
        type = self.schema.get_type(name)
        fields = [self.field(type, each, None, depth, open_type=True) for each in self.growth(type, depth)]
        return f"... on {name}{self.directives()} {{ {' '.join(fields) or 'id'} }}"

    def wrapped(self, parts: list[str], type: Any) -> Iterator[str]:
        """Some of the parts within an inline or a named fragment, now and then in one within another."""
        cut = self.random.randrange(len(parts) + 1) if self.chance(0.3) else len(parts)
        yield from parts[:cut]
        if cut < len(parts):
            inner = f"{{ {' '.join(parts[cut:])} }}"
            if self.chance(0.5):
                on = f" on {type.name}" if self.chance(0.7) else ""
                yield f"...{on}{self.directives()} {inner}"
            else:
                fragment = self.name("F")
                self.fragments.append(f"fragment {fragment} on {type.name} {inner}")
                yield f"...{fragment}{self.directives()}"
                if self.chance(0.2):
                    yield f"...{fragment}"

    def directives(self) -> str:
        if not self.chance(0.08):
            return ""
        name, value = self.random.choice((("skip", False), ("include", True), ("include", True), ("skip", True)))
        text = json.dumps(value)
        if self.chance(0.6):
            text = "$yes" if value else "$no"
            self.variables[text[1:]] = "Boolean!", value
        return f" @{name}(if: {text})"

    def arguments(self, field: str, declared: Any, given: dict[str, Any], depth: int) -> str:
        if not declared.args:
            return ""
        self.wanted = []
        chosen: dict[str, str] = {}
        orders = list(get_named_type(declared.args["orderBy"].type).values) if "orderBy" in declared.args else []
        order = self.random.choice(orders) if orders and self.chance(0.7) else ...
        for name, arg in declared.args.items():
            place = orders[0] if orders and order is ... else order
            value = order if name == "orderBy" else self.value(field, name, arg, place, depth)
            required = is_required_argument(arg)
            # How something stood at an instant is told by other members (tests/test_past.py).
            if name == "asOf":
                continue
            if value is ... and name in given and (required or (name not in ("first", "last") and self.chance(0.3))):
                chosen[name] = print_ast(given[name])
            elif value is not ... or required:
                chosen[name] = self.written_value(arg, "unknown" if value is ... else value)
        if "first" in declared.args and depth > 1 and not {"first", "last"} & chosen.keys():
            chosen["first"] = str(self.random.choice(SMALL))
        return f"({', '.join(f'{name}: {text}' for name, text in chosen.items())})" if chosen else ""

    def written_value(self, arg: Any, value: Any) -> str:
        """A value as a literal, or as a variable."""
        if self.chance(0.4) or (value is None and is_non_null_type(arg.type)):
            name = self.name("v")
            type = arg.type.of_type if is_non_null_type(arg.type) and value is None else arg.type
            self.variables[name] = str(type), value
            return f"${name}"
        return literal(value, arg.type)

    def value(self, field: str, name: str, arg: Any, order: Any, depth: int) -> Any:
        """A value for an argument; `...` for none."""
        named, pick = get_named_type(arg.type), self.random.choice
        match name:
            case "id":
                kind = field.capitalize() if field != "node" and self.chance(0.9) else pick(KINDS)
                self.wanted = [kind]
                if self.chance(0.03):
                    return pick(("", "zzz", "RGVwYXJ0bWVudDo="))
                return pick((self.seen[kind] if self.chance(0.92) else []) or self.existing.ids[kind] or [""])
            case "position":
                return pick(self.existing.ids["Position" if self.chance(0.9) else "User"])
            case "code":
                return pick(self.existing.codes) if self.chance(0.93) else "NOWHERE"
            case "first" | "last" if self.chance(0.5 if name == "first" else 0.15):
                return pick(ANY_SIZE if depth <= 1 else SMALL)
            case "after" | "before" if self.chance(0.09 if depth > 1 else 0.06):
                return self.cursor(field, order)
            case "search" if self.chance(0.5):
                return pick(("王", "a", "芳", " LI ", "\\", "", "no one"))
            case "from" | "to" if self.chance(0.4):
                return (NOW - timedelta(days=pick((0, 30, 90, 150, 400)))).date().isoformat()
            case "below" if self.chance(0.5):
                return self.chance(0.6)
            case "states" if self.chance(0.4):
                return self.random.sample(sorted(named.values), pick((0, 1, 3)))
            case "where" if self.chance(0.2):
                return {key: self.condition(each) for key, each in named.fields.items() if self.chance(0.3)}
        if name in ("scope", "locale") and self.chance(0.6):
            return pick(sorted(named.values))
        return None if name not in ("id", "code", "position") and self.chance(0.03) else ...

    def cursor(self, field: str, order: Any) -> str:
        """Mostly one that this field gave in this order; also one of any order, and none at all."""
        if self.chance(0.3):
            return self.random.choice(WRONG_CURSORS)
        key = (field, order) if self.chance(0.8) else self.random.choice(list(self.existing.cursors))
        return self.random.choice(self.existing.cursors.get(key) or ["bad"])

    def condition(self, declared: Any) -> Any:
        named = get_named_type(declared.type)
        if self.chance(0.1):
            return None
        if is_enum_type(named):
            return self.random.choice(sorted(named.values))
        if named.name == "Boolean":
            return self.chance(0.5)
        if named.name == "DateTime":
            return (NOW - timedelta(days=self.random.choice((0, 45, 120)), hours=3)).isoformat()
        return self.random.choice(("ENGINEERING", "MARKETING", "内部推荐", "none"))


def literal(value: Any, type: Any) -> str:
    """A value of a GraphQL type in GraphQL's own writing."""
    type = type.of_type if is_non_null_type(type) else type
    if isinstance(value, dict):
        fields = type.fields
        return "{" + ", ".join(f"{key}: {literal(item, fields[key].type)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(item, type.of_type) for item in value) + "]"
    return value if is_enum_type(type) and value is not None else json.dumps(value, ensure_ascii=False)


def generated(schema: GraphQLSchema, existing: Existing, viewers: Sequence[str], *, count: int) -> list[Question]:
    """The same questions at every run."""
    found: list[Question] = []
    # A graph is searched by no member, nor is anything counted by one: their proof is another (tests/test_paths.py,
    # tests/test_analytics.py).
    asked = sorted(schema.query_type.fields.keys() - GRAPHS.keys() - {"analytics", "exportMyData"})  # type: ignore[union-attr]
    scalars = {
        "Date": st.just("2026-09-01").map(nodes.String),
        "DateTime": st.just("2026-09-01T00:00:00Z").map(nodes.String),
    }

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(queries(schema, fields=asked, custom_scalars=scalars, allow_x00=False), st.integers(0, 2**32))
    def collect(text: str, seed: int) -> None:
        for attempt in count_from(0):
            random = Random(f"{seed} {len(found)} {attempt}")
            viewer, depth = random.choice(viewers), random.choice((3, 6, 6, 7, 7))
            dressing = Dressing(schema, existing, existing.seen[viewer], random, depth, random.random() < 0.5)
            wrong, deep = len(found) % EVERY_WRONG == 0, len(found) % EVERY_DEEP == 1
            question = Question(*dressing.question(parse(text), wrong=wrong, deep=deep), viewer)
            if is_answered(schema, question):
                found.append(question)
                return

    collect()
    return found


def renamed(question: Question) -> Question:
    """The same with other names for all that a text names itself, save an alias that is a field's name too."""
    tree = parse(question.text)
    fields: set[str] = set()

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            fields.add(node.name.value)

    def other(node: Any, name: str = "name") -> Any:
        named = getattr(node, name)
        return replace(node, **{name: replace(named, value=f"{named.value}_too")})

    class Renaming(Visitor):
        def leave_field(self, node: FieldNode, *_: Any) -> Any:
            return other(node, "alias") if node.alias and node.alias.value not in fields else None

        def leave_variable(self, node: Any, *_: Any) -> Any:
            return other(node)

        def leave_fragment_spread(self, node: Any, *_: Any) -> Any:
            return other(node)

        def leave_fragment_definition(self, node: Any, *_: Any) -> Any:
            return other(node)

    visit(tree, Fields())
    variables = {f"{name}_too": value for name, value in question.variables.items()}
    return replace(question, text=print_ast(visit(tree, Renaming())), variables=variables)


def sweep(
    schema: GraphQLSchema, existing: Existing, viewers: Sequence[str], more: Sequence[str], *, records: int
) -> Iterator[Question]:
    """Every field of every type, of so many records of it and of those whose ids are `more`; some records by the field
    of Query that names their type; what is suggested, and in force."""
    rules = " ".join(whole_field(*each) for each in schema.type_map["AttendancePolicy"].fields.items())  # type: ignore[attr-defined]
    for viewer in viewers:
        yield Question(f"{{ organization {{ attendancePolicy {{ {rules} }} }} }}", {}, viewer)
    suggested = whole_field("refillSuggestions", schema.query_type.fields["refillSuggestions"])  # type: ignore[union-attr]
    people = " ".join(whole_field(*each) for each in schema.type_map["Candidate"].fields.items())  # type: ignore[attr-defined]
    suggested += f" people: refillSuggestions(position: $position) {{ candidate {{ {people} }} }}"
    for id in [*existing.ids["Position"][:3], *(id for id in more if from_global(id)[0] == "Position")]:
        for viewer in viewers:
            yield Question(f"query($position: ID!) {{ {suggested} }}", {"position": id}, viewer)
    for viewer in viewers:
        yield Question("{ viewer { id } organization { id } departments { id } myRecord { id } }", {}, viewer)
        for code in existing.codes[:2]:
            yield Question("query($code: String!) { department(code: $code) { id name } }", {"code": code}, viewer)
        for name in ("candidate", "position", "application", "interview", "employment"):
            for id in existing.ids[name.capitalize()][:2]:
                yield Question(f"query($id: ID!) {{ {name}(id: $id) {{ id __typename }} }}", {"id": id}, viewer)
    for name in sorted(NODES):
        fields = schema.type_map[name].fields  # type: ignore[attr-defined]
        body = " ".join(whole_field(field, each) for field, each in fields.items())
        unused = "position(id: $position) { __typename }"
        text = f"query($id: ID!, $position: ID!) {{ {unused} node(id: $id) {{ ... on {name} {{ {body} }} }} }}"
        known = existing.ids[name]
        for id in [*known[:: len(known) // records + 1], *(id for id in more if from_global(id)[0] == name)]:
            for viewer in viewers:
                yield Question(text, {"id": id, "position": existing.ids["Position"][0]}, viewer)


def whole_field(name: str, declared: Any) -> str:
    """A field with all that has no id of its own below it."""
    named: Any = get_named_type(declared.type)
    args = "(position: $position)" if "position" in declared.args else ""
    if not is_composite_type(named):
        return name + args
    if named.name.endswith("Connection"):
        return f"{name}{args} {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }}"
    inner = ["id"] if "id" in named.fields else [whole_field(*each) for each in named.fields.items()]
    return f"{name}{args} {{ {' '.join(inner)} }}"


def is_answered(schema: GraphQLSchema, question: Question) -> bool:
    """Whether it is valid and within the limits."""
    document = parse(question.text)
    sizes = [measure(schema, document, operation, question.variables) for operation in operations(document)]
    sizes += [measure(schema, document, operation, {}) for operation in operations(document)]
    return not any(errors for _, errors in sizes) and not validate(schema, document)
