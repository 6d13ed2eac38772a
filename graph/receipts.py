"""Access receipts: who looked at what was found or computed of a person, when and for what, written behind the answer.

A reader gathers the ids of what it shows from the rows themselves; they are written together a moment later, so that
nobody waits. What a process had not written when it died is named as a gap: no look is lost silently.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, LiteralString

from graph.client import MARGIN, PATIENCE, TIMEOUT, EngineUnavailable, Transaction
from graph.labels import label
from graph.statements import Found, Nothing, Statement
from graph.traversal import Form, Look, Looks, One, Page, Prop, Shape, Sort
from graph.visibility import Level, Viewer
from graph.writing import Graph, random_id

log = logging.getLogger("turnout")

BATCH = 0.25
"""Seconds that looks are gathered before they are written together."""
BEAT = timedelta(seconds=5)
"""How often a process says that all is written, where nobody looks at anything."""
DEAD = timedelta(seconds=20)
"""After so long without a word a process is taken for dead, and what it may have left unwritten for a gap."""
UNDER_WAY = timedelta(seconds=PATIENCE + TIMEOUT + MARGIN)
"""How long after an act's own instant it is done for certain, and every answer read before it has been given."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Before every look."""
MOST = 20_000
"""Looks that may wait to be written; who would add to them waits until they are."""


class Purpose(Enum):
    """What somebody looks at a person's record for."""

    APPLICATION_REVIEW = "APPLICATION_REVIEW"
    SCHEDULING = "SCHEDULING"
    DISPUTE_HANDLING = "DISPUTE_HANDLING"
    RIGHTS_REQUEST = "RIGHTS_REQUEST"


class Subject(Enum):
    """What of a person was looked at."""

    FINDING = "FINDING"
    FINDING_COUNT = "FINDING_COUNT"
    DECISION_SCREEN = "DECISION_SCREEN"
    SCORE = "SCORE"
    PROFILE = "PROFILE"
    LABELS = "LABELS"
    SELF_ASSESSMENT = "SELF_ASSESSMENT"
    EMPLOYMENT = "EMPLOYMENT"
    WORK_ATTENDANCE = "WORK_ATTENDANCE"
    TASK_RESULTS = "TASK_RESULTS"


_SUBJECT: LiteralString = (
    "coalesce(this.about, CASE WHEN EXISTS { (this)-[:SAW]->(:Finding) } THEN 'FINDING' "
    "WHEN EXISTS { (this)-[:SAW]->(:Decision) } THEN 'DECISION_SCREEN' ELSE 'FINDING_COUNT' END)"
)
"""Told by what it leads to, where it leads to anything."""
ACCESS = Shape(
    "Access",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "at": Prop(see=Level.ALL, form=Form.INSTANT),
        "who": Prop(see=Level.ALL),
        "displayName": Prop(see=Level.ALL),
        "role": Prop(see=Level.ALL),
        "departments": Prop(see=Level.ALL),
        "purpose": Prop(see=Level.ALL),
        "purposeLabel": label("this.purpose", see=Level.ALL),
        "about": Prop(_SUBJECT, see=Level.ALL),
        "aboutLabel": label(_SUBJECT, see=Level.ALL),
        "finding": One("Finding", ("(this)-[:SAW]->(that:Finding)",)),
        "decision": One("Decision", ("(this)-[:SAW]->(that:Decision)",)),
    },
)
ACCESS_GAP = Shape(
    "AccessGap",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "since": Prop(see=Level.ALL, form=Form.INSTANT),
        "until": Prop(see=Level.ALL, form=Form.INSTANT),
    },
)
ACCESSES = Page(
    "Access",
    ("(this)-[:SAME_AS*0..1]-(:Candidate)<-[:OF]-(that:Access)",),
    {
        "AT_DESC": Sort("that.at", descending=True, form=Form.INSTANT),
        "AT": Sort("that.at", form=Form.INSTANT),
    },
)
ACCESS_GAPS = Page(
    "AccessGap",
    ("(that:AccessGap {organization: $organization})",),
    {
        "SINCE_DESC": Sort("that.since", descending=True, form=Form.INSTANT),
        "SINCE": Sort("that.since", form=Form.INSTANT),
    },
    # Nobody can have looked at a person of whom nothing was recorded yet.
    where="EXISTS { (this)-[:SAME_AS*0..1]-(:Candidate)<-[:ABOUT]-(e:Event) WHERE e.recordedAt < that.until }",
)

