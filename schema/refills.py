"""Refill 补位, as clients see it: who could take a lost interview, and why."""

from __future__ import annotations

import strawberry

import graph.refills  # noqa: F401  # pyright: ignore[reportUnusedImport]  its shape, its root
from schema.fields import LOCALE, field, planned
from schema.links import ApplicationRef, CandidateRef, PositionRef
from schema.scalars import DateTime


@strawberry.type(description="Somebody who could be invited where an interview was lost 补位建议, by what you may see.")
class RefillSuggestion:
    candidate: CandidateRef = field("Who.")
    application: ApplicationRef = field("The application that the person is known by.")
    position: PositionRef = field(
        "What that application is for: this position, or one of the same or a similar family."
    )
    is_same_family: bool | None = field("Whether of the very same job family.")
    is_free: bool | None = field("Whether no other process of yours is running with the person.")
    no_shows: int | None = field("No-shows that count, as far as you see them; none of one in dispute.")
    attended: int | None = field("Interviews of yours that the person attended.")
    since: DateTime | None = field("When the person applied.")
    reasons: list[str] | None = planned("Why, in words.", locale=LOCALE)


MUTATIONS = ()
