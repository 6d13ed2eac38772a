"""Interview, its events and attendance in numbers, as clients see them, and what is recorded of one."""

from __future__ import annotations

from datetime import date
from enum import Enum

import strawberry
from strawberry import UNSET

from graph import interviews
from graph.causes import Cause
from graph.events import ActorKind, EventType
from graph.interviews import GRACE_MINUTES, MOST_GRACE_MINUTES, Attendance, EvidenceCode, Mode, Response, Side
from schema.fields import LOCALE, Argument, Connection, Node, bounded, field, labelled, page, planned
from schema.findings import FindingOutcome
from schema.ids import id_of
from schema.links import (
    ApplicationRef,
    CandidateRef,
    DepartmentRef,
    EventRef,
    FindingRef,
    InterviewRef,
    MessageRef,
    PositionRef,
    ProofRef,
    RescheduleRequestRef,
    SlotRef,
    TelemetryRef,
    UserRef,
)
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.enum(description="Orders of interviews.")
class InterviewOrder(Enum):
    STARTS_AT_DESC = strawberry.enum_value("STARTS_AT_DESC", description="The latest first.")
    STARTS_AT = strawberry.enum_value("STARTS_AT", description="The earliest first.")


@strawberry.enum(description="Orders of events.")
class EventOrder(Enum):
    SEQ = strawberry.enum_value("SEQ", description="In the order of the chain.")
    SEQ_DESC = strawberry.enum_value("SEQ_DESC", description="Against the order of the chain.")


@strawberry.input(description="Which interviews.")
class InterviewWhere:
    attendance: Attendance | None = strawberry.field(default=None, description="With this attendance.")
    response: Response | None = strawberry.field(default=None, description="With this answer.")
    mode: Mode | None = strawberry.field(default=None, description="Held in this way.")
    starts_from: DateTime | None = strawberry.field(default=None, description="Starting at this instant or later.")
    starts_before: DateTime | None = strawberry.field(default=None, description="Starting before this instant.")


PERIOD = {
    "from_": Argument(date | None, "The first day, in the Organization's zone.", UNSET, name="from"),
    "to": Argument(date | None, "The day after the last, in the Organization's zone.", UNSET),
}


@strawberry.type(
    description="Attendance in numbers. Facts need OWN on every department in scope; a field you may not see is null."
)
class AttendanceSummary:
    interviews: int | None = field("Interviews, but for those moved to another time or entered in error.")
    accepted: int | None = field("Of these, how many the candidate had accepted for that time.")
    attended: int | None = field("How many took place, on time or late.")
    accepted_not_attended: int | None = field("How many were accepted and not attended: a fact, not a fault.")
    no_shows: int | None = field(
        "Findings that count as no-shows now, as far as you see them; over departments, null where fewer than five of "
        "those are others'."
    )
    excused: int | None = field("Interviews missed with good cause.")
    faults: int | None = field("Interviews missed by a fault of the platform or the employer.")
    attendance_rate: float | None = field(
        "Accepted and attended, divided by accepted and over; from 0 to 1, null where there are none."
    )
    no_show_rate: float | None = field(
        "Own no-shows divided by accepted and over; from 0 to 1, null where there are none."
    )


@strawberry.type(description="Something that happened 行为事件; events are appended and never edited.")
class Event(Node):
    seq: int = field("Its place in the chain of its candidate or Organization, from 1.")
    type: EventType = field("What happened.")
    type_label: str = labelled("What happened, in words.")
    occurred_at: DateTime = field("When it happened.")
    recorded_at: DateTime = field("When it was written down.")
    actor_kind: ActorKind = field("Who acted.")
    actor_kind_label: str = labelled("Who acted, in words.")
    actor: UserRef | None = field("The user who acted.")
    interview: InterviewRef | None = planned("The interview that it is about, where you see that.")
    hash: str | None = field("SHA-256 over the event and the hash before it. AUDITOR.")


@strawberry.type(description="What the evidence of an interview says; null but for its department and the candidate.")
class Assessment:
    cause: Cause | None = field("On whose side it lay; UNKNOWN where too little is known. Own.")
    cause_label: str | None = labelled("The cause in words. Own.")
    confidence: float | None = field("How sure that is, from 0 to 1; 0 for UNKNOWN. Own.")
    rules: list[str] | None = field("The rules that hold, as docs/causes.md names them. Own.")
    reasons: list[str] | None = planned("The same in sentences. Own.", locale=LOCALE)
    policy_version: str | None = field("The version of the AttendancePolicy it was read under. Own.")


