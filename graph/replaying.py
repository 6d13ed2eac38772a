"""A candidate's facts as events alone tell them: what a kept score is recomputed from.

A chain tells of the person, and the Organization's of where each position stood, so that it is known which department
held what.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from graph.events import Erased, StoredEvent
from graph.observations import CheckFact, Decided, EmploymentFact, Facts, InterviewFact, Mark, MonthFact, TaskFact


class Untold(Exception):
    """What is needed is lawfully told no more; says why, in a sentence."""


class Lost(Exception):
    """What is needed is gone, and no erasure took it; says what, in a sentence."""


@dataclass(frozen=True, slots=True)
class Places:
    """The department of each position over time, as its Organization's events tell it: from when, and which."""

    positions: Mapping[str, Sequence[tuple[datetime, str]]] = field(
        default_factory=dict[str, Sequence[tuple[datetime, str]]]
    )

    @classmethod
    def of(cls, events: Iterable[StoredEvent]) -> Places:
        found: dict[str, list[tuple[datetime, str]]] = {}
        for event in events:
            if event.type in ("POSITION_OPENED", "POSITION_MOVED") and event.payload is not None:
                department = json.loads(event.payload)["department"]
                for position in event.about:
                    found.setdefault(position, []).append((event.recorded_at, department))
        return cls(found)

    def department(self, position: str | None, at: datetime) -> str | None:
        """Where a position stood; null where no event tells of it."""
        known = self.positions.get(position or "", ())
        return next((department for since, department in reversed(known) if since <= at), None)


@dataclass(slots=True)
class Replay:
    """What is known after the events so far; `apply` takes the next one of the chain."""

    head: str
    places: Places = field(default_factory=Places)
    applications: dict[str, str] = field(default_factory=dict[str, str])
    interviews: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    employments: dict[str, EmploymentFact] = field(default_factory=dict[str, EmploymentFact])
    records: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    corrected: set[str] = field(default_factory=set[str])
    results: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    checks: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    restricted: bool = False

    @property
    def found(self) -> Iterator[dict[str, Any]]:
        """All that findings may be about."""
        yield from self.interviews.values()
        yield from self.checks.values()

    def apply(self, event: StoredEvent, payload: str) -> None:
        about = next((id for id in event.about if id != self.head), "")
        _HANDLERS[event.type](self, about, json.loads(payload), event)

    def facts(self, own: Collection[str] | None) -> Facts:
        """What these departments hold, or where none are named all of them."""

        def is_seen(department: str | None) -> bool:
            if own is None:
                return True
            if department is None:
                raise Untold("its events do not tell which department held something")
            return department in own

        jobs = {id: job for id, job in self.employments.items() if is_seen(job.department)}
        return Facts(
            tuple(_interview(id, told) for id, told in self.interviews.items() if is_seen(told["department"])),
            tuple(replace(job, months=self._months(id)) for id, job in jobs.items()),
            tuple(self._tasks(jobs)),
            tuple(
                CheckFact(id, told["on"], told["verified"], told["finding"])
                for id, told in self.checks.items()
                if id not in self.corrected and is_seen(told["department"])
            ),
        )

    def _tasks(self, employments: Collection[str]) -> Iterator[TaskFact]:
        replaced = {row.get("corrects") for row in self.results.values()}
        for id, row in self.results.items():
            if id not in replaced and row.get("share") is not None and row["employment"] in employments:
                yield TaskFact(id, date.fromisoformat(row["dueOn"]), row["share"])

    def _months(self, employment: str) -> tuple[MonthFact, ...]:
        months: dict[str, list[dict[str, Any]]] = {}
        for id, row in self.records.items():
            if row["employment"] == employment and id not in self.corrected and row["days"] > 0:
                months.setdefault(row["month"], []).append(row)
        return tuple(_month(month, rows) for month, rows in months.items())


