"""The names of labels, relations and properties, told to Neo4j before anything has them.

Neo4j plans a statement anew once a name in it, unknown until then, comes to be. In a young graph that is at each first
finding, proof or request, for every statement that names what these have: 0.2 to 3 seconds, which a user waits for.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from neo4j.exceptions import DriverError, Neo4jError

from graph.client import Client
from graph.statements import STATEMENTS

log = logging.getLogger("turnout")

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
    """Has Neo4j know what the statements name. A user who may not have that done waits for plans as before."""
    if client.one_writer:
        return
    try:
        await client.define("UNWIND $names AS name CALL db.createLabel(name)", names=sorted(labels()))
        await client.define("UNWIND $names AS name CALL db.createRelationshipType(name)", names=sorted(relations()))
        await client.define("UNWIND $names AS name CALL db.createProperty(name)", names=sorted(properties()))
    except (DriverError, Neo4jError) as error:
        log.warning("names are not known to the database before they are used: %s", type(error).__name__)
