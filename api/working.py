"""The worker: does what is due. Any number run at once, in servers and by `turnout work`; each thing has one effect."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from graph import timers
from graph.client import EngineUnavailable
from graph.timers import Rule, Timer, TimerKind
from graph.writing import Graph
from schema.context import utc_now

log = logging.getLogger("turnout")

POLL = 1.0
"""Seconds between looks where nothing was due."""

Errand = Callable[[Graph, Timer, datetime], Awaitable[None]]
"""Does something outside the graph too, and ends its timer itself; raises where it is to be tried again."""


@dataclass
class Worker:
    """`rules` have their effect in the graph alone, `errands` leave it; every kind of timer has one of the two."""

    graph: Graph
    rules: Mapping[TimerKind, Rule]
    errands: Mapping[TimerKind, Errand]
    clock: Callable[[], datetime] = utc_now
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self) -> None:
        """Until it is stopped; what fails is left for later, and an engine that is away is waited for."""
        while not self._stopping.is_set():
            done = 0
            with suppress(EngineUnavailable):
                done = await self.turn()
            if not done:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), POLL)

    def stop(self) -> None:
        """Ends the work after what is being done."""
        self._stopping.set()

    async def turn(self) -> int:
        """Leases what is due and does it, each by itself; says how many there were."""
        leased = await timers.lease(self.graph, self.clock())
        for timer in leased:
            if self._stopping.is_set():
                break
            try:
                await self._do(timer)
            except EngineUnavailable:
                raise
            except Exception:
                log.exception("a timer of the kind %s failed and is left for later", timer.kind)
                await timers.postpone(self.graph, timer, self.clock())
        return len(leased)

    async def _do(self, timer: Timer) -> None:
        kind = TimerKind(timer.kind)
        if kind in self.rules:
            await timers.take(self.graph, timer, self.clock(), self.rules[kind])
        else:
            await self.errands[kind](self.graph, timer, self.clock())
