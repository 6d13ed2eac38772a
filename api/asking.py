"""What a request asks over HTTP, whichever way it came, and the refusal of what asks nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import orjson
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.requests import record
from graph.receipts import Purpose

BODY = 256 * 1024
"""Bytes a request may have."""
JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
EVENTS = "text/event-stream"
NOTHING = re.compile(r"q=0(\.0*)?")
PURPOSE = "Turnout-Purpose"
"""The header that says what a record is looked at for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A GraphQL request, whichever way it came."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    queries_only: bool = False
    bookmark: str | None = None


class Refused(Exception):
    """A request that is not run; its text is a sentence. One that may be sent again says after how many seconds."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after

    def response(self, form: str, fields: Mapping[str, str] | None = None) -> Response:
        if (told := record()) is not None:
            told.failed([self.code])
        response = json_response({"errors": [self.formatted()]}, form, self.status, fields)
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        if self.status == 405:
            response.headers["Allow"] = "POST"
        return response

    def formatted(self) -> Any:
        return problem(self.code, str(self), retryable=self.retry_after is not None)


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


def parts_of(body: bytes) -> Mapping[str, Any]:
    try:
        sent: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", "The body is not JSON.") from error
    if not isinstance(sent, dict):
        raise Refused(400, "BAD_REQUEST", "The body is not a JSON object; requests are not batched.")
    return cast(dict[str, Any], sent)


def checked(query: Any, variables: Any, operation_name: Any, extensions: Any) -> Asked:
    if not isinstance(query, str) or not query:
        raise Refused(400, "BAD_REQUEST", "The request names no query.")
    for name, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, Mapping):
            raise Refused(400, "BAD_REQUEST", f"The {name} are not a JSON object.")
    if operation_name is not None and not isinstance(operation_name, str):
        raise Refused(400, "BAD_REQUEST", "The operationName is not a text.")
    bookmark = (extensions or {}).get("bookmark")
    if bookmark is not None and not isinstance(bookmark, str):
        raise Refused(400, "BAD_BOOKMARK", "The bookmark among the extensions is not a text.")
    return Asked(query, variables, operation_name or None, bookmark=bookmark)


def form_of(request: Request) -> str | None:
    """The media type to answer in, by the Accept header; null where none of ours is accepted."""
    types = accepted(request)
    if GRAPHQL_JSON in types:
        return GRAPHQL_JSON
    return JSON if {JSON, "*/*", "application/*"} & types else None


def accepted(request: Request) -> frozenset[str]:
    return _accepted(request.headers.get("accept") or "*/*")


@lru_cache
def _accepted(header: str) -> frozenset[str]:
    """The media types of an Accept header; one with a weight of nothing is none."""
    parts = [[each.strip() for each in part.split(";")] for part in header.lower().split(",")]
    return frozenset(type for type, *parameters in parts if not any(map(NOTHING.fullmatch, parameters)))


def takes_events(request: Request) -> bool:
    return request.method == "POST" and EVENTS in accepted(request)


def problem(code: str, message: str, *, retryable: bool = False) -> Any:
    return GraphQLError(message, extensions={"code": code, "retryable": retryable}).formatted


def json_response(payload: Any, form: str, status: int, fields: Mapping[str, str] | None = None) -> Response:
    media_type = f"{form}; charset=utf-8"
    headers = {"X-Content-Type-Options": "nosniff", **(fields or {})}
    return Response(orjson.dumps(payload), status, headers, media_type)
