"""Operations: one key, one effect; what is not there, not yours, or no id of the kind is one and the same answer."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLInputObjectType, GraphQLNamedType, get_named_type

from graph import proofs
from graph.checks import CheckOutcome, NewCheck
from graph.decisions import Decide, Verdict
from graph.employments import NewEmployment
from graph.goals import Goal
from graph.interviews import Mode
from graph.questionnaire import STATEMENTS
from graph.shifts import AttendanceKind
from graph.timesheets import Fact
from graph.visibility import Claim, OrganizationRole
from graph.writing import FORGET_OPERATIONS, Written
from schema.root import core_schema
from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.ledger import appends, refused
from tests.pictures import picture

SCHEMA = core_schema()
MUTATIONS = sorted(SCHEMA.mutation_type.fields)  # type: ignore[union-attr]

HR = {"hr"}
STAFF = {"hr", "marketing"}
RECORDERS = {"hr", "marketing", "integrator"}
ALLOWED = {
    "setUser": HR,
    "removeUser": HR,
    "createDepartment": HR,
    "updateDepartment": HR,
    "moveDepartment": HR,
    "closeDepartment": HR,
    "openPosition": STAFF,
    "movePosition": STAFF,
    "closePosition": STAFF,
    "updateCandidate": STAFF,
    "submitApplication": RECORDERS,
    "advanceApplication": RECORDERS,
    "withdrawApplication": RECORDERS,
    "inviteToInterview": STAFF,
    "inviteMany": STAFF,
    "decide": STAFF,
    "offerFreedSlot": STAFF,
    "withdrawDecision": STAFF,
    "recordAnnouncement": STAFF,
    "rescheduleInterview": STAFF,
    "cancelInterview": STAFF,
    "recordResponse": RECORDERS,
    "recordAttendance": RECORDERS,
    "reportNoShow": STAFF,
    "recordNotice": STAFF,
    "recordStatement": STAFF,
    "confirmNoShow": STAFF,
    "excuseNoShow": STAFF,
    "voidNoShow": STAFF,
    "disputeNoShow": set(),
    "decideDispute": STAFF,
    "setCosts": HR,
    "recordDelivery": {"hr", "integrator"},
    "setWebhook": {"hr", "integrator"},
    "setAttendancePolicy": HR,
    "proposeScorePolicy": HR,
    "recordImpactAssessment": HR,
    "approveScorePolicy": HR,
    "switchScoring": HR,
    "setCourses": HR,
    "takeSelfAssessment": set(),
    "shareSelfAssessment": set(),
    "recordScore": STAFF,
    "recordTelemetry": RECORDERS,
    "recordEmployment": RECORDERS,
    "endEmployment": RECORDERS,
    "correctEmployment": RECORDERS,
    "recordWorkAttendance": RECORDERS,
    "correctWorkAttendance": RECORDERS,
    "recordResumeCheck": STAFF,
    "recordTaskCompletion": RECORDERS,
    "correctTaskCompletion": RECORDERS,
    "setWorkCalendar": HR,
    "mergeCandidates": STAFF,
    "splitCandidate": STAFF,
    "fileRequest": set(),
    "withdrawRequest": set(),
    "answerRequest": STAFF,
    "createLink": STAFF,
    "revokeLink": STAFF,
    "openSlots": STAFF,
    "closeSlot": STAFF,
    "requestReschedule": set(),
    "grantReschedule": STAFF,
    "refuseReschedule": STAFF,
    "requestUpload": set(),
    "decideProof": STAFF,
}
"""Which roles may ever do what; `marketing` stands for a recruiter."""


def iso(**later: float) -> str:
    return (NOW + timedelta(**later)).isoformat().replace("+00:00", "Z")


TIMES = {"startsAt": iso(days=5), "endsAt": iso(days=5, hours=1), "timeZone": "Asia/Shanghai"}


CLOSED = {"kind": "SESSION_CLOSED", "source": "https://platform.example", "key": "1", "occurredAt": iso(hours=-1)}
OUTAGE = {**CLOSED, "kind": "PLATFORM_OUTAGE", "until": iso()}
JOB = {"title": "Seller", "startedOn": "2026-01-05", "source": "hris"}
TWIN = {"displayName": "王芳"}
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LATE = {"kind": "LATE", "day": "2026-10-05", "minutes": 12}
CHECKED = {"outcome": "VERIFIED", "claim": "Degree", "method": "Call", "source": "Registry", "checkedOn": "2026-11-01"}
GOAL = {"goal": "Sell", "startsOn": "2026-07-01", "dueOn": "2026-09-30", "target": 10.0, "result": 8.0}
HOURS = {"validFrom": "2026-01-01", "timeZone": "Asia/Shanghai", "schedule": ["MON-FRI 09:00-18:00"]}


def inputs(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """An input for every mutation, with the ids of records by their type in lower case."""
    return {
        "setUser": {
            "externalId": "somebody",
            "departmentRoles": [{"department": ids["department"], "role": "RECRUITER"}],
        },
        "removeUser": {"user": ids["user"]},
        "createDepartment": {"code": "NEW", "name": "New", "parent": ids["department"]},
        "updateDepartment": {"department": ids["department"], "name": "Renamed"},
        "moveDepartment": {"department": ids["department"], "parent": ids["department"]},
        "closeDepartment": {"department": ids["department"], "successor": ids["department"]},
        "openPosition": {"department": ids["department"], "title": "New", "jobFamily": "NEW"},
        "movePosition": {"position": ids["position"], "department": ids["department"]},
        "closePosition": {"position": ids["position"]},
        "updateCandidate": {"candidate": ids["candidate"], "displayName": "New"},
        "submitApplication": {"position": ids["position"], "candidate": {"displayName": "New"}},
        "advanceApplication": {"application": ids["application"], "stage": "OFFER"},
        "withdrawApplication": {"application": ids["application"]},
        "inviteToInterview": {
            "application": ids["application"],
            "mode": "VIDEO",
            **TIMES,
            "interviewers": [ids["user"]],
        },
        "offerFreedSlot": {"interview": ids["interview"], "candidates": [ids["candidate"]]},
        "decide": {"application": ids["application"], "verdict": "HOLD", "reason": "New"},
        "withdrawDecision": {"decision": ids["decision"], "reason": "New"},
        "recordAnnouncement": {"decision": ids["decision"], "channel": "PHONE"},
        "inviteMany": {
            "position": ids["position"],
            "mode": "VIDEO",
            "timeZone": "Asia/Shanghai",
            "invitees": [{"application": ids["application"], "startsAt": iso(days=5), "endsAt": iso(days=6)}],
            "interviewers": [ids["user"]],
        },
        "rescheduleInterview": {"interview": ids["interview"], **TIMES},
        "cancelInterview": {"interview": ids["interview"], "by": "EMPLOYER"},
        "recordResponse": {"interview": ids["interview"], "response": "DECLINED"},
        "recordAttendance": {"interview": ids["interview"], "attendance": "NOT_ATTENDED"},
        "reportNoShow": {"interview": ids["interview"]},
        "recordNotice": {"finding": ids["finding"], "channel": "EMAIL"},
        "recordStatement": {"finding": ids["finding"], "channel": "EMAIL", "text": "New"},
        "confirmNoShow": {"finding": ids["finding"], "cause": "PLATFORM", "reason": "New", "readUpTo": 1},
        "excuseNoShow": {"finding": ids["finding"], "reason": "New", "readUpTo": 1},
        "voidNoShow": {"finding": ids["finding"], "reason": "New"},
        "setWebhook": {"user": ids["user"], "url": "https://hooks.example.com/t", "secret": KEY},
        "recordDelivery": {"message": ids["message"], "receipt": "DELIVERED"},
        "disputeNoShow": {"finding": ids["finding"], "text": "New"},
        "decideDispute": {"finding": ids["finding"], "decision": "UPHELD", "reason": "New", "readUpTo": 1},
        "setCosts": {"organization": ids["organization"], "onsite": 150},
        "setAttendancePolicy": {"organization": ids["organization"], "answerHours": 96},
        "proposeScorePolicy": {"organization": ids["organization"], "draft": {}, "reason": "New"},
        "recordImpactAssessment": {"policy": ids["policy"], "purpose": "New", "impact": "New", "measures": "New"},
        "approveScorePolicy": {"policy": ids["policy"]},
        "recordScore": {"candidate": ids["candidate"]},
        "setCourses": {"organization": ids["organization"], "courses": []},
        "takeSelfAssessment": {"answers": [3] * len(STATEMENTS)},
        "shareSelfAssessment": {"shared": True},
        "switchScoring": {"organization": ids["organization"], "off": True, "reason": "New"},
        "recordTelemetry": {"interview": ids["interview"], **CLOSED},
        "recordEmployment": {"department": ids["department"], "candidate": {"displayName": "New"}, **JOB},
        "endEmployment": {"employment": ids["employment"], "endedOn": "2026-10-30"},
        "correctEmployment": {"employment": ids["employment"], "reason": "seen", "endedOn": "2026-10-30"},
        "recordWorkAttendance": {"employment": ids["employment"], "source": "clock", "records": [LATE]},
        "correctWorkAttendance": {"record": ids["record"], "reason": "New", "minutes": 9},
        "recordResumeCheck": {"application": ids["application"], **CHECKED},
        "recordTaskCompletion": {"employment": ids["employment"], "source": "okr", "goals": [GOAL]},
        "correctTaskCompletion": {"record": ids["taskResult"], "reason": "New", "share": 0.9},
        "setWorkCalendar": {"department": ids["department"], **HOURS},
        "mergeCandidates": {"candidate": ids["candidate"], "other": ids["other"]},
        "splitCandidate": {"candidate": ids["candidate"]},
        "fileRequest": {"kind": "CORRECTION", "text": "New"},
        "withdrawRequest": {"rightsRequest": ids["rightsRequest"]},
        "answerRequest": {"rightsRequest": ids["rightsRequest"], "answer": "REFUSED", "reason": "New"},
        "createLink": {"application": ids["application"]},
        "revokeLink": {"link": ids["link"]},
        "openSlots": {"offeredFor": ids["position"], "mode": "VIDEO", "timeZone": "Asia/Shanghai", "times": [SLOT]},
        "closeSlot": {"slot": ids["slot"]},
        "requestReschedule": {"interview": ids["interview"], "reason": "New"},
        "grantReschedule": {"request": ids["request"], "slot": ids["slot"]},
        "refuseReschedule": {"request": ids["request"], "reason": "New"},
        "requestUpload": {"about": ids["request"]},
        "decideProof": {"proof": ids["proof"], "verdict": "REJECTED", "reason": "New"},
    }


SLOT = {"startsAt": iso(days=6), "endsAt": iso(days=6, hours=1)}
TYPES = ("User", "Department", "Position", "Candidate", "Application", "Interview", "Finding", "Employment")
NOBODY = {type.lower(): gid(type, "00000000-0000-4000-8000-000000000000") for type in (*TYPES, "Organization")}
NOBODY["other"] = NOBODY["candidate"]
NOBODY["rightsRequest"] = gid("RightsRequest", "00000000-0000-4000-8000-000000000000")
NOBODY["link"] = gid("Link", "00000000-0000-4000-8000-000000000000")
NOBODY["slot"] = gid("Slot", "00000000-0000-4000-8000-000000000000")
NOBODY["proof"] = gid("Proof", "00000000-0000-4000-8000-000000000000")
NOBODY["request"] = gid("RescheduleRequest", "00000000-0000-4000-8000-000000000000")
NOBODY["message"] = gid("Message", "00000000-0000-4000-8000-000000000000")
NOBODY["decision"] = gid("Decision", "00000000-0000-4000-8000-000000000000")
NOBODY["policy"] = gid("ScorePolicy", "00000000-0000-4000-8000-000000000000")
NOBODY["check"] = gid("ResumeCheck", "00000000-0000-4000-8000-000000000000")
NOBODY["taskResult"] = gid("TaskResult", "00000000-0000-4000-8000-000000000000")
NOBODY["record"] = gid("AttendanceRecord", "00000000-0000-4000-8000-000000000000")


async def records(ask: Ask, company: Company, department: str) -> dict[str, str]:
    """One record of each type that belongs to a department of the company."""
    company.at(days=20)
    application = await company.application(department)
    finding = await company.hr.suspicion(await company.hr.missed(application))
    another = await company.application(department)
    told = ("Degree", "Call", "Registry", date(2026, 10, 1))
    verified = NewCheck(application, CheckOutcome.VERIFIED, *told)
    query = """
    query Of($application: ID!) {
      application(id: $application) { candidate { id } interviews { nodes { id messages { id } } } links { id } }
    }
    """
    found = (await ask(query, company.user("hr"), application=gid("Application", application)))["application"]
    return {
        "user": (await ask("{ viewer { id } }", company.user(department)))["viewer"]["id"],
        "department": gid("Department", company.departments[department]),
        "position": gid("Position", company.positions[department]),
        "candidate": found["candidate"]["id"],
        "application": gid("Application", application),
        "interview": found["interviews"]["nodes"][0]["id"],
        "message": found["interviews"]["nodes"][0]["messages"][0]["id"],
        "finding": gid("Finding", finding),
        "other": (await ask(query, company.user("hr"), application=gid("Application", another)))["application"][
            "candidate"
        ]["id"],
        "rightsRequest": gid("RightsRequest", await company.hr.rights_request(application)),
        "link": found["links"][0]["id"],
        "organization": gid("Organization", company.hr.viewer.organization),
        "decision": gid("Decision", await company.hr.decide(Decide(application, Verdict.HOLD, "Later."))),
        "policy": gid("ScorePolicy", await company.hr.score_policy()),
        "check": gid("ResumeCheck", await company.hr.resume_check(verified)),
        **await at_work(ask, company, department),
        **await asked_for(ask, company, department),
    }


async def asked_for(ask: Ask, company: Company, department: str) -> dict[str, str]:
    """A late request for another time, and a time that is open for it."""
    company.at(days=0)
    starts_at = NOW + timedelta(hours=5)
    interview = await company.hr.interview(await company.application(department), starts_at=starts_at, mode=Mode.VIDEO)
    request = await company.hr.request(interview)
    await company.hr.slots(NOW + timedelta(days=6), department=company.departments[department], mode=Mode.VIDEO)
    query = "query Slots($id: ID!) { node(id: $id) { ... on Department { openSlots { id } } } }"
    found = await ask(query, company.user("hr"), id=gid("Department", company.departments[department]))
    proof = gid("Proof", await company.hr.proof(interview, picture(), request=request))
    slot = found["node"]["openSlots"][0]["id"]
    return {"request": gid("RescheduleRequest", request), "slot": slot, "proof": proof}


async def at_work(ask: Ask, company: Company, department: str) -> dict[str, str]:
    """An employment in the department, and what is told of one day of it."""
    job = NewEmployment(company.departments[department], company.person(), "Seller", date(2026, 1, 5))
    employment = gid("Employment", await company.hr.employment(job))
    await company.hr.work_attendance(uid(employment), "clock", Fact(AttendanceKind.LATE, date(2026, 9, 1), minutes=20))
    await company.hr.task_completion(
        uid(employment), "okr", Goal("Sell", date(2026, 1, 5), date(2026, 6, 30), told_share=0.5)
    )
    query = "query At($id: ID!) { employment(id: $id) { records { nodes { id } } taskResults { nodes { id } } } }"
    found = (await ask(query, company.user("hr"), id=employment))["employment"]
    record, result = (found[name]["nodes"][0]["id"] for name in ("records", "taskResults"))
    return {"employment": employment, "record": record, "taskResult": result}


async def sent(ask: Ask, mutation: str, viewer: str, input: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The refusal of a mutation, and the statements it took."""
    query = (
        f"mutation Do($input: {mutation[0].upper()}{mutation[1:]}Input!) "
        f"{{ {mutation}(input: $input) {{ __typename ... on Refused {{ code field retryable }} }} }}"
    )
    answer = await ask.whole(query, viewer, input=input)
    assert not answer.errors, answer.errors
    return answer.data[mutation], answer.statements


