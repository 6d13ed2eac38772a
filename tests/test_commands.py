"""Commands run as an operator runs them, beside a server that serves the same folder."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.keeping import read_through
from graph.keys import CandidateKeys
from graph.secrets import Secrets
from graph.writing import Graph
from tests.conftest import Company, gid, make_company
from tests.faults.serving import MASTER, Api, Stand, until
from tests.test_exporting import Shell

NEW = b"a newer master key for commands!"
OLD, BOTH = Secrets({1: MASTER}), Secrets({2: NEW, 1: MASTER})
DOCUMENT = "query Trusted($code: String!) { department(code: $code) { name positions { nodes { title } } } }"
ALIKE = "query Other($code: String!) { department(code: $code) { name positions { nodes { title status } } } }"
HURRIED = """
from graph.rotation import rotate
rotate.__kwdefaults__["settling"] = 1.0
from api.command import app
app()
"""
"""The command line, with less waiting for what other processes may have begun under the old key."""
SUBMIT = """mutation($input: SubmitApplicationInput!) {
  submitApplication(input: $input) { ... on Application { candidate { id email } } ... on Refused { code } } }"""


@dataclass
class Served:
    """A server with a company of the old key, and commands on the same folder."""

    stand: Stand
    api: Api
    company: Company
    shell: Shell

    async def ask(self, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.stand.token(self.company.user('hr'))}"}
        async with httpx.AsyncClient(base_url=self.api.url, trust_env=False) as http:
            answer = await http.post("/graphql", json=body, headers=headers, timeout=30)
        assert "errors" not in answer.json(), answer.text
        return answer.json()

    def _told(self) -> list[dict[str, Any]]:
        lines = (line for line in self.api.log().splitlines(True) if line.startswith("{") and line.endswith("}\n"))
        return [told for told in map(json.loads, lines) if told.get("path") == "/graphql"]

    async def requests(self, count: int) -> list[dict[str, Any]]:
        """What the log says of so many requests for GraphQL, each of which it tells after its answer."""
        await until(lambda: len(self._told()) >= count)
        return self._told()


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder, documents = tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("documents")
    (documents / "trusted.graphql").write_text(DOCUMENT)
    keys = ",".join(f"{version}:{base64.b64encode(key).decode()}" for version, key in ((2, NEW), (1, MASTER)))
    stand = Stand(folder, secrets=BOTH)
    settings = {
        "TURNOUT_PROFILE": "production",
        "TURNOUT_MASTER_KEY": keys,
        "TURNOUT_DOCUMENTS": str(documents),
    }
    async with stand.serving(**settings) as api, stand.graph() as graph:
        old = Graph(graph.client, CandidateKeys.at(folder / "candidate-keys", OLD), OLD)
        yield Served(stand, api, await make_company(old), Shell(api.environment()))


async def test_a_trusted_document_is_planned_before_its_first_caller(served: Served) -> None:
    """Its statements too: a charge that is only forgiven would leave the first caller to wait."""
    variables = {"code": "MARKETING"}
    first = await served.ask(documentId="trusted", variables=variables)
    other = await served.ask(query=ALIKE, variables=variables)
    assert first["data"]["department"]["positions"]["nodes"]
    assert "planning" not in first["extensions"]["cost"]
    assert "planning" in other["extensions"]["cost"], "a text of nobody's is planned as it is asked"
    ours, theirs = await served.requests(2)
    assert ("planning" in ours, "planning" in theirs) == (False, True)


async def test_a_backup_is_taken_beside_a_server(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "of-today.backup"
    code, said = await served.shell.turnout("backup", str(path))
    assert code == 0, said
    read = read_through(path, BOTH)
    assert f"Wrote {read.nodes + read.relations} nodes and relations" in said
    assert read.nodes > 10
    assert served.company.tag.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert (await served.ask(query="{ viewer { id } }"))["data"]["viewer"]


async def test_keys_are_rotated_beside_a_server(served: Served) -> None:
    """Whoever is known by an identifier of the old key is known to the server afterwards too."""
    company = served.company
    person = company.person()
    await company.application("technology", person)
    code, said = await served.shell("-c", HURRIED, "rotate-keys")
    assert code == 0, said
    assert "Everything is under version 2: 1 identifiers carried over, 1 keys rewrapped." in said
    candidate = {"displayName": person.display_name, "email": person.email}
    input = {"position": gid("Position", company.positions["marketing"]), "candidate": candidate}
    answer = await served.ask(query=SUBMIT, variables={"input": input})
    assert answer["data"]["submitApplication"]["candidate"]["email"] == person.email
