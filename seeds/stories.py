"""What happened in the demo company: two hundred people, what they applied for and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, zip_longest
from typing import TypeAlias

from graph.applications import Stage
from graph.candidates import Person
from graph.causes import Cause
from graph.decisions import Decide, Verdict
from graph.findings import FindingState
from graph.interviews import Attendance, EvidenceCode, Mode, Response, Side, Times
from graph.refusals import Locale
from graph.rounds import Invitee
from graph.visibility import Viewer
from seeds.makers import Maker

CANDIDATES = 200
HELD = 4
"""Days from an application to its interview."""
DECIDED = HELD + 4
"""Days from an application to the decision about a missed interview: four days of silence."""

MARKETING, TECHNOLOGY = "recruiter@marketing.demo", "recruiter@technology.demo"
SUBSIDIARY, HR, INTEGRATOR = "recruiter@subsidiary.demo", "hr@demo", "integrator@demo"


@dataclass
class Scene:
    """One application; its days are counted from the day it was filed, its hours are those of the office."""

    maker: Maker
    time: Callable[[int, int, int], datetime]
    """The time of day, so many days before the day of sowing."""
    days: int
    hour: int
    application: str
    interviewer: str | None
    position: str
    integrator: Viewer
    freed: list[str]
    """Interviews whose time was given up, told so far."""

    def on(self, day: int, hour: int, minute: int = 0) -> Maker:
        self.maker.at = self.time(self.days - day, hour, minute)
        return self.maker

    async def invites(self, mode: Mode, *, held: datetime | None = None, response: Response = Response.ACCEPTED) -> str:
        """Moves the application on, invites for `held`, and records the answer of the same afternoon."""
        held = held or self.time(self.days - HELD, self.hour, 0)
        await self.on(1, 10).advance(self.application, Stage.INTERVIEW)
        recorded = mode is Mode.AI_ASYNC
        interview = await self.on(1, 10, 5).interview(
            self.application,
            mode=mode,
            starts_at=held - timedelta(hours=48) if recorded else held,
            minutes=48 * 60 if recorded else 30,
            interviewers=(self.interviewer,) if self.interviewer and mode in (Mode.VIDEO, Mode.ONSITE) else (),
            response=None,
        )
        if response is not Response.NEEDS_ACTION:
            await self.on(1, 16, 20).respond(interview, response)
        return interview


Ending: TypeAlias = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """An application filed so many days before the day of sowing, and what came of it."""

    position: str
    days: int
    ending: Ending
    filed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """What one person did; `restricted` and `erased` are what HR did to the record in the end."""

    key: str
    person: Person
    chapters: tuple[Chapter, ...]
    restricted: bool = False
    erased: bool = False

    @property
    def hour(self) -> int:
        """When this person is interviewed; the main job's candidate at ten."""
        return 10 if self.key.startswith("wang-xiaoyu") else (9, 10, 11, 14, 15, 16)[len(self.key) % 6]


async def waits(_: Scene) -> None:
    """Nothing has come of it yet."""


def reaches(stage: Stage) -> Ending:
    async def tell(scene: Scene) -> None:
        await scene.on(1, 11).advance(scene.application, stage)

    return tell


def is_invited(response: Response, mode: Mode = Mode.AI_LIVE, *, ahead: int = 2) -> Ending:
    """The interview lies `ahead` days after the day of sowing."""

    async def tell(scene: Scene) -> None:
        scene.maker.tells = ahead > 0
        await scene.invites(mode, held=scene.time(-ahead, scene.hour, 0), response=response)

    return tell


def is_one_of_many(*, ahead: int) -> Ending:
    """Invited to a recorded interview by a round; the deadline lies `ahead` days after the day of sowing."""

    async def tell(scene: Scene) -> None:
        await scene.on(1, 10).advance(scene.application, Stage.INTERVIEW)
        ends = scene.time(-ahead, scene.hour, 0)
        times = Times(ends - timedelta(hours=48), ends, "Asia/Shanghai")
        await scene.on(1, 10, 5).round(scene.position, Invitee(times, scene.application), mode=Mode.AI_ASYNC)

    return tell