def _interview(id: str, told: Mapping[str, Any]) -> InterviewFact:
    at = told["ends"] if told["mode"] == "AI_ASYNC" else told["starts"]
    # However it was let go of: by a move, by a cancellation, or as attendance that was recorded.
    told_at = told["told_at"] if told["attendance"] in TOLD else None
    fact = InterviewFact(id, told["mode"], told["response"], told["attendance"], at, told["finding"], told_at)
    return replace(fact, invited_at=told["invited_at"], in_time=told["in_time"], excused=told["excused"])


def _month(month: str, rows: Iterable[Mapping[str, Any]]) -> MonthFact:
    rows = list(rows)
    present = sum(row["days"] for row in rows if row["kind"] == "PRESENT")
    absent = [row for row in rows if row["kind"] == "ABSENT" and row.get("outOf") is not None]
    whole = [row["days"] for row in absent if row["granularity"] == "MONTH" and row["days"] >= row["outOf"]]
    marks = [
        Mark(row["id"], row["kind"], row["days"], date.fromisoformat(row["day"]), row["granularity"])
        for row in rows
        if row["kind"] in ("LATE", "ABSENT")
    ]
    marks = tuple(sorted(marks, key=lambda mark: mark.id))
    presences = tuple(sorted(row["id"] for row in rows if row["kind"] == "PRESENT"))
    return MonthFact(month, present, sum(row["days"] for row in absent), marks, sum(whole), presences)


TOLD = frozenset({"RESCHEDULED", "CANCELLED_BY_CANDIDATE"})
"""Of an interview that ended so it is asked when the candidate said so."""
Handle = Callable[[Replay, str, Mapping[str, Any], StoredEvent], None]


