"""Workplace credit by its pure rules: what is observed, how it is weighed, and what a score promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.attention import Attention, raised
from graph.credit import (
    DEFAULTS,
    UNIT,
    Band,
    Change,
    CreditPolicy,
    CrossCheck,
    Dimension,
    Kind,
    Observation,
    decay,
    exact,
    policy_refusal,
    score,
)
from graph.credit_words import of_change, of_factor, of_ground, of_score
from graph.observations import (
    CheckFact,
    Decided,
    EmploymentFact,
    Facts,
    InterviewFact,
    Mark,
    MonthFact,
    TaskFact,
    months_after,
    observe,
)
from graph.refusals import Locale
from graph.simulating import Case, simulated

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FINAL = Decided("f", "FINAL", "NO_SHOW", "CANDIDATE", NOW + timedelta(days=200), restricted=False)


def interview(
    id: str = "i",
    attendance: str = "ATTENDED",
    *,
    mode: str = "AI_LIVE",
    days: int = 10,
    finding: Decided | None = None,
    told: float | None = None,
) -> InterviewFact:
    """So many days ago; `told` hours before it the candidate asked for another time or cancelled."""
    at = NOW - timedelta(days=days)
    told_at = None if told is None else at - timedelta(hours=told)
    return InterviewFact(id, mode, "ACCEPTED", attendance, at, finding, told_at)


def observed(*interviews: InterviewFact, **others: tuple[object, ...]) -> list[Observation]:
    return observe(DEFAULTS, Facts(interviews, **others), NOW)  # type: ignore[arg-type]


def missed(id: str = "m", **given: object) -> InterviewFact:
    finding = replace(FINAL, id=f"f-{id}")
    return interview(id, "NOT_ATTENDED", finding=finding, **given)  # type: ignore[arg-type]


ATTENDANCES = ("ATTENDED", "ATTENDED_LATE", "INCOMPLETE", "NOT_ATTENDED", "PENDING", "CANCELLED_BY_EMPLOYER")
DECISIONS = st.builds(
    Decided,
    st.just("f"),
    st.sampled_from(("SUSPECTED", "NOTICE_SENT", "FINAL", "EXCUSED", "DISPUTED")),
    st.sampled_from(("NO_SHOW", "EXCUSED", "SYSTEM_FAULT", None)),
    st.sampled_from(("CANDIDATE", "PLATFORM", "EMPLOYER", "UNKNOWN")),
    st.sampled_from((NOW - timedelta(days=1), NOW + timedelta(days=90))),
    st.booleans(),
)
INTERVIEWS = st.builds(
    InterviewFact,
    st.uuids().map(str),
    st.sampled_from(("AI_ASYNC", "AI_LIVE", "VIDEO", "ONSITE")),
    st.sampled_from(("ACCEPTED", "NEEDS_ACTION")),
    st.sampled_from(ATTENDANCES),
    st.integers(-30, 900).map(lambda days: NOW - timedelta(days=days)),
    st.none() | DECISIONS,
)
TASKS = st.builds(
    TaskFact,
    st.uuids().map(str),
    st.integers(0, 900).map(lambda days: NOW.date() - timedelta(days=days)),
    st.sampled_from((0.0, 0.1, 0.5, 1.0)),
)
FACTS = st.builds(Facts, st.lists(INTERVIEWS, max_size=12).map(tuple), tasks=st.lists(TASKS, max_size=8).map(tuple))
DAYS = st.integers(0, 720)
UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
"""Two cores that others use are slow at times."""


@UNHURRIED
@given(FACTS, DAYS, st.sampled_from(("AI_LIVE", "ONSITE")))
def test_one_more_attended_interview_never_lowers_it(facts: Facts, days: int, mode: str) -> None:
    seen = observe(DEFAULTS, facts, NOW)
    before, after = (
        score(DEFAULTS, seen, NOW),
        score(DEFAULTS, [*seen, *observed(interview(mode=mode, days=days))], NOW),
    )
    assert before.points is None or (after.points or 0) >= before.points


@UNHURRIED
@given(FACTS, DAYS, st.sampled_from(("AI_LIVE", "ONSITE")))
def test_one_more_final_no_show_never_raises_it(facts: Facts, days: int, mode: str) -> None:
    seen = observe(DEFAULTS, facts, NOW)
    before, after = score(DEFAULTS, seen, NOW), score(DEFAULTS, [*seen, *observed(missed(mode=mode, days=days))], NOW)
    assert before.points is None or (after.points or 0) <= before.points


@UNHURRIED
@given(FACTS, st.randoms(use_true_random=False))
def test_order_does_not_matter(facts: Facts, random: object) -> None:
    """To the last byte."""
    seen = observe(DEFAULTS, facts, NOW)
    shuffled = list(seen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert score(DEFAULTS, shuffled, NOW).bytes() == score(DEFAULTS, seen, NOW).bytes()


@UNHURRIED
@given(FACTS)
def test_a_score_is_the_sum_of_its_parts(facts: Facts) -> None:
    """To a hundredth, and within what there is to reach."""
    found = score(DEFAULTS, observe(DEFAULTS, facts, NOW), NOW)
    assert found.points is None or found.points == sum(each.points for each in found.factors)
    assert found.points is None or 0 <= found.points <= 10_000
    assert sum(len(each.counted) for each in found.factors) == found.observations


@UNHURRIED
@given(FACTS)
def test_a_counterfactual_is_the_score_without_the_finding(facts: Facts) -> None:
    """As it is once the finding is really gone."""
    found = score(DEFAULTS, observe(DEFAULTS, facts, NOW), NOW)
    for each in found.counterfactuals:
        id = each.finding.removeprefix("Finding:")
        left = [
            replace(fact, finding=None) if fact.finding and fact.finding.id == id else fact for fact in facts.interviews
        ]
        then = score(DEFAULTS, observe(DEFAULTS, replace(facts, interviews=tuple(left)), NOW), NOW)
        assert (each.points, each.band) == (then.points, then.band)


@UNHURRIED
@given(FACTS)
def test_what_is_unknown_weighs_nothing(facts: Facts) -> None:
    seen = observe(DEFAULTS, facts, NOW)
    known = [each for each in seen if each.value is not None]
    assert score(DEFAULTS, seen, NOW).bytes() == score(DEFAULTS, known, NOW).bytes()


@pytest.mark.parametrize(
    "finding",
    [
        None,
        replace(FINAL, state="NOTICE_SENT"),
        replace(FINAL, state="DISPUTED"),
        replace(FINAL, state="EXCUSED", outcome="EXCUSED"),
        replace(FINAL, cause="UNKNOWN"),
        replace(FINAL, outcome="SYSTEM_FAULT", cause="PLATFORM"),
        replace(FINAL, restricted=True),
        replace(FINAL, expires_at=NOW),
    ],
)
def test_only_a_finding_that_counts_weighs(finding: Decided | None) -> None:
    others = [interview(str(number)) for number in range(3)]
    without = score(DEFAULTS, observed(*others), NOW)
    beside = score(DEFAULTS, observed(*others, interview("m", "NOT_ATTENDED", finding=finding)), NOW)
    assert beside.points == without.points
    assert beside.observations == 3


def test_fewer_than_three_observations_make_no_number() -> None:
    """Two interviews say little about anybody."""
    two, three = (score(DEFAULTS, observed(*(interview(str(n)) for n in range(count))), NOW) for count in (2, 3))
    assert (two.points, two.band, two.observations) == (None, None, 2)
    assert three.points is not None
    assert "数据不足" in of_score(two, DEFAULTS.minimum)[0]


@pytest.mark.parametrize(("days", "valid"), [(729, 1), (730, 0), (701, 29), (700, 30), (10, 30)])
def test_a_score_is_good_while_all_of_it_counts(days: int, valid: int) -> None:
    """Until the last day of a window: on the next, when the line fades, the score is another."""
    seen = observed(interview("a", days=days), interview("b", days=5), interview("c", days=5))
    found = score(DEFAULTS, seen, NOW)
    assert found.valid_until == NOW.date() + timedelta(days=valid)
    first = min(each.fades_on for factor in found.factors for each in factor.counted)
    assert found.valid_until < first
    assert score(DEFAULTS, seen, NOW + timedelta(days=valid)).observations == 3
    assert (score(DEFAULTS, seen, NOW + timedelta(days=valid + 1)).observations == 2) is (valid < 30 or days == 700)


def test_a_score_by_hand() -> None:
    """Two AI interviews attended and one missed, all today: (0.8 × 5 + 2) / (5 + 3) = 0.75 of 15 points."""
    found = score(DEFAULTS, observed(interview("a", days=0), interview("b", days=0), missed(days=0)), NOW)
    by_dimension = {each.dimension: each for each in found.factors}
    ai = by_dimension[Dimension.AI_INTERVIEW_NO_SHOW]
    assert (ai.raw, ai.value, ai.points) == (Fraction(2, 3), Fraction(3, 4), 1_125)
    assert found.points == 1_800 + 1_125 + 1_350 + 1_425 + 1_200 + 800 + 700
    assert [each.dimension for each in found.factors if each.is_missing] == [
        each for each in Dimension if each is not Dimension.AI_INTERVIEW_NO_SHOW
    ]
    # Without the finding two observations are left, which make no number.
    assert {(each.change, each.points) for each in found.counterfactuals} == {(change, None) for change in Change}


def test_weights_fade_by_half_lives() -> None:
    """And the steps between are those of a power of two, whatever the machine's own would make of it."""
    assert [decay(days, 180) for days in (0, 180, 360)] == [UNIT, UNIT // 2, UNIT // 4]
    assert decay(90, 180) == 707_106_781_187
    assert all(decay(age, 365) >= decay(age + 1, 365) for age in range(2_000))


@pytest.mark.parametrize(
    ("fact", "dimension", "value"),
    [
        (interview(mode="AI_ASYNC"), Dimension.AI_INTERVIEW_NO_SHOW, 1),
        (interview(attendance="ATTENDED_LATE", mode="VIDEO"), Dimension.INTERVIEW_ATTENDANCE, 1),
        (missed(mode="ONSITE"), Dimension.INTERVIEW_ATTENDANCE, 0),
        (interview(attendance="RESCHEDULED", told=30), Dimension.COMMUNICATION, 1),
        (interview(attendance="RESCHEDULED", told=2), Dimension.COMMUNICATION, None),
        (interview(attendance="CANCELLED_BY_CANDIDATE", told=24), Dimension.COMMUNICATION, 1),
        (interview(attendance="CANCELLED_BY_CANDIDATE", told=23.9), Dimension.COMMUNICATION, 0),
    ],
)
def test_an_interview_feeds_one_dimension(fact: InterviewFact, dimension: Dimension, value: int | None) -> None:
    (seen,) = observed(fact)
    assert (seen.dimension, seen.value) == (dimension, value)


CALLED_OFF = interview(attendance="CANCELLED_BY_CANDIDATE", told=13)


@pytest.mark.parametrize(
    ("changes", "value", "before"),
    [
        ({}, 0, 0),
        ({"invited_at": CALLED_OFF.at - timedelta(hours=24)}, 0, 0),
        ({"invited_at": CALLED_OFF.at - timedelta(hours=23)}, None, 0),
        ({"response": "NEEDS_ACTION"}, None, 0),
        ({"excused": True}, None, 0),
        ({"in_time": True}, 1, 0),
        ({"attendance": "RESCHEDULED", "in_time": True}, 1, None),
        ({"told_at": CALLED_OFF.at - timedelta(hours=30), "in_time": False}, 0, 1),
    ],
)
def test_telling_late_is_held_against_who_could_tell_in_time(
    changes: dict[str, Any], value: int | None, before: int | None
) -> None:
    """The event of a request says whether it was in time; the policy's hours speak of calling off without one."""
    facts = Facts((replace(CALLED_OFF, **changes),))
    found = [observe(DEFAULTS, facts, NOW, rules)[0].value for rules in (4, 3)]
    assert found == [value, before]


@pytest.mark.parametrize("attendance", ["PENDING", "INCOMPLETE", "RESCHEDULED", "CANCELLED_BY_EMPLOYER"])
def test_what_says_nothing_is_not_observed(attendance: str) -> None:
    assert not observed(interview(attendance=attendance))


@pytest.mark.parametrize(
    ("started", "ended", "value"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), 1),
        (date(2025, 1, 1), date(2025, 12, 30), 0),
        (date(2025, 11, 21), None, 1),
        (date(2025, 11, 22), None, None),
        (date(2024, 2, 29), date(2025, 2, 27), 1),
    ],
)
def test_stability_is_whether_twelve_months_were_kept(started: date, ended: date | None, value: int | None) -> None:
    """A present employment says nothing until it is a year old."""
    seen = observed(employments=(EmploymentFact("e", started, ended),))
    assert [each.value for each in seen] == ([] if value is None else [value])