def attends(
    attendance: Attendance = Attendance.ATTENDED,
    *evidence: EvidenceCode,
    mode: Mode = Mode.AI_LIVE,
    response: Response = Response.ACCEPTED,
    then: Stage | None = None,
) -> Ending:
    async def tell(scene: Scene) -> None:
        interview = await scene.invites(mode, response=response)
        await scene.on(HELD, scene.hour + 1).attendance(interview, attendance, *evidence)
        if then is Stage.REJECTED:
            await scene.on(HELD + 1, 9, 30).reject(scene.application)
        elif then is not None:
            await scene.on(HELD + 1, 9, 30).advance(scene.application, then)

    return tell


def misses(
    state: FindingState,
    cause: Cause = Cause.CANDIDATE,
    *evidence: EvidenceCode,
    mode: Mode = Mode.AI_LIVE,
    statement: str | None = None,
    reason: str = "逾期未答复。",
    held: bool = False,
) -> Ending:
    """Accepted, not attended, suspected, and taken as far as `state`; `held` is the application then."""

    async def tell(scene: Scene) -> None:
        interview = await scene.invites(mode)
        await scene.on(HELD, scene.hour + 1).attendance(interview, Attendance.NOT_ATTENDED, *evidence)
        finding = await scene.on(HELD, scene.hour + 1, 10).suspicion(interview)
        if state is FindingState.SUSPECTED:
            return
        await scene.on(HELD, scene.hour + 1, 20).notice(finding)
        if statement is not None:
            await scene.on(HELD + 1, 9, 40).statement(finding, statement)
        if state is FindingState.NOTICE_SENT:
            return
        decider = scene.on(DECIDED, scene.hour + 1, 30)
        if state is FindingState.EXCUSED:
            await decider.excuse(finding, reason)
            return
        await decider.look(finding)
        await decider.confirmation(finding, cause, reason)
        if state is FindingState.DISPUTED:
            await scene.on(DECIDED + 2, 14).dispute(finding, "收到的面试链接无法打开，曾致电说明。")
        elif state is FindingState.VOID:
            await scene.on(DECIDED + 2, 14).void(finding, "误记：到面者另有其人。")
        if held:
            decision = Decide(scene.application, Verdict.HOLD, "待岗位需求明确后再议。", (finding,))
            await scene.on(DECIDED + 3, 10).decide(decision)

    return tell


def is_let_down(cause: Cause, attendance: Attendance, evidence: EvidenceCode, mode: Mode, reason: str) -> Ending:
    """The platform's or the employer's fault, found without suspecting anybody."""

    async def tell(scene: Scene) -> None:
        interview = await scene.invites(mode)
        await scene.on(HELD, scene.hour + 1).attendance(interview, attendance, evidence)
        await scene.on(HELD, scene.hour + 2).fault(interview, cause, reason)

    return tell


def cancels(by: Side) -> Ending:
    async def tell(scene: Scene) -> None:
        interview = await scene.invites(Mode.VIDEO)
        await scene.on(2, 11).cancel(interview, by)

    return tell


def moves_twice(then: Attendance) -> Ending:
    """The candidate asks for another time, then the employer does."""

    async def tell(scene: Scene) -> None:
        first = await scene.invites(Mode.VIDEO)
        second = await scene.on(2, 9, 30).reschedule(
            first, scene.time(scene.days - HELD - 1, scene.hour, 30), Side.CANDIDATE
        )
        third = await scene.on(3, 9, 30).reschedule(
            second, scene.time(scene.days - HELD - 2, scene.hour, 0), Side.EMPLOYER
        )
        await scene.on(3, 13).respond(third, Response.ACCEPTED)
        await scene.on(HELD + 2, scene.hour + 1).attendance(third, then)

    return tell


async def withdraws(scene: Scene) -> None:
    await scene.on(2, 15).withdraw(scene.application, "已接受其他工作机会。")


