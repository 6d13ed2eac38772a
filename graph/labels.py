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
    "RESUME_MISMATCH": ("简历不符", "Resume mismatch"),
    # ResumeCheck.outcome
    "VERIFIED": ("核查属实", "Verified"),
    "MISMATCH": ("核查不符", "Does not match"),
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
    # FreedSlot.state
    "OFFERED": ("递补中", "Being offered"),
    "UNFILLED": ("未补上", "Unfilled"),
    # Decision.verdict and Decision.state
    "ADVANCE": ("推进", "Advance"),
    "HOLD": ("暂缓", "Hold"),
    "REJECT": ("淘汰", "Reject"),
    "ANNOUNCED": ("已通知，待生效", "Announced, not yet in effect"),
    "EFFECTIVE": ("已生效", "In effect"),
    "OFFER": ("录用通知", "Offer"),
    "HIRED": ("已录用", "Hired"),
    "REJECTED": ("已淘汰", "Rejected"),
    "WITHDRAWN": ("已撤回", "Withdrawn"),
    # Candidate.status
    "ACTIVE": ("正常", "Active"),
    "RESTRICTED": ("限制处理", "Restricted"),
    "ERASED": ("已删除", "Erased"),
    # Event.type
    "ORGANIZATION_CREATED": ("建立企业", "Organisation created"),
    "USER_SET": ("设置用户", "User set"),
    "USER_REMOVED": ("移除用户", "User removed"),
    "DEPARTMENT_CREATED": ("建立部门", "Department created"),
    "DEPARTMENT_UPDATED": ("更新部门", "Department changed"),
    "DEPARTMENT_MOVED": ("调整部门", "Department moved"),
    "DEPARTMENT_CLOSED": ("关闭部门", "Department closed"),
    "POSITION_OPENED": ("开放岗位", "Position opened"),
    "POSITION_MOVED": ("调整岗位", "Position moved"),
    "POSITION_CLOSED": ("关闭岗位", "Position closed"),
    "APPLICATION_SUBMITTED": ("投递", "Application filed"),
    "APPLICATION_ADVANCED": ("推进阶段", "Application moved forward"),
    "APPLICATION_WITHDRAWN": ("撤回投递", "Application withdrawn"),
    "SLOT_FREED": ("空出面试时段", "Slot freed"),
    "SLOT_OFFERED": ("递补邀请", "Slot offered"),
    "SLOT_OFFER_LAPSED": ("递补邀请失效", "Offer lapsed"),
    "SLOT_TAKEN": ("递补成功", "Slot taken"),
    "DECISION_MADE": ("作出决定", "Decision made"),
    "DECISION_WITHDRAWN": ("撤回决定", "Decision withdrawn"),
    "DECISION_LAPSED": ("决定失效", "Decision lapsed"),
    "APPLICATION_REJECTED": ("淘汰", "Application rejected"),
    "CANDIDATE_UPDATED": ("更新候选人", "Candidate changed"),
    "CANDIDATE_RESTRICTED": ("限制处理候选人", "Candidate restricted"),
    "RESTRICTION_LIFTED": ("解除限制处理", "Restriction lifted"),
    "CANDIDATE_ERASED": ("删除候选人", "Candidate erased"),
    "INTERVIEW_INVITED": ("邀请面试", "Invited"),
    "INTERVIEW_RESCHEDULED": ("改期", "Moved to another time"),
    "INTERVIEW_CANCELLED": ("取消面试", "Cancelled"),
    "RESPONSE_RECORDED": ("记录回复", "Answer recorded"),
    "ATTENDANCE_RECORDED": ("记录到面", "Attendance recorded"),
    "NO_SHOW_REPORTED": ("报告爽约", "No-show reported"),
    "TOLD_BY_STAFF": ("招聘人员已告知", "Told by staff"),
    "SAID_BY_CANDIDATE": ("候选人自述", "The candidate said so"),
    "OTHER_RECORD": ("其他记录", "Another record"),
    "NOTICE_RECORDED": ("告知候选人", "Notice given"),
    "NOTICE_UNANSWERED": ("期限内未答复告知", "Notice not answered in time"),
    "STATEMENT_RECORDED": ("记录陈述", "Statement taken down"),
    "NO_SHOW_CONFIRMED": ("认定", "Finding confirmed"),
    "NO_SHOW_EXCUSED": ("免责", "Excused"),
    "NO_SHOW_VOIDED": ("撤销认定", "Finding voided"),
    "NO_SHOW_REVIEWED": ("复核后维持认定", "Finding looked at again, and stands"),
    "NO_SHOW_SHORTENED": ("信用修复，认定提前到期", "Finding to expire sooner"),
    "NO_SHOW_DISPUTED": ("申诉", "Finding disputed"),
    "DISPUTE_UPHELD": ("申诉成立", "Dispute upheld"),
    "DISPUTE_REJECTED": ("申诉未成立", "Dispute rejected"),
    "RESUME_CHECKED": ("简历核查", "Resume checked"),
    "MISMATCH_CONFIRMED": ("认定简历不符", "Mismatch confirmed"),
    "MISMATCH_EXCUSED": ("简历不符免责", "Mismatch excused"),
    "MISMATCH_VOIDED": ("撤销简历不符", "Mismatch voided"),
    "MISMATCH_REVIEWED": ("复核后维持简历不符", "Mismatch looked at again, and stands"),
    "MISMATCH_DISPUTED": ("对简历不符提出申诉", "Mismatch disputed"),
    "ANSWER_OVERDUE": ("逾期未答复候选人", "No answer in time"),
    "TELEMETRY_RECORDED": ("平台上报", "Reported by the platform"),
    "OUTAGE_RECORDED": ("平台故障上报", "Outage reported"),
    # Telemetry.kind
    "MESSAGE_SENT": ("通知已发送", "Message sent"),
    "MESSAGE_DELIVERED": ("通知已送达", "Message delivered"),
    "MESSAGE_BOUNCED": ("通知被退回", "Message bounced"),
    "MESSAGE_OPENED": ("通知已打开", "Message opened"),
    "DEVICE_CHECK_PASSED": ("设备检测通过", "Device check passed"),
    "DEVICE_CHECK_FAILED": ("设备检测未通过", "Device check failed"),
    "CANDIDATE_JOINED": ("候选人进入", "Candidate joined"),
    "CANDIDATE_LEFT": ("候选人离开", "Candidate left"),
    "CANDIDATE_RECONNECTED": ("候选人重连", "Candidate reconnected"),
    "INTERVIEWER_JOINED": ("面试官进入", "Interviewer joined"),
    "SESSION_HEARTBEAT": ("平台心跳", "Session heartbeat"),
    "SESSION_CLOSED": ("场次结束", "Session closed"),
    "PLATFORM_OUTAGE": ("平台故障", "Platform outage"),
    # Task.kind
    "OUTCOME_MISSING": ("待记录结果", "Outcome missing"),
    "NOTICE_DUE": ("待告知候选人", "Notice due"),
    "DECISION_DUE": ("待认定", "Decision due"),
    "DISPUTE_DUE": ("申诉待决", "Dispute to be decided"),
    "REVIEW_DUE": ("有新证据，待复核", "To be looked at again"),
    "EMPLOYMENT_RECORDED": ("记录任职", "Employment recorded"),
    "EMPLOYMENT_ENDED": ("任职结束", "Employment ended"),
    "EMPLOYMENT_CORRECTED": ("更正任职", "Employment corrected"),
    "WORK_ATTENDANCE_RECORDED": ("记录考勤", "Attendance at work recorded"),
    "WORK_ATTENDANCE_CORRECTED": ("更正考勤", "Attendance at work corrected"),
    "TASK_COMPLETION_RECORDED": ("记录目标与结果", "Goals and results recorded"),
    "TASK_COMPLETION_CORRECTED": ("更正目标与结果", "Goal or result corrected"),
    "WORK_CALENDAR_SET": ("设置工作日历", "Work calendar set"),
    "SLOTS_OPENED": ("开放面试时段", "Times opened"),
    "SLOT_CLOSED": ("关闭面试时段", "Time closed"),
    "RESCHEDULE_REQUESTED": ("候选人申请改期", "Another time asked for"),
    "RESCHEDULE_GRANTED": ("同意改期", "Another time granted"),
    "RESCHEDULE_REFUSED": ("不同意改期", "Another time refused"),
    "SLOT_OVERDUE": ("改期时间逾期未提供", "A new time is overdue"),
    "PROOF_RECEIVED": ("候选人提交证明", "Proof handed in"),
    "PROOF_OPENED": ("查看证明", "Proof opened"),
    "PROOF_DECIDED": ("认定证明", "Proof decided"),
    "PROOF_PURGED": ("删除证明文件", "Proof deleted"),
    # Slot.state
    "TAKEN": ("已被选定", "Taken"),
    # RescheduleRequest.state
    "REQUESTED": ("待处理", "To be decided"),
    "OWED": ("已同意，待提供时间", "Granted, a time is owed"),
    "GRANTED": ("已同意", "Granted"),
    "REFUSED": ("未同意", "Refused"),
    "LAPSED": ("已失效", "Lapsed"),
    # AttendanceRecord.kind
    "LATE": ("迟到", "Late"),
    "ABSENT": ("旷工", "Absent"),
    "EARLY_LEAVE": ("早退", "Left early"),
    "APPROVED_LEAVE": ("已批准请假", "Approved leave"),
    "PRESENT": ("出勤", "Present"),
    "CANDIDATES_MERGED": ("合并候选人", "Records of one person joined"),
    "CANDIDATES_SPLIT": ("拆分候选人", "Records of two people split"),
    "FINDING_ERASED": ("删除到期认定", "Finding erased in its time"),
    "REQUEST_FILED": ("提出权利请求", "Request about one's rights filed"),
    "REQUEST_ANSWERED": ("答复权利请求", "Request about one's rights answered"),
    "REQUEST_OVERDUE": ("权利请求逾期未答复", "Request about one's rights not answered in time"),
    "REQUEST_WITHDRAWN": ("撤回权利请求", "Request about one's rights taken back"),
    # RightsRequest.kind, state
    "CORRECTION": ("更正", "Correction"),
    "RESTRICTION": ("限制处理", "Restriction"),
    "OBJECTION": ("反对处理", "Objection"),
    "ERASURE": ("删除", "Erasure"),
    "HUMAN_REVIEW": ("人工复核", "Review by a person"),
    "FILED": ("已提出，待答复", "Filed, to be answered"),
    # Access.purpose
    "APPLICATION_REVIEW": ("审阅投递", "Review of an application"),
    "SCHEDULING": ("安排面试", "Scheduling"),
    "DISPUTE_HANDLING": ("处理申诉", "Handling of a dispute"),
    "RIGHTS_REQUEST": ("处理个人信息权利请求", "Handling of a request about one's rights"),
    # Access.about
    "FINDING": ("认定", "A finding"),
    "EMPLOYMENT": ("任职记录", "An employment"),
    "TASK_RESULTS": ("目标与结果", "Goals and results"),
    "FINDING_COUNT": ("认定的次数", "A count of findings"),
    "DECISION_SCREEN": ("决定时屏幕上的内容", "What was on the screen at a decision"),
    "SCORE": ("职场信用分", "The workplace credit score"),
    "PROFILE": ("行为画像", "The behaviour profile"),
    "LABELS": ("标签", "Labels"),
    "SELF_ASSESSMENT": ("职业测评", "The self-assessment"),
    "COSTS_SET": ("设定成本标准", "Cost rates set"),
    "ATTENDANCE_POLICY_SET": ("设定考勤规则", "Attendance policy set"),
    "LINK_HANDED_OUT": ("提供候选人链接", "Link handed out"),
    "LINK_REVOKED": ("撤销候选人链接", "Link revoked"),
    "CODE_ENTERED": ("候选人通过验证码核验", "Candidate verified by a code"),
    "WEBHOOK_SET": ("设定 Webhook", "Webhook set"),
    "WEBHOOK_DISABLED": ("停用 Webhook", "Webhook disabled"),
    "SCORE_POLICY_PROPOSED": ("提出评分规则", "Score policy proposed"),
    "IMPACT_ASSESSED": ("影响评估归档", "Impact assessment filed"),
    "SCORE_POLICY_APPROVED": ("批准评分规则", "Score policy approved"),
    "SCORING_BRAKED": ("评分自动停用", "Scoring turned off by its brake"),
    "SELF_ASSESSMENT_TAKEN": ("完成职业测评", "Self-assessment taken"),
    "SELF_ASSESSMENT_SHARED": ("更改职业测评的公开范围", "Self-assessment shared or hidden"),
    "COURSES_SET": ("更新课程清单", "Courses set"),
    # SelfResult.leaning
    "STRENGTH": ("长处", "A strength"),
    "STEADY": ("稳定", "Steady"),
    "TO_WORK_ON": ("可提升", "Room to grow"),
    "SCORING_SWITCHED": ("开关评分", "Scoring switched"),
    "SCORE_COMPUTED": ("记录信用分", "Score kept"),
    # CandidateLabel.name
    "NEEDS_ATTENTION": ("职业态度待提升", "Needs attention"),
    # CreditFactor.dimension
    "RESUME_AUTHENTICITY": ("简历真实性", "Resume authenticity"),
    "AI_INTERVIEW_NO_SHOW": ("AI面试到面", "Attendance at AI interviews"),
    "INTERVIEW_ATTENDANCE": ("面试到面", "Attendance at interviews"),
    "WORK_ATTENDANCE": ("在职考勤", "Attendance at work"),
    "TASK_COMPLETION": ("任务完成", "Completion of tasks"),
    "COMMUNICATION": ("及时沟通", "Communication in time"),
    "STABILITY": ("职业稳定性", "Stability"),
    # CreditScore.band
    "STRONG": ("优", "Strong"),
    "GOOD": ("良", "Good"),
    "FAIR": ("中", "Fair"),
    "WEAK": ("待提升", "Weak"),
    # CreditScore.status
    "SCORED": ("已有评分", "Scored"),
    "INSUFFICIENT_DATA": ("数据不足", "Too little is known"),
    "OFF": ("未启用评分", "Scoring is off"),
    # ScorePolicy.state
    "PROPOSED": ("待批准", "To be approved"),
    "APPROVED": ("已批准", "Approved"),
    # Webhook.state
    "DISABLED": ("已停用", "Disabled"),
    "REMOVED": ("已移除", "Removed"),
    # User.organizationRole
    "HR_ADMIN": ("人力资源管理员", "HR administrator"),
    "AUDITOR": ("审计员", "Auditor"),
    "INTEGRATOR": ("系统集成", "Integration"),
    "MEMBER": ("成员", "Member"),
    # Event.actorKind
    "HUMAN": ("企业人员", "A person of the employer"),
    "SYSTEM": ("系统", "The system"),
    "API": ("程序", "A program"),
    # Finding.relation
    "OWN": ("本部门", "Own department"),
    "SIBLING": ("兄弟部门", "Sibling department"),
    "CIRCLE": ("同一共享圈的部门", "Department of the circle"),
    "OUTSIDE": ("共享圈以外的部门", "Department outside the circle"),
    # Reminder.kind
    "SAME_DEPARTMENT": ("本部门爽约", "No-show in the same department"),
    "SIBLING_DEPARTMENT": ("兄弟部门爽约", "No-show in a sibling department"),
    "CIRCLE_DEPARTMENT": ("共享圈内其他部门爽约", "No-show elsewhere in the circle"),
    "REPEAT_APPLICATION": ("再次投递", "Another application"),
    # Message.template
    "INVITATION": ("面试邀请", "Invitation"),
    "INVITATION_MOVED": ("面试改期通知", "Another time"),
    "INVITATION_CANCELLED": ("面试取消通知", "Interview cancelled"),
    "RESPONSE_RECEIVED": ("候选人已回复", "Answer to an invitation"),
    "REMINDER_DAY": ("面试提醒（一天前）", "Reminder, a day before"),
    "REMINDER_SOON": ("面试提醒（半小时前）", "Reminder, half an hour before"),
    "CODE": ("验证码", "Code"),
    "SLOT_OWED": ("改期时间待提供", "A new time is still owed"),
    "SLOTS_OPEN": ("有可选时段", "Times to choose from"),
    "DECISION_OVERDUE": ("逾期未认定，已撤销", "Not decided in time, taken back"),
    "NOTICE": ("告知", "Notice"),
    "ANSWER_RECEIVED": ("候选人已答复告知", "Answer to a notice"),
    "FINDING_CONFIRMED": ("认定结果", "Finding confirmed"),
    "FINDING_EXCUSED": ("认定免责", "Finding excused"),
    "FINDING_VOIDED": ("认定撤销", "Finding voided"),
    "DISPUTE_RECEIVED": ("收到申诉", "Dispute received"),
    "MARK_WITHDRAWN": ("标记已撤销", "Mark withdrawn"),
    "EVIDENCE_CHANGED": ("有新证据", "New evidence"),
    "REQUEST_RECEIVED": ("收到权利请求", "Request about one's rights received"),
    "INVITATION_UNDELIVERED": ("通知未送达", "Message did not arrive"),
    "SLOT_LAPSED": ("递补邀请失效", "Offer of a time lapsed"),
    "SLOT_UNFILLED": ("时段未补上", "Time not filled"),
    "REJECTION_ANNOUNCED": ("淘汰预告", "Rejection announced"),
    "REJECTION_UNDELIVERED": ("淘汰预告未送达", "Announcement did not arrive"),
    "REJECTION_WITHDRAWN": ("撤回淘汰", "Rejection withdrawn"),
    "REJECTION_EFFECTIVE": ("淘汰生效", "Rejection in effect"),
    "REJECTION_LAPSED": ("淘汰失效", "Rejection lapsed"),
    # Message.state
    "QUEUED": ("待发送", "To be sent"),
    "SENT": ("已发送", "Sent"),
    "DELIVERED": ("已送达", "Delivered"),
    "BOUNCED": ("被退回", "Bounced"),
    "FAILED": ("未能发送", "Not sent"),
}

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def in_words(value: str, locale: Locale) -> str:
    zh, en = LABELS[value]
    return zh if locale is Locale.ZH_CN else en


def plural(count: float, one: str) -> str:
    """So many of something in English: 1 day, 0.5 days, 1,200 lines."""
    return f"{count:,.12g} {one}" if count == 1 else f"{count:,.12g} {one}s"


def month_in_words(year: int, month: int, locale: Locale) -> str:
    return f"{year}年{month}月" if locale is Locale.ZH_CN else f"{MONTHS[month - 1]} {year}"


def label(expression: LiteralString, see: Level = Level.OWN) -> Derived:
    """A member that says the value of `expression` in the words of the argument `locale`."""

    def make(values: Sequence[Any], args: Mapping[str, Any], _: Any) -> str | None:
        return None if values[0] is None else in_words(values[0], args["locale"])

    return Derived((expression,), make, see)
