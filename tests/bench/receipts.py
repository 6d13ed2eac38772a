"""What access receipts cost a reader: the narrow question with and without them, in turns, on one graph.

`make bench-receipts`. Blocks take turns, so that whatever else the machine does falls on both; a block with receipts
has its batches written while it asks. The share is the median over pairs of blocks of the ratio of their medians.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from graph.candidates import Person
from graph.client import Client
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.receipts import Receipts
from graph.secrets import Secrets
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.root import core_schema
from tests.bench.engines import database
from tests.conftest import NOW, Company, gid, make_company

BLOCKS, ROUNDS = 40, 60
"""Pairs of blocks, one without and one with receipts, and questions in each."""
QUERY = """
query Narrow($id: ID!) { application(id: $id) {
  candidate { id displayName noShows { nodes { id occurredAt department { name } position { title } relation } } }
  reminders { kind message occurredAt similarPosition noShow { id } department { name } }
} }
"""


async def fill(company: Company) -> list[str]:
    """Applications to Technology of people who missed an interview with Marketing."""
    made: list[str] = []
    for number in range(20):
        person = Person(f"候选人{number:03}", f"person{number}@example.com")
        company.at(days=60)
        await company.hr.no_show(await company.application("marketing", person))
        company.at(days=1)
        made.append(gid("Application", await company.application("technology", person)))
    return made


async def measure(client: Client, folder: Path) -> tuple[float, float]:
    secrets = Secrets(random.randbytes(32))
    graph = Graph(client, CandidateKeys.at(folder / "keys", secrets), secrets)
    await migrate(client)
    company = await make_company(graph)
    applications = await fill(company)
    answerer, viewers = Answerer(core_schema()), Viewers(graph)
    receipts = Receipts(graph, lambda: datetime.now(UTC), alone=True)

    async def ask(taken: Receipts | None, application: str) -> float:
        later = NOW + timedelta(days=1)
        context = Context(graph, viewers, company.user("technology"), clock=lambda: later, receipts=taken)
        started = time.perf_counter()
        answer = await answerer.answer(QUERY, context, variables={"id": application})
        spent = time.perf_counter() - started
        assert not answer.errors, answer.errors
        assert answer.data is not None
        return spent * 1000

    async def round_of(taken: Receipts | None, rounds: int) -> list[float]:
        return [await ask(taken, applications[number % len(applications)]) for number in range(rounds)]

    await round_of(None, 300)
    await receipts.open()
    without: list[float] = []
    ratios: list[float] = []
    for _ in range(BLOCKS):
        before = statistics.median(await round_of(None, ROUNDS))
        ratios.append(statistics.median(await round_of(receipts, ROUNDS)) / before)
        without.append(before)
        await receipts.flush()
    await receipts.close()
    return statistics.median(without), statistics.median(ratios)


async def main(engines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for engine in engines:
            async with database(engine, folder / "engine") as client:
                without, ratio = await measure(client, folder)
            print(f"{engine}: {without:.2f} ms without receipts, {100 * (ratio - 1):+.1f} % with them")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["neo4j", "embedded"]))
