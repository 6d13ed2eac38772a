"""Interviews: an invitation for one time, what was answered, and what happened then."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, LiteralString
from urllib.parse import urlsplit

from graph import alarms, applications, assessments, links, messages, policies, pools, retention, timers, webhooks
from graph.causes import ABSENCE, Assessment
from graph.events import About, ActorKind, EventType
from graph.instants import is_zone, reckoned
from graph.labels import label
from graph.messages import Template
from graph.policies import Policy
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Found, Nothing, Statement
from graph.tasks import UNJUDGED
from graph.timers import TimerKind
from graph.traversal import Form, Here, Look, Many, One, Page, Prop, Shape, Sort, root
from graph.visibility import FREE, Level, OrganizationRole
from graph.writing import RECORDERS, RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal


class Mode(Enum):
    """How an interview is held."""

    AI_ASYNC = "AI_ASYNC"
    AI_LIVE = "AI_LIVE"
    VIDEO = "VIDEO"
    ONSITE = "ONSITE"


class Response(Enum):
    """The candidate's answer to the invitation for one time."""

    NEEDS_ACTION = "NEEDS_ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


class Attendance(Enum):
    """What happened, as a fact; whose fault it was is a finding."""

    PENDING = "PENDING"
    ATTENDED = "ATTENDED"
    ATTENDED_LATE = "ATTENDED_LATE"
    INCOMPLETE = "INCOMPLETE"
    NOT_ATTENDED = "NOT_ATTENDED"
    CANCELLED_BY_CANDIDATE = "CANCELLED_BY_CANDIDATE"
    CANCELLED_BY_EMPLOYER = "CANCELLED_BY_EMPLOYER"
    RESCHEDULED = "RESCHEDULED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"


class EvidenceCode(Enum):
    """What else was seen of an interview that was missed or broken off."""

    PLATFORM_FAULT = "PLATFORM_FAULT"
    INTERVIEWER_ABSENT = "INTERVIEWER_ABSENT"


class Side(Enum):
    """Who asked for a change."""

    CANDIDATE = "CANDIDATE"
    EMPLOYER = "EMPLOYER"


MESSAGE = 2_000
"""Characters that a message to the employer may have."""
GRACE_MINUTES, MOST_GRACE_MINUTES = 15, 24 * 60
"""How late a candidate may join where the invitation does not say, and at most."""
LONGEST = timedelta(hours=24)
"""How long an interview may last, other than one that is recorded."""
LONGEST_WINDOW = timedelta(days=60)
"""For how long an interview that is recorded may be open."""
FURTHEST = timedelta(days=730)
"""How far ahead of now an interview may start."""
MOVED_OR_WRONG = frozenset({"RESCHEDULED", "ENTERED_IN_ERROR"})
CANCELLED = frozenset({"CANCELLED_BY_CANDIDATE", "CANCELLED_BY_EMPLOYER"})
NOT_AWAITED = CANCELLED | MOVED_OR_WRONG
MISSED = frozenset({"NOT_ATTENDED", "INCOMPLETE"})
MUST_READ = frozenset(
    {
        *(EventType.STATEMENT_RECORDED, EventType.NO_SHOW_DISPUTED, EventType.TELEMETRY_RECORDED),
        *(EventType.PROOF_RECEIVED, EventType.MESSAGE_BOUNCED),
    }
)
"""Evidence that may come at any time: nobody decides about an interview without having read the last of it."""
STARTED_ONLY = frozenset({Attendance.ATTENDED, Attendance.ATTENDED_LATE, Attendance.INCOMPLETE})

_FINDING: LiteralString = "(this)<-[:FINDS]-(that:Finding)"

OBSERVED = Many(
    "Telemetry",
    ("(this)<-[:OBSERVES]-(that:Telemetry)",),
    order=("toString(that.occurredAt)", "that.kind", "that.id"),
    limit=500,
    see=Level.OWN,
)
"""What a platform saw of an interview, in the order in which it happened."""

