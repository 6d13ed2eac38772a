"""Before anything is timed: that all candidates give the same answers, and how many statements each takes."""

from __future__ import annotations

from typing import Any

import httpx
import orjson

from graph.client import Client
from tests.bench.counting import Counter
from tests.bench.limit import Prepared
from tests.bench.load import Sent
from tests.bench.questions import Question, ours
from tests.bench.serving import LIMIT, PEER_NAME, TURNOUT, Served

MOST = 16
"""Askings of each question that are compared."""


class Differs(Exception):
    """A candidate gave another answer than the API, or none."""


async def compare(served: dict[str, Served], client: Client, prepared: Prepared, asked: list[Question]) -> None:
    """Raises Differs unless all answer alike; the bare route's rows are compared with the driver's own."""
    async with httpx.AsyncClient(timeout=120) as http:
        for question in asked:
            expected = await _answers(http, served[TURNOUT], question)
            rows = await _rows(client, prepared, question)
            for it in served.values():
                _check(it.name, question, await _answers(http, it, question), rows if it.name == LIMIT else expected)


async def count(served: dict[str, Served], counter: Counter, asked: list[Question]) -> dict[str, dict[str, float]]:
    """Statements for each request, by question and candidate, of servers that reach their database by the counter."""
    found: dict[str, dict[str, float]] = {}
    async with httpx.AsyncClient(timeout=120) as http:
        for question in asked:
            found[question.name] = {it.name: await _counted(http, counter, it, question) for it in served.values()}
    return found


def _check(name: str, question: Question, answers: list[Any], expected: list[Any]) -> None:
    for value, answer, due in zip(question.values, answers, expected, strict=False):
        if orjson.dumps(answer, option=orjson.OPT_SORT_KEYS) != orjson.dumps(due, option=orjson.OPT_SORT_KEYS):
            raise Differs(f"{name} answers {question.name} of {value} otherwise:\n{answer}\n{due}"[:20_000])


async def _answers(http: httpx.AsyncClient, served: Served, question: Question) -> list[Any]:
    """Answers in the one form in which they can be compared."""
    answers: list[Any] = []
    for sent in served.requests(question)[:MOST]:
        told = await _ask(http, served, sent)
        if served.name != LIMIT:
            if told.get("errors") or not told["data"]:
                raise Differs(f"{served.name} answers {question.name} with {told}"[:5_000])
            told = question.of_peer(told["data"]) if served.name == PEER_NAME else ours(told["data"])
        answers.append(told)
    return answers


async def _ask(http: httpx.AsyncClient, served: Served, sent: Sent) -> Any:
    url = f"http://127.0.0.1:{served.port}{sent.path}"
    headers = {**sent.headers, "Content-Type": "application/json"}
    method = "POST" if sent.body else "GET"
    try:
        answer = await http.request(method, url, content=sent.body, headers=headers)
    except httpx.TransportError as error:
        raise Differs(f"{served.name} does not answer: {served.log.read_text(errors='replace')[-2000:]}") from error
    if answer.status_code != 200:
        raise Differs(f"{served.name} answers {answer.status_code}: {answer.text[:2000]}")
    return answer.json()


async def _rows(client: Client, prepared: Prepared, question: Question) -> list[Any]:
    """What the bare route should return, read through this process's own driver."""
    found: list[Any] = []
    for text, parameters in prepared[question.name][:MOST]:
        async with client.driver.session(database=client.database) as session:
            result = await session.run(text, parameters)  # type: ignore[arg-type]
            rows = [record.values() async for record in result]
        found.append(orjson.loads(orjson.dumps(rows, default=str)))
    return found


async def _counted(http: httpx.AsyncClient, counter: Counter, served: Served, question: Question) -> float:
    """The viewer is known by then: the first request is not counted.

    So many are asked because receipts are written together, four times a second, however many looks they are of.
    """
    requests = served.requests(question)[:4] * 10
    await _ask(http, served, requests[0])
    before = counter.statements
    for sent in requests:
        await _ask(http, served, sent)
    return (counter.statements - before) / len(requests)
