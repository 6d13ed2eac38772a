"""The worker: does what is due. Any number run at once, in servers and by `turnout work`; each thing has one effect."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from graph import timers
from graph.client import EngineUnavailable, TooSlow
from graph.timers import Rule, Timer, TimerKind
from graph.writing import Graph
from schema.context import utc_now

log = logging.getLogger("turnout")

POLL = 1.0
"""Seconds between looks where nothing was due."""
LIMIT = 20.0
"""Seconds that one thing may take: less than a lease, so that nobody else begins it meanwhile."""
GRACE = 3.0
"""Seconds that what is being done has for its end once the worker is told to stop."""

Errand = Callable[[Graph, Timer, datetime], Awaitable[None]]
"""Does something outside the graph too, and ends its timer itself; raises where it is to be tried again."""


class Later(Exception):
    """An errand could not be done now, for a known reason; its text is ours and names nobody."""


class Count(Protocol):
    """Hears what became of each timer, and how many seconds after it was due."""

    def timer(self, kind: str, result: str, late: float) -> None: ...


def is_away(error: Exception) -> bool:
    """Whether the engine is to be waited for; of a statement that it stopped it is not, which fails as any error."""
    return isinstance(error, EngineUnavailable) and not isinstance(error, TooSlow)


@dataclass
class Worker:
    """`rules` have their effect in the graph alone, `errands` leave it; every kind of timer has one of the two.

    A worker whose `clock` is ahead of the `reference`, which all workers share, does nothing: what is due by it alone
    may not be due for a month.
    """

    graph: Graph
    rules: Mapping[TimerKind, Rule]
    errands: Mapping[TimerKind, Errand]
    clock: Callable[[], datetime] = utc_now
    reference: Callable[[Graph], Awaitable[datetime]] | None = None
    ahead: bool = False
    count: Count | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self) -> None:
        """Until it is stopped; what fails is left for later, and an engine that is away is waited for."""
        while not self.stopping.is_set():
            done = 0
            try:
                done = await self.turn()
            except Exception as error:
                if not is_away(error):
                    log.exception("due timers could not be read")
            if not done:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stopping.wait(), POLL)

    def stop(self) -> None:
        """Ends the work after what is being done."""
        self.stopping.set()

    async def turn(self) -> int:
        """Leases what is due and does it, all at once; says how many there were."""
        if await self._is_ahead():
            return 0
        leased = await timers.lease(self.graph, self.clock())
        done = await asyncio.gather(*(self._try(timer) for timer in leased), return_exceptions=True)
        for failed in done:
            if isinstance(failed, BaseException):
                raise failed
        return len(leased)

    async def _is_ahead(self) -> bool:
        if self.reference is None:
            return False
        ahead, was = self.clock() - await self.reference(self.graph), self.ahead
        self.ahead = ahead > timers.AHEAD
        if self.ahead and not was:
            log.error("the clock is %d s ahead of the database's: what is due is left to others", ahead.total_seconds())
        return self.ahead

    async def _try(self, timer: Timer) -> None:
        if self.stopping.is_set() or timer.due_at > self.clock():
            return
        result = "done"
        try:
            async with asyncio.timeout(LIMIT):
                await self._do(timer)
        except Later as later:
            result = "later"
            log.warning("a timer of the kind %s is left for later: %s", timer.kind, later)
        except Exception as error:
            if is_away(error):
                raise
            result = "failed"
            log.exception("a timer of the kind %s failed and is left for later", timer.kind)
        if result != "done":
            await timers.postpone(self.graph, timer, self.clock())
        if self.count is not None:
            self.count.timer(timer.kind, result, max((self.clock() - timer.due_at).total_seconds(), 0))

    async def _do(self, timer: Timer) -> None:
        kind = TimerKind(timer.kind)
        if kind in self.rules:
            await timers.take(self.graph, timer, self.clock(), self.rules[kind])
        else:
            await self.errands[kind](self.graph, timer, self.clock())


@asynccontextmanager
async def working(worker: Worker) -> AsyncGenerator[None]:
    """The worker at work for as long as the block lasts, and soon at rest after it: what it leaves, others do.

    Where it is told to stop before the block ends, its grace counts from then.
    """
    task = asyncio.create_task(worker.work())

    async def end() -> None:
        await worker.stopping.wait()
        await asyncio.wait([task], timeout=GRACE)
        task.cancel()
        await asyncio.wait([task])

    ending = asyncio.create_task(end())
    try:
        yield
    finally:
        worker.stop()
        await ending
