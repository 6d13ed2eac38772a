"""Settling: departments and positions that loaded facts need, created where they are not there yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.client import Transaction
from graph.events import About, Chain, EventType
from graph.loading import Importer, Pen, Row
from graph.names import normalised_name
from graph.statements import Nothing, Statement
from graph.writing import LOCK_ORGANIZATION, Graph, random_id


@dataclass(frozen=True, slots=True)
class ImporterRow:
    organization: str
    zone: str
    jurisdiction: str
    user: str | None


@dataclass(frozen=True, slots=True)
class NewDepartment:
    """A department directly under the Organization, to be created where its code is not taken."""

    id: str
    code: str
    name: str
    name_zh: str | None


@dataclass(frozen=True, slots=True)
class NewPosition:
    """A position of the department with this code, to be created where that has none of its title and family."""

    id: str
    department: str
    title: str
    job_family: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    id: str
    code: str
    open: bool


@dataclass(frozen=True, slots=True)
class PositionRow:
    id: str
    department: str
    title: str
    job_family: str
    open: bool


FIND_IMPORTER = Statement(
    "settling.find_importer",
    """
    MATCH (o:Organization {name: $name})
    RETURN o.id AS organization, o.timeZone AS zone, o.jurisdiction AS jurisdiction,
      head([(o)<-[:MEMBER_OF {role: 'HR_ADMIN'}]-(user:User {externalId: $admin}) | user.id]) AS user
    """,
    row=ImporterRow,
)
LIST_DEPARTMENTS = Statement(
    "settling.list_departments",
    "MATCH (d:Department {organization: $organization}) RETURN d.id AS id, d.code AS code, d.status = 'OPEN' AS open",
    row=DepartmentRow,
)
LIST_POSITIONS = Statement(
    "settling.list_positions",
    """
    MATCH (d:Department {organization: $organization})<-[:BELONGS_TO]-(p:Position)
    RETURN p.id AS id, d.id AS department, p.title AS title, p.jobFamily AS job_family,
      p.status = 'OPEN' AND d.status = 'OPEN' AS open ORDER BY open, id
    """,
    row=PositionRow,
)
CREATE_DEPARTMENTS = Statement(
    "settling.create_departments",
    """
    MATCH (organization:Organization {id: $organization})
    UNWIND $rows AS row
    CREATE (d:Department {id: row.id, organization: organization.id, code: row.code, name: row.name,
      nameZh: row.name_zh, sharesHistory: false, status: 'OPEN', circle: row.id})
    CREATE (d)-[:PART_OF]->(organization)
    """,
    row=Nothing,
    writes=True,
)
CREATE_POSITIONS = Statement(
    "settling.create_positions",
    """
    UNWIND $rows AS row
    MATCH (department:Department {id: row.department})
    CREATE (position:Position {id: row.id, title: row.title, jobFamily: row.job_family, urgency: 'NORMAL',
      status: 'OPEN', openedAt: row.opened_at})
    CREATE (position)-[:BELONGS_TO]->(department)
    """,
    row=Nothing,
    writes=True,
)
MOVE_ORGANIZATION_HEAD = Statement(
    "settling.move_organization_head",
    "MATCH (head:Organization {id: $id}) SET head.seq = $seq, head.hash = $hash",
    row=Nothing,
    writes=True,
)


@dataclass(slots=True)
class Survey:
    """The departments and positions of an Organization, as an import looks for them."""

    departments: dict[str, DepartmentRow]
    positions: dict[str, PositionRow]
    titles: dict[tuple[str, str, str], str]

    @classmethod
    def of_rows(cls, departments: Iterable[DepartmentRow], positions: Sequence[PositionRow]) -> Survey:
        return cls(
            {row.code: row for row in departments},
            {row.id: row for row in positions},
            {(row.department, normalised_name(row.title), row.job_family): row.id for row in positions},
        )

    def find(self, new: NewPosition) -> str | None:
        """The position itself, wherever it was moved to, or one of the same title and family, rather an open one."""
        department = self.departments.get(new.department)
        if new.id in self.positions:
            return new.id
        return department and self.titles.get((department.id, normalised_name(new.title), new.job_family))


async def survey(run: Callable[..., Awaitable[Any]], organization: str) -> Survey:
    """`run` is a transaction's or the client's way to read."""
    departments = await run(LIST_DEPARTMENTS, organization=organization)
    return Survey.of_rows(departments, await run(LIST_POSITIONS, organization=organization))


@dataclass(slots=True)
class Settled:
    """Under which id each position stands, and what was created: the codes of departments, a number of positions."""

    positions: dict[str, str]
    new_departments: list[str]
    new_positions: int


async def foresee(
    graph: Graph, importer: Importer, departments: Sequence[NewDepartment], positions: Sequence[NewPosition]
) -> Settled:
    """What `settle` would do, by reading alone."""
    found = await survey(graph.client.read, importer.organization)
    places = {new.id: found.find(new) for new in positions}
    return Settled(
        {id: place or id for id, place in places.items()},
        [new.code for new in departments if new.code not in found.departments],
        sum(place is None for place in places.values()),
    )


async def settle(
    graph: Graph,
    importer: Importer,
    departments: Sequence[NewDepartment],
    positions: Sequence[NewPosition],
    *,
    now: datetime,
) -> Settled:
    """Creates the departments and positions that are not there; nothing new in a department that is closed."""

    async def work(tx: Transaction) -> Settled:
        locked = await tx.one(LOCK_ORGANIZATION, id=importer.organization, lock=random_id())
        if locked is None:
            raise LookupError("the organization is gone")
        chain, pen = Chain("Organization", locked.id, locked.seq, locked.hash), Pen(importer.author, now)
        found = await survey(tx.run, importer.organization)
        created = [new for new in departments if new.code not in found.departments]
        for new in created:
            found.departments[new.code] = DepartmentRow(new.id, new.code, open=True)
            payload = {"code": new.code, "name": new.name, "parent": None}
            pen.note(chain, EventType.DEPARTMENT_CREATED, About("Department", new.id), now, **payload)
        opened: list[Row] = []
        places: dict[str, str] = {}
        for new in positions:
            department, place = found.departments[new.department], found.find(new)
            places[new.id] = place or new.id
            if place is None and department.open:
                opened.append({**_row(new), "department": department.id})
                payload = {"title": new.title, "department": department.id}
                pen.note(chain, EventType.POSITION_OPENED, About("Position", new.id), new.opened_at, **payload)
        if created:
            await tx.run(CREATE_DEPARTMENTS, organization=importer.organization, rows=[_row(new) for new in created])
        if opened:
            await tx.run(CREATE_POSITIONS, rows=opened)
        if pen.events:
            await pen.write(tx)
            await tx.run(MOVE_ORGANIZATION_HEAD, id=chain.id, seq=chain.seq, hash=chain.hash)
        return Settled(places, [new.code for new in created], len(opened))

    return await graph.client.write(work)


def _row(record: NewDepartment | NewPosition) -> Row:
    return {name: getattr(record, name) for name in record.__slots__}
