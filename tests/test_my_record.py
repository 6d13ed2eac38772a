"""A person is told of their record what an HR_ADMIN is told, save what is not theirs to know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_list_type, is_non_null_type

from graph.candidates import Person
from graph.causes import TelemetryKind
from graph.checks import CheckOutcome, NewCheck
from graph.courses import Course
from graph.credit import Dimension
from graph.decisions import Decide, Verdict
from graph.goals import Goal
from graph.interviews import Attendance, EvidenceCode
from graph.proofs import ProofVerdict
from graph.telemetry import Report
from graph.visibility import Claim
from graph.withholding import WITHHELD, Known, names_of, without_others
from schema.root import core_schema
from seeds import makers
from tests.conftest import NOW, Ask, Company, gid, looked, uid
from tests.pictures import picture
from tests.test_scores import at_work, enabled
from tests.test_self_assessments import MIDDLE

pytestmark = pytest.mark.usefixtures("patient")

SCHEMA = core_schema()
EMPLOYERS: dict[str, str] = {
    "Department": "id name",
    "Position": "id title jobFamily",
    "User": "id externalId displayName",
    "Organization": "id name",
    "WorkCalendar": "id",
}
"""Records of the employer and not of the person, and what both are told of them."""
SAVED = {
    **dict.fromkeys(
        ("relation", "relationLabel"), "how near a department is to an HR_ADMIN says nothing of the person"
    ),
    "possibleMatches": "third persons, whose records may be the same person's: withheld as names in a text are",
    "__typename": "the same by the schema",
}
"""Fields that are left out, each with its reason."""
EMPTY = {
    "interviewers": "compared by the ids of users, which are told alike",
}
BACK = {("Event", "interview"): "id", ("Interview", "finding"): "id"}
"""What leads to records that another way leads to as well: their ids are compared."""
ARGUMENTS = {"position": "$position"}
DEPTH = {"embedded": 3, "neo4j": 2}
"""Neo4j takes seconds to plan a text of thousands of characters, and what lies deeper is composed alike."""


def fields(type: GraphQLObjectType, depth: int) -> Iterator[str]:
    """Every field of a type and of all that belongs to the person behind it."""
    for name, definition in type.fields.items():
        inner = get_named_type(definition.type)
        given: dict[str, str | None] = {
            key: ARGUMENTS.get(key) for key, each in definition.args.items() if is_non_null_type(each.type)
        }
        given = {key: value for key, value in given.items() if value is not None}
        given |= {"first": "3"} if inner.name.endswith("Connection") else {}
        arguments = f"({', '.join(f'{key}: {value}' for key, value in given.items())})" if given else ""
        if name in SAVED:
            continue
        if is_leaf_type(inner):
            yield name
        elif told := BACK.get((type.name, name)) or EMPLOYERS.get(inner.name):
            yield f"{name} {{ {told} }}"
        elif inner.name.endswith("Connection"):
            node = get_named_type(inner.fields["nodes"].type)
            if node.name in EMPLOYERS or depth > 0:
                rows = EMPLOYERS.get(node.name) or " ".join(fields(node, depth - 1))
                yield f"{name}{arguments} {{ totalCount nodes {{ {rows} }} }}"
        elif depth > 0 and isinstance(inner, GraphQLObjectType):
            yield f"{name}{arguments} {{ {' '.join(fields(inner, depth - 1))} }}"


def selections(depth: int) -> list[str]:
    """Each field of Candidate with all behind it: all at once are more than one query may ask for."""
    candidate = SCHEMA.get_type("Candidate")
    assert isinstance(candidate, GraphQLObjectType)
    return list(fields(candidate, depth))


class Case:
    """A record in which every part says something."""

    candidate: str
    claim: Claim
    position: str


async def heard(company: Company, application: str) -> None:
    """A résumé that did not match, and another missed interview, both answered; proof of the second excuses it."""
    hr = company.at(days=48)
    told = NewCheck(
        application,
        CheckOutcome.MISMATCH,
        "Degree of 2019",
        "Call to the registry",
        "Registry",
        date(2026, 10, 1),
        "None.",
    )
    mismatch = await hr.finding_of(await hr.resume_check(told))
    await hr.notice(mismatch)
    await hr.own_statement(mismatch, "It is under my old name.")
    missed = await hr.missed(application)
    await hr.attendance(missed, Attendance.NOT_ATTENDED, EvidenceCode.PLATFORM_FAULT)
    await hr.telemetry(Report(TelemetryKind.SESSION_CLOSED, hr.at, "urn:platform", "1", missed))
    finding = await hr.suspicion(missed)
    await hr.notice(finding)
    await hr.verdict(await hr.proof(missed, picture(), finding=finding), ProofVerdict.ACCEPTED, "A certificate.")


async def moved(company: Company, application: str) -> None:
    """One time that was asked for and given, with another still open, and one that was refused."""
    hr = company.at(days=10)
    hr.seed = company.tag
    await hr.slots(NOW + timedelta(days=7), NOW + timedelta(days=8), position=company.positions["marketing"])
    slot, hr.seed = hr.given(), ""
    await hr.request(await hr.interview(application, starts_at=NOW + timedelta(days=5)), slot)
    company.at(days=0)
    soon = await hr.interview(application, starts_at=NOW + timedelta(hours=5))
    await hr.telemetry(Report(TelemetryKind.DEVICE_CHECK_PASSED, hr.at, "urn:platform", "2", soon))
    late = await hr.request(soon)
    await hr.deny(late, f"The room is booked, says {company.user('brand')}.")


@pytest.fixture
async def case(ask: Ask, company: Company) -> Case:
    await enabled(company)
    made, person, hr = Case(), company.person(), company.hr
    company.at(days=60)
    first = await company.application("marketing", person)
    finding = await hr.no_show(first, reason=f"{company.user('brand')} and Li Lei waited; call li.lei@corp.example.")
    await heard(company, first)
    employment = await at_work(company, person)
    await hr.task_completion(employment, "okr", Goal("Sell", date(2026, 8, 1), date(2026, 9, 30), told_share=0.2))
    company.at(days=20)
    attended = await hr.interview(first, starts_at=NOW - timedelta(days=18))
    company.at(days=17)
    await hr.attendance(attended, Attendance.ATTENDED)
    await moved(company, first)
    await hr.courses(Course(Dimension.TASK_COMPLETION, "To plan", "规划", "https://courses.example/plan"))
    company.at(days=1)
    second = await company.application("technology", person)
    await hr.decide(
        Decide(second, Verdict.REJECT, "It weighs too much.", (finding,), followed_advice=True),
        seen='{"application": {}}',
    )
    await hr.rights_request(first, text="Please look again.")
    await hr.self_assessment(first, MIDDLE, shared=True)
    await looked(ask.graph, hr.viewer, finding)
    await (await makers.maker(ask.graph, company.user("technology"), at=hr.at)).look(finding)
    query = "query W($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", first))
    made.candidate = found["application"]["candidate"]["id"]
    made.claim = Claim(uid(made.candidate), first, verified=True)
    made.position = gid("Position", company.positions["technology"])
    return made


ALONE = "完成职业测评"
"""What only the candidate and auditors are told of, until it is shared: that somebody assessed themselves."""


def others(company: Company) -> tuple[str, ...]:
    """The third persons whom the texts of the record name."""
    return company.user("brand"), "li.lei@corp.example"


def differences(theirs: Any, mine: Any, third: tuple[str, ...], way: str = "") -> Iterator[str]:
    """Where the two answers differ, but for third persons in a text, and for what is the candidate's alone."""
    if isinstance(mine, list) and way.endswith("timeline"):
        mine = [each for each in mine if ALONE not in each["text"]]
    if isinstance(theirs, dict) and isinstance(mine, dict):
        for key in theirs:
            yield from differences(theirs[key], mine[key], third, f"{way}.{key}")
    elif isinstance(theirs, list) and isinstance(mine, list) and len(theirs) == len(mine):
        for index, (one, other) in enumerate(zip(theirs, mine, strict=True)):
            yield from differences(one, other, third, f"{way}[{index}]")
    elif theirs != mine and not (isinstance(theirs, str) and mine == hidden(theirs, third)):
        yield f"{way}: {theirs!r} is told as {mine!r}"


