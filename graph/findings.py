"""Findings: whose fault a missed interview was, or a résumé that did not match; decided by a person after a hearing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, LiteralString

from graph import (
    assessments,
    interviews,
    links,
    messages,
    notices,
    policies,
    pools,
    retention,
    subjects,
    timers,
    withdrawals,
)
from graph.causes import FAULTLESS, RULES, SPEAKING, Cause
from graph.events import ActorKind, EventType
from graph.interviews import InterviewRow
from graph.labels import label
from graph.lifecycle import OPEN, Step, may
from graph.messages import Template
from graph.refusals import Code, Fault, Refusal, invalid
from graph.retention import DAYS_LEFT, REPAIRS
from graph.statements import Count, Found, Nothing, Statement
from graph.subjects import Subject
from graph.timers import Timer, TimerKind
from graph.traversal import Form, Look, Many, One, Prop, Shape
from graph.visibility import Level, Viewer
from graph.withholding import written_text
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, person_refusal, role_refusal


class FindingOutcome(Enum):
    """What a missed interview, or a résumé that did not match, was found to be."""

    NO_SHOW = "NO_SHOW"
    RESUME_MISMATCH = "RESUME_MISMATCH"
    EXCUSED = "EXCUSED"
    SYSTEM_FAULT = "SYSTEM_FAULT"
    EMPLOYER_FAULT = "EMPLOYER_FAULT"


class FindingState(Enum):
    """How far a finding has come."""

    SUSPECTED = "SUSPECTED"
    NOTICE_SENT = "NOTICE_SENT"
    FINAL = "FINAL"
    EXCUSED = "EXCUSED"
    DISPUTED = "DISPUTED"
    VOID = "VOID"
    ERASED = "ERASED"


class Channel(Enum):
    """How a notice or an answer reached the other side."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    SMS = "SMS"
    MESSAGE = "MESSAGE"
    IN_PERSON = "IN_PERSON"


class KnewBy(Enum):
    """How it is known that the candidate knew the time, where no receipt and no act of theirs says so."""

    TOLD_BY_STAFF = "TOLD_BY_STAFF"
    SAID_BY_CANDIDATE = "SAID_BY_CANDIDATE"
    OTHER_RECORD = "OTHER_RECORD"


FAULTS: Mapping[Cause, FindingOutcome] = {
    Cause.CANDIDATE: FindingOutcome.NO_SHOW,
    Cause.UNKNOWN: FindingOutcome.NO_SHOW,
    Cause.PLATFORM: FindingOutcome.SYSTEM_FAULT,
    Cause.EMPLOYER: FindingOutcome.EMPLOYER_FAULT,
}

_HELD: LiteralString = "head([(this)-[:FINDS]->()-[:HELD_BY]->(d:Department) | d.id])"
_RELATION: LiteralString = (
    "CASE WHEN " + _HELD + " IN $own THEN 'OWN' WHEN " + _HELD + " IN $sibling THEN 'SIBLING' ELSE 'CIRCLE' END"
)
_OF: LiteralString = "(this)-[:FINDS]->()<-[:HAS_INTERVIEW|HAS_CHECK]-"

FINDING = Shape(
    "Finding",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "occurredAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "department": One("Department", ("(this)-[:FINDS]->()-[:HELD_BY]->(that:Department)",), implied=True),
        "position": One("Position", (_OF + "(:Application)-[:FOR]->(that:Position)",)),
        "relation": Prop(_RELATION, see=Level.ALL),
        "relationLabel": label(_RELATION, see=Level.ALL),
        "outcome": Prop(),
        "outcomeLabel": label("this.outcome"),
        "cause": Prop(),
        "causeLabel": label("this.cause"),
        "knewBy": Prop(),
        "knewByLabel": label("this.knewBy"),
        "state": Prop(),
        "stateLabel": label("this.state"),
        "suspectedAt": Prop(form=Form.INSTANT),
        "noticeAt": Prop(form=Form.INSTANT),
        "answerBy": Prop(form=Form.INSTANT),
        "decideBy": Prop(form=Form.INSTANT),
        "decidedAt": Prop(form=Form.INSTANT),
        "disputedAt": Prop(form=Form.INSTANT),
        "disputeDueAt": Prop(form=Form.INSTANT),
        "disputeText": Prop(),
        "disputeRejectedAt": Prop("this.rejectedAt", form=Form.INSTANT),
        "disputeReason": written_text("this.disputeReason"),
        "reviewedAt": Prop(form=Form.INSTANT),
        "reviewReason": written_text("this.reviewReason"),
        "expiresAt": Prop(form=Form.INSTANT),
        "eraseAt": Prop(form=Form.INSTANT),
        "voidedAt": Prop(form=Form.INSTANT),
        "voidReason": written_text("this.voidReason"),
        "policyVersion": Prop(),
        "reason": written_text("this.reason"),
        "statement": Prop(),
        "statementBy": Prop(),
        "statementByLabel": label("this.statementBy"),
        "daysLeft": DAYS_LEFT,
        "repairs": REPAIRS,
        "lastSeq": Prop("head([(this)-[:FINDS]->(found) | found.lastSeq])"),
        "decidedBy": One("User", ("(this)-[:DECIDED_BY]->(that:User)",), see=Level.OWN, implied=True),
        "voidedBy": One("User", ("(this)-[:VOIDED_BY]->(that:User)",), see=Level.OWN, implied=True),
        "candidate": One("Candidate", (_OF + "(:Application)<-[:SUBMITTED]-(that:Candidate)",), see=Level.OWN),
        "application": One("Application", (_OF + "(that:Application)",), see=Level.OWN),
        "interview": One("Interview", ("(this)-[:FINDS]->(that:Interview)",), see=Level.OWN, implied=True),
        "resumeCheck": One("ResumeCheck", ("(this)-[:FINDS]->(that:ResumeCheck)",), see=Level.OWN, implied=True),
        "proofs": Many(
            "Proof",
            ("(this)<-[:BEARS_ON]-(that:Proof)",),
            order=("toString(that.uploadedAt)", "that.id"),
            see=Level.OWN,
            implied=True,
        ),
        "consideredBy": Many(
            "Decision",
            ("(this)<-[:CONSIDERED]-(that:Decision)",),
            order=("toString(that.decidedAt)", "that.id"),
            see=Level.OWN,
        ),
        "basedOn": Many(
            "Event", ("(this)-[:BASED_ON]->(that:Event)",), order=("that.seq",), see=Level.OWN, implied=True
        ),
    },
    looked={"": Look.FINDING},
)


