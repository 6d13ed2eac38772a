"""Rounds of invitations: several people invited by one call, with one answer each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph import applications, candidates, interviews, positions
from graph.interviews import Invite, Mode, Times
from graph.refusals import Code, Fault, Refusal, invalid
from graph.statements import Found, Nothing, Statement
from graph.traversal import Derived, Form, Many, One, Prop, Shape
from graph.visibility import Level
from graph.writing import RECRUITERS, Act, Desk, Graph, Outcome, Written, perform, role_refusal

MOST = 50
"""People that one call invites."""


def _message(values: Sequence[Any], args: Mapping[str, Any], _: Any) -> str | None:
    code, fault = values
    return Refusal(Code(code), fault=fault).message(args["locale"]) if code else None


ROUND = Shape(
    "InvitationRound",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "invitedAt": Prop(form=Form.INSTANT),
        "position": One("Position", ("(this)-[:ROUND_FOR]->(that:Position)",), implied=True),
        "answers": Many(
            "InvitationAnswer", ("(this)-[:HAS_ANSWER]->(that:InvitationAnswer)",), order=("that.place",), implied=True
        ),
    },
)
ANSWER = Shape(
    "InvitationAnswer",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "place": Prop(),
        "code": Prop(),
        "field": Prop(),
        "message": Derived(("this.code", "this.fault"), _message),
        "interview": One("Interview", ("(this)-[:INVITED_TO]->(that:Interview)",)),
    },
)


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite: by an application, or by who it is, for whom one is filed where none stands."""

    times: Times
    application: str | None = None
    candidate: str | None = None


@dataclass(frozen=True, slots=True)
class InviteMany:
    position: str
    mode: Mode
    invitees: tuple[Invitee, ...]
    grace_minutes: int = interviews.GRACE_MINUTES
    join_url: str | None = None
    interviewers: tuple[str, ...] = ()

    def invite(self, application: str, times: Times) -> Invite:
        return Invite(application, self.mode, times, self.grace_minutes, self.join_url, self.interviewers)


@dataclass(frozen=True, slots=True)
class Known:
    """A candidate whom the viewer may invite, and the application that stands for the position, if one does.

    `ended`: one of theirs for it has ended. Both also under the other record of the same person; their own comes first.
    """

    candidate: str
    status: str
    departments: list[str]
    standing: str | None
    ended: bool


@dataclass(frozen=True, slots=True)
class Aim:
    candidate: str
    position: str


FIND_KNOWN = Statement(
    "rounds.find_known",
    """
    MATCH (candidate:Candidate {id: $candidate, organization: $organization})
    MATCH (position:Position {id: $position})-[:BELONGS_TO]->(:Department {circle: candidate.circle})
    RETURN candidate.id AS candidate, candidate.status AS status,
      [(candidate)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(d:Department) | d.id]
        AS departments,
      head(COLLECT { MATCH (candidate)-[:SAME_AS*0..1]-(person:Candidate)-[:SUBMITTED]->(found:Application)
          -[:FOR]->(aim:Position)
        WHERE aim.id = $position AND NOT found.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN'] AND person.status <> 'ERASED'
        RETURN found.id ORDER BY person.id <> $candidate, found.id LIMIT 1 }) AS standing,
      EXISTS { MATCH (candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(past:Application)-[:FOR]->(aim:Position)
        WHERE aim.id = $position AND past.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN'] } AS ended
    """,
    row=Known,
)
FIND_AIM = Statement(
    "rounds.find_aim",
    """
    MATCH (candidate:Candidate {organization: $organization})-[:SUBMITTED]->(:Application {id: $application})
      -[:FOR]->(position:Position)
    RETURN candidate.id AS candidate, position.id AS position
    """,
    row=Aim,
)
CREATE = Statement(
    "rounds.create",
    """
    MATCH (position:Position {id: $position})
    CREATE (round:InvitationRound {id: $id, organization: $organization, invitedAt: $now})
    CREATE (round)-[:ROUND_FOR]->(position)
    """,
    row=Nothing,
    writes=True,
)
ANSWER_ONE = Statement(
    "rounds.answer",
    """
    MATCH (round:InvitationRound {id: $round})
    CREATE (round)-[:HAS_ANSWER]->
      (:InvitationAnswer {id: $id, place: $place, code: $code, field: $field, fault: $fault})
    """,
    row=Nothing,
    writes=True,
)
TIE = Statement(
    "rounds.tie",
    """
    MATCH (answer:InvitationAnswer {id: $id}) MATCH (interview:Interview {id: $interview})
    CREATE (answer)-[:INVITED_TO]->(interview)
    RETURN answer.id AS id
    """,
    row=Found,
    writes=True,
)


