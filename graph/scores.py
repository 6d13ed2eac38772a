"""Scores and the label of a candidate, computed on reading, from what the viewer's own departments hold.

A score is person-level data: whoever reads one reads it from the records that are their own to the last, and the
candidate, code given, from all of theirs; two records that are merged are read as one. A sibling's no-show is told by
a reminder, with its date; it feeds no score of a department that may not see what stands beside it. The label's no-show
may be a sibling's, where it is visible.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any, LiteralString, cast

from graph import attention, credit, credit_words
from graph.attention import Attention
from graph.credit import DEFAULTS, UNIT, CreditPolicy, Factor, Score, Weighed, rounded
from graph.instants import from_text
from graph.labels import label
from graph.observations import (
    CheckFact,
    Decided,
    EmploymentFact,
    Facts,
    InterviewFact,
    Mark,
    MonthFact,
    TaskFact,
    observe,
)
from graph.refusals import Locale
from graph.score_policies import IN_FORCE, read
from graph.timesheets import ABSENT, STANDS, WHOLE
from graph.traversal import Computed, Derived, Form, Part, Prop, Shape, Steps
from graph.visibility import COUNTS, Level, stood_at


class ScoreStatus(Enum):
    """Whether there is a number."""

    SCORED = "SCORED"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    OFF = "OFF"


class OffBecause(Enum):
    """Why there is no score at all."""

    NO_POLICY = "NO_POLICY"
    ORGANIZATION = "ORGANIZATION"
    JURISDICTION = "JURISDICTION"
    ROLE = "ROLE"
    RESTRICTED = "RESTRICTED"
    UPHELD_DISPUTES = "UPHELD_DISPUTES"
    FALSE_MARKS = "FALSE_MARKS"


WHY_OFF: Mapping[OffBecause, tuple[str, str]] = {
    OffBecause.NO_POLICY: (
        "未启用：没有经影响评估并获批准的评分规则。",
        "Off: no score policy has been assessed and approved.",
    ),
    OffBecause.ORGANIZATION: ("未启用：本企业已关闭评分。", "Off: the Organization has turned scores off."),
    OffBecause.JURISDICTION: ("未启用：本司法辖区不评分。", "Off: there are no scores in this jurisdiction."),
    OffBecause.ROLE: ("未启用：您的角色不查看评分。", "Off: your role reads no scores."),
    OffBecause.RESTRICTED: ("未启用：该候选人的资料限制处理。", "Off: this candidate's record is restricted."),
    OffBecause.UPHELD_DISPUTES: (
        "未启用：成立的申诉过多，评分已自动停用，须由专人说明理由后方可重新启用。",
        "Off: too many disputes were upheld; a person may turn scores on again, with a reason.",
    ),
    OffBecause.FALSE_MARKS: (
        "未启用：被撤销的爽约认定过多，评分已自动停用，须由专人说明理由后方可重新启用。",
        "Off: too many marks were taken back; a person may turn scores on again, with a reason.",
    ),
}

_MINE: LiteralString = "($verified OR d.id IN $own)"
PERSON: LiteralString = "(this)-[:SAME_AS*0..1]-(:Candidate {status: 'ACTIVE'})"
"""Both records of a person; one that is restricted or erased is left out, and tells nothing of the other."""
SWITCHES: LiteralString = (
    "head(COLLECT { MATCH (o:Organization {id: $organization}) RETURN [coalesce(o.scoreOff, false), "
    "coalesce(o.scoreOffIn, []), coalesce(o.scoreOffFor, []), o.jurisdiction, coalesce(o.scoreBrakedBecause, []), "
    "o.timeZone] })"
)
"""What turns scores off, and the Organization's zone."""
ROLE: LiteralString = (
    "CASE WHEN $auditor THEN 'AUDITOR' WHEN $admin THEN 'HR_ADMIN' WHEN $staff THEN 'MEMBER' ELSE 'CANDIDATE' END"
)
INTERVIEWS: LiteralString = (
    "[" + PERSON + "-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(i:Interview)"
    "-[:HELD_BY]->(d:Department) WHERE "
    + _MINE
    + """ | [i.id, i.mode, i.response, i.attendance, toString(i.startsAt), toString(i.endsAt),
      head([(i)<-[:FINDS]-(f:Finding) WHERE f.voidedAt IS NULL |
        [f.id, f.state, f.outcome, f.cause, toString(f.expiresAt), coalesce(f.restricted, false)]]),
      [(i)<-[:ABOUT]-(e:Event) WHERE i.attendance IN ['RESCHEDULED', 'CANCELLED_BY_CANDIDATE'] AND e.type IN
        ['INTERVIEW_INVITED', 'RESCHEDULE_REQUESTED', 'INTERVIEW_RESCHEDULED', 'INTERVIEW_CANCELLED',
        'PROOF_DECIDED'] | [e.seq, toString(e.occurredAt), e.type, e.payload]], i.timeZone]]"""
)
_EMPLOYED: LiteralString = (
    "COLLECT { MATCH " + PERSON + "-[:EMPLOYED_AS]->(j:Employment)"
    "-[:EMPLOYED_IN]->(d:Department) WHERE "
    + _MINE
    + """ AND j.startedOn IS NOT NULL
      OPTIONAL MATCH (j)-[:HAS_ATTENDANCE]->(kept:AttendanceRecord) WHERE """
    + STANDS.replace("that", "kept")
)
_BY_MONTH: LiteralString = (
    """
      WITH j.id AS employed, j.startedOn AS started, j.endedOn AS ended, d.id AS worked_in, j.employer AS worked_for,
        kept.month AS told,
        sum(CASE WHEN kept.kind = 'PRESENT' THEN kept.days ELSE 0 END) AS present,
        sum(CASE WHEN """
    + ABSENT.replace("that", "kept")
    + " THEN kept.days ELSE 0 END) AS absent, sum(CASE WHEN "
    + WHOLE.replace("that", "kept")
    + """ THEN kept.days ELSE 0 END) AS whole,
        collect(CASE WHEN kept.kind IN ['LATE', 'ABSENT'] THEN [kept.id, kept.kind, kept.days, kept.day,
          kept.granularity] END) AS marks,
        collect(CASE WHEN kept.kind = 'PRESENT' THEN kept.id END) AS presences
      RETURN [employed, started, ended, worked_in, worked_for, told, present, absent, whole, marks, presences] }"""
)
EMPLOYMENTS = _EMPLOYED + _BY_MONTH
"""A row for each month of each employment."""
RESULTS: LiteralString = (
    "[" + PERSON + "-[:EMPLOYED_AS]->(j:Employment)-[:HAS_RESULT]->(t:TaskResult) "
    "WHERE t.share IS NOT NULL "
    "AND NOT EXISTS { (t)<-[:CORRECTS]-(:TaskResult) } "
    "AND EXISTS { (j)-[:EMPLOYED_IN]->(d:Department) WHERE " + _MINE + " } | [t.id, t.dueOn, t.share]]"
)
"""What came of each goal, as far as it is told."""
CHECKS: LiteralString = (
    "[" + PERSON + "-[:SUBMITTED]->(:Application)-[:HAS_CHECK]->(i:ResumeCheck)"
    "-[:HELD_BY]->(d:Department) WHERE "
    + _MINE
    + """ AND i.outcome IS NOT NULL AND NOT EXISTS { (i)<-[:CORRECTS]-(:ResumeCheck) } | [i.id, i.checkedOn, i.outcome,
      head([(i)<-[:FINDS]-(f:Finding) WHERE f.voidedAt IS NULL |
        [f.id, f.state, f.outcome, f.cause, toString(f.expiresAt), coalesce(f.restricted, false)]])]]"""
)
_REST: LiteralString = " AS employments, " + RESULTS + " AS results, " + CHECKS + " AS checks"
FACTS: LiteralString = INTERVIEWS + " AS interviews, " + EMPLOYMENTS + _REST
"""The columns of which `facts_of` makes facts."""


