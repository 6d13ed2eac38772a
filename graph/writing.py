"""How anything is written: lock, decide, write once, append an event, remember the outcome under its key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from graph import events
from graph.client import Client, Transaction
from graph.events import About, ActorKind, Author, Chain, EventType, NewEvent
from graph.keyring import live_versions
from graph.keys import CandidateKeys
from graph.refusals import Code, Refusal
from graph.secrets import Secrets
from graph.statements import Nothing, Statement
from graph.visibility import OrganizationRole, Viewer

if TYPE_CHECKING:
    from graph.proof_files import ProofFiles


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything a domain needs: the database, the keys of candidates and their files, and what a master key makes."""

    client: Client
    keys: CandidateKeys
    secrets: Secrets
    loopback: bool = False
    """Whether webhooks may lead to this machine too, as in development."""
    files: ProofFiles | None = None
    phones: bool = True
    """Whether messages can leave for a number: only the operator's own gateway writes to one."""


def random_id() -> str:
    return str(uuid4())


_LABELS = {ActorKind.CANDIDATE: "Candidate", ActorKind.SYSTEM: "Organization"}


@dataclass(frozen=True, slots=True)
class Act:
    """One call of a mutation: who, when, under which key, with which input."""

    viewer: Viewer
    now: datetime
    mutation: str
    key: str
    input: Mapping[str, Any]
    kind: ActorKind = ActorKind.HUMAN
    ids: Callable[[], Callable[[], str]] = lambda: random_id
    """Gives a source of ids for each attempt, so that sown records keep theirs when a write is tried again."""
    quiet: bool = False
    """Whether nobody is told and nothing is set to be done, as of records that are sown with their past."""

    @property
    def author(self) -> Author:
        return Author(self.viewer.id, self.kind, _LABELS.get(self.kind, "User"))


@dataclass(frozen=True, slots=True)
class Written:
    """What a mutation answers with: the type and id of the record, read anew for the caller.

    A replay was written by an earlier call; the caller may have lost sight of the record since, or had none where that
    was somebody else's.
    """

    type: str
    id: str
    replay: bool = False


Outcome: TypeAlias = Written | Refusal


@dataclass(frozen=True, slots=True)
class Operation:
    input_hash: str
    type: str | None
    id: str | None
    code: str | None
    field: str | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class Locked:
    id: str
    seq: int
    hash: str


FIND_OPERATION = Statement(
    "operations.find",
    """
    MATCH (operation:Operation {caller: $caller, mutation: $mutation, key: $key})
    RETURN operation.inputHash AS input_hash, operation.type AS type, operation.resultId AS id,
      operation.code AS code, operation.field AS field, operation.fault AS fault
    """,
    row=Operation,
)
STORE_OPERATION = Statement(
    "operations.store",
    """
    CREATE (operation:Operation {caller: $caller, mutation: $mutation, key: $key, inputHash: $input_hash,
      recordedAt: $now, type: $type, resultId: $id, code: $code, field: $field, fault: $fault})
    """,
    row=Nothing,
    writes=True,
)
FORGET_OPERATIONS = Statement(
    "operations.forget",
    "MATCH (operation:Operation) WHERE operation.recordedAt < $before DELETE operation",
    row=Nothing,
    writes=True,
)
LOCK_CANDIDATE = Statement(
    "candidates.lock",
    """
    MATCH (candidate:Candidate {id: $id}) SET candidate._lock = $lock
    RETURN candidate.id AS id, candidate.seq AS seq, candidate.hash AS hash
    """,
    row=Locked,
    writes=True,
)
LOCK_ORGANIZATION = Statement(
    "organizations.lock",
    """
    MATCH (organization:Organization {id: $id}) SET organization._lock = $lock
    RETURN organization.id AS id, organization.seq AS seq, organization.hash AS hash
    """,
    row=Locked,
    writes=True,
)


