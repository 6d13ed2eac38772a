"""FreedSlot, as clients see it, and how one is offered."""

from __future__ import annotations

import strawberry

from graph import freed_slots
from graph.freed_slots import FreedSlotState
from schema.fields import Node, field, labelled
from schema.ids import id_of
from schema.links import InterviewRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="The time of a lost interview, offered to one person after another 递补.")
class FreedSlot(Node):
    state: FreedSlotState | None = field("What came of it.")
    state_label: str | None = labelled("The state in words.")
    starts_at: DateTime | None = field("When it starts.")
    ends_at: DateTime | None = field("When it ends.")
    lapses_at: DateTime | None = field("When the offer that stands lapses.")
    waiting: int | None = field("How many were not asked yet.")
    lost: InterviewRef = field("The interview whose time it was.")
    offers: list[InterviewRef] = field("The invitations by which it was offered, in turn.")
    taken_by: InterviewRef | None = field("The one that was accepted.")


@strawberry.input(description="Offers the time of a lost interview to others.")
class OfferFreedSlotInput(IdempotentInput):
    interview: strawberry.ID = field("An interview that was cancelled, moved or declined, and whose time is to come.")
    candidates: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Whom it is offered to, in turn, up to 20; those whom refillSuggestions names where none are.",
    )


MUTATIONS = (
    mutation(
        "offerFreedSlot",
        OfferFreedSlotInput,
        "FreedSlot",
        lambda graph, act, input: freed_slots.offer(
            graph,
            act,
            id_of("Interview", input.interview),
            [id_of("Candidate", candidate) for candidate in input.candidates],
        ),
        "Offers the time of a lost interview by an invitation to one person after another until somebody accepts: to "
        "the next one when it is declined, or lapses after the hours that the policy gives. Whoever had declined it "
        "cannot accept any more. SLOT_OFFERED while it is offered already, or taken; SLOT_TAKEN where it was an open "
        "slot's, which somebody else chose since. Own. Codes: NOT_FOUND, INVALID_VALUE, NOT_LOST, INTERVIEW_OVER, "
        "SLOT_OFFERED, SLOT_TAKEN, POSITION_CLOSED, NOBODY_TO_ASK.",
    ),
)
