"""Commands that keep a graph: export, backup, restore, rotate-keys."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from api.console import bar, run
from api.running import graph_aside, running_graph, unchanging_graph
from api.settings import SetupError, read_settings
from graph import erasures, exporting, sealing
from graph.candidates import CandidateStatus
from graph.client import Client, EngineUnavailable
from graph.embedded import EngineError
from graph.exporting import Damaged, Header, Line, NotExported, Sum
from graph.migrations import catch_up
from graph.restoring import NotRestored, Restore, header_refusal
from graph.rotation import Unreadable, rotate
from graph.secrets import Secrets, UnknownVersion
from graph.writing import Graph, random_id

keeping = typer.Typer()
LONGEST_HEADER = 1 << 16
PRIVATE = 0o600
"""Who may read what commands write: their user alone."""

Target = Annotated[Path, typer.Argument(help="The file to write; there must be none of its name.", dir_okay=False)]
Source = Annotated[
    Path, typer.Argument(help="What backup or export wrote.", exists=True, dir_okay=False, readable=True)
]


@keeping.command()
def backup(file: Target) -> None:
    """Write the whole graph, of one moment, to an encrypted file, while others go on writing."""
    run(lambda: _written(file, sealed=True))


@keeping.command()
def export(file: Target) -> None:
    """Write the whole graph, of one moment, to a file of JSON lines that anyone can read."""
    run(lambda: _written(file, sealed=False))


@keeping.command()
def restore(
    file: Source,
    despite_faults: Annotated[
        bool, typer.Option("--despite-faults", help="Also where its events are not as they were written.")
    ] = False,
) -> None:
    """Fill an empty database from a backup or an export; safe to run again after a kill."""

    async def work() -> int:
        settings = read_settings()
        secrets = Secrets(settings.read_master_keys())
        try:
            with bar() as progress:
                task = progress.add_task("Reading", total=None)
                expected = read_through(file, secrets)
                total = expected.nodes + expected.relations
                progress.update(task, description="Restoring", total=total)
                async with running_graph(settings, restoring=True) as graph:
                    told = Restore(graph.client, random_id(), lambda done: progress.update(task, completed=done))
                    await told.begin()
                    aside = settings.data / "restoring"
                    async with _without_erased(graph, file, secrets, aside, despite_faults=despite_faults) as source:
                        expected = expected if source == file else read_through(source, secrets)
                        faults = await _brought(graph, told, source, secrets, expected, despite_faults=despite_faults)
        except (Damaged, NotRestored) as error:
            raise SetupError(str(error)) from error
        for fault in faults:
            typer.echo(fault)
        typer.echo(f"Restored {expected.nodes} nodes and {expected.relations} relations; every one was read back.")
        return 0

    run(work)


@keeping.command()
def rotate_keys() -> None:
    """Bring identifiers and candidates' keys under the newest version in TURNOUT_MASTER_KEY, while servers serve."""

    async def work() -> int:
        async with running_graph(read_settings()) as graph:
            try:
                with bar() as progress:
                    task = progress.add_task("Rotating", total=None)
                    done = await rotate(
                        graph,
                        tell=lambda step, count, all: progress.update(
                            task, description=step, completed=count, total=all
                        ),
                    )
            except (Unreadable, UnknownVersion) as error:
                raise SetupError(str(error)) from error
        if done.lost:
            typer.echo(f"{done.lost} identifiers could not be carried over: their values are not kept any more.")
        typer.echo(
            f"Everything is under version {done.version}: {done.carried} identifiers carried over, "
            f"{done.rewrapped} keys rewrapped. TURNOUT_MASTER_KEY may name this version alone now."
        )
        return 0

    run(work)


async def _written(path: Path, *, sealed: bool) -> int:
    settings = read_settings()
    sealed_with = Secrets(settings.read_master_keys()) if sealed else None
    try:
        with bar() as progress, new_file(path) as file:
            task = progress.add_task("Reading the graph", total=None)
            async with unchanging_graph(settings) as client:
                sealer = sealing.Sealer(file, sealed_with) if sealed_with else None
                count = await write_graph(client, file, sealer, lambda count: progress.update(task, completed=count))
    except (NotExported, EngineError) as error:
        raise SetupError(str(error)) from error
    except EngineUnavailable as error:
        raise SetupError(f"{error} Nothing was kept: try again, best when less is written.") from error
    typer.echo(f"Wrote {count - 2} nodes and relations to {path}.")
    return 0


