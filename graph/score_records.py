"""Scores that were kept: as events with their inputs' hash, recomputed from the events before them alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph import credit
from graph.client import Client
from graph.credit import CreditPolicy, Observation
from graph.events import (
    LIST_CANDIDATE_EVENTS,
    LIST_CANDIDATES,
    LIST_ORGANIZATION_EVENTS,
    LIST_ORGANIZATIONS,
    Chain,
    EventType,
    StoredEvent,
)
from graph.observations import observe, subjects
from graph.refusals import Code, Refusal
from graph.replaying import Erased, replayed
from graph.score_policies import IN_FORCE
from graph.scores import FACTS, NEAR_BY, ROLE, SWITCHES, OffBecause, scored
from graph.statements import Statement
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal


@dataclass(frozen=True, slots=True)
class ReadRow:
    """The columns that a score is made of."""

    departments: list[str]
    at: str
    policy: str | None
    switches: list[Any]
    role: str
    status: str
    interviews: list[Any]
    employments: list[Any]
    results: list[Any]
    checks: list[Any]
    near: list[Any]
    other: str | None

    @property
    def values(self) -> Sequence[Any]:
        about = [self.at, self.policy, self.switches, self.role, self.status]
        return [*about, self.interviews, self.employments, self.results, self.checks, self.near]


READ = Statement(
    "scores.read",
    """
    MATCH (this:Candidate {id: $id, organization: $organization})
    RETURN [(this)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(p:Department) | p.id]
      + [(this)-[:EMPLOYED_AS]->(:Employment)-[:EMPLOYED_IN]->(p:Department) | p.id] AS departments,
      toString($now) AS at, this.status AS status, """
    + IN_FORCE
    + " AS policy, "
    + SWITCHES
    + " AS switches, "
    + ROLE
    + " AS role, "
    + FACTS
    + ", "
    + NEAR_BY
    + " AS near, head([(this)-[:SAME_AS]-(same:Candidate) | same.id]) AS other",
    row=ReadRow,
)


async def record(graph: Graph, act: Act, candidate: str) -> Outcome:
    """Keeps the score that the viewer sees now."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        outcome = await keep(desk, candidate)
        return outcome or Written("Candidate", candidate)

    return await perform(graph, act, work)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the viewer's score of a candidate, whose chain is locked, is made of at this moment."""

    values: Sequence[Any]
    beside: list[Any] | None


async def stand(desk: Desk, candidate: str, together: Chain | None) -> Standing | Refusal:
    """Reads what a score is made of, the candidate being locked, and `together`, the record that it is merged with."""
    found = await desk.tx.one(READ, **{**desk.act.viewer.at(desk.act.now), "id": candidate})
    if found is None or not any(desk.act.viewer.owns(department) for department in found.departments):
        return Refusal(Code.NOT_FOUND, "candidate")
    return Standing(found.values, [together.id, together.seq] if together else None)


async def keep(desk: Desk, candidate: str) -> Refusal | None:
    """Appends the score as the viewer sees it to the candidate's chain, which is locked then."""
    viewer, absent = desk.act.viewer, Refusal(Code.NOT_FOUND, "candidate")
    found = await desk.tx.one(READ, **{**viewer.at(desk.act.now), "id": candidate})
    if found is None or not any(viewer.owns(department) for department in found.departments):
        return absent
    found, together = await _locked(desk, candidate, found)
    return absent if found is None else await append(desk, Standing(found.values, together))


async def append(desk: Desk, standing: Standing) -> Refusal | None:
    """Appends the score that stood there, so that it can be recomputed; decisions call it beside what they freeze."""
    made = scored(standing.values)
    if isinstance(made, OffBecause):
        return Refusal(Code.SCORING_OFF, "candidate")
    policy, facts, score = made
    counted = [seen for seen in observe(policy, facts, desk.act.now) if credit.counts(policy, seen, desk.act.now)]
    await desk.record(
        EventType.SCORE_COMPUTED,
        policyVersion=score.version,
        inputsHash=score.inputs_hash,
        subjects=subjects(counted),
        ends={seen.finding.removeprefix("Finding:"): seen.until for seen in counted if seen.finding and seen.until},
        score=score.bytes().decode(),
        beside=standing.beside,
    )
    return None


