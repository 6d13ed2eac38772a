"""Runs that share their tests run each of them once, and Neo4j is asked by every test that asks a database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.neo4j.server import HERE
from tests.sharing import Sharing

ROOT = HERE.parent.parent
CONFTEST = """
from pathlib import Path

import pytest

from tests.sharing import Sharing

@pytest.fixture
def patient():
    pass

def pytest_addoption(parser):
    parser.addoption("--share")

def pytest_configure(config):
    config.pluginmanager.register(Sharing(Path(config.getoption("--share")), config.rootpath))
"""
QUICK = """
import time

def test_one():
    time.sleep(0.1)

def test_two(request):
    with open(request.config.rootpath / "ran", "a") as file:
        file.write(request.node.path.name + "\\n")
"""
LONG = "def test_long(patient, request):" + QUICK.split("def test_two(request):")[1]


def started(folder: Path) -> subprocess.Popen[bytes]:
    options = ["--rootdir", str(folder), "--share", str(folder / "taken"), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", str(folder), *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def test_each_test_is_run_once(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for number in range(8):
        (tmp_path / f"test_{number}.py").write_text(LONG if number == 5 else QUICK)
    runs = [started(tmp_path) for _ in range(3)]
    assert [run.wait(60) for run in runs] == [0, 0, 0]
    ran = (tmp_path / "ran").read_text().split()
    assert sorted(ran) == [f"test_{number}.py" for number in range(8)]
    assert ran[0] == "test_5.py", "the patient one comes first"


def test_a_folder_ends_with_a_file_that_another_run_has(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "test_a.py").write_text(LONG)
    (inner / "test_b.py").write_text(LONG)
    (tmp_path / "test_c.py").write_text(QUICK)
    (tmp_path / "taken" / "inner-test_b.py").mkdir(parents=True)
    assert started(tmp_path).wait(60) == 0
    assert (tmp_path / "ran").read_text().split() == ["test_a.py", "test_c.py"]


def test_a_file_is_one_runs_alone(tmp_path: Path) -> None:
    first, second = Sharing(tmp_path / "taken", ROOT), Sharing(tmp_path / "taken", ROOT)
    file, other = ROOT / "tests" / "test_a.py", ROOT / "tests" / "house" / "test_a.py"
    assert [first.takes(file), second.takes(file), first.takes(file)] == [True, False, True]
    assert [second.takes(other), first.takes(other)] == [True, False], "one name in two folders is two files"


def test_neo4j_leaves_out_what_asks_no_database(request: pytest.FixtureRequest) -> None:
    """Whatever leads to a database asks which engine it is, and that is what a test is kept by."""
    manager = request.session._fixturemanager  # pyright: ignore[reportPrivateUsage]
    for name in ("graph", "all_databases", "databases", "ask", "company", "demo", "beside"):
        (definition,) = manager.getfixturedefs(name, request.node) or ()
        closure = manager.getfixtureclosure(request.node, (name,), set())[0]
        assert "engine_name" in closure, definition
