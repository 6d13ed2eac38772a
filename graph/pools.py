"""Pools: of each position the newest applications of each kind, whom a lost interview could be offered to.

They are kept ready by the writes that change them, as short lists that are sorted already, so that whoever is looked
for among a hundred thousand people is found by as many steps as among a thousand: no engine needs to sort, or to read
an index in its order. Whoever has a no-show that counts stands in lists of their own, so that no number of them keeps
anybody without one from being seen. The lists are a node beside the position, named by the position's id: the embedded
engine would read all of them, 40 kB, whenever anything of the position is read.

An entry is text: the month in which the application was filed, whether an interview of it was attended, when it was
filed, its id, how it stands and until when a no-show counts, if one does. So the order of texts is the order of people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from graph.client import Client
from graph.instants import to_graph
from graph.statements import Nothing, Statement
from graph.visibility import CONFIRMED
from graph.writing import Desk, random_id

MOST_KEPT: LiteralString = "100"
KEPT = int(MOST_KEPT)
"""Entries of one list: the newest."""
LEAST_KEPT: LiteralString = "60"
FEWEST = int(LEAST_KEPT)
"""Entries that are left when a list of which older ones were cut off is filled again."""
LISTS = ("Waiting", "Invited", "Ended", "WaitingMarked", "InvitedMarked", "EndedMarked")
"""How an application stands, without and with a no-show that counts: nobody was invited by it yet, or somebody was, or
it has ended without a hire."""

_KNOWN: LiteralString = (
    """
    WITH position, application, CASE WHEN application.stage IN ['REJECTED', 'WITHDRAWN'] THEN 'Ended'
      WHEN EXISTS { MATCH (application)-[:HAS_INTERVIEW]->(held:Interview)
        WHERE NOT held.attendance IN ['CANCELLED_BY_EMPLOYER', 'ENTERED_IN_ERROR'] } THEN 'Invited'
      ELSE 'Waiting' END AS standing,
      candidate.status = 'ACTIVE' AND application.stage <> 'HIRED' AS kept,
      CASE WHEN EXISTS { MATCH (application)-[:HAS_INTERVIEW]->(came:Interview)
        WHERE came.attendance IN ['ATTENDED', 'ATTENDED_LATE'] } THEN '1' ELSE '0' END AS came,
      head(COLLECT { MATCH (candidate)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->(:Application)
        -[:HAS_INTERVIEW]->(:Interview)<-[:FINDS]-(mark:Finding)
        WHERE """
    + CONFIRMED.replace("this.", "mark.")
    + """ AND mark.restricted IS NULL
        WITH max(mark.expiresAt) AS last RETURN toString(last) }) AS until
    """
)


@dataclass(frozen=True, slots=True)
class Known:
    """An application as it stands; `kept` unless nobody may be asked by it: hired, restricted or erased."""

    application: str
    position: str
    at: str
    came: str
    standing: str
    kept: bool
    until: str | None

    def entry(self, now: str) -> tuple[str, str]:
        """The list that it belongs in, and what is written there."""
        words = (self.at[:7], self.came, self.at, self.application, self.standing)
        if self.until is None or self.until <= now:
            return self.standing, " ".join(words)
        return f"{self.standing}Marked", " ".join((*words, self.until))


@dataclass(frozen=True, slots=True)
class Pool:
    """A position's lists in the order of LISTS, and of which of them older entries were cut off."""

    position: str
    lists: list[list[str]]
    cut: list[str]

    def changed(self, known: Iterable[Known], now: str) -> bool:
        lists, cut = placed(self, known, now)
        return list(lists.values()) != self.lists or cut != self.cut


@dataclass(frozen=True, slots=True)
class OfPosition:
    id: str


