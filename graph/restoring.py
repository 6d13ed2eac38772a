"""Restoring: an export fills an empty database, and nobody is let in before all of it is there and checked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, LiteralString, TypeAlias, cast

from graph import events
from graph.client import Client, Transaction
from graph.exporting import KEYS, Damaged, Header, Line, Sum, graph_lines, understood
from graph.health import missing_constraints
from graph.migrations import MIGRATIONS
from graph.statements import Count, Found, Nothing, Statement

BATCH = 1000
"""Nodes or relations written in one transaction."""
DOOR = "MEMBER_OF"
"""The relation without which nobody is a viewer: it is written last."""

Kind: TypeAlias = tuple[Any, ...]
Groups: TypeAlias = dict[Kind, list[Line]]

NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)


class NotRestored(Exception):
    """The database does not hold what the file holds; the text is a sentence for the operator."""


FIND_RECORD = Statement(
    "restoring.find_record",
    "MATCH (n) WHERE NOT (n:Migration OR n:Gate OR n:Restore) RETURN labels(n)[0] AS id LIMIT 1",
    row=Found,
)
FIND_UNFINISHED = Statement("restoring.find_unfinished", "MATCH (r:Restore) RETURN r.id AS id", row=Found)
BEGIN = Statement(
    "restoring.begin",
    "MERGE (r:Restore {id: 'restore'}) SET r.by = $by RETURN r.id AS id",
    row=Found,
    writes=True,
)
HOLD = Statement(
    "restoring.hold",
    "MATCH (r:Restore {id: 'restore', by: $by}) SET r._lock = $by RETURN r.id AS id",
    row=Found,
    writes=True,
)
CLEAR = Statement(
    "restoring.clear",
    """
    MATCH (n) WHERE NOT (n:Migration OR n:Gate OR n:Restore)
    WITH n LIMIT 1000
    DETACH DELETE n
    RETURN count(*) AS count
    """,
    row=Count,
    writes=True,
)
END = Statement("restoring.end", "MATCH (r:Restore) DELETE r", row=Nothing, writes=True)


async def is_unfinished(client: Client) -> bool:
    """Whether a restore into this database was begun and has not come to its end."""
    return bool(await client.read(FIND_UNFINISHED))


def header_refusal(header: Header, key_versions: Iterable[int]) -> str | None:
    """Why this version, with these keys, cannot hold what the file holds."""
    known = {migration.id for migration in MIGRATIONS}
    if later := [id for id in header.migrations if id not in known]:
        return f"The file was written by a later version of Turnout, with migration {later[0]}."
    if unknown := sorted(set(header.key_versions) - set(key_versions)):
        return (
            f"The file recognises people by version {unknown[0]} of the master key, "
            "which TURNOUT_MASTER_KEY does not name: without it nobody in it would be recognised again."
        )
    return None


@dataclass(slots=True)
class Restore:
    """One run; whoever began later takes the database over, and this one writes nothing more."""

    client: Client
    by: str
    progress: Callable[[int], None] = lambda _: None
    done: int = 0

    async def begin(self) -> None:
        """Takes an empty database, or one in which a restore was broken off, which is emptied first."""
        if not await is_unfinished(self.client) and await self.client.read(FIND_RECORD):
            raise NotRestored("The database holds data already; a restore needs an empty one.")
        await self.client.write(lambda tx: tx.run(BEGIN, by=self.by))
        while await self.client.write(self._clear):
            pass

    async def _clear(self, tx: Transaction) -> int:
        await self._hold(tx)
        return (await tx.run(CLEAR))[0].count

    async def _hold(self, tx: Transaction) -> None:
        if not await tx.run(HOLD, by=self.by):
            raise NotRestored("Another restore has taken this database over.")

    async def load(self, lines: Iterator[Line]) -> list[Line]:
        """Writes all nodes, then all relations but the door's, which are returned."""
        doors: list[Line] = []
        waiting: Groups = defaultdict(list)
        relating = False
        for line in lines:
            if line.get("relation") == DOOR:
                doors.append(line)
                continue
            if "relation" in line and not relating:
                relating = True
                await self._flush(waiting)
            kind = _kind(line)
            waiting[kind].append(line)
            if len(waiting[kind]) == BATCH:
                await self._write({kind: waiting.pop(kind)})
        await self._flush(waiting)
        return doors

    async def _flush(self, waiting: Groups) -> None:
        while waiting:
            await self._write(dict([waiting.popitem()]))

    async def _write(self, groups: Groups) -> None:
        async def work(tx: Transaction) -> None:
            await self._hold(tx)
            await _put(tx, groups)

        await self.client.write(work)
        self.done += sum(map(len, groups.values()))
        self.progress(self.done)

    async def check(self, doors: list[Line], expected: Line, *, despite_faults: bool) -> list[str]:
        """Reads back what was written; returns the faults of the chains, if they are no reason to stop."""
        total = Sum()
        for line in doors:
            total.add(line)
        async for line in graph_lines(self.client):
            total.add(line)
        if total.trailer() != expected:
            raise NotRestored("The database does not hold what the file holds. Run the restore again.")
        if missing := await missing_constraints(self.client):
            raise NotRestored(f"The database does not keep {missing[0]} unique. Run the restore again on a new one.")
        _, _, faults = await events.verify(self.client)
        if faults and not despite_faults:
            raise NotRestored(
                f"The file holds {len(faults)} events that are not as they were written; the first: {faults[0]}. "
                "--despite-faults restores it all the same."
            )
        return faults

    async def open(self, doors: list[Line]) -> None:
        """Lets people in, all in one transaction; what must be true before anyone is served comes before this."""
        groups: Groups = defaultdict(list)
        for line in doors:
            groups[_kind(line)].append(line)

        async def work(tx: Transaction) -> None:
            # Sent again after a lost reply, it finds nothing to hold and everything done.
            if await tx.run(FIND_UNFINISHED):
                await self._hold(tx)
                await _put(tx, groups)
                await tx.run(END)

        await self.client.write(work)


