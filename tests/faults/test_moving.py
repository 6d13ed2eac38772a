"""Backups under writers are of one moment, and a graph that moves between the engines comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.events import verify
from seeds import demo
from tests.conftest import NOW, make_company
from tests.databases import Databases
from tests.faults.figures import size, tell
from tests.test_exporting import SECRETS, WRITERS, Writers, bring, canonical, save, told

ROUNDS = size(1, 10)


async def test_backups_under_writers_are_of_one_moment(
    databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = await databases.tested()
    company = await make_company(source.graph(SECRETS, tmp_path / "keys"))
    held, taken = list[list[int]](), list[tuple[list[int], list[int]]]()
    async with Writers(company) as writers:
        for number in range(ROUNDS):
            await writers.file_more(2)
            before = list(writers.filed)
            await save(source, tmp_path / f"{number}.backup", SECRETS)
            taken.append((before, list(writers.filed)))
    for number, (before, after) in enumerate(taken):
        target = await databases.embedded()
        await bring(target, tmp_path / f"{number}.backup")
        held.append(await told(target))
        assert all(first <= count <= last + 1 for first, count, last in zip(before, held[-1], after, strict=True))
        assert (await verify(target.client))[2] == []
        await databases.give_back_embedded()
    assert (await verify(source.client))[2] == []
    tell(
        capsys,
        "backup and restore under writers",
        f"{ROUNDS} backups while {WRITERS} writers wrote {sum(writers.filed)} applications: each restored whole, "
        f"of one moment, with {min(map(sum, held))} to {max(map(sum, held))} of them; 0 chains broken",
    )


async def test_a_graph_that_moves_there_and_back_is_the_same(
    databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = await databases.embedded(), await databases.tested(), await databases.embedded()
    await demo.sow(first.graph(SECRETS, tmp_path / "keys"), now=NOW)
    await save(first, tmp_path / "there.jsonl")
    await bring(second, tmp_path / "there.jsonl")
    await save(second, tmp_path / "back.backup", SECRETS)
    await bring(third, tmp_path / "back.backup")
    graphs = [await canonical(database) for database in (first, second, third)]
    assert graphs[0] == graphs[1] == graphs[2]
    tell(
        capsys,
        "a graph moves there and back",
        f"identical: {len(graphs[0])} nodes and relations from the embedded engine as JSON lines, back as a backup",
    )
