"""The words people read for the values of enums, in both languages, and dates as they are said in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from graph.refusals import Locale
from graph.traversal import Derived
from graph.visibility import Level

LABELS: Mapping[str, tuple[str, str]] = {
    # Interview.mode
    "AI_ASYNC": ("AI面试（录制）", "AI interview, recorded"),
    "AI_LIVE": ("AI面试", "AI interview"),
    "VIDEO": ("视频面试", "Video interview"),
    "ONSITE": ("现场面试", "On-site interview"),
    # Interview.response
    "NEEDS_ACTION": ("待回复", "Awaiting answer"),
    "ACCEPTED": ("已接受", "Accepted"),
    "DECLINED": ("已谢绝", "Declined"),
    "TENTATIVE": ("待定", "Tentative"),
    # Interview.attendance
    "PENDING": ("待面试", "Pending"),
    "ATTENDED": ("已到面", "Attended"),
    "ATTENDED_LATE": ("迟到到面", "Attended late"),
    "INCOMPLETE": ("未完成", "Incomplete"),
    "NOT_ATTENDED": ("未到面", "Not attended"),
    "CANCELLED_BY_CANDIDATE": ("候选人取消", "Cancelled by candidate"),
    "CANCELLED_BY_EMPLOYER": ("企业取消", "Cancelled by employer"),
    "RESCHEDULED": ("已改期", "Rescheduled"),
    "ENTERED_IN_ERROR": ("录入有误", "Entered in error"),
    # Finding.outcome
    "NO_SHOW": ("未到岗（爽约）", "No-show"),
    "EXCUSED": ("有正当理由", "Excused"),
    "SYSTEM_FAULT": ("系统原因", "System fault"),
    "EMPLOYER_FAULT": ("企业原因", "Employer's fault"),
    # Finding.cause
    "CANDIDATE": ("候选人", "Candidate"),
    "PLATFORM": ("平台", "Platform"),
    "EMPLOYER": ("企业", "Employer"),
    "UNKNOWN": ("不明", "Unknown"),
    # Finding.state
    "SUSPECTED": ("待核实", "Suspected"),
    "NOTICE_SENT": ("已告知", "Notice given"),
    "FINAL": ("已认定", "Final"),
    "DISPUTED": ("申诉中", "Disputed"),
    "VOID": ("已撤销", "Void"),
    # Position.urgency, status
    "NORMAL": ("普通", "Normal"),
    "URGENT_BACKFILL": ("紧急补位", "Urgent backfill"),
    "OPEN": ("开放", "Open"),
    "CLOSED": ("已关闭", "Closed"),
    # Application.stage
    "APPLIED": ("已投递", "Applied"),
    "SCREENING": ("筛选中", "Screening"),
    "INTERVIEW": ("面试中", "Interview"),
    "OFFER": ("录用通知", "Offer"),
    "HIRED": ("已录用", "Hired"),
    "REJECTED": ("已淘汰", "Rejected"),
    "WITHDRAWN": ("已撤回", "Withdrawn"),
}

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def in_words(value: str, locale: Locale) -> str:
    zh, en = LABELS[value]
    return zh if locale is Locale.ZH_CN else en


def month_in_words(year: int, month: int, locale: Locale) -> str:
    return f"{year}年{month}月" if locale is Locale.ZH_CN else f"{MONTHS[month - 1]} {year}"


def label(expression: LiteralString, see: Level = Level.OWN) -> Derived:
    """A member that says the value of `expression` in the words of the argument `locale`."""

    def make(values: Sequence[Any], args: Mapping[str, Any], _: Any) -> str | None:
        return None if values[0] is None else in_words(values[0], args["locale"])

    return Derived((expression,), make, see)