def test_a_job_of_two_records_is_observed_once() -> None:
    """Those of one employer in one department that share days: each month by the record that tells more of it, and
    the whole by the first and the last day; each by itself before, and wherever it is another job."""
    august = MonthFact("2026-08", 20, 1, (), whole=1, presences=("a",))
    less, more = MonthFact("2026-09", 10, 0, (), presences=("b",)), MonthFact("2026-09", 20, 0, (), presences=("c",))
    first = EmploymentFact("e", date(2026, 3, 1), date(2026, 9, 30), (august, less), "d", "Acme  Ltd")
    second = EmploymentFact("f", date(2025, 9, 1), date(2026, 9, 15), (more,), "d", "ACME Ltd")
    found = observed(employments=(first, second))
    assert [(each.kind, each.evidence) for each in sorted(found, key=lambda each: (each.dimension.value, each.on))] == [
        (Kind.STAYED, ("Employment:f", "Employment:e")),
        (Kind.WORK_MONTH, ("Employment:e", "AttendanceRecord:a")),
        (Kind.WORK_MONTH, ("Employment:f", "AttendanceRecord:c")),
    ]
    assert len(observe(DEFAULTS, Facts(employments=(first, second)), NOW, rules=4)) == 5
    others = ({"department": "other"}, {"employer": None}, {"ended_on": date(2026, 2, 28)})
    assert [len(observed(employments=(first, replace(second, **other)))) for other in others] == [5, 5, 5]


