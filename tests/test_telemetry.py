"""Telemetry: what a platform saw, taken once however it comes, read by its own and by the candidate alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.asking import BODY
from api.cloudevents import BATCHED, STRUCTURED, TYPES
from api.http import Server
from graph.causes import TelemetryKind
from graph.visibility import Claim, OrganizationRole
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import do_due, facts_of
from tests.ledger import appends, refused
from tests.test_http import client, server, token

STARTS = NOW - timedelta(days=2)
SEEN = """
query Seen($id: ID!) {
  interview(id: $id) {
    telemetry { kind kindLabel occurredAt until source }
    assessment { cause causeLabel confidence rules reasons(locale: EN) policyVersion }
  }
}
"""


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@dataclass
class Case:
    """An AI interview of Marketing's, accepted and over, and a platform that reports of it."""

    ask: Ask
    company: Company
    id: str
    claim: Claim

    async def report(self, kind: str, minutes: float = 0, viewer: str = "integrator", **input: Any) -> Any:
        at = iso(STARTS + timedelta(minutes=minutes))
        good = {"kind": kind, "source": "https://platform.example", "key": uuid4().hex, "occurredAt": at}
        if kind != "PLATFORM_OUTAGE":
            good["interview"] = self.id
        return await self.ask.do("recordTelemetry", self.company.user(viewer), **(good | input))

    async def seen(self, viewer: str | Claim = "") -> Any:
        return (await self.ask(SEEN, viewer or self.company.user("marketing"), id=self.id))["interview"]

    async def found(self, selection: str) -> Any:
        query = f"query Found($id: ID!) {{ interview(id: $id) {{ {selection} }} }}"
        return (await self.ask(query, self.company.user("marketing"), id=self.id))["interview"]

    async def cause(self) -> str:
        return (await self.seen())["assessment"]["cause"]


async def accepted(ask: Ask, company: Company) -> Case:
    hr = company.at(days=5)
    application = await company.application("marketing")
    interview = await hr.interview(application, starts_at=STARTS)
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    claim = Claim(uid(found["application"]["candidate"]["id"]), application, verified=True)
    return Case(ask, company, gid("Interview", interview), claim)


@pytest.fixture
async def case(ask: Ask, company: Company) -> Case:
    return await accepted(ask, company)


async def test_what_was_seen_becomes_a_cause(ask: Ask, case: Case) -> None:
    assert await case.cause() == "UNKNOWN"
    async with appends(ask, case.company, "TELEMETRY_RECORDED", "TELEMETRY_RECORDED"):
        await case.report("SESSION_CLOSED", 30)
        await case.report("MESSAGE_DELIVERED", -600)
    seen = await case.seen()
    assert [each["kind"] for each in seen["telemetry"]] == ["MESSAGE_DELIVERED", "SESSION_CLOSED"]
    assert seen["assessment"] == {
        "cause": "CANDIDATE",
        "causeLabel": "候选人",
        "confidence": 0.6,
        "rules": ["CLOSED_WITHOUT_JOIN", "MESSAGE_DELIVERED"],
        "reasons": [
            "The platform reports that the session closed and the candidate never joined.",
            "A message about the interview was delivered.",
        ],
        "policyVersion": "2026-11",
    }
    outage = {"until": iso(STARTS + timedelta(minutes=5))}
    async with appends(ask, case.company, "OUTAGE_RECORDED"):
        await case.report("PLATFORM_OUTAGE", -5, **outage)
    assert await case.cause() == "PLATFORM"
    assert await case.company.faults() == []


async def test_its_own_and_the_candidate_see_it(case: Case) -> None:
    """By the link alone nothing; a program what it reported itself, and never whose fault it was."""
    await case.report("SESSION_CLOSED", 30)
    for viewer in (case.company.user("hr"), case.company.user("auditor"), case.claim):
        seen = await case.seen(viewer)
        assert [each["kind"] for each in seen["telemetry"]] == ["SESSION_CLOSED"]
        assert seen["assessment"]["cause"] == "UNKNOWN"
    link = await case.seen(Claim(case.claim.candidate, case.claim.application))
    assert (link["telemetry"], link["assessment"]["cause"], link["assessment"]["reasons"]) == ([], None, None)
    program = await case.seen(case.company.user("integrator"))
    assert program["assessment"]["cause"] is None
    for viewer in ("technology", "brand"):
        assert await case.seen(case.company.user(viewer)) is None


