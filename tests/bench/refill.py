"""Suggestions for a lost interview among 1,000 and among 100,000 candidates, for a recruiter and for HR.

Run with `make bench-refill`; prints medians in milliseconds for both engines or the one named, and their ratio. The
company is tests/bench/company.py's without its events, which suggestions do not read; of its applications every second
one has ended.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from graph import pools
from graph.client import Client
from graph.embedded import EmbeddedEngine
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.secrets import Secrets
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.ids import to_global
from schema.root import core_schema
from tests.bench.company import ADMIN, OWN, RECRUITER, Company, Records
from tests.bench.filling import APPLICATIONS, CANDIDATES, FINDINGS, INTERVIEWS, PORTION, ZONE, found, unwind
from tests.conftest import NOW
from tests.neo4j.server import Neo4jServer

QUERY = """
query Refill($position: ID!) {
  refillSuggestions(position: $position, count: 10) {
    candidate { id displayName } position { title } isFree noShows attended since reasons(locale: EN)
  }
}
"""
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


async def measure(client: Client, folder: Path, size: int) -> dict[str, float]:
    """Medians by who asks."""
    secrets = Secrets(random.randbytes(32))
    graph = Graph(client, CandidateKeys.at(folder / "keys", secrets), secrets)
    await migrate(client)
    admin, openings = await found(graph, NOW)
    company = Company(openings, admin.id, NOW)
    for records in company.portions(size, PORTION):
        await store(client, records, admin.organization, admin.id)
    for start in range(0, len(openings), 50):
        some = pools.filled(it.id for it in openings[start : start + 50])
        await client.write(lambda tx, some=some: tx.run(pools.FILL, **some))
    if not client.one_writer:
        # What Neo4j plans right after a bulk load is planned by samples of indexes from before it.
        async with client.driver.session() as session:
            await (await session.run("CALL db.prepareForReplanning()")).consume()
    answerer, viewers = Answerer(core_schema()), Viewers(graph)
    wanted = [to_global("Position", it.id) for it in openings if it.department in OWN][:20]
    medians: dict[str, float] = {}
    for who in (RECRUITER, ADMIN):
        taken: list[float] = []
        for round in range(ROUNDS + 20):
            context = Context(graph, viewers, who, clock=lambda: NOW + timedelta(days=1))
            started = time.perf_counter()
            answer = await answerer.answer(QUERY, context, variables={"position": wanted[round % len(wanted)]})
            assert not answer.errors, answer.errors
            assert answer.data is not None
            assert answer.data["refillSuggestions"]
            if round >= 20:
                taken.append((time.perf_counter() - started) * 1000)
        medians[who] = statistics.median(taken)
    return medians


async def once(engine: str, size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if engine == "neo4j":
            server = Neo4jServer(java_options=["-Xmx2g"])
            client = Client.connect(await asyncio.to_thread(server.start), None)
            try:
                return await measure(client, folder, size)
            finally:
                await client.close()
                await asyncio.to_thread(server.stop)
        embedded = EmbeddedEngine(folder / "engine")
        at = await embedded.start()
        client = Client.connect(at.uri, (at.user, at.password), at.database, one_writer=True)
        try:
            return await measure(client, folder, size)
        finally:
            await client.close()
            await embedded.stop()


async def main(engines: list[str]) -> None:
    for engine in engines:
        small, large = [await once(engine, size) for size in SIZES]
        for who in small:
            ratio = large[who] / small[who]
            print(
                f"{engine}, {who}: {small[who]:.1f} ms among {SIZES[0]:,} candidates, "
                f"{large[who]:.1f} ms among {SIZES[1]:,}: {ratio:.2f} times",
                flush=True,
            )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["neo4j", "embedded"]))
