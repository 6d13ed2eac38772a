"""Messages: what is to be told to whom, written in the transaction of what it tells, and sent afterwards.

A message holds no text and no address: both are made when it is sent, from the graph of that moment, so that nothing
of a person stays behind. It is sent at least once, under its id as the key by which a receiver drops repeats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, LiteralString

import orjson

from graph import announcements, notices, timers
from graph.events import About, EventType
from graph.labels import label
from graph.refusals import Code, Refusal, told_refusal
from graph.secrets import canonical
from graph.statements import Found, Nothing, Statement
from graph.timers import TimerKind
from graph.traversal import Form, Look, One, Prop, Shape, listed
from graph.visibility import Level
from graph.writing import REPORTERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal

CLOCKS = timedelta(minutes=5)
"""How far ahead of ours the clock of a reporter may be."""


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
    SLOTS_OPEN = "SLOTS_OPEN"
    PROOF_RECEIVED = "PROOF_RECEIVED"
    PROOF_DECIDED = "PROOF_DECIDED"
    OUTCOME_MISSING = "OUTCOME_MISSING"
    DECISION_DUE = "DECISION_DUE"
    DECISION_OVERDUE = "DECISION_OVERDUE"
    NOTICE = "NOTICE"
    ANSWER_RECEIVED = "ANSWER_RECEIVED"
    FINDING_CONFIRMED = "FINDING_CONFIRMED"
    FINDING_EXCUSED = "FINDING_EXCUSED"
    FINDING_VOIDED = "FINDING_VOIDED"
    DISPUTE_RECEIVED = "DISPUTE_RECEIVED"
    DISPUTE_UPHELD = "DISPUTE_UPHELD"
    DISPUTE_REJECTED = "DISPUTE_REJECTED"
    MARK_WITHDRAWN = "MARK_WITHDRAWN"
    EVIDENCE_CHANGED = "EVIDENCE_CHANGED"
    REQUEST_RECEIVED = "REQUEST_RECEIVED"
    REQUEST_ANSWERED = "REQUEST_ANSWERED"
    REQUEST_OVERDUE = "REQUEST_OVERDUE"
    INVITATION_UNDELIVERED = "INVITATION_UNDELIVERED"
    WEBHOOK_DISABLED = "WEBHOOK_DISABLED"
    SLOT_OFFERED = "SLOT_OFFERED"
    SLOT_LAPSED = "SLOT_LAPSED"
    SLOT_TAKEN = "SLOT_TAKEN"
    SLOT_UNFILLED = "SLOT_UNFILLED"
    REJECTION_ANNOUNCED = "REJECTION_ANNOUNCED"
    REJECTION_UNDELIVERED = "REJECTION_UNDELIVERED"
    REJECTION_WITHDRAWN = "REJECTION_WITHDRAWN"
    REJECTION_EFFECTIVE = "REJECTION_EFFECTIVE"
    REJECTION_LAPSED = "REJECTION_LAPSED"


OF_FINDINGS = frozenset(
    {
        *(Template.NOTICE, Template.ANSWER_RECEIVED, Template.DECISION_DUE, Template.DECISION_OVERDUE),
        *(Template.FINDING_CONFIRMED, Template.FINDING_EXCUSED, Template.FINDING_VOIDED, Template.MARK_WITHDRAWN),
        *(Template.DISPUTE_RECEIVED, Template.DISPUTE_UPHELD, Template.DISPUTE_REJECTED, Template.EVIDENCE_CHANGED),
    }
)
"""What is sent of a finding, which is its subject, so that it tells of one."""


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


LIST_ADMINS = Statement(
    "messages.list_admins",
    "MATCH (user:User)-[:MEMBER_OF {role: 'HR_ADMIN'}]->(:Organization {id: $organization}) RETURN user.id AS id "
    "ORDER BY id LIMIT 50",
    row=Found,
)


def _concern(name: LiteralString, way: LiteralString) -> Statement[Found]:
    """Has a message concern what the way leads to from its subject, if it leads anywhere."""
    text = "MATCH (message:Message {id: $id}) MATCH " + way + " CREATE (message)-[:CONCERNS]->(it) RETURN it.id AS id"
    return Statement(name, text, row=Found, writes=True)


CONCERN_INTERVIEW = _concern("messages.concern_interview", "(it:Interview {id: $subject})")
CONCERN_FINDING = _concern("messages.concern_finding", "(:Finding {id: $subject})-[:FINDS]->(it)")
CONCERN_DECIDED = _concern("messages.concern_decided", "(:Decision {id: $subject})-[:DECIDES]->(it:Application)")
CONCERN_PROVEN = _concern("messages.concern_proven", "(:Code {id: $subject})-[:PROVES]->(it:Application)")
CONCERNS = (CONCERN_INTERVIEW, CONCERN_FINDING, CONCERN_DECIDED, CONCERN_PROVEN)
"""What a message is about, by its subject: one of them at most finds it. A message that concerns nothing is about the
person, and whoever sees the person may know of it."""
SET_LAST_SEQ = Statement(
    "messages.set_last_seq",
    """
    MATCH (interview:Interview {id: $id}) SET interview.lastSeq = $seq,
      interview.evidenceSeq = CASE WHEN $evidence THEN $seq ELSE interview.evidenceSeq END
    """,
    row=Nothing,
    writes=True,
)
SET_LAST_SEQ_OF_CHECK = Statement(
    "messages.set_last_seq_of_check",
    """
    MATCH (check:ResumeCheck {id: $id}) SET check.lastSeq = $seq,
      check.evidenceSeq = CASE WHEN $evidence THEN $seq ELSE check.evidenceSeq END
    """,
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


async def tell_admins(desk: Desk, template: Template, subject: str, **facts: Any) -> None:
    """Queues a message to each HR_ADMIN of the Organization, fifty at most, about the record `subject`."""
    for admin in await desk.tx.run(LIST_ADMINS, organization=desk.act.viewer.organization):
        await tell_user(desk, template, admin.id, subject, **facts)


async def _queue(
    desk: Desk, template: Template, subject: str, to: Statement[Nothing], whom: str, facts: dict[str, Any]
) -> str:
    if desk.act.quiet:
        return ""
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
    for concern in CONCERNS:
        if await desk.tx.run(concern, id=id, subject=subject):
            break
    await timers.start(desk, TimerKind.SEND, id, desk.act.now)
    return id


class Receipt(Enum):
    """What became known of a message after it was sent."""

    DELIVERED = "DELIVERED"
    BOUNCED = "BOUNCED"
    OPENED = "OPENED"


MESSAGE = Shape(
    "Message",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "template": Prop(see=Level.ALL),
        "templateLabel": label("this.template", see=Level.ALL),
        "state": Prop(see=Level.ALL),
        "stateLabel": label("this.state", see=Level.ALL),
        "channel": Prop(see=Level.ALL),
        "reason": Prop(see=Level.ALL),
        "createdAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "sentAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "receipts": Prop(see=Level.ALL),
        "interview": One("Interview", ("(this)-[:CONCERNS]->(that:Interview)",)),
    },
    looked={"template": Look.FINDING, "templateLabel": Look.FINDING},
    looked_by="CASE WHEN this.template IN " + listed(OF_FINDINGS) + " THEN this.subject END",
)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """To one of a candidate, a department and a user; it concerns an interview, a check, an application or nothing."""

    id: str
    organization: str
    template: str
    state: str
    subject: str
    facts: str
    created_at: datetime
    channel: str | None
    sent_at: datetime | None
    received_at: datetime | None
    receipts: list[str]
    reporters: list[str]
    candidate: str | None
    department: str | None
    user: str | None
    interview: str | None
    check: str | None
    application: str | None

    @property
    def about(self) -> About | None:
        """What its events are about besides the person: told to who may see it, and to no other department."""
        if self.interview is not None:
            return About("Interview", self.interview)
        if self.check is not None:
            return About("ResumeCheck", self.check)
        return About("Application", self.application) if self.application is not None else None


FIND = Statement(
    "messages.find",
    """
    MATCH (message:Message {id: $id})
    RETURN message.id AS id, message.organization AS organization, message.template AS template,
      message.state AS state, message.subject AS subject, message.facts AS facts, message.createdAt AS created_at,
      message.channel AS channel, message.sentAt AS sent_at, message.receivedAt AS received_at,
      coalesce(message.receipts, []) AS receipts,
      coalesce(message.reporters, []) AS reporters,
      head([(message)-[:TO]->(candidate:Candidate) | candidate.id]) AS candidate,
      head([(message)-[:TO]->(department:Department) | department.id]) AS department,
      head([(message)-[:TO]->(user:User) | user.id]) AS user,
      head([(message)-[:CONCERNS]->(interview:Interview) | interview.id]) AS interview,
      head([(message)-[:CONCERNS]->(check:ResumeCheck) | check.id]) AS check,
      head([(message)-[:CONCERNS]->(application:Application) | application.id]) AS application
    """,
    row=MessageRow,
)
SETTLE = Statement(
    "messages.settle",
    """
    MATCH (message:Message {id: $id})
    SET message.state = $state, message.channel = $channel, message.reason = $reason, message.sentAt = $sent_at
    """,
    row=Nothing,
    writes=True,
)
KEEP_RECEIPT = Statement(
    "messages.keep_receipt",
    """
    MATCH (message:Message {id: $id}) SET message.state = $state, message.receipts = $receipts,
      message.reporters = $reporters, message.receivedAt = $received_at
    """,
    row=Nothing,
    writes=True,
)
FIND_HOLDER = Statement(
    "messages.find_holder",
    "MATCH (:Interview {id: $id})-[:HELD_BY]->(department:Department) RETURN department.id AS id",
    row=Found,
)
AWAITED = frozenset(
    template.value
    for template in (
        *(Template.INVITATION, Template.INVITATION_MOVED, Template.RESCHEDULE_GRANTED),
        *(Template.SLOT_OFFERED, Template.INVITATION_CANCELLED),
    )
)
"""What the candidate does not know unless it arrives: where it does not, somebody has to tell them another way."""
ANNOUNCED = Template.REJECTION_ANNOUNCED.value
"""Whyever it does not leave: a rejection of which nobody is told lapses."""
UNSENT_ON_PURPOSE = frozenset({"ERASED", "RESTRICTED", "SUPERSEDED", "DEMO", "GONE"})
"""Why a message is never sent although its addressee could be reached, or nobody is there to be told."""
EVENTS = {
    Receipt.DELIVERED: EventType.MESSAGE_DELIVERED,
    Receipt.BOUNCED: EventType.MESSAGE_BOUNCED,
    Receipt.OPENED: EventType.MESSAGE_OPENED,
}


def state_after(state: MessageState, receipts: Iterable[str]) -> MessageState:
    """By all that is known, in whatever order it came: what bounced did not arrive, what was opened did."""
    known = set(receipts)
    if Receipt.BOUNCED.value in known:
        return MessageState.BOUNCED
    return MessageState.DELIVERED if known else state


async def settle(
    desk: Desk, message: MessageRow, state: MessageState, *, channel: str | None, reason: str | None
) -> None:
    """Remembers that a message was sent, or why it never will be; its timer's chain is locked.

    A receipt may have come before: what was sent twice was delivered by the first.
    """
    after = state_after(state, message.receipts)
    sent_at = desk.act.now if state is MessageState.SENT else None
    await desk.tx.run(SETTLE, id=message.id, state=after.value, channel=channel, reason=reason, sent_at=sent_at)
    if state is MessageState.SENT:
        await _tell_history(desk, EventType.MESSAGE_SENT, message, channel, desk.act.now)
        if after is not MessageState.BOUNCED:
            await _begin(desk, message)
    elif state is MessageState.BOUNCED and Receipt.BOUNCED.value not in message.receipts:
        receipts = sorted({*message.receipts, Receipt.BOUNCED.value})
        told = {"state": state.value, "receipts": receipts, "reporters": message.reporters}
        told |= {"received_at": message.received_at}
        await desk.tx.run(KEEP_RECEIPT, id=message.id, **told)
        await _tell_history(desk, EventType.MESSAGE_BOUNCED, message, channel, desk.act.now)
    elif state is MessageState.FAILED and (reason not in UNSENT_ON_PURPOSE or message.template == ANNOUNCED):
        await _tell_undelivered(desk, message)


async def _tell_undelivered(desk: Desk, message: MessageRow) -> None:
    """The department is to tell the candidate another way what did not arrive."""
    if message.template == ANNOUNCED:
        await _tell_unannounced(desk, message)
    if message.candidate is None or message.interview is None or message.template not in AWAITED:
        return
    holder = await desk.tx.one(FIND_HOLDER, id=message.interview)
    if holder is not None:
        about = Template.INVITATION_UNDELIVERED
        await tell_department(desk, about, holder.id, message.interview, undelivered=message.template)


async def _tell_unannounced(desk: Desk, message: MessageRow) -> None:
    left = await announcements.end_unless_told(desk, message.subject)
    if left is not None:
        announced, until = left
        await tell_department(desk, Template.REJECTION_UNDELIVERED, announced.department, announced.id, dueAt=until)


async def _begin(desk: Desk, message: MessageRow) -> None:
    """What begins as a message leaves."""
    if message.template == Template.NOTICE.value:
        await _begin_hearing(desk, message)
    elif message.template == ANNOUNCED:
        await _begin_waiting(desk, message)


async def _begin_waiting(desk: Desk, message: MessageRow) -> None:
    """The announcement of a rejection has left: it may be contested from now on, where nobody told of it before."""
    announced = await announcements.find(desk.tx.run, message.subject)
    if announced is not None and announced.effective_at is None:
        effective_at = await announcements.begin(desk, announced, desk.act.now)
        payload: dict[str, Any] = {"decision": announced.id, "channel": "MESSAGE", "text": None}
        await desk.record(EventType.REJECTION_ANNOUNCED, message.about, **payload, effectiveAt=effective_at)


async def _begin_hearing(desk: Desk, message: MessageRow) -> None:
    """The system's notice has left: from now on the candidate may answer it, and not before, where nobody gave one."""
    times = notices.Times.of_facts(orjson.loads(message.facts))
    answer_by = await notices.give(desk, message.subject, desk.act.now, times)
    if answer_by is not None:
        payload: dict[str, Any] = {"finding": message.subject, "channel": "MESSAGE", "text": None}
        await desk.record(EventType.NOTICE_RECORDED, message.about, **payload, answerBy=answer_by)
    await _set_last_seq(desk, message, evidence=False)


