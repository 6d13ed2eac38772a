"""What each viewer sees of the model, by the design's table: the answer to one query, with labels for ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.suppression import SMALLEST
from tests.faults.model import (
    Application,
    Candidate,
    Check,
    Decision,
    Department,
    Employment,
    Finding,
    Interview,
    Model,
    Position,
    Proof,
    Subject,
)

INTERVIEW = """id icsSequence mode startsAt response attendance outcome evidence department { name }
  position { title } rescheduledTo { id } events { totalCount } finding { id } proofs { id verdict reason }"""
FINDING = """id occurredAt relation department { name } position { title } state outcome cause reason statement
  statementBy lastSeq voidReason decidedBy { externalId } voidedBy { externalId } answerBy expiresAt
  interview { id } resumeCheck { id }"""
QUERIES = (
    f"""
query Structure {{
  tree: departments {{ name code status sharesHistory parent {{ name }} successor {{ name }} ancestors {{ name }}
    children {{ name }} descendants {{ name }} siblings {{ name }} }}
  marks: departments {{ name own: noShows {{ totalCount nodes {{ id }} }}
    beside: noShows(scope: SIBLINGS) {{ totalCount nodes {{ id }} }}
    around: noShows(scope: CIRCLE) {{ totalCount nodes {{ id }} }} }}
  held: departments {{ name findings {{ totalCount nodes {{ id }} }} applications {{ totalCount nodes {{ id }} }}
    interviews {{ totalCount nodes {{ {INTERVIEW} }} }} }}
  facts: departments {{ name
    facts: attendance {{ interviews accepted attended acceptedNotAttended noShows excused faults }}
    wide: attendance(scope: CIRCLE) {{ interviews noShows }} conduct {{ unanswered }} }}
  due: departments {{ name tasks {{ kind interview {{ id }} finding {{ id }} }} }}
}}
""",
    """
query Positions {
  departments { name positions(first: 12) { totalCount nodes {
    title status urgency applications { totalCount } applicantsWithReminders { totalCount } similar { totalCount }
  } } }
}
""",
    f"""
query People {{
  candidates(first: 9) {{ totalCount nodes {{ id displayName status email sameAs {{ id }}
    noShows(first: 10) {{ totalCount nodes {{ id }} }} findings(first: 8) {{ totalCount nodes {{ {FINDING} }} }}
    applications(first: 9) {{ totalCount nodes {{ id stage position {{ title }}
      reminders {{ kind occurredAt relation similarPosition department {{ name }} noShow {{ id }} }}
      interviews(first: 10) {{ totalCount nodes {{ id attendance }} }} resumeChecks {{ id outcome }}
    }} }}
  }} }}
}}
""",
    """
