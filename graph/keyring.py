"""Which versions of the master key a graph lives under: one, or while it is rotated two or more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from graph.client import Client
from graph.secrets import Secrets, canonical
from graph.statements import Found, Statement


@dataclass(frozen=True, slots=True)
class Ring:
    """The live versions, the newest first, and the namespace of imported ids, sealed under the newest."""

    versions: list[int]
    imports: bytes


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: int


FIND = Statement(
    "keyring.find",
    "MATCH (ring:KeyRing {id: 'ring'}) RETURN ring.versions AS versions, ring.imports AS imports",
    row=Ring,
)
ANY_VERSION = Statement(
    "keyring.any_version",
    "MATCH (identifier:Identifier) RETURN identifier.keyVersion AS version LIMIT 1",
    row=VersionRow,
)
SET = Statement(
    "keyring.set",
    "MERGE (ring:KeyRing {id: 'ring'}) SET ring.versions = $versions, ring.imports = $imports RETURN ring.id AS id",
    row=Found,
    writes=True,
)
Run = Callable[..., Awaitable[list[Any]]]
"""A transaction's or the client's way to read."""


async def live_versions(run: Run, secrets: Secrets) -> list[int]:
    """The versions under which a person is looked up, claimed and tied, the newest first.

    A graph that was never rotated lives under the first version that there is.
    """
    rings: list[Ring] = await run(FIND)
    return rings[0].versions if rings else [min(secrets.versions)]


async def import_namespace(run: Run, secrets: Secrets) -> UUID:
    """What makes imported ids this graph's own. It outlives every key, or what was imported could come twice."""
    rings: list[Ring] = await run(FIND)
    if rings:
        return UUID(bytes=secrets.unwrap(bytes(rings[0].imports), "imports")[0])
    return UUID(bytes=secrets.at(min(secrets.versions)).derive("imports/1", length=16))


def imported_id(namespace: UUID, *parts: str) -> str:
    """The id of what a system tells, by whatever names it there: the same for ever."""
    return str(uuid5(namespace, canonical(list(parts)).decode()))


async def imported_ids(
    run: Run, secrets: Secrets, organization: str, source: str, keys: Sequence[tuple[str, str | None]]
) -> list[str | None]:
    """The id that each thing has, or will have, by what it is and its key in the source; null without a key."""
    namespace = await import_namespace(run, secrets)
    return [None if key is None else imported_id(namespace, organization, source, kind, key) for kind, key in keys]


async def set_live(client: Client, secrets: Secrets, versions: list[int]) -> None:
    """From the end of the writes that are under way, all write under these versions."""
    namespace = await import_namespace(client.read, secrets)
    sealed = secrets.wrap(namespace.bytes, "imports", versions[0])
    await client.write(lambda tx: tx.run(SET, versions=versions, imports=sealed))


async def missing_version(client: Client, secrets: Secrets) -> int | None:
    """A version that the graph needs and that the settings do not name."""
    rings = await client.read(FIND)
    needed = rings[0].versions if rings else [row.version for row in await client.read(ANY_VERSION)]
    return next((version for version in needed if version not in secrets.versions), None)
