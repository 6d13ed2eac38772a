"""What the long form of the faults came to is kept test by test: a partial run replaces its own lines alone."""

from __future__ import annotations

from tests.faults.keeping import Line, replaced, table


def line(test: str, promise: str, engine: str = "embedded", reached: str = "0", commit: str = "old") -> Line:
    return Line(test, promise, engine, reached, True, 1, [0.5, 1.25], "2026-11-25", commit)


KEPT = [
    line("test_a.py::one", "one"),
    line("test_b.py::two[1]", "two", reached="seed 1"),
    line("test_b.py::two[2]", "two", reached="seed 2"),
]


def test_a_partial_run_replaces_its_own_lines() -> None:
    new = line("test_b.py::two[1]", "two", reached="seed 1", commit="new")
    assert [(each.reached, each.commit) for each in replaced(KEPT, [new])] == [
        ("0", "old"),
        ("seed 1", "new"),
        ("seed 2", "old"),
    ]


def test_the_other_engine_keeps_its_own() -> None:
    new = line("test_a.py::one", "one", engine="neo4j", commit="new")
    assert [(each.engine, each.commit) for each in replaced(KEPT, [new])][:2] == [("embedded", "old"), ("neo4j", "new")]


def test_a_test_that_breaks_off_leaves_no_old_figure() -> None:
    new = line("test_a.py::one", "one", reached="no figure: the test broke off")._replace(kept=False)
    assert replaced(KEPT, [new])[0] == new
    assert (
        table([new]).splitlines()[2]
        == "| one | ArcadeDB | no figure: the test broke off | **no** | 2026-11-25, old, 0.5 to 1.2 |"
    )
