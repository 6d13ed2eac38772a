"""Links to candidates' own pages, as staff see them."""

from __future__ import annotations

import strawberry

from graph import links
from graph.writing import Outcome, Written
from schema.context import Context
from schema.fields import Node, field
from schema.ids import id_of
from schema.links import ApplicationRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="What opens a candidate's own pages, for one application. An application has one alive.")
class Link(Node):
    created_at: DateTime = field("When it was made.")
    expires_at: DateTime = field("Until when it opens anything; a later invitation extends it.")
    revoked_at: DateTime | None = field("When it was revoked.")
    application: ApplicationRef = field("The application that it opens.")
    url: str | None = field(
        "The address to give to the candidate and to nobody else; told in the answer of createLink alone."
    )


@strawberry.input(description="Makes an application's link, or finds the one that is alive, to be handed over.")
class CreateLinkInput(IdempotentInput):
    application: strawberry.ID = field("The application.")


@strawberry.input(description="Ends a link and every session that it opened.")
class RevokeLinkInput(IdempotentInput):
    link: strawberry.ID = field("The link.")


def _tell(context: Context, outcome: Outcome) -> None:
    if isinstance(outcome, Written):
        context.urls[outcome.id] = links.url(context.graph.secrets, outcome.id, context.address)


MUTATIONS = (
    mutation(
        "createLink",
        CreateLinkInput,
        "Link",
        lambda graph, act, input: links.hand_out(graph, act, id_of("Application", input.application)),
        "Answers with the url of the application's link, where no message can bring it to the candidate; who asked is "
        "recorded. Own. Codes: NOT_FOUND, CANDIDATE_ERASED.",
        after=_tell,
    ),
    mutation(
        "revokeLink",
        RevokeLinkInput,
        "Link",
        lambda graph, act, input: links.revoke(graph, act, id_of("Link", input.link)),
        "Ends a link; the next invitation makes another. Own. Codes: NOT_FOUND, LINK_REVOKED.",
    ),
)
