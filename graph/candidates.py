"""Candidates: who a person is within one circle, recognised without keeping any contact in plain text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, LiteralString

import phonenumbers

from graph import goals, pools, timers, timesheets
from graph.attendance import CANDIDATE_ATTENDANCE
from graph.courses import SUGGESTIONS
from graph.events import GENESIS, EventType
from graph.instants import is_zone
from graph.keys import CandidateKeys
from graph.labels import label
from graph.names import normalised_name
from graph.orders import (
    APPLICATION_CONDITIONS,
    APPLICATION_SORTS,
    EMPLOYMENT_CONDITIONS,
    EMPLOYMENT_SORTS,
    FINDING_CONDITIONS,
    FINDING_SORTS,
    INTERVIEW_CONDITIONS,
    INTERVIEW_SORTS,
)
from graph.profiles import PROFILE
from graph.receipts import ACCESS_GAPS, ACCESSES
from graph.refusals import Code, Fault, Locale, Refusal, invalid
from graph.reminders import FOR_POSITION
from graph.retention import EMPTIED
from graph.scores import CANDIDATE_LABELS, CANDIDATE_SCORE
from graph.secrets import Secrets
from graph.self_assessments import OWN_ANSWERS
from graph.statements import Found, Nothing, Statement
from graph.timers import TimerKind
from graph.traversal import Derived, Form, Look, Many, One, Page, Prop, Root, Shape, Sort, root
from graph.visibility import COUNTS, Level
from graph.withholding import Others
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, random_id, role_refusal


class CandidateStatus(Enum):
    """Whether a candidate's record may be used."""

    ACTIVE = "ACTIVE"
    RESTRICTED = "RESTRICTED"
    ERASED = "ERASED"


class IdentifierKind(Enum):
    """What an identifier is: EMAIL and EXTERNAL recognise a person, PHONE alone does not."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    EXTERNAL = "EXTERNAL"


class Revealing:
    """Opens sealed contacts with keys that are loaded; remembers which are missing.

    `urls` are those of links, by their ids, that may be told. `others` finds what the employer's people are called, and
    the reader, who is not to be told of them. `zone` is that of the reader's Organization.
    """

    def __init__(
        self,
        keys: CandidateKeys,
        secrets: Secrets,
        urls: Mapping[str, str] | None = None,
        others: Callable[[], Awaitable[Others]] | None = None,
        zone: str = "UTC",
    ) -> None:
        self._keys = keys
        self.secrets = secrets
        self.urls = urls or {}
        self.zone = zone
        self._others = others
        self._found: Others | None = None
        self._asks = False
        self.missing: set[str] = set()
        self.tried: set[str] = set()

    def reveal(self, candidate: str, sealed: bytes | None) -> str | None:
        text = self._keys.reveal(candidate, sealed)
        if sealed is not None and text is None and not self._keys.holds(candidate) and candidate not in self.tried:
            self.missing.add(candidate)
        return text

    def withhold(self, text: str | None) -> str | None:
        """A text that others wrote about the reader, without whom else it names; as it is for anyone else."""
        if self._others is None or text is None:
            return text
        if self._found is None:
            self._asks = True
            return None
        return self._found.hidden_in(text)

    async def load(self) -> bool:
        """Loads what is missing; true where the reading is worth a second try."""
        asked, self._asks = self._asks and self._others is not None, False
        if asked and self._others is not None:
            self._found = await self._others()
        if not self.missing:
            return asked
        await self._keys.load(self.missing)
        self.tried |= self.missing
        self.missing = set()
        return True


def _revealed(values: Sequence[Any], _: Mapping[str, Any], context: Any) -> str | None:
    return context.reveal(values[0], values[1])


_FINDINGS: LiteralString = (
    "(this)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW|HAS_CHECK]->()"
    "<-[:FINDS]-(that:Finding)"
)
"""A person's records are read together where two of them are merged (graph/merging.py)."""

