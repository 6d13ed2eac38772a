"""Importing: each line is in the graph or among the rejects, once, however often the import is run."""

from __future__ import annotations

import asyncio
import csv
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import pytest

from graph import events, loading
from graph.candidates import Person
from graph.client import statements_run
from graph.interviews import Attendance, Mode, Response, Times
from graph.statements import Statement
from graph.visibility import Claim
from graph.writing import Graph
from seeds import importing
from seeds.attendance_mapping import read_plan
from seeds.importing import NotImported, run_import
from seeds.mapping import Dates, Field, Mapping, MappingError, parse_mapping, read_mapping
from seeds.summaries import FileSummary, Summary
from seeds.tables import Unreadable, decoded
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import facts_of
from tests.test_operations import KEY

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
INDIA = ROOT / "seeds" / "mappings" / "india.toml"
REAL = Path(
    os.environ.get("TURNOUT_TEST_INTERVIEWS")
    or ROOT.parent / "shared" / "data" / "interview_attendance_india_2014_2016.csv"
)
needs_the_real_file = pytest.mark.skipif(
    not REAL.exists(),
    reason="the 1,233 interviews from India are not part of the product: give their path as TURNOUT_TEST_INTERVIEWS",
)

ATTENDANCE = """
query Rates($code: String!) {
  department(code: $code) {
    name
    attendance { interviews accepted attended acceptedNotAttended attendanceRate noShows }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Kept:
    count: int


@dataclass(frozen=True, slots=True)
class Form:
    label: str
    properties: dict[str, Any]
    ways: list[str]


COUNT_NODES = Statement("tests.count_nodes", "MATCH (n) WHERE NOT n:Gate RETURN count(n) AS count", row=Kept)
"""But for the gates that writes pass: each is there once it was passed first."""
COUNT_WAYS = Statement("tests.count_ways", "MATCH (n)-[way]->() RETURN count(way) AS count", row=Kept)
TOLD: LiteralString = """
    RETURN labels(n)[0] + CASE WHEN n:Event THEN ' ' + n.type ELSE '' END AS label, properties(n) AS properties,
      [(n)-[way]->() | type(way)] AS ways
