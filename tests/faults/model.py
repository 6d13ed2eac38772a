"""The lifecycle as the design tells it, in plain Python: who may do what, what it changes, and who sees it after.

It calls none of the product's rules. An act answers with the label of the record it made or changed, or with the set
of codes by which it may be refused; which of several reasons is told first is the product's own business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Codes = frozenset[str]
NONE = "none"
"""The state of a finding that is not there yet."""
STAGES = ("APPLIED", "SCREENING", "INTERVIEW", "OFFER", "HIRED")
ENDED = {"HIRED", "REJECTED", "WITHDRAWN"}
WAITING, OPEN = ("REQUESTED", "OWED"), ("SUSPECTED", "NOTICE_SENT", "DISPUTED")
FAULTS = {"PLATFORM": "SYSTEM_FAULT", "EMPLOYER": "EMPLOYER_FAULT"}
FIRST, LATER, ANSWER, DISPUTE = timedelta(days=180), timedelta(days=365), timedelta(hours=72), timedelta(days=30)
DECIDE = timedelta(days=30)
IN_TIME, SYSTEM, CANDIDATE = timedelta(hours=24), "system", "candidate"
PROMISED, KEPT = timedelta(days=14), timedelta(days=365)
"""Within what time a candidate is to hear what became of an interview, and how long it stands that none was told."""
ZONE = ZoneInfo("Asia/Shanghai")
NOT_DECIDED = "逾期未作认定，予以撤销。 It was not decided in time and is taken back."
OVERDUE = "申诉逾期未决，按候选人主张撤销。 The dispute was not decided in time and is upheld."


def checked_on(now: datetime) -> date:
    """The day on which a résumé was checked of which is told now."""
    return (now - timedelta(days=2)).date()


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def after_working_days(now: datetime, days: int) -> datetime:
    """At the same time of the day, where no calendar tells of other work than from Monday to Friday."""
    local = now.astimezone(ZONE)
    while days:
        local += timedelta(days=1)
        days -= local.weekday() < 5
    return local.astimezone(UTC)


@dataclass(eq=False)
class Department:
    name: str
    parent: Department | None
    shares: bool = False
    closed: bool = False
    successor: Department | None = None

    def counts_as(self) -> Department:
        return self.successor.counts_as() if self.successor else self

    def way_up(self) -> list[Department]:
        return [self, *(self.parent.way_up() if self.parent else [])]


@dataclass(eq=False)
class Position:
    name: str
    department: Department
    family: str
    closed: bool = False


@dataclass(eq=False)
class Candidate:
    label: str
    name: str | None
    email: str | None
    circle: Department
    status: str = "ACTIVE"
    events: int = 0
    touched_by: set[str] = field(default_factory=set)
    same: Candidate | None = None
    """The other record of the same person."""

    def records(self) -> tuple[Candidate, ...]:
        """All of the person's, as far as anybody has said so."""
        return (self, self.same) if self.same else (self,)

    def tell(self, who: str) -> None:
        self.events += 1
        self.touched_by.add(who)


@dataclass(eq=False)
class Application:
    label: str
    candidate: Candidate
    position: Position
    applied_at: datetime
    stage: str = "APPLIED"
    touched_by: set[str] = field(default_factory=set)
    moved_at: list[datetime] = field(default_factory=list)
    """When its stage changed."""


@dataclass(eq=False)
class Proof:
    """A file that is an answer to a finding, or stands with a request for another time."""

    label: str
    subject: Subject
    verdict: str | None = None
    reason: str | None = None
    ruled_by: str = ""
    ruled_at: datetime | None = None


@dataclass(eq=False)
class Interview:
    label: str
    application: Application
    department: Department
    mode: str
    starts: datetime
    ends: datetime
    interviewers: set[str]
    response: str = "NEEDS_ACTION"
    attendance: str = "PENDING"
    by_program: bool = False
    """Whether it was a program that recorded the attendance."""
    evidence: list[str] = field(default_factory=list)
    sequence: int = 0
    moved_to: Interview | None = None
    asked: str | None = None
    """What became of the candidate's request for another time."""
    events: list[tuple[int, str]] = field(default_factory=list)
    """The seq of each of its events and who wrote it."""
    evidence_seq: int = 0
    """The last of them that nobody may decide without having read."""
    last_seq: int = 0
    """The last of them that who decides may have read."""
    proofs: list[Proof] = field(default_factory=list)
    closed: list[datetime] = field(default_factory=list)
    """When a platform said that the session ended, and nobody had come."""
    failed: bool = False
    """A platform said that the check of the candidate's device had failed."""
    joined: bool = False
    lost: bool = False
    """A platform said that the candidate came, or came back after a connection had broken."""
    looked_at: datetime | None = None
    """When the system looks what came of it, if it is still to do so."""
    answer_at: datetime | None = None
    """Until when the candidate is to hear what became of it, if nobody has looked yet."""
    unanswered_until: datetime | None = None
    grace = timedelta(minutes=15)

    def over_at(self) -> datetime:
        return self.ends + self.grace if self.mode == "AI_ASYNC" else max(self.ends, self.starts + self.grace)

    def is_over(self, now: datetime) -> bool:
        return now >= self.over_at()

    def is_missed(self) -> bool:
        return self.attendance in ("NOT_ATTENDED", "INCOMPLETE")

    def is_excused(self) -> bool:
        return any(each.verdict == "ACCEPTED" for each in self.proofs)

    def is_watched(self) -> bool:
        latest = (self.ends if self.mode == "AI_ASYNC" else self.starts) + self.grace
        return any(at >= latest for at in self.closed)

    def faults(self) -> set[str]:
        """What is known to speak for the candidate."""
        seen = {"DEVICE_CHECK_FAILED": self.failed, "CONNECTION_LOST": self.lost}
        return {*self.evidence, *(name for name, holds in seen.items() if holds)}

    def speaking(self) -> set[str]:
        """And what else says that it cannot be theirs; that they heard of it in time is known of nobody."""
        return self.faults() | ({"JOINED"} if self.joined else set[str]())

    def missed_at(self) -> datetime:
        return self.ends if self.mode == "AI_ASYNC" else self.starts


@dataclass(eq=False)
class Check:
    """A check of a résumé; a mismatch is heard as a missed interview is, and is nobody's but the department's own."""

    label: str
    application: Application
    department: Department
    outcome: str | None
    day: date
    events: list[tuple[int, str]] = field(default_factory=list)
    evidence_seq: int = 0
    last_seq: int = 0
    proofs: list[Proof] = field(default_factory=list)
    replaced_by: Check | None = None
    interviewers: frozenset[str] = frozenset()


Subject = Interview | Check
"""What a finding is about."""


@dataclass(eq=False)
class Finding:
    label: str
    subject: Subject
    occurred_at: datetime
    by_system: bool = False
    """Whether it was the system that suspected it."""
    state: str = "SUSPECTED"
    outcome: str | None = None
    cause: str | None = None
    reason: str | None = None
    statement: str | None = None
    statement_by: str | None = None
    statement_seq: int | None = None
    answered: bool = False
    """By the candidate themself since the notice, not by what HR took down."""
    answer_by: datetime | None = None
    expires_at: datetime | None = None
    repaired_by: list[Interview] = field(default_factory=list)
    decided_by: str | None = None
    decided_at: datetime | None = None
    deciders: set[str] = field(default_factory=set)
    erase_at: datetime | None = None
    due_at: datetime | None = None
    """When the system writes a notice, or upholds a dispute."""
    due_kind: str = "NOTICE"
    heard_by: datetime | None = None
    """When the system notes that nobody answered."""
    decide_by: datetime | None = None
    """When it takes back what nobody decided."""
    written: bool = False
    """Whether a notice of the system's waits for being sent."""
    stood: bool = False
    """Whether a dispute of it was rejected."""
    erased_at: datetime | None = None
    """When the system takes away what it says."""
    was_void: bool = False
    void_reason: str | None = None
    voided_by: str | None = None
    upheld: bool = False
    lapsed: bool = False
    """Whether it was taken back upon a dispute."""
    doubts: set[str] = field(default_factory=set)
    """What speaks for the candidate and was told of since it was decided."""
    doubted: bool = False
    """Whether somebody is to look again for that."""
    noticed_by: str | None = None
    message: str | None = None
    """What became of the system's notice, if it gave one: SENT or BOUNCED."""

    def stands(self) -> bool:
        """It is what was found of its subject, until it is void."""
        return not self.was_void

    def outcome_of(self, cause: str) -> str:
        return FAULTS.get(cause, "NO_SHOW" if isinstance(self.subject, Interview) else "RESUME_MISMATCH")


