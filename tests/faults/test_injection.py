"""What a client writes is data: in any place of any input it does what a harmless text does, and no more."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

import httpx
import pytest

from api.settings import Profile
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Company, make_company
from tests.faults.figures import size, tell
from tests.faults.inputs import BY_CANDIDATES, Inputs, document, put, texts
from tests.test_http import client, token
from tests.test_logs import door_of, lines

CYPHER = (
    "' OR 1=1 //",
    "\\' OR 1=1 //",
    '" OR 1=1 //',
    "x'}) DETACH DELETE n //",
    'x"}) MATCH (n) DETACH DELETE n RETURN n //',
    "`}) CREATE (:Injected) //",
    "$id",
    "$own",
    "{id: $organization}",
    "\\u0027 CREATE (:Injected) //",
    "\u02bc OR 1=1 //",
    "'; CALL db.labels() YIELD label RETURN label; //",
    "x' UNION MATCH (n) RETURN n.id AS answer //",
    "LOAD CSV FROM 'file:///etc/hostname' AS l CREATE (:Injected) //",
    "*/ CREATE (:Injected) /*",
    "[(n)-->(m) | m.id]",
    ".*",
    "%",
)
LOGS = (
    'x\n{"event": "forged", "level": "info"}',
    "x\r\n[info] forged",
    "\x1b[2J\x1b[31mforged\x1b[0m",
    "x\u2028forged\u2029forged",
    "\x85forged",
    "%s %d %n {} {0.__class__}",
    "${jndi:ldap://127.0.0.1:1/a}",
    "x\x00forged",
)
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    '=HYPERLINK("http://127.0.0.1:1","x")',
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
)
HEADERS = (
    "x\r\nSet-Cookie: forged=1",
    "x\nX-Forged: 1",
    "x%0d%0aX-Forged: 1",
    "\u560a\u560dX-Forged: 1",
    "x\r\n\r\n<html>",
)
OTHERS = (
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "\u202egnp.exe",
    "null",
    "{{7*7}}",
    "\ufeff",
    "\U0001f4a9",
    "x" * 9_000,
)
CORPUS = (*CYPHER, *LOGS, *FORMULAS, *HEADERS, *OTHERS)
EACH = size(1, len(CORPUS))
"""Texts of the corpus that each place is tried with; short forms go on with the corpus from place to place."""

COUNTS = (
    "MATCH (n) RETURN labels(n)[0] AS kind, count(*) AS number",
    "MATCH ()-[r]->() WHERE type(r) <> 'POOLS' RETURN type(r) AS kind, count(*) AS number",
)
"""A position's pool keeps its newest applications alone: one goes as another comes, whatever a text says."""


async def counted(graph: Graph) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in COUNTS:
        found.update({row["kind"]: row["number"] for row in await graph.client.answer("faults", text, {})})
    return found


class Trial:
    """Sends mutations over HTTP and tells what each did to the graph."""

    def __init__(self, graph: Graph, http: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.graph, self.http, self.headers = graph, http, headers
        self.sent = 0

    async def ask(self, query: str, **variables: Any) -> httpx.Response:
        self.sent += 1
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=self.headers)
        self.check(answer)
        return answer

    def check(self, answer: httpx.Response) -> None:
        told = [error["extensions"]["code"] for error in answer.json().get("errors", [])]
        assert "INTERNAL" not in told, answer.text
        assert {name.lower() for name in answer.headers} <= {
            "content-type",
            "content-length",
            "x-content-type-options",
            "x-request-id",
            "turnout-bookmark",
            "retry-after",
        }
        assert not any(character in value for value in answer.headers.values() for character in "\r\n")

    async def effect(self, mutation: str, input: dict[str, Any]) -> tuple[str, Counter[str]]:
        """The code of a refusal, or `done`, or of an error; and how many nodes and relations there are more or less."""
        before = await counted(self.graph)
        answer = (await self.ask(document(mutation), input=input)).json()
        after = await counted(self.graph)
        after.subtract(before)
        done = (answer.get("data") or {}).get(mutation)
        code = done.get("code", "done") if done else answer["errors"][0]["extensions"]["code"]
        return code, Counter({kind: number for kind, number in after.items() if number})


MANY = frozenset({"inviteMany"})
"""What is done for each of several people: a text may have one of them refused within what is done."""


