"""Plain Strawberry with a DataLoader for each edge, as one would write it without Turnout; visibility is checked."""

from __future__ import annotations

import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import strawberry
import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey
from neo4j import READ_ACCESS, AsyncDriver, AsyncGraphDatabase
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

COUNTS = """finding.state = 'FINAL' AND finding.outcome = 'NO_SHOW' AND finding.cause = 'CANDIDATE'
  AND finding.expiresAt > $now AND finding.restricted IS NULL"""

DEPARTMENT = """
UNWIND $keys AS key MATCH (department:Department {organization: $organization, code: key})
WHERE department.id IN $near
RETURN key, department {.id, .name} AS row
"""
POSITIONS = """
UNWIND $keys AS key
MATCH (:Department {id: key[0]})<-[:BELONGS_TO]-(position:Position)
WHERE key[0] IN $near
WITH key, position ORDER BY position.title, position.id
WITH key, collect(position {.id, .title, .jobFamily, .status}) AS rows
RETURN key, rows[..key[1]] AS row
"""
APPLICATIONS_FOR = """
UNWIND $keys AS key
MATCH (position:Position {id: key[0]})-[:BELONGS_TO]->(department:Department) WHERE department.id IN $own
MATCH (position)<-[:FOR]-(application:Application)
WITH key, application ORDER BY application.appliedAt DESC, application.id
WITH key, collect(application {.id, .stage, .appliedAt, .source}) AS rows
RETURN key, rows[..key[1]] AS row
"""
APPLICATION = """
UNWIND $keys AS key
MATCH (application:Application {id: key})-[:FOR]->(:Position)-[:BELONGS_TO]->(department:Department)
WHERE department.id IN $own
RETURN key, application {.id, .stage, .appliedAt, .source} AS row
"""
CANDIDATE_OF = """
UNWIND $keys AS key
MATCH (:Application {id: key})<-[:SUBMITTED]-(candidate:Candidate)
WHERE EXISTS { (candidate)-[:SUBMITTED]->(:Application)-[:FOR]->(:Position)-[:BELONGS_TO]->(department:Department)
  WHERE department.id IN $own }
RETURN key, candidate {.id, .displayName} AS row
"""
APPLICATIONS_BY = """
UNWIND $keys AS key
MATCH (:Candidate {id: key[0]})-[:SUBMITTED]->(application:Application)-[:FOR]->(:Position)
  -[:BELONGS_TO]->(department:Department)
WHERE department.id IN $own
WITH key, application ORDER BY application.appliedAt DESC, application.id
WITH key, collect(application {.id, .stage, .appliedAt, .source}) AS rows
RETURN key, rows[..key[1]] AS row
"""
POSITION_OF = """
UNWIND $keys AS key
MATCH (:Application {id: key})-[:FOR]->(position:Position)-[:BELONGS_TO]->(department:Department)
WHERE department.id IN $near
RETURN key, position {.id, .title, .jobFamily, .status} AS row
"""
DEPARTMENT_OF = """
UNWIND $keys AS key
MATCH (:Position {id: key})-[:BELONGS_TO]->(department:Department {organization: $organization})
RETURN key, department {.id, .name} AS row
"""
INTERVIEWS_OF = """
UNWIND $keys AS key
MATCH (:Application {id: key[0]})-[:HAS_INTERVIEW]->(interview:Interview)-[:HELD_BY]->(department:Department)
WHERE department.id IN $own
WITH key, interview ORDER BY interview.startsAt DESC, interview.id
WITH key, collect(interview {.id, .mode, .startsAt, .response, .attendance}) AS rows
RETURN key, rows[..key[1]] AS row
"""
_RELATION = "CASE WHEN held.id IN $own THEN 'OWN' WHEN held.id IN $sibling THEN 'SIBLING' ELSE 'CIRCLE' END"
_FINDING = (
    "finding {.id, .occurredAt, relation: " + _RELATION + ", reason: CASE WHEN held.id IN $own THEN finding.reason END}"
)
NO_SHOWS_OF = (
    """
UNWIND $keys AS key
MATCH (:Candidate {id: key[0]})-[:SUBMITTED]->(:Application)-[:HAS_INTERVIEW]->(interview:Interview)
  <-[:FINDS]-(finding:Finding)
MATCH (interview)-[:HELD_BY]->(held:Department)
WHERE held.id IN $near AND """
    + COUNTS
    + """
WITH key, finding, held ORDER BY finding.occurredAt DESC, finding.id
WITH key, collect("""
    + _FINDING
    + """) AS rows
RETURN key, rows[..key[1]] AS row
"""
)
FINDING = (
    """
UNWIND $keys AS key
MATCH (finding:Finding {id: key})-[:FINDS]->(:Interview)-[:HELD_BY]->(held:Department)
WHERE held.id IN $near AND """
    + COUNTS
    + " RETURN key, "
    + _FINDING
    + " AS row"
)
DEPARTMENT_OF_FINDING = """
UNWIND $keys AS key
MATCH (:Finding {id: key})-[:FINDS]->(:Interview)-[:HELD_BY]->(department:Department {organization: $organization})
RETURN key, department {.id, .name} AS row
"""
POSITION_OF_FINDING = """
UNWIND $keys AS key
MATCH (:Finding {id: key})-[:FINDS]->(:Interview)<-[:HAS_INTERVIEW]-(:Application)-[:FOR]->(position:Position)
  -[:BELONGS_TO]->(department:Department)
WHERE department.id IN $near
RETURN key, position {.id, .title, .jobFamily, .status} AS row
"""
DEPARTMENT_BY_ID = """
UNWIND $keys AS key MATCH (department:Department {id: key, organization: $organization})
RETURN key, department {.id, .name} AS row
"""
REMINDERS_OF = (
    """
UNWIND $keys AS key
MATCH (this:Application {id: key})-[:FOR]->(wanted:Position)-[:BELONGS_TO]->(applied:Department)
MATCH (this)<-[:SUBMITTED]-(candidate:Candidate)
CALL (this, wanted, applied, candidate) {
  MATCH (candidate)-[:SUBMITTED]->(filed:Application)-[:HAS_INTERVIEW]->(interview:Interview)
  MATCH (interview)<-[:FINDS]-(finding:Finding)
  MATCH (interview)-[:HELD_BY]->(held:Department)
  MATCH (filed)-[:FOR]->(missed:Position)
  WHERE held.circle = applied.circle AND held.id IN $near AND """
    + COUNTS
    + """
  RETURN {kind: CASE
      WHEN EXISTS { (held)-[:SUCCEEDED_BY*0..]->(last:Department)-[:PART_OF*0..]->(applied)
        WHERE NOT EXISTS { (last)-[:SUCCEEDED_BY]->(:Department) } } THEN 'SAME_DEPARTMENT'
      WHEN EXISTS { (held)-[:SUCCEEDED_BY*0..]->(last:Department)-[:PART_OF*0..]->(top:Department)-[:PART_OF]->()
          <-[:PART_OF]-(applied)
        WHERE top.circle = applied.circle AND NOT EXISTS { (last)-[:SUCCEEDED_BY]->(:Department) } }
        THEN 'SIBLING_DEPARTMENT'
      ELSE 'CIRCLE_DEPARTMENT' END,
    mode: interview.mode, occurredAt: finding.occurredAt, zone: interview.timeZone, name: held.name,
    nameZh: held.nameZh, department: held.id, finding: finding.id, similar: wanted.jobFamily = missed.jobFamily,
    relation: """
    + _RELATION
    + """} AS row, finding.occurredAt AS at, finding.id AS id
  UNION ALL
  MATCH (candidate)-[:SUBMITTED]->(filed:Application)-[:FOR]->(other:Position)-[:BELONGS_TO]->(held:Department)
  MATCH (held)-[:PART_OF*1..]->(employer:Organization)
  WHERE filed <> this AND held.circle = applied.circle AND held.id IN $near
    AND NOT EXISTS { (held)-[:SUCCEEDED_BY*0..]->(last:Department)-[:PART_OF*0..]->(applied)
      WHERE NOT EXISTS { (last)-[:SUCCEEDED_BY]->(:Department) } }
  RETURN {kind: 'REPEAT_APPLICATION', occurredAt: filed.appliedAt, zone: employer.timeZone, name: held.name,
    nameZh: held.nameZh, department: held.id, similar: wanted.jobFamily = other.jobFamily, relation: """
    + _RELATION
    + """} AS row, filed.appliedAt AS at, filed.id AS id
}
WITH key, row ORDER BY at DESC, id DESC
WITH key, collect(row) AS rows
RETURN key, rows[..20] AS row
"""
)

