"""What is observed of a person, from facts as the graph or the events tell them; pure rules, one for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from graph.credit import RULES, CreditPolicy, Dimension, Kind, Observation
from graph.instants import day_in
from graph.names import normalised_name

AI_MODES = frozenset({"AI_ASYNC", "AI_LIVE"})
CAME = frozenset({"ATTENDED", "ATTENDED_LATE"})
COUNTED = frozenset({"NO_SHOW", "RESUME_MISMATCH"})
"""What a finding speaks of against somebody."""
YEAR = 12
"""Months after which an employment was kept."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The finding that stands on a record; `restricted` ones weigh nothing."""

    id: str
    state: str
    outcome: str | None
    cause: str | None
    expires_at: datetime | None
    restricted: bool

    @property
    def counts(self) -> bool:
        """Like visibility.COUNTS, save for the end, which observations keep beside them; of a check a mismatch."""
        final = (self.state, self.cause) == ("FINAL", "CANDIDATE") and self.outcome in COUNTED
        return final and self.expires_at is not None and not self.restricted


@dataclass(frozen=True, slots=True)
class InterviewFact:
    """An interview: `at` is the time that counts, a recording's deadline; `told_at` when the candidate asked for
    another time or cancelled, `in_time` what was made of that request then, and `excused` whether proof was accepted.
    People speak of it in `zone`."""

    id: str
    mode: str
    response: str
    attendance: str
    at: datetime
    finding: Decided | None = None
    told_at: datetime | None = None
    zone: str | None = None
    invited_at: datetime | None = None
    in_time: bool | None = None
    excused: bool = False

    def day(self, instant: datetime) -> date:
        """The day that it was where the interview is; in UTC where no zone is told."""
        return day_in(instant, self.zone or "UTC")


@dataclass(frozen=True, slots=True)
class Mark:
    """A day, or so many days of a month, that somebody was late or absent: `day` is the first of the month there."""

    id: str
    kind: str
    days: float
    day: date
    granularity: str = "DAY"


