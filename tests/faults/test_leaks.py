"""Nobody sees what they may not: what is hidden may be changed at will, and not a byte of any answer changes.

Which properties of which records are hidden is written down here from the design's table. For each kind of viewer all
of them are set to canaries or other values, in the graph itself, and every question that the schema allows up to some
depth, by every way, in every order, under every condition and page by page, is asked before and after. The short form
on Neo4j, which plans each question anew, asks a few of them that a seed draws.
"""

from __future__ import annotations

import gc
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLObjectType, OperationDefinitionNode, parse, validate
from neo4j.time import DateTime

from graph.candidates import Person
from graph.causes import Cause
from graph.decisions import Decide, Verdict
from graph.events import EventType
from graph.statements import Nothing, Statement
from graph.visibility import Claim
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.ids import NODES, from_global
from schema.limits import measure
from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.faults.figures import LONG, size, tell
from tests.faults.inputs import BY_CANDIDATES, Inputs, at, document, texts
from tests.faults.inputs import put as replaced
from tests.faults.paths import CANARY, Known, Paths, sample
from tests.test_visibility import World, world  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")
TRIES = size(200, 2_000)
SEED, FEW = 11, {"neo4j": size(30, 100), "embedded": size(1_000, 500)}
NEAR, OUTSIDE = ("technology", "brand"), ("subsidiary", "nobody", "interviewer")
OF_ANOTHER_COMPANY = {"stranger": "hr", "strange auditor": "auditor", "strange integrator": "integrator"}
STRANGERS = tuple(OF_ANOTHER_COMPANY)
HANDLER = "technology"
"""Who handles the dispute of a finding that a decision of Marketing's stands on."""
PERSONS = ("person", "linked")
"""Another candidate of the company, by the link with the code, and by the link alone."""
VIEWERS = (*NEAR, *OUTSIDE, *STRANGERS, *PERSONS, "integrator", "filer", "anonymous")
ALL = frozenset({"*"})
KEPT = frozenset({"id", "organization", "circle", "_lock", "externalId", "demo", "recordedIn", "organizationId"})
"""What holds the graph together or says who exists: never changed."""
OTHERS: dict[str, Sequence[str]] = {
    "mode": ("VIDEO", "ONSITE"),
    "response": ("TENTATIVE", "DECLINED"),
    "attendance": ("ATTENDED", "INCOMPLETE"),
    "stage": ("OFFER", "SCREENING"),
    "urgency": ("URGENT_BACKFILL", "NORMAL"),
    "locale": ("EN", "ZH_CN"),
    "outcome": ("EXCUSED", "SYSTEM_FAULT"),
    "cause": ("UNKNOWN", "EMPLOYER"),
    "state": ("NOTICE_SENT", "SUSPECTED"),
    "actorKind": ("API", "SYSTEM"),
    "type": (EventType.RESPONSE_RECORDED.value, EventType.INTERVIEW_INVITED.value),
    "timeZone": ("Europe/Berlin", "America/New_York"),
    "kind": ("PHONE", "EXTERNAL"),
    "status": ("CLOSED", "OPEN"),
    "verdict": ("REJECT", "ADVANCE"),
    "knewBy": ("TOLD_BY_STAFF", "OTHER_RECORD"),
}
OF_LABELS = {
    ("AttendanceRecord", "kind"): ("ABSENT", "LATE"),
    ("ResumeCheck", "outcome"): ("VERIFIED", "MISMATCH"),
    ("Proof", "kind"): ("PDF", "JPEG"),
    ("Proof", "verdict"): ("ACCEPTED", "REJECTED"),
    ("Telemetry", "kind"): ("CANDIDATE_JOINED", "SESSION_CLOSED"),
    ("Message", "state"): ("DELIVERED", "SENT"),
    ("RescheduleRequest", "state"): ("GRANTED", "LAPSED"),
}
"""Where the same property has other values than in other records."""
STATUSES = {"Candidate": ("RESTRICTED", "ACTIVE")}


@dataclass(frozen=True)
class Secret:
    """A record, and the properties of it that some viewers may read; all others are hidden from them."""

    label: str
    id: str
    open: frozenset[str] = frozenset()


@dataclass
class Place:
    """The company of the visibility tests, with more that is hidden in it."""

    world: World
    graph: Graph
    ask: Ask
    secrets: dict[str, list[Secret]]
    claim: Claim

    def user(self, viewer: str) -> str | Claim | None:
        if viewer in PERSONS:
            return replace(self.claim, verified=viewer == "person")
        if viewer in OF_ANOTHER_COMPANY:
            return self.world.stranger.user(OF_ANOTHER_COMPANY[viewer])
        return None if viewer == "anonymous" else self.world.user(viewer)

    async def asked(self, viewer: str, query: str) -> bytes:
        answer = await self.ask.whole(query, self.user(viewer))
        return json.dumps([answer.data, answer.errors], sort_keys=True).encode()


