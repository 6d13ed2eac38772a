"""What no-shows cost: rates as versioned data, a calculator over them, and days to fill measured from the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any, LiteralString

from graph.analytics import SETTLED, Period, Scope
from graph.events import EventType
from graph.intervals import Difference, Rate, difference, wilson
from graph.interviews import Mode
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Nothing, Statement
from graph.traversal import Form, Prop, Shape
from graph.visibility import CONFIRMED, ERASED, Level, Viewer, padded, stood_at
from graph.writing import HR, Act, Desk, Graph, Outcome, Written, perform, role_refusal

MOST = 1_000_000
"""Of any rate."""


@dataclass(frozen=True, slots=True)
class Range:
    """From the least to the most."""

    low: float
    high: float

    def times(self, factor: float) -> Range:
        """In order also where the factor is negative."""
        low, high = sorted((self.low * factor, self.high * factor))
        return Range(low, high)

    def by(self, other: Range) -> Range:
        return Range(self.low * other.low, self.high * other.high)

    def plus(self, amount: float) -> Range:
        return Range(self.low + amount, self.high + amount)


AI_SHARE = 0.2
"""What an AI interview costs of one on site, as the source says."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What is lost with one missed interview. Money is in `currency`; version 0 is the default.

    `resumes` are drawn again for each missed interview, each takes `minutes` of a recruiter whose hour costs
    `recruiter_hour`; filling a missed place takes `days` working days, places side by side.
    """

    version: int
    currency: str
    ai_async: float
    ai_live: float
    video: float
    onsite: float
    recruiter_hour: float
    resumes_low: float
    resumes_high: float
    minutes_low: float
    minutes_high: float
    days_low: float
    days_high: float

    @property
    def resumes(self) -> Range:
        return Range(self.resumes_low, self.resumes_high)

    @property
    def minutes(self) -> Range:
        return Range(self.minutes_low, self.minutes_high)

    @property
    def days(self) -> Range:
        return Range(self.days_low, self.days_high)

    def unit(self, mode: Mode) -> float:
        """What one interview of a mode costs."""
        units = {Mode.AI_ASYNC: self.ai_async, Mode.AI_LIVE: self.ai_live, Mode.VIDEO: self.video}
        return units.get(mode, self.onsite)


DEFAULTS = Rates(0, "CNY", 20.0, 20.0, 100.0, 100.0, 60.0, 15 / 20, 20 / 20, 40.0, 60.0, 3.0, 5.0)
"""Derived from the source's two cases; docs/costs.md tells how."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What so many missed interviews cost, and of what that is made."""

    missed: int
    interviews: float
    resumes: Range
    hours: Range
    recruiting: Range
    total: Range
    days: Range


def loss(rates: Rates, lost: Mapping[Mode, int]) -> Loss:
    """The cost of missed interviews by mode. Hours are a recruiter's, days working days until a place is filled."""
    missed = sum(lost.values())
    interviews = sum(rates.unit(mode) * count for mode, count in lost.items())
    resumes = rates.resumes.times(missed)
    hours = resumes.by(rates.minutes).times(1 / 60)
    recruiting = hours.times(rates.recruiter_hour)
    days = rates.days if missed else Range(0, 0)
    return Loss(missed, interviews, resumes, hours, recruiting, recruiting.plus(interviews), days)


COST_POLICY = Shape(
    "CostPolicy",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "version": Prop(see=Level.ALL),
        "setAt": Prop(see=Level.ALL, form=Form.INSTANT),
        "currency": Prop(see=Level.ALL),
        "aiAsync": Prop(see=Level.ALL),
        "aiLive": Prop(see=Level.ALL),
        "video": Prop(see=Level.ALL),
        "onsite": Prop(see=Level.ALL),
        "recruiterHour": Prop(see=Level.ALL),
        "resumesLow": Prop(see=Level.ALL),
        "resumesHigh": Prop(see=Level.ALL),
        "minutesLow": Prop(see=Level.ALL),
        "minutesHigh": Prop(see=Level.ALL),
        "daysLow": Prop(see=Level.ALL),
        "daysHigh": Prop(see=Level.ALL),
    },
)

_IN_FORCE: LiteralString = """COLLECT {
      MATCH (policy:CostPolicy {organization: $organization}) WHERE policy.until IS NULL
      RETURN [policy.version, policy.currency, policy.aiAsync, policy.aiLive, policy.video, policy.onsite,
        policy.recruiterHour, policy.resumesLow, policy.resumesHigh, policy.minutesLow, policy.minutesHigh,
        policy.daysLow, policy.daysHigh] }"""


