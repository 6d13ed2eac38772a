"""Interviews in numbers: what is counted, for whom, and in which week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import analytics, standings
from graph.analytics import Followed, compared
from graph.candidates import Person
from graph.causes import Cause
from graph.credit import DEFAULTS
from graph.interviews import Attendance, Mode, Response
from graph.observations import EmploymentFact, Facts, Mark, MonthFact
from graph.shifts import AttendanceKind
from graph.timesheets import Fact, Granularity
from graph.weeks import stretches, week_of, weeks
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.test_credit import NOW as CREDIT_NOW
from tests.test_credit import interview, missed
from tests.test_scores import at_work

NO_SHOWS = """
query NoShows($by: NoShowsBy!, $from: DateTime, $to: DateTime, $department: ID) {
  analytics { noShows(by: $by, from: $from, to: $to, department: $department) {
    groups { key label own invited accepted settled attended missed noShows rate { count total value low high } }
    total { key own invited accepted settled attended missed noShows rate { count total } }
  } }
}
"""


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


async def no_shows(ask: Ask, viewer: str, by: str, **given: Any) -> Any:
    return (await ask(NO_SHOWS, viewer, by=by, **given))["analytics"]["noShows"]


def numbers(group: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(group[name] for name in ("invited", "accepted", "settled", "attended", "missed", "noShows"))


async def held(company: Company, department: str, attendance: Attendance | None, **times: Any) -> str:
    """An interview that was to be held a week ago; missed ones are left without a finding."""
    hr = company.at(days=20)
    starts_at = times.pop("starts_at", NOW - timedelta(days=7))
    interview = await hr.interview(await company.application(department), starts_at=starts_at, **times)
    if attendance is not None:
        hr.at = NOW - timedelta(days=1)
        await hr.attendance(interview, attendance)
    return interview


async def marked(company: Company, department: str, count: int) -> None:
    """No-shows that count."""
    for _ in range(count):
        hr = company.at(days=40)
        await hr.no_show(await company.application(department))


async def test_a_group_counts_what_happened(ask: Ask, company: Company) -> None:
    """An answer that was never given is no absence, and no attendance that was never recorded counts in the rate."""
    await held(company, "marketing", Attendance.ATTENDED)
    await held(company, "marketing", Attendance.ATTENDED_LATE)
    await held(company, "marketing", Attendance.NOT_ATTENDED)
    await held(company, "marketing", Attendance.NOT_ATTENDED, response=Response.TENTATIVE)
    await held(company, "marketing", None)
    await held(company, "marketing", Attendance.ENTERED_IN_ERROR)
    await marked(company, "marketing", 1)
    (group,) = (await no_shows(ask, company.user("marketing"), "DEPARTMENT"))["groups"]
    assert (group["label"], group["own"]) == ("市场部", True)
    assert group["key"] == gid("Department", company.departments["marketing"])
    assert numbers(group) == (6, 5, 4, 2, 2, 1)
    assert (group["rate"]["count"], group["rate"]["total"], group["rate"]["value"]) == (2, 4, 0.5)
    assert group["rate"]["low"] == pytest.approx(0.150, abs=5e-4)
    assert group["rate"]["high"] == pytest.approx(0.850, abs=5e-4)


async def test_each_field_is_one_statement(ask: Ask, company: Company) -> None:
    """However many departments and groups there are."""
    await marked(company, "marketing", 1)
    for by in ("WEEK", "DEPARTMENT", "MODE", "CAUSE", "JOB_FAMILY"):
        answer = await ask.whole(NO_SHOWS, company.user("hr"), by=by)
        assert answer.statements == ["viewer", "analytics.no_shows"]


async def test_groups_add_up_to_the_total(ask: Ask, company: Company) -> None:
    for department, mode in (("marketing", Mode.VIDEO), ("brand", Mode.AI_LIVE), ("technology", Mode.ONSITE)):
        await held(company, department, Attendance.ATTENDED, mode=mode)
        await held(company, department, Attendance.NOT_ATTENDED, mode=mode)
    for by, keys in (
        ("MODE", ["AI_LIVE", "ONSITE", "VIDEO"]),
        ("JOB_FAMILY", ["ENGINEERING", "MARKETING"]),
        ("WEEK", ["2026-W46"]),
    ):
        found = await no_shows(ask, company.user("hr"), by)
        assert [group["key"] for group in found["groups"]] == keys
        assert [sum(column) for column in zip(*map(numbers, found["groups"]), strict=True)] == [6, 6, 6, 3, 3, 0]
        assert numbers(found["total"]) == (6, 6, 6, 3, 3, 0)


async def test_causes_share_what_was_missed(ask: Ask, company: Company) -> None:
    """The rates of all causes add up to the rate of all that was missed; other numbers say nothing of a cause."""
    await held(company, "marketing", Attendance.ATTENDED)
    await held(company, "marketing", Attendance.NOT_ATTENDED)
    await marked(company, "marketing", 2)
    hr = company.at(days=40)
    await hr.fault(await hr.missed(await company.application("marketing")), Cause.PLATFORM)
    found = await no_shows(ask, company.user("marketing"), "CAUSE")
    assert {group["label"]: group["missed"] for group in found["groups"]} == {"候选人": 2, "平台": 1, "未认定": 1}
    assert {group["rate"]["total"] for group in found["groups"]} == {5}
    assert sum(group["rate"]["count"] for group in found["groups"]) == found["total"]["rate"]["count"] == 4
    assert {group[name] for group in found["groups"] for name in ("invited", "accepted", "attended")} == {None}


async def test_a_sibling_is_told_of_five_or_more_no_shows(ask: Ask, company: Company) -> None:
    """Of Marketing to Technology: what counts, by what a finding shows, and no fact."""
    await held(company, "marketing", Attendance.NOT_ATTENDED)
    await marked(company, "marketing", 4)
    asked = {"department": gid("Department", company.departments["marketing"])}
    viewer = company.user("technology")
    for by in ("DEPARTMENT", "WEEK", "JOB_FAMILY", "MODE", "CAUSE"):
        assert await no_shows(ask, viewer, by, **asked) == {"groups": [], "total": None}
    await marked(company, "marketing", 1)
    for by in ("DEPARTMENT", "WEEK", "JOB_FAMILY"):
        found = await no_shows(ask, viewer, by, **asked)
        assert found["total"] is None
        told = [group for group in found["groups"] if group["noShows"]]
        assert [(group["own"], group["rate"], numbers(group)) for group in told] == [
            (False, None, (None, None, None, None, None, 5))
        ]
    for by in ("MODE", "CAUSE"):
        assert await no_shows(ask, viewer, by, **asked) == {"groups": [], "total": None}
    # Periods may be subtracted: that tells nothing which is not listed (docs/decisions/0023).
    query = '{ department(code: "MARKETING") { noShows { nodes { occurredAt position { title } } } } }'
    nodes = (await ask(query, viewer))["department"]["noShows"]["nodes"]
    assert [bool(each["occurredAt"] and each["position"]) for each in nodes] == [True] * 5


async def test_own_and_others_are_never_mixed(ask: Ask, company: Company) -> None:
    """Else the difference of two answers would tell of others what five or more hide."""
    await held(company, "technology", Attendance.ATTENDED)
    await marked(company, "marketing", 5)
    asked = {"department": gid("Department", company.departments["hq"])}
    found = await no_shows(ask, company.user("technology"), "DEPARTMENT", **asked)
    assert [(group["own"], group["invited"], group["noShows"]) for group in found["groups"]] == [
        (True, 1, 0),
        (False, None, 5),
    ]
    assert numbers(found["total"]) == (1, 1, 1, 1, 0, 0)


async def test_nobody_else_is_told(ask: Ask, company: Company) -> None:
    """Programs have no analytics; of another circle there is nothing, as of what is not there."""
    await marked(company, "marketing", 5)
    marketing = gid("Department", company.departments["marketing"])
    assert await ask("{ analytics { __typename } }", company.user("integrator")) == {"analytics": None}
    for department in (marketing, gid("Department", "00000000-0000-4000-8000-000000000000"), "nonsense"):
        assert await no_shows(ask, company.user("subsidiary"), "WEEK", department=department) is None
    assert (await no_shows(ask, company.user("marketing"), "WEEK"))["total"]["noShows"] == 5
    answer = await ask.whole(NO_SHOWS, None, by="WEEK")
    assert answer.errors[0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_closed_department_counts_with_its_successor(ask: Ask, company: Company) -> None:
    old = await company.hr.department("OLD", "Old", parent=company.departments["hq"])
    company.positions["old"] = await company.hr.position(old, "Old", "OLD")
    await held(company, "old", Attendance.NOT_ATTENDED)
    await company.hr.close_department(old, company.departments["technology"])
    asked = {"department": gid("Department", company.departments["technology"])}
    found = await no_shows(ask, company.user("technology"), "DEPARTMENT", **asked)
    assert [(group["label"], group["missed"]) for group in found["groups"]] == [("Old", 1)]


async def test_a_week_begins_at_midnight_of_the_zone(ask: Ask, company: Company) -> None:
    """Monday the 16th in Shanghai begins on Sunday at 16:00 UTC."""
    monday = datetime(2026, 11, 16, tzinfo=ZoneInfo("Asia/Shanghai"))
    for seconds in (-1, 0):
        await held(company, "marketing", None, starts_at=(monday + timedelta(seconds=seconds)).astimezone(UTC))
    groups = (await no_shows(ask, company.user("marketing"), "WEEK"))["groups"]
    assert [(group["key"], group["invited"]) for group in groups] == [("2026-W46", 1), ("2026-W47", 1)]


async def test_a_period_that_cannot_be_is_refused(ask: Ask, company: Company) -> None:
    for start in (NOW, NOW + timedelta(days=1), NOW - timedelta(days=4_000)):
        answer = await ask.whole(NO_SHOWS, company.user("hr"), by="WEEK", **{"from": iso(start), "to": iso(NOW)})
        assert answer.errors[0]["extensions"]["code"] == "BAD_ARGUMENT"


async def test_only_the_period_is_counted(ask: Ask, company: Company) -> None:
    at = NOW - timedelta(days=7)
    await held(company, "marketing", Attendance.ATTENDED, starts_at=at)
    for start, end, count in ((at, at + timedelta(seconds=1), 1), (at - timedelta(days=1), at, 0)):
        found = await no_shows(ask, company.user("hr"), "MODE", **{"from": iso(start), "to": iso(end)})
        assert found["total"]["invited"] == count


ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
)


@settings(max_examples=60)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2014, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
    st.floats(0, 400),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_days_are_those_of_the_calendar(zone: str, start: datetime, days: float, parts: list[float]) -> None:
    """The zone's own clocks and the stretches between their changes agree on every day, DST included."""
    begin = start.replace(tzinfo=UTC)
    end = begin + timedelta(days=days, seconds=1)
    known = stretches(begin, end, zone)
    changes = [stretch.start for stretch in known]
    seconds = [timedelta(seconds=s) for s in (-1, 0, 1)]
    tried = [begin + part * (end - begin) for part in parts] + [at + s for at in changes for s in seconds]
    for at in (at for at in tried if begin <= at < end):
        ahead = next(stretch.ahead for stretch in known if stretch.start <= at)
        assert (at + timedelta(seconds=ahead)).date() == at.astimezone(ZoneInfo(zone)).date()


