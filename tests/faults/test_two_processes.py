"""Two API processes on one database: what one promises, both promise together."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from tests.conftest import make_company
from tests.faults.clients import asking
from tests.faults.figures import Figure
from tests.faults.ledgers import books
from tests.faults.serving import Api, Stand
from tests.faults.test_keys import submit
from tests.faults.test_kills import under_load
from tests.faults.test_writers import written_by_many
from tests.ledger import acted


@pytest.fixture
async def pair(stand: Stand) -> AsyncIterator[tuple[Api, Api]]:
    if stand.is_embedded:
        pytest.skip("the embedded engine is for one process")
    async with stand.serving() as first, stand.serving() as second:
        yield first, second


async def test_both_write_as_one(stand: Stand, pair: tuple[Api, Api], figure: Figure, short: bool) -> None:
    text, well = await written_by_many(stand, pair, 200 if short else 2000)
    figure("two API processes: no lost update, no skew", text, well)


async def test_a_key_sent_to_both_has_one_effect(
    stand: Stand, pair: tuple[Api, Api], figure: Figure, short: bool
) -> None:
    count = 20 if short else 200
    async with asking(stand, pair[0]) as one, asking(stand, pair[1]) as other:
        company = await make_company(one.graph)
        before, told, differing = len(await acted(one, company)), dict[str, str](), 0
        for number in range(count):
            key = f"both-{number}"
            answers = await asyncio.gather(*(submit(ask, company, number, key) for ask in (one, other, one, other)))
            told[key] = answers[0]
            differing += len(set(answers)) - 1
        kept = await books(one, company, told, {}, before=before, prefix="both-")
    text = f"{count} keys sent twice to each at once; {kept}; {differing} answers differ"
    figure("two API processes: one key, one effect", text, kept.balance and not differing)


async def test_one_dies_and_the_other_goes_on(stand: Stand, pair: tuple[Api, Api], figure: Figure, short: bool) -> None:
    rounds, chance = 1 if short else 10, random.Random(8)
    async with asking(stand, *pair) as ask:
        company = await make_company(ask.graph)
        before = len(await acted(ask, company))
        async with under_load(ask, company) as load:
            for _ in range(rounds):
                await load.written(10)
                api = chance.choice(pair)
                api.kill()
                await load.written(10)
                api.start()
                await api.ready(120)
        kept = await books(ask, company, load.told, {}, before=before, prefix="kill-")
    figure(
        "two API processes: one is killed, the other goes on",
        f"{rounds} kills, {len(load.told)} writes, {ask.heard}; {kept}",
        kept.balance,
    )
