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
_ALIKE: LiteralString = _FAMILY.replace("x.", "near.") + " = " + _FAMILY.replace("x.", "wanted.")
"""Families are similar that begin with the same word: SOFTWARE_WEB and SOFTWARE_DATA."""
_KIN: LiteralString = "CASE WHEN {}.id = wanted.id THEN '2' WHEN {}.jobFamily = wanted.jobFamily THEN '1' ELSE '0' END"
"""How near a position is in kind: the very same, of the same family, of a similar one."""
_YIELDS: LiteralString = "(wanted.urgency = 'URGENT_BACKFILL' AND {}.urgency <> 'URGENT_BACKFILL')"
"""An urgent position comes first: whoever only waits for one that is not may be asked to it."""
_SELF: LiteralString = "(person)-[:SAME_AS*0..1]-(:Candidate)-[:SUBMITTED]->"
_HELD: LiteralString = """size([(mine)-[:HAS_INTERVIEW]->(held:Interview)
            WHERE NOT held.attendance IN ['CANCELLED_BY_EMPLOYER', 'ENTERED_IN_ERROR'] | 1]) > 0"""
_STANDS: LiteralString = (
    "["
    + _SELF
    + """(mine:Application)-[:FOR]->(its:Position) | CASE
          WHEN its.id = wanted.id THEN CASE WHEN mine.stage IN ['HIRED', 'REJECTED', 'WITHDRAWN'] OR """
    + _HELD
    + """ OR size([(mine)<-[:DECIDES]-(announced:Decision {state: 'ANNOUNCED'}) | 1]) > 0 THEN 'had turn' ELSE '' END
          WHEN mine.stage IN ['REJECTED', 'WITHDRAWN']
            OR size([(its)-[:BELONGS_TO]->(at:Department) WHERE at.id IN $own | 1]) = 0 THEN ''
          WHEN mine.stage = 'HIRED' THEN 'had turn'
          WHEN mine.stage = 'OFFER' THEN 'runs'
          WHEN its.status = 'OPEN' AND mine.appliedAt > $now - duration({days: 90}) AND (NOT """
    + _YIELDS.replace("{}", "its")
    + " OR "
    + _HELD
    + """) THEN 'runs'
          WHEN size([(mine)-[:HAS_INTERVIEW]->(awaited:Interview {attendance: 'PENDING'})
            WHERE awaited.response <> 'DECLINED' AND awaited.endsAt > $now | 1]) > 0 THEN 'runs'
          ELSE '' END]"""
)
"""Of a person, by one comprehension: the embedded engine sets a subquery up anew for each row.

Whoever was hired is nobody to refill with. An application of more than 90 days ago, or for a position that is closed,
without an offer or an interview to come, is no process that runs.
"""
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
_KEYED: LiteralString = "substring({}, 0, 7) + ' ' + kin + substring({}, 7)"
"""An entry with how near its position is in kind, behind the month: so entries of all positions are in one order."""
_LADDER: LiteralString = (
    """
      UNWIND [nth IN range(4, 29, 5) WHERE nth < size(certain) | """
    + _KEYED.replace("{}", "certain[nth]")
    + """] + [''] AS rung
      WITH wanted, spot, rung ORDER BY rung DESC
      WITH wanted, collect(rung) AS ladder, collect(CASE WHEN rung = '' THEN spot END) AS spots,
        sum(CASE WHEN rung = '' THEN size(spot[4]) ELSE 0 END) AS sure"""
)
"""A rung is each fifth entry of a list, down to its thirtieth: five of it come as early or earlier. So down to the 32nd
of all rungs there are 160 entries that come before all that is below: of each list only what is not need be taken
apart. Where there are not so many rungs, whole lists are: they are few then."""
_OTHERS: LiteralString = (
    "CASE WHEN kin = '2' OR closed OR split(each, ' ')[4] = 'Ended' OR split(each, ' ')[2] <= lately "
    "OR (gives AND split(each, ' ')[4] = 'Waiting') THEN '1 ' ELSE '0 ' END "
    "+ CASE WHEN size(split(each, ' ')) > 5 AND split(each, ' ')[5] > today THEN '0 ' ELSE '1 ' END + "
)
_ENTRIES: LiteralString = (
    (
        "[each IN certain[..5 * size([nth IN range(4, size(certain) - 1, 5) WHERE certain[nth] >= bar | 1]) + 5] "
        "WHERE each >= bar | '1 1 ' + {keyed}]"
        """
        + [each IN CASE WHEN kin = '2' OR NOT (sure < 160 OR closed OR gives) THEN []
            ELSE pool.waiting[..{least}] + pool.invited[..{least}] END
          WHERE each >= bar | {others}{keyed}]
        + [each IN CASE WHEN NOT (sure < 160 OR coalesce(pool.fadesAt, 'never') <= today) THEN []
            WHEN kin = '2' THEN pool.waitingMarked[..{least}]
            ELSE pool.waitingMarked[..{least}] + pool.invitedMarked[..{least}] + pool.endedMarked[..{least}] END
          WHERE each >= bar AND (sure < 160 OR split(each, ' ')[5] <= today) | {others}{keyed}]"""
    )
    .replace("{others}", _OTHERS)
    .replace("{keyed}", _KEYED.replace("{}", "each"))
    .replace("{least}", LEAST_KEPT)
)
"""Of the very position who waits for it, of others whose process has ended. Where these are not many more than anybody
may want, also who may be busy, and who has a no-show; and those always whose no-show has faded meanwhile.

The least that is kept of one list, of each, however many are wanted: who comes first does not depend on that.

Each becomes its rank, text that says by its order who comes first: whether they may be free and are without a no-show
that counts, the month, how near the position is in kind, and what else the entry says.
"""
_WEIGHED: LiteralString = (
    """
        WITH wanted, spot, sure, toString($now) AS today, toString($now - duration({days: 90})) AS lately,
          coalesce(ladder[{rungs} - 1], '') AS bar
        WITH wanted, sure, today, lately, spot[0] AS pool, spot[1] AS kin, spot[2] AS closed, spot[3] AS gives,
          spot[4] AS certain, CASE WHEN bar = '' THEN ''
            WHEN spot[1] > substring(bar, 8, 1) THEN substring(bar, 0, 7)
            WHEN spot[1] < substring(bar, 8, 1) THEN substring(bar, 0, 7) + '~'
            ELSE substring(bar, 0, 7) + substring(bar, 9) END AS bar
        UNWIND """
    + _ENTRIES
    + """ AS rank
        WITH wanted, rank ORDER BY rank DESC
        WITH wanted, collect(rank){ranks} AS ranks
        UNWIND ranks AS rank
        MATCH (:Application {id: split(rank, ' ')[6]})<-[:SUBMITTED]-(person:Candidate {status: 'ACTIVE'})
        WITH wanted, rank, person, [(person)-[:SAME_AS]-(twin:Candidate) | [twin.id, twin.status]] AS twins
        WHERE NOT any(other IN twins WHERE other[1] = 'RESTRICTED')
        WITH rank, CASE WHEN twins[0][0] < person.id THEN twins[0][0] ELSE person.id END AS who, """
    + _STANDS
    + """ AS stands
        WHERE NOT 'had turn' IN stands
        WITH who, max(CASE WHEN 'runs' IN stands THEN '0' ELSE '1' END + substring(rank, 1)) AS worth"""
)
"""Who may be asked, each once, by whichever of their entries comes first; nobody is free who by rank cannot be."""
_FIRST: LiteralString = "$count * 2 + 10"
"""How many of the 160 are asked of at first."""
_RANKED: LiteralString = (
    """(wanted:Position {id: $position, status: 'OPEN'})-[:BELONGS_TO]->(place:Department) WHERE place.id IN $own
      MATCH (home:Department {circle: place.circle})<-[:BELONGS_TO]-(near:Position)
      WHERE home.id IN $own AND near.pooledAt IS NOT NULL AND """
    + _ALIKE
    + """
      WITH wanted, near, """
    + _KIN.replace("{}", "near")
    + """ AS kin
      ORDER BY kin DESC, near.pooledAt DESC, near.id LIMIT 20
      MATCH (pool:Pool {id: near.id})
      WITH wanted, near, pool, kin,
        CASE WHEN kin = '2' THEN pool.waiting[..{least}] ELSE pool.ended[..{least}] END AS certain
      WITH wanted, kin, certain, [pool, kin, near.status = 'CLOSED', """.replace("{least}", LEAST_KEPT)
    + _YIELDS.replace("{}", "near")
    + ", certain] AS spot"
    + _LADDER
    + """
      CALL (wanted, spots, ladder, sure) {
        UNWIND spots AS spot"""
    + _WEIGHED.replace("{rungs}", f"({_FIRST} + 4) / 5").replace("{ranks}", f"[..{_FIRST}]")
    + """
        RETURN collect([worth, who]) AS likeliest, count(CASE WHEN worth STARTS WITH '1' THEN 1 END) AS free
      }
      CALL (wanted, spots, ladder, sure, free) {
        UNWIND CASE WHEN free >= $count THEN [] ELSE spots END AS spot"""
    + _WEIGHED.replace("{rungs}", "32").replace("{ranks}", f"[{_FIRST}..160]")
    + """
        RETURN collect([worth, who]) AS others
      }
      UNWIND likeliest + others AS one
      WITH wanted, one[1] AS who, max(one[0]) AS worth
      ORDER BY worth DESC LIMIT $count
      WITH wanted, worth, split(worth, ' ') AS said
      MATCH (that:Application {id: said[6]})<-[:SUBMITTED]-(person:Candidate)
      MATCH (that)-[:FOR]->(other:Position)
      WITH wanted, worth, that, person, other, said[0] = '1' AS free, said[5] AS since, """
    + _MARKS
    + " AS marks, "
    + _ATTENDED
    + " AS attended"
)
"""Pools of the positions nearest in kind, of them the 160 entries that come first, and of these whoever may be asked.

Who is free comes before who is not, and else who comes first by rank. So only the first of the ranks are asked of at
first, and the others only where fewer of those are free than are wanted: they come after all of them.

Who is restricted is left out, and so is whoever is one person with them: their data may be kept and nothing more (GDPR
18 (2)). A mark in dispute, or of an erased record, is none.

Only what the viewer sees is weighed: applications and attendance of OWN, marks that count of the circle.
"""


def _reasons(values: Sequence[Any], args: Mapping[str, Any], context: Any) -> list[str]:
    kin, free, marks, attended, title, since, urgent = values
    locale: Locale = args["locale"]
    zh = locale is Locale.ZH_CN
    when = month_in_words(*month(from_text(since), context.zone), locale)
    places = {
        "2": (f"{when}已投递本岗位，正在等待", f"has waited for this very position since {when}"),
        "1": (f"{when}投递过同类岗位「{title}」", f"applied for {title}, of the same job family, in {when}"),
        "0": (f"{when}投递过相近岗位「{title}」", f"applied for {title}, of a similar job family, in {when}"),
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
        "isFree": Prop("free"),
        "noShows": Prop("marks"),
        "attended": Prop("attended"),
        "since": Prop("since", form=Form.INSTANT),
        "reasons": Derived(
            (
                _KIN.replace("{}", "other"),
                "free",
                "marks",
                "attended",
                "other.title",
                "since",
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
                ("worth",),
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
