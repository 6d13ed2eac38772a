"""Score policies: proposed, assessed, approved by a second person, in force from an instant, and never edited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any, LiteralString

from graph import timers
from graph.credit import DEFAULTS, Band, CreditPolicy, Dimension, Weighing, policy_refusal
from graph.events import EventType
from graph.labels import label
from graph.refusals import Code, Fault, Refusal, invalid
from graph.secrets import canonical
from graph.statements import Nothing, Statement
from graph.traversal import Computed, Derived, Form, Many, One, Prop, Shape
from graph.visibility import Level, OrganizationRole
from graph.writing import HR, Act, Desk, Graph, Outcome, Written, perform, role_refusal


class PolicyState(Enum):
    """How far a policy has come; in force is the approved one that became active last."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"


DOCUMENT: tuple[LiteralString, ...] = ("this.document",)


def _dimensions(values: Sequence[Any]) -> list[dict[str, Any]]:
    policy = read(values[0])
    return [
        {
            "dimension": dimension.value,
            "weight": each.weight,
            "prior": each.prior,
            "strength": each.strength,
            "windowDays": each.window,
            "halfLifeDays": each.half_life,
        }
        for dimension, each in policy.dimensions.items()
    ]


def _bands(values: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"band": band.value, "least": least} for band, least in read(values[0]).bands.items()]


def _number(place: int) -> Derived:
    return Derived(DOCUMENT, lambda values, _, __: json.loads(values[0])["numbers"][place], see=Level.ALL)


def _cross(place: int) -> Derived:
    return Derived(DOCUMENT, lambda values, _, __: json.loads(values[0])["cross"][place], see=Level.ALL)


def _brake(name: LiteralString) -> Derived:
    return Derived(DOCUMENT, lambda values, _, __: getattr(read(values[0]).brake, name), see=Level.ALL)


@lru_cache(maxsize=256)
def read(document: str) -> CreditPolicy:
    """A policy as it is stored; never edited, it is read once for all whom it scores."""
    return CreditPolicy.of_document(json.loads(document))


SCORE_DIMENSION = Shape(
    "ScoreDimension",
    {
        "dimension": Prop(see=Level.ALL),
        "dimensionLabel": label("dimension", see=Level.ALL),
        **{name: Prop(see=Level.ALL) for name in ("weight", "prior", "strength", "windowDays", "halfLifeDays")},
    },
)
SCORE_BAND = Shape(
    "ScoreBand",
    {"band": Prop(see=Level.ALL), "bandLabel": label("band", see=Level.ALL), "least": Prop(see=Level.ALL)},
)
SCORE_POLICY = Shape(
    "ScorePolicy",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "version": Prop(see=Level.ALL),
        "state": Prop(see=Level.ALL),
        "stateLabel": label("this.state", see=Level.ALL),
        "reason": Prop(see=Level.ALL),
        "proposedAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "proposedBy": One("User", ("(this)-[:PROPOSED_BY]->(that:User)",)),
        "approvedAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "approvedBy": One("User", ("(this)-[:APPROVED_BY]->(that:User)",)),
        "activeFrom": Prop(see=Level.ALL, form=Form.INSTANT),
        "dimensions": Computed("ScoreDimension", DOCUMENT, _dimensions, see=Level.ALL),
        "bands": Computed("ScoreBand", DOCUMENT, _bands, see=Level.ALL),
        "minimum": _number(0),
        "validDays": _number(1),
        "noticeHours": _number(2),
        "latesPerAbsence": _number(3),
        "labelLates": _cross(0),
        "labelAbsences": _cross(1),
        "labelDays": _cross(2),
        "brakeUpheld": _brake("upheld"),
        "brakeFalse": _brake("false"),
        "brakeLeast": _brake("least"),
        "brakeDays": _brake("days"),
        "assessments": Many(
            "ImpactAssessment",
            ("(this)<-[:ASSESSES]-(that:ImpactAssessment)",),
            order=("toString(that.recordedAt)", "that.id"),
        ),
    },
)
IMPACT_ASSESSMENT = Shape(
    "ImpactAssessment",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "recordedAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "recordedBy": One("User", ("(this)-[:RECORDED_BY]->(that:User)",)),
        "purpose": Prop(see=Level.ALL),
        "impact": Prop(see=Level.ALL),
        "measures": Prop(see=Level.ALL),
        "policy": One("ScorePolicy", ("(this)-[:ASSESSES]->(that:ScorePolicy)",)),
    },
)

