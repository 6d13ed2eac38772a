"""Employments: who works, or worked, in a department, and what is told of their days there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, LiteralString, TypeVar

from graph import candidates, departments, goals, timesheets
from graph.candidates import Person
from graph.events import About, EventType
from graph.goals import EMPLOYMENT_RESULTS, Goal
from graph.instants import day_in
from graph.names import normalised_name
from graph.refusals import OLDEST, Code, Fault, Refusal, invalid, told_refusal
from graph.statements import Nothing, Statement
from graph.timesheets import EMPLOYMENT_ATTENDANCE, EMPLOYMENT_MONTHS, EMPLOYMENT_RECORDS, Fact, Standing, Worked
from graph.traversal import Form, Look, One, Page, Prop, Shape, Sort, root
from graph.visibility import Level, OrganizationRole
from graph.writing import (
    RECORDERS,
    Act,
    Desk,
    Graph,
    Outcome,
    Written,
    perform,
    random_id,
    reach_refusal,
    role_refusal,
)

Told = TypeVar("Told")
Stands = TypeVar("Stands")

EMPLOYMENT = Shape(
    "Employment",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "title": Prop(),
        "startedOn": Prop(),
        "endedOn": Prop(),
        "employer": Prop(),
        "source": Prop(),
        "consentedAt": Prop(form=Form.INSTANT),
        "consentSource": Prop(),
        "candidate": One("Candidate", ("(this)<-[:EMPLOYED_AS]-(that:Candidate)",)),
        "department": One("Department", ("(this)-[:EMPLOYED_IN]->(that:Department)",), implied=True),
        "records": EMPLOYMENT_RECORDS,
        "attendance": EMPLOYMENT_ATTENDANCE,
        "attendanceByMonth": EMPLOYMENT_MONTHS,
        "taskResults": EMPLOYMENT_RESULTS,
        "events": Page(
            "Event",
            ("(this)<-[:ABOUT]-(that:Event)",),
            {"SEQ": Sort("that.seq"), "SEQ_DESC": Sort("that.seq", descending=True)},
            implied=True,
        ),
    },
    looked={
        "": Look.EMPLOYMENT,
        **dict.fromkeys(("records", "attendance", "attendanceByMonth"), Look.WORK_ATTENDANCE),
        "taskResults": Look.TASK_RESULTS,
    },
)
root("employment", shape="Employment", match="(this:Employment {id: $id})")


@dataclass(frozen=True, slots=True)
class NewEmployment:
    """`employer` is null for one's own; another's records need the candidate's consent. `ended_on` is the last day."""

    department: str
    candidate: Person
    title: str
    started_on: date
    ended_on: date | None = None
    employer: str | None = None
    consented_at: datetime | None = None
    consent_source: str | None = None
    source: str = "API"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a record should have said; what is not given stays. No days: nothing of the kind happened."""

    record: str
    reason: str
    kind: timesheets.AttendanceKind | None = None
    day: date | None = None
    days: float | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An employment that the graph holds."""

    id: str
    candidate: str
    department: str
    title: str
    employer: str | None
    started_on: str
    ended_on: str | None
    consented_at: datetime | None
    consent_source: str | None

    @property
    def worked(self) -> Worked:
        return Worked(self.id, self.started_on, self.ended_on)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    organization: str
    status: str
    circle: str


