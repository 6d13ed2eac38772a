"""Every member of every shape, alone and with each of its arguments, composed and sent to the database it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from graphql import get_named_type, is_enum_type, is_object_type

from graph import candidates, employments, work_calendars
from graph.causes import TelemetryKind
from graph.checks import CheckOutcome, NewCheck
from graph.decisions import Decide, Verdict
from graph.goals import Goal
from graph.instants import parameter
from graph.interviews import Side, Times
from graph.refusals import Locale
from graph.rounds import Invitee
from graph.shifts import AttendanceKind
from graph.statements import Nothing, Statement
from graph.telemetry import Report
from graph.timesheets import Fact
from graph.traversal import (
    ROOTS,
    SHAPES,
    Aggregate,
    Composed,
    Computed,
    Cursor,
    Grouped,
    Here,
    Many,
    Member,
    Merged,
    One,
    Page,
    Part,
    Pick,
    Root,
    compose,
)
from graph.visibility import POLICIES, Dialect, OrganizationRole, Person, Viewer
from graph.writing import Graph
from schema.execution import Answerer
from schema.lookups import LOOKUPS
from schema.root import core_schema
from seeds import makers
from seeds.makers import fixed_ids, maker
from tests.conftest import Ask, Company, gid, looked, make_company, uid
from tests.pictures import picture

SCHEMA = core_schema()
INSTANT = datetime(2026, 11, 20, 9, tzinfo=UTC)
VALUES: Mapping[str, Any] = {
    "locale": Locale.EN,
    "position": "a position",
    "search": "a name",
    "from": INSTANT,
    "to": INSTANT,
    "startsFrom": INSTANT,
    "startsBefore": INSTANT,
    "appliedFrom": INSTANT,
    "appliedBefore": INSTANT,
    "ended": True,
    "states": ["FINAL"],
    "code": "MARKETING",
    "current": True,
    "standing": True,
    "count": 10,
}
"""A value for each argument and each condition; any other is a text."""
_NAMED_BY_HAND = re.compile(r"\bAS (?!answer$|n\d+\b)\w+|[(\[](?!n\d)[a-z]\w*:[A-Z]")


def argument(name: str) -> Any:
    return VALUES.get(name, "a value")


def chosen(value: str) -> Enum:
    """An enum's value, as the executor hands it to the compiler."""
    return SimpleNamespace(value=value, name=value)  # type: ignore[return-value]


def children(to: str) -> list[Pick]:
    """What is asked of a row at the end of a member: enough to have a column of each kind."""
    if to in (
        *("AttendanceSummary", "DepartmentSummary"),
        "MissedReminder",
        "RepeatReminder",
        "WorkAttendance",
        "WorkAttendanceGroup",
        "RefillSuggestion",
    ):
        return [
            Pick(
                name,
                name,
                0,
                {"locale": Locale.EN},
                [Pick("id", "id")] if name in ("noShow", "department", "candidate", "application", "position") else [],
            )
            for name in SHAPES[to].members
        ]
    return [Pick("id", "id")]


