"""The command line: what its commands run on."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import typer

from api import command, running
from api.command import _listening, is_known, run
from api.running import running_graph
from api.settings import Profile, Settings, SetupError
from graph.client import TooSlow
from graph.writing import Graph
from tests.conftest import Company


async def test_commands_run_on_the_fast_loop() -> None:
    """uvicorn chooses uvloop only where it makes the loop itself; here it is given one."""
    loops: list[str] = []

    async def work() -> int:
        loops.append(type(asyncio.get_running_loop()).__module__)
        return 3

    with pytest.raises(typer.Exit) as ended:
        await asyncio.to_thread(run, work)
    assert (loops, ended.value.exit_code) == (["uvloop"], 3)


@pytest.mark.parametrize("slow", ["migrate", "is_unfinished", "missing_version"])
async def test_a_database_too_slow_to_start_on_is_told_in_a_sentence(
    slow: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cold and busy one stops statements that need too long: no traceback, and nothing is left running."""

    @asynccontextmanager
    async def client(*_: object) -> AsyncGenerator[tuple[None, None]]:
        yield None, None

    async def ready(_: object, *__: object) -> None:
        pass

    async def too_slow(_: object, *__: object) -> None:
        raise TooSlow("The database needed too long, and was stopped.")

    async def serve() -> int:
        async with running_graph(Settings(data=tmp_path, profile=Profile.DEVELOPMENT)):
            return 0

    monkeypatch.setattr(running, "_client", client)
    for step in ("migrate", "is_unfinished", "missing_version"):
        monkeypatch.setattr(running, step, too_slow if step == slow else ready)
    with pytest.raises(typer.Exit) as ended:
        await asyncio.to_thread(run, serve)
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err.strip().endswith("The database needed too long, and was stopped.")


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


async def test_a_token_for_nobody_is_noticed(graph: Graph, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is signed all the same, and whoever holds it is told UNAUTHENTICATED without a word why."""

    @asynccontextmanager
    async def running(settings: Settings, *, joining: bool) -> AsyncGenerator[Graph]:
        assert joining, "an engine is never started for a token"
        if settings.port == 1:
            raise SetupError("No server runs.")
        yield graph

    monkeypatch.setattr(command, "running_graph", running)
    there, away = Settings(), Settings(port=1)
    assert await is_known(there, company.user("hr")) is True
    assert await is_known(there, "nobody@x") is False
    assert await is_known(away, "nobody@x") is None
