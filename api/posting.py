"""Sends what is in the outbox, one message after another, and remembers what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from api.channels import Bounced, Channel, Folder, NoAddress, Parcel, Unsent
from api.letters import Written, write
from api.working import Later
from graph import calendars, letters, messages, timers
from graph.calendars import Entry, Person
from graph.letters import Address, Appointment, Letter, NotWritten
from graph.messages import FIND, MessageRow, MessageState
from graph.refusals import Locale
from graph.timers import Timer
from graph.writing import Desk, Graph

GIVE_UP = timedelta(days=3)
"""How long a message is tried."""
LANGUAGES = {Locale.ZH_CN: "zh-CN", Locale.EN: "en", None: "zh-CN, en"}


class Count(Protocol):
    """Hears what became of each message."""

    def message(self, template: str, state: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Post:
    """`address` is where candidates' links lead, `sender` whom messages are from and calendars answer to."""

    channel: Channel | None
    address: str
    sender: str
    count: Count | None = None

    async def send(self, graph: Graph, timer: Timer, now: datetime) -> None:
        """The errand of a timer SEND. Killed before its end, it sends the message again, under the same key."""
        message = await letters.find(graph, timer.subject)
        if message is None:
            await timers.drop(graph, timer)
            return
        state, reason = await self._deliver(graph, message, now)

        async def settle(desk: Desk, _: Timer) -> None:
            found = await desk.tx.one(FIND, id=message.id)
            if found is not None:
                channel = self.channel.name if self.channel is not None else None
                await messages.settle(desk, found, state, channel=channel, reason=reason)

        if await timers.take(graph, timer, now, settle) and self.count is not None:
            self.count.message(message.template, state.value)

    async def _deliver(self, graph: Graph, message: MessageRow, now: datetime) -> tuple[MessageState, str | None]:
        """The state that the message comes to, and why; Later where it is to be tried again."""
        try:
            letter = await letters.read(graph, message, now, self.address)
            if letter.employer.demo and not isinstance(self.channel, Folder | None):
                raise NotWritten("DEMO")
            if self.channel is None:
                raise Unsent("NO_CHANNEL")
            await self.channel.send(self._parcel(letter, now))
        except NotWritten as why:
            return MessageState.FAILED, str(why)
        except NoAddress:
            return MessageState.FAILED, "NO_ADDRESS"
        except Bounced as why:
            return MessageState.BOUNCED, str(why)
        except Unsent as why:
            if now - message.created_at > GIVE_UP:
                return MessageState.FAILED, str(why)
            raise Later(str(why)) from None
        return MessageState.SENT, None

    def _parcel(self, letter: Letter, now: datetime) -> Parcel:
        written, calendar = write(letter), None
        if letter.method is not None and letter.interview is not None:
            entry = self._entry(letter.interview, letter.employer.name, letter.to[0], written, letter.link, now)
            calendar = letter.method, calendars.calendar(entry, letter.method)
        return Parcel(
            letter.message,
            letter.template.value,
            LANGUAGES[letter.locale],
            letter.to,
            written.subject,
            written.text,
            now,
            letter.interview.id if letter.interview else None,
            calendar,
        )

    def _entry(
        self, interview: Appointment, employer: str, to: Address, written: Written, link: str | None, now: datetime
    ) -> Entry:
        return Entry(
            uid=interview.ics_uid,
            sequence=interview.ics_sequence,
            stamp=now,
            starts_at=interview.starts_at,
            ends_at=interview.ends_at,
            time_zone=interview.time_zone,
            title=f"{interview.position} · {employer}",
            text=written.text,
            url=interview.join_url or link,
            organizer=Person(employer, self.sender),
            attendee=Person(to.name, to.email),
            response=interview.response,
            alarm_at_end=interview.is_recorded,
        )