def _kind(line: Line) -> Kind:
    """What one statement can write together: a label; or a relation's type, ends and properties."""
    if "label" in line:
        return (_known(line["label"]),)
    properties = tuple(sorted(_name(name) for name in line.get("properties", {})))
    return (_name(line["relation"]), _known(line["from"][0]), _known(line["to"][0]), properties)


def _known(label: str) -> str:
    if label not in KEYS:
        raise Damaged(f"The file holds a {label}, which this version does not know.")
    return label


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise Damaged(f"The file names a relation or a property {name!r}, which none is called.")
    return name


async def _put(tx: Transaction, groups: Groups) -> None:
    for kind, lines in groups.items():
        if len(kind) == 1:
            await tx.run(_node_statement(kind[0]), rows=[_values(line["properties"]) for line in lines])
        else:
            rows = [[line["from"][1:], line["to"][1:], _values(line.get("properties", {}))] for line in lines]
            await tx.run(_relation_statement(*kind), rows=rows)


def _values(properties: dict[str, Any]) -> dict[str, Any]:
    try:
        return {_name(name): understood(value) for name, value in properties.items()}
    except (ValueError, TypeError) as error:
        raise Damaged(f"The file holds a value that cannot be read: {error}.") from error


_composed: dict[Kind, Statement[Nothing]] = {}


def _composed_once(kind: Kind, text: str) -> Statement[Nothing]:
    """A statement of labels from our own migrations and of names that hold nothing but letters, digits and `_`."""
    if kind not in _composed:
        name = "restoring.put_" + "_".join(str(part) for part in kind)
        _composed[kind] = Statement(name, cast(LiteralString, text), row=Nothing, writes=True)
    return _composed[kind]


def _node_statement(label: str) -> Statement[Nothing]:
    key = ", ".join(f"{name}: row.{name}" for name in KEYS[label])
    return _composed_once((label,), f"UNWIND $rows AS row MERGE (n:{label} {{{key}}}) SET n = row")


def _relation_statement(type: str, start: str, end: str, properties: tuple[str, ...]) -> Statement[Nothing]:
    said = ", ".join(f"{name}: row[2].{name}" for name in properties)
    text = (
        f"UNWIND $rows AS row MATCH (a:{start} {{{_match(start, 0)}}}) MATCH (b:{end} {{{_match(end, 1)}}}) "
        f"MERGE (a)-[r:{type}" + (f" {{{said}}}" if said else "") + "]->(b)"
    )
    return _composed_once((type, start, end, properties), text)


def _match(label: str, end: int) -> str:
    return ", ".join(f"{name}: row[{end}][{place}]" for place, name in enumerate(KEYS[label]))
