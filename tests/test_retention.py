"""A mark fades: attended interviews shorten it, and in its time what it says is erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from graph import timers
from graph.causes import Cause
from graph.interviews import Attendance
from graph.policies import DEFAULTS
from graph.receipts import Receipts
from graph.retention import erase, shortened
from graph.timers import TimerKind
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid, uid

FADING = """
query Fading($id: ID!) { node(id: $id) { ... on Finding {
  state outcome reason expiresAt daysLeft occurredAt repairs { days interview { id } }
} } }
"""


@pytest.fixture
async def mark(ask: Ask, company: Company) -> tuple[str, str, Claim]:
    """A no-show of Marketing, a later application of the same person to Technology, and the candidate's claim."""
    person = company.person()
    company.at(days=64)
    first = await company.application("marketing", person)
    finding = gid("Finding", await company.hr.no_show(first, reason="Nobody came."))
    company.at(days=20)
    second = await company.application("technology", person)
    query = "query W($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", first))
    return finding, second, Claim(uid(found["application"]["candidate"]["id"]), first, verified=True)


async def attended(company: Company, application: str, days: float) -> str:
    company.at(days=days)
    interview = await company.hr.interview(application)
    company.at(days=days - 4)
    return await company.hr.attendance(interview, Attendance.ATTENDED)


