"""The session itself: the code that opens the record, the language, and leaving."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from uuid import uuid4

from starlette.responses import Response

from api import candidate_words as words
from api.candidate_visits import Form, Pages, Visit
from graph import links
from graph.refusals import Locale, Refusal
from graph.writing import Act, Outcome

NOTICE = "record#notice"
"""The first notice in the record that waits for an answer."""


async def code(visit: Visit) -> Response:
    return visit.show("code.html", to=_aim(visit, visit.form or visit.request.query_params))


async def send_code(visit: Visit) -> Response:
    graph = visit.pages.server.graph
    refused = await _prove(visit, "requestCode", lambda act: links.request_code(graph, act))
    return visit.go(f"code?to={_aim(visit, visit.form)}", refused or "CODE_SENT")


async def enter_code(visit: Visit) -> Response:
    graph, given = visit.pages.server.graph, visit.form.get("code", "")
    if refused := await _prove(visit, "enterCode", lambda act: links.enter_code(graph, act, given)):
        return await visit.again(CODE, "code", words.told(refused, visit.locale))
    # A session that was known before it could see the record does not become one that can.
    visit.session = replace(visit.session, id=str(uuid4()), verified=visit.now)
    aim = _aim(visit, visit.form)
    return visit.go(NOTICE if aim == "notice" else aim, "VERIFIED")


async def _prove(visit: Visit, name: str, work: Callable[[Act], Awaitable[Outcome]]) -> str | None:
    outcome = await work(visit.act(name, await visit.viewer()))
    return outcome.code.value if isinstance(outcome, Refusal) else None


def _aim(visit: Visit, asked: Mapping[str, str]) -> str:
    """The tab that a code is to lead to, or the notice in the record that waits for an answer."""
    to = asked.get("to", "record")
    return to if to in visit.pages.tabs or to == "notice" else "record"


async def language(visit: Visit) -> Response:
    """The same page in the other language."""
    chosen = Locale.EN if visit.form.get("language") == "EN" else Locale.ZH_CN
    visit.session = replace(visit.session, language=chosen)
    to = visit.form.get("to", "")
    return visit.go(to if to in visit.pages.tabs or to == "code" else "")


async def leave(visit: Visit) -> Response:
    return visit.pages.forget(visit.pages.render("stopped.html", visit.locale, key="left"))


CODE = Form("code/enter", code, ("code",))
PAGES = Pages(
    shown={"code": code},
    acts={"code": send_code, "code/enter": enter_code, "language": language, "leave": leave},
)