def facts_by(instant: LiteralString) -> LiteralString:
    """The same columns, of attendance at work with what was over by an instant, or told by then."""
    over = "kept.until <= substring(toString(" + instant + "), 0, 10) OR kept.recordedAt <= " + instant
    return INTERVIEWS + " AS interviews, " + _EMPLOYED + " AND (" + over + ")" + _BY_MONTH + _REST


NEAR_BY: LiteralString = (
    "[" + PERSON + "-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(i:Interview)"
    "<-[:FINDS]-(f:Finding) WHERE $staff AND "
    + COUNTS.replace("this.", "f.")
    + """ AND EXISTS { (i)-[:HELD_BY]->(d:Department) WHERE d.id IN $near AND NOT d.id IN $own }
      | [f.id, toString(f.occurredAt), toString(f.expiresAt), i.timeZone]]"""
)
"""No-shows that count with siblings and in the circle: what a viewer sees of them, and no more."""


def stood_by(instant: LiteralString) -> LiteralString:
    """Findings on the person that were final at an instant, each with until when it was to count then."""
    found, until = stood_at(instant)
    way = "[" + PERSON + "-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW|HAS_CHECK]->()<-[:FINDS]-(f:Finding)"
    return way + " WHERE " + found + " | [f.id, toString(" + until + ")]]"


