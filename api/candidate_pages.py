"""Candidates' own pages: reached by a link, without an account, and working without scripts.

What a page shows and does is GraphQL with the candidate as viewer. GET never acts: a scanner of mail that opens a link
gets a page with forms; every act is a POST with the session's own token, and answers with 303.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from api import candidate_words as words
from api import decision_pages, growth_pages, invitation_pages, record_pages, rights_pages, session_pages
from api.candidate_visits import HEADERS, Handler, Stopped, Visit
from api.rates import Caller
from api.sessions import COOKIE, PATH, Session, Sessions
from graph import links
from graph.client import EngineUnavailable
from graph.instants import place_of
from graph.refusals import Locale
from schema.ids import from_global

if TYPE_CHECKING:
    from api.http import Server

HERE = Path(__file__).parent / "candidate"
FORM = 128 * 1024
"""Bytes that a form may have: ten thousand characters take nine each. A file has a route of its own."""
PAGES = (
    *(invitation_pages.PAGES, record_pages.PAGES, growth_pages.PAGES, decision_pages.PAGES),
    *(rights_pages.PAGES, session_pages.PAGES),
)
"""Every page and every act; the tabs stand in this order."""


class CandidatePages:
    """The routes below /c/."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.sessions = Sessions(server.graph.secrets)
        self.address = server.settings.address(server.port)
        self.tabs = {path: key for pages in PAGES for path, key in pages.tabs}
        self._secure = urlsplit(self.address).scheme == "https"
        self._templates = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
        said: dict[str, Any] = {name: getattr(words, name) for name in ("instant", "span", "local")}
        said["place_of"] = place_of
        self._templates.globals.update(said)
        self._templates.filters["uid"] = _uid

    def routes(self) -> list[Route]:
        shown = {path: handler for pages in PAGES for path, handler in pages.shown.items()}
        acts = {path: handler for pages in PAGES for path, handler in pages.acts.items()}
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
            Route("/c/{token}", self.open, methods=["GET"]),
        ]

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

    async def _admit(self, request: Request) -> Caller:
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

    def after_upload(self, request: Request, code: str, *, status: int, to: str) -> Response:
        """Where a form that brought a file leads: to what it bears on, or back to try another file.

        A browser that lost its session meanwhile is told as well.
        """
        now = self.server.clock()
        session = self.sessions.read(request.cookies.get(COOKIE, ""), now)
        if session is None:
            return self.render("uploaded.html", _spoken(request), status=status, said=code)
        ticket = session.ticket if to == "proof" else None
        return self.keep(RedirectResponse(PATH + to, 303, HEADERS), replace(session.at(now), said=code, ticket=ticket))

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
            in_words=lambda code: words.label(code, locale),
            good=words.GOOD,
            tabs=self.tabs,
            locale=locale,
            zh=locale is Locale.ZH_CN,
            form=self.sessions.form_token(session) if session else "",
            **{"said": None, "visit": None, **values},
        )
        return Response(text, status, HEADERS, "text/html")

    def _stopped(self, request: Request, stopped: Stopped) -> Response:
        return self.render("stopped.html", _spoken(request), status=stopped.status, key=stopped.key)

    async def _file(self, request: Request) -> Response:
        return FileResponse(HERE / request.url.path.rsplit("/", 1)[-1], headers=HEADERS)


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > FORM:
                raise Stopped(413, "foreign")
        given = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50)
        # A browser counts the end of a line as one character, and sends it as two.
        return {name: value.replace("\r\n", "\n") for name, value in given}
    except (ClientDisconnect, ValueError) as error:
        raise Stopped(400, "foreign") from error


def _spoken(request: Request) -> Locale:
    """The language of somebody whose link is not known."""
    asked = request.headers.get("accept-language", "zh").lower()
    return Locale.EN if asked.startswith("en") else Locale.ZH_CN


def _uid(id: Any) -> str:
    """The id within a global one, as a path may name it."""
    return from_global(str(id))[1]
