"""What is done when a timer is due, by its kind; errands that leave the graph are the worker's."""

from __future__ import annotations

from collections.abc import Mapping

from graph import (
    alarms,
    brakes,
    conduct,
    decisions,
    disputes,
    findings,
    freed_slots,
    rescheduling,
    retention,
    rights,
    suspicions,
    telemetry,
    withdrawals,
)
from graph.timers import Rule, TimerKind

RULES: Mapping[TimerKind, Rule] = {
    TimerKind.SLOT_OWED: rescheduling.remind_of_slot,
    TimerKind.ALARM_DAY: alarms.sound,
    TimerKind.ALARM_SOON: alarms.sound,
    TimerKind.ERASE_FINDING: retention.erase,
    TimerKind.PASS_SLOT: freed_slots.pass_on,
    TimerKind.REJECT: decisions.take_effect,
    TimerKind.FORGET_SEEN: decisions.forget_seen,
    TimerKind.OUTCOME: suspicions.look_at_outcome,
    TimerKind.MARK: telemetry.look_at_mark,
    TimerKind.NOTICE: findings.give_notice,
    TimerKind.HEARING: findings.end_hearing,
    TimerKind.DECISION: findings.lapse,
    TimerKind.REQUEST: rights.overdue,
    TimerKind.DISPUTE: disputes.overdue,
    TimerKind.ANSWER: conduct.answer_overdue,
    TimerKind.BRAKE: brakes.look,
    TimerKind.LATE_LOOKS: withdrawals.tell_late,
}
