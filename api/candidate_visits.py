"""One request of a candidate: by what link and session it comes, what it asks of GraphQL, and how it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.asking import Asked
from api.rates import Caller
from api.sessions import PATH, Session
from graph.events import ActorKind
from graph.links import Link
from graph.refusals import Fault, Locale, invalid
from graph.visibility import Claim, Viewer
from graph.writing import Act
from schema.context import Context
from schema.ids import from_global, to_global

if TYPE_CHECKING:
    from api.candidate_pages import CandidatePages

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


class Stopped(Exception):
    """A request that ends with a page of its own; `key` names its words."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status = status
        self.key = key


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one field of a form, in the reader's language; `about` is the id that the form names."""

    form: str
    about: str
    field: str
    sentence: str


@dataclass
class Visit:
    """One request of a candidate whose link was found alive; `wrong` is what the form that was just sent is told."""

    pages: CandidatePages
    request: Request
    session: Session
    link: Link
    now: datetime
    caller: Caller
    form: Mapping[str, str] = field(default_factory=dict[str, str])
    wrong: Wrong | None = None

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
        server = self.pages.server
        context = Context(
            server.graph, server.viewers, clock=lambda: self.now, claim=self.claim, address=self.pages.address
        )
        answer = await server.answer(Asked(query, variables, None), context, self.caller)
        if answer.data is None or answer.errors:
            raise Stopped(503, "busy")
        # As a client reads it: what is taken over as bytes is read too.
        return answer.payload()["data"]

    def is_wrong(self, form: str, field: str, about: str = "") -> bool:
        wrong = self.wrong
        return wrong is not None and (wrong.form, wrong.field, wrong.about) == (form, field, about)

    def kept(self, form: str, field: str, about: str = "") -> str:
        """What was filled in, where a form is shown again."""
        is_again = self.wrong is not None and (self.wrong.form, self.wrong.about) == (form, about)
        return self.form.get(field, "") if is_again else ""

    async def viewer(self) -> Viewer:
        """The candidate as writes know it."""
        viewer = await self.pages.server.viewers.find_person(self.claim)
        if viewer is None:
            raise Stopped(403, "no_link")
        return viewer

    async def do(self, mutation: str, **given: Any) -> dict[str, Any]:
        """What a mutation came to: `code`, `field` and `message` are those of its refusal, where it was refused."""
        ((_, outcome),) = (await self.ask(mutation, input=given, locale=self.locale.value)).items()
        return {"code": None, "field": None, "message": None, **outcome}

    async def settle(self, outcome: Mapping[str, Any], form: Form, to: str, said: str) -> Response:
        """On to a page that tells what was done; where it is a field of the form that is wrong, the form again."""
        if outcome["field"] in form.fields:
            return await self.again(form, outcome["field"], outcome["message"])
        return self.go(to, outcome["code"] or said)

    async def again(self, form: Form, field: str, sentence: str | None = None) -> Response:
        """The page of a form as it was filled in, with what is wrong beside the field: where nothing else is said,
        that it is needed.
        """
        needed = invalid(field, Fault.NEEDED).message(self.locale)
        self.wrong = Wrong(form.name, self.form.get(form.about, ""), field, sentence or needed)
        return await form.page(self)

    def act(self, name: str, viewer: Viewer) -> Act:
        return Act(viewer, self.now, name, str(uuid4()), {}, ActorKind.CANDIDATE)

    def show(self, template: str, **values: Any) -> Response:
        """A page; what the last act came to is told once."""
        said, session = self.session.said, replace(self.session, said=None)
        status = 422 if self.wrong else 200
        values |= {"session": session, "said": said, "visit": self}
        page = self.pages.render(template, self.locale, status=status, **values)
        return self.pages.keep(page, session)

    def go(self, to: str, said: str | None = None) -> Response:
        """On to a page by GET, which tells what was done."""
        response = RedirectResponse(PATH + to, 303, HEADERS)
        return self.pages.keep(response, replace(self.session, said=said or self.session.said))


Handler = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Form:
    """A form by its name, which is its path: the fields that its reader sees, what its hidden field `about` names, and
    the page that shows it.
    """

    name: str
    page: Handler
    fields: tuple[str, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """What a module of pages adds below /c/: what GET shows, what POST does, and tabs by path and word."""

    shown: Mapping[str, Handler]
    acts: Mapping[str, Handler] = field(default_factory=dict[str, Handler])
    tabs: tuple[tuple[str, str], ...] = ()


def global_id(visit: Visit, name: str, type: str) -> str:
    """The id that a form sends, if it is one of this type."""
    text = visit.form.get(name, "")
    return text if from_global(text)[0] == type else to_global(type, "none")