MODES = {
    "AI_ASYNC": ("AI面试", "an AI interview"),
    "AI_LIVE": ("AI面试", "an AI interview"),
    "VIDEO": ("视频面试", "a video interview"),
    "ONSITE": ("现场面试", "an on-site interview"),
}


class Loaders:
    """The loaders of one request; each sends one statement for all keys that were asked for together."""

    def __init__(self, driver: AsyncDriver, viewer: dict[str, Any]) -> None:
        self._driver = driver
        self._given = {name: viewer[name] for name in ("organization", "own", "sibling", "near")}
        self._given["now"] = datetime.now(UTC).replace(tzinfo=None)
        self.department = self._one(DEPARTMENT)
        self.department_by_id = self._one(DEPARTMENT_BY_ID)
        self.department_of_position = self._one(DEPARTMENT_OF)
        self.department_of_finding = self._one(DEPARTMENT_OF_FINDING)
        self.positions = self._many(POSITIONS)
        self.position_of_application = self._one(POSITION_OF)
        self.position_of_finding = self._one(POSITION_OF_FINDING)
        self.application = self._one(APPLICATION)
        self.applications_for_position = self._many(APPLICATIONS_FOR)
        self.applications_by_candidate = self._many(APPLICATIONS_BY)
        self.candidate_of_application = self._one(CANDIDATE_OF)
        self.interviews_of_application = self._many(INTERVIEWS_OF)
        self.no_shows_of_candidate = self._many(NO_SHOWS_OF)
        self.finding = self._one(FINDING)
        self.reminders_of_application = self._one(REMINDERS_OF)

    def _one(self, text: str) -> DataLoader[str, Any]:
        async def load(keys: list[str]) -> Sequence[Any]:
            found = {key: row for key, row in await self._run(text, keys)}
            return [found.get(key) for key in keys]

        return DataLoader(load)

    def _many(self, text: str) -> DataLoader[tuple[str, int], list[Any]]:
        async def load(keys: list[tuple[str, int]]) -> Sequence[list[Any]]:
            found = {(key[0], key[1]): rows for key, rows in await self._run(text, [list(key) for key in keys])}
            return [found.get(key, []) for key in keys]

        return DataLoader(load)

    async def _run(self, text: str, keys: list[Any]) -> list[list[Any]]:
        async with self._driver.session(default_access_mode=READ_ACCESS) as session:
            result = await session.run(text, keys=keys, **self._given)  # type: ignore[arg-type]
            return [record.values() async for record in result]


