"""The one list that joins all domains, and the schema made of it."""

from __future__ import annotations

from datetime import date

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema, is_object_type
from strawberry import UNSET
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type

import graph.assessments  # pyright: ignore[reportUnusedImport]  its shape
import graph.conduct  # pyright: ignore[reportUnusedImport]  its shape
import graph.organizations  # pyright: ignore[reportUnusedImport]  its shape, its root
import graph.past  # noqa: F401  # pyright: ignore[reportUnusedImport]  its shapes
from graph.paths import DEEPEST, DEPTH, GRAPHS, NODES, NodeKind
from graph.traversal import ROOTS, SHAPES
from schema import (
    applications,
    candidate_links,
    candidates,
    checks,
    costs,
    courses,
    decisions,
    departments,
    employments,
    findings,
    freed_slots,
    goals,
    interviews,
    messages,
    policies,
    positions,
    proofs,
    rescheduling,
    rights,
    rounds,
    score_policies,
    scores,
    self_assessments,
    slots,
    telemetry,
    users,
    webhooks,
    work_calendars,
)
from schema.analytics import Analytics, resolve_analytics
from schema.applications import Application
from schema.candidates import Candidate, CandidateOrder, CandidateWhere
from schema.departments import Department
from schema.employments import Employment
from schema.exports import resolve_export
from schema.fields import Argument, Connection, Node, field, page, planned, where
from schema.interviews import Interview
from schema.organizations import Organization
from schema.paths import Graph
from schema.positions import Position
from schema.refills import RefillSuggestion
from schema.scalars import DATE, DATE_TIME, DateTime
from schema.subscriptions import Subscription
from schema.users import User

DOMAINS = (
    rights,
    *(score_policies, scores, self_assessments, courses),
    *(users, departments, positions, candidates, applications, interviews, findings),
    *(employments, goals, checks, work_calendars, costs, policies, candidate_links, slots, rescheduling),
    *(rounds, messages, webhooks),
    *(freed_slots, decisions, telemetry, proofs),
)

RESOLVED = frozenset({"node", "exportMyData", "analytics"})
"""Fields of Query that are no roots: one stands for whichever root its id names, the other reads counts by itself."""

ID = Argument(strawberry.ID, "The record's id; any other gives null.")


@strawberry.type(
    description="Everything you may ask. A record that is not there and one you may not see are both null."
)
class Query:
    node: Node | None = planned("Any record by its id.", id=ID)
    viewer: User | None = field("You.")
    organization: Organization | None = field("Your Organization.")
    department: Department | None = planned(
        "A department by its code.", code=Argument(str, "Its code; one outside your circle gives null.")
    )
    departments: list[Department] = field("All departments of your Organization, by name.")
    position: Position | None = planned("A position by its id.", id=ID)
    candidate: Candidate | None = planned(
        "A candidate by its id.",
        id=ID,
        as_of=Argument(
            DateTime | None,
            "How applications, interviews and findings stood at this instant, by what had been recorded; of what you "
            "see today, without findings that have been taken back, contested or restricted or have expired since, and "
            "of a record that this one is merged with from the merge on. What is not told as of an instant is refused "
            "with BAD_ARGUMENT. Now, where it is not given.",
            UNSET,
            name="asOf",
        ),
    )
    my_record: Candidate | None = field(
        "All that is kept about you, as an HR_ADMIN sees it, and who looked; null but for a candidate, code given: the "
        "pages at /c/ ask it on a candidate's behalf, there is no token for one. A text of others about you does not "
        "name third persons."
    )
    export_my_data: str | None = strawberry.field(
        resolver=resolve_export,
        description="A copy of all that is kept about you, to take with you: JSON by docs/record.schema.json, or a "
        "page; null but for a candidate, code given.",
    )
    candidates: Connection[Candidate] = page(
        "Candidates with an application to your own departments.",
        CandidateOrder,
        search=Argument(str | None, "A part of the name.", UNSET),
        where=where(CandidateWhere),
    )
    application: Application | None = planned("An application by its id.", id=ID)
    interview: Interview | None = planned("An interview by its id.", id=ID)
    employment: Employment | None = planned("An employment by its id.", id=ID)
    refill_suggestions: list[RefillSuggestion] = planned(
        "Who could take an interview that was lost for a position of your own, the likeliest first: people of its "
        "circle with an application to your departments, who had no turn for this position yet; those with no other "
        "process running first, then those without a no-show that counts, then by month and fit. Nobody whose record "
        "is restricted or erased is among them. Empty for a position that is not your own.",
        position=Argument(strawberry.ID, "The position."),
        count=Argument(int, "How many at most, from 1 to 50.", 10),
    )
    path: Graph | None = planned(
        "A shortest way from one record to another, along any relations, through records that you may see; "
        "null where there is none.",
        from_=Argument(strawberry.ID, "The record to start from.", name="from"),
        to=Argument(strawberry.ID, "The record to reach."),
        depth=Argument(int, "The most steps it may have, from 0 to 6.", DEEPEST),
    )
    analytics: Analytics | None = strawberry.field(
        resolver=resolve_analytics, description="Numbers over whole departments; null but for staff."
    )
    subgraph: Graph | None = planned(
        "What lies around a record, as far as you may see it; null where the record is not there for you.",
        root_=Argument(strawberry.ID, "The record in the middle.", name="root"),
        depth=Argument(int, "How many steps outward, from 0 to 6.", DEPTH),
        kinds=Argument(list[NodeKind] | None, "Only records of these kinds, and ways through them.", UNSET),
        limit=Argument(int, "How many nodes at most, from 1 to 500: the nearest first.", NODES),
    )


def build() -> strawberry.Schema:
    """The schema; raises where a type and the shapes it is made of do not agree."""
    mutations = [declared.field for domain in DOMAINS for declared in domain.MUTATIONS]
    mutation = create_type("Mutation", mutations, description="Everything you may do; each answers or says why not.")
    schema = strawberry.Schema(
        query=Query,
        mutation=mutation,
        subscription=Subscription,
        types=[interviews.Event, findings.Finding],
        config=StrawberryConfig(scalar_map={DateTime: DATE_TIME, date: DATE}),
    )
    core = schema._schema  # pyright: ignore[reportPrivateUsage]
    _bind(core)
    return schema


def core_schema() -> GraphQLSchema:
    return build()._schema  # pyright: ignore[reportPrivateUsage]


def _bind(core: GraphQLSchema) -> None:
    """Checks that every field of a shape-bound type is read by each of its shapes, and every root by a root."""
    bound: dict[str, list[str]] = {}
    for shape in SHAPES.values():
        bound.setdefault(shape.type, []).append(shape.name)
    for name, shapes in bound.items():
        type = core.get_type(name)
        if not is_object_type(type):
            raise TypeError(f"the shapes {shapes} have no GraphQL type {name}")
        _forget_type_checks(type)
        for shape in shapes:
            missing = type.fields.keys() ^ SHAPES[shape].members.keys()
            if missing:
                raise TypeError(f"{name} and the shape {shape} differ in {sorted(missing)}")
    query = core.query_type
    assert query is not None
    missing = query.fields.keys() ^ (ROOTS.keys() | GRAPHS.keys() | RESOLVED)
    if missing:
        raise TypeError(f"Query and the roots differ in {sorted(missing)}")


def _forget_type_checks(type: GraphQLObjectType) -> None:
    """Rows are lists, not instances of the Strawberry type that its interface would have them be."""
    type.is_type_of = None
