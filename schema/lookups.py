"""Any record by its id, and what a field of a type reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

from graph.traversal import SHAPES, Member, Root
from schema.ids import NODES

_LOOKUPS: dict[str, LiteralString] = {
    "Organization": "(this:Organization {id: $id})",
    "Department": "(this:Department {id: $id})",
    "Position": "(this:Position {id: $id})",
    "Candidate": "(this:Candidate {id: $id})",
    "Application": "(this:Application {id: $id})",
    "Interview": "(this:Interview {id: $id})",
    "Event": "(this:Event {id: $id})",
    "Finding": "(this:Finding {id: $id})",
    "User": "(this:User {id: $id})",
    "Employment": "(this:Employment {id: $id})",
    "AttendanceRecord": "(this:AttendanceRecord {id: $id})",
    "ResumeCheck": "(this:ResumeCheck {id: $id})",
    "TaskResult": "(this:TaskResult {id: $id})",
    "WorkCalendar": "(this:WorkCalendar {id: $id})",
    "Access": "(this:Access {id: $id})",
    "RightsRequest": "(this:RightsRequest {id: $id})",
    "AccessGap": "(this:AccessGap {id: $id})",
    "Proof": "(this:Proof {id: $id})",
    "UploadTicket": "(this:UploadTicket {id: $id})",
    "Slot": "(this:Slot {id: $id})",
    "RescheduleRequest": "(this:RescheduleRequest {id: $id})",
    "CostPolicy": "(this:CostPolicy {id: $id})",
    "Message": "(this:Message {id: $id})",
    "Webhook": "(this:Webhook {id: $id})",
    "AttendancePolicy": "(this:AttendancePolicy {id: $id})",
    "Telemetry": "(this:Telemetry {id: $id})",
    "Link": "(this:Link {id: $id})",
    "FreedSlot": "(this:FreedSlot {id: $id})",
    "Decision": "(this:Decision {id: $id})",
    "InvitationRound": "(this:InvitationRound {id: $id})",
    "InvitationAnswer": "(this:InvitationAnswer {id: $id})",
    "ScorePolicy": "(this:ScorePolicy {id: $id})",
    "ImpactAssessment": "(this:ImpactAssessment {id: $id})",
}
LOOKUPS: Mapping[str, Root] = {type: Root(f"node.{type}", type, match) for type, match in _LOOKUPS.items()}
"""Any record by its id, as `node` finds it and as mutations read what they wrote."""
assert LOOKUPS.keys() == NODES


def member_of(type: str, name: str) -> Member | None:
    """What a field of a GraphQL type reads; a type may be made of several shapes, which then agree on arguments."""
    for shape in SHAPES.values():
        if shape.type == type and name in shape.members:
            return shape.members[name]
    return None
