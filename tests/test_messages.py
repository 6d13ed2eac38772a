"""Messages: queued with what they tell, sent at least once under one key, and what becomes known of them."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import permutations
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import orjson
import pytest
import vobject
from standardwebhooks import Webhook

from api.channels import Bounced, Channel, Folder, Gateway, Parcel, Smtp, check_channel, mail_of
from api.letters import TEXTS, write
from api.posting import GIVE_UP, Post
from api.settings import Settings, SetupError
from api.working import Worker
from graph import links
from graph.candidates import Person
from graph.due import RULES
from graph.events import ActorKind
from graph.instants import LAST
from graph.letters import AHEAD, Address, Addressee, Appointment, Employer, Letter, refusal
from graph.messages import MessageState, Receipt, Template, state_after
from graph.receipts import Receipts
from graph.refusals import Locale
from graph.secrets import Secrets
from graph.statements import Found, Statement
from graph.timers import TimerKind
from graph.visibility import Claim
from graph.writing import Act, Written
from schema.context import Viewers
from schema.execution import Answerer
from schema.ids import from_global
from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.databases import Databases
from tests.due import facts_of
from tests.faults.serving import MASTER
from tests.receivers import mail_server, web_server
from tests.stored import set_times

MESSAGES = Statement(
    "tests.messages", "MATCH (message:Message) RETURN message.id AS id ORDER BY message.createdAt, id", row=Found
)
LIST_SENT = Statement(
    "tests.list_sent",
    "MATCH (message:Message {state: 'SENT'})-[:TO]->(:Candidate {id: $candidate}) RETURN message.id AS id ORDER BY id",
    row=Found,
)
LIST_TOLD = Statement(
    "tests.list_told",
    """
    MATCH (:Candidate {id: $candidate})<-[:ABOUT]-(event:Event) WHERE event.type STARTS WITH 'MESSAGE_'
    RETURN event.id AS id ORDER BY id
    """,
    row=Found,
)
PUBLIC = "https://jobs.example.com"
SENDER = "interviews@example.com"
NAME, EMAIL = "欧阳若兰", "ruolan.ouyang@example.com"
EVENTS = """
query Events($id: ID!) { interview(id: $id) {
  events { nodes { type actorKind } } messages { id template state channel reason receipts sentAt } lastSeq: icsSequence
} }
"""


@dataclass
class Office:
    """A company of its own, whose messages come to a folder."""

    ask: Ask
    company: Company
    folder: Path
    post: Post
    applied: str | None = None

    async def work(self, at: datetime = NOW, channel: Channel | None = None) -> None:
        """Does all that is due."""
        post = Post(channel, PUBLIC, SENDER) if channel else self.post
        worker = Worker(self.ask.graph, RULES, {TimerKind.SEND: post.send}, lambda: at)
        while await worker.turn():
            pass

    def mails(self) -> list[EmailMessage]:
        return [
            cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=policy.SMTP))
            for path in sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        ]

    def clear(self) -> None:
        for path in self.folder.glob("*"):
            path.unlink()

    async def application(self, locale: Locale = Locale.ZH_CN, **person: Any) -> str:
        self.company.at(days=1)
        return await self.company.application("marketing", Person(NAME, EMAIL, locale=locale, **person))

    async def invited(
        self, locale: Locale = Locale.ZH_CN, mode: str = "AI_LIVE", join_url: str | None = None, **times: datetime
    ) -> str:
        self.applied = self.applied or await self.application(locale)
        starts_at = times.get("starts_at", NOW + timedelta(days=5))
        ends_at = times.get("ends_at", starts_at + timedelta(minutes=30))
        return (
            await self.ask.do(
                "inviteToInterview",
                self.company.user("marketing"),
                application=gid("Application", self.applied),
                mode=mode,
                startsAt=starts_at.isoformat(),
                endsAt=ends_at.isoformat(),
                timeZone="Asia/Shanghai",
                joinUrl=join_url,
            )
        )["id"]

    async def claim(self) -> Claim:
        """What the link of the one application proves."""
        assert self.applied
        query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
        found = await self.ask(query, self.company.user("hr"), id=gid("Application", self.applied))
        return Claim(uid(found["application"]["candidate"]["id"]), self.applied)

    async def told(self, interview: str) -> Any:
        return (await self.ask(EVENTS, self.company.user("marketing"), id=interview))["interview"]

    async def do(self, mutation: str, viewer: str = "marketing", **input: Any) -> Any:
        return await self.ask.do(mutation, self.company.user(viewer), **input)


@pytest.fixture
async def office(databases: Databases, answerer: Answerer, tmp_path: Path) -> Office:
    graph = (await databases.tested()).graph(Secrets(MASTER), tmp_path / "keys")
    folder = tmp_path / "outbox"
    office = Office(
        Ask(graph, answerer), await make_company(graph), folder, Post(Folder(folder, SENDER), PUBLIC, SENDER)
    )
    return office


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return body.get_content()


def calendar_of(mail: EmailMessage) -> Any:
    (part,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    (attached,) = mail.iter_attachments()
    content = part.get_content()
    assert attached.get_content().decode().split() == content.split()
    return vobject.readOne(content)


async def test_an_invitation_comes_once_in_the_candidates_language(office: Office) -> None:
    interview = await office.invited()
    assert [each["state"] for each in (await office.told(interview))["messages"]] == ["QUEUED"]
    await office.work()
    (mail,) = office.mails()
    (message,) = (await office.told(interview))["messages"]
    assert mail["Message-ID"] == f"<{from_global(message['id'])[1]}@example.com>"
    assert mail["To"].addresses[0].display_name == NAME
    assert mail["To"].addresses[0].addr_spec == EMAIL
    assert mail["Subject"].startswith("Company")
    assert "面试邀请" in mail["Subject"]
    text = text_of(mail)
    assert all(
        part in text for part in (NAME, "Manager of marketing", "市场部", "2026年11月25日 17:00", f"{PUBLIC}/c/")
    )
    entry = calendar_of(mail)
    assert entry.method.value == "REQUEST"
    assert entry.vevent.attendee.value == f"mailto:{EMAIL}"
    assert entry.vevent.valarm.trigger.value == timedelta(minutes=-30)
    assert (message["state"], message["channel"], message["reason"]) == ("SENT", "FOLDER", None)
    events = (await office.told(interview))["events"]["nodes"]
    assert events[-1] == {"type": "MESSAGE_SENT", "actorKind": "SYSTEM"}
    office.clear()
    await office.work(NOW + timedelta(minutes=5))
    assert not office.mails()


async def test_an_interview_without_an_end_is_told_of(office: Office) -> None:
    """It was accepted once; its letter is sent all the same, with the last time that clocks have."""
    interview = await office.invited()
    await set_times(office.ask.graph, uid(interview), NOW + timedelta(days=5), LAST)
    await office.work()
    (mail,) = office.mails()
    assert "9999年12月31日 23:59（Asia/Shanghai, UTC+08:00）" in text_of(mail)
    assert calendar_of(mail).vevent.dtend.value.year == 9999
    assert [each["state"] for each in (await office.told(interview))["messages"]] == ["SENT"]


async def test_another_language_is_read_by_its_readers(office: Office) -> None:
    await office.invited(Locale.EN)
    await office.work()
    (mail,) = office.mails()
    text = text_of(mail)
    assert "Invitation to an interview" in mail["Subject"]
    assert "25 November 2026, 17:00 (Asia/Shanghai, UTC+08:00)" in text
    assert not re.search("[一-鿿]", text.replace(NAME, "")), text


APPOINTMENT = Appointment(
    "i", "c", "a", "Ruolan", "Seller\nBcc: x@y.z", "Marketing", "市场部", "AI_LIVE", NOW, NOW, "Asia/Shanghai", None,
    "ACCEPTED", "PENDING", False, "u", 0,
)  # fmt: skip


@pytest.mark.parametrize("template", list(Template))
def test_every_message_has_both_languages(template: Template) -> None:
    """Whatever is missing of what it could tell, and whoever reads it."""
    assert template in TEXTS
    facts = {"answerBy": "2026-11-20T09:00:00Z", "dueAt": "2026-11-20T09:00:00.123456Z", "response": "ACCEPTED"}
    for staff in (False, True):
        for interview in (APPOINTMENT, None):
            for known in (facts, {}):
                for locale in (Locale.ZH_CN, Locale.EN, None):
                    to = (Address("Lan", "lan@example.com"),)
                    employer = Employer("Acme", "艾克米", False)
                    letter = Letter(
                        template, to, locale, employer, interview, "https://l", "123456", known, staff=staff
                    )
                    if staff and interview:
                        letter = replace(letter, person="Lan", record=("Interview", "i"), address=PUBLIC)
                    written = write(letter)
                    assert "\n" not in written.subject
                    assert written.text.strip()
                    assert "None" not in written.subject + written.text
                    is_chinese = bool(re.search("[一-鿿]", written.subject + written.text))
                    assert is_chinese == (locale is not Locale.EN), written
                    for moment in re.findall(r"\d{4}年\d+月\d+日 \d\d:\d\d", written.text):
                        assert moment in ("2026年11月20日 17:00", "2026年11月20日 09:00")


ANOTHER_TIME = [
    (Template.INVITATION_MOVED, "NEEDS_ACTION", "请重新答复。", "Please answer again."),
    (Template.INVITATION_MOVED, "ACCEPTED", "您的答复记为：已接受；", "Your answer stands as: Accepted."),
    (Template.RESCHEDULE_GRANTED, "NEEDS_ACTION", "请答复是否参加。", "Please answer whether you will come."),
    (Template.RESCHEDULE_GRANTED, "ACCEPTED", None, None),
]


@pytest.mark.parametrize(("template", "response", "zh", "en"), ANOTHER_TIME)
def test_a_new_time_is_to_be_answered_where_it_is_not(
    template: Template, response: str, zh: str | None, en: str | None
) -> None:
    """Whoever chose it has accepted it; whoever is told one that HR chose has not."""
    told = {"zh": {zh for _, _, zh, _ in ANOTHER_TIME if zh}, "en": {en for _, _, _, en in ANOTHER_TIME if en}}
    at = replace(APPOINTMENT, response=response)
    for locale, texts, said in ((Locale.ZH_CN, told["zh"], zh), (Locale.EN, told["en"], en)):
        letter = Letter(template, (Address("Lan", EMAIL),), locale, Employer("Acme", "艾克米", False), at)
        assert [text for text in texts if text in write(letter).text] == ([said] if said else [])
        text = write(replace(letter, staff=True)).text
        waits = "尚未答复" if locale is Locale.ZH_CN else "still to answer"
        assert (waits in text) == (response == "NEEDS_ACTION")


STAYS, OVER, VOID = ("面试仍按以下时间进行", "stays at the time"), ("以下时间已过", "is over"), ("已作废", "is void")


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("expected", [STAYS, OVER, VOID])
async def test_a_refusal_tells_what_became_of_the_old_time(
    office: Office, locale: Locale, expected: tuple[str, str]
) -> None:
    """It stays only where it is still to come, and was not given to somebody else."""
    start = NOW + timedelta(hours=5)
    interview = await office.invited(locale, starts_at=start)
    claim = await office.claim()
    asked = await office.ask.do("requestReschedule", claim, interview=interview, reason="An exam.")
    if expected is VOID:
        await office.ask.do("recordResponse", claim, interview=interview, response="DECLINED")
        other = replace(office, applied=await office.company.application("marketing"))
        await office.company.at().free_slot(uid(interview), (await other.claim()).candidate)
    office.ask.now = start + timedelta(days=1) if expected is OVER else NOW
    await office.work()
    office.clear()
    await office.do("refuseReschedule", request=asked["id"], reason="The room is booked.")
    await office.work(office.ask.now)
    (own,) = [text_of(mail) for mail in office.mails() if EMAIL in mail["To"]]
    at = 0 if locale is Locale.ZH_CN else 1
    assert [each[at] for each in (STAYS, OVER, VOID) if each[at] in own] == [expected[at]]


async def test_reminders_come_a_day_and_half_an_hour_before(office: Office) -> None:
    interview = await office.invited()
    await office.work()
    office.clear()
    start = NOW + timedelta(days=5)
    await office.work(start - timedelta(hours=24, minutes=1))
    assert not office.mails()
    await office.work(start - timedelta(hours=24))
    await office.work(start - timedelta(minutes=31))
    (day,) = office.mails()
    assert "明天有面试" in day["Subject"]
    await office.work(start - timedelta(minutes=30))
    assert ["提醒" in mail["Subject"] for mail in office.mails()] == [True, True]
    await office.work(start + timedelta(days=1))
    templates = [each["template"] for each in (await office.told(interview))["messages"]]
    assert templates == ["INVITATION", "REMINDER_DAY", "REMINDER_SOON", "OUTCOME_MISSING"]


async def test_nobody_is_reminded_of_what_is_over(office: Office) -> None:
    """Nor a day before, where half an hour is left: after a stop the later of the two is enough."""
    interview = await office.invited()
    start = NOW + timedelta(days=5)
    await office.work(start - timedelta(minutes=20))
    templates = [each["template"] for each in (await office.told(interview))["messages"]]
    assert templates == ["INVITATION", "REMINDER_SOON"]
    late = await office.invited(starts_at=NOW + timedelta(days=6))
    await office.work(NOW + timedelta(days=7))
    message, *to_hr = (await office.told(late))["messages"]
    assert (message["template"], message["state"], message["reason"]) == ("INVITATION", "FAILED", "OVER")
    assert {each["template"] for each in to_hr} == {"OUTCOME_MISSING", "INVITATION_UNDELIVERED"}


async def test_a_recorded_interview_reminds_before_its_deadline(office: Office) -> None:
    opens = NOW + timedelta(days=1)
    interview = await office.invited(mode="AI_ASYNC", starts_at=opens, ends_at=opens + timedelta(days=3))
    await office.work(opens + timedelta(days=1, hours=23))
    assert len((await office.told(interview))["messages"]) == 1
    await office.work(opens + timedelta(days=2))
    assert "AI 面试即将截止" in office.mails()[-1]["Subject"]
    assert calendar_of(office.mails()[0]).vevent.valarm.trigger.params["RELATED"] == ["END"]


async def test_a_change_moves_the_reminders(office: Office) -> None:
    old = await office.invited()
    await office.work()
    times = {"startsAt": "2026-11-28T09:00:00Z", "endsAt": "2026-11-28T10:00:00Z", "timeZone": "Asia/Shanghai"}
    new = (await office.do("rescheduleInterview", interview=old, **times))["id"]
    await office.work()
    moved = calendar_of(office.mails()[-1])
    assert (moved.vevent.sequence.value, moved.vevent.uid.value) == (
        "1",
        calendar_of(office.mails()[0]).vevent.uid.value,
    )
    await office.work(NOW + timedelta(days=5))
    assert [each["template"] for each in (await office.told(old))["messages"]] == ["INVITATION"]
    assert [each["template"] for each in (await office.told(new))["messages"]] == ["INVITATION_MOVED"]
    await office.work(datetime(2026, 11, 28, 8, 45, tzinfo=UTC))
    assert [each["template"] for each in (await office.told(new))["messages"]] == ["INVITATION_MOVED", "REMINDER_SOON"]


async def test_whoever_declines_is_reminded_no_more(office: Office) -> None:
    interview = await office.invited()
    await office.do("recordResponse", interview=interview, response="DECLINED")
    start = NOW + timedelta(days=5)
    await office.work(start - timedelta(hours=20))
    assert [each["template"] for each in (await office.told(interview))["messages"]] == ["INVITATION"]
    office.ask.now = start - timedelta(hours=19)
    await office.do("recordResponse", interview=interview, response="ACCEPTED")
    await office.work(start - timedelta(minutes=10))
    assert [each["template"] for each in (await office.told(interview))["messages"]] == ["INVITATION", "REMINDER_SOON"]


@pytest.mark.parametrize(
    ("mutation", "given"),
    [("cancelInterview", {"by": "EMPLOYER"}), ("recordAttendance", {"attendance": "ENTERED_IN_ERROR"})],
)
async def test_a_cancellation_takes_the_entry_out_and_ends_reminders(
    office: Office, mutation: str, given: dict[str, str]
) -> None:
    interview = await office.invited()
    await office.work()
    await office.do(mutation, interview=interview, **given)
    await office.work(NOW + timedelta(days=4, hours=23))
    entry = calendar_of(office.mails()[-1])
    assert (entry.method.value, entry.vevent.sequence.value, entry.vevent.status.value) == ("CANCEL", "1", "CANCELLED")
    templates = {each["template"] for each in (await office.told(interview))["messages"]}
    assert templates == {"INVITATION", "INVITATION_CANCELLED"}


async def test_hr_hears_of_answers_that_it_did_not_record(office: Office) -> None:
    interview = await office.invited()
    await office.work()
    office.clear()
    await office.do("recordResponse", interview=interview, response="TENTATIVE")
    await office.work()
    assert not office.mails()
    await office.do("recordResponse", "integrator", interview=interview, response="ACCEPTED")
    await office.work()
    (mail,) = office.mails()
    assert mail["To"].addresses[0].addr_spec == office.company.user("marketing")
    assert "已接受" in mail["Subject"]
    assert "Accepted" in mail["Subject"]
    assert NAME in text_of(mail)
    assert f"{PUBLIC}/c/" not in text_of(mail), "the candidate's link is the candidate's alone"
    types = [event["type"] for event in (await office.told(interview))["events"]["nodes"]]
    assert types.count("MESSAGE_SENT") == 1, "what HR was sent is no part of the candidate's history"


async def test_mails_to_hr_say_where_to_look(office: Office) -> None:
    """The record and the server; of a mark that is withdrawn its person, where the reader may see who it is."""
    company, ask = office.company, office.ask
    hr = company.at(days=40)
    office.applied = await company.application("marketing", Person(NAME, EMAIL))
    finding = await hr.no_show(office.applied)
    interview = await office.invited()
    await office.work()
    office.clear()
    await office.do("recordResponse", "integrator", interview=interview, response="ACCEPTED")
    await office.work()
    (mail,) = office.mails()
    assert f"Interview {interview}" in text_of(mail)
    assert PUBLIC in text_of(mail)
    company.at(days=1)
    await company.application("technology", Person(NAME, EMAIL))
    ask.receipts = Receipts(ask.graph, lambda: NOW)
    for who in ("technology", "brand"):
        await ask("query F($id: ID!) { node(id: $id) { id } }", company.user(who), id=gid("Finding", finding))
    await ask.receipts.flush()
    await office.work()
    office.clear()
    await company.at(hours=1).void(finding)
    await office.work()
    told = {each["To"].addresses[0].addr_spec: text_of(each) for each in office.mails() if EMAIL not in each["To"]}
    person = f"Candidate {gid('Candidate', (await office.claim()).candidate)}"
    for who, sees in (("technology", True), ("brand", False)):
        text = told[company.user(who)]
        assert ((NAME in text), (person in text)) == (sees, sees), who
        assert PUBLIC in text


async def test_where_to_join_is_said_in_the_text(office: Office) -> None:
    interview = await office.invited(join_url="https://rooms.example/1")
    await office.work()
    (mail,) = office.mails()
    assert "https://rooms.example/1" not in text_of(mail), "before it is accepted the page alone is the way"
    await office.do("recordResponse", interview=interview, response="ACCEPTED")
    office.clear()
    await office.work(NOW + timedelta(days=4, minutes=1))
    assert "https://rooms.example/1" in text_of(office.mails()[0])


async def test_a_message_killed_on_the_way_is_sent_again_as_the_same(office: Office) -> None:
    interview = await office.invited()
    sent: list[Parcel] = []

    class Dying:
        name = "SMTP"

        async def send(self, parcel: Parcel) -> None:
            sent.append(parcel)
            if len(sent) == 1:
                raise RuntimeError("killed after it was sent")

    await office.work(channel=Dying())
    await office.work(NOW + timedelta(minutes=1), channel=Dying())
    assert [parcel.key for parcel in sent] == [sent[0].key] * 2
    types = [event["type"] for event in (await office.told(interview))["events"]["nodes"]]
    assert types.count("MESSAGE_SENT") == 1


@pytest.mark.parametrize("status", ["restrict", "erase"])
async def test_whoever_is_restricted_or_erased_is_not_written_to(office: Office, status: str) -> None:
    interview = await office.invited()
    query = "query Whose($id: ID!) { interview(id: $id) { candidate { id } } }"
    found = await office.ask(query, office.company.user("hr"), id=interview)
    await getattr(office.company.hr, status)(uid(found["interview"]["candidate"]["id"]))
    await office.work()
    assert not office.mails()
    told = [(message["state"], message["reason"]) for message in (await office.told(interview))["messages"]]
    assert told == {"restrict": [("FAILED", "RESTRICTED")], "erase": []}[status]


async def test_staff_are_told_of_whoever_was_erased_since(office: Office) -> None:
    """What waited to be sent, and no name in it."""
    holder = await user_of(office, "technology")
    office.applied = await office.application()
    times = {"starts_at": NOW + timedelta(days=5), "interviewers": (uid(holder),)}
    interview = gid("Interview", await office.company.hr.interview(office.applied, **times))
    await office.do("cancelInterview", interview=interview, by="EMPLOYER")
    await office.company.at(days=0).erase((await office.claim()).candidate)
    await office.work()
    (mail,) = office.mails()
    assert office.company.user("technology") in mail["To"]
    assert "取消" in str(mail["Subject"])
    assert NAME not in text_of(mail)
    told = [(message["template"], message["state"]) for message in (await office.told(interview))["messages"]]
    assert told == [("INVITATION_CANCELLED", "SENT")]
    assert await office.company.faults() == []


@pytest.mark.parametrize("template", sorted(set(Template) - AHEAD, key=lambda each: each.value))
def test_restricted_people_miss_offers_alone(template: Template) -> None:
    person = Addressee("c", NAME, None, None, "zh-CN", "RESTRICTED")
    assert refusal(template, person, None, NOW) == ("RESTRICTED" if template is Template.SLOT_OFFERED else None)


async def test_whoever_is_restricted_is_told_of_another_time(office: Office) -> None:
    """Or would come to the old one."""
    interview = await office.invited()
    await office.work()
    query = "query Whose($id: ID!) { interview(id: $id) { candidate { id } } }"
    found = await office.ask(query, office.company.user("hr"), id=interview)
    await office.company.hr.restrict(uid(found["interview"]["candidate"]["id"]))
    times = {"startsAt": "2026-11-28T09:00:00Z", "endsAt": "2026-11-28T10:00:00Z", "timeZone": "Asia/Shanghai"}
    moved = (await office.do("rescheduleInterview", interview=interview, **times))["id"]
    await office.work()
    told = [(each["template"], each["state"]) for each in (await office.told(moved))["messages"]]
    assert told == [("INVITATION_MOVED", "SENT")]


async def test_hr_tells_another_way_what_did_not_arrive(office: Office) -> None:
    """Bounced when it is sent, reported as bounced later, or of nobody with an address: once each, and to HR alone."""

    class Bouncing:
        name = "SMTP"

        async def send(self, parcel: Parcel) -> None:
            if parcel.template == "INVITATION":
                raise Bounced("NO_MAILBOX")

    async def undelivered() -> list[Any]:
        told = await facts_of(office.ask.graph, office.company, "INVITATION_UNDELIVERED")
        assert {each["to"] for each in told} <= {office.company.departments["marketing"]}
        return sorted(each["undelivered"] for each in told)

    interview = await office.invited()
    await office.work(channel=Bouncing())
    assert await undelivered() == ["INVITATION"]
    times = {"startsAt": "2026-11-28T09:00:00Z", "endsAt": "2026-11-28T10:00:00Z", "timeZone": "Asia/Shanghai"}
    moved = (await office.do("rescheduleInterview", interview=interview, **times))["id"]
    await office.work()
    sent = (await office.told(moved))["messages"][0]
    for _ in range(2):
        await office.do("recordDelivery", "integrator", message=sent["id"], receipt="BOUNCED")
    assert await undelivered() == ["INVITATION", "INVITATION_MOVED"]
    office.applied = await office.company.application("marketing", Person("无邮箱", phone="+8613800000000"))
    await office.invited()
    await office.work()
    assert await undelivered() == ["INVITATION", "INVITATION", "INVITATION_MOVED"]
    (letter,) = [mail for mail in office.mails() if "未能送达" in str(mail["Subject"]) and "无邮箱" in text_of(mail)]
    assert "面试邀请" in text_of(letter)
    assert EMAIL not in letter["To"]


async def test_who_was_to_hold_an_interview_is_told_that_it_is_moved_or_called_off(office: Office) -> None:
    """And the department, where a candidate's request for another time is settled by it; never who does it."""
    users = {name: await user_of(office, name) for name in ("marketing", "technology")}
    ids = {uid(id): name for name, id in users.items()} | {office.company.departments["marketing"]: "department"}
    office.applied = await office.application()
    times = {"startsAt": "2026-11-28T09:00:00Z", "endsAt": "2026-11-28T10:00:00Z", "timeZone": "Asia/Shanghai"}
    invited = {"application": gid("Application", office.applied), "mode": "ONSITE", **times}
    old = (await office.do("inviteToInterview", interviewers=list(users.values()), **invited))["id"]
    later = times | {"startsAt": "2026-11-29T09:00:00Z", "endsAt": "2026-11-29T10:00:00Z"}
    new = (await office.do("rescheduleInterview", interview=old, **later))["id"]
    moved = {ids.get(each["to"]) for each in await facts_of(office.ask.graph, office.company, "INVITATION_MOVED")}
    assert moved == {None, "technology"}, "the candidate, and who was to hold it with them"
    asked = {"interview": new, "reason": "An exam.", "noneSuits": True}
    office.ask.now = datetime(2026, 11, 28, 20, tzinfo=UTC)
    await office.ask.do("requestReschedule", await office.claim(), **asked)
    await office.do("cancelInterview", "hr", interview=new, by="EMPLOYER")
    called = {ids.get(each["to"]) for each in await facts_of(office.ask.graph, office.company, "INVITATION_CANCELLED")}
    assert called == {None, "technology", "marketing", "department"}
    office.clear()
    await office.work(office.ask.now)
    assert any(
        "取消" in str(mail["Subject"]) and NAME in text_of(mail) for mail in office.mails() if EMAIL not in mail["To"]
    )


