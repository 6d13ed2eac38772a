"""Checks of résumés 简历核查: what was looked at, how, and whether it holds; a mismatch is heard as a no-show is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from graph import applications, findings, interviews, subjects
from graph.events import EventType
from graph.instants import day_in
from graph.labels import label
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Found, Nothing, Statement
from graph.subjects import Subject
from graph.traversal import Form, Look, Many, One, Prop, Shape
from graph.visibility import ERASED, Level
from graph.withholding import written_text
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal

OLDEST = timedelta(days=365)
"""How long ago a check may have been made that is recorded now."""
MOST_TEXT, MOST_SOURCE, MOST_DETAILS = 500, 200, 2_000


class CheckOutcome(Enum):
    """What a check found."""

    VERIFIED = "VERIFIED"
    MISMATCH = "MISMATCH"


RESUME_CHECK = Shape(
    "ResumeCheck",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "outcome": Prop(),
        "outcomeLabel": label("this.outcome"),
        "claim": written_text("this.claim"),
        "method": written_text("this.method"),
        "source": written_text("this.source"),
        "details": written_text("this.details"),
        "checkedOn": Prop(),
        "recordedAt": Prop(form=Form.INSTANT),
        "superseded": Prop("EXISTS { (this)<-[:CORRECTS]-(:ResumeCheck) }"),
        "corrects": One("ResumeCheck", ("(this)-[:CORRECTS]->(that:ResumeCheck)",)),
        "correctedBy": One("ResumeCheck", ("(this)<-[:CORRECTS]-(that:ResumeCheck)",)),
        "department": One("Department", ("(this)-[:HELD_BY]->(that:Department)",)),
        "application": One("Application", ("(this)<-[:HAS_CHECK]-(that:Application)",)),
        "findings": Many(
            "Finding",
            ("(this)<-[:FINDS]-(that:Finding)",),
            order=("toString(that.suspectedAt)", "that.id"),
            where="NOT " + ERASED.replace("this.", "that."),
            implied=True,
        ),
        "proofs": interviews.PROOFS,
    },
    looked={"": Look.CHECK},
)


@dataclass(frozen=True, slots=True)
class NewCheck:
    """`replaces` names an earlier check of the same application that was recorded in error."""

    application: str
    outcome: CheckOutcome
    claim: str
    method: str
    source: str
    checked_on: date
    details: str | None = None
    replaces: str | None = None


CREATE = Statement(
    "checks.create",
    """
    MATCH (application:Application {id: $application}) MATCH (department:Department {id: $department})
    CREATE (check:ResumeCheck {id: $id, outcome: $outcome, claim: $claim, method: $method, source: $source,
      details: $details, checkedOn: $checked_on, occurredAt: $occurred_at, recordedAt: $now, recordedBy: $by,
      lastSeq: 0, evidenceSeq: 0})
    CREATE (application)-[:HAS_CHECK]->(check) CREATE (check)-[:HELD_BY]->(department)
    """,
    row=Nothing,
    writes=True,
)
REPLACE = Statement(
    "checks.replace",
    """
    MATCH (old:ResumeCheck {id: $old}) MATCH (new:ResumeCheck {id: $new})
    CREATE (new)-[:CORRECTS]->(old)
    """,
    row=Nothing,
    writes=True,
)


FIND_SAME = Statement(
    "checks.find_same",
    """
    MATCH (:Application {id: $application})-[:HAS_CHECK]->(check:ResumeCheck)
    WHERE check.claim = $claim AND check.source = $source AND check.checkedOn = $checked_on AND check.id <> $replaces
      AND NOT EXISTS { (check)<-[:CORRECTS]-(:ResumeCheck) }
      AND (check.outcome = 'VERIFIED'
        OR EXISTS { MATCH (check)<-[:FINDS]-(finding:Finding) WHERE finding.voidedAt IS NULL })
    RETURN check.id AS id LIMIT 1
    """,
    row=Found,
)
"""A check of the same claim, from the same source, on the same day, that stands."""


@dataclass(frozen=True, slots=True)
class Cleared:
    upheld: bool


FIND_CLEARED = Statement(
    "checks.find_cleared",
    """
    MATCH (:Application {id: $application})-[:HAS_CHECK]->(check:ResumeCheck)<-[:FINDS]-(finding:Finding)
    WHERE (finding.lapsed = true OR """
    + interviews.UPHELD
    + """)
      AND (check.claim = $claim AND check.source = $source AND check.checkedOn = $checked_on
        OR EXISTS { MATCH (:ResumeCheck {id: $replaces})-[:CORRECTS*0..]->(check) })
    RETURN finding.lapsed IS NULL AS upheld LIMIT 1
    """,
    row=Cleared,
)
"""A check whose finding was taken back upon a dispute, or as nobody decided, and which is replaced or said once more:
of the same claim, from the same source, on the same day. What another source says, or the same one later, is new.
"""


def check_refusal(new: NewCheck, today: date) -> Refusal | None:
    """Why a check is none: whoever is to answer it must be told what did not match."""
    texts = {"claim": (new.claim, MOST_TEXT), "method": (new.method, MOST_TEXT), "source": (new.source, MOST_SOURCE)}
    for field, (text, most) in texts.items():
        if not 0 < len(text.strip()) <= most:
            return invalid(field, Fault.LENGTH, 1, most)
    details = (new.details or "").strip()
    if len(details) > MOST_DETAILS or (new.outcome is CheckOutcome.MISMATCH and not details):
        return invalid("details", Fault.LENGTH, 1, MOST_DETAILS)
    if not today - OLDEST <= new.checked_on <= today:
        return invalid("checkedOn", Fault.NOT_FUTURE if new.checked_on > today else Fault.TOO_FAR)
    return None


async def record(graph: Graph, act: Act, new: NewCheck) -> Outcome:
    """Records a check; a mismatch opens a finding, of which the candidate gets notice, and weighs nothing till then."""
    if refused := role_refusal(act.viewer, RECRUITERS) or check_refusal(new, day_in(act.now, act.viewer.zone)):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await applications.find_own(desk, new.application)
        if isinstance(found, Refusal):
            return found
        if found.erased:
            return Refusal(Code.CANDIDATE_ERASED, "application")
        if new.replaces is not None and (refused := await _replace_refusal(desk, new, found.id)):
            return refused
        told = _told(new)
        if refused := await _repeat_refusal(desk, new, told, found.id):
            return refused
        subject = await _create(desk, new.checked_on, told, found.id, found.candidate, found.department)
        if new.replaces is not None:
            await desk.tx.run(REPLACE, old=new.replaces, new=subject.id)
        if new.outcome is CheckOutcome.MISMATCH:
            await findings.suspect(desk, subject, 0, **told, application=found.id)
        else:
            await subjects.record(desk, EventType.RESUME_CHECKED, subject, **told, application=found.id)
        return Written("ResumeCheck", subject.id)

    return await perform(graph, act, work)


async def _replace_refusal(desk: Desk, new: NewCheck, application: str) -> Refusal | None:
    old = await desk.tx.one(subjects.FIND_CHECK, id=new.replaces, organization=desk.act.viewer.organization)
    if old is None or old.application != application or not desk.act.viewer.owns(old.department):
        return Refusal(Code.NOT_FOUND, "replaces")
    if old.replaced:
        return Refusal(Code.SUPERSEDED, "replaces")
    return Refusal(Code.FINDING_STANDS, "replaces") if old.finding is not None else None


async def _repeat_refusal(desk: Desk, new: NewCheck, told: Mapping[str, Any], application: str) -> Refusal | None:
    """One check is one observation, whoever tells of it and however often; nor is anybody heard twice about it."""
    said = {"claim": told["claim"], "source": told["source"], "checked_on": told["checkedOn"]}
    if await desk.tx.one(FIND_SAME, application=application, **said, replaces=new.replaces or ""):
        return Refusal(Code.CHECK_STANDS, "claim")
    if new.outcome is not CheckOutcome.MISMATCH:
        return None
    found = await desk.tx.one(FIND_CLEARED, application=application, **said, replaces=new.replaces)
    if found is None:
        return None
    code = Code.DISPUTE_UPHELD if found.upheld else Code.NOT_DECIDED
    return Refusal(code, "claim" if new.replaces is None else "replaces")


async def _create(
    desk: Desk, checked_on: date, told: Mapping[str, Any], application: str, candidate: str, department: str
) -> Subject:
    id, occurred_at = desk.new_id(), _midnight(checked_on, desk.act.viewer.zone)
    await desk.tx.run(
        CREATE,
        id=id,
        application=application,
        department=department,
        outcome=told["outcome"],
        claim=told["claim"],
        method=told["method"],
        source=told["source"],
        details=told.get("details"),
        checked_on=told["checkedOn"],
        occurred_at=occurred_at,
        now=desk.act.now,
        by=desk.act.viewer.id,
    )
    return Subject(id, candidate, application, department, occurred_at, 0, 0)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _told(new: NewCheck) -> dict[str, Any]:
    """What a check says, as record and history keep it."""
    told: dict[str, Any] = {
        "outcome": new.outcome.value,
        "claim": new.claim.strip(),
        "method": new.method.strip(),
        "source": new.source.strip(),
        "details": (new.details or "").strip() or None,
        "checkedOn": new.checked_on.isoformat(),
        "replaces": new.replaces,
    }
    return {name: value for name, value in told.items() if value is not None}
