"""Applications: a candidate wants a position; the answer carries the reminders in the same breath."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import LiteralString

from graph import candidates, departments, pools, positions, webhooks
from graph.candidates import Person
from graph.events import About, EventType
from graph.labels import label
from graph.orders import INTERVIEW_CONDITIONS, INTERVIEW_SORTS
from graph.refusals import Code, Fault, Refusal, invalid, told_refusal
from graph.reminders import FOR_APPLICATION
from graph.statements import Found, Nothing, Statement
from graph.traversal import Form, Many, One, Page, Prop, Shape, root
from graph.visibility import FREE, Level, OrganizationRole
from graph.writing import RECORDERS, Act, Desk, Graph, Outcome, Written, perform, random_id, role_refusal


class Stage(Enum):
    """How far an application has come."""

    APPLIED = "APPLIED"
    SCREENING = "SCREENING"
    INTERVIEW = "INTERVIEW"
    OFFER = "OFFER"
    HIRED = "HIRED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


FORWARD = (Stage.APPLIED, Stage.SCREENING, Stage.INTERVIEW, Stage.OFFER, Stage.HIRED)
ENDED = frozenset({Stage.HIRED.value, Stage.REJECTED.value, Stage.WITHDRAWN.value})


def _awaited(told: LiteralString) -> LiteralString:
    """That something waits is told by the link alone, as the notice itself was; what it is needs the code."""
    return (
        "CASE WHEN $linked <> '' THEN head(COLLECT { "
        "MATCH (this)-[:HAS_INTERVIEW|HAS_CHECK]->(about)<-[:FINDS]-(f:Finding) "
        "WHERE f.state = 'NOTICE_SENT' AND f.answeredSeq IS NULL "
        "RETURN " + told + " ORDER BY f.answerBy, f.id LIMIT 1 }) END"
    )


APPLICATION = Shape(
    "Application",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "stage": Prop(see=Level.ALL),
        "stageLabel": label("this.stage", see=Level.ALL),
        "appliedAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "source": Prop(see=Level.ALL),
        "candidate": One("Candidate", ("(this)<-[:SUBMITTED]-(that:Candidate)",), implied=True),
        "position": One("Position", ("(this)-[:FOR]->(that:Position)",), implied=True),
        "interviews": Page(
            "Interview",
            ("(this)-[:HAS_INTERVIEW]->(that:Interview)",),
            INTERVIEW_SORTS,
            conditions=INTERVIEW_CONDITIONS,
        ),
        "resumeChecks": Many(
            "ResumeCheck", ("(this)-[:HAS_CHECK]->(that:ResumeCheck)",), order=("that.checkedOn", "that.id")
        ),
        "openSlots": Many(
            "Slot",
            ("(this)-[:FOR]->(:Position)-[:BELONGS_TO*0..1]->(:Position|Department)<-[:OFFERED_FOR]-(that:Slot)",),
            order=("toString(that.startsAt)", "that.id"),
            where=FREE.replace("this", "that"),
            limit=100,
        ),
        "reminders": FOR_APPLICATION,
        "noticeAnswerBy": Prop(_awaited("f.answerBy"), form=Form.INSTANT),
        "noticeTimeZone": Prop(_awaited("about.timeZone")),
        "links": Many(
            "Link",
            ("(this)<-[:OPENS]-(that:Link)",),
            order=("toString(that.createdAt)", "that.id"),
            see=Level.OWN,
            implied=True,
        ),
        "decisions": Many(
            "Decision",
            ("(this)<-[:DECIDES]-(that:Decision)",),
            order=("toString(that.decidedAt)", "that.id"),
            implied=True,
        ),
    },
)
root("application", shape="Application", match="(this:Application {id: $id})")


@dataclass(frozen=True, slots=True)
class SubmitApplication:
    position: str
    candidate: Person
    source: str | None = None
    applied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """`status` is the candidate's, `closed` the position, and `announced` a rejection that waits to take effect."""

    id: str
    stage: str
    candidate: str
    department: str
    mine: bool
    status: str
    closed: bool
    announced: bool

    @property
    def erased(self) -> bool:
        return self.status == candidates.CandidateStatus.ERASED.value


