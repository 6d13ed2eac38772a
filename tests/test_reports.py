"""Reports: what a user may see, as files that run no formula."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from api.charts import CHARTS
from api.reports import REPORTS, Asked, Table, as_csv, as_xlsx, form_of, guarded
from api.settings import SetupError
from graph.interviews import Attendance
from graph.refusals import Locale
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import NOW, Ask, Company, gid
from tests.test_analytics import held, marked
from tests.test_employments import employ
from tests.test_work_attendance import month, tell

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


async def test_headings_are_said_in_both_languages(
    graph: Graph, ask: Ask, answerer: Answerer, company: Company
) -> None:
    await tell(ask, company, await employ(ask, company), month("LATE", "2026-09", 3))
    for name, report in REPORTS.items():
        wanted = asked(company, "hr", department="MARKETING")
        chinese, english = [await report(graph, answerer, replace(wanted, locale=locale)) for locale in Locale]
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


def test_every_chart_has_its_report() -> None:
    """What is drawn can be had as a table too."""
    assert CHARTS.keys() == REPORTS.keys()


async def test_attendance_is_told_month_by_month(graph: Graph, ask: Ask, answerer: Answerer, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, month("LATE", "2026-09", 3), month("ABSENT", "2026-10", 2))
    wanted = replace(asked(company, "marketing", department="MARKETING"), start=None, end=None)
    table = await REPORTS["attendance"](graph, answerer, wanted)
    assert table.rows == (("2026-09", 1, 3, 1, 0, 0, 0, None), ("2026-10", 1, 0, 0, 2, 1, 0, None))
    assert load_workbook(BytesIO(as_xlsx(replace(table, title="R&D / *: " * 9)))).sheetnames[0].startswith("R&D")
    of_october = await REPORTS["attendance"](graph, answerer, replace(wanted, start="2026-10-01T00:00:00+00:00"))
    assert of_october.rows == table.rows[1:]
    with pytest.raises(SetupError, match="sees no attendance at work of MARKETING"):
        await REPORTS["attendance"](graph, answerer, replace(wanted, user=company.user("technology")))
    with pytest.raises(SetupError, match="name it by --department"):
        await REPORTS["attendance"](graph, answerer, replace(wanted, department=None))