PROOFS = Many(
    "Proof",
    ("(this)-[:HAS_PROOF]->(that:Proof)",),
    order=("toString(that.uploadedAt)", "that.id"),
    see=Level.OWN,
    implied=True,
)
"""What was handed in about an interview, or about a check of a résumé."""
INTERVIEW = Shape(
    "Interview",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "icsUid": Prop(see=Level.ALL),
        "icsSequence": Prop(),
        "mode": Prop(see=Level.ALL),
        "modeLabel": label("this.mode", see=Level.ALL),
        "startsAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "endsAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "timeZone": Prop(see=Level.ALL),
        "response": Prop(see=Level.ALL),
        "responseLabel": label("this.response", see=Level.ALL),
        # Said to the employer's people, and not to its programs.
        "responseMessage": Prop("CASE WHEN $staff OR $linked <> '' THEN this.responseMessage END"),
        "attendance": Prop(see=Level.ALL),
        "attendanceLabel": label("this.attendance", see=Level.ALL),
        "graceMinutes": Prop(),
        "joinUrl": Prop(),
        "evidence": Prop(),
        "outcome": Prop(
            "CASE WHEN $staff OR $verified THEN head([(this)<-[:FINDS]-(f:Finding) "
            "WHERE f.state IN ['FINAL', 'EXCUSED', 'DISPUTED'] AND coalesce(f.eraseAt > $now, true) | f.outcome]) END"
        ),
        "outcomeLabel": label(
            "CASE WHEN $staff OR $verified THEN head([(this)<-[:FINDS]-(f:Finding) "
            "WHERE f.state IN ['FINAL', 'EXCUSED', 'DISPUTED'] AND coalesce(f.eraseAt > $now, true) | f.outcome]) END"
        ),
        "application": One("Application", ("(this)<-[:HAS_INTERVIEW]-(that:Application)",), see=Level.OWN),
        "candidate": One(
            "Candidate", ("(this)<-[:HAS_INTERVIEW]-(:Application)<-[:SUBMITTED]-(that:Candidate)",), see=Level.OWN
        ),
        "position": One(
            "Position", ("(this)<-[:HAS_INTERVIEW]-(:Application)-[:FOR]->(that:Position)",), see=Level.OWN
        ),
        "department": One("Department", ("(this)-[:HELD_BY]->(that:Department)",), see=Level.OWN, implied=True),
        "interviewers": Many("User", ("(this)<-[:INTERVIEWS]-(that:User)",), order=("that.externalId",), see=Level.OWN),
        "rescheduledTo": One("Interview", ("(this)-[:RESCHEDULED_TO]->(that:Interview)",), see=Level.OWN),
        "rescheduledFrom": One("Interview", ("(this)<-[:RESCHEDULED_TO]-(that:Interview)",), see=Level.OWN),
        "openSlots": Many(
            "Slot",
            (
                "(this)<-[:HAS_INTERVIEW]-(:Application)-[:FOR]->(:Position)-[:BELONGS_TO*0..1]->(:Position|Department)"
                "<-[:OFFERED_FOR]-(that:Slot)",
            ),
            order=("toString(that.startsAt)", "that.id"),
            where="that.mode = this.mode AND " + FREE.replace("this", "that"),
            limit=100,
        ),
        "rescheduleRequests": Many(
            "RescheduleRequest",
            ("(this)-[:HAS_REQUEST]->(that:RescheduleRequest)",),
            order=("toString(that.requestedAt)", "that.id"),
            see=Level.OWN,
            implied=True,
        ),
        "proofs": PROOFS,
        "events": Page(
            "Event",
            ("(this)<-[:ABOUT]-(that:Event)",),
            {"SEQ": Sort("that.seq"), "SEQ_DESC": Sort("that.seq", descending=True)},
            implied=True,
        ),
        "assessment": Here("Assessment"),
        "telemetry": OBSERVED,
        "finding": One("Finding", (_FINDING,), where="that.voidedAt IS NULL"),
        "messages": Many(
            "Message",
            ("(this)<-[:CONCERNS]-(that:Message)",),
            order=("toString(that.createdAt)", "that.id"),
            see=Level.OWN,
        ),
        "findings": Many("Finding", (_FINDING,), order=("toString(that.suspectedAt)", "that.id")),
    },
    looked=dict.fromkeys(("outcome", "outcomeLabel", "assessment"), Look.INTERVIEW),
)
root("interview", shape="Interview", match="(this:Interview {id: $id})")


@dataclass(frozen=True, slots=True)
class Times:
    """One time of an interview: when it opens and ends, and the zone in which people speak of it."""

    starts_at: datetime
    ends_at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class Invite:
    application: str
    mode: Mode
    times: Times
    grace_minutes: int = GRACE_MINUTES
    join_url: str | None = None
    interviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InterviewRow:
    id: str
    mode: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    grace_minutes: int
    join_url: str | None
    response: str
    attendance: str
    ics_uid: str
    ics_sequence: int
    candidate: str
    application: str
    stage: str
    department: str
    interviewers: list[str]
    finding: str | None
    finding_state: str | None
    evidence: list[str]
    last_seq: int
    evidence_seq: int
    request: str | None = None
    request_state: str | None = None
    excused: bool = False
    erased: bool = False
    upheld: bool = False
    lapsed: bool = False
    unjudged: bool = False


