"""What a company's graph has recorded, so that a test can say that an act wrote just this, or nothing at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from graph.statements import Statement
from tests.conftest import Ask, Company


@dataclass(frozen=True, slots=True)
class Recorded:
    id: str
    seq: int
    type: str
    actor: str


RECORDED = Statement(
    "tests.recorded",
    """
    MATCH (event:Event)-[:BY]->(:User {organization: $organization})
    RETURN event.id AS id, event.seq AS seq, event.type AS type, event.actorKind AS actor
    UNION MATCH (event:Event)-[:BY]->(:Candidate {organization: $organization})
    RETURN event.id AS id, event.seq AS seq, event.type AS type, event.actorKind AS actor
    UNION MATCH (event:Event)-[:BY]->(:Organization {id: $organization})
    RETURN event.id AS id, event.seq AS seq, event.type AS type, event.actorKind AS actor
    """,
    row=Recorded,
)


async def recorded(ask: Ask, company: Company) -> list[Recorded]:
    """Every event that a user or a candidate of the company, or its system, has ever caused."""
    found = await ask.graph.client.read(RECORDED, organization=company.hr.viewer.organization)
    return sorted(found, key=lambda event: (event.seq, event.id))


async def acted(ask: Ask, company: Company) -> list[Recorded]:
    """Those of people and programs: the system acts beside them, in its own time."""
    return [event for event in await recorded(ask, company) if event.actor != "SYSTEM"]


@asynccontextmanager
async def appends(ask: Ask, company: Company, *types: str) -> AsyncIterator[None]:
    """What happens inside appends events of these types, in their order, and no other."""
    before = {event.id for event in await recorded(ask, company)}
    yield
    assert [event.type for event in await recorded(ask, company) if event.id not in before] == list(types)


def refused(mutation: str, code: str, field: str | None) -> dict[str, str | None]:
    """The refusal as `ask.do` answers with it."""
    return {"__typename": f"{mutation[0].upper()}{mutation[1:]}Refused", "code": code, "field": field}
