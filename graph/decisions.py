"""Decisions: a named person says what becomes of an application, having seen what was frozen then.

Nothing else rejects anybody. A rejection for which a finding was on the screen is told to the candidate first, with a
copy and their rights, and takes effect only after the time that the Organization's policy gives for an answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from hashlib import sha256
from typing import Any, LiteralString

from graph import applications, endings, links, messages, policies, timers, working_days
from graph.applications import FORWARD, ApplicationRow, Stage
from graph.events import About, EventType
from graph.labels import label
from graph.messages import Template
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Count, Found, Nothing, Statement
from graph.timers import Timer, TimerKind
from graph.traversal import Derived, Form, Look, Many, One, Prop, Shape
from graph.visibility import COUNTS, Level
from graph.withholding import written_text
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal


class Verdict(Enum):
    """What was decided."""

    ADVANCE = "ADVANCE"
    HOLD = "HOLD"
    REJECT = "REJECT"


class DecisionState(Enum):
    """Whether a decision has taken effect: LAPSED ones stood on a finding that no longer stands."""

    ANNOUNCED = "ANNOUNCED"
    EFFECTIVE = "EFFECTIVE"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


_MAY_READ: LiteralString = (
    "$admin OR EXISTS { (this)-[:DECIDED_BY]->(:User {id: $viewer}) } "
    "OR EXISTS { (this)-[:DECIDES]->(:Application)<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine } "
    "OR EXISTS { (this)-[:CONSIDERED]->(f:Finding {state: 'DISPUTED'})-[:FINDS]->()-[:HELD_BY]->"
    "(d:Department) WHERE d.id IN $own }"
)
"""Who may read what was on the screen: the candidate, who decided, who handles a dispute of it, HR_ADMIN, auditors."""


def _revealed(values: Sequence[Any], _: Mapping[str, Any], context: Any) -> str | None:
    candidate, sealed = values
    return context.reveal(candidate, sealed) if sealed is not None else None


DECISION = Shape(
    "Decision",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "verdict": Prop(),
        "verdictLabel": label("this.verdict"),
        "state": Prop(),
        "stateLabel": label("this.state"),
        "reason": written_text("this.reason"),
        "followedAdvice": Prop(),
        "decidedAt": Prop(form=Form.INSTANT),
        "effectiveAt": Prop(form=Form.INSTANT),
        "decidedBy": One("User", ("(this)-[:DECIDED_BY]->(that:User)",)),
        "application": One("Application", ("(this)-[:DECIDES]->(that:Application)",), implied=True),
        "considered": Many("Finding", ("(this)-[:CONSIDERED]->(that:Finding)",), order=("that.id",)),
        "seen": Derived(
            (
                "head([(this)-[:DECIDES]->(:Application)<-[:SUBMITTED]-(c:Candidate) | c.id])",
                "CASE WHEN " + _MAY_READ + " THEN this.seen END",
            ),
            _revealed,
        ),
        "seenHash": Prop(),
        "seenUntil": Prop(form=Form.INSTANT),
    },
    looked={"seen": Look.DECISION},
)


@dataclass(frozen=True, slots=True)
class Decide:
    """`stage` is where an application advances to; the next one where none is named."""

    application: str
    verdict: Verdict
    reason: str
    considered: tuple[str, ...] = ()
    followed_advice: bool | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    id: str
    verdict: str
    state: str
    application: str
    stage: str
    candidate: str
    department: str
    standing: int
    considered: int


@dataclass(frozen=True, slots=True)
class Shown:
    id: str
    counts: bool


FIND = Statement(
    "decisions.find",
    """
    MATCH (decision:Decision {id: $id})-[:DECIDES]->(application:Application)
    MATCH (candidate:Candidate {organization: $organization})-[:SUBMITTED]->(application)
    MATCH (application)-[:FOR]->(:Position)-[:BELONGS_TO]->(department:Department)
    RETURN decision.id AS id, decision.verdict AS verdict, decision.state AS state, application.id AS application,
      application.stage AS stage, candidate.id AS candidate, department.id AS department,
      COUNT { MATCH (decision)-[:CONSIDERED]->(finding:Finding)
        WHERE NOT finding.state IN ['VOID', 'DISPUTED'] AND finding.restricted IS NULL } AS standing,
      COUNT { (decision)-[:CONSIDERED]->(:Finding) } AS considered
    """,
    row=DecisionRow,
)
SHOWN = Statement(
    "decisions.shown",
    """
    MATCH (candidate:Candidate)-[:SUBMITTED]->(:Application {id: $application})
    MATCH (candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW|HAS_CHECK]->(held)<-[:FINDS]-(this:Finding)
    MATCH (held)-[:HELD_BY]->(department:Department)
    WITH this, department, CASE WHEN """
    + COUNTS
    + """ THEN true ELSE false END AS missed, CASE WHEN """
    + COUNTS.replace("NO_SHOW", "RESUME_MISMATCH")
    + """ THEN true ELSE false END AS mismatched
    WHERE department.id IN $own OR (department.id IN $near AND missed)
    RETURN this.id AS id, missed OR mismatched AS counts ORDER BY id
    """,
    row=Shown,
)
ANNOUNCED = Statement(
    "decisions.announced",
    "MATCH (decision:Decision {state: 'ANNOUNCED'})-[:DECIDES]->(:Application {id: $application}) "
    "RETURN decision.id AS id LIMIT 1",
    row=Found,
)
CREATE = Statement(
    "decisions.create",
    """
    MATCH (application:Application {id: $application}) MATCH (user:User {id: $by})
    CREATE (decision:Decision {id: $id, verdict: $verdict, state: $state, reason: $reason,
      followedAdvice: $followed_advice, decidedAt: $now, effectiveAt: $effective_at, seen: $seen,
      seenHash: $seen_hash, seenUntil: $seen_until})
    CREATE (decision)-[:DECIDES]->(application) CREATE (decision)-[:DECIDED_BY]->(user)
    WITH decision UNWIND $considered AS finding
    MATCH (found:Finding {id: finding}) CREATE (decision)-[:CONSIDERED]->(found)
    """,
    row=Nothing,
    writes=True,
)
SET_STATE = Statement(
    "decisions.set_state",
    "MATCH (decision:Decision {id: $id}) SET decision.state = $state",
    row=Nothing,
    writes=True,
)
FORGET_SEEN = Statement(
    "decisions.forget_seen",
    "MATCH (decision:Decision {id: $id}) SET decision.seen = null RETURN count(decision) AS count",
    row=Count,
    writes=True,
)


def next_stage(stage: str, wanted: Stage | None) -> Stage | Refusal:
    """Where an application goes: never backwards, and nowhere else than forward."""
    at = FORWARD.index(Stage(stage))
    following = wanted or (FORWARD[at + 1] if at + 1 < len(FORWARD) else None)
    if following not in FORWARD or FORWARD.index(following) <= at:
        return Refusal(Code.NOT_FORWARD, "stage")
    return following


def decide_refusal(new: Decide) -> Refusal | None:
    if not 0 < len(new.reason.strip()) <= 2_000:
        return invalid("reason", Fault.LENGTH, 1, 2_000)
    if new.stage is not None and new.verdict is not Verdict.ADVANCE:
        return invalid("stage", Fault.NOT_BOTH)
    return invalid("considered", Fault.COUNT, 0, 50) if len(new.considered) > 50 else None


Screen = Callable[[], Awaitable[str]]
"""What the application's page answers for who decides, at this moment, as JSON."""


