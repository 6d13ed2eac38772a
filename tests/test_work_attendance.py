"""Attendance at work: facts told once, corrected by other facts, and counted by month, person and department."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.employments import NewEmployment
from graph.shifts import AttendanceKind
from graph.timesheets import Fact, Granularity, Worked, contradict, covers, present_days
from tests.conftest import NOW, Ask, Company, gid
from tests.test_employments import employ

NUMBERS = """
fragment Numbers on TYPE {
  employees presentDays lateCount lateMinutes lateEmployees absentDays absentEmployees earlyLeaveCount
  approvedLeaveDays attendanceRate
}
"""
NOTHING = {
    "employees": 0,
    "presentDays": 0,
    "lateCount": 0,
    "lateMinutes": 0,
    "lateEmployees": 0,
    "absentDays": 0,
    "absentEmployees": 0,
    "earlyLeaveCount": 0,
    "approvedLeaveDays": 0,
    "attendanceRate": None,
}
OF_EMPLOYMENT = (
    "query A($id: ID!, $from: Date, $to: Date) { employment(id: $id) { "
    "attendance(from: $from, to: $to) { ...Numbers } attendanceByMonth(from: $from, to: $to) { key lateCount } } }"
    + NUMBERS.replace("TYPE", "WorkAttendance")
)
OF_DEPARTMENT = (
    "query D($code: String!, $by: WorkAttendanceBy!, $from: Date, $to: Date) { department(code: $code) { "
    "workAttendance(by: $by, from: $from, to: $to) { key ...Numbers } } }"
    + NUMBERS.replace("TYPE", "WorkAttendanceGroup")
)
RECORDS = """
query R($id: ID!, $where: AttendanceRecordWhere) {
  employment(id: $id) { records(where: $where, orderBy: DAY) { totalCount nodes {
    id kind kindLabel(locale: ZH_CN) granularity day days minutes outOf source superseded reason
    corrects { id } correctedBy { id }
  } } events { nodes { type } } }
}
"""


def day(kind: str, on: str, **other: Any) -> dict[str, Any]:
    return {"kind": kind, "day": on, **other}


def month(kind: str, on: str, days: float, **other: Any) -> dict[str, Any]:
    return {"kind": kind, "day": f"{on}-01", "days": days, "granularity": "MONTH", **other}


async def tell(ask: Ask, company: Company, id: str, *records: dict[str, Any], viewer: str = "hr") -> Any:
    return await ask.do(
        "recordWorkAttendance", company.user(viewer), employment=id, source="badge", records=list(records)
    )


async def records(ask: Ask, company: Company, id: str, **where: Any) -> list[dict[str, Any]]:
    found = (await ask(RECORDS, company.user("hr"), id=id, where=where))["employment"]["records"]
    assert found["totalCount"] == len(found["nodes"])
    return found["nodes"]


async def counted(ask: Ask, company: Company, id: str, **period: str) -> dict[str, Any]:
    return (await ask(OF_EMPLOYMENT, company.user("hr"), id=id, **period))["employment"]


async def test_days_are_counted_in_one_statement(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    told = [
        *(day("PRESENT", f"2026-10-{number:02}") for number in (12, 13, 14)),
        day("LATE", "2026-10-12", minutes=12),
        day("LATE", "2026-10-13", minutes=3),
        day("EARLY_LEAVE", "2026-10-14", minutes=30),
        day("ABSENT", "2026-10-15"),
        day("APPROVED_LEAVE", "2026-10-16", days=0.5),
    ]
    assert (await tell(ask, company, id, *told))["id"] == id
    asked = await ask.whole(OF_EMPLOYMENT, company.user("hr"), id=id)
    assert not asked.errors
    assert asked.statements == ["viewer", "employment"]
    assert asked.data["employment"] == {
        "attendance": {
            "employees": 1,
            "presentDays": 3,
            "lateCount": 2,
            "lateMinutes": 15,
            "lateEmployees": 1,
            "absentDays": 1,
            "absentEmployees": 1,
            "earlyLeaveCount": 1,
            "approvedLeaveDays": 0.5,
            "attendanceRate": 0.75,
        },
        "attendanceByMonth": [{"key": "2026-10", "lateCount": 2}],
    }


async def test_nothing_told_is_no_rate(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    assert await counted(ask, company, id) == {"attendance": NOTHING, "attendanceByMonth": []}


async def test_a_flat_month_counts_whole_or_not_at_all(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, month("LATE", "2026-09", 3), month("LATE", "2026-10", 4))
    months = (await counted(ask, company, id))["attendanceByMonth"]
    assert months == [{"key": "2026-09", "lateCount": 3}, {"key": "2026-10", "lateCount": 4}]
    for period, count in (
        ({"from": "2026-10-01", "to": "2026-11-01"}, 4),
        ({"from": "2026-10-02", "to": "2026-11-01"}, 0),
        ({"from": "2026-09-01", "to": "2026-10-31"}, 3),
        ({"to": "2026-10-01"}, 3),
        ({"from": "2026-10-01"}, 4),
    ):
        assert (await counted(ask, company, id, **period))["attendance"]["lateCount"] == count, period


async def test_absences_without_presence_make_no_rate(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, month("ABSENT", "2026-09", 2))
    assert (await counted(ask, company, id))["attendance"]["attendanceRate"] is None
    await tell(ask, company, id, month("ABSENT", "2026-10", 2, outOf=20), month("PRESENT", "2026-10", 18, outOf=20))
    assert (await counted(ask, company, id))["attendance"]["attendanceRate"] == 0.9


async def test_days_of_absence_alone_make_no_rate(ask: Ask, company: Company) -> None:
    """Exceptions say nothing of the other days; PRESENT in one month says nothing of another, nor of anybody else."""
    id = await employ(ask, company)
    alone = [day("ABSENT", "2026-09-10"), day("LATE", "2026-09-11"), day("EARLY_LEAVE", "2026-09-11")]
    await tell(ask, company, id, *alone, day("APPROVED_LEAVE", "2026-09-14"))
    assert (await counted(ask, company, id))["attendance"]["attendanceRate"] is None
    await tell(ask, company, id, *(day("PRESENT", f"2026-10-{number:02}") for number in (5, 6, 7)))
    assert (await counted(ask, company, id))["attendance"]["attendanceRate"] == 1
    await tell(ask, company, await employ(ask, company), day("ABSENT", "2026-10-08"))
    asked = await ask(OF_DEPARTMENT, company.user("hr"), code="MARKETING", by="MONTH")
    rates = {it["key"]: (it["absentDays"], it["attendanceRate"]) for it in asked["department"]["workAttendance"]}
    assert rates == {"2026-09": (1, None), "2026-10": (1, 1)}
    await tell(ask, company, id, day("ABSENT", "2026-10-08"))
    assert (await counted(ask, company, id))["attendance"]["attendanceRate"] == 0.75


@pytest.mark.parametrize(("out_of", "rate"), [(20.0, 0.0), (21.0, None)])
async def test_a_month_of_nothing_but_absence_is_a_rate(
    ask: Ask, company: Company, out_of: float, rate: float | None
) -> None:
    """Only where it is told that no working day was left; of the last day nobody said whether it was presence."""
    id = await employ(ask, company)
    await tell(ask, company, id, month("ABSENT", "2026-10", 20, outOf=out_of))
    assert (await counted(ask, company, id))["attendance"]["attendanceRate"] == rate


async def test_presence_that_was_corrected_away_makes_no_rate(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, day("PRESENT", "2026-10-12"), day("ABSENT", "2026-10-13"))
    assert (await counted(ask, company, id))["attendance"]["attendanceRate"] == 0.5
    record = (await records(ask, company, id))[0]["id"]
    await ask.do("correctWorkAttendance", company.user("hr"), record=record, reason="Another's badge", days=0.0)
    assert (await counted(ask, company, id))["attendance"]["attendanceRate"] is None


async def test_what_is_told_twice_counts_once(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    late = day("LATE", "2026-10-12", minutes=12)
    await tell(ask, company, id, late, late)
    await tell(ask, company, id, late)
    keyed = {**day("LATE", "2026-10-13", minutes=1), "externalKey": "row 7"}
    await tell(ask, company, id, keyed)
    await tell(ask, company, id, keyed)
    found = (await ask(RECORDS, company.user("hr"), id=id))["employment"]
    assert [(it["day"], it["minutes"]) for it in found["records"]["nodes"]] == [("2026-10-12", 12), ("2026-10-13", 1)]
    assert [it["type"] for it in found["events"]["nodes"]] == ["EMPLOYMENT_RECORDED", *["WORK_ATTENDANCE_RECORDED"] * 2]


@pytest.mark.parametrize(
    "otherwise",
    [
        day("LATE", "2026-10-12", minutes=40),
        {**day("LATE", "2026-10-20", minutes=12), "externalKey": "row 7"},
        month("LATE", "2026-10", 3),
    ],
)
async def test_what_is_told_otherwise_is_refused_whole(ask: Ask, company: Company, otherwise: dict[str, Any]) -> None:
    """A month told as a whole beside its days would count them twice."""
    id = await employ(ask, company)
    await tell(ask, company, id, {**day("LATE", "2026-10-12", minutes=12), "externalKey": "row 7"})
    refused = await tell(ask, company, id, day("ABSENT", "2026-10-22"), otherwise)
    assert refused["code"] == "RECORDED_OTHERWISE"
    assert [it["day"] for it in await records(ask, company, id)] == ["2026-10-12"]


@pytest.mark.parametrize("kind", ["PRESENT", "LATE", "EARLY_LEAVE", "APPROVED_LEAVE"])
async def test_nobody_is_absent_and_something_else_on_one_day(ask: Ask, company: Company, kind: str) -> None:
    """Whichever is told first stands, until it is corrected."""
    id, other = await employ(ask, company), await employ(ask, company)
    absent, else_ = day("ABSENT", "2026-10-12"), day(kind, "2026-10-12")
    for employment, first, second in ((id, absent, else_), (other, else_, absent)):
        await tell(ask, company, employment, first)
        assert (await tell(ask, company, employment, second))["code"] == "RECORDED_OTHERWISE"
        assert (await tell(ask, company, employment, {**second, "day": "2026-10-13"}))["id"] == employment
        assert (await tell(ask, company, employment, first))["id"] == employment
    assert (await tell(ask, company, id, day("LATE", "2026-10-14"), day("ABSENT", "2026-10-14")))["code"]
    wrong = (await records(ask, company, id))[0]["id"]
    made = await ask.do("correctWorkAttendance", company.user("hr"), record=wrong, reason="Was there", kind=kind)
    assert "id" in made
    found = await records(ask, company, id, standing=True)
    assert [it["kind"] for it in found if it["day"] == "2026-10-12"] == [kind]


async def test_an_absence_that_never_happened_excludes_nothing(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, day("ABSENT", "2026-10-12"))
    wrong = (await records(ask, company, id))[0]["id"]
    await ask.do("correctWorkAttendance", company.user("hr"), record=wrong, reason="Was there", days=0.0)
    assert (await tell(ask, company, id, day("PRESENT", "2026-10-12")))["id"] == id
    present = next(it["id"] for it in await records(ask, company, id, standing=True) if it["kind"] == "PRESENT")
    change = {"record": present, "reason": "Another's badge", "kind": "ABSENT"}
    assert "id" in await ask.do("correctWorkAttendance", company.user("hr"), **change)


@pytest.mark.parametrize(
    ("kind", "days", "other", "other_days", "both"),
    [
        ("ABSENT", 0.5, "PRESENT", 0.5, True),
        ("ABSENT", 0.5, "APPROVED_LEAVE", 0.5, True),
        ("ABSENT", 0.5, "LATE", 1.0, True),
        ("ABSENT", 1.0, "LATE", 0.5, False),
        ("ABSENT", 0.5, "PRESENT", 1.0, False),
        ("ABSENT", 1.0, "APPROVED_LEAVE", 0.5, False),
        ("APPROVED_LEAVE", 0.5, "LATE", 1.0, True),
        ("APPROVED_LEAVE", 1.0, "PRESENT", 1.0, True),
        ("PRESENT", 1.0, "LATE", 1.0, True),
        ("ABSENT", 1.0, "PRESENT", 0.0, True),
    ],
)
def test_half_a_day_leaves_half_a_day(kind: str, days: float, other: str, other_days: float, both: bool) -> None:
    for one, two in ((kind, days), (other, other_days)), ((other, other_days), (kind, days)):
        assert contradict(one, two) is not both


async def test_days_beside_a_month_told_whole_are_refused(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, month("LATE", "2026-10", 3))
    assert (await tell(ask, company, id, day("LATE", "2026-10-12")))["code"] == "RECORDED_OTHERWISE"
    assert (await tell(ask, company, id, day("LATE", "2026-11-12")))["id"] == id


async def test_a_month_has_no_more_days_than_are_told(ask: Ask, company: Company) -> None:
    """Whichever is told first, days or the month; leave and presence of one day are one day."""
    id, other = await employ(ask, company), await employ(ask, company)
    whole = month("PRESENT", "2026-09", 20, outOf=22), month("APPROVED_LEAVE", "2026-09", 1, outOf=22)
    days = day("ABSENT", "2026-09-08"), day("ABSENT", "2026-09-09")
    await tell(ask, company, id, *whole)
    assert (await tell(ask, company, id, *days))["code"] == "RECORDED_OTHERWISE"
    assert (await tell(ask, company, id, days[0]))["id"] == id
    assert (await tell(ask, company, id, day("LATE", "2026-09-10")))["id"] == id
    await tell(ask, company, other, *days)
    assert (await tell(ask, company, other, *whole))["code"] == "RECORDED_OTHERWISE"
    assert (await tell(ask, company, other, whole[0]))["id"] == other
    leave = next(it["id"] for it in await records(ask, company, id) if it["kind"] == "APPROVED_LEAVE")
    change = {"record": leave, "reason": "Two days", "days": 2.0}
    assert (await ask.do("correctWorkAttendance", company.user("hr"), **change))["code"] == "RECORDED_OTHERWISE"
    third = await employ(ask, company)
    here = day("PRESENT", "2026-09-08"), day("APPROVED_LEAVE", "2026-09-08", days=0.5)
    assert (await tell(ask, company, third, *here, month("ABSENT", "2026-09", 21, outOf=22)))["id"] == third


async def test_a_key_belongs_to_one_employment(ask: Ask, company: Company) -> None:
    keyed = {**day("LATE", "2026-10-12"), "externalKey": uuid4().hex}
    one, other = await employ(ask, company), await employ(ask, company)
    await tell(ask, company, one, keyed)
    assert (await tell(ask, company, other, keyed))["code"] == "RECORDED_OTHERWISE"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (day("LATE", "2026-11-21"), "day"),
        (day("LATE", "2026-10-12", days=0.3), "days"),
        (day("LATE", "2026-10-12", days=2), "days"),
        (day("LATE", "2026-10-12", minutes=-1), "minutes"),
        (month("LATE", "2026-10", 32), "days"),
        ({**month("LATE", "2026-10", 3), "day": "2026-10-02"}, "day"),
        (month("ABSENT", "2026-10", 3, outOf=2), "outOf"),
        ({**day("LATE", "2026-10-12"), "externalKey": ""}, "externalKey"),
    ],
)
async def test_what_cannot_be_is_refused(ask: Ask, company: Company, wrong: dict[str, Any], field: str) -> None:
    refused = await tell(ask, company, await employ(ask, company), wrong)
    assert (refused["code"], refused["field"]) == ("INVALID_VALUE", field)


async def test_nothing_is_told_outside_the_employment(ask: Ask, company: Company) -> None:
    id = await employ(ask, company, endedOn="2026-06-30")
    for outside in (day("LATE", "2026-01-04"), day("LATE", "2026-07-01"), month("LATE", "2026-07", 1)):
        assert (await tell(ask, company, id, outside))["code"] == "NOT_EMPLOYED"
    inside = (day("LATE", "2026-01-05"), day("LATE", "2026-06-30"), month("ABSENT", "2026-01", 1))
    assert (await tell(ask, company, id, *inside))["id"] == id


async def test_a_correction_supersedes_and_edits_nothing(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, day("LATE", "2026-10-12", minutes=40))
    wrong = (await records(ask, company, id))[0]
    made = await ask.do(
        "correctWorkAttendance",
        company.user("marketing"),
        "id minutes corrects { id minutes superseded }",
        record=wrong["id"],
        reason="The clock was ahead",
        minutes=4,
    )
    assert (made["minutes"], made["corrects"]) == (4, {"id": wrong["id"], "minutes": 40, "superseded": True})
    assert (await counted(ask, company, id))["attendance"]["lateMinutes"] == 4
    assert [it["id"] for it in await records(ask, company, id, standing=True)] == [made["id"]]
    superseded = (await records(ask, company, id, standing=False))[0]
    assert superseded == {**wrong, "superseded": True, "correctedBy": {"id": made["id"]}}
    again = await ask.do("correctWorkAttendance", company.user("hr"), record=wrong["id"], reason="Again", minutes=5)
    assert again["code"] == "SUPERSEDED"
    types = [it["type"] for it in (await ask(RECORDS, company.user("hr"), id=id))["employment"]["events"]["nodes"]]
    assert types[-1] == "WORK_ATTENDANCE_CORRECTED"


async def test_what_never_happened_no_longer_counts(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    keyed = {**day("ABSENT", "2026-10-12"), "externalKey": uuid4().hex}
    await tell(ask, company, id, keyed)
    wrong = (await records(ask, company, id))[0]["id"]
    await ask.do("correctWorkAttendance", company.user("hr"), record=wrong, reason="Was at a client", days=0.0)
    assert (await counted(ask, company, id))["attendance"] == NOTHING
    # The source tells it once more: what was corrected does not come back.
    assert (await tell(ask, company, id, keyed))["id"] == id
    assert (await tell(ask, company, id, day("ABSENT", "2026-10-12")))["id"] == id
    assert (await counted(ask, company, id))["attendance"] == NOTHING


async def test_what_was_corrected_does_not_come_back(ask: Ask, company: Company) -> None:
    """Told again word for word without a key, of another kind or of fewer days as it is now."""
    id = await employ(ask, company)
    told = day("LATE", "2026-10-12"), month("LATE", "2026-09", 3)
    await tell(ask, company, id, *told)
    for record, change in zip(await records(ask, company, id), ({"kind": "EARLY_LEAVE"}, {"days": 2.0}), strict=True):
        await ask.do("correctWorkAttendance", company.user("hr"), record=record["id"], reason="Otherwise", **change)
    before = await records(ask, company, id)
    assert (await tell(ask, company, id, *told))["id"] == id
    assert await records(ask, company, id) == before


async def test_a_correction_may_tell_of_another_kind(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, day("ABSENT", "2026-10-12"))
    wrong = (await records(ask, company, id))[0]["id"]
    await ask.do(
        "correctWorkAttendance", company.user("hr"), record=wrong, reason="Leave was approved", kind="APPROVED_LEAVE"
    )
    found = (await counted(ask, company, id))["attendance"]
    assert (found["absentDays"], found["approvedLeaveDays"]) == (0, 1)


@pytest.mark.parametrize("viewer", ["technology", "subsidiary", "auditor"])
async def test_others_neither_tell_nor_correct(ask: Ask, company: Company, viewer: str) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, day("LATE", "2026-10-12"))
    record = (await records(ask, company, id))[0]["id"]
    code = "NOT_ALLOWED" if viewer == "auditor" else "NOT_FOUND"
    assert (await tell(ask, company, id, day("LATE", "2026-10-13"), viewer=viewer))["code"] == code
    refused = await ask.do("correctWorkAttendance", company.user(viewer), record=record, reason="No", minutes=1)
    assert refused["code"] == code


async def test_an_integrator_sees_what_it_told_itself(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, day("LATE", "2026-10-12"))
    told = await tell(ask, company, id, day("LATE", "2026-10-13"), viewer="integrator")
    assert told["id"] == id
    found = (await ask(RECORDS, company.user("integrator"), id=id, where={}))["employment"]["records"]
    assert [it["day"] for it in found["nodes"]] == ["2026-10-13"]
    answer = await ask(OF_EMPLOYMENT, company.user("integrator"), id=id)
    assert set(answer["employment"]["attendance"].values()) == {None}


async def test_an_integrator_may_tell_what_others_told(ask: Ask, company: Company) -> None:
    """It adds nothing, and is answered like whoever told it first."""
    id, late = await employ(ask, company), day("LATE", "2026-10-12")
    await tell(ask, company, id, late)
    assert (await tell(ask, company, id, late, viewer="integrator"))["id"] == id


async def test_a_department_is_counted_with_all_below_it(ask: Ask, company: Company) -> None:
    one, other = await employ(ask, company), await employ(ask, company, "hr", "brand")
    elsewhere = await employ(ask, company, "hr", "technology")
    await tell(ask, company, one, day("LATE", "2026-09-10", minutes=5), day("PRESENT", "2026-09-10"))
    await tell(ask, company, one, day("ABSENT", "2026-10-12"))
    await tell(ask, company, other, month("LATE", "2026-10", 3))
    await tell(ask, company, elsewhere, month("LATE", "2026-10", 9))
    asked = await ask.whole(OF_DEPARTMENT, company.user("marketing"), code="MARKETING", by="MONTH")
    assert not asked.errors
    assert asked.statements == ["viewer", "department"]
    september, october = asked.data["department"]["workAttendance"]
    zero = {**NOTHING, "employees": 1, "presentDays": 1, "lateCount": 1, "lateMinutes": 5, "lateEmployees": 1}
    assert september == {**zero, "key": "2026-09", "attendanceRate": 1.0}
    october_expected = {**NOTHING, "employees": 2, "lateCount": 3, "lateEmployees": 1, "absentDays": 1}
    assert october == {**october_expected, "key": "2026-10", "absentEmployees": 1}
    answer = await ask(OF_DEPARTMENT, company.user("hr"), code="HQ", by="DEPARTMENT", **{"from": "2026-10-01"})
    found = {it["key"]: it["lateCount"] for it in answer["department"]["workAttendance"]}
    assert found == {"MARKETING": 0, "BRAND": 3, "TECHNOLOGY": 9}


async def test_another_employers_export_is_no_department_s_attendance(ask: Ask, company: Company) -> None:
    """It is read of the person, and not counted among those who work there."""
    company.at(days=0)
    consent = {"consented_at": NOW - timedelta(days=90), "consent_source": "form"}
    days = date(2026, 1, 5), date(2026, 10, 30)
    job = NewEmployment(company.departments["marketing"], company.person(), "Trainee", *days, "Another", **consent)
    await company.hr.work_attendance(
        await company.hr.employment(job), "export", Fact(AttendanceKind.LATE, date(2026, 10, 12))
    )
    answer = await ask(OF_DEPARTMENT, company.user("marketing"), code="MARKETING", by="MONTH")
    assert answer["department"]["workAttendance"] == []


@pytest.mark.parametrize("viewer", ["technology", "integrator"])
async def test_a_siblings_attendance_is_nobodys(ask: Ask, company: Company, viewer: str) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, day("LATE", "2026-10-12"))
    answer = await ask(OF_DEPARTMENT, company.user(viewer), code="MARKETING", by="MONTH")
    assert answer["department"]["workAttendance"] == []


CALENDAR = {
    "validFrom": "2026-01-01",
    "timeZone": "Asia/Shanghai",
    "schedule": ["MON-FRI 09:00-18:00"],
    "exceptions": ["2026-10-01"],
    "graceMinutes": 5,
}
CALENDARS = """
query C($code: String!) {
  organization { workCalendars { validFrom schedule exceptions graceMinutes timeZone department { name } } }
  department(code: $code) { workCalendars { validFrom schedule } }
}
"""


async def test_a_calendar_is_set_version_by_version(ask: Ask, company: Company) -> None:
    marketing = gid("Department", company.departments["marketing"])
    assert "id" in await ask.do("setWorkCalendar", company.user("hr"), **CALENDAR)
    later = {**CALENDAR, "validFrom": "2026-07-01", "schedule": ["MON-SAT 10:00-19:00"]}
    assert "id" in await ask.do("setWorkCalendar", company.user("hr"), **later, department=marketing)
    for early in ("2026-07-01", "2026-06-30"):
        refused = await ask.do(
            "setWorkCalendar", company.user("hr"), **{**later, "validFrom": early}, department=marketing
        )
        assert (refused["code"], refused["field"]) == ("INVALID_VALUE", "validFrom")
    answer = await ask(CALENDARS, company.user("marketing"), code="MARKETING")
    assert answer["organization"]["workCalendars"] == [{**CALENDAR, "department": None}]
    assert answer["department"]["workCalendars"] == [{"validFrom": "2026-07-01", "schedule": ["MON-SAT 10:00-19:00"]}]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"timeZone": "Beijing"}, "timeZone"),
        ({"graceMinutes": -1}, "graceMinutes"),
        ({"schedule": []}, "schedule"),
        ({"schedule": ["weekdays"]}, "schedule"),
        ({"exceptions": ["Christmas"]}, "exceptions"),
        ({"schedule": ["MON-FRI 09:00-12:00", "MON-FRI 13:00-18:00"]}, "schedule"),
        ({"exceptions": ["2026-12-24 09:00-13:00", "2026-12-24 09:00-12:00 half"]}, "exceptions"),
    ],
)
async def test_a_calendar_that_says_nothing_is_refused(
    ask: Ask, company: Company, wrong: dict[str, Any], field: str
) -> None:
    refused = await ask.do("setWorkCalendar", company.user("hr"), **{**CALENDAR, **wrong})
    assert (refused["code"], refused["field"]) == ("INVALID_VALUE", field)


async def test_only_hr_sets_a_calendar(ask: Ask, company: Company) -> None:
    assert (await ask.do("setWorkCalendar", company.user("marketing"), **CALENDAR))["code"] == "NOT_ALLOWED"


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.sampled_from(Granularity))
def test_a_fact_is_within_the_month_it_is_filed_under(on: date, granularity: Granularity) -> None:
    fact = Fact(
        AttendanceKind.LATE, on.replace(day=1) if granularity is Granularity.MONTH else on, granularity=granularity
    )
    assert fact.day < fact.until
    assert fact.until.replace(day=1) >= fact.day.replace(day=1)
    assert covers(Worked("", fact.day.isoformat(), None), fact)
    assert not covers(Worked("", fact.until.isoformat(), None), fact)


@pytest.mark.parametrize(
    ("out_of", "away", "left"), [(20, (2, 1), 17), (None, (2,), None), (5, (6,), None), (5, (5,), 0)]
)
def test_presence_is_what_absence_leaves(out_of: float | None, away: tuple[float, ...], left: float | None) -> None:
    assert present_days(out_of, *away) == left