def test_a_month_at_work_is_one_observation() -> None:
    """19 days present, 1 absent, 3 late ones as another absence: 18 of 20."""
    marks = (Mark("r1", "LATE", 3, date(2026, 9, 1)), Mark("r2", "ABSENT", 1, date(2026, 9, 1)))
    job = EmploymentFact("e", date(2026, 9, 1), None, (MonthFact("2026-09", 19, 1, marks),))
    (seen,) = observed(employments=(job,))
    assert (seen.dimension, seen.value, seen.on) == (Dimension.WORK_ATTENDANCE, Fraction(9, 10), date(2026, 9, 30))
    assert seen.evidence == ("Employment:e", "AttendanceRecord:r1", "AttendanceRecord:r2")
    named = replace(job, months=(MonthFact("2026-09", 19, 1, marks, presences=("p",)),))
    now, before = (observe(DEFAULTS, Facts(employments=(named,)), NOW, rules)[0] for rules in (4, 3))
    assert (now.evidence, before.evidence) == (
        ("Employment:e", "AttendanceRecord:p", *seen.evidence[1:]),
        seen.evidence,
    )
    for silent in (MonthFact("2026-09", 0, 0, marks), MonthFact("2026-09", 0, 1, marks)):
        none = observed(employments=(replace(job, months=(silent,)),))
        assert not none, "absences beside which no presence is told make no rate"
    (never,) = observed(employments=(replace(job, months=(MonthFact("2026-09", 0, 20, marks, 20),)),))
    assert never.value == 0


