"""A candidate's own answers to the self-assessment 职业测评: theirs alone, until and unless they share what came of it.

They stand on the candidate and nowhere else, no event repeats them, and no score, label or suggestion reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from graph.events import EventType
from graph.instants import to_text
from graph.labels import label
from graph.questionnaire import STATEMENTS, VERSION, is_answered, results
from graph.refusals import Code, Fault, Refusal, invalid
from graph.scores import OPEN, said
from graph.statements import Count, Nothing, Statement
from graph.traversal import Computed, Part, Shape
from graph.visibility import Level
from graph.writing import Act, Desk, Graph, Outcome, Written, perform, person_refusal

_SHOWN: LiteralString = "(this.id IN $mine AND $verified) OR ($staff AND this.selfSharedAt IS NOT NULL)"


def _made(values: Sequence[Any]) -> dict[str, Any] | None:
    answers, version, taken_at, shared_at = values
    # Answers to other statements than today's are not read by today's key.
    if not answers or version != VERSION:
        return None
    return {
        "version": version,
        "takenAt": to_text(taken_at),
        "sharedAt": shared_at and to_text(shared_at),
        "results": [
            {
                "dimension": each.dimension.value,
                "value": each.value,
                "leaning": each.leaning.value,
                "text": each.text,
            }
            for each in results(answers)
        ],
        "answers": [
            {
                "dimension": statement.dimension.value,
                "isReversed": statement.reversed,
                "answer": answer,
                "text": statement.text,
            }
            for statement, answer in zip(STATEMENTS, answers, strict=True)
        ],
    }


SELF_RESULT = Shape(
    "SelfResult",
    {
        "dimension": OPEN,
        "dimensionLabel": label("dimension", see=Level.ALL),
        "value": OPEN,
        "leaning": OPEN,
        "leaningLabel": label("leaning", see=Level.ALL),
        "text": said("text"),
    },
)
SELF_ANSWER = Shape("SelfAnswer", {"dimension": OPEN, "isReversed": OPEN, "answer": OPEN, "text": said("text")})
SELF_ASSESSMENT = Shape(
    "SelfAssessment",
    {
        **dict.fromkeys(("version", "takenAt", "sharedAt"), OPEN),
        "results": Part("SelfResult"),
        "answers": Part("SelfAnswer"),
    },
)
OWN_ANSWERS = Computed(
    "SelfAssessment",
    (
        "CASE WHEN " + _SHOWN + " THEN this.selfAnswers END",
        "this.selfVersion",
        "toString(this.selfTakenAt)",
        "toString(this.selfSharedAt)",
    ),
    _made,
)

TAKE = Statement(
    "self_assessments.take",
    """
    MATCH (candidate:Candidate {id: $id})
    SET candidate.selfAnswers = $answers, candidate.selfVersion = $version, candidate.selfTakenAt = $now,
      candidate.selfSharedAt = null
    """,
    row=Nothing,
    writes=True,
)
SHARE = Statement(
    "self_assessments.share",
    """
    MATCH (candidate:Candidate {id: $id}) WHERE candidate.selfAnswers IS NOT NULL
    SET candidate.selfSharedAt = $shared_at RETURN count(candidate) AS count
    """,
    row=Count,
    writes=True,
)


async def take(graph: Graph, act: Act, answers: Sequence[int]) -> Outcome:
    """Keeps the candidate's answers in place of earlier ones; nobody else sees what came of them until it is shared."""
    if refused := person_refusal(act.viewer, verified=True):
        return refused
    if not is_answered(answers):
        return invalid("answers", Fault.ANSWERS)
    assert act.viewer.person is not None
    candidate = act.viewer.person.candidates[0]

    async def work(desk: Desk) -> Outcome:
        await desk.lock_candidate(candidate)
        await desk.tx.run(TAKE, id=candidate, answers=list(answers), version=VERSION, now=act.now)
        await desk.record(EventType.SELF_ASSESSMENT_TAKEN, version=VERSION)
        return Written("Candidate", candidate)

    return await perform(graph, act, work)


async def share(graph: Graph, act: Act, *, shared: bool) -> Outcome:
    """Shows what came of it to the departments that the candidate applied to, or hides it again."""
    if refused := person_refusal(act.viewer, verified=True):
        return refused
    assert act.viewer.person is not None
    candidate = act.viewer.person.candidates[0]

    async def work(desk: Desk) -> Outcome:
        await desk.lock_candidate(candidate)
        (changed,) = await desk.tx.run(SHARE, id=candidate, shared_at=act.now if shared else None)
        if not changed.count:
            return Refusal(Code.NOT_TAKEN, "shared")
        await desk.record(EventType.SELF_ASSESSMENT_SHARED, shared=shared)
        return Written("Candidate", candidate)

    return await perform(graph, act, work)