async def is_rejected(scene: Scene) -> None:
    await scene.on(3, 10).reject(scene.application)


FINAL = FindingState.FINAL
PLATFORM_FAULT, INTERVIEWER_ABSENT = EvidenceCode.PLATFORM_FAULT, EvidenceCode.INTERVIEWER_ABSENT
INBOX = "TECHNOLOGY_PRODUCT"
"""The position with more than fifty applications."""
AT_INBOX = Chapter(INBOX, 3, waits)

SPECIAL: tuple[tuple[Chapter, ...], ...] = (
    # Findings at every step, and what Technology then is told of each.
    (Chapter("GROWTH_PRODUCT", 6, misses(FindingState.SUSPECTED)),),
    (Chapter("DATA_ANALYST", 7, misses(FindingState.SUSPECTED, mode=Mode.AI_ASYNC)), Chapter(INBOX, 2, waits)),
    (Chapter("MARKETING_PRODUCT", 6, misses(FindingState.NOTICE_SENT)), Chapter(INBOX, 1, waits)),
    (
        Chapter(
            "BACKEND", 9, misses(FindingState.NOTICE_SENT, mode=Mode.VIDEO, statement="当天地铁停运，未能按时赶到。")
        ),
    ),
    (Chapter("BACKEND", 80, misses(FINAL, mode=Mode.ONSITE)), Chapter("SALES_MANAGER", 5, waits)),
    (Chapter("BRAND_PLANNER", 70, misses(FINAL, Cause.UNKNOWN, reason="无法查明原因。")), AT_INBOX),
    (
        Chapter(
            "PLATFORM_ENGINEER",
            60,
            misses(
                FINAL, Cause.PLATFORM, PLATFORM_FAULT, statement="登录页一直报错。", reason="平台日志显示登录失败。"
            ),
        ),
        AT_INBOX,
    ),
    (
        Chapter(
            "GROWTH_PRODUCT",
            50,
            is_let_down(
                Cause.PLATFORM, Attendance.INCOMPLETE, PLATFORM_FAULT, Mode.AI_ASYNC, "录制中断，平台日志可证。"
            ),
        ),
        AT_INBOX,
    ),
    (
        Chapter(
            "KEY_ACCOUNTS",
            45,
            is_let_down(
                Cause.EMPLOYER, Attendance.NOT_ATTENDED, INTERVIEWER_ABSENT, Mode.VIDEO, "面试官未进入会议室。"
            ),
        ),
        AT_INBOX,
    ),
    (
        Chapter(
            "CONTENT",
            40,
            misses(FindingState.EXCUSED, mode=Mode.VIDEO, statement="当天台风停运，附停运公告。", reason="公告属实。"),
        ),
        AT_INBOX,
    ),
    (Chapter("MARKETING_PRODUCT", 35, misses(FindingState.DISPUTED)), AT_INBOX),
    (Chapter("MARKETING_ANALYST", 34, misses(FindingState.VOID)), AT_INBOX),
    (Chapter("GROWTH_PRODUCT", 300, misses(FINAL)), AT_INBOX),
    (Chapter("SALES_MANAGER", 260, misses(FINAL)), Chapter("GROWTH_OPERATIONS", 120, misses(FINAL)), AT_INBOX),
    (Chapter("PLATFORM_ENGINEER", 55, misses(FINAL, mode=Mode.AI_ASYNC)), AT_INBOX),
    (Chapter("STRATEGY", 65, misses(FINAL, mode=Mode.VIDEO)), AT_INBOX),
    (Chapter("RECRUITING", 75, misses(FINAL)), Chapter("GROWTH_PRODUCT", 4, waits)),
    (Chapter("SUBSIDIARY_BACKEND", 90, misses(FINAL)), Chapter("SUBSIDIARY_MARKETING", 6, waits)),
    # Facts without a finding.
    (Chapter("BACKEND", 20, attends(Attendance.ATTENDED_LATE, mode=Mode.ONSITE, then=Stage.OFFER)),),
    (Chapter("CONTENT", 21, attends(Attendance.INCOMPLETE, mode=Mode.AI_ASYNC)),),
    (Chapter("DATA_ENGINEER", 22, attends(Attendance.NOT_ATTENDED, response=Response.NEEDS_ACTION)),),
    (Chapter("BACKEND", 23, attends(Attendance.NOT_ATTENDED, INTERVIEWER_ABSENT, mode=Mode.VIDEO)),),
    (Chapter("SALES_MANAGER", 24, attends(Attendance.ENTERED_IN_ERROR)),),
    (Chapter("SALES_MANAGER", 18, cancels(Side.CANDIDATE)),),
    (Chapter("BRAND_PLANNER", 19, cancels(Side.EMPLOYER)),),
    (Chapter("DATA_ANALYST", 25, moves_twice(Attendance.ATTENDED)),),
    (Chapter("BACKEND", 6, is_invited(Response.ACCEPTED, Mode.VIDEO, ahead=-1)),),
    (Chapter("BACKEND", 5, is_invited(Response.DECLINED, Mode.ONSITE)),),
    (Chapter("RECRUITING", 5, is_invited(Response.TENTATIVE, Mode.VIDEO, ahead=4)),),
    # Ends of applications, in positions closed since as well.
    (Chapter("OPERATIONS", 110, attends(mode=Mode.ONSITE, then=Stage.HIRED)),),
    (Chapter("OPERATIONS", 108, attends(then=Stage.REJECTED)),),
    (Chapter("SUBSIDIARY_SALES", 88, attends(mode=Mode.VIDEO, then=Stage.HIRED)),),
    (Chapter("SUBSIDIARY_SALES", 86, withdraws),),
    (Chapter("STRATEGY", 30, is_rejected), AT_INBOX),
    # One who applies everywhere.
    (
        Chapter("SALES_MANAGER", 130, is_rejected),
        Chapter("MARKETING_PRODUCT", 115, attends(then=Stage.REJECTED)),
        Chapter("GROWTH_PRODUCT", 92, withdraws),
        Chapter("DATA_ANALYST", 66, attends(mode=Mode.VIDEO)),
        Chapter("RECRUITING", 31, reaches(Stage.SCREENING)),
        Chapter(INBOX, 4, waits),
    ),
)
BEFORE_CLOSING: tuple[tuple[Chapter, ...], ...] = (
    (Chapter("EVENTS_PLANNER", 175, misses(FINAL, mode=Mode.VIDEO)), AT_INBOX),
    (Chapter("EVENTS_PLANNER", 190, attends(mode=Mode.ONSITE, then=Stage.HIRED)),),
    (Chapter("EVENTS_PLANNER", 185, is_rejected), Chapter("BRAND_PLANNER", 28, reaches(Stage.SCREENING))),
    (Chapter("EVENTS_PLANNER", 180, withdraws),),
)
"""Stories that begin in a department that is closed later."""

