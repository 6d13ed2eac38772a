"""`turnout work` is killed in the middle of sending: every message is sent, and a repeat comes under the same key."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from graph.events import verify
from graph.statements import Nothing, Statement
from graph.writing import Graph
from tests.conftest import make_company
from tests.databases import Databases
from tests.faults.figures import Figure
from tests.faults.serving import ROOT, until
from tests.receivers import web_server
from tests.test_exporting import SECRETS, shell_of

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
COMMAND = [str(Path(sys.executable).with_name("turnout")), "work"]


@dataclass(frozen=True, slots=True)
class Sent:
    id: str
    state: str
    events: int


LIST_SENT = Statement(
    "tests.list_what_was_sent",
    """
    MATCH (message:Message)-[:TO]->(:Candidate)
    RETURN message.id AS id, message.state AS state,
      COUNT { MATCH (event:Event {type: 'MESSAGE_SENT'}) WHERE event.payload CONTAINS message.id } AS events
    ORDER BY id
    """,
    row=Sent,
)
END_LEASES = Statement("tests.end_leases", "MATCH (t:Timer) SET t.leasedUntil = null", row=Nothing, writes=True)
"""What passes with the time that a dead worker held its timers for."""


@dataclass
class Sender:
    """A process of `turnout work` that can be killed and started again."""

    environment: dict[str, str]
    log: Path
    kills: int = 0

    @contextmanager
    def killed(self) -> Iterator[None]:
        """At work for the block, and killed at its end."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                COMMAND, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, env=self.environment
            )
        try:
            yield
        finally:
            process.kill()
            process.wait()
            self.kills += 1


async def invited(graph: Graph, count: int) -> None:
    company, now = await make_company(graph), datetime.now(UTC)
    company.hr.at = now - timedelta(hours=1)
    for number in range(count):
        starts_at = now + timedelta(days=5, minutes=number)
        await company.hr.interview(await company.application("marketing"), starts_at=starts_at, response=None)


async def test_a_killed_sender_loses_no_message(
    databases: Databases, tmp_path: Path, figure: Figure, short: bool
) -> None:
    """Killed while the receiver has a message and has not answered, and right after answers that nobody wrote down."""
    database, chance, began = await databases.tested(), random.Random(7), time.monotonic()
    graph = database.graph(SECRETS, tmp_path / "keys")
    await invited(graph, 8 if short else 60)
    async with web_server() as web:
        told = {"TURNOUT_MESSAGE_WEBHOOK_URL": web.url, "TURNOUT_MESSAGE_WEBHOOK_SECRET": SECRET}
        told["TURNOUT_CANDIDATE_KEYS"] = str(tmp_path / "keys")
        sender = Sender(shell_of(database, **told).environment, tmp_path / "work.log")
        for number in range(2 if short else 20):
            # At first nothing is answered before the kill; then some is, and written down or not.
            web.wait, before = 0.0 if number else 5.0, len(web.taken)
            with sender.killed():
                await until(lambda: len(web.taken) > before, within=120)  # noqa: B023
                await asyncio.sleep(chance.uniform(0, 0.3))
            await graph.client.write(lambda tx: tx.run(END_LEASES))
        with sender.killed():
            end = time.monotonic() + 120
            while any(row.state == "QUEUED" for row in await graph.client.read(LIST_SENT)):
                assert time.monotonic() < end, sender.log.read_text()[-2000:]
                await asyncio.sleep(0.2)
    rows, bodies = await graph.client.read(LIST_SENT), defaultdict[str, list[str]](list)
    for headers, body in web.taken:
        bodies[headers["webhook-id"]].append(said(body))
    lost = [row.id for row in rows if row.state != "SENT" or row.id not in bodies]
    otherwise = [key for key, each in bodies.items() if len(set(each)) > 1]
    strange = set(bodies) - {row.id for row in rows}
    noted = sum(row.events != 1 for row in rows)
    *_, wrong = await verify(graph.client)
    repeats = len(web.taken) - len(bodies)
    assert repeats, "nothing was sent again: no kill came in the middle of a message"
    figure(
        "messages: `turnout work` killed in the middle of sending",
        f"{len(rows)} messages, {sender.kills} kills in {time.monotonic() - began:.0f} s; {len(lost)} lost, "
        f"{repeats} sent again, {len(otherwise)} of them otherwise, {len(strange)} under another key; "
        f"{noted} not once in the history; {len(wrong)} faults in the chains",
        not (lost or otherwise or strange or noted or wrong),
    )


def said(body: bytes) -> str:
    """What a message tells; its calendar is stamped with the time of its sending."""
    told: dict[str, Any] = orjson.loads(body)
    return repr(sorted((name, value) for name, value in told.items() if name != "calendar"))
