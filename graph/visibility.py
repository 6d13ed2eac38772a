"""Who sees what: the viewer's reach, and the predicate of every type, used by every read.

The table of the design, as code. Levels of a field: ALL is open to whoever sees the row, NEAR to viewers of the
same circle, OWN to the department's own. Rows and levels are predicates inside the statement, never filters after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, LiteralString
from uuid import uuid4

from graph.statements import Statement
from graph.structure import Relation, Structure


class OrganizationRole(Enum):
    """What a user may do in the whole Organization."""

    HR_ADMIN = "HR_ADMIN"
    AUDITOR = "AUDITOR"
    INTEGRATOR = "INTEGRATOR"
    MEMBER = "MEMBER"


class DepartmentRole(Enum):
    """What a user may do in one department."""

    RECRUITER = "RECRUITER"
    INTERVIEWER = "INTERVIEWER"


class Level(Enum):
    """How near a viewer must be to see a field of a row it sees."""

    ALL = "ALL"
    NEAR = "NEAR"
    OWN = "OWN"
    AUDIT = "AUDIT"
    ADMIN = "ADMIN"


class Dialect(Enum):
    """Staff see by department; an integrator sees what integrations need and never a finding."""

    STAFF = "STAFF"
    INTEGRATOR = "INTEGRATOR"


@dataclass(frozen=True, slots=True)
class ViewerRow:
    id: str
    external_id: str
    organization: str
    zone: str
    jurisdiction: str
    demo: bool
    role: str
    works: list[list[str]]
    places: list[list[Any]]


FIND_VIEWER = Statement(
    "viewer",
    """
    MATCH (user:User {externalId: $subject})-[member:MEMBER_OF]->(organization:Organization)
    RETURN user.id AS id, user.externalId AS external_id, member.role AS role,
      organization.id AS organization, organization.timeZone AS zone,
      organization.jurisdiction AS jurisdiction, coalesce(organization.demo, false) AS demo,
      [(user)-[works:WORKS_IN]->(department:Department) | [department.id, works.role]] AS works,
      COLLECT {
        MATCH (place:Department {organization: organization.id})
        RETURN [place.id, head([(place)-[:PART_OF]->(parent:Department) | parent.id]), place.sharesHistory,
          place.status = 'CLOSED', head([(place)-[:SUCCEEDED_BY]->(next:Department) | next.id])]
      } AS places
    """,
    row=ViewerRow,
)


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks: identity, role and the relation of every department of the Organization."""

    id: str
    external_id: str
    organization: str
    zone: str
    jurisdiction: str
    role: OrganizationRole
    structure: Structure
    relations: Mapping[str, Relation]
    demo: bool = False

    @classmethod
    def of_row(cls, row: ViewerRow) -> Viewer:
        role, structure = OrganizationRole(row.role), Structure.of_rows(row.places)
        return cls(
            id=row.id,
            external_id=row.external_id,
            organization=row.organization,
            zone=row.zone,
            jurisdiction=row.jurisdiction,
            role=role,
            structure=structure,
            relations=reach(role, row.works, structure),
            demo=row.demo,
        )

    @property
    def dialect(self) -> Dialect:
        return Dialect.INTEGRATOR if self.role is OrganizationRole.INTEGRATOR else Dialect.STAFF

    def departments(self, *relations: Relation) -> list[str]:
        return sorted(id for id, relation in self.relations.items() if relation in relations)

    def owns(self, department: str) -> bool:
        return self.relations.get(department) is Relation.OWN

    def is_near(self, department: str) -> bool:
        return self.relations.get(department, Relation.OUTSIDE) is not Relation.OUTSIDE

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """What every composed statement may name; lists are padded so that the database keeps one plan."""
        return {
            "viewer": self.id,
            "organization": self.organization,
            "own": padded(self.departments(Relation.OWN)),
            "sibling": padded(self.departments(Relation.SIBLING)),
            "near": padded(self.departments(Relation.OWN, Relation.SIBLING, Relation.CIRCLE)),
            "staff": self.dialect is Dialect.STAFF,
            "auditor": self.role is OrganizationRole.AUDITOR,
            "admin": self.role in (OrganizationRole.HR_ADMIN, OrganizationRole.AUDITOR),
        }

    def at(self, now: datetime) -> dict[str, Any]:
        return {**self.parameters, "now": now}


@dataclass(frozen=True, slots=True)
class Departments:
    organization: str
    count: int


COUNT_DEPARTMENTS = Statement(
    "departments.count",
    "MATCH (department:Department) RETURN department.organization AS organization, count(*) AS count",
    row=Departments,
)


def stand_ins(departments: int) -> list[Viewer]:
    """Viewers of no Organization that is there, whose lists of departments have the sizes of one with so many."""
    ids = [str(uuid4()) for _ in range(max(departments, 1))]
    own, near = dict.fromkeys(ids, Relation.OWN), dict.fromkeys(ids, Relation.CIRCLE)
    one, rest = {ids[0]: Relation.OWN}, dict.fromkeys(ids[1:], Relation.SIBLING)
    staff = [own, one, near | one, one | rest]
    return [
        *(_stand_in(OrganizationRole.MEMBER, relations) for relations in staff),
        _stand_in(OrganizationRole.INTEGRATOR, near),
    ]


def _stand_in(role: OrganizationRole, relations: Mapping[str, Relation]) -> Viewer:
    id, organization = str(uuid4()), str(uuid4())
    return Viewer(id, id, organization, "UTC", "CN", role, Structure(()), relations)


