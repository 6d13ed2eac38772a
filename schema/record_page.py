"""A record as a page to read, in either language, without script or anything from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from json import loads
from typing import Any, cast

from graph.labels import LABELS
from graph.refusals import Locale

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("我的记录", "My record"),
    "person": ("本人", "You"),
    "applications": ("投递", "Applications"),
    "interviews": ("面试", "Interviews"),
    "findings": ("到面认定", "What missed interviews were found to be"),
    "employments": ("任职", "Employments"),
    "requests": ("权利请求", "What you asked of your rights"),
    "accesses": ("谁查阅过", "Who looked"),
    "accessGaps": ("可能缺少查阅记录的时段", "Times of which looks may be missing"),
    "messages": ("消息", "Messages"),
    "history": ("全部事件经过", "All that happened"),
    "note": ("备注", "Note"),
    "by": ("由谁", "By which side"),
    "chosenBy": ("由谁选择", "Chosen by"),
    "notWhole": ("未能完整列出的部分", "Parts that are not all of it"),
    "events": ("事件", "Events"),
    "records": ("考勤记录", "Attendance at work"),
    "taskResults": ("目标与结果", "Goals and results"),
    "goal": ("目标", "Goal"),
    "repairs": ("信用修复", "What shortens it"),
    "attendance": ("到面统计", "Attendance"),
    "decisions": ("决定", "Decisions"),
    "verdict": ("结果", "Verdict"),
    "counterfactuals": ("如果没有某项认定", "Without a finding"),
    "change": ("变化", "Change"),
    "prior": ("先验值", "Prior"),
    "rawValue": ("观测值", "Observed"),
    "minimum": ("最少观测次数", "Fewest observations"),
    "advice": ("说明", "What it is not"),
    "grounds": ("依据", "Grounds"),
    "reminders": ("提醒", "Reminders"),
    "messageEn": ("提醒（英文）", "Reminder in English"),
    "message": ("提醒（中文）", "Reminder in Chinese"),
    "totalCount": ("总数", "In all"),
    "nodes": ("条目", "Entries"),
    "cut": ("未全部保留", "Not all of it was kept"),
    "presentDays": ("出勤天数", "Days present"),
    "lateCount": ("迟到次数", "Times late"),
    "absentDays": ("旷工天数", "Days absent without leave"),
    "earlyLeaveCount": ("早退次数", "Times left early"),
    "approvedLeaveDays": ("批准请假天数", "Days of approved leave"),
    "seen": ("当时屏幕上的内容", "What was on the screen"),
    "selfAssessment": ("职业测评", "Self-assessment"),
    "answers": ("答案", "Answers"),
    "results": ("结果", "Results"),
    "nothing": ("无", "Nothing"),
    "displayName": ("姓名", "Name"),
    "status": ("状态", "Status"),
    "state": ("状态", "State"),
    "stage": ("阶段", "Stage"),
    "email": ("邮箱", "Mail"),
    "phone": ("电话", "Phone"),
    "reason": ("理由", "Reason"),
    "statement": ("您的陈述", "What you said"),
    "statementBy": ("由谁记录", "Who wrote it down"),
    "department": ("部门", "Department"),
    "departments": ("部门", "Departments"),
    "position": ("岗位", "Position"),
    "occurredAt": ("时间", "When"),
    "startsAt": ("开始", "Starts"),
    "endsAt": ("结束", "Ends"),
    "expiresAt": ("不再计入", "Counts until"),
    "eraseAt": ("删除时间", "Erased at"),
    "daysLeft": ("剩余天数", "Days left"),
    "who": ("何人", "Who"),
    "role": ("角色", "Role"),
    "purpose": ("目的", "Purpose"),
    "about": ("查阅内容", "What was looked at"),
    "at": ("时间", "When"),
    "since": ("自", "Since"),
    "until": ("至", "Until"),
    "type": ("类型", "Type"),
    "kind": ("类别", "Kind"),
    "dueAt": ("答复期限", "Due"),
    "filedAt": ("提出时间", "Filed"),
    "text": ("内容", "Text"),
    "accepted": ("接受次数", "Accepted"),
    "acceptedNotAttended": ("接受后未到面", "Accepted and not attended"),
    "actor": ("操作人", "By whom"),
    "actorKind": ("操作方", "By what"),
    "answer": ("答复", "Answer"),
    "answerBy": ("请在此之前答复", "Answer by"),
    "answeredAt": ("答复时间", "Answered"),
    "answeredBy": ("答复人", "Answered by"),
    "appliedAt": ("投递时间", "Applied"),
    "attendanceRate": ("到面率", "Attendance rate"),
    "attended": ("到面次数", "Attended"),
    "cause": ("原因方", "On whose side"),
    "checkedOn": ("核查日期", "Checked on"),
    "claim": ("核查内容", "What was checked"),
    "considered": ("参考的认定", "What was considered"),
    "createdAt": ("创建时间", "Made"),
    "day": ("日期", "Day"),
    "days": ("天数", "Days"),
    "decidedAt": ("决定时间", "Decided"),
    "decidedBy": ("决定人", "Decided by"),
    "details": ("详情", "Details"),
    "dimension": ("维度", "Dimension"),
    "dueOn": ("截止日期", "Due on"),
    "effectiveAt": ("生效时间", "Takes effect"),
    "employer": ("雇主", "Employer"),
    "endedOn": ("结束日期", "Ended on"),
    "excused": ("有正当理由", "Excused"),
    "externalId": ("账号", "Account"),
    "faults": ("非本人原因", "Faults of others"),
    "finding": ("认定", "Finding"),
    "granularity": ("粒度", "By"),
    "id": ("编号", "Id"),
    "interview": ("面试", "Interview"),
    "leaning": ("倾向", "Leaning"),
    "locale": ("语言", "Language"),
    "method": ("方式", "How"),
    "minutes": ("分钟", "Minutes"),
    "mode": ("形式", "How it is held"),
    "name": ("名称", "Name"),
    "noShowRate": ("爽约率", "No-show rate"),
    "noShows": ("爽约次数", "No-shows"),
    "noticeAt": ("告知时间", "Notice given"),
    "outOf": ("满分", "Out of"),
    "outcome": ("认定结果", "Finding"),
    "policyVersion": ("规则版本", "Version of the rules"),
    "recordedAt": ("记录时间", "Recorded"),
    "response": ("答复", "Your answer"),
    "result": ("结果", "Result"),
    "resumeCheck": ("简历核查", "Check of the résumé"),
    "seenHash": ("屏幕内容校验值", "Hash of the screen"),
    "seenUntil": ("屏幕内容保留至", "Screen kept until"),
    "seq": ("序号", "Number"),
    "share": ("占比", "Share"),
    "sharedAt": ("分享时间", "Shared"),
    "source": ("来源", "Source"),
    "startedOn": ("开始日期", "Started on"),
    "startsOn": ("开始日期", "Starts on"),
    "superseded": ("已被更正", "Superseded"),
    "suspectedAt": ("疑似时间", "Suspected"),
    "takenAt": ("完成时间", "Taken"),
    "target": ("目标值", "Target"),
    "template": ("消息类型", "Message"),
    "timeZone": ("时区", "Time zone"),
    "value": ("数值", "Value"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "asOf": ("截至", "As of"),
    "assessment": ("证据归因", "What the evidence says"),
    "band": ("档位", "Band"),
    "basedOn": ("所依据的事件", "What it is based on"),
    "channel": ("渠道", "Channel"),
    "confidence": ("置信度", "Confidence"),
    "consentSource": ("授权依据", "Consent shown by"),
    "consentedAt": ("授权时间", "Consented"),
    "counted": ("计入次数", "Counted"),
    "decideBy": ("决定期限", "Decided by then"),
    "dimensions": ("维度", "Dimensions"),
    "disputeDueAt": ("异议答复期限", "Dispute due"),
    "disputeReason": ("异议答复", "Answer to the dispute"),
    "disputeRejectedAt": ("异议驳回时间", "Dispute rejected"),
    "disputeText": ("您的异议", "Your dispute"),
    "disputedAt": ("提出异议时间", "Disputed"),
    "evidence": ("证据", "Evidence"),
    "expiresOn": ("到期日", "Expires on"),
    "factors": ("各项", "Factors"),
    "followedAdvice": ("是否采纳评分建议", "Whether the score's advice was followed"),
    "graceMinutes": ("宽限分钟", "Minutes of grace"),
    "hash": ("校验值", "Hash"),
    "inTime": ("是否提前", "In time"),
    "inputsHash": ("输入校验值", "Hash of the inputs"),
    "labels": ("标签", "Labels"),
    "missing": ("缺少数据", "No data"),
    "observations": ("观察次数", "Observations"),
    "offBecause": ("停用原因", "Off because"),
    "overdueAt": ("逾期时间", "Overdue since"),
    "owedBy": ("应提供新时间的期限", "Another time owed by"),
    "points": ("分数", "Points"),
    "profile": ("行为画像", "Behaviour profile"),
    "proofs": ("证明文件", "Files handed in"),
    "purgedAt": ("文件删除时间", "File deleted"),
    "knewBy": ("如何知晓该时间", "How they knew the time"),
    "reviewReason": ("复核后维持的理由", "Why it stands after a review"),
    "reviewedAt": ("复核时间", "Reviewed"),
    "voidReason": ("撤销理由", "Why it was taken back"),
    "voidedAt": ("撤销时间", "Taken back"),
    "voidedBy": ("撤销人", "Taken back by"),
    "rules": ("适用规则", "Rules that applied"),
    "reasons": ("理由", "Reasons"),
    "requestedAt": ("提出时间", "Asked"),
    "rescheduleRequests": ("改期请求", "Requests for another time"),
    "responseMessage": ("您给人事的留言", "Your message"),
    "resumeChecks": ("简历核查", "Checks of the résumé"),
    "score": ("职场信用分", "Workplace credit score"),
    "sentAt": ("发送时间", "Sent"),
    "size": ("字节", "Bytes"),
    "telemetry": ("平台报告", "What platforms reported"),
    "timeline": ("时间线", "Timeline"),
    "uploadedAt": ("上传时间", "Handed in"),
    "validUntil": ("有效期至", "Valid until"),
    "weight": ("权重", "Weight"),
}
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}"
    "dl{margin:0 0 1rem}dt{color:#555}dd{margin:0 0 .25rem .75rem}"
    "section>div{border-top:1px solid #ccc;padding-top:.5rem}"
    "@media(min-width:40rem){dl{display:grid;grid-template-columns:fit-content(12rem) minmax(0,1fr);gap:.1rem 1rem}"
    "dd{margin:0}}"
)


def page(record: Mapping[str, Any], locale: Locale) -> str:
    """The whole of a copy as one page."""
    lang, title = ("zh" if locale is Locale.ZH_CN else "en"), _word("title", locale)
    parts = [
        f"<section><h2>{_word(name, locale)}</h2>{_value(value, locale)}</section>"
        for name, value in {**record, "history": _said(record["history"])}.items()
        if name not in ("turnout", "version", "writtenAt")
    ]
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><h1>{title}</h1><p>{escape(record['writtenAt'])}</p>{''.join(parts)}</main></body></html>"
    )


def _said(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Most events have few of the words that one may have."""
    return [{name: value for name, value in event.items() if value is not None} for event in events]


