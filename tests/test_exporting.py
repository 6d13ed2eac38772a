"""Exports, backups and restores: the same graph comes back, from either engine, or none at all."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

import graph.client
from api.keeping import new_file, opened, read_through, restored, write_graph
from graph import score_records
from graph.candidates import Person
from graph.client import EngineUnavailable
from graph.events import verify
from graph.exporting import Sum, graph_lines
from graph.health import missing_constraints
from graph.migrations import FIND_APPLIED, migrate
from graph.pools import fill_all
from graph.restoring import NotRestored, Restore, is_unfinished
from graph.sealing import Sealer
from graph.secrets import Secrets
from graph.statements import Count, Found, Statement
from graph.visibility import FIND_VIEWER, OrganizationRole
from graph.writing import Graph, random_id
from schema.execution import Answerer
from seeds import demo
from seeds.makers import Refused, maker
from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.databases import Database, Databases
from tests.test_scores import SCORE, Scored, enabled

MASTER = b"a master key of exports in tests".ljust(32, b".")
SECRETS = Secrets(MASTER)
INBOX = """
query Inbox($id: ID!) {
  application(id: $id) {
    candidate { displayName email phone interviews { nodes { startsAt mode attendance } } }
    reminders { kind message occurredAt }
  }
}
"""
COMPANY = """
{ organization { name departments { name } users { nodes { externalId organizationRole } } }
  candidates(first: 100) { totalCount nodes { displayName status email possibleMatches { id } } } }
"""
SCORES = """
{ candidates(first: 100) { nodes { id
  score {
    status points band inputsHash factors { dimension rawValue value points evidence { ids weight fadesOn } }
    counterfactuals { finding change points }
  }
  labels { name expiresOn grounds { ids } }
} } }
"""
"""Reckoned anew by each engine from what it holds, to the last digit."""


async def canonical(database: Database) -> list[bytes]:
    """Every node and relation of a database that nobody writes to, in an order of its own."""
    return sorted([orjson.dumps(line, option=orjson.OPT_SORT_KEYS) async for line in graph_lines(database.client)])


async def save(database: Database, path: Path, secrets: Secrets | None = None) -> None:
    with new_file(path) as file:
        async with database.unchanging() as client:
            await write_graph(client, file, Sealer(file, secrets) if secrets else None, lambda _: None)


async def bring(database: Database, path: Path, before: Callable[[], Awaitable[None]] | None = None) -> None:
    run, expected = Restore(database.client, random_id()), read_through(path, SECRETS)
    assert await restored(run, path, SECRETS, expected, despite_faults=False, before=before) == []


async def answers(moved: Graph, answerer: Answerer) -> list[Any]:
    ask = Ask(moved, answerer)
    technology = await ask(INBOX, "recruiter@technology.demo", id=gid("Application", demo.main_application_id()))
    kept = [each async for each in score_records.verify(moved.client)]
    assert [(each.fault, each.found) for each in kept] == [(None, each.kept) for each in kept]
    scores = [each.kept for each in kept], await ask(SCORES, "hr@demo")
    return [technology, await ask(COMPANY, "hr@demo"), await ask(COMPANY, "auditor@demo"), scores]


async def scoring(graph: Graph, answerer: Answerer) -> None:
    """A score policy in force, and a score of everybody in the demo, kept."""
    hr = await maker(graph, "hr@demo", at=NOW)
    policy = await hr.score_policy()
    await hr.impact_assessment(policy)
    await hr.user("second@demo", OrganizationRole.HR_ADMIN)
    await (await maker(graph, "second@demo", at=NOW)).approval(policy)
    await keep_scores(Ask(graph, answerer))


async def keep_scores(ask: Ask) -> None:
    """Keeps a score of everybody, as of the asker's day."""
    for node in (await ask(SCORES, "hr@demo"))["candidates"]["nodes"]:
        await ask.do("recordScore", "hr@demo", candidate=node["id"])


async def test_an_export_moves_a_graph_between_the_engines(
    databases: Databases, tmp_path: Path, answerer: Answerer
) -> None:
    """There and back; a score is reckoned and kept on either, and recomputed by the other from the events alone."""
    first, second, third = await databases.embedded(), await databases.tested(), await databases.embedded()
    keys = tmp_path / "keys"
    await demo.sow(first.graph(SECRETS, keys), now=NOW)
    await scoring(first.graph(SECRETS, keys), answerer)
    await save(first, tmp_path / "there.jsonl")
    await bring(second, tmp_path / "there.jsonl")
    there = await same(first, second, keys, answerer)
    assert there[0]["application"]["candidate"]["email"]
    later = Ask(second.graph(SECRETS, keys), answerer)
    later.now = NOW + timedelta(days=1)
    await keep_scores(later)
    await save(second, tmp_path / "back.jsonl")
    await bring(third, tmp_path / "back.jsonl")
    back = await same(second, third, keys, answerer)
    kept, again = there[-1][0], back[-1][0]
    assert len(again) == 2 * len(kept) > 0
    for database in (second, third):
        assert (await verify(database.client))[2] == []
        assert await missing_constraints(database.client) == []
        assert await database.client.read(FIND_APPLIED) == await first.client.read(FIND_APPLIED)