ROUTINE: tuple[tuple[Ending, int, int], ...] = (
    (waits, 1, 12),
    (attends(then=Stage.OFFER), 8, 40),
    (reaches(Stage.SCREENING), 3, 20),
    (attends(mode=Mode.VIDEO), 7, 30),
    (is_invited(Response.ACCEPTED, ahead=1), 3, 4),
    (is_rejected, 6, 60),
    (attends(mode=Mode.AI_ASYNC, then=Stage.REJECTED), 9, 60),
    (is_one_of_many(ahead=5), 3, 3),
    (attends(mode=Mode.ONSITE, then=Stage.HIRED), 20, 80),
    (withdraws, 8, 50),
    (waits, 2, 25),
)
"""What mostly happens, the least days since the application, and over how many more they are spread."""
INBOX_ROUTINE: tuple[tuple[Ending, int, int], ...] = (
    (waits, 1, 9),
    (waits, 2, 15),
    (reaches(Stage.SCREENING), 4, 12),
    (waits, 1, 5),
    (is_invited(Response.ACCEPTED, ahead=1), 3, 5),
    (attends(), 8, 12),
    (waits, 3, 18),
    (reaches(Stage.SCREENING), 6, 12),
)
ROUTINE_POSITIONS = (
    *("MARKETING_PRODUCT", "BACKEND", "SALES_MANAGER", "BRAND_PLANNER", "DATA_ANALYST", "SUBSIDIARY_BACKEND"),
    *("CONTENT", "PLATFORM_ENGINEER", "KEY_ACCOUNTS", "GROWTH_PRODUCT", "SUBSIDIARY_MARKETING", "DATA_ENGINEER"),
    *("RECRUITING", "EVENTS_PLANNER", "MARKETING_ANALYST", "GROWTH_OPERATIONS", "STRATEGY"),
)
IN_INBOX = 44