@dataclass(frozen=True, slots=True)
class Force:
    policy: list[list[Any]]

    @property
    def rates(self) -> Rates:
        return Rates(*self.policy[0]) if self.policy else DEFAULTS


FIND_RATES = Statement("costs.find_rates", "RETURN " + _IN_FORCE + " AS policy", row=Force)
CREATE = Statement(
    "costs.create",
    """
    MATCH (head:Organization {id: $organization})
    CREATE (head)-[:RECKONS_WITH]->(policy:CostPolicy {id: $id, organization: $organization, version: $version,
      setAt: $now, currency: $currency, aiAsync: $ai_async, aiLive: $ai_live, video: $video, onsite: $onsite,
      recruiterHour: $recruiter_hour, resumesLow: $resumes_low, resumesHigh: $resumes_high,
      minutesLow: $minutes_low, minutesHigh: $minutes_high, daysLow: $days_low, daysHigh: $days_high})
    """,
    row=Nothing,
    writes=True,
)
END = Statement(
    "costs.end",
    "MATCH (policy:CostPolicy {organization: $organization}) WHERE policy.until IS NULL SET policy.until = $now",
    row=Nothing,
    writes=True,
)
NAMES = tuple(field.name for field in fields(Rates) if field.name != "version")


async def rates_of(graph: Graph, viewer: Viewer) -> Rates:
    """The rates in force in the viewer's Organization."""
    return (await graph.client.read(FIND_RATES, organization=viewer.organization))[0].rates


def revised(rates: Rates, changes: Mapping[str, Any]) -> Rates:
    """The next version; a new price of an interview on site moves those by AI unless they are named too."""
    known = {name: value for name, value in changes.items() if value is not None}
    if "onsite" in known:
        known = {"ai_async": known["onsite"] * AI_SHARE, "ai_live": known["onsite"] * AI_SHARE, **known}
    numbers = {name: float(value) for name, value in known.items() if name != "currency"}
    currency = {"currency": known["currency"]} if "currency" in known else {}
    return replace(rates, version=rates.version + 1, **numbers, **currency)


def rates_refusal(rates: Rates) -> Refusal | None:
    """Rates that cannot be: a currency that is no ISO 4217 code, an amount below nothing, a range from more to less."""
    if not (len(rates.currency) == 3 and rates.currency.isascii() and rates.currency.isalpha()):
        return invalid("currency", Fault.CURRENCY)
    if rates.currency != rates.currency.upper():
        return invalid("currency", Fault.CURRENCY)
    for name in ("onsite", *NAMES[1:]):
        if not 0 <= getattr(rates, name) <= MOST:
            return invalid(_spoken(name), Fault.BETWEEN, 0, MOST)
    for name in ("resumes", "minutes", "days"):
        if getattr(rates, f"{name}_low") > getattr(rates, f"{name}_high"):
            return invalid(f"{name}High", Fault.SMALLER_FIRST)
    return None