UPHELD: LiteralString = "finding.voidedAt IS NOT NULL AND finding.disputedAt IS NOT NULL AND finding.rejectedAt IS NULL"
"""Said of a `finding` that was taken back upon a dispute: decided, not decided in time, or given in to while open."""
FIND = Statement(
    "interviews.find",
    """
    MATCH (candidate:Candidate {organization: $organization})-[:SUBMITTED]->(application:Application)
      -[:HAS_INTERVIEW]->(interview:Interview {id: $id})-[:HELD_BY]->(department:Department)
    RETURN interview.id AS id, interview.mode AS mode, interview.startsAt AS starts_at, interview.endsAt AS ends_at,
      interview.timeZone AS time_zone, interview.graceMinutes AS grace_minutes, interview.joinUrl AS join_url,
      interview.response AS response, interview.attendance AS attendance, interview.icsUid AS ics_uid,
      interview.icsSequence AS ics_sequence, candidate.id AS candidate, application.id AS application,
      application.stage AS stage, department.id AS department,
      [(interview)<-[:INTERVIEWS]-(user:User) | user.id] AS interviewers,
      head([(interview)<-[:FINDS]-(finding:Finding) WHERE finding.voidedAt IS NULL | finding.id]) AS finding,
      head([(interview)<-[:FINDS]-(finding:Finding) WHERE finding.voidedAt IS NULL | finding.state]) AS finding_state,
      coalesce(interview.evidence, []) AS evidence, interview.lastSeq AS last_seq,
      coalesce(interview.evidenceSeq, 0) AS evidence_seq,
      head([(interview)-[:HAS_REQUEST]->(r:RescheduleRequest) WHERE r.state IN ['REQUESTED', 'OWED'] | r.id])
        AS request,
      head([(interview)-[:HAS_REQUEST]->(r:RescheduleRequest) WHERE r.state IN ['REQUESTED', 'OWED'] | r.state])
        AS request_state,
      EXISTS { (interview)-[:HAS_PROOF]->(:Proof {verdict: 'ACCEPTED'}) } AS excused,
      candidate.status = 'ERASED' AS erased,
      EXISTS { MATCH (interview)<-[:FINDS]-(finding:Finding) WHERE """
    + UPHELD
    + """ } AS upheld,
      EXISTS { (interview)<-[:FINDS]-(:Finding {lapsed: true}) } AS lapsed,
      """
    + UNJUDGED.replace("that", "interview")
    + """ AS unjudged
    """,
    row=InterviewRow,
)
FIND_INVITED = Statement(
    "interviews.find_invited",
    """
    MATCH (:Application {id: $application})-[:HAS_INTERVIEW]->(interview:Interview {startsAt: $starts_at})
    WHERE interview.attendance = 'PENDING' AND interview.response <> 'DECLINED' AND interview.endsAt > $now
    RETURN interview.id AS id LIMIT 1
    """,
    row=Found,
)
"""An invitation for a time that starts then, and that can still be answered."""
CREATE = Statement(
    "interviews.create",
    """
    MATCH (application:Application {id: $application}) MATCH (department:Department {id: $department})
    CREATE (interview:Interview {id: $id, mode: $mode, startsAt: $starts_at, endsAt: $ends_at, timeZone: $time_zone,
      graceMinutes: $grace_minutes, joinUrl: $join_url, response: $response, attendance: 'PENDING',
      evidence: [], icsUid: $ics_uid, icsSequence: $ics_sequence, lastSeq: 0})
    CREATE (application)-[:HAS_INTERVIEW]->(interview) CREATE (interview)-[:HELD_BY]->(department)
    """,
    row=Nothing,
    writes=True,
)
SET_INTERVIEWERS = Statement(
    "interviews.set_interviewers",
    """
    MATCH (interview:Interview {id: $id})
    UNWIND $users AS user
    MATCH (interviewer:User {id: user, organization: $organization})
    CREATE (interviewer)-[:INTERVIEWS]->(interview)
    RETURN interviewer.id AS id
    """,
    row=Found,
    writes=True,
)
KNOWN_USERS = Statement(
    "interviews.known_users",
    """
    MATCH (user:User) WHERE user.id IN $users AND user.organization = $organization
      AND EXISTS { (user)-[:MEMBER_OF]->(:Organization) }
    RETURN user.id AS id
    """,
    row=Found,
)
MOVE = Statement(
    "interviews.move",
    """
    MATCH (old:Interview {id: $old}) MATCH (new:Interview {id: $new})
    SET old.attendance = 'RESCHEDULED' CREATE (old)-[:RESCHEDULED_TO]->(new)
    """,
    row=Nothing,
    writes=True,
)
SET_ATTENDANCE = Statement(
    "interviews.set_attendance",
    """
    MATCH (interview:Interview {id: $id}) SET interview.attendance = $attendance, interview.evidence = $evidence,
      interview.attendanceBy = $by, interview.icsSequence = interview.icsSequence + $changes
    """,
    row=Nothing,
    writes=True,
)
SETTLE_REQUEST = Statement(
    "interviews.settle_request",
    """
    MATCH (:Interview {id: $id})-[:HAS_REQUEST]->(request:RescheduleRequest)
    WHERE request.state IN ['REQUESTED', 'OWED']
    SET request.state = $state, request.decidedAt = $now
    """,
    row=Nothing,
    writes=True,
)
LIST_TO_COME = Statement(
    "interviews.list_to_come",
    """
    MATCH (:Application {id: $application})-[:HAS_INTERVIEW]->(interview:Interview)
    WHERE interview.attendance IN ['PENDING', 'RESCHEDULED'] RETURN interview.id AS id ORDER BY interview.lastSeq
    """,
    row=Found,
)
LIST_ALL_TO_COME = Statement(
    "interviews.list_all_to_come",
    """
    MATCH (:Candidate {id: $candidate})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(interview:Interview)
    WHERE interview.attendance IN ['PENDING', 'RESCHEDULED'] RETURN interview.id AS id ORDER BY interview.lastSeq
    """,
    row=Found,
)
SET_LATE = Statement(
    "interviews.set_late",
    "MATCH (interview:Interview {id: $id}) SET interview.lateUntil = $until",
    row=Nothing,
    writes=True,
)
SET_ABSENT = Statement(
    "interviews.set_absent",
    """
    MATCH (interview:Interview {id: $id})
    SET interview.absentUntil = CASE WHEN $until IS NULL THEN null ELSE coalesce(interview.absentUntil, $until) END
    """,
    row=Nothing,
    writes=True,
)
"""What is known again, or better, makes it last no longer."""
SET_RESPONSE = Statement(
    "interviews.set_response",
    """
    MATCH (interview:Interview {id: $id})
    SET interview.response = $response, interview.answeredAt = $at,
      interview.responseMessage = CASE WHEN $keeps THEN interview.responseMessage ELSE $message END
    """,
    row=Nothing,
    writes=True,
)
SET_REPLIED = Statement(
    "interviews.set_replied",
    "MATCH (interview:Interview {id: $id}) SET interview.repliedAt = coalesce(interview.repliedAt, $at)",
    row=Nothing,
    writes=True,
)
OFFERED_BY = Statement(
    "interviews.offered_by",
    "MATCH (slot:FreedSlot {state: 'OFFERED'})-[:OFFERS]->(:Interview {id: $id}) RETURN slot.id AS id",
    row=Found,
)
SET_LAST_SEQ = Statement(
    "interviews.set_last_seq",
    """
    MATCH (interview:Interview {id: $id}) SET interview.lastSeq = $seq,
      interview.evidenceSeq = CASE WHEN $evidence THEN $seq ELSE interview.evidenceSeq END
    """,
    row=Nothing,
    writes=True,
)


