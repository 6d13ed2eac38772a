"""Candidates' own pages: reached by a link, without an account, and working without scripts.

What a page shows and does is GraphQL with the candidate as viewer. GET never acts: a scanner of mail that opens a link
gets a page with forms; every act is a POST with the session's own token, and answers with 303.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from graphql import GraphQLSchema
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from api import candidate_words as words
from api.sessions import COOKIE, PATH, Session, Sessions
from graph import calendars, links
from graph.calendars import Entry, Method, Person
from graph.client import EngineUnavailable
from graph.events import ActorKind
from graph.links import Link
from graph.refusals import Locale, Refusal
from graph.visibility import Claim
from graph.writing import Act, Outcome
from schema.context import Context
from schema.ids import from_global, to_global

if TYPE_CHECKING:
    from api.http import Server

HERE = Path(__file__).parent / "candidate"
FORM = 64 * 1024
"""Bytes that a form may have; a file has a route of its own."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
AFTER_CODE = {"record": "record", "rights": "rights", "home": ""}
"""Pages to which a code leads, by the names that forms have for them."""
RIGHTS = ("CORRECTION", "RESTRICTION", "OBJECTION", "ERASURE", "HUMAN_REVIEW")
NEEDED = re.compile(r" *# if (\w+)\.(\w+)$")
"""Marks a line of a document that is asked only of a schema with this field."""
CAN = {
    "dispute": "disputeNoShow",
    "proof": "requestUpload",
    "check": "recordTelemetry",
    "rights": "fileRequest",
}
"""Acts of candidates, by the mutations that do them."""

HOME = """
query CandidateHome($application: ID!, $locale: Locale!) {
  organization { name nameZh }
  application(id: $application) {
    position { title department { name nameZh } }
    interviews(first: 50, orderBy: STARTS_AT_DESC) {
      nodes {
        id mode modeLabel(locale: $locale) startsAt endsAt timeZone graceMinutes joinUrl
        response responseLabel(locale: $locale) responseMessage attendance attendanceLabel(locale: $locale)
        department { name nameZh } openSlots { id }
        conducting: department { conduct { absences lateCancellations unanswered } } # if Department.conduct
        rescheduleRequests { id state stateLabel(locale: $locale) inTime reason answer owedBy }
      }
    }
  }
}
"""
RIGHTS_PAGE = """
query CandidateRights($locale: Locale!) {
  organization { name nameZh timeZone }
  myRecord {
    requests(first: 50) {
      nodes { kind kindLabel(locale: $locale) stateLabel(locale: $locale) text filedAt dueAt answeredAt reason }
    }
  }
}
"""
EXPORT = """
query CandidateExport($format: ExportFormat!, $locale: Locale!) { exportMyData(format: $format, locale: $locale) }
"""
FILE_REQUEST = """
mutation CandidateFilesRequest($input: FileRequestInput!) {
  fileRequest(input: $input) { __typename ... on Refused { code } }
}
"""
DISPUTE = """
mutation CandidateDisputes($input: DisputeNoShowInput!) {
  disputeNoShow(input: $input) { __typename ... on Refused { code } }
}
"""
UPLOAD = """
mutation CandidateUploads($input: RequestUploadInput!) {
  requestUpload(input: $input) { __typename ... on UploadTicket { ticket } ... on Refused { code } }
}
"""
CHECK = """
mutation CandidateChecks($input: RecordTelemetryInput!) {
  recordTelemetry(input: $input) { __typename ... on Refused { code } }
}
"""
CALENDAR = """
query CandidateCalendar($interview: ID!, $locale: Locale!) {
  organization { name nameZh }
  interview(id: $interview) {
    icsUid icsSequence startsAt endsAt timeZone mode modeLabel(locale: $locale) response attendance joinUrl
    position { title } department { name nameZh }
  }
}
"""
TIME = """
query CandidateTime($interview: ID!, $locale: Locale!) {
  interview(id: $interview) {
    id modeLabel(locale: $locale) startsAt endsAt timeZone department { name nameZh }
    openSlots { id startsAt endsAt timeZone }
  }
}
"""
RECORD = """
query CandidateRecord($locale: Locale!) {
  organization { name nameZh timeZone }
  myRecord {
    displayName email phone
    applications(first: 50) {
      nodes { id appliedAt stageLabel(locale: $locale) position { title department { name nameZh } } }
    }
    interviews(first: 40) {
      nodes {
        id modeLabel(locale: $locale) startsAt endsAt timeZone responseLabel(locale: $locale)
        attendanceLabel(locale: $locale) department { name nameZh }
        events(first: 40) { nodes { typeLabel(locale: $locale) occurredAt actorKind actor { externalId } } }
      }
    }
    findings(first: 50) {
      nodes {
        id occurredAt state stateLabel(locale: $locale) outcomeLabel(locale: $locale) causeLabel(locale: $locale)
        answerBy expiresAt eraseAt reason statement department { name nameZh }
        daysLeft # if Finding.daysLeft
        disputedAt disputeDueAt disputeText disputeRejectedAt disputeReason # if Finding.disputedAt
        proofs { kind size uploadedAt verdictLabel(locale: $locale) reason purgedAt } # if Finding.proofs
        shown: interview { assessment { reasons(locale: $locale) } } # if Interview.assessment
        interview { modeLabel(locale: $locale) timeZone startsAt endsAt }
      }
    }
    accesses(first: 100) {
      nodes { at who role departments purposeLabel(locale: $locale) finding { occurredAt department { name nameZh } } }
    }
    accessGaps(first: 20) { nodes { since until } }
  }
}
"""
RESPOND = """
mutation CandidateResponds($input: RecordResponseInput!) {
  recordResponse(input: $input) { __typename ... on Refused { code } }
}
"""
ASK_TIME = """
mutation CandidateAsksForAnotherTime($input: RequestRescheduleInput!) {
  requestReschedule(input: $input) { __typename ... on RescheduleRequest { state } ... on Refused { code } }
}
"""
STATE = """
mutation CandidateStates($input: RecordStatementInput!) {
  recordStatement(input: $input) { __typename ... on Refused { code } }
}
"""


