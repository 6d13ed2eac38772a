"""Decisions: a named person says what becomes of an application, having seen what was frozen then.

Nothing else rejects anybody. A rejection for which a finding was on the screen is told to the candidate first, with a
copy and their rights, and takes effect only after the time that the Organization's policy gives for an answer, which
begins when they were told (graph/announcements.py).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any, LiteralString, cast

from graph import (
    advising,
    announcements,
    applications,
    endings,
    findings,
    links,
    messages,
    policies,
    score_records,
    timers,
    working_days,
)
from graph.announcements import Announced
from graph.applications import FORWARD, ApplicationRow, Stage
from graph.events import About, Chain, EventType
from graph.findings import Channel
from graph.labels import label
from graph.messages import Template
from graph.refusals import Code, Fault, Refusal, invalid
from graph.score_records import Standing
from graph.statements import Count, Found, Nothing, Statement
from graph.timers import Timer, TimerKind
from graph.traversal import Derived, Form, Look, Many, One, Prop, Shape
from graph.visibility import COUNTS, HEARD_DECISION, MADE_DECISION, POLICIES, Level
from graph.withholding import written_text
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal


class Verdict(Enum):
    """What was decided."""

    ADVANCE = "ADVANCE"
    HOLD = "HOLD"
    REJECT = "REJECT"


class DecisionState(Enum):
    """Whether a decision has taken effect.

    LAPSED ones stood on a finding that no longer counted, or their application had moved on or ended by then.
    """

    ANNOUNCED = "ANNOUNCED"
    EFFECTIVE = "EFFECTIVE"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


_MAY_READ: LiteralString = (
    "$admin OR "
    + MADE_DECISION
    + " OR EXISTS { (this)-[:DECIDES]->(:Application)<-[:SUBMITTED]-(c:Candidate) WHERE c.id IN $mine } OR "
    + HEARD_DECISION
)
"""Who may read what was on the screen: the candidate, who decided, who handles a dispute of it, HR_ADMIN, auditors."""


def _revealed(values: Sequence[Any], _: Mapping[str, Any], context: Any) -> str | None:
    """Whom it is about is not told whom else its texts name; nobody else's reading of it differs by a letter."""
    candidate, sealed = values
    text = context.reveal(candidate, sealed) if sealed is not None else None
    if text is None or not text.startswith("{"):
        return text
    read = json.loads(text)
    told = _told(read, context)
    return text if told == read else json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


WRITTEN = frozenset({"reason", "claim", "method", "source", "details"})
"""Members of a screen that somebody wrote."""


