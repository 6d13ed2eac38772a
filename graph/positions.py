"""Positions: what people apply for; a job family says which positions are similar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from graph import departments, webhooks
from graph.events import About, EventType
from graph.labels import label
from graph.orders import APPLICATION_CONDITIONS, APPLICATION_SORTS, INTERVIEW_CONDITIONS, INTERVIEW_SORTS
from graph.refusals import Code, Fault, Refusal, invalid
from graph.reminders import APPLICANT, HAS_REMINDERS, REMINDED_CONDITIONS, REMINDED_LOOKED
from graph.statements import Nothing, Statement
from graph.traversal import Form, One, Page, Prop, Shape, Sort, root
from graph.visibility import PLACED, Level, Viewer
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, random_id, role_refusal


class Urgency(Enum):
    """How pressing it is to fill a position."""

    NORMAL = "NORMAL"
    URGENT_BACKFILL = "URGENT_BACKFILL"


POSITION = Shape(
    "Position",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "title": Prop(see=Level.ALL),
        "jobFamily": Prop(see=Level.ALL),
        "status": Prop(see=Level.ALL),
        "statusLabel": label("this.status", see=Level.ALL),
        "urgency": Prop(),
        "urgencyLabel": label("this.urgency"),
        "openedAt": Prop(form=Form.INSTANT),
        "closedAt": Prop(form=Form.INSTANT),
        "department": One("Department", ("(this)-[:BELONGS_TO]->(that:Department)",), implied=True),
        "similar": Page(
            "Position",
            (
                "(this)-[:BELONGS_TO]->(here:Department)",
                "(there:Department {circle: here.circle})<-[:BELONGS_TO]-(that:Position {jobFamily: this.jobFamily})",
            ),
            {"TITLE": Sort("that.title")},
            where="that <> this",
        ),
        "interviews": Page(
            "Interview",
            ("(this)<-[:FOR]-(:Application)-[:HAS_INTERVIEW]->(that:Interview)",),
            INTERVIEW_SORTS,
            where=PLACED,
            conditions=INTERVIEW_CONDITIONS,
        ),
        "applications": Page(
            "Application",
            ("(this)<-[:FOR]-(that:Application)",),
            APPLICATION_SORTS,
            conditions=APPLICATION_CONDITIONS,
            see=Level.OWN,
            implied=True,
        ),
        "applicantsWithReminders": Page(
            "Application",
            ("(this)<-[:FOR]-(that:Application)",),
            APPLICATION_SORTS,
            where=HAS_REMINDERS,
            conditions=REMINDED_CONDITIONS,
            looked=REMINDED_LOOKED,
            looked_by=APPLICANT,
            see=Level.OWN,
            implied=True,
        ),
    },
)
root("position", shape="Position", match="(this:Position {id: $id})")


@dataclass(frozen=True, slots=True)
class OpenPosition:
    department: str
    title: str
    job_family: str
    urgency: Urgency = Urgency.NORMAL


@dataclass(frozen=True, slots=True)
class PositionRow:
    id: str
    status: str
    department: str
    organization: str
    applications: int


FIND = Statement(
    "positions.find",
    """
    MATCH (position:Position {id: $id})-[:BELONGS_TO]->(department:Department)
    RETURN position.id AS id, position.status AS status, department.id AS department,
      department.organization AS organization, COUNT { (position)<-[:FOR]-(:Application) } AS applications
    """,
    row=PositionRow,
)
CREATE = Statement(
    "positions.create",
    """
    MATCH (department:Department {id: $department})
    CREATE (position:Position {id: $id, title: $title, jobFamily: $job_family, urgency: $urgency,
      status: 'OPEN', openedAt: $now})
    CREATE (position)-[:BELONGS_TO]->(department)
    """,
    row=Nothing,
    writes=True,
)
CLOSE = Statement(
    "positions.close",
    "MATCH (position:Position {id: $id}) SET position.status = 'CLOSED', position.closedAt = $now",
    row=Nothing,
    writes=True,
)


def reach_refusal(viewer: Viewer, department: str, field: str) -> Refusal | None:
    """A position or department that is seen but not one's own is NOT_ALLOWED; one that is not seen is absent."""
    if viewer.owns(department):
        return None
    return Refusal(Code.NOT_ALLOWED if viewer.is_near(department) else Code.NOT_FOUND, field)


async def open(graph: Graph, act: Act, new: OpenPosition) -> Outcome:
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused
    if not new.title.strip():
        return invalid("title", Fault.TEXT)
    if not new.job_family.strip():
        return invalid("jobFamily", Fault.TEXT)

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        structure = await departments.structure_now(desk)
        if new.department not in structure.places:
            return Refusal(Code.NOT_FOUND, "department")
        if not act.viewer.owns(new.department):
            return Refusal(Code.NOT_ALLOWED, "department")
        if structure.places[new.department].closed:
            return Refusal(Code.DEPARTMENT_CLOSED, "department")
        id = desk.new_id()
        await desk.tx.run(
            CREATE,
            id=id,
            department=new.department,
            title=new.title,
            job_family=new.job_family,
            urgency=new.urgency.value,
            now=act.now,
        )
        await webhooks.record(
            desk, EventType.POSITION_OPENED, About("Position", id), title=new.title, department=new.department
        )
        return Written("Position", id)

    return await perform(graph, act, work)


async def find_own(desk: Desk, position: str) -> PositionRow | Refusal:
    """The position, if it is the viewer's to change; locks its department, which its applications' circle hangs on."""
    row = await desk.tx.one(FIND, id=position)
    if row is None or row.organization != desk.act.viewer.organization:
        return Refusal(Code.NOT_FOUND, "position")
    if refused := reach_refusal(desk.act.viewer, row.department, "position"):
        return refused
    await desk.tx.run(departments.LOCK, ids=[row.department], lock=random_id())
    return row


async def move(graph: Graph, act: Act, position: str, department: str) -> Outcome:
    """Moves a position to another department, within the circle where it has applications."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        structure = await departments.structure_now(desk)
        found = await find_own(desk, position)
        if isinstance(found, Refusal):
            return found
        if department not in structure.places:
            return Refusal(Code.NOT_FOUND, "department")
        if not act.viewer.owns(department):
            return Refusal(Code.NOT_ALLOWED, "department")
        if structure.places[department].closed:
            return Refusal(Code.DEPARTMENT_CLOSED, "department")
        row = await desk.tx.one(FIND, id=position)
        if row and row.applications and structure.circle(row.department) != structure.circle(department):
            return Refusal(Code.CIRCLE_CHANGE, "department")
        await desk.tx.run(departments.HAND_OVER_POSITION, position=position, department=department)
        await webhooks.record(desk, EventType.POSITION_MOVED, About("Position", position), department=department)
        return Written("Position", position)

    return await perform(graph, act, work)


async def close(graph: Graph, act: Act, position: str) -> Outcome:
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        found = await find_own(desk, position)
        if isinstance(found, Refusal):
            return found
        if found.status == "CLOSED":
            return Refusal(Code.POSITION_CLOSED, "position")
        await desk.tx.run(CLOSE, id=position, now=act.now)
        await webhooks.record(desk, EventType.POSITION_CLOSED, About("Position", position))
        return Written("Position", position)

    return await perform(graph, act, work)