query Checks {
  departments { name findings(first: 12) { totalCount nodes { id
    resumeCheck { id superseded findings { id } proofs { id verdict reason } } } } }
}
""",
)
"""The last is asked where there are checks."""
WORK = """
query Work {
  departments { name employments(first: 9) { totalCount nodes { id title
    taskResults(first: 9) { totalCount nodes { goal share superseded } } } } }
}
"""
"""Asked where somebody works."""
DECISION = """
query Decided($id: ID!) { node(id: $id) { ... on Decision { id verdict state reason effectiveAt considered { id } } } }
"""

DUE = {"SUSPECTED": "NOTICE_DUE", "NOTICE_SENT": "DECISION_DUE", "DISPUTED": "DISPUTE_DUE", "FINAL": "REVIEW_DUE"}
PARTS = {
    "tree": "code status sharesHistory parent successor ancestors children descendants siblings",
    "marks": "own beside around",
    "held": "findings applications interviews",
    "facts": "facts wide conduct",
    "due": "tasks",
}
"""The first query asks for departments in parts: a database takes seconds to plan all of it in one statement."""


def page(nodes: Iterable[Any]) -> dict[str, Any]:
    found = list(nodes)
    return {"totalCount": len(found), "nodes": found}


def count(nodes: Iterable[Any]) -> dict[str, Any]:
    return {"totalCount": len(list(nodes))}


def names(departments: Iterable[Department]) -> list[dict[str, str]]:
    return [{"name": each.name} for each in departments]


def ids(records: Iterable[Any]) -> dict[str, Any]:
    return page({"id": each.label} for each in records)


def instant(at: datetime | None) -> str | None:
    return at and at.isoformat().replace("+00:00", "Z")


@dataclass
class Sight:
    """The model through the eyes of one viewer."""

    model: Model
    who: str

    @property
    def is_program(self) -> bool:
        return self.model.users[self.who].role == "INTEGRATOR"

    def owns(self, department: Department) -> bool:
        return not self.is_program and self.model.owns(self.who, department)

    def is_near(self, department: Department) -> bool:
        return self.is_program or self.model.is_near(self.who, department)

    # Which records there are

    def applications(self) -> list[Application]:
        return [each for each in self.model.applications if self._sees_application(each)]

    def _sees_application(self, application: Application) -> bool:
        if self.is_program:
            return self.who in application.touched_by
        return self.owns(application.position.department)

    def employments(self) -> list[Employment]:
        if self.is_program:
            return [each for each in self.model.employments if self.who in each.touched_by]
        return [each for each in self.model.employments if self.owns(each.department)]

    def candidates(self) -> list[Candidate]:
        if self.is_program:
            return [each for each in self.model.candidates if self.who in each.touched_by]
        mine = {each.candidate.label for each in (*self.applications(), *self.employments())}
        return [each for each in self.model.candidates if each.label in mine]

    def interviews(self) -> list[Interview]:
        return [each for each in self.model.interviews if self.is_program or self.owns(each.department)]

    def is_mine(self, interview: Interview) -> bool:
        """Whether a program wrote of it; who recruits has all that is to be seen."""
        return not self.is_program or any(by == self.who for _, by in interview.events)

    def is_hidden(self, finding: Finding) -> bool:
        """What is to be erased is nobody's; once it is, its place stays."""
        return self.model.is_gone(finding) and finding.state != "ERASED"

    def findings(self) -> list[Finding]:
        def sees(finding: Finding) -> bool:
            held = finding.subject.department
            if self.is_hidden(finding):
                return False
            return self.owns(held) or (self.is_near(held) and self.model.counts(finding))

        return [] if self.is_program else [each for each in self.model.findings if sees(each)]

    def marks(self) -> list[Finding]:
        return [each for each in self.findings() if self.model.counts(each)]

    # Scopes of a department

    def under(self, top: Department) -> set[Department]:
        """The department and all below it; a closed one with its successor, and by itself where it is asked about."""
        found = {each for each in self.model.departments if each.counts_as() in self.model.below(top)}
        return found | {each for each in self.model.departments if top in self._heirs(each)}

    def _heirs(self, department: Department) -> list[Department]:
        return [department, *(self._heirs(department.successor) if department.successor else [])]

    def beside(self, department: Department) -> set[Department]:
        beside = self.model.siblings(department)
        return {each for each in self.model.departments if each.counts_as() in beside}

    def around(self, department: Department) -> set[Department]:
        circle = self.model.circle(department)
        return {each for each in self.model.departments if self.model.circle(each) is circle}

    # What they say

    def interview(self, interview: Interview) -> dict[str, Any]:
        mine = self.is_mine(interview)
        finding = self.model.finding_of(interview)
        finding = None if finding and self.is_hidden(finding) else finding
        decided = finding is not None and finding.state in ("FINAL", "EXCUSED", "DISPUTED") and not self.is_program
        told = [by for _, by in interview.events if not self.is_program or by == self.who]
        return {
            "id": interview.label,
            "icsSequence": interview.sequence if mine else None,
            "mode": interview.mode,
            "startsAt": instant(interview.starts),
            "response": interview.response,
            "attendance": interview.attendance,
            "outcome": finding.outcome if finding and decided else None,
            "evidence": interview.evidence if mine else None,
            "department": {"name": interview.department.name} if mine else None,
            "position": self.title(interview.application.position) if mine else None,
            "rescheduledTo": {"id": interview.moved_to.label} if interview.moved_to and mine else None,
            "events": {"totalCount": len(told)},
            "finding": {"id": finding.label} if finding and not self.is_program else None,
            "proofs": [] if self.is_program else [self.proof(each) for each in interview.proofs],
        }

    def proof(self, it: Proof) -> dict[str, Any]:
        return {"id": it.label, "verdict": it.verdict, "reason": it.reason}

    def title(self, position: Position) -> dict[str, str] | None:
        return {"title": position.name} if self.is_near(position.department) else None

    def subject(self, subject: Subject) -> dict[str, Any]:
        named = {"id": subject.label}
        return {"interview": None, "resumeCheck": None} | (
            {"interview": named} if isinstance(subject, Interview) else {"resumeCheck": named}
        )

    def finding(self, finding: Finding) -> dict[str, Any]:
        held = finding.subject.department
        told = {
            "state": finding.state,
            "outcome": finding.outcome,
            "cause": finding.cause,
            "reason": finding.reason,
            "voidReason": finding.void_reason,
            "statement": finding.statement,
            "statementBy": finding.statement_by,
            "lastSeq": finding.subject.last_seq,
            **self.subject(finding.subject),
            "decidedBy": {"externalId": finding.decided_by} if finding.decided_by else None,
            "voidedBy": {"externalId": finding.voided_by} if finding.voided_by else None,
            "answerBy": instant(finding.answer_by),
            "expiresAt": instant(finding.expires_at),
        }
        return {
            "id": finding.label,
            "occurredAt": instant(finding.occurred_at),
            "relation": self.model.relation(self.who, held),
            "department": {"name": held.name},
            "position": self.title(finding.subject.application.position),
            **(told if self.owns(held) else dict.fromkeys(told)),
        }

    def reminders(self, application: Application) -> list[dict[str, Any]]:
        """Marks of the same person in the circle of the position applied to, and applications to other departments."""
        applied = application.position.department
        if self.is_program:
            return []

        def told(kind: str, at: datetime, held: Department, other: Position, finding: Finding | None) -> dict[str, Any]:
            return {
                "kind": kind,
                "occurredAt": instant(at),
                "relation": self.model.relation(self.who, held),
                "similarPosition": other.family == application.position.family,
                "department": {"name": held.name},
                "noShow": {"id": finding.label} if finding else None,
            }

        around = self.around(applied)
        missed = [
            told(self.kind(applied, held), each.occurred_at, held, each.subject.application.position, each)
            for each in self.model.findings
            for held in [each.subject.department]
            if each.subject.application.candidate in application.candidate.records()
            and self.model.counts(each)
            and held in around
            and self.is_near(held)
        ]
        repeated = [
            told("REPEAT_APPLICATION", each.applied_at, held, each.position, None)
            for each in self.model.applications
            for held in [each.position.department]
            if each.candidate in application.candidate.records()
            and each is not application
            and held in around
            and self.is_near(held)
            and self.kind(applied, held) != "SAME_DEPARTMENT"
        ]
        return missed + repeated

    def kind(self, applied: Department, held: Department) -> str:
        home, place = applied.counts_as(), held.counts_as()
        if place in self.model.below(home):
            return "SAME_DEPARTMENT"
        return "SIBLING_DEPARTMENT" if place in self.model.siblings(home) else "CIRCLE_DEPARTMENT"

    def facts(self, department: Department, scope: set[Department], *, full: bool) -> dict[str, Any]:
        held = [each for each in self.model.interviews if each.department in scope]
        stands = [each for each in held if each.attendance not in ("RESCHEDULED", "ENTERED_IN_ERROR")]
        accepted = [each for each in stands if each.response == "ACCEPTED"]
        findings = [each for each in self.model.findings if each.subject in held and each.stands()]
        marks = [each for each in self.marks() if each.subject.department in scope]
        numbers = {
            "interviews": len(stands),
            "accepted": len(accepted),
            "attended": sum(each.attendance in ("ATTENDED", "ATTENDED_LATE") for each in held),
            "acceptedNotAttended": sum(each.attendance == "NOT_ATTENDED" for each in accepted),
            "excused": sum(each.state == "EXCUSED" for each in findings),
            # An erased person's has none: it went with its cause.
            "faults": sum(each.state == "FINAL" and each.outcome not in ("NO_SHOW", None) for each in findings),
        }
        numbers = numbers if full else dict.fromkeys(numbers)
        others = sum(not self.owns(each.subject.department) for each in marks)
        told = self.is_near(department) and not self.is_program and not 0 < others < SMALLEST
        return {**numbers, "noShows": len(marks) if told else None}

    # The answers

    def structure(self) -> dict[str, Any]:
        all = [self.department(each) for each in self.model.departments]
        return {
            part: [{key: each[key] for key in ("name", *keys.split())} for each in all] for part, keys in PARTS.items()
        }

    def department(self, it: Department) -> dict[str, Any]:
        near, own = self.is_near(it), self.owns(it) or self.is_program
        all, around = self.model.departments, self.around(it)
        inside = [each for each in all if it in each.way_up() and each is not it]

        def marked(scope: set[Department]) -> dict[str, Any]:
            return ids(each for each in self.marks() if each.subject.department in scope)

        def nearby(found: Callable[[], list[dict[str, str]]]) -> list[dict[str, str]]:
            return found() if near else []

        wide = self.facts(it, around, full=all_owned(self, around) and not self.is_program)
        return {
            "name": it.name,
            "code": it.name.upper() if near else None,
            "status": ("CLOSED" if it.closed else "OPEN") if near else None,
            "sharesHistory": it.shares if own else None,
            "parent": {"name": it.parent.name} if it.parent and near else None,
            "successor": {"name": it.successor.name} if it.successor and near else None,
            "ancestors": nearby(lambda: names(it.way_up()[1:])),
            "children": nearby(lambda: names(each for each in all if each.parent is it)),
            "descendants": nearby(lambda: names(inside)),
            "siblings": nearby(lambda: names(each for each in all if each.parent is it.parent and each is not it)),
            "own": marked(self.under(it)),
            "beside": marked(self.beside(it)),
            "around": marked(around),
            "findings": ids(self.held(it)),
            "applications": ids(each for each in self.applications() if each.position.department is it),
            "interviews": page(
                self.interview(each) for each in self.interviews() if each.department is it and self.is_mine(each)
            ),
            "facts": self.facts(it, self.under(it), full=self.owns(it)),
            "wide": {name: wide[name] for name in ("interviews", "noShows")},
            "conduct": {"unanswered": self.conduct(it, own=own) if near and not self.is_program else None},
            "tasks": self.tasks(self.under(it)),
        }

    def conduct(self, it: Department, *, own: bool) -> int | None:
        """What is told of it: of another department nothing of fewer than five."""
        count = self.unanswered(it)
        return None if not own and 0 < count < SMALLEST else count

    def unanswered(self, it: Department) -> int:
        """Interviews of a department, and of those that it succeeds, after which nobody told the candidate."""
        held = [each for each in self.model.interviews if it in self._heirs(each.department)]
        return sum(each.unanswered_until is not None and each.unanswered_until > self.model.now for each in held)

    def tasks(self, scope: set[Department]) -> list[dict[str, Any]]:
        def told(kind: str, subject: Subject, finding: Finding | None) -> dict[str, Any]:
            missed = {"id": subject.label} if isinstance(subject, Interview) else None
            return {"kind": kind, "interview": missed, "finding": {"id": finding.label} if finding else None}

        def is_due(finding: Finding) -> bool:
            if finding.state == "FINAL":
                return finding.doubted and finding.expires_at is not None and finding.expires_at > self.model.now
            if finding.state != "NOTICE_SENT":
                return finding.state in DUE
            return finding.answered or (finding.answer_by or self.model.now) <= self.model.now

        held = [each for each in self.model.interviews if each.application.candidate.status != "ERASED"]
        mine = [each for each in held if each.department in scope and self.owns(each.department)]
        missing = [
            told("OUTCOME_MISSING", each, None)
            for each in mine
            if (each.attendance == "PENDING" and each.response != "DECLINED" and each.is_over(self.model.now))
            or (self.model.is_unjudged(each) and not each.is_excused())
        ]
        held = [each for each in self.findings() if each.subject.department in scope]
        open = [each for each in held if self.owns(each.subject.department) and is_due(each)]
        return missing + [told(DUE[each.state], each.subject, each) for each in open]

    def positions(self) -> dict[str, Any]:
        def told(it: Department) -> list[dict[str, Any]]:
            found = [each for each in self.model.positions if each.department is it and self.is_near(it)]
            return [self.position(each) for each in found]

        return {"departments": [{"name": each.name, "positions": page(told(each))} for each in self.model.departments]}

    def position(self, it: Position) -> dict[str, Any]:
        own = self.owns(it.department) or self.is_program
        filed = [each for each in self.applications() if each.position is it]
        around = self.around(it.department)
        return {
            "title": it.name,
            "status": "CLOSED" if it.closed else "OPEN",
            "urgency": "NORMAL" if own else None,
            "applications": count(filed),
            "applicantsWithReminders": count(each for each in filed if self.reminders(each)),
            "similar": count(
                each
                for each in self.model.positions
                if each is not it and each.family == it.family and each.department in around
            ),
        }

    def people(self) -> dict[str, Any]:
        return {"candidates": page(self.person(each) for each in self.candidates())}

    def person(self, it: Candidate) -> dict[str, Any]:
        def theirs(found: Iterable[Finding]) -> list[Finding]:
            return [each for each in found if each.subject.application.candidate in it.records()]

        filed = [each for each in self.applications() if each.candidate in it.records()]
        return {
            "id": it.label,
            "sameAs": {"id": it.same.label} if it.same in self.candidates() and it.same else None,
            "displayName": it.name,
            "status": it.status,
            "email": it.email,
            "noShows": ids(theirs(self.marks())),
            "findings": page(self.finding(each) for each in theirs(self.findings())),
            "applications": page(self.application(each) for each in filed),
        }

    def application(self, it: Application) -> dict[str, Any]:
        held = [each for each in self.interviews() if each.application is it]
        return {
            "id": it.label,
            "stage": it.stage,
            "position": self.title(it.position),
            "reminders": self.reminders(it),
            "interviews": page({"id": each.label, "attendance": each.attendance} for each in held),
            "resumeChecks": self.checks(it),
        }

    def checks(self, it: Application) -> list[dict[str, Any]]:
        """What was checked by departments of one's own."""
        found = [each for each in self.model.checks if each.application is it and self.owns(each.department)]
        return [{"id": each.label, "outcome": each.outcome} for each in found]

    def held(self, it: Department) -> list[Finding]:
        return [each for each in self.findings() if each.subject.department is it and self.owns(it)]

    def mismatches(self) -> dict[str, Any]:
        def told(each: Finding) -> dict[str, Any]:
            check = self.check(each.subject) if isinstance(each.subject, Check) else None
            return {"id": each.label, "resumeCheck": check}

        return {
            "departments": [
                {"name": each.name, "findings": page(told(one) for one in self.held(each))}
                for each in self.model.departments
            ]
        }

    def check(self, it: Check) -> dict[str, Any]:
        """A mismatch, with what became of it."""
        return {
            "id": it.label,
            "superseded": it.replaced_by is not None,
            "findings": [{"id": each.label} for each in self.findings() if each.subject is it],
            "proofs": [self.proof(each) for each in it.proofs],
        }

    def work(self) -> dict[str, Any]:
        def told(it: Employment) -> dict[str, Any]:
            goals = [
                {"goal": each.text, "share": each.share, "superseded": each.superseded}
                for each in it.goals
                if not self.is_program or each.by == self.who
            ]
            title = "Clerk" if it.candidate.status != "ERASED" else None
            return {"id": it.label, "title": title, "taskResults": page(goals)}

        return {
            "departments": [
                {
                    "name": each.name,
                    "employments": page(told(one) for one in self.employments() if one.department is each),
                }
                for each in self.model.departments
            ]
        }

    def decision(self, it: Decision) -> dict[str, Any]:
        """As who recruits for the position sees it, with those findings that are in sight now; who made it, and has
        nothing to do with the position any more, sees it without the reason."""
        owns = self.owns(it.application.position.department)
        if not owns and it.by != self.who:
            return {"node": None}
        told = {
            "id": it.label,
            "verdict": it.verdict,
            "state": it.state,
            "reason": it.reason if owns else None,
            "effectiveAt": it.effective_at and instant(it.effective_at),
            "considered": [{"id": each.label} for each in self.findings() if each in it.considered],
        }
        return {"node": told}

    def answers(self) -> list[dict[str, Any]]:
        """What the queries answer."""
        return [self.structure(), self.positions(), self.people(), *([self.mismatches()] if self.model.checks else [])]


def all_owned(sight: Sight, departments: Iterable[Department]) -> bool:
    return all(sight.owns(each) for each in departments)
