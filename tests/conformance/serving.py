"""Starts `turnout serve` on a free port of loopback with data of its own, and asks it questions."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ports import free_port

TURNOUT = Path(sys.executable).parent / "turnout"
START, STOP = 600, 20
"""Seconds that a server may take to start, with its demo, and to stop."""


class NotServed(Exception):
    """The server did not come up; its text is the end of its log."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: where it is, and the environment in which other commands find its data."""

    url: str
    environment: dict[str, str]

    def command(self, *args: str) -> str:
        """What a command of `turnout` says about this server's data."""
        done = subprocess.run([TURNOUT, *args], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotServed(f"turnout {args[0]}: {done.stderr}")
        return done.stdout.strip()

    def token(self, user: str) -> str:
        return self.command("token", "--as", user)

    def ask(self, query: str, token: str) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        request = urllib.request.Request(self.url, json.dumps({"query": query}).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
        if "errors" in answer:
            raise NotServed(f"The server answered {answer['errors']}.")
        return answer["data"]


@contextmanager
def serving(profile: str, folder: Path) -> Iterator[Served]:
    """A server of this profile; stopped in the end, with its engine."""
    folder.mkdir()
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TURNOUT_")}
    environment |= {
        "TURNOUT_PROFILE": profile,
        "TURNOUT_PORT": str(port),
        "TURNOUT_DATA": str(folder / "var"),
        "TURNOUT_RATE_POINTS": "0",
    }
    if profile == "production":
        environment["TURNOUT_MASTER_KEY"] = base64.b64encode(os.urandom(32)).decode()
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([TURNOUT, "serve"], env=environment, cwd=folder, stdout=out, stderr=out)
    try:
        _wait(process, f"http://127.0.0.1:{port}/readyz", log)
        yield Served(f"http://127.0.0.1:{port}/graphql", environment)
    finally:
        _stop(process)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    ends = time.monotonic() + START
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise NotServed(log.read_text(errors="replace")[-2_000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
