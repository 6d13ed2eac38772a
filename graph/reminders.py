"""Reminders: what a department that is about to decide should know of the same person, computed on reading."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, LiteralString

from graph.client import Client
from graph.instants import from_text, month
from graph.labels import label, month_in_words
from graph.orders import APPLICATION_CONDITIONS
from graph.refusals import Locale
from graph.statements import Found, Statement
from graph.traversal import Conditions, Derived, Form, Here, Look, Many, Merged, One, Prop, Shape, Steps
from graph.visibility import COUNTS, Level

MOST = 20


class ReminderKind(Enum):
    """Where the reminder comes from, seen from the department of the position applied to."""

    SAME_DEPARTMENT = "SAME_DEPARTMENT"
    SIBLING_DEPARTMENT = "SIBLING_DEPARTMENT"
    CIRCLE_DEPARTMENT = "CIRCLE_DEPARTMENT"
    REPEAT_APPLICATION = "REPEAT_APPLICATION"


_MODES: Mapping[str, tuple[str, str]] = {
    "AI_ASYNC": ("AI面试", "an AI interview"),
    "AI_LIVE": ("AI面试", "an AI interview"),
    "VIDEO": ("视频面试", "a video interview"),
    "ONSITE": ("现场面试", "an on-site interview"),
}

_UNDER: LiteralString = "(held)-[:SUCCEEDED_BY*0..]->(s:Department)-[:PART_OF*0..]->"
_HOME: LiteralString = "(home:Department)<-[:SUCCEEDED_BY*0..]-(applied)"
_LAST: LiteralString = (
    "NOT EXISTS { (s)-[:SUCCEEDED_BY]->(:Department) } AND NOT EXISTS { (home)-[:SUCCEEDED_BY]->(:Department) }"
)
_SAME: LiteralString = "EXISTS { " + _UNDER + _HOME + " WHERE " + _LAST + " }"
_KIND: LiteralString = (
    "CASE WHEN " + _SAME + " THEN 'SAME_DEPARTMENT' WHEN EXISTS { " + _UNDER + "(top:Department)-[:PART_OF]->(up)"
    "<-[:PART_OF]-" + _HOME + " WHERE top.circle = home.circle AND " + _LAST + " } THEN 'SIBLING_DEPARTMENT' "
    "ELSE 'CIRCLE_DEPARTMENT' END"
)
"""The same relations as a viewer's: the department and all below it, its siblings and all below them, the rest. Either
department may be closed, and counts as the last of its successors."""


def _missed_message(values: Sequence[Any], args: Mapping[str, Any], _: Any) -> str:
    kind, mode, name, name_zh, occurred_at, zone = values
    locale: Locale = args["locale"]
    when = month_in_words(*month(from_text(occurred_at), zone), locale)
    zh, en = _MODES[mode]
    same = kind == ReminderKind.SAME_DEPARTMENT.value
    if locale is Locale.ZH_CN:
        return f"该候选人曾在{when}爽约{'本部门' if same else name_zh or name}{zh}"
    return f"This candidate missed {en} with {'this department' if same else name} in {when}"


def _repeat_message(values: Sequence[Any], args: Mapping[str, Any], _: Any) -> str:
    name, name_zh, occurred_at, zone = values
    locale: Locale = args["locale"]
    when = month_in_words(*month(from_text(occurred_at), zone), locale)
    if locale is Locale.ZH_CN:
        return f"该候选人曾在{when}投递{name_zh or name}岗位"
    return f"This candidate applied to {name} in {when}"


_RELATION: LiteralString = (
    "CASE WHEN held.id IN $own THEN 'OWN' WHEN held.id IN $sibling THEN 'SIBLING' ELSE 'CIRCLE' END"
)

MISSED = Shape(
    "MissedReminder",
    {
        "kind": Prop(_KIND, see=Level.ALL),
        "kindLabel": label(_KIND, see=Level.ALL),
        "similarPosition": Prop("wanted.jobFamily = missed.jobFamily", see=Level.ALL),
        "message": Derived(
            (_KIND, "interview.mode", "held.name", "held.nameZh", "toString(this.occurredAt)", "interview.timeZone"),
            _missed_message,
            see=Level.ALL,
        ),
        "noShow": Here("Finding"),
        "application": Prop("null", see=Level.ALL),
        "occurredAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "department": One("Department", ("(this)-[:FINDS]->(:Interview)-[:HELD_BY]->(that:Department)",), implied=True),
        "relation": Prop(_RELATION, see=Level.ALL),
        "relationLabel": label(_RELATION, see=Level.ALL),
    },
    typename="Reminder",
    looked={"": Look.FINDING},
)

REPEAT = Shape(
    "RepeatReminder",
    {
        "kind": Prop("'REPEAT_APPLICATION'", see=Level.ALL),
        "kindLabel": label("'REPEAT_APPLICATION'", see=Level.ALL),
        "similarPosition": Prop("wanted.jobFamily = other.jobFamily", see=Level.ALL),
        "message": Derived(
            ("held.name", "held.nameZh", "toString(this.appliedAt)", "employer.timeZone"),
            _repeat_message,
            see=Level.ALL,
        ),
        "noShow": Prop("null", see=Level.ALL),
        # Led to once more, so that it is asked whether the viewer may see it: its department being near is not enough.
        "application": One(
            "Application",
            ("(this)<-[:SUBMITTED]-(c:Candidate)", "(c)-[:SUBMITTED]->(that:Application)"),
            where="that = this",
        ),
        "occurredAt": Prop("this.appliedAt", see=Level.ALL, form=Form.INSTANT),
        "department": One("Department", ("(this)-[:FOR]->(:Position)-[:BELONGS_TO]->(that:Department)",), implied=True),
        "relation": Prop(_RELATION, see=Level.ALL),
        "relationLabel": label(_RELATION, see=Level.ALL),
    },
    typename="Reminder",
)

_SUBMITTED: LiteralString = "(candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->"
_WITHIN: LiteralString = "held.circle = applied.circle"
_ELSEWHERE: LiteralString = _WITHIN + " AND NOT " + _SAME


def _reminders(before: Steps, *, candidate: LiteralString = "(candidate)", here: LiteralString = "") -> Merged:
    """Reminders of the candidate that the steps name so, for the position `wanted` in `applied`.

    The steps must lead to the candidate by one way: each further way would repeat every reminder.
    """
    found: Steps = (
        candidate
        + "-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->"
        + "(interview:Interview)<-[:FINDS]-(that:Finding)",
        "(interview)-[:HELD_BY]->(held:Department)",
        "(interview)<-[:HAS_INTERVIEW]-(:Application)-[:FOR]->(missed:Position)",
    )
    filed: Steps = (
        candidate + "-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(that:Application)-[:FOR]->(other:Position)"
        "-[:BELONGS_TO]->(held:Department)",
        "(held)-[:PART_OF*1..]->(employer:Organization)",
    )
    return Merged(
        (
            Many("MissedReminder", (*before, *found), ("toString(that.occurredAt)", "that.id"), where=_WITHIN),
            Many("RepeatReminder", (*before, *filed), ("toString(that.appliedAt)", "that.id"), where=here + _ELSEWHERE),
        ),
        limit=MOST,
    )


FOR_APPLICATION = _reminders(
    (
        "(this)-[:FOR]->(wanted:Position)-[:BELONGS_TO]->(applied:Department)",
        "(this)<-[:SUBMITTED]-(candidate:Candidate)",
    ),
    here="that <> this AND ",
)
FOR_POSITION = _reminders(
    (
        "(wanted:Position {id: $position})-[:BELONGS_TO]->(applied:Department)",
        "(applied)-[:PART_OF*1..]->(:Organization {id: $organization})",
    ),
    candidate="(this)",
)

_HAS_MISSED: LiteralString = (
    "EXISTS { MATCH (that)<-[:SUBMITTED]-(candidate:Candidate) MATCH "
    + _SUBMITTED
    + "(:Application)-[:HAS_INTERVIEW]->(:Interview)<-[:FINDS]-(found:Finding) WHERE "
    + COUNTS.replace("this.", "found.")
    + " }"
)
HAS_REMINDERS: LiteralString = (
    "$staff AND (" + _HAS_MISSED + " OR EXISTS { MATCH (that)-[:FOR]->(:Position)-[:BELONGS_TO]->(applied:Department) "
    "MATCH (that)<-[:SUBMITTED]-(candidate:Candidate) MATCH "
    + _SUBMITTED
    + "(another:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(held:Department) WHERE another <> that AND "
    + _ELSEWHERE
    + " })"
)
"""A predicate on the application `that`: it has a reminder."""
REMINDED_CONDITIONS: Conditions = {**APPLICATION_CONDITIONS, "noShows": "(" + _HAS_MISSED + ") = $value"}
"""Which of the applications that have reminders."""
REMINDED_LOOKED: Mapping[str, Look] = {"noShows": Look.COUNT}
APPLICANT: LiteralString = "head([(that)<-[:SUBMITTED]-(c:Candidate) | c.id])"
"""Whoever is listed for having missed an interview is shown as such."""

CHANGED_BY = frozenset(
    {"APPLICATION_SUBMITTED", "NO_SHOW_CONFIRMED", "NO_SHOW_DISPUTED", "DISPUTE_REJECTED", "NO_SHOW_VOIDED"}
    | {"CANDIDATES_MERGED", "CANDIDATES_SPLIT"}
)
"""Types of events that may change reminders."""
LIST_CHANGED = Statement(
    "reminders.list_changed",
    """
    MATCH (event:Event {id: $event}) MATCH (:Candidate {id: $owner})-[:SUBMITTED]->(that:Application)
    MATCH (that)-[:FOR]->(:Position)-[:BELONGS_TO]->(place:Department)
    WHERE place.id IN $departments AND EXISTS { (that)<-[:ABOUT]-(before:Event)
      WHERE $itself AND before.seq <= event.seq OR NOT $itself AND before.recordedAt <= event.recordedAt } AND (
      EXISTS { (event)-[:ABOUT]->(that) } AND """
    + HAS_REMINDERS
    + """
      OR EXISTS { MATCH (event)-[:ABOUT]->(filed:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(held:Department)
        MATCH (that)-[:FOR]->(:Position)-[:BELONGS_TO]->(applied:Department) WHERE filed <> that AND """
    + _ELSEWHERE
    + """ }
      OR EXISTS { MATCH (event)-[:ABOUT]->(:Interview)<-[:FINDS]-(found:Finding)
        WHERE event.recordedAt IN [found.decidedAt, found.disputedAt, found.rejectedAt, found.voidedAt]
          AND NOT (found.state = 'VOID' AND found.disputedAt IS NOT NULL AND found.rejectedAt IS NULL)
          AND found.outcome = 'NO_SHOW' AND found.cause = 'CANDIDATE' AND found.expiresAt > $now
          AND found.restricted IS NULL })
    RETURN that.id AS id ORDER BY id
    """,
    row=Found,
)
"""Applications of a candidate to these departments, there at the time of an event, whose reminders it changed.

An application that is filed may have reminders, and is one for the person's others elsewhere. Of a finding that is
decided, disputed or voided only the one that counted, or counts now, was in sight: any other would tell of what the
viewer may not see. A disputed one has gone from sight before it is voided. `itself`: the event is of this very record,
and not of another of the same person, whose chain counts for itself.
"""
LIST_JOINED = Statement(
    "reminders.list_joined",
    """
    MATCH (:Candidate {id: $owner})-[:SUBMITTED]->(that:Application)-[:FOR]->(:Position)
      -[:BELONGS_TO]->(applied:Department)
    WHERE applied.id IN $departments AND (
      EXISTS { MATCH (:Candidate {id: $other})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(:Interview)
        <-[:FINDS]-(found:Finding) WHERE """
    + COUNTS.replace("this.", "found.")
    + """ }
      OR EXISTS { MATCH (:Candidate {id: $other})-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)
        -[:BELONGS_TO]->(held:Department) WHERE """
    + _ELSEWHERE
    + """ })
    RETURN that.id AS id ORDER BY id
    """,
    row=Found,
)
"""Applications of a candidate to these departments that gain or lose what another record of the same person brings."""


@dataclass(frozen=True, slots=True)
class Records:
    """The other record of an event's person where two are merged, and what the event says."""

    other: str | None
    payload: str | None


