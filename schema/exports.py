"""The copy that a person takes of their record: all of it, as JSON by a published schema, or as a page to read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated, Any, cast

import orjson
import strawberry
from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    parse,
)
from strawberry.types import Info

from graph.refusals import Locale
from graph.rights import LIST_MESSAGES
from schema.context import Context
from schema.execution import Answerer
from schema.fields import LOCALE
from schema.record_page import page

VERSION = 1
BY = "{ externalId displayName }"
PROOF = "kind size hash uploadedAt verdict reason decidedAt purgedAt"
CHECK = "outcome claim method source details checkedOn"
PLACE = "id startsAt endsAt timeZone mode response attendance outcome"
ASKED = f"state inTime policyVersion reason requestedAt owedBy overdueAt decidedAt answer decidedBy {BY}"
EVENT = f"seq type occurredAt recordedAt actorKind actor {BY}"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the record: the connection that it is read from, and what of each row."""

    name: str
    rows: str
    size: int = 50


SECTIONS = (
    Section(
        "applications",
        "id stage appliedAt source position { title } department: position { department { name } } decisions { verdict "
        f"state reason followedAdvice decidedAt effectiveAt decidedBy {BY} considered {{ id }} seen seenHash "
        f"seenUntil }} resumeChecks {{ {CHECK} recordedAt superseded }}",
        20,
    ),
    Section(
        "interviews",
        f"{PLACE} responseMessage graceMinutes evidence department {{ name }} rescheduleRequests {{ {ASKED} }} proofs "
        f"{{ {PROOF} }} assessment {{ cause confidence rules policyVersion reasons(locale: $locale) }} telemetry "
        "{ kind occurredAt until recordedAt source } messages { template state channel createdAt sentAt } "
        f"events(first: 100) {{ nodes {{ {EVENT} }} }}",
        20,
    ),
    Section(
        "findings",
        "id occurredAt department { name } position { title } state outcome cause knewBy suspectedAt noticeAt answerBy "
        "decideBy decidedAt expiresAt eraseAt daysLeft policyVersion reason statement statementBy disputedAt "
        f"disputeText disputeDueAt disputeRejectedAt disputeReason reviewedAt reviewReason decidedBy {BY} "
        f"voidedAt voidReason voidedBy {BY} "
        f"interview {{ id }} resumeCheck {{ {CHECK} }} proofs {{ {PROOF} }} repairs {{ at days }} "
        "basedOn { seq type occurredAt }",
    ),
    Section(
        "employments",
        "id title startedOn endedOn employer source consentedAt consentSource department { name } "
        "records(first: 100) { nodes { kind granularity day days minutes outOf source recordedAt superseded reason } } "
        "taskResults(first: 100) { nodes { goal startsOn dueOn target result share withdrawn source recordedAt "
        "superseded reason } }",
        20,
    ),
    Section("requests", f"id kind state text filedAt dueAt answeredAt reason answeredBy {BY}"),
    Section("accesses", "at who displayName role departments purpose about finding { id }", 100),
    Section("accessGaps", "since until", 100),
)
PERSON = (
    "displayName status locale timeZone email phone attendance { interviews accepted attended acceptedNotAttended "
    "noShows excused faults attendanceRate noShowRate } selfAssessment { takenAt sharedAt answers { answer text } "
    "results { dimension value leaning } } score { status offBecause points band asOf validUntil policyVersion "
    "inputsHash observations factors { dimension weight value points observations missing text(locale: $locale) } } "
    "labels { name dimension policyVersion expiresOn text(locale: $locale) } profile { "
    "timeline { occurredAt text(locale: $locale) } "
    "dimensions { dimension observations counted text(locale: $locale) } }"
)
MESSAGES = ("template", "state", "createdAt")


@strawberry.enum(description="How a record is written out.")
class ExportFormat(Enum):
    JSON = strawberry.enum_value("JSON", description="JSON by docs/record.schema.json.")
    HTML = strawberry.enum_value("HTML", description="A page to read, in the language asked for.")


def document(section: Section) -> str:
    given = "$after: String" + (", $locale: Locale!" if "$locale" in section.rows else "")
    return (
        f"query Part({given}) {{ myRecord {{ part: {section.name}(first: {section.size}, after: $after) "
        f"{{ nodes {{ {section.rows} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
    )


