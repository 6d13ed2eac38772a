"""The whole graph as lines of JSON, the same from either engine: a header, nodes, relations, and their sum."""

from __future__ import annotations

import base64
import math
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeAlias, cast

import orjson
from neo4j.time import DateTime

from graph.client import Client
from graph.health import unique_constraints
from graph.instants import from_graph, to_graph
from graph.migrations import FIND_APPLIED
from graph.statements import Statement

FORMAT = 1
READING = 3600.0
"""Seconds that reading all nodes, or all relations, may take."""

Line: TypeAlias = Mapping[str, Any]


INTERNAL = frozenset({"Migration", "Gate", "Restore"})
"""Labels that belong to a database and not to what it holds; properties that begin with `_` are left out too."""


def _keys() -> dict[str, tuple[str, ...]]:
    """The properties that name a node, by its label: those of the label's first unique constraint."""
    keys: dict[str, tuple[str, ...]] = {}
    for label, properties in unique_constraints():
        keys.setdefault(label, tuple(properties))
    return {label: key for label, key in keys.items() if label not in INTERNAL}


KEYS = _keys()


class NotExported(Exception):
    """The graph holds what an export cannot say; the text is a sentence."""


class Damaged(Exception):
    """A file is not what an export or a backup wrote; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class NodeRow:
    labels: list[str]
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RelationRow:
    type: str
    properties: dict[str, Any]
    start_labels: list[str]
    start_key: list[Any]
    end_labels: list[str]
    end_key: list[Any]


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: int


LIST_NODES = Statement(
    "exporting.list_nodes",
    """
    MATCH (n) WHERE NOT (n:Migration OR n:Gate OR n:Restore)
    RETURN labels(n) AS labels, properties(n) AS properties
    """,
    row=NodeRow,
)
LIST_RELATIONS = Statement(
    "exporting.list_relations",
    """
    MATCH (a)-[r]->(b)
    RETURN type(r) AS type, properties(r) AS properties, labels(a) AS start_labels, [a.id] AS start_key,
      labels(b) AS end_labels,
      CASE WHEN b.id IS NULL THEN [b.circle, b.kind, b.system, b.keyVersion, b.hash] ELSE [b.id] END AS end_key
    """,
    row=RelationRow,
)
LIST_KEY_VERSIONS = Statement(
    "exporting.list_key_versions",
    "MATCH (identifier:Identifier) RETURN DISTINCT identifier.keyVersion AS version ORDER BY version",
    row=VersionRow,
)


@dataclass(slots=True)
class Sum:
    """What lines sum up to, in whatever order they come: how many, and the sum of their hashes."""

    nodes: int = 0
    relations: int = 0
    digest: int = 0
    labels: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, line: Line) -> bytes:
        """Counts a node or a relation; returns its one form in bytes."""
        text = encoded(line)
        self.digest = (self.digest + int.from_bytes(sha256(text).digest())) % (1 << 256)
        if "label" in line:
            self.nodes += 1
            self.labels[line["label"]] = self.labels.get(line["label"], 0) + 1
        else:
            self.relations += 1
        return text

    def trailer(self) -> Line:
        return {"end": "export", "nodes": self.nodes, "relations": self.relations, "digest": f"{self.digest:064x}"}


def encoded(line: Line) -> bytes:
    return orjson.dumps(line, option=orjson.OPT_SORT_KEYS)


async def graph_lines(client: Client) -> AsyncIterator[Line]:
    """Every node, then every relation; the graph must not change meanwhile."""
    async for node in client.stream(LIST_NODES, seconds=READING):
        label = _label(node.labels)
        yield {"label": label, "properties": _properties(label, node.properties)}
    async for it in client.stream(LIST_RELATIONS, seconds=READING):
        line: dict[str, Any] = {
            "relation": it.type,
            "from": _end(it.start_labels, it.start_key),
            "to": _end(it.end_labels, it.end_key),
        }
        if properties := _properties(it.type, it.properties):
            line["properties"] = properties
        yield line


async def export(client: Client, *, now: datetime) -> AsyncIterator[bytes]:
    """The lines of a graph that does not change meanwhile, each with its end."""
    header = {
        "turnout": "export",
        "format": FORMAT,
        "takenAt": to_graph(now).isoformat(timespec="seconds") + "Z",
        "migrations": [row.id for row in await client.read(FIND_APPLIED)],
        "keyVersions": [row.version for row in await client.read(LIST_KEY_VERSIONS)],
    }
    yield encoded(header) + b"\n"
    total = Sum()
    async for line in graph_lines(client):
        yield total.add(line) + b"\n"
    yield encoded(total.trailer()) + b"\n"


def _label(labels: Sequence[str]) -> str:
    if len(labels) != 1 or labels[0] not in KEYS:
        raise NotExported(f"A node labelled {' and '.join(labels) or 'nothing'} is none that this version knows.")
    return labels[0]


def _end(labels: Sequence[str], key: Sequence[Any]) -> list[Any]:
    label = _label(labels)
    if len(key) != len(KEYS[label]) or None in key:
        raise NotExported(f"A {label} is not named by {', '.join(KEYS[label])}.")
    return [label, *key]


def _properties(owner: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    found = ((name, value) for name, value in stored.items() if value is not None and not name.startswith("_"))
    return {name: _said(f"{owner}.{name}", value) for name, value in found}


def _said(where: str, value: Any) -> Any:
    """A stored value in JSON; what JSON has no form for is a map of one entry that names its type."""
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, DateTime) and value.tzinfo is None and value.nanosecond % 1000 == 0:
        return {"local": to_graph(from_graph(value)).isoformat()}
    if isinstance(value, list):
        return [_said(where, item) for item in cast(list[Any], value)]
    if isinstance(value, (str, bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise NotExported(f"{where} holds a {type(value).__name__}, for which an export has no form.")


def understood(value: Any) -> Any:
    """A value as the graph stores it, from its form in JSON."""
    if isinstance(value, dict):
        ((kind, text),) = cast(dict[str, str], value).items()
        if kind == "bytes":
            return base64.b64decode(text, validate=True)
        if kind == "local":
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        raise ValueError(kind)
    if isinstance(value, list):
        return [understood(item) for item in cast(list[Any], value)]
    return value


@dataclass(frozen=True, slots=True)
class Header:
    taken_at: str
    migrations: list[str]
    key_versions: list[int]


def read_header(text: bytes) -> Header:
    """The first line of an export; Damaged where it is none, or one of a later version."""
    try:
        header = orjson.loads(text)
        if header["turnout"] != "export":
            raise ValueError
        if header["format"] != FORMAT:
            raise Damaged(f"The file has format {header['format']}; this version reads format {FORMAT}.")
        return Header(header["takenAt"], header["migrations"], header["keyVersions"])
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("The file is not an export of Turnout.") from error


def read_lines(lines: Iterator[bytes], total: Sum) -> Iterator[Line]:
    """Nodes and relations of an export after its header; Damaged where they are not what its last line says.

    `total` is an empty sum, to which what was read is added.
    """
    for text in lines:
        try:
            line: Line = orjson.loads(text)
        except ValueError as error:
            raise Damaged(f"Line {total.nodes + total.relations + 2} of the file cannot be read.") from error
        if "end" in line:
            if line != total.trailer() or next(lines, None):
                raise Damaged("The file does not sum up to what its last line says: it was changed.")
            return
        total.add(line)
        yield line
    raise Damaged("The file ends too early.")