async def test_a_report_is_taken_once(ask: Ask, case: Case) -> None:
    """Known by its source and its id there, whoever sends it again, whatever it says then."""
    first = await case.report("CANDIDATE_JOINED", 3, key="1")
    async with appends(ask, case.company):
        assert await case.report("CANDIDATE_JOINED", 3, key="1") == first
        assert await case.report("SESSION_CLOSED", 30, key="1") == first
    async with appends(ask, case.company, "TELEMETRY_RECORDED"):
        other = await case.report("CANDIDATE_JOINED", 3, key="1", source="https://another.example")
    assert other["id"] != first["id"]


async def test_whoever_reports_again_reads_what_is_known(ask: Ask, case: Case) -> None:
    """Another user of the same platform, which has two; of an outage as well."""
    await case.company.at(days=0).user(case.company.user("other"), OrganizationRole.INTEGRATOR)
    outage = {"until": iso(STARTS + timedelta(minutes=5))}
    for kind, more in (("SESSION_CLOSED", {}), ("PLATFORM_OUTAGE", outage)):
        first = await case.report(kind, key=kind, **more)
        async with appends(ask, case.company):
            assert await case.report(kind, viewer="other", key=kind, **more) == first
            assert await case.report(kind, key=kind, **more) == first


async def test_no_key_opens_a_report_of_another_department(ask: Ask, case: Case) -> None:
    await case.report("SESSION_CLOSED", 30, key="1")
    theirs = await case.company.at(days=5).interview(await case.company.application("technology"), starts_at=STARTS)
    answer = await case.report("SESSION_CLOSED", 30, "technology", key="1", interview=gid("Interview", theirs))
    assert answer == refused("recordTelemetry", "NOT_FOUND", None)


REPORTS = [("MESSAGE_DELIVERED", -60), ("CANDIDATE_JOINED", 4), ("SESSION_CLOSED", 31)]


async def test_order_does_not_matter(ask: Ask, company: Company) -> None:
    found = []
    for order in permutations(REPORTS):
        case = await accepted(ask, company)
        for kind, minutes in order:
            await case.report(kind, minutes)
        seen = await case.seen()
        found.append((seen["assessment"], [each["kind"] for each in seen["telemetry"]]))
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize(
    ("kind", "input", "code", "field"),
    [
        ("SESSION_CLOSED", {"occurredAt": iso(NOW + timedelta(minutes=6))}, "INVALID_VALUE", "occurredAt"),
        ("SESSION_CLOSED", {"occurredAt": "0001-01-01T00:00:00Z"}, "INVALID_VALUE", "occurredAt"),
        ("SESSION_CLOSED", {"source": " "}, "INVALID_VALUE", "source"),
        ("SESSION_CLOSED", {"key": ""}, "INVALID_VALUE", "key"),
        ("SESSION_CLOSED", {"until": iso(STARTS)}, "INVALID_VALUE", "until"),
        ("SESSION_HEARTBEAT", {"until": iso(STARTS - timedelta(minutes=1))}, "INVALID_VALUE", "until"),
        ("PLATFORM_OUTAGE", {}, "INVALID_VALUE", "until"),
        ("SESSION_CLOSED", {"interview": None}, "INVALID_VALUE", "interview"),
        ("SESSION_CLOSED", {"interview": gid("Interview", "nobody")}, "NOT_FOUND", "interview"),
    ],
)
async def test_what_cannot_have_been_seen_is_refused(
    ask: Ask, case: Case, kind: str, input: dict[str, Any], code: str, field: str
) -> None:
    async with appends(ask, case.company):
        assert await case.report(kind, **input) == refused("recordTelemetry", code, field)


async def test_nobody_decides_with_evidence_unread(ask: Ask, case: Case) -> None:
    """What comes late to the platform may come after the decider last looked."""
    company, hr = case.company, case.company.at(days=1, hours=20)
    await ask.do("recordAttendance", company.user("hr"), interview=case.id, attendance="NOT_ATTENDED")
    finding = await hr.suspicion(uid(case.id))
    await hr.notice(finding)
    await hr.own_statement(finding, "I was there.")
    read = await ask.last_seq(company.user("hr"), gid("Finding", finding))
    await case.report("CANDIDATE_JOINED", 3)
    decision = {"finding": gid("Finding", finding), "cause": "CANDIDATE", "reason": "Never came.", "readUpTo": read}
    answer = await ask.do("confirmNoShow", company.user("marketing"), **decision)
    assert answer == refused("confirmNoShow", "STATEMENT_UNREAD", "readUpTo")


