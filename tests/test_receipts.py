"""Whoever looks at what was found about a person leaves a receipt, and none is lost without a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from graph.client import EngineUnavailable
from graph.decisions import Decide, Verdict
from graph.receipts import BEGIN_RUN, END_RUN, RECORD_GAP, Purpose, Receipts
from graph.visibility import Claim
from graph.writing import Graph, random_id
from schema.context import Context, Viewers
from schema.execution import Answerer
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.test_employments import employ
from tests.test_findings import suspected
from tests.test_http import client, server, token
from tests.test_scores import Scored, at_work, enabled
from tests.test_self_assessments import MIDDLE
from tests.test_tasks import goal
from tests.test_work_attendance import day

LOOKS = """
query Looks($id: ID!) { candidate(id: $id) { accesses {
  totalCount nodes { at who role departments purpose purposeLabel(locale: EN) about finding { id } }
} } }
"""


class Case:
    """A no-show with Marketing whose candidate applied to Technology since."""

    candidate: str
    finding: str
    interview: str
    application: str
    link: Claim


@pytest.fixture
async def case(ask: Ask, company: Company) -> Case:
    made, person = Case(), company.person()
    company.at(days=60)
    first = await company.application("marketing", person)
    made.finding = gid("Finding", await company.hr.no_show(first))
    company.at(days=1)
    made.application = gid("Application", await company.application("technology", person))
    query = "query F($id: ID!) { node(id: $id) { ... on Finding { interview { id candidate { id } } } } }"
    found = (await ask(query, company.user("hr"), id=made.finding))["node"]["interview"]
    made.interview, made.candidate = found["id"], found["candidate"]["id"]
    made.link = Claim(uid(made.candidate), first, verified=True)
    return made


@pytest.fixture
def receipts(graph: Graph) -> Receipts:
    return Receipts(graph, lambda: NOW)


async def look(ask: Ask, receipts: Receipts, viewer: str | Claim, query: str, **variables: Any) -> Any:
    context = Context(ask.graph, Viewers(ask.graph), clock=lambda: NOW, receipts=receipts)
    if isinstance(viewer, Claim):
        context.claim = viewer
    else:
        context.subject = viewer
    context.purpose = Purpose.SCHEDULING
    answer = await ask.answerer.answer(query, context, variables=variables)
    assert not answer.errors, answer.errors
    await receipts.flush()
    return answer.data


async def looks(ask: Ask, company: Company, case: Case) -> list[dict[str, Any]]:
    return (await ask(LOOKS, company.user("hr"), id=case.candidate))["candidate"]["accesses"]["nodes"]


WAYS = {
    "reminder": (
        "technology",
        "query Q($application: ID!) { application(id: $application) { reminders { message } } }",
    ),
    "no-shows": ("technology", "query Q($candidate: ID!) { candidate(id: $candidate) { noShows { nodes { id } } } }"),
    "edges": (
        "technology",
        "query Q($candidate: ID!) { candidate(id: $candidate) { findings { edges { node { occurredAt } } } } }",
    ),
    "node": ("technology", "query Q($finding: ID!) { node(id: $finding) { id } }"),
    "department": ("technology", '{ department(code: "MARKETING") { noShows { nodes { occurredAt } } } }'),
    "interview": ("marketing", "query Q($interview: ID!) { interview(id: $interview) { finding { state } } }"),
    "outcome": ("marketing", "query Q($interview: ID!) { interview(id: $interview) { outcomeLabel } }"),
    "events": ("marketing", "query Q($interview: ID!) { interview(id: $interview) { events { nodes { type } } } }"),
    "messages": ("marketing", "query Q($interview: ID!) { interview(id: $interview) { messages { template } } }"),
    "assessment": ("marketing", "query Q($interview: ID!) { interview(id: $interview) { assessment { cause } } }"),
    "subgraph": (
        "marketing",
        "query Q($interview: ID!) { subgraph(root: $interview, depth: 1) { nodes { __typename } } }",
    ),
    "edges of a subgraph": (
        "marketing",
        "query Q($interview: ID!) { subgraph(root: $interview, depth: 1) { edges { kind } } }",
    ),
}
COUNTS = {
    "count": "query Q($candidate: ID!) { candidate(id: $candidate) { noShows { totalCount } } }",
    "cursor": "query Q($candidate: ID!) { candidate(id: $candidate) { noShows { pageInfo { endCursor } } } }",
    "attendance": "query Q($candidate: ID!) { candidate(id: $candidate) { attendance { all: noShows } } }",
    "list": '{ department(code: "TECHNOLOGY") { applicantsWithReminders(noShows: true) { nodes { id } } } }',
    "order": "{ candidates(orderBy: NO_SHOWS_DESC) { edges { node { displayName } } } }",
}
NOTHING_TOLD = {
    "others": '{ department(code: "TECHNOLOGY") { applicantsWithReminders(noShows: false) { nodes { id } } } }',
    "all": '{ department(code: "TECHNOLOGY") { applicantsWithReminders { nodes { id } } } }',
    "how many": '{ department(code: "TECHNOLOGY") { applicantsWithReminders(noShows: true) { totalCount } } }',
    "none asked": "{ candidates(orderBy: NO_SHOWS_DESC, first: 0) { nodes { id } } }",
    "by name": "{ candidates { nodes { id } } }",
}


@pytest.mark.parametrize("way", WAYS)
async def test_every_way_to_a_finding_leaves_a_receipt(
    ask: Ask, company: Company, case: Case, receipts: Receipts, way: str
) -> None:
    who, query = WAYS[way]
    ids = {"application": case.application, "candidate": case.candidate}
    ids |= {"finding": case.finding, "interview": case.interview}
    used = {name: id for name, id in ids.items() if f"${name}:" in query}
    await look(ask, receipts, company.user(who), query, **used)
    (found,) = await looks(ask, company, case)
    assert found == {
        "at": "2026-11-20T09:00:00Z",
        "who": company.user(who),
        "role": "MEMBER",
        "departments": [who.capitalize()],
        "purpose": "SCHEDULING",
        "purposeLabel": "Scheduling",
        "about": "FINDING",
        "finding": {"id": case.finding},
    }


@pytest.mark.parametrize("way", COUNTS)
async def test_a_count_of_one_person_leaves_a_receipt(
    ask: Ask, company: Company, case: Case, receipts: Receipts, way: str
) -> None:
    used = {"candidate": case.candidate} if "$candidate" in COUNTS[way] else {}
    await look(ask, receipts, company.user("technology"), COUNTS[way], **used)
    (found,) = await looks(ask, company, case)
    assert (found["who"], found["about"], found["finding"]) == (company.user("technology"), "FINDING_COUNT", None)


async def test_a_list_that_tells_of_nobody_leaves_none(
    ask: Ask, company: Company, case: Case, receipts: Receipts
) -> None:
    """Nor does whoever has no no-show, in an order by them."""
    person = company.person("韩梅")
    await company.application("marketing", person)
    other = gid("Application", await company.application("technology", person))
    query = "query A($id: ID!) { application(id: $id) { candidate { id } } }"
    clean = (await ask(query, company.user("hr"), id=other))["application"]["candidate"]["id"]
    found = [await look(ask, receipts, company.user("technology"), asked) for asked in NOTHING_TOLD.values()]
    assert found[0]["department"]["applicantsWithReminders"]["nodes"] == [{"id": other}]
    assert await looks(ask, company, case) == []
    await look(ask, receipts, company.user("technology"), COUNTS["order"])
    assert (await ask(LOOKS, company.user("hr"), id=clean))["candidate"]["accesses"]["nodes"] == []


UNDECIDED = {
    "events": "events { nodes { typeLabel } }",
    "assessment": "assessment { cause }",
    "messages": "messages { template }",
}


@pytest.mark.parametrize("way", UNDECIDED)
async def test_what_is_only_suspected_leaves_a_receipt_too(
    ask: Ask, company: Company, receipts: Receipts, way: str
) -> None:
    suspicion = await suspected(ask, company)
    await suspicion.own_statement("The link did not open.")
    query = f"query Q($id: ID!) {{ interview(id: $id) {{ candidate {{ id }} {UNDECIDED[way]} }} }}"
    shown = (await look(ask, receipts, company.user("marketing"), query, id=suspicion.interview))["interview"]
    assert shown[way]
    found = (await ask(LOOKS, company.user("hr"), id=shown["candidate"]["id"]))["candidate"]["accesses"]["nodes"]
    assert [(each["about"], each["finding"]) for each in found] == [("FINDING", {"id": suspicion.finding})]


@pytest.mark.parametrize("way", ["events", "messages"])
async def test_an_event_or_message_tells_of_the_finding_that_stood_then(
    ask: Ask, company: Company, receipts: Receipts, way: str
) -> None:
    """One was taken back as a mistake, and another reported."""
    company.at(days=9)
    interview = await company.hr.missed(await company.application("marketing"))
    first = await company.hr.suspicion(interview)
    await company.hr.notice(first)
    company.hr.at += timedelta(hours=1)
    await company.hr.void(first)
    told: list[set[str]] = []
    for selection in UNDECIDED[way], UNDECIDED[way]:
        query = f"query Q($id: ID!) {{ interview(id: $id) {{ candidate {{ id }} {selection} }} }}"
        shown = await look(ask, receipts, company.user("marketing"), query, id=gid("Interview", interview))
        person = shown["interview"]["candidate"]["id"]
        seen = (await ask(LOOKS, company.user("hr"), id=person))["candidate"]["accesses"]["nodes"]
        told.append({each["finding"]["id"] for each in seen})
        if len(told) == 1:
            company.hr.at += timedelta(hours=1)
            second = await company.hr.suspicion(interview)
            await company.hr.own_statement(second, "I was there.")
    assert told == [{gid("Finding", first)}, {gid("Finding", first), gid("Finding", second)}]


async def test_what_shows_no_finding_leaves_none(ask: Ask, company: Company, case: Case, receipts: Receipts) -> None:
    """Names, interviews and what is absent for the viewer; the candidate's own look; an integrator's."""
    queries = [
        (
            company.user("technology"),
            "query Q($id: ID!) { candidate(id: $id) { displayName interviews { totalCount } } }",
        ),
        (company.user("subsidiary"), "query Q($id: ID!) { candidate(id: $id) { noShows { nodes { id } } } }"),
        (company.user("integrator"), "query Q($id: ID!) { candidate(id: $id) { noShows { totalCount } } }"),
        (case.link, "query Q($id: ID!) { candidate(id: $id) { noShows { totalCount nodes { id } } } }"),
    ]
    for viewer, query in queries:
        await look(ask, receipts, viewer, query, id=case.candidate)
    assert await looks(ask, company, case) == []


async def test_receipts_are_for_the_person_and_who_watches_over_it(
    ask: Ask, company: Company, case: Case, receipts: Receipts
) -> None:
    who, query = WAYS["node"]
    await look(ask, receipts, company.user(who), query, finding=case.finding)
    seen: dict[str, int] = {}
    for name in ("hr", "auditor", "technology", "marketing"):
        found = await ask(LOOKS, company.user(name), id=case.candidate)
        seen[name] = found["candidate"]["accesses"]["totalCount"]
    assert seen == {"hr": 1, "auditor": 1, "technology": 0, "marketing": 0}
    assert (await ask(LOOKS, case.link, id=case.candidate))["candidate"]["accesses"]["totalCount"] == 1
    unverified = Claim(case.link.candidate, case.link.application)
    assert (await ask(LOOKS, unverified, id=case.candidate))["candidate"]["accesses"]["totalCount"] == 0


async def test_a_receipt_takes_no_statement_of_the_reader(
    ask: Ask, company: Company, case: Case, receipts: Receipts
) -> None:
    from graph.client import statements_run

    context = Context(ask.graph, Viewers(ask.graph), company.user("technology"), lambda _: True, lambda: NOW)
    context.receipts = receipts
    with statements_run() as names:
        await ask.answerer.answer(WAYS["reminder"][1], context, variables={"application": case.application})
    assert names == ["viewer", "application"]


async def test_what_cannot_be_written_waits(
    ask: Ask, company: Company, case: Case, receipts: Receipts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: Any) -> Any:
        raise EngineUnavailable("away")

    who, query = WAYS["node"]
    with monkeypatch.context() as patch:
        patch.setattr(receipts.graph.client, "write", away)
        with pytest.raises(EngineUnavailable):
            await look(ask, receipts, company.user(who), query, finding=case.finding)
    assert await looks(ask, company, case) == []
    await receipts.flush()
    assert len(await looks(ask, company, case)) == 1


GAPS = "query Gaps($id: ID!) { candidate(id: $id) { accessGaps { nodes { since until } } } }"


async def test_a_crash_leaves_a_gap_that_the_person_sees(ask: Ask, company: Company, case: Case, graph: Graph) -> None:
    died = NOW - timedelta(minutes=3, microseconds=int(random_id()[:4], 16))
    await graph.client.write(lambda tx: tx.run(BEGIN_RUN, id=random_id(), now=died))
    again = Receipts(graph, lambda: NOW)
    await again.open()
    await again.close()
    for viewer in (company.user("hr"), case.link):
        gaps = (await ask(GAPS, viewer, id=case.candidate))["candidate"]["accessGaps"]["nodes"]
        since = died.isoformat().replace("+00:00", "Z")
        assert {"since": since, "until": "2026-11-20T09:00:00Z"} in gaps
    assert (await ask(GAPS, company.user("technology"), id=case.candidate))["candidate"]["accessGaps"]["nodes"] == []


async def test_a_gap_before_the_record_began_is_not_the_persons(ask: Ask, company: Company, graph: Graph) -> None:
    """Neither in the candidate's own record, nor by its id, nor for who watches over the record."""
    company.at(days=2)
    application = await company.application("marketing")
    query = "query A($id: ID!) { application(id: $id) { candidate { id } } }"
    candidate = (await ask(query, company.user("hr"), id=gid("Application", application)))["application"]["candidate"]
    run = random_id()
    for until in (NOW - timedelta(days=2), NOW - timedelta(days=1)):
        began = until - timedelta(hours=1)
        await graph.client.write(lambda tx, began=began, run=run: tx.run(BEGIN_RUN, id=run, now=began))
        await graph.client.write(lambda tx, until=until, run=run: tx.run(RECORD_GAP, id=run, before=NOW, now=until))
        claim = Claim(uid(candidate["id"]), application, verified=True)
        for viewer in (claim, company.user("hr")):
            gaps = (await ask(GAPS, viewer, id=candidate["id"]))["candidate"]["accessGaps"]["nodes"]
            assert bool(gaps) is (until > NOW - timedelta(days=2)), viewer
        gap = gid("AccessGap", f"{run}/{company.hr.viewer.organization}")
        seen = (await ask("query G($id: ID!) { node(id: $id) { id } }", claim, id=gap))["node"]
        assert (seen is not None) is (until > NOW - timedelta(days=2))
    await graph.client.write(lambda tx: tx.run(END_RUN, id=run))


