"""Runs every suite against a served demo company, prints one table, and fails on any deviation; `make conformance`.

A run of all of them writes docs/conformance.md.

The schema is compared with schema/released.graphql, which is the schema of the last release and moves only with one:
the commit that gives CHANGELOG.md a release's date also copies schema/schema.graphql over it. Until then a breaking
change fails, unless the newest section of CHANGELOG.md names its path in backticks, for example `Candidate.email`.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.circumstances import ROOT, commit, machine
from tests.conformance.installing import Missing, install, versions
from tests.conformance.serving import NotServed, Served, serving
from tests.conformance.suites import BY_CHOICE, SUITES, Check, Grounds, Outcome, Suite

PAGE = ROOT / "docs" / "conformance.md"
out = Console(width=None if sys.stdout.isatty() else 120)


def main() -> int:
    arguments = _arguments()
    chosen = [suite for suite in SUITES if not arguments.only or suite.package in arguments.only]
    try:
        install()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="turnout-conformance-")))
            print("Starting a server of each profile ...", file=sys.stderr)
            grounds = Grounds(
                stack.enter_context(serving("development", folder / "development")),
                stack.enter_context(serving("production", folder / "production")),
                folder,
            )
            if arguments.seed is not None:
                grounds.seed = arguments.seed
            prepare(grounds.production)
            outcomes = [(suite, run(suite, grounds)) for suite in chosen]
    except (Missing, NotServed) as error:
        print(error, file=sys.stderr)
        return 1
    out.print(table(outcomes))
    if not arguments.only:
        PAGE.write_text(page(outcomes), encoding="utf-8")
    failed = [check for _, outcome in outcomes for check in outcome.failed]
    for check in failed:
        tell(check)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make conformance", description="Outside suites against a served Turnout.")
    parser.add_argument("--only", nargs="+", choices=sorted({suite.package for suite in SUITES}), help="these suites")
    parser.add_argument("--seed", type=int, help="what schemathesis draws by, to repeat a run")
    return parser.parse_args()


def prepare(production: Served) -> None:
    """Gives the production server an Organization, and sees that it answers its administrator."""
    production.command("init", "Conformance", "--admin", "admin@conformance")
    viewer = production.ask("{ viewer { externalId } }", production.token("admin@conformance"))["viewer"]
    if viewer != {"externalId": "admin@conformance"}:
        raise NotServed(f"The production server takes its administrator for {viewer}.")


def run(suite: Suite, grounds: Grounds) -> Outcome:
    print(f"{suite.package}: {suite.subject} ...", file=sys.stderr)
    try:
        return suite.run(grounds)
    except subprocess.TimeoutExpired as error:
        return Outcome([Check(f"{suite.package} ends in time", passed=False, detail=str(error))], "")


def table(outcomes: list[tuple[Suite, Outcome]]) -> Table:
    known = versions()
    made = Table("Suite", "Version", "What it checked", "Result")
    for suite, outcome in outcomes:
        result = f"[red]{len(outcome.failed)} FAILED" if outcome.failed else f"[green]{outcome.summary}"
        made.add_row(suite.package, known[suite.package], suite.subject, result)
    return made


def page(outcomes: list[tuple[Suite, Outcome]]) -> str:
    """What all suites came to, and what differs by choice, for docs/conformance.md."""
    known, failed = versions(), [check.name for _, outcome in outcomes for check in outcome.failed]
    rows = [
        f"| {suite.package} | {known[suite.package]} | {suite.subject} | "
        f"{f'**{len(outcome.failed)} failed**' if outcome.failed else outcome.summary} |"
        for suite, outcome in outcomes
    ]
    node = subprocess.run(("node", "--version"), capture_output=True, text=True, check=False).stdout.strip()
    return "\n".join(
        [
            "# Conformance",
            "",
            "Suites that nobody here wrote, run against a served demo company. Written by `make conformance`.",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, commit {commit()}; {machine()}; Python {platform.python_version()}, "
            f"node {node.removeprefix('v')}.",
            "",
            *("| suite | version | what it checked | result |", "|---|---|---|---|", *rows),
            "",
            *(["What failed:", "", *(f"- {name}" for name in failed), ""] if failed else []),
            "The production profile differs from the audits of graphql-http by choice, and in nothing else:",
            "",
            *(f"- {audit}: {reason}." for audit, reason in BY_CHOICE.items()),
            "",
        ]
    )


def tell(check: Check) -> None:
    out.print(f"\n{check.name}\n", style="red", markup=False, highlight=False)
    out.print(check.detail, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
