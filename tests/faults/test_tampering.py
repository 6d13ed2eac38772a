"""History is tamper-evident: one edit, removal, addition or swap anywhere in it is found by `verify`.

Each is made in a transaction, which `verify` then reads, and which is rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from neo4j import AsyncTransaction
from neo4j.time import DateTime

from graph.client import Client
from graph.events import ActorKind, EventType, verify
from graph.interviews import Attendance
from graph.statements import Row, Statement
from graph.writing import Graph
from seeds import makers
from tests.conftest import NOW, Company
from tests.faults.figures import size, tell

SAMPLE = size(30, 2_000)


@dataclass(frozen=True)
class Event:
    """An event as it is stored, with the nodes that it names, and the next of its chain."""

    id: str
    properties: dict[str, Any]
    by: str
    about: list[list[str]]
    next: str | None = None


@dataclass(frozen=True)
class Edit:
    """Something done to the graph behind the API's back."""

    what: str
    event: str
    text: str
    parameters: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.what} of {self.event}"


@dataclass(frozen=True)
class Inside:
    """Reads in a transaction that is under way."""

    transaction: AsyncTransaction

    async def read(self, statement: Statement[Row], /, **parameters: Any) -> list[Row]:
        result = await self.transaction.run(statement.text, parameters)
        return [statement.read(record) async for record in result]


async def found(client: Client, edit: Edit) -> list[str]:
    """What `verify` says of the graph with the edit."""
    async with client.driver.session(database=client.database) as session:
        transaction = await session.begin_transaction()
        try:
            result = await transaction.run(edit.text, edit.parameters)
            counters = (await result.consume()).counters
            assert counters.contains_updates, f"nothing was edited: {edit}"
            _, _, faults = await verify(Inside(transaction))  # type: ignore[arg-type]
            return faults
        finally:
            await transaction.rollback()


async def history(graph: Graph, organization: str) -> list[list[Event]]:
    """The chains of an Organization: its own, and its candidates'."""
    shape = "[e.id, properties(e), head([(e)-[:BY]->(u) | u.id]), [(e)-[:ABOUT]->(n) | [labels(n)[0], n.id]]]"
    own = f"MATCH (e:Event {{organization: $id}}) WITH e ORDER BY e.seq RETURN 'own' AS chain, {shape} AS event"
    theirs = "MATCH (c:Candidate {organization: $id})<-[:ABOUT]-(e:Event) WITH c, e ORDER BY c.id, e.seq "
    text = f"{theirs} RETURN c.id AS chain, {shape} AS event"
    chains: dict[str, list[Event]] = {}
    for statement in (own, text):
        for row in await graph.client.answer("faults", statement, {"id": organization}):
            chains.setdefault(row["chain"], []).append(Event(*row["event"]))
    for chain, events in chains.items():
        nexts = [event.id for event in events[1:]]
        chains[chain] = [replace(event, next=next) for event, next in zip(events, [*nexts, None], strict=True)]
    return list(chains.values())


def other(key: str, value: Any) -> list[Any]:
    """Values that stand for every way to edit a property."""
    match key, value:
        case _, int():
            return [value + 1, value - 1, None]
        case _, DateTime():
            return [value + timedelta(microseconds=1), value - timedelta(hours=8), None]
        case "type", _:
            return [each.value for each in EventType if each.value != value][:: size(9, 1)]
        case "actorKind", _:
            return [each.value for each in ActorKind if each.value != value]
        case "payload", _:
            return [
                json.dumps({**json.loads(value), "forged": True}),
                value + " ",
                "{}" if value != "{}" else "[]",
                None,
            ]
        case (("hash" | "prevHash" | "commitment" | "salt"), _):
            return [value[1:] + value[0] if value[1:] + value[0] != value else "f" * 64, "0" * 63 + "1", None]
        case _:
            return [f"{value}x", None]


def edits(event: Event, strangers: dict[str, str]) -> Iterator[Edit]:
    """All that is tried on one event. `strangers` has another node of each label."""
    here = "MATCH (e:Event {id: $event}) "

    def edit(what: str, text: str, **parameters: Any) -> Edit:
        return Edit(what, event.id, here + text, {"event": event.id, **parameters})

    for key, value in event.properties.items():
        for new in other(key, value):
            yield edit(f"{key} as {new!r}", f"SET e.{key} = $value", value=new)
    yield edit("payload without salt", "SET e.payload = '{\"forged\":true}', e.salt = null")
    if event.properties.get("payload") is not None:
        # Of a person who was erased both are gone already.
        yield edit("payload and salt", "SET e.payload = null, e.salt = null")
        yield edit("salt without payload", "SET e.payload = null")
    yield edit("removal", "DETACH DELETE e")
    user = strangers["User"]
    yield edit("link BY removed", "MATCH (e)-[by:BY]->() DELETE by")
    yield edit("link BY added", "MATCH (u:User {id: $user}) CREATE (e)-[:BY]->(u)", user=user)
    yield edit(
        "link BY moved", "MATCH (e)-[by:BY]->() MATCH (u:User {id: $user}) DELETE by CREATE (e)-[:BY]->(u)", user=user
    )
    for label, id in event.about:
        at = f"MATCH (e)-[about:ABOUT]->(n:{label} {{id: $id}}) "
        yield edit(f"link to {label} removed", at + "DELETE about", id=id)
        # Of what the small company has none, the demo's events are led to one that is made for it.
        find = "MATCH" if label in strangers else "MERGE"
        move = f"{find} (m:{label} {{id: $other}}) DELETE about CREATE (e)-[:ABOUT]->(m)"
        yield edit(f"link to {label} moved", at + move, id=id, other=strangers.get(label, "a stranger"))
    for label, id in strangers.items():
        if label != "User":
            yield edit(f"link to {label} added", f"MATCH (n:{label} {{id: $id}}) CREATE (e)-[:ABOUT]->(n)", id=id)
    copy = "CREATE (f:Event) SET f = $values WITH e, f MATCH (e)-[:BY]->(u) CREATE (f)-[:BY]->(u) "
    whole = "WITH e, f MATCH (e)-[:ABOUT]->(n) CREATE (f)-[:ABOUT]->(n)"
    yield edit("a copy", copy + (whole if event.about else ""), values={**event.properties, "id": "forged"})
    stray = (
        "CREATE (f:Event {id: 'forged', seq: e.seq, type: e.type}) WITH e, f MATCH (e)-[:BY]->(u) CREATE (f)-[:BY]->(u)"
    )
    yield edit("a stray event", stray)


