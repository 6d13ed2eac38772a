"""Who is told that a mark was taken back: whoever was shown it, and nobody who was not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from graph.receipts import EARLIEST, UNDER_WAY, JoinRow, Receipts, joined
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import facts_of
from tests.test_resume_checks import alleged, confirmed

UNTIL = NOW + timedelta(days=30)


def join(type: str, other: str | None, day: int) -> JoinRow:
    payload = None if other is None else f'{{"other": "{other}"}}'
    return JoinRow("mine", f"CANDIDATES_{type}", payload, NOW + timedelta(days=day))


def spans(*joins: JoinRow) -> list[tuple[str, int, Any]]:
    """Of the others, with days."""
    found = joined(joins, UNTIL)
    assert found[0] == ["mine", EARLIEST, UNTIL]
    return [(other, (since - NOW).days, until - NOW) for other, since, until in found[1:]]


def test_records_are_one_from_a_merge_to_the_split() -> None:
    whole = UNTIL - NOW
    assert joined([], UNTIL) == []
    assert spans(JoinRow("mine", None, None, UNTIL)) == []
    assert spans(join("MERGED", "a", 1)) == [("a", 1, whole)]
    again = (join("MERGED", "a", 1), join("SPLIT", "a", 2), join("MERGED", "a", 3), join("SPLIT", "a", 5))
    assert spans(*again) == [("a", 1, timedelta(days=2) + UNDER_WAY), ("a", 3, timedelta(days=5) + UNDER_WAY)]
    then_another = spans(join("MERGED", "a", 1), join("SPLIT", "a", 2), join("MERGED", "b", 4))
    assert then_another == [("a", 1, timedelta(days=2) + UNDER_WAY), ("b", 4, whole)]
    assert spans(join("MERGED", "a", 1), join("SPLIT", "a", 40)) == [("a", 1, whole)], "what came later is not told"
    assert spans(join("MERGED", None, 1), join("SPLIT", None, 2)) == [], "the other was erased"


async def test_nobody_is_told_of_a_mark_that_was_not_theirs_to_see(ask: Ask, company: Company) -> None:
    """A sibling department is shown no-shows that count, and no mismatch; HR and auditors are shown all."""
    person = company.person()
    company.at(days=60)
    case = await alleged(ask, company, person)
    await confirmed(ask, case)
    await company.hr.no_show(case.application)
    await company.application("technology", person)
    ask.receipts = Receipts(ask.graph, lambda: ask.now)
    query = "query L($id: ID!) { candidate(id: $id) { noShows { totalCount } findings { totalCount } } }"
    seen: dict[str, Any] = {}
    for viewer in ("technology", "auditor", "marketing"):
        seen[viewer] = (await ask(query, company.user(viewer), id=gid("Candidate", case.claim.candidate)))["candidate"]
    assert seen["technology"] == {"noShows": {"totalCount": 1}, "findings": {"totalCount": 1}}
    assert seen["auditor"] == seen["marketing"] == {"noShows": {"totalCount": 1}, "findings": {"totalCount": 2}}
    await ask.receipts.flush()
    company.hr.at = ask.now = NOW + timedelta(hours=1)
    await company.hr.void(uid(case.finding))
    ids = [
        uid((await ask("{ viewer { id } }", company.user(viewer)))["viewer"]["id"])
        for viewer in ("auditor", "marketing")
    ]
    assert {fact["to"] for fact in await facts_of(ask.graph, company, "MARK_WITHDRAWN")} == set(ids)
