"""The embedded engine's own process: starts ArcadeDB, tells its parent so, and ends when its parent does."""

import importlib
import json
import os
import select
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

SHUTDOWN_SECONDS = 7.0
BOLT = "Bolt:com.arcadedb.bolt.BoltProtocolPlugin"

# As -D properties: the wrapper's `config` accepts settings of database scope and silently drops them.
SETTINGS = {
    "arcadedb.txWalFlush": "2",
    "arcadedb.opencypher.loadCsv.allowFileUrls": "false",
    "arcadedb.opencypher.loadCsv.allowRemoteUrls": "false",
}


class Server(Protocol):
    """What is used of the wrapper's server."""

    def start(self) -> None: ...
    def create_database(self, name: str) -> Any: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Boot:
    """What a parent writes to its child's standard input, as one line of JSON; `folder` is absolute."""

    folder: str
    parent: int
    bolt_port: int
    http_port: int
    password: str
    database: str
    heap: str
    command_milliseconds: int


def main() -> None:
    """Run the engine until standard input ends."""
    # The parent alone decides when to end: a service manager signals both at once, and requests still need the engine.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = sys.stdin.buffer.readline()
    if not line:
        return
    boot = Boot(**json.loads(line))
    parent_gone = threading.Event()
    threading.Thread(target=_watch_parent, args=(boot.parent, parent_gone), daemon=True).start()
    # Java's threads would outlive a plain return.
    os._exit(_serve(boot, parent_gone))


def _serve(boot: Boot, parent_gone: threading.Event) -> int:
    ready = _take_standard_output()
    try:
        _prepare(Path(boot.folder))
        server = _server(boot)
        server.start()
        server.create_database(boot.database)
        os.write(ready, b"ready\n")
        parent_gone.wait()
        server.stop()
    except BrokenPipeError:
        return 1
    except Exception as error:
        print(" ".join(str(error).split()), file=sys.stderr, flush=True)
        return 1
    return 0


def _watch_parent(parent: int, gone: threading.Event) -> None:
    # Nothing follows the first line, so a readable input has ended. A fork of the parent could hold it open.
    while os.getppid() == parent and not select.select([0], [], [], 1.0)[0]:
        pass
    gone.set()
    time.sleep(SHUTDOWN_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _take_standard_output() -> int:
    """Keep standard output for the parent, and send what Java prints there to the log."""
    ready = os.dup(1)
    os.dup2(2, 1)
    return ready


def _prepare(folder: Path) -> None:
    os.umask(0o077)
    # The engine and a crashing JVM write `log/` into the working directory.
    os.chdir(folder)
    Path("tmp").mkdir(exist_ok=True)
    # A root password is taken only where no user is on record, and root is the only user.
    Path("config/server-users.jsonl").unlink(missing_ok=True)


def _server(boot: Boot) -> Server:
    # Imported by name and late: the package has no types, and loading it takes the parent a third of a second.
    server = importlib.import_module("arcadedb_embedded.server").ArcadeDBServer
    return server(
        boot.folder,
        boot.password,
        {
            "host": "127.0.0.1",
            "http_port": boot.http_port,
            "server_plugins": BOLT,
            "bolt_port": boot.bolt_port,
        },
        jvm_kwargs={"heap_size": boot.heap, "jvm_args": _jvm_arguments(boot)},
    )


def _jvm_arguments(boot: Boot) -> list[str]:
    limits = {**SETTINGS, "arcadedb.command.timeout": str(boot.command_milliseconds)}
    settings = [f"-D{name}={value}" for name, value in limits.items()]
    # -Xrs leaves signals to Python; without memory the engine is better restarted than half alive.
    return [*settings, f"-Djava.io.tmpdir={boot.folder}/tmp", "-Xrs", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError"]


if __name__ == "__main__":
    main()
