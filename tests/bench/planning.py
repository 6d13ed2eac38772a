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
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

from graphql import GraphQLError

from graph import client as clients
from graph import planning
from graph.client import Client
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.secrets import Secrets
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.root import core_schema
from tests.bench.engines import database
from tests.bench.inbox import fill
from tests.conftest import NOW, Company, gid, make_company

NARROW = "query($id: ID!) { application(id: $id) { stage candidate { displayName } reminders { kind message } } }"
FIELDS = ("id", "name", "nameZh", "code", "status", "parent { id }", "siblings { id }", "children { id }")
SECONDS, CALLERS = 15.0, 4
PAUSE = 0.01


def shapes() -> list[str]:
    """Queries each of which reads other fields than all others."""
    found: list[str] = []
    for size in range(1, len(FIELDS) + 1):
        for fields in itertools.combinations(FIELDS, size):
            found += (f"{{ departments {{ {' '.join(fields)} {more} }} }}" for more in ("", "ancestors { id }"))
    random.Random(1).shuffle(found)
    return found


async def timed(seconds: float, ask: Callable[[], Awaitable[None]]) -> list[float]:
    taken: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.perf_counter()
        await ask()
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
    usual_limit, clients.TIMEOUT = clients.TIMEOUT, 120
    await migrate(client)
    company = await make_company(graph)
    await fill(company)
    application = gid("Application", await company.application("technology"))
    clients.TIMEOUT = usual_limit
    new = iter(shapes())
    for at_once in (planning.AT_ONCE, CALLERS):
        planning.AT_ONCE = at_once
        fresh = replace(graph, client=Client(client.driver))
        print(f"{at_once} planned at a time:")
        await compare(fresh, company, application, new)


async def compare(graph: Graph, company: Company, application: str, new: Iterator[str]) -> None:
    answerer, viewers = Answerer(core_schema()), Viewers(graph)
    planned: list[float] = []
    refused: list[object] = []
    meanwhile = True

    async def asked(user: str, query: str, **variables: str) -> list[GraphQLError]:
        context = Context(graph, viewers, company.user(user), clock=lambda: NOW)
        return (await answerer.answer(query, context, variables=variables)).errors

    async def narrow() -> None:
        errors = await asked("technology", NARROW, id=application)
        assert not errors, errors

    async def intrude(user: str) -> None:
        while meanwhile and (query := next(new, None)):
            started = time.perf_counter()
            refused.extend(await asked(user, query))
            planned.append((time.perf_counter() - started) * 1000)

    for _ in range(300):
        await narrow()
    usual = told("at rest", await timed(SECONDS, narrow))
    intruders = [asyncio.create_task(intrude(user)) for user in ("hr", "marketing", "brand", "auditor")]
    then = told(f"while {CALLERS} callers send new shapes", await timed(SECONDS, narrow))
    meanwhile = False
    await asyncio.gather(*intruders)
    told(f"new shapes, of which {len(refused)} refused", planned)
    print(f"99th percentile of others: {then / usual:.1f} times its usual", flush=True)


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with database("neo4j", folder / "engine") as client:
            await measure(client, folder)


if __name__ == "__main__":
    asyncio.run(main())
