"""Makes records by the same functions that clients' mutations call, at any time one likes; tests use it too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from graph import (
    applications,
    candidates,
    checks,
    costs,
    courses,
    decisions,
    departments,
    disputes,
    employments,
    endings,
    erasures,
    findings,
    freed_slots,
    goals,
    interviews,
    links,
    merging,
    organizations,
    policies,
    positions,
    proofs,
    receipts,
    rescheduling,
    rights,
    rounds,
    score_policies,
    self_assessments,
    slots,
    subjects,
    telemetry,
    users,
    webhooks,
    work_calendars,
)
from graph.applications import Stage
from graph.candidates import Person
from graph.causes import Cause
from graph.courses import Course
from graph.disputes import DisputeDecision
from graph.events import ActorKind
from graph.findings import Channel, KnewBy
from graph.goals import Goal
from graph.interviews import Attendance, EvidenceCode, Mode, Response, Side, Times
from graph.positions import Urgency
from graph.proofs import ProofVerdict
from graph.receipts import Purpose
from graph.refusals import Refusal
from graph.rights import RightsKind, RightsState
from graph.score_policies import Draft
from graph.timesheets import Fact
from graph.visibility import FIND_PERSON, FIND_VIEWER, Claim, DepartmentRole, OrganizationRole, Viewer
from graph.writing import Act, Desk, Graph, Outcome, Work, Written, perform, random_id


class Refused(Exception):
    """A maker was refused; its text names the code and the field."""


def fixed_ids(seed: str) -> Callable[[], Callable[[], str]]:
    """Ids that are the same at each sowing: a new source gives the same sequence again."""

    def source() -> Callable[[], str]:
        numbers = count()
        return lambda: str(uuid5(NAMESPACE_URL, f"{seed}/{next(numbers)}"))

    return source


@dataclass
class Maker:
    """Acts as one user. `at` is the time of the next act; `seed`, where given, fixes ids and keys.

    Where it does not tell, as when a whole past is sown, nobody is sent a message and nothing becomes due.
    """

    graph: Graph
    viewer: Viewer
    at: datetime
    seed: str = ""
    tells: bool = True
    _calls: count[int] = field(default_factory=count)
    _last: str = ""

    async def _do(
        self,
        mutation: str,
        input: dict[str, Any],
        run: Callable[[Act], Awaitable[Outcome]],
        person: Viewer | None = None,
    ) -> str:
        """Runs an act of this user, or of a candidate."""
        viewer, call = person or self.viewer, self._next_call()
        ids = fixed_ids(call) if call else lambda: random_id
        kind = ActorKind.API if viewer.role is OrganizationRole.INTEGRATOR else ActorKind.HUMAN
        kind = ActorKind.CANDIDATE if person else kind
        act = Act(viewer, self.at, mutation, call or str(uuid4()), input, kind, ids, not self.tells)
        outcome = await run(act)
        if isinstance(outcome, Refusal):
            raise Refused(f"{mutation} was refused: {outcome.code.value} {outcome.field or ''}")
        return outcome.id

    def _next_call(self) -> str:
        """What the ids of the next act are made from; empty where they are random."""
        self._last = f"{self.seed}/{next(self._calls)}" if self.seed else ""
        return self._last

    def given(self, before: int = 0) -> str:
        """The id that the last act gave out after `before` others, where its seed fixes them."""
        new_id = fixed_ids(self._last)()
        return [new_id() for _ in range(before + 1)][before]

    async def _work(self, mutation: str, work: Work) -> str:
        return await self._do(mutation, {}, lambda act: perform(self.graph, act, work))

    async def see(self, external_id: str | None = None) -> Viewer:
        """Reads the viewer anew, after the structure changed."""
        rows = await self.graph.client.read(FIND_VIEWER, subject=external_id or self.viewer.external_id)
        self.viewer = Viewer.of_row(rows[0])
        return self.viewer

    async def department(
        self,
        code: str,
        name: str,
        name_zh: str | None = None,
        *,
        parent: str | None = None,
        shares_history: bool = False,
    ) -> str:
        new = departments.CreateDepartment(code, name, name_zh, parent, shares_history)
        id = await self._do("createDepartment", {}, lambda act: departments.create(self.graph, act, new))
        await self.see()
        return id

    async def close_department(self, department: str, successor: str | None = None) -> str:
        id = await self._do(
            "closeDepartment", {}, lambda act: departments.close(self.graph, act, department, successor)
        )
        await self.see()
        return id

    async def user(
        self,
        external_id: str,
        role: OrganizationRole = OrganizationRole.MEMBER,
        *,
        recruits_for: tuple[str, ...] = (),
        interviews_for: tuple[str, ...] = (),
        name: str | None = None,
    ) -> str:
        works = [users.DepartmentWork(id, DepartmentRole.RECRUITER) for id in recruits_for]
        works += [users.DepartmentWork(id, DepartmentRole.INTERVIEWER) for id in interviews_for]
        new = users.SetUser(external_id, role, tuple(works), name or users.ABSENT)
        return await self._do("setUser", {}, lambda act: users.set_user(self.graph, act, new))

    async def webhook(self, url: str | None, secret: str | None) -> str:
        return await self._do(
            "setWebhook", {}, lambda act: webhooks.set(self.graph, act, user=None, url=url, secret=secret)
        )

    async def costs(self, **changes: Any) -> str:
        organization = self.viewer.organization
        return await self._do("setCosts", {}, lambda act: costs.set_rates(self.graph, act, organization, changes))

    async def policy(self, **changes: int) -> str:
        organization = self.viewer.organization
        return await self._do(
            "setAttendancePolicy", {}, lambda act: policies.set_policy(self.graph, act, organization, changes)
        )

    async def position(self, department: str, title: str, job_family: str, urgency: Urgency = Urgency.NORMAL) -> str:
        new = positions.OpenPosition(department, title, job_family, urgency)
        return await self._do("openPosition", {}, lambda act: positions.open(self.graph, act, new))

    async def score_policy(self, draft: Draft | None = None) -> str:
        organization, said = self.viewer.organization, draft or Draft({}, {}, {})
        return await self._do(
            "proposeScorePolicy",
            {},
            lambda act: score_policies.propose(self.graph, act, organization, said, "To begin with."),
        )

    async def impact_assessment(self, policy: str) -> str:
        told = score_policies.Assessment("Advice to recruiters.", "A low score may bias them.", "Hearing, expiry.")
        return await self._do(
            "recordImpactAssessment", {}, lambda act: score_policies.assess(self.graph, act, policy, told)
        )

    async def switch_scoring(
        self, *, off: bool, jurisdictions: tuple[str, ...] = (), roles: tuple[OrganizationRole, ...] = ()
    ) -> str:
        to, organization = score_policies.Switch(off, jurisdictions, roles), self.viewer.organization
        return await self._do(
            "switchScoring", {}, lambda act: score_policies.switch(self.graph, act, organization, to, "As decided.")
        )

    async def approval(self, policy: str, begins: datetime | None = None) -> str:
        return await self._do(
            "approveScorePolicy", {}, lambda act: score_policies.approve(self.graph, act, policy, begins)
        )

    async def close_position(self, position: str) -> str:
        return await self._do("closePosition", {}, lambda act: positions.close(self.graph, act, position))

    async def application(self, position: str, person: Person, source: str | None = None) -> str:
        new = applications.SubmitApplication(position, person, source)
        return await self._do("submitApplication", {}, lambda act: applications.submit(self.graph, act, new))

    async def advance(self, application: str, stage: Stage) -> str:
        return await self._do(
            "advanceApplication", {}, lambda act: applications.advance(self.graph, act, application, stage)
        )

    async def withdraw(self, application: str, reason: str | None = None) -> str:
        return await self._do(
            "withdrawApplication", {}, lambda act: endings.withdraw(self.graph, act, application, reason)
        )

    async def reject(self, application: str) -> str:
        """A rejection as another system decided it; deciding one here is not part of the API yet."""

        async def work(desk: Desk) -> Outcome:
            found = await applications.find_own(desk, application)
            if isinstance(found, Refusal):
                return found
            await endings.reject(desk, found.id)
            return Written("Application", found.id)

        return await self._work("demoReject", work)

    async def work_calendar(self, new: work_calendars.NewCalendar) -> str:
        return await self._do("setWorkCalendar", {}, lambda act: work_calendars.set(self.graph, act, new))

    async def employment(self, new: employments.NewEmployment) -> str:
        return await self._do("recordEmployment", {}, lambda act: employments.record(self.graph, act, new))

    async def end_employment(self, employment: str, ended_on: date) -> str:
        return await self._do("endEmployment", {}, lambda act: employments.end(self.graph, act, employment, ended_on))

    async def work_attendance(self, employment: str, source: str, *facts: Fact) -> str:
        return await self._do(
            "recordWorkAttendance",
            {},
            lambda act: employments.record_attendance(self.graph, act, employment, source, facts),
        )

    async def correct_work_attendance(self, change: employments.Correction) -> str:
        return await self._do(
            "correctWorkAttendance", {}, lambda act: employments.correct_attendance(self.graph, act, change)
        )

    async def task_completion(self, employment: str, source: str, *told: Goal) -> str:
        return await self._do(
            "recordTaskCompletion",
            {},
            lambda act: employments.record_completion(self.graph, act, employment, source, told),
        )

    async def correct_task_completion(self, change: goals.Correction) -> str:
        return await self._do(
            "correctTaskCompletion", {}, lambda act: employments.correct_completion(self.graph, act, change)
        )

    async def resume_check(self, new: checks.NewCheck) -> str:
        return await self._do("recordResumeCheck", {}, lambda act: checks.record(self.graph, act, new))

    async def finding_of(self, check: str) -> str:
        """The finding that a mismatch opened."""
        organization = self.viewer.organization
        (found,) = await self.graph.client.read(subjects.FIND_CHECK, id=check, organization=organization)
        assert found.finding is not None
        return found.finding

    async def interview(
        self,
        application: str,
        *,
        starts_at: datetime | None = None,
        mode: Mode = Mode.AI_LIVE,
        minutes: int = 30,
        time_zone: str = "Asia/Shanghai",
        interviewers: tuple[str, ...] = (),
        response: Response | None = Response.ACCEPTED,
    ) -> str:
        """Invites, three days ahead where no time is given, and records the answer."""
        starts_at = starts_at or self.at + timedelta(days=3)
        times = Times(starts_at, starts_at + timedelta(minutes=minutes), time_zone)
        url = "https://interview.example/room"
        new = interviews.Invite(application, mode, times, join_url=url, interviewers=interviewers)
        id = await self._do("inviteToInterview", {}, lambda act: interviews.invite(self.graph, act, new))
        if response is not None:
            await self.respond(id, response)
        return id

    async def free_slot(self, interview: str, *candidates: str) -> str:
        return await self._do(
            "offerFreedSlot", {}, lambda act: freed_slots.offer(self.graph, act, interview, candidates)
        )

    async def decide(self, new: decisions.Decide, seen: str | decisions.Screen = "{}") -> str:
        async def screen(computed: Mapping[str, Any]) -> str:
            return seen if isinstance(seen, str) else await seen(computed)

        return await self._do("decide", {}, lambda act: decisions.decide(self.graph, act, new, screen))

    async def announcement(self, decision: str) -> str:
        """The candidate of a rejection that waits is told of it by telephone."""
        return await self._do(
            "recordAnnouncement",
            {},
            lambda act: decisions.record_announcement(
                self.graph, act, decision, channel=Channel.PHONE, told_at=None, text=None
            ),
        )

    async def round(self, position: str, *invitees: rounds.Invitee, mode: Mode = Mode.VIDEO) -> str:
        new = rounds.InviteMany(position, mode, invitees)
        return await self._do("inviteMany", {}, lambda act: rounds.invite_many(self.graph, act, new))

    async def respond(self, interview: str, response: Response, message: str | None = None) -> str:
        return await self._do(
            "recordResponse",
            {},
            lambda act: interviews.record_response(self.graph, act, interview, response, message=message),
        )

    async def reschedule(self, interview: str, starts_at: datetime, chosen_by: Side = Side.CANDIDATE) -> str:
        times = Times(starts_at, starts_at + timedelta(minutes=30), "Asia/Shanghai")
        return await self._do(
            "rescheduleInterview",
            {},
            lambda act: interviews.reschedule(self.graph, act, interview, times, chosen_by=chosen_by, reason=None),
        )

    async def slots(
        self,
        *starts_at: datetime,
        position: str | None = None,
        department: str | None = None,
        mode: Mode = Mode.AI_LIVE,
    ) -> str:
        """Opens half hours."""
        times = [Times(start, start + timedelta(minutes=30), "Asia/Shanghai") for start in starts_at]
        new = slots.NewSlots(position, department, mode, times)
        return await self._do("openSlots", {}, lambda act: slots.open(self.graph, act, new))

    async def _candidate(self, subject: str, *, verified: bool) -> Viewer:
        """The candidate of an interview or a check, by a link, or with a code too."""
        which = {"id": subject, "organization": self.viewer.organization}
        rows = await self.graph.client.read(interviews.FIND, **which)
        (found,) = rows or await self.graph.client.read(subjects.FIND_CHECK, **which)
        (row,) = await self.graph.client.read(FIND_PERSON, candidate=found.candidate, application=found.application)
        return Viewer.of_person(row, Claim(found.candidate, found.application, verified=verified))

    async def request(self, interview: str, slot: str | None = None, reason: str = "A train is late.") -> str:
        """What the candidate asks for; `at` says whether it is in time. Without a slot, none that is open suits."""
        return await self._do(
            "requestReschedule",
            {},
            lambda act: rescheduling.request(
                self.graph, act, interview, slot=slot, reason=reason, none_suits=slot is None
            ),
            await self._candidate(interview, verified=False),
        )

    async def grant(self, request: str, starts_at: datetime) -> str:
        """Gives the candidate another half hour."""
        times = Times(starts_at, starts_at + timedelta(minutes=30), "Asia/Shanghai")
        new = rescheduling.Grant(request, times=times)
        return await self._do("grantReschedule", {}, lambda act: rescheduling.grant(self.graph, act, new))

    async def deny(self, request: str, reason: str) -> str:
        """Leaves the old time as it stands."""
        return await self._do(
            "refuseReschedule", {}, lambda act: rescheduling.refuse(self.graph, act, request, reason=reason)
        )

    async def ticket(self, subject: str, *, finding: str | None = None, request: str | None = None) -> str:
        """The candidate's, by a code, to hand in a file about an interview or a check."""
        return await self._do(
            "requestUpload",
            {},
            lambda act: proofs.request_upload(self.graph, act, proofs.Bearing(finding, request)),
            await self._candidate(subject, verified=True),
        )

    async def proof(self, subject: str, plain: bytes, *, finding: str | None = None, request: str | None = None) -> str:
        """A file that the candidate hands in."""
        ticket = await self.ticket(subject, finding=finding, request=request)

        async def receive(act: Act) -> Outcome:
            (found,) = await self.graph.client.read(proofs.FIND_TICKET, id=ticket)
            return await proofs.receive(self.graph, found, plain, self.at, ids=act.ids, quiet=act.quiet)

        return await self._do("uploadProof", {}, receive)

    async def verdict(self, proof: str, verdict: ProofVerdict, reason: str = "It cannot be read.") -> str:
        return await self._do(
            "decideProof", {}, lambda act: proofs.decide(self.graph, act, proof, verdict=verdict, reason=reason)
        )

    async def cancel(self, interview: str, by: Side) -> str:
        return await self._do(
            "cancelInterview", {}, lambda act: interviews.cancel(self.graph, act, interview, by=by, reason=None)
        )

    async def attendance(self, interview: str, attendance: Attendance, *evidence: EvidenceCode) -> str:
        return await self._do(
            "recordAttendance",
            {},
            lambda act: interviews.record_attendance(self.graph, act, interview, attendance, evidence=evidence),
        )

    async def link(self, application: str) -> str:
        return await self._do("createLink", {}, lambda act: links.hand_out(self.graph, act, application))

    async def revoke_link(self, link: str) -> str:
        return await self._do("revokeLink", {}, lambda act: links.revoke(self.graph, act, link))

    async def merge(self, candidate: str, other: str) -> str:
        return await self._do("mergeCandidates", {}, lambda act: merging.merge(self.graph, act, candidate, other))

    async def rights_request(self, application: str, kind: RightsKind = RightsKind.CORRECTION, text: str = "") -> str:
        """What the candidate of an application asks of their rights."""
        (whose,) = await self.graph.client.read(rights.FIND_CANDIDATE, application=application)
        claim = Claim(whose.id, application, verified=True)
        (row,) = await self.graph.client.read(FIND_PERSON, candidate=claim.candidate, application=application)
        return await self._do(
            "fileRequest",
            {},
            lambda act: rights.file(self.graph, act, kind, text or None),
            Viewer.of_person(row, claim),
        )

    async def rights_answer(self, request: str, state: RightsState, reason: str | None = None) -> str:
        return await self._do("answerRequest", {}, lambda act: rights.answer(self.graph, act, request, state, reason))

    async def self_assessment(self, application: str, answers: Sequence[int], *, shared: bool) -> str:
        """The candidate's of an application, by a code."""
        (whose,) = await self.graph.client.read(rights.FIND_CANDIDATE, application=application)
        claim = Claim(whose.id, application, verified=True)
        (row,) = await self.graph.client.read(FIND_PERSON, candidate=claim.candidate, application=application)
        person = Viewer.of_person(row, claim)
        await self._do("takeSelfAssessment", {}, lambda act: self_assessments.take(self.graph, act, answers), person)
        return await self._do(
            "shareSelfAssessment", {}, lambda act: self_assessments.share(self.graph, act, shared=shared), person
        )

    async def courses(self, *listed: Course) -> str:
        organization = self.viewer.organization
        return await self._do("setCourses", {}, lambda act: courses.set_courses(self.graph, act, organization, listed))

    async def look(self, finding: str, purpose: Purpose = Purpose.APPLICATION_REVIEW) -> str:
        """Leaves the receipt of a look at a finding, as reading it does."""
        call = self._next_call()
        id = fixed_ids(call)()() if call else random_id()
        rows = [[id, finding, self.viewer.id, self.viewer.part, purpose.value, self.at]]
        await self.graph.client.write(lambda tx: tx.run(receipts.RECORD_FINDINGS, rows=rows))
        return id

    async def telemetry(self, report: telemetry.Report) -> str:
        return await self._do("recordTelemetry", {}, lambda act: telemetry.record(self.graph, act, report))

    async def suspicion(self, interview: str) -> str:
        return await self._do("reportNoShow", {}, lambda act: findings.report(self.graph, act, interview))

    async def notice(self, finding: str) -> str:
        return await self._do(
            "recordNotice",
            {},
            lambda act: findings.record_notice(
                self.graph, act, finding, channel=Channel.EMAIL, told_at=None, text=None
            ),
        )

    async def statement(self, finding: str, text: str) -> str:
        return await self._do(
            "recordStatement",
            {},
            lambda act: findings.record_statement(self.graph, act, finding, channel=Channel.EMAIL, text=text),
        )

    async def own_statement(self, finding: str, text: str) -> str:
        """What the candidate says themself, by a code: it ends the time to answer, as what HR takes down does not."""
        (found,) = await self.graph.client.read(findings.FIND, id=finding, organization=self.viewer.organization)
        person = await self._candidate(found.subject, verified=True)
        return await self._do(
            "recordStatement",
            {},
            lambda act: findings.record_statement(self.graph, act, finding, channel=Channel.MESSAGE, text=text),
            person,
        )

    async def last_seq(self, *, finding: str | None = None, interview: str | None = None) -> int:
        """The seq of the last event of an interview, or of what a finding is about, as who decides reads it."""
        read, organization = self.graph.client.read, self.viewer.organization
        if finding is not None:
            (found,) = await read(findings.FIND, id=finding, organization=organization)
            if found.label == subjects.CHECK:
                return (await read(subjects.FIND_CHECK, id=found.subject, organization=organization))[0].last_seq
            interview = found.subject
        return (await read(interviews.FIND, id=interview, organization=organization))[0].last_seq

    async def confirmation(self, finding: str, cause: Cause = Cause.CANDIDATE, reason: str = "No answer.") -> str:
        read = await self.last_seq(finding=finding)
        return await self._do(
            "confirmNoShow",
            {},
            lambda act: findings.confirm(
                self.graph,
                act,
                finding=finding,
                interview=None,
                cause=cause,
                reason=reason,
                read_up_to=read,
                knew_by=KnewBy.TOLD_BY_STAFF,
            ),
        )

    async def fault(self, interview: str, cause: Cause, reason: str = "Seen in the platform's log.") -> str:
        read = await self.last_seq(interview=interview)
        return await self._do(
            "confirmNoShow",
            {},
            lambda act: findings.confirm(
                self.graph,
                act,
                finding=None,
                interview=interview,
                cause=cause,
                reason=reason,
                read_up_to=read,
            ),
        )

    async def excuse(self, finding: str, reason: str = "A certificate was shown.") -> str:
        read = await self.last_seq(finding=finding)
        return await self._do(
            "excuseNoShow",
            {},
            lambda act: findings.excuse(self.graph, act, finding, reason=reason, read_up_to=read),
        )

    async def void(self, finding: str, reason: str = "Recorded about the wrong person.") -> str:
        return await self._do("voidNoShow", {}, lambda act: findings.void(self.graph, act, finding, reason=reason))

    async def dispute(self, finding: str, text: str = "The link did not open.") -> str:
        return await self._work("demoDispute", lambda desk: self._contest(desk, finding, text))

    async def _contest(self, desk: Desk, finding: str, text: str) -> Outcome:
        found = await findings.find_own(desk, finding)
        return found if isinstance(found, Refusal) else await disputes.raise_one(desk, *found, text)

    async def rejection(self, finding: str, reason: str = "The platform's log shows that it did.") -> str:
        """Rejects a dispute; another than who decided the finding must be the one who does."""
        read = await self.last_seq(finding=finding)
        return await self._do(
            "decideDispute",
            {},
            lambda act: disputes.decide(
                self.graph, act, finding, DisputeDecision.REJECTED, reason=reason, read_up_to=read
            ),
        )

    async def restrict(self, candidate: str) -> str:
        return await self._work("demoRestrict", lambda desk: candidates.restrict(desk, candidate))

    async def lift(self, candidate: str) -> str:
        return await self._work("demoLift", lambda desk: candidates.lift(desk, candidate))

    async def erase(self, candidate: str) -> str:
        await self._work("demoErase", lambda desk: erasures.erase(desk, candidate))
        await self.graph.keys.drop(candidate)
        return candidate

    async def missed(self, application: str, *, mode: Mode = Mode.AI_LIVE, interviewers: tuple[str, ...] = ()) -> str:
        """An interview three days from `at` that was accepted and not attended; `at` moves past it."""
        interview = await self.interview(application, mode=mode, interviewers=interviewers)
        self.at += timedelta(days=3, hours=2)
        await self.attendance(interview, Attendance.NOT_ATTENDED)
        return interview

    async def no_show(self, application: str, *, mode: Mode = Mode.AI_LIVE, reason: str = "No answer.") -> str:
        """A final no-show: missed, reported, notice given, four days of silence, confirmed; `at` moves past it all."""
        finding = await self.suspicion(await self.missed(application, mode=mode))
        await self.notice(finding)
        self.at += timedelta(days=4)
        return await self.confirmation(finding, reason=reason)


async def organization(
    graph: Graph,
    name: str,
    *,
    at: datetime,
    admin: str,
    name_zh: str | None = None,
    jurisdiction: str = "CN",
    time_zone: str = "Asia/Shanghai",
    demo: bool = False,
    seed: str = "",
) -> Maker:
    """A new Organization and a maker that acts as its first HR_ADMIN."""
    new = organizations.NewOrganization(name, name_zh, jurisdiction, time_zone, admin, demo)
    ids = fixed_ids(seed)() if seed else random_id
    await organizations.create(graph, new, now=at, new_id=ids)
    return await maker(graph, admin, at=at, seed=seed, tells=not demo)


async def maker(graph: Graph, external_id: str, *, at: datetime, seed: str = "", tells: bool = True) -> Maker:
    rows = await graph.client.read(FIND_VIEWER, subject=external_id)
    return Maker(graph, Viewer.of_row(rows[0]), at, seed, tells)
