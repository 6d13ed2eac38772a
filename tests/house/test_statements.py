"""Every statement and every shape, explained by the database on which they will run."""

from __future__ import annotations

import re
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

import graph as graph_room
from graph.statements import STATEMENTS
from graph.writing import Graph
from schema.root import core_schema

core_schema()
for module in iter_modules(graph_room.__path__):
    if module.name != "embedded_child":
        import_module(f"graph.{module.name}")

ARGUMENTS: dict[str, Any] = {
    "organization": "o",
    **dict.fromkeys(("now", "since"), datetime(2026, 1, 1)),  # noqa: DTZ001
    **dict.fromkeys(("seq", "kept", "after_seq", "size"), 1),
    **dict.fromkeys(("staff", "admin", "auditor", "verified", "evidence", "off", "itself", "keeps"), True),
}


def parameters(text: str) -> dict[str, Any]:
    """Any value for each parameter that a statement names; lists where it is unwound or searched."""
    lists = set(re.findall(r"(?:UNWIND|IN) \$(\w+)", text))
    return {name: [] if name in lists else ARGUMENTS.get(name, "x") for name in re.findall(r"\$(\w+)", text)}


@pytest.mark.parametrize("name", sorted(STATEMENTS))
async def test_a_statement_returns_its_row(graph: Graph, engine_name: str, name: str) -> None:
    """A column that its row lacks, or a write that is said to be a read, fails here and not in production.

    Neo4j explains; the embedded engine's EXPLAIN names no columns, so there it runs and is rolled back.
    """
    statement = STATEMENTS[name]
    explain = "EXPLAIN " if engine_name == "neo4j" else ""
    async with graph.client.driver.session(database=graph.client.database) as session:
        transaction = await session.begin_transaction()
        result = await transaction.run(explain + statement.text, parameters(statement.text))  # type: ignore[arg-type]
        columns = set(result.keys())
        summary = await result.consume()
        await transaction.rollback()
    if engine_name == "neo4j":
        assert columns >= set(statement.columns)
        assert (summary.query_type != "r") == statement.writes


UNKNOWN = ("UnknownLabel", "UnknownRelationshipType", "UnknownPropertyKey")


async def warnings(graph: Graph, text: str) -> list[str]:
    """What Neo4j does not know of a statement's labels, relations and properties."""
    client = graph.client
    async with client.driver.session(database=client.database, notifications_min_severity="WARNING") as session:
        result = await session.run("EXPLAIN " + text, parameters(text))  # type: ignore[arg-type]
        notes = (await result.consume()).summary_notifications
    return [note.description for note in notes if any(word in note.code for word in UNKNOWN)]


async def test_no_statement_is_misspelt(graph: Graph, engine_name: str) -> None:
    """A label or a relation that no statement makes finds nothing, for ever and without an error.

    All others have names from the start (graph/vocabulary.py): else Neo4j plans each statement anew at the first
    finding, the first proof, the first request of a graph. The embedded engine says nothing of names.
    """
    if engine_name != "neo4j":
        pytest.skip("only Neo4j warns of names that it does not know")
    for wrong in ("MATCH (n:Candidat) RETURN n", "MATCH ()-[r:PARTOF]-() RETURN r"):
        assert await warnings(graph, wrong)
    texts = {name: it.text for name, it in STATEMENTS.items() if not name.startswith("tests.")}
    found = {name: await warnings(graph, text) for name, text in texts.items()}
    assert [(name, note) for name, notes in found.items() for note in notes] == []
