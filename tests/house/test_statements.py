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

ARGUMENTS: dict[str, Any] = {"organization": "o", "staff": True, "now": datetime(2026, 1, 1), "seq": 1}  # noqa: DTZ001


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
