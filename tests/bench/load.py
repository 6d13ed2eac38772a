"""Sends requests over keep-alive connections, as many as told and for as long, and says how long each took.

A process of its own: `python -m tests.bench.load` reads what to do as JSON and writes what it saw as JSON. Each lane
has its connections, and each connection of it sends the lane's next request when it has the answer to its last.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import Any, cast

import httptools
import orjson
import uvloop

DRAIN = 120.0
"""Seconds that requests under way may still take once no more are sent."""
REFUSED = (b'"errors":[', b'"errors": [')


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: what it counts as, and its HTTP."""

    path: str
    label: str = "all"
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def bytes(self, port: int) -> bytes:
        body = (self.body or "").encode()
        lines = [f"{'POST' if self.body else 'GET'} {self.path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Lane:
    """Requests sent in turn, over and over or once, by so many connections."""

    ports: list[int]
    connections: int
    requests: list[Sent]
    once: bool = False
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of the requests of one label: milliseconds, requests a second, bytes of an answer, failures."""

    count: int
    failed: int
    median: float
    high: float
    rate: float
    size: float
    failure: str = ""


class Connection(asyncio.Protocol):
    """One keep-alive connection; an answer is read to its end before the next request is written."""

    def __init__(self) -> None:
        self._done: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(error or ConnectionError("the server closed the connection"))

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        assert self._transport is not None
        self._parts: list[bytes] = []
        self._parser = httptools.HttpResponseParser(self)
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        await self._done
        return self._parser.get_status_code(), b"".join(self._parts)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@dataclass(slots=True)
class Tally:
    taken: list[float] = field(default_factory=list[float])
    sizes: list[int] = field(default_factory=list[int])
    failed: int = 0
    failure: str = ""


async def _send(port: int, requests: Iterator[Sent], ends: float, tallies: dict[str, Tally]) -> None:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
    try:
        for request in requests:
            if time.perf_counter() >= ends:
                return
            tally, began = tallies[request.label], time.perf_counter()
            status, body = await connection.ask(request.bytes(port))
            tally.taken.append((time.perf_counter() - began) * 1000)
            tally.sizes.append(len(body))
            if status != 200 or any(sign in body for sign in REFUSED):
                tally.failed += 1
                tally.failure = tally.failure or f"{status} {body[:500].decode(errors='replace')}"
    finally:
        connection.close()


async def _run(lanes: list[Lane], seconds: float) -> dict[str, Seen]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    began = time.perf_counter()
    async with asyncio.timeout(seconds + DRAIN):
        async with asyncio.TaskGroup() as group:
            for lane in lanes:
                requests = _limited(lane)
                for number in range(lane.connections):
                    port = lane.ports[number % len(lane.ports)]
                    group.create_task(_send(port, requests, began + seconds, tallies))
    passed = time.perf_counter() - began
    return {label: _seen(tally, passed) for label, tally in tallies.items()}


def _limited(lane: Lane) -> Iterator[Sent]:
    requests = iter(lane.requests) if lane.once else cycle(lane.requests)
    return (request for _, request in zip(range(lane.most), requests, strict=False))


def _seen(tally: Tally, passed: float) -> Seen:
    taken = sorted(tally.taken)
    high = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    count, size = len(taken), statistics.mean(tally.sizes)
    return Seen(count, tally.failed, statistics.median(taken), high, count / passed, size, tally.failure)


def send(lanes: list[Lane], seconds: float) -> dict[str, Seen]:
    """Has a process of its own send them; raises where any was refused or failed."""
    told = orjson.dumps({"lanes": [asdict(lane) for lane in lanes], "seconds": seconds})
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=told,
        capture_output=True,
        timeout=seconds + DRAIN + 60,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load generator ended: {done.stderr.decode(errors='replace')[-2000:]}")
    found = {label: Seen(**seen) for label, seen in orjson.loads(done.stdout).items()}
    if failures := [seen.failure for seen in found.values() if seen.failed]:
        raise RuntimeError(f"a request failed: {failures[0]}")
    return found


def main() -> None:
    told: dict[str, Any] = orjson.loads(sys.stdin.buffer.read())
    lanes = [Lane(**{**lane, "requests": [Sent(**it) for it in lane["requests"]]}) for lane in told["lanes"]]
    found = uvloop.run(_run(lanes, told["seconds"]))
    sys.stdout.buffer.write(orjson.dumps({label: asdict(seen) for label, seen in found.items()}))


if __name__ == "__main__":
    main()
