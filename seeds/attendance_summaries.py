"""The summary of an import of attendance: what was read, what became of it, and what its reader should know."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graph.goals import Goal
from graph.shifts import AttendanceKind
from graph.timesheet_loading import Fate
from graph.timesheets import Fact
from seeds.attendance_mapping import COUNTED, AttendanceMapping
from seeds.summaries import FileSummary, row

FATES = {
    Fate.CREATED: "new employments",
    Fate.COMPLETED: "employments in the graph already, whose last day was not known then",
    Fate.PRESENT: "employments in the graph already",
    Fate.ERASED: "employments of people who were erased since, left alone",
    Fate.REFUSED: "employments refused",
}


@dataclass(slots=True)
class AttendanceSummary(FileSummary[AttendanceMapping]):
    """Counts over the lines of one file; those of kinds are over all lines that the graph holds."""

    fates: Counter[Fate] = field(default_factory=Counter[Fate])
    new_records: int = 0
    loaded: int = 0
    idle: int = 0
    unknown: int = 0
    kinds: Counter[AttendanceKind] = field(default_factory=Counter[AttendanceKind])
    goals: int = 0
    told_goals: int = 0
    reached: float = 0.0
    days: dict[AttendanceKind, float] = field(default_factory=lambda: defaultdict[AttendanceKind, float](float))

    def count(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self.kinds[fact.kind] += 1
            self.days[fact.kind] += fact.days

    def count_goals(self, goals: Iterable[Goal]) -> None:
        for goal in goals:
            self.goals += 1
            self.told_goals += goal.share is not None
            self.reached += goal.share or 0.0

    def _of_dry_run(self) -> str:
        return "This was a dry run: nothing was written, and nobody was recognised, as that would lock records."

    def _fates(self) -> Iterator[str]:
        yield row(self.loaded, "lines to be loaded" if self.dry_run else "lines that the graph holds")
        if self.repeated:
            yield row(self.repeated, "of them repeated within the file")
        if self.idle:
            yield row(
                self.idle, "lines that nothing is made of: the day asks for no work, is not over or stays unknown"
            )
        yield from self._rejected("lines rejected")
        for fate, words in FATES.items():
            if self.fates[fate]:
                yield row(self.fates[fate], words)

    def _facts(self) -> Iterator[str]:
        yield row(self.new_records, "new records")
        for kind in AttendanceKind:
            if self.kinds[kind]:
                yield f"{row(self.kinds[kind], kind.value):<25}{self.days[kind]:>10,.1f} days or times"
        if self.goals:
            yield row(self.goals, "goals")
            yield row(self.goals - self.told_goals, "of them without a result, which weigh nothing")
        if self.told_goals:
            yield f"Reached on average: {100 * self.reached / self.told_goals:.1f} %."
        if self.unknown:
            yield row(self.unknown, "days, or ends of days, that the log leaves unknown and nothing is made of")

    def _remarks(self) -> Iterator[str]:
        read = [
            f"{' and '.join(it.columns)} as {kind.value}"
            for key, kind in COUNTED.items()
            if (it := self.mapping.fields.get(key))
        ]
        if read:
            yield f"Counted: {', '.join(read)}."
        if self.mapping.month is not None and self.mapping.working_days is None:
            yield (
                "The file does not tell working days: no attendance rate is made of it, and whoever was neither late "
                "nor away has no record."
            )
        yield from self._columns()
