"""The graph's enums in the language of clients; registered before any type names them."""

from enum import Enum
from typing import Any, cast

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
from graph.findings import Channel, FindingOutcome, FindingState, KnewBy
from graph.freed_slots import FreedSlotState
from graph.interviews import Attendance, EvidenceCode, Mode, Response, Side
from graph.labels import LABELS, in_words
from graph.messages import MessageState, Receipt, Template
from graph.paths import EdgeKind, NodeKind
from graph.positions import Urgency
from graph.proofs import ProofVerdict
from graph.questionnaire import Leaning
from graph.receipts import Purpose, Subject
from graph.refusals import SENTENCES, Code, Locale
from graph.reminders import ReminderKind
from graph.rescheduling import RequestState
from graph.rights import RightsKind, RightsState
from graph.score_policies import PolicyState
from graph.scores import WHY_OFF, OffBecause, ScoreStatus
from graph.shifts import AttendanceKind
from graph.slots import SlotState
from graph.structure import Relation
from graph.tasks import TaskKind
from graph.timesheets import Granularity
from graph.visibility import DepartmentRole, OrganizationRole
from graph.webhooks import WebhookState
from schema.enum_words import WORDS


def register(enum: type[Enum], *, description: str, name: str | None = None) -> None:
    """Has clients know an enum, each of its values by the English words that people read for it."""
    name = name or enum.__name__
    strawberry.enum(enum, name=name, description=description)
    for value in cast(Any, enum).__strawberry_definition__.values:
        value.description = meaning(name, enum[value.name])


def meaning(enum: str, value: Enum) -> str | None:
    """What a value means: in words of its own, else as refusals and labels say it to people."""
    if (words := WORDS.get(enum, {}).get(value.name)) is not None:
        return words
    if isinstance(value, Code):
        return SENTENCES[value][1]
    if isinstance(value, OffBecause):
        return WHY_OFF[value][1]
    return f"{in_words(value.name, Locale.EN)}." if value.name in LABELS else None


register(
    Code,
    name="RefusalCode",
    description="Why a mutation was refused. Each mutation's description lists what it may answer; any may answer "
    "NOT_ALLOWED too, and KEY_REUSED where it takes an idempotencyKey.",
)
register(Dimension, name="CreditDimension", description="What a score is made of.")
register(Band, name="CreditBand", description="How a score is read.")
register(Change, name="CreditChange", description="What may become of a finding.")
register(ScoreStatus, description="Whether there is a number.")
register(OffBecause, name="ScoreOffBecause", description="Why there is no score at all.")
register(Tag, name="CandidateLabelName", description="A label on a person.")
register(PolicyState, name="ScorePolicyState", description="How far a score policy has come.")
register(Leaning, description="How somebody sees themselves in one dimension, by the published key.")
register(OrganizationRole, description="What a user may do in the whole Organization.")
register(DepartmentRole, description="What a user may do in one department.")
register(Mode, name="InterviewMode", description="How an interview is held.")
register(Response, name="InvitationResponse", description="The candidate's answer for one time.")
register(Attendance, description="What happened, as a fact; whose fault it was is a finding.")
register(EvidenceCode, description="What else was seen of an interview that was missed or broken off.")
register(Side, description="Who asked for a change.")
register(EventType, description="What happened.")
register(ActorKind, description="Who acted: a person, the system, or a program with a token.")
register(FindingOutcome, description="What a missed interview, or a résumé, was found to be 到面认定.")
register(CheckOutcome, description="What a check of a résumé found 简历核查.")
register(Cause, description="On whose side a missed interview lay.")
register(TelemetryKind, description="What a platform for interviews can know.")
register(TaskKind, description="What is to be done about an interview 待办.")
register(DisputeDecision, description="How a dispute ends.")
register(FindingState, description="How far a finding has come.")
register(Channel, description="How a notice or an answer reached the other side.")
register(KnewBy, description="How it is known that a candidate knew the time, where nothing recorded says so.")
register(ReminderKind, description="Where a reminder comes from, seen from the position applied to.")
register(Relation, description="How near a department is to your own.")
register(CandidateStatus, description="Whether a candidate's record may be used.")
register(Locale, description="A language that people read.")
register(Urgency, description="How pressing it is to fill a position; URGENT_BACKFILL is 紧急补位.")
register(Stage, description="How far an application has come.")
register(FreedSlotState, description="What came of a freed slot; UNFILLED where nobody accepted it.")
register(Verdict, description="What was decided of an application.")
register(
    DecisionState,
    description="Whether a decision is in effect; one that LAPSED stood on a finding that no longer counted, or its "
    "application had moved on or ended by then.",
)
register(NodeKind, description="What a node of a graph is.")
register(EdgeKind, description="How two nodes of a graph are related; from and to are in the order of the words.")
register(RightsKind, name="RightsRequestKind", description="What a person asks of their rights.")
register(RightsState, name="RightsRequestState", description="How far a request about one's rights has come.")
register(Purpose, description="What somebody looks at a person's record for.")
register(Subject, name="AccessSubject", description="What of a person was looked at.")
register(AttendanceKind, name="WorkAttendanceKind", description="What is told of a day at work 考勤, as a fact.")
register(FileKind, description="What a file is by its content.")
register(ProofVerdict, description="What a named person made of a file that was handed in.")
register(SlotState, description="Whether a time can be chosen.")
register(
    RequestState,
    name="RescheduleState",
    description="How far a request for another time has come: OWED is granted by right, with a time still to come; "
    "LAPSED is settled otherwise.",
)
register(Granularity, description="How closely a record tells: of one day, or of a month as a whole.")
register(Template, name="MessageTemplate", description="What a message tells.")
register(MessageState, description="How far a message has come.")
register(Receipt, name="MessageReceipt", description="What became known of a message after it was sent.")
register(WebhookState, description="Whether a webhook is told anything.")
