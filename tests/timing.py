"""Timers whose effect can be counted: an event in a candidate's chain that names its timer."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import uuid4

import orjson

from graph import timers
from graph.events import LIST_CANDIDATE_EVENTS, EventType
from graph.statements import Found, Statement
from graph.timers import Timer, TimerKind
from graph.writing import Act, Desk, Graph, Outcome, Written, perform
from tests.conftest import NOW, Company

WHOSE = Statement(
    "tests.whose",
    "MATCH (candidate:Candidate)-[:SUBMITTED]->(:Application {id: $id}) RETURN candidate.id AS id",
    row=Found,
)
FIND_TIMER = Statement(
    "tests.find_timer",
    """
    MATCH (timer:Timer {id: $id})
    RETURN timer.id AS id, timer.kind AS kind, timer.subject AS subject, timer.organization AS organization,
      timer.candidate AS candidate, timer.dueAt AS due_at, timer.attempts AS attempts
    """,
    row=Timer,
)
LEFT = Statement("tests.timers_left", "MATCH (timer:Timer) RETURN timer.id AS id ORDER BY id", row=Found)


async def note(desk: Desk, timer: Timer) -> None:
    await desk.record(EventType.CANDIDATE_UPDATED, timer=timer.subject)


async def candidate_of(company: Company) -> str:
    company.at(days=1)
    application = await company.application("marketing")
    return (await company.hr.graph.client.read(WHOSE, id=application))[0].id


async def start(company: Company, candidate: str, *due: tuple[str, datetime]) -> None:
    async def work(desk: Desk) -> Outcome:
        await desk.lock_candidate(candidate)
        for subject, at in due:
            await timers.start(desk, TimerKind.SEND, subject, at)
        return Written("Candidate", candidate)

    await perform(company.hr.graph, Act(company.hr.viewer, NOW, "startTimers", str(uuid4()), {}), work)


async def cancel(company: Company, candidate: str, *subjects: str) -> None:
    async def work(desk: Desk) -> Outcome:
        await desk.lock_candidate(candidate)
        for subject in subjects:
            await timers.cancel(desk, subject, TimerKind.SEND)
        return Written("Candidate", candidate)

    await perform(company.hr.graph, Act(company.hr.viewer, NOW, "cancelTimers", str(uuid4()), {}), work)


async def effects(graph: Graph, *candidates: str) -> Counter[str]:
    events = await graph.client.read(LIST_CANDIDATE_EVENTS, heads=list(candidates))
    payloads = [orjson.loads(event.payload or "{}") for event in events]
    return Counter(payload["timer"] for payload in payloads if "timer" in payload)


async def left(graph: Graph) -> list[str]:
    return [row.id for row in await graph.client.read(LEFT)]
