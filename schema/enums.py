"""The graph's enums in the language of clients; registered before any type names them."""

import strawberry

from graph.applications import Stage
from graph.attention import Tag
from graph.candidates import CandidateStatus
from graph.causes import Cause, TelemetryKind
from graph.checks import CheckOutcome
from graph.credit import Band, Change, Dimension
from graph.decisions import DecisionState, Verdict
from graph.disputes import DisputeDecision
from graph.events import ActorKind, EventType
from graph.file_kinds import FileKind
from graph.findings import Channel, FindingOutcome, FindingState
from graph.freed_slots import FreedSlotState
from graph.interviews import Attendance, EvidenceCode, Mode, Response, Side
from graph.messages import MessageState, Receipt, Template
from graph.paths import EdgeKind, NodeKind
from graph.positions import Urgency
from graph.proofs import ProofVerdict
from graph.questionnaire import Leaning
from graph.receipts import Purpose, Subject
from graph.refusals import Code, Locale
from graph.reminders import ReminderKind
from graph.rescheduling import RequestState
from graph.rights import RightsKind, RightsState
from graph.score_policies import PolicyState
from graph.scores import OffBecause, ScoreStatus
from graph.shifts import AttendanceKind
from graph.slots import SlotState
from graph.structure import Relation
from graph.tasks import TaskKind
from graph.timesheets import Granularity
from graph.visibility import DepartmentRole, OrganizationRole
from graph.webhooks import WebhookState

strawberry.enum(Code, name="RefusalCode", description="Why a mutation was refused.")
strawberry.enum(Dimension, name="CreditDimension", description="What a score is made of.")
strawberry.enum(Band, name="CreditBand", description="How a score is read.")
strawberry.enum(Change, name="CreditChange", description="What may become of a finding.")
strawberry.enum(ScoreStatus, description="Whether there is a number.")
strawberry.enum(OffBecause, name="ScoreOffBecause", description="Why there is no score at all.")
strawberry.enum(Tag, name="CandidateLabelName", description="A label on a person.")
strawberry.enum(PolicyState, name="ScorePolicyState", description="How far a score policy has come.")
strawberry.enum(Leaning, description="How somebody sees themselves in one dimension, by the published key.")
strawberry.enum(OrganizationRole, description="What a user may do in the whole Organization.")
strawberry.enum(DepartmentRole, description="What a user may do in one department.")
strawberry.enum(Mode, name="InterviewMode", description="How an interview is held.")
strawberry.enum(Response, name="InvitationResponse", description="The candidate's answer for one time.")
strawberry.enum(Attendance, description="What happened, as a fact; whose fault it was is a finding.")
strawberry.enum(EvidenceCode, description="What else was seen of an interview that was missed or broken off.")
strawberry.enum(Side, description="Who asked for a change.")
strawberry.enum(EventType, description="What happened.")
strawberry.enum(ActorKind, description="Who acted: a person, the system, or a program with a token.")
strawberry.enum(FindingOutcome, description="What a missed interview, or a résumé, was found to be 到面认定.")
strawberry.enum(CheckOutcome, description="What a check of a résumé found 简历核查.")
strawberry.enum(Cause, description="On whose side a missed interview lay.")
strawberry.enum(TelemetryKind, description="What a platform for interviews can know.")
strawberry.enum(TaskKind, description="What is to be done about an interview 待办.")
strawberry.enum(DisputeDecision, description="How a dispute ends.")
strawberry.enum(FindingState, description="How far a finding has come.")
strawberry.enum(Channel, description="How a notice or an answer reached the other side.")
strawberry.enum(ReminderKind, description="Where a reminder comes from, seen from the position applied to.")
strawberry.enum(Relation, description="How near a department is to your own.")
strawberry.enum(CandidateStatus, description="Whether a candidate's record may be used.")
strawberry.enum(Locale, description="A language that people read.")
strawberry.enum(Urgency, description="How pressing it is to fill a position; URGENT_BACKFILL is 紧急补位.")
strawberry.enum(Stage, description="How far an application has come.")
strawberry.enum(FreedSlotState, description="What came of a freed slot; UNFILLED where nobody accepted it.")
strawberry.enum(Verdict, description="What was decided of an application.")
strawberry.enum(
    DecisionState,
    description="Whether a decision is in effect; one that LAPSED stood on a finding that no longer stands.",
)
strawberry.enum(NodeKind, description="What a node of a graph is.")
strawberry.enum(
    EdgeKind, description="How two nodes of a graph are related; from and to are in the order of the words."
)
strawberry.enum(RightsKind, name="RightsRequestKind", description="What a person asks of their rights.")
strawberry.enum(RightsState, name="RightsRequestState", description="How far a request about one's rights has come.")
strawberry.enum(Purpose, description="What somebody looks at a person's record for.")
strawberry.enum(Subject, name="AccessSubject", description="What of a person was looked at.")
strawberry.enum(AttendanceKind, name="WorkAttendanceKind", description="What is told of a day at work 考勤, as a fact.")
strawberry.enum(FileKind, description="What a file is by its content.")
strawberry.enum(ProofVerdict, description="What a named person made of a file that was handed in.")
strawberry.enum(SlotState, description="Whether a time can be chosen.")
strawberry.enum(
    RequestState,
    name="RescheduleState",
    description="How far a request for another time has come: OWED is granted by right, with a time still to come; "
    "LAPSED is settled otherwise.",
)
strawberry.enum(Granularity, description="How closely a record tells: of one day, or of a month as a whole.")
strawberry.enum(Template, name="MessageTemplate", description="What a message tells.")
strawberry.enum(MessageState, description="How far a message has come.")
strawberry.enum(Receipt, name="MessageReceipt", description="What became known of a message after it was sent.")
strawberry.enum(WebhookState, description="Whether a webhook is told anything.")