def is_over(interview: InterviewRow, now: datetime) -> bool:
    """Past its end; a recorded interview's end is its deadline, to which the grace time is added."""
    # Taken from the present: added to an interview on the calendar's last day, it would run over its end.
    graceful = now - timedelta(minutes=interview.grace_minutes)
    if interview.mode == Mode.AI_ASYNC.value:
        return graceful >= interview.ends_at
    return now >= interview.ends_at and graceful >= interview.starts_at


def over_at(interview: InterviewRow) -> datetime | None:
    """From when nobody is awaited any longer; null beyond the calendar's last day."""
    grace = timedelta(minutes=interview.grace_minutes)
    with suppress(OverflowError):
        if interview.mode == Mode.AI_ASYNC.value:
            return interview.ends_at + grace
        return max(interview.ends_at, interview.starts_at + grace)
    return None


async def await_outcome(desk: Desk, interview: InterviewRow) -> None:
    """Has the system look at the interview, whose candidate is locked, once it is over."""
    if (at := over_at(interview)) is not None:
        await timers.start(desk, TimerKind.OUTCOME, interview.id, at)


def missed_at(interview: InterviewRow) -> datetime:
    """The time that a no-show missed: the deadline of a recorded interview, the start of any other."""
    return interview.ends_at if interview.mode == Mode.AI_ASYNC.value else interview.starts_at


def times_refusal(times: Times, mode: Mode, now: datetime) -> Refusal | None:
    """Why nobody can be invited for a time: the window of a recorded interview alone may be open already."""
    recorded = mode is Mode.AI_ASYNC
    if not is_zone(times.time_zone):
        return invalid("timeZone", Fault.ZONE)
    if times.ends_at <= times.starts_at:
        return invalid("endsAt", Fault.END_BEFORE_START)
    if times.starts_at <= now and not recorded:
        return invalid("startsAt", Fault.NOT_PAST)
    if times.ends_at <= now:
        return invalid("endsAt", Fault.NOT_PAST)
    if times.starts_at - now > FURTHEST:
        return invalid("startsAt", Fault.DAYS_AHEAD, FURTHEST.days)
    if recorded and times.ends_at - times.starts_at > LONGEST_WINDOW:
        return invalid("endsAt", Fault.DAYS_AFTER, LONGEST_WINDOW.days)
    if not recorded and times.ends_at - times.starts_at > LONGEST:
        return invalid("endsAt", Fault.HOURS_AFTER, LONGEST / timedelta(hours=1))
    return None


def invite_refusal(new: Invite, now: datetime) -> Refusal | None:
    if refused := times_refusal(new.times, new.mode, now):
        return refused
    if not 0 <= new.grace_minutes <= MOST_GRACE_MINUTES:
        return invalid("graceMinutes", Fault.BETWEEN, 0, MOST_GRACE_MINUTES)
    if new.join_url is not None:
        url = urlsplit(new.join_url)
        if url.scheme not in ("https", "http") or not url.netloc or len(new.join_url) > 2_000:
            return invalid("joinUrl", Fault.URL)
    return None


async def record(desk: Desk, type: EventType, interview: str, **payload: Any) -> None:
    """Appends an event about the interview and remembers that it is the last, and the last that a decider must read."""
    await record_at(desk, type, interview, None, payload)


async def record_at(
    desk: Desk, type: EventType, interview: str, occurred_at: datetime | None, payload: dict[str, Any]
) -> None:
    """The same of what happened at another time than now."""
    await webhooks.record(desk, type, About("Interview", interview), occurred_at=occurred_at, **payload)
    assert desk.chain is not None
    await desk.tx.run(SET_LAST_SEQ, id=interview, seq=desk.chain.seq, evidence=type in MUST_READ)


