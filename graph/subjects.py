"""What a finding is about: a missed interview, or a check of a résumé that did not match; one face for its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from graph import interviews
from graph.events import About, EventType
from graph.interviews import InterviewRow
from graph.refusals import Code, Refusal
from graph.statements import Nothing, Statement
from graph.writing import Desk

INTERVIEW, CHECK = "Interview", "ResumeCheck"
"""The labels of what may be found."""

AS_OF_CHECK: Mapping[EventType, EventType] = {
    EventType.NO_SHOW_REPORTED: EventType.RESUME_CHECKED,
    EventType.NO_SHOW_CONFIRMED: EventType.MISMATCH_CONFIRMED,
    EventType.NO_SHOW_EXCUSED: EventType.MISMATCH_EXCUSED,
    EventType.NO_SHOW_VOIDED: EventType.MISMATCH_VOIDED,
    EventType.NO_SHOW_DISPUTED: EventType.MISMATCH_DISPUTED,
    EventType.NO_SHOW_REVIEWED: EventType.MISMATCH_REVIEWED,
}
"""What a step of a finding is called in the history where it is about a check; others are called the same."""
MUST_READ = frozenset({EventType.RESUME_CHECKED, EventType.STATEMENT_RECORDED, EventType.MISMATCH_DISPUTED})
"""Nobody decides about a check without having read the last of these."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    id: str
    candidate: str
    application: str
    department: str
    occurred_at: datetime
    last_seq: int
    evidence_seq: int
    finding: str | None
    replaced: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """An interview or a check, as far as a finding asks; `missed` is the interview where it is one.

    `finding` is the one that stands.
    """

    id: str
    candidate: str
    application: str
    department: str
    occurred_at: datetime
    last_seq: int
    evidence_seq: int
    finding: str | None = None
    interviewers: tuple[str, ...] = ()
    missed: InterviewRow | None = None

    @classmethod
    def of_interview(cls, row: InterviewRow) -> Subject:
        return cls(
            row.id,
            row.candidate,
            row.application,
            row.department,
            interviews.missed_at(row),
            row.last_seq,
            row.evidence_seq,
            row.finding,
            tuple(row.interviewers),
            row,
        )

    @classmethod
    def of_check(cls, row: CheckRow) -> Subject:
        seqs = row.last_seq, row.evidence_seq
        return cls(row.id, row.candidate, row.application, row.department, row.occurred_at, *seqs, row.finding)

    @property
    def is_check(self) -> bool:
        return self.missed is None

    @property
    def label(self) -> str:
        return CHECK if self.is_check else INTERVIEW

    def told(self, desk: Desk) -> dict[str, Any]:
        """What a letter about it is to know besides."""
        return {"check": True, "zone": desk.act.viewer.zone} if self.is_check else {}


_CHECK: LiteralString = """
    MATCH (candidate:Candidate {organization: $organization})-[:SUBMITTED]->(application:Application)
      -[:HAS_CHECK]->(check:ResumeCheck {id: $id})-[:HELD_BY]->(department:Department)
    RETURN check.id AS id, candidate.id AS candidate, application.id AS application, department.id AS department,
      check.occurredAt AS occurred_at, check.lastSeq AS last_seq, check.evidenceSeq AS evidence_seq,
      head([(check)<-[:FINDS]-(finding:Finding) WHERE finding.voidedAt IS NULL | finding.id]) AS finding,
      EXISTS { (check)<-[:CORRECTS]-(:ResumeCheck) } AS replaced
"""
FIND_CHECK = Statement("subjects.find_check", _CHECK, row=CheckRow)
SET_LAST_SEQ = Statement(
    "subjects.set_last_seq",
    """
    MATCH (check:ResumeCheck {id: $id}) SET check.lastSeq = $seq,
      check.evidenceSeq = CASE WHEN $evidence THEN $seq ELSE check.evidenceSeq END
    """,
    row=Nothing,
    writes=True,
)


async def find_own(desk: Desk, label: str, id: str) -> Subject | Refusal:
    """The subject, its candidate locked, if it is the viewer's to decide."""
    if label == INTERVIEW:
        interview = await interviews.find_own(desk, id)
        return interview if isinstance(interview, Refusal) else Subject.of_interview(interview)
    viewer = desk.act.viewer
    found = await desk.tx.one(FIND_CHECK, id=id, organization=viewer.organization)
    if found is None or not viewer.owns(found.department):
        return Refusal(Code.NOT_FOUND, "check")
    return await _locked(desk, found)


async def find_mine(desk: Desk, label: str, id: str) -> Subject | Refusal:
    """The subject, its candidate locked, if it is about the person who acts, whom a code has shown to be them."""
    if label == INTERVIEW:
        interview = await interviews.find_mine(desk, id)
        return interview if isinstance(interview, Refusal) else Subject.of_interview(interview)
    viewer = desk.act.viewer
    found = await desk.tx.one(FIND_CHECK, id=id, organization=viewer.organization)
    person = viewer.person
    if found is None or person is None or not person.verified or found.candidate not in person.candidates:
        return Refusal(Code.NOT_FOUND, "check")
    return await _locked(desk, found)


async def _locked(desk: Desk, found: CheckRow) -> Subject | Refusal:
    await desk.lock_candidate(found.candidate)
    locked = await desk.tx.one(FIND_CHECK, id=found.id, organization=desk.act.viewer.organization)
    return Subject.of_check(locked) if locked else Refusal(Code.NOT_FOUND, "check")


async def record(desk: Desk, type: EventType, subject: Subject, **payload: Any) -> None:
    """Appends an event about the subject and remembers that it is the last, and the last that a decider must read."""
    await record_of(desk, type, subject.label, subject.id, **payload)


async def record_of(desk: Desk, type: EventType, label: str, id: str, /, **payload: Any) -> None:
    """The same of what is named by its label and id."""
    if label == INTERVIEW:
        await interviews.record(desk, type, id, **payload)
        return
    type = AS_OF_CHECK.get(type, type)
    await desk.record(type, About(CHECK, id), **payload)
    assert desk.chain is not None
    await desk.tx.run(SET_LAST_SEQ, id=id, seq=desk.chain.seq, evidence=type in MUST_READ)
