"""Scalars whose form is ours."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry

from schema.values import Unusable


def parse_instant(text: Any) -> datetime:
    """An instant needs its offset: a local time without one would be guessed at."""
    if not isinstance(text, str):
        raise Unusable("a DateTime is a text in ISO 8601")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        # Its own message quotes the text.
        raise Unusable("a DateTime is a text in ISO 8601") from None
    if instant.tzinfo is None:
        raise Unusable("a DateTime needs an offset, for example 2026-08-14T09:00:00+08:00")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise Unusable("a DateTime lies within the years 1 to 9999 in UTC") from None


def parse_day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise Unusable("a Date is a text in ISO 8601, for example 2026-08-14") from None


def _serialize(value: Any) -> str:
    return value if isinstance(value, str) else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


DateTime = NewType("DateTime", datetime)
DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="An instant in ISO 8601: answered in UTC, accepted with any offset.",
    serialize=_serialize,
    parse_value=parse_instant,
    specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
)
DATE = strawberry.scalar(
    name="Date",
    description="A day in ISO 8601, as 2026-08-14, in the time zone of what it is about.",
    serialize=str,
    parse_value=parse_day,
    specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
)