"""
WAYS: tuple[LiteralString, ...] = (
    "(n {organization: $organization})",
    "(:Department {organization: $organization})<-[:BELONGS_TO|HELD_BY]-(n)",
    "(:Candidate {organization: $organization})-[:SUBMITTED|IDENTIFIED_BY]->(n)",
    "(:Candidate {organization: $organization})<-[:ABOUT]-(n)",
)
FORMS = Statement("tests.forms", " UNION ALL ".join(["MATCH " + way + TOLD for way in WAYS]), row=Form)
"""By the ways that lead from an Organization: to ask of every node of all tests what it belongs to takes too long."""


def own(mapping: Mapping) -> Mapping:
    """The mapping into an Organization that no other test knows."""
    tag = uuid4().hex[:12]
    organization = replace(mapping.organization, name=f"Import {tag}", admin=f"hr@{tag}")
    return replace(mapping, organization=organization)


@dataclass
class Importer:
    """Imports files by one mapping into one Organization."""

    graph: Graph
    mapping: Mapping
    folder: Path

    @property
    def rejects(self) -> Path:
        return self.folder / "rejects.csv"

    @property
    def hr(self) -> str:
        return self.mapping.organization.admin

    async def __call__(
        self, file: Path, *, dry_run: bool = False, progress: Callable[[int, int], None] | None = None
    ) -> Summary:
        return await run_import(
            self.graph, file, self.mapping, dry_run=dry_run, rejects=self.rejects, now=NOW, progress=progress
        )

    def file(self, text: str, encoding: str = "utf-8", name: str = "given.csv") -> Path:
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return path

    def rejected(self, encoding: str = "utf-8", delimiter: str = ",") -> list[dict[str, str]]:
        with self.rejects.open(encoding=encoding, newline="") as file:
            return list(csv.DictReader(file, delimiter=delimiter))

    async def size(self) -> tuple[int, int]:
        """Nodes and relationships in the whole database."""
        read = self.graph.client.read
        return (await read(COUNT_NODES))[0].count, (await read(COUNT_WAYS))[0].count


@pytest.fixture
def india(graph: Graph, tmp_path: Path) -> Importer:
    return Importer(graph, own(read_mapping(INDIA)), tmp_path)


@pytest.fixture
def china(graph: Graph, tmp_path: Path) -> Importer:
    return Importer(graph, own(read_mapping(DATA / "chinese.toml")), tmp_path)


INTERVIEWS, CHINESE = DATA / "interviews.csv", DATA / "chinese.csv"
LOADED, REPEATED, REJECTED = 13, 1, 7


async def faults(of: Importer) -> list[str]:
    """What is wrong with the chains of the Organization that the importer fills."""
    return (await events.verify(of.graph.client, await organization_of(of.graph, of)))[2]


def rates(interviews: int, accepted: int, attended: int, missed: int) -> dict[str, Any]:
    """What a department answers; the attendance rate is of those who accepted."""
    return {
        "interviews": interviews,
        "accepted": accepted,
        "attended": attended,
        "acceptedNotAttended": missed,
        "attendanceRate": (accepted - missed) / accepted if accepted else None,
        "noShows": 0,
    }


async def test_every_line_is_loaded_or_rejected(india: Importer) -> None:
    summary = await india(INTERVIEWS)
    assert (summary.loaded, summary.repeated, summary.rejected.total(), summary.empty) == (
        LOADED,
        REPEATED,
        REJECTED,
        1,
    )
    assert summary.read == LOADED + REPEATED + REJECTED
    assert (summary.new_candidates, summary.new_positions) == (LOADED, 8)
    assert summary.new_departments == {"HOSPIRA", "STANDARD_CHARTERED_BANK", "AON_HEWITT", "PFIZER"}
    assert (summary.not_attended, summary.accepted, summary.accepted_not_attended) == (7, 7, 4)
    assert summary.untimed == LOADED - 2
    assert await faults(india) == []


async def test_each_client_has_its_rates(ask: Ask, india: Importer) -> None:
    await india(INTERVIEWS)
    expected = {
        "HOSPIRA": ("Hospira", rates(2, 2, 1, 1)),
        "STANDARD_CHARTERED_BANK": ("Standard Chartered Bank", rates(3, 1, 2, 1)),
        "AON_HEWITT": ("Aon Hewitt", rates(2, 0, 0, 0)),
        "PFIZER": ("Pfizer", rates(6, 4, 3, 2)),
    }
    for code, (name, numbers) in expected.items():
        answer = await ask(ATTENDANCE, india.hr, code=code)
        assert answer == {"department": {"name": name, "attendance": numbers}}


async def test_a_reject_says_its_true_reason(india: Importer) -> None:
    await india(INTERVIEWS)
    assert {row["turnout_line"]: row["turnout_reason"] for row in india.rejected()} == {
        "16": '"Date of Interview": "31.02.2016" is a date in none of the forms that the mapping names.',
        "17": '"Observed Attendance": "maybe" is a value that the mapping does not know.',
        "18": '"Interview Type": "By post" is a value that the mapping does not know.',
        "19": '"Name(Cand ID)" is blank.',
        "20": "The line has 7 columns, the header 14.",
        "22": "This interview stands on line 2 already, and otherwise.",
        "23": "NOT_ATTENDED cannot be known before the interview is over.",
    }


async def test_corrected_rejects_are_imported(india: Importer) -> None:
    await india(INTERVIEWS)
    corrected = india.rejects.read_text("utf-8").replace("31.02.2016", "29.02.2016").replace("maybe", "yes")
    summary = await india(india.file(corrected))
    assert (summary.loaded, summary.rejected.total()) == (2, REJECTED - 2)
    assert {row["turnout_line"] for row in india.rejected()} == {"4", "5", "6", "7", "8"}
    assert list(india.rejected()[0]).count("turnout_reason") == 1


async def test_a_column_of_the_file_is_kept_whatever_its_name(india: Importer) -> None:
    """A department may be a production line: the file of rejects has that column still, and reads as its source did."""
    india.mapping = replace(india.mapping, department=replace(india.mapping.department, columns=("Line",)))
    text = INTERVIEWS.read_text("utf-8").replace("Client name,Location", "Line,Reason", 1)
    await india(india.file(text))
    header = text.partition("\n")[0].split(",")
    assert india.rejects.read_text("utf-8").splitlines()[0].split(",") == [*header, "turnout_line", "turnout_reason"]
    corrected = india.rejects.read_text("utf-8").replace("31.02.2016", "29.02.2016")
    summary = await india(india.file(corrected))
    assert (summary.loaded, summary.new_departments) == (1, set())


async def test_the_summary_says_what_was_left_out(india: Importer) -> None:
    summary = await india(INTERVIEWS)
    text = "\n".join(summary.lines())
    assert summary.dropped == ["Gender", "Candidate Native location", "Marital Status"]
    assert "Dropped: Gender, Candidate Native location, Marital Status." in text
    assert "Not used, as the mapping does not name them: Location; 2 without a name." in text
    assert "No finding was made: an import records facts, and nobody was heard." in text
    assert "11 lines with a date and no time: 09:00 in Asia/Kolkata was taken." in text
    assert (
        "The 3 dates 2017-04-12 to 2019-04-12 on lines 12 to 14 are each a year after the line before and look "
        "filled down by a spreadsheet; they are taken as typed."
    ) in text


async def test_a_second_run_changes_nothing(india: Importer) -> None:
    first = await india(INTERVIEWS)
    before, rejects = await india.size(), india.rejects.read_bytes()
    again = await india(INTERVIEWS)
    assert (again.loaded, again.present) == (0, first.loaded)
    assert (again.accepted_not_attended, again.rejected) == (first.accepted_not_attended, first.rejected)
    assert (await india.size(), india.rejects.read_bytes()) == (before, rejects)


class Killed(BaseException):
    """The end of a run in its middle."""


async def test_a_killed_run_is_finished_by_the_next(india: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 4)

    def kill(done: int, total: int) -> None:
        if total - done == LOADED - 8:
            raise Killed

    with pytest.raises(Killed):
        await india(INTERVIEWS, progress=kill)
    assert not india.rejects.exists()
    rest = await india(INTERVIEWS)
    assert (rest.present, rest.loaded, rest.rejected.total()) == (8, LOADED - 8, REJECTED)
    assert await faults(india) == []


async def test_a_batch_cut_off_leaves_nothing_of_itself(india: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 4)
    running: list[asyncio.Task[Summary]] = []

    def cut(done: int, total: int) -> None:
        if total - done == LOADED - 4:
            asyncio.get_running_loop().call_later(0.004, running[0].cancel)

    running.append(asyncio.ensure_future(india(INTERVIEWS, progress=cut)))
    with pytest.raises(asyncio.CancelledError):
        await running[0]
    rest = await india(INTERVIEWS)
    assert rest.present % 4 == 0
    assert rest.present + rest.loaded == LOADED


async def test_two_runs_at_once_load_each_line_once(india: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 4)
    other = Importer(india.graph, india.mapping, india.folder / "other")
    other.folder.mkdir()
    both = await asyncio.gather(india(INTERVIEWS), other(INTERVIEWS))
    assert sum(summary.loaded for summary in both) == LOADED
    assert {summary.loaded + summary.present for summary in both} == {LOADED}
    assert await faults(india) == []


async def test_a_dry_run_writes_nothing(india: Importer) -> None:
    before = await india.size()
    summary = await india(INTERVIEWS, dry_run=True)
    assert await india.size() == before
    assert (summary.loaded, len(summary.new_departments), summary.new_positions) == (LOADED, 4, 8)
    assert len(india.rejected()) == REJECTED
    await india(INTERVIEWS)
    after = await india.size()
    assert (await india(INTERVIEWS, dry_run=True)).present == LOADED
    assert await india.size() == after


async def test_an_import_has_the_form_of_single_writes(graph: Graph, china: Importer, company: Company) -> None:
    """Who reads the graph cannot tell an imported record from any other, but for who is said to have acted, and when: a
    file says neither, and what it tells of the past is nobody's task.
    """
    hr = company.at(days=9)
    person = replace(company.person(), phone="13900000004")
    await hr.missed(await hr.application(company.positions["subsidiary"], person))
    await china(CHINESE)
    single = await forms(graph, hr.viewer.organization)
    batch = await forms(graph, await organization_of(graph, china))
    assert {"Interview", "Identifier", "Event ATTENDANCE_RECORDED", "Event POSITION_OPENED"} < batch.keys()
    single["Interview"] -= {("answeredAt", "DateTime"), ("attendanceBy", "str")}
    assert {label: single.get(label) for label in batch} == batch


OPTIONAL = {"_lock", "nameZh", "joinUrl"}


async def forms(graph: Graph, organization: str) -> dict[str, set[tuple[str, str]]]:
    """For each label the names and types of its properties, and the relationships that go out."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in await graph.client.read(FORMS, organization=organization):
        of_label = found.setdefault(row.label, set())
        of_label |= {(key, type(value).__name__) for key, value in row.properties.items() if key not in OPTIONAL}
        of_label |= {(way, "") for way in row.ways if way not in ("WORKS_IN", "SUCCEEDED_BY")}
    return {label: {it for it in form if it[1] != "NoneType"} for label, form in found.items()}


