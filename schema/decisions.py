"""Decision, as clients see it; and the screen that is frozen with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import orjson
import strawberry

from graph import decisions
from graph.applications import Stage
from graph.candidates import Revealing
from graph.decisions import DecisionState, Verdict
from graph.findings import Channel
from graph.refusals import Locale
from graph.traversal import Composed, Pick, Root, compose
from graph.writing import Act, Graph, Outcome
from schema.fields import Node, field, labelled
from schema.ids import id_of, to_global
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
    effective_at: DateTime | None = field(
        "When it takes effect, or took it; null of a rejection that is ANNOUNCED until the candidate was told, and of "
        "one that lapsed or was withdrawn before."
    )
    decided_by: UserRef | None = field("Who decided.")
    application: ApplicationRef | None = field(
        "Of what; null to who handles a dispute in another department, or decided it and is in another by now."
    )
    considered: list[FindingRef] = field("The findings that were considered, as far as you see them now.")
    seen: str | None = field(
        "What was on the screen, as JSON, with score, labels, dimensions, checks of the résumé and attendance at work: "
        "read by the candidate, who decided, who handles an open dispute of a finding in it, HR_ADMIN and AUDITOR, "
        "until seenUntil. To the candidate its texts name no third person. Null too where it showed a record that was "
        "merged then, and is split off or erased."
    )
    seen_hash: str | None = field("SHA-256 of it.")
    seen_until: DateTime | None = field("Until when it is kept; counted from when a rejection that waits takes effect.")


@strawberry.input(description="Decides what becomes of an application.")
class DecideInput(IdempotentInput):
    application: strawberry.ID = field("The application.")
    verdict: Verdict = field("What is decided.")
    reason: str = field("Why, in up to 2,000 characters; the candidate reads it.")
    considered: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Findings that were considered. A rejection considers every one that counts and is in sight.",
    )
    followed_advice: bool | None = strawberry.field(
        default=None,
        description="Whether the advice on the screen was followed: needed where there was a score with a number, and "
        "refused where there was none.",
    )
    stage: Stage | None = strawberry.field(
        default=None, description="Where it advances to; the next stage where none is named."
    )


@strawberry.input(description="Records that the candidate was told of a rejection.")
class RecordAnnouncementInput(IdempotentInput):
    decision: strawberry.ID = field("The decision.")
    channel: Channel = field("How the candidate was told.")
    told_at: DateTime | None = strawberry.field(
        default=None,
        description="When; now where it is not given. The time to contest it runs from when it is recorded.",
    )
    text: str | None = strawberry.field(
        default=None, description="What was said, in up to 10,000 characters; kept in the event."
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
    held = _pick("department", _pick("name"), _pick("nameZh"))
    check = [_pick(name) for name in ("id", "checkedOn", "outcome", "claim", "method", "source", "details")]
    finding = [_pick(name) for name in ("id", "occurredAt", "relation", "outcome", "cause", "state", "reason")]
    worked = ("presentDays", "lateCount", "absentDays", "earlyLeaveCount", "approvedLeaveDays", "attendanceRate")
    job = [_pick(name) for name in ("id", "title", "startedOn", "endedOn")]
    person = [
        *(_pick("id"), _pick("displayName"), _page("noShows", [*finding, held])),
        _page("findings", [*finding, held, _pick("resumeCheck", *check)]),
        _page("employments", [*job, held, Pick("attendance", "attendance", slot=3, picks=[*map(_pick, worked)])]),
    ]
    picks = [
        *(_pick(name) for name in ("id", "stage", "appliedAt", "source")),
        _pick("candidate", *person),
        _pick("position", _pick("id"), _pick("title"), _pick("jobFamily"), held),
        _pick("reminders", *reminder, _words("message"), Pick("messageEn", "message", slot=4), held),
        _pick("resumeChecks", *check),
        _page("interviews", interview),
    ]
    return Pick("application", "application", slot=0, picks=picks)


def _page(name: str, node: list[Pick]) -> Pick:
    return Pick(name, name, slot=2, picks=[_pick("totalCount"), Pick("nodes", "nodes", picks=node)])


@dataclass(frozen=True, slots=True)
class Question:
    """The statement that reads a screen, with its parameters, and how its answer is read."""

    pick: Pick
    args: list[Mapping[str, object]]
    composed: Composed
    parameters: dict[str, Any]

    @classmethod
    def of(cls, act: Act, application: str) -> Question:
        args: list[Mapping[str, object]] = [
            *({"id": application}, {"locale": Locale.ZH_CN}, {"first": 50}, {}, {"locale": Locale.EN})
        ]
        pick = _screen()
        _give(pick, args)
        composed = compose(SCREEN, pick, act.viewer.dialect)
        given = {each.name: each.source(args[each.slot]) for each in composed.parameters}
        return cls(pick, args, composed, {**act.viewer.at(act.now), **given})


async def screen_of(graph: Graph, act: Act, asked: Question, computed: Mapping[str, Any]) -> str:
    """The application's page as whoever acts sees it now, with what is computed, as JSON with its keys in one order."""
    records = await graph.client.answer(SCREEN.name, asked.composed.text, asked.parameters)
    answer = records[0]["answer"] if records else None
    read = read_root(asked.composed.layout, None, asked.pick).reader({})
    revealing = Revealing(graph.keys, graph.secrets)
    value = read(answer, Request(asked.args, revealing, graph.secrets.seal_cursor))
    if value and value["candidate"]:
        value["candidate"] |= _named(dict(computed))
    frozen = {"at": act.now.isoformat().replace("+00:00", "Z"), "by": act.viewer.external_id, "application": value}
    return within(frozen)


