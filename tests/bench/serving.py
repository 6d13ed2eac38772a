"""The candidates, each a process of its own on loopback beside the same Neo4j, and what they hold of memory."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwt
from joserfc.jwk import OctKey

from api.identity import Tokens
from graph.structure import Relation
from graph.visibility import FIND_VIEWER, Viewer
from graph.writing import Graph
from schema.context import Context, Viewers
from schema.execution import Answerer
from tests.bench.company import RECRUITER
from tests.bench.inbox import seen
from tests.bench.limit import Prepared
from tests.bench.load import Sent
from tests.bench.questions import Question
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PEER = Path(__file__).parent / "peer"
MASTER_KEY = b"a master key for measuring alone".ljust(32, b".")[:32]
SECRET = "a secret of those who are compared with"
START_SECONDS, STOP_SECONDS = 60, 15
LIMIT, TURNOUT, PEER_NAME, LOADERS = "bare route", "Turnout", "@neo4j/graphql", "DataLoaders"
"""How the four are called in results, in the order in which they start."""


@dataclass
class Served:
    """One candidate as a process; `ask` makes a request of it."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    token: str = ""
    log: Path = field(default_factory=Path)

    def requests(self, question: Question) -> list[Sent]:
        if self.name == LIMIT:
            return [Sent(f"/{question.name}/{number}") for number in range(len(question.values))]
        is_peer = self.name == PEER_NAME
        text = question.peer_text if is_peer else question.text
        variables = question.peer_variables if is_peer else question.variables
        return [self.ask(text, variables(value)) for value in question.values]

    def ask(self, text: str, variables: dict[str, Any], *, token: str = "", label: str = "all") -> Sent:
        body = orjson.dumps({"query": text, "variables": variables}).decode()
        return Sent("/graphql", label, body, {"Authorization": f"Bearer {token or self.token}"})

    def memory(self) -> float:
        """Megabytes that the process holds now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024

    def processor(self) -> float:
        """Milliseconds of processor time that the process has used, of all its threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """The viewer, as each candidate is told of it."""

    token: str
    peer_token: str


async def viewpoint(graph: Graph, external_id: str = RECRUITER) -> Viewpoint:
    """A token of the API, and one that names the departments in each relation, as the others want it."""
    viewer = Viewer.of_row((await graph.client.read(FIND_VIEWER, subject=external_id))[0])
    now = datetime.now(UTC)
    claims = {
        "sub": external_id,
        "exp": int(now.timestamp()) + 86_400,
        "organization": viewer.organization,
        "own": viewer.departments(Relation.OWN),
        "sibling": viewer.departments(Relation.SIBLING),
        "near": viewer.departments(Relation.OWN, Relation.SIBLING, Relation.CIRCLE),
    }
    peer_token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET.encode()))
    return Viewpoint(Tokens(graph.secrets).sign(external_id, demo=False, now=now), peer_token)


async def prepare(graph: Graph, answerer: Answerer, asked: list[Question]) -> Prepared:
    """The statement of each asking with its parameters, as the product's own compiler makes them."""
    context = Context(graph, Viewers(graph), RECRUITER)
    prepared: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for question in asked:
        prepared[question.name] = []
        for value in question.values:

            async def ask(question: Question = question, value: str = value) -> int:
                answer = await answerer.answer(question.text, context, variables=question.variables(value))
                assert not answer.errors, answer.errors
                return 0

            text, given, _ = await seen(graph.client, ask)
            prepared[question.name].append((text, given))
    return prepared


class Stand:
    """Starts candidates beside one Neo4j and ends them."""

    def __init__(self, uri: str, viewpoint: Viewpoint, prepared: Prepared, folder: Path) -> None:
        self.uri, self._viewpoint, self._folder = uri, viewpoint, folder
        self._prepared = folder / "prepared.pickle"
        self._prepared.write_bytes(pickle.dumps(prepared))
        self.served: dict[str, Served] = {}

    def start_all(self) -> dict[str, Served]:
        """All four, each once the one before it serves; none where one does not start."""
        try:
            for start in (self.limit, self.turnout, self.peer, self.loaders):
                served = start()
                self.served[served.name] = served
        except BaseException:
            self.stop_all()
            raise
        return self.served

    def stop_all(self) -> None:
        for served in self.served.values():
            served.stop()
        self.served = {}

    def limit(self) -> Served:
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.limit", str(port), self.uri, str(self._prepared)]
        return self._started(LIMIT, command, port, {})

    def turnout(self) -> Served:
        port = free_port()
        settings = {
            "TURNOUT_PORT": str(port),
            "TURNOUT_NEO4J_URI": self.uri,
            "TURNOUT_DATA": str(self._folder / "data"),
            "TURNOUT_MASTER_KEY": b64encode(MASTER_KEY).decode(),
            "TURNOUT_RATE_POINTS": "0",
        }
        command = [str(Path(sys.executable).with_name("turnout")), "serve"]
        return self._started(TURNOUT, command, port, settings, self._viewpoint.token)

    def peer(self) -> Served:
        port = free_port()
        node = shutil.which("node")
        if node is None or not (PEER / "node_modules").is_dir():
            raise SystemExit("The peer needs node and its packages: install node 20 or later, and run `make bench`.")
        told = {"BENCH_NEO4J_URI": self.uri, "BENCH_PORT": str(port), "BENCH_SECRET": SECRET}
        told["NODE_ENV"] = "production"
        return self._started(PEER_NAME, [node, str(PEER / "server.js")], port, told, self._viewpoint.peer_token)

    def loaders(self) -> Served:
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.dataloaders", str(port), self.uri]
        return self._started(LOADERS, command, port, {"BENCH_SECRET": SECRET}, self._viewpoint.peer_token)

    def _started(self, name: str, command: list[str], port: int, told: dict[str, str], token: str = "") -> Served:
        usual = {key: value for key, value in os.environ.items() if not key.startswith("TURNOUT_")}
        log = self._folder / f"{name.replace('/', '-').replace(' ', '-')}-{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**usual, **told}, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        served = Served(name, process, port, token, log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return served
            time.sleep(0.05)
        process.kill()
        raise RuntimeError(f"{name} did not start: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def watched_memory(*served: Served) -> Iterator[list[float]]:
    """The most that any of the processes held inside the block, as the one item of the list once it is over."""
    most, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            most[0] = max(most[0], *(it.memory() for it in served))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()
