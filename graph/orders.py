"""Orders and conditions that several connections share."""

from __future__ import annotations

from graph.traversal import Conditions, Form, Sort

APPLICATION_SORTS = {
    "APPLIED_AT_DESC": Sort("that.appliedAt", descending=True, form=Form.INSTANT),
    "APPLIED_AT": Sort("that.appliedAt", form=Form.INSTANT),
}
APPLICATION_CONDITIONS: Conditions = {
    "stage": "this.stage = $value",
    "ended": "(this.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN']) = $value",
    "source": "this.source = $value",
    "appliedFrom": "this.appliedAt >= $value",
    "appliedBefore": "this.appliedAt < $value",
    "positionStatus": "EXISTS { (this)-[:FOR]->(p:Position) WHERE p.status = $value }",
    "jobFamily": "EXISTS { (this)-[:FOR]->(p:Position) WHERE p.jobFamily = $value }",
}

INTERVIEW_SORTS = {
    "STARTS_AT_DESC": Sort("that.startsAt", descending=True, form=Form.INSTANT),
    "STARTS_AT": Sort("that.startsAt", form=Form.INSTANT),
}
INTERVIEW_CONDITIONS: Conditions = {
    "attendance": "this.attendance = $value",
    "response": "this.response = $value",
    "mode": "this.mode = $value",
    "startsFrom": "this.startsAt >= $value",
    "startsBefore": "this.startsAt < $value",
}

EMPLOYMENT_SORTS = {
    "STARTED_ON_DESC": Sort("that.startedOn", descending=True, nullable=True),
    "STARTED_ON": Sort("that.startedOn", nullable=True),
}
EMPLOYMENT_CONDITIONS: Conditions = {"current": "(this.endedOn IS NULL) = $value"}

FINDING_CONDITIONS: Conditions = {"from": "this.occurredAt >= $value", "to": "this.occurredAt < $value"}
"""By what whoever sees a finding is told of it."""
FINDING_SORTS = {
    "OCCURRED_AT_DESC": Sort("that.occurredAt", descending=True, form=Form.INSTANT),
    "OCCURRED_AT": Sort("that.occurredAt", form=Form.INSTANT),
}
