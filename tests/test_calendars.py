"""Calendar entries, read back by a library that did not make them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
import vobject

from graph.calendars import Entry, Method, NoReply, Person, Reply, calendar, read_reply, reply_in

ENTRY = Entry(
    uid="a1@turnout",
    sequence=3,
    stamp=datetime(2026, 11, 20, 9, tzinfo=UTC),
    starts_at=datetime(2026, 12, 1, 1, tzinfo=UTC),
    ends_at=datetime(2026, 12, 1, 1, 30, tzinfo=UTC),
    time_zone="Asia/Shanghai",
    title="面试：市场经理; “AI”, 市场部",
    text="时间：2026年12月1日\n入口见链接",
    url="https://jobs.example.com/c/token",
    organizer=Person('Acme "HR"', "interviews@example.com"),
    attendee=Person("王芳", "wang@example.com"),
    response="NEEDS_ACTION",
)


def read(entry: Entry, method: Method = Method.REQUEST) -> Any:
    return vobject.readOne(calendar(entry, method).decode())


def test_another_library_reads_the_invitation() -> None:
    whole = read(ENTRY)
    event = whole.vevent
    assert whole.method.value == "REQUEST"
    assert (event.uid.value, event.sequence.value, event.status.value) == ("a1@turnout", "3", "CONFIRMED")
    assert event.summary.value == ENTRY.title
    assert event.description.value == ENTRY.text
    assert event.dtstart.value.astimezone(UTC) == ENTRY.starts_at
    assert event.dtstart.value.utcoffset() == timedelta(hours=8)
    assert event.dtend.value - event.dtstart.value == timedelta(minutes=30)
    assert event.organizer.value == "mailto:interviews@example.com"
    assert event.attendee.value == "mailto:wang@example.com"
    params = {name: values[0] for name, values in event.attendee.params.items()}
    assert params == {"CN": "王芳", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    assert event.valarm.trigger.value == timedelta(minutes=-30)
    assert whole.vtimezone.tzid.value == "Asia/Shanghai"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Africa/Casablanca", "Asia/Kathmandu", "UTC"])
@pytest.mark.parametrize("month", [1, 3, 7, 10, 11])
def test_a_time_is_the_same_in_every_zone(zone: str, month: int) -> None:
    starts_at = datetime(2027, month, 28, 0, 30, tzinfo=UTC)
    event = read(replace(ENTRY, time_zone=zone, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))).vevent
    assert event.dtstart.value.astimezone(UTC) == starts_at
    assert event.dtend.value.astimezone(UTC) == starts_at + timedelta(hours=1)


@pytest.mark.parametrize(("zone", "utc"), [("Europe/Berlin", 1), ("America/New_York", 6)])
def test_an_hour_that_comes_twice_is_told_in_utc(zone: str, utc: int) -> None:
    """Both times half past it is: the first in summer time, the second an hour later."""
    day = datetime(2026, 10, 25, tzinfo=UTC) if zone == "Europe/Berlin" else datetime(2026, 11, 1, tzinfo=UTC)
    for hours in (-1, 0):
        starts_at = day + timedelta(hours=utc + hours, minutes=30)
        ends_at = starts_at + timedelta(minutes=30)
        event = read(replace(ENTRY, starts_at=starts_at, ends_at=ends_at, time_zone=zone)).vevent
        assert event.dtstart.value.astimezone(UTC) == starts_at
        assert event.dtend.value.astimezone(UTC) == ends_at
    text = calendar(replace(ENTRY, starts_at=day - timedelta(days=2), time_zone=zone), Method.REQUEST)
    assert f"DTSTART;TZID={zone}:".encode() in text


def test_a_cancellation_keeps_uid_and_has_no_alarm() -> None:
    whole = read(replace(ENTRY, sequence=4), Method.CANCEL)
    assert whole.method.value == "CANCEL"
    event = whole.vevent
    assert (event.uid.value, event.sequence.value, event.status.value) == ("a1@turnout", "4", "CANCELLED")
    assert not hasattr(event, "valarm")


def test_a_recorded_interview_is_alarmed_before_its_deadline() -> None:
    event = read(replace(ENTRY, alarm_at_end=True)).vevent
    assert event.valarm.trigger.params["RELATED"] == ["END"]


def test_the_ends_of_the_calendar_can_be_told() -> None:
    last = datetime.max.replace(tzinfo=UTC, microsecond=0) - timedelta(days=2)
    event = read(replace(ENTRY, starts_at=last, ends_at=last + timedelta(hours=1))).vevent
    assert event.dtstart.value.astimezone(UTC) == last
    event = read(replace(ENTRY, ends_at=datetime.max.replace(tzinfo=UTC))).vevent
    assert event.dtend.value.year == 9999


def answer(said: str, method: str = "REPLY", attendee: str = "ATTENDEE;PARTSTAT={}:mailto:Wang@Example.com") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other//EN", f"METHOD:{method}", "BEGIN:VEVENT"]
    lines += ["UID:a1@turnout", "SEQUENCE:3", "DTSTAMP:20261121T000000Z", attendee.format(said), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


@pytest.mark.parametrize("said", ["ACCEPTED", "DECLINED", "TENTATIVE", "accepted"])
def test_an_answer_is_read(said: str) -> None:
    stamp = datetime(2026, 11, 21, tzinfo=UTC)
    assert read_reply(answer(said)) == Reply("a1@turnout", 3, "Wang@Example.com", said.upper(), stamp)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BEGIN:VCALENDAR",
        "no calendar at all",
        answer("ACCEPTED", "REQUEST"),
        answer("NEEDS-ACTION"),
        answer("DELEGATED"),
        answer("ACCEPTED", attendee="COMMENT:{}"),
        answer("ACCEPTED", attendee="ATTENDEE;PARTSTAT={0}:mailto:a@b.c\r\nATTENDEE;PARTSTAT={0}:mailto:d@e.f"),
        answer("ACCEPTED").replace("SEQUENCE:3", "SEQUENCE:x"),
    ],
)
def test_what_is_no_answer_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(NoReply, match=r"^[A-Z].*\.$"):
        read_reply(text)


def test_an_answer_is_found_in_a_mail() -> None:
    head = b"From: w@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n"
    parts = b"--x\r\nContent-Type: text/plain\r\n\r\nyes\r\n--x\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"
    mail = message_from_bytes(head + parts + answer("TENTATIVE").encode() + b"\r\n--x--\r\n")
    found = reply_in(mail)
    assert found is not None
    assert found.response == "TENTATIVE"
    assert reply_in(message_from_bytes(b"Subject: hello\r\n\r\nI come.")) is None
