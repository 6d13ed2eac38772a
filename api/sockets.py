"""Subscriptions as they travel: the graphql-transport-ws protocol, and server-sent events in distinct connections.

Both end when the token does, when its user is no more, when the client goes, and when the server stops.
"""

from __future__ import annotations

import asyncio
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Generator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.asking import BODY, Asked, Refused, purpose
from api.http import FULL, Server
from api.identity import bearer
from api.rates import Caller
from api.requests import Record, record
from graph.bookmarks import continuing
from graph.client import EngineUnavailable
from graph.watching import watched
from schema.context import Context

PROTOCOL = "graphql-transport-ws"
OPERATIONS = 20
"""Operations that one socket may have under way."""
INIT, SEND, BEAT, CLOSE = 5.0, 10.0, 10.0, 1.0
"""Seconds to introduce oneself, to take a message, between two heartbeats, and for a closing handshake to begin."""
RECHECK, FRESH = 30.0, 25.0
"""Seconds between two looks at whether the user is still there, and the most that what is seen then may be old.

Together with the read itself they are less than 60.
"""


class Closing(Exception):
    """The connection ends, with a close code of the protocol and a sentence."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Gone(Closing):
    """The client is no longer there."""

    def __init__(self) -> None:
        super().__init__(1006, "The client is gone.")


def unauthorized(reason: str) -> Closing:
    return Closing(4401, reason)


def ends_at(token: str) -> float:
    """When a token that has been verified ends, in seconds since 1970."""
    payload = token.split(".")[1]
    return float(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])


async def guard(context: Context, ends: float) -> None:
    """Raises Closing once the token has ended or its user is no longer one; never returns."""
    while (left := ends - time.time()) > 0:
        await asyncio.sleep(min(left, RECHECK))
        try:
            await context.viewer(within=FRESH)
        except GraphQLError as error:
            raise unauthorized("The user is no longer there.") from error
        except EngineUnavailable:
            pass
    raise unauthorized("The token has ended.")


async def stopped(server: Server) -> None:
    """Raises Closing once the server stops."""
    await server.stopping.wait()
    raise Closing(1001, "The server stops.")


class Socket:
    """One WebSocket: who it is, and its operations under way by the ids that the client gave them."""

    def __init__(self, server: Server, websocket: WebSocket) -> None:
        self._server = server
        self._websocket = websocket
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._group = asyncio.TaskGroup()
        self._introduced = asyncio.Event()
        self._began = False
        self._context: Context | None = None
        self._ends = 0.0

    async def run(self) -> None:
        """Serves the socket to its end; every way out of it is a Closing."""
        if PROTOCOL not in self._websocket.scope["subprotocols"]:
            await self._websocket.accept()
            await self._close(Closing(4406, f"Speak {PROTOCOL}."))
            return
        await self._websocket.accept(PROTOCOL)
        endings: list[Closing] = []
        try:
            async with self._group as group:
                group.create_task(stopped(self._server))
                group.create_task(self._guard())
                await self._receive()
        except* Closing as found:
            endings += _flat(found)
        await self._close(endings[0])

    async def _close(self, closing: Closing) -> None:
        if not isinstance(closing, Gone):
            with suppress(TimeoutError, OSError, RuntimeError, WebSocketDisconnect):
                async with asyncio.timeout(CLOSE):
                    await self._websocket.close(closing.code, str(closing))

    async def _guard(self) -> None:
        try:
            async with asyncio.timeout(INIT):
                await self._introduced.wait()
        except TimeoutError as error:
            raise Closing(4408, "Connection initialisation timeout") from error
        assert self._context is not None
        await guard(replace(self._context), self._ends)

    async def _receive(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise Gone
            await self._handle(_parsed(message))

    async def _handle(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._introduce(message.get("payload"))
            case "ping":
                await self._send({"type": "pong", **({"payload": message["payload"]} if "payload" in message else {})})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message.get("id"), message.get("payload"))
            case "complete":
                task = self._tasks.pop(str(message.get("id")), None)
                if task is not None:
                    task.cancel()
            case _:
                raise Closing(4400, "Invalid message type")

    async def _introduce(self, payload: Any) -> None:
        """Who it is, by the token in the payload, or else in the header that programs can send."""
        if self._began:
            raise Closing(4429, "Too many initialisation requests")
        self._began = True
        given = cast(dict[str, Any], payload) if isinstance(payload, dict) else {}
        header = given.get("Authorization", given.get("authorization"))
        token = given.get("token") or bearer(str(header or self._websocket.headers.get("authorization") or ""))
        try:
            context = await self._server.context(self._websocket, token if isinstance(token, str) else None)
            if "purpose" in given:
                context.purpose = purpose(str(given["purpose"]))
            await context.viewer()
        except GraphQLError as error:
            raise unauthorized("Unauthorized") from error
        except Refused as refused:
            if refused.code == "BAD_PURPOSE":
                raise Closing(4400, str(refused)) from refused
            raise Closing(1013, "Try again later") from refused
        except EngineUnavailable as error:
            raise Closing(1013, "Try again later") from error
        self._context, self._ends = context, ends_at(str(token))
        await self._send({"type": "connection_ack"})
        self._introduced.set()

    async def _subscribe(self, id: Any, payload: Any) -> None:
        if self._context is None:
            raise unauthorized("Unauthorized")
        if not isinstance(id, str) or not id or not isinstance(payload, dict):
            raise Closing(4400, "Invalid message")
        if id in self._tasks:
            raise Closing(4409, f"Subscriber for {id[:64]} already exists")
        try:
            asked = self._server.asked(cast(dict[str, Any], payload))
        except Refused as refused:
            if refused.code == "BAD_REQUEST":
                raise Closing(4400, str(refused)) from refused
            await self._refuse(id, refused)
            return
        if len(self._tasks) >= OPERATIONS:
            message = f"A socket may have {OPERATIONS} operations under way."
            await self._refuse(id, Refused(429, "TOO_MANY_OPERATIONS", message))
            return
        self._tasks[id] = self._group.create_task(self._answer(id, asked, self._context.another()))

    @contextmanager
    def _recorded(self) -> Generator[None]:
        """Gives an operation a record of its own, which names the socket's; told at its end as a request is."""
        server, outer = self._server, record()
        trace = server.tracing and server.tracing.begin("operation")
        made = Record(uuid4().hex, server.metrics, trace, socket=outer.id if outer else None)
        try:
            with watched(made):
                yield
        finally:
            made.end("WEBSOCKET", "/graphql", server.log)

    async def _refuse(self, id: str, refused: Refused) -> None:
        """Says that an operation is not begun."""
        with self._recorded():
            await self._send(_refusal(id, refused))

    async def _answer(self, id: str, asked: Asked, context: Context) -> None:
        try:
            with self._recorded(), continuing():
                await self._send(await self._told(id, asked, context))
        finally:
            self._free(id)

    async def _told(self, id: str, asked: Asked, context: Context) -> dict[str, Any]:
        """Sends the answers and returns the last message, for which the id is free again."""
        try:
            caller = self._server.caller(self._websocket, context)
            await self._server.admit(caller)
            self._server.follow(asked.bookmark)
        except Refused as refused:
            self._free(id)
            return _refusal(id, refused)
        async with aclosing(self._server.answers(asked, context, caller)) as answers:
            async for answer in answers:
                if not answer.executed:
                    self._free(id)
                    return {"id": id, "type": "error", "payload": answer.payload()["errors"]}
                await self._send({"id": id, "type": "next", "payload": answer.payload()})
        self._free(id)
        return {"id": id, "type": "complete"}

    def _free(self, id: str) -> None:
        """Gives the id back, unless another operation has it since."""
        if self._tasks.get(id) is asyncio.current_task():
            del self._tasks[id]

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(SEND):
                await self._websocket.send_text(orjson.dumps(message).decode())
        except TimeoutError as error:
            raise Closing(1013, "The client does not take what is sent.") from error
        except (OSError, RuntimeError, WebSocketDisconnect) as error:
            raise Gone from error


