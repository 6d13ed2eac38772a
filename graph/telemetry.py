"""Telemetry: what a platform for interviews saw, kept as it came and read in any order.

One report is known by its source and its id there: sent again it has no second effect. An outage is the Organization's;
all else is about one interview, an event in its candidate's chain, and read by whoever decides about it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, LiteralString

from graph import assessments, findings, interviews, messages
from graph.causes import CHECKS, SPEAKING, Cause, TelemetryKind
from graph.events import EventType
from graph.interviews import Attendance, InterviewRow
from graph.labels import label
from graph.messages import Template
from graph.refusals import Code, Fault, Refusal, invalid, told_refusal
from graph.statements import Found, Nothing, Statement
from graph.timers import Timer
from graph.traversal import Form, One, Prop, Shape
from graph.visibility import MARKED, Level
from graph.writing import RECORDERS, REPORTERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal

SKEW = timedelta(minutes=5)
"""How far ahead of ours a platform's clock may be."""
LONGEST = timedelta(days=31)
"""What one report may span."""
SPANS = frozenset({TelemetryKind.PLATFORM_OUTAGE, TelemetryKind.SESSION_HEARTBEAT})
"""Kinds that may last; an outage must say until when."""

TELEMETRY = Shape(
    "Telemetry",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "kind": Prop(see=Level.ALL),
        "kindLabel": label("this.kind", see=Level.ALL),
        "occurredAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "until": Prop(see=Level.ALL, form=Form.INSTANT),
        "recordedAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "source": Prop(see=Level.ALL),
        "interview": One("Interview", ("(this)-[:OBSERVES]->(that:Interview)",)),
    },
)


@dataclass(frozen=True, slots=True)
class Report:
    """`source` and `key` name it; `interview` is null for an outage."""

    kind: TelemetryKind
    occurred_at: datetime
    source: str
    key: str
    interview: str | None = None
    until: datetime | None = None


FIND = Statement(
    "telemetry.find",
    "MATCH (t:Telemetry {organization: $organization, source: $source, key: $key}) RETURN t.id AS id",
    row=Found,
)
REPORT_AGAIN = Statement(
    "telemetry.report_again",
    """
    MATCH (t:Telemetry {id: $id}) WHERE t.recordedBy <> $by AND NOT $by IN coalesce(t.reporters, [])
    SET t.reporters = coalesce(t.reporters, []) + [$by]
    """,
    row=Nothing,
    writes=True,
)
_CREATE: LiteralString = """
    CREATE (t:Telemetry {id: $id, organization: $organization, source: $source, key: $key, kind: $kind,
      occurredAt: $occurred_at, until: $until, recordedAt: $now, recordedBy: $by, own: $own})
    CREATE (t)-[:OBSERVES]->(seen)
"""
CREATE_OF_INTERVIEW = Statement(
    "telemetry.create_of_interview",
    "MATCH (seen:Interview {id: $seen})" + _CREATE,
    row=Nothing,
    writes=True,
)
CREATE_OUTAGE = Statement(
    "telemetry.create_outage",
    "MATCH (seen:Organization {id: $seen})" + _CREATE,
    row=Nothing,
    writes=True,
)


@dataclass(frozen=True, slots=True)
class OpenRow:
    candidate: str
    interview: str


_MARKED: LiteralString = MARKED.replace("this.", "finding.")
LIST_OPEN = Statement(
    "telemetry.list_open",
    """
    MATCH (finding:Finding)-[:FINDS]->(interview:Interview)<-[:HAS_INTERVIEW]-(:Application)
      <-[:SUBMITTED]-(candidate:Candidate {organization: $organization})
    WHERE (finding.state IN ['SUSPECTED', 'NOTICE_SENT', 'DISPUTED'] OR ("""
    + _MARKED
    + """))
      AND interview.startsAt - duration({hours: 1}) <= $until
      AND (interview.endsAt >= $since OR CASE interview.mode WHEN 'AI_ASYNC' THEN interview.endsAt
        ELSE interview.startsAt END >= $since - duration({minutes: interview.graceMinutes}))
    RETURN candidate.id AS candidate, interview.id AS interview ORDER BY candidate, interview
    """,
    row=OpenRow,
)
"""Interviews about which somebody is still to decide, or whose no-show counts, and which an outage may explain; locked
in one order."""