async def test_nobody_decides_with_an_outage_unread(ask: Ask, case: Case) -> None:
    """It is told of no interview, and explains those that lay in it: what is still open has it in its history."""
    company, hr = case.company, case.company.at(days=1, hours=20)
    await ask.do("recordAttendance", company.user("hr"), interview=case.id, attendance="NOT_ATTENDED")
    finding = await hr.suspicion(uid(case.id))
    await hr.notice(finding)
    await hr.own_statement(finding, "I could not get in.")
    read = await ask.last_seq(company.user("hr"), gid("Finding", finding))
    await case.report("PLATFORM_OUTAGE", -540, until=iso(STARTS - timedelta(hours=8)))
    assert await ask.last_seq(company.user("hr"), case.id) == read
    # In the order of seq, of which the Organization's chain has more.
    async with appends(ask, company, "TELEMETRY_RECORDED", "OUTAGE_RECORDED"):
        await case.report("PLATFORM_OUTAGE", -5, until=iso(STARTS + timedelta(minutes=40)))
    decision = {"finding": gid("Finding", finding), "cause": "CANDIDATE", "reason": "Never came.", "readUpTo": read}
    answer = await ask.do("confirmNoShow", company.user("marketing"), **decision)
    assert answer == refused("confirmNoShow", "STATEMENT_UNREAD", "readUpTo")
    assert await case.cause() == "PLATFORM"
    assert await case.company.faults() == []


async def test_what_clears_a_candidate_later_is_told(ask: Ask, case: Case) -> None:
    """A no-show that counts stays as it was decided; both sides hear once of what speaks against it since."""
    company, hr = case.company, case.company.at(days=1, hours=20)
    await ask.do("recordAttendance", company.user("hr"), interview=case.id, attendance="NOT_ATTENDED")
    finding = await hr.suspicion(uid(case.id))
    await hr.notice(finding)
    await hr.own_statement(finding, "I could not get in.")
    await hr.confirmation(finding)

    async def told() -> list[str]:
        query = "query Told($id: ID!) { node(id: $id) { ... on Interview { messages { template } } } }"
        found = (await ask(query, company.user("marketing"), id=case.id))["node"]["messages"]
        return [each["template"] for each in found if each["template"] == "EVIDENCE_CHANGED"]

    await case.report("DEVICE_CHECK_PASSED", -5)
    assert await told() == []
    async with appends(ask, company, "TELEMETRY_RECORDED", "OUTAGE_RECORDED"):
        await case.report("PLATFORM_OUTAGE", -5, until=iso(STARTS + timedelta(minutes=40)))
    assert len(await told()) == 2
    await case.report("PLATFORM_OUTAGE", -6, until=iso(STARTS + timedelta(minutes=41)))
    assert len(await told()) == 2
    query = "query State($id: ID!) { node(id: $id) { ... on Finding { state basedOn { type } } } }"
    assert (await ask(query, company.user("marketing"), id=gid("Finding", finding)))["node"]["state"] == "FINAL"


TASKS = '{ department(code: "MARKETING") { tasks { kind kindLabel(locale: EN) due finding { id } } } }'


async def doubted(case: Case) -> str:
    """A no-show that counts, of an interview that lay in an outage which was told after the decision."""
    company, hr = case.company, case.company.at(days=1, hours=20)
    await case.ask.do("recordAttendance", company.user("hr"), interview=case.id, attendance="NOT_ATTENDED")
    finding = await hr.suspicion(uid(case.id))
    await hr.notice(finding)
    await hr.own_statement(finding, "I could not get in.")
    await hr.confirmation(finding)
    assert await reviews(case) == []
    await case.report("PLATFORM_OUTAGE", -5, until=iso(STARTS + timedelta(minutes=40)))
    return gid("Finding", finding)


async def reviews(case: Case, viewer: str = "marketing") -> list[dict[str, Any]]:
    found = (await case.ask(TASKS, case.company.user(viewer)))["department"]["tasks"]
    return [each for each in found if each["kind"] == "REVIEW_DUE"]


