"""What a worker of this installation does: the rules of the graph, and the errands that leave it."""

from __future__ import annotations

import asyncio

from api.calling import Calls
from api.channels import open_channel
from api.metrics import Metrics
from api.posting import Post
from api.settings import Settings
from api.working import Worker
from graph import proofs, timers
from graph.due import RULES
from graph.timers import TimerKind
from graph.writing import Graph
from schema.execution import Answerer

PROOFS = {TimerKind.SWEEP_UPLOAD: proofs.sweep, TimerKind.PURGE_PROOF: proofs.purge}
"""What is done outside the graph for files that candidates hand in."""


def make_worker(
    settings: Settings,
    graph: Graph,
    *,
    count: Metrics | None = None,
    stopping: asyncio.Event | None = None,
    answerer: Answerer | None = None,
) -> Worker:
    """`count` hears of what is done, `stopping` ends the work, `answerer` reads what webhooks are told."""
    post = make_post(settings, count)
    return Worker(
        graph,
        RULES,
        {TimerKind.SEND: post.send, TimerKind.WEBHOOK: Calls(answerer).call, **PROOFS},
        reference=timers.database_time,
        count=count,
        stopping=stopping or asyncio.Event(),
    )


def make_post(settings: Settings, count: Metrics | None = None) -> Post:
    return Post(open_channel(settings), settings.address(settings.port), settings.mail_from, count)
