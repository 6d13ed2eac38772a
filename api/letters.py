"""How each message reads, in Chinese and in English: the one place of all texts that leave by mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import Environment, StrictUndefined

from graph.causes import RULES
from graph.instants import from_text, in_zone, place_of
from graph.labels import LABELS
from graph.letters import Checked, Letter
from graph.messages import Template
from graph.refusals import Locale
from schema.ids import to_global


@dataclass(frozen=True, slots=True)
class Text:
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Both:
    zh: Text
    en: Text

    def of(self, locale: Locale) -> Text:
        return self.zh if locale is Locale.ZH_CN else self.en


WHERE_ZH = """
岗位：{{ position }}（{{ department }}）
形式：{{ mode }}
{% if recorded %}开放时间：{{ starts }}
截止时间：{{ ends }}{% else %}开始时间：{{ starts }}
结束时间：{{ ends }}{% endif %}
{% if joins %}入口：{{ join }}{% endif %}
"""
WHERE_EN = """
Position: {{ position }} ({{ department }})
Held as: {{ mode }}
{% if recorded %}Opens: {{ starts }}
Deadline: {{ ends }}{% else %}Starts: {{ starts }}
Ends: {{ ends }}{% endif %}
{% if joins %}Entrance: {{ join }}{% endif %}
"""
LINK_ZH = "{% if link %}\n您的页面（回复、改期、日历、查看记录）：{{ link }}\n请勿转发：持有此链接的人即可代您回复。\n{% endif %}"
LINK_EN = (
    "{% if link %}\nYour page (answer, another time, calendar, your record): {{ link }}\n"
    "Do not pass it on: whoever has this link can answer for you.\n{% endif %}"
)
RECORD_ZH = (
    "{% if staff and address %}\n{% if record %}记录：{{ record }}\n{% endif %}服务器：{{ address }}\n{% endif %}"
)
RECORD_EN = (
    "{% if staff and address %}\n{% if record %}Record: {{ record }}\n{% endif %}Server: {{ address }}\n{% endif %}"
)


def _candidate(zh: tuple[str, str], en: tuple[str, str]) -> Both:
    """To the candidate: a greeting, what is told, what it is about, and the way to the candidate's page."""
    return Both(
        Text(
            f"{{{{ employer }}}}：{zh[0]}",
            f"{{{{ name }}}}，您好：\n\n{zh[1]}\n{{% if position %}}{WHERE_ZH}{{% endif %}}{LINK_ZH}{RECORD_ZH}\n{{{{ employer }}}}\n",
        ),
        Text(
            f"{{{{ employer }}}}: {en[0]}",
            f"Dear {{{{ name }}}},\n\n{en[1]}\n{{% if position %}}{WHERE_EN}{{% endif %}}{LINK_EN}{RECORD_EN}\n{{{{ employer }}}}\n",
        ),
    )


def _either(to_candidate: tuple[str, str], to_staff: tuple[str, str]) -> tuple[str, str]:
    """One text for the candidate, another for HR."""
    subject, body = (
        f"{{% if staff %}}{theirs}{{% else %}}{own}{{% endif %}}"
        for own, theirs in zip(to_candidate, to_staff, strict=True)
    )
    return subject, body


def _checked(missed: tuple[str, str], checked: tuple[str, str]) -> tuple[str, str]:
    """One text about a missed interview, another about a résumé that did not match."""
    subject, body = (
        f"{{% if check %}}{theirs}{{% else %}}{own}{{% endif %}}" for own, theirs in zip(missed, checked, strict=True)
    )
    return subject, body


