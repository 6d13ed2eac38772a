"""Reports: what a user may see, as files that run no formula."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from api.command import app
from api.reporting import TOLD, Told
from api.reports import Asked, Table, as_csv, as_xlsx, form_of, guarded
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
FULL_WIDTH = ("＝1+1", "＋1", "－1", "＠SUM(A1)")
TABLE = Table("T", ("Group", "Count"), tuple((text, 1) for text in (*DANGEROUS, *FULL_WIDTH)))


def asked(company: Company, user: str, **rest: str) -> Asked:
    """As of the tests' present, whatever the clock of the machine says."""
    start, end = NOW.replace(year=NOW.year - 1).isoformat(), NOW.isoformat()
    return replace(Asked(company.user(user), start, end, None, "DEPARTMENT", Locale.EN), **rest)


def of(told: Told, asked: Asked) -> Asked:
    """Grouped by the first that it may be grouped by; of a change half a year ago."""
    return replace(asked, by=next(iter(told.by), ""), since=(NOW - timedelta(days=180)).isoformat())


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def test_no_cell_of_a_csv_is_a_formula() -> None:
    rows = read_csv(as_csv(TABLE))
    assert [row[0] for row in rows[1:]] == [f"'{text}" for text in (*DANGEROUS, *FULL_WIDTH)]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_no_cell_of_a_sheet_is_a_formula() -> None:
    sheet = load_workbook(BytesIO(as_xlsx(TABLE))).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    assert all(str(row[0].value).startswith("'") for row in sheet.iter_rows(min_row=2))


def test_a_control_character_stops_no_file() -> None:
    """A sheet cannot hold one, and what hides a formula behind it is still one."""
    table = Table("a\x07b", ("x\x00y",), (("x\x07y",), ("\x1b=1+1",), ("two\nlines",)))
    sheet = load_workbook(BytesIO(as_xlsx(table))).active
    assert sheet is not None
    assert (sheet.title, [row[0].value for row in sheet.iter_rows()]) == ("ab", ["xy", "xy", "'=1+1", "two\nlines"])
    assert [row[0] for row in read_csv(as_csv(table))] == ["xy", "xy", "'=1+1", "two\nlines"]


def test_numbers_and_plain_texts_stay_as_they_are() -> None:
    """A negative number is no formula, and is not made a text."""
    assert [guarded(cell) for cell in (-1, -0.5, None, "Marketing", "市场部", "a=b")] == [
        *(-1, -0.5, None, "Marketing", "市场部", "a=b")
    ]


async def test_a_report_is_what_its_user_sees(graph: Graph, answerer: Answerer, company: Company) -> None:
    await held(company, "marketing", Attendance.ATTENDED)
    await held(company, "marketing", Attendance.NOT_ATTENDED)
    await held(company, "technology", Attendance.NOT_ATTENDED)
    found = await TOLD["no-shows"].table(graph, answerer, asked(company, "marketing"))
    assert [row[:7] for row in found.rows] == [("Marketing", 2, 2, 2, 1, 1, 0), ("Total", 2, 2, 2, 1, 1, 0)]
    found = await TOLD["cost"].table(graph, answerer, asked(company, "marketing"))
    assert ("Total", 50, 80, "CNY") in found.rows
    with pytest.raises(SetupError):
        await TOLD["cost"].table(graph, answerer, asked(company, "integrator"))
    department = gid("Department", company.departments["marketing"])
    for named in (department, "MARKETING"):
        with pytest.raises(SetupError):
            await TOLD["cost"].table(graph, answerer, asked(company, "technology", department=named))
        table = await TOLD["no-shows"].table(graph, answerer, asked(company, "hr", department=named))
        assert [row[:7] for row in table.rows] == [("Marketing", 2, 2, 2, 1, 1, 0), ("Total", 2, 2, 2, 1, 1, 0)]
    with pytest.raises(SetupError, match="sees no department whose code or id is NOWHERE"):
        await TOLD["cost"].table(graph, answerer, asked(company, "hr", department="NOWHERE"))


async def test_departments_are_in_order_and_rates_are_short(graph: Graph, answerer: Answerer, company: Company) -> None:
    for department in ("technology", "marketing", "marketing", "marketing"):
        await held(company, department, Attendance.ATTENDED)
    await held(company, "marketing", Attendance.NOT_ATTENDED)
    rows = (await TOLD["no-shows"].table(graph, answerer, asked(company, "hr"))).rows
    assert [row[0] for row in rows] == ["Marketing", "Technology", "Total"]
    assert {len(str(cell)) for row in rows for cell in row[7:]} <= set(range(7))


async def test_headings_are_said_in_both_languages(
    graph: Graph, ask: Ask, answerer: Answerer, company: Company
) -> None:
    await tell(ask, company, await employ(ask, company), month("LATE", "2026-09", 3))
    for name, told in TOLD.items():
        wanted = of(told, asked(company, "hr", department="MARKETING"))
        chinese, english = [await told.table(graph, answerer, replace(wanted, locale=locale)) for locale in Locale]
        assert len(chinese.headings) == len(english.headings), name
        assert all(re.search(r"[\u4e00-\u9fff]", heading) for heading in chinese.headings)
        assert all(heading.isascii() for heading in english.headings)


