"""How large an operation may be: one pass over the document, in which every fragment is measured once.

Sizes are those after fragments are expanded, yet a fragment is walked a single time, so that a bomb of nested
fragments is measured in the time that its text takes to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_list_type,
    is_object_type,
)

from graph.paths import DEEPEST, NODES
from graph.paths import MOST as MOST_NODES
from graph.traversal import FIRST, MOST, SHAPES, Computed, Part
from schema.errors import refused_request

DEPTH = 12
"""Levels of objects, not counting `edges` and `node`; introspection is exempt."""
ALIASES, DIRECTIVES, ROOTS, MUTATIONS = 30, 50, 20, 5
RENAMED = 10
"""Aliases that one of an object counts for in introspection, which has no other bound: below it all is told again."""
META = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
COST = 10_000
"""Records that an operation may ask for."""
LIST = 10
"""Records that a short list counts for."""
SEARCH = 500
"""Records that looking for a path counts for, found or not."""
TRANSPARENT = frozenset({"edges", "node", "nodes"})
ENDLESS = 10**9
"""What a fragment inside itself counts as; validation refuses it by name."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection set amounts to when its fragments are expanded."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    schemas: int = 0
    cost: int = 0

    def beside(self, other: Size) -> Size:
        return Size(
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, ENDLESS),
            min(self.directives + other.directives, ENDLESS),
            min(self.fields + other.fields, ENDLESS),
            min(self.schemas + other.schemas, ENDLESS),
            min(self.cost + other.cost, ENDLESS),
        )


@cache
def _made(kind: type[Computed | Part]) -> frozenset[str]:
    """Types that are made in Python of what was read: they cost what it takes to read that, their parts nothing."""
    members = (member for shape in SHAPES.values() for member in shape.members.values())
    return frozenset(member.to for member in members if isinstance(member, kind))


class Measure:
    """Measures the operations of one document for one set of page sizes."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Size | None] = {}
        self._known_roots: dict[str, int] = {}

    def operation(self, operation: OperationDefinitionNode) -> Size:
        type = self._schema.get_root_type(operation.operation)
        directives = Size(directives=len(operation.directives or ()))
        return self._set(operation.selection_set, type).beside(directives)

    def roots(self, selection_set: SelectionSetNode) -> int:
        """Root fields after expansion."""
        return min(sum(self._roots_of(selection) for selection in selection_set.selections), ENDLESS)

    def _roots_of(self, selection: Any) -> int:
        if isinstance(selection, InlineFragmentNode):
            return self.roots(selection.selection_set)
        if isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name not in self._known_roots:
                self._known_roots[name] = ENDLESS
                fragment = self._fragments.get(name)
                self._known_roots[name] = self.roots(fragment.selection_set) if fragment else 0
            return self._known_roots[name]
        return 1

    def _set(self, selection_set: SelectionSetNode, type: Any) -> Size:
        total = Size()
        for selection in selection_set.selections:
            total = total.beside(self._selection(selection, type)).beside(
                Size(directives=len(selection.directives or ()))
            )
        return total

    def _selection(self, selection: Any, type: Any) -> Size:
        if isinstance(selection, FieldNode):
            return self._field(selection, type)
        if isinstance(selection, InlineFragmentNode):
            named = selection.type_condition and self._schema.get_type(selection.type_condition.name.value)
            return self._set(selection.selection_set, named or type)
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        return Size()

    def _fragment(self, name: str) -> Size:
        if name in self._known:
            return self._known[name] or Size(ENDLESS, ENDLESS, ENDLESS, ENDLESS, 0, ENDLESS)
        fragment = self._fragments.get(name)
        if fragment is None:
            return Size()
        self._known[name] = None
        type = self._schema.get_type(fragment.type_condition.name.value)
        self._known[name] = size = self._set(fragment.selection_set, type)
        return size

    def _field(self, node: FieldNode, type: Any) -> Size:
        name = node.name.value
        definition = type.fields.get(name) if is_object_type(type) or is_interface_type(type) else None
        definition = META.get(name, definition)
        returned = definition.type if definition else None
        inner = Size()
        if node.selection_set is not None:
            inner = self._set(node.selection_set, get_named_type(returned) if returned else None)
        if name in META or (type is not None and type.name.startswith("__")):
            return _introspected(node, inner, is_root=name in META)
        level = int(node.selection_set is not None and name not in TRANSPARENT)
        return Size(
            min(inner.depth + level, ENDLESS),
            min(inner.aliases + int(node.alias is not None), ENDLESS),
            inner.directives,
            min(inner.fields + 1, ENDLESS),
            0,
            min(self._records(node, definition, returned, inner.cost), ENDLESS),
        )

    def _records(self, node: FieldNode, definition: Any, returned: Any, inner: int) -> int:
        """How many records the field may bring: a page's size times what hangs on each."""
        if definition is None or node.selection_set is None:
            return inner
        named = get_named_type(returned)
        if named.name in _made(Part):
            return 0
        if named.name in _made(Computed):
            return LIST
        if named.name == "Graph":
            return self._graph(node, max(inner, 1))
        if named.name.endswith("Connection"):
            return self._page_size(node) * max(inner, 1)
        if node.name.value in TRANSPARENT or named.name.endswith("Edge") or named.name == "PageInfo":
            return inner + int(node.name.value in ("node", "nodes"))
        if not is_list_type(get_nullable_type(returned)):
            return 1 + inner
        return max((min(max(size, 1), MOST) for size in self._sizes(node, "count")), default=LIST) * (1 + inner)

    def _graph(self, node: FieldNode, inner: int) -> int:
        """A subgraph's bound, or a path's longest and the search for it, times what hangs on each node."""
        if node.name.value == "path":
            return SEARCH + (DEEPEST + 1) * inner
        sizes = [min(max(size, 1), MOST_NODES) for size in self._sizes(node, "limit")]
        return max(sizes, default=NODES) * inner

    def _page_size(self, node: FieldNode) -> int:
        sizes = [min(max(size, 0), MOST) for size in self._sizes(node, "first", "last")]
        return max(sizes, default=FIRST)

    def _sizes(self, node: FieldNode, *names: str) -> Iterator[int]:
        """The values of those of the arguments that are given."""
        for argument in node.arguments or ():
            if argument.name.value in names:
                value: Any = None
                if isinstance(argument.value, IntValueNode):
                    value = int(argument.value.value)
                elif isinstance(argument.value, VariableNode):
                    value = self._variables.get(argument.value.name.value)
                if isinstance(value, int):
                    yield value


