"""Timesheets: what is told of days at work 考勤, recorded as facts, superseded by corrections and never edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any, LiteralString

from graph.events import About, EventType
from graph.keyring import imported_ids
from graph.labels import label
from graph.refusals import Code, Fault, Refusal, invalid
from graph.shifts import AttendanceKind
from graph.statements import Nothing, Statement
from graph.traversal import Aggregate, Conditions, Derived, Form, Grouped, Look, One, Page, Prop, Shape, Sort
from graph.visibility import Level
from graph.withholding import written_text
from graph.writing import Desk, Graph


class Granularity(Enum):
    """How closely a record tells: of one day, or of a whole month without its days."""

    DAY = "DAY"
    MONTH = "MONTH"


MOST_RECORDS = 500
"""Records of one call."""
MOST_DAYS = {Granularity.DAY: 1, Granularity.MONTH: 31}
MOST_OUT_OF = MOST_DAYS[Granularity.MONTH]
"""Working days that anything may be told of."""
MOST_MINUTES = {granularity: days * 24 * 60 for granularity, days in MOST_DAYS.items()}

SPENT = ("PRESENT", "ABSENT", "APPROVED_LEAVE")
"""Kinds whose days are days of a month; how often somebody was late takes none."""

STANDS: LiteralString = "that.days > 0 AND NOT EXISTS { (that)<-[:CORRECTS]-(:AttendanceRecord) }"
"""A record counts until another corrects it; one of no days says that nothing of the kind happened."""

ATTENDANCE_RECORD = Shape(
    "AttendanceRecord",
    {
        "id": Prop(see=Level.ALL, form=Form.GLOBAL_ID),
        "kind": Prop(),
        "kindLabel": label("this.kind"),
        "granularity": Prop(),
        "day": Prop(),
        "days": Prop(),
        "minutes": Prop(),
        "outOf": Prop(),
        "source": Prop(),
        "recordedAt": Prop(form=Form.INSTANT),
        "superseded": Prop("EXISTS { (this)<-[:CORRECTS]-(:AttendanceRecord) }"),
        "reason": written_text("this.reason"),
        "corrects": One("AttendanceRecord", ("(this)-[:CORRECTS]->(that:AttendanceRecord)",)),
        "correctedBy": One("AttendanceRecord", ("(this)<-[:CORRECTS]-(that:AttendanceRecord)",)),
        "employment": One("Employment", ("(this)<-[:HAS_ATTENDANCE]-(that:Employment)",)),
    },
    looked={"": Look.WORK_ATTENDANCE},
    looked_by="this.employment",
)


def _sum(kind: LiteralString, of: LiteralString = "days") -> LiteralString:
    return "sum(CASE WHEN that.kind = '" + kind + "' THEN coalesce(that." + of + ", 0) ELSE 0 END)"


def _days(kind: LiteralString) -> Derived:
    """A sum as a number of halves: the engines differ in what nothing sums up to."""
    return Derived((_sum(kind),), lambda values, _, __: float(values[0] or 0))


def _people(kind: LiteralString) -> LiteralString:
    return "count(DISTINCT CASE WHEN that.kind = '" + kind + "' THEN that.employment END)"


ABSENT: LiteralString = "that.kind = 'ABSENT' AND that.outOf IS NOT NULL"
WHOLE: LiteralString = ABSENT + " AND that.granularity = 'MONTH' AND that.days >= that.outOf"
"""Said of an absence from all working days of its month, which leaves no presence to tell of."""
PRESENCE: LiteralString = """EXISTS {
      MATCH (that)<-[:HAS_ATTENDANCE]-(:Employment)-[:HAS_ATTENDANCE]->(came:AttendanceRecord)
      WHERE came.month = that.month AND came.kind = 'PRESENT' AND came.days > 0
        AND NOT EXISTS { (came)<-[:CORRECTS]-(:AttendanceRecord) } }"""
RATED: LiteralString = (
    "sum(CASE WHEN " + WHOLE + " THEN that.days WHEN " + ABSENT + " AND " + PRESENCE + " THEN that.days ELSE 0 END)"
)
"""Absences beside which presence is told in the same month: of a source that tells of exceptions alone, one day of
absence would be all that there is of the month. A day that was late or left early tells of no other day either, nor
does one of leave; whoever knows of presence tells PRESENT beside them. So a log of a clock in which nobody ever came
makes no rate, and each ABSENT still counts as one."""


def _rate(values: Sequence[Any], _: Mapping[str, Any], __: Any) -> float | None:
    present, absent = values
    return present / (present + absent) if present + absent else None


COUNTS: Mapping[str, Prop | Derived] = {
    "employees": Prop("count(DISTINCT that.employment)"),
    "presentDays": _days("PRESENT"),
    "lateCount": _days("LATE"),
    "lateMinutes": Derived((_sum("LATE", "minutes"),), lambda values, _, __: int(values[0] or 0)),
    "lateEmployees": Prop(_people("LATE")),
    "absentDays": _days("ABSENT"),
    "absentEmployees": Prop(_people("ABSENT")),
    "earlyLeaveCount": _days("EARLY_LEAVE"),
    "approvedLeaveDays": _days("APPROVED_LEAVE"),
    "attendanceRate": Derived((_sum("PRESENT"), RATED), _rate),
}
WORK_ATTENDANCE = Shape("WorkAttendance", COUNTS)
WORK_ATTENDANCE_GROUP = Shape("WorkAttendanceGroup", {"key": Prop("grouped"), **COUNTS})

PERIOD: Conditions = {"from": "this.day >= $value", "to": "this.until <= $value"}
"""A record counts where the period holds all of the time that it tells of."""
RECORD_SORTS = {"DAY_DESC": Sort("that.day", descending=True), "DAY": Sort("that.day")}
RECORD_CONDITIONS: Conditions = {
    "kind": "this.kind = $value",
    "month": "this.month = $value",
    "standing": "EXISTS { (this)<-[:CORRECTS]-(:AttendanceRecord) } <> $value",
}

EMPLOYMENT_RECORDS = Page(
    "AttendanceRecord",
    ("(this)-[:HAS_ATTENDANCE]->(that:AttendanceRecord)",),
    RECORD_SORTS,
    conditions=RECORD_CONDITIONS,
    implied=True,
)
EMPLOYMENT_ATTENDANCE = Aggregate(
    "WorkAttendance",
    ("(this)-[:HAS_ATTENDANCE]->(that:AttendanceRecord)",),
    full="true",
    conditions=PERIOD,
    own=STANDS,
    days=True,
)
EMPLOYMENT_MONTHS = Grouped(
    "WorkAttendanceGroup",
    ("(this)-[:HAS_ATTENDANCE]->(that:AttendanceRecord)",),
    "that.month",
    where=STANDS,
    conditions=PERIOD,
    days=True,
)


def department_attendance(steps: tuple[LiteralString, ...]) -> Grouped:
    """By month or by department, over the departments `d` that the steps mean; of their own work alone, not of what
    another employer's export says of somebody who applied to them."""
    return Grouped(
        "WorkAttendanceGroup",
        (*steps, "(d)<-[:EMPLOYED_IN]-(e:Employment)-[:HAS_ATTENDANCE]->(that:AttendanceRecord)"),
        {"MONTH": "that.month", "DEPARTMENT": "d.code"},
        where="d.id IN $own AND e.employer IS NULL AND " + STANDS,
        conditions=PERIOD,
        by="by",
        days=True,
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """One record to be made: `day` is its day or the first of its month, `out_of` the working days of that time."""

    kind: AttendanceKind
    day: date
    days: float = 1.0
    minutes: int | None = None
    granularity: Granularity = Granularity.DAY
    out_of: float | None = None
    external_key: str | None = None

    @property
    def month(self) -> str:
        return f"{self.day:%Y-%m}"

    @property
    def until(self) -> date:
        """The day after the last that it tells of."""
        if self.granularity is Granularity.DAY:
            return self.day + timedelta(days=1)
        return (self.day.replace(day=1) + timedelta(days=32)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A record that the graph holds."""

    id: str
    employment: str
    kind: str
    granularity: str
    day: str
    month: str
    days: float
    minutes: int | None
    out_of: float | None
    source: str
    superseded: bool
    corrects: str | None

    def tells(self, fact: Fact) -> bool:
        """Whether it says the very same."""
        mine = (self.kind, self.granularity, self.day, self.days, self.minutes)
        theirs = (fact.kind.value, fact.granularity.value, fact.day.isoformat(), fact.days, fact.minutes)
        return mine == theirs

    def is_denied(self, fact: Fact, source: str) -> bool:
        """Whether a source that tells of no days of a kind means this record."""
        if self.kind != fact.kind.value or not self.excludes(fact):
            return False
        return fact.granularity is Granularity.MONTH or (self.granularity == "DAY" and self.source == source)

    def excludes(self, fact: Fact) -> bool:
        """Whether both cannot be told: of the same kind at a time that both tell of, which would count twice, or of
        one day that nobody can have spent as both say."""
        if self.superseded or self.month != fact.month:
            return False
        by_day = self.granularity == fact.granularity.value == Granularity.DAY.value
        if by_day and self.day != fact.day.isoformat():
            return False
        if self.kind == fact.kind.value:
            return True
        return by_day and contradict((self.kind, self.days), (fact.kind.value, fact.days))


def contradict(one: tuple[str, float], other: tuple[str, float]) -> bool:
    """Whether two kinds, each of so many days, cannot both be true of one day: ABSENT beside anything else, where
    together they are more than the day.

    Half a day absent leaves half of one to be present in or on leave, and to be late or leave early in. Leave beside
    presence is no contradiction: half a day of it with a late beginning of the other is usual, somebody on leave may
    come all the same, and neither is held against anybody. What is of no days says that nothing of the kind happened.
    """
    (kind, days), (other_kind, other_days) = one, other
    if AttendanceKind.ABSENT.value not in (kind, other_kind) or not (days and other_days):
        return False
    # Late and left early are told as often as they were, not for how long.
    lasting = [length for what, length in (one, other) if what not in ("LATE", "EARLY_LEAVE")]
    return sum(lasting) > 1 if len(lasting) > 1 else lasting[0] >= 1


def overfills(rows: Iterable[Standing], fact: Fact) -> bool:
    """Whether a fact brings the days of its month above the working days that are told of it. A day is one however much
    of it is told, as leave and presence of one day are no contradiction."""
    month = [
        row for row in (*rows, _standing("", _row("", "", fact))) if row.month == fact.month and not row.superseded
    ]
    due = min((row.out_of for row in month if row.granularity == "MONTH" and row.out_of is not None), default=None)
    if due is None or not (fact.kind.value in SPENT or fact.out_of is not None):
        return False
    spent: dict[str, float] = {}
    whole = 0.0
    for row in month:
        if row.kind in SPENT and row.granularity == "MONTH":
            whole += row.days
        elif row.kind in SPENT:
            spent[row.day] = min(1.0, spent.get(row.day, 0.0) + row.days)
    return whole + sum(spent.values()) > due


@dataclass(frozen=True, slots=True)
class Worked:
    """The employment that records are made for; `ended_on` is its last day."""

    id: str
    started_on: str
    ended_on: str | None


_HELD: LiteralString = """
    RETURN record.id AS id, record.employment AS employment, record.kind AS kind, record.granularity AS granularity,
      record.day AS day, record.month AS month, record.days AS days, record.minutes AS minutes,
      record.outOf AS out_of, record.source AS source,
      EXISTS { (record)<-[:CORRECTS]-(:AttendanceRecord) } AS superseded,
      head([(record)-[:CORRECTS]->(corrected:AttendanceRecord) | corrected.id]) AS corrects
"""
LIST_MONTHS = Statement(
    "timesheets.list_months",
    "MATCH (:Employment {id: $employment})-[:HAS_ATTENDANCE]->(record:AttendanceRecord) "
    "WHERE record.month IN $months" + _HELD,
    row=Standing,
)
LIST_KNOWN = Statement(
    "timesheets.list_known",
    "UNWIND $ids AS id MATCH (record:AttendanceRecord {id: id})" + _HELD,
    row=Standing,
)
CREATE = Statement(
    "timesheets.create",
    """
    MATCH (employment:Employment {id: $employment})
    UNWIND $rows AS row
    CREATE (record:AttendanceRecord {id: row.id, employment: $employment, kind: row.kind,
      granularity: row.granularity, day: row.day, until: row.until, month: row.month, days: row.days,
      minutes: row.minutes, outOf: row.outOf, source: row.source, reason: row.reason, recordedAt: $now,
      recordedBy: $by})
    CREATE (employment)-[:HAS_ATTENDANCE]->(record)
    """,
    row=Nothing,
    writes=True,
)
SUPERSEDE = Statement(
    "timesheets.supersede",
    """
    MATCH (corrected:AttendanceRecord {id: $corrected}) MATCH (record:AttendanceRecord {id: $id})
    CREATE (record)-[:CORRECTS]->(corrected)
    """,
    row=Nothing,
    writes=True,
)


def fact_refusal(fact: Fact, today: date) -> Refusal | None:
    """Why a fact is none, whoever it is about."""
    month = fact.granularity is Granularity.MONTH
    most_days, most_minutes = MOST_DAYS[fact.granularity], MOST_MINUTES[fact.granularity]
    if not 0 <= fact.days <= most_days or (fact.days * 2) % 1:
        return invalid("days", Fault.HALVES, 0, most_days)
    if fact.minutes is not None and not 0 <= fact.minutes <= most_minutes:
        return invalid("minutes", Fault.BETWEEN, 0, most_minutes)
    if fact.out_of is not None and not fact.days <= fact.out_of <= MOST_OUT_OF:
        return invalid("outOf", Fault.SMALLER_FIRST if fact.out_of < fact.days else Fault.BETWEEN, 0, MOST_OUT_OF)
    if fact.external_key is not None and not 0 < len(fact.external_key) <= 200:
        return invalid("externalKey", Fault.LENGTH, 1, 200)
    if fact.day > today or (month and fact.day.day != 1):
        return invalid("day", Fault.FIRST_OF_MONTH if month else Fault.NOT_FUTURE)
    return None


def covers(worked: Worked, fact: Fact) -> bool:
    """Whether the employment holds some of the time that a fact tells of."""
    ended = worked.ended_on is not None and fact.day.isoformat() > worked.ended_on
    return fact.until.isoformat() > worked.started_on and not ended


def _keyed(facts: Iterable[Fact]) -> list[tuple[str, str | None]]:
    return [("attendance", fact.external_key) for fact in facts]


async def known_ids(desk: Desk, source: str, facts: Iterable[Fact]) -> list[str]:
    """The id of each fact: the same for the same source and external key, for ever; a new one without."""
    own = desk.act.viewer.organization
    return [
        id or desk.new_id() for id in await imported_ids(desk.tx.run, desk.graph.secrets, own, source, _keyed(facts))
    ]


async def ids_of(graph: Graph, organization: str, source: str, facts: Iterable[Fact]) -> list[str]:
    """The ids that facts with external keys have, or will have."""
    ids = await imported_ids(graph.client.read, graph.secrets, organization, source, _keyed(facts))
    return [id for id in ids if id is not None]


async def tell(desk: Desk, worked: Worked, source: str, facts: Sequence[Fact]) -> int | tuple[int, Refusal]:
    """Writes what the graph does not hold yet, all or nothing, and counts it; the candidate is locked.

    A fact whose external key is known, or that says what stands already or what the same source said before a
    correction, has no second effect. One that says otherwise is refused, with its place.
    """
    ids = await known_ids(desk, source, facts)
    known = {row.id: row for row in await desk.tx.run(LIST_KNOWN, ids=ids)}
    months = sorted({fact.month for fact in facts})
    standing = await desk.tx.run(LIST_MONTHS, employment=worked.id, months=months)
    rows: list[dict[str, Any]] = []
    fresh: list[Standing] = []
    for place, (id, fact) in enumerate(zip(ids, facts, strict=True)):
        if not covers(worked, fact):
            return place, Refusal(Code.NOT_EMPLOYED, "day")
        held = known.get(id)
        if held is not None and (held.employment != worked.id or not held.tells(fact)):
            return place, Refusal(Code.RECORDED_OTHERWISE, "day")
        others = [row for row in (*standing, *fresh) if row.excludes(fact)]
        told = [*others, *(row for row in standing if row.superseded and row.source == source)]
        if held is not None or any(row.tells(fact) for row in told):
            continue
        if others or overfills([*standing, *fresh], fact):
            return place, Refusal(Code.RECORDED_OTHERWISE, "day")
        rows.append(_row(id, source, fact))
        fresh.append(_standing(worked.id, rows[-1]))
    if rows:
        await desk.tx.run(CREATE, employment=worked.id, rows=rows, now=desk.act.now, by=desk.act.viewer.id)
        payload = [{name: value for name, value in row.items() if value is not None} for row in rows]
        await desk.record(EventType.WORK_ATTENDANCE_RECORDED, About("Employment", worked.id), records=payload)
    return len(rows)


async def standing_of(
    desk: Desk, worked: Worked, source: str, told: Sequence[Fact], denied: Sequence[Fact]
) -> list[int]:
    """The places of what is denied and stands all the same: of a month by whomever it was told, of a day by the same
    source. What is told beside it, and what was put in the place of that by a correction, is not denied."""
    if not denied:
        return []
    months = sorted({fact.month for fact in denied})
    rows = {row.id: row for row in await desk.tx.run(LIST_MONTHS, employment=worked.id, months=months)}

    def is_told(row: Standing | None) -> bool:
        return row is not None and (any(row.tells(fact) for fact in told) or is_told(rows.get(row.corrects or "")))

    standing = [row for row in rows.values() if row.days and not row.superseded and not is_told(row)]
    return [place for place, fact in enumerate(denied) if any(row.is_denied(fact, source) for row in standing)]


def _row(id: str, source: str, fact: Fact, reason: str | None = None) -> dict[str, Any]:
    by_day = fact.granularity is Granularity.DAY
    return {
        "id": id,
        "kind": fact.kind.value,
        "granularity": fact.granularity.value,
        "day": fact.day.isoformat(),
        "until": fact.until.isoformat(),
        "month": fact.month,
        "days": float(fact.days),
        "minutes": fact.minutes,
        # A single day is all the days that it tells of.
        "outOf": 1.0 if by_day and fact.out_of is None else fact.out_of,
        "source": source,
        "reason": reason,
    }


def _standing(employment: str, row: Mapping[str, Any]) -> Standing:
    return Standing(
        id=row["id"],
        employment=employment,
        kind=row["kind"],
        granularity=row["granularity"],
        day=row["day"],
        month=row["month"],
        days=row["days"],
        minutes=row["minutes"],
        out_of=row["outOf"],
        source=row["source"],
        superseded=False,
        corrects=None,
    )


async def correct(desk: Desk, worked: Worked, held: Standing, fact: Fact, reason: str) -> str | Refusal:
    """Puts another record in the place of one that stands; the candidate is locked. Answers with the new one's id."""
    if held.superseded:
        return Refusal(Code.SUPERSEDED, "record")
    if not covers(worked, fact):
        return Refusal(Code.NOT_EMPLOYED, "day")
    rows = await desk.tx.run(LIST_MONTHS, employment=worked.id, months=[fact.month])
    others = [row for row in rows if row.id != held.id and row.days]
    if fact.days and (any(row.excludes(fact) for row in others) or overfills(others, fact)):
        return Refusal(Code.RECORDED_OTHERWISE, "day")
    id = desk.new_id()
    row = _row(id, held.source, fact, reason)
    await desk.tx.run(CREATE, employment=worked.id, rows=[row], now=desk.act.now, by=desk.act.viewer.id)
    await desk.tx.run(SUPERSEDE, id=id, corrected=held.id)
    about = About("Employment", worked.id)
    await desk.record(EventType.WORK_ATTENDANCE_CORRECTED, about, corrects=held.id, record=row)
    return id


ERASE_RECORDS = Statement(
    "timesheets.erase_records",
    """
    MATCH (:Candidate {id: $id})-[:EMPLOYED_AS]->(:Employment)-[:HAS_ATTENDANCE]->(record:AttendanceRecord)
    DETACH DELETE record
    """,
    row=Nothing,
    writes=True,
)
ERASE_EMPLOYMENTS = Statement(
    "timesheets.erase_employments",
    """
    MATCH (:Candidate {id: $id})-[:EMPLOYED_AS]->(employment:Employment)
    SET employment.title = null, employment.employer = null, employment.startedOn = null, employment.endedOn = null,
      employment.source = null, employment.consentedAt = null, employment.consentSource = null
    """,
    row=Nothing,
    writes=True,
)


async def erase(desk: Desk, candidate: str) -> None:
    """Removes the records and all that an employment says; what events are about stays, so that chains verify."""
    await desk.tx.run(ERASE_RECORDS, id=candidate)
    await desk.tx.run(ERASE_EMPLOYMENTS, id=candidate)


def present_days(out_of: float | None, *away: float) -> float | None:
    """The days worked of a month of which working days and days away are told; null where they do not fit."""
    left = None if out_of is None else out_of - sum(away)
    return left if left is not None and left >= 0 else None