async def test_what_is_not_told_is_an_empty_cell(graph: Graph, answerer: Answerer, company: Company) -> None:
    await marked(company, "marketing", 5)
    department = gid("Department", company.departments["marketing"])
    found = await TOLD["no-shows"].table(graph, answerer, asked(company, "technology", department=department))
    assert found.rows == (("Marketing", None, None, None, None, None, 5, None, None, None),)
    assert read_csv(as_csv(found))[1] == ["Marketing", "", "", "", "", "", "5", "", "", ""]


def test_a_report_of_another_kind_is_refused() -> None:
    with pytest.raises(SetupError, match="ends in neither"):
        form_of(Path("report.pdf"))


async def test_before_and_after_a_date_are_told_beside_each_other(
    graph: Graph, answerer: Answerer, company: Company
) -> None:
    """Two of three missed before it, none of two after it: 1.3 missed fewer, and what they would have cost."""
    for attendance in (Attendance.NOT_ATTENDED, Attendance.NOT_ATTENDED, Attendance.ATTENDED):
        await held(company, "marketing", attendance, starts_at=NOW - timedelta(days=10))
    for _ in range(2):
        await held(company, "marketing", Attendance.ATTENDED, starts_at=NOW - timedelta(days=4))
    wanted = replace(asked(company, "marketing"), start=None, since=(NOW - timedelta(days=7)).isoformat())
    table = await TOLD["roi"].table(graph, answerer, wanted)
    rows = {row[0]: row[1:] for row in table.rows}
    assert table.title == "Before and after 2026-11-13"
    assert rows["Interviews settled"] == (3, 2, None, None, "")
    assert rows["Missed"] == (2, 0, None, None, "")
    assert rows["Rate missed"] == (0.6667, 0.0, None, None, "")
    assert rows["Change of the rate missed"][1] == -0.6667
    assert rows["Interviews missed fewer"][1] == 1.3333
    low, high = (float(str(cell)) for cell in rows["Money saved"][2:4])
    assert (rows["Money saved"][4], 0 < low <= high) == ("CNY", True)
    (figure,) = await TOLD["roi"].draw(graph, answerer, wanted)
    assert figure["data"][0]["y"] == [pytest.approx(2 / 3), 0]
    assert figure["layout"]["title"]["text"].endswith("; the difference may be chance"), "five interviews prove nothing"
    for wrong in ({"since": None}, {"since": NOW.isoformat()}, {"start": NOW.isoformat()}):
        with pytest.raises(SetupError, match="--since"):
            await TOLD["roi"].table(graph, answerer, replace(wanted, **wrong))


async def test_groups_and_odds_are_tables(graph: Graph, answerer: Answerer, company: Company) -> None:
    for _ in range(6):
        await held(company, "marketing", Attendance.ATTENDED)
    wanted = asked(company, "marketing", by="MODE")
    (row,) = (await TOLD["fairness"].table(graph, answerer, wanted)).rows
    assert row[:5] == ("AI interview", 6, 0.0, 0.0, pytest.approx(0.3903, abs=1e-4))
    table = await TOLD["second-round"].table(graph, answerer, replace(wanted, by="NO_SHOW"))
    assert [each[0] for each in table.rows][-3:] == ["Difference", "Change, as a part", "Claimed by the source"]
    assert table.rows[-1][3] == -0.4


@pytest.mark.parametrize(
    ("name", "option", "said"),
    [
        ("fairness", ["--by", "WEEK"], "MODE, HOUR, ZONE, CHANNEL"),
        ("cost", ["--by", "WEEK"], "cannot be grouped"),
        ("cost", ["--since", "2026-01-01"], "leave out --since"),
        ("cost", ["--employment", "x"], "leave out --employment"),
        ("attendance", ["--employment", "x", "--by", "DEPARTMENT"], "leave out --by"),
    ],
)
def test_what_does_not_belong_to_a_report_is_refused(name: str, option: list[str], said: str, tmp_path: Path) -> None:
    for command in (["report", name, str(tmp_path / "out.csv")], ["chart", name, str(tmp_path / "out.html")]):
        done = CliRunner().invoke(app, [*command, "--as", "hr@demo", *option])
        assert done.exit_code == 2
        assert said in " ".join(done.output.replace("│", " ").split())