def _refusal(id: str, refused: Refused) -> dict[str, Any]:
    """The message that an operation is not begun, told to its record."""
    if (told := record()) is not None:
        told.failed([refused.code])
    return {"id": id, "type": "error", "payload": [refused.formatted()]}


def _parsed(message: Message) -> dict[str, Any]:
    text = message.get("text")
    if text is None:
        raise Closing(4400, "Invalid message")
    if len(text) > BODY or len(text.encode()) > BODY:
        raise Closing(1009, f"A message may have {BODY // 1024} kB.")
    try:
        parsed: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Closing(4400, "Invalid message") from error
    if not isinstance(parsed, dict):
        raise Closing(4400, "Invalid message")
    return cast(dict[str, Any], parsed)


def _flat(group: BaseExceptionGroup[Closing]) -> list[Closing]:
    found: list[Closing] = []
    for error in group.exceptions:
        found += _flat(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found


async def serve_socket(server: Server, websocket: WebSocket) -> None:
    if server.is_full:
        await websocket.accept(PROTOCOL if PROTOCOL in websocket.scope["subprotocols"] else None)
        await websocket.close(1013, FULL)
        return
    with server.streaming():
        await Socket(server, websocket).run()


class EventStream:
    """The response that streams: an event for each answer, then one that says that there are no more."""

    HEADERS = (
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    )

    def __init__(self, server: Server, request: Request, asked: Asked, context: Context, caller: Caller) -> None:
        self._server = server
        self._asked = asked
        self._context = context
        self._caller = caller
        self._token = bearer(request.headers.get("authorization"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._server.streaming():
            told = self._server.rates.fields(self._caller)
            fields = [(name.lower().encode(), value.encode()) for name, value in told.items()]
            await send({"type": "http.response.start", "status": 200, "headers": [*self.HEADERS, *fields]})
            endings: list[Closing] = []
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(_left(receive))
                    group.create_task(stopped(self._server))
                    group.create_task(_beat(send))
                    if self._context.subject is not None and self._token is not None:
                        group.create_task(guard(replace(self._context), ends_at(self._token)))
                    await self._stream(send)
            except* Closing as found:
                endings += _flat(found)
            await self._end(endings[0], send)

    async def _stream(self, send: Send) -> None:
        async with aclosing(self._server.answers(self._asked, self._context, self._caller)) as answers:
            async for answer in answers:
                await _write(send, _event("next", answer.payload()))
        raise Closing(1000, "All was sent.")

    async def _end(self, closing: Closing, send: Send) -> None:
        if isinstance(closing, Gone):
            return
        last = b""
        if closing.code == 4401:
            error = Refused(401, "UNAUTHENTICATED", str(closing)).formatted()
            last = _event("next", {"errors": [error]})
        # Without the last event clients know that there may be more, and come again.
        last += _event("complete") if closing.code in (1000, 4401) else b""
        with suppress(Closing):
            await _write(send, last, more=False)


def _event(name: str, payload: Any = None) -> bytes:
    data = b"" if payload is None else b" " + orjson.dumps(payload)
    return b"event: " + name.encode() + b"\ndata:" + data + b"\n\n"


async def _write(send: Send, body: bytes, *, more: bool = True) -> None:
    try:
        async with asyncio.timeout(SEND):
            await send({"type": "http.response.body", "body": body, "more_body": more})
    except OSError as error:
        raise Gone from error


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise Gone


async def _beat(send: Send) -> None:
    while True:
        await _write(send, b":\n\n")
        await asyncio.sleep(BEAT)
