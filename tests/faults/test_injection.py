"""What a client writes is data: in any place of any input it does what a harmless text does, and no more."""

from __future__ import annotations

import io
import json
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, cast

import httpx
import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
)

from api.cloudevents import STRUCTURED
from api.settings import Profile
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Ask, Company, gid, make_company
from tests.faults.figures import LONG, size, tell
from tests.faults.inputs import BY_CANDIDATES, Applicant, Inputs, asked_by_applicants, document, put, texts
from tests.test_http import client, token
from tests.test_logs import door_of, lines
from tests.test_mailing import answer as calendar_answer

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
CORPORA = (CYPHER, LOGS, FORMULAS, HEADERS, OTHERS)
CORPUS = tuple(chain.from_iterable(CORPORA))


SESSION = "turnout.telemetry.session.closed"


def of_turn(turn: int) -> list[str]:
    """The texts that a place is tried with: one of each corpus, or in the short form one in all; the next place goes on
    with the next."""
    return [corpus[turn % len(corpus)] for corpus in (CORPORA if LONG else (CORPUS,))]


COUNTS = (
    "MATCH (n) WHERE NOT n:Gate RETURN labels(n)[0] AS kind, count(*) AS number",
    "MATCH ()-[r]->() RETURN type(r) AS kind, count(*) AS number",
)
"""What is in the graph but the gates, any of which a write makes where it is the first to pass it."""


async def counted(graph: Graph) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in COUNTS:
        found.update({row["kind"]: row["number"] for row in await graph.client.answer("faults", text, {})})
    return found


