"""Who sees what: the table of roles and relations, field by field, whichever way one comes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from graph import goals, proofs, timers
from graph.candidates import Person
from graph.causes import Cause, TelemetryKind
from graph.checks import CheckOutcome, NewCheck
from graph.credit import Dimension
from graph.decisions import Decide, Verdict
from graph.due import RULES
from graph.employments import Correction, NewEmployment
from graph.goals import Goal
from graph.interviews import Attendance, EvidenceCode, Mode, Response, Side, Times
from graph.positions import Urgency
from graph.proofs import ProofVerdict
from graph.questionnaire import STATEMENTS
from graph.rounds import Invitee
from graph.shifts import AttendanceKind
from graph.statements import Nothing, Statement
from graph.telemetry import Report
from graph.timers import Timer, TimerKind
from graph.timesheets import Fact
from graph.traversal import SHAPES
from graph.visibility import Claim, OrganizationRole
from graph.work_calendars import NewCalendar
from graph.writing import Graph
from schema.execution import Answerer
from schema.root import core_schema
from seeds import makers
from tests.conftest import NOW, Ask, Company, gid, looked, make_company, uid
from tests.pictures import picture
from tests.timing import FIND_TIMER

pytestmark = pytest.mark.usefixtures("patient")

SCHEMA = core_schema()

OWN, SIBLING, CIRCLE, OUTSIDE = "marketing", "technology", "brand", "subsidiary"
"""Recruiters as they stand to Marketing, whose records are looked at. Brand is below it, Technology beside it."""
ADMIN, AUDITOR = "hr", "auditor"
INTEGRATOR, FILER = "integrator", "filer"
"""Two integrators: FILER filed the application and recorded the attendance, INTEGRATOR did nothing."""
STRANGER = "stranger"
"""The HR_ADMIN of another Organization."""
VIEWERS = (OWN, SIBLING, CIRCLE, OUTSIDE, ADMIN, AUDITOR, INTEGRATOR, FILER, STRANGER)

HOME = frozenset({OWN, ADMIN, AUDITOR})
NEAR = HOME | {SIBLING, CIRCLE}
PROGRAMS = frozenset({INTEGRATOR, FILER})
ALL = NEAR | {OUTSIDE} | PROGRAMS
WATCH = frozenset({ADMIN, AUDITOR})
"""Who watches over the record, besides the person whom it is about."""

TABLE: Mapping[str, Mapping[str, frozenset[str]]] = {
    "Department": {
        "id name nameZh": ALL,
        "code status statusLabel parent successor children siblings ancestors descendants positions": NEAR | PROGRAMS,
        "noShows": NEAR,
        "attendance": NEAR,
        "sharesHistory closedAt": HOME | PROGRAMS,
        "applications interviews employments": HOME | {FILER},
        "findings tasks workAttendance openSlots applicantsWithReminders": HOME,
        "conduct": ALL,
        "workCalendars": NEAR | PROGRAMS,
    },
    "Position": {
        "id title jobFamily status statusLabel department similar": NEAR | PROGRAMS,
        "urgency urgencyLabel openedAt closedAt": HOME | PROGRAMS,
        "applications interviews": HOME | {FILER},
        "applicantsWithReminders": HOME,
    },
    "Candidate": {
        "id displayName status statusLabel locale timeZone email phone applications interviews employments": HOME
        | {FILER},
        "noShows findings attendance reminders possibleMatches score profile selfAssessment courseSuggestions": HOME,
        "labels": HOME,
        "accesses accessGaps": WATCH,
        "requests sameAs": HOME,
    },
    "Application": {
        "id stage stageLabel appliedAt source candidate position interviews": HOME | {FILER},
        "reminders links decisions openSlots resumeChecks": HOME,
        "noticeAnswerBy noticeTimeZone": frozenset(),
    },
    "Link": {"id createdAt expiresAt revokedAt application": HOME, "url": frozenset()},
    "Interview": {
        "id icsUid mode modeLabel startsAt endsAt timeZone response responseLabel attendance attendanceLabel": HOME
        | PROGRAMS,
        "graceMinutes joinUrl evidence application candidate events icsSequence department position "
        "rescheduledFrom": HOME | {FILER},
        "responseMessage outcome outcomeLabel interviewers finding findings rescheduledTo openSlots rescheduleRequests "
        "proofs messages": HOME,
        "telemetry": HOME | {FILER},
        "assessment": HOME | PROGRAMS,
    },
    "Slot": {"id startsAt endsAt timeZone mode modeLabel state stateLabel position department": HOME},
    "RescheduleRequest": {
        "id state stateLabel inTime policyVersion reason requestedAt owedBy overdueAt decidedAt answer interview slot "
        "decidedBy": HOME,
    },
    "Proof": {
        "id kind size hash uploadedAt verdict verdictLabel reason decidedAt purgedAt repeats interview finding request "
        "decidedBy": HOME,
        "resumeCheck": HOME,
    },
    "UploadTicket": {"id ticket expiresAt": frozenset()},
    "Event": {
        "id seq type typeLabel occurredAt recordedAt actorKind actorKindLabel actor interview": HOME | {FILER},
        "hash": frozenset({AUDITOR}),
    },
    "Finding": {
        "id occurredAt department position relation relationLabel": NEAR,
        "outcome outcomeLabel cause causeLabel knewBy knewByLabel state stateLabel suspectedAt noticeAt answerBy "
        "decideBy decidedAt disputedAt disputeDueAt disputeText disputeRejectedAt disputeReason reviewedAt "
        "reviewReason expiresAt eraseAt daysLeft repairs policyVersion reason statement statementBy "
        "statementByLabel lastSeq decidedBy candidate application interview resumeCheck basedOn proofs consideredBy "
        "voidedAt voidedBy voidReason": HOME,
    },
    "Task": {
        "kind kindLabel due candidate application interview finding": HOME,
    },
    "Reminder": {
        "kind kindLabel similarPosition message noShow occurredAt department relation relationLabel": NEAR,
        # Of a no-show there is no other application (tests/test_candidates.py).
        "application": frozenset(),
    },
    "User": {
        # A program sees itself, which recruits and interviews for nobody.
        "id externalId displayName": ALL - frozenset({INTEGRATOR}),
        "recruitsFor interviewsFor": ALL - PROGRAMS,
        "email organizationRole organizationRoleLabel organization": HOME | {FILER},
    },
    "Organization": {
        "id name nameZh jurisdiction timeZone departments workCalendars": ALL,
        "interviews": HOME | PROGRAMS,
        "users": frozenset({ADMIN, AUDITOR}),
        "costPolicy": ALL - PROGRAMS,
        "webhooks": frozenset({ADMIN, AUDITOR, FILER}),
        "attendancePolicy scoringOff scoringOffIn scoringOffFor": ALL,
        "courses": ALL - PROGRAMS,
        # No mark of this company was ever taken back.
        "scoringBrakedAt scoringBrakedBecause": frozenset(),
        "scorePolicies": ALL - PROGRAMS,
    },
    "ScorePolicy": {
        "id version state stateLabel reason proposedAt proposedBy approvedAt approvedBy activeFrom dimensions bands "
        "minimum validDays noticeHours latesPerAbsence labelLates labelAbsences labelDays "
        "brakeUpheld brakeFalse brakeLeast brakeDays assessments": ALL - PROGRAMS,
    },
    "ImpactAssessment": {"id recordedAt recordedBy purpose impact measures policy": ALL - PROGRAMS},
    "AttendancePolicy": {
        "id version setAt rescheduleNoticeHours answerHours decisionDays disputeDays slotOwedDays proofKeptDays "
        "expiresDays erasesDays firstExpiresDays firstErasesDays repairDays repairLeastDays conductLateHours "
        "conductAnswerDays conductKeptDays offerHours rejectionDays seenDays causes": ALL,
    },
    "Conduct": {
        "lateCancellations": NEAR,
        # Of others there is one each, which is too few to tell.
        "absences unanswered": HOME,
    },
    "Telemetry": {
        "id kind kindLabel occurredAt until recordedAt source interview": HOME | {FILER},
    },
    "Assessment": {
        "cause causeLabel confidence rules reasons policyVersion": HOME,
    },
    "CostPolicy": {
        "id version setAt currency aiAsync aiLive video onsite recruiterHour resumesLow resumesHigh minutesLow "
        "minutesHigh daysLow daysHigh": ALL - PROGRAMS,
    },
    "Repair": {"at days interview": HOME},
    "RightsRequest": {
        "id kind kindLabel state stateLabel text filedAt dueAt answeredAt reason answeredBy candidate": HOME,
    },
    "Access": {
        "id at who displayName role departments purpose purposeLabel about aboutLabel finding": WATCH,
        "decision": frozenset(),
    },
    "AccessGap": {"id since until": WATCH},
    "Decision": {
        "id verdict verdictLabel state stateLabel reason followedAdvice decidedAt effectiveAt decidedBy application "
        "considered seenHash seenUntil": HOME,
        "seen": frozenset({OWN, ADMIN, AUDITOR}),
    },
    "FreedSlot": {
        "id state stateLabel startsAt endsAt lapsesAt waiting lost offers takenBy": HOME,
    },
    "InvitationRound": {
        "id invitedAt position answers": HOME,
    },
    "InvitationAnswer": {
        "id place code field message interview": HOME,
    },
    "RefillSuggestion": {
        "candidate application position isSameFamily isFree noShows attended since reasons": HOME,
    },
    "Webhook": {
        "id url state stateLabel setAt failingSince disabledAt formerKeyUntil user": frozenset({ADMIN, AUDITOR, FILER}),
    },
    "Message": {
        "id template templateLabel state stateLabel channel reason createdAt sentAt receipts interview": HOME,
    },
    "Employment": {
        "id title startedOn endedOn employer source consentedAt consentSource candidate department records "
        "taskResults events": HOME | {FILER},
        "attendance attendanceByMonth": HOME,
    },
    "AttendanceRecord": {
        "id kind kindLabel granularity day days minutes outOf source recordedAt superseded reason corrects correctedBy "
        "employment": HOME | {FILER},
    },
    "ResumeCheck": {
        "id outcome outcomeLabel claim method source details checkedOn recordedAt superseded corrects correctedBy "
        "department application findings proofs": HOME,
    },
    "TaskResult": {
        "id goal startsOn dueOn target result share withdrawn source recordedAt superseded reason corrects correctedBy "
        "employment": HOME | {FILER},
    },
    "WorkCalendar": {
        "id validFrom timeZone graceMinutes schedule exceptions department": NEAR | PROGRAMS,
    },
}
"""For every field of every type, who reads it; a viewer that reads none of them has no such row."""

MADE = {
    *("ScoreDimension", "ScoreBand", "CreditScore", "CreditFactor", "CreditEvidence", "CreditCounterfactual"),
    *("CandidateLabel", "LabelGround", "CandidateProfile", "ProfileDimension", "ProfileEvent"),
    *("SelfAssessment", "SelfResult", "SelfAnswer", "Course", "CourseSuggestion"),
}
"""What is made in Python of what stands in the table, and seen as that is."""

SUMMARY: Mapping[str, frozenset[str]] = {
    "interviews accepted attended acceptedNotAttended noShows excused faults attendanceRate noShowRate": HOME,
}
"""The same for attendance in numbers, of Marketing and all below it; its one no-show is too few for others."""


def by_field(groups: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {name: viewers for names, viewers in groups.items() for name in names.split()}


FIELDS = {type: by_field(groups) for type, groups in TABLE.items()}


def object_type(name: str) -> GraphQLObjectType:
    found = SCHEMA.get_type(name)
    assert isinstance(found, GraphQLObjectType)
    return found


FEW = 2
"""How many rows of a page are asked for: enough to see that there are any, and cheap in a list of lists."""


def selection(type: str) -> str:
    """Every field of a type; of the records behind it no more than shows that they are there."""
    parts: list[str] = []
    for name, definition in object_type(type).fields.items():
        inner = get_named_type(definition.type)
        arguments = "(position: $position)" if "position" in definition.args else ""
        if is_leaf_type(inner):
            parts.append(name)
        elif inner.name.endswith("Connection"):
            parts.append(f"{name}(first: {FEW}) {{ totalCount nodes {{ __typename }} }}")
        elif inner.name == "WorkAttendance":
            parts.append(f"{name}{arguments} {{ employees }}")
        elif inner.name == "AttendanceSummary":
            parts.append(f"{name}{arguments} {{ noShows }}")
        else:
            parts.append(f"{name}{arguments} {{ __typename }}")
    return " ".join(parts)


def is_there(value: Any) -> bool:
    """Whether a field says anything; pages must say the same in their count and in their rows."""
    if isinstance(value, dict) and "totalCount" in value:
        assert min(value["totalCount"], FEW) == len(value["nodes"])
        return value["totalCount"] > 0
    if isinstance(value, dict) and value.keys() in ({"noShows"}, {"employees"}):
        return None not in value.values()
    return value not in (None, [])


NAME_ZH = Statement(
    "tests.name_organization",
    "MATCH (organization:Organization {id: $id}) SET organization.nameZh = '公司'",
    row=Nothing,
    writes=True,
)
NAME_PEOPLE = Statement(
    "tests.name_people",
    "MATCH (user:User {organization: $id}) SET user.displayName = '顾晓岚', user.email = 'gu@example.com'",
    row=Nothing,
    writes=True,
)


@dataclass
class World:
    """A company in which every field of every type says something to somebody."""

    company: Company
    stranger: Company
    ids: dict[str, str] = field(default_factory=dict)

    def user(self, viewer: str) -> str:
        return self.stranger.user("hr") if viewer == STRANGER else self.company.user(viewer)


@pytest.fixture(scope="module")
async def world(graph: Graph, answerer: Answerer) -> World:  # noqa: PLR0915  one company
    ask = Ask(graph, answerer)
    company = await make_company(graph)
    world = World(company, await make_company(graph))
    await graph.client.write(lambda tx: tx.run(NAME_ZH, id=company.hr.viewer.organization))
    hr, ids = company.hr, world.ids
    await hr.user(f"filer@{company.tag}", OrganizationRole.INTEGRATOR)
    marketing = company.departments["marketing"]
    # A closed department with parent, children and siblings, so that no field of a department is empty at home.
    old = await hr.department("OLD", "Old", "旧部", parent=marketing)
    await hr.close_department(await hr.department("OLDER", "Older", parent=old))
    await hr.close_department(old, marketing)
    ids |= {"marketing": marketing, "old": old}
    closed = await hr.close_position(await hr.position(marketing, "Closed", "MARKETING"))
    ids |= {"position": company.positions["marketing"], "closed": closed, "wanted": company.positions["technology"]}

    interviewer = await hr.user(f"interviewer@{company.tag}", interviews_for=(marketing,))
    await graph.client.write(lambda tx: tx.run(NAME_PEOPLE, id=company.hr.viewer.organization))
    filer = await makers.maker(graph, f"filer@{company.tag}", at=NOW - timedelta(days=40))
    person = replace(company.person(), phone="+86 138 0013 8000", time_zone="Asia/Shanghai")
    application = await filer.application(company.positions["marketing"], person, "referral")
    recruiter = await makers.maker(graph, company.user(OWN), at=NOW - timedelta(days=40))
    moved = await recruiter.interview(
        application, starts_at=NOW - timedelta(days=35), mode=Mode.VIDEO, interviewers=(interviewer,)
    )
    interview = await recruiter.reschedule(moved, NOW - timedelta(days=30), Side.CANDIDATE)
    await recruiter.respond(interview, Response.ACCEPTED, "See you there.")
    filer.at = recruiter.at = NOW - timedelta(days=29)
    await filer.attendance(interview, Attendance.NOT_ATTENDED, EvidenceCode.INTERVIEWER_ABSENT)
    at = NOW - timedelta(days=30)
    beat = Report(TelemetryKind.SESSION_HEARTBEAT, at, "https://platform.example", "1", interview, at)
    ids["beat"] = await filer.telemetry(beat)
    finding, ids["proof"] = await heard(recruiter, interview)
    company.at(days=28)
    await company.application("marketing", replace(person, display_name="李雷", email="li.lei@example.com"))
    ids |= {"application": application, "moved": moved, "interview": interview, "finding": finding}
    ids["program"] = filer.viewer.id
    ids |= await at_work(company, filer, person)
    ids |= await checked(recruiter, application, interview)

    # Somebody with an application everywhere, so that siblings come to Marketing's finding by their own records.
    known = company.person("陈晨")
    company.at(days=40)
    missed = await hr.missed(await company.application("marketing", known))
    recruiter.at = hr.at
    ids |= {"known": missed, "mark": await decided(recruiter, missed)}
    await recruiter.dispute(ids["mark"])
    hr.at = recruiter.at
    await hr.rejection(ids["mark"])
    await hr.graph.client.write(lambda tx: tx.run(REVIEW, id=ids["mark"], at=hr.at))
    await hr.suspicion(await hr.missed(await company.application("marketing", company.person("赵六"))))
    void = await hr.suspicion(await hr.missed(await company.application("marketing", company.person("孙七"))))
    ids["void"] = await recruiter.void(void)
    for department in ("technology", "brand", "subsidiary"):
        company.at(days=10)
        ids[f"at_{department}"] = await company.application(department, known)

    await improving(ask, company, application)
    ids |= {"organization": hr.viewer.organization, "interviewer": interviewer, "recruiter": recruiter.viewer.id}
    query = """
    query Ids($application: ID!, $interview: ID!) {
      application(id: $application) { candidate { id } links { id } }
      interview(id: $interview) {
        candidate { id } messages { id template } events(orderBy: SEQ_DESC) { nodes { id type } }
      }
    }
    """
    hr_user = company.user("hr")
    found = await ask(
        query, hr_user, application=gid("Application", application), interview=gid("Interview", interview)
    )
    await looked_after(ask, world, application)
    ids |= {"policy": await hr.costs(onsite=150), "rules": await hr.policy(answer_hours=96)}
    ids |= {**await asked_for(company, recruiter, application), **await invited(ask, company), **await scoring(company)}
    ids["held"] = await recruiter.decide(Decide(application, Verdict.HOLD, "Later.", (finding,), followed_advice=True))
    ids["candidate"] = uid(found["application"]["candidate"]["id"])
    ids["ended"] = await recruiter.revoke_link(uid(found["application"]["links"][0]["id"]))
    ids["link"] = await recruiter.link(application)
    events = {event["type"]: uid(event["id"]) for event in found["interview"]["events"]["nodes"]}
    told = next(uid(it["id"]) for it in found["interview"]["messages"] if it["template"] != "INVITATION")
    ids |= {"message": told, "webhook": await webhook(graph, filer, told)}
    ids["event"] = events["ATTENDANCE_RECORDED"]
    ids["decision"] = events["NO_SHOW_CONFIRMED"]
    return world


async def checked(recruiter: makers.Maker, application: str, interview: str) -> dict[str, str]:
    """A degree that was verified by mistake, and the check in its place, against which the candidate brings proof.

    `interview` is one of theirs.
    """
    on, told = (NOW - timedelta(days=30)).date(), ("Degree of 2019", "Call to the registry", "Registry")
    verified = await recruiter.resume_check(NewCheck(application, CheckOutcome.VERIFIED, *told, on))
    new = NewCheck(application, CheckOutcome.MISMATCH, *told, on, "The registry knows no such degree.", verified)
    mismatch = await recruiter.resume_check(new)
    alleged = await recruiter.finding_of(mismatch)
    diploma = await recruiter.proof(interview, picture(), finding=alleged)
    return {"verified": verified, "mismatch": mismatch, "alleged": alleged, "diploma": diploma}


async def invited(ask: Ask, company: Company) -> dict[str, str]:
    """A round of two, of whom one was invited."""
    company.at(days=28)
    application = await company.application("marketing", company.person("孙悦"))
    times = Times(company.hr.at + timedelta(days=2), company.hr.at + timedelta(days=2, hours=1), "Asia/Shanghai")
    invitees = Invitee(times, application), Invitee(times, candidate="nobody")
    round = await company.hr.round(company.positions["marketing"], *invitees)
    query = "query Of($id: ID!) { node(id: $id) { ... on InvitationRound { answers { id } } } }"
    found = await ask(query, company.user("hr"), id=gid("InvitationRound", round))
    asked, refused = (uid(each["id"]) for each in found["node"]["answers"])
    return {"round": round, "asked": asked, "refused": refused, **await freed(company)}


async def improving(ask: Ask, company: Company, application: str) -> None:
    """Courses for every dimension, and the candidate's own answers, which they share."""
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    claim = Claim(uid(found["application"]["candidate"]["id"]), application, verified=True)
    await ask.do("takeSelfAssessment", claim, answers=[3] * len(STATEMENTS))
    await ask.do("shareSelfAssessment", claim, shared=True)
    listed = [{"dimension": each.value, "title": "On", "url": "https://courses.example"} for each in Dimension]
    organization = gid("Organization", company.hr.viewer.organization)
    await ask.do("setCourses", company.user("hr"), organization=organization, courses=listed)


