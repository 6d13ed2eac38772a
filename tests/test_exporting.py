"""Exports, backups and restores: the same graph comes back, from either engine, or none at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from api.keeping import new_file, read_through, restored, write_graph
from graph.events import verify
from graph.exporting import graph_lines
from graph.health import missing_constraints
from graph.migrations import FIND_APPLIED
from graph.restoring import Restore
from graph.sealing import Sealer
from graph.secrets import Secrets
from graph.writing import Graph, random_id
from schema.execution import Answerer
from seeds import demo
from tests.conftest import NOW, Ask, gid
from tests.databases import Database, Databases, databases

__all__ = ["databases"]

SECRETS = Secrets(b"a master key of exports in tests".ljust(32, b"."))
INBOX = """
query Inbox($id: ID!) {
  application(id: $id) {
    candidate { displayName email phone interviews { nodes { startsAt mode attendance } } }
    reminders { kind message occurredAt }
  }
}
"""
COMPANY = """
{ organization { name departments { name } users { nodes { externalId organizationRole } } }
  candidates(first: 100) { totalCount nodes { displayName status email possibleMatches { id } } } }
"""


async def canonical(database: Database) -> list[bytes]:
    """Every node and relation of a database that nobody writes to, in an order of its own."""
    return sorted([orjson.dumps(line, option=orjson.OPT_SORT_KEYS) async for line in graph_lines(database.client)])


async def save(database: Database, path: Path, secrets: Secrets | None = None) -> None:
    with new_file(path) as file:
        async with database.unchanging() as client:
            await write_graph(client, file, Sealer(file, secrets) if secrets else None, lambda _: None)


async def bring(database: Database, path: Path) -> None:
    run = Restore(database.client, random_id())
    assert await restored(run, path, SECRETS, read_through(path, SECRETS), despite_faults=False) == []


async def answers(graph: Graph, answerer: Answerer) -> list[Any]:
    ask = Ask(graph, answerer)
    technology = await ask(INBOX, "recruiter@technology.demo", id=gid("Application", demo.main_application_id()))
    return [technology, await ask(COMPANY, "hr@demo"), await ask(COMPANY, "auditor@demo")]


async def test_an_export_moves_a_graph_between_the_engines(
    databases: Databases, tmp_path: Path, answerer: Answerer
) -> None:
    first, second, third = await databases.embedded(), await databases.tested(), await databases.embedded()
    keys = tmp_path / "keys"
    await demo.sow(first.graph(SECRETS, keys), now=NOW)
    await save(first, tmp_path / "there.jsonl")
    await bring(second, tmp_path / "there.jsonl")
    await save(second, tmp_path / "back.jsonl")
    await bring(third, tmp_path / "back.jsonl")
    graphs = [database.graph(SECRETS, keys) for database in (first, second, third)]
    asked = [await answers(graph, answerer) for graph in graphs]
    assert asked[0][0]["application"]["candidate"]["email"]
    assert asked[0] == asked[1] == asked[2]
    dumps = [await canonical(database) for database in (first, second, third)]
    assert len(dumps[0]) > 6000
    assert dumps[0] == dumps[1] == dumps[2]
    for database in (second, third):
        assert (await verify(database.client))[2] == []
        assert await missing_constraints(database.client) == []
        assert await database.client.read(FIND_APPLIED) == await first.client.read(FIND_APPLIED)
