"""Finding and Reminder, as clients see them, and the steps from a suspicion to a decision."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import UNSET

from graph import disputes, findings
from graph.causes import Cause
from graph.disputes import DisputeDecision
from graph.events import ActorKind
from graph.findings import Channel, FindingOutcome, FindingState, KnewBy
from graph.reminders import ReminderKind
from graph.structure import Relation
from schema.fields import LOCALE, Argument, Node, field, labelled, planned
from schema.ids import id_of
from schema.links import (
    ApplicationRef,
    CandidateRef,
    DecisionRef,
    DepartmentRef,
    EventRef,
    FindingRef,
    InterviewRef,
    PositionRef,
    ProofRef,
    ResumeCheckRef,
    UserRef,
)
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.enum(description="Orders of findings.")
class FindingOrder(Enum):
    OCCURRED_AT_DESC = strawberry.enum_value("OCCURRED_AT_DESC", description="The latest first.")
    OCCURRED_AT = strawberry.enum_value("OCCURRED_AT", description="The earliest first.")


FINDING_STATES = Argument(list[FindingState] | None, "Only those in one of these states.", UNSET)


@strawberry.type(description="An interview that was attended after a missed one, and makes that fade sooner 信用修复.")
class Repair:
    at: DateTime = field("When it was counted.")
    days: int = field("By how many days the finding expires earlier.")
    interview: InterviewRef | None = field("The interview that was attended.")


@strawberry.type(description="What a missed interview, or a résumé that did not match, was found to be 到面认定.")
class Finding(Node):
    occurred_at: DateTime = field("The time that was missed; of a check the start of its day.")
    department: DepartmentRef = field("The department that held the interview, or checked.")
    position: PositionRef | None = field("The position applied to.")
    relation: Relation = field("How near that department is to yours.")
    relation_label: str = labelled("The nearness in words.")
    outcome: FindingOutcome | None = field("What it was found to be; null before it is decided. Own.")
    outcome_label: str | None = labelled("The outcome in words. Own.")
    cause: Cause | None = field("On whose side it lay. Own.")
    cause_label: str | None = labelled("The cause in words. Own.")
    knew_by: KnewBy | None = field(
        "How whoever decided knows that the candidate knew the time; null where a receipt or an answer says so. Own."
    )
    knew_by_label: str | None = labelled("The same in words. Own.")
    state: FindingState | None = field("How far it has come. Own.")
    state_label: str | None = labelled("The state in words. Own.")
    suspected_at: DateTime | None = field("When it was reported. Own.")
    notice_at: DateTime | None = field("When the candidate was told. Own.")
    answer_by: DateTime | None = field("Until when the candidate may answer. Own.")
    decide_by: DateTime | None = field("Until when it is to be decided. Own.")
    decided_at: DateTime | None = field("When it was decided. Own.")
    disputed_at: DateTime | None = field("When the candidate contested it. Own.")
    dispute_due_at: DateTime | None = field("Until when the dispute is to be decided; after it, it is upheld. Own.")
    dispute_text: str | None = field("What the candidate says against it. Own.")
    dispute_rejected_at: DateTime | None = field("When the dispute was rejected. Own.")
    dispute_reason: str | None = field("Why the dispute was rejected. Own.")
    reviewed_at: DateTime | None = field(
        "When somebody last looked at it again, upon what became known since the decision, and let it stand. Own."
    )
    review_reason: str | None = field("Why it stands all the same. Own.")
    expires_at: DateTime | None = field("From when it no longer counts; after the decision only moved earlier. Own.")
    erase_at: DateTime | None = field("When it is to be erased; fixed at the decision. Own.")
    days_left: int | None = field(
        "How many days it still counts, 0 from when it no longer does; null where it counts for nothing: not final, "
        "not on the candidate's side, or restricted. Own."
    )
    repairs: list[Repair] = field("The interviews attended since, which shorten it, and by how much 信用修复. Own.")
    policy_version: str | None = field(
        "The version of the AttendancePolicy that it was made under; 2026-11 for the defaults. Own."
    )
    voided_at: DateTime | None = field("When it was taken back, upon a dispute or by itself. Own.")
    void_reason: str | None = field("Why it was taken back, or the dispute upheld. Own.")
    reason: str | None = field("The decider's reason. Own.")
    statement: str | None = field("What the candidate said to it. Own.")
    statement_by: ActorKind | None = field(
        "Who wrote it down: CANDIDATE, or HUMAN where HR did, of which the candidate may still speak. Own."
    )
    statement_by_label: str | None = labelled("The same in words. Own.")
    last_seq: int | None = field("The seq of its subject's last event: what to send as readUpTo. Own.")
    decided_by: UserRef | None = field("Who decided. Own.")
    voided_by: UserRef | None = field("Who took it back, or upheld the dispute; null where time did. Own.")
    candidate: CandidateRef | None = field("Whom it is about. Own.")
    application: ApplicationRef | None = field("The application whose interview was missed, or résumé checked. Own.")
    interview: InterviewRef | None = field("The interview that was missed; null where it is about a résumé. Own.")
    resume_check: ResumeCheckRef | None = field(
        "The check that did not match; null where it is about an interview. Own."
    )
    proofs: list[ProofRef] = field("Files that the candidate handed in about it, the oldest first. Own.")
    considered_by: list[DecisionRef] = field(
        "Decisions that considered it: of your own applications, and while a dispute of it is open and yours to "
        "decide, of any. To the candidate all of theirs."
    )
    based_on: list[EventRef] = field("The events it stands on, by seq. Own.")


@strawberry.type(description="What a department that is about to decide should know of the same person 提醒.")
class Reminder:
    kind: ReminderKind = field("Where it comes from, seen from the department of the position applied to.")
    kind_label: str = labelled("Where it comes from, in words.")
    similar_position: bool = field("Whether both positions are of the same job family.")
    message: str = planned("The reminder as HR reads it.", locale=LOCALE)
    no_show: FindingRef | None = field("The finding it stands on; null for a repeated application.")
    application: ApplicationRef | None = field(
        "The other application, of a REPEAT_APPLICATION to one of your own departments; else null."
    )
    occurred_at: DateTime = field("When the interview was missed, or the other application filed.")
    department: DepartmentRef = field("The department it comes from.")
    relation: Relation = field("How near that department is to yours.")
    relation_label: str = labelled("The nearness in words.")


@strawberry.input(description="Reports a no-show.")
class ReportNoShowInput(IdempotentInput):
    interview: strawberry.ID = field("The interview that was missed.")


@strawberry.input(description="Records that the candidate was told.")
class RecordNoticeInput(IdempotentInput):
    finding: strawberry.ID = field("The finding.")
    channel: Channel = field("How the candidate was told.")
    told_at: DateTime | None = strawberry.field(
        default=None, description="When; now where it is not given. The time to answer runs from when it is recorded."
    )
    text: str | None = strawberry.field(default=None, description="What was said; kept in the event.")


@strawberry.input(description="Records the candidate's answer.")
class RecordStatementInput(IdempotentInput):
    finding: strawberry.ID = field("The finding.")
    channel: Channel = field("How the answer came.")
    text: str = field("The answer, up to 10,000 characters.")


@strawberry.input(description="Makes a finding final, of a no-show or of a résumé.")
class ConfirmNoShowInput(IdempotentInput):
    finding: strawberry.ID | None = strawberry.field(default=None, description="The finding.")
    interview: strawberry.ID | None = strawberry.field(
        default=None,
        description="In place of a finding: an interview nobody suspected, for a fault of PLATFORM or EMPLOYER.",
    )
    cause: Cause = field("On whose side it lay.")
    reason: str = field("Why, up to 2,000 characters.")
    read_up_to: int = field("The seq of the last event that you saw of what it is about, from Finding.lastSeq.")
    knew_by: KnewBy | None = strawberry.field(
        default=None,
        description="For CANDIDATE, where no receipt in time and no answer of the candidate's own says that they knew "
        "the time of the interview: how you know it. Otherwise none is needed, and UNKNOWN can always be found.",
    )


@strawberry.input(description="Excuses what a finding is about.")
class ExcuseNoShowInput(IdempotentInput):
    finding: strawberry.ID = field("The finding.")
    reason: str = field("Why, up to 2,000 characters.")
    read_up_to: int = field("The seq of the last event that you saw of what it is about, from Finding.lastSeq.")


@strawberry.input(description="Takes a finding back.")
class VoidNoShowInput(IdempotentInput):
    finding: strawberry.ID = field("The finding.")
    reason: str = field("Why, up to 2,000 characters.")


@strawberry.input(description="Contests a final finding.")
class DisputeNoShowInput(IdempotentInput):
    finding: strawberry.ID = field("The finding.")
    text: str = field("What is wrong with it, up to 10,000 characters.")


@strawberry.input(description="Decides a dispute.")
class DecideDisputeInput(IdempotentInput):
    finding: strawberry.ID = field("The finding.")
    decision: DisputeDecision = field("UPHELD voids the finding; REJECTED lets it stand, no longer than before.")
    reason: str = field("Why, up to 2,000 characters.")
    read_up_to: int = field("The seq of the last event that you saw of what it is about, from Finding.lastSeq.")


MUTATIONS = (
    mutation(
        "reportNoShow",
        ReportNoShowInput,
        "Finding",
        lambda graph, act, input: findings.report(graph, act, id_of("Interview", input.interview)),
        "Suspects a no-show; needs an accepted invitation that is over and NOT_ATTENDED. Own. "
        "Codes: NOT_FOUND, FINDING_STANDS, NOT_ACCEPTED, NOT_OVER, NOT_MISSED, PROOF_STANDS, REQUEST_OPEN, "
        "DISPUTE_UPHELD, NOT_DECIDED.",
    ),
    mutation(
        "recordNotice",
        RecordNoticeInput,
        "Finding",
        lambda graph, act, input: findings.record_notice(
            graph, act, id_of("Finding", input.finding), channel=input.channel, told_at=input.told_at, text=input.text
        ),
        "The candidate was told; the time to answer runs, 72 hours by policy. Own. "
        "Codes: NOT_FOUND, WRONG_STATE, INVALID_VALUE.",
    ),
    mutation(
        "recordStatement",
        RecordStatementInput,
        "Finding",
        lambda graph, act, input: findings.record_statement(
            graph, act, id_of("Finding", input.finding), channel=input.channel, text=input.text
        ),
        "Takes down the candidate's answer. Own, or the candidate, code given. "
        "Codes: NOT_FOUND, NOT_VERIFIED, WRONG_STATE, INVALID_VALUE.",
    ),
    mutation(
        "confirmNoShow",
        ConfirmNoShowInput,
        "Finding",
        lambda graph, act, input: findings.confirm(
            graph,
            act,
            finding=None if input.finding is None else id_of("Finding", input.finding),
            interview=None if input.interview is None else id_of("Interview", input.interview),
            cause=input.cause,
            reason=input.reason,
            read_up_to=input.read_up_to,
            knew_by=input.knew_by,
        ),
        "Makes a finding final: NO_SHOW or RESUME_MISMATCH for CANDIDATE or UNKNOWN after a notice and a hearing, "
        "SYSTEM_FAULT for PLATFORM, EMPLOYER_FAULT for EMPLOYER. Of one with a task REVIEW_DUE, CANDIDATE says that it "
        "stands all the same. Own, never an interviewer of it. Codes: NOT_FOUND, "
        "NOT_ALLOWED, WRONG_STATE, NOTICE_MISSING, ANSWER_PENDING, STATEMENT_UNREAD, FINDING_STANDS, NOT_OVER, "
        "NOT_MISSED, NOT_DELIVERED, INVALID_VALUE.",
    ),
    mutation(
        "excuseNoShow",
        ExcuseNoShowInput,
        "Finding",
        lambda graph, act, input: findings.excuse(
            graph, act, id_of("Finding", input.finding), reason=input.reason, read_up_to=input.read_up_to
        ),
        "There was good cause. Own, never an interviewer of it. "
        "Codes: NOT_FOUND, NOT_ALLOWED, WRONG_STATE, STATEMENT_UNREAD, INVALID_VALUE.",
    ),
    mutation(
        "voidNoShow",
        VoidNoShowInput,
        "Finding",
        lambda graph, act, input: findings.void(graph, act, id_of("Finding", input.finding), reason=input.reason),
        "Takes a finding back, with every reminder that stood on it. Own, never an interviewer of it. "
        "Codes: NOT_FOUND, NOT_ALLOWED, WRONG_STATE, INVALID_VALUE.",
    ),
    mutation(
        "disputeNoShow",
        DisputeNoShowInput,
        "Finding",
        lambda graph, act, input: disputes.dispute(graph, act, id_of("Finding", input.finding), input.text),
        "Contests a final finding, once: it counts no longer and nobody outside the department sees it, until a second "
        "person has decided; upheld where nobody does in time. The candidate, code given. "
        "Codes: NOT_ALLOWED, NOT_VERIFIED, NOT_FOUND, WRONG_STATE, DISPUTE_DECIDED, INVALID_VALUE.",
    ),
    mutation(
        "decideDispute",
        DecideDisputeInput,
        "Finding",
        lambda graph, act, input: disputes.decide(
            graph,
            act,
            id_of("Finding", input.finding),
            input.decision,
            reason=input.reason,
            read_up_to=input.read_up_to,
        ),
        "Decides a dispute. Own, never who decided the finding nor an interviewer of it. "
        "Codes: NOT_FOUND, NOT_ALLOWED, SAME_PERSON, WRONG_STATE, STATEMENT_UNREAD, INVALID_VALUE.",
    ),
)
