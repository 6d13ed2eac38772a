"""The short self-assessment 职业测评: its statements and its key, published whole in docs/self-assessment.md.

It is for the person who answers it: it feeds no score and no label, and nobody else sees what came of it unless they
share it. Nothing in it asks about health, family, feelings or beliefs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from graph.credit import Dimension
from graph.credit_words import HEALS, Words

VERSION = 1
"""Raised whenever a statement or the key changes: answers to one version are not read by another."""
LEAST, MOST = 1, 5
"""From 完全不符合, not like me at all, to 完全符合, just like me."""


class Leaning(Enum):
    """How somebody sees themselves in one dimension, by the published key."""

    STRENGTH = "STRENGTH"
    STEADY = "STEADY"
    TO_WORK_ON = "TO_WORK_ON"


FROM: Mapping[Leaning, int] = {Leaning.STRENGTH: 75, Leaning.STEADY: 50, Leaning.TO_WORK_ON: 0}
"""From how many of 100."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Something to agree with; `reversed`, agreeing counts against the dimension."""

    dimension: Dimension
    text: Words
    reversed: bool = False


STATEMENTS: tuple[Statement, ...] = (
    Statement(
        Dimension.INTERVIEW_ATTENDANCE,
        ("约好的时间，我会提前确认路线、设备或网络。", "Ahead of an appointment I check the way or my device."),
    ),
    Statement(
        Dimension.COMMUNICATION,
        ("计划有变时，我会第一时间告知对方。", "When my plans change, I tell the other side at once."),
    ),
    Statement(
        Dimension.WORK_ATTENDANCE,
        ("我常常在最后一刻才出门。", "I often leave home at the last minute."),
        reversed=True,
    ),
    Statement(
        Dimension.TASK_COMPLETION,
        ("我会把大的任务拆成有期限的小步骤。", "I split large tasks into small steps with dates."),
    ),
    Statement(
        Dimension.STABILITY,
        ("接受一份工作前，我会弄清它长期会怎样。", "Before I take a job I find out what it will be like later."),
    ),
    Statement(
        Dimension.RESUME_AUTHENTICITY,
        ("简历上的每一项，我都能拿出依据。", "I can show what each line of my résumé stands on."),
    ),
    Statement(
        Dimension.INTERVIEW_ATTENDANCE,
        ("答应了的面试，我有时会忘记。", "I sometimes forget interviews that I agreed to."),
        reversed=True,
    ),
    Statement(
        Dimension.COMMUNICATION,
        ("来不了的时候，我倾向于什么也不说。", "When I cannot come, I tend to say nothing."),
        reversed=True,
    ),
    Statement(
        Dimension.WORK_ATTENDANCE,
        ("需要请假时，我会按流程提前申请。", "When I need leave, I ask for it ahead, as the rules say."),
    ),
    Statement(
        Dimension.TASK_COMPLETION,
        ("手头的事没做完，我就容易转去做别的。", "I easily turn to something else before I have finished."),
        reversed=True,
    ),
    Statement(
        Dimension.STABILITY,
        ("遇到不顺，我首先想到的是换一份工作。", "When something goes wrong, my first thought is another job."),
        reversed=True,
    ),
    Statement(
        Dimension.RESUME_AUTHENTICITY,
        ("为了显得更好，我会把经历写得比实际更重要。", "To look better, I describe what I did as more than it was."),
        reversed=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Result:
    """Of one dimension: `value` from 0 to 100."""

    dimension: Dimension
    value: int
    leaning: Leaning

    @property
    def text(self) -> Words:
        zh, en = SAID[self.leaning]
        heal_zh, heal_en = HEALS[self.dimension]
        return zh.format(heal=heal_zh), en.format(heal=heal_en)


SAID: Mapping[Leaning, Words] = {
    Leaning.STRENGTH: ("您认为这是自己的长处。", "You see this as a strength of yours."),
    Leaning.STEADY: (
        "您认为自己在这方面比较稳定。可以继续：{heal}。",
        "You see yourself as steady here; go on: {heal}.",
    ),
    Leaning.TO_WORK_ON: ("您认为这方面还可以提升：{heal}。", "You see room to grow here: {heal}."),
}


def is_answered(answers: Sequence[int]) -> bool:
    """Whether there is one answer to each statement, from 1 to 5."""
    return len(answers) == len(STATEMENTS) and all(LEAST <= answer <= MOST for answer in answers)


def results(answers: Sequence[int]) -> list[Result]:
    """By the key: the mean over a dimension's statements, those that count against it turned round, from 0 to 100."""
    found: dict[Dimension, list[int]] = {}
    for statement, answer in zip(STATEMENTS, answers, strict=True):
        found.setdefault(statement.dimension, []).append(LEAST + MOST - answer if statement.reversed else answer)
    return [_result(dimension, given) for dimension, given in found.items()]


def _result(dimension: Dimension, given: Sequence[int]) -> Result:
    value = round(Fraction(100 * (sum(given) - LEAST * len(given)), (MOST - LEAST) * len(given)))
    return Result(dimension, value, next(leaning for leaning, least in FROM.items() if value >= least))