async def organization_of(graph: Graph, importer: Importer) -> str:
    mapping = importer.mapping.organization
    identify = importing.settling.FIND_IMPORTER
    return (await graph.client.read(identify, name=mapping.name, admin=mapping.admin))[0].organization


PEOPLE = """
query People($code: String!) {
  department(code: $code) {
    nameZh
    applications {
      edges {
        node {
          candidate { displayName email phone locale }
          interviews(orderBy: STARTS_AT) { edges { node { startsAt endsAt mode response attendance outcome } } }
        }
      }
    }
  }
}
"""


async def test_a_gb18030_list_becomes_people(ask: Ask, china: Importer) -> None:
    summary = await china(china.file(CHINESE.read_text("utf-8"), "gb18030"))
    assert summary.table.encoding == "gb18030"
    assert (summary.loaded, summary.new_candidates, summary.new_positions) == (3, 2, 2)
    answer = await ask(PEOPLE, china.hr, code="MARKETING")
    (application,) = [edge["node"] for edge in answer["department"]["applications"]["edges"]]
    assert application["candidate"] == {
        "displayName": "王芳",
        "email": "Wang.Fang@example.com",
        "phone": "139 0000 0001",
        "locale": "ZH_CN",
    }
    assert [edge["node"] for edge in application["interviews"]["edges"]] == [
        {
            "startsAt": "2026-08-03T06:30:00Z",
            "endsAt": "2026-08-03T07:00:00Z",
            "mode": "AI_LIVE",
            "response": "ACCEPTED",
            "attendance": "NOT_ATTENDED",
            "outcome": None,
        },
        {
            "startsAt": "2026-08-10T01:00:00Z",
            "endsAt": "2026-08-10T01:30:00Z",
            "mode": "AI_LIVE",
            "response": "ACCEPTED",
            "attendance": "ATTENDED",
            "outcome": None,
        },
    ]