SURNAMES: Mapping[str, str] = {
    **{"李": "li", "张": "zhang", "刘": "liu", "陈": "chen", "杨": "yang", "赵": "zhao", "黄": "huang", "周": "zhou"},
    **{"吴": "wu", "徐": "xu", "孙": "sun", "胡": "hu", "朱": "zhu", "高": "gao", "林": "lin", "何": "he"},
    **{"郭": "guo", "马": "ma", "罗": "luo", "梁": "liang", "宋": "song", "郑": "zheng", "谢": "xie", "韩": "han"},
    **{"唐": "tang", "冯": "feng", "董": "dong", "程": "cheng", "曹": "cao", "邓": "deng", "沈": "shen", "彭": "peng"},
}
GIVEN: Mapping[str, str] = {
    **{"思远": "siyuan", "雨桐": "yutong", "浩然": "haoran", "欣怡": "xinyi", "子轩": "zixuan", "佳宁": "jianing"},
    **{"俊杰": "junjie", "梦琪": "mengqi", "志强": "zhiqiang", "晓彤": "xiaotong", "文博": "wenbo", "静怡": "jingyi"},
    **{"建国": "jianguo", "诗涵": "shihan", "明哲": "mingzhe", "婉清": "wanqing", "天宇": "tianyu", "丽华": "lihua"},
    **{"嘉豪": "jiahao", "若溪": "ruoxi", "博文": "bowen", "慧敏": "huimin", "子涵": "zihan", "秀英": "xiuying"},
    **{"海涛": "haitao", "雪莹": "xueying", "鹏飞": "pengfei", "美玲": "meiling", "振华": "zhenhua", "可欣": "kexin"},
    **{"立群": "liqun", "芷若": "zhiruo", "凯文": "kaiwen"},
}
"""Thirty-two surnames and thirty-three given names, so that a step along both at once repeats no pair."""
ENGLISH = ("Emily Carter", "Daniel Okafor", "Sofia Marchetti", "Liam Novak", "Priya Raman", "Hannah Vogel")


