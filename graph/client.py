"""The only sessions: reads by one statement, writes by a transaction that is tried again when that may help."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, LiteralString, TypeVar, cast

from neo4j import READ_ACCESS, WRITE_ACCESS, AsyncDriver, AsyncGraphDatabase, AsyncSession, AsyncTransaction, Query
from neo4j.exceptions import (
    ClientError,
    ConstraintError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from graph.bookmarks import Unfollowable, followed, trail
from graph.gates import GATES, PASS
from graph.instants import parameter
from graph.planning import Planner
from graph.statements import Row, Statement
from graph.turns import Turns
from graph.watching import watcher

Result = TypeVar("Result")

log = logging.getLogger("turnout")

TIMEOUT = 10.0
"""Seconds that one statement or one transaction may take in the database."""
PATIENCE = 5.0
"""Seconds in all that a write is tried again."""
SILENCE = 3.0
"""Seconds within which a connection that works gives its first answer, unless the database plans for as long."""
READY = 1.0
"""Seconds within which a database that is ready says so."""
MARGIN = 1.0
"""Seconds that the database has to say that it ended a statement, before its connection is given up."""
FIRST_WAIT, LONGEST_WAIT = 0.004, 0.2

_observer: ContextVar[list[str] | None] = ContextVar("statements_run", default=None)


class EngineUnavailable(Exception):
    """The database did not answer; the same call may be sent again."""


class TooSlow(EngineUnavailable):
    """The database ended a statement that took longer than TIMEOUT: a question may be too large, and whoever waits for
    the database itself waits on."""


class WriteTooSlow(TooSlow):
    """The same of a write, of which nothing is kept: it has waited for others or for plans rather than asked too much,
    so the same call may be sent again."""


@contextmanager
def statements_run():
    """Collects the names of the statements run inside the block, in their order."""
    names: list[str] = []
    token = _observer.set(names)
    try:
        yield names
    finally:
        _observer.reset(token)


def _observe(name: str) -> None:
    names = _observer.get()
    if names is not None:
        names.append(name)


def _ran(name: str, started: float) -> None:
    if (told := watcher()) is not None:
        told.ran(name, time.perf_counter() - started)


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed when it is run again from its start."""
    if isinstance(error, (ServiceUnavailable, SessionExpired, IncompleteCommit, ConstraintError, OSError)):
        return True
    if isinstance(error, ClientError) and "ConstraintValidation" in (error.code or ""):
        return True
    if isinstance(error, (Neo4jError, DriverError)):
        return error.is_retryable()
    return False


def is_unfollowable(error: BaseException) -> bool:
    return isinstance(error, ClientError) and "InvalidBookmark" in (error.code or "")


def is_too_slow(error: BaseException) -> bool:
    return isinstance(error, Neo4jError) and "TransactionTimedOut" in (error.code or "")


def is_stopped(error: BaseException) -> bool:
    """Whether Neo4j ended it while it waited for a lock, as for a copy to end: nothing of it is kept."""
    return isinstance(error, ClientError) and "Transaction.LockClientStopped" in (error.code or "")


