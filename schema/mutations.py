"""How a mutation is declared: one input, one union of the result and a typed refusal, one function of the graph."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, cast

import strawberry
from strawberry.types import Info
from strawberry.types.unset import UNSET

from graph.refusals import Code, Fault, Locale, Refusal, invalid
from graph.writing import Act, Graph, Outcome
from schema import links
from schema.context import Context
from schema.fields import LOCALE
from schema.fields import field as described

KEY_LENGTH = 200


@strawberry.input
class IdempotentInput:
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Names this call among yours: sent again, it has no second effect. Up to 200 characters.",
    )


@strawberry.interface(description="Nothing was written, and why.")
class Refused:
    code: Code = described("The reason, for programs.")
    field: str | None = described("The input field at fault, where there is one.")
    retryable: bool = described("Whether the same call may succeed later without being changed.")
    fault: strawberry.Private[str | None] = None

    @strawberry.field(description="The reason, for people.")
    def message(
        self, locale: Annotated[Locale, strawberry.argument(description=LOCALE.description)] = Locale.ZH_CN
    ) -> str:
        return Refusal(self.code, self.field, self.fault).message(locale)


REFUSED: dict[str, type[Refused]] = {}
"""The type of each mutation's refusal, by the mutation's name."""


def lost_from_sight(mutation: str) -> Refused:
    """What a replay answers where its record is no longer the caller's to see: as for any that is not there."""
    return REFUSED[mutation](code=Code.NOT_FOUND, field=None, retryable=False)


Do = Callable[[Graph, Act, Any], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Declared:
    name: str
    field: Any


def plain(value: Any) -> Any:
    """An input as JSON would hold it, without its key: what makes two calls the same."""
    if value is UNSET:
        return None
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [plain(item) for item in cast(list[Any], value)]
    if hasattr(value, "__strawberry_definition__"):
        names = (item.python_name for item in value.__strawberry_definition__.fields)
        return {name: plain(getattr(value, name)) for name in names if name != "idempotency_key"}
    return value


def mutation(
    name: str,
    input_type: type,
    result: str,
    do: Do,
    description: str,
    *,
    structural: bool = False,
    after: Callable[[Context, Outcome], None] | None = None,
) -> Declared:
    """Declares `name(input): NameResult!`, where NameResult is the result or NameRefused.

    `structural` ones change who sees what, so that kept viewers are dropped. `after` is told of the outcome before the
    answer is read.
    """
    title = name[0].upper() + name[1:]
    refused = strawberry.type(
        type(f"{title}Refused", (Refused,), {"__doc__": None}), description=f"Why {name} was refused."
    )
    REFUSED[name] = refused
    union = Annotated[
        getattr(links, f"{result}Ref") | refused,
        strawberry.union(f"{title}Result", description=f"What {name} answers: the record as you see it, or why not."),
    ]

    def answered(refusal: Refusal) -> Refused:
        return refused(code=refusal.code, field=refusal.field, retryable=refusal.retryable, fault=refusal.fault)

    async def resolve(self: Any, info: Info, input: Any) -> Any:
        context: Context = info.context
        key = input.idempotency_key
        if key is not None and not 0 < len(key) <= KEY_LENGTH:
            return answered(invalid("idempotencyKey", Fault.LENGTH, 1, KEY_LENGTH))
        act = await context.act(name, key, plain(input))
        outcome = await do(context.graph, act, input)
        if structural:
            context.viewers.drop()
        if after is not None:
            after(context, outcome)
        if isinstance(outcome, Refusal):
            return answered(outcome)
        return outcome

    argument = strawberry.argument(description="What to do.")
    parameters = [
        inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
        inspect.Parameter("input", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Annotated[input_type, argument]),
    ]
    resolve.__signature__ = inspect.Signature(parameters, return_annotation=union)  # type: ignore[attr-defined]
    resolve.__annotations__ = {p.name: p.annotation for p in parameters[1:]} | {"return": union}
    resolve.__name__ = name
    return Declared(name, strawberry.field(resolver=resolve, name=name, description=description))
