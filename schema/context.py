"""What one request knows: who asks, through which graph, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from uuid import uuid4

from graph.candidates import Revealing
from graph.events import ActorKind
from graph.receipts import Purpose, Receipts
from graph.tail import Tail
from graph.traversal import Looks
from graph.visibility import FIND_PERSON, FIND_VIEWER, Claim, Dialect, Viewer
from graph.withholding import Others, others_of
from graph.writing import Act, Graph
from schema.errors import unauthenticated


def utc_now() -> datetime:
    return datetime.now(UTC)


class Viewers:
    """Viewers by token subject, kept for at most 60 seconds and dropped at once when users or structure change."""

    KEPT = 60.0

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._kept: dict[str, tuple[float, Viewer | None]] = {}
        self._finding: dict[str, asyncio.Task[Viewer | None]] = {}

    async def find(self, subject: str, *, within: float = KEPT) -> Viewer | None:
        """The viewer as it was at most so many seconds ago."""
        kept = self._kept.get(subject)
        if kept is not None and time.monotonic() - kept[0] < min(within, self.KEPT):
            return kept[1]
        finding = self._finding.get(subject)
        if finding is None:
            finding = self._finding[subject] = asyncio.create_task(self._find(subject))
        return await asyncio.shield(finding)

    async def _find(self, subject: str) -> Viewer | None:
        """One lookup for all root fields that wait for it; what was dropped meanwhile is not kept."""
        asked = time.monotonic()
        try:
            rows = await self._graph.client.read(FIND_VIEWER, subject=subject)
            viewer = Viewer.of_row(rows[0]) if rows else None
            if self._finding.get(subject) is asyncio.current_task():
                if len(self._kept) > 10_000:
                    self._kept.clear()
                self._kept[subject] = asked, viewer
            return viewer
        finally:
            if self._finding.get(subject) is asyncio.current_task():
                del self._finding[subject]

    async def find_person(self, claim: Claim) -> Viewer | None:
        """The candidate of a link, read anew each time: a link may be revoked."""
        rows = await self._graph.client.read(FIND_PERSON, candidate=claim.candidate, application=claim.application)
        return Viewer.of_person(rows[0], claim) if rows else None

    def drop(self) -> None:
        self._kept.clear()
        self._finding.clear()


_KINDS = {Dialect.INTEGRATOR: ActorKind.API, Dialect.CANDIDATE: ActorKind.CANDIDATE}


@dataclass
class Context:
    """One request. `subject` is the token's, null where none was sent; `accepts` may refuse the viewer it names.

    A candidate has no token: `claim` is what its link proves. Who looks at what was found about people says for what
    `purpose`, and leaves a receipt.

    `known` is the viewer once somebody asked who it is. `tail` is there where the request may be a subscription.
    `planning` are the points of the statements that the database had to plan for it. `address` is where candidates
    reach this server, and `urls` are those of the links, by their ids, that this request may tell.
    """

    graph: Graph
    viewers: Viewers
    subject: str | None = None
    accepts: Callable[[Viewer], bool] = lambda _: True
    clock: Callable[[], datetime] = utc_now
    adjusted: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    known: Viewer | None = None
    tail: Tail | None = None
    planning: int = 0
    claim: Claim | None = None
    purpose: Purpose = Purpose.APPLICATION_REVIEW
    receipts: Receipts | None = None
    address: str = ""
    urls: dict[str, str] = field(default_factory=dict[str, str])

    def another(self) -> Self:
        """The same caller with another operation, of which nothing is known, told or to be paid yet."""
        return replace(self, adjusted=[], known=None, planning=0, urls={})

    async def viewer(self, *, within: float = Viewers.KEPT) -> Viewer:
        """Who asks, as of so many seconds ago; UNAUTHENTICATED where nobody does or the subject is no user."""
        viewer = await self._find(within)
        if viewer is None or not self.accepts(viewer):
            raise unauthenticated()
        self.known = viewer
        return viewer

    async def _find(self, within: float) -> Viewer | None:
        if self.claim is not None:
            return self.known or await self.viewers.find_person(self.claim)
        return await self.viewers.find(self.subject, within=within) if self.subject else None

    async def looked(self, viewer: Viewer, looks: Looks) -> None:
        """Has a receipt written of what an answer shows of people."""
        if self.receipts is not None and looks:
            await self.receipts.take(viewer, self.purpose, self.clock(), looks)

    def revealing(self) -> Revealing:
        others = self._others if self.claim is not None else None
        zone = self.known.zone if self.known is not None else "UTC"
        return Revealing(self.graph.keys, self.graph.secrets, self.urls, others, zone)

    async def _others(self) -> Others:
        viewer = await self.viewer()
        reader = viewer.person.candidates if viewer.person is not None else ()
        return await others_of(self.graph.client, self.graph.keys, viewer.organization, reader)

    async def act(self, mutation: str, key: str | None, mutation_input: dict[str, Any]) -> Act:
        viewer = await self.viewer()
        kind = _KINDS.get(viewer.dialect, ActorKind.HUMAN)
        return Act(viewer, self.clock(), mutation, key or str(uuid4()), mutation_input, kind)
