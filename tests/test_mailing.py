"""What comes back by mail: answers of calendars, and reports of delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.mailing import NotUnderstood, Report, understood
from graph.candidates import Person
from graph.findings import KNEW, REPLIED
from graph.messages import Receipt
from graph.statements import Found, Statement
from graph.writing import Graph
from schema.execution import Answerer
from schema.root import core_schema
from tests.conftest import NOW, Ask, Company, gid
from tests.due import facts_of
from tests.test_http import client, server, token

EMAIL = "wang.fang@example.com"
STATE = "query State($id: ID!) { interview(id: $id) { response icsSequence messages { state receipts } } }"
MESSAGE = Statement(
    "tests.message_of",
    "MATCH (message:Message)-[:CONCERNS]->(:Interview {id: $id}) RETURN message.id AS id",
    row=Found,
)


def answer(uid: str, said: str = "ACCEPTED", *, sequence: int = 0, attendee: str = EMAIL) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other//EN", "METHOD:REPLY", "BEGIN:VEVENT"]
    lines += [f"UID:{uid}", f"SEQUENCE:{sequence}", f"ATTENDEE;PARTSTAT={said}:mailto:{attendee}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def in_a_mail(calendar: bytes) -> bytes:
    head = (
        b"From: wang.fang@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n"
    )
    part = (
        b"--x\r\nContent-Type: text/plain\r\n\r\nAccepted\r\n--x\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"
    )
    return head + part + calendar + b"\r\n--x--\r\n"


def report(message: str, action: str = "failed") -> bytes:
    return f"""From: MAILER-DAEMON@mail.example.com\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
Undelivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mail.example.com\r
\r
Final-Recipient: rfc822; wang.fang@example.com\r
Action: {action}\r
Status: 5.1.1\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: <{message}@example.com>\r
Subject: hello\r
\r
--b--\r
""".encode()


class Door:
    """A server with a company, and an interview that was invited to."""

    def __init__(self, graph: Graph, company: Company) -> None:
        self.graph = graph
        self.company = company
        self.server = server(graph, Answerer(core_schema()))
        self.interview = ""

    async def post(self, body: bytes, viewer: str = "integrator", kind: str = "text/calendar") -> httpx.Response:
        headers = token(self.server, self.company.user(viewer)) | {"Content-Type": kind}
        async with client(self.server) as http:
            return await http.post("/mail", content=body, headers=headers)

    async def state(self, ask: Ask) -> Any:
        return (await ask(STATE, self.company.user("hr"), id=gid("Interview", self.interview)))["interview"]


@pytest.fixture
async def door(graph: Graph, company: Company) -> Door:
    door = Door(graph, company)
    company.at(days=0)
    application = await company.hr.application(company.positions["marketing"], Person("王芳", EMAIL))
    # The server's clock is the real one.
    company.hr.at = max(NOW, datetime.now(UTC))
    door.interview = await company.hr.interview(application, response=None)
    return door


async def test_a_calendar_answers_an_invitation(door: Door, ask: Ask) -> None:
    uid = f"{door.interview}@turnout"
    for said, body, kind in (
        ("TENTATIVE", answer(uid, "TENTATIVE"), "text/calendar; charset=utf-8"),
        ("ACCEPTED", in_a_mail(answer(uid, attendee=EMAIL.upper())), "message/rfc822"),
        ("DECLINED", answer(uid, "DECLINED"), "text/calendar"),
        ("DECLINED", in_a_mail(answer(uid, attendee=EMAIL.upper())), "message/rfc822"),
    ):
        posted = await door.post(body, kind=kind)
        assert (posted.status_code, posted.json()) == (200, {"id": gid("Interview", door.interview)})
        assert (await door.state(ask))["response"] == said, "what is posted again has no second effect"


@pytest.mark.parametrize("viewer", ["integrator", "hr"])
async def test_what_a_calendar_answers_is_told_to_hr_whoever_posts_it(door: Door, ask: Ask, viewer: str) -> None:
    posted = await door.post(answer(f"{door.interview}@turnout", "DECLINED"), viewer)
    assert posted.status_code == 200
    told = await facts_of(door.graph, door.company, "RESPONSE_RECEIVED")
    assert told == [{"response": "DECLINED", "to": door.company.departments["marketing"]}]


@pytest.mark.parametrize(("viewer", "known"), [("integrator", True), ("hr", False)])
async def test_a_posted_answer_of_a_calendar_says_that_the_time_was_known(door: Door, viewer: str, known: bool) -> None:
    """Unless a person posts it, who may say so by name (`knewBy`)."""
    assert (await door.post(answer(f"{door.interview}@turnout"), viewer)).status_code == 200
    later = datetime.now(UTC) + timedelta(minutes=1)
    found = [await door.graph.client.read(each, interview=door.interview, at=later) for each in (KNEW, REPLIED)]
    assert [bool(rows) for rows in found] == [False, known]


async def test_answers_to_something_else_are_refused(door: Door, ask: Ask) -> None:
    uid = f"{door.interview}@turnout"
    await door.company.hr.reschedule(door.interview, door.company.hr.at + timedelta(days=4))
    for body, code in (
        (answer("nobody@turnout", sequence=1), "NOT_FOUND"),
        (answer(uid, attendee="somebody@example.com", sequence=1), "NOT_FOUND"),
        (answer(uid, sequence=0), "INVITATION_CHANGED"),
        (answer(uid, sequence=7), "INVITATION_CHANGED"),
        (b"BEGIN:VCALENDAR", "NOT_UNDERSTOOD"),
        (answer(uid, "DELEGATED"), "NOT_UNDERSTOOD"),
    ):
        posted = await door.post(body)
        assert posted.status_code == 422
        (error,) = posted.json()["errors"]
        assert error["extensions"]["code"] == code
        assert error["message"].endswith(".")
    assert (await door.post(answer(uid, sequence=1))).status_code == 200
    assert (await door.state(ask))["response"] == "NEEDS_ACTION", "that of the former time"


async def test_only_programs_and_admins_post_mails(door: Door) -> None:
    body = answer(f"{door.interview}@turnout")
    posted = await door.post(body, "marketing")
    assert (posted.status_code, posted.json()["errors"][0]["extensions"]["code"]) == (422, "NOT_ALLOWED")
    async with client(door.server) as http:
        assert (await http.post("/mail", content=body, headers={"Content-Type": "text/calendar"})).status_code == 401
        headers = token(door.server, door.company.user("integrator")) | {"Content-Type": "text/calendar"}
        assert (await http.post("/mail", content=b"x" * 300_000, headers=headers)).status_code == 413


async def test_reports_of_delivery_are_understood(door: Door, ask: Ask) -> None:
    (message,) = await door.graph.client.read(MESSAGE, id=door.interview)
    posted = await door.post(report(message.id, "delivered"), kind="message/rfc822")
    assert (posted.status_code, posted.json()) == (200, {"id": gid("Message", message.id)})
    await door.post(report(message.id), kind="message/rfc822")
    found, to_hr = (await door.state(ask))["messages"]
    assert found == {"state": "BOUNCED", "receipts": ["BOUNCED", "DELIVERED"]}
    assert to_hr["state"] == "QUEUED"


def test_what_says_nothing_is_not_understood() -> None:
    id = "0b9e0a40-7f4f-4b0a-9a39-0d6f0f6a2a55"
    assert understood("message/rfc822", report(id)) == Report(id, Receipt.BOUNCED)
    assert understood("message/rfc822", report(id, "delivered")) == Report(id, Receipt.DELIVERED)
    for body in (report(id, "delayed"), report("other"), b"Subject: I am away\r\n\r\nUntil Monday.", b"", b"\xff\x00"):
        with pytest.raises(NotUnderstood, match=r"\.$"):
            understood("message/rfc822", body)