def _applied(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    to.applications[id] = told["position"]


def _held(to: Replay, told: Mapping[str, Any], event: StoredEvent) -> str | None:
    """The department of the position that was applied to, at the time of the event."""
    return to.places.department(to.applications.get(told.get("application", "")), event.recorded_at)


def _invited(to: Replay, id: str, told: Mapping[str, Any], event: StoredEvent) -> None:
    before = to.interviews.get(told.get("from", ""), {})
    starts = datetime.fromisoformat(told["startsAt"])
    ends = datetime.fromisoformat(told["endsAt"]) if "endsAt" in told else starts + (before["ends"] - before["starts"])
    chosen = before.get("chosen_by") == "CANDIDATE"
    to.interviews[id] = {
        "department": before["department"] if before else _held(to, told, event),
        "mode": told.get("mode") or before["mode"],
        "starts": starts,
        "ends": ends,
        "response": "ACCEPTED" if chosen else "NEEDS_ACTION",
        "attendance": "PENDING",
        "finding": None,
        "told_at": None,
        "in_time": None,
        "invited_at": event.occurred_at,
        "excused": False,
    }


def _asked(to: Replay, id: str, told: Mapping[str, Any], event: StoredEvent) -> None:
    _says(to, id, event, in_time=told.get("inTime"))
    if told.get("owedBy"):
        # Asked in time with no time open: the old one is let go of.
        to.interviews[id]["attendance"] = "RESCHEDULED"


def _says(to: Replay, id: str, event: StoredEvent, *, in_time: bool | None = None) -> None:
    """The first time that the candidate asks for another time, takes one or cancels is when it was told."""
    if to.interviews[id]["told_at"] is None:
        to.interviews[id] |= {"told_at": event.occurred_at, "in_time": in_time}


def _proven(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    """What the candidate handed in was accepted, or not; a proof about a check of a résumé excuses no interview."""
    if id in to.interviews and told["verdict"] == "ACCEPTED":
        to.interviews[id]["excused"] = True


def _let_go(to: Replay, id: str, _: Mapping[str, Any], __: StoredEvent) -> None:
    """A freed slot that was offered and not taken in time."""
    to.interviews[id]["attendance"] = "RESCHEDULED"


def _freed(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    """What was declined is let go of as its time is offered to others; of what was lost otherwise nothing changes."""
    if told.get("letGo"):
        to.interviews[id]["attendance"] = "RESCHEDULED"


def _moved(to: Replay, id: str, told: Mapping[str, Any], event: StoredEvent) -> None:
    to.interviews[id] |= {"attendance": "RESCHEDULED", "chosen_by": told["chosenBy"]}
    if told["chosenBy"] == "CANDIDATE":
        _says(to, id, event)


def _cancelled(to: Replay, id: str, told: Mapping[str, Any], event: StoredEvent) -> None:
    to.interviews[id]["attendance"] = f"CANCELLED_BY_{told['by']}"
    if told["by"] == "CANDIDATE":
        _says(to, id, event)


def _answered(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    to.interviews[id]["response"] = told["response"]


def _attended(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    to.interviews[id]["attendance"] = told["attendance"]


def _finding(state: str) -> Handle:
    """A finding comes to a state; what the event says of it is kept, the rest stays as it was."""

    def handle(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
        about = to.checks.get(id) or to.interviews[id]
        before: Decided | None = about["finding"]
        if state == "VOID":
            about["finding"] = None
            return
        if before is None or before.id != told["finding"]:
            before = Decided(told["finding"], state, None, None, None, to.restricted)
        expires = datetime.fromisoformat(told["expiresAt"]) if told.get("expiresAt") else before.expires_at
        outcome, cause = told.get("outcome", before.outcome), told.get("cause", before.cause)
        about["finding"] = replace(before, state=state, outcome=outcome, cause=cause, expires_at=expires)

    return handle


def _shortened(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    found: Decided | None = to.interviews[id]["finding"]
    if found is not None and found.id == told["finding"]:
        to.interviews[id]["finding"] = replace(found, expires_at=datetime.fromisoformat(told["expiresAt"]))


def _checked(to: Replay, id: str, told: Mapping[str, Any], event: StoredEvent) -> None:
    on, verified = date.fromisoformat(told["checkedOn"]), told["outcome"] == "VERIFIED"
    to.checks[id] = {"on": on, "verified": verified, "finding": None, "department": _held(to, told, event)}
    to.corrected |= {told["replaces"]} if "replaces" in told else set()
    if not verified:
        _finding("SUSPECTED")(to, id, {"finding": told["finding"]}, event)


def _erased(to: Replay, _: str, told: Mapping[str, Any], __: StoredEvent) -> None:
    """What a check replaced stays replaced, though what the check said is gone."""
    to.corrected |= {told["replaces"]} if told.get("replaces") else set()


def _restriction(*, restricted: bool) -> Handle:
    """The candidate's findings weigh nothing from then on, or weigh again."""

    def handle(to: Replay, _: str, __: Mapping[str, Any], ___: StoredEvent) -> None:
        to.restricted = restricted
        for told in to.found:
            if told["finding"] is not None:
                told["finding"] = replace(told["finding"], restricted=restricted)

    return handle


def _days(told: Mapping[str, Any]) -> tuple[date, date | None]:
    ended = told.get("ended_on")
    return date.fromisoformat(told["started_on"]), ended and date.fromisoformat(ended)


def _employed(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    department, employer = told["department"], told.get("employer")
    to.employments[id] = EmploymentFact(id, *_days(told), department=department, employer=employer)


def _left(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    to.employments[id] = replace(to.employments[id], ended_on=date.fromisoformat(told["ended_on"]))


def _otherwise(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    started_on, ended_on = _days(told)
    to.employments[id] = replace(to.employments[id], started_on=started_on, ended_on=ended_on)


def _worked(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    for row in told["records"]:
        to.records[row["id"]] = {**row, "employment": id}


def _corrected(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    to.corrected.add(told["corrects"])
    to.records[told["record"]["id"]] = {**told["record"], "employment": id}


def _reached(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    for row in told["results"]:
        to.results[row["id"]] = {**row, "employment": id}


def _reached_otherwise(to: Replay, id: str, told: Mapping[str, Any], _: StoredEvent) -> None:
    to.results[told["result"]["id"]] = {**told["result"], "employment": id}


_HANDLERS: Mapping[str, Handle] = {
    "APPLICATION_SUBMITTED": _applied,
    "INTERVIEW_INVITED": _invited,
    "INTERVIEW_RESCHEDULED": _moved,
    "INTERVIEW_CANCELLED": _cancelled,
    "RESCHEDULE_REQUESTED": _asked,
    "SLOT_OFFER_LAPSED": _let_go,
    "PROOF_DECIDED": _proven,
    "SLOT_FREED": _freed,
    "RESPONSE_RECORDED": _answered,
    "ATTENDANCE_RECORDED": _attended,
    "NO_SHOW_REPORTED": _finding("SUSPECTED"),
    "NOTICE_RECORDED": _finding("NOTICE_SENT"),
    "NO_SHOW_CONFIRMED": _finding("FINAL"),
    "NO_SHOW_EXCUSED": _finding("EXCUSED"),
    "NO_SHOW_DISPUTED": _finding("DISPUTED"),
    "NO_SHOW_VOIDED": _finding("VOID"),
    "NO_SHOW_SHORTENED": _shortened,
    "FINDING_ERASED": _erased,
    "RESUME_CHECKED": _checked,
    "MISMATCH_CONFIRMED": _finding("FINAL"),
    "MISMATCH_EXCUSED": _finding("EXCUSED"),
    "MISMATCH_DISPUTED": _finding("DISPUTED"),
    "MISMATCH_VOIDED": _finding("VOID"),
    "DISPUTE_UPHELD": _finding("VOID"),
    "DISPUTE_REJECTED": _finding("FINAL"),
    "CANDIDATE_RESTRICTED": _restriction(restricted=True),
    "RESTRICTION_LIFTED": _restriction(restricted=False),
    "EMPLOYMENT_RECORDED": _employed,
    "EMPLOYMENT_ENDED": _left,
    "EMPLOYMENT_CORRECTED": _otherwise,
    "WORK_ATTENDANCE_RECORDED": _worked,
    "WORK_ATTENDANCE_CORRECTED": _corrected,
    "TASK_COMPLETION_RECORDED": _reached,
    "TASK_COMPLETION_CORRECTED": _reached_otherwise,
}


def replayed(
    head: str, events: Sequence[StoredEvent], until: int, places: Places, ends: Mapping[str, str] | None = None
) -> Replay:
    """What a chain's events up to a seq tell, in order; what was erased by then tells nothing.

    `events` are the whole chain. Raises Untold where one of them was erased since, and Lost where one is gone that no
    erasure took. `ends` is when findings were to stop counting, of scores from before that was an event of its own.
    """
    replay, erased = Replay(head, places), Erased.of(list(events))
    for event in events:
        if event.seq <= until and event.type in _HANDLERS:
            if event.payload is None:
                _check_erased(event, erased, until)
            else:
                replay.apply(event, event.payload)
    for told in replay.found:
        found: Decided | None = told["finding"]
        if ends and found is not None and found.expires_at is not None and found.id in ends:
            told["finding"] = replace(found, expires_at=min(found.expires_at, datetime.fromisoformat(ends[found.id])))
    return replay


def _check_erased(event: StoredEvent, erased: Erased, until: int) -> None:
    """An event without a payload need tell nothing where its finding had been erased by then."""
    if event.seq <= erased.whole:
        raise Untold(f"what candidate {event.head} was about was erased, by event {erased.whole}")
    if not erased.covers(event):
        raise Lost(f"event {event.seq} of candidate {event.head} lost what it said, and no erasure took it")
    if (by := erased.of_finding(event)) > until:
        raise Untold(f"a finding that it may have stood on was erased since, by event {by} of candidate {event.head}")
