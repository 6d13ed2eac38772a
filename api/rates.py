"""How much a caller may ask for in a minute: points, counted in memory or in a Redis that processes share."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeVar, cast

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.errors import ConfigurationError
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from api.settings import SetupError
from graph.secrets import Secrets

log = logging.getLogger("turnout")
T = TypeVar("T")

RECORDS = 100
"""Records that cost a point, beside the one point of any request."""
POLICY = "points"
"""What the limit is called where clients are told of it."""
PATIENCE, REST = 0.25, 10.0
"""Seconds that the storage may take, and seconds that it is left alone after it failed."""
ROUNDED = 0.1
"""Seconds to wait where a window is told to have ended and has not: Redis tells whole seconds."""


class Memory(MemoryStorage):
    """Counters of this process, swept once a second.

    The library sweeps at every request through all callers: 0.8 ms with 10,000 of them.
    """

    SWEEP = 1.0

    def __init__(self) -> None:
        super().__init__("async+memory://")
        self._swept = time.monotonic()
        self._resting: asyncio.Future[None] | None = None

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.monotonic()
        if now - self._swept >= self.SWEEP:
            self._swept, self.timer = now, None
        else:
            # A sweep starts where none is under way: one that never ends holds it back.
            self._resting = self._resting or asyncio.get_running_loop().create_future()
            self.timer = cast(Any, self._resting)
        return await super().incr(key, expiry, amount)


@dataclass(slots=True)
class Caller:
    """Who spends, by a key without a name, and what was left at the last count: null where nothing was counted.

    `until` is when the window ends, in seconds of the epoch, where that is known without asking once more.
    """

    key: str
    left: int | None = field(default=None, compare=False)
    until: float | None = field(default=None, compare=False)


class Rates:
    """Counts points by caller; where the storage fails, nobody is refused."""

    def __init__(self, points: int, storage: str, secrets: Secrets) -> None:
        self._limit = RateLimitItemPerMinute(points) if points else None
        self._policy = f'"{POLICY}";q={points};w=60'
        self._kept = _storage(storage)
        self._memory = self._kept if isinstance(self._kept, Memory) else None
        self._patience = None if self._memory else PATIENCE
        self._key = secrets.derive("rate-callers/1")
        self._rests_until = float("-inf")

    def caller(self, subject: str | None, address: str | None) -> Caller:
        """Who spends: the viewer, else the address; keyed, so that a shared storage learns no names."""
        who = f"viewer {subject}" if subject else f"address {_neighbourhood(address or '')}"
        return Caller(blake2b(who.encode(), key=self._key, digest_size=16).hexdigest())

    async def admit(self, caller: Caller) -> int | None:
        """Takes the point of a request; seconds to wait where there is none left, else null."""
        if self._limit is None or await self._spend(self._limit, caller, 1):
            return None
        if caller.until is None:
            caller.until = await self._tried(self._kept.get_expiry(self._limit.key_for(caller.key)), None)
        return None if caller.until is None else max(1, math.ceil(caller.until - time.time()))

    async def turn(self, caller: Caller) -> None:
        """Returns once the caller has a point, which is not taken: at once, or as a window without any ends."""
        if self._limit is None:
            return
        key = self._limit.key_for(caller.key)
        while await self._tried(self._kept.get(key), 0) >= self._limit.amount:
            ends = await self._tried(self._kept.get_expiry(key), 0.0)
            await asyncio.sleep(max(ROUNDED, ends - time.time()))

    async def charge(self, caller: Caller, records: int, *, planning: int = 0, events: int = 0) -> None:
        """Takes the points of what was run: what it could bring, those for planning it, and one for each event."""
        points = records // RECORDS + planning + events
        if self._limit is not None and points:
            await self._spend(self._limit, caller, points)

    def fields(self, caller: Caller) -> dict[str, str]:
        """The header fields RateLimit-Policy and RateLimit, by the IETF's draft; none where nothing is counted.

        They cost no further question to the storage: counting answers what was spent, and memory knows its windows.
        """
        if self._limit is None or caller.left is None:
            return {}
        ends = "" if caller.until is None else f";t={max(0, math.ceil(caller.until - time.time()))}"
        return {"RateLimit-Policy": self._policy, "RateLimit": f'"{POLICY}";r={caller.left}{ends}'}

    async def _spend(self, limit: RateLimitItemPerMinute, caller: Caller, points: int) -> bool:
        """Whether the points could be taken, by a fixed window that begins with the first of them."""
        key = limit.key_for(caller.key)
        spent = await self._tried(self._kept.incr(key, limit.get_expiry(), amount=points), None)
        if spent is None:
            return True
        caller.left = max(0, limit.amount - spent)
        if self._memory is not None:
            caller.until = self._memory.expirations.get(key)
        return spent <= limit.amount

    async def _tried(self, work: Awaitable[T], otherwise: T) -> T:
        if time.monotonic() < self._rests_until:
            cast(Any, work).close()
            return otherwise
        try:
            async with asyncio.timeout(self._patience):
                return await work
        except (RedisError, OSError) as error:
            self._rests_until = time.monotonic() + REST
            log.warning("points are not counted for %d s: %s", int(REST), type(error).__name__)
            return otherwise


def _storage(address: str) -> Storage:
    if address == "memory://":
        return Memory()
    if not address.startswith(("redis://", "rediss://")):
        raise SetupError("TURNOUT_RATE_STORAGE must be memory:// or begin with redis:// or rediss://.")
    try:
        once: Any = Retry(NoBackoff(), 0)
        return RedisStorage("async+" + address, implementation="redispy", key_prefix="turnout", retry=once)
    except (ConfigurationError, ValueError) as error:
        # The library quotes the address, password and all.
        raise SetupError(
            "TURNOUT_RATE_STORAGE is not usable: write redis://host:port, or rediss:// for TLS."
        ) from error


def _neighbourhood(address: str) -> str:
    """An IPv6 caller has 64 bits of addresses to choose from: all of them are one caller."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or IPv6Address(int(ip) >> 64 << 64))
    return address
