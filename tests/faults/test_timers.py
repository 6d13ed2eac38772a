"""Workers are killed at random and their clocks jump: each thing that is due is done, and none twice."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from graph.events import verify
from graph.secrets import Secrets
from tests import timing
from tests.conftest import make_company
from tests.databases import Database, Databases
from tests.faults.figures import Figure
from tests.faults.serving import MASTER, ROOT
from tests.timing import effects, left

CANDIDATES = 5
PATIENCE = 90.0
"""Seconds for which nothing at all is done before the rest is held to be lost; a busy machine is slow, and no more."""


class Process:
    """A worker that can be killed and started again."""

    def __init__(self, database: Database, keys: Path, log: Path) -> None:
        self._database = database
        self._keys = keys
        self._log = log
        self._seeds = random.Random(str(log))
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        at = self._database.address
        told = {
            "uri": self._database.uri,
            "user": at.user if at else "",
            "password": at.password if at else "",
            "database": at.database if at else None,
            "keys": str(self._keys),
            "seed": self._seeds.randrange(1_000_000),
        }
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "tests.faults.worker"]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=ROOT)
        assert process.stdin
        process.stdin.write(json.dumps(told).encode() + b"\n")
        process.stdin.flush()
        return process

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def again(self) -> None:
        self.kill()
        self.process = self._started()


async def test_two_killed_workers_do_each_thing_once(
    databases: Databases, tmp_path: Path, figure: Figure, short: bool
) -> None:
    chance, count, kills = random.Random(5), 150 if short else 2_000, 0
    database = await databases.tested()
    graph = database.graph(Secrets(MASTER), tmp_path / "keys")
    company = await make_company(graph)
    people = [await timing.candidate_of(company) for _ in range(CANDIDATES)]
    workers = [Process(database, tmp_path / "keys", tmp_path / f"worker-{n}.log") for n in range(2)]
    began, set_up = time.monotonic(), set[str]()
    try:
        for number in range(count // 10):
            now, person = datetime.now(UTC), chance.choice(people)
            due = [(f"{number}-{n}", now + timedelta(seconds=chance.uniform(-600, 5))) for n in range(10)]
            await timing.start(company, person, *due)
            set_up |= {subject for subject, _ in due}
            await asyncio.sleep(chance.uniform(0, 0.4))
            if chance.random() < 0.4:
                chance.choice(workers).again()
                kills += 1
        calm, waiting, moved = time.monotonic() + 40, len(set_up), time.monotonic()
        while waiting and time.monotonic() < moved + PATIENCE:
            await asyncio.sleep(chance.uniform(0.5, 3))
            if time.monotonic() < calm:
                chance.choice(workers).again()
                kills += 1
            before, waiting = waiting, len(await left(graph))
            if waiting < before:
                moved = time.monotonic()
    finally:
        for worker in workers:
            worker.kill()
    done = await effects(graph, *people)
    twice, missing = sum(times > 1 for times in done.values()), len(set_up - done.keys())
    *_, wrong = await verify(graph.client)
    figure(
        "timers: two workers killed at random, clocks two hours wrong either way",
        f"{len(set_up)} timers, {kills} kills in {time.monotonic() - began:.0f} s; {twice} effects twice, "
        f"{missing} missing; {len(wrong)} faults in the chains",
        not twice and not missing and not wrong,
    )