def test_a_mismatch_weighs_once_it_is_final() -> None:
    verified, open_, final = (
        CheckFact(id, NOW.date(), id == "v", finding)
        for id, finding in (("v", None), ("o", replace(FINAL, state="NOTICE_SENT")), ("m", FINAL))
    )
    assert [each.value for each in observed(checks=(verified, open_, final))] == [1, None, 0]


def test_a_task_feeds_its_share() -> None:
    done, later = TaskFact("t", NOW.date(), 0.1), TaskFact("l", NOW.date() + timedelta(days=1), 1.0)
    (seen,) = observed(tasks=(done, later))
    assert (seen.dimension, seen.value) == (Dimension.TASK_COMPLETION, Fraction(1, 10))


def test_the_default_weights_sum_to_one() -> None:
    """0.20 for the résumé, 0.15 for AI interviews, interviews, work and tasks, 0.10 for communication and stability."""
    assert [each.weight for each in DEFAULTS.dimensions.values()] == [0.2, 0.15, 0.15, 0.15, 0.15, 0.1, 0.1]
    assert sum(exact(each.weight) for each in DEFAULTS.dimensions.values()) == 1
    assert policy_refusal(DEFAULTS) is None


def reweighed(dimension: Dimension = Dimension.STABILITY, **changes: float) -> CreditPolicy:
    each = replace(DEFAULTS.dimensions[dimension], **changes)  # type: ignore[arg-type]
    return replace(DEFAULTS, dimensions={**DEFAULTS.dimensions, dimension: each})


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (reweighed(weight=0.11), "weight"),
        (reweighed(weight=-0.1), "weight"),
        (reweighed(prior=1.1), "prior"),
        (reweighed(strength=0), "strength"),
        (reweighed(window=0), "windowDays"),
        (reweighed(half_life=0), "halfLifeDays"),
        (replace(DEFAULTS, dimensions={}), "dimensions"),
        (replace(DEFAULTS, bands={**DEFAULTS.bands, Band.GOOD: 95.0}), "bands"),
        (replace(DEFAULTS, minimum=2), "minimum"),
        (replace(DEFAULTS, valid=0), "validDays"),
    ],
)
def test_a_policy_that_cannot_be_says_where(policy: CreditPolicy, field: str) -> None:
    refused = policy_refusal(policy)
    assert refused is not None
    assert refused.field == field
    assert all("{" not in refused.message(locale) for locale in Locale)


