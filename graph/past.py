"""How a candidate's record stood at an instant, told by the events that had been recorded by then.

Who may see what is today's: the rows are those that the viewer sees now and that were there then. A finding that has
been taken back, contested, restricted or has expired since is left out, so that nothing comes back by asking for the
past; what was erased since has no payload left to tell anything, and an application or interview without one is left
out: what its node holds is today's. A finding that was so already is told as it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import LiteralString

from graph.applications import APPLICATION
from graph.candidates import CANDIDATE
from graph.findings import FINDING
from graph.interviews import INTERVIEW
from graph.labels import label
from graph.orders import APPLICATION_CONDITIONS, FINDING_CONDITIONS, INTERVIEW_CONDITIONS
from graph.retention import DAYS_LEFT, WEIGHS
from graph.traversal import Conditions, Form, Many, Member, One, Page, Prop, Shape, Unkept
from graph.visibility import COUNTS, FINAL_THEN, Level
from graph.withholding import written_text


def _last(of: LiteralString, types: LiteralString, told: LiteralString, other: LiteralString = "") -> LiteralString:
    """What the last event of these types, or of `other`, tells of the node that `of` leads to; null where there was
    none."""
    return (
        "head(COLLECT { MATCH "
        + of
        + "<-[:ABOUT]-(e:Event) WHERE (e.type IN ["
        + types
        + "]"
        + other
        + ") AND e.recordedAt <= $asOf "
        "RETURN " + told + " ORDER BY e.seq DESC LIMIT 1 })"
    )


def _told(key: LiteralString, otherwise: LiteralString) -> LiteralString:
    """A word of an event's payload, which is JSON; `otherwise` where it was erased."""
    return "coalesce(split(split(e.payload, '\"" + key + "\":\"')[1], '\"')[0], " + otherwise + ")"


def _there(node: LiteralString, type: LiteralString) -> LiteralString:
    """Whether it had been recorded by then, and something of that is left to tell, unless now is asked for."""
    return (
        "EXISTS { ("
        + node
        + ")<-[:ABOUT]-(e:Event {type: '"
        + type
        + "'}) WHERE e.recordedAt <= $asOf AND (e.payload IS NOT NULL OR $asOf >= $now) }"
    )


