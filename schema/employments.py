"""Employment, its records of attendance at work and their numbers, as clients see them, and what is recorded."""

from __future__ import annotations

from datetime import date
from enum import Enum

import strawberry
from strawberry import UNSET

from graph import employment_corrections, employments
from graph.candidates import ExternalId, Person
from graph.employment_corrections import EmploymentCorrection
from graph.shifts import AttendanceKind
from graph.timesheets import MOST_DAYS, MOST_MINUTES, MOST_OUT_OF, Fact, Granularity
from schema.applications import CandidateInput
from schema.fields import Argument, Connection, Node, bounded, field, labelled, page, planned, where
from schema.goals import TaskResultOrder, TaskResultWhere
from schema.ids import id_of
from schema.interviews import EventOrder
from schema.links import AttendanceRecordRef, CandidateRef, DepartmentRef, EmploymentRef, EventRef, TaskResultRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime

DAY, MONTH = Granularity.DAY, Granularity.MONTH
DAYS = f"How many days, in halves: from 0 to {MOST_DAYS[DAY]}, for a month to {MOST_DAYS[MONTH]}"
MINUTES = f"By how many minutes: from 0 to {MOST_MINUTES[DAY]:,}, for a month to {MOST_MINUTES[MONTH]:,}."


@strawberry.enum(description="Orders of employments.")
class EmploymentOrder(Enum):
    STARTED_ON_DESC = strawberry.enum_value("STARTED_ON_DESC", description="The latest first.")
    STARTED_ON = strawberry.enum_value("STARTED_ON", description="The earliest first.")


@strawberry.enum(description="Orders of records of attendance at work.")
class AttendanceRecordOrder(Enum):
    DAY_DESC = strawberry.enum_value("DAY_DESC", description="The latest first.")
    DAY = strawberry.enum_value("DAY", description="The earliest first.")


@strawberry.enum(description="What attendance at work is counted by.")
class WorkAttendanceBy(Enum):
    MONTH = strawberry.enum_value("MONTH", description="By calendar month, such as 2026-10.")
    DEPARTMENT = strawberry.enum_value("DEPARTMENT", description="By department, named by its code.")


@strawberry.input(description="Which employments.")
class EmploymentWhere:
    current: bool | None = strawberry.field(default=None, description="Without a last day, or with one.")


@strawberry.input(description="Which records of attendance at work.")
class AttendanceRecordWhere:
    kind: AttendanceKind | None = strawberry.field(default=None, description="Of this kind.")
    month: str | None = strawberry.field(default=None, description="In this month, such as 2026-10.")
    standing: bool | None = strawberry.field(default=None, description="Not corrected, or corrected since.")


PERIOD = {
    "from_": Argument(date | None, "The first day.", UNSET, name="from"),
    "to": Argument(date | None, "The day after the last; a month told as a whole counts if it lies within.", UNSET),
}


DUE = {
    "from_": Argument(date | None, "Due on this day or later.", UNSET, name="from"),
    "to": Argument(date | None, "Due before this day.", UNSET),
}


@strawberry.type(description="Attendance at work 考勤 in numbers, over the records that stand.")
class WorkAttendance:
    employees: int | None = field(
        "How many people there are records of. A source that tells neither working days nor presence leaves out "
        "whoever was neither late nor away."
    )
    present_days: float | None = field("Days on which they came, late or not.")
    late_count: float | None = field("How often they came late 迟到.")
    late_minutes: int | None = field("By how many minutes in all, where that is told.")
    late_employees: int | None = field("How many of them came late at all.")
    absent_days: float | None = field("Days of absence without leave 旷工.")
    absent_employees: int | None = field("How many of them were absent without leave at all.")
    early_leave_count: float | None = field("How often they left early 早退.")
    approved_leave_days: float | None = field("Days of approved leave, which are no absence.")
    attendance_rate: float | None = field(
        "Days present divided by days present and absent, from 0 to 1; null where no presence is told. Absences of a "
        "month in which somebody has no PRESENT are left out, unless they are told as all its working days."
    )


@strawberry.type(description="Attendance at work in numbers, for one month or one department.")
class WorkAttendanceGroup(WorkAttendance):
    key: str = field("The month, such as 2026-10, or the department's code.")


