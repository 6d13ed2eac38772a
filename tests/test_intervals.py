"""Intervals, beside values that others computed, and what must hold of any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.intervals import Rate, difference, wilson

WILSON = {
    (231, 883): (0.2336959646981997, 0.2915855883768695),
    (20, 100): (0.1333669333310325, 0.2888291655931589),
    (0, 10): (0.0, 0.27753279986288926),
    (10, 10): (0.7224672001371106, 1.0),
    (1, 3): (0.06149194472039626, 0.7923403991979523),
    (5, 7): (0.3589344518326191, 0.9177810759959432),
    (81, 263): (0.2552885198782742, 0.36620957698280004),
    (1, 100_000): (1.7652477303783092e-06, 5.664709659040968e-05),
}
"""statsmodels 0.15.0: proportion_confint(count, total, 0.05, "wilson"). Those of 81 of 263 are also what
scipy 1.17.1 says: binomtest(81, 263).proportion_ci(0.95, "wilson")."""

NEWCOMBE = {
    (56, 70, 48, 80): (0.05243147240236498, 0.33387265403690614),
    (9, 10, 3, 10): (0.1705227239345029, 0.809017973535488),
    (0, 10, 0, 20): (-0.1611251580528194, 0.27753279986288926),
    (5, 56, 0, 29): (-0.038137147903536936, 0.19256001385511165),
}
"""statsmodels 0.15.0: confint_proportions_2indep(..., method="newcomb", compare="diff", alpha=0.05)."""


def observed(count: int, total: int) -> Rate:
    rate = wilson(count, total)
    assert rate is not None
    return rate


@pytest.mark.parametrize("of", WILSON)
def test_an_interval_is_wilsons(of: tuple[int, int]) -> None:
    rate = observed(*of)
    assert (rate.low, rate.high) == pytest.approx(WILSON[of], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("of", NEWCOMBE)
def test_a_difference_is_newcombes(of: tuple[int, int, int, int]) -> None:
    found = difference(observed(*of[:2]), observed(*of[2:]))
    assert found is not None
    assert (found.low, found.high) == pytest.approx(NEWCOMBE[of], rel=1e-12, abs=1e-15)


def test_nothing_observed_is_no_rate() -> None:
    assert wilson(0, 0) is None
    assert difference(None, observed(1, 2)) is None
    with pytest.raises(ValueError, match="3 of 2 is no rate"):
        wilson(3, 2)


counts = st.integers(1, 100_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@given(counts)
def test_a_rate_lies_in_its_interval(of: tuple[int, int]) -> None:
    """And what was not seen has the mirror image of it."""
    rate, other = observed(*of), observed(of[1] - of[0], of[1])
    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    assert (1 - other.high, 1 - other.low) == pytest.approx((rate.low, rate.high), abs=1e-12)


@given(counts, st.integers(2, 20))
def test_more_of_the_same_is_surer(of: tuple[int, int], times: int) -> None:
    rate, more = observed(*of), observed(of[0] * times, of[1] * times)
    assert more.high - more.low < rate.high - rate.low


@given(counts, counts)
def test_a_difference_turns_with_its_rates(first: tuple[int, int], second: tuple[int, int]) -> None:
    found, back = (difference(observed(*a), observed(*b)) for a, b in ((first, second), (second, first)))
    assert found is not None
    assert back is not None
    assert found.low <= found.value <= found.high
    assert (-back.high, -back.low) == pytest.approx((found.low, found.high), abs=1e-12)
