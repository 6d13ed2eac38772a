"""Loading of timesheets: employments with their records enter in batches, with the history of single writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from typing import TypeVar

from graph import candidates, employments, goals, timesheets
from graph.candidates import Person
from graph.client import Transaction
from graph.employments import Held, NewEmployment
from graph.events import ActorKind
from graph.goals import Goal
from graph.refusals import Code, Refusal
from graph.statements import Found, Statement
from graph.timesheets import Fact, Worked
from graph.visibility import Viewer
from graph.writing import Act, Desk, Graph, random_id

Told = TypeVar("Told", Fact, Goal)


class Fate(Enum):
    """What became of an employment: written, told its last day, there already, erased since, or refused."""

    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    PRESENT = "PRESENT"
    ERASED = "ERASED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Line:
    """What one line of a source tells, which is held or refused as a whole; `denied` are kinds of no days, of which
    nothing is written, and which nothing that stands may tell."""

    facts: tuple[Fact, ...]
    denied: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """One person's work in one department as it is known elsewhere; `id` is its own for good.

    Without `started_on` the employment must be there already. With an `employer` it is another's, to whose export the
    person consented. It tells of days or of goals, not of both.
    """

    id: str
    department: str
    person: Person
    source: str
    title: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    employer: str | None = None
    consented_at: datetime | None = None
    consent_source: str | None = None
    lines: tuple[Line, ...] = ()
    goals: tuple[Goal, ...] = ()

    @property
    def facts(self) -> list[Fact]:
        return [fact for line in self.lines for fact in line.facts]

    @property
    def told(self) -> Sequence[Fact | Goal]:
        return self.goals or self.facts

    @property
    def parts(self) -> Sequence[Sequence[Fact | Goal]]:
        """What is held or refused together."""
        return [[goal] for goal in self.goals] or [line.facts for line in self.lines]


@dataclass(slots=True)
class Loaded:
    """The fate of a dossier, how much of what it tells is new, and what lines or goals are refused, by place."""

    fate: Fate
    refusal: Code | None = None
    new_facts: int = 0
    refused: dict[int, Code] = field(default_factory=dict[int, Code])


LIST_ERASED = Statement(
    "timesheet_loading.list_erased",
    """
    UNWIND $ids AS id
    MATCH (employment:Employment {id: id})<-[:EMPLOYED_AS]-(candidate:Candidate)
    WHERE candidate.status = 'ERASED'
    RETURN employment.id AS id
    """,
    row=Found,
)


async def load(graph: Graph, viewer: Viewer, dossiers: Sequence[Dossier], *, now: datetime) -> list[Loaded]:
    """Writes dossiers in one transaction: all that is not refused, or nothing."""
    act = Act(viewer, now, "import", "", {}, ActorKind.API)

    async def work(tx: Transaction) -> list[Loaded]:
        rows = await tx.run(LIST_ERASED, ids=[dossier.id for dossier in dossiers])
        erased = {row.id for row in rows}
        return [
            Loaded(Fate.ERASED) if dossier.id in erased else await _load(Desk(graph, tx, act, random_id), dossier)
            for dossier in dossiers
        ]

    return await graph.client.write(work)


async def _load(desk: Desk, dossier: Dossier) -> Loaded:
    found = await _employment(desk, dossier)
    if isinstance(found, Refusal):
        return Loaded(Fate.REFUSED, found.code)
    held, fate = found
    loaded = Loaded(fate)
    await _deny(desk, held.worked, dossier, loaded)
    facts = [line.facts for line in dossier.lines]
    await _tell(loaded, facts, lambda told: timesheets.tell(desk, held.worked, dossier.source, told))
    await _tell(
        loaded, [(goal,) for goal in dossier.goals], lambda told: goals.tell(desk, held.worked, dossier.source, told)
    )
    return loaded


async def _deny(desk: Desk, worked: Worked, dossier: Dossier, loaded: Loaded) -> None:
    """Refuses lines that deny what stands."""
    of = [(place, fact) for place, line in enumerate(dossier.lines) for fact in line.denied]
    denied = await timesheets.standing_of(desk, worked, dossier.source, dossier.facts, [fact for _, fact in of])
    loaded.refused |= {of[number][0]: Code.RECORDED_OTHERWISE for number in denied}


async def _tell(
    loaded: Loaded,
    parts: Sequence[Sequence[Told]],
    tell: Callable[[list[Told]], Awaitable[int | tuple[int, Refusal]]],
) -> None:
    """Tells all parts of which nothing is refused."""
    kept = {place: part for place, part in enumerate(parts) if place not in loaded.refused}
    while kept:
        told = await tell([it for part in kept.values() for it in part])
        if not isinstance(told, tuple):
            loaded.new_facts += told
            break
        place = [place for place, part in kept.items() for _ in part][told[0]]
        loaded.refused[place] = told[1].code
        del kept[place]


async def _employment(desk: Desk, dossier: Dossier) -> tuple[Held, Fate] | Refusal:
    """The employment that a dossier is of, its candidate locked; written where it is not there."""
    place = await desk.tx.one(employments.FIND_PLACE, id=dossier.department)
    if place is None:
        return Refusal(Code.NOT_FOUND, "department")
    candidate = await candidates.recognise(desk, place.circle, dossier.person)
    held = None
    if candidate is not None:
        rows = await desk.tx.run(employments.LIST_OF_CANDIDATE, candidate=candidate, department=dossier.department)
        held = next((row for row in rows if is_of(dossier, row)), None)
    if held is not None:
        return await _complete(desk, dossier, held)
    if dossier.started_on is None:
        if candidate is None:
            await candidates.release(desk, place.circle, dossier.person)
        return Refusal(Code.NOT_EMPLOYED, "candidate")
    new = NewEmployment(
        dossier.department,
        dossier.person,
        dossier.title,
        dossier.started_on,
        dossier.ended_on,
        dossier.employer,
        dossier.consented_at,
        dossier.consent_source,
        dossier.source,
    )
    made = await employments.enrol(desk, new, dossier.id)
    return made if isinstance(made, Refusal) else (made, Fate.CREATED)


def is_of(dossier: Dossier, held: Held) -> bool:
    """Whether an employment that the graph holds is the dossier's: the same one, or one that it may add to."""
    if held.id == dossier.id:
        return True
    if not employments.is_with(held, dossier.employer):
        return False
    if dossier.started_on is not None:
        return held.started_on == dossier.started_on.isoformat()
    return all(covers(held.worked, it) for it in dossier.told)


