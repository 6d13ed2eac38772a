"""Webhooks: where an integrator is told of what it may see, under keys of its own, until nobody takes it any more.

What is told is written in the transaction of what happened and holds ids alone; what it says is read when it is sent,
with what the integrator may see at that moment.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import product
from typing import Any, LiteralString

from graph import messages, timers
from graph.addresses import url_refusal
from graph.client import Transaction
from graph.events import About, ActorKind, EventType
from graph.labels import label
from graph.messages import Template
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Found, Nothing, Statement
from graph.timers import EMPLOYER, Timer, TimerKind
from graph.traversal import Form, One, Prop, Shape
from graph.visibility import Level, OrganizationRole, system
from graph.writing import Act, Desk, Graph, Outcome, Written, perform, random_id, role_refusal


class WebhookState(Enum):
    """Whether a webhook is told anything."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    REMOVED = "REMOVED"


OVERLAP = timedelta(hours=24)
"""How long the former key signs too, once there is another."""
PATIENCE = timedelta(days=5)
"""How long a webhook may fail before it is disabled."""
KEPT = timedelta(days=3)
"""How long one thing is tried to be told."""
TOLD = {
    EventType.INTERVIEW_INVITED: "interview.invited",
    EventType.INTERVIEW_RESCHEDULED: "interview.rescheduled",
    EventType.INTERVIEW_CANCELLED: "interview.cancelled",
    EventType.RESPONSE_RECORDED: "response.recorded",
    EventType.ATTENDANCE_RECORDED: "attendance.recorded",
    EventType.APPLICATION_ADVANCED: "application.advanced",
    EventType.APPLICATION_WITHDRAWN: "application.withdrawn",
    EventType.APPLICATION_REJECTED: "application.rejected",
    EventType.POSITION_OPENED: "position.opened",
    EventType.POSITION_MOVED: "position.moved",
    EventType.POSITION_CLOSED: "position.closed",
    EventType.DEPARTMENT_CREATED: "department.created",
    EventType.DEPARTMENT_UPDATED: "department.updated",
    EventType.DEPARTMENT_MOVED: "department.moved",
    EventType.DEPARTMENT_CLOSED: "department.closed",
}
"""What is told, and as what: changes that show in fields which an integrator may see. That there was any other event
would itself tell something."""
SETTERS = frozenset({OrganizationRole.HR_ADMIN, OrganizationRole.INTEGRATOR})
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,88}={0,2}")

WEBHOOK = Shape(
    "Webhook",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "url": Prop(see=Level.ALL),
        "state": Prop(see=Level.ALL),
        "stateLabel": label("this.state", see=Level.ALL),
        "setAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "failingSince": Prop(see=Level.ALL, form=Form.INSTANT),
        "disabledAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "formerKeyUntil": Prop("this.previousUntil", see=Level.ALL, form=Form.INSTANT),
        "user": One("User", ("(this)-[:CALLS]->(that:User)",), see=Level.ALL),
    },
)


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """`secret` and `previous` are sealed. `subject` is the external id of the integrator, null where it is none now."""

    id: str
    organization: str
    url: str
    state: str
    secret: bytes | None
    previous: bytes | None
    previous_until: datetime | None
    failing_since: datetime | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be told to one webhook: `about` is the label and `subject` the id of the record that changed."""

    id: str
    webhook: str
    type: str
    about: str
    subject: str
    created_at: datetime


_WEBHOOK: LiteralString = """
    RETURN webhook.id AS id, webhook.organization AS organization, webhook.url AS url, webhook.state AS state,
      webhook.secret AS secret, webhook.previous AS previous, webhook.previousUntil AS previous_until,
      webhook.failingSince AS failing_since,
      head([(webhook)-[:CALLS]->(user:User)-[:MEMBER_OF {role: 'INTEGRATOR'}]->(:Organization) | user.externalId])
        AS subject
