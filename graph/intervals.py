"""Observed rates with the interval in which the true one lies, and what two of them differ by."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""The 0.975 quantile of the normal distribution: intervals of 95 %."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `total`; the interval is Wilson's, of 95 %."""

    count: int
    total: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A rate less another, with Newcombe's interval of 95 %."""

    value: float
    low: float
    high: float


def wilson(count: int, total: int) -> Rate | None:
    """Null where nothing was observed.

    The score interval of E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal
    of the American Statistical Association 22 (1927), 209 to 212: with p = count / n,
    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n).
    """
    if not total:
        return None
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no rate")
    p, square = count / total, Z * Z
    middle = p + square / (2 * total)
    spread = Z * sqrt(p * (1 - p) / total + square / (4 * total * total))
    scale = 1 + square / total
    low = 0.0 if count == 0 else (middle - spread) / scale
    high = 1.0 if count == total else (middle + spread) / scale
    return Rate(count, total, p, low, high)


def difference(first: Rate | None, second: Rate | None) -> Difference | None:
    """The first rate less the second; null where one of them was not observed.

    Method 10 of R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in
    Medicine 17 (1998), 873 to 890: the Wilson limits of both, their distances from the rates added as squares.
    """
    if first is None or second is None:
        return None
    value = first.value - second.value
    below = sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    above = sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Difference(value, value - below, value + above)
