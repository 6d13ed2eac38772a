"""Numbers over whole departments, as clients see them.

These are not rows of the graph but counts: each field is one statement of its own, which counts only what its viewer
may see (graph/analytics.py), and there is nothing here for programs and candidates.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast

import strawberry
from strawberry.types import Info

from graph import analytics, brakes, costs, fairness, simulating, standings
from graph.analytics import ComparedBy, GroupBy, Period, Scope
from graph.fairness import FairBy
from graph.instants import is_zone
from graph.interviews import Mode
from graph.labels import LABELS, in_words
from graph.refusals import Locale, Refusal
from graph.visibility import Dialect, OrganizationRole, Viewer
from schema.context import Context
from schema.costs import Calculation, Cost, Roi
from schema.enums import register
from schema.errors import bad_argument
from schema.fairness import Fairness, FairnessGroupInput
from schema.fields import LOCALE, field
from schema.ids import id_of, to_global
from schema.intervals import Rate, RateDifference
from schema.scalars import DateTime
from schema.score_policies import ScorePolicyDraft, draft_of
from schema.simulating import Simulation

register(GroupBy, name="NoShowsBy", description="What no-shows are grouped by; weeks are ISO weeks.")
register(ComparedBy, name="SecondRoundBy", description="What applications are told apart by.")


MOST_INVITED = 10_000_000
"""Interviews of which the calculator tells."""


def _argument(description: str, name: str | None = None) -> Any:
    return strawberry.argument(description=description, name=name)


Start = Annotated[DateTime | None, _argument("The first instant; a year before the last where none is given.", "from")]
End = Annotated[DateTime | None, _argument("The instant after the last; now where none is given.", "to")]
Place = Annotated[
    strawberry.ID | None, _argument("A department and all below it; all that is your own where none is given.")
]
UNDECIDED = {Locale.ZH_CN: "未认定", Locale.EN: "Not decided"}


@strawberry.type(description="Interviews that have something in common; what is not yours to see is null.")
class NoShowGroup:
    own: bool = field("Whether of departments that are your own; of others findings that count are told, 5 or more.")
    invited: int | None = field("Invitations that were not moved elsewhere.")
    accepted: int | None = field("Those that were accepted.")
    settled: int | None = field("Accepted ones of which it is known whether the candidate came.")
    attended: int | None = field("Interviews that were attended, accepted or not.")
    missed: int | None = field("Accepted ones that were not attended.")
    no_shows: int = field("Findings that count: decided, the candidate's own, neither expired nor disputed.")
    rate: Rate | None = field("The missed among the settled; by cause, among all that were settled.")

    @strawberry.field(
        description="The week as 2026-W47, a Department's id, a mode, a cause or a job family; null for all together."
    )
    def key(self) -> str | None:
        group: Any = self
        return group.key if group.name is None else to_global("Department", group.key)

    @strawberry.field(description="The group in words.")
    def label(self, locale: Annotated[Locale, _argument(LOCALE.description)] = Locale.ZH_CN) -> str | None:
        return in_words_of(self, locale)


def in_words_of(group: Any, locale: Locale) -> str | None:
    """A group as people call it: a department by its name, a mode or a cause by its words."""
    if group.name is not None:
        return (group.name_zh if locale is Locale.ZH_CN else None) or group.name
    if group.key == analytics.UNDECIDED:
        return UNDECIDED[locale]
    return in_words(group.key, locale) if group.key in LABELS else group.key


@strawberry.type(description="Interviews and no-shows of a period, by the time that they were to be held.")
class NoShows:
    groups: list[NoShowGroup] = field("The groups in order, your own departments' first.")
    total: NoShowGroup | None = field("All of your own departments together; null where none is asked for.")


@strawberry.type(description="Applications of one group; numbers of fewer than 5 are not told.")
class Odds:
    key: str = field(
        "How they stood at the first round, by what is still seen of it: NO_SHOW with a no-show that counted then, "
        "NEEDS_ATTENTION with the label, or a band; NONE for the rest."
    )
    applications: int | None = field("Applications whose first round was attended in the period.")
    second_rounds: int | None = field("Those that were invited to a second one.")
    rate: Rate | None = field("The latter among the former.")


@strawberry.type(description="How likely a second round was, as measured, beside what is claimed.")
class SecondRound:
    groups: list[Odds] = field("The groups; by LABEL and BAND of the newest 2,000, and none where scores are off.")
    difference: RateDifference | None = field("The rate with the mark less the rate without; null by BAND.")
    change: float | None = field("What the mark changed the rate by, as a part of it: -0.4 for 40 % less.")
    claimed: float = field("What a vendor claims of that, for comparison alone.")


@strawberry.input(description="A period.")
class PeriodInput:
    start: DateTime = strawberry.field(name="from", description="The first instant.")
    end: DateTime = strawberry.field(name="to", description="The instant after the last.")


@strawberry.input(description="So many interviews, so many of them missed.")
class CalculatorInput:
    invited: int = field(f"Interviews that are to be held, from 0 to {MOST_INVITED:,}.")
    missed: int = field("Those of them that are missed, from 0 to all.")
    mode: Mode = strawberry.field(default=Mode.AI_ASYNC, description="How they are held.")
    defaults: bool = strawberry.field(default=False, description="Whether by the defaults, whatever was set.")


@strawberry.type(description="Numbers over whole departments. Each field is one statement.")
class Analytics:
    viewer: strawberry.Private[Viewer]
    context: strawberry.Private[Context]

    @strawberry.field(description="Interviews and no-shows; null for a department that is not yours to see.")
    async def no_shows(
        self,
        by: Annotated[GroupBy, _argument("What they are grouped by.")],
        from_: Start = None,
        to: End = None,
        department: Place = None,
    ) -> NoShows | None:
        over, when = self._asked(department, from_, to)
        if over is None:
            return None
        found = await analytics.no_shows(self.context.graph, self.viewer, over, when, by, self.context.clock())
        return cast(Any, found)

    @strawberry.field(description="What missed interviews cost; null for a department that is not your own.")
    async def cost(self, from_: Start = None, to: End = None, department: Place = None) -> Cost | None:
        over, when = self._asked(department, from_, to)
        if over is None or not over.is_whole:
            return None
        found = await costs.cost(self.context.graph, self.viewer, over, when, self.context.clock())
        return cast(Any, found)

    @strawberry.field(description="What changed from one period to another; null for a department not your own.")
    async def roi(
        self,
        before: Annotated[PeriodInput, _argument("The earlier period.")],
        after: Annotated[PeriodInput, _argument("The later period.")],
        department: Place = None,
    ) -> Roi | None:
        over, first = self._asked(department, before.start, before.end, "before")
        _, second = self._asked(department, after.start, after.end, "after")
        if over is None or not over.is_whole:
            return None
        found = await costs.compare(self.context.graph, self.viewer, over, (first, second), self.context.clock())
        return cast(Any, found)

    @strawberry.field(description="What missed interviews would cost, by the rates in force.")
    async def calculator(self, input: Annotated[CalculatorInput, _argument("How many.")]) -> Calculation:
        if not 0 <= input.missed <= input.invited <= MOST_INVITED:
            raise bad_argument("input", "of the invited, none or some or all are missed")
        rates = costs.DEFAULTS if input.defaults else await costs.rates_of(self.context.graph, self.viewer)
        found = costs.loss(rates, {input.mode: input.missed})
        return Calculation(invited=input.invited, rates=cast(Any, rates), loss=cast(Any, found))

    @strawberry.field(description="How likely a second round was; of applications to departments of your own alone.")
    async def second_round(
        self,
        by: Annotated[ComparedBy, _argument("What applications are told apart by.")],
        from_: Start = None,
        to: End = None,
        department: Place = None,
    ) -> SecondRound | None:
        over, when = self._asked(department, from_, to)
        if over is None or not over.is_whole:
            return None
        graph, viewer, now = self.context.graph, self.viewer, self.context.clock()
        if by is ComparedBy.NO_SHOW:
            return cast(Any, await analytics.second_round(graph, viewer, over, when, now))
        return cast(Any, await standings.second_round(graph, viewer, by, over, when, now))

    @strawberry.field(
        description="How marks, voids and upheld disputes fall on groups; of departments of your own alone, and a "
        "table of groups is for HR_ADMIN and AUDITOR."
    )
    async def fairness(
        self,
        by: Annotated[FairBy, _argument("What interviews are grouped by.")],
        from_: Start = None,
        to: End = None,
        department: Place = None,
        groups: Annotated[
            list[FairnessGroupInput] | None, _argument("The table, with TABLE: up to 20 groups of 2,000 people in all.")
        ] = None,
    ) -> Fairness | None:
        over, when = self._asked(department, from_, to)
        if over is None or not over.is_whole or (groups and not self.viewer.parameters["admin"]):
            return None
        if (by is FairBy.TABLE) != bool(groups):
            raise bad_argument("groups", "a table is given with TABLE and with nothing else")
        named = [(each.name, [id_of("Candidate", id) for id in each.candidates]) for each in groups or []]
        table = fairness.table_of(named) if named else []
        if table is None:
            raise bad_argument(
                "groups", "a table has up to 20 groups of 2,000 people in all, and nobody in two of them"
            )
        limits, reasons = await brakes.standing(self.context.graph, self.viewer, self.context.clock())
        return cast(Any, await fairness.measure(self.context.graph, over, when, by, table, limits, reasons))

    @strawberry.field(
        description="What the last year's applications, 2,000 at most, would have looked like under another score "
        "policy than the one in force: each by what had happened on its day. HR_ADMIN and AUDITOR; null for others."
    )
    async def simulate_policy(
        self, draft: Annotated[ScorePolicyDraft, _argument("The other policy.")]
    ) -> Simulation | None:
        if self.viewer.role not in (OrganizationRole.HR_ADMIN, OrganizationRole.AUDITOR):
            return None
        found = await simulating.simulate(self.context.graph, self.viewer, draft_of(draft), self.context.clock())
        if isinstance(found, Refusal):
            raise bad_argument("draft", f"{found.field}: {found.message(Locale.EN).rstrip('.')}")
        return cast(Any, found)

    def _asked(
        self, department: Any, start: datetime | None, end: datetime | None, name: str = "from"
    ) -> tuple[Scope | None, Period]:
        zone = self.viewer.zone if is_zone(self.viewer.zone) else "UTC"
        when = analytics.period(start, end, zone, self.context.clock())
        if when is None:
            raise bad_argument(name, "a period begins before it ends and spans ten years at most")
        named = None if department is None else id_of("Department", department)
        return analytics.scope(self.viewer, named), when


def analytics_of(viewer: Viewer, context: Context) -> Analytics | None:
    """For staff alone."""
    return Analytics(viewer=viewer, context=context) if viewer.dialect is Dialect.STAFF else None


async def resolve_analytics(self: Any, info: Info) -> Analytics | None:
    context: Context = info.context
    return analytics_of(await context.viewer(), context)
