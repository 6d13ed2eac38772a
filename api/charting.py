"""Charts: attendance at work as a page that needs no network, and a picture of it where a browser is found."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from api.console import err, run
from api.keeping import PRIVATE, new_file
from api.running import running_graph
from api.settings import SetupError, read_settings
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.ids import from_global
from schema.root import core_schema

charting = typer.Typer(no_args_is_help=True, help="Draw what the graph holds; needs the extra `charts`.")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_MONTHS = """
  name
  workAttendance(by: MONTH, from: $from, to: $to) {
    key employees lateCount lateEmployees absentDays absentEmployees earlyLeaveCount attendanceRate
  }
"""
BY_CODE = f"""
query Rollup($place: String!, $from: Date, $to: Date) {{ place: department(code: $place) {{ {_MONTHS} }} }}
"""
BY_ID = f"""
query Rollup($place: ID!, $from: Date, $to: Date) {{ place: node(id: $place) {{ ... on Department {{ {_MONTHS} }} }} }}
"""
COUNTED = {
    "lateCount": ("Late", "#c8553d"),
    "absentDays": ("Days absent", "#8d6a9f"),
    "earlyLeaveCount": ("Left early", "#9aa5b1"),
}
Row = Mapping[str, Any]


class NothingToDraw(Exception):
    """There are no records that the viewer may see; the text is a sentence."""


@charting.callback()
def chart() -> None:
    """Draw what the graph holds; needs the extra `charts`."""


@charting.command()
def attendance(
    out: Annotated[
        Path, typer.Argument(help="The .html to write, which must be new; the pictures are written beside it.")
    ],
    department: Annotated[str, typer.Option(help="The department's code or id; all below it is counted too.")],
    as_: Annotated[str, typer.Option("--as", help="External id of the user whose view is drawn.")],
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last.")
    ] = None,
) -> None:
    """Attendance at work of a department by month, as its own people see it."""

    async def work() -> int:
        try:
            import_module("plotly")
        except ImportError as error:
            raise SetupError("Plotly is not installed: pip install 'turnout[charts]'.") from error
        async with running_graph(read_settings()) as graph:
            try:
                period = (since and since.date(), until and until.date())
                name, rows = await rollup(graph, department, as_, *period, now=datetime.now(UTC))
            except NothingToDraw as error:
                raise SetupError(str(error)) from error
        figures = [counts(name, rows), shares(name, rows)]
        with new_file(out) as file:
            file.write(page(f"Attendance at work: {name}", figures).encode())
        typer.echo(f"Wrote {out}.")
        missing = pictures(figures, out)
        typer.echo(missing or f"Wrote {' and '.join(str(path) for path in picture_paths(figures, out))}.")
        return 0

    run(work)


async def rollup(
    graph: Graph, place: str, viewer: str, since: date | None, until: date | None, *, now: datetime
) -> tuple[str, Sequence[Row]]:
    """The name and the months of a department, named by code or id, as the user would read them."""
    context = Context(graph, Viewers(graph), clock=lambda: now)
    context.subject = viewer
    period = {"from": since and since.isoformat(), "to": until and until.isoformat()}
    given = {"place": place, **{name: day for name, day in period.items() if day is not None}}
    text = BY_ID if from_global(place)[0] == "Department" else BY_CODE
    answer = (await Answerer(core_schema()).answer(text, context, variables=given)).payload()
    found: Any = (answer.get("data") or {}).get("place")
    if not found or not found["workAttendance"]:
        raise NothingToDraw(f"{viewer} sees no attendance at work of {place} in that time.")
    return found["name"], found["workAttendance"]


def counts(name: str, rows: Sequence[Row]) -> Any:
    """How often people were late, absent or left early, month by month."""
    bars = [
        {"type": "bar", "name": words, "x": months(rows), "y": [row[key] for row in rows], "marker": {"color": colour}}
        for key, (words, colour) in COUNTED.items()
    ]
    return _figure(f"{name}: how often and how many days, by month", bars, "")


def shares(name: str, rows: Sequence[Row]) -> Any:
    """The attendance rate, where presence is told, and the share of people who were late or absent at all."""
    lines = {
        "Attendance rate": [row["attendanceRate"] for row in rows],
        "Late at all": [row["lateEmployees"] / row["employees"] for row in rows],
        "Absent at all": [row["absentEmployees"] / row["employees"] for row in rows],
    }
    drawn = [
        {"type": "scatter", "mode": "lines+markers", "name": words, "x": months(rows), "y": values}
        for words, values in lines.items()
        if any(value is not None for value in values)
    ]
    figure = _figure(f"{name}: shares of people and days", drawn, "")
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return figure


def months(rows: Sequence[Row]) -> list[str]:
    return [row["key"] for row in rows]


def _figure(title: str, traces: list[dict[str, Any]], axis: str) -> Any:
    figure = import_module("plotly.graph_objects").Figure(traces)
    layout = {"template": "simple_white", "barmode": "group", "height": 420, "width": 900}
    # Names come from people, and Plotly reads a title as markup.
    figure.update_layout(title=escape(title), yaxis={"title": axis}, xaxis={"type": "category"}, **layout)
    return figure


def page(title: str, figures: Sequence[Any]) -> str:
    """A page that holds Plotly's script itself."""
    parts = [
        figure.to_html(full_html=False, include_plotlyjs=place == 0, config={"displaylogo": False})
        for place, figure in enumerate(figures)
    ]
    head = f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
    return head + "\n".join(parts) + "\n</html>\n"


def picture_paths(figures: Sequence[Any], out: Path) -> list[Path]:
    return [out.with_name(f"{out.stem}-{number}.png") for number in range(1, len(figures) + 1)]


def pictures(figures: Sequence[Any], out: Path) -> str | None:
    """Writes the pictures, or says in a sentence why there are none."""
    browser = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return "No Chromium on PATH: the charts are in the page alone, not as PNG."
    os.environ["BROWSER_PATH"] = browser
    try:
        kaleido = import_module("kaleido")
    except ImportError:
        return "Kaleido is not installed (pip install 'turnout[charts]'): the charts are in the page alone."
    opts = {"format": "png", "width": 900, "height": 420, "scale": 2}
    drawn = [
        {"fig": figure, "path": str(path), "opts": opts}
        for figure, path in zip(figures, picture_paths(figures, out), strict=True)
    ]
    try:
        kaleido.write_fig_from_object_sync(drawn)
        for each in picture_paths(figures, out):
            each.chmod(PRIVATE)
    except Exception as error:
        err.print(f"{type(error).__name__}: {error}", style="yellow", highlight=False, markup=False)
        return "The browser drew no picture: the charts are in the page alone."
    return None
