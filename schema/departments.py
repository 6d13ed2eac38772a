"""Department, as clients see it, and what changes the structure."""

from __future__ import annotations

from enum import Enum

import strawberry

from graph import departments
from schema.employments import PERIOD as WORK_PERIOD
from schema.employments import EmploymentOrder, EmploymentWhere, WorkAttendanceBy, WorkAttendanceGroup
from schema.fields import Argument, Connection, Node, field, labelled, page, planned, where
from schema.findings import FINDING_STATES, FindingOrder
from schema.ids import id_of
from schema.interviews import PERIOD, AttendanceSummary, InterviewOrder, InterviewWhere
from schema.links import (
    ApplicationRef,
    DepartmentRef,
    EmploymentRef,
    FindingRef,
    InterviewRef,
    PositionRef,
    SlotRef,
    TaskRef,
    WorkCalendarRef,
)
from schema.mutations import IdempotentInput, mutation
from schema.positions import NO_SHOWS, ApplicationOrder, ApplicationWhere, OpenStatus, PositionOrder, PositionWhere
from schema.scalars import DateTime


@strawberry.enum(description="Which departments are meant, seen from one.")
class Scope(Enum):
    OWN = strawberry.enum_value("OWN", description="The department and all below it.")
    SIBLINGS = strawberry.enum_value("SIBLINGS", description="Its siblings and all below them, in the same circle.")
    CIRCLE = strawberry.enum_value("CIRCLE", description="The whole circle that shares its history.")


SCOPE = Argument(Scope, "Which departments are meant.", Scope.OWN)
BELOW = Argument(bool, "Whether those of all departments below it are among them, as far as you see them.", False)


@strawberry.type(
    description="The employer's own ledger 企业守约记录: counts of what has not expired. Circle, of other departments "
    "than one's own from five on, and candidates whom the department invited; else null."
)
class Conduct:
    absences: int | None = field(
        "Interviews that were found to be missed by the employer's fault, or to which by the evidence no interviewer "
        "came; also where it called them off after they had begun."
    )
    late_cancellations: int | None = field(
        "Accepted interviews that it cancelled, moved or called an error later than AttendancePolicy.conductLateHours "
        "before, or afterwards."
    )
    unanswered: int | None = field(
        "Interviews after which no answer was given within AttendancePolicy.conductAnswerDays, or in whose place no "
        "other time was offered within its slotOwedDays, where one was owed."
    )


@strawberry.type(description="A department 部门. Outside your circle only id and names are told.")
class Department(Node):
    code: str | None = field("Its code, unique in the Organization. Circle.")
    name: str = field("Its name.")
    name_zh: str | None = field("Its Chinese name.")
    status: OpenStatus | None = field("OPEN or CLOSED. Circle.")
    status_label: str | None = labelled("The status in words. Circle.")
    shares_history: bool | None = field("Whether it bounds a circle that shares its history. Own.")
    closed_at: DateTime | None = field("When it was closed. Own.")
    parent: DepartmentRef | None = field("The department above it; null directly under the Organization. Circle.")
    successor: DepartmentRef | None = field("What took over when it was closed. Circle.")
    children: list[DepartmentRef] = field("Departments directly below it, by name. Circle.")
    siblings: list[DepartmentRef] = field("Departments with the same parent, by name. Circle.")
    ancestors: list[DepartmentRef] = field("Departments above it, the nearest first. Circle.")
    descendants: list[DepartmentRef] = field("All departments below it, the nearest first. Circle.")
    positions: Connection[PositionRef] = page(
        "Its positions, as far as you see them.", PositionOrder, where=where(PositionWhere), below=BELOW
    )
    applications: Connection[ApplicationRef] = page(
        "Applications for its positions. Own.", ApplicationOrder, where=where(ApplicationWhere), below=BELOW
    )
    applicants_with_reminders: Connection[ApplicationRef] = page(
        "Applications for its positions that have a reminder. Own.",
        ApplicationOrder,
        where=where(ApplicationWhere),
        noShows=NO_SHOWS,
        below=BELOW,
    )
    interviews: Connection[InterviewRef] = page(
        "Interviews it held or will hold. Own.", InterviewOrder, where=where(InterviewWhere), below=BELOW
    )
    open_slots: list[SlotRef] = field("Times that candidates can choose, the next 100. Own.")
    no_shows: Connection[FindingRef] = page(
        "No-shows that count, in a scope and a period.", FindingOrder, scope=SCOPE, **PERIOD
    )
    findings: Connection[FindingRef] = page(
        "All findings of its interviews. Own.", FindingOrder, states=FINDING_STATES, below=BELOW, **PERIOD
    )
    conduct: Conduct = field("How it keeps its own word towards candidates; with departments that it succeeds.")
    tasks: list[TaskRef] = field("What is to be done in it and all below it, the longest due first; at most 100. Own.")
    attendance: AttendanceSummary = planned("Attendance in numbers, in a scope and a period.", scope=SCOPE, **PERIOD)
    employments: Connection[EmploymentRef] = page(
        "Who works or worked in it. Own.", EmploymentOrder, where=where(EmploymentWhere), below=BELOW
    )
    work_attendance: list[WorkAttendanceGroup] = planned(
        "Attendance at work in it and all below, not at another employer, in a period, by month or by department. Own.",
        by=Argument(WorkAttendanceBy, "What is counted by.", WorkAttendanceBy.MONTH),
        **WORK_PERIOD,
    )
    work_calendars: list[WorkCalendarRef] = field("The versions of its own work calendar, the first first. Circle.")