_HELD: LiteralString = """
    RETURN employment.id AS id, candidate.id AS candidate, department.id AS department, employment.title AS title,
      employment.employer AS employer, employment.startedOn AS started_on, employment.endedOn AS ended_on,
      employment.consentedAt AS consented_at, employment.consentSource AS consent_source
"""
FIND_PLACE = Statement(
    "employments.find_place",
    """
    MATCH (department:Department {id: $id})
    RETURN department.organization AS organization, department.status AS status, department.circle AS circle
    """,
    row=PlaceRow,
)
FIND = Statement(
    "employments.find",
    """
    MATCH (candidate:Candidate {organization: $organization})-[:EMPLOYED_AS]->(employment:Employment {id: $id})
      -[:EMPLOYED_IN]->(department:Department)
    WHERE candidate.status <> 'ERASED'
    """
    + _HELD,
    row=Held,
)
FIND_BY_RECORD = Statement(
    "employments.find_by_record",
    """
    MATCH (candidate:Candidate {organization: $organization})-[:EMPLOYED_AS]->(employment:Employment)
      -[:HAS_ATTENDANCE]->(:AttendanceRecord {id: $record})
    MATCH (employment)-[:EMPLOYED_IN]->(department:Department)
    """
    + _HELD,
    row=Held,
)
FIND_BY_RESULT = Statement(
    "employments.find_by_result",
    """
    MATCH (candidate:Candidate {organization: $organization})-[:EMPLOYED_AS]->(employment:Employment)
      -[:HAS_RESULT]->(:TaskResult {id: $record})
    MATCH (employment)-[:EMPLOYED_IN]->(department:Department)
    """
    + _HELD,
    row=Held,
)
LIST_OF_CANDIDATE = Statement(
    "employments.list_of_candidate",
    """
    MATCH (candidate:Candidate {id: $candidate})-[:EMPLOYED_AS]->(employment:Employment)
      -[:EMPLOYED_IN]->(department:Department {id: $department})
    """
    + _HELD,
    row=Held,
)
LIST_KNOWN = Statement(
    "employments.list_known",
    """
    UNWIND $ids AS id
    MATCH (employment:Employment {id: id})<-[:EMPLOYED_AS]-(candidate:Candidate)
    WHERE candidate.status <> 'ERASED'
    MATCH (employment)-[:EMPLOYED_IN]->(department:Department)
    """
    + _HELD,
    row=Held,
)
CREATE = Statement(
    "employments.create",
    """
    MATCH (candidate:Candidate {id: $candidate}) MATCH (department:Department {id: $department})
    CREATE (employment:Employment {id: $id, title: $title, startedOn: $started_on, endedOn: $ended_on,
      employer: $employer, source: $source, consentedAt: $consented_at, consentSource: $consent_source})
    CREATE (candidate)-[:EMPLOYED_AS]->(employment) CREATE (employment)-[:EMPLOYED_IN]->(department)
    """,
    row=Nothing,
    writes=True,
)
END = Statement(
    "employments.end",
    "MATCH (employment:Employment {id: $id}) SET employment.endedOn = $ended_on",
    row=Nothing,
    writes=True,
)
TELL_AGAIN = Statement(
    "employments.tell_again",
    """
    MATCH (employment:Employment {id: $id}) WHERE NOT $by IN coalesce(employment.reporters, [])
    SET employment.reporters = coalesce(employment.reporters, []) + [$by]
    """,
    row=Nothing,
    writes=True,
)
"""Keeps who told what others had told before, of which there is no event."""


def span_refusal(title: str, started_on: date, ended_on: date | None, today: date) -> Refusal | None:
    """Why nobody can have worked as that from the one day to the other."""
    if not 0 < len(title.strip()) <= 200:
        return invalid("title", Fault.LENGTH, 1, 200)
    if started_on > today:
        return invalid("startedOn", Fault.NOT_FUTURE)
    if today - started_on > OLDEST:
        return invalid("startedOn", Fault.TOO_FAR)
    if ended_on is not None and ended_on < started_on:
        return invalid("endedOn", Fault.END_BEFORE_START)
    return None


def employment_refusal(new: NewEmployment, today: date, now: datetime) -> Refusal | None:
    """Why an employment is none, whoever it is of."""
    if refused := span_refusal(new.title, new.started_on, new.ended_on, today):
        return refused
    if not 0 < len(new.source.strip()) <= 200:
        return invalid("source", Fault.LENGTH, 1, 200)
    if new.employer is None:
        told = new.consented_at is not None or new.consent_source is not None
        return invalid("employer", Fault.NEEDED) if told else None
    if not 0 < len(new.employer.strip()) <= 200:
        return invalid("employer", Fault.LENGTH, 1, 200)
    if new.consented_at is None or not (new.consent_source or "").strip():
        return Refusal(Code.CONSENT_MISSING, "consentedAt" if new.consented_at is None else "consentSource")
    return told_refusal("consentedAt", new.consented_at, now)


def is_with(held: Held, employer: str | None) -> bool:
    """Whether it is with that employer, however its name is spaced and in capitals; null is one's own."""
    if held.employer is None or employer is None:
        return held.employer is employer
    return normalised_name(held.employer) == normalised_name(employer)


def overlaps(held: Held, employer: str | None, started_on: str, ended_on: str | None) -> bool:
    """Whether it is with the same employer, in a time that both share."""
    begins_before = ended_on is None or held.started_on <= ended_on
    ends_after = held.ended_on is None or held.ended_on >= started_on
    return is_with(held, employer) and begins_before and ends_after


async def record(graph: Graph, act: Act, new: NewEmployment) -> Outcome:
    """Records that somebody works, or worked, in a department; the person is recognised within its circle."""
    person, today = new.candidate, day_in(act.now, act.viewer.zone)
    refused = role_refusal(act.viewer, RECORDERS) or candidates.person_refusal(
        person.display_name, person.email, person.phone, person.time_zone
    )
    if refused := refused or employment_refusal(new, today, act.now):
        return refused
    if any(not item.system.strip() or not item.value.strip() for item in person.external_ids):
        return invalid("externalIds", Fault.TEXT)

    async def work(desk: Desk) -> Outcome:
        if refused := _department_refusal(act, new.department):
            return refused
        outcome = await enrol(desk, new, desk.new_id())
        return outcome if isinstance(outcome, Refusal) else Written("Employment", outcome.id)

    return await perform(graph, act, work)