"""
FIND = Statement("webhooks.find", "MATCH (webhook:Webhook {id: $id})" + _WEBHOOK, row=WebhookRow)
FIND_OF = Statement(
    "webhooks.find_of", "MATCH (webhook:Webhook)-[:CALLS]->(:User {id: $user})" + _WEBHOOK, row=WebhookRow
)
FIND_INTEGRATOR = Statement(
    "webhooks.find_integrator",
    """
    MATCH (user:User {id: $id})-[:MEMBER_OF {role: 'INTEGRATOR'}]->(:Organization {id: $organization})
    RETURN user.id AS id
    """,
    row=Found,
)
CREATE = Statement(
    "webhooks.create",
    """
    MATCH (user:User {id: $user})
    CREATE (webhook:Webhook {id: $id, organization: $organization, url: $url, secret: $secret, state: 'ACTIVE',
      setAt: $now})
    CREATE (webhook)-[:CALLS]->(user)
    """,
    row=Nothing,
    writes=True,
)
CHANGE = Statement(
    "webhooks.change",
    """
    MATCH (webhook:Webhook {id: $id})
    SET webhook.url = $url, webhook.secret = $secret, webhook.previous = $previous,
      webhook.previousUntil = $previous_until, webhook.state = $state, webhook.setAt = $now,
      webhook.failingSince = null, webhook.disabledAt = null
    """,
    row=Nothing,
    writes=True,
)
LIST_ACTIVE = Statement(
    "webhooks.list_active",
    "MATCH (webhook:Webhook {organization: $organization}) WHERE webhook.state = 'ACTIVE' RETURN webhook.id AS id "
    "ORDER BY id",
    row=Found,
)
CREATE_DELIVERY = Statement(
    "webhooks.create_delivery",
    """
    CREATE (delivery:Delivery {id: $id, organization: $organization, webhook: $webhook, type: $type, about: $about,
      subject: $subject, createdAt: $now})
    """,
    row=Nothing,
    writes=True,
)
FIND_DELIVERY = Statement(
    "webhooks.find_delivery",
    """
    MATCH (delivery:Delivery {id: $id})
    RETURN delivery.id AS id, delivery.webhook AS webhook, delivery.type AS type, delivery.about AS about,
      delivery.subject AS subject, delivery.createdAt AS created_at
    """,
    row=Delivery,
)
END_DELIVERY = Statement(
    "webhooks.end_delivery", "MATCH (delivery:Delivery {id: $id}) DELETE delivery", row=Nothing, writes=True
)
SUCCEED = Statement(
    "webhooks.succeed",
    "MATCH (webhook:Webhook {id: $id}) WHERE webhook.failingSince IS NOT NULL SET webhook.failingSince = null",
    row=Nothing,
    writes=True,
)
FAIL = Statement(
    "webhooks.fail",
    "MATCH (webhook:Webhook {id: $id}) SET webhook.failingSince = coalesce(webhook.failingSince, $now)",
    row=Nothing,
    writes=True,
)
DISABLE = Statement(
    "webhooks.disable",
    "MATCH (webhook:Webhook {id: $id}) SET webhook.state = 'DISABLED', webhook.disabledAt = $now",
    row=Nothing,
    writes=True,
)


@dataclass(frozen=True, slots=True)
class Sealed:
    id: str
    secret: bytes | None
    previous: bytes | None


LIST_SEALED = Statement(
    "webhooks.list_sealed",
    """
    MATCH (webhook:Webhook) WHERE webhook.secret IS NOT NULL
    RETURN webhook.id AS id, webhook.secret AS secret, webhook.previous AS previous ORDER BY id
    """,
    row=Sealed,
)
RESEAL = Statement(
    "webhooks.reseal",
    """
    MATCH (webhook:Webhook {id: $id}) WHERE webhook.secret = $old
    SET webhook.secret = $secret, webhook.previous = $previous
    """,
    row=Nothing,
    writes=True,
)


def secret_refusal(secret: str | None) -> Refusal | None:
    """A key is 24 to 64 bytes in base64, as Standard Webhooks has them."""
    if secret is None:
        return None
    try:
        fits = bool(SECRET.fullmatch(secret)) and 24 <= len(b64decode(secret.removeprefix("whsec_"))) <= 64
    except (Error, ValueError):
        fits = False
    return None if fits else invalid("secret", Fault.SECRET)


async def set(graph: Graph, act: Act, *, user: str | None, url: str | None, secret: str | None) -> Outcome:
    """Sets an integrator's webhook, gives it another key, or where no address is given removes it."""
    if refused := role_refusal(act.viewer, SETTERS):
        return refused
    if url is not None and url_refusal(url, loopback=graph.loopback) is not None:
        return invalid("url", Fault.URL)
    if refused := secret_refusal(secret):
        return refused
    own = act.viewer.role is OrganizationRole.INTEGRATOR
    whose = act.viewer.id if own and user is None else user

    async def work(desk: Desk) -> Outcome:
        organization = act.viewer.organization
        if whose is None or (own and whose != act.viewer.id):
            return Refusal(Code.NOT_FOUND, "user")
        if await desk.tx.one(FIND_INTEGRATOR, id=whose, organization=organization) is None:
            return Refusal(Code.NOT_FOUND, "user")
        await desk.lock_organization()
        known = await desk.tx.one(FIND_OF, user=whose)
        has_key = known is not None and known.secret is not None
        if (url is None and known is None) or (url is not None and secret is None and not has_key):
            return invalid("url" if url is None else "secret", Fault.NEEDED)
        id = known.id if known else desk.new_id()
        await _put(desk, known, id, whose, url, secret)
        await desk.record(EventType.WEBHOOK_SET, webhook=id, user=whose, removed=url is None, key=secret is not None)
        return Written("Webhook", id)

    return await perform(graph, act, work)


