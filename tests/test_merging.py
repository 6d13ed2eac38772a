"""Two records of one person are read together, and neither is rewritten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph import score_records
from graph.receipts import Receipts
from graph.visibility import Claim
from tests.conftest import Ask, Company, gid, uid
from tests.due import facts_of
from tests.ledger import refused
from tests.test_receipts import look, receipts
from tests.test_scores import SCORE, Scored, enabled

RECORD = """
query Record($id: ID!) { candidate(id: $id) {
  sameAs { id } applications { totalCount } interviews { totalCount } noShows { totalCount } findings { totalCount }
  attendance { interviews noShows } possibleMatches { id }
} }
"""
PATH = "query P($from: ID!, $to: ID!) { path(from: $from, to: $to, depth: 6) { nodes { id } edges { kind } } }"
AROUND = "query A($root: ID!) { subgraph(root: $root, depth: 1) { nodes { id } edges { kind } } }"
REMINDERS = "query R($id: ID!) { application(id: $id) { reminders { kind noShow { id } } } }"


__all__ = ["receipts"]


class Pair:
    """One person who missed an interview with Marketing, and applied to Technology under another address."""

    first: str
    second: str
    filed: str
    missed: str


@pytest.fixture
async def pair(ask: Ask, company: Company) -> Pair:
    made = Pair()
    company.at(days=60)
    made.missed = await company.application("marketing", company.person("李雷"))
    await company.hr.no_show(made.missed)
    company.at(days=1)
    made.filed = await company.application("technology", company.person("李雷"))
    query = "query W($id: ID!) { application(id: $id) { candidate { id } } }"
    ids: list[str] = []
    for application in (made.missed, made.filed):
        found = await ask(query, company.user("hr"), id=gid("Application", application))
        ids.append(found["application"]["candidate"]["id"])
    made.first, made.second = ids
    assert made.first != made.second
    return made


async def reminders(ask: Ask, company: Company, pair: Pair) -> list[dict[str, Any]]:
    found = await ask(REMINDERS, company.user("technology"), id=gid("Application", pair.filed))
    return found["application"]["reminders"]


async def test_a_mark_is_read_across_a_merge_until_the_split(ask: Ask, company: Company, pair: Pair) -> None:
    before = (await ask(RECORD, company.user("hr"), id=pair.second))["candidate"]
    assert await reminders(ask, company, pair) == []
    await ask.do("mergeCandidates", company.user("hr"), candidate=pair.first, other=pair.second)
    kinds = [each["kind"] for each in await reminders(ask, company, pair)]
    assert sorted(kinds) == ["REPEAT_APPLICATION", "SIBLING_DEPARTMENT"]
    for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
        merged = (await ask(RECORD, company.user("hr"), id=one))["candidate"]
        assert merged["sameAs"] == {"id": other}
        assert merged["applications"] == {"totalCount": 2}
        assert merged["noShows"] == merged["findings"] == merged["interviews"] == {"totalCount": 1}
        assert merged["attendance"] == {"interviews": 1, "noShows": 1}
    await company.application("technology", company.person("No mark"))
    query = "{ candidates(orderBy: NO_SHOWS_DESC) { nodes { id noShows { totalCount } } } }"
    ordered = (await ask(query, company.user("hr")))["candidates"]["nodes"]
    assert [each["noShows"]["totalCount"] for each in ordered] == [1, 1, 0]
    near = (await ask(RECORD, company.user("technology"), id=pair.second))["candidate"]
    assert (near["sameAs"], near["noShows"], near["applications"]) == (None, {"totalCount": 1}, {"totalCount": 1})
    assert await company.faults() == []
    await ask.do("splitCandidate", company.user("hr"), candidate=pair.second)
    assert (await ask(RECORD, company.user("hr"), id=pair.second))["candidate"] == before
    assert await reminders(ask, company, pair) == []
    assert await company.faults() == []


async def test_whoever_was_shown_a_mark_across_a_merge_is_told_when_it_goes(
    ask: Ask, company: Company, pair: Pair
) -> None:
    """Also once the records are split; and nobody who looked at the other one before the merge, or after the split."""
    await company.hr.no_show(pair.filed)
    ask.receipts = Receipts(ask.graph, lambda: ask.now)
    both = {"candidate": pair.first, "other": pair.second}

    async def look(viewer: str) -> None:
        ask.now += timedelta(minutes=1)
        query = "query L($id: ID!) { candidate(id: $id) { noShows { totalCount } } }"
        assert (await ask(query, company.user(viewer), id=pair.second))["candidate"]["noShows"]["totalCount"] > 0
        ask.now += timedelta(minutes=1)

    await look("auditor")
    await ask.do("mergeCandidates", company.user("hr"), **both)
    await look("technology")
    await ask.do("splitCandidate", company.user("hr"), candidate=pair.second)
    await look("auditor")
    await ask.receipts.flush()
    query = "query M($id: ID!) { candidate(id: $id) { noShows { nodes { id } } } }"
    (mark,) = (await ask(query, company.user("hr"), id=pair.first))["candidate"]["noShows"]["nodes"]
    company.hr.at = ask.now
    await company.hr.void(uid(mark["id"]))
    looked = uid((await ask("{ viewer { id } }", company.user("technology")))["viewer"]["id"])
    told = {fact["to"] for fact in await facts_of(ask.graph, company, "MARK_WITHDRAWN")}
    assert told == {company.hr.viewer.id, looked}


async def test_a_way_leads_from_one_record_to_the_other(ask: Ask, company: Company, pair: Pair) -> None:
    """For whom both are own: to others neither the way nor what is at its end is there."""
    await ask.do("mergeCandidates", company.user("hr"), candidate=pair.first, other=pair.second)
    ends = {"from": gid("Application", pair.missed), "to": gid("Application", pair.filed)}
    found = (await ask(PATH, company.user("hr"), **ends))["path"]
    assert [edge["kind"] for edge in found["edges"]] == ["SAME_AS", "SUBMITTED", "SUBMITTED"]
    assert [node["id"] for node in found["nodes"]] == [ends["from"], pair.first, pair.second, ends["to"]]
    assert (await ask(PATH, company.user("technology"), **ends))["path"] is None
    for viewer, count in (("hr", 1), ("technology", 0)):
        around = (await ask(AROUND, company.user(viewer), root=pair.second))["subgraph"]
        assert [edge["kind"] for edge in around["edges"]].count("SAME_AS") == count
        assert (pair.first in [node["id"] for node in around["nodes"]]) is bool(count)
    await ask.do("splitCandidate", company.user("hr"), candidate=pair.second)
    around = (await ask(AROUND, company.user("hr"), root=pair.second))["subgraph"]
    assert pair.first not in [node["id"] for node in around["nodes"]]


async def test_a_person_reads_both_records(ask: Ask, company: Company, pair: Pair) -> None:
    claim = Claim(uid(pair.second), pair.filed, verified=True)
    query = "{ myRecord { findings { totalCount } applications { totalCount } } }"
    alone = (await ask(query, claim))["myRecord"]
    await ask.do("mergeCandidates", company.user("hr"), candidate=pair.first, other=pair.second)
    both = (await ask(query, claim))["myRecord"]
    assert alone == {"findings": {"totalCount": 0}, "applications": {"totalCount": 1}}
    assert both == {"findings": {"totalCount": 1}, "applications": {"totalCount": 2}}


async def test_who_merges_owns_an_application_of_both(ask: Ask, company: Company, pair: Pair) -> None:
    for viewer, field in (("technology", "candidate"), ("marketing", "other"), ("subsidiary", "candidate")):
        answer = await ask.do("mergeCandidates", company.user(viewer), candidate=pair.first, other=pair.second)
        assert answer == refused("mergeCandidates", "NOT_FOUND", field)
    company.at(hours=1)


async def test_who_splits_owns_an_application_of_both(ask: Ask, company: Company, pair: Pair) -> None:
    """A recruiter would else rid their own of the other record's mark."""
    await ask.do("mergeCandidates", company.user("hr"), candidate=pair.first, other=pair.second)
    for viewer in ("technology", "marketing"):
        for candidate in (pair.first, pair.second):
            answer = await ask.do("splitCandidate", company.user(viewer), candidate=candidate)
            assert answer == refused("splitCandidate", "NOT_FOUND", "candidate")
    assert (await ask.do("splitCandidate", company.user("hr"), candidate=pair.second))["id"] == pair.second