def hidden(text: str, third: tuple[str, ...]) -> str:
    for name in third:
        text = text.replace(name, WITHHELD)
    return text


def fill(answer: Any, filled: dict[str, int], name: str = "") -> None:
    """The most entries that each list of the answer has, by its name."""
    if isinstance(answer, list):
        filled[name] = max(filled.get(name, 0), len(answer))
    for key, each in answer.items() if isinstance(answer, dict) else ():
        fill(each, filled, name if key == "nodes" else key)
    for each in answer if isinstance(answer, list) else ():
        fill(each, filled, name)


async def test_the_person_is_told_what_an_administrator_is(
    ask: Ask, company: Company, case: Case, engine_name: str
) -> None:
    found: list[str] = []
    filled: dict[str, int] = {}
    said = ""
    parts = selections(DEPTH[engine_name])
    for part in parts:
        declared = "$position: ID!" if "$position" in part else ""
        variables = {"position": case.position} if declared else {}
        own = f"query Mine{f'({declared})' if declared else ''} {{ record: myRecord {{ {part} }} }}"
        all = (
            f"query Theirs($id: ID!{', ' + declared if declared else ''}) {{ record: candidate(id: $id) {{ {part} }} }}"
        )
        theirs = await ask(all, company.user("hr"), id=case.candidate, **variables)
        mine = await ask(own, case.claim, **variables)
        assert mine["record"] is not None
        found += differences(theirs, mine, others(company), part.split(" ")[0])
        fill(theirs, filled)
        said += json.dumps(theirs)
    assert len(parts) > 15
    assert not found, "\n".join(found[:40])
    assert {name for name, most in filled.items() if not most} <= EMPTY.keys(), "nothing is compared there"
    assert '"evidence": ["PLATFORM_FAULT"]' in said


