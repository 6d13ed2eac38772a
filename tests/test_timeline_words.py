"""What a profile's timeline says of work: days, shares and dates, and nobody's free words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph.timeline_words import sentence
from tests.conftest import Ask, Company
from tests.test_scores import PROFILE, Scored, at_work, enabled


def day(kind: str, on: str, **told: Any) -> dict[str, Any]:
    return {"kind": kind, "granularity": "DAY", "day": on, "month": on[:7], "days": 1.0, **told}


def month(kind: str, of: str, days: float) -> dict[str, Any]:
    return {"kind": kind, "granularity": "MONTH", "day": f"{of}-01", "month": of, "days": days}


def task(**told: Any) -> dict[str, Any]:
    return {"goal": "canary", "dueOn": "2026-09-30", "target": 10.0, **told}


WORDS = [
    (
        "WORK_ATTENDANCE_RECORDED",
        {"records": [day("LATE", "2026-09-01", minutes=12)]},
        ("记录考勤：2026-09-01 迟到 12 分钟。", "Attendance at work recorded: Late by 12 minutes on 2026-09-01."),
    ),
    (
        "WORK_ATTENDANCE_CORRECTED",
        {"record": day("LATE", "2026-09-01", minutes=1), "corrects": "r"},
        ("更正考勤：2026-09-01 迟到 1 分钟。", "Attendance at work corrected: Late by 1 minute on 2026-09-01."),
    ),
    (
        "WORK_ATTENDANCE_RECORDED",
        {
            "records": [
                month("PRESENT", "2026-09", 20.5),
                month("ABSENT", "2026-09", 1.0),
                month("LATE", "2026-09", 0.0),
            ]
        },
        (
            "记录考勤：2026-09、出勤20.5天、旷工1天。",
            "Attendance at work recorded: 2026-09, Present 20.5 days, Absent 1 day.",
        ),
    ),
    (
        "WORK_ATTENDANCE_RECORDED",
        {"records": [day("ABSENT", "2026-09-30"), day("ABSENT", "2026-11-02")]},
        ("记录考勤：2026-09 – 2026-11、旷工2天。", "Attendance at work recorded: 2026-09 – 2026-11, Absent 2 days."),
    ),
    (
        "WORK_ATTENDANCE_CORRECTED",
        {"record": month("ABSENT", "2026-09", 0.0)},
        ("更正考勤：2026-09、旷工0天。", "Attendance at work corrected: 2026-09, Absent 0 days."),
    ),
    (
        "WORK_ATTENDANCE_RECORDED",
        {"records": [day("ABSENT", "2026-09-30") | {"days": 0.5}]},
        ("记录考勤：2026-09-30、旷工0.5天。", "Attendance at work recorded: 2026-09-30, Absent 0.5 days."),
    ),
    (
        "TASK_COMPLETION_RECORDED",
        {"results": [task(share=0.8)]},
        ("记录目标与结果：2026-09-30 到期、完成80%。", "Goals and results recorded: due on 2026-09-30, 80% reached."),
    ),
    (
        "TASK_COMPLETION_RECORDED",
        {"results": [task(share=0.8), task(share=1.0), task()]},
        (
            "记录目标与结果：3项目标、2项已有结果、平均完成90%。",
            "Goals and results recorded: 3 goals, 2 with a result, 90% reached on average.",
        ),
    ),
    (
        "TASK_COMPLETION_CORRECTED",
        {"result": task(withdrawn=True)},
        ("更正目标与结果：2026-09-30 到期、已撤回。", "Goal or result corrected: due on 2026-09-30, withdrawn."),
    ),
    (
        "EMPLOYMENT_RECORDED",
        {"title": "canary", "started_on": "2026-08-01", "ended_on": None},
        ("记录任职：2026-08-01 入职。", "Employment recorded: from 2026-08-01."),
    ),
    (
        "EMPLOYMENT_ENDED",
        {"ended_on": "2026-09-30"},
        ("任职结束：2026-09-30 离职。", "Employment ended: until 2026-09-30."),
    ),
    ("PROOF_DECIDED", {"verdict": "REJECTED"}, ("认定证明：不接受。", "Proof decided: not accepted.")),
    ("WORK_ATTENDANCE_RECORDED", None, ("记录考勤。", "Attendance at work recorded.")),
]


@pytest.mark.parametrize(("type", "told", "words"), WORDS)
def test_an_event_says_what_was_recorded(type: str, told: dict[str, Any] | None, words: tuple[str, str]) -> None:
    payload = None if told is None else json.dumps(told)
    zh, en = sentence(type, "2026-11-01T16:30:00", payload, None, "Asia/Shanghai")
    assert (zh, en) == (f"2026-11-02 {words[0]}", f"2026-11-02: {words[1]}")


async def test_a_timeline_says_what_was_recorded_at_work(ask: Ask, company: Company) -> None:
    await enabled(company)
    known, scored = company.person(), Scored(company, ask)
    application = await company.application("marketing", known)
    await at_work(company, known)
    lines = (await scored.of(application, "marketing", PROFILE))["profile"]["timeline"]
    assert "2026-11-15 记录考勤：2026-09、出勤20天、迟到3天。" in [each["text"] for each in lines]
    assert "2026-11-15: Employment recorded: from 2026-08-01." in [each["en"] for each in lines]
