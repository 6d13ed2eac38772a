"""Fairness, as clients see it: rates by group, and the brake on the score."""

from __future__ import annotations

import strawberry

from graph.fairness import BrakeReason, FairBy
from schema.enums import register
from schema.fields import field
from schema.intervals import Rate

register(
    FairBy,
    description="What interviews are grouped by, and checks of résumés by CHANNEL and TABLE; TABLE is a table that you "
    "supply.",
)
register(BrakeReason, description="Why the score is turned off.")


@strawberry.input(description="Candidates who belong together, by a table of your own; it is kept nowhere.")
class FairnessGroupInput:
    name: str = field("The group's name.")
    candidates: list[strawberry.ID] = field("Who belongs to it; nobody belongs to two.")


@strawberry.type(description="The marks of one group; numbers of fewer than 5 are not told.")
class FairGroup:
    key: str = field(
        "A mode, an hour from 00 to 23, a zone, a source, or a name of your table; UNKNOWN for the rest. RESUME_CHECK "
        "for all checks together, which have no mode, hour or zone."
    )
    settled: int | None = field(
        "Accepted interviews of which it is known whether the candidate came; of checks all but those that were "
        "replaced without a mark."
    )
    marks: Rate | None = field("Those for which a no-show of the candidate's own, or a mismatch, was decided.")
    voids: Rate | None = field("The marks that were taken back.")
    disputes: Rate | None = field("The marks that were disputed.")
    upheld: Rate | None = field("The disputes that took the mark back.")
    impact: float | None = field("The share without a mark, over that of the group that fares best.")
    is_below_four_fifths: bool | None = field("Whether that is below 0.8: a reason to look, no proof of a wrong.")


@strawberry.type(description="Whether too many marks were wrong for a score to be made of them.")
class Brake:
    is_on: bool = field(
        "Whether it has the score off, as scoringBrakedAt tells. It goes by all marks of the Organization that were "
        "decided or taken back in the policy's days; the shares told here are of these interviews and checks alone."
    )
    reasons: list[BrakeReason] = field("Which limit was passed then.")
    upheld: Rate | None = field(
        "Disputes that took the mark back; none where that, less what is told of the groups, is of fewer than 5."
    )
    false_marks: Rate | None = field("Marks that were taken back; told as upheld is.")
    upheld_limit: float = field("The share of upheld disputes above which it is on.")
    false_limit: float = field("The share of false marks above which it is on.")
    least: int = field("How many marks or disputes there must be for a share to count.")


@strawberry.type(description="How marks fall on groups of people and of interviews.")
class Fairness:
    groups: list[FairGroup] = field("Interviews: the groups in order.")
    checks: list[FairGroup] = field(
        "Checks of résumés, compared with one another alone: by CHANNEL and TABLE in the same groups, else all in one."
    )
    brake: Brake = field("The brake on the score, with its shares over all of them together, interviews and checks.")