Info = strawberry.Info[Loaders, None]


def global_id(type: str, id: str) -> strawberry.ID:
    return strawberry.ID(b64encode(f"{type}:{id}".encode()).decode())


def instant(stored: Any) -> datetime:
    return stored.to_native().replace(tzinfo=UTC)


@strawberry.enum
class Locale(Enum):
    ZH_CN = "ZH_CN"
    EN = "EN"


@strawberry.enum
class PositionOrder(Enum):
    TITLE = "TITLE"


@strawberry.enum
class ApplicationOrder(Enum):
    APPLIED_AT_DESC = "APPLIED_AT_DESC"


@strawberry.enum
class InterviewOrder(Enum):
    STARTS_AT_DESC = "STARTS_AT_DESC"


@strawberry.enum
class FindingOrder(Enum):
    OCCURRED_AT_DESC = "OCCURRED_AT_DESC"


@strawberry.type
class Interview:
    id: strawberry.ID
    mode: str
    starts_at: datetime
    response: str
    attendance: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Interview:
        id = global_id("Interview", row["id"])
        return cls(id=id, mode=row["mode"], starts_at=instant(row["startsAt"]), **_same(row, "response", "attendance"))


@strawberry.type
class Interviews:
    nodes: list[Interview]


@strawberry.type
class Finding:
    key: strawberry.Private[str]
    id: strawberry.ID
    occurred_at: datetime
    relation: str
    reason: str | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Finding:
        same = _same(row, "relation", "reason")
        at = instant(row["occurredAt"])
        return cls(key=row["id"], id=global_id("Finding", row["id"]), occurred_at=at, **same)

    @strawberry.field
    async def department(self, info: Info) -> Department:
        return Department.of(await info.context.department_of_finding.load(self.key))

    @strawberry.field
    async def position(self, info: Info) -> Position | None:
        row = await info.context.position_of_finding.load(self.key)
        return Position.of(row) if row else None