STAGE: LiteralString = (
    "coalesce("
    + _last(
        "(this)",
        "'APPLICATION_ADVANCED', 'APPLICATION_WITHDRAWN', 'APPLICATION_REJECTED'",
        "CASE e.type WHEN 'APPLICATION_WITHDRAWN' THEN 'WITHDRAWN' WHEN 'APPLICATION_REJECTED' THEN 'REJECTED' ELSE "
        + _told("stage", "this.stage")
        + " END",
    )
    + ", 'APPLIED')"
)
RESPONSE: LiteralString = (
    "coalesce("
    + _last("(this)", "'RESPONSE_RECORDED'", _told("response", "this.response"))
    + ", CASE WHEN EXISTS { (this)<-[:RESCHEDULED_TO]-(:Interview)<-[:ABOUT]-(e:Event {type: 'INTERVIEW_RESCHEDULED'}) "
    "WHERE e.payload CONTAINS '\"chosenBy\":\"CANDIDATE\"' } THEN 'ACCEPTED' ELSE 'NEEDS_ACTION' END)"
)
"""A time that the candidate chose is accepted already."""
ATTENDANCE: LiteralString = (
    "coalesce("
    + _last(
        "(this)",
        "'INTERVIEW_RESCHEDULED', 'INTERVIEW_CANCELLED', 'ATTENDANCE_RECORDED', 'SLOT_OFFER_LAPSED'",
        "CASE WHEN e.type IN ['INTERVIEW_RESCHEDULED', 'RESCHEDULE_REQUESTED', 'SLOT_OFFER_LAPSED', 'SLOT_FREED'] "
        "THEN 'RESCHEDULED' "
        "WHEN e.type = 'INTERVIEW_CANCELLED' THEN 'CANCELLED_BY_' + "
        + _told("by", "split(this.attendance, '_BY_')[1]")
        + " ELSE "
        + _told("attendance", "this.attendance")
        + " END",
        # Who asks in time and finds no time open lets go of the old one.
        " OR (e.type = 'RESCHEDULE_REQUESTED' AND coalesce(e.payload CONTAINS '\"owedBy\":\"', "
        "this.attendance = 'RESCHEDULED'))"
        # A time that was declined is let go of as it is offered to others.
        " OR (e.type = 'SLOT_FREED' AND coalesce(e.payload CONTAINS '\"letGo\":true', "
        "this.attendance = 'RESCHEDULED'))",
    )
    + ", 'PENDING')"
)
_STEPS: tuple[tuple[LiteralString, LiteralString], ...] = (
    ("NO_SHOW_REPORTED", "SUSPECTED"),
    ("RESUME_CHECKED", "SUSPECTED"),
    ("NOTICE_RECORDED", "NOTICE_SENT"),
    # One names a finding only where that was suspected anew, because its notice bounced.
    ("MESSAGE_BOUNCED", "SUSPECTED"),
    ("NO_SHOW_CONFIRMED", "FINAL"),
    ("MISMATCH_CONFIRMED", "FINAL"),
    ("DISPUTE_REJECTED", "FINAL"),
    ("NO_SHOW_EXCUSED", "EXCUSED"),
    ("MISMATCH_EXCUSED", "EXCUSED"),
    ("NO_SHOW_DISPUTED", "DISPUTED"),
    ("MISMATCH_DISPUTED", "DISPUTED"),
    ("NO_SHOW_VOIDED", "VOID"),
    ("MISMATCH_VOIDED", "VOID"),
    ("DISPUTE_UPHELD", "VOID"),
)
"""What events make of a finding."""
STATE: LiteralString = (
    "coalesce("
    + _last(
        "(this)-[:FINDS]->()",
        "'" + "', '".join(event for event, _ in _STEPS) + "'",
        # Of what is collected, and not of the collection: Neo4j plans that once for each of these words.
        "CASE e.type" + "".join(" WHEN '" + event + "' THEN '" + state + "'" for event, state in _STEPS) + " END",
    ).replace("e.recordedAt <=", "e.payload CONTAINS this.id AND e.recordedAt <=")
    + ", this.state)"
)
"""An interview, or a check, may have had several findings: a finding's own events name it."""
DECIDED: LiteralString = "(this.decidedAt <= $asOf OR this.voidedAt <= $asOf)"
STANDS: LiteralString = (
    "CASE WHEN this.suspectedAt > $asOf THEN false WHEN this.restricted IS NOT NULL AND $asOf < $now THEN false "
    "WHEN this.expiresAt <= $now AND this.expiresAt > $asOf THEN false "
    "WHEN this.state = 'VOID' AND this.voidedAt > $asOf THEN false "
    "WHEN this.state = 'DISPUTED' AND this.disputedAt > $asOf THEN false ELSE true END"
)
"""A finding that was there then and has not fallen since: what is void or contested now was so then, and what is
restricted now is told as of now alone. By what the node keeps of when each step was taken. Others than the department
itself are told of one from when it was final, which is the policy of a PastFinding."""
COUNTED: LiteralString = COUNTS + " AND " + STANDS + " AND CASE WHEN " + FINAL_THEN + " THEN true ELSE false END"
"""A no-show that counted then and counts now."""
_VOID: LiteralString = "coalesce(this.voidedAt <= $asOf, false)"


def _of(this: LiteralString) -> LiteralString:
    """A condition on `this` as one on `that`."""
    return this.replace("this", "that")


def _since(time: LiteralString, told: LiteralString) -> LiteralString:
    """What was known from an instant on, which the node keeps."""
    return "CASE WHEN this." + time + " <= $asOf THEN this." + told + " END"


def _stated(told: LiteralString) -> LiteralString:
    return (
        "CASE WHEN EXISTS { (this)-[:FINDS]->()<-[:ABOUT]-(e:Event) WHERE e.seq = this.statementSeq "
        "AND e.recordedAt <= $asOf } THEN this." + told + " END"
    )


def _noticed(told: LiteralString) -> LiteralString:
    return "CASE WHEN this.noticeAt <= $asOf THEN this." + told + " END"


