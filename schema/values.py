"""What is wrong with a value that a client sent, told by its place and its type and without the value.

graphql-core's own sentences quote the value, a whole object for one misspelt field; clients send errors to logs and
trackers of all kinds. None of them is repeated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    specified_rules,
    type_from_ast,
)
from graphql.language import (
    SKIP,
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    VisitorAction,
)
from graphql.pyutils import did_you_mean, print_path_list, suggestion_list
from graphql.utilities import validate_input_literal
from graphql.validation import ASTValidationRule, ValuesOfCorrectTypeRule

Place = tuple[str | int, ...]
Fault = tuple[Place, str]

_NAME = re.compile(r"[_A-Za-z]\w{0,63}", re.ASCII)
MOST = 50
"""Faults of the variables of one request that are told."""
DIGITS = 100
"""Those of a literal from which it is no number of any type."""


class Unusable(ValueError):
    """Raised by a scalar of ours; its text is half a sentence and quotes nothing of the value."""


class Name(str):
    """A literal without quotes, as an enum's values are written."""


class Text(str):
    """A literal in quotes, which no enum takes."""


class _Variable:
    """Where a literal names a variable, which is checked by itself."""


def variable_errors(
    schema: GraphQLSchema, errors: Sequence[GraphQLError], values: Mapping[str, Any], *, hints: bool
) -> list[GraphQLError]:
    """The errors of a request that was not executed, those of its variables in our words."""
    told: list[GraphQLError] = []
    seen: set[str] = set()
    for error in errors:
        node = error.nodes[0] if error.nodes else None
        if not isinstance(node, VariableDefinitionNode):
            told.append(error)
        elif node.variable.name.value not in seen:
            seen.add(node.variable.name.value)
            told.extend(_of_variable(schema, node, values, hints=hints))
    return told[:MOST]


def _of_variable(
    schema: GraphQLSchema, node: VariableDefinitionNode, values: Mapping[str, Any], *, hints: bool
) -> list[GraphQLError]:
    name, type = node.variable.name.value, cast(GraphQLInputType, type_from_ast(schema, node.type))
    found = list(faults(type, values.get(name, Undefined), hints=hints)) or [((), _expected(type))]
    return [
        _fault(f"Variable '${name}' has invalid value{print_path_list(place)}: {why}", node) for place, why in found
    ]


def _fault(message: str, node: VariableDefinitionNode) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": "BAD_REQUEST", "retryable": False})


def faults(type: Any, value: Any, place: Place = (), *, hints: bool) -> Iterator[Fault]:
    """Each place of a value that its type does not take, and why not."""
    if isinstance(value, _Variable):
        return
    if is_non_null_type(type):
        if value is Undefined or value is None:
            yield place, f"Expected a value of non-null type '{type}'."
            return
        type = type.of_type
    if value is Undefined or value is None:
        return
    if is_list_type(type):
        for index, each in enumerate(cast(list[Any], value) if isinstance(value, list) else [value]):
            at = (*place, index) if isinstance(value, list) else place
            yield from faults(type.of_type, each, at, hints=hints)
    elif is_input_object_type(type):
        yield from _of_object(type, value, place, hints=hints)
    elif is_enum_type(type):
        if isinstance(value, Text) or not isinstance(value, str) or value not in type.values:
            near = _near(value, type.values) if hints and isinstance(value, str) else ""
            yield place, f"Expected a value of the enum '{type}'.{near}"
    elif (why := _of_scalar(type, value)) is not None:
        yield place, why


def _of_object(type: GraphQLInputObjectType, value: Any, place: Place, *, hints: bool) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield place, f"Expected value of type '{type}' to be an object."
        return
    given = cast(dict[str, Any], value)
    for name, field in type.fields.items():
        if name in given:
            yield from faults(field.type, given[name], (*place, name), hints=hints)
        elif is_required_input_field(field):
            yield place, f"Expected value of type '{type}' to include required field '{name}'."
    for name in (each for each in given if each not in type.fields):
        # What is not so much as a name was not meant to be one.
        named = f" '{name}'" if _NAME.fullmatch(name) else ""
        near = _near(name, type.fields) if hints else ""
        yield place, f"Expected value of type '{type}' not to include unknown field{named}.{near}"
    if type.is_one_of and (len(given) != 1 or any(each is None for each in given.values())):
        yield place, f"Expected value of type '{type}' to have exactly one field, which is not null."


def _of_scalar(type: Any, value: Any) -> str | None:
    if isinstance(value, Name):
        return _expected(type)
    try:
        bare = str(value) if isinstance(value, Text) else value
        return _expected(type) if type.coerce_input_value(bare) is Undefined else None
    except Unusable as error:
        return f"{_expected(type)[:-1]}: {error}."
    except Exception:
        return _expected(type)


def _expected(type: Any) -> str:
    return f"Expected a value of type '{type}'."


def _near(name: str, names: Mapping[str, Any]) -> str:
    return did_you_mean(suggestion_list(name, list(names)))


class ValuesOfCorrectType(ValuesOfCorrectTypeRule):
    """The rule of graphql-core that a document's literals have the types of their places, with our sentences."""

    def is_valid_value_node(self, node: ValueNode, input_type: Any) -> VisitorAction:
        errors: list[GraphQLError] = []
        if input_type is not None:
            validate_input_literal(node, input_type, lambda error, _: errors.append(error), hide_suggestions=True)
        if errors and input_type is not None:
            found = list(faults(input_type, plain(node), hints=not self.context.hide_suggestions))
            for place, why in found or [((), _expected(input_type))]:
                at = f"Value{print_path_list(place)}: " if place else ""
                self.report_error(GraphQLError(at + why, errors[0].nodes or node))
        return SKIP


def plain(node: ValueNode) -> Any:
    """A literal as JSON would bring it, but that it tells names from texts."""
    match node:
        case StringValueNode():
            return Text(node.value)
        case EnumValueNode():
            return Name(node.value)
        case IntValueNode():
            return int(node.value) if len(node.value) < DIGITS else Name(node.value)
        case FloatValueNode():
            return float(node.value)
        case BooleanValueNode():
            return node.value
        case NullValueNode():
            return None
        case ListValueNode():
            return [plain(each) for each in node.values]
        case ObjectValueNode():
            return {field.name.value: plain(field.value) for field in node.fields}
        case _:
            return _Variable()


RULES: tuple[type[ASTValidationRule], ...] = tuple(
    ValuesOfCorrectType if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules
)
"""What a document is checked by."""