IN_FORCE: LiteralString = (
    "head(COLLECT { MATCH (policy:ScorePolicy {organization: $organization}) "
    "WHERE policy.state = 'APPROVED' AND policy.activeFrom <= $now "
    "WITH policy ORDER BY policy.activeFrom DESC, policy.version DESC LIMIT 1 RETURN policy.document })"
)
"""The document of the policy that counts now; null where none was ever approved."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What another policy would say otherwise; what is not named is as in the one that it is drawn from."""

    dimensions: Mapping[Dimension, Mapping[str, Any]]
    bands: Mapping[Band, float]
    numbers: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class PolicyRow:
    id: str
    version: int
    state: str
    document: str
    proposed_by: str
    assessed: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where a draft begins: the document in force, and the highest version there is."""

    document: str | None
    latest: int | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What PIPL 56 asks of one: that purpose and way are lawful and needed, the impact on people, and the measures."""

    purpose: str
    impact: str
    measures: str


FIND = Statement(
    "score_policies.find",
    """
    MATCH (policy:ScorePolicy {id: $id, organization: $organization})-[:PROPOSED_BY]->(by:User)
    RETURN policy.id AS id, policy.version AS version, policy.state AS state, policy.document AS document,
      by.id AS proposed_by, EXISTS { (policy)<-[:ASSESSES]-(:ImpactAssessment) } AS assessed
    """,
    row=PolicyRow,
)
DRAW = Statement(
    "score_policies.draw",
    "RETURN " + IN_FORCE + " AS document, "
    "head(COLLECT { MATCH (any:ScorePolicy {organization: $organization}) RETURN max(any.version) }) AS latest",
    row=Drawn,
)
CREATE = Statement(
    "score_policies.create",
    """
    MATCH (head:Organization {id: $organization}) MATCH (user:User {id: $by})
    CREATE (head)-[:SCORES_BY]->(policy:ScorePolicy {id: $id, organization: $organization, version: $version,
      state: 'PROPOSED', document: $document, reason: $reason, proposedAt: $now})
    CREATE (policy)-[:PROPOSED_BY]->(user)
    """,
    row=Nothing,
    writes=True,
)
ASSESS = Statement(
    "score_policies.assess",
    """
    MATCH (policy:ScorePolicy {id: $policy}) MATCH (user:User {id: $by})
    CREATE (assessment:ImpactAssessment {id: $id, organization: $organization, recordedAt: $now, purpose: $purpose,
      impact: $impact, measures: $measures})
    CREATE (assessment)-[:ASSESSES]->(policy) CREATE (assessment)-[:RECORDED_BY]->(user)
    """,
    row=Nothing,
    writes=True,
)
APPROVE = Statement(
    "score_policies.approve",
    """
    MATCH (policy:ScorePolicy {id: $id}) MATCH (user:User {id: $by})
    SET policy.state = 'APPROVED', policy.approvedAt = $now, policy.activeFrom = $active_from
    CREATE (policy)-[:APPROVED_BY]->(user)
    """,
    row=Nothing,
    writes=True,
)


@dataclass(frozen=True, slots=True)
class Switched:
    """`released`: the brake was on, and is taken off; and where and for whom scores are off since."""

    id: str
    released: bool
    jurisdictions: list[str]
    roles: list[str]