JOINED = frozenset({Template.INVITATION, Template.INVITATION_MOVED, Template.RESCHEDULE_GRANTED, Template.REMINDER_DAY})
"""Messages that say where to join once the invitation is accepted, also where no calendar is read; the last reminder
says it in any case."""
ABOUT_ZH, ABOUT_EN = "候选人：{{ person or '—' }}", "Candidate: {{ person or '—' }}"
OF_ZH, OF_EN = (f"{{% if person %}}{about}\n{{% endif %}}" for about in (ABOUT_ZH, ABOUT_EN))
"""The same where it is not said of nobody."""
OF_CHECK = (
    ("核查内容", "What was checked"),
    ("核查方式", "How"),
    ("来源", "Who told"),
    ("核查日期", "When"),
    ("核查结果", "What was found"),
)
EVIDENCE_ZH = "{% if evidence %}\n\n所依据的证据：\n{% for each in evidence %}- {{ each }}\n{% endfor %}\n{% endif %}"
EVIDENCE_EN = "{% if evidence %}\n\nThe evidence:\n{% for each in evidence %}- {{ each }}\n{% endfor %}\n{% endif %}"
TEXTS: Mapping[Template, Both] = {
    Template.INVITATION: _candidate(
        ("面试邀请", "我们邀请您参加面试。请通过下方页面或日历邀请答复是否参加。"),
        (
            "Invitation to an interview",
            "We invite you to an interview. Please answer by your page or by your calendar.",
        ),
    ),
    Template.INVITATION_MOVED: _candidate(
        _either(
            (
                "面试时间已更改",
                "您的面试改到以下时间，原时间作废。{% if answered %}您的答复记为：{{ answered }}；如有变化，请在您的页面上更改。{% else %}请重新答复。{% endif %}",
            ),
            (
                "面试时间已更改",
                f"{ABOUT_ZH}\n面试改到以下时间，原时间作废，候选人{{% if answered %}}的答复：{{{{ answered }}}}{{% else %}}尚未答复{{% endif %}}。",
            ),
        ),
        _either(
            (
                "Your interview has been moved",
                "Your interview has a new time; the former one is void. {% if answered %}Your answer stands as: {{ answered }}. "
                "You can change it on your page.{% else %}Please answer again.{% endif %}",
            ),
            (
                "An interview has been moved",
                f"{ABOUT_EN}\nThe interview has the time below; the former one is void. {{% if answered %}}The candidate's "
                "answer: {{ answered }}.{% else %}The candidate is still to answer.{% endif %}",
            ),
        ),
    ),
    Template.INVITATION_CANCELLED: _candidate(
        _either(
            (
                "面试已取消",
                "以下面试已取消，{% if over %}时间虽已过，不会因此对您作任何未到面认定{% else %}您无需参加{% endif %}。",
            ),
            ("面试已取消", f"{ABOUT_ZH}\n以下面试已取消。"),
        ),
        _either(
            (
                "Your interview is cancelled",
                "The following interview is cancelled; {% if over %}its time is over, and none of it is held against "
                "you{% else %}you need not come{% endif %}.",
            ),
            ("An interview is cancelled", f"{ABOUT_EN}\nThe following interview is cancelled."),
        ),
    ),
    Template.INVITATION_UNDELIVERED: _candidate(
        (
            "通知未能送达候选人",
            f"{ABOUT_ZH}\n“{{{{ undelivered }}}}”未能送达候选人。请以其他方式告知；未告知的时间不应视为候选人的过错。",
        ),
        (
            "A message did not reach a candidate",
            f'{ABOUT_EN}\nThe message "{{{{ undelivered }}}}" did not reach the candidate. Please tell them another way: a time '
            "that nobody told them of is not theirs to miss.",
        ),
    ),
    Template.RESPONSE_RECEIVED: _candidate(
        (
            "候选人已答复：{{ response }}",
            f"{ABOUT_ZH}\n候选人对面试邀请的答复：{{{{ response }}}}。{{% if said %}}附有留言，请在系统中查看。{{% endif %}}",
        ),
        (
            "A candidate answered: {{ response }}",
            f"{ABOUT_EN}\nThe answer to the invitation: {{{{ response }}}}.{{% if said %}} A message came with it: read it in the "
            "system.{% endif %}",
        ),
    ),
    Template.REMINDER_DAY: _candidate(
        (
            "提醒：{% if recorded %}AI 面试即将截止{% else %}明天有面试{% endif %}",
            "提醒您以下面试，距{% if recorded %}截止{% else %}开始{% endif %}不到 24 小时。如不能参加，请尽早告知或申请改期。",
        ),
        (
            "Reminder: {% if recorded %}your interview's deadline is near{% else %}your interview is tomorrow{% endif %}",
            "Less than 24 hours are left to {% if recorded %}the deadline{% else %}the start{% endif %} of this interview. "
            "If you cannot come, please say so or ask for another time.",
        ),
    ),
    Template.REMINDER_SOON: _candidate(
        (
            "提醒：{% if recorded %}AI 面试 30 分钟内截止{% else %}面试 30 分钟内开始{% endif %}",
            "以下面试将在 30 分钟内{% if recorded %}截止{% else %}开始{% endif %}。请提前检查设备和网络。{% if join %}\n入口：{{ join }}{% endif %}",
        ),
        (
            "Reminder: {% if recorded %}30 minutes to the deadline{% else %}your interview starts soon{% endif %}",
            "{% if recorded %}The deadline is{% else %}The interview starts{% endif %} in 30 minutes or less. Please check "
            "your device and your connection.{% if join %}\nEntrance: {{ join }}{% endif %}",
        ),
    ),
    Template.CODE: _candidate(
        ("您的验证码", "您的验证码是 {{ code }}，10 分钟内有效。如非本人操作，请忽略本消息，勿将验证码告诉任何人。"),
        (
            "Your code",
            "Your code is {{ code }}, good for 10 minutes. If you did not ask for it, ignore this message; tell it to nobody.",
        ),
    ),
    Template.RESCHEDULE_REQUESTED: _candidate(
        _either(
            (
                "已收到您的改期申请",
                "我们已收到您的改期申请{% if due %}。以下时间已作废，您无需参加，也不会留下任何记录；我们将在 {{ due }}前提供新的时间。{% else %}，将尽快答复。{% endif %}",
            ),
            (
                "候选人申请改期",
                f"{ABOUT_ZH}\n候选人申请将以下面试改到其他时间{{% if none_suits %}}，已开放的时段均不合适{{% endif %}}。{{% if due %}}申请已按时提出，原时间作废，请在 {{{{ due }}}}前提供新的时间。{{% else %}}请处理。{{% endif %}}",
            ),
        ),
        _either(
            (
                "Your request for another time",
                "We have received your request for another time{% if due %}. The time below is void: you need not come, and it "
                "leaves no mark on your record. You will have another until {{ due }}.{% else %} and will answer soon.{% endif %}",
            ),
            (
                "A candidate asks for another time",
                f"{ABOUT_EN}\nThe candidate asks to move this interview{{% if none_suits %}}, as none of the open times "
                "suits{% endif %}. {% if due %}It was asked in time: the time below is void, and another is owed until "
                "{{ due }}.{% else %}Please decide.{% endif %}",
            ),
        ),
    ),
    Template.RESCHEDULE_GRANTED: _candidate(
        _either(
            (
                "改期成功",
                "您的改期申请已通过，新的面试时间如下。按时改期不会留下爽约记录。{% if not answered %}请答复是否参加。{% endif %}",
            ),
            (
                "面试已按候选人申请改期",
                f"{ABOUT_ZH}\n面试已改到以下时间{{% if not answered %}}，候选人尚未答复{{% endif %}}。",
            ),
        ),
        _either(
            (
                "Your new time",
                "Your request is granted; the new time is below. It leaves no mark on your record.{% if not answered %} "
                "Please answer whether you will come.{% endif %}",
            ),
            (
                "An interview was moved as its candidate asked",
                f"{ABOUT_EN}\nThe interview has the time below{{% if not answered %}}, to which the candidate is still to "
                "answer{% endif %}.",
            ),
        ),
    ),
    Template.RESCHEDULE_REFUSED: _candidate(
        _either(
            (
                "改期申请未通过",
                "很抱歉，您的改期申请未通过。{% if void %}以下时间已作废，您无需参加，也不会留下任何记录{% elif over %}以下时间已过；作出任何认定之前，会先听取您的说明{% else %}面试仍按以下时间进行{% endif %}。原因见您的页面。",
            ),
            (
                "候选人的改期申请未获批准",
                f"{ABOUT_ZH}\n候选人的改期申请未获批准，{{% if void %}}以下时间此前已作废{{% elif over %}}以下时间已过{{% else %}}面试仍按以下时间进行{{% endif %}}。",
            ),
        ),
        _either(
            (
                "Your request could not be granted",
                "We are sorry: {% if void %}you are given no other time. The one below is void: you need not come, and it "
                "leaves no mark on your record.{% elif over %}you are given no other time. The one below is over; before "
                "anything is decided about it, you are heard.{% else %}the interview stays at the time below.{% endif %} Your "
                "page tells why.",
            ),
            (
                "A request for another time was refused",
                f"{ABOUT_EN}\n{{% if void %}}The time below was let go of before.{{% elif over %}}The time below is over."
                "{% else %}The interview stays at the time below.{% endif %}",
            ),
        ),
    ),
    Template.SLOT_OWED: _candidate(
        _either(
            (
                "尚未为您安排新的面试时间",
                "您已按时申请改期，我们未能在承诺的期限内提供新的时间，已提醒招聘人员。原定时间已作废，不会留下任何记录。",
            ),
            (
                "尚未为候选人提供新的面试时间",
                f"{ABOUT_ZH}\n候选人已按时申请改期，承诺的答复期限已到，请尽快提供新的时间。",
            ),
        ),
        _either(
            (
                "You still wait for a new time",
                "You asked in time, and we have not offered another time within the days that we promised. The recruiter was "
                "told so. The old time, below, is void and leaves no mark on your record.",
            ),
            (
                "A candidate still waits for a new time",
                f"{ABOUT_EN}\nThe candidate asked in time; the promised time for an answer is up. Please open a slot.",
            ),
        ),
    ),
    Template.SLOTS_OPEN: _candidate(
        ("请选择新的面试时间", "已有新的时间可选，请在您的页面上选择，以代替下方已作废的时间。选定后立即生效。"),
        (
            "Times to choose from",
            "There are times to choose from in place of the one below, which is void. Choose one on your page: it is yours "
            "at once.",
        ),
    ),
    Template.PROOF_RECEIVED: _candidate(
        _either(
            ("已收到您的证明材料", "我们已收到您的证明材料，将由招聘人员审核。"),
            ("候选人提交了证明材料", f"{ABOUT_ZH}\n候选人提交了证明材料，请审核。"),
        ),
        _either(
            ("Your proof has arrived", "We have received your proof; HR will read it."),
            ("A candidate sent proof", f"{ABOUT_EN}\nThere is proof to be read."),
        ),
    ),
    Template.PROOF_DECIDED: _candidate(
        ("证明材料审核结果", "您的证明材料已审核，结果见您的页面。"),
        ("Your proof was decided about", "Your proof was read; your page tells the result."),
    ),
    Template.EVIDENCE_CHANGED: _candidate(
        _either(
            (
                "关于您未到面的认定有了新的证据",
                "{% if unheard %}认定作出后得知，告知未能送达您：您在认定前未被听取意见。{% else %}认定作出后收到的报告显示，未到面可能并非您的原因。{% endif %}请在您的页面上查看；您可以对该认定提出申诉，企业也已收到同样的通知。",
            ),
            (
                "{% if undecided %}一项未到面的情况有了新的证据{% else %}一项爽约认定有了新的证据{% endif %}",
                f"{ABOUT_ZH}\n{{% if undecided %}}系统提出怀疑后收到的报告显示，未到面可能并非候选人的原因；系统的告知尚未发出的，不再发出。请查阅并作出认定（confirmNoShow、excuseNoShow或voidNoShow）。{{% else %}}{{% if unheard %}}认定作出后得知，告知未能送达候选人，候选人未被听取意见。{{% else %}}认定作出后收到的报告显示，未到面可能并非候选人的原因。{{% endif %}}请复核：撤销该认定（voidNoShow），或说明理由后维持（confirmNoShow）。{{% endif %}}",
            ),
        ),
        _either(
            (
                "There is new evidence about an interview that you missed",
                "{% if unheard %}The notice did not reach you, as became known after the decision: you were not heard before it.{% else %}"
                "What was reported since the decision says that it may not have been your fault.{% endif %} Your page shows it; you may "
                "dispute what was decided, and the employer was told the same.",
            ),
            (
                "There is new evidence about a {% if undecided %}missed interview{% else %}no-show{% endif %}",
                f"{ABOUT_EN}\n{{% if undecided %}}What was reported since the system suspected a no-show says that it may not "
                "have been the candidate's fault. Where the system's notice had not left, it does not any more. Please read "
                "it and decide (confirmNoShow, excuseNoShow or voidNoShow).{% else %}{% if unheard %}The notice did not reach "
                "the candidate, as became known after the decision: they were not heard.{% else %}What was reported since the "
                "decision says that it may not have been the candidate's fault.{% endif %} Please look at it again: take the "
                "finding back (voidNoShow), or say why it stands (confirmNoShow).{% endif %}",
            ),
        ),
    ),
    Template.OUTCOME_MISSING: _candidate(
        ("请补录面试结果", f"{ABOUT_ZH}\n以下面试已结束，尚无人记录是否到面，系统未作任何标记，请补录。"),
        (
            "An interview's outcome is missing",
            f"{ABOUT_EN}\nThis interview is over and no person recorded whether the candidate came. Nothing was marked; please record it.",
        ),
    ),
    Template.NOTICE: _candidate(
        _checked(
            (
                "关于未到面的告知",
                f"根据记录，您可能未参加以下面试。{EVIDENCE_ZH}"
                "在作出任何认定之前，我们希望听取您的说明：请在{% if answer_by %} {{ answer_by }}前{% else %}规定期限内{% endif %}通过您的页面答复，也可上传证明。全部记录见您的页面。最终由专人决定；如被认定为爽约，该记录在有效期内对同一共享范围内的其他部门可见。",
            ),
            (
                "关于简历核查的告知",
                f"对您投递时所附简历的一项核查与简历内容不符。{EVIDENCE_ZH}"
                "在作出任何认定之前，我们希望听取您的说明：请在{% if answer_by %} {{ answer_by }}前{% else %}规定期限内{% endif %}通过您的页面答复，也可上传证明。全部记录见您的页面。最终由专人决定；如被认定为不符，该记录在有效期内可能计入本部门看到的评分，其他部门看不到。",
            ),
        ),
        _checked(
            (
                "Notice of an interview that seems missed",
                f"By our records you may have missed the interview below. {EVIDENCE_EN}"
                "Before anything is decided we want to hear you: please "
                "answer by your page {% if answer_by %}until {{ answer_by }}{% else %}in the time given there{% endif %}; you can "
                "add proof. All that is recorded is shown there. A person decides in the end; a no-show that is confirmed is visible to "
                "other departments that share records, until it expires.",
            ),
            (
                "Notice of a check of your resume",
                f"A check of the resume that came with your application did not match it. {EVIDENCE_EN}"
                "Before anything is decided we want "
                "to hear you: please answer by your page {% if answer_by %}until {{ answer_by }}{% else %}in the time given "
                "there{% endif %}; you can add proof. All that is recorded is shown there. A person decides in the end; a "
                "mismatch that is confirmed may count in the score that this department sees, until it expires; no other "
                "department sees it.",
            ),
        ),
    ),
    Template.DECISION_DUE: _candidate(
        _checked(
            (
                "请就未到面作出认定",
                f"{ABOUT_ZH}\n候选人未在期限内答复告知。请阅读证据后作出认定{{% if due %}}，期限为 {{{{ due }}}}，逾期未决将由系统撤销{{% endif %}}。",
            ),
            (
                "请就简历核查作出认定",
                f"{OF_ZH}候选人未在期限内答复告知。请阅读证据后作出认定{{% if due %}}，期限为 {{{{ due }}}}，逾期未决将由系统撤销{{% endif %}}。",
            ),
        ),
        _checked(
            (
                "A missed interview is to be decided about",
                f"{ABOUT_EN}\nThe notice was not answered in time. Please read the evidence and decide"
                "{% if due %} until {{ due }}; after that the system takes the finding back{% endif %}.",
            ),
            (
                "A check of a resume is to be decided about",
                f"{OF_EN}The notice was not answered in time. Please read the evidence and decide"
                "{% if due %} until {{ due }}; after that the system takes the finding back{% endif %}.",
            ),
        ),
    ),
    Template.DECISION_OVERDUE: _candidate(
        _checked(
            ("逾期未作认定，已撤销", f"{ABOUT_ZH}\n该未到面在期限内未作认定，系统已予以撤销。"),
            ("逾期未作认定，已撤销", f"{OF_ZH}该简历核查在期限内未作认定，系统已予以撤销。"),
        ),
        _checked(
            (
                "A missed interview was not decided in time",
                f"{ABOUT_EN}\nNobody decided in time about this missed interview, and the system took the finding back.",
            ),
            (
                "A check of a resume was not decided in time",
                f"{OF_EN}Nobody decided in time about a check of a resume, and the system took the finding back.",
            ),
        ),
    ),
    Template.REQUEST_OVERDUE: _candidate(
        (
            "个人信息请求逾期未答复",
            "有一项个人信息请求{% if due %}应于 {{ due }}前{% endif %}答复，现已逾期，请立即处理。",
        ),
        (
            "A request about personal data is overdue",
            "A request was to be answered{% if due %} until {{ due }}{% endif %} and is not: please answer it at once.",
        ),
    ),
    Template.ANSWER_RECEIVED: _candidate(
        _checked(
            ("候选人已答复告知", f"{ABOUT_ZH}\n候选人已就未到面作出说明，请在决定前阅读。"),
            ("候选人已答复告知", f"{OF_ZH}候选人已就简历核查作出说明，请在决定前阅读。"),
        ),
        _checked(
            (
                "A candidate answered a notice",
                f"{ABOUT_EN}\nThe candidate has made a statement; read it before you decide.",
            ),
            (
                "A candidate answered a notice",
                f"{OF_EN}A candidate has made a statement about a check of a resume; read it before you decide.",
            ),
        ),
    ),
    Template.FINDING_CONFIRMED: _candidate(
        _checked(
            (
                "未到面认定结果",
                "关于以下面试的认定已作出，内容、理由和有效期见您的页面。如不同意，您可以在页面上提出申诉；提出后该记录立即停止使用，直到申诉处理完毕。",
            ),
            (
                "简历核查认定结果",
                "关于您简历核查的认定已作出，内容、理由和有效期见您的页面。如不同意，您可以在页面上提出申诉；提出后该记录立即停止使用，直到申诉处理完毕。",
            ),
        ),
        _checked(
            (
                "A decision about your interview",
                "A decision about the interview below was made; your page tells what, why and until when it counts. If you "
                "disagree you can dispute it there: it stops counting at once, until the dispute is decided.",
            ),
            (
                "A decision about your resume",
                "A decision about a check of your resume was made; your page tells what, why and until when it counts. If "
                "you disagree you can dispute it there: it stops counting at once, until the dispute is decided.",
            ),
        ),
    ),
    Template.FINDING_EXCUSED: _candidate(
        _checked(
            ("未到面已认定为有正当理由", "以下面试已认定为有正当理由未参加，不计为爽约。"),
            ("简历核查不符已认定为有正当理由", "关于您简历核查不符一事已认定为有正当理由，不计入记录。"),
        ),
        _checked(
            ("Your absence is excused", "Your absence from the interview below is excused and counts as no no-show."),
            ("A mismatch is excused", "What did not match in a check of your resume is excused and does not count."),
        ),
    ),
    Template.FINDING_VOIDED: _candidate(
        _checked(
            ("未到面记录已撤销", "关于以下面试的未到面记录已撤销，不再使用。"),
            ("简历核查记录已撤销", "关于您简历核查不符的记录已撤销，不再使用。"),
        ),
        _checked(
            (
                "A record about you was voided",
                "The record about the interview below was voided and is not used any more.",
            ),
            (
                "A record about you was voided",
                "The record about a check of your resume was voided and is not used any more.",
            ),
        ),
    ),
    Template.DISPUTE_RECEIVED: _candidate(
        _either(
            (
                "已收到您的申诉",
                "我们已收到您的申诉。该记录已立即停止使用，将由另一名人员{% if due %}在 {{ due }}前{% endif %}处理；逾期未处理的，视为申诉成立。",
            ),
            (
                "候选人提出申诉",
                f"{ABOUT_ZH}\n候选人对认定提出申诉，请由未参与原决定的人员{{% if due %}}在 {{{{ due }}}}前{{% endif %}}处理；逾期视为成立。",
            ),
        ),
        _either(
            (
                "Your dispute has arrived",
                "The record stopped counting at once. Somebody else decides{% if due %} until {{ due }}{% endif %}; a dispute not decided in time is upheld.",
            ),
            (
                "A candidate disputes a finding",
                f"{ABOUT_EN}\nSomebody other than who confirmed it decides{{% if due %}} until {{{{ due }}}}{{% endif %}}; not decided in time, it is upheld.",
            ),
        ),
    ),
    Template.DISPUTE_UPHELD: _candidate(
        _either(
            ("申诉成立", "您的申诉成立，相关记录已撤销，查看过该记录的人员会收到通知。"),
            ("申诉逾期未处理，视为成立", f"{OF_ZH}一项申诉在期限内未作处理，系统已按候选人的主张撤销相关记录。"),
        ),
        _either(
            ("Your dispute is upheld", "The record was voided, and everyone who had looked at it is told."),
            (
                "A dispute was not decided in time",
                f"{OF_EN}Nobody decided a dispute in time, and the system took the finding back as the candidate asked.",
            ),
        ),
    ),
    Template.DISPUTE_REJECTED: _candidate(
        ("申诉处理结果", "您的申诉未获支持，理由见您的页面。"),
        ("Your dispute was decided", "Your dispute was not upheld; your page tells why."),
    ),
    Template.MARK_WITHDRAWN: _candidate(
        _checked(
            (
                "您查看过的一条爽约记录已撤销",
                f"{OF_ZH}您曾查看的一条未到面记录（{{{{ department or '—' }}}}）已被撤销，请不要再依据它作出判断。",
            ),
            (
                "您查看过的一条简历核查记录已撤销",
                f"{OF_ZH}您曾查看的一条简历核查不符记录已被撤销，请不要再依据它作出判断。",
            ),
        ),
        _checked(
            (
                "A no-show that you had looked at was withdrawn",
                f"{OF_EN}A record that you had looked at ({{{{ department or '—' }}}}) was withdrawn; do not rely on it any more.",
            ),
            (
                "A record that you had looked at was withdrawn",
                f"{OF_EN}A record of a resume that did not match, which you had looked at, was withdrawn; do not rely on it any more.",
            ),
        ),
    ),
    Template.REQUEST_RECEIVED: _candidate(
        _either(
            (
                "已收到您的请求",
                "我们已收到您关于个人信息的请求{% if due %}，将在 {{ due }}前答复{% endif %}。{% if erasure %}数据一经删除，您的联系方式随之删除，"
                "我们无法再另行通知您：届时您的页面链接将不再打开。{% endif %}",
            ),
            (
                "候选人提出个人信息请求",
                "有一项个人信息请求待答复{% if due %}，期限为 {{ due }}{% endif %}。{% if erasure %}涉及多个部门的删除请求须由 HR_ADMIN 批准。{% endif %}",
            ),
        ),
        _either(
            (
                "Your request has arrived",
                "We have received your request about your data{% if due %} and answer it until {{ due }}{% endif %}."
                "{% if erasure %} Once your data is erased there is no address left to write to: you are not told by another "
                "message, and the link to your page opens nothing any more.{% endif %}",
            ),
            (
                "A candidate made a request about personal data",
                "A request is to be answered{% if due %} until {{ due }}{% endif %}.{% if erasure %} An erasure that concerns "
                "several departments is an HR_ADMIN's to grant.{% endif %}",
            ),
        ),
    ),
    Template.REQUEST_ANSWERED: _candidate(
        ("您的请求已答复", "您关于个人信息的请求已有答复，内容见您的页面。"),
        ("Your request is answered", "Your request about your data is answered; your page tells how."),
    ),
    Template.SLOT_OFFERED: _candidate(
        (
            "有一个面试空档",
            "以下面试时段刚刚空出，现邀请您参加。请在{% if due %} {{ due }}前{% else %}尽快{% endif %}通过您的页面答复，逾期将转给下一位候选人；不答复不会留下任何记录。",
        ),
        (
            "An interview has become free",
            "The interview below has just become free, and we offer it to you. Please answer by your page{% if due %} until "
            "{{ due }}{% endif %}: after that it goes to somebody else. No answer leaves no mark on your record.",
        ),
    ),
    Template.SLOT_LAPSED: _candidate(
        ("面试空档已转给他人", "以下面试时段的邀请已过期并转给下一位候选人，您无需参加，也不会留下任何记录。"),
        (
            "The free interview went to somebody else",
            "The time to answer is up; you need not come, and nothing is recorded about you.",
        ),
    ),
    Template.SLOT_TAKEN: _candidate(
        ("空出的面试已补上", "空出的面试时段已有候选人接受。"),
        ("A freed interview was taken", "Somebody accepted the time that had become free."),
    ),
    Template.SLOT_UNFILLED: _candidate(
        ("空出的面试无人接受", "空出的面试时段已依次询问所有候选人，无人接受。"),
        ("A freed interview stays free", "Everybody was asked in turn, and nobody accepted the time."),
    ),
    Template.REJECTION_ANNOUNCED: _candidate(
        (
            "关于您的投递",
            "负责人拟不再推进您的投递，作出该决定时看到了关于您的未到面或简历核查记录。决定{% if due %}将于 {{ due }} {% else %}稍后{% endif %}生效。在此之前您可以在页面上查看当时所见的全部内容和理由、对记录提出申诉，或要求人工复核{% if considered %}；记录被撤销、提出申诉或不再计入后，该决定不会生效{% endif %}。",
        ),
        (
            "About your application",
            "Somebody means not to go on with your application, and a record of a missed interview, or of a resume that did not match, was in sight. It takes "
            "effect{% if due %} on {{ due }}{% else %} later{% endif %}. Until then you can read on your page all that was on "
            "the screen and why, dispute the record, or ask for a review by a person{% if considered %}; once the record is "
            "disputed or voided, or counts no longer, the decision does not take effect{% endif %}.",
        ),
    ),
    Template.REJECTION_UNDELIVERED: _candidate(
        (
            "淘汰预告未能送达候选人",
            f"{OF_ZH}一项淘汰决定的通知未能送达候选人，等待期尚未开始。请以其他方式告知并记录（recordAnnouncement），{{% if due %}}最迟 {{{{ due }}}}，{{% endif %}}逾期未告知的，该决定失效。",
        ),
        (
            "A rejection could not be announced",
            f"{OF_EN}The announcement of a rejection did not reach the candidate, and no time runs. Tell them another way and "
            "record that you did (recordAnnouncement){% if due %} until {{ due }}{% endif %}: otherwise the rejection lapses.",
        ),
    ),
    Template.REJECTION_WITHDRAWN: _candidate(
        ("此前的通知已撤回", "此前关于不再推进您投递的通知已撤回，您的投递继续进行。"),
        ("A notice was withdrawn", "The notice about your application was withdrawn; it goes on."),
    ),
    Template.REJECTION_EFFECTIVE: _candidate(
        ("关于您的投递", "您的投递不再推进。当时所见的内容和理由仍可在您的页面上查看。"),
        ("About your application", "Your application does not go on. Your page still tells what was seen, and why."),
    ),
    Template.REJECTION_LAPSED: _candidate(
        (
            "一项淘汰决定已失效",
            f"{OF_ZH}一项已通知候选人的淘汰决定所依据的记录已撤销、提出申诉、不再计入或尚未认定，或该投递已推进或结束，或通知未能送达候选人，决定已失效。投递仍在进行的，请重新作出决定。",
        ),
        (
            "A rejection has lapsed",
            f"{OF_EN}A record that an announced rejection stood on was voided or disputed, counts no longer, or was not confirmed, "
            "the application has moved on or ended, or the candidate could not be told. Where it still runs, please decide anew.",
        ),
    ),
    Template.WEBHOOK_DISABLED: _candidate(
        ("一个 Webhook 已停用", "一个 Webhook 连续多日无法送达，已停用。修复后请重新设置（setWebhook）。"),
        (
            "A webhook was disabled",
            "A webhook could not be reached for days and was disabled. Set it again (setWebhook) once it is repaired.",
        ),
    ),
}
_ENVIRONMENT = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
_MADE = {
    text: _ENVIRONMENT.from_string(text)
    for both in TEXTS.values()
    for one in (both.zh, both.en)
    for text in (one.subject, one.body)
}


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it is sent: subject in one line, and the text."""

    subject: str
    text: str


def write(letter: Letter) -> Written:
    """In the reader's language; in both where nobody knows which it is."""
    locales = (letter.locale,) if letter.locale is not None else (Locale.ZH_CN, Locale.EN)
    written = [_in(letter, locale) for locale in locales]
    return Written(" / ".join(one.subject for one in written), "\n----\n\n".join(one.text for one in written))