async def test_a_clean_stop_leaves_no_gap(ask: Ask, company: Company, case: Case, graph: Graph) -> None:
    now = NOW - timedelta(days=1)
    served = Receipts(graph, lambda: now)
    await served.open()
    context = Context(graph, Viewers(graph), company.user("technology"), receipts=served)
    await ask.answerer.answer(WAYS["node"][1], context, variables={"finding": case.finding})
    await served.close()
    again = Receipts(graph, lambda: NOW)
    await again.open()
    await again.close()
    assert len(await looks(ask, company, case)) == 1
    gaps = (await ask(GAPS, company.user("hr"), id=case.candidate))["candidate"]["accessGaps"]["nodes"]
    assert not [gap for gap in gaps if gap["since"] == "2026-11-19T09:00:00Z"]


async def test_the_header_says_for_what(
    graph: Graph, answerer: Answerer, company: Company, ask: Ask, case: Case
) -> None:
    door = server(graph, answerer)
    asked = {"query": WAYS["node"][1], "variables": {"finding": case.finding}}
    async with client(door) as http:
        headers = token(door, company.user("technology"))
        await http.post("/graphql", json=asked, headers=headers | {"Turnout-Purpose": "DISPUTE_HANDLING"})
        await http.post("/graphql", json=asked, headers=headers)
        refused = await http.post("/graphql", json=asked, headers=headers | {"Turnout-Purpose": "CURIOSITY"})
    await door.receipts.close()
    assert sorted(each["purpose"] for each in await looks(ask, company, case)) == [
        "APPLICATION_REVIEW",
        "DISPUTE_HANDLING",
    ]
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["extensions"]["code"] == "BAD_PURPOSE"


