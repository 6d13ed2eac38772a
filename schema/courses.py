"""Courses, as clients see them, and how an Organization keeps its list."""

from __future__ import annotations

import strawberry

from graph import courses
from graph.credit import Dimension
from schema.fields import LOCALE, field, labelled, planned
from schema.ids import id_of
from schema.mutations import IdempotentInput, mutation


@strawberry.type(description="A course on the Organization's list 课程.")
class Course:
    dimension: Dimension = field("What it helps with.")
    dimension_label: str = labelled("The dimension in words.")
    title: str = planned("Its title.", locale=LOCALE)
    url: str = field("Where it is.")


@strawberry.type(description="A course that may help a person 课程建议: for a dimension below what is expected.")
class CourseSuggestion:
    dimension: Dimension = field("What it helps with.")
    dimension_label: str = labelled("The dimension in words.")
    title: str = planned("Its title.", locale=LOCALE)
    url: str = field("Where it is.")
    text: str = planned("Why it is suggested.", locale=LOCALE)


@strawberry.input(description="A course.")
class CourseInput:
    dimension: Dimension = field("What it helps with.")
    title: str = field("Its title, up to 200 characters.")
    title_zh: str | None = strawberry.field(default=None, description="Its Chinese title.")
    url: str = field("Where it is: https.")


@strawberry.input(description="Puts a list of courses in place of the one before.")
class SetCoursesInput(IdempotentInput):
    organization: strawberry.ID = field("Your Organization.")
    courses: list[CourseInput] = field("All of them, in the order in which they are suggested; at most 100.")


def _course(input: CourseInput) -> courses.Course:
    zh = None if input.title_zh is None else input.title_zh.strip()
    return courses.Course(input.dimension, input.title.strip(), zh, input.url.strip())


MUTATIONS = (
    mutation(
        "setCourses",
        SetCoursesInput,
        "Organization",
        lambda graph, act, input: courses.set_courses(
            graph, act, id_of("Organization", input.organization), [_course(each) for each in input.courses]
        ),
        "Sets the courses that are suggested to people, each for a dimension; an empty list ends it. HR_ADMIN. "
        "Codes: NOT_ALLOWED, NOT_FOUND, INVALID_VALUE.",
    ),
)
