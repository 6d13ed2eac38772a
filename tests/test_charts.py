"""Charts of attendance at work: what the page shows is what the viewer sees, and it needs no network."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from api import charting
from graph.writing import Graph
from tests.conftest import NOW, Ask, Company, gid
from tests.test_employments import employ
from tests.test_work_attendance import month, tell

ROWS = [
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


async def test_a_chart_shows_what_its_viewer_sees(ask: Ask, company: Company, graph: Graph) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, month("LATE", "2026-09", 3), month("LATE", "2026-10", 1))
    marketing = company.user("marketing")
    name, rows = await charting.rollup(graph, "MARKETING", marketing, None, None, now=NOW)
    assert (name, [(row["key"], row["lateCount"]) for row in rows]) == ("Marketing", [("2026-09", 3), ("2026-10", 1)])
    id = gid("Department", company.departments["marketing"])
    assert await charting.rollup(graph, id, marketing, None, None, now=NOW) == (name, rows)
    with pytest.raises(charting.NothingToDraw, match="sees no attendance at work of MARKETING"):
        await charting.rollup(graph, "MARKETING", company.user("technology"), None, None, now=NOW)


def test_a_page_needs_no_network() -> None:
    figures = [charting.counts("<b>R&D</b>", ROWS), charting.shares("R&D", ROWS)]
    text = charting.page("<b>R&D</b>", figures)
    assert not re.search(r'<(script|link|img)[^>]+(src|href)="', text)
    assert "<title>&lt;b&gt;R&amp;D&lt;/b&gt;</title>" in text
    assert text.count("Plotly.newPlot(") >= 2
    assert figures[0].layout.title.text.startswith("&lt;b&gt;")


def test_a_rate_that_nobody_told_is_not_drawn() -> None:
    drawn = json.loads(charting.shares("R&D", ROWS).to_json())["data"]
    assert {trace["name"]: trace["y"] for trace in drawn} == {"Late at all": [0.5], "Absent at all": [0.25]}


def test_without_a_browser_the_page_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    said = charting.pictures([charting.counts("R&D", ROWS)], tmp_path / "page.html")
    assert said == "No Chromium on PATH: the charts are in the page alone, not as PNG."
    assert list(tmp_path.iterdir()) == []
