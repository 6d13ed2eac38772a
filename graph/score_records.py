"""Scores that were kept: as events with their inputs' hash, recomputed from the events before them alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from graph import credit
from graph.client import Client
from graph.credit import CreditPolicy
from graph.events import (
    FIND_CANDIDATE,
    LIST_CANDIDATE_EVENTS,
    LIST_ORGANIZATION_EVENTS,
    About,
    Chain,
    Erased,
    EventType,
    Head,
    StoredEvent,
    candidate_chains,
)
from graph.observations import Facts, observe
from graph.refusals import Code, Refusal
from graph.replaying import Lost, Places, Untold, replayed
from graph.score_policies import IN_FORCE
from graph.scores import FACTS, NEAR_BY, ROLE, SWITCHES, OffBecause, scored
from graph.statements import Statement
from graph.structure import Relation
from graph.visibility import OrganizationRole, Viewer
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal


@dataclass(frozen=True, slots=True)
class ReadRow:
    """The columns that a score is made of. Of the person's applications and employments `places` has label, id and
    department."""

    places: list[list[str]]
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

    def owned(self, viewer: Viewer) -> About | None:
        """Through what of the person's they are the viewer's; a score that is kept is told to its department alone."""
        return next((About(label, id) for label, id, place in sorted(self.places) if viewer.owns(place)), None)


READ = Statement(
    "scores.read",
    """
    MATCH (this:Candidate {id: $id, organization: $organization})
    RETURN [(this)-[:SUBMITTED]->(a:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(p:Department)
        | ['Application', a.id, p.id]]
      + [(this)-[:EMPLOYED_AS]->(j:Employment)-[:EMPLOYED_IN]->(p:Department) | ['Employment', j.id, p.id]] AS places,
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
    + " AS near, head([(this)-[:SAME_AS]-(same:Candidate {status: 'ACTIVE'}) | same.id]) AS other",
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

    @property
    def zone(self) -> str:
        """The Organization's zone, by whose day a check is dated."""
        return self.values[2][-1]


async def plan(graph: Graph, act: Act) -> None:
    """Has the long statement planned that `stand` runs in a transaction."""
    await graph.client.plan(READ.text, {**act.viewer.at(act.now), "id": ""})


async def stand(desk: Desk, candidate: str, together: Chain | None) -> Standing | Refusal:
    """Reads what a score is made of, the candidate being locked, and `together`, the record that it is merged with."""
    found = await desk.tx.one(READ, **{**desk.act.viewer.at(desk.act.now), "id": candidate})
    if found is None or found.owned(desk.act.viewer) is None:
        return Refusal(Code.NOT_FOUND, "candidate")
    beside = [together.id, together.seq] if together and together.id == found.other else None
    return Standing(found.values, beside)


async def keep(desk: Desk, candidate: str) -> Refusal | None:
    """Appends the score as the viewer sees it to the candidate's chain, which is locked then."""
    viewer, absent = desk.act.viewer, Refusal(Code.NOT_FOUND, "candidate")
    found = await desk.tx.one(READ, **{**viewer.at(desk.act.now), "id": candidate})
    if found is None or found.owned(viewer) is None:
        return absent
    found, together = await _locked(desk, candidate, found)
    about = found and found.owned(viewer)
    return absent if found is None or about is None else await append(desk, Standing(found.values, together), about)


async def append(desk: Desk, standing: Standing, about: About) -> Refusal | None:
    """Appends the score that stood there, so that it can be recomputed; decisions call it beside what they freeze."""
    made = scored(standing.values)
    if isinstance(made, OffBecause):
        return Refusal(Code.SCORING_OFF, "candidate")
    _, _, score = made
    await desk.record(
        EventType.SCORE_COMPUTED,
        about,
        policyVersion=score.version,
        inputsHash=score.inputs_hash,
        own=_reach(desk.act.viewer),
        score=score.bytes().decode(),
        beside=standing.beside,
        rules=credit.RULES,
        zone=standing.zone,
    )
    return None


def _reach(viewer: Viewer) -> list[str] | None:
    """The departments whose records were read; null for whoever reads those of all."""
    return None if viewer.role is OrganizationRole.HR_ADMIN else viewer.departments(Relation.OWN)


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
    """A score that an event keeps: what it said, and what the events before it make of it now.

    Either is null where it was erased, or the events do not tell it any more: `untold` says why. `lost` is what is gone
    that no erasure took.
    """

    candidate: str
    seq: int
    at: datetime
    kept: str | None
    found: str | None
    untold: str | None = None
    lost: str | None = None

    @property
    def where(self) -> str:
        return f"score of candidate {self.candidate}, event {self.seq}"

    @property
    def fault(self) -> str | None:
        """What is wrong, in a sentence; null where both are the same bytes, or it is not to be known any more."""
        if self.lost is not None:
            return f"{self.where}: {self.lost}"
        same = self.untold is not None or self.found == self.kept
        return None if same else f"{self.where}: recomputed from the events it is another"

    @property
    def note(self) -> str | None:
        """Why it cannot be recomputed any more, in a sentence; null where it can."""
        return None if self.untold is None else f"{self.where}: cannot be recomputed any more: {self.untold}"


def beside(of: StoredEvent) -> tuple[str, int] | None:
    """The other record of the person, as it was when a score was kept: its id and the seq of its last event."""
    told = json.loads(of.payload).get("beside") if of.payload else None
    return (told[0], told[1]) if told else None


@dataclass(frozen=True, slots=True)
class Told:
    """What an Organization's own events tell: its score policies by version, and where its positions stood."""

    policies: Mapping[int, CreditPolicy]
    places: Places


def recomputed(
    told: Told,
    candidate: str,
    events: Sequence[StoredEvent],
    of: StoredEvent,
    others: Sequence[StoredEvent] = (),
) -> Kept | None:
    """The score of an event, recomputed from those before it in the whole chain, and from `others` of a record that
    was merged with it then; null where it went with the person."""
    kept = partial(Kept, candidate, of.seq, of.occurred_at)
    if of.payload is None:
        return _erased(kept, events, of)
    said = json.loads(of.payload)
    policy = told.policies[said["policyVersion"]]
    try:
        facts = _facts(told.places, candidate, events, of, others)
    except Untold as why:
        return kept(said["score"], None, untold=str(why))
    except Lost as what:
        return kept(said["score"], None, lost=str(what))
    # One from before events said by which rules it was made is of the first.
    rules = said.get("rules", 1)
    # Before an event named the zone, a check was dated in UTC.
    seen = observe(policy, facts, of.occurred_at, rules, said.get("zone", "UTC"))
    if "subjects" in said:
        # From before an event said whose records were read: it named what had been observed.
        seen = [each for each in seen if each.evidence[0] in said["subjects"]]
    found = credit.score(policy, seen, of.occurred_at, rules)
    return kept(said["score"], found.bytes().decode())


def _erased(kept: Callable[..., Kept], events: Sequence[StoredEvent], of: StoredEvent) -> Kept | None:
    """A kept score that says nothing any more: with the person, or with a finding that had counted in it."""
    erased = Erased.of(list(events))
    if of.seq <= erased.whole:
        return None
    if not erased.covers(of):
        return kept(None, None, lost="what it said is gone, and no erasure took it")
    return kept(None, None, untold="a finding that counted in it was erased since, and what it said with it")


def _facts(
    places: Places, candidate: str, events: Sequence[StoredEvent], of: StoredEvent, others: Sequence[StoredEvent]
) -> Facts:
    """What was known to whoever kept the score, of the person's record and of one that was merged with it."""
    said = json.loads(of.payload or "{}")
    own, ends = said.get("own"), said.get("ends")
    facts = replayed(candidate, events, of.seq - 1, places, ends).facts(own)
    if (known := beside(of)) is None:
        return facts
    return facts.with_those(replayed(known[0], others, known[1], places, ends).facts(own))


async def told_by(client: Client, organization: str) -> Told:
    """What an Organization's events tell."""
    events = await client.read(LIST_ORGANIZATION_EVENTS, head=organization)
    policies: dict[int, CreditPolicy] = {}
    for event in events:
        if event.type == EventType.SCORE_POLICY_PROPOSED.value and event.payload is not None:
            policy = CreditPolicy.of_document(json.loads(event.payload)["document"])
            policies[policy.version] = policy
    return Told(policies, Places.of(events))


async def verify(client: Client) -> AsyncIterator[Kept]:
    """Recomputes every score that was kept."""
    told: dict[str, Told] = {}
    async for head, events in candidate_chains(client):
        if head.organization not in told:
            told[head.organization] = await told_by(client, head.organization)
        for kept in await recomputed_of(client, head, events, told[head.organization]):
            yield kept


async def verify_candidate(client: Client, candidate: str) -> list[Kept]:
    """Recomputes the scores that were kept of one candidate; raises LookupError where there is none of that id."""
    for head in await client.read(FIND_CANDIDATE, id=candidate):
        events = await client.read(LIST_CANDIDATE_EVENTS, heads=[candidate])
        return await recomputed_of(client, head, events, await told_by(client, head.organization))
    raise LookupError(candidate)


async def recomputed_of(client: Client, head: Head, events: Sequence[StoredEvent], told: Told) -> list[Kept]:
    """The scores in a candidate's chain, recomputed, with the records that were merged with it then."""
    found = []
    for event in events:
        if event.type == EventType.SCORE_COMPUTED.value:
            known = beside(event)
            others = await client.read(LIST_CANDIDATE_EVENTS, heads=[known[0]]) if known else []
            found.append(recomputed(told, head.id, events, event, others))
    return [kept for kept in found if kept is not None]
