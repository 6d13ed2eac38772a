"""Sixteen writers about the same four people: nothing acknowledged is lost, and no invariant gives way."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from graph.interviews import Attendance
from graph.statements import Statement
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.ledger import recorded

SECONDS = float(os.environ.get("TURNOUT_WRITERS_SECONDS", "5"))
PATIENCE = 60.0
"""Seconds more in which a slow machine may write what there is to be said of."""
"""How long they write."""
WRITERS, PEOPLE, MISSED = 16, 4, 3
DEPARTMENTS = ("hq", "marketing", "brand", "technology")


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    ids: list[str]


@dataclass(frozen=True, slots=True)
class Standing:
    interview: str
    count: int


@dataclass(frozen=True, slots=True)
class Kept:
    key: str
    id: str | None
    code: str | None


CANDIDATES = Statement(
    "tests.candidates_by_name",
    """
    MATCH (candidate:Candidate {organization: $organization})
    WITH candidate ORDER BY candidate.id
    RETURN candidate.displayName AS name, collect(candidate.id) AS ids ORDER BY name
    """,
    row=Named,
)
STANDING = Statement(
    "tests.standing_findings",
    """
    MATCH (:Candidate {organization: $organization})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(i:Interview)
    RETURN i.id AS interview, COUNT { (i)<-[:FINDS]-(f:Finding) WHERE f.state <> 'VOID' } AS count
    """,
    row=Standing,
)
OPEN_TWICE = Statement(
    "tests.open_twice",
    """
    MATCH (c:Candidate {organization: $organization})-[:SUBMITTED]->(a:Application)-[:FOR]->(p:Position)
    WHERE NOT a.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN']
    WITH c.id + p.id AS interview, count(a) AS count WHERE count > 1
    RETURN interview, count
    """,
    row=Standing,
)
OPERATIONS = Statement(
    "tests.operations",
    """
    MATCH (user:User {organization: $organization}) MATCH (operation:Operation {caller: user.id})
    WHERE operation.key STARTS WITH 'writer-'
    RETURN operation.key AS key, operation.resultId AS id, operation.code AS code
    """,
    row=Kept,
)


@dataclass
class Tally:
    """What the writers were told."""

    written: dict[str, str] = field(default_factory=dict)
    """The record of each acknowledged write, by its key."""
    refused: dict[str, str] = field(default_factory=dict)
    """The code of each refusal, by its key."""
    failed: list[Any] = field(default_factory=list)
    retries: int = 0
    """How often the server began a transaction again."""
    resent: int = 0
    """How often a writer sent the same call again, because the answer said that this may help."""
    slowest: float = 0

    def __str__(self) -> str:
        return (
            f"{len(self.written)} writes, {len(self.refused)} refusals, {self.retries} retries, "
            f"{self.resent} sent again, {len(self.failed)} failures in {SECONDS:g} s or more; "
            f"the slowest took {self.slowest:.2f} s; {dict(Counter(self.refused.values()))}"
        )


@dataclass
class Writer:
    """One of those who write: chooses what to do, remembers what it was told."""

    ask: Ask
    company: Company
    tally: Tally
    interviews: list[str]
    findings: list[str]
    applications: list[str]
    chance: random.Random

    async def send(self, mutation: str, **input: Any) -> str | None:
        """Sends a mutation as HR or the like; the record's id where it was written."""
        key = f"writer-{uuid4()}"
        title = f"{mutation[0].upper()}{mutation[1:]}"
        query = (
            f"mutation Do($input: {title}Input!) {{ {mutation}(input: $input) "
            "{ __typename ... on Node { id } ... on Refused { code } } }"
        )
        start = time.monotonic()
        for _ in range(6):
            answer = await self.ask.whole(query, self.company.user("hr"), input=input | {"idempotencyKey": key})
            self.tally.retries += max(answer.statements.count("operations.find") - 1, 0)
            if not any(error["extensions"]["retryable"] for error in answer.errors):
                break
            self.tally.resent += 1
        self.tally.slowest = max(self.tally.slowest, time.monotonic() - start)
        if answer.errors:
            self.tally.failed.append(answer.errors)
            return None
        found = answer.data[mutation]
        if "code" in found:
            self.tally.refused[key] = found["code"]
            return None
        self.tally.written[key] = uid(found["id"])
        return found["id"]

    async def last_seq(self, id: str) -> int:
        return await self.ask.last_seq(self.company.user("hr"), id)

    async def act(self) -> None:
        """Something about one of the four: files, withdraws, reports, hears, decides, takes back, corrects."""
        pick = self.chance.choice
        finding = pick(self.findings) if self.findings else gid("Finding", "none yet")
        reason = {"reason": "as seen"}
        match self.chance.randrange(10):
            case 0 | 1:
                made = await self.send(
                    "submitApplication",
                    position=gid("Position", self.company.positions[pick(DEPARTMENTS)]),
                    candidate=person(self.chance.randrange(PEOPLE)),
                )
                self.applications += [made] if made else []
            case 2:
                await self.send("withdrawApplication", application=pick(self.applications))
            case 3 | 4:
                made = await self.send("reportNoShow", interview=pick(self.interviews))
                self.findings += [made] if made else []
            case 5:
                await self.send("recordStatement", finding=finding, channel="EMAIL", text="I was there.")
            case 6:
                interview = pick(self.interviews)
                cause = {"cause": "PLATFORM", "readUpTo": await self.last_seq(interview)}
                made = await self.send("confirmNoShow", interview=interview, **cause, **reason)
                self.findings += [made] if made else []
            case 7:
                read = await self.last_seq(finding)
                await self.send("confirmNoShow", finding=finding, cause="EMPLOYER", readUpTo=read, **reason)
            case 8:
                await self.send("voidNoShow", finding=finding, **reason)
            case _:
                attendance = pick(["NOT_ATTENDED", "NOT_ATTENDED", "INCOMPLETE"])
                await self.send("recordAttendance", interview=pick(self.interviews), attendance=attendance)