def page(to: str) -> list[Pick]:
    ends = [Pick(name, name) for name in ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor")]
    edges = [Pick("cursor", "cursor"), Pick("node", "node", picks=children(to))]
    return [
        Pick("edges", "edges", picks=edges),
        Pick("nodes", "nodes", picks=children(to)),
        Pick("pageInfo", "pageInfo", picks=ends),
        Pick("totalCount", "totalCount"),
    ]


def windows(member: Page) -> Iterator[dict[str, Any]]:
    """For each order the page between two places, of which one may have no value, and the last page."""
    for order in member.sorts:
        for value in ("a value", None):
            cursor = Cursor(order, value, "an id")
            yield {"orderBy": chosen(order), "after": cursor, "before": cursor}
        yield {"orderBy": chosen(order), "last": 3}


def asked(member: Member) -> Iterator[tuple[dict[str, Any], list[Pick]]]:
    """The ways of asking for a member: its arguments, and its own selection."""
    match member:
        case Page():
            choices = member.steps if isinstance(member.steps, Mapping) else ()
            by = [{member.by: choice if isinstance(choice, bool) else chosen(choice)} for choice in choices] or [{}]
            for choice in by:
                yield dict(choice), page(member.to)
            for window in windows(member):
                yield by[0] | window, page(member.to)
            for name in member.conditions:
                for given in ({name: argument(name)}, {"where": {name: argument(name)}}):
                    yield by[0] | given, page(member.to)
        case Aggregate():
            steps = member.steps
            by = [{member.by: chosen(choice)} for choice in steps] if isinstance(steps, Mapping) else [{}]
            for choice in by:
                yield choice, children(member.to)
                yield choice | {name: argument(name) for name in member.conditions}, children(member.to)
        case Grouped():
            for choice in member.keys if member.by else ():
                yield {member.by: chosen(choice)}, children(member.to)
            by = {member.by: chosen(next(iter(member.keys)))} if member.by else {}
            yield by | {name: argument(name) for name in member.conditions}, children(member.to)
        case One() | Many() | Here():
            yield dict(VALUES), children(member.to)
        case Merged():
            yield dict(VALUES), children(member.parts[0].to)
        case _:
            yield dict(VALUES), []


@dataclass(frozen=True)
class There:
    """A record of each type, all of them the viewer's to see, so that every subquery has rows to work on."""

    viewer: Viewer
    ids: Mapping[str, str]

    def of(self, dialect: Dialect) -> Viewer:
        """One who sees all of it: the candidate itself where the statement is made for one."""
        if dialect is not Dialect.CANDIDATE:
            return self.viewer
        person = Person((self.ids["Candidate"],), "", verified=True)
        return replace(self.viewer, role=None, person=person, relations={})


async def scoring(company: Company) -> dict[str, str]:
    """A policy in force, so that scores have all they are made of."""
    policy = await company.hr.score_policy()
    assessment = await company.hr.impact_assessment(policy)
    second = await company.hr.user(f"second@{company.tag}", OrganizationRole.HR_ADMIN)
    assert second
    approver = await maker(company.hr.graph, f"second@{company.tag}", at=company.hr.at)
    return {"ScorePolicy": await approver.approval(policy), "ImpactAssessment": assessment}


HISTORY = """
query History($id: ID!) {
  application(id: $id) {
    candidate { id } interviews { nodes { id messages { id } events(first: 1) { nodes { id } } } }
  }
}
"""


@pytest.fixture(scope="module")
async def there(graph: Graph, answerer: Answerer) -> There:
    company, person = await make_company(graph), candidates.Person("王芳", f"{uuid4().hex}@example.com")
    company.at(days=60)
    first = await company.application("marketing", person)
    finding = await company.hr.no_show(first)
    second = await company.application("technology", person)
    found = await Ask(graph, answerer)(HISTORY, company.user("hr"), id=gid("Application", first))
    interview = found["application"]["interviews"]["nodes"][0]
    calendar = work_calendars.NewCalendar(date(2026, 1, 1), "Asia/Shanghai", 5, ("MON-FRI 09:00-18:00",))
    company.at(days=50)
    kept = await company.hr.work_calendar(calendar)
    job = employments.NewEmployment(company.departments["marketing"], person, "Trainee", date(2026, 1, 5))
    employment = await company.hr.employment(job)
    company.hr.seed = uuid4().hex
    await company.hr.work_attendance(employment, "badge", Fact(AttendanceKind.LATE, date(2026, 6, 1), minutes=20))
    record = fixed_ids(f"{company.hr.seed}/0")()()
    await company.hr.task_completion(
        employment, "okr", Goal("Sell", date(2026, 1, 5), date(2026, 6, 30), told_share=0.5)
    )
    reached, company.hr.seed = fixed_ids(f"{company.hr.seed}/1")()(), ""
    access, gap = await looked(graph, company.hr.viewer, finding)
    company.at(days=0)
    await company.hr.slots(INSTANT + timedelta(days=9), department=company.departments["marketing"])
    asked = await company.hr.interview(second, starts_at=INSTANT + timedelta(hours=5))
    slots = "query Slots($code: String!) { department(code: $code) { openSlots { id } } }"
    opened = await Ask(graph, answerer)(slots, company.user("hr"), code="MARKETING")
    seen = Report(TelemetryKind.SESSION_CLOSED, company.hr.at, "https://platform.example", "1", uid(interview["id"]))
    ids = {
        "Slot": uid(opened["department"]["openSlots"][0]["id"]),
        "Access": access,
        "RightsRequest": await company.hr.rights_request(second),
        "AccessGap": gap,
        "RescheduleRequest": (request := await company.hr.request(asked)),
        "Proof": await company.hr.proof(asked, picture(), request=request),
        "UploadTicket": await company.hr.ticket(asked, request=request),
        "Employment": employment,
        "AttendanceRecord": record,
        "TaskResult": reached,
        "ResumeCheck": await company.hr.resume_check(
            NewCheck(second, CheckOutcome.MISMATCH, "Degree", "Call", "Registry", INSTANT.date(), "No such degree.")
        ),
        "WorkCalendar": kept,
        "Organization": company.hr.viewer.organization,
        "Department": company.departments["marketing"],
        "Position": company.positions["technology"],
        "Candidate": uid(found["application"]["candidate"]["id"]),
        "Application": second,
        "Interview": uid(interview["id"]),
        "Event": uid(interview["events"]["nodes"][0]["id"]),
        "Finding": finding,
        "User": company.hr.viewer.id,
        "CostPolicy": await company.hr.costs(onsite=150),
        "AttendancePolicy": await company.hr.policy(answer_hours=96),
        "PolicyInForce": company.hr.viewer.organization,
        "Telemetry": await company.hr.telemetry(seen),
        "Assessment": uid(interview["id"]),
        "OutcomeTask": uid(interview["id"]),
        "FindingTask": finding,
        "Link": await company.hr.link(first),
        "Message": await reported(graph, company, uid(interview["messages"][0]["id"])),
        "Decision": await company.hr.decide(Decide(second, Verdict.HOLD, "Later.", (finding,))),
        "FreedSlot": await freed(company),
        "Webhook": await hooked(graph, company),
        **await invited(Ask(graph, answerer), company),
        **await scoring(company),
    }
    return There(company.hr.viewer, ids)


async def freed(company: Company) -> str:
    """The slot of a cancelled interview, offered to somebody else."""
    company.at(days=20)
    lost, _ = await company.application("technology"), await company.application("technology")
    interview = await company.hr.interview(lost, starts_at=company.hr.at + timedelta(days=5))
    await company.hr.cancel(interview, Side.CANDIDATE)
    return await company.hr.free_slot(interview)


REPORT = Statement(
    "tests.report",
    "MATCH (message:Message {id: $id}) SET message.reporters = [$user]",
    row=Nothing,
    writes=True,
)


async def reported(graph: Graph, company: Company, message: str) -> str:
    """One of which the viewer said what became of it."""
    await graph.client.write(lambda tx: tx.run(REPORT, id=message, user=company.hr.viewer.id))
    return message


CALL = Statement(
    "tests.call",
    "MATCH (webhook:Webhook {id: $id}) MATCH (user:User {id: $user}) CREATE (webhook)-[:CALLS]->(user)",
    row=Nothing,
    writes=True,
)


async def hooked(graph: Graph, company: Company) -> str:
    """An integrator's, which is the viewer's too."""
    integrator = await makers.maker(graph, company.user("integrator"), at=INSTANT)
    id = await integrator.webhook("https://hooks.example.com/turnout", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    await graph.client.write(lambda tx: tx.run(CALL, id=id, user=company.hr.viewer.id))
    return id


async def invited(ask: Ask, company: Company) -> dict[str, str]:
    """A round of invitations with its one answer."""
    company.at(days=20)
    person, at = company.person(), company.hr.at + timedelta(days=5)
    times = Times(at, at + timedelta(hours=1), "Asia/Shanghai")
    application = await company.application("technology", person)
    round = await company.hr.round(company.positions["technology"], Invitee(times, application))
    query = "query Of($id: ID!) { node(id: $id) { ... on InvitationRound { answers { id } } } }"
    found = await ask(query, company.user("hr"), id=gid("InvitationRound", round))
    return {"InvitationRound": round, "InvitationAnswer": uid(found["node"]["answers"][0]["id"])}


async def run(graph: Graph, engine_name: str, viewer: Viewer, composed: Composed, args: Mapping[str, Any]) -> bool:
    """Whether the statement gives an answer.

    Neo4j explains it; the embedded engine's EXPLAIN does not look inside subqueries, so there it runs.
    """
    # A name of one text would be shadowed by, or bound to, the same name of a text that lies within it.
    assert not _NAMED_BY_HAND.findall(composed.text)
    values = viewer.at(INSTANT)
    for item in composed.parameters:
        values[item.name] = item.source(args)
    values = {name: value.value if isinstance(value, SimpleNamespace) else value for name, value in values.items()}
    explain = "EXPLAIN " if engine_name == "neo4j" else ""
    async with graph.client.driver.session(database=graph.client.database) as session:
        result = await session.run(explain + composed.text, parameter(values))  # type: ignore[arg-type]
        columns = list(result.keys())
        summary = await result.consume()
    if explain:
        assert (columns, summary.query_type) == (["answer"], "r")
    return columns == ["answer"]


def dialects(engine_name: str, way: int) -> list[Dialect]:
    """Those in which a way of asking for a member is tried: Neo4j, which plans each anew, plans windows and conditions
    once, as who may see a row is the same part of all of them.
    """
    return list(Dialect)[: 1 if engine_name == "neo4j" and way else None]


MEMBERS = [(shape, name) for shape in LOOKUPS for name in SHAPES[shape].members]
"""Those of the past are read in tests/test_past.py."""


@pytest.mark.parametrize(("shape", "name"), MEMBERS)
async def test_a_member_is_read_alone(graph: Graph, engine_name: str, there: There, shape: str, name: str) -> None:
    """A member that works only beside another, or on one engine only, fails here and not for a client."""
    known = {**VALUES, "id": there.ids[shape], "position": there.ids["Position"]}
    for way, (args, picks) in enumerate(asked(SHAPES[shape].members[name])):
        for dialect in dialects(engine_name, way):
            wanted = Pick("a", name, 0, {**args, **{key: known[key] for key in args.keys() & {"position"}}}, picks)
            composed = compose(LOOKUPS[shape], Pick("node", "node", 0, known, [wanted]), dialect)
            absent = POLICIES[shape].rule(dialect).row == "false" and engine_name != "neo4j"
            assert await run(graph, engine_name, there.of(dialect), composed, {**known, **args}) != absent


def rooted(root: Root) -> Iterator[tuple[dict[str, Any], list[Pick]]]:
    if root.member is None:
        yield {}, children(root.shape)
    else:
        yield from asked(root.member)


@pytest.mark.parametrize("name", ROOTS)
async def test_a_root_is_read_alone(graph: Graph, engine_name: str, there: There, name: str) -> None:
    """The same for the fields of Query."""
    known = {**VALUES, "id": there.ids.get(ROOTS[name].shape, "")}
    for way, (args, picks) in enumerate(rooted(ROOTS[name])):
        for dialect in dialects(engine_name, way):
            given = args or known if ROOTS[name].member is None else args
            composed = compose(ROOTS[name], Pick(name, name, 0, given, picks), dialect)
            # Codes of departments are not for candidates, and nobody else has a record of their own.
            own = {"department": dialect is Dialect.CANDIDATE, "myRecord": dialect is not Dialect.CANDIDATE}
            absent = own.get(name, False) and engine_name != "neo4j"
            assert await run(graph, engine_name, there.of(dialect), composed, {**known, **given}) != absent


def within(name: str) -> set[str]:
    """A shape that is made in Python, and those of its parts."""
    parts = (member.to for member in SHAPES[name].members.values() if isinstance(member, Part))
    return {name}.union(*map(within, parts))


def test_every_shape_is_reached() -> None:
    """By its id, or through a member of one that is."""
    past = {name for name, shape in SHAPES.items() if name == f"Past{shape.type}"}
    reached = set(LOOKUPS) | {root.past.shape for root in ROOTS.values() if root.past}
    for shape in (*LOOKUPS, *past):
        for member in SHAPES[shape].members.values():
            if isinstance(member, Merged):
                reached |= {part.to for part in member.parts}
            if isinstance(member, (One, Here, Many, Page, Aggregate, Grouped)):
                reached.add(member.to)
            if isinstance(member, Computed):
                reached |= within(member.to)
    for root in ROOTS.values():
        reached |= {part.to for part in root.member.parts} if isinstance(root.member, Merged) else set()
    assert reached == SHAPES.keys()


def test_orders_are_those_of_the_language() -> None:
    """The names of an order in the language are the sorts of the connection that it orders."""
    for shape in SHAPES.values():
        type = SCHEMA.get_type(shape.type)
        assert is_object_type(type)
        for name, member in shape.members.items():
            if isinstance(member, Page):
                order = get_named_type(type.fields[name].args["orderBy"].type)
                assert is_enum_type(order)
                assert list(order.values) == list(member.sorts), f"{shape.name}.{name}"


def test_conditions_are_those_of_the_language() -> None:
    """A filter that the language offers and the graph does not know would silently filter nothing."""
    for shape in SHAPES.values():
        type = SCHEMA.get_type(shape.type)
        assert is_object_type(type)
        for name, member in shape.members.items():
            if not isinstance(member, Page):
                continue
            arguments = dict(type.fields[name].args)
            where = arguments.pop("where", None)
            offered = set(get_named_type(where.type).fields) if where else set[str]()  # type: ignore[union-attr]
            offered |= arguments.keys() - {"first", "after", "last", "before", "orderBy", member.by}
            assert offered == member.conditions.keys(), f"{shape.name}.{name}"
