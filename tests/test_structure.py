"""Circles and relations as pure values: who is near to whom, and what a change of structure would move."""

from __future__ import annotations

import pytest

from graph.structure import Place, Relation, Structure

OWN, SIBLING, CIRCLE, OUTSIDE = Relation.OWN, Relation.SIBLING, Relation.CIRCLE, Relation.OUTSIDE


def structure(*more: Place) -> Structure:
    """HQ shares its history over Marketing (Brand below), Technology (Lab below, a circle of its own); Other is alone.

    Places of the same id in `more` take the place of those.
    """
    places = (
        Place("hq", None, shares_history=True),
        Place("marketing", "hq", shares_history=False),
        Place("brand", "marketing", shares_history=False),
        Place("technology", "hq", shares_history=False),
        Place("support", "technology", shares_history=False),
        Place("lab", "technology", shares_history=True),
        Place("bench", "lab", shares_history=False),
        Place("other", None, shares_history=False),
        Place("desk", "other", shares_history=False),
        *more,
    )
    return Structure({place.id: place for place in places}.values())


@pytest.mark.parametrize(
    ("department", "circle"),
    [
        ("hq", "hq"),
        ("brand", "hq"),
        ("support", "hq"),
        ("lab", "lab"),
        ("bench", "lab"),
        ("other", "other"),
        ("desk", "other"),
    ],
)
def test_the_nearest_sharing_ancestor_bounds_circles(department: str, circle: str) -> None:
    assert structure().circle(department) == circle


@pytest.mark.parametrize(
    ("mine", "expected"),
    [
        (
            ["marketing"],
            {
                "hq": CIRCLE,
                "marketing": OWN,
                "brand": OWN,
                "technology": SIBLING,
                "support": SIBLING,
                "lab": OUTSIDE,
                "bench": OUTSIDE,
                "other": OUTSIDE,
                "desk": OUTSIDE,
            },
        ),
        (["brand"], {"marketing": CIRCLE, "technology": CIRCLE, "brand": OWN, "hq": CIRCLE, "lab": OUTSIDE}),
        (["support"], {"technology": CIRCLE, "lab": OUTSIDE, "marketing": CIRCLE}),
        (["lab"], {"lab": OWN, "bench": OWN, "technology": OUTSIDE, "support": OUTSIDE, "hq": OUTSIDE}),
        (["brand", "technology"], {"brand": OWN, "technology": OWN, "lab": OWN, "marketing": SIBLING, "hq": CIRCLE}),
        (["hq"], {"hq": OWN, "bench": OWN, "brand": OWN, "other": OUTSIDE}),
        (["desk"], {"other": CIRCLE, "desk": OWN, "hq": OUTSIDE}),
        ([], {"hq": OUTSIDE, "other": OUTSIDE}),
        (["a department that was never there"], {"hq": OUTSIDE}),
    ],
)
def test_the_nearest_relation_of_all_wins(mine: list[str], expected: dict[str, Relation]) -> None:
    found = structure().relations(mine)
    assert {department: found[department] for department in expected} == expected


def test_a_circle_below_a_sibling_stays_outside() -> None:
    """A sibling's children are siblings, but not those that bound a circle of their own."""
    assert structure().siblings("marketing") == {"technology", "support"}


def closed(successor: str | None) -> Place:
    return Place("brand", "marketing", shares_history=False, closed=True, successor=successor)


def test_a_closed_department_counts_as_its_successor() -> None:
    moved = structure(closed("support"))
    assert moved.counts_as("brand") == "support"
    assert moved.relations(["technology"])["brand"] is OWN
    assert moved.relations(["marketing"])["brand"] is SIBLING
    assert moved.relations(["brand"])["support"] is OWN


def test_a_closed_department_may_stand_for_itself() -> None:
    assert structure(closed(None)).relations(["marketing"])["brand"] is OWN


def test_successors_of_successors_are_followed() -> None:
    chain = structure(
        closed("support"), Place("support", "technology", shares_history=False, closed=True, successor="hq")
    )
    assert chain.counts_as("brand") == "hq"


def test_successors_in_a_ring_end() -> None:
    ring = structure(
        closed("support"), Place("support", "technology", shares_history=False, closed=True, successor="brand")
    )
    assert ring.counts_as("brand") in {"brand", "support"}


@pytest.mark.parametrize(
    ("changes", "moved"),
    [
        ({"department": "marketing", "parent": "technology"}, set()),
        ({"department": "marketing", "parent": "lab"}, {"marketing", "brand"}),
        ({"department": "marketing", "parent": None}, {"marketing", "brand"}),
        ({"department": "marketing", "shares_history": True}, {"marketing", "brand"}),
        ({"department": "lab", "shares_history": False}, {"lab", "bench"}),
        ({"department": "other", "shares_history": True}, set()),
        ({"department": "hq", "shares_history": False}, set()),
        ({"department": "brand", "closed": True, "successor": "other"}, {"brand"}),
        ({"department": "brand", "closed": True, "successor": "support"}, set()),
        ({"department": "fresh", "parent": "lab"}, set()),
    ],
)
def test_a_change_names_whose_circle_moves(changes: dict[str, str], moved: set[str]) -> None:
    before = structure()
    assert before.moved_circles(before.with_place(**changes)) == moved