async def test_whoever_reads_a_frozen_screen_leaves_a_receipt(
    ask: Ask, company: Company, case: Case, receipts: Receipts
) -> None:
    """Who may read it: HR_ADMIN; a recruiter who did not decide sees none, and the candidate looks at their own."""
    hr = company.at(hours=1)
    decided = gid("Decision", await hr.decide(Decide(uid(case.application), Verdict.HOLD, "Later."), "{}"))
    read = "query D($id: ID!) { node(id: $id) { ... on Decision { seen } } }"
    assert (await look(ask, receipts, company.user("technology"), read, id=decided))["node"] == {"seen": None}
    assert (await look(ask, receipts, case.link, read, id=decided))["node"] == {"seen": "{}"}
    query = "query L($id: ID!) { candidate(id: $id) { accesses { nodes { who decision { id } finding { id } } } } }"
    assert (await ask(query, company.user("hr"), id=case.candidate))["candidate"]["accesses"]["nodes"] == []
    assert (await look(ask, receipts, company.user("hr"), read, id=decided))["node"] == {"seen": "{}"}
    (found,) = (await ask(query, company.user("hr"), id=case.candidate))["candidate"]["accesses"]["nodes"]
    assert found == {"who": company.user("hr"), "decision": {"id": decided}, "finding": None}