async def test_attendance_is_told_month_by_month(graph: Graph, ask: Ask, answerer: Answerer, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, month("LATE", "2026-09", 3), month("ABSENT", "2026-10", 2))
    wanted = replace(asked(company, "marketing", department="MARKETING", by="MONTH"), start=None, end=None)
    table = await TOLD["attendance"].table(graph, answerer, wanted)
    assert table.rows == (("2026-09", 1, 3, 1, 0, 0, 0, None), ("2026-10", 1, 0, 0, 2, 1, 0, None))
    assert load_workbook(BytesIO(as_xlsx(replace(table, title="R&D / *: " * 9)))).sheetnames[0].startswith("R&D")
    of_october = await TOLD["attendance"].table(graph, answerer, replace(wanted, start="2026-10-01T00:00:00+00:00"))
    assert of_october.rows == table.rows[1:]
    with pytest.raises(SetupError, match="sees no attendance at work of MARKETING"):
        await TOLD["attendance"].table(graph, answerer, replace(wanted, user=company.user("technology")))
    with pytest.raises(SetupError, match="name it by --department"):
        await TOLD["attendance"].table(graph, answerer, replace(wanted, department=None))


async def test_people_are_counted_by_their_records(
    graph: Graph, ask: Ask, answerer: Answerer, company: Company
) -> None:
    """Whoever is employed and of whom nothing is told is in no share, and headings say so."""
    ids = [await employ(ask, company) for _ in range(2)]
    await tell(ask, company, ids[0], month("LATE", "2026-09", 3))
    wanted = replace(asked(company, "marketing", department="MARKETING", by="MONTH"), start=None, end=None)
    table = await TOLD["attendance"].table(graph, answerer, wanted)
    assert dict(zip(table.headings, table.rows[0], strict=True))["People with a record"] == 1
    for by in ("MONTH", "DEPARTMENT"):
        _, shares = await TOLD["attendance"].draw(graph, answerer, replace(wanted, by=by))
        assert shares["data"][0]["y"] == [1]
        assert "of people with a record" in shares["layout"]["title"]["text"]


async def test_departments_are_told_beside_each_other(
    graph: Graph, ask: Ask, answerer: Answerer, company: Company
) -> None:
    """All that the viewer has, or one with those below it, each once and by its name."""
    for department, late in (("marketing", 3), ("brand", 1), ("technology", 2)):
        await tell(ask, company, await employ(ask, company, "hr", department), month("LATE", "2026-09", late))
    of_all = replace(asked(company, "hr"), start=None, end=None)

    async def rows(wanted: Asked) -> list[tuple[object, ...]]:
        return [row[:4] for row in (await TOLD["attendance"].table(graph, answerer, wanted)).rows]

    brand, marketing = ("Brand", 1, 1, 1), ("Marketing", 1, 3, 1)
    assert await rows(of_all) == [brand, marketing, ("Technology", 1, 2, 1)]
    assert await rows(replace(of_all, department="MARKETING")) == [brand, marketing]
    assert await rows(replace(of_all, user=company.user("marketing"))) == [brand, marketing]
    with pytest.raises(SetupError, match="sees no attendance at work of any department"):
        await rows(replace(of_all, user=company.user("subsidiary")))


async def test_departments_of_one_name_are_told_apart(
    graph: Graph, ask: Ask, answerer: Answerer, company: Company
) -> None:
    """In a chart they would fall on one place, one bar upon the other; a name that stands alone stays as it is."""
    for name, chinese in (("brand", "市场"), ("marketing", "市场"), ("technology", "技术")):
        input = {"department": gid("Department", company.departments[name]), "name": chinese, "nameZh": chinese}
        await ask.do("updateDepartment", company.user("hr"), **input)
        await held(company, name, Attendance.NOT_ATTENDED)
        await tell(ask, company, await employ(ask, company, "hr", name), month("LATE", "2026-09", 1))
    wanted = asked(company, "hr", by="DEPARTMENT")
    apart = ["市场 (BRAND)", "市场 (MARKETING)", "技术"]
    table = await TOLD["no-shows"].table(graph, answerer, wanted)
    assert [row[0] for row in table.rows] == [*apart, "Total"]
    for name, of in (("no-shows", wanted), ("attendance", replace(wanted, start=None, end=None))):
        (figure, *_) = await TOLD[name].draw(graph, answerer, of)
        assert figure["data"][0]["x"] == apart
    chinese = await TOLD["no-shows"].table(graph, answerer, replace(wanted, locale=Locale.ZH_CN))
    assert [row[0] for row in chinese.rows][:2] == ["市场（BRAND）", "市场（MARKETING）"]


async def test_days_to_fill_are_told_by_what_they_are_split_by(
    graph: Graph, answerer: Answerer, company: Company
) -> None:
    """Not by missed interviews, among which are those of which it is the employer's fault."""
    for locale, said in (
        (Locale.EN, ["Days to fill, with no-shows that count (median)", "Days to fill, without (median)"]),
        (Locale.ZH_CN, ["有有效爽约的岗位用时（中位数）", "无有效爽约的岗位用时（中位数）"]),
    ):
        table = await TOLD["cost"].table(graph, answerer, replace(asked(company, "marketing"), locale=locale))
        assert [row[0] for row in table.rows][-2:] == said
