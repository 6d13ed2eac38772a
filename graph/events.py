"""History is appended, never edited: the events of each chain, hashed one upon another."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from typing import Any, LiteralString

from graph.client import Client, Transaction
from graph.labels import label
from graph.secrets import canonical
from graph.statements import Found, Nothing, Statement
from graph.traversal import Form, Look, One, Prop, Shape, listed
from graph.visibility import Level

GENESIS = "0" * 64
"""prevHash of the first event of a chain."""
SLICE = 5
"""Seconds of a slice of time. An event keeps the number of its own, so that the tail finds the last ones by equality:
the embedded engine reads a range of an index from its start (40 ms at 60,000 events, against 3 ms)."""


class EventType(Enum):
    """What happened."""

    ORGANIZATION_CREATED = "ORGANIZATION_CREATED"
    USER_SET = "USER_SET"
    USER_REMOVED = "USER_REMOVED"
    DEPARTMENT_CREATED = "DEPARTMENT_CREATED"
    DEPARTMENT_UPDATED = "DEPARTMENT_UPDATED"
    DEPARTMENT_MOVED = "DEPARTMENT_MOVED"
    DEPARTMENT_CLOSED = "DEPARTMENT_CLOSED"
    POSITION_OPENED = "POSITION_OPENED"
    POSITION_MOVED = "POSITION_MOVED"
    POSITION_CLOSED = "POSITION_CLOSED"
    APPLICATION_SUBMITTED = "APPLICATION_SUBMITTED"
    APPLICATION_ADVANCED = "APPLICATION_ADVANCED"
    APPLICATION_WITHDRAWN = "APPLICATION_WITHDRAWN"
    APPLICATION_REJECTED = "APPLICATION_REJECTED"
    CANDIDATE_UPDATED = "CANDIDATE_UPDATED"
    CANDIDATE_RESTRICTED = "CANDIDATE_RESTRICTED"
    RESTRICTION_LIFTED = "RESTRICTION_LIFTED"
    CANDIDATE_ERASED = "CANDIDATE_ERASED"
    CANDIDATES_MERGED = "CANDIDATES_MERGED"
    CANDIDATES_SPLIT = "CANDIDATES_SPLIT"
    FINDING_ERASED = "FINDING_ERASED"
    REQUEST_FILED = "REQUEST_FILED"
    REQUEST_ANSWERED = "REQUEST_ANSWERED"
    REQUEST_OVERDUE = "REQUEST_OVERDUE"
    REQUEST_WITHDRAWN = "REQUEST_WITHDRAWN"
    SLOT_FREED = "SLOT_FREED"
    SLOT_OFFERED = "SLOT_OFFERED"
    SLOT_OFFER_LAPSED = "SLOT_OFFER_LAPSED"
    SLOT_TAKEN = "SLOT_TAKEN"
    DECISION_MADE = "DECISION_MADE"
    REJECTION_ANNOUNCED = "REJECTION_ANNOUNCED"
    DECISION_WITHDRAWN = "DECISION_WITHDRAWN"
    DECISION_LAPSED = "DECISION_LAPSED"
    INTERVIEW_INVITED = "INTERVIEW_INVITED"
    INTERVIEW_RESCHEDULED = "INTERVIEW_RESCHEDULED"
    INTERVIEW_CANCELLED = "INTERVIEW_CANCELLED"
    RESPONSE_RECORDED = "RESPONSE_RECORDED"
    ATTENDANCE_RECORDED = "ATTENDANCE_RECORDED"
    NO_SHOW_REPORTED = "NO_SHOW_REPORTED"
    NOTICE_RECORDED = "NOTICE_RECORDED"
    NOTICE_UNANSWERED = "NOTICE_UNANSWERED"
    STATEMENT_RECORDED = "STATEMENT_RECORDED"
    NO_SHOW_CONFIRMED = "NO_SHOW_CONFIRMED"
    NO_SHOW_EXCUSED = "NO_SHOW_EXCUSED"
    NO_SHOW_VOIDED = "NO_SHOW_VOIDED"
    NO_SHOW_REVIEWED = "NO_SHOW_REVIEWED"
    NO_SHOW_SHORTENED = "NO_SHOW_SHORTENED"
    NO_SHOW_DISPUTED = "NO_SHOW_DISPUTED"
    DISPUTE_UPHELD = "DISPUTE_UPHELD"
    DISPUTE_REJECTED = "DISPUTE_REJECTED"
    RESUME_CHECKED = "RESUME_CHECKED"
    MISMATCH_CONFIRMED = "MISMATCH_CONFIRMED"
    MISMATCH_EXCUSED = "MISMATCH_EXCUSED"
    MISMATCH_VOIDED = "MISMATCH_VOIDED"
    MISMATCH_DISPUTED = "MISMATCH_DISPUTED"
    MISMATCH_REVIEWED = "MISMATCH_REVIEWED"
    ANSWER_OVERDUE = "ANSWER_OVERDUE"
    TELEMETRY_RECORDED = "TELEMETRY_RECORDED"
    OUTAGE_RECORDED = "OUTAGE_RECORDED"
    EMPLOYMENT_RECORDED = "EMPLOYMENT_RECORDED"
    EMPLOYMENT_ENDED = "EMPLOYMENT_ENDED"
    EMPLOYMENT_CORRECTED = "EMPLOYMENT_CORRECTED"
    WORK_ATTENDANCE_RECORDED = "WORK_ATTENDANCE_RECORDED"
    WORK_ATTENDANCE_CORRECTED = "WORK_ATTENDANCE_CORRECTED"
    TASK_COMPLETION_RECORDED = "TASK_COMPLETION_RECORDED"
    TASK_COMPLETION_CORRECTED = "TASK_COMPLETION_CORRECTED"
    WORK_CALENDAR_SET = "WORK_CALENDAR_SET"
    SCORE_POLICY_PROPOSED = "SCORE_POLICY_PROPOSED"
    IMPACT_ASSESSED = "IMPACT_ASSESSED"
    SCORE_POLICY_APPROVED = "SCORE_POLICY_APPROVED"
    SCORING_SWITCHED = "SCORING_SWITCHED"
    SCORING_BRAKED = "SCORING_BRAKED"
    SELF_ASSESSMENT_TAKEN = "SELF_ASSESSMENT_TAKEN"
    SELF_ASSESSMENT_SHARED = "SELF_ASSESSMENT_SHARED"
    COURSES_SET = "COURSES_SET"
    SCORE_COMPUTED = "SCORE_COMPUTED"
    COSTS_SET = "COSTS_SET"
    ATTENDANCE_POLICY_SET = "ATTENDANCE_POLICY_SET"
    LINK_HANDED_OUT = "LINK_HANDED_OUT"
    LINK_REVOKED = "LINK_REVOKED"
    CODE_ENTERED = "CODE_ENTERED"
    SLOTS_OPENED = "SLOTS_OPENED"
    SLOT_CLOSED = "SLOT_CLOSED"
    RESCHEDULE_REQUESTED = "RESCHEDULE_REQUESTED"
    RESCHEDULE_GRANTED = "RESCHEDULE_GRANTED"
    RESCHEDULE_REFUSED = "RESCHEDULE_REFUSED"
    SLOT_OVERDUE = "SLOT_OVERDUE"
    MESSAGE_SENT = "MESSAGE_SENT"
    MESSAGE_DELIVERED = "MESSAGE_DELIVERED"
    MESSAGE_BOUNCED = "MESSAGE_BOUNCED"
    MESSAGE_OPENED = "MESSAGE_OPENED"
    WEBHOOK_SET = "WEBHOOK_SET"
    WEBHOOK_DISABLED = "WEBHOOK_DISABLED"
    PROOF_RECEIVED = "PROOF_RECEIVED"
    PROOF_OPENED = "PROOF_OPENED"
    PROOF_DECIDED = "PROOF_DECIDED"
    PROOF_PURGED = "PROOF_PURGED"


OF_FINDINGS = frozenset(
    {
        *(EventType.NO_SHOW_REPORTED, EventType.NOTICE_RECORDED, EventType.STATEMENT_RECORDED),
        EventType.NOTICE_UNANSWERED,
        *(EventType.NO_SHOW_CONFIRMED, EventType.NO_SHOW_EXCUSED, EventType.NO_SHOW_VOIDED),
        EventType.NO_SHOW_SHORTENED,
        *(EventType.NO_SHOW_DISPUTED, EventType.DISPUTE_UPHELD, EventType.DISPUTE_REJECTED),
        *(EventType.RESUME_CHECKED, EventType.MISMATCH_CONFIRMED, EventType.MISMATCH_EXCUSED),
        *(EventType.MISMATCH_VOIDED, EventType.MISMATCH_DISPUTED, EventType.NO_SHOW_REVIEWED),
        EventType.MISMATCH_REVIEWED,
    }
)
"""What tells of the finding about an interview, or about a check."""
ERASED_WITH_FINDINGS = OF_FINDINGS | {EventType.PROOF_DECIDED}
"""What is erased of the events of an interview, or of a check, with the finding about it: whoever decides about proof
says why it excuses."""


class ActorKind(Enum):
    """Who acted: a person of the employer, the candidate, the system by itself, or a program with a token."""

    HUMAN = "HUMAN"
    CANDIDATE = "CANDIDATE"
    SYSTEM = "SYSTEM"
    API = "API"


EVENT = Shape(
    "Event",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "seq": Prop(see=Level.ALL),
        "type": Prop(see=Level.ALL),
        "typeLabel": label("this.type", see=Level.ALL),
        "occurredAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "recordedAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "actorKind": Prop(see=Level.ALL),
        "actorKindLabel": label("this.actorKind", see=Level.ALL),
        "actor": One("User", ("(this)-[:BY]->(that:User)",), implied=True),
        "interview": One("Interview", ("(this)-[:ABOUT]->(that:Interview)",)),
        "hash": Prop(see=Level.AUDIT),
    },
    # That there was one of its kind tells what was found, or is suspected: of several in turn, the one that stood then.
    looked={"type": Look.FINDING, "typeLabel": Look.FINDING},
    looked_by="CASE WHEN this.type IN "
    + listed(OF_FINDINGS)
    + " THEN head([(this)-[:ABOUT]->(:Interview|ResumeCheck)<-[:FINDS]-(f:Finding) "
    "WHERE f.suspectedAt <= this.recordedAt AND coalesce(f.voidedAt >= this.occurredAt, true) | f.id]) END",
)


@dataclass(frozen=True, slots=True)
class About:
    """The node that an event is about besides the head of its chain: its label and id."""

    label: str
    id: str


@dataclass(slots=True)
class Chain:
    """The head of a locked chain: label Candidate or Organization, and its last event."""

    label: str
    id: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class NewEvent:
    type: EventType
    occurred_at: datetime
    about: About | None = None
    payload: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: the id and label of a User, of the candidate itself, or of the Organization whose system acts."""

    id: str
    kind: ActorKind
    label: str = "User"


