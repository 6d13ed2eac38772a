"""Answers root fields by one statement each, in place of resolving field by field.

The executor is derived from Strawberry's own. It plans the root fields that are declared as roots and reads what
mutations wrote; introspection and everything else go the normal way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import Enum
from inspect import isawaitable
from typing import Any, cast

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    get_argument_values,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    located_error,
)
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graph.paths import GRAPHS, compose_graph
from graph.traversal import AS_OF, ROOTS, NotKept, Pick, Root, compose, structure
from graph.visibility import Dialect, Viewer
from graph.watching import watcher
from graph.writing import Written
from schema.context import Context
from schema.documents import PLANS, Plan, Reading
from schema.errors import bad_argument, refused_request
from schema.ids import from_global
from schema.lookups import LOOKUPS
from schema.mutations import lost_from_sight
from schema.paths import read_graph
from schema.projection import Reader, Request, read_root
from schema.selection import Selection, adjustments, arguments, select, structure_of_booleans

INTROSPECTING = frozenset({"__schema", "__type"})


class OutOfSight(RuntimeError):
    """A record to be answered with is not the viewer's to see."""


class PlannedExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation; `context_value` is a Context, `reading` what is known of its text."""

    reading: Reading
    introspection: bool = True

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_details_list: Any, path: Path, position_context: Any
    ) -> Any:
        if path.prev is None and parent_type is self.schema.query_type:
            name = field_details_list[0].node.name.value
            if name in ROOTS or name in GRAPHS or name == "node":
                answer = self._answer_root(name, parent_type, field_details_list, path)
                return self._guarded(answer, parent_type.fields[name].type, field_details_list, path)
            if name in INTROSPECTING and not self.introspection:
                definition = self.schema.get_field(parent_type, name)
                assert definition is not None
                return self._guarded(_introspection_is_off(), definition.type, field_details_list, path)
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Path, result: Any, position_context: Any
    ) -> Any:
        if isinstance(result, Written) and not is_non_null_type(return_type):
            return self._read_written(result, field_details_list, path)
        if isinstance(result, Written):
            answer = self._read_written(result, field_details_list, path)

            def lost() -> Any:
                refusal = lost_from_sight(info.field_name)
                return self.complete_value(return_type, field_details_list, info, path, refusal, position_context)

            return self._never_null(answer, info, lost if result.replay else None)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    async def _guarded(self, answer: Awaitable[Any], type: Any, details: Any, path: Path) -> Any:
        try:
            return await answer
        except Exception as error:
            self.handle_field_error(error, type, details, path)
            return None

    @staticmethod
    async def _never_null(answer: Awaitable[Any], info: Any, lost: Callable[[], Any] | None) -> Any:
        value = await answer
        if value is not None:
            return value
        if lost is None:
            raise OutOfSight(f"{info.field_name} answers with what its caller may not read")
        refusal = lost()
        return await refusal if isawaitable(refusal) else refusal

    async def _answer_root(self, name: str, parent: GraphQLObjectType, details: Any, path: Path) -> Any:
        await self._context.viewer()
        if name != "node":
            declared = parent.fields[name].type
            type = cast(GraphQLObjectType, get_named_type(declared))
            return await self._answer(ROOTS.get(name) or GRAPHS[name], type, details, path, declared=declared)
        # The type named in the id says what to read, and so is part of the plan's key.
        values = self._argument(parent.fields[name], details[0])
        named, _ = from_global(values["id"])
        if not named:
            return None
        return await self._answer(LOOKUPS[named], self._object_type(named), details, path)

    def _argument(self, definition: Any, detail: Any) -> dict[str, Any]:
        return get_argument_values(definition, detail.node, self.variable_values, detail.fragment_variable_values)

    def _object_type(self, name: str) -> GraphQLObjectType:
        type = self.schema.get_type(name)
        assert is_object_type(type)
        return type

    @property
    def _context(self) -> Context:
        return self.context_value

    async def _read_written(self, written: Written, details: Any, path: Path) -> Any:
        """The record that a mutation wrote, with the caller's visibility of now."""
        return await self._answer(LOOKUPS[written.type], self._object_type(written.type), details, path, id=written.id)

    async def _answer(
        self,
        root: Root,
        type: GraphQLObjectType,
        details: Any,
        path: Path,
        *,
        id: str | None = None,
        declared: Any = None,
    ) -> Any:
        context = self._context
        viewer = await context.viewer()
        selection = self._selection(root, type, details, path)
        args: list[Any] = [arguments(slot, self, viewer, context.graph.secrets) for slot in selection.slots]
        context.adjusted += adjustments(selection, args)
        if id is not None:
            args.append({"id": id})
        elif selection.pick.slot >= 0 and isinstance(args[selection.pick.slot], GraphQLError):
            raise args[selection.pick.slot]
        failed = next((values for values in args if isinstance(values, GraphQLError)), None)
        if failed is not None and self.reading.is_borrowed:
            # Its place is told by the keys of the text itself, which is then read by a document of its own.
            raise failed
        plan = self._plan(selection, args, viewer.dialect)
        parameters = self._parameters(plan, args, viewer, context.clock())
        points = await context.graph.client.plan(plan.composed.text, parameters, caller=viewer.id)
        context.planning += 0 if self.reading.document.trusted else points
        records = await context.graph.client.answer(root.name, plan.composed.text, parameters)
        answer = records[0]["answer"] if records else None
        value = await self._project(self.reading.reader(plan), answer, args, viewer)
        return value if failed is None else self._settle(value, declared or type, details, path)

    @staticmethod
    def _parameters(plan: Plan, args: list[Any], viewer: Viewer, now: datetime) -> dict[str, Any]:
        parameters = viewer.at(now)
        for parameter in plan.composed.parameters:
            parameters[parameter.name] = _sent(parameter.source(args[parameter.slot]))
        return parameters

    async def _project(self, read: Reader, answer: Any, args: list[Any], viewer: Viewer) -> Any:
        revealing = self._context.revealing()
        request = Request(args, revealing, self._context.graph.secrets.seal_cursor)
        value = read(answer, request)
        # Contacts open with keys kept outside the graph: a second reading follows where one had to be fetched.
        while await revealing.load():
            value = read(answer, request)
        await self._context.looked(viewer, request.looks)
        return value

    def _selection(self, root: Root, type: GraphQLObjectType, details: Any, path: Path) -> Selection:
        key = (
            self.operation.name and self.operation.name.value,
            path.key,
            root.name,
            structure_of_booleans(self.variable_values.coerced),
        )
        kept = self.reading.document.selections
        selection = kept.get(key)
        if selection is None:
            selection = kept[key] = select(self, root, type, details, str(path.key))
            while len(kept) > PLANS:
                kept.popitem(last=False)
        return selection

    def _plan(self, selection: Selection, args: list[Any], dialect: Dialect) -> Plan:
        key = dialect, tuple(structure(values) for values in args)
        failed = any(isinstance(values, GraphQLError) for values in args)
        plan = None if failed else selection.plans.get(key)
        looked_up("plans", plan is not None)
        if plan is None:
            _give(selection.pick, args)
            plan = _planned(selection, dialect)
            if len(selection.plans) >= PLANS:
                selection.plans.clear()
            if not failed:
                selection.plans[key] = plan
        return plan

    def _settle(self, value: Any, type: Any, details: Any, path: Path) -> Any:
        """Raises the errors that stand in the answer where they belong, and nulls what the specification nulls."""
        if isinstance(value, GraphQLError):
            raise located_error(value, [detail.node for detail in details], path.as_list())
        if is_non_null_type(type):
            return self._settle(value, type.of_type, details, path)
        if value is None or is_leaf_type(type):
            return value
        if is_list_type(type):
            return [
                self._settle_item(item, type.of_type, details, path.add_key(index, None))
                for index, item in enumerate(value)
            ]
        if is_interface_type(type):
            type = self._object_type(value.type)
        grouped = self.collect_subfields(type, details).grouped_field_set
        for key, inner in grouped.items():
            definition = self.schema.get_field(type, inner[0].node.name.value)
            assert definition is not None
            value[key] = self._settle_item(value[key], definition.type, inner, path.add_key(key, type.name))
        return value

    def _settle_item(self, value: Any, type: Any, details: Any, path: Path) -> Any:
        try:
            return self._settle(value, type, details, path)
        except GraphQLError as error:
            if is_non_null_type(type):
                raise
            self.collected_errors.add(error, path)
            return None


