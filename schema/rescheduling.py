"""RescheduleRequest, as clients see one: what a candidate asks for, and what HR answers."""

from __future__ import annotations

import strawberry

from graph import rescheduling
from graph.interviews import Times
from graph.rescheduling import RequestState
from schema.fields import Node, field, labelled
from schema.ids import id_of
from schema.links import InterviewRef, SlotRef, UserRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="A candidate asks for another time 改期申请.")
class RescheduleRequest(Node):
    state: RequestState | None = field("How far it has come.")
    state_label: str | None = labelled("The state in words.")
    in_time: bool | None = field("Whether it came in time, and so was granted by right and is never a no-show.")
    policy_version: str | None = field("The version of the policy by which it was in time or not.")
    reason: str | None = field("The candidate's reason.")
    requested_at: DateTime | None = field("When it was asked for.")
    owed_by: DateTime | None = field("Until when HR owes a time; null where none was owed.")
    overdue_at: DateTime | None = field("When that time had passed without one.")
    decided_at: DateTime | None = field("When it was granted, refused or settled otherwise.")
    answer: str | None = field("HR's reason for refusing.")
    interview: InterviewRef | None = field("The interview whose time is to be another; see its rescheduledTo.")
    slot: SlotRef | None = field("The time that the candidate chose, as far as you see it.")
    decided_by: UserRef | None = field("Who decided; null where it was granted by right.")


@strawberry.input(description="Asks for another time.")
class RequestRescheduleInput(IdempotentInput):
    interview: strawberry.ID = field("The interview.")
    slot: strawberry.ID | None = strawberry.field(default=None, description="One of its openSlots.")
    reason: str = field("Why, up to 2,000 characters.")
    none_suits: bool = strawberry.field(
        default=False,
        description="That none of its openSlots suits: asked in time, HR then owes another. Not beside a slot.",
    )


@strawberry.input(description="Another time.")
class NewTimes:
    starts_at: DateTime = field("When it starts; for AI_ASYNC when the window opens.")
    ends_at: DateTime = field("When it ends; for AI_ASYNC the deadline.")
    time_zone: str = field("The IANA zone in which people speak of it.")


@strawberry.input(description="Gives the candidate another time: a slot, a time, or the slot that was asked for.")
class GrantRescheduleInput(IdempotentInput):
    request: strawberry.ID = field("The request.")
    slot: strawberry.ID | None = strawberry.field(default=None, description="One of the interview's openSlots.")
    times: NewTimes | None = strawberry.field(default=None, description="In place of a slot.")


@strawberry.input(description="Leaves the time as it stands.")
class RefuseRescheduleInput(IdempotentInput):
    request: strawberry.ID = field("The request.")
    reason: str = field("Why, up to 2,000 characters; the candidate reads it.")


def _grant(input: GrantRescheduleInput) -> rescheduling.Grant:
    new = input.times
    return rescheduling.Grant(
        id_of("RescheduleRequest", input.request),
        None if input.slot is None else id_of("Slot", input.slot),
        None if new is None else Times(new.starts_at, new.ends_at, new.time_zone),
    )


MUTATIONS = (
    mutation(
        "requestReschedule",
        RequestRescheduleInput,
        "RescheduleRequest",
        lambda graph, act, input: rescheduling.request(
            graph,
            act,
            id_of("Interview", input.interview),
            slot=None if input.slot is None else id_of("Slot", input.slot),
            reason=input.reason,
            none_suits=input.none_suits,
        ),
        "Asks for another time. In time, the chosen slot is given at once; where none is open, or none suits, HR owes "
        "a time; later, HR decides. Refused with SLOTS_OPEN where in time neither is said of slots that are open. The "
        "candidate, by the link alone. Codes: NOT_FOUND, INVALID_VALUE, SLOT_TAKEN, SLOTS_OPEN, REQUEST_OPEN, "
        "INTERVIEW_SETTLED, INTERVIEW_OVER, APPLICATION_ENDED.",
    ),
    mutation(
        "grantReschedule",
        GrantRescheduleInput,
        "RescheduleRequest",
        lambda graph, act, input: rescheduling.grant(graph, act, _grant(input)),
        "Gives the candidate another time; the slot that the candidate chose is accepted already. Own. Codes: "
        "NOT_FOUND, INVALID_VALUE, SLOT_TAKEN, REQUEST_SETTLED, INTERVIEW_SETTLED, FINDING_STANDS, CANDIDATE_ERASED, "
        "APPLICATION_ENDED.",
    ),
    mutation(
        "refuseReschedule",
        RefuseRescheduleInput,
        "RescheduleRequest",
        lambda graph, act, input: rescheduling.refuse(
            graph, act, id_of("RescheduleRequest", input.request), reason=input.reason
        ),
        "Leaves the time as it stands; what was asked in time cannot be refused. Own. "
        "Codes: NOT_FOUND, INVALID_VALUE, REQUEST_SETTLED.",
    ),
)