async def freed(company: Company) -> dict[str, str]:
    """Two slots of cancelled interviews: one is offered, the other was accepted by somebody who did not ask."""
    hr, slots = company.at(days=28), list[str]()
    for number in range(2):
        await company.application("marketing", company.person(f"等待{number}"))
        lost = await company.application("marketing", company.person("钱进"))
        interview = await hr.interview(lost, starts_at=hr.at + timedelta(days=5))
        await hr.cancel(interview, Side.CANDIDATE)
        slots.append(await hr.free_slot(interview))
    found = await hr.graph.client.answer(
        "tests.offered", "MATCH (:FreedSlot {id: $id})-[:OFFERS]->(i:Interview) RETURN i.id AS id", {"id": slots[1]}
    )
    await hr.respond(found[0]["id"], Response.ACCEPTED)
    await company.application("marketing", company.person("候补"))
    return {"freed": slots[0], "accepted": slots[1]}


async def looked_after(ask: Ask, world: World, application: str) -> None:
    """What fades, and what the person asked for."""
    company, ids = world.company, world.ids
    recruiter = await makers.maker(company.hr.graph, company.user("marketing"), at=company.hr.at)
    ids["access"], ids["gap"] = await looked(ask.graph, recruiter.viewer, ids["finding"])
    company.at(days=20)
    attended = await company.hr.interview(application, starts_at=NOW - timedelta(days=10))
    company.at(days=9)
    await company.hr.attendance(attended, Attendance.ATTENDED)
    twin = await company.hr.application(company.positions["marketing"], company.person("双生"))
    query = "query C($id: ID!) { application(id: $id) { candidate { id } } }"
    both = [
        uid((await ask(query, company.user("hr"), id=gid("Application", each)))["application"]["candidate"]["id"])
        for each in (application, twin)
    ]
    await company.hr.merge(*both)
    ids["twin"] = both[1]
    ids["rights"] = await company.hr.rights_request(application, text="Please correct my name.")
    await ask.do(
        "answerRequest",
        company.user("marketing"),
        rightsRequest=gid("RightsRequest", ids["rights"]),
        answer="REFUSED",
        reason="No",
    )


