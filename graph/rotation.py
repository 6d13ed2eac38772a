"""Rotating the master key while others read and write: people stay recognised, and nothing is left under the old key.

The new version becomes live beside the old one, so that whoever comes is looked up, claimed and tied under both. Once
no write is left that knows of the old alone, each tie is carried over; then the old version ends, and what stands under
it is deleted. Every step may be broken off and run again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag

from graph import keyring, webhooks
from graph.candidates import CandidateStatus, IdentifierKind, normalised_email, normalised_phone
from graph.client import PATIENCE, TIMEOUT, Transaction
from graph.statements import Count, Found, Nothing, Statement
from graph.writing import Graph, random_id

SETTLING = PATIENCE + TIMEOUT + 1
"""Seconds after which no write is left that read an earlier ring: Client.write commits nothing later."""
BATCH = 50
"""Candidates carried over in one transaction."""


@dataclass(frozen=True, slots=True)
class Tie:
    """An identifier of a candidate under an old version; `value` is sealed under the candidate's own key."""

    candidate: str
    circle: str
    kind: str
    system: str
    version: int
    hash: str
    value: bytes | None
    email: bytes | None
    phone: bytes | None
    region: str


@dataclass(frozen=True, slots=True)
class Standing:
    status: str


LIST_BEHIND = Statement(
    "rotation.list_behind",
    """
    MATCH (identifier:Identifier)<-[:IDENTIFIED_BY]-(candidate:Candidate) WHERE identifier.keyVersion <> $version
    RETURN DISTINCT candidate.id AS id ORDER BY id
    """,
    row=Found,
)
LOCK = Statement(
    "rotation.lock",
    "UNWIND $ids AS id MATCH (candidate:Candidate {id: id}) SET candidate._lock = $lock RETURN candidate.id AS id",
    row=Found,
    writes=True,
)
LIST_TIES = Statement(
    "rotation.list_ties",
    """
    UNWIND $ids AS id
    MATCH (candidate:Candidate {id: id})-[by:IDENTIFIED_BY]->(identifier:Identifier)
    WHERE identifier.keyVersion <> $version
    MATCH (organization:Organization {id: candidate.organization})
    RETURN candidate.id AS candidate, identifier.circle AS circle, identifier.kind AS kind,
      identifier.system AS system, identifier.keyVersion AS version, identifier.hash AS hash, by.value AS value,
      candidate.email AS email, candidate.phone AS phone, organization.jurisdiction AS region
    """,
    row=Tie,
)
CARRY = Statement(
    "rotation.carry",
    """
    UNWIND $rows AS row
    MATCH (candidate:Candidate {id: row[0]})
    MERGE (identifier:Identifier {circle: row[1], kind: row[2], system: row[3], keyVersion: $version, hash: row[4]})
    MERGE (candidate)-[by:IDENTIFIED_BY]->(identifier) ON CREATE SET by.value = row[5]
    """,
    row=Nothing,
    writes=True,
)
FORGET = Statement(
    "rotation.forget",
    """
    MATCH (identifier:Identifier) WHERE identifier.keyVersion <> $version
    WITH identifier LIMIT 1000
    DETACH DELETE identifier
    RETURN count(*) AS count
    """,
    row=Count,
    writes=True,
)
FIND_STATUS = Statement(
    "rotation.find_status",
    "MATCH (candidate:Candidate {id: $id}) SET candidate._lock = $lock RETURN candidate.status AS status",
    row=Standing,
    writes=True,
)


@dataclass(slots=True)
class Rotated:
    """What a rotation did. `lost` are ties whose value nobody can read: a key that is gone, an id of old imports."""

    version: int
    carried: int = 0
    lost: int = 0
    rewrapped: int = 0


class Unreadable(Exception):
    """A key in the store that none of the given master keys opens; the text is a sentence."""


Tell = Callable[[str, int, int | None], None]
"""Told the step, how much of it is done, and of how much, where that is known."""


