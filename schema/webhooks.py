"""Webhooks, as clients see them; the keys that sign are never shown."""

from __future__ import annotations

import strawberry

from graph import webhooks
from graph.webhooks import WebhookState
from schema.fields import Node, field, labelled
from schema.ids import id_of
from schema.links import UserRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="Where an integrator is told of changes, after Standard Webhooks.")
class Webhook(Node):
    url: str = field("Where it is told.")
    state: WebhookState = field("Whether it is told anything.")
    state_label: str = labelled("The state in words.")
    set_at: DateTime = field("When it was last set.")
    failing_since: DateTime | None = field("Since when nothing was taken; after five days it is disabled.")
    disabled_at: DateTime | None = field("When it was disabled.")
    former_key_until: DateTime | None = field("Until when the key before the present one signs too.")
    user: UserRef | None = field("The integrator, with whose visibility of the moment everything is told.")


@strawberry.input(description="Sets an integrator's webhook, changes its key, or removes it.")
class SetWebhookInput(IdempotentInput):
    user: strawberry.ID | None = strawberry.field(
        default=None, description="The integrator; an integrator sets its own and need not name itself."
    )
    url: str | None = strawberry.field(
        default=None, description="An https:// address in the internet; not given, the webhook is removed."
    )
    secret: str | None = strawberry.field(
        default=None,
        description="The key that signs: whsec_ and 24 to 64 bytes in base64. Needed at first; a new one signs beside "
        "the former for 24 hours.",
    )


MUTATIONS = (
    mutation(
        "setWebhook",
        SetWebhookInput,
        "Webhook",
        lambda graph, act, input: webhooks.set(
            graph,
            act,
            user=id_of("User", input.user) if input.user is not None else None,
            url=input.url,
            secret=input.secret,
        ),
        "Sets where an integrator is told of interviews and of the applications that it filed; one that was disabled "
        "is active again. INTEGRATOR for itself, HR_ADMIN. Codes: NOT_FOUND, INVALID_VALUE.",
    ),
)