SEND_MESSAGE = Statement(
    "tests.send_message",
    """
    MATCH (message:Message {id: $id})
    SET message.channel = 'SMTP', message.reason = 'SMTP_550', message.sentAt = $now, message.receipts = ['BOUNCED']
    """,
    row=Nothing,
    writes=True,
)
FAIL_WEBHOOK = Statement(
    "tests.fail_webhook",
    "MATCH (w:Webhook {id: $id}) SET w.failingSince = $now, w.disabledAt = $now",
    row=Nothing,
    writes=True,
)


async def webhook(graph: Graph, filer: makers.Maker, message: str) -> str:
    """One whose fields all say something, as those of the message do."""
    await graph.client.write(lambda tx: tx.run(SEND_MESSAGE, id=message, now=NOW))
    key, other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    id = await filer.webhook("https://hooks.example.com/turnout", key)
    await filer.webhook("https://hooks.example.com/turnout", other)
    await graph.client.write(lambda tx: tx.run(FAIL_WEBHOOK, id=id, now=NOW))
    return id


async def scoring(company: Company) -> dict[str, str]:
    """A score policy in force; scores are off where it says so."""
    hr = company.hr
    scoring = await hr.score_policy()
    assessment = await hr.impact_assessment(scoring)
    await hr.user(f"second@{company.tag}", OrganizationRole.HR_ADMIN)
    second = await makers.maker(hr.graph, f"second@{company.tag}", at=hr.at)
    await second.approval(scoring)
    await hr.switch_scoring(off=False, jurisdictions=("DE",), roles=(OrganizationRole.INTEGRATOR,))
    return {"scoring": scoring, "assessment": assessment}


