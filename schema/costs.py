"""What no-shows cost, as clients see it, and the rates by which it is reckoned."""

from __future__ import annotations

from typing import Any

import strawberry

from graph import costs
from graph.interviews import Mode
from schema.fields import Node, bounded, field
from schema.ids import id_of
from schema.intervals import Rate, RateDifference
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="From the least to the most.")
class Range:
    low: float = field("The least.")
    high: float = field("The most.")


@strawberry.type(description="What is lost with one missed interview; each version stays as it was set.")
class CostPolicy(Node):
    version: int = field("Counted from 1 in each Organization.")
    set_at: DateTime = field("When it came into force.")
    currency: str = field("An ISO 4217 code.")
    ai_async: float = field("What one recorded AI interview costs.")
    ai_live: float = field("What one AI interview costs.")
    video: float = field("What one interview by video costs.")
    onsite: float = field("What one interview on site costs.")
    recruiter_hour: float = field("What an hour of a recruiter costs.")
    resumes_low: float = field("The fewest CVs drawn again for one missed interview.")
    resumes_high: float = field("The most CVs drawn again for one missed interview.")
    minutes_low: float = field("The fewest minutes that a recruiter needs for each of them.")
    minutes_high: float = field("The most minutes that a recruiter needs for each of them.")
    days_low: float = field("The fewest working days until a place is filled again.")
    days_high: float = field("The most working days until a place is filled again.")


@strawberry.type(description="The rates that a cost was reckoned with.")
class CostRates:
    version: int = field("The version of the Organization's CostPolicy; 0 for the defaults.")
    currency: str = field("An ISO 4217 code: of all money beside it.")
    recruiter_hour: float = field("What an hour of a recruiter costs.")


@strawberry.type(description="What so many missed interviews cost, and of what that is made.")
class Loss:
    missed: int = field("Interviews that were missed.")
    interviews: float = field("What the interviews themselves cost.")
    resumes: Range = field("CVs drawn again.")
    hours: Range = field("Hours that recruiters spend on filling the places again.")
    recruiting: Range = field("What these hours cost.")
    total: Range = field("Interviews and hours together.")
    days: Range = field("Working days until the places are filled again, side by side.")


@strawberry.type(description="Missed interviews of one mode.")
class LostInterviews:
    mode: Mode = field("How they were to be held.")
    missed: int = field("How many they were.")
    cost: float = field("What they cost, by the price of one.")


@strawberry.type(
    description="How long positions took to fill: from their opening to the first hire; closing fills nothing."
)
class DaysToFill:
    positions: int = field("How many positions were filled.")
    median: float | None = field("The median, in days; null where there were none.")


@strawberry.type(description="What was lost to missed interviews in a period.")
class Cost:
    rates: CostRates = field("What it was reckoned with.")
    loss: Loss = field("What was lost, by these rates.")
    by_mode: list[LostInterviews] = field("Missed interviews by mode.")
    with_missed: DaysToFill = field(
        "Positions filled in the period with a no-show before: decided, the candidate's own, not in dispute, and not "
        "expired when the position was filled."
    )
    without: DaysToFill = field(
        "Positions filled in the period without one: a fault of the platform or the employer is none."
    )
    extra_days: float | None = field("How many days longer the former took, median against median, as measured.")


@strawberry.type(description="What was expected of a number of interviews, and what the missed ones cost.")
class Calculation:
    invited: int = field("Interviews that were to be held.")
    rates: CostRates = field("What it was reckoned with.")
    loss: Loss = field("What the missed ones cost.")


@strawberry.type(description="One of two periods that are compared.")
class RoiSide:
    settled: int = field("Accepted interviews of which it is known whether the candidate came.")
    missed: int = field("Those that were missed.")
    rate: Rate | None = field("The missed among the settled.")
    filled: DaysToFill = field("Positions filled in it.")
    disputes: int = field("Disputes raised in it.")
    upheld: int = field("Those of them that took the mark back.")
    deadlines: int = field(
        "Times for findings, disputes, requests about rights and owed interview times that were kept or have passed."
    )
    kept: int = field("Those of them that were kept.")


@strawberry.type(description="What changed from one period to another.")
class Roi:
    before: RoiSide = field("The earlier one.")
    after: RoiSide = field("The later one.")
    change: RateDifference | None = field("The later no-show rate less the earlier one.")
    avoided: float | None = field("Interviews that would have been missed too at the earlier rate; below 0 for more.")
    rates: CostRates = field("What hours and money were reckoned with.")
    hours: Range | None = field("Hours of recruiters saved on those.")
    money: Range | None = field("Money saved on those.")
    days: float | None = field("Days that the median position was filled sooner, as measured.")


def _optional(description: str) -> Any:
    return strawberry.field(default=None, description=description)


def _amount(description: str) -> Any:
    return _optional(bounded(description, 0, costs.MOST))


@strawberry.input(description="Puts new rates in force; what is not named stays as it was.")
class SetCostsInput(IdempotentInput):
    organization: strawberry.ID = field("Your Organization.")
    currency: str | None = _optional("An ISO 4217 code, in capital letters.")
    ai_async: float | None = _amount("A recorded AI interview; a fifth of one on site where only that is named.")
    ai_live: float | None = _amount("An AI interview; a fifth of one on site where only that is named.")
    video: float | None = _amount("An interview by video.")
    onsite: float | None = _amount("An interview on site.")
    recruiter_hour: float | None = _amount("An hour of a recruiter.")
    resumes_low: float | None = _amount("The fewest CVs drawn again for one missed interview.")
    resumes_high: float | None = _amount("The most CVs drawn again for one missed interview.")
    minutes_low: float | None = _amount("The fewest minutes for each of them.")
    minutes_high: float | None = _amount("The most minutes for each of them.")
    days_low: float | None = _amount("The fewest working days until a place is filled again.")
    days_high: float | None = _amount("The most working days until a place is filled again.")


MUTATIONS = (
    mutation(
        "setCosts",
        SetCostsInput,
        "CostPolicy",
        lambda graph, act, input: costs.set_rates(
            graph,
            act,
            id_of("Organization", input.organization),
            {name: getattr(input, name) for name in costs.NAMES},
        ),
        "Sets what a missed interview costs, as a new version. HR_ADMIN. Codes: NOT_FOUND, INVALID_VALUE.",
    ),
)
