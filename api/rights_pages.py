"""What candidates may ask for of their rights, and the copy of all that is kept of them."""

from __future__ import annotations

from starlette.responses import Response

from api.candidate_visits import HEADERS, Form, Pages, Stopped, Visit
from graph.rights import RESTRICTS, RightsKind

RIGHTS = tuple(kind.value for kind in RightsKind)
RESTRICTING = {kind.value for kind in RESTRICTS}
RIGHTS_PAGE = """
query CandidateRights($locale: Locale!) {
  organization { name nameZh timeZone }
  myRecord {
    requests(first: 50) {
      nodes {
        id kind kindLabel(locale: $locale) state stateLabel(locale: $locale) text filedAt dueAt answeredAt reason
      }
    }
  }
}
"""
FILE_REQUEST = """
mutation CandidateFilesRequest($input: FileRequestInput!, $locale: Locale!) {
  fileRequest(input: $input) { __typename ... on Refused { code field message(locale: $locale) } }
}
"""
WITHDRAW_REQUEST = """
mutation CandidateWithdrawsRequest($input: WithdrawRequestInput!, $locale: Locale!) {
  withdrawRequest(input: $input) { __typename ... on Refused { code field message(locale: $locale) } }
}
"""
EXPORT = """
query CandidateExport($format: ExportFormat!, $locale: Locale!) { exportMyData(format: $format, locale: $locale) }
"""


async def rights(visit: Visit) -> Response:
    """What may be asked for, and what was."""
    if not visit.is_verified:
        return visit.go("code?to=rights")
    data = await visit.ask(RIGHTS_PAGE, locale=visit.locale.value)
    requests = data["myRecord"]["requests"]["nodes"]
    return visit.show("rights.html", data=data, kinds=RIGHTS, restricting=RESTRICTING, requests=requests)


async def ask_right(visit: Visit) -> Response:
    kind = visit.form.get("kind", "")
    if kind not in RIGHTS:
        return await visit.again(RIGHT, "kind")
    outcome = await visit.do(FILE_REQUEST, kind=kind, text=visit.form.get("text", "").strip() or None)
    return await visit.settle(outcome, RIGHT, "rights", "REQUEST_FILED")


async def withdraw(visit: Visit) -> Response:
    """An open request is taken back, or a restriction is ended."""
    outcome = await visit.do(WITHDRAW_REQUEST, rightsRequest=visit.form.get("request", ""))
    return visit.go("rights", outcome["code"] or "REQUEST_WITHDRAWN")


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


RIGHT = Form("rights", rights, ("kind", "text"))
PAGES = Pages(
    shown={"rights": rights, "export": export},
    acts={"rights": ask_right, "rights/withdraw": withdraw},
    tabs=(("rights", "rights"),),
)
