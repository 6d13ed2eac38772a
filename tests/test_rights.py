"""What a person asks of their rights: each request has its time, its answer, and where it is refused its reason."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from graph import erasures, proofs, timers
from graph.due import RULES
from graph.events import verify
from graph.exporting import graph_lines
from graph.rights import RightsKind
from graph.timers import TimerKind, name
from graph.visibility import Claim
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.databases import Databases
from tests.due import facts_of
from tests.ledger import appends
from tests.pictures import picture
from tests.test_exporting import SECRETS, save, shell_of
from tests.timing import FIND_TIMER

SEEN = """
query Seen($id: ID!) { candidate(id: $id) { status displayName requests(orderBy: DUE_AT) { nodes {
  kind kindLabel(locale: EN) state text filedAt dueAt answeredAt reason answeredBy { externalId }
} } } }
"""

COUNTED = "query N($id: ID!) { candidate(id: $id) { status noShows { totalCount } } }"


class Case:
    """Somebody who missed an interview with Marketing and applied to Technology since."""

    application: str
    candidate: str
    claim: Claim
    finding: str


async def candidate_of(ask: Ask, company: Company, application: str) -> str:
    query = "query W($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    return found["application"]["candidate"]["id"]


async def merged(ask: Ask, company: Company, case: Case) -> Claim:
    """The same person by a second record, joined with the first."""
    company.at(hours=2)
    second = await company.application("brand", company.person())
    other = uid(await candidate_of(ask, company, second))
    await company.hr.merge(uid(case.candidate), other)
    return Claim(other, second, verified=True)


async def made(ask: Ask, company: Company, tag: str = "") -> Case:
    case, person = (
        Case(),
        company.person(f"范冰 canary-name{tag}, whom everybody calls by another", f"canary-mail{tag}@example.com"),
    )
    company.at(days=60)
    case.application = await company.application("marketing", person)
    case.finding = await company.hr.no_show(case.application, reason=f"请假 canary-reason{tag}")
    company.at(days=1)
    await company.application("technology", person)
    case.candidate = await candidate_of(ask, company, case.application)
    case.claim = Claim(uid(case.candidate), case.application, verified=True)
    return case


@pytest.fixture
async def case(ask: Ask, company: Company) -> Case:
    return await made(ask, company)


async def requests(ask: Ask, viewer: str | Claim, case: Case) -> list[dict[str, Any]]:
    return (await ask(SEEN, viewer, id=case.candidate))["candidate"]["requests"]["nodes"]


async def test_a_request_is_due_in_thirty_days(ask: Ask, company: Company, case: Case) -> None:
    await ask.do("fileRequest", case.claim, kind="CORRECTION", text="My name is 范冰.")
    (mine,) = await requests(ask, case.claim, case)
    assert mine == {
        "kind": "CORRECTION",
        "kindLabel": "Correction",
        "state": "FILED",
        "text": "My name is 范冰.",
        "filedAt": "2026-11-20T09:00:00Z",
        "dueAt": "2026-12-20T09:00:00Z",
        "answeredAt": None,
        "reason": None,
        "answeredBy": None,
    }
    assert await requests(ask, company.user("marketing"), case) == [mine]
    assert (await ask(SEEN, company.user("subsidiary"), id=case.candidate))["candidate"] is None


async def test_one_of_a_kind_is_open_at_a_time(ask: Ask, case: Case) -> None:
    await ask.do("fileRequest", case.claim, kind="OBJECTION")
    again = await ask.do("fileRequest", case.claim, kind="OBJECTION")
    assert (again["code"], again["field"]) == ("RIGHTS_REQUEST_OPEN", "kind")
    unverified = Claim(case.claim.candidate, case.application)
    assert (await ask.do("fileRequest", unverified, kind="ERASURE"))["code"] == "NOT_VERIFIED"


async def test_a_refusal_needs_its_reason(ask: Ask, company: Company, case: Case) -> None:
    id = (await ask.do("fileRequest", case.claim, kind="HUMAN_REVIEW"))["id"]
    bare = await ask.do("answerRequest", company.user("marketing"), rightsRequest=id, answer="REFUSED")
    assert (bare["code"], bare["field"]) == ("INVALID_VALUE", "reason")
    await ask.do(
        "answerRequest", company.user("marketing"), rightsRequest=id, answer="REFUSED", reason="A person decided."
    )
    (mine,) = await requests(ask, case.claim, case)
    assert (mine["state"], mine["reason"]) == ("REFUSED", "A person decided.")
    assert mine["answeredBy"] == {"externalId": company.user("marketing")}
    again = await ask.do("answerRequest", company.user("hr"), rightsRequest=id, answer="GRANTED")
    assert again["code"] == "RIGHTS_REQUEST_ANSWERED"
    foreign = await ask.do("answerRequest", company.user("subsidiary"), rightsRequest=id, answer="GRANTED")
    assert foreign["code"] == "NOT_FOUND"


async def test_a_request_that_nobody_answers_is_told_of(ask: Ask, company: Company, case: Case) -> None:
    """Once, in the history and to every department that may answer; one that is answered is due no more."""
    late = (await ask.do("fileRequest", case.claim, kind="HUMAN_REVIEW"))["id"]
    done = (await ask.do("fileRequest", case.claim, kind="RESTRICTION"))["id"]
    await ask.do("answerRequest", company.user("hr"), rightsRequest=done, answer="GRANTED")
    assert await ask.graph.client.read(FIND_TIMER, id=name(TimerKind.REQUEST, uid(done))) == []
    (timer,) = await ask.graph.client.read(FIND_TIMER, id=name(TimerKind.REQUEST, uid(late)))
    assert timer.due_at == NOW + timedelta(days=30)
    rule = RULES[TimerKind.REQUEST]
    assert not await timers.take(ask.graph, timer, timer.due_at - timedelta(seconds=1), rule)
    async with appends(ask, company, "REQUEST_OVERDUE"):
        assert await timers.take(ask.graph, timer, timer.due_at, rule)
        assert not await timers.take(ask.graph, timer, timer.due_at, rule)
    overdue = {each["to"] for each in await facts_of(ask.graph, company, "REQUEST_OVERDUE")}
    (admin,) = await administrators(ask, company)
    assert overdue == {company.departments["marketing"], company.departments["technology"], admin}


async def administrators(ask: Ask, company: Company) -> list[str]:
    found = await ask("{ viewer { id } }", company.user("hr"))
    return [uid(found["viewer"]["id"])]


@pytest.mark.parametrize("kind", ["ERASURE", "CORRECTION"])
async def test_an_erasure_that_concerns_two_departments_is_told_to_who_may_grant_it(
    ask: Ask, company: Company, case: Case, kind: str
) -> None:
    """Also where the second is that of a record merged with theirs; no recruiter of one may grant it."""
    await merged(ask, company, case)
    id = (await ask.do("fileRequest", case.claim, kind=kind))["id"]
    told = [
        each for each in await facts_of(ask.graph, company, "REQUEST_RECEIVED") if each["to"] != uid(case.candidate)
    ]
    departments = {company.departments[name] for name in ("marketing", "technology", "brand")}
    admins = set(await administrators(ask, company)) if kind == "ERASURE" else set[str]()
    assert {each["to"] for each in told} == departments | admins
    assert {each["erasure"] for each in told} == {kind == "ERASURE"}
    answer = await ask.do("answerRequest", company.user("marketing"), rightsRequest=id, answer="GRANTED")
    assert answer.get("code") == ("NOT_ALLOWED" if kind == "ERASURE" else None)


async def test_whoever_is_told_across_a_merge_reads_and_answers(ask: Ask, company: Company, case: Case) -> None:
    """And no more of it once the records are apart."""
    other = gid("Candidate", (await merged(ask, company, case)).candidate)
    id = (await ask.do("fileRequest", case.claim, kind="CORRECTION", text="My name is 范冰."))["id"]
    (seen,) = (await ask(SEEN, company.user("brand"), id=other))["candidate"]["requests"]["nodes"]
    assert seen["text"] == "My name is 范冰."
    answered = await ask.do("answerRequest", company.user("brand"), "state", rightsRequest=id, answer="GRANTED")
    assert answered == {"__typename": "RightsRequest", "state": "GRANTED"}
    await ask.do("splitCandidate", company.user("hr"), candidate=case.candidate)
    one = "query One($id: ID!) { node(id: $id) { id } }"
    assert (await ask(one, company.user("brand"), id=id))["node"] is None
    assert (await ask(one, company.user("marketing"), id=id))["node"] == {"id": id}


@pytest.mark.parametrize("kind", ["RESTRICTION", "OBJECTION"])
async def test_a_restriction_that_is_granted_hides_the_mark(ask: Ask, company: Company, case: Case, kind: str) -> None:
    before = (await ask(COUNTED, company.user("technology"), id=case.candidate))["candidate"]
    id = (await ask.do("fileRequest", case.claim, kind=kind))["id"]
    await ask.do("answerRequest", company.user("technology"), rightsRequest=id, answer="GRANTED")
    after = (await ask(COUNTED, company.user("technology"), id=case.candidate))["candidate"]
    assert before == {"status": "ACTIVE", "noShows": {"totalCount": 1}}
    assert after == {"status": "RESTRICTED", "noShows": {"totalCount": 0}}
    assert await company.faults() == []


async def test_whoever_restricted_their_record_ends_it(ask: Ask, company: Company, case: Case) -> None:
    """As long as another request holds it, it stands; what counts again is what had not run out."""
    ids = {kind: (await ask.do("fileRequest", case.claim, kind=kind))["id"] for kind in ("RESTRICTION", "OBJECTION")}
    for id in ids.values():
        await ask.do("answerRequest", company.user("technology"), rightsRequest=id, answer="GRANTED")
    first = await ask.do("withdrawRequest", case.claim, "state", rightsRequest=ids["RESTRICTION"])
    held = (await ask(COUNTED, company.user("technology"), id=case.candidate))["candidate"]
    assert (first["state"], held) == ("WITHDRAWN", {"status": "RESTRICTED", "noShows": {"totalCount": 0}})
    async with appends(ask, company, "REQUEST_WITHDRAWN", "RESTRICTION_LIFTED"):
        await ask.do("withdrawRequest", case.claim, rightsRequest=ids["OBJECTION"])
    free = (await ask(COUNTED, company.user("technology"), id=case.candidate))["candidate"]
    assert free == {"status": "ACTIVE", "noShows": {"totalCount": 1}}
    again = await ask.do("withdrawRequest", case.claim, rightsRequest=ids["OBJECTION"])
    assert (again["code"], again["field"]) == ("RIGHTS_REQUEST_ANSWERED", "rightsRequest")
    assert await company.faults() == []


async def test_a_request_is_taken_back_by_who_filed_it(ask: Ask, company: Company, case: Case) -> None:
    id = (await ask.do("fileRequest", case.claim, kind="ERASURE"))["id"]
    other = await made(ask, company, "-other")
    assert (await ask.do("withdrawRequest", other.claim, rightsRequest=id))["code"] == "NOT_FOUND"
    unverified = Claim(case.claim.candidate, case.application)
    assert (await ask.do("withdrawRequest", unverified, rightsRequest=id))["code"] == "NOT_VERIFIED"
    assert (await ask.do("withdrawRequest", company.user("hr"), rightsRequest=id))["code"] == "NOT_ALLOWED"
    assert (await ask.do("withdrawRequest", case.claim, "state", rightsRequest=id))["state"] == "WITHDRAWN"
    assert await ask.graph.client.read(FIND_TIMER, id=name(TimerKind.REQUEST, uid(id))) == []
    late = await ask.do("answerRequest", company.user("hr"), rightsRequest=id, answer="GRANTED")
    assert late["code"] == "RIGHTS_REQUEST_ANSWERED"
    anew = (await ask.do("fileRequest", case.claim, kind="ERASURE"))["id"]
    back = await ask.do("answerRequest", company.user("hr"), rightsRequest=anew, answer="WITHDRAWN")
    assert (back["code"], back["field"]) == ("INVALID_VALUE", "answer")


async def test_both_records_of_a_person_are_free_again(ask: Ask, company: Company, case: Case) -> None:
    other = await merged(ask, company, case)
    id = (await ask.do("fileRequest", case.claim, kind="RESTRICTION"))["id"]
    await ask.do("answerRequest", company.user("hr"), rightsRequest=id, answer="GRANTED")
    ids = (case.candidate, gid("Candidate", other.candidate))
    both = [(await ask(COUNTED, company.user("hr"), id=each))["candidate"] for each in ids]
    assert [each["status"] for each in both] == ["RESTRICTED"] * 2
    await ask.do("withdrawRequest", other, rightsRequest=id)
    both = [(await ask(COUNTED, company.user("hr"), id=each))["candidate"] for each in ids]
    assert [each["status"] for each in both] == ["ACTIVE"] * 2


async def test_what_is_taken_back_at_once_leaves_no_restriction(ask: Ask, company: Company, case: Case) -> None:
    """Filed from either of a person's records, and taken back from both at the same time."""
    other = await merged(ask, company, case)
    claims = {"RESTRICTION": case.claim, "OBJECTION": other}
    filed = {kind: (await ask.do("fileRequest", claim, kind=kind))["id"] for kind, claim in claims.items()}
    for id in filed.values():
        await ask.do("answerRequest", company.user("hr"), rightsRequest=id, answer="GRANTED")
    await asyncio.gather(*(ask.do("withdrawRequest", claims[kind], rightsRequest=id) for kind, id in filed.items()))
    for each in (case.candidate, gid("Candidate", other.candidate)):
        assert (await ask(COUNTED, company.user("hr"), id=each))["candidate"]["status"] == "ACTIVE"


