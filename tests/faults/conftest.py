"""Stands for the servers of a test, and where its figure goes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.faults.figures import LONG, TOLD, Figure, tell
from tests.faults.serving import Stand
from tests.neo4j.server import Neo4jServer

STARTED: dict[str, tuple[float, float]] = {}
"""When each test began, and how many processes then waited for the machine."""


@pytest.fixture(scope="session")
def short() -> bool:
    """Whether fewer rounds are run, as at every change."""
    return not LONG


@pytest.fixture(scope="session")
def slack(short: bool) -> float:
    """By how much times may be passed: the short form runs beside other work, and is about what is kept."""
    return 3.0 if short else 1.0


@pytest.fixture(scope="session")
def neo4j(engine_name: str) -> Iterator[Neo4jServer | None]:
    if engine_name != "neo4j":
        yield None
        return
    with Neo4jServer() as server:
        yield server


@pytest.fixture
def stand(tmp_path: Path, neo4j: Neo4jServer | None) -> Stand:
    return Stand(tmp_path, neo4j)


@pytest.fixture
def figure(capsys: pytest.CaptureFixture[str]) -> Iterator[Figure]:
    """Says what a promise came to, in one line, and fails where it is broken."""
    said = False

    def say(promise: str, reached: str, kept: bool) -> None:
        nonlocal said
        said = True
        tell(capsys, promise, reached)
        assert kept, reached

    yield say
    assert said, "no figure: the test broke off"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps what the test told, with whether it passed, in the file that `--figures` names."""
    report = yield
    if call.when == "setup":
        STARTED[item.nodeid] = time.time(), os.getloadavg()[0]
    place = item.config.getoption("--figures")
    if place and (report.when == "call" or report.failed):
        told = TOLD or [(item.name, "no figure: the test broke off")] * report.failed
        began, load = STARTED[item.nodeid]
        with Path(place).open("a") as file:
            for promise, reached in told:
                line = {
                    "promise": promise,
                    "test": item.nodeid.removeprefix("tests/faults/"),
                    "engine": item.config.getoption("--engine"),
                    "reached": reached,
                    "kept": report.passed,
                    "seconds": round(time.time() - began),
                    "load": [round(load, 1), round(os.getloadavg()[0], 1)],
                }
                file.write(json.dumps(line) + "\n")
    TOLD.clear()
    return report