FIND_RECORDS = Statement(
    "reminders.find_records",
    """
    MATCH (event:Event {id: $event})-[:ABOUT]->(person:Candidate)
    RETURN head([(person)-[:SAME_AS]-(other:Candidate) | other.id]) AS other, event.payload AS payload
    """,
    row=Records,
)
JOINING = frozenset({"CANDIDATES_MERGED", "CANDIDATES_SPLIT"})


async def changed(
    client: Client, event: str, type: str, candidate: str, *, departments: list[str], now: datetime
) -> list[str]:
    """Applications to these departments whose reminders an event of a candidate's chain changed.

    Several statements: Neo4j plans one that asks all of it for seconds. Where two records are merged or split, both
    chains hold the event, and each tells of its own applications.
    """
    found = await client.read(FIND_RECORDS, event=event)
    if not found:
        return []
    if type in JOINING:
        other = json.loads(found[0].payload)["other"] if found[0].payload else None
        ids = {"owner": candidate, "other": other or ""}
        return [row.id for row in await client.read(LIST_JOINED, **ids, departments=departments, now=now)]
    told: list[str] = []
    for owner in [candidate] if found[0].other is None else [candidate, found[0].other]:
        given = {"event": event, "owner": owner, "itself": owner == candidate, "departments": departments}
        told += [row.id for row in await client.read(LIST_CHANGED, **given, staff=True, now=now)]
    return sorted(told)