def test_every_mutation_has_its_roles() -> None:
    assert sorted(ALLOWED) == MUTATIONS == sorted(inputs(NOBODY))


async def test_roles_are_refused_before_looking(ask: Ask, company: Company) -> None:
    """Whatever the id, so that a refusal says nothing about any record."""
    there = await records(ask, company, "marketing")
    for mutation, allowed in ALLOWED.items():
        for viewer in ("hr", "marketing", "integrator", "auditor"):
            for ids in (NOBODY, there) if viewer not in allowed else (NOBODY,):
                answer, statements = await sent(ask, mutation, company.user(viewer), inputs(ids)[mutation])
                if viewer in allowed:
                    assert answer["code"] == "NOT_FOUND", (mutation, viewer)
                else:
                    assert answer["code"] == "NOT_ALLOWED", (mutation, viewer)
                    assert answer["field"] is None
                    assert statements == ["viewer"]


async def test_no_department_tells_of_an_outage(ask: Ask, company: Company) -> None:
    """It explains interviews of the whole Organization, and is said by whoever speaks for that."""
    for viewer, code in (("marketing", "NOT_ALLOWED"), ("auditor", "NOT_ALLOWED"), ("hr", None), ("integrator", None)):
        answer, statements = await sent(ask, "recordTelemetry", company.user(viewer), OUTAGE | {"key": viewer})
        assert answer.get("code") == code
        assert (statements == ["viewer"]) is (code is not None)


