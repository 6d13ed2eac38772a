"""Slots: times that HR opens for a position or a whole department, each for one interview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import LiteralString

from graph import departments, messages, positions
from graph.applications import ENDED
from graph.events import About, EventType
from graph.interviews import Mode, Times, times_refusal
from graph.labels import label
from graph.messages import Template
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Found, Nothing, Statement
from graph.traversal import Form, One, Prop, Shape
from graph.visibility import FREE, HOLDS, TAKEN, Level
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, random_id, role_refusal


class SlotState(Enum):
    """Whether a slot can be chosen."""

    OPEN = "OPEN"
    TAKEN = "TAKEN"
    CLOSED = "CLOSED"


MOST_TIMES = 100
"""Times that are opened at once."""

_STATE: LiteralString = (
    "CASE WHEN this.closedAt IS NOT NULL THEN 'CLOSED' WHEN " + TAKEN + " THEN 'TAKEN' ELSE 'OPEN' END"
)
SLOT = Shape(
    "Slot",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "startsAt": Prop(form=Form.INSTANT),
        "endsAt": Prop(form=Form.INSTANT),
        "timeZone": Prop(),
        "mode": Prop(),
        "modeLabel": label("this.mode"),
        "state": Prop(_STATE),
        "stateLabel": label(_STATE),
        "position": One("Position", ("(this)-[:OFFERED_FOR]->(that:Position)",)),
        "department": One(
            "Department", ("(this)-[:OFFERED_FOR]->(:Position|Department)-[:BELONGS_TO*0..1]->(that:Department)",)
        ),
    },
)


@dataclass(frozen=True, slots=True)
class NewSlots:
    """Times to open for one position, or for all of a department's; exactly one of the two is named."""

    position: str | None
    department: str | None
    mode: Mode
    times: Sequence[Times]


@dataclass(frozen=True, slots=True)
class SlotRow:
    id: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    mode: str
    until: datetime
    closed: bool
    taken: bool
    position: str | None
    department: str

    @property
    def times(self) -> Times:
        return Times(self.starts_at, self.ends_at, self.time_zone)


@dataclass(frozen=True, slots=True)
class OwedRow:
    candidate: str
    interview: str
    request: str


