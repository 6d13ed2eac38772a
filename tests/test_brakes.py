"""The brake on the score: on when too many marks were wrong, off when a person says why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from graph import timers
from graph.due import RULES
from graph.score_policies import Draft
from graph.timers import Timer, TimerKind
from graph.visibility import OrganizationRole
from seeds import makers
from tests.conftest import NOW, Ask, Company, gid
from tests.ledger import recorded

SCORED = """query Scored($id: ID!) { application(id: $id) { candidate {
  score { status offBecause text en: text(locale: EN) } labels { name }
} } }"""
STANDS = "{ organization { id scoringOff scoringBrakedAt scoringBrakedBecause } }"


async def in_force(company: Company, **numbers: float) -> None:
    """A score policy with these limits, approved by a second person."""
    hr = company.at(days=300)
    policy = await hr.score_policy(Draft({}, {}, numbers))
    await hr.impact_assessment(policy)
    await hr.user(f"second@{company.tag}", OrganizationRole.HR_ADMIN)
    second = await makers.maker(hr.graph, f"second@{company.tag}", at=hr.at)
    await second.approval(policy)


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
