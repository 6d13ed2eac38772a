"""Access receipts, as clients see them."""

from __future__ import annotations

from enum import Enum

import strawberry

from graph.receipts import Purpose, Subject
from schema.fields import Node, field, labelled
from schema.links import DecisionRef, FindingRef
from schema.scalars import DateTime


@strawberry.enum(description="Orders of looks.")
class AccessOrder(Enum):
    AT_DESC = strawberry.enum_value("AT_DESC", description="The latest first.")
    AT = strawberry.enum_value("AT", description="The earliest first.")


@strawberry.enum(description="Orders of gaps.")
class AccessGapOrder(Enum):
    SINCE_DESC = strawberry.enum_value("SINCE_DESC", description="The latest first.")
    SINCE = strawberry.enum_value("SINCE", description="The earliest first.")


@strawberry.type(
    description="A look at what is known of a person 查阅记录: a finding, a reminder of one, a count, a score, a "
    "profile, labels, a self-assessment that was shared, or what was recorded at work."
)
class Access(Node):
    at: DateTime = field("When.")
    who: str = field("The external id of who looked.")
    display_name: str | None = field("What they were called then.")
    role: str = field("What they were in the whole Organization then.")
    departments: list[str] = field("The departments they worked for then, by name.")
    purpose: Purpose = field("For what, as the header Turnout-Purpose said.")
    purpose_label: str = labelled("The purpose in words.")
    about: Subject = field("What was looked at.")
    about_label: str = labelled("What was looked at, in words.")
    finding: FindingRef | None = field("The finding, where one was looked at.")
    decision: DecisionRef | None = field("The decision, where what was on the screen then was read.")


@strawberry.type(
    description="A process of the server ended without a word: looks of its last moments may lack their receipts."
)
class AccessGap(Node):
    since: DateTime = field("Until when every look has its receipt.")
    until: DateTime = field("When it was noticed; looks after that have theirs.")
