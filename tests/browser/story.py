"""The candidate's story, played in a real browser at moving times: `make story` writes docs/story.md and its pictures.

Three interviews of one person: missed because of an outage, missed with good cause, and missed in silence, marked,
disputed and taken back. Whatever the pages and the messages say here they said by themselves.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from icalendar import Calendar
from playwright.async_api import Browser

from api.channels import Parcel
from api.posting import Post
from api.work import PROOFS
from api.working import Worker
from graph.candidates import Person
from graph.due import RULES
from graph.statements import Nothing, Statement
from graph.timers import TimerKind
from graph.writing import Graph
from schema.execution import Answerer
from tests.browser.conftest import Device, Site, opened
from tests.conftest import NOW, Ask, Company, gid, make_company
from tests.pictures import document
from tests.test_visibility import NAME_ZH

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = DOCS / "story"
LINE = timedelta(minutes=1)
CARD, LOOKS = "article.card", "section[aria-labelledby=looks]"
"""The newest finding on the page of the record, and who looked."""
STAFF = {"hr": "王敏", "marketing": "李娜", "technology": "周强"}
CALL = Statement(
    "story.call",
    "UNWIND keys($names) AS account MATCH (user:User {externalId: account}) SET user.displayName = $names[account]",
    row=Nothing,
)
HISTORY = """
query History($id: ID!) {
  application(id: $id) { reminders { kind message } interviews { nodes { outcome finding { id state } } } }
}
"""
TASKS = '{ department(code: "MARKETING") { tasks { kind due interview { id } } } }'


@dataclass
class Letterbox:
    """Whatever is sent, in the order of sending."""

    name: str = "STORY"
    parcels: list[Parcel] = field(default_factory=list[Parcel])

    async def send(self, parcel: Parcel) -> None:
        self.parcels.append(parcel)

    def last(self, template: str) -> Parcel:
        return next(parcel for parcel in reversed(self.parcels) if parcel.template == template)

    def templates(self, since: int = 0) -> list[str]:
        return [parcel.template for parcel in self.parcels[since:]]


@dataclass
class Story:
    """What is told, picture by picture, while the clock is moved."""

    ask: Ask
    company: Company
    site: Site
    device: Device
    worker: Worker
    post: Letterbox
    lines: list[str] = field(default_factory=list[str])
    pictures: int = 0
    first: str = ""

    async def at(self, now: datetime) -> None:
        """Moves the clock, and lets the worker do what has become due; who looked at what until then is on record."""
        self.site.now = self.ask.now = now
        await self.site.server.receipts.flush()
        while await self.worker.turn():
            pass

    def tell(self, text: str) -> None:
        self.lines += [text, ""]

    async def show(self, text: str, of: str | None = None) -> None:
        """A picture of the browser, or of the first part `of` its page, with what is to be seen on it."""
        self.pictures += 1
        name = f"{self.pictures:02}.png"
        if of is None:
            await self.device.page.screenshot(path=PICTURES / name, full_page=True)
        else:
            await self.device.page.locator(of).first.screenshot(path=PICTURES / name)
        self.lines += [text, "", f"![{text}](story/{name})", ""]

    async def show_letter(self, template: str, text: str) -> None:
        """A message as its reader sees it."""
        parcel = self.post.last(template)
        to = ", ".join(f"{address.name} <{address.email}>" for address in parcel.to)
        page = await self.device.page.context.new_page()
        await page.set_viewport_size({"width": 390, "height": 300})
        head = f"<p><b>{escape(parcel.subject)}</b><br><small>{escape(to)} · {parcel.at:%Y-%m-%d %H:%M} UTC</small></p>"
        style = "font: 15px/1.55 system-ui, 'Noto Sans CJK SC', sans-serif; margin: 20px; overflow-wrap: anywhere"
        await page.set_content(
            f'<body style="{style}">{head}<div style="white-space: pre-wrap">{escape(parcel.text)}</div>'
        )
        before, self.device.page = self.device.page, page
        await self.show(text)
        self.device.page = before
        await page.close()

    async def staff(self, mutation: str, who: str, selection: str = "id", **input: Any) -> Any:
        answer = await self.ask.do(mutation, self.company.user(who), selection, **input)
        assert answer.get("code") is None, (mutation, answer)
        return answer

    async def invite(self, application: str, starts_at: datetime) -> str:
        """Invites by HR, and accepts in the browser."""
        times = {"startsAt": starts_at.isoformat(), "endsAt": (starts_at + timedelta(minutes=30)).isoformat()}
        room = {"joinUrl": "https://interview.example/room", "timeZone": "Asia/Shanghai"}
        given = {"application": gid("Application", application), "mode": "AI_LIVE", **times, **room}
        made = await self.staff("inviteToInterview", "marketing", **given)
        await self.at(self.site.now)
        return made["id"]

    async def open_link(self, template: str) -> None:
        """Follows the link of the last message of a template, as its reader does."""
        found = re.search(rf"{re.escape(self.site.address)}/c/[\w-]+", self.post.last(template).text)
        assert found, self.post.last(template).text
        await self.device.page.goto(found.group())

    async def verify(self) -> None:
        """Opens the record with the code that was sent."""
        await self.device.press("我的记录")
        if "/c/code" in self.device.page.url:
            await self.device.press("发送验证码")
            await self.at(self.site.now)
            found = re.search(r"(?<!\d)\d{6}(?!\d)", self.post.last("CODE").text)
            assert found, self.post.last("CODE").text
            await self.device.page.get_by_label("6 位验证码").fill(found.group())
            await self.device.press("确认")

    async def report(self, kind: str, at: datetime, interview: str | None = None, **more: Any) -> None:
        """What the platform for AI interviews tells."""
        given = {"kind": kind, "source": "https://interview.example", "key": f"{kind}-{at.isoformat()}", **more}
        if interview is not None:
            given["interview"] = interview
        await self.staff("recordTelemetry", "integrator", occurredAt=at.isoformat(), **given)

    async def miss(self, interview: str, starts_at: datetime) -> str:
        """The platform tells that it was ready and nobody came; the suspicion and its notice follow."""
        ends_at = starts_at + timedelta(minutes=30)
        await self.at(starts_at - timedelta(days=1))
        await self.report("MESSAGE_DELIVERED", self.site.now, interview)
        await self.at(starts_at)
        await self.report("INTERVIEWER_JOINED", starts_at, interview)
        await self.at(ends_at + timedelta(minutes=1))
        await self.report("SESSION_HEARTBEAT", starts_at, interview, until=ends_at.isoformat())
        await self.report("SESSION_CLOSED", ends_at, interview)
        await self.at(ends_at + timedelta(minutes=20))
        finding = await self.finding(interview)
        assert finding is not None
        return finding

    async def finding(self, interview: str) -> str | None:
        query = "query F($id: ID!) { interview(id: $id) { finding { id state } } }"
        found = (await self.ask(query, self.company.user("marketing"), id=interview))["interview"]["finding"]
        return found and found["id"]

    async def reminders(self, application: str) -> list[str]:
        """What Technology's recruiter is reminded of, in the same answer as the application."""
        found = await self.ask(HISTORY, self.company.user("technology"), id=gid("Application", application))
        reminders = found["application"]["reminders"]
        return [each["message"] for each in reminders if each["kind"] != "REPEAT_APPLICATION"]


