"""A candidate's behaviour profile, as clients see it."""

from __future__ import annotations

import strawberry

from graph.credit import Dimension
from schema.fields import LOCALE, field, labelled, planned
from schema.scalars import DateTime
from schema.scores import CreditEvidence


@strawberry.type(description="Something that happened, in a sentence.")
class ProfileEvent:
    event: strawberry.ID = field("The event.")
    occurred_at: DateTime = field("When it happened.")
    text: str = planned("The sentence.", locale=LOCALE)


@strawberry.type(description="What is known of a person in one dimension.")
class ProfileDimension:
    dimension: Dimension = field("The dimension; INTERVIEW_ATTENDANCE is of all interviews, by AI or not.")
    dimension_label: str = labelled("The dimension in words.")
    observations: int = field("What was observed.")
    counted: int = field("How much of it counts: it is known, recent, and has not expired.")
    evidence: list[CreditEvidence] = field("All that was observed, by date; what does not count weighs 0.")
    text: str = planned("In a sentence.", locale=LOCALE)


@strawberry.type(description="A behaviour profile 行为画像, of what your own departments hold; it judges nothing.")
class CandidateProfile:
    timeline: list[ProfileEvent] = field("The newest 100 events that you see, the newest first.")
    dimensions: list[ProfileDimension] = field("Six dimensions, each with its evidence.")
