"""Runs faults, prints what each promise came to, and keeps the figures of the long form in docs/faults.json."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.keeping import NAMES, keep, table, told
from tests.faults.serving import ROOT

KEYS = "test_keys.py::test_a_cut_commit_has_one_effect[1]"
STOP = "test_stopping.py::test_stop_is_clean[while the engine is silent]"
WRITERS = "test_writers.py::test_no_update_is_lost"
SHORT = {
    "embedded": [
        *(KEYS, WRITERS, STOP, "test_kills.py", "test_sockets.py::test_readers_notice_nothing[freeze-at once]"),
        *(f"test_{word}.py" for word in ("states", "leaks", "tokens", "sites", "injection", "canaries", "zones")),
        *("test_tampering.py", "test_timers.py", "test_sending.py"),
    ],
    "neo4j": [
        *(KEYS, WRITERS, STOP, "test_kills.py::test_a_killed_api_loses_nothing"),
        "test_two_processes.py::test_a_key_sent_to_both_has_one_effect",
    ],
}
"""What the short form tries, on the engine where it may show most."""


def started(engine: str, form: str, only: str | None, figures: Path) -> subprocess.Popen[bytes]:
    chosen = ["-k", only] if only else []
    options = ["--engine", engine, "--figures", str(figures), "--tb=short", *chosen]
    tests = [f"tests/faults/{test}" for test in (SHORT[engine] if form == "short" and not only else ("",))]
    environment = {**os.environ, "TURNOUT_FAULTS": form}
    return subprocess.Popen([sys.executable, "-m", "pytest", *tests, *options], cwd=ROOT, env=environment)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rounds, both engines at once, nothing kept")
    parser.add_argument("--engine", choices=list(NAMES), action="append", help="this engine alone")
    parser.add_argument("--only", help="the tests whose names hold this, as pytest's -k; their lines are replaced")
    asked = parser.parse_args()
    form, began = "short" if asked.short else "long", time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        places = {engine: Path(folder) / engine for engine in asked.engine or NAMES}
        runs: list[subprocess.Popen[bytes]] = []
        for engine, place in places.items():
            runs.append(started(engine, form, asked.only, place))
            if not asked.short:
                runs[-1].wait()
        codes = [run.wait() for run in runs]
        lines = told(places.values())
    print(f"\n{table(lines)}\n\n{(time.monotonic() - began) / 60:.1f} minutes")
    if not asked.short:
        keep(lines)
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
