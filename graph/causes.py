"""Whose fault a missed interview was, as far as the evidence goes: a table of rules, and one pure reading of it.

Rules speak for the platform's or the employer's side, or against the candidate, each with a weight that an Organization
may set. Bars are no weights: where one holds, nothing is ever laid at the candidate's door. What speaks for the
candidate only ever adds to the other sides or raises a bar, so that more of it never makes the result worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property

from graph.instants import reckoned
from graph.refusals import Locale


class Cause(Enum):
    """On whose side it lay."""

    CANDIDATE = "CANDIDATE"
    PLATFORM = "PLATFORM"
    EMPLOYER = "EMPLOYER"
    UNKNOWN = "UNKNOWN"


class TelemetryKind(Enum):
    """What a platform for interviews can know."""

    MESSAGE_SENT = "MESSAGE_SENT"
    MESSAGE_DELIVERED = "MESSAGE_DELIVERED"
    MESSAGE_BOUNCED = "MESSAGE_BOUNCED"
    MESSAGE_OPENED = "MESSAGE_OPENED"
    DEVICE_CHECK_PASSED = "DEVICE_CHECK_PASSED"
    DEVICE_CHECK_FAILED = "DEVICE_CHECK_FAILED"
    CANDIDATE_JOINED = "CANDIDATE_JOINED"
    CANDIDATE_LEFT = "CANDIDATE_LEFT"
    CANDIDATE_RECONNECTED = "CANDIDATE_RECONNECTED"
    INTERVIEWER_JOINED = "INTERVIEWER_JOINED"
    SESSION_HEARTBEAT = "SESSION_HEARTBEAT"
    SESSION_CLOSED = "SESSION_CLOSED"
    PLATFORM_OUTAGE = "PLATFORM_OUTAGE"


FAVOURABLE = frozenset(
    {
        *(TelemetryKind.MESSAGE_BOUNCED, TelemetryKind.DEVICE_CHECK_FAILED, TelemetryKind.CANDIDATE_JOINED),
        *(TelemetryKind.CANDIDATE_RECONNECTED, TelemetryKind.PLATFORM_OUTAGE),
    }
)
"""What speaks for the candidate: one more of these never worsens the result."""
CHECKS = frozenset({TelemetryKind.DEVICE_CHECK_PASSED, TelemetryKind.DEVICE_CHECK_FAILED})
"""How a check of the candidate's device went, as a platform saw it or as the candidate says of it."""

BEAT = timedelta(minutes=2)
"""How far heartbeats may be apart and still cover the time between them."""
EARLY = timedelta(minutes=10)
"""How long before the start people try to enter."""
LAST_HOURS = timedelta(hours=2)
"""Before the deadline of a recorded interview: when most people begin."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was seen, at an instant, or from it `until` another; `own` where the candidate says so.

    `message` is which of ours it is of; a platform names none.
    """

    kind: TelemetryKind
    at: datetime
    until: datetime | None = None
    own: bool = False
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """The interview as it was agreed: `codes` are what was recorded with the attendance (EvidenceCode)."""

    mode: str
    starts_at: datetime
    ends_at: datetime
    grace_minutes: int
    accepted: bool
    codes: frozenset[str] = frozenset()

    @property
    def is_recorded(self) -> bool:
        return self.mode == "AI_ASYNC"

    @property
    def latest(self) -> datetime:
        """Until when the candidate may come."""
        return reckoned(self.ends_at if self.is_recorded else self.starts_at, timedelta(minutes=self.grace_minutes))

    @property
    def over_at(self) -> datetime:
        """From when nobody is awaited any longer."""
        return max(self.ends_at, self.latest)

    @property
    def told_by(self) -> datetime:
        """Until when to hear of the interview is in time: one can still come, and there is some of it left."""
        return min(self.latest, self.ends_at)


