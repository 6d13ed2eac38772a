"""Workplace credit 职场信用分: observations of one person in, a score that can be taken apart out; pure and exact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, Generic, TypeVar

from graph.refusals import Fault, Refusal, invalid
from graph.secrets import canonical

Whole = TypeVar("Whole")

RULES = 5
"""The version of the rules by which facts become a score, where a policy has no number for it. A score that was kept is
recomputed by those that it was made by: before 2, absences made the rate of a month in which no presence was told;
before 3, it was good beyond the day on which an observation left its window; before 4, whoever called off late told
late, whatever there was to accept, to know or to excuse, and the policy's own hours said what was in time; nor were
records of presence named; before 5, a job that two merged records tell was as many observations again."""


class Dimension(Enum):
    """What a score is made of; every observation feeds exactly one."""

    RESUME_AUTHENTICITY = "RESUME_AUTHENTICITY"
    AI_INTERVIEW_NO_SHOW = "AI_INTERVIEW_NO_SHOW"
    INTERVIEW_ATTENDANCE = "INTERVIEW_ATTENDANCE"
    WORK_ATTENDANCE = "WORK_ATTENDANCE"
    TASK_COMPLETION = "TASK_COMPLETION"
    COMMUNICATION = "COMMUNICATION"
    STABILITY = "STABILITY"


class Band(Enum):
    """How a score is read."""

    STRONG = "STRONG"
    GOOD = "GOOD"
    FAIR = "FAIR"
    WEAK = "WEAK"


class Change(Enum):
    """What may become of a finding, each of which takes its weight away."""

    EXCUSED = "EXCUSED"
    EXPIRED = "EXPIRED"
    VOIDED = "VOIDED"


@dataclass(frozen=True, slots=True)
class Weighing:
    """How one dimension is weighed. `prior` is the rate that is expected of somebody of whom nothing is known, and
    `strength` the number of observations that it is worth; observations older than `window` days are left out, and
    one that is `half_life` days old weighs half."""

    weight: float
    prior: float
    strength: float
    window: int
    half_life: int


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """From how many LATE in a calendar month, or ABSENT at all, attendance at work counts towards the label, and for
    how many days afterwards."""

    lates: int = 3
    absences: int = 1
    window: int = 365


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """The shares of upheld disputes and of false marks, of `least` or more in so many days, above which there is no
    score any longer (graph/brakes.py)."""

    upheld: float = 0.3
    false: float = 0.1
    least: int = 10
    days: int = 365


@dataclass(frozen=True)
class CreditPolicy:
    """One version of all numbers behind a score; version 0 is the default, which nobody has approved.

    `minimum` is the fewest observations that make a number; a score is to be read anew after `valid` days; calling off
    is in time `notice` hours before; so many `lates` weigh as one day of absence.
    """

    version: int
    dimensions: Mapping[Dimension, Weighing]
    bands: Mapping[Band, float]
    minimum: int = 3
    valid: int = 30
    notice: int = 24
    lates: int = 3
    cross: CrossCheck = CrossCheck()
    brake: BrakeLimits = BrakeLimits()

    def document(self) -> dict[str, Any]:
        """As it is stored, hashed and shown; `of_document` reads it back."""
        return {
            "version": self.version,
            "dimensions": {
                dimension.value: [each.weight, each.prior, each.strength, each.window, each.half_life]
                for dimension, each in self.dimensions.items()
            },
            "bands": {band.value: float(least) for band, least in self.bands.items()},
            "numbers": [self.minimum, self.valid, self.notice, self.lates],
            "cross": [self.cross.lates, self.cross.absences, self.cross.window],
            "brake": [self.brake.upheld, self.brake.false, self.brake.least, self.brake.days],
        }

    @cached_property
    def numbers(self) -> bytes:
        """The canonical form of all that a score is made by."""
        return canonical({name: value for name, value in self.document().items() if name != "brake"})

    @cached_property
    def priors(self) -> tuple[Factor, ...]:
        """The factors of somebody of whom nothing was observed, which most people are in most dimensions."""
        return tuple(factor(dimension, self.dimensions[dimension], ()) for dimension in Dimension)

    @classmethod
    def of_document(cls, stored: Mapping[str, Any]) -> CreditPolicy:
        return cls(
            stored["version"],
            {dimension: Weighing(*stored["dimensions"][dimension.value]) for dimension in Dimension},
            {band: stored["bands"][band.value] for band in Band},
            *stored["numbers"],
            cross=CrossCheck(*stored["cross"]),
            # Policies from before there was a brake are held to its defaults.
            brake=BrakeLimits(*stored.get("brake", ())),
        )


DEFAULTS = CreditPolicy(
    0,
    {
        Dimension.RESUME_AUTHENTICITY: Weighing(0.20, 0.90, 3.0, 1_095, 365),
        Dimension.AI_INTERVIEW_NO_SHOW: Weighing(0.15, 0.80, 5.0, 730, 180),
        Dimension.INTERVIEW_ATTENDANCE: Weighing(0.15, 0.90, 5.0, 730, 180),
        Dimension.WORK_ATTENDANCE: Weighing(0.15, 0.95, 6.0, 730, 365),
        Dimension.TASK_COMPLETION: Weighing(0.15, 0.80, 5.0, 730, 365),
        Dimension.COMMUNICATION: Weighing(0.10, 0.80, 5.0, 730, 180),
        Dimension.STABILITY: Weighing(0.10, 0.70, 3.0, 1_825, 730),
    },
    {Band.STRONG: 90.0, Band.GOOD: 80.0, Band.FAIR: 65.0, Band.WEAK: 0.0},
)
"""docs/credit.md tells whence each number comes."""


class Kind(Enum):
    """What was observed, in words that take the share, or the day, where they name one."""

    AI_ATTENDED = "AI_ATTENDED"
    AI_MISSED = "AI_MISSED"
    ATTENDED = "ATTENDED"
    MISSED = "MISSED"
    UNDECIDED = "UNDECIDED"
    TOLD_IN_TIME = "TOLD_IN_TIME"
    TOLD_LATE = "TOLD_LATE"
    WORK_MONTH = "WORK_MONTH"
    TASK = "TASK"
    STAYED = "STAYED"
    LEFT_EARLY = "LEFT_EARLY"
    RESUME_VERIFIED = "RESUME_VERIFIED"
    RESUME_MISMATCH = "RESUME_MISMATCH"


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that was seen of a person: `value` from 0, bad, to 1, good, and null where it is not known which.

    `evidence` are the records that it stands on, `Type:id`, the thing itself first; `until` is when it stops counting
    by a rule of its own, and `finding` the finding that made it count. Its age is reckoned from `on`, a day in UTC;
    people say `day`, that of the zone where it was, which is no input to a score.
    """

    kind: Kind
    dimension: Dimension
    on: date
    value: Fraction | None
    evidence: tuple[str, ...]
    until: datetime | None = None
    finding: str | None = None
    day: date | None = None

    @property
    def said_on(self) -> date:
        return self.day or self.on

    @property
    def key(self) -> tuple[int, date, tuple[str, ...], str]:
        """Sorts observations in one way, whichever way they came."""
        return _ORDER[self.dimension], self.on, self.evidence, self.kind.value

    def document(self) -> list[Any]:
        value = None if self.value is None else [self.value.numerator, self.value.denominator]
        return [self.kind.value, self.dimension.value, self.on, value, self.evidence, self.until, self.finding]


