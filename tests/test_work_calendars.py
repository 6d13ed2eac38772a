"""Work calendars: what late means, by schedule, grace, holidays and zone, whatever the clock does that night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import work_calendars
from graph.shifts import (
    AttendanceKind,
    Calendar,
    Calendars,
    Clocked,
    NoCalendar,
    Sign,
    Silence,
    Told,
    clocked,
    judged,
)
from graph.work_calendars import NewCalendar
from tests.conftest import Ask, Company

MONDAY = date(2026, 10, 12)
OFFICE = Calendar.of_texts("Asia/Shanghai", 5, ["MON-FRI 09:00-18:00"], ["2026-10-01", "2026-10-16 09:00-12:00 half"])
NIGHT = Calendar.of_texts("Europe/Berlin", 5, ["NIGHT: MON-SUN 22:00-06:00"])


def always(calendar: Calendar) -> Calendars:
    return Calendars([(date.min, calendar)])


def local(day: date, at: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.combine(day, time.fromisoformat(at), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def worked(day: date, came: str | None, left: str | None) -> list[Clocked]:
    signs = [Clocked(local(day, came), Sign.IN)] if came else []
    return signs + ([Clocked(local(day, left), Sign.OUT)] if left else [])


def on(day: date, signs: list[Clocked], calendar: Calendar = OFFICE, **options: object) -> list[Told]:
    return judged(signs, always(calendar), day, day + timedelta(days=1), **options)  # type: ignore[arg-type]


def kinds(told: list[Told]) -> list[str]:
    return [it.kind.value if it.kind else "UNKNOWN" for it in told]


@pytest.mark.parametrize(
    ("came", "left", "expected"),
    [
        ("08:55", "18:02", ["PRESENT"]),
        ("09:05", "17:55", ["PRESENT"]),
        ("09:06", "18:00", ["PRESENT", "LATE"]),
        ("09:00", "17:54", ["PRESENT", "EARLY_LEAVE"]),
        ("09:30", "17:00", ["PRESENT", "LATE", "EARLY_LEAVE"]),
        ("09:00", None, ["PRESENT", "UNKNOWN"]),
        (None, "18:00", ["PRESENT", "UNKNOWN"]),
        (None, None, ["UNKNOWN"]),
    ],
)
def test_a_day_is_judged_by_schedule_and_grace(came: str | None, left: str | None, expected: list[str]) -> None:
    assert kinds(on(MONDAY, worked(MONDAY, came, left))) == expected


def test_minutes_are_counted_from_the_schedule() -> None:
    told = on(MONDAY, worked(MONDAY, "09:06", "17:30"))
    assert [(it.kind, it.minutes) for it in told[1:]] == [
        (AttendanceKind.LATE, 6),
        (AttendanceKind.EARLY_LEAVE, 30),
    ]


def test_silence_is_an_absence_only_where_the_log_is_vouched_for() -> None:
    assert kinds(on(MONDAY, [])) == ["UNKNOWN"]
    assert kinds(on(MONDAY, [], silence=Silence.ABSENT)) == ["ABSENT"]
    assert kinds(on(MONDAY, worked(MONDAY, "09:00", None), silence=Silence.ABSENT)) == ["PRESENT", "UNKNOWN"]


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 11)])
def test_holidays_and_weekends_ask_for_nothing(day: date) -> None:
    assert on(day, worked(day, "11:00", "12:00"), silence=Silence.ABSENT) == []


def test_a_half_day_counts_half_and_ends_earlier() -> None:
    day = date(2026, 10, 16)
    assert on(day, worked(day, "09:00", "12:00")) == [Told(day, AttendanceKind.PRESENT, 0.5)]
    assert on(day, [], silence=Silence.ABSENT) == [Told(day, AttendanceKind.ABSENT, 0.5)]


def test_a_day_of_make_up_work_is_an_exception_with_hours() -> None:
    saturday = date(2026, 10, 10)
    calendar = Calendar.of_texts("Asia/Shanghai", 0, ["MON-FRI 09:00-18:00"], ["2026-10-10 09:00-18:00"])
    assert kinds(on(saturday, worked(saturday, "09:01", "18:00"), calendar)) == ["PRESENT", "LATE"]


def test_approved_leave_is_no_absence() -> None:
    whole = on(MONDAY, [], leave={MONDAY: 1.0}, silence=Silence.ABSENT)
    assert whole == [Told(MONDAY, AttendanceKind.APPROVED_LEAVE, 1.0)]
    half = on(MONDAY, worked(MONDAY, "13:00", "18:00"), leave={MONDAY: 0.5})
    assert half == [Told(MONDAY, AttendanceKind.APPROVED_LEAVE, 0.5), Told(MONDAY, AttendanceKind.PRESENT, 0.5)]


def test_a_night_shift_belongs_to_the_day_it_begins() -> None:
    signs = [
        Clocked(local(MONDAY, "22:20", "Europe/Berlin"), Sign.IN),
        Clocked(local(MONDAY + timedelta(days=1), "06:00", "Europe/Berlin"), Sign.OUT),
    ]
    told = on(MONDAY, signs, NIGHT, shift="NIGHT")
    assert kinds(told) == ["PRESENT", "LATE"]
    assert {it.day for it in told} == {MONDAY}
    assert kinds(on(MONDAY + timedelta(days=1), signs, NIGHT, shift="NIGHT")) == ["UNKNOWN"]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 10, 12), 8)])
def test_the_night_the_clock_is_changed_is_as_long_as_it_was(day: date, hours: int) -> None:
    span = NIGHT.span("NIGHT", day)
    assert span is not None
    assert span.ends - span.starts == timedelta(hours=hours)
    signs = [Clocked(span.starts, Sign.IN), Clocked(span.ends, Sign.OUT)]
    assert kinds(on(day, signs, NIGHT, shift="NIGHT")) == ["PRESENT"]


def test_an_hour_that_comes_twice_is_read_kindly() -> None:
    early = Calendar.of_texts("Europe/Berlin", 0, ["SUN 02:30-02:45"])
    sunday, twice = date(2026, 10, 25), datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001
    signs = [clocked(twice, Sign.IN, "Europe/Berlin"), clocked(twice.replace(minute=45), Sign.OUT, "Europe/Berlin")]
    assert signs[1].at - signs[0].at == timedelta(minutes=75)
    assert kinds(on(sunday, signs, early)) == ["PRESENT"]


def test_one_button_is_read_by_the_nearer_end() -> None:
    both = [Clocked(local(MONDAY, "09:20")), Clocked(local(MONDAY, "18:00"))]
    assert kinds(on(MONDAY, both)) == ["PRESENT", "LATE"]
    assert kinds(on(MONDAY, both[:1])) == ["PRESENT", "LATE", "UNKNOWN"]
    assert kinds(on(MONDAY, both[1:])) == ["PRESENT", "UNKNOWN"]


def test_a_version_holds_from_its_first_day() -> None:
    later = Calendar.of_texts("Asia/Shanghai", 5, ["MON-FRI 10:00-19:00"])
    calendars = Calendars([(date(2026, 1, 1), OFFICE), (MONDAY + timedelta(days=1), later)])
    signs = [sign for day in (MONDAY, MONDAY + timedelta(days=1)) for sign in worked(day, "09:30", "19:00")]
    told = judged(signs, calendars, MONDAY, MONDAY + timedelta(days=2))
    assert [(it.day, it.kind) for it in told] == [
        (MONDAY, AttendanceKind.PRESENT),
        (MONDAY, AttendanceKind.LATE),
        (MONDAY + timedelta(days=1), AttendanceKind.PRESENT),
    ]
    assert calendars.on(date(2025, 12, 31)) is None


@pytest.mark.parametrize(
    "line", ["MON-FRI", "MON-FRY 09:00-18:00", "MON-FRI 9:00-18:00", "MON 25:00-26:00", "Mon 09:00-10:00", ""]
)
def test_what_is_no_line_of_a_schedule_is_refused(line: str) -> None:
    with pytest.raises(NoCalendar):
        Calendar.of_texts("UTC", 0, [line])


@pytest.mark.parametrize("line", ["2026-02-30", "01.10.2026", "2026-10-01 half", "2026-10-01 09:00"])
def test_what_is_no_exception_is_refused(line: str) -> None:
    with pytest.raises(NoCalendar):
        Calendar.of_texts("UTC", 0, ["MON 09:00-10:00"], [line])


def test_a_range_of_weekdays_may_pass_the_weekend() -> None:
    calendar = Calendar.of_texts("UTC", 0, ["SAT-MON 09:00-10:00"])
    assert {weekday for _, weekday in calendar.schedule} == {5, 6, 0}


async def test_a_calendar_above_holds_until_a_nearer_one_begins(ask: Ask, company: Company) -> None:
    hr = company.hr
    await hr.work_calendar(NewCalendar(date(2026, 1, 1), "Asia/Shanghai", 5, ("MON-FRI 09:00-18:00",)))
    later = NewCalendar(date(2026, 11, 1), "Asia/Shanghai", 5, ("MON-FRI 10:00-19:00",))
    await hr.work_calendar(replace(later, department=company.departments["marketing"]))
    viewer = hr.viewer
    found = await work_calendars.of_departments(hr.graph, viewer.organization, viewer.structure)
    kept = found[company.departments["marketing"]]

    def begins(day: date) -> time | None:
        calendar = kept.on(day)
        return calendar.schedule["", 0].starts if calendar else None

    assert [begins(date(year, 10, 31)) for year in (2025, 2026, 2027)] == [None, time(9), time(10)]


ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
TIMES = st.times().map(lambda it: it.replace(second=0, microsecond=0, fold=0))
DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    starts, ends = draw(TIMES), draw(TIMES)
    lines = [f"MON-SUN {starts:%H:%M}-{ends:%H:%M}"]
    return Calendar.of_texts(draw(ZONES), draw(st.integers(0, 60)), lines)


OFFSETS = st.lists(st.tuples(st.integers(-3 * 24 * 60, 3 * 24 * 60), st.sampled_from(Sign)), max_size=12)


def scattered(calendar: Calendar, day: date, offsets: list[tuple[int, Sign]]) -> list[Clocked]:
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    return [Clocked(noon + timedelta(minutes=minutes), sign) for minutes, sign in offsets]


@settings(max_examples=200, deadline=None)
@given(calendars(), DAYS, OFFSETS, st.randoms())
def test_the_order_of_signs_does_not_matter(calendar: Calendar, day: date, offsets, random) -> None:  # type: ignore[no-untyped-def]
    signs = scattered(calendar, day, offsets)
    mixed = list(signs)
    random.shuffle(mixed)
    period = (day - timedelta(days=2), day + timedelta(days=3))
    assert judged(signs, always(calendar), *period) == judged(mixed, always(calendar), *period)


@settings(max_examples=200, deadline=None)
@given(calendars(), DAYS, OFFSETS)
def test_a_missing_sign_is_never_an_absence(calendar: Calendar, day: date, offsets: list[tuple[int, Sign]]) -> None:
    told = judged(scattered(calendar, day, offsets), always(calendar), day, day + timedelta(days=2))
    assert AttendanceKind.ABSENT not in {it.kind for it in told}


@settings(max_examples=200, deadline=None)
@given(calendars(), DAYS)
def test_who_comes_and_goes_with_the_shift_is_neither_late_nor_early(calendar: Calendar, day: date) -> None:
    span = calendar.span("", day)
    # An hour that the clock leaves out can make a short shift vanish.
    if span is None or span.ends <= span.starts:
        return
    signs = [Clocked(span.starts, Sign.IN), Clocked(span.ends, Sign.OUT)]
    if span.ends - span.starts < timedelta(hours=23):
        assert kinds(on(day, signs, calendar)) == ["PRESENT"]


@settings(max_examples=200, deadline=None)
@given(calendars(), DAYS, st.integers(0, 170), st.integers(0, 170))
def test_who_comes_earlier_is_never_later(calendar: Calendar, day: date, early: int, more: int) -> None:
    span = calendar.span("", day)
    if span is None or span.ends - span.starts < timedelta(hours=6) or span.ends - span.starts > timedelta(hours=18):
        return

    def late(minutes: int) -> int:
        came = Clocked(span.starts + timedelta(minutes=minutes), Sign.IN)
        told = on(day, [came, Clocked(span.ends, Sign.OUT)], calendar)
        return next((it.minutes or 0 for it in told if it.kind is AttendanceKind.LATE), 0)

    assert late(early) <= late(early + more)


@settings(max_examples=200, deadline=None)
@given(calendars(), DAYS, OFFSETS, st.integers(1, 6))
def test_a_period_is_judged_as_its_parts_are(
    calendar: Calendar, day: date, offsets: list[tuple[int, Sign]], cut: int
) -> None:
    signs, until = scattered(calendar, day, offsets), day + timedelta(days=7)
    middle = day + timedelta(days=cut)
    parts = judged(signs, always(calendar), day, middle) + judged(signs, always(calendar), middle, until)
    assert judged(signs, always(calendar), day, until) == parts
