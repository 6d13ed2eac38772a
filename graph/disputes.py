"""Disputes: a final finding is restricted at once, and a second person decides, or time does for the candidate."""

from __future__ import annotations

from enum import Enum

from graph import findings, messages, policies, pools, subjects, timers
from graph.events import EventType
from graph.findings import FindingRow
from graph.lifecycle import Step, may
from graph.messages import Template
from graph.refusals import Code, Refusal
from graph.statements import Nothing, Statement
from graph.subjects import Subject
from graph.timers import Timer, TimerKind
from graph.visibility import Viewer
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, person_refusal, role_refusal


class DisputeDecision(Enum):
    """How a dispute ends."""

    UPHELD = "UPHELD"
    REJECTED = "REJECTED"


OVERDUE = "申诉逾期未决，按候选人主张撤销。 The dispute was not decided in time and is upheld."
"""The reason of a finding that the system takes back."""

DISPUTE = Statement(
    "disputes.dispute",
    """
    MATCH (finding:Finding {id: $id}) SET finding.state = 'DISPUTED', finding.disputedAt = $now,
      finding.disputeDueAt = $due_at, finding.disputeText = $text
    """,
    row=Nothing,
    writes=True,
)
REJECT = Statement(
    "disputes.reject",
    """
    MATCH (finding:Finding {id: $id}) SET finding.state = 'FINAL', finding.rejectedAt = $now,
      finding.disputeReason = $reason, finding.isDoubted = false
    """,
    row=Nothing,
    writes=True,
)


def dispute_refusal(finding: FindingRow) -> Refusal | None:
    """What can be disputed: a final finding, once; what a second person has decided is no longer two people's view."""
    if not may(Step.DISPUTE, finding.state):
        return Refusal(Code.WRONG_STATE, "finding")
    return Refusal(Code.DISPUTE_DECIDED, "finding") if finding.rejected_at is not None else None


def decision_refusal(
    viewer: Viewer, finding: FindingRow, subject: Subject, decision: DisputeDecision, read_up_to: int
) -> Refusal | None:
    """Nobody judges their own decision, nor against the candidate what they have not read."""
    if viewer.id in finding.decided_by:
        return Refusal(Code.SAME_PERSON, "finding")
    if refused := findings.decider_refusal(viewer, subject):
        return refused
    step = Step.UPHOLD if decision is DisputeDecision.UPHELD else Step.REJECT
    if not may(step, finding.state):
        return Refusal(Code.WRONG_STATE, "finding")
    return findings.reading_refusal(finding, subject, read_up_to)


async def raise_one(desk: Desk, finding: FindingRow, subject: Subject, text: str) -> Outcome:
    """Restricts the finding at once: nobody but OWN sees it any longer, and it weighs nothing."""
    if refused := dispute_refusal(finding):
        return refused
    policy = await policies.of_version(desk.tx, desk.act.viewer.organization, finding.policy_version)
    due_at = desk.act.now + policy.dispute_time
    await desk.tx.run(DISPUTE, id=finding.id, now=desk.act.now, due_at=due_at, text=text)
    await pools.settle(desk)
    payload = {"finding": finding.id, "text": text, "dueAt": due_at}
    await subjects.record(desk, EventType.NO_SHOW_DISPUTED, subject, **payload)
    await timers.start(desk, TimerKind.DISPUTE, finding.id, due_at)
    told = {"dueAt": due_at, **subject.told(desk)}
    await messages.tell_candidate(desk, Template.DISPUTE_RECEIVED, finding.id, **told)
    await messages.tell_department(desk, Template.DISPUTE_RECEIVED, subject.department, finding.id, **told)
    return Written("Finding", finding.id)


async def dispute(graph: Graph, act: Act, finding: str, text: str) -> Outcome:
    """The candidate contests a final finding."""
    if refused := person_refusal(act.viewer, verified=True) or findings.text_refusal(text):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await findings.find_mine(desk, finding)
        return found if isinstance(found, Refusal) else await raise_one(desk, *found, text)

    return await perform(graph, act, work)


async def decide(
    graph: Graph, act: Act, finding: str, decision: DisputeDecision, *, reason: str, read_up_to: int
) -> Outcome:
    """Upheld, the finding is void and whoever had looked is told; rejected, it counts again, no longer than before."""
    if refused := role_refusal(act.viewer, RECRUITERS) or findings.reason_refusal(reason):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await findings.find_own(desk, finding)
        if isinstance(found, Refusal):
            return found
        if refused := decision_refusal(act.viewer, *found, decision, read_up_to):
            return refused
        await (uphold if decision is DisputeDecision.UPHELD else reject)(desk, *found, reason, read_up_to)
        return Written("Finding", finding)

    return await perform(graph, act, work)


async def uphold(desk: Desk, finding: FindingRow, subject: Subject, reason: str, read_up_to: int | None) -> None:
    payload = {"finding": finding.id, "readUpTo": read_up_to}
    await findings.take_back(desk, finding, subject, EventType.DISPUTE_UPHELD, reason=reason, **payload)
    await messages.tell_candidate(desk, Template.DISPUTE_UPHELD, finding.id)


async def reject(desk: Desk, finding: FindingRow, subject: Subject, reason: str, read_up_to: int) -> None:
    await timers.cancel(desk, finding.id, TimerKind.DISPUTE)
    await desk.tx.run(REJECT, id=finding.id, now=desk.act.now, reason=reason)
    await pools.settle(desk)
    payload = {"finding": finding.id, "reason": reason, "readUpTo": read_up_to}
    await subjects.record(desk, EventType.DISPUTE_REJECTED, subject, **payload)
    await messages.tell_candidate(desk, Template.DISPUTE_REJECTED, finding.id)


async def overdue(desk: Desk, timer: Timer) -> None:
    """Nobody decided in time: the candidate is taken to be right."""
    found = await findings.find_own(desk, timer.subject)
    if not isinstance(found, Refusal) and may(Step.UPHOLD, found[0].state):
        finding, subject = found
        await uphold(desk, finding, subject, OVERDUE, None)
        told = subject.told(desk)
        await messages.tell_department(desk, Template.DISPUTE_UPHELD, subject.department, finding.id, **told)
