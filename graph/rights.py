"""Requests about one's rights: correction, restriction, objection, erasure and human review, each due and answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from graph import candidates, erasures, messages, timers
from graph.candidates import CandidateStatus
from graph.events import EventType
from graph.labels import label
from graph.messages import Template
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Found, Nothing, Statement
from graph.timers import Timer, TimerKind
from graph.traversal import Form, One, Prop, Shape
from graph.visibility import Level
from graph.withholding import written_text
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, person_refusal, role_refusal

DUE = timedelta(days=30)
"""The month of GDPR 12 (3); PIPL 50 says timely, and names no number."""


class RightsKind(Enum):
    """What is asked for."""

    CORRECTION = "CORRECTION"
    RESTRICTION = "RESTRICTION"
    OBJECTION = "OBJECTION"
    ERASURE = "ERASURE"
    HUMAN_REVIEW = "HUMAN_REVIEW"


class RightsState(Enum):
    """How far a request has come."""

    FILED = "FILED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


RESTRICTS = frozenset({RightsKind.RESTRICTION, RightsKind.OBJECTION})
"""What is done at once where it is granted: nothing about the person counts any more."""

RIGHTS_REQUEST = Shape(
    "RightsRequest",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "kind": Prop(see=Level.ALL),
        "kindLabel": label("this.kind", see=Level.ALL),
        "state": Prop(see=Level.ALL),
        "stateLabel": label(
            "CASE this.state WHEN 'OPEN' THEN 'RIGHTS_REQUEST_OPEN' ELSE this.state END", see=Level.ALL
        ),
        "text": Prop(see=Level.ALL),
        "filedAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "dueAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "answeredAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "reason": written_text("this.reason", see=Level.ALL),
        "answeredBy": One("User", ("(this)-[:ANSWERED_BY]->(that:User)",), implied=True),
        "candidate": One("Candidate", ("(this)-[:FROM]->(that:Candidate)",)),
    },
)


@dataclass(frozen=True, slots=True)
class MessageRow:
    template: str
    state: str
    created_at: datetime


LIST_MESSAGES = Statement(
    "rights.list_messages",
    """
    MATCH (candidate:Candidate)<-[:TO]-(message:Message) WHERE candidate.id IN $ids
    RETURN message.template AS template, message.state AS state, message.createdAt AS created_at
    ORDER BY created_at, template, message.id
    """,
    row=MessageRow,
)
"""What was to be told to a person, and how far each message has come."""


@dataclass(frozen=True, slots=True)
class RequestRow:
    id: str
    kind: str
    state: str
    candidate: str
    status: str
    same: list[str]
    departments: list[str]

    @property
    def records(self) -> list[str]:
        """All of the person that are not erased, in the order in which they are locked."""
        return sorted((self.candidate, *self.same))


FIND = Statement(
    "rights.find",
    """
    MATCH (request:RightsRequest {id: $id})-[:FROM]->(candidate:Candidate {organization: $organization})
    RETURN request.id AS id, request.kind AS kind, request.state AS state, candidate.id AS candidate,
      candidate.status AS status,
      [(candidate)-[:SAME_AS]-(other:Candidate) WHERE other.status <> 'ERASED' | other.id] AS same,
      [(candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)
        -[:BELONGS_TO]->(d:Department) | d.id] AS departments
    """,
    row=RequestRow,
)
FIND_CANDIDATE = Statement(
    "rights.find_candidate",
    "MATCH (candidate:Candidate)-[:SUBMITTED]->(:Application {id: $application}) RETURN candidate.id AS id",
    row=Found,
)
FIND_OPEN = Statement(
    "rights.find_open",
    """
    MATCH (:Candidate {id: $candidate})-[:SAME_AS*0..1]-(:Candidate)
      <-[:FROM]-(request:RightsRequest {kind: $kind, state: 'FILED'})
    RETURN request.id AS id ORDER BY id LIMIT 1
    """,
    row=Found,
)
LIST_DEPARTMENTS = Statement(
    "rights.list_departments",
    """
    MATCH (:Candidate {id: $candidate})-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)
      -[:FOR]->(:Position)-[:BELONGS_TO]->(department:Department)
    RETURN DISTINCT department.id AS id ORDER BY id
    """,
    row=Found,
)
FILE = Statement(
    "rights.file",
    """
    MATCH (candidate:Candidate {id: $candidate})
    CREATE (request:RightsRequest {id: $id, organization: candidate.organization, kind: $kind, text: $text,
      state: 'FILED', filedAt: $now, dueAt: $due_at})
    CREATE (request)-[:FROM]->(candidate)
    """,
    row=Nothing,
    writes=True,
)
FIND_STANDING = Statement(
    "rights.find_standing",
    """
    MATCH (candidate:Candidate)<-[:FROM]-(request:RightsRequest {state: 'GRANTED'})
    WHERE candidate.id IN $candidates AND request.kind IN $kinds
    RETURN request.id AS id ORDER BY id LIMIT 1
    """,
    row=Found,
)
"""A granted request of any record of the person."""
WITHDRAW = Statement(
    "rights.withdraw",
    "MATCH (request:RightsRequest {id: $id}) SET request.state = 'WITHDRAWN', request.withdrawnAt = $now",
    row=Nothing,
    writes=True,
)
ANSWER = Statement(
    "rights.answer",
    """
    MATCH (request:RightsRequest {id: $id}) MATCH (user:User {id: $by})
    SET request.state = $state, request.reason = $reason, request.answeredAt = $now
    CREATE (request)-[:ANSWERED_BY]->(user)
    """,
    row=Nothing,
    writes=True,
)


def text_refusal(text: str | None, field: str, *, needed: bool, longest: int) -> Refusal | None:
    if not (text or "").strip():
        return invalid(field, Fault.NEEDED) if needed else None
    return invalid(field, Fault.AT_MOST, longest) if len(text or "") > longest else None


async def file(graph: Graph, act: Act, kind: RightsKind, text: str | None) -> Outcome:
    """The candidate asks; one request of a kind is open at a time."""
    if refused := person_refusal(act.viewer, verified=True) or text_refusal(text, "text", needed=False, longest=10_000):
        return refused
    assert act.viewer.person is not None
    candidate = act.viewer.person.candidates[0]

    async def work(desk: Desk) -> Outcome:
        await desk.lock_candidate(candidate)
        if await desk.tx.one(FIND_OPEN, candidate=candidate, kind=kind.value):
            return Refusal(Code.RIGHTS_REQUEST_OPEN, "kind")
        id, due_at = desk.new_id(), act.now + DUE
        values = {"candidate": candidate, "kind": kind.value, "text": text, "now": act.now, "due_at": due_at}
        await desk.tx.run(FILE, id=id, **values)
        await desk.record(EventType.REQUEST_FILED, request=id, kind=kind.value, text=text, dueAt=due_at)
        await timers.start(desk, TimerKind.REQUEST, id, due_at)
        told: dict[str, Any] = {"dueAt": due_at, "erasure": kind is RightsKind.ERASURE}
        await messages.tell_candidate(desk, Template.REQUEST_RECEIVED, id, **told)
        departments = await _tell_departments(desk, Template.REQUEST_RECEIVED, candidate, id, **told)
        if kind is RightsKind.ERASURE and departments > 1:
            # What concerns several departments no recruiter of one may erase.
            await messages.tell_admins(desk, Template.REQUEST_RECEIVED, id, **told)
        return Written("RightsRequest", id)

    return await perform(graph, act, work)


async def _tell_departments(desk: Desk, template: Template, candidate: str, request: str, **facts: Any) -> int:
    """Tells every department that the person applied to, by whichever record; how many there are."""
    departments = await desk.tx.run(LIST_DEPARTMENTS, candidate=candidate)
    for department in departments:
        await messages.tell_department(desk, template, department.id, request, **facts)
    return len(departments)


def withdraw_refusal(request: RequestRow) -> Refusal | None:
    """Why a request cannot be taken back: it was refused, is done, or was taken back already."""
    open_still = request.state == RightsState.FILED.value
    if open_still or (request.state == RightsState.GRANTED.value and RightsKind(request.kind) in RESTRICTS):
        return None
    return Refusal(Code.RIGHTS_REQUEST_ANSWERED, "rightsRequest")


async def withdraw(graph: Graph, act: Act, request: str) -> Outcome:
    """The candidate takes back what they asked for; a restriction that no other request of theirs holds ends with it.

    Nobody else ends one: it was asked for and granted.
    """
    if refused := person_refusal(act.viewer, verified=True):
        return refused
    person = act.viewer.person
    assert person is not None

    async def work(desk: Desk) -> Outcome:
        found = await desk.tx.one(FIND, id=request, organization=act.viewer.organization)
        if found is None or found.candidate not in person.candidates:
            return Refusal(Code.NOT_FOUND, "rightsRequest")
        # All records of the person: two requests that are taken back at once would each find the other standing.
        for candidate in (*found.records, found.candidate):
            await desk.lock_candidate(candidate)
        (found,) = await desk.tx.run(FIND, id=request, organization=act.viewer.organization)
        if refused := withdraw_refusal(found):
            return refused
        await desk.tx.run(WITHDRAW, id=found.id, now=act.now)
        await timers.cancel(desk, found.id, TimerKind.REQUEST)
        await desk.record(EventType.REQUEST_WITHDRAWN, request=found.id, kind=found.kind)
        if found.state == RightsState.GRANTED.value:
            await _lift(desk, found.records)
        return Written("RightsRequest", found.id)

    return await perform(graph, act, work)


async def _is_held(desk: Desk, *records: str) -> bool:
    """Whether a granted request of any of these records restricts the person."""
    kinds = [kind.value for kind in RESTRICTS]
    return await desk.tx.one(FIND_STANDING, candidates=[*records], kinds=kinds) is not None


async def _lift(desk: Desk, records: list[str]) -> None:
    """Ends a restriction, unless another granted request of the person holds it."""
    if not await _is_held(desk, *records):
        for candidate in records:
            await candidates.lift(desk, candidate)


async def _by_the_other(desk: Desk, candidate: str, other: str) -> str | None:
    """Which of two records only what the other one asked for restricts; null where both asked, or neither."""
    asked = await _is_held(desk, candidate)
    if asked == await _is_held(desk, other):
        return None
    return other if asked else candidate


async def restrict_together(desk: Desk, candidate: str, other: str) -> None:
    """Two records come to be one person's: what restricts the one restricts the other."""
    if (partner := await _by_the_other(desk, candidate, other)) is not None:
        await candidates.restrict(desk, partner)