@dataclass(frozen=True, slots=True)
class FindingRow:
    id: str
    state: str
    answer_by: datetime | None
    statement_seq: int | None
    subject: str
    label: str
    department: str
    policy_version: str
    decided_by: list[str]
    rejected_at: datetime | None
    erase_at: datetime | None
    doubted: bool = False
    decide_by: datetime | None = None
    answered_seq: int | None = None

    def is_gone(self, now: datetime) -> bool:
        """To be erased by now: nobody reads it any longer, and nobody decides about it, whether or not a timer came."""
        return self.erase_at is not None and self.erase_at <= now


_FOUND: LiteralString = """
    MATCH (finding:Finding {id: $id})-[:FINDS]->(subject)
      -[:HELD_BY]->(department:Department {organization: $organization})
"""
_TOLD: LiteralString = """
    RETURN finding.id AS id, finding.state AS state, finding.answerBy AS answer_by,
      finding.statementSeq AS statement_seq, finding.answeredSeq AS answered_seq,
      subject.id AS subject, head(labels(subject)) AS label,
      department.id AS department,
      finding.policyVersion AS policy_version,
      [(finding)-[:DECIDED_BY|REVIEWED_BY]->(user:User) | user.id] AS decided_by,
      finding.rejectedAt AS rejected_at, finding.eraseAt AS erase_at,
      coalesce(finding.isDoubted, false) AS doubted, finding.decideBy AS decide_by
"""
FIND = Statement("findings.find", _FOUND + _TOLD, row=FindingRow)
FIND_MINE = Statement(
    "findings.find_mine",
    _FOUND
    + """
    MATCH (subject)<-[:HAS_INTERVIEW|HAS_CHECK]-(:Application)<-[:SUBMITTED]-(candidate:Candidate)
    WHERE candidate.id IN $own
    """
    + _TOLD,
    row=FindingRow,
)
"""Somebody else's is as absent as one that is not there, also by what is run after it."""
_CREATE: LiteralString = """
    <-[:SUBMITTED]-(candidate:Candidate)
    CREATE (finding:Finding {id: $id, state: 'SUSPECTED', occurredAt: $occurred_at, suspectedAt: $now,
      policyVersion: $policy_version, raisedBy: $by, restricted: CASE WHEN candidate.status <> 'ACTIVE' THEN true END})
    CREATE (finding)-[:FINDS]->(subject)
"""
CREATE = Statement(
    "findings.create",
    "MATCH (subject:Interview {id: $subject})<-[:HAS_INTERVIEW]-(:Application)" + _CREATE,
    row=Nothing,
    writes=True,
)
CREATE_OF_CHECK = Statement(
    "findings.create_of_check",
    "MATCH (subject:ResumeCheck {id: $subject})<-[:HAS_CHECK]-(:Application)" + _CREATE,
    row=Nothing,
    writes=True,
)
BASE = Statement(
    "findings.base",
    """
    MATCH (finding:Finding {id: $id})-[:FINDS]->(subject)
    MATCH (subject)<-[:ABOUT]-(event:Event)
    WHERE event.seq <= $seq AND event.type IN $types
    MERGE (finding)-[:BASED_ON]->(event)
    """,
    row=Nothing,
    writes=True,
)
ANSWER = Statement(
    "findings.answer",
    """
    MATCH (finding:Finding {id: $id})
    SET finding.statement = $statement, finding.statementSeq = $seq, finding.statementBy = $by,
      finding.answeredSeq = coalesce($answered, finding.answeredSeq)
    """,
    row=Nothing,
    writes=True,
)
DECIDE = Statement(
    "findings.decide",
    """
    MATCH (finding:Finding {id: $id}) MATCH (user:User {id: $by})
    SET finding.state = $state, finding.outcome = $outcome, finding.cause = $cause, finding.reason = $reason,
      finding.knewBy = $knew_by, finding.doubts = $doubts,
      finding.decidedAt = $now, finding.expiresAt = $expires_at, finding.eraseAt = $erase_at
    CREATE (finding)-[:DECIDED_BY]->(user)
    """,
    row=Nothing,
    writes=True,
)
DOUBT = Statement(
    "findings.doubt",
    """
    MATCH (finding:Finding {id: $id}) WHERE finding.state = 'FINAL' AND finding.cause = 'CANDIDATE'
    SET finding.isDoubted = true, finding.doubtedAt = $now, finding.doubts = coalesce($doubts, finding.doubts)
    """,
    row=Nothing,
    writes=True,
)


