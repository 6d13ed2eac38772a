"""Links: what opens a candidate's own pages, and the codes that prove who holds one.

A link's token is its id and a signature under a key derived from the master key, so that the graph holds nothing that
opens anything. A code is derived in the same way from the id of its node: it is made when it is sent, and made again
when it is given.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString
from uuid import UUID

from graph import applications, messages
from graph.events import About, EventType
from graph.messages import Template
from graph.refusals import Code, Refusal
from graph.secrets import Secrets
from graph.statements import Nothing, Statement
from graph.traversal import Derived, Form, One, Prop, Shape
from graph.visibility import Claim, Level
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, person_refusal, role_refusal


def _url(values: Sequence[Any], _: Mapping[str, Any], context: Any) -> str | None:
    return context.urls.get(values[0])


LINK = Shape(
    "Link",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "createdAt": Prop(form=Form.INSTANT),
        "expiresAt": Prop(form=Form.INSTANT),
        "revokedAt": Prop(form=Form.INSTANT),
        "application": One("Application", ("(this)-[:OPENS]->(that:Application)",), implied=True),
        "url": Derived(("this.id",), _url),
    },
)
LIFE = timedelta(days=180)
"""How long a link lives, counted from the end of the last interview it was sent for. One that leads to a finding that
was decided lives until that is erased, so that whoever has a mark can see and dispute it."""
FURTHEST = timedelta(days=366)
"""No interview keeps its link for longer than if it were so far ahead."""
CODE_LIFE, TRIES = timedelta(minutes=10), 5
"""How long a code may be given, and how often a wrong one."""
CODE_PAUSE, CODES_A_DAY = timedelta(minutes=1), 10
"""Between two codes, and how many a person may ask for: 50 guesses a day among a million."""
VERSION, ID, TAG = 3, 16, 20
LETTERS = (VERSION + ID + TAG) * 4 // 3
"""A token's bytes: the version of the master key, the link's id, and 160 bits of the signature; no padding is left."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of an application; it opens while it is neither expired nor revoked nor its candidate erased."""

    id: str
    candidate: str
    application: str
    status: str
    locale: str
    expires_at: datetime
    revoked_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at and self.status != "ERASED"

    @property
    def claim(self) -> Claim:
        return Claim(self.candidate, self.application)


_LINK: LiteralString = """
    RETURN link.id AS id, candidate.id AS candidate, application.id AS application, candidate.status AS status,
      coalesce(candidate.locale, 'ZH_CN') AS locale, link.expiresAt AS expires_at, link.revokedAt AS revoked_at
"""
FIND = Statement(
    "links.find",
    "MATCH (link:Link {id: $id})-[:OPENS]->(application:Application)<-[:SUBMITTED]-(candidate:Candidate)" + _LINK,
    row=Link,
)
LIST_OF = Statement(
    "links.list_of",
    "MATCH (link:Link)-[:OPENS]->(application:Application {id: $application})<-[:SUBMITTED]-(candidate:Candidate)"
    + _LINK
    + "ORDER BY link.createdAt, link.id",
    row=Link,
)


@dataclass(frozen=True, slots=True)
class Owned:
    candidate: str
    application: str
    department: str
    revoked: bool


FIND_OWN = Statement(
    "links.find_own",
    """
    MATCH (link:Link {id: $id, organization: $organization})-[:OPENS]->(application:Application)
      -[:FOR]->(:Position)-[:BELONGS_TO]->(department:Department)
    MATCH (application)<-[:SUBMITTED]-(candidate:Candidate)
    RETURN candidate.id AS candidate, application.id AS application, department.id AS department,
      link.revokedAt IS NOT NULL AS revoked
    """,
    row=Owned,
)
CREATE = Statement(
    "links.create",
    """
    MATCH (application:Application {id: $application})
    CREATE (link:Link {id: $id, organization: $organization, createdAt: $now, expiresAt: $until})
    CREATE (link)-[:OPENS]->(application)
    """,
    row=Nothing,
    writes=True,
)
EXTEND = Statement(
    "links.extend",
    "MATCH (link:Link {id: $id}) SET link.expiresAt = $until",
    row=Nothing,
    writes=True,
)
REVOKE = Statement(
    "links.revoke",
    "MATCH (link:Link {id: $id}) SET link.revokedAt = $now",
    row=Nothing,
    writes=True,
)
END_TICKETS = Statement(
    "links.end_tickets",
    """
    MATCH (:Link {id: $id})-[:OPENS]->(:Application)<-[:SUBMITTED]-(:Candidate)-[:SAME_AS*0..1]-(candidate:Candidate)
    MATCH (ticket:UploadTicket {candidate: candidate.id}) WHERE ticket.expiresAt > $now
    SET ticket.expiresAt = $now
    """,
    row=Nothing,
    writes=True,
)
"""What may still be handed in is handed in by whoever holds another link, with a ticket of their own."""

Run = Callable[..., Awaitable[list[Any]]]
"""How a statement is run: of a client that reads, or of the transaction that one is in."""


