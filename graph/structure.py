"""The tree of departments as pure values: circles, successors, and how far a department is from a viewer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any


class Relation(Enum):
    """How near a department is to the viewer's own."""

    OWN = "OWN"
    SIBLING = "SIBLING"
    CIRCLE = "CIRCLE"
    OUTSIDE = "OUTSIDE"


@dataclass(frozen=True, slots=True)
class Place:
    """One department's place in the tree; `parent` is null directly under the Organization."""

    id: str
    parent: str | None
    shares_history: bool
    closed: bool = False
    successor: str | None = None


class Structure:
    """All departments of one Organization; every question is answered from memory."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places: Mapping[str, Place] = {place.id: place for place in places}
        self._children: dict[str | None, list[str]] = {}
        for place in self.places.values():
            self._children.setdefault(place.parent, []).append(place.id)

    @classmethod
    def of_rows(cls, rows: Iterable[list[Any]]) -> Structure:
        """Rows are [id, parent, sharesHistory, closed, successor], as the statements return them."""
        return cls(Place(*row) for row in rows)

    def counts_as(self, department: str) -> str:
        """The department itself, or where it was closed the last of its successors."""
        seen = {department}
        while (successor := self.places[department].successor) and successor not in seen:
            seen.add(successor)
            department = successor
        return department

    def ancestors_or_self(self, department: str) -> Iterator[str]:
        current: str | None = department
        while current is not None:
            yield current
            current = self.places[current].parent

    def below(self, department: str) -> set[str]:
        """The department and everything under it."""
        found, waiting = set[str](), [department]
        while waiting:
            current = waiting.pop()
            found.add(current)
            waiting.extend(self._children.get(current, ()))
        return found

    def circle(self, department: str) -> str:
        """The id of the department that gives the circle its bounds.

        It is the nearest ancestor-or-self that shares its history, or the topmost department where none does.
        """
        topmost = department
        for place in self.ancestors_or_self(self.counts_as(department)):
            if self.places[place].shares_history:
                return place
            topmost = place
        return topmost

    def circles(self) -> dict[str, str]:
        return {department: self.circle(department) for department in self.places}

    def siblings(self, department: str) -> set[str]:
        """Departments of the same circle that share a parent with it, and all of that circle below them."""
        circle, found = self.circle(department), set[str]()
        for sibling in self._children.get(self.places[department].parent, ()):
            if sibling != department and self.circle(sibling) == circle:
                found |= {place for place in self.below(sibling) if self.circle(place) == circle}
        return found

    def relations(self, mine: Iterable[str]) -> dict[str, Relation]:
        """The nearest relation of every department to those in `mine`; a closed one has its successor's."""
        homes = {self.counts_as(department) for department in mine if department in self.places}
        own = set[str]().union(*(self.below(home) for home in homes))
        siblings = set[str]().union(*(self.siblings(home) for home in homes))
        circles = {self.circle(home) for home in homes}

        def relation(department: str) -> Relation:
            place = self.counts_as(department)
            if place in own:
                return Relation.OWN
            if place in siblings:
                return Relation.SIBLING
            return Relation.CIRCLE if self.circle(place) in circles else Relation.OUTSIDE

        return {department: relation(department) for department in self.places}

    def with_place(self, department: str, **changes: Any) -> Structure:
        """The structure as it would be with one place changed or added."""
        current = self.places.get(department) or Place(department, None, shares_history=False)
        return Structure({**self.places, department: replace(current, **changes)}.values())

    def moved_circles(self, after: Structure) -> set[str]:
        """Departments whose circle differs in `after`."""
        before, then = self.circles(), after.circles()
        return {department for department, circle in before.items() if then[department] != circle}