_ROW: LiteralString = (
    """
    RETURN slot.id AS id, slot.startsAt AS starts_at, slot.endsAt AS ends_at, slot.timeZone AS time_zone,
      slot.mode AS mode, slot.until AS until, slot.closedAt IS NOT NULL AS closed,
      """
    + TAKEN.replace("this", "slot")
    + """ AS taken,
      head([(slot)-[:OFFERED_FOR]->(p:Position) | p.id]) AS position, department.id AS department
"""
)
FIND = Statement(
    "slots.find",
    """
    MATCH (slot:Slot {id: $id})-[:OFFERED_FOR]->(:Position|Department)-[:BELONGS_TO*0..1]->
      (department:Department {organization: $organization})
    """
    + _ROW,
    row=SlotRow,
)
FIND_OFFERED = Statement(
    "slots.find_offered",
    """
    MATCH (:Interview {id: $interview})<-[:HAS_INTERVIEW]-(:Application)-[:FOR]->(position:Position)
      -[:BELONGS_TO]->(department:Department)
    MATCH (slot:Slot {id: $id})-[:OFFERED_FOR]->(offered:Position|Department)
    WHERE offered.id = position.id OR offered.id = department.id
    """
    + _ROW,
    row=SlotRow,
)
FIND_FREE = Statement(
    "slots.find_free",
    """
    MATCH (this:Interview {id: $interview})<-[:HAS_INTERVIEW]-(:Application)-[:FOR]->(:Position)
      -[:BELONGS_TO*0..1]->(:Position|Department)<-[:OFFERED_FOR]-(slot:Slot)
    WHERE slot.mode = this.mode AND """
    + FREE.replace("this", "slot")
    + """
      AND NOT EXISTS { (this)-[:HAS_REQUEST]->(asked:RescheduleRequest {state: 'OWED', noneSuits: true})
        WHERE slot.openedAt IS NULL OR slot.openedAt <= asked.requestedAt }
    RETURN slot.id AS id ORDER BY id LIMIT 1
    """,
    row=Found,
)
"""A time that could be chosen for an interview, as Interview.openSlots shows them, save what its candidate was shown
already and said that none of it suits."""
LIST_OWED = Statement(
    "slots.list_owed",
    """
    MATCH (offered:Position|Department {id: $offered})<-[:BELONGS_TO*0..1]-(:Position)<-[:FOR]-(application:Application)
      -[:HAS_INTERVIEW]->(interview:Interview {mode: $mode})-[:HAS_REQUEST]->(request:RescheduleRequest {state: 'OWED'})
    MATCH (application)<-[:SUBMITTED]-(candidate:Candidate)
    WHERE NOT application.stage IN $ended
    RETURN candidate.id AS candidate, interview.id AS interview, request.id AS request
    ORDER BY candidate, interview LIMIT 200
    """,
    row=OwedRow,
)
"""Whom a time is owed that is opened; locked in one order."""
LOCK = Statement("slots.lock", "MATCH (slot:Slot {id: $id}) SET slot._lock = $lock", row=Nothing, writes=True)
LOCK_OF = Statement(
    "slots.lock_of",
    "MATCH (:Interview {id: $interview})-[:TAKES]->(slot:Slot) SET slot._lock = $lock",
    row=Nothing,
    writes=True,
)
FIND_ANOTHERS = Statement(
    "slots.find_anothers",
    "MATCH (:Interview {id: $interview})-[:TAKES]->(slot:Slot)<-[:TAKES]-(i:Interview) WHERE i.id <> $interview AND "
    + HOLDS
    + " RETURN slot.id AS id LIMIT 1",
    row=Found,
)
CREATE_FOR_POSITION = Statement(
    "slots.create_for_position",
    """
    MATCH (offered:Position {id: $offered})
    UNWIND $rows AS row
    CREATE (slot:Slot {id: row.id, mode: $mode, startsAt: row.starts_at, endsAt: row.ends_at,
      timeZone: row.time_zone, until: row.until, openedAt: $now})
    CREATE (slot)-[:OFFERED_FOR]->(offered)
    """,
    row=Nothing,
    writes=True,
)
CREATE_FOR_DEPARTMENT = Statement(
    "slots.create_for_department",
    """
    MATCH (offered:Department {id: $offered})
    UNWIND $rows AS row
    CREATE (slot:Slot {id: row.id, mode: $mode, startsAt: row.starts_at, endsAt: row.ends_at,
      timeZone: row.time_zone, until: row.until, openedAt: $now})
    CREATE (slot)-[:OFFERED_FOR]->(offered)
    """,
    row=Nothing,
    writes=True,
)
CLOSE = Statement("slots.close", "MATCH (slot:Slot {id: $id}) SET slot.closedAt = $now", row=Nothing, writes=True)
TAKE = Statement(
    "slots.take",
    "MATCH (interview:Interview {id: $interview}) MATCH (slot:Slot {id: $id}) CREATE (interview)-[:TAKES]->(slot)",
    row=Nothing,
    writes=True,
)


def until(mode: Mode, times: Times) -> datetime:
    """How long a time can be chosen: until it starts, or until the deadline of a recorded interview."""
    return times.ends_at if mode is Mode.AI_ASYNC else times.starts_at


def open_refusal(new: NewSlots, now: datetime) -> Refusal | None:
    if not 0 < len(new.times) <= MOST_TIMES:
        return invalid("times", Fault.COUNT, 1, MOST_TIMES)
    for number, times in enumerate(new.times, 1):
        if refused := times_refusal(times, new.mode, now):
            return refused if refused.field == "timeZone" else refused.of_entry(number, "times")
    return None


def choice_refusal(slot: SlotRow, now: datetime) -> Refusal | None:
    """Why a slot cannot be chosen any more."""
    gone = slot.closed or slot.taken or slot.until <= now
    return Refusal(Code.SLOT_TAKEN, "slot") if gone else None


