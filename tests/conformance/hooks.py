"""What schemathesis sends: operations with ids that are there, within the limits that Turnout keeps by choice.

An operation that costs more than 10,000 records and a cursor that this server did not make are answered with an error
on purpose, which schemathesis would count as a failure; the tests of the product hold those two.
"""

from __future__ import annotations

import json
import os
from typing import Any

import schemathesis
from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    IntValueNode,
    NullValueNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_list_type,
    print_ast,
    visit,
)
from hypothesis import strategies as st
from schemathesis.graphql import nodes
from schemathesis.hooks import HookContext

RECORDS: dict[str, list[str]] = json.loads(os.environ["RECORDS"])
"""Ids of records that are there, and how the caller is named."""
COST = 10_000
LIST, PAGE = 10, 10
"""Records that a list counts for, and the most that a page is asked for."""

schemathesis.graphql.scalar("ID", (st.sampled_from(RECORDS["ids"]) | st.text(max_size=40)).map(nodes.String))


class Cost(Visitor):
    """Never less than the server counts: each list and page is multiplied with what hangs on it."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self._inner = [0]

    def enter_field(self, *_: Any) -> None:
        self._inner.append(0)

    def leave_field(self, node: FieldNode, *_: Any) -> None:
        inner = self._inner.pop()
        if node.selection_set is not None:
            self._inner[-1] += self._times() * (1 + inner)

    def _times(self) -> int:
        type = self._types.get_type()
        if type is None:
            return 1
        if get_named_type(type).name.endswith("Connection"):
            return 2 * PAGE
        return LIST if is_list_type(get_nullable_type(type)) else 1

    @property
    def total(self) -> int:
        return self._inner[0]


class Usable(Visitor):
    """Cursors become null, and pages at most PAGE records long; what is below zero or no Int at all stays."""

    def leave_argument(self, node: ArgumentNode, *_: Any) -> ArgumentNode:
        name, value = node.name.value, node.value
        if name in ("after", "before") and isinstance(value, StringValueNode):
            return ArgumentNode(name=node.name, value=NullValueNode())
        if name in ("first", "last") and isinstance(value, IntValueNode) and PAGE < int(value.value) < 2**31:
            return ArgumentNode(name=node.name, value=IntValueNode(value=str(int(value.value) % (PAGE + 1))))
        return node


@schemathesis.hook
def map_body(_: HookContext, body: DocumentNode) -> DocumentNode:
    return visit(body, Usable())


@schemathesis.hook
def filter_body(context: HookContext, body: DocumentNode) -> bool:
    """Whether to send it: within the cost, and not about the caller's own user, whose removal would end the run."""
    assert context.operation is not None
    types = TypeInfo(context.operation.schema.client_schema)
    cost = Cost(types)
    visit(body, TypeInfoVisitor(types, cost))
    return cost.total <= COST and not any(own in print_ast(body) for own in RECORDS["own"])
