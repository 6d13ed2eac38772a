"""Another time: a candidate asks for it, by right where it is in time, else as HR decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, LiteralString

from graph import applications, conduct, interviews, messages, policies, slots, timers, working_days
from graph.events import EventType
from graph.interviews import Attendance, InterviewRow, Side, Times, missed_at
from graph.labels import label
from graph.messages import Template
from graph.policies import Policy
from graph.refusals import Code, Fault, Refusal, invalid
from graph.slots import SlotRow
from graph.statements import Nothing, Statement
from graph.timers import Timer, TimerKind
from graph.traversal import Form, One, Prop, Shape
from graph.visibility import Level
from graph.withholding import written_text
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, person_refusal, role_refusal


class RequestState(Enum):
    """How far a request for another time has come.

    OWED: granted by right, and HR owes a time. LAPSED: what it asked for was settled otherwise.
    """

    REQUESTED = "REQUESTED"
    OWED = "OWED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    LAPSED = "LAPSED"


RESCHEDULE_REQUEST = Shape(
    "RescheduleRequest",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "state": Prop(),
        "stateLabel": label("this.state"),
        "inTime": Prop(),
        "policyVersion": Prop(),
        "reason": Prop(),
        "requestedAt": Prop(form=Form.INSTANT),
        "owedBy": Prop(form=Form.INSTANT),
        "overdueAt": Prop(form=Form.INSTANT),
        "decidedAt": Prop(form=Form.INSTANT),
        "answer": written_text("this.answer"),
        "interview": One("Interview", ("(this)<-[:HAS_REQUEST]-(that:Interview)",), implied=True),
        "slot": One("Slot", ("(this)-[:CHOOSES]->(that:Slot)",)),
        "decidedBy": One("User", ("(this)-[:DECIDED_BY]->(that:User)",), implied=True),
    },
)


@dataclass(frozen=True, slots=True)
class RequestRow:
    id: str
    state: str
    interview: str
    department: str
    slot: str | None


_FOUND: LiteralString = """
    RETURN request.id AS id, request.state AS state, interview.id AS interview, department.id AS department,
      head([(request)-[:CHOOSES]->(slot:Slot) | slot.id]) AS slot
"""
FIND = Statement(
    "rescheduling.find",
    """
    MATCH (request:RescheduleRequest {id: $id})<-[:HAS_REQUEST]-(interview:Interview)
      -[:HELD_BY]->(department:Department {organization: $organization})
    """
    + _FOUND,
    row=RequestRow,
)
CREATE = Statement(
    "rescheduling.create",
    """
    MATCH (interview:Interview {id: $interview})
    CREATE (request:RescheduleRequest {id: $id, state: $state, inTime: $in_time, reason: $reason,
      policyVersion: $policy_version, requestedAt: $now, owedBy: $owed_by, noneSuits: $none_suits})
    CREATE (interview)-[:HAS_REQUEST]->(request)
    """,
    row=Nothing,
    writes=True,
)
CHOOSE = Statement(
    "rescheduling.choose",
    "MATCH (request:RescheduleRequest {id: $id}) MATCH (slot:Slot {id: $slot}) CREATE (request)-[:CHOOSES]->(slot)",
    row=Nothing,
    writes=True,
)
DECIDE = Statement(
    "rescheduling.decide",
    """
    MATCH (request:RescheduleRequest {id: $id}) MATCH (user:User {id: $by})
    SET request.state = $state, request.decidedAt = $now, request.answer = $answer
    CREATE (request)-[:DECIDED_BY]->(user)
    """,
    row=Nothing,
    writes=True,
)
SET_STATE = Statement(
    "rescheduling.set_state",
    "MATCH (request:RescheduleRequest {id: $id}) SET request.state = $state, request.decidedAt = $now",
    row=Nothing,
    writes=True,
)
SET_OVERDUE = Statement(
    "rescheduling.set_overdue",
    "MATCH (request:RescheduleRequest {id: $id}) SET request.overdueAt = $now",
    row=Nothing,
    writes=True,
)
GRANTABLE = frozenset({Attendance.PENDING.value, Attendance.NOT_ATTENDED.value, Attendance.RESCHEDULED.value})
"""What stands of an interview while a late request for another time can still be granted: where it is moved, the
request is settled by that; where its time was given to somebody else, the request still waits."""


def is_in_time(interview: InterviewRow, policy: Policy, now: datetime) -> bool:
    """A recorded interview is missed at its deadline, any other at its start."""
    return missed_at(interview) - now >= policy.reschedule_notice


def request_refusal(interview: InterviewRow, now: datetime, slot: str | None) -> Refusal | None:
    """Why another time cannot be asked for; with a time that HR owes there is one more to choose."""
    if interview.stage in applications.ENDED:
        return Refusal(Code.APPLICATION_ENDED, "interview")
    if interview.request_state == RequestState.OWED.value:
        return None if slot is not None else Refusal(Code.REQUEST_OPEN, "interview")
    if refused := interviews.change_refusal(interview, now):
        return refused
    return Refusal(Code.REQUEST_OPEN, "interview") if interview.request else None


def text_refusal(text: str, field: str) -> Refusal | None:
    return None if 0 < len(text.strip()) <= 2_000 else invalid(field, Fault.LENGTH, 1, 2_000)


async def request(
    graph: Graph, act: Act, interview: str, *, slot: str | None, reason: str, none_suits: bool = False
) -> Outcome:
    """The candidate asks for another time; what is asked in time is granted by right and never a no-show.

    HR owes a time where none is open, or where whoever asks says that none of them suits.
    """
    if none_suits and slot is not None:
        return invalid("noneSuits", Fault.NOT_BOTH)
    if refused := person_refusal(act.viewer, verified=False) or text_refusal(reason, "reason"):
        return refused

    async def work(desk: Desk) -> Outcome:
        old = await interviews.find_mine(desk, interview)
        if isinstance(old, Refusal):
            return old
        if refused := request_refusal(old, act.now, slot) or await _choice_refusal(desk, old, slot, none_suits):
            return refused
        place = None if slot is None else await slots.choose(desk, slot, interview=old.id, mode=old.mode)
        if isinstance(place, Refusal):
            return place
        if old.request and place:
            await desk.tx.run(CHOOSE, id=old.request, slot=place.id)
            await _redeem(desk, old.request, old, place, reason)
            return Written("RescheduleRequest", old.request)
        return Written("RescheduleRequest", await _ask(desk, old, place, reason, none_suits))

    return await perform(graph, act, work)


async def _choice_refusal(desk: Desk, old: InterviewRow, slot: str | None, none_suits: bool) -> Refusal | None:
    """Nobody gives up a time in time without having been shown what is open in its place."""
    if slot is not None or none_suits:
        return None
    policy = await policies.in_force(desk.tx, desk.act.viewer.organization)
    if not is_in_time(old, policy, desk.act.now):
        return None
    return Refusal(Code.SLOTS_OPEN, "slot") if await slots.is_open_for(desk, old.id) else None


async def _ask(desk: Desk, old: InterviewRow, place: SlotRow | None, reason: str, none_suits: bool) -> str:
    """Writes the request down, and does at once what follows from it by right."""
    policy = await policies.in_force(desk.tx, desk.act.viewer.organization)
    id, in_time = desk.new_id(), is_in_time(old, policy, desk.act.now)
    owed = in_time and place is None
    owed_by = await working_days.due(desk, old.department, policy.slot_owed_days) if owed else None
    state = RequestState.OWED if owed else RequestState.REQUESTED
    await desk.tx.run(
        CREATE,
        id=id,
        interview=old.id,
        state=state.value,
        in_time=in_time,
        policy_version=policy.name,
        reason=reason,
        now=desk.act.now,
        owed_by=owed_by,
        none_suits=none_suits,
    )
    if place is not None:
        await desk.tx.run(CHOOSE, id=id, slot=place.id)
    payload = {"request": id, "inTime": in_time, "slot": place and place.id, "reason": reason, "owedBy": owed_by}
    payload |= {"noneSuits": True} if none_suits else {}
    await interviews.record(desk, EventType.RESCHEDULE_REQUESTED, old.id, **payload)
    if in_time and place is not None:
        await _redeem(desk, id, old, place, reason)
        return id
    if owed_by is not None:
        # The old time is no longer anybody's: nothing can be missed in it.
        await interviews.lapse(desk, old)
        await timers.start(desk, TimerKind.SLOT_OWED, id, owed_by)
    told = {"inTime": in_time, "dueAt": owed_by, "noneSuits": none_suits}
    await _tell(desk, Template.RESCHEDULE_REQUESTED, old, old.id, request=id, **told)
    return id


async def _redeem(desk: Desk, request: str, old: InterviewRow, place: SlotRow, reason: str) -> None:
    """Grants the slot that the candidate chose, by right."""
    new = await _move(desk, request, old, place.times, place, chosen_by=Side.CANDIDATE, reason=reason)
    await desk.tx.run(SET_STATE, id=request, state=RequestState.GRANTED.value, now=desk.act.now)
    await _tell(desk, Template.RESCHEDULE_GRANTED, old, new, request=request)


async def _move(
    desk: Desk,
    request: str,
    old: InterviewRow,
    times: Times,
    place: SlotRow | None,
    *,
    chosen_by: Side,
    reason: str | None,
) -> str:
    new = await interviews.move(desk, old, times, chosen_by=chosen_by, reason=reason)
    if place is not None:
        await slots.take(desk, place, new)
    await timers.cancel(desk, request, TimerKind.SLOT_OWED)
    return new


async def _tell(desk: Desk, template: Template, old: InterviewRow, subject: str, **facts: Any) -> None:
    """Tells the candidate, the recruiters of the department and who was to hold the interview."""
    await messages.tell_candidate(desk, template, subject, **facts)
    await messages.tell_department(desk, template, old.department, subject, **facts)
    await interviews.tell_interviewers(desk, template, old, subject, **facts)


@dataclass(frozen=True, slots=True)
class Grant:
    """A slot, or a time that HR names; neither is the slot that the candidate chose."""

    request: str
    slot: str | None = None
    times: Times | None = None


def grant_refusal(request: RequestRow, interview: InterviewRow) -> Refusal | None:
    """Why a request cannot be granted any more; one that is owed has let its old time lapse already."""
    if request.state not in (RequestState.REQUESTED.value, RequestState.OWED.value):
        return Refusal(Code.REQUEST_SETTLED, "request")
    if interview.finding is not None:
        return Refusal(Code.FINDING_STANDS, "request")
    if interview.erased:
        return Refusal(Code.CANDIDATE_ERASED, "request")
    if request.state == RequestState.REQUESTED.value and interview.attendance not in GRANTABLE:
        return Refusal(Code.INTERVIEW_SETTLED, "request")
    return Refusal(Code.APPLICATION_ENDED, "request") if interview.stage in applications.ENDED else None


async def find_own(desk: Desk, id: str) -> tuple[RequestRow, InterviewRow] | Refusal:
    """The request and its interview, the candidate locked, if they are the viewer's to decide."""
    absent, viewer = Refusal(Code.NOT_FOUND, "request"), desk.act.viewer
    found = await desk.tx.one(FIND, id=id, organization=viewer.organization)
    if found is None or not viewer.owns(found.department):
        return absent
    interview = await interviews.find_own(desk, found.interview)
    locked = await desk.tx.one(FIND, id=id, organization=viewer.organization)
    return absent if isinstance(interview, Refusal) or locked is None else (locked, interview)


async def grant(graph: Graph, act: Act, new: Grant) -> Outcome:
    """Gives the candidate another time; one that the candidate chose is accepted already."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused
    if new.times is not None and new.slot is not None:
        return invalid("slot", Fault.ONE_OF_TWO)

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, new.request)
        if isinstance(found, Refusal):
            return found
        request, old = found
        if new.times and (refused := interviews.times_refusal(new.times, interviews.Mode(old.mode), act.now)):
            return refused
        if refused := grant_refusal(request, old):
            return refused
        wanted = request.slot if new.slot is None and new.times is None else new.slot
        place = None if wanted is None else await slots.choose(desk, wanted, interview=old.id, mode=old.mode)
        if isinstance(place, Refusal):
            return place
        times = place.times if place else new.times
        if times is None:
            return invalid("slot", Fault.ONE_OF_TWO)
        chosen_by = Side.CANDIDATE if place and place.id == request.slot else Side.EMPLOYER
        moved = await _move(desk, request.id, old, times, place, chosen_by=chosen_by, reason=None)
        await _decide(desk, request, RequestState.GRANTED, None)
        payload = {"request": request.id, "to": moved, "chosenBy": chosen_by.value}
        await interviews.record(desk, EventType.RESCHEDULE_GRANTED, old.id, **payload)
        await _tell(desk, Template.RESCHEDULE_GRANTED, old, moved, request=request.id)
        return Written("RescheduleRequest", request.id)

    return await perform(graph, act, work)


async def refuse(graph: Graph, act: Act, request: str, *, reason: str) -> Outcome:
    """Leaves the old time as it stands, or as gone as it is; what was asked in time cannot be refused."""
    if refused := role_refusal(act.viewer, RECRUITERS) or text_refusal(reason, "reason"):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, request)
        if isinstance(found, Refusal):
            return found
        row, interview = found
        if row.state != RequestState.REQUESTED.value:
            return Refusal(Code.REQUEST_SETTLED, "request")
        await _decide(desk, row, RequestState.REFUSED, reason)
        payload = {"request": row.id, "reason": reason}
        await interviews.record(desk, EventType.RESCHEDULE_REFUSED, interview.id, **payload)
        told = {"request": row.id, "over": interviews.is_over(interview, act.now)}
        await _tell(desk, Template.RESCHEDULE_REFUSED, interview, interview.id, **told)
        return Written("RescheduleRequest", row.id)

    return await perform(graph, act, work)


async def _decide(desk: Desk, request: RequestRow, state: RequestState, answer: str | None) -> None:
    by = desk.act.viewer.id
    await desk.tx.run(DECIDE, id=request.id, by=by, state=state.value, now=desk.act.now, answer=answer)


async def remind_of_slot(desk: Desk, timer: Timer) -> None:
    """The working days have gone without the time that HR owes: that is on record, and in the employer's own ledger,
    and both sides are told. While a time is open that the candidate did not say is unsuitable nothing is owed, and a
    working day later it looks again.
    """
    found = await desk.tx.one(FIND, id=timer.subject, organization=timer.organization)
    if found is None or found.state != RequestState.OWED.value:
        return
    interview = await desk.tx.one(interviews.FIND, id=found.interview, organization=timer.organization)
    if interview is None or interview.stage in applications.ENDED:
        await desk.tx.run(SET_STATE, id=found.id, state=RequestState.LAPSED.value, now=desk.act.now)
        return
    if await slots.is_open_for(desk, found.interview):
        again = await working_days.due(desk, found.department, 1)
        await timers.start(desk, TimerKind.SLOT_OWED, found.id, again)
        return
    await desk.tx.run(SET_OVERDUE, id=found.id, now=desk.act.now)
    await conduct.note_unanswered(desk, interview)
    await interviews.record(desk, EventType.SLOT_OVERDUE, found.interview, request=found.id)
    await messages.tell_candidate(desk, Template.SLOT_OWED, found.interview, request=found.id)
    await messages.tell_department(desk, Template.SLOT_OWED, found.department, found.interview, request=found.id)