def id_fields(type: GraphQLNamedType) -> list[str]:
    """The names of the fields of an input, at any depth, that hold ids."""
    assert isinstance(type, GraphQLInputObjectType)
    found: list[str] = []
    for name, field in type.fields.items():
        inner = get_named_type(field.type)
        if inner.name == "ID" or (isinstance(inner, GraphQLInputObjectType) and id_fields(inner)):
            found.append(name)
    return found


IDS = [
    (mutation, field)
    for mutation in MUTATIONS
    for field in id_fields(SCHEMA.get_type(f"{mutation[0].upper()}{mutation[1:]}Input"))  # type: ignore[arg-type]
    if mutation != "inviteMany" or field == "position"
]
"""Whoever is named to inviteMany besides is told of in its answers: see tests/test_rounds.py."""


def swapped(value: Any, id: str) -> Any:
    """The value with its ids exchanged for another."""
    if isinstance(value, list):
        return [swapped(item, id) for item in value]
    if isinstance(value, dict):
        return {key: item if key == "role" else id for key, item in value.items()}
    return id


def named(ids: dict[str, str], field: str) -> str:
    """The id that belongs into a field of this name."""
    types = {"parent": "department", "successor": "department", "interviewers": "user", "departmentRoles": "department"}
    types["offeredFor"], types["replaces"] = "position", "check"
    types |= {"considered": "finding", "candidates": "candidate"}
    return ids[types.get(field, field)]


