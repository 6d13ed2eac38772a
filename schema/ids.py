"""Global ids in the manner of Relay: the type and the id of a record, readable by machines alone."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from typing import Any

from graph.paths import NodeKind

NODES = frozenset(
    {
        *("ScorePolicy", "ImpactAssessment"),
        *("Organization", "Department", "Position", "Candidate", "Application", "Interview", "Event", "Finding"),
        *("Access", "AccessGap", "RightsRequest"),
        *("TaskResult", "ResumeCheck"),
        *("User", "Employment", "AttendanceRecord", "WorkCalendar", "CostPolicy", "AttendancePolicy", "Link"),
        *("Slot", "RescheduleRequest", "Proof", "UploadTicket"),
        *("InvitationRound", "InvitationAnswer", "Decision", "FreedSlot"),
        *("Message", "Webhook", "Telemetry"),
    }
)
"""Types that have a global id."""


def to_global(type: str, id: str) -> str:
    return b64encode(f"{type}:{id}".encode()).decode()


def from_global(text: str) -> tuple[str, str]:
    """Type and id; a pair of empty strings where the text is no global id of ours, which no record has."""
    try:
        type, _, id = b64decode(text, validate=True).decode().partition(":")
    except (Error, UnicodeDecodeError, ValueError):
        return "", ""
    return (type, id) if type in NODES and id else ("", "")


def id_of(type: str, text: str) -> str:
    """The id in a global id of this type, or the empty string, which no record has."""
    found, id = from_global(text)
    return id if found == type else ""


_KINDS = {kind.value: kind for kind in NodeKind}


def end(text: str) -> dict[str, Any]:
    """What a global id names as an end of a path; of another type, or no id at all, what no record has."""
    type, id = from_global(text)
    return {"kind": _KINDS[type], "id": id} if type in _KINDS else {"kind": NodeKind.ORGANIZATION, "id": ""}
