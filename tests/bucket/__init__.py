"""A store as of S3 on this machine, for tests: moto, in the environment that `make bucket` makes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.ports import free_port

PYTHON = Path(__file__).parent / ".venv" / "bin" / "python"
NAME = "turnout"


@asynccontextmanager
async def serving() -> AsyncGenerator[str]:
    """The address of a store with one empty bucket."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        *(PYTHON, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(60):
            while True:
                try:
                    (await client.put(f"{address}/{NAME}")).raise_for_status()
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
        yield address
    finally:
        process.terminate()
        await process.wait()