def offered(schema: GraphQLSchema, document: str) -> str:
    """The document without the lines that ask for what the schema does not have."""

    def has(needed: re.Match[str] | None) -> bool:
        type: Any = schema.get_type(needed.group(1)) if needed else None
        return needed is None or (type is not None and needed.group(2) in type.fields)

    return "\n".join(line for line in document.splitlines() if has(NEEDED.search(line)))


class Stopped(Exception):
    """A request that ends with a page of its own; `key` names its words."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status = status
        self.key = key


@dataclass
class Visit:
    """One request of a candidate whose link was found alive."""

    pages: CandidatePages
    request: Request
    session: Session
    link: Link
    now: datetime
    caller: str
    form: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def locale(self) -> Locale:
        return self.session.language or Locale(self.link.locale)

    @property
    def is_verified(self) -> bool:
        return self.session.is_verified(self.now)

    @property
    def claim(self) -> Claim:
        return Claim(self.link.candidate, self.link.application, self.is_verified)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer; Stopped where there is none."""
        from api.asking import Asked

        server = self.pages.server
        context = Context(
            server.graph, server.viewers, clock=lambda: self.now, claim=self.claim, address=self.pages.address
        )
        answer = await server.answer(Asked(self.pages.offered(query), variables, None), context, self.caller)
        if answer.data is None or answer.errors:
            raise Stopped(503, "busy")
        # As a client reads it: what is taken over as bytes is read too.
        return answer.payload()["data"]

    async def do(self, mutation: str, **given: Any) -> dict[str, Any]:
        """What a mutation came to: `code` is that of its refusal, where it was refused."""
        ((_, outcome),) = (await self.ask(mutation, input=given)).items()
        return {"code": None, **outcome}

    def act(self, name: str, viewer: Any) -> Act:
        return Act(viewer, self.now, name, str(uuid4()), {}, ActorKind.CANDIDATE)

    def show(self, template: str, **values: Any) -> Response:
        """A page; what the last act came to is told once."""
        said, session = self.session.said, replace(self.session, said=None)
        can = self.pages.can
        page = self.pages.render(template, self.locale, session=session, said=said, visit=self, can=can, **values)
        return self.pages.keep(page, session)

    def go(self, to: str, said: str | None = None) -> Response:
        """On to a page by GET, which tells what was done."""
        response = RedirectResponse(PATH + to, 303, HEADERS)
        return self.pages.keep(response, replace(self.session, said=said or self.session.said))


