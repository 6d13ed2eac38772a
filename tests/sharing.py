"""Runs of pytest beside each other share their tests: a whole file is taken by whichever run comes to it first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest


def longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests by their files; a long file that is taken last would leave the other runs idle.

    Before all others come files that ask for everything at once, and are patient; then those with the most tests.
    """
    patient = {item.path for item in items if "patient" in getattr(item, "fixturenames", ())}
    sizes = Counter(item.path for item in items)
    return sorted(items, key=lambda item: (item.path not in patient, -sizes[item.path], item.path))


class Sharing:
    """Takes a file by making a folder of its name, which one run alone can make."""

    def __init__(self, taken: Path, root: Path) -> None:
        self._taken = taken
        self._root = root
        self._mine: dict[Path, bool] = {}

    def takes(self, file: Path) -> bool:
        if file not in self._mine:
            place = self._taken / "-".join(file.relative_to(self._root).parts)
            try:
                place.mkdir(parents=True)
            except FileExistsError:
                self._mine[file] = False
            else:
                self._mine[file] = True
        return self._mine[file]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = longest_first(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """A test of a file that another run has is as good as run: what stood up for it alone, as its folder that the
        test before was of too, is torn down as if it had.
        """
        if self.takes(item.path):
            return None
        item.session._setupstate.teardown_exact(nextitem)  # pyright: ignore[reportPrivateUsage]
        return True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        files = sum(self._mine.values())
        terminalreporter.write_line(f"{files} of {len(self._mine)} files were this run's.")