_CREATE: LiteralString = """
    CREATE (event:Event {id: $id, seq: $seq, type: $type, occurredAt: $occurred_at, recordedAt: $recorded_at,
      recordedIn: $recorded_in, actorKind: $actor_kind, payload: $payload, salt: $salt, commitment: $commitment,
      prevHash: $prev_hash, hash: $hash})
    CREATE (event)-[:BY]->(by)
    SET head.seq = $seq, head.hash = $hash
"""
_HEADS: Mapping[str, LiteralString] = {
    "Candidate": "MATCH (head:Candidate {id: $head})",
    "Organization": "MATCH (head:Organization {id: $head})",
}
_AUTHORS: Mapping[str, LiteralString] = {
    "User": " MATCH (by:User {id: $by})",
    "Candidate": " MATCH (by:Candidate {id: $by})",
    "Organization": " MATCH (by:Organization {id: $by})",
}
_THINGS: Mapping[str, Mapping[str, LiteralString]] = {
    "Candidate": {
        "Candidate": "",
        "Application": " MATCH (about:Application {id: $about})",
        "Interview": " MATCH (about:Interview {id: $about})",
        "ResumeCheck": " MATCH (about:ResumeCheck {id: $about})",
        "Employment": " MATCH (about:Employment {id: $about})",
    },
    "Organization": {
        "Organization": "",
        "Department": " MATCH (about:Department {id: $about})",
        "Position": " MATCH (about:Position {id: $about})",
        "WorkCalendar": " MATCH (about:WorkCalendar {id: $about})",
    },
}
_LINKS: Mapping[str, LiteralString] = {
    "Candidate": "CREATE (event)-[:ABOUT]->(head)",
    "Organization": " SET event.organization = head.id ",
}


