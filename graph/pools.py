"""Pools: of each position the newest applications, few of each kind, whom a lost interview could be offered to.

They are kept ready by the writes that change them, so that whoever is looked for among a hundred thousand people is
found by as many steps as among a thousand: no engine needs to sort, or to read an index in its order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import LiteralString

from graph.statements import Nothing, Statement
from graph.writing import Desk, random_id


class Standing(Enum):
    """How an application stands, as far as a pool tells them apart."""

    WAITING = "WAITING"
    INVITED = "INVITED"
    ENDED = "ENDED"


KEPT = 10
"""Applications of each standing that a position's pool holds: the newest."""

LEAVE = Statement(
    "pools.leave",
    "MATCH (:Application {id: $application})<-[pooled:POOLS]-(:Position) DELETE pooled",
    row=Nothing,
    writes=True,
)
JOIN = Statement(
    "pools.join",
    """
    MATCH (application:Application {id: $application})-[:FOR]->(position:Position)
    SET position._lock = $lock,
      position.pooledAt = CASE WHEN position.pooledAt > $at THEN position.pooledAt ELSE $at END
    CREATE (position)-[:POOLS {standing: $standing, at: $at}]->(application)
    """,
    row=Nothing,
    writes=True,
)
TRIM = Statement(
    "pools.trim",
    """
    MATCH (:Application {id: $application})-[:FOR]->(position:Position)
    MATCH (position)-[pooled:POOLS {standing: $standing}]->(other:Application)
    WITH pooled, other ORDER BY pooled.at DESC, other.id DESC SKIP $kept
    DELETE pooled
    """,
    row=Nothing,
    writes=True,
)
FORGET = Statement(
    "pools.forget",
    "MATCH (:Candidate {id: $candidate})-[:SUBMITTED]->(:Application)<-[pooled:POOLS]-(:Position) DELETE pooled",
    row=Nothing,
    writes=True,
)
_FOUND: LiteralString = """
    OPTIONAL MATCH (position)-[old:POOLS]->(:Application)
    DELETE old
    WITH DISTINCT position
    MATCH (position)<-[:FOR]-(application:Application) WHERE application.stage <> 'HIRED'
    WITH position, application, CASE WHEN application.stage IN ['REJECTED', 'WITHDRAWN'] THEN 'ENDED'
      WHEN EXISTS { (application)-[:HAS_INTERVIEW]->(:Interview) } THEN 'INVITED' ELSE 'WAITING' END AS standing
    ORDER BY application.appliedAt DESC, application.id DESC
    WITH position, standing, collect(application)[..10] AS newest, max(application.appliedAt) AS last
    SET position.pooledAt = CASE WHEN position.pooledAt > last THEN position.pooledAt ELSE last END
    WITH position, standing, newest UNWIND newest AS application
    CREATE (position)-[:POOLS {standing: standing, at: application.appliedAt}]->(application)
"""
FILL = Statement(
    "pools.fill",
    "MATCH (position:Position) WHERE position.id IN $positions SET position._lock = $lock WITH position" + _FOUND,
    row=Nothing,
    writes=True,
)
FILL_ALL: LiteralString = "MATCH (position:Position) WITH position" + _FOUND
"""For a graph from before there were pools."""


async def join(desk: Desk, application: str, standing: Standing, at: datetime) -> None:
    """Puts an application into its position's pool, of which the oldest then leaves it."""
    await desk.tx.run(LEAVE, application=application)
    await desk.tx.run(JOIN, application=application, standing=standing.value, at=at, lock=random_id())
    await desk.tx.run(TRIM, application=application, standing=standing.value, kept=KEPT)


async def leave(desk: Desk, application: str) -> None:
    await desk.tx.run(LEAVE, application=application)


async def forget(desk: Desk, candidate: str) -> None:
    """Takes a person out of every pool."""
    await desk.tx.run(FORGET, candidate=candidate)


def filled(positions: Iterable[str]) -> dict[str, object]:
    """What FILL takes for positions whose applications were written in bulk."""
    return {"positions": sorted(set(positions)), "lock": random_id()}