async def rows(graph: Graph, text: str, **parameters: Any) -> list[Any]:
    return [record["answer"] for record in await graph.client.answer("faults", text, parameters)]


async def write(graph: Graph, text: str, /, **parameters: Any) -> None:
    statement = Statement.__new__(Statement)
    for name, value in (("name", "faults"), ("text", text), ("row", Nothing), ("writes", True)):
        object.__setattr__(statement, name, value)
    await graph.client.write(lambda tx: tx.run(statement, **parameters))


async def ids(graph: Graph, label: str, match: str, **parameters: Any) -> list[str]:
    return await rows(graph, f"MATCH {match} RETURN DISTINCT that.id AS answer ORDER BY answer", **parameters)


PRIVATE = "(d:Department {id: $home})<-[:BELONGS_TO]-(:Position)<-[:FOR]-(a:Application)<-[:SUBMITTED]-(c:Candidate)"
SHARED = "EXISTS { (c)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(e:Department) WHERE e <> d }"
BEHIND = {
    "Candidate": f"{PRIVATE} WITH c AS that, d, c",
    "Application": f"{PRIVATE} WITH a AS that, d, c",
    "Interview": f"{PRIVATE} MATCH (a)-[:HAS_INTERVIEW]->(i:Interview) WITH i AS that, d, c",
    "FreedSlot": f"{PRIVATE} MATCH (a)-[:HAS_INTERVIEW]->(:Interview)<-[:FREED_BY]-(x:FreedSlot) WITH x AS that, d, c",
    "Decision": f"{PRIVATE} MATCH (a)<-[:DECIDES]-(x:Decision) WITH x AS that, d, c",
    "Finding": f"{PRIVATE} MATCH (a)-[:HAS_INTERVIEW|HAS_CHECK]->()<-[:FINDS]-(f:Finding) WITH f AS that, d, c",
    "Event": f"{PRIVATE} MATCH (c)<-[:ABOUT]-(e:Event) WITH e AS that, d, c",
    "Employment": f"{PRIVATE} MATCH (d)<-[:EMPLOYED_IN]-(e:Employment)<-[:EMPLOYED_AS]-(c) WITH e AS that, d, c",
    "RightsRequest": f"{PRIVATE} MATCH (c)<-[:FROM]-(r:RightsRequest) WITH r AS that, d, c",
    "Access": f"{PRIVATE} MATCH (c)<-[:OF]-(x:Access) WITH x AS that, d, c",
    "AttendanceRecord": f"{PRIVATE} MATCH (d)<-[:EMPLOYED_IN]-(e:Employment)<-[:EMPLOYED_AS]-(c) "
    "MATCH (e)-[:HAS_ATTENDANCE]->(r:AttendanceRecord) WITH r AS that, d, c",
    "ResumeCheck": f"{PRIVATE} MATCH (a)-[:HAS_CHECK]->(x:ResumeCheck) WITH x AS that, d, c",
    "TaskResult": f"{PRIVATE} MATCH (d)<-[:EMPLOYED_IN]-(e:Employment)<-[:EMPLOYED_AS]-(c) "
    "MATCH (e)-[:HAS_RESULT]->(r:TaskResult) WITH r AS that, d, c",
    "RescheduleRequest": f"{PRIVATE} MATCH (a)-[:HAS_INTERVIEW]->(:Interview)-[:HAS_REQUEST]->(r:RescheduleRequest) "
    "WITH r AS that, d, c",
    "Proof": f"{PRIVATE} MATCH (a)-[:HAS_INTERVIEW|HAS_CHECK]->()-[:HAS_PROOF]->(p:Proof) WITH p AS that, d, c",
    "Telemetry": f"{PRIVATE} MATCH (a)-[:HAS_INTERVIEW]->(:Interview)<-[:OBSERVES]-(t:Telemetry) WITH t AS that, d, c",
    "Message": f"{PRIVATE} MATCH (a)-[:HAS_INTERVIEW]->(:Interview)<-[:CONCERNS]-(m:Message)-[:TO]->(c) "
    "WITH m AS that, d, c",
    "Link": f"{PRIVATE} MATCH (a)<-[:OPENS]-(l:Link) WITH l AS that, d, c",
    "InvitationRound": f"{PRIVATE} MATCH (d)<-[:BELONGS_TO]-(:Position)<-[:ROUND_FOR]-(r:InvitationRound) "
    "WITH r AS that, d, c",
    "InvitationAnswer": f"{PRIVATE} MATCH (d)<-[:BELONGS_TO]-(:Position)<-[:ROUND_FOR]-(:InvitationRound)"
    "-[:HAS_ANSWER]->(x:InvitationAnswer) WITH x AS that, d, c",
}
ELSEWHERE = (
    "(:Department {id: $home})<-[:BELONGS_TO]-(:Position)<-[:FOR]-(:Application)<-[:SUBMITTED]-(c:Candidate) "
    "MATCH (c)<-[:ABOUT]-(that:Event)-[:ABOUT]->()-[:FINDS*0..1]->()<-[:HAS_INTERVIEW*0..1]-(:Application)"
    "-[:FOR]->(:Position)-[:BELONGS_TO]->(e:Department) WHERE e.id <> $home"
)
"""What happened to other applications of the same people, which their own departments see."""
COUNTS = "that.state = 'FINAL' AND that.cause = 'CANDIDATE' AND that.outcome = 'NO_SHOW'"
MARK = frozenset({"occurredAt", "state", "outcome", "cause", "expiresAt", "restricted"})
"""What makes a finding count, and the date that it then tells."""
SCREEN = frozenset({"verdict", "state", "decidedAt", "effectiveAt", "seen", "seenHash", "seenUntil"})
"""Of a decision, what whoever handles a dispute of its grounds reads."""
OF_THE_COMPANY = {
    **{"WorkCalendar": "calendar", "AttendancePolicy": "rules", "ScorePolicy": "scoring", "CostPolicy": "policy"},
    **{"ImpactAssessment": "assessment", "Webhook": "webhook", "AccessGap": "gap", "Slot": "slot"},
}
"""What is no department's alone."""
NAMED = frozenset({"mode", "timeZone"})
"""Of an interview, what a reminder's sentence says."""