async def test_no_answer_tells_absent_from_foreign(ask: Ask, company: Company) -> None:
    """Unknown, another company's, another circle's, and an id of another type: one refusal, the same statements.

    The Subsidiary's departments are told to all by id and name, so there NOT_ALLOWED tells nothing new.
    """
    other = await make_company(ask.graph)
    mine = await records(ask, company, "technology")
    foreign = await records(ask, other, "technology")
    outside = await records(ask, company, "subsidiary")
    seen: dict[tuple[str, str, str], set[Any]] = {}
    async with appends(ask, company):
        for mutation, field in IDS:
            for viewer in sorted(
                ALLOWED[mutation] & {"hr"} | ({"technology"} if "marketing" in ALLOWED[mutation] else set())
            ):
                good = inputs(mine)[mutation]
                if mutation == "confirmNoShow":
                    good = {key: value for key, value in good.items() if key != "finding"} | {field: mine[field]}
                wrong = [named(ids, field) for ids in (NOBODY, foreign)]
                wrong += ["nonsense", gid("Event", uid(named(mine, field)))]
                if viewer == "technology" and field not in ("department", "interviewers"):
                    wrong.append(named(outside, field))
                for id in wrong:
                    input = good | {field: swapped(good.get(field, id), id)}
                    answer, statements = await sent(ask, mutation, company.user(viewer), input)
                    found = (answer["code"], answer["field"], answer["retryable"], tuple(statements))
                    seen.setdefault((mutation, field, viewer), set()).add(found)
    for case, answers in seen.items():
        assert len(answers) == 1, (case, answers)
        assert [answer[:3] for answer in answers] == [("NOT_FOUND", case[1], False)], case


QUERIES = {
    "position": "title",
    "candidate": "displayName",
    "application": "stage",
    "interview": "mode",
    "employment": "title",
}


async def test_no_query_tells_absent_from_foreign(ask: Ask, company: Company) -> None:
    """Null and no error, from the same statements, whatever is wrong with the id."""
    other = await make_company(ask.graph)
    mine, foreign = await records(ask, company, "technology"), await records(ask, other, "technology")
    outside = await records(ask, company, "subsidiary")
    roots = SCHEMA.query_type.fields  # type: ignore[union-attr]
    assert {name for name, root in roots.items() if "id" in root.args} == QUERIES.keys() | {"node"}
    viewer = company.user("technology")
    for name, selection in QUERIES.items():
        query = f"query One($id: ID!) {{ {name}(id: $id) {{ {selection} }} }}"
        assert (await ask(query, viewer, id=mine[name]))[name] is not None
        for id in (NOBODY[name], foreign[name], outside[name], gid("Event", uid(mine[name])), "nonsense", ""):
            answer = await ask.whole(query, viewer, id=id)
            assert (answer.data, answer.errors) == ({name: None}, []), (name, id)
            assert answer.statements == ["viewer", name]
    query = "query One($id: ID!) { node(id: $id) { __typename id } }"
    for type in TYPES:
        if type in ("Department", "User"):
            continue
        for ids in (NOBODY, foreign, outside):
            answer = await ask.whole(query, viewer, id=ids[type.lower()])
            assert (answer.data, answer.errors) == ({"node": None}, []), type
            assert answer.statements == ["viewer", f"node.{type}"]
    for type in ("Department", "User"):
        for ids in (NOBODY, foreign):
            answer = await ask.whole(query, viewer, id=ids[type.lower()])
            assert (answer.data, answer.errors) == ({"node": None}, []), type
            assert answer.statements == ["viewer", f"node.{type}"]


