"""How long a finding lasts: attended interviews shorten it 信用修复, and what it says is erased in its time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, LiteralString

from graph import events, policies
from graph.events import ERASED_WITH_FINDINGS, About, ActorKind, Author, Chain, EventType, NewEvent
from graph.instants import from_text
from graph.policies import Policy
from graph.statements import Nothing, Statement
from graph.timers import Timer
from graph.traversal import Derived, Form, Many, One, Prop, Shape
from graph.visibility import Level
from graph.writing import Desk

REPAIR = Shape(
    "Repair",
    {
        "at": Prop(see=Level.ALL, form=Form.INSTANT),
        "days": Prop(see=Level.ALL),
        "interview": One("Interview", ("(this)-[:FOR_ATTENDING]->(that:Interview)",)),
    },
)
REPAIRS = Many(
    "Repair",
    ("(this)-[:REPAIRED_BY]->(that:Repair)",),
    order=("toString(that.at)", "that.id"),
    see=Level.OWN,
    implied=True,
)


def _days_left(values: Sequence[Any], _: Mapping[str, Any], __: Any) -> int | None:
    expires_at, now = values
    if expires_at is None:
        return None
    return max(0, ceil((from_text(expires_at) - from_text(now)) / timedelta(days=1)))


WEIGHS: LiteralString = "this.state = 'FINAL' AND this.cause = 'CANDIDATE' AND this.restricted IS NULL"
"""Said of a finding that counts until it expires."""
DAYS_LEFT = Derived(("CASE WHEN " + WEIGHS + " THEN toString(this.expiresAt) END", "toString($now)"), _days_left)


def shortened(occurred_at: datetime, expires_at: datetime, policy: Policy) -> datetime:
    """When a no-show no longer counts, after one more interview was attended: earlier, but never too soon."""
    soonest = occurred_at + timedelta(days=policy.repair_least_days)
    return min(expires_at, max(soonest, expires_at - timedelta(days=policy.repair_days)))


@dataclass(frozen=True, slots=True)
class Repairable:
    """A no-show, whose candidate's it is and which interview was missed, and an interview that was attended since."""

    finding: str
    candidate: str
    missed: str
    interview: str
    occurred_at: datetime
    expires_at: datetime
    policy_version: str


LIST_BY_INTERVIEW = Statement(
    "retention.list_by_interview",
    """
    MATCH (interview:Interview {id: $interview})<-[:HAS_INTERVIEW]-(:Application)<-[:SUBMITTED]-(candidate:Candidate)
    MATCH (candidate)-[:SAME_AS*0..1]-(whose:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->
      (missed:Interview)<-[:FINDS]-(finding:Finding)
    WHERE finding.state IN ['FINAL', 'DISPUTED'] AND finding.outcome = 'NO_SHOW' AND finding.cause = 'CANDIDATE'
      AND finding.occurredAt < interview.startsAt
      AND NOT EXISTS { (finding)-[:REPAIRED_BY]->(:Repair)-[:FOR_ATTENDING]->(interview) }
    RETURN finding.id AS finding, whose.id AS candidate, missed.id AS missed, interview.id AS interview,
      finding.occurredAt AS occurred_at, finding.expiresAt AS expires_at, finding.policyVersion AS policy_version
    ORDER BY finding
    """,
    row=Repairable,
)
LIST_BY_FINDING = Statement(
    "retention.list_by_finding",
    """
    MATCH (finding:Finding {id: $finding})-[:FINDS]->(missed:Interview)<-[:HAS_INTERVIEW]-(:Application)
      <-[:SUBMITTED]-(candidate:Candidate)
    MATCH (candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(interview:Interview)
    WHERE interview.attendance IN ['ATTENDED', 'ATTENDED_LATE'] AND finding.occurredAt < interview.startsAt
    WITH finding, candidate, missed, interview ORDER BY interview.startsAt, interview.id
    RETURN finding.id AS finding, candidate.id AS candidate, missed.id AS missed, interview.id AS interview,
      finding.occurredAt AS occurred_at, finding.expiresAt AS expires_at, finding.policyVersion AS policy_version
    """,
    row=Repairable,
)
SHORTEN = Statement(
    "retention.shorten",
    """
    MATCH (finding:Finding {id: $finding}) MATCH (interview:Interview {id: $interview})
    SET finding.expiresAt = $expires_at
    CREATE (finding)-[:REPAIRED_BY]->(repair:Repair {id: $id, at: $now, days: $days})
    CREATE (repair)-[:FOR_ATTENDING]->(interview)
    """,
    row=Nothing,
    writes=True,
)


