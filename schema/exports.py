"""The copy that a person takes of their record: all of it, as JSON by a published schema, or as a page to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
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

from graph import histories
from graph.histories import CODES, TEXTS, HistoryRow
from graph.interviews import OBSERVED
from graph.refusals import Locale
from graph.rights import LIST_MESSAGES
from graph.visibility import Viewer
from graph.withholding import Others, others_of
from schema.context import Context
from schema.execution import Answerer
from schema.fields import LOCALE
from schema.ids import to_global
from schema.record_page import page

VERSION = 1
BY = "{ externalId displayName }"
PROOF = "kind size hash uploadedAt verdict reason decidedAt purgedAt"
CHECK = "outcome claim method source details checkedOn"
PLACE = "id startsAt endsAt timeZone mode response attendance outcome"
ASKED = f"state inTime policyVersion reason requestedAt owedBy overdueAt decidedAt answer decidedBy {BY}"
EVENT = f"seq type occurredAt recordedAt actorKind actor {BY}"
PAGE = 100
"""Rows of a connection within a row that are read at once."""
MOST = 50_000
"""Rows of one connection that a copy holds; where there are more, it says so."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the record: the connection that it is read from, and what of each row.

    `pages` are connections within a row, and what of each of theirs: they are followed to their end. Nothing in `rows`
    is a connection.
    """

    name: str
    rows: str
    size: int = 50
    pages: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def selected(self) -> str:
        """With the first page of each."""
        return " ".join([self.rows, *(_page(name, rows, f"first: {PAGE}") for name, rows in self.pages.items())])


def _page(field: str, rows: str, arguments: str) -> str:
    return f"{field}({arguments}) {{ nodes {{ {rows} }} pageInfo {{ hasNextPage endCursor }} }}"


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
        "{ kind occurredAt until recordedAt source } messages { template state channel createdAt sentAt }",
        20,
        {"events": EVENT},
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
        "id title startedOn endedOn employer source consentedAt consentSource department { name }",
        20,
        {
            "records": "kind granularity day days minutes outOf source recordedAt superseded reason",
            "taskResults": "goal startsOn dueOn target result share withdrawn source recordedAt superseded reason",
            "events": EVENT,
        },
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
    part = _page(section.name, section.selected, f"first: {section.size}, after: $after")
    return f"query Part({given}) {{ record: myRecord {{ part: {part} }} }}"


def rest(type: str, name: str, rows: str) -> str:
    """Asks for a further page of a connection within a row of this type."""
    part = _page(name, rows, f"first: {PAGE}, after: $after")
    return f"query Rest($id: ID!, $after: String) {{ record: node(id: $id) {{ ... on {type} {{ part: {part} }} }} }}"


async def written(answerer: Answerer, context: Context, locale: Locale) -> dict[str, Any] | None:
    """All of the record of the candidate who asks; null for anyone else."""
    viewer = await context.viewer()
    if viewer.person is None or not viewer.person.verified:
        return None
    reading = _Reading(answerer, context, {"locale": locale.value})
    person = await reading.ask(f"query Person($locale: Locale!) {{ myRecord {{ {PERSON} }} }}", {})
    record: dict[str, Any] = {
        "turnout": "record",
        "version": VERSION,
        "writtenAt": _instant(context.clock()),
        "person": person["myRecord"],
    }
    for section in SECTIONS:
        record[section.name] = await reading.section(section)
    sent = await context.graph.client.read(LIST_MESSAGES, ids=list(viewer.person.candidates))
    record["messages"] = [
        {"template": row.template, "state": row.state, "createdAt": _instant(row.created_at)} for row in sent
    ]
    record["history"] = await reading.history(viewer)
    return {**record, "notWhole": reading.cut}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _event(row: HistoryRow, others: Others) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "type": row.type,
        "occurredAt": _instant(row.occurred_at),
        "recordedAt": _instant(row.recorded_at),
        "actorKind": row.actor_kind,
        "actor": {"externalId": row.actor[0], "displayName": row.actor[1]} if row.actor else None,
        "about": to_global(*row.about) if row.about else None,
        **histories.said(row, others),
    }


@dataclass(slots=True)
class _Reading:
    """Reads the parts of a record; `cut` names those that had more than a copy holds."""

    answerer: Answerer
    context: Context
    given: Mapping[str, Any]
    cut: list[str] = field(default_factory=list[str])

    async def section(self, section: Section) -> list[dict[str, Any]]:
        text = document(section)
        rows = await self._whole(section.name, text, {}, (await self._part(text, {}, None)))
        type = _node(_candidate(self.answerer.schema), section.name).name
        for row in rows:
            for name, wanted in section.pages.items():
                row[name] = await self._whole(
                    f"{section.name}.{name}", rest(type, name, wanted), {"id": row["id"]}, row[name]
                )
            if len(row.get("telemetry", ())) == OBSERVED.limit:
                self._leave_out(f"{section.name}.telemetry")
        return rows

    async def _whole(
        self, way: str, text: str, variables: Mapping[str, Any], page: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """The rows of a page and of all after it."""
        rows = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"] and len(rows) < MOST:
            page = await self._part(text, variables, page["pageInfo"]["endCursor"])
            rows += page["nodes"]
        if page["pageInfo"]["hasNextPage"]:
            self._leave_out(way)
        return rows

    async def history(self, viewer: Viewer) -> list[dict[str, Any]]:
        """Every event of the person's, with the words that no record repeats."""
        person, told = viewer.person, list[dict[str, Any]]()
        graph, records = self.context.graph, person.candidates if person else ()
        others = await others_of(graph.client, graph.keys, viewer.organization, records)
        async for row in histories.read(graph.client, records, self.context.clock()):
            if len(told) == MOST:
                self._leave_out("history")
                break
            told.append(_event(row, others))
        return told

    def _leave_out(self, way: str) -> None:
        if way not in self.cut:
            self.cut.append(way)

    async def _part(self, text: str, variables: Mapping[str, Any], after: str | None) -> Mapping[str, Any]:
        return (await self.ask(text, {"after": after, **variables}))["record"]["part"]

    async def ask(self, text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        context = replace(self.context, adjusted=[], planning=0)
        answer = await self.answerer.answer(text, context, variables={**self.given, **variables})
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
    candidate = _candidate(core)
    parts: dict[str, Any] = {
        section.name: _list(_object(core, _node(candidate, section.name), _selected(f"{{ {section.selected} }}")))
        for section in SECTIONS
    }
    messages = {name: {"type": "string"} for name in MESSAGES}
    event = _object(core, cast(GraphQLObjectType, core.get_type("Event")), _selected(f"{{ {EVENT} }}"))
    words = {name: _or_null({"type": "string"}) for name in ("about", *TEXTS, *CODES)}
    properties: dict[str, Any] = {
        "turnout": {"const": "record"},
        "version": {"const": VERSION},
        "writtenAt": {"type": "string", "format": "date-time"},
        "person": _object(core, candidate, _selected(f"{{ {PERSON} }}")),
        **parts,
        "messages": _list(_closed(messages)),
        "history": _list(_closed({**event["properties"], **words})),
        "notWhole": _list({"type": "string"}),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A person's copy of their record",
        **_closed(properties),
    }


def _selected(text: str) -> SelectionSetNode:
    definition: Any = parse(text).definitions[0]
    return definition.selection_set


def _candidate(core: GraphQLSchema) -> GraphQLObjectType:
    return cast(GraphQLObjectType, core.get_type("Candidate"))


def _node(owner: GraphQLObjectType, name: str) -> GraphQLObjectType:
    connection = cast(GraphQLObjectType, get_named_type(owner.fields[name].type))
    return cast(GraphQLObjectType, get_named_type(connection.fields["nodes"].type))


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": [*properties], "additionalProperties": False}


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(value: Any) -> dict[str, Any]:
    return {"anyOf": [value, {"type": "null"}]}


def _object(core: GraphQLSchema, type: GraphQLObjectType, selected: SelectionSetNode) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for chosen in cast(Sequence[Any], selected.selections):
        name = chosen.name.value
        key, declared = chosen.alias.value if chosen.alias else name, type.fields[name].type
        named = get_named_type(declared)
        if named.name.endswith("Connection"):
            nodes, _ = chosen.selection_set.selections
            properties[key] = _list(_object(core, _node(type, name), nodes.selection_set))
            continue
        inner = _object(core, named, chosen.selection_set) if is_object_type(named) else _leaf(named)
        required = is_non_null_type(declared)
        bare = declared.of_type if is_non_null_type(declared) else declared
        value = _list(inner) if is_list_type(bare) else inner
        properties[key] = value if required else _or_null(value)
    return _closed(properties)


_LEAVES = {"Int": "integer", "Float": "number", "Boolean": "boolean"}


def _leaf(named: Any) -> dict[str, Any]:
    # The values of enums grow: whoever reads an old copy by a new schema, or the reverse, is not to stumble over one.
    return {"type": _LEAVES.get(named.name, "string")}
