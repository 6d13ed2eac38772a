"""Traces for OpenTelemetry: a span for each request, its operation and its statements, by their names alone.

Never in a span: variables, texts, tokens, names of people, nor the text of an exception.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.settings import Settings, SetupError

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, SpanKind

NANOSECONDS = 1_000_000_000


class Tracing:
    """Makes the spans of one server and hands them to a provider."""

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("turnout")
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, name: str, traceparent: str | None = None) -> Trace:
        """The trace of a request, within its caller's where that sends one; what else a caller says is left out."""
        carrier = {"traceparent": traceparent} if traceparent else {}
        return Trace(self, name, self._propagator.extract(carrier))

    def span(self, name: str, kind: SpanKind, parent: Context, ago: float = 0.0) -> Span:
        return self._tracer.start_span(name, parent, kind, start_time=time.time_ns() - int(ago * NANOSECONDS))

    async def close(self) -> None:
        """Sends what is left."""
        await asyncio.to_thread(self._provider.shutdown)


class Trace:
    """One request as spans; the operation's begins with the first thing that is done for it."""

    def __init__(self, tracing: Tracing, name: str, parent: Context) -> None:
        from opentelemetry.trace import SpanKind

        self._tracing = tracing
        self._kinds = SpanKind
        self._request = tracing.span(name, SpanKind.SERVER, parent)
        self._operation: Span | None = None

    def ran(self, name: str, seconds: float) -> None:
        """A statement ended just now."""
        operation = self._begun(seconds)
        self._tracing.span(name, self._kinds.CLIENT, _within(operation), seconds).end()

    def answered(self, kind: str, name: str | None) -> None:
        """The operation was answered; `name` is null where nobody vouches for it."""
        operation = self._begun(0.0)
        operation.update_name(f"{kind} {name}" if name else kind)
        operation.set_attributes({"graphql.operation.type": kind} | ({"graphql.operation.name": name} if name else {}))

    def end(self, name: str, attributes: Mapping[str, Any], *, failed: bool) -> None:
        from opentelemetry.trace import StatusCode

        if self._operation is not None:
            self._operation.end()
        self._request.update_name(name)
        self._request.set_attributes(attributes)
        if failed:
            self._request.set_status(StatusCode.ERROR)
        self._request.end()

    def _begun(self, ago: float) -> Span:
        if self._operation is None:
            self._operation = self._tracing.span("operation", self._kinds.INTERNAL, _within(self._request), ago)
        return self._operation


def _within(span: Span) -> Context:
    from opentelemetry.context import Context
    from opentelemetry.trace import set_span_in_context

    return set_span_in_context(span, Context())


def open_tracing(settings: Settings) -> Tracing | None:
    """What sends spans to the address that is set; SetupError where that cannot be."""
    if not settings.traces_url:
        return None
    if not settings.traces_url.startswith(("http://", "https://")):
        raise SetupError("TURNOUT_TRACES_URL must begin with http:// or https://, as http://collector:4318/v1/traces.")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SetupError(
            "TURNOUT_TRACES_URL is set, and OpenTelemetry is not installed: pip install 'turnout[otel]'."
        ) from error
    resource = Resource({"service.name": "turnout"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.traces_url)))
    return Tracing(provider)