def test_a_policy_is_read_back_as_it_was() -> None:
    assert CreditPolicy.of_document(DEFAULTS.document()) == DEFAULTS


def test_months_end_where_they_end() -> None:
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2025, 12, 31), 2) == date(2026, 2, 28)
    assert months_after(date(2025, 12, 31), 12) == date(2026, 12, 31)


def test_every_line_is_said_in_both_languages() -> None:
    found = score(DEFAULTS, observed(*(interview(str(n)) for n in range(3)), missed()), NOW)
    lines = [of_factor(each) for each in found.factors] + [of_score(found, 3)]
    lines += [of_change(each.change, each.points, each.band, found.points) for each in found.counterfactuals]
    assert all(zh.endswith("。") and en.isascii() and en.endswith(".") for zh, en in lines)
    assert "Attendance at AI interviews: 4 on record, 75.0% when weighed by age" in lines[1][1]


LATES = tuple(Mark(f"l{day}", "LATE", 1, date(2026, 9, day)) for day in (3, 10, 17))
ABSENCE = (Mark("a", "ABSENT", 0.5, date(2026, 9, 9)), Mark("b", "ABSENT", 1, date(2026, 10, 9)))


def at_work(*marks: Mark) -> EmploymentFact:
    return EmploymentFact("e", date(2026, 8, 1), None, (MonthFact("2026-09", 20, 0, marks),))


