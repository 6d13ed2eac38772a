"""How much is tried, and the line in which a promise and its figure are told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

LONG = os.environ.get("TURNOUT_FAULTS") == "long"
"""Whether the long form is asked for; the short one takes some seconds a file."""
OUT = Path(os.environ.get("TURNOUT_FAULTS_OUT", "var/faults"))
"""Where what one run leaves for another is kept."""


def size(short: int, long: int) -> int:
    """How many, in the form that is asked for."""
    return long if LONG else short


Figure = Callable[[str, str, bool], None]
"""Says a promise, what was reached, and whether that keeps it."""
TOLD: list[tuple[str, str]] = []
"""What the test that runs has told."""


def tell(capsys: pytest.CaptureFixture[str], promise: str, figure: str) -> None:
    """Prints `promise | figure` on a line of its own, whatever pytest captures."""
    TOLD.append((promise, figure))
    with capsys.disabled():
        print(f"\n{promise} | {figure}")