async def _locked(desk: Desk, candidate: str, found: ReadRow | None) -> tuple[ReadRow | None, list[Any] | None]:
    """The columns once nobody can change them; and of a record that is merged with it, id and last seq."""
    while True:
        other = found and found.other
        together = await desk.lock_candidate(other) if other else None
        await desk.lock_candidate(candidate)
        found = await desk.tx.one(READ, **{**desk.act.viewer.at(desk.act.now), "id": candidate})
        if found is None or found.other == other:
            return found, [together.id, together.seq] if together else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A score that an event keeps: what it said, and what the events before it make of it now."""

    candidate: str
    seq: int
    at: datetime
    kept: str
    found: str | None

    @property
    def fault(self) -> str | None:
        """What is wrong, in a sentence; null where both are the same bytes."""
        where = f"score of candidate {self.candidate}, event {self.seq}"
        if self.found is None:
            return None
        return None if self.found == self.kept else f"{where}: recomputed from the events it is another"


def beside(of: StoredEvent) -> tuple[str, int] | None:
    """The other record of the person, as it was when a score was kept: its id and the seq of its last event."""
    told = json.loads(of.payload).get("beside") if of.payload else None
    return (told[0], told[1]) if told else None


def recomputed(
    policies: Mapping[int, CreditPolicy],
    candidate: str,
    events: Sequence[StoredEvent],
    of: StoredEvent,
    others: Sequence[StoredEvent] = (),
) -> Kept | None:
    """The score of an event, recomputed from those before it, and from `others` of a record that was merged with it;
    null where an erasure took what it said."""
    if of.payload is None:
        return None
    told = json.loads(of.payload)
    policy = policies[told["policyVersion"]]
    try:
        facts = replayed(candidate, (event for event in events if event.seq < of.seq), told["ends"])
        if (known := beside(of)) is not None:
            facts = facts.with_those(
                replayed(known[0], (event for event in others if event.seq <= known[1]), told["ends"])
            )
    except Erased:
        return Kept(candidate, of.seq, of.occurred_at, told["score"], None)
    mine = set(told["subjects"])
    seen: list[Observation] = [each for each in observe(policy, facts, of.occurred_at) if each.evidence[0] in mine]
    found = credit.score(policy, seen, of.occurred_at)
    return Kept(candidate, of.seq, of.occurred_at, told["score"], found.bytes().decode())


async def policies_of(client: Client) -> dict[str, dict[int, CreditPolicy]]:
    """Every score policy as the events of its Organization tell it, by Organization and version."""
    found: dict[str, dict[int, CreditPolicy]] = {}
    for head in await client.read(LIST_ORGANIZATIONS):
        for event in await client.read(LIST_ORGANIZATION_EVENTS, head=head.id):
            if event.type == EventType.SCORE_POLICY_PROPOSED.value and event.payload is not None:
                policy = CreditPolicy.of_document(json.loads(event.payload)["document"])
                found.setdefault(head.id, {})[policy.version] = policy
    return found


@dataclass(frozen=True, slots=True)
class Home:
    id: str
    organization: str


LIST_HOMES = Statement(
    "scores.list_homes",
    "MATCH (candidate:Candidate) WHERE candidate.id IN $ids RETURN candidate.id AS id, "
    "candidate.organization AS organization",
    row=Home,
)


async def verify(client: Client, only: str | None = None) -> AsyncIterator[Kept]:
    """Recomputes every score that was kept, or those of one candidate."""
    policies, after = await policies_of(client), ""
    while heads := await client.read(LIST_CANDIDATES, after=after):
        after = heads[-1].id
        ids = [head.id for head in heads if only in (None, head.id)]
        homes = {home.id: home.organization for home in await client.read(LIST_HOMES, ids=ids)}
        chains: dict[str, list[StoredEvent]] = {}
        for event in await client.read(LIST_CANDIDATE_EVENTS, heads=ids):
            chains.setdefault(event.head, []).append(event)
        for id, events in chains.items():
            for event in events:
                if event.type == EventType.SCORE_COMPUTED.value:
                    known = beside(event)
                    others = await client.read(LIST_CANDIDATE_EVENTS, heads=[known[0]]) if known else []
                    kept = recomputed(policies.get(homes[id], {}), id, events, event, others)
                    if kept is not None:
                        yield kept
