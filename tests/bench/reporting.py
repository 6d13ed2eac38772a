"""Writes what was measured: tables with each target, and the charts beside them."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import orjson

from tests.bench import charts
from tests.bench.importing import Imported
from tests.bench.load import Seen
from tests.bench.measuring import CONNECTIONS, QUICK, Extent, Figure, Shapes, Texts, most_memory
from tests.bench.serving import LIMIT, LOADERS, PEER, PEER_NAME, TURNOUT
from tests.circumstances import commit, hardware
from tests.neo4j.server import DEFAULT_VERSION, VERSION_VARIABLE, pinned

NAMES = (LIMIT, TURNOUT, PEER_NAME, LOADERS)


@dataclass
class Results:
    """All that one run found."""

    extent: Extent
    at: datetime
    seconds: float = 0.0
    statements: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    figures: dict[int, list[Figure]] = field(default_factory=dict[int, list[Figure]])
    scale: dict[int, dict[str, float]] = field(default_factory=dict[int, dict[str, float]])
    texts: Texts | None = None
    shapes: Shapes | None = None
    two: dict[int, Seen] = field(default_factory=dict[int, Seen])
    imported: Imported | None = None

    def of(self, question: str, name: str, connections: int, size: int | None = None) -> Figure:
        figures = self.figures[size or self.extent.candidates]
        return next(it for it in figures if (it.question, it.name, it.connections) == (question, name, connections))


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table of targets: what was to be reached, and what was."""

    what: str
    due: str
    figure: str
    reached: bool | None

    @property
    def verdict(self) -> str:
        return {True: "reached", False: "**missed**", None: "reported"}[self.reached]


def targets(results: Results) -> Iterator[Target]:
    wide = {name: results.of("wide", name, 1).median for name in NAMES}
    narrow = {name: results.of("narrow", name, 1).median for name in NAMES}
    rate = {name: results.of("narrow", name, 8).rate for name in NAMES}
    yield _at_least("wide, times faster than the peer", 5, wide[PEER_NAME] / wide[TURNOUT])
    yield _at_least("wide, times faster than DataLoaders", 12, wide[LOADERS] / wide[TURNOUT])
    yield _at_most("wide, times the limit", 1.3, wide[TURNOUT] / wide[LIMIT])
    yield _at_least("narrow, times faster than the peer", 2, narrow[PEER_NAME] / narrow[TURNOUT])
    yield _at_most("narrow, times the limit", 1.5, narrow[TURNOUT] / narrow[LIMIT])
    yield _at_least("requests a second, narrow, 8 connections, times the peer", 3, rate[TURNOUT] / rate[PEER_NAME])
    small, large = results.extent.scale
    grown = f"narrow, from {small:,} to {large:,} candidates, times"
    if results.scale:
        yield _at_most(grown, 1.2, results.scale[large][TURNOUT] / results.scale[small][TURNOUT])
    else:
        yield Target(grown, "at most 1.2", "not measured", False)
    if (it := results.imported) is not None:
        yield _at_least("import, times the lines a second of the driver's UNWIND", 0.5, it.ours / it.unwind)
    yield _at_most(
        "memory of the API process under load, MB", 250, most_memory(results.figures[results.extent.candidates])
    )
    if (it := results.texts) is not None:
        yield _at_most("narrow in a text never seen before, times warm", 1.5, it.anew / it.warm)
    if (it := results.shapes) is not None:
        yield _at_most("99th percentile beside 4 callers of new shapes, times usual", 5, it.beside_high / it.usual_high)
        shape = f"median {it.shape_median:.0f} ms, 99th percentile {it.shape_high:.0f} ms"
        yield Target("narrow in a new shape", "reported", shape, None)
    if results.two:
        rates = f"{results.two[2].rate:.0f} requests a second, one process {results.two[1].rate:.0f}"
        yield Target("two API processes on one database, narrow, 8 connections", "reported", rates, None)


def _at_least(what: str, due: float, figure: float) -> Target:
    return Target(what, f"at least {due:g}", f"{figure:.2f}", figure >= due)


def _at_most(what: str, due: float, figure: float) -> Target:
    return Target(what, f"at most {due:g}", f"{figure:.2f}", figure <= due)


