"""The life of a finding as data: each step with the states it leads from and to, who takes it, and its refusals.

The rules ask this table whether a step may be taken; docs/lifecycle.md is made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from graph.events import EventType
from graph.refusals import Code


class Step(Enum):
    """What may happen to a finding."""

    REPORT = "REPORT"
    SUSPECT = "SUSPECT"
    CHECK = "CHECK"
    NOTICE = "NOTICE"
    UNDELIVERED = "UNDELIVERED"
    UNANSWERED = "UNANSWERED"
    LAPSE = "LAPSE"
    STATE = "STATE"
    CONFIRM = "CONFIRM"
    FIND_FAULT = "FIND_FAULT"
    REVIEW = "REVIEW"
    ACCEPT_PROOF = "ACCEPT_PROOF"
    EXCUSE = "EXCUSE"
    VOID = "VOID"
    DISPUTE = "DISPUTE"
    UPHOLD = "UPHOLD"
    REJECT = "REJECT"
    ERASE = "ERASE"


@dataclass(frozen=True, slots=True)
class Transition:
    """`before` are states, none where there is no finding yet; `after` is null where the state stays."""

    before: tuple[str, ...]
    after: str | None
    who: str
    event: EventType
    mutation: str | None
    """What clients call; null for what the system alone does."""
    when: str
    refusals: tuple[Code, ...] = ()


ABSENT, STATE, VALUE = Code.NOT_FOUND, Code.WRONG_STATE, Code.INVALID_VALUE
OPEN = ("SUSPECTED", "NOTICE_SENT")
ANY = (*OPEN, "FINAL", "EXCUSED", "DISPUTED", "VOID")
TRANSITIONS: Mapping[Step, Transition] = {
    Step.REPORT: Transition(
        (),
        "SUSPECTED",
        "HR",
        EventType.NO_SHOW_REPORTED,
        "reportNoShow",
        "The interview was accepted for this time, is over, and NOT_ATTENDED is recorded. Anew where an earlier one "
        "was taken back, but not upon a dispute, nor because nobody decided it in time.",
        (
            *(ABSENT, Code.FINDING_STANDS, Code.NOT_ACCEPTED, Code.NOT_OVER, Code.NOT_MISSED),
            *(Code.REQUEST_OPEN, Code.PROOF_STANDS, Code.DISPUTE_UPHELD, Code.NOT_DECIDED),
        ),
    ),
    Step.SUSPECT: Transition(
        (),
        "SUSPECTED",
        "system",
        EventType.NO_SHOW_REPORTED,
        None,
        "At the end of the grace time, or at a later report: accepted for this time, closed or watched by a platform "
        "without a join, the cause neither PLATFORM nor EMPLOYER, none taken back upon a dispute or undecided; nobody "
        "recorded what happened, or a program alone NOT_ATTENDED. Otherwise a task OUTCOME_MISSING, nothing marked.",
    ),
    Step.CHECK: Transition(
        (),
        "SUSPECTED",
        "HR",
        EventType.RESUME_CHECKED,
        "recordResumeCheck",
        "A check of a résumé did not match it: what was checked, how, and what was found. No other department sees it. "
        "Not one that repeats one that stands, nor that repeats or replaces one whose finding was taken back upon a "
        "dispute, or not decided in time.",
        (
            *(ABSENT, VALUE, Code.CANDIDATE_ERASED, Code.SUPERSEDED, Code.FINDING_STANDS),
            *(Code.CHECK_STANDS, Code.DISPUTE_UPHELD, Code.NOT_DECIDED),
        ),
    ),
    Step.NOTICE: Transition(
        ("SUSPECTED",),
        "NOTICE_SENT",
        "system, or HR",
        EventType.NOTICE_RECORDED,
        "recordNotice",
        "As the system's message to the candidate leaves, which it writes at once; or as HR told them another way, "
        "its task until then; the message follows in writing. The time to answer runs from when it left, or "
        "from when HR recorded it. The system gives none of what it suspected itself once evidence lays the cause with "
        "PLATFORM or EMPLOYER: HR is told, and decides.",
        (ABSENT, STATE, VALUE),
    ),
    Step.UNDELIVERED: Transition(
        ("NOTICE_SENT",),
        "SUSPECTED",
        "system",
        EventType.MESSAGE_BOUNCED,
        None,
        "The system's notice bounced, and the candidate has not answered: no time to answer passes any more, and HR "
        "has the task to give notice another way. One that never leaves is none, and its finding stays suspected.",
    ),
    Step.UNANSWERED: Transition(
        ("NOTICE_SENT",),
        None,
        "system",
        EventType.NOTICE_UNANSWERED,
        None,
        "At Finding.answerBy, where nobody has answered. HR is told that it is to decide, also where it took down "
        "what the candidate said.",
    ),
    Step.LAPSE: Transition(
        OPEN,
        "VOID",
        "system",
        EventType.NO_SHOW_VOIDED,
        None,
        "Not decided at Finding.decideBy, or in as long a time after the suspicion without a notice: what is only "
        "suspected does not stand for good. Both sides are told. Or before its person is erased: nobody is told.",
    ),
    Step.STATE: Transition(
        OPEN,
        None,
        "candidate, or HR",
        EventType.STATEMENT_RECORDED,
        "recordStatement",
        "At any time before the decision; the decider must have read the last one. What HR takes down, or was said "
        "before the notice, ends no time to answer.",
        (ABSENT, Code.NOT_VERIFIED, STATE, VALUE),
    ),
    Step.CONFIRM: Transition(
        OPEN,
        "FINAL",
        "HR, never an interviewer of it",
        EventType.NO_SHOW_CONFIRMED,
        "confirmNoShow",
        "CANDIDATE or UNKNOWN: after a notice, and an answer to it of the candidate's own, as a statement or proof, or "
        "the time for it. CANDIDATE: where a receipt, an answer of their own or whoever decides (`knewBy`) says that "
        "they knew the time. PLATFORM or EMPLOYER: at once.",
        (
            *(ABSENT, Code.NOT_ALLOWED, STATE, Code.NOTICE_MISSING, Code.ANSWER_PENDING, Code.STATEMENT_UNREAD),
            *(Code.FINDING_STANDS, Code.NOT_OVER, Code.NOT_MISSED, Code.NOT_DELIVERED, VALUE),
        ),
    ),
    Step.FIND_FAULT: Transition(
        (),
        "FINAL",
        "HR, never an interviewer of it",
        EventType.NO_SHOW_CONFIRMED,
        "confirmNoShow",
        "A fault of PLATFORM or EMPLOYER, of an interview that nobody suspected.",
    ),
    Step.REVIEW: Transition(
        ("FINAL",),
        None,
        "HR, never an interviewer of it",
        EventType.NO_SHOW_REVIEWED,
        "confirmNoShow",
        "What was reported, or proof that was accepted, since the decision may clear the candidate (task REVIEW_DUE), "
        "was read, and the finding stands; where it does not, `voidNoShow`.",
    ),
    Step.ACCEPT_PROOF: Transition(
        (),
        "EXCUSED",
        "HR, never an interviewer of it",
        EventType.NO_SHOW_EXCUSED,
        "decideProof",
        "Proof is accepted of an interview that was missed and that nobody suspected; at once, or, where it was "
        "accepted before, as soon as somebody records that it was missed. Of what is open it excuses as EXCUSE does.",
        (ABSENT, Code.NOT_ALLOWED, Code.PROOF_DECIDED, VALUE),
    ),
    Step.EXCUSE: Transition(
        OPEN,
        "EXCUSED",
        "HR, never an interviewer of it",
        EventType.NO_SHOW_EXCUSED,
        "excuseNoShow",
        "There was good cause.",
        (ABSENT, Code.NOT_ALLOWED, STATE, Code.STATEMENT_UNREAD, VALUE),
    ),
    Step.VOID: Transition(
        (*OPEN, "FINAL", "EXCUSED", "DISPUTED"),
        "VOID",
        "HR, never an interviewer of it",
        EventType.NO_SHOW_VOIDED,
        "voidNoShow",
        "It should not be there; whoever had looked at it is told.",
        (ABSENT, Code.NOT_ALLOWED, STATE, VALUE),
    ),
    Step.DISPUTE: Transition(
        ("FINAL",),
        "DISPUTED",
        "candidate, code given",
        EventType.NO_SHOW_DISPUTED,
        "disputeNoShow",
        "Once. It weighs nothing at once, and nobody outside the department sees it.",
        (Code.NOT_ALLOWED, Code.NOT_VERIFIED, ABSENT, STATE, Code.DISPUTE_DECIDED, VALUE),
    ),
    Step.UPHOLD: Transition(
        ("DISPUTED",),
        "VOID",
        "HR, neither who decided it nor an interviewer; system",
        EventType.DISPUTE_UPHELD,
        "decideDispute",
        "Whoever had looked at it is told. The system does so when the time for a decision has passed, or before the "
        "person is erased.",
        (ABSENT, Code.NOT_ALLOWED, Code.SAME_PERSON, STATE, Code.STATEMENT_UNREAD, VALUE),
    ),
    Step.REJECT: Transition(
        ("DISPUTED",),
        "FINAL",
        "HR, neither who decided it nor an interviewer",
        EventType.DISPUTE_REJECTED,
        "decideDispute",
        "It counts again, no longer than before.",
        (ABSENT, Code.NOT_ALLOWED, Code.SAME_PERSON, STATE, Code.STATEMENT_UNREAD, VALUE),
    ),
    Step.ERASE: Transition(
        ANY,
        "ERASED",
        "system",
        EventType.FINDING_ERASED,
        None,
        "At Finding.eraseAt; what it said is gone, and its place in the history stays.",
    ),
}


def may(step: Step, state: str) -> bool:
    """Whether a step may be taken from a state."""
    return state in TRANSITIONS[step].before