CANDIDATE = Shape(
    "Candidate",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "displayName": Prop(),
        "status": Prop(),
        "statusLabel": label("this.status"),
        "locale": Prop(),
        "timeZone": Prop(),
        "email": Derived(("this.id", "this.email"), _revealed),
        "phone": Derived(("this.id", "this.phone"), _revealed),
        "applications": Page(
            "Application",
            ("(this)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(that:Application)",),
            APPLICATION_SORTS,
            conditions=APPLICATION_CONDITIONS,
        ),
        "interviews": Page(
            "Interview",
            ("(this)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(that:Interview)",),
            INTERVIEW_SORTS,
            conditions=INTERVIEW_CONDITIONS,
        ),
        "noShows": Page(
            "Finding",
            (_FINDINGS,),
            FINDING_SORTS,
            where=COUNTS.replace("this.", "that."),
            conditions=FINDING_CONDITIONS,
        ),
        "findings": Page(
            "Finding",
            (_FINDINGS,),
            FINDING_SORTS,
            conditions={
                **FINDING_CONDITIONS,
                "states": "this.state IN $value AND ($verified OR "
                "EXISTS { (this)-[:FINDS]->()-[:HELD_BY]->(d:Department) WHERE d.id IN $own })",
            },
        ),
        "employments": Page(
            "Employment",
            ("(this)-[:SAME_AS*0..1]-(:Candidate)-[:EMPLOYED_AS]->(that:Employment)",),
            EMPLOYMENT_SORTS,
            conditions=EMPLOYMENT_CONDITIONS,
        ),
        "attendance": CANDIDATE_ATTENDANCE,
        "score": CANDIDATE_SCORE,
        "profile": PROFILE,
        "labels": CANDIDATE_LABELS,
        "selfAssessment": OWN_ANSWERS,
        "courseSuggestions": SUGGESTIONS,
        "reminders": FOR_POSITION,
        "possibleMatches": Many(
            "Candidate",
            ("(this)-[:IDENTIFIED_BY]->(shared:Identifier)<-[:IDENTIFIED_BY]-(that:Candidate)",),
            order=("that.displayName", "that.id"),
            # Once, by the first of the identifiers that the two share.
            where="NOT EXISTS { (this)-[:IDENTIFIED_BY]->(other:Identifier)<-[:IDENTIFIED_BY]-(that) "
            "WHERE other.hash < shared.hash } AND NOT EXISTS { (this)-[:SAME_AS]-(that) }",
        ),
        "sameAs": One("Candidate", ("(this)-[:SAME_AS]-(that:Candidate)",)),
        "requests": Page(
            "RightsRequest",
            ("(this)-[:SAME_AS*0..1]-(:Candidate)<-[:FROM]-(that:RightsRequest)",),
            {
                "FILED_AT_DESC": Sort("that.filedAt", descending=True, form=Form.INSTANT),
                "DUE_AT": Sort("that.dueAt", form=Form.INSTANT),
            },
        ),
        "accesses": ACCESSES,
        "accessGaps": ACCESS_GAPS,
    },
    looked={
        **dict.fromkeys(("noShows", "findings", "attendance"), Look.COUNT),
        # What is suggested says in which dimensions the score is low.
        **dict.fromkeys(("score", "courseSuggestions"), Look.SCORE),
        "profile": Look.PROFILE,
        "labels": Look.LABELS,
        "selfAssessment": Look.SELF_ASSESSMENT,
        "employments": Look.EMPLOYMENT,
    },
)
root(
    "candidate",
    shape="Candidate",
    match="(this:Candidate {id: $id})",
    past=Root(
        "candidate",
        "PastCandidate",
        "(this:Candidate {id: $id})",
        "EXISTS { (this)<-[:ABOUT]-(e:Event) WHERE e.recordedAt <= $asOf }",
    ),
)
root("myRecord", shape="Candidate", match="(this:Candidate {id: $mine[0]})", where="$verified")
root(
    "candidates",
    member=Page(
        "Candidate",
        ("(that:Candidate {organization: $organization})",),
        {
            "DISPLAY_NAME": Sort("that.displayName", nullable=True),
            "NO_SHOWS_DESC": Sort(
                "COUNT { (that)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->"
                "(:Interview)<-[:FINDS]-(f:Finding) WHERE " + COUNTS.replace("this.", "f.") + " AND $staff }",
                descending=True,
            ),
        },
        conditions={"search": "this.searchName CONTAINS $value", "status": "this.status = $value"},
        prepare={"search": normalised_name},
        looked={"NO_SHOWS_DESC": Look.COUNT},
    ),
)