def covers(worked: Worked, it: Fact | Goal) -> bool:
    """Whether an employment holds some of the time that it tells of."""
    return goals.covers(worked, it) if isinstance(it, Goal) else timesheets.covers(worked, it)


def may_hold(dossier: Dossier, it: Fact | Goal) -> bool:
    """Whether the employment, as far as the dossier tells its days, holds some of the time that it tells of."""
    if dossier.started_on is None:
        return True
    ended_on = dossier.ended_on and dossier.ended_on.isoformat()
    return covers(Worked(dossier.id, dossier.started_on.isoformat(), ended_on), it)


def outside_of(dossier: Dossier) -> dict[int, Code]:
    """What the employment, as the dossier itself tells its days, refuses of what it tells."""
    return {
        place: Code.NOT_EMPLOYED
        for place, part in enumerate(dossier.parts)
        if not all(may_hold(dossier, it) for it in part)
    }


def foresee_first(dossier: Dossier) -> Loaded:
    """What `load` would find in an Organization that is not there yet."""
    if dossier.started_on is None:
        return Loaded(Fate.REFUSED, Code.NOT_EMPLOYED)
    outside = outside_of(dossier)
    kept = [part for place, part in enumerate(dossier.parts) if place not in outside]
    return Loaded(Fate.CREATED, new_facts=sum(map(len, kept)), refused=outside)


async def _complete(desk: Desk, dossier: Dossier, held: Held) -> tuple[Held, Fate] | Refusal:
    """Nothing recorded is changed; a last day that was not known is told."""
    if _differs(dossier, held):
        return Refusal(Code.RECORDED_OTHERWISE, "candidate")
    if (ended_on := _new_end(dossier, held)) is None:
        return held, Fate.PRESENT
    refused = await employments.close(desk, held, ended_on)
    return refused or (replace(held, ended_on=ended_on.isoformat()), Fate.COMPLETED)


def _differs(dossier: Dossier, held: Held) -> bool:
    """Whether the dossier tells of the employment itself what the graph holds otherwise."""
    started, ended = (day and day.isoformat() for day in (dossier.started_on, dossier.ended_on))
    told = (
        (started, held.started_on),
        (dossier.title.strip(), held.title),
        (held.ended_on and ended, held.ended_on),
        (dossier.consented_at, held.consented_at),
        (dossier.consent_source, held.consent_source),
    )
    return any(tells and tells != holds for tells, holds in told)


def _new_end(dossier: Dossier, held: Held) -> date | None:
    return None if held.ended_on else dossier.ended_on


async def foresee(graph: Graph, viewer: Viewer, dossiers: Sequence[Dossier]) -> list[Loaded]:
    """What `load` would find by the ids of what was imported before, by reading alone; nobody is recognised."""
    read, ids = graph.client.read, [dossier.id for dossier in dossiers]
    held = {row.id: row for row in await read(employments.LIST_KNOWN, ids=ids)}
    erased = {row.id for row in await read(LIST_ERASED, ids=ids)}
    known: dict[str, list[str]] = {}
    for dossier in dossiers:
        of = (graph, viewer.organization, dossier.source)
        known[dossier.id] = [
            *await timesheets.ids_of(*of, dossier.facts),
            *await goals.ids_of(*of, dossier.goals),
        ]
    every = [id for ids in known.values() for id in ids]
    told = {row.id for row in await read(timesheets.LIST_KNOWN, ids=every)}
    told |= {row.id for row in await read(goals.LIST_KNOWN, ids=every)}
    found: list[Loaded] = []
    for dossier in dossiers:
        loaded = Loaded(Fate.ERASED) if dossier.id in erased else _foreseen(dossier, held.get(dossier.id))
        found.append(loaded)
        if loaded.fate in (Fate.ERASED, Fate.REFUSED):
            continue
        loaded.refused = outside_of(dossier)
        of = [place for place, part in enumerate(dossier.parts) for _ in part]
        kept = [id for place, id in zip(of, known[dossier.id], strict=True) if place not in loaded.refused]
        loaded.new_facts = sum(id not in told for id in kept)
    return found


def _foreseen(dossier: Dossier, held: Held | None) -> Loaded:
    if held is None:
        return Loaded(Fate.CREATED)
    if _differs(dossier, held):
        return Loaded(Fate.REFUSED, Code.RECORDED_OTHERWISE)
    return Loaded(Fate.COMPLETED if _new_end(dossier, held) else Fate.PRESENT)
