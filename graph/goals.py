"""Goals 目标: what somebody was to reach at work by a day, and how much of it they did; corrected, never edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, LiteralString

from graph.events import About, EventType
from graph.keyring import imported_ids
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Nothing, Statement
from graph.timesheets import Worked
from graph.traversal import Conditions, Form, Look, One, Page, Prop, Shape, Sort
from graph.visibility import Level
from graph.withholding import written_text
from graph.writing import Desk, Graph

MOST_GOALS = 500
"""Goals of one call."""
AHEAD = timedelta(days=5 * 366)
"""How far in the future a goal may be due."""
MOST_TEXT, MOST_NUMBER = 500, 10**15

TASK_RESULT = Shape(
    "TaskResult",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "goal": written_text("this.goal"),
        "startsOn": Prop(),
        "dueOn": Prop(),
        "target": Prop(),
        "result": Prop(),
        "share": Prop(),
        "withdrawn": Prop("coalesce(this.withdrawn, false)"),
        "source": Prop(),
        "recordedAt": Prop(form=Form.INSTANT),
        "superseded": Prop("EXISTS { (this)<-[:CORRECTS]-(:TaskResult) }"),
        "reason": written_text("this.reason"),
        "corrects": One("TaskResult", ("(this)-[:CORRECTS]->(that:TaskResult)",)),
        "correctedBy": One("TaskResult", ("(this)<-[:CORRECTS]-(that:TaskResult)",)),
        "employment": One("Employment", ("(this)<-[:HAS_RESULT]-(that:Employment)",)),
    },
    looked={"": Look.TASK_RESULTS},
    looked_by="this.employment",
)
RESULT_SORTS = {"DUE_ON_DESC": Sort("that.dueOn", descending=True), "DUE_ON": Sort("that.dueOn")}
RESULT_CONDITIONS: Conditions = {
    "from": "this.dueOn >= $value",
    "to": "this.dueOn < $value",
    "standing": "EXISTS { (this)<-[:CORRECTS]-(:TaskResult) } <> $value",
}
EMPLOYMENT_RESULTS = Page(
    "TaskResult",
    ("(this)-[:HAS_RESULT]->(that:TaskResult)",),
    RESULT_SORTS,
    conditions=RESULT_CONDITIONS,
    implied=True,
    days=True,
)


def reckoned(result: float | None, target: float | None) -> float | None:
    """A result as a share of its target, to four places."""
    return None if result is None or not target else round(min(result / target, 1.0), 4)


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of a period, and what came of it: done or not, or a share, or else a number of the target.

    Without any of them it is a goal whose result is not known yet, and weighs nothing.
    """

    text: str
    starts_on: date
    due_on: date
    target: float | None = None
    result: float | None = None
    completed: bool | None = None
    told_share: float | None = None
    withdrawn: bool = False
    external_key: str | None = None

    @property
    def key(self) -> tuple[str, date, date]:
        """What makes it the same goal."""
        return self.text, self.starts_on, self.due_on

    @property
    def share(self) -> float | None:
        """How much of it was reached, from 0 to 1: more than the target is no more than all of it."""
        if self.completed is not None:
            return float(self.completed)
        if self.told_share is not None:
            return round(float(self.told_share), 4)
        return reckoned(self.result, self.target)


@dataclass(frozen=True, slots=True)
class Standing:
    """A goal that the graph holds."""

    id: str
    employment: str
    goal: str
    starts_on: str
    due_on: str
    target: float | None
    result: float | None
    share: float | None
    withdrawn: bool
    source: str
    superseded: bool

    def is_of(self, goal: Goal) -> bool:
        """Whether it is the same goal of the same time."""
        return (self.goal, date.fromisoformat(self.starts_on), date.fromisoformat(self.due_on)) == goal.key

    def tells(self, goal: Goal) -> bool:
        """Whether it says the very same."""
        mine = (self.target, self.result, self.share, self.withdrawn)
        return self.is_of(goal) and mine == (goal.target, goal.result, goal.share, goal.withdrawn)

    @property
    def is_open(self) -> bool:
        """Whether its result is still to be told."""
        return self.share is None and not self.withdrawn


@dataclass(frozen=True, slots=True)
class Correction:
    """What a record should have said; what is not given stays. Withdrawn: it was no goal of theirs."""

    record: str
    reason: str
    text: str | None = None
    starts_on: date | None = None
    due_on: date | None = None
    target: float | None = None
    result: float | None = None
    completed: bool | None = None
    share: float | None = None
    withdrawn: bool = False

    @property
    def tells(self) -> bool:
        """Whether it says what came of the goal."""
        return any(each is not None for each in (self.completed, self.share, self.result))


