"""Where a test's servers may listen."""

from __future__ import annotations

from graph import embedded

PORTS = range(12_000, 20_000)
"""None that an engine takes."""


def free_port() -> int:
    return embedded.free_port(PORTS)
