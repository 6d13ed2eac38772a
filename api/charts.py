"""Charts as pages that need no network, and as pictures where a Chromium is found; needs the extra `charts`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from api.keeping import PRIVATE
from api.reports import COST, COUNTED, Asked, ask, attendance_of, no_shows_of
from api.settings import SetupError
from graph.intervals import wilson
from graph.writing import Graph
from schema.execution import Answerer

INK, MISSED, REST, HOUR, ABSENT = "#1f2933", "#c8553d", "#9aa5b1", "#0b6e4f", "#8d6a9f"
GRID = "#e4e7eb"
ALONG = {"type": "category", "automargin": True}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH, HEIGHT = 1_000, 560
FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, system-ui, sans-serif"
PAGE = """\
<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<title>{title}</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }}</style>
<script>{script}</script>
{charts}
</html>
"""
CHART = """\
<div id="chart{number}"></div>
<script>Plotly.newPlot("chart{number}", {figure})</script>"""
Figure = dict[str, Any]


async def no_shows(graph: Graph, answerer: Answerer, asked: Asked) -> list[Figure]:
    return [draw_no_shows(await no_shows_of(graph, answerer, asked), asked)]


def draw_no_shows(found: Mapping[str, Any], asked: Asked) -> Figure:
    """The missed and the attended of each group as bars, and the rate with its interval as points."""
    groups = [group for group in found["groups"] if group["own"]]
    labels = [str(group["label"]) for group in groups]
    rated = [group for group in groups if group["rate"]]
    rates = [100 * group["rate"]["value"] for group in rated]
    total = found["total"] or {"missed": 0, "settled": 0}
    heading = asked.say(
        f"接受邀约后未到面：{total['settled']}场有结果，{total['missed']}场未到面",
        f"Missed after accepting: {total['missed']} of {total['settled']} interviews",
    )
    if asked.by == "CAUSE":
        bars = [_bar(asked.say("未到面", "Missed"), labels, [group["missed"] for group in groups], MISSED)]
    else:
        came = [group["settled"] - group["missed"] for group in groups]
        bars = [
            _bar(asked.say("未到面", "Missed"), labels, [group["missed"] for group in groups], MISSED),
            _bar(asked.say("到面", "Attended"), labels, came, REST),
        ]
    points = {
        "type": "scatter",
        "mode": "markers",
        "name": asked.say("未到面率（95%区间）", "Rate with its 95 % interval"),
        "x": [str(group["label"]) for group in rated],
        "y": rates,
        "yaxis": "y2",
        "marker": {"color": INK, "size": 7},
        "cliponaxis": False,
        "error_y": intervals([group["rate"] for group in rated], 100),
    }
    axes = {
        "xaxis": {"type": "category", "automargin": True},
        "yaxis": {"title": {"text": asked.say("场次", "interviews")}, "rangemode": "tozero", "gridcolor": GRID},
        "yaxis2": {
            "title": {"text": asked.say("未到面率 %", "rate, %")},
            "overlaying": "y",
            "side": "right",
            "range": [0, 105],
            "tickvals": [0, 20, 40, 60, 80, 100],
            "showgrid": False,
        },
    }
    return {"data": [*bars, points], "layout": layout(heading, barmode="stack", **axes)}


def intervals(rates: Sequence[Mapping[str, float] | None], scale: float = 1) -> Figure:
    """How far the interval of each rate reaches below and above it; nowhere where the rate is not told."""
    told = [rate or {"value": 0, "low": 0, "high": 0} for rate in rates]
    return {
        "type": "data",
        "symmetric": False,
        "array": [scale * (rate["high"] - rate["value"]) for rate in told],
        "arrayminus": [scale * (rate["value"] - rate["low"]) for rate in told],
        "color": INK,
        "thickness": 1,
        "width": 3,
    }


def _bar(name: str, labels: list[str], values: list[Any], colour: str) -> Figure:
    return {"type": "bar", "name": name, "x": labels, "y": values, "marker": {"color": colour}}


async def cost(graph: Graph, answerer: Answerer, asked: Asked) -> list[Figure]:
    return [draw_cost(await ask(graph, answerer, COST, asked, "cost"), asked)]


def draw_cost(found: Mapping[str, Any], asked: Asked) -> Figure:
    """The least and the most that no-shows cost: interviews lost, and recruiters' hours upon them."""
    loss, currency = found["loss"], found["rates"]["currency"]
    labels = [asked.say("最低", "At least"), asked.say("最高", "At most")]
    heading = asked.say(
        f"{loss['missed']}场未到面的成本：{currency} {loss['total']['low']:,.0f} 至 {loss['total']['high']:,.0f}",
        f"Cost of {loss['missed']} missed interviews: {currency} {loss['total']['low']:,.0f} to "
        f"{loss['total']['high']:,.0f}",
    )
    hours = loss["recruiting"]
    parts = (
        (asked.say("面试", "Interviews lost"), [loss["interviews"]] * 2, MISSED),
        (asked.say("招聘工时", "Recruiter hours"), [hours["low"], hours["high"]], HOUR),
    )
    bars = [
        {
            **_bar(name, labels, values, colour),
            "text": [f"{value:,.0f}" for value in values],
            "textposition": "inside",
            "width": 0.5,
        }
        for name, values, colour in parts
    ]
    axes = {
        "xaxis": {"type": "category"},
        "yaxis": {"title": {"text": currency}, "rangemode": "tozero", "gridcolor": GRID},
    }
    return {"data": bars, "layout": layout(heading, barmode="stack", **axes)}


