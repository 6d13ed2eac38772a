"""How a record stood at an instant: what the events told by then, of what the viewer sees today."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from graph.applications import Stage
from graph.interviews import Response
from graph.traversal import SHAPES, Unkept
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid, uid

pytestmark = pytest.mark.usefixtures("patient")

FINDING = """
  id occurredAt relation outcome outcomeLabel cause knewBy state stateLabel(locale: EN) suspectedAt noticeAt answerBy
  decideBy decidedAt disputedAt disputeDueAt disputeText disputeRejectedAt disputeReason reviewedAt reviewReason
  expiresAt eraseAt daysLeft reason voidedAt voidReason voidedBy { id }
  statement statementBy policyVersion department { id } position { id } repairs { at days } decidedBy { id }
  basedOn { seq type }
"""
INTERVIEW = """
  id mode startsAt response responseLabel attendance attendanceLabel outcome outcomeLabel
  events { totalCount } rescheduledTo { id attendance } rescheduledFrom { id attendance }
"""
PARTS = (
    """__typename id displayName status email
    applications(first: 50) { totalCount nodes {
      id stage stageLabel source interviews(orderBy: STARTS_AT) { totalCount nodes { id response } }
    } }""",
    f"""interviews(first: 50) {{ totalCount edges {{ cursor node {{ {INTERVIEW} application {{ stage }} }} }} }}""",
    "interviews(first: 50) { nodes { id candidate { id } finding { id state outcome } findings { id state } } }",
    """final: findings(states: [FINAL, VOID, SUSPECTED]) { totalCount }
    accepted: interviews(where: { response: ACCEPTED, attendance: NOT_ATTENDED }) { totalCount }
    rejected: applications(where: { stage: REJECTED }) { totalCount }
    ended: applications(where: { ended: true }) { totalCount }""",
    "noShows { totalCount nodes { id interview { id attendance } } }",
    f"findings {{ totalCount nodes {{ {FINDING} }} }}",
)
"""All of it, by statements that the database plans in time on a busy machine too."""
STOOD = """
query Stood($id: ID!, $asOf: DateTime) {
  candidate(id: $id, asOf: $asOf) {
    applications(first: 50, orderBy: APPLIED_AT) { nodes { stage } }
    noShows { totalCount }
    findings { nodes { state outcome reason expiresAt } }
  }
}
"""
HELD = """
query Held($id: ID!, $asOf: DateTime) {
  candidate(id: $id, asOf: $asOf) {
    interviews(orderBy: STARTS_AT) { nodes { response attendance outcome finding { state } } }
  }
}
"""
CANDIDATES = "query All { candidates(first: 100) { nodes { id applications(first: 1) { nodes { id } } } } }"
VIEWERS = ("hr@demo", "recruiter@technology.demo")


@pytest.mark.usefixtures("demo")
async def test_as_of_now_is_todays_answer(ask: Ask) -> None:
    """Every state that a record of the demo company is in, by the events and by what the nodes keep."""
    now = NOW.isoformat()
    found = await ask(CANDIDATES, "hr@demo")
    assert len(found["candidates"]["nodes"]) > 10
    for node in found["candidates"]["nodes"]:
        own = [Claim(uid(node["id"]), uid(each["id"]), verified=True) for each in node["applications"]["nodes"]]
        for viewer in (*VIEWERS, *own):
            for part in PARTS:
                query = f"query Part($id: ID!, $asOf: DateTime) {{ candidate(id: $id, asOf: $asOf) {{ {part} }} }}"
                today = await ask(query, viewer, id=node["id"])
                assert await ask(query, viewer, id=node["id"], asOf=now) == today


@dataclass
class Case:
    """A final no-show of Marketing's: invited 40 days ago, missed 37, confirmed 33; Technology knows the person too."""

    ask: Ask
    company: Company
    candidate: str
    application: str
    finding: str

    async def stood(self, ago: float | None, viewer: str = "marketing", **changes: Any) -> Any:
        instant = None if ago is None else (NOW - timedelta(days=ago)).isoformat()
        ask = Ask(self.ask.graph, self.ask.answerer, changes.get("now", NOW))
        given = {"id": gid("Candidate", self.candidate), "asOf": instant}
        found = [(await ask(query, self.company.user(viewer), **given))["candidate"] for query in (STOOD, HELD)]
        return None if found[0] is None else found[0] | found[1]

    async def states(self, ago: float, **changes: Any) -> list[str]:
        return [each["state"] for each in (await self.stood(ago, **changes))["findings"]["nodes"]]


