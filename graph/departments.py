"""Departments: the tree of an Organization and the circles within which histories are shared."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, LiteralString
from unicodedata import category

from graph import timesheets, webhooks
from graph.attendance import department_attendance
from graph.events import About, EventType
from graph.labels import label
from graph.orders import (
    APPLICATION_CONDITIONS,
    APPLICATION_SORTS,
    EMPLOYMENT_CONDITIONS,
    EMPLOYMENT_SORTS,
    FINDING_CONDITIONS,
    FINDING_SORTS,
    INTERVIEW_CONDITIONS,
    INTERVIEW_SORTS,
)
from graph.refusals import Code, Fault, Refusal, invalid
from graph.reminders import APPLICANT, HAS_REMINDERS, REMINDED_CONDITIONS, REMINDED_LOOKED
from graph.statements import Found, Nothing, Statement
from graph.structure import Structure
from graph.tasks import tasks
from graph.traversal import Form, Here, Many, One, Page, Prop, Shape, Sort, root
from graph.visibility import COUNTS, ERASED, FREE, PLACED, Level
from graph.work_calendars import KEPT
from graph.writing import HR, Act, Desk, Graph, Outcome, Written, perform, random_id, role_refusal

HELD: LiteralString = "(d)<-[:HELD_BY]-(:Interview)<-[:FINDS]-(that:Finding)"
_LAST: LiteralString = "NOT EXISTS { (s)-[:SUCCEEDED_BY]->(:Department) }"
SCOPES: dict[str, tuple[LiteralString, ...]] = {
    "OWN": ("(this)<-[:PART_OF*0..]-(s:Department)<-[:SUCCEEDED_BY*0..]-(d:Department) WHERE s = this OR " + _LAST,),
    "SIBLINGS": (
        "(this)-[:PART_OF]->(parent)<-[:PART_OF]-(sibling:Department {circle: this.circle})",
        "(sibling)<-[:PART_OF*0..]-(s:Department {circle: this.circle})<-[:SUCCEEDED_BY*0..]-(d:Department) WHERE "
        + _LAST,
    ),
    "CIRCLE": ("(d:Department {circle: this.circle})",),
}
"""The departments `d` that a scope means, seen from a department: itself and all below; its siblings and all below
them, in the same circle; the whole circle. A closed department counts with its successor, and with it alone."""


def _below(direct: LiteralString, level: LiteralString) -> dict[bool, tuple[LiteralString, ...]]:
    """What the step leads to from `this`, and from it and all departments below of which staff reach the level too:
    each department is asked once, so that what lies in it need not be."""
    within = SCOPES["OWN"][0].replace("WHERE ", "WHERE (NOT $staff OR d.id IN " + level + ") AND (") + ")"
    return {False: (direct,), True: (within, direct.replace("(this)", "(d)"))}


DEPARTMENT = Shape(
    "Department",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "name": Prop(see=Level.ALL),
        "nameZh": Prop(see=Level.ALL),
        "code": Prop(see=Level.NEAR),
        "status": Prop(see=Level.NEAR),
        "statusLabel": label("this.status", see=Level.NEAR),
        "sharesHistory": Prop(),
        "closedAt": Prop(form=Form.INSTANT),
        "parent": One("Department", ("(this)-[:PART_OF]->(that:Department)",), see=Level.NEAR, implied=True),
        "successor": One("Department", ("(this)-[:SUCCEEDED_BY]->(that:Department)",), see=Level.NEAR, implied=True),
        "children": Many(
            "Department",
            ("(this)<-[:PART_OF]-(that:Department)",),
            order=("that.name", "that.id"),
            see=Level.NEAR,
            implied=True,
        ),
        "siblings": Many(
            "Department",
            ("(this)-[:PART_OF]->(up)<-[:PART_OF]-(that:Department)",),
            order=("that.name", "that.id"),
            see=Level.NEAR,
            implied=True,
        ),
        "ancestors": Many(
            "Department",
            ("(this)-[way:PART_OF*1..]->(that:Department)",),
            order=("size(way)",),
            see=Level.NEAR,
            implied=True,
        ),
        "descendants": Many(
            "Department",
            ("(this)<-[way:PART_OF*1..]-(that:Department)",),
            order=("size(way)", "that.name", "that.id"),
            see=Level.NEAR,
            implied=True,
        ),
        "positions": Page(
            "Position",
            _below("(this)<-[:BELONGS_TO]-(that:Position)", "$near"),
            {
                "TITLE": Sort("that.title"),
                "OPENED_AT_DESC": Sort("that.openedAt", descending=True, form=Form.INSTANT, see=Level.OWN),
                "APPLICATIONS_DESC": Sort("COUNT { (that)<-[:FOR]-() }", descending=True, see=Level.OWN),
            },
            conditions={
                "status": "this.status = $value",
                "jobFamily": "this.jobFamily = $value",
                "urgency": "EXISTS { (this)-[:BELONGS_TO]->(d:Department) WHERE d.id IN $own } "
                "AND this.urgency = $value",
            },
            by="below",
            see=Level.NEAR,
            implied=True,
        ),
        "applications": Page(
            "Application",
            _below("(this)<-[:BELONGS_TO]-(:Position)<-[:FOR]-(that:Application)", "$own"),
            APPLICATION_SORTS,
            conditions=APPLICATION_CONDITIONS,
            by="below",
            see=Level.OWN,
            implied=True,
        ),
        "applicantsWithReminders": Page(
            "Application",
            _below("(this)<-[:BELONGS_TO]-(:Position)<-[:FOR]-(that:Application)", "$own"),
            APPLICATION_SORTS,
            where=HAS_REMINDERS,
            conditions=REMINDED_CONDITIONS,
            looked=REMINDED_LOOKED,
            looked_by=APPLICANT,
            by="below",
            see=Level.OWN,
            implied=True,
        ),
        "interviews": Page(
            "Interview",
            _below("(this)<-[:HELD_BY]-(that:Interview)", "$own"),
            INTERVIEW_SORTS,
            where=PLACED,
            conditions=INTERVIEW_CONDITIONS,
            by="below",
            see=Level.OWN,
            implied=True,
        ),
        "openSlots": Many(
            "Slot",
            ("(this)<-[:BELONGS_TO*0..1]-(:Position|Department)<-[:OFFERED_FOR]-(that:Slot)",),
            order=("toString(that.startsAt)", "that.id"),
            where=FREE.replace("this", "that"),
            limit=100,
            see=Level.OWN,
            implied=True,
        ),
        "noShows": Page(
            "Finding",
            {scope: (*steps, HELD) for scope, steps in SCOPES.items()},
            FINDING_SORTS,
            where=COUNTS.replace("this.", "that."),
            conditions=FINDING_CONDITIONS,
            by="scope",
        ),
        "findings": Page(
            "Finding",
            _below("(this)<-[:HELD_BY]-()<-[:FINDS]-(that:Finding)", "$own"),
            FINDING_SORTS,
            where="NOT " + ERASED.replace("this.", "that."),
            conditions={**FINDING_CONDITIONS, "states": "this.state IN $value"},
            by="below",
            see=Level.OWN,
            implied=True,
        ),
        "tasks": tasks(SCOPES["OWN"]),
        "conduct": Here("Conduct"),
        "attendance": department_attendance(SCOPES),
        "employments": Page(
            "Employment",
            _below("(this)<-[:EMPLOYED_IN]-(that:Employment)", "$own"),
            EMPLOYMENT_SORTS,
            conditions=EMPLOYMENT_CONDITIONS,
            by="below",
            see=Level.OWN,
            implied=True,
        ),
        "workAttendance": timesheets.department_attendance(SCOPES["OWN"]),
        "workCalendars": replace(KEPT, see=Level.NEAR),
    },
)
root(
    "department",
    shape="Department",
    match="(this:Department {organization: $organization, code: $code})",
    where="this.id IN $near",
)
root(
    "departments",
    member=Many("Department", ("(that:Department {organization: $organization})",), order=("that.name", "that.id")),
)


@dataclass(frozen=True, slots=True)
class CreateDepartment:
    code: str
    name: str
    name_zh: str | None = None
    parent: str | None = None
    shares_history: bool = False


@dataclass(frozen=True, slots=True)
class UpdateDepartment:
    department: str
    name: str | None = None
    name_zh: str | None = None
    shares_history: bool | None = None


@dataclass(frozen=True, slots=True)
class Places:
    places: list[list[Any]]


LIST_PLACES = Statement(
    "departments.list_places",
    """
    MATCH (organization:Organization {id: $organization})
    RETURN COLLECT {
      MATCH (place:Department {organization: organization.id})
      RETURN [place.id, head([(place)-[:PART_OF]->(parent:Department) | parent.id]), place.sharesHistory,
        place.status = 'CLOSED', head([(place)-[:SUCCEEDED_BY]->(next:Department) | next.id])]
    } AS places
    """,
    row=Places,
)
LOCK = Statement(
    "departments.lock",
    "MATCH (d:Department) WHERE d.id IN $ids SET d._lock = $lock RETURN d.id AS id",
    row=Found,
    writes=True,
)
FIND_BY_CODE = Statement(
    "departments.find_by_code",
    "MATCH (d:Department {organization: $organization, code: $code}) RETURN d.id AS id",
    row=Found,
)
WITH_APPLICATIONS = Statement(
    "departments.with_applications",
    """
    MATCH (d:Department) WHERE d.id IN $ids
      AND (EXISTS { (d)<-[:BELONGS_TO]-(:Position)<-[:FOR]-(:Application) }
        OR EXISTS { (d)<-[:HELD_BY]-(:Interview|ResumeCheck) }
        OR EXISTS { (d)<-[:EMPLOYED_IN]-(:Employment) })
    RETURN d.id AS id ORDER BY id LIMIT 1
    """,
    row=Found,
)
CREATE_UNDER_DEPARTMENT = Statement(
    "departments.create_under_department",
    """
    MATCH (parent:Department {id: $parent})
    CREATE (d:Department {id: $id, organization: $organization, code: $code, name: $name, nameZh: $name_zh,
      sharesHistory: $shares_history, status: 'OPEN', circle: $circle})
    CREATE (d)-[:PART_OF]->(parent)
    """,
    row=Nothing,
    writes=True,
)
CREATE_UNDER_ORGANIZATION = Statement(
    "departments.create_under_organization",
    """
    MATCH (parent:Organization {id: $organization})
    CREATE (d:Department {id: $id, organization: $organization, code: $code, name: $name, nameZh: $name_zh,
      sharesHistory: $shares_history, status: 'OPEN', circle: $circle})
    CREATE (d)-[:PART_OF]->(parent)
    """,
    row=Nothing,
    writes=True,
)
UPDATE = Statement(
    "departments.update",
    """
    MATCH (d:Department {id: $id})
    SET d.name = coalesce($name, d.name), d.nameZh = coalesce($name_zh, d.nameZh),
      d.sharesHistory = coalesce($shares_history, d.sharesHistory)
    """,
    row=Nothing,
    writes=True,
)
LEAVE_PARENT = Statement(
    "departments.leave_parent",
    "MATCH (:Department {id: $id})-[part:PART_OF]->() DELETE part",
    row=Nothing,
    writes=True,
)
JOIN_DEPARTMENT = Statement(
    "departments.join_department",
    "MATCH (d:Department {id: $id}) MATCH (parent:Department {id: $parent}) CREATE (d)-[:PART_OF]->(parent)",
    row=Nothing,
    writes=True,
)
JOIN_ORGANIZATION = Statement(
    "departments.join_organization",
    "MATCH (d:Department {id: $id}) MATCH (parent:Organization {id: $parent}) CREATE (d)-[:PART_OF]->(parent)",
    row=Nothing,
    writes=True,
)
CLOSE = Statement(
    "departments.close",
    "MATCH (d:Department {id: $id}) SET d.status = 'CLOSED', d.closedAt = $now",
    row=Nothing,
    writes=True,
)
SUCCEED = Statement(
    "departments.succeed",
    "MATCH (d:Department {id: $id}) MATCH (next:Department {id: $successor}) CREATE (d)-[:SUCCEEDED_BY]->(next)",
    row=Nothing,
    writes=True,
)
LIST_OPEN_POSITIONS = Statement(
    "departments.list_open_positions",
    "MATCH (:Department {id: $id})<-[:BELONGS_TO]-(p:Position {status: 'OPEN'}) RETURN p.id AS id ORDER BY id",
    row=Found,
)
HAND_OVER_POSITION = Statement(
    "departments.hand_over_position",
    """
    MATCH (p:Position {id: $position})-[belongs:BELONGS_TO]->(:Department)
    MATCH (next:Department {id: $department})
    DELETE belongs CREATE (p)-[:BELONGS_TO]->(next)
    """,
    row=Nothing,
    writes=True,
)
SET_CIRCLES = Statement(
    "departments.set_circles",
    "UNWIND $circles AS row MATCH (d:Department {id: row[0]}) SET d.circle = row[1]",
    row=Nothing,
    writes=True,
)
CODE = re.compile(r"[A-Z0-9][A-Z0-9_\-]{0,63}")


def placing_refusal(structure: Structure, department: str, parent: str | None) -> Refusal | None:
    """Why `department` may not stand under `parent`; null is the Organization."""
    if parent is None:
        return None
    if parent not in structure.places:
        return Refusal(Code.NOT_FOUND, "parent")
    if structure.places[parent].closed:
        return Refusal(Code.DEPARTMENT_CLOSED, "parent")
    if department in structure.ancestors_or_self(parent):
        return Refusal(Code.UNDER_ITSELF, "parent")
    return None


async def structure_now(desk: Desk) -> Structure:
    """The structure as it stands under the Organization's lock."""
    rows = await desk.tx.run(LIST_PLACES, organization=desk.act.viewer.organization)
    return Structure.of_rows(rows[0].places)


