"""Rotating the master key under writers: nobody becomes two people, and the old key opens nothing any more."""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from api.identity import Tokens
from graph import erasures, keyring, rotation
from graph.candidates import ExternalId, Person, normalised_email
from graph.client import Client, EngineUnavailable
from graph.events import verify
from graph.keys import CandidateKeys
from graph.rotation import rotate
from graph.secrets import Secrets, UnknownVersion
from graph.statements import Found, Statement
from graph.writing import Act, Graph, perform
from schema.execution import Answerer
from seeds.makers import Maker, Refused
from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.databases import Database, Databases

OLD, NEW = b"the old master key".ljust(32, b"."), b"the new master key".ljust(32, b".")
BEFORE, BOTH, AFTER = Secrets({1: OLD}), Secrets({2: NEW, 1: OLD}), Secrets({2: NEW})
SETTLING = 3.0


@dataclass(frozen=True, slots=True)
class Stored:
    version: int
    hash: str
    kind: str


@dataclass(frozen=True, slots=True)
class Named:
    id: str
    name: str


IDENTIFIERS = Statement(
    "tests.identifiers",
    "MATCH (i:Identifier) RETURN i.keyVersion AS version, i.hash AS hash, i.kind AS kind",
    row=Stored,
)
PEOPLE = Statement("tests.people", "MATCH (c:Candidate) RETURN c.id AS id, c.displayName AS name", row=Named)
OPERATION_COUNT = Statement("tests.applications", "MATCH (a:Application) RETURN a.id AS id", row=Found)


def process(graph: Graph, keys: Path, secrets: Secrets) -> Graph:
    """The graph as a process with these master keys has it."""
    return Graph(graph.client, CandidateKeys.at(keys, secrets), secrets)


def seen_by(company: Company, graph: Graph) -> Company:
    """The company's HR as a client of another process."""
    return Company(Maker(graph, company.hr.viewer, NOW), company.tag, company.departments, company.positions)


def person(number: int) -> Person:
    return Person(f"Person {number}", f"Person.{number}@Example.com", external_ids=(ExternalId("ats", str(number)),))


