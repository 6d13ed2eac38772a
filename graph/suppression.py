"""Groups of so few people that a number would name them: which of several groups are not told."""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 5
"""Groups of fewer are not told of departments that are not one's own, nor where people are compared."""


def told(count: int) -> int | None:
    """A count of people, where it is not of so few that they could be known by it."""
    return count if count == 0 or count >= SMALLEST else None


def suppressed(counts: Sequence[int], least: int) -> frozenset[int]:
    """The places of groups that are not told: each of fewer than `least`, and with them the next smallest.

    So many of those that nobody who knows the sum can tell by subtraction what any one is, nor even whether it is
    small: each could be anything from 1 to `least`. A group of nobody is told, and hides nobody.
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < least}
    rest = sorted((place for place, count in enumerate(counts) if count >= least), key=lambda place: counts[place])
    while hidden and rest and not _is_open(counts, hidden, least):
        hidden.add(rest.pop(0))
    return frozenset(hidden)


def told_sum(counts: Sequence[int], least: int) -> int | None:
    """The sum of all groups; null where it would tell of one that is suppressed what it is."""
    hidden = suppressed(counts, least)
    return None if hidden and not _is_open(counts, hidden, least) else sum(counts)


def _is_open(counts: Sequence[int], hidden: set[int] | frozenset[int], least: int) -> bool:
    """Whether each of the hidden could be anything from 1 to `least`, for all that their sum says."""
    return len(hidden) > 1 and sum(counts[place] for place in hidden) >= len(hidden) - 1 + least
