"""Callers that mean harm are refused or done with in time, and others hardly notice them."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

import httpx

from api.asking import BODY
from tests.conftest import Company, make_company
from tests.faults.clients import OverHttp, asking
from tests.faults.figures import Figure
from tests.faults.serving import ROOT, Api, Stand
from tests.faults.shapes import Hostile, hostile
from tests.faults.test_keys import submit_all
from tests.faults.test_sockets import READ

ATTACKERS = 4
ENDED = 10.2
MULTIPLE = 5


@asynccontextmanager
async def calm(api: Api, token: str) -> AsyncIterator[list[float]]:
    """Somebody else who asks meanwhile; the milliseconds of their answers are there afterwards."""
    command = [sys.executable, "-m", "tests.faults.calm", str(api.port), token, READ]
    pipe = asyncio.subprocess.PIPE
    caller = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT)
    took: list[float] = []
    try:
        yield took
        told, _ = await asyncio.wait_for(caller.communicate(b"\n"), 60)
        took += sorted(json.loads(told))
    finally:
        if caller.returncode is None:
            caller.kill()


async def attack(
    ask: OverHttp, company: Company, shapes: Iterable[Hostile], seen: list[tuple[str, str, float]]
) -> None:
    """Sends each once, as one who may ask; what became of it, and after how many seconds."""
    token = ask.stand.token(company.user("hr"))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for shape in shapes:
        start = time.monotonic()
        try:
            answer = await ask.client.post(
                ask.apis[0].url + "/graphql",
                content=_pieces(shape.body) if shape.chunked else shape.body,
                headers=headers,
                timeout=60,
            )
            fate = "refused" if answer.status_code >= 400 or "errors" in answer.json() else "answered"
            if "INTERNAL" in answer.text:
                fate = "failed"
        except httpx.TimeoutException:
            fate = "never ended"
        except httpx.TransportError:
            # Of a body that is too large the server need not read the rest before it closes.
            fate = "cut off" if len(shape.body) > BODY else "dropped"
        seen.append((shape.name, fate, time.monotonic() - start))


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]


def percentile(sorted_values: list[float], share: float) -> float:
    return sorted_values[max(int(share * len(sorted_values)) - 1, 0)]


async def test_hostile_queries_harm_nobody(stand: Stand, figure: Figure, short: bool, slack: float) -> None:
    shapes: Iterator[Hostile] = iter(hostile(0.2 if short else 1))
    async with stand.serving() as api, asking(stand, api) as ask:
        company = await make_company(ask.graph)
        await submit_all(ask, company, 50 if short else 500)
        token = stand.token(company.user("technology"))
        async with calm(api, token):
            await asyncio.sleep(1)
        async with calm(api, token) as usual:
            await asyncio.sleep(3 if short else 20)
        seen: list[tuple[str, str, float]] = []
        async with calm(api, token) as disturbed:
            await asyncio.gather(*(attack(ask, company, shapes, seen) for _ in range(ATTACKERS)))
        alive = await api.is_ready()
    before, during = percentile(usual, 0.99), percentile(disturbed, 0.99)
    slowest = max(seen, key=lambda each: each[2])
    fates = Counter(fate for _, fate, _ in seen)
    failed = [name for name, fate, _ in seen if fate in ("failed", "never ended", "dropped")]
    told = ", ".join(f"{number} {fate}" for fate, number in fates.items())
    figure(
        "hostile queries",
        f"{len(seen)} shapes by {ATTACKERS} attackers: {told}; the slowest, {slowest[0]}, {slowest[2]:.1f} s; "
        f"99th percentile of another caller {during:.0f} ms, usually {before:.0f} ms ({during / before:.1f} times)"
        + (f"; failed: {failed}" if failed else ""),
        alive and not failed and slowest[2] <= ENDED * slack and during <= MULTIPLE * slack * before,
    )
