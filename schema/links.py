"""The types that refer to one another across modules, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.accesses import Access, AccessGap
    from schema.applications import Application
    from schema.candidate_links import Link
    from schema.candidates import Candidate
    from schema.checks import ResumeCheck
    from schema.costs import CostPolicy
    from schema.decisions import Decision
    from schema.departments import Department
    from schema.employments import AttendanceRecord, Employment
    from schema.findings import Finding
    from schema.freed_slots import FreedSlot
    from schema.goals import TaskResult
    from schema.interviews import Event, Interview
    from schema.messages import Message
    from schema.organizations import Organization
    from schema.policies import AttendancePolicy
    from schema.positions import Position
    from schema.proofs import Proof, UploadTicket
    from schema.rescheduling import RescheduleRequest
    from schema.rights import RightsRequest
    from schema.rounds import InvitationAnswer, InvitationRound
    from schema.score_policies import ImpactAssessment, ScorePolicy
    from schema.slots import Slot
    from schema.tasks import Task
    from schema.telemetry import Telemetry
    from schema.users import User
    from schema.webhooks import Webhook
    from schema.work_calendars import WorkCalendar

ScorePolicyRef = Annotated["ScorePolicy", strawberry.lazy("schema.score_policies")]
ImpactAssessmentRef = Annotated["ImpactAssessment", strawberry.lazy("schema.score_policies")]
OrganizationRef = Annotated["Organization", strawberry.lazy("schema.organizations")]
DepartmentRef = Annotated["Department", strawberry.lazy("schema.departments")]
PositionRef = Annotated["Position", strawberry.lazy("schema.positions")]
CandidateRef = Annotated["Candidate", strawberry.lazy("schema.candidates")]
ApplicationRef = Annotated["Application", strawberry.lazy("schema.applications")]
InterviewRef = Annotated["Interview", strawberry.lazy("schema.interviews")]
EventRef = Annotated["Event", strawberry.lazy("schema.interviews")]
FindingRef = Annotated["Finding", strawberry.lazy("schema.findings")]
UserRef = Annotated["User", strawberry.lazy("schema.users")]
EmploymentRef = Annotated["Employment", strawberry.lazy("schema.employments")]
AttendanceRecordRef = Annotated["AttendanceRecord", strawberry.lazy("schema.employments")]
ResumeCheckRef = Annotated["ResumeCheck", strawberry.lazy("schema.checks")]
TaskResultRef = Annotated["TaskResult", strawberry.lazy("schema.goals")]
WorkCalendarRef = Annotated["WorkCalendar", strawberry.lazy("schema.work_calendars")]
RightsRequestRef = Annotated["RightsRequest", strawberry.lazy("schema.rights")]
AccessRef = Annotated["Access", strawberry.lazy("schema.accesses")]
AccessGapRef = Annotated["AccessGap", strawberry.lazy("schema.accesses")]
ProofRef = Annotated["Proof", strawberry.lazy("schema.proofs")]
UploadTicketRef = Annotated["UploadTicket", strawberry.lazy("schema.proofs")]
SlotRef = Annotated["Slot", strawberry.lazy("schema.slots")]
RescheduleRequestRef = Annotated["RescheduleRequest", strawberry.lazy("schema.rescheduling")]
CostPolicyRef = Annotated["CostPolicy", strawberry.lazy("schema.costs")]
TelemetryRef = Annotated["Telemetry", strawberry.lazy("schema.telemetry")]
TaskRef = Annotated["Task", strawberry.lazy("schema.tasks")]
AttendancePolicyRef = Annotated["AttendancePolicy", strawberry.lazy("schema.policies")]
LinkRef = Annotated["Link", strawberry.lazy("schema.candidate_links")]
InvitationRoundRef = Annotated["InvitationRound", strawberry.lazy("schema.rounds")]
InvitationAnswerRef = Annotated["InvitationAnswer", strawberry.lazy("schema.rounds")]
MessageRef = Annotated["Message", strawberry.lazy("schema.messages")]
DecisionRef = Annotated["Decision", strawberry.lazy("schema.decisions")]
FreedSlotRef = Annotated["FreedSlot", strawberry.lazy("schema.freed_slots")]
WebhookRef = Annotated["Webhook", strawberry.lazy("schema.webhooks")]
