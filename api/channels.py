"""Ways out for messages: a mail server, a signed webhook of the operator's, and a folder for a laptop.

Whatever goes wrong is said by a code: an exception of a library may quote whom the message was for.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import httpx
import orjson
from standardwebhooks import Webhook

from api.outbound import SECONDS
from api.settings import LOOPBACK, Settings, SetupError, is_safe_url
from graph.calendars import Method
from graph.letters import Address

MAIL_SECONDS = 15.0


class Bounced(Exception):
    """The address does not exist or does not take the message; its text is a code."""


class Unsent(Exception):
    """It could not be sent now; its text is a code."""


class NoAddress(Exception):
    """The addressee cannot be reached this way."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message as it leaves; `key` is that by which a receiver drops repeats."""

    key: str
    template: str
    language: str
    to: Sequence[Address]
    subject: str
    text: str
    at: datetime
    interview: str | None = None
    calendar: tuple[Method, bytes] | None = None


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    async def send(self, parcel: Parcel) -> None:
        """Bounced, Unsent or NoAddress where it does not leave."""
        ...


def open_channel(settings: Settings) -> Channel | None:
    """The way out that is set; in development a folder where none is."""
    if settings.message_webhook_url is not None:
        return Gateway(settings.message_webhook_url, settings.message_webhook_secret or "")
    if settings.smtp_url is not None:
        return Smtp.at(settings.smtp_url, settings.mail_from)
    folder = settings.outbox or (settings.data / "outbox" if settings.is_development else None)
    return Folder(folder, settings.mail_from) if folder is not None else None


def check_channel(settings: Settings) -> None:
    """SetupError where what is set cannot be used."""
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", settings.mail_from):
        raise SetupError("TURNOUT_MAIL_FROM is not a mail address, such as interviews@example.com.")
    if settings.message_webhook_url is not None:
        if not is_safe_url(settings.message_webhook_url):
            raise SetupError("TURNOUT_MESSAGE_WEBHOOK_URL must begin with https://, or with http:// on loopback.")
        try:
            Webhook(settings.message_webhook_secret or "")
        except Exception as error:
            raise SetupError("TURNOUT_MESSAGE_WEBHOOK_SECRET must be a key in base64, as whsec_….") from error
    if settings.smtp_url is not None:
        Smtp.at(settings.smtp_url, settings.mail_from)


def mail_of(parcel: Parcel, sender: str) -> EmailMessage:
    """The message as a mail: its Message-ID is its key, the same however often it is sent."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = _mail_addresses(parcel.to)
    mail["Subject"] = parcel.subject
    mail["Date"] = format_datetime(parcel.at.astimezone(UTC))
    mail["Message-ID"] = f"<{parcel.key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = parcel.language
    mail.set_content(parcel.text)
    if parcel.calendar is not None:
        method, calendar = parcel.calendar
        mail.add_alternative(calendar.decode(), subtype="calendar", params={"method": method.value})
        mail.add_attachment(calendar, maintype="application", subtype="ics", filename="interview.ics")
    return mail


def _mail_addresses(to: Sequence[Address]) -> list[MailAddress]:
    """Those that can be written to: one that cannot keeps the message from nobody else."""
    found = [mail for address in to if (mail := _mail_address(address)) is not None]
    if not found:
        raise Bounced("BAD_ADDRESS")
    return found


def _mail_address(address: Address) -> MailAddress | None:
    # A name is the candidate's own text: whatever would end a header is no part of one.
    name = "".join(sign for sign in address.name if sign.isprintable())
    try:
        return MailAddress(name, addr_spec=address.email) if address.email else None
    except Exception:
        return None


@dataclass(frozen=True, slots=True)
class Folder:
    """Mails as files that any mail program opens; one that is sent again replaces itself."""

    path: Path
    sender: str
    name: str = "FOLDER"

    async def send(self, parcel: Parcel) -> None:
        if not any(address.email for address in parcel.to):
            raise NoAddress
        await asyncio.to_thread(self._write, parcel.key, mail_of(parcel, self.sender).as_bytes())

    def _write(self, key: str, mail: bytes) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            place = self.path / f"{key}.eml"
            half = self.path / f".{key}.{os.urandom(6).hex()}"
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(mail)
                file.flush()
                os.fsync(file.fileno())
            half.replace(place)
        except OSError as error:
            raise Unsent(f"FOLDER_{error.errno}") from None


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server; beyond this machine never without TLS."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    start_tls: bool | None
    sender: str
    name: str = "SMTP"

    @classmethod
    def at(cls, url: str, sender: str) -> Smtp:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise SetupError("TURNOUT_SMTP_URL is not an address, such as smtps://user:password@mail:465.") from error
        if parts.scheme not in ("smtp", "smtps") or not host:
            raise SetupError("TURNOUT_SMTP_URL must begin with smtps:// or smtp://.")
        tls = parts.scheme == "smtps"
        user, password = (unquote(text) if text else None for text in (parts.username, parts.password))
        start_tls = None if tls or host in LOOPBACK else True
        return cls(host, port or (465 if tls else 587), user, password, tls, start_tls, sender)

    async def send(self, parcel: Parcel) -> None:
        if not any(address.email for address in parcel.to):
            raise NoAddress
        try:
            async with asyncio.timeout(MAIL_SECONDS):
                await aiosmtplib.send(
                    mail_of(parcel, self.sender),
                    hostname=self.host,
                    port=self.port,
                    username=self.user,
                    password=self.password,
                    use_tls=self.tls,
                    start_tls=self.start_tls,
                    timeout=SECONDS,
                )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            codes = [each.code for each in refused.recipients]
            raise (Bounced if all(code >= 500 for code in codes) else Unsent)(f"SMTP_{max(codes)}") from None
        except aiosmtplib.SMTPDataError as refused:
            raise (Bounced if refused.code >= 500 else Unsent)(f"SMTP_{refused.code}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            code = getattr(error, "code", None)
            raise Unsent(f"SMTP_{code}" if isinstance(code, int) else type(error).__name__) from None


@dataclass(frozen=True, slots=True)
class Gateway:
    """An address of the operator's own, which brings messages on by mail, SMS or whatever it has."""

    url: str
    secret: str
    name: str = "WEBHOOK"

    async def send(self, parcel: Parcel) -> None:
        body = orjson.dumps(
            {
                "id": parcel.key,
                "template": parcel.template,
                "language": parcel.language,
                "to": [{"name": to.name, "email": to.email, "phone": to.phone} for to in parcel.to],
                "subject": parcel.subject,
                "text": parcel.text,
                "interview": parcel.interview,
                "calendar": parcel.calendar[1].decode() if parcel.calendar else None,
            }
        )
        headers = signed(parcel.key, body, [self.secret])
        try:
            async with (
                httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=SECONDS) as client,
                client.stream("POST", self.url, content=body, headers=headers) as answer,
            ):
                status = answer.status_code
        except (httpx.HTTPError, OSError) as error:
            raise Unsent(type(error).__name__) from None
        if not 200 <= status < 300:
            raise Unsent(f"HTTP_{status}")


def signed(id: str, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of Standard Webhooks, with a signature under each key; the receiver drops an id it knows."""
    now = datetime.now(UTC)
    signatures = " ".join(Webhook(secret).sign(id, now, body.decode()) for secret in secrets)
    return {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signatures,
    }