def days(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_an_attended_interview_takes_a_month_off(
    ask: Ask, company: Company, mark: tuple[str, str, Claim]
) -> None:
    finding, second, claim = mark
    before = (await ask(FADING, company.user("marketing"), id=finding))["node"]
    interview = await attended(company, second, 15)
    after = (await ask(FADING, company.user("marketing"), id=finding))["node"]
    assert days(before["expiresAt"]) - days(after["expiresAt"]) == timedelta(days=30)
    assert before["daysLeft"] - after["daysLeft"] == 30
    assert before["repairs"] == []
    # The interview that was attended is Technology's: Marketing is told of the days alone.
    assert after["repairs"] == [{"days": 30, "interview": None}]
    mine = (await ask(FADING, claim, id=finding))["node"]
    assert mine["repairs"] == [{"days": 30, "interview": {"id": gid("Interview", interview)}}]
    assert mine["daysLeft"] == after["daysLeft"]


@pytest.mark.parametrize("outcome", ["a no-show", "a fault"])
async def test_erasing_a_person_leaves_of_a_finding_what_its_time_leaves(
    ask: Ask, company: Company, mark: tuple[str, str, Claim], outcome: str
) -> None:
    """Nothing says any longer what was found, on whose side, by what they knew of the time, or what repaired it."""
    finding, second, claim = mark
    if outcome == "a no-show":
        await attended(company, second, 15)
    else:
        company.at(days=30)
        missed = await company.hr.missed(claim.application)
        finding = gid("Finding", await company.hr.fault(missed, Cause.PLATFORM))
    query = """query Left($id: ID!) { node(id: $id) { ... on Finding {
      outcome cause knewBy reason statement interview { outcome } repairs { days }
    } } }"""
    before = (await ask(query, company.user("marketing"), id=finding))["node"]
    assert before["outcome"] == before["interview"]["outcome"] is not None
    assert before["cause"]
    await company.hr.erase(claim.candidate)
    after = (await ask(query, company.user("marketing"), id=finding))["node"]
    assert after == dict.fromkeys(before) | {"interview": {"outcome": None}, "repairs": []}
    assert await company.faults() == []


async def test_the_same_interview_counts_once(ask: Ask, company: Company, mark: tuple[str, str, Claim]) -> None:
    finding, second, _ = mark
    interview = await attended(company, second, 15)
    once = (await ask(FADING, company.user("marketing"), id=finding))["node"]
    await company.hr.attendance(interview, Attendance.ATTENDED_LATE)
    assert (await ask(FADING, company.user("marketing"), id=finding))["node"] == once


async def test_a_mark_is_erased_in_its_time(ask: Ask, company: Company, mark: tuple[str, str, Claim]) -> None:
    """With the receipts of whoever saw it."""
    finding, second, claim = mark
    await attended(company, second, 15)
    ask.receipts = Receipts(ask.graph, lambda: NOW)
    await ask(FADING, company.user("technology"), id=finding)
    await ask.receipts.flush()
    looks = "{ myRecord { accesses { nodes { who } } } }"
    who = [each["who"] for each in (await ask(looks, claim))["myRecord"]["accesses"]["nodes"]]
    assert who == [company.user("technology")]
    erase_at = days(
        (await ask("query E($id: ID!) { node(id: $id) { ... on Finding { eraseAt } } }", claim, id=finding))["node"][
            "eraseAt"
        ]
    ).astimezone(UTC)
    organization = company.hr.viewer.organization
    name = timers.name(TimerKind.ERASE_FINDING, uid(finding))
    timer = timers.Timer(name, "ERASE_FINDING", uid(finding), organization, claim.candidate, erase_at, 0)
    assert await timers.take(ask.graph, timer, erase_at, erase)
    seen = (await ask(FADING, company.user("marketing"), id=finding))["node"]
    assert (seen["state"], seen["outcome"], seen["reason"], seen["repairs"]) == ("ERASED", None, None, [])
    assert (await ask(FADING, company.user("technology"), id=finding))["node"] is None
    await ask.receipts.flush()
    assert (await ask(looks, claim))["myRecord"]["accesses"]["nodes"] == []
    assert await company.faults() == []
    assert not await timers.take(ask.graph, timer, erase_at, erase)


async def test_what_is_to_be_erased_is_not_there_meanwhile(
    ask: Ask, company: Company, mark: tuple[str, str, Claim]
) -> None:
    """A worker that stands still keeps nobody's mark longer in sight: reading ends with the time itself."""
    finding, _, claim = mark
    query = "query E($id: ID!) { node(id: $id) { ... on Finding { eraseAt interview { id } } } }"
    found = (await ask(query, claim, id=finding))["node"]
    outcome = "query O($id: ID!) { interview(id: $id) { outcome finding { id } } }"
    for later, is_there in ((timedelta(seconds=-1), True), (timedelta(0), False)):
        ask.now = days(found["eraseAt"]).astimezone(UTC) + later
        for viewer in (company.user("marketing"), company.user("hr"), claim):
            assert bool((await ask(FADING, viewer, id=finding))["node"]) is is_there
            seen = (await ask(outcome, viewer, id=found["interview"]["id"]))["interview"]
            expected = {"outcome": "NO_SHOW", "finding": {"id": finding}}
            assert seen == (expected if is_there else {"outcome": None, "finding": None})
    mine = await ask("{ myRecord { findings { totalCount } } }", claim)
    assert mine == {"myRecord": {"findings": {"totalCount": 0}}}


async def test_what_was_void_stands_no_more_once_it_is_erased(
    ask: Ask, company: Company, mark: tuple[str, str, Claim]
) -> None:
    """Another finding of the same interview is the one, and is counted once."""
    finding, _, claim = mark
    query = """query I($id: ID!) { node(id: $id) { ... on Finding { eraseAt interview { id } } } }"""
    found = (await ask(query, claim, id=finding))["node"]
    company.at(days=10)
    await company.hr.void(uid(finding))
    second = gid("Finding", await company.hr.suspicion(uid(found["interview"]["id"])))
    erase_at = days(found["eraseAt"]).astimezone(UTC)
    name, organization = timers.name(TimerKind.ERASE_FINDING, uid(finding)), company.hr.viewer.organization
    timer = timers.Timer(name, "ERASE_FINDING", uid(finding), organization, claim.candidate, erase_at, 0)
    assert await timers.take(ask.graph, timer, erase_at, erase)
    seen = "query O($id: ID!) { interview(id: $id) { finding { id } department { attendance { interviews } } } }"
    told = await ask(seen, company.user("marketing"), id=found["interview"]["id"])
    assert told["interview"] == {"finding": {"id": second}, "department": {"attendance": {"interviews": 1}}}
    company.hr.at = NOW
    await company.hr.void(uid(second))
    assert await company.hr.suspicion(uid(found["interview"]["id"]))


async def test_a_mark_fades_by_what_the_other_record_attended(
    ask: Ask, company: Company, mark: tuple[str, str, Claim]
) -> None:
    finding, _, claim = mark
    company.at(days=20)
    other = await company.application("technology", company.person())
    query = "query W($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", other))
    await attended(company, other, 19)
    both = {"candidate": gid("Candidate", claim.candidate), "other": found["application"]["candidate"]["id"]}
    assert "code" not in await ask.do("mergeCandidates", company.user("hr"), **both)
    assert (await ask(FADING, company.user("marketing"), id=finding))["node"]["repairs"] == []
    await attended(company, other, 12)
    after = (await ask(FADING, company.user("marketing"), id=finding))["node"]
    assert [repair["days"] for repair in after["repairs"]] == [30]


def test_a_mark_is_never_too_short() -> None:
    missed = NOW - timedelta(days=10)
    expires = missed + timedelta(days=180)
    for expected in (150, 120, 90, 90):
        expires = shortened(missed, expires, DEFAULTS)
        assert expires == missed + timedelta(days=expected)
    assert shortened(missed, missed + timedelta(days=60), DEFAULTS) == missed + timedelta(days=60)
