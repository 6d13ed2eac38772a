"""Each candidate's own key, kept outside the graph and its backups: dropping it is what erasure means."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graph.objects import Objects
from graph.secrets import Secrets, seal, unseal

ERASED = "erased"
"""The journal of erasures in the store; folders of keys have names of two digits."""
REMEMBERED = 10_000
"""Opened keys held in memory by one process."""


class CandidateKeys:
    """One wrapped key for each candidate in an object store: a folder, or s3:// and its like."""

    def __init__(self, objects: Objects, secrets: Secrets) -> None:
        self._objects = objects
        self._secrets = secrets
        self._open: OrderedDict[str, AESGCM] = OrderedDict()

    @classmethod
    def at(cls, place: Path | str, secrets: Secrets) -> CandidateKeys:
        return cls(Objects.at(place), secrets)

    async def create(self, candidate: str, version: int) -> None:
        """Stores a new key, wrapped under this version of the master key.

        Called before the graph knows the candidate, so that a crash leaves an unused key.
        """
        key = os.urandom(32)
        if await self._objects.add(_name(candidate), self._secrets.wrap(key, candidate, version)):
            self._remember(candidate, key)
        else:
            # Of before, or of an attempt whose answer a bucket lost.
            await self.load({candidate}, anew=True)

    async def load(self, candidates: set[str], *, anew: bool = False) -> None:
        """Opens the keys of these candidates, so that `reveal` may be called for them; a dropped key is left out.

        `anew` reads keys that are open already too, as another process may have replaced them.
        """
        wanted = list(candidates if anew else candidates - self._open.keys())
        for candidate, found in zip(wanted, await asyncio.gather(*map(self._wrapped, wanted)), strict=True):
            if found is not None:
                self._remember(candidate, found[0])

    def holds(self, candidate: str) -> bool:
        return candidate in self._open

    def conceal(self, candidate: str, text: str) -> bytes:
        return seal(self._open[candidate], text.encode(), candidate)

    def seal_key(self, candidate: str, key: bytes, purpose: str) -> bytes:
        """Another key, sealed under the candidate's open one: once that is dropped, neither opens anything."""
        return seal(self._open[candidate], key, f"{candidate}/{purpose}")

    def open_key(self, candidate: str, sealed: bytes, purpose: str) -> bytes | None:
        """A key that was sealed for this purpose; null where the candidate's is not open; InvalidTag for any other."""
        cipher = self._open.get(candidate)
        return None if cipher is None else unseal(cipher, sealed, f"{candidate}/{purpose}")

    def reveal(self, candidate: str, sealed: bytes | None) -> str | None:
        """The plain text, or null where there is none or the key was dropped.

        A key that does not fit any more is forgotten, so that it may be loaded again.
        """
        cipher = self._open.get(candidate)
        if sealed is None or cipher is None:
            return None
        try:
            return unseal(cipher, bytes(sealed), candidate).decode()
        except InvalidTag:
            del self._open[candidate]
            return None

    async def candidates(self) -> AsyncIterator[str]:
        """All whose key is in the store, the unused ones too."""
        async for name in self._objects.names():
            folder, _, candidate = name.rpartition("/")
            if folder != ERASED:
                yield candidate

    async def journal(self, candidate: str, now: datetime) -> None:
        """Writes down, beside the keys, that somebody is erased: a graph that is restored may not know it."""
        await self._objects.put(f"{ERASED}/{candidate}", now.isoformat().encode())

    async def erased(self) -> AsyncIterator[str]:
        """All whose erasure was written down."""
        async for name in self._objects.names(f"{ERASED}/"):
            yield name.rpartition("/")[2]

    async def forget_erasure(self, candidate: str) -> None:
        """For a demo that is sown again under the same ids."""
        await self._objects.delete(f"{ERASED}/{candidate}")

    async def is_behind(self, candidate: str, version: int) -> bool:
        """Whether there is a key, and it is wrapped under another version than this."""
        found = await self._wrapped(candidate)
        return found is not None and found[1] != version

    async def rewrap(self, candidate: str, version: int) -> None:
        """Wraps a key anew; only while nobody can drop it, or a dropped key would come back."""
        found = await self._wrapped(candidate)
        if found is not None and found[1] != version:
            await self._objects.put(_name(candidate), self._secrets.wrap(found[0], candidate, version))

    async def _wrapped(self, candidate: str) -> tuple[bytes, int] | None:
        stored = await self._objects.get(_name(candidate))
        return None if stored is None else self._secrets.unwrap(stored, candidate)

    async def drop(self, candidate: str) -> None:
        """Dropping a key that is gone is no error, because the transaction around it may be run again."""
        self._open.pop(candidate, None)
        await self._objects.delete(_name(candidate))

    def _remember(self, candidate: str, key: bytes) -> None:
        self._open[candidate] = AESGCM(key)
        while len(self._open) > REMEMBERED:
            self._open.popitem(last=False)


def _name(candidate: str) -> str:
    return f"{candidate[:2]}/{candidate}"
