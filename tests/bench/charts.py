"""Charts of the results: one page that needs no network, and a picture of each where a Chromium is found."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import kaleido
import plotly.graph_objects as go

from tests.bench.serving import LIMIT, LOADERS, PEER, PEER_NAME, TURNOUT

if TYPE_CHECKING:
    from tests.bench.reporting import Results

SCRIPT = PEER / "node_modules" / "plotly.js-basic-dist-min" / "plotly-basic.min.js"
COLOURS = {LIMIT: "#9aa5b1", TURNOUT: "#0b6e4f", PEER_NAME: "#c8553d", LOADERS: "#8d6a9f"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Turnout: benchmarks of {at}</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}</style>
<h1>Benchmarks of {at}</h1>
<script>{script}</script>
{charts}
</html>
"""


def write(results: Results, place: Path) -> list[Path]:
    """The pictures that were made; the page lies beside them."""
    figures = {
        "medians": _medians(results),
        "requests-a-second": _rates(results),
    }
    if results.scale:
        figures["sizes"] = _sizes(results)
    charts = [
        f'<div id="{name}"></div><script>Plotly.newPlot("{name}", {_inline(figure)})</script>'
        for name, figure in figures.items()
    ]
    page = PAGE.format(
        at=escape(f"{results.at:%Y-%m-%d}"), script=SCRIPT.read_text(encoding="utf-8"), charts="\n".join(charts)
    )
    (place / "benchmarks.html").write_text(page, encoding="utf-8")
    return _pictures(figures, place)


def _inline(figure: go.Figure) -> str:
    """A figure as JSON that may stand in a script."""
    return str(figure.to_json()).replace("</", "<\\/")


def _pictures(figures: dict[str, go.Figure], place: Path) -> list[Path]:
    browser = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("No Chromium on PATH: the charts are in the page alone, not as PNG.", file=sys.stderr)
        return []
    paths = [place / f"benchmarks-{name}.png" for name in figures]
    drawn = [
        {"fig": figure, "path": str(path), "opts": {"format": "png", "width": 900, "height": 480, "scale": 2}}
        for figure, path in zip(figures.values(), paths, strict=True)
    ]
    os.environ["BROWSER_PATH"] = browser
    kaleido.write_fig_from_object_sync(drawn)
    return paths


def _figure(title: str, bars: Iterable[go.Bar | go.Scatter], **layout: object) -> go.Figure:
    figure = go.Figure(list(bars))
    figure.update_layout(title=title, template="simple_white", barmode="group", height=480, **layout)
    return figure


def _medians(results: Results) -> go.Figure:
    bars = [
        go.Bar(
            name=name,
            x=["narrow", "wide"],
            y=[results.of(question, name, 1).median for question in ("narrow", "wide")],
            text=[f"{results.of(question, name, 1).median:.1f}" for question in ("narrow", "wide")],
            textposition="outside",
            marker_color=colour,
        )
        for name, colour in COLOURS.items()
    ]
    axis = {"title": "median, ms (logarithmic)", "type": "log"}
    return _figure(f"One connection, {results.extent.candidates:,} candidates: less is better", bars, yaxis=axis)


def _rates(results: Results) -> go.Figure:
    bars = [
        go.Bar(
            name=name,
            x=[f"{connections} connections" for connections in (1, 8, 32)],
            y=[results.of("narrow", name, connections).rate for connections in (1, 8, 32)],
            text=[f"{results.of('narrow', name, connections).rate:.0f}" for connections in (1, 8, 32)],
            textposition="outside",
            marker_color=colour,
        )
        for name, colour in COLOURS.items()
    ]
    return _figure("Narrow, one process: requests a second, more is better", bars, yaxis={"title": "requests a second"})


def _sizes(results: Results) -> go.Figure:
    sizes = sorted(results.scale)
    lines = [
        go.Scatter(name=name, x=sizes, y=[results.scale[size][name] for size in sizes], line={"color": colour})
        for name, colour in COLOURS.items()
    ]
    axes = {"xaxis": {"title": "candidates", "type": "log"}, "yaxis": {"title": "median, ms", "rangemode": "tozero"}}
    return _figure("Narrow, one connection, from small to large", lines, **axes)