FIND_MARK = Statement(
    "telemetry.find_mark",
    """
    MATCH (finding:Finding)-[:FINDS]->(interview:Interview {id: $interview})-[:HELD_BY]->(department:Department)
    WHERE """
    + _MARKED
    + """
    RETURN finding.id AS id, department.id AS department, coalesce(finding.doubts, []) AS doubts
    """,
    row=findings.DoubtedRow,
)


def report_refusal(report: Report, now: datetime) -> Refusal | None:
    """What cannot have been seen: the future, an end before its start, an outage without an end."""
    if refused := told_refusal("occurredAt", report.occurred_at, now, skew=SKEW):
        return refused
    if not 0 < len(report.source.strip()) <= 500:
        return invalid("source", Fault.LENGTH, 1, 500)
    if not 0 < len(report.key.strip()) <= 500:
        return invalid("key", Fault.LENGTH, 1, 500)
    if report.until is None:
        missing = report.kind is TelemetryKind.PLATFORM_OUTAGE
        return invalid("until", Fault.NEEDED) if missing else None
    lasting = report.kind in SPANS and timedelta() <= report.until - report.occurred_at <= LONGEST
    return None if lasting and report.until <= now + SKEW else invalid("until", Fault.END_BEFORE_START)


CANDIDATE = "urn:turnout:candidate"
"""The source of what candidates report of their own devices, whatever they call it."""


def own_refusal(report: Report, now: datetime) -> Refusal | None:
    """What a candidate may report by its link: how the check of its own device goes, and only as it goes."""
    if report.kind not in CHECKS:
        return Refusal(Code.NOT_ALLOWED)
    return None if now - report.occurred_at <= SKEW else invalid("occurredAt", Fault.TOO_FAR)


async def record(graph: Graph, act: Act, report: Report) -> Outcome:
    """Takes a report, however late, out of order or often it comes; of its own device the candidate may report too."""
    is_own = act.viewer.person is not None
    roles = REPORTERS if report.kind is TelemetryKind.PLATFORM_OUTAGE else RECORDERS
    may = own_refusal(report, act.now) if is_own else role_refusal(act.viewer, roles)
    if refused := may or report_refusal(report, act.now):
        return refused
    if is_own:
        # Whoever reads it is to know whose word it is.
        report = replace(report, source=CANDIDATE, key=f"{report.interview}/{report.key}")
    if (report.interview is None) != (report.kind is TelemetryKind.PLATFORM_OUTAGE):
        return invalid("interview", Fault.NEEDED if report.interview is None else Fault.NOT_BOTH)

    async def work(desk: Desk) -> Outcome:
        if report.interview is None:
            return await _outage(desk, report)
        find = interviews.find_mine(desk, report.interview) if is_own else None
        found = await (find or interviews.find_own(desk, report.interview, recorder=True))
        return found if isinstance(found, Refusal) else await _seen(desk, report, found)

    return await perform(graph, act, work)


async def _known(desk: Desk, report: Report) -> Written | None:
    """The report as it was taken before, which whoever sends it again may read too."""
    viewer = desk.act.viewer
    known = await desk.tx.one(FIND, organization=viewer.organization, source=report.source, key=report.key)
    if known is None:
        return None
    await desk.tx.run(REPORT_AGAIN, id=known.id, by=viewer.id)
    return Written("Telemetry", known.id, replay=True)


