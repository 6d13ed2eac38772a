"""Each suite: what it is run on, and how its own words become checks that passed or did not."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from graph.past import PAST_APPLICATION, PAST_CANDIDATE, PAST_FINDING, PAST_INTERVIEW
from graph.traversal import Unkept
from schema.ids import to_global
from seeds import demo, stories
from tests.conformance.installing import HERE, PYTHON
from tests.conformance.serving import Served

ROOT = HERE.parents[1]
PATIENCE = 900
"""Seconds after which a suite is ended, which fails it."""
BY_CHOICE = {
    "5A70": "queries by GET are off",
    "D6D5": "queries by GET are off",
    "6A70": "queries by GET are off",
    "28B9": "introspection is off",
}
"""Audits that the production profile does not pass, and why."""
AUDITS = 61
FUZZED = {stories.INTEGRATOR: 10, stories.TECHNOLOGY: 10, stories.HR: 40}
"""Operations that schemathesis makes for each root field, by user; who may remove users comes last."""
RECORDS = """{
  organization { id departments { id positions(first: 2) { nodes { id } } } users(first: 20) { nodes { id } } }
  candidates(first: 8) { nodes { id applications(first: 2) { nodes { id
    interviews(first: 2) { nodes { id finding { id } events(first: 1) { nodes { id } } } } } } } }
}"""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a suite found; `summary` is its result in a few words where all is as it should be."""

    checks: list[Check]
    summary: str

    @property
    def failed(self) -> list[Check]:
        return [check for check in self.checks if not check.passed]


@dataclass
class Grounds:
    """What suites are run on: a demo company in the development profile, an Organization in production."""

    development: Served
    production: Served
    folder: Path
    seed: int = field(default_factory=lambda: secrets.randbits(32))

    @cached_property
    def given(self) -> dict[str, Any]:
        """What a suite's script is told: address, tokens, and ids of the demo company."""
        users = {"hr": stories.HR, "technology": stories.TECHNOLOGY, "subsidiary": stories.SUBSIDIARY}
        return {
            "url": self.development.url,
            "tokens": {name: self.development.token(user) for name, user in users.items()},
            "ids": {
                "application": to_global("Application", demo.main_application_id()),
                "technology": to_global("Department", demo.department_id("TECHNOLOGY")),
                "marketingPosition": to_global("Position", demo.position_id("MARKETING_PRODUCT")),
                "technologyPosition": to_global("Position", demo.position_id(stories.INBOX)),
            },
        }

    def run(self, *command: str | Path, folder: Path = HERE, **environment: str) -> subprocess.CompletedProcess[str]:
        told = {"CONFORMANCE": json.dumps(self.given), **environment}
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **told},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def checks(self, *command: str | Path) -> list[Check]:
        """The checks that a script of this folder prints; one that failed where it did not come to its end."""
        done = self.run(*command)
        checks = [] if done.returncode else [Check(**check) for check in json.loads(done.stdout)]
        return checks or [Check("the suite runs to its end", passed=False, detail=done.stderr[-2_000:])]


@dataclass(frozen=True, slots=True)
class Suite:
    """`package` is what it is called where it comes from."""

    package: str
    subject: str
    run: Callable[[Grounds], Outcome]


def counted(checks: list[Check]) -> Outcome:
    passed = sum(check.passed for check in checks)
    return Outcome(checks, f"{passed} of {len(checks)}")


def script(name: str) -> Callable[[Grounds], Outcome]:
    return lambda grounds: counted(grounds.checks("node", name))


def audit_development(grounds: Grounds) -> Outcome:
    return counted(_audits(grounds, grounds.development))


def audit_production(grounds: Grounds) -> Outcome:
    """As it should be where exactly those BY_CHOICE differ."""
    found = _audits(grounds, grounds.production)
    differing = [check.name.split()[0] for check in found if not check.passed]
    summary = f"{len(found) - len(differing)} of {len(found)}; by choice not {', '.join(differing)}"
    return Outcome([_as_chosen(check) for check in found], summary)


def _audits(grounds: Grounds, served: Served) -> list[Check]:
    """What the audits found; another number of them than there are is a failure too."""
    found = grounds.checks("node", "audit.mjs", served.url)
    if len(found) != AUDITS:
        found.append(Check(f"{AUDITS} audits are run", passed=False, detail=f"{len(found)} were run"))
    return found