SWAPS = ("seq", "hash", "prevHash", "type", "occurredAt", "recordedAt", "payload", "commitment")


def swaps(one: Event, two: Event) -> Iterator[Edit]:
    """Two events that change places, whole or in part, where they differ."""
    both = "MATCH (e:Event {id: $event}) MATCH (f:Event {id: $other}) "

    def edit(what: str, text: str, **parameters: Any) -> Edit:
        return Edit(what, one.id, both + text, {"event": one.id, "other": two.id, **parameters})

    def values(keys: tuple[str, ...]) -> dict[str, Any]:
        return {f"{side}_{key}": event.properties.get(key) for side, event in (("a", one), ("b", two)) for key in keys}

    def sets(keys: tuple[str, ...]) -> str:
        return "SET " + ", ".join(f"e.{key} = $b_{key}, f.{key} = $a_{key}" for key in keys)

    for keys in (
        *((key,) for key in SWAPS),
        ("payload", "salt"),
        ("payload", "salt", "commitment"),
        ("seq", "prevHash", "hash"),
    ):
        if any(one.properties.get(key) != two.properties.get(key) for key in keys):
            yield edit(f"swap of {', '.join(keys)}", sets(keys), **values(keys))


HEADS = (
    ("head's seq", "SET head.seq = head.seq + 1"),
    ("head's seq back", "SET head.seq = head.seq - 1"),
    ("head's hash", "SET head.hash = '" + "0" * 64 + "'"),
    ("head's seq and hash", "SET head.seq = 0, head.hash = '" + "0" * 64 + "'"),
)


def heads(label: str, id: str) -> Iterator[Edit]:
    for what, text in HEADS:
        yield Edit(what, id, f"MATCH (head:{label} {{id: $id}}) " + text, {"id": id})
    if label == "Candidate":
        yield Edit("removal of the head", id, "MATCH (head:Candidate {id: $id}) DETACH DELETE head", {"id": id})


async def small_company(graph: Graph, name: str) -> tuple[str, dict[str, str]]:
    """One department, one candidate, one whole story; and a node of each label."""
    hr = await makers.organization(graph, name, at=NOW - timedelta(days=90), admin=f"hr@{name}")
    department = await hr.department("HQ", "Headquarters")
    position = await hr.position(department, "Manager", "MANAGEMENT")
    application = await hr.application(position, Company(hr, name).person())
    interview = await hr.interview(application)
    hr.at += timedelta(days=4)
    await hr.attendance(interview, Attendance.NOT_ATTENDED)
    finding = await hr.suspicion(interview)
    await hr.notice(finding)
    await hr.own_statement(finding, "The link did not open.")
    await hr.confirmation(finding)
    found = await graph.client.answer(
        "faults",
        "MATCH (c:Candidate)-[:SUBMITTED]->(a:Application {id: $id}) RETURN c.id AS candidate",
        {"id": application},
    )
    nodes = {"User": hr.viewer.id, "Department": department, "Position": position, "Candidate": found[0]["candidate"]}
    return hr.viewer.organization, {**nodes, "Application": application, "Interview": interview}


async def tried(graph: Graph, all: list[Edit]) -> int:
    assert (await verify(graph.client))[2] == []
    missed = [str(edit) for edit in all if not await found(graph.client, edit)]
    assert not missed, "\n".join([f"{len(missed)} of {len(all)} edits were not found", *missed[:40]])
    assert (await verify(graph.client))[2] == []
    return len(all)


async def test_every_edit_of_a_small_company_is_found(graph: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    organization, own = await small_company(graph, "tampered")
    _, strangers = await small_company(graph, "untouched")
    chains = await history(graph, organization)
    assert sorted(len(chain) for chain in chains) == [3, 8]
    all = [edit for chain in chains for event in chain for edit in edits(event, strangers)]
    all += [edit for chain in chains for one in chain for two in chain if one.id < two.id for edit in swaps(one, two)]
    all += [*heads("Candidate", own["Candidate"]), *heads("Organization", organization)]
    count = await tried(graph, all[:: size(7, 1)])
    tell(capsys, "history is tamper-evident", f"{count} of {count} edits found, of {len(all)} on 11 events")


@pytest.mark.usefixtures("demo")
async def test_random_edits_of_the_demo_are_found(graph: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    random = Random(1)
    (demo,) = await graph.client.answer("faults", "MATCH (o:Organization {demo: true}) RETURN o.id AS id", {})
    _, strangers = await small_company(graph, "beside")
    chains = await history(graph, demo["id"])
    events = [event for chain in chains for event in chain]
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    all = [random.choice(list(edits(random.choice(events), strangers))) for _ in range(SAMPLE * 2 // 3)]
    all += [random.choice(list(swaps(*random.choice(pairs)))) for _ in range(SAMPLE // 3)]
    count = await tried(graph, all)
    tell(capsys, "history is tamper-evident, demo", f"{count} of {count} random edits found among {len(events)} events")
