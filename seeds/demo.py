"""The demo company, Xinghe Group 星河集团: sown once, the same every time but for the day it is counted from."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from graph import demo
from graph.checks import CheckOutcome
from graph.courses import Course
from graph.credit import Dimension
from graph.organizations import AlreadyThere
from graph.positions import Urgency
from graph.visibility import OrganizationRole, Viewer
from graph.writing import Graph
from seeds import makers, workforce
from seeds.asking import ASKED, ASKING
from seeds.makers import Maker, fixed_ids
from seeds.stories import (
    HR,
    INBOX,
    INTEGRATOR,
    MAIN_STORY,
    MARKETING,
    SUBSIDIARY,
    TECHNOLOGY,
    Scene,
    Story,
    stories,
)

NAME, NAME_ZH, ZONE = "Xinghe Group", "星河集团", "Asia/Shanghai"
AUDITOR, INTERVIEWER, LEAD = "auditor@demo", "interviewer@technology.demo", "lead@demo"
OLD = timedelta(days=60)
"""The age from which a renewal is offered."""
AT_ONCE = 3
"""Stories told at the same time."""
FOUNDED, CLOSED = 420, 150
"""Days before the day of sowing on which the departments were made, and EVENTS was closed."""

USERS: Mapping[str, tuple[str, str]] = {
    MARKETING: ("Recruiter of Marketing and all below it", "市场部招聘专员（含下级）"),
    TECHNOLOGY: ("Recruiter of Technology and all below it", "技术部招聘专员（含下级）"),
    SUBSIDIARY: ("Recruiter of the Subsidiary, a circle of its own", "子公司招聘专员（独立共享圈）"),
    INTERVIEWER: ("Interviewer in Technology", "技术部面试官"),
    HR: ("HR administrator of headquarters and Subsidiary", "集团与子公司人力资源管理员"),
    LEAD: ("Head of HR: approves what the administrator proposes", "人力资源总监：审批管理员提出的方案"),
    AUDITOR: ("Auditor: reads everything, writes nothing", "审计员：可查看全部，不可修改"),
    INTEGRATOR: ("Integration: files applications, never sees a finding", "系统集成：可录入投递，看不到认定"),
}
"""Who the demo's users are, by external id, in English and Chinese."""

NAMES: Mapping[str, str] = {
    MARKETING: "顾晓岚",
    TECHNOLOGY: "沈立群",
    SUBSIDIARY: "贺文清",
    INTERVIEWER: "骆一鸣",
    HR: "唐书敏",
    LEAD: "秦以安",
    AUDITOR: "温若谷",
}
"""What the demo's people are called; the integration is none."""

COURSES = (
    Course(Dimension.WORK_ATTENDANCE, "Planning one's week", "时间管理", "https://courses.example.com/planning"),
    Course(
        Dimension.AI_INTERVIEW_NO_SHOW,
        "Ready for a video interview",
        "视频面试准备",
        "https://courses.example.com/ready",
    ),
    Course(Dimension.COMMUNICATION, "Saying no in time", "及时沟通", "https://courses.example.com/in-time"),
    Course(Dimension.RESUME_AUTHENTICITY, "A résumé that holds", None, "https://courses.example.com/resume"),
)
HOOK, KEY = "https://hooks.example.com/turnout", "whsec_dHVybm91dCBkZW1vIHdlYmhvb2sga2V5"


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    name_zh: str
    parent: str | None = None


