"""The demo Organization: how far its sowing has come, how old it is, and how it is taken away again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from graph.client import Transaction
from graph.statements import Count, Found, Nothing, Statement
from graph.writing import Graph

BATCH = 40
"""Candidates removed in one transaction, each with a few dozen events."""


@dataclass(frozen=True, slots=True)
class Demo:
    """`sown` says that nothing is missing; `kept` that a sowing broken off can go on where it stood."""

    sown_at: datetime | None
    sown: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class SownAt:
    sown_at: datetime


FIND = Statement(
    "demo.find",
    """
    MATCH (demo:Organization {id: $id, demo: true})
    RETURN demo.sownAt AS sown_at, coalesce(demo.sown, false) AS sown,
      NOT coalesce(demo.removing, false)
        AND (demo.seq = 1 OR EXISTS { (:Operation {caller: $caller, mutation: $mutation, key: $key}) }) AS kept
    """,
    row=Demo,
)
BEGIN = Statement(
    "demo.begin",
    """
    MATCH (demo:Organization {id: $id, demo: true}) SET demo.sownAt = coalesce(demo.sownAt, $now)
    RETURN demo.sownAt AS sown_at
    """,
    row=SownAt,
    writes=True,
)
FINISH = Statement(
    "demo.finish",
    "MATCH (demo:Organization {id: $id, demo: true}) SET demo.sown = true",
    row=Nothing,
    writes=True,
)
NAME_GAP = Statement(
    "demo.name_gap",
    """
    MERGE (gap:AccessGap {id: $id})
    SET gap.organization = $organization, gap.since = $since, gap.until = $until
    """,
    row=Nothing,
    writes=True,
)
"""A start after a crash names such a gap for every Organization: the demo's is its own alone."""
LEAVE = Statement(
    "demo.leave",
    "MATCH (demo:Organization {id: $id, demo: true}) SET demo.sown = false, demo.removing = true RETURN demo.id AS id",
    row=Found,
    writes=True,
)
LIST_CANDIDATES = Statement(
    "demo.list_candidates",
    "MATCH (candidate:Candidate {organization: $organization}) RETURN candidate.id AS id ORDER BY id",
    row=Found,
)


_FILED: LiteralString = "-[:SUBMITTED]->(:Application)"
_MET: LiteralString = _FILED + "-[:HAS_INTERVIEW]->(:Interview)"
_FOUND: LiteralString = _FILED + "-[:HAS_INTERVIEW|HAS_CHECK]->()<-[:FINDS]-"
_JOB: LiteralString = "-[:EMPLOYED_AS]->(:Employment)"


def _of_candidates(name: LiteralString, way: LiteralString) -> Statement[Nothing]:
    """Removes whatever `it` is at the end of a way from each candidate."""
    text = "MATCH (candidate:Candidate)" + way + " WHERE candidate.id IN $ids DETACH DELETE it"
    return Statement(name, text, row=Nothing, writes=True)


def _of_organization(name: LiteralString, label: LiteralString) -> Statement[Nothing]:
    """Removes all of a label that name the Organization as theirs."""
    return Statement(
        name, "MATCH (it:" + label + " {organization: $organization}) DETACH DELETE it", row=Nothing, writes=True
    )