async def _tell_history(desk: Desk, type: EventType, message: MessageRow, channel: str | None, at: datetime) -> None:
    """The candidate's history says what reached the candidate; of messages to others it says nothing."""
    if message.candidate is None or desk.chain is None or desk.chain.id != message.candidate:
        return
    payload: dict[str, Any] = {"message": message.id, "template": message.template, "channel": channel}
    bounced = type is EventType.MESSAGE_BOUNCED
    if bounced and message.template == Template.NOTICE.value:
        back = await desk.tx.one(notices.TAKE_BACK, id=message.subject, sent_at=message.sent_at)
        payload |= {"finding": back.id} if back else {}
    elif bounced and message.template == ANNOUNCED:
        taken = await desk.tx.one(announcements.TAKE_BACK, id=message.subject, sent_at=message.sent_at)
        payload |= {"decision": taken.id} if taken else {}
    await desk.record(type, message.about, occurred_at=at, **payload)
    if bounced:
        # Whoever decides about it is to have read that the message did not arrive, and whoever has decided is told.
        await _set_last_seq(desk, message, evidence=True)
        await _have_mark_doubted(desk, message)
        await _tell_undelivered(desk, message)


async def _have_mark_doubted(desk: Desk, message: MessageRow) -> None:
    if message.template == Template.NOTICE.value:
        given = {"id": message.subject, "sent_at": message.sent_at, "now": desk.act.now}
        unheard = await desk.tx.one(notices.DOUBT, **given)
        if unheard is not None:
            await tell_candidate(desk, Template.EVIDENCE_CHANGED, message.subject, unheard=True)
            await tell_department(desk, Template.EVIDENCE_CHANGED, unheard.id, message.subject, unheard=True)
    elif message.interview is not None:
        await timers.start(desk, TimerKind.MARK, message.interview, desk.act.now)