async def test_rejects_keep_the_form_of_their_source(china: Importer) -> None:
    text = CHINESE.read_text("utf-8").replace("\n", "\r\n")
    await china(china.file(text, "gb18030"))
    written = china.rejects.read_bytes().decode("gb18030")
    header, *lines = text.split("\r\n")
    assert written == (
        f'{header};turnout_line;turnout_reason\r\n{lines[3]};5;"""邮箱"": ""zhaomin"" cannot be a mail address."\r\n'
    )


async def test_a_cp1252_list_keeps_its_accents(ask: Ask, india: Importer) -> None:
    text = INTERVIEWS.read_text("utf-8").replace("Hospira", "Café Müller")
    summary = await india(india.file(text, "cp1252"))
    assert (summary.table.encoding, summary.loaded) == ("cp1252", LOADED)
    answer = await ask(ATTENDANCE, india.hr, code="CAFE_MULLER")
    assert answer["department"]["name"] == "Café Müller"


async def test_a_known_person_is_recognised(ask: Ask, china: Importer) -> None:
    """A line about somebody who has applied already stands upon that application."""
    await china(CHINESE)
    header, line = CHINESE.read_text("utf-8").split("\n")[:2]
    summary = await china(china.file(f"{header}\n{line.replace('8月3日', '9月3日')}\n"))
    assert (summary.loaded, summary.new_candidates, summary.new_positions) == (1, 0, 0)
    edges = (await ask(PEOPLE, china.hr, code="MARKETING"))["department"]["applications"]["edges"]
    assert [len(edge["node"]["interviews"]["edges"]) for edge in edges] == [3]
    assert await faults(china) == []


