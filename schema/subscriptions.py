"""What clients may follow: each event is told by its record, read anew with the viewer's visibility of that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Annotated, TypeVar

import strawberry
from strawberry.types import Info

from graph.client import EngineUnavailable
from graph.reminders import CHANGED_BY, LIST_CHANGED
from graph.tail import FellBehind, Follower, Occurrence
from graph.visibility import Viewer
from graph.writing import Written
from schema.context import Context
from schema.errors import refused_request
from schema.execution import sees
from schema.ids import id_of
from schema.links import ApplicationRef, EventRef

T = TypeVar("T")

AGAIN = 1.0
"""Seconds after which a reading is tried again while the database is away."""


def not_found(name: str) -> Exception:
    """The same for what is not there and for what the viewer may not see."""
    return refused_request("NOT_FOUND", f"There is no such {name}, or you may not follow it.")


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


async def _events(follower: Follower) -> AsyncGenerator[Written]:
    with follower:
        async for occurrence in follower:
            yield Written("Event", occurrence.id)


async def _changed(context: Context, follower: Follower, department: str) -> AsyncGenerator[Written]:
    async def changed(occurrence: Occurrence) -> list[str]:
        departments = await _departments(context, department)
        now = context.clock()
        rows = await context.graph.client.read(
            LIST_CHANGED, event=occurrence.id, departments=departments, staff=True, now=now
        )
        return [row.id for row in rows]

    with follower:
        async for occurrence in follower:
            for id in await _patiently(lambda it=occurrence: changed(it)):
                yield Written("Application", id)
