"""Where objects are kept beside the graph: a folder, or a bucket as of S3, which answers soon or is said to be away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from graph.client import EngineUnavailable

Result = TypeVar("Result")

log = logging.getLogger("turnout")

ANSWER = timedelta(seconds=3)
"""Within which a bucket answers one request; a file of 10 MB passes in it at 27 Mbit a second."""
AT_ONCE = 64
"""Requests under way beside each other; the rest wait here, where their time does not run yet."""
PATIENCE = timedelta(seconds=4)
"""Within which a failed request is sent again, so that all of it ends before what a whole answer may take."""


class Objects:
    """Objects by name at one place; EngineUnavailable where it does not do what it is asked, and the log says why."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._room = asyncio.Semaphore(AT_ONCE)

    @classmethod
    def at(cls, place: Path | str) -> Objects:
        """A folder, which is made where there is none, or an address as `s3://bucket/prefix`."""
        if isinstance(place, Path):
            return cls(LocalStore(place, mkdir=True))
        store = from_url(
            place,
            # All that is kept is sealed, so a bucket on one's own network may do without TLS.
            client_options={"timeout": ANSWER, "connect_timeout": ANSWER, "allow_http": True},
            retry_config={"max_retries": 2, "retry_timeout": PATIENCE},
        )
        return cls(store)

    async def add(self, name: str, data: bytes) -> bool:
        """Whether it was not there before; what was is left as it is."""
        try:
            await self._asked(lambda: self._store.put_async(name, data, mode="create"))
        except AlreadyExistsError:
            return False
        return True

    async def put(self, name: str, data: bytes) -> None:
        """In one request, however long it is: an upload in parts that is broken off leaves parts that nothing lists."""
        await self._asked(lambda: self._store.put_async(name, data, use_multipart=False))

    async def get(self, name: str) -> bytes | None:
        async def read() -> bytes:
            return bytes(await (await self._store.get_async(name)).bytes_async())

        try:
            return await self._asked(read)
        except FileNotFoundError:
            return None

    async def delete(self, name: str) -> None:
        """Deleting what is gone is no error: whoever was killed after it does it again."""
        with suppress(FileNotFoundError):
            await self._asked(lambda: self._store.delete_async(name))

    async def names(self, prefix: str | None = None) -> AsyncIterator[str]:
        """All names, or those below a prefix, in no order."""
        chunks = aiter(self._store.list(prefix))
        while (chunk := await self._asked(lambda: anext(chunks, None))) is not None:
            for each in chunk:
                yield each["path"]

    async def _asked(self, request: Callable[[], Awaitable[Result]]) -> Result:
        async with self._room:
            try:
                return await request()
            except AlreadyExistsError:
                raise
            except BaseError as error:
                # Its text may name addresses and keys, so the log has its kind alone.
                log.error("the object store failed: %s", type(error).__name__)
                raise EngineUnavailable("What is kept beside the graph cannot be reached; send it again.") from error