def _decided(told: LiteralString) -> LiteralString:
    return "CASE WHEN " + DECIDED + " THEN this." + told + " END"


_OUTCOME: LiteralString = (
    "CASE WHEN $staff OR $verified THEN head([(this)<-[:FINDS]-(f:Finding) WHERE "
    + (STANDS + " AND this.decidedAt <= $asOf AND NOT " + _VOID).replace("this", "f")
    + " | f.outcome]) END"
)
_APPLIED = _there("that", "APPLICATION_SUBMITTED")
_INVITED = _there("that", "INTERVIEW_INVITED")
_APPLICATIONS: Conditions = {
    **APPLICATION_CONDITIONS,
    "stage": STAGE + " = $value",
    "ended": APPLICATION_CONDITIONS["ended"].replace("this.stage", STAGE),
}
_INTERVIEWS: Conditions = {
    **INTERVIEW_CONDITIONS,
    "attendance": ATTENDANCE + " = $value",
    "response": RESPONSE + " = $value",
}


def _past(base: Shape, name: str, told: dict[str, Member], unkept: tuple[str, ...]) -> Shape:
    """The shape of the same type as of an instant; what it neither tells nor says not to keep is as in `base`."""
    return Shape(name, {**base.members, **told, **dict.fromkeys(unkept, Unkept())}, base.name, base.looked)


def _page(base: Shape, member: str, to: str, where: LiteralString, conditions: Conditions | None = None) -> Page:
    found = base.members[member]
    assert isinstance(found, Page)
    return replace(found, to=to, where=where, conditions=found.conditions if conditions is None else conditions)


def _to(base: Shape, member: str, to: str, where: LiteralString = "") -> One | Many:
    found = base.members[member]
    assert isinstance(found, (One, Many))
    return replace(found, to=to, where=where)


_JOINED_THEN: LiteralString = (
    "(whose.id = this.id OR size([(this)-[joined:SAME_AS]-(whose) WHERE joined.since <= $asOf | 1]) > 0) AND "
)


def _of_person(member: str, to: str, where: LiteralString, conditions: Conditions | None = None) -> Page:
    """A page of a person's, of the other record too where the two were merged by then and are today."""
    found = _page(CANDIDATE, member, to, _JOINED_THEN + where, conditions)
    assert isinstance(found.steps, tuple)
    return replace(found, steps=tuple(step.replace("]-(:Candidate)", "]-(whose:Candidate)") for step in found.steps))


