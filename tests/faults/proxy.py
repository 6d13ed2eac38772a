"""A Bolt proxy that cuts commits, drops and freezes connections between an API and its engine."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

COMMIT, GOODBYE, LOGOFF = 0x12, 0x02, 0x6B
SUCCESS, RECORD = 0x70, 0x71
MANIFEST = b"\x00\x00\x01\xff"
"""What a server answers to a handshake that goes on with a list of versions."""


class Cut(Enum):
    """When the connection of a commit is cut: before the engine saw it, while it works on it, after it succeeded."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(eq=False)
class Link:
    """One connection of the API and the one to the engine that goes with it."""

    client: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    server: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    asked: deque[Cut | None] = field(default_factory=deque)
    """Requests without an answer yet; the cut that waits for the answer of a commit."""
    flows: asyncio.Event = field(default_factory=asyncio.Event)

    def abort(self) -> None:
        for _, writer in (self.client, self.server):
            writer.transport.abort()

    def close_after_sending(self) -> None:
        """Lets the engine have what was written to it, and the API nothing more."""
        self.client[1].transport.abort()
        self.server[1].close()


class Proxy:
    """Listens on a loopback port and passes messages on to wherever `target` says that the engine is."""

    def __init__(self, target: Callable[[], tuple[str, int]], *, share: float = 0.0, seed: int = 0) -> None:
        self.share = share
        """Of the commits, how many are cut."""
        self.seen: Counter[str] = Counter()
        self.port = 0
        self._target = target
        self._chance = random.Random(seed)
        self._links: set[Link] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for link in list(self._links):
            link.abort()
        await self._server.wait_closed()

    def drop_idle(self) -> int:
        """Resets the connections that wait for nothing, as a firewall does; tells how many."""
        idle = [link for link in self._links if not link.asked]
        for link in idle:
            link.abort()
        return len(idle)

    def freeze(self) -> int:
        """From now on the connections there are carry nothing, and stay open; new ones work. Tells how many."""
        for link in self._links:
            link.flows.clear()
        return len(self._links)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server = await asyncio.open_connection(*self._target())
        except (OSError, ValueError, RuntimeError):
            writer.transport.abort()
            return
        link = Link((reader, writer), server)
        link.flows.set()
        self._links.add(link)
        try:
            await self._shake_hands(link)
            pumps = [asyncio.create_task(each) for each in (self._to_engine(link), self._to_api(link))]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._links.discard(link)
            writer.transport.abort()
            server[1].close()

    async def _shake_hands(self, link: Link) -> None:
        (reader, writer), (engine_reader, engine_writer) = link.client, link.server
        engine_writer.write(await reader.readexactly(20))
        answer = await engine_reader.readexactly(4)
        writer.write(answer)
        if answer == MANIFEST:
            count, written = await _number(engine_reader)
            versions = await engine_reader.readexactly(4 * count)
            writer.write(written + versions + (await _number(engine_reader))[1])
            version = await reader.readexactly(4)
            engine_writer.write(version + (await _number(reader))[1])

    async def _to_engine(self, link: Link) -> None:
        reader, writer = link.client[0], link.server[1]
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                raw, kind = await _message(reader)
                await link.flows.wait()
                cut = self._chosen() if kind == COMMIT else None
                if cut is Cut.BEFORE:
                    return link.abort()
                writer.write(raw)
                if cut is Cut.DURING:
                    return link.close_after_sending()
                if kind not in (None, GOODBYE):
                    link.asked.append(cut)

    async def _to_api(self, link: Link) -> None:
        reader, writer = link.server[0], link.client[1]
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                raw, kind = await _message(reader)
                await link.flows.wait()
                cut = link.asked.popleft() if kind not in (None, RECORD) and link.asked else None
                if cut is Cut.AFTER and kind == SUCCESS:
                    return link.abort()
                writer.write(raw)
                await writer.drain()

    def _chosen(self) -> Cut | None:
        self.seen["commits"] += 1
        if self._chance.random() >= self.share:
            return None
        cut = self._chance.choice(list(Cut))
        self.seen[cut.value] += 1
        return cut


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, int | None]:
    """A whole message as it was sent, and its kind; a lone end of chunks keeps a connection alive and is none."""
    raw = bytearray()
    kind: int | None = None
    while True:
        head = await reader.readexactly(2)
        size = int.from_bytes(head, "big")
        chunk = await reader.readexactly(size)
        raw += head + chunk
        if size == 0:
            return bytes(raw), kind
        if kind is None:
            kind = chunk[1]


async def _number(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """A number of seven bits a byte, lowest first, and how it was written."""
    value, raw = 0, b""
    while True:
        byte = await reader.readexactly(1)
        value |= (byte[0] & 0x7F) << 7 * len(raw)
        raw += byte
        if byte[0] < 0x80:
            return value, raw
