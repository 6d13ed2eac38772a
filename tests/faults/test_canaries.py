"""What is personal leaves no trace beside the answer: canaries in every text, and none in logs, metrics or errors."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from neo4j.exceptions import ClientError, ConstraintError, ServiceUnavailable

from api.calling import Calls
from api.channels import Channel, Folder, Gateway, Parcel, Smtp
from api.logs import Forward, open_log
from api.metrics import Metrics
from api.posting import Post
from api.settings import Profile
from api.working import Worker
from graph.candidates import Person
from graph.client import Client, EngineUnavailable, Transaction
from graph.due import RULES
from graph.secrets import Secrets
from graph.statements import Statement
from graph.timers import TimerKind
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import NOW, Ask, Company, gid, make_company
from tests.databases import Databases
from tests.faults.figures import size, tell
from tests.faults.inputs import (
    BY_CANDIDATES,
    Applicant,
    Inputs,
    Way,
    asked_by_applicants,
    document,
    misspelt,
    put,
    texts,
)
from tests.faults.serving import MASTER
from tests.receivers import mail_server, web_server
from tests.test_http import client, token
from tests.test_logs import door_of

CANARY = "Kanarienvogel"
MUTATIONS = size(6, 1)
"""Of the mutations, one in so many is tried."""


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What a server writes, with what libraries log at their most talkative."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = Forward(open_log(development=False, stream=stream), development=False), root.level
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def marked(way: Way, number: int) -> str:
    """A canary that the place takes, if it takes any text that one may choose."""
    forms = {
        "email": f"{CANARY}{number}@example.com",
        "phone": f"+49 {7_777_000_000 + number}",
        "code": f"KANARIENVOGEL{number}",
    }
    return forms.get(
        str(way[-1]), f"https://{CANARY}{number}.example/x" if way[-1] == "joinUrl" else f"{CANARY}{number}"
    )


def traces(text: str) -> list[str]:
    return [
        line for line in text.splitlines() if CANARY.lower() in line.lower() or "7777000" in line or "77770" in line
    ]


FAILURES: dict[str, Exception] = {
    "a constraint": ConstraintError(f"Node has property displayName = '{CANARY}'"),
    "a client error": ClientError(f"Expected a number but got '{CANARY}'"),
    "a lost connection": ServiceUnavailable(f"cannot reach {CANARY}:7687"),
    "an engine that is gone": EngineUnavailable("The database did not answer in time."),
    "a fault of ours": ValueError(f"{CANARY} is no number"),
    "a fault with a cause": RuntimeError(CANARY),
}


async def test_no_canary_is_found_beside_the_answers(
    graph: Graph,
    answerer: Answerer,
    company: Company,
    stream: io.StringIO,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each place of each input; then the same while the database fails in every way, with the text in its words."""
    door = door_of(graph, answerer, stream, profile=Profile.PRODUCTION, metrics=True, rate_points=0)
    headers = token(door, company.user("hr")) | {"User-Agent": CANARY, "Referer": f"https://{CANARY}.example/"}
    inputs, number, failed, answers, taken = Inputs(company), 0, 0, 0, 0
    kept: dict[str, tuple[dict[str, Any], list[Applicant]]] = {}
    asking = asked_by_applicants(door)
    async with client(door) as http:

        async def send(mutation: str, input: Any, viewer: list[Applicant]) -> Any:
            asking[:] = viewer
            query = document(mutation).replace("Do(", f"Do{mutation}(")
            return await http.post("/graphql", json={"query": query, "variables": {"input": input}}, headers=headers)

        all = list(answerer.schema.mutation_type.fields)  # type: ignore[union-attr]
        for mutation in dict.fromkeys([*all[::MUTATIONS], *sorted(BY_CANDIDATES)]):
            input, viewer = await inputs.make(mutation), list[Applicant]()
            for way in texts(answerer.schema, mutation):
                number += 1
                input = put(await inputs.make(mutation), way, marked(way, number))
                viewer = [await inputs.applicant()] if mutation in BY_CANDIDATES else []
                answer = (await send(mutation, input, viewer)).json()
                answers += 1
                assert not traces(json.dumps([error["message"] for error in answer.get("errors", [])])), (mutation, way)
                if ((answer.get("data") or {}).get(mutation) or {}).get("id"):
                    taken += 1
                    kept[mutation] = input, viewer
            for wrong in misspelt(put(input, texts(answerer.schema, mutation)[0], CANARY)):
                refused = await send(mutation, wrong, viewer)
                assert refused.json()["errors"], "a field that is not there was taken"
                assert not traces(refused.text), (mutation, refused.text)
        own = {mutation: sent for mutation, sent in kept.items() if sent[1]}
        staffs = {mutation: sent for mutation, sent in kept.items() if not sent[1]}
        assert own.keys() == BY_CANDIDATES
        for why, failure in FAILURES.items():

            async def broken(*_: Any, failure: Exception = failure, **__: Any) -> Any:
                raise failure from KeyError(CANARY)

            with monkeypatch.context() as patch:
                for place, name in ((Client, "answer"), (Transaction, "run"), (Client, "read")):
                    patch.setattr(place, name, broken)
                for mutation, (input, viewer) in [*list(staffs.items())[: size(1, 4)], *own.items()]:
                    answer = await send(mutation, input, viewer)
                    assert answer.json()["errors"], why
                    assert not traces(answer.text), (why, answer.text)
                    failed += 1
                asking.clear()
                answer = await http.post(
                    "/graphql",
                    json={"query": f'{{ candidates(search: "{CANARY}") {{ totalCount }} }}'},
                    headers=headers,
                )
                assert not traces(answer.text), (why, answer.text)
        for bad in (f"{CANARY}.{CANARY}.{CANARY}", CANARY, f"eyJhbGciOiJIUzI1NiJ9.{CANARY}."):
            answer = await http.post(
                "/graphql", json={"query": "{ viewer { id } }"}, headers={"Authorization": f"Bearer {bad}"}
            )
            assert not traces(answer.text)
        metrics = (await http.get("/metrics")).text
    secret = headers["Authorization"].split(".")[-1]
    assert not traces(stream.getvalue()), traces(stream.getvalue())[:3]
    assert not traces(metrics)
    assert secret not in stream.getvalue() + metrics
    assert company.tag not in stream.getvalue() + metrics
    assert len(stream.getvalue().splitlines()) >= answers + failed
    assert taken > answers / 4
    tell(capsys, "a leak in logs", f"0 found: {answers} inputs with canaries, {taken} taken, {failed} forced failures")