def _introspected(node: FieldNode, inner: Size, *, is_root: bool) -> Size:
    """What is told of the schema itself costs no records and may be as deep as validation lets it be."""
    renamed = int(node.alias is not None) * (1 if is_root or node.selection_set is None else RENAMED)
    schemas = inner.schemas + int(node.name.value == "__schema")
    aliases = min(inner.aliases + renamed, ENDLESS)
    return Size(0, aliases, inner.directives, min(inner.fields + 1, ENDLESS), min(schemas, ENDLESS), 0)


def counts_of(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> dict[str, int | None]:
    """The whole numbers that the operation's variables are given, or default to: 100.0 is one in GraphQL too."""
    counts: dict[str, int | None] = {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }
    for name, value in variables.items():
        if value is None or isinstance(value, int):
            counts[name] = value
        elif isinstance(value, float) and value.is_integer():
            counts[name] = int(value)
    return counts


def measure(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> tuple[Size, list[GraphQLError]]:
    """The operation's size and each limit that it passes, with what it came to."""
    measure = Measure(schema, document, variables)
    try:
        size, roots = measure.operation(operation), measure.roots(operation.selection_set)
    except RecursionError:
        return Size(ENDLESS), [refused_request("TOO_DEEP", f"The operation is nested deeper than {DEPTH} levels.")]
    is_mutation = operation.operation is OperationType.MUTATION
    counted = [
        ("TOO_DEEP", "levels", size.depth, DEPTH),
        ("TOO_MANY_ALIASES", "aliases", size.aliases, ALIASES),
        ("TOO_MANY_DIRECTIVES", "directives", size.directives, DIRECTIVES),
        ("TOO_MANY_ROOT_FIELDS", "root fields", roots, MUTATIONS if is_mutation else ROOTS),
        ("TOO_MANY_SCHEMAS", "__schema fields", size.schemas, 1),
        ("TOO_COSTLY", "records to read", size.cost, COST),
    ]
    return size, [
        refused_request(code, f"The operation has {_spoken(had)} {what}; it may have {limit}.")
        for code, what, had, limit in counted
        if had > limit
    ]


def _spoken(number: int) -> str:
    return "endless" if number >= ENDLESS else f"{number:,}"


def operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation that a request names, or the only one."""
    found = [node for node in operations(document) if name is None or (node.name and node.name.value == name)]
    return found[0] if len(found) == 1 else None