async def same(one: Database, other: Database, keys: Path, answerer: Answerer) -> list[Any]:
    """What both answer, and hold to the last byte."""
    asked = [await answers(database.graph(SECRETS, keys), answerer) for database in (one, other)]
    assert asked[0] == asked[1]
    dumps = [await canonical(database) for database in (one, other)]
    assert len(dumps[0]) > 6000
    assert dumps[0] == dumps[1]
    return asked[0]


@dataclass(frozen=True, slots=True)
class Filed:
    name: str
    id: str


FILED = Statement(
    "tests.filed",
    """
    MATCH (candidate:Candidate)-[:SUBMITTED]->(application:Application)
    WHERE candidate.displayName STARTS WITH 'writer '
    RETURN candidate.displayName AS name, application.id AS id ORDER BY name
    """,
    row=Filed,
)
ANSWERED = Statement(
    "tests.answered",
    "MATCH (operation:Operation) WHERE operation.resultId IS NOT NULL RETURN operation.resultId AS id ORDER BY id",
    row=Found,
)
WRITERS = 6


class Writers:
    """Each files one stranger after another, and remembers whom it was told of."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._stopped = False
        self.filed = [0] * WRITERS

    async def __aenter__(self) -> Writers:
        self._tasks = [asyncio.create_task(self._write(number)) for number in range(WRITERS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopped = True
        await asyncio.gather(*self._tasks)

    async def file_more(self, count: int) -> None:
        """Until each has filed so many from now on; Neo4j gives some of them far more turns than others."""
        wanted = [filed + count for filed in self.filed]
        for _ in range(3000):
            if all(filed >= least for filed, least in zip(self.filed, wanted, strict=True)):
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(self.filed)

    async def _write(self, writer: int) -> None:
        department = ("marketing", "brand", "technology", "subsidiary")[writer % 4]
        while not self._stopped:
            person = Person(f"writer {writer} {self.filed[writer]:05d}", f"{writer}-{self.filed[writer]}@example.com")
            # Told to send it again, a writer does; what was written after all is refused then.
            with suppress(EngineUnavailable):
                with suppress(Refused):
                    await self._company.application(department, person)
                self.filed[writer] += 1


async def told(database: Database) -> list[int]:
    """How many strangers of each writer a database holds: they are the first of them, each with its Operation."""
    found: dict[int, list[int]] = defaultdict(list)
    operations = Counter(operation.id for operation in await database.client.read(ANSWERED))
    for filed in await database.client.read(FILED):
        _, writer, number = filed.name.split()
        assert operations[filed.id] == 1, filed
        found[int(writer)].append(int(number))
    for numbers in found.values():
        assert numbers == list(range(len(numbers)))
    return [len(found[writer]) for writer in range(WRITERS)]


async def test_a_backup_under_writers_holds_one_moment(databases: Databases, tmp_path: Path) -> None:
    """Whatever a writer was told of before it began is in it, nothing begun after it, and no second without a first."""
    source, target = await databases.tested(), await databases.embedded()
    company = await make_company(source.graph(SECRETS, tmp_path / "keys"))
    async with Writers(company) as writers:
        await writers.file_more(2)
        path, before = tmp_path / "moment.backup", list(writers.filed)
        await save(source, path, SECRETS)
        after = list(writers.filed)
        await writers.file_more(2)
    await bring(target, path)
    held = await told(target)
    assert all(first <= count <= last + 1 for first, count, last in zip(before, held, after, strict=True))
    assert sum(held) < sum(writers.filed)
    assert (await verify(target.client))[2] == []
    assert (await verify(source.client))[2] == []


async def test_a_restored_backup_is_the_same_graph(databases: Databases, tmp_path: Path) -> None:
    source, target = await databases.embedded(), await databases.tested()
    company = await make_company(source.graph(SECRETS, tmp_path / "keys"))
    for department in ("marketing", "technology"):
        await company.hr.suspicion(await company.at(days=20).missed(await company.application(department)))
    await save(source, tmp_path / "whole.backup", SECRETS)
    await bring(target, tmp_path / "whole.backup")
    assert await canonical(target) == await canonical(source)
    with pytest.raises(NotRestored, match="holds data already"):
        await bring(target, tmp_path / "whole.backup")
    assert await canonical(target) == await canonical(source)


async def test_what_an_older_file_lacks_is_made_when_it_is_restored(databases: Databases, tmp_path: Path) -> None:
    source, target = await databases.embedded(), await databases.tested()
    company = await make_company(source.graph(SECRETS, tmp_path / "keys"))
    for department in ("marketing", "technology"):
        await company.application(department)
    await fill_all(source.client, NOW)
    before = await canonical(source)
    for older in (
        "MATCH (pool:Pool) DELETE pool",
        "MATCH (position:Position) SET position.pooledAt = null",
        "MATCH (migration:Migration {id: '0017_pools'}) DELETE migration",
    ):
        await source.client.define(older)
    try:
        await save(source, tmp_path / "whole.backup", SECRETS)
    finally:
        # Tests after this one have the same database, emptied, and know it to be migrated.
        await migrate(source.client)
    await bring(target, tmp_path / "whole.backup")
    after = await canonical(target)
    # Neo4j writes the seconds of a full minute into a text, the embedded engine does not.
    assert [line.replace(b":00:00", b":00") for line in after] == [line.replace(b":00:00", b":00") for line in before]


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from api.keeping import read_through, restored
from api.running import running_graph
from api.settings import read_settings
from graph.restoring import Restore
from graph.secrets import Secrets

async def main():
    calls = 0
    def progress(_):
        nonlocal calls
        calls += 1
        if calls == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
    settings, path = read_settings(), Path(sys.argv[1])
    secrets = Secrets(settings.read_master_keys())
    async with running_graph(settings, restoring=True) as graph:
        run = Restore(graph.client, "killed", progress)
        await restored(run, path, secrets, read_through(path, secrets), despite_faults=False)

asyncio.run(main())
"""


