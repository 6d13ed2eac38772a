"""One request from its first byte to its last: its id, and what is told of it to the log and the metrics."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import getrandbits
from typing import Any

from graphql import OperationType
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from api.metrics import Metrics
from api.tracing import Trace, Tracing
from graph.bookmarks import following
from graph.visibility import Viewer
from graph.watching import watched, watcher
from schema.documents import Operation

ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
"""An X-Request-Id that is taken over; any other is replaced."""
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "WEBSOCKET"})
NAME = 64
"""Characters that an operation's name may have to be told."""


@dataclass(slots=True)
class Record:
    """What is known of a request. It holds nothing that a client wrote but its id and an operation's plain name."""

    id: str
    metrics: Metrics | None = None
    trace: Trace | None = None
    socket: str | None = None
    """Of an operation of a WebSocket, the id of that one's own record."""
    started: float = field(default_factory=time.perf_counter)
    status: int | None = None
    operation: str | None = None
    kind: str | None = None
    role: str | None = None
    retries: int = 0
    planning: float = 0.0
    errors: list[str] = field(default_factory=list[str])
    statements: dict[str, float] = field(default_factory=dict[str, float])

    def ran(self, statement: str, seconds: float) -> None:
        self.statements[statement] = self.statements.get(statement, 0.0) + seconds
        if self.metrics is not None:
            self.metrics.statement(statement, seconds)
        if self.trace is not None:
            self.trace.ran(statement, seconds)

    def planned(self, seconds: float) -> None:
        self.planning += seconds
        if self.metrics is not None:
            self.metrics.planning.observe(seconds)
        if self.trace is not None:
            self.trace.ran("planning", seconds)

    def retried(self) -> None:
        self.retries += 1
        if self.metrics is not None:
            self.metrics.retries.inc()

    def looked_up(self, cache: str, *, found: bool) -> None:
        if self.metrics is not None:
            self.metrics.lookup(cache, found=found)

    def failed(self, codes: Iterable[str]) -> None:
        """Errors were sent, with these codes."""
        codes = list(codes)
        self.errors += [code for code in dict.fromkeys(codes) if code not in self.errors]
        if self.metrics is not None:
            self.metrics.errors(codes)

    def answered(self, operation: Operation, viewer: Viewer | None) -> None:
        """An operation was answered; the metrics tell it by name only where a viewer vouches for it.

        A subscription is one, however many events it tells, and takes as long as somebody follows.
        """
        is_subscription, name = operation.kind is OperationType.SUBSCRIPTION, operation.name
        if is_subscription and self.kind is not None:
            return
        self.operation = name if name and len(name) <= NAME else None
        self.kind = operation.kind.value
        self.role = viewer.part if viewer else None
        if self.metrics is not None:
            seconds = None if is_subscription else self.age()
            self.metrics.operation(self.operation if viewer else None, self.kind, seconds)
        if self.trace is not None:
            self.trace.answered(self.kind, self.operation if viewer else None)

    def age(self) -> float:
        return time.perf_counter() - self.started

    def end(self, method: str, path: str, log: FilteringBoundLogger | None) -> None:
        """The request, or an operation of a socket, is over."""
        if log is not None:
            log.info("request", method=method, path=path, **self.fields())
        if self.trace is not None:
            told = {
                "http.request.method": method,
                "http.route": path,
                "http.response.status_code": self.status,
                "turnout.request.id": self.id,
                "turnout.role": self.role,
                "turnout.errors": self.errors,
            }
            failed = "INTERNAL" in self.errors or (self.status or 200) >= 500
            self.trace.end(f"{method} {path}", {name: value for name, value in told.items() if value}, failed=failed)

    def fields(self) -> dict[str, Any]:
        """What the log says of the request, without what does not apply."""
        told = {
            "id": self.id,
            "socket": self.socket,
            "status": self.status,
            "ms": milliseconds(self.age()),
            "operation": self.operation,
            "kind": self.kind,
            "role": self.role,
            "statements": {name: milliseconds(seconds) for name, seconds in self.statements.items()},
            "planning": milliseconds(self.planning),
            "retries": self.retries,
            "errors": self.errors,
        }
        return {name: value for name, value in told.items() if value}


def record() -> Record | None:
    """The record of the request that is being answered."""
    found = watcher()
    return found if isinstance(found, Record) else None


def milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)


class Watch:
    """Around the whole application: gives each request its record, answers its id, and tells of it at its end."""

    def __init__(
        self, app: ASGIApp, log: FilteringBoundLogger | None, metrics: Metrics | None, tracing: Tracing | None = None
    ) -> None:
        self._app = app
        self._log = log
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        trace = self._tracing.begin(scope["type"], _header(scope, b"traceparent")) if self._tracing else None
        record = Record(_id(scope), self._metrics, trace)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", record.id.encode())]
            await send(message)

        if self._metrics is not None:
            self._metrics.in_flight.inc()
        try:
            with watched(record), following():
                await self._app(scope, receive, answer)
        finally:
            if self._metrics is not None:
                self._metrics.in_flight.dec()
            self._tell(scope, record)

    def _tell(self, scope: Scope, record: Record) -> None:
        method = scope.get("method", "WEBSOCKET")
        method = method if method in METHODS else "other"
        # The path as declared: what was asked for may hold anything.
        path = getattr(scope.get("route"), "path", "none")
        record.end(method, path, self._log)


def _id(scope: Scope) -> str:
    given = _header(scope, b"x-request-id")
    return given if ID.fullmatch(given) else f"{getrandbits(128):032x}"


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value for name, value in scope["headers"] if name == wanted), b"").decode("latin-1")
