"""Stands for the servers of a test, and where its figure goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.serving import Stand
from tests.neo4j.server import Neo4jServer


@pytest.fixture(scope="session")
def short(request: pytest.FixtureRequest) -> bool:
    """Whether fewer rounds are run, as at every change."""
    return request.config.getoption("--faults") == "short"


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


Figure = Callable[[str, str, bool], None]


@pytest.fixture
def figure(request: pytest.FixtureRequest, engine_name: str) -> Iterator[Figure]:
    """Says what a promise came to, in one line, and fails where it is broken."""
    said = False

    def say(promise: str, reached: str, kept: bool) -> None:
        nonlocal said
        said = True
        line = {"promise": promise, "engine": engine_name, "reached": reached, "kept": kept}
        print(f"\n{'kept' if kept else 'BROKEN'}: {promise} ({engine_name}): {reached}")
        if place := request.config.getoption("--figures"):
            with Path(place).open("a") as file:
                file.write(json.dumps(line) + "\n")
        assert kept, reached

    yield say
    if not said:
        say(request.node.name, "no figure: the test broke off", False)
