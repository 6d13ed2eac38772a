"""Decision, as clients see it; and the screen that is frozen with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import strawberry

from graph import decisions
from graph.applications import Stage
from graph.candidates import Revealing
from graph.decisions import DecisionState, Verdict
from graph.refusals import Locale
from graph.traversal import Pick, Root, compose
from graph.writing import Act, Graph, Outcome
from schema.fields import Node, field, labelled
from schema.ids import id_of
from schema.links import ApplicationRef, FindingRef, UserRef
from schema.mutations import IdempotentInput, mutation
from schema.projection import Request, read_root
from schema.scalars import DateTime


@strawberry.type(description="What a named person decided of an application 决定, and what was on the screen then.")
class Decision(Node):
    verdict: Verdict | None = field("What was decided.")
    verdict_label: str | None = labelled("The verdict in words.")
    state: DecisionState | None = field("Whether it is in effect.")
    state_label: str | None = labelled("The state in words.")
    reason: str | None = field("Why; null once the candidate was erased.")
    followed_advice: bool | None = field("Whether the advice was followed; null where there was none.")
    decided_at: DateTime | None = field("When it was made.")
    effective_at: DateTime | None = field("When it takes effect, or took it.")
    decided_by: UserRef | None = field("Who decided.")
    application: ApplicationRef = field("Of what.")
    considered: list[FindingRef] = field("The findings that were considered, as far as you see them now.")
    seen: str | None = field(
        "What was on the screen, as JSON: read by the candidate, who decided, who handles a dispute of a finding in "
        "it, HR_ADMIN and AUDITOR, until seenUntil."
    )
    seen_hash: str | None = field("SHA-256 of it.")
    seen_until: DateTime | None = field("Until when it is kept.")


@strawberry.input(description="Decides what becomes of an application.")
class DecideInput(IdempotentInput):
    application: strawberry.ID = field("The application.")
    verdict: Verdict = field("What is decided.")
    reason: str = field("Why, in up to 2,000 characters; the candidate reads it.")
    considered: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Findings that were considered. A rejection considers every no-show that counts and is in sight.",
    )
    followed_advice: bool | None = strawberry.field(
        default=None, description="Whether the advice on the screen was followed, where there was any."
    )
    stage: Stage | None = strawberry.field(
        default=None, description="Where it advances to; the next stage where none is named."
    )


@strawberry.input(description="Takes back a rejection before it takes effect.")
class WithdrawDecisionInput(IdempotentInput):
    decision: strawberry.ID = field("The decision.")
    reason: str = field("Why.")


def _pick(name: str, *picks: Pick, **args: object) -> Pick:
    return Pick(name, name, slot=0 if args else -1, args=args, picks=list(picks))


def _words(name: str) -> Pick:
    return Pick(name, name, slot=1)


SCREEN = Root("decisions.screen", "Application", "(this:Application {id: $id})")
"""What is read at a decision, whatever the client showed: the application's page, without contacts."""


def _screen() -> Pick:
    interview = [_pick(name) for name in ("id", "mode", "startsAt", "endsAt", "response", "attendance", "outcome")]
    reminder = [_pick(name) for name in ("kind", "occurredAt", "similarPosition", "relation")]
    finding = [_pick(name) for name in ("id", "occurredAt", "relation", "outcome", "cause", "state", "reason")]
    picks = [
        *(_pick(name) for name in ("id", "stage", "appliedAt", "source")),
        _pick("candidate", _pick("id"), _pick("displayName"), _page("noShows", finding)),
        _pick("position", _pick("id"), _pick("title"), _pick("jobFamily"), _pick("department", _pick("name"))),
        _pick("reminders", *reminder, _words("message"), _pick("department", _pick("name"))),
        _page("interviews", interview),
    ]
    return Pick("application", "application", slot=0, picks=picks)


def _page(name: str, node: list[Pick]) -> Pick:
    return Pick(name, name, slot=2, picks=[_pick("totalCount"), Pick("nodes", "nodes", picks=node)])


async def screen_of(graph: Graph, act: Act, application: str) -> str:
    """The application's page as whoever acts sees it now, as JSON with its keys in one order."""
    args = [{"id": application}, {"locale": Locale.ZH_CN}, {"first": 50}]
    pick = _screen()
    _give(pick, args)
    composed = compose(SCREEN, pick, act.viewer.dialect)
    given = {each.name: each.source(args[each.slot]) for each in composed.parameters}
    records = await graph.client.answer(SCREEN.name, composed.text, {**act.viewer.at(act.now), **given})
    answer = records[0]["answer"] if records else None
    read = read_root(composed.layout, None, pick).reader({})
    revealing = Revealing(graph.keys, graph.secrets)
    value = read(answer, Request(args, revealing, graph.secrets.seal_cursor))
    frozen = {"at": act.now.isoformat().replace("+00:00", "Z"), "by": act.viewer.external_id, "application": value}
    return orjson.dumps(frozen, option=orjson.OPT_SORT_KEYS).decode()


def _give(pick: Pick, args: Sequence[Mapping[str, object]]) -> None:
    pick.args = args[pick.slot] if pick.slot >= 0 else {}
    for child in pick.picks:
        _give(child, args)


async def _decide(graph: Graph, act: Act, input: DecideInput) -> Outcome:
    application = id_of("Application", input.application)
    new = decisions.Decide(
        application,
        input.verdict,
        input.reason,
        tuple(id_of("Finding", finding) for finding in input.considered),
        input.followed_advice,
        input.stage,
    )
    return await decisions.decide(graph, act, new, lambda: screen_of(graph, act, application))


MUTATIONS = (
    mutation(
        "decide",
        DecideInput,
        "Decision",
        _decide,
        "Decides, as a named person, what becomes of an application, and freezes what was on the screen. A rejection "
        "for which a finding was in sight is told to the candidate first and takes effect after the time that the "
        "policy gives. As it does, interviews to come are cancelled. Own. Codes: NOT_FOUND, INVALID_VALUE, "
        "APPLICATION_ENDED, REJECTION_ANNOUNCED, NOT_FORWARD.",
    ),
    mutation(
        "withdrawDecision",
        WithdrawDecisionInput,
        "Decision",
        lambda graph, act, input: decisions.withdraw(
            graph, act, id_of("Decision", input.decision), reason=input.reason
        ),
        "Takes back a rejection before it takes effect. Own. Codes: NOT_FOUND, INVALID_VALUE, DECISION_TAKEN.",
    ),
)
