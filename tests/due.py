"""Does what is due in one company, as a worker would, and reads what is queued for whom."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.channels import Parcel
from api.posting import Post
from graph import timers
from graph.due import RULES
from graph.statements import Statement
from graph.timers import Timer, TimerKind
from graph.writing import Graph
from tests.conftest import Company

LIST_TIMERS = Statement(
    "tests.list_timers",
    """
    MATCH (timer:Timer {organization: $organization})
    WHERE timer.kind IN ['OUTCOME', 'MARK', 'NOTICE', 'HEARING', 'DECISION', 'DISPUTE', 'ANSWER']
      AND ($now IS NULL OR timer.dueAt <= $now)
    RETURN timer.id AS id, timer.kind AS kind, timer.subject AS subject, timer.organization AS organization,
      timer.candidate AS candidate, timer.dueAt AS due_at, timer.attempts AS attempts ORDER BY due_at, id
    """,
    row=Timer,
)


@dataclass(frozen=True, slots=True)
class Told:
    template: str
    subject: str
    facts: str
    to: list[str]
    ids: list[str]


LIST_MESSAGES = Statement(
    "tests.list_messages",
    """
    MATCH (message:Message {organization: $organization})
    RETURN message.template AS template, message.subject AS subject, message.facts AS facts,
      [(message)-[:TO]->(to) | labels(to)[0]] AS to, [(message)-[:TO]->(to) | to.id] AS ids
    ORDER BY message.createdAt, template, to
    """,
    row=Told,
)


async def waiting(graph: Graph, company: Company, *, now: datetime | None = None) -> list[Timer]:
    """The timers of the company that this part sets."""
    return await graph.client.read(LIST_TIMERS, organization=company.hr.viewer.organization, now=now)


LIST_NOTICES = Statement(
    "tests.list_notices",
    """
    MATCH (message:Message {organization: $organization}) WHERE message.template IN ['NOTICE', 'REJECTION_ANNOUNCED']
    MATCH (timer:Timer {id: 'SEND:' + message.id})
    RETURN timer.id AS id, timer.kind AS kind, timer.subject AS subject, timer.organization AS organization,
      timer.candidate AS candidate, timer.dueAt AS due_at, timer.attempts AS attempts
    ORDER BY head([place IN range(0, size($order) - 1) WHERE $order[place] = message.subject | place]), due_at, id
    """,
    row=Timer,
)


class Nowhere:
    """A channel that takes all and keeps nothing."""

    name = "FOLDER"

    async def send(self, parcel: Parcel) -> None:
        pass


async def send_notices(graph: Graph, organization: str, now: datetime, order: Sequence[str] = ()) -> None:
    """Has the system's notices and announcements leave that still wait for it, in the `order` of the findings and
    decisions that they are about.
    """
    post = Post(Nowhere(), "https://jobs.example.com", "interviews@example.com")
    for timer in await graph.client.read(LIST_NOTICES, organization=organization, order=[*order]):
        await post.send(graph, timer, now)


async def do_due(graph: Graph, company: Company, now: datetime, *, sent: bool = True) -> list[str]:
    """Does all that is due and says of which kinds it was; what becomes due by that is done too, notices `sent`."""
    done: list[str] = []
    while due := await waiting(graph, company, now=now):
        for timer in due:
            if await timers.take(graph, timer, now, RULES[TimerKind(timer.kind)]):
                done.append(timer.kind)
            if sent and timer.kind == TimerKind.NOTICE.value:
                await send_notices(graph, company.hr.viewer.organization, now)
    return done


LIST_LATE_LOOKS = Statement(
    "tests.list_late_looks",
    """
    MATCH (timer:Timer {organization: $organization, kind: 'LATE_LOOKS'}) WHERE timer.dueAt <= $now
    RETURN timer.id AS id, timer.kind AS kind, timer.subject AS subject, timer.organization AS organization,
      timer.candidate AS candidate, timer.dueAt AS due_at, timer.attempts AS attempts ORDER BY due_at, id
    """,
    row=Timer,
)


async def do_late_looks(graph: Graph, company: Company, now: datetime) -> bool:
    """Tells of marks that were taken back whoever is found late to have seen them; whether anything of it was due."""
    due = await graph.client.read(LIST_LATE_LOOKS, organization=company.hr.viewer.organization, now=now)
    return any([await timers.take(graph, timer, now, RULES[TimerKind.LATE_LOOKS]) for timer in due])


async def told(graph: Graph, company: Company) -> list[tuple[str, str]]:
    """Which templates are queued, and for whom: Candidate, Department or User."""
    rows = await graph.client.read(LIST_MESSAGES, organization=company.hr.viewer.organization)
    return [(row.template, row.to[0]) for row in rows]


async def facts_of(graph: Graph, company: Company, template: str) -> list[dict[str, Any]]:
    """What the queued messages of a template say, with whom they are `to`."""
    rows = await graph.client.read(LIST_MESSAGES, organization=company.hr.viewer.organization)
    return [json.loads(row.facts) | {"to": row.ids[0]} for row in rows if row.template == template]