@dataclass(frozen=True, slots=True)
class ExternalId:
    """A person's id in another system."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate as an application names one."""

    display_name: str
    email: str | None = None
    phone: str | None = None
    external_ids: tuple[ExternalId, ...] = ()
    locale: Locale = Locale.ZH_CN
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateCandidate:
    candidate: str
    display_name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: Locale | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier of a person: stored are kind, system, the hash of its normalised value, and under which key."""

    kind: IdentifierKind
    system: str
    version: int
    hash: str
    value: str

    def row(self) -> list[Any]:
        return [self.kind.value, self.system, self.version, self.hash]


def normalised_email(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip().casefold()


def normalised_phone(phone: str, region: str) -> str:
    """E.164, a number without a country's code being one of the region's; what is no such number stays its digits."""
    text = unicodedata.normalize("NFKC", phone)
    digits = re.sub(r"\D", "", text)
    digits = digits[2:] if digits.startswith("00") else digits
    home = region if region in phonenumbers.SUPPORTED_REGIONS else None
    try:
        # 00 goes abroad from most countries, and is written so from all of them.
        number = phonenumbers.parse(re.sub(r"^\s*00", "+", text), home)
    except phonenumbers.NumberParseException:
        return digits
    if not phonenumbers.is_possible_number(number):
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
PHONE = re.compile(r"\s*\+?[\d\s().\-\u2010-\u2015/]+(?:(?:,|;|#|x|ext\.?|转|分机)\s*\d+\s*)?", re.IGNORECASE)
"""A number as people write it, with or without an extension."""


def is_phone(text: str) -> bool:
    return bool(PHONE.fullmatch(text)) and 5 <= len(re.sub(r"\D", "", text)) <= 20


def person_refusal(
    display_name: str | None, email: str | None, phone: str | None = None, zone: str | None = None
) -> Refusal | None:
    if display_name is not None and not 0 < len(display_name.strip()) <= 200:
        return invalid("displayName", Fault.LENGTH, 1, 200)
    if email is not None and (not EMAIL.fullmatch(email.strip()) or len(email) > 254):
        return invalid("email", Fault.EMAIL)
    if phone is not None and not is_phone(unicodedata.normalize("NFKC", phone)):
        return invalid("phone", Fault.PHONE)
    if zone is not None and not is_zone(zone):
        return invalid("timeZone", Fault.ZONE)
    return None


def identifiers(
    secrets: Secrets, versions: Sequence[int], circle: str, region: str, person: Person
) -> list[Identifier]:
    """The identifiers of a person in a circle, hashed under each of these versions of the server's key.

    `region` is where phones are at home.
    """
    values = [(IdentifierKind.EXTERNAL, item.system, item.value.strip()) for item in person.external_ids]
    if person.email:
        values.append((IdentifierKind.EMAIL, "", normalised_email(person.email)))
    if person.phone:
        values.append((IdentifierKind.PHONE, "", normalised_phone(person.phone, region)))
    return [
        Identifier(kind, system, version, secrets.identifier_hash(version, circle, kind.value, system, value), value)
        for kind, system, value in values
        for version in versions
    ]


@dataclass(frozen=True, slots=True)
class Holder:
    candidate: str
    name: str
    kind: str
    identifier: str


HOLDERS = Statement(
    "candidates.holders",
    """
    UNWIND $identifiers AS row
    MATCH (identifier:Identifier {circle: $circle, kind: row[0], system: row[1], keyVersion: row[2], hash: row[3]})
      <-[:IDENTIFIED_BY]-(candidate:Candidate)
    RETURN DISTINCT candidate.id AS candidate, candidate.searchName AS name, identifier.kind AS kind,
      identifier.hash AS identifier
    """,
    row=Holder,
)
CLAIM = Statement(
    "candidates.claim",
    """
    UNWIND $identifiers AS row
    MERGE (identifier:Identifier {circle: $circle, kind: row[0], system: row[1], keyVersion: row[2], hash: row[3]})
    SET identifier._lock = $lock
    """,
    row=Nothing,
    writes=True,
)
RELEASE = Statement(
    "candidates.release",
    """
    UNWIND $identifiers AS row
    MATCH (identifier:Identifier {circle: $circle, kind: row[0], system: row[1], keyVersion: row[2], hash: row[3]})
    WHERE NOT EXISTS { (identifier)<-[:IDENTIFIED_BY]-(:Candidate) }
    DELETE identifier
    """,
    row=Nothing,
    writes=True,
)
CREATE = Statement(
    "candidates.create",
    """
    CREATE (candidate:Candidate {id: $id, organization: $organization, circle: $circle, displayName: $display_name,
      searchName: $search_name, email: $email, phone: $phone, locale: $locale, timeZone: $time_zone,
      status: 'ACTIVE', seq: 0, hash: $hash})
    """,
    row=Nothing,
    writes=True,
)
IDENTIFY = Statement(
    "candidates.identify",
    """
    MATCH (candidate:Candidate {id: $id})
    UNWIND $identifiers AS row
    MERGE (identifier:Identifier {circle: $circle, kind: row[0], system: row[1], keyVersion: row[2], hash: row[3]})
    MERGE (candidate)-[by:IDENTIFIED_BY]->(identifier) ON CREATE SET by.value = row[4]
    """,
    row=Nothing,
    writes=True,
)
UNIDENTIFY = Statement(
    "candidates.unidentify",
    "MATCH (:Candidate {id: $id})-[by:IDENTIFIED_BY]->(:Identifier {kind: $kind}) DELETE by",
    row=Nothing,
    writes=True,
)


def recognised(holders: Iterable[Holder], display_name: str) -> str | None:
    """Whose record this is: the one person found by EMAIL or EXTERNAL under the same name, else nobody's.

    PHONE alone, a differing name, or identifiers of two people leave the question to HR as possible matches.
    """
    strong = {holder.candidate: holder.name for holder in holders if holder.kind != IdentifierKind.PHONE.value}
    if len(strong) > 1:
        same = [id for id, name in strong.items() if name == normalised_name(display_name)]
        return None if len(same) != 1 or _by_two(holders, strong) else same[0]
    ((id, name),) = strong.items() if strong else (("", ""),)
    return id if id and name == normalised_name(display_name) else None


def _by_two(holders: Iterable[Holder], strong: Mapping[str, str]) -> bool:
    """Whether different identifiers point to different people, rather than one identifier shared by several."""
    people: dict[str, set[str]] = {}
    for holder in holders:
        if holder.candidate in strong:
            people.setdefault(holder.identifier, set()).add(holder.candidate)
    return len(people) > 1 and not set[str].intersection(*people.values())


async def recognise(desk: Desk, circle: str, person: Person) -> str | None:
    """The candidate that the person is, locked; null where nobody is recognised.

    What recognises a person is claimed first, so that two who file the same stranger at once find one another.
    """
    found = await _identifiers(desk, circle, person)
    strong = sorted(item.row() for item in found if item.kind is not IdentifierKind.PHONE)
    await desk.tx.run(CLAIM, identifiers=strong, lock=random_id(), circle=circle)
    holders = await desk.tx.run(HOLDERS, identifiers=[item.row() for item in found], circle=circle)
    id = recognised(holders, person.display_name)
    if id is not None:
        await desk.lock_candidate(id)
    return id


async def _identifiers(desk: Desk, circle: str, person: Person) -> list[Identifier]:
    return identifiers(desk.graph.secrets, await desk.key_versions(), circle, desk.act.viewer.jurisdiction, person)


async def release(desk: Desk, circle: str, person: Person) -> None:
    """Takes back the claim on identifiers that nobody holds, where nothing is filed after all."""
    rows = [item.row() for item in await _identifiers(desk, circle, person)]
    await desk.tx.run(RELEASE, identifiers=rows, circle=circle)


async def identify(desk: Desk, id: str, circle: str, person: Person) -> None:
    """Ties the person's identifiers to the candidate, whose own key seals their values for when keys are rotated."""
    found, keys = await _identifiers(desk, circle, person), desk.graph.keys
    await keys.load({id})
    rows = [[*item.row(), keys.conceal(id, item.value) if keys.holds(id) else None] for item in found]
    await desk.tx.run(IDENTIFY, id=id, identifiers=rows, circle=circle)


