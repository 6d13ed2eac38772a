"""Assessments: the causes of one interview, read from what the graph holds of it, under the table that applies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from graph.causes import Assessment, Sign, Slot, Table, TelemetryKind, assess
from graph.instants import from_text
from graph.labels import in_words
from graph.policies import DEFAULT_NAME
from graph.statements import Statement
from graph.traversal import Derived, Shape
from graph.writing import Desk

RECEIPTS = {"DELIVERED": TelemetryKind.MESSAGE_DELIVERED, "BOUNCED": TelemetryKind.MESSAGE_BOUNCED}
"""What became of our own messages about an interview, by the state of each."""

_SLOT: LiteralString = (
    "[this.mode, toString(this.startsAt), toString(this.endsAt), this.graceMinutes, this.response, this.evidence]"
)
_SIGNS: LiteralString = (
    "[(this)<-[:OBSERVES]-(t:Telemetry) | [t.kind, toString(t.occurredAt), toString(t.until), coalesce(t.own, false)]]"
)
_OUTAGES: LiteralString = (
    "COLLECT { MATCH (t:Telemetry {organization: $organization, kind: 'PLATFORM_OUTAGE'}) "
    "WHERE t.occurredAt - duration({minutes: this.graceMinutes}) <= this.endsAt "
    "AND t.until >= this.startsAt - duration({hours: 1}) "
    "RETURN [t.kind, toString(t.occurredAt), toString(t.until), false] }"
)
_RECEIPTS: LiteralString = (
    "COLLECT { MATCH (m:Message {subject: this.id})-[:TO]->(:Candidate) WHERE m.state IN ['DELIVERED', 'BOUNCED'] "
    "AND m.template IN ['INVITATION', 'INVITATION_MOVED', 'RESCHEDULE_GRANTED', 'REMINDER_DAY', 'REMINDER_SOON'] "
    "RETURN [m.state, toString(coalesce(m.receivedAt, m.createdAt)), m.id] }"
)
"""Of messages that tell when the interview is, and by when the first word came that one was received."""
_NAMED: LiteralString = "head([(this)<-[:FINDS]-(f:Finding) WHERE f.voidedAt IS NULL | f.policyVersion])"
_TABLES: LiteralString = (
    "COLLECT { MATCH (p:AttendancePolicy {organization: $organization}) "
    "RETURN [toString(p.version), p.causes, p.until IS NULL] }"
)
INPUTS = (_SLOT, _SIGNS, _OUTAGES, _RECEIPTS, _NAMED, _TABLES)


@dataclass(frozen=True, slots=True)
class Read:
    """An assessment, and the name of the policy whose table it was read under."""

    assessment: Assessment
    version: str


def of_values(values: Sequence[Any]) -> Read:
    """From what the expressions of `INPUTS` gave."""
    (mode, starts, ends, grace, response, codes), signs, outages, receipts, named, tables = values
    slot = Slot(mode, from_text(starts), from_text(ends), grace, response == "ACCEPTED", frozenset(codes or ()))
    seen = [
        Sign(TelemetryKind(kind), from_text(at), _instant(until), own) for kind, at, until, own in [*signs, *outages]
    ]
    seen += [Sign(RECEIPTS[state], from_text(at), message=id) for state, at, id in receipts]
    version, table = _table(named, tables)
    return Read(assess(slot, seen, table), version)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)


def _table(named: str | None, tables: Sequence[tuple[str, list[str] | None, bool]]) -> tuple[str, Table]:
    """A finding's version where there is one, else the one in force; the defaults are no record."""
    for version, lines, is_in_force in tables:
        if version == named or (named is None and is_in_force):
            return version, Table.of_lines(lines or [])
    return DEFAULT_NAME, Table.of_lines([])


def _derived(make: Callable[[Read, Mapping[str, Any]], Any]) -> Derived:
    return Derived(INPUTS, lambda values, args, _: make(of_values(values), args))


ASSESSMENT = Shape(
    "Assessment",
    {
        "cause": _derived(lambda read, _: read.assessment.cause.value),
        "causeLabel": _derived(lambda read, args: in_words(read.assessment.cause.value, args["locale"])),
        "confidence": _derived(lambda read, _: read.assessment.confidence),
        "rules": _derived(lambda read, _: list(read.assessment.rules)),
        "reasons": _derived(lambda read, args: read.assessment.reasons(args["locale"])),
        "policyVersion": _derived(lambda read, _: read.version),
    },
)


@dataclass(frozen=True, slots=True)
class Gathered:
    values: list[Any]


FIND = Statement(
    "assessments.find",
    "MATCH (this:Interview {id: $id}) RETURN ["
    + _SLOT
    + ", "
    + _SIGNS
    + ", "
    + _OUTAGES
    + ", "
    + _RECEIPTS
    + ", "
    + _NAMED
    + ", "
    + _TABLES
    + "] AS values",
    row=Gathered,
)


async def of_interview(desk: Desk, interview: str) -> Assessment:
    """In a transaction, of an interview whose candidate is locked."""
    found = await desk.tx.one(FIND, id=interview, organization=desk.act.viewer.organization)
    if found is None:
        raise LookupError("the interview is gone")
    return of_values(found.values).assessment