def reach(role: OrganizationRole, works: Iterable[list[str]], structure: Structure) -> dict[str, Relation]:
    """The relation of every department: OWN everywhere for HR_ADMIN and AUDITOR, by departments for recruiters.

    An integrator is near to every department and owns none; what it sees of people is its dialect's.
    """
    if role in (OrganizationRole.HR_ADMIN, OrganizationRole.AUDITOR):
        return dict.fromkeys(structure.places, Relation.OWN)
    if role is OrganizationRole.INTEGRATOR:
        return dict.fromkeys(structure.places, Relation.CIRCLE)
    mine = [department for department, work in works if work == DepartmentRole.RECRUITER.value]
    return structure.relations(mine)


def padded(ids: list[str]) -> list[str]:
    """Filled with ids that no node has up to 10, 100, 1,000 or 10,000, the size classes of a plan."""
    size = next((size for size in (10, 100, 1_000, 10_000) if len(ids) <= size), len(ids))
    return ids + [""] * (size - len(ids))


@dataclass(frozen=True, slots=True)
class Rule:
    """Predicates on `this`: which rows exist for the viewer, and who is near to them or owns them."""

    row: LiteralString
    own: LiteralString = "true"
    near: LiteralString = "true"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rule of one type for staff and for integrators."""

    staff: Rule
    integrator: Rule

    def rule(self, dialect: Dialect) -> Rule:
        return self.integrator if dialect is Dialect.INTEGRATOR else self.staff


ABSENT = Rule("false", own="false", near="false")
OF_MINE: LiteralString = "EXISTS { (this)<-[:ABOUT]-(:Event)-[:BY]->(:User {id: $viewer}) }"
"""An integrator sees what an event of its own is about."""

PLACED: LiteralString = "($staff OR " + OF_MINE.replace("(this)", "(that)") + ")"
"""Of an interview found by its department or position: where it stands is not told to an integrator but for its own."""

COUNTS: LiteralString = (
    "this.state = 'FINAL' AND this.outcome = 'NO_SHOW' AND this.cause = 'CANDIDATE' AND this.expiresAt > $now "
    "AND this.restricted IS NULL"
)
"""A finding that counts: decided, the candidate's own, neither disputed nor expired nor restricted."""

_FINDING_OWN: LiteralString = "EXISTS { (this)-[:FINDS]->(:Interview)-[:HELD_BY]->(d:Department) WHERE d.id IN $own }"
_FINDING_ROW: LiteralString = (
    "EXISTS { (this)-[:FINDS]->(:Interview)-[:HELD_BY]->(d:Department) WHERE d.id IN $own OR (d.id IN $near AND "
    + COUNTS
    + ") }"
)
_EVENT_OWN: LiteralString = """(EXISTS {
    (this)-[:ABOUT]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(d:Department)
  WHERE d.id IN $own }
  OR EXISTS { (this)-[:ABOUT]->(:Interview)-[:HELD_BY]->(d:Department) WHERE d.id IN $own }
  OR EXISTS { (this)-[:ABOUT]->(:Department|Position)-[:BELONGS_TO*0..1]->(d:Department) WHERE d.id IN $own }
  OR EXISTS { (this)-[:ABOUT]->(:Candidate)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->
    (d:Department) WHERE d.id IN $own AND NOT EXISTS { (this)-[:ABOUT]->(:Application|Interview) } })"""

POLICIES: Mapping[str, Policy] = {
    "Organization": Policy(Rule("this.id = $organization"), Rule("this.id = $organization")),
    "Department": Policy(
        Rule("this.organization = $organization", own="this.id IN $own", near="this.id IN $near"),
        Rule("this.organization = $organization"),
    ),
    "Position": Policy(
        Rule(
            "EXISTS { (this)-[:BELONGS_TO]->(d:Department) WHERE d.id IN $near }",
            own="EXISTS { (this)-[:BELONGS_TO]->(d:Department) WHERE d.id IN $own }",
        ),
        Rule("EXISTS { (this)-[:BELONGS_TO]->(d:Department {organization: $organization}) }"),
    ),
    "Candidate": Policy(
        Rule(
            "EXISTS { (this)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(d:Department) "
            "WHERE d.id IN $own }"
        ),
        Rule(OF_MINE),
    ),
    "Application": Policy(
        Rule("EXISTS { (this)-[:FOR]->(:Position)-[:BELONGS_TO]->(d:Department) WHERE d.id IN $own }"),
        Rule(OF_MINE),
    ),
    "Interview": Policy(
        Rule("EXISTS { (this)-[:HELD_BY]->(d:Department) WHERE d.id IN $own }"),
        Rule("EXISTS { (this)-[:HELD_BY]->(d:Department {organization: $organization}) }", own=OF_MINE),
    ),
    "Event": Policy(Rule(_EVENT_OWN), Rule("EXISTS { (this)-[:BY]->(:User {id: $viewer}) }")),
    "Finding": Policy(Rule(_FINDING_ROW, own=_FINDING_OWN), ABSENT),
    "User": Policy(
        Rule(
            "EXISTS { (this)-[:MEMBER_OF]->(:Organization {id: $organization}) }",
            own="(this.id = $viewer OR $admin)",
        ),
        Rule("this.id = $viewer"),
    ),
    # A reminder stands on a finding, or on another application of the same person in the same circle.
    # `held` is the department it comes from, bound on the way there.
    "MissedReminder": Policy(Rule(COUNTS + " AND held.id IN $near"), ABSENT),
    "RepeatReminder": Policy(Rule("held.id IN $near"), ABSENT),
    "AttendanceSummary": Policy(Rule("true"), ABSENT),
}