async def test_what_was_not_known_is_added_later(ask: Ask, china: Importer) -> None:
    await china(CHINESE)
    later = china.file(CHINESE.read_text("utf-8").replace("已婚;接受;", "已婚;接受;已到"))
    summary = await china(later)
    assert (summary.loaded, summary.completed, summary.present) == (0, 1, 2)
    edges = (await ask(PEOPLE, china.hr, code="TECHNOLOGY"))["department"]["applications"]["edges"]
    assert edges[0]["node"]["interviews"]["edges"][0]["node"]["attendance"] == "ATTENDED"
    assert (await china(later)).present == 3
    assert await faults(china) == []


async def test_what_is_recorded_is_never_changed(china: Importer) -> None:
    await china(CHINESE)
    before = await china.size()
    summary = await china(china.file(CHINESE.read_text("utf-8").replace("未到", "已到")))
    assert (summary.present, summary.rejected.total()) == (2, 2)
    assert china.rejected(delimiter=";")[0]["turnout_reason"] == (
        "The graph holds this interview as ACCEPTED and NOT_ATTENDED, and an import changes nothing that is recorded."
    )
    assert await china.size() == before


async def test_a_closed_position_takes_no_new_lines(ask: Ask, china: Importer) -> None:
    await china(CHINESE)
    query = 'query P { department(code: "MARKETING") { positions { edges { node { id } } } } }'
    position = (await ask(query, china.hr))["department"]["positions"]["edges"][0]["node"]["id"]
    await ask.do("closePosition", china.hr, position=position)
    for dry_run in (True, False):
        summary = await china(china.file(CHINESE.read_text("utf-8").replace("8月10日", "9月10日")), dry_run=dry_run)
        assert (summary.loaded, summary.present) == (0, 2)
        reasons = [row["turnout_reason"] for row in china.rejected(delimiter=";")]
        assert reasons[0] == "The position, or its department, is closed in the graph."


async def test_an_organization_of_others_is_refused(india: Importer, company: Company) -> None:
    name = f"Company {company.tag}"
    india.mapping = replace(india.mapping, organization=replace(india.mapping.organization, name=name))
    before = await india.size()
    with pytest.raises(NotImported, match=f"is not an HR_ADMIN of {name}"):
        await india(INTERVIEWS)
    assert await india.size() == before


async def test_a_file_without_its_columns_is_refused(india: Importer) -> None:
    before = await india.size()
    with pytest.raises(NotImported, match='no column "Client name", which the mapping names for'):
        await india(india.file("Date of Interview,Observed Attendance\n13.02.2015,Yes\n"))
    with pytest.raises(NotImported, match="does not begin with a line that names its columns"):
        await india(india.file(""))
    assert await india.size() == before


async def test_a_quote_left_open_costs_one_record(india: Importer) -> None:
    text = INTERVIEWS.read_text("utf-8").replace(
        "9.04.2015,Hospira,Chennai,Routine", '9.04.2015,Hospira,"Chennai,Routine', 1
    )
    summary = await india(india.file(text))
    first = india.rejected()[0]
    assert first["turnout_line"] == "3"
    assert "so a quote may be missing" in first["turnout_reason"]
    assert summary.loaded + summary.rejected.total() == summary.read - summary.repeated


