"""Loading: facts kept elsewhere enter in batches, in the form and with the history that single writes would give."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any, LiteralString, TypeAlias

from graph import interviews, pools, retention
from graph.candidates import Holder, Identifier, IdentifierKind, Person, identifiers, recognised
from graph.client import Transaction
from graph.events import GENESIS, About, ActorKind, Author, Chain, EventType, NewEvent, link
from graph.instants import to_graph
from graph.interviews import Attendance, InterviewRow, Mode, Response, Times
from graph.keyring import live_versions
from graph.names import normalised_name
from graph.refusals import Code
from graph.statements import Found, Nothing, Statement
from graph.visibility import system
from graph.writing import Act, Desk, Graph, Locked, random_id


@dataclass(frozen=True, slots=True)
class Importer:
    """Into which Organization facts are loaded, its zone and jurisdiction, and the HR_ADMIN in whose name."""

    organization: str
    zone: str
    jurisdiction: str
    user: str

    @property
    def author(self) -> Author:
        return Author(self.user, ActorKind.API)

    def desk(self, graph: Graph, tx: Transaction, now: datetime) -> Desk:
        """Where the system does what follows from a fact by itself."""
        viewer = system(self.organization, self.zone, self.jurisdiction)
        return Desk(graph, tx, Act(viewer, now, "import", "", {}, ActorKind.SYSTEM), random_id)


@dataclass(frozen=True, slots=True)
class Fact:
    """One interview as it is known: who, for which position, when, what was answered and what happened.

    `id` belongs to the interview alone and for good: it tells whether this fact was loaded before. `candidate` and
    `application` are the ids to take where the person, or the application, is new.
    """

    id: str
    candidate: str
    application: str
    position: str
    person: Person
    applied_at: datetime
    source: str | None
    mode: Mode
    times: Times
    grace_minutes: int
    response: Response
    attendance: Attendance


class Fate(Enum):
    """What became of a fact: written whole, added to, there already, against what is recorded, or without a place."""

    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    PRESENT = "PRESENT"
    DIFFERS = "DIFFERS"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The fate of one fact, with what the graph holds where it differs, and whether it brought a new candidate."""

    fact: Fact
    fate: Fate
    held: Existing | None = None
    new_candidate: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    department: str
    circle: str
    open: bool