def _append(head: str, about: str, by: str) -> Statement[Nothing]:
    found = _THINGS[head][about]
    text = _HEADS[head] + _AUTHORS[by] + found + _CREATE + _LINKS[head]
    name = f"events.append_to_{about.lower()}" + ("" if by == "User" else f"_by_{by.lower()}")
    return Statement(name, text + (" CREATE (event)-[:ABOUT]->(about)" if found else ""), row=Nothing, writes=True)


APPEND: Mapping[tuple[str, str, str], Statement[Nothing]] = {
    (head, about, by): _append(head, about, by)
    for head, things in _THINGS.items()
    for about in things
    for by in _AUTHORS
    if not (head == "Organization" and by == "Candidate")
}
"""By the chain, what the event is about, and who wrote it; no candidate writes an Organization's history."""


def slice_of(instant: datetime) -> int:
    """The number of the slice of time in which an instant lies, counted from 1970."""
    return int(instant.timestamp() // SLICE)


def commitment(salt: bytes, payload: str) -> str:
    """Binds the event to its payload; once salt and payload are erased it says nothing about them."""
    return hmac.new(salt, payload.encode(), sha256).hexdigest()


def chained_hash(
    *,
    prev_hash: str,
    id: str,
    seq: int,
    type: str,
    occurred_at: datetime,
    recorded_at: datetime,
    actor_kind: str,
    by: list[str],
    about: list[str],
    commitment: str,
) -> str:
    """SHA-256 over all that an event says of itself and the hash before it."""
    parts = [prev_hash, id, seq, type, occurred_at, recorded_at, actor_kind, sorted(by), sorted(about), commitment]
    return sha256(canonical(parts)).hexdigest()


def link(chain: Chain, event: NewEvent, *, id: str, author: Author, now: datetime) -> dict[str, Any]:
    """The stored properties of the chain's next event; moves the chain's head to it."""
    about = [chain.id] if chain.label == "Candidate" else []
    if event.about is not None:
        about.append(event.about.id)
    salt, payload = os.urandom(32), canonical(event.payload).decode()
    stored: dict[str, Any] = {
        "id": id,
        "seq": chain.seq + 1,
        "type": event.type.value,
        "occurred_at": event.occurred_at.astimezone(UTC),
        "recorded_at": now.astimezone(UTC),
        "actor_kind": author.kind.value,
        "commitment": commitment(salt, payload),
        "prev_hash": chain.hash,
    }
    chain.seq, chain.hash = chain.seq + 1, chained_hash(**stored, by=[author.id], about=about)
    return {**stored, "recorded_in": slice_of(now), "payload": payload, "salt": salt.hex(), "hash": chain.hash}


async def append(tx: Transaction, chain: Chain, event: NewEvent, *, id: str, author: Author, now: datetime) -> None:
    """Appends to a chain whose head this transaction has locked."""
    label = event.about.label if event.about else chain.label
    await tx.run(
        APPEND[chain.label, label, author.label],
        **link(chain, event, id=id, author=author, now=now),
        head=chain.id,
        about=event.about.id if event.about else None,
        by=author.id,
    )


@dataclass(frozen=True, slots=True)
class StoredEvent:
    head: str
    id: str
    seq: int
    type: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_in: int
    actor_kind: str
    payload: str | None
    salt: str | None
    commitment: str
    prev_hash: str
    hash: str
    by: list[str]
    about: list[str]


@dataclass(frozen=True, slots=True)
class Head:
    """Whose chain it is, where the chain ends, and the Organization it belongs to."""

    id: str
    seq: int
    hash: str
    organization: str


_STORED: LiteralString = """
    event.id AS id, event.seq AS seq, event.type AS type, event.occurredAt AS occurred_at,
      event.recordedAt AS recorded_at, event.recordedIn AS recorded_in, event.actorKind AS actor_kind,
      event.payload AS payload, event.salt AS salt, event.commitment AS commitment, event.prevHash AS prev_hash,
      event.hash AS hash,
      [(event)-[:BY]->(by) | by.id] AS by, [(event)-[:ABOUT]->(about) | about.id] AS about
"""
LIST_CANDIDATES = Statement(
    "events.list_candidates",
    """
    MATCH (head:Candidate) WHERE head.id > $after AND ($organization IS NULL OR head.organization = $organization)
    RETURN head.id AS id, head.seq AS seq, head.hash AS hash, head.organization AS organization ORDER BY id LIMIT 500
    """,
    row=Head,
)
FIND_CANDIDATE = Statement(
    "events.find_candidate",
    """
    MATCH (head:Candidate {id: $id})
    RETURN head.id AS id, head.seq AS seq, head.hash AS hash, head.organization AS organization
    """,
    row=Head,
)
LIST_CANDIDATE_EVENTS = Statement(
    "events.list_candidate_events",
    "MATCH (head:Candidate)<-[:ABOUT]-(event:Event) WHERE head.id IN $heads RETURN head.id AS head,"
    + _STORED
    + "ORDER BY head, seq",
    row=StoredEvent,
)
LIST_ORGANIZATIONS = Statement(
    "events.list_organizations",
    """
    MATCH (head:Organization) WHERE $organization IS NULL OR head.id = $organization
    RETURN head.id AS id, head.seq AS seq, head.hash AS hash, head.id AS organization ORDER BY id
    """,
    row=Head,
)
LIST_ORGANIZATION_EVENTS = Statement(
    "events.list_organization_events",
    "MATCH (event:Event {organization: $head}) RETURN event.organization AS head," + _STORED + "ORDER BY seq",
    row=StoredEvent,
)
LIST_STRAYS = Statement(
    "events.list_strays",
    """
    MATCH (event:Event) WHERE NOT EXISTS { (event)-[:ABOUT]->(:Candidate) }
      AND NOT EXISTS { MATCH (head:Organization) WHERE head.id = event.organization }
    RETURN event.id AS id ORDER BY id LIMIT 100
    """,
    row=Found,
)
"""Events that stand in no chain: forged, or left of one whose head is gone."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was lawfully taken from a chain: all up to a seq, of an interview what findings say up to another, and the
    kept scores that named a finding, by their seqs."""

    whole: int
    interviews: Mapping[str, int]
    scores: frozenset[int] = frozenset()

    @classmethod
    def of(cls, events: list[StoredEvent]) -> Erased:
        whole = max((event.seq for event in events if event.type == EventType.CANDIDATE_ERASED.value), default=0)
        lapsed = [event for event in events if event.type == EventType.FINDING_ERASED.value]
        named = [seq for event in lapsed if event.payload for seq in json.loads(event.payload).get("scores", ())]
        interviews = {id: event.seq for event in lapsed for id in event.about if id != event.head}
        return cls(whole, interviews, frozenset(named))

    def of_finding(self, event: StoredEvent) -> int:
        """The seq of the last erasure of a finding on what the event is about; 0 where there was none."""
        return max((self.interviews.get(id, 0) for id in event.about), default=0)

    def covers(self, event: StoredEvent) -> bool:
        if event.seq <= self.whole:
            return True
        if event.type == EventType.SCORE_COMPUTED.value:
            return event.seq in self.scores
        return event.type in {type.value for type in ERASED_WITH_FINDINGS} and event.seq < self.of_finding(event)


def payload_fault(event: StoredEvent, erased: Erased) -> str | None:
    """What is wrong with an event's payload: an erasure takes payload and salt, and nothing else may take either."""
    if event.payload is None and event.salt is None:
        return None if erased.covers(event) else "its payload was removed"
    if event.payload is None or event.salt is None or event.commitment != committed(event.salt, event.payload):
        return "its payload was changed"
    return None


def committed(salt: str, payload: str) -> str | None:
    try:
        return commitment(bytes.fromhex(salt), payload)
    except ValueError:
        return None


def faults(head: Head, events: list[StoredEvent]) -> list[str]:
    """What is wrong with a chain, in sentences; none where every event is as it was written."""
    found: list[str] = []
    prev_hash = GENESIS
    erased = Erased.of(events)
    for seq, event in enumerate(events, start=1):
        where = f"chain {head.id}, event {event.seq} ({event.id})"
        if event.seq != seq:
            found.append(f"{where}: event {seq} is missing or out of place")
            break
        if event.prev_hash != prev_hash:
            found.append(f"{where}: does not follow the event before it")
        if event.hash != chained_hash(
            prev_hash=event.prev_hash,
            id=event.id,
            seq=event.seq,
            type=event.type,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            actor_kind=event.actor_kind,
            by=event.by,
            about=event.about,
            commitment=event.commitment,
        ):
            found.append(f"{where}: was changed after it was written")
        elif event.recorded_in != slice_of(event.recorded_at):
            found.append(f"{where}: is filed under another time than its own")
        if fault := payload_fault(event, erased):
            found.append(f"{where}: {fault}")
        prev_hash = event.hash
    if not found and (head.seq, head.hash) != (len(events), prev_hash):
        found.append(f"chain {head.id}: its head names event {head.seq}, its last is {len(events)}")
    return found


async def candidate_chains(
    client: Client, organization: str | None = None
) -> AsyncIterator[tuple[Head, list[StoredEvent]]]:
    """The chain of each candidate, or of each of one Organization's, in the order of their ids."""
    after = ""
    while heads := await client.read(LIST_CANDIDATES, after=after, organization=organization):
        chains: dict[str, list[StoredEvent]] = {head.id: [] for head in heads}
        for event in await client.read(LIST_CANDIDATE_EVENTS, heads=list(chains)):
            chains[event.head].append(event)
        for head in heads:
            yield head, chains[head.id]
        after = heads[-1].id


async def verify(client: Client, organization: str | None = None) -> tuple[int, int, list[str]]:
    """Chains and events read, and every fault found: of one Organization, or of all, with the events in no chain."""
    chains = count = 0
    found: list[str] = []
    for head in await client.read(LIST_ORGANIZATIONS, organization=organization):
        events = await client.read(LIST_ORGANIZATION_EVENTS, head=head.id)
        chains, count = chains + 1, count + len(events)
        found += faults(head, events)
    async for head, events in candidate_chains(client, organization):
        chains, count = chains + 1, count + len(events)
        found += faults(head, events)
    if organization is None:
        found += [f"event {stray.id} stands in no chain" for stray in await client.read(LIST_STRAYS)]
    return chains, count, found
