"""What is written is kept true: settings in the README, the schema as committed, no host of an index."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from api.settings import Settings
from seeds import attendance_mapping, mapping
from seeds.demo import NAME
from tests.house.pages import PAGES, ROOT


def test_every_setting_is_in_the_readme() -> None:
    """An operator reads the README and not the source."""
    text = (ROOT / "README.md").read_text()
    assert not [name for name in Settings.model_fields if f"`TURNOUT_{name.upper()}`" not in text]


@pytest.mark.parametrize("name", PAGES)
def test_what_is_made_of_the_code_is_committed_as_it_is_made(name: str) -> None:
    """Clients build against the schema and people act by the pages; `make pages` writes them all."""
    assert (ROOT / name).read_text() == PAGES[name]()


def test_no_committed_file_names_an_index() -> None:
    """A lock with an index's address installs only where that address answers."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    named = re.compile(r"--(extra-)?index-url|--find-links|files\.python|/simple/|\"resolved\":")
    texts = ((file, (ROOT / file).read_text(errors="ignore")) for file in files if file != "tests/house/test_papers.py")
    assert not [file for file, text in texts if named.search(text)]


def test_links_between_papers_lead_somewhere() -> None:
    """A heading that is renamed breaks whoever links to it, and nobody notices."""
    papers = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").rglob("*.md")]
    lost: list[str] = []
    for paper in papers:
        for target, place in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", paper.read_text()):
            there = (paper.parent / target).resolve() if target else paper
            if not there.exists() or (place and place not in places(there)):
                lost.append(f"{paper.relative_to(ROOT)}: {target}#{place}")
    assert not lost


def test_every_key_of_a_mapping_is_in_its_paper() -> None:
    """Whoever writes a mapping reads the paper, and not the source."""
    text = (ROOT / "docs" / "importing.md").read_text()
    keys = {*mapping.KEYS, *mapping.OPTIONS, *attendance_mapping.KEYS, *attendance_mapping.OPTIONS}
    assert not [key for key in keys if f"`{key.split('.')[1]}`" not in text]
    assert not [rule for rule in mapping.RULES if f"`{rule}`" not in text]
    whole, elsewhere = re.findall(r"(?s)```toml\n(.*?)```", text)
    assert mapping.parse_mapping(whole).organization.name == NAME
    above, _, _ = whole.partition("[department]")
    assert attendance_mapping.parse_attendance_mapping(above + elsewhere).employer


CODE = re.compile(
    r"""(?x) (?:refused_request|Refused|Unknown)\(\s*(?:\d+,\s*)?"([A-Z_]+)"  # where an error is made
    | "code":\s"([A-Z_]+)" | "code":\s"([A-Z_]+)"\sif | ^\s+\("(TOO_[A-Z_]+)",""",
    re.MULTILINE,
)


def test_every_code_of_an_error_is_in_the_paper() -> None:
    """A client branches on codes; of one that is listed nowhere it learns in production."""
    door = [ROOT / "api" / f"{name}.py" for name in ("asking", "documents", "draining", "http", "sockets")]
    made = {
        code
        for file in (*door, *(ROOT / "schema").glob("*.py"))
        for codes in CODE.findall(file.read_text())
        for code in codes
        if code
    }
    text = (ROOT / "docs" / "querying.md").read_text()
    assert {"UNAUTHENTICATED", "TOO_COSTLY", "RATE_LIMITED", "INTERNAL"} <= made
    assert not [code for code in sorted(made) if f"`{code}`" not in text]


def places(paper: Path) -> set[str]:
    """The anchors of a paper's headings."""
    headings = re.findall(r"(?m)^#+ (.+)$", paper.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
