"""A worker of its own process, whose clock jumps: told by a line of JSON where the graph is, it works until killed."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.work import PROOFS
from api.working import Later, Worker
from graph.client import Client
from graph.due import RULES
from graph.keys import CandidateKeys
from graph.proof_files import ProofFiles
from graph.secrets import Secrets
from graph.timers import Timer, TimerKind
from graph.writing import Graph
from tests import timing
from tests.faults.serving import MASTER

FURTHEST = 7200.0
"""Seconds by which the clock may be wrong, either way."""


class Jumping:
    """A clock that is put somewhere else every now and then."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._off = timedelta()
        self._looks = 0

    def __call__(self) -> datetime:
        self._looks += 1
        if self._looks % 7 == 0:
            self._off = timedelta(seconds=self._chance.choice((0, 1, 1)) * self._chance.uniform(-FURTHEST, FURTHEST))
        return datetime.now(UTC) + self._off


async def unsent(graph: Graph, timer: Timer, now: datetime) -> None:
    raise Later("There is no post here.")


async def main() -> None:
    told = json.loads(sys.stdin.readline())
    auth = (told["user"], told["password"]) if told["password"] else None
    client = Client.connect(told["uri"], auth, told["database"], one_writer=bool(auth))
    secrets = Secrets(MASTER)
    keys = Path(told["keys"])
    files = ProofFiles.at(keys.with_name("proofs"))
    graph = Graph(client, CandidateKeys.at(keys, secrets), secrets, files=files)
    rules = RULES if told["real"] else {TimerKind.SEND: timing.note}
    await Worker(graph, rules, {TimerKind.SEND: unsent, **PROOFS} if told["real"] else {}, Jumping(told["seed"])).work()


if __name__ == "__main__":
    asyncio.run(main())
