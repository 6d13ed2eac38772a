"""The rules for invitations and findings: defaults by jurisdiction, versions, and findings that keep theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.policies import BY_JURISDICTION, DEFAULTS, LIMITS, NAMES, defaults, policy_refusal, revised
from graph.visibility import Claim
from graph.writing import Graph
from seeds import makers
from tests.conftest import NOW, Ask, Company, gid, uid

RULES = (
    "{ organization { attendancePolicy { id version setAt answerHours disputeDays expiresDays firstExpiresDays } } }"
)
DATES = "policyVersion noticeAt answerBy occurredAt expiresAt eraseAt"


async def in_force(ask: Ask, viewer: str | Claim) -> Any:
    return (await ask(RULES, viewer))["organization"]["attendancePolicy"]


async def changed(ask: Ask, company: Company, selection: str = "id", **changes: Any) -> Any:
    organization = gid("Organization", company.hr.viewer.organization)
    return await ask.do("setAttendancePolicy", company.user("hr"), selection, organization=organization, **changes)


async def test_the_defaults_hold_until_others_are_set(ask: Ask, company: Company) -> None:
    """And whoever may be held to them reads them: staff, programs, the candidate by the link alone."""
    company.at(days=3)
    application = await company.application("marketing")
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    claim = Claim(uid(found["application"]["candidate"]["id"]), application)
    for viewer in (company.user("technology"), company.user("auditor"), company.user("integrator"), claim):
        rules = await in_force(ask, viewer)
        assert [rules[name] for name in ("version", "setAt", "answerHours", "expiresDays")] == [0, None, 72, 365]
    set_one = await changed(ask, company, "id version", answerHours=96)
    for viewer in (company.user("technology"), company.user("integrator"), claim):
        rules = await in_force(ask, viewer)
        assert (rules["id"], rules["version"], rules["answerHours"]) == (set_one["id"], 1, 96)


async def test_germany_keeps_marks_for_half_a_year(ask: Ask, graph: Graph) -> None:
    tag = uuid4().hex[:12]
    await makers.organization(graph, f"Firma {tag}", at=NOW, admin=f"hr@{tag}", jurisdiction="DE")
    rules = await in_force(ask, f"hr@{tag}")
    assert (rules["expiresDays"], rules["firstExpiresDays"], rules["disputeDays"]) == (180, 180, 30)


@pytest.mark.parametrize("jurisdiction", ["", *BY_JURISDICTION])
def test_the_employers_ledger_lasts_as_long_as_marks_do(jurisdiction: str) -> None:
    """By default and wherever law shortens it; nowhere less, and nowhere longer."""
    policy = defaults(jurisdiction)
    assert policy.conduct_kept_days == policy.expires_days
    assert policy_refusal(policy) is None


async def test_what_is_not_named_stays(ask: Ask, company: Company) -> None:
    """And a version that another has followed reads as it was set."""
    first = await changed(ask, company, "id version answerHours disputeDays", answerHours=96)
    second = await changed(ask, company, "id version answerHours disputeDays", disputeDays=20)
    assert [second[name] for name in ("version", "answerHours", "disputeDays")] == [2, 96, 20]
    query = "query Old($id: ID!) { node(id: $id) { ... on AttendancePolicy { version answerHours disputeDays } } }"
    old = await ask(query, company.user("hr"), id=first["id"])
    assert old["node"] == {"version": 1, "answerHours": 96, "disputeDays": 30}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"answerHours": 23}, "answerHours"),
        ({"disputeDays": 0}, "disputeDays"),
        ({"expiresDays": 1_096}, "expiresDays"),
        ({"expiresDays": 800}, "erasesDays"),
        ({"firstExpiresDays": 366, "firstErasesDays": 400}, "firstExpiresDays"),
        ({"firstErasesDays": 731}, "firstErasesDays"),
        ({"answerHours": 96, "decisionDays": 3}, "decisionDays"),
        ({"repairDays": -1}, "repairDays"),
        ({"conductKeptDays": 364}, "conductKeptDays"),
        ({"expiresDays": 400}, "conductKeptDays"),
    ],
)
async def test_rules_that_cannot_be_are_refused(ask: Ask, company: Company, change: dict[str, int], field: str) -> None:
    refused = await changed(ask, company, **change)
    assert (refused["code"], refused["field"]) == ("INVALID_VALUE", field)
    assert (await in_force(ask, company.user("hr")))["version"] == 0


async def test_only_the_administrator_sets_them(ask: Ask, company: Company) -> None:
    organization = gid("Organization", company.hr.viewer.organization)
    for user in ("marketing", "auditor", "integrator"):
        refused = await ask.do("setAttendancePolicy", company.user(user), organization=organization, answerHours=96)
        assert refused["code"] == "NOT_ALLOWED"


async def test_a_finding_keeps_the_rules_it_was_made_under(ask: Ask, company: Company) -> None:
    """Time to answer and retention are those of the version that it names, though another came in force since."""
    hr = company.at(days=20)
    finding = await hr.suspicion(await hr.missed(await company.application("marketing")))
    await hr.policy(answer_hours=200, first_expires_days=30, expires_days=60)
    later = await hr.suspicion(await hr.missed(await company.application("marketing")))
    found = {}
    for id in (finding, later):
        await hr.notice(id)
        hr.at += timedelta(days=9)
        await hr.confirmation(id)
        query = f"query Dates($id: ID!) {{ node(id: $id) {{ ... on Finding {{ {DATES} }} }} }}"
        found[id] = (await ask(query, company.user("marketing"), id=gid("Finding", id)))["node"]
    assert [found[id]["policyVersion"] for id in (finding, later)] == ["2026-11", "1"]
    assert span(found[finding], "noticeAt", "answerBy") == timedelta(hours=72)
    assert span(found[later], "noticeAt", "answerBy") == timedelta(hours=200)
    assert span(found[finding], "occurredAt", "expiresAt") == timedelta(days=180)
    assert span(found[later], "occurredAt", "expiresAt") == timedelta(days=30)


def span(found: dict[str, str], start: str, end: str) -> timedelta:
    return datetime.fromisoformat(found[end]) - datetime.fromisoformat(found[start])


def test_the_defaults_are_no_nonsense() -> None:
    for jurisdiction in ("CN", "DE", "FR", ""):
        assert policy_refusal(defaults(jurisdiction)) is None
    assert LIMITS.keys() == set(NAMES)


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(-10, 3_000)))
def test_no_revision_touches_what_it_does_not_name(changes: dict[str, int]) -> None:
    after = revised(DEFAULTS, changes)
    assert after == replace(DEFAULTS, version=1, **changes)
