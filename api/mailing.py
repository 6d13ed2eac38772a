"""What comes back by mail: answers of calendars to invitations, and what became of messages.

Whoever receives the mails of the organizer posts them here, with an integrator's token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response

from api.asking import JSON, Refused, body_of, json_response
from api.identity import bearer
from graph import calendars, messages, replies
from graph.calendars import NoReply, Reply
from graph.client import EngineUnavailable
from graph.messages import Receipt
from graph.refusals import Code, Locale, Refusal
from graph.writing import Outcome
from schema.context import Context
from schema.ids import to_global

if TYPE_CHECKING:
    from api.http import Server

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


async def take(server: Server, request: Request) -> Response:
    """Takes an answer to an invitation or a report of a message's delivery, and says which record it changed."""
    try:
        context = await server.context(request, bearer(request.headers.get("authorization")))
        await context.viewer()
        await server.admit(server.caller(request, context))
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        outcome = await recorded(context, media_type, await body_of(request))
    except Refused as refused:
        return refused.response(JSON)
    except GraphQLError as error:
        return json_response({"errors": [error.formatted]}, JSON, 401)
    except NotUnderstood as error:
        return Refused(422, "NOT_UNDERSTOOD", str(error)).response(JSON)
    except EngineUnavailable as error:
        return Refused(503, "ENGINE_UNAVAILABLE", str(error), retry_after=5).response(JSON)
    if isinstance(outcome, Refusal):
        return Refused(422, outcome.code.value, sentence(outcome)).response(JSON)
    return json_response({"id": to_global(outcome.type, outcome.id)}, JSON, 200)


async def recorded(context: Context, media_type: str, body: bytes) -> Outcome:
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