async def _introspection_is_off() -> Any:
    raise refused_request("INTROSPECTION_OFF", "Introspection is off on this server.")


def _planned(selection: Selection, dialect: Dialect) -> Plan:
    if selection.root.name in GRAPHS:
        composed = compose_graph(selection.root, selection.pick, dialect)
        return Plan(composed, None, read_graph(composed.layout))
    try:
        composed = compose(selection.root, selection.pick, dialect)
    except NotKept as field:
        raise bad_argument(AS_OF, f"{field} is not told as of an instant") from field
    projection = read_root(composed.layout, selection.root.member, selection.pick)
    return Plan(composed, projection, projection.reader({}))


def looked_up(cache: str, found: bool) -> None:
    if (told := watcher()) is not None:
        told.looked_up(cache, found=found)


def _give(pick: Pick, args: list[Any]) -> None:
    """Hands the picks the arguments of this request, from which the statement's structure is read."""
    values = args[pick.slot] if pick.slot >= 0 else {}
    if isinstance(values, GraphQLError):
        pick.error = values
    else:
        pick.args, pick.error = values, None
    for child in pick.picks:
        _give(child, args)


SIZE_CLASSES = (1, 10, 100, 1_000)


def _sent(value: Any) -> Any:
    """A parameter as the database takes it: enums by name, lists filled up to a size class with their last item."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        items = [_sent(item) for item in cast(list[Any], value)] or [""]
        size = next((size for size in SIZE_CLASSES if len(items) <= size), len(items))
        return items + items[-1:] * (size - len(items))
    return value