async def _seen(desk: Desk, report: Report, interview: InterviewRow) -> Outcome:
    if known := await _known(desk, report):
        return known
    id = await _create(desk, CREATE_OF_INTERVIEW, report, interview.id)
    payload: dict[str, Any] = {"telemetry": id, "kind": report.kind.value, "until": report.until}
    payload["source"] = report.source
    await interviews.record_at(desk, EventType.TELEMETRY_RECORDED, interview.id, report.occurred_at, payload)
    await _look_again(desk, interview)
    if interview.attendance != Attendance.PENDING.value:
        # Who was there was judged when that was recorded; what is told of it later counts as if it had been known.
        seen = await assessments.of_interview(desk, interview.id)
        await interviews.note_absence(desk, interview, interview.attendance, seen)
    await _tell_of_doubt(desk, interview.id)
    await findings.look_again(desk, interview.id)
    return Written("Telemetry", id)


async def _look_again(desk: Desk, interview: InterviewRow) -> None:
    """Whatever is reported after the grace time has the system look once more, as if it had come before."""
    is_pending = interview.attendance == Attendance.PENDING.value and interview.finding is None
    if (is_pending or interview.unjudged) and interviews.is_over(interview, desk.act.now):
        await interviews.look_soon(desk, interview)


async def _tell_of_doubt(desk: Desk, interview: str) -> None:
    """A no-show stays what was decided, upon what was known; where what is known now speaks for the candidate and was
    not known then, both sides are told: HR has to look at it again, and may take it back, and the candidate may dispute
    it. The same is told once.
    """
    mark = await desk.tx.one(FIND_MARK, interview=interview, now=desk.act.now)
    if mark is None:
        return
    found = await assessments.of_interview(desk, interview)
    speaking = sorted(SPEAKING.intersection(found.rules))
    if found.cause is not Cause.CANDIDATE and not set(speaking) <= set(mark.doubts):
        await findings.doubt(desk, mark.id, speaking)
        await messages.tell_candidate(desk, Template.EVIDENCE_CHANGED, mark.id)
        await messages.tell_department(desk, Template.EVIDENCE_CHANGED, mark.department, mark.id)


async def look_at_mark(desk: Desk, timer: Timer) -> None:
    """A message about the interview did not arrive after all, which nobody may have known who decided."""
    await _tell_of_doubt(desk, timer.subject)


async def _outage(desk: Desk, report: Report) -> Outcome:
    await desk.lock_organization()
    if known := await _known(desk, report):
        return known
    id = await _create(desk, CREATE_OUTAGE, report, desk.act.viewer.organization)
    payload: dict[str, Any] = {"telemetry": id, "until": report.until, "source": report.source}
    await desk.record(EventType.OUTAGE_RECORDED, occurred_at=report.occurred_at, **payload)
    await _have_it_read(desk, report, id)
    return Written("Telemetry", id)


async def _have_it_read(desk: Desk, report: Report, id: str) -> None:
    """Whoever decides about an interview that lay in an outage is to have read of it, however late it is told."""
    organization = desk.act.viewer.organization
    payload: dict[str, Any] = {"telemetry": id, "kind": report.kind.value, "until": report.until}
    payload["source"] = report.source
    rows = await desk.tx.run(
        LIST_OPEN, organization=organization, since=report.occurred_at, until=report.until, now=desk.act.now
    )
    for row in rows:
        await desk.lock_candidate(row.candidate)
        await interviews.record_at(desk, EventType.TELEMETRY_RECORDED, row.interview, report.occurred_at, payload)
        await _tell_of_doubt(desk, row.interview)
        await findings.look_again(desk, row.interview)


async def _create(desk: Desk, statement: Statement[Nothing], report: Report, seen: str) -> str:
    id = desk.new_id()
    await desk.tx.run(
        statement,
        id=id,
        seen=seen,
        organization=desk.act.viewer.organization,
        source=report.source,
        key=report.key,
        kind=report.kind.value,
        occurred_at=report.occurred_at,
        until=report.until,
        now=desk.act.now,
        by=desk.act.viewer.id,
        own=True if desk.act.viewer.person is not None else None,
    )
    return id