STANDING = Statement(
    "applications.standing",
    """
    MATCH (:Candidate {id: $candidate})-[:SUBMITTED]->(application:Application)-[:FOR]->(:Position {id: $position})
    WHERE NOT application.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN']
    RETURN application.id AS id LIMIT 1
    """,
    row=Found,
)
CREATE = Statement(
    "applications.create",
    """
    MATCH (candidate:Candidate {id: $candidate}) MATCH (position:Position {id: $position})
    CREATE (application:Application {id: $id, stage: 'APPLIED', appliedAt: $applied_at, source: $source})
    CREATE (candidate)-[:SUBMITTED]->(application) CREATE (application)-[:FOR]->(position)
    """,
    row=Nothing,
    writes=True,
)
FIND = Statement(
    "applications.find",
    """
    MATCH (candidate:Candidate {organization: $organization})-[:SUBMITTED]->(application:Application {id: $id})
      -[:FOR]->(position:Position)-[:BELONGS_TO]->(department:Department)
    RETURN application.id AS id, application.stage AS stage, candidate.id AS candidate, department.id AS department,
      EXISTS { (application)<-[:ABOUT]-(:Event)-[:BY]->(:User {id: $viewer}) } AS mine,
      candidate.status AS status, position.status = 'CLOSED' OR department.status = 'CLOSED' AS closed,
      EXISTS { (application)<-[:DECIDES]-(:Decision {state: 'ANNOUNCED'}) } AS announced
    """,
    row=ApplicationRow,
)
SET_STAGE = Statement(
    "applications.set_stage",
    "MATCH (application:Application {id: $id}) SET application.stage = $stage",
    row=Nothing,
    writes=True,
)


async def submit(graph: Graph, act: Act, new: SubmitApplication) -> Outcome:
    """Files an application; the person is recognised within the circle of the position's department."""
    if refused := role_refusal(act.viewer, RECORDERS):
        return refused
    person = new.candidate
    if refused := candidates.person_refusal(person.display_name, person.email, person.phone, person.time_zone):
        return refused
    if any(not item.system.strip() or not item.value.strip() for item in person.external_ids):
        return invalid("externalIds", Fault.TEXT)
    if new.applied_at is not None and (refused := told_refusal("appliedAt", new.applied_at, act.now)):
        return refused

    async def work(desk: Desk) -> Outcome:
        position = await desk.tx.one(positions.FIND, id=new.position)
        if position is None or position.organization != act.viewer.organization:
            return Refusal(Code.NOT_FOUND, "position")
        if act.viewer.role is not OrganizationRole.INTEGRATOR and (
            refused := positions.reach_refusal(act.viewer, position.department, "position")
        ):
            return refused
        place = await _lock_place(desk, new.position, position.department)
        if place is None or place.status == "CLOSED":
            return Refusal(Code.POSITION_CLOSED, "position")
        if act.viewer.role is not OrganizationRole.INTEGRATOR and (
            refused := positions.reach_refusal(act.viewer, place.department, "position")
        ):
            return refused
        candidate = await candidates.recognise(desk, place.circle, person)
        if candidate and await desk.tx.one(STANDING, candidate=candidate, position=new.position):
            await candidates.release(desk, place.circle, person)
            return Refusal(Code.ALREADY_APPLIED, "position")
        candidate = candidate or await candidates.create(desk, place.circle, person)
        await candidates.identify(desk, candidate, place.circle, person)
        id = await file(desk, candidate, new.position, new.applied_at or act.now, new.source)
        return Written("Application", id)

    return await perform(graph, act, work)


async def file(desk: Desk, candidate: str, position: str, applied_at: datetime, source: str | None) -> str:
    """A new application of the candidate, who is locked."""
    id = desk.new_id()
    await desk.tx.run(CREATE, id=id, candidate=candidate, position=position, applied_at=applied_at, source=source)
    about = About("Application", id)
    await desk.record(EventType.APPLICATION_SUBMITTED, about, occurred_at=applied_at, position=position, source=source)
    await pools.settle(desk)
    return id