_RECEIPT: LiteralString = """
    MATCH (user:User {id: row[2]})
    MERGE (access:Access {id: row[0]})
    SET access.organization = user.organization, access.user = user.id, access.who = user.externalId,
      access.displayName = user.displayName, access.role = row[3], access.purpose = row[4], access.at = row[5],
      access.departments = [(user)-[:WORKS_IN]->(department:Department) | department.name]
    MERGE (access)-[:OF]->(candidate)
"""
RECORD_FINDINGS = Statement(
    "receipts.record_findings",
    """
    UNWIND $rows AS row
    MATCH (finding:Finding {id: row[1]})-[:FINDS]->()<-[:HAS_INTERVIEW|HAS_CHECK]-(:Application)
      <-[:SUBMITTED]-(candidate:Candidate)
    WHERE finding.state <> 'ERASED'
    """
    + _RECEIPT
    + "MERGE (access)-[:SAW]->(finding)",
    row=Nothing,
    writes=True,
)
RECORD_OUTCOMES = Statement(
    "receipts.record_outcomes",
    """
    UNWIND $rows AS row
    MATCH (finding:Finding)-[:FINDS]->(:Interview {id: row[1]})<-[:HAS_INTERVIEW]-(:Application)
      <-[:SUBMITTED]-(candidate:Candidate)
    WHERE finding.suspectedAt <= row[5] AND (NOT finding.state IN ['VOID', 'ERASED']
      OR (finding.state = 'VOID' AND finding.voidedAt >= row[7]))
    """
    + _RECEIPT
    + "MERGE (access)-[:SAW]->(finding)",
    row=Nothing,
    writes=True,
)
"""What is suspected shows in an assessment; an outcome may have been taken back between its being shown and the
writing of that."""
RECORD_CHECKS = Statement(
    "receipts.record_checks",
    """
    UNWIND $rows AS row
    MATCH (finding:Finding)-[:FINDS]->(:ResumeCheck {id: row[1]})<-[:HAS_CHECK]-(:Application)
      <-[:SUBMITTED]-(candidate:Candidate)
    """
    + _RECEIPT
    + "MERGE (access)-[:SAW]->(finding)",
    row=Nothing,
    writes=True,
)
"""What is verified is nothing that was found against anybody: a look at it leaves none."""
RECORD_SCREENS = Statement(
    "receipts.record_screens",
    """
    UNWIND $rows AS row
    MATCH (decision:Decision {id: row[1]})-[:DECIDES]->(:Application)<-[:SUBMITTED]-(candidate:Candidate)
    """
    + _RECEIPT
    + "MERGE (access)-[:SAW]->(decision)",
    row=Nothing,
    writes=True,
)
RECORD_PEOPLE = Statement(
    "receipts.record_people",
    "UNWIND $rows AS row MATCH (candidate:Candidate {id: row[1]}) WHERE candidate.status <> 'ERASED'"
    + _RECEIPT
    + "SET access.about = row[6]",
    row=Nothing,
    writes=True,
)
"""What is told of a person as a whole: a count, or what is computed."""
RECORD_WORK = Statement(
    "receipts.record_work",
    """
    UNWIND $rows AS row
    OPTIONAL MATCH (record:AttendanceRecord {id: row[1]})
    OPTIONAL MATCH (result:TaskResult {id: row[1]})
    OPTIONAL MATCH (:Employment {id: coalesce(record.employment, result.employment, row[1])})
      <-[:EMPLOYED_AS]-(worker:Candidate)
    MATCH (candidate:Candidate {id: coalesce(worker.id, row[1])}) WHERE candidate.status <> 'ERASED'
    WITH candidate, row[2] AS who, row[4] AS purpose, row[6] AS about, head(collect(row)) AS row
    """
    + _RECEIPT
    + "SET access.about = row[6]",
    row=Nothing,
    writes=True,
)
"""What was recorded of a person at work; many records of one person that are looked at together are one look."""
BEGIN_RUN = Statement(
    "receipts.begin_run",
    "MERGE (run:Run {id: $id}) SET run.flushedAt = $now",
    row=Nothing,
    writes=True,
)
END_RUN = Statement("receipts.end_run", "MATCH (run:Run {id: $id}) DELETE run", row=Nothing, writes=True)
FIND_DEAD = Statement(
    "receipts.find_dead",
    "MATCH (run:Run) WHERE run.id <> $id AND run.flushedAt < $before RETURN run.id AS id ORDER BY id",
    row=Found,
)
RECORD_GAP = Statement(
    "receipts.record_gap",
    """
    MATCH (run:Run {id: $id}) WHERE run.flushedAt < $before
    MATCH (organization:Organization)
    MERGE (gap:AccessGap {id: run.id + '/' + organization.id})
    ON CREATE SET gap.since = run.flushedAt, gap.organization = organization.id
    SET gap.until = $now
    """,
    row=Nothing,
    writes=True,
)


@dataclass(frozen=True, slots=True)
class Lookers:
    ids: list[str]


@dataclass(frozen=True, slots=True)
class JoinRow:
    """The record that a finding is of was joined with another, or split from it; or nothing but its id."""

    candidate: str
    type: str | None
    payload: str | None
    at: datetime


