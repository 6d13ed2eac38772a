"""What a worker of this installation does: the rules of the graph, and the errands that leave it."""

from __future__ import annotations

import asyncio
from datetime import datetime

from api.metrics import Metrics
from api.settings import Settings
from api.working import Later, Worker
from graph.due import RULES
from graph.timers import Timer, TimerKind
from graph.writing import Graph


def make_worker(
    settings: Settings, graph: Graph, *, count: Metrics | None = None, stopping: asyncio.Event | None = None
) -> Worker:
    """`count` hears of what is done; `stopping` ends the work when it is set."""

    async def send(graph: Graph, timer: Timer, now: datetime) -> None:
        raise Later("no channel for messages is set")

    return Worker(graph, RULES, {TimerKind.SEND: send}, count=count, stopping=stopping or asyncio.Event())
