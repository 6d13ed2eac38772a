"""The demo company: what each of its users sees, every state a record can be in, and sowing that may break off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import pytest

from graph import events
from graph.applications import Stage
from graph.candidates import CandidateStatus, Person
from graph.causes import Cause
from graph.client import Transaction, statements_run
from graph.demo import REMOVE_POOLS, remove
from graph.findings import FindingOutcome, FindingState
from graph.interviews import Attendance, EvidenceCode, Mode, Response
from graph.positions import Urgency
from graph.statements import Statement
from graph.writing import FORGET_OPERATIONS, Graph
from seeds.demo import (
    USERS,
    age,
    application_id,
    candidate_id,
    main_application_id,
    main_candidate_id,
    organization_id,
    position_id,
    renew,
    sow,
)
from seeds.stories import CANDIDATES, INBOX
from tests.conftest import NOW, Ask, Company, gid
from tests.test_main_job import INBOX as APPLICATION

pytestmark = pytest.mark.usefixtures("demo")

WHOLE = """
query ($id: ID!) {
  application(id: $id) { candidate { id displayName email phone } reminders { message } appliedAt }
}
"""
MESSAGE = "该候选人曾在2026年8月爽约市场部AI面试"


async def reminders(ask: Ask, viewer: str, application: str) -> list[dict[str, object]] | None:
    """The reminders of an application as this user sees them; None where the application is absent."""
    answer = (await ask(APPLICATION, viewer, id=gid("Application", application)))["application"]
    return answer and answer["reminders"]


async def test_technology_is_reminded_of_the_main_no_show(ask: Ask) -> None:
    answer = await ask(APPLICATION, "recruiter@technology.demo", id=gid("Application", main_application_id()))
    missed, repeat = answer["application"]["reminders"]
    assert answer["application"]["candidate"] == {"displayName": "王晓雨"}
    assert missed == {
        "kind": "SIBLING_DEPARTMENT",
        "message": MESSAGE,
        "english": "This candidate missed an AI interview with Marketing in August 2026",
        "occurredAt": "2026-08-12T02:00:00Z",
        "relation": "SIBLING",
        "similarPosition": True,
        "department": {"code": "MARKETING", "name": "Marketing"},
        "noShow": {"position": {"title": "市场产品经理"}, "reason": None, "state": None},
    }
    assert (repeat["kind"], repeat["department"]["code"]) == ("REPEAT_APPLICATION", "MARKETING")


@pytest.mark.parametrize(
    "viewer", ["recruiter@marketing.demo", "recruiter@subsidiary.demo", "interviewer@technology.demo"]
)
async def test_other_departments_have_no_such_application(ask: Ask, viewer: str) -> None:
    assert await reminders(ask, "recruiter@technology.demo", main_application_id())
    assert await reminders(ask, viewer, main_application_id()) is None


@pytest.mark.parametrize("viewer", ["hr@demo", "auditor@demo"])
async def test_headquarters_see_the_reason_too(ask: Ask, viewer: str) -> None:
    missed, _ = await reminders(ask, viewer, main_application_id()) or []
    assert (missed["relation"], missed["noShow"]["state"]) == ("OWN", "FINAL")  # type: ignore[index]


async def test_the_integrator_gets_no_reminder(ask: Ask) -> None:
    assert await reminders(ask, "integrator@demo", main_application_id()) == []


async def test_the_subsidiary_knows_the_same_person_by_itself(ask: Ask) -> None:
    twin = application_id("wang-xiaoyu-subsidiary")
    assert await reminders(ask, "recruiter@subsidiary.demo", twin) == []
    assert await reminders(ask, "recruiter@technology.demo", twin) is None
    query = "query ($id: ID!) { candidate(id: $id) { displayName email possibleMatches { id } } }"
    for viewer, candidate in (
        ("recruiter@subsidiary.demo", candidate_id("wang-xiaoyu-subsidiary")),
        ("recruiter@technology.demo", main_candidate_id()),
    ):
        answer = await ask(query, viewer, id=gid("Candidate", candidate))
        assert answer["candidate"] == {
            "displayName": "王晓雨",
            "email": "xiaoyu.wang@example.com",
            "possibleMatches": [],
        }


async def test_an_inbox_of_fifty_shows_every_kind_of_reminder(ask: Ask) -> None:
    query = """
    query ($id: ID!) {
      position(id: $id) {
        inbox: applications(first: 50) { edges { node { id } } }
        applications(first: 100) {
          edges { node { reminders { kind noShow { id } department { code } } } }
        }
      }
    }
    """
    position = (await ask(query, "recruiter@technology.demo", id=gid("Position", position_id(INBOX))))["position"]
    assert len(position["inbox"]["edges"]) == 50
    found = [item for edge in position["applications"]["edges"] for item in edge["node"]["reminders"]]
    assert {(item["kind"], item["department"]["code"]) for item in found if item["noShow"]} == {
        ("SIBLING_DEPARTMENT", "MARKETING"),
        ("SIBLING_DEPARTMENT", "GROWTH"),
        ("SIBLING_DEPARTMENT", "EVENTS"),
        ("SAME_DEPARTMENT", "PLATFORM"),
        ("CIRCLE_DEPARTMENT", "HEADQUARTERS"),
    }
    assert any(item["kind"] == "REPEAT_APPLICATION" for item in found)


@dataclass(frozen=True, slots=True)
class Record:
    candidate: str
    status: str
    stage: str
    position: str
    urgency: str
    interview: str | None
    mode: str | None
    response: str | None
    attendance: str | None
    evidence: list[str] | None
    moved: bool
    state: str | None
    cause: str | None
    outcome: str | None
    heard: bool
    expires_at: datetime | None


RECORDS = Statement(
    "tests.demo_records",
    """
    MATCH (c:Candidate {organization: $organization})-[:SUBMITTED]->(a:Application)-[:FOR]->(p:Position)
    OPTIONAL MATCH (a)-[:HAS_INTERVIEW|HAS_CHECK]->(i:Interview|ResumeCheck)
    OPTIONAL MATCH (i)<-[:FINDS]-(f:Finding)
    RETURN c.id AS candidate, c.status AS status, a.stage AS stage, p.status AS position, p.urgency AS urgency,
      i.id AS interview, i.mode AS mode, i.response AS response, i.attendance AS attendance, i.evidence AS evidence,
      EXISTS { (i)-[:RESCHEDULED_TO]->(:Interview)-[:RESCHEDULED_TO]->(:Interview) } AS moved,
      f.state AS state, f.cause AS cause, f.outcome AS outcome, f.statement IS NOT NULL AS heard,
      f.expiresAt AS expires_at
    """,
    row=Record,
)


async def records(graph: Graph) -> list[Record]:
    return await graph.client.read(RECORDS, organization=organization_id())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("status", CandidateStatus),
        ("stage", Stage),
        ("urgency", Urgency),
        ("mode", Mode),
        ("response", Response),
        ("attendance", Attendance),
        ("state", FindingState),
        ("outcome", FindingOutcome),
    ],
)
async def test_every_state_of_a_record_is_there(graph: Graph, name: str, values: type[Enum]) -> None:
    found = {getattr(record, name) for record in await records(graph)} - {None}
    # What a finding is once a timer has erased it: the demo is sown as of now, and no timer has run.
    later = {"ERASED"} if name == "state" else set[str]()
    assert found == {value.value for value in values} - later


async def test_findings_end_in_every_way(graph: Graph) -> None:
    found = await records(graph)
    assert {item.cause for item in found if item.state == "FINAL"} == {cause.value for cause in Cause}
    assert {item.heard for item in found if item.state == "NOTICE_SENT"} == {True, False}
    assert {item.expires_at < NOW for item in found if item.state == "FINAL" and item.expires_at} == {True, False}
    assert {code for item in found for code in item.evidence or []} == {code.value for code in EvidenceCode}
    assert any(item.moved for item in found)


async def test_positions_are_open_and_closed(graph: Graph) -> None:
    assert {record.position for record in await records(graph)} == {"OPEN", "CLOSED"}


async def test_pairs_that_may_be_one_person_are_shown(ask: Ask) -> None:
    query = "query ($id: ID!) { candidate(id: $id) { possibleMatches { id displayName } } }"
    for one, other in (("li-na", "li-anna"), ("chen-siyuan-hz", "chen-siyuan-sh")):
        answer = await ask(query, "hr@demo", id=gid("Candidate", candidate_id(one)))
        assert [match["id"] for match in answer["candidate"]["possibleMatches"]] == [
            gid("Candidate", candidate_id(other))
        ]


async def test_a_closed_department_hands_its_position_on(ask: Ask) -> None:
    query = """
    query ($id: ID!) {
      position(id: $id) { department { code } }
      organization { name nameZh departments { code descendants { code status successor { code } } } }
    }
    """
    answer = await ask(query, "hr@demo", id=gid("Position", position_id("EVENTS_PLANNER")))
    assert answer["position"]["department"]["code"] == "BRAND"
    organization = answer["organization"]
    assert (organization["name"], organization["nameZh"]) == ("Xinghe Group", "星河集团")
    below = {item["code"]: [each["code"] for each in item["descendants"]] for item in organization["departments"]}
    assert below == {
        "HEADQUARTERS": ["HR", "MARKETING", "SALES", "TECHNOLOGY", "BRAND", "DATA", "EVENTS", "GROWTH", "PLATFORM"],
        "SUBSIDIARY": [],
    }
    closed = [each for item in organization["departments"] for each in item["descendants"] if each["successor"]]
    assert closed == [{"code": "EVENTS", "status": "CLOSED", "successor": {"code": "BRAND"}}]


async def test_every_user_of_the_demo_may_ask(ask: Ask) -> None:
    for user in USERS:
        assert (await ask("{ viewer { externalId } }", user))["viewer"] == {"externalId": user}


@dataclass(frozen=True, slots=True)
class Told:
    """An event about a candidate, and about what else."""

    id: str
    recorded_at: datetime
    about: list[str]


TOLD = Statement(
    "tests.demo_told",
    """
    MATCH (:Candidate {organization: $organization})<-[:ABOUT]-(event:Event)
    RETURN event.id AS id, event.recordedAt AS recorded_at,
      COLLECT { MATCH (event)-[:ABOUT]->(about) RETURN about.id ORDER BY about.id } AS about
    ORDER BY id
    """,
    row=Told,
)


@dataclass(frozen=True, slots=True)
class Count:
    count: int


COUNT_NODES = Statement("tests.demo_count_nodes", "MATCH (n) WHERE NOT n:Gate RETURN count(n) AS count", row=Count)
"""But for the gates that writes pass: each is there once it was passed first."""


async def told(graph: Graph) -> list[Told]:
    return await graph.client.read(TOLD, organization=organization_id())


async def nodes(graph: Graph) -> int:
    return (await graph.client.read(COUNT_NODES))[0].count


async def test_the_demo_has_two_hundred_candidates(graph: Graph) -> None:
    found = {record.candidate for record in await records(graph)}
    assert len(found) == CANDIDATES
    assert max(event.recorded_at for event in await told(graph)) < NOW


async def test_chains_of_the_demo_verify(graph: Graph) -> None:
    heads = {organization_id(), *(record.candidate for record in await records(graph))}
    _, _, faults = await events.verify(graph.client)
    assert not [fault for fault in faults if any(head in fault for head in heads)]


async def test_sowing_again_writes_nothing(graph: Graph) -> None:
    before = await nodes(graph)
    with statements_run() as names:
        assert await sow(graph, now=NOW + timedelta(days=5)) is False
    assert names == ["demo.find"]
    assert await nodes(graph) == before
    assert await age(graph, now=NOW + timedelta(days=5)) == timedelta(days=5)


class Killed(Exception):
    """Stands for the end of the process."""


def killed_at(story: int) -> Callable[[int, int], None]:
    def progress(number: int, _: int) -> None:
        if number == story:
            raise Killed

    return progress


async def forget_operations(graph: Graph) -> None:
    async def work(tx: Transaction) -> None:
        await tx.run(FORGET_OPERATIONS, before=NOW)

    await graph.client.write(work)


async def test_a_sowing_broken_off_is_finished(graph: Graph) -> None:
    """What was sown keeps its ids and its times, however much later it is finished.

    Operations are kept for a time only; a sowing that they no longer remember begins anew, with new times.
    """
    events_before = await told(graph)
    await remove(graph, organization_id())
    assert await age(graph, now=NOW) is None
    with pytest.raises(Killed):
        await sow(graph, now=NOW - timedelta(days=1), progress=killed_at(2))
    await forget_operations(graph)
    with pytest.raises(Killed):
        await sow(graph, now=NOW, progress=killed_at(70))
    assert 0 < len(await told(graph)) < len(events_before)
    assert await sow(graph, now=NOW + timedelta(days=2)) is True
    assert await told(graph) == events_before
    assert await sow(graph, now=NOW + timedelta(days=2)) is False


async def test_a_renewal_leaves_other_organizations_alone(graph: Graph, ask: Ask, company: Company) -> None:
    person = Person("王晓雨", "xiaoyu.wang@example.com", "+86 101 9999 0001")
    await company.at(days=103).no_show(await company.application("marketing", person))
    company.at(days=1)
    application = await company.application("technology", person)
    seen = await ask(WHOLE, company.user("technology"), id=gid("Application", application))
    assert seen["application"]["candidate"]["email"] == person.email
    assert len(seen["application"]["reminders"]) == 2
    before = await told(graph), await nodes(graph)
    await renew(graph, now=NOW)
    graph.keys._open.clear()  # as after a restart: only what is stored can be read
    assert (await told(graph), await nodes(graph)) == before
    assert await ask(WHOLE, company.user("technology"), id=gid("Application", application)) == seen


async def test_pools_go_with_their_positions(graph: Graph, company: Company) -> None:
    await company.application("technology")
    at = {"organization": company.hr.viewer.organization}
    before = await nodes(graph)
    await graph.client.write(lambda tx: tx.run(REMOVE_POOLS, **at))
    assert before - await nodes(graph) == 1


async def test_only_a_demo_is_removed(graph: Graph, company: Company) -> None:
    before = await nodes(graph)
    await remove(graph, company.hr.viewer.organization)
    assert await nodes(graph) == before