@pytest.fixture
async def case(ask: Ask, company: Company) -> Case:
    person = company.person()
    company.at(days=40)
    application = await company.application("marketing", person)
    finding = await company.hr.no_show(application)
    company.at(days=39)
    at_technology = await company.application("technology", person)
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", at_technology))
    return Case(ask, company, uid(found["application"]["candidate"]["id"]), application, finding)


async def test_a_record_stands_as_it_stood(case: Case) -> None:
    """Before the record there is nobody; then each step as it was taken."""
    hr = case.company.at(days=20)
    await hr.advance(case.application, Stage.SCREENING)
    moved = await hr.interview(case.application, starts_at=NOW - timedelta(days=10), response=Response.TENTATIVE)
    company = case.company.at(days=15)
    await company.reschedule(moved, NOW + timedelta(days=5))
    await case.company.at(days=4).withdraw(case.application)
    assert await case.stood(41) is None
    missed = {"response": "ACCEPTED", "attendance": "NOT_ATTENDED", "outcome": None}
    final = {"state": "FINAL", "outcome": "NO_SHOW", "reason": "No answer."}
    told = await case.stood(36)
    assert told["applications"]["nodes"] == [{"stage": "APPLIED"}]
    assert told["interviews"]["nodes"] == [{**missed, "finding": {"state": "NOTICE_SENT"}}]
    assert told["noShows"]["totalCount"] == 0
    undecided = dict.fromkeys(("outcome", "reason", "expiresAt"))
    assert told["findings"]["nodes"] == [{"state": "NOTICE_SENT", **undecided}]
    told = await case.stood(18)
    assert told["applications"]["nodes"] == [{"stage": "SCREENING"}]
    then = [{"response": "TENTATIVE", "attendance": "PENDING", "outcome": None, "finding": None}]
    assert told["interviews"]["nodes"] == [{**missed, "outcome": "NO_SHOW", "finding": {"state": "FINAL"}}, *then]
    assert told["noShows"]["totalCount"] == 1
    (found,) = told["findings"]["nodes"]
    assert found.items() >= final.items()
    told = await case.stood(10)
    assert [each["attendance"] for each in told["interviews"]["nodes"]] == ["NOT_ATTENDED", "RESCHEDULED", "PENDING"]
    assert [each["response"] for each in told["interviews"]["nodes"]][1:] == ["TENTATIVE", "ACCEPTED"]
    assert await case.stood(0) == await case.stood(None)
    assert (await case.stood(0))["applications"]["nodes"] == [{"stage": "WITHDRAWN"}]


async def test_a_time_that_was_let_go_of_stood_before(case: Case) -> None:
    """Nothing but the request tells of it: it was made in time, and no other time was open."""
    hr = case.company.at(days=20)
    ahead = await hr.interview(case.application, starts_at=NOW + timedelta(days=5))
    await case.company.at(days=2).request(ahead)
    assert (await case.stood(3))["interviews"]["nodes"][-1]["attendance"] == "PENDING"
    assert (await case.stood(1))["interviews"]["nodes"][-1]["attendance"] == "RESCHEDULED"
    assert await case.stood(0) == await case.stood(None)


async def test_a_sibling_sees_no_more_of_the_past_than_of_today(case: Case) -> None:
    """Notice had been sent then, which only the department itself is told."""
    assert (await case.stood(36, "technology"))["findings"]["nodes"] == []
    assert (await case.stood(20, "technology"))["findings"]["nodes"] == [
        dict.fromkeys(("state", "outcome", "reason", "expiresAt"))
    ]
    assert (await case.stood(20, "technology"))["interviews"]["nodes"] == []
    assert await case.stood(20, "subsidiary") is None


FALLS: dict[str, Callable[[Case], Awaitable[Any]]] = {
    "voided": lambda case: case.company.at(days=5).void(case.finding),
    "contested": lambda case: case.company.at(days=5).dispute(case.finding),
    "restricted": lambda case: case.company.at(days=5).restrict(case.candidate),
    "erased": lambda case: case.company.at(days=5).erase(case.candidate),
}


@pytest.mark.parametrize("fall", FALLS)
async def test_what_fell_since_does_not_come_back(case: Case, fall: str) -> None:
    """HR asks what the record held while the mark counted, for whom it no longer does."""
    assert await case.states(20) == ["FINAL"]
    await FALLS[fall](case)
    for viewer in ("marketing", "technology", "hr"):
        told = await case.stood(20, viewer)
        assert told["noShows"]["totalCount"] == 0
        assert not any(each["state"] == "FINAL" or each["outcome"] for each in told["findings"]["nodes"])
        assert not any(each["outcome"] for each in told["interviews"]["nodes"])
        assert await case.stood(0, viewer) == await case.stood(None, viewer)