async def at_work(company: Company, filer: makers.Maker, person: Person) -> dict[str, str]:
    """What a program told of the person's days in Marketing, and the calendars that it goes by."""
    marketing = company.departments["marketing"]
    calendar = NewCalendar(date(2026, 1, 1), "Asia/Shanghai", 5, ("MON-FRI 09:00-18:00",), ("2026-10-01",))
    await company.hr.work_calendar(calendar)
    kept = await company.hr.work_calendar(replace(calendar, department=marketing))
    consent = {"consented_at": NOW - timedelta(days=90), "consent_source": "form"}
    job = NewEmployment(marketing, person, "Trainee", date(2026, 1, 5), date(2026, 6, 30), "Another", **consent)
    filer.seed = uuid4().hex
    employment = await filer.employment(job)
    call = f"{filer.seed}/1"  # its second call
    late = Fact(AttendanceKind.LATE, date(2026, 6, 1), minutes=20)
    await filer.work_attendance(employment, "badge", late)
    record = makers.fixed_ids(call)()()
    filer.seed = ""
    corrected = await filer.correct_work_attendance(Correction(record, "The clock was ahead", minutes=9))
    await company.hr.work_attendance(employment, "badge", Fact(AttendanceKind.ABSENT, date(2026, 6, 2)))
    # What the department itself says of its own is what it is counted by.
    own = await company.hr.employment(NewEmployment(marketing, person, "Trainee", date(2026, 7, 1), date(2026, 9, 30)))
    await company.hr.work_attendance(own, "badge", Fact(AttendanceKind.LATE, date(2026, 7, 2), minutes=5))
    filer.seed = uuid4().hex
    goal = Goal("Write a plan", date(2026, 1, 5), date(2026, 3, 31), target=4.0, result=3.0)
    await filer.task_completion(employment, "okr", goal)
    reached = makers.fixed_ids(f"{filer.seed}/2")()()
    filer.seed = ""
    rest = await filer.correct_task_completion(goals.Correction(reached, "One more", result=4.0))
    worked = {"reached": reached, "rest": rest}
    return {"employment": employment, "record": record, "corrected": corrected, "calendar": kept, **worked}


async def asked_for(company: Company, recruiter: makers.Maker, application: str) -> dict[str, str]:
    """Another time: a late request that was refused, with proof, and one in time for which HR owes a time still."""
    recruiter.at = NOW - timedelta(hours=1)
    await recruiter.slots(NOW + timedelta(days=20), position=company.positions["marketing"], mode=Mode.VIDEO)
    query = "MATCH (s:Slot)-[:OFFERED_FOR]->(:Position {id: $id}) RETURN s.id AS id"
    (slot,) = await recruiter.graph.client.answer("tests.slot", query, {"id": company.positions["marketing"]})
    soon = await recruiter.interview(application, starts_at=NOW + timedelta(hours=5), mode=Mode.VIDEO)
    denied = await recruiter.request(soon, slot["id"])
    shown = await recruiter.proof(soon, picture(), request=denied)
    ticket = await recruiter.ticket(soon, request=denied)
    await recruiter.deny(denied, "The room is booked.")
    later = await recruiter.interview(application, starts_at=NOW + timedelta(days=9), mode=Mode.ONSITE)
    owed = await recruiter.request(later)
    await overdue(recruiter, owed)
    return {"slot": slot["id"], "soon": soon, "denied": denied, "shown": shown, "ticket": ticket, "owed": owed}


REVIEW = Statement(
    "tests.review",
    "MATCH (finding:Finding {id: $id}) SET finding.reviewedAt = $at, finding.reviewReason = 'Looked at again.'",
    row=Nothing,
    writes=True,
)
"""What a second look leaves, which takes evidence that comes late."""


async def heard(recruiter: makers.Maker, interview: str) -> tuple[str, str]:
    """A final no-show in spite of proof, which was not accepted and is gone by now; and that proof."""
    finding = await recruiter.suspicion(interview)
    await recruiter.notice(finding)
    proof = await recruiter.proof(interview, picture(), finding=finding)
    await recruiter.verdict(proof, ProofVerdict.REJECTED)
    await purged(recruiter, proof)
    return await confirmed(recruiter, finding), proof


async def timer_of(maker: makers.Maker, kind: TimerKind, subject: str) -> Timer:
    return (await maker.graph.client.read(FIND_TIMER, id=timers.name(kind, subject)))[0]


async def overdue(maker: makers.Maker, request: str) -> None:
    timer = await timer_of(maker, TimerKind.SLOT_OWED, request)
    assert await timers.take(maker.graph, timer, timer.due_at, RULES[TimerKind.SLOT_OWED])


async def purged(maker: makers.Maker, proof: str) -> None:
    timer = await timer_of(maker, TimerKind.PURGE_PROOF, proof)
    await proofs.purge(maker.graph, timer, timer.due_at)


async def confirmed(recruiter: makers.Maker, finding: str) -> str:
    await recruiter.own_statement(finding, "The link did not open.")
    return await recruiter.confirmation(finding, reason="The link did open.")


async def decided(recruiter: makers.Maker, interview: str) -> str:
    """A final no-show, after a notice and an answer."""
    finding = await recruiter.suspicion(interview)
    await recruiter.notice(finding)
    return await confirmed(recruiter, finding)


TYPES = {
    "Department": "marketing old",
    "Position": "position closed wanted",
    "Candidate": "candidate twin",
    "Application": "application at_technology at_brand at_subsidiary",
    "Interview": "interview moved soon",
    "Event": "event decision",
    "Finding": "finding mark alleged void",
    "User": "recruiter interviewer program",
    "Organization": "organization",
    "Employment": "employment",
    "AttendanceRecord": "record corrected",
    "ResumeCheck": "verified mismatch",
    "TaskResult": "reached rest",
    "WorkCalendar": "calendar",
    "Access": "access",
    "RightsRequest": "rights",
    "AccessGap": "gap",
    "CostPolicy": "policy",
    "Message": "message",
    "Webhook": "webhook",
    "AttendancePolicy": "rules",
    "Telemetry": "beat",
    "Link": "link ended",
    "InvitationRound": "round",
    "FreedSlot": "freed accepted",
    "Decision": "held",
    "InvitationAnswer": "asked refused",
    "ScorePolicy": "scoring",
    "ImpactAssessment": "assessment",
    "Slot": "slot",
    "RescheduleRequest": "denied owed",
    "Proof": "proof shown diploma",
    "UploadTicket": "ticket",
}
"""The records of the world by their type; of a type's fields each is there in one of them."""
TYPE_OF = {name: type for type, names in TYPES.items() for name in names.split()}


