"""Pools: of each position the newest applications of each kind, whom a lost interview could be offered to.

They are kept ready on the position by the writes that change them, as short lists that are sorted already, so that
whoever is looked for among a hundred thousand people is found by as many steps as among a thousand: no engine needs to
sort, or to read an index in its order. Whoever has a no-show that counts stands in lists of their own, so that no
number of them keeps anybody without one from being seen.

An entry is text: when the application was filed, its id, how it stands and until when a no-show counts, if one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import LiteralString

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
        WHERE held.attendance <> 'CANCELLED_BY_EMPLOYER' } THEN 'Invited' ELSE 'Waiting' END AS standing,
      candidate.status = 'ACTIVE' AND application.stage <> 'HIRED' AS kept,
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
    standing: str
    kept: bool
    until: str | None

    def entry(self, now: str) -> tuple[str, str]:
        """The list that it belongs in, and what is written there."""
        words = (self.at, self.application, self.standing)
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


LIST_KNOWN = Statement(
    "pools.list_known",
    """
    MATCH (:Candidate {id: $candidate})-[:SAME_AS*0..1]-(candidate:Candidate)-[:SUBMITTED]->(application:Application)
      -[:FOR]->(position:Position)
    """
    + _KNOWN
    + """
    RETURN application.id AS application, position.id AS position, toString(application.appliedAt) AS at,
      standing, kept, until ORDER BY application
    """,
    row=Known,
)
LOCKED: LiteralString = """
    RETURN position.id AS position, [coalesce(position.poolWaiting, []), coalesce(position.poolInvited, []),
      coalesce(position.poolEnded, []), coalesce(position.poolWaitingMarked, []),
      coalesce(position.poolInvitedMarked, []), coalesce(position.poolEndedMarked, [])] AS lists,
      coalesce(position.poolCut, []) AS cut ORDER BY position