async def open(graph: Graph, act: Act, new: NewSlots) -> Outcome:
    """Opens times, and answers with the department whose they are."""
    if refused := role_refusal(act.viewer, RECRUITERS) or open_refusal(new, act.now):
        return refused

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        department = await _place(desk, new)
        if isinstance(department, Refusal):
            return department
        rows = [
            {
                "id": desk.new_id(),
                "starts_at": times.starts_at,
                "ends_at": times.ends_at,
                "time_zone": times.time_zone,
                "until": until(new.mode, times),
            }
            for times in new.times
        ]
        create = CREATE_FOR_DEPARTMENT if new.position is None else CREATE_FOR_POSITION
        about = About("Department", department) if new.position is None else About("Position", new.position)
        await desk.tx.run(create, offered=about.id, mode=new.mode.value, rows=rows, now=act.now)
        slots = [[row["id"], row["starts_at"], row["ends_at"]] for row in rows]
        await desk.record(EventType.SLOTS_OPENED, about, mode=new.mode.value, slots=slots)
        await _tell_owed(desk, about.id, new.mode)
        return Written("Department", department)

    return await perform(graph, act, work)


async def _place(desk: Desk, new: NewSlots) -> str | Refusal:
    """The open department for which, or for a position of which, times are to be opened, if it is the viewer's own."""
    structure = await departments.structure_now(desk)
    department = new.department or ""
    if new.position is not None:
        row = await desk.tx.one(positions.FIND, id=new.position)
        if row is not None and row.status == "CLOSED" and desk.act.viewer.owns(row.department):
            return Refusal(Code.POSITION_CLOSED, "offeredFor")
        department = row.department if row else ""
    if department not in structure.places:
        return Refusal(Code.NOT_FOUND, "offeredFor")
    if refused := positions.reach_refusal(desk.act.viewer, department, "offeredFor"):
        return refused
    return Refusal(Code.DEPARTMENT_CLOSED, "offeredFor") if structure.places[department].closed else department


async def _tell_owed(desk: Desk, offered: str, mode: Mode) -> None:
    """Whoever waits for a time that is owed to them may choose one from now on, and is told so."""
    for row in await desk.tx.run(LIST_OWED, offered=offered, mode=mode.value, ended=sorted(ENDED)):
        await desk.lock_candidate(row.candidate)
        await messages.tell_candidate(desk, Template.SLOTS_OPEN, row.interview, request=row.request)


async def is_open_for(desk: Desk, interview: str) -> bool:
    """Whether there is a time to choose for an interview, beside those of which its candidate said that none suits."""
    return await desk.tx.one(FIND_FREE, interview=interview, now=desk.act.now) is not None


async def close(graph: Graph, act: Act, slot: str) -> Outcome:
    """Takes back a time that nobody has chosen."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        await desk.tx.run(LOCK, id=slot, lock=random_id())
        found = await desk.tx.one(FIND, id=slot, organization=act.viewer.organization)
        if found is None or not act.viewer.owns(found.department):
            return Refusal(Code.NOT_FOUND, "slot")
        if found.closed or found.taken:
            return Refusal(Code.SLOT_TAKEN, "slot")
        await desk.tx.run(CLOSE, id=slot, now=act.now)
        about = About("Position", found.position) if found.position else About("Department", found.department)
        await desk.record(EventType.SLOT_CLOSED, about, slot=slot)
        return Written("Slot", slot)

    return await perform(graph, act, work)


async def choose(desk: Desk, slot: str, *, interview: str, mode: str) -> SlotRow | Refusal:
    """The slot, locked, if it is offered for the interview and free; of two who choose it the second finds it taken."""
    await desk.tx.run(LOCK, id=slot, lock=random_id())
    found = await desk.tx.one(FIND_OFFERED, id=slot, interview=interview)
    if found is None or found.mode != mode:
        return Refusal(Code.NOT_FOUND, "slot")
    return choice_refusal(found, desk.act.now) or found


async def take(desk: Desk, slot: SlotRow, interview: str) -> None:
    """Gives a chosen slot to the interview that was made for it; it is free again once that is moved or cancelled."""
    await desk.tx.run(TAKE, id=slot.id, interview=interview)


async def is_anothers(desk: Desk, interview: str) -> bool:
    """Whether the slot in which an interview was is another's by now; it is locked, so that nobody chooses it until the
    interview's time was offered."""
    await desk.tx.run(LOCK_OF, interview=interview, lock=random_id())
    return await desk.tx.one(FIND_ANOTHERS, interview=interview) is not None
