"""The command line: what its commands run on."""

from __future__ import annotations

import asyncio

import pytest
import typer

from api.command import run


async def test_commands_run_on_the_fast_loop() -> None:
    """uvicorn chooses uvloop only where it makes the loop itself; here it is given one."""
    loops: list[str] = []

    async def work() -> int:
        loops.append(type(asyncio.get_running_loop()).__module__)
        return 3

    with pytest.raises(typer.Exit) as ended:
        await asyncio.to_thread(run, work)
    assert (loops, ended.value.exit_code) == (["uvloop"], 3)
