"""The rules that apply to invitations and findings, as versioned data: times to answer, retention, repair, conduct.

Version 0 is the defaults below. An Organization sets its own; no version is ever changed, and a finding keeps for life
the version under which it was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, LiteralString

from graph.causes import DEFAULT as DEFAULT_TABLE
from graph.causes import NoTable, Table
from graph.client import Transaction
from graph.events import EventType
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Nothing, Statement
from graph.traversal import Derived, Form, Prop, Shape
from graph.visibility import Level
from graph.writing import HR, Act, Desk, Graph, Outcome, Written, perform, role_refusal


@dataclass(frozen=True, slots=True)
class Retention:
    """Days after the missed time until a finding stops counting, and until it is erased."""

    expires: int
    erases: int


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for an Organization. Numbers are hours and days, as people set them; version 0 is the defaults."""

    version: int
    reschedule_notice_hours: int
    answer_hours: int
    decision_days: int
    dispute_days: int
    slot_owed_days: int
    proof_kept_days: int
    expires_days: int
    erases_days: int
    first_expires_days: int
    first_erases_days: int
    repair_days: int
    repair_least_days: int
    conduct_late_hours: int
    conduct_answer_days: int
    conduct_kept_days: int
    offer_hours: int
    rejection_days: int
    seen_days: int
    causes: Table = DEFAULT_TABLE

    @property
    def name(self) -> str:
        """As a finding keeps it: the defaults by the month in which they were written, a set one by its number."""
        return str(self.version) if self.version else DEFAULT_NAME

    @property
    def reschedule_notice(self) -> timedelta:
        """Before the start, or the deadline of a recorded interview: a new time that is asked for so early is given."""
        return timedelta(hours=self.reschedule_notice_hours)

    @property
    def answer_time(self) -> timedelta:
        """From the notice until nobody has to wait for the candidate's answer any longer."""
        return timedelta(hours=self.answer_hours)

    @property
    def decision_time(self) -> timedelta:
        """From the notice until somebody is to have decided."""
        return timedelta(days=self.decision_days)

    @property
    def dispute_time(self) -> timedelta:
        """From a dispute until it is upheld because nobody decided it."""
        return timedelta(days=self.dispute_days)

    @property
    def proof_kept(self) -> timedelta:
        """From the decision until a file that was handed in is purged."""
        return timedelta(days=self.proof_kept_days)

    @property
    def conduct_late(self) -> timedelta:
        """An interview that the employer cancels or moves so shortly before it is cancelled late."""
        return timedelta(hours=self.conduct_late_hours)

    @property
    def conduct_answer(self) -> timedelta:
        """After an interview that took place: until then the candidate is to hear what became of it."""
        return timedelta(days=self.conduct_answer_days)

    @property
    def conduct_kept(self) -> timedelta:
        """How long what the employer did counts in its own ledger."""
        return timedelta(days=self.conduct_kept_days)

    @property
    def retention(self) -> Retention:
        return Retention(self.expires_days, self.erases_days)

    @property
    def first(self) -> Retention:
        """Of a first no-show."""
        return Retention(self.first_expires_days, self.first_erases_days)

    def days(self, *, first: bool) -> Retention:
        return self.first if first else self.retention