@dataclass(frozen=True)
class Way:
    """A way to rows of a type, by a query whose `...R` stands for them, and the viewers who come that way."""

    type: str
    query: str
    who: frozenset[str]

    def __str__(self) -> str:
        return f"{self.type}: {self.query}"

    @property
    def is_straight(self) -> bool:
        """Whether the rows are a root's own, and not found by way of others."""
        return self.query.count("{") == (2 if self.query.startswith("node(") else 1)


def node(name: str, inner: str) -> str:
    return f"node(id: ${name}) {{ ... on {TYPE_OF[name]} {{ {inner} }} }}"


AT_TECHNOLOGY = frozenset({SIBLING, ADMIN, AUDITOR})
AT_BRAND = frozenset({CIRCLE, OWN, ADMIN, AUDITOR})
NOBODY: frozenset[str] = frozenset()
MARKETING = 'department(code: "MARKETING")'

WAYS = [
    Way("Department", f"{MARKETING} {{ ...R }}", NEAR | PROGRAMS),
    Way("Department", node("marketing", "...R"), ALL),
    Way("Department", node("old", "...R"), ALL),
    Way("Department", "departments { ...R }", ALL),
    Way("Department", "organization { departments { children { ...R } } }", NEAR | PROGRAMS),
    Way("Department", 'department(code: "BRAND") { parent { ...R } }', NEAR | PROGRAMS),
    Way("Department", 'department(code: "BRAND") { ancestors { ...R } }', NEAR | PROGRAMS),
    Way("Department", 'department(code: "TECHNOLOGY") { siblings { ...R } }', NEAR | PROGRAMS),
    Way("Department", 'department(code: "HQ") { descendants { ...R } }', NEAR | PROGRAMS),
    Way("Department", node("old", "successor { ...R }"), NEAR | PROGRAMS),
    Way("Department", "position(id: $position) { department { ...R } }", NEAR | PROGRAMS),
    Way("Department", "interview(id: $interview) { department { ...R } }", HOME | {FILER}),
    Way("Department", node("finding", "department { ...R }"), NEAR),
    Way("Department", "application(id: $at_technology) { reminders { department { ...R } } }", AT_TECHNOLOGY),
    Way("Department", "viewer { recruitsFor { ...R } }", frozenset({OWN})),
    Way("Department", node("recruiter", "recruitsFor { ...R }"), ALL - PROGRAMS),
    Way("Position", "position(id: $position) { ...R }", NEAR | PROGRAMS),
    Way("Position", node("closed", "...R"), NEAR | PROGRAMS),
    Way("Position", f"{MARKETING} {{ positions {{ nodes {{ ...R }} }} }}", NEAR | PROGRAMS),
    Way("Position", node("marketing", "positions { edges { node { ...R } } }"), NEAR | PROGRAMS),
    Way("Position", "position(id: $closed) { similar { edges { node { ...R } } } }", NEAR | PROGRAMS),
    Way("Position", "application(id: $application) { position { ...R } }", HOME | {FILER}),
    Way("Position", "interview(id: $interview) { position { ...R } }", HOME | {FILER}),
    Way("Position", node("finding", "position { ...R }"), NEAR),
    Way("Position", "application(id: $at_technology) { reminders { noShow { position { ...R } } } }", AT_TECHNOLOGY),
    Way("Candidate", "candidate(id: $candidate) { ...R }", HOME | {FILER}),
    Way("Candidate", node("candidate", "...R"), HOME | {FILER}),
    Way("Candidate", "candidate(id: $candidate) { sameAs { ...R } }", HOME),
    Way("Candidate", 'candidates(first: 5, search: "王") { nodes { ...R } }', HOME | {FILER}),
    Way("Candidate", "candidates(first: 5) { edges { node { ...R } } }", HOME | {FILER}),
    Way("Candidate", "application(id: $application) { candidate { ...R } }", HOME | {FILER}),
    Way("Candidate", f"{MARKETING} {{ applications {{ nodes {{ candidate {{ ...R }} }} }} }}", HOME | {FILER}),
    Way("Candidate", "interview(id: $interview) { candidate { ...R } }", HOME | {FILER}),
    Way("Candidate", 'candidates(first: 5, search: "李雷") { nodes { possibleMatches { ...R } } }', HOME),
    Way("Candidate", node("finding", "interview { candidate { ...R } }"), HOME),
    Way("Application", "application(id: $application) { ...R }", HOME | {FILER}),
    Way("Application", node("application", "...R"), HOME | {FILER}),
    Way("Application", "position(id: $position) { applications { nodes { ...R } } }", HOME | {FILER}),
    Way("Application", "position(id: $position) { applicantsWithReminders { nodes { ...R } } }", HOME),
    Way("Application", f"{MARKETING} {{ applicantsWithReminders {{ nodes {{ ...R }} }} }}", HOME),
    Way("Application", f"{MARKETING} {{ applications {{ edges {{ node {{ ...R }} }} }} }}", HOME | {FILER}),
    Way("Application", "candidate(id: $candidate) { applications { nodes { ...R } } }", HOME | {FILER}),
    Way("Position", f"{MARKETING} {{ positions(below: true) {{ nodes {{ ...R }} }} }}", NEAR | PROGRAMS),
    Way("Application", f"{MARKETING} {{ applications(below: true) {{ nodes {{ ...R }} }} }}", HOME | {FILER}),
    Way("Interview", f"{MARKETING} {{ interviews(below: true) {{ nodes {{ ...R }} }} }}", HOME | {FILER}),
    Way("Finding", f"{MARKETING} {{ findings(below: true) {{ nodes {{ ...R }} }} }}", HOME),
    Way("Employment", f"{MARKETING} {{ employments(below: true) {{ nodes {{ ...R }} }} }}", HOME | {FILER}),
    Way("Application", "interview(id: $interview) { application { ...R } }", HOME | {FILER}),
    Way("Interview", "interview(id: $interview) { ...R }", HOME | PROGRAMS),
    Way("Interview", node("moved", "...R"), HOME | PROGRAMS),
    Way("Interview", node("soon", "...R"), HOME | PROGRAMS),
    Way("Interview", "organization { interviews { nodes { ...R } } }", HOME | PROGRAMS),
    Way("Interview", f"{MARKETING} {{ interviews {{ nodes {{ ...R }} }} }}", HOME | {FILER}),
    Way("Interview", "position(id: $position) { interviews { nodes { ...R } } }", HOME | {FILER}),
    Way("Interview", "application(id: $application) { interviews { nodes { ...R } } }", HOME | {FILER}),
    Way("Interview", "candidate(id: $candidate) { interviews { nodes { ...R } } }", HOME | {FILER}),
    Way("Interview", "interview(id: $moved) { rescheduledTo { ...R } }", HOME),
    Way("Interview", "interview(id: $interview) { rescheduledFrom { ...R } }", HOME | {FILER}),
    Way("Interview", node("finding", "interview { ...R }"), HOME),
    Way("Event", node("event", "...R"), HOME | {FILER}),
    Way("Event", node("decision", "...R"), HOME),
    Way("Event", "interview(id: $interview) { events { nodes { ...R } } }", HOME | {FILER}),
    Way("Event", node("finding", "basedOn { ...R }"), HOME),
    Way("Finding", node("finding", "...R"), NEAR),
    Way("Finding", node("mark", "...R"), NEAR),
    Way("Finding", node("alleged", "...R"), HOME),
    Way("Finding", node("void", "...R"), HOME),
    Way("Finding", f"{MARKETING} {{ noShows {{ nodes {{ ...R }} }} }}", NEAR),
    Way("Finding", f"{MARKETING} {{ noShows(scope: CIRCLE) {{ edges {{ node {{ ...R }} }} }} }}", NEAR),
    Way("Finding", 'department(code: "TECHNOLOGY") { noShows(scope: SIBLINGS) { nodes { ...R } } }', NEAR),
    Way("Finding", node("marketing", "noShows { nodes { ...R } }"), NEAR),
    Way("Finding", f"{MARKETING} {{ findings {{ nodes {{ ...R }} }} }}", HOME),
    Way("Finding", f"{MARKETING} {{ findings(states: [FINAL]) {{ nodes {{ ...R }} }} }}", HOME),
    Way("Finding", "interview(id: $interview) { finding { ...R } }", HOME),
    Way("Finding", "interview(id: $interview) { findings { ...R } }", HOME),
    Way("Finding", "candidate(id: $candidate) { noShows { nodes { ...R } } }", HOME),
    Way("Finding", "candidate(id: $candidate) { findings { nodes { ...R } } }", HOME),
    Way("Finding", "application(id: $at_technology) { reminders { noShow { ...R } } }", AT_TECHNOLOGY),
    Way("Finding", "application(id: $at_technology) { candidate { noShows { nodes { ...R } } } }", AT_TECHNOLOGY),
    Way("Finding", "application(id: $at_technology) { candidate { findings { nodes { ...R } } } }", AT_TECHNOLOGY),
    Way(
        "Finding",
        "application(id: $at_technology) { candidate { findings(states: [FINAL]) { nodes { ...R } } } }",
        AT_TECHNOLOGY - {SIBLING},
    ),
    Way("Finding", "application(id: $at_brand) { candidate { noShows { nodes { ...R } } } }", AT_BRAND),
    Way("Finding", "application(id: $at_brand) { reminders { noShow { ...R } } }", AT_BRAND),
    Way("Finding", "application(id: $at_subsidiary) { candidate { findings { nodes { ...R } } } }", NOBODY),
    Way("Finding", "application(id: $at_subsidiary) { reminders { noShow { ...R } } }", NOBODY),
    Way("Telemetry", node("beat", "...R"), HOME | {FILER}),
    Way("Telemetry", "interview(id: $interview) { telemetry { ...R } }", HOME | {FILER}),
    Way("Interview", node("beat", "interview { ...R }"), HOME | {FILER}),
    Way("Conduct", "position(id: $position) { department { conduct { ...R } } }", NEAR),
    Way("Conduct", node("marketing", "conduct { ...R }"), NEAR),
    Way("Assessment", "interview(id: $interview) { assessment { ...R } }", HOME),
    Way("Assessment", node("finding", "interview { assessment { ...R } }"), HOME),
    Way("Task", f"{MARKETING} {{ tasks {{ ...R }} }}", HOME),
    Way("Task", 'department(code: "HQ") { tasks { ...R } }', HOME),
    Way("Reminder", "application(id: $application) { reminders { ...R } }", HOME),
    Way("Reminder", "application(id: $at_technology) { reminders { ...R } }", AT_TECHNOLOGY),
    Way("Reminder", "application(id: $at_brand) { reminders { ...R } }", AT_BRAND),
    Way("Reminder", "application(id: $at_subsidiary) { reminders { ...R } }", NOBODY),
    Way("Reminder", "candidate(id: $candidate) { reminders(position: $wanted) { ...R } }", HOME),
    Way("Reminder", "application(id: $at_subsidiary) { candidate { reminders(position: $wanted) { ...R } } }", NOBODY),
    Way("User", node("recruiter", "...R"), ALL - PROGRAMS),
    Way("User", node("interviewer", "...R"), ALL - PROGRAMS),
    Way("User", node("program", "...R"), ALL - frozenset({INTEGRATOR})),
    Way("User", "organization { users { nodes { ...R } } }", frozenset({ADMIN, AUDITOR})),
    Way("User", "interview(id: $interview) { interviewers { ...R } }", HOME),
    Way("User", node("finding", "decidedBy { ...R }"), HOME),
    Way("User", node("void", "voidedBy { ...R }"), HOME),
    Way("User", node("decision", "actor { ...R }"), HOME),
    Way("Organization", "organization { ...R }", ALL),
    Way("Organization", node("organization", "...R"), ALL),
    Way("Repair", node("finding", "repairs { ...R }"), HOME),
    Way("RightsRequest", node("rights", "...R"), HOME),
    Way("RightsRequest", "candidate(id: $candidate) { requests { nodes { ...R } } }", HOME),
    Way("Candidate", node("rights", "candidate { ...R }"), HOME),
    Way("User", node("rights", "answeredBy { ...R }"), HOME),
    Way("Access", node("access", "...R"), WATCH),
    Way("Access", "candidate(id: $candidate) { accesses { nodes { ...R } } }", WATCH),
    Way("AccessGap", node("gap", "...R"), WATCH),
    Way("AccessGap", "candidate(id: $candidate) { accessGaps { nodes { ...R } } }", WATCH),
    Way("Finding", node("access", "finding { ...R }"), WATCH),
    Way("CostPolicy", node("policy", "...R"), ALL - PROGRAMS),
    Way("Webhook", node("webhook", "...R"), frozenset({ADMIN, AUDITOR, FILER})),
    Way("Webhook", "organization { webhooks { ...R } }", frozenset({ADMIN, AUDITOR, FILER})),
    Way("Message", node("message", "...R"), HOME),
    Way("Message", "interview(id: $interview) { messages { ...R } }", HOME),
    Way("Interview", node("message", "interview { ...R }"), HOME),
    Way("CostPolicy", "organization { costPolicy { ...R } }", ALL - PROGRAMS),
    Way("AttendancePolicy", node("rules", "...R"), ALL),
    Way("AttendancePolicy", "organization { attendancePolicy { ...R } }", ALL),
    Way("Slot", node("slot", "...R"), HOME),
    Way("Slot", node("denied", "slot { ...R }"), HOME),
    Way("Slot", f"{MARKETING} {{ openSlots {{ ...R }} }}", HOME),
    Way("Slot", "interview(id: $soon) { openSlots { ...R } }", HOME),
    Way("Slot", "application(id: $application) { openSlots { ...R } }", HOME),
    Way("Position", node("slot", "position { ...R }"), HOME),
    Way("Department", node("slot", "department { ...R }"), HOME),
    Way("RescheduleRequest", node("denied", "...R"), HOME),
    Way("RescheduleRequest", node("owed", "...R"), HOME),
    Way("RescheduleRequest", node("shown", "request { ...R }"), HOME),
    Way("RescheduleRequest", "interview(id: $soon) { rescheduleRequests { ...R } }", HOME),
    Way("Interview", node("denied", "interview { ...R }"), HOME),
    Way("User", node("denied", "decidedBy { ...R }"), HOME),
    Way("Proof", node("proof", "...R"), HOME),
    Way("Proof", node("shown", "...R"), HOME),
    Way("Proof", node("diploma", "...R"), HOME),
    Way("Proof", node("finding", "proofs { ...R }"), HOME),
    Way("Proof", node("mismatch", "proofs { ...R }"), HOME),
    Way("ResumeCheck", node("diploma", "resumeCheck { ...R }"), HOME),
    Way("Proof", "interview(id: $soon) { proofs { ...R } }", HOME),
    Way("Interview", node("event", "interview { ...R }"), HOME | {FILER}),
    Way("Interview", node("proof", "interview { ...R }"), HOME),
    Way("Finding", node("proof", "finding { ...R }"), HOME),
    Way("User", node("proof", "decidedBy { ...R }"), HOME),
    Way("User", node("webhook", "user { ...R }"), frozenset({ADMIN, AUDITOR, FILER})),
    Way("UploadTicket", node("ticket", "...R"), NOBODY),
    Way("Link", node("link", "...R"), HOME),
    Way("Link", node("ended", "...R"), HOME),
    Way("Link", "application(id: $application) { links { ...R } }", HOME),
    Way("Application", node("link", "application { ...R }"), HOME),
    Way("ScorePolicy", node("scoring", "...R"), ALL - PROGRAMS),
    Way("ScorePolicy", "organization { scorePolicies { ...R } }", ALL - PROGRAMS),
    Way("ScorePolicy", node("assessment", "policy { ...R }"), ALL - PROGRAMS),
    Way("ImpactAssessment", node("assessment", "...R"), ALL - PROGRAMS),
    Way("ImpactAssessment", node("scoring", "assessments { ...R }"), ALL - PROGRAMS),
    Way("Organization", node("recruiter", "organization { ...R }"), HOME),
    Way("Employment", "employment(id: $employment) { ...R }", HOME | {FILER}),
    Way("Employment", node("employment", "...R"), HOME | {FILER}),
    Way("Employment", f"{MARKETING} {{ employments {{ nodes {{ ...R }} }} }}", HOME | {FILER}),
    Way("Employment", "candidate(id: $candidate) { employments { nodes { ...R } } }", HOME | {FILER}),
    Way("Employment", node("record", "employment { ...R }"), HOME | {FILER}),
    Way("AttendanceRecord", node("record", "...R"), HOME | {FILER}),
    Way("AttendanceRecord", node("corrected", "...R"), HOME | {FILER}),
    Way("AttendanceRecord", "employment(id: $employment) { records { nodes { ...R } } }", HOME | {FILER}),
    Way("AttendanceRecord", node("corrected", "corrects { ...R }"), HOME | {FILER}),
    Way("AttendanceRecord", node("record", "correctedBy { ...R }"), HOME | {FILER}),
    Way("ResumeCheck", node("verified", "...R"), HOME),
    Way("ResumeCheck", node("mismatch", "...R"), HOME),
    Way("ResumeCheck", "application(id: $application) { resumeChecks { ...R } }", HOME),
    Way("ResumeCheck", node("mismatch", "corrects { ...R }"), HOME),
    Way("ResumeCheck", node("verified", "correctedBy { ...R }"), HOME),
    Way("ResumeCheck", node("alleged", "resumeCheck { ...R }"), HOME),
    Way("Finding", node("mismatch", "findings { ...R }"), HOME),
    Way("Department", node("mismatch", "department { ...R }"), HOME),
    Way("Application", node("mismatch", "application { ...R }"), HOME),
    Way("TaskResult", node("reached", "...R"), HOME | {FILER}),
    Way("TaskResult", node("rest", "...R"), HOME | {FILER}),
    Way("TaskResult", "employment(id: $employment) { taskResults { nodes { ...R } } }", HOME | {FILER}),
    Way("TaskResult", node("rest", "corrects { ...R }"), HOME | {FILER}),
    Way("TaskResult", node("reached", "correctedBy { ...R }"), HOME | {FILER}),
    Way("Employment", node("reached", "employment { ...R }"), HOME | {FILER}),
    Way("Candidate", "employment(id: $employment) { candidate { ...R } }", HOME | {FILER}),
    Way("Department", "employment(id: $employment) { department { ...R } }", HOME | {FILER}),
    Way("InvitationRound", node("round", "...R"), HOME),
    Way("FreedSlot", node("freed", "...R"), HOME),
    Way("FreedSlot", node("accepted", "...R"), HOME),
    Way("Decision", node("held", "...R"), HOME),
    Way("Decision", "application(id: $application) { decisions { ...R } }", HOME),
    Way("Decision", node("finding", "consideredBy { ...R }"), HOME),
    Way("Application", node("held", "application { ...R }"), HOME),
    Way("InvitationAnswer", node("asked", "...R"), HOME),
    Way("InvitationAnswer", node("refused", "...R"), HOME),
    Way("InvitationAnswer", node("round", "answers { ...R }"), HOME),
    Way("Position", node("round", "position { ...R }"), HOME),
    Way("RefillSuggestion", "refillSuggestions(position: $position) { ...R }", HOME),
    Way("WorkCalendar", node("calendar", "...R"), NEAR | PROGRAMS),
    Way("WorkCalendar", f"{MARKETING} {{ workCalendars {{ ...R }} }}", NEAR | PROGRAMS),
    Way("Department", node("calendar", "department { ...R }"), NEAR | PROGRAMS),
]