@given(st.dates(date(1990, 1, 4), date(2040, 1, 1)), st.integers(0, 120))
def test_no_week_is_left_out(first: date, count: int) -> None:
    """Also where a year has 53 of them."""
    last = first + timedelta(weeks=count)
    found = list(weeks(week_of(first.isoformat()), week_of(last.isoformat())))
    assert len(found) == count + 1
    assert found == sorted(set(found))


SECOND = """
query Second($department: ID) {
  analytics { secondRound(by: NO_SHOW, department: $department) {
    groups { key applications secondRounds rate { value } } difference { value low high } change claimed } }
}
"""


async def rounds(company: Company, *, known: bool, second: bool) -> None:
    """An application whose first round was attended, of one whose no-show was known before or not."""
    person, hr = company.person(), company.at(days=60)
    if known:
        await hr.no_show(await company.application("technology", person))
    hr = company.at(days=30)
    application = await company.application("marketing", person)
    first = await hr.interview(application, starts_at=NOW - timedelta(days=25))
    hr.at = NOW - timedelta(days=24)
    await hr.attendance(first, Attendance.ATTENDED)
    if second:
        await hr.interview(application, starts_at=NOW - timedelta(days=20))


async def test_second_rounds_are_measured(ask: Ask, company: Company) -> None:
    """Beside what is claimed; groups of fewer than five are not told, nor what is left without them."""
    for second in (True, False, False, False):
        await rounds(company, known=True, second=second)
    for second in (True, True, True, False, False):
        await rounds(company, known=False, second=second)
    viewer = company.user("marketing")
    found = (await ask(SECOND, viewer))["analytics"]["secondRound"]
    assert found["groups"][0] == {"key": "NO_SHOW", "applications": None, "secondRounds": None, "rate": None}
    assert (found["groups"][1]["applications"], found["groups"][1]["secondRounds"]) == (None, None)
    assert (found["difference"], found["change"], found["claimed"]) == (None, None, -0.4)
    await rounds(company, known=True, second=False)
    found = (await ask(SECOND, viewer))["analytics"]["secondRound"]
    assert [group["rate"]["value"] for group in found["groups"]] == [0.2, 0.6]
    assert found["difference"]["value"] == pytest.approx(-0.4)
    assert found["change"] == pytest.approx(0.2 / 0.6 - 1)
    asked = {"department": gid("Department", company.departments["marketing"])}
    assert (await ask(SECOND, company.user("technology"), **asked))["analytics"]["secondRound"] is None