async def circle_refusal(desk: Desk, before: Structure, after: Structure, field: str) -> Refusal | None:
    """Refuses a structure that would carry what is of a person into another circle; locks the departments in it."""
    moved = sorted(before.moved_circles(after))
    if not moved:
        return None
    await desk.tx.run(LOCK, ids=moved, lock=random_id())
    if await desk.tx.one(WITH_APPLICATIONS, ids=moved):
        return Refusal(Code.CIRCLE_CHANGE, field)
    return None


async def keep_circles(desk: Desk, before: Structure, after: Structure) -> None:
    circles = [[id, after.circle(id)] for id in sorted(before.moved_circles(after))]
    if circles:
        await desk.tx.run(SET_CIRCLES, circles=circles)


def names_refusal(name: str | None, name_zh: str | None) -> Refusal | None:
    """Names stand in files and charts, where a control character is shown by nothing and refused by some."""
    if name is not None and not name.strip():
        return invalid("name", Fault.TEXT)
    for field, text in (("name", name), ("nameZh", name_zh)):
        if any(category(letter) == "Cc" for letter in text or ""):
            return invalid(field, Fault.CONTROL)
    return None


async def create(graph: Graph, act: Act, new: CreateDepartment) -> Outcome:
    if refused := role_refusal(act.viewer, HR):
        return refused
    if not CODE.fullmatch(new.code):
        return invalid("code", Fault.CODE, 64)
    if refused := names_refusal(new.name, new.name_zh):
        return refused

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        structure, organization = await structure_now(desk), act.viewer.organization
        id = desk.new_id()
        if refused := placing_refusal(structure, id, new.parent):
            return refused
        if await desk.tx.one(FIND_BY_CODE, organization=organization, code=new.code):
            return Refusal(Code.CODE_TAKEN, "code")
        after = structure.with_place(id, parent=new.parent, shares_history=new.shares_history)
        await desk.tx.run(
            CREATE_UNDER_DEPARTMENT if new.parent else CREATE_UNDER_ORGANIZATION,
            id=id,
            organization=organization,
            parent=new.parent,
            code=new.code,
            name=new.name,
            name_zh=new.name_zh,
            shares_history=new.shares_history,
            circle=after.circle(id),
        )
        await webhooks.record(
            desk, EventType.DEPARTMENT_CREATED, About("Department", id), code=new.code, name=new.name, parent=new.parent
        )
        return Written("Department", id)

    return await perform(graph, act, work)