WHOLE = {
    "SCORE": "score { points }",
    "PROFILE": "profile { timeline { text } }",
    "LABELS": "labels { name }",
    "SELF_ASSESSMENT": "selfAssessment { results { value } }",
}
SCREEN = "query Screen($id: ID!) { application(id: $id) { candidate { " + " ".join(WHOLE.values()) + " } } }"


@dataclass
class Whole:
    """Somebody with a score, a label, a profile and a self-assessment that is shared, and how it is looked at."""

    ask: Ask
    company: Company
    receipts: Receipts
    application: str
    claim: Claim

    async def look(self, viewer: str | Claim, query: str = SCREEN) -> Any:
        who = viewer if isinstance(viewer, Claim) else self.company.user(viewer)
        return await look(self.ask, self.receipts, who, query, id=gid("Application", self.application))

    async def looks(self) -> list[tuple[str, str, str]]:
        query = "{ myRecord { accesses { nodes { who about aboutLabel(locale: EN) } } } }"
        found = (await self.ask(query, self.claim))["myRecord"]["accesses"]["nodes"]
        return sorted((each["who"], each["about"], each["aboutLabel"]) for each in found)


@pytest.fixture
async def whole(ask: Ask, company: Company, receipts: Receipts, patient: None) -> Whole:
    await enabled(company)
    known, scored = company.person(), Scored(company, ask)
    company.at(days=90)
    application = await company.application("marketing", known)
    await at_work(company, known)
    await scored.no_show(application)
    found = await scored.of(application, selection="displayName")
    claim = Claim(uid(found["id"]), application, verified=True)
    await ask.do("takeSelfAssessment", claim, "id", answers=list(MIDDLE))
    await ask.do("shareSelfAssessment", claim, "id", shared=True)
    return Whole(ask, company, receipts, application, claim)