async def test_looks_and_requests_are_read_across_a_merge(
    ask: Ask, company: Company, pair: Pair, receipts: Receipts
) -> None:
    """By either link, and one request of a kind is open for the person."""
    await ask.do("mergeCandidates", company.user("hr"), candidate=pair.first, other=pair.second)
    await look(ask, receipts, company.user("technology"), REMINDERS, id=gid("Application", pair.filed))
    claims = [
        Claim(uid(pair.first), pair.missed, verified=True),
        Claim(uid(pair.second), pair.filed, verified=True),
    ]
    await ask.do("fileRequest", claims[0], kind="CORRECTION", text="My name.")
    query = "{ myRecord { accesses { nodes { who } } requests { nodes { kind } } } }"
    first, second = [(await ask(query, claim))["myRecord"] for claim in claims]
    assert first == second
    assert company.user("technology") in [each["who"] for each in first["accesses"]["nodes"]]
    assert first["requests"]["nodes"] == [{"kind": "CORRECTION"}]
    again = await ask.do("fileRequest", claims[1], kind="CORRECTION", text="My name.")
    assert again == refused("fileRequest", "RIGHTS_REQUEST_OPEN", "kind")


async def test_an_admin_merges_who_never_applied(ask: Ask, company: Company, pair: Pair) -> None:
    """Somebody who was hired without an application has a record too."""
    admin = company.user("hr")
    hired = await ask.do(
        "recordEmployment",
        admin,
        "candidate { id }",
        department=gid("Department", company.departments["marketing"]),
        candidate={"displayName": "李雷", "email": f"hired@{company.tag}"},
        title="Analyst",
        startedOn="2026-01-05",
    )
    merged = await ask.do("mergeCandidates", admin, "id", candidate=pair.first, other=hired["candidate"]["id"])
    assert merged["id"] == pair.first