class Applicants:
    """The same few people apply over and over, through every process, to departments of one circle."""

    PEOPLE = 12

    def __init__(self, companies: list[Company]) -> None:
        self._companies = companies
        self._stopped = False
        self.filed = 0
        self.refused = 0

    async def __aenter__(self) -> Applicants:
        self._tasks = [asyncio.create_task(self._apply(company)) for company in self._companies]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopped = True
        await asyncio.gather(*self._tasks)

    async def _apply(self, company: Company) -> None:
        number = 0
        while not self._stopped:
            department = ("marketing", "brand", "technology")[number // self.PEOPLE % 3]
            try:
                await company.application(department, person(number % self.PEOPLE))
                self.filed += 1
            except Refused:
                self.refused += 1
            except EngineUnavailable:
                continue
            number += 1

    async def go_on(self, more: int = 10) -> None:
        end = self.filed + self.refused + more
        for _ in range(3000):
            if self.filed + self.refused >= end:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from graph.client import Client, EngineUnavailable
from graph.keys import CandidateKeys
from graph.rotation import rotate
from graph.secrets import Secrets
from graph.writing import Graph

uri, user, password, database, keys, step, at = sys.argv[1:]

def tell(said, count, all):
    if said.startswith(step) and count >= int(at):
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    auth = (user, password) if user else None
    client = Client.connect(uri, auth, database or None, one_writer=bool(user))
    secrets = Secrets({2: b"the new master key".ljust(32, b"."), 1: b"the old master key".ljust(32, b".")})
    await rotate(Graph(client, CandidateKeys.at(Path(keys), secrets), secrets), settling=0.5, tell=tell)

asyncio.run(main())
"""


async def killed(database: Database, keys: Path, step: str, at: int = 0) -> None:
    """Runs a rotation in a process that is killed at a step."""
    address = database.address
    where = (address.uri, address.user, address.password, address.database) if address else (database.uri, "", "", "")
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *where, str(keys), step, str(at))
    assert await asyncio.wait_for(process.wait(), 120) == -signal.SIGKILL


async def names(client: Client) -> list[str]:
    return sorted(row.name for row in await client.read(PEOPLE))


async def test_keys_are_rotated_under_writers_and_kills(databases: Databases, tmp_path: Path) -> None:
    database, keys = await databases.tested(), tmp_path / "keys"
    first = database.graph(BEFORE, keys)
    company = await make_company(first)
    for number in range(Applicants.PEOPLE // 2):
        await company.application("marketing", person(number))
    both = [process(first, keys, BOTH) for _ in range(3)]
    async with Applicants([seen_by(company, graph) for graph in both]) as applicants:
        await applicants.go_on()
        await killed(database, keys, "Waiting")
        await applicants.go_on()
        await killed(database, keys, "Carrying")
        await applicants.go_on()
        await rotate(process(first, keys, BOTH), settling=SETTLING)
        await applicants.go_on()
    assert await names(first.client) == sorted(f"Person {number}" for number in range(Applicants.PEOPLE))
    assert {row.version for row in await first.client.read(IDENTIFIERS)} == {2}
    assert applicants.filed >= 2 * Applicants.PEOPLE
    assert (await verify(first.client))[2] == []
    after = process(first, keys, AFTER)
    for number in range(Applicants.PEOPLE):
        await seen_by(company, after).application("subsidiary", person(number))
    assert len(await names(first.client)) == 2 * Applicants.PEOPLE


async def test_the_old_key_opens_nothing_afterwards(databases: Databases, tmp_path: Path, answerer: Answerer) -> None:
    database, keys = await databases.tested(), tmp_path / "keys"
    first = database.graph(BEFORE, keys)
    company = await make_company(first)
    application = await company.application("marketing", person(1))
    await company.application("technology", Person("Person 1", "person.1@example.com", phone="+86 10 5555 0000"))
    namespace = await keyring.import_namespace(first.client.read, BEFORE)
    done = await rotate(process(first, keys, BOTH), settling=0)
    assert (done.lost, done.carried, done.rewrapped) == (0, 3, 1)
    stored = await first.client.read(IDENTIFIERS)
    circle = company.departments["hq"]
    old = BEFORE.identifier_hash(1, circle, "EMAIL", "", normalised_email("person.1@example.com"))
    new = AFTER.identifier_hash(2, circle, "EMAIL", "", normalised_email("person.1@example.com"))
    assert {row.version for row in stored} == {2}
    assert old not in {row.hash for row in stored}
    assert new in {row.hash for row in stored}
    before = CandidateKeys.at(keys, BEFORE)
    found = [candidate async for candidate in before.candidates()]
    assert len(found) == 1
    with pytest.raises(InvalidTag):
        await before.load(set(found))
    with pytest.raises(InvalidTag):
        await keyring.import_namespace(first.client.read, BEFORE)
    assert await keyring.import_namespace(first.client.read, AFTER) == namespace
    ask = Ask(process(first, keys, AFTER), answerer)
    query = "query Of($id: ID!) { application(id: $id) { candidate { id email } } }"
    answer = await ask(query, company.user("marketing"), id=gid("Application", application))
    assert answer["application"]["candidate"]["email"] == "Person.1@Example.com"
    again = await seen_by(company, ask.graph).application(
        "brand", Person("Person 1", external_ids=(ExternalId("ats", "1"),))
    )
    recognised = await ask(query, company.user("brand"), id=gid("Application", again))
    assert recognised["application"]["candidate"]["id"] == answer["application"]["candidate"]["id"]


@pytest.mark.parametrize("step", ["Waiting", "Carrying"])
async def test_while_two_versions_live_a_person_is_recognised_under_both(
    databases: Databases, tmp_path: Path, step: str
) -> None:
    database, keys = await databases.tested(), tmp_path / "keys"
    first = database.graph(BEFORE, keys)
    company = await make_company(first)
    await company.application("marketing", person(1))
    await killed(database, keys, step)
    assert await keyring.live_versions(first.client.read, BOTH) == [2, 1]
    both = seen_by(company, process(first, keys, BOTH))
    await asyncio.gather(*(both.application(name, person(1)) for name in ("brand", "technology")))
    await asyncio.gather(*(both.application(name, person(2)) for name in ("brand", "technology", "marketing")))
    assert await names(first.client) == ["Person 1", "Person 2"]
    with pytest.raises(UnknownVersion, match="version 2"):
        await company.application("brand", person(3))
    assert await keyring.missing_version(first.client, BEFORE) == 2
    await rotate(both.hr.graph, settling=SETTLING)
    assert await keyring.missing_version(first.client, AFTER) is None
    assert await keyring.missing_version(first.client, BEFORE) == 2
    assert {row.version for row in await first.client.read(IDENTIFIERS)} == {2}


async def test_an_erased_candidate_stays_erased(databases: Databases, tmp_path: Path) -> None:
    """Whoever erases commits first and drops the key then; a rotation between the two must not keep it."""
    database, keys = await databases.tested(), tmp_path / "keys"
    first = database.graph(BEFORE, keys)
    company = await make_company(first)
    await company.application("marketing", person(1))
    await company.application("marketing", person(2))
    erased = next(row.id for row in await first.client.read(PEOPLE) if row.name == "Person 1")
    act = Act(company.hr.viewer, NOW, "eraseCandidate", str(uuid4()), {})
    await perform(first, act, lambda desk: erasures.erase(desk, erased))
    done = await rotate(process(first, keys, BOTH), settling=0)
    left = [candidate async for candidate in first.keys.candidates()]
    assert erased not in left
    assert len(left) == 1
    assert done.carried == 2


async def test_what_was_sealed_under_the_old_key_ends_with_it(
    databases: Databases, tmp_path: Path, answerer: Answerer
) -> None:
    """Cursors, tokens and the inputs of earlier calls hold while the old key is named, and fail as foreign ones do."""
    database, keys = await databases.tested(), tmp_path / "keys"
    first = database.graph(BEFORE, keys)
    company = await make_company(first)
    input = {
        "position": gid("Position", company.positions["marketing"]),
        "candidate": {"displayName": "Person 1", "email": "person.1@example.com"},
        "idempotencyKey": "once",
    }
    hr = company.user("hr")
    written = await Ask(first, answerer).do("submitApplication", hr, **input)
    cursor, token = BEFORE.seal_cursor(["a", 1]), Tokens(BEFORE).sign("hr", demo=False, now=NOW)
    await rotate(process(first, keys, BOTH), settling=0)
    both, after = (Ask(process(first, keys, secrets), answerer) for secrets in (BOTH, AFTER))
    assert await both.do("submitApplication", hr, **input) == written
    assert (await after.do("submitApplication", hr, **input))["code"] == "KEY_REUSED"
    assert [uid(written["id"])] == [row.id for row in await first.client.read(OPERATION_COUNT)]
    assert BOTH.open_cursor(cursor) == ["a", 1]
    with pytest.raises(ValueError, match="not a cursor"):
        AFTER.open_cursor(cursor)
    claim = Tokens(BOTH).read(token, now=NOW)
    assert claim is not None
    assert claim.subject == "hr"
    assert Tokens(AFTER).read(token, now=NOW) is None


async def test_a_second_rotation_finds_nothing_to_do(databases: Databases, tmp_path: Path) -> None:
    database, keys = await databases.tested(), tmp_path / "keys"
    company = await make_company(database.graph(BEFORE, keys))
    await company.application("marketing", person(1))
    both = database.graph(BOTH, keys)
    assert (await rotate(both, settling=0)).carried == 2
    again = await rotate(both, settling=3600)
    assert again == rotation.Rotated(2)
