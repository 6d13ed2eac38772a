"""The tail: events as they become visible, read from the graph once for all who follow them in this process.

Commit order is not clock order: an event is stamped before its transaction commits, and may be seen long after one
that was stamped later. So each reading goes back over a window as long as the longest write, and what it knows is
dropped.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Container, Iterable, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from types import TracebackType
from typing import Self

from graph.client import PATIENCE, TIMEOUT, Client
from graph.events import slice_of
from graph.statements import Statement
from graph.visibility import padded

log = logging.getLogger("turnout")

SLACK = timedelta(seconds=15)
"""How far the clocks of two processes may differ, and what a commit itself may take."""
WINDOW = timedelta(seconds=PATIENCE + TIMEOUT) + SLACK
"""How long after its stamp an event may become visible: Client.write is tried again for PATIENCE, its last attempt may
take TIMEOUT, and later than that it commits nothing."""
EVERY, LONGEST = 0.5, 5.0
"""Seconds between two readings, and the most they are apart when one takes long."""
REST = 9
"""How many times as long as a reading the tail rests after it, so that a flood of events leaves the loop to others."""
ROOM = 1_000
"""Events that may wait for one follower."""
SLICES, ROWS = 10, 100
"""Slices and events asked for by one statement."""
OFFERS = 1_000
"""Offers of an event to a follower between which others are let run: a third of a millisecond where few are wanted."""


@dataclass(frozen=True, slots=True)
class Trace:
    id: str
    slice: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event of a candidate's chain, and what it is about."""

    id: str
    seq: int
    type: str
    recorded_at: datetime
    organization: str
    candidate: str
    application: str | None
    interview: str | None


LIST_TRACES = Statement(
    "tail.list_traces",
    "MATCH (event:Event) WHERE event.recordedIn IN $slices RETURN event.id AS id, event.recordedIn AS slice",
    row=Trace,
)
LIST_OCCURRENCES = Statement(
    "tail.list_occurrences",
    """
    MATCH (event:Event) WHERE event.id IN $ids
    MATCH (event)-[:ABOUT]->(candidate:Candidate)
    RETURN event.id AS id, event.seq AS seq, event.type AS type, event.recordedAt AS recorded_at,
      candidate.organization AS organization, candidate.id AS candidate,
      head([(event)-[:ABOUT]->(application:Application) | application.id]) AS application,
      head([(event)-[:ABOUT]->(interview:Interview) | interview.id]) AS interview
    """,
    row=Occurrence,
)


class FellBehind(Exception):
    """A follower let more events wait than there is room for."""


