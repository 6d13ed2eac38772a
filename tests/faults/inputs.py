"""A valid input of every mutation, and every place in it where a client may write a text; both by the schema."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from typing import Any
from uuid import uuid4

from graphql import (
    GraphQLInputObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
)
from starlette.requests import HTTPConnection

from api.http import Server
from graph import rights
from graph.decisions import Decide, Verdict
from graph.employments import NewEmployment
from graph.goals import Goal
from graph.interviews import Response, Side
from graph.questionnaire import STATEMENTS
from graph.shifts import AttendanceKind
from graph.statements import Found, Statement
from graph.timesheets import Fact
from graph.visibility import Claim, OrganizationRole, Viewer
from schema.context import Context, Viewers
from seeds import makers
from seeds.makers import maker
from tests.conftest import NOW, Company, gid, uid
from tests.pictures import picture

TOLD_OF = Statement(
    "tests.told_of",
    "MATCH (message:Message)-[:CONCERNS]->(:Interview {id: $id}) RETURN message.id AS id ORDER BY id",
    row=Found,
)
Way = tuple[str | int, ...]
START = date(2026, 1, 5)
BY_CANDIDATES = frozenset(
    {
        "takeSelfAssessment",
        "shareSelfAssessment",
        "requestReschedule",
        "fileRequest",
        "withdrawRequest",
        "requestUpload",
        "disputeNoShow",
    }
)
"""What only a candidate may do."""
STARTS = max(NOW, datetime.now(UTC)) + timedelta(days=30)
"""Ahead of both NOW and the wall clock of whoever runs this."""
TIMES = {
    "startsAt": STARTS.isoformat(),
    "endsAt": (STARTS + timedelta(minutes=30)).isoformat(),
    "timeZone": "Asia/Shanghai",
}


def texts(schema: GraphQLSchema, mutation: str, *, kinds: tuple[str, ...] = ("String", "ID")) -> list[Way]:
    """Where an input of the mutation takes a text or an id."""
    input = schema.mutation_type.fields[mutation].args["input"]  # type: ignore[union-attr]
    return list(_texts(get_named_type(input.type), (), kinds))


def _texts(type: Any, way: Way, kinds: tuple[str, ...]) -> Iterator[Way]:
    assert isinstance(type, GraphQLInputObjectType)
    for name, each in type.fields.items():
        inner = get_named_type(each.type)
        here = (
            (*way, name, 0)
            if is_list_type(getattr(each.type, "of_type", each.type)) or is_list_type(each.type)
            else (*way, name)
        )
        if isinstance(inner, GraphQLInputObjectType):
            yield from _texts(inner, here, kinds)
        elif inner.name in kinds:
            yield here


def put(input: dict[str, Any], way: Way, text: str) -> dict[str, Any]:
    """The input with a text in one place."""
    changed: Any = deepcopy(input)
    at: Any = changed
    for step, next in pairwise(way):
        if isinstance(next, int) and not at.get(step):
            at[step] = [""]
        at = at[step]
    at[way[-1]] = text
    return changed


def at(input: Any, way: Way) -> Any:
    """What stands in a place of the input; null where there is nothing."""
    for step in way:
        if not input or (isinstance(input, dict) and step not in input):
            return None
        input = input[step]
    return input


@dataclass(frozen=True, slots=True)
class Applicant:
    """A candidate, and what the link with the code proves of them."""

    claim: Claim
    viewer: Viewer


def filled(type: Any, text: str) -> Any:
    """A value of an input type that holds the text wherever it may hold anything."""
    inner = get_named_type(type)
    if not is_input_object_type(inner):
        value: Any = text
    else:
        value = {name: filled(field.type, text) for name, field in inner.fields.items()}
    return [value] if is_list_type(get_nullable_type(type)) else value


def misspelt(value: Any) -> Iterator[Any]:
    """The value with the name of one field wrong by a letter, for each field; a list is of one."""
    if isinstance(value, list):
        yield from ([each] for first in value[:1] for each in misspelt(first))
    elif isinstance(value, dict):
        for name, each in value.items():
            yield {(f"{key[:-1]}{key[-1]}{key[-1]}" if key == name else key): other for key, other in value.items()}
            yield from (value | {name: changed} for changed in misspelt(each))


@dataclass
class Inputs:
    """Makes what a mutation needs, by the same company's HR, and its input; each time anew."""

    company: Company
    numbers: count[int] = field(default_factory=count)
    applied: str = ""
    """The application that was made last."""

    async def make(self, mutation: str) -> dict[str, Any]:
        """Every place for a text is filled, so that each can be replaced."""
        self.company.at(days=20)
        return {"idempotencyKey": uuid4().hex, **await getattr(self, mutation)()}

    def department_id(self, name: str = "technology") -> str:
        return gid("Department", self.company.departments[name])

    def fresh(self, text: str) -> str:
        return f"{text}{next(self.numbers)}{uuid4().hex[:6].upper()}"

    def phone(self) -> str:
        return f"+49151{uuid4().int % 10**8:08}"

    async def department(self) -> str:
        code = self.fresh("D")
        return gid("Department", await self.company.hr.department(code, code))

    async def position(self) -> str:
        hr = self.company.hr
        return gid(
            "Position", await hr.position(self.company.departments["technology"], self.fresh("Engineer"), "ENGINEERING")
        )

    async def application(self) -> str:
        self.applied = await self.company.application("technology", self.company.person(self.fresh("Person")))
        return self.applied

    async def applicant(self) -> Applicant:
        """Who applied last, by the link with the code."""
        graph = self.company.hr.graph
        (whose,) = await graph.client.read(rights.FIND_CANDIDATE, application=self.applied)
        claim = Claim(whose.id, self.applied, verified=True)
        found = await Viewers(graph).find_person(claim)
        assert found is not None
        return Applicant(claim, found)

    async def finding(self, *, told: bool) -> str:
        hr = self.company.hr
        finding = await hr.suspicion(await hr.missed(await self.application()))
        if told:
            await hr.notice(finding)
            await hr.own_statement(finding, "The link did not open.")
        return gid("Finding", finding)

    async def interview(self) -> str:
        hr = self.company.hr
        made = await hr.interview(await self.application(), starts_at=STARTS, response=Response.ACCEPTED)
        return gid("Interview", made)

    async def setUser(self) -> dict[str, Any]:
        roles = [{"department": self.department_id(), "role": "RECRUITER"}]
        return {
            "externalId": self.fresh("user"),
            "organizationRole": "MEMBER",
            "departmentRoles": roles,
            "displayName": "Somebody",
            "email": f"{self.fresh('mail')}@example.com",
        }

    async def removeUser(self) -> dict[str, Any]:
        return {"user": gid("User", await self.company.hr.user(self.fresh("user")))}

    async def createDepartment(self) -> dict[str, Any]:
        code = self.fresh("D")
        return {"code": code, "name": code, "nameZh": code, "parent": self.department_id("subsidiary")}

    async def updateDepartment(self) -> dict[str, Any]:
        return {"department": await self.department(), "name": "Name", "nameZh": "名"}

    async def moveDepartment(self) -> dict[str, Any]:
        return {"department": await self.department(), "parent": self.department_id("subsidiary")}

    async def closeDepartment(self) -> dict[str, Any]:
        return {"department": await self.department(), "successor": await self.department()}

    async def openPosition(self) -> dict[str, Any]:
        return {"department": self.department_id(), "title": self.fresh("Engineer"), "jobFamily": "ENGINEERING"}

    async def movePosition(self) -> dict[str, Any]:
        return {"position": await self.position(), "department": self.department_id("marketing")}

    async def closePosition(self) -> dict[str, Any]:
        return {"position": await self.position()}

    async def setWebhook(self) -> dict[str, Any]:
        user = await self.company.hr.user(self.fresh("integrator"), OrganizationRole.INTEGRATOR)
        key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        return {"user": gid("User", user), "url": "https://hooks.example.com/turnout", "secret": key}

    async def recordDelivery(self) -> dict[str, Any]:
        interview = uid(await self.interview())
        told = await self.company.hr.graph.client.read(TOLD_OF, id=interview)
        return {"message": gid("Message", told[0].id), "receipt": "DELIVERED", "at": "2026-11-20T08:00:00Z"}

    async def setCosts(self) -> dict[str, Any]:
        rest = {"aiAsync": 30, "aiLive": 30, "video": 90, "recruiterHour": 80, "resumesLow": 0.5, "resumesHigh": 2}
        ranges = {"minutesLow": 10, "minutesHigh": 20, "daysLow": 1, "daysHigh": 2}
        organization = gid("Organization", self.company.hr.viewer.organization)
        return {"organization": organization, "currency": "EUR", "onsite": 150, **rest, **ranges}

    async def setAttendancePolicy(self) -> dict[str, Any]:
        hours = {"rescheduleNoticeHours": 12, "answerHours": 96, "conductLateHours": 12}
        days = {"decisionDays": 20, "disputeDays": 20, "slotOwedDays": 3, "proofKeptDays": 20, "repairDays": 10}
        kept = {"expiresDays": 200, "erasesDays": 300, "firstExpiresDays": 100, "firstErasesDays": 200}
        rest = {"repairLeastDays": 60, "conductAnswerDays": 7, "conductKeptDays": 200, "offerHours": 3}
        rest |= {"rejectionDays": 6, "seenDays": 300}
        return {
            "organization": gid("Organization", self.company.hr.viewer.organization),
            **hours,
            **days,
            **kept,
            **rest,
        }

    async def proposeScorePolicy(self) -> dict[str, Any]:
        weighing = {"weight": 0.1, "prior": 0.6, "strength": 4, "windowDays": 900, "halfLifeDays": 300}
        draft = {"dimensions": [{"dimension": "STABILITY", **weighing}], "bands": [{"band": "GOOD", "least": 75}]}
        numbers = {"minimum": 4, "validDays": 20, "noticeHours": 12, "latesPerAbsence": 4}
        label = {"labelLates": 4, "labelAbsences": 2, "labelDays": 200}
        brake = {"brakeUpheld": 0.2, "brakeFalse": 0.2, "brakeLeast": 20, "brakeDays": 100}
        organization = gid("Organization", self.company.hr.viewer.organization)
        return {"organization": organization, "draft": {**draft, **numbers, **label, **brake}, "reason": "Fairer."}

    async def takeSelfAssessment(self) -> dict[str, Any]:
        await self.application()
        return {"answers": [3] * len(STATEMENTS)}

    async def shareSelfAssessment(self) -> dict[str, Any]:
        await self.company.hr.self_assessment(await self.application(), [3] * len(STATEMENTS), shared=False)
        return {"shared": True}

    async def setCourses(self) -> dict[str, Any]:
        organization = gid("Organization", self.company.hr.viewer.organization)
        course = {"dimension": "STABILITY", "title": "Staying", "titleZh": "稳定", "url": "https://courses.example/1"}
        return {"organization": organization, "courses": [course]}

    async def recordImpactAssessment(self) -> dict[str, Any]:
        policy = gid("ScorePolicy", await self.company.hr.score_policy())
        return {"policy": policy, "purpose": "Advice.", "impact": "Bias.", "measures": "A hearing."}

    async def approveScorePolicy(self) -> dict[str, Any]:
        hr = self.company.hr
        second = f"second@{self.company.tag}"
        await hr.user(second, OrganizationRole.HR_ADMIN)
        policy = await (await maker(hr.graph, second, at=hr.at)).score_policy()
        await hr.impact_assessment(policy)
        return {"policy": gid("ScorePolicy", policy), "activeFrom": TIMES["startsAt"]}

    async def recordScore(self) -> dict[str, Any]:
        """Under a policy that is in force."""
        hr, second = self.company.hr, f"second@{self.company.tag}"
        await hr.user(second, OrganizationRole.HR_ADMIN)
        policy = await hr.score_policy()
        await hr.impact_assessment(policy)
        await (await maker(hr.graph, second, at=hr.at)).approval(policy)
        return {"candidate": (await self.updateCandidate())["candidate"]}

    async def switchScoring(self) -> dict[str, Any]:
        organization = gid("Organization", self.company.hr.viewer.organization)
        where = {"jurisdictions": ["DE"], "roles": ["AUDITOR"]}
        return {"organization": organization, "off": False, **where, "reason": "Until it is assessed anew."}

    async def employment(self) -> str:
        name = self.fresh("Person")
        job = NewEmployment(self.company.departments["technology"], self.company.person(name), "Seller", START)
        return gid("Employment", await self.company.hr.employment(job))

    async def recordEmployment(self) -> dict[str, Any]:
        name = self.fresh("Person")
        contact = {"email": f"{name}@example.com", "phone": self.phone(), "timeZone": "Europe/Berlin"}
        person = {"displayName": name, **contact, "externalIds": [{"system": "hris", "value": name}]}
        other = {"employer": "Elsewhere", "consentedAt": "2026-01-02T09:00:00Z", "consentSource": "form"}
        job = {"title": "Seller", "startedOn": f"{START}", "source": "hris", **other}
        return {"department": self.department_id(), "candidate": person, **job}

    async def endEmployment(self) -> dict[str, Any]:
        return {"employment": await self.employment(), "endedOn": "2026-10-30"}

    async def correctEmployment(self) -> dict[str, Any]:
        told = {"title": "Buyer", "startedOn": f"{START}", "endedOn": "2026-10-30", "ongoing": False}
        return {"employment": await self.employment(), "reason": "Another contract.", **told}

    async def recordWorkAttendance(self) -> dict[str, Any]:
        late = {"kind": "LATE", "day": "2026-10-05", "minutes": 12, "externalKey": self.fresh("key")}
        return {"employment": await self.employment(), "source": "clock", "records": [late]}

    async def correctWorkAttendance(self) -> dict[str, Any]:
        employment = await self.employment()
        late = Fact(AttendanceKind.LATE, date(2026, 10, 5), minutes=12)
        await self.company.hr.work_attendance(uid(employment), "clock", late)
        (found,) = await self.company.hr.graph.client.answer(
            "faults",
            "MATCH (:Employment {id: $id})-[:HAS_ATTENDANCE]->(r:AttendanceRecord) RETURN r.id AS id",
            {"id": uid(employment)},
        )
        return {"record": gid("AttendanceRecord", found["id"]), "reason": "The clock was ahead.", "minutes": 9}

    async def recordResumeCheck(self) -> dict[str, Any]:
        told = {"claim": "Degree", "method": "Call to the registry", "source": "Registry", "details": "No such degree."}
        on = f"{NOW.date()}"
        return {
            "application": gid("Application", await self.application()),
            "outcome": "MISMATCH",
            "checkedOn": on,
            **told,
        }

    async def recordTaskCompletion(self) -> dict[str, Any]:
        goal = {"goal": "Sell", "startsOn": "2026-07-01", "dueOn": "2026-09-30", "target": 10.0, "result": 8.0}
        return {"employment": await self.employment(), "source": "okr", "goals": [goal]}

    async def correctTaskCompletion(self) -> dict[str, Any]:
        employment = await self.employment()
        goal = Goal("Sell", date(2026, 7, 1), date(2026, 9, 30), target=10.0, result=8.0)
        await self.company.hr.task_completion(uid(employment), "okr", goal)
        (found,) = await self.company.hr.graph.client.answer(
            "faults",
            "MATCH (:Employment {id: $id})-[:HAS_RESULT]->(r:TaskResult) RETURN r.id AS id",
            {"id": uid(employment)},
        )
        return {"record": gid("TaskResult", found["id"]), "reason": "One more.", "result": 9.0}

    async def setWorkCalendar(self) -> dict[str, Any]:
        day = START + timedelta(days=next(self.numbers))
        hours = {"schedule": ["MON-FRI 09:00-18:00"], "exceptions": ["2026-10-01"]}
        return {"department": self.department_id(), "validFrom": f"{day}", "timeZone": "Asia/Shanghai", **hours}

    async def slot(self) -> str:
        starts_at = NOW + timedelta(days=5, minutes=next(self.numbers))
        await self.company.hr.slots(starts_at, position=self.company.positions["technology"])
        (found,) = await self.company.hr.graph.client.answer(
            "faults", "MATCH (s:Slot) WHERE s.startsAt = $at RETURN s.id AS id ORDER BY id LIMIT 1", {"at": starts_at}
        )
        return gid("Slot", found["id"])

    async def request(self) -> str:
        interview = await self.company.hr.interview(await self.application(), starts_at=NOW + timedelta(hours=5))
        self.company.at(days=0)
        return gid("RescheduleRequest", await self.company.hr.request(interview))

    async def openSlots(self) -> dict[str, Any]:
        times = [{"startsAt": TIMES["startsAt"], "endsAt": TIMES["endsAt"]}]
        zone = TIMES["timeZone"]
        return {"offeredFor": await self.position(), "mode": "VIDEO", "timeZone": zone, "times": times}

    async def closeSlot(self) -> dict[str, Any]:
        return {"slot": await self.slot()}

    async def requestReschedule(self) -> dict[str, Any]:
        return {"interview": await self.interview(), "slot": await self.slot(), "reason": "A train is late."}

    async def grantReschedule(self) -> dict[str, Any]:
        return {"request": await self.request(), "times": TIMES}

    async def refuseReschedule(self) -> dict[str, Any]:
        return {"request": await self.request(), "reason": "It is too late."}

    async def requestUpload(self) -> dict[str, Any]:
        return {"about": await self.request()}

    async def decideProof(self) -> dict[str, Any]:
        interview = await self.company.hr.interview(await self.application(), starts_at=NOW + timedelta(hours=5))
        self.company.at(days=0)
        request = await self.company.hr.request(interview)
        proof = gid("Proof", await self.company.hr.proof(interview, picture(), request=request))
        return {"proof": proof, "verdict": "REJECTED", "reason": "It is blurred."}

    async def updateCandidate(self) -> dict[str, Any]:
        application = await self.application()
        (found,) = await self.company.hr.graph.client.answer(
            "faults",
            "MATCH (c:Candidate)-[:SUBMITTED]->(:Application {id: $id}) RETURN c.id AS id",
            {"id": application},
        )
        name = self.fresh("Person")
        contact = {"displayName": name, "email": f"{name}@example.com", "phone": self.phone()}
        return {"candidate": gid("Candidate", found["id"]), **contact, "timeZone": "Europe/Berlin"}

    async def submitApplication(self) -> dict[str, Any]:
        name = self.fresh("Person")
        contact = {"email": f"{name}@example.com", "phone": self.phone(), "timeZone": "Europe/Berlin"}
        person = {"displayName": name, **contact, "externalIds": [{"system": "ats", "value": name}]}
        return {"position": await self.position(), "candidate": person, "source": "referral"}

    async def advanceApplication(self) -> dict[str, Any]:
        return {"application": gid("Application", await self.application()), "stage": "OFFER"}

    async def withdrawApplication(self) -> dict[str, Any]:
        return {"application": gid("Application", await self.application()), "reason": "Moved away."}

    async def inviteToInterview(self) -> dict[str, Any]:
        user = gid("User", await self.company.hr.user(self.fresh("user")))
        room = {"joinUrl": "https://interview.example/room", "interviewers": [user]}
        return {"application": gid("Application", await self.application()), "mode": "VIDEO", **TIMES, **room}

    async def marked(self) -> tuple[str, str]:
        """An application, and a finding that counts of the same person."""
        application = await self.application()
        return application, await self.company.hr.no_show(application)

    async def decide(self) -> dict[str, Any]:
        application, finding = await self.marked()
        considered = [gid("Finding", finding)]
        application = gid("Application", application)
        return {"application": application, "verdict": "HOLD", "reason": "Later.", "considered": considered}

    async def offerFreedSlot(self) -> dict[str, Any]:
        interview = await self.interview()
        await self.company.hr.cancel(uid(interview), Side.CANDIDATE)
        (found,) = await self.company.hr.graph.client.answer(
            "faults",
            "MATCH (c:Candidate)-[:SUBMITTED]->(:Application {id: $id}) RETURN c.id AS id",
            {"id": await self.application()},
        )
        return {"interview": interview, "candidates": [gid("Candidate", found["id"])]}

    async def rejection(self) -> str:
        """One that waits, of which the candidate was not told yet."""
        application, _ = await self.marked()
        return gid("Decision", await self.company.hr.decide(Decide(application, Verdict.REJECT, "Others fit better.")))

    async def recordAnnouncement(self) -> dict[str, Any]:
        return {"decision": await self.rejection(), "channel": "PHONE", "text": "I called."}

    async def withdrawDecision(self) -> dict[str, Any]:
        return {"decision": await self.rejection(), "reason": "A mistake."}

    async def inviteMany(self) -> dict[str, Any]:
        user = gid("User", await self.company.hr.user(self.fresh("user")))
        room = {"joinUrl": "https://interview.example/room", "interviewers": [user]}
        invitee = {"application": gid("Application", await self.application()), **TIMES}
        zone = invitee.pop("timeZone")
        position = gid("Position", self.company.positions["technology"])
        return {"position": position, "mode": "VIDEO", "timeZone": zone, "invitees": [invitee], **room}

    async def rescheduleInterview(self) -> dict[str, Any]:
        return {"interview": await self.interview(), **TIMES, "reason": "Ill."}

    async def cancelInterview(self) -> dict[str, Any]:
        return {"interview": await self.interview(), "by": "EMPLOYER", "reason": "Filled."}

    async def candidate(self) -> str:
        (found,) = await self.company.hr.graph.client.answer(
            "faults",
            "MATCH (c:Candidate)-[:SUBMITTED]->(:Application {id: $id}) RETURN c.id AS id",
            {"id": await self.application()},
        )
        return gid("Candidate", found["id"])

    async def mergeCandidates(self) -> dict[str, Any]:
        return {"candidate": await self.candidate(), "other": await self.candidate()}

    async def splitCandidate(self) -> dict[str, Any]:
        made = await self.mergeCandidates()
        await self.company.hr.merge(uid(made["candidate"]), uid(made["other"]))
        return {"candidate": made["candidate"]}

    async def answerRequest(self) -> dict[str, Any]:
        request = gid("RightsRequest", await self.company.hr.rights_request(await self.application(), text="Wrong."))
        return {"rightsRequest": request, "answer": "REFUSED", "reason": "It is right."}

    async def withdrawRequest(self) -> dict[str, Any]:
        return {"rightsRequest": gid("RightsRequest", await self.company.hr.rights_request(await self.application()))}

    async def fileRequest(self) -> dict[str, Any]:
        await self.application()
        return {"kind": "CORRECTION", "text": "My name is written otherwise."}

    async def createLink(self) -> dict[str, Any]:
        return {"application": gid("Application", await self.application())}

    async def revokeLink(self) -> dict[str, Any]:
        return {"link": gid("Link", await self.company.hr.link(await self.application()))}

    async def recordResponse(self) -> dict[str, Any]:
        return {"interview": await self.interview(), "response": "DECLINED", "message": "Another offer."}

    async def recordAttendance(self) -> dict[str, Any]:
        missed = await self.company.hr.missed(await self.application())
        return {"interview": gid("Interview", missed), "attendance": "NOT_ATTENDED", "note": "Nobody came."}

    async def reportNoShow(self) -> dict[str, Any]:
        return {"interview": gid("Interview", await self.company.hr.missed(await self.application()))}

    async def recordNotice(self) -> dict[str, Any]:
        return {"finding": await self.finding(told=False), "channel": "EMAIL", "text": "You were missed."}

    async def recordStatement(self) -> dict[str, Any]:
        return {"finding": await self.finding(told=False), "channel": "EMAIL", "text": "The link did not open."}

    async def heard(self) -> dict[str, Any]:
        """A finding that may be decided, read to its end."""
        finding = await self.finding(told=True)
        return {"finding": finding, "readUpTo": await self.company.hr.last_seq(finding=uid(finding))}

    async def confirmNoShow(self) -> dict[str, Any]:
        return {**await self.heard(), "cause": "CANDIDATE", "reason": "It did open.", "knewBy": "TOLD_BY_STAFF"}

    async def excuseNoShow(self) -> dict[str, Any]:
        return {**await self.heard(), "reason": "A certificate was shown."}

    async def voidNoShow(self) -> dict[str, Any]:
        return {"finding": await self.finding(told=True), "reason": "About somebody else."}

    async def recordTelemetry(self) -> dict[str, Any]:
        seen = {"kind": "SESSION_CLOSED", "source": self.fresh("platform"), "key": "1"}
        missed = await self.company.hr.missed(await self.application())
        at = self.company.hr.at.isoformat().replace("+00:00", "Z")
        return {"interview": gid("Interview", missed), "occurredAt": at, **seen}

    async def disputeNoShow(self) -> dict[str, Any]:
        heard = await self.heard()
        self.company.at(days=1)
        await self.company.hr.confirmation(uid(heard["finding"]))
        return {"finding": heard["finding"], "text": "It did not."}

    async def decideDispute(self) -> dict[str, Any]:
        """A finding that somebody else than HR has decided."""
        company, finding = self.company, await self.finding(told=True)
        recruiter = await makers.maker(company.hr.graph, company.user("technology"), at=company.hr.at)
        await recruiter.confirmation(uid(finding))
        await recruiter.dispute(uid(finding))
        read = await company.hr.last_seq(finding=uid(finding))
        return {"finding": finding, "decision": "REJECTED", "reason": "It did open.", "readUpTo": read}


def asked_by_applicants(server: Server) -> list[Applicant]:
    """Has a server take the candidate in the list, while there is one, for who asks, at NOW.

    Candidates have no token: what they write comes by the pages, and from there on as any other request.
    """
    asking: list[Applicant] = []
    found = server.context

    async def context(connection: HTTPConnection, token: str | None) -> Context:
        made = await found(connection, token)
        if not asking:
            return made
        return replace(made, subject=None, claim=asking[0].claim, known=asking[0].viewer, clock=lambda: NOW)

    server.context = context  # type: ignore[method-assign]
    return asking


def document(mutation: str) -> str:
    title = mutation[0].upper() + mutation[1:]
    answer = "{ __typename ... on Node { id } ... on Refused { code field message } }"
    return f"mutation Do($input: {title}Input!) {{ {mutation}(input: $input) {answer} }}"