SWITCH = Statement(
    "score_policies.switch",
    """
    MATCH (head:Organization {id: $organization})
    WITH head, NOT $off AND head.scoreBrakedAt IS NOT NULL AS released
    SET head.scoreOff = $off, head.scoreOffIn = coalesce($jurisdictions, head.scoreOffIn, []),
      head.scoreOffFor = coalesce($roles, head.scoreOffFor, []),
      head.scoreReleasedAt = CASE WHEN released THEN $now ELSE head.scoreReleasedAt END,
      head.scoreBrakedAt = CASE WHEN released THEN null ELSE head.scoreBrakedAt END,
      head.scoreBrakedBecause = CASE WHEN released THEN null ELSE head.scoreBrakedBecause END
    RETURN head.id AS id, released, head.scoreOffIn AS jurisdictions, head.scoreOffFor AS roles
    """,
    row=Switched,
    writes=True,
)


def drafted(base: CreditPolicy, version: int, draft: Draft) -> CreditPolicy:
    """The policy that a draft makes of another."""
    known: dict[str, Any] = {name: value for name, value in draft.numbers.items() if value is not None}
    brake = {
        name: known.pop(f"brake_{name}") for name in ("upheld", "false", "least", "days") if f"brake_{name}" in known
    }
    cross = {name: known.pop(f"cross_{name}") for name in ("lates", "absences", "window") if f"cross_{name}" in known}
    return replace(
        base,
        version=version,
        dimensions={
            dimension: _changed(each, draft.dimensions.get(dimension, {}))
            for dimension, each in base.dimensions.items()
        },
        bands={band: float(draft.bands.get(band, least)) for band, least in base.bands.items()},
        cross=replace(base.cross, **cross),
        brake=replace(base.brake, **brake),
        **known,
    )


def _changed(each: Weighing, changes: Mapping[str, Any]) -> Weighing:
    return replace(each, **{name: value for name, value in changes.items() if value is not None})


async def drawn(desk: Desk) -> tuple[CreditPolicy, int]:
    """The policy in force, or the default, and the number of the next one."""
    found = await desk.tx.one(DRAW, organization=desk.act.viewer.organization, now=desk.act.now)
    document, latest = (found.document, found.latest) if found else (None, None)
    return read(document) if document else DEFAULTS, (latest or 0) + 1


async def propose(graph: Graph, act: Act, organization: str, draft: Draft, reason: str) -> Outcome:
    """A new version, which counts for nothing until it is assessed and approved by somebody else."""
    if refused := role_refusal(act.viewer, HR):
        return refused
    if not 0 < len(reason.strip()) <= 2_000:
        return invalid("reason", Fault.LENGTH, 1, 2_000)

    async def work(desk: Desk) -> Outcome:
        if organization != act.viewer.organization:
            return Refusal(Code.NOT_FOUND, "organization")
        await desk.lock_organization()
        base, version = await drawn(desk)
        policy = drafted(base, version, draft)
        if refused := policy_refusal(policy):
            return refused
        id, document = desk.new_id(), policy.document()
        stored: dict[str, Any] = {
            "version": version,
            "document": canonical(document).decode(),
            "reason": reason.strip(),
        }
        await desk.tx.run(CREATE, id=id, organization=organization, by=act.viewer.id, now=act.now, **stored)
        stored["document"] = document
        await desk.record(EventType.SCORE_POLICY_PROPOSED, policy=id, **stored)
        return Written("ScorePolicy", id)

    return await perform(graph, act, work)


async def assess(graph: Graph, act: Act, policy: str, told: Assessment) -> Outcome:
    """Puts an impact assessment on file; one policy may have several, and none is ever changed."""
    if refused := role_refusal(act.viewer, HR):
        return refused
    texts: dict[str, Any] = {
        "purpose": told.purpose.strip(),
        "impact": told.impact.strip(),
        "measures": told.measures.strip(),
    }
    for name, text in texts.items():
        if not 0 < len(text) <= 10_000:
            return invalid(name, Fault.LENGTH, 1, 10_000)

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        found = await desk.tx.one(FIND, id=policy, organization=act.viewer.organization)
        if found is None:
            return Refusal(Code.NOT_FOUND, "policy")
        id, organization = desk.new_id(), act.viewer.organization
        await desk.tx.run(
            ASSESS, id=id, policy=found.id, by=act.viewer.id, organization=organization, now=act.now, **texts
        )
        await desk.record(EventType.IMPACT_ASSESSED, policy=found.id, assessment=id, **texts)
        return Written("ImpactAssessment", id)

    return await perform(graph, act, work)