SET_LAST_SEQ = Statement(
    "retention.set_last_seq",
    "MATCH (interview:Interview {id: $interview}) SET interview.lastSeq = $seq",
    row=Nothing,
    writes=True,
)


async def repair_by(desk: Desk, interview: str) -> None:
    """An interview was attended: what was missed before it fades sooner."""
    for row in await desk.tx.run(LIST_BY_INTERVIEW, interview=interview):
        await _tell(desk, row, await _repair(desk, row, row.expires_at))


async def repair(desk: Desk, finding: str) -> None:
    """A no-show was confirmed: interviews that were attended since the missed one count already."""
    found = await desk.tx.run(LIST_BY_FINDING, finding=finding)
    expires_at = found[0].expires_at if found else desk.act.now
    for row in found:
        expires_at = await _repair(desk, row, expires_at)
    for row in found[:1]:
        await _tell(desk, row, expires_at)


async def _tell(desk: Desk, row: Repairable, expires_at: datetime) -> None:
    """Writes into the history of whoever missed it that a no-show ends sooner, so that events alone tell until when.

    The system says so: who recorded the interview that was attended may be of another department, and is not told.
    """
    if expires_at >= row.expires_at:
        return
    mine = desk.chain
    chain = mine if mine and mine.id == row.candidate else await desk.lock_candidate(row.candidate)
    assert chain is not None
    author = Author(desk.act.viewer.organization, ActorKind.SYSTEM, "Organization")
    payload = {"finding": row.finding, "expiresAt": expires_at}
    event = NewEvent(EventType.NO_SHOW_SHORTENED, desk.act.now, About("Interview", row.missed), payload)
    await events.append(desk.tx, chain, event, id=desk.new_id(), author=author, now=desk.act.now)
    await desk.tx.run(SET_LAST_SEQ, interview=row.missed, seq=chain.seq)
    desk.chain = mine


async def _repair(desk: Desk, row: Repairable, expires_at: datetime) -> datetime:
    policy = await policies.of_version(desk.tx, desk.act.viewer.organization, row.policy_version)
    after = shortened(row.occurred_at, expires_at, policy)
    if after < expires_at:
        await desk.tx.run(
            SHORTEN,
            finding=row.finding,
            interview=row.interview,
            expires_at=after,
            id=desk.new_id(),
            now=desk.act.now,
            days=(expires_at - after).days,
        )
    return after


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """What a finding is about; of a check, the one that it replaced."""

    id: str
    label: str
    replaces: str | None


FIND_SUBJECT = Statement(
    "retention.find_subject",
    "MATCH (:Finding {id: $finding})-[:FINDS]->(subject) RETURN subject.id AS id, head(labels(subject)) AS label, "
    "head([(subject)-[:CORRECTS]->(old:ResumeCheck) | old.id]) AS replaces",
    row=SubjectRow,
)


@dataclass(frozen=True, slots=True)
class MergeRow:
    payload: str | None


@dataclass(frozen=True, slots=True)
class NamedRow:
    candidate: str
    seq: int