def _department_refusal(act: Act, department: str) -> Refusal | None:
    viewer = act.viewer
    if viewer.owns(department) or (
        viewer.role is OrganizationRole.INTEGRATOR and department in viewer.structure.places
    ):
        return None
    return Refusal(Code.NOT_ALLOWED if viewer.is_near(department) else Code.NOT_FOUND, "department")


async def enrol(desk: Desk, new: NewEmployment, id: str) -> Held | Refusal:
    """Writes an employment under this id for the person that it names, whose chain is then locked."""
    await desk.tx.run(departments.LOCK, ids=[new.department], lock=random_id())
    place = await desk.tx.one(FIND_PLACE, id=new.department)
    if place is None or place.organization != desk.act.viewer.organization:
        return Refusal(Code.NOT_FOUND, "department")
    if place.status == "CLOSED":
        return Refusal(Code.DEPARTMENT_CLOSED, "department")
    started, ended = new.started_on.isoformat(), new.ended_on and new.ended_on.isoformat()
    candidate = await candidates.recognise(desk, place.circle, new.candidate)
    if candidate is not None:
        rows = await desk.tx.run(LIST_OF_CANDIDATE, candidate=candidate, department=new.department)
        if any(overlaps(held, new.employer, started, ended) for held in rows):
            await candidates.release(desk, place.circle, new.candidate)
            return Refusal(Code.ALREADY_EMPLOYED, "candidate")
    candidate = candidate or await candidates.create(desk, place.circle, new.candidate)
    await candidates.identify(desk, candidate, place.circle, new.candidate)
    stored: dict[str, Any] = {
        "title": new.title.strip(),
        "started_on": started,
        "ended_on": ended,
        "employer": new.employer,
    }
    consent: dict[str, Any] = {
        "consented_at": new.consented_at,
        "consent_source": new.consent_source,
        "source": new.source,
    }
    await desk.tx.run(CREATE, id=id, candidate=candidate, department=new.department, **stored, **consent)
    about = About("Employment", id)
    await desk.record(EventType.EMPLOYMENT_RECORDED, about, department=new.department, **stored, **consent)
    days = started, ended
    consented = new.consented_at, new.consent_source
    return Held(id, candidate, new.department, new.title.strip(), new.employer, *days, *consented)


async def find_own(desk: Desk, id: str) -> Held | Refusal:
    """The employment, its candidate locked, if the viewer may tell of it."""
    place = {"id": id, "organization": desk.act.viewer.organization}
    found = await desk.tx.one(FIND, **place)
    if found is None:
        return Refusal(Code.NOT_FOUND, "employment")
    if refused := reach_refusal(desk.act.viewer, found.department, field="employment", recorder=True):
        return refused
    await desk.lock_candidate(found.candidate)
    return await desk.tx.one(FIND, **place) or Refusal(Code.NOT_FOUND, "employment")


async def end(graph: Graph, act: Act, employment: str, ended_on: date) -> Outcome:
    """The last day of an employment."""
    if refused := role_refusal(act.viewer, RECORDERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, employment)
        if isinstance(found, Refusal):
            return found
        refused = await close(desk, found, ended_on)
        return refused or Written("Employment", found.id)

    return await perform(graph, act, work)


async def close(desk: Desk, held: Held, ended_on: date) -> Refusal | None:
    """Writes the last day of an employment whose candidate is locked."""
    if held.ended_on is not None:
        return Refusal(Code.EMPLOYMENT_ENDED, "employment")
    if ended_on.isoformat() < held.started_on:
        return invalid("endedOn", Fault.END_BEFORE_START)
    if ended_on > day_in(desk.act.now, desk.act.viewer.zone):
        return invalid("endedOn", Fault.NOT_FUTURE)
    await desk.tx.run(END, id=held.id, ended_on=ended_on.isoformat())
    about = About("Employment", held.id)
    await desk.record(EventType.EMPLOYMENT_ENDED, about, ended_on=ended_on.isoformat())
    return None


@dataclass(frozen=True, slots=True)
class Telling(Generic[Told, Stands]):
    """What is told of somebody at work, and how it is kept: the same steps for days and for goals.

    `field` is the input that lists it, `most` how many of it one call may tell; `type` is the record's.
    """

    type: str
    field: str
    most: int
    refusal: Callable[[Told, date], Refusal | None]
    tell: Callable[[Desk, Worked, str, Sequence[Told]], Awaitable[int | tuple[int, Refusal]]]
    find_employment: Statement[Held]
    list_known: Statement[Stands]
    correct: Callable[[Desk, Worked, Stands, Told, str], Awaitable[str | Refusal]]


