"""Proof: a file that a candidate hands in, who opened it, what a named person made of it, and when it is gone."""

from __future__ import annotations

import asyncio
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any, LiteralString

from graph import findings, messages, policies, proof_files, subjects, timers
from graph.events import EventType
from graph.exporting import Damaged
from graph.file_faults import Content
from graph.file_kinds import FileKind, kind_of
from graph.findings import FindingState
from graph.instants import from_text
from graph.labels import label
from graph.messages import Template
from graph.proof_files import ProofFiles
from graph.refusals import Code, Refusal
from graph.rescheduling import RequestState
from graph.secrets import Secrets
from graph.statements import Nothing, Statement
from graph.subjects import Subject
from graph.timers import Timer, TimerKind
from graph.traversal import Derived, Form, One, Prop, Shape
from graph.visibility import FIND_PERSON, Claim, Level, Viewer
from graph.withholding import written_text
from graph.writing import (
    RECRUITERS,
    Act,
    ActorKind,
    Desk,
    Graph,
    Outcome,
    Written,
    perform,
    person_refusal,
    random_id,
    role_refusal,
)

TICKET_TIME = timedelta(minutes=10)
SWEPT_AFTER = timedelta(hours=1)
"""After a ticket's end: no upload that began before it still runs."""
LOOKED_AT_AGAIN = timedelta(days=1)
"""A file is kept on for so long where something is still open that it bears on."""
MOST = 10
"""Files that are handed in about one interview, or one check of a résumé."""
OPEN_FINDING = frozenset({FindingState.SUSPECTED.value, FindingState.NOTICE_SENT.value, FindingState.DISPUTED.value})
OPEN_REQUEST = frozenset({RequestState.REQUESTED.value, RequestState.REFUSED.value})
"""States in which proof can still be handed in."""


class ProofVerdict(Enum):
    """What a named person made of a file."""

    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


PROOF = Shape(
    "Proof",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "kind": Prop(),
        "size": Prop(),
        "hash": Prop(),
        "uploadedAt": Prop(form=Form.INSTANT),
        "verdict": Prop(),
        # REJECTED is said of people: of a file, that it was not agreed to.
        "verdictLabel": label("CASE this.verdict WHEN 'REJECTED' THEN 'REFUSED' ELSE this.verdict END"),
        "reason": written_text("this.reason"),
        "decidedAt": Prop(form=Form.INSTANT),
        "purgedAt": Prop(form=Form.INSTANT),
        "repeats": Prop(
            "EXISTS { (this)<-[:HAS_PROOF]-()-[:HAS_PROOF]->(earlier:Proof) "
            "WHERE earlier.hash = this.hash AND earlier.uploadedAt < this.uploadedAt }"
        ),
        "interview": One("Interview", ("(this)<-[:HAS_PROOF]-(that:Interview)",), implied=True),
        "resumeCheck": One("ResumeCheck", ("(this)<-[:HAS_PROOF]-(that:ResumeCheck)",), implied=True),
        "finding": One("Finding", ("(this)-[:BEARS_ON]->(that:Finding)",)),
        "request": One("RescheduleRequest", ("(this)-[:BEARS_ON]->(that:RescheduleRequest)",)),
        "decidedBy": One("User", ("(this)-[:DECIDED_BY]->(that:User)",), implied=True),
    },
)


def _ticket(values: Sequence[Any], _: Mapping[str, Any], context: Any) -> str:
    return ticket_of(context.secrets, values[0])


UPLOAD_TICKET = Shape(
    "UploadTicket",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "ticket": Derived(("this.id",), _ticket),
        "expiresAt": Prop(form=Form.INSTANT),
    },
)


@dataclass(frozen=True, slots=True)
class TicketRow:
    id: str
    candidate: str
    application: str
    subject: str
    label: str
    finding: str | None
    request: str | None
    expires_at: datetime
    used: bool


@dataclass(frozen=True, slots=True)
class ProofRow:
    id: str
    candidate: str
    candidate_status: str
    subject: str
    label: str
    department: str
    object: str
    kind: str
    hash: str | None
    verdict: str | None
    purged: bool
    finding: str | None
    finding_states: list[str]
    request_state: str | None
    decided: list[str | None]


