"""Constraints and indexes, applied in order and recorded in the graph."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import LiteralString

from graph import vocabulary
from graph.client import Client
from graph.pools import FORGET_OLD, fill_all
from graph.statements import Nothing, Statement


@dataclass(frozen=True, slots=True)
class Applied:
    id: str


@dataclass(frozen=True, slots=True)
class Migration:
    id: str
    statements: tuple[LiteralString, ...]
    then: Callable[[Client], Awaitable[None]] | None = None


FIND_APPLIED = Statement("migrations.find_applied", "MATCH (m:Migration) RETURN m.id AS id ORDER BY id", row=Applied)
RECORD = Statement("migrations.record", "MERGE (m:Migration {id: $id}) RETURN m.id AS id", row=Nothing, writes=True)


async def _fill_pools(client: Client) -> None:
    # Whichever marks have faded meanwhile is seen when suggestions are asked for.
    await fill_all(client, datetime.min.replace(tzinfo=UTC))


MIGRATIONS = (
    Migration(
        "0001_identities",
        (
            "CREATE CONSTRAINT organization_id IF NOT EXISTS FOR (n:Organization) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT organization_name IF NOT EXISTS FOR (n:Organization) REQUIRE n.name IS UNIQUE",
            "CREATE CONSTRAINT department_id IF NOT EXISTS FOR (n:Department) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT department_code IF NOT EXISTS FOR (n:Department) "
            "REQUIRE (n.organization, n.code) IS UNIQUE",
            "CREATE CONSTRAINT position_id IF NOT EXISTS FOR (n:Position) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT candidate_id IF NOT EXISTS FOR (n:Candidate) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT identifier_hash IF NOT EXISTS FOR (n:Identifier) "
            "REQUIRE (n.circle, n.kind, n.system, n.keyVersion, n.hash) IS UNIQUE",
            "CREATE CONSTRAINT application_id IF NOT EXISTS FOR (n:Application) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT interview_id IF NOT EXISTS FOR (n:Interview) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT event_id IF NOT EXISTS FOR (n:Event) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT finding_id IF NOT EXISTS FOR (n:Finding) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT user_id IF NOT EXISTS FOR (n:User) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT user_external_id IF NOT EXISTS FOR (n:User) REQUIRE n.externalId IS UNIQUE",
            "CREATE CONSTRAINT operation_key IF NOT EXISTS FOR (n:Operation) "
            "REQUIRE (n.caller, n.mutation, n.key) IS UNIQUE",
            "CREATE CONSTRAINT migration_id IF NOT EXISTS FOR (n:Migration) REQUIRE n.id IS UNIQUE",
        ),
    ),
    Migration(
        "0002_orders",
        (
            "CREATE INDEX candidate_display_name IF NOT EXISTS FOR (n:Candidate) ON (n.displayName)",
            "CREATE INDEX department_circle IF NOT EXISTS FOR (n:Department) ON (n.circle)",
            "CREATE INDEX event_organization IF NOT EXISTS FOR (n:Event) ON (n.organization)",
            "CREATE INDEX operation_recorded_at IF NOT EXISTS FOR (n:Operation) ON (n.recordedAt)",
        ),
    ),
    Migration(
        "0003_tail",
        ("CREATE INDEX event_recorded_in IF NOT EXISTS FOR (n:Event) ON (n.recordedIn)",),
    ),
    Migration(
        "0004_keeping",
        (
            "CREATE CONSTRAINT gate_id IF NOT EXISTS FOR (n:Gate) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT restore_id IF NOT EXISTS FOR (n:Restore) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT key_ring_id IF NOT EXISTS FOR (n:KeyRing) REQUIRE n.id IS UNIQUE",
        ),
    ),
    Migration(
        "0005_timers",
        (
            "CREATE CONSTRAINT timer_id IF NOT EXISTS FOR (n:Timer) REQUIRE n.id IS UNIQUE",
            "CREATE INDEX timer_due_at IF NOT EXISTS FOR (n:Timer) ON (n.dueAt)",
            "CREATE CONSTRAINT message_id IF NOT EXISTS FOR (n:Message) REQUIRE n.id IS UNIQUE",
        ),
    ),
    Migration(
        "0006_g",
        (
            "CREATE CONSTRAINT employment_id IF NOT EXISTS FOR (n:Employment) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT attendance_record_id IF NOT EXISTS FOR (n:AttendanceRecord) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT work_calendar_id IF NOT EXISTS FOR (n:WorkCalendar) REQUIRE n.id IS UNIQUE",
        ),
    ),
    Migration(
        "0006_i",
        (
            "CREATE CONSTRAINT score_policy_id IF NOT EXISTS FOR (n:ScorePolicy) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT score_policy_version IF NOT EXISTS FOR (n:ScorePolicy) "
            "REQUIRE (n.organization, n.version) IS UNIQUE",
            "CREATE CONSTRAINT impact_assessment_id IF NOT EXISTS FOR (n:ImpactAssessment) REQUIRE n.id IS UNIQUE",
            "CREATE INDEX score_policy_organization IF NOT EXISTS FOR (n:ScorePolicy) ON (n.organization)",
        ),
    ),
    Migration(
        "0006_h",
        ("CREATE CONSTRAINT cost_policy_id IF NOT EXISTS FOR (n:CostPolicy) REQUIRE n.id IS UNIQUE",),
    ),
    Migration(
        "0007_rights",
        (
            "CREATE CONSTRAINT access_id IF NOT EXISTS FOR (n:Access) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT access_gap_id IF NOT EXISTS FOR (n:AccessGap) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT run_id IF NOT EXISTS FOR (n:Run) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT rights_request_id IF NOT EXISTS FOR (n:RightsRequest) REQUIRE n.id IS UNIQUE",
        ),
    ),
    Migration(
        "0007_repairs",
        ("CREATE CONSTRAINT repair_id IF NOT EXISTS FOR (n:Repair) REQUIRE n.id IS UNIQUE",),
    ),
    Migration(
        "0007_policies",
        (
            "CREATE CONSTRAINT attendance_policy_id IF NOT EXISTS FOR (n:AttendancePolicy) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT attendance_policy_version IF NOT EXISTS FOR (n:AttendancePolicy) "
            "REQUIRE (n.organization, n.version) IS UNIQUE",
        ),
    ),
    Migration(
        "0008_links",
        (
            "CREATE CONSTRAINT link_id IF NOT EXISTS FOR (n:Link) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT code_id IF NOT EXISTS FOR (n:Code) REQUIRE n.id IS UNIQUE",
        ),
    ),
    Migration(
        "0007_slots",
        (
            "CREATE CONSTRAINT slot_id IF NOT EXISTS FOR (n:Slot) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT reschedule_request_id IF NOT EXISTS FOR (n:RescheduleRequest) REQUIRE n.id IS UNIQUE",
        ),
    ),
    Migration(
        "0009_refill",
        (
            "CREATE CONSTRAINT invitation_round_id IF NOT EXISTS FOR (n:InvitationRound) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT invitation_answer_id IF NOT EXISTS FOR (n:InvitationAnswer) REQUIRE n.id IS UNIQUE",
        ),
    ),
    Migration(
        "0010_decisions",
        ("CREATE CONSTRAINT decision_id IF NOT EXISTS FOR (n:Decision) REQUIRE n.id IS UNIQUE",),
    ),
    Migration(
        "0011_freed_slots",
        ("CREATE CONSTRAINT freed_slot_id IF NOT EXISTS FOR (n:FreedSlot) REQUIRE n.id IS UNIQUE",),
    ),
    Migration(
        "0012_webhooks",
        (
            "CREATE CONSTRAINT webhook_id IF NOT EXISTS FOR (n:Webhook) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT delivery_id IF NOT EXISTS FOR (n:Delivery) REQUIRE n.id IS UNIQUE",
            "CREATE INDEX webhook_organization IF NOT EXISTS FOR (n:Webhook) ON (n.organization)",
            "CREATE INDEX interview_ics_uid IF NOT EXISTS FOR (n:Interview) ON (n.icsUid)",
        ),
    ),
    Migration(
        "0008_telemetry",
        (
            "CREATE CONSTRAINT telemetry_id IF NOT EXISTS FOR (n:Telemetry) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT telemetry_key IF NOT EXISTS FOR (n:Telemetry) "
            "REQUIRE (n.organization, n.source, n.key) IS UNIQUE",
            "CREATE INDEX message_subject IF NOT EXISTS FOR (n:Message) ON (n.subject)",
        ),
    ),
    Migration(
        "0008_proofs",
        (
            "CREATE CONSTRAINT proof_id IF NOT EXISTS FOR (n:Proof) REQUIRE n.id IS UNIQUE",
            "CREATE CONSTRAINT upload_ticket_id IF NOT EXISTS FOR (n:UploadTicket) REQUIRE n.id IS UNIQUE",
            "CREATE INDEX proof_ticket IF NOT EXISTS FOR (n:Proof) ON (n.ticket)",
        ),
    ),
    Migration(
        "0013_goals",
        ("CREATE CONSTRAINT task_result_id IF NOT EXISTS FOR (n:TaskResult) REQUIRE n.id IS UNIQUE",),
    ),
    Migration(
        "0014_checks",
        ("CREATE CONSTRAINT resume_check_id IF NOT EXISTS FOR (n:ResumeCheck) REQUIRE n.id IS UNIQUE",),
    ),
    Migration("0015_pools", ()),
    Migration(
        "0016_rights",
        ("CREATE INDEX rights_request_organization IF NOT EXISTS FOR (n:RightsRequest) ON (n.organization)",),
    ),
    Migration(
        "0017_pools",
        (
            "CREATE CONSTRAINT pool_id IF NOT EXISTS FOR (n:Pool) REQUIRE n.id IS UNIQUE",
            *FORGET_OLD,
        ),
        _fill_pools,
    ),
    Migration(
        "0018_erased",
        (
            """
            MATCH (candidate:Candidate {status: 'ERASED'})-[:SUBMITTED]->(application:Application)
            SET application.source = null, candidate.locale = null
            """,
        ),
    ),
    # A policy that was approved before brakes were looked at every day has its first look at once.
    Migration(
        "0019_brakes",
        (
            """
            MATCH (head:Organization)-[:SCORES_BY]->(:ScorePolicy {state: 'APPROVED'})
            WITH DISTINCT head.id AS organization
            MERGE (timer:Timer {id: 'BRAKE:' + organization})
            ON CREATE SET timer.kind = 'BRAKE', timer.subject = organization, timer.organization = organization,
              timer.dueAt = localdatetime('1970-01-01T00:00:00'), timer.attempts = 0
            """,
        ),
    ),
)


async def migrate(client: Client) -> list[str]:
    """Applies what was not applied yet and returns its ids; statements are repeatable, so a crash is harmless."""
    fresh = await catch_up(client, {row.id for row in await client.read(FIND_APPLIED)})
    await vocabulary.tell(client)
    return fresh


async def catch_up(client: Client, applied: Container[str]) -> list[str]:
    """Applies what is not among `applied`, in order, and returns its ids."""
    fresh: list[str] = []
    for migration in MIGRATIONS:
        if migration.id in applied:
            continue
        for text in migration.statements:
            await client.define(text)
        if migration.then is not None:
            await migration.then(client)
        await client.write(lambda tx, id=migration.id: tx.run(RECORD, id=id))
        fresh.append(migration.id)
    return fresh
