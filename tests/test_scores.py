"""Scores and the label, as people read them: who sees one, upon what, in one statement, and what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from graph import score_records, timers
from graph.applications import Stage
from graph.candidates import Person
from graph.employments import NewEmployment
from graph.events import GENESIS
from graph.interviews import Attendance, Mode, Side
from graph.loading import as_text
from graph.retention import erase
from graph.shifts import AttendanceKind
from graph.timers import TimerKind
from graph.timesheets import Fact
from graph.visibility import Claim, OrganizationRole
from graph.writing import random_id
from seeds import makers
from tests.bench.filling import APPLICATIONS, CANDIDATES, unwind
from tests.conftest import NOW, Ask, Company, gid, uid

SCORE = """score {
  status offBecause points band bandLabel asOf validUntil policyVersion inputsHash observations minimum
  text(locale: EN) advice
  factors { dimension dimensionLabel weight prior rawValue value points observations missing text(locale: EN)
    evidence { ids on value weight fadesOn text } }
  counterfactuals { finding change points band text }
}"""
LABELS = "labels { name nameLabel dimension policyVersion expiresOn text grounds { ids on count expiresOn text } }"


@dataclass
class Scored:
    """A company whose score policy is in force, and how its people are asked about."""

    company: Company
    ask: Ask

    async def of(self, application: str, viewer: str | Claim = "hr", selection: str = SCORE) -> Any:
        query = f"query S($id: ID!) {{ application(id: $id) {{ candidate {{ id {selection} }} }} }}"
        who = viewer if isinstance(viewer, Claim) else self.company.user(viewer)
        return (await self.ask(query, who, id=gid("Application", application)))["application"]["candidate"]

    async def score(self, application: str, viewer: str | Claim = "hr") -> Any:
        return (await self.of(application, viewer))["score"]

    async def attended(self, application: str, *, days: float = 10, mode: Mode = Mode.AI_LIVE) -> str:
        hr = self.company.at(days=days)
        interview = await hr.interview(application, starts_at=hr.at + timedelta(hours=1), mode=mode)
        hr.at += timedelta(hours=3)
        return await hr.attendance(interview, Attendance.ATTENDED)

    async def no_show(self, application: str, days: float = 60) -> str:
        return await self.company.at(days=days).no_show(application)


async def enabled(company: Company) -> str:
    """Puts the default policy in force by two people."""
    hr = company.at(days=300)
    policy = await hr.score_policy()
    await hr.impact_assessment(policy)
    await hr.user(company.user("second"), OrganizationRole.HR_ADMIN)
    second = await makers.maker(hr.graph, company.user("second"), at=hr.at)
    return await second.approval(policy)


@pytest.fixture
async def scored(ask: Ask, company: Company) -> Scored:
    await enabled(company)
    return Scored(company, ask)


async def person(scored: Scored, *, department: str = "marketing") -> str:
    """Somebody who came to three interviews and missed one."""
    application = await scored.company.application(department)
    await scored.no_show(application)
    for days in (30, 20, 10):
        await scored.attended(application, days=days)
    return application


async def test_a_score_is_taken_apart(scored: Scored) -> None:
    """Its points are the sum of its factors'; each line of evidence names its records and when it fades."""
    found = await scored.score(await person(scored))
    assert (found["status"], found["observations"], found["policyVersion"]) == ("SCORED", 4, "1")
    assert found["points"] == pytest.approx(sum(each["points"] for each in found["factors"]))
    (ai,) = (each for each in found["factors"] if each["dimension"] == "AI_INTERVIEW_NO_SHOW")
    assert [each["value"] for each in ai["evidence"]] == [0, 1, 1, 1]
    assert [uid(each) is not None for each in ai["evidence"][0]["ids"]] == [True, True]
    assert "爽约" in ai["evidence"][0]["text"]
    assert [each["missing"] for each in found["factors"]] == [True, False, True, True, True, True, True]
    assert "At their prior: Resume authenticity" in found["text"]
    assert "仅供参考" in found["advice"]


