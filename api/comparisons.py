"""What is compared, as tables and charts: before and after a date, groups of people, and odds of a second round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from api.charts import ABSENT, GRID, HOUR, MISSED, REST, Figure, intervals, layout
from api.reports import Asked, Cell, Table, ask, short, with_interval
from api.settings import SetupError
from graph.labels import LABELS
from graph.writing import Graph
from schema.execution import Answerer

ROI = """
query RoiReport($before: PeriodInput!, $after: PeriodInput!, $department: ID) {
  analytics { roi(before: $before, after: $after, department: $department) {
    before { settled missed rate { value low high } filled { positions median } disputes upheld deadlines kept }
    after { settled missed rate { value low high } filled { positions median } disputes upheld deadlines kept }
    change { value low high } avoided hours { low high } money { low high } days rates { currency }
  } }
}
"""
FAIRNESS = """
query FairnessReport($by: FairBy!, $from: DateTime, $to: DateTime, $department: ID) {
  analytics { fairness(by: $by, from: $from, to: $to, department: $department) {
    groups { ...Told } checks { ...Told } brake { isOn }
  } }
}
fragment Told on FairGroup {
  key settled marks { value low high } voids { value low high } disputes { value low high } upheld { value low high }
  impact isBelowFourFifths
}
"""
SECOND_ROUND = """
query SecondRoundReport($by: SecondRoundBy!, $from: DateTime, $to: DateTime, $department: ID) {
  analytics { secondRound(by: $by, from: $from, to: $to, department: $department) {
    groups { key applications secondRounds rate { value low high } } difference { value low high } change claimed
  } }
}
"""
WORDS: Mapping[str, tuple[str, str]] = {
    "NONE": ("无", "None"),
    "NO_SHOW": ("爽约", "No-show"),
    "UNKNOWN": ("未知", "Unknown"),
    "RESUME_CHECK": ("简历核实", "Résumé checks"),
}
"""Keys of groups that are no values of an enum of the graph's."""
Rate = Mapping[str, float]


def periods(asked: Asked, now: datetime) -> dict[str, dict[str, str]]:
    """The time before a date and the time after it; as long before it as after it where no first day is given."""
    if asked.since is None:
        raise SetupError("The return is told before and after a date: name it by --since.")
    since = datetime.fromisoformat(asked.since)
    end = datetime.fromisoformat(asked.end) if asked.end else now
    start = datetime.fromisoformat(asked.start) if asked.start else since - (end - since)
    if not start < since < end:
        raise SetupError("--since has to lie between --from and --to.")
    first, change, last = (instant.isoformat() for instant in (start, since, end))
    return {"before": {"from": first, "to": change}, "after": {"from": change, "to": last}}


async def _roi(graph: Graph, answerer: Answerer, asked: Asked) -> tuple[dict[str, Any], str]:
    """What there is to tell, and the day of the change."""
    both = periods(asked, datetime.now(UTC))
    return await ask(graph, answerer, ROI, asked, "roi", **both), both["after"]["from"][:10]


async def roi(graph: Graph, answerer: Answerer, asked: Asked) -> Table:
    """What each period held, and what the difference was worth."""
    found, day = await _roi(graph, answerer, asked)
    say = asked.say
    before, after = found["before"], found["after"]

    def both(label: str, of: Any, unit: str = "") -> tuple[Cell, ...]:
        return label, of(before), of(after), None, None, unit

    def worth(label: str, of: Rate | None, unit: str) -> tuple[Cell, ...]:
        low, high = (None, None) if of is None else (short(of["low"]), short(of["high"]))
        return label, None, None, low, high, unit

    rated, days = (say(*words) for words in (("未到面率", "Rate missed"), ("天", "days")))
    change, hours = found["change"] or {}, say("小时", "hours")
    rows = (
        both(say("已有结果的面试", "Interviews settled"), lambda side: side["settled"]),
        both(say("未到面", "Missed"), lambda side: side["missed"]),
        *(
            both(label, lambda side, end=end: short((side["rate"] or {}).get(end)))
            for label, end in ((rated, "value"), *((f"{rated}, {words}", end) for words, end in _ends(asked)))
        ),
        both(say("补满的岗位", "Positions filled"), lambda side: side["filled"]["positions"]),
        both(say("用时（中位数）", "Days to fill (median)"), lambda side: side["filled"]["median"], days),
        both(say("异议", "Disputes"), lambda side: side["disputes"]),
        both(say("异议成立", "Disputes upheld"), lambda side: side["upheld"]),
        both(say("应守的期限", "Deadlines"), lambda side: side["deadlines"]),
        both(say("守住的期限", "Deadlines kept"), lambda side: side["kept"]),
        (
            say("未到面率的变化", "Change of the rate missed"),
            *(None, short(change.get("value")), short(change.get("low")), short(change.get("high")), ""),
        ),
        (say("少未到面的面试", "Interviews missed fewer"), None, short(found["avoided"]), None, None, ""),
        worth(say("节省的招聘工时", "Recruiter hours saved"), found["hours"], hours),
        worth(say("节省的金额", "Money saved"), found["money"], found["rates"]["currency"]),
        (say("岗位提前补满", "Positions filled sooner"), None, short(found["days"]), None, None, days),
    )
    headings = (
        ("项目", "Item"),
        ("之前", "Before"),
        ("之后", "After"),
        ("最低", "Least"),
        ("最高", "Most"),
        ("单位", "Unit"),
    )
    return Table(say(f"{day}前后", f"Before and after {day}"), tuple(say(*words) for words in headings), rows)


def _ends(asked: Asked) -> tuple[tuple[str, str], ...]:
    return (asked.say("95%区间下限", "low 95 %"), "low"), (asked.say("95%区间上限", "high 95 %"), "high")


