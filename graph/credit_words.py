"""What a score says of itself, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from graph.attention import Attention, Ground
from graph.credit import Band, Change, Dimension, Factor, Kind, Observation, Score, exact, rounded
from graph.labels import in_words, plural
from graph.refusals import Locale

Words = tuple[str, str]
"""Chinese and English."""

SEEN: Mapping[Kind, Words] = {
    Kind.AI_ATTENDED: ("{on} AI面试已到面", "Attended an AI interview on {on}"),
    Kind.AI_MISSED: ("{on} 爽约AI面试（已认定）", "Missed an AI interview on {on} (final)"),
    Kind.ATTENDED: ("{on} 面试已到面", "Attended an interview on {on}"),
    Kind.MISSED: ("{on} 爽约面试（已认定）", "Missed an interview on {on} (final)"),
    Kind.UNDECIDED: ("{on} 的记录尚无有效认定，不计分", "Nothing stands about {on}: it weighs nothing"),
    Kind.TOLD_IN_TIME: ("{on} 提前主动沟通", "Told in time on {on}"),
    Kind.TOLD_LATE: ("{on} 临近才沟通", "Told late on {on}"),
    Kind.WORK_MONTH: ("{month} 考勤得分 {share}", "Attendance at work in {month}: {share}"),
    Kind.TASK: ("{on} 到期任务完成 {share}", "Task due on {on}: {share} reached"),
    Kind.STAYED: ("任职满12个月（截至 {on}）", "Stayed 12 months or more (as of {on})"),
    Kind.LEFT_EARLY: ("任职不满12个月，{on} 离职", "Left on {on}, before 12 months"),
    Kind.RESUME_VERIFIED: ("{on} 简历核查属实", "Resume verified on {on}"),
    Kind.RESUME_MISMATCH: ("{on} 简历核查不符（已认定）", "Resume found not to match on {on} (final)"),
}

HEALS: Mapping[Dimension, Words] = {
    Dimension.RESUME_AUTHENTICITY: ("如实填写并配合核查", "state what can be verified"),
    Dimension.AI_INTERVIEW_NO_SHOW: ("AI面试按时到面，或提前改期", "attend AI interviews, or move them in time"),
    Dimension.INTERVIEW_ATTENDANCE: ("面试按时到面，或提前改期", "attend interviews, or move them in time"),
    Dimension.WORK_ATTENDANCE: ("按时出勤", "be at work on time"),
    Dimension.TASK_COMPLETION: ("按期完成任务", "complete tasks by their day"),
    Dimension.COMMUNICATION: ("如需变更，提前沟通", "say early when something changes"),
    Dimension.STABILITY: ("任职满12个月", "stay twelve months"),
}

CHANGED: Mapping[Change, Words] = {
    Change.EXCUSED: ("若该认定改为有正当理由", "If this finding were excused"),
    Change.EXPIRED: ("若该认定到期", "If this finding were expired"),
    Change.VOIDED: ("若该认定被撤销", "If this finding were voided"),
}

GROUNDS: Mapping[str, Words] = {
    "LATE": ("{month} 迟到 {count} 次", "Late {count} times in {month}"),
    "ABSENT": ("{on} 旷工", "Absent on {on}"),
    "ABSENT_MONTH": ("{month}旷工{days}天", "Absent {counted} in {month}"),
    "NO_SHOW": ("{on} 爽约面试（已认定）", "Missed an interview on {on} (final)"),
}

ADVICE: Words = (
    "仅供参考：任何决定由具名人员作出，分数本身不淘汰任何人。",
    "Advice only: a named person decides, and no score rejects anybody.",
)


def percent(share: Fraction) -> str:
    """With a decimal, half to even, from whole numbers alone."""
    tenths = rounded(share, 1_000)
    return f"{tenths // 10}.{tenths % 10}%"


def points(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def of_observation(seen: Observation) -> Words:
    """One line of evidence."""
    told = {
        "on": seen.said_on.isoformat(),
        "month": f"{seen.said_on:%Y-%m}",
        "share": percent(seen.value) if seen.value is not None else "",
    }
    zh, en = SEEN[seen.kind]
    return zh.format(**told), en.format(**told)


def of_factor(factor: Factor, *, is_number: bool = True) -> Words:
    """One dimension, taken apart; where there is too little in all for a number, by what was observed alone."""
    zh, en = (in_words(factor.dimension.value, locale) for locale in (Locale.ZH_CN, Locale.EN))
    weight, prior = percent(exact(factor.weighing.weight)), percent(exact(factor.weighing.prior))
    given, value = points(factor.points), percent(factor.value)
    heal_zh, heal_en = HEALS[factor.dimension]
    if factor.raw is None and not is_number:
        return f"{zh}：暂无记录。", f"{en}: nothing on record."
    if factor.raw is None:
        return (
            f"{zh}：暂无记录，按先验 {prior} 计，权重 {weight}，计 {given} 分。",
            f"{en}: nothing on record, so it stands at its prior of {prior}; weight {weight}, {given} points.",
        )
    raw, count = percent(factor.raw), len(factor.counted)
    heal = "" if factor.raw == 1 else f"提升方式：{heal_zh}。", "" if factor.raw == 1 else f" To heal it: {heal_en}."
    if not is_number:
        return (
            f"{zh}：{count} 条记录，近期加权得分 {raw}；总记录不足，不计分。" + heal[0],
            f"{en}: {count} on record, {raw} when weighed by age; too little in all for points." + heal[1],
        )
    return (
        f"{zh}：{count} 条记录，近期加权得分 {raw}，向先验 {prior} 收缩后为 {value}，权重 {weight}，计 {given} 分。"
        + heal[0],
        f"{en}: {count} on record, {raw} when weighed by age, {value} when drawn towards the prior of {prior}; "
        f"weight {weight}, {given} points." + heal[1],
    )


def of_change(change: Change, left: int | None, band: Band | None, now: int | None) -> Words:
    """What one finding takes away."""
    zh, en = CHANGED[change]
    if left is None or band is None:
        return f"{zh}，记录不足，不出分。", f"{en}, too little would be on record for a score."
    in_band = [in_words(band.value, locale) for locale in (Locale.ZH_CN, Locale.EN)]
    more = points(left - now) if now is not None else ""
    told = (f"（高 {more} 分）", f", {more} more") if more else ("", "")
    return (
        f"{zh}，分数为 {points(left)}{told[0]}，等级{in_band[0]}。",
        f"{en}, the score would be {points(left)}{told[1]}, in the band {in_band[1]}.",
    )


def of_score(score: Score, minimum: int) -> Words:
    """The answer in a sentence."""
    missing = [each.dimension for each in score.factors if each.is_missing]
    zh, en = (names(missing, locale) for locale in (Locale.ZH_CN, Locale.EN))
    left = f"无记录、按先验计的维度：{zh}。" if missing else "", f" At their prior: {en}." if missing else ""
    if score.points is None:
        return (
            f"数据不足：共 {score.observations} 条记录，少于 {minimum} 条，不出分。",
            f"Insufficient data: {score.observations} on record, fewer than {minimum}, so there is no number.",
        )
    return (
        f"{points(score.points)} 分，依据 {score.observations} 条记录。{left[0]}",
        f"{points(score.points)} of 100, upon {score.observations} observations.{left[1]}",
    )


def names(dimensions: Sequence[Dimension], locale: Locale) -> str:
    joint = "、" if locale is Locale.ZH_CN else ", "
    return joint.join(in_words(each.value, locale) for each in dimensions)


def of_ground(ground: Ground) -> Words:
    """What a label stands on, in a line."""
    told = {"on": ground.on.isoformat(), "month": f"{ground.on:%Y-%m}", "count": ground.count}
    if ground.month_days is not None:
        told |= {"days": f"{ground.month_days:g}", "counted": plural(ground.month_days, "day")}
    is_sum = ground.month_days is not None and ground.kind == "ABSENT"
    zh, en = GROUNDS["ABSENT_MONTH" if is_sum else ground.kind]
    return zh.format(**told), en.format(**told)


def of_attention(found: Attention) -> Words:
    """The label, and when it goes."""
    lines, on = [of_ground(each) for each in found.grounds], found.expires_on.isoformat()
    return (
        f"职业态度待提升：{'；'.join(zh for zh, _ in lines)}。{on} 到期，任一方依据撤销即消失。",
        f"Needs attention: {'; '.join(en for _, en in lines)}. It goes on {on}, or as soon as either side is gone.",
    )


def of_dimension(dimension: Dimension, counted: int, good: Fraction) -> Words:
    """What is known in one dimension, as it was, neither aged nor drawn anywhere."""
    zh, en = (in_words(dimension.value, locale) for locale in (Locale.ZH_CN, Locale.EN))
    if dimension is Dimension.INTERVIEW_ATTENDANCE:
        # A profile tells of them as one, a score of each by itself.
        zh, en = f"{zh}（含AI面试）", f"{en}, AI interviews among them"
    if not counted:
        return f"{zh}：暂无有效记录。", f"{en}: nothing on record that counts."
    share = percent(good / counted)
    return f"{zh}：有效记录 {counted} 条，平均 {share}。", f"{en}: {counted} on record, {share} on average."