async def test_who_does_not_own_all_cannot_erase(ask: Ask, company: Company, case: Case) -> None:
    id = (await ask.do("fileRequest", case.claim, kind="ERASURE"))["id"]
    part = await ask.do("answerRequest", company.user("technology"), rightsRequest=id, answer="GRANTED")
    assert part["code"] == "NOT_ALLOWED"
    whole = await ask.do("answerRequest", company.user("hr"), "state", rightsRequest=id, answer="GRANTED")
    assert whole["state"] == "GRANTED"
    seen = (await ask(SEEN, company.user("hr"), id=case.candidate))["candidate"]
    assert (seen["status"], seen["displayName"]) == ("ERASED", None)
    assert [each["text"] for each in seen["requests"]["nodes"]] == [None]
    assert await company.faults() == []


async def test_an_erasure_takes_why_a_request_was_refused(ask: Ask, company: Company, case: Case) -> None:
    """That it was, and when, stays."""
    id = (await ask.do("fileRequest", case.claim, kind="CORRECTION"))["id"]
    refusal = {"answer": "REFUSED", "reason": "She is called 范冰 in her passport."}
    await ask.do("answerRequest", company.user("marketing"), rightsRequest=id, **refusal)
    await company.at(days=0).erase(uid(case.candidate))
    (left,) = await requests(ask, company.user("hr"), case)
    assert (left["state"], left["answeredAt"], left["reason"]) == ("REFUSED", "2026-11-20T09:00:00Z", None)