async def decide(graph: Graph, act: Act, new: Decide, screen: Screen) -> Outcome:
    """Writes down the decision with what was on the screen, and has it take effect, or announces it."""
    if refused := role_refusal(act.viewer, RECRUITERS) or decide_refusal(new):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await applications.find_own(desk, new.application)
        if isinstance(found, Refusal):
            return found
        if found.stage in applications.ENDED:
            return Refusal(Code.APPLICATION_ENDED, "application")
        if await desk.tx.one(ANNOUNCED, application=found.id):
            return Refusal(Code.REJECTION_ANNOUNCED, "application")
        reach = {name: act.viewer.parameters[name] for name in ("own", "near")}
        shown = await desk.tx.run(SHOWN, application=found.id, now=act.now, **reach)
        if not set(new.considered) <= {each.id for each in shown}:
            return Refusal(Code.NOT_FOUND, "considered")
        stage = next_stage(found.stage, new.stage) if new.verdict is Verdict.ADVANCE else None
        if isinstance(stage, Refusal):
            return stage
        considered = set(new.considered)
        if new.verdict is Verdict.REJECT:
            # What counts was on the screen: whether it is named or not, it may have been the reason.
            considered |= {each.id for each in shown if each.counts}
        return await _write(desk, new, found, stage, sorted(considered), await screen())

    return await perform(graph, act, work)


