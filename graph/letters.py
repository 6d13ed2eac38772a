"""What a message is about, read from the graph at the moment of its sending: whom it goes to, and what it tells.

Contacts are opened here, for the sending alone, and kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, LiteralString

import orjson

from graph import announcements, assessments, links, notices
from graph.calendars import Method
from graph.causes import FAULTLESS, Assessment
from graph.messages import FIND, MessageRow, Template
from graph.refusals import Locale
from graph.statements import Found, Statement
from graph.structure import Relation
from graph.visibility import FIND_VIEWER, POLICIES, Viewer, padded
from graph.withholding import others_of
from graph.writing import Graph


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes; each of the two may be missing."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    id: str
    name: str | None
    email: bytes | None
    phone: bytes | None
    locale: str
    status: str
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    external_id: str
    name: str | None
    email: str | None

    @property
    def address(self) -> Address:
        """Of whom no mail address is known, the operator's own gateway is told the external id as the name."""
        email = self.email or (self.external_id if "@" in self.external_id else None)
        return Address(self.name or self.external_id if email else self.external_id, email)


@dataclass(frozen=True, slots=True)
class Employer:
    name: str
    name_zh: str | None
    demo: bool
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Appointment:
    """An interview as a message tells it. `ended` says that its application has."""

    id: str
    candidate: str
    application: str
    person: str | None
    position: str
    department: str
    department_zh: str | None
    mode: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    join_url: str | None
    response: str
    attendance: str
    ended: bool
    ics_uid: str
    ics_sequence: int

    @property
    def is_recorded(self) -> bool:
        """Held before a deadline: what counts is its end."""
        return self.mode == "AI_ASYNC"

    @property
    def at(self) -> datetime:
        return self.ends_at if self.is_recorded else self.starts_at


FIND_CANDIDATE = Statement(
    "letters.find_candidate",
    """
    MATCH (candidate:Candidate {id: $id})
    RETURN candidate.id AS id, candidate.displayName AS name, candidate.email AS email, candidate.phone AS phone,
      coalesce(candidate.locale, 'ZH_CN') AS locale, candidate.status AS status, candidate.timeZone AS time_zone
    """,
    row=Addressee,
)
LIST_RECRUITERS = Statement(
    "letters.list_recruiters",
    """
    MATCH (user:User)-[:WORKS_IN {role: 'RECRUITER'}]->(:Department {id: $id})
    RETURN DISTINCT user.externalId AS external_id, user.displayName AS name, user.email AS email
    ORDER BY external_id LIMIT 50
    """,
    row=Staff,
)
LIST_ADMINS = Statement(
    "letters.list_admins",
    """
    MATCH (user:User)-[:MEMBER_OF {role: 'HR_ADMIN'}]->(:Organization {id: $id})
    RETURN DISTINCT user.externalId AS external_id, user.displayName AS name, user.email AS email
    ORDER BY external_id LIMIT 50
    """,
    row=Staff,
)
FIND_USER = Statement(
    "letters.find_user",
    """
    MATCH (user:User {id: $id})-[:MEMBER_OF]->(:Organization)
    RETURN user.externalId AS external_id, user.displayName AS name, user.email AS email
    """,
    row=Staff,
)
FIND_EMPLOYER = Statement(
    "letters.find_employer",
    """
    MATCH (organization:Organization {id: $id})
    RETURN organization.name AS name, organization.nameZh AS name_zh, coalesce(organization.demo, false) AS demo,
      organization.timeZone AS time_zone
    """,
    row=Employer,
)
FIND_DECIDED = Statement(
    "letters.find_decided",
    "MATCH (:Decision {id: $id})-[:DECIDES]->(application:Application) RETURN application.id AS id",
    row=Found,
)
FIND_CHECKED = Statement(
    "letters.find_checked",
    "MATCH (:Finding {id: $id})-[:FINDS]->(:ResumeCheck)<-[:HAS_CHECK]-(application:Application) "
    "RETURN application.id AS id",
    row=Found,
)
LIST_ASKED = Statement(
    "letters.list_asked",
    """
    MATCH (:RightsRequest {id: $id})-[:FROM]->(candidate:Candidate)-[:SUBMITTED]->(application:Application)
    RETURN application.id AS id ORDER BY application.appliedAt DESC, id
    """,
    row=Found,
)
"""The applications of who asked, the last first. Not those of a record that is merged with theirs: the mail goes to the
address of this one."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A check of a résumé, as a notice tells it; what its texts say of third persons is withheld."""

    claim: str
    method: str
    source: str
    details: str | None
    checked_on: str


