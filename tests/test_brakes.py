"""The brake on the score: on when too many marks were wrong, off when a person says why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from graph import timers
from graph.due import RULES
from graph.migrations import MIGRATIONS
from graph.score_policies import Draft
from graph.timers import Timer, TimerKind
from graph.visibility import OrganizationRole
from seeds import makers
from tests.conftest import NOW, Ask, Company, gid, make_company
from tests.ledger import recorded
from tests.test_decisions import due

SCORED = """query Scored($id: ID!) { application(id: $id) { candidate {
  score { status offBecause text en: text(locale: EN) } labels { name }
} } }"""
STANDS = "{ organization { id scoringOff scoringBrakedAt scoringBrakedBecause } }"


async def in_force(company: Company, *, ago: float = 300, begins: datetime | None = None, **numbers: float) -> None:
    """A score policy with these limits, approved by a second person."""
    hr = company.at(days=ago)
    policy = await hr.score_policy(Draft({}, {}, numbers))
    await hr.impact_assessment(policy)
    await hr.user(f"second@{company.tag}", OrganizationRole.HR_ADMIN)
    second = await makers.maker(hr.graph, f"second@{company.tag}", at=hr.at)
    await second.approval(policy, begins)


BRAKE = "{ organization { scoringBrakedAt } analytics { fairness(by: MODE) { brake { isOn reasons } } } }"


async def braked(ask: Ask, company: Company, at: datetime) -> datetime | None:
    """Since when the brake is on, after what is due by then; fairness says the same of it."""
    then = Ask(ask.graph, ask.answerer, at)
    while await due(then, company, TimerKind.BRAKE):
        pass
    found = await then(BRAKE, company.user("hr"))
    since, told = found["organization"]["scoringBrakedAt"], found["analytics"]["fairness"]["brake"]
    assert told == {"isOn": since is not None, "reasons": ["FALSE_MARKS"] if since else []}
    return datetime.fromisoformat(since) if since else None


async def look(ask: Ask, company: Company) -> bool:
    """Does what is due of the brake, as a worker would; false where nothing is."""
    whole, at = company.hr.viewer.organization, company.hr.at
    timer = Timer(timers.name(TimerKind.BRAKE, whole), "BRAKE", whole, whole, None, at, 0)
    return await timers.take(ask.graph, timer, at, RULES[TimerKind.BRAKE])


async def marked(company: Company) -> tuple[str, str]:
    company.at(days=60)
    application = await company.application("technology")
    return application, await company.hr.no_show(application)


async def void(company: Company, finding: str, days: float) -> None:
    await company.at(days=days).void(finding)


async def test_too_many_false_marks_turn_the_score_off(ask: Ask, company: Company) -> None:
    """One in four proves nothing, because four are too few; two in six are more than three in ten."""
    await in_force(company, brake_least=5, brake_false=0.3)
    made = [await marked(company) for _ in range(4)]

    async def score() -> Any:
        found = await ask(SCORED, company.user("hr"), id=gid("Application", made[-1][0]))
        return found["application"]["candidate"]["score"]

    assert not await look(ask, company)
    await void(company, made[0][1], 20)
    assert await look(ask, company)
    assert (await score())["offBecause"] is None
    made += [await marked(company) for _ in range(2)]
    await void(company, made[1][1], 19)
    assert await look(ask, company)
    found = await score()
    assert (found["status"], found["offBecause"]) == ("OFF", "FALSE_MARKS")
    assert found["text"].startswith("未启用：被撤销的爽约认定过多")
    assert found["en"].startswith("Off: too many marks were taken back")
    stands = (await ask(STANDS, company.user("technology")))["organization"]
    assert stands.pop("id")
    assert stands == {
        "scoringOff": False,
        "scoringBrakedAt": (NOW - timedelta(days=19)).isoformat().replace("+00:00", "Z"),
        "scoringBrakedBecause": ["FALSE_MARKS"],
    }
    await switched_on_again(ask, company, made[2][1])
    assert (await score())["offBecause"] is None


async def switched_on_again(ask: Ask, company: Company, finding: str) -> None:
    """By a person, with a reason; what was known by then does not turn it off once more."""
    organization = gid("Organization", company.hr.viewer.organization)
    told: dict[str, Any] = {"organization": organization, "off": False}
    later = Ask(ask.graph, ask.answerer, NOW - timedelta(days=10))
    refused = await later.do("switchScoring", company.user("hr"), reason=" ", **told)
    assert (refused["code"], refused["field"]) == ("INVALID_VALUE", "reason")
    assert (await later.do("switchScoring", company.user("marketing"), reason="Now.", **told))["code"] == "NOT_ALLOWED"
    read = "scoringBrakedAt scoringBrakedBecause"
    found = await later.do("switchScoring", company.user("hr"), read, reason="The links were mended.", **told)
    assert (found["scoringBrakedAt"], found["scoringBrakedBecause"]) == (None, [])
    await void(company, finding, 5)
    assert await look(ask, company)
    assert (await ask(STANDS, company.user("hr")))["organization"]["scoringBrakedAt"] is None
    types = [event.type for event in await recorded(ask, company) if event.type.startswith("SCORING")]
    assert types == ["SCORING_BRAKED", "SCORING_SWITCHED"]


async def test_upheld_disputes_turn_the_score_off(ask: Ask, company: Company) -> None:
    """Four are too few to tell; of five, one rejected, four fifths were right."""
    await in_force(company, brake_least=5, brake_upheld=0.5, brake_false=1)
    read = {"reason": "Looked into.", "decision": "UPHELD"}
    for number in range(5):
        _, finding = await marked(company)
        await company.at(days=40).dispute(finding)
        company.at(days=30)
        if number == 0:
            second = await makers.maker(ask.graph, f"second@{company.tag}", at=company.hr.at)
            await second.rejection(finding)
            continue
        assert (await ask(STANDS, company.user("hr")))["organization"]["scoringBrakedBecause"] == []
        last = await ask.last_seq(company.user("hr"), gid("Finding", finding))
        decided = Ask(ask.graph, ask.answerer, company.hr.at)
        input = {"finding": gid("Finding", finding), "readUpTo": last, **read}
        assert (await decided.do("decideDispute", f"second@{company.tag}", "state", **input))["state"] == "VOID"
        assert await look(ask, company)
    assert (await ask(STANDS, company.user("hr")))["organization"]["scoringBrakedBecause"] == ["UPHELD_DISPUTES"]


async def test_limits_are_a_part_of_the_policy(ask: Ask, company: Company) -> None:
    """Proposed and approved as the rest of it; an inputs' hash does not move with them."""
    await in_force(company, brake_least=7)
    query = "{ organization { scorePolicies { brakeUpheld brakeFalse brakeLeast brakeDays } } }"
    found = (await ask(query, company.user("hr")))["organization"]["scorePolicies"]
    assert found == [{"brakeUpheld": 0.3, "brakeFalse": 0.1, "brakeLeast": 7, "brakeDays": 365}]
    query = "{ analytics { fairness(by: MODE) { brake { least upheldLimit falseLimit } } } }"
    found = (await ask(query, company.user("hr")))["analytics"]["fairness"]["brake"]
    assert found == {"least": 7, "upheldLimit": 0.3, "falseLimit": 0.1}