@dataclass(frozen=True, slots=True)
class HeldRow:
    proofs: int
    request_state: str | None
    finding_state: str | None


@dataclass(frozen=True, slots=True)
class ObjectRow:
    object: str


_SUBJECT: LiteralString = """
    MATCH (:Candidate {id: $candidate})-[:SUBMITTED]->(:Application)
      -[:HAS_INTERVIEW|HAS_CHECK]->(subject {id: $subject})
"""
"""By the candidate's own few, for an id alone, without a label, would be looked for in the whole graph."""
HELD = Statement(
    "proofs.held",
    _SUBJECT
    + """
    RETURN COUNT { MATCH (subject)-[:HAS_PROOF]->(proof:Proof) WHERE proof.purgedAt IS NULL } AS proofs,
      head([(subject)-[:HAS_REQUEST]->(r:RescheduleRequest {id: $request}) | r.state]) AS request_state,
      head([(subject)<-[:FINDS]-(f:Finding {id: $finding}) | f.state]) AS finding_state
    """,
    row=HeldRow,
)
CREATE_TICKET = Statement(
    "proofs.create_ticket",
    """
    CREATE (ticket:UploadTicket {id: $id, candidate: $candidate, subject: $subject, finding: $finding,
      request: $request, expiresAt: $expires_at})
    """,
    row=Nothing,
    writes=True,
)
FIND_TICKET = Statement(
    "proofs.find_ticket",
    """
    MATCH (ticket:UploadTicket {id: $id})
    MATCH (candidate:Candidate {id: ticket.candidate})-[:SUBMITTED]->(application:Application)
      -[:HAS_INTERVIEW|HAS_CHECK]->(subject {id: ticket.subject})
    RETURN ticket.id AS id, candidate.id AS candidate, application.id AS application, subject.id AS subject,
      head(labels(subject)) AS label, ticket.finding AS finding, ticket.request AS request,
      ticket.expiresAt AS expires_at, ticket.usedAt IS NOT NULL AS used
    """,
    row=TicketRow,
)
USE_TICKET = Statement(
    "proofs.use_ticket", "MATCH (ticket:UploadTicket {id: $id}) SET ticket.usedAt = $now", row=Nothing, writes=True
)
FORGET_TICKET = Statement(
    "proofs.forget_ticket", "MATCH (ticket:UploadTicket {id: $id}) DELETE ticket", row=Nothing, writes=True
)
CREATE = Statement(
    "proofs.create",
    _SUBJECT
    + """
    CREATE (subject)-[:HAS_PROOF]->(proof:Proof {id: $id, ticket: $ticket, object: $object, kind: $kind,
      size: $size, hash: $hash, uploadedAt: $now})
    """,
    row=Nothing,
    writes=True,
)
BEAR_ON_FINDING = Statement(
    "proofs.bear_on_finding",
    """
    MATCH (proof:Proof {id: $id}) MATCH (finding:Finding {id: $finding})
    CREATE (proof)-[:BEARS_ON]->(finding) SET finding.statementSeq = $seq, finding.answeredSeq = $seq
    """,
    row=Nothing,
    writes=True,
)
BEAR_ON_REQUEST = Statement(
    "proofs.bear_on_request",
    """
    MATCH (proof:Proof {id: $id}) MATCH (request:RescheduleRequest {id: $request})
    CREATE (proof)-[:BEARS_ON]->(request)
    """,
    row=Nothing,
    writes=True,
)
FIND = Statement(
    "proofs.find",
    """
    MATCH (proof:Proof {id: $id})<-[:HAS_PROOF]-(subject)
      -[:HELD_BY]->(department:Department {organization: $organization})
    MATCH (subject)<-[:HAS_INTERVIEW|HAS_CHECK]-(:Application)<-[:SUBMITTED]-(candidate:Candidate)
    RETURN proof.id AS id, candidate.id AS candidate, candidate.status AS candidate_status,
      subject.id AS subject, head(labels(subject)) AS label, department.id AS department, proof.object AS object,
      proof.kind AS kind, proof.hash AS hash, proof.verdict AS verdict, proof.purgedAt IS NOT NULL AS purged,
      head([(proof)-[:BEARS_ON]->(finding:Finding) | finding.id]) AS finding,
      [(subject)<-[:FINDS]-(finding:Finding) | finding.state] AS finding_states,
      head([(proof)-[:BEARS_ON]->(request:RescheduleRequest) | request.state]) AS request_state,
      [(subject)<-[:FINDS]-(finding:Finding) | toString(finding.decidedAt)]
        + [(subject)<-[:FINDS]-(finding:Finding) | toString(finding.voidedAt)]
        + [(subject)<-[:FINDS]-(finding:Finding) | toString(finding.rejectedAt)]
        + [(proof)-[:BEARS_ON]->(request:RescheduleRequest) | toString(request.decidedAt)] AS decided
    """,
    row=ProofRow,
)
LIST_OBJECTS = Statement(
    "proofs.list_objects", "MATCH (proof:Proof {ticket: $ticket}) RETURN proof.object AS object", row=ObjectRow
)
DECIDE = Statement(
    "proofs.decide",
    """
    MATCH (proof:Proof {id: $id}) MATCH (user:User {id: $by})
    SET proof.verdict = $verdict, proof.reason = $reason, proof.decidedAt = $now
    CREATE (proof)-[:DECIDED_BY]->(user)
    """,
    row=Nothing,
    writes=True,
)
SET_PURGED = Statement(
    "proofs.set_purged", "MATCH (proof:Proof {id: $id}) SET proof.purgedAt = $now", row=Nothing, writes=True
)
_PURPOSE: LiteralString = "proof-tickets/1"