async def user_of(office: Office, name: str) -> str:
    return (await office.ask("{ viewer { id } }", office.company.user(name)))["viewer"]["id"]


async def test_a_mail_server_takes_or_bounces(office: Office) -> None:
    taken, bounced, waiting = [await office.invited(starts_at=NOW + timedelta(days=n)) for n in (5, 6, 7)]
    async with mail_server() as box:
        channel = Smtp.at(box.url, SENDER)
        queued = {f"<{message.id}@example.com>" for message in await office.ask.graph.client.read(MESSAGES)}
        await office.work(channel=channel)
        assert len(box.mails) == 3
        assert EMAIL in box.recipients[0]
        assert len({mail["Message-ID"] for mail in box.mails} & queued) == 3
    again = await office.invited(starts_at=NOW + timedelta(days=8))
    async with mail_server() as box:
        box.answer = b"550 no such user"
        await office.work(channel=Smtp.at(box.url, SENDER))
        told = {each["template"]: each for each in (await office.told(again))["messages"]}
        message = told.pop("INVITATION")
        assert list(told) == ["INVITATION_UNDELIVERED"]
        assert (message["state"], message["reason"], message["receipts"]) == ("BOUNCED", "SMTP_550", ["BOUNCED"])
        types = [event["type"] for event in (await office.told(again))["events"]["nodes"]]
        assert types == ["INTERVIEW_INVITED", "MESSAGE_BOUNCED"]
    assert {taken, bounced, waiting}


