"""What a request follows: the bookmarks that its sessions begin at, moved on by what it writes.

In a cluster a read may go to a member that has not heard of a write yet; with the write's bookmark it waits for it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from neo4j import Bookmarks


class Unfollowable(Exception):
    """The database knows nothing of the bookmarks; they come from another one."""


@dataclass(slots=True)
class Trail:
    """The bookmarks of one request; `written` once it has written something."""

    bookmarks: frozenset[str] = field(default_factory=frozenset[str])
    written: bool = False

    def reach(self, bookmarks: Iterable[str]) -> None:
        """Follows a write, which the database made after all that was followed before."""
        self.bookmarks, self.written = frozenset(bookmarks), True


_trail: ContextVar[Trail | None] = ContextVar("trail", default=None)


def trail() -> Trail | None:
    """The trail of the request that is being answered, if it has one."""
    return _trail.get()


def followed() -> Bookmarks | None:
    """Where a session of this request begins."""
    current = _trail.get()
    return Bookmarks.from_raw_values(current.bookmarks) if current is not None and current.bookmarks else None


@contextmanager
def following() -> Generator[Trail]:
    """Gives what is done inside the block a trail of its own."""
    made = Trail()
    token = _trail.set(made)
    try:
        yield made
    finally:
        _trail.reset(token)


@contextmanager
def continuing() -> Generator[Trail]:
    """A trail for one of several things that are done over one connection: it begins where the last write ended there.

    With one trail for all, two writes at once would each be told where the other ended.
    """
    outer = _trail.get()
    with following() as made:
        if outer is not None:
            made.bookmarks = outer.bookmarks
        try:
            yield made
        finally:
            if outer is not None and made.written:
                outer.reach(made.bookmarks)