async def test_a_no_show_is_known_across_a_merge(ask: Ask, company: Company) -> None:
    """Of the five whose other record has the mark, as of those whose own has it; after a split of nobody again."""
    pairs: list[tuple[str, str]] = []
    for _ in range(5):
        hr, person = company.at(days=60), company.person()
        missed = await company.application("technology", company.person())
        await hr.no_show(missed)
        company.at(days=30)
        application = await company.application("marketing", person)
        first = await hr.interview(application, starts_at=NOW - timedelta(days=25))
        hr.at = NOW - timedelta(days=24)
        await hr.attendance(first, Attendance.ATTENDED)
        pairs.append((await candidate_of(ask, company, missed), await candidate_of(ask, company, application)))
    found = (await ask(SECOND, company.user("marketing")))["analytics"]["secondRound"]["groups"]
    assert [group["applications"] for group in found] == [0, 5]
    for pair in pairs:
        await company.hr.merge(*pair)
    found = (await ask(SECOND, company.user("marketing")))["analytics"]["secondRound"]["groups"]
    assert [group["applications"] for group in found] == [5, 0]


async def test_whoever_is_erased_or_restricted_has_no_odds(ask: Ask, company: Company) -> None:
    """They had a no-show, and without it would stand among those who had none."""
    for known in (True,) * 7 + (False,) * 5:
        await rounds(company, known=known, second=False)
    query = """{ candidates(first: 50) { nodes { id noShows { totalCount } } } }"""
    found = (await ask(query, company.user("hr")))["candidates"]["nodes"]
    erased, restricted, *_ = [each["id"] for each in found if each["noShows"]["totalCount"]]
    await company.at(days=0).erase(uid(erased))
    await company.at(days=0).restrict(uid(restricted))
    for by in ("NO_SHOW", "LABEL"):
        query = SECOND.replace("NO_SHOW", by)
        groups = (await ask(query, company.user("marketing")))["analytics"]["secondRound"]["groups"]
        assert [group["applications"] for group in groups] == ([5, 5] if by == "NO_SHOW" else [0, 10])