@dataclass(frozen=True, slots=True)
class Queued:
    properties: dict[str, Any]


QUEUED = Statement(
    "tests.queued",
    "MATCH (n) WHERE n:Message OR n:Timer OR n:Delivery RETURN properties(n) AS properties ORDER BY n.id",
    row=Queued,
)


class Broken:
    """A way out that fails with the message in its words."""

    name = "SMTP"

    async def send(self, parcel: Parcel) -> None:
        raise RuntimeError(f"{parcel.text} {parcel.to}")


async def test_no_canary_is_found_beside_the_messages(
    databases: Databases, answerer: Answerer, stream: io.StringIO, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sending fails in every way, then succeeds; an integrator is told of the same interview all the while."""
    found = (await databases.tested()).graph(Secrets(MASTER), tmp_path / "keys")
    graph = replace(found, loopback=True)
    ask, company, metrics = Ask(graph, answerer), await make_company(graph), Metrics()
    key, sender = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "interviews@example.com"
    company.at(days=0)
    person = Person(CANARY, f"{CANARY}@example.com", "+49 7777000001")
    application = await company.hr.application(company.positions["marketing"], person)
    async with web_server() as web, web_server() as refusing, mail_server() as box:
        refusing.status, refusing.body = 500, CANARY.encode()
        box.answer = f"451 {CANARY} is busy".encode()
        await ask.do("setWebhook", company.user("integrator"), url=web.url, secret=key)
        times = {"startsAt": "2026-11-25T09:00:00Z", "endsAt": "2026-11-25T10:00:00Z", "timeZone": "Asia/Shanghai"}
        room = {"mode": "VIDEO", "joinUrl": f"https://{CANARY}.example/room"}
        invited = {"application": gid("Application", application), **times, **room}
        interview = (await ask.do("inviteToInterview", company.user("marketing"), **invited))["id"]
        closed, busy = Smtp.at("smtp://127.0.0.1:9", sender), Smtp.at(box.url, sender)
        ways: list[Channel] = [closed, busy, Gateway(refusing.url, key), Broken(), Folder(tmp_path / "out", sender)]
        for number, way in enumerate(ways):
            post = Post(way, "https://jobs.example.com", sender, metrics)
            errands = {TimerKind.SEND: post.send, TimerKind.WEBHOOK: Calls(answerer).call}
            now = NOW + timedelta(hours=number)
            worker = Worker(graph, RULES, errands, lambda now=now: now, count=metrics)
            while await worker.turn():
                pass
            await ask.do("recordResponse", company.user("integrator"), interview=interview, response="ACCEPTED")
        bodies = [body.decode() for _, body in web.taken]
    assert len(bodies) >= 4
    (mail,) = [path.read_text() for path in (tmp_path / "out").glob("*.eml") if CANARY in path.read_text()][:1]
    assert CANARY in mail, "the candidate's own mail names it"
    queued = [str(row.properties) for row in await graph.client.read(QUEUED)]
    for place, text in (
        ("the log", stream.getvalue()),
        ("the metrics", metrics.page().decode()),
        ("what is queued", "\n".join(queued)),
        ("a webhook", "\n".join(bodies)),
    ):
        assert not traces(text), (place, traces(text)[:3])
    assert "left for later" in stream.getvalue()
    figure = f"0 found: {len(ways)} ways of sending, {len(bodies)} webhooks, {len(queued)} nodes of the outbox"
    tell(capsys, "a leak by messages or webhooks", figure)