async def test_a_counterfactual_is_true_once_the_finding_is_voided(scored: Scored) -> None:
    application = await person(scored)
    before = await scored.score(application)
    told = {each["change"]: each for each in before["counterfactuals"]}
    assert told.keys() == {"EXCUSED", "EXPIRED", "VOIDED"}
    finding = told["VOIDED"]["finding"]
    await scored.company.at(days=0).void(uid(finding))
    after = await scored.score(application)
    assert after["points"] == told["VOIDED"]["points"] > before["points"]
    assert (after["band"], after["counterfactuals"]) == (told["VOIDED"]["band"], [])


async def test_too_little_makes_no_number(scored: Scored) -> None:
    application = await scored.company.application("marketing")
    await scored.attended(application)
    found = await scored.score(application)
    assert (found["status"], found["points"], found["band"]) == ("INSUFFICIENT_DATA", None, None)
    assert found["observations"] == 1
    # Nor do its parts, which would add up to one; what was seen is told as it is.
    assert {(each["value"], each["points"]) for each in found["factors"]} == {(None, None)}
    assert [each["observations"] for each in found["factors"]] == [0, 1, 0, 0, 0, 0, 0]
    (line,) = (each for each in found["factors"] if each["evidence"])
    assert (
        line["text"]
        == "Attendance at AI interviews: 1 on record, 100.0% when weighed by age; too little in all for points."
    )


async def test_there_is_no_score_without_an_approved_policy(ask: Ask, company: Company) -> None:
    """Nor from before it is active, nor where scoring is off for the Organization, the law or the role."""
    scored, hr = Scored(company, ask), company.hr
    application = await person(scored)
    assert (await scored.score(application))["offBecause"] == "NO_POLICY"
    policy = await enabled(company)
    assert policy
    assert (await scored.score(application))["status"] == "SCORED"
    for switch, viewer, because in (
        ({"off": True}, "hr", "ORGANIZATION"),
        ({"off": False, "jurisdictions": ("CN",)}, "hr", "JURISDICTION"),
        ({"off": False, "roles": (OrganizationRole.MEMBER,)}, "marketing", "ROLE"),
    ):
        await hr.switch_scoring(**switch)  # type: ignore[arg-type]
        found = await scored.score(application, viewer)
        assert (found["status"], found["offBecause"], found["factors"]) == ("OFF", because, [])
    assert (await scored.score(application, "hr"))["status"] == "SCORED"


async def test_a_department_scores_by_what_is_its_own(scored: Scored) -> None:
    """A sibling's records are no part of it, and it does not tell whether there are any; HR reads all of them."""
    company, known = scored.company, scored.company.person()
    at_marketing = await company.application("marketing", known)
    for days in (50, 40, 30):
        await scored.attended(at_marketing, days=days)
    company.at(days=5)
    at_technology = await company.application("technology", known)
    assert (await scored.score(at_technology, "technology"))["observations"] == 0
    alone = await company.application("technology")
    assert await scored.score(at_technology, "technology") == await scored.score(alone, "technology")
    assert (await scored.score(at_technology, "hr"))["observations"] == 3
    assert (await scored.of(at_technology, "technology", "labels { name }"))["labels"] == []


async def test_programs_have_no_score_and_the_candidate_has_all(scored: Scored, ask: Ask) -> None:
    """The candidate reads it once a code was given; a program that filed the application never does."""
    company = scored.company
    filer = await makers.maker(ask.graph, company.user("integrator"), at=NOW - timedelta(days=70))
    application = await filer.application(company.positions["marketing"], company.person())
    for days in (30, 20, 10):
        await scored.attended(application, days=days)
    found = await scored.of(application, "integrator", f"{SCORE} {LABELS}")
    assert (found["score"], found["labels"]) == (None, [])
    candidate = uid(found["id"])
    query = f"query S($id: ID!) {{ candidate(id: $id) {{ {SCORE} {LABELS} }} }}"
    for verified in (False, True):
        claim = Claim(candidate, application, verified=verified)
        told = (await ask(query, claim, id=found["id"]))["candidate"]
        assert told["score"] == (await scored.score(application) if verified else None)
        assert told["labels"] == []


