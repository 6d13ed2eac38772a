"""Who sees what: the viewer's reach, and the predicate of every type, used by every read.

The table of the design, as code. Levels of a field: ALL is open to whoever sees the row, NEAR to viewers of the
same circle, OWN to the department's own. Rows and levels are predicates inside the statement, never filters after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
    """Staff see by department; an integrator what integrations need and never a finding; a candidate its own record."""

    STAFF = "STAFF"
    INTEGRATOR = "INTEGRATOR"
    CANDIDATE = "CANDIDATE"


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


@dataclass(frozen=True, slots=True)
class Person:
    """What a candidate's link opens: one application, or where a code was given too the whole of its records."""

    candidates: tuple[str, ...]
    application: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Whom a link names, and whether the code that was sent to the contact on file was given too."""

    candidate: str
    application: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    id: str
    organization: str
    zone: str
    jurisdiction: str
    demo: bool
    same: list[str]


FIND_PERSON = Statement(
    "viewer.person",
    """
    MATCH (candidate:Candidate {id: $candidate})-[:SUBMITTED]->(:Application {id: $application})
    MATCH (organization:Organization {id: candidate.organization})
    WHERE candidate.status <> 'ERASED'
    RETURN candidate.id AS id, organization.id AS organization, organization.timeZone AS zone,
      organization.jurisdiction AS jurisdiction, coalesce(organization.demo, false) AS demo,
      [(candidate)-[:SAME_AS]-(other:Candidate) WHERE other.status <> 'ERASED' | other.id] AS same
    """,
    row=PersonRow,
)


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks: identity, role and the relation of every department of the Organization.

    A candidate, whose `person` is there, and the system itself have no role.
    """

    id: str
    external_id: str
    organization: str
    zone: str
    jurisdiction: str
    role: OrganizationRole | None
    structure: Structure
    relations: Mapping[str, Relation]
    demo: bool = False
    person: Person | None = None

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

    @classmethod
    def of_person(cls, row: PersonRow, claim: Claim) -> Viewer:
        """The candidate itself, to whom departments are no nearer than their names."""
        return cls(
            id=row.id,
            external_id="",
            organization=row.organization,
            zone=row.zone,
            jurisdiction=row.jurisdiction,
            role=None,
            structure=Structure(()),
            relations={},
            demo=row.demo,
            person=Person((row.id, *row.same), claim.application, claim.verified),
        )

    @property
    def dialect(self) -> Dialect:
        if self.person is not None:
            return Dialect.CANDIDATE
        return Dialect.INTEGRATOR if self.role is OrganizationRole.INTEGRATOR else Dialect.STAFF

    @property
    def is_system(self) -> bool:
        """Nobody: timers act for the Organization itself, on any of its departments."""
        return self.role is None and self.person is None

    @property
    def part(self) -> str:
        """What the viewer is, in one word."""
        if self.role is not None:
            return self.role.value
        return "SYSTEM" if self.is_system else "CANDIDATE"

    def departments(self, *relations: Relation) -> list[str]:
        return sorted(id for id, relation in self.relations.items() if relation in relations)

    def owns(self, department: str) -> bool:
        return self.is_system or self.relations.get(department) is Relation.OWN

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
            **_of_person(self.person),
        }

    def at(self, now: datetime) -> dict[str, Any]:
        return {**self.parameters, "now": now}


def _of_person(person: Person | None) -> dict[str, Any]:
    """`mine` are a candidate's records, `linked` the application of its link; nobody else has any."""
    return {
        "mine": padded(list(person.candidates) if person else []),
        "linked": person.application if person else "",
        "verified": person is not None and person.verified,
    }


@dataclass(frozen=True, slots=True)
class Departments:
    organization: str
    count: int


COUNT_DEPARTMENTS = Statement(
    "departments.count",
    "MATCH (department:Department) RETURN department.organization AS organization, count(*) AS count",
    row=Departments,
)