def _in(letter: Letter, locale: Locale) -> Written:
    text, words = TEXTS[letter.template].of(locale), told(letter, locale)
    # A title is the employer's own text: a line's end in it would begin another header.
    subject = " ".join(_MADE[text.subject].render(words).split())
    lines = [line.rstrip() for line in _MADE[text.body].render(words).splitlines()]
    return Written(subject, _without_gaps(lines))


def _without_gaps(lines: list[str]) -> str:
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept) + "\n"


def told(letter: Letter, locale: Locale) -> dict[str, Any]:
    """The words of the templates."""
    interview, zh = letter.interview, locale is Locale.ZH_CN
    staff = letter.staff
    zone = letter.zone
    facts = {name: letter.facts.get(said) for name, said in (("answer_by", "answerBy"), ("due", "dueAt"))}
    words: dict[str, Any] = {
        "employer": (letter.employer.name_zh if zh else None) or letter.employer.name,
        "name": ("HR" if staff else letter.to[0].name) or ("候选人" if zh else "candidate"),
        "staff": staff,
        "check": bool(letter.facts.get("check")),
        "none_suits": bool(letter.facts.get("noneSuits")),
        "said": bool(letter.facts.get("hasMessage")),
        "unheard": bool(letter.facts.get("unheard")),
        "erasure": bool(letter.facts.get("erasure")),
        "over": bool(letter.facts.get("over")),
        "undecided": bool(letter.facts.get("undecided")),
        "considered": bool(letter.facts.get("considered", True)),
        "undelivered": _label(letter.facts.get("undelivered"), zh=zh),
        "link": letter.link,
        "code": letter.code,
        "response": _label(letter.facts.get("response"), zh=zh),
        "position": None,
        "department": None,
        # Of a mark that is withdrawn whoever looked is told, and may by now have no business with its subject.
        "person": letter.person if staff else None,
        "record": f"{letter.record[0]} {to_global(*letter.record)}" if letter.record else None,
        "address": letter.address,
        "evidence": _evidence(letter, locale),
        "recorded": False,
        "join": None,
        "joins": False,
        "answered": None,
        "void": False,
        **{name: moment(from_text(str(value)[:19]), zone, zh=zh) if value else None for name, value in facts.items()},
    }
    if interview is not None:
        words |= {
            "position": interview.position,
            "department": (interview.department_zh if zh else None) or interview.department,
            "mode": _label(interview.mode, zh=zh),
            "recorded": interview.is_recorded,
            "starts": moment(interview.starts_at, zone, zh=zh),
            "ends": moment(interview.ends_at, zone, zh=zh),
            "answered": _label(interview.response, zh=zh) if interview.response != "NEEDS_ACTION" else None,
            "void": interview.attendance == "RESCHEDULED",
            "join": interview.join_url,
            "joins": interview.join_url
            and not staff
            and interview.response == "ACCEPTED"
            and letter.template in JOINED,
        }
    return words


