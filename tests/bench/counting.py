"""A Bolt proxy on loopback that counts the statements which pass: the same measure for every candidate."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

RUN = 0x10
MANIFEST = bytes.fromhex("000001ff")
"""An offer to negotiate the version at length; without it the handshake is five numbers and one."""


class Counter:
    """Counts RUN messages on their way to the database."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._host, self._port = parts.hostname or "", parts.port or 7687
        self._server: asyncio.Server | None = None
        self.statements = 0
        self.uri = ""

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.uri = f"bolt://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self.uri

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(self._host, self._port)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            offer = await reader.readexactly(20)
            there_writer.write(offer.replace(MANIFEST, bytes(4)))
            back = asyncio.create_task(_copy(there_reader, writer))
            try:
                await self._forward(reader, there_writer)
            finally:
                back.cancel()
        writer.close()
        there_writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Passes chunks on; a message begins after each empty chunk, and its second byte says what it is."""
        begins = True
        while True:
            head = await reader.readexactly(2)
            chunk = await reader.readexactly(int.from_bytes(head))
            if begins and len(chunk) > 1 and chunk[1] == RUN:
                self.statements += 1
            begins = not chunk
            writer.write(head + chunk)
            await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