PAST_CANDIDATE = _past(
    CANDIDATE,
    "PastCandidate",
    {
        "applications": _of_person("applications", "PastApplication", _APPLIED, _APPLICATIONS),
        "interviews": _of_person("interviews", "PastInterview", _INVITED, _INTERVIEWS),
        "noShows": _of_person("noShows", "PastFinding", _of(COUNTED)),
        "findings": _of_person(
            "findings",
            "PastFinding",
            _of(STANDS),
            {
                **FINDING_CONDITIONS,
                "states": STATE + " IN $value AND ($verified OR "
                "EXISTS { (this)-[:FINDS]->()-[:HELD_BY]->(d:Department) WHERE d.id IN $own })",
            },
        ),
    },
    (
        *(
            "employments",
            "attendance",
            "score",
            "profile",
            "labels",
            "selfAssessment",
            "courseSuggestions",
            "reminders",
        ),
        *("possibleMatches", "sameAs", "requests", "accesses", "accessGaps"),
    ),
)
PAST_APPLICATION = _past(
    APPLICATION,
    "PastApplication",
    {
        "stage": Prop(STAGE, see=Level.ALL),
        "stageLabel": label(STAGE, see=Level.ALL),
        "candidate": _to(APPLICATION, "candidate", "PastCandidate"),
        "interviews": _page(APPLICATION, "interviews", "PastInterview", _INVITED, _INTERVIEWS),
    },
    ("openSlots", "reminders", "noticeAnswerBy", "noticeTimeZone", "links", "decisions", "resumeChecks"),
)
PAST_INTERVIEW = _past(
    INTERVIEW,
    "PastInterview",
    {
        "response": Prop(RESPONSE, see=Level.ALL),
        "responseLabel": label(RESPONSE, see=Level.ALL),
        "attendance": Prop(ATTENDANCE, see=Level.ALL),
        "attendanceLabel": label(ATTENDANCE, see=Level.ALL),
        "outcome": Prop(_OUTCOME),
        "outcomeLabel": label(_OUTCOME),
        "application": _to(INTERVIEW, "application", "PastApplication"),
        "candidate": _to(INTERVIEW, "candidate", "PastCandidate"),
        "rescheduledTo": _to(INTERVIEW, "rescheduledTo", "PastInterview", _INVITED),
        "rescheduledFrom": _to(INTERVIEW, "rescheduledFrom", "PastInterview", _INVITED),
        "events": _page(INTERVIEW, "events", "Event", "that.recordedAt <= $asOf"),
        "finding": _to(INTERVIEW, "finding", "PastFinding", _of(STANDS + " AND NOT " + _VOID)),
        "findings": _to(INTERVIEW, "findings", "PastFinding", _of(STANDS)),
    },
    (
        *("icsSequence", "responseMessage", "evidence", "openSlots", "rescheduleRequests"),
        *("proofs", "assessment", "telemetry", "messages"),
    ),
)
PAST_FINDING = _past(
    FINDING,
    "PastFinding",
    {
        "candidate": _to(FINDING, "candidate", "PastCandidate"),
        "application": _to(FINDING, "application", "PastApplication"),
        "outcome": Prop(_decided("outcome")),
        "outcomeLabel": label(_decided("outcome")),
        "cause": Prop(_decided("cause")),
        "causeLabel": label(_decided("cause")),
        "knewBy": Prop(_decided("knewBy")),
        "knewByLabel": label(_decided("knewBy")),
        "state": Prop(STATE),
        "stateLabel": label(STATE),
        "noticeAt": Prop(_noticed("noticeAt"), form=Form.INSTANT),
        "answerBy": Prop(_noticed("answerBy"), form=Form.INSTANT),
        "decideBy": Prop(_noticed("decideBy"), form=Form.INSTANT),
        "decidedAt": Prop(_decided("decidedAt"), form=Form.INSTANT),
        "expiresAt": Prop(_decided("expiresAt"), form=Form.INSTANT),
        "eraseAt": Prop(_decided("eraseAt"), form=Form.INSTANT),
        "disputedAt": Prop(_since("disputedAt", "disputedAt"), form=Form.INSTANT),
        "disputeDueAt": Prop(_since("disputedAt", "disputeDueAt"), form=Form.INSTANT),
        "disputeText": Prop(_since("disputedAt", "disputeText")),
        "disputeRejectedAt": Prop(_since("rejectedAt", "rejectedAt"), form=Form.INSTANT),
        "disputeReason": written_text(_since("rejectedAt", "disputeReason")),
        "reviewedAt": Prop(_since("reviewedAt", "reviewedAt"), form=Form.INSTANT),
        "reviewReason": written_text(_since("reviewedAt", "reviewReason")),
        "voidedAt": Prop(_since("voidedAt", "voidedAt"), form=Form.INSTANT),
        "voidReason": written_text(_since("voidedAt", "voidReason")),
        "reason": written_text(_decided("reason")),
        "statement": Prop(_stated("statement")),
        "statementBy": Prop(_stated("statementBy")),
        "statementByLabel": label(_stated("statementBy")),
        "daysLeft": replace(
            DAYS_LEFT,
            inputs=(
                "CASE WHEN " + WEIGHS + " AND " + FINAL_THEN + " THEN toString(this.expiresAt) END",
                "toString($now)",
            ),
        ),
        "repairs": _to(FINDING, "repairs", "Repair", "that.at <= $asOf"),
        "decidedBy": _to(FINDING, "decidedBy", "User", DECIDED),
        "voidedBy": _to(FINDING, "voidedBy", "User", "this.voidedAt <= $asOf"),
        "interview": _to(FINDING, "interview", "PastInterview"),
        "basedOn": _to(FINDING, "basedOn", "Event", "that.recordedAt <= $asOf"),
    },
    ("lastSeq", "resumeCheck", "proofs", "consideredBy"),
)