@dataclass(frozen=True)
class Evidence:
    """What the signs of one interview come to; no answer depends on their order, nor on how often one is there."""

    slot: Slot
    signs: frozenset[Sign]

    def at(self, *kinds: TelemetryKind) -> list[datetime]:
        return sorted(sign.at for sign in self.signs if sign.kind in kinds)

    def spans(self, kind: TelemetryKind) -> list[tuple[datetime, datetime]]:
        return sorted((sign.at, sign.until or sign.at) for sign in self.signs if sign.kind is kind)

    @cached_property
    def is_joined(self) -> bool:
        return bool(self.at(TelemetryKind.CANDIDATE_JOINED, TelemetryKind.CANDIDATE_RECONNECTED))

    @cached_property
    def is_met(self) -> bool:
        """An interviewer came while the candidate could, and no earlier than people come: another time is not this."""
        first, last = reckoned(self.slot.starts_at, -EARLY), self.slot.latest
        return any(first <= at <= last for at in self.at(TelemetryKind.INTERVIEWER_JOINED))

    @cached_property
    def is_opened(self) -> bool:
        """A message was opened in time: what came afterwards told nobody of the interview."""
        return any(at <= self.slot.told_by for at in self.at(TelemetryKind.MESSAGE_OPENED))

    @cached_property
    def is_delivered(self) -> bool:
        """A message was received in time, and did not bounce after all; one that was opened did arrive."""
        return self.is_opened or any(
            sign.kind is TelemetryKind.MESSAGE_DELIVERED and sign.at <= self.slot.told_by and not self._bounced(sign)
            for sign in self.signs
        )

    def _bounced(self, delivery: Sign) -> bool:
        """Of a platform, which names no message, a later bounce speaks against all that it delivered before."""
        return any(
            sign.kind is TelemetryKind.MESSAGE_BOUNCED and sign.message == delivery.message and sign.at >= delivery.at
            for sign in self.signs
        )

    @cached_property
    def is_closed(self) -> bool:
        """The platform says that the session ended, and not before the candidate might still have come."""
        return any(at >= self.slot.latest for at in self.at(TelemetryKind.SESSION_CLOSED))

    @cached_property
    def is_covered(self) -> bool:
        """Heartbeats cover the whole slot: the platform was there, and would have seen a join."""
        reached = self.slot.starts_at
        for start, end in self.spans(TelemetryKind.SESSION_HEARTBEAT):
            if start - BEAT > reached:
                break
            reached = max(reached, end)
        return bool(self.spans(TelemetryKind.SESSION_HEARTBEAT)) and reached + BEAT >= self.slot.over_at

    @cached_property
    def is_watched(self) -> bool:
        return self.is_closed or self.is_covered

    @cached_property
    def is_out(self) -> bool:
        """An outage lay over the slot, to the last moment at which one could come. Of a window of days only its last
        hours count, or half of it.
        """
        slot = self.slot
        if slot.mode == "ONSITE":
            return False
        start = reckoned(slot.starts_at, -EARLY)
        if slot.is_recorded:
            start = max(slot.starts_at, slot.ends_at - LAST_HOURS)
        outages = self.spans(TelemetryKind.PLATFORM_OUTAGE)
        if any(begun <= slot.over_at and ended >= start for begun, ended in outages):
            return True
        lost = _overlap(outages, slot.starts_at, slot.ends_at)
        return slot.is_recorded and lost * 2 >= slot.ends_at - slot.starts_at

    def last_check(self, *, own: Iterable[bool]) -> TelemetryKind | None:
        """How the last check of the device ended while one could still come, by the platform's word or the candidate's
        own; of two at one instant the failed one counts.
        """
        failed = TelemetryKind.DEVICE_CHECK_FAILED
        counts = [
            each for each in self.signs if each.kind in CHECKS and each.own in own and each.at <= self.slot.latest
        ]
        last = max(counts, key=lambda each: (each.at, each.kind is failed), default=None)
        return last and last.kind