UNITS = (
    Unit("HEADQUARTERS", "Headquarters", "集团总部"),
    Unit("MARKETING", "Marketing", "市场部", "HEADQUARTERS"),
    Unit("BRAND", "Brand", "品牌组", "MARKETING"),
    Unit("GROWTH", "Growth", "增长组", "MARKETING"),
    Unit("EVENTS", "Events", "活动组", "MARKETING"),
    Unit("TECHNOLOGY", "Technology", "技术部", "HEADQUARTERS"),
    Unit("PLATFORM", "Platform", "平台组", "TECHNOLOGY"),
    Unit("DATA", "Data", "数据组", "TECHNOLOGY"),
    Unit("SALES", "Sales", "销售部", "HEADQUARTERS"),
    Unit("HR", "Human Resources", "人力资源部", "HEADQUARTERS"),
    Unit("SUBSIDIARY", "Subsidiary", "子公司"),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A position; `recruiter` acts for it, `closed` is the day it was closed, both counted as FOUNDED is."""

    key: str
    unit: str
    title: str
    job_family: str
    recruiter: str
    opened: int
    closed: int | None = None
    urgency: Urgency = Urgency.NORMAL


OPENINGS = (
    Opening("STRATEGY", "HEADQUARTERS", "战略分析师", "ANALYSIS", HR, 410),
    Opening("MARKETING_PRODUCT", "MARKETING", "市场产品经理", "PRODUCT", MARKETING, 400),
    Opening("MARKETING_ANALYST", "MARKETING", "市场数据分析师", "ANALYSIS", MARKETING, 395),
    Opening("BRAND_PLANNER", "BRAND", "品牌策划", "MARKETING", MARKETING, 390),
    Opening("CONTENT", "BRAND", "内容运营", "OPERATIONS", MARKETING, 385),
    Opening("EVENTS_PLANNER", "EVENTS", "活动策划", "MARKETING", MARKETING, 380),
    Opening("GROWTH_PRODUCT", "GROWTH", "增长产品经理", "PRODUCT", MARKETING, 370, urgency=Urgency.URGENT_BACKFILL),
    Opening("GROWTH_OPERATIONS", "GROWTH", "用户运营", "OPERATIONS", MARKETING, 365),
    Opening(INBOX, "TECHNOLOGY", "技术产品经理", "PRODUCT", TECHNOLOGY, 360, urgency=Urgency.URGENT_BACKFILL),
    Opening("BACKEND", "TECHNOLOGY", "后端开发工程师", "ENGINEERING", TECHNOLOGY, 355),
    Opening("PLATFORM_ENGINEER", "PLATFORM", "平台开发工程师", "ENGINEERING", TECHNOLOGY, 350),
    Opening("OPERATIONS", "PLATFORM", "运维工程师", "ENGINEERING", TECHNOLOGY, 340, closed=45),
    Opening("DATA_ANALYST", "DATA", "数据分析师", "ANALYSIS", TECHNOLOGY, 330),
    Opening("DATA_ENGINEER", "DATA", "数据工程师", "ENGINEERING", TECHNOLOGY, 320),
    Opening("SALES_MANAGER", "SALES", "销售经理", "SALES", HR, 310),
    Opening("KEY_ACCOUNTS", "SALES", "大客户经理", "SALES", HR, 300, urgency=Urgency.URGENT_BACKFILL),
    Opening("RECRUITING", "HR", "招聘专员", "HUMAN_RESOURCES", HR, 290),
    Opening("SUBSIDIARY_BACKEND", "SUBSIDIARY", "后端开发工程师", "ENGINEERING", SUBSIDIARY, 280),
    Opening("SUBSIDIARY_MARKETING", "SUBSIDIARY", "市场专员", "MARKETING", SUBSIDIARY, 270),
    Opening("SUBSIDIARY_SALES", "SUBSIDIARY", "销售代表", "SALES", SUBSIDIARY, 260, closed=20),
)
RECRUITS = {MARKETING: "MARKETING", TECHNOLOGY: "TECHNOLOGY", SUBSIDIARY: "SUBSIDIARY"}
SOURCES = ("官网", "内部推荐", "招聘网站", "校园招聘", "猎头推荐")
BY_KEY = {opening.key: opening for opening in OPENINGS}


def _seed(kind: str, name: str) -> str:
    return f"xinghe/{kind}/{name}"


def _first_id(seed: str, before: int = 0) -> str:
    """The id that the first act under `seed` gives out after `before` others."""
    new_id = fixed_ids(f"{seed}/0")()
    return [new_id() for _ in range(before + 1)][before]


def organization_id() -> str:
    return fixed_ids("xinghe")()()


def department_id(code: str) -> str:
    return _first_id(_seed("department", code))


def position_id(key: str) -> str:
    return _first_id(_seed("position", key))


def candidate_id(story: str) -> str:
    return _first_id(_seed("story", f"{story}/0"))


def application_id(story: str, chapter: int = 0) -> str:
    """The application of a story's chapter; in the first, the candidate was made before it."""
    return _first_id(_seed("story", f"{story}/{chapter}"), before=0 if chapter else 1)


def main_candidate_id() -> str:
    return candidate_id(MAIN_STORY.key)


def main_application_id() -> str:
    """The application to Technology by the person who missed Marketing's interview."""
    return application_id(MAIN_STORY.key, 1)


@dataclass
class Company:
    """The demo while it is sown: who acts in it, and the day from which its days are counted back."""

    graph: Graph
    sown_at: datetime
    viewers: dict[str, Viewer]
    freed: list[str] = field(default_factory=list)
    """Interviews whose time was given up."""

    @classmethod
    async def of(cls, graph: Graph, sown_at: datetime) -> Company:
        company = cls(graph, sown_at, {})
        await company.meet(HR)
        return company

    def time(self, days: int, hour: int, minute: int = 0) -> datetime:
        """An hour of the office, so many days before the day of sowing."""
        day = self.sown_at.astimezone(ZoneInfo(ZONE)).replace(hour=hour, minute=minute, second=0, microsecond=0)
        return (day - timedelta(days=days)).astimezone(UTC)

    def by(self, user: str, at: datetime, seed: str) -> Maker:
        return Maker(self.graph, self.viewers[user], at, seed, tells=False)

    async def meet(self, *users: str) -> None:
        """Reads who may do what, again after the structure changed."""
        for user in users:
            self.viewers[user] = (await makers.maker(self.graph, user, at=self.sown_at)).viewer

    async def found(self) -> None:
        """Departments, users and positions."""
        for unit in UNITS:
            await self.by(HR, self.time(FOUNDED, 9), _seed("department", unit.code)).department(
                unit.code,
                unit.name,
                unit.name_zh,
                parent=department_id(unit.parent) if unit.parent else None,
                shares_history=unit.code == "HEADQUARTERS",
            )
        await self.meet(HR)
        for user, code in RECRUITS.items():
            await self._hirer(user).user(user, recruits_for=(department_id(code),), name=NAMES[user])
        technology = (department_id("TECHNOLOGY"),)
        await self._hirer(INTERVIEWER).user(INTERVIEWER, interviews_for=technology, name=NAMES[INTERVIEWER])
        for admin in (HR, LEAD):
            await self._hirer(admin).user(admin, OrganizationRole.HR_ADMIN, name=NAMES[admin])
        await self._hirer(AUDITOR).user(AUDITOR, OrganizationRole.AUDITOR, name=NAMES[AUDITOR])
        await self._hirer(INTEGRATOR).user(INTEGRATOR, OrganizationRole.INTEGRATOR)
        await self.meet(*RECRUITS, INTEGRATOR, LEAD)
        for opening in OPENINGS:
            maker = self.by(opening.recruiter, self.time(opening.opened, 9, 30), _seed("position", opening.key))
            await maker.position(department_id(opening.unit), opening.title, opening.job_family, opening.urgency)

    def _hirer(self, user: str) -> Maker:
        return self.by(HR, self.time(FOUNDED, 9, 15), _seed("user", user))

    async def close_events(self) -> None:
        """Closes EVENTS; its position and its history go to BRAND."""
        closer = self.by(HR, self.time(CLOSED, 18), _seed("closing", "EVENTS"))
        await closer.close_department(department_id("EVENTS"), department_id("BRAND"))
        await self.meet(HR, *RECRUITS, INTEGRATOR)

    async def close_positions(self) -> None:
        for opening in OPENINGS:
            if opening.closed is not None:
                closer = self.by(opening.recruiter, self.time(opening.closed, 17), _seed("closing", opening.key))
                await closer.close_position(position_id(opening.key))

    async def employ(self) -> None:
        """A calendar, and the people at work."""
        today = self.sown_at.astimezone(ZoneInfo(ZONE)).date()
        await self.by(HR, self.time(FOUNDED, 10), _seed("calendar", NAME)).work_calendar(workforce.calendar(today))
        for job in workforce.JOBS:
            maker = self.by(HR, self.time(1, 12), _seed("job", job.person.display_name))
            await workforce.employ(maker, job, department_id(job.unit), today)

    async def check(self) -> None:
        """Two résumés that were checked: one holds, the other did not, and its owner was heard."""
        for number, (story, position, new) in enumerate(workforce.checks(self.sown_at.date())):
            maker = self.by(BY_KEY[position].recruiter, self.time(20, 14 + number), _seed("check", story))
            check = await maker.resume_check(replace(new, application=application_id(story)))
            if new.outcome is CheckOutcome.MISMATCH:
                finding = await maker.finding_of(check)
                maker.at = self.time(20, 16)
                await maker.notice(finding)
                maker.at = self.time(18, 10)
                await maker.own_statement(finding, "项目名称写错了，可提供证明。")
                maker.at = self.time(17, 11)
                await maker.confirmation(finding, reason="学校与候选人均无法提供该课程的记录。")

    async def reckon(self) -> None:
        """Sets what a missed interview costs."""
        await self.by(HR, self.time(30, 10), _seed("costs", "1")).costs(onsite=150, recruiter_hour=75)
        # It was tried and taken away again: a demo company calls nobody.
        await self.by(INTEGRATOR, self.time(30, 11), _seed("webhook", "1")).webhook(HOOK, KEY)
        await self.by(INTEGRATOR, self.time(30, 12), _seed("webhook", "2")).webhook(None, None)

    async def govern(self) -> None:
        """A policy of its own, a way to score that a second person approved, courses, and an hour without receipts."""
        await self.by(HR, self.time(90, 10), _seed("policy", "1")).policy(offer_hours=12)
        proposer = self.by(HR, self.time(200, 10), _seed("score", "1"))
        policy = await proposer.score_policy()
        await proposer.impact_assessment(policy)
        await self.by(LEAD, self.time(195, 10), _seed("score", "2")).approval(policy)
        await self.by(HR, self.time(80, 10), _seed("courses", "1")).courses(*COURSES)
        gap = fixed_ids(_seed("gap", "1"))()()
        since, until = self.time(20, 22), self.time(20, 23)
        await demo.name_gap(self.graph, organization_id(), gap, since=since, until=until)

    async def refill(self) -> None:
        """Offers the time that somebody gave up to two others, one after the other."""
        waiting = candidate_id("chen-siyuan-sh"), candidate_id("li-anna")
        for interview in self.freed:
            await self.by(TECHNOLOGY, self.time(1, 10), _seed("refill", interview)).free_slot(interview, *waiting)

    async def tell(self, story: Story) -> None:
        """One person's chapters in their order, then what HR did to the record."""
        for number, chapter in enumerate(story.chapters):
            opening, seed = BY_KEY[chapter.position], _seed("story", f"{story.key}/{number}")
            filed_at = self.time(chapter.days, 9 + len(story.key) % 8, sum(story.key.encode()) % 60)
            clerk = self.by(chapter.filed_by or opening.recruiter, filed_at, seed)
            source = SOURCES[(len(story.key) + number) % len(SOURCES)]
            application = await clerk.application(position_id(opening.key), story.person, source)
            maker = replace(clerk, viewer=self.viewers[opening.recruiter])
            interviewer = _first_id(_seed("user", INTERVIEWER)) if opening.recruiter == TECHNOLOGY else None
            await chapter.ending(
                Scene(
                    maker,
                    self.time,
                    chapter.days,
                    story.hour,
                    application,
                    interviewer,
                    position_id(opening.key),
                    self.viewers[INTEGRATOR],
                    self.freed,
                )
            )
        keeper = self.by(HR, self.time(1, 17), _seed("keeping", story.key))
        if story.restricted:
            await keeper.restrict(candidate_id(story.key))
        if story.erased:
            await keeper.erase(candidate_id(story.key))


async def sow(graph: Graph, *, now: datetime, progress: Callable[[int, int], None] | None = None) -> bool:
    """Sows the demo, or finishes one that was broken off, with its times; false where nothing was missing.

    `progress` is told how many stories are told, of how many. AlreadyThere where an Organization that is no demo
    has its name or one of its users.
    """
    found = await _find(graph)
    if found is not None and found.sown:
        return False
    if found is not None and not found.kept:
        await demo.remove(graph, organization_id())
    try:
        await makers.organization(
            graph, NAME, name_zh=NAME_ZH, at=now - timedelta(days=FOUNDED + 1), admin=HR, demo=True, seed="xinghe"
        )
    except AlreadyThere:
        if await _find(graph) is None:
            raise
    company = await Company.of(graph, await demo.begin(graph, organization_id(), now=now))
    await company.found()
    before, after = stories([ASKING], ASKED)
    told, total = count(1), len(before) + len(after)

    async def tell(story: Story) -> None:
        await company.tell(story)
        if progress is not None:
            progress(next(told), total)

    await _at_once(tell, before)
    await company.close_events()
    await _at_once(tell, after)
    await company.close_positions()
    await company.employ()
    await company.check()
    await company.reckon()
    await company.govern()
    await company.refill()
    await demo.finish(graph, organization_id())
    return True


async def age(graph: Graph, *, now: datetime) -> timedelta | None:
    """How long ago the demo was sown, or begun; None where there is none."""
    found = await _find(graph)
    return now - found.sown_at if found and found.sown_at else None


async def renew(graph: Graph, *, now: datetime, progress: Callable[[int, int], None] | None = None) -> None:
    """Removes the demo with all that was done in it, and sows it anew, counted from `now`, under the same ids."""
    await demo.remove(graph, organization_id())
    await sow(graph, now=now, progress=progress)


async def _find(graph: Graph) -> demo.Demo | None:
    """The demo; it can be finished as long as the memory of its first act is kept."""
    new_id = fixed_ids("xinghe")()
    organization, caller = new_id(), new_id()
    key = f"{_seed('department', UNITS[0].code)}/0"
    return await demo.find(graph, organization, caller=caller, mutation="createDepartment", key=key)


async def _at_once(tell: Callable[[Story], Awaitable[None]], stories: Iterable[Story]) -> None:
    """Tells stories a few at a time; the first failure ends them all and is raised."""
    waiting = iter(stories)

    async def teller() -> None:
        for story in waiting:
            await tell(story)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(teller())
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
