"""The life of a finding: the table that the rules ask, the words clients read of it, and the page made of it."""

from __future__ import annotations

import re

import pytest

from graph.findings import FindingState
from graph.lifecycle import TRANSITIONS, Step, may
from schema.root import core_schema

STATES = [state.value for state in FindingState]
FIELDS = core_schema().mutation_type.fields  # type: ignore[union-attr]


def test_every_state_is_reached_and_left_until_it_is_erased() -> None:
    assert {each.after for each in TRANSITIONS.values()} - {None} == set(STATES)
    assert {state for each in TRANSITIONS.values() for state in each.before} == set(STATES) - {"ERASED"}
    assert TRANSITIONS.keys() == set(Step)


@pytest.mark.parametrize("step", [step for step, each in TRANSITIONS.items() if each.mutation and each.refusals])
def test_clients_are_told_each_refusal(step: Step) -> None:
    """By the description of the mutation."""
    each = TRANSITIONS[step]
    told = re.search(r"Codes: ([A-Z_, ]+)\.", FIELDS[each.mutation or ""].description or "")
    assert told is not None
    assert set(told[1].split(", ")) == {code.value for code in each.refusals}


def test_nothing_but_erasure_follows_what_is_void() -> None:
    assert [step for step in Step if may(step, "VOID")] == [Step.ERASE]
    assert not [step for step in Step if may(step, "ERASED")]