async def hidden(graph: Graph, place: World, person: str) -> dict[str, list[Secret]]:
    """By kind of viewer, what of Marketing's records the design's table hides."""
    home = place.ids["marketing"]
    found: dict[str, list[tuple[str, bool, bool]]] = {}
    others: list[Secret] = []
    for label, match in BEHIND.items():
        counts = COUNTS if label == "Finding" else "false"
        text = f"MATCH {match} RETURN DISTINCT [that.id, {counts}, {SHARED}, c.id] AS answer"
        told = await rows(graph, text, home=home)
        found[label] = [tuple(row[:3]) for row in told]
        others += [Secret(label, row[0]) for row in told if row[3] != person]
    positions = await ids(graph, "Position", "(:Department {id: $home})<-[:BELONGS_TO]-(that:Position)", home=home)
    private = [Secret("Candidate", id) for id, _, shared in found["Candidate"] if not shared]
    theirs = set(await rows(graph, f"MATCH {ELSEWHERE} RETURN DISTINCT that.id AS answer", home=home))
    events = [Secret("Event", id) for id, _, _ in found["Event"] if id not in theirs]
    near = [Secret("Department", home, frozenset({"code", "name", "nameZh", "status", "sharesHistory"}))]
    near += [Secret("Position", id, frozenset({"title", "jobFamily", "status"})) for id in positions]
    near += [*private, *events, *(Secret("Interview", id, NAMED) for id, _, _ in found["Interview"])]
    near += [Secret("Application", id, frozenset({"appliedAt"})) for id, _, _ in found["Application"]]
    near += [Secret("Finding", id, MARK if counts else frozenset()) for id, counts, _ in found["Finding"]]
    labels = (
        *("Decision", "FreedSlot", "Employment", "AttendanceRecord", "TaskResult", "ResumeCheck", "RescheduleRequest"),
        *("Proof", "Telemetry", "Message", "Link", "InvitationRound", "InvitationAnswer"),
    )
    near += [Secret(label, id) for label in labels for id, _, _ in found[label]]
    near += [Secret("Access", id) for id, _, _ in found["Access"]]
    near += [Secret("RightsRequest", id) for id, _, shared in found["RightsRequest"] if not shared]
    whole = [Secret(label, id) for label, rest in found.items() for id, _, _ in rest]
    whole += [Secret("Position", id) for id in positions]
    outside = [*whole, Secret("Department", home, frozenset({"name", "nameZh", "sharesHistory"}))]
    strangers = [*whole, Secret("Department", home, frozenset({"sharesHistory"}))]
    strangers.append(Secret("Organization", place.ids["organization"], frozenset({"seq", "hash", "timeZone"})))
    strangers += [Secret(label, place.ids[name]) for label, name in OF_THE_COMPANY.items()]
    facts = frozenset({"mode", "startsAt", "endsAt", "timeZone", "response", "attendance", "icsUid", "icsSequence"})
    program = [each for each in whole if each.label not in ("Interview", "Position")]
    program += [Secret("Interview", id, facts) for id, _, _ in found["Interview"]]
    names = ("candidate", "application", "interview", "employment", "record", "corrected", "reached", "rest")
    filed = {place.ids[name] for name in names}
    text = "MATCH (that:Event)-[:BY]->(:User {externalId: $by}) RETURN that.id AS answer"
    filed |= set(await rows(graph, text, by=place.user("filer")))
    kinds = {
        NEAR: near,
        OUTSIDE: outside,
        STRANGERS: strangers,
        PERSONS: [*others, Secret("Department", home, frozenset({"name", "nameZh", "sharesHistory"}))],
        ("integrator",): program,
        ("filer",): [each for each in program if each.id not in filed and each.label != "Telemetry"],
        ("anonymous",): strangers,
    }
    # A round is behind each applicant of its position: changed twice, it would be put back changed.
    told = {viewer: list(dict.fromkeys(secrets)) for viewers, secrets in kinds.items() for viewer in viewers}
    screen = Secret("Decision", place.ids["heard"])
    assert screen in near
    told[HANDLER] = [replace(each, open=SCREEN) if each == screen else each for each in told[HANDLER]]
    return told


