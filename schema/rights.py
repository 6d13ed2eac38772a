"""Requests about one's rights, as clients see them, and how they are filed and answered."""

from __future__ import annotations

from enum import Enum

import strawberry

from graph import rights
from graph.rights import RightsKind, RightsState
from schema.fields import Node, field, labelled
from schema.ids import id_of
from schema.links import CandidateRef, UserRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.enum(description="Orders of requests.")
class RightsRequestOrder(Enum):
    FILED_AT_DESC = strawberry.enum_value("FILED_AT_DESC", description="The latest first.")
    DUE_AT = strawberry.enum_value("DUE_AT", description="The earliest first.")


@strawberry.type(description="What a person asks of their rights 个人信息权利请求, and what came of it.")
class RightsRequest(Node):
    kind: RightsKind = field("What is asked for.")
    kind_label: str = labelled("The kind in words.")
    state: RightsState = field("How far it has come.")
    state_label: str = labelled("The state in words.")
    text: str | None = field("What the person says to it.")
    filed_at: DateTime = field("When it was filed.")
    due_at: DateTime = field("Until when it is to be answered: 30 days.")
    answered_at: DateTime | None = field("When it was answered.")
    reason: str | None = field("Why so; always there where it was refused.")
    answered_by: UserRef | None = field("Who answered.")
    candidate: CandidateRef | None = field("Whose it is.")


@strawberry.input(description="Asks for one's rights.")
class FileRequestInput(IdempotentInput):
    kind: RightsKind = field("What you ask for.")
    text: str | None = strawberry.field(default=None, description="What you say to it, up to 10,000 characters.")


@strawberry.input(description="Takes a request back.")
class WithdrawRequestInput(IdempotentInput):
    rights_request: strawberry.ID = field("The request.")


@strawberry.input(description="Answers a request.")
class AnswerRequestInput(IdempotentInput):
    rights_request: strawberry.ID = field("The request.")
    answer: RightsState = field("GRANTED or REFUSED.")
    reason: str | None = strawberry.field(
        default=None, description="Why, up to 2,000 characters; needed where it is refused."
    )


MUTATIONS = (
    mutation(
        "fileRequest",
        FileRequestInput,
        "RightsRequest",
        lambda graph, act, input: rights.file(graph, act, input.kind, input.text),
        "Asks for correction, restriction, objection, erasure or human review. The candidate, code given. "
        "Codes: NOT_VERIFIED, RIGHTS_REQUEST_OPEN, INVALID_VALUE.",
    ),
    mutation(
        "withdrawRequest",
        WithdrawRequestInput,
        "RightsRequest",
        lambda graph, act, input: rights.withdraw(graph, act, id_of("RightsRequest", input.rights_request)),
        "Takes back what is not answered yet, or a restriction or objection that was granted: unless another one "
        "stands, the restriction ends, and what has not run out counts again. Nobody else ends it. The candidate, "
        "code given. Codes: NOT_VERIFIED, NOT_FOUND, RIGHTS_REQUEST_ANSWERED.",
    ),
    mutation(
        "answerRequest",
        AnswerRequestInput,
        "RightsRequest",
        lambda graph, act, input: rights.answer(
            graph, act, id_of("RightsRequest", input.rights_request), input.answer, input.reason
        ),
        "Grants or refuses a request. A restriction or objection that is granted restricts the candidate, an erasure "
        "erases it at once; for that every department applied to must be your own. Own. "
        "Codes: NOT_FOUND, NOT_ALLOWED, RIGHTS_REQUEST_ANSWERED, CANDIDATE_ERASED, INVALID_VALUE.",
    ),
)
