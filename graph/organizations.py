"""Organizations: an employer with its jurisdiction and zone, head of the chain of structural events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import graph.policies  # pyright: ignore[reportUnusedImport]  its shape
import graph.score_policies  # noqa: F401  # pyright: ignore[reportUnusedImport]  its shapes
from graph import users
from graph.client import Transaction
from graph.courses import COURSES
from graph.events import GENESIS, ActorKind, Author, Chain, EventType, NewEvent, append
from graph.orders import INTERVIEW_CONDITIONS, INTERVIEW_SORTS
from graph.statements import Found, Nothing, Statement
from graph.traversal import Form, Here, Many, One, Page, Prop, Shape, Sort, root
from graph.visibility import Level
from graph.work_calendars import KEPT
from graph.writing import Graph, random_id

ORGANIZATION = Shape(
    "Organization",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "name": Prop(see=Level.ALL),
        "nameZh": Prop(see=Level.ALL),
        "jurisdiction": Prop(see=Level.ALL),
        "timeZone": Prop(see=Level.ALL),
        "attendancePolicy": Here("PolicyInForce"),
        "costPolicy": One("CostPolicy", ("(this)-[:RECKONS_WITH]->(that:CostPolicy)",), where="that.until IS NULL"),
        "scorePolicies": Many(
            "ScorePolicy",
            ("(this)-[:SCORES_BY]->(that:ScorePolicy)",),
            order=("that.version",),
            descending=True,
            limit=50,
        ),
        "scoringOff": Prop("coalesce(this.scoreOff, false)", see=Level.ALL),
        "scoringOffIn": Prop("coalesce(this.scoreOffIn, [])", see=Level.ALL),
        "scoringOffFor": Prop("coalesce(this.scoreOffFor, [])", see=Level.ALL),
        "scoringBrakedAt": Prop("this.scoreBrakedAt", see=Level.ALL, form=Form.INSTANT),
        "scoringBrakedBecause": Prop("coalesce(this.scoreBrakedBecause, [])", see=Level.ALL),
        "courses": COURSES,
        "departments": Many("Department", ("(this)<-[:PART_OF]-(that:Department)",), order=("that.name", "that.id")),
        "interviews": Page(
            "Interview",
            ("(d:Department {organization: this.id})<-[:HELD_BY]-(that:Interview)",),
            INTERVIEW_SORTS,
            conditions=INTERVIEW_CONDITIONS,
        ),
        "workCalendars": KEPT,
        "webhooks": Many(
            "Webhook", ("(this)<-[:MEMBER_OF]-(:User)<-[:CALLS]-(that:Webhook)",), order=("that.id",), see=Level.ALL
        ),
        "users": Page(
            "User",
            ("(this)<-[:MEMBER_OF]-(that:User)",),
            {"EXTERNAL_ID": Sort("that.externalId")},
            where="$admin",
        ),
    },
)
root("organization", shape="Organization", match="(this:Organization {id: $organization})")


@dataclass(frozen=True, slots=True)
class NewOrganization:
    name: str
    name_zh: str | None
    jurisdiction: str
    time_zone: str
    admin: str
    demo: bool = False


FIND_BY_NAME = Statement(
    "organizations.find_by_name",
    "MATCH (organization:Organization {name: $name}) RETURN organization.id AS id",
    row=Found,
)
ANY = Statement("organizations.any", "MATCH (o:Organization) RETURN o.id AS id ORDER BY id LIMIT 1", row=Found)
CREATE = Statement(
    "organizations.create",
    """
    CREATE (organization:Organization {id: $id, name: $name, nameZh: $name_zh, jurisdiction: $jurisdiction,
      timeZone: $time_zone, demo: $demo, seq: 0, hash: $hash, createdAt: $now})
    """,
    row=Nothing,
    writes=True,
)


class AlreadyThere(Exception):
    """An Organization of this name, or a user of this external id, exists; its text is a sentence."""


async def create(graph: Graph, new: NewOrganization, *, now: datetime, new_id: Callable[[], str] = random_id) -> str:
    """Creates an Organization with its first HR_ADMIN and returns its id; AlreadyThere where either exists."""
    id, admin = new_id(), new_id()

    async def work(tx: Transaction) -> None:
        if await tx.one(FIND_BY_NAME, name=new.name):
            raise AlreadyThere(f"There is already an organization named {new.name}.")
        if await tx.one(users.FIND_BY_EXTERNAL_ID, external_id=new.admin):
            raise AlreadyThere(f"The user {new.admin} already belongs to an organization.")
        await tx.run(
            CREATE,
            id=id,
            name=new.name,
            name_zh=new.name_zh,
            jurisdiction=new.jurisdiction,
            time_zone=new.time_zone,
            demo=new.demo,
            hash=GENESIS,
            now=now,
        )
        await tx.run(users.CREATE, id=admin, external_id=new.admin, organization=id, role="HR_ADMIN")
        event = NewEvent(EventType.ORGANIZATION_CREATED, now, None, {"name": new.name, "admin": admin})
        chain = Chain("Organization", id, 0, GENESIS)
        await append(tx, chain, event, id=new_id(), author=Author(admin, ActorKind.SYSTEM), now=now)

    await graph.client.write(work)
    return id


async def is_empty(graph: Graph) -> bool:
    """Whether there is no Organization yet."""
    return not await graph.client.read(ANY)