def rows(answer: Any) -> Iterator[dict[str, Any]]:
    """Every object of an answer that the fragment was spread on."""
    if isinstance(answer, dict):
        if "row" in answer:
            yield answer
        for value in answer.values():
            yield from rows(value)
    elif isinstance(answer, list):
        for item in answer:
            yield from rows(item)


async def found(ask: Ask, world: World, way: Way, viewer: str, *, whole: bool = True) -> dict[str, frozenset[str]]:
    """The fields that say anything, by the id of the world's records at the end of the way; or the ids alone."""
    text = f"{{ {way.query} }} fragment R on {way.type} {{ row: __typename {selection(way.type) if whole else 'id'} }}"
    text = text.replace("$position)", "$wanted)") if way.type == "Candidate" else text
    named = sorted(set(re.findall(r"\$(\w+)", text)))
    head = "query Q" + (f"({', '.join(f'${name}: ID!' for name in named)})" if named else "")
    variables = {name: gid(TYPE_OF[name], world.ids[name]) for name in named}
    answer = await ask(f"{head} {text}", world.user(viewer), **variables)
    ours = {gid(way.type, world.ids[name]) for name in TYPES.get(way.type, "").split()}
    seen: dict[str, frozenset[str]] = {}
    for row in rows(answer):
        assert row.pop("row") == way.type
        fields = frozenset(name for name, value in row.items() if is_there(value))
        if way.type == "Reminder":
            if row["noShow"]:
                seen[row["kind"]] = fields
        elif way.type == "RefillSuggestion":
            seen["suggestion"] = fields
        elif way.type == "Task":
            seen[row["kind"]] = fields
        elif way.type in ("Assessment", "Conduct", "Repair"):
            if fields:
                seen[way.type] = fields
        elif row["id"] in ours:
            seen[row["id"]] = fields
    return seen