async def create(desk: Desk, circle: str, person: Person) -> str:
    """A new candidate with a key of its own, locked."""
    id, keys = desk.new_id(), desk.graph.keys
    await keys.create(id, (await desk.key_versions())[0])
    await keys.load({id})
    await desk.tx.run(
        CREATE,
        id=id,
        organization=desk.act.viewer.organization,
        circle=circle,
        display_name=person.display_name.strip(),
        search_name=normalised_name(person.display_name),
        email=keys.conceal(id, person.email.strip()) if person.email else None,
        phone=keys.conceal(id, person.phone.strip()) if person.phone else None,
        locale=person.locale.value,
        time_zone=person.time_zone,
        hash=GENESIS,
    )
    await desk.lock_candidate(id)
    return id


@dataclass(frozen=True, slots=True)
class CandidateRow:
    id: str
    circle: str
    status: str
    departments: list[str]


FIND = Statement(
    "candidates.find",
    """
    MATCH (candidate:Candidate {id: $id, organization: $organization})
    RETURN candidate.id AS id, candidate.circle AS circle, candidate.status AS status,
      [(candidate)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(d:Department) | d.id] AS departments
    """,
    row=CandidateRow,
)
UPDATE = Statement(
    "candidates.update",
    """
    MATCH (candidate:Candidate {id: $id})
    SET candidate.displayName = coalesce($display_name, candidate.displayName),
      candidate.searchName = coalesce($search_name, candidate.searchName),
      candidate.email = coalesce($email, candidate.email), candidate.phone = coalesce($phone, candidate.phone),
      candidate.locale = coalesce($locale, candidate.locale),
      candidate.timeZone = coalesce($time_zone, candidate.timeZone)
    """,
    row=Nothing,
    writes=True,
)


