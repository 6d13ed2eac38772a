"""Refill 补位: whom a lost interview could be given to, by what the position's own department may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from graph.instants import from_text, month
from graph.labels import month_in_words
from graph.pools import LEAST_KEPT
from graph.refusals import Locale
from graph.traversal import ROOTS, Derived, Form, Here, Many, Merged, One, Pick, Prop, Root, Shape, compose
from graph.visibility import COUNTS
from graph.writing import Act, Graph

MOST = 50
"""Suggestions that one answer holds."""

_FAMILY: LiteralString = "split(replace(replace(toUpper(x.jobFamily), '-', '_'), ' ', '_'), '_')[0]"
_ALIKE: LiteralString = _FAMILY.replace("x.", "other.") + " = " + _FAMILY.replace("x.", "wanted.")
"""Families are similar that begin with the same word: SOFTWARE_WEB and SOFTWARE_DATA."""
_YIELDS: LiteralString = "(wanted.urgency = 'URGENT_BACKFILL' AND {}.urgency <> 'URGENT_BACKFILL')"
"""An urgent position comes first: whoever only waits for one that is not may be asked to it."""
_SELF: LiteralString = "(person)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->"
_RUNNING: LiteralString = (
    "size(["
    + _SELF
    + """(running:Application)-[:FOR]->(elsewhere:Position {status: 'OPEN'})-[:BELONGS_TO]->(at:Department)
        WHERE at.id IN $own AND elsewhere.id <> wanted.id
          AND NOT running.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN']
          AND ((running.appliedAt > $now - duration({days: 90}) AND NOT """
    + _YIELDS.replace("{}", "elsewhere")
    + """) OR size([(running)-[:HAS_INTERVIEW]->(awaited:Interview {attendance: 'PENDING'}) | 1]) > 0) | 1]) > 0"""
)
_HAD_TURN: LiteralString = (
    "size(["
    + _SELF
    + """(same:Application)-[:FOR]->(again:Position)
        WHERE again.id = wanted.id AND (same.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN']
          OR size([(same)-[:HAS_INTERVIEW]->(held:Interview)
            WHERE held.attendance <> 'CANCELLED_BY_EMPLOYER' | 1]) > 0) | 1]) > 0"""
)
_MARKS: LiteralString = (
    "size(["
    + _SELF
    + """(:Application)-[:HAS_INTERVIEW]->(missed:Interview)<-[:FINDS]-(mark:Finding)
          WHERE """
    + COUNTS.replace("this.", "mark.")
    + """ AND size([(missed)-[:HELD_BY]->(by:Department) WHERE by.id IN $near | 1]) > 0 | 1])"""
)
_ATTENDED: LiteralString = (
    "size(["
    + _SELF
    + """(:Application)-[:HAS_INTERVIEW]->(came:Interview)-[:HELD_BY]->(to:Department)
          WHERE came.attendance IN ['ATTENDED', 'ATTENDED_LATE'] AND to.id IN $own | 1])"""
)
"""Of one person, by comprehensions: the embedded engine sets a subquery up anew for each row."""
_ENTRIES: LiteralString = """certain
      + CASE WHEN NOT itself AND (sure < 140 OR closed OR gives)
        THEN coalesce(other.poolWaiting, [])[..{least}] + coalesce(other.poolInvited, [])[..{least}] ELSE [] END
      + CASE WHEN NOT (sure < 140 OR coalesce(other.poolFadesAt, 'never') <= toString($now)) THEN []
        WHEN itself THEN coalesce(other.poolWaitingMarked, [])[..{least}]
        ELSE coalesce(other.poolWaitingMarked, [])[..{least}]
          + coalesce(other.poolInvitedMarked, [])[..{least}]
          + coalesce(other.poolEndedMarked, [])[..{least}] END""".replace("{least}", LEAST_KEPT)
"""Of the very position who waits for it, of others whose process has ended. Where these are not many more than anybody
may want, also who may be busy, and who has a no-show; and those always whose no-show may have faded meanwhile.