@strawberry.input(description="Creates a department.")
class CreateDepartmentInput(IdempotentInput):
    code: str = field("Unique in the Organization: capital letters, digits, _ and -, up to 64.")
    name: str = field("Its name.")
    name_zh: str | None = strawberry.field(default=None, description="Its Chinese name.")
    parent: strawberry.ID | None = strawberry.field(
        default=None, description="The department above it; the Organization where none is given."
    )
    shares_history: bool = strawberry.field(default=False, description="Whether it bounds a circle.")


@strawberry.input(description="Renames a department or changes whether it bounds a circle.")
class UpdateDepartmentInput(IdempotentInput):
    department: strawberry.ID = field("The department.")
    name: str | None = strawberry.field(default=None, description="Its new name.")
    name_zh: str | None = strawberry.field(default=None, description="Its new Chinese name.")
    shares_history: bool | None = strawberry.field(default=None, description="Whether it bounds a circle.")


@strawberry.input(description="Puts a department with all below it somewhere else.")
class MoveDepartmentInput(IdempotentInput):
    department: strawberry.ID = field("The department.")
    parent: strawberry.ID | None = strawberry.field(
        default=None, description="The department above it; the Organization where none is given."
    )


@strawberry.input(description="Closes a department.")
class CloseDepartmentInput(IdempotentInput):
    department: strawberry.ID = field("The department.")
    successor: strawberry.ID | None = strawberry.field(
        default=None, description="Takes over its open positions and counts for its history."
    )


def _parent(id: str | None) -> str | None:
    """An unusable id stays one that no department has, so that it is refused and not taken for the Organization."""
    return None if id is None else id_of("Department", id)


MUTATIONS = (
    mutation(
        "createDepartment",
        CreateDepartmentInput,
        "Department",
        lambda graph, act, input: departments.create(
            graph,
            act,
            departments.CreateDepartment(
                input.code, input.name, input.name_zh, _parent(input.parent), input.shares_history
            ),
        ),
        "Creates a department. HR_ADMIN. Codes: INVALID_VALUE, NOT_FOUND, CODE_TAKEN, DEPARTMENT_CLOSED.",
        structural=True,
    ),
    mutation(
        "updateDepartment",
        UpdateDepartmentInput,
        "Department",
        lambda graph, act, input: departments.update(
            graph,
            act,
            departments.UpdateDepartment(
                id_of("Department", input.department), input.name, input.name_zh, input.shares_history
            ),
        ),
        "Changes a department. HR_ADMIN. Codes: INVALID_VALUE, NOT_FOUND, CIRCLE_CHANGE.",
        structural=True,
    ),
    mutation(
        "moveDepartment",
        MoveDepartmentInput,
        "Department",
        lambda graph, act, input: departments.move(
            graph, act, id_of("Department", input.department), _parent(input.parent)
        ),
        "Moves a department with all below it. HR_ADMIN. "
        "Codes: NOT_FOUND, UNDER_ITSELF, DEPARTMENT_CLOSED, CIRCLE_CHANGE.",
        structural=True,
    ),
    mutation(
        "closeDepartment",
        CloseDepartmentInput,
        "Department",
        lambda graph, act, input: departments.close(
            graph, act, id_of("Department", input.department), _parent(input.successor)
        ),
        "Closes a department; its open positions and its history go to the successor. HR_ADMIN. "
        "Codes: NOT_FOUND, DEPARTMENT_CLOSED, HAS_OPEN_CHILDREN, HAS_OPEN_POSITIONS, CIRCLE_CHANGE.",
        structural=True,
    ),
)
