"""Reports and charts: what a user may see, as files that run no formula and need no network."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from api import charts, reports
from api.charts import CHARTS, draw_cost, draw_no_shows, page, picture
from api.reports import REPORTS, Asked, Table, as_csv, as_xlsx, form_of, guarded
from api.settings import SetupError
from graph.interviews import Attendance
from graph.refusals import Locale
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import NOW, Company, gid
from tests.test_analytics import held, marked

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x.example")')
TABLE = Table("T", ("Group", "Count"), tuple((text, 1) for text in DANGEROUS))


def asked(company: Company, user: str, **rest: str) -> Asked:
    """As of the tests' present, whatever the clock of the machine says."""
    start, end = NOW.replace(year=NOW.year - 1).isoformat(), NOW.isoformat()
    return replace(Asked(company.user(user), start, end, None, "DEPARTMENT", Locale.EN), **rest)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def test_no_cell_of_a_csv_is_a_formula() -> None:
    rows = read_csv(as_csv(TABLE))
    assert [row[0] for row in rows[1:]] == [f"'{text}" for text in DANGEROUS]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_no_cell_of_a_sheet_is_a_formula() -> None:
    sheet = load_workbook(BytesIO(as_xlsx(TABLE))).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    assert all(str(row[0].value).startswith("'") for row in sheet.iter_rows(min_row=2))


def test_numbers_and_plain_texts_stay_as_they_are() -> None:
    """A negative number is no formula, and is not made a text."""
    assert [guarded(cell) for cell in (-1, -0.5, None, "Marketing", "市场部", "a=b")] == [
        *(-1, -0.5, None, "Marketing", "市场部", "a=b")
    ]


async def test_a_report_is_what_its_user_sees(graph: Graph, answerer: Answerer, company: Company) -> None:
    await held(company, "marketing", Attendance.ATTENDED)
    await held(company, "marketing", Attendance.NOT_ATTENDED)
    await held(company, "technology", Attendance.NOT_ATTENDED)
    found = await REPORTS["no-shows"](graph, answerer, asked(company, "marketing"))
    assert [row[:7] for row in found.rows] == [("Marketing", 2, 2, 2, 1, 1, 0), ("Total", 2, 2, 2, 1, 1, 0)]
    found = await REPORTS["cost"](graph, answerer, asked(company, "marketing"))
    assert ("Total", 50, 80, "CNY") in found.rows
    with pytest.raises(SetupError):
        await REPORTS["cost"](graph, answerer, asked(company, "integrator"))
    department = gid("Department", company.departments["marketing"])
    for named in (department, "MARKETING"):
        with pytest.raises(SetupError):
            await REPORTS["cost"](graph, answerer, asked(company, "technology", department=named))
        table = await REPORTS["no-shows"](graph, answerer, asked(company, "hr", department=named))
        assert [row[:7] for row in table.rows] == [("Marketing", 2, 2, 2, 1, 1, 0), ("Total", 2, 2, 2, 1, 1, 0)]
    with pytest.raises(SetupError, match="sees no department whose code or id is NOWHERE"):
        await REPORTS["cost"](graph, answerer, asked(company, "hr", department="NOWHERE"))


async def test_departments_are_in_order_and_rates_are_short(graph: Graph, answerer: Answerer, company: Company) -> None:
    for department in ("technology", "marketing", "marketing", "marketing"):
        await held(company, department, Attendance.ATTENDED)
    await held(company, "marketing", Attendance.NOT_ATTENDED)
    rows = (await REPORTS["no-shows"](graph, answerer, asked(company, "hr"))).rows
    assert [row[0] for row in rows] == ["Marketing", "Technology", "Total"]
    assert {len(str(cell)) for row in rows for cell in row[7:]} <= set(range(7))


async def test_headings_are_said_in_both_languages(graph: Graph, answerer: Answerer, company: Company) -> None:
    for name, report in REPORTS.items():
        chinese, english = [
            await report(graph, answerer, replace(asked(company, "hr"), locale=locale)) for locale in Locale
        ]
        assert len(chinese.headings) == len(english.headings), name
        assert all(re.search(r"[\u4e00-\u9fff]", heading) for heading in chinese.headings)
        assert all(heading.isascii() for heading in english.headings)


async def test_what_is_not_told_is_an_empty_cell(graph: Graph, answerer: Answerer, company: Company) -> None:
    await marked(company, "marketing", 5)
    department = gid("Department", company.departments["marketing"])
    found = await REPORTS["no-shows"](graph, answerer, asked(company, "technology", department=department))
    assert found.rows == (("Marketing", None, None, None, None, None, 5, None, None, None),)
    assert read_csv(as_csv(found))[1] == ["Marketing", "", "", "", "", "", "5", "", "", ""]


def test_a_report_of_another_kind_is_refused() -> None:
    with pytest.raises(SetupError, match="ends in neither"):
        form_of(Path("report.pdf"))


@pytest.mark.parametrize("name", CHARTS)
async def test_a_chart_is_a_page_by_itself(graph: Graph, answerer: Answerer, company: Company, name: str) -> None:
    """Its script is within, and what it draws is what was asked for; a text in it cannot end the script."""
    await held(company, "marketing", Attendance.NOT_ATTENDED)
    figure = await CHARTS[name].draw(graph, answerer, asked(company, "marketing"))
    figure["layout"]["title"]["text"] = "</script><b>"
    text = page(figure, "en")
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", text)
    assert len(text) > 1_000_000
    assert "</script><b>" not in text
    drawn = re.search(r'Plotly\.newPlot\("chart", (.*)\)</script>\n</html>', text)
    assert drawn is not None
    assert len(json.loads(drawn.group(1))["data"]) == 2 + (name == "no-shows")


def group(missed: int, settled: int) -> dict[str, object]:
    rate = {"value": missed / settled, "low": 0.1, "high": 0.6}
    return {"label": "A", "own": True, "missed": missed, "settled": settled, "rate": rate}


ASKED = Asked("x", None, None, None, "WEEK", Locale.EN)


def test_bars_and_points_are_the_numbers() -> None:
    found = {"groups": [group(1, 4), {**group(1, 4), "own": False}], "total": group(1, 4)}
    missed, came, rate = draw_no_shows(found, ASKED)["data"]
    assert (missed["y"], came["y"], rate["y"]) == ([1], [3], [25])
    assert (rate["error_y"]["arrayminus"], rate["error_y"]["array"]) == ([15], [35])


def test_a_picture_is_drawn_where_a_browser_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And its absence is said, not raised."""
    ranges = {name: {"low": 1, "high": 2} for name in ("total", "recruiting")}
    figure = draw_cost({"rates": {"currency": "CNY"}, "loss": {"missed": 1, "interviews": 1, **ranges}}, ASKED)
    if any(map(shutil.which, charts.BROWSERS)):
        assert picture(figure, tmp_path / "cost.png")
        assert (tmp_path / "cost.png").read_bytes().startswith(b"\x89PNG")
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setattr(charts.shutil, "which", lambda _: None)
    assert not picture(figure, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_every_chart_has_its_report() -> None:
    """What is drawn of analytics can be had as a table too."""
    assert {"no-shows", "cost"} <= CHARTS.keys() & reports.REPORTS.keys()