async def test_an_erasure_takes_where_an_application_came_from(
    databases: Databases, tmp_path: Path, answerer: Answerer
) -> None:
    """It is free text: an uncle's name and number, say."""
    graph = (await databases.tested()).graph(SECRETS, tmp_path / "keys")
    company, ask = await make_company(graph), Ask(graph, answerer)
    company.at(days=5)
    person = {"displayName": "王芳", "email": f"uncle@{company.tag}"}
    filed = {"position": gid("Position", company.positions["marketing"]), "source": "canary-uncle 13800138000"}
    application = (await ask.do("submitApplication", company.user("hr"), candidate=person, **filed))["id"]
    await company.hr.erase(uid(await candidate_of(ask, company, uid(application))))
    query = "query S($id: ID!) { application(id: $id) { source } }"
    assert (await ask(query, company.user("hr"), id=application))["application"] == {"source": None}
    assert b"canary-uncle" not in await told(graph)


CANARIES = ("canary-name", "canary-mail", "canary-reason", "canary-words", "canary-room")


async def told(graph: Graph) -> bytes:
    """Everything that Bolt tells of a graph."""
    return repr([line async for line in graph_lines(graph.client)]).encode()


def found_in(folders: list[Path], canaries: list[str]) -> set[str]:
    """Which of them stand in any file below the folders, as they are."""
    found: set[str] = set()
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        with suppress(FileNotFoundError):
            content = path.read_bytes()
            found |= {canary for canary in canaries if canary.encode() in content}
    return found