def ticket_of(secrets: Secrets, id: str) -> str:
    """The ticket as its holder has it; the graph keeps its id alone, from which nobody without our key makes it."""
    return f"{id}.{_signature(secrets.derive(_PURPOSE), id)}"


def id_of_ticket(secrets: Secrets, ticket: str) -> str | None:
    """The id that a ticket names; null where we never gave it."""
    id, _, signature = ticket.partition(".")
    fits = [hmac.compare_digest(_signature(key, id), signature) for key in secrets.derive_each(_PURPOSE)]
    return id if any(fits) else None


def _signature(key: bytes, id: str) -> str:
    return urlsafe_b64encode(hmac.new(key, id.encode(), sha256).digest()).rstrip(b"=").decode()


def ticket_refusal(held: HeldRow) -> Refusal | None:
    """Why nothing can be handed in: nothing is open that it would bear on, or there is enough."""
    if held.finding_state is None and held.request_state is None:
        return Refusal(Code.NOT_FOUND, "about")
    if not (held.finding_state in OPEN_FINDING or held.request_state in OPEN_REQUEST):
        return Refusal(Code.NOTHING_OPEN, "about")
    return Refusal(Code.TOO_MANY_FILES, "about") if held.proofs >= MOST else None


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a proof bears on: a finding, or a request for another time."""

    finding: str | None = None
    request: str | None = None


async def request_upload(graph: Graph, act: Act, about: Bearing) -> Outcome:
    """Gives the candidate a ticket to hand in one file, for ten minutes."""
    if refused := person_refusal(act.viewer, verified=True):
        return refused

    async def work(desk: Desk) -> Outcome:
        subject = await _subject(desk, about)
        if isinstance(subject, Refusal):
            return subject
        if refused := ticket_refusal(await _held(desk, subject, about)):
            return refused
        id, expires_at = desk.new_id(), act.now + TICKET_TIME
        await desk.tx.run(
            CREATE_TICKET,
            id=id,
            candidate=subject.candidate,
            subject=subject.id,
            finding=about.finding,
            request=about.request,
            expires_at=expires_at,
        )
        await timers.start(desk, TimerKind.SWEEP_UPLOAD, id, expires_at + SWEPT_AFTER)
        return Written("UploadTicket", id)

    return await perform(graph, act, work)


async def _held(desk: Desk, subject: Subject, about: Bearing) -> HeldRow:
    """What has been handed in about it, and whether what it is to bear on is open."""
    named = {"finding": about.finding or "", "request": about.request or ""}
    held = await desk.tx.one(HELD, candidate=subject.candidate, subject=subject.id, **named)
    return held or HeldRow(0, None, None)


async def _subject(desk: Desk, about: Bearing) -> Subject | Refusal:
    """What of the candidate who acts the finding or the request hangs on, locked."""
    absent = Refusal(Code.NOT_FOUND, "about")
    if about.finding is not None:
        found = await findings.find_mine(desk, about.finding)
        return absent if isinstance(found, Refusal) else found[1]
    person = desk.act.viewer.person
    asked = await desk.tx.one(FIND_REQUEST, id=about.request or "", own=list(person.candidates) if person else [])
    subject = await subjects.find_mine(desk, subjects.INTERVIEW, asked.object) if asked else absent
    return absent if isinstance(subject, Refusal) else subject


FIND_REQUEST = Statement(
    "proofs.find_request",
    """
    MATCH (:RescheduleRequest {id: $id})<-[:HAS_REQUEST]-(interview:Interview)
      <-[:HAS_INTERVIEW]-(:Application)<-[:SUBMITTED]-(candidate:Candidate)
    WHERE candidate.id IN $own
    RETURN interview.id AS object
    """,
    row=ObjectRow,
)
"""Somebody else's is as absent as one that is not there, also by what is run after it."""