async def lift_apart(desk: Desk, candidate: str, other: str) -> None:
    """Two records are two people's after all: neither is restricted by what the other one asked for."""
    if (partner := await _by_the_other(desk, candidate, other)) is not None:
        await candidates.lift(desk, partner)


def answer_refusal(request: RequestRow, state: RightsState, reason: str | None) -> Refusal | None:
    """Why a request cannot be answered so."""
    if state not in (RightsState.GRANTED, RightsState.REFUSED):
        return invalid("answer", Fault.NOT_HERE)
    if request.state != RightsState.FILED.value:
        return Refusal(Code.RIGHTS_REQUEST_ANSWERED, "rightsRequest")
    if request.status == CandidateStatus.ERASED.value:
        return Refusal(Code.CANDIDATE_ERASED, "rightsRequest")
    return text_refusal(reason, "reason", needed=state is RightsState.REFUSED, longest=2_000)


async def _grant(desk: Desk, kind: RightsKind, records: list[str]) -> list[str]:
    """Does to each record of the person what was asked for; returns those that are erased."""
    for candidate in records:
        if kind is RightsKind.ERASURE:
            await erasures.erase(desk, candidate)
        elif kind in RESTRICTS:
            await candidates.restrict(desk, candidate)
    return records if kind is RightsKind.ERASURE else []


