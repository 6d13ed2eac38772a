"""What Prometheus reads: counts and times, with labels of which there are only so many."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
NAMES = 100
"""Operations told apart by name."""
OTHER, UNNAMED = "other", "unnamed"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: from a lookup to the time limit of a statement."""
LATE = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0, 21600.0, 86400.0)
"""Seconds: from a worker's poll to a day without any."""

disable_created_metrics()


class Metrics:
    """The counts of one server, in a registry of its own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._names: set[str] = set()
        self._operations = Counter(
            "turnout_operations", "Operations answered, by name and kind.", ("name", "kind"), registry=registry
        )
        self._seconds = Histogram(
            "turnout_operation_seconds",
            "Seconds from the request of a query or a mutation to its answer, by kind.",
            ("kind",),
            registry=registry,
            buckets=BUCKETS,
        )
        self._errors = Counter("turnout_errors", "Errors sent, by code.", ("code",), registry=registry)
        self._statements = Histogram(
            "turnout_statement_seconds",
            "Seconds that a statement took, by name.",
            ("name",),
            registry=registry,
            buckets=BUCKETS,
        )
        self.planning = Histogram(
            "turnout_planning_seconds",
            "Seconds until the database had planned a statement that it had not seen, its turn waited for.",
            registry=registry,
            buckets=BUCKETS,
        )
        self._lookups = Counter(
            "turnout_cache_lookups", "Lookups in a cache, by result.", ("cache", "result"), registry=registry
        )
        self.retries = Counter("turnout_retries", "Work run again after a transient error.", registry=registry)
        self.in_flight = Gauge("turnout_requests_in_flight", "Requests being answered.", registry=registry)
        self._timers = Counter(
            "turnout_timers",
            "Timers that were due, by kind and what became of them.",
            ("kind", "result"),
            registry=registry,
        )
        self._late = Histogram(
            "turnout_timer_late_seconds",
            "Seconds from when a timer was due until it was done.",
            registry=registry,
            buckets=LATE,
        )
        self._messages = Counter(
            "turnout_messages",
            "Messages, by template and what became of them.",
            ("template", "state"),
            registry=registry,
        )
        self.engine_up = Gauge("turnout_engine_up", "Whether the database answers: 1 or 0.", registry=registry)

    def operation(self, name: str | None, kind: str, seconds: float | None) -> None:
        """An operation was answered. `name` is null where it has none or nobody vouches for it."""
        self._operations.labels(self._known(name), kind).inc()
        if seconds is not None:
            self._seconds.labels(kind).observe(seconds)

    def errors(self, codes: Iterable[str]) -> None:
        for code in codes:
            self._errors.labels(code).inc()

    def statement(self, name: str, seconds: float) -> None:
        self._statements.labels(name).observe(seconds)

    def lookup(self, cache: str, *, found: bool) -> None:
        self._lookups.labels(cache, "hit" if found else "miss").inc()

    def timer(self, kind: str, result: str, late: float) -> None:
        self._timers.labels(kind, result).inc()
        if result == "done":
            self._late.observe(late)

    def message(self, template: str, state: str) -> None:
        self._messages.labels(template, state).inc()

    def page(self) -> bytes:
        """All of it, of MEDIA_TYPE."""
        return generate_latest(self.registry)

    def _known(self, name: str | None) -> str:
        """Clients choose names: the first hundred stand for themselves."""
        if name is None:
            return UNNAMED
        if name not in self._names and len(self._names) >= NAMES:
            return OTHER
        self._names.add(name)
        return name
