"""Messages, as clients see them: that one was sent and what became of it, never whom it names or how it reads."""

from __future__ import annotations

import strawberry

from graph import messages
from graph.messages import MessageState, Receipt, Template
from schema.fields import Node, field, labelled
from schema.ids import id_of
from schema.links import InterviewRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="A message to a candidate or to HR. Its text is made when it is sent, and kept nowhere.")
class Message(Node):
    template: Template = field("What it tells.")
    template_label: str = labelled("What it tells, in words.")
    state: MessageState = field("How far it has come.")
    state_label: str = labelled("The state in words.")
    channel: str | None = field("How it was sent: SMTP, WEBHOOK or FOLDER.")
    reason: str | None = field("Why it bounced or was not sent, as a code.")
    created_at: DateTime = field("When it was queued, with what it tells.")
    sent_at: DateTime | None = field("When it was handed over.")
    receipts: list[Receipt] | None = field("What became known of it afterwards.")
    interview: InterviewRef | None = field("The interview that it concerns. Own.")


@strawberry.input(description="Says what became of a message.")
class RecordDeliveryInput(IdempotentInput):
    message: strawberry.ID = field("The message: its id, or the key under which it was sent.")
    receipt: Receipt = field("What is known of it.")
    at: DateTime | None = strawberry.field(default=None, description="When that happened; now where it is not said.")


def message_id(text: str) -> str:
    """A message's id in a global id, or as it was sent."""
    return id_of("Message", text) or text


MUTATIONS = (
    mutation(
        "recordDelivery",
        RecordDeliveryInput,
        "Message",
        lambda graph, act, input: messages.record_receipt(
            graph, act, message_id(input.message), input.receipt, input.at
        ),
        "Records what a mail server, or whoever brings messages, says of one; in any order, and the same once. A "
        "message that bounced harms nobody. INTEGRATOR and HR_ADMIN. Codes: NOT_FOUND, INVALID_VALUE.",
    ),
)
