"""Expected refusals are values: one closed list of codes, each with a sentence in both languages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum


class Locale(Enum):
    """A language that people read."""

    ZH_CN = "ZH_CN"
    EN = "EN"


class Code(Enum):
    """Why a mutation was refused."""

    NOT_FOUND = "NOT_FOUND"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_VERIFIED = "NOT_VERIFIED"
    KEY_REUSED = "KEY_REUSED"
    INVALID_VALUE = "INVALID_VALUE"
    ALREADY_APPROVED = "ALREADY_APPROVED"
    ASSESSMENT_MISSING = "ASSESSMENT_MISSING"
    SAME_PERSON = "SAME_PERSON"
    SCORING_OFF = "SCORING_OFF"
    CODE_TAKEN = "CODE_TAKEN"
    USER_ELSEWHERE = "USER_ELSEWHERE"
    LAST_ADMIN = "LAST_ADMIN"
    YOURSELF = "YOURSELF"
    UNDER_ITSELF = "UNDER_ITSELF"
    CIRCLE_CHANGE = "CIRCLE_CHANGE"
    DEPARTMENT_CLOSED = "DEPARTMENT_CLOSED"
    HAS_OPEN_CHILDREN = "HAS_OPEN_CHILDREN"
    HAS_OPEN_POSITIONS = "HAS_OPEN_POSITIONS"
    POSITION_CLOSED = "POSITION_CLOSED"
    ALREADY_APPLIED = "ALREADY_APPLIED"
    ALREADY_INVITED = "ALREADY_INVITED"
    CANDIDATE_ERASED = "CANDIDATE_ERASED"
    CANDIDATE_RESTRICTED = "CANDIDATE_RESTRICTED"
    OTHER_CIRCLE = "OTHER_CIRCLE"
    ALREADY_MERGED = "ALREADY_MERGED"
    NOT_MERGED = "NOT_MERGED"
    RIGHTS_REQUEST_OPEN = "RIGHTS_REQUEST_OPEN"
    RIGHTS_REQUEST_ANSWERED = "RIGHTS_REQUEST_ANSWERED"
    APPLICATION_ENDED = "APPLICATION_ENDED"
    REJECTION_IS_A_DECISION = "REJECTION_IS_A_DECISION"
    NOT_FORWARD = "NOT_FORWARD"
    REJECTION_ANNOUNCED = "REJECTION_ANNOUNCED"
    DECISION_TAKEN = "DECISION_TAKEN"
    ALREADY_ANNOUNCED = "ALREADY_ANNOUNCED"
    WEIGHS_NOTHING = "WEIGHS_NOTHING"
    NO_ADVICE = "NO_ADVICE"
    INTERVIEW_SETTLED = "INTERVIEW_SETTLED"
    INTERVIEW_OVER = "INTERVIEW_OVER"
    INTERVIEW_BEGUN = "INTERVIEW_BEGUN"
    NOT_OVER = "NOT_OVER"
    NOT_LOST = "NOT_LOST"
    SLOT_OFFERED = "SLOT_OFFERED"
    NOBODY_TO_ASK = "NOBODY_TO_ASK"
    NOT_STARTED = "NOT_STARTED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    NOT_MISSED = "NOT_MISSED"
    FINDING_STANDS = "FINDING_STANDS"
    CHECK_STANDS = "CHECK_STANDS"
    WRONG_STATE = "WRONG_STATE"
    NOTICE_MISSING = "NOTICE_MISSING"
    ANSWER_PENDING = "ANSWER_PENDING"
    NOT_DELIVERED = "NOT_DELIVERED"
    STATEMENT_UNREAD = "STATEMENT_UNREAD"
    DISPUTE_DECIDED = "DISPUTE_DECIDED"
    DISPUTE_UPHELD = "DISPUTE_UPHELD"
    NOT_DECIDED = "NOT_DECIDED"
    ALREADY_EMPLOYED = "ALREADY_EMPLOYED"
    EMPLOYMENT_ENDED = "EMPLOYMENT_ENDED"
    NOT_EMPLOYED = "NOT_EMPLOYED"
    CONSENT_MISSING = "CONSENT_MISSING"
    RECORDED_OTHERWISE = "RECORDED_OTHERWISE"
    SUPERSEDED = "SUPERSEDED"
    LINK_REVOKED = "LINK_REVOKED"
    NO_CONTACT = "NO_CONTACT"
    TOO_MANY_CODES = "TOO_MANY_CODES"
    CODE_WRONG = "CODE_WRONG"
    CODE_ENDED = "CODE_ENDED"
    SLOT_TAKEN = "SLOT_TAKEN"
    SLOTS_OPEN = "SLOTS_OPEN"
    REQUEST_OPEN = "REQUEST_OPEN"
    REQUEST_SETTLED = "REQUEST_SETTLED"
    INVITATION_CHANGED = "INVITATION_CHANGED"
    ANSWERED_SINCE = "ANSWERED_SINCE"
    NOTHING_OPEN = "NOTHING_OPEN"
    TOO_MANY_FILES = "TOO_MANY_FILES"
    PROOF_DECIDED = "PROOF_DECIDED"
    PROOF_PURGED = "PROOF_PURGED"
    PROOF_STANDS = "PROOF_STANDS"
    NOT_TAKEN = "NOT_TAKEN"


SENTENCES: dict[Code, tuple[str, str]] = {
    Code.NOT_FOUND: ("找不到该记录。", "There is no such record."),
    Code.NOT_ALLOWED: ("您的角色无权执行此操作。", "Your role may not do this."),
    Code.NOT_VERIFIED: ("请先输入发送给您的验证码。", "Give the code that was sent to you first."),
    Code.KEY_REUSED: ("该幂等键已用于另一个请求。", "This idempotency key was used with other input."),
    Code.INVALID_VALUE: ("字段值无效。", "This value is not valid."),
    Code.ALREADY_APPROVED: ("该规则已获批准。", "This policy was approved already."),
    Code.ASSESSMENT_MISSING: (
        "该规则尚无影响评估，不能启用。",
        "No impact assessment of this policy is on file.",
    ),
    Code.SCORING_OFF: ("该候选人不评分。", "There is no score of this candidate."),
    Code.SAME_PERSON: (
        "须由提出或作出原决定者以外的人处理。",
        "Somebody other than who proposed or decided it has to do this.",
    ),
    Code.NOT_TAKEN: ("您还没有完成职业测评。", "You have not answered the self-assessment yet."),
    Code.CODE_TAKEN: ("该部门代码已被使用。", "This department code is taken."),
    Code.USER_ELSEWHERE: ("该用户不能加入本企业。", "This user cannot be added here."),
    Code.LAST_ADMIN: ("企业至少需要一名人力资源管理员。", "An organisation keeps at least one HR administrator."),
    Code.YOURSELF: (
        "不能移除自己，请由另一名管理员操作。",
        "You cannot remove yourself: ask another administrator.",
    ),
    Code.UNDER_ITSELF: ("部门不能移到自己或其下级部门之下。", "A department cannot stand under itself."),
    Code.CIRCLE_CHANGE: (
        "此变更会把已有投递或任职带入另一个共享圈。",
        "This would carry applications or employments into another circle.",
    ),
    Code.DEPARTMENT_CLOSED: ("该部门已关闭。", "This department is closed."),
    Code.HAS_OPEN_CHILDREN: ("该部门仍有未关闭的下级部门。", "This department has open departments below it."),
    Code.HAS_OPEN_POSITIONS: (
        "该部门仍有开放岗位，请指定承接部门。",
        "This department has open positions: name a successor.",
    ),
    Code.POSITION_CLOSED: ("该岗位已关闭。", "This position is closed."),
    Code.ALREADY_APPLIED: ("该候选人已投递此岗位。", "This candidate has already applied for this position."),
    Code.ALREADY_INVITED: (
        "该投递已有同一开始时间的面试邀请。",
        "An invitation of this application for a time that starts then stands already.",
    ),
    Code.CANDIDATE_ERASED: ("该候选人的资料已删除。", "This candidate was erased."),
    Code.CANDIDATE_RESTRICTED: (
        "该候选人的资料已限制处理。",
        "This candidate's record is restricted.",
    ),
    Code.OTHER_CIRCLE: ("两条记录不在同一共享圈。", "The two records are not in one circle."),
    Code.ALREADY_MERGED: ("该候选人已与另一条记录合并。", "This candidate is merged with another already."),
    Code.NOT_MERGED: ("该候选人未与其他记录合并。", "This candidate is merged with none."),
    Code.RIGHTS_REQUEST_OPEN: ("同类请求正在处理中。", "A request of this kind is open already."),
    Code.RIGHTS_REQUEST_ANSWERED: ("该请求已答复。", "This request was answered already."),
    Code.APPLICATION_ENDED: ("该投递已结束。", "This application has ended."),
    Code.REJECTION_IS_A_DECISION: (
        "淘汰是一项决定，不能作为阶段推进。",
        "Rejecting is a decision of a named person, not a step forward.",
    ),
    Code.REJECTION_ANNOUNCED: (
        "该投递的淘汰决定已通知候选人，请先撤回。",
        "A rejection was announced to the candidate: withdraw it first.",
    ),
    Code.DECISION_TAKEN: (
        "该决定已生效、失效或已撤回。",
        "This decision took effect, lapsed or was withdrawn.",
    ),
    Code.ALREADY_ANNOUNCED: (
        "候选人已得知该淘汰决定，等待期已开始计算。",
        "The candidate was told of this rejection already, and the time to contest it runs.",
    ),
    Code.WEIGHS_NOTHING: (
        "该认定不计入，不能作为淘汰的依据。",
        "This finding does not count, and no rejection can stand on it.",
    ),
    Code.NO_ADVICE: (
        "该候选人没有评分，谈不上是否采纳建议。",
        "There is no score of this candidate: no advice that could have been followed.",
    ),
    Code.NOT_FORWARD: ("只能推进到更后的阶段。", "An application can only move to a later stage."),
    Code.INTERVIEW_SETTLED: (
        "该面试已取消、改期或已有结果。",
        "This interview was cancelled, moved or has its result.",
    ),
    Code.INTERVIEW_OVER: ("该面试已结束。", "This interview is over."),
    Code.INTERVIEW_BEGUN: (
        "面试时间已到，不能再谢绝或改为待定。请参加面试或申请改期；如未能参加，您可在收到告知后说明原因。",
        "The time of this interview has come, and it can no longer be declined. Join it or ask for another time; if "
        "you cannot, you will be asked why before anything is decided.",
    ),
    Code.NOT_LOST: ("该面试未取消、改期或被谢绝。", "This interview was not cancelled, moved or declined."),
    Code.SLOT_OFFERED: ("该面试的空档已在递补。", "The slot of this interview was given away already."),
    Code.NOBODY_TO_ASK: ("没有可递补的候选人。", "There is nobody to offer it to."),
    Code.NOT_OVER: ("该面试尚未结束。", "This interview is not over yet."),
    Code.NOT_STARTED: ("该面试尚未开始。", "This interview has not started yet."),
    Code.NOT_ACCEPTED: (
        "候选人未接受该时间的邀请。",
        "The candidate had not accepted the invitation for this time.",
    ),
    Code.NOT_MISSED: ("到面记录不是未到面。", "The attendance recorded does not support this."),
    Code.FINDING_STANDS: ("此事已有有效认定。", "A finding about this stands already."),
    Code.CHECK_STANDS: (
        "同一来源同一天对此内容的核查已有记录；如有误，请用 replaces 更正。",
        "A check of this claim, of the same source and day, stands already: name it in replaces if it was wrong.",
    ),
    Code.WRONG_STATE: ("该认定的当前状态不允许此操作。", "The finding is not in a state that allows this."),
    Code.NOTICE_MISSING: ("尚未通知候选人。", "The candidate has not been given notice."),
    Code.ANSWER_PENDING: ("候选人答复期限未到。", "The candidate may still answer."),
    Code.NOT_DELIVERED: (
        "没有送达回执，候选人也未自行答复过该时间。请注明如何得知候选人知晓该时间（knewBy），或认定为原因不明。",
        "No receipt says that the candidate was told of this time, and they never answered it themselves: say how you "
        "know that they knew it (knewBy), or find UNKNOWN.",
    ),
    Code.STATEMENT_UNREAD: (
        "有您尚未阅读的新陈述或记录。",
        "There is a statement or a record that you have not read.",
    ),
    Code.DISPUTE_DECIDED: (
        "该认定的申诉已由另一人作出决定。",
        "A dispute of this finding was decided already, by a second person.",
    ),
    Code.DISPUTE_UPHELD: (
        "此事的认定已因候选人申诉撤销，不得再次提出。",
        "A finding about this was taken back upon the candidate's dispute: it is not raised again.",
    ),
    Code.NOT_DECIDED: (
        "此事的认定因逾期未作决定而撤销，不得再次提出。",
        "A finding about this was not decided in time and taken back: it is not raised again.",
    ),
    Code.ALREADY_EMPLOYED: (
        "该人员在此期间已有任职记录。",
        "This person is recorded as employed there in that time.",
    ),
    Code.EMPLOYMENT_ENDED: ("该任职已结束。", "This employment has ended."),
    Code.NOT_EMPLOYED: ("该日期不在任职期间内。", "The employment does not cover that time."),
    Code.CONSENT_MISSING: (
        "其他雇主的记录需要候选人同意的时间和来源。",
        "Records of another employer need when and where the candidate consented.",
    ),
    Code.RECORDED_OTHERWISE: (
        "该时间已有不同的考勤记录，请更正原记录。",
        "That time is recorded otherwise: correct what stands.",
    ),
    Code.SUPERSEDED: ("该记录已被更正。", "This record was corrected already."),
    Code.LINK_REVOKED: ("该链接已被撤销。", "This link was revoked already."),
    Code.NO_CONTACT: (
        "没有可接收验证码的联系方式，请联系招聘人员。",
        "There is no contact on file to send a code to: ask the recruiter.",
    ),
    Code.TOO_MANY_CODES: (
        "验证码请求过于频繁，请稍后再试。",
        "A code was asked for too often: try again later.",
    ),
    Code.CODE_WRONG: ("验证码不正确。", "This code is not right."),
    Code.CODE_ENDED: ("验证码已失效，请重新获取。", "This code counts no more: ask for another."),
    Code.SLOT_TAKEN: ("该时段已被选定或不再开放。", "This time is taken or no longer open."),
    Code.SLOTS_OPEN: (
        "已有可选的时间：请选择其一，或说明都不合适。",
        "Times are open: choose one of them, or say that none suits.",
    ),
    Code.REQUEST_OPEN: (
        "该面试有待处理的改期申请。",
        "A request for another time is still to be decided.",
    ),
    Code.NOTHING_OPEN: ("当前没有需要证明的事项。", "There is nothing open that proof would bear on."),
    Code.TOO_MANY_FILES: ("该面试的证明文件已达上限。", "As many files as may be were handed in for this interview."),
    Code.PROOF_DECIDED: ("该证明已有结论。", "This proof was decided upon already."),
    Code.PROOF_PURGED: ("该文件已删除。", "This file was deleted."),
    Code.PROOF_STANDS: (
        "已采纳候选人的证明，不能认定爽约。",
        "The candidate's proof was accepted: this is no no-show.",
    ),
    Code.REQUEST_SETTLED: ("该改期申请已有结果。", "This request for another time has its answer."),
    Code.ANSWERED_SINCE: (
        "该邀请之后已有新的答复。",
        "The invitation was answered anew since this answer was written.",
    ),
    Code.INVITATION_CHANGED: (
        "邀请在此期间已更改，请答复最新的邀请。",
        "The invitation has changed meanwhile: answer the latest one.",
    ),
}


PASSING = frozenset({Code.NOT_OVER, Code.NOT_STARTED, Code.ANSWER_PENDING, Code.TOO_MANY_CODES})
"""What time alone puts right."""


class Fault(Enum):
    """What a value breaks that is refused as INVALID_VALUE. Its bounds are the rule's own, never the value."""

    LENGTH = "LENGTH"
    AT_MOST = "AT_MOST"
    COUNT = "COUNT"
    BETWEEN = "BETWEEN"
    HALVES = "HALVES"
    NEEDED = "NEEDED"
    NOT_FUTURE = "NOT_FUTURE"
    NOT_PAST = "NOT_PAST"
    TOO_FAR = "TOO_FAR"
    DAYS_AHEAD = "DAYS_AHEAD"
    HOURS_AFTER = "HOURS_AFTER"
    DAYS_AFTER = "DAYS_AFTER"
    END_BEFORE_START = "END_BEFORE_START"
    BEFORE_IT_HAPPENED = "BEFORE_IT_HAPPENED"
    NOT_COVERED = "NOT_COVERED"
    SMALLER_FIRST = "SMALLER_FIRST"
    TWICE = "TWICE"
    ONE_OF_TWO = "ONE_OF_TWO"
    NOT_BOTH = "NOT_BOTH"
    NOT_HERE = "NOT_HERE"
    ZONE = "ZONE"
    URL = "URL"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    CODE = "CODE"
    CURRENCY = "CURRENCY"
    COUNTRY = "COUNTRY"
    SECRET = "SECRET"
    FIRST_OF_MONTH = "FIRST_OF_MONTH"
    INSTANT = "INSTANT"
    TEXT = "TEXT"
    CONTROL = "CONTROL"
    ONE_OF = "ONE_OF"
    READ = "READ"
    TABLE = "TABLE"
    ANSWERS = "ANSWERS"
    POLICY = "POLICY"
    WHOLE = "WHOLE"
    DESCENDING = "DESCENDING"


