"""What no mutation takes any more, as a graph of before may hold it."""

from __future__ import annotations

from datetime import datetime

from graph.statements import Nothing, Statement
from graph.writing import Graph

SET_TIMES = Statement(
    "tests.set_times",
    "MATCH (interview:Interview {id: $id}) SET interview.startsAt = $starts_at, interview.endsAt = $ends_at",
    row=Nothing,
    writes=True,
)
SET_SLOTS = Statement(
    "tests.set_slots",
    "MATCH (slot:Slot {startsAt: $starts_at})-[:OFFERED_FOR]->({id: $offered}) SET slot.endsAt = $ends_at",
    row=Nothing,
    writes=True,
)


async def set_times(graph: Graph, interview: str, starts_at: datetime, ends_at: datetime) -> None:
    await graph.client.write(lambda tx: tx.run(SET_TIMES, id=interview, starts_at=starts_at, ends_at=ends_at))


async def set_slots(graph: Graph, offered: str, starts_at: datetime, ends_at: datetime) -> None:
    """Of the slots for a position or a department that start then."""
    given = {"offered": offered, "starts_at": starts_at, "ends_at": ends_at}
    await graph.client.write(lambda tx: tx.run(SET_SLOTS, **given))
