"""What the embedded engine promises: it keeps data, comes back, is alone on its folder and leaves nothing behind."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString

import pytest
from neo4j import AsyncDriver, AsyncGraphDatabase
from neo4j.exceptions import ClientError, DriverError

from graph.embedded import Address, EmbeddedEngine, EngineError

PARENT = """
import asyncio, dataclasses, json, pathlib, sys
from graph.embedded import EmbeddedEngine

async def run():
    engine = EmbeddedEngine(pathlib.Path(sys.argv[1]))
    address = await engine.start()
    print(json.dumps([engine.pid, dataclasses.asdict(address)]), flush=True)
    await asyncio.sleep(600)

asyncio.run(run())
"""


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[EmbeddedEngine, AsyncDriver]]:
    engine = EmbeddedEngine(folder)
    address = await engine.start()
    try:
        async with driver_for(address) as driver:
            yield engine, driver
    finally:
        await engine.stop()


def driver_for(address: Address) -> AsyncDriver:
    return AsyncGraphDatabase.driver(address.uri, auth=(address.user, address.password), connection_timeout=2)


async def ask(driver: AsyncDriver, text: LiteralString) -> list[dict[str, Any]]:
    async with driver.session(database="turnout") as session:
        return [record.data() async for record in await session.run(text)]


async def within(seconds: float, attempt: Callable[[], Awaitable[Any]]) -> Any:
    """The first answer of an attempt that is neither false nor a lost connection."""
    give_up = time.monotonic() + seconds
    while True:
        try:
            if answer := await attempt():
                return answer
        except (DriverError, OSError):
            pass
        assert time.monotonic() < give_up, f"nothing within {seconds} seconds"
        await asyncio.sleep(0.1)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")


async def test_data_survives_a_restart_with_a_new_password(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    first = await engine.start()
    async with driver_for(first) as driver:
        await ask(driver, "CREATE (:Note {text: 'kept'})")
    pid = engine.pid
    began = time.monotonic()
    await engine.stop()
    assert time.monotonic() - began < 8
    assert engine.state == "stopped"
    assert pid
    assert not is_alive(pid)
    second = await engine.start()
    try:
        assert second.password != first.password
        async with driver_for(second) as driver:
            assert await ask(driver, "MATCH (n:Note) RETURN n.text AS text") == [{"text": "kept"}]
    finally:
        await engine.stop()


async def test_a_killed_engine_comes_back_at_the_same_address(tmp_path: Path) -> None:
    async with running(tmp_path) as (engine, driver):
        await ask(driver, "CREATE (:Note {text: 'acknowledged'})")
        killed = engine.pid
        assert killed
        os.kill(killed, signal.SIGKILL)

        async def read() -> list[dict[str, Any]]:
            return await ask(driver, "MATCH (n:Note) RETURN n.text AS text")

        assert await within(10, read) == [{"text": "acknowledged"}]
        assert engine.pid != killed
        assert engine.state == "running"


async def test_a_second_instance_is_refused_and_the_first_unharmed(tmp_path: Path) -> None:
    async with running(tmp_path) as (first, driver):
        second = EmbeddedEngine(tmp_path)
        with pytest.raises(EngineError) as refusal:
            await second.start()
        assert str(refusal.value) == f"Another Turnout is already running on {tmp_path}."
        assert second.state == "failed"
        await second.stop()
        assert await ask(driver, "RETURN 1 AS one") == [{"one": 1}]
        assert first.state == "running"


async def test_the_engine_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    """And the folder can be taken at once: a start waits for the orphan to close its database."""
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(tmp_path)), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout
    pid, address = json.loads(await parent.stdout.readline())
    async with driver_for(Address(**address)) as driver:
        await ask(driver, "CREATE (:Note {text: 'of the first'})")
    parent.kill()
    await parent.wait()
    async with running(tmp_path) as (_, driver):
        assert not is_alive(pid)
        assert await ask(driver, "MATCH (n:Note) RETURN n.text AS text") == [{"text": "of the first"}]


async def test_statements_cannot_read_files_or_addresses(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("salary\n")
    async with running(tmp_path / "engine") as (_, driver):
        for source in (secret.as_uri(), str(secret), "http://127.0.0.1:9/"):
            async with driver.session(database="turnout") as session:
                with pytest.raises(ClientError, match="disabled"):
                    await (await session.run("LOAD CSV FROM $source AS line RETURN line", source=source)).consume()


async def test_an_engine_listens_on_loopback_alone(tmp_path: Path) -> None:
    async with running(tmp_path) as (engine, _):
        addresses = {address for address in listening(engine.pid or 0)}
        assert len(addresses) == 2
        assert all(address.startswith("127.0.0.1:") for address in addresses)


async def test_an_unwritable_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    engine = EmbeddedEngine(tmp_path / "file" / "engine")
    with pytest.raises(EngineError, match=r"^The folder .*/file/engine cannot be written: Not a directory\.$"):
        await engine.start()
    assert engine.state == "failed"


async def test_a_failed_start_tells_the_engines_own_reason(tmp_path: Path) -> None:
    (tmp_path / "databases").touch()
    engine = EmbeddedEngine(tmp_path)
    with pytest.raises(EngineError, match=r"^The engine on .* did not start: .*databases.*\.$"):
        await engine.start()
    assert engine.pid is None


def listening(pid: int) -> list[str]:
    """The addresses a process listens on, of IPv4 and of IPv4 mapped into IPv6, from Linux's tables."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("needs Linux's /proc")
    links = [link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    sockets = {str(link)[8:-1] for link in links if str(link).startswith("socket:[")}
    rows = [
        row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/{pid}/net/{name}").read_text().split("\n")[1:]
    ]
    return [readable(row[1]) for row in rows if row and row[3] == "0A" and row[9] in sockets]


def readable(address: str) -> str:
    host, port = address.split(":")
    mapped = host.removeprefix("0000000000000000FFFF0000")
    return f"{'.'.join(str(byte) for byte in reversed(bytes.fromhex(mapped)))}:{int(port, 16)}"
