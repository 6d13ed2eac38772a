"""Databases of a test's own, empty: of the engine under test, or embedded ones beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from graph.client import Client
from graph.copying import copied
from graph.embedded import Address, EmbeddedEngine
from graph.gates import closed_gates
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.secrets import Secrets
from graph.writing import Graph
from tests.neo4j.server import Neo4jServer


@dataclass
class Database:
    """An engine with a client, and how its graph of one moment is read."""

    client: Client
    folder: Path
    address: Address | None
    uri: str

    def unchanging(self) -> AbstractAsyncContextManager[Client]:
        return closed_gates(self.client) if self.address is None else copied(self.folder / "engine", self.address)

    def graph(self, secrets: Secrets, keys: Path) -> Graph:
        return Graph(self.client, CandidateKeys.at(keys, secrets), secrets)


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Database]:
    engine = EmbeddedEngine(folder / "engine", heap="256m")
    address = await engine.start()
    client = Client.connect(address.uri, (address.user, address.password), address.database, one_writer=True)
    try:
        await migrate(client)
        yield Database(client, folder, address, address.uri)
    finally:
        await client.close()
        await engine.stop()


@asynccontextmanager
async def neo4j(folder: Path) -> AsyncIterator[Database]:
    server = Neo4jServer()
    uri = await asyncio.to_thread(server.start)
    client = Client.connect(uri, None)
    try:
        await migrate(client)
        yield Database(client, folder, None, uri)
    finally:
        await client.close()
        await asyncio.to_thread(server.stop)


class Databases:
    """Opens databases that end with the test."""

    def __init__(self, folder: Path, engine: str, stack: AsyncExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self.engine = engine
        self._count = 0

    async def embedded(self) -> Database:
        return await self._stack.enter_async_context(embedded(self._place()))

    async def tested(self) -> Database:
        """One of the engine under test."""
        make = neo4j if self.engine == "neo4j" else embedded
        return await self._stack.enter_async_context(make(self._place()))

    def _place(self) -> Path:
        self._count += 1
        folder = self._folder / f"database-{self._count}"
        folder.mkdir()
        return folder


@pytest.fixture
async def databases(tmp_path: Path, engine_name: str) -> AsyncIterator[Databases]:
    async with AsyncExitStack() as stack:
        yield Databases(tmp_path, engine_name, stack)