def allowed(mutation: str, code: str, effect: Counter[str], harmless: Counter[str]) -> bool:
    """A text that is taken does what a harmless one does; one that is refused leaves an Operation at most.

    Texts that differ in spaces alone name one Identifier, which then is there already. Of what is done for many, less
    of each kind may be done, never more, and nothing else.
    """
    if code != "done":
        return effect in (Counter(), Counter({"Operation": 1}))
    if mutation in MANY and all(0 <= number <= harmless[kind] for kind, number in effect.items()):
        return True
    known = harmless["Identifier"] - effect["Identifier"]
    return known in (0, 1) and {**effect, "Identifier": 0} == {**harmless, "Identifier": 0}


async def test_every_text_of_every_mutation_is_data(
    graph: Graph, answerer: Answerer, company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    stream, codes, places, turn = io.StringIO(), Counter[str](), 0, 0
    door = door_of(graph, answerer, stream, profile=Profile.PRODUCTION, rate_points=0)
    inputs = Inputs(company)
    async with client(door) as http:
        trial = Trial(graph, http, token(door, company.user("hr")))
        for mutation in answerer.schema.mutation_type.fields:  # type: ignore[union-attr]
            if mutation in BY_CANDIDATES:
                continue
            code, harmless = await trial.effect(mutation, await inputs.make(mutation))
            assert code == ("NOT_ALLOWED" if mutation in BY_CANDIDATES else "done"), (mutation, code)
            for way in texts(answerer.schema, mutation):
                places += 1
                for _ in range(EACH):
                    text, turn = CORPUS[turn % len(CORPUS)], turn + 1
                    code, effect = await trial.effect(mutation, put(await inputs.make(mutation), way, text))
                    codes[code] += 1
                    told = mutation, way, text, code, effect, harmless
                    assert allowed(mutation, code, effect, harmless), told
    assert len(lines(stream)) == trial.sent
    assert all(line["event"] == "request" for line in lines(stream))
    assert "forged" not in stream.getvalue()
    assert codes["done"] > sum(codes.values()) / 4, codes
    assert not await graph.client.answer("faults", "MATCH (n:Injected) RETURN n.id AS id", {})
    tell(
        capsys,
        "injection",
        f"0 effects: {sum(codes.values())} texts in {places} places of inputs, {codes['done']} taken",
    )


ARGUMENTS = {
    "department": "query Q($text: String!) { department(code: $text) { name } }",
    "search": "query Q($text: String!) { candidates(search: $text) { totalCount nodes { displayName } } }",
    "where": "query Q($text: String!) { departments { positions(where: {jobFamily: $text}) { totalCount } } }",
    "after": "query Q($text: String!) { candidates(after: $text) { nodes { displayName } } }",
    "before": "query Q($text: String!) { candidates(before: $text) { nodes { displayName } } }",
    **{
        name: f"query Q($text: ID!) {{ {name}(id: $text) {{ id }} }}"
        for name in ("node", "candidate", "application", "position", "interview")
    },
    "reminders": "query Q($text: ID!) { candidates { nodes { reminders(position: $text) { kind } } } }",
}


async def test_every_text_of_every_question_is_data(
    graph: Graph, answerer: Answerer, company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is found by it that is not there, and nothing of another company."""
    other = await make_company(graph)
    other.at(days=3)
    await other.application("technology", other.person("Somebody of another company"))
    stream = io.StringIO()
    door = door_of(graph, answerer, stream, profile=Profile.PRODUCTION, rate_points=0)
    before = await counted(graph)
    async with client(door) as http:
        trial = Trial(graph, http, token(door, company.user("hr")))
        for query in ARGUMENTS.values():
            for text in CORPUS:
                answer = await trial.ask(query, text=text)
                assert "another company" not in answer.text
        for text in (*HEADERS, *LOGS):
            for name in (b"x-request-id", b"user-agent", b"traceparent", b"x-forwarded-for"):
                raw = [(name, text.encode()), *((key.encode(), value.encode()) for key, value in trial.headers.items())]
                trial.sent += 1
                trial.check(await http.post("/graphql", json={"query": "{ __typename }"}, headers=raw))
        for text in CORPUS[:: size(6, 1)]:
            trial.sent += 1
            trial.check(
                await http.post(
                    "/graphql",
                    content=json.dumps({"query": text, "operationName": text}),
                    headers={"Content-Type": "application/json"},
                )
            )
    assert await counted(graph) == before
    assert len(lines(stream)) == trial.sent
    assert "forged" not in stream.getvalue()
    tell(
        capsys,
        "injection, questions",
        f"0 effects: {trial.sent} requests with texts of the corpus in arguments and headers",
    )