async def at_work(
    company: Company,
    person: Person,
    department: str = "marketing",
    days: int = 3,
    facts: Sequence[Fact] | None = None,
) -> str:
    """Late so many times in September, or what is told."""
    job = NewEmployment(company.departments[department], person, "Seller", date(2026, 8, 1))
    company.at(days=5)
    employment = await company.hr.employment(job)
    usual = [Fact(AttendanceKind.PRESENT, date(2026, 9, day)) for day in range(1, 21)]
    usual += [Fact(AttendanceKind.LATE, date(2026, 9, day + 1), minutes=20) for day in range(days)]
    await company.hr.work_attendance(employment, "clock", *(usual if facts is None else facts))
    return employment


async def test_work_feeds_a_score_by_the_month(scored: Scored) -> None:
    """20 days present, three of them late: 19 of 20; and corrections count from when they are made."""
    known = scored.company.person()
    application = await scored.company.application("marketing", known)
    await at_work(scored.company, known)
    found = await scored.score(application)
    (work,) = (each for each in found["factors"] if each["dimension"] == "WORK_ATTENDANCE")
    assert (work["rawValue"], len(work["evidence"][0]["ids"])) == (0.95, 24)


async def test_neither_ground_alone_raises_the_label(scored: Scored) -> None:
    """Late three times and a no-show that counts; it goes when the finding is voided."""
    known = scored.company.person()
    application = await scored.company.application("marketing", known)
    await at_work(scored.company, known)
    assert (await scored.of(application, "marketing", LABELS))["labels"] == []
    finding = await scored.no_show(application)
    (label,) = (await scored.of(application, "marketing", LABELS))["labels"]
    assert (label["name"], label["nameLabel"], label["dimension"]) == ("NEEDS_ATTENTION", "职业态度待提升", "STABILITY")
    assert [(each["count"], len(each["ids"])) for each in label["grounds"]] == [(3, 3), (1, 1)]
    assert label["grounds"][1]["ids"] == [gid("Finding", finding)]
    await scored.company.at(days=0).void(finding)
    assert (await scored.of(application, "marketing", LABELS))["labels"] == []


async def test_the_label_goes_with_a_day_that_is_corrected(scored: Scored, ask: Ask) -> None:
    """Of three late ones two are left."""
    known, viewer = scored.company.person(), scored.company.user("marketing")
    application = await scored.company.application("marketing", known)
    await at_work(scored.company, known)
    await scored.no_show(application)
    (label,) = (await scored.of(application, "marketing", LABELS))["labels"]
    late = label["grounds"][0]["ids"]
    given = {"record": late[0], "reason": "The clock was wrong.", "days": 0.0}
    assert "code" not in await ask.do("correctWorkAttendance", viewer, **given)
    assert (await scored.of(application, "marketing", LABELS))["labels"] == []


async def test_a_sibling_sees_the_label_where_it_sees_each_ground(scored: Scored) -> None:
    """A no-show with a sibling is visible, days at work with it are not; nobody else's are either."""
    company = scored.company
    for employer, viewer, sees in (("technology", "technology", True), ("marketing", "technology", False)):
        known = company.person()
        await scored.no_show(await company.application("marketing", known))
        company.at(days=6)
        applied = await company.application("technology", known)
        await at_work(company, known, employer)
        labels = (await scored.of(applied, viewer, LABELS))["labels"]
        assert bool(labels) is sees
        assert len((await scored.of(applied, "hr", LABELS))["labels"]) == 1


