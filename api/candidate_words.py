"""What candidates' pages say, in both languages, and times as they are said in each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from graph.file_faults import SENTENCES as FAULTS
from graph.instants import in_zone
from graph.labels import LABELS, MONTHS
from graph.refusals import Code, Locale, Refusal

WORDS: Mapping[str, tuple[str, str]] = {
    # Everywhere
    "interview": ("面试", "Interview"),
    "record": ("我的记录", "My record"),
    "rights": ("我的权利", "My rights"),
    "tab_interview": ("面试", "Interview"),
    "tab_record": ("我的记录", "Record"),
    "tab_growth": ("我的成长", "Progress"),
    "tab_decisions": ("决定", "Decisions"),
    "tab_rights": ("我的权利", "Rights"),
    "leave": ("退出", "Leave"),
    "skip": ("跳到正文", "Skip to content"),
    "back": ("返回", "Back"),
    "more": ("更多选项", "More options"),
    "send": ("提交", "Send"),
    "wrong_here": ("请修改标出的地方：", "Please look at what is marked:"),
    "pages": ("页面", "Pages"),
    "privacy": (
        "此页面只属于您，请勿转发链接。",
        "These pages are yours alone: do not pass the link on.",
    ),
    # The invitation
    "invites": ("邀请您参加面试", "invites you to an interview"),
    "your_application": ("您投递的岗位", "You applied for"),
    "when": ("时间", "When"),
    "window": ("可作答时段", "Open from"),
    "how": ("形式", "How"),
    "with": ("部门", "With"),
    "grace": ("最晚可迟到", "You may join up to"),
    "minutes_late": ("分钟", "minutes late"),
    "no_interview": ("目前没有待参加的面试。", "There is no interview ahead."),
    "not_recorded": ("结果未记录", "Not recorded yet"),
    "earlier": ("以往的面试", "Earlier interviews"),
    "answer_now": ("您能参加吗？", "Will you come?"),
    "accept": ("接受邀请", "Accept"),
    "decline": ("谢绝邀请", "Decline"),
    "message": ("给招聘人员留言（可选）", "A message to HR (optional)"),
    "message_hint": ("招聘部门会收到您的答复和留言。", "The department is told your answer and your message."),
    "you_said": ("您的留言", "Your message"),
    "answered_accepted": ("您已接受此次邀请。", "You have accepted this invitation."),
    "answered_declined": ("您已谢绝此次邀请。", "You have declined this invitation."),
    "answered_tentative": ("您的答复是待定。", "You have answered that you may come."),
    "change_answer": ("更改答复", "Change your answer"),
    "calendar": ("加入日历", "Add to calendar"),
    "join": ("进入面试", "Join the interview"),
    "check": ("检查设备", "Check your device"),
    "another_time": ("申请改期", "Ask for another time"),
    "moved_note": ("此面试已改到其他时间。", "This interview was moved to another time."),
    "why_accept": (
        "只有您接受过的面试，才可能被认定为缺席；认定之前会先听取您的说明。",
        "Only a time that you accepted can count as missed, and you are heard before it does.",
    ),
    "waits_title": ("有一项事宜需要您答复", "Something needs your answer"),
    "waits_until": ("请在此时间前答复：", "Please answer by"),
    "waits_late": (
        "答复期限已过，但在作出决定前仍可答复。期限为：",
        "The time to answer has passed, but you may answer until it is decided:",
    ),
    "waits_code": (
        "内容需要验证码才能查看，验证码会发送到您登记的邮箱或手机。",
        "It opens with a code, which we send to the email or phone that you gave.",
    ),
    "waits_open": ("查看并答复", "Read it and answer"),
    "record_lies": (
        "关于以往面试的认定、依据和申诉，见：",
        "What was found about an earlier interview, why, and how to dispute it:",
    ),
    # Another time
    "time_rule": (
        "开始前 24 小时以上（或企业另定的时间以前）提出，改期立即生效，绝不算爽约；之后提出的由招聘人员决定。",
        "Asked at least 24 hours ahead, or as the employer has set, it is yours by right and never a no-show; "
        "later than that the recruiter decides.",
    ),
    "choose_time": ("选择一个时间", "Choose a time"),
    "other_time": ("以上都不合适", "None of these"),
    "no_slots": (
        "目前没有开放的时间。提出后原定时间即作废，您无需参加，招聘人员必须为您另行安排。",
        "No time is open at the moment. Once you ask, the time now is void, you need not come, and the recruiter owes "
        "you another one.",
    ),
    "no_slots_late": (
        "目前没有开放的时间，且已不能直接改期，由招聘人员决定是否同意。未同意前，以及不同意时，原定时间仍然有效。",
        "No time is open at the moment, and it is too late to move by right: the recruiter decides and may refuse. "
        "Until then, and if it is refused, the time now stands.",
    ),
    "why_time": ("原因", "Why"),
    "this_time": ("当前时间", "The time now"),
    "old_time": ("原定时间", "The old time"),
    "owed_title": ("正在为您安排新的面试时间", "A new time is owed to you"),
    "owed_lapsed": (
        "原定时间已作废：您无需参加，也不会留下任何记录。",
        "The old time is void: you need not come, and it leaves no mark on your record.",
    ),
    "owed_open": (
        "已有可选的时间，选定后立即生效。",
        "There are times to choose from; the one you choose is yours at once.",
    ),
    "owed_none": (
        "目前还没有开放的时间。开放后会通知您在此选择，招聘人员也可能直接安排。",
        "No time is open yet. You will be told when you can choose one here; the recruiter may also name one.",
    ),
    "owed_late": (
        "承诺的期限已过，已提醒招聘人员。",
        "The days that were promised have passed; the recruiter was told so.",
    ),
    "owed_reason": ("选择新的时间。", "A new time is chosen."),
    "asked_time": ("您的改期申请", "You asked for another time"),
    "owed_by": ("最晚答复", "You will have a time by"),
    "hr_said": ("招聘人员答复", "The recruiter's answer"),
    "proof_lies": ("证明的审核结果见：", "What became of your proof:"),
    # The code
    "verify": ("验证身份", "Verify that it is you"),
    "verify_why": (
        "个人记录需要验证。我们会把 6 位验证码发送到您登记的邮箱或手机。",
        "Your record needs a code. We send six digits to the email or phone that you gave.",
    ),
    "send_code": ("发送验证码", "Send the code"),
    "send_again": ("重新发送", "Send another code"),
    "code": ("6 位验证码", "Six-digit code"),
    "code_hint": ("10 分钟内有效，最多尝试 5 次。", "Good for 10 minutes and 5 tries."),
    "enter": ("确认", "Confirm"),
    "verified": ("已通过验证。", "You are verified."),
    "verified_until": (
        "30 分钟无操作后需要重新验证。",
        "After 30 minutes without use you will be asked for a new code.",
    ),
    # The record
    "record_intro": (
        "这里列出关于您的记录；画像和评分见“我的成长”，决定见“决定”，全部内容都在您的数据副本中。招聘部门看到的不会更多。",
        "This is what is recorded about you; profile and score stand under Progress, decisions under Decisions, and "
        "all of it is in the copy of your data. Recruiters see no more than that.",
    ),
    "role_hr_admin": ("人力资源管理员", "HR administrator"),
    "role_member": ("招聘人员", "Recruiting"),
    "role_auditor": ("审计员", "Auditor"),
    "role_integrator": ("系统接口", "Integration"),
    "role_candidate": ("本人", "You"),
    "role_system": ("系统", "The system"),
    "contact": ("联系方式", "Contact"),
    "name": ("姓名", "Name"),
    "email": ("邮箱", "Email"),
    "phone": ("电话", "Phone"),
    "applications": ("投递", "Applications"),
    "interviews": ("面试", "Interviews"),
    "findings": ("到面认定", "Findings"),
    "no_findings": ("没有关于您的认定。", "Nothing was found about you."),
    "events": ("行为事件", "What was recorded"),
    "state": ("状态", "State"),
    "cause": ("原因方", "On whose side"),
    "outcome": ("认定", "Finding"),
    "reason": ("理由", "Reason"),
    "your_answer": ("您的陈述", "Your statement"),
    "answer_taken_down": ("招聘方记录的您的陈述", "What you said, as the employer took it down"),
    "knew_by": ("企业如何得知您知晓该时间", "How the employer says that you knew the time"),
    "answer_by": ("答复截止", "Answer by"),
    "expires": ("失效时间", "Counts until"),
    "erased": ("删除时间", "Erased at"),
    "notice_title": ("您有一项待答复的告知", "There is a notice for you to answer"),
    "notice_text": (
        "系统记录显示您没有参加已接受的面试。在任何人作出认定之前，请先说明情况。",
        "It seems that you missed an interview that you had accepted. Say what happened before anybody decides.",
    ),
    "check_notice_title": ("关于您的简历，有一项待答复的告知", "There is a notice about your resume for you to answer"),
    "check_notice_text": (
        "一项核查与您的简历内容不符。在任何人作出认定之前，请先说明情况。",
        "A check did not match your resume. Say how that came before anybody decides.",
    ),
    "claim": ("核查内容", "What was checked"),
    "method": ("核查方式", "How"),
    "check_source": ("来源", "Who told"),
    "details": ("核查结果", "What was found"),
    "say_what_happened": ("请说明发生了什么", "What happened?"),
    "answer_notice": ("提交陈述", "Send your statement"),
    "dispute": ("提出申诉", "Dispute it"),
    "dispute_text": (
        "申诉期间该认定立即对其他部门隐藏，且不产生任何影响。",
        "While you dispute it, it is hidden from other departments and weighs nothing.",
    ),
    "why_wrong": ("为什么不正确？", "Why is it wrong?"),
    "HUMAN": ("企业人员", "Somebody of the employer"),
    "CANDIDATE": ("您本人", "You"),
    "SYSTEM": ("系统", "The system"),
    "API": ("对接程序", "A program"),
    "looks": ("谁查看过", "Who looked"),
    "no_looks": (
        "没有人查看过关于您的认定、评分、画像或标签。",
        "Nobody has looked at what was found about you, or at your score.",
    ),
    "gaps": (
        "以下时段服务器异常中断，查看记录可能不完整：",
        "The server broke off at these times, so that looks may be missing:",
    ),
    "evidence": ("依据", "What it is based on"),
    "since": ("认定之后的新证据", "Evidence since then"),
    "evidence_now": ("现有全部证据显示", "What all the evidence says today"),
    "all_says": ("综合全部证据，原因方为：", "Read together, the evidence puts it on the side of:"),
    "since_dispute": ("认定时未考虑这些内容。您可以：", "This is not what the decision was based on. You may:"),
    "you_may": ("您可以：", "You may:"),
    "looked_times": ("共 # 次，", "# times:"),
    "looks_copy": ("每一次查看的记录都在您的数据副本中：", "Every single look is in the copy of your data:"),
    "disputed_at": ("申诉时间", "Disputed at"),
    "dispute_due": ("最晚处理时间（逾期视为申诉成立）", "Decided by; if not, your dispute is upheld"),
    "your_dispute": ("您的申诉", "Your dispute"),
    "dispute_answer": ("申诉未被采纳的理由", "Why your dispute was rejected"),
    "reviewed": ("企业复核新证据后维持认定的理由", "Why it stands after HR looked at what came since"),
    "voided_at": ("撤销时间", "Taken back at"),
    "void_reason": ("撤销理由", "Why it was taken back"),
    "proofs": ("您提交的证明", "Your proof"),
    "request_proofs": ("您为改期提交的证明", "Your proof for another time"),
    "add_proof": ("上传证明", "Upload proof"),
    "purged": ("文件已删除", "the file was deleted"),
    "proof_title": ("上传证明", "Upload proof"),
    "proof_text": (
        "PDF、JPEG 或 PNG，最大 10 MB。文件会用您自己的密钥加密，只有作出决定的部门可以打开，决定后会被删除。",
        "A PDF, JPEG or PNG of up to 10 MB. It is sealed under a key of your own, only the department that decides "
        "can open it, and it is deleted after the decision.",
    ),
    "keep_file": ("下载", "Download"),
    "file": ("选择文件", "The file"),
    "upload": ("上传", "Upload"),
    "reminded": ("该部门收到的提醒", "What the department is reminded of"),
    "work": ("在职记录", "At work"),
    "goals": ("目标完成情况", "Goals and what came of them"),
    "corrected": ("已更正，不再使用", "corrected, not used any more"),
    "minutes": ("分钟", "minutes"),
    "more_in_copy": (
        "此处未全部列出，完整内容在您的数据副本中：",
        "Not all of it is shown here; the copy of your data holds it:",
    ),
    "days_left": ("剩余天数", "Days left"),
    # The employer's own record
    "conduct": ("该部门的守约记录", "How the department keeps its word"),
    "conduct_absences": ("面试官缺席", "Interviews it missed"),
    "conduct_late": ("临时取消或改期", "Cancelled or moved late"),
    "conduct_silent": ("未按时答复", "Answers it owed and did not give in time"),
    # The device
    "check_title": ("检查设备", "Check your device"),
    "check_text": (
        "请在面试前检查摄像头、麦克风和网络。结果会作为记录保存，设备有问题时对您有利。",
        "Try camera, microphone and network before the interview. The result is kept: it speaks for you if something "
        "fails later.",
    ),
    "check_start": ("开始检查", "Start the check"),
    "check_picture": ("摄像头预览", "Picture of your camera"),
    "check_running": ("正在检查……", "Checking ..."),
    "check_camera": ("摄像头", "Camera"),
    "check_microphone": ("麦克风", "Microphone"),
    "check_network": ("网络", "Network"),
    "check_fine": ("正常", "works"),
    "check_bad": ("不可用", "does not work"),
    "check_result": ("结果如何？", "What came of it?"),
    "check_passed": ("一切正常", "Everything works"),
    "check_failed": ("有问题", "Something does not work"),
    "check_send": ("提交结果", "Send the result"),
    # Rights
    "rights_intro": (
        "您可以随时查阅、复制、更正、限制或删除您的个人信息，也可以要求人工复核。数据一经删除，联系方式随之删除：不会另行通知，此页面也不再打开。",
        "You may see, copy, correct, restrict or erase what is kept about you, and ask for a human to look again. Once "
        "your data is erased nobody can write to you any more: no further message tells you, and this page is gone.",
    ),
    "export": ("导出我的数据", "Take a copy of my data"),
    "export_json": ("下载 JSON", "Download as JSON"),
    "export_html": ("下载网页", "Download as a page"),
    "ask_right": ("提出请求", "Make a request"),
    "ask_what": ("您希望", "What do you ask for?"),
    "CORRECTION": ("更正信息", "Correct something"),
    "RESTRICTION": ("限制处理", "Restrict the use of my data"),
    "OBJECTION": ("反对处理", "Object to the use of my data"),
    "ERASURE": ("删除我的数据", "Erase my data"),
    "HUMAN_REVIEW": ("要求人工复核", "Have a human look again"),
    "ask_text": ("说明", "What you say to it"),
    "asked_rights": ("您的请求", "Your requests"),
    "withdraw_request": ("撤回请求", "Take it back"),
    "lift_restriction": ("解除限制", "End the restriction"),
    "lift_hint": (
        "解除后，尚未失效的认定将重新计入，招聘部门可以再次邀请您。",
        "Findings that have not run out count again from then on, and you can be invited again.",
    ),
    "due_at": ("最晚答复", "Answered by"),
    "filed_at": ("提出时间", "Filed at"),
    # What is known, how it heals, and the self-assessment
    "growth": ("我的成长", "My progress"),
    "growth_intro": (
        "招聘部门看到的画像和评分：每一项依据什么、如何改善、何时失效。",
        "Your profile and score as recruiters see them: what each line stands on, how it heals and when it fades.",
    ),
    "score": ("职场信用分", "Workplace credit"),
    "profile": ("行为画像", "Profile"),
    "fades_on": ("失效日期", "Fades on"),
    "weighs_nothing": ("不计入", "Weighs nothing"),
    "what_if": ("如果某项认定不再成立", "If a finding no longer stood"),
    "valid_until": ("有效期至", "Good until"),
    "courses": ("课程建议", "Courses that may help"),
    "self": ("职业测评", "Self-assessment"),
    "self_intro": (
        "这份测评只供您了解自己，不计入评分，不影响任何决定。除非您选择公开，否则只有您能看到结果；计分方法是公开的。",
        "This is for you to think about: it feeds no score and decides nothing. Nobody but you sees what comes of it "
        "unless you share it, and its key is published.",
    ),
    "self_how": ("请选择每句话与您的符合程度。", "Say of each sentence how much it is like you."),
    "self_start": ("开始测评", "Begin"),
    "self_again": ("重新测评", "Answer anew"),
    "self_done": ("提交答案", "Send your answers"),
    "self_alone": ("目前只有您能看到。", "You alone see this."),
    "self_shared": ("您投递过的部门可以看到。", "The departments that you applied to see this."),
    "self_share": ("向招聘部门公开", "Share it with them"),
    "self_hide": ("停止公开", "Hide it again"),
    "taken_at": ("完成时间", "Answered at"),
    "shared_at": ("公开时间", "Shared since"),
    "agree_1": ("完全不符合", "Not like me at all"),
    "agree_2": ("不太符合", "Rather not like me"),
    "agree_3": ("一般", "In between"),
    "agree_4": ("比较符合", "Rather like me"),
    "agree_5": ("完全符合", "Just like me"),
    # Decisions
    "decisions": ("决定", "Decisions"),
    "decisions_intro": (
        "关于您投递的每个决定：由谁作出、理由，以及作出决定时屏幕上显示的内容。",
        "What was decided of your applications, by whom and why, and what was on the screen then.",
    ),
    "no_decisions": ("还没有作出决定。", "Nothing was decided yet."),
    "announced_title": ("拟不录用，尚未生效", "A rejection that has not taken effect yet"),
    "announced_text": (
        "作出这个决定时看到了关于您的认定。在生效之前，您可以查看内容、提出申诉或要求人工复核。",
        "A finding about you was in sight for it. Before it takes effect you may read it, dispute the finding, or "
        "have a human look again.",
    ),
    "decided_by": ("决定人", "Decided by"),
    "decided_at": ("决定时间", "Decided at"),
    "effective_at": ("生效时间", "Takes effect at"),
    "effective_later": ("通知送出后才开始计算", "Counted from when you are told by a message"),
    "considered": ("考虑过的认定", "Findings that were considered"),
    "your_rights": ("您的权利", "Your rights"),
    "rights_dispute": ("对认定提出申诉", "Dispute the finding"),
    "rights_review": ("要求人工复核（见下方）", "Have a human look again, below"),
    "seen": ("作出决定时屏幕上的内容", "What was on the screen"),
    "seen_labels": ("标签", "Labels"),
    "seen_checks": ("简历核查", "Resume checks"),
    "seen_findings": ("其他认定", "Other findings"),
    "seen_work": ("工作考勤", "Attendance at work"),
    "seen_presentDays": ("出勤天数", "days present"),
    "seen_lateCount": ("迟到次数", "times late"),
    "seen_absentDays": ("旷工天数", "days absent without leave"),
    "seen_earlyLeaveCount": ("早退次数", "times left early"),
    "seen_approvedLeaveDays": ("批准请假天数", "days of approved leave"),
    "seen_cut": ("未全部保留", "Not all of it"),
    "seen_cut_text": (
        "当时屏幕上的列表过长，这里只保留了其中一部分；总数仍如实显示。",
        "Lists on the screen were too long to be kept whole; their totals are as they were.",
    ),
    "seen_hint": ("这份副本保留至", "This copy is kept until"),
    "reminders": ("提醒", "Reminders"),
    "reminder_missed": ("曾未到面：", "You missed an interview with"),
    "reminder_repeat": ("曾投递：", "You applied to"),
    "stage": ("进度", "Stage"),
    "applied_at": ("投递时间", "Applied at"),
    "came_from": ("来源", "Came from"),
    "as_json": ("原始数据（JSON）", "As it is kept, in JSON"),
    # Errors
    "no_session_title": ("请重新打开链接", "Open your link again"),
    "no_session": (
        "请从收到的邮件或短信中重新打开链接。",
        "Open the link in the message that you received once more.",
    ),
    "no_link_title": ("链接无效", "This link does not work"),
    "no_link": (
        "该链接不存在、已过期或已被撤销。请联系发送给您的招聘人员。",
        "The link is wrong, has expired or was revoked. Ask the recruiter who sent it.",
    ),
    "foreign_title": ("请重试", "Please try again"),
    "foreign": (
        "此表单不是从本页面提交的，没有进行任何操作。",
        "This form was not sent from these pages, so nothing was done.",
    ),
    "not_there_title": ("页面不存在", "There is no such page"),
    "not_there": ("此页面不存在。", "There is nothing at this address."),
    "busy_title": ("暂时无法访问", "Not available at the moment"),
    "busy": ("服务暂时繁忙，请稍后再试。", "The service is busy: try again in a little while."),
    "left_title": ("您已退出", "You have left"),
    "left": ("要再次查看，请重新打开链接。", "To come back, open your link again."),
}

SAID: Mapping[str, tuple[str, str]] = {
    "ACCEPTED": ("已接受，招聘部门已收到您的答复。", "Accepted: the department has your answer."),
    "DECLINED": ("已谢绝，招聘部门已收到您的答复。", "Declined: the department has your answer."),
    "TIME_GIVEN": ("改期成功，新的时间已确认。", "Your new time is settled."),
    "TIME_ASKED": ("改期申请已提交，结果会通知您。", "You asked for another time, and will be told."),
    "CODE_SENT": ("验证码已发送，请查收。", "The code is on its way."),
    "VERIFIED": ("已通过验证。", "You are verified."),
    "STATEMENT": (
        "陈述已提交，作出认定前会先阅读。",
        "Your statement was sent and will be read before anybody decides.",
    ),
    "DISPUTED": ("申诉已提交，该认定已隐藏。", "You dispute it: it is hidden from others from now on."),
    "SELF_TAKEN": ("测评已保存，只有您能看到结果。", "Your answers are kept, and you alone see what came of them."),
    "SHARED": ("结果已向招聘部门公开。", "The departments that you applied to see it now."),
    "HIDDEN": ("结果已不再公开。", "It is hidden again."),
    "REQUEST_FILED": ("请求已提交，将在期限内答复。", "Your request was filed and will be answered in time."),
    "REQUEST_WITHDRAWN": ("请求已撤回。", "Your request was taken back."),
    "CHECK_KEPT": ("检查结果已保存。", "The result of your check is kept."),
    # A file
    "RECEIVED": ("已收到您的证明。", "Your proof was received."),
    "TICKET_GONE": ("上传凭证已失效或已使用，请重新开始。", "This ticket has ended or was used: begin anew."),
    "TOO_SLOW": ("上传超时，请重试。", "The file took too long to come: try again."),
    "BUSY": ("服务器繁忙，请稍后重试。", "The server is busy: try again in a moment."),
    "BAD_REQUEST": ("上传中断，请重试。", "The upload ended early: try again."),
    **{fault.value: sentences for fault, sentences in FAULTS.items()},
}
"""What an act came to, beside the sentences of refusals."""
GOOD = frozenset(
    {"ACCEPTED", "DECLINED", "TIME_GIVEN", "TIME_ASKED", "CODE_SENT", "VERIFIED", "STATEMENT", "DISPUTED"}
    | {"REQUEST_FILED", "REQUEST_WITHDRAWN", "CHECK_KEPT", "RECEIVED", "SELF_TAKEN", "SHARED", "HIDDEN"}
)
"""Those of them that went well."""
DAYS = (
    ("星期一", "Monday"),
    ("星期二", "Tuesday"),
    ("星期三", "Wednesday"),
    ("星期四", "Thursday"),
    ("星期五", "Friday"),
    ("星期六", "Saturday"),
    ("星期日", "Sunday"),
)


TO = "\u2060–\u2060"
"""From one hour to another, on one line."""


def word(key: str, locale: Locale) -> str:
    zh, en = WORDS[key]
    return zh if locale is Locale.ZH_CN else en


def label(code: str, locale: Locale) -> str:
    """The words for a value of an enum; one that nobody has words for, as in a copy of long ago, as it stands."""
    zh, en = LABELS.get(code, (code, code))
    return zh if locale is Locale.ZH_CN else en


def told(key: str, locale: Locale) -> str:
    """The sentence for what an act came to: one of ours, or that of a refusal."""
    if key not in SAID:
        return Refusal(Code(key)).message(locale)
    zh, en = SAID[key]
    return zh if locale is Locale.ZH_CN else en


def day(at: datetime, locale: Locale) -> str:
    zh, en = DAYS[at.weekday()]
    if locale is Locale.ZH_CN:
        return f"{at.year}年{at.month}月{at.day}日 {zh}"
    return f"{en}, {at.day} {MONTHS[at.month - 1]} {at.year}"


def local(text: str, zone: str) -> datetime:
    return in_zone(datetime.fromisoformat(text), zone)


def instant(text: str, zone: str, locale: Locale) -> str:
    """An instant of an answer, as people of a zone say it."""
    at = local(text, zone)
    return f"{day(at, locale)} {at:%H:%M}"


def span(starts: str, ends: str, zone: str, locale: Locale) -> str:
    """From an instant to another: the day once, where both are of one day."""
    first, last = local(starts, zone), local(ends, zone)
    if first.date() == last.date():
        return f"{day(first, locale)} {first:%H:%M}{TO}{last:%H:%M}"
    return f"{day(first, locale)} {first:%H:%M} – {day(last, locale)} {last:%H:%M}"