def system(organization: str, zone: str, jurisdiction: str) -> Viewer:
    """The system itself, which acts where a timer is due."""
    return Viewer(organization, "", organization, zone, jurisdiction, None, Structure(()), {})


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
    """The rule of one type for staff, for integrators and for the candidate."""

    staff: Rule
    integrator: Rule
    candidate: Rule

    def rule(self, dialect: Dialect) -> Rule:
        match dialect:
            case Dialect.STAFF:
                return self.staff
            case Dialect.INTEGRATOR:
                return self.integrator
            case Dialect.CANDIDATE:
                return self.candidate


def _any(path: LiteralString, where: LiteralString) -> LiteralString:
    """Said where one of the departments that a path ends at is such; `path` is all of it but the department `d`.

    A list, as EXISTS takes three times as long on the embedded engine; what fans out widely is better asked by EXISTS,
    which ends at the first.
    """
    return "size([" + path + "(d:Department) WHERE " + where + " | 1]) > 0"


def _in_own(path: LiteralString) -> LiteralString:
    return _any(path, "d.id IN $own")


ABSENT = Rule("false", own="false", near="false")
OF_MINE: LiteralString = "EXISTS { (this)<-[:ABOUT]-(:Event)-[:BY]->(:User {id: $viewer}) }"
"""An integrator sees what an event of its own is about."""

REPORTED: LiteralString = "$viewer IN coalesce(this.reporters, [])"
"""An integrator sees what it told, though others had told the same before."""

PLACED: LiteralString = "($staff OR " + OF_MINE.replace("(this)", "(that)") + ")"
"""Of an interview found by its department or position: where it stands is not told to an integrator but for its own."""

CONFIRMED: LiteralString = "this.state = 'FINAL' AND this.outcome = 'NO_SHOW' AND this.cause = 'CANDIDATE'"
"""A no-show that was decided, the candidate's own, not disputed; it may have expired."""
MARKED: LiteralString = CONFIRMED + " AND this.expiresAt > $now"
"""A no-show that was decided, the candidate's own, neither disputed nor expired."""
COUNTS: LiteralString = MARKED + " AND this.restricted IS NULL"
"""A no-show that counts: decided, the candidate's own, neither disputed nor expired nor restricted. Nothing else that
is found of a person, as a résumé that did not match, is for other departments to see."""

_FINDING_OWN: LiteralString = _in_own("(this)-[:FINDS]->()-[:HELD_BY]->")
ERASED: LiteralString = "(this.eraseAt IS NOT NULL AND this.eraseAt <= $now AND this.state <> 'ERASED')"
"""Said of a finding whose time to be erased has come before the timer has: it is not there for anybody."""
FINAL_THEN: LiteralString = (
    "this.decidedAt <= $asOf AND (this.disputedAt IS NULL OR this.disputedAt > $asOf OR this.rejectedAt <= $asOf)"
)
"""Said of a finding that was final at the instant `asOf`."""
UNTIL_THEN: LiteralString = (
    "this.expiresAt + duration({days: reduce(days = 0, more IN "
    "[(this)-[:REPAIRED_BY]->(k:Repair) WHERE k.at > $asOf | k.days] | days + more)})"
)
"""Until when a finding was to count as it stood at the instant `asOf`: interviews attended since let it fade sooner."""


def stood_at(instant: LiteralString) -> tuple[LiteralString, LiteralString]:
    """Of a finding `f`: whether it was final at an instant and is there still, and until when it was to count then."""
    found = "NOT " + ERASED + " AND (" + FINAL_THEN + ")"
    return found.replace("this", "f").replace("$asOf", instant), UNTIL_THEN.replace("this", "f").replace(
        "$asOf", instant
    )


