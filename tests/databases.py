"""Databases of a test's own, empty: of the engine under test, or embedded ones beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from neo4j import AsyncGraphDatabase

from graph.client import Client
from graph.copying import copied
from graph.embedded import Address, EmbeddedEngine
from graph.gates import closed_gates
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.proof_files import ProofFiles
from graph.restoring import CLEAR, END
from graph.secrets import Secrets
from graph.writing import Graph
from tests.neo4j.host import HostedNeo4j, port


@dataclass
class Database:
    """An engine with a client, and how its graph of one moment is read."""

    client: Client
    folder: Path
    address: Address | None
    uri: str
    files: Path
    """Where the engine keeps its own files, logs of what was written among them."""

    def unchanging(self) -> AbstractAsyncContextManager[Client]:
        return closed_gates(self.client) if self.address is None else copied(self.folder / "engine", self.address)

    def graph(self, secrets: Secrets, keys: Path) -> Graph:
        files = ProofFiles.at(keys.with_name("proofs"))
        return Graph(self.client, CandidateKeys.at(keys, secrets), secrets, files=files)


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Database]:
    engine = EmbeddedEngine(folder / "engine", heap="256m")
    address = await engine.start()
    client = address.client()
    try:
        await migrate(client)
        # Commands that are given this folder find the engine running there.
        (folder / "engine-address.json").write_text(json.dumps(asdict(address)))
        yield Database(client, folder, address, address.uri, folder / "engine")
    finally:
        await client.close()
        await engine.stop()


@asynccontextmanager
async def started_neo4j() -> AsyncIterator[HostedNeo4j]:
    """A Neo4j that has answered: what comes first may take it longer than a user would wait."""
    server = await asyncio.to_thread(lambda: HostedNeo4j(port()))
    try:
        async with AsyncGraphDatabase.driver(server.address) as driver:
            await driver.execute_query("CREATE (n) DELETE n")
        yield server
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def neo4j(folder: Path) -> AsyncIterator[Database]:
    async with started_neo4j() as server:
        client = Client.connect(server.address, None)
        try:
            await migrate(client)
            yield Database(client, folder, None, server.address, server.folder)
        finally:
            await client.close()


async def _empty(database: Database) -> None:
    while (await database.client.write(lambda tx: tx.run(CLEAR)))[0].count:
        pass
    await database.client.write(lambda tx: tx.run(END))


class Databases:
    """Databases that are emptied for each test: engines start slowly, so they are kept for the next one."""

    def __init__(self, folder: Path, engine: str, stack: AsyncExitStack) -> None:
        self.engine = engine
        self._folder = folder
        self._stack = stack
        self._opened: dict[str, list[Database]] = {"embedded": [], "neo4j": []}
        self._taken = {"embedded": 0, "neo4j": 0}

    async def embedded(self) -> Database:
        return await self._take("embedded")

    async def tested(self) -> Database:
        """One of the engine under test."""
        return await self._take(self.engine)

    async def _take(self, engine: str) -> Database:
        opened, number = self._opened[engine], self._taken[engine]
        if number == len(opened):
            folder = self._folder / f"{engine}-{number}"
            folder.mkdir()
            opened.append(await self._stack.enter_async_context((neo4j if engine == "neo4j" else embedded)(folder)))
        self._taken[engine] += 1
        return opened[number]

    async def give_back(self) -> None:
        for engine, opened in self._opened.items():
            for database in opened[: self._taken[engine]]:
                await _empty(database)
            self._taken[engine] = 0

    async def give_back_embedded(self) -> None:
        """Empties the embedded one that was taken last."""
        self._taken["embedded"] -= 1
        await _empty(self._opened["embedded"][self._taken["embedded"]])


@pytest.fixture(scope="session")
async def all_databases(tmp_path_factory: pytest.TempPathFactory, engine_name: str) -> AsyncIterator[Databases]:
    async with AsyncExitStack() as stack:
        yield Databases(tmp_path_factory.mktemp("databases"), engine_name, stack)


@pytest.fixture
async def databases(all_databases: Databases) -> AsyncIterator[Databases]:
    yield all_databases
    await all_databases.give_back()