_ORDER = {dimension: place for place, dimension in enumerate(Dimension)}
UNIT = 10**12
"""Weights of observations are whole numbers of this: sums of them are exact."""
_CONTEXT = Context(prec=30, rounding=ROUND_HALF_EVEN)
_LN2 = _CONTEXT.ln(Decimal(2))


@lru_cache(maxsize=1_000)
def exact(number: float) -> Fraction:
    """The number that people read, not the binary one beside it: 0.1 is a tenth."""
    return Fraction(Decimal(repr(number)))


@lru_cache(maxsize=20_000)
def decay(age: int, half_life: int) -> int:
    """What an observation weighs after so many days, in units: 2^(-age / half_life).

    Decimal's exp is correctly rounded by the General Decimal Arithmetic Specification, so that every machine agrees to
    the last digit; a binary pow is whatever the C library makes of it.
    """
    power = _CONTEXT.divide(_CONTEXT.multiply(-_LN2, Decimal(age)), Decimal(half_life))
    return int(_CONTEXT.multiply(_CONTEXT.exp(power), Decimal(UNIT)).to_integral_value(ROUND_HALF_EVEN))


def shrunk(prior: Fraction, strength: Fraction, good: Fraction, total: Fraction) -> Fraction:
    """A rate drawn towards its prior: the mean of the posterior Beta distribution.

    With a prior Beta(a, b), a = prior × strength and b = (1 - prior) × strength, and y good among n observations, it is
    (a + y) / (a + b + n) (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, section 2.4). An observation that has
    aged counts as less than one, in y and n alike: its likelihood raised to that power (Ibrahim and Chen, Power Prior
    Distributions for Regression Models, Statistical Science 15, 2000).
    """
    return (prior * strength + good) / (strength + total) if strength + total else prior


@dataclass(frozen=True, slots=True)
class Weighed:
    """An observation that counted, what it weighed (in units), and the day from which it no longer counts."""

    observation: Observation
    weight: int
    fades_on: date


