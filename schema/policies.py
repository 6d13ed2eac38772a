"""AttendancePolicy, as clients see it, and how one is set."""

from __future__ import annotations

from typing import Any

import strawberry

from graph import policies
from schema.fields import Node, bounded, field
from schema.ids import id_of
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime

RESCHEDULE_NOTICE = "Hours before the start, or the deadline of AI_ASYNC: a new time asked for so early is given."
ANSWER = "Hours from a notice until nobody has to wait for the candidate's answer."
DECISION = "Days from a notice until it is to be decided; not before the time to answer ends."
DISPUTE = "Days from a dispute until it is upheld because nobody decided it."
SLOT_OWED = "Working days within which another time is owed to whom none could be offered."
PROOF_KEPT = "Days from the decision until a file that was handed in is purged."
EXPIRES = "Days from the missed time until a finding no longer counts."
ERASES = "Days from the missed time until it is erased."
FIRST_EXPIRES = "Days from the missed time until a first no-show no longer counts."
FIRST_ERASES = "Days from the missed time until a first no-show is erased."
REPAIR = "Days sooner that a no-show stops counting for each interview attended since 信用修复."
REPAIR_LEAST = "Days that it counts in any case."
CONDUCT_LATE = "Hours before an interview in which the employer's cancelling it is late."
CONDUCT_ANSWER = "Days from an interview within which the candidate is to hear what became of it."
CONDUCT_KEPT = (
    "Days after the interview, or after what the employer did before it, that this counts in its ledger; never fewer "
    "than expiresDays."
)
OFFER = "Hours for which a freed slot is offered to one person before it goes to the next."
REJECTION = "Working days from when the candidate was told of a rejection with a finding in sight until it has effect."
SEEN = "Days that what was on the screen at a decision is kept, from when it is in effect."

CAUSES = (
    'The table by which evidence is read, such as "CONNECTION_LOST 60": each rule with its weight from 0 to 100, '
    "and THRESHOLD, from 20: how much must speak for a side. docs/causes.md tells the rules."
)


@strawberry.type(
    description="The rules that apply to invitations and findings 考勤规则. Each version stays as it was set; "
    "a finding keeps the one it was made under."
)
class AttendancePolicy(Node):
    version: int = field("Counted from 1 in each Organization; 0 for the defaults, which are no record.")
    set_at: DateTime | None = field("When it came into force; null for the defaults.")
    reschedule_notice_hours: int = field(RESCHEDULE_NOTICE)
    answer_hours: int = field(ANSWER)
    decision_days: int = field(DECISION)
    dispute_days: int = field(DISPUTE)
    slot_owed_days: int = field(SLOT_OWED)
    proof_kept_days: int = field(PROOF_KEPT)
    expires_days: int = field(EXPIRES)
    erases_days: int = field(ERASES)
    first_expires_days: int = field(FIRST_EXPIRES)
    first_erases_days: int = field(FIRST_ERASES)
    repair_days: int = field(REPAIR)
    repair_least_days: int = field(REPAIR_LEAST)
    conduct_late_hours: int = field(CONDUCT_LATE)
    conduct_answer_days: int = field(CONDUCT_ANSWER)
    conduct_kept_days: int = field(CONDUCT_KEPT)
    offer_hours: int = field(OFFER)
    rejection_days: int = field(REJECTION)
    seen_days: int = field(SEEN)
    causes: list[str] = field(CAUSES)


def _optional(name: str, description: str) -> Any:
    return strawberry.field(default=None, description=bounded(description, *policies.LIMITS[name]))


@strawberry.input(description="Puts new rules in force for what begins from now on; what is not named stays.")
class SetAttendancePolicyInput(IdempotentInput):
    organization: strawberry.ID = field("Your Organization.")
    reschedule_notice_hours: int | None = _optional("reschedule_notice_hours", RESCHEDULE_NOTICE)
    answer_hours: int | None = _optional("answer_hours", ANSWER)
    decision_days: int | None = _optional("decision_days", DECISION)
    dispute_days: int | None = _optional("dispute_days", DISPUTE)
    slot_owed_days: int | None = _optional("slot_owed_days", SLOT_OWED)
    proof_kept_days: int | None = _optional("proof_kept_days", PROOF_KEPT)
    expires_days: int | None = _optional("expires_days", EXPIRES)
    erases_days: int | None = _optional("erases_days", ERASES)
    first_expires_days: int | None = _optional("first_expires_days", FIRST_EXPIRES)
    first_erases_days: int | None = _optional("first_erases_days", FIRST_ERASES)
    repair_days: int | None = _optional("repair_days", REPAIR)
    repair_least_days: int | None = _optional("repair_least_days", REPAIR_LEAST)
    conduct_late_hours: int | None = _optional("conduct_late_hours", CONDUCT_LATE)
    conduct_answer_days: int | None = _optional("conduct_answer_days", CONDUCT_ANSWER)
    conduct_kept_days: int | None = _optional("conduct_kept_days", CONDUCT_KEPT)
    offer_hours: int | None = _optional("offer_hours", OFFER)
    rejection_days: int | None = _optional("rejection_days", REJECTION)
    seen_days: int | None = _optional("seen_days", SEEN)
    causes: list[str] = strawberry.field(default_factory=list, description=CAUSES)


MUTATIONS = (
    mutation(
        "setAttendancePolicy",
        SetAttendancePolicyInput,
        "AttendancePolicy",
        lambda graph, act, input: policies.set_policy(
            graph,
            act,
            id_of("Organization", input.organization),
            {name: getattr(input, name) for name in policies.NAMES},
            input.causes,
        ),
        "Sets the rules for invitations and findings, as a new version. HR_ADMIN. "
        "Codes: NOT_ALLOWED, NOT_FOUND, INVALID_VALUE.",
    ),
)
