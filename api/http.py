"""The door: GraphQL over HTTP, the demo page, health, and what is refused before anything runs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import orjson
from graphql import OperationType
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket
from structlog.typing import FilteringBoundLogger

from api.asking import (
    EVENTS,
    GRAPHQL_JSON,
    JSON,
    PURPOSE,
    Asked,
    Refused,
    body_of,
    checked,
    form_of,
    json_response,
    parts_of,
    purpose,
    takes_events,
)
from api.bookmarks import HEADER, Bookmarks
from api.documents import Library, Unknown
from api.draining import Drain
from api.identity import Identity, Tokens, bearer, is_demo_host
from api.metrics import MEDIA_TYPE, Metrics
from api.oidc import IssuerUnavailable
from api.rates import Caller, Rates
from api.requests import Watch, record
from api.settings import Settings
from api.tracing import Tracing
from graph.bookmarks import trail
from graph.client import EngineUnavailable
from graph.receipts import Receipts
from graph.tail import Tail
from graph.writing import Graph
from schema.context import Context, Viewers, utc_now
from schema.documents import Operation
from schema.errors import refused_request
from schema.execution import Answer, Answerer

HELD_BACK = 0.025, 0.075
"""Seconds, of which at random, for which the refusal of a text is held back: reading texts is what an attacker makes a
server do for nothing, and whoever sends them one after another would have others wait. Several who are held back
equally long would come back together."""
ASKED_BY_BROWSERS = ("Authorization", "Content-Type", PURPOSE, HEADER, "traceparent", "X-Request-Id")
TOLD_TO_BROWSERS = (HEADER, "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id")
"""Headers that a page of another origin may send, and those of an answer that it may read."""
FULL = "This process has as many connections open as it may; try again later."


@dataclass
class Server:
    """What all requests share. `port` is the one that is listened on; without a log none is written."""

    settings: Settings
    graph: Graph
    answerer: Answerer
    port: int
    log: FilteringBoundLogger | None = None
    library: Library = field(default_factory=lambda: Library({}))
    tracing: Tracing | None = None
    clock: Callable[[], datetime] = utc_now
    tokens: Tokens = field(init=False)
    identity: Identity = field(init=False)
    viewers: Viewers = field(init=False)
    rates: Rates = field(init=False)
    bookmarks: Bookmarks = field(init=False)
    metrics: Metrics | None = field(init=False)
    tail: Tail = field(init=False)
    receipts: Receipts = field(init=False)
    stopping: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _streams: set[asyncio.Task[Any]] = field(init=False, default_factory=set[asyncio.Task[Any]])
    _drain: Drain | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.graph.secrets)
        self.identity = Identity(self.settings, self.tokens)
        self.viewers = Viewers(self.graph)
        self.rates = Rates(self.settings.rate_points, self.settings.rate_storage, self.graph.secrets)
        self.bookmarks = Bookmarks(self.graph.secrets)
        self.metrics = Metrics() if self.settings.shows_metrics else None
        self.tail = Tail(self.graph.client, self.clock)
        self.receipts = Receipts(self.graph, self.clock, alone=self.settings.neo4j_uri is None)

    def app(self) -> ASGIApp:
        from api.candidate_pages import CandidatePages
        from api.demo_pages import DemoPages
        from api.proofs import Proofs

        pages = CandidatePages(self)
        routes = [
            # Routes are tried one after another, and nearly every request is for this one.
            self._door(),
            WebSocketRoute("/graphql", self.socket),
            *Proofs(self, pages).routes(),
            *pages.routes(),
            *DemoPages(self).routes(),
            Route("/mail", self.mail, methods=["POST"]),
            Route("/cloudevents", self.cloudevents, methods=["POST"]),
            Route("/livez", self.live, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
        ]
        if self.metrics is not None:
            routes.append(Route("/metrics", self.metrics_page, methods=["GET"]))
        self._drain = Drain(Starlette(routes=routes))
        return Watch(self._drain, self.log, self.metrics, self.tracing)

    def _door(self) -> Route:
        """The way in for questions, open to pages of other origins where the operator named some."""
        origins = self.settings.allowed_origins()
        if not origins:
            return Route("/graphql", self.graphql, methods=["GET", "POST"])
        cors = Middleware(CORSMiddleware, origins, ["GET", "POST"], ASKED_BY_BROWSERS, expose_headers=TOLD_TO_BROWSERS)
        return Route("/graphql", self.graphql, methods=["GET", "POST", "OPTIONS"], middleware=[cors])

    # GraphQL

    async def graphql(self, request: Request) -> ASGIApp:
        form, streams = form_of(request), takes_events(request)
        if form is None and not streams:
            return Refused(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON}, {JSON} or {EVENTS}.").response(JSON)
        caller: Caller | None = None
        try:
            context = await self.context(request, bearer(request.headers.get("authorization")))
            self.follow(header := request.headers.get(HEADER))
            caller = self.caller(request, context)
            await self.admit(caller)
            asked = await self._read(request)
            await self.answerer.learn(asked.query)
            if asked.queries_only and self._is(asked, OperationType.MUTATION, OperationType.SUBSCRIPTION):
                raise Refused(405, "METHOD_NOT_ALLOWED", "Only queries may be sent by GET.")
            self.follow(None if header else asked.bookmark)
        except Refused as refused:
            return refused.response(form or JSON, self.rates.fields(caller) if caller else None)
        if form is None or (streams and self._is(asked, OperationType.SUBSCRIPTION)):
            from api.sockets import EventStream

            if self.is_full:
                return Refused(503, "TOO_MANY_STREAMS", FULL, retry_after=5).response(form or JSON)
            return EventStream(self, request, asked, context, caller)
        answer = await self.answer(asked, context, caller)
        response = json_response(answer.payload(), form, _status(answer, form), self.rates.fields(caller))
        if (followed := trail()) is not None and followed.written:
            response.headers[HEADER] = self.bookmarks.seal(followed.bookmarks)
        return response

    async def answer(self, asked: Asked, context: Context, caller: Caller) -> Answer:
        """The answer to one operation, told to log and metrics and paid for by the caller."""
        answer = await self._answer(asked, context)
        self._tell(asked, answer, context)
        await self._charge(caller, answer, context)
        await _hold_back(answer)
        return answer

    def _marked(self, asked: Asked, answer: Answer) -> Answer:
        """A mutation's answer with its bookmark, where headers were sent before it ran, or there are none."""
        followed = trail()
        if followed is None or not followed.written or not self._is(asked, OperationType.MUTATION):
            return answer
        return replace(answer, extensions={**answer.extensions, "bookmark": self.bookmarks.seal(followed.bookmarks)})

    def follow(self, text: str | None) -> None:
        """Has the sessions of what is asked begin where the write ended whose bookmark it sends, if it sends one.

        What an operation of a socket follows already, the last write there, it goes on to follow.
        """
        followed = trail()
        if text and followed is not None:
            try:
                followed.bookmarks |= self.bookmarks.open(text)
            except ValueError as error:
                raise Refused(400, "BAD_BOOKMARK", str(error)) from error

    async def socket(self, websocket: WebSocket) -> None:
        from api.sockets import serve_socket

        await serve_socket(self, websocket)

    async def cloudevents(self, request: Request) -> Response:
        from api.cloudevents import take

        return await take(self, request)

    async def answers(self, asked: Asked, context: Context, caller: Caller) -> AsyncGenerator[Answer]:
        """The one answer to a query or a mutation, those to a subscription as events come.

        One that is not executed is the last. An event is paid for as a query would be, and waits for a caller who has
        no points left; one that is out of sight costs nothing, or what is left would tell of it.
        """
        await self.answerer.learn(asked.query)
        events = int(self._is(asked, OperationType.SUBSCRIPTION))
        told = self.answerer.subscribe(
            asked.query,
            context,
            variables=asked.variables,
            operation_name=asked.operation_name,
            introspection=self.settings.shows_schema,
            began=partial(self._count, asked, context),
            turn=partial(self.rates.turn, caller),
        )
        async with aclosing(told):
            try:
                async for each in told:
                    answer = self._marked(asked, each)
                    self._tell(asked, answer, context)
                    await self._charge(caller, answer, context, events=events)
                    await _hold_back(answer)
                    yield answer
            except EngineUnavailable as error:
                yield _unavailable(error)

    @contextmanager
    def streaming(self) -> Generator[None]:
        """Inside the block the current task holds a connection open, which is ended when the server stops."""
        task = asyncio.current_task()
        assert task is not None
        self._streams.add(task)
        try:
            yield
        finally:
            self._streams.discard(task)

    @property
    def is_full(self) -> bool:
        return len(self._streams) >= self.settings.streams

    async def stop(self) -> None:
        """Ends what streams and sees to it that every request is answered, before connections are cut."""
        self.stopping.set()
        async with asyncio.TaskGroup() as group:
            if self._streams:
                group.create_task(asyncio.wait(set(self._streams), timeout=2))
            if self._drain is not None:
                group.create_task(self._drain.finish())

    def caller(self, connection: HTTPConnection, context: Context) -> Caller:
        return self.rates.caller(context.subject, connection.client and connection.client.host)

    async def admit(self, caller: Caller) -> None:
        """Takes the caller's point for this request; Refused where there is none left."""
        wait = await self.rates.admit(caller)
        if wait is not None:
            message = f"You have asked for more than a minute allows; try again in {wait} seconds."
            raise Refused(429, "RATE_LIMITED", message, retry_after=wait)

    async def _charge(self, caller: Caller, answer: Answer, context: Context, *, events: int = 0) -> None:
        """Takes the points of what was run, and of what the database planned for it since the last answer."""
        records = answer.extensions.get("cost", {}).get("records", 0) if answer.executed else 0
        planning, context.planning = context.planning, 0
        await self.rates.charge(caller, records, planning=planning, events=events if answer.executed else 0)

    def _tell(self, asked: Asked, answer: Answer, context: Context) -> None:
        """Tells log and metrics what was answered."""
        if (told := record()) is not None:
            told.failed(str(error.extensions.get("code")) for error in answer.errors if error.extensions)
        self._count(asked, context)

    def _count(self, asked: Asked, context: Context) -> None:
        """Tells log and metrics which operation it is that is answered, or followed."""
        if (told := record()) is not None and (operation := self._operation(asked)) is not None:
            told.answered(operation, context.known)

    async def _read(self, request: Request) -> Asked:
        if request.method == "GET":
            if not self.settings.is_development:
                raise Refused(405, "METHOD_NOT_ALLOWED", "Send queries by POST.")
            return self._asked_by_get(request)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != JSON:
            raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the request as {JSON}.")
        return self.asked(parts_of(await body_of(request)))

    def asked(self, parts: Mapping[str, Any]) -> Asked:
        """The request that a JSON object makes; Refused where it makes none."""
        try:
            query = self.library.text(parts.get("query"), parts.get("documentId"))
        except Unknown as unknown:
            raise Refused(400, unknown.code, str(unknown)) from unknown
        return checked(query, parts.get("variables"), parts.get("operationName"), parts.get("extensions"))

    def _asked_by_get(self, request: Request) -> Asked:
        parameters: dict[str, Any] = {name: value for name, value in request.query_params.items() if value}
        try:
            parts = parameters | {
                name: orjson.loads(parameters[name]) for name in ("variables", "extensions") if name in parameters
            }
        except orjson.JSONDecodeError as error:
            raise Refused(400, "BAD_REQUEST", "The variables are not JSON.") from error
        return replace(self.asked(parts), queries_only=True)

    async def _answer(self, asked: Asked, context: Context) -> Answer:
        try:
            return await self.answerer.answer(
                asked.query,
                context,
                variables=asked.variables,
                operation_name=asked.operation_name,
                introspection=self.settings.shows_schema,
            )
        except EngineUnavailable as error:
            return _unavailable(error)

    def _is(self, asked: Asked, *kinds: OperationType) -> bool:
        operation = self._operation(asked)
        return operation is not None and operation.kind in kinds

    def _operation(self, asked: Asked) -> Operation | None:
        return self.answerer.operation(asked.query, asked.operation_name)

    async def context(self, connection: HTTPConnection, token: str | None) -> Context:
        """Who asks, and for what: nobody where the token does not count."""
        context = await self._context(connection, token)
        context.purpose, context.receipts = purpose(connection.headers.get(PURPOSE)), self.receipts
        return context

    async def _context(self, connection: HTTPConnection, token: str | None) -> Context:
        try:
            claim = await self.identity.read(token, now=datetime.now(UTC)) if token else None
        except IssuerUnavailable as error:
            raise Refused(503, "IDENTITY_UNAVAILABLE", str(error), retry_after=5) from error
        address = self.settings.address(self.port)
        context = Context(self.graph, self.viewers, clock=self.clock, tail=self.tail, address=address)
        if claim is None or (claim.demo and not self.is_demo_request(connection)):
            return context
        if not claim.demo:
            return replace(context, subject=claim.subject)
        return replace(context, subject=claim.subject, accepts=lambda viewer: viewer.demo)

    def is_demo_request(self, connection: HTTPConnection) -> bool:
        """Whether host, and origin where a browser names one, are the demo's own: sockets know no CORS."""
        places = [connection.headers.get("host", "")]
        if (origin := connection.headers.get("origin")) is not None:
            places.append(urlsplit(origin).netloc)
        own = all(is_demo_host(place, self.settings, self.port) for place in places)
        return self.settings.is_development and own

    # Mail

    async def mail(self, request: Request) -> Response:
        from api.mailing import take

        return await take(self, request)

    # Health

    async def live(self, _: Request) -> Response:
        return json_response({"status": "ok"}, JSON, 200)

    async def ready(self, _: Request) -> Response:
        try:
            await self.graph.client.ping()
        except Exception:
            return json_response({"status": "the database does not answer"}, JSON, 503)
        return json_response({"status": "ok"}, JSON, 200)

    async def metrics_page(self, _: Request) -> Response:
        assert self.metrics is not None
        try:
            await self.graph.client.ping()
            self.metrics.engine_up.set(1)
        except Exception:
            self.metrics.engine_up.set(0)
        return Response(self.metrics.page(), headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"})


def _unavailable(error: EngineUnavailable) -> Answer:
    return Answer(None, [refused_request("ENGINE_UNAVAILABLE", str(error), retryable=True)], {}, executed=False)


async def _hold_back(answer: Answer) -> None:
    if not answer.executed:
        await asyncio.sleep(random.uniform(*HELD_BACK))


def _status(answer: Answer, form: str) -> int:
    """400 for a request that was not run, where the client asked for the media type that says so."""
    unavailable = any(error.extensions and error.extensions.get("retryable") for error in answer.errors)
    if not answer.executed and unavailable:
        return 503
    return 400 if not answer.executed and form == GRAPHQL_JSON else 200