@pytest.mark.parametrize(
    ("marks", "interviews", "is_raised"),
    [
        (LATES, (missed(),), True),
        (ABSENCE[1:], (missed(),), True),
        (ABSENCE[:1], (missed(),), True),
        ((), (missed(),), False),
        (LATES, (), False),
        (ABSENCE, (interview(),), False),
        (LATES[:2], (missed(),), False),
        ((*LATES[:2], Mark("o", "LATE", 1, date(2026, 10, 1))), (missed(),), False),
        ((Mark("m", "LATE", 3, date(2026, 9, 1)),), (missed(),), True),
        ((Mark("m", "LATE", 2.5, date(2026, 9, 1)),), (missed(),), False),
        ((Mark("y", "ABSENT", 1, date(2025, 11, 1)),), (missed(),), False),
        (LATES, (interview("m", "NOT_ATTENDED", finding=replace(FINAL, state="DISPUTED")),), False),
        (LATES, (interview("m", "NOT_ATTENDED", finding=replace(FINAL, expires_at=NOW)),), False),
    ],
)
def test_neither_side_alone_raises_the_label(
    marks: tuple[Mark, ...], interviews: tuple[InterviewFact, ...], is_raised: bool
) -> None:
    found = raised(DEFAULTS, Facts(interviews, (at_work(*marks),)), NOW)
    assert (found is not None) is is_raised


def test_the_label_lists_its_grounds_and_expires_with_them() -> None:
    found = raised(DEFAULTS, Facts((missed(),), (at_work(*LATES, *ABSENCE),)), NOW)
    assert found is not None
    assert [(each.kind, each.count, len(each.evidence)) for each in found.grounds] == [
        ("LATE", 3, 3),
        ("ABSENT", 1, 1),
        ("ABSENT", 1, 1),
        ("NO_SHOW", 1, 1),
    ]
    assert found.expires_on == (NOW + timedelta(days=200)).date()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (4, ("2026-09旷工4天", "Absent 4 days in 2026-09")),
        (2.5, ("2026-09旷工2.5天", "Absent 2.5 days in 2026-09")),
        (1, ("2026-09旷工1天", "Absent 1 day in 2026-09")),
    ],
)
def test_absences_told_by_the_month_are_said_so(days: float, words: tuple[str, str]) -> None:
    found = raised(DEFAULTS, Facts((missed(),), (at_work(Mark("m", "ABSENT", days, date(2026, 9, 1), "MONTH")),)), NOW)
    assert found is not None
    assert of_ground(found.grounds[0]) == words


def test_absences_that_left_the_window_raise_no_label() -> None:
    """Where it takes two, one that is old and one that is new are one; two last until the older of them goes."""
    policy = replace(DEFAULTS, cross=CrossCheck(3, 2, 365))

    def found(*ago: int) -> Attention | None:
        marks = [Mark(f"a{days}", "ABSENT", 1, NOW.date() - timedelta(days=days)) for days in ago]
        return raised(policy, Facts((missed(),), (at_work(*marks),)), NOW)

    assert (found(500, 10), found(365, 10), found(10)) == (None, None, None)
    two, three = found(300, 10), found(300, 200, 10)
    assert two is not None
    assert three is not None
    assert two.expires_on == NOW.date() + timedelta(days=65)
    assert three.expires_on == NOW.date() + timedelta(days=165)