REMOVE_REPAIRS = _of_candidates(
    "demo.remove_repairs",
    _FOUND + "(:Finding)-[:REPAIRED_BY]->(it:Repair)",
)
REMOVE_FINDINGS = _of_candidates("demo.remove_findings", _FOUND + "(it:Finding)")
REMOVE_INTERVIEWS = _of_candidates("demo.remove_interviews", _FILED + "-[:HAS_INTERVIEW]->(it:Interview)")
REMOVE_APPLICATIONS = _of_candidates("demo.remove_applications", "-[:SUBMITTED]->(it:Application)")
REMOVE_RECORDS = _of_candidates("demo.remove_records", _JOB + "-[:HAS_ATTENDANCE]->(it:AttendanceRecord)")
REMOVE_CHECKS = _of_candidates("demo.remove_checks", _FILED + "-[:HAS_CHECK]->(it:ResumeCheck)")
REMOVE_RESULTS = _of_candidates("demo.remove_results", _JOB + "-[:HAS_RESULT]->(it:TaskResult)")
REMOVE_EMPLOYMENTS = _of_candidates("demo.remove_employments", "-[:EMPLOYED_AS]->(it:Employment)")
REMOVE_EVENTS = _of_candidates("demo.remove_events", "<-[:ABOUT]-(it:Event)")
REMOVE_DECISIONS = _of_candidates("demo.remove_decisions", _FILED + "<-[:DECIDES]-(it:Decision)")
LIST_PROOFS = Statement(
    "demo.list_proofs",
    """
    MATCH (candidate:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW|HAS_CHECK]->()-[:HAS_PROOF]->(proof:Proof)
    WHERE candidate.id IN $ids AND proof.object IS NOT NULL
    RETURN proof.object AS id ORDER BY id
    """,
    row=Found,
)
REMOVE_PROOFS = _of_candidates("demo.remove_proofs", _MET + "-[:HAS_PROOF]->(it:Proof)")
REMOVE_TICKETS = Statement(
    "demo.remove_tickets",
    "MATCH (ticket:UploadTicket) WHERE ticket.candidate IN $ids DETACH DELETE ticket",
    row=Nothing,
    writes=True,
)
REMOVE_TIMES_ASKED = _of_candidates(
    "demo.remove_times_asked",
    _MET + "-[:HAS_REQUEST]->(it:RescheduleRequest)",
)
REMOVE_OWN_OPERATIONS = Statement(
    "demo.remove_own_operations",
    "MATCH (operation:Operation) WHERE operation.caller IN $ids DELETE operation",
    row=Nothing,
    writes=True,
)
REMOVE_CANDIDATES = Statement(
    "demo.remove_candidates",
    "MATCH (candidate:Candidate) WHERE candidate.id IN $ids DETACH DELETE candidate",
    row=Nothing,
    writes=True,
)
REMOVE_IDENTIFIERS = Statement(
    "demo.remove_identifiers",
    """
    MATCH (department:Department {organization: $organization})
    WITH collect(DISTINCT department.circle) AS circles
    MATCH (identifier:Identifier) WHERE identifier.circle IN circles
    WITH identifier LIMIT 1000
    DETACH DELETE identifier
    RETURN count(*) AS count
    """,
    row=Count,
    writes=True,
)
REMOVE_OPERATIONS = Statement(
    "demo.remove_operations",
    """
    MATCH (user:User {organization: $organization})
    WITH collect(user.id) AS users
    MATCH (operation:Operation) WHERE operation.caller IN users
    WITH operation LIMIT 1000
    DELETE operation
    RETURN count(*) AS count
    """,
    row=Count,
    writes=True,
)
REMOVE_ACCESSES = Statement(
    "demo.remove_accesses",
    """
    MATCH (access:Access {organization: $organization})
    WITH access LIMIT 1000
    DETACH DELETE access
    RETURN count(*) AS count
    """,
    row=Count,
    writes=True,
)
REMOVE_REQUESTS = _of_organization("demo.remove_requests", "RightsRequest")
REMOVE_ACCESS_GAPS = _of_organization("demo.remove_access_gaps", "AccessGap")
REMOVE_SLOTS = Statement(
    "demo.remove_slots",
    """
    MATCH (:Department {organization: $organization})<-[:BELONGS_TO*0..1]-(:Position|Department)
      <-[:OFFERED_FOR]-(slot:Slot)
    DETACH DELETE slot
    """,
    row=Nothing,
    writes=True,
)
REMOVE_POOLS = Statement(
    "demo.remove_pools",
    """
    MATCH (:Department {organization: $organization})<-[:BELONGS_TO]-(position:Position)
    MATCH (pool:Pool {id: position.id})
    DELETE pool
    """,
    row=Nothing,
    writes=True,
)
REMOVE_POSITIONS = Statement(
    "demo.remove_positions",
    """
    MATCH (:Department {organization: $organization})<-[:BELONGS_TO]-(position:Position)
    DETACH DELETE position
    """,
    row=Nothing,
    writes=True,
)
REMOVE_WORK_CALENDARS = _of_organization("demo.remove_work_calendars", "WorkCalendar")
REMOVE_STRUCTURE_EVENTS = _of_organization("demo.remove_structure_events", "Event")
REMOVE_POLICIES = _of_organization("demo.remove_policies", "AttendancePolicy")
REMOVE_SCORE_POLICIES = Statement(
    "demo.remove_score_policies",
    """
    MATCH (policy:ScorePolicy {organization: $organization})
    OPTIONAL MATCH (policy)<-[:ASSESSES]-(assessment:ImpactAssessment)
    DETACH DELETE assessment, policy
    """,
    row=Nothing,
    writes=True,
)
REMOVE_COSTS = _of_organization("demo.remove_costs", "CostPolicy")
REMOVE_LINKS = _of_organization("demo.remove_links", "Link")
REMOVE_CODES = _of_organization("demo.remove_codes", "Code")
REMOVE_FREED_SLOTS = _of_organization("demo.remove_freed_slots", "FreedSlot")
REMOVE_ROUNDS = Statement(
    "demo.remove_rounds",
    """
    MATCH (round:InvitationRound {organization: $organization})
    OPTIONAL MATCH (round)-[:HAS_ANSWER]->(answer:InvitationAnswer)
    DETACH DELETE round, answer
    """,
    row=Nothing,
    writes=True,
)
REMOVE_MESSAGES = _of_organization("demo.remove_messages", "Message")
REMOVE_WEBHOOKS = _of_organization("demo.remove_webhooks", "Webhook")
REMOVE_DELIVERIES = _of_organization("demo.remove_deliveries", "Delivery")
REMOVE_TELEMETRY = _of_organization("demo.remove_telemetry", "Telemetry")
STILL = Statement(
    "demo.still",
    """
    MATCH (timer:Timer {organization: $organization}) WHERE timer.kind IN
      ['OUTCOME', 'MARK', 'NOTICE', 'HEARING', 'DECISION', 'DISPUTE', 'ANSWER', 'REQUEST']
    DELETE timer
    """,
    row=Nothing,
    writes=True,
)
"""The demo shows every state that a finding can be in: none of them moves on by itself."""
REMOVE_TIMERS = _of_organization("demo.remove_timers", "Timer")
REMOVE_DEPARTMENTS = _of_organization("demo.remove_departments", "Department")
REMOVE_USERS = _of_organization("demo.remove_users", "User")
REMOVE_ORGANIZATION = Statement(
    "demo.remove_organization",
    "MATCH (demo:Organization {id: $organization, demo: true}) DETACH DELETE demo",
    row=Nothing,
    writes=True,
)
OF_CANDIDATES = (
    *(REMOVE_DECISIONS, REMOVE_PROOFS, REMOVE_TICKETS, REMOVE_TIMES_ASKED, REMOVE_OWN_OPERATIONS),
    *(REMOVE_REPAIRS, REMOVE_FINDINGS, REMOVE_INTERVIEWS, REMOVE_CHECKS, REMOVE_APPLICATIONS, REMOVE_RECORDS),
    *(REMOVE_RESULTS, REMOVE_EMPLOYMENTS, REMOVE_EVENTS, REMOVE_CANDIDATES),
)
IN_BATCHES = (REMOVE_ACCESSES, REMOVE_IDENTIFIERS, REMOVE_OPERATIONS)
OF_STRUCTURE = (
    REMOVE_ACCESS_GAPS,
    REMOVE_FREED_SLOTS,
    REMOVE_ROUNDS,
    REMOVE_REQUESTS,
    REMOVE_SLOTS,
    REMOVE_POOLS,
    REMOVE_POSITIONS,
    REMOVE_WORK_CALENDARS,
    REMOVE_STRUCTURE_EVENTS,
    REMOVE_COSTS,
    REMOVE_POLICIES,
    REMOVE_LINKS,
    REMOVE_CODES,
    REMOVE_MESSAGES,
    REMOVE_WEBHOOKS,
    REMOVE_DELIVERIES,
    REMOVE_TIMERS,
    REMOVE_SCORE_POLICIES,
    REMOVE_TELEMETRY,
    REMOVE_DEPARTMENTS,
    REMOVE_USERS,
    REMOVE_ORGANIZATION,
)