def person(number: int) -> dict[str, str]:
    return {"displayName": f"Person {number}", "email": f"person{number}@example.com", "phone": "+86 138 0013 8000"}


async def missed_interviews(ask: Ask, company: Company) -> tuple[list[str], list[str]]:
    """Global ids of interviews that the four did not attend, and of their applications."""
    interviews: list[str] = []
    applications: list[str] = []
    for number in range(PEOPLE):
        company.at(days=40)
        made = await ask.do(
            "submitApplication",
            company.user("hr"),
            position=gid("Position", company.positions["marketing"]),
            candidate=person(number),
        )
        applications.append(made["id"])
        for _ in range(MISSED):
            company.at(days=30)
            interview = await company.hr.interview(uid(made["id"]))
            company.hr.at = NOW
            await company.hr.attendance(interview, Attendance.NOT_ATTENDED)
            interviews.append(gid("Interview", interview))
    return interviews, applications


async def test_writers_lose_and_break_nothing(ask: Ask, company: Company) -> None:
    """Confirming, voiding and submitting about the same people at once, for as long as is asked for.

    On a slow machine, that is until enough is written to say anything.
    """
    tally = Tally()
    interviews, applications = await missed_interviews(ask, company)
    before = len(await recorded(ask, company))
    findings: list[str] = []
    shared = (interviews, findings, applications)
    writers = [Writer(ask, company, tally, *shared, random.Random(number)) for number in range(WRITERS)]
    end = time.monotonic() + SECONDS
    latest = end + PATIENCE

    async def write(writer: Writer) -> None:
        while time.monotonic() < end or (len(tally.written) <= WRITERS and time.monotonic() < latest):
            await writer.act()

    await asyncio.gather(*map(write, writers))
    print(f"\n{tally}")
    organization = company.hr.viewer.organization
    client = ask.graph.client
    assert not tally.failed, tally.failed[:3]
    assert len(tally.written) > WRITERS
    assert len(await recorded(ask, company)) - before == len(tally.written)
    operations = await client.read(OPERATIONS, organization=organization)
    assert {item.key: item.id for item in operations if item.id is not None} == tally.written
    assert {item.key: item.code for item in operations if item.code is not None} == tally.refused
    assert await company.faults() == []
    people = {item.name: item.ids for item in await client.read(CANDIDATES, organization=organization)}
    assert {name: len(ids) for name, ids in people.items()} == {f"Person {number}": 1 for number in range(PEOPLE)}
    assert not [item for item in await client.read(STANDING, organization=organization) if item.count > 1]
    assert not await client.read(OPEN_TWICE, organization=organization)


async def test_one_stranger_becomes_one_candidate(ask: Ask, company: Company) -> None:
    """Filed by several departments at the same moment, somebody nobody knew is still one person."""
    for number in range(4):
        new = {"displayName": f"Stranger {number}", "email": f"stranger{number}@example.com"}
        answers = await asyncio.gather(
            *(
                ask.do(
                    "submitApplication",
                    company.user("hr"),
                    "candidate { id }",
                    position=gid("Position", company.positions[department]),
                    candidate=new,
                )
                for department in DEPARTMENTS
            )
        )
        assert [answer["__typename"] for answer in answers] == ["Application"] * len(DEPARTMENTS)
        assert len({answer["candidate"]["id"] for answer in answers}) == 1
    people = await ask.graph.client.read(CANDIDATES, organization=company.hr.viewer.organization)
    assert {item.name: len(item.ids) for item in people} == {f"Stranger {number}": 1 for number in range(4)}
    assert await company.faults() == []


async def test_a_move_and_an_application_agree(ask: Ask, company: Company) -> None:
    """A department that is leaving the circle and somebody who applies there at that moment: one of them waits."""
    for attempt in range(4):
        brand = await company.hr.department(
            f"TEAM{attempt}", f"Team {attempt}", parent=company.departments["marketing"]
        )
        position = await company.hr.position(brand, "Editor", "MARKETING")
        moved, filed = await asyncio.gather(
            ask.do("moveDepartment", company.user("hr"), department=gid("Department", brand)),
            ask.do(
                "submitApplication",
                company.user("hr"),
                "candidate { id }",
                position=gid("Position", position),
                candidate={"displayName": f"Applicant {attempt}"},
            ),
        )
        assert filed["__typename"] == "Application"
        circles = await ask.graph.client.read(CIRCLES, id=uid(filed["candidate"]["id"]))
        assert len(circles[0].ids) == 1
        assert circles[0].ids == [circles[0].name]
        assert (moved["__typename"] == "Department") == (circles[0].name == brand)


CIRCLES = Statement(
    "tests.circles",
    """
    MATCH (candidate:Candidate {id: $id})-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(d:Department)
    RETURN candidate.circle AS name, collect(DISTINCT d.circle) AS ids
    """,
    row=Named,
)