@strawberry.type(
    description="What is told of somebody's day at work, or of a month as a whole 考勤记录. Corrected, never edited."
)
class AttendanceRecord(Node):
    kind: AttendanceKind | None = field("What is told.")
    kind_label: str | None = labelled("What is told, in words.")
    granularity: Granularity | None = field("Whether it tells of one day or of a month as a whole.")
    day: date | None = field("The day; of a month its first.")
    days: float | None = field("How many days, or how often in the month; 0 says that nothing of the kind happened.")
    minutes: int | None = field("By how many minutes, where that is told.")
    out_of: float | None = field("Of how many working days, where the source tells.")
    source: str | None = field("The system that told.")
    recorded_at: DateTime | None = field("When it was written down.")
    superseded: bool | None = field("Whether another record corrects it, so that it no longer counts.")
    reason: str | None = field("Why it was corrected, in the record that corrects.")
    corrects: AttendanceRecordRef | None = field("The record in whose place it stands.")
    corrected_by: AttendanceRecordRef | None = field("The record that stands in its place.")
    employment: EmploymentRef | None = field("The employment that it is of.")


@strawberry.type(description="Somebody's work in a department 任职. Own, and the candidate's.")
class Employment(Node):
    title: str | None = field("What they are, or were.")
    started_on: date | None = field("The first day.")
    ended_on: date | None = field("The last day; null while it lasts.")
    employer: str | None = field("The employer, where it is another than your Organization.")
    source: str | None = field("Where it is known from.")
    consented_at: DateTime | None = field("When the candidate consented to another employer's export.")
    consent_source: str | None = field("Where that consent is kept.")
    candidate: CandidateRef | None = field("Who works, or worked.")
    department: DepartmentRef | None = field("Where.")
    records: Connection[AttendanceRecordRef] = page(
        "What is told of their days.", AttendanceRecordOrder, where=where(AttendanceRecordWhere)
    )
    attendance: WorkAttendance | None = planned("Their attendance in numbers, in a period.", **PERIOD)
    attendance_by_month: list[WorkAttendanceGroup] = planned("The same for each month of a period.", **PERIOD)
    task_results: Connection[TaskResultRef] = page(
        "Their goals, and what came of them 目标与结果.", TaskResultOrder, where=where(TaskResultWhere), **DUE
    )
    events: Connection[EventRef] = page("What was recorded, and when.", EventOrder)


@strawberry.input(description="Records that somebody works, or worked, in a department.")
class RecordEmploymentInput(IdempotentInput):
    department: strawberry.ID = field("Where.")
    candidate: CandidateInput = field("Who; recognised within the department's circle.")
    title: str = field("What they are, or were; up to 200 characters.")
    started_on: date = field("The first day.")
    ended_on: date | None = strawberry.field(default=None, description="The last day, where it is past.")
    employer: str | None = strawberry.field(
        default=None, description="Another employer, whose export the candidate consented to; else your own."
    )
    consented_at: DateTime | None = strawberry.field(
        default=None, description="When the candidate consented; needed for another employer's."
    )
    consent_source: str | None = strawberry.field(
        default=None, description="Where that consent is kept; needed for another employer's."
    )
    source: str = strawberry.field(default="API", description="Where it is known from.")


@strawberry.input(description="Ends an employment.")
class EndEmploymentInput(IdempotentInput):
    employment: strawberry.ID = field("The employment.")
    ended_on: date = field("The last day.")


@strawberry.input(description="Corrects what was told of an employment itself; what is not given stays.")
class CorrectEmploymentInput(IdempotentInput):
    employment: strawberry.ID = field("The employment.")
    reason: str = field("Why it was wrong; up to 2,000 characters.")
    title: str | None = strawberry.field(default=None, description="What they are, or were; up to 200 characters.")
    started_on: date | None = strawberry.field(default=None, description="The first day.")
    ended_on: date | None = strawberry.field(default=None, description="The last day.")
    ongoing: bool = strawberry.field(default=False, description="That it has not ended, though an end was told.")


@strawberry.input(description="What is told of a day at work, or of a month as a whole.")
class AttendanceRecordInput:
    kind: AttendanceKind = field(
        "What is told. Somebody who came late was PRESENT too: tell both. A month without PRESENT has no rate. "
        "A day that was ABSENT whole was nothing else."
    )
    day: date = field("The day; of a month its first.")
    days: float = strawberry.field(default=1.0, description=f"{DAYS}; of LATE and EARLY_LEAVE in a month how often.")
    minutes: int | None = strawberry.field(default=None, description=MINUTES)
    granularity: Granularity = strawberry.field(
        default=Granularity.DAY, description="Whether it tells of one day or of a month as a whole."
    )
    out_of: float | None = strawberry.field(
        default=None,
        description=bounded(
            "Of how many working days, no fewer than `days`; only then a month's absences enter a rate, beside "
            "PRESENT.",
            0,
            MOST_OUT_OF,
        ),
    )
    external_key: str | None = strawberry.field(
        default=None, description="Its key in the source: told again, it has no second effect. Up to 200 characters."
    )