class Trial:
    """Sends mutations over HTTP and tells what each did to the graph."""

    def __init__(self, graph: Graph, http: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.graph, self.http, self.headers = graph, http, headers
        self.asking: list[Applicant] = []
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

    async def effect(
        self, mutation: str, input: dict[str, Any], by: Applicant | None = None
    ) -> tuple[str, Counter[str]]:
        """What comes of it, by HR or by a candidate: the code of a refusal or an error, or `done`; and how many nodes
        and relations there are more or less.
        """
        before = await counted(self.graph)
        self.asking[:] = [by] if by else []
        answer = (await self.ask(document(mutation), input=input)).json()
        after = await counted(self.graph)
        after.subtract(before)
        done = (answer.get("data") or {}).get(mutation)
        code = done.get("code", "done") if done else answer["errors"][0]["extensions"]["code"]
        return code, Counter({kind: number for kind, number in after.items() if number})


MANY = frozenset({"inviteMany"})
"""What is done for each of several people: a text may have one of them refused within what is done."""


BRAKED = frozenset({"approveScorePolicy"})


def allowed(mutation: str, code: str, effect: Counter[str], harmless: Counter[str]) -> bool:
    """A text that is taken does what a harmless one does; one that is refused leaves an Operation at most.

    Texts that differ in spaces alone name one Identifier, and an Organization's brake has one Timer: it is there then
    already. Of what is done for many, less of each kind may be done, never more, and nothing else.
    """
    if code != "done":
        return effect in (Counter(), Counter({"Operation": 1}))
    if mutation in MANY and all(0 <= number <= harmless[kind] for kind, number in effect.items()):
        return True
    there = dict.fromkeys(("Identifier", "Timer") if mutation in BRAKED else ("Identifier",), 0)
    known = all(harmless[kind] - effect[kind] in (0, 1) for kind in there)
    return known and {**effect, **there} == {**harmless, **there}


async def test_every_text_of_every_mutation_is_data(
    graph: Graph, answerer: Answerer, company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    stream, codes, places = io.StringIO(), Counter[str](), 0
    door = door_of(graph, answerer, stream, profile=Profile.PRODUCTION, rate_points=0)
    inputs = Inputs(company)
    async with client(door) as http:
        trial = Trial(graph, http, token(door, company.user("hr")))
        trial.asking = asked_by_applicants(door)

        async def made(mutation: str) -> tuple[dict[str, Any], Applicant | None]:
            input = await inputs.make(mutation)
            return input, await inputs.applicant() if mutation in BY_CANDIDATES else None

        for mutation in answerer.schema.mutation_type.fields:  # type: ignore[union-attr]
            input, by = await made(mutation)
            code, harmless = await trial.effect(mutation, input, by)
            assert code == "done", (mutation, code)
            for way in texts(answerer.schema, mutation):
                for text in of_turn(places):
                    input, by = await made(mutation)
                    code, effect = await trial.effect(mutation, put(input, way, text), by)
                    codes[code] += 1
                    told = mutation, way, text, code, effect, harmless
                    assert allowed(mutation, code, effect, harmless), told
                places += 1
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


async def test_every_text_of_mails_and_events_is_data(
    graph: Graph, answerer: Answerer, company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes of no mutation: answers by mail, and what platforms report."""
    stream, sent, step = io.StringIO(), 0, size(4, 1)
    door = door_of(graph, answerer, stream, profile=Profile.PRODUCTION, rate_points=0)
    company.at(days=0)
    interview = await company.hr.interview(
        await company.application("technology"), starts_at=datetime.now(UTC) - timedelta(hours=1)
    )
    headers, calls = token(door, company.user("integrator")), f"{interview}@turnout"
    event = {"specversion": "1.0", "type": SESSION, "subject": gid("Interview", interview)}
    async with client(door) as http:

        async def effect(path: str, kind: str, content: bytes) -> tuple[int, Counter[str]]:
            before = await counted(graph)
            answer = await http.post(path, content=content, headers=headers | {"Content-Type": kind})
            after = await counted(graph)
            after.subtract(before)
            return answer.status_code, Counter({name: number for name, number in after.items() if number})

        def reported(number: int, **more: str) -> bytes:
            at = (datetime.now(UTC) - timedelta(minutes=30, seconds=number)).isoformat()
            return json.dumps({**event, "source": "https://x.example", "id": str(number), "time": at, **more}).encode()

        status, harmless = await effect("/cloudevents", STRUCTURED, reported(0))
        assert (status, bool(harmless)) == (200, True)
        for number, name in enumerate(("source", "id", "subject", "type", "time")):
            for text in CORPUS[number % step :: step]:
                sent += 1
                status, done = await effect("/cloudevents", STRUCTURED, reported(sent, **{name: text}))
                assert status in (200, 422), (name, text, status)
                taken = status == 200 and name in ("source", "id")
                kept = [harmless] if taken else [Counter(), Counter({"Operation": 1})]
                assert done in kept, (name, text, status, done)
        for number, name in enumerate(("uid", "said", "attendee")):
            for text in CORPUS[number % step :: step]:
                sent += 1
                given = {"uid": calls, "said": "DECLINED", "attendee": "nobody@example.com", name: text}
                status, done = await effect("/mail", "text/calendar", calendar_answer(**given))
                assert status == 422, (name, text, status)
                assert done in (Counter(), Counter({"Operation": 1})), (name, text, done)
    assert len(lines(stream)) == sent + 1
    assert "forged" not in stream.getvalue()
    tell(capsys, "injection, mails and events", f"0 effects: {sent} texts in calendar answers and CloudEvents")


def _sample(type: Any) -> str:
    """A value of an input type, as it is written in a document."""
    if is_non_null_type(type):
        return _sample(type.of_type)
    if is_list_type(type):
        return f"[{_sample(type.of_type)}]"
    if is_enum_type(type):
        return next(iter(type.values))
    if is_input_object_type(type):
        needed = [
            f"{name}: {_sample(each.type)}" for name, each in type.fields.items() if is_required_input_field(each)
        ]
        return "{" + ", ".join(needed) + "}"
    return {"Int": "1", "Float": "1.0", "Boolean": "true", "Date": '"2026-11-20"'}.get(
        type.name, '"2026-11-20T09:00:00Z"' if type.name == "DateTime" else '"x"'
    )


def _texts(type: Any, way: str = "$text") -> Iterator[tuple[str, str]]:
    """Each place of an input type that takes a text, with the type of the text there: values with `$text` in them."""
    named = get_named_type(type)
    if named.name in ("String", "ID"):
        yield (f"[{way}]" if is_list_type(get_nullable_type(type)) else way), named.name
    elif is_input_object_type(named):
        for name, each in named.fields.items():
            others = [
                f"{other}: {_sample(field.type)}"
                for other, field in named.fields.items()
                if other != name and is_required_input_field(field)
            ]
            for value, kind in _texts(each.type):
                inside = "{" + ", ".join([f"{name}: {value}", *others]) + "}"
                yield (f"[{inside}]" if is_list_type(get_nullable_type(type)) else inside), kind


def questions(schema: GraphQLSchema) -> dict[str, str]:
    """A query for each argument of each field that takes a text, by the shortest way to it."""
    found: dict[str, str] = {}
    seen, queue = {"Query"}, deque([("Query", "", "")])
    while queue:
        name, before, after = queue.popleft()
        for field, definition in cast(GraphQLObjectType, schema.type_map[name]).fields.items():
            needed = {arg: _sample(each.type) for arg, each in definition.args.items() if is_required_argument(each)}
            inner = get_named_type(definition.type)
            below = "" if is_leaf_type(inner) else " { __typename }"
            for arg, each in definition.args.items():
                for value, kind in _texts(each.type):
                    given = ", ".join(f"{key}: {told}" for key, told in {**needed, arg: value}.items())
                    query = f"query Q($text: {kind}!) {{ {before}{field}({given}){below}{after} }}"
                    found.setdefault(f"{name}.{field}({arg}: {value})", query)
            if is_object_type(inner) and inner.name not in seen:
                seen.add(inner.name)
                given = ", ".join(f"{key}: {told}" for key, told in needed.items())
                queue.append((inner.name, f"{before}{field}{f'({given})' if given else ''} {{ ", f" }}{after}"))
    return found


def _below(query: str, real: dict[str, str]) -> str:
    """The query below records that are there, where a text comes as far as it ever does."""
    for name, id in real.items():
        query = query.replace(f'{name}(id: "x")', f'{name}(id: "{id}")')
    return query.replace('department(code: "x")', 'department(code: "TECHNOLOGY")')


SUBSCRIPTIONS = (
    "subscription S($text: ID!) { reminders(department: $text) { __typename } }",
    "subscription S($text: ID!) { interviewEvents(interview: $text) { __typename } }",
)


async def test_every_text_of_every_question_is_data(
    graph: Graph, answerer: Answerer, company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is found by it that is not there, and nothing of another company."""
    company.at(days=3)
    application = await company.application("technology")
    interview = await company.hr.interview(application)
    asking = Ask(graph, answerer)
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = (await asking(query, company.user("hr"), id=gid("Application", application)))["application"]
    real = {
        "application": gid("Application", application),
        "interview": gid("Interview", interview),
        "position": gid("Position", company.positions["technology"]),
        "candidate": found["candidate"]["id"],
    }
    other = await make_company(graph)
    other.at(days=3)
    await other.application("technology", other.person("Somebody of another company"))
    stream = io.StringIO()
    door = door_of(graph, answerer, stream, profile=Profile.PRODUCTION, rate_points=0)
    before = await counted(graph)
    async with client(door) as http:
        trial = Trial(graph, http, token(door, company.user("hr")))
        places, step = questions(answerer.schema), size(24, 1)
        for number, (place, written) in enumerate(places.items()):
            query = _below(written, real)
            for text in CORPUS[number % step :: step]:
                answer = await trial.ask(query, text=text)
                assert "another company" not in answer.text, place
                codes = [error["extensions"]["code"] for error in answer.json().get("errors", ())]
                assert "GRAPHQL_VALIDATION_FAILED" not in codes, answer.text
        for query in SUBSCRIPTIONS:
            for text in CORPUS:
                trial.sent += 1
                body = {"query": query, "variables": {"text": text}}
                told = await http.post("/graphql", json=body, headers={**trial.headers, "Accept": "text/event-stream"})
                assert "INTERNAL" not in told.text
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
        f"0 effects: {trial.sent} requests with texts of the corpus in {len(places)} arguments, "
        f"{len(SUBSCRIPTIONS)} subscriptions and headers",
    )
