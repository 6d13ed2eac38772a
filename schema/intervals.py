"""Rates and their differences with intervals, as clients see them."""

from __future__ import annotations

import strawberry

from schema.fields import field


@strawberry.type(description="An observed rate, with Wilson's interval of 95 %.")
class Rate:
    count: int = field("How many.")
    total: int = field("Of how many.")
    value: float = field("The first by the second.")
    low: float = field("The lower end of the interval.")
    high: float = field("The upper end of the interval.")


@strawberry.type(description="A rate less another, with Newcombe's interval of 95 %.")
class RateDifference:
    value: float = field("The difference of the rates.")
    low: float = field("The lower end of the interval.")
    high: float = field("The upper end of the interval.")