async def write_graph(
    client: Client, file: BinaryIO, sealer: sealing.Sealer | None, progress: Callable[[int], None]
) -> int:
    count = 0
    async for line in exporting.export(client, now=datetime.now(UTC)):
        (sealer or file).write(line)
        count += 1
        if count % 1000 == 0:
            progress(count)
    if sealer:
        sealer.finish()
    return count


@contextmanager
def new_file(path: Path) -> Generator[BinaryIO]:
    """A file for its owner alone that takes its name when it is whole; none that exists is written over."""
    part = path.with_name(path.name + ".part")
    if path.exists():
        raise SetupError(f"{path} is there already; name a new file.")
    try:
        part.unlink(missing_ok=True)
        file = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb")
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, secrets: Secrets, total: Sum) -> Generator[tuple[Header, Iterator[Line]]]:
    """The header and the lines of a backup or an export; `total` sums up what was read."""
    with path.open("rb") as file:
        first = file.readline(LONGEST_HEADER)
        if sealing.is_sealed(first):
            texts = sealing.lines(sealing.unsealed(first, file, secrets))
            first = next(texts, b"")
        else:
            texts = (text.rstrip(b"\n") for text in file)
        yield exporting.read_header(first), exporting.read_lines(texts, total)


def read_through(path: Path, secrets: Secrets) -> Sum:
    """Reads a file to its end before anything is written, so that a damaged one is refused at once."""
    total = Sum()
    with opened(path, secrets, total) as (header, lines):
        if refused := header_refusal(header, secrets.versions):
            raise SetupError(refused)
        for _ in lines:
            pass
    return total


async def _erased(graph: Graph) -> None:
    """Erases again whom the file does not know to be erased."""
    if count := await erasures.replay(graph, datetime.now(UTC)):
        typer.echo(f"{count} candidates of the file were erased since it was written, and are erased again.")


async def _brought(
    graph: Graph, told: Restore, path: Path, secrets: Secrets, expected: Sum, *, despite_faults: bool
) -> list[str]:
    """Fills the graph, and lets nobody in before whoever was erased is."""
    return await restored(told, path, secrets, expected, despite_faults=despite_faults, before=lambda: _erased(graph))


@asynccontextmanager
async def _without_erased(
    graph: Graph, path: Path, secrets: Secrets, folder: Path, *, despite_faults: bool
) -> AsyncGenerator[Path]:
    """The file, or where it knows somebody who was erased since, one that was written without them.

    A database keeps for long in its files what was once in it. So whoever was erased is erased on an engine aside,
    whose folder is gone afterwards, and never comes to the one that is to be served.
    """
    erased = {id async for id in graph.keys.erased()}
    if not (erased and _knows(path, secrets, erased)):
        yield path
        return
    async with graph_aside(folder, graph) as aside:
        told, expected = Restore(aside.client, random_id()), read_through(path, secrets)
        await _brought(aside, told, path, secrets, expected, despite_faults=despite_faults)
        clean = folder / "clean.backup"
        with new_file(clean) as file:
            await write_graph(aside.client, file, sealing.Sealer(file, secrets), lambda _: None)
        yield clean


def _knows(path: Path, secrets: Secrets, erased: set[str]) -> bool:
    """Whether a file holds one of these candidates as they were before their erasure."""
    with opened(path, secrets, Sum()) as (_, lines):
        return any(
            line.get("label") == "Candidate"
            and line["properties"].get("id") in erased
            and line["properties"].get("status") != CandidateStatus.ERASED.value
            for line in lines
        )


async def restored(
    run: Restore,
    path: Path,
    secrets: Secrets,
    expected: Sum,
    *,
    despite_faults: bool,
    before: Callable[[], Awaitable[None]] | None = None,
) -> list[str]:
    """Fills the database; `before` does what must be done before anybody is let in."""
    await run.begin()
    with opened(path, secrets, Sum()) as (header, lines):
        doors = await run.load(lines)
    faults = await run.check(doors, expected.trailer(), despite_faults=despite_faults)
    await catch_up(run.client, header.migrations)
    if before is not None:
        await before()
    await run.client.replan()
    await run.open(doors)
    return faults
