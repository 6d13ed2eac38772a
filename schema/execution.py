"""Answers an operation: each root field by one statement, in place of resolving field by field.

The way in is an executor derived from Strawberry's own. It plans the root fields that are declared as roots and reads
what mutations wrote; introspection and everything else go the normal way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from inspect import isawaitable
from typing import Any, LiteralString, cast
from uuid import uuid4

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    execute,
    get_argument_values,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    located_error,
)
from graphql.execution.execute import create_source_event_stream, execute_subscription_event
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graph.bookmarks import Unfollowable
from graph.client import TIMEOUT, EngineUnavailable, TooSlow
from graph.paths import GRAPHS, compose_graph
from graph.tail import FellBehind
from graph.traversal import ROOTS, SHAPES, Member, Pick, Root, compose, structure
from graph.visibility import Dialect, Viewer
from graph.watching import watcher
from graph.writing import Written
from schema.context import Context
from schema.documents import PLANS, Document, Documents, Operation, Plan, Reading
from schema.errors import fell_behind, needs_stream, refused_request, without_values
from schema.ids import NODES, from_global
from schema.limits import COST, chosen
from schema.mutations import lost_from_sight
from schema.paths import read_graph
from schema.projection import Reader, Request, read_root
from schema.selection import Selection, adjustments, arguments, select, structure_of_booleans

log = logging.getLogger("turnout")

INTROSPECTING = frozenset({"__schema", "__type"})
AGAIN = 1.0
"""Seconds after which an event is read again while the database is away."""

_LOOKUPS: dict[str, LiteralString] = {
    "Organization": "(this:Organization {id: $id})",
    "Department": "(this:Department {id: $id})",
    "Position": "(this:Position {id: $id})",
    "Candidate": "(this:Candidate {id: $id})",
    "Application": "(this:Application {id: $id})",
    "Interview": "(this:Interview {id: $id})",
    "Event": "(this:Event {id: $id})",
    "Finding": "(this:Finding {id: $id})",
    "User": "(this:User {id: $id})",
    "Employment": "(this:Employment {id: $id})",
    "AttendanceRecord": "(this:AttendanceRecord {id: $id})",
    "WorkCalendar": "(this:WorkCalendar {id: $id})",
    "Access": "(this:Access {id: $id})",
    "RightsRequest": "(this:RightsRequest {id: $id})",
    "AccessGap": "(this:AccessGap {id: $id})",
    "Proof": "(this:Proof {id: $id})",
    "UploadTicket": "(this:UploadTicket {id: $id})",
    "Slot": "(this:Slot {id: $id})",
    "RescheduleRequest": "(this:RescheduleRequest {id: $id})",
    "CostPolicy": "(this:CostPolicy {id: $id})",
    "Message": "(this:Message {id: $id})",
    "Webhook": "(this:Webhook {id: $id})",
    "AttendancePolicy": "(this:AttendancePolicy {id: $id})",
    "Telemetry": "(this:Telemetry {id: $id})",
    "Link": "(this:Link {id: $id})",
    "FreedSlot": "(this:FreedSlot {id: $id})",
    "Decision": "(this:Decision {id: $id})",
    "InvitationRound": "(this:InvitationRound {id: $id})",
    "InvitationAnswer": "(this:InvitationAnswer {id: $id})",
    "ScorePolicy": "(this:ScorePolicy {id: $id})",
    "ImpactAssessment": "(this:ImpactAssessment {id: $id})",
}
LOOKUPS: Mapping[str, Root] = {type: Root(f"node.{type}", type, match) for type, match in _LOOKUPS.items()}
"""Any record by its id, as `node` finds it and as mutations read what they wrote."""
assert LOOKUPS.keys() == NODES


def member_of(type: str, name: str) -> Member | None:
    """What a field of a GraphQL type reads; a type may be made of several shapes, which then agree on arguments."""
    for shape in SHAPES.values():
        if shape.type == type and name in shape.members:
            return shape.members[name]
    return None


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
        _looked_up("plans", plan is not None)
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
    composed = compose(selection.root, selection.pick, dialect)
    projection = read_root(composed.layout, selection.root.member, selection.pick)
    return Plan(composed, projection, projection.reader({}))


def _looked_up(cache: str, found: bool) -> None:
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


@dataclass(frozen=True, slots=True)
class Answer:
    """A response in the making; `executed` tells a request error from errors of fields."""

    data: dict[str, Any] | None
    errors: list[GraphQLError]
    extensions: dict[str, Any]
    executed: bool

    def payload(self) -> dict[str, Any]:
        parts: dict[str, Any] = {"data": self.data} if self.executed else {}
        if self.errors:
            parts["errors"] = [error.formatted for error in self.errors]
        if self.extensions:
            parts["extensions"] = self.extensions
        return parts


class Answerer:
    """Runs operations on a schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._documents = Documents(schema)

    def operation(self, text: str, name: str | None) -> Operation | None:
        """The text's operation of that name, or its only one; null where there is none."""
        return self._documents.read(text).operation(name)

    async def learn(self, text: str) -> None:
        """Reads a text before it is asked about, so that it holds nobody up."""
        _looked_up("documents", text in self._documents)
        await self._documents.learn(text)

    def borrows(self, text: str) -> bool:
        """Whether the text is answered by the document of another that is alike."""
        return self._documents.read(text).is_borrowed

    def trust(self, text: str) -> Document:
        """The document of a text that is the operator's own; with its errors, where it is not valid."""
        return self._documents.trust(text)

    async def answer(
        self,
        text: str,
        context: Context,
        *,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        introspection: bool = True,
    ) -> Answer:
        """The answer to a query or a mutation."""
        reading = self._documents.read(text)
        if reading.is_borrowed and reading.operation(operation_name) is not None:
            given = reading.given(variables)
            answer = await self._answer(reading, context, given, None, introspection)
            if not answer.errors and not context.adjusted:
                return answer
            # Errors and adjustments name places, keys and variables of the text itself.
            context.adjusted = []
        if reading.is_borrowed:
            reading = self._documents.read_alone(text)
        return await self._answer(reading, context, variables, operation_name, introspection)

    async def _answer(
        self,
        reading: Reading,
        context: Context,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        introspection: bool,
    ) -> Answer:
        ready = self._prepare(reading, variables, operation_name, introspection)
        if isinstance(ready, Answer):
            return ready
        if ready.is_subscription:
            return Answer(None, [needs_stream()], ready.extensions, executed=False)
        result = execute(
            self.schema,
            ready.tree,
            variable_values=variables,
            operation_name=operation_name,
            context_value=context,
            executor_class=ready.executor,
        )
        if not isinstance(result, ExecutionResult):
            result = await result
        answer = _answered(result, {**_charged(ready.extensions, context), **_adjusted(context)})
        return replace(answer, data=reading.answered(answer.data)) if answer.data and reading.is_borrowed else answer

    async def subscribe(
        self,
        text: str,
        context: Context,
        *,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        introspection: bool = True,
    ) -> AsyncGenerator[Answer]:
        """An answer for each event of a subscription, one for anything else. One that is not executed is the last."""
        if (operation := self.operation(text, operation_name)) is None or operation.kind != OperationType.SUBSCRIPTION:
            yield await self.answer(
                text, context, variables=variables, operation_name=operation_name, introspection=introspection
            )
            return
        ready = self._prepare(self._documents.read(text), variables, operation_name, introspection)
        if isinstance(ready, Answer):
            yield ready
            return
        executor = ready.executor.build(
            self.schema,
            ready.tree,
            raw_variable_values=variables,
            operation_name=operation_name,
            context_value=context,
        )
        stream = ExecutionResult(None, executor) if isinstance(executor, list) else create_source_event_stream(executor)
        if isawaitable(stream):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            yield replace(_answered(stream, ready.extensions), executed=False)
            return
        async with aclosing(cast(AsyncGenerator[Written], stream)) as source:
            try:
                async for written in source:
                    answer = await self._tell(executor, written, context)
                    if answer is not None:
                        yield answer
                        if not answer.executed:
                            return
            except Exception as error:
                reason = fell_behind() if isinstance(error, FellBehind) else GraphQLError("", original_error=error)
                yield Answer(None, [presentable(reason)], {}, executed=False)

    def _prepare(
        self, reading: Reading, variables: dict[str, Any] | None, operation_name: str | None, introspection: bool
    ) -> Ready | Answer:
        """The operation ready to be executed, or the answer that says why it is not."""
        document = reading.document
        if document.tree is None or document.errors:
            return Answer(None, document.errors, {}, executed=False)
        operation = chosen(document.tree, operation_name)
        extensions: dict[str, Any] = {}
        if operation is not None:
            size, errors = document.measure(self.schema, operation, variables or {})
            extensions = {"cost": {"records": size.cost, "limit": COST}}
            if errors:
                return Answer(None, errors, extensions, executed=False)
        is_subscription = operation is not None and operation.operation is OperationType.SUBSCRIPTION
        executor = reading.executors.get(introspection)
        if executor is None:
            known = {"reading": reading, "introspection": introspection}
            executor = reading.executors[introspection] = type("Executor", (PlannedExecutor,), known)
        return Ready(document.tree, executor, is_subscription, extensions)

    async def _tell(self, executor: Any, written: Written, context: Context) -> Answer | None:
        """The answer to one event, read once the database answers; null where it is out of the viewer's sight."""
        while True:
            context.adjusted = []
            result = execute_subscription_event(executor.build_per_event_executor(written))
            if not isinstance(result, ExecutionResult):
                result = await result
            causes = [error.original_error for error in result.errors or ()]
            if any(isinstance(cause, OutOfSight) for cause in causes):
                return None
            if not any(isinstance(cause, EngineUnavailable) for cause in causes):
                break
            await asyncio.sleep(AGAIN)
        answer = _answered(result, _adjusted(context))
        codes = {error.extensions["code"] for error in answer.errors if error.extensions}
        if "UNAUTHENTICATED" in codes:
            return Answer(None, answer.errors, {}, executed=False)
        return answer


