"""What all commands share: how they come to an exit code, where they speak, and how they show progress."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from uvicorn.loops.auto import auto_loop_factory

from api.settings import SetupError
from graph.client import EngineUnavailable

err = Console(stderr=True)


def run(work: Callable[[], Coroutine[Any, Any, int]]) -> None:
    """Runs a command to its exit code, on uvloop where there is one; what stands in the way is told in one sentence."""
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            code = runner.run(work())
    except (SetupError, EngineUnavailable) as error:
        err.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
        code = 1
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)


def bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )
