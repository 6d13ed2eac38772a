"""Freed slots: the time of a lost interview, offered to one person after another until somebody accepts it.

An offer is an ordinary invitation: it is answered like any other. What comes of a slot is read from the answers, so
that whoever looks, and however often, finds the same; a timer looks when an answer came and when an offer lapses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from graph import alarms, interviews, messages, policies, refills, rounds, slots, timers
from graph.events import EventType
from graph.interviews import CANCELLED, NOT_AWAITED, Attendance, InterviewRow, Invite, Mode, Response, Times
from graph.labels import label
from graph.messages import Template
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Found, Nothing, Statement
from graph.timers import Timer, TimerKind
from graph.traversal import Form, Many, One, Prop, Shape
from graph.visibility import STANDS, Level
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal

MOST = 20
"""People that a slot is offered to, one after another."""


class FreedSlotState(Enum):
    """What came of a freed slot; UNFILLED where nobody accepted it."""

    OFFERED = "OFFERED"
    TAKEN = "TAKEN"
    UNFILLED = "UNFILLED"


FREED_SLOT = Shape(
    "FreedSlot",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "state": Prop(),
        "stateLabel": label("this.state"),
        "startsAt": Prop(form=Form.INSTANT),
        "endsAt": Prop(form=Form.INSTANT),
        "lapsesAt": Prop(form=Form.INSTANT),
        "waiting": Prop("size(this.queue) - this.turn"),
        "lost": One("Interview", ("(this)-[:FREED_BY]->(that:Interview)",), implied=True),
        "offers": Many(
            "Interview", ("(this)-[:OFFERS]->(that:Interview)",), order=("that.offeredAs", "that.id"), implied=True
        ),
        "takenBy": One(
            "Interview",
            ("(this)-[:OFFERS]->(that:Interview)",),
            where="that.response = 'ACCEPTED' AND that.attendance <> 'RESCHEDULED' AND that.offeredAs = this.turn "
            "AND this.state <> 'UNFILLED'",
            implied=True,
        ),
    },
)


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot, of which `queue` are the candidates it is offered to, in turn, and `offered` is the last one's."""

    id: str
    state: str
    starts_at: datetime
    ends_at: datetime
    lapses_at: datetime | None
    time_zone: str
    mode: str
    queue: list[str]
    turn: int
    position: str
    department: str
    interviewers: list[str]
    grace_minutes: int
    join_url: str | None
    offered: str | None


@dataclass(frozen=True, slots=True)
class Twin:
    candidate: str
    other: str


LIST_TWINS = Statement(
    "freed_slots.list_twins",
    """
    MATCH (candidate:Candidate)-[:SAME_AS]-(other:Candidate) WHERE candidate.id IN $candidates
    RETURN candidate.id AS candidate, other.id AS other
    """,
    row=Twin,
)
"""Of candidates, who has another record of the same person."""
FIND = Statement(
    "freed_slots.find",
    """
    MATCH (slot:FreedSlot {id: $id, organization: $organization})-[:FREED_BY]->(lost:Interview)
    MATCH (lost)<-[:HAS_INTERVIEW]-(:Application)-[:FOR]->(position:Position)-[:BELONGS_TO]->(department:Department)
    RETURN slot.id AS id, slot.state AS state, slot.startsAt AS starts_at, slot.endsAt AS ends_at,
      slot.lapsesAt AS lapses_at, lost.timeZone AS time_zone, lost.mode AS mode, slot.queue AS queue,
      slot.turn AS turn, position.id AS position, department.id AS department,
      [(lost)<-[:INTERVIEWS]-(user:User) | user.id] AS interviewers, lost.graceMinutes AS grace_minutes,
      lost.joinUrl AS join_url,
      head(COLLECT { MATCH (slot)-[:OFFERS]->(offered:Interview)
        RETURN offered.id ORDER BY offered.offeredAs DESC LIMIT 1 }) AS offered
    """,
    row=SlotRow,
)
OF_INTERVIEW = Statement(
    "freed_slots.of_interview",
    """
    MATCH (interview:Interview {id: $interview})<-[to:FREED_BY|OFFERS]-(slot:FreedSlot)
    WHERE (type(to) = 'FREED_BY' AND slot.state <> 'UNFILLED')
      OR (type(to) = 'OFFERS' AND NOT (slot.state = 'TAKEN' AND interview.offeredAs = slot.turn))
    RETURN slot.id AS id LIMIT 1
    """,
    row=Found,
)
"""A slot that has the time of an interview already. Of one by which a slot was offered it is that slot's, until it was
accepted: else the time could be given away twice."""
ERASED = Statement(
    "freed_slots.erased",
    """
    MATCH (candidate:Candidate {status: 'ERASED'})-[:SUBMITTED]->(:Application)
      -[:HAS_INTERVIEW]->(:Interview {id: $interview})
    RETURN candidate.id AS id
    """,
    row=Found,
)
HAS_TURN = Statement(
    "freed_slots.has_turn",
    """
    MATCH (:Candidate {id: $candidate})-[:SAME_AS*0..1]-(person:Candidate)-[:SUBMITTED]->(application:Application)
      -[:FOR]->(:Position {id: $position})
    WHERE person.status <> 'ERASED' AND (application.stage IN ['OFFER', 'HIRED']
      OR NOT application.stage IN ['REJECTED', 'WITHDRAWN']
        AND EXISTS { MATCH (application)-[:HAS_INTERVIEW]->(i:Interview) WHERE i.response <> 'DECLINED' AND """
    + STANDS
    + """ })
    RETURN application.id AS id LIMIT 1
    """,
    row=Found,
)
"""An application of the person for the position that has come to an offer, or to an interview that stands."""
CREATE = Statement(
    "freed_slots.create",
    """
    MATCH (lost:Interview {id: $interview})
    CREATE (slot:FreedSlot {id: $id, organization: $organization, state: 'OFFERED', startsAt: lost.startsAt,
      endsAt: lost.endsAt, queue: $queue, turn: 0, freedAt: $now})
    CREATE (slot)-[:FREED_BY]->(lost)
    """,
    row=Nothing,
    writes=True,
)
OFFER = Statement(
    "freed_slots.offer",
    """
    MATCH (slot:FreedSlot {id: $id}) MATCH (interview:Interview {id: $interview})
    SET slot.turn = $turn, slot.lapsesAt = $lapses_at, interview.offeredAs = $turn
    CREATE (slot)-[:OFFERS]->(interview)
    """,
    row=Nothing,
    writes=True,
)
SETTLE = Statement(
    "freed_slots.settle",
    "MATCH (slot:FreedSlot {id: $id}) SET slot.state = $state, slot.turn = $turn, slot.lapsesAt = null",
    row=Nothing,
    writes=True,
)


def lost_refusal(interview: InterviewRow, now: datetime) -> Refusal | None:
    """Why there is no slot to give away: somebody still has it, or it is over."""
    gone = interview.attendance in CANCELLED or interview.attendance == Attendance.RESCHEDULED.value
    if not gone and interview.response != Response.DECLINED.value:
        return Refusal(Code.NOT_LOST, "interview")
    ends = interview.ends_at if interview.mode == Mode.AI_ASYNC.value else interview.starts_at
    return Refusal(Code.INTERVIEW_OVER, "interview") if ends <= now else None


async def offer(graph: Graph, act: Act, interview: str, candidates: Sequence[str]) -> Outcome:
    """Offers the time of a lost interview to these people, or where none are named to those suggested, in turn."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused
    if len(candidates) > MOST:
        return invalid("candidates", Fault.COUNT, 0, MOST)

    async def work(desk: Desk) -> Outcome:
        lost = await interviews.find_own(desk, interview)
        if isinstance(lost, Refusal):
            return lost
        for each in candidates:
            if not await _knows(desk, each, lost.application):
                return Refusal(Code.NOT_FOUND, "candidates")
        if refused := lost_refusal(lost, act.now):
            return refused
        if await desk.tx.one(OF_INTERVIEW, interview=lost.id):
            return Refusal(Code.SLOT_OFFERED, "interview")
        if await slots.is_anothers(desk, lost.id):
            return Refusal(Code.SLOT_TAKEN, "interview")
        aim = await desk.tx.one(rounds.FIND_AIM, application=lost.application, organization=act.viewer.organization)
        position = await rounds.find_position(desk, aim.position if aim else "")
        if isinstance(position, Refusal):
            return Refusal(Code.POSITION_CLOSED, "interview")
        queue = [*dict.fromkeys(candidates)] or await refills.rank(graph, act, position.id, MOST)
        queue = await _once_each(desk, lost.candidate, queue)
        if not queue:
            return Refusal(Code.NOBODY_TO_ASK, "candidates")
        id = desk.new_id()
        await _free(desk, lost, id)
        await desk.tx.run(
            CREATE, id=id, interview=lost.id, organization=act.viewer.organization, queue=queue, now=act.now
        )
        await _ask_next(desk, id)
        return Written("FreedSlot", id)

    return await perform(graph, act, work)


async def _knows(desk: Desk, candidate: str, application: str) -> bool:
    """Whether the candidate is the viewer's to invite, in the circle of the application's position."""
    viewer = desk.act.viewer
    aim = await desk.tx.one(rounds.FIND_AIM, application=application, organization=viewer.organization)
    position = aim.position if aim else ""
    given = {"candidate": candidate, "position": position, "organization": viewer.organization}
    found = await desk.tx.one(rounds.FIND_KNOWN, **given)
    return found is not None and any(viewer.owns(department) for department in found.departments)


async def _once_each(desk: Desk, lost: str, queue: Sequence[str]) -> list[str]:
    """The queue with each person once, by whichever of two records comes first, and without whoever lost the time."""
    twins = {row.candidate: row.other for row in await desk.tx.run(LIST_TWINS, candidates=[lost, *queue])}
    kept, had = list[str](), {lost, twins.get(lost)}
    for each in queue:
        if each not in had:
            kept.append(each)
            had |= {each, twins.get(each)}
    return kept


async def _free(desk: Desk, lost: InterviewRow, slot: str) -> None:
    """Whoever declined may accept again while the time is theirs: it is let go of before somebody else has it."""
    payload: dict[str, Any] = {"slot": slot}
    if lost.attendance == Attendance.PENDING.value:
        await interviews.lapse(desk, lost)
        await alarms.cancel(desk, lost.id)
        payload["letGo"] = True
    await interviews.record(desk, EventType.SLOT_FREED, lost.id, **payload)


async def _ask_next(desk: Desk, id: str) -> None:
    """Invites the next person of the queue who can be invited; with nobody left the department is told."""
    now, organization = desk.act.now, desk.act.viewer.organization
    slot = await desk.tx.one(FIND, id=id, organization=organization)
    assert slot is not None
    policy = await policies.in_force(desk.tx, organization)
    lapses_at = min(now + timedelta(hours=policy.offer_hours), _latest(slot))
    for turn in range(slot.turn, len(slot.queue)):
        if lapses_at <= now:
            break
        invited = await _invite(desk, slot, slot.queue[turn])
        if isinstance(invited, Written):
            await desk.tx.run(OFFER, id=id, interview=invited.id, turn=turn + 1, lapses_at=lapses_at)
            await interviews.record(desk, EventType.SLOT_OFFERED, invited.id, slot=id, lapsesAt=lapses_at)
            await messages.tell_candidate(desk, Template.SLOT_OFFERED, invited.id, dueAt=lapses_at)
            await timers.start(desk, TimerKind.PASS_SLOT, id, lapses_at)
            return
    await _give_up(desk, slot)


async def _give_up(desk: Desk, slot: SlotRow) -> None:
    await desk.tx.run(SETTLE, id=slot.id, state=FreedSlotState.UNFILLED.value, turn=len(slot.queue))
    await messages.tell_department(desk, Template.SLOT_UNFILLED, slot.department, slot.id)


def _latest(slot: SlotRow) -> datetime:
    return slot.ends_at if slot.mode == Mode.AI_ASYNC.value else slot.starts_at


async def _invite(desk: Desk, slot: SlotRow, candidate: str) -> Outcome:
    """Whoever was invited while others were asked, or came as far as an offer, is not asked besides."""
    application = await rounds.application_of(desk, slot.position, candidate, source="Refill")
    if isinstance(application, Refusal):
        return application
    if await desk.tx.one(HAS_TURN, candidate=candidate, position=slot.position):
        return Refusal(Code.ALREADY_INVITED, "candidates")
    times = Times(slot.starts_at, slot.ends_at, slot.time_zone)
    mode, users = Mode(slot.mode), tuple(slot.interviewers)
    return await interviews.invite_one(desk, Invite(application, mode, times, slot.grace_minutes, slot.join_url, users))


async def pass_on(desk: Desk, timer: Timer) -> None:
    """Looks what became of the offer: it was accepted, or the slot goes to the next one, or there is time left."""
    slot = await desk.tx.one(FIND, id=timer.subject, organization=timer.organization)
    if slot is None or slot.state != FreedSlotState.OFFERED.value or slot.offered is None:
        return
    offered = await desk.tx.one(interviews.FIND, id=slot.offered, organization=timer.organization)
    if offered is None:
        return
    pending = offered.attendance == Attendance.PENDING.value
    gone = await desk.tx.one(ERASED, interview=offered.id) is not None
    taken = offered.response == Response.ACCEPTED.value and offered.attendance not in NOT_AWAITED
    if taken and not gone:
        await desk.tx.run(SETTLE, id=slot.id, state=FreedSlotState.TAKEN.value, turn=slot.turn)
        await interviews.record(desk, EventType.SLOT_TAKEN, offered.id, slot=slot.id)
        await messages.tell_department(desk, Template.SLOT_TAKEN, slot.department, offered.id)
        return
    declined = gone or offered.response == Response.DECLINED.value or not pending
    if not declined and slot.lapses_at is not None and desk.act.now < slot.lapses_at:
        await timers.start(desk, TimerKind.PASS_SLOT, slot.id, slot.lapses_at)
        return
    if pending:
        await interviews.lapse(desk, offered)
        await interviews.record(desk, EventType.SLOT_OFFER_LAPSED, offered.id, slot=slot.id)
        if not declined:
            await messages.tell_candidate(desk, Template.SLOT_LAPSED, offered.id)
    position = await rounds.find_position(desk, slot.position)
    if isinstance(position, Refusal):
        await _give_up(desk, slot)
        return
    await _ask_next(desk, slot.id)