@dataclass(frozen=True, slots=True)
class Ready:
    """An operation within its limits, with the executor that knows its document."""

    tree: DocumentNode
    executor: type[PlannedExecutor]
    is_subscription: bool
    extensions: dict[str, Any]


async def sees(context: Context, type: str, id: str) -> bool:
    """Whether the viewer sees the record, by the statement that would read it."""
    viewer = await context.viewer()
    pick = Pick(type, type, slot=0, args={"id": id}, picks=[Pick("id", "id")])
    composed = compose(LOOKUPS[type], pick, viewer.dialect)
    given = {parameter.name: parameter.source(pick.args) for parameter in composed.parameters}
    parameters = {**viewer.at(context.clock()), **given}
    records = await context.graph.client.answer(LOOKUPS[type].name, composed.text, parameters)
    return bool(records) and records[0]["answer"] is not None


def _answered(result: ExecutionResult, extensions: dict[str, Any]) -> Answer:
    errors = [presentable(error) for error in result.errors or ()]
    executed = result.data is not None or any(error.path for error in errors)
    return Answer(result.data, errors, extensions, executed)


def _adjusted(context: Context) -> dict[str, Any]:
    return {"adjusted": context.adjusted} if context.adjusted else {}


def _charged(extensions: dict[str, Any], context: Context) -> dict[str, Any]:
    """With the points for planning in the cost, where the database had to plan."""
    if not context.planning or "cost" not in extensions:
        return extensions
    return {**extensions, "cost": {**extensions["cost"], "planning": context.planning}}