async def test_what_was_erased_is_not_told_as_it_is_today(case: Case) -> None:
    """The past of whoever was erased has no words left, and what the record holds today is not what it held then."""
    hr = case.company.at(days=20)
    await hr.advance(case.application, Stage.SCREENING)
    await hr.interview(case.application, starts_at=NOW - timedelta(days=10), response=Response.TENTATIVE)
    await case.company.at(days=15).advance(case.application, Stage.OFFER)
    before = await case.stood(18)
    assert before["applications"]["nodes"] == [{"stage": "SCREENING"}]
    assert [each["response"] for each in before["interviews"]["nodes"]] == ["ACCEPTED", "TENTATIVE"]
    await case.company.at(days=1).erase(case.candidate)
    for ago in (39.5, 18, 2, 0.5):
        told = await case.stood(ago)
        assert (told["applications"]["nodes"], told["interviews"]["nodes"]) == ([], [])
    assert await case.stood(0) == await case.stood(None)


async def test_what_expired_since_does_not_come_back(case: Case) -> None:
    later = NOW + timedelta(days=200)
    assert await case.states(20, now=later) == []
    assert (await case.stood(20, now=later))["noShows"]["totalCount"] == 0
    assert await case.states(-199, now=later) == ["FINAL"]
    assert await case.stood(-200, now=later) == await case.stood(None, now=later)


async def test_another_record_is_told_from_the_merge_on(case: Case) -> None:
    """Before it nobody knew that they are one person's; once they are split again, it is none of theirs."""
    company = case.company
    company.at(days=30)
    application = await company.application("marketing")
    await company.hr.interview(application, starts_at=NOW + timedelta(days=2))
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await case.ask(query, company.user("hr"), id=gid("Application", application))
    other = replace(case, candidate=uid(found["application"]["candidate"]["id"]))
    await company.at(days=10).merge(other.candidate, case.candidate)

    async def told(ago: float | None) -> list[int]:
        stood = await other.stood(ago)
        lists = ("applications", "interviews", "findings")
        return [*(len(stood[name]["nodes"]) for name in lists), stood["noShows"]["totalCount"]]

    assert [await told(ago) for ago in (20, 9, None)] == [[1, 1, 0, 0], [2, 2, 1, 1], [2, 2, 1, 1]]
    await case.ask.do("splitCandidate", company.user("hr"), candidate=gid("Candidate", other.candidate))
    assert await told(9) == [1, 1, 0, 0]


async def test_what_is_not_kept_is_refused(case: Case) -> None:
    """Nobody is told of now where they asked for then."""
    for name in ("score { points }", "labels { name }", "interviews { nodes { assessment { cause } } }"):
        query = f'query Then($id: ID!) {{ candidate(id: $id, asOf: "2026-09-01T00:00:00Z") {{ {name} }} }}'
        answer = await case.ask.whole(query, case.company.user("hr"), id=gid("Candidate", case.candidate))
        assert answer.errors[0]["extensions"]["code"] == "BAD_ARGUMENT"
        assert "is not told as of an instant" in answer.errors[0]["message"]


async def test_the_past_is_one_statement(case: Case) -> None:
    given = {"id": gid("Candidate", case.candidate), "asOf": NOW.isoformat()}
    answer = await case.ask.whole(STOOD, case.company.user("hr"), **given)
    assert answer.statements == ["viewer", "candidate"]


def test_every_member_of_the_past_says_what_it_is() -> None:
    """A member that is added later is told as it is today until somebody decides; these are known to be lasting."""
    lasting = {
        "Candidate": {"id", "displayName", "status", "statusLabel", "locale", "timeZone", "email", "phone"},
        "Application": {"id", "appliedAt", "source", "position"},
        "Interview": {
            *("id", "icsUid", "mode", "modeLabel", "startsAt", "endsAt", "timeZone", "graceMinutes", "joinUrl"),
            *("position", "department", "interviewers"),
        },
        "Finding": {
            *("id", "occurredAt", "department", "position", "relation", "relationLabel"),
            *("suspectedAt", "policyVersion"),
        },
    }
    for name, members in lasting.items():
        past = SHAPES[f"Past{name}"].members
        same = {each for each, member in SHAPES[name].members.items() if past[each] is member}
        assert same == members
        assert any(isinstance(member, Unkept) for member in past.values())
