"""A department's inbox of 50 applications with their reminders, against the driver running the same statement by hand.

Run with `make bench-inbox`; prints medians in milliseconds and their ratio, for both engines or the one named.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from graph.candidates import Person
from graph.client import Client
from graph.employments import NewEmployment
from graph.instants import to_graph
from graph.interviews import Attendance, Mode
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.secrets import Secrets
from graph.shifts import AttendanceKind
from graph.timesheets import Fact
from graph.visibility import OrganizationRole
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.root import core_schema
from seeds.makers import maker
from tests.bench.engines import database
from tests.conftest import NOW, Company, make_company

QUERY = """
query Inbox($code: String!) {
  department(code: $code) {
    name
    applications(first: 50) {
      totalCount
      nodes {
        id
        stage
        appliedAt
        candidate { id displayName }
        position { id title }
        reminders { kind message similarPosition occurredAt relation department { name } noShow { id } }
      }
    }
  }
}
"""
SCORED = QUERY.replace(
    "candidate { id displayName }",
    "candidate { id displayName labels { name expiresOn } score { status points band factors { dimension points } } }",
)
"""The same with label and score, for each of the 50."""
ROUNDS = 200


PEOPLE, KNOWN, EMPLOYED, MARKED = 50, 46, 12, 20
"""Of the people in the inbox so many were interviewed by Technology, so many work there, so many missed an interview
with Marketing."""


async def fill(company: Company) -> None:
    """Applications to Technology by people of whom it holds enough for a score, most of them: interviews that they came
    to or missed, and days at work. Of those who work there, each was late three times in a month."""
    for number in range(PEOPLE):
        person, hr = company.person(f"候选人{number}"), company.at(days=90)
        application = await company.application("technology", person)
        for each in range(3 + number % 2 if number < KNOWN else 0):
            hr.at = NOW - timedelta(days=60 - 10 * each)
            mode = Mode.ONSITE if each else Mode.AI_LIVE
            interview = await hr.interview(application, starts_at=hr.at + timedelta(hours=1), mode=mode)
            hr.at += timedelta(hours=3)
            await hr.attendance(interview, Attendance.ATTENDED)
        if number < MARKED:
            # After the interviews that they came to: each of those would have let it fade sooner.
            await company.at(days=30).no_show(await company.application("marketing", person))
        if number % 5 == 4:
            await company.at(days=18).no_show(application)
        if number < EMPLOYED:
            await at_work(company, person)


async def at_work(company: Company, person: Person) -> None:
    """Two months in Technology, late three times in the second."""
    hr = company.at(days=5)
    job = NewEmployment(company.departments["technology"], person, "Tester", date(2026, 8, 1))
    months = [Fact(AttendanceKind.PRESENT, date(2026, month, day)) for month in (8, 9) for day in range(1, 21)]
    late = [Fact(AttendanceKind.LATE, date(2026, 9, day), minutes=20) for day in (2, 3, 4)]
    await hr.work_attendance(await hr.employment(job), "clock", *months, *late)


def held(answer: Any) -> str:
    """What the inbox holds of scores, in words; an inbox without any measures nothing, and is refused."""
    people = [node["candidate"] for node in answer["department"]["applications"]["nodes"]]
    scores = Counter(each["score"]["status"] for each in people)
    labels = sum(bool(each["labels"]) for each in people)
    assert len(people) == PEOPLE
    assert scores["SCORED"] >= PEOPLE * 9 // 10, scores
    assert labels >= EMPLOYED // 2, labels
    return f"{scores['SCORED']} of {PEOPLE} scored, {labels} with the label"


async def in_force(company: Company) -> None:
    """A score policy, so that there are scores."""
    hr = company.at(days=200)
    policy = await hr.score_policy()
    await hr.impact_assessment(policy)
    await hr.user(company.user("second"), OrganizationRole.HR_ADMIN)
    await (await maker(hr.graph, company.user("second"), at=hr.at)).approval(policy)


async def measure(client: Client, folder: Path) -> list[tuple[float, float, str, int]]:
    """For the inbox, and for the inbox with label and score: ours, by hand, the statement and the answer's size."""
    secrets = Secrets(random.randbytes(32))
    graph = Graph(client, CandidateKeys.at(folder / "keys", secrets), secrets)
    await migrate(client)
    company = await make_company(graph)
    await in_force(company)
    await fill(company)
    return [await measured(graph, company, query) for query in (QUERY, SCORED)]


async def measured(graph: Graph, company: Company, query: str) -> tuple[float, float, str, int]:
    answerer, viewers, client = Answerer(core_schema()), Viewers(graph), graph.client

    async def ours() -> int:
        context = Context(graph, viewers, company.user("technology"), clock=lambda: NOW + timedelta(days=1))
        answer = await answerer.answer(query, context, variables={"code": "TECHNOLOGY"})
        assert not answer.errors
        told = answer.payload()
        if query is SCORED and not checked:
            checked.append(held(told["data"]))
            print(f"  {checked[0]}")
        return len(orjson.dumps(told))

    checked: list[str] = []
    text, given, size = await seen(client, ours)

    async def by_hand() -> None:
        async with client.driver.session(database=client.database, default_access_mode="READ") as session:
            result = await session.run(text, given)  # type: ignore[arg-type]
            [record async for record in result]

    mine, theirs = await alternating(ours, by_hand)
    return mine, theirs, text, size


async def seen(client: Client, ask: Callable[[], Awaitable[int]]) -> tuple[str, dict[str, object], int]:
    """The last statement that a question took, its parameters as one would write them, and the answer's size."""
    sent: list[tuple[str, dict[str, object]]] = []
    usual = client.answer

    async def answer(name: str, text: str, parameters: dict[str, object]) -> object:
        sent.append((text, {name: _by_hand(value) for name, value in parameters.items()}))
        return await usual(name, text, parameters)  # type: ignore[arg-type]

    client.answer = answer  # type: ignore[method-assign,assignment]
    size = await ask()
    client.answer = usual  # type: ignore[method-assign]
    return *sent[-1], size


def _by_hand(value: object) -> object:
    return to_graph(value) if isinstance(value, datetime) else value


async def alternating(*works: Callable[[], Awaitable[object]]) -> list[float]:
    """Medians in milliseconds of works that take turns, after a warm-up."""
    times: list[list[float]] = [[] for _ in works]
    for round in range(ROUNDS + 50):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            await work()
            if round >= 50:
                taken.append((time.perf_counter() - started) * 1000)
    return [statistics.median(taken) for taken in times]


async def main(engines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for engine in engines:
            async with database(engine, folder / "engine") as client:
                rows = await measure(client, folder)
            for what, (mine, theirs, text, size) in zip(("inbox", "with label and score"), rows, strict=True):
                print(
                    f"{engine}, {what}: {mine:.2f} ms, by hand {theirs:.2f} ms, ratio {mine / theirs:.2f}; {size} bytes"
                )
                print(f"  {text}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["neo4j", "embedded"]))
