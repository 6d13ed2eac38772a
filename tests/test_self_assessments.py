"""The self-assessment: the candidate's own until it is shared, and no part of any score; and courses that may help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.questionnaire import STATEMENTS, Leaning, results
from graph.visibility import Claim
from tests.conftest import Ask, Company, gid, uid
from tests.ledger import refused
from tests.test_scores import Scored, enabled, person

READ = """selfAssessment { version takenAt sharedAt
  results { dimension dimensionLabel(locale: EN) value leaning leaningLabel text(locale: EN) }
  answers { answer isReversed text } }"""
MIDDLE = [3] * len(STATEMENTS)


@dataclass
class Case:
    ask: Ask
    company: Company
    claim: Claim

    async def take(self, *answers: int, viewer: Claim | str | None = None) -> Any:
        return await self.ask.do("takeSelfAssessment", viewer or self.claim, READ, answers=list(answers))

    async def share(self, shared: bool, viewer: Claim | str | None = None) -> Any:
        return await self.ask.do("shareSelfAssessment", viewer or self.claim, READ, shared=shared)

    async def seen(self, viewer: str | Claim, selection: str = READ) -> Any:
        query = f"query Seen($id: ID!) {{ candidate(id: $id) {{ {selection} }} }}"
        who = viewer if isinstance(viewer, Claim) else self.company.user(viewer)
        return (await self.ask(query, who, id=gid("Candidate", self.claim.candidate)))["candidate"]


@pytest.fixture
async def case(ask: Ask, company: Company) -> Case:
    company.at(days=5)
    application = await company.application("marketing")
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    return Case(ask, company, Claim(uid(found["application"]["candidate"]["id"]), application, verified=True))


@given(st.lists(st.integers(1, 5), min_size=len(STATEMENTS), max_size=len(STATEMENTS)))
def test_the_key_turns_statements_round(answers: list[int]) -> None:
    """Who agrees with what counts against a dimension comes out as who disagrees with what counts for it."""
    found = {each.dimension: each for each in results(answers)}
    assert len(found) == 6
    for dimension, each in found.items():
        counted = [
            6 - answer if statement.reversed else answer
            for statement, answer in zip(STATEMENTS, answers, strict=True)
            if statement.dimension is dimension
        ]
        assert abs(each.value - 100 * (sum(counted) / len(counted) - 1) / 4) <= 0.5
        assert (each.leaning is Leaning.STRENGTH) == (each.value >= 75)
    assert [each.value for each in results([5 if not each.reversed else 1 for each in STATEMENTS])] == [100] * 6


async def test_nobody_else_sees_it_until_it_is_shared(case: Case) -> None:
    """HR_ADMIN and the auditor neither; and no longer once it is hidden again, or answered anew."""
    taken = await case.take(*MIDDLE)
    assert taken["selfAssessment"]["sharedAt"] is None
    assert {each["value"] for each in taken["selfAssessment"]["results"]} == {50}
    assert [each["answer"] for each in taken["selfAssessment"]["answers"]] == MIDDLE
    others = ("marketing", "hr", "auditor")
    timeline = "query T($id: ID!) { node(id: $id) { ... on Candidate { profile { timeline { text(locale: EN) } } } } }"
    for viewer in others:
        assert await case.seen(viewer) == {"selfAssessment": None}
        node = (await case.ask(timeline, case.company.user(viewer), id=gid("Candidate", case.claim.candidate)))["node"]
        tells = any("assess" in each["text"].lower() for each in node["profile"]["timeline"])
        assert tells == (viewer == "auditor"), "of the chain of events an auditor reads all"
    shared = await case.share(True)
    for viewer in others:
        assert (await case.seen(viewer))["selfAssessment"] == shared["selfAssessment"]
    assert await case.seen("technology") is None
    assert await case.seen("integrator") is None
    await case.share(False)
    assert await case.seen("hr") == {"selfAssessment": None}
    await case.share(True)
    await case.take(*MIDDLE)
    assert await case.seen("hr") == {"selfAssessment": None}
    link = Claim(case.claim.candidate, case.claim.application)
    assert await case.seen(link) == {"selfAssessment": None}


async def test_only_the_verified_candidate_answers(case: Case) -> None:
    link = Claim(case.claim.candidate, case.claim.application)
    assert await case.share(True) == refused("shareSelfAssessment", "NOT_TAKEN", "shared")
    assert (await case.take(*MIDDLE, viewer=link))["code"] == "NOT_VERIFIED"
    assert (await case.take(*MIDDLE, viewer=case.company.user("hr")))["code"] == "NOT_ALLOWED"
    for wrong in (MIDDLE[1:], [0, *MIDDLE[1:]], [6, *MIDDLE[1:]]):
        assert await case.take(*wrong) == refused("takeSelfAssessment", "INVALID_VALUE", "answers")


async def test_it_is_erased_with_the_candidate(case: Case) -> None:
    await case.take(*MIDDLE)
    await case.share(True)
    await case.company.at(hours=1).erase(case.claim.candidate)
    assert await case.seen("hr") == {"selfAssessment": None}


async def test_it_is_no_part_of_the_score(case: Case) -> None:
    """The worst answers and the best leave the same bytes, for whoever reads them."""
    await enabled(case.company)
    scored = Scored(case.company, case.ask)
    application = await person(scored)
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await case.ask(query, case.company.user("hr"), id=gid("Application", application))
    case.claim = Claim(uid(found["application"]["candidate"]["id"]), application, verified=True)
    before = [await scored.score(application), await scored.score(application, case.claim)]
    await case.take(*[1 if not each.reversed else 5 for each in STATEMENTS])
    await case.share(True)
    assert [await scored.score(application), await scored.score(application, case.claim)] == before


COURSES = "courses { dimension dimensionLabel title url }"
SUGGESTED = "courseSuggestions { dimension title(locale: EN) url text(locale: EN) }"


async def set_courses(case: Case, *courses: dict[str, Any], viewer: str = "hr") -> Any:
    organization = gid("Organization", case.company.hr.viewer.organization)
    return await case.ask.do(
        "setCourses", case.company.user(viewer), COURSES, organization=organization, courses=list(courses)
    )


def course(dimension: str, number: int = 1, **rest: Any) -> dict[str, Any]:
    return {"dimension": dimension, "title": f"Course {number}", "url": f"https://courses.example/{number}", **rest}


async def test_courses_are_suggested_where_a_rate_is_low(case: Case) -> None:
    """For the dimension of the missed interview, and for no other; to HR and to the candidate alike."""
    await enabled(case.company)
    ai = course("AI_INTERVIEW_NO_SHOW", titleZh="准时参加AI面试")
    kept = await set_courses(case, ai, course("STABILITY", 2), course("AI_INTERVIEW_NO_SHOW", 3))
    assert [each["title"] for each in kept["courses"]] == ["准时参加AI面试", "Course 2", "Course 3"]
    scored = Scored(case.company, case.ask)
    assert (await scored.of(case.claim.application, selection=SUGGESTED))["courseSuggestions"] == []
    application = await case.company.application("marketing")
    for days in (90, 60, 40):
        await scored.no_show(application, days)
    found = (await scored.of(application, selection=SUGGESTED))["courseSuggestions"]
    assert [each["title"] for each in found] == ["Course 1", "Course 3"]
    assert found[0]["text"].startswith("It may help you to attend AI interviews")
    assert (await set_courses(case))["courses"] == []
    assert (await scored.of(application, selection=SUGGESTED))["courseSuggestions"] == []


@pytest.mark.parametrize(
    ("courses", "field"),
    [
        ([course("STABILITY", url="javascript:alert(1)")], "url"),
        ([course("STABILITY", url="http://courses.example")], "url"),
        ([course("STABILITY", url="https://user@courses.example")], "url"),
        ([course("STABILITY", title=" ")], "title"),
        ([course("STABILITY"), course("STABILITY")], "courses"),
    ],
)
async def test_what_is_no_course_is_refused(case: Case, courses: list[dict[str, Any]], field: str) -> None:
    assert await set_courses(case, *courses) == refused("setCourses", "INVALID_VALUE", field)


async def test_only_hr_keeps_the_list(case: Case) -> None:
    for viewer in ("marketing", "auditor", "integrator"):
        assert (await set_courses(case, course("STABILITY"), viewer=viewer))["code"] == "NOT_ALLOWED"
