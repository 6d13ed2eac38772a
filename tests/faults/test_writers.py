"""Many writers at once through the API: no update is lost, no rule between records gives way, nobody waits long."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.conftest import Company, gid, make_company
from tests.faults.clients import OverHttp, asking
from tests.faults.figures import Figure
from tests.faults.ledgers import Books, books, skew
from tests.faults.serving import Api, Stand
from tests.faults.test_keys import submit
from tests.ledger import acted
from tests.test_concurrency import Tally, Writer, missed_interviews

WRITERS, HOT_WRITERS = 32, 8
HOT = 0.25
"""Seconds that 99 of 100 writes about one candidate may take."""


ROUND = 250
"""Writes about the same four people: after so many hardly anything may still happen to them."""


@dataclass
class Sum:
    """What the rounds came to together."""

    written: int = 0
    refused: int = 0
    skewed: int = 0
    failed: int = 0
    slowest: float = 0
    kept: Books = field(default_factory=lambda: Books(0, 0, 0, 0))


async def written_by_many(stand: Stand, apis: Sequence[Api], count: int) -> tuple[str, bool]:
    """Everything that may happen to four people, at once and at random, and then to four others, until so much was
    written; what it came to, and whether all is well."""
    sum, start = Sum(), time.monotonic()
    async with asking(stand, *apis, seed=2) as ask:
        while sum.written < count:
            await _round(ask, sum, min(count - sum.written, ROUND))
    text = (
        f"{sum.written} writes and {sum.refused} refusals by {WRITERS} writers in {time.monotonic() - start:.0f} s; "
        f"{sum.kept}; {sum.skewed} rules broken; {sum.failed} failed; the slowest took {sum.slowest:.1f} s"
    )
    return text, sum.kept.balance and not sum.skewed and not sum.failed


async def _round(ask: OverHttp, sum: Sum, most: int) -> None:
    company = await make_company(ask.graph)
    interviews, applications = await missed_interviews(ask, company)
    before, tally, findings = len(await acted(ask, company)), Tally(), list[str]()
    shared = (interviews, findings, applications)
    writers = [Writer(ask, company, tally, *shared, random.Random(number + sum.written)) for number in range(WRITERS)]

    async def write(writer: Writer) -> None:
        while len(tally.written) < most and len(tally.refused) < 4 * ROUND:
            await writer.act()

    await asyncio.gather(*map(write, writers))
    sum.kept = sum.kept.beside(await books(ask, company, tally.written, tally.refused, before=before, prefix="writer-"))
    sum.skewed += await skew(ask, company)
    sum.written, sum.refused = sum.written + len(tally.written), sum.refused + len(tally.refused)
    sum.failed, sum.slowest = sum.failed + len(tally.failed), max(sum.slowest, tally.slowest)


async def test_no_update_is_lost(stand: Stand, figure: Figure, short: bool) -> None:
    async with stand.serving() as api:
        text, well = await written_by_many(stand, [api], 200 if short else 10_000)
    figure("no lost update, no skew", text, well)


RENAME = """
mutation Rename($input: UpdateCandidateInput!) {
  updateCandidate(input: $input) { __typename ... on Candidate { id } ... on Refused { code } }
}
"""
CANDIDATE = "query C($id: ID!) { application(id: $id) { candidate { id } } }"


async def rename(ask: OverHttp, company: Company, candidate: str, writer: int, count: int) -> None:
    for number in range(count):
        input = {
            "candidate": candidate,
            "displayName": f"Name {writer} {number}",
            "idempotencyKey": f"{writer}-{number}",
        }
        answer = await ask.whole(RENAME, company.user("hr"), input=input)
        assert answer.data["updateCandidate"]["__typename"] == "Candidate", answer


async def test_a_hot_candidate_stays_quick(stand: Stand, figure: Figure, short: bool, slack: float) -> None:
    count = 10 if short else 100
    async with stand.serving() as api, asking(stand, api) as ask:
        company = await make_company(ask.graph)
        application = await submit(ask, company, 1, "hot")
        found = await ask(CANDIDATE, company.user("hr"), id=gid("Application", application))
        candidate = found["application"]["candidate"]["id"]
        await rename(ask, company, candidate, HOT_WRITERS, 5)
        ask.heard.took.clear()
        start, spent = time.monotonic(), api.spent()
        await asyncio.gather(*(rename(ask, company, candidate, writer, count) for writer in range(HOT_WRITERS)))
        seconds, spent = time.monotonic() - start, api.spent() - spent
    median, late = (1000 * ask.heard.percentile(share) for share in (0.5, 0.99))
    figure(
        "a hot candidate stays quick",
        f"{HOT_WRITERS * count} writes by {HOT_WRITERS} writers on one candidate in {seconds:.1f} s: median "
        f"{median:.0f} ms, 99th percentile {late:.0f} ms; a write took {1000 * spent / HOT_WRITERS / count:.0f} ms of "
        f"a processor in API{' and engine' if stand.is_embedded else ''}",
        late <= 1000 * HOT * slack,
    )