def approval_refusal(policy: PolicyRow, approver: str) -> Refusal | None:
    """Why a policy cannot come into force: nobody approves their own, and none without an assessment (PIPL 55)."""
    if policy.state != "PROPOSED":
        return Refusal(Code.ALREADY_APPROVED, "policy")
    if not policy.assessed:
        return Refusal(Code.ASSESSMENT_MISSING, "policy")
    return Refusal(Code.SAME_PERSON, "policy") if policy.proposed_by == approver else None


LATEST = 366
"""Days ahead of its approval from which a policy counts at the latest: nobody assesses what comes after that today."""


async def approve(graph: Graph, act: Act, policy: str, active_from: datetime | None) -> Outcome:
    """A second person puts it in force, now or from later on."""
    if refused := role_refusal(act.viewer, HR):
        return refused
    begins = active_from or act.now
    if begins < act.now:
        return invalid("activeFrom", Fault.NOT_PAST)
    if begins > act.now + timedelta(days=LATEST):
        return invalid("activeFrom", Fault.DAYS_AHEAD, LATEST)

    async def work(desk: Desk) -> Outcome:
        await desk.lock_organization()
        found = await desk.tx.one(FIND, id=policy, organization=act.viewer.organization)
        if found is None:
            return Refusal(Code.NOT_FOUND, "policy")
        if refused := approval_refusal(found, act.viewer.id):
            return refused
        await desk.tx.run(APPROVE, id=found.id, by=act.viewer.id, now=act.now, active_from=begins)
        # It looks at once, and again as the policy begins: its limits may be lower.
        await timers.start_brake(desk)
        await desk.record(EventType.SCORE_POLICY_APPROVED, policy=found.id, version=found.version, activeFrom=begins)
        return Written("ScorePolicy", found.id)

    return await perform(graph, act, work)


@dataclass(frozen=True, slots=True)
class Switch:
    """Where there is no score: nowhere in the Organization, under its law, for viewers who have these roles when they
    ask; null leaves it as it stands."""

    off: bool
    jurisdictions: Sequence[str] | None = None
    roles: Sequence[OrganizationRole] | None = None


async def switch(graph: Graph, act: Act, organization: str, to: Switch, reason: str) -> Outcome:
    """Turns scores and the label off, or on again, at once; on again also where the brake had them off."""
    if refused := role_refusal(act.viewer, HR):
        return refused
    if not 0 < len(reason.strip()) <= 2_000:
        return invalid("reason", Fault.LENGTH, 1, 2_000)
    if any(len(each) != 2 or not each.isascii() or not each.isupper() for each in to.jurisdictions or ()):
        return invalid("jurisdictions", Fault.COUNTRY)

    async def work(desk: Desk) -> Outcome:
        if organization != act.viewer.organization:
            return Refusal(Code.NOT_FOUND, "organization")
        await desk.lock_organization()
        places = None if to.jurisdictions is None else sorted(set(to.jurisdictions))
        roles = None if to.roles is None else sorted({role.value for role in to.roles})
        given: dict[str, Any] = {"off": to.off, "jurisdictions": places, "roles": roles}
        (switched,) = await desk.tx.run(SWITCH, organization=organization, now=act.now, **given)
        told: dict[str, Any] = {"jurisdictions": switched.jurisdictions, "roles": switched.roles}
        told |= {"off": to.off, "reason": reason.strip(), "released": switched.released}
        await desk.record(EventType.SCORING_SWITCHED, **told)
        return Written("Organization", organization)

    return await perform(graph, act, work)
