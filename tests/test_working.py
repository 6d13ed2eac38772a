"""What is due is done: once, however many workers there are, and whoever is stopped, fails or jumps in time."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.metrics import Metrics
from api.working import Later, Worker, working
from graph import timers
from graph.client import TooSlow
from graph.secrets import Secrets
from graph.timers import LEASE, Timer, TimerKind
from graph.writing import Desk, Graph
from tests import timing
from tests.conftest import NOW, make_company
from tests.databases import Databases
from tests.faults.serving import MASTER
from tests.timing import effects, left


@pytest.fixture
async def graph(databases: Databases, tmp_path: Path) -> Graph:
    """One of its own: a worker does what other tests left due."""
    return (await databases.tested()).graph(Secrets(MASTER), tmp_path / "keys")


def worker(graph: Graph, now: datetime = NOW, **more: object) -> Worker:
    return Worker(graph, {TimerKind.SEND: timing.note}, {}, lambda: now, **more)  # type: ignore[arg-type]


async def test_each_thing_is_done_once_by_many(graph: Graph) -> None:
    company = await make_company(graph)
    candidate = await timing.candidate_of(company)
    await timing.start(company, candidate, *((f"{n}", NOW - timedelta(minutes=n)) for n in range(30)))
    await timing.start(company, candidate, ("later", NOW + timedelta(minutes=1)))
    workers = [worker(graph) for _ in range(4)]
    while any(await asyncio.gather(*(each.turn() for each in workers))):
        pass
    assert await effects(graph, candidate) == {f"{n}": 1 for n in range(30)}
    assert await left(graph) == ["SEND:later"]
    assert await worker(graph, NOW + timedelta(minutes=2)).turn() == 1
    assert (await effects(graph, candidate))["later"] == 1
    assert not await left(graph)


async def test_what_was_cancelled_or_moved_is_not_done(graph: Graph) -> None:
    company = await make_company(graph)
    candidate = await timing.candidate_of(company)
    await timing.start(company, candidate, ("cancelled", NOW), ("moved", NOW), ("kept", NOW))
    leased = await timers.lease(graph, NOW)
    assert len(leased) == 3
    await timing.cancel(company, candidate, "cancelled")
    await timing.start(company, candidate, ("moved", NOW + timedelta(hours=1)))
    done = {timer.subject: await timers.take(graph, timer, NOW, timing.note) for timer in leased}
    assert done == {"cancelled": False, "moved": False, "kept": True}
    assert await effects(graph, candidate) == {"kept": 1}
    assert await left(graph) == ["SEND:moved"]


async def test_what_the_dead_and_the_jumped_held_is_done(graph: Graph) -> None:
    """A lease ends with its time, and one that a clock gave which was an hour ahead counts for nothing."""
    company = await make_company(graph)
    candidate = await timing.candidate_of(company)
    await timing.start(company, candidate, ("held", NOW), ("jumped", NOW + timedelta(minutes=50)))
    await timers.lease(graph, NOW)
    assert await worker(graph, NOW + LEASE / 2).turn() == 0
    assert await worker(graph, NOW + LEASE).turn() == 1
    await timers.lease(graph, NOW + timedelta(hours=2))
    assert await worker(graph, NOW + timedelta(hours=1)).turn() == 1
    assert await effects(graph, candidate) == {"held": 1, "jumped": 1}


async def test_a_clock_that_is_ahead_does_nothing(graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    """By a month, it would uphold each dispute and erase each mark of that month: all workers go by one clock more."""
    company = await make_company(graph)
    candidate = await timing.candidate_of(company)
    await timing.start(company, candidate, ("due", NOW), ("in a month", NOW + timedelta(days=30)))

    async def right(_: Graph) -> datetime:
        return NOW

    ahead = worker(graph, NOW + timedelta(days=31), reference=right)
    with caplog.at_level(logging.ERROR, "turnout"):
        assert [await ahead.turn() for _ in range(2)] == [0, 0]
    assert len(caplog.records) == 1
    assert await effects(graph, candidate) == {}
    assert await worker(graph, NOW + timedelta(seconds=30), reference=right).turn() == 1
    leased = await timers.lease(graph, NOW + timedelta(days=31))
    assert [await timers.take(graph, timer, NOW, timing.note) for timer in leased] == [False], "it is right again"
    assert await effects(graph, candidate) == {"due": 1}
    assert await left(graph) == ["SEND:in a month"]
    assert abs(datetime.now(UTC) - await timers.database_time(graph)) < timedelta(seconds=5)


@pytest.mark.parametrize("error", [RuntimeError("fails"), TooSlow("fails")])
async def test_what_fails_is_left_for_later(graph: Graph, caplog: pytest.LogCaptureFixture, error: Exception) -> None:
    """What the database stopped among it: held on to, it would hold up all others at every turn."""
    company = await make_company(graph)
    candidate = await timing.candidate_of(company)
    await timing.start(company, candidate, ("fails", NOW), ("waits", NOW), ("well", NOW))
    metrics = Metrics()

    async def rule(desk: Desk, timer: Timer) -> None:
        await timing.note(desk, timer)
        if timer.subject == "fails":
            raise error
        if timer.subject == "waits":
            raise Later("nobody listens")

    failing = Worker(graph, {TimerKind.SEND: rule}, {}, lambda: NOW, count=metrics)
    with caplog.at_level(logging.WARNING, "turnout"):
        await failing.turn()
    assert await effects(graph, candidate) == {"well": 1}, "what fails has no effect"
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    assert await failing.turn() == 0, "it waits"
    assert await worker(graph, NOW + timedelta(seconds=6)).turn() == 2
    assert await effects(graph, candidate) == {"well": 1, "fails": 1, "waits": 1}
    page = metrics.page().decode()
    for result in ("done", "later", "failed"):
        assert f'turnout_timers_total{{kind="SEND",result="{result}"}} 1.0' in page


async def test_a_worker_stops_and_another_catches_up(graph: Graph) -> None:
    company = await make_company(graph)
    candidate = await timing.candidate_of(company)
    begun = asyncio.Event()

    async def slowly(desk: Desk, timer: Timer) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        await timing.note(desk, timer)

    await timing.start(company, candidate, ("under way", NOW))
    async with working(Worker(graph, {TimerKind.SEND: slowly}, {}, lambda: NOW)):
        await begun.wait()
    assert await effects(graph, candidate) == {"under way": 1}, "what was begun is ended"
    later = NOW + timedelta(days=30)
    await timing.start(company, candidate, *((f"{day}", NOW + timedelta(days=day)) for day in range(1, 30)))
    async with working(worker(graph, later)):
        for _ in range(400):
            if not await left(graph):
                break
            await asyncio.sleep(0.05)
    assert await effects(graph, candidate) == {"under way": 1, **{f"{day}": 1 for day in range(1, 30)}}
