"""Statements that the database has not planned yet: they take turns, and the caller is told what planning comes to."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, LiteralString, cast
from weakref import WeakValueDictionary

from graph.watching import watcher

KEPT = 800
"""Statements remembered as planned; a Neo4j keeps the plans of 1,000, unless it is set otherwise."""
AT_ONCE = 1
"""Statements that one process has planned at a time: planning takes a core of the database, 60 to 460 ms long."""
CHARACTERS = 20
"""Characters of a new statement for a point. Planning 438 took some 120 ms, 1,435 some 450 ms (Neo4j 2026.09)."""
PATIENCE = 10.0
"""Seconds that a statement may wait for its plan."""
SIZES = (1, 10, 100, 1_000, 10_000)
"""Neo4j plans anew where a text or a list passes one of these lengths (measured on 2026.09)."""

Explain = Callable[[LiteralString, Mapping[str, Any]], Awaitable[None]]


class Planner:
    """Has statements planned before they first run: one at a time, and no caller's far ahead of another's."""

    def __init__(self, explain: Explain) -> None:
        self._explain = explain
        self._known: OrderedDict[tuple[Any, ...], None] = OrderedDict()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._callers: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def prepare(self, text: LiteralString, parameters: Mapping[str, Any], *, caller: str = "") -> int:
        """Returns once the database has a plan, with the points for planning, or 0 where it had one; TimeoutError."""
        shape = shape_of(text, parameters)
        if shape in self._known:
            self._known.move_to_end(shape)
            return 0
        started = time.perf_counter()
        async with asyncio.timeout(PATIENCE), self._turn_of(caller), self._turn:
            if shape in self._known:
                return 0
            await self._explain(text, parameters)
            self._keep(shape)
        if (told := watcher()) is not None:
            told.planned(time.perf_counter() - started)
        return points(text)

    def _turn_of(self, caller: str) -> asyncio.Lock:
        """A caller waits for its own statements first, so that many of one caller are one in the queue of all."""
        return self._callers.setdefault(caller, asyncio.Lock())

    def _keep(self, shape: tuple[Any, ...]) -> None:
        self._known[shape] = None
        while len(self._known) > KEPT:
            self._known.popitem(last=False)


def points(text: str) -> int:
    """What planning a statement costs its caller, by its length, so that a busy database makes nothing dearer."""
    return max(1, len(text) // CHARACTERS)


def shape_of(text: str, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    """What the database keeps a plan by: the text, and the size class of each parameter that has a size."""
    return text, *map(_size_class, parameters.values())


def _size_class(value: Any) -> int:
    if not isinstance(value, (str, list)):
        return -1
    length = len(cast("str | list[Any]", value))
    return next((size for size in SIZES if length <= size), SIZES[-1]) if length else 0