def test_every_field_stands_in_the_table() -> None:
    """A field that nobody has thought about would be open, or closed, by accident."""
    bound = {shape.type for shape in SHAPES.values()}
    assert bound == TABLE.keys() | {"AttendanceSummary", "WorkAttendance", "WorkAttendanceGroup"} | MADE
    for type, fields in FIELDS.items():
        assert fields.keys() == object_type(type).fields.keys(), type
    assert by_field(SUMMARY).keys() == object_type("AttendanceSummary").fields.keys()


@pytest.mark.parametrize("type", TABLE)
async def test_the_table_holds_on_every_way(ask: Ask, world: World, engine_name: str, type: str) -> None:
    """No way shows more than the table; together they show all of it; one record looks alike from everywhere.

    Neo4j plans each text for a second or more, and a field is the same Cypher whichever way one came. So it is asked
    for every field of what is found straight, which is all that there is, and by the ways through others for the ids
    alone, which shows who has a row at their end.
    """
    for viewer in VIEWERS:
        everything: frozenset[str] = frozenset()
        straight: frozenset[str] = frozenset()
        alike: dict[str, frozenset[str]] = {}
        for way in (way for way in WAYS if way.type == type):
            is_straight = way.is_straight or "id" not in FIELDS[type]
            whole = is_straight or engine_name == "embedded"
            seen = await found(ask, world, way, viewer, whole=whole)
            assert bool(seen) == (viewer in way.who), (viewer, str(way))
            for id, fields in seen.items() if whole else ():
                assert alike.setdefault(id, fields) == fields, (viewer, str(way))
                everything |= fields
                straight |= fields if is_straight else frozenset()
        expected = {name for name, viewers in FIELDS[type].items() if viewer in viewers}
        assert everything == expected, viewer
        assert straight == expected, (viewer, "every record that alone has a field needs a way straight to it")


NUMBERS = " ".join(by_field(SUMMARY))
SUMMARIES = {
    f"{MARKETING} {{ id attendance {{ {NUMBERS} }} }}": NEAR,
    node("marketing", f"id attendance {{ {NUMBERS} }}"): NEAR,
    f"organization {{ departments {{ children {{ id attendance {{ {NUMBERS} }} }} }} }}": NEAR,
    f"candidate(id: $candidate) {{ id attendance {{ {NUMBERS} }} }}": HOME,
}


