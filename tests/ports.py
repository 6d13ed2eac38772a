"""Where a test's servers may listen."""

from __future__ import annotations

import random
import socket
from contextlib import suppress


def free_port() -> int:
    """A loopback port below those that outgoing connections are given, so that it can be listened on again."""
    for port in random.sample(range(12_000, 20_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")