def _word(name: str, locale: Locale) -> str:
    zh, en = WORDS.get(name) or (None, None)
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return escape((zh if locale is Locale.ZH_CN else en) or plain[0].upper() + plain[1:].lower())


def _screen(seen: Any) -> Any:
    """What was on the screen at a decision is kept as JSON, and read as everything else is."""
    return loads(seen) if isinstance(seen, str) and seen.startswith("{") else seen


def _value(value: Any, locale: Locale) -> str:
    if value is None or value == []:
        return _word("nothing", locale)
    if isinstance(value, list):
        items = cast(list[Any], value)
        if not isinstance(items[0], dict):
            return escape(", ".join(map(str, items)))
        return "".join(f"<div>{_value(item, locale)}</div>" for item in items)
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return escape(str(value["zh" if locale is Locale.ZH_CN else "en"]))
        rows = {name: _screen(item) if name == "seen" else item for name, item in cast(dict[str, Any], value).items()}
        if len(rows) == 1:
            return _value(next(iter(rows.values())), locale)
        told = "".join(f"<dt>{_word(name, locale)}</dt><dd>{_value(item, locale)}</dd>" for name, item in rows.items())
        return f"<dl>{told}</dl>"
    if isinstance(value, bool):
        return ("是" if value else "否") if locale is Locale.ZH_CN else ("yes" if value else "no")
    if isinstance(value, str) and value in LABELS:
        return escape(LABELS[value][0 if locale is Locale.ZH_CN else 1])
    return escape(str(value))
