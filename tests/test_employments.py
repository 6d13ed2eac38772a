"""Employments: who works where is told to the department's own and to the person, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from graph import candidates, erasures
from graph.visibility import Claim
from graph.writing import Graph
from tests.conftest import NOW, Ask, Company, gid, uid

EMPLOYMENT = """
query Employment($id: ID!) {
  employment(id: $id) {
    id title startedOn endedOn employer consentSource source
    candidate { displayName } department { name } events { nodes { type seq } }
  }
}
"""


def person(name: str = "王芳", email: str | None = None) -> dict[str, Any]:
    return {"displayName": name, "email": email or f"{uuid4().hex}@example.com"}


def job(company: Company, department: str = "marketing", **other: Any) -> dict[str, Any]:
    return {
        "department": gid("Department", company.departments[department]),
        "candidate": person(),
        "title": "市场专员",
        "startedOn": "2026-01-05",
        **other,
    }


async def employ(ask: Ask, company: Company, viewer: str = "hr", department: str = "marketing", **other: Any) -> str:
    made = await ask.do("recordEmployment", company.user(viewer), **job(company, department, **other))
    assert "id" in made, made
    return made["id"]


async def test_nobody_at_work_comes_into_another_circle(ask: Ask, company: Company) -> None:
    """A department where somebody works keeps its circle, though nobody applied to it."""
    hr, subsidiary = company.user("hr"), gid("Department", company.departments["subsidiary"])
    brand = gid("Department", company.departments["brand"])
    await employ(ask, company, department="brand")
    answer = await ask.do("moveDepartment", hr, department=brand, parent=subsidiary)
    assert (answer["code"], answer["field"]) == ("CIRCLE_CHANGE", "parent")
    technology = gid("Department", company.departments["technology"])
    assert "code" not in await ask.do("moveDepartment", hr, department=technology, parent=subsidiary)


async def test_an_employment_is_recorded_with_its_history(ask: Ask, company: Company) -> None:
    id = await employ(ask, company, "marketing")
    found = (await ask(EMPLOYMENT, company.user("marketing"), id=id))["employment"]
    assert found == {
        "id": id,
        "title": "市场专员",
        "startedOn": "2026-01-05",
        "endedOn": None,
        "employer": None,
        "consentSource": None,
        "source": "API",
        "candidate": {"displayName": "王芳"},
        "department": {"name": "Marketing"},
        "events": {"nodes": [{"type": "EMPLOYMENT_RECORDED", "seq": 1}]},
    }


async def test_who_applied_before_is_recognised(ask: Ask, company: Company) -> None:
    who = person()
    applied = candidates.Person(who["displayName"], who["email"])
    await company.application("technology", applied)
    id = await employ(ask, company, candidate=who)
    query = """
    query C($id: ID!) {
      employment(id: $id) { candidate { applications { totalCount } employments { nodes { id } } } }
    }
    """
    found = (await ask(query, company.user("hr"), id=id))["employment"]["candidate"]
    assert found == {"applications": {"totalCount": 1}, "employments": {"nodes": [{"id": id}]}}


@pytest.mark.parametrize("viewer", ["technology", "subsidiary", "integrator"])
async def test_nobody_but_the_departments_own_sees_it(ask: Ask, company: Company, viewer: str) -> None:
    who = person()
    await company.application("technology", candidates.Person(who["displayName"], who["email"]))
    id = await employ(ask, company, candidate=who)
    assert (await ask(EMPLOYMENT, company.user(viewer), id=id))["employment"] is None
    query = """
    query Around($code: String!) {
      department(code: $code) { employments { totalCount nodes { id } } workAttendance { key } }
      candidates { nodes { employments { totalCount } } }
    }
    """
    answer = await ask(query, company.user(viewer), code="MARKETING")
    if answer["department"]:
        assert answer["department"] == {"employments": {"totalCount": 0, "nodes": []}, "workAttendance": []}
    assert all(it["employments"]["totalCount"] == 0 for it in answer["candidates"]["nodes"])


async def test_its_events_are_not_told_to_another_department(ask: Ask, company: Company) -> None:
    """Technology sees what happened to its applicant, but not what happens at work in Marketing."""
    who = person()
    await company.application("technology", candidates.Person(who["displayName"], who["email"]))
    id = await employ(ask, company, candidate=who)
    query = "query E($id: ID!) { employment(id: $id) { events { nodes { id } } } }"
    found = (await ask(query, company.user("hr"), id=id))["employment"]["events"]["nodes"][0]["id"]
    node = "query N($id: ID!) { node(id: $id) { id } }"
    assert (await ask(node, company.user("technology"), id=found))["node"] is None
    assert (await ask(node, company.user("marketing"), id=found))["node"] == {"id": found}


async def test_the_person_sees_it_once_verified(ask: Ask, company: Company) -> None:
    who = person()
    application = await company.application("technology", candidates.Person(who["displayName"], who["email"]))
    id = await employ(ask, company, candidate=who)
    query = "query C($id: ID!) { employment(id: $id) { candidate { id } } }"
    candidate = uid((await ask(query, company.user("hr"), id=id))["employment"]["candidate"]["id"])
    linked = Claim(candidate, application)
    assert (await ask(EMPLOYMENT, linked, id=id))["employment"] is None
    found = (await ask(EMPLOYMENT, Claim(candidate, application, verified=True), id=id))["employment"]
    assert (found["title"], found["startedOn"]) == ("市场专员", "2026-01-05")


async def test_another_employers_records_need_consent(ask: Ask, company: Company) -> None:
    consent = {"consentedAt": "2026-11-01T08:00:00Z", "consentSource": "consent form 17"}
    other = {"employer": "北辰科技", "source": "北辰 HRIS"}
    refused = await ask.do("recordEmployment", company.user("hr"), **job(company, **other))
    assert (refused["code"], refused["field"]) == ("CONSENT_MISSING", "consentedAt")
    refused = await ask.do(
        "recordEmployment", company.user("hr"), **job(company, **other, consentedAt=consent["consentedAt"])
    )
    assert (refused["code"], refused["field"]) == ("CONSENT_MISSING", "consentSource")
    who = person()
    id = await employ(ask, company, **other, **consent, candidate=who)
    found = (await ask(EMPLOYMENT, company.user("hr"), id=id))["employment"]
    assert (found["employer"], found["consentSource"], found["source"]) == ("北辰科技", "consent form 17", "北辰 HRIS")
    again = job(company, **consent, employer=" 北辰科技", candidate=who)
    assert (await ask.do("recordEmployment", company.user("hr"), **again))["code"] == "ALREADY_EMPLOYED"
    await employ(ask, company, candidate=who)
    for at in ((NOW + timedelta(days=1)).isoformat(), "0001-01-01T00:00:00Z"):
        wrong = {**consent, "consentedAt": at}
        refused = await ask.do("recordEmployment", company.user("hr"), **job(company, **other, **wrong))
        assert (refused["code"], refused["field"]) == ("INVALID_VALUE", "consentedAt")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"startedOn": "2026-12-01"}, "startedOn"),
        ({"endedOn": "2026-01-04"}, "endedOn"),
        ({"source": ""}, "source"),
        ({"consentSource": "form"}, "employer"),
        ({"candidate": {"displayName": "王芳", "email": "nowhere"}}, "email"),
    ],
)
async def test_what_cannot_be_is_refused(ask: Ask, company: Company, wrong: dict[str, Any], field: str) -> None:
    refused = await ask.do("recordEmployment", company.user("hr"), **job(company, **wrong))
    assert (refused["code"], refused["field"]) == ("INVALID_VALUE", field)


async def test_the_same_time_is_recorded_once(ask: Ask, company: Company) -> None:
    who = person()
    id = await employ(ask, company, candidate=who)
    again = await ask.do("recordEmployment", company.user("hr"), **job(company, candidate=who, startedOn="2026-03-01"))
    assert again["code"] == "ALREADY_EMPLOYED"
    ended = await ask.do("endEmployment", company.user("marketing"), "id endedOn", employment=id, endedOn="2026-02-28")
    assert ended["endedOn"] == "2026-02-28"
    assert await employ(ask, company, candidate=who, startedOn="2026-03-01") != id


async def test_an_employment_ends_once(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    early = await ask.do("endEmployment", company.user("hr"), employment=id, endedOn="2026-01-04")
    assert (early["code"], early["field"]) == ("INVALID_VALUE", "endedOn")
    await ask.do("endEmployment", company.user("hr"), employment=id, endedOn="2026-06-30")
    again = await ask.do("endEmployment", company.user("hr"), employment=id, endedOn="2026-07-31")
    assert again["code"] == "EMPLOYMENT_ENDED"


@pytest.mark.parametrize(
    ("viewer", "code"), [("technology", "NOT_ALLOWED"), ("subsidiary", "NOT_FOUND"), ("auditor", "NOT_ALLOWED")]
)
async def test_only_the_departments_own_record_it(ask: Ask, company: Company, viewer: str, code: str) -> None:
    assert (await ask.do("recordEmployment", company.user(viewer), **job(company)))["code"] == code


async def test_an_integrator_records_and_sees_its_own(ask: Ask, company: Company) -> None:
    mine = await employ(ask, company, "integrator")
    assert (await ask(EMPLOYMENT, company.user("integrator"), id=mine))["employment"]["title"] == "市场专员"
    theirs = await employ(ask, company)
    assert (await ask(EMPLOYMENT, company.user("integrator"), id=theirs))["employment"] is None


async def test_the_same_key_has_one_effect(ask: Ask, company: Company) -> None:
    input = job(company, idempotencyKey="badge-17")
    first = await ask.do("recordEmployment", company.user("integrator"), **input)
    assert await ask.do("recordEmployment", company.user("integrator"), **input) == first


async def test_erasure_leaves_nothing_but_the_chain(ask: Ask, company: Company, graph: Graph) -> None:
    id = await employ(ask, company, employer="北辰科技", consentedAt="2026-11-01T08:00:00Z", consentSource="form")
    await ask.do(
        "recordWorkAttendance",
        company.user("hr"),
        employment=id,
        source="badge",
        records=[{"kind": "LATE", "day": "2026-10-12", "minutes": 12}],
    )
    query = "query C($id: ID!) { employment(id: $id) { candidate { id } records { nodes { id } } } }"
    before = (await ask(query, company.user("hr"), id=id))["employment"]
    record = before["records"]["nodes"][0]["id"]
    await company.hr._work("erase", lambda desk: erasures.erase(desk, uid(before["candidate"]["id"])))
    found = (await ask(EMPLOYMENT, company.user("hr"), id=id))["employment"]
    assert [found[name] for name in ("title", "startedOn", "employer", "consentSource", "source")] == [None] * 5
    assert found["candidate"] == {"displayName": None}
    assert (await ask("query N($id: ID!) { node(id: $id) { id } }", company.user("hr"), id=record))["node"] is None
    faults = await company.faults()
    assert faults == []
    refused = await ask.do("endEmployment", company.user("hr"), employment=id, endedOn="2026-10-31")
    assert refused["code"] == "NOT_FOUND"


# Corrections


async def correct(ask: Ask, company: Company, id: str, viewer: str = "hr", **told: Any) -> Any:
    fields = "id title startedOn endedOn events { nodes { type } }"
    given = {"employment": id, "reason": "The contract says otherwise.", **told}
    return await ask.do("correctEmployment", company.user(viewer), fields, **given)


async def test_what_was_told_wrongly_is_corrected_in_the_open(ask: Ask, company: Company) -> None:
    id = await employ(ask, company, endedOn="2026-06-30")
    made = await correct(ask, company, id, "marketing", title="品牌专员", startedOn="2025-09-01", endedOn="2026-08-31")
    assert (made["title"], made["startedOn"], made["endedOn"]) == ("品牌专员", "2025-09-01", "2026-08-31")
    assert made["events"]["nodes"][-1] == {"type": "EMPLOYMENT_CORRECTED"}
    back = await correct(ask, company, id, ongoing=True)
    assert (back["title"], back["startedOn"], back["endedOn"]) == ("品牌专员", "2025-09-01", None)
    assert (await correct(ask, company, id, "integrator"))["code"] == "NOT_FOUND", "what corrects nothing opens nothing"
    again = await correct(ask, company, id, title=" 品牌专员 ")
    assert [each["type"] for each in again["events"]["nodes"]] == ["EMPLOYMENT_RECORDED", *["EMPLOYMENT_CORRECTED"] * 2]
    assert await company.faults() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"startedOn": "2026-12-01"}, "startedOn"),
        ({"startedOn": "1900-01-01"}, "startedOn"),
        ({"endedOn": "2026-01-04"}, "endedOn"),
        ({"endedOn": "2026-03-01", "ongoing": True}, "ongoing"),
        ({"reason": " "}, "reason"),
    ],
)
async def test_a_correction_that_cannot_be_is_refused(
    ask: Ask, company: Company, wrong: dict[str, Any], field: str
) -> None:
    refused = await correct(ask, company, await employ(ask, company), **wrong)
    assert (refused["code"], refused["field"]) == ("INVALID_VALUE", field)


async def test_a_correction_contradicts_nothing_that_stands(ask: Ask, company: Company) -> None:
    """Neither another employment of the person, nor days and goals that were told of this one."""
    who, hr = person(), company.user("hr")
    first = await employ(ask, company, candidate=who, endedOn="2026-02-28")
    second = await employ(ask, company, candidate=who, startedOn="2026-03-01")
    assert (await correct(ask, company, first, ongoing=True))["code"] == "ALREADY_EMPLOYED"
    assert (await correct(ask, company, second, startedOn="2026-02-28"))["code"] == "ALREADY_EMPLOYED"
    records = [{"kind": "LATE", "day": day} for day in ("2026-03-02", "2026-06-01")]
    await ask.do("recordWorkAttendance", hr, employment=second, source="clock", records=records)
    goal = {"goal": "Visits", "startsOn": "2026-05-01", "dueOn": "2026-06-30"}
    await ask.do("recordTaskCompletion", hr, employment=second, source="okr", goals=[goal])
    for days, field in (
        ({"startedOn": "2026-03-03"}, "startedOn"),
        ({"startedOn": "2026-07-01"}, "startedOn"),
        ({"endedOn": "2026-05-31"}, "endedOn"),
        ({"endedOn": "2026-04-30"}, "endedOn"),
    ):
        refused = await correct(ask, company, second, **days)
        assert (refused["code"], refused["field"]) == ("NOT_EMPLOYED", field), days
    assert (await correct(ask, company, second, startedOn="2026-03-02", endedOn="2026-06-01"))[
        "endedOn"
    ] == "2026-06-01"
    query = "query R($id: ID!) { employment(id: $id) { records(where: {standing: true}) { nodes { id day } } } }"
    found = (await ask(query, hr, id=second))["employment"]["records"]["nodes"]
    late = next(each["id"] for each in found if each["day"] == "2026-06-01")
    await ask.do("correctWorkAttendance", hr, record=late, reason="Was there", days=0.0)
    assert "id" in await correct(ask, company, second, endedOn="2026-05-31"), "what did not happen was on no day"


@pytest.mark.parametrize(("viewer", "code"), [("technology", "NOT_FOUND"), ("auditor", "NOT_ALLOWED")])
async def test_only_who_tells_of_it_corrects_it(ask: Ask, company: Company, viewer: str, code: str) -> None:
    assert (await correct(ask, company, await employ(ask, company), viewer, title="x"))["code"] == code