class Follower:
    """The events that one subscription wants, in the order in which each chain holds them.

    `since` is when the subscription began: what was recorded from then on comes, also where the tail had read it
    before, and so does what became visible later, whenever it was recorded.
    """

    def __init__(self, wants: Callable[[Occurrence], bool], since: datetime, room: int, leave: Callable[[Self], None]):
        self.since = since
        self._wants = wants
        self._room = room
        self._leave = leave
        self._behind = False
        self._waiting: asyncio.Queue[Occurrence | None] = asyncio.Queue()

    def offer(self, occurrence: Occurrence) -> None:
        if self._behind or not self._wants(occurrence):
            return
        if self._waiting.qsize() < self._room:
            self._waiting.put_nowait(occurrence)
            return
        self._behind = True
        self._waiting = asyncio.Queue()
        self._waiting.put_nowait(None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Occurrence:
        """The next event; FellBehind where too many waited. It lets others run, however many wait."""
        await asyncio.sleep(0)
        occurrence = await self._waiting.get()
        if occurrence is None:
            raise FellBehind
        return occurrence

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        self._leave(self)


class Tail:
    """Reads for as long as somebody follows. Every API process has its own, and each sees every event."""

    def __init__(self, client: Client, clock: Callable[[], datetime], *, every: float = EVERY) -> None:
        self._client = client
        self._clock = clock
        self._every = every
        self._followers: set[Follower] = set()
        self._task: asyncio.Task[None] | None = None
        self._forget()

    def follow(self, wants: Callable[[Occurrence], bool], *, since: datetime, room: int = ROOM) -> Follower:
        """A follower of the events for which `wants` is true; it leaves when its `with` block ends."""
        follower = Follower(wants, since, room, self._followers.discard)
        self._followers.add(follower)
        for _, occurrence in self._known.values():
            if occurrence is not None and occurrence.recorded_at >= since:
                follower.offer(occurrence)
        if self._task is None or self._task.done():
            self._forget()
            # In a context of its own: what it reads is nobody's request.
            self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())
        return follower

    async def ready(self) -> None:
        """Returns once the first reading is done: from then on nothing that becomes visible is missed."""
        await self._begun.wait()

    def _forget(self) -> None:
        self._known: dict[str, tuple[int, Occurrence | None]] = {}
        self._read_at: datetime | None = None
        self._begun = asyncio.Event()

    async def _run(self) -> None:
        lost = False
        while self._followers:
            started = time.monotonic()
            try:
                await self._read()
            except Exception as error:
                # The window reaches back to the last reading that succeeded, so nothing is lost meanwhile.
                if not lost:
                    log.warning("events cannot be followed for now: %s", type(error).__name__)
                lost, rest = True, self._every
            else:
                lost, rest = False, max(self._every, min(REST * (time.monotonic() - started), LONGEST))
            await asyncio.sleep(rest)

    async def _read(self) -> None:
        now, last = self._clock(), self._read_at
        slices = range(slice_of((last or now) - WINDOW), slice_of(now + SLACK) + 1)
        seen = await self._unknown(slices)
        # What stands before a visible event in its chain was committed before it, yet the reading that saw the one
        # may have passed the place of the other: a second reading finds it.
        again = await self._unknown(slices) if seen else {}
        occurrences = in_order(await self._details(list(seen | again)), seen)
        self._known.update((id, (slice, None)) for id, slice in seen.items())
        self._known.update((it.id, ((seen | again)[it.id], it)) for it in occurrences)
        self._read_at = max(last or now, now)
        start = slice_of(self._read_at - WINDOW)
        self._known = {id: known for id, known in self._known.items() if known[0] >= start}
        self._begun.set()
        await self._tell(occurrences, list(self._followers), first=last is None)

    async def _unknown(self, slices: Sequence[int]) -> dict[str, int]:
        """Events of these slices that are not known yet, with their slice; each statement asks for as many slices."""
        found: dict[str, int] = {}
        for start in range(0, len(slices), SLICES):
            asked = list(slices[start : start + SLICES])
            rows = await self._client.read(LIST_TRACES, slices=asked + [-1] * (SLICES - len(asked)))
            found.update((row.id, row.slice) for row in rows if row.id not in self._known)
        return found

    async def _details(self, ids: Sequence[str]) -> list[Occurrence]:
        rows: list[Occurrence] = []
        for start in range(0, len(ids), ROWS):
            rows += await self._client.read(LIST_OCCURRENCES, ids=padded(list(ids[start : start + ROWS])))
        return rows

    async def _tell(self, occurrences: Iterable[Occurrence], followers: Sequence[Follower], *, first: bool) -> None:
        for number, (occurrence, follower) in enumerate(product(occurrences, followers), start=1):
            if not first or occurrence.recorded_at >= follower.since:
                follower.offer(occurrence)
            if number % OFFERS == 0:
                await asyncio.sleep(0)


def in_order(occurrences: Iterable[Occurrence], seen: Container[str]) -> list[Occurrence]:
    """Those that were seen, and what stands before them in their chains, in the order of the chains."""
    found = list(occurrences)
    last: dict[str, int] = {}
    for it in found:
        if it.id in seen:
            last[it.candidate] = max(it.seq, last.get(it.candidate, 0))
    return sorted((it for it in found if it.seq <= last.get(it.candidate, 0)), key=lambda it: it.seq)