@dataclass(frozen=True, slots=True)
class PlaceRow:
    status: str
    circle: str
    department: str


FIND_PLACE = Statement(
    "applications.find_place",
    """
    MATCH (position:Position {id: $id})-[:BELONGS_TO]->(department:Department)
    RETURN CASE WHEN department.status = 'CLOSED' THEN 'CLOSED' ELSE position.status END AS status,
      department.circle AS circle, department.id AS department
    """,
    row=PlaceRow,
)


async def _lock_place(desk: Desk, position: str, department: str) -> PlaceRow | None:
    """The position's place with its department locked: of a position that was moved meanwhile, the new one's."""
    while True:
        await desk.tx.run(departments.LOCK, ids=[department], lock=random_id())
        place = await desk.tx.one(FIND_PLACE, id=position)
        if place is None or place.department == department:
            return place
        department = place.department


async def find_own(desk: Desk, id: str) -> ApplicationRow | Refusal:
    """The application, its candidate locked, if the viewer may change it.

    It is read once to know whom to lock, and again once nobody else can change it.
    """
    viewer = desk.act.viewer
    found = await desk.tx.one(FIND, id=id, organization=viewer.organization, viewer=viewer.id)
    if found is None or not (viewer.owns(found.department) or _records(desk, found)):
        return Refusal(Code.NOT_FOUND, "application")
    await desk.lock_candidate(found.candidate)
    locked = await desk.tx.one(FIND, id=id, organization=viewer.organization, viewer=viewer.id)
    return locked or Refusal(Code.NOT_FOUND, "application")


def _records(desk: Desk, found: ApplicationRow) -> bool:
    """An integrator may change the applications that it filed."""
    return desk.act.viewer.role is OrganizationRole.INTEGRATOR and found.mine


def progress_refusal(found: ApplicationRow) -> Refusal | None:
    """Why an application goes no further: nobody is left, it has ended, or its rejection is announced."""
    if found.erased:
        return Refusal(Code.CANDIDATE_ERASED, "application")
    if found.stage in ENDED:
        return Refusal(Code.APPLICATION_ENDED, "application")
    return Refusal(Code.REJECTION_ANNOUNCED, "application") if found.announced else None


def invite_refusal(found: ApplicationRow) -> Refusal | None:
    """Why nobody is invited by an application, whatever it is that invites."""
    if refused := progress_refusal(found) or candidates.invite_refusal(found.status, "application"):
        return refused
    return Refusal(Code.POSITION_CLOSED, "application") if found.closed else None


async def advance(graph: Graph, act: Act, application: str, stage: Stage) -> Outcome:
    """Moves an application to a later stage; rejecting is a decision and is not done here."""
    if refused := role_refusal(act.viewer, RECORDERS):
        return refused
    if stage is Stage.REJECTED:
        return Refusal(Code.REJECTION_IS_A_DECISION, "stage")
    if stage is Stage.WITHDRAWN:
        return Refusal(Code.NOT_FORWARD, "stage")

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, application)
        if isinstance(found, Refusal):
            return found
        if act.viewer.role is OrganizationRole.INTEGRATOR:
            # It is told nothing of decisions: what it moves on lets the rejection lapse, and HR is told of that.
            found = replace(found, announced=False)
        if refused := progress_refusal(found):
            return refused
        if FORWARD.index(stage) <= FORWARD.index(Stage(found.stage)):
            return Refusal(Code.NOT_FORWARD, "stage")
        await move_on(desk, found.id, stage)
        return Written("Application", found.id)

    return await perform(graph, act, work)


async def move_on(desk: Desk, application: str, stage: Stage) -> None:
    """Moves an application, whose candidate is locked, to a later stage."""
    await desk.tx.run(SET_STAGE, id=application, stage=stage.value)
    about = About("Application", application)
    await webhooks.record(desk, EventType.APPLICATION_ADVANCED, about, stage=stage.value)
    if stage is Stage.HIRED:
        await pools.settle(desk)