async def update(graph: Graph, act: Act, change: UpdateDepartment) -> Outcome:
    if refused := role_refusal(act.viewer, HR):
        return refused
    if refused := names_refusal(change.name, change.name_zh):
        return refused

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        before = await structure_now(desk)
        if change.department not in before.places:
            return Refusal(Code.NOT_FOUND, "department")
        after = before
        if change.shares_history is not None:
            after = before.with_place(change.department, shares_history=change.shares_history)
        if refused := await circle_refusal(desk, before, after, "sharesHistory"):
            return refused
        await desk.tx.run(
            UPDATE,
            id=change.department,
            name=change.name,
            name_zh=change.name_zh,
            shares_history=change.shares_history,
        )
        await keep_circles(desk, before, after)
        await desk.record(
            EventType.DEPARTMENT_UPDATED,
            About("Department", change.department),
            name=change.name,
            nameZh=change.name_zh,
            sharesHistory=change.shares_history,
        )
        # With whom a department shares its history shows in no field that an integrator may see.
        if change.name is not None or change.name_zh is not None:
            await webhooks.tell(desk, EventType.DEPARTMENT_UPDATED, "Department", change.department)
        return Written("Department", change.department)

    return await perform(graph, act, work)


async def move(graph: Graph, act: Act, department: str, parent: str | None) -> Outcome:
    """Puts a department with all below it under another, or under the Organization where `parent` is null."""
    if refused := role_refusal(act.viewer, HR):
        return refused

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        before = await structure_now(desk)
        if department not in before.places:
            return Refusal(Code.NOT_FOUND, "department")
        if refused := placing_refusal(before, department, parent):
            return refused
        after = before.with_place(department, parent=parent)
        if refused := await circle_refusal(desk, before, after, "parent"):
            return refused
        await desk.tx.run(LEAVE_PARENT, id=department)
        await desk.tx.run(
            JOIN_DEPARTMENT if parent else JOIN_ORGANIZATION,
            id=department,
            parent=parent or act.viewer.organization,
        )
        await keep_circles(desk, before, after)
        await webhooks.record(desk, EventType.DEPARTMENT_MOVED, About("Department", department), parent=parent)
        return Written("Department", department)

    return await perform(graph, act, work)