LIST_KNOWN = Statement(
    "pools.list_known",
    """
    MATCH (:Candidate {id: $candidate})-[:SAME_AS*0..1]-(candidate:Candidate)-[:SUBMITTED]->(application:Application)
      -[:FOR]->(position:Position)
    """
    + _KNOWN
    + """
    RETURN application.id AS application, position.id AS position, toString(application.appliedAt) AS at,
      came, standing, kept, until ORDER BY application
    """,
    row=Known,
)
FOUND: LiteralString = """
    OPTIONAL MATCH (pool:Pool {id: position.id})
    RETURN position.id AS position, [coalesce(pool.waiting, []), coalesce(pool.invited, []), coalesce(pool.ended, []),
      coalesce(pool.waitingMarked, []), coalesce(pool.invitedMarked, []), coalesce(pool.endedMarked, [])] AS lists,
      coalesce(pool.cut, []) AS cut ORDER BY position
"""
"""The columns of a Pool."""
READ = Statement("pools.read", "MATCH (position:Position) WHERE position.id IN $positions" + FOUND, row=Pool)
LOCK = Statement(
    "pools.lock",
    """
    MATCH (position:Position) WHERE position.id IN $positions
    SET position._lock = $lock
    WITH position
    """
    + FOUND,
    row=Pool,
    writes=True,
)
WRITE = Statement(
    "pools.write",
    """
    MATCH (position:Position {id: $position}) SET position.pooledAt = $newest
    MERGE (pool:Pool {id: $position})
    SET pool.waiting = $waiting, pool.invited = $invited, pool.ended = $ended,
      pool.waitingMarked = $waiting_marked, pool.invitedMarked = $invited_marked,
      pool.endedMarked = $ended_marked, pool.cut = $cut, pool.fadesAt = $fades
    """,
    row=Nothing,
    writes=True,
)
_FILL: LiteralString = (
    """
    MERGE (pool:Pool {id: position.id})
    SET position.pooledAt = null, pool.waiting = [], pool.invited = [], pool.ended = [], pool.waitingMarked = [],
      pool.invitedMarked = [], pool.endedMarked = [], pool.cut = [], pool.fadesAt = null
    WITH position, pool
    MATCH (position)<-[:FOR]-(application:Application)<-[:SUBMITTED]-(candidate:Candidate {status: 'ACTIVE'})
    WHERE application.stage <> 'HIRED'
    """
    + _KNOWN.replace("WITH position,", "WITH position, pool,", 1)
    + """
    WITH position, pool, application, standing, came, CASE WHEN until > $now THEN until END AS until
    WITH position, pool, until, toString(application.appliedAt) AS filed,
      standing + CASE WHEN until IS NULL THEN '' ELSE 'Marked' END AS kind,
      came + ' ' + toString(application.appliedAt) + ' ' + application.id + ' ' + standing
        + CASE WHEN until IS NULL THEN '' ELSE ' ' + until END AS said
    WITH position, pool, kind, substring(filed, 0, 7) + ' ' + said AS entry
    ORDER BY entry DESC
    WITH position, pool,
      collect(CASE WHEN kind = 'Waiting' THEN entry END) AS waiting,
      collect(CASE WHEN kind = 'Invited' THEN entry END) AS invited,
      collect(CASE WHEN kind = 'Ended' THEN entry END) AS ended,
      collect(CASE WHEN kind = 'WaitingMarked' THEN entry END) AS waited,
      collect(CASE WHEN kind = 'InvitedMarked' THEN entry END) AS asked,
      collect(CASE WHEN kind = 'EndedMarked' THEN entry END) AS over
    SET pool.waiting = waiting[..{kept}], pool.invited = invited[..{kept}],
      pool.ended = ended[..{kept}], pool.waitingMarked = waited[..{kept}],
      pool.invitedMarked = asked[..{kept}], pool.endedMarked = over[..{kept}],
      pool.cut = CASE WHEN size(waiting) > {kept} THEN ['Waiting'] ELSE [] END
        + CASE WHEN size(invited) > {kept} THEN ['Invited'] ELSE [] END
        + CASE WHEN size(ended) > {kept} THEN ['Ended'] ELSE [] END
        + CASE WHEN size(waited) > {kept} THEN ['WaitingMarked'] ELSE [] END
        + CASE WHEN size(asked) > {kept} THEN ['InvitedMarked'] ELSE [] END
        + CASE WHEN size(over) > {kept} THEN ['EndedMarked'] ELSE [] END
    WITH position, pool
    UNWIND pool.waiting + pool.invited + pool.ended
      + pool.waitingMarked + pool.invitedMarked + pool.endedMarked AS entry
    WITH position, pool, split(entry, ' ') AS said
    WITH position, pool, max(said[2]) AS newest, min(said[5]) AS fades
    SET position.pooledAt = newest, pool.fadesAt = fades
    """.replace("{kept}", MOST_KEPT)
)
FILL = Statement(
    "pools.fill",
    "MATCH (position:Position) WHERE position.id IN $positions SET position._lock = $lock WITH position" + _FILL,
    row=Nothing,
    writes=True,
)
PORTION = 20
"""Positions of which the pools are filled by one statement."""
LIST_POSITIONS = Statement(
    "pools.list_positions", "MATCH (position:Position) RETURN position.id AS id ORDER BY id", row=OfPosition
)
FORGET_OLD: tuple[LiteralString, ...] = (
    "MATCH (:Position)-[pooled:POOLS]->(:Application) DELETE pooled",
    """
    MATCH (position:Position)
    SET position.poolWaiting = null, position.poolInvited = null, position.poolEnded = null,
      position.poolWaitingMarked = null, position.poolInvitedMarked = null, position.poolEndedMarked = null,
      position.poolCut = null, position.poolFadesAt = null
    """,
)
"""Pools were relations before they were lists, and these were the position's own before they were nodes."""