@strawberry.type(description="An interview 面试: an invitation for one time, and what became of it.")
class Interview(Node):
    ics_uid: str = field("The UID of its calendar entry, kept when it is moved.")
    ics_sequence: int | None = field("The SEQUENCE of its calendar entry, raised by each change. Own.")
    mode: Mode = field("How it is held.")
    mode_label: str = labelled("The mode in words.")
    starts_at: DateTime = field("When it starts; for AI_ASYNC when the window opens.")
    ends_at: DateTime = field("When it ends; for AI_ASYNC the deadline.")
    time_zone: str = field("The IANA zone in which people speak of it.")
    response: Response = field("The candidate's answer for this time.")
    response_label: str = labelled("The answer in words.")
    response_message: str | None = field("What the candidate said with the answer. Own, and never to an INTEGRATOR.")
    attendance: Attendance = field("What happened.")
    attendance_label: str = labelled("What happened, in words.")
    grace_minutes: int | None = field("How many minutes late the candidate may join. Own.")
    join_url: str | None = field("Where to join. Own.")
    evidence: list[EvidenceCode] | None = field("What else was seen of it. Own.")
    outcome: FindingOutcome | None = field("What it was found to be, once that is decided. Own.")
    outcome_label: str | None = labelled("The outcome in words. Own.")
    application: ApplicationRef | None = field("The application it belongs to. Own.")
    candidate: CandidateRef | None = field("The candidate. Own.")
    position: PositionRef | None = field("The position applied to. Own.")
    department: DepartmentRef | None = field("The department that holds it, as it was at the invitation. Own.")
    interviewers: list[UserRef] = field("Who holds it. Own.")
    rescheduled_to: InterviewRef | None = field("The interview that took its place. Own.")
    rescheduled_from: InterviewRef | None = field("The interview whose place it took. Own.")
    open_slots: list[SlotRef] = field(
        "Times of the same mode that can be chosen in its place, the next 100. Own, or the candidate."
    )
    reschedule_requests: list[RescheduleRequestRef] = field(
        "What the candidate asked for, the oldest first. Own, or the candidate."
    )
    proofs: list[ProofRef] = field("Files that the candidate handed in, the oldest first. Own, or the candidate.")
    events: Connection[EventRef] = page("What happened to it. Own.", EventOrder)
    assessment: Assessment = field("Whose fault it was as far as the evidence goes; a person decides.")
    telemetry: list[TelemetryRef] = field("What a platform saw of it, in order; at most 500. Own.")
    finding: FindingRef | None = field("The finding about it that is not void. Own.")
    messages: list[MessageRef] = field("What was told about it, and what became of each message. Own.")
    findings: list[FindingRef] = field("All findings about it, void ones too. Own.")


@strawberry.input(description="Invites to an interview for one time.")
class InviteToInterviewInput(IdempotentInput):
    application: strawberry.ID = field("The application.")
    mode: Mode = field("How it is held.")
    starts_at: DateTime = field("When it starts; for AI_ASYNC when the window opens.")
    ends_at: DateTime = field("When it ends; for AI_ASYNC the deadline.")
    time_zone: str = field("The IANA zone in which people speak of it.")
    grace_minutes: int = strawberry.field(
        default=GRACE_MINUTES,
        description=bounded("How many minutes late the candidate may join.", 0, MOST_GRACE_MINUTES),
    )
    join_url: str | None = strawberry.field(default=None, description="Where to join: http or https.")
    interviewers: list[strawberry.ID] = strawberry.field(default_factory=list, description="Users who hold it.")


@strawberry.input(description="Moves an interview to another time.")
class RescheduleInterviewInput(IdempotentInput):
    interview: strawberry.ID = field("The interview.")
    starts_at: DateTime = field("When it starts.")
    ends_at: DateTime = field("When it ends.")
    time_zone: str = field("The IANA zone in which people speak of it.")
    chosen_by: Side = strawberry.field(
        default=Side.EMPLOYER, description="Who chose the time; a time the candidate chose is accepted already."
    )
    reason: str | None = strawberry.field(default=None, description="Why.")


