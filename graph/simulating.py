"""What another score policy would have said of the last year's applications: counts and changes, never people."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graph import credit
from graph.credit import DEFAULTS, Band, CreditPolicy, policy_refusal
from graph.instants import from_text
from graph.observations import Facts, decided_then, known_by, observe
from graph.refusals import Refusal
from graph.score_policies import IN_FORCE, Draft, drafted, read
from graph.scores import facts_by, facts_of, stood_by
from graph.statements import Statement
from graph.suppression import SMALLEST, suppressed, told, told_sum
from graph.visibility import Viewer
from graph.writing import Graph

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Case:
    """An application as it stood on its day, by what is known of that day now."""

    department: str
    name: str
    applied_at: datetime
    facts: Facts


@dataclass(frozen=True, slots=True)
class BandCount:
    """How many stood in a band; null where they were too few to tell."""

    band: Band | None
    count: int | None


@dataclass(frozen=True, slots=True)
class DepartmentChange:
    """By how many points scores of one department would have differed, on average; null of too few."""

    department: str
    name: str
    applications: int | None
    change: float | None


@dataclass(frozen=True, slots=True)
class Simulation:
    applications: int | None
    before: tuple[BandCount, ...]
    after: tuple[BandCount, ...]
    raised: int | None
    lowered: int | None
    departments: tuple[DepartmentChange, ...]


@dataclass(frozen=True, slots=True)
class CaseRow:
    department: str
    name: str
    applied_at: str
    interviews: list[Any]
    employments: list[Any]
    results: list[Any]
    checks: list[Any]
    stood: list[Any]


@dataclass(frozen=True, slots=True)
class InForce:
    document: str | None


FIND_POLICY = Statement("simulating.find_policy", "RETURN " + IN_FORCE + " AS document", row=InForce)
LIST_CASES = Statement(
    "simulating.list_cases",
    """
    MATCH (place:Department)<-[:BELONGS_TO]-(:Position)<-[:FOR]-(filed:Application)<-[:SUBMITTED]-(this:Candidate)
    WHERE place.id IN $own AND filed.appliedAt >= $from AND filed.appliedAt <= $now AND this.status = 'ACTIVE'
    WITH place, filed, this ORDER BY filed.appliedAt DESC, filed.id LIMIT 2000
    RETURN place.id AS department, place.name AS name, toString(filed.appliedAt) AS applied_at, """
    + facts_by("filed.appliedAt")
    + ", "
    + stood_by("filed.appliedAt")
    + " AS stood",
    row=CaseRow,
)

_RANK = {band: rank for rank, band in enumerate(reversed(Band))}


def _case(row: CaseRow) -> Case:
    facts = facts_of(row.interviews, row.employments, row.results, row.checks)
    stood = {id: from_text(until) for id, until in row.stood}
    return Case(row.department, row.name, from_text(row.applied_at), decided_then(facts, stood))


def _points(policy: CreditPolicy, case: Case) -> tuple[int | None, Band | None]:
    """The score as the application was filed, by what had happened then."""
    known = known_by(case.facts, case.applied_at)
    found = credit.score(policy, observe(policy, known, case.applied_at), case.applied_at)
    return found.points, found.band


def _bands(
    pairs: Sequence[tuple[Band | None, Band | None]], crossing: Iterable[int], total: int | None
) -> tuple[tuple[BandCount, ...], tuple[BandCount, ...]]:
    """How many stood in each band before and after: what one of both tells would give away what the other does not.

    So a band is told in both or in neither, and where few crossed, none whose number changed is told.
    """
    known = (*Band, None)
    before, after = ([counts[band] for band in known] for counts in map(Counter, zip(*pairs, strict=True)))
    hidden = suppressed(before, SMALLEST) | suppressed(after, SMALLEST)
    if any(told(count) is None for count in crossing):
        hidden |= {place for place in range(len(known)) if before[place] != after[place]}
    one, other = (
        tuple(
            BandCount(band, None if total is None or place in hidden else counts[place])
            for place, band in enumerate(known)
        )
        for counts in (before, after)
    )
    return one, other


def simulated(now: CreditPolicy, then: CreditPolicy, cases: Sequence[Case]) -> Simulation:
    """Both policies over the same cases; pure."""
    both = [(case, _points(now, case), _points(then, case)) for case in cases]
    pairs = [(one[1], other[1]) for _, one, other in both]
    crossed = [_RANK[after] - _RANK[before] for before, after in pairs if before is not None and after is not None]
    changes: dict[tuple[str, str], list[int]] = {}
    for case, (before, _), (after, _) in both:
        found = changes.setdefault((case.name, case.department), [])
        found += [] if before is None or after is None else [after - before]
    found = sorted(changes.items())
    counts = [len(each) for _, each in found]
    # Those without a number in both are a group too: who knows the sum could take the others from it.
    counts.append(len(cases) - sum(counts))
    hidden = suppressed(counts, SMALLEST)
    total = told(len(cases)) if told_sum(counts, SMALLEST) is not None else None
    raised, lowered = sum(each > 0 for each in crossed), sum(each < 0 for each in crossed)
    return Simulation(
        total,
        *(_bands(pairs, (raised, lowered), total) if pairs else ((), ())),
        told(raised),
        told(lowered),
        tuple(_change(id, name, each, place in hidden) for place, ((name, id), each) in enumerate(found)),
    )


def _change(department: str, name: str, found: Sequence[int], is_hidden: bool) -> DepartmentChange:
    if is_hidden:
        return DepartmentChange(department, name, None, None)
    return DepartmentChange(department, name, len(found), round(sum(found) / len(found)) / 100 if found else None)


async def simulate(graph: Graph, viewer: Viewer, draft: Draft, now: datetime) -> Simulation | Refusal:
    """What the last year would have looked like under a draft; or why that is no policy."""
    known = viewer.at(now)
    (found,) = await graph.client.read(FIND_POLICY, **known)
    policy = read(found.document) if found.document else DEFAULTS
    then = drafted(policy, policy.version + 1, draft)
    if refused := policy_refusal(then):
        return refused
    rows = await graph.client.read(LIST_CASES, **{**known, "from": now - YEAR})
    # Thousands of scores take a second, for which others are not kept waiting.
    return await asyncio.to_thread(lambda: simulated(policy, then, list(map(_case, rows))))
