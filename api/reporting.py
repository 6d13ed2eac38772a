"""Commands that tell what the graph amounts to, as a user of it may see it: report, and its charts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.charts import CHARTS, Chart, has_chinese, page, picture_paths, pictures
from api.console import run
from api.keeping import new_file
from api.reports import REPORTS, Asked, form_of
from api.running import running_graph
from api.settings import SetupError, read_settings
from graph.analytics import GroupBy
from graph.refusals import Locale
from schema.execution import Answerer
from schema.root import core_schema

reporting = typer.Typer()
charting = typer.Typer(no_args_is_help=True, help="Draw what the graph holds; needs the extra `charts`.")

DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"]
User = Annotated[str, typer.Option("--as", help="External id of the user who asks; it is told what it may see.")]
Start = Annotated[datetime | None, typer.Option("--from", formats=DAYS, help="The first day; in UTC.")]
End = Annotated[datetime | None, typer.Option("--to", formats=DAYS, help="The day after the last; in UTC.")]
Place = Annotated[str | None, typer.Option(help="A department's code or id; else all of the user's own.")]
Job = Annotated[str | None, typer.Option(help="An employment's id, for attendance at work of one person.")]
By = Annotated[GroupBy | None, typer.Option(help="What no-shows are grouped by.")]
Language = Annotated[Locale, typer.Option(help="The language of headings.")]


def _instant(day: datetime | None) -> str | None:
    return None if day is None else (day if day.tzinfo else day.replace(tzinfo=UTC)).isoformat()


def _asked(
    name: str,
    user: str,
    period: tuple[datetime | None, datetime | None],
    place: str | None,
    job: str | None,
    by: GroupBy | None,
    say: Locale,
) -> Asked:
    if job is not None and name != "attendance":
        raise typer.BadParameter("Attendance at work alone is told of one person: leave out --employment.")
    start, end = map(_instant, period)
    return Asked(user, start, end, place, (by or GroupBy.WEEK).value, say, job)


@reporting.command()
def report(
    name: Annotated[str, typer.Argument(help="no-shows, cost or attendance.")],
    file: Annotated[Path, typer.Argument(help="The .csv or .xlsx to write; there must be none of its name.")],
    as_: User,
    start: Start = None,
    end: End = None,
    department: Place = None,
    employment: Job = None,
    by: By = None,
    locale: Language = Locale.ZH_CN,
) -> None:
    """Write a table of no-shows, their cost or attendance at work; what would run as a formula is quoted."""

    async def work() -> int:
        if name not in REPORTS:
            raise SetupError(f"There is no report {name}; there is {', '.join(REPORTS)}.")
        written = form_of(file)
        asked = _asked(name, as_, (start, end), department, employment, by, locale)
        async with running_graph(read_settings()) as graph:
            table = await REPORTS[name](graph, Answerer(core_schema()), asked)
        with new_file(file) as out:
            out.write(written(table))
        typer.echo(f"Wrote {len(table.rows)} rows to {file}.")
        return 0

    run(work)


def _draws(name: str, about: str) -> None:
    """Adds a command to `turnout chart`."""

    def command(
        file: Annotated[Path, typer.Argument(help="The .html to write; .png beside it where a Chromium is found.")],
        as_: User,
        start: Start = None,
        end: End = None,
        department: Place = None,
        employment: Job = None,
        by: By = None,
        locale: Language = Locale.ZH_CN,
    ) -> None:
        asked = _asked(name, as_, (start, end), department, employment, by, locale)
        run(lambda: _drawn(name, CHARTS[name], asked, file, is_grouped=by is not None))

    charting.command(name, help=about)(command)


async def _drawn(name: str, wanted: Chart, asked: Asked, file: Path, *, is_grouped: bool) -> int:
    """The page, and the pictures where there is a browser to draw them."""
    if file.suffix != ".html":
        raise SetupError(f"{file} does not end in .html; pictures are drawn beside the page, under its name.")
    if is_grouped and not wanted.is_grouped:
        raise SetupError(f"{name} cannot be grouped: leave out --by.")
    async with running_graph(read_settings()) as graph:
        figures = await wanted.draw(graph, Answerer(core_schema()), asked)
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


_draws("no-shows", "No-shows by week, department, mode, cause or job family, with the rate and its interval.")
_draws("cost", "What missed interviews cost.")
_draws("attendance", "Attendance at work by month: of a department with all below it, or of one person.")