INPUTS: Steps = (
    "toString($now)",
    IN_FORCE,
    SWITCHES,
    ROLE,
    "this.status",
    INTERVIEWS,
    EMPLOYMENTS,
    RESULTS,
    CHECKS,
    NEAR_BY,
)
"""All that a score, the label and a profile are made of: one list, so that they share its columns in a statement."""


def facts_of(
    interviews: Sequence[Any], employments: Sequence[Any], results: Sequence[Any], checks: Sequence[Any]
) -> Facts:
    """Facts from rows as the statement returns them."""
    jobs: dict[str, EmploymentFact] = {}
    for id, started, ended, department, employer, *month in employments:
        days = date.fromisoformat(started), ended and date.fromisoformat(ended)
        job = jobs.get(id) or EmploymentFact(id, *days, department=department, employer=employer)
        jobs[id] = job if month[0] is None else replace(job, months=(*job.months, _month(month)))
    tasks = tuple(TaskFact(id, date.fromisoformat(due), share) for id, due, share in results)
    return Facts(tuple(map(_interview, interviews)), tuple(jobs.values()), tasks, tuple(map(_check, checks)))


def _check(row: Sequence[Any]) -> CheckFact:
    id, on, outcome, finding = row
    return CheckFact(id, date.fromisoformat(on), outcome == "VERIFIED", finding and _decided(finding))


def _interview(row: Sequence[Any]) -> InterviewFact:
    id, mode, response, attendance, starts, ends, finding, told, zone = row
    at = from_text(ends if mode == "AI_ASYNC" else starts)
    fact = InterviewFact(id, mode, response, attendance, at, finding and _decided(finding), zone=zone)
    return with_told(fact, told)


def _decided(row: Sequence[Any]) -> Decided:
    id, state, outcome, cause, expires, restricted = row
    return Decided(id, state, outcome, cause, expires and from_text(expires), restricted)


def with_told(fact: InterviewFact, events: Sequence[Any]) -> InterviewFact:
    """When the candidate was invited, and first asked for another time or cancelled; null where the employer did, or
    it was erased."""
    for _, occurred_at, type, payload in sorted(events):
        told, at = json.loads(payload) if payload else {}, from_text(occurred_at)
        if type == "INTERVIEW_INVITED":
            fact = replace(fact, invited_at=at)
        elif type == "PROOF_DECIDED":
            fact = replace(fact, excused=fact.excused or told.get("verdict") == "ACCEPTED")
        elif fact.told_at is None and (type == "RESCHEDULE_REQUESTED" or "CANDIDATE" in _sides(told)):
            fact = replace(fact, told_at=at, in_time=told.get("inTime"))
    return fact


def _sides(told: Mapping[str, Any]) -> tuple[Any, Any]:
    """Who chose another time, and who cancelled."""
    return told.get("chosenBy"), told.get("by")


def _month(row: Sequence[Any]) -> MonthFact:
    month, present, absent, whole, marks, presences = row
    found = [Mark(id, kind, days, date.fromisoformat(day), of) for id, kind, days, day, of in marks]
    marks = tuple(sorted(found, key=lambda mark: mark.id))
    return MonthFact(month, float(present or 0), float(absent or 0), marks, float(whole or 0), tuple(sorted(presences)))


def off_because(policy: str | None, switches: Sequence[Any] | None, role: str, status: str | None) -> OffBecause | None:
    """Why nothing is computed at all, the label included; null where it is."""
    off, places, roles, jurisdiction, braked, _ = switches or (False, [], [], "", [], "")
    if off:
        return OffBecause.ORGANIZATION
    if braked:
        return OffBecause(braked[0])
    if jurisdiction in places:
        return OffBecause.JURISDICTION
    if role in roles:
        return OffBecause.ROLE
    if status != "ACTIVE":
        return OffBecause.RESTRICTED
    return OffBecause.NO_POLICY if policy is None else None