async def twice(ask: Ask, company: Company, mutation: str, viewer: str | Claim, *types: str, **input: Any) -> str:
    """Sends a mutation twice with one key: one effect, one answer; with other input the key is refused."""
    key, who = f"{mutation}-{uuid4()}", viewer if isinstance(viewer, Claim) else company.user(viewer)
    async with appends(ask, company, *types):
        first = await ask.do(mutation, who, idempotencyKey=key, **input)
        second = await ask.do(mutation, who, idempotencyKey=key, **input)
        other = await ask.do(mutation, who, idempotencyKey=key, **changed(input))
    assert first == second
    assert "code" not in first
    assert other == refused(mutation, "KEY_REUSED", "idempotencyKey")
    return first["id"]


def changed(input: dict[str, Any]) -> dict[str, Any]:
    """Another input of the same form: one plain text of it is longer, or one id is nobody's; else all of it differs."""
    for name in ("reason", "text", "title", "name", "externalId", "displayName", "note", "source"):
        if name in input:
            return input | {name: input[name] + "!"}
    for name, value in input.items():
        if isinstance(value, str):
            return input | {name: gid("Event", "nobody")}
    ((name, value),) = input.items()
    return {name: not value if isinstance(value, bool) else [each % 5 + 1 for each in value]}


async def test_one_key_has_one_effect(ask: Ask, company: Company) -> None:  # noqa: PLR0915  one story
    """For every mutation, in the order in which one company might need them."""
    done: list[str] = []

    async def do(mutation: str, viewer: str | Claim, *types: str, **input: Any) -> str:
        done.append(mutation)
        return await twice(ask, company, mutation, viewer, *types, **input)

    marketing, technology = (gid("Department", company.departments[name]) for name in ("marketing", "technology"))
    user = await do("setUser", "hr", "USER_SET", externalId=f"new@{company.tag}")
    await do("removeUser", "hr", "USER_REMOVED", user=user)
    media = await do("createDepartment", "hr", "DEPARTMENT_CREATED", code="MEDIA", name="Media", parent=marketing)
    await do("updateDepartment", "hr", "DEPARTMENT_UPDATED", department=media, name="New media")
    await do("moveDepartment", "hr", "DEPARTMENT_MOVED", department=media, parent=technology)
    opened = {"title": "Editor", "jobFamily": "MARKETING"}
    position = await do("openPosition", "technology", "POSITION_OPENED", department=media, **opened)
    await do("closeDepartment", "hr", "POSITION_MOVED", "DEPARTMENT_CLOSED", department=media, successor=technology)
    await do("movePosition", "hr", "POSITION_MOVED", position=position, department=marketing)
    person = {"displayName": "王芳", "email": "wang.fang@example.com"}
    filed = {"position": position, "candidate": person, "source": "a friend"}
    application = await do("submitApplication", "integrator", "APPLICATION_SUBMITTED", **filed)
    candidate = (
        await ask("query C($id: ID!) { application(id: $id) { candidate { id } } }", company.user("hr"), id=application)
    )["application"]["candidate"]["id"]
    await do("updateCandidate", "marketing", "CANDIDATE_UPDATED", candidate=candidate, displayName="王小芳")
    advanced = {"application": application, "stage": "INTERVIEW"}
    await do("advanceApplication", "marketing", "APPLICATION_ADVANCED", **advanced)

    async def interview(days: float) -> str:
        times = {"startsAt": iso(days=days), "endsAt": iso(days=days, hours=1), "timeZone": "Asia/Shanghai"}
        input = {"application": application, "mode": "VIDEO", **times}
        return await do("inviteToInterview", "marketing", "INTERVIEW_INVITED", **input)

    moved = await interview(1)
    times = {"startsAt": iso(days=2), "endsAt": iso(days=2, hours=1), "timeZone": "Asia/Shanghai"}
    types = ("INTERVIEW_RESCHEDULED", "INTERVIEW_INVITED")
    later = await do("rescheduleInterview", "marketing", *types, interview=moved, **times, reason="a clash")
    await do("cancelInterview", "marketing", "INTERVIEW_CANCELLED", interview=later, by="CANDIDATE", reason="ill")
    slots = {"offeredFor": marketing, "mode": "VIDEO", "timeZone": "Asia/Shanghai"}
    await do("openSlots", "marketing", "SLOTS_OPENED", **slots, times=[SLOT])
    query = "query Slots($id: ID!) { node(id: $id) { ... on Department { openSlots { id } } } }"
    (slot,) = (await ask(query, company.user("marketing"), id=marketing))["node"]["openSlots"]
    await do("closeSlot", "marketing", "SLOT_CLOSED", slot=slot["id"])
    mine, late = Claim(uid(candidate), uid(application)), ("RESCHEDULE_REQUESTED",)
    request = await do("requestReschedule", mine, *late, interview=await interview(0.1), reason="a train")
    await do("refuseReschedule", "marketing", "RESCHEDULE_REFUSED", request=request, reason="too late")
    request = await do("requestReschedule", mine, *late, interview=await interview(0.2), reason="a train")
    verified = Claim(mine.candidate, mine.application, verified=True)
    ticket = uid(await do("requestUpload", verified, about=request))
    found = await proofs.find_ticket(ask.graph, proofs.ticket_of(ask.graph.secrets, ticket), ask.now)
    assert found is not None
    received = await proofs.receive(ask.graph, found, picture(), ask.now)
    assert isinstance(received, Written)
    proof = gid("Proof", received.id)
    await do("decideProof", "marketing", "PROOF_DECIDED", proof=proof, verdict="REJECTED", reason="blurred")
    moved = ("INTERVIEW_RESCHEDULED", "INTERVIEW_INVITED", "RESCHEDULE_GRANTED")
    await do("grantReschedule", "marketing", *moved, request=request, times=TIMES)
    invitee = {"application": application, "startsAt": iso(days=2), "endsAt": iso(days=2, hours=1)}
    many = {"position": position, "mode": "VIDEO", "timeZone": "Asia/Shanghai", "invitees": [invitee]}
    await do("inviteMany", "marketing", "INTERVIEW_INVITED", **many)
    other = await company.at(days=3).application(uid(position), company.person())
    found = await ask(
        "query C($id: ID!) { application(id: $id) { candidate { id } } }",
        company.user("hr"),
        id=gid("Application", other),
    )
    offered = {"interview": later, "candidates": [found["application"]["candidate"]["id"]]}
    await do("offerFreedSlot", "marketing", "INTERVIEW_INVITED", "SLOT_OFFERED", "SLOT_FREED", **offered)
    held = {"application": application, "verdict": "HOLD", "reason": "later"}
    await do("decide", "marketing", "DECISION_MADE", **held)
    closed = []
    for days in (3, 4):
        missed = await interview(days)
        await do("recordResponse", "integrator", "RESPONSE_RECORDED", interview=missed, response="ACCEPTED")
        closed.append(missed)
    ask.now += timedelta(days=6)
    findings = []
    for missed in closed:
        absent = {"interview": missed, "attendance": "NOT_ATTENDED", "note": "waited"}
        await do("recordAttendance", "integrator", "ATTENDANCE_RECORDED", **absent)
        findings.append(await do("reportNoShow", "marketing", "NO_SHOW_REPORTED", interview=missed))
    first, second = findings
    await do("recordTelemetry", "integrator", "TELEMETRY_RECORDED", interview=closed[0], **CLOSED)
    await do("recordNotice", "marketing", "NOTICE_RECORDED", finding=first, channel="SMS", text="Where were you?")
    claim = Claim(uid(candidate), uid(application), verified=True)
    await do("recordStatement", claim, "STATEMENT_RECORDED", finding=first, channel="MESSAGE", text="I forgot.")
    read = [await ask.last_seq(company.user("marketing"), finding) for finding in findings]
    decision = {"cause": "CANDIDATE", "reason": "forgotten", "readUpTo": read[0], "knewBy": "SAID_BY_CANDIDATE"}
    await do("confirmNoShow", "marketing", "NO_SHOW_CONFIRMED", finding=first, **decision)
    await do("disputeNoShow", claim, "NO_SHOW_DISPUTED", finding=first, text="The link did not open.")
    decision = {"decision": "REJECTED", "reason": "It did", "readUpTo": read[0] + 2}
    await do("decideDispute", "hr", "DISPUTE_REJECTED", finding=first, **decision)
    against = {"application": application, "verdict": "REJECT", "reason": "others"}
    rejection = await do("decide", "marketing", "DECISION_MADE", **against)
    told = {"decision": rejection, "channel": "PHONE", "text": "I called."}
    await do("recordAnnouncement", "marketing", "REJECTION_ANNOUNCED", **told)
    await do("withdrawDecision", "marketing", "DECISION_WITHDRAWN", decision=rejection, reason="a mistake")
    await do("voidNoShow", "marketing", "NO_SHOW_VOIDED", finding=first, reason="another person")
    await do("excuseNoShow", "marketing", "NO_SHOW_EXCUSED", finding=second, reason="ill", readUpTo=read[1])
    twin = await do(
        "submitApplication", "marketing", "APPLICATION_SUBMITTED", position=position, candidate={"displayName": "王芳"}
    )
    query = "query C($id: ID!) { application(id: $id) { candidate { id } } }"
    twin = (await ask(query, company.user("hr"), id=twin))["application"]["candidate"]["id"]
    await do("mergeCandidates", "marketing", *["CANDIDATES_MERGED"] * 2, candidate=candidate, other=twin)
    await do("splitCandidate", "marketing", *["CANDIDATES_SPLIT"] * 2, candidate=twin)
    known = Claim(uid(candidate), uid(application), verified=True)
    asked = await do("fileRequest", known, "REQUEST_FILED", kind="CORRECTION", text="My name is 范冰.")
    await do("takeSelfAssessment", known, "SELF_ASSESSMENT_TAKEN", answers=[3] * len(STATEMENTS))
    await do("shareSelfAssessment", known, "SELF_ASSESSMENT_SHARED", shared=True)
    answered = {"answer": "REFUSED", "reason": "It is right."}
    await do("answerRequest", "marketing", "REQUEST_ANSWERED", rightsRequest=asked, **answered)
    objected = await do("fileRequest", known, "REQUEST_FILED", kind="OBJECTION", text="Not by a score.")
    await do("withdrawRequest", known, "REQUEST_WITHDRAWN", rightsRequest=objected)
    await do("withdrawApplication", "marketing", "APPLICATION_WITHDRAWN", application=application, reason="moved")
    query = "query Told($id: ID!) { interview(id: $id) { messages { id template } } }"
    told = (await ask(query, company.user("marketing"), id=closed[0]))["interview"]["messages"]
    message = next(each["id"] for each in told if each["template"] == "INVITATION")
    await do("recordDelivery", "integrator", "MESSAGE_DELIVERED", message=message, receipt="DELIVERED")
    link = await do("createLink", "marketing", "LINK_HANDED_OUT", application=application)
    await do("revokeLink", "marketing", "LINK_REVOKED", link=link)
    await do("closePosition", "marketing", "POSITION_CLOSED", position=position)
    organization = gid("Organization", company.hr.viewer.organization)
    await do("setCosts", "hr", "COSTS_SET", organization=organization, onsite=150)
    await do("setAttendancePolicy", "hr", "ATTENDANCE_POLICY_SET", organization=organization, answerHours=96)
    integrator = (await ask("{ viewer { id } }", company.user("integrator")))["viewer"]["id"]
    await do("setWebhook", "hr", "WEBHOOK_SET", user=integrator, url="https://hooks.example.com/turnout", secret=KEY)
    said = {"organization": organization, "reason": "fairer"}
    await do("recordResumeCheck", "marketing", "RESUME_CHECKED", application=application, **CHECKED)
    policy = await do("proposeScorePolicy", "hr", "SCORE_POLICY_PROPOSED", draft={"minimum": 4}, **said)
    texts = {"purpose": "advice", "impact": "bias", "measures": "a hearing"}
    await do("recordImpactAssessment", "hr", "IMPACT_ASSESSED", policy=policy, **texts)
    await company.hr.user(company.user("second"), OrganizationRole.HR_ADMIN)
    await do("approveScorePolicy", "second", "SCORE_POLICY_APPROVED", policy=policy)
    await do("recordScore", "marketing", "SCORE_COMPUTED", candidate=candidate)
    await do("switchScoring", "hr", "SCORING_SWITCHED", off=True, **said)
    course = {"dimension": "STABILITY", "title": "Staying", "url": "https://courses.example/1"}
    await do("setCourses", "hr", "COURSES_SET", organization=organization, courses=[course])
    await do("setWorkCalendar", "hr", "WORK_CALENDAR_SET", department=marketing, **HOURS)
    hired = {"department": marketing, "candidate": {"displayName": "李雷"}, **JOB}
    employment = await do("recordEmployment", "integrator", "EMPLOYMENT_RECORDED", **hired)
    told = {"employment": employment, "source": "clock", "records": [LATE]}
    await do("recordWorkAttendance", "marketing", "WORK_ATTENDANCE_RECORDED", **told)
    query = "query At($id: ID!) { employment(id: $id) { records { nodes { id } } } }"
    worked = await ask(query, company.user("marketing"), id=employment)
    record = worked["employment"]["records"]["nodes"][0]["id"]
    corrected = {"record": record, "reason": "The clock was ahead.", "minutes": 9}
    await do("correctWorkAttendance", "marketing", "WORK_ATTENDANCE_CORRECTED", **corrected)
    told = {"employment": employment, "source": "okr", "goals": [GOAL]}
    await do("recordTaskCompletion", "integrator", "TASK_COMPLETION_RECORDED", **told)
    query = "query At($id: ID!) { employment(id: $id) { taskResults { nodes { id } } } }"
    worked = await ask(query, company.user("marketing"), id=employment)
    corrected = {"record": worked["employment"]["taskResults"]["nodes"][0]["id"], "reason": "One more.", "result": 9.0}
    await do("correctTaskCompletion", "marketing", "TASK_COMPLETION_CORRECTED", **corrected)
    await do("endEmployment", "marketing", "EMPLOYMENT_ENDED", employment=employment, endedOn="2026-10-30")
    wrong = {"employment": employment, "reason": "Another contract."}
    await do("correctEmployment", "marketing", "EMPLOYMENT_CORRECTED", **wrong, ongoing=True)
    assert sorted(set(done)) == MUTATIONS
    assert await company.faults() == []