async def test_rejects_may_not_overwrite_the_file(india: Importer) -> None:
    with pytest.raises(NotImported, match="overwrite"):
        await india(india.file("x", name="rejects.csv"))


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("名称,城市\n王芳,北京".encode(), "utf-8"),
        ("\ufeff名称".encode(), "utf-8-sig"),
        ("名称,城市\n王芳,北京".encode("gb18030"), "gb18030"),
        ("Martín Gómez, José Núñez".encode("cp1252"), "cp1252"),
        ("25 – Apr-16".encode("cp1252"), "cp1252"),
        (b"plain", "utf-8"),
    ],
)
def test_an_encoding_is_found(raw: bytes, encoding: str) -> None:
    assert decoded(raw, None) == (raw.decode(encoding), encoding)


def test_an_encoding_that_is_named_is_believed() -> None:
    raw = "ín".encode("cp1252")
    assert decoded(raw, "gb18030") == (raw.decode("gb18030"), "gb18030")
    with pytest.raises(Unreadable, match="not written in utf-8"):
        decoded(raw, "utf-8")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("9.04.2015", "2015-04-09T09:00:00"),
        ("04/12/16", "2016-12-04T09:00:00"),
        ("25 – Apr-16", "2016-04-25T09:00:00"),
        ("22 -Apr -16", "2016-04-22T09:00:00"),
        ("28.8.2016 & 02.00 PM", "2016-08-28T14:00:00"),
        ("30.1.16 ", "2016-01-30T09:00:00"),
        ("２５．５．２０１６", "2016-05-25T09:00:00"),
        ("31.02.2016", None),
        ("soon", None),
    ],
)
def test_a_date_is_read_day_first(text: str, read: str | None) -> None:
    dates: Dates = read_mapping(INDIA).dates
    found = dates.read(text)
    assert (found and found[0].isoformat()) == read


def test_rules_of_a_field_apply_in_order() -> None:
    field = parse_mapping(INDIA.read_text("utf-8")).job_family
    assert isinstance(field, Field)
    for cells, family in (
        (("Java-SAS", "Niche"), "JAVA"),
        (("Routine", "Dot Net"), "SOFTWARE"),
        (("11.30 AM", "Routine"), "OTHER"),
        (("Gardening", "Niche"), "OTHER"),
    ):
        assert field.read(cells) == family


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('system = "india-interviews"', "", "system is missing."),
        ("drop = [", "dropp = [", "dropp is not a key of a mapping"),
        ("minutes = 60", 'minutes = "an hour"', "interview.minutes must be a whole number from 1 to 1440."),
        ('"no" = "NOT_ATTENDED"', '"no" = "ABSENT"', 'interview.attendance: "ABSENT" is none of ATTENDED'),
        ("Asia/Kolkata", "Asia/Nowhere", 'organization.time_zone: "Asia/Nowhere" is not a zone'),
        ('"%d.%m.%Y", ', '"%d.%m", ', 'dates.forms: "%d.%m" '),
        ('locale = "EN"', 'locale = "FR"', 'candidate.locale: "FR" is none of ZH_CN, EN.'),
        ('external_id = "Name(Cand ID)"', "", "candidate needs external_id, email or phone"),
        ('starts_at = "Date of Interview"', "starts_at = {}", "interview.starts_at needs one of column"),
        ('starts_at = "Date of Interview"', "", "interview.starts_at is missing."),
        ('column = "Client name"', 'column = "Gender"', 'department.name uses the column "Gender", which drop names.'),
        ("sccm", "(sccm", 'position.job_family.patterns: "(sccm" is not a regular expression'),
        ("[organization]", "[organization", "This is not TOML"),
    ],
)
def test_a_mapping_names_the_key_at_fault(old: str, new: str, sentence: str) -> None:
    text = INDIA.read_text("utf-8")
    assert old in text
    with pytest.raises(MappingError) as error:
        parse_mapping(text.replace(old, new, 1))
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize("path", sorted((ROOT / "seeds" / "mappings").glob("*.toml")), ids=lambda path: path.name)
def test_a_committed_mapping_can_be_read(path: Path) -> None:
    assert read_plan(path).organization.name