async def test_what_is_computed_of_a_person_leaves_receipts(whole: Whole) -> None:
    """One for each thing that was looked at, however often within a batch; none of the candidate's own looks."""
    await whole.look(whole.claim)
    assert await whole.looks() == []
    seen = (await whole.look("marketing"))["application"]["candidate"]
    assert all(seen.values()), seen
    who = whole.company.user("marketing")
    assert await whole.looks() == [
        (who, "LABELS", "Labels"),
        (who, "PROFILE", "The behaviour profile"),
        (who, "SCORE", "The workplace credit score"),
        (who, "SELF_ASSESSMENT", "The self-assessment"),
    ]


async def test_what_a_viewer_is_not_told_leaves_no_receipt(whole: Whole) -> None:
    """Another circle, a program, a self-assessment that is not shared, no label, and a score that is off."""
    whole.company.at(days=1)
    for viewer in ("subsidiary", "integrator"):
        await whole.look(viewer)
    await whole.ask.do("shareSelfAssessment", whole.claim, "id", shared=False)
    await whole.company.hr.switch_scoring(off=True)
    seen = (await whole.look("marketing"))["application"]["candidate"]
    assert seen == {"score": {"points": None}, "profile": None, "labels": [], "selfAssessment": None}
    assert await whole.looks() == []