def is_answered(task: asyncio.Task[Any]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


class Transaction:
    """Statements of one transaction; rows come back as their dataclasses."""

    def __init__(self, transaction: AsyncTransaction) -> None:
        self._transaction = transaction

    async def run(self, statement: Statement[Row], /, **parameters: Any) -> list[Row]:
        _observe(statement.name)
        started = time.perf_counter()
        try:
            result = await self._transaction.run(statement.text, parameter(parameters))
            return [statement.read(record) async for record in result]
        finally:
            _ran(statement.name, started)

    async def one(self, statement: Statement[Row], /, **parameters: Any) -> Row | None:
        rows = await self.run(statement, **parameters)
        return rows[0] if rows else None


class Client:
    """A driver, its database, and how reads and writes are run on it."""

    def __init__(
        self,
        driver: AsyncDriver,
        database: str | None = None,
        *,
        one_writer: bool = False,
        another: Callable[[], AsyncDriver] | None = None,
    ) -> None:
        self.driver = driver
        self.database = database
        self.one_writer = one_writer
        self._planner = Planner(self.explain)
        self._another = another
        self._retired: set[asyncio.Task[None]] = set()
        self._pinging: asyncio.Task[None] | None = None
        self._turn: AbstractAsyncContextManager[object] = asyncio.Semaphore(1) if one_writer else nullcontext()
        self.turns = Turns()

    @classmethod
    def connect(
        cls, uri: str, auth: tuple[str, str] | None, database: str | None = None, *, one_writer: bool = False
    ) -> Client:
        """A client of the server at `uri`.

        `one_writer` lets writes take turns, for an engine that fails a conflicting write instead of making it wait:
        there 16 writers without turns try again 1,598 times in 30 s, and with turns never.
        """

        def another() -> AsyncDriver:
            return AsyncGraphDatabase.driver(
                uri,
                auth=auth,
                # Less than SILENCE, so that a full pool is no silence.
                connection_acquisition_timeout=0.8 * SILENCE,
                connection_timeout=0.8 * SILENCE,
                max_transaction_retry_time=0,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
                user_agent="turnout",
            )

        return cls(another(), database, one_writer=one_writer, another=another)

    async def close(self) -> None:
        ending = [*self._retired, *([self._pinging] if self._pinging else [])]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self.driver.close()

    def _session(self, driver: AsyncDriver, access: str) -> AsyncSession:
        """A session that begins where the request's last write ended."""
        return driver.session(database=self.database, default_access_mode=access, bookmarks=followed())

    async def _heard(self, driver: AsyncDriver, first: Awaitable[Result]) -> Result:
        """The first answer of one of the driver's connections, which waits for no lock and for no rows.

        Where a firewall forgets connections or a machine behind them is gone, they carry nothing and say nothing;
        all are given up together then, as one by one they would cost a caller each.
        """
        try:
            async with asyncio.timeout(SILENCE):
                return await first
        except TimeoutError:
            self._give_up(driver)
            raise

    def _give_up(self, driver: AsyncDriver) -> None:
        """Goes on with new connections; whoever still waits on an old one may, for as long as anything may take."""
        if driver is not self.driver or self._another is None:
            return
        self.driver = self._another()

        async def retire() -> None:
            try:
                await asyncio.sleep(TIMEOUT)
            finally:
                await driver.close()

        task = asyncio.create_task(retire())
        self._retired.add(task)
        task.add_done_callback(self._retired.discard)

    async def read(self, statement: Statement[Row], /, **parameters: Any) -> list[Row]:
        records = await self.answer(statement.name, statement.text, parameters)
        return [statement.read(record) for record in records]

    async def stream(self, statement: Statement[Row], /, *, seconds: float, **parameters: Any) -> AsyncIterator[Row]:
        """Rows as they come, however many; never tried again, so whoever reads must be able to begin anew."""
        query = Query(statement.text, timeout=seconds)
        async with self._session(self.driver, READ_ACCESS) as session:
            async for record in await session.run(query, parameter(parameters)):
                yield statement.read(record)

    async def answer(self, name: str, text: LiteralString, parameters: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The records of a reading statement, tried again where the connection was lost; in TIMEOUT altogether."""
        values = parameter(dict(parameters))
        end = time.monotonic() + TIMEOUT

        async def attempt() -> list[Mapping[str, Any]]:
            _observe(name)
            started, left = time.perf_counter(), end - time.monotonic()
            try:
                return await self._records(Query(text, timeout=max(left - MARGIN, 0.1)), values, left)
            finally:
                _ran(name, started)

        return await _again(attempt)

    async def _records(self, query: Query, values: dict[str, Any], within: float) -> list[Mapping[str, Any]]:
        """The records; where the first answer is long in coming, of whichever connection has them first.

        A connection that carries nothing and a statement that the database plans for long look the same, so a second
        one is asked beside the first.
        """
        driver, loop = self.driver, asyncio.get_running_loop()
        beside: list[asyncio.Task[list[Mapping[str, Any]]]] = []
        over = False

        def overtake(task: asyncio.Task[list[Mapping[str, Any]]]) -> None:
            if not over and is_answered(task) and not first.expired():
                first.reschedule(loop.time())

        def silent() -> None:
            self._give_up(driver)
            beside.append(asyncio.create_task(self._ask(self.driver, query, values)))
            beside[0].add_done_callback(overtake)

        timer = loop.call_later(SILENCE, silent)
        try:
            async with asyncio.timeout(within) as first:
                return await self._ask(driver, query, values, heard=timer.cancel)
        except TimeoutError as error:
            if beside and is_answered(beside[0]):
                return beside[0].result()
            if timer.cancelled():
                # It has begun to answer, so it is there, and slow; it ends what it was asked as the connection ends.
                raise TooSlow("The database needed too long, and was stopped.") from error
            raise
        finally:
            over = True
            timer.cancel()
            for task in beside:
                task.remove_done_callback(overtake)
                task.cancel()

    async def _ask(
        self, driver: AsyncDriver, query: Query, values: dict[str, Any], heard: Callable[[], object] | None = None
    ) -> list[Mapping[str, Any]]:
        async with self._session(driver, READ_ACCESS) as session:
            result = await session.run(query, values)
            if heard is not None:
                heard()
            return cast(list[Mapping[str, Any]], [record async for record in result])

    async def plan(self, text: LiteralString, parameters: Mapping[str, Any], *, caller: str = "") -> int:
        """Has the database plan a composed statement unless it did; points for it, as graph/planning.py counts."""
        try:
            return await self._planner.prepare(text, parameters, caller=caller)
        except TimeoutError as error:
            raise EngineUnavailable("Too many new queries wait to be planned.") from error

    async def explain(self, text: LiteralString, parameters: Mapping[str, Any]) -> None:
        """Has the database plan a reading statement for parameters of these types and sizes, without running it."""
        query = Query("EXPLAIN " + text, timeout=TIMEOUT)
        values = parameter(dict(parameters))

        async def attempt() -> None:
            async with asyncio.timeout(TIMEOUT + MARGIN), self._session(self.driver, READ_ACCESS) as session:
                await (await session.run(query, values)).consume()

        await _again(attempt)

    async def ping(self) -> None:
        """Returns once the database answers within a second; raises otherwise.

        Whoever asks meanwhile waits for the same answer: one that needs longer, as from an engine that has just
        started, is not begun anew each time, and says no to all of them.
        """
        if self._pinging is None or self._pinging.done():
            self._pinging = asyncio.create_task(self._ping())
            # Nobody may be left to hear of its failure.
            self._pinging.add_done_callback(lambda task: task.cancelled() or task.exception())
        async with asyncio.timeout(READY):
            await asyncio.shield(self._pinging)

    async def _ping(self) -> None:
        driver, started = self.driver, time.monotonic()
        async with asyncio.timeout(TIMEOUT), driver.session(database=self.database) as session:
            await (await self._heard(driver, session.run("RETURN 1"))).consume()
        if time.monotonic() - started > READY:
            raise TooSlow("The database needed too long to say that it is there.")

    async def define(self, text: LiteralString, **parameters: Any) -> None:
        """Runs a schema statement, which cannot share a transaction with data."""
        async with self.driver.session(database=self.database, default_access_mode=WRITE_ACCESS) as session:
            await (await session.run(text, parameters)).consume()

    async def replan(self) -> None:
        """After much was written at once, has Neo4j sample its indexes and plan anew what it plans from then on.

        Else it plans by samples from before, until it takes others by itself, and keeps those plans. The embedded
        engine plans by no samples.
        """
        await self.help_planning("plans are not made anew after a bulk load", "CALL db.prepareForReplanning()")

    async def help_planning(self, otherwise: str, *calls: LiteralString, **parameters: Any) -> None:
        """Has Neo4j do what lets it plan better or less; where a user may not, the log says what is so `otherwise`."""
        if self.one_writer:
            return
        try:
            for call in calls:
                await self.define(call, **parameters)
        except (DriverError, Neo4jError) as error:
            log.warning("%s: %s", otherwise, type(error).__name__)

    async def write(
        self, work: Callable[[Transaction], Awaitable[Result]], *, about: Mapping[str, Any] | None = None
    ) -> Result:
        """Runs `work` in a transaction and commits it, from its start again after a transient error.

        A commit whose reply was lost is tried again too, so `work` must find what it did before: see operations.py.
        Nothing is committed later than PATIENCE and TIMEOUT after the call, whatever it waited for: who follows
        events looks back no further (graph/tail.py). Writes `about` one candidate take turns.
        """
        end = time.monotonic() + PATIENCE + TIMEOUT

        def check_time() -> None:
            if time.monotonic() > end:
                raise EngineUnavailable("The database did not answer in time.")

        async def attempt() -> Result:
            check_time()
            driver = self.driver
            async with asyncio.timeout(TIMEOUT + MARGIN), self._session(driver, WRITE_ACCESS) as session:
                transaction = await self._heard(driver, session.begin_transaction(timeout=TIMEOUT))
                async with transaction:
                    if not self.one_writer:
                        await (await transaction.run(PASS, gate=random.randrange(GATES))).consume()
                    result = await work(Transaction(transaction))
                    check_time()
                    await transaction.commit()
                if (followed_on := trail()) is not None:
                    followed_on.reach((await session.last_bookmarks()).raw_values)
                return result

        # One writer at a time takes turns already.
        async with self._turn, self.turns.of({} if self.one_writer else about or {}):
            try:
                return await _again(attempt)
            except TooSlow as error:
                raise WriteTooSlow(*error.args) from error


async def _again(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Tries until it succeeds, the error is final, or patience ends; waits with full jitter."""
    end = time.monotonic() + PATIENCE
    ceiling = FIRST_WAIT
    while True:
        try:
            return await attempt()
        except Exception as error:
            if is_unfollowable(error):
                raise Unfollowable from error
            if is_too_slow(error):
                raise TooSlow("The database needed too long, and was stopped.") from error
            if is_stopped(error) and not is_transient(error):
                raise EngineUnavailable("The database did not answer in time.") from error
            if not is_transient(error):
                raise
            wait = random.uniform(0, ceiling)
            if time.monotonic() + wait > end:
                raise EngineUnavailable("The database did not answer in time.") from error
        if (told := watcher()) is not None:
            told.retried()
        await asyncio.sleep(wait)
        ceiling = min(ceiling * 2, LONGEST_WAIT)