@dataclass(frozen=True, slots=True)
class DoubtedRow:
    """A finding that evidence may speak against. `doubts` are the rules of causes that were known to speak for the
    candidate as it was decided, or of which its department was told since."""

    id: str
    department: str
    doubts: list[str]


FIND_SUSPECTED = Statement(
    "findings.find_suspected",
    """
    MATCH (finding:Finding)-[:FINDS]->(:Interview {id: $interview})-[:HELD_BY]->(department:Department)
    WHERE finding.state IN ['SUSPECTED', 'NOTICE_SENT'] AND finding.raisedBy = 'SYSTEM'
    RETURN finding.id AS id, department.id AS department, coalesce(finding.doubts, []) AS doubts
    """,
    row=DoubtedRow,
)
"""What the system raised of an interview, and nobody has decided."""
SET_DOUBTS = Statement(
    "findings.set_doubts",
    "MATCH (finding:Finding {id: $id}) SET finding.doubts = $rules",
    row=Nothing,
    writes=True,
)
KNEW = Statement(
    "findings.knew",
    """
    MATCH (interview:Interview {id: $interview})<-[:ABOUT]-(event:Event {actorKind: 'CANDIDATE'})
    WHERE event.type IN ['RESPONSE_RECORDED', 'RESCHEDULE_REQUESTED', 'INTERVIEW_INVITED']
      AND event.occurredAt <= $at
    RETURN event.id AS id LIMIT 1
    """,
    row=Found,
)
"""What the candidates themselves did about a time before it: they knew it, whatever no receipt says."""
REPLIED = Statement(
    "findings.replied",
    "MATCH (interview:Interview {id: $interview}) WHERE interview.repliedAt <= $at RETURN interview.id AS id",
    row=Found,
)
"""Their calendar answered for them, and a mail server posted it."""
REVIEW = Statement(
    "findings.review",
    """
    MATCH (finding:Finding {id: $id}) MATCH (user:User {id: $by})
    SET finding.isDoubted = false, finding.reviewedAt = $now, finding.reviewReason = $reason
    MERGE (finding)-[:REVIEWED_BY]->(user)
    """,
    row=Nothing,
    writes=True,
)
VOID = Statement(
    "findings.void",
    """
    MATCH (finding:Finding {id: $id})
    SET finding.state = 'VOID', finding.voidedAt = $now, finding.voidReason = $reason
    """,
    row=Nothing,
    writes=True,
)
LAPSE = Statement(
    "findings.lapse",
    "MATCH (finding:Finding {id: $id}) SET finding.lapsed = true",
    row=Nothing,
    writes=True,
)
"""What nobody decided in time is not raised again: the time would be none."""
VOID_BY = Statement(
    "findings.void_by",
    "MATCH (finding:Finding {id: $id}) MATCH (user:User {id: $by}) CREATE (finding)-[:VOIDED_BY]->(user)",
    row=Nothing,
    writes=True,
)


@dataclass(frozen=True, slots=True)
class AcceptanceRow:
    by: str
    reason: str


FIND_ACCEPTANCE = Statement(
    "findings.find_acceptance",
    """
    MATCH (:Interview {id: $interview})-[:HAS_PROOF]->(proof:Proof {verdict: 'ACCEPTED'})-[:DECIDED_BY]->(user:User)
    WHERE proof.reason IS NOT NULL
    RETURN user.id AS by, proof.reason AS reason ORDER BY toString(proof.decidedAt), proof.id LIMIT 1
    """,
    row=AcceptanceRow,
)
"""Who accepted proof first, and why; no reason is left of an erased candidate, or where what was found is erased."""
REACHABLE = Statement(
    "findings.reachable",
    """
    MATCH (candidate:Candidate {id: $id})
    WHERE candidate.status <> 'ERASED' AND (candidate.email IS NOT NULL OR candidate.phone IS NOT NULL)
    RETURN candidate.id AS id
    """,
    row=Found,
)
COUNT_EARLIER = Statement(
    "findings.count_earlier",
    """
    MATCH (:Candidate {id: $candidate})-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)
      -[:HAS_INTERVIEW|HAS_CHECK]->()<-[:FINDS]-(finding:Finding)
    WHERE finding.id <> $id AND finding.state IN ['FINAL', 'DISPUTED'] AND finding.outcome = $outcome
      AND finding.cause = 'CANDIDATE'
    RETURN count(finding) AS count
    """,
    row=Count,
)
EVIDENCE = [
    *("RESPONSE_RECORDED", "ATTENDANCE_RECORDED", "NOTICE_RECORDED", "STATEMENT_RECORDED", "TELEMETRY_RECORDED"),
    *("RESUME_CHECKED", "RESCHEDULE_REQUESTED", "PROOF_RECEIVED", "PROOF_DECIDED", "MESSAGE_BOUNCED"),
]
"""Types of events that a finding is based on."""