async def test_what_cannot_be_sent_is_tried_for_days(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    interview = await office.invited(starts_at=NOW + timedelta(days=9))
    channel = Smtp.at("smtp://127.0.0.1:9", SENDER)
    with caplog.at_level(logging.DEBUG):
        await office.work(channel=channel)
        await office.work(NOW + timedelta(hours=2), channel=channel)
        (message,) = (await office.told(interview))["messages"]
        assert message["state"] == "QUEUED"
        await office.work(NOW + GIVE_UP + timedelta(hours=1), channel=channel)
    message, to_hr = (await office.told(interview))["messages"]
    assert (message["state"], message["reason"]) == ("FAILED", "SMTPConnectError")
    assert (to_hr["template"], to_hr["state"]) == ("INVITATION_UNDELIVERED", "QUEUED")
    told = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
    assert not [secret for secret in (NAME, EMAIL, "/c/") if secret in told]


async def test_a_gateway_gets_signed_messages(office: Office) -> None:
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    interview = await office.invited(Locale.EN)
    async with web_server() as web:
        web.status = 500
        await office.work(channel=Gateway(web.url, key))
        web.status = 204
        await office.work(NOW + timedelta(minutes=1), channel=Gateway(web.url, key))
        (first, _), (headers, body) = web.taken
        assert first["webhook-id"] == headers["webhook-id"]
        told = Webhook(key).verify(body, headers)
        assert told["to"] == [{"name": NAME, "email": EMAIL, "phone": None}]
        assert told["calendar"].startswith("BEGIN:VCALENDAR")
        assert orjson.loads(body)["id"] == headers["webhook-id"]
        subject = f"subject-{office.company.tag}"
        await office.company.hr.user(subject, recruits_for=(office.company.departments["marketing"],))
        await office.do("recordResponse", "integrator", interview=interview, response="ACCEPTED")
        await office.work(NOW + timedelta(minutes=2), channel=Gateway(web.url, key))
        to = orjson.loads(web.taken[-1][1])["to"]
        assert {"name": subject, "email": None, "phone": None} in to, "who has no mail address is told all the same"
    assert (await office.told(interview))["messages"][0]["channel"] == "WEBHOOK"


async def test_a_time_that_is_let_go_leaves_the_calendar(office: Office) -> None:
    """Though there is no other yet; the next one puts the same entry in again, under a later number."""
    interview = await office.invited()
    await office.work()
    (mail,) = office.mails()
    office.clear()
    claim = await office.claim()
    asked = await office.ask.do("requestReschedule", claim, "id state", interview=interview, reason="An exam.")
    assert asked["state"] == "OWED"
    await office.work()
    (told,) = (each for each in office.mails() if EMAIL in each["To"])
    for each in office.mails():
        assert "2026年11月24日 17:00" in text_of(each), "both sides are told until when another is owed"
    gone = calendar_of(told)
    assert gone.method.value == "CANCEL"
    assert gone.vevent.uid.value == calendar_of(mail).vevent.uid.value
    numbers = [int(calendar_of(each).vevent.sequence.value) for each in (mail, told)]
    office.clear()
    starts_at = NOW + timedelta(days=6)
    times = {"startsAt": starts_at.isoformat(), "endsAt": (starts_at + timedelta(minutes=30)).isoformat()}
    given = {"request": asked["id"], "times": {**times, "timeZone": "Asia/Shanghai"}}
    assert "code" not in await office.do("grantReschedule", **given)
    await office.work()
    (again,) = (each for each in office.mails() if EMAIL in each["To"])
    assert calendar_of(again).method.value == "REQUEST"
    numbers.append(int(calendar_of(again).vevent.sequence.value))
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("order", list(permutations(["DELIVERED", "BOUNCED", "OPENED"])))
def test_receipts_come_in_any_order(order: tuple[str, ...]) -> None:
    for count in range(4):
        state = state_after(MessageState.SENT, order[:count])
        expected = MessageState.DELIVERED if count else MessageState.SENT
        assert state is (MessageState.BOUNCED if "BOUNCED" in order[:count] else expected)


async def test_receipts_become_events_and_are_heard_once(office: Office) -> None:
    interview = await office.invited()
    await office.work()
    (message,) = (await office.told(interview))["messages"]
    hidden = "query Seen($id: ID!) { interview(id: $id) { messages { id } } }"
    found = await office.ask(hidden, office.company.user("integrator"), id=interview)
    assert found["interview"]["messages"] == [], "what was told may be a finding"
    selection = "state receipts"
    for receipt in (Receipt.OPENED, Receipt.DELIVERED, Receipt.OPENED):
        said = {"message": message["id"], "receipt": receipt.value}
        made = await office.ask.do("recordDelivery", office.company.user("integrator"), selection, **said)
    assert made == {"__typename": "Message", "state": "DELIVERED", "receipts": ["DELIVERED", "OPENED"]}
    query = "query Seen($id: ID!) { interview(id: $id) { messages { id } } }"
    for viewer, sees in (("integrator", 1), ("marketing", 1), ("technology", None)):
        seen = (await office.ask(query, office.company.user(viewer), id=interview))["interview"]
        assert (len(seen["messages"]) if seen else None) == sees, viewer
    plain = from_global(message["id"])[1]
    made = await office.ask.do("recordDelivery", office.company.user("hr"), selection, message=plain, receipt="BOUNCED")
    assert made["state"] == "BOUNCED"
    types = [event["type"] for event in (await office.told(interview))["events"]["nodes"]]
    assert types[1:] == ["MESSAGE_SENT", "MESSAGE_OPENED", "MESSAGE_DELIVERED", "MESSAGE_BOUNCED"]
    for said, code in (({"message": str(uuid4())}, "NOT_FOUND"), ({"at": "2027-01-01T00:00:00Z"}, "INVALID_VALUE")):
        input = {"message": message["id"], "receipt": "DELIVERED", **said}
        assert (await office.do("recordDelivery", "hr", **input))["code"] == code
    other = await make_company(office.ask.graph)
    refused = await office.ask.do("recordDelivery", other.user("hr"), message=message["id"], receipt="DELIVERED")
    assert refused["code"] == "NOT_FOUND"


async def test_messages_of_a_decision_are_told_to_who_sees_it(office: Office) -> None:
    """Another department of the same person sees neither that a notice or a code went out, nor what became of them."""
    company, ask = office.company, office.ask
    company.at(days=40)
    await company.hr.no_show(await company.application("marketing", Person(NAME, EMAIL)))
    company.at(days=20)
    application = await company.application("technology", Person(NAME, EMAIL))
    office.applied = application
    claim = await office.claim()
    await office.work()
    query = """query Told($id: ID!) { node(id: $id) { ... on Candidate {
      profile { timeline { event text(locale: EN) } dimensions { observations } } } } }"""

    async def told(viewer: str) -> tuple[list[str], Any]:
        found = (await ask(query, company.user(viewer), id=gid("Candidate", claim.candidate)))["node"]["profile"]
        return [each["text"].split(": ")[1].rstrip(".") for each in found["timeline"]], found

    before = {viewer: (await told(viewer))[0] for viewer in ("technology", "hr")}
    hidden = (await told("marketing"))[1]
    input = {"application": gid("Application", application), "verdict": "REJECT", "reason": "Others fit better."}
    made = await ask.do("decide", company.user("technology"), "id state", **input)
    assert made["state"] == "ANNOUNCED"
    viewer = await Viewers(ask.graph).find_person(claim)
    assert viewer is not None
    act = Act(viewer, NOW, "requestCode", str(uuid4()), {}, ActorKind.CANDIDATE)
    assert isinstance(await links.request_code(ask.graph, act), Written)
    known = {row.id for row in await ask.graph.client.read(LIST_TOLD, candidate=claim.candidate)}
    earlier = {row.id for row in await ask.graph.client.read(LIST_SENT, candidate=claim.candidate)}
    await office.work()
    sent = [row for row in await ask.graph.client.read(LIST_SENT, candidate=claim.candidate) if row.id not in earlier]
    assert len(sent) == 2, "the rejection's notice, and the code"
    for row in sent:
        for receipt in ("DELIVERED", "OPENED", "BOUNCED"):
            said = {"message": row.id, "receipt": receipt}
            assert "code" not in await ask.do("recordDelivery", company.user("hr"), "state", **said)
    for viewer, lines in before.items():
        after = (await told(viewer))[0]
        for line in ("Message sent", "Message delivered", "Message opened", "Message bounced"):
            assert after.count(line) - lines.count(line) == len(sent), (viewer, line)
    assert (await told("marketing"))[1] == hidden
    events = {row.id for row in await ask.graph.client.read(LIST_TOLD, candidate=claim.candidate)} - known
    assert len(events) == 4 * len(sent)
    one = "query One($id: ID!) { node(id: $id) { id } }"
    for event in events:
        for name, sees in (("technology", True), ("marketing", False), ("subsidiary", False), ("integrator", False)):
            found = await ask(one, company.user(name), id=gid("Event", event))
            assert (found["node"] is not None) is sees, name


def test_an_address_that_is_none_keeps_a_mail_from_nobody_else() -> None:
    good, bad = Address("Han Meimei", "han@example.com"), Address("Li Lei", "li lei@example..com")
    parcel = Parcel("key", "ANSWERED", "en", [bad, good], "Accepted", "She accepted.", NOW)
    assert str(mail_of(parcel, SENDER)["To"]) == "Han Meimei <han@example.com>"
    with pytest.raises(Bounced, match="BAD_ADDRESS"):
        mail_of(replace(parcel, to=[bad, Address("Nobody")]), SENDER)


def test_unusable_channels_are_refused_at_the_start() -> None:
    for settings in (
        {"smtp_url": "http://mail"},
        {"smtp_url": "smtp://"},
        {"mail_from": "nobody"},
        {"mail_from": "a@b\r\nBcc: c@d"},
        {
            "message_webhook_url": "http://example.com",
            "message_webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        },
        {"message_webhook_url": "https://example.com"},
    ):
        with pytest.raises(SetupError, match="TURNOUT_"):
            check_channel(Settings(**settings))  # type: ignore[arg-type]
    check_channel(Settings(smtp_url="smtps://user:p%40ss@mail.example.com", mail_from="a@example.com"))
    assert Smtp.at("smtp://mail.example.com", SENDER).start_tls is True, "beyond this machine never without TLS"