_HELD: LiteralString = """
    RETURN record.id AS id, record.employment AS employment, record.goal AS goal, record.startsOn AS starts_on,
      record.dueOn AS due_on, record.target AS target, record.result AS result, record.share AS share,
      coalesce(record.withdrawn, false) AS withdrawn, record.source AS source,
      EXISTS { (record)<-[:CORRECTS]-(:TaskResult) } AS superseded
"""
LIST_DUE = Statement(
    "goals.list_due",
    "MATCH (:Employment {id: $employment})-[:HAS_RESULT]->(record:TaskResult) WHERE record.dueOn IN $days" + _HELD,
    row=Standing,
)
LIST_KNOWN = Statement("goals.list_known", "UNWIND $ids AS id MATCH (record:TaskResult {id: id})" + _HELD, row=Standing)
CREATE = Statement(
    "goals.create",
    """
    MATCH (employment:Employment {id: $employment})
    UNWIND $rows AS row
    CREATE (record:TaskResult {id: row.id, employment: $employment, goal: row.goal, startsOn: row.startsOn,
      dueOn: row.dueOn, target: row.target, result: row.result, share: row.share, withdrawn: row.withdrawn,
      source: row.source, reason: row.reason, recordedAt: $now, recordedBy: $by})
    CREATE (employment)-[:HAS_RESULT]->(record)
    """,
    row=Nothing,
    writes=True,
)
SUPERSEDE = Statement(
    "goals.supersede",
    """
    UNWIND $rows AS row
    MATCH (corrected:TaskResult {id: row.corrects}) MATCH (record:TaskResult {id: row.id})
    CREATE (record)-[:CORRECTS]->(corrected)
    """,
    row=Nothing,
    writes=True,
)
ERASE = Statement(
    "goals.erase",
    """
    MATCH (:Candidate {id: $id})-[:EMPLOYED_AS]->(:Employment)-[:HAS_RESULT]->(record:TaskResult)
    DETACH DELETE record
    """,
    row=Nothing,
    writes=True,
)


def goal_refusal(goal: Goal, today: date) -> Refusal | None:
    """Why a goal is none, whoever it is of."""

    if not 0 < len(goal.text.strip()) <= MOST_TEXT:
        return invalid("goal", Fault.LENGTH, 1, MOST_TEXT)
    if goal.due_on < goal.starts_on:
        return invalid("dueOn", Fault.END_BEFORE_START)
    if goal.due_on > today + AHEAD:
        return invalid("dueOn", Fault.TOO_FAR)
    if goal.target is not None and not 0 < goal.target <= MOST_NUMBER:
        return invalid("target", Fault.BETWEEN, 0, MOST_NUMBER)
    if goal.result is not None and goal.share is None:
        return invalid("result", Fault.NOT_BOTH)
    if goal.result is not None and not 0 <= goal.result <= MOST_NUMBER:
        return invalid("result", Fault.BETWEEN, 0, MOST_NUMBER)
    if goal.told_share is not None and not 0 <= goal.told_share <= 1:
        return invalid("share", Fault.BETWEEN, 0, 1)
    if goal.completed is not None and goal.told_share is not None:
        return invalid("completed", Fault.NOT_BOTH)
    if goal.share is not None and goal.starts_on > today:
        return invalid("startsOn", Fault.NOT_FUTURE)
    if goal.external_key is not None and not 0 < len(goal.external_key) <= 200:
        return invalid("externalKey", Fault.LENGTH, 1, 200)
    return None


def covers(worked: Worked, goal: Goal) -> bool:
    """Whether the employment holds some of the time that a goal is of."""
    ended = worked.ended_on is not None and goal.starts_on.isoformat() > worked.ended_on
    return goal.due_on.isoformat() >= worked.started_on and not ended


def _keyed(goals: Sequence[Goal]) -> list[tuple[str, str | None]]:
    """A goal and its result are two records under one key, as the one is told before the other."""
    return [("goal" if goal.share is None else "result", goal.external_key) for goal in goals]


async def known_ids(desk: Desk, source: str, goals: Sequence[Goal]) -> list[str]:
    """The id of each goal: the same for the same source and external key, for ever; a new one without."""
    own = desk.act.viewer.organization
    return [
        id or desk.new_id() for id in await imported_ids(desk.tx.run, desk.graph.secrets, own, source, _keyed(goals))
    ]


async def ids_of(graph: Graph, organization: str, source: str, goals: Sequence[Goal]) -> list[str]:
    """The ids that goals with external keys have, or will have."""
    ids = await imported_ids(graph.client.read, graph.secrets, organization, source, _keyed(goals))
    return [id for id in ids if id is not None]