async def silent(case: Case) -> str:
    """A no-show that the system suspected, decided in silence; what it heard of is what is stored of its messages."""
    await case.report("SESSION_CLOSED", 30)
    over = STARTS + timedelta(hours=1)
    await do_due(case.ask.graph, case.company, over)
    finding = (await case.found("finding { id }"))["finding"]["id"]
    case.ask.now = over + timedelta(hours=73)
    await do_due(case.ask.graph, case.company, case.ask.now)
    viewer = case.company.user("marketing")
    decision = {"finding": finding, "cause": "CANDIDATE", "reason": "Silent.", "knewBy": "TOLD_BY_STAFF"}
    read = await case.ask.last_seq(viewer, finding)
    assert (await case.ask.do("confirmNoShow", viewer, "state", readUpTo=read, **decision))["state"] == "FINAL"
    assert await reviews(case) == []
    return finding


async def test_who_came_after_all_is_looked_at_again(ask: Ask, case: Case) -> None:
    """It is nobody else's fault by that, and cannot be theirs."""
    await case.report("MESSAGE_DELIVERED", -600)
    await silent(case)
    await case.report("SESSION_CLOSED", 31)
    assert await reviews(case) == []
    await case.report("CANDIDATE_JOINED", 3)
    assert len(await reviews(case)) == 1
    assert len(await facts_of(ask.graph, case.company, "EVIDENCE_CHANGED")) == 2


async def test_an_invitation_that_bounced_after_all_is_looked_at_again(ask: Ask, case: Case) -> None:
    integrator = case.company.user("integrator")
    (invitation,) = (await case.found("messages { id }"))["messages"]
    delivered = {"receipt": "DELIVERED", "at": iso(STARTS - timedelta(days=1))}
    await ask.do("recordDelivery", integrator, message=invitation["id"], **delivered)
    await silent(case)
    await ask.do("recordDelivery", integrator, message=invitation["id"], receipt="BOUNCED")
    await do_due(ask.graph, case.company, ask.now)
    assert len(await reviews(case)) == 1


async def test_whoever_was_never_told_was_not_heard(ask: Ask, case: Case) -> None:
    """The notice bounced only after its time to answer had passed, and it was decided in silence."""
    await case.report("MESSAGE_DELIVERED", -600)
    finding = await silent(case)
    notices = (await case.found("messages { id template }"))["messages"]
    (notice,) = [each["id"] for each in notices if each["template"] == "NOTICE"]
    for _ in range(2):
        await ask.do("recordDelivery", case.company.user("integrator"), message=notice, receipt="BOUNCED")
    assert [each["finding"]["id"] for each in await reviews(case)] == [finding]
    told = await facts_of(ask.graph, case.company, "EVIDENCE_CHANGED")
    assert [each["unheard"] for each in told] == [True, True]


async def test_what_clears_a_candidate_later_is_to_be_looked_at(ask: Ask, case: Case) -> None:
    """Its own have the task until a named person, who has read it, says that the no-show stands; more makes it anew."""
    company, finding = case.company, await doubted(case)
    task = {
        "kind": "REVIEW_DUE",
        "kindLabel": "To be looked at again",
        "due": iso(ask.now),
        "finding": {"id": finding},
    }
    assert await reviews(case) == [task]
    assert await reviews(case, "technology") == await reviews(case, "brand") == []
    read = await ask.last_seq(company.user("hr"), finding)
    stands = {"finding": finding, "cause": "CANDIDATE", "reason": "It was up by then.", "readUpTo": read}
    for change, code, field in (
        ({"readUpTo": read - 1}, "STATEMENT_UNREAD", "readUpTo"),
        ({"cause": "PLATFORM"}, "INVALID_VALUE", "cause"),
    ):
        answer = await ask.do("confirmNoShow", company.user("marketing"), **(stands | change))
        assert answer == refused("confirmNoShow", code, field)
    async with appends(ask, company, "NO_SHOW_REVIEWED"):
        answer = await ask.do("confirmNoShow", company.user("marketing"), "state reviewReason", **stands)
    assert (answer["state"], answer["reviewReason"]) == ("FINAL", "It was up by then.")
    assert await reviews(case) == []
    again = await ask.do("confirmNoShow", company.user("marketing"), **stands)
    assert again == refused("confirmNoShow", "WRONG_STATE", "finding")
    await case.report("PLATFORM_OUTAGE", -6, until=iso(STARTS + timedelta(minutes=41)))
    assert await reviews(case) == []
    await case.report("DEVICE_CHECK_FAILED", -1)
    assert len(await reviews(case)) == 1
    assert await case.company.faults() == []