async def rotate(graph: Graph, *, settling: float = SETTLING, tell: Tell = lambda *_: None) -> Rotated:
    """Brings everything under the newest version; each process that writes must know that version before."""
    target, done = graph.secrets.newest, Rotated(graph.secrets.newest)
    live = await keyring.live_versions(graph.client.read, graph.secrets)
    for version in live:
        graph.secrets.at(version)
    rotating = live != [target]
    if rotating:
        await keyring.set_live(graph.client, graph.secrets, sorted({target, *live}, reverse=True))
        await _settle(settling, tell)
    await _carry_all(graph, target, done, tell)
    if rotating:
        await keyring.set_live(graph.client, graph.secrets, [target])
    if rotating or done.carried:
        await _settle(settling, tell)
    while await graph.client.write(lambda tx: _forget(tx, target)):
        pass
    await _rewrap_all(graph, target, done, tell)
    await webhooks.reseal(graph, target)
    return done


async def _settle(seconds: float, tell: Tell) -> None:
    tell("Waiting for writes under way", 0, None)
    await asyncio.sleep(seconds)


async def _carry_all(graph: Graph, target: int, done: Rotated, tell: Tell) -> None:
    behind = [row.id for row in await graph.client.read(LIST_BEHIND, version=target)]
    for start in range(0, len(behind), BATCH):
        tell("Carrying identifiers over", start, len(behind))
        ids = behind[start : start + BATCH]
        carried, lost = await graph.client.write(lambda tx, ids=ids: _carry(graph, tx, ids, target))
        done.carried, done.lost = done.carried + carried, done.lost + lost


async def _carry(graph: Graph, tx: Transaction, ids: Sequence[str], target: int) -> tuple[int, int]:
    await tx.run(LOCK, ids=ids, lock=random_id())
    ties = await tx.run(LIST_TIES, ids=ids, version=target)
    await graph.keys.load(set(ids), anew=True)
    rows: list[list[Any]] = []
    for tie in ties:
        value = _value(graph, tie)
        if value is not None:
            hash = graph.secrets.identifier_hash(target, tie.circle, tie.kind, tie.system, value)
            sealed = graph.keys.conceal(tie.candidate, value)
            rows.append([tie.candidate, tie.circle, tie.kind, tie.system, hash, sealed])
    if rows:
        await tx.run(CARRY, rows=rows, version=target)
    return len(rows), len(ties) - len(rows)


def _value(graph: Graph, tie: Tie) -> str | None:
    """The identifier's plain value: from the tie, or from the contact where that is it."""
    value = graph.keys.reveal(tie.candidate, tie.value)
    if value is not None:
        return value
    is_phone = tie.kind == IdentifierKind.PHONE.value
    contact = graph.keys.reveal(tie.candidate, tie.phone if is_phone else tie.email)
    if contact is None or tie.kind == IdentifierKind.EXTERNAL.value or tie.version not in graph.secrets.versions:
        return None
    value = normalised_phone(contact, tie.region) if is_phone else normalised_email(contact)
    own = graph.secrets.identifier_hash(tie.version, tie.circle, tie.kind, tie.system, value)
    return value if own == tie.hash else None


async def _forget(tx: Transaction, target: int) -> int:
    return (await tx.run(FORGET, version=target))[0].count


async def _rewrap_all(graph: Graph, target: int, done: Rotated, tell: Tell) -> None:
    count = 0
    async for candidate in graph.keys.candidates():
        count += 1
        if count % 100 == 0:
            tell("Rewrapping candidates' keys", count, None)
        try:
            behind = await graph.keys.is_behind(candidate, target)
        except InvalidTag as error:
            raise Unreadable(
                f"The key of candidate {candidate} is wrapped under none of the versions that TURNOUT_MASTER_KEY names."
            ) from error
        if behind:
            await graph.client.write(lambda tx, id=candidate: _rewrap(graph, tx, id, target))
            done.rewrapped += 1


async def _rewrap(graph: Graph, tx: Transaction, candidate: str, target: int) -> None:
    """Holds the candidate, so that an erasure comes before or after: one that came before leaves no key."""
    rows = await tx.run(FIND_STATUS, id=candidate, lock=random_id())
    if rows and rows[0].status == CandidateStatus.ERASED.value:
        await graph.keys.drop(candidate)
    else:
        await graph.keys.rewrap(candidate, target)