@strawberry.input(description="Cancels an interview.")
class CancelInterviewInput(IdempotentInput):
    interview: strawberry.ID = field("The interview.")
    by: Side = field("Who cancels.")
    reason: str | None = strawberry.field(default=None, description="Why.")


@strawberry.input(description="Records the candidate's answer to an invitation.")
class RecordResponseInput(IdempotentInput):
    interview: strawberry.ID = field("The interview.")
    response: Response = field("The answer.")
    message: str | None = strawberry.field(
        default=None, description="What the candidate said with it, up to 2000 characters."
    )


@strawberry.input(description="Records what happened.")
class RecordAttendanceInput(IdempotentInput):
    interview: strawberry.ID = field("The interview.")
    attendance: Attendance = field("What happened; not PENDING or RESCHEDULED.")
    evidence: list[EvidenceCode] = strawberry.field(
        default_factory=list, description="What else was seen, beside NOT_ATTENDED or INCOMPLETE."
    )
    note: str | None = strawberry.field(default=None, description="Anything else; kept in the event.")


def _times(input: InviteToInterviewInput | RescheduleInterviewInput) -> interviews.Times:
    return interviews.Times(input.starts_at, input.ends_at, input.time_zone)


def _invite(input: InviteToInterviewInput) -> interviews.Invite:
    return interviews.Invite(
        id_of("Application", input.application),
        input.mode,
        _times(input),
        input.grace_minutes,
        input.join_url,
        tuple(id_of("User", user) for user in input.interviewers),
    )


MUTATIONS = (
    mutation(
        "inviteToInterview",
        InviteToInterviewInput,
        "Interview",
        lambda graph, act, input: interviews.invite(graph, act, _invite(input)),
        "Invites a candidate, for a time of at most 24 hours that starts within 730 days from now; for AI_ASYNC a "
        "window of at most 60 days, which may be open already. Own. Codes: NOT_FOUND, INVALID_VALUE, CANDIDATE_ERASED, "
        "APPLICATION_ENDED, REJECTION_ANNOUNCED, CANDIDATE_RESTRICTED, POSITION_CLOSED, ALREADY_INVITED.",
    ),
    mutation(
        "rescheduleInterview",
        RescheduleInterviewInput,
        "Interview",
        lambda graph, act, input: interviews.reschedule(
            graph,
            act,
            id_of("Interview", input.interview),
            _times(input),
            chosen_by=input.chosen_by,
            reason=input.reason,
        ),
        "Makes a new interview for the new time and answers with it. Own. "
        "Codes: NOT_FOUND, INVALID_VALUE, INTERVIEW_SETTLED, INTERVIEW_OVER, CANDIDATE_ERASED, APPLICATION_ENDED.",
    ),
    mutation(
        "cancelInterview",
        CancelInterviewInput,
        "Interview",
        lambda graph, act, input: interviews.cancel(
            graph, act, id_of("Interview", input.interview), by=input.by, reason=input.reason
        ),
        "Cancels an interview before it is over. Own. Codes: NOT_FOUND, INTERVIEW_SETTLED, INTERVIEW_OVER.",
    ),
    mutation(
        "recordResponse",
        RecordResponseInput,
        "Interview",
        lambda graph, act, input: interviews.record_response(
            graph, act, id_of("Interview", input.interview), input.response, message=input.message
        ),
        "Records the answer for this very time, before it is over; once it has begun, or its deadline has come, "
        "ACCEPTED alone. Own or INTEGRATOR, and the candidate by its link. "
        "Codes: NOT_FOUND, INVALID_VALUE, INTERVIEW_SETTLED, INTERVIEW_OVER, INTERVIEW_BEGUN.",
    ),
    mutation(
        "recordAttendance",
        RecordAttendanceInput,
        "Interview",
        lambda graph, act, input: interviews.record_attendance(
            graph,
            act,
            id_of("Interview", input.interview),
            input.attendance,
            evidence=tuple(input.evidence),
            note=input.note,
        ),
        "Records a fact; it marks nobody. Own or INTEGRATOR. "
        "Codes: NOT_FOUND, INVALID_VALUE, INTERVIEW_SETTLED, FINDING_STANDS, NOT_OVER, NOT_STARTED.",
    ),
)
