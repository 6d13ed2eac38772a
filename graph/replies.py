"""Answers that calendars send: taken where the invitation of this very time went to this very attendee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from graph import interviews
from graph.calendars import Reply
from graph.candidates import normalised_email
from graph.interviews import InterviewRow, Response
from graph.refusals import Code, Refusal
from graph.statements import Statement
from graph.writing import REPORTERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal


@dataclass(frozen=True, slots=True)
class Attendee:
    interview: str
    candidate: str
    email: bytes | None
    answered_at: datetime | None


FIND_LAST = Statement(
    "replies.find_last",
    """
    MATCH (interview:Interview {icsUid: $uid})<-[:HAS_INTERVIEW]-(:Application)
      <-[:SUBMITTED]-(candidate:Candidate {organization: $organization})
    WHERE NOT EXISTS { (interview)-[:RESCHEDULED_TO]->(:Interview) }
    WITH interview, candidate ORDER BY interview.icsSequence DESC LIMIT 1
    RETURN interview.id AS interview, candidate.id AS candidate, candidate.email AS email,
      interview.answeredAt AS answered_at
    """,
    row=Attendee,
)


def reply_refusal(
    interview: InterviewRow, reply: Reply, stamp: datetime, answered_at: datetime | None
) -> Refusal | None:
    """Why an answer does not count: it was given to another version of the invitation, or before the one that stands.

    Mails come late, and are delivered again; a stamp is in whole seconds (RFC 5546 2.1.5).
    """
    if reply.sequence != interview.ics_sequence:
        return Refusal(Code.INVITATION_CHANGED, "sequence")
    is_older = answered_at is not None and stamp < answered_at.replace(microsecond=0)
    return Refusal(Code.ANSWERED_SINCE, "attendee") if is_older else None


async def take(graph: Graph, act: Act, reply: Reply) -> Outcome:
    """Records an attendee's answer. Whoever is not the attendee, and what is no invitation, are the same answer."""
    if refused := role_refusal(act.viewer, REPORTERS):
        return refused
    absent = Refusal(Code.NOT_FOUND, "attendee")

    async def work(desk: Desk) -> Outcome:
        organization = act.viewer.organization
        found = await desk.tx.one(FIND_LAST, uid=reply.uid, organization=organization)
        if found is None:
            return absent
        await desk.lock_candidate(found.candidate)
        found = await desk.tx.one(FIND_LAST, uid=reply.uid, organization=organization)
        interview = await desk.tx.one(interviews.FIND, id=found.interview, organization=organization) if found else None
        if found is None or interview is None:
            return absent
        await graph.keys.load({found.candidate})
        email = graph.keys.reveal(found.candidate, found.email)
        if email is None or normalised_email(email) != normalised_email(reply.attendee):
            return absent
        response, stamp = Response(reply.response), min(reply.stamp or act.now, act.now)
        refused = reply_refusal(interview, reply, stamp, found.answered_at)
        if refused := refused or interviews.response_refusal(interview, response, act.now):
            return refused
        await interviews.respond(desk, interview, response, by_calendar=stamp)
        return Written("Interview", interview.id)

    return await perform(graph, act, work)
