"""Kept scores, recomputed from events alone: whatever came before, what was erased since, and what was left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from graph import credit, score_records, timers
from graph.events import LIST_CANDIDATE_EVENTS, About, EventType
from graph.interviews import Attendance, Response, Side
from graph.observations import observe
from graph.policies import DEFAULTS
from graph.proofs import ProofVerdict
from graph.retention import erase
from graph.score_records import Kept
from graph.scores import scored as made_of
from graph.shifts import AttendanceKind
from graph.timers import TimerKind
from graph.timesheets import Fact
from graph.writing import Desk
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.test_merging import Pair, pair
from tests.test_proofs import document
from tests.test_scores import SCORE, Scored, at_work, person, scored

__all__ = ["pair", "scored"]

ERASED_SINCE = "a finding that counted in it was erased since"
MAY_HAVE = "a finding that it may have stood on was erased since"


async def kept(scored: Scored, application: str, viewer: str = "hr") -> str:
    """Keeps the score of an application's candidate, whose id it returns."""
    shown = await scored.of(application, viewer)
    answer = await scored.ask.do("recordScore", scored.company.user(viewer), SCORE, candidate=shown["id"])
    assert answer["score"] == shown["score"]
    return uid(shown["id"])


async def verified(ask: Ask, candidate: str) -> list[Kept]:
    return await score_records.verify_candidate(ask.graph.client, candidate)


async def recomputes(ask: Ask, candidate: str) -> bool:
    found = await verified(ask, candidate)
    return bool(found) and all(each.fault is None and each.found == each.kept for each in found)


async def erased(ask: Ask, company: Company, finding: str, candidate: str) -> datetime:
    """Lets the time of a finding come; when that was."""
    query = "query E($id: ID!) { node(id: $id) { ... on Finding { eraseAt occurredAt } } }"
    node = (await ask(query, company.user("hr"), id=gid("Finding", finding)))["node"]
    never_decided = datetime.fromisoformat(node["occurredAt"]) + timedelta(days=DEFAULTS.erases_days)
    at = (datetime.fromisoformat(node["eraseAt"]) if node["eraseAt"] else never_decided).astimezone(UTC)
    name, organization = timers.name(TimerKind.ERASE_FINDING, finding), company.hr.viewer.organization
    timer = timers.Timer(name, "ERASE_FINDING", finding, organization, candidate, at, 0)
    assert await timers.take(ask.graph, timer, at, erase)
    return at


async def test_who_asked_late_and_then_cancelled_told_first(scored: Scored, ask: Ask) -> None:
    """Whether it is cancelled on another day or recorded so: it was told when another time was first asked for."""
    application = await person(scored)
    hr = scored.company.at(days=6)
    for cancels in (True, False):
        hr.at += timedelta(days=1)
        ahead = await hr.interview(application, starts_at=hr.at + timedelta(hours=25))
        hr.at += timedelta(hours=5)
        await hr.request(ahead)
        hr.at += timedelta(hours=16)
        if cancels:
            await hr.cancel(ahead, Side.CANDIDATE)
        else:
            await hr.attendance(ahead, Attendance.CANCELLED_BY_CANDIDATE)
    told = (await scored.score(application))["factors"]
    (line,) = (each for each in told if each["dimension"] == "COMMUNICATION")
    assert [each["on"] for each in line["evidence"]] == ["2026-11-15", "2026-11-17"]
    assert await recomputes(ask, await kept(scored, application))


