"""What a graph says of itself: its engine, its constraints, how much it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import LiteralString, cast

from neo4j.exceptions import Neo4jError

from graph.client import Client
from graph.migrations import MIGRATIONS
from graph.statements import Statement


@dataclass(frozen=True, slots=True)
class Count:
    label: str
    count: int


COUNT_RECORDS = Statement(
    "health.count_records",
    """
    UNWIND ['Organization', 'Department', 'Position', 'Candidate', 'Application', 'Interview', 'Finding', 'Event']
      AS label
    RETURN label, COUNT { MATCH (n) WHERE label IN labels(n) } AS count
    """,
    row=Count,
)

_UNIQUE = re.compile(r"FOR \(n:(\w+)\) REQUIRE \(?([\w., ]+?)\)? IS UNIQUE")


async def engine(client: Client) -> str:
    """The server's own name and version, with the driver's protocol."""
    info = await client.driver.get_server_info()
    return f"{info.agent} over Bolt {'.'.join(map(str, info.protocol_version))}"


async def count_records(client: Client) -> list[Count]:
    return await client.read(COUNT_RECORDS)


async def missing_constraints(client: Client) -> list[str]:
    """Unique constraints that a migration made and that do not hold now, as `Label(property, ...)`."""
    missing: list[str] = []
    for label, properties in unique_constraints():
        if not await _refuses_twins(client, label, properties):
            missing.append(f"{label}({', '.join(properties)})")
    return missing


def unique_constraints() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for migration in MIGRATIONS:
        for text in migration.statements:
            if match := _UNIQUE.search(text):
                found.append((match[1], [part.strip().removeprefix("n.") for part in match[2].split(",")]))
    return found


async def _refuses_twins(client: Client, label: str, properties: list[str]) -> bool:
    """Tries to make two alike in a transaction that is never kept: the one test that means the same on both engines."""
    values = {name: "doctor" for name in properties}
    async with client.driver.session(database=client.database) as session:
        transaction = await session.begin_transaction()
        try:
            for _ in range(2):
                # The label is one of our own migrations', the only text from which these are read.
                text = cast(LiteralString, f"CREATE (n:{label}) SET n += $values")
                await (await transaction.run(text, values=values)).consume()
        except Neo4jError as error:
            return "Constraint" in (error.code or "")
        finally:
            await transaction.close()
    return False