FIND_CHECK = Statement(
    "letters.find_check",
    """
    MATCH (check:ResumeCheck {id: $id})
    RETURN check.claim AS claim, check.method AS method, check.source AS source, check.details AS details,
      toString(check.checkedOn) AS checked_on
    """,
    row=Checked,
)
FIND_APPOINTMENT = Statement(
    "letters.find_appointment",
    """
    MATCH (candidate:Candidate)-[:SUBMITTED]->(application:Application)
      -[:HAS_INTERVIEW]->(interview:Interview {id: $id})
    MATCH (application)-[:FOR]->(position:Position) MATCH (interview)-[:HELD_BY]->(department:Department)
    RETURN interview.id AS id, candidate.id AS candidate, application.id AS application,
      candidate.displayName AS person, position.title AS position, department.name AS department,
      department.nameZh AS department_zh, interview.mode AS mode, interview.startsAt AS starts_at,
      interview.endsAt AS ends_at, interview.timeZone AS time_zone, interview.joinUrl AS join_url,
      interview.response AS response, interview.attendance AS attendance,
      application.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN'] AS ended,
      interview.icsUid AS ics_uid, interview.icsSequence AS ics_sequence
    """,
    row=Appointment,
)


@dataclass(frozen=True, slots=True)
class Whose:
    """The candidate that a message to staff is about."""

    id: str
    name: str | None