async def test_telling_late_weighs_only_where_it_could_be_in_time(
    scored: Scored, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by whom was invited too late, never accepted or is excused; and a request by what the rule made of it then.

    By the rules before, each was late; kept so, it still recomputes.
    """
    application, rates = await person(scored), list[float | None]()

    def by_the_third(values: Sequence[Any]) -> Any:
        policy, facts, now = made_of(values)
        at = datetime.combine(now.on, time(9), tzinfo=UTC)
        return policy, facts, credit.score(policy, observe(policy, facts, at, rules=3), at, rules=3)

    def third(desk: Desk, type: EventType, about: About | None = None, **more: Any) -> Any:
        told: dict[str, Any] = {**more, "rules": 3} if "rules" in more else more
        return RECORD(desk, type, about, **told)

    async def told() -> None:
        lines = (await scored.score(application))["factors"]
        rates.append(next(each["rawValue"] for each in lines if each["dimension"] == "COMMUNICATION"))

    company = scored.company
    hr = company.at(hours=50)
    asked = await hr.interview(application, starts_at=NOW - timedelta(hours=1))
    hr.at = NOW - timedelta(hours=2)
    proof = await hr.proof(asked, document(), request=await hr.request(asked))
    await hr.verdict(proof, ProofVerdict.ACCEPTED)
    await hr.cancel(asked, Side.CANDIDATE)
    await told()
    company.at(hours=30)
    short = await hr.interview(application, starts_at=NOW - timedelta(hours=10))
    company.at(hours=29)
    await hr.cancel(short, Side.CANDIDATE)
    company.at(hours=80)
    silent = await hr.interview(application, starts_at=NOW - timedelta(hours=2), response=None)
    company.at(hours=4)
    await hr.cancel(silent, Side.CANDIDATE)
    await told()
    company.at(hours=100)
    await hr.policy(reschedule_notice_hours=12)
    later = await hr.interview(application, starts_at=NOW - timedelta(hours=11))
    company.at(hours=24)
    await hr.request(later)
    await told()
    assert rates == [None, None, 1.0]
    id = gid("Candidate", await kept(scored, application))
    with monkeypatch.context() as patch:
        patch.setattr(score_records, "scored", by_the_third)
        patch.setattr(Desk, "record", third)
        await ask.do("recordScore", company.user("hr"), candidate=id)
    found = [json.loads(each.kept or "") for each in await verified(ask, uid(id))]
    assert [each["observations"] for each in found] == [5, 7]
    assert await recomputes(ask, uid(id))


async def test_a_time_that_was_let_go_of_recomputes(scored: Scored, ask: Ask) -> None:
    """Asked late for another time, declined, and given to somebody else: by the events as by the graph it was told in
    time, as the score has it."""
    company, application = scored.company, await person(scored)
    other = (await scored.of(await company.application("marketing"), "hr"))["id"]
    hr = company.at(days=0)
    await hr.policy(reschedule_notice_hours=48)
    ahead = await hr.interview(application, starts_at=NOW + timedelta(hours=30))
    await hr.request(ahead)
    await hr.respond(ahead, Response.DECLINED)
    input = {"interview": gid("Interview", ahead), "candidates": [other]}
    assert (await ask.do("offerFreedSlot", company.user("marketing"), "state", **input))["state"] == "OFFERED"
    assert await recomputes(ask, await kept(scored, application))


def naming_nobody(desk: Desk, type: EventType, about: About | None = None, **more: Any) -> Any:
    """As an event told of a kept score before it named whose it was."""
    return RECORD(desk, type, None if type is EventType.SCORE_COMPUTED else about, **more)


RECORD = Desk.record


@pytest.mark.parametrize("from_before", [False, True])
async def test_a_kept_score_is_told_to_its_own_department_alone(
    scored: Scored, ask: Ask, monkeypatch: pytest.MonkeyPatch, from_before: bool
) -> None:
    """That Marketing kept one says that it decided, which is nothing for the other departments of the same person.

    Of one from before events said whose it was, HR alone is told, since nobody knows that it is theirs.
    """
    company, someone = scored.company, scored.company.person("周末")
    company.at(days=9)
    application = await company.application("marketing", someone)
    await company.application("technology", someone)
    if from_before:
        monkeypatch.setattr(Desk, "record", naming_nobody)
    await kept(scored, application, "marketing")
    query = "query T($id: ID!) { node(id: $id) { ... on Candidate { profile { timeline { event } } } } }"
    kinds = "query K($id: ID!) { node(id: $id) { ... on Event { type } } }"
    candidate = (await scored.of(application, "hr"))["id"]
    told = dict[str, set[str]]()
    for viewer in ("marketing", "technology", "hr"):
        shown = (await ask(query, company.user(viewer), id=candidate))["node"]["profile"]["timeline"]
        events = [await ask(kinds, company.user(viewer), id=each["event"]) for each in shown]
        told[viewer] = {each["node"]["type"] for each in events}
    assert told["technology"] == {"APPLICATION_SUBMITTED"}
    assert told["hr"] == {"APPLICATION_SUBMITTED", "SCORE_COMPUTED"}
    assert told["marketing"] == told["technology" if from_before else "hr"]


async def test_an_observation_that_was_left_out_is_noticed(
    scored: Scored, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a score should have stood on is told by the events, and not by the score itself."""
    application = await person(scored)

    def without_the_last(values: Sequence[Any]) -> Any:
        now, policy, switches, role, status, interviews, *rest = values
        return made_of([now, policy, switches, role, status, interviews[:-1], *rest])

    with monkeypatch.context() as patch:
        patch.setattr(score_records, "scored", without_the_last)
        id = (await scored.of(application, "marketing", "displayName"))["id"]
        await ask.do("recordScore", scored.company.user("marketing"), candidate=id)
    (found,) = await verified(ask, uid(id))
    assert found.fault is not None
    assert "recomputed from the events it is another" in found.fault


async def test_each_department_is_held_to_what_it_holds(scored: Scored, ask: Ask) -> None:
    """Interviews, checks of a résumé and days at work of others are no part of what it left out."""
    company, known = scored.company, scored.company.person()
    at_marketing = await company.application("marketing", known)
    for days in (50, 40, 30):
        await scored.attended(at_marketing, days=days)
    at_technology = await company.application("technology", known)
    for days in (29, 28, 27):
        await scored.attended(at_technology, days=days)
    await at_work(company, known, "technology")
    check = {"claim": "Employment until 2024", "method": "A call.", "source": "Former employer", "outcome": "VERIFIED"}
    for application in (at_marketing, at_technology):
        given = {**check, "application": gid("Application", application), "checkedOn": "2026-11-01"}
        assert "code" not in await ask.do("recordResumeCheck", company.user("hr"), **given)
    seen = {
        viewer: (await scored.score(application, viewer))["observations"]
        for viewer, application in (("marketing", at_marketing), ("technology", at_technology), ("hr", at_marketing))
    }
    assert seen == {"marketing": 4, "technology": 5, "hr": 9}
    candidate = await kept(scored, at_marketing, "marketing")
    for viewer in ("technology", "hr"):
        await kept(scored, at_technology, viewer)
    assert len(await verified(ask, candidate)) == 3
    assert await recomputes(ask, candidate)


def made_by(rules: int) -> Callable[[Sequence[Any]], Any]:
    """Makes scores as they were made by these rules."""

    def scored(values: Sequence[Any]) -> Any:
        policy, facts, now = made_of(values)
        at = datetime.combine(now.on, time(12), tzinfo=UTC)
        return policy, facts, credit.score(policy, observe(policy, facts, at, rules=rules), at, rules=rules)

    return scored


async def test_a_score_is_held_to_the_rules_that_made_it(
    scored: Scored, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One day of absence was the rate of its month before the rules had a version, and the score good for 30 days
    whatever left its window by then; kept so, it still recomputes."""
    known = scored.company.person()
    application = await scored.company.application("marketing", known)
    for days in (30, 20, 10):
        await scored.attended(application, days=days)
    ask.now = NOW + timedelta(days=695)
    await at_work(scored.company, known, facts=[Fact(AttendanceKind.ABSENT, date(2026, 10, 20))])

    def unversioned(desk: Desk, type: EventType, about: About | None = None, **more: Any) -> Any:
        return RECORD(desk, type, about, **{name: value for name, value in more.items() if name != "rules"})

    id = uid((await scored.of(application, "hr", "displayName"))["id"])
    with monkeypatch.context() as patch:
        patch.setattr(score_records, "scored", made_by(1))
        patch.setattr(Desk, "record", unversioned)
        await ask.do("recordScore", scored.company.user("hr"), candidate=gid("Candidate", id))
    ask.now += timedelta(minutes=1)
    assert (await scored.score(application))["observations"] == 4
    await kept(scored, application)
    told = [json.loads(each.kept or "") for each in await verified(ask, id)]
    assert [(each["observations"], each["validUntil"]) for each in told] == [(5, "2028-11-14"), (4, "2028-10-20")]
    assert await recomputes(ask, id)


async def test_a_job_on_two_merged_records_counts_once(
    scored: Scored, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Imported under a staff number and under an address. Counted twice before the rules knew, it still recomputes so;
    and the records apart have it each."""
    company = scored.company
    applications: list[str] = []
    for _ in range(2):
        known = company.person("李雷")
        applications.append(await company.application("marketing", known))
        await at_work(company, known)
    for days in (30, 20, 10):
        await scored.attended(applications[0], days=days)
    first, second = [(await scored.of(each, "hr", "id"))["id"] for each in applications]
    assert (await scored.score(applications[0]))["observations"] == 4
    await company.hr.merge(uid(first), uid(second))
    with monkeypatch.context() as patch:
        patch.setattr(score_records, "scored", made_by(4))
        patch.setattr(credit, "RULES", 4)
        await ask.do("recordScore", company.user("hr"), candidate=first)
    ask.now += timedelta(minutes=1)
    await kept(scored, applications[0])
    told = [json.loads(each.kept or "") for each in await verified(ask, uid(first))]
    assert [each["observations"] for each in told] == [5, 4]
    assert await recomputes(ask, uid(first))


async def test_a_check_counts_on_the_employers_day(scored: Scored, ask: Ask) -> None:
    """Two in the morning of the 21st in Shanghai is the 20th in UTC: what is dated today counts at once."""
    application = await person(scored)
    before = (await scored.score(application))["observations"]
    ask.now = datetime(2026, 11, 20, 18, tzinfo=UTC)
    check = {"claim": "Employment until 2024", "method": "A call.", "source": "Former employer", "outcome": "VERIFIED"}
    given = {**check, "application": gid("Application", application), "checkedOn": "2026-11-21"}
    assert "code" not in await ask.do("recordResumeCheck", scored.company.user("hr"), **given)
    assert (await scored.score(application))["observations"] == before + 1
    assert await recomputes(ask, await kept(scored, application))


async def test_a_corrected_employment_is_another_observation(scored: Scored, ask: Ask) -> None:
    """Kept three months by what was told first, a year and more by the correction: both scores recompute."""
    known = scored.company.person()
    application = await scored.company.application("marketing", known)
    for days in (30, 20, 10):
        await scored.attended(application, days=days)
    department = gid("Department", scored.company.departments["marketing"])
    told = {"department": department, "candidate": {"displayName": known.display_name, "email": known.email}}
    days = {"startedOn": "2025-06-01", "endedOn": "2025-08-31"}
    hr = scored.company.user("hr")
    made = await ask.do("recordEmployment", hr, **told, title="Seller", **days)
    candidate = await kept(scored, application)
    ask.now += timedelta(minutes=1)
    given = {"employment": made["id"], "reason": "The contract went on.", "endedOn": "2026-10-31"}
    assert "code" not in await ask.do("correctEmployment", hr, **given)
    assert await kept(scored, application) == candidate
    scores = [json.loads(each.kept or "") for each in await verified(ask, candidate)]
    # Raw values are kept in ten-thousandths.
    stability = [factor[1] for told in scores for factor in told["factors"] if factor[0] == "STABILITY"]
    assert stability == [0, 10_000]
    assert await recomputes(ask, candidate)


async def test_scores_outlive_the_erasure_of_a_finding(scored: Scored, ask: Ask) -> None:
    """One that was kept afterwards recomputes; one from before says that it cannot be any more, and is no fault."""
    company = scored.company
    application = await company.application("marketing")
    for days in (30, 20, 10):
        await scored.attended(application, days=days)
    candidate = await kept(scored, application)
    finding = await scored.no_show(application)
    ask.now += timedelta(minutes=1)
    await kept(scored, application)
    ask.now = await erased(ask, company, finding, candidate) + timedelta(days=1)
    await kept(scored, application)
    before, counted, after = await verified(ask, candidate)
    assert [each.fault for each in (before, counted, after)] == [None, None, None]
    assert (before.note, before.found) == (None, before.kept)
    assert ERASED_SINCE in (counted.note or "")
    assert counted.kept is None
    assert (after.note, after.found) == (None, after.kept)
    assert await scored.company.faults() == []


async def test_an_erasure_leaves_what_another_finding_says(scored: Scored, ask: Ask) -> None:
    """Two findings of one interview, the first void: its time takes away its own events alone."""
    company = scored.company
    application = await company.application("marketing")
    for days in (30, 20, 10):
        await scored.attended(application, days=days)
    hr = company.at(days=60)
    interview = await hr.missed(application)
    first = await hr.suspicion(interview)
    await hr.void(first)
    second = await hr.suspicion(interview)
    await hr.notice(second)
    hr.at += timedelta(days=4)
    await hr.confirmation(second)
    candidate = await kept(scored, application)
    await erased(ask, company, first, candidate)
    ask.now += timedelta(minutes=1)
    shown = await scored.score(application)
    assert {each["finding"] for each in shown["counterfactuals"]} == {gid("Finding", second)}
    await kept(scored, application)
    before, after = await verified(ask, candidate)
    assert MAY_HAVE in (before.note or "")
    assert (after.note, after.fault, after.found) == (None, None, after.kept)
    assert await scored.company.faults() == []


async def test_a_kept_score_that_lost_what_it_said_is_a_fault(scored: Scored, ask: Ask) -> None:
    """Where no erasure took it: by both commands."""
    application = await person(scored)
    candidate = await kept(scored, application)
    (event,) = [
        each
        for each in await ask.graph.client.read(LIST_CANDIDATE_EVENTS, heads=[candidate])
        if each.type == "SCORE_COMPUTED"
    ]

    async def put(payload: str | None, salt: str | None) -> None:
        async with ask.graph.client.driver.session(database=ask.graph.client.database) as session:
            text = "MATCH (e:Event {id: $id}) SET e.payload = $payload, e.salt = $salt"
            await (await session.run(text, id=event.id, payload=payload, salt=salt)).consume()

    await put(None, None)
    (found,) = await verified(ask, candidate)
    assert "no erasure took it" in (found.fault or "")
    assert any("its payload was removed" in each for each in await scored.company.faults())
    await put(event.payload, event.salt)
    assert await recomputes(ask, candidate)


async def test_a_score_across_a_merge_recomputes(scored: Scored, ask: Ask, pair: Pair) -> None:
    """Also where an interview of the one record lets a no-show of the other end sooner, and its erasure takes kept
    scores of both."""
    company = scored.company
    hr = company.user("hr")
    await ask.do("mergeCandidates", hr, candidate=pair.first, other=pair.second)
    for days in (30, 20, 10):
        await scored.attended(pair.filed, days=days)
    for application in (pair.filed, pair.missed):
        await kept(scored, application)
    for id in (pair.first, pair.second):
        assert await recomputes(ask, uid(id))
    finding = (await scored.score(pair.filed))["counterfactuals"][0]["finding"]
    await ask.do("splitCandidate", hr, candidate=pair.second)
    await erased(ask, company, uid(finding), uid(pair.first))
    for id in (pair.first, pair.second):
        (found,) = await verified(ask, uid(id))
        assert ERASED_SINCE in (found.note or "")
    assert await scored.company.faults() == []


@pytest.mark.parametrize("how", ["erase", "restrict"])
async def test_a_record_that_is_gone_feeds_no_score_of_the_other(
    scored: Scored, ask: Ask, pair: Pair, how: str
) -> None:
    """Nor one that is restricted; what was kept before says so, or still recomputes."""
    company = scored.company
    for days in (30, 20, 10):
        await scored.attended(pair.filed, days=days)
    alone = await scored.of(pair.filed, "hr", f"{SCORE} profile {{ timeline {{ event }} }}")
    await ask.do("mergeCandidates", company.user("hr"), candidate=pair.first, other=pair.second)
    await kept(scored, pair.filed)
    await getattr(company.at(days=0), how)(uid(pair.first))
    ask.now += timedelta(minutes=1)
    left = await scored.of(pair.filed, "hr", f"{SCORE} profile {{ timeline {{ event }} }}")
    assert left["score"]["factors"] == alone["score"]["factors"]
    assert len(left["profile"]["timeline"]) < len(alone["profile"]["timeline"]) + 5
    await kept(scored, pair.filed)
    before, after = await verified(ask, uid(pair.second))
    assert (before.fault, after.fault, after.found) == (None, None, after.kept)
    assert ("was erased" in (before.note or "")) is (how == "erase")
