"""A statement is a value: its name, its literal text and the row it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Generic, LiteralString, TypeVar

from neo4j.time import DateTime

from graph.instants import from_graph

Row = TypeVar("Row")

STATEMENTS: dict[str, Statement[Any]] = {}
"""Every statement by name, for the house test that explains them all."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The row of a statement that returns none."""


@dataclass(frozen=True, slots=True)
class Found:
    """The row of a statement that only says what it found."""

    id: str


@dataclass(frozen=True, slots=True)
class Count:
    """The row of a statement that only counts."""

    count: int


@dataclass(frozen=True, slots=True)
class Statement(Generic[Row]):
    name: str
    text: LiteralString
    row: Callable[..., Row] | type[Row]
    writes: bool = False

    def __post_init__(self) -> None:
        if self.name in STATEMENTS:
            raise ValueError(f"two statements are named {self.name}")
        STATEMENTS[self.name] = self

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in fields(self.row))  # type: ignore[arg-type]

    def read(self, record: Mapping[str, Any]) -> Row:
        return self.row(**{name: _value(record[name]) for name in self.columns})


def _value(stored: Any) -> Any:
    if isinstance(stored, DateTime):
        return from_graph(stored)
    if isinstance(stored, list):
        return [_value(item) for item in stored]  # pyright: ignore[reportUnknownVariableType]
    return stored
