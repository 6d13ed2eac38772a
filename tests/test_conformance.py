"""What `make conformance` says without its suites: that node is missing or old, and what a deviation is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.__main__ import page
from tests.conformance.serving import Served
from tests.conformance.suites import (
    AUDITS,
    BY_CHOICE,
    SUITES,
    Check,
    Grounds,
    Outcome,
    audit_development,
    audit_production,
    script,
)

ROOT = Path(__file__).parents[1]
SERVED = Served("http://127.0.0.1:9/graphql", {})


def conformance(path: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.conformance"]
    environment = {**os.environ, "PATH": path}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_without_node_it_says_so_and_fails() -> None:
    done = conformance("")
    assert done.returncode == 1
    assert done.stderr == "make conformance needs node 20 or later with npm; `make test` does without.\n"


def test_an_old_node_is_refused(tmp_path: Path) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho v18.20.4\n")
        program.chmod(0o755)
    done = conformance(str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == "make conformance needs node 20 or later, and this is v18.20.4.\n"


def grounds(monkeypatch: pytest.MonkeyPatch, checks: list[Check]) -> Grounds:
    made = Grounds(SERVED, SERVED, ROOT)
    monkeypatch.setattr(made, "checks", lambda *_: checks)
    return made


def audits(*failing: str) -> list[Check]:
    ids = [*BY_CHOICE, *(f"A{number}" for number in range(AUDITS - len(BY_CHOICE)))]
    return [Check(f"{id} MUST do", id not in failing) for id in ids]


def test_the_audits_must_differ_as_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = tuple(BY_CHOICE)
    as_chosen = audit_production(grounds(monkeypatch, audits(*chosen)))
    assert as_chosen.failed == []
    assert as_chosen.summary == "57 of 61; by choice not 5A70, D6D5, 6A70, 28B9"
    for wrong in (audits(), audits(*chosen, "A1"), audits(*chosen[1:]), audits(*chosen)[:-1]):
        assert audit_production(grounds(monkeypatch, wrong)).failed


def test_the_development_profile_has_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert audit_development(grounds(monkeypatch, audits())).failed == []
    assert audit_development(grounds(monkeypatch, audits("28B9"))).failed


def test_a_script_that_breaks_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Grounds(SERVED, SERVED, ROOT)
    broken = subprocess.CompletedProcess([], 1, "", "SyntaxError")
    silent = subprocess.CompletedProcess([], 0, "[]", "")
    for done in (broken, silent):
        monkeypatch.setattr(made, "run", lambda *_, done=done: done)
        assert script("ws.mjs")(made).failed


def test_the_page_tells_what_every_suite_came_to() -> None:
    done = [(suite, Outcome([Check("it holds", passed=True)], "1 of 1")) for suite in SUITES]
    told = page(done)
    assert all(f"| {suite.package} | " in told and suite.subject in told for suite in SUITES)
    assert "failed" not in told
    broken = Outcome([Check("it holds", passed=False, detail="no")], "0 of 1")
    told = page([(SUITES[0], broken), *done[1:]])
    assert "**1 failed**" in told
    assert "- it holds" in told
