"""A server that stops: what is under way is answered in time, what comes is told to come again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api import draining
from api.draining import Drain


async def answer(request: Request) -> Response:
    await asyncio.sleep(float(request.query_params["after"]))
    return PlainTextResponse("done")


@pytest.fixture
def drain(monkeypatch: pytest.MonkeyPatch) -> Drain:
    monkeypatch.setattr(draining, "GRACE", 0.6)
    monkeypatch.setattr(draining, "NOTICE", 0.1)
    return Drain(Starlette(routes=[Route("/", answer)]))


@pytest.fixture
async def client(drain: Drain) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(drain), base_url="http://server") as client:
        yield client


def is_told_to_come_again(answer: httpx.Response) -> bool:
    error = answer.json()["errors"][0]
    return (answer.status_code, answer.headers["retry-after"], answer.headers["connection"], error["extensions"]) == (
        503,
        "1",
        "close",
        {"code": "SERVER_STOPPING", "retryable": True},
    )


async def test_what_is_under_way_is_answered(drain: Drain, client: httpx.AsyncClient) -> None:
    asked = asyncio.create_task(client.get("/?after=0.2"))
    await asyncio.sleep(0.05)
    await drain.finish()
    assert asked.done()
    assert ((await asked).text, (await asked).headers["connection"]) == ("done", "close")


async def test_what_takes_too_long_is_to_come_again(drain: Drain, client: httpx.AsyncClient) -> None:
    asked = asyncio.create_task(client.get("/?after=30"))
    await asyncio.sleep(0.05)
    await asyncio.wait_for(drain.finish(), 5)
    assert is_told_to_come_again(await asked)


async def test_what_comes_later_is_to_come_again(drain: Drain, client: httpx.AsyncClient) -> None:
    assert "connection" not in (await client.get("/?after=0")).headers
    await drain.finish()
    assert is_told_to_come_again(await client.get("/?after=0"))