def write(results: Results, place: Path) -> None:
    """benchmarks.md, benchmarks.html, and the same charts as PNG; what people noted of the figures stays with them."""
    raw = orjson.dumps(asdict(results), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    (place / "benchmarks.json").write_bytes(raw)
    pictures = charts.write(results, place)
    lines = [*_page(results, pictures), *_notes(place / "benchmarks-notes.md")]
    (place / "benchmarks.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _notes(file: Path) -> Iterator[str]:
    """Causes of what was missed, which no command can know."""
    if file.exists():
        yield ""
        yield "## Notes"
        yield ""
        yield file.read_text(encoding="utf-8").strip()


def _page(results: Results, pictures: list[Path]) -> Iterator[str]:
    extent = results.extent
    yield "# Benchmarks"
    yield ""
    command = "make bench-quick" if extent == QUICK else "make bench"
    yield f"Written by `{command}` on {results.at:%Y-%m-%d %H:%M} UTC, which took {results.seconds / 60:.0f} minutes."
    if extent == QUICK:
        yield ""
        yield "This is the quick form: it shows that everything runs, and its figures say nothing."
    yield ""
    yield from _about()
    yield ""
    yield from _table(
        ["figure", "target", "measured", ""], ([it.what, it.due, it.figure, it.verdict] for it in targets(results))
    )
    yield ""
    yield "## What was measured"
    yield ""
    yield _method(extent)
    for size in sorted(results.figures, key=lambda size: (size != extent.candidates, size)):
        yield ""
        yield f"## {size:,} candidates, {size * 3:,} applications, {size * 9:,} events"
        for question in ("wide", "narrow"):
            yield ""
            yield from _figures(results, question, size)
    yield ""
    yield from _other(results)
    if pictures:
        yield ""
        yield "## Charts"
        yield ""
        yield "[benchmarks.html](benchmarks.html) shows them in a browser, without a network."
        for picture in pictures:
            yield ""
            yield f"![{picture.stem.replace('-', ' ')}]({picture.name})"


def _method(extent: Extent) -> str:
    return f"""\
- `wide`: a department's 10 positions, the newest 20 applications for each, and each candidate's history in the viewer's
  reach: applications, interviews, no-shows that count. `narrow`: one application with its reminders in two languages.
- `{LIMIT}`: Starlette and the driver, the very statement that this API composes, rows as JSON; no token is checked.
  `{PEER_NAME}`: behind graphql-yoga, its own `@authorization` rules on; reminders are a `@cypher` field. `{LOADERS}`:
  plain Strawberry, a DataLoader for each edge. The same viewer, a recruiter of 7 of 60 departments, asks all of them;
  their answers were the same, which was compared first.
- One process each, on the same Neo4j, one loaded at a time in turn, {extent.rounds} round(s), other sizes one; each
  figure is the median of its rounds. The load generator is a process of its own; it, the servers and the database share
  the machine.
- Memory is the most that the process held while it was under load; `processor ms` is the processor time that the
  server's process alone used for a request, the figure that a busy machine blurs least. Statements were counted by a
  proxy in front of the database, with the viewer already known."""


PEER_PACKAGES = ("@neo4j/graphql", "graphql", "graphql-yoga", "neo4j-driver")
PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "neo4j", "orjson")


def _about() -> Iterator[str]:
    locked = orjson.loads((PEER / "package-lock.json").read_bytes())["packages"]
    peers = ", ".join(f"{name} {locked[f'node_modules/{name}']['version']}" for name in PEER_PACKAGES)
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    neo4j = pinned(os.environ.get(VERSION_VARIABLE) or DEFAULT_VERSION)
    yield f"- Commit {commit()}; Neo4j {neo4j}, heap 3 GB, page cache 1 GB."
    yield f"- Python {platform.python_version()}, {packages}."
    yield f"- node {_told('node', '--version').removeprefix('v')}, {peers}."
    system = f"{platform.system()} {platform.release()}"
    yield f"- Machine: {_processor()}, {hardware()}, {system}."


def _told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _figures(results: Results, question: str, size: int) -> Iterator[str]:
    statements = results.statements[question]
    header = [
        question,
        "connections",
        "median ms",
        "99 % ms",
        "requests/s",
        "requests",
        "answer kB",
        "memory MB",
        "processor ms",
        "statements",
    ]
    rows: list[list[str]] = []
    for connections in CONNECTIONS:
        for name in NAMES:
            it = results.of(question, name, connections, size)
            row = [name, str(connections), f"{it.median:.1f}", f"{it.high:.1f}", f"{it.rate:.1f}", f"{it.count:,}"]
            rows.append(
                [*row, f"{it.size / 1000:.1f}", f"{it.memory:.0f}", f"{it.processor:.1f}", f"{statements[name]:g}"]
            )
    yield from _table(header, rows)


def _other(results: Results) -> Iterator[str]:
    if results.scale:
        yield "## From small to large"
        yield ""
        yield "Narrow, one connection, the same applications at each size, sizes taking turns; median ms."
        yield ""
        sizes = sorted(results.scale)
        rows = ([name, *(f"{results.scale[size][name]:.2f}" for size in sizes)] for name in NAMES)
        yield from _table(["", *(f"{size:,} candidates" for size in sizes)], rows)
    if (it := results.imported) is not None:
        yield ""
        yield "## Import"
        yield ""
        yield (
            f"{it.lines:,} lines of CSV became {it.nodes:,} nodes and {it.relationships:,} relationships: "
            f"`turnout import` {it.ours:,.0f} lines a second, the driver's own UNWIND of the same graph "
            f"{it.unwind:,.0f}."
        )
    if results.texts and results.shapes:
        texts, shapes = results.texts, results.shapes
        yield ""
        yield "## What was never sent before"
        yield ""
        yield from _table(
            ["narrow", "median ms", "99 % ms"],
            [
                ["known text, one connection", f"{texts.warm:.2f}", ""],
                ["new text of a known shape, one connection", f"{texts.anew:.2f}", f"{texts.anew_high:.2f}"],
                ["known text, 4 connections", f"{shapes.usual_median:.2f}", f"{shapes.usual_high:.2f}"],
                ["the same beside 4 callers of new shapes", f"{shapes.beside_median:.2f}", f"{shapes.beside_high:.2f}"],
                [f"their new shapes ({shapes.shapes:,})", f"{shapes.shape_median:.0f}", f"{shapes.shape_high:.0f}"],
            ],
        )


def _table(header: list[str], rows: object) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:  # type: ignore[attr-defined]
        yield f"| {' | '.join(row)} |"