async def tell(desk: Desk, worked: Worked, source: str, goals: Sequence[Goal]) -> int | tuple[int, Refusal]:
    """Writes what the graph does not hold yet, all or nothing, and counts it; the candidate is locked.

    What was told before has no second effect, corrected since or not. A result takes the place of the goal that it is
    of; what says otherwise than a result that stands is refused, with its place.
    """
    ids = await known_ids(desk, source, goals)
    known = {row.id: row for row in await desk.tx.run(LIST_KNOWN, ids=ids)}
    days = sorted({goal.due_on.isoformat() for goal in goals})
    rows: list[dict[str, Any]] = []
    held = list(await desk.tx.run(LIST_DUE, employment=worked.id, days=days))
    gone = {row.id for row in held if row.superseded}
    for place, (id, goal) in enumerate(zip(ids, goals, strict=True)):
        if not covers(worked, goal):
            return place, Refusal(Code.NOT_EMPLOYED, "dueOn")
        before = known.get(id)
        if before is not None and (before.employment != worked.id or not before.tells(goal)):
            return place, Refusal(Code.RECORDED_OTHERWISE, "goal")
        if before is not None or any(row.tells(goal) for row in held):
            continue
        others = [row for row in held if row.is_of(goal) and row.id not in gone]
        if any(goal.share is None or not row.is_open for row in others):
            return place, Refusal(Code.RECORDED_OTHERWISE, "goal")
        rows.append(_row(id, source, goal, corrects=others[0].id if others else None))
        gone |= {row.id for row in others}
        held.append(_standing(worked.id, rows[-1]))
    if rows:
        await _write(desk, worked, rows)
        await desk.record(
            EventType.TASK_COMPLETION_RECORDED, About("Employment", worked.id), results=[_told(row) for row in rows]
        )
    return len(rows)


async def _write(desk: Desk, worked: Worked, rows: Sequence[Mapping[str, Any]]) -> None:
    await desk.tx.run(CREATE, employment=worked.id, rows=rows, now=desk.act.now, by=desk.act.viewer.id)
    if replacing := [{"id": row["id"], "corrects": row["corrects"]} for row in rows if row["corrects"]]:
        await desk.tx.run(SUPERSEDE, rows=replacing)


def _row(id: str, source: str, goal: Goal, *, corrects: str | None, reason: str | None = None) -> dict[str, Any]:
    return {
        "id": id,
        "goal": goal.text,
        "startsOn": goal.starts_on.isoformat(),
        "dueOn": goal.due_on.isoformat(),
        "target": None if goal.target is None else float(goal.target),
        "result": None if goal.result is None else float(goal.result),
        "share": goal.share,
        "withdrawn": True if goal.withdrawn else None,
        "source": source,
        "reason": reason,
        "corrects": corrects,
    }


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _standing(employment: str, row: Mapping[str, Any]) -> Standing:
    return Standing(
        id=row["id"],
        employment=employment,
        goal=row["goal"],
        starts_on=row["startsOn"],
        due_on=row["dueOn"],
        target=row["target"],
        result=row["result"],
        share=row["share"],
        withdrawn=bool(row["withdrawn"]),
        source=row["source"],
        superseded=False,
    )


def corrected(held: Standing, change: Correction) -> Goal:
    """What the record says after the correction."""
    target = change.target if change.target is not None else held.target
    stays = not change.tells and not change.withdrawn
    counted = held.result if stays else change.result
    told = held.share != reckoned(held.result, held.target)
    kept = held.share if stays and told else change.share
    return Goal(
        text=held.goal if change.text is None else change.text.strip(),
        starts_on=change.starts_on or date.fromisoformat(held.starts_on),
        due_on=change.due_on or date.fromisoformat(held.due_on),
        target=target,
        result=counted,
        completed=change.completed,
        told_share=kept,
        withdrawn=change.withdrawn,
    )


async def correct(desk: Desk, worked: Worked, held: Standing, goal: Goal, reason: str) -> str | Refusal:
    """Puts another record in the place of one that stands; the candidate is locked. Answers with the new one's id."""
    if held.superseded:
        return Refusal(Code.SUPERSEDED, "record")
    if not covers(worked, goal):
        return Refusal(Code.NOT_EMPLOYED, "dueOn")
    rows = await desk.tx.run(LIST_DUE, employment=worked.id, days=[goal.due_on.isoformat()])
    if any(row.is_of(goal) and not row.superseded for row in rows if row.id != held.id):
        return Refusal(Code.RECORDED_OTHERWISE, "goal")
    id = desk.new_id()
    row = _row(id, held.source, goal, corrects=held.id, reason=reason)
    await _write(desk, worked, [row])
    about = About("Employment", worked.id)
    await desk.record(EventType.TASK_COMPLETION_CORRECTED, about, corrects=held.id, result=_told(row))
    return id


async def erase(desk: Desk, candidate: str) -> None:
    """Removes all that was told of a person's goals; what events are about stays, so that chains verify."""
    await desk.tx.run(ERASE, id=candidate)
