"""How fast the import is: lines a second of `turnout import` against the driver's own UNWIND of the same graph."""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString, cast

from neo4j.time import DateTime

from graph.client import Client
from graph.migrations import migrate
from graph.writing import Graph
from seeds.importing import run_import
from seeds.mapping import read_mapping
from tests.bench.company import FAMILIES

MAPPING = Path(__file__).parent / "import.toml"
BATCH = 5_000
IDENTIFIER = ("circle", "kind", "system", "keyVersion", "hash")
Row = dict[str, Any]
HEADER = ["Candidate", "Name", "Mail", "Department", "Position", "Family", "Date", "Mode", "Answer", "Seen"]
NODES = "MATCH (n) RETURN labels(n)[0] AS label, elementId(n) AS key, properties(n) AS properties"
WAYS = """
MATCH (a)-[way]->(b)
RETURN type(way) AS type, labels(a)[0] AS above, labels(b)[0] AS below, elementId(a) AS from, elementId(b) AS to,
  way.role AS role
"""
CLEAR = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS"


@dataclass(frozen=True, slots=True)
class Imported:
    """Lines a second, of which graph."""

    lines: int
    nodes: int
    relationships: int
    ours: float
    unwind: float


def write_lines(file: Path, lines: int) -> None:
    """A CSV of interviews: 20 departments, 200 positions, two interviews for each candidate on average."""
    chance = random.Random("import")
    with file.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(HEADER)
        for number in range(lines):
            person, place = chance.randrange(lines // 2 + 1), chance.randrange(200)
            family = FAMILIES[place % len(FAMILIES)]
            date = f"2026-{chance.randint(1, 6):02d}-{chance.randint(1, 28):02d} {number % 8 + 9:02d}:{number % 60:02d}"
            seen = "yes" if chance.random() < 0.8 else "no"
            mail = f"person{person}@example.com"
            row = [f"P{person}", f"候选人{person}", mail, f"Department {place % 20}", f"Position {place}", family]
            writer.writerow([*row, date, "AI", "accepted", seen])


async def measure_import(graph: Graph, folder: Path, lines: int) -> Imported:
    """Both twice on one database, the second time counts: neither pays for a cold start."""
    file = folder / "lines.csv"
    write_lines(file, lines)
    await migrate(graph.client)
    ours = unwind = 0.0
    nodes: list[Row] = []
    ways: list[Row] = []
    for _ in range(2):
        ours = await _import(graph, folder, file)
        nodes, ways = _written(await _rows(graph.client, NODES), await _rows(graph.client, WAYS))
        await _run(graph.client, CLEAR)
        began = time.perf_counter()
        await _unwind(graph.client, nodes, ways)
        unwind = time.perf_counter() - began
        counted = len(await _rows(graph.client, NODES)), len(await _rows(graph.client, WAYS))
        assert counted == (len(nodes), len(ways)), "the driver's own graph is another"
        await _run(graph.client, CLEAR)
    return Imported(lines, len(nodes), len(ways), lines / ours, lines / unwind)


async def _import(graph: Graph, folder: Path, file: Path) -> float:
    mapping = read_mapping(MAPPING)
    began = time.perf_counter()
    rejects = folder / "rejects.csv"
    summary = await run_import(graph, file, mapping, dry_run=False, rejects=rejects, now=datetime.now(UTC))
    taken = time.perf_counter() - began
    assert not summary.rejected, summary.rejected
    return taken


async def _unwind(client: Client, nodes: list[Row], ways: list[Row]) -> None:
    """As a script would load known rows: a statement for each label and each kind of relationship, in batches."""
    for (label,), rows in _grouped(nodes, "label").items():
        for batch in _batches(rows):
            await _run(client, f"UNWIND $rows AS row CREATE (n:{label}) SET n = row.properties", rows=batch)
    for (type, above, below), rows in _grouped(ways, "type", "above", "below").items():
        ends = f"MATCH (a:{above} {_key(above, 'from')}) MATCH (b:{below} {_key(below, 'to')})"
        for batch in _batches(rows):
            await _run(client, f"UNWIND $rows AS row {ends} CREATE (a)-[:{type} {{role: row.role}}]->(b)", rows=batch)


def _key(label: str, end: str) -> str:
    """The unique key of a node, as the constraints have it."""
    names = IDENTIFIER if label == "Identifier" else ("id",)
    return "{" + ", ".join(f"{name}: row.{end}[{place}]" for place, name in enumerate(names)) + "}"


def _written(nodes: list[Row], ways: list[Row]) -> tuple[list[Row], list[Row]]:
    """The rows as a script would hold them: Python's own datetimes, and ends of relationships by their keys."""
    keys: dict[str, list[Any]] = {}
    for node in nodes:
        properties = {name: _native(value) for name, value in node["properties"].items()}
        node["properties"] = properties
        names = IDENTIFIER if node["label"] == "Identifier" else ("id",)
        keys[node.pop("key")] = [properties.get(name) for name in names]
    for way in ways:
        way["from"], way["to"] = keys[way["from"]], keys[way["to"]]
    return nodes, ways


def _native(value: Any) -> Any:
    return value.to_native() if isinstance(value, DateTime) else value


def _grouped(rows: list[Row], *names: str) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


async def _rows(client: Client, text: LiteralString) -> list[Row]:
    async with client.driver.session(database=client.database) as session:
        return [record.data() async for record in await session.run(text)]


async def _run(client: Client, text: str, **parameters: Any) -> None:
    async with client.driver.session(database=client.database) as session:
        await (await session.run(cast(LiteralString, text), **parameters)).consume()