async def _write(
    desk: Desk, new: Decide, found: ApplicationRow, stage: Stage | None, considered: list[str], screen: str
) -> Outcome:
    act, keys, candidate = desk.act, desk.graph.keys, found.candidate
    policy = await policies.in_force(desk.tx, act.viewer.organization)
    waits = new.verdict is Verdict.REJECT and bool(considered)
    effective_at = await working_days.due(desk, found.department, policy.rejection_days) if waits else act.now
    seen_until = act.now + timedelta(days=policy.seen_days)
    await keys.load({candidate})
    sealed = keys.conceal(candidate, screen) if keys.holds(candidate) else None
    id = desk.new_id()
    await desk.tx.run(
        CREATE,
        id=id,
        application=found.id,
        by=act.viewer.id,
        verdict=new.verdict.value,
        state=(DecisionState.ANNOUNCED if waits else DecisionState.EFFECTIVE).value,
        reason=new.reason,
        followed_advice=new.followed_advice,
        now=act.now,
        effective_at=effective_at,
        seen=sealed,
        seen_hash=sha256(screen.encode()).hexdigest(),
        seen_until=seen_until,
        considered=considered,
    )
    await desk.record(
        EventType.DECISION_MADE,
        About("Application", found.id),
        decision=id,
        verdict=new.verdict.value,
        reason=new.reason,
        considered=considered,
        followedAdvice=new.followed_advice,
        seenHash=sha256(screen.encode()).hexdigest(),
        effectiveAt=effective_at,
    )
    await timers.start(desk, TimerKind.FORGET_SEEN, id, seen_until)
    if waits:
        await timers.start(desk, TimerKind.REJECT, id, effective_at)
        # The way to the copy and the rights, also for who was never invited.
        await links.create(desk, found.id, effective_at)
        await messages.tell_candidate(desk, Template.REJECTION_ANNOUNCED, id, dueAt=effective_at)
    elif new.verdict is Verdict.REJECT:
        await endings.reject(desk, found.id)
    elif stage is not None:
        await applications.move_on(desk, found.id, stage)
    return Written("Decision", id)


async def withdraw(graph: Graph, act: Act, decision: str, *, reason: str) -> Outcome:
    """Takes back a rejection that was announced, before it takes effect."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused
    if not 0 < len(reason.strip()) <= 2_000:
        return invalid("reason", Fault.LENGTH, 1, 2_000)

    async def work(desk: Desk) -> Outcome:
        given = {"id": decision, "organization": act.viewer.organization, "now": act.now}
        found = await desk.tx.one(FIND, **given)
        if found is None or not act.viewer.owns(found.department):
            return Refusal(Code.NOT_FOUND, "decision")
        await desk.lock_candidate(found.candidate)
        found = await desk.tx.one(FIND, **given)
        if found is None or found.state != DecisionState.ANNOUNCED.value:
            return Refusal(Code.DECISION_TAKEN, "decision")
        await desk.tx.run(SET_STATE, id=found.id, state=DecisionState.WITHDRAWN.value)
        await timers.cancel(desk, found.id, TimerKind.REJECT)
        about = About("Application", found.application)
        await desk.record(EventType.DECISION_WITHDRAWN, about, decision=found.id, reason=reason)
        await messages.tell_candidate(desk, Template.REJECTION_WITHDRAWN, found.id)
        return Written("Decision", found.id)

    return await perform(graph, act, work)


async def take_effect(desk: Desk, timer: Timer) -> None:
    """A rejection that was announced takes effect, unless what it stood on no longer stands: that is decided anew."""
    found = await desk.tx.one(FIND, id=timer.subject, organization=timer.organization, now=desk.act.now)
    if found is None or found.state != DecisionState.ANNOUNCED.value:
        return
    about = About("Application", found.application)
    if found.stage in applications.ENDED or found.standing < found.considered:
        await desk.tx.run(SET_STATE, id=found.id, state=DecisionState.LAPSED.value)
        await desk.record(EventType.DECISION_LAPSED, about, decision=found.id)
        await messages.tell_department(desk, Template.REJECTION_LAPSED, found.department, found.id)
        return
    await desk.tx.run(SET_STATE, id=found.id, state=DecisionState.EFFECTIVE.value)
    await endings.reject(desk, found.application)
    await messages.tell_candidate(desk, Template.REJECTION_EFFECTIVE, found.id)


async def forget_seen(desk: Desk, timer: Timer) -> None:
    """What was on the screen is gone once the decision can no longer be contested; its hash stays."""
    await desk.tx.run(FORGET_SEEN, id=timer.subject)