def _spoken(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


async def set_rates(graph: Graph, act: Act, organization: str, changes: Mapping[str, Any]) -> Outcome:
    """Puts a new version in force; what is not named stays as it was, and no version is ever changed."""
    if refused := role_refusal(act.viewer, HR):
        return refused

    async def work(desk: Desk) -> Outcome:
        if organization != act.viewer.organization:
            return Refusal(Code.NOT_FOUND, "organization")
        await desk.lock_organization()
        found = await desk.tx.one(FIND_RATES, organization=organization)
        rates = revised(found.rates if found else DEFAULTS, changes)
        if refused := rates_refusal(rates):
            return refused
        id, values = desk.new_id(), {name: getattr(rates, name) for name in NAMES}
        await desk.tx.run(END, organization=organization, now=act.now)
        await desk.tx.run(CREATE, id=id, organization=organization, version=rates.version, now=act.now, **values)
        await desk.record(EventType.COSTS_SET, version=rates.version, **values)
        return Written("CostPolicy", id)

    return await perform(graph, act, work)


@dataclass(frozen=True, slots=True)
class Measured:
    """What happened in one period, of departments in full.

    `modes` is [mode, missed, settled], `filled` [opened, first hire, whether there was a no-show that counts]. The rest
    are [times that were kept or have passed, those kept]: `decided` of findings, `disputed` of their disputes, with
    [.., raised, upheld], `asked` of requests about one's rights, `owed` of times that were owed to candidates.
    """

    at: int
    modes: list[list[Any]]
    filled: list[list[Any]]
    decided: list[list[int]]
    disputed: list[list[int]]
    asked: list[list[int]]
    owed: list[list[int]]
    policy: list[list[Any]]

    @property
    def lost(self) -> dict[Mode, int]:
        return {Mode(mode): missed for mode, missed, _ in self.modes if missed}

    @property
    def settled(self) -> int:
        return sum(settled for *_, settled in self.modes)

    @property
    def rate(self) -> Rate | None:
        return wilson(sum(self.lost.values()), self.settled)


_IN_PERIOD: LiteralString = (
    "((that.mode = 'AI_ASYNC' AND that.endsAt >= period.start AND that.endsAt < period.end) "
    "OR (that.mode <> 'AI_ASYNC' AND that.startsAt >= period.start AND that.startsAt < period.end))"
)
"""By the time that counts; the embedded engine compares no CASE inside a subquery with what stands outside it."""
_, _UNTIL = stood_at("filled")
_MISSED: LiteralString = (
    "EXISTS { MATCH (p)<-[:FOR]-(:Application)-[:HAS_INTERVIEW]->(that:Interview)<-[:FINDS]-(f:Finding) WHERE "
    "((that.mode = 'AI_ASYNC' AND that.endsAt < filled) OR (that.mode <> 'AI_ASYNC' AND that.startsAt < filled)) AND "
    + CONFIRMED.replace("this", "f")
    + " AND f.restricted IS NULL AND NOT "
    + ERASED.replace("this", "f")
    + " AND "
    + _UNTIL
    + " > filled }"
)
"""Whether a no-show came before a position was filled, and had not expired by then: one that expires later cost as
many days, and what a closed period tells does not change with it. It may have been decided since: whoever is heard is
heard for days, in which the position may be filled."""
_FOUND: LiteralString = (
    "MATCH (d:Department)<-[:HELD_BY]-(:Interview|ResumeCheck)<-[:FINDS]-(f:Finding) WHERE d.id IN $own AND "
)
_KEPT: LiteralString = "count(CASE WHEN ended < due OR due <= $now THEN 1 END), count(CASE WHEN ended < due THEN 1 END)"
"""What ends only when it falls due was ended by the system, because nobody had."""
_ASKED: LiteralString = """
        MATCH (r:RightsRequest {organization: $organization})-[:FROM]->(c:Candidate)
        WHERE r.filedAt >= period.start AND r.filedAt < period.end AND (r.state <> 'FILED' OR c.status <> 'ERASED')
          AND (r.withdrawnAt IS NULL OR r.answeredAt IS NOT NULL OR r.withdrawnAt >= r.dueAt)
          AND EXISTS { MATCH (c)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)
            -[:BELONGS_TO]->(at:Department) WHERE at.id IN $own }
        WITH r.dueAt AS due, r.answeredAt AS ended
        RETURN ["""
"""No answer is owed to who takes a request back before it is due."""
_OWED: LiteralString = """
        MATCH (d:Department)<-[:HELD_BY]-(:Interview)-[:HAS_REQUEST]->(r:RescheduleRequest)
        WHERE d.id IN $own AND r.requestedAt >= period.start AND r.requestedAt < period.end
          AND r.owedBy IS NOT NULL AND (r.overdueAt IS NOT NULL OR r.state = 'GRANTED')
        RETURN [count(r), count(CASE WHEN r.overdueAt IS NULL THEN 1 END)]"""
"""By what was written when it fell due: nothing is owed while a time is open to be chosen, or once it has lapsed."""
MEASURE = Statement(
    "costs.measure",
    """
    UNWIND $periods AS period
    RETURN period.at AS at,
      COLLECT { MATCH (d:Department)<-[:HELD_BY]-(that:Interview)
        WHERE d.id IN $own AND """
    + _IN_PERIOD
    + " AND "
    + SETTLED
    + """
        WITH that.mode AS mode, count(*) AS settled,
          count(CASE WHEN that.attendance = 'NOT_ATTENDED' THEN 1 END) AS missed ORDER BY mode
        RETURN [mode, missed, settled] } AS modes,
      COLLECT { MATCH (d:Department)<-[:BELONGS_TO]-(p:Position) WHERE d.id IN $own
        MATCH (p)<-[:FOR]-(a:Application {stage: 'HIRED'})<-[:ABOUT]-(e:Event {type: 'APPLICATION_ADVANCED'})
        WITH period, p, a, max(e.occurredAt) AS hired
        WITH period, p, min(hired) AS filled
        WHERE filled >= period.start AND filled < period.end
        RETURN [p.openedAt, filled, """
    + _MISSED
    + """] } AS filled,
      COLLECT { """
    + _FOUND
    + """f.noticeAt >= period.start AND f.noticeAt < period.end
        WITH f.decideBy AS due, coalesce(f.decidedAt, f.voidedAt) AS ended
        RETURN ["""
    + _KEPT
    + """] } AS decided,
      COLLECT { """
    + _FOUND
    + """f.disputedAt >= period.start AND f.disputedAt < period.end
        WITH f, f.disputeDueAt AS due, coalesce(f.rejectedAt, f.voidedAt) AS ended
        RETURN ["""
    + _KEPT
    + """, count(f), count(CASE WHEN f.state = 'VOID' THEN 1 END)] } AS disputed,
      COLLECT { """
    + _ASKED
    + _KEPT
    + """] } AS asked,
      COLLECT { """
    + _OWED
    + """ } AS owed, """
    + _IN_FORCE
    + " AS policy ORDER BY at",
    row=Measured,
)


async def _measure(
    graph: Graph, viewer: Viewer, over: Scope, periods: Iterable[Period], now: datetime
) -> list[Measured]:
    sent = [{"at": at, "start": each.start, "end": each.end} for at, each in enumerate(periods)]
    return await graph.client.read(
        MEASURE,
        own=padded(list(over.own)),
        periods=sent,
        organization=viewer.organization,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Days:
    """How long positions took from their opening to the first hire: how many they were, and the median in days."""

    positions: int
    median: float | None


@dataclass(frozen=True, slots=True)
class Lost:
    """Missed interviews of one mode, and what they cost by the price of one."""

    mode: Mode
    missed: int
    cost: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What was lost in a period, and how much longer positions with a no-show that counted took to fill."""

    rates: Rates
    loss: Loss
    by_mode: tuple[Lost, ...]
    with_missed: Days
    without: Days

    @property
    def extra_days(self) -> float | None:
        if self.with_missed.median is None or self.without.median is None:
            return None
        return self.with_missed.median - self.without.median


def _days(rows: Iterable[list[Any]]) -> Days:
    lengths = [(filled - opened) / timedelta(days=1) for opened, filled, *_ in rows if opened is not None]
    return Days(len(lengths), median(lengths) if lengths else None)


async def cost(graph: Graph, viewer: Viewer, over: Scope, when: Period, now: datetime) -> Cost:
    """By one statement; for departments that are the viewer's own."""
    (found,) = await _measure(graph, viewer, over, [when], now)
    rates, lost = Force(found.policy).rates, found.lost
    by_mode = tuple(Lost(mode, count, rates.unit(mode) * count) for mode, count in lost.items())
    with_missed = _days(row for row in found.filled if row[2])
    return Cost(rates, loss(rates, lost), by_mode, with_missed, _days(row for row in found.filled if not row[2]))


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two periods that are compared."""

    when: Period
    settled: int
    missed: int
    rate: Rate | None
    filled: Days
    disputes: int
    upheld: int
    deadlines: int
    kept: int


@dataclass(frozen=True, slots=True)
class Return:
    """What changed from one period to another. `avoided` interviews would have been missed at the earlier rate."""

    before: Side
    after: Side
    change: Difference | None
    avoided: float | None
    rates: Rates
    hours: Range | None
    money: Range | None
    days: float | None


def _side(when: Period, found: Measured) -> Side:
    *disputes, raised, upheld = found.disputed[0]
    due, kept = map(sum, zip(found.decided[0], disputes, found.asked[0], found.owed[0], strict=True))
    filled, missed = _days(found.filled), sum(found.lost.values())
    return Side(when, found.settled, missed, found.rate, filled, raised, upheld, due, kept)


async def compare(graph: Graph, viewer: Viewer, over: Scope, periods: tuple[Period, Period], now: datetime) -> Return:
    """Both periods by one statement. Money and hours are saved on the interviews that were not missed."""
    found = await _measure(graph, viewer, over, periods, now)
    before, after = (_side(when, one) for when, one in zip(periods, found, strict=True))
    return returned(before, after, Force(found[0].policy).rates, (found[0].lost, found[1].lost))


def returned(before: Side, after: Side, rates: Rates, lost: tuple[Mapping[Mode, int], Mapping[Mode, int]]) -> Return:
    """What was avoided is priced by the modes that were missed before; what came on top, by those missed after."""
    change, days = difference(after.rate, before.rate), None
    if before.filled.median is not None and after.filled.median is not None:
        days = before.filled.median - after.filled.median
    if change is None:
        return Return(before, after, None, None, rates, None, None, days)
    avoided = -change.value * after.settled
    each = loss(rates, lost[0] if avoided > 0 else lost[1])
    share = avoided / each.missed if avoided else 0.0
    return Return(before, after, change, avoided, rates, each.hours.times(share), each.total.times(share), days)