@dataclass(frozen=True, slots=True)
class MonthFact:
    """A month at work: days present, and days absent of which it is told of how many; `whole` are those of them that
    were told as all working days of the month, and `presences` the records that tell of presence."""

    month: str
    present: float
    absent: float
    marks: tuple[Mark, ...]
    whole: float = 0.0
    presences: tuple[str, ...] = ()

    def rated(self, rules: int) -> float:
        """Absences that enter a rate, as in timesheets.RATED: those of a month that nobody was present in are of a
        source that tells of exceptions alone, unless they are all of it."""
        return self.absent if self.present or rules < 2 else self.whole

    def told(self, rules: int) -> float:
        """The days that its rate is of."""
        return self.present + self.rated(rules)

    @property
    def first(self) -> date:
        return date.fromisoformat(f"{self.month}-01")

    @property
    def until(self) -> date:
        """Its last day."""
        return (self.first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EmploymentFact:
    """Work in a department from one day to another; `employer` is null for its own."""

    id: str
    started_on: date
    ended_on: date | None
    months: tuple[MonthFact, ...] = ()
    department: str = ""
    employer: str | None = None

    @property
    def place(self) -> tuple[str, str]:
        return self.department, normalised_name(self.employer or "")


@dataclass(frozen=True, slots=True)
class TaskFact:
    """A goal, and how much of it was reached by when it was due: `share` from 0 to 1."""

    id: str
    due_on: date
    share: float


@dataclass(frozen=True, slots=True)
class CheckFact:
    """What a check of a résumé found; a mismatch weighs only once a finding on it counts."""

    id: str
    on: date
    verified: bool
    finding: Decided | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told of one person, in no order."""

    interviews: tuple[InterviewFact, ...] = ()
    employments: tuple[EmploymentFact, ...] = ()
    tasks: tuple[TaskFact, ...] = ()
    checks: tuple[CheckFact, ...] = ()

    def with_those(self, of: Facts) -> Facts:
        """All that is told of one person by two records that are merged."""
        return Facts(
            (*self.interviews, *of.interviews),
            (*self.employments, *of.employments),
            (*self.tasks, *of.tasks),
            (*self.checks, *of.checks),
        )


def observe(
    policy: CreditPolicy, facts: Facts, now: datetime, rules: int = RULES, zone: str = "UTC"
) -> list[Observation]:
    """Every observation that the facts hold, those that weigh nothing included; a check is dated in `zone`."""
    found: list[Observation] = []
    for interview in facts.interviews:
        found += _interview(policy, interview, now, rules)
    for job in _jobs(facts.employments) if rules >= 5 else ([each] for each in facts.employments):
        found += _job(policy, job, now.date(), rules)
    found += (_task(task) for task in facts.tasks if task.due_on <= now.date())
    found += (_check(check) for check in facts.checks if check.on <= day_in(now, zone))
    return found


def _interview(policy: CreditPolicy, fact: InterviewFact, now: datetime, rules: int) -> Iterator[Observation]:
    by_ai = fact.mode in AI_MODES
    dimension = Dimension.AI_INTERVIEW_NO_SHOW if by_ai else Dimension.INTERVIEW_ATTENDANCE
    itself = f"Interview:{fact.id}"
    if fact.told_at is not None:
        yield _told(policy, fact, fact.told_at, rules)
    elif fact.attendance in CAME and fact.at <= now:
        kind = Kind.AI_ATTENDED if by_ai else Kind.ATTENDED
        yield Observation(kind, dimension, fact.at.date(), Fraction(1), (itself,), day=fact.day(fact.at))
    elif fact.attendance == "NOT_ATTENDED" and fact.response == "ACCEPTED":
        found = fact.finding
        if found is None or not found.counts:
            yield Observation(Kind.UNDECIDED, dimension, fact.at.date(), None, (itself,), day=fact.day(fact.at))
            return
        kind, evidence = Kind.AI_MISSED if by_ai else Kind.MISSED, (itself, f"Finding:{found.id}")
        until, day = found.expires_at, fact.day(fact.at)
        yield Observation(kind, dimension, fact.at.date(), Fraction(0), evidence, until, evidence[1], day)


def _told(policy: CreditPolicy, fact: InterviewFact, told_at: datetime, rules: int) -> Observation:
    """Asked for another time, or cancelled: in time is good; what was asked late and granted says nothing."""
    judged = fact.in_time if rules >= 4 else None
    in_time = fact.at - told_at >= timedelta(hours=policy.notice) if judged is None else judged
    kind = Kind.TOLD_IN_TIME if in_time else Kind.TOLD_LATE
    is_held = fact.attendance != "RESCHEDULED" and (rules < 4 or _owed_notice(policy, fact))
    value = Fraction(1) if in_time else Fraction(0) if is_held else None
    evidence, day = (f"Interview:{fact.id}",), fact.day(told_at)
    return Observation(kind, Dimension.COMMUNICATION, told_at.date(), value, evidence, day=day)


def _owed_notice(policy: CreditPolicy, fact: InterviewFact) -> bool:
    """Whether it is held against somebody that they told late: they had accepted, there was time to tell in time, and
    nothing excuses them."""
    short = fact.invited_at is not None and fact.at - fact.invited_at < timedelta(hours=policy.notice)
    return fact.response == "ACCEPTED" and not short and not fact.excused


Job = list[EmploymentFact]
"""One employment, or those that two merged records tell of the same: one record alone holds none beside another."""


def _jobs(employments: Iterable[EmploymentFact]) -> list[Job]:
    """Employments of one place that share days, each of them with one of the others, are one job."""
    jobs: list[Job] = []
    for fact in sorted(employments, key=lambda each: (each.place, each.started_on, each.id)):
        if jobs and jobs[-1][0].place == fact.place and (_ended(jobs[-1]) or date.max) >= fact.started_on:
            jobs[-1].append(fact)
        else:
            jobs.append([fact])
    return jobs


def _ended(job: Job) -> date | None:
    """Its last day by whichever record tells the later; null where one tells of none."""
    ends = [fact.ended_on for fact in job if fact.ended_on is not None]
    return max(ends) if len(ends) == len(job) else None


def _job(policy: CreditPolicy, job: Job, today: date, rules: int) -> Iterator[Observation]:
    for fact, month in _months(job, rules):
        absent = month.rated(rules)
        if (days := month.told(rules)) > 0:
            value = max(Fraction(0), 1 - _missing(policy, month, absent) / Fraction(days))
            records = [mark.id for mark in month.marks] + [*(month.presences if rules >= 4 else ())]
            evidence = (f"Employment:{fact.id}", *sorted(f"AttendanceRecord:{id}" for id in records))
            yield Observation(Kind.WORK_MONTH, Dimension.WORK_ATTENDANCE, min(month.until, today), value, evidence)
    evidence, ended_on = tuple(f"Employment:{fact.id}" for fact in job), _ended(job)
    last, kept_from = min(ended_on or today, today), months_after(job[0].started_on, YEAR)
    if last + timedelta(days=1) >= kept_from:
        yield Observation(Kind.STAYED, Dimension.STABILITY, last, Fraction(1), evidence)
    elif ended_on is not None and ended_on <= today:
        yield Observation(Kind.LEFT_EARLY, Dimension.STABILITY, last, Fraction(0), evidence)


def _months(job: Job, rules: int) -> Iterable[tuple[EmploymentFact, MonthFact]]:
    """Each month once, by the record that tells of more days in it."""
    found: dict[str, tuple[EmploymentFact, MonthFact]] = {}
    for fact in job:
        for month in fact.months:
            known = found.get(month.month)
            if known is None or month.told(rules) > known[1].told(rules):
                found[month.month] = fact, month
    return found.values()


def _missing(policy: CreditPolicy, month: MonthFact, absent: float) -> Fraction:
    """Days of absence in a month, so many late ones being one."""
    late = sum((Fraction(mark.days) for mark in month.marks if mark.kind == "LATE"), Fraction())
    return Fraction(absent) + late * Fraction(1, policy.lates)


def _task(fact: TaskFact) -> Observation:
    share = Fraction(repr(fact.share))
    return Observation(Kind.TASK, Dimension.TASK_COMPLETION, fact.due_on, share, (f"TaskResult:{fact.id}",))


def _check(fact: CheckFact) -> Observation:
    itself, found = f"ResumeCheck:{fact.id}", fact.finding
    dimension = Dimension.RESUME_AUTHENTICITY
    if fact.verified:
        return Observation(Kind.RESUME_VERIFIED, dimension, fact.on, Fraction(1), (itself,))
    if found is None or not found.counts:
        return Observation(Kind.UNDECIDED, dimension, fact.on, None, (itself,))
    evidence = (itself, f"Finding:{found.id}")
    return Observation(Kind.RESUME_MISMATCH, dimension, fact.on, Fraction(0), evidence, found.expires_at, evidence[1])


def known_by(facts: Facts, at: datetime) -> Facts:
    """What had happened before an instant, as it is known now; sums of a month that began are taken as they are."""
    day = at.date()

    def until(month: MonthFact) -> MonthFact:
        return replace(month, marks=tuple(mark for mark in month.marks if mark.day <= day))

    return replace(
        facts,
        interviews=tuple(each for each in facts.interviews if (each.told_at or each.at) < at),
        employments=tuple(
            replace(job, months=tuple(until(month) for month in job.months if month.first <= day))
            for job in facts.employments
        ),
    )


def decided_then(facts: Facts, stood: Mapping[str, datetime]) -> Facts:
    """The facts with findings as they stood at an instant: `stood` are those that were final then, with until when
    they were to count. What has become of them since still takes their weight away."""

    def then(found: Decided | None) -> Decided | None:
        return replace(found, expires_at=stood[found.id]) if found and found.id in stood else None

    return replace(
        facts,
        interviews=tuple(replace(each, finding=then(each.finding)) for each in facts.interviews),
        checks=tuple(replace(each, finding=then(each.finding)) for each in facts.checks),
    )


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
