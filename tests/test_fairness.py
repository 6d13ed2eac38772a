"""Fairness: how marks fall on groups, who is told of it, and when the score is to be off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.fairness import BrakeReason, Counted, brake, by_hour, compared, table_of
from graph.interviews import Attendance, Response
from tests.conftest import NOW, Ask, Company, gid
from tests.test_decisions import WHO
from tests.test_resume_checks import alleged, checked, confirmed

FAIRNESS = """
query Fair($by: FairBy!, $groups: [FairnessGroupInput!]) {
  analytics { fairness(by: $by, groups: $groups) {
    groups { key settled marks { count total } voids { count } disputes { count total } upheld { count total }
      impact isBelowFourFifths }
    checks { key settled marks { count total } voids { count } impact }
    brake { isOn reasons upheldLimit falseLimit least falseMarks { count total } }
  } }
}
"""


def counted(key: str, settled: int, marked: int, **rest: int) -> Counted:
    numbers = {"voided": 0, "disputed": 0, "upheld": 0, **rest}
    return Counted(key, "", settled, marked, **numbers)


def test_the_impact_ratio_is_over_the_best_group() -> None:
    groups = [counted("A", 100, 10), counted("B", 100, 40), counted("C", 4, 4), counted("D", 5, 0)]
    best, worse, few, next_few = compared(groups)
    assert (best.impact, best.is_below_four_fifths) == (1.0, False)
    assert worse.impact == pytest.approx(60 / 90)
    assert worse.is_below_four_fifths is True
    for each in (few, next_few):
        assert (each.settled, each.marks, each.impact) == (None, None, None)


def test_the_brake_goes_by_its_limits() -> None:
    """More than a limit, of enough to prove anything; over all groups together."""
    for rows, reasons in [
        ([counted("A", 50, 20, voided=2)], ()),
        ([counted("A", 50, 20, voided=3)], (BrakeReason.FALSE_MARKS,)),
        ([counted("A", 50, 5, voided=3), counted("B", 9, 5, voided=1)], (BrakeReason.FALSE_MARKS,)),
        ([counted("A", 50, 9, voided=9)], ()),
        ([counted("A", 90, 60, disputed=10, upheld=4)], (BrakeReason.UPHELD_DISPUTES,)),
        ([counted("A", 90, 60, disputed=10, upheld=3)], ()),
        ([], ()),
    ]:
        found = brake(rows, 0.3, 0.1, 10)
        assert (found.is_on, found.reasons) == (bool(reasons), reasons), rows


def test_the_brake_tells_of_nobody_by_subtraction() -> None:
    """Two marks of a group that is not told of would be its rate less that of the others; of six they are too many."""
    told, few, more = counted("A", 50, 20, voided=1), counted("B", 9, 2, voided=2), counted("C", 9, 4, voided=1)
    assert brake([told, few], 0.3, 0.5, 10).false_marks is None
    assert brake([told], 0.3, 0.5, 10).false_marks is not None
    found = brake([told, few, more], 0.3, 0.5, 10).false_marks
    assert found is not None
    assert (found.count, found.total) == (4, 26)


def test_hours_are_those_of_the_zone() -> None:
    """An hour of summer and one of winter are the same hour on the wall."""
    rows = [Counted(f"2026-{day}", "Europe/Berlin", 5, 1, 0, 0, 0) for day in ("07-01T07:00", "12-01T08:45")]
    assert [(each.key, each.settled, each.marked) for each in by_hour(rows)] == [("09", 10, 2)]


async def test_hours_are_right_where_clocks_go_by_half_hours(ask: Ask, company: Company) -> None:
    """Nine in Kolkata is 3:30 in UTC, and in Kathmandu 3:15. Too few in either quarter of an hour are enough in one."""
    for hours, minutes, zone in ((3, 30, "Asia/Kolkata"), (4, 29, "Asia/Kolkata"), (3, 15, "Asia/Kathmandu")):
        for _ in range(2):
            company.at(days=20)
            application = await company.application("technology")
            starts_at = NOW.replace(hour=hours, minute=minutes) - timedelta(days=10)
            interview = await company.hr.interview(
                application, starts_at=starts_at, time_zone=zone, response=Response.ACCEPTED
            )
            company.at(days=9)
            await company.hr.attendance(interview, Attendance.ATTENDED)
    groups = (await ask(FAIRNESS, company.user("hr"), by="HOUR"))["analytics"]["fairness"]["groups"]
    assert [(each["key"], each["settled"]) for each in groups] == [("09", 6)]


def test_a_table_names_nobody_twice() -> None:
    assert table_of([("A", ["1", "2"]), ("B", ["3"])]) == [["A", ["1", "2"]], ["B", ["3"]]]
    for wrong in ([], [("A", ["1"]), ("B", ["1"])], [("A", ["1"]), ("A", ["2"])], [(" ", ["1"])], [("UNKNOWN", ["1"])]):
        assert table_of(wrong) is None


async def people(ask: Ask, company: Company) -> dict[str, list[str]]:
    """Six who came to Technology's interviews and five who missed them and say that they did not; one was right.

    The six were asked from Berlin, at ten by its clock, and came by an agency; the five from Shanghai, at five.
    """
    hr, position = company.hr, company.positions["technology"]
    found: dict[str, list[str]] = {"came": [], "missed": []}
    for number in range(6):
        company.at(days=20)
        application = await hr.application(position, company.person(), "Agency")
        starts_at, zone = NOW - timedelta(days=10), "Europe/Berlin"
        interview = await hr.interview(application, starts_at=starts_at, time_zone=zone, response=Response.ACCEPTED)
        hr.at = NOW - timedelta(days=9)
        await hr.attendance(interview, Attendance.ATTENDED)
        found["came"].append(application)
        if number < 5:
            company.at(days=40)
            missed = await company.application("technology")
            finding = await hr.no_show(missed)
            found["missed"].append(missed)
            await hr.dispute(finding)
            if number == 0:
                await hr.void(finding)
    for name, applications in found.items():
        ids = [await ask(WHO, company.user("hr"), id=gid("Application", each)) for each in applications]
        found[name] = [each["application"]["candidate"]["id"] for each in ids]
    return found


async def test_groups_of_a_table_are_compared(ask: Ask, company: Company) -> None:
    named = await people(ask, company)
    groups = [{"name": name, "candidates": ids} for name, ids in named.items()]

    async def fair(viewer: str, by: str, **given: Any) -> Any:
        return (await ask(FAIRNESS, company.user(viewer), by=by, **given))["analytics"]

    for viewer in ("hr", "auditor"):
        told = (await fair(viewer, "TABLE", groups=groups))["fairness"]
        came, missed = told["groups"]
        assert (came["key"], came["settled"], came["marks"], came["impact"]) == (
            "came",
            6,
            {"count": 0, "total": 6},
            1.0,
        )
        assert (missed["settled"], missed["marks"], missed["voids"]) == (5, {"count": 5, "total": 5}, {"count": 1})
        assert (missed["disputes"], missed["upheld"]) == ({"count": 5, "total": 5}, {"count": 1, "total": 5})
        assert (came["disputes"], came["upheld"]) == (None, None)
        assert (missed["impact"], missed["isBelowFourFifths"]) == (0.0, True)
        assert told["brake"]["isOn"] is False
        assert told["brake"]["falseMarks"] == {"count": 1, "total": 5}
    assert (await fair("technology", "TABLE", groups=groups))["fairness"] is None
    assert await fair("integrator", "MODE") is None
    modes = (await fair("technology", "MODE"))["fairness"]["groups"]
    assert sum(each["settled"] or 0 for each in modes) == 11
    assert (await fair("brand", "MODE"))["fairness"]["groups"] == []
    for by, settled in (
        ("HOUR", [("10", 6), ("17", 5)]),
        ("ZONE", [("Asia/Shanghai", 5), ("Europe/Berlin", 6)]),
        ("CHANNEL", [("Agency", 6), ("UNKNOWN", 5)]),
    ):
        groups = (await fair("hr", by))["fairness"]["groups"]
        assert [(each["key"], each["settled"]) for each in groups] == settled, by
    wrong = await ask.whole(FAIRNESS, company.user("hr"), by="TABLE")
    assert len(wrong.errors) == 1


async def test_checks_are_compared_among_themselves(ask: Ask, company: Company) -> None:
    """Five mismatches, one taken back by another check in its place, and one that held: beside interviews, by the same
    groups where a check has them, and together in what the brake goes by.
    """
    application = await company.application("marketing")
    await checked(ask, company, application)
    for number in range(5):
        case = await alleged(ask, company)
        await confirmed(ask, case)
        if number == 0:
            void = {"finding": case.finding, "reason": "Another person's."}
            await ask.do("voidNoShow", company.user("marketing"), **void)
            await checked(ask, company, case.application, replaces=case.check)
    seven = {"settled": 7, "marks": {"count": 5, "total": 7}, "voids": {"count": 1}, "impact": 1.0}
    for by, key in (("MODE", "RESUME_CHECK"), ("HOUR", "RESUME_CHECK"), ("ZONE", "RESUME_CHECK")):
        found = (await ask(FAIRNESS, company.user("hr"), by=by))["analytics"]["fairness"]
        assert (found["groups"], found["checks"]) == ([], [{"key": key, **seven}])
        assert found["brake"]["falseMarks"] == {"count": 1, "total": 5}
    candidate = (await ask(WHO, company.user("hr"), id=gid("Application", application)))["application"]["candidate"][
        "id"
    ]
    groups = [{"name": "held", "candidates": [candidate]}]
    for viewer, by, given in (("marketing", "CHANNEL", {}), ("hr", "TABLE", {"groups": groups})):
        found = (await ask(FAIRNESS, company.user(viewer), by=by, **given))["analytics"]["fairness"]
        told = [(each["key"], each["settled"]) for each in found["checks"]]
        # Whoever knows that they are seven would know of one from the six.
        assert sum(settled or 0 for _, settled in told) == (7 if by == "CHANNEL" else 0)
        assert by == "CHANNEL" or told == [("UNKNOWN", None), ("held", None)]
    assert (await ask(FAIRNESS, company.user("technology"), by="MODE"))["analytics"]["fairness"]["checks"] == []
