"""Days and months on calendars, to the first and the last instant that there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j._codec.hydration.bolt.v2.temporal import dehydrate_datetime

from graph.instants import in_zone, midnight, month, packed, to_graph
from graph.interviews import Mode
from schema.scalars import parse_instant
from schema.values import Unusable
from tests.conftest import NOW, Ask, Company, gid
from tests.stored import set_times

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


@pytest.mark.parametrize("mode", [Mode.AI_ASYNC, Mode.VIDEO])
async def test_an_interview_on_the_last_day_is_answered_and_cancelled(ask: Ask, company: Company, mode: Mode) -> None:
    """Its grace time would end after all time. Nobody is invited for it any more, but some were."""
    user = company.user("technology")
    made = await company.hr.interview(await company.application("technology"), mode=mode, response=None)
    await set_times(ask.graph, made, LAST - timedelta(hours=4), LAST)
    interview = gid("Interview", made)
    answered = await ask.do("recordResponse", user, "response", interview=interview, response="ACCEPTED")
    assert answered["response"] == "ACCEPTED"
    cancelled = await ask.do("cancelInterview", user, "attendance", interview=interview, by="CANDIDATE")
    assert cancelled["attendance"] == "CANCELLED_BY_CANDIDATE"


async def test_an_interview_without_an_end_is_attended(ask: Ask, company: Company) -> None:
    """The days in which the employer is to answer would end after all time."""
    made = await company.hr.interview(await company.application("technology"))
    await set_times(ask.graph, made, NOW - timedelta(days=1), LAST)
    attended = {"interview": gid("Interview", made), "attendance": "ATTENDED"}
    answer = await ask.do("recordAttendance", company.user("technology"), "attendance", **attended)
    assert answer["attendance"] == "ATTENDED"


async def test_an_interview_since_ever_is_moved_on_request(ask: Ask, company: Company) -> None:
    """The hours by which another time is asked for in time would lie before all time."""
    made = await company.hr.interview(await company.application("marketing"))
    await set_times(ask.graph, made, FIRST, LAST)
    company.at(days=0)
    assert await company.hr.request(made)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_every_instant_is_told_on_every_clock(zone: str) -> None:
    for instant in (FIRST, LAST, FIRST + timedelta(hours=3), LAST - timedelta(hours=3)):
        told = in_zone(instant, zone)
        assert told.utcoffset() is not None
        assert abs(told.replace(tzinfo=UTC) - instant) < timedelta(hours=15)
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert in_zone(now, zone) == now


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-05:00"])
def test_an_instant_that_utc_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(Unusable, match="years"):
        parse_instant(text)


DAY = timedelta(days=1)


@given(st.datetimes((FIRST + DAY).replace(tzinfo=None), (LAST - DAY).replace(tzinfo=None)), st.integers(-1439, 1439))
def test_an_instant_is_packed_as_the_driver_packs_it(local: datetime, minutes: int) -> None:
    """The driver's own way takes fifty times as long, and its class for what it packs is not documented."""
    instant = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert packed(instant) == dehydrate_datetime(to_graph(instant))


def test_an_instant_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="zone"):
        packed(LAST.replace(tzinfo=None))
