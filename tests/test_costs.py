"""What no-shows cost: the source's case, rates as versions, and what is measured from the graph."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.applications import Stage
from graph.causes import Cause
from graph.checks import CheckOutcome, NewCheck
from graph.costs import DEFAULTS, Range, loss
from graph.costs_page import page
from graph.interviews import Attendance, Mode
from graph.rights import FIND_CANDIDATE, RightsState
from graph.timers import TimerKind
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid
from tests.test_analytics import held, iso
from tests.test_decisions import due

CALCULATE = """
query Calculate($input: CalculatorInput!) {
  analytics { calculator(input: $input) { invited rates { version currency } loss {
    missed interviews resumes { low high } hours { low high } total { low high } days { low high } } } }
}
"""


async def calculated(ask: Ask, viewer: str, **input: Any) -> Any:
    return (await ask(CALCULATE, viewer, input=input))["analytics"]["calculator"]


async def test_the_sources_case_is_reproduced(ask: Ask, company: Company) -> None:
    """100 invited and 20 missed: 15 to 20 CVs and 3 to 5 working days; 1,000 a month at 10 %: CNY 5,000 to 8,000."""
    viewer = company.user("marketing")
    found = (await calculated(ask, viewer, invited=100, missed=20))["loss"]
    assert (found["resumes"], found["days"]) == ({"low": 15, "high": 20}, {"low": 3, "high": 5})
    found = await calculated(ask, viewer, invited=1_000, missed=100)
    assert found["loss"]["total"] == pytest.approx({"low": 5_000, "high": 8_000})
    assert found["rates"] == {"version": 0, "currency": "CNY"}


def test_an_ai_interview_costs_a_fifth() -> None:
    assert DEFAULTS.unit(Mode.ONSITE) == 5 * DEFAULTS.unit(Mode.AI_LIVE) == 5 * DEFAULTS.unit(Mode.AI_ASYNC)


async def test_nothing_missed_costs_nothing(ask: Ask, company: Company) -> None:
    found = (await calculated(ask, company.user("hr"), invited=100, missed=0))["loss"]
    assert (found["total"], found["days"]) == ({"low": 0, "high": 0}, {"low": 0, "high": 0})


async def test_more_missed_than_invited_is_refused(ask: Ask, company: Company) -> None:
    for missed in (-1, 11):
        answer = await ask.whole(CALCULATE, company.user("hr"), input={"invited": 10, "missed": missed})
        assert answer.errors[0]["extensions"]["code"] == "BAD_ARGUMENT"


@given(st.dictionaries(st.sampled_from(Mode), st.integers(0, 10_000)), st.sampled_from(Mode))
def test_one_more_missed_never_costs_less(lost: dict[Mode, int], mode: Mode) -> None:
    """And a range never runs backwards."""
    before, after = loss(DEFAULTS, lost), loss(DEFAULTS, {**lost, mode: lost.get(mode, 0) + 1})
    assert after.total.low > before.total.low
    for found in (after.total, after.hours, after.resumes, after.days):
        assert 0 <= found.low <= found.high


def test_a_range_stays_in_order_below_nothing() -> None:
    assert Range(2, 3).times(-1) == Range(-3, -2)


POLICY = "id version currency aiAsync aiLive video onsite recruiterHour resumesHigh"


async def test_rates_are_versions(ask: Ask, company: Company) -> None:
    """A new one leaves the old as it was; what is not named stays, and AI follows the price on site."""
    viewer, organization = company.user("hr"), gid("Organization", company.hr.viewer.organization)
    current = "{ organization { costPolicy { version } } }"
    assert (await ask(current, viewer))["organization"]["costPolicy"] is None
    first = await ask.do("setCosts", viewer, POLICY, organization=organization, onsite=300, currency="EUR")
    assert [first[name] for name in ("version", "aiLive", "video", "recruiterHour")] == [1, 60, 100, 60]
    second = await ask.do("setCosts", viewer, POLICY, organization=organization, aiAsync=10)
    assert [second[name] for name in ("version", "currency", "aiAsync", "onsite")] == [2, "EUR", 10, 300]
    query = f"query Old($id: ID!) {{ node(id: $id) {{ ... on CostPolicy {{ {POLICY} }} }} }}"
    assert (await ask(query, viewer, id=first["id"]))["node"] == {k: v for k, v in first.items() if k != "__typename"}
    assert (await ask(current, viewer))["organization"]["costPolicy"] == {"version": 2}
    found = await calculated(ask, viewer, invited=1, missed=1)
    assert (found["rates"], found["loss"]["interviews"]) == ({"version": 2, "currency": "EUR"}, 10)
    found = await calculated(ask, viewer, invited=1, missed=1, defaults=True)
    assert found["rates"] == {"version": 0, "currency": "CNY"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"currency": "yuan"}, "currency"),
        ({"currency": "cny"}, "currency"),
        ({"onsite": -1}, "onsite"),
        ({"recruiterHour": 2_000_000}, "recruiterHour"),
        ({"resumesLow": 3}, "resumesHigh"),
        ({"daysHigh": 1}, "daysHigh"),
    ],
)
async def test_rates_that_cannot_be_are_refused(ask: Ask, company: Company, change: dict[str, Any], field: str) -> None:
    organization = gid("Organization", company.hr.viewer.organization)
    found = await ask.do("setCosts", company.user("hr"), organization=organization, **change)
    assert (found["code"], found["field"]) == ("INVALID_VALUE", field)


COST = """
query Cost($department: ID) {
  analytics { cost(department: $department) {
    rates { version } byMode { mode missed cost } loss { missed total { low high } }
    withMissed { positions median } without { positions median } extraDays } }
}
"""


async def test_a_cost_is_made_of_what_was_missed(ask: Ask, company: Company) -> None:
    await held(company, "marketing", Attendance.NOT_ATTENDED, mode=Mode.ONSITE)
    await held(company, "marketing", Attendance.NOT_ATTENDED, mode=Mode.AI_ASYNC)
    await held(company, "marketing", Attendance.ATTENDED, mode=Mode.ONSITE)
    answer = await ask.whole(COST, company.user("marketing"))
    found = answer.data["analytics"]["cost"]
    assert found["byMode"] == [
        {"mode": "AI_ASYNC", "missed": 1, "cost": 20},
        {"mode": "ONSITE", "missed": 1, "cost": 100},
    ]
    assert found["loss"] == {"missed": 2, "total": {"low": 180, "high": 240}}
    assert answer.statements == ["viewer", "costs.measure"]


async def test_a_cost_is_told_of_whole_departments_alone(ask: Ask, company: Company) -> None:
    """Of a sibling's there is none, nor of a department above one's own."""
    for name in ("marketing", "hq"):
        department = gid("Department", company.departments[name])
        answer = await ask(COST, company.user("technology"), department=department)
        assert answer == {"analytics": {"cost": None}}
    assert (await ask(COST, company.user("integrator")))["analytics"] is None


async def filled(company: Company, days: float, *, missed: bool, fault: bool = False, hired: bool = True) -> None:
    """A position of Marketing that was filled, or closed without a hire, so many days after it was opened."""
    hr = company.at(days=60)
    position = await hr.position(company.departments["marketing"], "Editor", "MARKETING")
    application = await hr.application(position, company.person())
    if missed:
        await hr.no_show(application)
    if fault:
        await hr.fault(await hr.missed(application), Cause.PLATFORM)
    company.at(days=60 - days)
    if hired:
        await hr.advance(application, Stage.HIRED)
    hr.at = NOW - timedelta(days=60 - days)
    await hr.close_position(position)


async def test_days_to_fill_are_measured(ask: Ask, company: Company) -> None:
    """Medians of positions with and without a no-show that counts; a fault is none, and closing fills nothing."""
    for days in (30, 40, 50):
        await filled(company, days, missed=True)
    for days in (10, 24):
        await filled(company, days, missed=False, fault=days == 24)
    await filled(company, 55, missed=True, hired=False)
    await filled(company, 5, missed=False, hired=False)
    found = (await ask(COST, company.user("marketing")))["analytics"]["cost"]
    assert found["withMissed"] == {"positions": 3, "median": 40}
    assert found["without"] == {"positions": 2, "median": 17}
    assert found["extraDays"] == 23


async def test_days_to_fill_of_a_closed_period_do_not_change(ask: Ask, company: Company) -> None:
    """A no-show that has expired since cost as many days; one that had expired by then, or came later, cost none."""
    for days in (30, 40):
        await filled(company, days, missed=True)
    await filled(company, 10, missed=False)
    hr = company.at(days=320)
    position = await hr.position(company.departments["marketing"], "Editor", "MARKETING")
    early, late = [await hr.application(position, company.person()) for _ in range(2)]
    await hr.no_show(early)
    await company.at(days=20).advance(late, Stage.HIRED)
    await company.at(days=19).no_show(early)
    query = COST.replace("($department: ID)", "($from: DateTime, $to: DateTime)")
    query = query.replace("(department: $department)", "(from: $from, to: $to)")
    asked = {"from": iso(NOW - timedelta(days=365)), "to": iso(NOW)}
    for later in (0, 150):
        then = Ask(ask.graph, ask.answerer, NOW + timedelta(days=later))
        found = (await then(query, company.user("marketing"), **asked))["analytics"]["cost"]
        assert found["withMissed"] == {"positions": 2, "median": 35}
        assert found["without"] == {"positions": 2, "median": 155}


ROI = """
query Roi($before: PeriodInput!, $after: PeriodInput!) {
  analytics { roi(before: $before, after: $after) {
    before { settled missed rate { value } filled { positions } disputes upheld deadlines kept }
    after { settled missed rate { value } disputes upheld deadlines kept }
    change { value low high } avoided hours { low high } money { low high } days } }
}
"""


def periods(day: int) -> dict[str, Any]:
    """A hundred days until so many days ago, and from then until now."""
    start, date = NOW - timedelta(days=100), NOW - timedelta(days=day)
    return {"before": {"from": iso(start), "to": iso(date)}, "after": {"from": iso(date), "to": iso(NOW)}}


async def test_a_return_compares_two_periods(ask: Ask, company: Company) -> None:
    """Half were missed before and a quarter after: one of four was not missed that would have been."""
    for attendance in (Attendance.NOT_ATTENDED, Attendance.ATTENDED):
        await held(company, "marketing", attendance, starts_at=NOW - timedelta(days=15), mode=Mode.ONSITE)
    for attendance in (Attendance.NOT_ATTENDED, *[Attendance.ATTENDED] * 3):
        await held(company, "marketing", attendance, starts_at=NOW - timedelta(days=5), mode=Mode.ONSITE)
    answer = await ask.whole(ROI, company.user("marketing"), **periods(10))
    found = answer.data["analytics"]["roi"]
    assert [(found[side]["settled"], found[side]["missed"]) for side in ("before", "after")] == [(2, 1), (4, 1)]
    assert found["change"]["value"] == -0.25
    assert found["change"]["low"] < -0.25 < found["change"]["high"]
    assert found["avoided"] == 1
    assert (found["hours"], found["money"]) == ({"low": 0.5, "high": 1}, {"low": 130, "high": 160})
    assert answer.statements == ["viewer", "costs.measure"]


async def test_savings_are_priced_by_what_was_missed_before(ask: Ask, company: Company) -> None:
    """None was missed after: two on site were saved, and not two by AI. Where more are missed, theirs is the price."""
    for attendance in (Attendance.NOT_ATTENDED, Attendance.ATTENDED):
        await held(company, "marketing", attendance, starts_at=NOW - timedelta(days=15), mode=Mode.ONSITE)
    for _ in range(4):
        await held(company, "marketing", Attendance.ATTENDED, starts_at=NOW - timedelta(days=5), mode=Mode.AI_LIVE)
    given = periods(10)
    found = (await ask(ROI, company.user("marketing"), **given))["analytics"]["roi"]
    assert (found["avoided"], found["money"]) == (2, {"low": 260, "high": 320})
    given = {"before": given["after"], "after": given["before"]}
    found = (await ask(ROI, company.user("marketing"), **given))["analytics"]["roi"]
    assert (found["avoided"], found["money"]) == (-1, {"low": -160, "high": -130})


async def decided(company: Company, finding: str, days: float) -> None:
    hr = company.at(days=70)
    await hr.notice(finding)
    hr.at += timedelta(days=days)
    await hr.confirmation(finding, Cause.CANDIDATE)


async def test_deadlines_and_disputes_are_counted(ask: Ask, company: Company) -> None:
    """Findings by the days that the employer's own rules give, disputes, rights requests and times that are owed."""
    hr = company.at(days=81)
    await hr.policy(decision_days=12)
    company.at(days=80)
    first, second = [await hr.suspicion(await hr.missed(await company.application("marketing"))) for _ in range(2)]
    claim = ("Degree of 2019", "Call to the registry", "Registry", (NOW - timedelta(days=82)).date(), "None.")
    check = NewCheck(await company.application("marketing"), CheckOutcome.MISMATCH, *claim)
    third = await hr.finding_of(await hr.resume_check(check))
    for finding, days in ((first, 10), (second, 20), (third, 11)):
        await decided(company, finding, days)
    company.at(days=59)
    await hr.dispute(first)
    hr.at += timedelta(days=5)
    await hr.void(first)
    for department, days in (("marketing", 29), ("marketing", 31), ("technology", 31)):
        company.at(days=80)
        request = await hr.rights_request(await company.application(department))
        hr.at += timedelta(days=days)
        await hr.rights_answer(request, RightsState.GRANTED)
    for granted in (True, False):
        company.at(days=80)
        moved = await hr.interview(await company.application("marketing"), starts_at=hr.at + timedelta(days=5))
        request = await hr.request(moved)
        if granted:
            await hr.grant(request, hr.at + timedelta(days=6))
    await due(ask, company, TimerKind.SLOT_OWED)
    found = (await ask(ROI, company.user("marketing"), **periods(1)))["analytics"]["roi"]["before"]
    assert [found[name] for name in ("disputes", "upheld", "deadlines", "kept")] == [1, 1, 8, 5]