@strawberry.input(description="Records what is told of somebody's days at work: all of it, or nothing.")
class RecordWorkAttendanceInput(IdempotentInput):
    employment: strawberry.ID = field("The employment.")
    source: str = field("The system that tells.")
    records: list[AttendanceRecordInput] = field("Up to 500 records.")


@strawberry.input(description="Puts another record in the place of one that was wrong; what is not given stays.")
class CorrectWorkAttendanceInput(IdempotentInput):
    record: strawberry.ID = field("The record that was wrong.")
    reason: str = field("Why it was wrong; up to 2,000 characters.")
    kind: AttendanceKind | None = strawberry.field(default=None, description="What should have been told.")
    day: date | None = strawberry.field(default=None, description="The day; of a month its first.")
    days: float | None = strawberry.field(
        default=None, description=f"{DAYS}; 0 says that nothing of the kind happened."
    )
    minutes: int | None = strawberry.field(default=None, description=MINUTES)


def _employment(input: RecordEmploymentInput) -> employments.NewEmployment:
    person = input.candidate
    return employments.NewEmployment(
        id_of("Department", input.department),
        Person(
            person.display_name,
            person.email,
            person.phone,
            tuple(ExternalId(item.system, item.value) for item in person.external_ids),
            person.locale,
            person.time_zone,
        ),
        input.title,
        input.started_on,
        input.ended_on,
        input.employer,
        input.consented_at,
        input.consent_source,
        input.source,
    )


def _fact(input: AttendanceRecordInput) -> Fact:
    return Fact(input.kind, input.day, input.days, input.minutes, input.granularity, input.out_of, input.external_key)


def _employment_correction(input: CorrectEmploymentInput) -> EmploymentCorrection:
    days = input.started_on, input.ended_on, input.ongoing
    return EmploymentCorrection(id_of("Employment", input.employment), input.reason, input.title, *days)


def _correction(input: CorrectWorkAttendanceInput) -> employments.Correction:
    return employments.Correction(
        id_of("AttendanceRecord", input.record), input.reason, input.kind, input.day, input.days, input.minutes
    )


MUTATIONS = (
    mutation(
        "recordEmployment",
        RecordEmploymentInput,
        "Employment",
        lambda graph, act, input: employments.record(graph, act, _employment(input)),
        "Records that somebody works, or worked, in a department. Own or INTEGRATOR. "
        "Codes: NOT_FOUND, NOT_ALLOWED, INVALID_VALUE, CONSENT_MISSING, DEPARTMENT_CLOSED, ALREADY_EMPLOYED.",
    ),
    mutation(
        "endEmployment",
        EndEmploymentInput,
        "Employment",
        lambda graph, act, input: employments.end(graph, act, id_of("Employment", input.employment), input.ended_on),
        "Ends an employment. Own or INTEGRATOR. Codes: NOT_FOUND, INVALID_VALUE, EMPLOYMENT_ENDED.",
    ),
    mutation(
        "correctEmployment",
        CorrectEmploymentInput,
        "Employment",
        lambda graph, act, input: employment_corrections.correct(graph, act, _employment_correction(input)),
        "Corrects the title or the days of an employment, where all that is told of it stays within; the history keeps "
        "what was told before. Own or INTEGRATOR. Codes: NOT_FOUND, INVALID_VALUE, ALREADY_EMPLOYED, NOT_EMPLOYED.",
    ),
    mutation(
        "recordWorkAttendance",
        RecordWorkAttendanceInput,
        "Employment",
        lambda graph, act, input: employments.record_attendance(
            graph,
            act,
            id_of("Employment", input.employment),
            input.source,
            [_fact(item) for item in input.records],
        ),
        "Records what is told of somebody's days at work; what is told already has no second effect. "
        "Own or INTEGRATOR. Codes: NOT_FOUND, INVALID_VALUE, NOT_EMPLOYED, RECORDED_OTHERWISE.",
    ),
    mutation(
        "correctWorkAttendance",
        CorrectWorkAttendanceInput,
        "AttendanceRecord",
        lambda graph, act, input: employments.correct_attendance(graph, act, _correction(input)),
        "Corrects a record by another, which then counts in its place. Own or INTEGRATOR. "
        "Codes: NOT_FOUND, INVALID_VALUE, SUPERSEDED, NOT_EMPLOYED, RECORDED_OTHERWISE.",
    ),
)