UNDECIDED = (TimerKind.NOTICE, TimerKind.HEARING, TimerKind.DECISION)
"""What is due of a finding until it is decided."""
NOT_DECIDED = "逾期未作认定，予以撤销。 It was not decided in time and is taken back."
"""The reason of a finding that the system takes back."""


def report_refusal(interview: InterviewRow, now: datetime) -> Refusal | None:
    """Why a no-show cannot be suspected: silence of anybody is not absence of the candidate."""
    if interview.finding is not None:
        return Refusal(Code.FINDING_STANDS, "interview")
    if interview.response != interviews.Response.ACCEPTED.value:
        return Refusal(Code.NOT_ACCEPTED, "interview")
    if not interviews.is_over(interview, now):
        return Refusal(Code.NOT_OVER, "interview")
    if interview.attendance != interviews.Attendance.NOT_ATTENDED.value:
        return Refusal(Code.NOT_MISSED, "interview")
    if interview.excused:
        return Refusal(Code.PROOF_STANDS, "interview")
    if interview.upheld:
        return Refusal(Code.DISPUTE_UPHELD, "interview")
    if interview.lapsed:
        return Refusal(Code.NOT_DECIDED, "interview")
    return Refusal(Code.REQUEST_OPEN, "interview") if interview.request is not None else None


def fault_refusal(interview: InterviewRow, now: datetime) -> Refusal | None:
    """Why a fault of platform or employer cannot be found without a suspicion before it."""
    if interview.finding is not None:
        return Refusal(Code.FINDING_STANDS, "interview")
    if not interviews.is_over(interview, now):
        return Refusal(Code.NOT_OVER, "interview")
    if interview.attendance not in interviews.MISSED:
        return Refusal(Code.NOT_MISSED, "interview")
    return None


def reading_refusal(finding: FindingRow, subject: Subject, read_up_to: int) -> Refusal | None:
    """Why nobody can have decided upon what they read: evidence came after it, or nothing came so late."""
    if max(finding.statement_seq or 0, subject.evidence_seq) > read_up_to:
        return Refusal(Code.STATEMENT_UNREAD, "readUpTo")
    return invalid("readUpTo", Fault.READ) if read_up_to > subject.last_seq else None


def confirm_refusal(
    finding: FindingRow, subject: Subject, cause: Cause, read_up_to: int, now: datetime
) -> Refusal | None:
    """Why a finding cannot be made final yet."""
    if not may(Step.CONFIRM, finding.state):
        return Refusal(Code.WRONG_STATE, "finding")
    if refused := reading_refusal(finding, subject, read_up_to):
        return refused
    if cause in FAULTLESS:
        return None
    if finding.state == "SUSPECTED" or finding.answer_by is None:
        return Refusal(Code.NOTICE_MISSING, "finding")
    if finding.answered_seq is None and now < finding.answer_by:
        return Refusal(Code.ANSWER_PENDING, "finding")
    return None


def review_refusal(finding: FindingRow, subject: Subject, cause: Cause, read_up_to: int) -> Refusal | None:
    """Why a no-show cannot stand after a second look: one that is another's is to be taken back."""
    if cause is not Cause.CANDIDATE:
        return invalid("cause", Fault.NOT_HERE)
    return reading_refusal(finding, subject, read_up_to)


def excuse_refusal(finding: FindingRow, subject: Subject, read_up_to: int) -> Refusal | None:
    if not may(Step.EXCUSE, finding.state):
        return Refusal(Code.WRONG_STATE, "finding")
    return reading_refusal(finding, subject, read_up_to)


def decider_refusal(viewer: Viewer, subject: Subject) -> Refusal | None:
    """Nobody decides about an interview that they were to hold."""
    return Refusal(Code.NOT_ALLOWED, "finding") if viewer.id in subject.interviewers else None


def reason_refusal(reason: str) -> Refusal | None:
    return None if 0 < len(reason.strip()) <= 2_000 else invalid("reason", Fault.LENGTH, 1, 2_000)


def text_refusal(text: str) -> Refusal | None:
    return None if 0 < len(text.strip()) <= 10_000 else invalid("text", Fault.LENGTH, 1, 10_000)


async def find_own(desk: Desk, id: str) -> tuple[FindingRow, Subject] | Refusal:
    """The finding and what it is about, the candidate locked, if they are the viewer's to decide."""
    absent, viewer = Refusal(Code.NOT_FOUND, "finding"), desk.act.viewer
    found = await desk.tx.one(FIND, id=id, organization=viewer.organization)
    if found is None or not viewer.owns(found.department):
        return absent
    subject = await subjects.find_own(desk, found.label, found.subject)
    if isinstance(subject, Refusal):
        return absent
    locked = await desk.tx.one(FIND, id=id, organization=viewer.organization)
    return (locked, subject) if locked and not locked.is_gone(desk.act.now) else absent


