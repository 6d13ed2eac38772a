"""Every way through the schema, generated from it: paths of fields, orders, conditions and pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

CANARY = "canary"
PAGE = 3
SCALARS = {
    "DateTime": '"2026-10-20T00:00:00Z"',
    "Date": '"2026-10-20"',
    **dict.fromkeys(("Int", "Float"), "1"),
    "Boolean": "true",
}
SPAN = {("from", "DateTime"): '"2026-08-01T00:00:00Z"', ("to", "DateTime"): '"2026-11-01T00:00:00Z"'}
"""Where both ends of a time are needed, in their order."""


@dataclass(frozen=True)
class Known:
    """What a caller may have at hand: global ids by type, department codes, words to search for."""

    ids: dict[str, list[str]]
    codes: list[str]
    words: list[str]


@dataclass
class Paths:
    """Writes queries; `known` fills arguments. A field's variants differ in order, condition, scope and page."""

    schema: GraphQLSchema
    known: Known

    def type(self, field: GraphQLField) -> GraphQLObjectType:
        found = get_named_type(field.type)
        assert isinstance(found, GraphQLObjectType), found
        return found

    def values(self, name: str, type: Any) -> list[str]:
        """Literals for one argument that may be left out, or none where it is."""
        inner = get_named_type(type)
        if isinstance(inner, GraphQLInputObjectType) or is_enum_type(inner):
            return self.literals(name, type)
        return [f'"{word}"' for word in self.known.words] if name == "search" else []

    def literals(self, name: str, type: Any) -> list[str]:
        """Literals for one argument or input field: each value of an enum, an input object with each of its fields."""
        if is_non_null_type(type):
            return self.literals(name, type.of_type)
        if is_list_type(type):
            return [f"[{value}]" for value in self.literals(name, type.of_type)]
        if is_enum_type(type):
            return list(type.values)
        if isinstance(type, GraphQLInputObjectType):
            return list(dict.fromkeys(self.objects(type)))
        return [SPAN.get((name, type.name)) or SCALARS.get(type.name, f'"{CANARY}"')]

    def objects(self, type: GraphQLInputObjectType) -> Iterator[str]:
        """What an input object needs, and with that each value of each of its fields."""
        needed = {
            key: self.literals(key, each.type)[0] for key, each in type.fields.items() if is_required_input_field(each)
        }
        for key, each in type.fields.items():
            for value in self.literals(key, each.type):
                yield f"{{{', '.join(f'{name}: {given}' for name, given in {**needed, key: value}.items())}}}"

    def variants(self, name: str, field: GraphQLField) -> Iterator[str]:
        """The field with its arguments: as it is, then with each value of each argument."""
        args = field.args
        if "id" in args:
            for id in self.known.ids.get(get_named_type(field.type).name, []):
                yield f'{name}(id: "{id}")'
            return
        if "code" in args:
            yield from (f'{name}(code: "{code}")' for code in self.known.codes)
            return
        size = f"first: {PAGE}" if "first" in args else ""
        needed = [f"{key}: {self.needed(key, each)[0]}" for key, each in args.items() if is_required_argument(each)]
        for key, argument in args.items():
            if is_required_argument(argument):
                others = [each for each in needed if not each.startswith(f"{key}: ")]
                yield from (call(name, *others, f"{key}: {value}", size) for value in self.needed(key, argument))
        if not needed:
            yield call(name, size)
        for key, argument in args.items():
            if key in ("first", "last", "after", "before") or is_required_argument(argument):
                continue
            for value in self.values(key, argument.type):
                yield call(name, *needed, size, f"{key}: {value}")
        if "last" in args:
            yield call(name, *needed, f"last: {PAGE}")

    def needed(self, key: str, argument: GraphQLArgument) -> list[str]:
        """Literals for an argument that a field cannot do without."""
        if key == "position":
            return [f'"{id}"' for id in self.known.ids["Position"]]
        return self.literals(key, argument.type)

    def selection(self, type: GraphQLObjectType) -> str:
        """Every leaf of a type, and of every record or page behind it no more than ids and counts."""
        return " ".join(self.shallow(name, field) for name, field in type.fields.items())

    def shallow(self, name: str, field: GraphQLField) -> str:
        if is_leaf_type(get_named_type(field.type)):
            return name
        plain = next(self.variants(name, field))
        inner = self.type(field)
        if "edges" in inner.fields:
            return f"{plain} {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ id }} }} }}"
        if "id" in inner.fields:
            return f"{plain} {{ id }}"
        return f"{plain} {{ {self.leaves(inner) or '__typename'} }}"

    def leaves(self, type: GraphQLObjectType) -> str:
        return " ".join(name for name, field in type.fields.items() if is_leaf_type(get_named_type(field.type)))

    def inside(self, field: GraphQLField, text: str) -> str:
        """`text` spread in the records behind a field."""
        if "edges" in self.type(field).fields:
            return f"{{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ {text} }} }} }}"
        return f"{{ {text} }}"

    def record(self, field: GraphQLField) -> GraphQLObjectType:
        type = self.type(field)
        return self.type(type.fields["nodes"]) if "edges" in type.fields else type

    def roots(self) -> Iterator[tuple[str, GraphQLField, GraphQLObjectType]]:
        """Root fields with their arguments; `node` once for each known record, as its own type."""
        for name, field in self.schema.query_type.fields.items():  # type: ignore[union-attr]
            named = get_named_type(field.type)
            if name != "node" and named.name != "Graph" and isinstance(named, GraphQLObjectType):
                yield from ((text, field, self.record(field)) for text in self.variants(name, field))
        node = self.schema.query_type.fields["node"]  # type: ignore[union-attr]
        for type, ids in self.known.ids.items():
            found = self.schema.get_type(type)
            assert isinstance(found, GraphQLObjectType)
            yield from ((f'node(id: "{id}")', node, found) for id in ids)

    def queries(self, depth: int) -> Iterator[str]:
        """One query for each way of up to `depth` fields from a root, the root itself not counted."""
        yield from self.graphs()
        for text, field, type in self.roots():
            for way in self.ways(type, depth):
                if field is self.schema.query_type.fields["node"]:  # type: ignore[union-attr]
                    yield f"{{ {text} {{ __typename ... on {type.name} {{ {way} }} }} }}"
                else:
                    yield f"{{ {text} {self.inside(field, way)} }}"

    def reckonings(self, each: int) -> Iterator[str]:
        """So many of the ways to ask for each figure of `analytics`."""
        figures = self.type(self.schema.query_type.fields["analytics"])  # type: ignore[union-attr]
        for name, field in figures.fields.items():
            for text in islice(self.variants(name, field), each):
                yield f"{{ analytics {{ {text} {self.inside(field, self.selection(self.record(field)))} }} }}"

    def graphs(self) -> Iterator[str]:
        """What lies around each known record, and a way from each to the next."""
        graph = "{ truncated edges { from to kind } nodes { __typename id ... on Department { code } } }"
        known = [id for ids in self.known.ids.values() for id in ids]
        for one, other in zip(known, [*known[1:], *known[:1]], strict=True):
            yield f'{{ subgraph(root: "{one}", depth: 3) {graph} }}'
            yield f'{{ path(from: "{one}", to: "{other}") {graph} }}'

    def ways(self, type: GraphQLObjectType, depth: int) -> Iterator[str]:
        yield self.selection(type)
        if depth == 0:
            return
        for name, field in type.fields.items():
            if is_composite_type(get_named_type(field.type)):
                for text in self.variants(name, field):
                    for way in self.ways(self.record(field), depth - 1):
                        yield f"{text} {self.inside(field, way)}"


def call(name: str, *arguments: str) -> str:
    given = ", ".join(each for each in arguments if each)
    return f"{name}({given})" if given else name


def sample(queries: Iterator[str], every: int) -> list[str]:
    """Each `every`th query, without those that are written alike."""
    return list(dict.fromkeys(islice(queries, 0, None, every)))