DEFAULT_NAME = "2026-11"
DEFAULTS = Policy(
    version=0,
    # Ours: a day is what an employer needs to give a place to somebody else, two working days to find another time.
    reschedule_notice_hours=24,
    slot_owed_days=2,
    # Ours: three days to answer, so that a weekend does not take all of it; the month of GDPR 12 (3) for a dispute.
    answer_hours=72,
    dispute_days=30,
    # No law names a time for the first decision: the same month.
    decision_days=30,
    # As long as the decision may be disputed and decided anew: PIPL 19 and 28 let it be kept no longer.
    proof_kept_days=30,
    # Ours, after PIPL 19, the shortest retention that serves the purpose: a year, for a first no-show half of it.
    expires_days=365,
    erases_days=730,
    first_expires_days=180,
    first_erases_days=365,
    # Ours: a month for each interview that was attended since. Never sooner than three months, the shortest time that
    # China's rules on repairing credit (信用修复管理办法, 2023) let a record be public.
    repair_days=30,
    repair_least_days=90,
    # Ours: the employer is held to the candidate's own 24 hours, and keeps its ledger as long as the candidate's.
    conduct_late_hours=24,
    conduct_kept_days=365,
    # Ours: two weeks to say what became of an interview; the law of no jurisdiction here names a time.
    conduct_answer_days=14,
    # Ours: a freed slot is offered to one person for so long.
    offer_hours=4,
    # 5 working days before a rejection that considered a finding takes effect; what was on the
    # screen is kept as long as the decision may be contested.
    rejection_days=5,
    seen_days=365,
)
BY_JURISDICTION: Mapping[str, Mapping[str, int]] = {
    # Germany keeps no applicant's data beyond six months (AGG 15 (4) with ArbGG 61b and some slack).
    # What the employer did lasts as long as what is found of the candidate.
    "DE": {
        **{"expires_days": 180, "erases_days": 180, "first_expires_days": 180, "first_erases_days": 180},
        "conduct_kept_days": 180,
    },
}
"""Where the law of a place shortens the defaults."""

NAMES = tuple(field.name for field in fields(Policy) if field.name not in ("version", "causes"))
LIMITS: Mapping[str, tuple[int, int]] = {
    "reschedule_notice_hours": (0, 14 * 24),
    "answer_hours": (24, 30 * 24),
    "decision_days": (1, 90),
    "dispute_days": (1, 90),
    "slot_owed_days": (1, 20),
    "proof_kept_days": (1, 365),
    "expires_days": (1, 1_095),
    "erases_days": (1, 1_825),
    "first_expires_days": (1, 1_095),
    "first_erases_days": (1, 1_825),
    "repair_days": (0, 365),
    "repair_least_days": (0, 1_095),
    "conduct_late_hours": (0, 14 * 24),
    "conduct_answer_days": (1, 90),
    "conduct_kept_days": (1, 1_095),
    "offer_hours": (1, 14 * 24),
    "rejection_days": (1, 60),
    "seen_days": (30, 1_095),
}
"""The least and the most that is no nonsense: nobody is heard in less than a day, and no mark lasts beyond three
years, the longest time of the same rules."""


def defaults(jurisdiction: str) -> Policy:
    return replace(DEFAULTS, **BY_JURISDICTION.get(jurisdiction, {}))


