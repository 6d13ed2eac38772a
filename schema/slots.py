"""Slot, as clients see one, and how HR opens and closes them."""

from __future__ import annotations

import strawberry

from graph import slots
from graph.interviews import Mode, Times
from graph.slots import SlotState
from schema.fields import Node, field, labelled
from schema.ids import from_global, id_of
from schema.links import DepartmentRef, PositionRef
from schema.mutations import IdempotentInput, mutation
from schema.scalars import DateTime


@strawberry.type(description="A time for one interview 可选时段, opened by HR for a position or a whole department.")
class Slot(Node):
    starts_at: DateTime | None = field("When it starts; for AI_ASYNC when the window opens.")
    ends_at: DateTime | None = field("When it ends; for AI_ASYNC the deadline.")
    time_zone: str | None = field("The IANA zone in which people speak of it.")
    mode: Mode | None = field("How an interview in it is held.")
    mode_label: str | None = labelled("The mode in words.")
    state: SlotState | None = field(
        "Whether it can be chosen; it is OPEN again once the interview in it is moved, unless its time goes to others."
    )
    state_label: str | None = labelled("The state in words.")
    position: PositionRef | None = field("The position it is for; null where it is for all of the department's.")
    department: DepartmentRef | None = field("The department whose it is.")


@strawberry.input(description="A time to open.")
class SlotTimes:
    starts_at: DateTime = field("When it starts; for AI_ASYNC when the window opens.")
    ends_at: DateTime = field("When it ends; for AI_ASYNC the deadline.")


@strawberry.input(description="Opens times that candidates may choose.")
class OpenSlotsInput(IdempotentInput):
    offered_for: strawberry.ID = field("The position, or the department for all of its positions.")
    mode: Mode = field("How interviews in them are held.")
    time_zone: str = field("The IANA zone in which people speak of them.")
    times: list[SlotTimes] = field("The times, up to 100, each for one interview.")


@strawberry.input(description="Takes back a time that nobody has chosen.")
class CloseSlotInput(IdempotentInput):
    slot: strawberry.ID = field("The slot.")


def _new(input: OpenSlotsInput) -> slots.NewSlots:
    type, id = from_global(input.offered_for)
    return slots.NewSlots(
        position=None if type == "Department" else id_of("Position", input.offered_for),
        department=id if type == "Department" else None,
        mode=input.mode,
        times=[Times(each.starts_at, each.ends_at, input.time_zone) for each in input.times],
    )


MUTATIONS = (
    mutation(
        "openSlots",
        OpenSlotsInput,
        "Department",
        lambda graph, act, input: slots.open(graph, act, _new(input)),
        "Opens times and answers with the department whose they are. Own. "
        "Codes: NOT_FOUND, NOT_ALLOWED, INVALID_VALUE, POSITION_CLOSED, DEPARTMENT_CLOSED.",
    ),
    mutation(
        "closeSlot",
        CloseSlotInput,
        "Slot",
        lambda graph, act, input: slots.close(graph, act, id_of("Slot", input.slot)),
        "Takes back a time that nobody has chosen. Own. Codes: NOT_FOUND, SLOT_TAKEN.",
    ),
)