Handler = Callable[[Visit], Awaitable[Response]]


class CandidatePages:
    """The routes below /c/."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.sessions = Sessions(server.graph.secrets)
        self.address = server.settings.address(server.port)
        mutations: Any = server.answerer.schema.mutation_type
        self.can = {act for act, mutation in CAN.items() if mutation in mutations.fields}
        self._offered: dict[str, str] = {}
        self._secure = urlsplit(self.address).scheme == "https"
        self._templates = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
        said: dict[str, Any] = {name: getattr(words, name) for name in ("instant", "span", "offset", "local")}
        self._templates.globals.update(said)
        self._templates.filters["uid"] = _uid

    def routes(self) -> list[Route]:
        acts = {"answer": answer, "language": language, "code": send_code, "code/enter": enter_code}
        acts |= {"statement": state, "leave": leave}
        acts |= {"time": ask_time, "dispute": dispute, "proof": ask_upload, "check": keep_check, "rights": ask_right}
        shown = {"": home, "code": code, "record": record, "time": time, "check": check, "proof": upload}
        shown |= {"rights": rights, "export": export}
        return [
            *(Route(f"/c/{name}", self._file, methods=["GET"]) for name in ("style.css", "icon.svg", "check.js")),
            *(
                Route(PATH + path, partial(self._handle, handler=handler), methods=["GET"])
                for path, handler in shown.items()
            ),
            *(
                Route(PATH + path, partial(self._handle, handler=handler, acts=True), methods=["POST"])
                for path, handler in acts.items()
            ),
            Route("/c/calendar/{interview}", partial(self._handle, handler=calendar), methods=["GET"]),
            Route("/c/{token}", self.open, methods=["GET"]),
        ]

    def offered(self, document: str) -> str:
        if document not in self._offered:
            self._offered[document] = offered(self.server.answerer.schema, document)
        return self._offered[document]

    async def open(self, request: Request) -> Response:
        """Swaps a link's token for a session; nothing else is done, whoever follows it."""
        now = self.server.clock()
        try:
            await self._admit(request)
            id = links.named_by(self.server.graph.secrets, request.path_params["token"])
            link = await links.find(self.server.graph, id, now) if id else None
        except Stopped as stopped:
            return self._stopped(request, stopped)
        except EngineUnavailable:
            return self._stopped(request, Stopped(503, "busy"))
        if link is None:
            return self._stopped(request, Stopped(404, "no_link"))
        return self.keep(RedirectResponse(PATH, 303, HEADERS), self.sessions.begin(link.id, now))

    async def _handle(self, request: Request, handler: Handler, *, acts: bool = False) -> Response:
        try:
            visit = await self._visit(request)
            if acts:
                visit.form = await _form(request)
                self._check(visit)
            return await handler(visit)
        except Stopped as stopped:
            return self._stopped(request, stopped)
        except EngineUnavailable:
            return self._stopped(request, Stopped(503, "busy"))

    async def _visit(self, request: Request) -> Visit:
        caller, now = await self._admit(request), self.server.clock()
        session = self.sessions.read(request.cookies.get(COOKIE, ""), now)
        if session is None:
            raise Stopped(403, "no_session")
        link = await links.find(self.server.graph, session.link, now)
        if link is None:
            raise Stopped(403, "no_link")
        return Visit(self, request, session.at(now), link, now, caller)

    async def _admit(self, request: Request) -> str:
        rates = self.server.rates
        caller = rates.caller(None, request.client and request.client.host)
        if await rates.admit(caller) is not None:
            raise Stopped(429, "busy")
        return caller

    def _check(self, visit: Visit) -> None:
        """Stopped where a form was not sent by one of these pages: by its token, and by what the browser says.

        A browser that is told to send no referrer sends `Origin: null` with our own forms too.
        """
        headers = visit.request.headers
        origin = headers.get("origin", "null")
        foreign = origin not in ("null", self.address) and urlsplit(origin).netloc != headers.get("host")
        crossed = headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        if foreign or crossed or not self.sessions.is_own_form(visit.session, visit.form.get("form", "")):
            raise Stopped(403, "foreign")

    def keep(self, response: Response, session: Session) -> Response:
        response.set_cookie(
            COOKIE, self.sessions.sign(session), path=PATH, httponly=True, samesite="lax", secure=self._secure
        )
        return response

    def forget(self, response: Response) -> Response:
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax", secure=self._secure)
        return response

    def render(
        self, template: str, locale: Locale, *, status: int = 200, session: Session | None = None, **values: Any
    ) -> Response:
        text = self._templates.get_template(template).render(
            t=lambda key: words.word(key, locale),
            told=lambda key: words.told(key, locale),
            good=words.GOOD,
            locale=locale,
            zh=locale is Locale.ZH_CN,
            form=self.sessions.form_token(session) if session else "",
            **{"said": None, "visit": None, **values},
        )
        return Response(text, status, HEADERS, "text/html")

    def _stopped(self, request: Request, stopped: Stopped) -> Response:
        asked = request.headers.get("accept-language", "zh").lower()
        locale = Locale.EN if asked.startswith("en") else Locale.ZH_CN
        return self.render("stopped.html", locale, status=stopped.status, key=stopped.key)

    async def _file(self, request: Request) -> Response:
        return FileResponse(HERE / request.url.path.rsplit("/", 1)[-1], headers=HEADERS)


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > FORM:
                raise Stopped(413, "foreign")
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
    except (ClientDisconnect, ValueError) as error:
        raise Stopped(400, "foreign") from error


