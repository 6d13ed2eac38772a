"""What others wait for while four callers send queries of new shapes, one after another, to a Neo4j.

Run with `.venv/bin/python -m tests.bench.planning`; prints milliseconds of a narrow query at rest and meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import tempfile
import time
from pathlib import Path

from graph import client as clients
from graph.client import Client
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.secrets import Secrets
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.root import core_schema
from tests.bench.inbox import fill
from tests.conftest import NOW, Company, gid, make_company
from tests.neo4j.server import Neo4jServer

NARROW = "query($id: ID!) { application(id: $id) { stage candidate { displayName } reminders { kind message } } }"
FIELDS = ("id", "name", "nameZh", "code", "status", "parent { id }", "siblings { id }", "children { id }")
SECONDS, CALLERS = 20.0, 4
PAUSE = 0.01


def shapes() -> list[str]:
    """Queries each of which reads other fields than all others."""
    found: list[str] = []
    for size in range(1, len(FIELDS) + 1):
        for fields in itertools.combinations(FIELDS, size):
            found += (f"{{ departments {{ {' '.join(fields)} {more} }} }}" for more in ("", "ancestors { id }"))
    random.Random(1).shuffle(found)
    return found


async def timed(seconds: float, ask: object) -> list[float]:
    taken: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.perf_counter()
        await ask()  # type: ignore[operator]
        taken.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(PAUSE)
    return taken


def told(name: str, taken: list[float]) -> float:
    highest = statistics.quantiles(taken, n=100)[98]
    print(f"{name}: {len(taken)} requests, median {statistics.median(taken):.1f} ms, 99th percentile {highest:.1f} ms")
    return highest


async def measure(client: Client, folder: Path) -> None:
    secrets = Secrets(random.randbytes(32))
    graph = Graph(client, CandidateKeys.at(folder / "keys", secrets), secrets)
    async with client.driver.session() as session:
        # The very first statement may take longer than the limit of one, on a machine that is busy.
        await (await session.run("RETURN 1")).consume()
    usual_limit, clients.TIMEOUT = clients.TIMEOUT, 120
    await migrate(client)
    company: Company = await make_company(graph)
    await fill(company)
    application = gid("Application", await company.application("technology"))
    answerer, viewers = Answerer(core_schema()), Viewers(graph)

    async def asked(user: str, query: str, **variables: str) -> None:
        context = Context(graph, viewers, company.user(user), clock=lambda: NOW)
        answer = await answerer.answer(query, context, variables=variables)
        assert not answer.errors, answer.errors

    async def narrow() -> None:
        await asked("technology", NARROW, id=application)

    for _ in range(500):
        await narrow()
    clients.TIMEOUT = usual_limit
    usual = told("at rest", await timed(SECONDS, narrow))
    new = iter(shapes())
    planned: list[float] = []
    meanwhile = True

    async def intrude(user: str) -> None:
        while meanwhile and (query := next(new, None)):
            started = time.perf_counter()
            await asked(user, query)
            planned.append((time.perf_counter() - started) * 1000)

    intruders = [asyncio.create_task(intrude(user)) for user in ("hr", "marketing", "brand", "auditor")]
    then = told(f"while {CALLERS} callers send new shapes", await timed(SECONDS, narrow))
    meanwhile = False
    await asyncio.gather(*intruders)
    told("new shapes", planned)
    print(f"99th percentile of others: {then / usual:.1f} times its usual")


async def main() -> None:
    server = Neo4jServer(java_options=["-Xmx2g"])
    client = Client.connect(await asyncio.to_thread(server.start), None)
    try:
        with tempfile.TemporaryDirectory() as name:
            await measure(client, Path(name))
    finally:
        await client.close()
        await asyncio.to_thread(server.stop)


if __name__ == "__main__":
    asyncio.run(main())