LIST_MERGES = Statement(
    "retention.list_merges",
    """
    MATCH (:Candidate {id: $candidate})<-[:ABOUT]-(event:Event {type: 'CANDIDATES_MERGED'})
    RETURN event.payload AS payload ORDER BY event.seq
    """,
    row=MergeRow,
)
LIST_SCORES = Statement(
    "retention.list_scores",
    """
    MATCH (candidate:Candidate)<-[:ABOUT]-(event:Event {type: 'SCORE_COMPUTED'})
    WHERE candidate.id IN $candidates AND event.payload CONTAINS $finding
    RETURN candidate.id AS candidate, event.seq AS seq ORDER BY candidate, seq
    """,
    row=NamedRow,
)
ERASE_SCORES = Statement(
    "retention.erase_scores",
    """
    MATCH (:Candidate {id: $candidate})<-[:ABOUT]-(event:Event {type: 'SCORE_COMPUTED'}) WHERE event.seq IN $seqs
    SET event.payload = null, event.salt = null
    """,
    row=Nothing,
    writes=True,
)
EMPTIED: LiteralString = """
    SET finding.restricted = true, finding.outcome = null, finding.cause = null, finding.knewBy = null,
      finding.reason = null, finding.statement = null, finding.statementBy = null, finding.disputeText = null,
      finding.disputeReason = null, finding.doubts = null, finding.reviewReason = null, finding.voidReason = null,
      finding.isDoubted = null
"""
"""Takes away all that a `finding` says, in its time or with its person."""
ERASE = Statement(
    "retention.erase",
    "MATCH (finding:Finding {id: $finding})" + EMPTIED + ", finding.state = 'ERASED'",
    row=Nothing,
    writes=True,
)
ERASE_CHECK = Statement(
    "retention.erase_check",
    """
    MATCH (:Finding {id: $finding})-[:FINDS]->(check:ResumeCheck)
    SET check.outcome = null, check.claim = null, check.method = null, check.source = null, check.details = null
    """,
    row=Nothing,
    writes=True,
)
ERASE_REPAIRS = Statement(
    "retention.erase_repairs",
    "MATCH (:Finding {id: $finding})-[:REPAIRED_BY]->(repair:Repair) DETACH DELETE repair",
    row=Nothing,
    writes=True,
)
ERASE_RECEIPTS = Statement(
    "retention.erase_receipts",
    "MATCH (:Finding {id: $finding})<-[:SAW]-(access:Access) DETACH DELETE access",
    row=Nothing,
    writes=True,
)
ERASE_PAYLOADS = Statement(
    "retention.erase_payloads",
    """
    MATCH (:Finding {id: $finding})-[:FINDS]->(subject)<-[:ABOUT]-(event:Event) WHERE event.type IN $types
      AND NOT EXISTS { MATCH (subject)<-[:FINDS]-(other:Finding)
        WHERE other.id <> $finding AND other.state <> 'ERASED'
          AND (event.type = 'PROOF_DECIDED' OR event.payload CONTAINS other.id) }
    SET event.payload = null, event.salt = null
    """,
    row=Nothing,
    writes=True,
)
"""Save what is said of another finding of the same interview, whose own time has not come, and of the proof for it."""
ERASE_VERDICTS = Statement(
    "retention.erase_verdicts",
    """
    MATCH (:Finding {id: $finding})-[:FINDS]->(subject)-[:HAS_PROOF]->(proof:Proof)
    WHERE NOT EXISTS { MATCH (subject)<-[:FINDS]-(other:Finding)
      WHERE other.id <> $finding AND other.state <> 'ERASED' }
    SET proof.reason = null
    """,
    row=Nothing,
    writes=True,
)
"""Why proof was accepted, or not, tells of what it was to excuse. The verdict stays, and the hash of the file."""


async def erase(desk: Desk, timer: Timer) -> None:
    """Takes away what a finding says and what its events hold; that there were events, and their order, stays.

    So do the ids. A kept score in which the finding counted says that somebody was found not to have come: it goes too,
    also from the history of a record that is, or once was, merged with this one.
    """
    found, mine = await desk.tx.one(FIND_SUBJECT, finding=timer.subject), desk.chain
    if found is None or mine is None:
        return
    for chain, scores in await _naming(desk, mine, timer.subject):
        desk.chain = chain
        about = About(found.label, found.id) if chain is mine else None
        told: dict[str, Any] = {"finding": timer.subject, "replaces": found.replaces, "scores": scores}
        await desk.record(EventType.FINDING_ERASED, about, **told)
        await desk.tx.run(ERASE_SCORES, candidate=chain.id, seqs=scores)
    desk.chain = mine
    await desk.tx.run(ERASE_CHECK, finding=timer.subject)
    await desk.tx.run(ERASE, finding=timer.subject)
    await desk.tx.run(ERASE_REPAIRS, finding=timer.subject)
    await desk.tx.run(ERASE_RECEIPTS, finding=timer.subject)
    await desk.tx.run(ERASE_VERDICTS, finding=timer.subject)
    await desk.tx.run(ERASE_PAYLOADS, finding=timer.subject, types=sorted(type.value for type in ERASED_WITH_FINDINGS))


async def _naming(desk: Desk, mine: Chain, finding: str) -> list[tuple[Chain, list[int]]]:
    """The candidate's own chain, and locked those of other records with kept scores that name the finding: seqs."""
    told = await desk.tx.run(LIST_MERGES, candidate=mine.id)
    partners = sorted({json.loads(row.payload)["other"] for row in told if row.payload})
    chains = [mine, *[chain for id in partners if (chain := await desk.lock_candidate(id)) is not None]]
    named: dict[str, list[int]] = {}
    for row in await desk.tx.run(LIST_SCORES, candidates=[chain.id for chain in chains], finding=finding):
        named.setdefault(row.candidate, []).append(row.seq)
    return [(chain, named.get(chain.id, [])) for chain in chains if chain is mine or chain.id in named]