@needs_the_real_file
async def test_the_real_interviews_are_counted(ask: Ask, india: Importer) -> None:
    summary = await india(REAL)
    assert (summary.read, summary.loaded, summary.rejected.total()) == (1_233, 1_233, 0)
    assert (summary.not_attended, summary.accepted_not_attended, summary.accepted) == (450, 231, 883)
    assert (len(summary.new_departments), summary.untimed) == (12, 1_213)
    assert [warning.split(" on ")[0] for warning in summary.warnings] == ["The 7 dates 2017-04-12 to 2023-04-12"]
    assert summary.dropped == ["Gender", "Candidate Native location", "Marital Status"]
    assert not india.rejects.exists()
    for code, numbers in real_rates().items():
        answer = await ask(ATTENDANCE, india.hr, code=code)
        assert (code, answer["department"]["attendance"]) == (code, numbers)
    before = await india.size()
    assert (await india(REAL)).present == 1_233
    assert await india.size() == before
    assert await faults(india) == []


def real_rates() -> dict[str, dict[str, Any]]:
    """The rates of each client, counted from the file with a CSV reader alone."""
    clients = {
        "standard chartered bank chennai": "STANDARD_CHARTERED_BANK",
        "hewitt": "AON_HEWITT",
        "aon hewitt gurgaon": "AON_HEWITT",
    }
    counted: dict[str, list[int]] = {}
    with REAL.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            client = row["Client name"].strip().lower()
            numbers = counted.setdefault(clients.get(client, client.replace(" ", "_").upper()), [0, 0, 0, 0])
            accepted = row["Expected Attendance"].strip().lower() == "yes"
            attended = row["Observed Attendance"].strip().lower() == "yes"
            for place, counts in enumerate((True, accepted, attended, accepted and not attended)):
                numbers[place] += counts
    return {code: rates(*numbers) for code, numbers in counted.items()}


def invited(
    person: Person, position: str, applied_at: datetime, starts: datetime, attendance: Attendance
) -> loading.Fact:
    """A line of a file that says who was invited, for half an hour from when, and accepted."""
    return loading.Fact(
        id=str(uuid4()),
        candidate=str(uuid4()),
        application=str(uuid4()),
        position=position,
        person=person,
        applied_at=applied_at,
        source=None,
        mode=Mode.VIDEO,
        times=Times(starts, starts + timedelta(minutes=30), "Asia/Shanghai"),
        grace_minutes=15,
        response=Response.ACCEPTED,
        attendance=attendance,
    )


async def test_an_import_and_a_form_find_one_person(graph: Graph, ask: Ask, company: Company) -> None:
    """Whoever comes second waits for the first's claim on the stranger's address, and meets who was made of it."""
    hr, people = company.at(days=9), [company.person(f"周{number}") for number in range(6)]
    importer = loading.Importer(hr.viewer.organization, "Asia/Shanghai", "CN", hr.viewer.id)
    position, starts = company.positions["technology"], hr.at + timedelta(days=1)

    def fact(person: Person) -> loading.Fact:
        return invited(person, position, hr.at, starts, Attendance.ATTENDED)

    # Two imports of the same strangers, in opposite orders, and a form for each of them, to another department.
    loads = [loading.load(graph, importer, [*map(fact, order)], now=NOW) for order in (people, people[::-1])]
    forms = [hr.application(company.positions["brand"], person) for person in people]
    with statements_run() as names:
        await asyncio.gather(*loads, *forms)
    assert names.count("loading.claim") >= 2
    query = '{ candidates(search: "周", first: 50) { nodes { displayName applications { totalCount } } } }'
    found = (await ask(query, company.user("hr")))["candidates"]["nodes"]
    assert sorted(row["displayName"] for row in found) == sorted(person.display_name for person in people)
    assert {row["applications"]["totalCount"] for row in found} == {2}


