"""The door: GraphQL over HTTP, the demo page, health, and what is refused before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import orjson
from graphql import GraphQLError, OperationDefinitionNode, OperationType, get_operation_ast
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from structlog.typing import FilteringBoundLogger

from api.identity import Identity, Tokens, bearer, is_demo_host
from api.metrics import MEDIA_TYPE, Metrics
from api.oidc import IssuerUnavailable
from api.rates import Rates
from api.requests import Watch, record
from api.settings import Settings
from graph.client import EngineUnavailable
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.errors import refused_request
from schema.execution import Answer, Answerer
from schema.ids import to_global
from seeds import demo

BODY = 256 * 1024
"""Bytes a request may have."""
JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
HERE = Path(__file__).parent
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
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
    tokens: Tokens = field(init=False)
    identity: Identity = field(init=False)
    viewers: Viewers = field(init=False)
    rates: Rates = field(init=False)
    metrics: Metrics | None = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.graph.secrets)
        self.identity = Identity(self.settings, self.tokens)
        self.viewers = Viewers(self.graph)
        self.rates = Rates(self.settings.rate_points, self.settings.rate_storage, self.graph.secrets)
        self.metrics = Metrics() if self.settings.shows_metrics else None

    def app(self) -> ASGIApp:
        routes = [
            Route("/graphql", self.graphql, methods=["GET", "POST"]),
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
        return Watch(Starlette(routes=routes), self.log, self.metrics)

    # GraphQL

    async def graphql(self, request: Request) -> Response:
        form = _form(request)
        if form is None:
            return Refused(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON} or {JSON}.").response(JSON)
        try:
            context = await self._context(request)
            caller = await self._admit(request, context)
            asked = await self._read(request)
        except Refused as refused:
            return refused.response(form)
        answer = await self._answer(asked, context)
        self._tell(asked, answer, context)
        if answer.executed:
            await self.rates.charge(caller, answer.extensions.get("cost", {}).get("records", 0))
        return _json(answer.payload(), form, _status(answer, form))

    async def _admit(self, request: Request, context: Context) -> str:
        """Takes the caller's point for this request; Refused where there is none left."""
        caller = self.rates.caller(context.subject, request.client and request.client.host)
        wait = await self.rates.admit(caller)
        if wait is not None:
            message = f"You have asked for more than a minute allows; try again in {wait} seconds."
            raise Refused(429, "RATE_LIMITED", message, retry_after=wait)
        return caller

    def _tell(self, asked: Asked, answer: Answer, context: Context) -> None:
        """Tells log and metrics what was answered."""
        if (told := record()) is not None:
            told.failed(str(error.extensions.get("code")) for error in answer.errors if error.extensions)
            if (operation := self._operation(asked)) is not None:
                told.answered(operation, context.known)

    async def _read(self, request: Request) -> Asked:
        if request.method == "GET":
            if not self.settings.is_development:
                raise Refused(405, "METHOD_NOT_ALLOWED", "Send queries by POST.")
            return _asked_by_get(request)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != JSON:
            raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the request as {JSON}.")
        return _asked(await _body(request))

    async def _answer(self, asked: Asked, context: Context) -> Answer:
        try:
            if asked.queries_only and self._is_other_than_query(asked):
                error = refused_request("METHOD_NOT_ALLOWED", "Only queries may be sent by GET.")
                return Answer(None, [error], {}, executed=False)
            return await self.answerer.answer(
                asked.query,
                context,
                variables=asked.variables,
                operation_name=asked.operation_name,
                introspection=self.settings.shows_schema,
            )
        except EngineUnavailable as error:
            failed = refused_request("ENGINE_UNAVAILABLE", str(error), retryable=True)
            return Answer(None, [failed], {}, executed=False)

    def _is_other_than_query(self, asked: Asked) -> bool:
        operation = self._operation(asked)
        return operation is not None and operation.operation is not OperationType.QUERY

    def _operation(self, asked: Asked) -> OperationDefinitionNode | None:
        tree = self.answerer.tree(asked.query)
        return tree and get_operation_ast(tree, asked.operation_name)

    async def _context(self, request: Request) -> Context:
        token = bearer(request.headers.get("authorization"))
        try:
            claim = await self.identity.read(token, now=datetime.now(UTC)) if token else None
        except IssuerUnavailable as error:
            raise Refused(503, "IDENTITY_UNAVAILABLE", str(error), retry_after=5) from error
        if claim is None:
            return Context(self.graph, self.viewers)
        if not claim.demo:
            return Context(self.graph, self.viewers, claim.subject)
        if not self._is_demo_request(request):
            return Context(self.graph, self.viewers)
        return Context(self.graph, self.viewers, claim.subject, accepts=lambda viewer: viewer.demo)

    def _is_demo_request(self, request: Request) -> bool:
        host = request.headers.get("host", "")
        return self.settings.is_development and is_demo_host(host, self.settings, self.port)

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
        error = _error(self.code, str(self), retryable=self.retry_after is not None)
        response = _json({"errors": [error]}, form, self.status)
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


async def _body(request: Request) -> bytes:
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


def _asked(body: bytes) -> Asked:
    try:
        sent: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", "The body is not JSON.") from error
    if not isinstance(sent, dict):
        raise Refused(400, "BAD_REQUEST", "The body is not a JSON object; requests are not batched.")
    parts = cast(dict[str, Any], sent)
    return _checked(parts.get("query"), parts.get("variables"), parts.get("operationName"), parts.get("extensions"))


def _asked_by_get(request: Request) -> Asked:
    parameters = request.query_params
    try:
        variables, extensions = (
            orjson.loads(parameters[name]) if parameters.get(name) else None for name in ("variables", "extensions")
        )
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", "The variables are not JSON.") from error
    asked = _checked(parameters.get("query"), variables, parameters.get("operationName") or None, extensions)
    return Asked(asked.query, asked.variables, asked.operation_name, queries_only=True)


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
    accepted = request.headers.get("accept") or "*/*"
    types = [part.split(";")[0].strip().lower() for part in accepted.split(",")]
    if GRAPHQL_JSON in types:
        return GRAPHQL_JSON
    return JSON if {JSON, "*/*", "application/*"} & set(types) else None


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
