"""How a server stops answering: whoever is being answered gets an answer in time, whoever comes is sent away kindly."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import orjson
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.requests import record
from schema.errors import refused_request

GRACE = 3.0
"""Seconds that a request has for its answer once the server is told to stop."""
NOTICE = 0.5
"""Seconds in which clients with an open connection learn that it ends, before it does."""


class Drain:
    """Around the application: answers as ever until it is told to finish, then 503 with Retry-After."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._finishing = False
        self._limits: set[asyncio.Timeout] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._finishing:
            await _come_again(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def last(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(_closing(message) if self._finishing else message)

        limit = asyncio.timeout(None)
        self._limits.add(limit)
        self._empty.clear()
        try:
            async with limit:
                await self._app(scope, receive, last)
        except TimeoutError:
            if not limit.expired() or begun:
                raise
            await _come_again(scope, receive, send)
        finally:
            self._limits.discard(limit)
            if not self._limits:
                self._empty.set()

    async def finish(self) -> None:
        """Returns when the last request was answered, in little more than GRACE."""
        self._finishing = True
        end = asyncio.get_running_loop().time() + GRACE
        for limit in self._limits:
            limit.reschedule(end)
        await asyncio.sleep(NOTICE)
        await self._empty.wait()


def _closing(message: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if message["type"] == "http.response.start":
        MutableHeaders(scope=message)["Connection"] = "close"
    return message


async def _come_again(scope: Scope, receive: Receive, send: Send) -> None:
    error = refused_request("SERVER_STOPPING", "The server is stopping; send the request again.", retryable=True)
    if (told := record()) is not None:
        told.failed(["SERVER_STOPPING"])
    headers = {"Retry-After": "1", "Connection": "close", "X-Content-Type-Options": "nosniff"}
    body = orjson.dumps({"errors": [error.formatted]})
    await Response(body, 503, headers, "application/json; charset=utf-8")(scope, receive, send)
