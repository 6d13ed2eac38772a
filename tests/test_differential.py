"""The proof of the planned way: for generated questions its answer is the ordinary executor's, on both engines."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Any

import pytest

from graph.statements import Found, Statement
from graph.traversal import ROOTS, SHAPES, Many, One, Page
from graph.visibility import FIND_PERSON, FIND_VIEWER, Claim, Viewer
from graph.writing import Graph
from schema.errors import presentable
from schema.execution import Answerer
from schema.ids import NODES, from_global
from seeds.asking import ASKING
from seeds.demo import application_id, candidate_id, main_application_id, organization_id, position_id
from seeds.stories import INBOX
from tests.conftest import NOW, Ask, gid
from tests.ordinary import Ordinary, ordinary_schema
from tests.questions import Existing, generated, renamed, sweep

pytestmark = pytest.mark.usefixtures("patient")

QUESTIONS = {"embedded": 300, "neo4j": 40}
"""Neo4j takes a second to plan a statement that it has not seen, and the answers are the same composition's."""
SWEPT = {"embedded": 5, "neo4j": 2}
"""Records of a type of which every field is asked, by the ordinary way in as many statements."""
AT_ONCE = 12
"""Ways that one question of the survey asks for: Neo4j plans a dozen in a second or two, a wait on a busy machine."""
HR, PERSON = "hr@demo", "a candidate"
LABELLED = "chen-siyuan-hz"
"""The story of somebody who was late at work, and missed an interview."""
VIEWERS = (
    *(HR, HR, HR, HR, "auditor@demo", "auditor@demo", "integrator@demo"),
    *("recruiter@marketing.demo", "recruiter@technology.demo", "recruiter@subsidiary.demo", PERSON),
)
SWEEPERS = (HR, "recruiter@technology.demo", "integrator@demo", PERSON)
RECORDS = """
fragment Records on Candidate {
  id applications(first: 5) { nodes { id } } findings(first: 5) { nodes { id } }
  interviews(first: 5) { nodes { id events(first: 2) { nodes { id } } } }
  employments(first: 3) { nodes { id records(first: 20) { nodes { id } } taskResults(first: 5) { nodes { id } } } }
}
query Records($after: String) {
  organization { id workCalendars { id } costPolicy { id } departments { id } users(first: 100) { nodes { id } } }
  departments { id positions(first: 20) { nodes { id } } }
  candidates(first: 40, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...Records } }
  myRecord { ...Records }
}
"""
BESIDE = """
fragment Beside on Candidate {
  accesses(first: 3) { nodes { id } } accessGaps(first: 2) { nodes { id } } requests(first: 2) { nodes { id } }
  applications(first: 5) { nodes { links { id } decisions { id } openSlots { id } resumeChecks { id } } }
  interviews(first: 5) {
    nodes { messages { id } telemetry { id } proofs { id } rescheduleRequests { id slot { id } } }
  }
}
query Beside($after: String) {
  organization { webhooks { id } scorePolicies { id assessments { id } } }
  candidates(first: 18, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...Beside } }
  myRecord { ...Beside }
}
"""
"""Two questions rather than one: no operation may read more than 10,000 records."""
UNREACHED = ("AttendancePolicy", "FreedSlot", "InvitationRound", "InvitationAnswer", "UploadTicket")
"""Types to whose records no way leads but their ids, which the acts that made them answer with."""


@dataclass(frozen=True, slots=True)
class Made:
    type: str
    id: str


LIST_UNREACHED = Statement(
    "tests.list_unreached",
    """
    MATCH (n:AttendancePolicy|FreedSlot|InvitationRound {organization: $organization})
    RETURN labels(n)[0] AS type, n.id AS id ORDER BY id
    UNION MATCH (:InvitationRound {organization: $organization})-[:HAS_ANSWER]->(n:InvitationAnswer)
    RETURN 'InvitationAnswer' AS type, n.id AS id ORDER BY id
    UNION MATCH (:Candidate {organization: $organization})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(i:Interview)
    MATCH (n:UploadTicket {subject: i.id})
    RETURN 'UploadTicket' AS type, n.id AS id ORDER BY id
    """,
    row=Made,
)