async def find(graph: Graph, organization: str, *, caller: str, mutation: str, key: str) -> Demo | None:
    """The demo, if there is one; caller, mutation and key name the Operation of its first act."""
    rows = await graph.client.read(FIND, id=organization, caller=caller, mutation=mutation, key=key)
    return rows[0] if rows else None


async def begin(graph: Graph, organization: str, *, now: datetime) -> datetime:
    """Marks the time of sowing and returns it; one that was broken off keeps its own."""

    async def work(tx: Transaction) -> datetime:
        return (await tx.run(BEGIN, id=organization, now=now))[0].sown_at

    return await graph.client.write(work)


async def finish(graph: Graph, organization: str) -> None:
    async def work(tx: Transaction) -> None:
        await tx.run(FINISH, id=organization)
        await tx.run(STILL, organization=organization)

    await graph.client.write(work)


async def name_gap(graph: Graph, organization: str, id: str, *, since: datetime, until: datetime) -> None:
    """Says that looks between two times may lack their receipts, as the start after a crash does."""
    await graph.client.write(
        lambda tx: tx.run(NAME_GAP, id=f"{id}/{organization}", organization=organization, since=since, until=until)
    )


async def remove(graph: Graph, organization: str) -> None:
    """Takes a demo away with all that belongs to it, leaves first; broken off, it is done again from its start.

    Does nothing to an Organization that was not sown as a demo.
    """

    async def leave(tx: Transaction) -> list[Found]:
        return await tx.run(LEAVE, id=organization)

    if not await graph.client.write(leave):
        return
    candidates = [row.id for row in await graph.client.read(LIST_CANDIDATES, organization=organization)]
    for start in range(0, len(candidates), BATCH):
        await _remove_candidates(graph, candidates[start : start + BATCH])
    for statement in IN_BATCHES:
        while await _remove_some(graph, statement, organization):
            pass

    async def fell(tx: Transaction) -> None:
        for statement in OF_STRUCTURE:
            await tx.run(statement, organization=organization)

    await graph.client.write(fell)


async def _remove_candidates(graph: Graph, ids: list[str]) -> None:
    async def work(tx: Transaction) -> None:
        for statement in OF_CANDIDATES:
            await tx.run(statement, ids=ids)

    files = [row.id for row in await graph.client.read(LIST_PROOFS, ids=ids)] if graph.files else []
    for name in files:
        assert graph.files is not None
        await graph.files.delete(name)
    for id in ids:
        await graph.keys.drop(id)
        await graph.keys.forget_erasure(id)
    await graph.client.write(work)


async def _remove_some(graph: Graph, statement: Statement[Count], organization: str) -> int:
    async def work(tx: Transaction) -> int:
        return (await tx.run(statement, organization=organization))[0].count

    return await graph.client.write(work)
