"""Score, label and their parts, as clients see them."""

from __future__ import annotations

from datetime import date

import strawberry

from graph import score_records
from graph.attention import Tag
from graph.credit import Band, Change, Dimension
from graph.scores import OffBecause, ScoreStatus
from schema.fields import LOCALE, field, labelled, planned
from schema.ids import id_of
from schema.mutations import IdempotentInput, mutation


@strawberry.type(description="One line of what a score, or a profile, stands on.")
class CreditEvidence:
    ids: list[strawberry.ID] = field("The records, the thing itself first.")
    on: date = field("The day on which it was, in the interview's zone; its age is reckoned by days in UTC.")
    value: float | None = field("From 0, bad, to 1, good; null where it is not known which, and it weighs nothing.")
    weight: float = field("What it weighs after its age, from 0 to 1.")
    fades_on: date = field("The day from which it no longer counts.")
    text: str = planned("The line as people read it.", locale=LOCALE)


@strawberry.type(description="What one dimension gives to a score.")
class CreditFactor:
    dimension: Dimension = field("The dimension.")
    dimension_label: str = labelled("The dimension in words.")
    weight: float = field("Its share of the score.")
    prior: float = field("The rate at which it stands where nothing is known.")
    raw_value: float | None = field("The rate observed, weighed by age; null where nothing was observed.")
    value: float | None = field(
        "That rate drawn towards the prior, to four digits; null where there is too little in all for a number."
    )
    points: float | None = field(
        "100 × weight × value, to a hundredth: the score is the sum of these. Null where there is no number."
    )
    observations: int = field("How many observations counted.")
    missing: bool = field("Whether nothing was observed, so that it stands at its prior.")
    evidence: list[CreditEvidence] = field("What counted, by date.")
    text: str = planned("All of this in a sentence, and how it heals.", locale=LOCALE)


@strawberry.type(description="What the score would be without one finding.")
class CreditCounterfactual:
    finding: strawberry.ID = field("The finding.")
    change: Change = field("What would have become of it.")
    points: float | None = field("The points then; null where too little would be left.")
    band: Band | None = field("The band then.")
    text: str = planned("In a sentence.", locale=LOCALE)


@strawberry.type(
    description="Workplace credit 职场信用分: advice that can be taken apart, made of the records of your own "
    "departments. No mutation rejects by it and nothing is sorted by it."
)
class CreditScore:
    status: ScoreStatus = field("Whether there is a number.")
    status_label: str = labelled("Whether there is one, in words.")
    off_because: OffBecause | None = field("Why there is no score at all.")
    points: float | None = field("From 0 to 100; null where fewer than `minimum` observations count.")
    band: Band | None = field("How it is read.")
    band_label: str | None = labelled("The band in words.")
    as_of: date | None = field("The day, in UTC, for which it was reckoned.")
    valid_until: date | None = field("The day after which it is to be read anew.")
    policy_version: str | None = field("The version of the ScorePolicy, as text; 0 for the defaults.")
    inputs_hash: str | None = field("SHA-256 over policy, day and observations: the same inputs, the same score.")
    observations: int = field("How many observations counted.")
    minimum: int | None = field("The fewest that make a number.")
    factors: list[CreditFactor] = field("Its parts, one for each dimension.")
    counterfactuals: list[CreditCounterfactual] = field("What each finding in it takes away.")
    text: str = planned("The answer in a sentence; missing dimensions are named.", locale=LOCALE)
    advice: str = planned("What it is not.", locale=LOCALE)


@strawberry.type(description="What a label stands on.")
class LabelGround:
    ids: list[strawberry.ID] = field("The records.")
    on: date = field("When the last of it was.")
    count: int = field("How often.")
    expires_on: date = field("The day from which it no longer counts.")
    text: str = planned("In a sentence.", locale=LOCALE)


@strawberry.type(description="A label on a person, raised by grounds that you see, each of them, and gone with them.")
class CandidateLabel:
    name: Tag = field("Which label.")
    name_label: str = labelled("The label in words.")
    dimension: Dimension = field("Where it belongs.")
    dimension_label: str = labelled("The dimension in words.")
    policy_version: str = field("The version of the ScorePolicy, as text; 0 for the defaults.")
    expires_on: date = field("The day on which it goes.")
    grounds: list[LabelGround] = field("What it stands on.")
    text: str = planned("In a sentence.", locale=LOCALE)


@strawberry.input(description="Keeps a score as it is shown now.")
class RecordScoreInput(IdempotentInput):
    candidate: strawberry.ID = field("The candidate.")


MUTATIONS = (
    mutation(
        "recordScore",
        RecordScoreInput,
        "Candidate",
        lambda graph, act, input: score_records.record(graph, act, id_of("Candidate", input.candidate)),
        "Keeps the score that you see now as an event, from which `turnout verify-score` recomputes it. Own. "
        "Codes: NOT_ALLOWED, NOT_FOUND, SCORING_OFF.",
    ),
)
