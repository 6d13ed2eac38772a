"""Chains of events: what `turnout verify` finds by the graph alone, and what only a copy kept elsewhere tells."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from graph.events import (
    GENESIS,
    ActorKind,
    Author,
    Chain,
    EventType,
    Head,
    NewEvent,
    StoredEvent,
    chained_hash,
    commitment,
    faults,
    link,
)
from tests.conftest import NOW

PAPER = Path(__file__).parents[1] / "docs" / "operating.md"
AUTHOR = Author("hr", ActorKind.HUMAN)


def written(*types: EventType) -> tuple[Head, list[StoredEvent]]:
    """A candidate's chain as the API writes it."""
    chain, events = Chain("Candidate", "candidate", 0, GENESIS), list[StoredEvent]()
    for type in types:
        event = NewEvent(type, NOW, payload={"said": type.value})
        stored = link(chain, event, id=f"event {chain.seq + 1}", author=AUTHOR, now=NOW)
        events.append(StoredEvent(head=chain.id, by=[AUTHOR.id], about=[chain.id], **stored))
    return head_of(events), events


def head_of(events: list[StoredEvent]) -> Head:
    return Head("candidate", len(events), events[-1].hash, "organization")


def forged(event: StoredEvent, prev_hash: str) -> StoredEvent:
    """The event with another payload, and everything reckoned anew that anyone can reckon."""
    payload = '{"said":"forged"}'
    assert event.salt is not None
    made = replace(
        event, payload=payload, commitment=commitment(bytes.fromhex(event.salt), payload), prev_hash=prev_hash
    )
    said: dict[str, Any] = {name: getattr(made, name) for name in signature(chained_hash).parameters}
    return replace(made, hash=chained_hash(**said))


def test_what_is_not_reckoned_anew_is_found() -> None:
    head, events = written(EventType.APPLICATION_SUBMITTED, EventType.CANDIDATE_UPDATED, EventType.CANDIDATE_RESTRICTED)
    assert faults(head, events) == []
    assert faults(head, [*events[:2], replace(events[2], payload='{"said":"forged"}')])
    assert faults(head, [*events[:2], forged(events[2], events[1].hash)]), "the head names another hash"
    assert faults(head, [events[0], forged(events[1], events[0].hash), events[2]])
    assert faults(head, events[:2])


def test_whoever_reckons_anew_is_not_found_by_the_graph() -> None:
    """The hashes have no key. docs/operating.md says so, and what to do; a change here is one of that promise."""
    _, events = written(EventType.APPLICATION_SUBMITTED, EventType.CANDIDATE_UPDATED, EventType.CANDIDATE_RESTRICTED)
    last = [*events[:2], forged(events[2], events[1].hash)]
    assert faults(head_of(last), last) == []
    assert faults(head_of(events[:2]), events[:2]) == []
    whole = list[StoredEvent]()
    for event in events:
        whole.append(forged(event, whole[-1].hash if whole else GENESIS))
    assert faults(head_of(whole), whole) == []


@pytest.mark.parametrize("change", ["none", "forged", "removed"])
def test_an_earlier_export_tells_what_the_graph_does_not(tmp_path: Path, change: str) -> None:
    """By the program that the paper gives, as an operator runs it."""
    _, events = written(EventType.APPLICATION_SUBMITTED, EventType.CANDIDATE_UPDATED)
    later = {"none": events, "forged": [events[0], forged(events[1], events[0].hash)], "removed": events[:1]}[change]
    for name, told in (("earlier", events), ("later", later)):
        lines: list[Any] = [{"turnout": "export"}, {"label": "User", "properties": {"id": "hr"}}]
        lines += [{"label": "Event", "properties": {"id": each.id, "hash": each.hash}} for each in told]
        (tmp_path / name).write_text("\n".join(map(json.dumps, lines)))
    (program,) = (
        text for text in re.findall(r"```python\n(.*?)```", PAPER.read_text(), re.DOTALL) if "earlier" in text
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "earlier", "later"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout == ("" if change == "none" else "event 2 is not as it was\n")
