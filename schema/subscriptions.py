"""What clients may follow: each event is told by its record, read anew with the viewer's visibility of that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry.types import Info

from graph import reminders
from graph.client import EngineUnavailable
from graph.tail import Follower, Occurrence
from graph.writing import Written
from schema.context import Context
from schema.errors import needs_stream, not_found
from schema.execution import AGAIN, sees
from schema.ids import id_of
from schema.links import ApplicationRef, EventRef

T = TypeVar("T")


async def _departments(context: Context, department: str) -> list[str]:
    """The department and all below it, where it is the viewer's own; closed ones count as their successors."""
    viewer = await context.viewer()
    if not viewer.owns(department):
        return []
    structure = viewer.structure
    below = structure.below(structure.counts_as(department))
    return sorted(id for id in structure.places if structure.counts_as(id) in below)


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` answers once the database does."""
    while True:
        try:
            return await work()
        except EngineUnavailable:
            await asyncio.sleep(AGAIN)


async def _events(follower: Follower) -> AsyncGenerator[Any]:
    with follower:
        async for occurrence in follower:
            yield Written("Event", occurrence.id)


async def _changed(context: Context, follower: Follower, department: str) -> AsyncGenerator[Any]:
    async def changed(occurrence: Occurrence) -> list[str]:
        departments, client = await _departments(context, department), context.graph.client
        it, now = occurrence, context.clock()
        return await reminders.changed(client, it.id, it.type, it.candidate, departments=departments, now=now)

    with follower:
        async for occurrence in follower:
            for id in await _patiently(lambda it=occurrence: changed(it)):
                yield Written("Application", id)


def _follow(context: Context, wants: Callable[[Occurrence], bool], since: datetime) -> Follower:
    if context.tail is None:
        raise needs_stream()
    return context.tail.follow(wants, since=since)


@strawberry.type(description="Everything you may follow, over a WebSocket or server-sent events.")
class Subscription:
    @strawberry.subscription(
        description="What happens to an interview from now on, in order. Own. An event that is not yours to see is "
        "left out. Codes: NOT_FOUND."
    )
    async def interview_events(
        self, info: Info, interview: Annotated[strawberry.ID, strawberry.argument(description="The interview.")]
    ) -> AsyncGenerator[EventRef, None]:
        """Yields what the executor reads the record by, as mutations answer."""
        context: Context = info.context
        since, id = context.clock(), id_of("Interview", interview)
        if not await sees(context, "Interview", id):
            raise not_found("interview")
        return _events(_follow(context, lambda it: it.interview == id, since))

    @strawberry.subscription(
        description="Applications to a department of your own, and those below it, whose reminders change from now on: "
        "one that is filed with reminders, or one about whose candidate something comes to count or ceases to, also "
        "where two records of one person are merged or split. Codes: NOT_FOUND."
    )
    async def reminders(
        self, info: Info, department: Annotated[strawberry.ID, strawberry.argument(description="The department.")]
    ) -> AsyncGenerator[ApplicationRef, None]:
        context: Context = info.context
        since, id = context.clock(), id_of("Department", department)
        viewer = await context.viewer()
        if not await _departments(context, id):
            raise not_found("department")

        def wants(occurrence: Occurrence) -> bool:
            return occurrence.type in reminders.CHANGED_BY and occurrence.organization == viewer.organization

        return _changed(context, _follow(context, wants, since), id)