async def handed_in(ask: Ask, company: Company, case: Case, said: bytes) -> str:
    """A file about the mark, which is disputed."""
    query = "query I($id: ID!) { node(id: $id) { ... on Finding { interview { id } } } }"
    found = (await ask(query, company.user("hr"), id=gid("Finding", case.finding)))["node"]
    await company.hr.dispute(case.finding)
    return await company.hr.proof(uid(found["interview"]["id"]), picture(said), finding=case.finding)


async def test_a_backup_does_not_bring_back_who_was_erased(
    databases: Databases, tmp_path: Path, answerer: Answerer
) -> None:
    """Restored, nothing of the person is to be read through the API, by Bolt, or in any file: keys, proof, engine.

    What the search through the engine's files can find is shown on the one that knew the person.
    """
    first, second = await databases.tested(), await databases.tested()
    keys, tag = tmp_path / "keys", f"-{uuid4().hex[:8]}"
    graph, canaries = first.graph(SECRETS, keys), [f"{canary}{tag}" for canary in (*CANARIES, "canary-proof")]
    company = await make_company(graph)
    ask = Ask(graph, answerer)
    case = await made(ask, company, tag)
    proof = await handed_in(ask, company, case, f"canary-proof{tag}".encode())
    await company.hr.rights_request(case.application, RightsKind.ERASURE, f"请删除 canary-words{tag}")
    assert found_in([first.files], canaries) == {f"canary-{word}{tag}" for word in ("name", "reason", "words")}
    assert found_in([keys, tmp_path / "proofs"], canaries) == set()
    await save(first, tmp_path / "before.backup", SECRETS)
    sealed = (tmp_path / "before.backup").read_bytes()
    assert not [canary for canary in CANARIES if canary.encode() in sealed]
    assert [canary for canary in CANARIES[:4] if canary.encode() in await told(graph)]

    (open_request,) = (await ask(SEEN.replace("kind kind", "id kind kind"), company.user("hr"), id=case.candidate))[
        "candidate"
    ]["requests"]["nodes"]
    await ask.do("answerRequest", company.user("hr"), rightsRequest=open_request["id"], answer="GRANTED")
    assert [id async for id in graph.keys.erased()] == [uid(case.candidate)]

    again, command = second.graph(SECRETS, keys), shell_of(second, TURNOUT_CANDIDATE_KEYS=str(keys))
    code, said = await command.turnout("restore", str(tmp_path / "before.backup"))
    assert (code, "1 candidates of the file were erased since" in said) == (0, True), said
    assert not [canary for canary in CANARIES if canary in said]
    assert not [canary for canary in CANARIES if canary.encode() in await told(again)]
    seen = await Ask(again, answerer)(SEEN, company.user("hr"), id=case.candidate)
    assert (seen["candidate"]["status"], seen["candidate"]["displayName"]) == ("ERASED", None)
    assert (await verify(second.client))[2] == []
    assert await erasures.replay(again, NOW) == 0
    stored = b"".join(path.read_bytes() for path in keys.rglob("*") if path.is_file())
    assert uid(case.candidate)[:2] + "/" + uid(case.candidate) not in {
        str(path.relative_to(keys)) for path in keys.rglob("*")
    }
    assert not [canary for canary in CANARIES if canary.encode() in stored]

    timers = await again.client.read(FIND_TIMER, id=name(TimerKind.PURGE_PROOF, proof))
    assert len([path for path in (tmp_path / "proofs").rglob("*") if path.is_file()]) == 1
    await proofs.purge(again, timers[0], max(timers[0].due_at, NOW))
    assert not [path for path in (tmp_path / "proofs").rglob("*") if path.is_file()]
    assert found_in([second.files, second.folder, keys, tmp_path / "proofs"], canaries) == set()
    assert not (second.folder / "restoring").exists()
