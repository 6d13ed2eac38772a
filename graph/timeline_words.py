"""What happened, in a sentence of either language: an event with what its payload tells."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graph.credit_words import Words
from graph.events import EventType
from graph.instants import day_in, from_text
from graph.labels import LABELS, plural

SAID = ("attendance", "response", "outcome", "stage")
"""Members that are one word of an enum's, said where there are words for it."""
Told = Mapping[str, Any]


def sentence(type: str, occurred_at: str, payload: str | None, held: Sequence[Any] | None, zone: str) -> Words:
    """What happened, with which department's interview, and how: in Chinese and English.

    The day is that of the interview's zone, or of the Organization's where it is about none.
    """
    told: Told = json.loads(payload) if payload else {}
    mode, name_zh, name, its_zone = held or (None, None, None, None)
    day = day_in(from_text(occurred_at), its_zone or zone).isoformat()
    zh, en = LABELS[type]
    if mode is not None:
        zh, en = f"{name_zh or name}{LABELS[mode][0]}，{zh}", f"{en}, {LABELS[mode][1]} with {name}"
    how = [LABELS[told[name]] for name in SAID if told.get(name) in LABELS]
    # Of a person who was erased nothing is told but that something was.
    how += DETAILS[type](told) if type in DETAILS and told else []
    if how:
        zh, en = f"{zh}：{'、'.join(each[0] for each in how)}", f"{en}: {', '.join(each[1] for each in how)}"
    return f"{day} {zh}。", f"{day}: {en}."


def _days(told: Told) -> list[Words]:
    """Of one day what it was; of several days, or of whole months, how many there were of each kind."""
    records: list[Told] = told.get("records") or [told["record"]]
    first = records[0]
    by_day = len(records) == 1 and first["granularity"] == "DAY"
    if by_day and first["days"] == 1:
        (zh, en), minutes = LABELS[first["kind"]], first.get("minutes")
        late = (f" {minutes} 分钟", f" by {plural(minutes, 'minute')}") if minutes else ("", "")
        return [(f"{first['day']} {zh}{late[0]}", f"{en}{late[1]} on {first['day']}")]
    months = sorted(record["month"] for record in records)
    span = first["day"] if by_day else " – ".join(dict.fromkeys((months[0], months[-1])))
    days = Counter[str]()
    for record in records:
        days[record["kind"]] += record["days"]
    found = {kind: count for kind, count in days.items() if count} or dict(days)
    return [
        (span, span),
        *(
            (f"{LABELS[kind][0]}{count:g}天", f"{LABELS[kind][1]} {plural(count, 'day')}")
            for kind, count in found.items()
        ),
    ]


def _results(told: Told) -> list[Words]:
    """Of one goal how far it came; of several, of how many it is known and how far they came on average."""
    results: list[Told] = told.get("results") or [told["result"]]
    shares = [result["share"] for result in results if result.get("share") is not None]
    if len(results) > 1:
        zh, en = f"{len(results)}项目标", f"{len(results)} goals"
        if not shares:
            return [(zh, en), ("尚无结果", "no result yet")]
        mean = sum(shares) / len(shares)
        known = f"{len(shares)}项已有结果", f"{len(shares)} with a result"
        return [(zh, en), known, (f"平均完成{mean:.0%}", f"{mean:.0%} reached on average")]
    (result,) = results
    due = f"{result['dueOn']} 到期", f"due on {result['dueOn']}"
    if result.get("withdrawn"):
        return [due, ("已撤回", "withdrawn")]
    return [due, (f"完成{shares[0]:.0%}", f"{shares[0]:.0%} reached") if shares else ("尚无结果", "no result yet")]


def _employed(told: Told) -> list[Words]:
    ways = (("started_on", ("入职", "from")), ("ended_on", ("离职", "until")))
    return [(f"{told[name]} {zh}", f"{en} {told[name]}") for name, (zh, en) in ways if told.get(name)]


def _verdict(told: Told) -> list[Words]:
    return [("接受", "accepted") if told["verdict"] == "ACCEPTED" else ("不接受", "not accepted")]


DETAILS: Mapping[str, Callable[[Told], list[Words]]] = {
    EventType.WORK_ATTENDANCE_RECORDED.value: _days,
    EventType.WORK_ATTENDANCE_CORRECTED.value: _days,
    EventType.TASK_COMPLETION_RECORDED.value: _results,
    EventType.TASK_COMPLETION_CORRECTED.value: _results,
    EventType.EMPLOYMENT_RECORDED.value: _employed,
    EventType.EMPLOYMENT_CORRECTED.value: _employed,
    EventType.EMPLOYMENT_ENDED.value: _employed,
    EventType.PROOF_DECIDED.value: _verdict,
}
"""What is said of these events besides: days, shares, dates and verdicts, and no free text."""
