"""Commands that tell what the graph amounts to, as a user of it may see it: report, and its charts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api import charts, comparisons, reports
from api.charts import Figure, has_chinese, page, picture_paths, pictures
from api.console import run
from api.keeping import new_file
from api.reports import Asked, Table, form_of
from api.running import running_graph
from api.settings import SetupError, read_settings
from graph.analytics import ComparedBy, GroupBy
from graph.fairness import FairBy
from graph.refusals import Locale
from graph.writing import Graph
from schema.employments import WorkAttendanceBy
from schema.execution import Answerer
from schema.root import core_schema

reporting = typer.Typer()
charting = typer.Typer(no_args_is_help=True, help="Draw what the graph holds; needs the extra `charts`.")


@dataclass(frozen=True, slots=True)
class Told:
    """What can be told: as a table, as figures, and grouped by what, the first where nothing is said."""

    about: str
    table: Callable[[Graph, Answerer, Asked], Awaitable[Table]]
    draw: Callable[[Graph, Answerer, Asked], Awaitable[list[Figure]]]
    by: tuple[str, ...] = ()


TOLD: Mapping[str, Told] = {
    "no-shows": Told(
        "No-shows by week, department, mode, cause or job family, with the rate and its interval.",
        reports.no_shows,
        charts.no_shows,
        tuple(each.value for each in GroupBy),
    ),
    "cost": Told("What missed interviews cost.", reports.cost, charts.cost),
    "roi": Told(
        "What a change was worth: rates, days, disputes and deadlines before and after --since.",
        comparisons.roi,
        comparisons.draw_roi,
    ),
    "second-round": Told(
        "How likely a second round was, with and without a mark.",
        comparisons.second_round,
        comparisons.draw_second_round,
        tuple(each.value for each in ComparedBy),
    ),
    "fairness": Told(
        "How marks, voids and upheld disputes fall on groups.",
        comparisons.fairness,
        comparisons.draw_fairness,
        tuple(each.value for each in FairBy if each is not FairBy.TABLE),
    ),
    "attendance": Told(
        "Attendance at work: by month, of a department with all below it or of one person, or by department.",
        reports.attendance,
        charts.attendance,
        tuple(each.name for each in WorkAttendanceBy),
    ),
}
"""What there is, by its name on the command line."""
GROUPED = "; ".join(f"{name}: {', '.join(told.by)}" for name, told in TOLD.items() if told.by)

DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"]
User = Annotated[str, typer.Option("--as", help="External id of the user who asks; it is told what it may see.")]
Start = Annotated[datetime | None, typer.Option("--from", formats=DAYS, help="The first day; in UTC.")]
End = Annotated[datetime | None, typer.Option("--to", formats=DAYS, help="The day after the last; in UTC.")]
Since = Annotated[datetime | None, typer.Option(formats=DAYS, help="The day of the change, for roi; in UTC.")]
Place = Annotated[str | None, typer.Option(help="A department's code or id; else all of the user's own.")]
Job = Annotated[str | None, typer.Option(help="An employment's id, for attendance at work of one person.")]
By = Annotated[str | None, typer.Option(help=f"What it is grouped by. {GROUPED}.")]
Language = Annotated[Locale, typer.Option(help="The language of headings.")]


def _instant(day: datetime | None) -> str | None:
    return None if day is None else (day if day.tzinfo else day.replace(tzinfo=UTC)).isoformat()


def _asked(
    name: str,
    user: str,
    days: tuple[datetime | None, datetime | None, datetime | None],
    place: str | None,
    job: str | None,
    by: str | None,
    say: Locale,
) -> Asked:
    known = TOLD[name].by
    if by is not None and by not in known:
        raise typer.BadParameter(
            f"{name} is grouped by {', '.join(known)}." if known else f"{name} cannot be grouped: leave out --by."
        )
    if job is not None and name != "attendance":
        raise typer.BadParameter("Attendance at work alone is told of one person: leave out --employment.")
    if job is not None and by == WorkAttendanceBy.DEPARTMENT.name:
        raise typer.BadParameter("Attendance at work of one person is told by month: leave out --by.")
    start, end, since = map(_instant, days)
    if since is not None and name != "roi":
        raise typer.BadParameter("The return alone is told before and after a day: leave out --since.")
    return Asked(user, start, end, place, by or next(iter(known), ""), say, job, since)


@reporting.command()
def report(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(TOLD)}.")],
    file: Annotated[Path, typer.Argument(help="The .csv or .xlsx to write; there must be none of its name.")],
    as_: User,
    start: Start = None,
    end: End = None,
    since: Since = None,
    department: Place = None,
    employment: Job = None,
    by: By = None,
    locale: Language = Locale.ZH_CN,
) -> None:
    """Write a table of what the graph amounts to; what would run as a formula is quoted."""

    async def work() -> int:
        if name not in TOLD:
            raise SetupError(f"There is no report {name}; there is {', '.join(TOLD)}.")
        written = form_of(file)
        asked = _asked(name, as_, (start, end, since), department, employment, by, locale)
        async with running_graph(read_settings()) as graph:
            table = await TOLD[name].table(graph, Answerer(core_schema()), asked)
        with new_file(file) as out:
            out.write(written(table))
        typer.echo(f"Wrote {len(table.rows)} rows to {file}.")
        return 0

    run(work)


def _draws(name: str, told: Told) -> None:
    """Adds a command to `turnout chart`."""

    def command(
        file: Annotated[Path, typer.Argument(help="The .html to write; .png beside it where a Chromium is found.")],
        as_: User,
        start: Start = None,
        end: End = None,
        since: Since = None,
        department: Place = None,
        employment: Job = None,
        by: By = None,
        locale: Language = Locale.ZH_CN,
    ) -> None:
        asked = _asked(name, as_, (start, end, since), department, employment, by, locale)
        run(lambda: _drawn(told, asked, file))

    charting.command(name, help=told.about)(command)


async def _drawn(told: Told, asked: Asked, file: Path) -> int:
    """The page, and the pictures where there is a browser to draw them."""
    if file.suffix != ".html":
        raise SetupError(f"{file} does not end in .html; pictures are drawn beside the page, under its name.")
    async with running_graph(read_settings()) as graph:
        figures = await told.draw(graph, Answerer(core_schema()), asked)
    paths = picture_paths(figures, file)
    for path in paths:
        if path.exists():
            raise SetupError(f"{path} is there already; nothing was drawn.")
    with new_file(file) as out:
        out.write(page(figures, "en" if asked.locale is Locale.EN else "zh-CN").encode())
    typer.echo(f"Drew {file}.")
    if asked.locale is Locale.ZH_CN and not has_chinese():
        typer.echo("No font for Chinese is installed: in the PNG its letters are empty boxes.")
    try:
        drawn = await asyncio.to_thread(pictures, figures, paths)
    except SetupError:
        raise
    except Exception as error:
        raise SetupError(f"The browser drew no picture, there is the page alone: {error}") from error
    typer.echo(f"Drew {' and '.join(map(str, paths))}." if drawn else "No Chromium on PATH: there is no PNG.")
    return 0


for _name, _told in TOLD.items():
    _draws(_name, _told)
