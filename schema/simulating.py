"""What another score policy would have done, as clients see it."""

from __future__ import annotations

import strawberry

from graph.credit import Band
from schema.fields import field
from schema.ids import to_global


@strawberry.type(description="How many applications stood in a band.")
class SimulatedBand:
    band: Band | None = field("The band; null for too little to make a number.")
    count: int | None = field("How many; null for fewer than five.")


@strawberry.type(description="What changed for one department.")
class SimulatedDepartment:
    name: str = field("Its name.")
    applications: int | None = field("Applications with a number under both; null for fewer than five.")
    change: float | None = field("By how many points they would have differed on average; null of fewer than five.")

    @strawberry.field(description="The department's id.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(to_global("Department", self.department))  # type: ignore[attr-defined]


@strawberry.type(description="Two score policies over the same applications: counts, and nobody's name.")
class Simulation:
    applications: int | None = field("How many were looked at; null for fewer than five.")
    before: list[SimulatedBand] = field("How they stood under the policy in force, or the defaults.")
    after: list[SimulatedBand] = field("How they would have stood.")
    raised: int | None = field("How many would have come into a higher band; null for fewer than five.")
    lowered: int | None = field("How many would have come into a lower band; null for fewer than five.")
    departments: list[SimulatedDepartment] = field("What changed for each department.")
