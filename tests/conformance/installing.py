"""Brings the suites into this folder: node's packages and a virtual environment, both from locks."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
NODE = 20
"""The oldest node that the suites run on."""
PYTHON = HERE / ".venv" / "bin" / "python"


class Missing(Exception):
    """Something that the suites need is not on this machine; its text is one sentence."""


def install() -> None:
    """Installs what the locks name, where that has not been done already."""
    require_node()
    _once(HERE / "package-lock.json", HERE / "node_modules", _install_packages)
    _once(HERE / "requirements.lock", HERE / ".venv", _install_environment)


def require_node() -> None:
    """Missing where there is no node of the age that the suites need, or no npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Missing(f"make conformance needs node {NODE} or later with npm; `make test` does without.")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < NODE:
        raise Missing(f"make conformance needs node {NODE} or later, and this is {version}.")


def versions() -> dict[str, str]:
    """The version of each suite, as the folder's own two lists of them name it."""
    packages = json.loads((HERE / "package.json").read_text())["devDependencies"]
    pinned = re.findall(r"^([\w-]+)(?:\[.*\])?==(\S+)$", (HERE / "requirements.in").read_text(), re.MULTILINE)
    return {**packages, **dict(pinned)}


def _once(lock: Path, folder: Path, install: Callable[[], None]) -> None:
    """Installs anew where the lock is not the one that the folder was last filled from."""
    digest, stamp = hashlib.sha256(lock.read_bytes()).hexdigest(), folder / ".filled-from"
    if stamp.exists() and stamp.read_text() == digest:
        return
    print(f"Installing what tests/conformance/{lock.name} names ...", file=sys.stderr)
    install()
    stamp.write_text(digest)


def _install_packages() -> None:
    _run("npm", "ci", "--loglevel=error")


def _install_environment() -> None:
    _run(sys.executable, "-m", "venv", "--clear", str(PYTHON.parents[1]))
    pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet")
    _run(*pip, "install", "--require-hashes", "-r", "requirements.lock")


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=HERE, check=False)
    if done.returncode:
        raise Missing(f"The suites could not be installed: {' '.join(command[:3])} failed.")
