"""What was told wrongly of an employment itself: its title, its first day, its last one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from graph.employments import LIST_OF_CANDIDATE, Held, find_own, overlaps, span_refusal
from graph.events import About, EventType
from graph.instants import day_in
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Nothing, Statement
from graph.writing import RECORDERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal


@dataclass(frozen=True, slots=True)
class EmploymentCorrection:
    """What an employment should have said; what is not given stays. `ongoing`: it has not ended."""

    employment: str
    reason: str
    title: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    ongoing: bool = False


@dataclass(frozen=True, slots=True)
class Outside:
    """Whether something that stands is told of a time before the first day, or after the last."""

    before: bool
    after: bool


FIND_OUTSIDE = Statement(
    "employments.find_outside",
    """
    MATCH (employment:Employment {id: $id})
    RETURN
      EXISTS { MATCH (employment)-[:HAS_ATTENDANCE]->(record:AttendanceRecord) WHERE record.until <= $started_on
        AND record.days > 0 AND NOT EXISTS { (record)<-[:CORRECTS]-(:AttendanceRecord) } }
      OR EXISTS { MATCH (employment)-[:HAS_RESULT]->(goal:TaskResult) WHERE goal.dueOn < $started_on
        AND coalesce(goal.withdrawn, false) = false AND NOT EXISTS { (goal)<-[:CORRECTS]-(:TaskResult) } } AS before,
      EXISTS { MATCH (employment)-[:HAS_ATTENDANCE]->(record:AttendanceRecord) WHERE record.day > $ended_on
        AND record.days > 0 AND NOT EXISTS { (record)<-[:CORRECTS]-(:AttendanceRecord) } }
      OR EXISTS { MATCH (employment)-[:HAS_RESULT]->(goal:TaskResult) WHERE goal.startsOn > $ended_on
        AND coalesce(goal.withdrawn, false) = false AND NOT EXISTS { (goal)<-[:CORRECTS]-(:TaskResult) } } AS after
    """,
    row=Outside,
)
CORRECT = Statement(
    "employments.correct",
    """
    MATCH (employment:Employment {id: $id})
    SET employment.title = $title, employment.startedOn = $started_on, employment.endedOn = $ended_on
    """,
    row=Nothing,
    writes=True,
)
LAST = date.max.isoformat()
"""Later than any day that is told of."""


async def correct(graph: Graph, act: Act, change: EmploymentCorrection) -> Outcome:
    """Puts other days or another title in the place of those told; who may tell of the employment may correct it."""
    if refused := role_refusal(act.viewer, RECORDERS):
        return refused
    if not 0 < len(change.reason.strip()) <= 2_000:
        return invalid("reason", Fault.LENGTH, 1, 2_000)
    if change.ongoing and change.ended_on is not None:
        return invalid("ongoing", Fault.NOT_BOTH)

    async def work(desk: Desk) -> Outcome:
        held = await find_own(desk, change.employment)
        if isinstance(held, Refusal):
            return held
        title, started_on, ended_on = _corrected(held, change)
        if refused := span_refusal(title, started_on, ended_on, day_in(act.now, act.viewer.zone)):
            return refused
        days: dict[str, Any] = {"started_on": started_on.isoformat(), "ended_on": ended_on and ended_on.isoformat()}
        told = replace(held, title=title, **days)
        if told != held:
            if refused := await _contradiction(desk, told):
                return refused
            await desk.tx.run(CORRECT, id=held.id, title=title, **days)
            stored: dict[str, Any] = {"title": title, **days, "reason": change.reason.strip()}
            await desk.record(EventType.EMPLOYMENT_CORRECTED, About("Employment", held.id), **stored)
        return Written("Employment", held.id, replay=told == held)

    return await perform(graph, act, work)


def _corrected(held: Held, change: EmploymentCorrection) -> tuple[str, date, date | None]:
    """The title, the first day and the last one after the correction."""
    title = held.title if change.title is None else change.title.strip()
    started_on = change.started_on or date.fromisoformat(held.started_on)
    if change.ongoing:
        return title, started_on, None
    return title, started_on, change.ended_on or (date.fromisoformat(held.ended_on) if held.ended_on else None)


async def _contradiction(desk: Desk, told: Held) -> Refusal | None:
    """Why the graph cannot hold it beside what it holds: another employment of that time, or days outside of it."""
    rows = await desk.tx.run(LIST_OF_CANDIDATE, candidate=told.candidate, department=told.department)
    span = told.employer, told.started_on, told.ended_on
    if any(overlaps(other, *span) for other in rows if other.id != told.id):
        return Refusal(Code.ALREADY_EMPLOYED, "employment")
    outside = await desk.tx.one(FIND_OUTSIDE, id=told.id, started_on=told.started_on, ended_on=told.ended_on or LAST)
    if outside is not None and (outside.before or outside.after):
        return Refusal(Code.NOT_EMPLOYED, "startedOn" if outside.before else "endedOn")
    return None
