"""Users: who may ask and write; the subject of a token is a User in the graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import LiteralString

from graph.candidates import person_refusal
from graph.events import EventType
from graph.labels import label
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Count, Found, Nothing, Statement
from graph.traversal import Form, Many, One, Prop, Shape, root
from graph.visibility import DepartmentRole, Level, OrganizationRole
from graph.writing import HR, Act, Desk, Graph, Outcome, Written, perform, role_refusal

_ROLE: LiteralString = "head([(this)-[m:MEMBER_OF]->(:Organization) | m.role])"
USER = Shape(
    "User",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "externalId": Prop(see=Level.ALL),
        "displayName": Prop(see=Level.ALL),
        "email": Prop(),
        "organizationRole": Prop(_ROLE),
        "organizationRoleLabel": label(_ROLE),
        "organization": One("Organization", ("(this)-[:MEMBER_OF]->(that:Organization)",), see=Level.OWN),
        "recruitsFor": Many(
            "Department",
            ("(this)-[:WORKS_IN {role: 'RECRUITER'}]->(that:Department)",),
            order=("that.name", "that.id"),
        ),
        "interviewsFor": Many(
            "Department",
            ("(this)-[:WORKS_IN {role: 'INTERVIEWER'}]->(that:Department)",),
            order=("that.name", "that.id"),
        ),
    },
)
root("viewer", shape="User", match="(this:User {id: $viewer})")


class Absent(Enum):
    """Of a value that may be null: that none was given."""

    ABSENT = "ABSENT"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class DepartmentWork:
    department: str
    role: DepartmentRole


@dataclass(frozen=True, slots=True)
class SetUser:
    """Of `display_name` and `email`, what is ABSENT stays as it was, and null takes it away."""

    external_id: str
    organization_role: OrganizationRole
    department_roles: tuple[DepartmentWork, ...] = ()
    display_name: str | Absent | None = ABSENT
    email: str | Absent | None = ABSENT


@dataclass(frozen=True, slots=True)
class UserRow:
    id: str
    organization: str | None
    role: str | None


FIND_BY_EXTERNAL_ID = Statement(
    "users.find_by_external_id",
    """
    MATCH (user:User {externalId: $external_id})
    RETURN user.id AS id, user.organization AS organization,
      head([(user)-[member:MEMBER_OF]->(:Organization) | member.role]) AS role
    """,
    row=UserRow,
)
FIND = Statement(
    "users.find",
    """
    MATCH (user:User {id: $id})
    RETURN user.id AS id, user.organization AS organization,
      head([(user)-[member:MEMBER_OF]->(:Organization) | member.role]) AS role
    """,
    row=UserRow,
)
COUNT_ADMINS = Statement(
    "users.count_admins",
    """
    MATCH (user:User)-[:MEMBER_OF {role: 'HR_ADMIN'}]->(:Organization {id: $organization})
    WHERE user.id <> $except
    RETURN count(user) AS count
    """,
    row=Count,
)
CREATE = Statement(
    "users.create",
    """
    MATCH (organization:Organization {id: $organization})
    CREATE (user:User {id: $id, externalId: $external_id, organization: $organization})
    CREATE (user)-[:MEMBER_OF {role: $role}]->(organization)
    """,
    row=Nothing,
    writes=True,
)
CLEAR_ROLES = Statement(
    "users.clear_roles",
    "MATCH (user:User {id: $id})-[role:MEMBER_OF|WORKS_IN]->() DELETE role",
    row=Nothing,
    writes=True,
)
JOIN = Statement(
    "users.join",
    """
    MATCH (user:User {id: $id}) MATCH (organization:Organization {id: $organization})
    CREATE (user)-[:MEMBER_OF {role: $role}]->(organization)
    """,
    row=Nothing,
    writes=True,
)
CALL = Statement(
    "users.call",
    "MATCH (user:User {id: $id}) SET user.displayName = $value",
    row=Nothing,
    writes=True,
)
REACH = Statement(
    "users.reach",
    "MATCH (user:User {id: $id}) SET user.email = $value",
    row=Nothing,
    writes=True,
)
ASSIGN = Statement(
    "users.assign",
    """
    MATCH (user:User {id: $id}) UNWIND $works AS work
    MATCH (department:Department {id: work[0], organization: $organization})
    CREATE (user)-[:WORKS_IN {role: work[1]}]->(department)
    RETURN department.id AS id
    """,
    row=Found,
    writes=True,
)


async def leaves_no_admin(desk: Desk, user: str) -> bool:
    rows = await desk.tx.run(COUNT_ADMINS, organization=desk.act.viewer.organization, **{"except": user})
    return rows[0].count == 0


async def set_user(graph: Graph, act: Act, new: SetUser) -> Outcome:
    """Adds a user or replaces all roles of one."""
    if refused := role_refusal(act.viewer, HR):
        return refused
    if not new.external_id.strip() or len(new.external_id) > 255:
        return invalid("externalId", Fault.LENGTH, 1, 255)
    if refused := _told_refusal(new):
        return refused
    if any(work.department not in act.viewer.structure.places for work in new.department_roles):
        return Refusal(Code.NOT_FOUND, "departmentRoles")

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        organization = act.viewer.organization
        user = await desk.tx.one(FIND_BY_EXTERNAL_ID, external_id=new.external_id)
        if user is not None and user.organization != organization:
            return Refusal(Code.USER_ELSEWHERE, "externalId")
        is_admin = new.organization_role is OrganizationRole.HR_ADMIN
        if user and user.role == "HR_ADMIN" and not is_admin and await leaves_no_admin(desk, user.id):
            return Refusal(Code.LAST_ADMIN, "organizationRole")
        id, role = user.id if user else desk.new_id(), new.organization_role.value
        if user is None:
            await desk.tx.run(CREATE, id=id, external_id=new.external_id, organization=organization, role=role)
        else:
            await desk.tx.run(CLEAR_ROLES, id=id)
            await desk.tx.run(JOIN, id=id, organization=organization, role=role)
        works, changed = _works(new.department_roles), []
        await desk.tx.run(ASSIGN, id=id, organization=organization, works=works)
        for name, value, statement in (("displayName", new.display_name, CALL), ("email", new.email, REACH)):
            if not isinstance(value, Absent):
                await desk.tx.run(statement, id=id, value=value and value.strip())
                changed.append(name)
        await desk.record(EventType.USER_SET, user=id, role=role, works=works, changed=changed)
        return Written("User", id)

    return await perform(graph, act, work)


def _told_refusal(new: SetUser) -> Refusal | None:
    name, email = ((None if isinstance(value, Absent) else value) for value in (new.display_name, new.email))
    return person_refusal(name, email)


def _works(works: Iterable[DepartmentWork]) -> list[list[str]]:
    return [list(pair) for pair in sorted({(work.department, work.role.value) for work in works})]


async def remove_user(graph: Graph, act: Act, user: str) -> Outcome:
    """Takes all roles from a user; what the user did stays in the record."""
    if refused := role_refusal(act.viewer, HR):
        return refused

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        found = await desk.tx.one(FIND, id=user)
        if found is None or found.organization != act.viewer.organization or found.role is None:
            return Refusal(Code.NOT_FOUND, "user")
        if found.role == "HR_ADMIN" and await leaves_no_admin(desk, found.id):
            return Refusal(Code.LAST_ADMIN, "user")
        # Whoever has no role any more cannot be answered: another administrator does it, and sees that it is done.
        if found.id == act.viewer.id:
            return Refusal(Code.YOURSELF, "user")
        await desk.tx.run(CLEAR_ROLES, id=found.id)
        await desk.record(EventType.USER_REMOVED, user=found.id)
        return Written("Organization", act.viewer.organization)

    return await perform(graph, act, work)