def scored(values: Sequence[Any]) -> tuple[CreditPolicy, Facts, Score] | OffBecause:
    """The score that the statement's columns make, with what it is made of."""
    now, document, switches, role, status, interviews, employments, results, checks, _ = values
    if (why := off_because(document, switches, role, status)) is not None:
        return why
    policy, facts, at = read(document), facts_of(interviews, employments, results, checks), from_text(now)
    return policy, facts, credit.score(policy, observe(policy, facts, at, zone=switches[-1]), at)


def _made_score(values: Sequence[Any]) -> dict[str, Any] | None:
    if values[0] is None:
        return None
    found = scored(values)
    return _unscored(found) if isinstance(found, OffBecause) else shown(found[0], found[2])


def _tells(made: dict[str, Any] | None) -> bool:
    return made is not None and made["status"] != ScoreStatus.OFF.value


def _unscored(why: OffBecause) -> dict[str, Any]:
    names = ("points", "band", "asOf", "validUntil", "policyVersion", "inputsHash", "minimum")
    return {
        **dict.fromkeys(names),
        "status": ScoreStatus.OFF.value,
        "offBecause": why.value,
        "observations": 0,
        "text": WHY_OFF[why],
        "advice": credit_words.ADVICE,
        "factors": [],
        "counterfactuals": [],
    }


def shown(policy: CreditPolicy, score: Score) -> dict[str, Any]:
    """A score as clients see it."""
    status = ScoreStatus.INSUFFICIENT_DATA if score.points is None else ScoreStatus.SCORED
    return {
        "status": status.value,
        "offBecause": None,
        "points": _points(score.points),
        "band": score.band and score.band.value,
        "asOf": score.on.isoformat(),
        "validUntil": score.valid_until.isoformat(),
        "policyVersion": str(score.version),
        "inputsHash": score.inputs_hash,
        "observations": score.observations,
        "minimum": policy.minimum,
        "text": partial(credit_words.of_score, score, policy.minimum),
        "advice": credit_words.ADVICE,
        "factors": [_factor(each, is_number=score.points is not None) for each in score.factors],
        "counterfactuals": [
            {
                "finding": each.finding,
                "change": each.change.value,
                "points": _points(each.points),
                "band": each.band and each.band.value,
                "text": partial(credit_words.of_change, each.change, each.points, each.band, score.points),
            }
            for each in score.counterfactuals
        ],
    }