async def attendance(graph: Graph, answerer: Answerer, asked: Asked) -> list[Figure]:
    name, groups = await attendance_of(graph, answerer, asked)
    shares = draw_shares(name, groups, asked)
    return [draw_counts(name, groups, asked), *([shares] if shares["data"] else [])]


def draw_counts(name: str, groups: Sequence[Mapping[str, Any]], asked: Asked) -> Figure:
    """How often people of a department, or one of them, were late, absent or left early: by month in all, and by
    department, as these differ in size, for each person there with a record."""
    colours = {"lateCount": MISSED, "absentDays": ABSENT, "earlyLeaveCount": REST}
    labels, told = along(groups, asked)
    each = asked.by == "DEPARTMENT"
    bars = [
        _bar(asked.say(*COUNTED[key]), labels, [_told(group, key, each=each) for group in told], colour)
        for key, colour in colours.items()
    ]
    if each:
        heading = asked.say(
            f"{name}：各部门有记录人员的人均迟到、旷工与早退",
            f"{name}: how often and how many days, for each person with a record",
        )
    else:
        heading = asked.say(f"{name}：每月迟到、旷工与早退", f"{name}: how often and how many days, by month")
    axes = {"xaxis": ALONG, "yaxis": {"rangemode": "tozero", "gridcolor": GRID}}
    return {"data": bars, "layout": layout(heading, barmode="group", **axes)}


def _told(group: Mapping[str, Any] | None, key: str, *, each: bool = False) -> float | None:
    """A number of a group, or for each person of it with a record; null where nothing is told."""
    if group is None or group[key] is None:
        return None
    return group[key] / group["employees"] if each else group[key]


