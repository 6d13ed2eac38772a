"""What a company's graph holds after a test, compared with what the clients were told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.events import verify
from graph.statements import Statement
from tests.conftest import Ask, Company
from tests.ledger import acted
from tests.test_concurrency import CANDIDATES, OPEN_TWICE, STANDING, Kept


@dataclass(frozen=True, slots=True)
class Half:
    id: str
    missing: str


OPERATIONS = Statement(
    "tests.operations_of",
    """
    MATCH (user:User {organization: $organization}) MATCH (operation:Operation {caller: user.id})
    WHERE operation.key STARTS WITH $prefix
    RETURN operation.key AS key, operation.resultId AS id, operation.code AS code
    """,
    row=Kept,
)
HALVES = Statement(
    "tests.halves",
    """
    MATCH (candidate:Candidate {organization: $organization})
    WHERE NOT EXISTS { (candidate)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position) }
    RETURN candidate.id AS id, 'application' AS missing
    UNION ALL
    MATCH (:Candidate {organization: $organization})-[:SUBMITTED]->(application:Application)
    WHERE NOT EXISTS { (:Event)-[:ABOUT]->(application) }
    RETURN application.id AS id, 'event' AS missing
    UNION ALL
    MATCH (user:User {organization: $organization}) MATCH (operation:Operation {caller: user.id})
    WHERE operation.type = 'Application'
      AND NOT EXISTS { MATCH (found:Application {id: operation.resultId}) }
    RETURN operation.resultId AS id, 'record' AS missing
    """,
    row=Half,
)


@dataclass(frozen=True)
class Books:
    """How far graph and clients differ; every number is 0 where all is well."""

    twice: int
    """Events beyond one for each acknowledged write."""
    missing: int
    """Acknowledged answers that the graph does not know, or knows otherwise."""
    halves: int
    broken_chains: int

    def __str__(self) -> str:
        return (
            f"{self.twice} twice, {self.missing} missing, {self.halves} half-written, "
            f"{self.broken_chains} chains broken"
        )

    @property
    def balance(self) -> bool:
        return self == Books(0, 0, 0, 0)

    def beside(self, other: Books) -> Books:
        """Of two companies in one graph, whose chains are verified together."""
        broken = max(self.broken_chains, other.broken_chains)
        return Books(self.twice + other.twice, self.missing + other.missing, self.halves + other.halves, broken)


async def books(
    ask: Ask, company: Company, written: dict[str, str], refused: dict[str, str], *, before: int, prefix: str = ""
) -> Books:
    """Compares what was acknowledged under each key with operations, events and chains."""
    organization, client = company.hr.viewer.organization, ask.graph.client
    operations = await client.read(OPERATIONS, organization=organization, prefix=prefix)
    stored: dict[str, Any] = {item.key: item.id or item.code for item in operations}
    told = written | refused
    events = len(await acted(ask, company)) - before
    return Books(
        twice=max(events - len(written), 0),
        missing=sum(stored.get(key) != answer for key, answer in told.items()) + max(len(written) - events, 0),
        halves=len(await client.read(HALVES, organization=organization)),
        broken_chains=len((await verify(client))[2]),
    )


async def skew(ask: Ask, company: Company) -> int:
    """How often an invariant between several records gave way."""
    organization, client = company.hr.viewer.organization, ask.graph.client
    people = await client.read(CANDIDATES, organization=organization)
    standing = await client.read(STANDING, organization=organization)
    return (
        sum(len(item.ids) > 1 for item in people)
        + sum(item.count > 1 for item in standing)
        + len(await client.read(OPEN_TWICE, organization=organization))
    )
