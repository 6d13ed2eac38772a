"""CloudEvents 1.0 over HTTP: what a platform for interviews reports, one event or a batch."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.asking import JSON, Refused, body_of
from api.identity import bearer
from api.rates import Caller
from graph import telemetry
from graph.causes import TelemetryKind
from graph.client import EngineUnavailable
from graph.refusals import Fault, Locale, Refusal, invalid
from graph.telemetry import Report
from schema.context import Context
from schema.ids import id_of

if TYPE_CHECKING:
    from api.http import Server

log = logging.getLogger("turnout")

STRUCTURED, BATCHED = "application/cloudevents+json", "application/cloudevents-batch+json"
MOST = 100
"""Events of one batch."""
TYPES = {f"turnout.telemetry.{kind.value.lower().replace('_', '.')}": kind for kind in TelemetryKind}
"""The types of events that are taken."""


async def take(server: Server, request: Request) -> Response:
    """Takes each event by itself and says what became of it: sent again, those that were taken change nothing.

    200 where any was taken, 422 where all were refused, 503 where the sender is to try all of it again.
    """
    caller: Caller | None = None
    try:
        context = await server.context(request, bearer(request.headers.get("authorization")))
        if await _unknown(context):
            raise Refused(401, "UNAUTHENTICATED", "Send the token of an integrator.")
        caller = server.caller(request, context)
        await server.admit(caller)
        events = _events(request, await body_of(request))
        results = [await _taken(context, event) for event in events]
    except Refused as refused:
        return refused.response(JSON, server.rates.fields(caller) if caller else None)
    except EngineUnavailable as error:
        return Refused(503, "ENGINE_UNAVAILABLE", str(error), retry_after=5).response(JSON)
    except Exception:
        log.exception("an event could not be taken")
        return Refused(500, "INTERNAL", "Something went wrong; send the events again.", retry_after=5).response(JSON)
    await server.rates.charge(caller, len(events))
    status = 200 if any(result["status"] == "taken" for result in results) or not results else 422
    body = orjson.dumps({"results": results})
    headers = {"X-Content-Type-Options": "nosniff", **server.rates.fields(caller)}
    return Response(body, status, headers, f"{JSON}; charset=utf-8")


async def _unknown(context: Context) -> bool:
    viewer = await context.viewers.find(context.subject) if context.subject else None
    return viewer is None or not context.accepts(viewer)


def _events(request: Request, body: bytes) -> list[Any]:
    """The events of a body, by its media type; what each says is looked at later."""
    form = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if form not in (STRUCTURED, BATCHED):
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", f"Send {STRUCTURED} or {BATCHED}.")
    try:
        sent: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", "The body is not JSON.") from error
    events: Any = sent if form == BATCHED else [sent]
    if not isinstance(events, list):
        raise Refused(400, "BAD_REQUEST", "A batch is a JSON array of events.")
    found = cast(list[Any], events)
    if len(found) > MOST:
        raise Refused(400, "TOO_MANY_EVENTS", f"A batch may have {MOST} events.")
    if any(not isinstance(event, dict) for event in found):
        raise Refused(400, "BAD_REQUEST", "An event is a JSON object.")
    return found


async def _taken(context: Context, event: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: event.get(name) if isinstance(event.get(name), str) else None for name in ("source", "id")}
    report = _report(event)
    if isinstance(report, Refusal):
        return named | _refused(report)
    input = {"source": report.source, "key": report.key}
    act = await context.act("cloudEvent", None, input)
    outcome = await telemetry.record(context.graph, act, report)
    return named | (_refused(outcome) if isinstance(outcome, Refusal) else {"status": "taken"})


def _refused(refusal: Refusal) -> dict[str, Any]:
    told = {"status": "refused", "code": refusal.code.value, "message": refusal.message(Locale.EN)}
    return {**told, "attribute": ATTRIBUTES.get(refusal.field or "", refusal.field)}


ATTRIBUTES = {"occurredAt": "time", "key": "id", "interview": "subject", "until": "data.until"}
"""How an event calls what a mutation's input calls otherwise."""


def _report(event: Mapping[str, Any]) -> Report | Refusal:
    """The report that an event makes; a Refusal that names the attribute at fault."""
    for name in ("specversion", "source", "id", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            return invalid(name, Fault.TEXT)
    if event["specversion"] != "1.0":
        return invalid("specversion", Fault.ONE_OF)
    kind, subject, data = TYPES.get(event["type"]), event.get("subject"), event.get("data")
    if kind is None:
        return invalid("type", Fault.ONE_OF)
    if subject is not None and not isinstance(subject, str):
        return invalid("subject", Fault.TEXT)
    until: Any = cast(dict[str, Any], data).get("until") if isinstance(data, dict) else None
    at, ended = _instant(event.get("time")), None if until is None else _instant(until)
    if at is None:
        return invalid("time", Fault.INSTANT)
    if until is not None and ended is None:
        return invalid("data.until", Fault.INSTANT)
    interview = None if subject is None else id_of("Interview", subject)
    return Report(kind, at, event["source"], event["id"], interview, ended)


def _instant(text: Any) -> datetime | None:
    """An RFC 3339 time; null for anything else, and for one without an offset."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) and "T" in text.upper() else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
