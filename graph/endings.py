"""How an application ends without a hire: what was still to come of it is called off, whoever ends it."""

from __future__ import annotations

from graph import applications, interviews, pools, webhooks
from graph.applications import ENDED, Stage
from graph.events import About, EventType
from graph.interviews import Side
from graph.refusals import Code, Refusal
from graph.writing import RECORDERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal


async def withdraw(graph: Graph, act: Act, application: str, reason: str | None) -> Outcome:
    """The candidate no longer wants the position."""
    if refused := role_refusal(act.viewer, RECORDERS):
        return refused

    async def work(desk: Desk) -> Outcome:
        found = await applications.find_own(desk, application)
        if isinstance(found, Refusal):
            return found
        if found.stage in ENDED:
            return Refusal(Code.APPLICATION_ENDED, "application")
        await desk.record(EventType.APPLICATION_WITHDRAWN, About("Application", found.id), reason=reason)
        await _end(desk, found.id, Stage.WITHDRAWN, EventType.APPLICATION_WITHDRAWN, Side.CANDIDATE)
        return Written("Application", found.id)

    return await perform(graph, act, work)


async def reject(desk: Desk, application: str) -> None:
    """Rejects an application, whose candidate is locked, as was decided."""
    await desk.record(EventType.APPLICATION_REJECTED, About("Application", application))
    await _end(desk, application, Stage.REJECTED, EventType.APPLICATION_REJECTED, Side.EMPLOYER)


async def _end(desk: Desk, application: str, stage: Stage, told: EventType, by: Side) -> None:
    await desk.tx.run(applications.SET_STAGE, id=application, stage=stage.value)
    await webhooks.tell(desk, told, "Application", application)
    await interviews.call_off(desk, application, by)
    await pools.settle(desk)