@dataclass
class Shell:
    """Runs the command line, or a program in its place, as an operator does."""

    environment: dict[str, str]

    async def __call__(self, *arguments: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 120)
        return process.returncode or 0, " ".join(output.decode().split())

    async def turnout(self, *arguments: str) -> tuple[int, str]:
        return await self("-c", "from api.command import app; app()", *arguments)


async def shell(databases: Databases) -> Shell:
    """Commands on an empty database of the engine under test, which runs already."""
    return shell_of(await databases.tested())


def shell_of(database: Database, **more: str) -> Shell:
    """Commands on a database; settings besides by their names."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TURNOUT_")}
    environment = {
        **kept,
        "TURNOUT_DATA": str(database.folder),
        "TURNOUT_MASTER_KEY": base64.b64encode(MASTER).decode(),
        **more,
    }
    if database.address is None:
        environment["TURNOUT_NEO4J_URI"] = database.uri
    return Shell(environment)


@pytest.mark.parametrize("batch", [2, 9])
async def test_a_restore_killed_in_the_middle_serves_nothing_and_runs_again(
    databases: Databases, tmp_path: Path, batch: int
) -> None:
    source = await databases.embedded()
    company = await make_company(source.graph(SECRETS, tmp_path / "keys"))
    await company.application("marketing")
    path = tmp_path / "whole.backup"
    await save(source, path, SECRETS)
    command = await shell(databases)
    assert (await command("-c", KILLED, str(path), str(batch)))[0] == -signal.SIGKILL
    code, said = await command.turnout("verify")
    assert (code, "was begun and not finished" in said) == (1, True), said
    code, said = await command.turnout("restore", str(path))
    assert (code, "every one was read back" in said) == (0, True), said
    for whose in ((), ("--organization", gid("Organization", company.hr.viewer.organization))):
        code, said = await command.turnout("verify", *whose)
        assert (code, "2 chains" in said, "0 faults" in said) == (0, True, True), said
    code, said = await command.turnout("export", str(tmp_path / "again.jsonl"))
    assert code == 0, said
    lines = (tmp_path / "again.jsonl").read_bytes().splitlines()[1:-1]
    assert sorted(lines) == await canonical(source)


FORGE = Statement(
    "tests.forge_a_decision",
    """
    MATCH (event:Event {type: 'NO_SHOW_CONFIRMED'})
    SET event.payload = replace(event.payload, '"cause":"CANDIDATE"', '"cause":"PLATFORM"')
    RETURN count(event) AS count
    """,
    row=Count,
    writes=True,
)


async def nobody_is_not_sound(command: Shell, candidate: str) -> None:
    """An id of nobody, or of another type, is told and not called without faults."""
    other = gid("Organization", uid(candidate))
    for words in (("verify-score", other), ("verify-score", "none"), ("verify", "--organization", other)):
        code, said = await command.turnout(*words)
        assert (code, "has this id" in said) == (1, True), said


async def counterfactual_holds(moved: Graph, scored: Scored, application: str) -> None:
    """What a score would be without the finding, as told where it was, is what it is once that is voided there."""
    (told,) = (each for each in (await scored.score(application))["counterfactuals"] if each["change"] == "VOIDED")
    hr = scored.company.user("hr")
    await (await maker(moved, hr, at=NOW)).void(uid(told["finding"]))
    found = await replace(scored, ask=Ask(moved, scored.ask.answerer)).score(application)
    assert (found["points"], found["band"], found["counterfactuals"]) == (told["points"], told["band"], [])


async def test_a_moved_score_is_recomputed_by_the_command_line(
    databases: Databases, tmp_path: Path, answerer: Answerer
) -> None:
    """Exported from one engine and brought into the other by commands alone; its counterfactual comes true there, and
    one event that was edited is noticed."""
    source, target = await databases.embedded(), await databases.tested()
    company = await make_company(source.graph(SECRETS, tmp_path / "keys"))
    scored = Scored(company, Ask(source.graph(SECRETS, tmp_path / "keys"), answerer))
    await enabled(company)
    application = await company.application("marketing")
    await scored.no_show(application)
    for days in (30, 20, 10):
        await scored.attended(application, days=days)
    candidate = (await scored.of(application))["id"]
    kept = await scored.ask.do("recordScore", company.user("hr"), SCORE, candidate=candidate)
    assert kept["score"]["status"] == "SCORED"
    path = str(tmp_path / "there.jsonl")
    code, said = await shell_of(source).turnout("export", path)
    assert code == 0, said
    there = shell_of(target)
    code, said = await there.turnout("restore", path)
    assert (code, "every one was read back" in said) == (0, True), said
    for whose in ((candidate,), ()):
        code, said = await there.turnout("verify-score", *whose)
        assert (code, said) == (0, "1 scores, 0 faults.")
    await nobody_is_not_sound(there, candidate)
    await counterfactual_holds(target.graph(SECRETS, tmp_path / "keys"), scored, application)
    assert (await target.client.write(lambda tx: tx.run(FORGE)))[0].count == 1
    code, said = await there.turnout("verify-score", candidate)
    assert code == 1
    assert said.endswith("recomputed from the events it is another 1 scores, 1 faults.")


async def test_nobody_is_a_viewer_before_a_restore_ends(databases: Databases, tmp_path: Path) -> None:
    """A server that was up before the restore began serves nothing of it either."""
    source, target = await databases.embedded(), await databases.tested()
    company = await make_company(source.graph(SECRETS, tmp_path / "keys"))
    await company.application("marketing")
    path = tmp_path / "whole.jsonl"
    await save(source, path)
    seen: list[int] = []

    async def look() -> None:
        while True:
            seen.append(len(await target.client.read(FIND_VIEWER, subject=company.user("hr"))))

    looking = asyncio.create_task(look())
    run = Restore(target.client, random_id())
    await run.begin()
    with opened(path, SECRETS, Sum()) as (_, lines):
        doors = await run.load(lines)
    await run.check(doors, read_through(path, SECRETS).trailer(), despite_faults=False)
    assert set(seen) == {0}
    await run.open(doors)
    looking.cancel()
    assert len(await target.client.read(FIND_VIEWER, subject=company.user("hr"))) == 1
    assert not await is_unfinished(target.client)


async def test_a_later_restore_stops_the_earlier_one(databases: Databases, tmp_path: Path) -> None:
    source, target = await databases.embedded(), await databases.tested()
    await make_company(source.graph(SECRETS, tmp_path / "keys"))
    path = tmp_path / "whole.jsonl"
    await save(source, path)
    earlier = Restore(target.client, random_id())
    await earlier.begin()
    await bring(target, path)
    with opened(path, SECRETS, Sum()) as (_, lines), pytest.raises(NotRestored, match="taken this database over"):
        await earlier.load(lines)
    assert await canonical(target) == await canonical(source)


async def test_writes_wait_until_the_gates_open(databases: Databases, tmp_path: Path) -> None:
    database = await databases.tested()
    if database.address is not None:
        pytest.skip("the embedded engine is copied; its writes do not wait")
    company = await make_company(database.graph(SECRETS, tmp_path / "keys"))
    async with database.unchanging() as client:
        before = await canonical(database)
        writing = asyncio.create_task(company.application("marketing"))
        await asyncio.sleep(1)
        assert not writing.done()
        assert (await client.read(FIND_VIEWER, subject=company.user("hr")))[0].role == "HR_ADMIN"
        assert await canonical(database) == before
    await writing
    assert await canonical(database) != before


async def test_a_write_that_waits_too_long_may_be_sent_again(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await databases.tested()
    if database.address is not None:
        pytest.skip("the embedded engine is copied; its writes do not wait")
    company = await make_company(database.graph(SECRETS, tmp_path / "keys"))
    before = await canonical(database)
    async with database.unchanging():
        monkeypatch.setattr(graph.client, "TIMEOUT", 1.0)
        with pytest.raises(EngineUnavailable):
            await company.application("marketing")
    monkeypatch.undo()
    assert await canonical(database) == before
    await company.application("marketing")