async def settle(desk: Desk, candidate: str | None = None) -> None:
    """Puts the applications of a person, who is locked, where they belong, after anything that says how they stand."""
    if candidate is None:
        assert desk.chain is not None
        candidate = desk.chain.id
    known = await desk.tx.run(LIST_KNOWN, candidate=candidate)
    positions = sorted({each.position for each in known})
    if not positions:
        return
    now, emptied = _text(desk.act.now), list[str]()
    # Most of what happens to a person moves nothing: whoever else writes about the position need not wait for it.
    changed = [pool.position for pool in await desk.tx.run(READ, positions=positions) if pool.changed(known, now)]
    if not changed:
        return
    locked = await desk.tx.run(LOCK, positions=changed, lock=random_id())
    # Another record of the person has a lock of its own, and may have been written until the positions were locked.
    known = await desk.tx.run(LIST_KNOWN, candidate=candidate)
    for pool in locked:
        lists, cut = placed(pool, known, now)
        if any(len(lists[name]) < FEWEST for name in cut):
            emptied.append(pool.position)
        else:
            await desk.tx.run(WRITE, position=pool.position, cut=cut, **_written(lists))
    if emptied:
        await desk.tx.run(FILL, **filled(emptied, desk.act.now))


def placed(pool: Pool, known: Iterable[Known], now: str) -> tuple[dict[str, list[str]], list[str]]:
    """The lists with these applications where they belong, and whoever's no-show has faded among the others; and which
    of them are cut. Pure; `now` as an entry has it."""
    known, found = [each for each in known if each.position == pool.position], dict[str, list[str]]()
    moved = {each.application for each in known}
    for name, entries in zip(LISTS, pool.lists, strict=True):
        for entry in entries:
            words = entry.split(" ")
            if words[3] in moved:
                continue
            standing, until = words[4], words[5:]
            has_faded = bool(until) and until[0] <= now
            text = " ".join(words[:5]) if has_faded else entry
            found.setdefault(standing if has_faded else name, []).append(text)
    for each in known:
        if each.kept:
            name, entry = each.entry(now)
            found.setdefault(name, []).append(entry)
    lists = {name: sorted(found.get(name, []), reverse=True) for name in LISTS}
    for name in pool.cut:
        # What comes after all that was kept may have been cut off before: it is found again by filling.
        kept = pool.lists[LISTS.index(name)]
        lists[name] = [entry for entry in lists[name] if not kept or _place(entry) >= _place(kept[-1])]
    cut = [name for name in LISTS if name in pool.cut or len(lists[name]) > KEPT]
    return {name: entries[:KEPT] for name, entries in lists.items()}, cut


def _text(now: datetime) -> str:
    """As an entry has it."""
    return to_graph(now).isoformat()


def _place(entry: str) -> list[str]:
    return entry.split(" ")[:4]


def _written(lists: Mapping[str, list[str]]) -> dict[str, object]:
    entries = [entry for each in lists.values() for entry in each]
    fades = [until for entry in entries for until in entry.split(" ")[5:]]
    return {
        "waiting": lists["Waiting"],
        "invited": lists["Invited"],
        "ended": lists["Ended"],
        "waiting_marked": lists["WaitingMarked"],
        "invited_marked": lists["InvitedMarked"],
        "ended_marked": lists["EndedMarked"],
        "newest": max((entry.split(" ")[2] for entry in entries), default=None),
        "fades": min(fades, default=None),
    }


async def fill_all(client: Client, now: datetime) -> None:
    """Fills the pools of all positions, of a graph that has none or was written in bulk."""
    found = [row.id for row in await client.read(LIST_POSITIONS)]
    for start in range(0, len(found), PORTION):
        given = filled(found[start : start + PORTION], now)
        await client.write(lambda tx, given=given: tx.run(FILL, **given))


def filled(positions: Iterable[str], now: datetime) -> dict[str, object]:
    """What FILL takes for positions whose applications were written in bulk."""
    return {"positions": sorted(set(positions)), "lock": random_id(), "now": _text(now)}
