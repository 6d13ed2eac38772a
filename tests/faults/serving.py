"""Processes of `turnout serve`, and the engine behind them, started, killed and watched from outside."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from api.identity import Tokens
from graph.client import Client
from graph.embedded import Address
from graph.keys import CandidateKeys
from graph.secrets import Secrets
from graph.writing import Graph
from tests.faults.proxy import Proxy
from tests.neo4j.server import Neo4jServer
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
MASTER = b"a master key for the faults only"
THROUGH = "TURNOUT_TEST_BOLT_PORT"
"""Names the port of a proxy through which an API reaches its embedded engine."""


async def until(condition: Callable[[], object], *, within: float = 60) -> None:
    """Returns when the condition holds; fails where that takes too long."""
    end = time.monotonic() + within
    while True:
        if condition():
            return
        assert time.monotonic() < end, f"not within {within} s"
        await asyncio.sleep(0.01)


@dataclass
class Stand:
    """Where the servers of one test live: a data folder, and a Neo4j where the engine is not the embedded one."""

    folder: Path
    neo4j: Neo4jServer | None = None
    secrets: Secrets = field(default_factory=lambda: Secrets(MASTER))

    @property
    def is_embedded(self) -> bool:
        return self.neo4j is None

    def bolt(self) -> tuple[str, int]:
        """Where the engine listens now; ValueError where it does not."""
        uri = self.neo4j.address if self.neo4j else self._published().uri
        host, port = uri.removeprefix("bolt://").split(":")
        return host, int(port)

    def _published(self) -> Address:
        try:
            return Address(**json.loads((self.folder / "engine-address.json").read_text()))
        except OSError as error:
            raise ValueError("no engine is announced") from error

    @asynccontextmanager
    async def graph(self) -> AsyncIterator[Graph]:
        """The graph, past every API and proxy."""
        client = Client.connect(self.neo4j.address, None) if self.neo4j else self._published().client()
        try:
            yield Graph(client, CandidateKeys.at(self.folder / "candidate-keys", self.secrets), self.secrets)
        finally:
            await client.close()

    def token(self, external_id: str) -> str:
        return Tokens(self.secrets).sign(external_id, demo=False, now=datetime.now(UTC))

    @asynccontextmanager
    async def serving(self, proxy: Proxy | None = None, **settings: str) -> AsyncIterator[Api]:
        """An API that is ready, and gone afterwards."""
        api = Api(self, proxy, settings)
        api.start()
        try:
            await api.ready(120)
            yield api
        finally:
            await asyncio.to_thread(api.end)


class Api:
    """One process of `turnout serve`, at the same address however often it is started."""

    def __init__(self, stand: Stand, proxy: Proxy | None, settings: dict[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._stand = stand
        self._proxy = proxy
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._probe = httpx.AsyncClient(base_url=self.url, timeout=2, trust_env=False)

    def start(self) -> None:
        with (self._stand.folder / f"api-{self.port}.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, env=self.environment()
            )

    def _command(self) -> list[str]:
        through = self._proxy is not None and self._stand.is_embedded
        if through:
            return [sys.executable, "-m", "tests.faults.through_proxy"]
        return [str(Path(sys.executable).with_name("turnout")), "serve"]

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("TURNOUT_")}
        own |= {
            "TURNOUT_PORT": str(self.port),
            "TURNOUT_DATA": str(self._stand.folder),
            "TURNOUT_MASTER_KEY": base64.b64encode(MASTER).decode(),
            "TURNOUT_RATE_POINTS": "0",
        }
        if self._proxy is not None and self._stand.is_embedded:
            own[THROUGH] = str(self._proxy.port)
        if self._stand.neo4j is not None:
            port = self._proxy.port if self._proxy else self._stand.bolt()[1]
            own["TURNOUT_NEO4J_URI"] = f"bolt://127.0.0.1:{port}"
        return own | self._settings

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def engine_pid(self) -> int | None:
        """The embedded engine's process; None while there is none."""
        with suppress(OSError):
            for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
                if b"graph.embedded_child" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        return None

    def spent(self) -> float:
        """Seconds of a processor that the API and an embedded engine of its have used."""
        ticks = 0
        for pid in filter(None, (self.pid, self.engine_pid())):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    async def is_ready(self) -> bool:
        with suppress(httpx.TransportError):
            return (await self._probe.get("/readyz")).status_code == 200
        return False

    async def ready(self, within: float) -> float:
        """Seconds until the API answers that it is ready; fails where that takes too long."""
        start = time.monotonic()
        while not await self.is_ready():
            assert self._process is not None
            ended = self._process.poll()
            assert ended is None, f"the API ended with {ended}:\n{self.log()[-2000:]}"
            assert time.monotonic() - start < within, f"not ready within {within} s:\n{self.log()[-2000:]}"
            await asyncio.sleep(0.05)
        return time.monotonic() - start

    def kill(self) -> None:
        """Without any warning, as the kernel does where memory ends."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    async def ended(self, within: float) -> float:
        """Seconds until the process is gone."""
        start = time.monotonic()
        assert self._process is not None
        await asyncio.to_thread(self._process.wait, within)
        return time.monotonic() - start

    def end(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        return (self._stand.folder / f"api-{self.port}.log").read_text(errors="replace")
