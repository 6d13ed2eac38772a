"""What schemathesis sends: operations with ids that are there, within the limits that Turnout keeps by choice.

An operation that costs more than 10,000 records, a cursor that this server did not make, a period that ends before it
begins, more missed interviews than there were, numbers that are no policy, a table of groups that nothing is grouped
by, and what is not told as of an instant are answered with an error on purpose, which schemathesis would count as a
failure; the tests of the product hold those.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from typing import Any

import schemathesis
from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    NullValueNode,
    ObjectFieldNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
    parse_value,
    print_ast,
    validate,
    visit,
)
from hypothesis import strategies as st
from schemathesis.graphql import nodes
from schemathesis.hooks import HookContext

RECORDS: dict[str, Any] = json.loads(os.environ["RECORDS"])
"""Ids of records that are there, how the caller is named, and what is told as of an instant, by type."""
COST = 10_000
LIST, PAGE, GRAPH = 10, 10, 100
"""Records that a list counts for, the most that a page is asked for, and what a graph has where no limit is named."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\d")
BOUNDS = re.compile(r"[Ff]rom ([\d,]+) to ([\d,]+)\.$")
DRAFTS = {
    "ScorePolicyDraft": {"bands": ListValueNode(values=())},
    "ScoreDimensionInput": {"weight": NullValueNode()},
}
"""What makes a score policy, and what of it stays as it is because it has to fit the rest."""
YEARS = {"from": "2020", "to": "2028"}

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
        if not is_list_type(get_nullable_type(type)):
            return 1
        parent = self._types.get_parent_type()
        return GRAPH if parent is not None and parent.name == "Graph" else LIST

    @property
    def total(self) -> int:
        return self._inner[0]


class Told(Visitor):
    """Whether all that is asked for is told as of an instant."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.all = True

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self._types.get_parent_type()
        name = node.name.value
        if parent is not None and parent.name in RECORDS["told"] and not name.startswith("__"):
            self.all &= name in RECORDS["told"][parent.name]


class Usable(Visitor):
    """Cursors become null, pages at most PAGE records long, periods some years of this century; the numbers of a draft
    lie within the bounds that the schema tells, without shares and bands, which have to fit each other; an instant as
    of which not all is told becomes null.

    What is below zero or no Int at all stays where it is refused before anything is looked up.
    """

    def __init__(self, types: TypeInfo, *, told: bool) -> None:
        super().__init__()
        self._types = types
        self._told = told

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        return grouped(node) if node.name.value == "fairness" else None

    def leave_argument(self, node: ArgumentNode, *_: Any) -> ArgumentNode:
        if node.name.value == "asOf" and not self._told:
            return ArgumentNode(name=node.name, value=NullValueNode())
        return ArgumentNode(name=node.name, value=usable(node.name.value, node.value))

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> ObjectFieldNode | None:
        parent = get_named_type(self._types.get_parent_input_type())
        if not is_input_object_type(parent) or parent.name not in DRAFTS:
            return None
        if node.name.value in DRAFTS[parent.name]:
            return ObjectFieldNode(name=node.name, value=DRAFTS[parent.name][node.name.value])
        description = parent.fields[node.name.value].description or ""
        return ObjectFieldNode(name=node.name, value=within(node.value, description))

    def leave_object_field(self, node: ObjectFieldNode, *_: Any) -> ObjectFieldNode:
        return ObjectFieldNode(name=node.name, value=usable(node.name.value, node.value))


def usable(name: str, value: ValueNode) -> ValueNode:
    if isinstance(value, StringValueNode):
        if name in ("after", "before"):
            return NullValueNode()
        if name in YEARS and INSTANT.match(value.value):
            return StringValueNode(value=YEARS[name] + value.value[4:])
    if isinstance(value, IntValueNode) and -(2**31) <= (number := int(value.value)) < 2**31:
        if name in ("first", "last", "limit") and number > PAGE:
            return IntValueNode(value=str(number % (PAGE + 1)))
        if name in ("invited", "missed"):
            return IntValueNode(value=str(number % 1_000 + (1_000 if name == "invited" else 0)))
    return value


def grouped(node: FieldNode) -> FieldNode:
    """Without a table, but where it is what is grouped by: of one group then."""
    kept = {each.name.value: each for each in node.arguments if each.name.value != "groups"}
    if "by" in kept and print_ast(kept["by"].value) == "TABLE":
        table = parse_value(f'[{{name: "A", candidates: [{json.dumps(RECORDS["ids"][0])}]}}]')
        kept["groups"] = ArgumentNode(name=NameNode(value="groups"), value=table)
    return replace(node, arguments=tuple(kept.values()))


def within(value: ValueNode, description: str) -> ValueNode:
    """The number, drawn into the bounds that a description tells."""
    told = BOUNDS.search(description)
    if told is None or not isinstance(value, IntValueNode | FloatValueNode):
        return value
    least, most = (int(bound.replace(",", "")) for bound in told.groups())
    if isinstance(value, FloatValueNode):
        return FloatValueNode(value=str(min(max(float(value.value), least), most)))
    return IntValueNode(value=str(least + int(value.value) % (most - least + 1)))


@schemathesis.hook
def map_body(context: HookContext, body: DocumentNode) -> DocumentNode:
    """Of what is valid by the schema, what can be answered; the rest as it is, as it has to be refused."""
    assert context.operation is not None
    schema = context.operation.schema.client_schema
    if validate(schema, body):
        return body
    types = TypeInfo(schema)
    told = Told(types)
    visit(body, TypeInfoVisitor(types, told))
    return visit(body, TypeInfoVisitor(types, Usable(types, told=told.all)))


@schemathesis.hook
def filter_body(context: HookContext, body: DocumentNode) -> bool:
    """Whether to send it: within the cost, and not about the caller's own user, whose removal would end the run."""
    assert context.operation is not None
    types = TypeInfo(context.operation.schema.client_schema)
    cost = Cost(types)
    visit(body, TypeInfoVisitor(types, cost))
    return cost.total <= COST and not any(own in print_ast(body) for own in RECORDS["own"])
