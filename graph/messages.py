"""Messages: what is to be told to whom, written in the transaction of what it tells, and sent afterwards.

A message holds no text and no address: both are made when it is sent, from the graph of that moment, so that nothing
of a person stays behind. It is sent at least once, under its id as the key by which a receiver drops repeats.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from graph import timers
from graph.secrets import canonical
from graph.statements import Nothing, Statement
from graph.timers import TimerKind
from graph.writing import Desk


class Template(Enum):
    """What is told."""

    INVITATION = "INVITATION"
    INVITATION_MOVED = "INVITATION_MOVED"
    INVITATION_CANCELLED = "INVITATION_CANCELLED"
    RESPONSE_RECEIVED = "RESPONSE_RECEIVED"
    REMINDER_DAY = "REMINDER_DAY"
    REMINDER_SOON = "REMINDER_SOON"
    CODE = "CODE"
    RESCHEDULE_REQUESTED = "RESCHEDULE_REQUESTED"
    RESCHEDULE_GRANTED = "RESCHEDULE_GRANTED"
    RESCHEDULE_REFUSED = "RESCHEDULE_REFUSED"
    SLOT_OWED = "SLOT_OWED"
    PROOF_RECEIVED = "PROOF_RECEIVED"
    PROOF_DECIDED = "PROOF_DECIDED"
    OUTCOME_MISSING = "OUTCOME_MISSING"
    NOTICE = "NOTICE"
    ANSWER_RECEIVED = "ANSWER_RECEIVED"
    FINDING_CONFIRMED = "FINDING_CONFIRMED"
    FINDING_EXCUSED = "FINDING_EXCUSED"
    FINDING_VOIDED = "FINDING_VOIDED"
    DISPUTE_RECEIVED = "DISPUTE_RECEIVED"
    DISPUTE_UPHELD = "DISPUTE_UPHELD"
    DISPUTE_REJECTED = "DISPUTE_REJECTED"
    MARK_WITHDRAWN = "MARK_WITHDRAWN"
    REQUEST_RECEIVED = "REQUEST_RECEIVED"
    REQUEST_ANSWERED = "REQUEST_ANSWERED"


class MessageState(Enum):
    """How far a message has come."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    BOUNCED = "BOUNCED"
    FAILED = "FAILED"


CREATE = Statement(
    "messages.create",
    """
    CREATE (message:Message {id: $id, organization: $organization, template: $template, state: 'QUEUED',
      subject: $subject, facts: $facts, createdAt: $now})
    """,
    row=Nothing,
    writes=True,
)
TO_CANDIDATE = Statement(
    "messages.to_candidate",
    "MATCH (message:Message {id: $id}) MATCH (to:Candidate {id: $to}) CREATE (message)-[:TO]->(to)",
    row=Nothing,
    writes=True,
)
TO_DEPARTMENT = Statement(
    "messages.to_department",
    "MATCH (message:Message {id: $id}) MATCH (to:Department {id: $to}) CREATE (message)-[:TO]->(to)",
    row=Nothing,
    writes=True,
)


TO_USER = Statement(
    "messages.to_user",
    "MATCH (message:Message {id: $id}) MATCH (to:User {id: $to}) CREATE (message)-[:TO]->(to)",
    row=Nothing,
    writes=True,
)


async def tell_candidate(desk: Desk, template: Template, subject: str, **facts: Any) -> str:
    """Queues a message to the candidate whose chain is locked, about the record `subject`; `facts` name nobody."""
    assert desk.chain is not None
    assert desk.chain.label == "Candidate"
    return await _queue(desk, template, subject, TO_CANDIDATE, desk.chain.id, facts)


async def tell_department(desk: Desk, template: Template, department: str, subject: str, **facts: Any) -> str:
    """Queues a message to the recruiters of a department, about the record `subject`; `facts` name nobody."""
    return await _queue(desk, template, subject, TO_DEPARTMENT, department, facts)


async def tell_user(desk: Desk, template: Template, user: str, subject: str, **facts: Any) -> str:
    """Queues a message to one user, about the record `subject`; `facts` name nobody."""
    return await _queue(desk, template, subject, TO_USER, user, facts)


async def _queue(
    desk: Desk, template: Template, subject: str, to: Statement[Nothing], whom: str, facts: dict[str, Any]
) -> str:
    id = desk.new_id()
    await desk.tx.run(
        CREATE,
        id=id,
        organization=desk.act.viewer.organization,
        template=template.value,
        subject=subject,
        facts=canonical(facts).decode(),
        now=desk.act.now,
    )
    await desk.tx.run(to, id=id, to=whom)
    await timers.start(desk, TimerKind.SEND, id, desk.act.now)
    return id