@asynccontextmanager
async def begun(graph: Graph, answerer: Answerer, site: Site, chromium: Browser) -> AsyncIterator[Story]:
    ask, company = Ask(graph, answerer, receipts=site.server.receipts), await make_company(graph)
    await graph.client.write(lambda tx: tx.run(NAME_ZH, id=company.hr.viewer.organization))
    names = {company.user(account): name for account, name in STAFF.items()}
    await graph.client.write(lambda tx: tx.run(CALL, names=names))
    post = Letterbox()
    worker = Worker(graph, RULES, {TimerKind.SEND: Post(post, site.address, "hr@example.com").send, **PROOFS})
    worker.clock = lambda: site.now
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    async with opened(chromium, "phone") as device:
        yield Story(ask, company, site, device, worker, post)


async def test_the_story(graph: Graph, answerer: Answerer, site: Site, chromium: Browser) -> None:
    async with begun(graph, answerer, site, chromium) as story:
        story.company.at(days=1)
        person = Person("王芳", "wang.fang@example.com")
        application = await story.company.application("marketing", person)
        await story.at(NOW)
        await invited(story, application)
        await missed_by_an_outage(story, application)
        await missed_with_good_cause(story, application)
        await missed_in_silence(story, application, person)
        (DOCS / "story.md").write_text("\n".join([HEAD, *story.lines]).rstrip() + "\n")


