"""Runs operations: each text read once, its limits checked, executed, and its errors made fit to leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from inspect import isawaitable
from typing import Any, cast

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, OperationType, execute
from graphql.execution.execute import create_source_event_stream, execute_subscription_event

from graph.client import EngineUnavailable
from graph.tail import FellBehind
from graph.traversal import Pick, compose
from graph.writing import Written
from schema.context import Context
from schema.documents import Document, Documents, Operation, Reading
from schema.errors import fell_behind, needs_stream, presentable
from schema.limits import COST, chosen
from schema.lookups import LOOKUPS
from schema.planned import OutOfSight, PlannedExecutor, looked_up
from schema.values import variable_errors

AGAIN = 1.0
"""Seconds after which an event is read again while the database is away."""


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
        looked_up("documents", text in self._documents)
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
        run = partial(
            execute,
            self.schema,
            ready.tree,
            variable_values=variables,
            operation_name=operation_name,
            context_value=context,
            executor_class=ready.executor,
            hide_suggestions=not introspection,
        )
        result = await asyncio.to_thread(run) if reading.document.is_introspection else run()
        if not isinstance(result, ExecutionResult):
            result = await result
        result = self._told(result, variables, introspection)
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
        began: Callable[[], object] = lambda: None,
        turn: Callable[[], Awaitable[object]] | None = None,
    ) -> AsyncGenerator[Answer]:
        """An answer for each event of a subscription, one for anything else. One that is not executed is the last.

        `began` is called once a subscription follows what it asks for. An event waits for its `turn` before it is
        read, so that it is told as it stands when it is told.
        """
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
            hide_suggestions=not introspection,
        )
        stream = ExecutionResult(None, executor) if isinstance(executor, list) else create_source_event_stream(executor)
        if isawaitable(stream):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            stream = self._told(stream, variables, introspection)
            yield replace(_answered(stream, ready.extensions), executed=False)
            return
        began()
        async with aclosing(cast(AsyncGenerator[Written], stream)) as source:
            try:
                async for written in source:
                    if turn is not None:
                        await turn()
                    answer = await self._tell(executor, written, context, ready.extensions)
                    if answer is not None:
                        yield answer
                        if not answer.executed:
                            return
            except Exception as error:
                reason = fell_behind() if isinstance(error, FellBehind) else GraphQLError("", original_error=error)
                yield Answer(None, [presentable(reason)], {}, executed=False)

    def _told(self, result: ExecutionResult, variables: dict[str, Any] | None, introspection: bool) -> ExecutionResult:
        """The result with what is wrong with its variables in our words, which repeat none of them."""
        if not result.errors or result.data is not None:
            return result
        return ExecutionResult(
            None, variable_errors(self.schema, result.errors, variables or {}, hints=introspection), result.extensions
        )

    def _prepare(
        self, reading: Reading, variables: dict[str, Any] | None, operation_name: str | None, introspection: bool
    ) -> Ready | Answer:
        """The operation ready to be executed, or the answer that says why it is not."""
        document = reading.document
        if document.tree is None or document.errors:
            return Answer(None, document.told(self.schema, hints=introspection), {}, executed=False)
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

    async def _tell(
        self, executor: Any, written: Written, context: Context, extensions: dict[str, Any]
    ) -> Answer | None:
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
        answer = _answered(result, {**_charged(extensions, context), **_adjusted(context)})
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