async def test_a_suggested_course_tells_of_the_score(whole: Whole) -> None:
    query = "query C($id: ID!) { application(id: $id) { candidate { courseSuggestions { url } } } }"
    await whole.look("marketing", query)
    assert await whole.looks() == []
    course = {"dimension": "AI_INTERVIEW_NO_SHOW", "title": "On time", "url": "https://learn.example.com/1"}
    organization = gid("Organization", whole.company.hr.viewer.organization)
    await whole.ask.do("setCourses", whole.company.user("hr"), "id", organization=organization, courses=[course])
    seen = (await whole.look("marketing", query))["application"]["candidate"]
    looks = [about for _, about, _ in await whole.looks()]
    assert (len(seen["courseSuggestions"]), looks) == (1, ["SCORE"])


async def test_looks_are_erased_with_the_person(whole: Whole) -> None:
    """What was looked at while the erasure came is not written after it."""
    query = "query L($id: ID!) { candidate(id: $id) { accesses { totalCount } } }"
    hr, id = whole.company.user("hr"), gid("Candidate", whole.claim.candidate)
    await whole.look("marketing")
    assert (await whole.ask(query, hr, id=id))["candidate"]["accesses"]["totalCount"] == 4
    context = Context(whole.ask.graph, Viewers(whole.ask.graph), hr, receipts=whole.receipts)
    variables = {"id": gid("Application", whole.application)}
    await whole.ask.answerer.answer(SCREEN, context, variables=variables)
    await whole.company.at(days=0).erase(whole.claim.candidate)
    await whole.receipts.flush()
    assert (await whole.ask(query, hr, id=id))["candidate"]["accesses"]["totalCount"] == 0


