"""Gates: every write on a Neo4j passes one of many, so that who takes them all knows that nothing is being written."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, LiteralString

from neo4j import WRITE_ACCESS

if TYPE_CHECKING:
    from graph.client import Client

GATES = 512
"""So many that two writers seldom meet at one; each is a node whose lock lasts as long as the write."""
CLOSED = 3600.0
"""Seconds that the gates may stay closed."""

PASS: LiteralString = "MERGE (gate:Gate {id: $gate}) SET gate._lock = 0"
CLOSE: LiteralString = "UNWIND range(0, $last) AS id MERGE (gate:Gate {id: id}) SET gate._lock = 0"


@asynccontextmanager
async def closed_gates(client: Client) -> AsyncGenerator[Client]:
    """Waits for the writes that are under way, and lets later ones wait until the block ends.

    The locks are the database's own: they end with this process too, however it ends. An engine without locks that
    wait has no gates; it is copied instead (graph/copying.py).
    """
    if client.one_writer:
        raise RuntimeError("the embedded engine has no locks that wait")
    async with client.driver.session(database=client.database, default_access_mode=WRITE_ACCESS) as session:
        transaction = await session.begin_transaction(timeout=CLOSED)
        async with transaction:
            await (await transaction.run(CLOSE, last=GATES - 1)).consume()
            yield client
            await transaction.rollback()