async def test_no_answer_is_owed_to_what_was_taken_back_in_time(ask: Ask, company: Company) -> None:
    """After a day, and a day after it was due, which nobody had kept."""
    for days in (1, 31):
        company.at(days=80)
        application = await company.application("marketing")
        request = await company.hr.rights_request(application)
        (whose,) = await ask.graph.client.read(FIND_CANDIDATE, application=application)
        then = replace(ask, now=NOW - timedelta(days=80 - days))
        claim = Claim(whose.id, application, verified=True)
        taken = await then.do("withdrawRequest", claim, "state", rightsRequest=gid("RightsRequest", request))
        assert taken == {"__typename": "RightsRequest", "state": "WITHDRAWN"}
    found = (await ask(ROI, company.user("marketing"), **periods(1)))["analytics"]["roi"]["before"]
    assert (found["deadlines"], found["kept"]) == (1, 0)


async def test_days_saved_are_those_of_the_median_before(ask: Ask, company: Company) -> None:
    """Positions that were filled in 10 and 20 days before and in 45 after cost 30 days: less than nothing is saved."""
    for days in (10, 20, 45):
        await filled(company, days, missed=False)
    found = (await ask(ROI, company.user("marketing"), **periods(30)))["analytics"]["roi"]
    assert found["days"] == -30


async def test_nothing_to_compare_is_null(ask: Ask, company: Company) -> None:
    found = (await ask(ROI, company.user("marketing"), **periods(10)))["analytics"]["roi"]
    assert {found[name] for name in ("avoided", "days")} == {None}
    assert (found["change"], found["hours"], found["money"]) == (None, None, None)


def test_the_page_tells_the_figures_that_are_reckoned_with() -> None:
    assert page(DEFAULTS) != page(replace(DEFAULTS, onsite=200.0))
