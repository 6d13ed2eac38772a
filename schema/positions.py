"""Position, as clients see it, and what opens, moves and closes one."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import UNSET

from graph import positions
from graph.applications import Stage
from graph.positions import Urgency
from schema.fields import Argument, Connection, Node, field, labelled, page, where
from schema.ids import id_of
from schema.interviews import InterviewOrder, InterviewWhere
from schema.links import ApplicationRef, DepartmentRef, InterviewRef, PositionRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime

NO_SHOWS = Argument(
    bool | None,
    "Those with a reminder of a no-show; where false, those with none but of other applications. All, where it is not "
    "given.",
    UNSET,
)


@strawberry.enum(description="Whether it is still in use.")
class OpenStatus(Enum):
    OPEN = strawberry.enum_value("OPEN", description="It is in use.")
    CLOSED = strawberry.enum_value("CLOSED", description="It is closed.")


@strawberry.enum(description="Orders of positions.")
class PositionOrder(Enum):
    TITLE = strawberry.enum_value("TITLE", description="By title.")
    OPENED_AT_DESC = strawberry.enum_value("OPENED_AT_DESC", description="The latest first.")
    APPLICATIONS_DESC = strawberry.enum_value(
        "APPLICATIONS_DESC", description="Those with the most applications first."
    )


@strawberry.enum(description="Orders of similar positions.")
class SimilarPositionOrder(Enum):
    TITLE = strawberry.enum_value("TITLE", description="By title.")


@strawberry.enum(description="Orders of applications.")
class ApplicationOrder(Enum):
    APPLIED_AT_DESC = strawberry.enum_value("APPLIED_AT_DESC", description="The latest first.")
    APPLIED_AT = strawberry.enum_value("APPLIED_AT", description="The earliest first.")


@strawberry.input(description="Which applications.")
class ApplicationWhere:
    stage: Stage | None = strawberry.field(default=None, description="At this stage.")
    ended: bool | None = strawberry.field(
        default=None, description="Hired, rejected or withdrawn; or, where false, none of these."
    )
    source: str | None = strawberry.field(default=None, description="From this source, as it was told.")
    applied_from: DateTime | None = strawberry.field(default=None, description="Filed at this instant or later.")
    applied_before: DateTime | None = strawberry.field(default=None, description="Filed before this instant.")
    position_status: OpenStatus | None = strawberry.field(
        default=None, description="For a position that is in this status now."
    )
    job_family: str | None = strawberry.field(default=None, description="For a position of this job family.")


@strawberry.input(description="Which positions.")
class PositionWhere:
    status: OpenStatus | None = strawberry.field(default=None, description="In this status.")
    job_family: str | None = strawberry.field(default=None, description="Of this job family.")
    urgency: Urgency | None = strawberry.field(default=None, description="Of this urgency. Own.")


@strawberry.type(description="A position 岗位.")
class Position(Node):
    title: str = field("What it is called.")
    job_family: str = field("What makes positions similar.")
    status: OpenStatus = field("OPEN or CLOSED.")
    status_label: str = labelled("The status in words.")
    urgency: Urgency | None = field("How pressing it is. Own.")
    urgency_label: str | None = labelled("The urgency in words. Own.")
    opened_at: DateTime | None = field("When it was opened. Own.")
    closed_at: DateTime | None = field("When it was closed. Own.")
    department: DepartmentRef = field("Whose position it is.")
    similar: Connection[PositionRef] = page("Positions of the same job family in the circle.", SimilarPositionOrder)
    interviews: Connection[InterviewRef] = page("Interviews for it. Own.", InterviewOrder, where=where(InterviewWhere))
    applications: Connection[ApplicationRef] = page(
        "Applications for it. Own.", ApplicationOrder, where=where(ApplicationWhere)
    )
    applicants_with_reminders: Connection[ApplicationRef] = page(
        "Applications that have a reminder. Own.", ApplicationOrder, where=where(ApplicationWhere), noShows=NO_SHOWS
    )


@strawberry.input(description="Opens a position.")
class OpenPositionInput(IdempotentInput):
    department: strawberry.ID = field("Whose position it is.")
    title: str = field("What it is called.")
    job_family: str = field("What makes positions similar.")
    urgency: Urgency = strawberry.field(default=Urgency.NORMAL, description="How pressing it is.")


@strawberry.input(description="Moves a position to another department.")
class MovePositionInput(IdempotentInput):
    position: strawberry.ID = field("The position.")
    department: strawberry.ID = field("Where it goes.")


@strawberry.input(description="Closes a position.")
class ClosePositionInput(IdempotentInput):
    position: strawberry.ID = field("The position.")


MUTATIONS = (
    mutation(
        "openPosition",
        OpenPositionInput,
        "Position",
        lambda graph, act, input: positions.open(
            graph,
            act,
            positions.OpenPosition(id_of("Department", input.department), input.title, input.job_family, input.urgency),
        ),
        "Opens a position. Own. Codes: INVALID_VALUE, NOT_FOUND, NOT_ALLOWED, DEPARTMENT_CLOSED.",
    ),
    mutation(
        "movePosition",
        MovePositionInput,
        "Position",
        lambda graph, act, input: positions.move(
            graph, act, id_of("Position", input.position), id_of("Department", input.department)
        ),
        "Moves a position; with applications only within its circle. Own. "
        "Codes: NOT_FOUND, NOT_ALLOWED, DEPARTMENT_CLOSED, CIRCLE_CHANGE.",
    ),
    mutation(
        "closePosition",
        ClosePositionInput,
        "Position",
        lambda graph, act, input: positions.close(graph, act, id_of("Position", input.position)),
        "Closes a position. Own. Codes: NOT_FOUND, NOT_ALLOWED, POSITION_CLOSED.",
    ),
)
