"""What a request selects, as the picks that the compiler reads; fragments and directives are graphql-core's work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    ValueNode,
    VariableNode,
    get_argument_values,
    get_named_type,
    is_interface_type,
    is_object_type,
)
from graphql.execution import Executor
from graphql.language import ListValueNode, ObjectValueNode

from graph.instants import midnight
from graph.paths import GRAPHS, brought_within
from graph.secrets import Secrets
from graph.traversal import Cursor, Merged, Page, Pick, Root, chosen_order, page_size
from graph.visibility import Viewer
from schema.errors import bad_argument
from schema.ids import end, id_of

TYPENAME = "__typename"
ENDS = frozenset({"from", "to", "root"})
"""Arguments that take the id of a record of any type."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A selected field that has arguments, and where in the response it stands."""

    field: GraphQLField
    node: FieldNode
    fragment_values: Any
    path: tuple[str, ...]
    shape: str
    member: Any
    constant: bool

    def read(self, executor: Executor[Any]) -> dict[str, Any]:
        values = executor.variable_values
        return get_argument_values(self.field, self.node, values, self.fragment_values)


@dataclass
class Selection:
    """The picks of one root field; valid for all requests whose Boolean variables agree."""

    root: Root
    type: GraphQLObjectType
    pick: Pick
    slots: list[Slot] = field(default_factory=list[Slot])
    plans: dict[Any, Any] = field(default_factory=dict[Any, Any])


def select(executor: Executor[Any], root: Root, type: GraphQLObjectType, details: list[Any], key: str) -> Selection:
    """The selection of a root field whose answer is of `type`."""
    from schema.lookups import member_of

    selection = Selection(root, type, Pick(key, root.name))

    def add_slot(pick: Pick, parent: GraphQLObjectType, detail: Any, path: tuple[str, ...]) -> None:
        definition = parent.fields[detail.node.name.value]
        if not definition.args:
            return
        pick.slot = len(selection.slots)
        constant = not any(_has_variable(argument.value) for argument in detail.node.arguments or ())
        member = member_of(parent.name, pick.name) if parent is not executor.schema.query_type else root.member
        selection.slots.append(
            Slot(definition, detail.node, detail.fragment_variable_values, path, root.shape, member, constant)
        )

    def picks(parent: GraphQLObjectType, found: list[Any], path: tuple[str, ...]) -> list[Pick]:
        grouped = executor.collect_subfields(parent, found).grouped_field_set
        return [pick_of(parent, key, inner, (*path, key)) for key, inner in grouped.items()]

    def pick_of(parent: GraphQLObjectType, key: str, found: list[Any], path: tuple[str, ...]) -> Pick:
        name = found[0].node.name.value
        pick = Pick(key, name)
        if name == TYPENAME:
            return pick
        add_slot(pick, parent, found[0], path)
        named = get_named_type(parent.fields[name].type)
        if is_object_type(named):
            pick.picks = picks(named, found, path)
        elif is_interface_type(named):
            types = executor.schema.get_possible_types(named)
            pick.picks = [Pick(each.name, each.name, picks=picks(each, found, path)) for each in types]
        return pick

    query = executor.schema.query_type
    asked = query is not None and details[0].node.name.value in query.fields
    if query is not None and asked:
        add_slot(selection.pick, query, details[0], (key,))
    selection.pick.picks = picks(type, details, (key,))
    if not asked:
        # What a mutation wrote is looked up by its id, which stands behind the arguments of the request.
        selection.pick.slot = len(selection.slots)
    return selection


def _has_variable(value: ValueNode) -> bool:
    if isinstance(value, VariableNode):
        return True
    if isinstance(value, ListValueNode):
        return any(_has_variable(item) for item in value.values)
    if isinstance(value, ObjectValueNode):
        return any(_has_variable(item.value) for item in value.fields)
    return False


def structure_of_booleans(variables: Mapping[str, Any]) -> tuple[Any, ...]:
    """The only variables that change what is selected: those that @skip and @include may name."""
    return tuple((name, value) for name, value in variables.items() if isinstance(value, bool))


def arguments(
    slot: Slot, executor: Executor[Any], viewer: Viewer, secrets: Secrets
) -> Mapping[str, Any] | GraphQLError:
    """The slot's arguments as the compiler wants them: ids, instants and cursors opened; or why they cannot be."""
    try:
        given = slot.read(executor)
        return {name: opened(name, value, slot, given, viewer, secrets) for name, value in given.items()}
    except GraphQLError as error:
        return error


def opened(name: str, value: Any, slot: Slot, given: Mapping[str, Any], viewer: Viewer, secrets: Secrets) -> Any:
    """An argument as the compiler wants it; an error where it cannot be opened."""
    named = get_named_type(slot.field.args[name].type).name
    if value is None:
        return None
    if named == "ID" and name in ENDS:
        return end(value)
    if named == "ID":
        return id_of(slot.shape if name == "id" else name.capitalize(), value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat() if getattr(slot.member, "days", False) else midnight(value, viewer.zone)
    if isinstance(slot.member, Page):
        if name in ("after", "before"):
            return _cursor(name, str(value), chosen_order(slot.member, given), secrets)
        prepare = slot.member.prepare.get(name)
        return prepare(value) if prepare else value
    return value


def _cursor(name: str, text: str, order: str, secrets: Secrets) -> Cursor:
    try:
        made_for, value, id = secrets.open_cursor(text)
    except ValueError as error:
        raise bad_argument(name, "it is not a cursor of this server") from error
    if made_for != order:
        raise bad_argument(name, "it belongs to another order")
    return Cursor(order, datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value, id)


def adjustments(selection: Selection, args: list[Any]) -> list[dict[str, Any]]:
    """Which page sizes were brought within 0 to 100, for `extensions.adjusted`."""
    found: list[dict[str, Any]] = []
    for slot, values in zip(selection.slots, args, strict=True):
        if isinstance(slot.member, Page) and isinstance(values, Mapping):
            size, backward, adjusted = page_size(cast(Mapping[str, Any], values))
            if adjusted:
                found.append({"path": list(slot.path), "argument": "last" if backward else "first", "used": size})
        elif isinstance(slot.member, Merged) and slot.member.count and isinstance(values, Mapping):
            given = cast(Mapping[str, Any], values)
            if given[slot.member.count] != (used := slot.member.brought_within(given)):
                found.append({"path": list(slot.path), "argument": slot.member.count, "used": used})
        elif selection.root.name in GRAPHS and len(slot.path) == 1 and isinstance(values, Mapping):
            used = brought_within(cast(Mapping[str, Any], values))
            found += [{"path": list(slot.path), "argument": bound, "used": value} for bound, value in used]
    return found