def _told(value: Any, context: Any) -> Any:
    if isinstance(value, list):
        return [_told(each, context) for each in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    members = cast(dict[str, Any], value)
    return {
        name: context.withhold(each) if name in WRITTEN and isinstance(each, str) else _told(each, context)
        for name, each in members.items()
    }


DECISION = Shape(
    "Decision",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "verdict": Prop(see=Level.ALL),
        "verdictLabel": label("this.verdict", see=Level.ALL),
        "state": Prop(see=Level.ALL),
        "stateLabel": label("this.state", see=Level.ALL),
        "reason": written_text("this.reason"),
        "followedAdvice": Prop(),
        "decidedAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "effectiveAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "decidedBy": One("User", ("(this)-[:DECIDED_BY]->(that:User)",), see=Level.OWN),
        "application": One("Application", ("(this)-[:DECIDES]->(that:Application)",), see=Level.OWN, implied=True),
        "considered": Many("Finding", ("(this)-[:CONSIDERED]->(that:Finding)",), order=("that.id",)),
        "seen": Derived(
            (
                "head([(this)-[:DECIDES]->(:Application)<-[:SUBMITTED]-(c:Candidate) | c.id])",
                "CASE WHEN this.seenUntil > $now AND (" + _MAY_READ + ") THEN this.seen END",
            ),
            _revealed,
            Level.ALL,
        ),
        "seenHash": Prop(see=Level.ALL),
        "seenUntil": Prop(see=Level.ALL, form=Form.INSTANT),
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
    """`other` is the record that the candidate's is merged with, where it is; `overtaken`, that the application was
    advanced since; `told`, that the candidate was told of it, and nothing says that it did not arrive."""

    id: str
    verdict: str
    state: str
    application: str
    stage: str
    decided_at: datetime
    candidate: str
    erased: bool
    other: str | None
    department: str
    standing: int
    considered: int
    overtaken: bool
    told: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding on the screen: it counts, or may come to, being heard still; or it weighs nothing. `open` is one that
    nobody has decided for good, disputed ones too."""

    id: str
    counts: bool
    heard: bool
    open: bool


CARRIES: LiteralString = COUNTS.replace("this.outcome = 'NO_SHOW'", "this.outcome IN ['NO_SHOW', 'RESUME_MISMATCH']")
"""What may carry a rejection: a finding that counts. One that is heard still, that fell, faded, is disputed or
restricted, or was found to be nobody's or another's fault weighs nothing, and carries none."""

FIND = Statement(
    "decisions.find",
    """
    MATCH (decision:Decision {id: $id})-[:DECIDES]->(application:Application)
    MATCH (candidate:Candidate {organization: $organization})-[:SUBMITTED]->(application)
    MATCH (application)-[:FOR]->(:Position)-[:BELONGS_TO]->(department:Department)
    RETURN decision.id AS id, decision.verdict AS verdict, decision.state AS state, application.id AS application,
      application.stage AS stage, decision.decidedAt AS decided_at, candidate.id AS candidate,
      candidate.status = 'ERASED' AS erased, department.id AS department,
      head([(candidate)-[:SAME_AS]-(same:Candidate) | same.id]) AS other,
      COUNT { MATCH (decision)-[:CONSIDERED]->(this:Finding)-[:FINDS]->()<-[:HAS_INTERVIEW|HAS_CHECK]-(:Application)
          <-[:SUBMITTED]-(whose:Candidate)
        WHERE (whose.id = candidate.id OR EXISTS { (whose)-[:SAME_AS]-(candidate) }) AND """
    + CARRIES
    + """ } AS standing,
      COUNT { (decision)-[:CONSIDERED]->(:Finding) } AS considered,
      EXISTS { MATCH (application)<-[:ABOUT]-(event:Event {type: 'APPLICATION_ADVANCED'})
        WHERE event.recordedAt > decision.decidedAt } AS overtaken,
      decision.announcedAt IS NOT NULL
        OR EXISTS { MATCH (candidate)<-[:TO]-(message:Message {template: 'REJECTION_ANNOUNCED', subject: $id})
          WHERE message.state IN ['SENT', 'DELIVERED'] } AS told
    """,
    row=DecisionRow,
)
"""`standing` are the considered findings that may carry it: of this person still, who may have been two. Of `told` ones
an older version kept the message alone."""
SHOWN = Statement(
    "decisions.shown",
    """
    MATCH (candidate:Candidate)-[:SUBMITTED]->(:Application {id: $application})
    MATCH (candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW|HAS_CHECK]->()
      <-[:FINDS]-(this:Finding)
    WHERE """
    + POLICIES["Finding"].staff.row
    + """
    RETURN this.id AS id, CASE WHEN """
    + CARRIES
    + """ THEN true ELSE false END AS counts,
      this.state IN ['SUSPECTED', 'NOTICE_SENT'] AND this.restricted IS NULL AS heard,
      this.state IN ['SUSPECTED', 'NOTICE_SENT', 'DISPUTED'] AS open ORDER BY id
    """,
    row=Shown,
)
"""As the screen shows them: of both records of a person, where two are merged."""
FIND_OTHER = Statement(
    "decisions.find_other",
    "MATCH (:Candidate {id: $candidate})-[:SAME_AS]-(other:Candidate) RETURN other.id AS id LIMIT 1",
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


def considered_refusal(new: Decide, shown: Sequence[Shown]) -> Refusal | None:
    """What is not in sight cannot be considered, and what weighs nothing cannot be for a rejection."""
    seen = {each.id: each for each in shown}
    if not set(new.considered) <= seen.keys():
        return Refusal(Code.NOT_FOUND, "considered")
    weighs = all(seen[id].counts or seen[id].heard for id in new.considered)
    return None if weighs or new.verdict is not Verdict.REJECT else Refusal(Code.WEIGHS_NOTHING, "considered")


def advice_refusal(new: Decide, computed: Mapping[str, Any]) -> Refusal | None:
    """Whether advice was followed is said where there was some, and nowhere else."""
    advised = advising.advises(computed)
    if new.followed_advice is not None and not advised:
        return Refusal(Code.NO_ADVICE, "followedAdvice")
    return invalid("followedAdvice", Fault.NEEDED) if advised and new.followed_advice is None else None


Screen = Callable[[Mapping[str, Any]], Awaitable[str]]
"""What the application's page answers for who decides, at this moment, with what is computed of the person, as JSON."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was on the screen, and what its score was made of."""

    text: str
    standing: Standing

    @property
    def hash(self) -> str:
        return sha256(self.text.encode()).hexdigest()


async def decide(graph: Graph, act: Act, new: Decide, screen: Screen) -> Outcome:
    """Writes down the decision with what was on the screen, and has it take effect, or announces it."""
    if refused := role_refusal(act.viewer, RECRUITERS) or decide_refusal(new):
        return refused
    reach = {name: act.viewer.parameters[name] for name in ("own", "near")}
    # Planned before anything is locked: for the first time it takes a database seconds.
    await graph.client.plan(SHOWN.text, {"application": new.application, "now": act.now, **reach})
    await score_records.plan(graph, act)

    async def work(desk: Desk) -> Outcome:
        found = await applications.find_own(desk, new.application)
        if isinstance(found, Refusal):
            return found
        if refused := applications.progress_refusal(found):
            return refused
        together = await _lock_other(desk, found.candidate)
        shown = await desk.tx.run(SHOWN, application=found.id, now=act.now, **reach)
        if refused := considered_refusal(new, shown):
            return refused
        stage = next_stage(found.stage, new.stage) if new.verdict is Verdict.ADVANCE else None
        if isinstance(stage, Refusal):
            return stage
        standing = await score_records.stand(desk, found.candidate, together)
        if isinstance(standing, Refusal):
            return Refusal(Code.NOT_FOUND, "application")
        computed = advising.told(standing.values)
        if refused := advice_refusal(new, computed):
            return refused
        considered, waits = set(new.considered), False
        if new.verdict is Verdict.REJECT:
            # What counts was on the screen: whether it is named or not, it may have been the reason.
            considered |= {each.id for each in shown if each.counts}
            waits = bool(considered) or any(each.open for each in shown)
        frozen = Frozen(await screen(computed), standing)
        return await _write(desk, new, found, stage, sorted(considered), frozen, waits=waits)

    return await perform(graph, act, work)


async def _lock_other(desk: Desk, candidate: str) -> Chain | None:
    """Also the record that the candidate's is merged with: none of its findings changes while this is decided."""
    if (other := await desk.tx.one(FIND_OTHER, candidate=candidate)) is None:
        return None
    together = await desk.lock_candidate(other.id)
    await desk.lock_candidate(candidate)
    return together


async def _write(
    desk: Desk,
    new: Decide,
    found: ApplicationRow,
    stage: Stage | None,
    considered: list[str],
    frozen: Frozen,
    *,
    waits: bool,
) -> Outcome:
    act, keys, candidate = desk.act, desk.graph.keys, found.candidate
    policy = await policies.in_force(desk.tx, act.viewer.organization)
    # As the candidate will be told of what waits at once; told later, all of it is moved.
    in_effect = await working_days.due(desk, found.department, policy.rejection_days) if waits else act.now
    effective_at = None if waits else in_effect
    seen_until = in_effect + timedelta(days=policy.seen_days)
    await keys.load({candidate})
    sealed = keys.conceal(candidate, frozen.text) if keys.holds(candidate) else None
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
        seen_hash=frozen.hash,
        seen_until=seen_until,
        considered=considered,
    )
    about = About("Application", found.id)
    # A score that stood there is kept by the same act, so that it can be recomputed; where none did, none is.
    await score_records.append(desk, frozen.standing, about)
    await desk.record(
        EventType.DECISION_MADE,
        about,
        decision=id,
        verdict=new.verdict.value,
        reason=new.reason,
        considered=considered,
        followedAdvice=new.followed_advice,
        seenHash=frozen.hash,
        effectiveAt=effective_at,
    )
    await timers.start(desk, TimerKind.FORGET_SEEN, id, seen_until)
    if new.verdict is Verdict.REJECT or await links.find_live(desk.tx.run, found.id, act.now):
        # The way to the copy lasts as long as that. Who is rejected gets one, also who was never invited.
        await links.keep(desk, found.id, max(seen_until, in_effect + links.LIFE))
    if waits:
        await messages.tell_candidate(desk, Template.REJECTION_ANNOUNCED, id, considered=bool(considered))
    elif new.verdict is Verdict.REJECT:
        await endings.reject(desk, found.id)
        await messages.tell_candidate(desk, Template.REJECTION_EFFECTIVE, id)
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
        found = await _find_announced(desk, decision)
        if isinstance(found, Refusal):
            return found
        await desk.tx.run(SET_STATE, id=found.id, state=DecisionState.WITHDRAWN.value)
        await timers.cancel(desk, found.id, TimerKind.REJECT)
        about = About("Application", found.application)
        await desk.record(EventType.DECISION_WITHDRAWN, about, decision=found.id, reason=reason)
        await messages.tell_candidate(desk, Template.REJECTION_WITHDRAWN, found.id)
        return Written("Decision", found.id)

    return await perform(graph, act, work)


async def record_announcement(
    graph: Graph, act: Act, decision: str, *, channel: Channel, told_at: datetime | None, text: str | None
) -> Outcome:
    """The candidate was told of a rejection by a person. The time to contest it runs from when that is recorded: of a
    time before that nobody but the recorder knows.
    """
    if refused := role_refusal(act.viewer, RECRUITERS) or (text is not None and findings.text_refusal(text)):
        return refused
    at = told_at or act.now
    if at > act.now:
        return invalid("toldAt", Fault.NOT_FUTURE)

    async def work(desk: Desk) -> Outcome:
        found = await _find_announced(desk, decision)
        if isinstance(found, Refusal):
            return found
        if found.erased:
            return Refusal(Code.CANDIDATE_ERASED, "decision")
        if found.told:
            return Refusal(Code.ALREADY_ANNOUNCED, "decision")
        if at < found.decided_at:
            return invalid("toldAt", Fault.BEFORE_IT_HAPPENED)
        effective_at = await announcements.begin(desk, Announced(found.id, found.department, None), at)
        payload: dict[str, Any] = {"decision": found.id, "channel": channel.value, "text": text}
        payload["effectiveAt"] = effective_at
        await desk.record(EventType.REJECTION_ANNOUNCED, About("Application", found.application), **payload)
        return Written("Decision", found.id)

    return await perform(graph, act, work)


async def _find_announced(desk: Desk, decision: str) -> DecisionRow | Refusal:
    """A rejection of one's own department that has not taken effect, its candidate locked."""
    viewer = desk.act.viewer
    given = {"id": decision, "organization": viewer.organization, "now": desk.act.now}
    found = await desk.tx.one(FIND, **given)
    if found is None or not viewer.owns(found.department):
        return Refusal(Code.NOT_FOUND, "decision")
    await desk.lock_candidate(found.candidate)
    found = await desk.tx.one(FIND, **given)
    if found is None or found.state != DecisionState.ANNOUNCED.value:
        return Refusal(Code.DECISION_TAKEN, "decision")
    return found


async def take_effect(desk: Desk, timer: Timer) -> None:
    """A rejection that was announced takes effect, unless something it stood on counts no longer, or not yet, the
    application has ended or was advanced since, or the candidate was never told."""
    given = {"id": timer.subject, "organization": timer.organization, "now": desk.act.now}
    found = await desk.tx.one(FIND, **given)
    if found is not None and found.other is not None:
        await _lock_other(desk, found.candidate)
        found = await desk.tx.one(FIND, **given)
    if found is None or found.state != DecisionState.ANNOUNCED.value:
        return
    about = About("Application", found.application)
    if found.stage in applications.ENDED or found.overtaken or not found.told or found.standing < found.considered:
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
