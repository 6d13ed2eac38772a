"""Connections to the engine that idled, were dropped or carry nothing any more are invisible to readers."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.conftest import Company, make_company
from tests.faults.clients import OverHttp, asking
from tests.faults.figures import Figure
from tests.faults.proxy import Proxy
from tests.faults.serving import Stand

READ = "{ departments { id name positions(first: 5) { nodes { title } } } }"
READERS = 16
DELAY = 5.0
"""Seconds that a read may take whatever became of the connections."""


async def read_at_once(ask: OverHttp, company: Company, count: int) -> tuple[int, float]:
    """Errors among so many reads at the same moment, each sent only once, and the seconds of the slowest."""

    async def read() -> tuple[bool, float]:
        start = time.monotonic()
        answer = await ask.once(READ, company.user("hr"), {})
        good = answer.status_code == 200 and "errors" not in answer.json()
        return good, time.monotonic() - start

    found = await asyncio.gather(*(read() for _ in range(count)))
    return sum(not good for good, _ in found), max(seconds for _, seconds in found)


@pytest.mark.parametrize("idle", [0.0, 3.0], ids=["at once", "after idling"])
@pytest.mark.parametrize("fault", ["drop", "freeze"])
async def test_readers_notice_nothing(
    stand: Stand, figure: Figure, short: bool, slack: float, fault: str, idle: float
) -> None:
    rounds = 1 if short else 5
    errors, slowest, hit = 0, 0.0, 0
    async with Proxy(stand.bolt) as proxy, stand.serving(proxy) as api, asking(stand, api) as ask:
        company = await make_company(ask.graph)
        await read_at_once(ask, company, READERS)
        for _ in range(rounds):
            await read_at_once(ask, company, READERS)
            await asyncio.sleep(idle)
            hit += proxy.drop_idle() if fault == "drop" else proxy.freeze()
            failed, took = await read_at_once(ask, company, READERS)
            errors, slowest = errors + failed, max(slowest, took)
    figure(
        f"an idle or broken connection is invisible: {fault}, {idle:g} s idle",
        f"{hit} connections, {rounds * READERS} reads after it, {errors} errors, the slowest read {slowest:.2f} s",
        hit > 0 and errors == 0 and slowest <= DELAY * slack,
    )
