"""Application, as clients see one, and what becomes of it."""

from __future__ import annotations

import strawberry

from graph import applications, endings
from graph.applications import Stage
from graph.candidates import ExternalId, Person
from graph.refusals import Locale
from schema.fields import Connection, Node, field, labelled, page, where
from schema.findings import Reminder
from schema.ids import id_of
from schema.interviews import InterviewOrder, InterviewWhere
from schema.links import CandidateRef, DecisionRef, InterviewRef, LinkRef, PositionRef, ResumeCheckRef, SlotRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="Somebody wants a position 投递.")
class Application(Node):
    stage: Stage = field("How far it has come.")
    stage_label: str = labelled("The stage in words.")
    applied_at: DateTime = field("When it was filed.")
    source: str | None = field("Where it came from.")
    candidate: CandidateRef = field("Who applied.")
    position: PositionRef = field("For which position.")
    interviews: Connection[InterviewRef] = page("Its interviews.", InterviewOrder, where=where(InterviewWhere))
    resume_checks: list[ResumeCheckRef] = field("What checks of its résumé found, by day 简历核查. Own.")
    links: list[LinkRef] = field("What opened it to the candidate, and what opens it now; the oldest first. Own.")
    open_slots: list[SlotRef] = field("Times that can be chosen, the next 100. Own, or the candidate.")
    reminders: list[Reminder] = field("What the department should know of the same person; the newest 20.")
    notice_answer_by: DateTime | None = field(
        "Until when the candidate is asked to answer a notice about it; null where none waits. The candidate alone."
    )
    notice_time_zone: str | None = field(
        "The zone of the interview that the notice is about; null where it is about none. The candidate alone."
    )
    decisions: list[DecisionRef] = field("What was decided of it, oldest first.")


@strawberry.input(description="A person's id in another system.")
class ExternalIdInput:
    system: str = field("The system.")
    value: str = field("The id in it.")


@strawberry.input(description="Who applies. Recognised by email or an external id under the same name.")
class CandidateInput:
    display_name: str = field("The name, up to 200 characters.")
    email: str | None = strawberry.field(default=None, description="Where to write.")
    phone: str | None = strawberry.field(default=None, description="Where to call.")
    external_ids: list[ExternalIdInput] = strawberry.field(
        default_factory=list, description="The person's ids in other systems."
    )
    locale: Locale = strawberry.field(default=Locale.ZH_CN, description="The language to write in.")
    time_zone: str | None = strawberry.field(default=None, description="The person's IANA zone.")


@strawberry.input(description="Files an application.")
class SubmitApplicationInput(IdempotentInput):
    position: strawberry.ID = field("The position.")
    candidate: CandidateInput = field("Who applies.")
    source: str | None = strawberry.field(default=None, description="Where it came from.")
    applied_at: DateTime | None = strawberry.field(
        default=None, description="When it was filed; now where it is not given."
    )


@strawberry.input(description="Moves an application forward.")
class AdvanceApplicationInput(IdempotentInput):
    application: strawberry.ID = field("The application.")
    stage: Stage = field("A later stage; never REJECTED, which is a decision.")


@strawberry.input(description="The candidate no longer wants the position.")
class WithdrawApplicationInput(IdempotentInput):
    application: strawberry.ID = field("The application.")
    reason: str | None = strawberry.field(default=None, description="Why.")


def _submit(input: SubmitApplicationInput) -> applications.SubmitApplication:
    person = input.candidate
    return applications.SubmitApplication(
        id_of("Position", input.position),
        Person(
            person.display_name,
            person.email,
            person.phone,
            tuple(ExternalId(item.system, item.value) for item in person.external_ids),
            person.locale,
            person.time_zone,
        ),
        input.source,
        input.applied_at,
    )


MUTATIONS = (
    mutation(
        "submitApplication",
        SubmitApplicationInput,
        "Application",
        lambda graph, act, input: applications.submit(graph, act, _submit(input)),
        "Files an application; ask for its reminders in the same answer. Own or INTEGRATOR. "
        "Codes: NOT_FOUND, NOT_ALLOWED, INVALID_VALUE, POSITION_CLOSED, ALREADY_APPLIED.",
    ),
    mutation(
        "advanceApplication",
        AdvanceApplicationInput,
        "Application",
        lambda graph, act, input: applications.advance(
            graph, act, id_of("Application", input.application), input.stage
        ),
        "Moves an application to a later stage. Own, or the INTEGRATOR that filed it. "
        "Codes: NOT_FOUND, REJECTION_IS_A_DECISION, CANDIDATE_ERASED, APPLICATION_ENDED, REJECTION_ANNOUNCED, "
        "NOT_FORWARD.",
    ),
    mutation(
        "withdrawApplication",
        WithdrawApplicationInput,
        "Application",
        lambda graph, act, input: endings.withdraw(graph, act, id_of("Application", input.application), input.reason),
        "Withdraws an application; its interviews to come are cancelled. Own, or the INTEGRATOR that filed it. "
        "Codes: NOT_FOUND, APPLICATION_ENDED.",
    ),
)
