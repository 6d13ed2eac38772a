"""What a figure was taken of and on: told beside it wherever it is kept."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def commit() -> str:
    """The commit that was tried, with a plus where the files differ from it."""
    git = ("git", "-C", str(ROOT))
    short = subprocess.check_output([*git, "rev-parse", "--short", "HEAD"], text=True).strip()
    return short + "+" * bool(subprocess.run([*git, "diff", "--quiet", "HEAD", "--", ":!docs"], check=False).returncode)


def hardware() -> str:
    """How large this machine is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB"


def machine() -> str:
    return f"{hardware()}, {platform.system()} {platform.machine()}"