async def _set_last_seq(desk: Desk, message: MessageRow, *, evidence: bool) -> None:
    assert desk.chain is not None
    told = {"seq": desk.chain.seq, "evidence": evidence}
    if message.interview is not None:
        await desk.tx.run(SET_LAST_SEQ, id=message.interview, **told)
    elif message.check is not None:
        await desk.tx.run(SET_LAST_SEQ_OF_CHECK, id=message.check, **told)


def _received(message: MessageRow, receipt: Receipt, at: datetime) -> datetime | None:
    """By when it is known to have been received: the earliest of all that say so, in whatever order they come."""
    if receipt is Receipt.BOUNCED:
        return message.received_at
    return at if message.received_at is None else min(at, message.received_at)


async def record_receipt(graph: Graph, act: Act, message: str, receipt: Receipt, at: datetime | None) -> Outcome:
    """What a mail server, or whoever sends messages for this installation, says of one. The same is heard once."""
    if refused := role_refusal(act.viewer, REPORTERS):
        return refused
    if at is not None and (refused := told_refusal("at", at, act.now, skew=CLOCKS)):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await desk.tx.one(FIND, id=message)
        if found is None or found.organization != act.viewer.organization:
            return Refusal(Code.NOT_FOUND, "message")
        if found.candidate is None:
            await desk.lock_organization()
        else:
            await desk.lock_candidate(found.candidate)
        found = await desk.tx.one(FIND, id=message)
        if found is None:
            return Refusal(Code.NOT_FOUND, "message")
        receipts = sorted({*found.receipts, receipt.value})
        reporters = sorted({*found.reporters, act.viewer.id})
        state = state_after(MessageState(found.state), receipts)
        told = {"state": state.value, "receipts": receipts, "reporters": reporters}
        await desk.tx.run(KEEP_RECEIPT, id=message, received_at=_received(found, receipt, at or act.now), **told)
        if receipt.value not in found.receipts:
            await _tell_history(desk, EVENTS[receipt], found, found.channel, at or act.now)
        return Written("Message", message)

    return await perform(graph, act, work)