async def test_a_merge_is_a_pair_within_one_circle(ask: Ask, company: Company, pair: Pair) -> None:
    query = "query W($id: ID!) { application(id: $id) { candidate { id } } }"
    others: list[str] = []
    for department in ("subsidiary", "brand"):
        application = await company.application(department, company.person("李雷"))
        found = await ask(query, company.user("hr"), id=gid("Application", application))
        others.append(found["application"]["candidate"]["id"])
    outside, third = others

    async def merge(candidate: str, other: str) -> Any:
        return await ask.do("mergeCandidates", company.user("hr"), candidate=candidate, other=other)

    assert await merge(pair.first, outside) == refused("mergeCandidates", "OTHER_CIRCLE", "other")
    assert await merge(pair.first, pair.first) == refused("mergeCandidates", "INVALID_VALUE", "other")
    await merge(pair.first, pair.second)
    assert await merge(third, pair.first) == refused("mergeCandidates", "ALREADY_MERGED", "other")
    assert await ask.do("splitCandidate", company.user("hr"), candidate=third) == refused(
        "splitCandidate", "NOT_MERGED", "candidate"
    )


async def test_an_erasure_takes_both_records(ask: Ask, company: Company, pair: Pair) -> None:
    await ask.do("mergeCandidates", company.user("hr"), candidate=pair.first, other=pair.second)
    claim = Claim(uid(pair.second), pair.filed, verified=True)
    id = (await ask.do("fileRequest", claim, kind="ERASURE"))["id"]
    await ask.do("answerRequest", company.user("hr"), rightsRequest=id, answer="GRANTED")
    query = "query S($id: ID!) { candidate(id: $id) { status displayName } }"
    for candidate in (pair.first, pair.second):
        seen = (await ask(query, company.user("hr"), id=candidate))["candidate"]
        assert seen == {"status": "ERASED", "displayName": None}
    assert await company.faults() == []


@pytest.mark.parametrize("asked", ["before the merge", "after the merge"])
async def test_a_restriction_holds_for_both_records_until_the_split(
    ask: Ask, company: Company, pair: Pair, asked: str
) -> None:
    """Of two people who were merged by mistake, the one who never asked for it is free again."""

    async def statuses() -> list[str]:
        query = "query S($id: ID!) { candidate(id: $id) { status } }"
        found = [await ask(query, company.user("hr"), id=each) for each in (pair.first, pair.second)]
        return [each["candidate"]["status"] for each in found]

    async def restricted() -> None:
        id = (await ask.do("fileRequest", claim, kind="RESTRICTION"))["id"]
        await ask.do("answerRequest", company.user("hr"), rightsRequest=id, answer="GRANTED")

    claim = Claim(uid(pair.first), pair.missed, verified=True)
    both = {"candidate": pair.second, "other": pair.first}
    if asked == "before the merge":
        await restricted()
        assert await statuses() == ["RESTRICTED", "ACTIVE"]
    await ask.do("mergeCandidates", company.user("hr"), **both)
    if asked == "after the merge":
        await restricted()
    assert await statuses() == ["RESTRICTED", "RESTRICTED"]
    await ask.do("splitCandidate", company.user("hr"), candidate=pair.second)
    assert await statuses() == ["RESTRICTED", "ACTIVE"]
    assert await company.faults() == []


async def test_profile_and_score_are_read_across_a_merge(ask: Ask, company: Company, pair: Pair) -> None:
    """And a kept one recomputes from both chains; after the split, each record is reckoned alone again."""
    await enabled(company)
    scored = Scored(company, ask)
    for days in (30, 20, 10):
        await scored.attended(pair.filed, days=days)
    selection = f"{SCORE} profile {{ timeline {{ event }} dimensions {{ observations }} }}"
    alone = await scored.of(pair.filed, "hr", selection)
    assert alone["score"]["observations"] == 3
    await ask.do("mergeCandidates", company.user("hr"), candidate=pair.first, other=pair.second)
    together = [await scored.of(application, "hr", selection) for application in (pair.filed, pair.missed)]
    assert [each["score"]["observations"] for each in together] == [4, 4]
    assert together[0]["score"] == together[1]["score"]
    assert together[0]["score"]["points"] < alone["score"]["points"]
    assert len(together[0]["profile"]["timeline"]) > len(alone["profile"]["timeline"]) + 5
    for id in (pair.first, pair.second):
        await ask.do("recordScore", company.user("hr"), candidate=id)
    await ask.do("splitCandidate", company.user("hr"), candidate=pair.second)
    assert (await scored.of(pair.filed, "hr", selection))["score"] == alone["score"]
    for id in (pair.first, pair.second):
        found = await score_records.verify_candidate(ask.graph.client, uid(id))
        assert [(each.fault, each.found is not None) for each in found] == [(None, True)]