def presentable(error: GraphQLError) -> GraphQLError:
    """The error as a client may see it: our own and the request's as they are, any other masked with an id."""
    cause = error.original_error
    if error.extensions and "code" in error.extensions:
        return error
    if isinstance(cause, GraphQLError) and cause.extensions and "code" in cause.extensions:
        error.extensions = cause.extensions
        return error
    if isinstance(cause, EngineUnavailable):
        message, extensions = str(cause), {"code": "ENGINE_UNAVAILABLE", "retryable": True}
    elif isinstance(cause, TooSlow):
        message = f"The database took longer than {TIMEOUT:.0f} seconds and was stopped; ask for less."
        extensions = {"code": "TIMED_OUT", "retryable": False}
    elif isinstance(cause, Unfollowable):
        message = "The Turnout-Bookmark belongs to another database; send the request without it."
        extensions = {"code": "BAD_BOOKMARK", "retryable": False}
    elif cause is None or isinstance(cause, GraphQLError):
        message, extensions = without_values(error.message), {"code": "BAD_REQUEST", "retryable": False}
    else:
        id = str(uuid4())
        log.error("unexpected error %s", id, exc_info=cause)
        message = f"Something went wrong on the server. If you report it, name {id}."
        extensions = {"code": "INTERNAL", "retryable": False, "id": id}
    return GraphQLError(message, error.nodes, path=error.path, extensions=extensions)