async def find_ticket(graph: Graph, ticket: str, now: datetime) -> TicketRow | None:
    """The ticket, while a file may still be handed in by it."""
    id = id_of_ticket(graph.secrets, ticket)
    rows = await graph.client.read(FIND_TICKET, id=id) if id else []
    return rows[0] if rows and not rows[0].used and now < rows[0].expires_at else None


async def receive(
    graph: Graph,
    ticket: TicketRow,
    plain: Content,
    now: datetime,
    *,
    ids: Callable[[], Callable[[], str]] = lambda: random_id,
    quiet: bool = False,
) -> Outcome:
    """Takes one whole file; NotTaken where it is none of those that are. It is stored before the graph knows of it.

    Sent again with the same ticket, the same file has no second effect, and another is refused. `ids` and `quiet` are
    those of an Act.
    """
    files = _files(graph)
    kind, digest = await asyncio.to_thread(lambda: (kind_of(plain), sha256(plain).hexdigest()))
    rows = await graph.client.read(FIND_PERSON, candidate=ticket.candidate, application=ticket.application)
    await graph.keys.load({ticket.candidate}, anew=True)
    if not rows or not graph.keys.holds(ticket.candidate):
        return Refusal(Code.NOT_FOUND, "ticket")
    viewer = Viewer.of_person(rows[0], Claim(ticket.candidate, ticket.application, verified=True))
    name = proof_files.name(ticket.candidate, ticket.id, random_id())
    await files.put(name, await asyncio.to_thread(proof_files.sealed, graph.keys, ticket.candidate, name, plain))
    act = Act(viewer, now, "uploadProof", ticket.id, {"hash": digest}, ActorKind.CANDIDATE, ids, quiet)
    given = _Given(ticket, name, kind, len(plain), digest)
    outcome = await perform(graph, act, lambda desk: _write(desk, given))
    if isinstance(outcome, Refusal) or outcome.replay:
        await files.delete(name)
    return outcome


@dataclass(frozen=True, slots=True)
class _Given:
    ticket: TicketRow
    object: str
    kind: FileKind
    size: int
    hash: str


async def _write(desk: Desk, given: _Given) -> Outcome:
    subject = await subjects.find_mine(desk, given.ticket.label, given.ticket.subject)
    ticket = await desk.tx.one(FIND_TICKET, id=given.ticket.id)
    # One that ran out while the file came is good; one that was ended with its link is not.
    ended = ticket is not None and ticket.expires_at < given.ticket.expires_at
    if isinstance(subject, Refusal) or ticket is None or ticket.used or ended:
        return Refusal(Code.NOT_FOUND, "ticket")
    if refused := ticket_refusal(await _held(desk, subject, Bearing(ticket.finding, ticket.request))):
        return refused
    id = desk.new_id()
    await desk.tx.run(
        CREATE,
        id=id,
        candidate=subject.candidate,
        subject=subject.id,
        ticket=ticket.id,
        object=given.object,
        kind=given.kind.value,
        size=given.size,
        hash=given.hash,
        now=desk.act.now,
    )
    await desk.tx.run(USE_TICKET, id=ticket.id, now=desk.act.now)
    payload = {"proof": id, "kind": given.kind.value, "size": given.size, "hash": given.hash}
    await subjects.record(desk, EventType.PROOF_RECEIVED, subject, **payload)
    assert desk.chain is not None
    if ticket.finding is not None:
        # It is an answer like a spoken one: nobody decides without having read it.
        await desk.tx.run(BEAR_ON_FINDING, id=id, finding=ticket.finding, seq=desk.chain.seq)
    else:
        await desk.tx.run(BEAR_ON_REQUEST, id=id, request=ticket.request)
    kept = (await policies.in_force(desk.tx, desk.act.viewer.organization)).proof_kept
    await timers.start(desk, TimerKind.PURGE_PROOF, id, desk.act.now + kept)
    about, told = _letter(subject, ticket.finding), {"proof": id, **subject.told(desk)}
    await messages.tell_department(desk, Template.PROOF_RECEIVED, subject.department, about, **told)
    return Written("Proof", id)


