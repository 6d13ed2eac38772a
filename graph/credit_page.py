"""The page that tells how workplace credit is reckoned, made of the policy itself: docs/credit.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.credit import NUMBERS, WEIGHINGS, Band, Bounded, CreditPolicy, Dimension, Weighing
from graph.credit_words import HEALS
from graph.labels import in_words
from graph.refusals import Locale

FED_BY: Mapping[Dimension, str] = {
    Dimension.RESUME_AUTHENTICITY: "each check of a résumé: verified 1; mismatch 0 once a finding on it is FINAL",
    Dimension.AI_INTERVIEW_NO_SHOW: "each AI interview: attended 1; missed 0 once a finding on it counts",
    Dimension.INTERVIEW_ATTENDANCE: "each other interview: attended 1; missed 0 once a finding on it counts",
    Dimension.WORK_ATTENDANCE: "each month at work of which presence is told: "
    "1 - (days absent + late days / lates per absence) / days present and absent",
    Dimension.TASK_COMPLETION: "each task, on the day it was due: the share that was reached",
    Dimension.COMMUNICATION: "each change the candidate asked for: in time 1, a request by the attendance "
    "policy of its time; called off late 0, if the time was accepted, the invitation early enough and no proof was "
    "accepted; all else that is late, nothing",
    Dimension.STABILITY: "each employment ended or a year old: kept 12 months 1, or not 0",
}
WHENCE: Mapping[Dimension, str] = {
    Dimension.RESUME_AUTHENTICITY: "weight: a vendor's figure (resume fraud 20 %); the rest ours",
    Dimension.AI_INTERVIEW_NO_SHOW: "weight and prior: a vendor's figures (15 %; 20 of 100 miss it); the rest ours",
    Dimension.INTERVIEW_ATTENDANCE: "prior: a vendor's figure (10 % no-shows a month); the rest ours",
    Dimension.WORK_ATTENDANCE: "ours",
    Dimension.TASK_COMPLETION: "ours",
    Dimension.COMMUNICATION: "ours",
    Dimension.STABILITY: "ours",
}
NUMBERS_TOLD: Mapping[str, tuple[str, str]] = {
    "minimum": ("fewest observations that make a number", "ours: two say little about anybody"),
    "validDays": ("days until a score is to be read anew", "ours; sooner, on the last day that all of it counts"),
    "noticeHours": (
        "hours before a time at which calling off is in time",
        "ours: a request for another time is judged by the attendance policy",
    ),
    "latesPerAbsence": (
        "late days that weigh as one of absence",
        "ours: the label takes three of the one or one of the other",
    ),
    "labelLates": ("LATE in a calendar month that count towards the label", "a vendor's figure"),
    "labelAbsences": ("ABSENT that count towards the label", "a vendor's figure"),
    "labelDays": ("days for which either does", "ours: as long as a no-show counts by default"),
    "brakeUpheld": ("upheld disputes above which scores are turned off", "ours: more than three in ten"),
    "brakeFalse": ("marks taken back above which they are", "ours: more than one in ten"),
    "brakeLeast": ("fewest disputes, or marks, that prove anything", "ours; never below five"),
    "brakeDays": ("days over which either is counted", "ours"),
}
"""What each number of a policy is, and whence its default comes."""


def _row(dimension: Dimension, each: Weighing) -> str:
    zh, en = (in_words(dimension.value, locale) for locale in (Locale.ZH_CN, Locale.EN))
    numbers = f"{each.weight:.2f} | {each.prior:.2f} | {each.strength:g} | {each.window:,} | {each.half_life:,}"
    return f"| {en} {zh} | {numbers} | {FED_BY[dimension]} | {WHENCE[dimension]} |"


def _heals(dimension: Dimension) -> str:
    zh, en = HEALS[dimension]
    return f"| {in_words(dimension.value, Locale.EN)} | {en} | {zh} |"


def _band(band: Band, least: float) -> str:
    return f"| {band.value} {in_words(band.value, Locale.ZH_CN)} | {least:g} |"


def _may(number: Bounded[Any]) -> str:
    return f"{number.least:,} to {number.most:,}"


def _number(policy: CreditPolicy, name: str) -> str:
    (what, whence), number = NUMBERS_TOLD[name], NUMBERS[name]
    return f"| {what} | {number.of(policy):g} | {_may(number)} | {whence} |"


def page(policy: CreditPolicy) -> str:
    """The defaults, whence each comes, and every formula."""
    rows = "\n".join(_row(dimension, each) for dimension, each in policy.dimensions.items())
    bands = "\n".join(_band(band, least) for band, least in policy.bands.items())
    heals = "\n".join(_heals(dimension) for dimension in policy.dimensions)
    weighings = " | ".join(_may(number) for number in WEIGHINGS.values())
    numbers = "\n".join(_number(policy, name) for name in NUMBERS)
    total = sum(each.weight * each.prior for each in policy.dimensions.values()) * 100
    return f"""# How workplace credit is reckoned

Made of the code by `make pages`. The numbers are defaults to be configured: an Organization's own stand in a
ScorePolicy that one person proposes, that has an impact assessment on file, and that a second person approves. Without
one there is no score at all. Somebody of whom nothing is known would stand at {total:.2f}, and gets no number.

| dimension | weight | prior | strength | window, days | half-life, days | fed by | whence |
|---|---|---|---|---|---|---|---|
{rows}
| may be | {weighings} | | |

| band | from |
|---|---|
{bands}

| number | default | may be | whence |
|---|---|---|---|
{numbers}

## Formulas

- an observation's weight: w = 2^(-age / half-life), the age in days of UTC, in whole parts of 10^12; 0 outside the
  window, once the finding has expired, and for what is UNKNOWN: no finding, one that is not FINAL, disputed, excused,
  restricted, or somebody else's fault
- a job that two merged records tell, of one employer in one department in days that both share, is one: each month by
  the record that tells of more days in it, and the whole from the first day to the last, or still going on
- a dimension's rate: (prior × strength + Σ w × value) / (strength + Σ w), the mean of the posterior Beta distribution
  (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, section 2.4), aged observations counting as less than one
  (Ibrahim and Chen, Statistical Science 15, 2000). Without observations it is the prior, and the answer says so; with
  fewer in all than make a number, neither rates drawn to a prior nor points are told
- its points: 100 × weight × rate, to a hundredth, half to even; the score is the sum of these and nothing else
- what a finding takes: the score of the same day without what it made count, whether it is excused, expired or voided
- the inputs' hash: SHA-256 over the policy's numbers, the day, and the observations that counted, as canonical JSON
- the day of an interview as people read it is that of the interview's own zone; it is no input
- all of it is reckoned in fractions; the one power by a correctly rounded exp. Same inputs, same bytes

The label NEEDS_ATTENTION 职业态度待提升 (dimension STABILITY) stands on attendance at work and on a no-show that
counts, together; neither alone raises it. It is no input to the score.

## The brake

Whenever a mark is taken back, by a void or an upheld dispute, the share of marks taken back and of disputes upheld over
the Organization's last {policy.brake.days} days is compared with the limits of the policy in force. So it is when a
policy begins, whose limits may be lower, and every day, as the shares rise too when good marks leave those days. Above
one of the limits scores, profiles and the label are off at once, and say so. They stay off until `switchScoring` turns
them on again, with a reason that is kept as an event; from then on only what is decided later is counted.

## How each line heals

| dimension | by | 方式 |
|---|---|---|
{heals}
"""
