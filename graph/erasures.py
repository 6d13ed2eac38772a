"""Erasures: what is open of a person ends before all that is personal goes, and what is gone outlasts backups.

Who was erased stands in a journal beside the keys, and is erased again where a graph comes back that does not know of
it. The journal is written before the graph, so that a crash between the two leaves an erasure that the next start
completes; it holds ids alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from graph import candidates, disputes, findings, interviews
from graph.client import Transaction
from graph.events import ActorKind
from graph.interviews import Side
from graph.lifecycle import Step, may
from graph.refusals import Refusal
from graph.statements import Found, Statement
from graph.visibility import system
from graph.writing import Act, Desk, Graph, Outcome, random_id

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


LIST_FINDINGS = Statement(
    "erasures.list_findings",
    """
    MATCH (:Candidate {id: $candidate})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW|HAS_CHECK]->(subject)
      <-[:FINDS]-(finding:Finding)
    RETURN finding.id AS id ORDER BY subject.lastSeq, id
    """,
    row=Found,
)


async def erase(desk: Desk, candidate: str) -> Outcome:
    """Erases a candidate, of whom nothing stays open: nobody is awaited any more, and nobody could be heard.

    The caller drops the candidate's key once this is committed: a key cannot be put back.
    """
    await desk.lock_candidate(candidate)
    await _end_open(desk, candidate)
    return await candidates.erase(desk, candidate)


async def _end_open(desk: Desk, candidate: str) -> None:
    """Calls off what is to come, and takes back what nobody has decided. The system does so: whoever grants an erasure
    judges none of it.
    """
    viewer = desk.act.viewer
    act = replace(desk.act, viewer=system(viewer.organization, viewer.zone, viewer.jurisdiction), kind=ActorKind.SYSTEM)
    own = replace(desk, act=act)
    await interviews.call_off_all(own, candidate, Side.CANDIDATE)
    for row in await desk.tx.run(LIST_FINDINGS, candidate=candidate):
        found = await findings.find_own(own, row.id)
        if isinstance(found, Refusal):
            continue
        if may(Step.LAPSE, found[0].state):
            await findings.let_lapse(own, *found)
        elif may(Step.UPHOLD, found[0].state):
            await disputes.uphold(own, *found, disputes.OVERDUE, None)


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
            await erase(desk, found.id)

    await graph.client.write(work)