def _uid(id: Any) -> str:
    """The id within a global one, as a path may name it."""
    return from_global(str(id))[1]


def global_id(visit: Visit, name: str, type: str) -> str:
    """The id that a form sends, if it is one of this type."""
    text = visit.form.get(name, "")
    return text if from_global(text)[0] == type else to_global(type, "none")


async def home(visit: Visit) -> Response:
    """The invitation, what was answered, and what may be done."""
    id = to_global("Application", visit.link.application)
    data = await visit.ask(HOME, application=id, locale=visit.locale.value)
    interviews = data["application"]["interviews"]["nodes"]
    now = visit.now.isoformat()
    ahead = [each for each in interviews if each["attendance"] == "PENDING" and _until(each) > visit.now]
    past = [each for each in interviews if each not in ahead]
    return visit.show("home.html", data=data, ahead=ahead[::-1], past=past, now=now)


def _until(interview: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(interview["endsAt"])


async def answer(visit: Visit) -> Response:
    response = visit.form.get("response", "")
    if response not in ("ACCEPTED", "DECLINED"):
        return visit.go("", "INCOMPLETE")
    given = {"interview": global_id(visit, "interview", "Interview"), "response": response}
    return visit.go("", (await visit.do(RESPOND, **given, message=visit.form.get("message")))["code"] or response)


async def calendar(visit: Visit) -> Response:
    """The interview as a calendar takes it; of the person it tells nothing, as the link alone is enough for it."""
    id = to_global("Interview", visit.request.path_params["interview"].removesuffix(".ics"))
    data = await visit.ask(CALENDAR, interview=id, locale=visit.locale.value)
    found, zh = data["interview"], visit.locale is Locale.ZH_CN
    if found is None:
        raise Stopped(404, "not_there")
    employer, department = (each["nameZh"] if zh and each["nameZh"] else each["name"] for each in _held(data))
    gone = found["attendance"].startswith("CANCELLED") or found["attendance"] == "RESCHEDULED"
    method = Method.CANCEL if gone else Method.PUBLISH
    entry = Entry(
        uid=found["icsUid"],
        sequence=found["icsSequence"],
        stamp=visit.now,
        starts_at=datetime.fromisoformat(found["startsAt"]),
        ends_at=datetime.fromisoformat(found["endsAt"]),
        time_zone=found["timeZone"],
        title=f"{found['modeLabel']} · {employer}",
        text=f"{found['position']['title']} · {department}",
        url=found["joinUrl"],
        organizer=Person(employer, None),
        attendee=Person("", None),
        response=found["response"],
        alarm_at_end=found["mode"] == "AI_ASYNC",
    )
    media = f"text/calendar; charset=utf-8; method={method.value}"
    attached = {"Content-Disposition": 'attachment; filename="interview.ics"'}
    return Response(calendars.calendar(entry, method), 200, HEADERS | attached, media)


def _held(data: Mapping[str, Any]) -> tuple[Any, Any]:
    return data["organization"], data["interview"]["department"]


async def time(visit: Visit) -> Response:
    """The times that may be chosen instead, and the form that asks for one of them, or for any other."""
    id = visit.request.query_params.get("interview", "")
    data = await visit.ask(TIME, interview=id, locale=visit.locale.value)
    if data["interview"] is None:
        raise Stopped(404, "not_there")
    return visit.show("time.html", each=data["interview"])


async def ask_time(visit: Visit) -> Response:
    given = {"interview": global_id(visit, "interview", "Interview"), "reason": visit.form.get("reason", "").strip()}
    if not given["reason"]:
        return visit.go(f"time?{urlencode({'interview': given['interview']})}", "INCOMPLETE")
    slot = global_id(visit, "slot", "Slot") if visit.form.get("slot") else None
    outcome = await visit.do(ASK_TIME, **given, slot=slot)
    return visit.go("", outcome["code"] or ("TIME_GIVEN" if outcome["state"] == "GRANTED" else "TIME_ASKED"))


async def language(visit: Visit) -> Response:
    """The same page in the other language."""
    chosen = Locale.EN if visit.form.get("language") == "EN" else Locale.ZH_CN
    visit.session = replace(visit.session, language=chosen)
    to = visit.form.get("to", "")
    return visit.go(to if to in ("record", "rights", "code") else "")


async def leave(visit: Visit) -> Response:
    return visit.pages.forget(visit.pages.render("stopped.html", visit.locale, key="left"))


async def code(visit: Visit) -> Response:
    return visit.show("code.html", to=_aim(visit.request.query_params.get("to", "")))


async def _prove(visit: Visit, name: str, work: Callable[[Act], Awaitable[Outcome]]) -> str | None:
    viewer = await visit.pages.server.viewers.find_person(visit.claim)
    if viewer is None:
        raise Stopped(403, "no_link")
    outcome = await work(visit.act(name, viewer))
    return outcome.code.value if isinstance(outcome, Refusal) else None


def _aim(to: str) -> str:
    return to if to in AFTER_CODE else "record"


async def send_code(visit: Visit) -> Response:
    graph = visit.pages.server.graph
    refused = await _prove(visit, "requestCode", lambda act: links.request_code(graph, act))
    return visit.go(f"code?to={_aim(visit.form.get('to', ''))}", refused or "CODE_SENT")


async def enter_code(visit: Visit) -> Response:
    graph, given = visit.pages.server.graph, visit.form.get("code", "")
    if refused := await _prove(visit, "enterCode", lambda act: links.enter_code(graph, act, given)):
        return visit.go(f"code?to={_aim(visit.form.get('to', ''))}", refused)
    # A session that was known before it could see the record does not become one that can.
    visit.session = replace(visit.session, id=str(uuid4()), verified=visit.now)
    return visit.go(AFTER_CODE[_aim(visit.form.get("to", ""))], "VERIFIED")


async def record(visit: Visit) -> Response:
    """All that is recorded of the candidate, and what it may say to it."""
    if not visit.is_verified:
        return visit.go("code?to=record")
    data = await visit.ask(RECORD, locale=visit.locale.value)
    return visit.show("record.html", data=data, person=data["myRecord"])


async def state(visit: Visit) -> Response:
    """What the candidate says to a notice."""
    text = visit.form.get("text", "").strip()
    if not text:
        return visit.go("record", "INCOMPLETE")
    given = {"finding": global_id(visit, "finding", "Finding"), "channel": "MESSAGE", "text": text}
    return visit.go("record", (await visit.do(STATE, **given))["code"] or "STATEMENT")


async def dispute(visit: Visit) -> Response:
    text = visit.form.get("text", "").strip()
    if not text:
        return visit.go("record", "INCOMPLETE")
    given = {"finding": global_id(visit, "finding", "Finding"), "text": text}
    return visit.go("record", (await visit.do(DISPUTE, **given))["code"] or "DISPUTED")


async def ask_upload(visit: Visit) -> Response:
    """Gets a ticket for one file, which the next page's form names."""
    about = visit.form.get("about", "")
    outcome = await visit.do(UPLOAD, about=about)
    if outcome["code"] == "NOT_VERIFIED":
        return visit.go("code?to=home", "NOT_VERIFIED")
    if outcome["code"]:
        return visit.go("record" if visit.is_verified else "", outcome["code"])
    visit.session = replace(visit.session, ticket=outcome["ticket"])
    return visit.go("proof")


async def upload(visit: Visit) -> Response:
    ticket = visit.session.ticket
    if ticket is None:
        return visit.go("record")
    return visit.show("proof.html", ticket=ticket)


async def check(visit: Visit) -> Response:
    """The device is tried by a script where there is one; without it the candidate says what came of it."""
    return visit.show("check.html", interview=visit.request.query_params.get("interview", ""))


async def keep_check(visit: Visit) -> Response:
    result = visit.form.get("result", "")
    if result not in ("PASSED", "FAILED"):
        return visit.go("", "INCOMPLETE")
    given = {"interview": global_id(visit, "interview", "Interview"), "occurredAt": visit.now.isoformat()}
    seen = {"kind": f"DEVICE_CHECK_{result}", "source": "urn:turnout:candidate", "key": str(uuid4())}
    return visit.go("", (await visit.do(CHECK, **given, **seen))["code"] or "CHECK_KEPT")


async def rights(visit: Visit) -> Response:
    """What may be asked for, and what was."""
    if not visit.is_verified:
        return visit.go("code?to=rights")
    data = await visit.ask(RIGHTS_PAGE, locale=visit.locale.value)
    return visit.show("rights.html", data=data, kinds=RIGHTS, requests=data["myRecord"]["requests"]["nodes"])


async def ask_right(visit: Visit) -> Response:
    kind = visit.form.get("kind", "")
    if kind not in RIGHTS:
        return visit.go("rights", "INCOMPLETE")
    outcome = await visit.do(FILE_REQUEST, kind=kind, text=visit.form.get("text", "").strip() or None)
    return visit.go("rights", outcome["code"] or "REQUEST_FILED")


async def export(visit: Visit) -> Response:
    """A copy of all that is kept, as a file."""
    if not visit.is_verified:
        return visit.go("code?to=rights")
    as_page = visit.request.query_params.get("format") == "HTML"
    given = {"format": "HTML" if as_page else "JSON", "locale": visit.locale.value}
    text = (await visit.ask(EXPORT, **given))["exportMyData"]
    if text is None:
        raise Stopped(404, "not_there")
    ending, media = ("html", "text/html") if as_page else ("json", "application/json")
    attached = {"Content-Disposition": f'attachment; filename="my-record.{ending}"'}
    return Response(text, 200, HEADERS | attached, f"{media}; charset=utf-8")
