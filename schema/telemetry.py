"""Telemetry, as clients see it, and how a report is taken."""

from __future__ import annotations

import strawberry

from graph import telemetry
from graph.causes import TelemetryKind
from schema.fields import Node, field, labelled
from schema.ids import id_of
from schema.links import InterviewRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="What a platform for interviews saw, as it reported it.")
class Telemetry(Node):
    kind: TelemetryKind = field("What was seen.")
    kind_label: str = labelled("The same in words.")
    occurred_at: DateTime = field("When it happened, by the platform's clock.")
    until: DateTime | None = field("Until when it lasted, of an outage or a heartbeat.")
    recorded_at: DateTime = field("When it was reported.")
    source: str = field("Who reported it.")
    interview: InterviewRef | None = field("The interview; null of an outage.")


@strawberry.input(description="Takes what a platform saw; known by source and key, it is taken once.")
class RecordTelemetryInput(IdempotentInput):
    kind: TelemetryKind = field("What was seen.")
    source: str = field("Who reports it: a URI, up to 500 characters.")
    key: str = field("Its id there, up to 500 characters.")
    occurred_at: DateTime = field("When it happened.")
    until: DateTime | None = strawberry.field(
        default=None, description="Until when it lasted: of PLATFORM_OUTAGE always, of SESSION_HEARTBEAT where it did."
    )
    interview: strawberry.ID | None = strawberry.field(
        default=None, description="The interview; none for PLATFORM_OUTAGE, which is the Organization's."
    )


def report(input: RecordTelemetryInput) -> telemetry.Report:
    interview = None if input.interview is None else id_of("Interview", input.interview)
    return telemetry.Report(input.kind, input.occurred_at, input.source, input.key, interview, input.until)


MUTATIONS = (
    mutation(
        "recordTelemetry",
        RecordTelemetryInput,
        "Telemetry",
        lambda graph, act, input: telemetry.record(graph, act, report(input)),
        "Takes what a platform for interviews saw; it marks nobody. Own or INTEGRATOR; an outage HR_ADMIN or "
        "INTEGRATOR. Codes: NOT_FOUND, INVALID_VALUE.",
    ),
)