@pytest.mark.parametrize("query", SUMMARIES, ids=["department", "node", "children", "candidate"])
async def test_numbers_keep_to_the_table(ask: Ask, world: World, query: str) -> None:
    named = sorted(set(re.findall(r"\$(\w+)", query)))
    head = "query Q" + (f"({', '.join(f'${name}: ID!' for name in named)})" if named else "")
    variables = {name: gid(TYPE_OF[name], world.ids[name]) for name in named}
    for viewer in VIEWERS:
        answer = await ask(f"{head} {{ {query} }}", world.user(viewer), **variables)
        ours = {gid("Department", world.ids["marketing"]), gid("Candidate", world.ids["candidate"])}
        summary = next(summaries(answer, ours), dict.fromkeys(by_field(SUMMARY)))
        for name, viewers in by_field(SUMMARY).items():
            allowed = viewer in viewers and viewer in SUMMARIES[query]
            assert (summary[name] is not None) == allowed, (viewer, name)


def summaries(answer: Any, ours: set[str]) -> Iterator[dict[str, Any]]:
    """The summaries of our records in an answer."""
    if isinstance(answer, dict):
        if answer.get("id") in ours:
            yield answer["attendance"]
        for value in answer.values():
            yield from summaries(value, ours)
    elif isinstance(answer, list):
        for item in answer:
            yield from summaries(item, ours)


POSITIONS = """
query Positions($where: PositionWhere, $orderBy: PositionOrder, $first: Int, $after: String) {
  department(code: "TECHNOLOGY") {
    positions(where: $where, orderBy: $orderBy, first: $first, after: $after) {
      totalCount edges { cursor node { title } } pageInfo { endCursor hasNextPage }
    }
  }
}
"""


async def test_hidden_values_filter_and_sort_as_null(ask: Ask, company: Company) -> None:
    """Technology's positions A to C differ in urgency, age and applications, which Marketing may not learn."""
    technology = company.departments["technology"]
    await company.hr.close_position(company.positions["technology"])
    for days, title, urgency in [(3, "B", Urgency.URGENT_BACKFILL), (9, "A", Urgency.NORMAL), (6, "C", Urgency.NORMAL)]:
        company.at(days=days)
        company.positions[title] = await company.hr.position(technology, title, "ENGINEERING", urgency)
    company.at(days=1)
    for title in "CCB":
        await company.application(title)

    async def titles(viewer: str, **variables: Any) -> list[str]:
        where = {"status": "OPEN"} | variables.pop("where", {})
        page = (await ask(POSITIONS, company.user(viewer), where=where, **variables))["department"]["positions"]
        assert page["totalCount"] == len(page["edges"])
        return [edge["node"]["title"] for edge in page["edges"]]

    by_id = [title for _, title in sorted((company.positions[title], title) for title in "ABC")]
    for viewer, most, newest in [("technology", ["C", "B", "A"], ["B", "C", "A"]), ("marketing", by_id, by_id)]:
        assert await titles(viewer) == ["A", "B", "C"]
        assert await titles(viewer, orderBy="APPLICATIONS_DESC") == most
        assert await titles(viewer, orderBy="OPENED_AT_DESC") == newest
        paged: list[str] = []
        after = None
        for _ in range(3):
            page = (
                await ask(
                    POSITIONS,
                    company.user(viewer),
                    where={"status": "OPEN"},
                    orderBy="APPLICATIONS_DESC",
                    first=1,
                    after=after,
                )
            )["department"]["positions"]
            paged += [edge["node"]["title"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
        assert paged == most
    for urgency, expected in [("URGENT_BACKFILL", ["B"]), ("NORMAL", ["A", "C"])]:
        assert await titles("technology", where={"urgency": urgency}) == expected
        assert await titles("hr", where={"urgency": urgency}) == expected
        assert await titles("marketing", where={"urgency": urgency}) == []


async def test_counts_hold_only_what_is_visible(ask: Ask, company: Company) -> None:
    """Of Marketing's no-shows one counts, one is suspected, one disputed, one voided, and one is the platform's."""
    hr = company.hr
    for state in ("FINAL", "SUSPECTED", "DISPUTED", "VOID", "FAULT"):
        company.at(days=60)
        application = await company.application("marketing")
        if state == "SUSPECTED":
            await hr.suspicion(await hr.missed(application))
        elif state == "FAULT":
            await hr.fault(await hr.missed(application), Cause.PLATFORM)
        else:
            finding = await hr.no_show(application)
            if state == "DISPUTED":
                await hr.dispute(finding)
            if state == "VOID":
                await hr.void(finding)
    query = """
    { department(code: "MARKETING") {
        noShows(scope: CIRCLE) { totalCount }
        findings { totalCount }
        open: findings(states: [SUSPECTED, DISPUTED, VOID]) { totalCount }
        attendance { noShows faults }
    } }
    """
    for viewer, findings, open, faults in [("marketing", 5, 3, 1), ("hr", 5, 3, 1), ("technology", 0, 0, None)]:
        assert (await ask(query, company.user(viewer)))["department"] == {
            "noShows": {"totalCount": 1},
            "findings": {"totalCount": findings},
            "open": {"totalCount": open},
            # Of what is others' alone, so few are not told.
            "attendance": {"noShows": None if viewer == "technology" else 1, "faults": faults},
        }, viewer


async def test_another_company_sees_nothing_at_all(ask: Ask, world: World) -> None:
    """The table has it for every way to a record; here are the lists and what one may guess by a code."""
    query = """
    {
      candidates(search: "王") { totalCount }
      departments { name }
      department(code: "MARKETING") { applications { totalCount } interviews { totalCount } noShows { totalCount } }
      old: department(code: "OLD") { name }
      organization { users { totalCount } departments { name } }
    }
    """
    nothing = {"totalCount": 0}
    answer = await ask(query, world.user(STRANGER))
    assert answer["candidates"] == nothing
    assert len(answer["departments"]) == 5
    assert answer["department"] == {"applications": nothing, "interviews": nothing, "noShows": nothing}
    assert answer["old"] is None
    assert answer["organization"]["users"] == {"totalCount": 7}
    own = await ask(query, world.user(ADMIN))
    assert own["candidates"]["totalCount"] == 1
    assert own["old"] == {"name": "Old"}


async def test_the_nearest_relation_wins(ask: Ask, world: World) -> None:
    """A recruiter of Technology and Brand owns what either owns."""
    company = world.company
    both = (company.departments["technology"], company.departments["brand"])
    await company.hr.user(f"both@{company.tag}", recruits_for=both)
    query = """
    query Q($id: ID!) {
      node(id: $id) { ... on Finding { relation reason } }
      technology: department(code: "TECHNOLOGY") { sharesHistory }
      brand: department(code: "BRAND") { sharesHistory }
      marketing: department(code: "MARKETING") { code sharesHistory }
    }
    """
    answer = await ask(query, f"both@{company.tag}", id=gid("Finding", world.ids["finding"]))
    assert answer == {
        "node": {"relation": "SIBLING", "reason": None},
        "technology": {"sharesHistory": False},
        "brand": {"sharesHistory": False},
        "marketing": {"code": "MARKETING", "sharesHistory": None},
    }


async def test_reminders_say_how_near_they_are(ask: Ask, world: World) -> None:
    """Seen from the position applied to, and from the viewer, which may differ."""
    query = "query Q($id: ID!) { application(id: $id) { reminders { kind relation noShow { relation } } } }"
    for name, viewer, kind, relation in [
        ("at_technology", SIBLING, "SIBLING_DEPARTMENT", "SIBLING"),
        ("at_technology", ADMIN, "SIBLING_DEPARTMENT", "OWN"),
        ("at_brand", CIRCLE, "CIRCLE_DEPARTMENT", "CIRCLE"),
        ("at_brand", OWN, "CIRCLE_DEPARTMENT", "OWN"),
        ("application", OWN, "SAME_DEPARTMENT", "OWN"),
    ]:
        answer = await ask(query, world.user(viewer), id=gid("Application", world.ids[name]))
        missed = [item for item in answer["application"]["reminders"] if item["noShow"]]
        assert missed == [{"kind": kind, "relation": relation, "noShow": {"relation": relation}}], (name, viewer)
