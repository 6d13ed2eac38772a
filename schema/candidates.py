"""Candidate, as clients see one."""

from __future__ import annotations

from enum import Enum

import strawberry

from graph import candidates, merging
from graph.candidates import CandidateStatus
from graph.refusals import Locale
from schema.accesses import AccessGapOrder, AccessOrder
from schema.courses import CourseSuggestion
from schema.employments import EmploymentOrder, EmploymentWhere
from schema.fields import Argument, Connection, Node, field, labelled, page, planned, where
from schema.findings import FINDING_STATES, FindingOrder, Reminder
from schema.ids import id_of
from schema.interviews import PERIOD, AttendanceSummary, InterviewOrder, InterviewWhere
from schema.links import (
    AccessGapRef,
    AccessRef,
    ApplicationRef,
    CandidateRef,
    EmploymentRef,
    FindingRef,
    InterviewRef,
    RightsRequestRef,
)
from schema.mutations import IdempotentInput, mutation
from schema.positions import ApplicationOrder, ApplicationWhere
from schema.profiles import CandidateProfile
from schema.rights import RightsRequestOrder
from schema.scores import CandidateLabel, CreditScore
from schema.self_assessments import SelfAssessment


@strawberry.enum(description="Orders of candidates.")
class CandidateOrder(Enum):
    DISPLAY_NAME = strawberry.enum_value("DISPLAY_NAME", description="By name.")
    NO_SHOWS_DESC = strawberry.enum_value(
        "NO_SHOWS_DESC", description="Those with the most no-shows first, as noShows counts them."
    )


@strawberry.input(description="Which candidates.")
class CandidateWhere:
    status: CandidateStatus | None = strawberry.field(default=None, description="In this status.")


@strawberry.type(
    description="A person within one circle 候选人; the same person in two circles is two candidates, joined nowhere."
)
class Candidate(Node):
    display_name: str | None = field("The name as it was given.")
    status: CandidateStatus | None = field("Whether the record may be used.")
    status_label: str | None = labelled("The status in words.")
    locale: Locale | None = field("The language to write in.")
    time_zone: str | None = field("The candidate's IANA zone, where known.")
    email: str | None = field("Where to write; null once the candidate's key was dropped.")
    phone: str | None = field("Where to call; null once the candidate's key was dropped.")
    applications: Connection[ApplicationRef] = page(
        "Applications to your own departments.", ApplicationOrder, where=where(ApplicationWhere)
    )
    interviews: Connection[InterviewRef] = page(
        "Interviews held by your own departments.", InterviewOrder, where=where(InterviewWhere)
    )
    no_shows: Connection[FindingRef] = page("No-shows that count, across the circle.", FindingOrder, **PERIOD)
    findings: Connection[FindingRef] = page(
        "Findings as far as you see them; with states, your own departments' alone.",
        FindingOrder,
        states=FINDING_STATES,
        **PERIOD,
    )
    employments: Connection[EmploymentRef] = page(
        "Where they work or worked, as far as you see it.", EmploymentOrder, where=where(EmploymentWhere)
    )
    attendance: AttendanceSummary = planned("Attendance in numbers, in a period.", **PERIOD)
    score: CreditScore | None = field(
        "Workplace credit, as advice, reckoned now from what your own departments hold; all of it for HR_ADMIN."
    )
    profile: CandidateProfile | None = field("What happened, and what is known in each dimension; of what is your own.")
    labels: list[CandidateLabel] = field("Labels whose grounds you see, each of them.")
    self_assessment: SelfAssessment | None = field(
        "What they answered to the self-assessment: for the candidate, and for others while it is shared."
    )
    course_suggestions: list[CourseSuggestion] = field(
        "Courses of the Organization's list, for dimensions of the score below what is expected."
    )
    reminders: list[Reminder] = planned(
        "What to know when this person is considered for a position; the newest 20.",
        position=Argument(strawberry.ID, "The position in question."),
    )
    possible_matches: list[CandidateRef] = field(
        "Candidates that may be the same person: an identifier is shared, but name or identifiers disagree. Withheld "
        "from the candidate, as they may be third persons."
    )
    same_as: CandidateRef | None = field("The other record of the same person, where the two are merged.")
    requests: Connection[RightsRequestRef] = page("What they asked of their rights.", RightsRequestOrder)
    accesses: Connection[AccessRef] = page(
        "Who looked at what is known of them. HR_ADMIN, AUDITOR and the candidate.", AccessOrder
    )
    access_gaps: Connection[AccessGapRef] = page(
        "Times since the first record of them of which looks may lack their receipts. HR_ADMIN, AUDITOR and the "
        "candidate.",
        AccessGapOrder,
    )


@strawberry.input(description="Changes how a candidate is called and reached; what is not given stays.")
class UpdateCandidateInput(IdempotentInput):
    candidate: strawberry.ID = field("The candidate.")
    display_name: str | None = strawberry.field(default=None, description="The name.")
    email: str | None = strawberry.field(default=None, description="Where to write.")
    phone: str | None = strawberry.field(default=None, description="Where to call.")
    locale: Locale | None = strawberry.field(default=None, description="The language to write in.")
    time_zone: str | None = strawberry.field(default=None, description="The candidate's IANA zone.")


def _update(input: UpdateCandidateInput) -> candidates.UpdateCandidate:
    return candidates.UpdateCandidate(
        id_of("Candidate", input.candidate),
        input.display_name,
        input.email,
        input.phone,
        input.locale,
        input.time_zone,
    )


@strawberry.input(description="Joins two records of one person.")
class MergeCandidatesInput(IdempotentInput):
    candidate: strawberry.ID = field("One record.")
    other: strawberry.ID = field("The other; of the same circle.")


@strawberry.input(description="Takes a merge back.")
class SplitCandidateInput(IdempotentInput):
    candidate: strawberry.ID = field("Either of the two records.")


MUTATIONS = (
    mutation(
        "mergeCandidates",
        MergeCandidatesInput,
        "Candidate",
        lambda graph, act, input: merging.merge(
            graph, act, id_of("Candidate", input.candidate), id_of("Candidate", input.other)
        ),
        "Two records are one person's: from now on each is read with the other, and neither is rewritten. Own, on an "
        "application of both. Codes: NOT_FOUND, INVALID_VALUE, OTHER_CIRCLE, ALREADY_MERGED, CANDIDATE_ERASED.",
    ),
    mutation(
        "splitCandidate",
        SplitCandidateInput,
        "Candidate",
        lambda graph, act, input: merging.split(graph, act, id_of("Candidate", input.candidate)),
        "They were two people after all. Own. Codes: NOT_FOUND, NOT_MERGED.",
    ),
    mutation(
        "updateCandidate",
        UpdateCandidateInput,
        "Candidate",
        lambda graph, act, input: candidates.update(graph, act, _update(input)),
        "Changes a candidate. Own. Codes: NOT_FOUND, INVALID_VALUE, CANDIDATE_ERASED.",
    ),
)