@dataclass(frozen=True, slots=True)
class Existing:
    """An interview that the graph holds, by what an import may complete."""

    id: str
    candidate: str
    status: str
    response: str
    attendance: str
    finding: bool
    here: bool
    """Whether it was answered here, or another time asked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    id: str
    candidate: str
    position: str


LOCK_PLACES = Statement(
    "loading.lock_places",
    """
    UNWIND $positions AS id
    MATCH (position:Position {id: id})-[:BELONGS_TO]->(department:Department)
    SET department._lock = $lock
    RETURN position.id AS id, department.id AS department, department.circle AS circle,
      position.status = 'OPEN' AND department.status = 'OPEN' AS open
    """,
    row=Place,
    writes=True,
)
LIST_PLACES = Statement(
    "loading.list_places",
    """
    UNWIND $positions AS id
    MATCH (position:Position {id: id})-[:BELONGS_TO]->(department:Department)
    RETURN position.id AS id, department.id AS department, department.circle AS circle,
      position.status = 'OPEN' AND department.status = 'OPEN' AS open
    """,
    row=Place,
)
FIND_EXISTING = Statement(
    "loading.find_existing",
    """
    UNWIND $ids AS id
    MATCH (interview:Interview {id: id})<-[:HAS_INTERVIEW]-(:Application)<-[:SUBMITTED]-(candidate:Candidate)
    RETURN interview.id AS id, candidate.id AS candidate, candidate.status AS status, interview.response AS response,
      interview.attendance AS attendance,
      EXISTS { MATCH (interview)<-[:FINDS]-(f:Finding) WHERE f.voidedAt IS NULL } AS finding,
      interview.answeredAt IS NOT NULL
        OR EXISTS { MATCH (interview)-[:HAS_REQUEST]->(r:RescheduleRequest) WHERE r.state = 'REQUESTED' } AS here
    """,
    row=Existing,
)
CLAIM = Statement(
    "loading.claim",
    """
    UNWIND $identifiers AS row
    MERGE (identifier:Identifier {circle: row[0], kind: row[1], system: row[2], keyVersion: row[3], hash: row[4]})
    SET identifier._lock = $lock
    """,
    row=Nothing,
    writes=True,
)
HOLDERS = Statement(
    "loading.holders",
    """
    UNWIND $identifiers AS row
    MATCH (identifier:Identifier {circle: row[0], kind: row[1], system: row[2], keyVersion: row[3], hash: row[4]})
      <-[:IDENTIFIED_BY]-(candidate:Candidate)
    RETURN DISTINCT candidate.id AS candidate, candidate.searchName AS name, identifier.kind AS kind,
      identifier.hash AS identifier
    """,
    row=Holder,
)
LOCK_CANDIDATES = Statement(
    "loading.lock_candidates",
    """
    UNWIND $ids AS id
    MATCH (candidate:Candidate {id: id}) SET candidate._lock = $lock
    RETURN candidate.id AS id, candidate.seq AS seq, candidate.hash AS hash
    """,
    row=Locked,
    writes=True,
)
STANDING = Statement(
    "loading.standing",
    """
    UNWIND $ids AS id
    MATCH (candidate:Candidate {id: id})-[:SUBMITTED]->(application:Application)-[:FOR]->(position:Position)
    WHERE NOT application.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN']
    RETURN application.id AS id, candidate.id AS candidate, position.id AS position
    """,
    row=Standing,
)
LIST_MARKED = Statement(
    "loading.list_marked",
    """
    UNWIND $ids AS id
    MATCH (candidate:Candidate {id: id})-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)
      -[:HAS_INTERVIEW]->(:Interview)<-[:FINDS]-(finding:Finding)
    WHERE finding.state IN ['FINAL', 'DISPUTED'] AND finding.outcome = 'NO_SHOW'
    RETURN DISTINCT candidate.id AS id ORDER BY id
    """,
    row=Found,
)
"""Of many people the few who have a no-show that may fade sooner."""
CREATE_CANDIDATES = Statement(
    "loading.create_candidates",
    """
    UNWIND $rows AS row
    CREATE (candidate:Candidate {id: row.id, organization: $organization, circle: row.circle,
      displayName: row.display_name, searchName: row.search_name, email: row.email, phone: row.phone,
      locale: row.locale, timeZone: row.time_zone, status: 'ACTIVE', seq: row.seq, hash: row.hash})
    """,
    row=Nothing,
    writes=True,
)
IDENTIFY = Statement(
    "loading.identify",
    """
    UNWIND $identifiers AS row
    MATCH (candidate:Candidate {id: row[5]})
    MERGE (identifier:Identifier {circle: row[0], kind: row[1], system: row[2], keyVersion: row[3], hash: row[4]})
    MERGE (candidate)-[by:IDENTIFIED_BY]->(identifier) ON CREATE SET by.value = row[6]
    """,
    row=Nothing,
    writes=True,
)
CREATE_APPLICATIONS = Statement(
    "loading.create_applications",
    """
    UNWIND $rows AS row
    MATCH (candidate:Candidate {id: row.candidate}) MATCH (position:Position {id: row.position})
    CREATE (application:Application {id: row.id, stage: 'APPLIED', appliedAt: localdatetime(row.applied_at),
      source: row.source})
    CREATE (candidate)-[:SUBMITTED]->(application) CREATE (application)-[:FOR]->(position)
    """,
    row=Nothing,
    writes=True,
)
CREATE_INTERVIEWS = Statement(
    "loading.create_interviews",
    """
    UNWIND $rows AS row
    MATCH (application:Application {id: row.application}) MATCH (department:Department {id: row.department})
    CREATE (interview:Interview {id: row.id, mode: row.mode, startsAt: localdatetime(row.starts_at),
      endsAt: localdatetime(row.ends_at), timeZone: row.time_zone, graceMinutes: row.grace_minutes, joinUrl: null,
      response: row.response, attendance: row.attendance, evidence: [], icsUid: row.ics_uid, icsSequence: 0,
      lastSeq: row.last_seq})
    CREATE (application)-[:HAS_INTERVIEW]->(interview) CREATE (interview)-[:HELD_BY]->(department)
    """,
    row=Nothing,
    writes=True,
)
COMPLETE_INTERVIEWS = Statement(
    "loading.complete_interviews",
    """
    UNWIND $rows AS row
    MATCH (interview:Interview {id: row.id})
    SET interview.response = row.response, interview.attendance = row.attendance, interview.lastSeq = row.last_seq,
      interview.icsSequence = interview.icsSequence + row.changes
    """,
    row=Nothing,
    writes=True,
)
MOVE_HEADS = Statement(
    "loading.move_heads",
    "UNWIND $rows AS row MATCH (head:Candidate {id: row.id}) SET head.seq = row.seq, head.hash = row.hash",
    row=Nothing,
    writes=True,
)
_BY: LiteralString = "MATCH (by:User {id: $by}) UNWIND $events AS row "
_EVENT: LiteralString = """
    CREATE (event:Event {id: row.id, seq: row.seq, type: row.type, occurredAt: localdatetime(row.occurred_at),
      recordedAt: $now, recordedIn: row.recorded_in, actorKind: row.actor_kind, payload: row.payload, salt: row.salt,
      commitment: row.commitment, prevHash: row.prev_hash, hash: row.hash})
    CREATE (event)-[:BY]->(by)
    CREATE (event)-[:ABOUT]->(about)