async def _put(desk: Desk, known: WebhookRow | None, id: str, user: str, url: str | None, secret: str | None) -> None:
    now, organization = desk.act.now, desk.act.viewer.organization
    version = (await desk.key_versions())[0]
    sealed = desk.graph.secrets.wrap(secret.encode(), id, version) if secret is not None else None
    if known is None:
        await desk.tx.run(CREATE, id=id, user=user, organization=organization, url=url, secret=sealed, now=now)
        return
    previous, until = known.previous, known.previous_until
    if sealed is not None and known.secret is not None:
        if desk.graph.secrets.unwrap(known.secret, id)[0].decode() == secret:
            sealed = None
        else:
            previous, until = known.secret, now + OVERLAP
    if url is None:
        sealed, previous, until = None, None, None
    await desk.tx.run(
        CHANGE,
        id=id,
        url=url or known.url,
        secret=sealed if sealed is not None or url is None else known.secret,
        previous=previous,
        previous_until=until,
        state=(WebhookState.ACTIVE if url is not None else WebhookState.REMOVED).value,
        now=now,
    )


async def tell(desk: Desk, type: EventType, about: str, *subjects: str) -> None:
    """Queues what happened to records for every webhook of their Organization."""
    if desk.act.quiet or type not in TOLD or not subjects:
        return
    organization = desk.act.viewer.organization
    active = await desk.tx.run(LIST_ACTIVE, organization=organization)
    for webhook, subject in product(active, subjects):
        id = desk.new_id()
        await desk.tx.run(
            CREATE_DELIVERY,
            id=id,
            organization=organization,
            webhook=webhook.id,
            type=TOLD[type],
            about=about,
            subject=subject,
            now=desk.act.now,
        )
        await timers.start(desk, TimerKind.WEBHOOK, id, desk.act.now)


async def record(desk: Desk, type: EventType, about: About, **payload: Any) -> None:
    """Appends an event, and queues it for every webhook that is told of its kind."""
    await desk.record(type, about, **payload)
    await tell(desk, type, about.label, about.id)


def keys(graph: Graph, webhook: WebhookRow, now: datetime) -> list[str]:
    """The keys that sign now: the present one, and for a while the former."""
    former = webhook.previous if webhook.previous_until is not None and now < webhook.previous_until else None
    sealed = [each for each in (webhook.secret, former) if each is not None]
    return list(dict.fromkeys(graph.secrets.unwrap(each, webhook.id)[0].decode() for each in sealed))


async def end(desk: Desk, timer: Timer) -> None:
    """A thing was told, or is not to be."""
    await desk.tx.run(END_DELIVERY, id=timer.subject)


async def taken(desk: Desk, delivery: Delivery) -> None:
    await desk.tx.run(END_DELIVERY, id=delivery.id)
    await desk.tx.run(SUCCEED, id=delivery.webhook)


async def failed(graph: Graph, webhook: WebhookRow, now: datetime, *, gone: bool) -> bool:
    """Remembers since when a webhook fails; disables one that does so for days or is gone, and says so to HR_ADMINs."""

    async def once(tx: Transaction) -> bool:
        employer = await tx.one(EMPLOYER, id=webhook.organization)
        if employer is None:
            return False
        viewer = system(webhook.organization, employer.zone, employer.jurisdiction)
        desk = Desk(graph, tx, Act(viewer, now, "webhook.failed", webhook.id, {}, ActorKind.SYSTEM), random_id)
        await desk.lock_organization()
        found = await tx.one(FIND, id=webhook.id)
        if found is None or found.state != WebhookState.ACTIVE.value:
            return False
        await tx.run(FAIL, id=webhook.id, now=now)
        if not gone and (found.failing_since is None or now - found.failing_since < PATIENCE):
            return False
        await tx.run(DISABLE, id=webhook.id, now=now)
        await desk.record(EventType.WEBHOOK_DISABLED, webhook=webhook.id)
        await messages.tell_admins(desk, Template.WEBHOOK_DISABLED, webhook.id)
        return True

    return await graph.client.write(once)


async def reseal(graph: Graph, version: int) -> None:
    """Brings all keys under one version of the master key."""
    for row in await graph.client.read(LIST_SEALED):
        opened = [
            graph.secrets.unwrap(each, row.id) if each is not None else None for each in (row.secret, row.previous)
        ]
        if all(each is None or each[1] == version for each in opened):
            continue
        secret, previous = (graph.secrets.wrap(each[0], row.id, version) if each else None for each in opened)
        await graph.client.write(
            lambda tx, row=row, secret=secret, previous=previous: tx.run(
                RESEAL, id=row.id, old=row.secret, secret=secret, previous=previous
            )
        )
