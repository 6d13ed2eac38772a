"""The candidate's own record, and what it may say to it: a statement, a dispute, and proof."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from api.candidate_visits import Pages, Visit, global_id
from api.proofs import attachment
from graph import proofs
from graph.refusals import Refusal

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
        attendance attendanceLabel(locale: $locale) department { name nameZh }
        events(first: 40) { nodes { typeLabel(locale: $locale) occurredAt actorKind actor { externalId } } }
      }
    }
    findings(first: 50) {
      nodes {
        id occurredAt state cause stateLabel(locale: $locale) outcomeLabel(locale: $locale) causeLabel(locale: $locale)
        answerBy expiresAt eraseAt reason statement department { name nameZh }
        daysLeft disputedAt disputeDueAt disputeText disputeRejectedAt disputeReason
        resumeCheck { claim method source details checkedOn }
        proofs { id kind size uploadedAt verdictLabel(locale: $locale) reason purgedAt }
        interview { modeLabel(locale: $locale) timeZone startsAt endsAt assessment { reasons(locale: $locale) } }
      }
    }
    accesses(first: 100) {
      nodes {
        at who role departments aboutLabel(locale: $locale) purposeLabel(locale: $locale)
        finding { occurredAt department { name nameZh } }
      }
    }
    accessGaps(first: 20) { nodes { since until } }
  }
}
"""
STATE = """
mutation CandidateStates($input: RecordStatementInput!) {
  recordStatement(input: $input) { __typename ... on Refused { code } }
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


async def record(visit: Visit) -> Response:
    """All that is recorded of the candidate, and what it may say to it."""
    if not visit.is_verified:
        return visit.go("code?to=record")
    data = await visit.ask(RECORD, locale=visit.locale.value)
    # What waits for an answer comes first.
    data["myRecord"]["findings"]["nodes"].sort(key=lambda each: each["state"] != "NOTICE_SENT")
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


PAGES = Pages(
    shown={"record": record, "proof": upload, "proofs/{proof}": own_file},
    acts={"statement": state, "dispute": dispute, "proof": ask_upload},
    tabs=(("record", "record"),),
)