async def find_own(desk: Desk, id: str, *, recorder: bool = False) -> InterviewRow | Refusal:
    """The interview, its candidate locked, if it is the viewer's to change; an integrator may record facts of any."""
    viewer = desk.act.viewer
    found = await desk.tx.one(FIND, id=id, organization=viewer.organization)
    records = recorder and viewer.role is OrganizationRole.INTEGRATOR
    if found is None or not (viewer.owns(found.department) or records):
        return Refusal(Code.NOT_FOUND, "interview")
    await desk.lock_candidate(found.candidate)
    return await desk.tx.one(FIND, id=id, organization=viewer.organization) or Refusal(Code.NOT_FOUND, "interview")


async def find_mine(desk: Desk, id: str) -> InterviewRow | Refusal:
    """The interview, its candidate locked, if it is of the application, or with a code of the person, who acts."""
    viewer, absent = desk.act.viewer, Refusal(Code.NOT_FOUND, "interview")
    found, person = await desk.tx.one(FIND, id=id, organization=viewer.organization), viewer.person
    if found is None or person is None or found.candidate not in person.candidates:
        return absent
    if not person.verified and found.application != person.application:
        return absent
    await desk.lock_candidate(found.candidate)
    return await desk.tx.one(FIND, id=id, organization=viewer.organization) or absent


async def invite(graph: Graph, act: Act, new: Invite) -> Outcome:
    """Invites for one time; the interview is held by the position's department of this moment, for good."""
    if refused := role_refusal(act.viewer, RECRUITERS) or invite_refusal(new, act.now):
        return refused
    return await perform(graph, act, lambda desk: invite_one(desk, new))


async def invite_one(desk: Desk, new: Invite) -> Outcome:
    """One invitation, of what no `invite_refusal` speaks against; refused before anything is written."""
    application = await applications.find_own(desk, new.application)
    if isinstance(application, Refusal):
        return application
    if refused := applications.invite_refusal(application):
        return refused
    users, organization = sorted(set(new.interviewers)), desk.act.viewer.organization
    known = await desk.tx.run(KNOWN_USERS, users=users, organization=organization)
    if len(known) != len(users):
        return Refusal(Code.NOT_FOUND, "interviewers")
    starts_at, now = new.times.starts_at, desk.act.now
    if await desk.tx.one(FIND_INVITED, application=application.id, starts_at=starts_at, now=now):
        return Refusal(Code.ALREADY_INVITED, "startsAt")
    id = desk.new_id()
    await desk.tx.run(
        CREATE,
        id=id,
        application=application.id,
        department=application.department,
        mode=new.mode.value,
        starts_at=new.times.starts_at,
        ends_at=new.times.ends_at,
        time_zone=new.times.time_zone,
        grace_minutes=new.grace_minutes,
        join_url=new.join_url,
        response=Response.NEEDS_ACTION.value,
        ics_uid=f"{id}@turnout",
        ics_sequence=0,
    )
    await desk.tx.run(SET_INTERVIEWERS, id=id, users=users, organization=organization)
    await record(
        desk,
        EventType.INTERVIEW_INVITED,
        id,
        application=application.id,
        mode=new.mode.value,
        startsAt=new.times.starts_at,
        endsAt=new.times.ends_at,
    )
    await _await_new(desk, id)
    await links.create(desk, application.id, new.times.ends_at)
    await pools.settle(desk)
    await alarms.set(desk, id)
    await messages.tell_candidate(desk, Template.INVITATION, id)
    return Written("Interview", id)


def change_refusal(interview: InterviewRow, now: datetime) -> Refusal | None:
    """Why an interview's time can no longer be changed or cancelled."""
    if interview.attendance != Attendance.PENDING.value:
        return Refusal(Code.INTERVIEW_SETTLED, "interview")
    if is_over(interview, now):
        return Refusal(Code.INTERVIEW_OVER, "interview")
    return None