def _named(value: Any, name: str = "") -> Any:
    """With ids as everywhere else in the answer."""
    if isinstance(value, dict):
        return {key: _named(each, key) for key, each in cast(dict[str, Any], value).items()}
    if isinstance(value, list):
        return [_named(each, name) for each in cast(list[Any], value)]
    return to_global(*value.split(":", 1)) if name in ("ids", "finding") else value


MOST = 120_000
"""Bytes of a screen that is kept: some ten times what it takes of a person with a long record."""


def within(frozen: dict[str, Any], most: int = MOST) -> str:
    """As JSON; of one that would be too long the longest list is halved until it is not, and `cut` says so.

    Pages keep their `totalCount`, so that it is seen how many were left out.
    """
    text = orjson.dumps(frozen, option=orjson.OPT_SORT_KEYS)
    while len(text) > most and (longest := max(_lists(frozen), key=_size, default=[])):
        del longest[len(longest) // 2 :]
        frozen["cut"] = True
        text = orjson.dumps(frozen, option=orjson.OPT_SORT_KEYS)
    return text.decode()


def _size(value: Any) -> int:
    return len(orjson.dumps(value))


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield cast(list[Any], value)
    elif isinstance(value, dict):
        for each in cast(dict[str, Any], value).values():
            yield from _lists(each)


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
    # Planned before anything is locked: for the first time it takes a database seconds.
    asked = Question.of(act, application)
    await graph.client.plan(asked.composed.text, asked.parameters)
    return await decisions.decide(graph, act, new, partial(screen_of, graph, act, asked))


MUTATIONS = (
    mutation(
        "decide",
        DecideInput,
        "Decision",
        _decide,
        "Decides, as a named person, what becomes of an application, and freezes what was on the screen. A rejection "
        "for which a finding was in sight, one that is heard still included, is told to the candidate first. It takes "
        "effect after the time that the policy gives, from when that message left, if every finding that it considered "
        "counts then; until then nobody is invited or advanced. Of any other the candidate is told at once. A score "
        "that stood there is kept, as by recordScore. As a rejection takes effect, interviews to come are cancelled. "
        "Own. Codes: NOT_FOUND, INVALID_VALUE, CANDIDATE_ERASED, APPLICATION_ENDED, REJECTION_ANNOUNCED, NOT_FORWARD, "
        "WEIGHS_NOTHING, NO_ADVICE.",
    ),
    mutation(
        "recordAnnouncement",
        RecordAnnouncementInput,
        "Decision",
        lambda graph, act, input: decisions.record_announcement(
            graph, act, id_of("Decision", input.decision), channel=input.channel, told_at=input.told_at, text=input.text
        ),
        "The candidate was told of a rejection another way than by the system's message, or has no address for one: "
        "the time until it takes effect runs, 5 working days by policy. The message follows where it can. Own. "
        "Codes: NOT_FOUND, INVALID_VALUE, CANDIDATE_ERASED, DECISION_TAKEN, ALREADY_ANNOUNCED.",
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
