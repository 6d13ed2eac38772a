"""docs/lifecycle.md, made of the table that the rules of findings ask."""

from __future__ import annotations

from graph.lifecycle import TRANSITIONS, Step, Transition
from graph.refusals import FAULTS, SENTENCES, Code, Fault
from graph.subjects import AS_OF_CHECK


def page() -> str:
    """Every transition, and every refusal of each step in both languages."""
    steps = "\n".join(_step(step, each) for step, each in TRANSITIONS.items())
    refused = "\n".join(_refusal(each, code) for each in _called() for code in each.refusals)
    checks = ", ".join(f"`{mine.value}` for `{of.value}`" for of, mine in AS_OF_CHECK.items())
    shown = {code for each in _called() for code in each.refusals}
    others = "\n".join(_sentence(code) for code in Code if code not in shown)
    rules = "\n".join(_rule(fault) for fault in Fault)
    return _PAGE.format(steps=steps, refused=refused, checks=checks, others=others, rules=rules)


def _called() -> list[Transition]:
    """One for each mutation, which may take several steps but has one list of refusals."""
    found = {each.mutation: each for each in reversed(list(TRANSITIONS.values())) if each.mutation and each.refusals}
    return [each for each in TRANSITIONS.values() if each.mutation and found.get(each.mutation) is each]


def _step(step: Step, each: Transition) -> str:
    before, after = ", ".join(each.before) or "none", each.after or "the same"
    called = f"`{each.mutation}`" if each.mutation else ""
    return f"| {step.value} | {before} | {after} | {each.who} | {called} | `{each.event.value}` | {each.when} |"


def _refusal(each: Transition, code: Code) -> str:
    zh, en = SENTENCES[code]
    return f"| `{each.mutation}` | `{code.value}` | {zh} | {en} |"


def _sentence(code: Code) -> str:
    zh, en = SENTENCES[code]
    return f"| `{code.value}` | {zh} | {en} |"


def _rule(fault: Fault) -> str:
    zh, en = (sentence.format("N", "M") for sentence in FAULTS[fault])
    return f"| {zh} | {en} |"


_PAGE = """# The life of a finding

Made of the code by `make pages`: of graph/lifecycle.py, which the rules ask whether a step may be taken.

| step | from | to | who | mutation | event | when |
|---|---|---|---|---|---|---|
{steps}

Nothing but the department's own and the candidate see a finding before FINAL, or from a dispute until it is rejected.

A finding about a check of a résumé (CHECK) goes the same way, by the same mutations, and ends as RESUME_MISMATCH where
a no-show ends as NO_SHOW. Only the department that checked and the candidate ever see it. In the history its steps have
names of their own: {checks}.

## Refusals

A role that may never take a step is told NOT_ALLOWED before anything is looked up.

| mutation | code | 原因 | reason |
|---|---|---|---|
{refused}

`INVALID_VALUE` says by the rule that was broken, with its bounds, what is wrong with the `field` that it names:

| 原因 | reason |
|---|---|
{rules}

### Of all other mutations

Which of these a mutation may answer stands in its description in the schema; `NOT_ALLOWED` and, where it takes an
`idempotencyKey`, `KEY_REUSED` any may.

| code | 原因 | reason |
|---|---|---|
{others}
"""
