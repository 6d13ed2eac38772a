"""Every type that can be read has a declared policy, and every policy is read."""

from __future__ import annotations

from graphql import is_interface_type, is_introspection_type, is_object_type

from graph.paths import TOLD, NodeKind
from graph.traversal import ROOTS, SHAPES, Aggregate, Computed, Grouped, Here, Many, Merged, One, Page, Part
from graph.visibility import POLICIES, Dialect, Level
from schema.ids import NODES
from schema.lookups import LOOKUPS
from schema.root import core_schema

SCHEMA = core_schema()
UNSHAPED = {"Query", "Mutation", "Subscription", "PageInfo", "Graph", "GraphEdge"} | {
    *("Fairness", "FairGroup", "Brake"),
    *("Analytics", "NoShows", "NoShowGroup", "SecondRound", "Odds", "Rate", "RateDifference", "Range"),
    *("Simulation", "SimulatedBand", "SimulatedDepartment"),
    *("Cost", "CostRates", "Loss", "LostInterviews", "DaysToFill", "Calculation", "Roi", "RoiSide"),
}
"""Object types that hold nothing of the graph themselves; so do connections, their edges, and refusals.

A graph's nodes are shapes; its edges name two of them and how they are related (graph/paths.py). What analytics
answers are counts, read by statements that count what their viewer may see (graph/analytics.py)."""
CONNECTED = (One, Here, Many, Page, Aggregate, Grouped, Computed, Part)


def targets(member: object) -> list[str]:
    """The shapes that a member leads to."""
    if isinstance(member, Merged):
        return [part.to for part in member.parts]
    return [member.to] if isinstance(member, CONNECTED) else []


def test_every_shape_has_its_policy() -> None:
    """A shape without one could not be read at all; a policy without a shape guards nothing and misleads."""
    assert POLICIES.keys() == SHAPES.keys()


def test_every_type_is_made_of_shapes() -> None:
    """A type with resolvers of its own would be read past the predicates."""
    bound = {shape.type for shape in SHAPES.values()}
    loose = {
        type.name
        for type in SCHEMA.type_map.values()
        if is_object_type(type)
        and not is_introspection_type(type)
        and type.name not in bound | UNSHAPED
        and not type.name.endswith(("Connection", "Edge", "Refused"))
    }
    assert not loose


def test_connections_hold_only_shapes() -> None:
    """The same for what connections and their edges are made of."""
    bound = {shape.type for shape in SHAPES.values()}
    for type in SCHEMA.type_map.values():
        if is_object_type(type) and type.name.endswith(("Connection", "Edge")) and type.name not in UNSHAPED:
            assert type.name.removesuffix("Connection").removesuffix("Edge") in bound


def test_refusals_say_nothing_of_records() -> None:
    """They are read by those who may not see the record."""
    interface = SCHEMA.get_type("Refused")
    assert is_interface_type(interface)
    for type in SCHEMA.get_implementations(interface).objects:
        assert type.fields.keys() == {"code", "field", "retryable", "message"}


def test_members_lead_to_declared_shapes() -> None:
    """A member that leads nowhere fails only when somebody asks for it."""
    for shape in SHAPES.values():
        for name, member in shape.members.items():
            assert all(target in SHAPES for target in targets(member)), f"{shape.name}.{name}"
    for root in ROOTS.values():
        assert root.shape in SHAPES or targets(root.member), root.name


def test_nodes_of_graphs_are_shapes_with_ids() -> None:
    """A search passes through these and no others; each is guarded by its type's rule."""
    kinds = {kind.value for kind in NodeKind}
    unsearched = {"RightsRequest", "Access", "AccessGap", "User", "CostPolicy", "AttendancePolicy", "Link"}
    unsearched |= {"Message", "Webhook", "Telemetry", "Proof", "UploadTicket"}
    unsearched |= {"Slot", "RescheduleRequest", "InvitationRound", "InvitationAnswer", "Decision", "FreedSlot"}
    apart = {"ScorePolicy", "ImpactAssessment"}
    assert kinds == NODES - unsearched - apart
    assert not [label for fields in TOLD.values() for shown in fields if (label := shown.label) not in kinds]


def test_every_record_is_found_by_its_id() -> None:
    """`node` and the answers of mutations read by these; each is guarded by its shape's policy."""
    assert LOOKUPS.keys() == NODES
    assert all(root.shape == name for name, root in LOOKUPS.items())


def test_integrators_have_no_way_to_findings() -> None:
    """What is hidden from programs is absent as a row, whatever the level of its fields."""
    for name in (
        "Finding",
        "MissedReminder",
        "RepeatReminder",
        *("AttendanceSummary", "DepartmentSummary"),
        "CostPolicy",
        "Access",
        "AccessGap",
        "Link",
        *("Slot", "RescheduleRequest", "Proof", "UploadTicket"),
    ):
        rule = POLICIES[name].rule(Dialect.INTEGRATOR)
        assert (rule.row, rule.own, rule.near) == ("false", "false", "false"), name


def test_rows_about_people_name_the_viewer() -> None:
    """A rule about people that does not depend on who asks is an open door."""
    for name in (
        "Candidate",
        "Application",
        "Interview",
        "Event",
        "Finding",
        "MissedReminder",
        "RepeatReminder",
        "Slot",
        "RescheduleRequest",
        "Proof",
        "UploadTicket",
    ):
        for dialect in Dialect:
            row = POLICIES[name].rule(dialect).row
            assert row == "false" or any(
                word in row for word in ("$own", "$near", "$viewer", "$organization", "$mine")
            ), name


def test_only_ids_and_names_are_open_to_all() -> None:
    """Of a department outside the circle; whatever else is added there must say for whom it is."""
    open_to_all = {
        name
        for name, member in SHAPES["Department"].members.items()
        if getattr(member, "see", Level.ALL) is Level.ALL and not targets(member)
    }
    assert open_to_all == {"id", "name", "nameZh"}
    seen_near = {
        name for name, member in SHAPES["Finding"].members.items() if getattr(member, "see", Level.ALL) is not Level.OWN
    }
    assert seen_near == {"id", "occurredAt", "department", "position", "relation", "relationLabel"}
