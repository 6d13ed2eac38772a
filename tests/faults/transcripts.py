"""What an engine answered to steps that both are led through: kept by the run on one, compared by that on the other.

A transcript belongs to the code that it was made with. A digest of the product, of the model and of what draws the
steps stands in its name, so that one of other code is never compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.figures import OUT
from tests.faults.serving import ROOT

ENGINES = ("embedded", "neo4j")
Run = Sequence[Any]
"""What was done and what was answered, in order."""


@cache
def code() -> str:
    """A digest of all that a transcript depends on."""
    found = sha256(version("hypothesis").encode())
    for room in ("graph", "schema", "seeds", "tests", "tests/faults"):
        for file in sorted((ROOT / room).glob("*.py")):
            found.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return found.hexdigest()[:12]


class Kept(NamedTuple):
    """Of one part: its runs, what was done in them, and which steps of a finding's life were taken of what."""

    runs: Sequence[Run]
    did: Sequence[str]
    steps: Sequence[tuple[str, str, str]]


def begin(form: str, engine: str, part: int) -> None:
    """Removes what an earlier run left of a part, of this code or other."""
    for file in OUT.glob(f"states-{form}-{engine}-{part}-*"):
        file.unlink()


def keep(form: str, engine: str, part: int, kept: Kept) -> None:
    """Writes a part whole or not at all: the run on the other engine may look for it at any time."""
    OUT.mkdir(parents=True, exist_ok=True)
    file = _file(form, engine, part)
    half = file.with_suffix(".half")
    half.write_text(json.dumps(kept._asdict()))
    half.rename(file)


def read(form: str, engine: str, part: int) -> Kept | None:
    file = _file(form, engine, part)
    return Kept(**json.loads(file.read_text())) if file.exists() else None


def _file(form: str, engine: str, part: int) -> Path:
    return OUT / f"states-{form}-{engine}-{part}-{code()}.json"


def compared(form: str, part: int) -> int | None:
    """How many runs of a part are the same on both engines; null where one of them has not gone through it."""
    one, other = (read(form, engine, part) for engine in ENGINES)
    if one is None or other is None:
        return None
    found = list(differences(one.runs, other.runs))
    assert not found, f"{len(found)} runs of part {part} differ between the engines; {found[0]}"
    return len(one.runs)


def differences(runs: Sequence[Run], others: Sequence[Run]) -> Iterator[str]:
    """A line for each run that differs, with the first place in which it does."""
    for number, (run, other) in enumerate(zip_longest(runs, others, fillvalue=()), 1):
        pairs = enumerate(zip_longest(run, other))
        place = next((f"at {at}: {one} against {two}" for at, (one, two) in pairs if one != two), None)
        if place is not None:
            yield f"run {number} {place}"
