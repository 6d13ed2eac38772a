"""One Java process in which tests beside each other have their databases: what it compiled for one serves them all.

A Neo4j that has just started plans at a fifth of its later speed, and spends half of its time on compiling itself.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.neo4j.server import Neo4jUnavailableError, cause, end, launched, pinned, settings_in

JAVA_OPTIONS = ("-Xms1g", "-Xmx3g", "-Xmn512m", "-XX:+UseSerialGC")
"""Plans are much that lives briefly: in a young generation of 170 MB collecting it took a sixteenth of the time."""
VARIABLE = "TURNOUT_TEST_NEO4J_HOST"
"""Where a run of tests finds the port of a process that others have their databases in too."""
START_SECONDS = 120


class HostedNeo4j:
    """A Neo4j without accounts in a shared process, with the address and the folder of its own."""

    def __init__(self, port: int) -> None:
        self._door = socket.create_connection(("127.0.0.1", port), START_SECONDS)
        with self._door.makefile(encoding="utf-8") as lines:
            first = lines.readline()
            if not first.startswith("PORT "):
                told = first + lines.read()
                self.stop()
                raise Neo4jUnavailableError(f"Neo4j ended while starting: {cause(told)}")
            self.address = f"bolt://127.0.0.1:{first.removeprefix('PORT ').strip()}"
            self.folder = Path(lines.readline().rstrip())

    def stop(self) -> None:
        """Lets go of it: the process ends it and removes its data."""
        self._door.close()


class Host:
    """The process, which ends with the one that started it, and all databases with it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="turnout-neo4j-"))
        options = (pinned(), JAVA_OPTIONS, self._folder, START_SECONDS)
        try:
            self._process, self.port = launched(*options, settings_in(self._folder))
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def stop(self) -> None:
        end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)


@cache
def port() -> int:
    """That of the process which this run shares with others, or of one that is started for it."""
    if given := os.environ.get(VARIABLE):
        return int(given)
    host = Host()
    atexit.register(host.stop)
    return host.port


def main() -> None:
    """Prints the port, for TURNOUT_TEST_NEO4J_HOST, and runs until standard input ends."""
    host = Host()
    try:
        print(host.port, flush=True)
        sys.stdin.read()
    finally:
        host.stop()


if __name__ == "__main__":
    main()
