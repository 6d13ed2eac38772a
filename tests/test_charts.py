"""Charts: what is drawn is what the viewer sees, the page needs no network, and pictures need a browser."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api import charts
from api.charts import draw_cost, draw_counts, draw_no_shows, draw_shares, page, picture_paths, pictures
from api.reporting import TOLD
from api.reports import Asked
from api.settings import SetupError
from graph.interviews import Attendance
from graph.refusals import Locale
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Ask, Company
from tests.test_analytics import held
from tests.test_employments import employ
from tests.test_reports import asked, of
from tests.test_work_attendance import month, tell

ASKED = Asked("x", None, None, None, "WEEK", Locale.EN)
MONTHS = [
    {
        "key": "2026-09",
        "employees": 4,
        "lateCount": 3.0,
        "lateEmployees": 2,
        "absentDays": 1.0,
        "absentEmployees": 1,
        "earlyLeaveCount": 0.0,
        "attendanceRate": None,
    }
]
TRACES = {"no-shows": [3], "cost": [2], "attendance": [3, 2], "roi": [1], "fairness": [4], "second-round": [1]}


@pytest.mark.parametrize("name", TOLD)
async def test_a_chart_is_a_page_by_itself(
    graph: Graph, ask: Ask, answerer: Answerer, company: Company, name: str
) -> None:
    """Its script is within, and what it draws is what was asked for; a text in it cannot end the script."""
    await held(company, "marketing", Attendance.NOT_ATTENDED)
    await tell(ask, company, await employ(ask, company), month("LATE", "2026-09", 3), month("LATE", "2026-10", 1))
    wanted = of(TOLD[name], asked(company, "marketing", department="MARKETING"))
    figures = await TOLD[name].draw(graph, answerer, wanted)
    figures[0]["data"][0]["name"] = "</script><b>"
    text = page(figures, "en")
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", text)
    assert len(text) > 1_000_000
    assert "</script><b>" not in text
    drawn = re.findall(r'Plotly\.newPlot\("chart\d", (.*)\)</script>', text)
    assert [len(json.loads(figure)["data"]) for figure in drawn] == TRACES[name]


async def test_attendance_of_one_person_is_drawn(graph: Graph, ask: Ask, answerer: Answerer, company: Company) -> None:
    """Whose it is; and a rate where presence is told, but no shares of people."""
    id = await employ(ask, company)
    await tell(ask, company, id, month("LATE", "2026-09", 3))
    wanted = replace(asked(company, "marketing", by="MONTH"), start=None, end=None, employment=id)
    (counts,) = await charts.attendance(graph, answerer, wanted)
    assert [(trace["x"], trace["y"]) for trace in counts["data"]] == [(["2026-09"], [n]) for n in (3, 0, 0)]
    await tell(ask, company, id, month("ABSENT", "2026-10", 2, outOf=20), month("PRESENT", "2026-10", 18, outOf=20))
    _, shares = await charts.attendance(graph, answerer, wanted)
    assert [trace["y"] for trace in shares["data"]] == [[None, 0.9]]
    with pytest.raises(SetupError, match="sees no attendance"):
        await charts.attendance(graph, answerer, replace(wanted, user=company.user("technology")))


def group(missed: int, settled: int) -> dict[str, object]:
    rate = {"value": missed / settled, "low": 0.1, "high": 0.6}
    return {"label": "A", "own": True, "missed": missed, "settled": settled, "rate": rate}


def test_bars_and_points_are_the_numbers() -> None:
    found = {"groups": [group(1, 4), {**group(1, 4), "own": False}], "total": group(1, 4)}
    missed, came, rate = draw_no_shows(found, ASKED)["data"]
    assert (missed["y"], came["y"], rate["y"]) == ([1], [3], [25])
    assert (rate["error_y"]["arrayminus"], rate["error_y"]["array"]) == ([15], [35])


def test_a_name_is_no_markup() -> None:
    """A department's name comes from people, and plotly reads a title as markup."""
    figures = [draw("<b>R&D</b>", MONTHS, ASKED) for draw in (draw_counts, draw_shares)]
    assert {figure["layout"]["title"]["text"].split(":")[0] for figure in figures} == {"&lt;b&gt;R&amp;D&lt;/b&gt;"}
    assert "<title>&lt;b&gt;R&amp;D&lt;/b&gt;: how often" in page(figures, "en")


def test_a_rate_that_nobody_told_is_not_drawn() -> None:
    drawn = draw_shares("R&D", MONTHS, ASKED)["data"]
    assert {trace["name"]: trace["y"] for trace in drawn} == {"Late at all": [0.5], "Absent at all": [0.25]}


def test_a_month_without_records_is_a_gap() -> None:
    """What is left out of the axis would have the months on either side stand beside each other."""
    told = [MONTHS[0], {**MONTHS[0], "key": "2026-12"}]
    late = draw_counts("R&D", told, ASKED)["data"][0]
    assert late["x"] == ["2026-09", "2026-10", "2026-11", "2026-12"]
    assert late["y"] == [3, None, None, 3]
    assert draw_shares("R&D", told, ASKED)["data"][0]["y"] == [0.5, None, None, 0.5]


def test_departments_of_all_sizes_are_compared() -> None:
    """By what is told of each person, and with the interval of a share, which is wide where they are few."""
    groups = [{**MONTHS[0], "key": "Brand"}, {**MONTHS[0], "key": "Sales", "employees": 40}]
    by_department = replace(ASKED, by="DEPARTMENT")
    late, absent, _ = draw_counts("X", groups, by_department)["data"]
    assert (late["x"], late["y"], absent["y"]) == (["Brand", "Sales"], [0.75, 0.075], [0.25, 0.025])
    share = draw_shares("X", groups, by_department)["data"][0]
    assert (share["mode"], share["y"]) == ("markers", [0.5, 0.05])
    few, many = share["error_y"]["array"]
    assert few > many > 0


def drawn() -> list[Any]:
    """Two charts, of money and of people."""
    ranges = {name: {"low": 1, "high": 2} for name in ("total", "recruiting")}
    cost = draw_cost({"rates": {"currency": "CNY"}, "loss": {"missed": 1, "interviews": 1, **ranges}}, ASKED)
    return [cost, draw_counts("R&D", MONTHS, ASKED)]


def test_a_picture_is_drawn_where_a_browser_is(tmp_path: Path) -> None:
    if not any(map(shutil.which, charts.BROWSERS)):
        pytest.skip("there is no browser")
    figures = drawn()
    paths = picture_paths(figures, tmp_path / "page.html")
    assert pictures(figures, paths)
    assert [path.read_bytes()[:4] for path in paths] == [b"\x89PNG"] * 2


def test_without_a_browser_there_is_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is said, not raised."""
    figures = drawn()
    paths = picture_paths(figures, tmp_path / "page.html")
    assert [path.name for path in paths] == ["page-1.png", "page-2.png"]
    assert picture_paths(figures[:1], tmp_path / "page.html") == [tmp_path / "page.png"]
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setattr(charts.shutil, "which", lambda _: None)
    assert not pictures(figures, paths)
    assert list(tmp_path.iterdir()) == []
