"""How long a finding lasts: attended interviews shorten it 信用修复, and what it says is erased in its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from graph import policies
from graph.events import OF_FINDINGS, About, EventType
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


DAYS_LEFT = Derived(("toString(this.expiresAt)", "toString($now)"), _days_left)


def shortened(occurred_at: datetime, expires_at: datetime, policy: Policy) -> datetime:
    """When a no-show no longer counts, after one more interview was attended: earlier, but never too soon."""
    soonest = occurred_at + timedelta(days=policy.repair_least_days)
    return min(expires_at, max(soonest, expires_at - timedelta(days=policy.repair_days)))


@dataclass(frozen=True, slots=True)
class Repairable:
    finding: str
    interview: str
    occurred_at: datetime
    expires_at: datetime
    policy_version: str


LIST_BY_INTERVIEW = Statement(
    "retention.list_by_interview",
    """
    MATCH (interview:Interview {id: $interview})<-[:HAS_INTERVIEW]-(:Application)<-[:SUBMITTED]-(candidate:Candidate)
    MATCH (candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(:Interview)
      <-[:FINDS]-(finding:Finding)
    WHERE finding.state IN ['FINAL', 'DISPUTED'] AND finding.outcome = 'NO_SHOW' AND finding.cause = 'CANDIDATE'
      AND finding.occurredAt < interview.startsAt
      AND NOT EXISTS { (finding)-[:REPAIRED_BY]->(:Repair)-[:FOR_ATTENDING]->(interview) }
    RETURN finding.id AS finding, interview.id AS interview, finding.occurredAt AS occurred_at,
      finding.expiresAt AS expires_at, finding.policyVersion AS policy_version ORDER BY finding
    """,
    row=Repairable,
)
LIST_BY_FINDING = Statement(
    "retention.list_by_finding",
    """
    MATCH (finding:Finding {id: $finding})-[:FINDS]->(:Interview)<-[:HAS_INTERVIEW]-(:Application)
      <-[:SUBMITTED]-(candidate:Candidate)
    MATCH (candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(interview:Interview)
    WHERE interview.attendance IN ['ATTENDED', 'ATTENDED_LATE'] AND finding.occurredAt < interview.startsAt
    RETURN finding.id AS finding, interview.id AS interview, finding.occurredAt AS occurred_at,
      finding.expiresAt AS expires_at, finding.policyVersion AS policy_version
    ORDER BY interview.startsAt, interview
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


async def repair_by(desk: Desk, interview: str) -> None:
    """An interview was attended: what was missed before it fades sooner."""
    for row in await desk.tx.run(LIST_BY_INTERVIEW, interview=interview):
        await _repair(desk, row, row.expires_at)


async def repair(desk: Desk, finding: str) -> None:
    """A no-show was confirmed: interviews that were attended since the missed one count already."""
    expires_at: datetime | None = None
    for row in await desk.tx.run(LIST_BY_FINDING, finding=finding):
        expires_at = await _repair(desk, row, expires_at or row.expires_at)


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
    id: str
    label: str


FIND_SUBJECT = Statement(
    "retention.find_subject",
    "MATCH (:Finding {id: $finding})-[:FINDS]->(subject) RETURN subject.id AS id, head(labels(subject)) AS label",
    row=SubjectRow,
)
ERASE = Statement(
    "retention.erase",
    """
    MATCH (finding:Finding {id: $finding})
    SET finding.state = 'ERASED', finding.outcome = null, finding.cause = null, finding.reason = null,
      finding.knewBy = null,
      finding.statement = null, finding.disputeText = null, finding.disputeReason = null, finding.doubts = null,
      finding.reviewReason = null, finding.restricted = true
    """,
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
    MATCH (:Finding {id: $finding})-[:FINDS]->()<-[:ABOUT]-(event:Event) WHERE event.type IN $types
    SET event.payload = null, event.salt = null
    """,
    row=Nothing,
    writes=True,
)


async def erase(desk: Desk, timer: Timer) -> None:
    """Takes away what a finding says and what its events hold; that there were events, and their order, stays."""
    found = await desk.tx.one(FIND_SUBJECT, finding=timer.subject)
    if found is None:
        return
    await desk.record(EventType.FINDING_ERASED, About(found.label, found.id), finding=timer.subject)
    await desk.tx.run(ERASE_CHECK, finding=timer.subject)
    await desk.tx.run(ERASE, finding=timer.subject)
    await desk.tx.run(ERASE_REPAIRS, finding=timer.subject)
    await desk.tx.run(ERASE_RECEIPTS, finding=timer.subject)
    await desk.tx.run(ERASE_PAYLOADS, finding=timer.subject, types=sorted(type.value for type in OF_FINDINGS))