def test_a_day_that_two_records_tell_of_is_counted_once() -> None:
    """Of a month's sum the larger counts; all records are named."""
    sums = Mark("m", "LATE", 2, date(2026, 9, 1), "MONTH"), Mark("n", "LATE", 3, date(2026, 9, 1), "MONTH")
    again = tuple(replace(mark, id=f"again-{mark.id}") for mark in LATES[:2])

    def found(*records: tuple[Mark, ...]) -> Attention | None:
        return raised(DEFAULTS, Facts((missed(),), tuple(at_work(*marks) for marks in records)), NOW)

    assert found(LATES[:2], again) is None
    assert found(sums[:1], sums[:1]) is None
    for records in ((LATES, again), (sums[:1], sums[1:])):
        shown = found(*records)
        assert shown is not None
        assert (shown.grounds[0].count, len(shown.grounds[0].evidence)) == (3, sum(map(len, records)))


@UNHURRIED
@given(FACTS)
def test_the_label_is_no_input_to_the_score(facts: Facts) -> None:
    """Marks that raise it change nothing where no rate can be made of them."""
    with_marks = replace(facts, employments=(replace(at_work(*LATES), months=(MonthFact("2026-09", 0, 0, LATES),)),))
    one, other = (score(DEFAULTS, observe(DEFAULTS, each, NOW), NOW) for each in (facts, with_marks))
    assert one.bytes() == other.bytes()


def case(department: str, *interviews: InterviewFact, days: int = 0) -> Case:
    return Case(department, department, NOW - timedelta(days=days), Facts(interviews))


def test_a_simulation_counts_and_names_nobody() -> None:
    """Who crosses a band is counted; of fewer than five nothing is told, nor of six where all are told to be ten."""
    came = [interview(str(number), days=30 + number) for number in range(3)]
    cases = [case("a", *came) for _ in range(6)] + [case("b", *came, missed()) for _ in range(4)]
    strict = replace(DEFAULTS, bands={Band.STRONG: 95.0, Band.GOOD: 90.0, Band.FAIR: 50.0, Band.WEAK: 0.0})
    found = simulated(DEFAULTS, strict, cases)
    assert (found.applications, found.raised, found.lowered) == (10, 0, 10)
    assert {each.band: each.count for each in found.after} == {**dict.fromkeys((*Band, None), 0), Band.FAIR: 10}
    assert [(each.name, each.applications, each.change) for each in found.departments] == [
        ("a", None, None),
        ("b", None, None),
    ]


def test_a_simulation_hides_how_few_have_no_number() -> None:
    """Two of them would be what is left of all once those with a number are taken away, so one more group is hidden."""
    came = [interview(str(number), days=30 + number) for number in range(3)]
    numbered = [case("a", *came) for _ in range(20)] + [case("b", *came) for _ in range(12)]
    found = simulated(DEFAULTS, DEFAULTS, [*numbered, case("a"), case("a")])
    assert found.applications == 34
    assert [(each.name, each.applications) for each in found.departments] == [("a", 20), ("b", None)]
    (told,) = simulated(DEFAULTS, DEFAULTS, numbered[:20]).departments
    assert told.applications == 20


def test_a_simulation_knows_no_later_month() -> None:
    """Three good months at work after an application was filed were three observations of the day it was."""
    months = tuple(MonthFact(f"2026-{number:02}", 20, 0, ()) for number in (7, 8, 9))
    job = EmploymentFact("e", date(2026, 1, 1), None, months)
    counts = [
        simulated(DEFAULTS, DEFAULTS, [Case("a", "a", at, Facts(employments=(job,))) for _ in range(5)])
        for at in (datetime(2026, 6, 30, tzinfo=UTC), datetime(2026, 9, 30, tzinfo=UTC))
    ]
    assert [{each.band: each.count for each in found.before}[None] for found in counts] == [5, 0]


def test_a_simulation_knows_only_what_had_happened() -> None:
    """On the day of an application that was filed before the interviews nothing was known."""
    came = [interview(str(number), days=30 + number) for number in range(3)]
    found = simulated(DEFAULTS, DEFAULTS, [case("a", *came, days=100) for _ in range(5)])
    assert {each.band: each.count for each in found.before}[None] == 5
    assert (found.raised, found.lowered) == (0, 0)
