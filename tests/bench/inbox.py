"""A department's inbox of 50 applications with their reminders, against the driver running the same statement by hand.

Run with `make bench-inbox`; prints medians in milliseconds and their ratio, for both engines or the one named.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from graph.client import Client
from graph.embedded import EmbeddedEngine
from graph.instants import to_graph
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.secrets import Secrets
from graph.visibility import OrganizationRole
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.root import core_schema
from seeds.makers import maker
from tests.conftest import NOW, Company, make_company
from tests.neo4j.server import Neo4jServer

QUERY = """
query Inbox($code: String!) {
  department(code: $code) {
    name
    applications(first: 50) {
      totalCount
      nodes {
        id
        stage
        appliedAt
        candidate { id displayName }
        position { id title }
        reminders { kind message similarPosition occurredAt relation department { name } noShow { id } }
      }
    }
  }
}
"""
SCORED = QUERY.replace(
    "candidate { id displayName }",
    "candidate { id displayName labels { name expiresOn } score { status points band factors { dimension points } } }",
)
"""The same with label and score, for each of the 50."""
ROUNDS = 200


async def fill(company: Company) -> None:
    """50 applications to Technology, 20 of them by people who missed an interview with Marketing."""
    for number in range(50):
        person = company.person(f"候选人{number}")
        if number < 20:
            await company.at(days=103).no_show(await company.application("marketing", person))
        company.at(days=1)
        await company.application("technology", person)


async def in_force(company: Company) -> None:
    """A score policy, so that there are scores."""
    hr = company.at(days=200)
    policy = await hr.score_policy()
    await hr.impact_assessment(policy)
    await hr.user(company.user("second"), OrganizationRole.HR_ADMIN)
    await (await maker(hr.graph, company.user("second"), at=hr.at)).approval(policy)


async def measure(client: Client, folder: Path) -> list[tuple[float, float, str, int]]:
    """For the inbox, and for the inbox with label and score: ours, by hand, the statement and the answer's size."""
    secrets = Secrets(random.randbytes(32))
    graph = Graph(client, CandidateKeys.at(folder / "keys", secrets), secrets)
    await migrate(client)
    company = await make_company(graph)
    await in_force(company)
    await fill(company)
    return [await measured(graph, company, query) for query in (QUERY, SCORED)]


async def measured(graph: Graph, company: Company, query: str) -> tuple[float, float, str, int]:
    answerer, viewers, client = Answerer(core_schema()), Viewers(graph), graph.client

    async def ours() -> int:
        context = Context(graph, viewers, company.user("technology"), clock=lambda: NOW + timedelta(days=1))
        answer = await answerer.answer(query, context, variables={"code": "TECHNOLOGY"})
        assert not answer.errors
        return len(orjson.dumps(answer.payload()))

    text, given, size = await seen(client, ours)

    async def by_hand() -> None:
        async with client.driver.session(database=client.database, default_access_mode="READ") as session:
            result = await session.run(text, given)  # type: ignore[arg-type]
            [record async for record in result]

    mine, theirs = await alternating(ours, by_hand)
    return mine, theirs, text, size


async def seen(client: Client, ask: Callable[[], Awaitable[int]]) -> tuple[str, dict[str, object], int]:
    """The last statement that a question took, its parameters as one would write them, and the answer's size."""
    sent: list[tuple[str, dict[str, object]]] = []
    usual = client.answer

    async def answer(name: str, text: str, parameters: dict[str, object]) -> object:
        sent.append((text, {name: _by_hand(value) for name, value in parameters.items()}))
        return await usual(name, text, parameters)  # type: ignore[arg-type]

    client.answer = answer  # type: ignore[method-assign,assignment]
    size = await ask()
    client.answer = usual  # type: ignore[method-assign]
    return *sent[-1], size


def _by_hand(value: object) -> object:
    return to_graph(value) if isinstance(value, datetime) else value


async def alternating(*works: Callable[[], Awaitable[object]]) -> list[float]:
    """Medians in milliseconds of works that take turns, after a warm-up."""
    times: list[list[float]] = [[] for _ in works]
    for round in range(ROUNDS + 50):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            await work()
            if round >= 50:
                taken.append((time.perf_counter() - started) * 1000)
    return [statistics.median(taken) for taken in times]


async def main(engines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for engine in engines:
            if engine == "neo4j":
                server = Neo4jServer(java_options=["-Xmx2g"])
                client = Client.connect(await asyncio.to_thread(server.start), None)
                stop: Callable[[], object] = server.stop
            else:
                embedded = EmbeddedEngine(folder / "engine")
                address = await embedded.start()
                client = Client.connect(
                    address.uri, (address.user, address.password), address.database, one_writer=True
                )
                stop = embedded.stop
            try:
                rows = await measure(client, folder)
            finally:
                await client.close()
                stopped = stop()
                if asyncio.iscoroutine(stopped):
                    await stopped
            for what, (mine, theirs, text, size) in zip(("inbox", "with label and score"), rows, strict=True):
                print(
                    f"{engine}, {what}: {mine:.2f} ms, by hand {theirs:.2f} ms, ratio {mine / theirs:.2f}; {size} bytes"
                )
                print(f"  {text}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["neo4j", "embedded"]))