@dataclass(frozen=True, slots=True)
class Factor:
    """What one dimension gives to a score: `points` in hundredths, `raw` its rate where anything was observed."""

    dimension: Dimension
    weighing: Weighing
    raw: Fraction | None
    value: Fraction
    points: int
    counted: tuple[Weighed, ...]

    @property
    def is_missing(self) -> bool:
        return not self.counted

    def document(self) -> list[Any]:
        raw = None if self.raw is None else rounded(self.raw, 10_000)
        counted = [[each.observation.evidence[0], each.weight] for each in self.counted]
        return [self.dimension.value, raw, rounded(self.value, 10_000), self.points, counted]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What the score would be without one finding; no points where too little would be left."""

    finding: str
    change: Change
    points: int | None
    band: Band | None


@dataclass(frozen=True, slots=True)
class Score:
    """A score as of a day. `points` are hundredths, from 0 to 10,000: the sum of its factors' to the last digit."""

    version: int
    on: date
    points: int | None
    band: Band | None
    observations: int
    valid_until: date
    inputs_hash: str
    factors: tuple[Factor, ...]
    counterfactuals: tuple[Counterfactual, ...] = ()

    def document(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "on": self.on,
            "points": self.points,
            "band": self.band and self.band.value,
            "observations": self.observations,
            "validUntil": self.valid_until,
            "inputsHash": self.inputs_hash,
            "factors": [each.document() for each in self.factors],
            "counterfactuals": [
                [each.finding, each.change.value, each.points, each.band and each.band.value]
                for each in self.counterfactuals
            ],
        }

    def bytes(self) -> bytes:
        """The same for the same inputs, wherever they were read and it was reckoned."""
        return canonical(self.document())


def rounded(value: Fraction, parts: int) -> int:
    """To whole parts of one, half to even."""
    return round(value * parts)


def counts(policy: CreditPolicy, seen: Observation, now: datetime) -> bool:
    """Whether an observation weighs anything: known, within its window, and not past its own end."""
    age = (now.date() - seen.on).days
    in_window = age <= policy.dimensions[seen.dimension].window
    return seen.value is not None and in_window and (seen.until is None or seen.until > now)


def weighed(weighing: Weighing, seen: Observation, now: datetime) -> Weighed:
    """An observation with what its age leaves of it."""
    ends = [] if seen.until is None else [seen.until.date()]
    fades_on = min([seen.on + timedelta(days=weighing.window + 1), *ends])
    return Weighed(seen, decay(max((now.date() - seen.on).days, 0), weighing.half_life), fades_on)


def factor(dimension: Dimension, weighing: Weighing, counted: Sequence[Weighed]) -> Factor:
    """One dimension's rate and its share of the score; without observations it stands at its prior."""
    total = Fraction(sum(each.weight for each in counted), UNIT)
    good = Fraction(sum((each.observation.value or 0) * each.weight for each in counted)) / UNIT
    value = shrunk(exact(weighing.prior), exact(weighing.strength), good, total)
    points = rounded(exact(weighing.weight) * value, 10_000)
    return Factor(dimension, weighing, Fraction(good, total) if total else None, value, points, tuple(counted))


def band_of(policy: CreditPolicy, points: int) -> Band:
    """The highest band whose least points are reached."""
    ranked = sorted(policy.bands.items(), key=lambda each: -each[1])
    return next((band for band, least in ranked if points >= exact(least) * 100), ranked[-1][0])


def score(policy: CreditPolicy, observations: Iterable[Observation], now: datetime, rules: int = RULES) -> Score:
    """The score of somebody as of the day of `now`, with every step of it and what each finding takes away."""
    counted = sorted((seen for seen in observations if counts(policy, seen, now)), key=lambda seen: seen.key)
    weights: dict[Dimension, list[Weighed]] = {}
    for seen in counted:
        weights.setdefault(seen.dimension, []).append(weighed(policy.dimensions[seen.dimension], seen, now))
    factors = tuple(
        factor(prior.dimension, prior.weighing, weights[prior.dimension]) if prior.dimension in weights else prior
        for prior in policy.priors
    )
    points = _points(policy, factors)
    findings = sorted({seen.finding for seen in counted if seen.finding is not None})
    return Score(
        version=policy.version,
        on=now.date(),
        points=points,
        band=None if points is None else band_of(policy, points),
        observations=len(counted),
        valid_until=_valid_until(policy, counted, now, rules),
        inputs_hash=inputs_hash(policy, counted, now.date()),
        factors=factors,
        counterfactuals=tuple(each for finding in findings for each in _without(policy, factors, finding)),
    )


