"""Who sees what: the table of DESIGN 5, field by field, whichever way one comes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from graph.interviews import Attendance, EvidenceCode, Mode, Side
from graph.visibility import OrganizationRole
from graph.writing import Graph
from schema.execution import Answerer
from schema.root import core_schema
from seeds import makers
from tests.conftest import NOW, Ask, Company, gid, make_company, uid

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

TABLE: Mapping[str, Mapping[str, frozenset[str]]] = {
    "Department": {
        "id name nameZh": ALL,
        "code status parent successor children siblings ancestors descendants positions": NEAR | PROGRAMS,
        "noShows": NEAR,
        "attendance": NEAR,
        "sharesHistory closedAt interviews": HOME | PROGRAMS,
        "applications": HOME | {FILER},
        "findings": HOME,
    },
    "Position": {
        "id title jobFamily status statusLabel department similar": NEAR | PROGRAMS,
        "urgency urgencyLabel openedAt closedAt interviews": HOME | PROGRAMS,
        "applications": HOME | {FILER},
        "applicantsWithReminders": HOME,
    },
    "Candidate": {
        "id displayName status locale timeZone email phone applications interviews": HOME | {FILER},
        "noShows findings attendance reminders possibleMatches": HOME,
    },
    "Application": {
        "id stage stageLabel appliedAt source candidate position interviews": HOME | {FILER},
        "reminders": HOME,
    },
    "Interview": {
        "id icsUid icsSequence mode modeLabel startsAt endsAt timeZone response responseLabel attendance "
        "attendanceLabel department position rescheduledTo rescheduledFrom": HOME | PROGRAMS,
        "graceMinutes joinUrl evidence application candidate events": HOME | {FILER},
        "outcome outcomeLabel interviewers finding findings": HOME,
    },
    "Event": {
        "id seq type occurredAt recordedAt actorKind actor": HOME | {FILER},
        "hash": frozenset({AUDITOR}),
    },
    "Finding": {
        "id occurredAt department position relation": NEAR,
        "outcome outcomeLabel cause causeLabel state stateLabel suspectedAt noticeAt answerBy decidedAt expiresAt "
        "eraseAt policyVersion reason statement lastSeq decidedBy interview basedOn": HOME,
    },
    "Reminder": {
        "kind similarPosition message noShow occurredAt department relation": NEAR,
    },
}
"""For every field of every type, who reads it; a viewer that reads none of them has no such row."""

SUMMARY: Mapping[str, frozenset[str]] = {
    "noShows": NEAR,
    "interviews accepted attended acceptedNotAttended excused faults attendanceRate noShowRate": HOME,
}
"""The same for attendance in numbers, of Marketing and all below it."""


def by_field(groups: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {name: viewers for names, viewers in groups.items() for name in names.split()}


FIELDS = {type: by_field(groups) for type, groups in TABLE.items()}
ROWS = {type: frozenset().union(*groups.values()) for type, groups in TABLE.items()}
"""Who has the row at all."""


def object_type(name: str) -> GraphQLObjectType:
    found = SCHEMA.get_type(name)
    assert isinstance(found, GraphQLObjectType)
    return found


def selection(type: str) -> str:
    """Every field of a type; of the records behind it no more than shows that they are there."""
    parts: list[str] = []
    for name, definition in object_type(type).fields.items():
        inner = get_named_type(definition.type)
        arguments = "(position: $position)" if "position" in definition.args else ""
        if is_leaf_type(inner):
            parts.append(name)
        elif inner.name.endswith("Connection"):
            parts.append(f"{name}{arguments} {{ totalCount nodes {{ __typename }} }}")
        elif inner.name == "AttendanceSummary":
            parts.append(f"{name}{arguments} {{ noShows }}")
        else:
            parts.append(f"{name}{arguments} {{ __typename }}")
    return " ".join(parts)


def is_there(value: Any) -> bool:
    """Whether a field says anything; pages must say the same in their count and in their rows."""
    if isinstance(value, dict) and "totalCount" in value:
        assert value["totalCount"] == len(value["nodes"])
        return value["totalCount"] > 0
    if isinstance(value, dict) and value.keys() == {"noShows"}:
        return value["noShows"] is not None
    return value not in (None, [])


@dataclass
class World:
    """A company in which every field of every type says something to somebody."""

    company: Company
    stranger: Company
    ids: dict[str, str] = field(default_factory=dict)

    def user(self, viewer: str) -> str:
        return self.stranger.user("hr") if viewer == STRANGER else self.company.user(viewer)


@pytest.fixture(scope="module")
async def world(graph: Graph, answerer: Answerer) -> World:
    ask = Ask(graph, answerer)
    company = await make_company(graph)
    world = World(company, await make_company(graph))
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
    filer = await makers.maker(graph, f"filer@{company.tag}", at=NOW - timedelta(days=40))
    person = replace(company.person(), phone="+86 138 0013 8000", time_zone="Asia/Shanghai")
    application = await filer.application(company.positions["marketing"], person, "referral")
    recruiter = await makers.maker(graph, company.user(OWN), at=NOW - timedelta(days=40))
    moved = await recruiter.interview(
        application, starts_at=NOW - timedelta(days=35), mode=Mode.VIDEO, interviewers=(interviewer,)
    )
    interview = await recruiter.reschedule(moved, NOW - timedelta(days=30), Side.CANDIDATE)
    filer.at = recruiter.at = NOW - timedelta(days=29)
    await filer.attendance(interview, Attendance.NOT_ATTENDED, EvidenceCode.INTERVIEWER_ABSENT)
    finding = await decided(recruiter, interview)
    company.at(days=28)
    await company.application("marketing", replace(person, display_name="李雷", email="li.lei@example.com"))
    ids |= {"application": application, "moved": moved, "interview": interview, "finding": finding}

    # Somebody with an application everywhere, so that siblings come to Marketing's finding by their own records.
    known = company.person("陈晨")
    company.at(days=40)
    missed = await hr.missed(await company.application("marketing", known))
    recruiter.at = hr.at
    ids |= {"known": missed, "mark": await decided(recruiter, missed)}
    for department in ("technology", "brand", "subsidiary"):
        company.at(days=10)
        ids[f"at_{department}"] = await company.application(department, known)
    company.at(days=9)
    ids["at_marketing"] = await company.application("marketing", known) if False else ids["application"]

    query = """
    query Ids($application: ID!, $interview: ID!) {
      application(id: $application) { candidate { id } }
      interview(id: $interview) { candidate { id } events(orderBy: SEQ_DESC) { nodes { id type } } }
    }
    """
    hr_user = company.user("hr")
    found = await ask(
        query, hr_user, application=gid("Application", application), interview=gid("Interview", interview)
    )
    ids["candidate"] = uid(found["application"]["candidate"]["id"])
    events = {event["type"]: uid(event["id"]) for event in found["interview"]["events"]["nodes"]}
    ids["event"] = events["ATTENDANCE_RECORDED"]
    ids["decision"] = events["NO_SHOW_CONFIRMED"]
    return world


async def decided(recruiter: makers.Maker, interview: str) -> str:
    """A final no-show, after a notice and an answer."""
    finding = await recruiter.suspicion(interview)
    await recruiter.notice(finding)
    await recruiter.statement(finding, "The link did not open.")
    return await recruiter.confirmation(finding, reason="The link did open.")
