"""The command line: serve, token, init, import, sow, doctor, verify; keeping.py has the rest."""

from __future__ import annotations

import asyncio
import gc
import json
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from api.asking import BODY
from api.channels import check_channel
from api.console import bar, err, run
from api.doctor import examine
from api.documents import Library, read_documents
from api.http import Server
from api.identity import Tokens
from api.keeping import keeping
from api.logs import forward, open_log
from api.reporting import charting, reporting
from api.running import Say, running_graph
from api.settings import Settings, SetupError, read_settings
from api.tracing import open_tracing
from api.work import make_worker
from api.working import working
from graph import erasures, events, organizations, score_records
from graph.client import EngineUnavailable
from graph.instants import is_zone
from graph.planning import KEPT
from graph.secrets import Secrets
from graph.writing import Graph, forget_operations
from schema import trusted
from schema.context import Viewers
from schema.documents import Document
from schema.execution import Answerer
from schema.ids import id_of, to_global
from schema.root import core_schema
from seeds import demo, importing
from seeds.attendance_importing import run_attendance_import
from seeds.attendance_mapping import AttendanceMapping, read_plan
from seeds.mapping import MappingError

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Turnout keeps the record of who turned up.")
app.add_typer(keeping)
app.add_typer(charting, name="chart")
app.add_typer(reporting)


ASKING = 3.0
"""Seconds for which a database is asked whether there is a user."""


