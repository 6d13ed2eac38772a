"""The names of labels, relations and properties, told to Neo4j before anything has them.

Neo4j plans a statement anew once a name in it, unknown until then, comes to be. In a young graph that is at each first
finding, proof or request, for every statement that names what these have: 0.2 to 3 seconds, which a user waits for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from graph.client import Client
from graph.statements import STATEMENTS

MADE = re.compile(r"(?:CREATE|MERGE) (.+)")
LABEL = re.compile(r":([A-Z]\w*[a-z]\w*)")
RELATION = re.compile(r"\[\w*:([A-Z][A-Z_]*)\b")
PROPERTY = re.compile(r"\w\.([a-z_]\w*)|[{,]\s*([a-z_]\w*):")


def labels() -> set[str]:
    return _found(LABEL, _made())


def relations() -> set[str]:
    return _found(RELATION, _made())


def properties() -> set[str]:
    """Of all statements: many properties are written from a map."""
    return _found(PROPERTY, (statement.text for statement in STATEMENTS.values()))


def _made() -> list[str]:
    """What statements make: a name that is only looked for is misspelt, and Neo4j shall go on warning of it."""
    return [made for statement in STATEMENTS.values() if statement.writes for made in MADE.findall(statement.text)]


def _found(name: re.Pattern[str], texts: Iterable[str]) -> set[str]:
    return {found for text in texts for match in name.finditer(text) for found in match.groups() if found}


async def tell(client: Client) -> None:
    """Has Neo4j know what the statements name; it does nothing of what it knows, in some 20 ms."""
    await client.help_planning(
        "names are not known to the database before they are used",
        "UNWIND $labels AS name CALL db.createLabel(name)",
        "UNWIND $relations AS name CALL db.createRelationshipType(name)",
        "UNWIND $properties AS name CALL db.createProperty(name)",
        labels=sorted(labels()),
        relations=sorted(relations()),
        properties=sorted(properties()),
    )
