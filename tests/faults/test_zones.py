"""Times are exact: every change of every IANA zone goes into the graph and comes back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest

from graph.instants import from_graph, month, to_graph, to_text
from graph.interviews import FURTHEST
from graph.writing import Graph
from tests.conftest import Ask, Company, gid
from tests.faults.figures import size, tell
from tests.faults.test_leaks import write

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
AROUND = [
    timedelta(seconds=-1),
    timedelta(microseconds=-1),
    timedelta(),
    timedelta(microseconds=1),
    timedelta(microseconds=123_456),
    timedelta(seconds=1),
]
ZONES = sorted(available_timezones())[:: size(12, 1)]
BATCH, STEP = 2_000, timedelta(days=6)
MUTATIONS = 5
"""Mutations that one operation may have."""


def state(zone: ZoneInfo, instant: datetime) -> tuple[Any, ...]:
    local = instant.astimezone(zone)
    return local.utcoffset(), local.dst(), local.tzname()


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The instants at which the zone's clock, its daylight saving or its name changes; none lasts less than a step."""
    at, now = FIRST, state(zone, FIRST)
    while at < LAST:
        next = at + STEP
        if (then := state(zone, next)) != now:
            low, high = at, next
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
                low, high = (middle, high) if state(zone, middle) == now else (low, middle)
            yield high
            then = state(zone, next)
        at, now = next, then


def instants() -> tuple[int, list[tuple[datetime, datetime]]]:
    """How many changes there are, and each instant around one, as its zone tells it and in UTC."""
    found: dict[datetime, datetime] = {}
    count = 0
    for name in ZONES:
        zone = ZoneInfo(name)
        for change in changes(zone):
            count += 1
            for around in AROUND:
                found.setdefault(change + around, (change + around).astimezone(zone))
    return count, sorted((local, utc) for utc, local in found.items())


KEEP = "UNWIND $rows AS row CREATE (:Probe {number: row.number, at: row.at})"
BACK = "MATCH (p:Probe) RETURN p.number AS number, p.at AS at, toString(p.at) AS text ORDER BY p.at, p.number"
DROP = "MATCH (p:Probe) DELETE p"


async def test_every_change_of_every_zone_is_kept(graph: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    """Exact to the microsecond, in order, and by the calendar of its zone."""
    count, all = instants()
    wrong: list[Any] = []
    for start in range(0, len(all), BATCH):
        part = all[start : start + BATCH]
        rows = [{"number": number, "at": local} for number, (local, _) in enumerate(part)]
        await write(graph, KEEP, rows=rows)
        back = await graph.client.answer("faults", BACK, {})
        await write(graph, DROP)
        assert len(back) == len(part)
        if [row["number"] for row in back] != sorted(range(len(part)), key=lambda each: (part[each][1], each)):
            wrong.append(f"order from {part[0]}")
        for row in back:
            local, utc = part[row["number"]]
            text = utc.isoformat().replace("+00:00", "Z")
            # In an hour that comes twice Python holds the two ways to tell an instant for unequal.
            same = from_graph(row["at"]) == utc == local.astimezone(UTC) and to_text(row["text"]) == text
            same = same and to_graph(local) == utc.replace(tzinfo=None)
            if not same or month(from_graph(row["at"]), local.tzinfo.key) != (local.year, local.month):  # type: ignore[union-attr]
                wrong.append((local, utc, row["at"]))
    assert not wrong, (len(wrong), wrong[:5])
    tell(capsys, "times are exact", f"0 of {len(all)} instants wrong, at {count} changes of {len(ZONES)} zones")


INVITED = "{ __typename ... on Interview { id startsAt endsAt timeZone } ... on Refused { code field } }"
FOUND = """
query Found($id: ID!, $from: DateTime!, $before: DateTime!) {
  application(id: $id) {
    at: interviews(first: 100, where: {startsFrom: $from, startsBefore: $before}) {
      nodes { id startsAt endsAt timeZone }
    }
  }
}
"""


def spoken(instant: datetime, zone: ZoneInfo) -> str:
    """As people of the zone write it, with its offset at that time; offsets of part of a minute are written in UTC."""
    local = instant.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    return (instant if offset.total_seconds() % 60 else local).isoformat()


def parts(asked: list[tuple[str, datetime, datetime]]) -> Iterator[list[tuple[str, datetime, datetime]]]:
    """By their starts, as many as one operation takes and as far ahead as an invitation may lie."""
    part: list[tuple[str, datetime, datetime]] = []
    for each in sorted(asked, key=lambda each: each[1:]):
        if part and (len(part) == MUTATIONS or each[1] - part[0][1] >= FURTHEST - timedelta(days=1)):
            yield part
            part = []
        part.append(each)
    yield part


async def test_every_zone_is_exact_by_the_api(ask: Ask, company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    """An interview over a change of each zone: written with its offsets, read in UTC, found by its very microsecond."""
    ask.now = FIRST - timedelta(days=1)
    # Zones change their clocks together, and nobody is invited twice for one start.
    applications = {name: gid("Application", await company.application("technology")) for name in ZONES}
    asked: list[tuple[str, datetime, datetime]] = []
    for name in ZONES:
        found = list(changes(ZoneInfo(name)))
        for change in found[:: max(len(found) // size(1, 3), 1)]:
            asked.append((name, change - timedelta(microseconds=1), change + timedelta(seconds=1, microseconds=1)))
    wrong: list[Any] = []
    for part in parts(asked):
        ask.now = part[0][1] - timedelta(days=1)
        variables: dict[str, Any] = {
            f"i{number}": {
                "application": applications[zone],
                "mode": "VIDEO",
                "startsAt": spoken(starts, ZoneInfo(zone)),
                "endsAt": spoken(ends, ZoneInfo(zone)),
                "timeZone": zone,
            }
            for number, (zone, starts, ends) in enumerate(part)
        }
        declared = ", ".join(f"${name}: InviteToInterviewInput!" for name in variables)
        calls = " ".join(f"{name}: inviteToInterview(input: ${name}) {INVITED}" for name in variables)
        made = await ask(f"mutation Invite({declared}) {{ {calls} }}", company.user("hr"), **variables)
        for (zone, starts, ends), interview in zip(part, made.values(), strict=True):
            told = {"startsAt": text(starts), "endsAt": text(ends), "timeZone": zone}
            window = {"from": text(starts), "before": text(starts + timedelta(microseconds=1))}
            read = await ask(FOUND, company.user("hr"), id=applications[zone], **window)
            here = [each for each in read["application"]["at"]["nodes"] if each["id"] == interview.get("id")]
            same = here and all(interview[key] == value == here[0][key] for key, value in told.items())
            wrong += [] if same else [(zone, told, interview, here)]
    assert not wrong, (len(wrong), wrong[:3])
    tell(capsys, "times are exact by the API", f"0 of {len(asked)} interviews wrong, in {len(ZONES)} zones")


def text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
