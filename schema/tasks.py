"""Task, as clients see it."""

from __future__ import annotations

import strawberry

from graph.tasks import TaskKind
from schema.fields import field, labelled
from schema.links import ApplicationRef, CandidateRef, FindingRef, InterviewRef
from schema.scalars import DateTime


@strawberry.type(description="What a department has to do next about an interview 待办; derived, and gone once done.")
class Task:
    kind: TaskKind = field(
        "OUTCOME_MISSING: over, and nobody recorded what happened, or a program alone that an accepted one was missed. "
        "NOTICE_DUE: suspected, and no notice could be sent, or was withheld as evidence came that it was the "
        "platform's or the employer's. "
        "DECISION_DUE: the candidate answered, or the time to answer passed. DISPUTE_DUE: contested. REVIEW_DUE: "
        "what was reported, or proof that was accepted, since a finding was decided may clear the candidate; gone once "
        "somebody has decided again, by confirmNoShow or voidNoShow, or it counts no longer."
    )
    kind_label: str = labelled("The kind in words.")
    due: DateTime = field(
        "Since when an outcome, a notice or a review is missing; until when it is to be decided. "
        "A dispute that is not decided by then is upheld."
    )
    candidate: CandidateRef | None = field("Whom it is about.")
    application: ApplicationRef | None = field("The application that it is about.")
    interview: InterviewRef | None = field("The interview; null of a check of a résumé, which finding tells of.")
    finding: FindingRef | None = field("The finding; null where there is none yet.")
