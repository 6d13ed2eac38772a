"""What the long form came to, test by test, kept in docs/faults.json; docs/faults.md is made of it."""

from __future__ import annotations

import ast
import json
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from tests.circumstances import commit, machine
from tests.faults.serving import ROOT
from tests.neo4j.server import DEFAULT_VERSION, pinned

KEPT = ROOT / "docs" / "faults.json"
PAGE = ROOT / "docs" / "faults.md"
NOTES = ROOT / "docs" / "faults-notes.md"
"""What people wrote about the figures; it ends the page."""
NAMES = {"embedded": "ArcadeDB", "neo4j": "Neo4j"}
SKIPPED = {("test_two_processes.py", "embedded")}
"""What does not apply: the embedded engine is for one process."""


class Line(NamedTuple):
    """What one promise came to on one engine, and in which circumstances."""

    test: str
    promise: str
    engine: str
    reached: str
    kept: bool
    seconds: int
    load: Sequence[float]
    date: str
    commit: str


def told(places: Iterable[Path]) -> list[Line]:
    """The lines that runs have just told, in the order of their tests."""
    texts = [text for place in places if place.exists() for text in place.read_text().splitlines()]
    now: dict[str, Any] = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit()}
    return ordered(Line(**{**json.loads(text), **now}) for text in texts)


def ordered(lines: Iterable[Line]) -> list[Line]:
    """Promises beside one another by the file of their test, and the engines within them."""
    all = list(lines)
    places = {line.promise: place for place, line in reversed(list(enumerate(all)))}
    return sorted(all, key=lambda line: (line.test.split("::")[0], places[line.promise], line.engine, line.test))


def replaced(kept: Sequence[Line], new: Sequence[Line]) -> list[Line]:
    """All lines, where a test that ran has its new ones in place of what it told before on the same engine."""
    ran = {(line.test, line.engine) for line in new}
    return ordered([*(line for line in kept if (line.test, line.engine) not in ran), *new])


def read() -> list[Line]:
    return [Line(**line) for line in json.loads(KEPT.read_text())["lines"]] if KEPT.exists() else []


def keep(new: Sequence[Line]) -> None:
    """Writes the file and the page."""
    kept = {"ran on": f"{machine()}; {versions()}", "lines": [line._asdict() for line in replaced(read(), new)]}
    KEPT.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


def versions() -> str:
    return (
        f"Python {platform.python_version()}, neo4j driver {version('neo4j')}, "
        f"ArcadeDB {version('arcadedb-embedded')}, Neo4j {pinned(DEFAULT_VERSION)}"
    )


def table(lines: Iterable[Line]) -> str:
    rows = ["| promise | engine | reached | kept | when, commit, load |", "|---|---|---|---|---|"]
    for line in lines:
        kept = "yes" if line.kept else "**no**"
        when = f"{line.date}, {line.commit}, {line.load[0]:.1f} to {line.load[1]:.1f}"
        rows.append(f"| {line.promise} | {NAMES[line.engine]} | {line.reached} | {kept} | {when} |")
    return "\n".join(rows)


def tellers() -> list[str]:
    """The tests of faults that say what a promise came to, as `file::name`."""
    found: list[str] = []
    for path in sorted((ROOT / "tests" / "faults").glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                if names & {"figure", "tell"}:
                    found.append(f"{path.name}::{node.name}")
    return found


def missing(lines: Sequence[Line]) -> str:
    """What no run has told of, by engine."""
    known = {(line.test.split("[")[0], line.engine) for line in lines}
    rows = [
        (test, [name for engine, name in NAMES.items() if (test, engine) not in known and not _skipped(test, engine)])
        for test in tellers()
    ]
    told = [f"| {test} | {', '.join(engines)} |" for test, engines in rows if engines]
    return "\n".join(["| no figure of | on |", "|---|---|", *told]) if told else "Every test has told of every engine."


def _skipped(test: str, engine: str) -> bool:
    return (test.partition("::")[0], engine) in SKIPPED


def page() -> str:
    """docs/faults.md, of what is kept, of what is missing, and of the notes."""
    lines = read()
    broken = sum(not line.kept for line in lines)
    return (
        "# Faults\n\n"
        "What is promised while connections are cut, processes are killed and callers are hostile. Written by "
        '`make faults` from docs/faults.json, in which a run of some tests (`ARGS="--engine neo4j --only hostile"`) '
        "replaces their lines alone; `tests/faults/` says how each is tried.\n\n"
        f"{json.loads(KEPT.read_text())['ran on']}. The load is how many processes waited for the machine's "
        f"processors (average of a minute) when the test began and when it ended. {len(lines)} lines, {broken} of "
        f"which tell of a promise that was not kept.\n\n{table(lines)}\n\n"
        f"## What no long run has told\n\n{missing(lines)}\n\n{NOTES.read_text(encoding='utf-8')}"
    )