FAULTS: dict[Fault, tuple[str, str]] = {
    Fault.LENGTH: ("须为{0}至{1}个字符，不能只有空格。", "This takes {0} to {1} characters, not spaces alone."),
    Fault.AT_MOST: ("最多{0}个字符。", "This takes at most {0} characters."),
    Fault.COUNT: ("须为{0}至{1}项。", "This takes {0} to {1} entries."),
    Fault.BETWEEN: ("数值须在{0}至{1}之间。", "This number has to be from {0} to {1}."),
    Fault.HALVES: ("天数须在{0}至{1}之间，以半天为单位。", "Days have to be from {0} to {1}, in halves."),
    Fault.NEEDED: ("此处必须填写。", "This has to be given here."),
    Fault.NOT_FUTURE: ("不能晚于现在。", "This may not lie in the future."),
    Fault.NOT_PAST: ("不能早于现在。", "This may not lie in the past."),
    Fault.TOO_FAR: ("与现在相距过远。", "This lies too far from now."),
    Fault.DAYS_AHEAD: ("最晚为现在起{0}天。", "This may lie at most {0} days ahead of now."),
    Fault.HOURS_AFTER: (
        "结束与开始最多相隔{0}小时。",
        "The end may lie at most {0} hours after the start.",
    ),
    Fault.DAYS_AFTER: (
        "结束与开始最多相隔{0}天。",
        "The end may lie at most {0} days after the start.",
    ),
    Fault.END_BEFORE_START: (
        "结束不能早于开始，也不能相隔过久。",
        "The end has to follow the start, and not too late.",
    ),
    Fault.BEFORE_IT_HAPPENED: ("不能早于事情发生的时间。", "This may not lie before what it is about."),
    Fault.NOT_COVERED: ("须晚于已有版本的生效日期。", "This has to begin after the versions that stand."),
    Fault.SMALLER_FIRST: (
        "各值的大小次序不对：下限不能大于上限，短的不能长于长的。",
        "Values that belong together are out of order: the lower or shorter one may not be the greater.",
    ),
    Fault.TWICE: ("不能有重复项，最多{0}项。", "Nothing may stand here twice, and at most {0} entries."),
    Fault.ONE_OF_TWO: ("两项须填写其中一项，且只能填写一项。", "Exactly one of the two has to be given."),
    Fault.NOT_BOTH: ("不能与所填的其他内容同时填写。", "This may not be given beside what else was."),
    Fault.NOT_HERE: ("此处不能选用该值。", "This choice cannot be made here."),
    Fault.ZONE: ("须为IANA时区，例如Asia/Shanghai。", "This has to be an IANA time zone, such as Asia/Shanghai."),
    Fault.URL: ("须为可访问的网址，协议须符合要求。", "This has to be an address that opens, of an allowed scheme."),
    Fault.EMAIL: ("须为一个电子邮箱地址。", "This has to be one email address."),
    Fault.PHONE: ("须为电话号码。", "This has to be a phone number."),
    Fault.CODE: (
        "须以大写字母或数字开头，只含大写字母、数字、_和-，最多{0}个字符。",
        "This takes capital letters, digits, _ and -, the first a letter or digit, at most {0}.",
    ),
    Fault.CURRENCY: ("须为ISO 4217货币代码，例如CNY。", "This has to be an ISO 4217 code, such as CNY."),
    Fault.COUNTRY: ("须为两个大写字母的地区代码，例如CN。", "These have to be codes of two capitals, such as CN."),
    Fault.SECRET: (
        "须为whsec_加上24至64字节的Base64。",
        "This has to be whsec_ and 24 to 64 bytes in base64.",
    ),
    Fault.FIRST_OF_MONTH: (
        "须为当月第一天，且不能晚于今天。",
        "This has to be the first day of a month that has begun.",
    ),
    Fault.INSTANT: ("须为带时区的RFC 3339时间。", "This has to be an RFC 3339 instant with an offset."),
    Fault.TEXT: ("须为不为空的文本。", "This has to be a text that is not empty."),
    Fault.CONTROL: ("不能含有控制字符。", "This may hold no control characters."),
    Fault.ONE_OF: ("不是已知的值。", "This is none of the values that are known here."),
    Fault.READ: ("大于最新事件的序号。", "This is beyond the last event that there is to read."),
    Fault.TABLE: ("表格内容不完整或不一致。", "This table is not complete or contradicts itself."),
    Fault.ANSWERS: ("须回答每个问题各一次。", "Each question has to be answered once."),
    Fault.POLICY: ("规则中的该项超出允许范围。", "This part of the policy is outside of what it may be."),
    Fault.WHOLE: ("所有维度的权重之和须为1。", "The weights of all dimensions have to sum to 1."),
    Fault.DESCENDING: (
        "等级须由高到低：STRONG最多100分，逐级递减，WEAK从0分开始。",
        "Bands have to descend: STRONG from 100 points at most, each one below it from fewer, WEAK from 0.",
    ),
}
"""Sentences for `{0}` and `{1}`, a rule's bounds."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was written; `field` names the input field at fault, as clients spell it.

    `fault` is the rule that an INVALID_VALUE breaks, with its bounds, as an Operation keeps it: `BETWEEN 0 1440`. Of
    a list it ends with the number of the entry at fault: `BETWEEN 0 1440 #3`.
    """

    code: Code
    field: str | None = None
    fault: str | None = None

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later without being changed; such a refusal is kept under no key."""
        return self.code in PASSING

    def message(self, locale: Locale) -> str:
        fault, _, bounds = (self.fault or "").partition(" ")
        zh, en = FAULTS[Fault(fault)] if fault else SENTENCES[self.code]
        bounds, _, number = bounds.partition("#")
        said = (zh if locale is Locale.ZH_CN else en).format(*bounds.split())
        if not number:
            return said
        return f"第{number}项：{said}" if locale is Locale.ZH_CN else f"Entry {number}: {said}"

    def of_entry(self, number: int, field: str) -> Refusal:
        """The same of an entry of the list `field`, by its number from 1."""
        return replace(self, field=field, fault=f"{self.fault} #{number}")


def invalid(field: str, fault: Fault, *bounds: float) -> Refusal:
    """A value is not valid, by this rule."""
    return Refusal(Code.INVALID_VALUE, field, " ".join([fault.value, *(f"{bound:,.12g}" for bound in bounds)]))


OLDEST = timedelta(days=50 * 366)
"""How long ago lies at most what somebody tells of: an application, a consent, what a platform saw."""


def told_refusal(field: str, at: datetime, now: datetime, *, skew: timedelta = timedelta()) -> Refusal | None:
    """Why something cannot have happened then: it lies ahead, by more than clocks may differ, or too long ago."""
    if at > now + skew:
        return invalid(field, Fault.NOT_FUTURE)
    return invalid(field, Fault.TOO_FAR) if now - at > OLDEST else None
