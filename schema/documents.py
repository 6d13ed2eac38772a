"""Texts of requests, read once: syntax tree, errors, sizes, selections and the plans made for them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    validate,
)

from graph.traversal import ROOTS, Composed
from schema.errors import refused_request, without_text
from schema.likeness import Likeness, likeness
from schema.limits import META, Size, counts_of, measure, operations
from schema.projection import Projection, Reader
from schema.selection import Selection
from schema.values import RULES

TOKENS = 2_000
"""Tokens a document may have."""
DOCUMENTS = 512
"""Documents kept with their plans; each keeps at most PLANS."""
PLANS = 64
INVALID = "GRAPHQL_VALIDATION_FAILED"
LONG = 1_000
"""Characters from which a text may take longer to read than others should wait."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A statement, and how its answer becomes the response under the keys of the document it was made for.

    Without a projection it is read under no other keys.
    """

    composed: Composed
    projection: Projection | None
    read: Reader


@dataclass(frozen=True, slots=True)
class Operation:
    """What a text's operation is, and its name."""

    kind: OperationType
    name: str | None


@dataclass
class Document:
    """A syntax tree, its errors, and the selections planned for it."""

    tree: DocumentNode | None
    errors: list[GraphQLError]
    trusted: bool = False
    selections: OrderedDict[Any, Selection] = field(default_factory=OrderedDict[Any, Selection])
    sizes: dict[Any, tuple[Size, list[GraphQLError]]] = field(
        default_factory=dict[Any, tuple[Size, list[GraphQLError]]]
    )
    _hinted: list[GraphQLError] | None = None

    def measure(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> tuple[Size, list[GraphQLError]]:
        """The operation's size with these page sizes, and the limits that it passes."""
        assert self.tree is not None
        counts = counts_of(operation, variables)
        key = operation.name and operation.name.value, tuple(sorted(counts.items()))
        if key not in self.sizes:
            if len(self.sizes) >= PLANS:
                self.sizes.clear()
            self.sizes[key] = measure(schema, self.tree, operation, counts)
        return self.sizes[key]

    def told(self, schema: GraphQLSchema, *, hints: bool) -> list[GraphQLError]:
        """Its errors; with names of the schema that are like a misspelt one, where the schema is shown at all."""
        if not hints or self.tree is None or not self.is_invalid:
            return self.errors
        if self._hinted is None:
            self._hinted = _validated(schema, self.tree, hints=True)
        return self._hinted

    @property
    def is_invalid(self) -> bool:
        """Whether it does not fit the schema, as opposed to being no GraphQL or too large."""
        return any((error.extensions or {}).get("code") == INVALID for error in self.errors)

    @cached_property
    def is_introspection(self) -> bool:
        """Whether it asks of nothing but the schema itself, which takes long and needs nobody's turn."""
        if self.tree is None or self.errors or len(operations(self.tree)) != 1:
            return False
        roots = operations(self.tree)[0].selection_set.selections
        return all(isinstance(root, FieldNode) and root.name.value in META for root in roots)

    @cached_property
    def is_planned(self) -> bool:
        """Whether it is one query of which every root field is planned, none of it answered by a resolver."""
        if self.tree is None or self.errors or len(operations(self.tree)) != 1:
            return False
        (operation,) = operations(self.tree)
        roots = operation.selection_set.selections
        return operation.operation is OperationType.QUERY and all(
            isinstance(root, FieldNode) and (root.name.value in ROOTS or root.name.value == "node") for root in roots
        )


@dataclass(eq=False)
class Reading:
    """A text as it is answered: by its own document, or by that of a text alike, with what each calls the same.

    `keys` leads from the document's response keys to the text's, `variables` from the text's to the document's;
    both are null where the document is the text's own.
    """

    document: Document
    keys: Mapping[str, str] | None = None
    variables: Mapping[str, str] | None = None
    name: str | None = None
    executors: dict[bool, type[Any]] = field(default_factory=dict[bool, type[Any]])
    _readers: dict[Plan, Reader] = field(default_factory=dict[Plan, Reader])

    @property
    def is_borrowed(self) -> bool:
        return self.keys is not None

    def reader(self, plan: Plan) -> Reader:
        if self.keys is None or plan.projection is None:
            return plan.read
        reader = self._readers.get(plan)
        if reader is None:
            if len(self._readers) >= PLANS:
                self._readers.clear()
            reader = self._readers[plan] = plan.projection.reader(self.keys)
        return reader

    def given(self, variables: dict[str, Any] | None) -> dict[str, Any] | None:
        """The request's variables by the document's names."""
        if variables is None or self.variables is None:
            return variables
        return {name: variables[own] for own, name in self.variables.items() if own in variables}

    def answered(self, data: dict[str, Any]) -> dict[str, Any]:
        """The root fields by the text's keys; what is below them has its own already."""
        return data if self.keys is None else {self.keys.get(key, key): value for key, value in data.items()}

    def operation(self, name: str | None) -> Operation | None:
        """The operation of that name, or the only one."""
        if self.is_borrowed:
            return Operation(OperationType.QUERY, self.name) if name in (None, self.name) else None
        found = self.document.tree and get_operation_ast(self.document.tree, name)
        return Operation(found.operation, found.name and found.name.value) if found else None


class Documents:
    """One bounded cache by text, and by likeness the documents that texts alike are answered by."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: OrderedDict[str, Reading] = OrderedDict()
        self._alike: OrderedDict[str, tuple[Likeness, Document]] = OrderedDict()
        self._trusted: dict[str, Reading] = {}
        self._reader = ThreadPoolExecutor(1, "reader")
        self._turn = asyncio.Lock()

    def __contains__(self, text: str) -> bool:
        return text in self._trusted or text in self._kept

    def trust(self, text: str) -> Document:
        """Reads a document of the operator's own, which is kept for good."""
        document = self._read(text)
        document.trusted = True
        self._trusted[text] = Reading(document)
        return document

    def read(self, text: str) -> Reading:
        if (trusted := self._trusted.get(text)) is not None:
            return trusted
        reading = self._kept.get(text)
        if reading is None:
            return self._keep(text, self._read_new(text))
        self._kept.move_to_end(text)
        return reading

    async def learn(self, text: str) -> None:
        """Reads a text that is not known, one at a time: a long one beside the loop, a short one in a turn of it.

        Whoever asks what is known waits for one reading at most, however many new texts came at once.
        """
        if text in self:
            return
        if len(text) >= LONG:
            like, document = await asyncio.get_running_loop().run_in_executor(self._reader, self._study, text)
            if text not in self:
                self._keep(text, self._known(text, like, document))
            return
        async with self._turn:
            self.read(text)
            await asyncio.sleep(0)

    def read_alone(self, text: str) -> Reading:
        """The text read by a document of its own, from now on."""
        return self._keep(text, Reading(self._read(text)))

    def _keep(self, text: str, reading: Reading) -> Reading:
        self._kept[text] = reading
        while len(self._kept) > DOCUMENTS:
            self._kept.popitem(last=False)
        return reading

    def _read_new(self, text: str) -> Reading:
        return self._known(text, *self._study(text))

    def _study(self, text: str) -> tuple[Likeness | None, Document | None]:
        """What the text is like, and its document where there is none yet of a text alike; changes nothing here."""
        like = likeness(text, most=TOKENS)
        return like, None if like is not None and like.text in self._alike else self._read(text)

    def _known(self, text: str, like: Likeness | None, document: Document | None) -> Reading:
        if document is None and like is not None and like.text in self._alike:
            first, document = self._alike[like.text]
            self._alike.move_to_end(like.text)
            keys = dict(zip(first.aliases, like.aliases, strict=True))
            variables = dict(zip(like.variables, first.variables, strict=True))
            return Reading(document, keys, variables, like.operation)
        document = document or self._read(text)
        if like is not None and document.is_planned:
            self._alike[like.text] = like, document
            while len(self._alike) > DOCUMENTS:
                self._alike.popitem(last=False)
        return Reading(document)

    def _read(self, text: str) -> Document:
        try:
            tree = parse(text, max_tokens=TOKENS)
        except RecursionError:
            return Document(None, [refused_request("GRAPHQL_PARSE_FAILED", "The document is nested too deeply.")])
        except GraphQLError as error:
            too_long = "tokens" in error.message
            error.message = without_text(error.message)
            error.extensions = {"code": "TOO_MANY_TOKENS" if too_long else "GRAPHQL_PARSE_FAILED", "retryable": False}
            return Document(None, [error])
        # Sizes come first: validating a hostile document may take longer than refusing it.
        for operation in operations(tree):
            _, errors = measure(self._schema, tree, operation, {})
            if errors:
                return Document(tree, errors)
        return Document(tree, _validated(self._schema, tree, hints=False))


def _validated(schema: GraphQLSchema, tree: DocumentNode, *, hints: bool) -> list[GraphQLError]:
    errors = validate(schema, tree, RULES, hide_suggestions=not hints)
    for error in errors:
        error.extensions = {"code": INVALID, "retryable": False}
    return errors
