"""Courses that an Organization keeps a list of, each for one dimension, and which of them may help a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from urllib.parse import urlsplit

from graph.credit import Dimension, exact
from graph.credit_words import HEALS
from graph.events import EventType
from graph.labels import label
from graph.refusals import Code, Fault, Refusal, invalid
from graph.scores import INPUTS, OPEN, OffBecause, said, scored
from graph.secrets import canonical
from graph.statements import Nothing, Statement
from graph.traversal import Computed, Shape
from graph.visibility import Level
from graph.writing import HR, Act, Desk, Graph, Outcome, Written, perform, role_refusal

MOST = 100
"""Courses of one Organization."""
SUGGESTED = 20
"""Suggestions for one person."""
TITLE, URL = 200, 2_000
"""Characters that a title and an address may have."""


@dataclass(frozen=True, slots=True)
class Course:
    dimension: Dimension
    title: str
    title_zh: str | None
    url: str

    def document(self) -> dict[str, Any]:
        return {"dimension": self.dimension.value, "title": self.title, "titleZh": self.title_zh, "url": self.url}


def _kept(document: str | None) -> list[dict[str, Any]]:
    return json.loads(document) if document else []


def _told(course: Mapping[str, Any]) -> dict[str, Any]:
    title = course["title"]
    return {"dimension": course["dimension"], "title": (course["titleZh"] or title, title), "url": course["url"]}


def _listed(values: Sequence[Any]) -> list[dict[str, Any]]:
    return [_told(course) for course in _kept(values[0])]


def _suggested(values: Sequence[Any]) -> list[dict[str, Any]]:
    """Courses for the dimensions in which a person's rate lies below what is expected of somebody unknown."""
    *inputs, document = values
    courses = _kept(document)
    if not courses or inputs[0] is None or isinstance(found := scored(inputs), OffBecause):
        return []
    _, _, score = found
    low = [each for each in score.factors if each.raw is not None and each.raw < exact(each.weighing.prior)]
    found = [
        {**_told(course), "text": _why(factor.dimension)}
        for factor in low
        for course in courses
        if course["dimension"] == factor.dimension.value
    ]
    return found[:SUGGESTED]


def _why(dimension: Dimension) -> tuple[str, str]:
    zh, en = HEALS[dimension]
    return f"有助于：{zh}。是否学习由您决定。", f"It may help you to {en}. Whether to take it is up to you."


_COURSE = {
    "dimension": OPEN,
    "dimensionLabel": label("dimension", see=Level.ALL),
    "title": said("title"),
    "url": OPEN,
}
COURSE = Shape("Course", dict(_COURSE))
COURSE_SUGGESTION = Shape("CourseSuggestion", {**_COURSE, "text": said("text")})

COURSES = Computed("Course", ("this.courses",), _listed, see=Level.ALL, many=True)
_DOCUMENT: LiteralString = "head(COLLECT { MATCH (o:Organization {id: $organization}) RETURN o.courses })"
SUGGESTIONS = Computed("CourseSuggestion", (*INPUTS, _DOCUMENT), _suggested, many=True)

SET = Statement(
    "courses.set",
    "MATCH (head:Organization {id: $organization}) SET head.courses = $document",
    row=Nothing,
    writes=True,
)


def refusal(courses: Sequence[Course]) -> Refusal | None:
    """Why this is no list of courses: too many, one twice, or one without a title or an address that opens."""
    if len(courses) > MOST or len({(each.dimension, each.url) for each in courses}) < len(courses):
        return invalid("courses", Fault.TWICE, MOST)
    for course in courses:
        titles = [course.title, *([] if course.title_zh is None else [course.title_zh])]
        if any(not 0 < len(title.strip()) <= TITLE for title in titles):
            return invalid("title", Fault.LENGTH, 1, TITLE)
        if not _opens(course.url):
            return invalid("url", Fault.URL)
    return None


def _opens(url: str) -> bool:
    """Whether it is an address for a browser that asks for nothing but to be read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return len(url) <= URL and parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


async def set_courses(graph: Graph, act: Act, organization: str, courses: Sequence[Course]) -> Outcome:
    """Puts a list in place of the one before."""
    if refused := role_refusal(act.viewer, HR) or refusal(courses):
        return refused

    async def work(desk: Desk) -> Outcome:
        if organization != act.viewer.organization:
            return Refusal(Code.NOT_FOUND, "organization")
        await desk.lock_organization()
        told = [course.document() for course in courses]
        await desk.tx.run(SET, organization=organization, document=canonical(told).decode())
        await desk.record(EventType.COURSES_SET, courses=told)
        return Written("Organization", organization)

    return await perform(graph, act, work)
