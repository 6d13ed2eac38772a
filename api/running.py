"""From settings to a graph that answers: the engine, the client, the keys, and all migrations applied."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError

from api.settings import Settings, SetupError
from graph.client import Client, EngineUnavailable
from graph.copying import copied
from graph.embedded import Address, EmbeddedEngine, EngineError
from graph.gates import closed_gates
from graph.keyring import missing_version
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.proof_files import ProofFiles
from graph.restoring import is_unfinished
from graph.secrets import Secrets
from graph.writing import Graph

Say = Callable[[str], None]


def silent(_: str) -> None:
    """Says nothing."""


@asynccontextmanager
async def running_graph(
    settings: Settings, *, serving: bool = False, restoring: bool = False, joining: bool = False, say: Say = silent
) -> AsyncGenerator[Graph]:
    """A migrated graph; SetupError in one sentence where there can be none.

    The embedded engine is started for the while. Where a server already runs it on the same folder, other commands
    of the operator use that one; a second server is refused. Half a restored graph is for `restoring` alone. Who is
    `joining` never starts an engine, so that a server is never kept from its folder.
    """
    secrets = Secrets(settings.read_master_keys())
    try:
        keys = CandidateKeys.at(settings.key_place(), secrets)
    except Exception as error:
        raise SetupError(f"The candidates' keys cannot be kept at {settings.key_place()}: {error}") from error
    try:
        files = ProofFiles.at(settings.proof_place())
    except Exception as error:
        raise SetupError(f"Candidates' proof cannot be kept at {settings.proof_place()}: {error}") from error
    async with _joined(settings) if joining else _client(settings, serving, say) as (client, _):
        await _prepare(client, restoring, say)
        await _fit(client, secrets)
        phones = settings.message_webhook_url is not None
        yield Graph(client, keys, secrets, loopback=settings.is_development, files=files, phones=phones)


async def _prepare(client: Client, restoring: bool, say: Say) -> None:
    say("Migrating ...")
    try:
        await migrate(client)
        unfinished = not restoring and await is_unfinished(client)
    except (EngineUnavailable, Neo4jError, DriverError) as error:
        raise SetupError(f"The database does not answer as it should: {error}") from error
    if unfinished:
        raise SetupError("A restore into this database was begun and not finished: run `turnout restore` again.")


async def _fit(client: Client, secrets: Secrets) -> None:
    if missing := await missing_version(client, secrets):
        raise SetupError(
            f"The graph lives under version {missing} of the master key, which TURNOUT_MASTER_KEY does not name."
        )


@asynccontextmanager
async def unchanging_graph(settings: Settings, say: Say = silent) -> AsyncGenerator[Client]:
    """The graph as it is at one moment, for reading alone, while others go on writing or wait to."""
    async with _client(settings, False, say) as (client, address):
        await _prepare(client, False, say)
        async with closed_gates(client) if address is None else copied(settings.engine_folder, address) as unchanging:
            yield unchanging


@asynccontextmanager
async def graph_aside(folder: Path, beside: Graph) -> AsyncGenerator[Graph]:
    """An empty graph on an embedded engine of its own, under the keys of another; the folder is gone afterwards."""
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    engine = EmbeddedEngine(folder / "engine")
    try:
        client = (await engine.start()).client()
        try:
            await migrate(client)
            yield replace(beside, client=client)
        finally:
            await client.close()
    except EngineError as error:
        raise SetupError(str(error)) from error
    finally:
        await engine.stop()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


@asynccontextmanager
async def _client(settings: Settings, serving: bool, say: Say) -> AsyncGenerator[tuple[Client, Address | None]]:
    """A client, and the address of the embedded engine where it is one."""
    if settings.neo4j_uri is not None:
        async with _neo4j(settings, say) as client:
            yield client, None
        return
    engine = EmbeddedEngine(settings.engine_folder)
    say("Starting the embedded engine ...")
    try:
        address = await engine.start()
    except EngineError as error:
        known = None if serving else _known_address(settings)
        if known is None:
            raise SetupError(str(error)) from error
        client = known.client()
        try:
            yield client, known
        finally:
            await client.close()
        return
    client = address.client()
    _publish(settings, address)
    try:
        yield client, address
    finally:
        with suppress(FileNotFoundError):
            settings.engine_address.unlink()
        await client.close()
        await engine.stop()


@asynccontextmanager
async def _joined(settings: Settings) -> AsyncGenerator[tuple[Client, Address | None]]:
    """The engine of a running server, or the Neo4j that is set."""
    if settings.neo4j_uri is not None:
        async with _neo4j(settings, silent) as client:
            yield client, None
        return
    known = _known_address(settings)
    if known is None:
        raise SetupError(
            f"No server runs the embedded engine on {settings.engine_folder}: start `turnout serve` first."
        )
    client = known.client()
    try:
        yield client, known
    finally:
        await client.close()


@asynccontextmanager
async def _neo4j(settings: Settings, say: Say) -> AsyncGenerator[Client]:
    say(f"Connecting to {settings.neo4j_uri} ...")
    password = settings.neo4j_password
    auth = (settings.neo4j_user, password) if password is not None else None
    try:
        client = Client.connect(settings.neo4j_uri or "", auth, settings.neo4j_database)
    except (ConfigurationError, ValueError) as error:
        raise SetupError(f"TURNOUT_NEO4J_URI is not usable: {error}") from error
    try:
        await client.driver.verify_connectivity()
    except AuthError as error:
        await client.close()
        raise SetupError("Neo4j refused TURNOUT_NEO4J_USER and TURNOUT_NEO4J_PASSWORD.") from error
    except (Neo4jError, DriverError, OSError) as error:
        await client.close()
        raise SetupError(f"No Neo4j answers at {settings.neo4j_uri}.") from error
    try:
        yield client
    finally:
        await client.close()


def _publish(settings: Settings, address: Address) -> None:
    """Leaves the address to the operator alone; it is good until the server stops."""
    path = settings.engine_address
    with suppress(FileNotFoundError):
        path.unlink()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(address), file)


def _known_address(settings: Settings) -> Address | None:
    try:
        return Address(**json.loads(settings.engine_address.read_text()))
    except (OSError, ValueError, TypeError):
        return None