async def candidate_of(ask: Ask, company: Company, application: str) -> str:
    query = "query Who($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    return uid(found["application"]["candidate"]["id"])


ODDS = """
query Odds($by: SecondRoundBy!) { analytics { secondRound(by: $by) {
  groups { key applications secondRounds } difference { value } change claimed
} } }
"""


async def test_second_rounds_are_told_apart_by_label_and_band(
    ask: Ask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they stood at the first round: what came after it tells nothing of it. Nothing at all where scores are off."""
    monkeypatch.setattr(analytics, "SMALLEST", 1)
    labelled, plain = company.person(), company.person()
    for person in (labelled, plain):
        hr = company.at(days=60)
        application = await company.application("technology", person)
        await hr.no_show(application)
        if person is labelled:
            await at_work(company, person, "technology")
        for days in (15, 9):
            hr = company.at(days=days + 2)
            interview = await hr.interview(application, starts_at=NOW - timedelta(days=days))
            hr.at = NOW - timedelta(days=days - 1)
            await hr.attendance(interview, Attendance.ATTENDED)
            if person is plain:
                break

    async def told(by: str) -> Any:
        return (await ask(ODDS, company.user("technology"), by=by))["analytics"]["secondRound"]

    found = await told("LABEL")
    assert found["groups"] == [
        {"key": "NEEDS_ATTENTION", "applications": 1, "secondRounds": 1},
        {"key": "NONE", "applications": 1, "secondRounds": 0},
    ]
    assert (found["difference"], found["change"], found["claimed"]) == ({"value": 1.0}, None, -0.4)
    found = await told("BAND")
    assert [each["key"] for each in found["groups"]] == ["STRONG", "GOOD", "FAIR", "WEAK", "NONE"]
    assert sum(each["applications"] or 0 for each in found["groups"]) == 2
    assert (found["difference"], found["change"]) == (None, None)
    await company.at(days=0).switch_scoring(off=True)
    assert (await told("BAND"))["groups"] == (await told("LABEL"))["groups"] == []


async def came(company: Company, application: str, *, days: float) -> None:
    hr = company.at(days=days + 2)
    interview = await hr.interview(application, starts_at=NOW - timedelta(days=days))
    hr.at = NOW - timedelta(days=days, hours=-2)
    await hr.attendance(interview, Attendance.ATTENDED)


async def marked_at_first(ask: Ask, company: Company, viewer: str, since: timedelta = timedelta()) -> list[int]:
    """How many stood with a mark at the first round of Marketing's, by NO_SHOW, LABEL and BAND: one with too few
    observations for a number lacks the finding alone."""
    found: list[int] = []
    asked = {"department": gid("Department", company.departments["marketing"])}
    query = ODDS.replace("$by: SecondRoundBy!", "$by: SecondRoundBy!, $department: ID").replace(
        "by: $by", "by: $by, department: $department"
    )
    for by in ("NO_SHOW", "LABEL", "BAND"):
        later = replace(ask, now=ask.now + since)
        groups = (await later(query, company.user(viewer), by=by, **asked))["analytics"]["secondRound"]["groups"]
        found.append(sum(each["applications"] for each in groups if each["key"] != "NONE"))
    return found


async def heard(
    company: Company, *, missed: float, held_by: str = "brand", absent: float | None = None
) -> tuple[Person, str]:
    """Somebody late in September, who came to an interview long ago, missed one and had a first round with Marketing
    25 days ago; with the finding. `absent`: how many days ago an absence in October is told in place of lateness."""
    person = company.person()
    present = (Fact(AttendanceKind.PRESENT, date(2026, 9, 1)),)
    employment = await at_work(company, person, "brand", facts=None if absent is None else present)
    if absent is not None:
        month = Fact(AttendanceKind.ABSENT, date(2026, 10, 1), 2.0, granularity=Granularity.MONTH)
        await company.at(days=absent).work_attendance(employment, "clock", month)
    company.at(days=300)
    old = await company.application("brand", person)
    await came(company, old, days=290)
    company.at(days=missed)
    missing = old if held_by == "brand" else await company.application(held_by, person)
    finding = await company.hr.no_show(missing)
    company.at(days=30)
    await came(company, await company.application("marketing", person), days=25)
    return person, finding


async def test_a_finding_counts_as_it_stood_at_the_first_round(
    ask: Ask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decided by then, and not expired by then, whatever expired since; taken back since it weighs nothing. The old
    application's own first round was before there was a finding."""
    monkeypatch.setattr(analytics, "SMALLEST", 1)
    _, finding = await heard(company, missed=60)
    assert await marked_at_first(ask, company, "marketing") == [1, 1, 1]
    assert await marked_at_first(ask, company, "marketing", timedelta(days=150)) == [1, 1, 1], "expired since"
    assert await marked_at_first(ask, company, "marketing", timedelta(days=330)) == [0, 0, 0], "erased since"
    await heard(company, missed=28)
    assert await marked_at_first(ask, company, "marketing") == [1, 1, 1], "of the second nobody had decided"
    company.at(days=1)
    await company.hr.void(finding)
    assert await marked_at_first(ask, company, "marketing") == [0, 0, 0]


async def test_what_others_hold_counts_while_it_is_seen(
    ask: Ask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sibling's no-show feeds no band, and is seen until it expires."""
    monkeypatch.setattr(analytics, "SMALLEST", 1)
    await heard(company, missed=60, held_by="technology")
    assert await marked_at_first(ask, company, "marketing") == [1, 1, 0]
    assert await marked_at_first(ask, company, "marketing", timedelta(days=150)) == [0, 0, 0]
    assert await marked_at_first(ask, company, "hr", timedelta(days=150)) == [1, 1, 1]


async def test_what_let_a_finding_fade_since_does_not_matter(
    ask: Ask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interviews attended after the first round let it end before that: it counted then all the same."""
    monkeypatch.setattr(analytics, "SMALLEST", 1)
    person, finding = await heard(company, missed=160)
    await came(company, await company.application("technology", person), days=20)
    query = "query F($id: ID!) { node(id: $id) { ... on Finding { expiresAt } } }"
    shown = (await ask(query, company.user("hr"), id=gid("Finding", finding)))["node"]
    assert datetime.fromisoformat(shown["expiresAt"]) < NOW - timedelta(days=25)
    assert await marked_at_first(ask, company, "marketing") == [1, 1, 1]


@pytest.mark.parametrize(("told", "labelled"), [(26, 1), (24, 0)])
async def test_a_month_counts_as_far_as_it_was_told(
    ask: Ask, company: Company, monkeypatch: pytest.MonkeyPatch, told: float, labelled: int
) -> None:
    """Of one that was not over at the first round nothing that was told later."""
    monkeypatch.setattr(analytics, "SMALLEST", 1)
    await heard(company, missed=60, absent=told)
    assert await marked_at_first(ask, company, "marketing") == [1, labelled, 1]


def test_what_came_after_the_first_round_tells_nothing_of_it() -> None:
    before, after = ([missed("m", days=days)] for days in (20, 5))
    marks = tuple(Mark(str(day), "LATE", 1.0, date(2026, 11, day)) for day in (2, 3, 4))
    jobs = (EmploymentFact("j", date(2026, 1, 1), None, (MonthFact("2026-11", 20.0, 0.0, marks),)),)
    at = CREDIT_NOW - timedelta(days=10)
    found = [standings.label(DEFAULTS, Facts(tuple(each), jobs), at) for each in (before, after)]
    assert found == ["NEEDS_ATTENTION", "NONE"]
    later = replace(jobs[0].months[0], marks=(*marks, Mark("15", "LATE", 1.0, date(2026, 11, 15))))
    (job,) = jobs
    facts = Facts((missed("m", days=20),), (replace(job, months=(later,)),))
    assert standings.label(DEFAULTS, facts, at) == "NEEDS_ATTENTION", "a fourth LATE takes no three away"
    months = tuple(MonthFact(f"2026-{number}", 20.0, 0.0, ()) for number in (11, 12))
    facts = Facts((interview("1", days=11),), (replace(job, months=months),))
    assert [standings.band(DEFAULTS, facts, each) for each in (at, at + timedelta(days=30))] == ["NONE", "GOOD"]
    many = tuple(interview(str(days), days=days) for days in (11, 12, 13, 9))
    assert [standings.band(DEFAULTS, Facts(each), at) for each in (many[:2], many[2:])] == ["NONE", "NONE"]
    assert standings.band(DEFAULTS, Facts(many), at) != "NONE"


def test_no_second_round_without_a_mark_gives_no_change() -> None:
    """A part of nothing is nothing to tell."""
    found = compared({"NO_SHOW": Followed("NO_SHOW", 9, 3), "NONE": Followed("NONE", 9, 0)})
    assert (found.change, found.difference is not None) == (None, True)