"""
"""The columns of a Pool."""
READ = Statement("pools.read", "MATCH (position:Position) WHERE position.id IN $positions" + LOCKED, row=Pool)
LOCK = Statement(
    "pools.lock",
    """
    MATCH (position:Position) WHERE position.id IN $positions
    SET position._lock = $lock
    """
    + LOCKED,
    row=Pool,
    writes=True,
)
WRITE = Statement(
    "pools.write",
    """
    MATCH (position:Position {id: $position})
    SET position.poolWaiting = $waiting, position.poolInvited = $invited, position.poolEnded = $ended,
      position.poolWaitingMarked = $waiting_marked, position.poolInvitedMarked = $invited_marked,
      position.poolEndedMarked = $ended_marked, position.poolCut = $cut, position.pooledAt = $newest,
      position.poolFadesAt = $fades
    """,
    row=Nothing,
    writes=True,
)
_FILL: LiteralString = (
    """
    SET position.poolWaiting = null, position.poolInvited = null, position.poolEnded = null,
      position.poolWaitingMarked = null, position.poolInvitedMarked = null, position.poolEndedMarked = null,
      position.poolCut = null, position.pooledAt = null, position.poolFadesAt = null
    WITH position
    MATCH (position)<-[:FOR]-(application:Application)<-[:SUBMITTED]-(candidate:Candidate {status: 'ACTIVE'})
    WHERE application.stage <> 'HIRED'
    """
    + _KNOWN
    + """
    WITH position, until, standing + CASE WHEN until IS NULL THEN '' ELSE 'Marked' END AS kind,
      toString(application.appliedAt) + ' ' + application.id + ' ' + standing
        + CASE WHEN until IS NULL THEN '' ELSE ' ' + until END AS entry
    ORDER BY entry DESC
    WITH position, min(until) AS fades, max(entry) AS newest,
      collect(CASE WHEN kind = 'Waiting' THEN entry END) AS waiting,
      collect(CASE WHEN kind = 'Invited' THEN entry END) AS invited,
      collect(CASE WHEN kind = 'Ended' THEN entry END) AS ended,
      collect(CASE WHEN kind = 'WaitingMarked' THEN entry END) AS waited,
      collect(CASE WHEN kind = 'InvitedMarked' THEN entry END) AS asked,
      collect(CASE WHEN kind = 'EndedMarked' THEN entry END) AS over
    SET position.poolWaiting = waiting[..{kept}], position.poolInvited = invited[..{kept}],
      position.poolEnded = ended[..{kept}], position.poolWaitingMarked = waited[..{kept}],
      position.poolInvitedMarked = asked[..{kept}], position.poolEndedMarked = over[..{kept}],
      position.poolFadesAt = fades, position.pooledAt = split(newest, ' ')[0],
      position.poolCut = CASE WHEN size(waiting) > {kept} THEN ['Waiting'] ELSE [] END
        + CASE WHEN size(invited) > {kept} THEN ['Invited'] ELSE [] END
        + CASE WHEN size(ended) > {kept} THEN ['Ended'] ELSE [] END
        + CASE WHEN size(waited) > {kept} THEN ['WaitingMarked'] ELSE [] END
        + CASE WHEN size(asked) > {kept} THEN ['InvitedMarked'] ELSE [] END
        + CASE WHEN size(over) > {kept} THEN ['EndedMarked'] ELSE [] END
    """.replace("{kept}", MOST_KEPT)
)
FILL = Statement(
    "pools.fill",
    "MATCH (position:Position) WHERE position.id IN $positions SET position._lock = $lock WITH position" + _FILL,
    row=Nothing,
    writes=True,
)
FILL_ALL: LiteralString = "MATCH (position:Position) WITH position" + _FILL
"""For a graph from before there were such pools."""
FORGET_OLD: LiteralString = "MATCH (:Position)-[pooled:POOLS]->(:Application) DELETE pooled"
"""Pools were relations before they were lists."""


async def settle(desk: Desk, candidate: str | None = None) -> None:
    """Puts the applications of a person, who is locked, where they belong, after anything that says how they stand."""
    if candidate is None:
        assert desk.chain is not None
        candidate = desk.chain.id
    known = await desk.tx.run(LIST_KNOWN, candidate=candidate)
    positions = sorted({each.position for each in known})
    if not positions:
        return
    now, emptied = to_graph(desk.act.now).isoformat(), list[str]()
    # Most of what happens to a person moves nothing: whoever else writes about the position need not wait for it.
    changed = [pool.position for pool in await desk.tx.run(READ, positions=positions) if pool.changed(known, now)]
    for pool in await desk.tx.run(LOCK, positions=changed, lock=random_id()) if changed else ():
        lists, cut = placed(pool, known, now)
        if any(len(lists[name]) < FEWEST for name in cut):
            emptied.append(pool.position)
        else:
            await desk.tx.run(WRITE, position=pool.position, cut=cut, **_written(lists))
    if emptied:
        await desk.tx.run(FILL, **filled(emptied))


def placed(pool: Pool, known: Iterable[Known], now: str) -> tuple[dict[str, list[str]], list[str]]:
    """The lists with these applications where they belong, and whoever's no-show has faded among the others; and which
    of them are cut. Pure; `now` as an entry has it."""
    known, found = [each for each in known if each.position == pool.position], dict[str, list[str]]()
    moved = {each.application for each in known}
    for name, entries in zip(LISTS, pool.lists, strict=True):
        for entry in entries:
            at, application, standing, *until = entry.split(" ")
            if application in moved:
                continue
            has_faded = bool(until) and until[0] <= now
            text = " ".join((at, application, standing)) if has_faded else entry
            found.setdefault(standing if has_faded else name, []).append(text)
    for each in known:
        if each.kept:
            name, entry = each.entry(now)
            found.setdefault(name, []).append(entry)
    lists = {name: sorted(found.get(name, []), reverse=True) for name in LISTS}
    for name in pool.cut:
        # What is older than all that was kept may have been cut off before: it is found again by filling.
        kept = pool.lists[LISTS.index(name)]
        lists[name] = [entry for entry in lists[name] if not kept or _age(entry) >= _age(kept[-1])]
    cut = [name for name in LISTS if name in pool.cut or len(lists[name]) > KEPT]
    return {name: entries[:KEPT] for name, entries in lists.items()}, cut


def _age(entry: str) -> list[str]:
    return entry.split(" ")[:2]


def _written(lists: Mapping[str, list[str]]) -> dict[str, object]:
    entries = [entry for each in lists.values() for entry in each]
    fades = [until for entry in entries for until in entry.split(" ")[3:]]
    return {
        "waiting": lists["Waiting"],
        "invited": lists["Invited"],
        "ended": lists["Ended"],
        "waiting_marked": lists["WaitingMarked"],
        "invited_marked": lists["InvitedMarked"],
        "ended_marked": lists["EndedMarked"],
        "newest": max(entries).split(" ")[0] if entries else None,
        "fades": min(fades, default=None),
    }


def filled(positions: Iterable[str]) -> dict[str, object]:
    """What FILL takes for positions whose applications were written in bulk."""
    return {"positions": sorted(set(positions)), "lock": random_id()}
