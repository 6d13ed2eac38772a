"""Runs every fault on both engines, prints what each promise came to, and writes it to docs/faults.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.faults.serving import ROOT
from tests.neo4j.server import DEFAULT_VERSION, pinned

PAGE = ROOT / "docs" / "faults.md"
NAMES = {"embedded": "ArcadeDB", "neo4j": "Neo4j"}
KEYS = "test_keys.py::test_a_cut_commit_has_one_effect[1]"
STOP = "test_stopping.py::test_stop_is_clean[while the engine is silent]"
WRITERS = "test_writers.py::test_no_update_is_lost"
SHORT = {
    "embedded": [
        *(KEYS, WRITERS, STOP, "test_kills.py", "test_sockets.py::test_readers_notice_nothing[freeze-at once]"),
        *(f"test_{word}.py" for word in ("states", "leaks", "tokens", "sites", "injection", "canaries", "zones")),
        *("test_tampering.py", "test_timers.py"),
    ],
    "neo4j": [
        *(KEYS, WRITERS, STOP, "test_kills.py::test_a_killed_api_loses_nothing"),
        "test_two_processes.py::test_a_key_sent_to_both_has_one_effect",
    ],
}
"""What the short form tries, on the engine where it may show most."""
Line = dict[str, str | bool]


def started(engine: str, form: str, only: str | None, figures: Path) -> subprocess.Popen[bytes]:
    chosen = ["-k", only] if only else []
    options = ["--engine", engine, "--figures", str(figures), "--tb=short", *chosen]
    tests = [f"tests/faults/{test}" for test in (SHORT[engine] if form == "short" and not only else ("",))]
    environment = {**os.environ, "TURNOUT_FAULTS": form}
    return subprocess.Popen([sys.executable, "-m", "pytest", *tests, *options], cwd=ROOT, env=environment)


def lines(figures: list[Path]) -> list[Line]:
    """What all runs told, the promises in the order of their tests, one engine beside the other."""
    told: list[Line] = [json.loads(text) for path in figures if path.exists() for text in path.read_text().splitlines()]
    order = list(dict.fromkeys(line["promise"] for line in told))
    return sorted(told, key=lambda line: (order.index(line["promise"]), str(line["engine"])))


def table(told: list[Line]) -> str:
    rows = ["| promise | engine | reached | kept |", "|---|---|---|---|"]
    for line in told:
        kept = "yes" if line["kept"] else "**no**"
        rows.append(f"| {line['promise']} | {NAMES[str(line['engine'])]} | {line['reached']} | {kept} |")
    return "\n".join(rows)


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}"


def page(told: list[Line], *, minutes: float, load: tuple[float, float]) -> str:
    """The whole of docs/faults.md."""
    versions = (
        f"Python {platform.python_version()}, neo4j driver {version('neo4j')}, "
        f"ArcadeDB {version('arcadedb-embedded')}, Neo4j {pinned(DEFAULT_VERSION)}"
    )
    return (
        "# Faults\n\n"
        "What is promised while connections are cut, processes are killed and callers are hostile. Written by "
        "`make faults`; `tests/faults/` says how each is tried.\n\n"
        f"{datetime.now(UTC):%d %B %Y}, {minutes:.0f} minutes. Machine: {machine()}; it was waited for by "
        f"{load[0]:.1f} processes when the run began and {load[1]:.1f} when it ended (load average of a minute). "
        f"{versions}.\n\n{table(told)}\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rounds, both engines at once, no page written")
    parser.add_argument("--engine", choices=list(NAMES), action="append", help="this engine alone")
    parser.add_argument("--only", help="the tests whose names hold this; no page is written")
    asked = parser.parse_args()
    form, began, load = "short" if asked.short else "long", time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        places = {engine: Path(folder) / engine for engine in asked.engine or NAMES}
        runs: list[subprocess.Popen[bytes]] = []
        for engine, place in places.items():
            runs.append(started(engine, form, asked.only, place))
            if not asked.short:
                runs[-1].wait()
        codes = [run.wait() for run in runs]
        told = lines(list(places.values()))
    print(f"\n{table(told)}\n\n{(time.monotonic() - began) / 60:.1f} minutes")
    if not (asked.short or asked.only or asked.engine):
        minutes = (time.monotonic() - began) / 60
        PAGE.write_text(page(told, minutes=minutes, load=(load, os.getloadavg()[0])), encoding="utf-8")
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