async def find_mine(desk: Desk, id: str) -> tuple[FindingRow, Subject] | Refusal:
    """The finding and what it is about, the candidate locked, if they are about the person who acts."""
    absent, viewer = Refusal(Code.NOT_FOUND, "finding"), desk.act.viewer
    own = list(viewer.person.candidates) if viewer.person else []
    found = await desk.tx.one(FIND_MINE, id=id, organization=viewer.organization, own=own)
    subject = await subjects.find_mine(desk, found.label, found.subject) if found else absent
    if isinstance(subject, Refusal):
        return absent
    locked = await desk.tx.one(FIND, id=id, organization=viewer.organization)
    return (locked, subject) if locked and not locked.is_gone(desk.act.now) else absent


async def _create(desk: Desk, subject: Subject) -> FindingRow:
    id, policy = desk.new_id(), await policies.in_force(desk.tx, desk.act.viewer.organization)
    await desk.tx.run(
        CREATE_OF_CHECK if subject.is_check else CREATE,
        id=id,
        subject=subject.id,
        occurred_at=subject.occurred_at,
        now=desk.act.now,
        policy_version=policy.name,
        by=desk.act.kind.value,
    )
    erases = timedelta(days=policy.days(first=False).erases)
    await timers.start(desk, TimerKind.ERASE_FINDING, id, subject.occurred_at + erases)
    return _suspected(id, subject, policy.name)


def _suspected(id: str, subject: Subject, policy: str) -> FindingRow:
    state = FindingState.SUSPECTED.value
    return FindingRow(id, state, None, None, subject.id, subject.label, subject.department, policy, [], None, None)


async def _to_be(desk: Desk, subject: Subject) -> FindingRow:
    """A finding that is made only once it is decided."""
    return _suspected("", subject, (await policies.in_force(desk.tx, desk.act.viewer.organization)).name)


def outcome_of(cause: Cause, subject: Subject) -> FindingOutcome:
    """What is found by the side on which it lay."""
    found = FAULTS[cause]
    return FindingOutcome.RESUME_MISMATCH if subject.is_check and found is FindingOutcome.NO_SHOW else found


async def _ends(desk: Desk, finding: FindingRow, subject: Subject) -> tuple[datetime, datetime]:
    """When it would fade, and when it would be erased, were it decided now."""
    kind = FindingOutcome.RESUME_MISMATCH if subject.is_check else FindingOutcome.NO_SHOW
    earlier = await desk.tx.run(COUNT_EARLIER, candidate=subject.candidate, id=finding.id, outcome=kind.value)
    policy = await policies.of_version(desk.tx, desk.act.viewer.organization, finding.policy_version)
    days = policy.days(first=earlier[0].count == 0)
    return subject.occurred_at + timedelta(days=days.expires), subject.occurred_at + timedelta(days=days.erases)


async def _decide(
    desk: Desk,
    finding: FindingRow,
    subject: Subject,
    *,
    state: FindingState,
    outcome: FindingOutcome,
    cause: Cause,
    reason: str,
    type: EventType,
    read_up_to: int,
    knew_by: KnewBy | None = None,
    by: str | None = None,
) -> Outcome:
    """Of so long ago nothing is decided any more, but taken back: it would have to be erased at once.

    A `finding` without an id is made by what is decided. `by` is who decided, where it is not whoever acts.
    """
    expires_at, erase_at = await _ends(desk, finding, subject)
    if erase_at <= desk.act.now:
        return Refusal(Code.WRONG_STATE, "finding")
    if not finding.id:
        finding = await _create(desk, subject)
    payload: dict[str, Any] = {"finding": finding.id, "cause": cause.value, "outcome": outcome.value, "reason": reason}
    payload["expiresAt"] = expires_at
    payload |= {"knewBy": knew_by.value} if knew_by else {}
    await subjects.record(desk, type, subject, **payload, readUpTo=read_up_to)
    await desk.tx.run(
        DECIDE,
        id=finding.id,
        by=by or desk.act.viewer.id,
        state=state.value,
        outcome=outcome.value,
        cause=cause.value,
        reason=reason,
        knew_by=knew_by.value if knew_by else None,
        doubts=await _known_to_speak(desk, subject),
        now=desk.act.now,
        expires_at=expires_at,
        erase_at=erase_at,
    )
    await timers.start(desk, TimerKind.ERASE_FINDING, finding.id, erase_at)
    await links.keep(desk, subject.application, erase_at)
    if state is FindingState.FINAL and outcome is FindingOutcome.NO_SHOW and cause is Cause.CANDIDATE:
        await retention.repair(desk, finding.id)
        await pools.settle(desk)
    await desk.tx.run(BASE, id=finding.id, seq=read_up_to, types=EVIDENCE)
    await timers.cancel(desk, finding.id, *UNDECIDED)
    told = Template.FINDING_EXCUSED if state is FindingState.EXCUSED else Template.FINDING_CONFIRMED
    await messages.tell_candidate(desk, told, finding.id, outcome=outcome.value, **subject.told(desk))
    return Written("Finding", finding.id)


async def _known_to_speak(desk: Desk, subject: Subject) -> list[str]:
    """What speaks for the candidate and is there to be read by whoever decides: later it is no news."""
    known = () if subject.is_check else (await assessments.of_interview(desk, subject.id)).rules
    return sorted(SPEAKING.intersection(known))


