"""Runs faults, prints what each promise came to, and keeps the figures of the long form in docs/faults.json."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from tests.faults.keeping import NAMES, keep, table, told
from tests.faults.serving import ROOT

KEYS = "test_keys.py::test_a_cut_commit_has_one_effect[1]"
STOP = "test_stopping.py::test_stop_is_clean[while the engine is silent]"
WRITERS = "test_writers.py::test_no_update_is_lost"
Lane = list[tuple[str, list[str]]]
"""What is tried one after another: an engine, and tests on it."""

SHORT: list[Lane] = [
    [
        (
            "embedded",
            [
                *(KEYS, WRITERS, STOP, "test_kills.py", "test_sockets.py::test_readers_notice_nothing[freeze-at once]"),
                *(f"test_{word}.py" for word in ("states", "tampering")),
            ],
        )
    ],
    [
        (
            "neo4j",
            [
                *(KEYS, WRITERS, STOP, "test_kills.py::test_a_killed_api_loses_nothing"),
                "test_two_processes.py::test_a_key_sent_to_both_has_one_effect",
            ],
        ),
        (
            "embedded",
            [
                *(f"test_{word}.py" for word in ("leaks", "tokens", "sites", "injection", "canaries", "zones")),
                *("test_timers.py", "test_sending.py"),
            ],
        ),
    ],
]
"""What the short form tries, on the engine where it may show most, in two lanes beside each other."""
TIME = "test_leaks.py::test_time_does_not_tell_forbidden_from_absent"
CALM = ("test_hostile.py", "test_kills.py", "test_writers.py", TIME)
"""What tells how soon, or how quick, and would tell of the other lane beside it: tried alone, after all else."""


def stages_of(form: str, engines: list[str], only: str | None) -> list[list[Lane]]:
    """What is tried one after another, each in lanes beside each other: an engine has its own lane in the long form."""
    if form == "short" and not only:
        return [[[part for part in lane if part[0] in engines] for lane in SHORT]]
    tests = sorted(file.name for file in Path(__file__).parent.glob("test_*.py") if file.name not in CALM)
    return [[[(engine, tests)] for engine in engines], [[(engine, list(CALM)) for engine in engines]]]


def run(engine: str, tests: list[str], form: str, only: str | None, figures: Path) -> int:
    chosen = ["-k", only] if only else []
    if form == "long" and TIME not in tests:
        chosen.append(f"--deselect=tests/faults/{TIME}")
    options = ["--engine", engine, "--figures", str(figures), "--tb=short", *chosen]
    environment = {**os.environ, "TURNOUT_FAULTS": form}
    places = [f"tests/faults/{test}" for test in tests]
    code = subprocess.call([sys.executable, "-m", "pytest", *places, *options], cwd=ROOT, env=environment)
    return 0 if only and code == pytest.ExitCode.NO_TESTS_COLLECTED else code


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rounds, two lanes at once, nothing kept")
    parser.add_argument("--engine", choices=list(NAMES), action="append", help="this engine alone")
    parser.add_argument("--only", help="the tests whose names hold this, as pytest's -k; their lines are replaced")
    asked = parser.parse_args()
    form, began = "short" if asked.short else "long", time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(len(NAMES)) as pool:
        names = count()

        def go(lane: Lane) -> list[int]:
            return [run(*part, form, asked.only, Path(folder) / f"{next(names):02}") for part in lane]

        stages = stages_of(form, asked.engine or list(NAMES), asked.only)
        codes = [code for lanes in stages for found in pool.map(go, lanes) for code in found]
        lines = told(sorted(Path(folder).iterdir()))
    print(f"\n{table(lines)}\n\n{(time.monotonic() - began) / 60:.1f} minutes")
    if not asked.short:
        keep(lines)
    return int(not lines or any(codes))


if __name__ == "__main__":
    sys.exit(main())