def _overlap(spans: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime) -> timedelta:
    """How much of the time from start to end lies in spans, each moment once."""
    total, reached = timedelta(), start
    for begun, ended in spans:
        first, last = max(begun, reached), min(ended, end)
        if last > first:
            total, reached = total + (last - first), last
    return total


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for, for which side it speaks (None bars the candidate's), its default weight, and its words."""

    side: Cause | None
    weight: int
    holds: Callable[[Evidence], bool]
    zh: str
    en: str

    def said(self, locale: Locale) -> str:
        return self.zh if locale is Locale.ZH_CN else self.en


CANDIDATE, PLATFORM, EMPLOYER = Cause.CANDIDATE, Cause.PLATFORM, Cause.EMPLOYER
FAULTLESS = frozenset({PLATFORM, EMPLOYER})
"""The sides on which a missed interview is no fault of the candidate's."""
RULES: Mapping[str, Rule] = {
    "OUTAGE_OVER_SLOT": Rule(
        PLATFORM,
        100,
        lambda seen: seen.is_out,
        "平台在面试时段内发生故障。",
        "The platform was down during the interview's time.",
    ),
    "PLATFORM_FAULT_RECORDED": Rule(
        PLATFORM,
        90,
        lambda seen: "PLATFORM_FAULT" in seen.slot.codes,
        "记录到面时注明了平台故障。",
        "A fault of the platform was recorded with the attendance.",
    ),
    "CONNECTION_LOST": Rule(
        PLATFORM,
        60,
        lambda seen: bool(seen.at(TelemetryKind.CANDIDATE_RECONNECTED)),
        "候选人的连接曾中断并重连。",
        "The candidate's connection broke and came back.",
    ),
    "DEVICE_CHECK_FAILED": Rule(
        PLATFORM,
        50,
        lambda seen: seen.last_check(own=(False,)) is TelemetryKind.DEVICE_CHECK_FAILED,
        "面试平台最后一次设备检测未通过。",
        "The platform's last check of the device failed.",
    ),
    "INTERVIEWER_ABSENCE_RECORDED": Rule(
        EMPLOYER,
        90,
        lambda seen: "INTERVIEWER_ABSENT" in seen.slot.codes,
        "记录到面时注明了面试官缺席。",
        "The interviewer's absence was recorded with the attendance.",
    ),
    "INTERVIEWER_NEVER_JOINED": Rule(
        EMPLOYER,
        80,
        lambda seen: seen.slot.mode == "VIDEO" and (seen.is_watched or seen.is_joined) and not seen.is_met,
        "候选人可以进入期间，面试官未进入面试。",
        "No interviewer joined while the candidate could come.",
    ),
    "CLOSED_WITHOUT_JOIN": Rule(
        CANDIDATE,
        40,
        lambda seen: seen.is_closed and not seen.is_joined,
        "平台报告场次结束，候选人未进入。",
        "The platform reports that the session closed and the candidate never joined.",
    ),
    "WATCHED_WITHOUT_JOIN": Rule(
        CANDIDATE,
        40,
        lambda seen: seen.is_covered and not seen.is_joined,
        "平台心跳覆盖整个时段，候选人未进入。",
        "The platform was up for the whole time and the candidate never joined.",
    ),
    "MESSAGE_DELIVERED": Rule(
        CANDIDATE,
        20,
        lambda seen: seen.is_delivered,
        "通知有送达回执。",
        "A message about the interview was delivered.",
    ),
    "MESSAGE_OPENED": Rule(
        CANDIDATE,
        10,
        lambda seen: seen.is_opened,
        "通知已被打开。",
        "A message about the interview was opened.",
    ),
    "DEVICE_CHECK_PASSED": Rule(
        CANDIDATE,
        10,
        lambda seen: seen.last_check(own=(False, True)) is TelemetryKind.DEVICE_CHECK_PASSED,
        "最后一次设备检测通过。",
        "The last check of the device passed.",
    ),
    "INTERVIEWER_WAITED": Rule(
        CANDIDATE,
        20,
        lambda seen: seen.is_met and not seen.is_joined,
        "面试官已进入等候。",
        "An interviewer joined and waited.",
    ),
    "NOT_ACCEPTED": Rule(
        None,
        0,
        lambda seen: not seen.slot.accepted,
        "候选人未接受该时间的邀请。",
        "The candidate had not accepted this time.",
    ),
    "NOT_DELIVERED": Rule(
        None,
        0,
        lambda seen: not seen.is_delivered,
        "没有任何通知的及时送达回执。",
        "No message about the interview is known to have been delivered in time.",
    ),
    "DEVICE_FAILED_BY_CANDIDATE": Rule(
        None,
        0,
        lambda seen: seen.last_check(own=(True,)) is TelemetryKind.DEVICE_CHECK_FAILED,
        "候选人自行检测设备，最后一次未通过。",
        "By the candidate's own account the last check of the device failed.",
    ),
    "NOT_WATCHED": Rule(
        None,
        0,
        lambda seen: not seen.is_watched,
        "平台未报告场次结束，心跳也未覆盖整个时段。",
        "The platform neither reported the end of the session nor was seen to be up for the whole time.",
    ),
    "JOINED": Rule(
        None,
        0,
        lambda seen: seen.is_joined,
        "候选人曾进入面试。",
        "The candidate did join.",
    ),
}
SPEAKING = frozenset(name for name, rule in RULES.items() if rule.side in FAULTLESS) | {
    *("NOT_DELIVERED", "DEVICE_FAILED_BY_CANDIDATE", "JOINED"),
}
"""The rules that speak for the candidate of a no-show: by the fault of another, or because it cannot be theirs."""
WEIGHED = tuple(name for name, rule in RULES.items() if rule.side is not None)
DECISIVE = (
    *("OUTAGE_OVER_SLOT", "PLATFORM_FAULT_RECORDED"),
    *("INTERVIEWER_ABSENCE_RECORDED", "INTERVIEWER_NEVER_JOINED"),
)
"""Rules that alone settle it, whatever an Organization sets: their weight is never below the threshold."""
ABSENCE = frozenset({"INTERVIEWER_ABSENCE_RECORDED", "INTERVIEWER_NEVER_JOINED"})
"""Rules that say that nobody was there for the candidate."""
THRESHOLD, LEAST_THRESHOLD = 50, 20


class NoTable(ValueError):
    """Lines that make no table."""


@dataclass(frozen=True, slots=True)
class Table:
    """The weight of each rule, and how much must speak for a side before it is named."""

    weights: Mapping[str, int]
    threshold: int = THRESHOLD

    @classmethod
    def of_lines(cls, lines: Sequence[str], before: Table | None = None) -> Table:
        """From lines such as `CONNECTION_LOST 60` and `THRESHOLD 50`; what is not named stays as it was before."""
        start = before or DEFAULT
        found: dict[str, int] = {**start.weights, "THRESHOLD": start.threshold}
        for line in lines:
            name, _, weight = line.strip().partition(" ")
            if name not in found or not weight.strip().isdecimal():
                raise NoTable(line)
            found[name] = int(weight)
        threshold = found.pop("THRESHOLD")
        if not LEAST_THRESHOLD <= threshold <= 100 or not all(0 <= weight <= 100 for weight in found.values()):
            raise NoTable("A weight, or the threshold, is out of its limits.")
        if any(found[name] < threshold for name in DECISIVE):
            raise NoTable("A rule that settles it by itself weighs less than the threshold.")
        return cls(found, threshold)

    @property
    def lines(self) -> list[str]:
        return [f"THRESHOLD {self.threshold}", *(f"{name} {self.weights[name]}" for name in WEIGHED)]


DEFAULT = Table({name: RULES[name].weight for name in WEIGHED})
"""Ours: no source weighs such evidence. Docs tell each row; an Organization sets its own."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The cause, how sure that is (0 to 1), and the names of the rules that hold, in the table's order."""

    cause: Cause
    confidence: float
    rules: tuple[str, ...]

    def reasons(self, locale: Locale) -> list[str]:
        return [RULES[name].said(locale) for name in self.rules]


def assess(slot: Slot, signs: Iterable[Sign], table: Table = DEFAULT) -> Assessment:
    """Reads the table over the evidence of one interview. A tie of platform and employer is the platform's."""
    seen = Evidence(slot, frozenset(signs))
    rules = tuple(name for name, rule in RULES.items() if rule.holds(seen))
    points = dict.fromkeys(Cause, 0)
    barred = False
    for name in rules:
        side = RULES[name].side
        barred = barred or side is None
        if side is not None:
            points[side] += table.weights[name]
    other = max(PLATFORM, EMPLOYER, key=lambda side: points[side])
    if points[other] >= table.threshold:
        return Assessment(other, _share(points[other]), rules)
    against = points[CANDIDATE] - points[PLATFORM] - points[EMPLOYER]
    if not barred and against >= table.threshold:
        return Assessment(CANDIDATE, _share(against), rules)
    return Assessment(Cause.UNKNOWN, 0.0, rules)


def _share(points: int) -> float:
    return min(points, 100) / 100