DAYS = Telling(
    "AttendanceRecord",
    "records",
    timesheets.MOST_RECORDS,
    timesheets.fact_refusal,
    timesheets.tell,
    FIND_BY_RECORD,
    timesheets.LIST_KNOWN,
    timesheets.correct,
)
GOALS = Telling(
    "TaskResult",
    "goals",
    goals.MOST_GOALS,
    goals.goal_refusal,
    goals.tell,
    FIND_BY_RESULT,
    goals.LIST_KNOWN,
    goals.correct,
)


async def record_attendance(graph: Graph, act: Act, employment: str, source: str, facts: Sequence[Fact]) -> Outcome:
    """Records what is told of somebody's days at work, all of it or nothing."""
    return await _record(graph, act, DAYS, employment, source, facts)


async def record_completion(graph: Graph, act: Act, employment: str, source: str, told: Sequence[Goal]) -> Outcome:
    """Records goals of an employment and what came of them, all of it or nothing."""
    return await _record(graph, act, GOALS, employment, source, told)


async def _record(
    graph: Graph, act: Act, kind: Telling[Told, Any], employment: str, source: str, told: Sequence[Told]
) -> Outcome:
    if refused := role_refusal(act.viewer, RECORDERS):
        return refused
    if not 0 < len(source.strip()) <= 200:
        return invalid("source", Fault.LENGTH, 1, 200)
    if not 0 < len(told) <= kind.most:
        return invalid(kind.field, Fault.COUNT, 1, kind.most)
    today = day_in(act.now, act.viewer.zone)
    if refused := next(filter(None, (kind.refusal(each, today) for each in told)), None):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, employment)
        if isinstance(found, Refusal):
            return found
        done = await kind.tell(desk, found.worked, source.strip(), told)
        if isinstance(done, tuple):
            return done[1]
        if not done:
            await desk.tx.run(TELL_AGAIN, id=found.id, by=act.viewer.id)
        return Written("Employment", found.id)

    return await perform(graph, act, work)


async def _find_by(desk: Desk, statement: Statement[Held], record: str) -> Held | Refusal:
    """The employment that a record is of, its candidate locked, if the viewer may tell of it."""
    viewer, absent = desk.act.viewer, Refusal(Code.NOT_FOUND, "record")
    found = await desk.tx.one(statement, record=record, organization=viewer.organization)
    # One that is out of reach is looked at no longer than one that is not there.
    if found is None or reach_refusal(viewer, found.department, field="record", recorder=True):
        return absent
    owned = await find_own(desk, found.id)
    return absent if isinstance(owned, Refusal) else owned


async def correct_attendance(graph: Graph, act: Act, change: Correction) -> Outcome:
    """Supersedes a record by another; who may tell of the employment may correct what was told."""
    return await _correct(graph, act, DAYS, change.record, change.reason, lambda held: corrected(held, change))


async def correct_completion(graph: Graph, act: Act, change: goals.Correction) -> Outcome:
    """Supersedes what was told of a goal; who may tell of the employment may correct what was told."""
    wrong = invalid("withdrawn", Fault.NOT_BOTH) if change.withdrawn and change.tells else None
    of = change.record, change.reason
    return await _correct(graph, act, GOALS, *of, lambda held: goals.corrected(held, change), wrong)


async def _correct(
    graph: Graph,
    act: Act,
    kind: Telling[Told, Stands],
    record: str,
    reason: str,
    corrected: Callable[[Stands], Told],
    wrong: Refusal | None = None,
) -> Outcome:
    """`wrong`: why the correction itself is none."""
    if refused := role_refusal(act.viewer, RECORDERS):
        return refused
    if not 0 < len(reason.strip()) <= 2_000:
        return invalid("reason", Fault.LENGTH, 1, 2_000)
    if wrong is not None:
        return wrong

    async def work(desk: Desk) -> Outcome:
        owned = await _find_by(desk, kind.find_employment, record)
        if isinstance(owned, Refusal):
            return owned
        held = (await desk.tx.run(kind.list_known, ids=[record]))[0]
        told = corrected(held)
        if refused := kind.refusal(told, day_in(act.now, act.viewer.zone)):
            return refused
        made = await kind.correct(desk, owned.worked, held, told, reason.strip())
        return made if isinstance(made, Refusal) else Written(kind.type, made)

    return await perform(graph, act, work)


def corrected(held: Standing, change: Correction) -> Fact:
    """What the record says after the correction."""
    kind = timesheets.AttendanceKind(held.kind) if change.kind is None else change.kind
    same = kind.value == held.kind and change.days != 0
    return Fact(
        kind=kind,
        day=change.day or date.fromisoformat(held.day),
        days=held.days if change.days is None else change.days,
        minutes=change.minutes if change.minutes is not None else held.minutes if same else None,
        granularity=timesheets.Granularity(held.granularity),
        out_of=held.out_of,
    )
