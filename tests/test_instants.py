"""Days and months on calendars, to the first and the last instant that there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j._codec.hydration.bolt.v2.temporal import dehydrate_datetime

from graph.instants import midnight, month, packed, to_graph
from tests.conftest import Ask, Company, gid

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        (date(2026, 8, 15), "Asia/Shanghai", datetime(2026, 8, 14, 16, tzinfo=UTC)),
        (date(2026, 8, 15), "America/New_York", datetime(2026, 8, 15, 4, tzinfo=UTC)),
        (date.min, "Asia/Shanghai", FIRST),
        (date.max, "America/New_York", datetime(9999, 12, 31, 5, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_midnight_of_its_zone(day: date, zone: str, begins: datetime) -> None:
    assert midnight(day, zone) == begins


@pytest.mark.parametrize(
    ("instant", "zone", "found"),
    [
        (datetime(2026, 7, 31, 16, tzinfo=UTC), "Asia/Shanghai", (2026, 8)),
        (datetime(2026, 8, 1, 3, tzinfo=UTC), "America/New_York", (2026, 7)),
        (FIRST, "America/New_York", (1, 1)),
        (LAST, "Asia/Shanghai", (9999, 12)),
    ],
)
def test_a_month_is_that_of_its_zone(instant: datetime, zone: str, found: tuple[int, int]) -> None:
    assert month(instant, zone) == found


async def test_attendance_is_counted_from_the_first_day(ask: Ask, company: Company) -> None:
    query = 'query Q($from: Date!) { department(code: "TECHNOLOGY") { attendance(from: $from) { interviews } } }'
    for day in ("0001-01-01", "9999-12-31"):
        answer = await ask(query, company.user("technology"), **{"from": day})
        assert answer == {"department": {"attendance": {"interviews": 0}}}


@pytest.mark.parametrize("mode", ["AI_ASYNC", "VIDEO"])
async def test_an_interview_on_the_last_day_is_answered_and_cancelled(ask: Ask, company: Company, mode: str) -> None:
    """Its grace time would end after all time."""
    user = company.user("technology")
    new = {
        "application": gid("Application", await company.application("technology")),
        "mode": mode,
        "startsAt": "9999-12-31T20:00:00Z" if mode == "AI_ASYNC" else "9999-12-31T23:50:00Z",
        "endsAt": "9999-12-31T23:59:59Z",
        "timeZone": "Asia/Shanghai",
        "graceMinutes": 60,
    }
    interview = (await ask.do("inviteToInterview", user, **new))["id"]
    answered = await ask.do("recordResponse", user, "response", interview=interview, response="ACCEPTED")
    assert answered["response"] == "ACCEPTED"
    cancelled = await ask.do("cancelInterview", user, "attendance", interview=interview, by="CANDIDATE")
    assert cancelled["attendance"] == "CANCELLED_BY_CANDIDATE"


DAY = timedelta(days=1)


@given(st.datetimes((FIRST + DAY).replace(tzinfo=None), (LAST - DAY).replace(tzinfo=None)), st.integers(-1439, 1439))
def test_an_instant_is_packed_as_the_driver_packs_it(local: datetime, minutes: int) -> None:
    """The driver's own way takes fifty times as long, and its class for what it packs is not documented."""
    instant = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert packed(instant) == dehydrate_datetime(to_graph(instant))


def test_an_instant_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="zone"):
        packed(LAST.replace(tzinfo=None))