def _spoken(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


_IN_FORCE: LiteralString = "(this)-[:GOES_BY]->(p:AttendancePolicy) WHERE p.until IS NULL"


def _in_force(name: str, stored: LiteralString) -> Derived:
    """The number in force, or the default of the Organization's jurisdiction where it never set any."""

    def make(values: Sequence[Any], args: Mapping[str, Any], _: Any) -> int:
        kept, jurisdiction = values
        return getattr(defaults(jurisdiction), name) if kept is None else kept

    return Derived((stored, "this.jurisdiction"), make, see=Level.ALL)


def _lines(stored: list[str] | None) -> list[str]:
    return DEFAULT_TABLE.lines if stored is None else stored


ATTENDANCE_POLICY = Shape(
    "AttendancePolicy",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "version": Prop(see=Level.ALL),
        "setAt": Prop(see=Level.ALL, form=Form.INSTANT),
        **{_spoken(name): Prop(see=Level.ALL) for name in NAMES},
        "causes": Derived(("this.causes",), lambda values, args, _: _lines(values[0]), see=Level.ALL),
    },
)
POLICY_IN_FORCE = Shape(
    "PolicyInForce",
    {
        # An Organization that never set one goes by the defaults, which are no record: they bear its own id.
        "id": Prop("coalesce(head([" + _IN_FORCE + " | p.id]), this.id)", see=Level.ALL, form=Form.GLOBAL_ID),
        "version": Prop("coalesce(head([" + _IN_FORCE + " | p.version]), 0)", see=Level.ALL),
        "setAt": Prop("head([" + _IN_FORCE + " | p.setAt])", see=Level.ALL, form=Form.INSTANT),
        "rescheduleNoticeHours": _in_force(
            "reschedule_notice_hours", "head([" + _IN_FORCE + " | p.rescheduleNoticeHours])"
        ),
        "answerHours": _in_force("answer_hours", "head([" + _IN_FORCE + " | p.answerHours])"),
        "decisionDays": _in_force("decision_days", "head([" + _IN_FORCE + " | p.decisionDays])"),
        "disputeDays": _in_force("dispute_days", "head([" + _IN_FORCE + " | p.disputeDays])"),
        "slotOwedDays": _in_force("slot_owed_days", "head([" + _IN_FORCE + " | p.slotOwedDays])"),
        "proofKeptDays": _in_force("proof_kept_days", "head([" + _IN_FORCE + " | p.proofKeptDays])"),
        "expiresDays": _in_force("expires_days", "head([" + _IN_FORCE + " | p.expiresDays])"),
        "erasesDays": _in_force("erases_days", "head([" + _IN_FORCE + " | p.erasesDays])"),
        "firstExpiresDays": _in_force("first_expires_days", "head([" + _IN_FORCE + " | p.firstExpiresDays])"),
        "firstErasesDays": _in_force("first_erases_days", "head([" + _IN_FORCE + " | p.firstErasesDays])"),
        "repairDays": _in_force("repair_days", "head([" + _IN_FORCE + " | p.repairDays])"),
        "repairLeastDays": _in_force("repair_least_days", "head([" + _IN_FORCE + " | p.repairLeastDays])"),
        "conductLateHours": _in_force("conduct_late_hours", "head([" + _IN_FORCE + " | p.conductLateHours])"),
        "conductAnswerDays": _in_force("conduct_answer_days", "head([" + _IN_FORCE + " | p.conductAnswerDays])"),
        "conductKeptDays": _in_force("conduct_kept_days", "head([" + _IN_FORCE + " | p.conductKeptDays])"),
        "offerHours": _in_force("offer_hours", "head([" + _IN_FORCE + " | p.offerHours])"),
        "rejectionDays": _in_force("rejection_days", "head([" + _IN_FORCE + " | p.rejectionDays])"),
        "seenDays": _in_force("seen_days", "head([" + _IN_FORCE + " | p.seenDays])"),
        "causes": Derived(
            ("head([" + _IN_FORCE + " | p.causes])",), lambda values, args, _: _lines(values[0]), see=Level.ALL
        ),
    },
    typename="AttendancePolicy",
)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    jurisdiction: str
    policy: list[list[Any]]

    @property
    def known(self) -> Policy:
        if not self.policy:
            return defaults(self.jurisdiction)
        (numbers,), lines = self.policy, self.policy[0][-1]
        return replace(Policy(*numbers[:-1]), causes=Table.of_lines(lines or []))


_NUMBERS: LiteralString = """[policy.version, policy.rescheduleNoticeHours, policy.answerHours, policy.decisionDays,
        policy.disputeDays, policy.slotOwedDays, policy.proofKeptDays, policy.expiresDays, policy.erasesDays,
        policy.firstExpiresDays, policy.firstErasesDays, policy.repairDays, policy.repairLeastDays,
        policy.conductLateHours, policy.conductAnswerDays, policy.conductKeptDays, policy.offerHours,
        policy.rejectionDays, policy.seenDays, policy.causes]"""