async def test_nobody_looks_again_at_what_is_left_of_whoever_is_erased(case: Case) -> None:
    await doubted(case)
    assert len(await reviews(case)) == 1
    await case.company.at(days=0).erase(case.claim.candidate)
    assert await reviews(case) == []


@pytest.mark.parametrize("end", ["void", "rejected dispute", "time"])
async def test_a_review_is_due_no_longer_than_the_no_show_counts(ask: Ask, case: Case, end: str) -> None:
    company, finding = case.company, await doubted(case)
    assert len(await reviews(case)) == 1
    if end == "void":
        await ask.do("voidNoShow", company.user("marketing"), finding=finding, reason="The platform was down.")
    elif end == "time":
        ask.now += timedelta(days=400)
    else:
        await ask.do("disputeNoShow", case.claim, finding=finding, text="It was down.")
        assert await reviews(case) == []
        read = await ask.last_seq(company.user("hr"), finding)
        rejected = {"decision": "REJECTED", "reason": "It was up by then.", "readUpTo": read}
        done = await ask.do("decideDispute", company.user("marketing"), finding=finding, **rejected)
        assert done["__typename"] == "Finding"
    assert await reviews(case) == []


async def test_an_organisation_sets_its_own_table(ask: Ask, case: Case) -> None:
    """For interviews without a finding at once; one with a finding keeps the table that it names."""
    company, hr = case.company, case.company.at(days=1, hours=20)
    await case.report("SESSION_CLOSED", 30)
    await case.report("MESSAGE_DELIVERED", -60)
    other = await accepted(ask, company)
    for kind, minutes in (("SESSION_CLOSED", 30), ("MESSAGE_DELIVERED", -60)):
        await other.report(kind, minutes)
    company.at(days=1, hours=20)
    await ask.do("recordAttendance", company.user("hr"), interview=case.id, attendance="NOT_ATTENDED")
    await hr.suspicion(uid(case.id))
    organization = {"organization": gid("Organization", hr.viewer.organization)}
    for wrong in (["NONSENSE 1"], ["OUTAGE_OVER_SLOT 10"], ["CONNECTION_LOST 900"]):
        answer = await ask.do("setAttendancePolicy", company.user("hr"), **organization, causes=wrong)
        assert answer == refused("setAttendancePolicy", "INVALID_VALUE", "causes")
    table = await ask.do("setAttendancePolicy", company.user("hr"), "causes", **organization, causes=["THRESHOLD 70"])
    assert table["causes"][0] == "THRESHOLD 70"
    assert "MESSAGE_DELIVERED 20" in table["causes"]
    kept, fresh = (await case.seen())["assessment"], (await other.seen())["assessment"]
    assert (kept["cause"], kept["policyVersion"]) == ("CANDIDATE", "2026-11")
    assert (fresh["cause"], fresh["policyVersion"]) == ("UNKNOWN", "1")


# CloudEvents