def people() -> Iterator[Person]:
    """Invented people; no Chinese mobile number begins with 101."""
    surnames, given = list(SURNAMES.items()), list(GIVEN.items())
    for number in count():
        phone = f"+86 101 {number // 10_000:04d} {number % 10_000:04d}"
        if number % 31 == 30:
            name = ENGLISH[number // 31 % len(ENGLISH)]
            email = f"{name.lower().replace(' ', '.')}@example.com"
            yield Person(name, email, phone, locale=Locale.EN, time_zone="Europe/London")
            continue
        (zh, en), (zh_given, en_given) = surnames[number % len(surnames)], given[number * 5 % len(given)]
        yield Person(zh + zh_given, f"{en_given}.{en}@example.com", phone)


def key_of(person: Person) -> str:
    """What the person's ids are made from."""
    given, _, surname = (person.email or "").partition("@")[0].rpartition(".")
    return f"{surname}-{given}"


MAIN = Person("王晓雨", "xiaoyu.wang@example.com", "+86 101 9999 0001")
"""Missed Marketing's interview a hundred days before the day of sowing; now an applicant of Technology."""
SAME_EMAIL = Person("李娜", "na.li@example.com", "+86 101 9999 0002")
SAME_PHONE = Person("陈思源", "siyuan.chen.hz@example.com", "+86 101 9999 0003")

MAIN_STORY = Story(
    "wang-xiaoyu",
    MAIN,
    (Chapter("MARKETING_PRODUCT", 100 + HELD, misses(FINAL)), Chapter(INBOX, 2, waits, filed_by=INTEGRATOR)),
)
NAMED = (
    MAIN_STORY,
    Story("wang-xiaoyu-subsidiary", MAIN, (Chapter("SUBSIDIARY_BACKEND", 12, waits),)),
    # The same email under another name, then the same phone: people decide whether each two are one.
    Story("li-na", SAME_EMAIL, (Chapter("CONTENT", 48, attends()),)),
    Story("li-anna", Person("Anna Li", SAME_EMAIL.email, locale=Locale.EN), (Chapter(INBOX, 6, waits),)),
    Story("chen-siyuan-hz", SAME_PHONE, (Chapter("DATA_ENGINEER", 52, misses(FINAL, held=True)),)),
    Story("chen-siyuan-sh", Person("陈思园", "chensiyuan@example.com", SAME_PHONE.phone), (Chapter(INBOX, 5, waits),)),
)
RESTRICTED = (
    (Chapter("SALES_MANAGER", 27, attends()),),
    (Chapter("MARKETING_PRODUCT", 58, misses(FINAL)), Chapter(INBOX, 9, waits)),
)
ERASED = (
    (Chapter("BRAND_PLANNER", 95, attends(then=Stage.REJECTED)),),
    (
        Chapter("BACKEND", 100, misses(FindingState.EXCUSED, statement="当天航班取消。", reason="航司公告属实。")),
        Chapter(INBOX, 14, withdraws),
    ),
)


def stories(named: Iterable[Story], more: Iterable[tuple[Chapter, ...]]) -> tuple[list[Story], list[Story]]:
    """The stories that begin before a department is closed, and all others, these among them."""
    pool = people()

    def told(*chapters: Chapter, restricted: bool = False, erased: bool = False) -> Story:
        person = next(pool)
        return Story(key_of(person), person, chapters, restricted, erased)

    before = [told(*chapters) for chapters in BEFORE_CLOSING]
    after = [*NAMED, *named]
    after += [told(*chapters) for chapters in (*SPECIAL, *more)]
    after += [told(*chapters, restricted=True) for chapters in RESTRICTED]
    after += [told(*chapters, erased=True) for chapters in ERASED]
    routine = [told(*_routine(number)) for number in range(CANDIDATES - len(before) - len(after) - IN_INBOX)]
    inbox = [told(*_routine_in_inbox(number)) for number in range(IN_INBOX)]
    return before, after + _mixed(routine, inbox)


def _routine(number: int) -> Iterator[Chapter]:
    ending, least, spread = ROUTINE[number % len(ROUTINE)]
    position, days = ROUTINE_POSITIONS[number % len(ROUTINE_POSITIONS)], least + number * 7 % spread
    if number % 6 == 5 and not position.startswith("SUBSIDIARY"):
        yield Chapter(INBOX, days + 30, is_rejected)
    yield Chapter(position, days, ending)


def _routine_in_inbox(number: int) -> Iterator[Chapter]:
    ending, least, spread = INBOX_ROUTINE[number % len(INBOX_ROUTINE)]
    days = least + number * 5 % spread
    if number % 5 == 4:
        yield Chapter(("CONTENT", "SALES_MANAGER", "MARKETING_ANALYST")[number % 3], days + 45, attends(then=None))
    yield Chapter(INBOX, days, ending, filed_by=INTEGRATOR if number % 4 == 0 else None)


def _mixed(*lists: list[Story]) -> list[Story]:
    """Taken in turn, so that those told at the same time seldom want the same department."""
    rows = zip_longest(*lists)
    return [story for row in rows for story in row if story is not None]
