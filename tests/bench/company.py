"""A company of any size, the same every time but for the day it is counted from, for measuring.

60 departments in four circles, 600 positions, and three applications for each candidate. What is recorded of a
candidate depends on its number alone: the first thousand are the same in a company of a hundred thousand.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from graph.events import GENESIS, About, ActorKind, Author, Chain, EventType, NewEvent, link
from graph.loading import as_text
from graph.policies import defaults

NAME, ZONE = "Bench Company", "Asia/Shanghai"
ADMIN, RECRUITER = "hr@bench", "recruiter@bench"
OTHERS = tuple(f"other-{number}@bench" for number in range(4))
"""Recruiters with the same reach as RECRUITER, who send what was never sent before."""

CIRCLES, DIVISIONS, TEAMS, OPENINGS = 4, 2, 6, 10
FAMILIES = ("SOFTWARE", "DATA", "SALES", "FINANCE", "DESIGN", "SUPPORT")
MODES = ("AI_LIVE", "AI_ASYNC", "VIDEO", "ONSITE")
FOUNDED = 420
"""Days before the day of counting on which the structure was made."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    name_zh: str
    parent: str | None
    circle: int


def units() -> Iterator[Unit]:
    """Each circle is a group of two divisions, and each division has six teams."""
    for circle in range(CIRCLES):
        group = f"G{circle}"
        yield Unit(group, f"Group {circle}", f"集团{circle}", None, circle)
        for division in range(DIVISIONS):
            above = f"{group}D{division}"
            yield Unit(above, f"Division {circle}.{division}", f"事业部{circle}.{division}", group, circle)
            for team in range(TEAMS):
                name = f"{circle}.{division}.{team}"
                yield Unit(f"{above}T{team}", f"Team {name}", f"团队{name}", above, circle)


OWN = [unit.code for unit in units() if unit.code.startswith("G0D0")]
"""Departments of the recruiters: a division and its teams."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A position that is there, with its department's code and id, and the department that bounds the circle."""

    id: str
    department: str
    department_id: str
    circle: int
    bounds: str


@dataclass(slots=True)
class Records:
    """Rows of candidates and of all that hangs on them, by kind, as the statements of `filling` take them."""

    candidates: list[Row] = field(default_factory=list[Row])
    applications: list[Row] = field(default_factory=list[Row])
    interviews: list[Row] = field(default_factory=list[Row])
    findings: list[Row] = field(default_factory=list[Row])
    events: dict[str, list[Row]] = field(default_factory=lambda: {"Application": [], "Interview": []})