async def test_an_attended_interview_of_a_file_shortens_a_mark(graph: Graph, ask: Ask, company: Company) -> None:
    """As one that is recorded, also where a later file completes the line; an earlier interview does not."""
    hr, person, position = company.at(days=64), company.person(), company.positions["marketing"]
    finding = gid("Finding", await hr.no_show(await company.application("marketing", person)))
    importer = loading.Importer(hr.viewer.organization, "Asia/Shanghai", "CN", hr.viewer.id)
    query = "query Fades($id: ID!) { node(id: $id) { ... on Finding { expiresAt repairs { days } } } }"
    before = (await ask(query, company.user("hr"), id=finding))["node"]["expiresAt"]

    def fact(days: int, attendance: Attendance) -> loading.Fact:
        return invited(person, position, NOW - timedelta(days=80), NOW - timedelta(days=days), attendance)

    open_, came = fact(20, Attendance.PENDING), Attendance.ATTENDED
    for number, facts in enumerate(([fact(70, came), open_], [fact(30, came)], [replace(open_, attendance=came)])):
        await loading.load(graph, importer, facts, now=NOW)
        found = (await ask(query, company.user("hr"), id=finding))["node"]
        assert [each["days"] for each in found["repairs"]] == [30] * number
        sooner = datetime.fromisoformat(before) - datetime.fromisoformat(found["expiresAt"])
        assert sooner == timedelta(days=30 * number)
    assert await company.faults() == []


async def test_what_was_answered_here_is_called_off_here(graph: Graph, ask: Ask, company: Company) -> None:
    """Whoever accepted by their link hears of it, and their request lapses; nobody hears whose answer a file told."""
    hr, person = company.at(days=0), company.person()
    await ask.do("setWebhook", company.user("integrator"), url="https://hooks.example.com/t", secret=KEY)
    importer = loading.Importer(hr.viewer.organization, "Asia/Shanghai", "CN", hr.viewer.id)
    given = company.positions["marketing"], NOW - timedelta(days=1), NOW + timedelta(hours=5), Attendance.PENDING
    facts = [replace(invited(person, *given), response=Response.NEEDS_ACTION), invited(company.person(), *given)]
    await loading.load(graph, importer, facts, now=NOW)
    interview = gid("Interview", facts[0].id)
    query = """query Of($id: ID!) { interview(id: $id) {
      attendance application { id } candidate { id } rescheduleRequests { state } } }"""
    found = (await ask(query, company.user("hr"), id=interview))["interview"]
    claim = Claim(uid(found["candidate"]["id"]), uid(found["application"]["id"]))
    await ask.do("recordResponse", claim, interview=interview, response="ACCEPTED")
    asked = await ask.do("requestReschedule", claim, "state", interview=interview, reason="A train is late.")
    assert asked["state"] == "REQUESTED"
    off = [replace(fact, attendance=Attendance.CANCELLED_BY_EMPLOYER) for fact in facts]
    for _ in range(2):
        await loading.load(graph, importer, off, now=NOW)
    found = (await ask(query, company.user("hr"), id=interview))["interview"]
    assert (found["attendance"], found["rescheduleRequests"]) == ("CANCELLED_BY_EMPLOYER", [{"state": "LAPSED"}])
    told = await facts_of(graph, company, "INVITATION_CANCELLED")
    assert [(each["to"], each["over"]) for each in told] == [(claim.candidate, False)]
    called = "MATCH (d:Delivery {type: 'attendance.recorded', subject: $id}) RETURN count(d) AS count"
    assert await graph.client.answer("tests.called", called, {"id": facts[0].id}) == [{"count": 1}]
    assert await company.faults() == []


def test_what_a_summary_does_not_list_is_counted() -> None:
    """Beyond ten reasons it says how many lines the rest are, and where each of them can be read."""
    absent: Any = None
    summary: FileSummary[Any] = FileSummary("a.csv", absent, absent, "UTC", rejects=Path("a.rejects.csv"))
    summary.rejected = Counter({f"Reason {number}": 20 - number for number in range(13)})
    told = [" ".join(line.split()) for line in summary._rejected("rejected")]
    assert told[0] == "182 rejected, see a.rejects.csv"
    assert told[10:12] == ["11 Reason 9", "27 for 3 other reasons, each of them beside its line in a.rejects.csv"]