def _evidence(letter: Letter, locale: Locale) -> list[str]:
    """What a notice stands on. Of an interview it is told in sentences of ours alone, as a note of somebody's is for
    the page, behind the code; of a check there is nothing else than what was written down of it.
    """
    zh = locale is Locale.ZH_CN
    if letter.checked is not None:
        return [f"{label}{'：' if zh else ': '}{text}" for label, text in _of_check(letter.checked, zh=zh) if text]
    if not letter.rules or letter.interview is None:
        return []
    recorded = f"到面记录：{_label(letter.interview.attendance, zh=zh)}。"
    if not zh:
        recorded = f"What is recorded of the interview: {_label(letter.interview.attendance, zh=zh).lower()}."
    return [recorded, *(RULES[name].said(locale) for name in letter.rules)]


def _of_check(check: Checked, *, zh: bool) -> list[tuple[str, str | None]]:
    """What was checked, how, and what was found, by the names that the candidate's page has for it."""
    told = (check.claim, check.method, check.source, check.checked_on, check.details)
    return [(label[0 if zh else 1], text) for label, text in zip(OF_CHECK, told, strict=True)]


def _label(value: str | None, *, zh: bool) -> str:
    zh_and_en = LABELS.get(value or "")
    return zh_and_en[0 if zh else 1] if zh_and_en else (value or "")


MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def moment(instant: datetime, zone: str, *, zh: bool) -> str:
    """An instant as people of the zone speak of it."""
    at = in_zone(instant, zone)
    if zh:
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}（{place_of(at)}）"
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M} ({place_of(at)})"