async def update(graph: Graph, act: Act, change: UpdateCandidate) -> Outcome:
    """Changes how a candidate is called and reached; a new email or phone replaces the old identifier."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused
    if refused := person_refusal(change.display_name, change.email, change.phone, change.time_zone):
        return refused

    async def work(desk: Desk) -> Outcome:
        row = await desk.tx.one(FIND, id=change.candidate, organization=act.viewer.organization)
        if row is None or not any(act.viewer.owns(department) for department in row.departments):
            return Refusal(Code.NOT_FOUND, "candidate")
        await desk.lock_candidate(row.id)
        row = await desk.tx.one(FIND, id=change.candidate, organization=act.viewer.organization)
        if row is None or row.status == CandidateStatus.ERASED.value:
            return Refusal(Code.CANDIDATE_ERASED, "candidate")
        keys = desk.graph.keys
        await keys.load({row.id}, anew=True)
        await desk.tx.run(
            UPDATE,
            id=row.id,
            display_name=change.display_name,
            search_name=normalised_name(change.display_name) if change.display_name else None,
            email=keys.conceal(row.id, change.email) if change.email else None,
            phone=keys.conceal(row.id, change.phone) if change.phone else None,
            locale=change.locale.value if change.locale else None,
            time_zone=change.time_zone,
        )
        renewed = Person("", change.email, change.phone)
        for kind in {item.kind for item in await _identifiers(desk, row.circle, renewed)}:
            await desk.tx.run(UNIDENTIFY, id=row.id, kind=kind.value)
        await identify(desk, row.id, row.circle, renewed)
        changed = [name for name in ("display_name", "email", "phone", "locale", "time_zone") if getattr(change, name)]
        await desk.record(EventType.CANDIDATE_UPDATED, changed=changed)
        return Written("Candidate", row.id)

    return await perform(graph, act, work)


def invite_refusal(status: str, field: str) -> Refusal | None:
    """Why a person is not invited: nothing of them is left, or it may be kept and nothing more."""
    if status == CandidateStatus.ERASED.value:
        return Refusal(Code.CANDIDATE_ERASED, field)
    return None if status == CandidateStatus.ACTIVE.value else Refusal(Code.CANDIDATE_RESTRICTED, field)


_MATCH_FINDINGS: LiteralString = """
    MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW|HAS_CHECK]->()<-[:FINDS]-(finding:Finding)