async def written(answerer: Answerer, context: Context, locale: Locale) -> dict[str, Any] | None:
    """All of the record of the candidate who asks; null for anyone else."""
    viewer = await context.viewer()
    if viewer.person is None or not viewer.person.verified:
        return None
    given = {"locale": locale.value}
    person = await _asked(answerer, context, f"query Person($locale: Locale!) {{ myRecord {{ {PERSON} }} }}", given)
    record: dict[str, Any] = {
        "turnout": "record",
        "version": VERSION,
        "writtenAt": context.clock().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "person": person["myRecord"],
    }
    for section in SECTIONS:
        record[section.name] = [row async for row in _rows(answerer, context, section, given)]
    sent = await context.graph.client.read(LIST_MESSAGES, ids=list(viewer.person.candidates))
    record["messages"] = [
        {
            "template": row.template,
            "state": row.state,
            "createdAt": row.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        for row in sent
    ]
    return record


async def _rows(
    answerer: Answerer, context: Context, section: Section, given: Mapping[str, Any]
) -> AsyncIterator[dict[str, Any]]:
    after: str | None = None
    while True:
        found = (await _asked(answerer, context, document(section), {"after": after, **given}))["myRecord"]["part"]
        for row in found["nodes"]:
            yield _flat(row)
        if not found["pageInfo"]["hasNextPage"]:
            return
        after = found["pageInfo"]["endCursor"]


def _flat(row: Any) -> Any:
    """A row without what only pages have."""
    if isinstance(row, dict):
        return {
            key: _flat(value["nodes"] if isinstance(value, dict) and "nodes" in value else value)
            for key, value in cast(dict[str, Any], row).items()
        }
    return [_flat(item) for item in cast(list[Any], row)] if isinstance(row, list) else row


async def _asked(answerer: Answerer, context: Context, text: str, variables: dict[str, Any]) -> dict[str, Any]:
    answer = await answerer.answer(text, replace(context, adjusted=[], planning=0), variables=variables)
    if answer.errors or answer.data is None:
        raise LookupError(f"a part of a record could not be read: {answer.errors}")
    return answer.data


_answerers: dict[int, Answerer] = {}


async def resolve_export(
    self: Any,
    info: Info,
    format: Annotated[ExportFormat, strawberry.argument(description="JSON, or a page to read.")] = ExportFormat.JSON,
    locale: Annotated[Locale, strawberry.argument(description=LOCALE.description)] = Locale.ZH_CN,
) -> str | None:
    core: GraphQLSchema = info.schema._schema  # type: ignore[attr-defined]  # pyright: ignore
    answerer = _answerers.setdefault(id(core), Answerer(core))
    record = await written(answerer, info.context, locale)
    if record is None:
        return None
    return page(record, locale) if format is ExportFormat.HTML else orjson.dumps(record).decode()


# The schema of what is written


def record_schema(core: GraphQLSchema) -> dict[str, Any]:
    """The JSON Schema of the copy, made of what is selected for it."""
    candidate = cast(GraphQLObjectType, core.get_type("Candidate"))
    parts: dict[str, Any] = {
        section.name: _list(_object(core, _node(candidate, section.name), _selected(f"{{ {section.rows} }}")))
        for section in SECTIONS
    }
    messages = {name: {"type": "string"} for name in MESSAGES}
    properties: dict[str, Any] = {
        "turnout": {"const": "record"},
        "version": {"const": VERSION},
        "writtenAt": {"type": "string", "format": "date-time"},
        "person": _object(core, candidate, _selected(f"{{ {PERSON} }}")),
        **parts,
        "messages": _list(_closed(messages)),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A person's copy of their record",
        **_closed(properties),
    }


def _selected(text: str) -> SelectionSetNode:
    definition: Any = parse(text).definitions[0]
    return definition.selection_set


def _node(owner: GraphQLObjectType, name: str) -> GraphQLObjectType:
    connection = cast(GraphQLObjectType, get_named_type(owner.fields[name].type))
    return cast(GraphQLObjectType, get_named_type(connection.fields["nodes"].type))


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": [*properties], "additionalProperties": False}


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(core: GraphQLSchema, type: GraphQLObjectType, selected: SelectionSetNode) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for chosen in cast(Sequence[Any], selected.selections):
        name = chosen.name.value
        key, declared = chosen.alias.value if chosen.alias else name, type.fields[name].type
        named = get_named_type(declared)
        if named.name.endswith("Connection"):
            (nodes,) = chosen.selection_set.selections
            properties[key] = _list(_object(core, _node(type, name), nodes.selection_set))
            continue
        inner = _object(core, named, chosen.selection_set) if is_object_type(named) else _leaf(named)
        required = is_non_null_type(declared)
        bare = declared.of_type if is_non_null_type(declared) else declared
        value = _list(inner) if is_list_type(bare) else inner
        properties[key] = value if required else {"anyOf": [value, {"type": "null"}]}
    return _closed(properties)


_LEAVES = {"Int": "integer", "Float": "number", "Boolean": "boolean"}


def _leaf(named: Any) -> dict[str, Any]:
    # The values of enums grow: whoever reads an old copy by a new schema, or the reverse, is not to stumble over one.
    return {"type": _LEAVES.get(named.name, "string")}