def _points(policy: CreditPolicy, factors: Iterable[Factor]) -> int | None:
    """The sum of what the dimensions give; null where too little was observed in all."""
    factors = tuple(factors)
    enough = sum(len(each.counted) for each in factors) >= policy.minimum
    return sum(each.points for each in factors) if enough else None


def _without(policy: CreditPolicy, factors: Iterable[Factor], finding: str) -> Iterable[Counterfactual]:
    """What the score would be had each change come to one finding: the dimensions that it feeds, weighed anew."""

    def left(each: Factor) -> Factor:
        kept = [seen for seen in each.counted if seen.observation.finding != finding]
        return each if len(kept) == len(each.counted) else factor(each.dimension, each.weighing, kept)

    points = _points(policy, map(left, factors))
    band = None if points is None else band_of(policy, points)
    return (Counterfactual(finding, change, points, band) for change in Change)


def _valid_until(policy: CreditPolicy, counted: Sequence[Observation], now: datetime, rules: int) -> date:
    """The day after which it is to be read anew: by the policy, or as soon as something in it stops counting.

    That is the last day of an observation's window, or the day on which its finding expires.
    """
    ends = [seen.until.date() for seen in counted if seen.until is not None]
    if rules >= 3:
        ends += [seen.on + timedelta(days=policy.dimensions[seen.dimension].window) for seen in counted]
    return min([now.date() + timedelta(days=policy.valid), *ends])


def inputs_hash(policy: CreditPolicy, counted: Iterable[Observation], on: date) -> str:
    """SHA-256 over all that a score is made of: the policy's numbers, the day, and what counted, in one order.

    The brake's limits are not among them: they say whether there is a score, not what it is.
    """
    observed = canonical([on, [seen.document() for seen in counted]])
    return sha256(b"[" + policy.numbers + b"," + observed[1:]).hexdigest()


@dataclass(frozen=True, slots=True)
class Bounded(Generic[Whole]):
    """A number of a policy: where it stands in it, and the least and the most that it may be."""

    of: Callable[[Whole], float]
    least: int
    most: int

    def holds(self, whole: Whole) -> bool:
        return self.least <= self.of(whole) <= self.most

    def refusal(self, field: str) -> Refusal:
        return invalid(field, Fault.BETWEEN, self.least, self.most)


WEIGHINGS: Mapping[str, Bounded[Weighing]] = {
    "weight": Bounded(lambda each: each.weight, 0, 1),
    "prior": Bounded(lambda each: each.prior, 0, 1),
    "strength": Bounded(lambda each: each.strength, 1, 100),
    "windowDays": Bounded(lambda each: each.window, 30, 3_650),
    "halfLifeDays": Bounded(lambda each: each.half_life, 7, 3_650),
}
NUMBERS: Mapping[str, Bounded[CreditPolicy]] = {
    "minimum": Bounded(lambda policy: policy.minimum, 3, 100),
    "validDays": Bounded(lambda policy: policy.valid, 1, 365),
    "noticeHours": Bounded(lambda policy: policy.notice, 0, 720),
    "latesPerAbsence": Bounded(lambda policy: policy.lates, 1, 100),
    "labelLates": Bounded(lambda policy: policy.cross.lates, 1, 31),
    "labelAbsences": Bounded(lambda policy: policy.cross.absences, 1, 31),
    "labelDays": Bounded(lambda policy: policy.cross.window, 1, 3_650),
    "brakeUpheld": Bounded(lambda policy: policy.brake.upheld, 0, 1),
    "brakeFalse": Bounded(lambda policy: policy.brake.false, 0, 1),
    # Of fewer than five nothing is told, and so nothing is made of them either.
    "brakeLeast": Bounded(lambda policy: policy.brake.least, 5, 1_000),
    "brakeDays": Bounded(lambda policy: policy.brake.days, 30, 3_650),
}


def policy_refusal(policy: CreditPolicy) -> Refusal | None:
    """Numbers that are no policy: one out of its bounds, shares that are not a whole, bands out of their order."""
    for name, number in WEIGHINGS.items():
        if not all(number.holds(each) for each in policy.dimensions.values()):
            return number.refusal(name)
    if set(policy.dimensions) != set(Dimension):
        return invalid("dimensions", Fault.POLICY)
    if sum(exact(each.weight) for each in policy.dimensions.values()) != 1:
        return invalid("weight", Fault.WHOLE)
    bands = [policy.bands[band] for band in Band]
    if not (100 >= bands[0] > bands[1] > bands[2] > bands[3] == 0):
        return invalid("bands", Fault.DESCENDING)
    for name, number in NUMBERS.items():
        if not number.holds(policy):
            return number.refusal(name)
    return None