LIST_LOOKERS = Statement(
    "receipts.list_lookers",
    """
    MATCH (finding:Finding {id: $finding})
    RETURN [(finding)<-[:SAW]-(access:Access) WHERE access.at <= $until | access.user]
      + [(finding)<-[:CONSIDERED]-(:Decision)<-[:SAW]-(access:Access) WHERE access.at <= $until | access.user] AS ids
    """,
    row=Lookers,
)
"""Whoever read it, or a decision's screen that it stood on, until an instant."""
LIST_JOINS = Statement(
    "receipts.list_joins",
    """
    MATCH (:Finding {id: $finding})-[:FINDS]->()<-[:HAS_INTERVIEW|HAS_CHECK]-(:Application)
      <-[:SUBMITTED]-(candidate:Candidate)
    OPTIONAL MATCH (candidate)<-[:ABOUT]-(event:Event) WHERE event.type IN ['CANDIDATES_MERGED', 'CANDIDATES_SPLIT']
    WITH candidate, event ORDER BY event.seq
    RETURN candidate.id AS candidate, event.type AS type, event.payload AS payload,
      coalesce(event.recordedAt, $until) AS at
    """,
    row=JoinRow,
)
LIST_RECKONED = Statement(
    "receipts.list_reckoned",
    """
    UNWIND $spans AS span
    MATCH (finding:Finding {id: $finding}) MATCH (:Candidate {id: span[0]})<-[:OF]-(access:Access)
    WHERE access.about IN ['FINDING_COUNT', 'SCORE', 'PROFILE', 'LABELS'] AND access.at >= finding.decidedAt
      AND access.at >= span[1] AND access.at <= span[2] AND (access.role IN ['HR_ADMIN', 'AUDITOR']
        OR (finding.outcome = 'NO_SHOW' AND finding.cause = 'CANDIDATE' AND access.at <= finding.expiresAt
          AND (coalesce(access.at <= finding.disputedAt, true) OR coalesce(access.at >= finding.rejectedAt, false)))
        OR EXISTS { MATCH (finding)-[:FINDS]->()-[:HELD_BY]->(:Department)-[:PART_OF|SUCCEEDED_BY*0..]->
          (:Department)<-[:WORKS_IN]-(:User {id: access.user}) })
    RETURN collect(DISTINCT access.user) AS ids
    """,
    row=Lookers,
)
"""Whoever was shown what was counted or computed of it, by the records that it was read with, each in its time. Other
departments than the one that holds it are shown it while it counts alone."""
LIST_BEHIND = Statement(
    "receipts.list_behind",
    """
    MATCH (run:Run) WHERE run.flushedAt < $until AND run.flushedAt >= $alive
    RETURN run.id AS id ORDER BY id LIMIT 1
    """,
    row=Found,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer that showed what was found about people."""

    viewer: Viewer
    purpose: Purpose
    at: datetime
    looks: Looks


_BY_ID: Mapping[Look, Statement[Nothing]] = {
    Look.FINDING: RECORD_FINDINGS,
    Look.INTERVIEW: RECORD_OUTCOMES,
    Look.CHECK: RECORD_CHECKS,
    Look.DECISION: RECORD_SCREENS,
}
_OF_PEOPLE: Mapping[Look, Subject] = {
    Look.COUNT: Subject.FINDING_COUNT,
    Look.SCORE: Subject.SCORE,
    Look.PROFILE: Subject.PROFILE,
    Look.LABELS: Subject.LABELS,
    Look.SELF_ASSESSMENT: Subject.SELF_ASSESSMENT,
}
_AT_WORK: Mapping[Look, Subject] = {
    Look.EMPLOYMENT: Subject.EMPLOYMENT,
    Look.WORK_ATTENDANCE: Subject.WORK_ATTENDANCE,
    Look.TASK_RESULTS: Subject.TASK_RESULTS,
}
_ABOUT = {**_OF_PEOPLE, **_AT_WORK}


def _rows(shown: list[Shown], look: Look) -> list[list[Any]]:
    """A row for each look; who looks at the same again within a batch looks once."""
    rows: dict[tuple[str, str, str], list[Any]] = {}
    about = _ABOUT[look].value if look in _ABOUT else None
    for each in shown:
        who, role, purpose = each.viewer.id, each.viewer.part, each.purpose.value
        for id in each.looks.ids.get(look, ()):
            # An event may be about nothing that anything is found about.
            if id and (id, who, purpose) not in rows:
                rows[id, who, purpose] = [random_id(), id, who, role, purpose, each.at, about, each.at - UNDER_WAY]
    return [rows[key] for key in sorted(rows)]


def _written(shown: list[Shown]) -> list[tuple[Statement[Nothing], list[list[Any]]]]:
    """The statements that write the receipts of these answers, with their rows."""
    found = [(statement, _rows(shown, look)) for look, statement in _BY_ID.items()]
    for statement, kinds in ((RECORD_PEOPLE, _OF_PEOPLE), (RECORD_WORK, _AT_WORK)):
        found.append((statement, [row for look in kinds for row in _rows(shown, look)]))
    return [(statement, rows) for statement, rows in found if rows]


async def lookers(tx: Transaction, finding: str, until: datetime) -> list[str]:
    """The ids of the users who saw a finding, or what it went into, by the receipts that are written."""
    spans = joined(await tx.run(LIST_JOINS, finding=finding, until=until), until)
    rows = await tx.run(LIST_LOOKERS, finding=finding, until=until)
    rows += await tx.run(LIST_RECKONED, finding=finding, spans=spans)
    return sorted({id for row in rows for id in row.ids})


def joined(joins: Sequence[JoinRow], until: datetime) -> list[list[Any]]:
    """The records that were read as one with the first row's, itself among them, each with its first and last instant.

    What became of others before they were joined, or after they were split, was told without it; an answer that was
    read just before the split may have been given just after.
    """
    spans: list[list[Any]] = [[row.candidate, EARLIEST, until] for row in joins[:1]]
    open_spans: dict[str, list[Any]] = {}
    for row in joins:
        other = json.loads(row.payload)["other"] if row.payload else None
        if other is not None and row.type == "CANDIDATES_MERGED":
            spans.append(open_spans.setdefault(other, [other, row.at, until]))
        elif other in open_spans:
            open_spans.pop(other)[2] = min(until, row.at + UNDER_WAY)
    return spans


async def are_behind(tx: Transaction, until: datetime, now: datetime) -> bool:
    """Whether a server may still hold looks of before `until` unwritten; one that is dead left a gap instead."""
    return bool(await tx.run(LIST_BEHIND, until=until, alive=now - DEAD))


@dataclass
class Receipts:
    """The receipts of one process, from `open` to `close`.

    `alone`: no other process serves this database, so that one which did not say that it ended has died.
    """

    graph: Graph
    clock: Callable[[], datetime]
    alone: bool = False
    _run: str = field(default_factory=random_id)
    _waiting: list[Shown] = field(default_factory=list[Shown])
    _size: int = 0
    _flushed: datetime | None = None
    _task: asyncio.Task[None] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self) -> None:
        """Names as gaps what dead processes may have left unwritten, and begins to write."""
        await self._name_gaps(self.alone)
        await self.flush()
        self._task = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Writes all that is left and says that nothing is missing; where it cannot, the next start finds a gap."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        try:
            await self.flush()
            await self.graph.client.write(lambda tx: tx.run(END_RUN, id=self._run))
        except EngineUnavailable:
            log.warning("%d looks at records could not be written; the next start names the gap", self._size)

    async def take(self, viewer: Viewer, purpose: Purpose, at: datetime, looks: Looks) -> None:
        """Remembers what an answer shows; where too much waits to be written, that comes first."""
        if self._size > MOST:
            await self.flush()
        self._waiting.append(Shown(viewer, purpose, at, looks))
        self._size += len(looks)

    async def flush(self) -> None:
        """Writes what waits, in one transaction; what cannot be written waits on."""
        async with self._turn:
            now, shown = self.clock(), list(self._waiting)
            # Named once, so that a write whose reply was lost is not told twice.
            found = _written(shown)

            async def write(tx: Transaction) -> None:
                for statement, rows in found:
                    await tx.run(statement, rows=rows)
                await tx.run(BEGIN_RUN, id=self._run, now=now)

            await self.graph.client.write(write)
            del self._waiting[: len(shown)]
            self._size -= sum(len(each.looks) for each in shown)
            self._flushed = now

    async def _work(self) -> None:
        named = self.clock()
        while True:
            await asyncio.sleep(BATCH)
            now = self.clock()
            try:
                if self._waiting or self._flushed is None or not timedelta(0) <= now - self._flushed < BEAT:
                    await self.flush()
                if now - named > DEAD:
                    await self._name_gaps(False)
                    named = now
            except EngineUnavailable:
                continue
            except Exception:
                log.exception("access receipts could not be written and are tried again")

    async def _name_gaps(self, all: bool) -> None:
        now = self.clock()
        before = now + timedelta(days=1) if all else now - DEAD
        for run in await self.graph.client.read(FIND_DEAD, id=self._run, before=before):

            async def name(tx: Transaction, id: str = run.id) -> None:
                await tx.run(RECORD_GAP, id=id, before=before, now=now)
                await tx.run(END_RUN, id=id)

            await self.graph.client.write(name)
            log.warning("a process ended without a word: looks at records since may lack their receipts")
