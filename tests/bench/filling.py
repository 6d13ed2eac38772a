"""Fills an empty Neo4j with the company: departments by the product's own makers, all else by UNWIND."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString

from graph.client import Client
from graph.loading import as_text
from graph.migrations import migrate
from graph.visibility import OrganizationRole, Viewer
from graph.writing import Graph
from seeds import makers
from tests.bench.company import (
    ADMIN,
    FAMILIES,
    FOUNDED,
    NAME,
    OPENINGS,
    OTHERS,
    RECRUITER,
    ZONE,
    Company,
    Opening,
    Records,
    Row,
    fixed,
    units,
)

POSITIONS = """
UNWIND $rows AS row MATCH (department:Department {id: row.department})
CREATE (:Position {id: row.id, title: row.title, jobFamily: row.family, urgency: 'NORMAL', status: 'OPEN',
  openedAt: localdatetime($opened_at)})-[:BELONGS_TO]->(department)
"""
CANDIDATES = """
UNWIND $rows AS row
CREATE (:Candidate {id: row.id, organization: $organization, circle: row.circle, displayName: row.name,
  searchName: row.name, locale: 'ZH_CN', status: 'ACTIVE', seq: row.seq, hash: row.hash})
"""
APPLICATIONS = """
UNWIND $rows AS row
MATCH (candidate:Candidate {id: row.candidate}) MATCH (position:Position {id: row.position})
CREATE (candidate)-[:SUBMITTED]->(:Application {id: row.id, stage: row.stage, source: row.source,
  appliedAt: localdatetime(row.applied_at)})-[:FOR]->(position)
"""
INTERVIEWS = """
UNWIND $rows AS row
MATCH (application:Application {id: row.application}) MATCH (department:Department {id: row.department})
CREATE (application)-[:HAS_INTERVIEW]->(:Interview {id: row.id, mode: row.mode,
  startsAt: localdatetime(row.starts_at), endsAt: localdatetime(row.ends_at), timeZone: $zone, graceMinutes: 15,
  response: 'ACCEPTED', attendance: row.attendance, evidence: [], icsUid: row.id, icsSequence: 0,
  lastSeq: row.last_seq})-[:HELD_BY]->(department)
"""
_EVENT = """
CREATE (event:Event {id: row.id, seq: row.seq, type: row.type, occurredAt: localdatetime(row.occurred_at),
  recordedAt: localdatetime(row.recorded_at), recordedIn: row.recorded_in, actorKind: row.actor_kind,
  payload: row.payload, salt: row.salt, commitment: row.commitment, prevHash: row.prev_hash, hash: row.hash})
CREATE (event)-[:BY]->(by) CREATE (event)-[:ABOUT]->(head) CREATE (event)-[:ABOUT]->(about)
"""
_BY = "MATCH (by:User {id: $by}) UNWIND $rows AS row MATCH (head:Candidate {id: row.head}) "
EVENTS: dict[str, LiteralString] = {
    "Application": _BY + "MATCH (about:Application {id: row.about})" + _EVENT,
    "Interview": _BY + "MATCH (about:Interview {id: row.about})" + _EVENT,
}
FINDINGS = """
MATCH (by:User {id: $by}) UNWIND $rows AS row
MATCH (interview:Interview {id: row.interview})
CREATE (finding:Finding {id: row.id, state: 'FINAL', outcome: row.outcome, cause: row.cause, reason: 'No answer.',
  occurredAt: localdatetime(row.occurred_at), suspectedAt: localdatetime(row.suspected_at),
  noticeAt: localdatetime(row.notice_at), answerBy: localdatetime(row.answer_by),
  decidedAt: localdatetime(row.decided_at), expiresAt: localdatetime(row.expires_at),
  eraseAt: localdatetime(row.erase_at), policyVersion: '2026-11'})
CREATE (finding)-[:FINDS]->(interview) CREATE (finding)-[:DECIDED_BY]->(by)
WITH finding, row UNWIND row.based_on AS id MATCH (event:Event {id: id}) CREATE (finding)-[:BASED_ON]->(event)
"""
PORTION = 2_000
"""Candidates made at a time."""
BATCH = 5_000
"""Rows in one transaction."""


async def fill(graph: Graph, candidates: int, today: datetime) -> Company:
    """The company in an empty database; what it returns knows the applications to ask for."""
    await migrate(graph.client)
    admin, openings = await found(graph, today)
    company = Company(openings, admin.id, today)
    for records in company.portions(candidates, PORTION):
        await store(graph.client, records, admin)
    await settle(graph.client)
    return company


async def found(graph: Graph, today: datetime) -> tuple[Viewer, list[Opening]]:
    """Organization, departments and users by the functions that mutations call, and the positions."""
    at = today - timedelta(days=FOUNDED)
    admin = await makers.organization(graph, NAME, at=at, admin=ADMIN, time_zone=ZONE, seed="bench")
    departments: dict[str, str] = {}
    openings: list[Opening] = []
    rows: list[Row] = []
    for unit in units():
        parent = departments.get(unit.parent or "")
        id = await admin.department(unit.code, unit.name, unit.name_zh, parent=parent, shares_history=parent is None)
        departments[unit.code] = id
        for number in range(OPENINGS):
            opening = Opening(fixed("position", len(openings)), unit.code, id, unit.circle, departments[unit.code[:2]])
            openings.append(opening)
            rows.append({"id": opening.id, "department": id, **titled(number, unit.code)})
    await unwind(graph.client, POSITIONS, rows, opened_at=as_text(at))
    for external_id in (RECRUITER, *OTHERS):
        await admin.user(external_id, OrganizationRole.MEMBER, recruits_for=(departments["G0D0"],))
    return admin.viewer, openings


def titled(number: int, code: str) -> Row:
    family = FAMILIES[number % len(FAMILIES)]
    return {"title": f"{family.title()} {number} of {code}", "family": family}


async def store(client: Client, records: Records, admin: Viewer) -> None:
    await unwind(client, CANDIDATES, records.candidates, organization=admin.organization)
    await unwind(client, APPLICATIONS, records.applications)
    await unwind(client, INTERVIEWS, records.interviews, zone=ZONE)
    for label, rows in records.events.items():
        await unwind(client, EVENTS[label], rows, by=admin.id)
    await unwind(client, FINDINGS, records.findings, by=admin.id)


async def unwind(client: Client, text: LiteralString, rows: list[Any], **parameters: Any) -> None:
    for start in range(0, len(rows), BATCH):
        async with client.driver.session(database=client.database) as session:
            result = await session.run(text, rows=rows[start : start + BATCH], **parameters)
            await result.consume()


async def settle(client: Client) -> None:
    """Has the database count and write down what was loaded, so that the first measurement is like the last."""
    async with client.driver.session(database=client.database) as session:
        await (await session.run("CALL db.awaitIndexes(300)")).consume()
        await (await session.run("CALL db.prepareForReplanning(60)")).consume()
        await (await session.run("MATCH (n) OPTIONAL MATCH (n)-[way]->() RETURN count(way)")).consume()
