"""The engine or the way to it goes in the middle: callers are told to try again, and the same key has one effect."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import graph.client
from graph.embedded import EmbeddedEngine
from graph.events import verify
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.organizations import is_empty
from graph.secrets import Secrets
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Ask, gid, make_company
from tests.faults.proxy import Proxy

SUBMIT = """
mutation Submit($input: SubmitApplicationInput!) {
  submitApplication(input: $input) { __typename ... on Application { id } ... on Refused { code } }
}
"""


async def test_a_killed_engine_loses_and_doubles_nothing(
    tmp_path: Path, answerer: Answerer, monkeypatch: pytest.MonkeyPatch, engine_name: str
) -> None:
    if engine_name != "embedded":
        pytest.skip("the engine that is supervised is the embedded one")
    monkeypatch.setattr(graph.client, "PATIENCE", 0.3)
    engine = EmbeddedEngine(tmp_path / "engine")
    address = await engine.start()
    client = address.client()
    try:
        await migrate(client)
        secrets = Secrets(b"k" * 32)
        made = Graph(client, CandidateKeys.at(tmp_path / "keys", secrets), secrets)
        company = await make_company(made)
        ask = Ask(made, answerer)
        viewer = company.user("technology")
        input: dict[str, Any] = {
            "position": gid("Position", company.positions["technology"]),
            "candidate": {"displayName": "李雷", "email": "lilei@example.com"},
            "idempotencyKey": "once",
        }
        assert engine.pid is not None
        os.kill(engine.pid, signal.SIGKILL)
        answers = [await ask.whole(SUBMIT, viewer, input=input)]
        while answers[-1].errors and len(answers) < 100:
            answers.append(await ask.whole(SUBMIT, viewer, input=input))
        lost = [error["extensions"] for answer in answers for error in answer.errors]
        assert lost
        assert all(error == {"code": "ENGINE_UNAVAILABLE", "retryable": True} for error in lost)
        again = await ask.whole(SUBMIT, viewer, input=input)
        assert again.data == answers[-1].data
        counted = await ask(
            "query($id: ID!) { position(id: $id) { applications { totalCount } } }", viewer, id=input["position"]
        )
        assert counted == {"position": {"applications": {"totalCount": 1}}}
        assert (await verify(client))[2] == []
    finally:
        await client.close()
        await engine.stop()


async def test_connections_that_carry_nothing_are_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine_name: str
) -> None:
    """As behind a firewall that forgets: reads, writes and the question of readiness go on over new ones."""
    if engine_name != "embedded":
        pytest.skip("it is the same driver for both engines")
    monkeypatch.setattr(graph.client, "SILENCE", 1.0)
    engine = EmbeddedEngine(tmp_path / "engine")
    address = await engine.start()
    port = int(address.uri.rsplit(":", 1)[1])
    async with Proxy(lambda: ("127.0.0.1", port)) as proxy:
        client = replace(address, uri=f"bolt://127.0.0.1:{proxy.port}").client()
        try:
            await migrate(client)
            made = Graph(client, CandidateKeys.at(tmp_path / "keys", Secrets(b"k" * 32)), Secrets(b"k" * 32))
            assert await is_empty(made)
            assert proxy.freeze() > 0
            started = time.monotonic()
            assert await is_empty(made)
            assert 1 < time.monotonic() - started < 4
            assert proxy.freeze() > 0
            with pytest.raises(TimeoutError):
                await client.ping()
            await asyncio.sleep(0.5)
            await client.ping()
            assert proxy.freeze() > 0
            await make_company(made)
            assert not await is_empty(made)
        finally:
            await client.close()
            await engine.stop()
