"""Calendar entries: an interview as iCalendar (RFC 5545), and what a calendar answers to it (RFC 5546). Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from enum import Enum
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Component, Event, Timezone, vCalAddress, vText

from graph.instants import in_zone

PRODUCT = "-//Turnout//Turnout//EN"
ALARM = timedelta(minutes=-30)
CHANGING = timedelta(hours=2)
"""How long around a change of the clocks a local time may be read otherwise: clocks go back by an hour, and the rules
of a zone are told to the hour."""
ZONES_AROUND = timedelta(days=366)
"""How far around an interview its zone is described; summer time begins or ends within it."""


class Method(Enum):
    """What a calendar is asked to do."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"
    """The same without anybody to answer to: for who has the entry without having proved who they are."""


PARTSTAT = {
    "NEEDS_ACTION": "NEEDS-ACTION",
    "ACCEPTED": "ACCEPTED",
    "DECLINED": "DECLINED",
    "TENTATIVE": "TENTATIVE",
}
"""A response, as calendars name it."""


@dataclass(frozen=True, slots=True)
class Person:
    """`address` is an e-mail address; null where there is none, and then no calendar can answer."""

    name: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One interview at one time. `sequence` grows with each change; `stamp` is when the entry was made."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    title: str
    text: str
    url: str | None
    organizer: Person
    attendee: Person
    response: str
    alarm_at_end: bool = False
    """Whether the end is what must not be missed, as of an interview that is recorded before a deadline."""


def calendar(entry: Entry, method: Method) -> bytes:
    """The entry as a calendar takes it, with the rules of its zone and an alarm half an hour before the start."""
    made = Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", method.value)):
        made.add(name, value)
    made.add_component(_zone(entry))
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp)
    event.add("dtstart", _local(entry.starts_at, entry.time_zone))
    event.add("dtend", _local(entry.ends_at, entry.time_zone))
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    if entry.url is not None:
        event.add("url", entry.url)
        event.add("location", entry.url)
    if entry.organizer.address is not None:
        event.add("organizer", _address(entry.organizer, {}))
    if entry.attendee.address is not None:
        answer = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": PARTSTAT[entry.response], "RSVP": "TRUE"}
        event.add("attendee", _address(entry.attendee, answer))
    if method is not Method.CANCEL:
        event.add_component(_alarm(entry))
    made.add_component(event)
    return made.to_ical()


def _local(at: datetime, zone: str) -> datetime:
    """By the clocks of the zone; as they are changed in UTC, for the same time is twice on a clock then."""
    with suppress(OverflowError):
        before, after = (in_zone(at + around, zone).utcoffset() for around in (-CHANGING, CHANGING))
        if before != after:
            return at.astimezone(UTC)
    return in_zone(at, zone)


def _zone(entry: Entry) -> Timezone:
    """Its rules around the interview, as far as the calendar goes."""
    first = max(entry.starts_at, datetime.min.replace(tzinfo=UTC) + 2 * ZONES_AROUND) - ZONES_AROUND
    last = min(entry.ends_at, datetime.max.replace(tzinfo=UTC) - 2 * ZONES_AROUND) + ZONES_AROUND
    return Timezone.from_tzinfo(ZoneInfo(entry.time_zone), entry.time_zone, first.date(), last.date())


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    alarm.add("trigger", ALARM, parameters={"RELATED": "END"} if entry.alarm_at_end else {})
    return alarm


def _address(person: Person, parameters: dict[str, str]) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.address}")
    for name, value in {"CN": person.name, **parameters}.items():
        # A quotation mark cannot be said in a parameter; the library refuses it.
        address.params[name] = vText(value.replace('"', "'"))
    return address


@dataclass(frozen=True, slots=True)
class Reply:
    """What an attendee's calendar answered; `stamp` is when it wrote that, null where it does not say."""

    uid: str
    sequence: int
    attendee: str
    response: str
    stamp: datetime | None = None


class NoReply(Exception):
    """A text is no answer to an invitation; its text is a sentence."""


RESPONSES = {said: response for response, said in PARTSTAT.items() if response != "NEEDS_ACTION"}


def read_reply(text: str | bytes) -> Reply:
    """The answer in an iCalendar text; NoReply where it is none."""
    try:
        read = Calendar.from_ical(text)
        events = read.walk("VEVENT")
        method = str(read.get("METHOD", "")).upper()
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        raise NoReply("This is no calendar that can be read.") from error
    if method != "REPLY":
        raise NoReply("This calendar is not an answer: its METHOD is not REPLY.")
    if len(events) != 1:
        raise NoReply("An answer is about one event.")
    event = events[0]
    attendee, uid = event.get("ATTENDEE"), str(event.get("UID", ""))
    if not uid or attendee is None or isinstance(attendee, list):
        raise NoReply("An answer names one event and one attendee.")
    said = str(attendee.params.get("PARTSTAT", "")).upper()
    if said not in RESPONSES:
        raise NoReply("An answer is ACCEPTED, DECLINED or TENTATIVE.")
    try:
        sequence = int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError) as error:
        raise NoReply("The SEQUENCE of an answer is a number.") from error
    address = re.sub(r"(?i)^mailto:", "", str(attendee)).strip()
    return Reply(uid, sequence, address, RESPONSES[said], _stamp(event))


def _stamp(event: Component) -> datetime | None:
    """A DTSTAMP is in UTC, whether or not it says so."""
    stamp = getattr(event.get("DTSTAMP"), "dt", None)
    if not isinstance(stamp, datetime):
        return None
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)


def reply_in(mail: Message) -> Reply | None:
    """The answer that a mail holds; null where it holds no calendar."""
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            content = part.get_payload(decode=True)
            return read_reply(content if isinstance(content, bytes) else b"")
    return None