async def invited(story: Story, application: str) -> None:
    story.tell("## An invitation")
    starts_at = NOW + timedelta(days=2)
    story.first = await story.invite(application, starts_at)
    await story.show_letter("INVITATION", "Marketing invites to an AI interview; the message comes in Chinese.")
    await story.open_link("INVITATION")
    await story.show("The link opens a page that shows the invitation. Opening it does nothing else.")
    await story.device.page.get_by_label("给招聘人员留言（可选）").fill("谢谢，届时见。")
    await story.device.press("接受邀请")
    await story.show("Accepted, with a message to the department.")
    name, file = await story.device.save("加入日历")
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert event.decoded("DTSTART") == starts_at
    assert name == "interview.ics"
    (alarm,) = event.walk("VALARM")
    story.tell(
        f"The calendar file holds the interview at {event.decoded('DTSTART'):%Y-%m-%d %H:%M} (Asia/Shanghai) with an "
        f"alarm {-alarm.decoded('TRIGGER')} before it."
    )
    await story.at(starts_at - timedelta(minutes=30))
    assert story.post.last("REMINDER_SOON").at == starts_at - timedelta(minutes=30)
    await story.show_letter("REMINDER_SOON", "Half an hour before it, a reminder.")


async def missed_by_an_outage(story: Story, application: str) -> None:
    starts_at = NOW + timedelta(days=2)
    ends_at = starts_at + timedelta(minutes=30)
    story.tell("## Missed because of an outage")
    await story.at(ends_at)
    await story.report("PLATFORM_OUTAGE", starts_at - timedelta(minutes=10), until=ends_at.isoformat())
    await story.report("SESSION_CLOSED", ends_at, story.first)
    await story.at(ends_at + timedelta(hours=1))
    assert await story.finding(story.first) is None
    todo = (await story.ask(TASKS, story.company.user("marketing")))["department"]["tasks"]
    assert [(each["kind"], each["interview"]["id"]) for each in todo] == [("OUTCOME_MISSING", story.first)]
    story.tell("The platform was down over the whole interview and says so. Nobody is suspected: HR gets a task.")
    await story.open_link("REMINDER_SOON")
    await story.verify()
    await story.show("The candidate's own record, opened with a code that was sent to the contact on file: no mark.")


async def missed_with_good_cause(story: Story, application: str) -> None:
    story.tell("## Missed with good cause")
    starts_at = story.site.now + timedelta(days=3)
    interview = await story.invite(application, starts_at)
    await story.open_link("INVITATION")
    await story.device.press("接受邀请")
    await story.miss(interview, starts_at)
    await story.show_letter("NOTICE", "The next one is missed too. The system gives notice, and decides nothing.")
    await story.open_link("NOTICE")
    await story.verify()
    await story.show("What, when and why, on what evidence, and until when to answer.", CARD)
    page = story.device.page
    await page.get_by_label("请说明发生了什么").fill("当天急诊住院，附医院证明。")
    await story.device.press("提交陈述")
    await story.device.press("上传证明")
    await page.get_by_label("选择文件").set_input_files(
        {"name": "hospital.pdf", "mimeType": "application/pdf", "buffer": document()}
    )
    await story.show("Proof is sealed under the candidate's own key.")
    await story.device.press("上传")
    await page.goto(f"{story.site.address}/c/record")
    await story.show("Answered, with proof.", CARD)
    query = "query P($id: ID!) { interview(id: $id) { proofs { id } finding { state } } }"
    (proof,) = (await story.ask(query, story.company.user("marketing"), id=interview))["interview"]["proofs"]
    given = {"proof": proof["id"], "verdict": "ACCEPTED", "reason": "医院证明有效。"}
    await story.staff("decideProof", "marketing", **given)
    found = await story.ask(query, story.company.user("marketing"), id=interview)
    assert found["interview"]["finding"]["state"] == "EXCUSED"
    await story.at(story.site.now + LINE)
    await page.reload()
    await story.show("A named person accepts the proof: nothing counts, and nobody else ever saw it.", CARD)