"""
_HEAD: LiteralString = "MATCH (head:Candidate {id: row.head}) "
_ABOUT_HEAD: LiteralString = "CREATE (event)-[:ABOUT]->(head)"
_IN_ORGANIZATION: LiteralString = "SET event.organization = row.head"

APPEND_ABOUT_DEPARTMENTS = Statement(
    "loading.append_about_departments",
    _BY + "MATCH (about:Department {id: row.about})" + _EVENT + _IN_ORGANIZATION,
    row=Nothing,
    writes=True,
)
APPEND_ABOUT_POSITIONS = Statement(
    "loading.append_about_positions",
    _BY + "MATCH (about:Position {id: row.about})" + _EVENT + _IN_ORGANIZATION,
    row=Nothing,
    writes=True,
)
APPEND_ABOUT_APPLICATIONS = Statement(
    "loading.append_about_applications",
    _BY + _HEAD + "MATCH (about:Application {id: row.about})" + _EVENT + _ABOUT_HEAD,
    row=Nothing,
    writes=True,
)
APPEND_ABOUT_INTERVIEWS = Statement(
    "loading.append_about_interviews",
    _BY + _HEAD + "MATCH (about:Interview {id: row.about})" + _EVENT + _ABOUT_HEAD,
    row=Nothing,
    writes=True,
)
APPEND: dict[str, Statement[Nothing]] = {
    "Department": APPEND_ABOUT_DEPARTMENTS,
    "Position": APPEND_ABOUT_POSITIONS,
    "Application": APPEND_ABOUT_APPLICATIONS,
    "Interview": APPEND_ABOUT_INTERVIEWS,
}
Row: TypeAlias = dict[str, Any]


def as_text(instant: datetime) -> str:
    """For localdatetime(): the driver takes forty microseconds to pack an instant, and a line has a dozen."""
    return to_graph(instant).isoformat()


@dataclass(slots=True)
class Pen:
    """Links events in Python, where chains are followed, and writes all about one label by one statement."""

    author: Author
    now: datetime
    events: dict[str, list[Row]] = field(default_factory=lambda: defaultdict[str, list[Row]](list))

    def note(self, chain: Chain, type: EventType, about: About, at: datetime, **payload: Any) -> None:
        event = NewEvent(type, at, about, payload)
        stored = link(chain, event, id=random_id(), author=self.author, now=self.now)
        del stored["recorded_at"]
        row = {**stored, "occurred_at": as_text(at), "head": chain.id, "about": about.id}
        self.events[about.label].append(row)

    async def write(self, tx: Transaction) -> None:
        for label, events in self.events.items():
            await tx.run(APPEND[label], events=events, by=self.author.id, now=self.now)


def fact_refusal(fact: Fact, now: datetime) -> Code | None:
    """Why this cannot be recorded yet, by the same rule as for a single interview."""
    if fact.attendance is Attendance.PENDING:
        return None
    row = InterviewRow(
        id=fact.id,
        mode=fact.mode.value,
        starts_at=fact.times.starts_at,
        ends_at=fact.times.ends_at,
        time_zone=fact.times.time_zone,
        grace_minutes=fact.grace_minutes,
        join_url=None,
        response=fact.response.value,
        attendance=Attendance.PENDING.value,
        ics_uid="",
        ics_sequence=0,
        candidate=fact.candidate,
        application=fact.application,
        stage="APPLIED",
        department="",
        interviewers=[],
        finding=None,
        finding_state=None,
        evidence=[],
        last_seq=0,
        evidence_seq=0,
    )
    refused = interviews.attendance_refusal(row, fact.attendance, now)
    return refused and refused.code


def fate(fact: Fact, held: Existing | None, *, open: bool) -> Fate:
    """Decides what becomes of a fact; nothing recorded is ever changed, what was left open may be completed."""
    if held is None:
        return Fate.CREATED if open else Fate.CLOSED
    answer = fact.response in (Response.NEEDS_ACTION, Response(held.response))
    outcome = fact.attendance in (Attendance.PENDING, Attendance(held.attendance))
    if (answer and outcome) or held.status == "ERASED":
        return Fate.PRESENT
    undecided = held.attendance == Attendance.PENDING.value and not held.finding
    if undecided and (answer or held.response == Response.NEEDS_ACTION.value):
        return Fate.COMPLETED
    return Fate.DIFFERS


async def foresee(graph: Graph, facts: Sequence[Fact]) -> list[Loaded]:
    """What `load` would do, by reading alone; a position that is not there yet counts as open."""
    positions = sorted({fact.position for fact in facts})
    places = {row.id: row for row in await graph.client.read(LIST_PLACES, positions=positions)}
    rows = await graph.client.read(FIND_EXISTING, ids=[fact.id for fact in facts])
    return _decide(facts, rows, lambda position: position not in places or places[position].open)


def _decide(facts: Sequence[Fact], rows: Iterable[Existing], is_open: Callable[[str], bool]) -> list[Loaded]:
    held = {row.id: row for row in rows}
    return [
        Loaded(fact, fate(fact, held.get(fact.id), open=is_open(fact.position)), held.get(fact.id)) for fact in facts
    ]


async def load(graph: Graph, importer: Importer, facts: Sequence[Fact], *, now: datetime) -> list[Loaded]:
    """Writes facts, of which no two may have the same id, in one transaction: all of them or none."""

    async def work(tx: Transaction) -> list[Loaded]:
        positions = sorted({fact.position for fact in facts})
        places = {row.id: row for row in await tx.run(LOCK_PLACES, positions=positions, lock=random_id())}
        rows = await tx.run(FIND_EXISTING, ids=[fact.id for fact in facts])
        loaded = _decide(facts, rows, lambda position: position in places and places[position].open)
        batch = Batch(graph, importer, Pen(importer.author, now), places)
        new = [it.fact for it in loaded if it.fate is Fate.CREATED]
        unfinished = [(it.fact, it.held) for it in loaded if it.held and it.fate is Fate.COMPLETED]
        await batch.meet(tx, new)
        await batch.lock(tx, (held.candidate for _, held in unfinished))
        for fact in new:
            batch.create(fact)
        for fact, held in unfinished:
            batch.complete(fact, held)
        await batch.write(tx)
        desk = importer.desk(graph, tx, now)
        await batch.settle(desk)
        await batch.repair(desk)
        return [replace(it, new_candidate=it.fact.candidate in batch.newcomers) for it in loaded]

    return await graph.client.write(work)


@dataclass(slots=True)
class Batch:
    """What one transaction is about to write: who each fact is about, their chains, and the rows of each kind."""

    graph: Graph
    importer: Importer
    pen: Pen
    places: dict[str, Place]
    people: dict[str, str] = field(default_factory=dict[str, str])
    newcomers: dict[str, Fact] = field(default_factory=dict[str, Fact])
    chains: dict[str, Chain] = field(default_factory=dict[str, Chain])
    standing: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    versions: list[int] = field(default_factory=list[int])
    identifiers: list[tuple[str, Identifier, str]] = field(default_factory=list[tuple[str, Identifier, str]])
    tied: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    applications: list[Row] = field(default_factory=list[Row])
    interviews: list[Row] = field(default_factory=list[Row])
    completed: list[Row] = field(default_factory=list[Row])
    settled: list[tuple[str, str, Attendance]] = field(default_factory=list[tuple[str, str, Attendance]])
    """Candidates and interviews that were dealt with here, and how these went."""
    attended: dict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))
    """Interviews that are told to have been attended, by the candidate."""
    positions: set[str] = field(default_factory=set[str])
    """Those whose pools are to be filled anew."""

    async def meet(self, tx: Transaction, facts: Sequence[Fact]) -> None:
        """Recognises the person of each fact, by the graph and by the facts before it, and locks who was known.

        What recognises a person is claimed first, in one order, so that two who file the same stranger at once find
        one another. Every claim is kept: whoever is met here is written.
        """
        if not facts:
            return
        self.versions = await live_versions(tx.run, self.graph.secrets)
        found = [self._identifiers(fact) for fact in facts]
        strong = {
            (circle, *item.row()) for circle, own in found for item in own if item.kind is not IdentifierKind.PHONE
        }
        await tx.run(CLAIM, identifiers=[list(row) for row in sorted(strong)], lock=random_id())
        holders: dict[str, list[Holder]] = defaultdict(list)
        asked = [[circle, *item.row()] for circle, own in found for item in own]
        for holder in await tx.run(HOLDERS, identifiers=asked):
            holders[holder.identifier].append(holder)
            self.tied.add((holder.candidate, holder.identifier))
        for fact, (circle, own) in zip(facts, found, strict=True):
            name = fact.person.display_name
            candidate = recognised([holder for item in own for holder in holders[item.hash]], name)
            if candidate is None:
                candidate = fact.candidate
                self.newcomers[candidate] = fact
                self.chains[candidate] = Chain("Candidate", candidate, 0, GENESIS)
            self.people[fact.id] = candidate
            for item in own:
                holders[item.hash].append(Holder(candidate, normalised_name(name), item.kind.value, item.hash))
                self.identifiers.append((circle, item, candidate))
        await self.lock(tx, (id for id in self.people.values() if id not in self.newcomers))

    def _identifiers(self, fact: Fact) -> tuple[str, list[Identifier]]:
        circle = self.places[fact.position].circle
        region = self.importer.jurisdiction
        return circle, identifiers(self.graph.secrets, self.versions, circle, region, fact.person)

    async def lock(self, tx: Transaction, candidates: Iterable[str]) -> None:
        ids = sorted(set(candidates) - self.chains.keys())
        if not ids:
            return
        for row in await tx.run(LOCK_CANDIDATES, ids=ids, lock=random_id()):
            self.chains[row.id] = Chain("Candidate", row.id, row.seq, row.hash)
        for row in await tx.run(STANDING, ids=ids):
            self.standing[row.candidate, row.position] = row.id

    def create(self, fact: Fact) -> None:
        """A new interview, upon the application that stands or a new one."""
        self.positions.add(fact.position)
        candidate = self.people[fact.id]
        chain, told = self.chains[candidate], min(fact.times.starts_at, self.pen.now)
        application = self.standing.get((candidate, fact.position))
        if application is None:
            application = self.standing[candidate, fact.position] = fact.application
            self.applications.append(
                {
                    "id": application,
                    "candidate": candidate,
                    "position": fact.position,
                    "applied_at": as_text(fact.applied_at),
                    "source": fact.source,
                }
            )
            payload = {"position": fact.position, "source": fact.source}
            about = About("Application", application)
            self.pen.note(chain, EventType.APPLICATION_SUBMITTED, about, fact.applied_at, **payload)
        payload = {
            "application": application,
            "mode": fact.mode.value,
            "startsAt": fact.times.starts_at,
            "endsAt": fact.times.ends_at,
        }
        self.pen.note(chain, EventType.INTERVIEW_INVITED, About("Interview", fact.id), told, **payload)
        self._record(chain, fact, fact.response, fact.attendance)
        self.interviews.append(
            {
                "id": fact.id,
                "application": application,
                "department": self.places[fact.position].department,
                "mode": fact.mode.value,
                "starts_at": as_text(fact.times.starts_at),
                "ends_at": as_text(fact.times.ends_at),
                "time_zone": fact.times.time_zone,
                "grace_minutes": fact.grace_minutes,
                "response": fact.response.value,
                "attendance": fact.attendance.value,
                "ics_uid": f"{fact.id}@turnout",
                "last_seq": chain.seq,
            }
        )

    def complete(self, fact: Fact, held: Existing) -> None:
        """An interview whose answer or attendance was not known when it was loaded."""
        self.positions.add(fact.position)
        chain = self.chains[held.candidate]
        was, had = Response(held.response), Attendance(held.attendance)
        answer = fact.response if was is Response.NEEDS_ACTION else was
        outcome = fact.attendance if had is Attendance.PENDING else had
        self._record(
            chain,
            fact,
            answer if answer is not was else Response.NEEDS_ACTION,
            outcome if outcome is not had else Attendance.PENDING,
        )
        row = {
            "id": fact.id,
            "response": answer.value,
            "attendance": outcome.value,
            "last_seq": chain.seq,
            "changes": int(outcome is not had and outcome.value in interviews.CANCELLED),
        }
        self.completed.append(row)
        if held.here and outcome is not had:
            self.settled.append((held.candidate, fact.id, outcome))

    def _record(self, chain: Chain, fact: Fact, response: Response, attendance: Attendance) -> None:
        about, told = About("Interview", fact.id), min(fact.times.starts_at, self.pen.now)
        if response is not Response.NEEDS_ACTION:
            self.pen.note(chain, EventType.RESPONSE_RECORDED, about, told, response=response.value)
        if attendance is not Attendance.PENDING:
            payload = {"attendance": attendance.value, "evidence": list[str](), "note": None}
            self.pen.note(chain, EventType.ATTENDANCE_RECORDED, about, told, **payload)
        if attendance in (Attendance.ATTENDED, Attendance.ATTENDED_LATE):
            self.attended[chain.id].append(fact.id)

    async def write(self, tx: Transaction) -> None:
        """Stores the keys beside the graph's own writing; all are there before it is committed, used or not."""
        storing = asyncio.gather(*(self.graph.keys.create(id, self.versions[0]) for id in self.newcomers))
        try:
            known = {candidate for _, item, candidate in self.identifiers if (candidate, item.hash) not in self.tied}
            if known:
                await storing
                await self.graph.keys.load(known)
            await self._write(tx)
        finally:
            await storing

    async def _write(self, tx: Transaction) -> None:
        """Heads and last events are written as they end up."""
        if self.newcomers:
            rows = [self._candidate(fact, self.chains[id]) for id, fact in self.newcomers.items()]
            await tx.run(CREATE_CANDIDATES, organization=self.importer.organization, rows=rows)
        if self.identifiers:
            await tx.run(IDENTIFY, identifiers=[self._tie(*it) for it in self.identifiers])
        if self.applications:
            await tx.run(CREATE_APPLICATIONS, rows=self.applications)
        if self.interviews:
            await tx.run(CREATE_INTERVIEWS, rows=self.interviews)
        if self.completed:
            await tx.run(COMPLETE_INTERVIEWS, rows=self.completed)
        if self.positions:
            await tx.run(pools.FILL, **pools.filled(self.positions, self.pen.now))
        await self.pen.write(tx)
        known = [chain for id, chain in self.chains.items() if id not in self.newcomers]
        if known:
            await tx.run(MOVE_HEADS, rows=[{"id": it.id, "seq": it.seq, "hash": it.hash} for it in known])

    async def settle(self, desk: Desk) -> None:
        """What a candidate dealt with here is settled here too, and told to them."""
        for candidate, interview, attendance in sorted(self.settled, key=lambda it: it[:2]):
            await desk.lock_candidate(candidate)
            await interviews.settle_import(desk, interview, attendance)

    async def repair(self, desk: Desk) -> None:
        """What was missed before an interview that was attended fades sooner; whoever is new here missed none."""
        known = sorted(self.attended.keys() - self.newcomers.keys())
        for row in await desk.tx.run(LIST_MARKED, ids=known) if known else ():
            await desk.lock_candidate(row.id)
            for interview in self.attended[row.id]:
                await retention.repair_by(desk, interview)
            await pools.settle(desk)

    def _tie(self, circle: str, item: Identifier, candidate: str) -> list[Any]:
        """A tie that is new keeps the value under the candidate's own key."""
        keys, new = self.graph.keys, (candidate, item.hash) not in self.tied
        value = keys.conceal(candidate, item.value) if new and keys.holds(candidate) else None
        return [circle, *item.row(), candidate, value]

    def _candidate(self, fact: Fact, chain: Chain) -> Row:
        person, conceal = fact.person, self.graph.keys.conceal
        return {
            "id": chain.id,
            "circle": self.places[fact.position].circle,
            "display_name": person.display_name.strip(),
            "search_name": normalised_name(person.display_name),
            "email": conceal(chain.id, person.email.strip()) if person.email else None,
            "phone": conceal(chain.id, person.phone.strip()) if person.phone else None,
            "locale": person.locale.value,
            "time_zone": person.time_zone,
            "seq": chain.seq,
            "hash": chain.hash,
        }