@dataclass(eq=False)
class Decision:
    label: str
    application: Application
    verdict: str
    considered: list[Finding]
    reason: str | None
    by: str
    decided_at: datetime
    effective_at: datetime | None
    state: str = "EFFECTIVE"
    due_at: datetime | None = None
    written: bool = False
    """Whether the system's announcement waits for being sent."""


@dataclass(eq=False)
class Goal:
    """A goal, or the result that took its place."""

    text: str
    share: float | None
    by: str
    superseded: bool = False


@dataclass(eq=False)
class Employment:
    label: str
    candidate: Candidate
    department: Department
    started: date
    touched_by: set[str]
    goals: list[Goal] = field(default_factory=list)


Due = Finding | Interview | Decision


@dataclass
class User:
    name: str
    role: str
    works_in: Department | None = None


@dataclass
class Model:
    """One Organization at a time; `now` only moves forward."""

    now: datetime
    users: dict[str, User] = field(default_factory=dict)
    departments: list[Department] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    interviews: list[Interview] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    employments: list[Employment] = field(default_factory=list)
    proofs: int = 0
    steps: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """How often each step of a finding's life was taken, from which state, of an interview or a check."""

    # Who stands how to whom

    def below(self, top: Department) -> set[Department]:
        return {each for each in self.departments if top in each.way_up()}

    def circle(self, department: Department) -> Department:
        way = department.counts_as().way_up()
        return next((each for each in way if each.shares), way[-1])

    def siblings(self, department: Department) -> set[Department]:
        """Departments of the circle that share a parent with it, and all of the circle below them."""
        circle = self.circle(department)
        tops = [each for each in self.departments if each.parent is department.parent and each is not department]
        found = set[Department]().union(*(self.below(top) for top in tops if self.circle(top) is circle))
        return {each for each in found if self.circle(each) is circle}

    def relation(self, who: str, department: Department) -> str:
        user, place = self.users[who], department.counts_as()
        if user.role in ("HR_ADMIN", "AUDITOR"):
            return "OWN"
        if user.works_in is None:
            return "OUTSIDE"
        home = user.works_in.counts_as()
        if place in self.below(home):
            return "OWN"
        if place in self.siblings(home):
            return "SIBLING"
        return "CIRCLE" if self.circle(place) is self.circle(home) else "OUTSIDE"

    def owns(self, who: str, department: Department) -> bool:
        return self.relation(who, department) == "OWN"

    def is_near(self, who: str, department: Department) -> bool:
        return self.relation(who, department) != "OUTSIDE"

    # What holds

    def finding_of(self, subject: Subject) -> Finding | None:
        return next((each for each in self.findings if each.subject is subject and each.stands()), None)

    def is_mark(self, finding: Finding) -> bool:
        return finding.outcome == "NO_SHOW" and finding.cause == "CANDIDATE"

    def is_fresh_mark(self, finding: Finding) -> bool:
        fresh = finding.expires_at is not None and finding.expires_at > self.now
        return finding.state == "FINAL" and self.is_mark(finding) and fresh

    def is_gone(self, finding: Finding) -> bool:
        """Its time to be erased has come: it is there for nobody, whether or not a worker has erased it."""
        return finding.erase_at is not None and finding.erase_at <= self.now

    def counts(self, finding: Finding) -> bool:
        active = finding.subject.application.candidate.status == "ACTIVE"
        return self.is_fresh_mark(finding) and active

    def in_use(self, department: Department) -> bool:
        """Whether it holds anything of a person, which may not come into another circle."""
        filed = any(each.position.department is department for each in self.applications)
        return filed or any(
            each.department is department for each in (*self.interviews, *self.checks, *self.employments)
        )

    def _reaches(self, who: str, department: Department, *roles: str) -> Codes | None:
        """Why a user may not write about what belongs to a department; null where it may."""
        role = self.users[who].role
        if role not in ("HR_ADMIN", "MEMBER", *roles):
            return frozenset({"NOT_ALLOWED"})
        if role in roles or self.owns(who, department):
            return None
        return frozenset({"NOT_FOUND"})

    def _tell(self, subject: Subject, who: str, *, evidence: bool = False) -> None:
        candidate = subject.application.candidate
        candidate.tell(who)
        subject.events.append((candidate.events, who))
        subject.last_seq = candidate.events
        if evidence:
            subject.evidence_seq = candidate.events

    def _step(self, finding: Finding, step: str, after: str | None = None) -> None:
        """Takes a step of a finding's life, into another state if it leads to one."""
        self.steps[step, finding.state, type(finding.subject).__name__] += 1
        finding.state = after or finding.state

    # Structure

    def _restructured(self, who: str, department: Department, code: Codes, **changes: object) -> Codes | str:
        """Changes a department, unless that would carry what is in use into another circle."""
        if self.users[who].role != "HR_ADMIN":
            return frozenset({"NOT_ALLOWED"})
        before = {each: self.circle(each) for each in self.departments}
        kept = {name: getattr(department, name) for name in changes}
        if not code:
            self._set(department, changes)
            if any(self.circle(each) is not before[each] and self.in_use(each) for each in self.departments):
                code = frozenset({"CIRCLE_CHANGE"})
                self._set(department, kept)
        return code or department.name

    def _set(self, department: Department, values: dict[str, object]) -> None:
        for name, value in values.items():
            setattr(department, name, value)

    def share(self, who: str, department: Department, shares: bool) -> Codes | str:
        return self._restructured(who, department, frozenset(), shares=shares)

    def move(self, who: str, department: Department, parent: Department | None) -> Codes | str:
        codes = {"DEPARTMENT_CLOSED"} if parent and parent.closed else set[str]()
        if parent and department in parent.way_up():
            codes.add("UNDER_ITSELF")
        return self._restructured(who, department, frozenset(codes), parent=parent)

    def close(self, who: str, department: Department, successor: Department | None) -> Codes | str:
        codes = set[str]()
        if department.closed or (successor and (successor.closed or successor is department)):
            codes.add("DEPARTMENT_CLOSED")
        if any(each.parent is department and not each.closed for each in self.departments):
            codes.add("HAS_OPEN_CHILDREN")
        open = [each for each in self.positions if each.department is department and not each.closed]
        if open and successor is None:
            codes.add("HAS_OPEN_POSITIONS")
        answer = self._restructured(who, department, frozenset(codes), closed=True, successor=successor)
        if isinstance(answer, str) and successor:
            for position in open:
                position.department = successor
        return answer

    def open_position(self, who: str, department: Department, name: str, family: str) -> Codes | str:
        if self.users[who].role not in ("HR_ADMIN", "MEMBER") or not self.owns(who, department):
            return frozenset({"NOT_ALLOWED"})
        if department.closed:
            return frozenset({"DEPARTMENT_CLOSED"})
        self.positions.append(Position(name, department, family))
        return name

    def _position(self, who: str, position: Position) -> Codes | None:
        """A position that is seen but not one's own is not allowed; one that is not seen is not there."""
        if self.users[who].role not in ("HR_ADMIN", "MEMBER"):
            return frozenset({"NOT_ALLOWED"})
        if self.owns(who, position.department):
            return None
        return frozenset({"NOT_ALLOWED" if self.is_near(who, position.department) else "NOT_FOUND"})

    def move_position(self, who: str, position: Position, department: Department) -> Codes | str:
        if refused := self._position(who, position):
            return refused
        if not self.owns(who, department):
            return frozenset({"NOT_ALLOWED"})
        codes = {"DEPARTMENT_CLOSED"} if department.closed else set[str]()
        used = any(each.position is position for each in self.applications)
        if used and self.circle(position.department) is not self.circle(department):
            codes.add("CIRCLE_CHANGE")
        if codes:
            return frozenset(codes)
        position.department = department
        return position.name

    def close_position(self, who: str, position: Position) -> Codes | str:
        if refused := self._position(who, position):
            return refused
        if position.closed:
            return frozenset({"POSITION_CLOSED"})
        position.closed = True
        return position.name

    # Applications

    def submit(self, who: str, position: Position, name: str, email: str) -> Codes | str:
        role = self.users[who].role
        if role not in ("HR_ADMIN", "MEMBER", "INTEGRATOR"):
            return frozenset({"NOT_ALLOWED"})
        if role != "INTEGRATOR" and (refused := self._position(who, position)):
            return refused
        if position.closed or position.department.closed:
            return frozenset({"POSITION_CLOSED"})
        candidate = self._known(position.department, name, email)
        standing = [each for each in self.applications if each.candidate is candidate and each.position is position]
        if any(each.stage not in ENDED for each in standing):
            return frozenset({"ALREADY_APPLIED"})
        candidate = candidate or self._new(position.department, name, email)
        candidate.tell(who)
        made = Application(f"application {len(self.applications) + 1}", candidate, position, self.now)
        made.touched_by.add(who)
        self.applications.append(made)
        return made.label

    def _known(self, department: Department, name: str, email: str) -> Candidate | None:
        circle = self.circle(department)
        known = [each for each in self.candidates if each.circle is circle and each.email == email]
        return next((each for each in known if each.name == name), None)

    def _new(self, department: Department, name: str, email: str) -> Candidate:
        made = Candidate(f"candidate {len(self.candidates) + 1}", name, email, self.circle(department))
        self.candidates.append(made)
        return made

    # Work

    def employ(self, who: str, department: Department, name: str, email: str, started: date) -> Codes | str:
        """Recognised within the circle, as by an application; nobody works twice in a department."""
        role = self.users[who].role
        if role == "AUDITOR":
            return frozenset({"NOT_ALLOWED"})
        if role != "INTEGRATOR" and not self.owns(who, department):
            return frozenset({"NOT_ALLOWED" if self.is_near(who, department) else "NOT_FOUND"})
        if department.closed:
            return frozenset({"DEPARTMENT_CLOSED"})
        candidate = self._known(department, name, email)
        if any(each.candidate is candidate and each.department is department for each in self.employments):
            return frozenset({"ALREADY_EMPLOYED"})
        candidate = candidate or self._new(department, name, email)
        candidate.tell(who)
        made = Employment(f"employment {len(self.employments) + 1}", candidate, department, started, {who})
        self.employments.append(made)
        return made.label

    def complete(self, who: str, employment: Employment, text: str, share: float | None) -> Codes | str:
        """A result takes the place of its goal; told again nothing happens, and told otherwise it is refused."""
        if refused := self._reaches(who, employment.department, "INTEGRATOR"):
            return refused
        if employment.candidate.status == "ERASED":
            return frozenset({"NOT_FOUND"})
        told = [each for each in employment.goals if each.text == text]
        if any(each.share == share for each in told):
            return employment.label
        standing = [each for each in told if not each.superseded]
        if any(share is None or each.share is not None for each in standing):
            return frozenset({"RECORDED_OTHERWISE"})
        for each in standing:
            each.superseded = True
        employment.goals.append(Goal(text, share, who))
        employment.candidate.tell(who)
        employment.touched_by.add(who)
        return employment.label

    # Applications, further

    def _application(self, who: str, application: Application) -> Codes | None:
        role = self.users[who].role
        if role == "INTEGRATOR":
            return None if who in application.touched_by else frozenset({"NOT_FOUND"})
        return self._reaches(who, application.position.department)

    def advance(self, who: str, application: Application, stage: str) -> Codes | str:
        if self.users[who].role == "AUDITOR":
            return frozenset({"NOT_ALLOWED"})
        codes = {"REJECTION_IS_A_DECISION"} if stage == "REJECTED" else set[str]()
        codes |= {"NOT_FORWARD"} if stage == "WITHDRAWN" else set()
        if refused := self._application(who, application):
            return refused | codes
        codes |= self._goes_no_further(application)
        # An integrator is told nothing of decisions; what it moves on lets the rejection lapse.
        codes -= {"REJECTION_ANNOUNCED"} if self.users[who].role == "INTEGRATOR" else set()
        if stage in STAGES and application.stage in STAGES and STAGES.index(stage) <= STAGES.index(application.stage):
            codes.add("NOT_FORWARD")
        return frozenset(codes) or self._staged(who, application, stage)

    def _goes_no_further(self, application: Application) -> set[str]:
        """Nobody is left, it has ended, or the candidate was told that it will be rejected."""
        codes = {"CANDIDATE_ERASED"} if application.candidate.status == "ERASED" else set[str]()
        codes |= {"APPLICATION_ENDED"} if application.stage in ENDED else set()
        announced = any(each.application is application and each.state == "ANNOUNCED" for each in self.decisions)
        return codes | ({"REJECTION_ANNOUNCED"} if announced else set())

    def withdraw(self, who: str, application: Application) -> Codes | str:
        if self.users[who].role == "AUDITOR":
            return frozenset({"NOT_ALLOWED"})
        if refused := self._application(who, application):
            return refused
        if application.stage in ENDED:
            return frozenset({"APPLICATION_ENDED"})
        return self._ended(who, application, "WITHDRAWN", "CANDIDATE")

    def _ended(self, who: str, application: Application, stage: str, by: str) -> str:
        label = self._staged(who, application, stage)
        held = [each for each in self.interviews if each.application is application]
        for interview in sorted(held, key=lambda each: each.events[-1][0]):
            self._call_off(who, interview, by)
        return label

    def decide(
        self, who: str, application: Application, verdict: str, considered: list[Finding], reason: str
    ) -> Codes | str:
        """A rejection for which something was in sight that counts, or may yet, is announced, and waits."""
        if refused := self._reaches(who, application.position.department):
            return refused
        shown = self._shown(who, application)
        codes = self._goes_no_further(application)
        codes |= {"NOT_FOUND"} if any(each not in shown for each in considered) else set()
        nothing = [each for each in considered if not self._weighs(each) and not self._is_heard(each)]
        codes |= {"WEIGHS_NOTHING"} if verdict == "REJECT" and nothing else set()
        if codes:
            return frozenset(codes)
        if verdict == "REJECT":
            considered = [each for each in shown if each in considered or self._weighs(each)]
        label = f"decision {len(self.decisions) + 1}"
        made = Decision(label, application, verdict, considered, reason, who, self.now, self.now)
        self.decisions.append(made)
        application.candidate.tell(who)
        if verdict == "REJECT" and (considered or any(each.state in OPEN for each in shown)):
            made.state, made.effective_at, made.written = "ANNOUNCED", None, True
        elif verdict == "REJECT":
            self._ended(who, application, "REJECTED", "EMPLOYER")
        elif verdict == "ADVANCE":
            self._staged(who, application, STAGES[STAGES.index(application.stage) + 1])
        return label

    def _shown(self, who: str, application: Application) -> list[Finding]:
        """What was found of the person, as far as the decider sees it."""

        def is_seen(finding: Finding) -> bool:
            held = finding.subject.department
            is_there = not self.is_gone(finding) or finding.state == "ERASED"
            return is_there and (self.owns(who, held) or (self.is_near(who, held) and self.counts(finding)))

        person = application.candidate.records()
        return [each for each in self.findings if each.subject.application.candidate in person and is_seen(each)]

    def _weighs(self, finding: Finding) -> bool:
        """A no-show that counts, or a mismatch as it."""
        fresh = finding.expires_at is not None and finding.expires_at > self.now
        found = (finding.outcome, finding.cause) == (finding.outcome_of("CANDIDATE"), "CANDIDATE")
        return finding.state == "FINAL" and found and fresh and self._is_free(finding)

    def _is_heard(self, finding: Finding) -> bool:
        """It may come to count."""
        return finding.state in ("SUSPECTED", "NOTICE_SENT") and self._is_free(finding)

    def _is_free(self, finding: Finding) -> bool:
        return finding.subject.application.candidate.status == "ACTIVE" and finding.state != "ERASED"

    def take_back(self, who: str, decision: Decision) -> Codes | str:
        if refused := self._reaches(who, decision.application.position.department):
            return refused
        if decision.state != "ANNOUNCED":
            return frozenset({"DECISION_TAKEN"})
        decision.state, decision.due_at = "WITHDRAWN", None
        decision.application.candidate.tell(who)
        return decision.label

    def announce(self, who: str, decision: Decision) -> Codes | str:
        if refused := self._reaches(who, decision.application.position.department):
            return refused
        codes = {"DECISION_TAKEN"} if decision.state != "ANNOUNCED" else set[str]()
        codes |= {"CANDIDATE_ERASED"} if decision.application.candidate.status == "ERASED" else set()
        codes |= {"ALREADY_ANNOUNCED"} if decision.effective_at is not None else set()
        return frozenset(codes) or self._announced(who, decision)

    def _announced(self, who: str, decision: Decision) -> str:
        """The candidate was told: from now on the days pass."""
        decision.effective_at = decision.due_at = after_working_days(self.now, 5)
        decision.application.candidate.tell(who)
        return decision.label

    def _take_effect(self, decision: Decision) -> None:
        """Unless something it stood on counts no longer, or not yet, or the application was moved on since."""
        decision.due_at, application = None, decision.application
        person = application.candidate.records()
        fallen = any(
            not self._weighs(each) or each.subject.application.candidate not in person for each in decision.considered
        )
        overtaken = any(at > decision.decided_at for at in application.moved_at)
        if application.stage in ENDED or overtaken or fallen:
            decision.state = "LAPSED"
            application.candidate.tell(SYSTEM)
        else:
            decision.state = "EFFECTIVE"
            self._ended(SYSTEM, application, "REJECTED", "EMPLOYER")

    def _call_off(self, who: str, interview: Interview, by: str) -> None:
        """What is still to come of an application that ends."""
        if not self._settled(interview):
            self._cancel(who, interview, by)
        elif interview.attendance == "RESCHEDULED" and interview.asked in WAITING:
            interview.asked = "LAPSED"

    def check(self, who: str, application: Application, outcome: str, replaces: Check | None) -> Codes | str:
        """A check of the résumé stays with the department that made it; a mismatch is at once to be heard."""
        if self.users[who].role in ("AUDITOR", "INTEGRATOR"):
            return frozenset({"NOT_ALLOWED"})
        if refused := self._application(who, application):
            return refused
        codes = {"CANDIDATE_ERASED"} if application.candidate.status == "ERASED" else set[str]()
        if replaces and (replaces.application is not application or not self.owns(who, replaces.department)):
            codes.add("NOT_FOUND")
        elif replaces:
            codes |= {"SUPERSEDED"} if replaces.replaced_by else set()
            codes |= {"FINDING_STANDS"} if self.finding_of(replaces) else set()
        if any(each is not replaces and self._stands(each) for each in self._same(application)):
            codes.add("CHECK_STANDS")
        if outcome == "MISMATCH" and any(self._is_cleared(each) for each in self._repeated(application, replaces)):
            codes |= {"DISPUTE_UPHELD", "NOT_DECIDED"}
        if codes:
            return frozenset(codes)
        day = checked_on(self.now)
        made = Check(f"check {len(self.checks)}", application, application.position.department, outcome, day)
        self.checks.append(made)
        if replaces:
            replaces.replaced_by = made
        self._tell(made, who, evidence=True)
        if outcome == "MISMATCH":
            finding = self._suspicion(made, midnight(day), "CHECK")
            finding.due_at, finding.decide_by = self.now, self.now + DECIDE
        return made.label

    def _repeated(self, application: Application, replaces: Check | None) -> Iterator[Check]:
        """Checks that one of today replaces, or says once more."""
        yield from self._same(application)
        while replaces:
            yield replaces
            replaces = next((each for each in self.checks if each.replaced_by is replaces), None)

    def _same(self, application: Application) -> Iterator[Check]:
        """Checks that one of today says once more, all being of one claim from one source."""
        for each in self.checks:
            if each.application is application and each.outcome and each.day == checked_on(self.now):
                yield each

    def _stands(self, check: Check) -> bool:
        return not check.replaced_by and (check.outcome == "VERIFIED" or self.finding_of(check) is not None)

    def _staged(self, who: str, application: Application, stage: str) -> str:
        application.stage = stage
        application.moved_at.append(self.now)
        application.candidate.tell(who)
        application.touched_by.add(who)
        return application.label

    # Interviews

    def invite(
        self, who: str, application: Application, mode: str, starts: datetime, ends: datetime, interviewers: set[str]
    ) -> Codes | str:
        if refused := self._reaches(who, application.position.department):
            return refused | ({"INVALID_VALUE"} if ends <= self.now and "NOT_FOUND" in refused else frozenset())
        codes = {"INVALID_VALUE"} if ends <= self.now else set[str]()
        codes |= self._goes_no_further(application)
        codes |= {"CANDIDATE_RESTRICTED"} if application.candidate.status == "RESTRICTED" else set()
        position = application.position
        codes |= {"POSITION_CLOSED"} if position.closed or position.department.closed else set()
        if any(self._awaits(each, application, starts) for each in self.interviews):
            codes.add("ALREADY_INVITED")
        if codes:
            return frozenset(codes)
        label = f"interview {len(self.interviews) + 1}"
        made = Interview(label, application, application.position.department, mode, starts, ends, interviewers)
        made.looked_at = made.over_at()
        self.interviews.append(made)
        self._tell(made, who)
        return label

    def _awaits(self, interview: Interview, application: Application, starts: datetime) -> bool:
        """Whether somebody is invited by it already for a time that starts then, and did not decline."""
        standing = interview.attendance == "PENDING" and interview.response != "DECLINED" and interview.ends > self.now
        return standing and interview.application is application and interview.starts == starts

    def _settled(self, interview: Interview) -> set[str]:
        codes = set[str]()
        if interview.attendance != "PENDING":
            codes.add("INTERVIEW_SETTLED")
        if interview.is_over(self.now):
            codes.add("INTERVIEW_OVER")
        return codes

    def reschedule(self, who: str, old: Interview, starts: datetime, ends: datetime, chosen_by: str) -> Codes | str:
        if refused := self._reaches(who, old.department):
            return refused
        codes = self._settled(old)
        codes |= {"CANDIDATE_ERASED"} if old.application.candidate.status == "ERASED" else set()
        if old.application.stage in ENDED:
            codes.add("APPLICATION_ENDED")
        if codes:
            return frozenset(codes)
        return self._moved(who, old, starts, ends, "ACCEPTED" if chosen_by == "CANDIDATE" else "NEEDS_ACTION")

    def _moved(self, who: str, old: Interview, starts: datetime, ends: datetime, response: str) -> str:
        label = f"interview {len(self.interviews) + 1}"
        made = Interview(label, old.application, old.department, old.mode, starts, ends, old.interviewers)
        made.response, made.sequence, made.looked_at = response, old.sequence + 1, made.over_at()
        old.attendance, old.moved_to, old.looked_at = "RESCHEDULED", made, None
        old.asked = old.asked and "GRANTED"
        self.interviews.append(made)
        self._tell(old, who)
        self._tell(made, who)
        return label

    def cancel(self, who: str, interview: Interview, by: str) -> Codes | str:
        if refused := self._reaches(who, interview.department):
            return refused
        if codes := self._settled(interview):
            return frozenset(codes)
        self._cancel(who, interview, by)
        return interview.label

    def _cancel(self, who: str, interview: Interview, by: str) -> None:
        interview.attendance, interview.sequence = f"CANCELLED_BY_{by}", interview.sequence + 1
        interview.asked, interview.looked_at = interview.asked and "LAPSED", None
        self._tell(interview, who)

    def respond(self, who: str, interview: Interview, response: str) -> Codes | str:
        if refused := self._reaches(who, interview.department, "INTEGRATOR"):
            return refused
        codes = self._settled(interview)
        if response != "ACCEPTED" and self.now >= interview.missed_at():
            codes.add("INTERVIEW_BEGUN")
        if codes:
            return frozenset(codes)
        interview.response, interview.looked_at = response, interview.over_at()
        self._tell(interview, who)
        return interview.label

    def attend(self, who: str, interview: Interview, attendance: str, evidence: list[str]) -> Codes | str:
        if refused := self._reaches(who, interview.department, "INTEGRATOR"):
            return refused
        codes = set[str]()
        if interview.attendance in ("RESCHEDULED", "ENTERED_IN_ERROR"):
            codes.add("INTERVIEW_SETTLED")
        if interview.attendance.startswith("CANCELLED") and attendance != "ENTERED_IN_ERROR":
            codes.add("INTERVIEW_SETTLED")
        if self.finding_of(interview):
            codes.add("FINDING_STANDS")
        if attendance == "NOT_ATTENDED" and not interview.is_over(self.now):
            codes.add("NOT_OVER")
        if attendance in ("ATTENDED", "ATTENDED_LATE", "INCOMPLETE") and self.now < interview.starts:
            codes.add("NOT_STARTED")
        if codes:
            return frozenset(codes)
        if attendance == "ENTERED_IN_ERROR" and not interview.attendance.startswith("CANCELLED"):
            interview.sequence += 1
        interview.attendance, interview.evidence = attendance, sorted(evidence)
        interview.answer_at = None
        interview.by_program = self.users[who].role == "INTEGRATOR"
        interview.looked_at = self._look_after(interview)
        if attendance != "NOT_ATTENDED":
            interview.asked = interview.asked and "LAPSED"
        self._tell(interview, who)
        if attendance in ("ATTENDED", "ATTENDED_LATE"):
            interview.answer_at = interview.ends + PROMISED
            for finding in self.findings:
                if finding.state in ("FINAL", "DISPUTED") and self.is_mark(finding):
                    self._repair(finding, interview)
        return interview.label

    def _look_after(self, interview: Interview) -> datetime | None:
        """When the system looks at what was recorded: proof may excuse it, and a program's word alone is not enough."""
        if interview.is_missed() and interview.is_excused():
            return interview.over_at()
        return (interview.looked_at or self.now) if self.is_unjudged(interview) else None

    def _repair(self, finding: Finding, by: Interview) -> None:
        """A no-show fades sooner by each interview that was attended after it."""
        person = finding.subject.application.candidate.records()
        if by.application.candidate not in person or by in finding.repaired_by:
            return
        if finding.expires_at is not None and finding.occurred_at < by.starts:
            soonest = max(finding.occurred_at + timedelta(days=90), finding.expires_at - timedelta(days=30))
            if soonest < finding.expires_at:
                finding.expires_at = soonest
                finding.repaired_by.append(by)

    # Findings

    def _finding(self, who: str, finding: Finding) -> Codes | None:
        refused = self._reaches(who, finding.subject.department)
        return refused or (frozenset({"NOT_FOUND"}) if self.is_gone(finding) else None)

    def _suspicion(self, subject: Subject, at: datetime, step: str) -> Finding:
        made = Finding(f"finding {len(self.findings) + 1}", subject, at, step == "SUSPECT")
        made.erased_at = at + 2 * LATER
        self.findings.append(made)
        self.steps[step, NONE, type(subject).__name__] += 1
        return made

    def report(self, who: str, interview: Interview) -> Codes | str:
        if refused := self._reaches(who, interview.department):
            return refused
        codes = {"FINDING_STANDS"} if self.finding_of(interview) else set[str]()
        if interview.response != "ACCEPTED":
            codes.add("NOT_ACCEPTED")
        if not interview.is_over(self.now):
            codes.add("NOT_OVER")
        if interview.attendance != "NOT_ATTENDED":
            codes.add("NOT_MISSED")
        if interview.asked in WAITING:
            codes.add("REQUEST_OPEN")
        if interview.is_excused():
            codes.add("PROOF_STANDS")
        if self._is_cleared(interview):
            codes |= {"DISPUTE_UPHELD", "NOT_DECIDED"}
        return frozenset(codes) or self._suspected(who, interview, "REPORT")

    def _is_cleared(self, subject: Subject) -> bool:
        """What was found of it was taken back upon a dispute, or as nobody decided, and is not raised again."""
        return any(each.upheld or each.lapsed for each in self.findings if each.subject is subject)

    def _suspected(self, who: str, interview: Interview, step: str) -> str:
        made = self._suspicion(interview, interview.missed_at(), step)
        made.due_at, made.decide_by = self.now, self.now + DECIDE
        self._tell(interview, who)
        return made.label

    def notify(self, who: str, finding: Finding) -> Codes | str:
        if refused := self._finding(who, finding):
            return refused
        if finding.state != "SUSPECTED":
            return frozenset({"WRONG_STATE"})
        self._noticed(who, finding)
        return finding.label

    def _noticed(self, who: str, finding: Finding) -> None:
        self._step(finding, "NOTICE", "NOTICE_SENT")
        finding.answer_by = self.now + ANSWER
        finding.heard_by, finding.decide_by = finding.answer_by, self.now + DECIDE
        finding.noticed_by, finding.answered = who, False
        self._tell(finding.subject, who)

    def state(self, who: str, finding: Finding, text: str) -> Codes | str:
        if refused := self._finding(who, finding):
            return refused
        if finding.state not in ("SUSPECTED", "NOTICE_SENT"):
            return frozenset({"WRONG_STATE"})
        self._step(finding, "STATE")
        self._tell(finding.subject, who, evidence=True)
        finding.statement, finding.statement_seq = text, finding.subject.last_seq
        finding.statement_by = "HUMAN"
        return finding.label

    def bounce(self, who: str, finding: Finding) -> Codes | str:
        """A mail server says that the system's notice did not arrive: it was none, unless it was answered."""
        if self.users[who].role not in ("HR_ADMIN", "INTEGRATOR"):
            return frozenset({"NOT_ALLOWED"})
        if finding.message == "SENT":
            finding.message = "BOUNCED"
            self._tell(finding.subject, who, evidence=True)
            if finding.state == "NOTICE_SENT" and not finding.answered and finding.noticed_by == SYSTEM:
                self._step(finding, "UNDELIVERED", "SUSPECTED")
                finding.answer_by = None
            unheard = not finding.answered and finding.noticed_by == SYSTEM
            if (finding.state, finding.cause) == ("FINAL", "CANDIDATE") and unheard:
                finding.doubted = True
        return f"notice of {finding.label}"

    def _undecided(self, who: str, finding: Finding, read_up_to: int) -> set[str]:
        codes = {"NOT_ALLOWED"} if who in finding.subject.interviewers else set[str]()
        if finding.state not in ("SUSPECTED", "NOTICE_SENT"):
            codes.add("WRONG_STATE")
        return codes | self._unread(finding, read_up_to)

    def _unread(self, finding: Finding, read_up_to: int) -> set[str]:
        last = max(finding.statement_seq or 0, finding.subject.evidence_seq)
        return {"STATEMENT_UNREAD"} if last > read_up_to else set()

    def confirm(self, who: str, finding: Finding, cause: str, reason: str, read_up_to: int) -> Codes | str:
        if refused := self._finding(who, finding):
            return refused
        if finding.state == "FINAL" and finding.doubted:
            return self._reviewed(who, finding, cause, read_up_to)
        codes = self._undecided(who, finding, read_up_to)
        if cause not in FAULTS:
            if finding.answer_by is None:
                codes.add("NOTICE_MISSING")
            elif not finding.answered and self.now < finding.answer_by:
                codes.add("ANSWER_PENDING")
        codes |= {"WRONG_STATE"} if self._outlived(finding, finding.subject) else set()
        if codes:
            return frozenset(codes)
        self._step(finding, "CONFIRM", "FINAL")
        return self._decided(who, finding, finding.outcome_of(cause), cause, reason)

    def _reviewed(self, who: str, finding: Finding, cause: str, read_up_to: int) -> Codes | str:
        """A no-show stands though something spoke against it since: as the candidate's, or not at all."""
        codes = {"NOT_ALLOWED"} if who in finding.subject.interviewers else set[str]()
        codes |= {"INVALID_VALUE"} if cause != "CANDIDATE" else set()
        codes |= self._unread(finding, read_up_to)
        if codes:
            return frozenset(codes)
        self._step(finding, "REVIEW")
        finding.doubted = False
        finding.deciders.add(who)
        self._tell(finding.subject, who)
        return finding.label

    def fault(self, who: str, interview: Interview, cause: str, reason: str) -> Codes | str:
        """A fault of platform or employer may be found on an interview that nobody suspected."""
        if refused := self._reaches(who, interview.department):
            return refused
        codes = {"NOT_ALLOWED"} if who in interview.interviewers else set[str]()
        codes |= set() if cause in FAULTS else {"NOTICE_MISSING"}
        codes |= {"FINDING_STANDS"} if self.finding_of(interview) else set()
        codes |= set() if interview.is_over(self.now) else {"NOT_OVER"}
        codes |= set() if interview.attendance in ("NOT_ATTENDED", "INCOMPLETE") else {"NOT_MISSED"}
        codes |= {"WRONG_STATE"} if self._outlived(None, interview) else set()
        if codes:
            return frozenset(codes)
        made = self._suspicion(interview, interview.missed_at(), "FIND_FAULT")
        made.state = "FINAL"
        return self._decided(who, made, FAULTS[cause], cause, reason)

    def excuse(self, who: str, finding: Finding, reason: str, read_up_to: int) -> Codes | str:
        if refused := self._finding(who, finding):
            return refused
        codes = self._undecided(who, finding, read_up_to)
        codes |= {"WRONG_STATE"} if self._outlived(finding, finding.subject) else set()
        return frozenset(codes) or self._excused(who, finding, reason)

    def _excused(self, who: str, finding: Finding, reason: str) -> str:
        self._step(finding, "EXCUSE", "EXCUSED")
        return self._decided(who, finding, "EXCUSED", "CANDIDATE", reason)

    def _earlier(self, finding: Finding | None, subject: Subject) -> bool:
        """Whether another finding of its kind stands against the person."""
        person = subject.application.candidate.records()
        kind = Finding("", subject, self.now).outcome_of("CANDIDATE")
        return any(
            each is not finding
            and each.subject.application.candidate in person
            and each.state in ("FINAL", "DISPUTED")
            and (each.outcome, each.cause) == (kind, "CANDIDATE")
            for each in self.findings
        )

    def _outlived(self, finding: Finding | None, subject: Subject) -> bool:
        """It happened so long ago that it would have to be erased as soon as it was decided."""
        at = subject.missed_at() if isinstance(subject, Interview) else finding and finding.occurred_at
        return at is not None and at + (2 * LATER if self._earlier(finding, subject) else LATER) <= self.now

    def _decided(
        self, who: str, finding: Finding, outcome: str, cause: str, reason: str, actor: str | None = None
    ) -> str:
        earlier = self._earlier(finding, finding.subject)
        finding.outcome, finding.cause, finding.decided_at = outcome, cause, self.now
        finding.reason, finding.decided_by, finding.due_at = reason, who, None
        finding.heard_by = finding.decide_by = None
        finding.doubts = finding.subject.speaking() if isinstance(finding.subject, Interview) else set()
        finding.deciders.add(who)
        finding.expires_at = finding.occurred_at + (LATER if earlier else FIRST)
        finding.erase_at = finding.erased_at = finding.occurred_at + (2 * LATER if earlier else LATER)
        if self.is_mark(finding):
            for each in sorted(self.interviews, key=lambda each: each.starts):
                if each.attendance in ("ATTENDED", "ATTENDED_LATE"):
                    self._repair(finding, each)
        self._tell(finding.subject, actor or who)
        return finding.label

    def void(self, who: str, finding: Finding, reason: str) -> Codes | str:
        if refused := self._finding(who, finding):
            return refused
        codes = {"NOT_ALLOWED"} if who in finding.subject.interviewers else set[str]()
        codes |= {"WRONG_STATE"} if finding.state in ("VOID", "ERASED") else set()
        if codes:
            return frozenset(codes)
        return self._voided(who, finding, "VOID", reason)

    def _voided(self, who: str, finding: Finding, step: str, reason: str) -> str:
        finding.upheld, finding.lapsed = finding.state == "DISPUTED", step == "LAPSE"
        self._step(finding, step, "VOID")
        finding.was_void, finding.void_reason, finding.due_at = True, reason, None
        finding.voided_by = None if who == SYSTEM else who
        finding.heard_by = finding.decide_by = None
        self._tell(finding.subject, who)
        return finding.label

    def dispute(self, who: str, finding: Finding) -> Codes | str:
        """Of the candidate, told by somebody of the department."""
        if refused := self._finding(who, finding):
            return refused
        codes = {"DISPUTE_DECIDED"} if finding.stood else set[str]()
        codes |= {"WRONG_STATE"} if finding.state != "FINAL" else set()
        if codes:
            return frozenset(codes)
        self._step(finding, "DISPUTE", "DISPUTED")
        finding.due_kind, finding.due_at = "DISPUTE", self.now + DISPUTE
        self._tell(finding.subject, who, evidence=True)
        return finding.label

    def judge(self, who: str, finding: Finding, upheld: bool, reason: str, read_up_to: int) -> Codes | str:
        """Nobody judges their own decision."""
        if refused := self._finding(who, finding):
            return refused
        codes = {"SAME_PERSON"} if who in finding.deciders else set[str]()
        codes |= {"NOT_ALLOWED"} if who in finding.subject.interviewers else set()
        codes |= {"WRONG_STATE"} if finding.state != "DISPUTED" else set()
        codes |= self._unread(finding, read_up_to)
        if codes:
            return frozenset(codes)
        if upheld:
            return self._voided(who, finding, "UPHOLD", reason)
        self._step(finding, "REJECT", "FINAL")
        finding.stood, finding.due_at, finding.doubted = True, None, False
        self._tell(finding.subject, who)
        return finding.label

    # Proof

    def hand_in(self, subject: Subject, finding: Finding | None) -> Codes | str:
        """The candidate's: to a finding that is open, or else with a request for another time that was not granted."""
        if finding is not None and self.is_gone(finding):
            return frozenset({"NOT_FOUND"})
        asked = subject.asked if isinstance(subject, Interview) else None
        is_open = finding.state in OPEN if finding is not None else asked in ("REQUESTED", "REFUSED")
        if not is_open:
            return frozenset({"NOTHING_OPEN"})
        self.proofs += 1
        made = Proof(f"proof {self.proofs}", subject)
        subject.proofs.append(made)
        self._tell(subject, CANDIDATE, evidence=isinstance(subject, Interview))
        if finding is not None:
            finding.statement_seq, finding.answered = subject.last_seq, True
        return made.label

    def rule_on(self, who: str, proof: Proof, verdict: str, reason: str) -> Codes | str:
        """Accepted, it excuses what was missed or did not match, unless that is decided already."""
        subject = proof.subject
        if refused := self._reaches(who, subject.department):
            return refused
        codes = {"NOT_ALLOWED"} if who in subject.interviewers else set[str]()
        codes |= {"PROOF_DECIDED"} if proof.verdict else set()
        if codes:
            return frozenset(codes)
        proof.verdict, proof.reason, proof.ruled_by, proof.ruled_at = verdict, reason, who, self.now
        self._tell(subject, who)
        if verdict != "ACCEPTED":
            return proof.label
        finding = self.finding_of(subject)
        if self._outlived(finding, subject):
            pass
        elif finding is None and isinstance(subject, Interview) and self._is_missed(subject):
            self._excused_by(proof, subject, who)
        elif finding is not None and finding.state in ("SUSPECTED", "NOTICE_SENT"):
            self._excused(who, finding, reason)
        elif finding is not None and (finding.state, finding.cause) == ("FINAL", "CANDIDATE"):
            finding.doubted = True
        return proof.label

    def _excused_by(self, proof: Proof, subject: Interview, actor: str) -> None:
        finding = self._suspicion(subject, subject.missed_at(), "ACCEPT_PROOF")
        finding.state = "EXCUSED"
        self._decided(proof.ruled_by, finding, "EXCUSED", "CANDIDATE", proof.reason or "", actor)

    def _is_missed(self, it: Interview) -> bool:
        return it.is_missed() and it.response == "ACCEPTED" and it.is_over(self.now)

    # Two records of one person

    def _mine(self, who: str, candidate: Candidate) -> Codes | None:
        role = self.users[who].role
        if role not in ("HR_ADMIN", "MEMBER"):
            return frozenset({"NOT_ALLOWED"})
        filed = [each.position.department for each in self.applications if each.candidate is candidate]
        mine = role == "HR_ADMIN" or any(self.owns(who, department) for department in filed)
        return None if mine else frozenset({"NOT_FOUND"})

    def merge(self, who: str, candidate: Candidate, other: Candidate) -> Codes | str:
        if refused := self._mine(who, candidate) or self._mine(who, other):
            return refused
        codes = {"INVALID_VALUE"} if candidate is other else set[str]()
        codes |= {"OTHER_CIRCLE"} if candidate.circle is not other.circle else set()
        codes |= {"CANDIDATE_ERASED"} if "ERASED" in (candidate.status, other.status) else set()
        codes |= {"ALREADY_MERGED"} if candidate.same or other.same else set()
        if codes:
            return frozenset(codes)
        candidate.same, other.same = other, candidate
        candidate.tell(who)
        other.tell(who)
        return candidate.label

    def split(self, who: str, candidate: Candidate) -> Codes | str:
        if refused := self._mine(who, candidate):
            return refused
        other = candidate.same
        if other is None:
            return frozenset({"NOT_MERGED"})
        if refused := self._mine(who, other):
            return refused
        candidate.same = other.same = None
        candidate.tell(who)
        other.tell(who)
        return candidate.label

    # What the system does by itself

    def watch(self, who: str, interview: Interview, kind: str) -> Codes | str:
        """A platform tells what it saw; whatever it says of an interview, nobody is marked by that."""
        if refused := self._reaches(who, interview.department, "INTEGRATOR"):
            return refused
        if kind == "SESSION_CLOSED":
            interview.closed.append(self.now)
        elif kind == "DEVICE_CHECK_FAILED":
            interview.failed = True
        else:
            interview.joined, interview.lost = True, interview.lost or kind == "CANDIDATE_RECONNECTED"
        self._tell(interview, who, evidence=True)
        finding = self.finding_of(interview)
        waits = interview.attendance == "PENDING" and finding is None
        if (waits or self.is_unjudged(interview)) and interview.is_over(self.now) and interview.looked_at is None:
            interview.looked_at = self.now
        if finding is not None and self.is_fresh_mark(finding) and not interview.speaking() <= finding.doubts:
            finding.doubted, finding.doubts = True, interview.speaking()
        return f"telemetry {interview.events[-1][0]} of {interview.label}"

    def is_unjudged(self, interview: Interview) -> bool:
        """Accepted and missed, by a program's word alone, and nothing was ever found of it."""
        told = interview.attendance == "NOT_ATTENDED" and interview.by_program and interview.response == "ACCEPTED"
        return told and not any(each.subject is interview for each in self.findings)

    def _is_accused(self, finding: Finding) -> bool:
        """Whether the system's notice says so: not of what it suspected itself, and is known to be others' fault."""
        it = finding.subject
        is_first = finding.by_system and finding.state == "SUSPECTED"
        return not (is_first and isinstance(it, Interview) and it.faults())

    def due(self, now: datetime) -> dict[tuple[str, str], Due]:
        """What is due by a worker's clock, by its kind and label."""
        found: dict[tuple[str, str], Due] = {
            ("REJECT", each.label): each for each in self.decisions if each.due_at is not None and each.due_at <= now
        }
        for finding in self.findings:
            if finding.due_at is not None and finding.due_at <= now:
                found[finding.due_kind, finding.label] = finding
            for kind, at in (
                ("HEARING", finding.heard_by),
                ("DECISION", finding.decide_by),
                ("ERASE_FINDING", finding.erased_at),
            ):
                if at is not None and at <= now:
                    found[kind, finding.label] = finding
        for interview in self.interviews:
            for kind, at in (("OUTCOME", interview.looked_at), ("ANSWER", interview.answer_at)):
                if at is not None and at <= now:
                    found[kind, interview.label] = interview
        return found

    def settle(self, kind: str, record: Due) -> None:
        if kind == "ERASE_FINDING" and isinstance(record, Finding):
            self._forget(record)
        elif kind == "HEARING" and isinstance(record, Finding):
            self._end_hearing(record)
        elif kind == "DECISION" and isinstance(record, Finding):
            self._lapse(record)
        elif isinstance(record, Finding):
            self._settle_finding(record)
        elif isinstance(record, Decision):
            self._take_effect(record)
        elif kind == "OUTCOME":
            self._look(record)
        else:
            self._miss_answer(record)

    def _settle_finding(self, finding: Finding) -> None:
        """Gives notice to whom it can reach; what was disputed and not decided in time is void."""
        finding.due_at = None
        if self.is_gone(finding) or finding.state == "ERASED":
            return
        if finding.state == "DISPUTED":
            self._voided(SYSTEM, finding, "UPHOLD", OVERDUE)
        elif finding.subject.application.candidate.status != "ERASED" and self._is_accused(finding):
            finding.written = True

    def _end_hearing(self, finding: Finding) -> None:
        """Nobody has answered, and HR is to decide."""
        finding.heard_by = None
        if not self.is_gone(finding) and finding.state == "NOTICE_SENT" and finding.statement_seq is None:
            self._step(finding, "UNANSWERED")
            self._tell(finding.subject, SYSTEM)

    def _lapse(self, finding: Finding) -> None:
        """What was only suspected, and nobody decided in time, is taken back."""
        finding.decide_by = None
        if not self.is_gone(finding) and finding.state in ("SUSPECTED", "NOTICE_SENT"):
            self._voided(SYSTEM, finding, "LAPSE", NOT_DECIDED)

    def send(self) -> None:
        """The system's notices and announcements leave, where the candidate is still to be told and is there."""
        for finding in [each for each in self.findings if each.written]:
            finding.written = False
            is_there = finding.subject.application.candidate.status != "ERASED"
            if is_there and finding.state in ("SUSPECTED", "NOTICE_SENT") and self._is_accused(finding):
                self._tell(finding.subject, SYSTEM)
                if finding.state == "SUSPECTED":
                    self._noticed(SYSTEM, finding)
                finding.message = "SENT"
        for decision in [each for each in self.decisions if each.written]:
            decision.written = False
            if decision.application.candidate.status != "ERASED" and decision.state == "ANNOUNCED":
                decision.application.candidate.tell(SYSTEM)
                if decision.effective_at is None:
                    self._announced(SYSTEM, decision)

    def _forget(self, finding: Finding) -> None:
        """Takes away what a finding says, and what the check says that it is of; that there were events stays."""
        self._step(finding, "ERASE", "ERASED")
        finding.erased_at = finding.outcome = finding.cause = finding.reason = finding.statement = None
        finding.void_reason = finding.statement_by = None
        if all(each.state == "ERASED" for each in self.findings if each.subject is finding.subject):
            for proof in finding.subject.proofs:
                proof.reason = None
        if isinstance(finding.subject, Check):
            finding.subject.outcome = None
        last = finding.subject.last_seq
        self._tell(finding.subject, SYSTEM)
        finding.subject.last_seq = last

    def _look(self, interview: Interview) -> None:
        """It may suspect where the platform says that nobody came; otherwise somebody is to say what happened. What was
        missed though proof had been accepted before is excused by whoever accepted it.
        """
        interview.looked_at = None
        if self.finding_of(interview):
            return
        if self._is_missed(interview) and not self._outlived(None, interview):
            accepted = [each for each in interview.proofs if each.verdict == "ACCEPTED" and each.reason]
            if accepted:
                self._excused_by(min(accepted, key=lambda each: each.ruled_at or self.now), interview, SYSTEM)
        is_unjudged = self.is_unjudged(interview)
        if interview.attendance != "PENDING" and not is_unjudged:
            return
        accepted = interview.response == "ACCEPTED" and not interview.is_excused() and interview.asked not in WAITING
        seen = interview.is_watched() and not (interview.failed or interview.joined)
        if accepted and seen and not interview.faults() and not self._is_cleared(interview):
            if not is_unjudged:
                interview.attendance, interview.evidence = "NOT_ATTENDED", []
                self._tell(interview, SYSTEM)
            self._suspected(SYSTEM, interview, "SUSPECT")

    def _miss_answer(self, interview: Interview) -> None:
        """Nobody said what became of it, and no other interview followed."""
        interview.answer_at, application, since = None, interview.application, interview.missed_at()
        others = [each for each in self.interviews if each.application is application and each is not interview]
        told = any(at > since for at in application.moved_at) or any(each.starts > since for each in others)
        if application.stage in ENDED or told:
            return
        interview.unanswered_until = since + KEPT
        self._tell(interview, SYSTEM)

    # Another time

    def request(self, interview: Interview, slot: tuple[datetime, datetime] | None) -> Codes | str:
        """The candidate's: in time it is granted by right, or owed; late it waits for HR."""
        owed = interview.asked == "OWED"
        codes = {"APPLICATION_ENDED"} if interview.application.stage in ENDED else set[str]()
        codes |= set() if owed else self._settled(interview)
        codes |= {"REQUEST_OPEN"} if interview.asked == "REQUESTED" or (owed and slot is None) else set()
        if codes:
            return frozenset(codes)
        in_time = owed or self.now <= interview.missed_at() - IN_TIME
        if not owed:
            self._tell(interview, CANDIDATE)
        interview.asked = "OWED" if in_time else "REQUESTED"
        if in_time and slot is not None:
            self._moved(CANDIDATE, interview, *slot, "ACCEPTED")
        elif in_time:
            interview.attendance, interview.sequence = "RESCHEDULED", interview.sequence + 1
            interview.looked_at = None
        return interview.label

    def deny(self, who: str, interview: Interview) -> Codes | str:
        if refused := self._reaches(who, interview.department):
            return refused
        if interview.asked != "REQUESTED":
            return frozenset({"REQUEST_SETTLED"})
        interview.asked = "REFUSED"
        self._tell(interview, who)
        return f"request of {interview.label}"

    def grant(self, who: str, interview: Interview, starts: datetime, ends: datetime) -> Codes | str:
        if refused := self._reaches(who, interview.department):
            return refused
        codes = set() if interview.asked in WAITING else {"REQUEST_SETTLED"}
        codes |= {"FINDING_STANDS"} if self.finding_of(interview) else set()
        codes |= {"CANDIDATE_ERASED"} if interview.application.candidate.status == "ERASED" else set()
        codes |= {"APPLICATION_ENDED"} if interview.application.stage in ENDED else set()
        if interview.asked == "REQUESTED" and interview.attendance not in ("PENDING", "NOT_ATTENDED"):
            codes.add("INTERVIEW_SETTLED")
        if codes:
            return frozenset(codes)
        self._moved(who, interview, starts, ends, "NEEDS_ACTION")
        self._tell(interview, who)
        return f"request of {interview.label}"

    # Rights

    def restrict(self, candidate: Candidate) -> str:
        candidate.status = "RESTRICTED"
        candidate.events += 1
        return candidate.label

    def lift(self, candidate: Candidate) -> str:
        candidate.status = "ACTIVE"
        candidate.events += 1
        return candidate.label

    def _end_open(self, candidate: Candidate) -> None:
        """Of whoever is erased nobody is awaited, and nothing is left to be decided."""
        held = [each for each in self.interviews if each.application.candidate is candidate]
        for interview in sorted(held, key=lambda each: each.events[-1][0]):
            self._call_off(SYSTEM, interview, "CANDIDATE")
        found = [each for each in self.findings if each.subject.application.candidate is candidate]
        for finding in sorted(found, key=lambda each: each.subject.last_seq):
            if finding.state in OPEN and not self.is_gone(finding):
                is_disputed = finding.state == "DISPUTED"
                self._voided(SYSTEM, finding, "UPHOLD" if is_disputed else "LAPSE", OVERDUE)

    def erase(self, candidate: Candidate) -> str:
        self._end_open(candidate)
        candidate.status, candidate.name, candidate.email = "ERASED", None, None
        candidate.events += 1
        for finding in self.findings:
            if finding.subject.application.candidate is candidate:
                finding.doubted = False
                finding.reason = finding.void_reason = finding.statement = finding.due_at = finding.erased_at = None
                finding.heard_by = finding.decide_by = finding.outcome = finding.cause = None
                finding.statement_by = None
        for employment in self.employments:
            if employment.candidate is candidate:
                employment.goals.clear()
        for decision in self.decisions:
            if decision.application.candidate is candidate:
                decision.reason = decision.due_at = None
        for subject in (*self.interviews, *self.checks):
            if subject.application.candidate is candidate:
                for proof in subject.proofs:
                    proof.reason = None
                if isinstance(subject, Interview):
                    subject.looked_at = subject.answer_at = None
                else:
                    subject.outcome = None
        return candidate.label