def changed(label: str, key: str, value: Any, number: int) -> Any:
    """Another value of the same kind; of a text a canary."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 7_919
    if isinstance(value, DateTime):
        return value + timedelta(hours=5, microseconds=123_457) if key != "expiresAt" else value + timedelta(hours=1)
    if isinstance(value, list):
        return ["PLATFORM_FAULT"] if value != ["PLATFORM_FAULT"] else []
    if isinstance(value, bytes) or value is None:
        return value
    if (label, key) in OF_LABELS:
        one, other = OF_LABELS[label, key]
        return other if value == one else one
    others = STATUSES.get(label, OTHERS["status"]) if key == "status" else OTHERS.get(key, ())
    if label == "Identifier" or key in ("hash", "prevHash", "commitment", "salt"):
        return f"{number:064x}"
    return next((each for each in others if each != value), f"{CANARY}-{label}-{key}-{number}")


MISSING = {"Department": ("closedAt",), "Position": ("closedAt",), "Interview": ("joinUrl",), "Finding": ("statement",)}


async def upset(place: Place, secrets: Iterable[Secret]) -> tuple[int, Callable[[], Any]]:
    """Changes all that is hidden; answers how many values, and how to put them back."""
    before: list[tuple[Secret, dict[str, Any]]] = []
    count = 0
    for number, secret in enumerate(secrets):
        found = await rows(
            place.graph, f"MATCH (n:{secret.label} {{id: $id}}) RETURN properties(n) AS answer", id=secret.id
        )
        values = dict(found[0])
        new = {
            key: changed(secret.label, key, value, number)
            for key, value in values.items()
            if key not in KEPT | secret.open
        }
        new |= {
            key: values.get(key) or CANARY for key in MISSING.get(secret.label, ()) if key in ("joinUrl", "statement")
        }
        new |= {key: DateTime(2026, 1, 2, 3, 4, 5) for key in MISSING.get(secret.label, ()) if key == "closedAt"}
        if secret.label == "Candidate":
            new |= await contacts(place.graph, secret.id)
        new = {key: value for key, value in new.items() if key not in secret.open}
        before.append((secret, {key: values.get(key) for key in new}))
        await put(place.graph, secret, new)
        count += len(new)

    async def restore() -> None:
        for secret, values in before:
            await put(place.graph, secret, values)

    return count, restore


async def contacts(graph: Graph, candidate: str) -> dict[str, bytes]:
    await graph.keys.load({candidate})
    return {
        "email": graph.keys.conceal(candidate, f"{CANARY}@example.com"),
        "phone": graph.keys.conceal(candidate, CANARY),
    }


async def put(graph: Graph, secret: Secret, values: dict[str, Any]) -> None:
    if values:
        sets = ", ".join(f"n.{key} = ${key}" for key in values)
        await write(graph, f"MATCH (n:{secret.label} {{id: $_id}}) SET {sets}", _id=secret.id, **values)


@pytest.fixture(scope="module")
async def place(graph: Graph, answerer: Answerer, world: World) -> Place:  # noqa: F811
    """More of what only Marketing may know: a suspicion, a dispute, a fault, a voided finding."""
    company = world.company
    await company.hr.user(f"nobody@{company.tag}")
    hr = company.hr
    for state in ("SUSPECTED", "DISPUTED", "VOID", "FAULT"):
        company.at(days=60)
        person = Person(f"Private {state}", f"{uuid4().hex}@example.com", "+86 139 0013 9000")
        application = await hr.application(company.positions["marketing"], person, "agency")
        if state == "SUSPECTED":
            await hr.suspicion(await hr.missed(application))
        elif state == "FAULT":
            await hr.fault(await hr.missed(application), Cause.PLATFORM)
        else:
            finding = await hr.no_show(application)
            await (hr.dispute(finding) if state == "DISPUTED" else hr.void(finding))
    # What Marketing decided upon a finding of Technology's that is in dispute: whoever handles that reads of it too.
    company.at(days=60)
    person = Person("Heard", f"{uuid4().hex}@example.com", "+86 139 0013 9001")
    finding = await hr.no_show(await hr.application(company.positions["technology"], person, "agency"))
    company.at(days=20)
    upon = await hr.application(company.positions["marketing"], person, "agency")
    world.ids["heard"] = await hr.decide(Decide(upon, Verdict.HOLD, "Later.", (finding,)))
    await hr.dispute(finding)
    ask = Ask(graph, answerer)
    query = "query W($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", world.ids["at_technology"]))
    claim = Claim(uid(found["application"]["candidate"]["id"]), world.ids["at_technology"], verified=True)
    return Place(world, graph, ask, await hidden(graph, world, claim.candidate), claim)


def known(place: Place, *, few: bool) -> Known:
    """Ids of every type, also of what nobody but Marketing may see."""
    named = place.world.ids
    found = {
        "Department": ["marketing", "old"],
        "Position": ["position", "wanted"],
        "Candidate": ["candidate"],
        "Application": ["application", "at_technology", "at_brand", "at_subsidiary"],
        "Interview": ["interview"],
        "Event": ["decision"],
        "Finding": ["finding", "mark", "alleged"],
        "User": ["recruiter"],
        "Organization": ["organization"],
        "Employment": ["employment"],
        "AttendanceRecord": ["record", "corrected"],
        "TaskResult": ["reached", "rest"],
        "ResumeCheck": ["verified", "mismatch"],
        "WorkCalendar": ["calendar"],
        "Access": ["access"],
        "RightsRequest": ["rights"],
        "AccessGap": ["gap"],
        "CostPolicy": ["policy"],
        "Message": ["message"],
        "Webhook": ["webhook"],
        "AttendancePolicy": ["rules"],
        "Telemetry": ["beat"],
        "Link": ["link", "ended"],
        "InvitationRound": ["round"],
        "Decision": ["heard", "held"],
        "FreedSlot": ["freed", "accepted"],
        "InvitationAnswer": ["asked", "refused"],
        "ScorePolicy": ["scoring"],
        "ImpactAssessment": ["assessment"],
        "Slot": ["slot"],
        "RescheduleRequest": ["denied", "owed"],
        "Proof": ["proof", "shown", "diploma"],
        "UploadTicket": ["ticket"],
    }
    assert found.keys() == NODES
    records = {type: [gid(type, named[name]) for name in names[: 1 if few else 4]] for type, names in found.items()}
    return Known(records, ["MARKETING", "TECHNOLOGY", "HQ"][: 1 if few else 3], ["王", CANARY])


def questions(place: Place, answerer: Answerer, engine: str) -> list[str]:
    """All ways of one step, and of the longer ones a share that the form of the run allows.

    Each is planned anew for each kind of viewer, and the whole is more than an hour's work of the embedded engine, more
    of Neo4j's: each is asked FEW of them, chosen by SEED, and every figure of `analytics` besides. What is refused as
    too large, whoever asks, tells nobody anything.
    """
    one = Paths(answerer.schema, known(place, few=not LONG)).queries(1)
    few = Paths(answerer.schema, known(place, few=True))
    found = list(dict.fromkeys(sample(one, size(9, 1)) + sample(few.queries(2), size(700, 17))))
    drawn = random.Random(SEED).sample(found, min(FEW[engine], len(found)))
    asked = list(dict.fromkeys([*drawn, *few.reckonings(size(2, 6))]))
    small = [query for query in asked if not is_too_large(answerer, query)]
    assert len(small) > 0.98 * len(asked)
    return small


def is_too_large(answerer: Answerer, query: str) -> bool:
    document = parse(query)
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return bool(measure(answerer.schema, document, operation, {})[1])


def test_every_question_is_one_that_the_schema_takes(answerer: Answerer) -> None:
    """One that is not valid is answered alike whatever is hidden, and would prove nothing; each figure is asked for."""
    schema = answerer.schema
    paths = Paths(schema, Known({type: [gid(type, "x")] for type in NODES}, ["HQ"], [CANARY]))
    asked = [*paths.queries(1), *sample(paths.queries(2), 170), *paths.reckonings(6)]
    faults = [f"{query}: {fault.message}" for query in asked for fault in validate(schema, parse(query))[:1]]
    assert not faults, "\n".join([f"{len(faults)} questions are not valid", *faults[:4]])
    figures = schema.get_type("Analytics")
    assert isinstance(figures, GraphQLObjectType)
    unasked = [name for name in figures.fields if not any(f"{{ analytics {{ {name}" in query for query in asked)]
    assert unasked == []


def chosen(asked: list[str]) -> str:
    """How many questions were asked, and how they were chosen."""
    return f"{len(asked)} questions, drawn by the seed {SEED},"


async def test_hidden_values_change_no_byte_of_any_answer(
    place: Place, answerer: Answerer, engine_name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """For each kind of viewer everything that is hidden is changed; the HR_ADMIN's answers show that it was."""
    asked = questions(place, answerer, engine_name)
    before = {viewer: [await place.asked(viewer, query) for query in asked] for viewer in VIEWERS}
    full = [await place.asked("hr", query) for query in asked]
    leaks, values, noticed = [], 0, set[int]()
    for viewers in dict.fromkeys(tuple(v for v in VIEWERS if place.secrets[v] == s) for s in place.secrets.values()):
        count, restore = await upset(place, place.secrets[viewers[0]])
        values += count
        try:
            for viewer in viewers:
                for query, answer in zip(asked, before[viewer], strict=True):
                    found = await place.asked(viewer, query)
                    if found != answer or CANARY.encode() in found:
                        leaks.append(f"{viewer}: {query}\n  {answer.decode()}\n  {found.decode()}")
            for number, query in enumerate(asked):
                if len(noticed) < len(asked) // 2 and number not in noticed:
                    noticed |= {number} if await place.asked("hr", query) != full[number] else set()
        finally:
            await restore()
    failed = [query for query, answer in zip(asked, full, strict=True) if json.loads(answer)[0] is None]
    assert not failed, "\n".join([f"{len(failed)} questions without an answer", *failed[:4]])
    assert not leaks, "\n".join([f"{len(leaks)} leaks", *leaks[:4]])
    assert len(noticed) > len(asked) / 4, "the changes are hardly to be seen by anybody"
    told = chosen(asked)
    figure = f"0 leaks: {told} by {len(VIEWERS)} viewers, {values} hidden values changed"
    tell(capsys, "nobody sees what they may not", f"{figure}; HR saw {len(noticed)} of the answers change")


