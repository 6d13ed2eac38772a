"""Rounds of invitations, as clients see them."""

from __future__ import annotations

import strawberry

from graph import rounds
from graph.interviews import GRACE_MINUTES, MOST_GRACE_MINUTES, Mode, Times
from graph.refusals import Code
from schema.fields import LOCALE, Node, bounded, field, planned
from schema.ids import id_of
from schema.links import InterviewRef, InvitationAnswerRef, PositionRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="What became of one invitation of a round.")
class InvitationAnswer(Node):
    place: int | None = field("Its place in the call, from 0.")
    code: Code | None = field("Why the person was not invited, for programs; null for who was.")
    message: str | None = planned("Why the person was not invited, for people.", locale=LOCALE)
    interview: InterviewRef | None = field("The interview that the person was invited to.")
    field: str | None = field("The input field at fault, where there is one.")


@strawberry.type(description="Several people invited by one call 批量邀请.")
class InvitationRound(Node):
    invited_at: DateTime | None = field("When.")
    position: PositionRef = field("For which position.")
    answers: list[InvitationAnswerRef] = field("One answer for each of the invitees, in their order.")


@strawberry.input(description="Somebody to invite, by an application or as a candidate, and for when.")
class InviteeInput:
    application: strawberry.ID | None = strawberry.field(
        default=None, description="An application for the position; this or the candidate."
    )
    candidate: strawberry.ID | None = strawberry.field(
        default=None,
        description="A candidate, for whom an application is filed where none stands, and none for the position ended.",
    )
    starts_at: DateTime = strawberry.field(description="When it starts; for AI_ASYNC when the window opens.")
    ends_at: DateTime = strawberry.field(description="When it ends; for AI_ASYNC the deadline.")


@strawberry.input(description="Invites several people for one position.")
class InviteManyInput(IdempotentInput):
    position: strawberry.ID = field("The position.")
    mode: Mode = field("How the interviews are held.")
    time_zone: str = field("The IANA zone in which people speak of them.")
    invitees: list[InviteeInput] = field("Who, and for when: from 1 to 50.")
    grace_minutes: int = strawberry.field(
        default=GRACE_MINUTES,
        description=bounded("How many minutes late the candidates may join.", 0, MOST_GRACE_MINUTES),
    )
    join_url: str | None = strawberry.field(default=None, description="Where to join: http or https.")
    interviewers: list[strawberry.ID] = strawberry.field(default_factory=list, description="Users who hold them.")


def _many(input: InviteManyInput) -> rounds.InviteMany:
    return rounds.InviteMany(
        id_of("Position", input.position),
        input.mode,
        tuple(
            rounds.Invitee(
                Times(each.starts_at, each.ends_at, input.time_zone),
                each.application and id_of("Application", each.application),
                each.candidate and id_of("Candidate", each.candidate),
            )
            for each in input.invitees
        ),
        input.grace_minutes,
        input.join_url,
        tuple(id_of("User", user) for user in input.interviewers),
    )


MUTATIONS = (
    mutation(
        "inviteMany",
        InviteManyInput,
        "InvitationRound",
        lambda graph, act, input: rounds.invite_many(graph, act, _many(input)),
        "Invites several people, each as inviteToInterview would, with an answer for each; who is refused keeps "
        "nobody else from being invited. Own. Its answers have codes of their own, which are among these. "
        "Codes: NOT_FOUND, NOT_ALLOWED, POSITION_CLOSED, INVALID_VALUE, CANDIDATE_ERASED, APPLICATION_ENDED, "
        "REJECTION_ANNOUNCED, CANDIDATE_RESTRICTED, ALREADY_INVITED.",
    ),
)
