"""Goals: told once, their results in their place, corrected by other records, and each one observation of a score."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import score_records
from graph.goals import MOST_NUMBER, Goal, goal_refusal, reckoned
from graph.statements import Count, Statement
from graph.writing import Graph
from seeds.attendance_mapping import parse_attendance_mapping
from seeds.mapping import MappingError
from tests.conftest import NOW, Ask, Company, uid
from tests.test_employments import employ
from tests.test_importing_attendance import DATA, MAPPINGS, as_workbook, importer
from tests.test_scores import PROFILE, SCORE, Scored, enabled

GOALS = """
query G($id: ID!, $from: Date, $to: Date, $where: TaskResultWhere) {
  employment(id: $id) { taskResults(from: $from, to: $to, where: $where, orderBy: DUE_ON) { totalCount nodes {
    id goal startsOn dueOn target result share withdrawn source superseded reason corrects { id } correctedBy { id }
  } } events { nodes { type } } }
}
"""
TODAY = NOW.date()
COUNT_RESULTS = Statement("tests.count_results", "MATCH (r:TaskResult) RETURN count(r) AS count", row=Count)


def goal(text: str = "Sell", due: str = "2026-09-30", **told: Any) -> dict[str, Any]:
    return {"goal": text, "startsOn": "2026-07-01", "dueOn": due, **told}


async def tell(ask: Ask, company: Company, id: str, *goals: dict[str, Any], viewer: str = "hr") -> Any:
    told = {"employment": id, "source": "okr", "goals": list(goals)}
    return await ask.do("recordTaskCompletion", company.user(viewer), **told)


async def correct(ask: Ask, company: Company, record: str, viewer: str = "hr", **change: Any) -> Any:
    return await ask.do("correctTaskCompletion", company.user(viewer), record=record, reason="Counted anew.", **change)


async def results(
    ask: Ask, company: Company, id: str, standing: bool | None = None, **period: str
) -> list[dict[str, Any]]:
    where = {} if standing is None else {"standing": standing}
    found = (await ask(GOALS, company.user("hr"), id=id, where=where, **period))["employment"]["taskResults"]
    assert found["totalCount"] == len(found["nodes"])
    return found["nodes"]


async def events_of(ask: Ask, company: Company, id: str) -> list[str]:
    return [each["type"] for each in (await ask(GOALS, company.user("hr"), id=id))["employment"]["events"]["nodes"]]


async def test_each_goal_tells_how_much_was_reached(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    told = [
        goal("A number", target=20, result=18),
        goal("More than all", target=20, result=26),
        goal("Done", completed=True),
        goal("Not done", completed=False),
        goal("A share", share=0.85, target=100, result=3),
        goal("Still open", "2026-12-31", target=20),
    ]
    assert (await tell(ask, company, id, *told, viewer="integrator"))["id"] == id
    found = {each["goal"]: each["share"] for each in await results(ask, company, id)}
    shares = {"A number": 0.9, "More than all": 1.0, "Done": 1.0, "Not done": 0.0, "A share": 0.85, "Still open": None}
    assert found == shares
    (due,) = await results(ask, company, id, **{"from": "2026-10-01"})
    assert (due["goal"], due["target"], due["source"], due["superseded"]) == ("Still open", 20.0, "okr", False)
    assert len(await results(ask, company, id, to="2026-10-01")) == 5


async def test_what_is_told_twice_counts_once(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    sold, keyed = goal(target=20, result=18), goal("Write", completed=True, externalKey="G2")
    for _ in range(2):
        await tell(ask, company, id, sold, sold, keyed)
    assert len(await results(ask, company, id)) == 2
    assert (await events_of(ask, company, id)).count("TASK_COMPLETION_RECORDED") == 1
    for otherwise in (goal(target=20, result=19), goal("Write", completed=False, externalKey="G2")):
        assert (await tell(ask, company, id, otherwise))["code"] == "RECORDED_OTHERWISE"


async def test_a_result_takes_the_place_of_its_goal(ask: Ask, company: Company) -> None:
    """With a key of the source or without, in one call or in two; told again, the goal alone changes nothing."""
    id = await employ(ask, company)
    await tell(ask, company, id, goal("One", target=4, externalKey="G1"), goal("Two", target=4))
    done = [goal("One", target=4, result=3, externalKey="G1"), goal("Two", target=4, result=3)]
    await tell(ask, company, id, *done, goal("Three"), goal("Three", completed=True))
    await tell(ask, company, id, *done, goal("One", target=4, externalKey="G1"), goal("Two", target=4), goal("Three"))
    standing = {each["goal"]: each for each in await results(ask, company, id, standing=True)}
    assert {name: each["share"] for name, each in standing.items()} == {"One": 0.75, "Two": 0.75, "Three": 1.0}
    assert all(each["corrects"] for each in standing.values())
    gone = await results(ask, company, id, standing=False)
    assert [each["correctedBy"]["id"] for each in gone] == [standing[each["goal"]]["id"] for each in gone]


async def test_a_correction_is_another_record(ask: Ask, company: Company) -> None:
    """What was told before stays told: sent again, it neither returns nor contradicts."""
    id = await employ(ask, company)
    sold = goal(target=20, result=18)
    await tell(ask, company, id, sold)
    (first,) = await results(ask, company, id)
    fixed = await ask.do(
        "correctTaskCompletion",
        company.user("marketing"),
        "id share target result reason corrects { id }",
        record=first["id"],
        reason="Counted anew.",
        result=20,
    )
    assert (fixed["share"], fixed["target"], fixed["reason"]) == (1.0, 20.0, "Counted anew.")
    assert fixed["corrects"] == {"id": first["id"]}
    await tell(ask, company, id, sold)
    (standing,) = await results(ask, company, id, standing=True)
    assert standing["id"] == fixed["id"]
    assert (await correct(ask, company, first["id"], share=0.5))["code"] == "SUPERSEDED"
    gone = await correct(ask, company, fixed["id"], withdrawn=True)
    (standing,) = await results(ask, company, id, standing=True)
    assert (standing["id"], standing["share"], standing["withdrawn"]) == (gone["id"], None, True)
    assert (await correct(ask, company, gone["id"], completed=True))["__typename"] == "TaskResult"
    assert (await events_of(ask, company, id)).count("TASK_COMPLETION_CORRECTED") == 3


async def test_a_correction_keeps_what_it_does_not_name(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    await tell(ask, company, id, goal("Number", target=20, result=10), goal("Share", share=0.3, target=10, result=9))
    found = {each["goal"]: each["id"] for each in await results(ask, company, id)}
    await correct(ask, company, found["Number"], target=40)
    await correct(ask, company, found["Share"], goal="Another name", dueOn="2026-10-31")
    standing = {each["goal"]: each for each in await results(ask, company, id, standing=True)}
    assert (standing["Number"]["share"], standing["Number"]["result"]) == (0.25, 10.0)
    other = standing["Another name"]
    assert (other["share"], other["result"], other["dueOn"]) == (0.3, 9.0, "2026-10-31")
    assert (await correct(ask, company, other["id"], goal="Number", dueOn="2026-09-30"))["code"] == "RECORDED_OTHERWISE"


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        (goal(""), "INVALID_VALUE", "goal"),
        (goal("g" * 501), "INVALID_VALUE", "goal"),
        (goal(due="2026-06-30"), "INVALID_VALUE", "dueOn"),
        (goal(due="2032-06-30"), "INVALID_VALUE", "dueOn"),
        (goal(target=0), "INVALID_VALUE", "target"),
        (goal(result=3), "INVALID_VALUE", "result"),
        (goal(target=3, result=-1), "INVALID_VALUE", "result"),
        (goal(share=1.01), "INVALID_VALUE", "share"),
        (goal(share=0.5, completed=True), "INVALID_VALUE", "completed"),
        (goal(externalKey="k" * 201), "INVALID_VALUE", "externalKey"),
        ({**goal(due="2027-03-31", completed=True), "startsOn": "2027-01-01"}, "INVALID_VALUE", "startsOn"),
        ({**goal(due="2025-12-31", completed=True), "startsOn": "2025-10-01"}, "NOT_EMPLOYED", "dueOn"),
    ],
)
async def test_a_goal_that_is_none_is_refused(
    ask: Ask, company: Company, told: dict[str, Any], code: str, field: str
) -> None:
    """Of several goals none is written where one cannot be."""
    id = await employ(ask, company)
    answer = await tell(ask, company, id, goal("Beside it", completed=True), told)
    assert (answer["code"], answer["field"]) == (code, field)
    assert await results(ask, company, id) == []


async def test_who_may_tell_of_goals(ask: Ask, company: Company) -> None:
    id = await employ(ask, company)
    for viewer, code in (("technology", "NOT_FOUND"), ("auditor", "NOT_ALLOWED"), ("brand", "NOT_FOUND")):
        assert (await tell(ask, company, id, goal(completed=True), viewer=viewer))["code"] == code
    await tell(ask, company, id, goal(completed=True), viewer="marketing")
    (found,) = await results(ask, company, id)
    assert (await correct(ask, company, found["id"], "technology", share=0.5))["code"] == "NOT_FOUND"
    (same,) = await results(ask, company, id)
    assert same == found


SHARES = st.floats(0, 1, allow_nan=False)


@given(SHARES | st.none(), st.floats(0, MOST_NUMBER), st.floats(0.001, MOST_NUMBER), st.booleans() | st.none())
def test_a_share_is_one(share: float | None, result: float, target: float, completed: bool | None) -> None:
    """Whatever is told, what is observed lies between nothing and all."""
    told = Goal("g", date(2026, 7, 1), date(2026, 9, 30), target, result, completed, share)
    if goal_refusal(told, TODAY) is None:
        assert told.share is not None
        assert 0 <= told.share <= 1
    assert (reckoned(result, target) == 1) >= (result >= target)


@pytest.fixture
async def scored(ask: Ask, company: Company) -> Scored:
    await enabled(company)
    return Scored(company, ask)


async def worker(ask: Ask, company: Company) -> tuple[str, str]:
    """Somebody who applied to Marketing and works there: the application, and the employment."""
    known = company.person()
    application = await company.application("marketing", known)
    candidate = {"displayName": known.display_name, "email": known.email}
    return application, await employ(ask, company, candidate=candidate)


async def test_each_goal_is_one_observation(scored: Scored, ask: Ask) -> None:
    """By the day it was due: an open one, one that is not due yet and one that was withdrawn weigh nothing."""
    company = scored.company
    application, id = await worker(ask, company)
    told = [goal("A", target=20, result=18), goal("B", completed=True), goal("C", share=0.5)]
    await tell(ask, company, id, *told, goal("Open"), goal("Ahead", "2026-12-31", completed=True))
    factor = await _tasks(scored, application)
    assert (factor["rawValue"], factor["missing"], len(factor["evidence"])) == (0.8, False, 3)
    standing = {each["goal"]: each["id"] for each in await results(ask, company, id)}
    assert {each["ids"][0] for each in factor["evidence"]} == {standing[name] for name in "ABC"}
    await correct(ask, company, standing["C"], withdrawn=True)
    factor = await _tasks(scored, application)
    assert (factor["rawValue"], len(factor["evidence"])) == (0.95, 2)
    found = (await scored.of(application, "marketing", PROFILE))["profile"]
    (tasks,) = (each for each in found["dimensions"] if each["dimension"] == "TASK_COMPLETION")
    assert (tasks["observations"], tasks["counted"]) == (2, 2)
    assert "2026-09-30 到期任务完成 90.0%" in [each["text"] for each in tasks["evidence"]]
    assert any("记录目标与结果" in each["text"] for each in found["timeline"])


async def _tasks(scored: Scored, application: str) -> dict[str, Any]:
    factors = (await scored.score(application))["factors"]
    return next(each for each in factors if each["dimension"] == "TASK_COMPLETION")


async def test_a_score_of_goals_is_recomputed_from_events(scored: Scored, ask: Ask) -> None:
    company = scored.company
    application, id = await worker(ask, company)
    told = [goal("A", target=30, result=10), goal("B", completed=True), goal("C", share=0.3333), goal("D", target=3)]
    await tell(ask, company, id, *told)
    await tell(ask, company, id, goal("D", target=3, result=2))
    shown = await scored.of(application, "marketing")
    for days, change in ((0, {"share": 0.1}), (1, {"withdrawn": True}), (2, None)):
        kept = await ask.do("recordScore", company.user("hr"), SCORE, candidate=shown["id"])
        assert kept["score"]["status"] == "SCORED"
        if change:
            (standing, *_) = [each for each in await results(ask, company, id, standing=True) if each["goal"] == "A"]
            assert (await correct(ask, company, standing["id"], **change))["__typename"] == "TaskResult", days
    found = await score_records.verify_candidate(ask.graph.client, uid(shown["id"]))
    assert [(each.fault, each.found is not None) for each in found] == [(None, True)] * 3
    assert len({each.kept for each in found}) == 3


async def test_goals_are_erased_with_their_person(ask: Ask, company: Company) -> None:
    _, id = await worker(ask, company)
    await tell(ask, company, id, goal(completed=True))
    count = (await ask.graph.client.read(COUNT_RESULTS))[0].count
    found = await ask("query C($id: ID!) { employment(id: $id) { candidate { id } } }", company.user("hr"), id=id)
    await company.hr.erase(uid(found["employment"]["candidate"]["id"]))
    assert (await ask.graph.client.read(COUNT_RESULTS))[0].count == count - 1


async def test_goals_come_from_a_file(graph: Graph, tmp_path: Path, ask: Ask) -> None:
    """Each line is in the graph or among the rejects, once, from text or from a workbook, first dry."""
    okr = importer(graph, tmp_path, "goals")
    before = await okr.size()
    dry = await okr(DATA / "goals.csv", dry_run=True)
    assert (dry.loaded, dry.new_records, await okr.size()) == (5, 5, before)
    summary = await okr(DATA / "goals.csv")
    assert (summary.loaded, summary.new_records, summary.goals, summary.told_goals) == (5, 5, 5, 4)
    assert "Reached on average: 93.8 %." in summary.lines()
    reasons = {
        "7": '"Done": "maybe" is a value that the mapping does not know.',
        "8": '"Result" cannot be, or not beside the rest of the line.',
        "9": "No employment of this person covers that time.",
    }
    assert okr.rejected() == reasons
    query = """{ department(code: "MARKETING") { employments { nodes { candidate { displayName }
      taskResults(orderBy: DUE_ON) { nodes { goal share source } } } } } }"""
    people = (await ask(query, okr.hr))["department"]["employments"]["nodes"]
    shares = {each["candidate"]["displayName"]: [it["share"] for it in each["taskResults"]["nodes"]] for each in people}
    assert {name: sorted(found, key=str) for name, found in shares.items()} == {
        "张伟": [0.85, 0.9, 1.0],
        "李娜": [1.0, None],
    }
    typed = {"Target": float, "Result": float, "Done": lambda text: text == "完成"}

    def cell(name: str, text: str) -> Any:
        return typed[name](text) if name in typed and text != "maybe" else text

    size = await okr.size()
    again = await okr(as_workbook(DATA / "goals.csv", tmp_path / "goals.xlsx", cell))
    assert (again.loaded, again.new_records) == (5, 0)
    assert await okr.size() == size
    lines = (DATA / "goals.csv").read_text("utf-8").replace("2026-12-31,20,,,,x", "2026-12-31,20,5,,,x")
    told = await okr(okr.file(lines))
    assert (told.new_records, told.told_goals) == (1, 5)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('goal = "Goal"', "", "Goals need task.goal and task.due_on"),
        ('target = "Target"', "", "task.result needs task.target"),
        ('"完成" = "YES"', '"完成" = "ALL"', 'task.completed: "ALL" is neither YES nor NO.'),
        ("[task]", 'attendance = { month = "From", late = "Target" }\n[task]', "a file is one of the two."),
    ],
)
def test_a_mapping_of_goals_is_checked(old: str, new: str, reason: str) -> None:
    text = (MAPPINGS / "goals.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(MappingError, match=reason.replace(".", r"\.")):
        parse_attendance_mapping(text.replace(old, new))
