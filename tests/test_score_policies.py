"""Score policies: proposed, assessed, approved by a second person; versions, and scoring that is switched off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.credit import DEFAULTS
from graph.visibility import OrganizationRole
from tests.conftest import NOW, Ask, Company, gid

POLICY = """id version state activeFrom minimum noticeHours labelLates approvedBy { externalId }
  dimensions { dimension dimensionLabel(locale: EN) weight prior halfLifeDays } bands { band bandLabel least }"""
TEXTS = {"purpose": "Advice to recruiters.", "impact": "It may bias them.", "measures": "Hearing, expiry, appeal."}


async def proposed(ask: Ask, company: Company, viewer: str = "hr", **draft: Any) -> Any:
    organization = gid("Organization", company.hr.viewer.organization)
    input = {"organization": organization, "draft": draft, "reason": "To begin with."}
    return await ask.do("proposeScorePolicy", company.user(viewer), POLICY, **input)


async def second(company: Company) -> str:
    await company.hr.user(company.user("second"), OrganizationRole.HR_ADMIN)
    return company.user("second")


async def test_a_policy_comes_into_force_by_two_people(ask: Ask, company: Company) -> None:
    """An assessment on file first, then somebody else than who proposed it; and only once."""
    policy = await proposed(ask, company)
    assert (policy["version"], policy["state"], policy["activeFrom"]) == (1, "PROPOSED", None)
    assert [each["weight"] for each in policy["dimensions"]] == [0.2, 0.15, 0.15, 0.15, 0.15, 0.1, 0.1]
    other = await second(company)

    async def approved(viewer: str) -> Any:
        return await ask.do("approveScorePolicy", viewer, POLICY, policy=policy["id"])

    assert (await approved(other))["code"] == "ASSESSMENT_MISSING"
    filed = await ask.do(
        "recordImpactAssessment", company.user("hr"), "impact policy { version }", **TEXTS, policy=policy["id"]
    )
    assert (filed["impact"], filed["policy"]) == (TEXTS["impact"], {"version": 1})
    assert (await approved(company.user("hr")))["code"] == "SAME_PERSON"
    found = await approved(other)
    assert (found["state"], found["approvedBy"]) == ("APPROVED", {"externalId": other})
    assert found["activeFrom"] == NOW.isoformat().replace("+00:00", "Z")
    assert (await approved(other))["code"] == "ALREADY_APPROVED"


async def test_a_draft_names_only_what_differs(ask: Ask, company: Company) -> None:
    """From the policy in force, or from the defaults where there is none; and each version stays as it was."""
    stability = {"dimension": "STABILITY", "weight": 0.05}
    tasks = {"dimension": "TASK_COMPLETION", "weight": 0.2, "halfLifeDays": 100}
    first = await proposed(
        ask, company, dimensions=[stability, tasks], bands=[{"band": "GOOD", "least": 75}], minimum=5
    )
    assert [each["weight"] for each in first["dimensions"]] == [0.2, 0.15, 0.15, 0.15, 0.2, 0.1, 0.05]
    assert first["dimensions"][4]["halfLifeDays"] == 100
    assert (first["minimum"], first["noticeHours"], first["labelLates"]) == (5, DEFAULTS.notice, 3)
    assert [each["least"] for each in first["bands"]] == [90, 75, 65, 0]
    again = await proposed(ask, company, labelLates=4)
    assert (again["version"], again["minimum"], again["labelLates"]) == (2, 3, 4)
    query = f"{{ organization {{ scorePolicies {{ {POLICY} }} }} }}"
    found = (await ask(query, company.user("technology")))["organization"]["scorePolicies"]
    assert [each["version"] for each in found] == [2, 1]
    assert found[1] == {name: value for name, value in first.items() if name != "__typename"}


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"dimensions": [{"dimension": "STABILITY", "weight": 0.2}]}, "weight"),
        ({"dimensions": [{"dimension": "STABILITY", "prior": 2}]}, "prior"),
        ({"bands": [{"band": "WEAK", "least": 10}]}, "bands"),
        ({"minimum": 2}, "minimum"),
        ({"labelDays": 0}, "labelDays"),
        ({"brakeLeast": 4}, "brakeLeast"),
        ({"brakeFalse": 1.1}, "brakeFalse"),
    ],
)
async def test_a_draft_that_cannot_be_is_refused(ask: Ask, company: Company, draft: dict[str, Any], field: str) -> None:
    refused = await proposed(ask, company, **draft)
    assert (refused["code"], refused["field"]) == ("INVALID_VALUE", field)


async def test_only_administrators_decide_about_scoring(ask: Ask, company: Company) -> None:
    for viewer in ("marketing", "auditor", "integrator"):
        assert (await proposed(ask, company, viewer))["code"] == "NOT_ALLOWED"


async def test_a_policy_begins_neither_in_the_past_nor_years_ahead(ask: Ask, company: Company) -> None:
    policy = await proposed(ask, company)
    await ask.do("recordImpactAssessment", company.user("hr"), **TEXTS, policy=policy["id"])
    approver = await second(company)
    for away in (timedelta(seconds=-1), timedelta(days=367)):
        at = (NOW + away).isoformat()
        refused = await ask.do("approveScorePolicy", approver, policy=policy["id"], activeFrom=at)
        assert (refused["code"], refused["field"]) == ("INVALID_VALUE", "activeFrom")


async def test_scoring_is_switched_for_places_and_roles(ask: Ask, company: Company) -> None:
    organization = gid("Organization", company.hr.viewer.organization)
    read = "scoringOff scoringOffIn scoringOffFor"
    told = {"organization": organization, "reason": "Until it is assessed anew."}
    found = await ask.do(
        "switchScoring", company.user("hr"), read, off=False, jurisdictions=["DE", "DE"], roles=["AUDITOR"], **told
    )
    assert (found["scoringOff"], found["scoringOffIn"], found["scoringOffFor"]) == (False, ["DE"], ["AUDITOR"])
    kept = await ask.do("switchScoring", company.user("hr"), read, off=False, **told)
    assert kept == found, "what is not named stays as it is"
    none = await ask.do("switchScoring", company.user("hr"), read, off=False, jurisdictions=[], **told)
    assert (none["scoringOffIn"], none["scoringOffFor"]) == ([], ["AUDITOR"])
    refused = await ask.do("switchScoring", company.user("hr"), off=False, jurisdictions=["Germany"], **told)
    assert (refused["code"], refused["field"]) == ("INVALID_VALUE", "jurisdictions")


async def test_another_policy_is_simulated(ask: Ask, company: Company) -> None:
    """Over the last year's applications; counts of fewer than five are not told, and recruiters have none."""
    company.at(days=5)
    for _ in range(5):
        await company.application("marketing")
    query = """query S($draft: ScorePolicyDraft!) { analytics { simulatePolicy(draft: $draft) {
      applications before { band count } after { band count } raised lowered
      departments { id name applications change } } } }"""
    found = (await ask(query, company.user("hr"), draft={"minimum": 4}))["analytics"]["simulatePolicy"]
    assert (found["applications"], found["raised"], found["lowered"]) == (5, 0, 0)
    assert {each["band"]: each["count"] for each in found["before"]}[None] == 5
    assert [each["id"] for each in found["departments"]] == [gid("Department", company.departments["marketing"])]
    assert (await ask(query, company.user("marketing"), draft={}))["analytics"]["simulatePolicy"] is None
    wrong = await ask.whole(query, company.user("hr"), draft={"minimum": 1})
    assert wrong.errors[0]["extensions"]["code"] == "BAD_ARGUMENT"
