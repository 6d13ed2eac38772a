"""What comes back by mail: answers of calendars to invitations, and what became of messages.

Whoever receives the mails of the organizer posts them here, with an integrator's token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from hashlib import sha256
from typing import Any

from graph import calendars, messages, replies
from graph.calendars import NoReply, Reply
from graph.messages import Receipt
from graph.refusals import Code, Locale, Refusal
from graph.writing import Outcome
from schema.context import Context

CALENDAR, MAILS = "text/calendar", frozenset({"message/rfc822", "multipart/report", "text/plain"})
OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
ACTIONS = {"failed": Receipt.BOUNCED, "delivered": Receipt.DELIVERED}


class NotUnderstood(Exception):
    """A mail tells nothing that is known here; its text is a sentence."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of a message."""

    message: str
    receipt: Receipt


def understood(media_type: str, body: bytes) -> Reply | Report:
    """The answer or the report in what was posted; NotUnderstood, in a sentence, where there is neither."""
    try:
        if media_type == CALENDAR:
            return calendars.read_reply(body)
        mail = message_from_bytes(body, policy=policy.default)
        reply = calendars.reply_in(mail)
    except NoReply as error:
        raise NotUnderstood(str(error)) from error
    found = reply or report_in(mail)
    if found is None:
        raise NotUnderstood("The mail holds neither an answer to an invitation nor a report of its delivery.")
    return found


def report_in(mail: Message) -> Report | None:
    """What a delivery status notification (RFC 3464) says of a message of ours; null where it says nothing."""
    action = receipt = None
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            for group in part.get_payload():  # type: ignore[union-attr]
                if isinstance(group, Message) and group.get("Action"):
                    action = str(group["Action"]).strip().lower()
        elif part.get_content_type() == "message/disposition-notification":
            receipt = Receipt.OPENED
    receipt = ACTIONS.get(action or "") or receipt
    named = OURS.search(_original(mail))
    return Report(named[1], receipt) if receipt is not None and named else None


def _original(mail: Message) -> str:
    """The Message-ID of the mail that a report is about: its own headers come along, or are referred to."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            return str(inner[0].get("Message-ID", "")) if isinstance(inner, list) and inner else ""  # type: ignore[union-attr]
        if kind in ("text/rfc822-headers", "message/disposition-notification", "message/global-headers"):
            text = str(part)
            if found := re.search(r"(?im)^(?:Original-)?Message-ID:\s*(<[^>]+>)", text):
                return found[1]
    return str(mail.get("In-Reply-To", "")) or str(mail.get("References", ""))


async def take(context: Context, media_type: str, body: bytes) -> Outcome:
    """Records what was posted; posted again it has no second effect."""
    found = understood(media_type, body)
    key = sha256(body).hexdigest()
    if isinstance(found, Report):
        input: dict[str, Any] = {"message": found.message, "receipt": found.receipt.value}
        act = await context.act("recordDelivery", f"mail-{key}", input)
        return await messages.record_receipt(context.graph, act, found.message, found.receipt, None)
    said = {"uid": found.uid, "sequence": found.sequence, "attendee": found.attendee, "response": found.response}
    act = await context.act("replyByCalendar", f"mail-{key}", said)
    return await replies.take(context.graph, act, found)


def sentence(refusal: Refusal) -> str:
    """A refusal for people, in both languages."""
    if refusal.code is Code.NOT_FOUND:
        return "There is no such invitation or message for this attendee."
    return refusal.message(Locale.EN)