@strawberry.type
class Findings:
    nodes: list[Finding]


@strawberry.type
class Reminder:
    row: strawberry.Private[dict[str, Any]]
    kind: str
    similar_position: bool
    occurred_at: datetime
    relation: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Reminder:
        at = instant(row["occurredAt"])
        return cls(row=row, similar_position=row["similar"], occurred_at=at, **_same(row, "kind", "relation"))

    @strawberry.field
    def message(self, locale: Locale = Locale.ZH_CN) -> str:
        local = self.occurred_at.astimezone(ZoneInfo(self.row["zone"]))
        name, is_repeat = self.row["name"], self.kind == "REPEAT_APPLICATION"
        if locale is Locale.EN:
            when = f"{local:%B} {local.year}"
            if is_repeat:
                return f"This candidate applied to {name} in {when}"
            place = "this department" if self.kind == "SAME_DEPARTMENT" else name
            return f"This candidate missed {MODES[self.row['mode']][1]} with {place} in {when}"
        when, name = f"{local.year}年{local.month}月", self.row["nameZh"] or name
        if is_repeat:
            return f"该候选人曾在{when}投递{name}岗位"
        place = "本部门" if self.kind == "SAME_DEPARTMENT" else name
        return f"该候选人曾在{when}爽约{place}{MODES[self.row['mode']][0]}"

    @strawberry.field
    async def department(self, info: Info) -> Department:
        return Department.of(await info.context.department_by_id.load(self.row["department"]))

    @strawberry.field
    async def no_show(self, info: Info) -> Finding | None:
        id = self.row.get("finding")
        row = await info.context.finding.load(id) if id else None
        return Finding.of(row) if row else None


@strawberry.type
class Candidate:
    key: strawberry.Private[str]
    id: strawberry.ID
    display_name: str | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Candidate:
        return cls(key=row["id"], id=global_id("Candidate", row["id"]), display_name=row["displayName"])

    @strawberry.field
    async def applications(
        self, info: Info, first: int = 20, order_by: ApplicationOrder = ApplicationOrder.APPLIED_AT_DESC
    ) -> Applications:
        rows = await info.context.applications_by_candidate.load((self.key, first))
        return Applications(nodes=[Application.of(row) for row in rows])

    @strawberry.field
    async def no_shows(
        self, info: Info, first: int = 20, order_by: FindingOrder = FindingOrder.OCCURRED_AT_DESC
    ) -> Findings:
        rows = await info.context.no_shows_of_candidate.load((self.key, first))
        return Findings(nodes=[Finding.of(row) for row in rows])


