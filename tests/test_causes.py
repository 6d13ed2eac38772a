"""Whose fault it was: a pure reading of the evidence that nothing in the candidate's favour makes worse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.assessments import RECEIPTS
from graph.causes import (
    CHECKS,
    DECISIVE,
    DEFAULT,
    EARLY,
    FAVOURABLE,
    WEIGHED,
    Assessment,
    Cause,
    NoTable,
    Sign,
    Slot,
    Table,
    TelemetryKind,
    assess,
)
from graph.interviews import EvidenceCode, Mode
from graph.refusals import Locale

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
LIVE = Slot("AI_LIVE", START, START + timedelta(minutes=30), 15, accepted=True)
KIND = TelemetryKind


def sign(
    kind: TelemetryKind, minutes: float, until: float | None = None, *, own: bool = False, message: str | None = None
) -> Sign:
    """Seen so many minutes after the start."""
    ended = None if until is None else START + timedelta(minutes=until)
    return Sign(kind, START + timedelta(minutes=minutes), ended, own, message)


DELIVERED, CLOSED = sign(KIND.MESSAGE_DELIVERED, -1_440), sign(KIND.SESSION_CLOSED, 30)
BEATING, JOINED = sign(KIND.SESSION_HEARTBEAT, -5, 31), sign(KIND.CANDIDATE_JOINED, 3)
ABSENT = (DELIVERED, CLOSED)


def cause(*signs: Sign, slot: Slot = LIVE) -> Cause:
    return assess(slot, signs).cause


def test_a_session_that_closed_without_a_join_is_the_candidates() -> None:
    found = assess(LIVE, ABSENT)
    assert (found.cause, found.confidence) == (Cause.CANDIDATE, 0.6)
    assert found.rules == ("CLOSED_WITHOUT_JOIN", "MESSAGE_DELIVERED")
    assert assess(LIVE, (DELIVERED, BEATING)).cause is Cause.CANDIDATE
    assert assess(LIVE, (*ABSENT, BEATING)).confidence == 1.0


def test_without_a_delivery_receipt_nothing_is_the_candidates() -> None:
    found = assess(LIVE, (CLOSED, BEATING, sign(KIND.MESSAGE_SENT, -60), sign(KIND.DEVICE_CHECK_PASSED, -5)))
    assert (found.cause, found.confidence) == (Cause.UNKNOWN, 0)
    assert "NOT_DELIVERED" in found.rules
    assert cause(CLOSED, BEATING, sign(KIND.MESSAGE_BOUNCED, -60)) is Cause.UNKNOWN


@pytest.mark.parametrize("kind", [KIND.MESSAGE_DELIVERED, KIND.MESSAGE_OPENED])
def test_a_receipt_after_the_time_is_none(kind: TelemetryKind) -> None:
    """What was received when one could not come any longer told nobody of the interview."""
    assert cause(CLOSED, BEATING, sign(kind, 15)) is Cause.CANDIDATE
    late = assess(LIVE, (CLOSED, BEATING, sign(kind, 16)))
    assert (late.cause, "NOT_DELIVERED" in late.rules, kind.value in late.rules) == (Cause.UNKNOWN, True, False)
    short = Slot("AI_LIVE", START, START + timedelta(minutes=10), 15, accepted=True)
    assert cause(CLOSED, BEATING, sign(kind, 11), slot=short) is Cause.UNKNOWN, "nothing was left of it"


def test_a_delivery_that_bounced_after_all_is_none() -> None:
    """Unless another came after it, or one was opened; and of two messages each bounces for itself."""
    bounced, again = sign(KIND.MESSAGE_BOUNCED, -1_400), sign(KIND.MESSAGE_DELIVERED, -60)
    found = assess(LIVE, (*ABSENT, bounced))
    assert (found.cause, "NOT_DELIVERED" in found.rules) == (Cause.UNKNOWN, True)
    assert cause(*ABSENT, sign(KIND.MESSAGE_BOUNCED, 900)) is Cause.UNKNOWN, "however late it is known"
    assert cause(*ABSENT, sign(KIND.MESSAGE_BOUNCED, -1_441)) is Cause.CANDIDATE
    assert cause(*ABSENT, bounced, again) is Cause.CANDIDATE
    assert cause(*ABSENT, bounced, sign(KIND.MESSAGE_OPENED, -60)) is Cause.CANDIDATE
    assert cause(*ABSENT, sign(KIND.MESSAGE_OPENED, -1_430), bounced) is Cause.CANDIDATE, "what was opened arrived"
    ours = sign(KIND.MESSAGE_DELIVERED, -1_440, message="invitation")
    assert cause(CLOSED, ours, sign(KIND.MESSAGE_BOUNCED, -30, message="reminder")) is Cause.CANDIDATE
    assert cause(CLOSED, ours, sign(KIND.MESSAGE_BOUNCED, -30, message="invitation")) is Cause.UNKNOWN


def test_a_check_counts_while_one_can_come() -> None:
    """And the candidate's own word of it never makes it the platform's: it is heard."""
    failed, passed = KIND.DEVICE_CHECK_FAILED, KIND.DEVICE_CHECK_PASSED
    assert cause(*ABSENT, sign(failed, 14)) is Cause.PLATFORM
    assert cause(*ABSENT, sign(failed, 16)) is Cause.CANDIDATE
    mine = sign(failed, -5, own=True)
    assert cause(*ABSENT, mine) is Cause.UNKNOWN
    assert "DEVICE_FAILED_BY_CANDIDATE" in assess(LIVE, (*ABSENT, mine)).rules
    assert cause(*ABSENT, sign(failed, 29, own=True)) is Cause.CANDIDATE
    assert cause(*ABSENT, mine, sign(passed, -4, own=True)) is Cause.CANDIDATE
    assert cause(*ABSENT, sign(failed, -5), sign(passed, -4, own=True)) is Cause.PLATFORM


@pytest.mark.parametrize(("begun", "ended"), [(-60, -9), (10, 12), (-60, 600), (29, 40)])
def test_an_outage_over_the_slot_is_the_platforms(begun: float, ended: float) -> None:
    assert cause(*ABSENT, BEATING, sign(KIND.PLATFORM_OUTAGE, begun, ended)) is Cause.PLATFORM


@pytest.mark.parametrize(("begun", "ended"), [(-600, -60), (31, 60)])
def test_an_outage_at_another_time_says_nothing(begun: float, ended: float) -> None:
    assert cause(*ABSENT, sign(KIND.PLATFORM_OUTAGE, begun, ended)) is Cause.CANDIDATE


def test_an_outage_counts_while_one_can_come() -> None:
    """Also after the end, in the grace time."""
    recorded = Slot("AI_ASYNC", START, START + timedelta(days=3), 60, accepted=True)
    short = Slot("AI_LIVE", START, START + timedelta(minutes=10), 30, accepted=True)
    for slot, end, latest in ((recorded, 3 * 1_440, 3 * 1_440 + 60), (short, 10, 30)):
        seen = (DELIVERED, sign(KIND.SESSION_CLOSED, latest))
        assert cause(*seen, sign(KIND.PLATFORM_OUTAGE, end + 1, latest), slot=slot) is Cause.PLATFORM
        assert cause(*seen, sign(KIND.PLATFORM_OUTAGE, latest + 1, latest + 9), slot=slot) is Cause.CANDIDATE


def test_of_a_window_of_days_its_last_hours_count() -> None:
    """Or half of it: who had two other days could have come."""
    slot = Slot("AI_ASYNC", START, START + timedelta(days=3), 15, accepted=True)
    end = 3 * 1_440
    closed = sign(KIND.SESSION_CLOSED, end + 15)
    for begun, ended, expected in [
        (60, 120, Cause.CANDIDATE),
        (end - 60, end - 30, Cause.PLATFORM),
        (60, 60 + end / 2, Cause.PLATFORM),
    ]:
        assert cause(DELIVERED, closed, sign(KIND.PLATFORM_OUTAGE, begun, ended), slot=slot) is expected


def test_an_absent_interviewer_is_the_employers() -> None:
    video = Slot("VIDEO", START, LIVE.ends_at, 15, accepted=True)
    assert cause(*ABSENT, slot=video) is Cause.EMPLOYER
    assert cause(DELIVERED, JOINED, slot=video) is Cause.EMPLOYER
    assert cause(*ABSENT, sign(KIND.INTERVIEWER_JOINED, 1), slot=video) is Cause.CANDIDATE
    for minutes in (-3_000, -11, 16, 3_000):
        at_another_time = sign(KIND.INTERVIEWER_JOINED, minutes)
        assert cause(*ABSENT, at_another_time, slot=video) is Cause.EMPLOYER
    told = Slot("ONSITE", START, LIVE.ends_at, 15, accepted=True, codes=frozenset({"INTERVIEWER_ABSENT"}))
    assert cause(DELIVERED, slot=told) is Cause.EMPLOYER


def test_too_little_is_unknown() -> None:
    assert cause() is Cause.UNKNOWN
    assert cause(DELIVERED) is Cause.UNKNOWN
    assert cause(DELIVERED, sign(KIND.SESSION_CLOSED, 14)) is Cause.UNKNOWN, "it closed while one might still come"
    gap = (sign(KIND.SESSION_HEARTBEAT, 0, 8), sign(KIND.SESSION_HEARTBEAT, 11, 30))
    assert cause(DELIVERED, *gap) is Cause.UNKNOWN, "nobody watched for three minutes"
    soon = sign(KIND.SESSION_HEARTBEAT, -5, 27)
    assert cause(DELIVERED, soon) is Cause.UNKNOWN, "nobody watched the last three minutes"
    assert cause(DELIVERED, sign(KIND.SESSION_HEARTBEAT, -5, 28)) is Cause.CANDIDATE
    assert cause(*ABSENT, JOINED) is Cause.UNKNOWN
    unanswered = Slot("AI_LIVE", START, LIVE.ends_at, 15, accepted=False)
    assert cause(*ABSENT, slot=unanswered) is Cause.UNKNOWN


def test_reasons_are_said_in_both_languages() -> None:
    found = assess(LIVE, ABSENT)
    assert found.reasons(Locale.ZH_CN) == ["平台报告场次结束，候选人未进入。", "通知有送达回执。"]
    assert found.reasons(Locale.EN)[1] == "A message about the interview was delivered."


KINDS = st.sampled_from(TelemetryKind)
MINUTES = st.integers(-120, 120)


@st.composite
def signs(draw: st.DrawFn, kinds: st.SearchStrategy[TelemetryKind] = KINDS) -> Sign:
    start, length = draw(MINUTES), draw(st.integers(0, 60))
    kind = draw(kinds)
    lasts = kind in (KIND.PLATFORM_OUTAGE, KIND.SESSION_HEARTBEAT)
    own = kind in CHECKS and draw(st.booleans())
    message = draw(st.sampled_from([None, "1", "2"])) if kind in RECEIPTS.values() else None
    return sign(kind, start, start + length if lasts else None, own=own, message=message)


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    codes = draw(st.frozensets(st.sampled_from([code.value for code in EvidenceCode])))
    mode, length, accepted = draw(st.sampled_from(Mode)), draw(st.integers(1, 90)), draw(st.booleans())
    return Slot(mode.value, START, START + timedelta(minutes=length), draw(st.integers(0, 60)), accepted, codes)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    threshold = draw(st.integers(20, 100))
    weights = {name: draw(st.integers(threshold if name in DECISIVE else 0, 100)) for name in WEIGHED}
    return Table(weights, threshold)


def favour(found: Assessment) -> float:
    """How well the candidate stands: from 1, surely not their fault, to -1, surely theirs."""
    if found.cause is Cause.CANDIDATE:
        return -found.confidence
    return found.confidence


EVIDENCE = st.lists(signs(), max_size=8)
LIKELY = st.lists(signs(), max_size=5).map(lambda more: [*ABSENT, *more])


@given(slots(), EVIDENCE | LIKELY, signs(st.sampled_from(sorted(FAVOURABLE, key=lambda kind: kind.value))), tables())
def test_evidence_in_favour_never_worsens(slot: Slot, seen: list[Sign], more: Sign, table: Table) -> None:
    assert favour(assess(slot, [*seen, more], table)) >= favour(assess(slot, seen, table))


@given(slots(), EVIDENCE | LIKELY, MINUTES, tables())
def test_an_interviewer_of_another_time_is_none(slot: Slot, seen: list[Sign], minutes: int, table: Table) -> None:
    """Who comes once the candidate cannot, or long before, neither was there for them nor waited."""
    more = sign(KIND.INTERVIEWER_JOINED, minutes)
    if not START - EARLY <= more.at <= slot.latest:
        assert assess(slot, [*seen, more], table) == assess(slot, seen, table)


@given(slots(), EVIDENCE | LIKELY, MINUTES, st.sampled_from([None, "1"]), tables())
def test_what_bounced_was_not_delivered(
    slot: Slot, seen: list[Sign], minutes: int, message: str | None, table: Table
) -> None:
    delivered = sign(KIND.MESSAGE_DELIVERED, minutes, message=message)
    bounced = sign(KIND.MESSAGE_BOUNCED, minutes + 1, message=message)
    assert assess(slot, [*seen, delivered, bounced], table) == assess(slot, [*seen, bounced], table)


@given(slots(), LIKELY, st.sampled_from(EvidenceCode), tables())
def test_a_recorded_fault_never_worsens(slot: Slot, seen: list[Sign], code: EvidenceCode, table: Table) -> None:
    told = Slot(slot.mode, slot.starts_at, slot.ends_at, slot.grace_minutes, slot.accepted, slot.codes | {code.value})
    assert favour(assess(told, seen, table)) >= favour(assess(slot, seen, table))


@given(slots(), EVIDENCE | LIKELY, st.integers(), tables())
def test_order_and_repetition_do_not_matter(slot: Slot, seen: list[Sign], seed: int, table: Table) -> None:
    other = [*seen, *seen[:3]]
    Random(seed).shuffle(other)
    assert assess(slot, other, table) == assess(slot, seen, table)


@given(slots(), EVIDENCE | LIKELY, tables())
def test_the_rules_of_fairness_hold_under_any_table(slot: Slot, seen: list[Sign], table: Table) -> None:
    """Never the candidate's without acceptance, a receipt and a watch; nor with a join or an outage over the slot."""
    found = assess(slot, seen, table)
    kinds = {each.kind for each in seen}
    if found.cause is Cause.CANDIDATE:
        assert slot.accepted
        assert kinds & {KIND.MESSAGE_DELIVERED, KIND.MESSAGE_OPENED}
        assert kinds & {KIND.SESSION_CLOSED, KIND.SESSION_HEARTBEAT}
        assert not kinds & {KIND.CANDIDATE_JOINED, KIND.CANDIDATE_RECONNECTED}
        assert not slot.codes
    assert 0 <= found.confidence <= 1
    if "OUTAGE_OVER_SLOT" in found.rules:
        assert found.cause in (Cause.PLATFORM, Cause.EMPLOYER)


def test_a_table_is_lines_that_people_read() -> None:
    assert Table.of_lines(DEFAULT.lines) == DEFAULT
    changed = Table.of_lines(["CONNECTION_LOST 10", "THRESHOLD 40"])
    assert (changed.weights["CONNECTION_LOST"], changed.threshold) == (10, 40)
    assert Table.of_lines(["MESSAGE_OPENED 30"], changed).threshold == 40
    for wrong in ("NONSENSE 10", "CONNECTION_LOST", "CONNECTION_LOST -1", "CONNECTION_LOST 101", "THRESHOLD 10"):
        with pytest.raises(NoTable):
            Table.of_lines([wrong])
    with pytest.raises(NoTable):
        Table.of_lines(["OUTAGE_OVER_SLOT 40"])
