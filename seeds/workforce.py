"""The demo company at work: a calendar, three people who work or worked there, and what is told of their days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from graph.candidates import Person
from graph.checks import CheckOutcome, NewCheck
from graph.employments import Correction, NewEmployment
from graph.goals import Goal
from graph.shifts import AttendanceKind
from graph.timesheets import Fact, Granularity
from graph.work_calendars import NewCalendar
from seeds.makers import Maker, fixed_ids
from seeds.stories import SAME_EMAIL, SAME_PHONE

SOURCE = "打卡机"
WORKER = Person("周启明", "qiming.zhou@example.com", "+86 101 9999 0005")
"""Works in Sales and never applied for anything."""


@dataclass(frozen=True, slots=True)
class Job:
    """`began` and `ended` are counted in days back from the day of sowing; `late` is how often in the last month."""

    person: Person
    unit: str
    title: str
    began: int
    ended: int | None = None
    late: int = 0
    corrected: bool = False


JOBS = (
    Job(SAME_EMAIL, "BRAND", "内容编辑", 390, 160),
    Job(SAME_PHONE, "DATA", "数据工程师（外包）", 300, late=4),
    Job(WORKER, "SALES", "销售代表", 380, late=1, corrected=True),
)
CALENDAR = ("MON-FRI 09:00-18:00", "NIGHT: MON-FRI 22:00-06:00")


def calendar(today: date) -> NewCalendar:
    holidays = (f"{today.year}-01-01", f"{today.year}-10-01", f"{today.year}-10-02")
    return NewCalendar(today - timedelta(days=400), "Asia/Shanghai", 5, CALENDAR, holidays)


def last_month(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def days(job: Job, today: date) -> Iterator[Fact]:
    """The first ten weekdays of the last month, of which some began late and one was approved leave."""
    first = last_month(today)
    weekdays = [day for number in range(20) if (day := first + timedelta(days=number)).weekday() < 5][:10]
    for number, day in enumerate(weekdays):
        leave = number == 8
        yield Fact(AttendanceKind.APPROVED_LEAVE if leave else AttendanceKind.PRESENT, day)
        if number < job.late:
            yield Fact(AttendanceKind.LATE, day, minutes=8 + number)


def before(job: Job, today: date) -> Iterator[Fact]:
    """The month before that, told as a whole."""
    month = last_month(last_month(today))
    ended = None if job.ended is None else today - timedelta(days=job.ended)
    if ended is None or ended >= month:
        yield Fact(AttendanceKind.LATE, month, float(job.late), granularity=Granularity.MONTH)
        yield Fact(AttendanceKind.PRESENT, month, 20.0, granularity=Granularity.MONTH, out_of=20.0)


async def employ(maker: Maker, job: Job, department: str, today: date) -> None:
    """One job with what is told of its days; a lateness that was a fault of the clock is corrected."""
    started = today - timedelta(days=job.began)
    id = await maker.employment(NewEmployment(department, job.person, job.title, started, source="HRIS"))
    if job.ended is not None:
        month = (today - timedelta(days=job.ended + 31)).replace(day=1)
        await maker.work_attendance(
            id, SOURCE, Fact(AttendanceKind.EARLY_LEAVE, month, 2.0, granularity=Granularity.MONTH)
        )
        await maker.end_employment(id, today - timedelta(days=job.ended))
        return
    await maker.work_attendance(id, SOURCE, *days(job, today), *before(job, today))
    if job.corrected:
        # Ids that an act gives out are known: the second of its second call is that of the first lateness.
        new_id = fixed_ids(f"{maker.seed}/1")()
        record = [new_id(), new_id()][1]
        await maker.correct_work_attendance(Correction(record, "打卡机时间快了九分钟。", days=0.0))
    await maker.task_completion(id, GOALS, *goals(today))


GOALS = "OKR"


def goals(today: date) -> Iterator[Goal]:
    """The last quarter's goals, and one that is still open."""
    ended = last_month(today) - timedelta(days=1)
    began = ended - timedelta(days=89)
    yield Goal("拜访客户", began, ended, target=20.0, result=17.0)
    yield Goal("整理客户档案", began, ended, completed=True)
    yield Goal("年度总结", ended + timedelta(days=1), today + timedelta(days=30))


def checks(today: date) -> Iterator[tuple[str, str, NewCheck]]:
    """Stories whose résumés were checked, by the position that they applied to."""
    on = today - timedelta(days=21)
    told = "电话核实", "学校教务处", on
    yield "li-na", "CONTENT", NewCheck("", CheckOutcome.VERIFIED, "本科学历", *told, "毕业年份与专业一致。")
    details = "学校没有该课程的修读记录。"
    yield "chen-siyuan-hz", "DATA_ENGINEER", NewCheck("", CheckOutcome.MISMATCH, "进修课程", *told, details)