def _as_chosen(check: Check) -> Check:
    why = BY_CHOICE.get(check.name.split()[0])
    if why is None:
        return check
    return Check(f"{check.name} differs, because {why}", not check.passed, "it passed")


def tada(grounds: Grounds) -> Outcome:
    return counted([*grounds.checks("node", "tada.mjs"), _readme_is_typed()])


def _readme_is_typed() -> Check:
    """The main job's query as the README tells it is the one that was typed."""
    told = re.search(r"```graphql\n(query .*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    typed = (HERE / "tada" / "main-job.ts").read_text().split()
    words = told.group(1).split() if told else ["a query in the README"]
    found = any(typed[at : at + len(words)] == words for at in range(len(typed)))
    return Check("the query is the README's", found, "tada/main-job.ts has another")


def gql(grounds: Grounds) -> Outcome:
    return counted(grounds.checks(PYTHON, "gql_client.py"))


def schemathesis(grounds: Grounds) -> Outcome:
    """Fuzzing and stateful phases, well-formed and malformed, as each of FUZZED; hooks.py says what is sent."""
    done = [(user, _fuzz(grounds, user, examples)) for user, examples in FUZZED.items()]
    sent = sum(count for _, (count, _) in done)
    checks = [
        Check(f"schemathesis --seed {grounds.seed} finds nothing as {user}", not trouble, trouble)
        for user, (_, trouble) in done
    ]
    return Outcome(checks, f"0 failures in {sent:,} cases, seed {grounds.seed}")


def _fuzz(grounds: Grounds, user: str, examples: int) -> tuple[int, str]:
    """How many cases were sent as this user, and what was found; nothing where all is well."""
    token = grounds.development.token(user)
    done = grounds.run(
        PYTHON.parent / "schemathesis",
        *("run", grounds.development.url, "--header", f"Authorization: Bearer {token}"),
        *("--mode", "all", "--max-examples", str(examples), "--seed", str(grounds.seed)),
        *("--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", "12", "--no-color"),
        folder=grounds.folder,
        PYTHONPATH=str(ROOT),
        SCHEMATHESIS_HOOKS="tests.conformance.hooks",
        RECORDS=json.dumps(_records(grounds, user)),
    )
    told = re.search(r"Selected: (\d+)/(\d+)\s+Tested: (\d+)\b.*?(\d+) generated", done.stdout, re.DOTALL)
    selected, there, tested, sent = map(int, told.groups()) if told else (0, 0, 0, 0)
    if done.returncode == 0 and sent and selected == there == tested:
        return sent, ""
    return sent, (done.stdout + done.stderr)[-8_000:]


def _records(grounds: Grounds, user: str) -> dict[str, Any]:
    """Ids of records to ask for, and how the user is named in requests."""
    found = grounds.development.ask(RECORDS, grounds.given["tokens"]["hr"])
    own = grounds.development.ask("{ viewer { id } }", grounds.development.token(user))["viewer"]["id"]
    told = {
        shape.type: [name for name, member in shape.members.items() if not isinstance(member, Unkept)]
        for shape in (PAST_CANDIDATE, PAST_APPLICATION, PAST_INTERVIEW, PAST_FINDING)
    }
    return {"ids": [id for id in _ids(found) if id != own], "own": [own, user], "told": told}


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from [inner] if name == "id" else _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)


SUITES = (
    Suite("graphql-http", "audits of GraphQL over HTTP, development profile", audit_development),
    Suite("graphql-http", "the same, production profile", audit_production),
    Suite("graphql-ws", "both subscriptions over graphql-transport-ws", script("ws.mjs")),
    Suite("graphql-sse", "both subscriptions over server-sent events", script("sse.mjs")),
    Suite("relay-compiler", "@connection and @refetchable, and what they are compiled to", script("relay.mjs")),
    Suite("gql.tada", "the main job's types, and that a misspelt field does not pass", tada),
    Suite("@graphql-inspector/cli", "schema.graphql against released.graphql", script("inspector.mjs")),
    Suite("gql", "command line and WebSocket transport, query and subscription", gql),
    # The last, because it writes to whatever it finds.
    Suite("schemathesis", "every query and mutation, well-formed and malformed", schemathesis),
)
