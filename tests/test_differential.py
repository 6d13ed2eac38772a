"""The proof of the planned way: for generated questions its answer is the ordinary executor's, on both engines."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from graph.traversal import ROOTS, SHAPES, Page
from graph.visibility import FIND_VIEWER, Viewer
from graph.writing import Graph
from schema.execution import Answerer, presentable
from schema.ids import NODES, from_global
from tests.conftest import NOW, Ask
from tests.ordinary import Ordinary, ordinary_schema
from tests.questions import Existing, Question, generated

QUESTIONS = 300
HR = "hr@demo"
VIEWERS = (
    *(HR, HR, HR, HR, "auditor@demo", "auditor@demo", "integrator@demo"),
    *("recruiter@marketing.demo", "recruiter@technology.demo", "recruiter@subsidiary.demo"),
)
RECORDS = """
query Records($after: String) {
  organization { id departments { id } users(first: 100) { nodes { id } } }
  departments { id positions(first: 100) { nodes { id } } }
  candidates(first: 50, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id applications { nodes { id } } findings { nodes { id } }
      interviews { nodes { id events(first: 2) { nodes { id } } } } }
  }
}
"""


def ids_in(answer: Any) -> Iterator[str]:
    if isinstance(answer, list):
        for item in answer:
            yield from ids_in(item)
    elif isinstance(answer, dict):
        for key, value in answer.items():
            yield from [value] if key == "id" else ids_in(value)


async def existing(ask: Ask) -> Existing:
    """What a client may have at hand: any id, even of what it may not see, and cursors of real pages."""
    seen = {viewer: await seen_by(ask, viewer) for viewer in set(VIEWERS)}
    departments = (await ask("{ departments { code } }", HR))["departments"]
    return Existing(seen[HR], seen, [row["code"] for row in departments], await real_cursors(ask, seen[HR]))


async def seen_by(ask: Ask, viewer: str) -> dict[str, list[str]]:
    ids, page = set[str](), {"endCursor": None, "hasNextPage": True}
    while page["hasNextPage"]:
        answer = await ask(RECORDS, viewer, after=page["endCursor"])
        ids |= set(ids_in(answer))
        page = answer["candidates"]["pageInfo"]
    return {type: sorted(id for id in ids if from_global(id)[0] == type) for type in sorted(NODES)}


async def real_cursors(ask: Ask, ids: dict[str, list[str]]) -> dict[tuple[str, str], list[str]]:
    """Cursors of first pages by field and order."""
    found: dict[tuple[str, str], set[str]] = {}
    for type, shape in [("Query", None), *((shape.type, shape) for shape in SHAPES.values())]:
        members = {"candidates": ROOTS["candidates"].member} if shape is None else shape.members
        pages = {name: member for name, member in members.items() if isinstance(member, Page)}
        for id in ids.get(type, ["-"])[::3][:12] if pages else ():
            asked = " ".join(
                f"{name}_{order}: {name}(orderBy: {order}, first: 4) {{ edges {{ cursor }} }}"
                for name, page in pages.items()
                for order in page.sorts
            )
            text = f"{{ {asked} }}" if shape is None else f'{{ node(id: "{id}") {{ ... on {type} {{ {asked} }} }} }}'
            answer = await ask(text, HR)
            for alias, page in (answer if shape is None else answer["node"]).items():
                name, _, order = alias.partition("_")
                found.setdefault((name, order), set()).update(edge["cursor"] for edge in page["edges"])
    return {key: sorted(cursors) for key, cursors in sorted(found.items())}


def comparable(error: dict[str, Any]) -> str:
    return json.dumps([error["message"], error.get("path"), error.get("extensions", {}).get("code")])


async def test_planned_answers_equal_ordinary_answers(graph: Graph, answerer: Answerer, ask: Ask, demo: None) -> None:
    schema, known, loop = ordinary_schema(), {}, asyncio.get_running_loop()
    ordinary = {
        name: Ordinary(graph, Viewer.of_row((await graph.client.read(FIND_VIEWER, subject=name))[0]), NOW, loop, known)
        for name in set(VIEWERS)
    }
    read: set[tuple[str, str]] = set()
    import time

    b0 = time.time()
    ex = await existing(ask)
    b1 = time.time()
    qs = generated(answerer.schema, ex, list(VIEWERS), QUESTIONS)
    print("existing", b1 - b0, "gen", time.time() - b1)
    spent = [0, 0]
    slow = []
    seen: Counter[str] = Counter()
    different: list[str] = []
    for question in qs:
        way = ordinary[question.viewer]
        way.deepest, way.lists = 0, False
        t0 = time.time()
        planned = await ask.whole(question.text, question.viewer, **question.variables)
        t1 = time.time()
        n0 = len(known)
        plain = await way.answer(schema, question.text, question.variables)
        t2 = time.time()
        spent[0] += t1 - t0
        spent[1] += t2 - t1
        slow.append((t1 - t0, t2 - t1, len(known) - n0, str(question)))
        errors = [comparable(presentable(error).formatted) for error in plain.errors or ()]
        seen["deep"] += way.lists and way.deepest >= 5
        seen["with errors"] += bool(errors)
        seen[f"depth {way.deepest}"] += 1
        open("/tmp/all.txt", "a").write(
            f"{way.deepest} {question.viewer} {question.text} {question.variables}\n   {str(plain.data)[:300]}\n"
        )
        same = json.dumps(planned.data) == json.dumps(plain.data)
        told = [comparable(error) for error in planned.errors]
        # Where an error nulls the whole answer, errors elsewhere in it may be left out, and are by whoever is later.
        agree = sorted(errors) == sorted(told) if plain.data is not None else bool({*errors} & {*told})
        if not same or not agree:
            different.append(f"{question}\nplanned  {planned.data} {planned.errors}\nordinary {plain.data} {errors}")
    for way in ordinary.values():
        read |= way.read_members
    slow.sort(reverse=True)
    for s in slow[:4]:
        print(s)
    slow.sort(key=lambda s: -s[1])
    for s in slow[:4]:
        print(s)
    print(spent, seen, len(known))
    unread = {(shape.name, name) for shape in SHAPES.values() for name in shape.members} | {
        ("Query", name) for name in ROOTS
    }
    print(sorted(unread - read))
    open("/tmp/diff.txt", "w").write("\n\n".join(different))
    assert not different, "\n\n".join([str(len(different)), *different[:6]])
    assert seen["deep"] >= QUESTIONS / 4
    assert seen["with errors"] >= QUESTIONS / 10