LIST_REPAIRED = Statement(
    "tests.list_repaired",
    """
    MATCH (:Candidate {organization: $organization})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(:Interview)
      <-[:FINDS]-(finding:Finding)-[:REPAIRED_BY]->(:Repair)
    RETURN DISTINCT finding.id AS id ORDER BY id LIMIT 2
    """,
    row=Found,
)
"""Of many findings few are shortened by what was attended since."""
KNOWN = "query Known($id: ID!) { node(id: $id) { id } }"


def asker(viewer: str) -> str | Claim:
    """A user, or a candidate by a link with a code."""
    if viewer != PERSON:
        return viewer
    return Claim(candidate_id(ASKING.key), application_id(ASKING.key), verified=True)


def ids_in(answer: Any) -> Iterator[str]:
    if isinstance(answer, list):
        for item in answer:
            yield from ids_in(item)
    elif isinstance(answer, dict):
        for key, value in answer.items():
            yield from [value] if key == "id" else ids_in(value)


async def seen_by(ask: Ask, viewer: str | Claim) -> dict[str, list[str]]:
    ids = set[str]()
    for query in (RECORDS, BESIDE):
        page = {"endCursor": None, "hasNextPage": True}
        while page["hasNextPage"]:
            answer = await ask(query, viewer, after=page["endCursor"])
            ids |= set(ids_in(answer))
            page = answer["candidates"]["pageInfo"]
    return {type: sorted(id for id in ids if from_global(id)[0] == type) for type in sorted(NODES)}


@dataclass
class Survey:
    """What lies behind each field of some records: cursors of first pages by field and order, and how often any."""

    cursors: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    filled: dict[tuple[str, str], list[bool]] = field(default_factory=dict)

    async def look(self, ask: Ask, question: str, type: str, members: Mapping[str, Any]) -> None:
        pages = [(name, order) for name, page in members.items() if isinstance(page, Page) for order in page.sorts]
        ways = [name for name, way in members.items() if isinstance(way, (One, Many))]
        asked = [
            f"{name}_{order}: {name}(orderBy: {order}, first: 4) {{ edges {{ cursor }} }}" for name, order in pages
        ]
        asked += [f"{name} {{ __typename }}" for name in ways]
        answer: dict[str, Any] = {}
        for some in range(0, len(asked), AT_ONCE):
            found = await ask(question.replace("FIELDS", " ".join(asked[some : some + AT_ONCE])), HR)
            answer |= found.get("node", found)
        for name, order in pages:
            found = [edge["cursor"] for edge in answer[f"{name}_{order}"]["edges"]]
            self.cursors.setdefault((name, order), set()).update(found)
            self.filled.setdefault((type, name), []).append(bool(found))
        for name in ways:
            self.filled.setdefault((type, name), []).append(bool(answer[name]))


async def existing(ask: Ask) -> Existing:
    """What a client may have at hand: any id, even of what it may not see, and cursors of real pages."""
    seen = {viewer: await seen_by(ask, asker(viewer)) for viewer in sorted(set(VIEWERS))}
    unreached = [
        gid(row.type, row.id) for row in await ask.graph.client.read(LIST_UNREACHED, organization=organization_id())
    ]
    for viewer, ids in seen.items():
        for type in UNREACHED:
            found = [id for id in unreached if from_global(id)[0] == type]
            known = [id for id in found if (await ask(KNOWN, asker(viewer), id=id))["node"]]
            ids[type] = known if viewer != HR else found
    codes = [row["code"] for row in (await ask("{ departments { code } }", HR))["departments"]]
    survey = Survey()
    await survey.look(ask, "{ FIELDS }", "Query", {name: root.member for name, root in ROOTS.items()})
    for shape in SHAPES.values():
        for id in seen[HR].get(shape.type, [])[::3][:12]:
            await survey.look(
                ask, f'{{ node(id: "{id}") {{ ... on {shape.type} {{ FIELDS }} }} }}', shape.type, shape.members
            )
    filled = {key: sum(found) / len(found) for key, found in survey.filled.items()}
    return Existing(
        seen[HR], seen, codes, {key: sorted(found) for key, found in sorted(survey.cursors.items())}, filled
    )