The least that is kept of one list, of each, however many are wanted: who comes first does not depend on that.
"""
_LADDER: LiteralString = """
      WITH wanted, spot, certain, [nth IN range(4, size(certain) - 1, 5) | certain[nth]] + [''] AS rungs
      UNWIND rungs AS rung
      WITH wanted, spot, certain, rung ORDER BY rung DESC
      WITH wanted, collect(rung) AS ladder, collect(CASE WHEN rung = '' THEN [spot, certain] END) AS spots,
        sum(CASE WHEN rung = '' THEN size(certain) ELSE 0 END) AS sure
      WITH wanted, spots, sure, coalesce(ladder[27], '') AS bar"""
"""A rung is each fifth entry of a list: five of it are as new or newer. So down to the 28th of all rungs, newest first,
there are 140 entries, which come before all that is older: nothing below need be taken apart."""
_RANKED: LiteralString = (
    """(wanted:Position {id: $position})-[:BELONGS_TO]->(place:Department) WHERE place.id IN $own
      MATCH (home:Department {circle: place.circle})<-[:BELONGS_TO]-(other:Position)
      WHERE home.id IN $own AND other.pooledAt IS NOT NULL AND """
    + _ALIKE
    + """
      WITH wanted, other, CASE WHEN other.id = wanted.id THEN 0 WHEN other.jobFamily = wanted.jobFamily THEN 1
        ELSE 2 END AS apart
      ORDER BY apart, other.pooledAt DESC, other.id LIMIT 20
      WITH wanted, other.id AS spot,
        coalesce(CASE WHEN apart = 0 THEN other.poolWaiting ELSE other.poolEnded END, [])[.."""
    + LEAST_KEPT
    + "] AS certain"
    + _LADDER
    + """
      UNWIND spots AS pair
      MATCH (other:Position {id: pair[0]})
      WITH wanted, other, sure, bar, pair[1] AS certain, other.id = wanted.id AS itself,
        other.status = 'CLOSED' AS closed, """
    + _YIELDS.replace("{}", "other")
    + """ AS gives
      UNWIND [each IN """
    + _ENTRIES
    + """ WHERE each >= bar] AS entry
      WITH wanted, itself, closed, gives, entry, split(entry, ' ') AS said
      WITH wanted, CASE WHEN itself OR said[2] = 'Ended' OR closed OR said[0] <= toString($now - duration({days: 90}))
          OR (said[2] = 'Waiting' AND gives) THEN '1 ' ELSE '0 ' END
        + CASE WHEN size(said) > 3 AND said[3] > toString($now) THEN '0 ' ELSE '1 ' END + entry AS rank
      ORDER BY rank DESC
      WITH wanted, collect(rank)[..140] AS ranks
      UNWIND ranks AS rank
      WITH wanted, rank, split(rank, ' ') AS said
      MATCH (found:Application {id: said[3]})<-[:SUBMITTED]-(person:Candidate {status: 'ACTIVE'})
      WHERE NOT """
    + _HAD_TURN
    + """ AND size([(person)-[:SAME_AS]-(barred:Candidate {status: 'RESTRICTED'}) | 1]) = 0
      WITH wanted, rank, said[2] AS filed, found, person ORDER BY rank DESC
      WITH wanted, collect([filed, found, person])[..90] AS asked
      UNWIND asked AS one
      WITH wanted, one[0] AS filed, one[1] AS found, one[2] AS person
      WITH wanted, filed, found, person, head([(person)-[:SAME_AS]-(twin:Candidate) | twin.id]) AS second
      WITH wanted, filed, found, person, CASE WHEN second < person.id THEN second ELSE person.id END AS who
      ORDER BY filed DESC, found.id DESC
      WITH wanted, who, head(collect(found)) AS that, head(collect(person)) AS person, max(filed) AS since
      MATCH (that)-[:FOR]->(other:Position)
      WITH wanted, person, other, that, since,
        CASE WHEN """
    + _RUNNING
    + """ THEN 0 ELSE 1 END AS free, """
    + _MARKS
    + """ AS marks
      WITH wanted, person, other, that, since, free, marks, CASE WHEN marks > 0 THEN 0 ELSE 1 END AS clean,
        substring(since, 0, 7) AS lately, CASE WHEN other.id = wanted.id THEN 4
          WHEN other.jobFamily = wanted.jobFamily THEN 2 ELSE 0 END AS kin
      WITH wanted, [person, other, that, since, free, marks, clean, lately, kin] AS one,
        toString(free) + toString(clean) + lately + toString(kin) AS worth
      ORDER BY worth DESC
      WITH wanted, collect([worth, one]) AS weighed, coalesce(collect(worth)[$count - 1], '') AS least
      UNWIND [each IN weighed WHERE each[0] >= least | each[1]] AS one
      WITH wanted, one[0] AS person, one[1] AS other, one[2] AS that, one[3] AS since, one[4] AS free, one[5] AS marks,
        one[6] AS clean, one[7] AS lately, one[8] AS kin
      WITH wanted, person, other, that, since, free, marks, clean, lately, kin, """
    + _ATTENDED
    + """ AS attended
      WITH wanted, person, other, that, since, free, marks, attended, clean, lately,
        kin + CASE WHEN attended > 0 THEN 1 ELSE 0 END AS fit
      ORDER BY free DESC, clean DESC, lately DESC, fit DESC, since DESC, that.id DESC LIMIT $count"""
)
"""Pools of the positions nearest in kind, of them the 140 likeliest entries, of these the first 90 whose people may be
asked, which are more than one answer holds; each person once; then what each is worth here. Whether somebody attended
decides between those who are equal in all that comes before it, and is asked only of people who may yet be told of.

What is sorted is sorted whole by one text, which says what comes first, and cut as a list. On the embedded engine the
first 140 of some 430 rows by four keys cost 15 ms, and all of them by one text, as lists that are sorted already, 5 ms.

Who is restricted is left out, and so is whoever is one person with them: their data may be kept and nothing more (GDPR
18 (2)). A mark in dispute, or of an erased record, is none.

Only what the viewer sees is weighed: applications and attendance of OWN, marks that count of the circle.
"""


def _reasons(values: Sequence[Any], args: Mapping[str, Any], _: Any) -> list[str]:
    kin, free, marks, attended, title, since, urgent = values
    locale: Locale = args["locale"]
    zh = locale is Locale.ZH_CN
    when = month_in_words(*month(from_text(since), "UTC"), locale)
    places = {
        4: (f"{when}已投递本岗位，正在等待", f"has waited for this very position since {when}"),
        2: (f"{when}投递过同类岗位「{title}」", f"applied for {title}, of the same job family, in {when}"),
        0: (f"{when}投递过相近岗位「{title}」", f"applied for {title}, of a similar job family, in {when}"),
    }
    found = [places[kin]]
    found.append(
        ("目前没有其他进行中的流程", "has no other process running")
        if free
        else ("另有进行中的流程", "has another process running")
    )
    if marks:
        found.append(
            (
                f"有{marks}次有效爽约记录",
                f"has {marks} no-show{'s' if marks > 1 else ''} that count{'' if marks > 1 else 's'}",
            )
        )
    else:
        found.append(("没有有效的爽约记录", "has no no-show that counts"))
    if attended:
        found.append((f"曾参加{attended}次面试", f"attended {attended} interview{'s' if attended > 1 else ''}"))
    if urgent:
        found.append(("紧急补位岗位优先", "this position is to be filled urgently and comes first"))
    return [one[0] if zh else one[1] for one in found]


REFILL_SUGGESTION = Shape(
    "RefillSuggestion",
    {
        "candidate": One("Candidate", ("(this)<-[:SUBMITTED]-(that:Candidate)",), implied=True),
        "application": Here("Application"),
        "position": One("Position", ("(this)-[:FOR]->(that:Position)",), implied=True),
        "isSameFamily": Prop("other.jobFamily = wanted.jobFamily"),
        "isFree": Prop("free = 1"),
        "noShows": Prop("marks"),
        "attended": Prop("attended"),
        "since": Prop("since", form=Form.INSTANT),
        "reasons": Derived(
            (
                "CASE WHEN other.id = wanted.id THEN 4 WHEN other.jobFamily = wanted.jobFamily THEN 2 ELSE 0 END",
                "free = 1",
                "marks",
                "attended",
                "other.title",
                "toString(since)",
                "wanted.urgency = 'URGENT_BACKFILL'",
            ),
            _reasons,
        ),
    },
)
SUGGESTED = Root(
    "refillSuggestions",
    member=Merged(
        (
            Many(
                "RefillSuggestion",
                (_RANKED,),
                ("free", "clean", "lately", "fit", "since", "that.id"),
                descending=True,
                implied=True,
            ),
        ),
        limit=MOST,
        count="count",
    ),
)
ROOTS[SUGGESTED.name] = SUGGESTED


async def rank(graph: Graph, act: Act, position: str, count: int) -> list[str]:
    """The candidates that whoever acts would be suggested, the likeliest first."""
    candidate = Pick("candidate", "candidate", picks=[Pick("id", "id")])
    pick = Pick("", SUGGESTED.name, 0, {"position": position, "count": count}, [candidate])
    composed = compose(SUGGESTED, pick, act.viewer.dialect)
    given = {each.name: each.source(pick.args) for each in composed.parameters}
    (row,) = await graph.client.answer(SUGGESTED.name, composed.text, {**act.viewer.at(act.now), **given})
    ((found,), (layout,)) = row["answer"], composed.layout
    rows = sorted(found, key=lambda each: each[: layout.keys], reverse=True)
    return [_id_of(each[layout.keys]) for each in rows]


def _id_of(columns: Any) -> str:
    """The one id that lies in nested columns."""
    while not isinstance(columns, str):
        (columns,) = columns
    return columns