async def test_a_refusal_is_answered_again(ask: Ask, company: Company) -> None:
    """The answer of a key does not change with the world; a new key asks anew."""
    new = {"code": "NEW", "name": "New", "parent": gid("Department", company.departments["marketing"])}
    taken = await company.hr.department("NEW", "Taken")
    async with appends(ask, company):
        for _ in range(2):
            answer = await ask.do("createDepartment", company.user("hr"), idempotencyKey="k", **new)
            assert answer == refused("createDepartment", "CODE_TAKEN", "code")
    assert taken
    again = await ask.do("createDepartment", company.user("hr"), idempotencyKey="l", **(new | {"code": "NEW2"}))
    assert again["__typename"] == "Department"


async def test_what_time_puts_right_is_not_kept_under_a_key(ask: Ask, company: Company) -> None:
    """Whoever is told to wait, and waits, may send the very same call."""
    starts_at = NOW + timedelta(days=3)
    interview = await company.hr.interview(await company.application("technology"), starts_at=starts_at)
    absent = {"interview": gid("Interview", interview), "attendance": "NOT_ATTENDED", "idempotencyKey": "k"}
    query = """mutation Early($input: RecordAttendanceInput!) {
      recordAttendance(input: $input) { ... on Refused { code retryable } } }"""
    early = (await ask(query, company.user("technology"), input=absent))["recordAttendance"]
    assert early == {"code": "NOT_OVER", "retryable": True}
    ask.now = starts_at + timedelta(days=1)
    made = await ask.do("recordAttendance", company.user("technology"), "attendance", **absent)
    assert made["attendance"] == "NOT_ATTENDED"
    async with appends(ask, company):
        assert await ask.do("recordAttendance", company.user("technology"), "attendance", **absent) == made


