"""The self-assessment, as clients see it, and how a candidate answers and shares it."""

from __future__ import annotations

import strawberry

from graph import self_assessments
from graph.credit import Dimension
from graph.questionnaire import Leaning
from schema.fields import LOCALE, field, labelled, planned
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="How somebody sees themselves in one dimension.")
class SelfResult:
    dimension: Dimension = field("The dimension.")
    dimension_label: str = labelled("The dimension in words.")
    value: int = field("From 0 to 100, by the key in docs/self-assessment.md.")
    leaning: Leaning = field("How that is read.")
    leaning_label: str = labelled("The reading in words.")
    text: str = planned("In a sentence.", locale=LOCALE)


@strawberry.type(description="One answer.")
class SelfAnswer:
    dimension: Dimension = field("What the statement counts towards.")
    is_reversed: bool = field("Whether to agree with it counts against the dimension.")
    answer: int = field("From 1, not like me at all, to 5, just like me.")
    text: str = planned("The statement.", locale=LOCALE)


@strawberry.type(
    description="What a candidate answered to the self-assessment 职业测评. It feeds no score, no label and no "
    "suggestion; the candidate alone sees it, unless they share it."
)
class SelfAssessment:
    version: int = field("The version of its statements and key.")
    taken_at: DateTime = field("When it was answered.")
    shared_at: DateTime | None = field("Since when it is shared; null while the candidate alone sees it.")
    results: list[SelfResult] = field("What came of it, by dimension.")
    answers: list[SelfAnswer] = field("The answers, in the order of the statements.")


@strawberry.input(description="Answers the self-assessment.")
class TakeSelfAssessmentInput(IdempotentInput):
    answers: list[int] = field("One from 1 to 5 for each statement of docs/self-assessment.md, in their order.")


@strawberry.input(description="Shares the self-assessment, or hides it again.")
class ShareSelfAssessmentInput(IdempotentInput):
    shared: bool = field("Whether the departments that you applied to may see it.")


MUTATIONS = (
    mutation(
        "takeSelfAssessment",
        TakeSelfAssessmentInput,
        "Candidate",
        lambda graph, act, input: self_assessments.take(graph, act, input.answers),
        "Keeps your answers, in place of earlier ones, where nobody else sees them until you share them. The "
        "candidate, code given. Codes: NOT_ALLOWED, NOT_VERIFIED, INVALID_VALUE.",
    ),
    mutation(
        "shareSelfAssessment",
        ShareSelfAssessmentInput,
        "Candidate",
        lambda graph, act, input: self_assessments.share(graph, act, shared=input.shared),
        "Shows what came of it to the departments that you applied to, or hides it again. The candidate, code given. "
        "Codes: NOT_ALLOWED, NOT_VERIFIED, NOT_TAKEN.",
    ),
)