@dataclass(slots=True)
class Desk:
    """A transaction with the act that it serves; the domain functions write through it."""

    graph: Graph
    tx: Transaction
    act: Act
    new_id: Callable[[], str]
    chain: Chain | None = None
    _versions: list[int] | None = None

    async def key_versions(self) -> list[int]:
        """The live versions of the master key, read once in the transaction."""
        if self._versions is None:
            self._versions = await live_versions(self.tx.run, self.graph.secrets)
        return self._versions

    async def lock_candidate(self, id: str) -> Chain | None:
        """Locks the candidate before anything of it is read; null where there is none."""
        row = await self.tx.one(LOCK_CANDIDATE, id=id, lock=random_id())
        self.chain = Chain("Candidate", row.id, row.seq, row.hash) if row else None
        self.graph.client.turns.learn(self.act.input, id)
        return self.chain

    async def lock_organization(self) -> Chain:
        row = await self.tx.one(LOCK_ORGANIZATION, id=self.act.viewer.organization, lock=random_id())
        if row is None:
            raise LookupError("the viewer's organization is gone")
        self.chain = Chain("Organization", row.id, row.seq, row.hash)
        return self.chain

    async def record(
        self,
        type: EventType,
        about: About | None = None,
        *,
        occurred_at: datetime | None = None,
        **payload: Any,
    ) -> None:
        """Appends an event to the locked chain."""
        if self.chain is None:
            raise RuntimeError("an event needs a locked chain")
        event = NewEvent(type, occurred_at or self.act.now, about, payload)
        await events.append(self.tx, self.chain, event, id=self.new_id(), author=self.act.author, now=self.act.now)


KEPT = timedelta(days=30)
"""How long an Operation is remembered: until then the same key has one effect."""


async def forget_operations(graph: Graph, now: datetime) -> None:
    await graph.client.write(lambda tx: tx.run(FORGET_OPERATIONS, before=now - KEPT))


Work: TypeAlias = Callable[[Desk], Awaitable[Outcome]]


async def perform(graph: Graph, act: Act, work: Work) -> Outcome:
    """Runs `work` in one transaction with its Operation, so that the same key has one effect and one answer.

    A refusal is an answer too and is stored, unless time alone may put right what was refused: whoever waits and sends
    the same call again means to have it done then. `work` must refuse before it writes anything but its lock.
    """
    input_hashes = graph.secrets.input_hashes(act.input)
    place = {"caller": act.viewer.id, "mutation": act.mutation, "key": act.key}

    async def once(tx: Transaction) -> Outcome:
        earlier = await tx.one(FIND_OPERATION, **place)
        if earlier is not None:
            return _replay(earlier, input_hashes)
        outcome = await work(Desk(graph, tx, act, act.ids()))
        refusal, written = (outcome, None) if isinstance(outcome, Refusal) else (None, outcome)
        if refusal is not None and refusal.retryable:
            return refusal
        await tx.run(
            STORE_OPERATION,
            **place,
            input_hash=input_hashes[0],
            now=act.now,
            type=written and written.type,
            id=written and written.id,
            code=refusal and refusal.code.value,
            field=refusal and refusal.field,
            fault=refusal and refusal.fault,
        )
        return outcome

    return await graph.client.write(once, about=act.input)


def _replay(earlier: Operation, input_hashes: list[str]) -> Outcome:
    if earlier.input_hash not in input_hashes:
        return Refusal(Code.KEY_REUSED, "idempotencyKey")
    if earlier.type is not None and earlier.id is not None:
        return Written(earlier.type, earlier.id, replay=True)
    return Refusal(Code(earlier.code), earlier.field, earlier.fault)


HR = frozenset({OrganizationRole.HR_ADMIN})
RECRUITERS = frozenset({OrganizationRole.HR_ADMIN, OrganizationRole.MEMBER})
RECORDERS = frozenset({OrganizationRole.HR_ADMIN, OrganizationRole.MEMBER, OrganizationRole.INTEGRATOR})
REPORTERS = frozenset({OrganizationRole.HR_ADMIN, OrganizationRole.INTEGRATOR})
"""Who speaks for what is used by the whole Organization: its platforms, and what sends its messages."""


def role_refusal(viewer: Viewer, allowed: frozenset[OrganizationRole]) -> Refusal | None:
    """NOT_ALLOWED for a role that may never do this, before anything is looked up."""
    return None if viewer.role in allowed else Refusal(Code.NOT_ALLOWED)


def person_refusal(viewer: Viewer, *, verified: bool) -> Refusal | None:
    """NOT_ALLOWED for all but the candidate itself, NOT_VERIFIED where the link alone is not enough."""
    if viewer.person is None:
        return Refusal(Code.NOT_ALLOWED)
    return Refusal(Code.NOT_VERIFIED) if verified and not viewer.person.verified else None


def reach_refusal(viewer: Viewer, department: str, *, field: str, recorder: bool = False) -> Refusal | None:
    """A record outside the viewer's OWN is reported as absent; an integrator reaches the whole Organization."""
    if viewer.owns(department):
        return None
    if recorder and viewer.role is OrganizationRole.INTEGRATOR and department in viewer.relations:
        return None
    return Refusal(Code.NOT_FOUND, field)
