"""Every way through the schema, generated from it: paths of fields, orders, conditions and pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_enum_type,
    is_leaf_type,
    is_required_argument,
)

CANARY = "canary"
PAGE = 3


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
        """Literals for one argument or input field, or none where it is left out."""
        if is_enum_type(type):
            return list(type.values)
        if isinstance(type, GraphQLInputObjectType):
            return [f"{{{key}: {value}}}" for key, each in type.fields.items() for value in self.input(key, each.type)]
        if name == "search":
            return [f'"{word}"' for word in self.known.words]
        return []

    def input(self, name: str, type: Any) -> list[str]:
        inner = get_named_type(type)
        if is_enum_type(inner):
            return list(inner.values)
        literals = {"DateTime": '"2026-10-20T00:00:00Z"', "Date": '"2026-10-20"', "Boolean": "true"}
        return [literals.get(inner.name, f'"{CANARY}"')]

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
        wanted = [f'position: "{id}"' for id in self.known.ids["Position"]] if "position" in args else [""]
        for position in wanted:
            yield call(name, position, size)
        for key, argument in args.items():
            if key in ("first", "last", "after", "before", "position") or is_required_argument(argument):
                continue
            listed = "[" in str(argument.type)
            for value in self.values(key, get_named_type(argument.type)):
                yield call(name, wanted[0], size, f"{key}: [{value}]" if listed else f"{key}: {value}")
        if "last" in args:
            yield call(name, wanted[0], f"last: {PAGE}")

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
        return f"{plain} {{ {self.leaves(inner)} }}"

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
