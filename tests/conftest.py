"""The real database, started or given; a company for each test; and questions asked as a client asks them."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from graph import client as clients
from graph import planning, receipts
from graph.candidates import Person
from graph.client import Client, Result, Transaction, statements_run
from graph.embedded import EmbeddedEngine
from graph.events import verify
from graph.keys import CandidateKeys
from graph.migrations import migrate
from graph.proof_files import ProofFiles
from graph.receipts import Receipts
from graph.secrets import Secrets
from graph.statements import Found, Row, Statement
from graph.visibility import Claim, OrganizationRole, Viewer
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from schema.ids import from_global, to_global
from schema.root import core_schema
from seeds import makers
from seeds.demo import sow
from seeds.makers import Maker
from tests.databases import all_databases, databases, started_neo4j
from tests.sharing import Sharing

__all__ = ["all_databases", "databases"]

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
"""The present of the tests; no rule reads the wall clock."""

BRIEFLY = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For embedded engines of tests, that end before it pays to compile them well: the demo is sown in one with a third of
the processor's time. What the long faults tell is of the engine as it is served.
"""

ANY_NODE = Statement("tests.any_node", "MATCH (n) RETURN 'found' AS id LIMIT 1", row=Found)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["embedded", "neo4j"], default="embedded", help="which database to test on")
    parser.addoption("--share", help="a folder in which runs beside each other take whole files of tests")
    parser.addoption("--two", action="store_true", help="ask two servers in turn, which share a Neo4j and files alone")
    parser.addoption("--figures", help="a file to which tests/faults append their figures, a line of JSON each")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The faults take minutes, and a browser is not everywhere: they are collected where asked for by name."""
    apart = collection_path.name if collection_path.name in ("faults", "browser") else None
    asked = any(apart and apart in str(argument) for argument in config.invocation_params.args)
    return True if apart and not asked else None


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("TURNOUT_FAULTS") != "long":
        os.environ.setdefault("JAVA_TOOL_OPTIONS", BRIEFLY)
    if taken := config.getoption("--share"):
        config.pluginmanager.register(Sharing(Path(taken), config.rootpath))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves a test that asks no database to the run on the embedded engine: Neo4j has no part in it."""
    if config.getoption("--engine") == "neo4j":
        asking = {item for item in items if "engine_name" in getattr(item, "fixturenames", ())}
        config.hook.pytest_deselected(items=[item for item in items if item not in asking])
        items[:] = [item for item in items if item in asking]


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.config.getoption("--engine")


@asynccontextmanager
async def _neo4j() -> AsyncGenerator[Callable[[], Client]]:
    given = os.environ.get("TURNOUT_TEST_NEO4J_URI")
    if given:
        user, password = (os.environ.get(f"TURNOUT_TEST_NEO4J_{part}", "") for part in ("USER", "PASSWORD"))
        yield lambda: Client.connect(given, (user, password) if user else None)
        return
    async with started_neo4j() as server:
        yield lambda: Client.connect(server.address, None)


@asynccontextmanager
async def _embedded(folder: Path) -> AsyncGenerator[Callable[[], Client]]:
    engine = EmbeddedEngine(folder)
    address = await engine.start()
    try:
        yield address.client
    finally:
        await engine.stop()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests' graph keeps all that it keeps in files."""
    return tmp_path_factory.mktemp("turnout")


@pytest.fixture(scope="session")
async def connect(engine_name: str, folder: Path) -> AsyncIterator[Callable[[], Client]]:
    """Makes clients of the one database that the tests share."""
    async with _neo4j() if engine_name == "neo4j" else _embedded(folder / "engine") as connect:
        yield connect


@asynccontextmanager
async def served(connect: Callable[[], Client], folder: Path) -> AsyncGenerator[Graph]:
    """The graph as one server has it, over files and a database that others have too."""
    secrets = Secrets(b"a master key for the tests alone"[:32].ljust(32, b"."))
    client = connect()
    try:
        yield Graph(client, CandidateKeys.at(folder / "keys", secrets), secrets, files=ProofFiles.at(folder / "proofs"))
    finally:
        await client.close()