async def reschedule(
    graph: Graph, act: Act, interview: str, times: Times, *, chosen_by: Side, reason: str | None
) -> Outcome:
    """Moves an interview to another time, by making a new one for it."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        old = await find_own(desk, interview)
        if isinstance(old, Refusal):
            return old
        if refused := times_refusal(times, Mode(old.mode), act.now):
            return refused
        if refused := change_refusal(old, act.now):
            return refused
        if old.erased:
            return Refusal(Code.CANDIDATE_ERASED, "interview")
        if old.stage in applications.ENDED:
            return Refusal(Code.APPLICATION_ENDED, "interview")
        new = await move(desk, old, times, chosen_by=chosen_by, reason=reason)
        await messages.tell_candidate(desk, Template.INVITATION_MOVED, new)
        await _tell_staff(desk, Template.INVITATION_MOVED, old, new)
        return Written("Interview", new)

    return await perform(graph, act, work)


async def move(desk: Desk, old: InterviewRow, times: Times, *, chosen_by: Side, reason: str | None) -> str:
    """Makes the interview that takes the place of one whose candidate is locked; all that is moved comes through here.

    It is accepted already where the candidate chose the time.
    """
    id = desk.new_id()
    await desk.tx.run(
        CREATE,
        id=id,
        application=old.application,
        department=old.department,
        mode=old.mode,
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        time_zone=times.time_zone,
        grace_minutes=old.grace_minutes,
        join_url=old.join_url,
        response=(Response.ACCEPTED if chosen_by is Side.CANDIDATE else Response.NEEDS_ACTION).value,
        ics_uid=old.ics_uid,
        ics_sequence=old.ics_sequence + 1,
    )
    await desk.tx.run(SET_INTERVIEWERS, id=id, users=old.interviewers, organization=desk.act.viewer.organization)
    await desk.tx.run(MOVE, old=old.id, new=id)
    if old.request is not None:
        await desk.tx.run(SETTLE_REQUEST, id=old.id, state="GRANTED", now=desk.act.now)
    payload = {"to": id, "chosenBy": chosen_by.value, "reason": reason, "startsAt": times.starts_at}
    await record(desk, EventType.INTERVIEW_RESCHEDULED, old.id, **payload)
    await record(
        desk, EventType.INTERVIEW_INVITED, id, **{"from": old.id}, startsAt=times.starts_at, endsAt=times.ends_at
    )
    await timers.cancel(desk, old.id, TimerKind.OUTCOME)
    if chosen_by is Side.EMPLOYER and old.request is None:
        await _note_late(desk, old)
    await _await_new(desk, id)
    await links.create(desk, old.application, times.ends_at)
    await alarms.cancel(desk, old.id)
    await alarms.set(desk, id)
    return id


async def _note_late(desk: Desk, interview: InterviewRow) -> None:
    """What the employer calls off or moves late, though it was accepted and the candidate had not asked for another
    time, stands in its own ledger."""
    if interview.response != Response.ACCEPTED.value:
        return
    policy = await policies.in_force(desk.tx, desk.act.viewer.organization)
    if missed_at(interview) - desk.act.now < policy.conduct_late:
        await desk.tx.run(SET_LATE, id=interview.id, until=kept_until(interview, policy, desk.act.now))


def kept_until(interview: InterviewRow, policy: Policy, now: datetime) -> datetime:
    """How long what is noted now stands in the employer's ledger: from when it happened, as a mark of the candidate's,
    and not from when it became known.
    """
    return reckoned(min(missed_at(interview), now), policy.conduct_kept)


async def note_absence(desk: Desk, interview: InterviewRow, attendance: str, assessment: Assessment) -> None:
    """An interviewer who was not there stands in the employer's own ledger, as far as the evidence goes by now.

    Whoever was not awaited any more, because the interview was called off or moved, was not absent; but the employer
    takes no absence back by calling off what had begun.
    """
    is_called_off = attendance == Attendance.CANCELLED_BY_EMPLOYER.value
    if is_called_off and interview.attendance == attendance:
        return
    until, has_begun = None, desk.act.now >= interview.starts_at
    is_awaited = attendance not in NOT_AWAITED or (is_called_off and has_begun)
    if is_awaited and ABSENCE.intersection(assessment.rules):
        policy = await policies.in_force(desk.tx, desk.act.viewer.organization)
        until = kept_until(interview, policy, desk.act.now)
    await desk.tx.run(SET_ABSENT, id=interview.id, until=until)


async def _await_new(desk: Desk, id: str) -> None:
    row = await desk.tx.one(FIND, id=id, organization=desk.act.viewer.organization)
    if row is not None:
        await await_outcome(desk, row)


async def set_attendance(
    desk: Desk, interview: str, attendance: Attendance, evidence: Sequence[str] = (), changes: int = 0
) -> None:
    """Keeps what happened, and whether a person, a program or the system says so; `changes` are the calendar's."""
    told = {"attendance": attendance.value, "evidence": list(evidence), "by": desk.act.kind.value}
    await desk.tx.run(SET_ATTENDANCE, id=interview, changes=changes, **told)


async def lapse(desk: Desk, interview: InterviewRow) -> None:
    """Lets go of a time before there is another: nobody is awaited then, and nothing can be missed."""
    await set_attendance(desk, interview.id, Attendance.RESCHEDULED, changes=1)
    await timers.cancel(desk, interview.id, TimerKind.OUTCOME)
    # Whoever keeps a session ready for it is told, though the other time is not known yet.
    await webhooks.tell(desk, EventType.INTERVIEW_RESCHEDULED, "Interview", interview.id)


async def _let_request_lapse(desk: Desk, interview: InterviewRow) -> None:
    """A request for another time has nothing to ask for where the interview is cancelled or took place."""
    if interview.request is not None:
        await desk.tx.run(SETTLE_REQUEST, id=interview.id, state="LAPSED", now=desk.act.now)


async def _tell_staff(desk: Desk, template: Template, interview: InterviewRow, subject: str) -> None:
    """Tells who was to hold an interview, save who acts; and its department, where that had a request to settle."""
    if interview.request is not None:
        await messages.tell_department(desk, template, interview.department, subject)
    await tell_interviewers(desk, template, interview, subject)


async def tell_interviewers(
    desk: Desk, template: Template, interview: InterviewRow, subject: str, **facts: Any
) -> None:
    for user in sorted({*interview.interviewers} - {desk.act.viewer.id}):
        await messages.tell_user(desk, template, user, subject, **facts)


