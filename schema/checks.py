"""ResumeCheck, as clients see it, and what is recorded."""

from __future__ import annotations

from datetime import date

import strawberry

from graph import checks
from graph.checks import CheckOutcome
from schema.fields import Node, field, labelled
from schema.ids import id_of
from schema.links import ApplicationRef, DepartmentRef, FindingRef, ProofRef, ResumeCheckRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(
    description="A check of a résumé 简历核查: what was looked at, how, and whether it holds. Own, and the candidate's."
)
class ResumeCheck(Node):
    outcome: CheckOutcome | None = field("What it found; of a MISMATCH its findings tell what became of it.")
    outcome_label: str | None = labelled("The outcome in words.")
    claim: str | None = field("What was checked.")
    method: str | None = field("How it was checked.")
    source: str | None = field("Who or what told.")
    details: str | None = field("What was found, in words.")
    checked_on: date | None = field("The day of the check.")
    recorded_at: DateTime | None = field("When it was written down.")
    superseded: bool | None = field("Whether another check took its place, so that it no longer counts.")
    corrects: ResumeCheckRef | None = field("The check in whose place it stands.")
    corrected_by: ResumeCheckRef | None = field("The check that stands in its place.")
    department: DepartmentRef | None = field("The department that checked.")
    application: ApplicationRef | None = field("The application whose résumé was checked.")
    findings: list[FindingRef] = field("What a mismatch was found to be, the oldest first; none of what is VERIFIED.")
    proofs: list[ProofRef] = field("Files that the candidate handed in about it, the oldest first.")


@strawberry.input(description="Records what a check of a résumé found.")
class RecordResumeCheckInput(IdempotentInput):
    application: strawberry.ID = field("The application whose résumé was checked.")
    outcome: CheckOutcome = field("VERIFIED counts at once; a MISMATCH only once it is heard and FINAL.")
    claim: str = field("What was checked, such as a degree; up to 500 characters.")
    method: str = field("How, such as a call to the registry; up to 500 characters.")
    source: str = field("Who or what told; up to 200 characters.")
    checked_on: date = field("The day of the check; within the last year.")
    details: str | None = strawberry.field(
        default=None,
        description="What was found, in words that can be answered; needed for a MISMATCH. Up to 2,000 characters.",
    )
    replaces: strawberry.ID | None = strawberry.field(
        default=None,
        description="An earlier check of the application that was recorded in error; a finding on it is voided first.",
    )


def _new(input: RecordResumeCheckInput) -> checks.NewCheck:
    return checks.NewCheck(
        id_of("Application", input.application),
        input.outcome,
        input.claim,
        input.method,
        input.source,
        input.checked_on,
        input.details,
        None if input.replaces is None else id_of("ResumeCheck", input.replaces),
    )


MUTATIONS = (
    mutation(
        "recordResumeCheck",
        RecordResumeCheckInput,
        "ResumeCheck",
        lambda graph, act, input: checks.record(graph, act, _new(input)),
        "Records what a check of a résumé found. A mismatch opens a finding: notice, answer, decision and dispute are "
        "as of a no-show, and nobody but the department's own and the candidate sees it. Own. Codes: NOT_FOUND, "
        "INVALID_VALUE, CANDIDATE_ERASED, SUPERSEDED, FINDING_STANDS, CHECK_STANDS, DISPUTE_UPHELD, NOT_DECIDED.",
    ),
)
