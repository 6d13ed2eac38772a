"""Second rounds by how people stood on the day of the first: by the band of their score, or by the label."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph import attention, credit
from graph.analytics import (
    ATTENDED,
    NOT_BEFORE,
    SECOND,
    ComparedBy,
    Followed,
    Period,
    Scope,
    SecondRound,
    compared,
    odds,
)
from graph.attention import Tag
from graph.credit import DEFAULTS, Band, CreditPolicy
from graph.instants import from_text
from graph.observations import Facts, decided_then, known_by, observe
from graph.score_policies import IN_FORCE, read
from graph.scores import (
    NEAR_BY,
    ROLE,
    SWITCHES,
    OffBecause,
    facts_by,
    facts_of,
    off_because,
    stood_by,
    with_near_by,
)
from graph.statements import Statement
from graph.visibility import Viewer, padded
from graph.writing import Graph

NONE = "NONE"
"""Without the label, or with too few observations for a number."""


@dataclass(frozen=True, slots=True)
class Inforce:
    document: str | None
    switches: list[Any]
    role: str


@dataclass(frozen=True, slots=True)
class RoundRow:
    first: str
    second: bool
    interviews: list[Any]
    employments: list[Any]
    results: list[Any]
    checks: list[Any]
    near: list[Any]
    stood: list[Any]


FIND_POLICY = Statement(
    "standings.find_policy",
    "RETURN " + IN_FORCE + " AS document, " + SWITCHES + " AS switches, " + ROLE + " AS role",
    row=Inforce,
)
LIST_ROUNDS = Statement(
    "standings.list_rounds",
    """
    MATCH (d:Department) WHERE d.id IN $scope
    MATCH (d)<-[:BELONGS_TO]-(:Position)<-[:FOR]-(a:Application)<-[:SUBMITTED]-(this:Candidate)
    MATCH (a)-[:HAS_INTERVIEW]->(that:Interview)
    WHERE this.status = 'ACTIVE' AND that.startsAt >= $from AND that.startsAt < $to AND """
    + ATTENDED
    + """
    WITH a, this, min(that.startsAt) AS first
    WHERE """
    + NOT_BEFORE
    + """
    WITH a, this, first ORDER BY first DESC, a.id LIMIT 2000
    RETURN toString(first) AS first, """
    + SECOND
    + " AS second, "
    + facts_by("first")
    + ", "
    + NEAR_BY
    + " AS near, "
    + stood_by("first")
    + " AS stood",
    row=RoundRow,
)


def band(policy: CreditPolicy, facts: Facts, at: datetime) -> str:
    """The band on a day, by what had happened by then as it is known now."""
    found = credit.score(policy, observe(policy, known_by(facts, at), at), at).band
    return NONE if found is None else found.value


def label(policy: CreditPolicy, facts: Facts, at: datetime) -> str:
    """The label on a day, by what had happened by then as it is known now."""
    return NONE if attention.raised(policy, known_by(facts, at), at) is None else Tag.NEEDS_ATTENTION.value


STANDINGS: dict[ComparedBy, Callable[[CreditPolicy, Facts, datetime], str]] = {
    ComparedBy.LABEL: label,
    ComparedBy.BAND: band,
}


def followed(rounds: Iterable[tuple[str, bool]]) -> dict[str, Followed]:
    """Of each standing how many there were, and how many of them had a second round."""
    first, second = Counter[str](), Counter[str]()
    for key, has_second in rounds:
        first[key] += 1
        second[key] += has_second
    return {key: Followed(key, first[key], second[key]) for key in first}


def _stood(by: ComparedBy, policy: CreditPolicy, row: RoundRow) -> str:
    facts = facts_of(row.interviews, row.employments, row.results, row.checks)
    facts = with_near_by(facts, row.near) if by is ComparedBy.LABEL else facts
    facts = decided_then(facts, {id: from_text(until) for id, until in row.stood})
    return STANDINGS[by](policy, facts, from_text(row.first))


async def second_round(
    graph: Graph, viewer: Viewer, by: ComparedBy, over: Scope, when: Period, now: datetime
) -> SecondRound:
    """Of the newest 2,000 applications; no groups at all where scores are off."""
    known = viewer.at(now)
    (inforce,) = await graph.client.read(FIND_POLICY, **known)
    why = off_because(inforce.document, inforce.switches, inforce.role, "ACTIVE")
    if why not in (None, OffBecause.NO_POLICY):
        return SecondRound((), None, None)
    policy = read(inforce.document) if inforce.document else DEFAULTS
    given = {**known, **when.parameters, "scope": padded(list(over.own))}
    found = await graph.client.read(LIST_ROUNDS, **given)
    # Thousands of scores take a second, for which others are not kept waiting.
    rows = await asyncio.to_thread(lambda: followed((_stood(by, policy, row), row.second) for row in found))
    if by is ComparedBy.LABEL:
        return compared(rows, Tag.NEEDS_ATTENTION.value)
    keys = (*(each.value for each in Band), NONE)
    return SecondRound(odds(keys, rows), None, None)
