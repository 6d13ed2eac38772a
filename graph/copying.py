"""A copy of a running embedded engine at one moment, made by the engine's own online backup and opened beside it."""

from __future__ import annotations

import asyncio
import base64
import fcntl
import os
import shutil
import zipfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import orjson

from graph.client import Client
from graph.embedded import Address, EmbeddedEngine, EngineError, running

COPYING = 3600.0
"""Seconds that the engine may take to write its backup."""
READING = 3600.0
"""Seconds that one statement may take on the copy."""


@asynccontextmanager
async def copied(folder: Path, address: Address) -> AsyncGenerator[Client]:
    """A client of a second engine, on a copy of the one that runs on `folder`; copy and engine are gone afterwards."""
    place = folder.with_name(folder.name + "-copy")
    lock = _lock(place.with_suffix(".lock"))
    try:
        # What a killed copy left behind is as private as the engine's folder, and goes now.
        shutil.rmtree(place, ignore_errors=True)
        await asyncio.to_thread(_unpack, folder, await asyncio.to_thread(_back_up, address), place, address.database)
        async with running(EmbeddedEngine(place, seconds=READING)) as client:
            yield client
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(lock)


def _lock(path: Path) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise EngineError("Another backup or export of this engine is running.") from None
    return lock


def _back_up(address: Address) -> str:
    """The name of the file that the engine wrote. Its Bolt has no word for it, its HTTP has."""
    signed = base64.b64encode(f"{address.user}:{address.password}".encode()).decode()
    request = Request(
        f"http://127.0.0.1:{address.http_port}/api/v1/command/{address.database}",
        orjson.dumps({"language": "sql", "command": "BACKUP DATABASE"}),
        {"Authorization": f"Basic {signed}", "Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=COPYING) as answer:
            return orjson.loads(answer.read())["result"][0]["backupFile"]
    except HTTPError as error:
        raise EngineError(f"The engine did not copy itself: {error.read(500).decode(errors='replace')}") from error
    except (OSError, ValueError, LookupError) as error:
        raise EngineError(f"The engine did not copy itself: {error}") from error


def _unpack(folder: Path, name: str, place: Path, database: str) -> None:
    packed = folder / "backups" / database / Path(name).name
    try:
        place.mkdir(mode=0o700)
        with zipfile.ZipFile(packed) as files:
            files.extractall(place / "databases" / database)
    finally:
        packed.unlink(missing_ok=True)