FIND = Statement(
    "policies.find",
    "MATCH (organization:Organization {id: $organization}) RETURN organization.jurisdiction AS jurisdiction, "
    "[(organization)-[:GOES_BY]->(policy:AttendancePolicy) WHERE policy.until IS NULL | " + _NUMBERS + "] AS policy",
    row=PolicyRow,
)
FIND_VERSION = Statement(
    "policies.find_version",
    "MATCH (organization:Organization {id: $organization}) RETURN organization.jurisdiction AS jurisdiction, "
    "[(organization)-[:GOES_BY]->(policy:AttendancePolicy {version: $version}) | " + _NUMBERS + "] AS policy",
    row=PolicyRow,
)
CREATE = Statement(
    "policies.create",
    """
    MATCH (head:Organization {id: $organization})
    CREATE (head)-[:GOES_BY]->(policy:AttendancePolicy {id: $id, organization: $organization, version: $version,
      setAt: $now, rescheduleNoticeHours: $reschedule_notice_hours, answerHours: $answer_hours,
      decisionDays: $decision_days, disputeDays: $dispute_days, slotOwedDays: $slot_owed_days,
      proofKeptDays: $proof_kept_days, expiresDays: $expires_days, erasesDays: $erases_days,
      firstExpiresDays: $first_expires_days, firstErasesDays: $first_erases_days, repairDays: $repair_days,
      repairLeastDays: $repair_least_days, conductLateHours: $conduct_late_hours,
      conductAnswerDays: $conduct_answer_days, conductKeptDays: $conduct_kept_days, offerHours: $offer_hours,
      rejectionDays: $rejection_days, seenDays: $seen_days, causes: $causes})
    """,
    row=Nothing,
    writes=True,
)
END = Statement(
    "policies.end",
    "MATCH (:Organization {id: $organization})-[:GOES_BY]->(policy:AttendancePolicy) WHERE policy.until IS NULL "
    "SET policy.until = $now",
    row=Nothing,
    writes=True,
)


async def in_force(tx: Transaction, organization: str) -> Policy:
    """The policy that applies to what is done now."""
    return of_rows(await tx.run(FIND, organization=organization))


def of_rows(rows: Sequence[PolicyRow]) -> Policy:
    """The policy in force by what FIND gives: the defaults are no record."""
    return rows[0].known if rows else DEFAULTS


async def of_version(tx: Transaction, organization: str, version: int | str) -> Policy:
    """The policy that a finding names, by its number or as the finding keeps it."""
    number = int(version) if str(version).isdecimal() else 0
    found = await tx.one(FIND_VERSION, organization=organization, version=number)
    return found.known if found else DEFAULTS


def revised(policy: Policy, changes: Mapping[str, int | None], causes: Sequence[str] = ()) -> Policy:
    """The next version; what is not named stays as it was. NoTable where `causes` are no lines of a table."""
    known = {name: value for name, value in changes.items() if value is not None}
    table = Table.of_lines(causes, policy.causes)
    return replace(policy, version=policy.version + 1, causes=table, **known)


def policy_refusal(policy: Policy) -> Refusal | None:
    """Rules that cannot be: a number out of its limits, or a mark that outlives the record of it, or the employer's own
    ledger.
    """
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(policy, name) <= most:
            return invalid(_spoken(name), Fault.BETWEEN, least, most)
    if policy.expires_days > policy.erases_days:
        return invalid("erasesDays", Fault.SMALLER_FIRST)
    if policy.first_expires_days > policy.first_erases_days or policy.first_erases_days > policy.erases_days:
        return invalid("firstErasesDays", Fault.SMALLER_FIRST)
    if policy.first_expires_days > policy.expires_days:
        return invalid("firstExpiresDays", Fault.SMALLER_FIRST)
    if policy.conduct_kept_days < policy.expires_days:
        return invalid("conductKeptDays", Fault.SMALLER_FIRST)
    if policy.decision_time < policy.answer_time:
        return invalid("decisionDays", Fault.SMALLER_FIRST)
    return None


async def set_policy(
    graph: Graph, act: Act, organization: str, changes: Mapping[str, int | None], causes: Sequence[str] = ()
) -> Outcome:
    """Puts a new version in force, for what begins from now on."""
    if refused := role_refusal(act.viewer, HR):
        return refused

    async def work(desk: Desk) -> Outcome:
        if organization != act.viewer.organization:
            return Refusal(Code.NOT_FOUND, "organization")
        await desk.lock_organization()
        try:
            policy = revised(await in_force(desk.tx, organization), changes, causes)
        except NoTable:
            return invalid("causes", Fault.TABLE)
        if refused := policy_refusal(policy):
            return refused
        id, values = desk.new_id(), {name: getattr(policy, name) for name in NAMES}
        values["causes"] = policy.causes.lines
        await desk.tx.run(END, organization=organization, now=act.now)
        await desk.tx.run(CREATE, id=id, organization=organization, version=policy.version, now=act.now, **values)
        await desk.record(EventType.ATTENDANCE_POLICY_SET, version=policy.version, **values)
        return Written("AttendancePolicy", id)

    return await perform(graph, act, work)