def _points(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100


def _rate(value: Fraction | None) -> float | None:
    return None if value is None else rounded(value, 10_000) / 10_000


def _factor(factor: Factor, *, is_number: bool) -> dict[str, Any]:
    return _missing(factor.dimension, factor.weighing, is_number) if factor.is_missing else _told(factor, is_number)


@lru_cache(maxsize=1_000)
def _missing(dimension: credit.Dimension, weighing: credit.Weighing, is_number: bool) -> dict[str, Any]:
    """Of a dimension in which nothing was observed, the same for everybody."""
    return _told(credit.factor(dimension, weighing, ()), is_number)


def _told(factor: Factor, is_number: bool) -> dict[str, Any]:
    """Without a number in all there is none in a part either: it would add up to one."""
    return {
        "dimension": factor.dimension.value,
        "weight": factor.weighing.weight,
        "prior": factor.weighing.prior,
        "rawValue": _rate(factor.raw),
        "value": _rate(factor.value) if is_number else None,
        "points": factor.points / 100 if is_number else None,
        "observations": len(factor.counted),
        "missing": factor.is_missing,
        "evidence": [evidence(each) for each in factor.counted],
        "text": partial(credit_words.of_factor, factor, is_number=is_number),
    }


def evidence(weighed: Weighed, *, counts: bool = True) -> dict[str, Any]:
    """One line of what a score, or a profile, stands on."""
    seen = weighed.observation
    return {
        "ids": list(seen.evidence),
        "on": seen.said_on.isoformat(),
        "value": _rate(seen.value),
        "weight": _rate(Fraction(weighed.weight, UNIT)) if counts else 0.0,
        "fadesOn": weighed.fades_on.isoformat(),
        "text": partial(credit_words.of_observation, seen),
    }


def _made_labels(values: Sequence[Any]) -> list[dict[str, Any]] | None:
    now, document, switches, role, status, interviews, employments, results, checks, near = values
    if now is None:
        return []
    why = off_because(document, switches, role, status)
    if why not in (None, OffBecause.NO_POLICY):
        return []
    policy, facts = read(document) if document else DEFAULTS, facts_of(interviews, employments, results, checks)
    found = attention.raised(policy, with_near_by(facts, near), from_text(now))
    return [] if found is None else [_label(found)]


def with_near_by(facts: Facts, near: Sequence[Any]) -> Facts:
    """What a label is made of: the no-shows that are seen of siblings and the circle too."""
    # What a sibling's no-show tells of itself is its date; that it counts is why it is seen at all.
    beside = tuple(
        InterviewFact(
            id,
            "",
            "ACCEPTED",
            "NOT_ATTENDED",
            from_text(at),
            Decided(id, "FINAL", "NO_SHOW", "CANDIDATE", from_text(expires), restricted=False),
            zone=zone,
        )
        for id, at, expires, zone in near
    )
    return Facts((*facts.interviews, *beside), facts.employments)


def _label(found: Attention) -> dict[str, Any]:
    return {
        "name": attention.Tag.NEEDS_ATTENTION.value,
        "dimension": credit.Dimension.STABILITY.value,
        "policyVersion": str(found.version),
        "expiresOn": found.expires_on.isoformat(),
        "text": partial(credit_words.of_attention, found),
        "grounds": [
            {
                "ids": list(each.evidence),
                "on": each.on.isoformat(),
                "count": each.count,
                "expiresOn": each.expires_on.isoformat(),
                "text": partial(credit_words.of_ground, each),
            }
            for each in found.grounds
        ],
    }


def said(key: LiteralString) -> Derived:
    """A text of what is made in Python, in the language of the argument `locale`.

    Under the key stand both languages, or what puts it into words: fifty scores have a thousand texts, and most
    questions ask for none of them.
    """

    def make(values: Sequence[Any], args: Mapping[str, Any], _: Any) -> str:
        words = cast(credit_words.Words | Callable[[], credit_words.Words], values[0])
        zh, en = words() if callable(words) else words
        return zh if args["locale"] is Locale.ZH_CN else en

    return Derived((key,), make, see=Level.ALL)


OPEN = Prop(see=Level.ALL)
IDS = Prop(see=Level.ALL, form=Form.GLOBAL_ID)

CREDIT_EVIDENCE = Shape(
    "CreditEvidence",
    {"ids": IDS, "on": OPEN, "value": OPEN, "weight": OPEN, "fadesOn": OPEN, "text": said("text")},
)
CREDIT_FACTOR = Shape(
    "CreditFactor",
    {
        "dimension": OPEN,
        "dimensionLabel": label("dimension", see=Level.ALL),
        **dict.fromkeys(("weight", "prior", "rawValue", "value", "points", "observations", "missing"), OPEN),
        "evidence": Part("CreditEvidence"),
        "text": said("text"),
    },
)
CREDIT_COUNTERFACTUAL = Shape(
    "CreditCounterfactual",
    {"finding": IDS, "change": OPEN, "points": OPEN, "band": OPEN, "text": said("text")},
)
CREDIT_SCORE = Shape(
    "CreditScore",
    {
        "status": OPEN,
        "statusLabel": label("status", see=Level.ALL),
        **dict.fromkeys(("offBecause", "points", "band"), OPEN),
        "bandLabel": label("band", see=Level.ALL),
        **dict.fromkeys(("asOf", "validUntil", "policyVersion", "inputsHash", "observations", "minimum"), OPEN),
        "factors": Part("CreditFactor"),
        "counterfactuals": Part("CreditCounterfactual"),
        "text": said("text"),
        "advice": said("advice"),
    },
)
LABEL_GROUND = Shape("LabelGround", {"ids": IDS, "on": OPEN, "count": OPEN, "expiresOn": OPEN, "text": said("text")})
CANDIDATE_LABEL = Shape(
    "CandidateLabel",
    {
        "name": OPEN,
        "nameLabel": label("name", see=Level.ALL),
        "dimension": OPEN,
        "dimensionLabel": label("dimension", see=Level.ALL),
        "policyVersion": OPEN,
        "expiresOn": OPEN,
        "grounds": Part("LabelGround"),
        "text": said("text"),
    },
)

CANDIDATE_SCORE = Computed("CreditScore", INPUTS, _made_score, tells=_tells)
CANDIDATE_LABELS = Computed("CandidateLabel", INPUTS, _made_labels, many=True)
