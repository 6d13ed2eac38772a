"""A candidate's behaviour profile 行为画像: what happened in plain sentences, and each dimension with its evidence."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any, LiteralString

from graph import credit, credit_words
from graph.credit import DEFAULTS, CreditPolicy, Dimension, Observation
from graph.events import OF_FINDINGS, EventType
from graph.instants import from_text, to_text
from graph.labels import label
from graph.observations import observe
from graph.score_policies import read
from graph.scores import IDS, INPUTS, OPEN, PERSON, OffBecause, evidence, facts_of, off_because, said
from graph.timeline_words import sentence
from graph.traversal import Computed, Part, Shape
from graph.visibility import ERASED, EVENT_OWN, Level

MOST = 100
"""The newest events that a profile tells of."""
TOGETHER: Mapping[Dimension, Dimension] = {Dimension.AI_INTERVIEW_NO_SHOW: Dimension.INTERVIEW_ATTENDANCE}
"""A profile tells of attendance at interviews as one."""
ABOUT_FINDINGS = OF_FINDINGS | {EventType.FINDING_ERASED}

EVENTS: LiteralString = (
    "["
    + PERSON
    + "<-[:ABOUT]-(e:Event) WHERE ($verified OR "
    + EVENT_OWN.replace("this", "e")
    + """) | [e.id, e.type, toString(e.occurredAt), e.payload,
      head([(e)-[:ABOUT]->(i:Interview)-[:HELD_BY]->(held:Department) |
        [i.mode, held.nameZh, held.name, i.timeZone]]), e.seq,
      [(e)-[:ABOUT]->()<-[:FINDS]-(f:Finding) WHERE f.state <> 'ERASED' AND NOT """
    + ERASED.replace("this", "f")
    + " | f.id]]]"
)
"""What happened, each with the findings that are still there on what it is about."""


def _made(values: Sequence[Any]) -> dict[str, Any] | None:
    now, document, switches, role, status, interviews, employments, results, checks, _, events = values
    if now is None or off_because(document, switches, role, status) not in (None, OffBecause.NO_POLICY):
        return None
    policy, at = read(document) if document else DEFAULTS, from_text(now)
    seen = observe(policy, facts_of(interviews, employments, results, checks), at, zone=switches[-1])
    there = [event for event in events if is_there(event[1], event[3], event[6])]
    # Of one instant in the order in which they were recorded; two records that are merged have each its own.
    newest = sorted(there, key=lambda event: (event[2], event[5], event[0]), reverse=True)[:MOST]
    return {
        "timeline": [_told(*event[:5], zone=switches[-1]) for event in newest],
        "dimensions": [
            _dimension(policy, dimension, [each for each in seen if _of(each) is dimension], at)
            for dimension in Dimension
            if dimension not in TOGETHER
        ],
    }


def is_there(type: str, payload: str | None, findings: Collection[str]) -> bool:
    """Whether an event may still be told: of a finding whose time has come nothing is, before the timer and after."""
    if EventType(type) not in ABOUT_FINDINGS:
        return True
    finding = json.loads(payload).get("finding") if payload else None
    return payload is not None and (finding is None or finding in findings)


def _of(seen: Observation) -> Dimension:
    return TOGETHER.get(seen.dimension, seen.dimension)


def _told(
    id: str, type: str, occurred_at: str, payload: str | None, held: Sequence[Any] | None, *, zone: str
) -> dict[str, Any]:
    return {
        "event": f"Event:{id}",
        "occurredAt": to_text(occurred_at),
        "text": sentence(type, occurred_at, payload, held, zone),
    }


def _dimension(policy: CreditPolicy, dimension: Dimension, seen: Sequence[Observation], now: Any) -> dict[str, Any]:
    ordered = sorted(seen, key=lambda each: each.key)
    counted = [each for each in ordered if credit.counts(policy, each, now)]
    weighed = [credit.weighed(policy.dimensions[each.dimension], each, now) for each in ordered]
    good = sum((each.value or Fraction() for each in counted), Fraction())
    return {
        "dimension": dimension.value,
        "observations": len(ordered),
        "counted": len(counted),
        "text": credit_words.of_dimension(dimension, len(counted), good),
        "evidence": [evidence(each, counts=each.observation in counted) for each in weighed],
    }


PROFILE_EVENT = Shape("ProfileEvent", {"event": IDS, "occurredAt": OPEN, "text": said("text")})
PROFILE_DIMENSION = Shape(
    "ProfileDimension",
    {
        "dimension": OPEN,
        "dimensionLabel": label("dimension", see=Level.ALL),
        "observations": OPEN,
        "counted": OPEN,
        "evidence": Part("CreditEvidence"),
        "text": said("text"),
    },
)
CANDIDATE_PROFILE = Shape(
    "CandidateProfile", {"timeline": Part("ProfileEvent"), "dimensions": Part("ProfileDimension")}
)
PROFILE = Computed("CandidateProfile", (*INPUTS, EVENTS), _made)