async def cancel(graph: Graph, act: Act, interview: str, *, by: Side, reason: str | None) -> Outcome:
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, interview)
        if isinstance(found, Refusal):
            return found
        if refused := change_refusal(found, act.now):
            return refused
        await _cancel(desk, found, by, reason)
        return Written("Interview", found.id)

    return await perform(graph, act, work)


async def _cancel(desk: Desk, interview: InterviewRow, by: Side, reason: str | None) -> None:
    await set_attendance(desk, interview.id, Attendance(f"CANCELLED_BY_{by.value}"), changes=1)
    await _let_request_lapse(desk, interview)
    await timers.cancel(desk, interview.id, TimerKind.OUTCOME)
    if by is Side.EMPLOYER:
        await _note_late(desk, interview)
        await pools.settle(desk)
    await record(desk, EventType.INTERVIEW_CANCELLED, interview.id, by=by.value, reason=reason)
    await alarms.cancel(desk, interview.id)
    await messages.tell_candidate(desk, Template.INVITATION_CANCELLED, interview.id)
    await _tell_staff(desk, Template.INVITATION_CANCELLED, interview, interview.id)


async def call_off(desk: Desk, application: str, by: Side) -> None:
    """Cancels what is still to come of an application, whose candidate is locked, as it ends: nobody is awaited, and
    no other time is owed. How an interview went that is over already is still to be told.
    """
    await _call_off(desk, await desk.tx.run(LIST_TO_COME, application=application), by)


async def call_off_all(desk: Desk, candidate: str, by: Side) -> None:
    """The same of all that is still to come of a candidate, who is locked."""
    await _call_off(desk, await desk.tx.run(LIST_ALL_TO_COME, candidate=candidate), by)


async def _call_off(desk: Desk, to_come: Sequence[Found], by: Side) -> None:
    for row in to_come:
        (found,) = await desk.tx.run(FIND, id=row.id, organization=desk.act.viewer.organization)
        if change_refusal(found, desk.act.now) is None:
            await _cancel(desk, found, by, None)
        elif found.attendance == Attendance.RESCHEDULED.value:
            await _let_request_lapse(desk, found)


def response_refusal(interview: InterviewRow, response: Response, now: datetime) -> Refusal | None:
    """Why this cannot be answered any more: who said that they would come takes it back before the time, not in it."""
    if refused := change_refusal(interview, now):
        return refused
    late = response is not Response.ACCEPTED and now >= missed_at(interview)
    return Refusal(Code.INTERVIEW_BEGUN, "response") if late else None


async def record_response(
    graph: Graph, act: Act, interview: str, response: Response, *, message: str | None = None
) -> Outcome:
    """The answer for this very time, while it can still be met; the candidate's link alone is enough for its own."""
    is_own = act.viewer.person is not None
    if not is_own and (refused := role_refusal(act.viewer, RECORDERS)):
        return refused
    if response is Response.NEEDS_ACTION:
        return invalid("response", Fault.NOT_HERE)
    said = (message or "").strip() or None
    if said is not None and len(said) > MESSAGE:
        return invalid("message", Fault.AT_MOST, MESSAGE)

    async def work(desk: Desk) -> Outcome:
        found = await (find_mine(desk, interview) if is_own else find_own(desk, interview, recorder=True))
        if isinstance(found, Refusal):
            return found
        if refused := response_refusal(found, response, act.now):
            return refused
        await respond(desk, found, response, message=said)
        return Written("Interview", found.id)

    return await perform(graph, act, work)


async def respond(
    desk: Desk,
    interview: InterviewRow,
    response: Response,
    *,
    message: str | None = None,
    by_calendar: datetime | None = None,
) -> None:
    """Records the answer for a time that can still be met; HR is told of what it did not record itself.

    `by_calendar` is when the candidate's calendar wrote it. What a mail server posts of that says that they knew the
    time; what a person posts does not. Nobody but the candidate takes back what they said with an answer.
    """
    keeps = message is None and desk.act.kind is not ActorKind.CANDIDATE
    said = {"message": message, "keeps": keeps, "at": by_calendar or desk.act.now}
    await desk.tx.run(SET_RESPONSE, id=interview.id, response=response.value, **said)
    payload = {"response": response.value, "message": message} | ({"byCalendar": True} if by_calendar else {})
    await record(desk, EventType.RESPONSE_RECORDED, interview.id, **payload)
    if by_calendar and desk.act.kind is not ActorKind.HUMAN:
        await desk.tx.run(SET_REPLIED, id=interview.id, at=desk.act.now)
    await alarms.set(desk, interview.id)
    await await_outcome(desk, interview)
    for slot in await desk.tx.run(OFFERED_BY, id=interview.id):
        await timers.start(desk, TimerKind.PASS_SLOT, slot.id, desk.act.now)
    if by_calendar or desk.act.kind is not ActorKind.HUMAN:
        facts = {"response": response.value} | ({"hasMessage": True} if message else {})
        await messages.tell_department(desk, Template.RESPONSE_RECEIVED, interview.department, interview.id, **facts)