async def test_hidden_records_come_and_go_unseen(
    place: Place, answerer: Answerer, engine_name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """New applications, interviews and suspicions in Marketing, of people who are nowhere else."""
    viewers = (*NEAR, *OUTSIDE, *STRANGERS, "anonymous")
    asked = questions(place, answerer, engine_name)[:: size(3, 1)]
    before = {viewer: [await place.asked(viewer, query) for query in asked] for viewer in viewers}
    full = [await place.asked("hr", query) for query in asked]
    hr = place.world.company.hr
    for days in (50, 20):
        place.world.company.at(days=days)
        application = await place.world.company.application("marketing", Person(CANARY, f"{uuid4().hex}@example.com"))
        await hr.suspicion(await hr.missed(application))
    for viewer in viewers:
        for query, answer in zip(asked, before[viewer], strict=True):
            assert await place.asked(viewer, query) == answer, (viewer, query)
    noticed = sum([await place.asked("hr", query) != answer for query, answer in zip(asked, full, strict=True)])
    assert noticed
    tell(
        capsys,
        "hidden records come and go unseen",
        f"0 of {len(asked) * len(viewers)} answers to {chosen(asked)} changed; HR: {noticed}",
    )


def lookups(type: str) -> list[str]:
    """How a record of this type is asked for by its id."""
    own = type[0].lower() + type[1:]
    named = [f"query Q($id: ID!) {{ {own}(id: $id) {{ id }} }}"] * (
        own in ("position", "candidate", "application", "interview", "employment")
    )
    return [f"query Q($id: ID!) {{ node(id: $id) {{ __typename ... on {type} {{ id }} }} }}", *named]


FORBIDDEN = {
    "Position": ("subsidiary", "position"),
    "Candidate": ("technology", "candidate"),
    "Application": ("technology", "application"),
    "Interview": ("technology", "interview"),
    "Event": ("brand", "event"),
    "Finding": ("subsidiary", "finding"),
    "Department": ("stranger", "marketing"),
    "User": ("stranger", "recruiter"),
    "Organization": ("stranger", "organization"),
    "Employment": ("technology", "employment"),
    "AttendanceRecord": ("technology", "record"),
    "TaskResult": ("technology", "reached"),
    "ResumeCheck": ("technology", "mismatch"),
    "WorkCalendar": ("subsidiary", "calendar"),
    "Access": ("marketing", "access"),
    "RightsRequest": ("technology", "rights"),
    "AccessGap": ("marketing", "gap"),
    "CostPolicy": ("stranger", "policy"),
    "Message": ("technology", "message"),
    "Webhook": ("technology", "webhook"),
    "AttendancePolicy": ("stranger", "rules"),
    "Telemetry": ("technology", "beat"),
    "Link": ("technology", "link"),
    "InvitationRound": ("technology", "round"),
    "Decision": ("technology", "held"),
    "FreedSlot": ("technology", "freed"),
    "InvitationAnswer": ("technology", "asked"),
    "ScorePolicy": ("stranger", "scoring"),
    "ImpactAssessment": ("stranger", "assessment"),
    "Slot": ("technology", "slot"),
    "RescheduleRequest": ("technology", "denied"),
    "Proof": ("technology", "proof"),
    "UploadTicket": ("hr", "ticket"),
}


async def test_forbidden_and_absent_are_the_same_answer(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """The same bytes by the same statements, for every type, lookup and viewer that may not see it."""
    pairs = 0
    for type, (_, name) in FORBIDDEN.items():
        for viewer in (*VIEWERS, "hr"):
            for query in lookups(type):
                # Whoever asks first in a shape pays for its plan, whatever it names.
                await place.ask.whole(query, place.user(viewer), id=gid(type, str(uuid4())))
                there = await place.ask.whole(query, place.user(viewer), id=gid(type, place.world.ids[name]))
                if there.data and any(there.data.values()):
                    continue
                absent = await place.ask.whole(query, place.user(viewer), id=gid(type, str(uuid4())))
                assert (there.data, there.errors, there.extensions) == (absent.data, absent.errors, absent.extensions)
                assert there.statements == absent.statements
                pairs += 1
    assert pairs > 60
    tell(capsys, "absent and forbidden are one answer", f"{pairs} pairs of lookups: same bytes, same statements")


REFUSED = {
    "withdrawApplication": ("Application", "application", "application"),
    "withdrawDecision": ("Decision", "held", "decision"),
    "recordAnnouncement": ("Decision", "held", "decision"),
    "cancelInterview": ("Interview", "interview", "interview"),
    "recordNotice": ("Finding", "finding", "finding"),
    "recordStatement": ("Finding", "alleged", "finding"),
    "voidNoShow": ("Finding", "finding", "finding"),
    "closePosition": ("Position", "position", "position"),
    "updateCandidate": ("Candidate", "candidate", "candidate"),
    "endEmployment": ("Employment", "employment", "employment"),
    "correctEmployment": ("Employment", "employment", "employment"),
    "recordWorkAttendance": ("Employment", "employment", "employment"),
    "correctWorkAttendance": ("AttendanceRecord", "record", "record"),
    "correctTaskCompletion": ("TaskResult", "reached", "record"),
    "closeSlot": ("Slot", "slot", "slot"),
    "refuseReschedule": ("RescheduleRequest", "denied", "request"),
    "decideProof": ("Proof", "shown", "proof"),
}
REST = {
    "cancelInterview": {"by": "EMPLOYER"},
    "withdrawDecision": {"reason": "x"},
    "recordAnnouncement": {"channel": "SMS"},
    "recordNotice": {"channel": "SMS"},
    "recordStatement": {"channel": "SMS", "text": "x"},
    "voidNoShow": {"reason": "x"},
    "endEmployment": {"endedOn": "2026-06-30"},
    "correctEmployment": {"reason": "x", "title": "x"},
    "recordWorkAttendance": {"source": "x", "records": [{"kind": "LATE", "day": "2026-06-02"}]},
    "correctWorkAttendance": {"reason": "x"},
    "correctTaskCompletion": {"reason": "x", "share": 0.5},
    "refuseReschedule": {"reason": "x"},
    "decideProof": {"verdict": "REJECTED", "reason": "x"},
}


async def test_refusals_do_not_tell_forbidden_from_absent(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = 0
    for mutation, (type, name, argument) in REFUSED.items():
        viewer = FORBIDDEN[type][0]
        results = []
        for id in (place.world.ids[name], str(uuid4())):
            title = mutation[0].upper() + mutation[1:]
            refused = "... on Refused { code field message retryable }"
            query = f"mutation($i: {title}Input!) {{ {mutation}(input: $i) {{ {refused} }} }}"
            input = {argument: gid(type, id), **REST.get(mutation, {})}
            answer = await place.ask.whole(query, place.user(viewer), i=input)
            results.append((answer.data, answer.errors, answer.statements))
        assert results[0] == results[1], (mutation, results)
        assert results[0][0][mutation]["code"] in ("NOT_FOUND", "NOT_ALLOWED")
        pairs += 1
    tell(capsys, "refusals do not tell forbidden from absent", f"{pairs} mutations: same bytes, same statements")


async def test_no_refusal_tells_what_another_company_has(
    ask: Ask, graph: Graph, answerer: Answerer, company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every id of every mutation, sent by whoever may do all of it elsewhere, or by a candidate of another company."""
    inputs, other, pairs = Inputs(company), await make_company(graph), Counter[str]()
    strange = Inputs(other)
    strange.company.at(days=20)
    await strange.application()
    person = (await strange.applicant()).claim
    for mutation in answerer.schema.mutation_type.fields:  # type: ignore[union-attr]
        ways = texts(answerer.schema, mutation, kinds=("ID",))
        viewer = person if mutation in BY_CANDIDATES else other.user("hr")
        there = await inputs.make(mutation) if ways else {}
        # What is sent under one key must be one request.
        there.pop("idempotencyKey", None)
        for way in ways:
            if (id := at(there, way)) is None:
                continue
            absent = replaced(there, way, gid(from_global(id)[0], str(uuid4())))
            told = []
            for input in (there, absent):
                answer = await ask.whole(document(mutation), viewer, input=input)
                told.append((answer.data, answer.errors, answer.statements))
            assert told[0] == told[1], (mutation, way, told)
            assert told[0][0][mutation]["code"] in ("NOT_FOUND", "NOT_ALLOWED"), (mutation, told[0])
            pairs[mutation] += 1
        assert pairs[mutation] or not ways, f"{mutation} was sent no id"
    figure = f"{pairs.total()} ids of {len(pairs)} mutations: same bytes, same statements"
    tell(capsys, "refusals do not tell what another company has", figure)


SUBSCRIPTIONS = {
    "interviewEvents(interview: $id) { id }": (
        "Interview",
        "interview",
        ("technology", "brand", "subsidiary", "stranger"),
    ),
    "reminders(department: $id) { id }": ("Department", "marketing", ("technology", "brand", "subsidiary", "stranger")),
}


async def test_subscriptions_do_not_tell_forbidden_from_absent(
    place: Place, answerer: Answerer, graph: Graph, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = 0
    assert {field.split("(")[0] for field in SUBSCRIPTIONS} == answerer.schema.subscription_type.fields.keys()  # type: ignore[union-attr]
    for field, (type, name, viewers) in SUBSCRIPTIONS.items():
        for viewer in (*viewers, "nobody", "interviewer"):
            told = []
            for id in (place.world.ids[name], str(uuid4())):
                context = Context(graph, Viewers(graph), place.user(viewer), clock=lambda: NOW)
                answers = answerer.subscribe(
                    f"subscription($id: ID!) {{ {field} }}", context, variables={"id": gid(type, id)}
                )
                told.append(json.dumps([answer.payload() async for answer in answers]))
            assert told[0] == told[1], (viewer, told)
            assert "NOT_FOUND" in told[0]
            pairs += 1
    tell(capsys, "subscriptions do not tell forbidden from absent", f"{pairs} pairs: same bytes")


async def test_cursors_of_others_open_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """A cursor that somebody with sight was given is of no use to one without: no row and no count hangs on it."""
    query = """
    query Q($after: String, $order: PositionOrder) { department(code: "MARKETING") {
      positions(first: 2, after: $after, orderBy: $order) { totalCount edges { cursor node { id } } } } }
    """
    tried = 0
    for order in ("OPENED_AT_DESC", "APPLICATIONS_DESC"):
        own = await place.ask(query, place.user("hr"), order=order)
        edges = own["department"]["positions"]["edges"]
        answers = {
            json.dumps(await place.ask(query, place.user("technology"), order=order, after=edge["cursor"]))
            for edge in edges
        }
        shown = await place.ask(query, place.user("technology"), order=order)
        for edge in shown["department"]["positions"]["edges"]:
            made_for, value, _ = place.graph.secrets.open_cursor(edge["cursor"])
            assert (made_for, value) == (order, None)
            tried += 1
        assert len(answers) == 1, "a hidden order shows in what stands after a cursor"
    tell(capsys, "cursors hold nothing hidden", f"{tried} cursors opened")


@pytest.mark.parametrize("type", ["Candidate", "Application", "Interview", "Finding"])
async def test_time_does_not_tell_forbidden_from_absent(
    place: Place, capsys: pytest.CaptureFixture[str], type: str
) -> None:
    """Asked in turns and in changing order, so that load falls on both alike."""
    viewer, name = FORBIDDEN[type]
    query = lookups(type)[0]
    forbidden = gid(type, place.world.ids[name])
    taken: dict[bool, list[int]] = {True: [], False: []}
    gc.disable()
    try:
        for number in range(TRIES + 20):
            for there in (True, False) if number % 2 else (False, True):
                id = forbidden if there else gid(type, str(uuid4()))
                started = time.perf_counter_ns()
                await place.ask.whole(query, place.user(viewer), id=id)
                if number >= 20:
                    taken[there].append(time.perf_counter_ns() - started)
    finally:
        gc.enable()
    one, other = median(taken[True]), median(taken[False])
    apart = (one - other) / other
    medians = f"{one / 1e6:.2f} ms forbidden, {other / 1e6:.2f} ms absent"
    tell(capsys, f"time does not tell of a {type}", f"{medians}, {apart:+.1%} over {TRIES} tries each")
    assert abs(apart) < (0.05 if LONG else 0.6), (
        "few tries on a busy machine are judged mildly, and these are still too far apart"
    )