def fixed(kind: str, number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"bench/{kind}/{number}"))


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, and the record that it is about."""

    type: EventType
    about: About
    at: datetime
    payload: dict[str, Any] = field(default_factory=dict[str, Any])


class Company:
    """Makes the records of candidates, in order, a portion at a time."""

    def __init__(self, openings: list[Opening], by: str, today: datetime) -> None:
        self._openings = [[it for it in openings if it.circle == circle] for circle in range(CIRCLES)]
        self._author = Author(by, ActorKind.HUMAN)
        self._today = today
        self._applications, self._interviews, self._findings, self._events = count(), count(), count(), count()
        self.narrow: list[str] = []
        """Applications to OWN departments by some of the first thousand candidates, who applied elsewhere too."""

    def portions(self, candidates: int, size: int) -> Iterator[Records]:
        for start in range(0, candidates, size):
            records = Records()
            for number in range(start, min(start + size, candidates)):
                self._candidate(number, records)
            yield records

    def _candidate(self, number: int, records: Records) -> None:
        chance = random.Random(f"candidate/{number}")
        circle = number % CIRCLES
        chain = Chain("Candidate", fixed("candidate", number), 0, GENESIS)
        places = chance.sample(self._openings[circle], 1 + number // CIRCLES % 5)
        missed = 0
        for place in places:
            serial, application, at = self._application(chance, chain, place, records)
            # 16,000 of 30,000 applications come to an interview, and one in four of those is missed.
            if serial * 8 % 15 < 8 and self._interview(chance, chain, application, place, at, missed, records):
                missed += 1
            if number < 1_000 and place.department in OWN and len(places) > 2 and len(self.narrow) < 64:
                self.narrow.append(application)
        row = {"id": chain.id, "circle": places[0].bounds, "name": f"候选人{number}"}
        records.candidates.append({**row, "seq": chain.seq, "hash": chain.hash})

    def _application(
        self, chance: random.Random, chain: Chain, place: Opening, records: Records
    ) -> tuple[int, str, datetime]:
        serial = next(self._applications)
        id = fixed("application", serial)
        at = self._today - timedelta(days=chance.randint(20, 400), minutes=chance.randint(0, 1439))
        row = {"id": id, "candidate": chain.id, "position": place.id, "applied_at": as_text(at)}
        row["stage"] = chance.choice(("APPLIED", "SCREENING", "INTERVIEW", "OFFER"))
        row["source"] = chance.choice(("Referral", "Website", "Agency"))
        records.applications.append(row)
        self._tell(chain, records, Told(EventType.APPLICATION_SUBMITTED, About("Application", id), at))
        return serial, id, at

    def _interview(
        self,
        chance: random.Random,
        chain: Chain,
        application: str,
        place: Opening,
        applied_at: datetime,
        missed: int,
        records: Records,
    ) -> bool:
        """Whether the candidate missed it; then it was found to be a no-show, or the platform's fault."""
        serial = next(self._interviews)
        id, is_missed = fixed("interview", serial), serial % 4 == 3
        starts_at = applied_at + timedelta(days=chance.randint(2, 7))
        attendance = "NOT_ATTENDED" if is_missed else "ATTENDED"
        about = About("Interview", id)
        based_on = self._tell(
            chain,
            records,
            Told(EventType.INTERVIEW_INVITED, about, applied_at + timedelta(days=1)),
            Told(EventType.RESPONSE_RECORDED, about, applied_at + timedelta(days=2), {"response": "ACCEPTED"}),
            Told(EventType.ATTENDANCE_RECORDED, about, starts_at, {"attendance": attendance, "evidence": []}),
        )
        if is_missed:
            self._finding(chain, about, starts_at, missed, based_on[1:], records)
        times = {"starts_at": as_text(starts_at), "ends_at": as_text(starts_at + timedelta(minutes=30))}
        row = {"id": id, "application": application, "department": place.department_id, "mode": chance.choice(MODES)}
        records.interviews.append({**row, **times, "attendance": attendance, "last_seq": chain.seq})
        return is_missed

    def _finding(
        self, chain: Chain, about: About, missed_at: datetime, missed: int, based_on: list[str], records: Records
    ) -> None:
        serial = next(self._findings)
        told = self._tell(
            chain,
            records,
            Told(EventType.NO_SHOW_REPORTED, about, missed_at + timedelta(hours=2)),
            Told(EventType.NOTICE_RECORDED, about, missed_at + timedelta(hours=3)),
            Told(EventType.NO_SHOW_CONFIRMED, about, missed_at + timedelta(days=4)),
        )
        days = defaults("CN").days(first=missed == 0)
        outcome, cause = ("SYSTEM_FAULT", "PLATFORM") if serial % 5 == 4 else ("NO_SHOW", "CANDIDATE")
        instants = {
            "occurred_at": missed_at,
            "suspected_at": missed_at + timedelta(hours=2),
            "notice_at": missed_at + timedelta(hours=3),
            "answer_by": missed_at + timedelta(hours=75),
            "decided_at": missed_at + timedelta(days=4),
            "expires_at": missed_at + timedelta(days=days.expires),
            "erase_at": missed_at + timedelta(days=days.erases),
        }
        row = {"id": fixed("finding", serial), "interview": about.id, "outcome": outcome, "cause": cause}
        row["based_on"] = [*based_on, told[1]]
        records.findings.append({**row, **{name: as_text(at) for name, at in instants.items()}})

    def _tell(self, chain: Chain, records: Records, *told: Told) -> list[str]:
        """Links events to the candidate's chain, as a single write would, and returns their ids."""
        ids: list[str] = []
        for it in told:
            event = NewEvent(it.type, it.at, it.about, it.payload)
            id = fixed("event", next(self._events))
            stored = link(chain, event, id=id, author=self._author, now=it.at)
            stored |= {"occurred_at": as_text(it.at), "recorded_at": as_text(it.at)}
            records.events[it.about.label].append({**stored, "head": chain.id, "about": it.about.id})
            ids.append(id)
        return ids