async def find_position(desk: Desk, id: str) -> positions.PositionRow | Refusal:
    """A position of one's own that is open, its department locked as an application to it wants it."""
    found = await positions.find_own(desk, id)
    if isinstance(found, Refusal):
        return found
    place = await desk.tx.one(applications.FIND_PLACE, id=id)
    if place is None or place.status == "CLOSED":
        return Refusal(Code.POSITION_CLOSED, "position")
    return found


async def application_of(desk: Desk, position: str, candidate: str, *, source: str) -> str | Refusal:
    """The application of somebody for the position, filed where none stands under either record of the same person; the
    candidate is locked.

    The position's department must be locked. Nobody is asked again here who is erased or restricted, or whose
    application for this very position has ended: it was decided, or they took it back. Another that ended is no bar.
    """
    viewer, absent = desk.act.viewer, Refusal(Code.NOT_FOUND, "candidate")
    given = {"candidate": candidate, "position": position, "organization": viewer.organization}
    found = await desk.tx.one(FIND_KNOWN, **given)
    if found is None or not any(viewer.owns(department) for department in found.departments):
        return absent
    await desk.lock_candidate(candidate)
    found = await desk.tx.one(FIND_KNOWN, **given)
    if found is None:
        return absent
    if refused := candidates.invite_refusal(found.status, "candidate"):
        return refused
    if found.standing is None and found.ended:
        return Refusal(Code.APPLICATION_ENDED, "candidate")
    return found.standing or await applications.file(desk, candidate, position, desk.act.now, source)


async def invite_many(graph: Graph, act: Act, new: InviteMany) -> Outcome:
    """Each is invited as by itself, or refused by itself; one who is refused keeps nobody else from it."""
    if refused := role_refusal(act.viewer, RECRUITERS):
        return refused
    if not 0 < len(new.invitees) <= MOST:
        return invalid("invitees", Fault.COUNT, 1, MOST)

    async def work(desk: Desk) -> Outcome:
        position = await find_position(desk, new.position)
        if isinstance(position, Refusal):
            return position
        answers: list[Outcome] = []
        for invitee in new.invitees:
            answers.append(await _invite(desk, new, invitee))
        id = desk.new_id()
        await desk.tx.run(CREATE, id=id, position=position.id, organization=act.viewer.organization, now=act.now)
        for place, answer in enumerate(answers):
            refusal = answer if isinstance(answer, Refusal) else None
            own = desk.new_id()
            await desk.tx.run(
                ANSWER_ONE,
                round=id,
                id=own,
                place=place,
                code=refusal and refusal.code.value,
                field=refusal and refusal.field,
                fault=refusal and refusal.fault,
            )
            if isinstance(answer, Written):
                await desk.tx.run(TIE, id=own, interview=answer.id)
        return Written("InvitationRound", id)

    return await perform(graph, act, work)


async def _invite(desk: Desk, new: InviteMany, invitee: Invitee) -> Outcome:
    """What `inviteToInterview` would answer."""
    if (invitee.application is None) == (invitee.candidate is None):
        return invalid("candidate", Fault.ONE_OF_TWO)
    if refused := interviews.invite_refusal(new.invite("", invitee.times), desk.act.now):
        return refused
    if invitee.application is not None:
        organization = desk.act.viewer.organization
        aim = await desk.tx.one(FIND_AIM, application=invitee.application, organization=organization)
        if aim is None or aim.position != new.position:
            return Refusal(Code.NOT_FOUND, "application")
        return await interviews.invite_one(desk, new.invite(invitee.application, invitee.times))
    users = sorted(set(new.interviewers))
    known = await desk.tx.run(interviews.KNOWN_USERS, users=users, organization=desk.act.viewer.organization)
    if len(known) != len(users):
        # Before an application is filed: what is refused writes nothing.
        return Refusal(Code.NOT_FOUND, "interviewers")
    application = await application_of(desk, new.position, invitee.candidate or "", source="Refill")
    if isinstance(application, Refusal):
        return application
    answer = await interviews.invite_one(desk, new.invite(application, invitee.times))
    # A person was named, and no application.
    return replace(answer, field="candidate") if isinstance(answer, Refusal) else answer
