"""Keeps an embedded ArcadeDB running as a child process and gives the address where Bolt reaches it."""

import asyncio
import fcntl
import json
import os
import random
import re
import secrets
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import structlog

from graph.client import MARGIN, TIMEOUT, Client
from graph.embedded_child import Boot

State = Literal["stopped", "starting", "running", "failed"]

READY_SECONDS = 120.0
STOP_SECONDS = 7.0
EARLIER_CHILD_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
STEADY_SECONDS = 60.0
LOG_BYTES = 5_000_000
CODE = Path(__file__).resolve().parents[1]

log = structlog.get_logger()


class EngineError(Exception):
    """The engine cannot do what was asked; the text is one sentence for a user."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Bolt driver finds a database, and as whom it signs in."""

    uri: str
    user: str
    password: str
    database: str
    http_port: int

    def client(self) -> Client:
        """A client whose writes take turns: this engine fails one that conflicts with another."""
        return Client.connect(self.uri, (self.user, self.password), self.database, one_writer=True)


class EmbeddedEngine:
    """One ArcadeDB on one folder: restarted at the same address when it dies, gone when its parent is.

    `seconds` are what a statement may take.
    """

    def __init__(self, folder: Path, *, heap: str = "1g", seconds: float = TIMEOUT - MARGIN) -> None:
        self._folder = folder.absolute()
        self._heap = heap
        self._seconds = seconds
        self._state: State = "stopped"
        self._address = Address("", "", "", "", 0)
        self._bolt_port = 0
        self._folder_lock: int | None = None
        self._child: Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        return self._state

    @property
    def pid(self) -> int | None:
        """The child's process id; None where there is no child."""
        return self._child.pid if self._child else None

    async def start(self) -> Address:
        """Start the engine with a new port and password, and wait until it answers; raises EngineError."""
        if self._folder_lock is not None:
            raise EngineError(f"The engine on {self._folder} is started already.")
        self._state = "starting"
        try:
            self._folder_lock = _lock_folder(self._folder)
            self._bolt_port = free_port()
            self._address = Address(
                f"bolt://127.0.0.1:{self._bolt_port}", "root", secrets.token_urlsafe(24), "turnout", free_port()
            )
            await self._spawn()
        except BaseException:
            await self._end("failed")
            raise
        self._keeper = asyncio.create_task(self._keep())
        return self._address

    async def stop(self) -> None:
        """End the child within 8 seconds and release the folder; harmless where nothing runs."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
            self._keeper = None
        await self._end("stopped")

    async def _end(self, state: State) -> None:
        await self._end_child()
        if self._folder_lock is not None:
            os.close(self._folder_lock)
            self._folder_lock = None
        self._state = state

    async def _spawn(self) -> None:
        child_lock = await _lock_when_free(self._folder / "child.lock")
        try:
            with _open_log(self._folder) as output:
                self._child = child = await self._launch(child_lock, output)
                log_start = output.tell()
        except OSError as error:
            raise EngineError(f"The engine on {self._folder} cannot be started: {error.strerror}.") from error
        finally:
            os.close(child_lock)
        if not await self._is_ready(child):
            await self._end_child()
            reason = _last_line(self._folder, log_start) or f"exit code {child.returncode}"
            raise EngineError(f"The engine on {self._folder} did not start: {reason.rstrip('.')}.")
        self._state = "running"

    async def _launch(self, child_lock: int, output: BinaryIO) -> Process:
        # The child inherits its lock, which so outlives a killed parent and keeps the next one waiting.
        # The server's own secrets are of no use to it.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TURNOUT_")}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "graph.embedded_child"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=output,
            pass_fds=(child_lock,),
            start_new_session=True,
            cwd=CODE,
            env=environment,
        )

    async def _is_ready(self, child: Process) -> bool:
        assert child.stdin
        assert child.stdout
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(READY_SECONDS):
                child.stdin.write(self._boot())
                await child.stdin.drain()
                return await child.stdout.readline() == b"ready\n"
        return False

    def _boot(self) -> bytes:
        boot = Boot(
            folder=str(self._folder),
            parent=os.getpid(),
            bolt_port=self._bolt_port,
            http_port=self._address.http_port,
            password=self._address.password,
            database=self._address.database,
            heap=self._heap,
            seconds=self._seconds,
        )
        return json.dumps(asdict(boot)).encode() + b"\n"

    async def _end_child(self) -> None:
        """Close the child's input, at which it shuts down, and kill it if that takes too long."""
        child = self._child
        if child is None:
            return
        assert child.stdin
        child.stdin.close()
        try:
            await asyncio.wait_for(child.wait(), STOP_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        self._child = None

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            since = time.monotonic()
            if self._child is not None:
                code = await self._child.wait()
                self._state = "starting"
                log.warning("engine died", exit_code=code)
            if time.monotonic() - since > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            await self._restart()

    async def _restart(self) -> None:
        self._child = None
        self._state = "starting"
        try:
            await self._spawn()
            log.info("engine restarted", pid=self.pid)
        except EngineError as error:
            self._state = "failed"
            log.error("engine did not restart", reason=str(error))


def _lock_folder(folder: Path) -> int:
    """Take the folder for this process, without waiting; an open file holds it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "log").mkdir(exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise EngineError(f"The folder {folder} cannot be written: {error.strerror}.") from error
    if not _try_lock(lock):
        os.close(lock)
        raise EngineError(f"Another Turnout is already running on {folder}.")
    return lock


async def _lock_when_free(path: Path) -> int:
    """Take the lock that a child holds for its lifetime, waiting for an earlier child to end."""
    lock = _open_lock(path)
    give_up = time.monotonic() + EARLIER_CHILD_SECONDS
    try:
        while not _try_lock(lock):
            if time.monotonic() > give_up:
                raise EngineError(f"An earlier engine still holds {path.parent} and does not end.")
            await asyncio.sleep(0.1)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise EngineError(f"The folder {path.parent} cannot be written: {error.strerror}.") from error


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def free_port(ports: range = range(20_000, 32_000)) -> int:
    """A loopback port below the ephemeral ones, where a client that reconnects could be given the port it dials."""
    for port in random.sample(ports, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise EngineError(f"No free port was found between {ports.start} and {ports.stop}.")


def _log_file(folder: Path) -> Path:
    return folder / "log" / "engine.log"


def _open_log(folder: Path) -> BinaryIO:
    path = _log_file(folder)
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _last_line(folder: Path, start: int) -> str:
    """The last thing the log says after a position, without terminal colours."""
    with suppress(OSError), _log_file(folder).open("rb") as output:
        output.seek(start)
        lines = re.sub(r"\x1b\[[0-9;]*m", "", output.read().decode(errors="replace")).split("\n")
        return next((line.strip()[:500] for line in reversed(lines) if line.strip()), "")
    return ""


@asynccontextmanager
async def running(engine: EmbeddedEngine) -> AsyncGenerator[Client]:
    """A client of the engine, which runs for as long as the block lasts."""
    client = (await engine.start()).client()
    try:
        yield client
    finally:
        await client.close()
        await engine.stop()
