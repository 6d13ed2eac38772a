"""TaskResult, a goal and what came of it, as clients see it, and what is recorded."""

from __future__ import annotations

from datetime import date
from enum import Enum

import strawberry

from graph import employments, goals
from graph.goals import MOST_NUMBER
from schema.fields import Node, bounded, field
from schema.ids import id_of
from schema.links import EmploymentRef, TaskResultRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime

TARGET = f"The number to reach; above 0, up to {MOST_NUMBER:,}."


@strawberry.enum(description="Orders of goals.")
class TaskResultOrder(Enum):
    DUE_ON_DESC = strawberry.enum_value("DUE_ON_DESC", description="The latest first.")
    DUE_ON = strawberry.enum_value("DUE_ON", description="The earliest first.")


@strawberry.input(description="Which goals.")
class TaskResultWhere:
    standing: bool | None = strawberry.field(default=None, description="Not replaced, or replaced since.")


@strawberry.type(
    description="A goal of somebody at work, and how much of it was reached 目标与结果. Corrected, never edited."
)
class TaskResult(Node):
    goal: str | None = field("What was to be reached.")
    starts_on: date | None = field("The first day of its period.")
    due_on: date | None = field("The last day of its period; it is observed from then.")
    target: float | None = field("The number to reach, where it is one.")
    result: float | None = field("The number that was reached.")
    share: float | None = field("How much of it was reached, from 0 to 1; null while that is not told.")
    withdrawn: bool | None = field("Whether it was found to be no goal of theirs: it weighs nothing.")
    source: str | None = field("The system that told.")
    recorded_at: DateTime | None = field("When it was written down.")
    superseded: bool | None = field("Whether another record took its place, so that it no longer counts.")
    reason: str | None = field("Why it was corrected, in the record that corrects.")
    corrects: TaskResultRef | None = field("The record in whose place it stands: an earlier one, or the goal alone.")
    corrected_by: TaskResultRef | None = field("The record that stands in its place.")
    employment: EmploymentRef | None = field("The employment that it is of.")


@strawberry.input(
    description="A goal, and what came of it: completed or share, or a result of the target; nothing while it is open."
)
class GoalInput:
    goal: str = field("What was to be reached; up to 500 characters.")
    starts_on: date = field("The first day of its period.")
    due_on: date = field("The last day of its period.")
    target: float | None = strawberry.field(default=None, description=TARGET)
    result: float | None = strawberry.field(
        default=None,
        description=bounded(
            "The number that was reached, of a target where more is better; more than all counts as 1.", 0, MOST_NUMBER
        ),
    )
    completed: bool | None = strawberry.field(default=None, description="Whether it was reached.")
    share: float | None = strawberry.field(default=None, description="How much of it was reached, from 0 to 1.")
    external_key: str | None = strawberry.field(
        default=None, description="Its key in the source: told again, it has no second effect. Up to 200 characters."
    )


@strawberry.input(description="Records goals of an employment and what came of them: all of it, or nothing.")
class RecordTaskCompletionInput(IdempotentInput):
    employment: strawberry.ID = field("The employment.")
    source: str = field("The system that tells.")
    goals: list[GoalInput] = field("Up to 500 goals.")


@strawberry.input(description="Puts another record in the place of one that was wrong; what is not given stays.")
class CorrectTaskCompletionInput(IdempotentInput):
    record: strawberry.ID = field("The TaskResult that was wrong.")
    reason: str = field("Why it was wrong; up to 2,000 characters.")
    goal: str | None = strawberry.field(default=None, description="What was to be reached.")
    starts_on: date | None = strawberry.field(default=None, description="The first day of its period.")
    due_on: date | None = strawberry.field(default=None, description="The last day of its period.")
    target: float | None = strawberry.field(default=None, description=TARGET)
    result: float | None = strawberry.field(
        default=None, description=bounded("The number that was reached.", 0, MOST_NUMBER)
    )
    completed: bool | None = strawberry.field(default=None, description="Whether it was reached.")
    share: float | None = strawberry.field(default=None, description="How much of it was reached, from 0 to 1.")
    withdrawn: bool = strawberry.field(
        default=False, description="It was no goal of theirs: it weighs nothing; with no result beside it."
    )


def _goal(input: GoalInput) -> goals.Goal:
    return goals.Goal(
        input.goal.strip(),
        input.starts_on,
        input.due_on,
        input.target,
        input.result,
        input.completed,
        input.share,
        external_key=input.external_key,
    )


def _correction(input: CorrectTaskCompletionInput) -> goals.Correction:
    return goals.Correction(
        id_of("TaskResult", input.record),
        input.reason,
        input.goal,
        input.starts_on,
        input.due_on,
        input.target,
        input.result,
        input.completed,
        input.share,
        input.withdrawn,
    )


MUTATIONS = (
    mutation(
        "recordTaskCompletion",
        RecordTaskCompletionInput,
        "Employment",
        lambda graph, act, input: employments.record_completion(
            graph, act, id_of("Employment", input.employment), input.source, [_goal(item) for item in input.goals]
        ),
        "Records goals of an employment and what came of them; what is told already has no second effect, and a result "
        "takes the place of its goal. Own or INTEGRATOR. Codes: NOT_FOUND, INVALID_VALUE, NOT_EMPLOYED, "
        "RECORDED_OTHERWISE.",
    ),
    mutation(
        "correctTaskCompletion",
        CorrectTaskCompletionInput,
        "TaskResult",
        lambda graph, act, input: employments.correct_completion(graph, act, _correction(input)),
        "Corrects what was told of a goal by another record, which then counts in its place. Own or INTEGRATOR. "
        "Codes: NOT_FOUND, INVALID_VALUE, SUPERSEDED, NOT_EMPLOYED, RECORDED_OTHERWISE.",
    ),
)
