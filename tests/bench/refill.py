"""Suggestions for a lost interview among 1,000 and among 100,000 candidates, for a recruiter and for HR.

Run with `make bench-refill`; prints medians in milliseconds for both engines or the one named, and their ratio: both
sizes take turns. The company is tests/bench/company.py's without its events, which suggestions do not read; of its
applications every second one has ended.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from graph import pools
from graph.client import Client
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.secrets import Secrets
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.ids import to_global
from schema.root import core_schema
from tests.bench.company import ADMIN, OWN, RECRUITER, Company, Records
from tests.bench.engines import database
from tests.bench.filling import APPLICATIONS, CANDIDATES, FINDINGS, INTERVIEWS, PORTION, ZONE, found, unwind
from tests.conftest import NOW

QUERY = """
query Refill($position: ID!) {
  refillSuggestions(position: $position, count: 10) {
    candidate { id displayName } position { title } isFree noShows attended since reasons(locale: EN)
  }
}
"""
START = 600
"""Seconds that Neo4j has to start: two do so at once."""
SIZES = (1_000, 100_000)
ROUNDS = int(os.environ.get("TURNOUT_BENCH_ROUNDS", "200"))


async def store(client: Client, records: Records, organization: str, by: str) -> None:
    for number, row in enumerate(records.applications):
        row["stage"] = "REJECTED" if number % 2 else row["stage"]
    for row in records.findings:
        row["based_on"] = []
    await unwind(client, CANDIDATES, records.candidates, organization=organization)
    await unwind(client, APPLICATIONS, records.applications)
    await unwind(client, INTERVIEWS, records.interviews, zone=ZONE)
    await unwind(client, FINDINGS, records.findings, by=by)


@dataclass(frozen=True, slots=True)
class Asked:
    """A company of one size, and the positions for which suggestions are asked."""

    graph: Graph
    answerer: Answerer
    viewers: Viewers
    wanted: list[str]

    async def suggest(self, who: str, round: int) -> float:
        """Milliseconds that one answer took."""
        context = Context(self.graph, self.viewers, who, clock=lambda: NOW + timedelta(days=1))
        started = time.perf_counter()
        position = self.wanted[round % len(self.wanted)]
        answer = await self.answerer.answer(QUERY, context, variables={"position": position})
        taken = (time.perf_counter() - started) * 1000
        assert not answer.errors, answer.errors
        assert answer.data is not None
        assert answer.data["refillSuggestions"]
        return taken


async def filled(client: Client, folder: Path, size: int) -> Asked:
    secrets = Secrets(random.randbytes(32))
    graph = Graph(client, CandidateKeys.at(folder / f"keys-{size}", secrets), secrets)
    await migrate(client)
    admin, openings = await found(graph, NOW)
    company = Company(openings, admin.id, NOW)
    for records in company.portions(size, PORTION):
        await store(client, records, admin.organization, admin.id)
    await pools.fill_all(client, NOW)
    await client.replan()
    wanted = [to_global("Position", it.id) for it in openings if it.department in OWN][:20]
    return Asked(graph, Answerer(core_schema()), Viewers(graph), wanted)


async def compare(sizes: list[Asked]) -> None:
    """The sizes take turns, so that whatever else the machine does falls on both."""
    for who in (RECRUITER, ADMIN):
        taken: list[list[float]] = [[] for _ in sizes]
        for round in range(ROUNDS + 20):
            for asked, times in zip(sizes, taken, strict=True):
                took = await asked.suggest(who, round)
                if round >= 20:
                    times.append(took)
        small, large = map(statistics.median, taken)
        print(
            f"  {who}: {small:.1f} ms among {SIZES[0]:,} candidates, {large:.1f} ms among {SIZES[1]:,}: "
            f"{large / small:.2f} times",
            flush=True,
        )


async def main(engines: list[str]) -> None:
    for engine in engines:
        print(engine, flush=True)
        async with AsyncExitStack() as open:
            folder = Path(open.enter_context(tempfile.TemporaryDirectory()))
            clients = [
                await open.enter_async_context(database(engine, folder / str(size), start_seconds=START))
                for size in SIZES
            ]
            await compare([await filled(client, folder, size) for client, size in zip(clients, SIZES, strict=True)])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["neo4j", "embedded"]))