_WHOSE: LiteralString = (
    "<-[:SUBMITTED]-(candidate:Candidate) RETURN candidate.id AS id, candidate.displayName AS name LIMIT 1"
)
FIND_WHOSE_CHECK = Statement(
    "letters.find_whose_check",
    "MATCH (:ResumeCheck {id: $id})<-[:HAS_CHECK]-(:Application)" + _WHOSE,
    row=Whose,
)
FIND_WHOSE_APPLICATION = Statement(
    "letters.find_whose_application",
    "MATCH (:Application {id: $id})" + _WHOSE,
    row=Whose,
)
SEES = Statement(
    "letters.sees",
    "MATCH (this:Candidate {id: $id}) WHERE " + POLICIES["Candidate"].staff.row + " RETURN this.id AS id",
    row=Found,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a message's text is made of. `locale` is null where nobody knows which the readers read.

    `link` and `code` are secrets of the candidate to whom it goes, and of nobody else. Staff are told the `person`
    where they may see who it is, the `record` by type and id, and the `address` of the server. `rules` are the names of
    those that the evidence of a missed interview meets; `checked` is what did not match a résumé. Instants are told by
    the clocks of `zone`.
    """

    template: Template
    to: tuple[Address, ...]
    locale: Locale | None
    employer: Employer
    interview: Appointment | None = None
    link: str | None = None
    code: str | None = None
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    method: Method | None = None
    message: str = ""
    staff: bool = False
    person: str | None = None
    record: tuple[str, str] | None = None
    address: str = ""
    rules: tuple[str, ...] = ()
    checked: Checked | None = None
    zone: str = "UTC"


class NotWritten(Exception):
    """A message that is not to be sent, now or ever; its text is a code."""


CALENDARS = {
    Template.INVITATION: Method.REQUEST,
    Template.INVITATION_MOVED: Method.REQUEST,
    Template.RESCHEDULE_GRANTED: Method.REQUEST,
    Template.INVITATION_CANCELLED: Method.CANCEL,
    Template.SLOT_LAPSED: Method.CANCEL,
}
"""Messages to the candidate that put the interview into a calendar, or take it out."""


def _method(template: Template, facts: dict[str, Any]) -> Method | None:
    """What a message does to the calendar: a time that is let go before there is another goes from it at once."""
    is_owed = template is Template.RESCHEDULE_REQUESTED and facts.get("inTime")
    return Method.CANCEL if is_owed else CALENDARS.get(template)


AHEAD = frozenset(
    {
        *(Template.INVITATION, Template.INVITATION_MOVED, Template.RESCHEDULE_GRANTED),
        *(Template.REMINDER_DAY, Template.REMINDER_SOON),
    }
)
"""Messages that make sense only while the interview is still to come."""
OFFERS = frozenset({Template.INVITATION, Template.SLOT_OFFERED})
"""Messages that ask somebody for something new: whoever's record is restricted is proposed for nothing
(docs/decisions/0024-restricted-people-are-not-suggested.md).

They get all else: their own interviews go on, and what is found about those can still be noticed, confirmed and
disputed. Whoever did not hear of it would lose by having used a right."""


def refusal(
    template: Template, candidate: Addressee | None, interview: Appointment | None, now: datetime
) -> str | None:
    """Why a message is never sent, as a code: its addressee is not to be written to, or what it tells is over."""
    if candidate is not None and candidate.status == "ERASED":
        return "ERASED"
    if candidate is not None and candidate.status != "ACTIVE" and template in OFFERS:
        return "RESTRICTED"
    if template in AHEAD:
        if interview is None or interview.attendance != "PENDING" or interview.ended:
            return "SUPERSEDED"
        if interview.at <= now:
            return "OVER"
    return None


async def find(graph: Graph, message: str) -> MessageRow | None:
    rows = await graph.client.read(FIND, id=message)
    return rows[0] if rows else None


async def read(graph: Graph, message: MessageRow, now: datetime, address: str) -> Letter:
    """The letter of a message as of now; NotWritten where there is to be none. `address` is where links lead."""
    template = Template(message.template)
    employers = await graph.client.read(FIND_EMPLOYER, id=message.organization)
    if not employers:
        raise NotWritten("GONE")
    found = await graph.client.read(FIND_APPOINTMENT, id=message.interview) if message.interview else []
    interview = found[0] if found else None
    facts = await _facts(graph, message, now, employers[0].time_zone)
    if message.candidate is None:
        to = await _staff(graph, message)
        zone = _zone(facts, interview, employers[0])
        told = Letter(
            template, to, None, employers[0], interview, facts=facts, message=message.id, staff=True, zone=zone
        )
        whose = await _whose(graph, message, interview)
        record = _record(template, message, whose)
        return replace(told, person=whose and whose.name, record=record, address=address)
    candidates = await graph.client.read(FIND_CANDIDATE, id=message.candidate)
    candidate = candidates[0] if candidates else None
    if candidate is None:
        raise NotWritten("GONE")
    if (why := refusal(template, candidate, interview, now)) is not None:
        raise NotWritten(why)
    if interview is not None:
        link = await _link(graph, interview.application, now, address)
    else:
        link = await _link_to_page(graph, message.subject, now, address)
    code = await links.code_to_send(graph, message.subject, now) if template is Template.CODE else None
    if template is Template.CODE and code is None:
        raise NotWritten("OVER")
    to = (await _contact(graph, candidate),)
    locale = Locale(candidate.locale)
    method = _method(template, facts) if interview is not None else None
    zone = _zone(facts, interview, employers[0], candidate.time_zone)
    letter = Letter(template, to, locale, employers[0], interview, link, code, facts, method, message.id, zone=zone)
    if template is not Template.NOTICE:
        return letter
    return replace(letter, rules=await _evidence(graph, message), checked=await _checked(graph, message))


def _zone(facts: dict[str, Any], interview: Appointment | None, employer: Employer, own: str | None = None) -> str:
    """An interview is spoken of in its own zone, all else in its reader's, where that is known."""
    return interview.time_zone if interview else facts.get("zone") or own or employer.time_zone


async def _facts(graph: Graph, message: MessageRow, now: datetime, zone: str) -> dict[str, Any]:
    """What is told besides; the time to answer a notice, or to contest a rejection, begins as the message leaves, where
    nobody told of it another way.
    """
    facts: dict[str, Any] = orjson.loads(message.facts)
    if message.template == Template.REJECTION_ANNOUNCED.value:
        return facts | {"dueAt": (await _in_effect(graph, message, now, zone)).isoformat()}
    untold = message.template == Template.REJECTION_WITHDRAWN.value
    if untold and await graph.client.read(announcements.FIND_UNTOLD, id=message.subject):
        raise NotWritten("SUPERSEDED")
    if message.template != Template.NOTICE.value:
        return facts
    awaited = await graph.client.read(notices.FIND_AWAITED, id=message.subject)
    if not awaited:
        raise NotWritten("SUPERSEDED")
    is_first = awaited[0].answer_by is None
    if is_first and awaited[0].by_system and await _is_cleared(graph, message):
        raise NotWritten("SUPERSEDED")
    answer_by = awaited[0].answer_by or notices.Times.of_facts(facts).begun(now)["answer_by"]
    return facts | {"answerBy": answer_by.isoformat()}


async def _is_cleared(graph: Graph, message: MessageRow) -> bool:
    """What became known since the notice was written lays it elsewhere: nobody is accused who is known not to be it."""
    seen = await _assessed(graph, message)
    return seen is not None and seen.cause in FAULTLESS


async def _in_effect(graph: Graph, message: MessageRow, now: datetime, zone: str) -> datetime:
    announced = await announcements.find(graph.client.read, message.subject)
    if announced is None:
        raise NotWritten("SUPERSEDED")
    told = announced.effective_at
    return told or await announcements.would_begin(graph.client.read, message.organization, announced, now, zone)


async def _evidence(graph: Graph, message: MessageRow) -> tuple[str, ...]:
    """What is held against the candidate, and what for them: the ledger's own rules, which quote nobody."""
    seen = await _assessed(graph, message)
    return seen.rules if seen else ()


async def _assessed(graph: Graph, message: MessageRow) -> Assessment | None:
    if message.interview is None:
        return None
    rows = await graph.client.read(assessments.FIND, id=message.interview, organization=message.organization)
    return assessments.of_values(rows[0].values).assessment if rows else None


async def _checked(graph: Graph, message: MessageRow) -> Checked | None:
    """What was checked, how, and what was found, as the candidate reads it on the page."""
    found = await graph.client.read(FIND_CHECK, id=message.check) if message.check else []
    if not found:
        return None
    reader = [message.candidate] if message.candidate is not None else []
    others = await others_of(graph.client, graph.keys, message.organization, reader)
    (one,) = found
    claim, method, source = map(others.hidden_in, (one.claim, one.method, one.source))
    details = others.hidden_in(one.details) if one.details else None
    return Checked(claim, method, source, details, one.checked_on)


async def _whose(graph: Graph, message: MessageRow, interview: Appointment | None) -> Whose | None:
    """Whom a message to staff is about, where its receivers may see them: a department its own, a user as of now."""
    if interview is not None:
        whose: Whose | None = Whose(interview.candidate, interview.person)
        if message.user is None:
            return whose
    else:
        ways = ((FIND_WHOSE_CHECK, message.check), (FIND_WHOSE_APPLICATION, message.application))
        found = [row for find, id in ways if id is not None for row in await graph.client.read(find, id=id)]
        whose = found[0] if found else None
    if whose is None:
        return None
    own = await _own(graph, message)
    return whose if await graph.client.read(SEES, id=whose.id, own=padded(own)) else None


async def _own(graph: Graph, message: MessageRow) -> list[str]:
    """The departments that the receivers of a message recruit for."""
    if message.user is None:
        return [message.department] if message.department else []
    users = await graph.client.read(FIND_USER, id=message.user)
    rows = await graph.client.read(FIND_VIEWER, subject=users[0].external_id) if users else []
    return Viewer.of_row(rows[0]).departments(Relation.OWN) if rows else []


def _record(template: Template, message: MessageRow, whose: Whose | None) -> tuple[str, str] | None:
    """What to look at; a mark that is withdrawn is gone, and what stays is its person, for who may see them."""
    if template is Template.MARK_WITHDRAWN:
        return ("Candidate", whose.id) if whose else None
    if template in (Template.REQUEST_RECEIVED, Template.REQUEST_OVERDUE):
        return "RightsRequest", message.subject
    about = (("Interview", message.interview), ("ResumeCheck", message.check), ("Application", message.application))
    return next(((type, id) for type, id in about if id is not None), None)


async def _link(graph: Graph, application: str, now: datetime, address: str) -> str | None:
    live = await links.find_live(graph.client.read, application, now)
    return links.url(graph.secrets, live.id, address) if live else None


async def _link_to_page(graph: Graph, subject: str, now: datetime, address: str) -> str | None:
    """The page of the application that a decision, or a check of a résumé, is of; of a request about one's data the
    last application whose link still opens; null of anything else.
    """
    for find in (FIND_DECIDED, FIND_CHECKED, LIST_ASKED):
        for application in await graph.client.read(find, id=subject):
            if (link := await _link(graph, application.id, now, address)) is not None:
                return link
    return None


async def _contact(graph: Graph, candidate: Addressee) -> Address:
    await graph.keys.load({candidate.id})
    email = graph.keys.reveal(candidate.id, candidate.email)
    phone = graph.keys.reveal(candidate.id, candidate.phone)
    if email is None and phone is None:
        raise NotWritten("NO_ADDRESS")
    return Address(candidate.name or "", email, phone)


async def _staff(graph: Graph, message: MessageRow) -> tuple[Address, ...]:
    """Who recruits for the department, or where nobody does the HR_ADMINs."""
    if message.user is not None:
        staff = await graph.client.read(FIND_USER, id=message.user)
    else:
        staff = await graph.client.read(LIST_RECRUITERS, id=message.department)
        staff = staff or await graph.client.read(LIST_ADMINS, id=message.organization)
    to = tuple(user.address for user in staff)
    if not to:
        raise NotWritten("NO_ADDRESS")
    return to
