"""The command line: what its commands run on."""

from __future__ import annotations

import asyncio
import socket

import pytest
import typer

from api.command import _listening, run
from api.settings import Settings


async def test_commands_run_on_the_fast_loop() -> None:
    """uvicorn chooses uvloop only where it makes the loop itself; here it is given one."""
    loops: list[str] = []

    async def work() -> int:
        loops.append(type(asyncio.get_running_loop()).__module__)
        return 3

    with pytest.raises(typer.Exit) as ended:
        await asyncio.to_thread(run, work)
    assert (loops, ended.value.exit_code) == (["uvloop"], 3)


async def test_answers_are_not_held_back_for_small_packets() -> None:
    """Headers and body are two writes: with Nagle's algorithm the second waits 40 ms for the client."""
    delays: list[int] = []

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        delays.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with _listening(Settings(port=0)) as listener:
        server = await asyncio.start_server(accept, sock=listener)
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        await reader.read()
        writer.close()
        server.close()
    assert delays == [1]
