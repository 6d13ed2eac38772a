"""The candidate's own record, and what it may say to it: a statement, a dispute, and proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from api.candidate_visits import Form, Pages, Visit, global_id
from api.proofs import attachment
from graph import proofs
from graph.refusals import Refusal

RECORD = """
query CandidateRecord($locale: Locale!) {
  organization { name nameZh timeZone }
  myRecord {
    displayName email phone
    applications(first: 50) {
      totalCount
      nodes {
        id appliedAt stageLabel(locale: $locale) position { title department { name nameZh } }
        reminders { message(locale: $locale) }
        resumeChecks { outcomeLabel(locale: $locale) claim method source details checkedOn superseded }
      }
    }
    interviews(first: 40) {
      totalCount
      nodes {
        id modeLabel(locale: $locale) startsAt endsAt timeZone responseLabel(locale: $locale)
        attendance attendanceLabel(locale: $locale) department { name nameZh }
        proofs { id kind size uploadedAt verdictLabel(locale: $locale) reason purgedAt request { id } }
        events(first: 40) { nodes { typeLabel(locale: $locale) occurredAt actorKind actor { externalId displayName } } }
      }
    }
    findings(first: 50) {
      nodes {
        id occurredAt state cause decidedAt
        stateLabel(locale: $locale) outcomeLabel(locale: $locale) causeLabel(locale: $locale)
        knewByLabel(locale: $locale) answerBy expiresAt eraseAt reason statement statementBy department { name nameZh }
        daysLeft disputedAt disputeDueAt disputeText disputeRejectedAt disputeReason reviewReason
        voidedAt voidReason
        resumeCheck { claim method source details checkedOn }
        basedOn { type typeLabel(locale: $locale) occurredAt recordedAt actorKind }
        proofs { id kind size uploadedAt verdictLabel(locale: $locale) reason purgedAt }
        interview {
          modeLabel(locale: $locale) timeZone startsAt endsAt
          assessment { cause causeLabel(locale: $locale) reasons(locale: $locale) }
          telemetry { kindLabel(locale: $locale) occurredAt recordedAt }
        }
      }
    }
    accessGaps(first: 20) { nodes { since until } }
  }
}
"""
WORK = """
query CandidateAtWork($locale: Locale!) {
  myRecord {
    employments(first: 20) {
      totalCount
      nodes {
        title employer startedOn endedOn department { name nameZh }
        records(first: 100) { totalCount nodes { kindLabel(locale: $locale) day granularity days minutes superseded } }
        taskResults(first: 50) { totalCount nodes { goal dueOn share superseded withdrawn } }
      }
    }
  }
}
"""
LOOKS = """
query CandidateLooks($locale: Locale!, $after: String) {
  myRecord {
    accesses(first: 100, after: $after) {
      nodes {
        at who displayName role departments aboutLabel(locale: $locale) purposeLabel(locale: $locale)
        finding { id department { name nameZh } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
MOST_PAGES = 20
"""How many hundreds of looks are counted for the page; the copy of the record holds all."""
STATE = """
mutation CandidateStates($input: RecordStatementInput!, $locale: Locale!) {
  recordStatement(input: $input) { __typename ... on Refused { code field message(locale: $locale) } }
}
"""
DISPUTE = """
mutation CandidateDisputes($input: DisputeNoShowInput!, $locale: Locale!) {
  disputeNoShow(input: $input) { __typename ... on Refused { code field message(locale: $locale) } }
}
"""
UPLOAD = """
mutation CandidateUploads($input: RequestUploadInput!, $locale: Locale!) {
  requestUpload(input: $input) {
    __typename ... on UploadTicket { ticket } ... on Refused { code field message(locale: $locale) }
  }
}
"""


async def record(visit: Visit) -> Response:
    """All that is recorded of the candidate, and what it may say to it."""
    if not visit.is_verified:
        return visit.go("code?to=record")
    data = await visit.ask(RECORD, locale=visit.locale.value)
    # What waits for an answer comes first.
    found = data["myRecord"]["findings"]["nodes"]
    found.sort(key=lambda each: each["state"] != "NOTICE_SENT")
    evidence = {each["id"]: _evidence(each) for each in found}
    shown = {"evidence": evidence, "looks": _by_looker(await _looks(visit))}
    shown["work"] = (await visit.ask(WORK, locale=visit.locale.value))["myRecord"]["employments"]
    return visit.show("record.html", data=data, person=data["myRecord"], **shown)


async def _looks(visit: Visit) -> list[dict[str, Any]]:
    looks: list[dict[str, Any]] = []
    after: str | None = None
    for _ in range(MOST_PAGES):
        page = (await visit.ask(LOOKS, locale=visit.locale.value, after=after))["myRecord"]["accesses"]
        looks += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    return looks


def _by_looker(looks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Looks of one person in one part, for one purpose, told once: how many, the first and the last, and at what.

    The looks come with the newest first, and so do those who looked.
    """
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in looks:
        key = (each["who"], each["role"], *each["departments"], each["purposeLabel"])
        group = groups.setdefault(key, {**each, "count": 0, "last": each["at"], "abouts": {}})
        group["count"] += 1
        group["first"] = each["at"]
        department = each["finding"] and each["finding"]["department"]
        about = (each["aboutLabel"], department and department["name"])
        group["abouts"].setdefault(about, {"label": each["aboutLabel"], "department": department})
    return list(groups.values())


def _evidence(finding: Mapping[str, Any]) -> dict[str, Any]:
    """What a finding was decided on; and apart from it what came since, or what all of it says by now.

    Before the decision nothing stands on anything yet, and what is known by now is what is answered to.
    """
    interview: Any = finding["interview"] or {"telemetry": [], "assessment": {"cause": None, "reasons": None}}
    kinds = {(each["occurredAt"], each["recordedAt"]): each["kindLabel"] for each in interview["telemetry"]}
    stood_on = [
        {**each, "label": kinds.get((each["occurredAt"], each["recordedAt"]), each["typeLabel"])}
        for each in finding["basedOn"]
    ]
    decided, assessment = finding["decidedAt"], interview["assessment"]
    since = [each for each in interview["telemetry"] if decided and each["recordedAt"] > decided]
    differs = bool(decided) and assessment["cause"] not in (None, "UNKNOWN", finding["cause"])
    shown = differs or bool(since) or not decided
    return {"basedOn": stood_on, "since": since, "differs": differs, "now": shown and assessment}


async def state(visit: Visit) -> Response:
    """What the candidate says to a notice."""
    text = visit.form.get("text", "").strip()
    if not text:
        return await visit.again(STATEMENT, "text")
    given = {"finding": global_id(visit, "finding", "Finding"), "channel": "MESSAGE", "text": text}
    return await visit.settle(await visit.do(STATE, **given), STATEMENT, "record", "STATEMENT")


async def dispute(visit: Visit) -> Response:
    text = visit.form.get("text", "").strip()
    if not text:
        return await visit.again(CONTEST, "text")
    given = {"finding": global_id(visit, "finding", "Finding"), "text": text}
    return await visit.settle(await visit.do(DISPUTE, **given), CONTEST, "record", "DISPUTED")


async def ask_upload(visit: Visit) -> Response:
    """Gets a ticket for one file, which the next page's form names."""
    about = visit.form.get("about", "")
    outcome = await visit.do(UPLOAD, about=about)
    if outcome["code"] == "NOT_VERIFIED":
        return visit.go("code?to=", "NOT_VERIFIED")
    if outcome["code"]:
        return visit.go("record" if visit.is_verified else "", outcome["code"])
    visit.session = replace(visit.session, ticket=outcome["ticket"])
    return visit.go("proof")


async def upload(visit: Visit) -> Response:
    ticket = visit.session.ticket
    if ticket is None:
        return visit.go("record")
    return visit.show("proof.html", ticket=ticket)


async def own_file(visit: Visit) -> Response:
    """A file that the candidate handed in, while it is kept; like every opening it is on record."""
    if not visit.is_verified:
        return visit.go("code?to=record")
    id, graph = visit.request.path_params["proof"], visit.pages.server.graph
    opened = await proofs.open_file(graph, visit.act("openProof", await visit.viewer()), id)
    return visit.go("record", opened.code.value) if isinstance(opened, Refusal) else attachment(id, opened)


STATEMENT = Form("statement", record, ("text",), "finding")
CONTEST = Form("dispute", record, ("text",), "finding")
PAGES = Pages(
    shown={"record": record, "proof": upload, "proofs/{proof}": own_file},
    acts={"statement": state, "dispute": dispute, "proof": ask_upload},
    tabs=(("record", "record"),),
)
