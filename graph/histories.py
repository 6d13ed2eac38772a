"""A person's own history: every event of their chains, with the words that stand in its payload alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.client import Client
from graph.events import ERASED_WITH_FINDINGS, ActorKind
from graph.statements import Statement
from graph.withholding import Others

TEXTS = {"note": "note", "reason": "reason", "text": "text", "responseMessage": "message"}
"""Members of a payload that somebody wrote, by what they are called in a copy."""
CODES = ("attendance", "response", "outcome", "cause", "verdict", "stage", "by", "chosenBy", "channel")
"""Members that are one word of an enum's. What else a payload holds are ids, or is said by the records themselves."""
SIZE = 1_000


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """`about` is what the event is about besides the person, by its label and id."""

    seq: int
    type: str
    occurred_at: datetime
    recorded_at: datetime
    actor_kind: str
    actor: Sequence[str | None] | None
    about: Sequence[str] | None
    payload: str | None


LIST_EVENTS = Statement(
    "histories.list_events",
    """
    MATCH (candidate:Candidate {id: $candidate})<-[:ABOUT]-(event:Event) WHERE event.seq > $after_seq
    RETURN event.seq AS seq, event.type AS type, event.occurredAt AS occurred_at, event.recordedAt AS recorded_at,
      event.actorKind AS actor_kind, head([(event)-[:BY]->(user:User) | [user.externalId, user.displayName]]) AS actor,
      head([(event)-[:ABOUT]->(it) WHERE it.id <> $candidate | [head(labels(it)), it.id]]) AS about,
      CASE WHEN event.type IN $of_findings
        AND EXISTS { MATCH (event)-[:ABOUT]->()<-[:FINDS]-(lapsed:Finding) WHERE lapsed.eraseAt <= $now }
        AND NOT EXISTS { MATCH (event)-[:ABOUT]->()<-[:FINDS]-(other:Finding)
          WHERE coalesce(other.eraseAt > $now, true)
            AND (event.type = 'PROOF_DECIDED' OR event.payload CONTAINS other.id) }
        THEN null ELSE event.payload END AS payload
    ORDER BY seq LIMIT $size
    """,
    row=HistoryRow,
)
"""Nobody reads what a finding says after its `eraseAt`, however late the timer is (graph/retention.py)."""


async def read(client: Client, candidates: Iterable[str], now: datetime) -> AsyncIterator[HistoryRow]:
    """The events of all records of a person, each in the order of its chain."""
    of_findings = sorted(type.value for type in ERASED_WITH_FINDINGS)
    for candidate in candidates:
        after, given = 0, {"candidate": candidate, "now": now, "of_findings": of_findings, "size": SIZE}
        while rows := await client.read(LIST_EVENTS, after_seq=after, **given):
            for row in rows:
                yield row
            after = rows[-1].seq


def said(row: HistoryRow, others: Others) -> dict[str, str | None]:
    """What an event's payload tells the person: their own words as they wrote them, those of others without the third
    persons whom they name.
    """
    payload: Mapping[str, Any] = json.loads(row.payload) if row.payload else {}
    # Of a message that was sent, `message` is its id.
    texts = {name: payload.get(key) for name, key in TEXTS.items() if "template" not in payload or key != "message"}
    if row.actor_kind != ActorKind.CANDIDATE.value:
        texts = {name: others.hidden_in(text) if text else None for name, text in texts.items()}
    return {**dict.fromkeys(TEXTS), **texts, **{name: payload.get(name) for name in CODES}}
