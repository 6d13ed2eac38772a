"""The page that publishes the self-assessment with its key, made of the statements themselves."""

from __future__ import annotations

from graph.labels import in_words
from graph.questionnaire import FROM, LEAST, MOST, SAID, STATEMENTS, VERSION, Leaning, Statement
from graph.refusals import Locale


def _row(number: int, each: Statement) -> str:
    zh, en = each.text
    counts = f"{LEAST + MOST} - answer" if each.reversed else "answer"
    dimension = f"{in_words(each.dimension.value, Locale.EN)} {in_words(each.dimension.value, Locale.ZH_CN)}"
    return f"| {number} | {en} | {zh} | {dimension} | {counts} |"


def _leaning(leaning: Leaning, least: int) -> str:
    zh, en = (text.replace("{heal}", "…") for text in SAID[leaning])
    label = f"{in_words(leaning.value, Locale.EN)} {in_words(leaning.value, Locale.ZH_CN)}"
    return f"| {label} | {least} | {en} | {zh} |"


def page() -> str:
    """Every statement, what it counts towards, and how the result is read."""
    rows = "\n".join(_row(number, each) for number, each in enumerate(STATEMENTS, 1))
    leanings = "\n".join(_leaning(leaning, least) for leaning, least in FROM.items())
    return f"""# The self-assessment 职业测评

Made of the code by `make pages`; version {VERSION}. A candidate answers it with `takeSelfAssessment`, or on
their own pages. It is an aid to think about oneself and no test that was validated: it feeds no score and no label, no
decision may be drawn from it, and nobody but the candidate sees it. With `shareSelfAssessment` the candidate shows it
to the departments that they applied to, and hides it again; answers given anew are hidden until they are shared. It is
erased with the candidate.

Answers go from {LEAST}, not like me at all 完全不符合, to {MOST}, just like me 完全符合, in this order:

| | statement | 陈述 | dimension | counts as |
|---|---|---|---|---|
{rows}

## Key

A dimension's value is the mean m of what its statements count as, from 0 to 100: 100 × (m - {LEAST}) / {MOST - LEAST},
to a whole number, half to even. What heals a dimension, in place of the dots, is what docs/credit.md says of it.

| reads as | from | in words | 说明 |
|---|---|---|---|
{leanings}
"""