async def missed_in_silence(story: Story, application: str, person: Person) -> None:
    story.tell("## Missed in silence")
    starts_at = story.site.now + timedelta(days=3)
    interview = await story.invite(application, starts_at)
    await story.open_link("INVITATION")
    await story.device.press("接受邀请")
    finding = await story.miss(interview, starts_at)
    story.company.hr.at = story.site.now
    other = await story.company.application("technology", person)
    assert await story.reminders(other) == []
    story.tell(
        "The third is missed, a notice is sent, and no answer comes. Technology, where the person has applied too, "
        "sees nothing."
    )
    await story.at(story.site.now + timedelta(hours=73))
    read = await story.ask.last_seq(story.company.user("marketing"), finding)
    given = {"finding": finding, "cause": "CANDIDATE", "reason": "没有答复。", "readUpTo": read}
    await story.staff("confirmNoShow", "marketing", **given)
    await story.at(story.site.now + LINE)
    (reminder,) = await story.reminders(other)
    story.tell(f"After 72 hours a named person confirms. Technology's recruiter is told: “{reminder}”")
    await story.show_letter("FINDING_CONFIRMED", "So is the candidate.")
    await story.open_link("FINDING_CONFIRMED")
    await story.verify()
    await story.show("The record shows the mark, and until when it counts.", CARD)
    await story.show("It shows who looked, and for what: Technology's recruiter too.", LOOKS)
    await disputed(story, finding, other)


async def disputed(story: Story, finding: str, other: str) -> None:
    story.tell("## Disputed, and taken back")
    page = story.device.page
    await page.get_by_text("提出申诉").first.click()
    await page.get_by_label("为什么不正确？").fill("我当时在线等候二十分钟，平台没有接入。")
    await page.get_by_role("button", name="提出申诉").click()
    await page.wait_for_load_state()
    assert await story.reminders(other) == []
    await story.show("Disputed: from this moment Technology sees nothing of it.", CARD)
    since = len(story.post.parcels)
    read = await story.ask.last_seq(story.company.user("hr"), finding)
    given = {"finding": finding, "decision": "UPHELD", "reason": "平台日志证实。", "readUpTo": read}
    await story.staff("decideDispute", "hr", **given)
    await story.at(story.site.now + LINE)
    assert await story.reminders(other) == []
    # Once more, as who looked last is told once all servers have written their looks.
    await story.at(story.site.now + LINE)
    told = {(parcel.template, address.email) for parcel in story.post.parcels[since:] for address in parcel.to}
    recruiter = story.company.user("technology")
    assert told >= {("DISPUTE_UPHELD", "wang.fang@example.com"), ("MARK_WITHDRAWN", recruiter)}, told
    story.tell(
        "Somebody other than who confirmed it upholds the dispute. The mark is gone. The candidate is told, and so is "
        "Technology's recruiter, who had looked."
    )
    await story.show_letter("DISPUTE_UPHELD", "The candidate is told.")
    await page.reload()
    await story.show("The record says that it was withdrawn.", CARD)


HEAD = """# The candidate's story

Made by `make story`: a script plays three interviews of one person in a real browser on a phone's screen, against a
served graph whose clock it moves. Messages are those that the outbox sent.
"""
