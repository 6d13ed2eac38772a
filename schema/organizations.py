"""Organization, as clients see it."""

from __future__ import annotations

from enum import Enum

import strawberry

from graph.fairness import BrakeReason
from graph.visibility import OrganizationRole
from schema.courses import Course
from schema.fields import Connection, Node, field, page, where
from schema.interviews import InterviewOrder, InterviewWhere
from schema.links import (
    AttendancePolicyRef,
    CostPolicyRef,
    DepartmentRef,
    InterviewRef,
    ScorePolicyRef,
    UserRef,
    WebhookRef,
    WorkCalendarRef,
)
from schema.scalars import DateTime


@strawberry.enum(description="Orders of users.")
class UserOrder(Enum):
    EXTERNAL_ID = strawberry.enum_value("EXTERNAL_ID", description="By external id.")


@strawberry.type(description="An employer 企业.")
class Organization(Node):
    name: str = field("Its name.")
    name_zh: str | None = field("Its Chinese name.")
    jurisdiction: str = field("The law it stands under, an ISO 3166 code such as CN or DE.")
    time_zone: str = field("The IANA zone of its calendar.")
    cost_policy: CostPolicyRef | None = field(
        "What no-shows are reckoned to cost; null while the defaults are in force."
    )
    attendance_policy: AttendancePolicyRef = field("The rules for invitations and findings in force.")
    score_policies: list[ScorePolicyRef] = field("The versions of its score policy, the newest 50 first.")
    scoring_off: bool = field("Whether scores and the label are off for all of it.")
    scoring_off_in: list[str] = field("Jurisdictions under which they are off.")
    scoring_off_for: list[OrganizationRole] = field("Roles for whose viewers they are off.")
    scoring_braked_at: DateTime | None = field(
        "Since when the brake has scores and the label off; until switchScoring turns them on again, with a reason."
    )
    scoring_braked_because: list[BrakeReason] = field("Which limit of the score policy was passed then.")
    courses: list[Course] = field("Courses that it suggests to people, in their order.")
    departments: list[DepartmentRef] = field("The departments directly under it, by name.")
    interviews: Connection[InterviewRef] = page(
        "Its interviews, as far as you see them.", InterviewOrder, where=where(InterviewWhere)
    )
    work_calendars: list[WorkCalendarRef] = field("The versions of its work calendar, the first first.")
    webhooks: list[WebhookRef] = field("Where integrators are told of changes; an integrator sees its own.")
    users: Connection[UserRef] = page("Its users; empty but for HR_ADMIN and AUDITOR.", UserOrder)