"""
RESTRICT = Statement(
    "candidates.restrict",
    "MATCH (candidate:Candidate {id: $id}) SET candidate.status = 'RESTRICTED'",
    row=Nothing,
    writes=True,
)
ERASE = Statement(
    "candidates.erase",
    """
    MATCH (candidate:Candidate {id: $id})
    SET candidate.status = 'ERASED', candidate.displayName = null, candidate.searchName = null,
      candidate.email = null, candidate.phone = null, candidate.timeZone = null, candidate.locale = null,
      candidate.selfAnswers = null,
      candidate.selfVersion = null, candidate.selfTakenAt = null, candidate.selfSharedAt = null
    """,
    row=Nothing,
    writes=True,
)
LIFT = Statement(
    "candidates.lift",
    "MATCH (candidate:Candidate {id: $id, status: 'RESTRICTED'}) SET candidate.status = 'ACTIVE' RETURN $id AS id",
    row=Found,
    writes=True,
)
LIFT_FINDINGS = Statement(
    "candidates.lift_findings",
    _MATCH_FINDINGS + "WHERE finding.state <> 'ERASED' SET finding.restricted = null",
    row=Nothing,
    writes=True,
)
RESTRICT_FINDINGS = Statement(
    "candidates.restrict_findings",
    _MATCH_FINDINGS + "SET finding.restricted = true",
    row=Nothing,
    writes=True,
)
ERASE_FINDINGS = Statement(
    "candidates.erase_findings",
    _MATCH_FINDINGS + EMPTIED,
    row=Nothing,
    writes=True,
)
ERASE_REPAIRS = Statement(
    "candidates.erase_repairs",
    _MATCH_FINDINGS + "MATCH (finding)-[:REPAIRED_BY]->(repair:Repair) DETACH DELETE repair",
    row=Nothing,
    writes=True,
)
ERASE_CHECKS = Statement(
    "candidates.erase_checks",
    """
    MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)-[:HAS_CHECK]->(check:ResumeCheck)
    SET check.outcome = null, check.claim = null, check.method = null, check.source = null, check.details = null
    """,
    row=Nothing,
    writes=True,
)
ERASE_TELEMETRY = Statement(
    "candidates.erase_telemetry",
    """
    MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(:Interview)<-[:OBSERVES]-(t:Telemetry)
    DETACH DELETE t
    """,
    row=Nothing,
    writes=True,
)
ERASE_REQUESTS = Statement(
    "candidates.erase_requests",
    """
    MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(:Interview)
      -[:HAS_REQUEST]->(request:RescheduleRequest)
    SET request.reason = null, request.answer = null
    """,
    row=Nothing,
    writes=True,
)
ERASE_MESSAGES = Statement(
    "candidates.erase_messages",
    """
    MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(interview:Interview)
    SET interview.responseMessage = null
    """,
    row=Nothing,
    writes=True,
)
ERASE_SOURCES = Statement(
    "candidates.erase_sources",
    "MATCH (:Candidate {id: $id})-[:SUBMITTED]->(application:Application) SET application.source = null",
    row=Nothing,
    writes=True,
)
ERASE_DECISIONS = Statement(
    "candidates.erase_decisions",
    """
    MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)<-[:DECIDES]-(decision:Decision)
    SET decision.seen = null, decision.seenHash = null, decision.reason = null
    """,
    row=Nothing,
    writes=True,
)
FORGET_TOGETHER = Statement(
    "candidates.forget_together",
    """
    MATCH (candidate:Candidate {id: $id})-[same:SAME_AS]-(:Candidate)
    MATCH (candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)<-[:DECIDES]-(decision:Decision)
    WHERE decision.decidedAt >= same.since
    SET decision.seen = null
    """,
    row=Nothing,
    writes=True,
)
"""Of decisions made while two records are merged, the copy shows what is of either, under the key of one of them."""
LIST_OFFERS = Statement(
    "candidates.list_offers",
    """
    MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(:Interview)
      <-[:OFFERS]-(slot:FreedSlot {state: 'OFFERED'})
    RETURN DISTINCT slot.id AS id ORDER BY id
    """,
    row=Found,
)
"""Freed slots that wait for an answer of theirs."""
LIST_TICKETS = Statement(
    "candidates.list_tickets",
    "MATCH (ticket:UploadTicket {candidate: $id}) RETURN ticket.id AS id ORDER BY id",
    row=Found,
)
ERASE_PROOFS = Statement(
    "candidates.erase_proofs",
    """
    MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW|HAS_CHECK]->()-[:HAS_PROOF]->(proof:Proof)
    SET proof.hash = null, proof.reason = null
    RETURN proof.id AS id ORDER BY id
    """,
    row=Found,
    writes=True,
)
ERASE_PAYLOADS = Statement(
    "candidates.erase_payloads",
    "MATCH (:Candidate {id: $id})<-[:ABOUT]-(event:Event) SET event.payload = null, event.salt = null",
    row=Nothing,
    writes=True,
)
ERASE_IDENTIFIERS = Statement(
    "candidates.erase_identifiers",
    """
    MATCH (candidate:Candidate {id: $id})-[by:IDENTIFIED_BY]->(identifier:Identifier)
    DELETE by
    WITH identifier WHERE NOT EXISTS { (identifier)<-[:IDENTIFIED_BY]-(:Candidate) }
    DELETE identifier
    """,
    row=Nothing,
    writes=True,
)


ERASE_LINKS = Statement(
    "candidates.erase_links",
    "MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)<-[:OPENS]-(link:Link) DETACH DELETE link",
    row=Nothing,
    writes=True,
)
ERASE_CODES = Statement(
    "candidates.erase_codes",
    "MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)<-[:PROVES]-(code:Code) DETACH DELETE code",
    row=Nothing,
    writes=True,
)
ERASE_OUTBOX = Statement(
    "candidates.erase_outbox",
    "MATCH (:Candidate {id: $id})<-[:TO]-(message:Message) DETACH DELETE message",
    row=Nothing,
    writes=True,
)
ERASE_LOOKS = Statement(
    "candidates.erase_looks",
    "MATCH (:Candidate {id: $id})<-[:OF]-(access:Access) DETACH DELETE access",
    row=Nothing,
    writes=True,
)
ERASE_TIMERS = Statement(
    "candidates.erase_timers",
    """
    MATCH (timer:Timer {candidate: $id})
    WHERE NOT timer.kind IN ['SEND', 'WEBHOOK', 'LATE_LOOKS']
      OR EXISTS { MATCH (:Candidate {id: $id})<-[:TO]-(:Message {id: timer.subject}) }
    DELETE timer
    """,
    row=Nothing,
    writes=True,
)
"""Save what others wait for: messages to staff, webhooks, and who saw a mark that was taken back."""
ERASE_ROOMS = Statement(
    "candidates.erase_rooms",
    """
    MATCH (:Candidate {id: $id})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(interview:Interview)
    SET interview.joinUrl = null
    """,
    row=Nothing,
    writes=True,
)
ERASE_RIGHTS = Statement(
    "candidates.erase_rights",
    "MATCH (:Candidate {id: $id})<-[:FROM]-(request:RightsRequest) SET request.text = null, request.reason = null",
    row=Nothing,
    writes=True,
)


async def restrict(desk: Desk, candidate: str) -> Outcome:
    """Nothing of the candidate counts any more while it is restricted."""
    await desk.lock_candidate(candidate)
    await desk.tx.run(RESTRICT, id=candidate)
    await desk.tx.run(RESTRICT_FINDINGS, id=candidate)
    await desk.record(EventType.CANDIDATE_RESTRICTED)
    await pools.settle(desk)
    return Written("Candidate", candidate)


async def lift(desk: Desk, candidate: str) -> Outcome:
    """What of the candidate is neither over nor erased counts again."""
    await desk.lock_candidate(candidate)
    if await desk.tx.one(LIFT, id=candidate):
        await desk.tx.run(LIFT_FINDINGS, id=candidate)
        await desk.record(EventType.RESTRICTION_LIFTED)
        await pools.settle(desk)
    return Written("Candidate", candidate)


async def erase(desk: Desk, candidate: str) -> Outcome:
    """Removes everything personal; ids and commitments stay, and the chain still verifies.

    It is written down beside the keys first, so that no backup undoes it. What is open of the candidate ends before
    (graph/erasures.py).
    """
    await desk.lock_candidate(candidate)
    await desk.graph.keys.journal(candidate, desk.act.now)
    await desk.record(EventType.CANDIDATE_ERASED)
    for statement in (
        *(ERASE_PAYLOADS, ERASE_FINDINGS, ERASE_REPAIRS, ERASE_IDENTIFIERS, ERASE_LINKS, ERASE_CODES, ERASE_MESSAGES),
        *(ERASE_SOURCES, ERASE_TIMERS, ERASE_OUTBOX, ERASE_ROOMS, ERASE_RIGHTS, ERASE_REQUESTS, ERASE_DECISIONS),
        *(FORGET_TOGETHER, ERASE_CHECKS, ERASE_TELEMETRY, ERASE_LOOKS, ERASE),
    ):
        await desk.tx.run(statement, id=candidate)
    for proof in await desk.tx.run(ERASE_PROOFS, id=candidate):
        # Without the key nobody reads the files any more; what is left of them goes at once too.
        await timers.start(desk, TimerKind.PURGE_PROOF, proof.id, desk.act.now)
    for ticket in await desk.tx.run(LIST_TICKETS, id=candidate):
        await timers.start(desk, TimerKind.SWEEP_UPLOAD, ticket.id, desk.act.now + timedelta(hours=1))
    await goals.erase(desk, candidate)
    for slot in await desk.tx.run(LIST_OFFERS, id=candidate):
        # Nobody waits any longer for an answer that cannot come: it goes to the next one.
        await timers.start(desk, TimerKind.PASS_SLOT, slot.id, desk.act.now)
    await timesheets.erase(desk, candidate)
    await pools.settle(desk)
    return Written("Candidate", candidate)
