"""What is right and what is not with an installation, and what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from api.running import running_graph
from api.settings import Settings, SetupError
from graph import health
from graph.writing import Graph
from seeds import demo

PACKAGES = ("strawberry-graphql", "graphql-core", "neo4j", "arcadedb-embedded", "starlette", "uvicorn")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined; `advice` says what to do where it is not right."""

    what: str
    ok: bool
    state: str
    advice: str = ""

    def line(self) -> str:
        mark = "ok  " if self.ok else "LOOK"
        return f"{mark}  {self.what}: {self.state}" + (f" -> {self.advice}" if self.advice and not self.ok else "")


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Findings in the order in which things depend on one another; stops where nothing further can be seen."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), f"{version} on {platform.machine()}", "use 3.11 or later")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    yield Finding("packages", True, versions)
    yield Finding("settings", True, looked_at(settings))
    yield Finding("profile", True, settings.profile.value)
    for finding in flags(settings):
        yield finding
    try:
        async with running_graph(settings) as graph:
            async for finding in _database(graph):
                yield finding
    except SetupError as error:
        yield Finding("graph", False, str(error), "mend this and run doctor again")


def looked_at(settings: Settings) -> str:
    """Which settings are examined: a server that was started with others is not seen from here."""
    named = ", ".join(sorted(f"TURNOUT_{name.upper()}" for name in settings.model_fields_set)) or "none of TURNOUT_*"
    return f"of this environment ({named}), not of a server started with others, as `make run` starts one"


def flags(settings: Settings) -> list[Finding]:
    """Settings that open more than a production server should."""
    production = not settings.is_development
    key = "from TURNOUT_MASTER_KEY" if settings.master_key else f"in {settings.data / 'master.key'}"
    advice = "set TURNOUT_MASTER_KEY and keep a copy apart from the backups: without it no contact can be read"
    return [
        Finding("master key", bool(settings.master_key) or settings.is_development, key, advice),
        Finding(
            "listener",
            settings.is_loopback or production,
            f"{settings.host}:{settings.port}",
            "the development profile belongs on loopback: set TURNOUT_HOST=127.0.0.1 or TURNOUT_PROFILE=production",
        ),
        Finding(
            "identity",
            bool(settings.oidc_issuer) or not production,
            settings.oidc_issuer or "tokens of the command line",
            "set TURNOUT_OIDC_ISSUER and TURNOUT_OIDC_AUDIENCE",
        ),
        Finding(
            "introspection",
            not (production and settings.shows_schema),
            "on" if settings.shows_schema else "off",
            "unset TURNOUT_INTROSPECTION in production",
        ),
        Finding(
            "GraphiQL",
            not (production and settings.ide),
            "on" if settings.ide else "off",
            "unset TURNOUT_IDE in production",
        ),
        Finding(
            "Neo4j password",
            settings.neo4j_uri is None or settings.neo4j_password is not None,
            "set" if settings.neo4j_password else "not set",
            "set TURNOUT_NEO4J_PASSWORD, and authentication in Neo4j",
        ),
        Finding(
            "data folder",
            not settings.data.exists() or os.access(settings.data, os.W_OK),
            str(settings.data),
            "make it writable, or set TURNOUT_DATA to another",
        ),
    ]


async def _database(graph: Graph) -> AsyncIterator[Finding]:
    engine = await health.engine(graph.client)
    yield Finding("engine", True, engine)
    missing = await health.missing_constraints(graph.client)
    yield Finding(
        "constraints",
        not missing,
        "all there" if not missing else f"missing: {', '.join(missing)}",
        "something removed them: restore a backup, or delete the Migration nodes and start again",
    )
    counts = await health.count_records(graph.client)
    yield Finding("records", True, ", ".join(f"{count.count} {count.label}" for count in counts))
    age = await demo.age(graph, now=datetime.now(UTC))
    if age is not None:
        yield Finding("demo", age <= demo.OLD, f"{age.days} days old", "turnout sow --again renews it")