_FINDING_ROW: LiteralString = (
    "NOT "
    + ERASED
    + " AND "
    + _any("(this)-[:FINDS]->()-[:HELD_BY]->", "d.id IN $own OR (d.id IN $near AND " + COUNTS + ")")
)
EVENT_OWN: LiteralString = (
    "("
    + _in_own("(this)-[:ABOUT]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->")
    + " OR "
    + _in_own("(this)-[:ABOUT]->(:Interview|ResumeCheck)-[:HELD_BY]->")
    + " OR "
    + _in_own("(this)-[:ABOUT]->(:Department|Position)-[:BELONGS_TO*0..1]->")
    + " OR "
    + _in_own("(this)-[:ABOUT]->(:Employment)-[:EMPLOYED_IN]->")
    + " OR ((this.type <> 'SELF_ASSESSMENT_TAKEN' OR $auditor) AND (this.type <> 'SCORE_COMPUTED' OR $admin) "
    "AND NOT EXISTS { (this)-[:ABOUT]->(:Application|Interview|Employment|ResumeCheck) } AND "
    + _in_own("(this)-[:ABOUT]->(:Candidate)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->")
    + "))"
)
"""Said of an event that is the viewer's own. That somebody assessed themselves is theirs to tell, by sharing it.

A score that was kept names whose it is, its application or employment. One from before it did tells the rest of the
Organization nothing: what it is about is in its hash, and cannot be added now.
"""

MY_APPLICATION: LiteralString = (
    "EXISTS { (this)<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine AND ($verified OR this.id = $linked) }"
)
MY_INTERVIEW: LiteralString = (
    "EXISTS { (this)<-[:HAS_INTERVIEW]-(a:Application)<-[:SUBMITTED]-(c:Candidate) "
    "WHERE c.id IN $mine AND ($verified OR a.id = $linked) }"
)
MY_FINDING: LiteralString = (
    "$verified AND NOT " + ERASED + " AND EXISTS { (this)-[:FINDS]->()<-[:HAS_INTERVIEW|HAS_CHECK]-(:Application)"
    "<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine }"
)
"""What a candidate sees of a finding: all of its own, once a code was given besides the link."""

STANDS: LiteralString = (
    "NOT i.attendance IN ['RESCHEDULED', 'CANCELLED_BY_CANDIDATE', 'CANCELLED_BY_EMPLOYER', 'ENTERED_IN_ERROR']"
)
"""Said of an interview `i`: it was neither moved nor called off, and not entered in error."""
HOLDS: LiteralString = (
    "(" + STANDS + " OR EXISTS { (i)<-[:FREED_BY]-(freed:FreedSlot) WHERE freed.state <> 'UNFILLED' })"
)
"""Said of an interview `i` in a slot: it stands, or its time was offered to others, and somebody may have it."""
TAKEN: LiteralString = "EXISTS { (this)<-[:TAKES]-(i:Interview) WHERE " + HOLDS + " }"
"""A slot is taken while an interview holds it: moved or cancelled, that gives the slot back by itself."""
FREE: LiteralString = "this.closedAt IS NULL AND this.until > $now AND NOT " + TAKEN
"""A slot that can still be chosen."""
_MY_SLOT: LiteralString = (
    "EXISTS { (this)-[:OFFERED_FOR]->(:Position|Department)<-[:BELONGS_TO*0..1]-(:Position)<-[:FOR]-(a:Application)"
    "<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine AND ($verified OR a.id = $linked) }"
)
_MY_CHOICE: LiteralString = (
    "EXISTS { (this)<-[:CHOOSES]-(:RescheduleRequest)<-[:HAS_REQUEST]-(:Interview)<-[:HAS_INTERVIEW]-(a:Application)"
    "<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine AND ($verified OR a.id = $linked) }"
)
_MY_REQUEST: LiteralString = (
    "EXISTS { (this)<-[:HAS_REQUEST]-(:Interview)<-[:HAS_INTERVIEW]-(a:Application)<-[:SUBMITTED]-(c:Candidate) "
    "WHERE c.id IN $mine AND ($verified OR a.id = $linked) }"
)

