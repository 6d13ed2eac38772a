"""The door: GraphQL over HTTP, the demo page, health, and what is refused before anything runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import orjson
from graphql import GraphQLError, OperationType
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket
from structlog.typing import FilteringBoundLogger

from api.bookmarks import HEADER, Bookmarks
from api.documents import Library, Unknown
from api.draining import Drain
from api.identity import Identity, Tokens, bearer, is_demo_host
from api.metrics import MEDIA_TYPE, Metrics
from api.oidc import IssuerUnavailable
from api.rates import Rates
from api.requests import Watch, record
from api.settings import Settings
from api.tracing import Tracing
from graph.bookmarks import trail
from graph.client import EngineUnavailable
from graph.receipts import Purpose, Receipts
from graph.refusals import Refusal
from graph.tail import Tail
from graph.writing import Graph
from schema.context import Context, Viewers, utc_now
from schema.documents import Operation
from schema.errors import refused_request
from schema.execution import Answer, Answerer
from schema.ids import to_global
from seeds import demo

BODY = 256 * 1024
"""Bytes a request may have."""
JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
EVENTS = "text/event-stream"
FULL = "This process has as many connections open as it may; try again later."
HERE = Path(__file__).parent
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
PURPOSE = "Turnout-Purpose"
"""The header that says what a record is looked at for."""
GRAPHIQL_HEADERS = {**PAGE_HEADERS}
del GRAPHIQL_HEADERS["Content-Security-Policy"]


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
        from api.proofs import Proofs

        routes = [
            *Proofs(self).routes(),
            *CandidatePages(self).routes(),
            Route("/graphql", self.graphql, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", self.socket),
            Route("/mail", self.mail, methods=["POST"]),
            Route("/cloudevents", self.cloudevents, methods=["POST"]),
            Route("/livez", self.live, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
        ]
        if self.settings.is_development:
            routes += [
                Route("/", self.page, methods=["GET"]),
                *(Route(f"/page.{kind}", self.page_file, methods=["GET"]) for kind in ("js", "css", "svg")),
                Route("/demo.json", self.demo_viewers, methods=["GET"]),
            ]
        if self.settings.ide:
            routes.append(Route("/graphiql", self.graphiql, methods=["GET"]))
        if self.metrics is not None:
            routes.append(Route("/metrics", self.metrics_page, methods=["GET"]))
        self._drain = Drain(Starlette(routes=routes))
        return Watch(self._drain, self.log, self.metrics, self.tracing)

    # GraphQL

    async def graphql(self, request: Request) -> ASGIApp:
        form, streams = _form(request), _takes_events(request)
        if form is None and not streams:
            return Refused(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON}, {JSON} or {EVENTS}.").response(JSON)
        try:
            context = await self.context(request, bearer(request.headers.get("authorization")))
            self._follow(request)
            caller = await self.admit(request, context)
            asked = await self._read(request)
            await self.answerer.learn(asked.query)
            if asked.queries_only and self._is(asked, OperationType.MUTATION, OperationType.SUBSCRIPTION):
                raise Refused(405, "METHOD_NOT_ALLOWED", "Only queries may be sent by GET.")
        except Refused as refused:
            return refused.response(form or JSON)
        if form is None or (streams and self._is(asked, OperationType.SUBSCRIPTION)):
            from api.sockets import EventStream

            if self.is_full:
                return Refused(503, "TOO_MANY_STREAMS", FULL, retry_after=5).response(form or JSON)
            return EventStream(self, request, asked, context, caller)
        answer = await self.answer(asked, context, caller)
        response = _json(answer.payload(), form, _status(answer, form))
        if (followed := trail()) is not None and followed.written:
            response.headers[HEADER] = self.bookmarks.seal(followed.bookmarks)
        return response

    async def answer(self, asked: Asked, context: Context, caller: str) -> Answer:
        """The answer to one operation, told to log and metrics and paid for by the caller."""
        answer = await self._answer(asked, context)
        self._tell(asked, answer, context)
        await self._charge(caller, answer, context)
        return answer

    def _follow(self, request: Request) -> None:
        """Has this request's sessions begin where the write ended whose bookmark it sends."""
        text, followed = request.headers.get(HEADER), trail()
        if text and followed is not None:
            try:
                followed.bookmarks = self.bookmarks.open(text)
            except ValueError as error:
                raise Refused(400, "BAD_BOOKMARK", str(error)) from error

    async def socket(self, websocket: WebSocket) -> None:
        from api.sockets import serve_socket

        await serve_socket(self, websocket)

    async def cloudevents(self, request: Request) -> Response:
        from api.cloudevents import take

        return await take(self, request)

    async def answers(self, asked: Asked, context: Context, caller: str) -> AsyncGenerator[Answer]:
        """The one answer to a query or a mutation, those to a subscription as events come.

        One that is not executed is the last.
        """
        await self.answerer.learn(asked.query)
        told = self.answerer.subscribe(
            asked.query,
            context,
            variables=asked.variables,
            operation_name=asked.operation_name,
            introspection=self.settings.shows_schema,
        )
        async with aclosing(told):
            first = True
            try:
                async for answer in told:
                    self._tell(asked, answer, context, first=first)
                    first = False
                    await self._charge(caller, answer, context)
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
                group.create_task(asyncio.wait(self._streams, timeout=2))
            if self._drain is not None:
                group.create_task(self._drain.finish())

    async def admit(self, connection: HTTPConnection, context: Context) -> str:
        """Takes the caller's point for this request; Refused where there is none left."""
        caller = self.rates.caller(context.subject, connection.client and connection.client.host)
        wait = await self.rates.admit(caller)
        if wait is not None:
            message = f"You have asked for more than a minute allows; try again in {wait} seconds."
            raise Refused(429, "RATE_LIMITED", message, retry_after=wait)
        return caller

    async def _charge(self, caller: str, answer: Answer, context: Context) -> None:
        """Takes the points of what was run, and of what the database planned for it since the last answer."""
        records = answer.extensions.get("cost", {}).get("records", 0) if answer.executed else 0
        planning, context.planning = context.planning, 0
        await self.rates.charge(caller, records, planning=planning)

    def _tell(self, asked: Asked, answer: Answer, context: Context, *, first: bool = True) -> None:
        """Tells log and metrics what was answered; a subscription is one operation, however many events it tells."""
        if (told := record()) is not None:
            told.failed(str(error.extensions.get("code")) for error in answer.errors if error.extensions)
            if first and (operation := self._operation(asked)) is not None:
                told.answered(operation, context.known)

    async def _read(self, request: Request) -> Asked:
        if request.method == "GET":
            if not self.settings.is_development:
                raise Refused(405, "METHOD_NOT_ALLOWED", "Send queries by POST.")
            return self._asked_by_get(request)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != JSON:
            raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the request as {JSON}.")
        return self.asked(_parts(await body_of(request)))

    def asked(self, parts: Mapping[str, Any]) -> Asked:
        """The request that a JSON object makes; Refused where it makes none."""
        try:
            query = self.library.text(parts.get("query"), parts.get("documentId"))
        except Unknown as unknown:
            raise Refused(400, unknown.code, str(unknown)) from unknown
        return _checked(query, parts.get("variables"), parts.get("operationName"), parts.get("extensions"))

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
        if claim is None or (claim.demo and not self._is_demo_request(connection)):
            return context
        if not claim.demo:
            return replace(context, subject=claim.subject)
        return replace(context, subject=claim.subject, accepts=lambda viewer: viewer.demo)

    def _is_demo_request(self, connection: HTTPConnection) -> bool:
        """Whether host, and origin where a browser names one, are the demo's own: sockets know no CORS."""
        places = [connection.headers.get("host", "")]
        if (origin := connection.headers.get("origin")) is not None:
            places.append(urlsplit(origin).netloc)
        own = all(is_demo_host(place, self.settings, self.port) for place in places)
        return self.settings.is_development and own

    # Pages

    async def page(self, _: Request) -> Response:
        return FileResponse(HERE / "page.html", headers=PAGE_HEADERS)

    async def page_file(self, request: Request) -> Response:
        return FileResponse(HERE / request.url.path.rsplit("/", 1)[-1], headers=PAGE_HEADERS)

    async def demo_viewers(self, request: Request) -> Response:
        """The demo's viewers with a token each, for a page of this very address."""
        if not self._is_demo_request(request) or await demo.age(self.graph, now=datetime.now(UTC)) is None:
            return _json({"errors": [_error("NO_DEMO", "There is no demo at this address.")]}, JSON, 404)
        now = datetime.now(UTC)
        viewers = [
            {
                "externalId": external_id,
                "who": who,
                "whoZh": who_zh,
                "token": self.tokens.sign(external_id, demo=True, now=now),
            }
            for external_id, (who, who_zh) in demo.USERS.items()
        ]
        main = {"application": to_global("Application", demo.main_application_id())}
        return _json({"viewers": viewers, "main": main}, JSON, 200)

    async def graphiql(self, _: Request) -> Response:
        from strawberry.http.ides import get_graphql_ide_html

        html = get_graphql_ide_html(graphql_ide="graphiql").replace("{{ SUBSCRIPTION_ENABLED }}", "false")
        return Response(html, media_type="text/html", headers=GRAPHIQL_HEADERS)

    # Mail

    async def mail(self, request: Request) -> Response:
        """An answer to an invitation, or a report of a message's delivery, as whoever receives mails posts it."""
        from api.mailing import NotUnderstood, sentence, take

        try:
            context = await self.context(request, bearer(request.headers.get("authorization")))
            await context.viewer()
            await self.admit(request, context)
            media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
            outcome = await take(context, media_type, await body_of(request))
        except Refused as refused:
            return refused.response(JSON)
        except GraphQLError as error:
            return _json({"errors": [error.formatted]}, JSON, 401)
        except NotUnderstood as error:
            return _json({"errors": [_error("NOT_UNDERSTOOD", str(error))]}, JSON, 422)
        except EngineUnavailable as error:
            return _json({"errors": [_error("ENGINE_UNAVAILABLE", str(error), retryable=True)]}, JSON, 503)
        if isinstance(outcome, Refusal):
            return _json({"errors": [_error(outcome.code.value, sentence(outcome))]}, JSON, 422)
        return _json({"id": to_global(outcome.type, outcome.id)}, JSON, 200)

    # Health

    async def live(self, _: Request) -> Response:
        return _json({"status": "ok"}, JSON, 200)

    async def ready(self, _: Request) -> Response:
        try:
            await self.graph.client.ping()
        except Exception:
            return _json({"status": "the database does not answer"}, JSON, 503)
        return _json({"status": "ok"}, JSON, 200)

    async def metrics_page(self, _: Request) -> Response:
        assert self.metrics is not None
        try:
            await self.graph.client.ping()
            self.metrics.engine_up.set(1)
        except Exception:
            self.metrics.engine_up.set(0)
        return Response(self.metrics.page(), headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A GraphQL request, whichever way it came."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    queries_only: bool = False


class Refused(Exception):
    """A request that is not run; its text is a sentence. One that may be sent again says after how many seconds."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after

    def response(self, form: str) -> Response:
        if (told := record()) is not None:
            told.failed([self.code])
        response = _json({"errors": [self.formatted()]}, form, self.status)
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        if self.status == 405:
            response.headers["Allow"] = "POST"
        return response

    def formatted(self) -> Any:
        return _error(self.code, str(self), retryable=self.retry_after is not None)


def purpose(text: str | None) -> Purpose:
    """What a request says it looks for; a review of an application where it does not say."""
    if text is None:
        return Purpose.APPLICATION_REVIEW
    try:
        return Purpose(text)
    except ValueError as error:
        names = ", ".join(each.value for each in Purpose)
        raise Refused(400, "BAD_PURPOSE", f"{PURPOSE} is none of {names}.") from error


async def body_of(request: Request) -> bytes:
    too_large = Refused(413, "BODY_TOO_LARGE", f"A request may have {BODY // 1024} kB.")
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > BODY:
        raise too_large
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY:
                raise too_large
    except ClientDisconnect as error:
        raise Refused(400, "BAD_REQUEST", "The request ended early.") from error
    return bytes(body)


def _parts(body: bytes) -> Mapping[str, Any]:
    try:
        sent: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", "The body is not JSON.") from error
    if not isinstance(sent, dict):
        raise Refused(400, "BAD_REQUEST", "The body is not a JSON object; requests are not batched.")
    return cast(dict[str, Any], sent)


def _checked(query: Any, variables: Any, operation_name: Any, extensions: Any) -> Asked:
    if not isinstance(query, str) or not query:
        raise Refused(400, "BAD_REQUEST", "The request names no query.")
    for name, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, Mapping):
            raise Refused(400, "BAD_REQUEST", f"The {name} are not a JSON object.")
    if operation_name is not None and not isinstance(operation_name, str):
        raise Refused(400, "BAD_REQUEST", "The operationName is not a text.")
    return Asked(query, variables, operation_name or None)


def _form(request: Request) -> str | None:
    """The media type to answer in, by the Accept header; null where none of ours is accepted."""
    types = _accepted(request)
    if GRAPHQL_JSON in types:
        return GRAPHQL_JSON
    return JSON if {JSON, "*/*", "application/*"} & set(types) else None


def _accepted(request: Request) -> list[str]:
    accepted = request.headers.get("accept") or "*/*"
    return [part.split(";")[0].strip().lower() for part in accepted.split(",")]


def _takes_events(request: Request) -> bool:
    return request.method == "POST" and EVENTS in _accepted(request)


def _unavailable(error: EngineUnavailable) -> Answer:
    return Answer(None, [refused_request("ENGINE_UNAVAILABLE", str(error), retryable=True)], {}, executed=False)


def _status(answer: Answer, form: str) -> int:
    """400 for a request that was not run, where the client asked for the media type that says so."""
    unavailable = any(error.extensions and error.extensions.get("retryable") for error in answer.errors)
    if not answer.executed and unavailable:
        return 503
    return 400 if not answer.executed and form == GRAPHQL_JSON else 200


def _error(code: str, message: str, *, retryable: bool = False) -> Any:
    return GraphQLError(message, extensions={"code": code, "retryable": retryable}).formatted


def _json(payload: Any, form: str, status: int) -> Response:
    media_type = f"{form}; charset=utf-8"
    return Response(orjson.dumps(payload), status, {"X-Content-Type-Options": "nosniff"}, media_type)