@pytest.fixture(scope="session")
async def graph(connect: Callable[[], Client], folder: Path) -> AsyncIterator[Graph]:
    async with served(connect, folder) as graph:
        if os.environ.get("TURNOUT_TEST_NEO4J_URI") and await graph.client.read(ANY_NODE):
            pytest.exit("TURNOUT_TEST_NEO4J_URI names a database that holds data; tests need an empty one.", 2)
        await migrate(graph.client)
        yield graph


@pytest.fixture(scope="session")
async def beside(
    request: pytest.FixtureRequest, connect: Callable[[], Client], folder: Path
) -> AsyncIterator[tuple[Graph, Answerer] | None]:
    """A second server's graph and documents, where two are asked for: nothing in memory is shared."""
    if not request.config.getoption("--two"):
        yield None
        return
    async with served(connect, folder) as graph:
        yield graph, Answerer(core_schema())


@pytest.fixture(scope="session")
async def demo(graph: Graph) -> None:
    """The demo company, sown at NOW; its ids are named by functions of seeds.demo."""
    await sow(graph, now=NOW)


@pytest.fixture(scope="module")
def patient() -> Iterator[None]:
    """For questions of everything at once, which a busy machine plans for longer than a user would wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "TIMEOUT", 90.0)
        patch.setattr(planning, "PATIENCE", 90.0)
        yield


@pytest.fixture(scope="session")
def answerer() -> Answerer:
    return Answerer(core_schema())


@dataclass
class Asked:
    """An answer with the names of the statements that it took."""

    data: Any
    errors: list[dict[str, Any]]
    extensions: dict[str, Any]
    statements: list[str]


@dataclass
class Ask:
    """Asks as a user, by external id, or as a candidate, by what its link proves, at a time.

    Each question resolves its viewer anew. With a second server `beside`, they are asked in turn. Looks leave
    `receipts` where there are any to write them.
    """

    graph: Graph
    answerer: Answerer
    now: datetime = NOW
    beside: tuple[Graph, Answerer] | None = None
    receipts: Receipts | None = None
    _asked: int = 0

    async def whole(self, query: str, viewer: str | Claim | None, **variables: Any) -> Asked:
        self._asked += 1
        first, second = (self.graph, self.answerer), self.beside
        graph, answerer = second if second is not None and self._asked % 2 == 0 else first
        context = Context(graph, Viewers(graph), clock=lambda: self.now, receipts=self.receipts)
        if isinstance(viewer, Claim):
            context.claim = viewer
        else:
            context.subject = viewer
        with statements_run() as names:
            answer = await answerer.answer(query, context, variables=variables)
        payload = answer.payload()
        return Asked(payload.get("data"), payload.get("errors", []), payload.get("extensions", {}), names)

    async def __call__(self, query: str, viewer: str | Claim | None, **variables: Any) -> Any:
        answer = await self.whole(query, viewer, **variables)
        assert not answer.errors, answer.errors
        return answer.data

    async def last_seq(self, viewer: str | Claim, id: str) -> int:
        """The seq of the last event of an interview, or of that which a finding is about; 0 for what is not there."""
        query = (
            "query Last($id: ID!) { node(id: $id) { ... on Finding { lastSeq } "
            "... on Interview { events(last: 1) { nodes { seq } } } } }"
        )
        found = (await self(query, viewer, id=id))["node"]
        if found is None:
            return 0
        return found["lastSeq"] if "lastSeq" in found else found["events"]["nodes"][0]["seq"]

    async def do(self, mutation: str, viewer: str | Claim, selection: str = "id", **input: Any) -> Any:
        """Calls a mutation; the result's selection is on the record, or code and field of the refusal come back."""
        title = mutation[0].upper() + mutation[1:]
        type = self.answerer.schema.get_type(f"{title}Result").types[0].name  # type: ignore[union-attr]
        query = (
            f"mutation Do($input: {title}Input!) {{ {mutation}(input: $input) {{ __typename "
            f"... on {type} {{ {selection} }} ... on Refused {{ code field }} }} }}"
        )
        return (await self(query, viewer, input=input))[mutation]


@pytest.fixture
def ask(graph: Graph, answerer: Answerer, beside: tuple[Graph, Answerer] | None) -> Ask:
    return Ask(graph, answerer, beside=beside)


