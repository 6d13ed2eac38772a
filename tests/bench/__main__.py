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
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from graph.client import Client
from graph.keys import CandidateKeys
from graph.secrets import Secrets
from graph.writing import Graph
from schema.execution import Answerer
from schema.root import core_schema
from tests.bench import measuring, reporting
from tests.bench.company import OTHERS, OWN
from tests.bench.comparing import compare
from tests.bench.counting import Counter
from tests.bench.filling import fill
from tests.bench.importing import measure_import
from tests.bench.measuring import FULL, QUICK, Extent
from tests.bench.questions import Question, questions
from tests.bench.reporting import Results
from tests.bench.serving import MASTER_KEY, ROOT, TURNOUT, Stand, prepare, viewpoint
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
    """A database with the company in it, the candidates beside it, and what to ask."""

    graph: Graph
    stand: Stand
    asked: list[Question]
    statements: dict[str, dict[str, float]]


@asynccontextmanager
async def loaded(candidates: int, folder: Path, today: datetime) -> AsyncIterator[Loaded]:
    """Fills a database and compares the answers of all candidates; they are not started yet."""
    async with database(folder) as (graph, uri):
        say(f"loading {candidates:,} candidates")
        company = await fill(graph, candidates, today)
        asked = questions(company.narrow, OWN)
        prepared = await prepare(graph, Answerer(core_schema()), asked)
        told = await viewpoint(graph)
        say("comparing the answers")
        counter = Counter(uri)
        beside = Stand(await counter.start(), told, prepared, folder)
        try:
            statements = await compare(beside, counter, graph.client, prepared, asked)
        finally:
            await counter.stop()
        yield Loaded(graph, Stand(uri, told, prepared, folder), asked, statements)


async def run(extent: Extent, folder: Path) -> Results:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    results = Results(extent, datetime.now(UTC))
    async with loaded(extent.candidates, folder / "main", today) as main:
        await _measure_main(main, extent, results)
        async with (
            loaded(extent.scale[0], folder / "small", today) as small,
            loaded(extent.scale[1], folder / "large", today) as large,
        ):
            sizes = {extent.scale[0]: small, extent.candidates: main, extent.scale[1]: large}
            await _measure_sizes(sizes, extent, results)
    say(f"importing {extent.lines:,} lines")
    async with database(folder / "import") as (graph, _):
        results.imported = await measure_import(graph, folder, extent.lines)
    return results


async def _measure_main(main: Loaded, extent: Extent, results: Results) -> None:
    results.statements = main.statements
    served = main.stand.start_all()
    narrow = main.asked[0]
    try:
        results.figures[extent.candidates] = await asyncio.to_thread(
            measuring.measure, served.values(), main.asked, extent, extent.rounds, say
        )
        say("texts never seen before")
        turnout = served[TURNOUT]
        results.texts = await asyncio.to_thread(measuring.measure_texts, turnout, narrow, extent)
        say("two processes")
        second = main.stand.turnout()
        try:
            results.two = await asyncio.to_thread(measuring.measure_two, [turnout, second], narrow, extent)
        finally:
            second.stop()
        say("shapes never seen before")
        tokens = [(await viewpoint(main.graph, it)).token for it in OTHERS]
        results.shapes = await asyncio.to_thread(measuring.measure_shapes, turnout, narrow, tokens, extent)
    finally:
        main.stand.stop_all()


async def _measure_sizes(sizes: dict[int, Loaded], extent: Extent, results: Results) -> None:
    """Small and large in full, then the narrow question with all sizes taking turns."""
    try:
        for size, it in sizes.items():
            served = it.stand.start_all()
            if size != extent.candidates:
                say(f"{size:,} candidates")
                results.figures[size] = await asyncio.to_thread(
                    measuring.measure, served.values(), it.asked, extent, 1, say
                )
        say("sizes take turns")
        stands = {size: list(it.stand.served.values()) for size, it in sizes.items()}
        results.scale = await asyncio.to_thread(
            measuring.measure_scale, stands, sizes[extent.scale[0]].asked[0], extent
        )
    finally:
        for it in sizes.values():
            it.stand.stop_all()


def main(arguments: list[str]) -> None:
    quick = "--quick" in arguments
    place = ROOT / ("build/bench" if quick else "docs")
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="turnout-bench-") as name:
        results = asyncio.run(run(QUICK if quick else FULL, Path(name)))
    results.seconds = time.monotonic() - BEGAN
    (place / "benchmarks.json").write_bytes(orjson.dumps(asdict(results), option=orjson.OPT_INDENT_2))
    reporting.write(results, place)
    say(f"written to {place.relative_to(ROOT)}/benchmarks.md")


if __name__ == "__main__":
    main(sys.argv[1:])
