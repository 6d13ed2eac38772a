"""Layers point one way, and Cypher stays in graph/."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "graph": {"schema", "api", "seeds", "tests", "strawberry", "starlette", "graphql"},
    "schema": {"api", "seeds", "tests", "starlette", "uvicorn"},
    "seeds": {"api", "schema", "tests", "strawberry", "starlette"},
    "api": {"tests"},
}
CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND|DETACH DELETE)\s*[({]|\bMATCH \(")
CLOCK = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(")


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", FORBIDDEN)
def test_layers_never_point_back(room: str) -> None:
    """A room that knows the one above it can no longer be read, tested or replaced by itself."""
    guilty = {str(path): imports(path) & FORBIDDEN[room] for path in modules(room)}
    assert not {path: names for path, names in guilty.items() if names}


@pytest.mark.parametrize("room", ["schema", "api", "seeds"])
def test_cypher_stays_in_graph(room: str) -> None:
    """What may change the graph is read in one room; a statement elsewhere would escape EXPLAIN and visibility."""
    assert not [str(path) for path in modules(room) if CYPHER.search(path.read_text())]


def test_rules_read_no_clock() -> None:
    """`now` is a parameter: a rule that reads the clock cannot be tested at the moments that matter."""
    assert not [str(path) for path in modules("graph") if CLOCK.search(path.read_text())]


def test_every_module_opens_with_a_sentence() -> None:
    """A newcomer reads the first line of a file before anything else."""
    silent = [
        str(path)
        for room in FORBIDDEN
        for path in modules(room)
        if not (ast.get_docstring(ast.parse(path.read_text())) or "").strip()
    ]
    assert not silent