@dataclass
class Company:
    """A company with a circle of Marketing (Brand below it) and Technology, and a Subsidiary that is its own circle.

    External ids of its users: `hr`, `marketing`, `brand`, `technology`, `subsidiary`, `auditor`, `integrator`.
    """

    hr: Maker
    tag: str
    departments: dict[str, str] = field(default_factory=dict)
    positions: dict[str, str] = field(default_factory=dict)

    def user(self, name: str) -> str:
        return f"{name}@{self.tag}"

    def person(self, name: str = "王芳", email: str | None = None) -> Person:
        return Person(name, email or f"{uuid4().hex}@example.com")

    async def application(self, department: str, person: Person | None = None) -> str:
        return await self.hr.application(self.positions[department], person or self.person())

    def at(self, **ago: float) -> Maker:
        """The company's HR_ADMIN some time before the present."""
        self.hr.at = NOW - timedelta(**ago)
        return self.hr

    async def faults(self) -> list[str]:
        """What is wrong with the company's chains."""
        return (await verify(self.hr.graph.client, self.hr.viewer.organization))[2]


def gid(type: str, id: str) -> str:
    return to_global(type, id)


def uid(global_id: str) -> str:
    return from_global(global_id)[1]


async def looked(graph: Graph, viewer: Viewer, finding: str) -> tuple[str, str]:
    """The ids of a receipt for a look at the finding, and of a gap after a process that died."""
    access, run, now = str(uuid4()), str(uuid4()), NOW - timedelta(hours=1)

    async def write(tx: Transaction) -> None:
        row = [access, finding, viewer.id, viewer.part, "SCHEDULING", now]
        await tx.run(receipts.RECORD_FINDINGS, rows=[row])
        await tx.run(receipts.BEGIN_RUN, id=run, now=now)
        await tx.run(receipts.RECORD_GAP, id=run, before=NOW, now=NOW)
        await tx.run(receipts.END_RUN, id=run)

    await graph.client.write(write)
    return access, f"{run}/{viewer.organization}"


@pytest.fixture
async def company(graph: Graph) -> Company:
    return await make_company(graph)


class Within(Client):
    """A client all of whose reads and writes are within one open transaction."""

    def __init__(self, client: Client, transaction: Transaction) -> None:
        super().__init__(client.driver, client.database, one_writer=client.one_writer)
        self._transaction = transaction

    async def write(
        self, work: Callable[[Transaction], Awaitable[Result]], *, about: Mapping[str, Any] | None = None
    ) -> Result:
        return await work(self._transaction)

    async def read(self, statement: Statement[Row], /, **parameters: Any) -> list[Row]:
        return await self._transaction.run(statement, **parameters)


async def make_company(graph: Graph) -> Company:
    """In one transaction: hundreds of tests have one made, and its writes one by one took nearly twice as long."""

    async def make(transaction: Transaction) -> Company:
        return await _make_company(replace(graph, client=Within(graph.client, transaction)))

    made = await graph.client.write(make)
    made.hr.graph = graph
    return made


async def _make_company(graph: Graph) -> Company:
    tag = uuid4().hex[:12]
    hr = await makers.organization(graph, f"Company {tag}", at=NOW - timedelta(days=400), admin=f"hr@{tag}")
    made = Company(hr, tag)
    hq = await hr.department("HQ", "Headquarters", "集团总部", shares_history=True)
    marketing = await hr.department("MARKETING", "Marketing", "市场部", parent=hq)
    made.departments = {
        "hq": hq,
        "marketing": marketing,
        "brand": await hr.department("BRAND", "Brand", "品牌组", parent=marketing),
        "technology": await hr.department("TECHNOLOGY", "Technology", "技术部", parent=hq),
        "subsidiary": await hr.department("SUBSIDIARY", "Subsidiary", "子公司"),
    }
    for name, department in made.departments.items():
        if name != "hq":
            await hr.user(f"{name}@{tag}", recruits_for=(department,))
        family = "ENGINEERING" if name in ("technology", "subsidiary") else "MARKETING"
        made.positions[name] = await hr.position(department, f"Manager of {name}", family)
    await hr.user(f"auditor@{tag}", OrganizationRole.AUDITOR)
    await hr.user(f"integrator@{tag}", OrganizationRole.INTEGRATOR)
    return made
