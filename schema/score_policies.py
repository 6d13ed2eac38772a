"""ScorePolicy and ImpactAssessment, as clients see them, and how a policy comes into force."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry import UNSET

from graph import score_policies
from graph.credit import NUMBERS, WEIGHINGS, Band, Bounded, Dimension
from graph.score_policies import Draft, PolicyState
from graph.visibility import OrganizationRole
from schema.fields import Node, bounded, field, labelled
from schema.ids import id_of
from schema.links import ImpactAssessmentRef, ScorePolicyRef, UserRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime

WEIGHT = "Its share of the score; the shares of all dimensions sum to 1."
PRIOR = "The rate that is expected of somebody of whom nothing is known."
STRENGTH = "How many observations that is worth."
WINDOW = "Days after which an observation is left out."
HALF_LIFE = "Days after which an observation weighs half."
MINIMUM = "The fewest observations that make a number."
VALID = "Days after which a score is to be read anew."
NOTICE = "Hours before a time at which calling it off is in time; a request is judged by the attendance policy."
LATES = "So many late days weigh as one of absence."
LABEL_LATES = "LATE in one calendar month from which the label counts them."
LABEL_ABSENCES = "ABSENT from which the label counts them."
LABEL_DAYS = "Days for which the label counts either."
BRAKE_UPHELD = "The share of upheld disputes above which the brake turns scores off."
BRAKE_FALSE = "The share of marks taken back above which the brake turns scores off."
BRAKE_LEAST = "How many disputes, or marks, there must be for a share to count."
BRAKE_DAYS = "The last days over which the brake counts."


@strawberry.type(description="How one dimension of a score is weighed.")
class ScoreDimension:
    dimension: Dimension = field("The dimension.")
    dimension_label: str = labelled("The dimension in words.")
    weight: float = field(WEIGHT)
    prior: float = field(PRIOR)
    strength: float = field(STRENGTH)
    window_days: int = field(WINDOW)
    half_life_days: int = field(HALF_LIFE)


@strawberry.type(description="How a score is read.")
class ScoreBand:
    band: Band = field("The band.")
    band_label: str = labelled("The band in words.")
    least: float = field("The least points that reach it.")


@strawberry.type(description="The numbers behind scores and the label 评分规则: one version, never edited.")
class ScorePolicy(Node):
    version: int = field("Counted from 1 in each Organization.")
    state: PolicyState = field("How far it has come.")
    state_label: str = labelled("The state in words.")
    reason: str = field("Why it was proposed.")
    proposed_at: DateTime = field("When it was proposed.")
    proposed_by: UserRef | None = field("Who proposed it.")
    approved_at: DateTime | None = field("When it was approved.")
    approved_by: UserRef | None = field("Who approved it: never the proposer.")
    active_from: DateTime | None = field("From when it counts; until another one does.")
    dimensions: list[ScoreDimension] = field("What a score is made of.")
    bands: list[ScoreBand] = field("How it is read, the highest first.")
    minimum: int = field(MINIMUM)
    valid_days: int = field(VALID)
    notice_hours: int = field(NOTICE)
    lates_per_absence: int = field(LATES)
    label_lates: int = field(LABEL_LATES)
    label_absences: int = field(LABEL_ABSENCES)
    label_days: int = field(LABEL_DAYS)
    brake_upheld: float = field(BRAKE_UPHELD)
    brake_false: float = field(BRAKE_FALSE)
    brake_least: int = field(BRAKE_LEAST)
    brake_days: int = field(BRAKE_DAYS)
    assessments: list[ImpactAssessmentRef] = field("The impact assessments on file, the first first.")


@strawberry.type(
    description="An impact assessment of a score policy 个人信息保护影响评估 (PIPL 55 and 56), as it was filed."
)
class ImpactAssessment(Node):
    recorded_at: DateTime = field("When it was filed.")
    recorded_by: UserRef | None = field("Who filed it.")
    purpose: str = field("Why purpose and way are lawful, legitimate and needed.")
    impact: str = field("What it does to people's rights, and the risks.")
    measures: str = field("What is done against these, and why that is enough.")
    policy: ScorePolicyRef = field("The policy that was assessed.")


def _optional(description: str, number: Bounded[Any]) -> Any:
    return strawberry.field(default=UNSET, description=bounded(description, number.least, number.most))


@strawberry.input(description="How one dimension is weighed; what is not named stays as in the policy in force.")
class ScoreDimensionInput:
    dimension: Dimension = field("The dimension.")
    weight: float | None = _optional(WEIGHT, WEIGHINGS["weight"])
    prior: float | None = _optional(PRIOR, WEIGHINGS["prior"])
    strength: float | None = _optional(STRENGTH, WEIGHINGS["strength"])
    window_days: int | None = _optional(WINDOW, WEIGHINGS["windowDays"])
    half_life_days: int | None = _optional(HALF_LIFE, WEIGHINGS["halfLifeDays"])


@strawberry.input(description="From how many points a band is reached.")
class ScoreBandInput:
    band: Band = field("The band.")
    least: float = field(bounded("The least points that reach it.", 0, 100))


@strawberry.input(description="Another policy; what is not named stays as in the one in force, or in the defaults.")
class ScorePolicyDraft:
    dimensions: list[ScoreDimensionInput] = strawberry.field(
        default_factory=list, description="Dimensions that are weighed otherwise."
    )
    bands: list[ScoreBandInput] = strawberry.field(
        default_factory=list, description="Bands that begin elsewhere; WEAK begins at 0."
    )
    minimum: int | None = _optional(MINIMUM, NUMBERS["minimum"])
    valid_days: int | None = _optional(VALID, NUMBERS["validDays"])
    notice_hours: int | None = _optional(NOTICE, NUMBERS["noticeHours"])
    lates_per_absence: int | None = _optional(LATES, NUMBERS["latesPerAbsence"])
    label_lates: int | None = _optional(LABEL_LATES, NUMBERS["labelLates"])
    label_absences: int | None = _optional(LABEL_ABSENCES, NUMBERS["labelAbsences"])
    label_days: int | None = _optional(LABEL_DAYS, NUMBERS["labelDays"])
    brake_upheld: float | None = _optional(BRAKE_UPHELD, NUMBERS["brakeUpheld"])
    brake_false: float | None = _optional(BRAKE_FALSE, NUMBERS["brakeFalse"])
    brake_least: int | None = _optional(BRAKE_LEAST, NUMBERS["brakeLeast"])
    brake_days: int | None = _optional(BRAKE_DAYS, NUMBERS["brakeDays"])


@strawberry.input(description="Proposes a policy.")
class ProposeScorePolicyInput(IdempotentInput):
    organization: strawberry.ID = field("Your Organization.")
    draft: ScorePolicyDraft = field("What it says.")
    reason: str = field("Why, up to 2,000 characters.")


@strawberry.input(description="Files an impact assessment of a policy; each text has up to 10,000 characters.")
class RecordImpactAssessmentInput(IdempotentInput):
    policy: strawberry.ID = field("The policy.")
    purpose: str = field("Why purpose and way are lawful, legitimate and needed.")
    impact: str = field("What it does to people's rights, and the risks.")
    measures: str = field("What is done against these, and why that is enough.")


@strawberry.input(description="Puts a policy in force.")
class ApproveScorePolicyInput(IdempotentInput):
    policy: strawberry.ID = field("The policy: assessed, and proposed by somebody else.")
    active_from: DateTime | None = strawberry.field(
        default=None,
        description=f"From when, at most {score_policies.LATEST} days ahead; now where it is not given.",
    )


@strawberry.input(description="Turns scores and the label off, or on again.")
class SwitchScoringInput(IdempotentInput):
    organization: strawberry.ID = field("Your Organization.")
    off: bool = field("Off for the whole Organization.")
    jurisdictions: list[str] | None = strawberry.field(
        default=None,
        description="Off while the Organization stands under one of these, such as DE; null leaves them as they are.",
    )
    roles: list[OrganizationRole] | None = strawberry.field(
        default=None,
        description="Off for whoever has one of these roles in the Organization when they ask, whoever is asked about; "
        "the candidate's own reading is not turned off by it. Null leaves them as they are.",
    )
    reason: str = field("Why, up to 2,000 characters; kept in the event.")


_WEIGHING = {"window_days": "window", "half_life_days": "half_life"}
_NUMBERS = {
    "minimum": "minimum",
    "valid_days": "valid",
    "notice_hours": "notice",
    "lates_per_absence": "lates",
    "label_lates": "cross_lates",
    "label_absences": "cross_absences",
    "label_days": "cross_window",
    **{name: name for name in ("brake_upheld", "brake_false", "brake_least", "brake_days")},
}


def _given(value: Any) -> Any:
    return None if value is UNSET else value


def draft_of(input: ScorePolicyDraft) -> Draft:
    """The draft as the graph knows it."""
    names = ("weight", "prior", "strength", "window_days", "half_life_days")
    return Draft(
        {
            each.dimension: {_WEIGHING.get(name, name): _given(getattr(each, name)) for name in names}
            for each in input.dimensions
        },
        {each.band: each.least for each in input.bands},
        {stored: _given(getattr(input, name)) for name, stored in _NUMBERS.items()},
    )


MUTATIONS = (
    mutation(
        "proposeScorePolicy",
        ProposeScorePolicyInput,
        "ScorePolicy",
        lambda graph, act, input: score_policies.propose(
            graph, act, id_of("Organization", input.organization), draft_of(input.draft), input.reason
        ),
        "Proposes a version of the score policy, which counts for nothing yet. HR_ADMIN. "
        "Codes: NOT_ALLOWED, NOT_FOUND, INVALID_VALUE.",
    ),
    mutation(
        "recordImpactAssessment",
        RecordImpactAssessmentInput,
        "ImpactAssessment",
        lambda graph, act, input: score_policies.assess(
            graph,
            act,
            id_of("ScorePolicy", input.policy),
            score_policies.Assessment(input.purpose, input.impact, input.measures),
        ),
        "Files an impact assessment, without which no policy comes into force. HR_ADMIN. "
        "Codes: NOT_ALLOWED, NOT_FOUND, INVALID_VALUE.",
    ),
    mutation(
        "approveScorePolicy",
        ApproveScorePolicyInput,
        "ScorePolicy",
        lambda graph, act, input: score_policies.approve(
            graph, act, id_of("ScorePolicy", input.policy), input.active_from
        ),
        "Puts a policy in force, by another person than who proposed it. HR_ADMIN. "
        "Codes: NOT_ALLOWED, NOT_FOUND, INVALID_VALUE, ALREADY_APPROVED, ASSESSMENT_MISSING, SAME_PERSON.",
    ),
    mutation(
        "switchScoring",
        SwitchScoringInput,
        "Organization",
        lambda graph, act, input: score_policies.switch(
            graph,
            act,
            id_of("Organization", input.organization),
            score_policies.Switch(input.off, input.jurisdictions, input.roles),
            input.reason,
        ),
        "Turns scores and the label off for the Organization, a jurisdiction or a role, or on again, also where the "
        "brake had turned them off. HR_ADMIN. "
        "Codes: NOT_ALLOWED, NOT_FOUND, INVALID_VALUE.",
    ),
)
