"""The database of a benchmark: an engine of its own, empty, and gone afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from graph.client import Client
from graph.embedded import EmbeddedEngine, running
from tests.neo4j.server import Neo4jServer


@asynccontextmanager
async def database(engine: str, folder: Path, *, start_seconds: float = 120) -> AsyncIterator[Client]:
    """A client of a Neo4j that starts within so many seconds, or of an embedded engine that keeps its files in the
    folder."""
    if engine == "neo4j":
        server = Neo4jServer(java_options=["-Xmx2g"], start_seconds=start_seconds)
        client = Client.connect(await asyncio.to_thread(server.start), None)
        try:
            yield client
        finally:
            await client.close()
            await asyncio.to_thread(server.stop)
        return
    async with running(EmbeddedEngine(folder)) as client:
        yield client
