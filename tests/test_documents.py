"""Trusted documents: asked for by their ids, checked and planned before the first caller sends one."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from api.command import app
from api.documents import Library, read_documents
from api.http import Server
from api.requests import Record
from api.settings import Profile, Settings, SetupError
from graph.client import Client
from graph.interviews import Response
from graph.watching import watched
from graph.writing import Graph
from schema.execution import Answerer
from schema.root import core_schema
from schema.trusted import plan, trust
from tests.conftest import Ask, Company, gid
from tests.test_http import client, server, token
from tests.test_subscriptions import EVENTS, followed, interview, live, served, talk
from tests.test_subscriptions import token as text_of_token

WHO = "query Who { viewer { externalId } }"
INBOX = """query Inbox($id: ID!, $with: Boolean!) {
  application(id: $id) { stage candidate @include(if: $with) { displayName } reminders { kind message occurredAt } }
}"""
PAGE = """query Page($first: Int, $after: String, $order: CandidateOrder, $where: CandidateWhere, $search: String) {
  candidates(first: $first, after: $after, orderBy: $order, where: $where, search: $search) {
    totalCount pageInfo { endCursor } nodes { displayName applications(first: 3) { nodes { id } } }
  }
}"""
ANY = "query Any($id: ID!) { node(id: $id) { id ... on Position { title } ... on Department { name } } }"
SUBMIT = """mutation Submit($input: SubmitApplicationInput!) {
  submitApplication(input: $input) { ... on Application { id stage candidate { displayName } } ... on Refused { code } }
}"""


def door_with(graph: Graph, answerer: Answerer, *, only: bool = False, **texts: str) -> Server:
    door = server(graph, answerer, profile=Profile.PRODUCTION)
    door.library = Library(texts, only=only)
    return door


async def posted(http: httpx.AsyncClient, headers: dict[str, str], **body: Any) -> Any:
    return (await http.post("/graphql", json=body, headers=headers)).json()


def code(answer: Any) -> str:
    (error,) = answer["errors"]
    assert error["message"].endswith(".")
    return error["extensions"]["code"]


# Asked for


async def test_a_document_is_asked_by_id_or_hash(graph: Graph, answerer: Answerer, company: Company) -> None:
    door = door_with(graph, answerer, who=WHO)
    headers = token(door, company.user("hr"))
    hashed = f"sha256:{sha256(WHO.encode()).hexdigest()}"
    async with client(door) as http:
        for id in ("who", hashed):
            answer = await posted(http, headers, documentId=id, operationName="Who")
            assert answer["data"] == {"viewer": {"externalId": company.user("hr")}}
        assert (await posted(http, headers, query=WHO))["data"]


async def test_a_document_is_asked_by_get_in_development(graph: Graph, answerer: Answerer, company: Company) -> None:
    door = server(graph, answerer)
    door.library = Library({"inbox": INBOX})
    id = gid("Application", await company.application("technology"))
    variables = json.dumps({"id": id, "with": True})
    async with client(door) as http:
        answer = await http.get(
            "/graphql",
            params={"documentId": "inbox", "variables": variables},
            headers=token(door, company.user("technology")),
        )
    assert answer.json()["data"]["application"]["candidate"] == {"displayName": "王芳"}


async def test_each_refusal_of_a_document_has_its_code(graph: Graph, answerer: Answerer, company: Company) -> None:
    door, strict = door_with(graph, answerer, who=WHO), door_with(graph, answerer, only=True, who=WHO)
    headers = token(door, company.user("hr"))
    async with client(door) as http:
        assert code(await posted(http, headers, documentId="other")) == "DOCUMENT_NOT_FOUND"
        assert code(await posted(http, headers, documentId="who", query=WHO)) == "BAD_REQUEST"
        assert code(await posted(http, headers, documentId=["who"])) == "BAD_REQUEST"
    async with client(strict) as http:
        assert code(await posted(http, headers, query=WHO)) == "DOCUMENT_REQUIRED"
        assert code(await posted(http, headers)) == "DOCUMENT_REQUIRED"
        assert (await posted(http, headers, documentId="who"))["data"]["viewer"]


async def test_streams_take_documents_by_id(graph: Graph, answerer: Answerer, company: Company) -> None:
    id = await interview(company)
    async with served(graph, answerer) as door:
        door.library = Library({"events": EVENTS}, only=True)
        body = {"documentId": "events", "variables": {"id": gid("Interview", id)}}
        async with talk(door, company.user("technology")) as caller:
            await caller.send(id="1", type="subscribe", payload={"query": EVENTS})
            assert await caller.refused() == "DOCUMENT_REQUIRED"
            await caller.send(id="1", type="subscribe", payload={"documentId": "other"})
            assert await caller.refused() == "DOCUMENT_NOT_FOUND"
            await caller.send(id="1", type="subscribe", payload=body)
            await followed(door)
            await live(company).respond(id, Response.ACCEPTED)
            assert (await caller.told())["interviewEvents"]["type"] == "RESPONSE_RECORDED"
        headers = {
            "Authorization": f"Bearer {text_of_token(door, company.user('technology'))}",
            "Accept": "text/event-stream",
        }
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{door.port}") as http:
            refused = await http.post("/graphql", json={"query": EVENTS}, headers=headers)
            assert code(refused.json()) == "DOCUMENT_REQUIRED"
            async with http.stream("POST", "/graphql", json=body, headers=headers) as stream:
                assert stream.status_code == 200
                assert stream.headers["content-type"].startswith("text/event-stream")


async def test_a_socket_that_says_nothing_of_use_is_closed(graph: Graph, answerer: Answerer, company: Company) -> None:
    async with served(graph, answerer) as door, talk(door, company.user("technology")) as caller:
        await caller.send(id="1", type="subscribe", payload={"documentId": 1})
        assert await caller.closed() == 4400


# Read


def settings(place: Path | None, *, only: bool = False) -> Settings:
    return Settings(documents=place, documents_only=only)


def test_a_folder_and_a_relay_file_hold_the_same(tmp_path: Path) -> None:
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "folder" / "Who.graphql").write_text(WHO)
    (tmp_path / "folder" / "inner" / "Inbox.gql").write_text(INBOX)
    (tmp_path / "folder" / "README").write_text("not a document")
    (tmp_path / "queries.json").write_text(json.dumps({"Who": WHO, "Inbox": INBOX}))
    assert read_documents(settings(tmp_path / "folder")) == {"Who": WHO, "Inbox": INBOX}
    assert read_documents(settings(tmp_path / "queries.json")) == {"Who": WHO, "Inbox": INBOX}
    assert read_documents(settings(None)) == {}


@pytest.mark.parametrize(
    ("files", "place", "why"),
    [
        ({}, "absent", "No such file"),
        ({"empty/README": ""}, "empty", "holds no .graphql file"),
        ({"a/Who.graphql": WHO, "a/b/Who.gql": WHO}, "a", "two files that are named Who"),
        ({"a/Who now.graphql": WHO}, "a", "cannot be an id"),
        ({"x.json": "{"}, "x.json", "neither a folder nor JSON"),
        ({"x.json": '["a"]'}, "x.json", "not an object of texts"),
        ({"x.json": '{"a": 1}'}, "x.json", "not an object of texts"),
        ({"x.json": "{}"}, "x.json", "not an object of texts"),
    ],
)
def test_documents_that_cannot_be_read_stop_the_start(
    tmp_path: Path, files: dict[str, str], place: str, why: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(SetupError, match=why):
        read_documents(settings(tmp_path / place))


def test_only_documents_needs_documents() -> None:
    with pytest.raises(SetupError, match="Set TURNOUT_DOCUMENTS too"):
        read_documents(settings(None, only=True))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("query Wrong {\n  nothing\n}", "Cannot query field 'nothing' on type 'Query' (line 2, column 3)."),
        ("query {", "Syntax Error: Expected Name, found <EOF> (line 1, column 8)."),
        ("fragment F on Query { __typename }", "Fragment 'F' is never used (line 1, column 1)."),
        ("{ departments " + "{ parent " * 12 + "{ id }" + " }" * 13, "The operation has 13 levels; it may have 12."),
    ],
)
def test_an_invalid_document_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str
) -> None:
    (tmp_path / "Who.graphql").write_text(WHO)
    (tmp_path / "Wrong.graphql").write_text(text)
    monkeypatch.setenv("TURNOUT_DOCUMENTS", str(tmp_path))
    monkeypatch.setenv("TURNOUT_DATA", str(tmp_path / "data"))
    result = CliRunner().invoke(app, ["serve"])
    assert result.exit_code == 1
    assert result.output.strip().splitlines() == [f"TURNOUT_DOCUMENTS: Wrong is not usable: {why}"]
    assert not (tmp_path / "data").exists(), "nothing was started"


# Planned


def with_nothing_planned(graph: Graph) -> Graph:
    return replace(graph, client=Client(graph.client.driver, graph.client.database))


async def test_the_first_caller_finds_a_document_planned(graph: Graph, company: Company) -> None:
    answerer, fresh = Answerer(core_schema()), with_nothing_planned(graph)
    trusted = trust(answerer, {"inbox": INBOX, "page": PAGE, "any": ANY, "submit": SUBMIT, "who": WHO})
    assert await plan(answerer, trusted, fresh) > 10
    assert await plan(answerer, trusted, fresh) == 0
    position = gid("Position", company.positions["technology"])
    application = gid("Application", await company.application("technology"))
    ask, record = Ask(fresh, answerer), Record("id")
    with watched(record):
        for user in ("hr", "technology", "integrator", "subsidiary"):
            who = company.user(user)
            await ask(WHO, who)
            for flag in (True, False):
                await ask(INBOX, who, **{"id": application, "with": flag})
            for id in (position, gid("Department", company.departments["technology"])):
                await ask(ANY, who, id=id)
            page = await ask(PAGE, who)
            for variables in (
                {"first": 5, "order": "NO_SHOWS_DESC"},
                {"after": page["candidates"]["pageInfo"]["endCursor"]},
                {"where": {"status": "ACTIVE"}},
                {"search": "王"},
                {"search": "a longer search"},
            ):
                await ask(PAGE, who, **variables)
        person = {"displayName": "A name", "email": f"{company.tag}@example.com"}
        made = await ask(SUBMIT, company.user("hr"), input={"position": position, "candidate": person})
    assert made["submitApplication"]["stage"]
    assert record.planning == 0
    other = "query Other($id: ID!) { application(id: $id) { id source stage reminders { kind } } }"
    with watched(record):
        await ask(other, company.user("hr"), id=application)
    assert record.planning > 0, "what is not trusted is planned when it is first asked"


async def test_more_documents_than_are_cached_stay(graph: Graph, company: Company, monkeypatch: Any) -> None:
    monkeypatch.setattr("schema.documents.DOCUMENTS", 2)
    answerer = Answerer(core_schema())
    (document,) = trust(answerer, {"who": WHO})
    for number in range(5):
        answerer.operation(f"query Q{number} {{ viewer {{ id }} }}", None)
    assert answerer._documents.read(WHO).document is document  # pyright: ignore[reportPrivateUsage]