async def answer(graph: Graph, act: Act, request: str, state: RightsState, reason: str | None) -> Outcome:
    """Grants or refuses; what is granted is done in the same transaction.

    Who erases must own all that goes with it: every department that the person applied to.
    """
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused
    erased: list[str] = []

    async def work(desk: Desk) -> Outcome:
        erased.clear()
        found = await desk.tx.one(FIND, id=request, organization=act.viewer.organization)
        if found is None or not any(act.viewer.owns(department) for department in found.departments):
            return Refusal(Code.NOT_FOUND, "rightsRequest")
        await desk.lock_candidate(found.candidate)
        (found,) = await desk.tx.run(FIND, id=request, organization=act.viewer.organization)
        if refused := answer_refusal(found, state, reason):
            return refused
        kind = RightsKind(found.kind)
        granted = state is RightsState.GRANTED
        if granted and kind is RightsKind.ERASURE and not all(act.viewer.owns(each) for each in found.departments):
            return Refusal(Code.NOT_ALLOWED, "rightsRequest")
        await desk.tx.run(ANSWER, id=found.id, by=act.viewer.id, state=state.value, reason=reason or None, now=act.now)
        await timers.cancel(desk, found.id, TimerKind.REQUEST)
        await desk.record(EventType.REQUEST_ANSWERED, request=found.id, answer=state.value, reason=reason)
        if not granted or kind is not RightsKind.ERASURE:
            await messages.tell_candidate(desk, Template.REQUEST_ANSWERED, found.id)
        if granted:
            erased.extend(await _grant(desk, kind, found.records))
        return Written("RightsRequest", found.id)

    outcome = await perform(graph, act, work)
    for candidate in erased if isinstance(outcome, Written) else ():
        await graph.keys.drop(candidate)
    return outcome


async def overdue(desk: Desk, timer: Timer) -> None:
    """The time to answer has passed: the history says so, and every department concerned is told once more, and the
    HR_ADMINs, who may answer whatever it is."""
    found = await desk.tx.one(FIND, id=timer.subject, organization=timer.organization)
    if found is None or found.state != RightsState.FILED.value or found.status == CandidateStatus.ERASED.value:
        return
    await desk.record(EventType.REQUEST_OVERDUE, request=found.id, kind=found.kind)
    await _tell_departments(desk, Template.REQUEST_OVERDUE, found.candidate, found.id, dueAt=timer.due_at)
    await messages.tell_admins(desk, Template.REQUEST_OVERDUE, found.id, dueAt=timer.due_at)
