"""Charts as pages that need no network, and as pictures where a Chromium is found; needs the extra `charts`.

`CHARTS` is the list that joins them: a chart is a name and a function that answers with a plotly figure as JSON.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from api.keeping import PRIVATE
from api.reports import COST, NO_SHOWS, Asked, ask, in_order
from api.settings import SetupError
from graph.writing import Graph
from schema.execution import Answerer

INK, MISSED, REST, HOUR = "#1f2933", "#c8553d", "#9aa5b1", "#0b6e4f"
GRID = "#e4e7eb"
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
<div id="chart"></div>
<script>Plotly.newPlot("chart", {figure})</script>
</html>
"""
Figure = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """What draws it, and how it is grouped where nothing is said."""

    draw: Callable[[Graph, Answerer, Asked], Awaitable[Figure]]
    by: str = "WEEK"


async def no_shows(graph: Graph, answerer: Answerer, asked: Asked) -> Figure:
    found = await ask(graph, answerer, NO_SHOWS, asked, "noShows")
    return draw_no_shows(found, asked)


def draw_no_shows(found: Mapping[str, Any], asked: Asked) -> Figure:
    """The missed and the attended of each group as bars, and the rate with its interval as points."""
    groups = [group for group in in_order(found["groups"], asked) if group["own"]]
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
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [100 * group["rate"]["high"] - rate for group, rate in zip(rated, rates, strict=True)],
            "arrayminus": [rate - 100 * group["rate"]["low"] for group, rate in zip(rated, rates, strict=True)],
            "color": INK,
            "thickness": 1,
            "width": 3,
        },
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
    return {"data": [*bars, points], "layout": _layout(heading, barmode="stack", **axes)}


def _bar(name: str, labels: list[str], values: list[Any], colour: str) -> Figure:
    return {"type": "bar", "name": name, "x": labels, "y": values, "marker": {"color": colour}}


async def cost(graph: Graph, answerer: Answerer, asked: Asked) -> Figure:
    found = await ask(graph, answerer, COST, asked, "cost")
    return draw_cost(found, asked)


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
    return {"data": bars, "layout": _layout(heading, barmode="stack", **axes)}


def _layout(title: str, **rest: Any) -> Figure:
    return {
        "title": {"text": title},
        "font": {"family": FONT, "color": INK},
        "height": HEIGHT,
        "plot_bgcolor": "white",
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        "margin": {"t": 110, "b": 80},
        **rest,
    }


CHARTS: Mapping[str, Chart] = {"no-shows": Chart(no_shows), "cost": Chart(cost)}
"""What can be drawn, by its name on the command line."""


def _plotly(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise SetupError("Charts need the extra `charts`: pip install 'turnout[charts]'.") from error


def page(figure: Figure, language: str) -> str:
    """The figure with all that it needs, plotly's own script within."""
    drawn = str(_plotly("plotly.graph_objects").Figure(figure).to_json()).replace("</", "<\\/")
    script = _plotly("plotly.offline").get_plotlyjs()
    return PAGE.format(language=language, title=escape(figure["layout"]["title"]["text"]), script=script, figure=drawn)


def has_chinese() -> bool:
    """Whether Chinese would be drawn: false where fontconfig knows of no font for it."""
    lister = shutil.which("fc-list")
    return lister is None or bool(subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip())


def picture(figure: Figure, path: Path) -> bool:
    """Writes a PNG; false where there is no Chromium to draw it."""
    browser = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return False
    os.environ["BROWSER_PATH"] = browser
    drawn = _plotly("plotly.graph_objects").Figure(figure)
    options = {"format": "png", "width": WIDTH, "height": HEIGHT, "scale": 2}
    _plotly("kaleido").write_fig_from_object_sync([{"fig": drawn, "path": str(path), "opts": options}])
    path.chmod(PRIVATE)
    return True
