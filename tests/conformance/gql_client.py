"""gql's command line and its WebSocket transport against the server; prints checks as JSON for the runner."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import build_schema, lexicographic_sort_schema, print_schema

GIVEN: dict[str, Any] = json.loads(os.environ["CONFORMANCE"])
URL: str = GIVEN["url"]
SOCKET = URL.replace("http", "ws", 1)
IDS, TOKEN = GIVEN["ids"], GIVEN["tokens"]["technology"]
AUTHORIZATION = f"Bearer {TOKEN}"
SCHEMA = Path(__file__).parents[2] / "schema" / "schema.graphql"

INBOX = "query Inbox($id: ID!) { application(id: $id) { candidate { displayName } reminders { kind message } } }"
REMINDERS = "subscription Told($department: ID!) { reminders(department: $department) { id reminders { kind } } }"
APPLY = "mutation Do($input: SubmitApplicationInput!) { submitApplication(input: $input) { ... on Node { id } } }"
PATIENCE = 30

Refusal = TypeVar("Refusal", bound=Exception)

checks: list[dict[str, Any]] = []


async def check(name: str, work: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await work()
        checks.append({"name": name, "passed": True, "detail": ""})
    except Exception as error:
        checks.append({"name": name, "passed": False, "detail": f"{type(error).__name__}: {error}"})


@asynccontextmanager
async def cli(text: str, *args: str) -> AsyncIterator[Process]:
    """gql-cli with a document on its standard input; stopped as Ctrl-C does at the end."""
    program = str(Path(sys.executable).parent / "gql-cli")
    process = await asyncio.create_subprocess_exec(
        program, *args, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert process.stdin is not None
    process.stdin.write(text.encode())
    process.stdin.close()
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await process.wait()


async def said(text: str, *args: str) -> str:
    async with cli(text, *args) as process:
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()


def is_inbox(answer: dict[str, Any]) -> None:
    application = answer["application"]
    assert application["candidate"]["displayName"] == "王晓雨", answer
    assert "SIBLING_DEPARTMENT" in [reminder["kind"] for reminder in application["reminders"]], answer


HEADERS = ("--headers", f"Authorization:{AUTHORIZATION}")
APPLICATION = ("--variables", f"id:{json.dumps(IDS['application'])}")


async def asks_by_http() -> None:
    is_inbox(json.loads(await said(INBOX, URL, "--transport", "httpx", *HEADERS, *APPLICATION)))


async def asks_by_socket() -> None:
    is_inbox(json.loads(await said(INBOX, SOCKET, "--transport", "websockets", *HEADERS, *APPLICATION)))


async def prints_the_schema() -> None:
    printed = await said(
        "", URL, "--transport", "httpx", "--print-schema", "--schema-download", "specified_by_url:true"
    )
    ours, theirs = (print_schema(lexicographic_sort_schema(build_schema(it))) for it in (SCHEMA.read_text(), printed))
    assert ours == theirs, "the schema as introspected is not the committed one"


async def applies_twice() -> str:
    """Someone who applied to Marketing applies to Technology; the id of that application."""
    transport = HTTPXAsyncTransport(URL, headers={"Authorization": f"Bearer {GIVEN['tokens']['hr']}"})
    candidate = {"displayName": "林同", "email": f"{time.time_ns()}@example.com"}
    id = ""
    async with Client(transport=transport) as session:
        for position in (IDS["marketingPosition"], IDS["technologyPosition"]):
            variables = {"input": {"position": position, "candidate": candidate}}
            id = (await session.execute(GraphQLRequest(APPLY, variable_values=variables)))["submitApplication"]["id"]
    return id


async def until(heard: asyncio.Future[dict[str, Any]]) -> None:
    """Lets something happen until it is heard of, and sees that it was this."""
    caused: list[str] = []
    while not heard.done():
        caused.append(await applies_twice())
        await asyncio.wait([heard], timeout=2)
    told = heard.result()["reminders"]
    assert told["id"] in caused, told
    assert [reminder["kind"] for reminder in told["reminders"]] == ["REPEAT_APPLICATION"], told


async def follows_by_cli() -> None:
    department = ("--variables", f"department:{json.dumps(IDS['technology'])}")
    async with cli(REMINDERS, SOCKET, "--transport", "websockets", *HEADERS, *department) as process:
        assert process.stdout is not None
        line = process.stdout.readline

        async def first() -> dict[str, Any]:
            return json.loads(await line())

        await until(asyncio.ensure_future(first()))


@asynccontextmanager
async def session(payload: dict[str, str]) -> AsyncIterator[AsyncClientSession]:
    async with Client(transport=WebsocketsTransport(SOCKET, init_payload=payload)) as made:
        yield made


async def follows_by_transport() -> None:
    async with session({"Authorization": AUTHORIZATION}) as made:
        events = made.subscribe(GraphQLRequest(REMINDERS, variable_values={"department": IDS["technology"]}))
        await until(asyncio.ensure_future(anext(events)))
        await events.aclose()
        is_inbox(await made.execute(GraphQLRequest(INBOX, variable_values={"id": IDS["application"]})))


async def refusal(kind: type[Refusal], work: Awaitable[object]) -> Refusal:
    try:
        await work
    except kind as error:
        return error
    raise AssertionError("it was not refused")


async def refuses_a_query() -> None:
    async with session({"token": TOKEN}) as made:
        error = await refusal(TransportQueryError, made.execute(GraphQLRequest("{ nothing }")))
    assert error.errors is not None
    assert error.errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", error


async def refuses_a_token() -> None:
    error = await refusal(TransportConnectionFailed, session({"token": "rubbish"}).__aenter__())
    assert "4401" in repr(error.__cause__), repr(error.__cause__)


async def main() -> None:
    await check("the command line asks the main job by HTTP", asks_by_http)
    await check("the command line asks the main job by WebSocket", asks_by_socket)
    await check("the command line prints the committed schema", prints_the_schema)
    await check("the command line follows reminders", follows_by_cli)
    await check("the WebSocket transport follows reminders, completes, and asks again", follows_by_transport)
    await check("the WebSocket transport is told of a malformed query", refuses_a_query)
    await check("the WebSocket transport is closed with 4401 for a bad token", refuses_a_token)
    print(json.dumps(checks))


asyncio.run(main())
