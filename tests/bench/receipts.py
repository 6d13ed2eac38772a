"""What access receipts cost a reader: the narrow question with and without them, in turns, on one graph.

`make bench-receipts`. Blocks take turns, so that whatever else the machine does falls on both; each is of a second, in
which a block with receipts has four batches written. The shares are medians over pairs of blocks: of the ratio of their
medians, which is what is promised, and of their means, in which the questions asked during a write weigh too.
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

BLOCKS, SECONDS = 20, 1.0
"""Pairs of blocks, one without and one with receipts, and how long each lasts."""
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


async def measure(client: Client, folder: Path) -> tuple[float, float, float]:
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

    async def block(taken: Receipts | None) -> list[float]:
        end, spent = time.perf_counter() + SECONDS, list[float]()
        while time.perf_counter() < end:
            spent.append(await ask(taken, applications[len(spent) % len(applications)]))
        return spent

    await block(None)
    await receipts.open()
    pairs: list[tuple[list[float], list[float]]] = []
    for _ in range(BLOCKS):
        pairs.append((await block(None), await block(receipts)))
        await receipts.flush()
    await receipts.close()
    medians, means = (
        statistics.median(of(taken) / of(plain) for plain, taken in pairs)
        for of in (statistics.median, statistics.fmean)
    )
    return statistics.median(statistics.median(plain) for plain, _ in pairs), medians, means


async def main(engines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for engine in engines:
            async with database(engine, folder / "engine") as client:
                without, median, mean = await measure(client, folder)
            more = f"{100 * (median - 1):+.1f} % with them, at the mean {100 * (mean - 1):+.1f} %"
            print(f"{engine}: {without:.2f} ms without receipts, {more}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["neo4j", "embedded"]))