async def test_keys_belong_to_caller_and_mutation(ask: Ask, company: Company) -> None:
    opened = {"title": "Editor", "jobFamily": "MARKETING", "idempotencyKey": "one"}
    made = set()
    for viewer, department in [("marketing", "marketing"), ("technology", "technology"), ("hr", "marketing")]:
        id = gid("Department", company.departments[department])
        made.add((await ask.do("openPosition", company.user(viewer), department=id, **opened))["id"])
    assert len(made) == 3
    closed = await ask.do(
        "closePosition",
        company.user("marketing"),
        idempotencyKey="one",
        position=gid("Position", company.positions["marketing"]),
    )
    assert closed["__typename"] == "Position"


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_keys_have_a_length(ask: Ask, company: Company, key: str) -> None:
    opened = {"department": gid("Department", company.departments["marketing"]), "title": "E", "jobFamily": "M"}
    async with appends(ask, company):
        answer = await ask.do("openPosition", company.user("hr"), idempotencyKey=key, **opened)
    assert answer == refused("openPosition", "INVALID_VALUE", "idempotencyKey")
    made = await ask.do("openPosition", company.user("hr"), idempotencyKey="k" * 200, **opened)
    assert made["__typename"] == "Position"


async def test_a_replay_shows_what_is_seen_now(ask: Ask, company: Company) -> None:
    """The record is read anew: what changed since is in the answer, and what the caller lost sight of is not."""
    marketing = company.user("marketing")
    person = {"displayName": "王芳", "email": "wang.fang@example.com"}
    filed = {"position": gid("Position", company.positions["marketing"]), "candidate": person, "idempotencyKey": "one"}
    first = await ask.do("submitApplication", marketing, "id stage reminders { kind }", **filed)
    assert first["stage"] == "APPLIED"
    await ask.do("advanceApplication", marketing, application=first["id"], stage="OFFER")
    second = await ask.do("submitApplication", marketing, "id stage", **filed)
    assert second == {"__typename": "Application", "id": first["id"], "stage": "OFFER"}
    await ask.do(
        "movePosition",
        company.user("hr"),
        position=filed["position"],
        department=gid("Department", company.departments["technology"]),
    )
    async with appends(ask, company):
        third = await ask.do("submitApplication", marketing, "id stage", **filed)
    assert third == refused("submitApplication", "NOT_FOUND", None)
    seen = await ask.do("submitApplication", company.user("technology"), "id stage", **filed)
    assert seen == refused("submitApplication", "ALREADY_APPLIED", "position")