async def _look_for_outcome(desk: Desk, interview: InterviewRow, attendance: Attendance) -> None:
    """What a person records ends the looking, unless proof excuses it. That nobody came, as a program says, is no more
    than a platform's word: the system looks whether to suspect it, and somebody has the task.
    """
    recorded = await desk.tx.one(FIND, id=interview.id, organization=desk.act.viewer.organization)
    if interview.excused and attendance.value in MISSED:
        await await_outcome(desk, interview)
    elif recorded is not None and recorded.unjudged:
        await look_soon(desk, interview)
    else:
        await timers.cancel(desk, interview.id, TimerKind.OUTCOME)


async def look_soon(desk: Desk, interview: InterviewRow) -> None:
    """Has the system look at an interview that is over, unless it is about to."""
    if not await timers.stands(desk, TimerKind.OUTCOME, interview.id):
        await timers.start(desk, TimerKind.OUTCOME, interview.id, desk.act.now)


async def _tell_called_off(desk: Desk, interview: InterviewRow, attendance: Attendance) -> None:
    """However late it is said, also once it is over: nobody who accepted may learn only by asking that it was none."""
    if attendance is not Attendance.CANCELLED_BY_CANDIDATE:
        await _note_late(desk, interview)
    over = is_over(interview, desk.act.now)
    if not over or interview.response == Response.ACCEPTED.value:
        await messages.tell_candidate(desk, Template.INVITATION_CANCELLED, interview.id, over=over)


async def settle_import(desk: Desk, interview: str, attendance: Attendance) -> None:
    """Does for an interview that its candidate dealt with here what follows where a file tells how it went: nobody is
    reminded of what was called off or waits for another time in its place, and webhooks hear of it.
    """
    found = await desk.tx.one(FIND, id=interview, organization=desk.act.viewer.organization)
    if found is None:
        return
    if attendance is not Attendance.NOT_ATTENDED:
        await _let_request_lapse(desk, found)
    await alarms.cancel(desk, found.id)
    await webhooks.tell(desk, EventType.ATTENDANCE_RECORDED, "Interview", found.id)
    if attendance.value in CANCELLED:
        await timers.cancel(desk, found.id, TimerKind.OUTCOME)
        await _tell_called_off(desk, found, attendance)


def attendance_refusal(interview: InterviewRow, attendance: Attendance, now: datetime) -> Refusal | None:
    """Why a fact cannot be recorded: it is settled, a finding stands on it, or it cannot be known yet."""
    if interview.attendance in MOVED_OR_WRONG:
        return Refusal(Code.INTERVIEW_SETTLED, "interview")
    if interview.attendance in CANCELLED and attendance is not Attendance.ENTERED_IN_ERROR:
        return Refusal(Code.INTERVIEW_SETTLED, "interview")
    if interview.finding is not None:
        return Refusal(Code.FINDING_STANDS, "interview")
    if attendance is Attendance.NOT_ATTENDED and not is_over(interview, now):
        return Refusal(Code.NOT_OVER, "attendance")
    if attendance in STARTED_ONLY and now < interview.starts_at:
        return Refusal(Code.NOT_STARTED, "attendance")
    return None


async def record_attendance(
    graph: Graph,
    act: Act,
    interview: str,
    attendance: Attendance,
    *,
    evidence: tuple[EvidenceCode, ...] = (),
    note: str | None = None,
) -> Outcome:
    """Records what happened; evidence codes stand beside NOT_ATTENDED or INCOMPLETE alone."""
    if refused := role_refusal(act.viewer, RECORDERS):
        return refused
    if attendance in (Attendance.PENDING, Attendance.RESCHEDULED):
        return invalid("attendance", Fault.NOT_HERE)
    if evidence and attendance.value not in MISSED:
        return invalid("evidence", Fault.NOT_BOTH)

    async def work(desk: Desk) -> Outcome:
        found = await find_own(desk, interview, recorder=True)
        if isinstance(found, Refusal):
            return found
        if refused := attendance_refusal(found, attendance, act.now):
            return refused
        codes = sorted({code.value for code in evidence})
        calls_off = attendance.value in CANCELLED or attendance is Attendance.ENTERED_IN_ERROR
        changes = int(calls_off and found.attendance not in CANCELLED)
        await set_attendance(desk, found.id, attendance, codes, changes)
        if attendance is not Attendance.NOT_ATTENDED:
            await _let_request_lapse(desk, found)
        await timers.cancel(desk, found.id, TimerKind.ANSWER)
        await _look_for_outcome(desk, found, attendance)
        if attendance in (Attendance.ATTENDED, Attendance.ATTENDED_LATE):
            policy = await policies.in_force(desk.tx, act.viewer.organization)
            await timers.start(desk, TimerKind.ANSWER, found.id, reckoned(found.ends_at, policy.conduct_answer))
        payload = {"attendance": attendance.value, "evidence": codes, "note": note}
        await record(desk, EventType.ATTENDANCE_RECORDED, found.id, **payload)
        await note_absence(desk, found, attendance.value, await assessments.of_interview(desk, found.id))
        await alarms.cancel(desk, found.id)
        if changes:
            await _tell_called_off(desk, found, attendance)
        if attendance in (Attendance.ATTENDED, Attendance.ATTENDED_LATE):
            await retention.repair_by(desk, found.id)
        await pools.settle(desk)
        return Written("Interview", found.id)

    return await perform(graph, act, work)