async def test_a_text_does_not_name_third_persons(ask: Ask, company: Company, case: Case) -> None:
    query = "{ myRecord { findings { nodes { reason } } } }"
    nodes = (await ask(query, case.claim))["myRecord"]["findings"]["nodes"]
    assert f"{WITHHELD} and Li Lei waited; call {WITHHELD}." in [node["reason"] for node in nodes]


async def test_a_reader_is_no_third_person(ask: Ask, company: Company) -> None:
    """Also who is called as one of the staff is; a number may lack the code of its country."""
    person = Person("王芳", f"wf@{company.tag}.example.com", "+8613800138000")
    await company.hr.user(f"u-77@{company.tag}", name="王芳")
    company.at(days=60)
    application = await company.application("marketing", person)
    reason = f"王芳 was written to at {person.email} and rung at 13800138000, and 13800138001 of Li Lei's."
    await company.hr.no_show(application, reason=reason)
    query = "query W($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    claim = Claim(uid(found["application"]["candidate"]["id"]), application, verified=True)
    query = "{ myRecord { findings { nodes { reason } } } }"
    (told,) = (await ask(query, claim))["myRecord"]["findings"]["nodes"]
    assert told["reason"] == reason.replace("13800138001", WITHHELD)


def test_names_are_known_by_external_ids() -> None:
    assert without_others("Li Lei and li_lei saw it, the marketing team not.", ["li.lei@x.cn", "marketing@x.cn"]) == (
        f"{WITHHELD} and {WITHHELD} saw it, the marketing team not."
    )


def test_names_are_known_as_people_are_called() -> None:
    people = (
        *(Known("u-17", "顾晓岚", None), Known("u-18", "Li Min", "min@x.cn")),
        *(Known("u-19", "HR", None), Known("u-20", "王芳", None), Known("u-21", "人事", None, is_function=True)),
    )
    names = [name for known in people for name in known.names]
    assert names == ["u-17", "顾晓岚", "u-18", "min@x.cn", "Li Min", "u-19", "u-20", "王芳", "u-21"]
    assert without_others("顾晓岚说人事等了王芳半小时，Li Min agreed, and HR. u-19 not.", names) == (
        f"{WITHHELD}说人事等了{WITHHELD}半小时，{WITHHELD} agreed, and HR. {WITHHELD} not."
    )


async def test_accounts_that_are_called_as_a_department_are_no_names(ask: Ask, company: Company) -> None:
    for account, name in (("u-1", "市场"), ("u-2", "Human resources"), ("u-3", "王芳")):
        await company.hr.user(account, name=name)
    for code, name, zh in (("PEOPLE", "Human Resources", "人力资源部"), ("MARKET", "Market", "市场部")):
        await company.hr.department(code, name, zh)
    names = await names_of(ask.graph.client, company.hr.viewer.organization)
    assert {"市场", "Human resources", "王芳"} & set(names) == {"王芳"}


def test_phones_of_others_are_no_more_told_than_their_mails() -> None:
    assert without_others("Ring 138-0013-8000 or +49 30 1234567 on 2026-11-20, room 20261120.", []) == (
        f"Ring {WITHHELD} or {WITHHELD} on 2026-11-20, room 20261120."
    )


async def test_nobody_else_has_a_record_of_their_own(ask: Ask, company: Company, case: Case) -> None:
    query = "{ myRecord { id } }"
    assert (await ask(query, company.user("hr")))["myRecord"] is None
    assert (await ask(query, Claim(case.claim.candidate, case.claim.application)))["myRecord"] is None
    assert (await ask(query, case.claim))["myRecord"] == {"id": case.candidate}


def test_lists_are_short_or_pages() -> None:
    """The walk above asks for lists as they are; a list in place of a page would be cut by nothing."""
    candidate = SCHEMA.get_type("Candidate")
    assert isinstance(candidate, GraphQLObjectType)
    lists = {name for name, each in candidate.fields.items() if is_list_type(getattr(each.type, "of_type", each.type))}
    assert lists == {"reminders", "possibleMatches", "labels", "courseSuggestions"}