async def test_an_inbox_with_reminders_label_and_score_is_one_statement(scored: Scored, ask: Ask) -> None:
    known = scored.company.person()
    company = scored.company
    for _ in range(3):
        await person(scored)
    await company.application("technology", known)
    rows = [{"id": random_id(), "name": f"person {at}", "seq": 0, "hash": GENESIS} for at in range(47)]
    await unwind(ask.graph.client, CANDIDATES, rows, organization=company.hr.viewer.organization)
    filed = {"position": company.positions["marketing"], "stage": "APPLIED", "applied_at": as_text(NOW)}
    applied = [{"id": random_id(), "candidate": row["id"], **filed} for row in rows]
    await unwind(ask.graph.client, APPLICATIONS, applied)
    query = f"""
    {{ department(code: "MARKETING") {{ applications(first: 50) {{ nodes {{
      id reminders {{ message }} candidate {{ displayName {SCORE} {LABELS} }} }} }} }} }}
    """
    answer = await ask.whole(query, scored.company.user("marketing"))
    assert not answer.errors
    assert answer.statements == ["viewer", "department"]
    found = answer.data["department"]["applications"]["nodes"]
    statuses = [each["candidate"]["score"]["status"] for each in found]
    assert (len(statuses), statuses.count("SCORED")) == (50, 3)


async def test_a_kept_score_is_recomputed_from_its_events(scored: Scored, ask: Ask) -> None:
    """Whatever happened since: voided, moved, worked; and one whose event was changed is named."""
    company, known = scored.company, scored.company.person()
    application = await company.application("marketing", known)
    finding = await scored.no_show(application)
    hr = company.at(days=30)
    for mode, side in ((Mode.AI_ASYNC, Side.CANDIDATE), (Mode.ONSITE, Side.EMPLOYER)):
        moved = await hr.interview(application, starts_at=hr.at + timedelta(days=3), mode=mode)
        moved = await hr.reschedule(moved, hr.at + timedelta(days=4), side)
        hr.at += timedelta(days=5)
        await hr.attendance(moved, Attendance.ATTENDED)
    await hr.cancel(await hr.interview(application, starts_at=hr.at + timedelta(days=1)), Side.CANDIDATE)
    await at_work(company, known)
    shown = await scored.of(application, "marketing")
    ask.now += timedelta(minutes=1)
    kept = await ask.do("recordScore", company.user("marketing"), SCORE, candidate=shown["id"])
    assert kept["score"] == shown["score"]
    await company.at(days=-1).void(finding)
    ask.now += timedelta(days=1)
    await ask.do("recordScore", company.user("hr"), candidate=shown["id"])
    found = await score_records.verify_candidate(ask.graph.client, uid(shown["id"]))
    assert [(each.fault, each.found is not None) for each in found] == [(None, True)] * 2
    assert shown["score"]["inputsHash"] in found[0].kept
    assert found[0].kept != found[1].kept


async def test_a_time_let_go_of_is_replayed(ask: Ask, scored: Scored) -> None:
    """What was asked in time, with no time open, counts as communicated in time, and the events alone say so."""
    application = await person(scored)
    hr = scored.company.at(days=5)
    ahead = await hr.interview(application, starts_at=hr.at + timedelta(days=9))
    await scored.company.at(days=4).request(ahead)
    shown = await scored.of(application)
    assert [each["observations"] for each in shown["score"]["factors"] if each["dimension"] == "COMMUNICATION"] == [1]
    await ask.do("recordScore", scored.company.user("hr"), candidate=shown["id"])
    found = await score_records.verify_candidate(ask.graph.client, uid(shown["id"]))
    assert [(each.fault, each.found is not None) for each in found] == [(None, True)]


PROFILE = """profile {
  timeline { event occurredAt text en: text(locale: EN) }
  dimensions { dimension dimensionLabel observations counted text evidence { ids weight text } }
}"""


