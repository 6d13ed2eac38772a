"""Two records of one person: joined by a relation that is read across, never by rewriting either, and split again.

Each record keeps its id and its chain; a merge and a split are events of both.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph import pools, rights
from graph.candidates import FORGET_TOGETHER, CandidateStatus
from graph.events import EventType
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Nothing, Statement
from graph.visibility import OrganizationRole, Viewer
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal


@dataclass(frozen=True, slots=True)
class Joined:
    """A candidate, and the one that it is merged with where it is."""

    id: str
    circle: str
    status: str
    other: str | None
    departments: list[str]

    def is_own(self, viewer: Viewer) -> bool:
        """Somebody who was hired without an application is the whole Organization's to manage."""
        return viewer.role is OrganizationRole.HR_ADMIN or any(map(viewer.owns, self.departments))


FIND = Statement(
    "merging.find",
    """
    MATCH (candidate:Candidate {id: $id, organization: $organization})
    RETURN candidate.id AS id, candidate.circle AS circle, candidate.status AS status,
      head([(candidate)-[:SAME_AS]-(other:Candidate) | other.id]) AS other,
      [(candidate)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(d:Department) | d.id] AS departments
    """,
    row=Joined,
)
MERGE = Statement(
    "merging.merge",
    """
    MATCH (candidate:Candidate {id: $candidate}) MATCH (other:Candidate {id: $other})
    CREATE (candidate)-[:SAME_AS {since: $now}]->(other)
    """,
    row=Nothing,
    writes=True,
)
SPLIT = Statement(
    "merging.split",
    "MATCH (:Candidate {id: $candidate})-[same:SAME_AS]-(:Candidate {id: $other}) DELETE same",
    row=Nothing,
    writes=True,
)


def merge_refusal(candidate: Joined, other: Joined) -> Refusal | None:
    """Why two records cannot be joined: nothing crosses circles, and a person has two records at most."""
    if candidate.id == other.id:
        return invalid("other", Fault.NOT_HERE)
    if candidate.circle != other.circle:
        return Refusal(Code.OTHER_CIRCLE, "other")
    for row, field in ((candidate, "candidate"), (other, "other")):
        if row.status == CandidateStatus.ERASED.value:
            return Refusal(Code.CANDIDATE_ERASED, field)
        if row.other is not None:
            return Refusal(Code.ALREADY_MERGED, field)
    return None


async def _find(desk: Desk, id: str, field: str) -> Joined | Refusal:
    row = await desk.tx.one(FIND, id=id, organization=desk.act.viewer.organization)
    return row if row is not None and row.is_own(desk.act.viewer) else Refusal(Code.NOT_FOUND, field)


async def _record(desk: Desk, type: EventType, candidate: str, other: str) -> None:
    """The event in both chains, locked in one order whoever is named first."""
    for id, partner in sorted(((candidate, other), (other, candidate))):
        await desk.lock_candidate(id)
        await desk.record(type, other=partner)


async def merge(graph: Graph, act: Act, candidate: str, other: str) -> Outcome:
    """HR found that two records are one person's: from now on each is read with the other."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        first = await _find(desk, candidate, "candidate")
        second = await _find(desk, other, "other") if not isinstance(first, Refusal) else first
        if isinstance(second, Refusal):
            return second
        for id in sorted({candidate, other}):
            await desk.lock_candidate(id)
        (first,) = await desk.tx.run(FIND, id=candidate, organization=act.viewer.organization)
        (second,) = await desk.tx.run(FIND, id=other, organization=act.viewer.organization)
        if refused := merge_refusal(first, second):
            return refused
        await desk.tx.run(MERGE, candidate=first.id, other=second.id, now=act.now)
        await _record(desk, EventType.CANDIDATES_MERGED, first.id, second.id)
        await rights.restrict_together(desk, first.id, second.id)
        await pools.settle(desk)
        return Written("Candidate", first.id)

    return await perform(graph, act, work)


async def split(graph: Graph, act: Act, candidate: str) -> Outcome:
    """They were two people after all: each record is read alone again, as it never ceased to be written, and no copy of
    the one's findings stays with the other's decisions."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        first = await _find(desk, candidate, "candidate")
        if isinstance(first, Refusal):
            return first
        second = await _find(desk, first.other, "candidate") if first.other is not None else first
        if isinstance(second, Refusal):
            return second
        for id in sorted({first.id, second.id}):
            await desk.lock_candidate(id)
        (first,) = await desk.tx.run(FIND, id=candidate, organization=act.viewer.organization)
        if first.other is None:
            return Refusal(Code.NOT_MERGED, "candidate")
        await desk.tx.run(FORGET_TOGETHER, id=first.id)
        await desk.tx.run(SPLIT, candidate=first.id, other=first.other)
        await _record(desk, EventType.CANDIDATES_SPLIT, first.id, first.other)
        await rights.lift_apart(desk, first.id, first.other)
        for id in (first.id, first.other):
            await pools.settle(desk, id)
        return Written("Candidate", first.id)

    return await perform(graph, act, work)
