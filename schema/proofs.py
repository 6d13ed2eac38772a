"""Proof, as clients see it; the file itself comes and goes by routes of its own (api/proofs.py)."""

from __future__ import annotations

import strawberry

from graph import proofs
from graph.file_kinds import FileKind
from graph.proofs import Bearing, ProofVerdict
from schema.fields import Node, field, labelled
from schema.ids import from_global, id_of
from schema.links import FindingRef, InterviewRef, RescheduleRequestRef, ResumeCheckRef, UserRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(
    description="A file that a candidate handed in 证明; GET /proofs/{id} opens it for HR, and is recorded."
)
class Proof(Node):
    kind: FileKind | None = field("What it is by its content.")
    size: int | None = field("How many bytes it has.")
    hash: str | None = field("SHA-256 of the file, in hexadecimal; it stays when the file is gone.")
    uploaded_at: DateTime | None = field("When it was handed in.")
    verdict: ProofVerdict | None = field("What a named person made of it; null before that.")
    verdict_label: str | None = labelled("The verdict in words.")
    reason: str | None = field("The decider's reason.")
    decided_at: DateTime | None = field("When it was decided.")
    purged_at: DateTime | None = field("When the file was deleted; null while it is kept.")
    repeats: bool | None = field("Whether the same file was handed in before for this interview or check, by its hash.")
    interview: InterviewRef | None = field("The interview, where it is about one.")
    resume_check: ResumeCheckRef | None = field("The check of a résumé, where it is about one.")
    finding: FindingRef | None = field("The finding it bears on.")
    request: RescheduleRequestRef | None = field("The request for another time that it bears on.")
    decided_by: UserRef | None = field("Who decided.")


@strawberry.type(description="Lets a candidate hand in one file, by POST /c/proof/{ticket}.")
class UploadTicket(Node):
    ticket: str | None = field("Names the upload, once; whoever has it may upload.")
    expires_at: DateTime | None = field("Until when the file must have begun to come: ten minutes.")


@strawberry.input(description="Asks to hand in a file.")
class RequestUploadInput(IdempotentInput):
    about: strawberry.ID = field("The finding, or the request for another time, that it bears on.")


@strawberry.input(description="Says what a file proves.")
class DecideProofInput(IdempotentInput):
    proof: strawberry.ID = field("The proof.")
    verdict: ProofVerdict = field("What you make of it; it stays.")
    reason: str = field("Why, up to 2,000 characters; the candidate reads it.")


def _about(id: str) -> Bearing:
    if from_global(id)[0] == "RescheduleRequest":
        return Bearing(request=id_of("RescheduleRequest", id))
    return Bearing(finding=id_of("Finding", id))


MUTATIONS = (
    mutation(
        "requestUpload",
        RequestUploadInput,
        "UploadTicket",
        lambda graph, act, input: proofs.request_upload(graph, act, _about(input.about)),
        "Gives a ticket to hand in one PDF, JPEG or PNG of up to 10 MB. The candidate, code given. "
        "Codes: NOT_FOUND, NOT_VERIFIED, NOTHING_OPEN, TOO_MANY_FILES.",
    ),
    mutation(
        "decideProof",
        DecideProofInput,
        "Proof",
        lambda graph, act, input: proofs.decide(
            graph, act, id_of("Proof", input.proof), verdict=input.verdict, reason=input.reason
        ),
        "Accepted, it excuses the missed interview or the mismatch that it bears on. Own, never an interviewer of it. "
        "Codes: NOT_FOUND, NOT_ALLOWED, PROOF_DECIDED, INVALID_VALUE.",
    ),
)
