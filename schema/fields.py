"""How fields are declared: a description and arguments here, what they read in the shape of the same name.

A field that takes arguments needs a resolver for Strawberry to learn them from; it is never called, because the
executor answers root fields whole.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry import UNSET

import schema.enums  # noqa: F401  # pyright: ignore[reportUnusedImport]  registers enums before fields name them
from graph.refusals import Locale

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Argument:
    type: Any
    description: str
    default: Any = inspect.Parameter.empty
    name: str = ""


def field(description: str) -> Any:
    """A field without arguments."""
    return strawberry.field(description=description)


def bounded(description: str, least: float, most: float) -> str:
    """The description of a number that has to be from `least` to `most`, both of which are valid."""
    return f"{description} From {least:,} to {most:,}."


def planned(description: str, **arguments: Argument) -> Any:
    """A field with arguments. Shape: as annotated; read by the shape member of the same name."""

    def never_called(self: Any, **_: Any) -> Any:
        raise LookupError("a planned field was resolved by itself")

    parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    for name, argument in arguments.items():
        info = strawberry.argument(description=argument.description, name=argument.name or None)
        parameters.append(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=Annotated[argument.type, info],
                default=argument.default,
            )
        )
    never_called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    never_called.__annotations__ = {p.name: p.annotation for p in parameters[1:]}
    return strawberry.field(resolver=never_called, description=description)


LOCALE = Argument(Locale, "The language of the words.", Locale.ZH_CN)


def labelled(description: str) -> Any:
    """The words of an enum's value in a language."""
    return planned(description, locale=LOCALE)


def page(description: str, order: type[Enum], **arguments: Argument) -> Any:
    """A connection: Relay's arguments, an order, and the field's own."""
    return planned(
        description,
        first=Argument(
            int | None, "How many from the start, at most 100; 20 where neither first nor last is given.", UNSET
        ),
        after=Argument(str | None, "Only what stands after this cursor.", UNSET),
        last=Argument(int | None, "How many from the end, at most 100; ignored where first is given.", UNSET),
        before=Argument(str | None, "Only what stands before this cursor.", UNSET),
        order_by=Argument(order | None, "The order; the first of its values where none is given.", UNSET),
        **arguments,
    )


def where(type: Any) -> Argument:
    return Argument(type | None, "Only what meets all of these.", UNSET)


@strawberry.type(description="Where a page stands in its connection.")
class PageInfo:
    has_next_page: bool = field("Whether more follows.")
    has_previous_page: bool = field("Whether something stands before.")
    start_cursor: str | None = field("The cursor of the first row of the page.")
    end_cursor: str | None = field("The cursor of the last row of the page.")


@strawberry.type(name="Edge", description="A row of a connection with its cursor.")
class Edge(Generic[Item]):
    cursor: str = field("Names this row's place in the connection, for after and before.")
    node: Item = field("The record.")


@strawberry.type(name="Connection", description="A page of records, in the manner of Relay.")
class Connection(Generic[Item]):
    edges: list[Edge[Item]] = field("The rows with their cursors.")
    nodes: list[Item] = field("The records alone.")
    page_info: PageInfo = field("Where the page stands.")
    total_count: int = field("How many there are in all that you may see.")


@strawberry.interface(description="A record with an id of its own.")
class Node:
    id: strawberry.ID = field("Names the record among all types.")
