"""Groups of few: nothing that is told tells of one that is suppressed."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from graph.analytics import Followed, compared
from graph.analytics import odds as odds_of
from graph.credit import DEFAULTS, Band
from graph.fairness import Counted
from graph.fairness import compared as fair
from graph.simulating import simulated
from graph.suppression import SMALLEST, suppressed, told_sum
from tests.test_credit import case, interview, missed

COUNTS = st.lists(st.integers(0, 40), max_size=7)


def possible(told: list[int | None], total: int | None, place: int) -> set[int]:
    """All that a suppressed group could be, by the sum and by what is told of the others."""
    hidden = [at for at, count in enumerate(told) if count is None]
    if total is None:
        return set(range(1, SMALLEST + 1))
    left = total - sum(count for count in told if count is not None)
    return {own for own in range(1, left + 1) if left - own >= len(hidden) - 1 and (len(hidden) > 1 or own == left)}


@given(COUNTS)
def test_no_suppressed_group_can_be_derived(counts: list[int]) -> None:
    """Whoever knows the sum cannot even tell whether a group that is not told is small."""
    hidden = suppressed(counts, SMALLEST)
    told = [None if place in hidden else count for place, count in enumerate(counts)]
    assert all(count is None or count == 0 or count >= SMALLEST for count in told)
    for place in hidden:
        assert possible(told, told_sum(counts, SMALLEST), place) >= set(range(1, SMALLEST + 1))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_the_sum_leaves_each_group_open(counts: list[int]) -> None:
    """The same by trying every answer: for what is told, each suppressed group is 1 in one and 5 in another."""
    hidden, total = sorted(suppressed(counts, SMALLEST)), told_sum(counts, SMALLEST)
    if total is None or not hidden:
        return
    left = total - sum(count for place, count in enumerate(counts) if place not in hidden)
    answers = [each for each in product(range(1, left + 1), repeat=len(hidden)) if sum(each) == left]
    for place in range(len(hidden)):
        assert {1, SMALLEST} <= {each[place] for each in answers}


@given(COUNTS)
def test_enough_is_told_and_nobody_hides_nobody(counts: list[int]) -> None:
    hidden = suppressed(counts, SMALLEST)
    if all(count == 0 or count >= SMALLEST for count in counts):
        assert (hidden, told_sum(counts, SMALLEST)) == (frozenset(), sum(counts))
    assert all(counts[place] for place in hidden)


def test_a_simulation_gives_no_group_away() -> None:
    """20 in all and 18 of one department would tell that the other has 2; so with a band, and with who crossed one."""
    came = [interview(str(number), days=30 + number) for number in range(3)]
    few = [case("b", *came, *(missed(str(number)) for number in range(9))) for _ in range(2)]
    cases = [case("a", *came) for _ in range(18)] + few + [case("c", *came) for _ in range(30)]
    found = simulated(DEFAULTS, DEFAULTS, cases)
    assert found.applications == 50
    assert [each.applications for each in found.departments] == [None, None, 30]
    assert [each.change for each in found.departments] == [None, None, 0]
    hidden = {Band.GOOD, Band.FAIR}
    assert {each.band for each in (*found.before, *found.after) if each.count is None} == hidden
    bands = {Band.STRONG: 90.0, Band.GOOD: 70.0, Band.FAIR: 65.0, Band.WEAK: 0.0}
    found = simulated(DEFAULTS, replace(DEFAULTS, bands=bands), cases)
    assert (found.raised, found.lowered) == (None, 0)
    for side in (found.before, found.after):
        assert {each.band for each in side if each.count is None} == hidden
    none = simulated(DEFAULTS, DEFAULTS, cases[:18])
    assert (none.applications, none.departments[0].applications) == (18, 18)
    alone = simulated(DEFAULTS, DEFAULTS, few)
    assert (alone.applications, {each.count for each in alone.before}) == (None, {None})


def test_a_second_round_gives_no_group_away() -> None:
    """Another question tells how many there were in all."""
    rows = {"NO_SHOW": Followed("NO_SHOW", 2, 1), "NONE": Followed("NONE", 20, 9)}
    found = compared(rows)
    assert [each.applications for each in found.groups] == [None, None]
    assert (found.difference, found.change) == (None, None)
    keys = ("STRONG", "GOOD", "FAIR")
    told = odds_of(keys, {key: Followed(key, count, 0) for key, count in zip(keys, (30, 4, 6), strict=True)})
    assert [each.applications for each in told] == [30, None, None]
    assert [each.applications for each in odds_of(keys, {})] == [0, 0, 0]


def test_fairness_gives_no_group_away() -> None:
    """The brake tells how many marks there were in all, and how many were taken back."""

    def counted(key: str, settled: int, marked: int, voided: int) -> Counted:
        return Counted(key, "", settled, marked, voided, 0, 0)

    rows = [counted("A", 100, 30, 3), counted("B", 60, 3, 1), counted("C", 40, 9, 1), counted("D", 4, 0, 0)]
    assert [each.settled for each in fair(rows)] == [100, 60, None, None]
    assert [each.voids is None for each in fair(rows)] == [False, True, True, True]
