"""What was acknowledged is kept when the engine or the API is killed, and the API is ready again soon."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.conftest import Company, make_company
from tests.faults.clients import OverHttp, asking
from tests.faults.figures import Figure
from tests.faults.ledgers import books
from tests.faults.serving import Api, Stand, until
from tests.faults.test_keys import submit
from tests.ledger import acted

WRITERS = 8
READY, READY_AFTER_NEO4J = 10.0, 5.0
"""Seconds until the API is ready after a kill of its own or of the embedded engine, and after Neo4j answers again."""


@dataclass
class Load:
    """Writers that go on until they are told to stop, and what they were told."""

    ask: OverHttp
    company: Company
    told: dict[str, str] = field(default_factory=dict)
    stopping: bool = False

    async def write(self, writer: int) -> None:
        number = 0
        while not self.stopping:
            number += 1
            key = f"kill-{writer}-{number}"
            self.told[key] = await submit(self.ask, self.company, writer * 1_000_000 + number, key)

    async def written(self, more: int) -> None:
        """Returns when so many more calls were answered."""
        aim = len(self.told) + more
        await until(lambda: len(self.told) >= aim)


@asynccontextmanager
async def under_load(ask: OverHttp, company: Company) -> AsyncIterator[Load]:
    load = Load(ask, company)
    writers = [asyncio.create_task(load.write(number)) for number in range(WRITERS)]
    try:
        yield load
        load.stopping = True
        await asyncio.gather(*writers)
    finally:
        for writer in writers:
            writer.cancel()


async def kill_and_count(
    stand: Stand, api: Api, rounds: int, kill: Callable[[], Awaitable[float]]
) -> tuple[list[float], str, bool]:
    """Kills again and again at random moments under load; seconds until ready each time, and what the books say."""
    chance = random.Random(4)
    async with asking(stand, api) as ask:
        company = await make_company(ask.graph)
        before = len(await acted(ask, company))
        took: list[float] = []
        async with under_load(ask, company) as load:
            for _ in range(rounds):
                await load.written(WRITERS)
                await asyncio.sleep(chance.uniform(0, 1))
                took.append(await kill())
            await load.written(WRITERS)
        heard = str(ask.heard)
    async with asking(stand, api) as ask:
        kept = await books(ask, company, load.told, {}, before=before, prefix="kill-")
    text = (
        f"{rounds} kills, {len(load.told)} writes, {heard}; {kept}; "
        f"ready after {sorted(took)[len(took) // 2]:.1f} s at the median, {max(took):.1f} s at most"
    )
    return took, text, kept.balance


async def test_a_killed_engine_loses_nothing(stand: Stand, figure: Figure, short: bool, slack: float) -> None:
    rounds = 1 if short else 20
    async with stand.serving() as api:

        async def kill() -> float:
            if stand.neo4j is not None:
                await asyncio.to_thread(stand.neo4j.kill)
                await asyncio.to_thread(stand.neo4j.start)
            else:
                pid = api.engine_pid()
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                await until(lambda: api.engine_pid() != pid)
            return await api.ready(120)

        took, text, balance = await kill_and_count(stand, api, rounds, kill)
    limit = READY if stand.is_embedded else READY_AFTER_NEO4J
    figure("acknowledged means kept: the engine is killed", text, balance and max(took) <= limit * slack)


async def test_a_killed_api_loses_nothing(stand: Stand, figure: Figure, short: bool, slack: float) -> None:
    rounds = 1 if short else 20
    async with stand.serving() as api:

        async def kill() -> float:
            api.kill()
            api.start()
            return await api.ready(120)

        took, text, balance = await kill_and_count(stand, api, rounds, kill)
    figure("acknowledged means kept: the API is killed", text, balance and max(took) <= READY * slack)
