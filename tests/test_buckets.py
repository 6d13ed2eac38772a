"""Keys and proof in a bucket as of S3: what a folder does, and an answer in time where the bucket is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from graph.client import EngineUnavailable
from graph.keys import CandidateKeys
from graph.objects import Objects
from graph.proof_files import ProofFiles
from graph.secrets import Secrets
from graph.writing import Graph
from schema.execution import Answerer
from tests import bucket
from tests.conftest import NOW, Ask, gid, make_company
from tests.pictures import document
from tests.ports import free_port
from tests.test_proofs import suspected

SOON = 10.0
"""Seconds in which everything is answered."""
ADDRESS = f"s3://{bucket.NAME}/some/folder"


def lead_to(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    settings = {"ENDPOINT": address, "REGION": "us-east-1"}
    for name, value in {**settings, "ACCESS_KEY_ID": "tests", "SECRET_ACCESS_KEY": "tests"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return ADDRESS


@pytest.fixture
async def stored(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The address of an empty bucket, as a setting names it."""
    if not bucket.PYTHON.exists():
        pytest.skip("`make bucket` installs the store that this needs")
    async with bucket.serving() as address:
        yield lead_to(address, monkeypatch)


@pytest.fixture(params=["folder", "bucket"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    return Objects.at(tmp_path if request.param == "folder" else request.getfixturevalue("stored"))


async def test_objects_are_kept(objects: Objects) -> None:
    assert [await objects.add("aa/one", b"1"), await objects.add("aa/one", b"2")] == [True, False]
    assert await objects.get("aa/one") == b"1"
    await objects.put("aa/one", b"3")
    await objects.put("bb/two", b"4")
    assert [await objects.get(name) for name in ("aa/one", "bb/two", "cc/none")] == [b"3", b"4", None]
    assert sorted([name async for name in objects.names()]) == ["aa/one", "bb/two"]
    assert [name async for name in objects.names("aa")] == ["aa/one"]
    for _ in range(2):
        await objects.delete("aa/one")
    assert await objects.get("aa/one") is None


async def test_keys_in_a_bucket_are_opened_by_others_and_dropped(stored: str) -> None:
    candidate, secrets = str(uuid4()), Secrets(b"k" * 32)
    one, other = (CandidateKeys.at(stored, secrets) for _ in range(2))
    await one.create(candidate, 1)
    await other.create(candidate, 1)
    sealed = one.conceal(candidate, "Zhang Wei")
    assert other.reveal(candidate, sealed) == "Zhang Wei", "the first key stays"
    assert [each async for each in other.candidates()] == [candidate]
    await one.journal(candidate, NOW)
    await one.drop(candidate)
    after = CandidateKeys.at(stored, secrets)
    await after.load({candidate})
    assert after.reveal(candidate, sealed) is None
    assert ([each async for each in after.erased()], [each async for each in after.candidates()]) == ([candidate], [])


async def test_proof_comes_to_a_bucket_and_goes_from_it(
    ask: Ask, graph: Graph, answerer: Answerer, stored: str
) -> None:
    keys, files = CandidateKeys.at(stored, graph.secrets), ProofFiles.at(stored + "/proofs")
    ask = replace(ask, graph=replace(graph, keys=keys, files=files))
    missed = await suspected(ask, await make_company(ask.graph), answerer)
    plain, objects = document(), Objects.at(stored)
    given = await missed.give(plain)
    names = [name async for name in objects.names("proofs")]
    assert len(names) == 1
    assert plain[:40] not in (await objects.get(names[0]) or b"")
    opened = await missed.open(given)
    assert (opened.status_code, opened.content) == (200, plain)
    await missed.decide(given, "ACCEPTED")
    await missed.purge(given)
    assert [name async for name in objects.names("proofs")] == []


@pytest.mark.parametrize("silent", [False, True])
async def test_a_bucket_that_is_away_is_told_in_time(
    ask: Ask, graph: Graph, monkeypatch: pytest.MonkeyPatch, *, silent: bool
) -> None:
    """Gone, or taking connections and saying nothing: who asks is told to send it again, and nobody waits long."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    port = free_port()
    server = await asyncio.start_server(hold, "127.0.0.1", port) if silent else None
    place = lead_to(f"http://127.0.0.1:{port}", monkeypatch)
    try:
        away = replace(ask, graph=replace(graph, keys=CandidateKeys.at(place, graph.secrets)))
        company = await make_company(graph)
        started = time.monotonic()
        answer = await away.whole(
            "mutation Submit($input: SubmitApplicationInput!) { submitApplication(input: $input) { __typename } }",
            company.user("hr"),
            input={
                "position": gid("Position", company.positions["marketing"]),
                "candidate": {"displayName": "Zhang Wei", "email": "zhang@example.com"},
                "idempotencyKey": str(uuid4()),
            },
        )
        assert [error["extensions"] for error in answer.errors] == [{"code": "ENGINE_UNAVAILABLE", "retryable": True}]
        assert time.monotonic() - started < SOON
        with pytest.raises(EngineUnavailable):
            await ProofFiles.at(place).names("aa")
    finally:
        if server is not None:
            server.close()