def token(secrets: Secrets, link: str) -> str:
    """What opens the link of this id; made when it is sent, and kept nowhere."""
    head = secrets.newest.to_bytes(VERSION) + UUID(link).bytes
    return urlsafe_b64encode(head + _tag(secrets, secrets.newest, head)).decode()


def url(secrets: Secrets, link: str, address: str) -> str:
    """The address of a candidate's pages, under that of this server."""
    return f"{address}/c/{token(secrets, link)}"


def named_by(secrets: Secrets, text: str) -> str | None:
    """The id of the link that a token was signed for; null for any other text, before anything is looked up."""
    if len(text) != LETTERS:
        return None
    try:
        raw = urlsafe_b64decode(text.encode("ascii"))
    except (Error, ValueError):
        return None
    head, tag = raw[: VERSION + ID], raw[VERSION + ID :]
    version = int.from_bytes(head[:VERSION])
    if len(tag) != TAG or version not in secrets.versions:
        return None
    signed = hmac.compare_digest(tag, _tag(secrets, version, head))
    return str(UUID(bytes=head[VERSION:])) if signed else None


def _tag(secrets: Secrets, version: int, head: bytes) -> bytes:
    return hmac.new(secrets.at(version).derive("links/1"), head, sha256).digest()[:TAG]


async def find(graph: Graph, link: str, now: datetime) -> Link | None:
    """The link as it stands in the graph at this moment, if it still opens anything."""
    rows = await graph.client.read(FIND, id=link)
    return rows[0] if rows and rows[0].is_live(now) else None


async def open(graph: Graph, text: str, now: datetime) -> Claim | None:
    """What a token proves; null where it is none of ours, or the link expired, was revoked or its candidate erased."""
    id = named_by(graph.secrets, text)
    link = await find(graph, id, now) if id else None
    return link.claim if link else None


async def find_live(run: Run, application: str, now: datetime) -> Link | None:
    """The one link of an application that opens it now."""
    links: list[Link] = await run(LIST_OF, application=application)
    return next((link for link in links if link.is_live(now)), None)


async def create(desk: Desk, application: str, until: datetime | None = None) -> Link:
    """The application's link, its candidate locked: a live one is extended, and only where there is none one is made.

    `until` is when what it is for is over; it lives for a while after that.
    """
    now = desk.act.now
    return await keep(desk, application, min(max(until or now, now), now + FURTHEST) + LIFE)


async def keep(desk: Desk, application: str, expires_at: datetime) -> Link:
    """The application's link, its candidate locked, which lives at least until then."""
    now, run = desk.act.now, desk.tx.run
    live = await find_live(run, application, now)
    if live is not None:
        if live.expires_at < expires_at:
            await run(EXTEND, id=live.id, until=expires_at)
        return replace(live, expires_at=max(live.expires_at, expires_at))
    id, organization = desk.new_id(), desk.act.viewer.organization
    await run(CREATE, id=id, application=application, organization=organization, now=now, until=expires_at)
    return (await run(FIND, id=id))[0]


@dataclass(frozen=True, slots=True)
class Standing:
    status: str
    mail: bool
    phone: bool


FIND_STANDING = Statement(
    "links.find_standing",
    """
    MATCH (candidate:Candidate {id: $id})
    RETURN candidate.status AS status, candidate.email IS NOT NULL AS mail, candidate.phone IS NOT NULL AS phone
    """,
    row=Standing,
)


async def hand_out(graph: Graph, act: Act, application: str) -> Outcome:
    """The application's link for HR to give to the candidate itself, where no message can; who did it is recorded."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await applications.find_own(desk, application)
        if isinstance(found, Refusal):
            return found
        standing = await desk.tx.one(FIND_STANDING, id=found.candidate)
        if standing is None or standing.status == "ERASED":
            return Refusal(Code.CANDIDATE_ERASED, "application")
        link = await create(desk, found.id)
        await desk.record(EventType.LINK_HANDED_OUT, About("Application", found.id), link=link.id)
        return Written("Link", link.id)

    return await perform(graph, act, work)


async def revoke(graph: Graph, act: Act, link: str) -> Outcome:
    """Ends a link and every session that it opened; the next invitation or suspicion makes another."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await desk.tx.one(FIND_OWN, id=link, organization=act.viewer.organization)
        if found is None or not act.viewer.owns(found.department):
            return Refusal(Code.NOT_FOUND, "link")
        await desk.lock_candidate(found.candidate)
        locked = await desk.tx.one(FIND_OWN, id=link, organization=act.viewer.organization)
        if locked is None or locked.revoked:
            return Refusal(Code.LINK_REVOKED, "link")
        await desk.tx.run(REVOKE, id=link, now=act.now)
        await desk.tx.run(END_TICKETS, id=link, now=act.now)
        await desk.record(EventType.LINK_REVOKED, About("Application", locked.application), link=link)
        return Written("Link", link)

    return await perform(graph, act, work)


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code, of which nothing is stored but what it is derived from."""

    id: str
    application: str
    version: int
    created_at: datetime
    expires_at: datetime
    tries: int
    used: bool

    def is_open(self, now: datetime) -> bool:
        return not self.used and self.tries < TRIES and now < self.expires_at


_CODE: LiteralString = """
    RETURN code.id AS id, application.id AS application, code.keyVersion AS version, code.createdAt AS created_at,
      code.expiresAt AS expires_at, code.tries AS tries, code.used AS used
