"""Who is told what happens below the door: each statement with its time, each retry, each look into a cache."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Watcher(Protocol):
    """Hears of the work of one request; called on the way, so it must be quick and must not raise."""

    def ran(self, statement: str, seconds: float) -> None:
        """A statement came to its end, well or not."""
        ...

    def planned(self, seconds: float) -> None:
        """The database planned a statement that it had not seen, in so long, waiting for its turn included."""
        ...

    def retried(self) -> None:
        """Work is run again from its start after a transient error."""
        ...

    def looked_up(self, cache: str, *, found: bool) -> None:
        """Something was looked for in the cache of this name."""
        ...


_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


def watcher() -> Watcher | None:
    """The watcher of the request that is being answered, if it has one."""
    return _watcher.get()


@contextmanager
def watched(by: Watcher) -> Generator[None]:
    """Tells `by` of everything that is done inside the block."""
    token = _watcher.set(by)
    try:
        yield
    finally:
        _watcher.reset(token)