def _letter(subject: Subject, finding: str | None) -> str:
    """The record that a message about a proof is about: the interview, or what was found of the résumé."""
    return finding or subject.id if subject.is_check else subject.id


async def find_own(desk: Desk, id: str) -> tuple[ProofRow, Subject] | Refusal:
    """The proof and what it is about, the candidate locked, if the viewer's department decides about it."""
    absent, viewer = Refusal(Code.NOT_FOUND, "proof"), desk.act.viewer
    found = await desk.tx.one(FIND, id=id, organization=viewer.organization)
    if found is None or not viewer.owns(found.department):
        return absent
    subject = await subjects.find_own(desk, found.label, found.subject)
    locked = await desk.tx.one(FIND, id=id, organization=viewer.organization)
    return absent if isinstance(subject, Refusal) or locked is None else (locked, subject)


async def _find_mine(desk: Desk, id: str) -> tuple[ProofRow, Subject] | Refusal:
    """The proof and what it is about, the candidate locked, if it is of the person who acts."""
    absent, person = Refusal(Code.NOT_FOUND, "proof"), desk.act.viewer.person
    found = await desk.tx.one(FIND, id=id, organization=desk.act.viewer.organization)
    if found is not None and (person is None or found.candidate not in person.candidates):
        found = None
    subject = await subjects.find_mine(desk, found.label, found.subject) if found else absent
    locked = await desk.tx.one(FIND, id=id, organization=desk.act.viewer.organization)
    return absent if isinstance(subject, Refusal) or locked is None else (locked, subject)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file as it was handed in."""

    kind: FileKind
    plain: Content


async def open_file(graph: Graph, act: Act, proof: str) -> OpenFile | Refusal:
    """The file, for HR of the deciding department and, code given, for the candidate whose it is.

    That it was opened is on record before a byte of it is read.
    """
    mine = act.viewer.person is not None
    if refused := person_refusal(act.viewer, verified=True) if mine else role_refusal(act.viewer, RECRUITERS):
        return refused
    rows: list[ProofRow] = []

    async def work(desk: Desk) -> Outcome:
        found = await (_find_mine if mine else find_own)(desk, proof)
        if isinstance(found, Refusal):
            return found
        if found[0].purged or found[0].candidate_status == "ERASED":
            return Refusal(Code.PROOF_PURGED, "proof")
        rows[:] = [found[0]]
        await subjects.record(desk, EventType.PROOF_OPENED, found[1], proof=proof)
        return Written("Proof", proof)

    outcome = await perform(graph, act, work)
    if isinstance(outcome, Refusal):
        return outcome
    (row,) = rows
    await graph.keys.load({row.candidate}, anew=True)
    stored = await _files(graph).get(row.object)
    plain = await asyncio.to_thread(proof_files.opened, graph.keys, row.candidate, row.object, stored)
    if sha256(plain).hexdigest() != row.hash:
        raise Damaged("The file is not the one that was handed in.")
    return OpenFile(FileKind(row.kind), plain)


async def decide(graph: Graph, act: Act, proof: str, *, verdict: ProofVerdict, reason: str) -> Outcome:
    """What a named person makes of it; accepted, it excuses what it bears on."""
    if refused := role_refusal(act.viewer, RECRUITERS) or findings.reason_refusal(reason):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, proof)
        if isinstance(found, Refusal):
            return found
        row, subject = found
        if findings.decider_refusal(act.viewer, subject):
            return Refusal(Code.NOT_ALLOWED, "proof")
        if row.verdict is not None:
            return Refusal(Code.PROOF_DECIDED, "proof")
        await desk.tx.run(DECIDE, id=row.id, by=act.viewer.id, verdict=verdict.value, reason=reason, now=act.now)
        payload = {"proof": row.id, "verdict": verdict.value, "reason": reason}
        await subjects.record(desk, EventType.PROOF_DECIDED, subject, **payload)
        if verdict is ProofVerdict.ACCEPTED:
            await findings.excuse_by_proof(desk, subject, reason)
        if not row.purged:
            kept = (await policies.in_force(desk.tx, act.viewer.organization)).proof_kept
            await timers.start(desk, TimerKind.PURGE_PROOF, row.id, act.now + kept)
        about, told = _letter(subject, row.finding), {"proof": row.id, **subject.told(desk)}
        await messages.tell_candidate(desk, Template.PROOF_DECIDED, about, **told)
        return Written("Proof", row.id)

    return await perform(graph, act, work)


def is_wanted(proof: ProofRow) -> bool:
    """Whether a file is kept on: a dispute is open, or nobody has decided what it bears on."""
    if proof.candidate_status == "ERASED":
        return False
    if FindingState.DISPUTED.value in proof.finding_states:
        return True
    undecided = OPEN_FINDING.intersection(proof.finding_states) or proof.request_state == RequestState.REQUESTED.value
    return proof.verdict is None and bool(undecided)


def kept_until(proof: ProofRow, now: datetime, kept: timedelta) -> datetime | None:
    """When to look again at a file that is kept on; null where it is not.

    Whatever was decided of what it bears on, with or without a word about the file itself, it is kept from then; so it
    is from the decision of a dispute, whichever way that went.
    """
    if proof.candidate_status == "ERASED":
        return None
    if is_wanted(proof):
        return now + LOOKED_AT_AGAIN
    decided = [from_text(at) + kept for at in proof.decided if at is not None]
    return max((until for until in decided if until > now), default=None)


async def purge(graph: Graph, timer: Timer, now: datetime) -> None:
    """Deletes a file whose time has come; verdict and hash stay."""
    rows = await graph.client.read(FIND, id=timer.subject, organization=timer.organization)
    policy = policies.of_rows(await graph.client.read(policies.FIND, organization=timer.organization))
    if rows and kept_until(rows[0], now, policy.proof_kept) is not None:
        await timers.take(graph, timer, now, _look_again)
        return
    if rows and not rows[0].purged:
        await _files(graph).delete(rows[0].object)
    await timers.take(graph, timer, now, _note_purge)


async def _look_again(desk: Desk, timer: Timer) -> None:
    found = await desk.tx.one(FIND, id=timer.subject, organization=timer.organization)
    kept = (await policies.in_force(desk.tx, timer.organization)).proof_kept
    until = found and kept_until(found, desk.act.now, kept)
    # Whatever has changed since it was read comes to be seen at once.
    await timers.start(desk, TimerKind.PURGE_PROOF, timer.subject, until or desk.act.now)


async def _note_purge(desk: Desk, timer: Timer) -> None:
    found = await desk.tx.one(FIND, id=timer.subject, organization=timer.organization)
    if found is not None and not found.purged:
        await desk.tx.run(SET_PURGED, id=found.id, now=desk.act.now)
        await subjects.record_of(desk, EventType.PROOF_PURGED, found.label, found.subject, proof=found.id)


async def sweep(graph: Graph, timer: Timer, now: datetime) -> None:
    """Deletes what came by a ticket and never reached the graph, and forgets the ticket."""
    known = {row.object for row in await graph.client.read(LIST_OBJECTS, ticket=timer.subject)}
    files = _files(graph)
    for name in await files.names(proof_files.folder(timer.candidate or "", timer.subject)):
        if name not in known:
            await files.delete(name)
    await timers.take(graph, timer, now, _forget_ticket)


async def _forget_ticket(desk: Desk, timer: Timer) -> None:
    await desk.tx.run(FORGET_TICKET, id=timer.subject)


def _files(graph: Graph) -> ProofFiles:
    if graph.files is None:
        raise RuntimeError("this process was given no place for files")
    return graph.files