class Runner(uvicorn.Server):
    """Uvicorn that leaves signals to the loop, so that the engine is stopped after it, and says when it is there."""

    def __init__(
        self, config: uvicorn.Config, server: Server, announce: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        super().__init__(config)
        self._server = server
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Who connected and was not accepted yet would be reset: accepted, they are told to come again.
        for listener in sockets or ():
            for _ in range(10):
                if select.select([listener], [], [], 0)[0]:
                    await asyncio.sleep(0)
        for listening in self.servers:
            listening.close()
        await self._server.stop()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        on_signals(lambda: setattr(self, "should_exit", True))
        yield


def on_signals(stop: Callable[[], object]) -> None:
    """Calls `stop` on Ctrl-C and SIGTERM."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)


@app.command()
def serve() -> None:
    """Serve GraphQL, with the embedded engine unless TURNOUT_NEO4J_URI names a Neo4j."""

    async def work() -> int:
        settings = read_settings()
        check_channel(settings)
        answerer = Answerer(core_schema())
        library, documents = _trusted(answerer, settings)
        tracing = open_tracing(settings)
        log = open_log(development=settings.is_development)
        forward(log, development=settings.is_development)
        say: Say = err.print if settings.is_development else log.info
        task = asyncio.current_task()
        assert task is not None
        on_signals(task.cancel)
        with suppress(asyncio.CancelledError), _listening(settings) as listener:
            async with running_graph(settings, serving=True, say=say) as graph:
                if count := await erasures.replay(graph, datetime.now(UTC)):
                    say(f"{count} candidates who were erased had come back with an old graph, and are erased again.")
                await _offer_demo(settings, graph)
                await _plan_documents(answerer, documents, graph, say)
                server = Server(settings, graph, answerer, listener.getsockname()[1], log, library, tracing)
                _settle_memory()
                config = uvicorn.Config(
                    server.app(),
                    log_config=None,
                    access_log=False,
                    timeout_graceful_shutdown=3,
                    lifespan="off",
                    ws="websockets-sansio",
                    ws_max_size=BODY,
                    ws_per_message_deflate=False,
                )
                await server.receipts.open()
                upkeep = asyncio.create_task(_forget_daily(graph))
                worker = make_worker(settings, graph, count=server.metrics, stopping=server.stopping, answerer=answerer)
                async with working(worker):
                    await Runner(config, server, lambda: _announce(server, say)).serve(sockets=[listener])
                upkeep.cancel()
                say("Stopping ...")
                await server.receipts.close()
        if tracing is not None:
            await tracing.close()
        return 0

    run(work)


@app.command()
def work() -> None:
    """Do what is due beside a server: alarms, messages, webhooks, deadlines. Any number may run."""

    async def until_stopped() -> int:
        settings = read_settings()
        check_channel(settings)
        log = open_log(development=settings.is_development)
        forward(log, development=settings.is_development)
        say: Say = err.print if settings.is_development else log.info
        stopping = asyncio.Event()
        on_signals(stopping.set)
        begun = False
        while not stopping.is_set():
            try:
                async with running_graph(settings, joining=True, say=say) as graph:
                    begun = begun or not say("Working; Ctrl-C stops it.")
                    await _work_there(settings, graph, stopping)
            except SetupError:
                if not begun:
                    raise
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), 1)
        return 0

    run(until_stopped)


async def _work_there(settings: Settings, graph: Graph, stopping: asyncio.Event) -> None:
    """Works until told to stop, or until the server is another one: its engine has another address then."""
    place = settings.engine_address

    def address() -> str | None:
        return place.read_text() if settings.neo4j_uri is None and place.exists() else None

    worker, known = make_worker(settings, graph), address()
    async with working(worker):
        while not stopping.is_set() and address() == known:
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), 1)


def _settle_memory() -> None:
    """Takes what the start made out of the collector's sight: it lives as long as the process does.

    Unfrozen, the schema is walked again every few answers: half of a long answer's processor time, and its slowest.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 1_000)
    # Beside the thread that reads long texts, the loop is to wait for its turn no longer than this.
    sys.setswitchinterval(0.001)


async def _forget_daily(graph: Graph) -> None:
    """Forgets Operations that are no longer kept, at the start and once a day."""
    while True:
        with suppress(EngineUnavailable):
            await forget_operations(graph, datetime.now(UTC))
        await asyncio.sleep(24 * 60 * 60)


def _trusted(answerer: Answerer, settings: Settings) -> tuple[Library, list[Document]]:
    """The operator's documents, checked before anything is started."""
    texts = read_documents(settings)
    try:
        return Library(texts, only=settings.documents_only), trusted.trust(answerer, texts)
    except trusted.InvalidDocument as error:
        raise SetupError(f"TURNOUT_DOCUMENTS: {error}") from error


async def _plan_documents(answerer: Answerer, documents: list[Document], graph: Graph, say: Say) -> None:
    """Has the database plan the documents, so that no caller waits for that."""
    if not documents:
        return
    say(f"Planning {len(documents)} trusted documents ...")
    started = time.monotonic()
    planned = await trusted.plan(answerer, documents, graph)
    say(f"The database planned {planned} statements of theirs in {time.monotonic() - started:.1f} s.")
    if planned > KEPT:
        say(f"No more than {KEPT} are kept as planned: trust fewer documents.")


def _listening(settings: Settings) -> socket.socket:
    """Takes the port before anything else is started, so that a taken one costs nothing."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio turns Nagle's waiting off only where the protocol is named: else each answer is 40 ms late.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise SetupError(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}. Set TURNOUT_PORT to another."
        ) from error
    return listener


async def _offer_demo(settings: Settings, graph: Graph) -> None:
    """Sows the demo where a development graph is empty or half sown; says so where it has grown old."""
    now = datetime.now(UTC)
    age = await demo.age(graph, now=now)
    if age is not None and age > demo.OLD:
        err.print(f"The demo company is {age.days} days old; `turnout sow --again` renews it.")
    elif settings.is_development and (age is not None or await organizations.is_empty(graph)):
        with bar() as progress:
            task = progress.add_task("Sowing the demo company", total=None)
            await demo.sow(graph, now=now, progress=lambda done, all: progress.update(task, completed=done, total=all))


async def _announce(server: Server, say: Say) -> None:
    """Says where the server is, and with a demo what to try."""
    address = f"http://{_spoken(server.settings.host)}:{server.port}"
    now = datetime.now(UTC)
    if not server.settings.is_development or await demo.age(server.graph, now=now) is None:
        say(f"Turnout serves GraphQL at {address}/graphql")
        return
    err.print(f"\n[bold]Turnout[/bold] is at [bold]{address}/[/bold]\n\nDemo viewers, with a token for an hour each:")
    for external_id, (who, who_zh) in demo.USERS.items():
        token = server.tokens.sign(external_id, demo=True, now=now)
        err.print(f"  [bold]{external_id}[/bold]  {who} {who_zh}\n  {token}", highlight=False, soft_wrap=True)
    application = to_global("Application", demo.main_application_id())
    query = f'{{ application(id: "{application}") {{ reminders {{ message noShow {{ id }} }} }} }}'
    body = json.dumps({"query": query})
    err.print(
        "\nOne query to try, as Technology's recruiter:\n"
        f"  curl -s {address}/graphql -H 'Content-Type: application/json' \\\n"
        '    -H "Authorization: Bearer $(.venv/bin/turnout token --as recruiter@technology.demo)" \\\n'
        f"    -d '{body}'\n\nCtrl-C stops it.",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )


def _spoken(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@app.command()
def token(as_: Annotated[str, typer.Option("--as", help="The user's external id.")]) -> None:
    """Print a bearer token: an hour long for a demo user, else twelve; stderr says so where there is no such user."""

    async def work() -> int:
        settings = read_settings()
        if settings.oidc_issuer and as_ not in demo.USERS:
            err.print("TURNOUT_OIDC_ISSUER is set: the server refuses this token.", style="yellow", highlight=False)
        if await is_known(settings, as_) is False:
            err.print(f"There is no user {as_} in the graph: nobody is let in by this token.", style="yellow")
        tokens = Tokens(Secrets(settings.read_master_keys()))
        sys.stdout.write(tokens.sign(as_, demo=as_ in demo.USERS, now=datetime.now(UTC)) + "\n")
        return 0

    run(work)


async def is_known(settings: Settings, external_id: str) -> bool | None:
    """Whether the graph has such a user; null where no database is there to be asked."""
    try:
        async with asyncio.timeout(ASKING), running_graph(settings, joining=True) as graph:
            return await Viewers(graph).find(external_id) is not None
    except (SetupError, EngineUnavailable, TimeoutError):
        return None


@app.command()
def init(
    name: Annotated[str, typer.Argument(help="The Organization's name.")],
    admin: Annotated[str, typer.Option(help="External id of its first HR_ADMIN.")],
    jurisdiction: Annotated[str, typer.Option(help="ISO 3166 code of the law it stands under.")] = "CN",
    zone: Annotated[str, typer.Option(help="IANA zone of its calendar.")] = "Asia/Shanghai",
    name_zh: Annotated[str | None, typer.Option(help="Its Chinese name.")] = None,
) -> None:
    """Create an Organization with its first HR_ADMIN."""

    async def work() -> int:
        if not is_zone(zone):
            raise SetupError(f"{zone} is not an IANA zone, such as Asia/Shanghai.")
        if len(jurisdiction) != 2 or not jurisdiction.isalpha():
            raise SetupError(f"{jurisdiction} is not an ISO 3166 code, such as CN or DE.")
        async with running_graph(read_settings()) as graph:
            new = organizations.NewOrganization(name, name_zh, jurisdiction.upper(), zone, admin)
            try:
                await organizations.create(graph, new, now=datetime.now(UTC))
            except organizations.AlreadyThere as error:
                raise SetupError(str(error)) from error
        typer.echo(f"Created {name}. `turnout token --as {admin}` prints a token of its HR_ADMIN.")
        return 0

    run(work)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.", exists=True, dir_okay=False, readable=True)],
    mapping: Annotated[Path, typer.Option(help="How its columns become the graph.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where refused lines go; beside the file by default.")] = None,
) -> None:
    """Load interviews, attendance at work or goals from a file; safe to run again, whole or after a kill."""

    async def work() -> int:
        try:
            plan = read_plan(mapping)
            async with running_graph(read_settings()) as graph:
                with bar() as progress:
                    task = progress.add_task("Importing", total=None)
                    options: dict[str, Any] = {
                        "dry_run": dry_run,
                        "rejects": rejects or file.with_suffix(".rejects.csv"),
                        "now": datetime.now(UTC),
                        "progress": lambda done, all: progress.update(task, completed=done, total=all),
                    }
                    if isinstance(plan, AttendanceMapping):
                        summary = await run_attendance_import(graph, file, plan, **options)
                    else:
                        summary = await importing.run_import(graph, file, plan, **options)
        except (MappingError, importing.NotImported) as error:
            raise SetupError(str(error)) from error
        for line in summary.lines():
            typer.echo(line)
        return 0

    run(work)


@app.command()
def sow(again: Annotated[bool, typer.Option("--again", help="Remove the demo company first.")] = False) -> None:
    """Sow the demo company, or renew it with dates of today."""

    async def work() -> int:
        async with running_graph(read_settings()) as graph:
            with bar() as progress:
                task = progress.add_task("Sowing the demo company", total=None)

                def tell(done: int, all: int) -> None:
                    progress.update(task, completed=done, total=all)

                now = datetime.now(UTC)
                if again:
                    await demo.renew(graph, now=now, progress=tell)
                    sown = True
                else:
                    sown = await demo.sow(graph, now=now, progress=tell)
        typer.echo("The demo company is sown." if sown else "The demo company is there already; --again renews it.")
        return 0

    run(work)


@app.command()
def doctor() -> None:
    """Examine engine, settings and constraints, and say what to do about each."""

    async def work() -> int:
        settings = read_settings()
        healthy = True
        async for finding in examine(settings):
            healthy = healthy and finding.ok
            typer.echo(finding.line())
        return 0 if healthy else 1

    run(work)


@app.command()
def verify_score(
    candidate: Annotated[str | None, typer.Argument(help="A candidate's id; all of them where none is given.")] = None,
) -> None:
    """Recompute every score that was kept from the events before it alone, and name each that comes out otherwise."""

    async def work() -> int:
        async with running_graph(read_settings()) as graph:
            if candidate is None:
                found = [kept async for kept in score_records.verify(graph.client)]
            else:
                try:
                    found = await score_records.verify_candidate(
                        graph.client, id_of("Candidate", candidate) or candidate
                    )
                except LookupError:
                    raise SetupError("No candidate has this id.") from None
        faults = [kept.fault for kept in found if kept.fault]
        notes = [kept.note for kept in found if kept.note]
        for line in (*notes, *faults):
            typer.echo(line)
        told = f", {len(notes)} no more to be recomputed after an erasure" if notes else ""
        typer.echo(f"{len(found)} scores{told}, {len(faults)} faults.")
        return 1 if faults else 0

    run(work)


@app.command()
def verify(
    organization: Annotated[
        str | None, typer.Option(help="An Organization's id: of its chains alone, without the events in no chain.")
    ] = None,
) -> None:
    """Read every chain of events and name each event that is not as it was written."""

    async def work() -> int:
        only = None if organization is None else id_of("Organization", organization) or organization
        async with running_graph(read_settings()) as graph:
            chains, count, faults = await events.verify(graph.client, only)
        if not chains and only is not None:
            raise SetupError("No Organization has this id.")
        for fault in faults:
            typer.echo(fault)
        typer.echo(f"{chains} chains, {count} events, {len(faults)} faults.")
        return 1 if faults else 0

    run(work)
