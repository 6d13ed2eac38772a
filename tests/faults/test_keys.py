"""One key, one effect, one answer, while a proxy cuts the connections that commit."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.conftest import Company, gid, make_company, uid
from tests.faults.clients import OverHttp, asking
from tests.faults.figures import Figure
from tests.faults.ledgers import books
from tests.faults.proxy import Proxy
from tests.faults.serving import Stand
from tests.ledger import acted

SUBMIT = """
mutation Submit($input: SubmitApplicationInput!) {
  submitApplication(input: $input) { __typename ... on Application { id } ... on Refused { code } }
}
"""
CALLERS = 8


async def submit(ask: OverHttp, company: Company, number: int, key: str) -> str:
    """Files an application of somebody who is called by a number; the answer is an id or a code."""
    input: dict[str, Any] = {
        "position": gid("Position", company.positions["marketing"]),
        "candidate": {"displayName": f"Person {number}", "email": f"person{number}@example.com"},
        "idempotencyKey": key,
    }
    answer = await ask.whole(SUBMIT, company.user("hr"), input=input)
    assert not answer.errors, answer.errors
    found = answer.data["submitApplication"]
    return uid(found["id"]) if "id" in found else found["code"]


async def submit_all(ask: OverHttp, company: Company, count: int) -> dict[str, str]:
    """Each number's answer, by key; every fifth is somebody who applied already, and is refused."""
    answers: dict[str, str] = {}
    numbers = iter(range(count))

    async def caller() -> None:
        for number in numbers:
            key = f"key-{number}"
            answers[key] = await submit(ask, company, number - 4 if number % 5 == 4 else number, key)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return answers


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_cut_commit_has_one_effect(stand: Stand, figure: Figure, short: bool, seed: int) -> None:
    count = 100 if short else 1000
    async with (
        Proxy(stand.bolt, share=0.3, seed=seed) as proxy,
        stand.serving(proxy) as api,
        asking(stand, api, seed=seed, impatience=0.1) as ask,
    ):
        company = await make_company(ask.graph)
        before, start = len(await acted(ask, company)), time.monotonic()
        first = await submit_all(ask, company, count)
        seconds = time.monotonic() - start
        again = await submit_all(ask, company, count)
        written = {key: answer for key, answer in first.items() if not answer.isupper()}
        refused = {key: answer for key, answer in first.items() if answer.isupper()}
        kept = await books(ask, company, written, refused, before=before, prefix="key-")
    changed = sum(first[key] != again[key] for key in first)
    cuts = ", ".join(f"{proxy.seen[when]} {when}" for when in ("before", "during", "after"))
    figure(
        "one key, one effect, one answer",
        f"seed {seed}: {count} mutations in {seconds:.0f} s, of {proxy.seen['commits']} commits cut {cuts}; "
        f"{ask.heard}; {kept}; {changed} answers changed when sent again",
        kept.balance and not changed and len(first) == count,
    )
