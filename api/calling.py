"""Tells webhooks what happened: read as the integrator sees it now, signed, sent to public addresses alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from api import outbound
from api.channels import signed
from api.outbound import Unreachable
from api.working import Later
from graph import timers, webhooks
from graph.timers import Timer
from graph.webhooks import FIND, FIND_DELIVERY, KEPT, Delivery, WebhookRow, WebhookState
from graph.writing import Desk, Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.ids import to_global
from schema.root import core_schema

QUERIES: Mapping[str, str] = {
    "Interview": "query Told($id: ID!) { interview(id: $id) "
    "{ id icsUid mode startsAt endsAt timeZone response attendance } }",
    "Application": "query Told($id: ID!) { application(id: $id) { id stage appliedAt position { id title } } }",
    "Position": "query Told($id: ID!) { position(id: $id) "
    "{ id title jobFamily urgency status department { id code name } } }",
    "Department": "query Told($id: ID!) { department: node(id: $id) "
    "{ ... on Department { id code name nameZh status parent { id code } successor { id code } } } }",
}
"""What is told of a record, by its type: what the integrator may see of it, and nothing else."""


@dataclass
class Calls:
    """The errand of a timer WEBHOOK."""

    answerer: Answerer | None = None

    async def call(self, graph: Graph, timer: Timer, now: datetime) -> None:
        delivery, webhook = await _found(graph, timer)
        if delivery is None:
            await timers.drop(graph, timer)
            return
        record = None
        if webhook is not None and webhook.state == WebhookState.ACTIVE.value and now - delivery.created_at < KEPT:
            record = await self._read(graph, webhook, delivery, now)
        if webhook is None or record is None:
            await timers.take(graph, timer, now, webhooks.end)
            return
        status, why = await self._send(graph, webhook, delivery, record, now)
        if 200 <= status < 300:

            async def taken(desk: Desk, _: Timer) -> None:
                await webhooks.taken(desk, delivery)

            await timers.take(graph, timer, now, taken)
            return
        await webhooks.failed(graph, webhook, now, gone=status == 410)
        raise Later(why)

    async def _read(self, graph: Graph, webhook: WebhookRow, delivery: Delivery, now: datetime) -> Any:
        """The record as its integrator sees it, through the same door as all that it asks; null where it does not."""
        if webhook.subject is None:
            return None
        self.answerer = self.answerer or Answerer(core_schema())
        context = Context(graph, Viewers(graph), webhook.subject, clock=lambda: now)
        variables = {"id": to_global(delivery.about, delivery.subject)}
        answer = await self.answerer.answer(QUERIES[delivery.about], context, variables=variables)
        data = answer.payload().get("data")
        if answer.errors or data is None:
            raise Later("the record could not be read")
        return data if any(data.values()) else None

    async def _send(
        self, graph: Graph, webhook: WebhookRow, delivery: Delivery, record: Any, now: datetime
    ) -> tuple[int, str]:
        told = {"type": delivery.type, "timestamp": delivery.created_at.isoformat(), "data": record}
        body = orjson.dumps(told)
        headers = signed(delivery.id, body, webhooks.keys(graph, webhook, now))
        try:
            status = await outbound.post(webhook.url, body, headers, loopback=graph.loopback)
        except Unreachable as error:
            return 0, str(error)
        return status, f"HTTP_{status}"


async def _found(graph: Graph, timer: Timer) -> tuple[Delivery | None, WebhookRow | None]:
    deliveries = await graph.client.read(FIND_DELIVERY, id=timer.subject)
    if not deliveries:
        return None, None
    found = await graph.client.read(FIND, id=deliveries[0].webhook)
    return deliveries[0], found[0] if found else None