async def resolved(graph: Graph, name: str) -> Viewer:
    claim = asker(name)
    if isinstance(claim, Claim):
        (person,) = await graph.client.read(FIND_PERSON, candidate=claim.candidate, application=claim.application)
        return Viewer.of_person(person, claim)
    (user,) = await graph.client.read(FIND_VIEWER, subject=name)
    return Viewer.of_row(user)


def told(error: dict[str, Any]) -> str:
    return json.dumps([error["message"], error.get("path"), error["extensions"]["code"]])


def whys(errors: list[str]) -> set[tuple[str, str]]:
    """What is said of errors, wherever they are."""
    return {(message, code) for message, _, code in map(json.loads, errors)}


@pytest.mark.usefixtures("demo")
async def test_planned_answers_equal_ordinary_answers(
    graph: Graph, answerer: Answerer, ask: Ask, engine_name: str
) -> None:
    """Data, key order and errors; and enough of the questions go deep, fail, and between them read everything."""
    schema, known, loop = ordinary_schema(), {}, asyncio.get_running_loop()
    ordinary = {name: Ordinary(graph, await resolved(graph, name), NOW, loop, known) for name in sorted(set(VIEWERS))}
    seen, different = Counter[str](), []
    there = await existing(ask)
    questions = generated(answerer.schema, there, VIEWERS, count=QUESTIONS[engine_name])
    # Asked once more by somebody else, a question runs the plan that is kept of the first time.
    questions += [replace(question, viewer=viewer) for question, viewer in zip(questions[::5], cycle(VIEWERS[3:]))]
    # In other words, it runs that plan under its own names.
    questions += map(renamed, questions[: QUESTIONS[engine_name] : 4])
    asked = len(questions)
    known_ids = [gid("Application", main_application_id()), gid("Position", position_id(INBOX))]
    repaired = await graph.client.read(LIST_REPAIRED, organization=organization_id())
    known_ids += [gid("Finding", row.id) for row in repaired]
    known_ids += [gid("Candidate", candidate_id(story)) for story in (LABELLED, ASKING.key)]
    questions += sweep(answerer.schema, there, SWEEPERS, known_ids, records=SWEPT[engine_name])
    for question in questions:
        way = ordinary[question.viewer]
        planned, plain = await asyncio.gather(
            ask.whole(question.text, asker(question.viewer), **question.variables),
            way.answer(schema, question.text, question.variables),
        )
        errors = [told(presentable(error).formatted) for error in plain.errors or ()]
        found = [told(error) for error in planned.errors]
        # Where an error nulls the whole answer, errors elsewhere may be left out, and of several roots any fails first.
        agree = sorted(errors) == sorted(found) if plain.data is not None else whys(errors) & whys(found)
        if json.dumps(planned.data) != json.dumps(plain.data) or not agree:
            different.append(f"{question}\nplanned  {planned.data} {found}\nordinary {plain.data} {errors}")
        seen["asked"] += 1
        seen["deep"] += seen["asked"] <= asked and way.lists and way.deepest >= 5
        seen["failed"] += bool(errors)
        seen["borrowed"] += answerer.borrows(question.text)
    print(seen)
    assert not different, "\n\n".join([f"{len(different)} differ", *different[:5]])
    assert seen["deep"] >= asked / 5, seen
    assert seen["failed"] >= asked / 10, seen
    assert seen["borrowed"] >= asked / 20, seen
    # How a record stood at an instant is told by other shapes, whose proof is another (tests/test_past.py).
    now = [shape for shape in SHAPES.values() if not shape.name.startswith("Past")]
    members = {(shape.name, name) for shape in now for name in shape.members}
    roots = {("Query", name) for name in [*ROOTS, "node"]}
    missing = (members | roots) - {each for way in ordinary.values() for each in way.resolved}
    assert not missing