async def test_a_profile_tells_what_happened(scored: Scored) -> None:
    """In plain sentences of what the viewer's own departments hold, and six dimensions with their evidence."""
    application = await person(scored)
    found = (await scored.of(application, "marketing", PROFILE))["profile"]
    lines = [each["text"] for each in found["timeline"]]
    assert "2026-11-10 市场部AI面试，记录到面：已到面。" in lines
    assert any("Finding confirmed" in each["en"] and "Marketing" in each["en"] for each in found["timeline"])
    times = [each["occurredAt"] for each in found["timeline"]]
    assert times == sorted(times, reverse=True)
    counted = {each["dimension"]: (each["observations"], each["counted"]) for each in found["dimensions"]}
    assert len(counted) == 6
    assert counted["INTERVIEW_ATTENDANCE"] == (4, 4)
    assert (await scored.of(application, "hr", PROFILE))["profile"]["dimensions"] == found["dimensions"]


async def test_a_profile_tells_nothing_of_a_finding_whose_time_has_come(scored: Scored, ask: Ask) -> None:
    """Neither between its end and the timer, nor afterwards; events of one instant stand as they were recorded."""
    application = await scored.company.application("marketing")
    finding = await scored.no_show(application)

    async def told() -> list[str]:
        shown = (await scored.of(application, "hr", PROFILE))["profile"]["timeline"]
        return [each["en"] for each in shown]

    before = await told()
    assert any("Finding confirmed" in each for each in before)
    query = "query E($id: ID!) { node(id: $id) { ... on Finding { eraseAt } } }"
    node = (await ask(query, scored.company.user("hr"), id=gid("Finding", finding)))["node"]
    ask.now = datetime.fromisoformat(node["eraseAt"])
    due = await told()
    assert 0 < len(due) < len(before)
    assert not any("inding" in each or "o-show" in each for each in due)
    candidate = (await scored.of(application, "hr", "displayName"))["id"]
    at, organization = ask.now.astimezone(UTC), scored.company.hr.viewer.organization
    name = timers.name(TimerKind.ERASE_FINDING, finding)
    timer = timers.Timer(name, "ERASE_FINDING", finding, organization, uid(candidate), at, 0)
    assert await timers.take(ask.graph, timer, at, erase)
    assert await told() == due


async def test_days_are_those_of_the_interview_and_the_employer(scored: Scored) -> None:
    """Half past seven on the twelfth in Shanghai is the eleventh in UTC: people say the twelfth."""
    company = scored.company
    application = await company.application("marketing")
    hr = company.at(days=12)
    starts_at = datetime(2026, 11, 11, 23, 30, tzinfo=UTC)
    interview = await hr.interview(application, starts_at=starts_at)
    hr.at = starts_at + timedelta(minutes=20)
    await hr.attendance(interview, Attendance.ATTENDED)
    await hr.advance(application, Stage.SCREENING)
    found = await scored.of(application, "marketing", f"{PROFILE} {SCORE}")
    (line,) = (each for each in found["score"]["factors"] if each["evidence"])
    assert [(each["on"], each["text"]) for each in line["evidence"]] == [("2026-11-12", "2026-11-12 AI面试已到面")]
    lines = [each["text"] for each in found["profile"]["timeline"]]
    assert "2026-11-12 市场部AI面试，记录到面：已到面。" in lines
    assert any(each.startswith("2026-11-12 推进阶段") for each in lines)


async def test_a_score_is_kept_only_where_there_is_one(ask: Ask, company: Company) -> None:
    application = await company.application("marketing")
    query = "query C($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    candidate = found["application"]["candidate"]["id"]
    for viewer, code in (("marketing", "SCORING_OFF"), ("technology", "NOT_FOUND"), ("auditor", "NOT_ALLOWED")):
        assert (await ask.do("recordScore", company.user(viewer), candidate=candidate))["code"] == code
