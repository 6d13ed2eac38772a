"""Clients that ask over HTTP as a careful frontend does: under a key, and again where that may help."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from schema.execution import Answerer
from schema.root import core_schema
from tests.conftest import Ask, Asked
from tests.faults.serving import Api, Stand

PATIENCE = 120.0
"""Seconds that a client sends the same call again."""
LOST = (httpx.TransportError, httpx.TimeoutException)


@dataclass
class Overheard:
    """What the clients of a test went through."""

    answers: int = 0
    told_to_retry: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    """Connections that ended without an answer, by how."""
    took: list[float] = field(default_factory=list)
    """Seconds of each attempt that was answered."""

    def percentile(self, share: float) -> float:
        return sorted(self.took)[max(int(share * len(self.took)) - 1, 0)]

    def __str__(self) -> str:
        lost = sum(self.lost.values())
        return f"{self.answers} answers, {self.told_to_retry} times told to retry, {lost} connections lost"


@dataclass
class OverHttp(Ask):
    """Asks as a user over HTTP, of any of several API processes."""

    stand: Stand = None  # type: ignore[assignment]
    apis: tuple[Api, ...] = ()
    client: httpx.AsyncClient = None  # type: ignore[assignment]
    heard: Overheard = field(default_factory=Overheard)
    impatience: float = 0.0
    """Of the calls, how many are given up after some milliseconds, and sent again while the first is under way."""
    chance: random.Random = field(default_factory=random.Random)
    _tokens: dict[str, str] = field(default_factory=dict)

    async def whole(self, query: str, viewer: str | None, **variables: Any) -> Asked:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                answer = await self.once(query, viewer, variables)
                payload = answer.json()
                if not any(error["extensions"]["retryable"] for error in payload.get("errors", ())):
                    self.heard.answers += 1
                    return Asked(payload.get("data"), payload.get("errors", []), payload.get("extensions", {}), [])
                self.heard.told_to_retry += 1
            except LOST as error:
                self.heard.lost[type(error).__name__] += 1
            if time.monotonic() > end:
                raise AssertionError(f"no answer in {PATIENCE} s")
            await asyncio.sleep(self.chance.uniform(0, 0.3))

    async def once(self, query: str, viewer: str | None, variables: dict[str, Any]) -> httpx.Response:
        """One attempt at one of the processes."""
        headers = {}
        if viewer is not None:
            self._tokens[viewer] = self._tokens.get(viewer) or self.stand.token(viewer)
            headers["Authorization"] = f"Bearer {self._tokens[viewer]}"
        hurried = self.chance.random() < self.impatience
        start = time.monotonic()
        answer = await self.client.post(
            self.chance.choice(self.apis).url + "/graphql",
            json={"query": query, "variables": variables},
            headers=headers,
            timeout=self.chance.uniform(0.001, 0.05) if hurried else PATIENCE,
        )
        self.heard.took.append(time.monotonic() - start)
        return answer


@asynccontextmanager
async def asking(stand: Stand, *apis: Api, seed: int = 0, impatience: float = 0.0) -> AsyncIterator[OverHttp]:
    """Clients of these processes; the graph is reached past them, to look at what was written."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client, stand.graph() as graph:
        yield OverHttp(
            graph,
            Answerer(core_schema()),
            stand=stand,
            apis=apis,
            client=client,
            impatience=impatience,
            chance=random.Random(seed),
        )
