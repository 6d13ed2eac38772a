"""Erasures that outlast backups: who was erased stands in a journal beside the keys, and is erased again where a graph
comes back that does not know of it.

The journal is written before the graph, so that a crash between the two leaves an erasure that the next start
completes; it holds ids alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from graph import candidates
from graph.client import Transaction
from graph.events import ActorKind
from graph.statements import Statement
from graph.visibility import system
from graph.writing import Act, Desk, Graph, random_id

BATCH = 500


@dataclass(frozen=True, slots=True)
class Journalled:
    id: str
    status: str
    organization: str
    zone: str
    jurisdiction: str


LIST_JOURNALLED = Statement(
    "erasures.list_journalled",
    """
    MATCH (candidate:Candidate) WHERE candidate.id IN $ids
    MATCH (organization:Organization {id: candidate.organization})
    RETURN candidate.id AS id, candidate.status AS status, organization.id AS organization,
      organization.timeZone AS zone, organization.jurisdiction AS jurisdiction ORDER BY id
    """,
    row=Journalled,
)


async def replay(graph: Graph, now: datetime) -> int:
    """Erases whoever is in the journal and not erased in the graph, and drops their keys; says how many there were."""
    ids = [id async for id in graph.keys.erased()]
    count = 0
    for start in range(0, len(ids), BATCH):
        for found in await graph.client.read(LIST_JOURNALLED, ids=ids[start : start + BATCH]):
            if found.status != candidates.CandidateStatus.ERASED.value:
                await _erase(graph, found, now)
                count += 1
    for id in ids:
        await graph.keys.drop(id)
    return count


async def _erase(graph: Graph, found: Journalled, now: datetime) -> None:
    viewer = system(found.organization, found.zone, found.jurisdiction)
    act = Act(viewer, now, "erasure.replay", found.id, {}, ActorKind.SYSTEM)

    async def work(tx: Transaction) -> None:
        desk = Desk(graph, tx, act, random_id)
        (again,) = await tx.run(LIST_JOURNALLED, ids=[found.id])
        if again.status != candidates.CandidateStatus.ERASED.value:
            await candidates.erase(desk, found.id)

    await graph.client.write(work)
