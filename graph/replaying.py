"""A candidate's facts as its events alone tell them: what a kept score is recomputed from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from graph.events import StoredEvent
from graph.observations import CheckFact, Decided, EmploymentFact, Facts, InterviewFact, Mark, MonthFact, TaskFact


class Erased(Exception):
    """An event that is needed has lost its payload to an erasure."""


@dataclass(slots=True)
class Replay:
    """What is known after the events so far; `apply` takes the next one of the chain."""

    head: str
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

    def apply(self, event: StoredEvent) -> None:
        handle = _HANDLERS.get(event.type)
        if handle is None:
            return
        if event.payload is None:
            raise Erased
        about = next((id for id in event.about if id != self.head), "")
        handle(self, about, json.loads(event.payload), event.occurred_at)

    def facts(self) -> Facts:
        return Facts(
            tuple(_interview(id, told) for id, told in self.interviews.items()),
            tuple(replace(job, months=self._months(id)) for id, job in self.employments.items()),
            tuple(self._tasks()),
            tuple(
                CheckFact(id, told["on"], told["verified"], told["finding"])
                for id, told in self.checks.items()
                if id not in self.corrected
            ),
        )

    def _tasks(self) -> Iterator[TaskFact]:
        replaced = {row.get("corrects") for row in self.results.values()}
        for id, row in self.results.items():
            if id not in replaced and row.get("share") is not None:
                yield TaskFact(id, date.fromisoformat(row["dueOn"]), row["share"])

    def _months(self, employment: str) -> tuple[MonthFact, ...]:
        months: dict[str, list[dict[str, Any]]] = {}
        for id, row in self.records.items():
            if row["employment"] == employment and id not in self.corrected and row["days"] > 0:
                months.setdefault(row["month"], []).append(row)
        return tuple(_month(month, rows) for month, rows in months.items())


def _interview(id: str, told: Mapping[str, Any]) -> InterviewFact:
    at = told["ends"] if told["mode"] == "AI_ASYNC" else told["starts"]
    return InterviewFact(id, told["mode"], told["response"], told["attendance"], at, told["finding"], told["told_at"])


def _month(month: str, rows: Iterable[Mapping[str, Any]]) -> MonthFact:
    rows = list(rows)
    present = sum(row["days"] for row in rows if row["kind"] == "PRESENT")
    rated = sum(row["days"] for row in rows if row["kind"] == "ABSENT" and row.get("outOf") is not None)
    marks = [
        Mark(row["id"], row["kind"], row["days"], date.fromisoformat(row["day"]))
        for row in rows
        if row["kind"] in ("LATE", "ABSENT")
    ]
    return MonthFact(month, present, rated, tuple(sorted(marks, key=lambda mark: mark.id)))


Handle = Callable[[Replay, str, Mapping[str, Any], datetime], None]


def _invited(to: Replay, id: str, told: Mapping[str, Any], _: datetime) -> None:
    before = to.interviews.get(told.get("from", ""), {})
    starts = datetime.fromisoformat(told["startsAt"])
    ends = datetime.fromisoformat(told["endsAt"]) if "endsAt" in told else starts + (before["ends"] - before["starts"])
    chosen = before.get("chosen_by") == "CANDIDATE"
    to.interviews[id] = {
        "mode": told.get("mode") or before["mode"],
        "starts": starts,
        "ends": ends,
        "response": "ACCEPTED" if chosen else "NEEDS_ACTION",
        "attendance": "PENDING",
        "finding": None,
        "told_at": None,
    }


def _asked(to: Replay, id: str, told: Mapping[str, Any], at: datetime) -> None:
    asked = to.interviews[id].setdefault("asked_at", at)
    if told.get("owedBy"):
        # Asked in time with no time open: the old one is let go of.
        to.interviews[id] |= {"attendance": "RESCHEDULED", "told_at": asked}


def _let_go(to: Replay, id: str, _: Mapping[str, Any], __: datetime) -> None:
    """A freed slot that was offered and not taken in time."""
    to.interviews[id] |= {"attendance": "RESCHEDULED", "told_at": None}


def _moved(to: Replay, id: str, told: Mapping[str, Any], at: datetime) -> None:
    asked = to.interviews[id].get("asked_at", at)
    by_candidate = told["chosenBy"] == "CANDIDATE" or "asked_at" in to.interviews[id]
    to.interviews[id] |= {
        "attendance": "RESCHEDULED",
        "chosen_by": told["chosenBy"],
        "told_at": asked if by_candidate else None,
    }


def _cancelled(to: Replay, id: str, told: Mapping[str, Any], at: datetime) -> None:
    by_candidate = told["by"] == "CANDIDATE"
    to.interviews[id] |= {"attendance": f"CANCELLED_BY_{told['by']}", "told_at": at if by_candidate else None}


def _answered(to: Replay, id: str, told: Mapping[str, Any], _: datetime) -> None:
    to.interviews[id]["response"] = told["response"]


def _attended(to: Replay, id: str, told: Mapping[str, Any], _: datetime) -> None:
    to.interviews[id] |= {"attendance": told["attendance"], "told_at": None}


def _finding(state: str) -> Handle:
    """A finding comes to a state; what the event says of it is kept, the rest stays as it was."""

    def handle(to: Replay, id: str, told: Mapping[str, Any], _: datetime) -> None:
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


def _checked(to: Replay, id: str, told: Mapping[str, Any], at: datetime) -> None:
    on, verified = date.fromisoformat(told["checkedOn"]), told["outcome"] == "VERIFIED"
    to.checks[id] = {"on": on, "verified": verified, "finding": None}
    to.corrected |= {told["replaces"]} if "replaces" in told else set()
    if not verified:
        _finding("SUSPECTED")(to, id, {"finding": told["finding"]}, at)


def _restricted(to: Replay, _: str, __: Mapping[str, Any], ___: datetime) -> None:
    to.restricted = True
    for told in to.found:
        if told["finding"] is not None:
            told["finding"] = replace(told["finding"], restricted=True)


def _employed(to: Replay, id: str, told: Mapping[str, Any], _: datetime) -> None:
    ended = told.get("ended_on")
    started = date.fromisoformat(told["started_on"])
    to.employments[id] = EmploymentFact(id, started, ended and date.fromisoformat(ended))


def _left(to: Replay, id: str, told: Mapping[str, Any], _: datetime) -> None:
    to.employments[id] = replace(to.employments[id], ended_on=date.fromisoformat(told["ended_on"]))


def _worked(to: Replay, id: str, told: Mapping[str, Any], _: datetime) -> None:
    for row in told["records"]:
        to.records[row["id"]] = {**row, "employment": id}


def _corrected(to: Replay, id: str, told: Mapping[str, Any], _: datetime) -> None:
    to.corrected.add(told["corrects"])
    to.records[told["record"]["id"]] = {**told["record"], "employment": id}


def _reached(to: Replay, _: str, told: Mapping[str, Any], __: datetime) -> None:
    for row in told["results"]:
        to.results[row["id"]] = row


def _reached_otherwise(to: Replay, _: str, told: Mapping[str, Any], __: datetime) -> None:
    to.results[told["result"]["id"]] = told["result"]


_HANDLERS: Mapping[str, Handle] = {
    "INTERVIEW_INVITED": _invited,
    "INTERVIEW_RESCHEDULED": _moved,
    "INTERVIEW_CANCELLED": _cancelled,
    "RESCHEDULE_REQUESTED": _asked,
    "SLOT_OFFER_LAPSED": _let_go,
    "RESPONSE_RECORDED": _answered,
    "ATTENDANCE_RECORDED": _attended,
    "NO_SHOW_REPORTED": _finding("SUSPECTED"),
    "NOTICE_RECORDED": _finding("NOTICE_SENT"),
    "NO_SHOW_CONFIRMED": _finding("FINAL"),
    "NO_SHOW_EXCUSED": _finding("EXCUSED"),
    "NO_SHOW_DISPUTED": _finding("DISPUTED"),
    "NO_SHOW_VOIDED": _finding("VOID"),
    "RESUME_CHECKED": _checked,
    "MISMATCH_CONFIRMED": _finding("FINAL"),
    "MISMATCH_EXCUSED": _finding("EXCUSED"),
    "MISMATCH_DISPUTED": _finding("DISPUTED"),
    "MISMATCH_VOIDED": _finding("VOID"),
    "DISPUTE_UPHELD": _finding("VOID"),
    "DISPUTE_REJECTED": _finding("FINAL"),
    "CANDIDATE_RESTRICTED": _restricted,
    "EMPLOYMENT_RECORDED": _employed,
    "EMPLOYMENT_ENDED": _left,
    "WORK_ATTENDANCE_RECORDED": _worked,
    "WORK_ATTENDANCE_CORRECTED": _corrected,
    "TASK_COMPLETION_RECORDED": _reached,
    "TASK_COMPLETION_CORRECTED": _reached_otherwise,
}


def replayed(head: str, events: Iterable[StoredEvent], ends: Mapping[str, str]) -> Facts:
    """What a chain's events tell, in order; Erased where one of them tells nothing any more.

    `ends` is when findings were to stop counting by then: interviews attended since bring that forward, never back.
    """
    replay = Replay(head)
    for event in events:
        replay.apply(event)
    for told in replay.found:
        found: Decided | None = told["finding"]
        if found is not None and found.expires_at is not None and found.id in ends:
            told["finding"] = replace(found, expires_at=min(found.expires_at, datetime.fromisoformat(ends[found.id])))
    return replay.facts()