@pytest.mark.parametrize("later", [False, True])
async def test_a_policy_with_lower_limits_is_held_to_them_as_it_begins(ask: Ask, company: Company, later: bool) -> None:
    """Two of five were taken back: few enough for that policy, too many for the next one, once it is in force."""
    await in_force(company, brake_least=5, brake_false=0.9)
    made = [await marked(company) for _ in range(5)]
    for _, finding in made[:2]:
        await void(company, finding, 20)
    assert await braked(ask, company, NOW - timedelta(days=12)) is None
    begins = NOW - timedelta(days=2, hours=1) if later else None
    await in_force(company, ago=10, begins=begins, brake_least=5, brake_false=0.1)
    if begins is not None:
        assert await braked(ask, company, begins - timedelta(minutes=1)) is None
    since = begins or NOW - timedelta(days=10)
    assert await braked(ask, company, since) == since


async def test_good_marks_that_leave_the_days_counted_raise_the_share(ask: Ask, company: Company) -> None:
    """Nothing is done to any mark: two of nine were taken back, and a hundred days later two of five."""
    await in_force(company, brake_least=5, brake_false=0.3, brake_days=90)
    for _ in range(4):
        await company.at(days=100).no_show(await company.application("technology"))
    made = [await marked(company) for _ in range(5)]
    for _, finding in made[:2]:
        await void(company, finding, 50)
    assert await braked(ask, company, NOW - timedelta(days=50)) is None
    assert await braked(ask, company, NOW - timedelta(days=20)) is None
    assert await braked(ask, company, NOW) is not None
    assert await due(Ask(ask.graph, ask.answerer, NOW + timedelta(days=1)), company, TimerKind.BRAKE) == 1


async def test_what_was_approved_before_is_looked_at_from_now_on(ask: Ask, company: Company) -> None:
    """The migration gives it the first look; without a policy there is nothing to look at."""
    other = await make_company(ask.graph)
    await in_force(company, ago=30)
    given = {"id": timers.name(TimerKind.BRAKE, company.hr.viewer.organization)}
    await ask.graph.client.define(f"MATCH (timer:Timer {{id: '{given['id']}'}}) DELETE timer")
    (brakes,) = (each for each in MIGRATIONS if each.id == "0019_brakes")
    for _ in range(2):
        for text in brakes.statements:
            await ask.graph.client.define(text)
    assert await due(ask, other, TimerKind.BRAKE) == 0
    assert await due(ask, company, TimerKind.BRAKE) == 1
    assert await due(ask, company, TimerKind.BRAKE) == 0