AT_WORK = {
    "employment": ("employment(id: $id) { title }", {"EMPLOYMENT"}),
    "employments": ("candidate(id: $candidate) { employments { nodes { startedOn } totalCount } }", {"EMPLOYMENT"}),
    "how many": ("candidate(id: $candidate) { employments { totalCount } }", {"EMPLOYMENT"}),
    "records": (
        "employment(id: $id) { records { totalCount nodes { kind } } }",
        {"EMPLOYMENT", "WORK_ATTENDANCE"},
    ),
    "a count of records": (
        "employment(id: $id) { records { totalCount } attendance { lateCount } }",
        {"EMPLOYMENT", "WORK_ATTENDANCE"},
    ),
    "months": ("employment(id: $id) { attendanceByMonth { key } }", {"EMPLOYMENT", "WORK_ATTENDANCE"}),
    "a record": ("node(id: $record) { ... on AttendanceRecord { kind } }", {"WORK_ATTENDANCE"}),
    "goals": ("employment(id: $id) { taskResults { nodes { share } } }", {"EMPLOYMENT", "TASK_RESULTS"}),
    "a goal": ("node(id: $goal) { ... on TaskResult { share } }", {"TASK_RESULTS"}),
    "edges": ("subgraph(root: $record, depth: 1) { edges { kind } }", {"EMPLOYMENT", "WORK_ATTENDANCE"}),
    "a node": ("subgraph(root: $goal, depth: 1, kinds: [TASK_RESULT]) { nodes { __typename } }", {"TASK_RESULTS"}),
}


@dataclass
class Worker:
    """Somebody who works at Marketing, was late twice and had two goals, and how their records are looked at."""

    ask: Ask
    company: Company
    receipts: Receipts
    claim: Claim
    ids: dict[str, str]

    async def look(self, viewer: str | Claim, query: str) -> Any:
        who = viewer if isinstance(viewer, Claim) else self.company.user(viewer)
        used = {name: id for name, id in self.ids.items() if f"${name}" in query}
        heads = ", ".join(f"${name}: ID!" for name in used)
        return await look(self.ask, self.receipts, who, f"query Q({heads}) {{ {query} }}", **used)

    async def looks(self) -> list[tuple[str, str]]:
        query = "{ myRecord { accesses { nodes { who about aboutLabel } } } }"
        found = (await self.ask(query, self.claim))["myRecord"]["accesses"]["nodes"]
        assert all(each["aboutLabel"] for each in found)
        return sorted((each["who"], each["about"]) for each in found)


@pytest.fixture
async def worker(ask: Ask, company: Company, receipts: Receipts) -> Worker:
    known, hr = company.person(), company.user("hr")
    application = await company.application("marketing", known)
    person = {"displayName": known.display_name, "email": known.email}
    id = await employ(ask, company, candidate=person)
    late = [day("LATE", "2026-09-01", minutes=9), day("LATE", "2026-09-02", minutes=9)]
    await ask.do("recordWorkAttendance", hr, employment=id, source="badge", records=late)
    goals = [goal("One", completed=True), goal("Two", share=0.5)]
    await ask.do("recordTaskCompletion", hr, employment=id, source="okr", goals=goals)
    query = """query W($id: ID!) { employment(id: $id) {
      candidate { id } records(first: 1) { nodes { id } } taskResults(first: 1) { nodes { id } } } }"""
    found = (await ask(query, hr, id=id))["employment"]
    ids = {"id": id, "candidate": found["candidate"]["id"]}
    ids |= {"record": found["records"]["nodes"][0]["id"], "goal": found["taskResults"]["nodes"][0]["id"]}
    return Worker(ask, company, receipts, Claim(uid(ids["candidate"]), application, verified=True), ids)


async def test_what_was_recorded_at_work_leaves_receipts(worker: Worker) -> None:
    """One for each person and kind, however many records were looked at; none of the candidate's own looks."""
    who, seen = worker.company.user("marketing"), list[tuple[str, str]]()
    for way, (query, about) in AT_WORK.items():
        await worker.look(worker.claim, query)
        await worker.look("technology", query)
        await worker.look("integrator", query)
        assert await worker.looks() == seen, way
        await worker.look("marketing", query)
        seen = sorted([*seen, *((who, each) for each in about)])
        assert await worker.looks() == seen, way