async def test_sent_at_once_it_happens_once(ask: Ask, company: Company) -> None:
    """Eight copies of one call, as a client that does not trust its connection may send them."""
    filed = {
        "position": gid("Position", company.positions["technology"]),
        "candidate": {"displayName": "王芳", "email": "wang.fang@example.com"},
        "idempotencyKey": "one",
    }
    async with appends(ask, company, "APPLICATION_SUBMITTED"):
        answers = await asyncio.gather(
            *(ask.do("submitApplication", company.user("technology"), **filed) for _ in range(8))
        )
    assert len({answer["id"] for answer in answers}) == 1


async def test_operations_are_forgotten_in_time(ask: Ask, company: Company) -> None:
    opened = {"department": gid("Department", company.departments["marketing"]), "title": "E", "jobFamily": "M"}
    first = await ask.do("openPosition", company.user("hr"), idempotencyKey="one", **opened)
    assert await ask.do("openPosition", company.user("hr"), idempotencyKey="one", **opened) == first
    await ask.graph.client.write(lambda tx: tx.run(FORGET_OPERATIONS, before=ask.now - timedelta(seconds=1)))
    assert await ask.do("openPosition", company.user("hr"), idempotencyKey="one", **opened) == first
    await ask.graph.client.write(lambda tx: tx.run(FORGET_OPERATIONS, before=ask.now + timedelta(seconds=1)))
    assert (await ask.do("openPosition", company.user("hr"), idempotencyKey="one", **opened))["id"] != first["id"]


async def test_refusals_are_said_in_both_languages(ask: Ask, company: Company) -> None:
    query = """
    mutation Two($input: CreateDepartmentInput!) {
      createDepartment(input: $input) { ... on Refused { zh: message en: message(locale: EN) retryable } }
    }
    """
    answer = await ask(query, company.user("hr"), input={"code": "MARKETING", "name": "Marketing"})
    assert answer["createDepartment"] == {
        "zh": "该部门代码已被使用。",
        "en": "This department code is taken.",
        "retryable": False,
    }


WORDS = "code field zh: message en: message(locale: EN)"
FILE = f"""mutation File($input: SubmitApplicationInput!) {{
  submitApplication(input: $input) {{ ... on SubmitApplicationRefused {{ {WORDS} }} }}
}}"""


async def test_an_invalid_value_is_told_which_rule_it_broke(ask: Ask, company: Company) -> None:
    """In both languages, without the value itself, and the same where the call is sent again."""
    hr, known = company.user("hr"), {"displayName": "王芳", "email": "wang.fang@example.com"}
    secret = "secret-7391"
    for change, field, zh, en in [
        ({"displayName": secret * 30}, "displayName", "须为1至200个字符，不能只有空格。", "This takes 1 to 200"),
        ({"email": f"{secret} at home"}, "email", "须为一个电子邮箱地址。", "This has to be one email address."),
        ({"phone": secret}, "phone", "须为电话号码。", "This has to be a phone number."),
        ({"timeZone": secret}, "timeZone", "须为IANA时区，例如Asia/Shanghai。", "This has to be an IANA time zone"),
    ]:
        filed = {
            "position": gid("Position", company.positions["brand"]),
            "candidate": known | change,
            "idempotencyKey": f"{company.tag}-{field}",
        }
        for _ in range(2):
            told = (await ask(FILE, hr, input=filed))["submitApplication"]
            assert (told["code"], told["field"], told["zh"]) == ("INVALID_VALUE", field, zh)
            assert told["en"].startswith(en)
            assert secret not in str(told)
    late = {"interview": gid("Interview", "nobody"), "idempotencyKey": "x" * 300}
    query = f"""mutation Do($input: ReportNoShowInput!) {{
      reportNoShow(input: $input) {{ ... on ReportNoShowRefused {{ {WORDS} }} }}
    }}"""
    told = (await ask(query, hr, input=late))["reportNoShow"]
    assert told["en"] == "This takes 1 to 200 characters, not spaces alone."