def draw_shares(name: str, groups: Sequence[Mapping[str, Any]], asked: Asked) -> Figure:
    """The attendance rate, where presence is told, and of a department the share of those with a record who were late
    or absent at all: lines along months, points with their intervals beside each other for departments."""
    labels, told = along(groups, asked)
    drawn = [_shares(asked.say(*COUNTED["attendanceRate"]), labels, [_told(it, "attendanceRate") for it in told], HOUR)]
    if asked.employment is None:
        for words, key, colour in (
            (asked.say("曾迟到", "Late at all"), "lateEmployees", MISSED),
            (asked.say("曾旷工", "Absent at all"), "absentEmployees", ABSENT),
        ):
            rates = [wilson(it[key], it["employees"]) if it else None for it in told]
            trace = _shares(words, labels, [rate and rate.value for rate in rates], colour)
            if asked.by == "DEPARTMENT":
                trace["error_y"] = {**intervals([rate and asdict(rate) for rate in rates]), "color": colour}
            drawn.append(trace)
    shown = [trace for trace in drawn if any(value is not None for value in trace["y"])]
    heading = asked.say(f"{name}：天数占比与有记录人员占比", f"{name}: shares of days, and of people with a record")
    axes = {"xaxis": ALONG, "yaxis": {"range": [-0.02, 1.02], "tickformat": ".0%", "gridcolor": GRID}}
    if asked.by != "DEPARTMENT":
        return {"data": shown, "layout": layout(heading, **axes)}
    heading += asked.say("（95%区间）", ", with intervals of 95 %")
    points = [{**trace, "mode": "markers"} for trace in shown]
    return {"data": points, "layout": layout(heading, scattermode="group", **axes)}


def _shares(name: str, labels: list[str], values: list[float | None], colour: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": labels,
        "y": values,
        "line": {"color": colour},
        "marker": {"color": colour},
        "cliponaxis": False,
    }


def along(groups: Sequence[Mapping[str, Any]], asked: Asked) -> tuple[list[str], list[Mapping[str, Any] | None]]:
    """What stands along the axis, and what is told of each: departments as they come; of months every one from the
    first to the last, so that those of which nothing is told are seen as a gap."""
    if asked.by == "DEPARTMENT" or not groups:
        return [group["key"] for group in groups], list(groups)
    first, last = (date.fromisoformat(f"{groups[place]['key']}-01") for place in (0, -1))
    span = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    labels = [f"{number // 12:04}-{number % 12 + 1:02}" for number in span]
    told = {group["key"]: group for group in groups}
    return labels, [told.get(label) for label in labels]


def layout(title: str, **rest: Any) -> Figure:
    """How every chart is laid out, and what this one has besides."""
    return {
        # Names come from people, and plotly reads a title as markup.
        "title": {"text": escape(title, quote=False)},
        "font": {"family": FONT, "color": INK},
        "height": HEIGHT,
        "plot_bgcolor": "white",
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        "margin": {"t": 110, "b": 80},
        **rest,
    }


def _plotly(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise SetupError("Charts need the extra `charts`: pip install 'turnout[charts]'.") from error


def page(figures: Sequence[Figure], language: str) -> str:
    """The figures with all that they need, plotly's own script within."""
    drawn = [str(_plotly("plotly.graph_objects").Figure(figure).to_json()).replace("</", "<\\/") for figure in figures]
    charts = "\n".join(CHART.format(number=number, figure=figure) for number, figure in enumerate(drawn, 1))
    script, title = _plotly("plotly.offline").get_plotlyjs(), figures[0]["layout"]["title"]["text"]
    return PAGE.format(language=language, title=title, script=script, charts=charts)


def has_chinese() -> bool:
    """Whether Chinese would be drawn: false where fontconfig knows of no font for it."""
    lister = shutil.which("fc-list")
    return lister is None or bool(subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip())


def picture_paths(figures: Sequence[Figure], page: Path) -> list[Path]:
    """Where the pictures of a page lie: beside it, numbered where they are several."""
    if len(figures) == 1:
        return [page.with_suffix(".png")]
    return [page.with_name(f"{page.stem}-{number}.png") for number in range(1, len(figures) + 1)]


def pictures(figures: Sequence[Figure], paths: Sequence[Path]) -> bool:
    """Writes each as a PNG; false where there is no Chromium to draw them."""
    browser = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return False
    os.environ["BROWSER_PATH"] = browser
    options = {"format": "png", "width": WIDTH, "height": HEIGHT, "scale": 2}
    drawn = [
        {"fig": _plotly("plotly.graph_objects").Figure(figure), "path": str(path), "opts": options}
        for figure, path in zip(figures, paths, strict=True)
    ]
    _plotly("kaleido").write_fig_from_object_sync(drawn)
    for path in paths:
        path.chmod(PRIVATE)
    return True
