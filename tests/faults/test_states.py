"""The whole lifecycle at random, against a model: what is refused, and what everybody sees after each step."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from graph import timers
from graph.due import RULES
from graph.interviews import Mode
from graph.lifecycle import TRANSITIONS
from graph.statements import Found, Statement
from graph.timers import Timer, TimerKind
from graph.visibility import OrganizationRole
from graph.writing import Graph
from schema.execution import Answerer
from seeds import makers
from seeds.makers import Maker
from tests.conftest import NOW, Ask, gid, uid
from tests.due import send_notices
from tests.faults import transcripts
from tests.faults.figures import size, tell
from tests.faults.model import (
    CANDIDATE,
    NONE,
    OPEN,
    Application,
    Candidate,
    Check,
    Codes,
    Decision,
    Department,
    Employment,
    Finding,
    Interview,
    Model,
    Position,
    Proof,
    Subject,
    User,
    checked_on,
)
from tests.faults.sights import DECISION, QUERIES, WORK, Sight
from tests.pictures import picture

pytestmark = pytest.mark.usefixtures("patient")
T = TypeVar("T")
PARTS, RUNS, STEPS = size(1, 10), size(8, 50), size(15, 40)
"""The runs are parts of one test each, so that an hour of them need not be had at once."""
FORM = f"{RUNS}x{STEPS}"
LIFECYCLE = {
    *("submitApplication", "advanceApplication", "withdrawApplication", "inviteToInterview", "rescheduleInterview"),
    *("cancelInterview", "recordResponse", "recordAttendance", "reportNoShow", "recordNotice", "recordStatement"),
    *("confirmNoShow", "excuseNoShow", "voidNoShow", "updateDepartment", "moveDepartment", "closeDepartment"),
    *("openPosition", "movePosition", "closePosition", "dispute", "decideDispute", "NOTICE"),
    *("restrict", "lift", "erase"),
    *("HEARING", "DECISION"),
    *("DISPUTE", "requestReschedule", "refuseReschedule", "grantReschedule", "uploadProof", "decideProof"),
    *("mergeCandidates", "splitCandidate", "recordTelemetry", "OUTCOME", "ANSWER", "recordResumeCheck"),
    *("recordDelivery", "ERASE_FINDING", "REJECT", "decide", "withdrawDecision", "recordAnnouncement"),
    *("recordEmployment", "recordTaskCompletion"),
}
"""What all parts together must have done."""
PEOPLE = ("Li Lei", "Han Meimei", "Wang Fang")
INDEX = st.integers(0, 11)
WRITERS = st.sampled_from(["hr", "hr", "marketing", "marketing", "technology", "brand", "subsidiary", "integrator"])
ABOUT = {"OUTCOME": "Interview", "ANSWER": "Interview", "REJECT": "Decision"}
KINDS = ["OUTCOME", "NOTICE", "DISPUTE", "ANSWER", "ERASE_FINDING", "REJECT", "HEARING", "DECISION"]
LIST_TIMERS = Statement(
    "faults.list_timers",
    """
    MATCH (timer:Timer {organization: $organization}) WHERE timer.kind IN $kinds AND timer.dueAt <= $now
    RETURN timer.id AS id, timer.kind AS kind, timer.subject AS subject, timer.organization AS organization,
      timer.candidate AS candidate, timer.dueAt AS due_at, timer.attempts AS attempts ORDER BY due_at, kind, subject
    """,
    row=Timer,
)
FIND_NOTICE = Statement(
    "faults.find_notice",
    "MATCH (message:Message {subject: $finding, template: 'NOTICE'}) RETURN message.id AS id",
    row=Found,
)
ANYBODY = st.sampled_from(["hr", "marketing", "technology", "brand", "subsidiary", "integrator", "auditor"])
WATCHERS = ("marketing", "technology", "brand", "subsidiary", "integrator", "auditor", "hr")
LATER = st.sampled_from([timedelta(hours=1), timedelta(days=1), timedelta(days=4), timedelta(days=100)])
SEEN = (*("SESSION_CLOSED",) * 4, *("DEVICE_CHECK_FAILED",) * 2, "CANDIDATE_JOINED", "CANDIDATE_RECONNECTED")
BOOLEAN = st.booleans()


@dataclass
class Bench:
    """What all runs share: the engine, the loop that speaks to it, and what was seen."""

    graph: Graph
    answerer: Answerer
    loop: asyncio.AbstractEventLoop
    seen: Counter[str] = field(default_factory=Counter)
    steps: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    transcript: list[transcripts.Run] = field(default_factory=list)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(180)


@dataclass
class Country:
    """A fresh company: its people by their names in the model, and ids by labels."""

    hr: Maker
    ask: Ask
    tag: str
    ids: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def know(self, label: str, id: str) -> None:
        self.ids[label], self.labels[id] = id, label

    def user(self, name: str) -> str:
        return f"{name}@{self.tag}"


async def found_country(bench: Bench, model: Model) -> Country:
    tag = uuid4().hex[:12]
    hr = await makers.organization(bench.graph, f"Company {tag}", at=NOW, admin=f"hr@{tag}")
    country = Country(hr, Ask(bench.graph, bench.answerer), tag)
    model.users["hr"] = User("hr", "HR_ADMIN")
    for name, parent, shares in (
        ("Hq", None, True),
        ("Marketing", "Hq", False),
        ("Brand", "Marketing", False),
        ("Technology", "Hq", False),
        ("Subsidiary", None, False),
    ):
        above = next((each for each in model.departments if each.name == parent), None)
        made = Department(name, above, shares)
        model.departments.append(made)
        id = await hr.department(
            name.upper(), name, parent=uid(country.ids[parent]) if parent else None, shares_history=shares
        )
        country.know(name, gid("Department", id))
        if name != "Hq":
            model.users[name.lower()] = User(name.lower(), "MEMBER", made)
            country.know(name.lower(), gid("User", await hr.user(country.user(name.lower()), recruits_for=(id,))))
            title = f"Manager of {name}"
            family = "ENGINEERING" if name in ("Technology", "Subsidiary") else "MARKETING"
            model.positions.append(Position(title, made, family))
            country.know(title, gid("Position", await hr.position(id, title, family)))
    for name, role in (("auditor", OrganizationRole.AUDITOR), ("integrator", OrganizationRole.INTEGRATOR)):
        model.users[name] = User(name, role.value)
        await hr.user(country.user(name), role)
    return country


def canonical(answer: Any, country: Country) -> Any:
    """Labels for ids, people without their company, and every list in one order."""
    if isinstance(answer, dict):
        return {key: canonical(value, country) for key, value in sorted(answer.items())}
    if isinstance(answer, list):
        return sorted((canonical(each, country) for each in answer), key=lambda each: json.dumps(each, sort_keys=True))
    if isinstance(answer, str):
        return country.labels.get(answer, answer.removesuffix(f"@{country.tag}"))
    return answer


class Lifecycle(RuleBasedStateMachine):
    """Every step is done by the API and by the model; then three people look."""

    bench: ClassVar[Bench]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(NOW)
        self.told: list[Any] = []
        self.looks = 0

    @initialize(
        story=st.sampled_from([0, 2, 3, 5, 8, 8]),
        about=st.sampled_from(["interview", "interview", "check"]),
        right=st.sampled_from(
            ["", "merge", "merge", "restrict", "erase", "outlive", "outlive", "wait", "reject", "reject"]
        ),
    )
    def begin(self, story: int, about: str, right: str) -> None:
        """A fresh company, in most runs with somebody invited, or checked, and some way gone with it, or known by two
        records, or rejected upon what was found; or who came and waits in vain for what became of it."""
        self.country = self.bench.wait(found_country(self.bench, self.model))
        if not story:
            return
        marketing = next(each for each in self.model.positions if each.department.name == "Marketing")
        self.submitted("hr", marketing, 0, namesake=False)
        if about == "check":
            self.checked("hr", self.model.applications[0], "MISMATCH", None)
        else:
            self.invited("hr", 0, "AI_LIVE", set())
        if right == "wait" and self.model.interviews:
            self.wait_in_vain(self.model.interviews[0])
        for _ in range((6 if right == "reject" else story) - (about == "check")):
            self.next_step(self.subjects()[0])
        if right == "merge":
            technology = next(each for each in self.model.positions if each.department.name == "Technology")
            self.submitted("hr", technology, 0, namesake=True)
            self.merged("hr", *self.model.candidates)
        elif right == "outlive" and self.model.findings:
            self.outlived(self.model.findings[0], story)
        elif right == "reject" and self.model.findings:
            self.rejected_upon(self.model.findings[0], taken_back=story < 8)
        elif right in ("restrict", "erase"):
            self.exercise(right, self.model.candidates[0])

    # How a step is done

    def id(self, record: Any) -> str | None:
        return record and self.country.ids[getattr(record, "label", None) or record.name]

    def do(
        self,
        who: str,
        mutation: str,
        expected: Codes | str,
        learn: Callable[[], Coroutine[Any, Any, None]] | None = None,
        **input: Any,
    ) -> str | None:
        """Does it; the answer must be the model's. The label of what was written comes back."""
        self.country.ask.now = self.model.now
        answer = self.bench.wait(self.country.ask.do(mutation, self.country.user(who), **input))
        code = answer.get("code")
        self.bench.seen[f"{mutation} {code or 'done'}"] += 1
        self.told.append([mutation, who, code])
        if isinstance(expected, str):
            assert code is None, f"{mutation} by {who} was refused: {code}"
            self.written(expected, answer)
            if learn is not None:
                self.bench.wait(learn())
            self.look(who)
            return expected
        assert code in expected, f"{mutation} by {who} answered {code or 'a record'}, not one of {sorted(expected)}"
        return None

    def written(self, label: str, answer: dict[str, Any]) -> None:
        """A record that its writer no longer sees is answered without an id, as the one of an integrator may be."""
        if answer.get("id"):
            known = self.country.ids.get(label)
            assert known in (None, answer["id"]), f"{label} is another record"
            self.country.know(label, answer["id"])

    def make(self, mutation: str, label: str | Codes, work: Coroutine[Any, Any, str]) -> None:
        """Does what no mutation does yet."""
        code = None
        self.country.hr.at = self.model.now
        try:
            self.bench.wait(work)
        except makers.Refused as refused:
            code = str(refused).split(": ")[1].split()[0]
        assert (code is None) if isinstance(label, str) else (code in label), (mutation, label, code)
        self.bench.seen[f"{mutation} {code or 'done'}"] += 1
        self.told.append([mutation, CANDIDATE, code])
        self.look("hr")

    def look(self, who: str) -> None:
        """The writer, and one of the others in turn, see what the model says."""
        self.looks += 1
        self.country.ask.now = self.model.now
        for viewer in dict.fromkeys((who, WATCHERS[self.looks % len(WATCHERS)])):
            sight = Sight(self.model, viewer)
            for query, expected in zip(QUERIES, sight.answers(), strict=False):
                answer = self.bench.wait(self.country.ask(query, self.country.user(viewer)))
                self.compare(viewer, query, canonical(answer, self.country), canonical(expected, self.country))
            if self.model.employments:
                answer = self.bench.wait(self.country.ask(WORK, self.country.user(viewer)))
                self.compare(viewer, WORK, canonical(answer, self.country), canonical(sight.work(), self.country))
            for decision in self.model.decisions:
                work = self.country.ask(DECISION, self.country.user(viewer), id=self.id(decision))
                answer, expected = self.bench.wait(work), sight.decision(decision)
                self.compare(viewer, DECISION, canonical(answer, self.country), canonical(expected, self.country))

    def compare(self, viewer: str, query: str, answer: Any, expected: Any) -> None:
        self.told.append(sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest()[:16])
        self.bench.seen["answers"] += 1
        if answer != expected:
            where = "\n".join(differences(answer, expected))
            raise AssertionError(f"{viewer} sees otherwise than the model in {query.split()[1]}:\n{where}")

    def pick(self, records: list[T], index: int) -> T:
        """The latest are picked rather than the earliest, so that stories go on."""
        return records[-1 - index % len(records)]

    def subjects(self) -> list[Subject]:
        return [*self.model.interviews, *self.model.checks]

    def pending(self, index: int) -> Interview:
        """An interview that may still be changed, rather than any."""
        live = [each for each in self.model.interviews if each.attendance == "PENDING"]
        return self.pick(live if live and index % 4 else self.model.interviews, index)

    def parent(self, index: int) -> Department | None:
        return ([None, *self.model.departments] * 2)[index % (len(self.model.departments) + 1)]

    # Time

    @rule(step=LATER, worked=BOOLEAN)
    def wait_a_while(self, step: timedelta, worked: bool) -> None:
        """With a worker at work meanwhile, or without one."""
        self.model.now += step
        if worked:
            self.work_by()
        self.look("technology")

    # Structure

    @rule(who=st.sampled_from(["hr", "hr", "hr", "marketing"]), which=INDEX, shares=BOOLEAN)
    def share(self, who: str, which: int, shares: bool) -> None:
        it = self.pick(self.model.departments, which)
        expected = self.model.share(who, it, shares)
        self.do(who, "updateDepartment", expected, department=self.id(it), sharesHistory=shares)

    @rule(who=st.sampled_from(["hr", "hr", "hr", "auditor"]), which=INDEX, under=INDEX)
    def move(self, who: str, which: int, under: int) -> None:
        it, parent = self.pick(self.model.departments, which), self.parent(under)
        self.do(who, "moveDepartment", self.model.move(who, it, parent), department=self.id(it), parent=self.id(parent))

    @rule(who=st.sampled_from(["hr", "hr", "hr", "technology"]), which=INDEX, next=INDEX)
    def close(self, who: str, which: int, next: int) -> None:
        it, successor = self.pick(self.model.departments, which), self.parent(next)
        expected = self.model.close(who, it, successor)
        self.do(who, "closeDepartment", expected, department=self.id(it), successor=self.id(successor))

    @rule(who=WRITERS, which=INDEX, engineers=BOOLEAN)
    def open_position(self, who: str, which: int, engineers: bool) -> None:
        it, name = self.pick(self.model.departments, which), f"Position {len(self.model.positions)}"
        family = "ENGINEERING" if engineers else "MARKETING"
        if len(self.model.positions) < 12:
            expected = self.model.open_position(who, it, name, family)
            self.do(who, "openPosition", expected, department=self.id(it), title=name, jobFamily=family)

    @rule(who=WRITERS, which=INDEX, to=INDEX)
    def move_position(self, who: str, which: int, to: int) -> None:
        it, place = self.pick(self.model.positions, which), self.pick(self.model.departments, to)
        expected = self.model.move_position(who, it, place)
        self.do(who, "movePosition", expected, position=self.id(it), department=self.id(place))

    @rule(who=ANYBODY, which=INDEX)
    def close_position(self, who: str, which: int) -> None:
        it = self.pick(self.model.positions, which)
        self.do(who, "closePosition", self.model.close_position(who, it), position=self.id(it))

    # Applications

    @rule(who=ANYBODY, which=INDEX, person=st.integers(0, 2), namesake=BOOLEAN)
    def submit(self, who: str, which: int, person: int, namesake: bool) -> None:
        self.submitted(who, self.pick(self.model.positions, which), person, namesake)

    @rule(which=INDEX, person=st.integers(0, 1))
    def submit_to_hr(self, which: int, person: int) -> None:
        self.submitted("hr", self.pick(self.model.positions, which), person, namesake=False)

    def submitted(self, who: str, position: Position, person: int, namesake: bool) -> None:
        if len(self.model.applications) >= 9 or len(self.model.candidates) >= 9:
            return
        name, email = PEOPLE[person], f"person{person}@example.com"
        if namesake:
            name = "Somebody Else"
        before = len(self.model.candidates)
        expected = self.model.submit(who, position, name, email)
        self.country.ask.now = self.model.now
        candidate = {"displayName": name, "email": email}
        label = self.do_submit(who, expected, {"position": self.id(position), "candidate": candidate})
        if label:
            new = len(self.model.candidates) > before
            self.bench.seen["candidates made" if new else "candidates recognised"] += 1
            self.look(who)

    def do_submit(self, who: str, expected: Codes | str, input: dict[str, Any]) -> str | None:
        ask = self.country.ask
        work = ask.do("submitApplication", self.country.user(who), "id candidate { id }", **input)
        answer = self.bench.wait(work)
        code = answer.get("code")
        self.bench.seen[f"submitApplication {code or 'done'}"] += 1
        self.told.append(["submitApplication", who, code])
        if isinstance(expected, str):
            assert code is None, f"submitApplication by {who} was refused: {code}"
            self.written(expected, answer)
            self.written(self.model.applications[-1].candidate.label, answer["candidate"])
            return expected
        assert code in expected, (code, expected)
        return None

    @precondition(lambda self: self.model.applications)
    @rule(who=WRITERS, which=INDEX, stage=st.sampled_from(["SCREENING", "INTERVIEW", "OFFER", "HIRED", "REJECTED"]))
    def advance(self, who: str, which: int, stage: str) -> None:
        it = self.pick(self.model.applications, which)
        self.do(who, "advanceApplication", self.model.advance(who, it, stage), application=self.id(it), stage=stage)

    @precondition(lambda self: self.model.applications)
    @rule(who=ANYBODY, which=INDEX)
    def withdraw(self, who: str, which: int) -> None:
        it = self.pick(self.model.applications, which)
        self.do(who, "withdrawApplication", self.model.withdraw(who, it), application=self.id(it))

    @precondition(lambda self: self.model.applications and len(self.model.checks) < 6)
    @rule(who=ANYBODY, which=INDEX, matches=BOOLEAN, replacing=BOOLEAN)
    def check(self, who: str, which: int, matches: bool, replacing: bool) -> None:
        old = self.pick(self.model.checks, which) if replacing and self.model.checks else None
        it = old.application if old and which % 4 else self.pick(self.model.applications, which)
        self.checked(who, it, "VERIFIED" if matches else "MISMATCH", old)

    @precondition(lambda self: self.model.applications and len(self.model.checks) < 6)
    @rule(which=INDEX)
    def find_mismatch(self, which: int) -> None:
        self.checked("hr", self.pick(self.model.applications, which), "MISMATCH", None)

    def checked(self, who: str, it: Application, outcome: str, old: Check | None) -> None:
        told = {"claim": "Degree", "method": "Call", "source": "Registry", "details": "There is none."}
        before = len(self.model.findings)
        expected = self.model.check(who, it, outcome, old)
        made = self.model.findings[-1] if len(self.model.findings) > before else None
        self.do(
            who,
            "recordResumeCheck",
            expected,
            (lambda: self.learn_finding(made)) if made else None,
            application=self.id(it),
            outcome=outcome,
            checkedOn=checked_on(self.model.now).isoformat(),
            replaces=self.id(old),
            **told,
        )

    @precondition(lambda self: self.model.applications and len(self.model.decisions) < 3)
    @rule(
        who=WRITERS,
        which=INDEX,
        verdict=st.sampled_from(["REJECT", "REJECT", "REJECT", "ADVANCE", "HOLD"]),
        named=st.sampled_from([0, 0, 1, 2]),
        waited=BOOLEAN,
    )
    def decide_application(self, who: str, which: int, verdict: str, named: int, waited: bool) -> None:
        """Mostly of somebody of whom something was found; what was announced may be waited for."""
        found = [each.subject.application for each in self.model.findings]
        it = self.pick(found if found and which % 4 else self.model.applications, which)
        considered = [self.pick(self.model.findings, which + each) for each in range(named) if self.model.findings]
        self.decided(who, it, verdict, list(dict.fromkeys(considered)))
        if waited:
            self.take_effect()

    def decided(self, who: str, it: Application, verdict: str, considered: list[Finding]) -> None:
        reason, ids = f"Decision {self.looks}", [self.id(each) for each in considered]
        expected = self.model.decide(who, it, verdict, considered, reason)
        self.do(who, "decide", expected, application=self.id(it), verdict=verdict, reason=reason, considered=ids)

    def rejected_upon(self, it: Finding, *, taken_back: bool) -> None:
        """Announced, and taken back before the days are over or not."""
        self.decided("hr", it.subject.application, "REJECT", [it])
        if taken_back and self.model.decisions:
            self.took_back("hr", self.model.decisions[0])
        else:
            self.take_effect()

    @precondition(lambda self: self.model.decisions)
    @rule(who=WRITERS, which=INDEX)
    def take_back(self, who: str, which: int) -> None:
        self.took_back(who, self.pick(self.model.decisions, which))

    def took_back(self, who: str, it: Decision) -> None:
        self.do(who, "withdrawDecision", self.model.take_back(who, it), decision=self.id(it), reason="A mistake.")

    @precondition(lambda self: self.model.decisions)
    @rule(who=WRITERS, which=INDEX)
    def announce(self, who: str, which: int) -> None:
        """Before the system's message left, or when it is too late."""
        it = self.pick(self.model.decisions, which)
        self.do(who, "recordAnnouncement", self.model.announce(who, it), decision=self.id(it), channel="PHONE")

    @precondition(lambda self: any(each.due_at or each.written for each in self.model.decisions))
    @rule()
    def let_take_effect(self) -> None:
        self.take_effect()

    def take_effect(self) -> None:
        """What was announced, by HR where the system's message has not left."""
        for it in [each for each in self.model.decisions if each.state == "ANNOUNCED" and each.effective_at is None]:
            if self.looks % 2:
                self.do(
                    "hr", "recordAnnouncement", self.model.announce("hr", it), decision=self.id(it), channel="PHONE"
                )
            else:
                self.work_by()
        due = [each.due_at for each in self.model.decisions if each.due_at]
        if due:
            self.model.now = max(self.model.now, *due)
            self.work_by()

    # Interviews

    def times(self, days: int) -> tuple[dict[str, Any], tuple[Any, Any]]:
        starts = self.model.now + timedelta(days=days)
        ends = starts + timedelta(minutes=30)
        return {"startsAt": starts.isoformat(), "endsAt": ends.isoformat(), "timeZone": "Asia/Shanghai"}, (starts, ends)

    @precondition(lambda self: self.model.applications and len(self.model.interviews) < 10)
    @rule(who=ANYBODY, which=INDEX, mode=st.sampled_from(["AI_ASYNC", "AI_LIVE", "ONSITE"]), held=BOOLEAN)
    def invite(self, who: str, which: int, mode: str, held: bool) -> None:
        self.invited(who, which, mode, {"technology", "marketing"} if held else set())

    @precondition(lambda self: self.model.applications and len(self.model.interviews) < 10)
    @rule(which=INDEX)
    def invite_by_hr(self, which: int) -> None:
        self.invited("hr", which, "AI_LIVE", set())

    def invited(self, who: str, which: int, mode: str, holders: set[str]) -> None:
        it = self.pick(self.model.applications, which)
        input, (starts, ends) = self.times(2)
        expected = self.model.invite(who, it, mode, starts, ends, holders)
        interviewers = [self.country.ids[each] for each in sorted(holders)]
        self.do(
            who, "inviteToInterview", expected, application=self.id(it), mode=mode, interviewers=interviewers, **input
        )

    @precondition(lambda self: self.model.interviews and len(self.model.interviews) < 10)
    @rule(who=WRITERS, which=INDEX, by=st.sampled_from(["CANDIDATE", "EMPLOYER"]))
    def reschedule(self, who: str, which: int, by: str) -> None:
        it = self.pending(which)
        input, (starts, ends) = self.times(3)
        expected = self.model.reschedule(who, it, starts, ends, by)
        self.do(who, "rescheduleInterview", expected, interview=self.id(it), chosenBy=by, **input)

    @precondition(lambda self: self.model.interviews)
    @rule(who=WRITERS, which=INDEX, by=st.sampled_from(["CANDIDATE", "EMPLOYER"]))
    def cancel(self, who: str, which: int, by: str) -> None:
        it = self.pending(which)
        self.do(who, "cancelInterview", self.model.cancel(who, it, by), interview=self.id(it), by=by)

    @precondition(lambda self: self.model.interviews)
    @rule(who=ANYBODY, which=INDEX, response=st.sampled_from(["ACCEPTED", "ACCEPTED", "DECLINED", "TENTATIVE"]))
    def respond(self, who: str, which: int, response: str) -> None:
        it = self.pending(which)
        self.do(who, "recordResponse", self.model.respond(who, it, response), interview=self.id(it), response=response)

    @precondition(lambda self: self.model.interviews)
    @rule(
        who=ANYBODY,
        which=INDEX,
        attendance=st.sampled_from(["NOT_ATTENDED", "NOT_ATTENDED", "ATTENDED", "INCOMPLETE", "ENTERED_IN_ERROR"]),
        fault=BOOLEAN,
        unheard=BOOLEAN,
    )
    def attend(self, who: str, which: int, attendance: str, fault: bool, unheard: bool) -> None:
        """Of somebody who came, the days may go by in which they are to hear what became of it."""
        it = self.pick(self.model.interviews, which)
        evidence = ["PLATFORM_FAULT"] if fault and attendance in ("NOT_ATTENDED", "INCOMPLETE") else []
        expected = self.model.attend(who, it, attendance, evidence)
        self.do(who, "recordAttendance", expected, interview=self.id(it), attendance=attendance, evidence=evidence)
        if unheard:
            self.promise_lapsed(it)

    def wait_in_vain(self, it: Interview) -> None:
        self.model.now = it.ends
        expected = self.model.attend("hr", it, "ATTENDED", [])
        self.do("hr", "recordAttendance", expected, interview=self.id(it), attendance="ATTENDED")
        self.promise_lapsed(it)

    def promise_lapsed(self, it: Interview) -> None:
        if it.answer_at is not None:
            self.model.now = max(self.model.now, it.answer_at)
            self.work_by()

    # Work

    @precondition(lambda self: len(self.model.employments) < 3 and len(self.model.candidates) < 9)
    @rule(who=WRITERS, which=INDEX, person=st.integers(0, 2))
    def employ(self, who: str, which: int, person: int) -> None:
        it, name, email = self.pick(self.model.departments, which), PEOPLE[person], f"person{person}@example.com"
        started, before = (self.model.now - timedelta(days=30)).date(), len(self.model.candidates)
        expected = self.model.employ(who, it, name, email, started)
        made = self.model.candidates[-1] if len(self.model.candidates) > before else None
        input = {"candidate": {"displayName": name, "email": email}, "title": "Clerk", "startedOn": started.isoformat()}
        learn = (lambda: self.learn_person(self.model.employments[-1])) if made else None
        self.do(who, "recordEmployment", expected, learn, department=self.id(it), **input)

    async def learn_person(self, it: Employment) -> None:
        """The id of whoever was first heard of at work."""
        query = "query Q($id: ID!) { employment(id: $id) { candidate { id } } }"
        answer = await self.country.ask(query, self.country.user("hr"), id=self.country.ids[it.label])
        self.country.know(it.candidate.label, answer["employment"]["candidate"]["id"])

    @precondition(lambda self: self.model.employments)
    @rule(
        who=st.sampled_from(["hr", "hr", "marketing", "technology", "integrator", "auditor"]),
        which=INDEX,
        goal=st.sampled_from(["Sell", "Learn"]),
        share=st.sampled_from([None, None, 0.5, 1.0]),
    )
    def complete(self, who: str, which: int, goal: str, share: float | None) -> None:
        it = self.pick(self.model.employments, which)
        told = {"goal": goal, "startsOn": it.started.isoformat(), "share": share}
        told["dueOn"] = (it.started + timedelta(days=60)).isoformat()
        expected = self.model.complete(who, it, goal, share)
        self.do(who, "recordTaskCompletion", expected, employment=self.id(it), source="Goals", goals=[told])

    # Findings

    @precondition(lambda self: self.model.interviews)
    @rule(who=ANYBODY, which=INDEX)
    def report(self, who: str, which: int) -> None:
        it = self.pick(self.model.interviews, which)
        self.do(who, "reportNoShow", self.model.report(who, it), interview=self.id(it))

    @precondition(lambda self: self.model.findings)
    @rule(who=WRITERS, which=INDEX)
    def notify(self, who: str, which: int) -> None:
        it = self.pick(self.model.findings, which)
        self.do(who, "recordNotice", self.model.notify(who, it), finding=self.id(it), channel="EMAIL")

    @precondition(lambda self: self.model.findings)
    @rule(who=WRITERS, which=INDEX)
    def state(self, who: str, which: int) -> None:
        self.stated(who, self.pick(self.model.findings, which))

    def stated(self, who: str, it: Finding) -> None:
        text = f"Statement {self.looks}"
        self.do(who, "recordStatement", self.model.state(who, it, text), finding=self.id(it), channel="SMS", text=text)

    @precondition(lambda self: self.model.findings)
    @rule(
        who=WRITERS, which=INDEX, cause=st.sampled_from(["CANDIDATE", "CANDIDATE", "PLATFORM", "UNKNOWN"]), read=BOOLEAN
    )
    def confirm(self, who: str, which: int, cause: str, read: bool) -> None:
        it = self.pick(self.model.findings, which)
        self.confirmed(who, it, cause, self.read_up_to(it, read))

    def confirmed(self, who: str, it: Finding, cause: str, read_up_to: int) -> None:
        reason = f"Reason {self.looks}"
        expected = self.model.confirm(who, it, cause, reason, read_up_to)
        input = {"cause": cause, "reason": reason, "readUpTo": read_up_to, "knewBy": "TOLD_BY_STAFF"}
        self.do(who, "confirmNoShow", expected, finding=self.id(it), **input)

    def read_up_to(self, finding: Finding, read: bool) -> int:
        return finding.subject.last_seq if read else finding.subject.events[0][0]

    @precondition(lambda self: self.model.interviews)
    @rule(who=WRITERS, which=INDEX, cause=st.sampled_from(["PLATFORM", "EMPLOYER", "CANDIDATE"]))
    def fault(self, who: str, which: int, cause: str) -> None:
        it, reason = self.pick(self.model.interviews, which), f"Fault {self.looks}"
        read = it.last_seq
        expected = self.model.fault(who, it, cause, reason)
        self.do(who, "confirmNoShow", expected, interview=self.id(it), cause=cause, reason=reason, readUpTo=read)

    @precondition(lambda self: self.model.findings)
    @rule(who=WRITERS, which=INDEX, read=BOOLEAN)
    def excuse(self, who: str, which: int, read: bool) -> None:
        it = self.pick(self.model.findings, which)
        self.excused(who, it, self.read_up_to(it, read))

    def excused(self, who: str, it: Finding, read_up_to: int) -> None:
        reason = f"Excuse {self.looks}"
        expected = self.model.excuse(who, it, reason, read_up_to)
        self.do(who, "excuseNoShow", expected, finding=self.id(it), reason=reason, readUpTo=read_up_to)

    @precondition(lambda self: self.model.findings)
    @rule(who=WRITERS, which=INDEX)
    def void(self, who: str, which: int) -> None:
        self.voided(who, self.pick(self.model.findings, which))

    def voided(self, who: str, it: Finding) -> None:
        reason = f"Void {self.looks}"
        self.do(who, "voidNoShow", self.model.void(who, it, reason), finding=self.id(it), reason=reason)

    @precondition(lambda self: self.model.findings)
    @rule(which=INDEX)
    def dispute(self, which: int) -> None:
        self.disputed(self.pick(self.model.findings, which))

    def disputed(self, it: Finding) -> None:
        self.make("dispute", self.model.dispute("hr", it), self.country.hr.dispute(uid(self.country.ids[it.label])))

    @precondition(lambda self: self.model.findings)
    @rule(who=WRITERS, which=INDEX, upheld=BOOLEAN, read=BOOLEAN)
    def judge(self, who: str, which: int, upheld: bool, read: bool) -> None:
        disputed = [each for each in self.model.findings if each.state == "DISPUTED"]
        it = self.pick(disputed if disputed and which % 4 else self.model.findings, which)
        self.judged(who, it, upheld, self.read_up_to(it, read))

    def judged(self, who: str, it: Finding, upheld: bool, read_up_to: int) -> None:
        reason, decision = f"Judgement {self.looks}", "UPHELD" if upheld else "REJECTED"
        expected = self.model.judge(who, it, upheld, reason, read_up_to)
        input = {"decision": decision, "reason": reason, "readUpTo": read_up_to}
        self.do(who, "decideDispute", expected, finding=self.id(it), **input)

    # What the system does by itself

    @rule(
        behind=st.sampled_from([timedelta(), timedelta(), timedelta(hours=2), timedelta(days=40)]),
        backwards=BOOLEAN,
        leave=BOOLEAN,
    )
    def work(self, behind: timedelta, backwards: bool, leave: bool) -> None:
        """A worker, whose clock may have been set back, does what is due by it: that, and nothing else, in any order.
        What messages it wrote may leave, or wait.
        """
        self.work_by(behind, backwards=backwards, leave=leave)

    def work_by(self, behind: timedelta = timedelta(), *, backwards: bool = False, leave: bool = True) -> None:
        graph, clock = self.bench.graph, self.model.now - behind
        organization = self.country.hr.viewer.organization
        rows = self.bench.wait(graph.client.read(LIST_TIMERS, organization=organization, kinds=KINDS, now=clock))
        due = {(row.kind, self.country.labels[gid(ABOUT.get(row.kind, "Finding"), row.subject)]): row for row in rows}
        expected = self.model.due(clock)
        assert due.keys() == expected.keys(), (sorted(due), sorted(expected))
        for key in sorted(due, key=lambda key: (due[key].due_at, key), reverse=backwards):
            before, timer = len(self.model.findings), due[key]
            stands = key in self.model.due(clock)
            taken = self.bench.wait(timers.take(graph, timer, self.model.now, RULES[TimerKind(timer.kind)]))
            assert taken == stands, (key, taken)
            if not stands:
                continue
            self.model.settle(key[0], expected[key])
            self.bench.seen[f"{timer.kind} done"] += 1
            self.told.append([*key, None])
            if len(self.model.findings) > before:
                self.bench.wait(self.learn_finding(self.model.findings[-1]))
        if leave:
            order = [uid(self.country.ids[each.label]) for each in (*self.model.findings, *self.model.decisions)]
            self.bench.wait(send_notices(graph, organization, self.model.now, order))
            self.model.send()
        self.look("hr")

    @precondition(lambda self: self.model.interviews)
    @rule(who=WRITERS, which=INDEX, kind=st.sampled_from(SEEN))
    def watch(self, who: str, which: int, kind: str) -> None:
        """A platform says that the session is closed, at any time, or of an interview that is over; that the device of
        the candidate failed its check; or that the candidate came, or came back."""
        over = [each for each in self.model.interviews if each.is_over(self.model.now) and each.attendance == "PENDING"]
        it = self.pick(over if over and which % 4 else self.model.interviews, which)
        self.watched(who, it, kind)

    def watched(self, who: str, it: Interview, kind: str) -> None:
        key, at = f"{self.country.tag}/{self.looks}/{len(self.told)}", self.model.now
        if kind == "DEVICE_CHECK_FAILED":
            at = min(at, it.starts - timedelta(minutes=5))
        input = {"kind": kind, "source": "https://platform.example", "key": key, "occurredAt": at.isoformat()}
        self.do(who, "recordTelemetry", self.model.watch(who, it, kind), interview=self.id(it), **input)

    @precondition(lambda self: any(each.message for each in self.model.findings))
    @rule(who=st.sampled_from(["integrator", "integrator", "hr", "marketing"]), which=INDEX)
    def bounce(self, who: str, which: int) -> None:
        """A mail server tells that a notice of the system's did not arrive."""
        self.bounced(who, self.pick([each for each in self.model.findings if each.message], which))

    def bounced(self, who: str, it: Finding) -> None:
        if it.subject.application.candidate.status == "ERASED":
            return
        (message,) = self.bench.wait(self.bench.graph.client.read(FIND_NOTICE, finding=uid(self.country.ids[it.label])))
        self.do(who, "recordDelivery", self.model.bounce(who, it), message=message.id, receipt="BOUNCED")

    @precondition(lambda self: self.looks > 16 and any(each.erased_at for each in self.model.findings))
    @rule(which=INDEX, how=st.integers(0, 8))
    def outlive(self, which: int, how: int) -> None:
        self.outlived(self.pick([each for each in self.model.findings if each.erased_at], which), how)

    def outlived(self, it: Finding, how: int) -> None:
        """A finding is there no longer, however far it had come: its time has come, and mostly the worker too."""
        if (
            it.state == "FINAL"
            and how in (1, 5, 8)
            and it.erased_at
            and it.erased_at - timedelta(days=8) > self.model.now
        ):
            self.model.now = it.erased_at - timedelta(days=8)
            self.disputed(it)
        elif it.state in ("SUSPECTED", "NOTICE_SENT") and how == 2:
            self.work_by()
            if it.message:
                self.bounced("integrator", it)
        elif it.state in ("SUSPECTED", "NOTICE_SENT") and how == 3:
            self.excused("hr", it, self.read_up_to(it, read=True))
        elif how == 4:
            self.voided("hr", it)
        if it.erased_at:
            self.model.now = max(self.model.now, it.erased_at + timedelta(hours=1))
        self.look("hr")
        if how:
            self.work_by(backwards=how > 5)

    # Proof

    @precondition(lambda self: self.model.findings or any(each.asked for each in self.model.interviews))
    @rule(which=INDEX, asked=BOOLEAN)
    def hand_in(self, which: int, asked: bool) -> None:
        moved = [each for each in self.model.interviews if each.asked]
        if moved and (asked or not self.model.findings):
            self.handed_in(self.pick(moved, which), None)
        else:
            found = [each for each in self.model.findings if each.state in OPEN]
            finding = self.pick(found if found and which % 4 else self.model.findings, which)
            self.handed_in(finding.subject, finding)

    def handed_in(self, it: Subject, finding: Finding | None) -> None:
        """A file of the candidate's, about a finding or else a request for another time."""
        if it.application.candidate.status == "ERASED" or len(it.proofs) >= 3:
            return
        hr, code = self.country.hr, None
        hr.at = self.country.ask.now = self.model.now
        request = None if finding else uid(self.country.ids[f"request of {it.label}"])
        about = {"finding": uid(self.country.ids[finding.label]) if finding else None, "request": request}
        expected = self.model.hand_in(it, finding)
        try:
            proof = self.bench.wait(hr.proof(uid(self.country.ids[it.label]), picture(), **about))
            assert isinstance(expected, str), ("uploadProof", expected)
            self.country.know(expected, gid("Proof", proof))
        except makers.Refused as refused:
            code = str(refused).split(": ")[1].split()[0]
            assert code in expected, (expected, code)
        self.bench.seen[f"uploadProof {code or 'done'}"] += 1
        self.told.append(["uploadProof", CANDIDATE, code])
        self.look("marketing")

    @precondition(lambda self: any(each.proofs for each in self.subjects()))
    @rule(who=WRITERS, which=INDEX, accepted=BOOLEAN)
    def rule_on(self, who: str, which: int, accepted: bool) -> None:
        found = [proof for each in self.subjects() for proof in each.proofs]
        open = [each for each in found if each.verdict is None]
        self.ruled(who, self.pick(open if open and which % 4 else found, which), accepted)

    def ruled(self, who: str, it: Proof, accepted: bool) -> None:
        reason, verdict = f"Verdict {self.looks}", "ACCEPTED" if accepted else "REJECTED"
        # Of two that are accepted at one moment, nobody can tell which was the first.
        self.model.now += timedelta(seconds=1)
        before = len(self.model.findings)
        expected = self.model.rule_on(who, it, verdict, reason)
        made = self.model.findings[-1] if len(self.model.findings) > before else None
        learn = (lambda: self.learn_finding(made)) if made else None
        self.do(who, "decideProof", expected, learn, proof=self.id(it), verdict=verdict, reason=reason)

    async def learn_finding(self, finding: Finding) -> None:
        """The id of a finding that was made by what answers with another record."""
        query = """query Q($id: ID!) { node(id: $id) {
          ... on Interview { found: finding { id } } ... on ResumeCheck { findings { id } } } }"""
        id = self.country.ids[finding.subject.label]
        found = (await self.country.ask(query, self.country.user("hr"), id=id))["node"]
        self.country.know(finding.label, (found.get("found") or found["findings"][0])["id"])

    # Two records of one person

    @precondition(lambda self: len(self.model.candidates) > 1)
    @rule(who=WRITERS, which=INDEX, other=INDEX)
    def merge(self, who: str, which: int, other: int) -> None:
        """Mostly of two who can be one person."""
        one = self.pick(self.model.candidates, which)
        beside = [each for each in self.model.candidates if each.circle is one.circle and each is not one]
        two = self.pick(beside if beside and other % 4 else self.model.candidates, other)
        self.merged(who, one, two)

    def merged(self, who: str, one: Candidate, two: Candidate) -> None:
        before = [self.observed(each) for each in (one, two)]
        expected = self.model.merge(who, one, two)
        self.do(who, "mergeCandidates", expected, candidate=self.id(one), other=self.id(two))
        if isinstance(expected, str):
            self.adds_up(before, one, two)

    def adds_up(self, alone: list[Counter[str] | None], one: Candidate, two: Candidate) -> None:
        """What a score is made of is read of both records, whichever is asked about: each observation once."""
        if None not in alone:
            both = Counter[str]()
            for each in alone:
                both.update(each or {})
            assert [self.observed(each) for each in (one, two)] == [both, both]

    def observed(self, it: Candidate) -> Counter[str] | None:
        query = "query O($id: ID!) { candidate(id: $id) { profile { dimensions { dimension observations counted } } } }"
        self.country.ask.now = self.model.now
        answer = self.bench.wait(self.country.ask(query, self.country.user("hr"), id=self.id(it)))
        profile = answer["candidate"]["profile"]
        if profile is None:
            return None
        return Counter(
            {
                f"{each['dimension']} {kind}": each[kind]
                for each in profile["dimensions"]
                for kind in ("observations", "counted")
            }
        )

    @precondition(lambda self: any(each.same for each in self.model.candidates))
    @rule(who=WRITERS, which=INDEX)
    def split(self, who: str, which: int) -> None:
        joined = [each for each in self.model.candidates if each.same]
        self.splits(who, self.pick(joined if which % 4 else self.model.candidates, which))

    def splits(self, who: str, it: Candidate) -> None:
        other, together = it.same, self.observed(it)
        expected = self.model.split(who, it)
        self.do(who, "splitCandidate", expected, candidate=self.id(it))
        if isinstance(expected, str) and other is not None:
            alone = [self.observed(each) for each in (it, other)]
            if together is not None and None not in alone:
                assert together == sum((each for each in alone if each), Counter())

    # Another time

    @precondition(lambda self: self.model.interviews and len(self.model.interviews) < 10)
    @rule(which=INDEX, chosen=BOOLEAN, late=BOOLEAN, answered=st.sampled_from(["", "granted", "refused"]))
    def ask_for_time(self, which: int, chosen: bool, late: bool, answered: str) -> None:
        """By the candidate, of a time that HR opened for it, or of any; in time or on the day, and answered or not."""
        owed = [each for each in self.model.interviews if each.asked == "OWED"]
        it = self.pick(owed, which) if owed and which % 2 else self.pending(which)
        if it.application.candidate.status == "ERASED":
            return
        if late:
            self.model.now = max(self.model.now, it.starts - timedelta(hours=6))
        slot, position = None, it.application.position
        if chosen and not position.closed and not position.department.closed:
            starts = self.model.now + timedelta(days=3, minutes=self.looks)
            slot = starts, starts + timedelta(minutes=30)
        self.bench.wait(self.asked(it, slot))
        if answered and it.asked:
            self.answered("hr", it, granted=answered == "granted")

    async def asked(self, it: Interview, slot: tuple[Any, Any] | None) -> None:
        hr, id, chosen = self.country.hr, uid(self.country.ids[it.label]), None
        hr.at = self.country.ask.now = self.model.now
        if slot is not None:
            opener = replace(hr, seed=f"{self.country.tag}/{self.looks}/{it.label}")
            position = uid(self.country.ids[it.application.position.name])
            await opener.slots(slot[0], position=position, mode=Mode(it.mode))
            chosen = opener.given()
        expected, code = self.model.request(it, slot), None
        try:
            self.country.know(f"request of {it.label}", gid("RescheduleRequest", await hr.request(id, chosen)))
        except makers.Refused as refused:
            code = str(refused).split(": ")[1].split()[0]
        assert (code is None) if isinstance(expected, str) else (code in expected), (expected, code)
        self.bench.seen[f"requestReschedule {code or 'done'}"] += 1
        self.told.append(["requestReschedule", CANDIDATE, code])
        await self.learn(it)

    async def learn(self, it: Interview) -> None:
        """The id of the interview to which this one was moved by what answers with another record."""
        if it.moved_to is not None and it.moved_to.label not in self.country.ids:
            query = "query Q($id: ID!) { interview(id: $id) { rescheduledTo { id } } }"
            answer = await self.country.ask(query, self.country.user("hr"), id=self.country.ids[it.label])
            self.country.know(it.moved_to.label, answer["interview"]["rescheduledTo"]["id"])

    @precondition(lambda self: any(each.asked for each in self.model.interviews))
    @rule(who=WRITERS, which=INDEX, granted=BOOLEAN)
    def answer_request(self, who: str, which: int, granted: bool) -> None:
        self.answered(who, self.pick([each for each in self.model.interviews if each.asked], which), granted=granted)

    def answered(self, who: str, it: Interview, *, granted: bool) -> None:
        id = self.country.ids[f"request of {it.label}"]
        if not granted:
            self.do(who, "refuseReschedule", self.model.deny(who, it), request=id, reason=f"No {self.looks}")
        elif len(self.model.interviews) < 10:
            times, (starts, ends) = self.times(2)
            expected = self.model.grant(who, it, starts, ends)
            self.do(who, "grantReschedule", expected, lambda: self.learn(it), request=id, times=times)

    # Rights

    @precondition(lambda self: any(each.status == "ACTIVE" for each in self.model.candidates) and self.looks > 8)
    @rule(which=INDEX)
    def restrict(self, which: int) -> None:
        it = self.pick([each for each in self.model.candidates if each.status == "ACTIVE"], which)
        self.exercise("restrict", it)

    @precondition(lambda self: any(each.status == "RESTRICTED" for each in self.model.candidates))
    @rule(which=INDEX)
    def lift(self, which: int) -> None:
        it = self.pick([each for each in self.model.candidates if each.status == "RESTRICTED"], which)
        self.exercise("lift", it)

    def exercise(self, right: str, it: Candidate) -> None:
        id = uid(self.country.ids[it.label])
        if right == "restrict":
            self.make(right, self.model.restrict(it), self.country.hr.restrict(id))
        elif right == "lift":
            self.make(right, self.model.lift(it), self.country.hr.lift(id))
        else:
            self.make(right, self.model.erase(it), self.country.hr.erase(id))

    @precondition(lambda self: self.model.candidates and self.looks > 16)
    @rule(which=INDEX)
    def erase(self, which: int) -> None:
        it = self.pick(self.model.candidates, which)
        if it.status != "ERASED":
            self.exercise("erase", it)

    # Stories that go on: what a person would do next, so that the far states are reached

    @precondition(lambda self: self.model.interviews)
    @rule(which=INDEX)
    def go_on(self, which: int) -> None:
        self.next_step(self.pick(self.model.interviews, which))

    @precondition(lambda self: self.model.interviews)
    @rule(which=INDEX)
    def go_on_to_the_end(self, which: int) -> None:
        it = self.pick(self.model.interviews, which)
        for _ in range(4):
            self.next_step(it)

    @precondition(lambda self: self.model.findings)
    @rule(which=INDEX, steps=st.integers(1, 4))
    def hear(self, which: int, steps: int) -> None:
        """Of a missed interview or of a résumé that did not match."""
        it = self.pick(self.model.findings, which)
        for _ in range(steps):
            self.decide(it)

    def next_step(self, it: Subject) -> None:
        finding = self.model.finding_of(it)
        if finding is not None:
            self.decide(finding)
        elif isinstance(it, Interview):
            self.go_to(it)

    def go_to(self, it: Interview) -> None:
        """Invited, accepted, and mostly not there; what is over, a platform has seen, or HR says how it went.

        Who was there waits in vain for what became of it.
        """
        handed_in = [each for each in it.proofs if each.verdict is None]
        if it.attendance == "NOT_ATTENDED" and it.response == "ACCEPTED" and handed_in:
            self.ruled("hr", handed_in[0], accepted=True)
        elif it.attendance == "NOT_ATTENDED" and it.response == "ACCEPTED":
            self.do("hr", "reportNoShow", self.model.report("hr", it), interview=self.id(it))
        elif it.answer_at is not None:
            self.promise_lapsed(it)
        elif it.attendance != "PENDING":
            return
        elif it.response != "ACCEPTED" and not it.is_over(self.model.now):
            answer = self.model.respond("hr", it, "ACCEPTED")
            self.do("hr", "recordResponse", answer, interview=self.id(it), response="ACCEPTED")
        elif not it.is_over(self.model.now) and self.looks % 7 == 1 and it.application.candidate.status != "ERASED":
            self.model.now = max(self.model.now, it.missed_at() - timedelta(hours=2))
            self.bench.wait(self.asked(it, None))
            if it.asked:
                self.handed_in(it, None)
        elif not it.is_over(self.model.now):
            self.model.now = it.ends + timedelta(minutes=20)
        elif self.looks % 3 == 1 and it.asked is None:
            if self.looks % 2:
                self.recorded("integrator", it, "NOT_ATTENDED")
            self.watched("integrator", it, "SESSION_CLOSED")
            self.work_by()
        else:
            self.recorded("hr", it, "ATTENDED" if self.looks % 6 == 2 else "NOT_ATTENDED")

    def recorded(self, who: str, it: Interview, attendance: str) -> None:
        answer = self.model.attend(who, it, attendance, [])
        self.do(who, "recordAttendance", answer, interview=self.id(it), attendance=attendance)

    def decide(self, finding: Finding) -> None:
        turn, read = self.looks % 6, self.read_up_to(finding, read=True)
        handed_in = [each for each in finding.subject.proofs if each.verdict is None]
        if finding.state == "SUSPECTED":
            self.begin_hearing(finding, self.looks % 10, read)
        elif finding.state == "NOTICE_SENT" and handed_in and turn < 4:
            self.ruled("hr", handed_in[0], turn < 3)
        elif finding.state == "NOTICE_SENT" and finding.statement is None and turn == 0:
            self.stated("hr", finding)
        elif finding.state == "NOTICE_SENT" and turn == 1:
            self.handed_in(finding.subject, finding)
        elif finding.state == "NOTICE_SENT" and turn == 2:
            self.excused("hr", finding, read)
        elif finding.state == "NOTICE_SENT" and turn == 3 and finding.message == "SENT":
            self.bounced("integrator", finding)
        elif finding.state == "NOTICE_SENT":
            self.model.now += timedelta(days=3)
            self.confirmed("hr", finding, "CANDIDATE", read)
        else:
            self.look_back(finding, turn, read)

    def look_back(self, finding: Finding, turn: int, read: int) -> None:
        """What is decided is doubted, disputed or taken back."""
        if finding.state == "FINAL" and finding.doubted and turn != 3:
            self.confirmed("marketing", finding, "CANDIDATE", read)
        elif finding.state == "FINAL" and turn == 2 and isinstance(finding.subject, Interview):
            seen = ("DEVICE_CHECK_FAILED", "CANDIDATE_RECONNECTED")
            self.watched("integrator", finding.subject, seen[self.looks // 6 % 2])
        elif finding.state == "FINAL" and turn == 3:
            self.voided("hr", finding)
        elif finding.state == "FINAL" and turn > 3:
            self.disputed(finding)
        elif finding.state == "DISPUTED" and turn != 5:
            self.judged("marketing", finding, self.looks // 6 % 2 == 0, read)
        elif finding.state in ("DISPUTED", "EXCUSED"):
            self.voided("marketing", finding)

    def begin_hearing(self, finding: Finding, turn: int, read: int) -> None:
        """Notice is given, by HR or the system, unless somebody speaks or decides before it."""
        if turn == 0:
            self.stated("hr", finding)
        elif turn == 1:
            self.excused("hr", finding, read)
        elif turn == 2:
            self.confirmed("hr", finding, "EMPLOYER", read)
        elif turn == 3 and finding.by_system and isinstance(finding.subject, Interview):
            self.watched("integrator", finding.subject, "CANDIDATE_RECONNECTED")
            self.work_by()
        elif turn < 6:
            self.work_by()
        else:
            self.do("hr", "recordNotice", self.model.notify("hr", finding), finding=self.id(finding), channel="PHONE")

    def teardown(self) -> None:
        self.bench.steps.update(self.model.steps)
        self.bench.transcript.append(self.told)
        self.bench.seen["runs"] += 1


def differences(answer: Any, expected: Any, path: str = "") -> list[str]:
    """Where two answers differ, one line for each place."""
    if isinstance(answer, dict) and isinstance(expected, dict) and answer.keys() == expected.keys():
        return [line for key in answer for line in differences(answer[key], expected[key], f"{path}.{key}")]
    if isinstance(answer, list) and isinstance(expected, list) and len(answer) == len(expected):
        pairs = zip(answer, expected, strict=True)
        return [line for number, pair in enumerate(pairs) for line in differences(*pair, f"{path}[{number}]")]
    return [] if answer == expected else [f"{path}: {answer!r}, the model {expected!r}"]


@pytest.fixture
def steady() -> Iterator[None]:
    """Draws the same steps whichever modules are loaded: hypothesis would draw numbers that it found in them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "_get_local_constants", Constants)
        patch.setattr(providers, "CONSTANTS_CACHE", {})
        yield


@pytest.mark.usefixtures("steady")
@pytest.mark.parametrize("part", range(1, PARTS + 1), ids=lambda part: f"part{part:02}")
async def test_every_answer_is_the_models(
    graph: Graph, answerer: Answerer, engine_name: str, capsys: pytest.CaptureFixture[str], part: int
) -> None:
    transcripts.begin(FORM, engine_name, part)
    bench = Lifecycle.bench = Bench(graph, answerer, asyncio.get_running_loop())
    how = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run: Callable[[], None] = lambda: run_state_machine_as_test(seed(part)(Lifecycle), settings=how)  # noqa: E731
    await asyncio.to_thread(run)
    seen = bench.seen
    if os.environ.get("TURNOUT_FAULTS_SEEN"):
        print(json.dumps(seen.most_common(), indent=0))
    done = sum(count for step, count in seen.items() if step.endswith(" done"))
    refused = sum(count for step, count in seen.items() if step.split()[-1].isupper() and " " in step)
    did = sorted({step.split()[0] for step, count in seen.items() if count and step.endswith(" done")})
    transcripts.keep(FORM, engine_name, part, transcripts.Kept(bench.transcript, did, sorted(bench.steps)))
    same = transcripts.compared(FORM, part)
    beside = f"{same} of them the same on both" if same else "the other engine's are not there yet to compare"
    figure = f"0 divergences in {seen['runs']} runs on {engine_name}: {done} steps done, {refused} refused"
    tell(
        capsys, f"every answer is the model's, part {part} of {PARTS}", f"{figure}, {seen['answers']} answers; {beside}"
    )
    assert len(did) >= 6, did


@pytest.mark.skipif(PARTS == 1, reason="few runs do not go everywhere")
async def test_every_step_is_taken(engine_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a finding's life, as docs/lifecycle.md has it, in all parts together; and every mutation of the machine's."""
    kept = [transcripts.read(FORM, engine_name, part) for part in range(1, PARTS + 1)]
    if None in kept:
        pytest.skip(f"{PARTS - kept.count(None)} of {PARTS} parts were gone through")
    whole = {(step.value, before) for step, each in TRANSITIONS.items() for before in each.before or (NONE,)}
    taken = {(step, before) for each in kept if each for step, before, _ in each.steps}
    checks = {(step, before) for each in kept if each for step, before, of in each.steps if of == "Check"}
    figure = f"{len(taken & whole)} of {len(whole)} steps of docs/lifecycle.md, {len(checks)} of them of a check"
    tell(capsys, "every step of a finding's life is taken and held to the model", figure)
    assert not taken - whole, taken - whole
    assert len(taken) * 10 >= len(whole) * 9, whole - taken
    did = {name for each in kept if each for name in each.did}
    assert did >= LIFECYCLE, LIFECYCLE - did


async def test_both_engines_answer_the_same(engine_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Run by run, act by act, in all parts of either engine, once both have gone through them."""
    kept = [transcripts.read(FORM, engine_name, part) for part in range(1, PARTS + 1)]
    same = [transcripts.compared(FORM, part) for part in range(1, PARTS + 1)]
    if None in same:
        pytest.skip(f"both engines have gone through {PARTS - same.count(None)} of {PARTS} parts")
    told = sum(len(run) for each in kept if each for run in each.runs)
    figure = f"{sum(filter(None, same))} runs of {told} acts and answers, 0 differ; code {transcripts.code()}"
    tell(capsys, "the engines answer the same, run by run", figure)
