"""A server that is told to stop answers every request or says to send it again, and is gone soon."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

import httpx
import pytest

from tests.conftest import Company, gid, make_company
from tests.faults.clients import OverHttp, asking
from tests.faults.figures import Figure
from tests.faults.proxy import Proxy
from tests.faults.serving import Stand
from tests.faults.test_keys import SUBMIT
from tests.faults.test_sockets import READ

CALLERS = 8
EXIT = 10.0


@dataclass
class Fates:
    """What became of requests."""

    ask: OverHttp
    company: Company
    counted: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)

    async def call(self, number: int) -> None:
        """Asks until nobody listens any more; the odd ones write."""
        sent = 0
        while not self.counted["refused"]:
            sent += 1
            variables = {"input": self.application(f"{number}-{sent}")} if number % 2 else {}
            try:
                answer = await self.ask.once(SUBMIT if number % 2 else READ, self.company.user("hr"), variables)
            except httpx.ConnectError:
                self.counted["refused"] += 1
                return
            except (httpx.TransportError, httpx.TimeoutException) as error:
                self.counted["lost"] += 1
                self.odd.append(repr(error))
                continue
            self.counted[self.fate(answer)] += 1
            await asyncio.sleep(int(answer.headers.get("retry-after", "0")))

    def application(self, name: str) -> dict[str, object]:
        person = {"displayName": name, "email": f"{name}@example.com"}
        return {
            "position": gid("Position", self.company.positions["marketing"]),
            "candidate": person,
            "idempotencyKey": name,
        }

    def fate(self, answer: httpx.Response) -> str:
        if not answer.headers["content-type"].startswith("application/json"):
            self.odd.append(f"{answer.status_code} {answer.text}")
            return "failed"
        errors = answer.json().get("errors", ())
        if answer.status_code == 200 and not errors:
            return "answered"
        if answer.status_code == 503 and all(error["extensions"]["retryable"] for error in errors):
            return "told to retry"
        self.odd.append(answer.text)
        return "failed"


@pytest.mark.parametrize("engine_silent", [False, True], ids=["under load", "while the engine is silent"])
async def test_stop_is_clean(stand: Stand, figure: Figure, short: bool, slack: float, engine_silent: bool) -> None:
    chance, counted, exits, odd = random.Random(6), Counter[str](), list[float](), list[str]()
    for _ in range(1 if short else 5):
        async with Proxy(stand.bolt) as proxy, stand.serving(proxy) as api, asking(stand, api) as ask:
            fates = Fates(ask, await make_company(ask.graph))
            callers = [asyncio.create_task(fates.call(number)) for number in range(CALLERS)]
            await asyncio.sleep(chance.uniform(0.5, 1.5))
            if engine_silent:
                proxy.freeze()
            api.terminate()
            exits.append(await api.ended(30))
            await asyncio.wait_for(asyncio.gather(*callers), 90)
        counted += fates.counted
        odd += fates.odd
    figure(
        f"stop is clean{': the engine is silent' if engine_silent else ''}",
        f"{counted['answered']} answered, {counted['told to retry']} told to retry, {counted['lost']} lost, "
        f"{counted['failed']} failed; gone after {max(exits):.1f} s at most{'; ' + odd[0] if odd else ''}",
        not counted["lost"] and not counted["failed"] and max(exits) <= EXIT * slack,
    )