_DECISION_OWN: LiteralString = _in_own("(this)-[:DECIDES]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->")
HEARD_DECISION: LiteralString = (
    "EXISTS { (this)-[:CONSIDERED]->(f:Finding {state: 'DISPUTED'})-[:FINDS]->()-[:HELD_BY]->(d:Department) "
    "WHERE d.id IN $own AND NOT EXISTS { (f)-[:DECIDED_BY]->(:User {id: $viewer}) } "
    "AND NOT EXISTS { (f)-[:FINDS]->(:Interview)<-[:INTERVIEWS]-(:User {id: $viewer}) } }"
)
"""Said of a decision for whoever may decide the dispute of a finding that it considered, while that is open: neither
who decided the finding nor who was to hold the interview."""
MADE_DECISION: LiteralString = "EXISTS { (this)-[:DECIDED_BY]->(:User {id: $viewer}) }"
"""Said of a decision for whoever made it, wherever they work by now."""

_POLICIES: Mapping[str, Policy] = {
    "Organization": Policy(
        Rule("this.id = $organization"), Rule("this.id = $organization"), Rule("this.id = $organization")
    ),
    "Department": Policy(
        Rule("this.organization = $organization", own="this.id IN $own", near="this.id IN $near"),
        Rule("this.organization = $organization"),
        Rule("this.organization = $organization", own="false", near="false"),
    ),
    "Position": Policy(
        Rule(
            _any("(this)-[:BELONGS_TO]->", "d.id IN $near"),
            own=_in_own("(this)-[:BELONGS_TO]->"),
        ),
        Rule("EXISTS { (this)-[:BELONGS_TO]->(d:Department {organization: $organization}) }"),
        Rule(
            "EXISTS { (this)<-[:FOR]-(a:Application)<-[:SUBMITTED]-(c:Candidate) "
            "WHERE c.id IN $mine AND ($verified OR a.id = $linked) }",
            own="false",
        ),
    ),
    "Candidate": Policy(
        Rule(
            "("
            + _in_own("(this)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->")
            + " OR "
            + _in_own("(this)-[:EMPLOYED_AS]->(:Employment)-[:EMPLOYED_IN]->")
            + ")"
        ),
        Rule(OF_MINE),
        Rule("this.id IN $mine", own="$verified"),
    ),
    "Application": Policy(
        Rule(_in_own("(this)-[:FOR]->(:Position)-[:BELONGS_TO]->")),
        Rule(OF_MINE),
        Rule(MY_APPLICATION),
    ),
    "Interview": Policy(
        Rule(_in_own("(this)-[:HELD_BY]->")),
        Rule("EXISTS { (this)-[:HELD_BY]->(d:Department {organization: $organization}) }", own=OF_MINE),
        Rule(MY_INTERVIEW),
    ),
    "Event": Policy(
        Rule(EVENT_OWN),
        Rule("EXISTS { (this)-[:BY]->(:User {id: $viewer}) }"),
        Rule("$verified AND EXISTS { (this)-[:ABOUT]->(c:Candidate) WHERE c.id IN $mine }"),
    ),
    "Finding": Policy(Rule(_FINDING_ROW, own=_FINDING_OWN), ABSENT, Rule(MY_FINDING)),
    "ResumeCheck": Policy(
        Rule(_in_own("(this)-[:HELD_BY]->")),
        ABSENT,
        Rule(
            "$verified AND EXISTS { (this)<-[:HAS_CHECK]-(:Application)<-[:SUBMITTED]-(c:Candidate) "
            "WHERE c.id IN $mine }"
        ),
    ),
    "Slot": Policy(
        Rule(_in_own("(this)-[:OFFERED_FOR]->(:Position|Department)-[:BELONGS_TO*0..1]->")),
        ABSENT,
        Rule("(" + FREE + " AND " + _MY_SLOT + ") OR " + _MY_CHOICE),
    ),
    "RescheduleRequest": Policy(
        Rule(_in_own("(this)<-[:HAS_REQUEST]-(:Interview)-[:HELD_BY]->")),
        ABSENT,
        Rule(_MY_REQUEST),
    ),
    "Proof": Policy(
        Rule(_in_own("(this)<-[:HAS_PROOF]-()-[:HELD_BY]->")),
        ABSENT,
        Rule(
            "$verified AND EXISTS { (this)<-[:HAS_PROOF]-()<-[:HAS_INTERVIEW|HAS_CHECK]-(:Application)"
            "<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine }"
        ),
    ),
    # A ticket is for its holder alone, who gave the code.
    "UploadTicket": Policy(ABSENT, ABSENT, Rule("$verified AND this.candidate IN $mine")),
    "User": Policy(
        Rule(
            "EXISTS { (this)-[:MEMBER_OF]->(:Organization {id: $organization}) }",
            own="(this.id = $viewer OR $admin)",
        ),
        Rule("this.id = $viewer"),
        # Who acted on the record is named to the person it is about; roles and departments are not.
        Rule("$verified AND EXISTS { (this)-[:MEMBER_OF]->(:Organization {id: $organization}) }", own="false"),
    ),
    # A reminder stands on a finding, or on another application of the same person in the same circle.
    # `held` is the department it comes from, bound on the way there.
    "MissedReminder": Policy(Rule(COUNTS + " AND held.id IN $near"), ABSENT, Rule(COUNTS + " AND " + MY_FINDING)),
    "RepeatReminder": Policy(Rule("held.id IN $near"), ABSENT, Rule("$verified AND " + MY_APPLICATION)),
    # A suggestion stands on an application; the way to it leads through one's own departments alone.
    "RefillSuggestion": Policy(Rule(_in_own("(this)-[:FOR]->(:Position)-[:BELONGS_TO]->")), ABSENT, ABSENT),
    "FreedSlot": Policy(
        Rule(_in_own("(this)-[:FREED_BY]->(:Interview)-[:HELD_BY]->")),
        ABSENT,
        ABSENT,
    ),
    # Whoever it is about reads it all, once a code was given besides the link; who handles a dispute of a finding that
    # it considered reads what was on the screen, whosever the application is, and who made it reads what they saw.
    "Decision": Policy(
        Rule(_DECISION_OWN + " OR " + MADE_DECISION + " OR " + HEARD_DECISION, own=_DECISION_OWN),
        ABSENT,
        Rule(
            "$verified AND EXISTS { (this)-[:DECIDES]->(:Application)<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine }"
        ),
    ),
    "InvitationRound": Policy(
        Rule(_in_own("(this)-[:ROUND_FOR]->(:Position)-[:BELONGS_TO]->")),
        ABSENT,
        ABSENT,
    ),
    "InvitationAnswer": Policy(
        Rule(_in_own("(this)<-[:HAS_ANSWER]-(:InvitationRound)-[:ROUND_FOR]->(:Position)-[:BELONGS_TO]->")),
        ABSENT,
        ABSENT,
    ),
    **dict.fromkeys(("AttendanceSummary", "DepartmentSummary"), Policy(Rule("true"), ABSENT, Rule("true"))),
    # What becomes of people at work is nobody's but the employer's own and theirs.
    "Employment": Policy(
        Rule(_in_own("(this)-[:EMPLOYED_IN]->")),
        Rule("(" + OF_MINE + " OR " + REPORTED + ")"),
        Rule("$verified AND EXISTS { (this)<-[:EMPLOYED_AS]-(c:Candidate) WHERE c.id IN $mine }"),
    ),
    "AttendanceRecord": Policy(
        Rule(_in_own("(this)<-[:HAS_ATTENDANCE]-(:Employment)-[:EMPLOYED_IN]->")),
        Rule("this.recordedBy = $viewer"),
        Rule(
            "$verified AND EXISTS { (this)<-[:HAS_ATTENDANCE]-(:Employment)<-[:EMPLOYED_AS]-(c:Candidate) "
            "WHERE c.id IN $mine }"
        ),
    ),
    "TaskResult": Policy(
        Rule(_in_own("(this)<-[:HAS_RESULT]-(:Employment)-[:EMPLOYED_IN]->")),
        Rule("this.recordedBy = $viewer"),
        Rule(
            "$verified AND EXISTS { (this)<-[:HAS_RESULT]-(:Employment)<-[:EMPLOYED_AS]-(c:Candidate) "
            "WHERE c.id IN $mine }"
        ),
    ),
    # Who looked is told to the person looked at, and to those who watch over it.
    "Access": Policy(
        Rule("$admin AND this.organization = $organization"),
        ABSENT,
        Rule("$verified AND EXISTS { (this)-[:OF]->(c:Candidate) WHERE c.id IN $mine }"),
    ),
    "AccessGap": Policy(
        Rule("$admin AND this.organization = $organization"),
        ABSENT,
        Rule(
            "$verified AND this.organization = $organization AND EXISTS { (c:Candidate)<-[:ABOUT]-(e:Event) "
            "WHERE c.id IN $mine AND e.recordedAt < this.until }"
        ),
    ),
    "Repair": Policy(
        Rule(_in_own("(this)<-[:REPAIRED_BY]-(:Finding)-[:FINDS]->(:Interview)-[:HELD_BY]->")),
        ABSENT,
        Rule(
            "$verified AND EXISTS { (this)-[:FOR_ATTENDING]->(:Interview)<-[:HAS_INTERVIEW]-(:Application)"
            "<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine }"
        ),
    ),
    "RightsRequest": Policy(
        # Read across a merge, as it is told and answered.
        Rule(
            _in_own(
                "(this)-[:FROM]->(:Candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:FOR]->"
                "(:Position)-[:BELONGS_TO]->"
            )
        ),
        ABSENT,
        Rule("$verified AND EXISTS { (this)-[:FROM]->(c:Candidate) WHERE c.id IN $mine }"),
    ),
    "WorkAttendance": Policy(Rule("true"), ABSENT, Rule("true")),
    "WorkAttendanceGroup": Policy(Rule("true"), ABSENT, Rule("true")),
    "WorkCalendar": Policy(
        Rule(
            "this.organization = $organization "
            "AND NOT EXISTS { (this)<-[:KEEPS]-(d:Department) WHERE NOT d.id IN $near }"
        ),
        Rule("this.organization = $organization"),
        # What it means to be late is told to whom it may be held against.
        Rule(
            "$verified AND this.organization = $organization AND (EXISTS { (this)<-[:KEEPS]-(:Organization) } "
            "OR EXISTS { (this)<-[:KEEPS]-(:Department)<-[:EMPLOYED_IN]-(:Employment)<-[:EMPLOYED_AS]-(c:Candidate) "
            "WHERE c.id IN $mine })"
        ),
    ),
    # A link is as good as its holder: HR hands it on, and programs have no way to it.
    "Link": Policy(
        Rule(_in_own("(this)-[:OPENS]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->")),
        ABSENT,
        Rule(
            "EXISTS { (this)-[:OPENS]->(a:Application)<-[:SUBMITTED]-(c:Candidate) "
            "WHERE c.id IN $mine AND ($verified OR a.id = $linked) }"
        ),
    ),
    # What a platform saw of a person is told to their own department and to them; an outage is nobody's secret.
    "Telemetry": Policy(
        Rule(
            _in_own("(this)-[:OBSERVES]->(:Interview)-[:HELD_BY]->")
            + " OR (this.organization = $organization AND this.kind = 'PLATFORM_OUTAGE')"
        ),
        Rule("(this.recordedBy = $viewer OR " + REPORTED + ")"),
        Rule(
            "EXISTS { (this)-[:OBSERVES]->(:Interview)<-[:HAS_INTERVIEW]-(a:Application)<-[:SUBMITTED]-(c:Candidate) "
            "WHERE c.id IN $mine AND ($verified OR (a.id = $linked AND this.recordedBy = $viewer)) } "
            "OR ($verified AND this.organization = $organization AND this.kind = 'PLATFORM_OUTAGE')"
        ),
    ),
    "Assessment": Policy(
        Rule("true", own=_in_own("(this)-[:HELD_BY]->")),
        ABSENT,
        Rule("true", own="$verified AND " + MY_INTERVIEW),
    ),
    # How an employer keeps its word is told where its no-shows are, and to whom it invites.
    "Conduct": Policy(
        Rule("true", near="this.id IN $near"),
        ABSENT,
        Rule(
            "true",
            near="EXISTS { (this)<-[:HELD_BY]-(:Interview)<-[:HAS_INTERVIEW]-(a:Application)"
            "<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine AND ($verified OR a.id = $linked) }",
        ),
    ),
    # A task is an interview or a finding of one's own; what nobody reads any longer is nobody's to decide.
    "OutcomeTask": Policy(
        Rule(_in_own("(this)-[:HELD_BY]->")),
        ABSENT,
        ABSENT,
    ),
    "FindingTask": Policy(Rule("NOT " + ERASED + " AND " + _FINDING_OWN), ABSENT, ABSENT),
    "CostPolicy": Policy(Rule("this.organization = $organization"), ABSENT, ABSENT),
    "Webhook": Policy(
        Rule("$admin AND this.organization = $organization"),
        Rule("EXISTS { (this)-[:CALLS]->(:User {id: $viewer}) }"),
        ABSENT,
    ),
    "Message": Policy(
        Rule(
            _in_own("(this)-[:CONCERNS]->(:Interview|ResumeCheck)-[:HELD_BY]->")
            + " OR "
            + _in_own("(this)-[:TO]->")
            + " OR EXISTS { (this)-[:TO]->(:User {id: $viewer}) } OR ($admin AND this.organization = $organization)"
        ),
        # What a message tells may be a finding: a program sees those of which it said itself what became of them.
        Rule(REPORTED, own="false", near="false"),
        # Also that others were told of one's interviews, as HR sees it.
        Rule(
            "$verified AND (EXISTS { (this)-[:TO]->(c:Candidate) WHERE c.id IN $mine } OR EXISTS { "
            "(this)-[:CONCERNS]->(:Interview|ResumeCheck)<-[:HAS_INTERVIEW|HAS_CHECK]-(:Application)"
            "<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine })"
        ),
    ),
    # How people are scored is told to whoever may be scored by it, once it may be in force.
    "ScorePolicy": Policy(
        Rule("this.organization = $organization"),
        ABSENT,
        Rule("$verified AND this.organization = $organization AND this.state = 'APPROVED'"),
    ),
    "ImpactAssessment": Policy(Rule("this.organization = $organization"), ABSENT, ABSENT),
    # What is made of what the viewer's own departments hold is made of nothing else, and is none of a program's.
    **dict.fromkeys(
        (
            *("ScoreDimension", "ScoreBand", "CreditScore", "CreditFactor", "CreditEvidence"),
            *("CreditCounterfactual", "CandidateLabel", "LabelGround"),
            *("CandidateProfile", "ProfileDimension", "ProfileEvent"),
            *("SelfAssessment", "SelfResult", "SelfAnswer", "Course", "CourseSuggestion"),
        ),
        Policy(Rule("true"), ABSENT, Rule("true")),
    ),
    # The rules are no secret: they hold for whoever is invited, and programs that invite must keep to them.
    "AttendancePolicy": Policy(
        Rule("this.organization = $organization"),
        Rule("this.organization = $organization"),
        Rule("this.organization = $organization"),
    ),
    "PolicyInForce": Policy(
        Rule("this.id = $organization"), Rule("this.id = $organization"), Rule("this.id = $organization")
    ),
}

POLICIES: Mapping[str, Policy] = {
    **_POLICIES,
    # Whoever asks how something stood sees what they see today.
    **{f"Past{name}": _POLICIES[name] for name in ("Candidate", "Application", "Interview")},
    # Others than the department itself are told of one from when it was final.
    "PastFinding": replace(
        _POLICIES["Finding"],
        staff=replace(
            _POLICIES["Finding"].staff, row=_FINDING_ROW.replace(COUNTS, COUNTS + " AND (" + FINAL_THEN + ")")
        ),
    ),
}