@strawberry.type
class Application:
    key: strawberry.Private[str]
    id: strawberry.ID
    stage: str
    applied_at: datetime
    source: str | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Application:
        at, same = instant(row["appliedAt"]), _same(row, "stage", "source")
        return cls(key=row["id"], id=global_id("Application", row["id"]), applied_at=at, **same)

    @strawberry.field
    async def candidate(self, info: Info) -> Candidate:
        return Candidate.of(await info.context.candidate_of_application.load(self.key))

    @strawberry.field
    async def position(self, info: Info) -> Position:
        return Position.of(await info.context.position_of_application.load(self.key))

    @strawberry.field
    async def interviews(
        self, info: Info, first: int = 20, order_by: InterviewOrder = InterviewOrder.STARTS_AT_DESC
    ) -> Interviews:
        rows = await info.context.interviews_of_application.load((self.key, first))
        return Interviews(nodes=[Interview.of(row) for row in rows])

    @strawberry.field
    async def reminders(self, info: Info) -> list[Reminder]:
        rows = await info.context.reminders_of_application.load(self.key)
        return [Reminder.of(row) for row in rows or []]


@strawberry.type
class Applications:
    nodes: list[Application]


@strawberry.type
class Position:
    key: strawberry.Private[str]
    id: strawberry.ID
    title: str
    job_family: str
    status: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Position:
        same = _same(row, "title", "status")
        return cls(key=row["id"], id=global_id("Position", row["id"]), job_family=row["jobFamily"], **same)

    @strawberry.field
    async def department(self, info: Info) -> Department:
        return Department.of(await info.context.department_of_position.load(self.key))

    @strawberry.field
    async def applications(
        self, info: Info, first: int = 20, order_by: ApplicationOrder = ApplicationOrder.APPLIED_AT_DESC
    ) -> Applications:
        rows = await info.context.applications_for_position.load((self.key, first))
        return Applications(nodes=[Application.of(row) for row in rows])


@strawberry.type
class Positions:
    nodes: list[Position]


@strawberry.type
class Department:
    key: strawberry.Private[str]
    id: strawberry.ID
    name: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Department:
        return cls(key=row["id"], id=global_id("Department", row["id"]), name=row["name"])

    @strawberry.field
    async def positions(self, info: Info, first: int = 20, order_by: PositionOrder = PositionOrder.TITLE) -> Positions:
        rows = await info.context.positions.load((self.key, first))
        return Positions(nodes=[Position.of(row) for row in rows])


@strawberry.type
class Query:
    @strawberry.field
    async def department(self, info: Info, code: str) -> Department | None:
        row = await info.context.department.load(code)
        return Department.of(row) if row else None

    @strawberry.field
    async def application(self, info: Info, id: strawberry.ID) -> Application | None:
        _, _, key = b64decode(id).decode().partition(":")
        row = await info.context.application.load(key)
        return Application.of(row) if row else None


def _same(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


class App(GraphQL[Loaders, None]):
    """Tells who asks by a signed token that names the departments in reach."""

    def __init__(self, driver: AsyncDriver, read: Callable[[str], dict[str, Any]]) -> None:
        super().__init__(strawberry.Schema(Query))
        self._driver, self._read = driver, read

    async def get_context(self, request: Any, response: Any) -> Any:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        return Loaders(self._driver, self._read(token))


def main() -> None:
    port, uri = sys.argv[1:]
    key = OctKey.import_key(os.environ["BENCH_SECRET"].encode())
    driver = AsyncGraphDatabase.driver(uri, notifications_min_severity="OFF")
    app = App(driver, lambda token: jwt.decode(token, key, algorithms=["HS256"]).claims)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