"""
FIND_CODE = Statement(
    "links.find_code", "MATCH (code:Code {id: $id})-[:PROVES]->(application:Application)" + _CODE, row=SentCode
)
LIST_CODES = Statement(
    "links.list_codes",
    "MATCH (:Candidate {id: $candidate})-[:SUBMITTED]->(application:Application)<-[:PROVES]-(code:Code)"
    + _CODE
    + "ORDER BY created_at DESC, id",
    row=SentCode,
)
FORGET_CODES = Statement(
    "links.forget_codes",
    """
    MATCH (:Candidate {id: $candidate})-[:SUBMITTED]->(:Application)<-[:PROVES]-(code:Code)
    WHERE code.createdAt <= $before DETACH DELETE code
    """,
    row=Nothing,
    writes=True,
)
CREATE_CODE = Statement(
    "links.create_code",
    """
    MATCH (application:Application {id: $application})
    CREATE (code:Code {id: $id, organization: $organization, keyVersion: $version, createdAt: $now,
      expiresAt: $until, tries: 0, used: false})
    CREATE (code)-[:PROVES]->(application)
    """,
    row=Nothing,
    writes=True,
)
TRY_CODE = Statement(
    "links.try_code",
    "MATCH (code:Code {id: $id}) SET code.tries = code.tries + 1, code.used = $right",
    row=Nothing,
    writes=True,
)


def code_text(secrets: Secrets, id: str, version: int) -> str:
    """The six digits of the code of this id."""
    digest = hmac.new(secrets.at(version).derive("codes/1"), id.encode(), sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06}"


async def code_to_send(graph: Graph, id: str, now: datetime) -> str | None:
    """The six digits that a message of the template CODE tells; null where they would come too late."""
    rows = await graph.client.read(FIND_CODE, id=id)
    is_open = bool(rows) and rows[0].is_open(now) and rows[0].version in graph.secrets.versions
    return code_text(graph.secrets, id, rows[0].version) if is_open else None


def code_refusal(codes: list[SentCode], now: datetime) -> Refusal | None:
    """Why no further code is sent: the last is a minute old at most, or the day's are used up. The newest first."""
    if codes and now < codes[0].created_at + CODE_PAUSE:
        return Refusal(Code.TOO_MANY_CODES)
    today = [code for code in codes if now < code.created_at + timedelta(days=1)]
    return Refusal(Code.TOO_MANY_CODES) if len(today) >= CODES_A_DAY else None


async def request_code(graph: Graph, act: Act) -> Outcome:
    """Sends a code to the contact on file; codes sent before it count no more."""
    if refused := person_refusal(act.viewer, verified=False):
        return refused
    person = act.viewer.person
    assert person is not None

    async def work(desk: Desk) -> Outcome:
        await desk.lock_candidate(act.viewer.id)
        standing = await desk.tx.one(FIND_STANDING, id=act.viewer.id)
        if standing is None or standing.status == "ERASED":
            return Refusal(Code.CANDIDATE_ERASED)
        if not standing.mail and not (standing.phone and graph.phones):
            return Refusal(Code.NO_CONTACT)
        if refused := code_refusal(await desk.tx.run(LIST_CODES, candidate=act.viewer.id), act.now):
            return refused
        id, version = desk.new_id(), (await desk.key_versions())[0]
        await desk.tx.run(FORGET_CODES, candidate=act.viewer.id, before=act.now - timedelta(days=1))
        await desk.tx.run(
            CREATE_CODE,
            id=id,
            application=person.application,
            organization=act.viewer.organization,
            version=version,
            now=act.now,
            until=act.now + CODE_LIFE,
        )
        await messages.tell_candidate(desk, Template.CODE, id)
        return Written("Application", person.application)

    return await perform(graph, act, work)


async def enter_code(graph: Graph, act: Act, text: str) -> Outcome:
    """Whether this is the code that was sent last for this application; a right one is good once.

    A wrong one is counted with its refusal, so `text` is no part of the act's input: each try is one.
    """
    if refused := person_refusal(act.viewer, verified=False):
        return refused
    person = act.viewer.person
    assert person is not None
    given = "".join(text.split())

    async def work(desk: Desk) -> Outcome:
        await desk.lock_candidate(act.viewer.id)
        codes = await desk.tx.run(LIST_CODES, candidate=act.viewer.id)
        code = next((code for code in codes if code.application == person.application), None)
        if code is None or not code.is_open(act.now) or code.version not in graph.secrets.versions:
            return Refusal(Code.CODE_ENDED, "code")
        right = hmac.compare_digest(given.encode(), code_text(graph.secrets, code.id, code.version).encode())
        await desk.tx.run(TRY_CODE, id=code.id, right=right)
        if not right:
            return Refusal(Code.CODE_WRONG if code.tries + 1 < TRIES else Code.CODE_ENDED, "code")
        await desk.record(EventType.CODE_ENTERED, About("Application", person.application))
        return Written("Application", person.application)

    return await perform(graph, act, work)