@dataclass
class Platform:
    """Sends events over HTTP as the integrator of the case's company."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    case: Case
    door: Server

    def event(self, kind: TelemetryKind, minutes: float = 0, **more: Any) -> dict[str, Any]:
        type = next(name for name, each in TYPES.items() if each is kind)
        at = iso(STARTS + timedelta(minutes=minutes))
        named = {"specversion": "1.0", "type": type, "source": "https://platform.example", "id": uuid4().hex}
        return {**named, "subject": self.case.id, "time": at, **more}

    async def send(self, sent: Any, form: str = STRUCTURED, **headers: str) -> httpx.Response:
        return await self.http.post("/cloudevents", json=sent, headers=self.headers | {"Content-Type": form} | headers)


@pytest.fixture
async def platform(graph: Graph, answerer: Answerer, case: Case) -> AsyncIterator[Platform]:
    door = server(graph, answerer, rate_points=0)
    async with client(door) as http:
        yield Platform(http, token(door, case.company.user("integrator")), case, door)


async def test_an_event_is_taken(ask: Ask, platform: Platform) -> None:
    event = platform.event(TelemetryKind.SESSION_CLOSED, 30)
    async with appends(ask, platform.case.company, "TELEMETRY_RECORDED"):
        answer = await platform.send(event, STRUCTURED + "; charset=utf-8")
        again = await platform.send(event)
    result = {"source": event["source"], "id": event["id"], "status": "taken"}
    assert (answer.status_code, answer.json()) == (200, {"results": [result]})
    assert (again.status_code, again.json()) == (200, {"results": [result]})
    seen = await platform.case.seen()
    assert [each["kind"] for each in seen["telemetry"]] == ["SESSION_CLOSED"]


async def test_a_batch_says_what_became_of_each(platform: Platform) -> None:
    outage = platform.event(TelemetryKind.PLATFORM_OUTAGE, -3, data={"until": iso(STARTS + timedelta(minutes=3))})
    del outage["subject"]
    batch = [
        platform.event(TelemetryKind.SESSION_CLOSED, 30),
        outage,
        platform.event(TelemetryKind.SESSION_CLOSED, subject=gid("Interview", "nobody")),
        platform.event(TelemetryKind.SESSION_CLOSED, type="com.example.other"),
        platform.event(TelemetryKind.SESSION_CLOSED, time="yesterday"),
        platform.event(TelemetryKind.SESSION_CLOSED, time="0001-01-01T00:00:00+08:00"),
        platform.event(TelemetryKind.SESSION_CLOSED, specversion="0.3"),
        platform.event(TelemetryKind.SESSION_CLOSED, id=None),
        platform.event(TelemetryKind.SESSION_HEARTBEAT, data={"until": 7}),
    ]
    answer = await platform.send(batch, BATCHED)
    assert answer.status_code == 200
    told = [(each["status"], each.get("code"), each.get("attribute")) for each in answer.json()["results"]]
    taken = ("taken", None, None)
    wrong = [("refused", "INVALID_VALUE", name) for name in ("type", "time", "time", "specversion", "id", "data.until")]
    assert told == [taken, taken, ("refused", "NOT_FOUND", "subject"), *wrong]
    assert await platform.case.cause() == "PLATFORM"
    assert (await platform.send([], BATCHED)).json() == {"results": []}


async def test_what_is_no_event_is_refused(platform: Platform) -> None:
    event = platform.event(TelemetryKind.SESSION_CLOSED, 30)
    for sent, form, status, code in [
        (event, "application/json", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ([event], STRUCTURED, 400, "BAD_REQUEST"),
        (event, BATCHED, 400, "BAD_REQUEST"),
        ([event, 7], BATCHED, 400, "BAD_REQUEST"),
        ([event] * 101, BATCHED, 400, "TOO_MANY_EVENTS"),
        ({**event, "data": "x" * BODY}, STRUCTURED, 413, "BODY_TOO_LARGE"),
    ]:
        answer = await platform.send(sent, form)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)
    bad = await platform.http.post(
        "/cloudevents", content=b"{", headers=platform.headers | {"Content-Type": STRUCTURED}
    )
    assert bad.status_code == 400
    assert (await platform.send({**event, "type": "x"})).status_code == 422
    assert (await platform.http.get("/cloudevents")).status_code == 405


async def test_a_recruiter_sends_events_of_their_departments_alone(platform: Platform) -> None:
    """Of its interviews, and of no outage, which would be the whole Organization's."""
    seen = platform.event(TelemetryKind.SESSION_CLOSED, 30)
    outage = platform.event(TelemetryKind.PLATFORM_OUTAGE, -3, data={"until": iso(STARTS + timedelta(minutes=3))})
    del outage["subject"]
    for viewer, codes in (("marketing", [None, "NOT_ALLOWED"]), ("technology", ["NOT_FOUND", "NOT_ALLOWED"])):
        answer = await platform.send(
            [seen, outage], BATCHED, **token(platform.door, platform.case.company.user(viewer))
        )
        assert [each.get("code") for each in answer.json()["results"]] == codes


async def test_events_need_a_token_that_may_send_them(ask: Ask, platform: Platform) -> None:
    event = platform.event(TelemetryKind.SESSION_CLOSED, 30)
    async with appends(ask, platform.case.company):
        answer = await platform.send(event, Authorization="Bearer nonsense")
        assert answer.status_code == 401