async def draw_roi(graph: Graph, answerer: Answerer, asked: Asked) -> list[Figure]:
    found, day = await _roi(graph, answerer, asked)
    labels = [asked.say("之前", "Before"), asked.say("之后", "After")]
    rates = [found["before"]["rate"], found["after"]["rate"]]
    worth = _worth(found, asked)
    heading = asked.say(f"{day}前后的未到面率{worth}", f"Rate missed before and after {day}{worth}")
    return [_rates(heading, labels, [(asked.say("未到面率", "Rate missed"), rates, MISSED)])]


def _worth(found: Mapping[str, Any], asked: Asked) -> str:
    """What was saved, unless what changed may as well be chance: where the interval of the difference holds 0."""
    change, money, currency = found["change"], found["money"], found["rates"]["currency"]
    if change is None or money is None:
        return ""
    if change["low"] <= 0 <= change["high"]:
        return asked.say("；差异可能出于偶然", "; the difference may be chance")
    low, high = (f"{money[end]:,.0f}" for end in ("low", "high"))
    return asked.say(f"；节省 {currency} {low} 至 {high}", f"; saved {currency} {low} to {high}")


async def _fairness(graph: Graph, answerer: Answerer, asked: Asked) -> tuple[list[dict[str, Any]], str]:
    """The groups, and what is said where these alone pass a limit of the score policy."""
    found = await ask(graph, answerer, FAIRNESS, asked, "fairness")
    passed = asked.say("；超过限值", "; a limit is passed") if found["brake"]["isOn"] else ""
    return [*found["groups"], *found["checks"]], passed


_SHARES = {
    "marks": (("被确认", "Marked"), MISSED),
    "voids": (("被撤销", "Voided"), REST),
    "disputes": (("有异议", "Disputed"), ABSENT),
    "upheld": (("异议成立", "Upheld"), HOUR),
}


async def fairness(graph: Graph, answerer: Answerer, asked: Asked) -> Table:
    """A row a group; what would tell of fewer than five people is empty."""
    groups, passed = await _fairness(graph, answerer, asked)
    ends = [f" {words}" for words, _ in _ends(asked)]
    shares = [asked.say(*words) + end for words, _ in _SHARES.values() for end in ("", *ends)]
    headings = (asked.say("分组", "Group"), asked.say("已有结果", "Settled"), *shares)
    headings += (asked.say("影响比", "Impact ratio"), asked.say("低于五分之四", "Below four fifths"))
    rows = [
        (
            _word(group["key"], asked),
            group["settled"],
            *(cell for name in _SHARES for cell in with_interval(group[name])),
            short(group["impact"]),
            None if group["isBelowFourFifths"] is None else int(group["isBelowFourFifths"]),
        )
        for group in groups
    ]
    return Table(asked.say("公平性", "Fairness") + passed, headings, tuple(rows))


async def draw_fairness(graph: Graph, answerer: Answerer, asked: Asked) -> list[Figure]:
    groups, passed = await _fairness(graph, answerer, asked)
    heading = asked.say("被确认、撤销与异议的比例（95%区间）", "Rates of marks, voids and disputes (95 %)") + passed
    series = [
        (asked.say(*words), [group[name] for group in groups], colour) for name, (words, colour) in _SHARES.items()
    ]
    return [_rates(heading, [_word(group["key"], asked) for group in groups], series)]


async def second_round(graph: Graph, answerer: Answerer, asked: Asked) -> Table:
    """A row a group, then what the mark changed, and what is claimed of it elsewhere."""
    found = await ask(graph, answerer, SECOND_ROUND, asked, "secondRound")
    rows: list[tuple[Cell, ...]] = [
        (_word(group["key"], asked), group["applications"], group["secondRounds"], *with_interval(group["rate"]))
        for group in found["groups"]
    ]
    rows.append((asked.say("差", "Difference"), None, None, *with_interval(found["difference"])))
    for name, words in (
        ("change", ("变化（占比）", "Change, as a part")),
        ("claimed", ("来源所称", "Claimed by the source")),
    ):
        rows.append((asked.say(*words), None, None, short(found[name]), None, None))
    headings = ("分组", "Group"), ("申请", "Applications"), ("进入复试", "Second rounds"), ("比例", "Rate")
    ends = tuple(words for words, _ in _ends(asked))
    title = asked.say("复试几率", "Odds of a second round")
    return Table(title, (*(asked.say(*words) for words in headings), *ends), tuple(rows))


async def draw_second_round(graph: Graph, answerer: Answerer, asked: Asked) -> list[Figure]:
    found = await ask(graph, answerer, SECOND_ROUND, asked, "secondRound")
    labels = [_word(group["key"], asked) for group in found["groups"]]
    heading = asked.say("进入复试的比例（95%区间）", "Share with a second round (95 %)")
    return [_rates(heading, labels, [(asked.say("比例", "Rate"), [group["rate"] for group in found["groups"]], HOUR)])]


def _word(key: str, asked: Asked) -> str:
    return asked.say(*(LABELS.get(key) or WORDS.get(key) or (key, key)))


def _rates(heading: str, labels: list[str], series: Sequence[tuple[str, Sequence[Rate | None], str]]) -> Figure:
    """Bars of rates with their intervals; a rate that is not told has no bar."""
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": labels,
            "y": [None if rate is None else rate["value"] for rate in rates],
            "marker": {"color": colour},
            "error_y": intervals(rates),
        }
        for name, rates, colour in series
    ]
    axes = {
        "xaxis": {"type": "category", "automargin": True},
        "yaxis": {"rangemode": "tozero", "tickformat": ".0%", "gridcolor": GRID},
    }
    return {"data": bars, "layout": layout(heading, barmode="group", **axes)}