async def suspect(desk: Desk, subject: Subject, seq: int, **payload: Any) -> FindingRow:
    """A suspicion that stands on what is known up to `seq`; the notice is due at once, by the system."""
    finding = await _create(desk, subject)
    await subjects.record(desk, EventType.NO_SHOW_REPORTED, subject, finding=finding.id, **payload)
    assert desk.chain is not None
    await desk.tx.run(BASE, id=finding.id, seq=desk.chain.seq if subject.is_check else seq, types=EVIDENCE)
    await timers.start(desk, TimerKind.NOTICE, finding.id, desk.act.now)
    # The notice leads to a page where it can be answered, also who was never invited or whose link was revoked.
    await links.create(desk, subject.application)
    # Nor may a suspicion last of which nobody ever tells the candidate.
    await timers.start(desk, TimerKind.DECISION, finding.id, desk.act.now + (await _times(desk, finding)).decision)
    return finding


async def report(graph: Graph, act: Act, interview: str) -> Outcome:
    """Suspects a no-show; nobody outside the department sees it before it is final."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await interviews.find_own(desk, interview)
        if isinstance(found, Refusal):
            return found
        if refused := report_refusal(found, act.now):
            return refused
        return Written("Finding", (await suspect(desk, Subject.of_interview(found), found.last_seq)).id)

    return await perform(graph, act, work)


async def record_notice(
    graph: Graph, act: Act, finding: str, *, channel: Channel, told_at: datetime | None, text: str | None
) -> Outcome:
    """The candidate was told by a person. The system's notice follows in writing, and the time to answer runs from when
    it is recorded, by policy: of a time before that nobody but the recorder knows.
    """
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused
    notice_at = told_at or act.now
    if notice_at > act.now:
        return invalid("toldAt", Fault.NOT_FUTURE)

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, finding)
        if isinstance(found, Refusal):
            return found
        suspected, subject = found
        if not may(Step.NOTICE, suspected.state):
            return Refusal(Code.WRONG_STATE, "finding")
        if notice_at < subject.occurred_at:
            return invalid("toldAt", Fault.BEFORE_IT_HAPPENED)
        await _notify(desk, suspected, subject, notice_at, channel, text)
        return Written("Finding", suspected.id)

    return await perform(graph, act, work)


async def _notify(
    desk: Desk, finding: FindingRow, subject: Subject, at: datetime, channel: Channel, text: str | None
) -> None:
    answer_by = await notices.give(desk, finding.id, at, await _times(desk, finding))
    payload = {"finding": finding.id, "channel": channel.value, "text": text, "answerBy": answer_by}
    await subjects.record(desk, EventType.NOTICE_RECORDED, subject, **payload)


async def _times(desk: Desk, finding: FindingRow) -> notices.Times:
    policy = await policies.of_version(desk.tx, desk.act.viewer.organization, finding.policy_version)
    return notices.Times.of_policy(policy)


async def give_notice(desk: Desk, timer: Timer) -> None:
    """The system's notice, by a message: nothing runs before it has left, and until then, or where it cannot reach
    anybody, the finding stays suspected and the department has the task. Whoever a person told gets it in writing too.
    """
    found = await find_own(desk, timer.subject)
    if isinstance(found, Refusal) or found[0].state not in OPEN:
        return
    finding, subject = found
    if may(Step.NOTICE, finding.state) and await look_again(desk, subject.id):
        return
    if await desk.tx.one(REACHABLE, id=subject.candidate) is not None:
        facts = (await _times(desk, finding)).facts
        await messages.tell_candidate(desk, Template.NOTICE, finding.id, **facts, **subject.told(desk))


async def look_again(desk: Desk, interview: str) -> bool:
    """Whether what the system suspects of an interview, whose candidate is locked, lies elsewhere by what is known now.
    It accuses nobody any more then, and its department, which decides, is told once of each thing that says so.
    """
    suspected = await desk.tx.one(FIND_SUSPECTED, interview=interview)
    if suspected is None:
        return False
    seen = await assessments.of_interview(desk, interview)
    if seen.cause not in FAULTLESS:
        return False
    speaking = [name for name in seen.rules if RULES[name].side in FAULTLESS]
    if not set(speaking) <= set(suspected.doubts):
        await desk.tx.run(SET_DOUBTS, id=suspected.id, rules=speaking)
        told = Template.EVIDENCE_CHANGED
        await messages.tell_department(desk, told, suspected.department, suspected.id, undecided=True)
    return True


async def end_hearing(desk: Desk, timer: Timer) -> None:
    """The time to answer has passed without an answer of the candidate's own: the department is to decide. Where no
    statement was made before it or taken down either, the history says so.
    """
    found = await find_own(desk, timer.subject)
    if isinstance(found, Refusal) or not may(Step.UNANSWERED, found[0].state):
        return
    finding, subject = found
    if finding.answered_seq is not None or finding.answer_by is None or desk.act.now < finding.answer_by:
        return
    if finding.statement_seq is None:
        await subjects.record(desk, EventType.NOTICE_UNANSWERED, subject, finding=finding.id)
    told = {"dueAt": finding.decide_by, **subject.told(desk)}
    await messages.tell_department(desk, Template.DECISION_DUE, subject.department, finding.id, **told)


async def lapse(desk: Desk, timer: Timer) -> None:
    """Nobody decided in time: what is only suspected of somebody does not stand over them for good."""
    found = await find_own(desk, timer.subject)
    if isinstance(found, Refusal) or not may(Step.LAPSE, found[0].state):
        return
    finding, subject = found
    if finding.decide_by is not None and desk.act.now < finding.decide_by:
        return
    await let_lapse(desk, finding, subject)
    if finding.state != FindingState.SUSPECTED.value:
        await messages.tell_candidate(desk, Template.FINDING_VOIDED, finding.id, **subject.told(desk))
    told = Template.DECISION_OVERDUE
    await messages.tell_department(desk, told, subject.department, finding.id, **subject.told(desk))


async def let_lapse(desk: Desk, finding: FindingRow, subject: Subject) -> None:
    """Takes back what nobody decided, for good."""
    await take_back(desk, finding, subject, EventType.NO_SHOW_VOIDED, finding=finding.id, reason=NOT_DECIDED)
    await desk.tx.run(LAPSE, id=finding.id)


async def record_statement(graph: Graph, act: Act, finding: str, *, channel: Channel, text: str) -> Outcome:
    """What the candidate says to it, or HR takes down; a later statement stands beside an earlier one.

    What HR takes down ends no time to answer: the candidate may still speak for themself.
    """
    mine = act.viewer.person is not None
    if refused := person_refusal(act.viewer, verified=True) if mine else role_refusal(act.viewer, RECRUITERS):
        return refused
    if refused := text_refusal(text):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await (find_mine if mine else find_own)(desk, finding)
        if isinstance(found, Refusal):
            return found
        open_finding, subject = found
        if not may(Step.STATE, open_finding.state):
            return Refusal(Code.WRONG_STATE, "finding")
        payload = {"finding": open_finding.id, "channel": channel.value, "text": text}
        await subjects.record(desk, EventType.STATEMENT_RECORDED, subject, **payload)
        assert desk.chain is not None
        seq = desk.chain.seq
        told_by = {"by": act.kind.value, "answered": seq if mine else None}
        await desk.tx.run(ANSWER, id=open_finding.id, statement=text, seq=seq, **told_by)
        if mine:
            told = Template.ANSWER_RECEIVED
            await messages.tell_department(desk, told, subject.department, open_finding.id, **subject.told(desk))
        return Written("Finding", open_finding.id)

    return await perform(graph, act, work)


async def confirm(
    graph: Graph,
    act: Act,
    *,
    finding: str | None,
    interview: str | None,
    cause: Cause,
    reason: str,
    read_up_to: int,
    knew_by: KnewBy | None = None,
) -> Outcome:
    """Makes a finding final, or lets a final one stand that evidence since spoke against; a fault of platform or
    employer may be found on an interview nobody suspected.
    """
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused
    if (finding is None) == (interview is None):
        return invalid("finding", Fault.ONE_OF_TWO)
    if refused := reason_refusal(reason):
        return refused

    async def work(desk: Desk) -> Outcome:
        if finding is None:
            found = await _unsuspected(desk, interview or "", cause)
        else:
            found = await find_own(desk, finding)
        if isinstance(found, Refusal):
            return found
        row, missed = found
        if may(Step.REVIEW, row.state) and row.doubted:
            return await _review(desk, row, missed, cause, reason, read_up_to)
        refused = decider_refusal(act.viewer, missed) or confirm_refusal(row, missed, cause, read_up_to, act.now)
        if refused:
            return refused
        if cause is Cause.CANDIDATE and knew_by is None and not await _knew(desk, missed):
            return Refusal(Code.NOT_DELIVERED, "knewBy")
        return await _decide(
            desk,
            row,
            missed,
            state=FindingState.FINAL,
            outcome=outcome_of(cause, missed),
            cause=cause,
            reason=reason,
            type=EventType.NO_SHOW_CONFIRMED,
            read_up_to=read_up_to,
            knew_by=knew_by if cause is Cause.CANDIDATE and not missed.is_check else None,
        )

    return await perform(graph, act, work)


async def _knew(desk: Desk, subject: Subject) -> bool:
    """Whether a receipt, or what the candidate did, says that they knew the time; of a check there is none to know."""
    if subject.is_check:
        return True
    for known in (KNEW, REPLIED):
        if await desk.tx.one(known, interview=subject.id, at=subject.occurred_at) is not None:
            return True
    return "NOT_DELIVERED" not in (await assessments.of_interview(desk, subject.id)).rules


async def _review(
    desk: Desk, finding: FindingRow, subject: Subject, cause: Cause, reason: str, read_up_to: int
) -> Outcome:
    """What came since the decision was read, and the no-show stands, no longer than before."""
    refused = decider_refusal(desk.act.viewer, subject) or review_refusal(finding, subject, cause, read_up_to)
    if refused:
        return refused
    payload = {"finding": finding.id, "reason": reason, "readUpTo": read_up_to}
    await subjects.record(desk, EventType.NO_SHOW_REVIEWED, subject, **payload)
    await desk.tx.run(REVIEW, id=finding.id, by=desk.act.viewer.id, now=desk.act.now, reason=reason)
    await desk.tx.run(BASE, id=finding.id, seq=read_up_to, types=EVIDENCE)
    return Written("Finding", finding.id)


async def _unsuspected(desk: Desk, interview: str, cause: Cause) -> tuple[FindingRow, Subject] | Refusal:
    """A finding to be, on an interview that nobody has suspected; only faults of others may begin there."""
    missed = await interviews.find_own(desk, interview)
    if isinstance(missed, Refusal):
        return missed
    if cause not in FAULTLESS:
        return Refusal(Code.NOTICE_MISSING, "interview")
    if refused := fault_refusal(missed, desk.act.now):
        return refused
    subject = Subject.of_interview(missed)
    return await _to_be(desk, subject), subject


async def excuse(graph: Graph, act: Act, finding: str, *, reason: str, read_up_to: int) -> Outcome:
    """The candidate had good cause; nothing stands against them."""
    if refused := role_refusal(act.viewer, RECRUITERS) or reason_refusal(reason):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, finding)
        if isinstance(found, Refusal):
            return found
        row, missed = found
        if refused := decider_refusal(act.viewer, missed) or excuse_refusal(row, missed, read_up_to):
            return refused
        return await _decide(
            desk,
            row,
            missed,
            state=FindingState.EXCUSED,
            outcome=FindingOutcome.EXCUSED,
            cause=Cause.CANDIDATE,
            reason=reason,
            type=EventType.NO_SHOW_EXCUSED,
            read_up_to=read_up_to,
        )

    return await perform(graph, act, work)


async def excuse_by_proof(desk: Desk, subject: Subject, reason: str) -> None:
    """Excuses what is suspected, once its proof is accepted; what is final is to be looked at again, and what is
    disputed for the dispute to decide.

    An interview that is not over, or not known to be missed, is excused as soon as it is (`excuse_missed`). Of so long
    ago nothing is decided.
    """
    row, missed = None, subject.missed
    if subject.finding is not None:
        row = await desk.tx.one(FIND, id=subject.finding, organization=desk.act.viewer.organization)
        if row is None or not may(Step.EXCUSE, row.state):
            await doubt(desk, subject.finding)
            return
    elif missed is None or not _may_be_excused(desk, missed):
        return
    await _excuse(desk, row or await _to_be(desk, subject), subject, reason)


def _may_be_excused(desk: Desk, missed: InterviewRow) -> bool:
    return missed.response == interviews.Response.ACCEPTED.value and fault_refusal(missed, desk.act.now) is None


async def _excuse(desk: Desk, finding: FindingRow, subject: Subject, reason: str, by: str | None = None) -> None:
    await _decide(
        desk,
        finding,
        subject,
        state=FindingState.EXCUSED,
        outcome=FindingOutcome.EXCUSED,
        cause=Cause.CANDIDATE,
        reason=reason,
        type=EventType.NO_SHOW_EXCUSED,
        read_up_to=subject.last_seq,
        by=by,
    )


async def excuse_missed(desk: Desk, missed: InterviewRow) -> None:
    """Excuses what was missed though proof had been accepted before: by whoever accepted it, for the reason given."""
    accepted = await desk.tx.one(FIND_ACCEPTANCE, interview=missed.id)
    if accepted is not None and _may_be_excused(desk, missed):
        subject = Subject.of_interview(missed)
        await _excuse(desk, await _to_be(desk, subject), subject, accepted.reason, accepted.by)


async def doubt(desk: Desk, finding: str, rules: Sequence[str] | None = None) -> None:
    """What is known since may clear the candidate: a final mark is to be looked at again by a person (REVIEW_DUE).

    `rules` are those of causes that speak for the candidate by now.
    """
    await desk.tx.run(DOUBT, id=finding, now=desk.act.now, doubts=rules)


async def void(graph: Graph, act: Act, finding: str, *, reason: str) -> Outcome:
    """Takes a finding back; every reminder that stood on it is gone with it."""
    if refused := role_refusal(act.viewer, RECRUITERS) or reason_refusal(reason):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, finding)
        if isinstance(found, Refusal):
            return found
        row, missed = found
        if refused := decider_refusal(act.viewer, missed):
            return refused
        if not may(Step.VOID, row.state):
            return Refusal(Code.WRONG_STATE, "finding")
        await take_back(desk, row, missed, EventType.NO_SHOW_VOIDED, finding=row.id, reason=reason)
        if row.state != FindingState.SUSPECTED.value:
            await messages.tell_candidate(desk, Template.FINDING_VOIDED, row.id, **missed.told(desk))
        return Written("Finding", row.id)

    return await perform(graph, act, work)


async def take_back(
    desk: Desk, finding: FindingRow, subject: Subject, type: EventType, /, *, reason: str, **payload: Any
) -> None:
    """Voids a finding, ends what was due of it, and tells everyone who had looked at it that it stands no longer."""
    await timers.cancel(desk, finding.id, *UNDECIDED, TimerKind.DISPUTE)
    await desk.tx.run(VOID, id=finding.id, now=desk.act.now, reason=reason)
    if desk.act.kind is ActorKind.HUMAN:
        await desk.tx.run(VOID_BY, id=finding.id, by=desk.act.viewer.id)
    await pools.settle(desk)
    await subjects.record(desk, type, subject, reason=reason, **payload)
    if finding.state in (FindingState.FINAL.value, FindingState.DISPUTED.value):
        await withdrawals.begin(desk, finding.id, subject, finding.decided_by)
        await timers.start_brake(desk)