def closing_refusal(structure: Structure, department: str, successor: str | None) -> Refusal | None:
    if department not in structure.places:
        return Refusal(Code.NOT_FOUND, "department")
    if structure.places[department].closed:
        return Refusal(Code.DEPARTMENT_CLOSED, "department")
    if any(not place.closed and place.parent == department for place in structure.places.values()):
        return Refusal(Code.HAS_OPEN_CHILDREN, "department")
    if successor is None:
        return None
    if successor not in structure.places:
        return Refusal(Code.NOT_FOUND, "successor")
    if structure.places[successor].closed or successor == department:
        return Refusal(Code.DEPARTMENT_CLOSED, "successor")
    return None


async def close(graph: Graph, act: Act, department: str, successor: str | None) -> Outcome:
    """Closes a department; its open positions go to the successor, its history counts as the successor's."""
    if refused := role_refusal(act.viewer, HR):
        return refused

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        before = await structure_now(desk)
        if refused := closing_refusal(before, department, successor):
            return refused
        after = before.with_place(department, closed=True, successor=successor)
        if refused := await circle_refusal(desk, before, after, "successor"):
            return refused
        await desk.tx.run(LOCK, ids=[department, *filter(None, [successor])], lock=random_id())
        positions = await desk.tx.run(LIST_OPEN_POSITIONS, id=department)
        if positions and successor is None:
            return Refusal(Code.HAS_OPEN_POSITIONS, "successor")
        await desk.tx.run(CLOSE, id=department, now=act.now)
        if successor is not None:
            await desk.tx.run(SUCCEED, id=department, successor=successor)
        for position in positions:
            await desk.tx.run(HAND_OVER_POSITION, position=position.id, department=successor)
            await desk.record(EventType.POSITION_MOVED, About("Position", position.id), department=successor)
        await webhooks.tell(desk, EventType.POSITION_MOVED, "Position", *(position.id for position in positions))
        await keep_circles(desk, before, after)
        await webhooks.record(desk, EventType.DEPARTMENT_CLOSED, About("Department", department), successor=successor)
        return Written("Department", department)

    return await perform(graph, act, work)
