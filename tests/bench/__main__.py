"""`make bench`: loads a company on Neo4j, measures four candidates beside it, and writes what it found.

`--quick` does the same with little, for a look at how it works; its figures say nothing and go to build/bench.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph import client as sessions
from graph.client import Client
from graph.keys import CandidateKeys
from graph.secrets import Secrets
from graph.writing import Graph
from schema.execution import Answerer
from schema.root import core_schema
from tests.bench import measuring, reporting
from tests.bench.company import OTHERS, OWN
from tests.bench.comparing import compare, count
from tests.bench.counting import Counter
from tests.bench.filling import fill
from tests.bench.importing import measure_import
from tests.bench.limit import Prepared
from tests.bench.measuring import FULL, QUICK, Extent
from tests.bench.questions import Question, questions
from tests.bench.reporting import Results
from tests.bench.serving import MASTER_KEY, ROOT, TURNOUT, Stand, Viewpoint, prepare, viewpoint
from tests.neo4j.server import Neo4jServer

JAVA = ("-Xms1g", "-Xmx3g")
BEGAN = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - BEGAN:6.0f} s] {text}", file=sys.stderr, flush=True)


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[tuple[Graph, str]]:
    """A Neo4j of its own, empty, and its address."""
    await asyncio.to_thread(folder.mkdir)
    server = Neo4jServer(java_options=JAVA, page_cache="1g")
    uri = await asyncio.to_thread(server.start)
    client = Client.connect(uri, None)
    secrets = Secrets(MASTER_KEY)
    try:
        yield Graph(client, CandidateKeys.at(folder / "keys", secrets), secrets), uri
    finally:
        await client.close()
        await asyncio.to_thread(server.stop)


@dataclass
class Loaded:
    """A database with the company in it, the candidates that may start beside it, and what to ask."""

    graph: Graph
    uri: str
    folder: Path
    viewpoint: Viewpoint
    prepared: Prepared
    asked: list[Question]
    stand: Stand

    async def start(self) -> None:
        """Starts the candidates and compares their answers."""
        served = await asyncio.to_thread(self.stand.start_all)
        await compare(served, self.graph.client, self.prepared, self.asked)

    async def count(self) -> dict[str, dict[str, float]]:
        """Statements for each request, of candidates that reach the database by a counter in this loop."""
        counter = Counter(self.uri)
        stand = Stand(await counter.start(), self.viewpoint, self.prepared, self.folder)
        try:
            return await count(await asyncio.to_thread(stand.start_all), counter, self.asked)
        finally:
            await asyncio.to_thread(stand.stop_all)
            await counter.stop()


@asynccontextmanager
async def loaded(candidates: int, folder: Path, today: datetime) -> AsyncIterator[Loaded]:
    """A database with the company; the candidates are ended with it."""
    async with database(folder) as (graph, uri):
        say(f"loading {candidates:,} candidates")
        company = await fill(graph, candidates, today)
        asked = questions(company.narrow, OWN)
        prepared = await prepare(graph, Answerer(core_schema()), asked)
        told = await viewpoint(graph)
        stand = Stand(uri, told, prepared, folder)
        try:
            yield Loaded(graph, uri, folder, told, prepared, asked, stand)
        finally:
            await asyncio.to_thread(stand.stop_all)


async def run(extent: Extent, folder: Path, results: Results) -> None:
    """Fills `results` part by part, so that what was measured is there if a later part fails."""
    today = results.at.replace(hour=0, minute=0, second=0, microsecond=0)
    async with database(folder / "import") as (graph, _):
        say(f"importing {extent.lines:,} lines")
        results.imported = await measure_import(graph, folder, extent.lines)
    async with loaded(extent.candidates, folder / "main", today) as main:
        await _measure_main(main, extent, results)
        async with (
            loaded(extent.scale[0], folder / "small", today) as small,
            loaded(extent.scale[1], folder / "large", today) as large,
        ):
            sizes = {extent.scale[0]: small, extent.candidates: main, extent.scale[1]: large}
            await _measure_sizes(sizes, extent, results)


async def _measure_main(main: Loaded, extent: Extent, results: Results) -> None:
    say("counting statements")
    results.statements = await main.count()
    say("comparing answers")
    await main.start()
    narrow, served = main.asked[0], main.stand.served
    results.figures[extent.candidates] = await asyncio.to_thread(
        measuring.measure, served.values(), main.asked, extent, extent.rounds, say
    )
    say("texts never seen before")
    turnout = served[TURNOUT]
    results.texts = await asyncio.to_thread(measuring.measure_texts, turnout, narrow, extent)
    say("two processes")
    second = await asyncio.to_thread(main.stand.turnout)
    try:
        results.two = await asyncio.to_thread(measuring.measure_two, [turnout, second], narrow, extent)
    finally:
        await asyncio.to_thread(second.stop)
    say("shapes never seen before")
    tokens = [(await viewpoint(main.graph, it)).token for it in OTHERS]
    results.shapes = await asyncio.to_thread(measuring.measure_shapes, turnout, narrow, tokens, extent)


async def _measure_sizes(sizes: dict[int, Loaded], extent: Extent, results: Results) -> None:
    """Small and large in full, then the narrow question with all sizes taking turns."""
    for size in extent.scale:
        say(f"{size:,} candidates")
        it = sizes[size]
        await it.start()
        results.figures[size] = await asyncio.to_thread(
            measuring.measure, it.stand.served.values(), it.asked, extent, 1, say
        )
    say("sizes take turns")
    stands = {size: list(it.stand.served.values()) for size, it in sizes.items()}
    narrow = sizes[extent.scale[0]].asked[0]
    results.scale = await asyncio.to_thread(measuring.measure_scale, stands, narrow, extent)


def main(arguments: list[str]) -> None:
    quick = "--quick" in arguments
    place = ROOT / ("build/bench" if quick else "docs")
    place.mkdir(parents=True, exist_ok=True)
    extent = QUICK if quick else FULL
    results = Results(extent, datetime.now(UTC))
    # A database that just started may plan for longer on a busy machine; the servers, which are measured, keep theirs.
    sessions.TIMEOUT = 120.0
    try:
        with tempfile.TemporaryDirectory(prefix="turnout-bench-") as name:
            asyncio.run(run(extent, Path(name), results))
    finally:
        results.seconds = time.monotonic() - BEGAN
        if extent.candidates in results.figures:
            reporting.write(results, place)
    say(f"written to {place.relative_to(ROOT)}/benchmarks.md")


if __name__ == "__main__":
    main(sys.argv[1:])
