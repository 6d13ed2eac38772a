"""Documents that the operator trusts: each is checked and planned before the first caller sends its id."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain, islice, product
from typing import Any, LiteralString, cast
from uuid import uuid4

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    type_from_ast,
    visit,
)
from graphql.execution.collect_fields import collect_fields
from graphql.language import NamedTypeNode, Visitor
from graphql.pyutils import Path

from graph.secrets import Secrets
from graph.traversal import ROOTS, Cursor, Page, Root, Sort, chosen_order
from graph.visibility import COUNT_DEPARTMENTS, Viewer, padded, stand_ins
from graph.writing import Graph
from schema.documents import Document, Reading
from schema.execution import Answerer
from schema.limits import operations
from schema.lookups import LOOKUPS
from schema.planned import PlannedExecutor
from schema.selection import Slot, opened

VARIANTS = 64
"""Ways to fill an operation's variables that are planned: each given or not, each choice of an enum, short and long."""
TEXTS = ("a", "a sample", "a sample that is longer")
"""A text for each size class that names and searches fall in."""
ABSENT = object()
SAMPLES: Mapping[str, Any] = {
    "Int": 20,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2026-01-01T00:00:00Z",
    "Date": "2026-01-01",
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Ready = tuple[str, LiteralString, Mapping[str, Any]]
"""A statement's name and text, with parameters of the kind and size that requests have."""


class InvalidDocument(Exception):
    """A document that this schema does not answer; its text is one sentence."""


def trust(answerer: Answerer, texts: Mapping[str, str]) -> list[Document]:
    """The documents by name, kept for good; InvalidDocument tells the first that is not valid, and why."""
    return [_trusted(answerer, name, text) for name, text in texts.items()]


def _trusted(answerer: Answerer, name: str, text: str) -> Document:
    document = answerer.trust(text)
    if document.errors or document.tree is None:
        raise InvalidDocument(f"{name} is not usable: {_sentence(document.errors[0])}")
    if not operations(document.tree):
        raise InvalidDocument(f"{name} is not usable: it holds no operation.")
    return document


def _sentence(error: GraphQLError) -> str:
    place = next(iter(error.locations or ()), None)
    return error.message.rstrip(".") + (f" (line {place.line}, column {place.column})." if place else ".")


async def plan(answerer: Answerer, documents: Iterable[Document], graph: Graph) -> int:
    """Has the database plan every document as each kind of viewer asks it; how many statements it had to plan.

    Each is run too, with ids that no record has: on Neo4j the first run of a planned statement takes 40 ms, the
    second 3.
    """
    # One of each size class that Organizations are in: a plan is kept for each.
    sizes = {len(padded([""] * row.count)): row.count for row in await graph.client.read(COUNT_DEPARTMENTS)}
    viewers = [viewer for count in sizes.values() or [0] for viewer in stand_ins(count)]
    planned = 0
    for document, viewer in product(documents, viewers):
        for name, text, parameters in statements(answerer.schema, document, viewer, graph.secrets):
            if await graph.client.plan(text, parameters):
                await graph.client.answer(name, text, parameters)
                planned += 1
    return planned


def statements(schema: GraphQLSchema, document: Document, viewer: Viewer, secrets: Secrets) -> Generator[Ready]:
    """What a document may have the database run, as its operations are sent with and without their variables."""
    assert document.tree is not None
    for operation in operations(document.tree):
        for values in _variants(schema, operation):
            executor = type("Rehearsing", (Rehearsal,), {"reading": Reading(document)}).build(
                schema,
                document.tree,
                raw_variable_values=values,
                operation_name=operation.name and operation.name.value,
            )
            # A list of errors says that nobody can send these values.
            if not isinstance(executor, list):
                yield from cast(Rehearsal, executor).statements(viewer, secrets)


class Rehearsal(PlannedExecutor):
    """Composes what an operation would run, and runs nothing."""

    def statements(self, viewer: Viewer, secrets: Secrets) -> Generator[Ready]:
        for root, type, details, path in self._roots():
            selection = self._selection(root, type, details, path)
            args: list[Any] = [self._sampled(slot, viewer, secrets) for slot in selection.slots]
            if selection.pick.slot == len(args):
                args.append({"id": str(uuid4())})
            plan = self._plan(selection, args, viewer.dialect)
            yield root.name, plan.composed.text, self._parameters(plan, args, viewer, NOW)

    def _roots(self) -> Generator[tuple[Root, GraphQLObjectType, Any, Path]]:
        parent = self.schema.get_root_type(self.operation.operation)
        assert parent is not None
        grouped = collect_fields(
            self.schema, self.fragments, self.variable_values, parent, self.operation, self.hide_suggestions
        ).grouped_field_set
        for key, details in grouped.items():
            name = details[0].node.name.value
            definition = parent.fields.get(name)
            if definition is None:
                continue
            path, named = Path(None, key, parent.name), get_named_type(definition.type)
            if parent is self.schema.query_type and name in ROOTS:
                yield ROOTS[name], cast(GraphQLObjectType, named), details, path
            else:
                yield from ((LOOKUPS[type.name], type, details, path) for type in self._records(named))

    def _records(self, type: Any) -> list[GraphQLObjectType]:
        """The records that a field may answer with: of an interface those that the document names, or else all."""
        possible = self.schema.get_possible_types(type) if is_abstract_type(type) else [type]
        records = [each for each in possible if each.name in LOOKUPS]
        named = _named_types(self.reading.document) if len(records) > 1 else set[str]()
        return [each for each in records if each.name in named] or records

    def _sampled(self, slot: Slot, viewer: Viewer, secrets: Secrets) -> dict[str, Any]:
        given = slot.read(self)
        return {name: _sample(name, value, slot, given, viewer, secrets) for name, value in given.items()}


def _sample(name: str, value: Any, slot: Slot, given: Mapping[str, Any], viewer: Viewer, secrets: Secrets) -> Any:
    """An argument as a request brings it: ids and cursors are of the kind that is wanted and of no record."""
    if value is None:
        return None
    if get_named_type(slot.field.args[name].type).name == "ID":
        return str(uuid4())
    if isinstance(slot.member, Page) and name in ("after", "before"):
        order = chosen_order(slot.member, given)
        return Cursor(order, _place(slot.member.sorts[order], value), str(uuid4()))
    return opened(name, value, slot, given, viewer, secrets)


def _place(sort: Sort, text: str) -> Any:
    """A value of the kind that is sorted by: a plan is made for the kinds of its parameters."""
    if sort.expression.endswith("At"):
        return NOW
    return 0 if sort.expression.startswith("COUNT") else text


def _named_types(document: Document) -> set[str]:
    found: set[str] = set()

    class Finder(Visitor):
        def enter_named_type(self, node: NamedTypeNode, *_: Any) -> None:
            found.add(node.name.value)

    assert document.tree is not None
    visit(document.tree, Finder())
    return found


def _variants(schema: GraphQLSchema, operation: OperationDefinitionNode) -> Generator[dict[str, Any]]:
    """Values for the variables, the likeliest first."""
    definitions = operation.variable_definitions or ()
    choices = [
        _choices(type_from_ast(schema, definition.type), optional=definition.default_value is not None)
        for definition in definitions
    ]
    for values in islice(_combinations(choices), VARIANTS):
        named = zip((definition.variable.name.value for definition in definitions), values, strict=True)
        yield {name: value for name, value in named if value is not ABSENT}


def _combinations(choices: list[list[Any]]) -> Generator[tuple[Any, ...]]:
    """All that may be left out left out, then each thing chosen by itself, all given, and what else there is."""
    least = tuple(values[0] for values in choices)
    single = ((*least[:at], value, *least[at + 1 :]) for at, values in enumerate(choices) for value in values[1:])
    most = tuple(values[-1] for values in choices)
    told: list[tuple[Any, ...]] = []
    for combination in chain([least], single, [most], product(*choices)):
        if combination not in told:
            told.append(combination)
            yield combination


def _choices(type: Any, *, optional: bool) -> list[Any]:
    """What of a variable changes a statement: whether it is given, and which of a few it is."""
    bare = cast(Any, get_nullable_type(type))
    if is_enum_type(bare):
        values: list[Any] = list(bare.values)
    elif bare is GraphQLBoolean:
        values = [False, True]
    elif bare is GraphQLString:
        values = list(TEXTS)
    elif is_input_object_type(bare):
        values = [_value(bare, whole=False), _value(bare, whole=True)]
    else:
        values = [_value(bare, whole=False)]
    return values if is_non_null_type(type) and not optional else [ABSENT, *values]


def _value(type: Any, *, whole: bool) -> Any:
    """A value of an input type, as JSON; `whole` fills what may be left out, one level deep."""
    bare = cast(Any, get_nullable_type(type))
    if is_list_type(bare):
        return [_value(bare.of_type, whole=False)]
    if is_enum_type(bare):
        return next(iter(bare.values))
    if is_input_object_type(bare):
        fields = bare.fields.items()
        return {
            name: _value(field.type, whole=False) for name, field in fields if whole or is_required_input_field(field)
        }
    return SAMPLES.get(bare.name, TEXTS[1])
