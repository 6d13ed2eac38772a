"""Proof: handed in by a ticket, opened by HR of the deciding department, decided by name, and gone in time."""

from __future__ import annotations

import asyncio
import os
import tempfile
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http import Server
from api.proofs import of_form
from graph import proofs, retention, timers
from graph.checks import CheckOutcome, NewCheck
from graph.file_kinds import MOST_BYTES, FileKind, kind_of
from graph.findings import Cause
from graph.interviews import Attendance
from graph.timers import Timer, TimerKind
from graph.visibility import Claim
from graph.writing import Graph
from schema.execution import Answerer
from seeds import makers
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.due import LIST_MESSAGES, do_due
from tests.ledger import appends, refused
from tests.pictures import document, photograph, picture
from tests.test_http import client, server, token
from tests.timing import FIND_TIMER

PROOF = """id kind size hash verdict reason purgedAt repeats decidedBy { externalId }
  finding { id } request { id } interview { id finding { id state outcome reason } }"""
SEEN = "query Seen($id: ID!) { node(id: $id) { ... on Interview { proofs { id } finding { proofs { id } state } } } }"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@dataclass
class Missed:
    """An interview with Marketing that was missed and is suspected, or is asked to be moved; and its candidate."""

    ask: Ask
    company: Company
    door: Server
    claim: Claim
    application: str
    interview: str
    about: str
    headers: dict[str, str] = field(default_factory=dict[str, str])

    async def ticket(self) -> str:
        got = await self.ask.do("requestUpload", self.claim, "id ticket expiresAt", about=self.about)
        assert got["expiresAt"] == (self.ask.now + timedelta(minutes=10)).isoformat().replace("+00:00", "Z")
        return got["ticket"]

    async def post(self, ticket: str, content: Any = None, **more: Any) -> httpx.Response:
        async with client(self.door) as http:
            return await http.post(f"/c/proof/{ticket}", content=content, **more)

    async def give(self, plain: bytes) -> str:
        answer = await self.post(await self.ticket(), plain)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]["proof"]

    async def open(self, proof: str, viewer: str = "marketing") -> httpx.Response:
        async with client(self.door) as http:
            headers = token(self.door, self.company.user(viewer)) if viewer else {}
            return await http.get(f"/proofs/{proof}", headers=headers)

    async def decide(self, proof: str, verdict: str, viewer: str = "marketing") -> Any:
        input = {"proof": proof, "verdict": verdict, "reason": "It is a certificate."}
        return await self.ask.do("decideProof", self.company.user(viewer), PROOF, **input)

    async def seen(self, viewer: str | Claim) -> Any:
        return (await self.ask(SEEN, viewer, id=gid("Interview", self.interview)))["node"]

    def stored(self, folder: Path) -> list[Path]:
        """What is in the store of this candidate's."""
        return [path for path in files_in(folder / "proofs") if self.claim.candidate in str(path)]

    async def timer(self, kind: TimerKind, subject: str) -> Timer | None:
        found = await self.ask.graph.client.read(FIND_TIMER, id=timers.name(kind, subject))
        return found[0] if found else None

    async def purge(self, proof: str) -> Timer:
        """Does what is due for a file, when it is due."""
        timer = await self.timer(TimerKind.PURGE_PROOF, uid(proof))
        assert timer is not None
        await proofs.purge(self.ask.graph, timer, timer.due_at)
        return timer


async def claim_of(ask: Ask, company: Company, application: str) -> Claim:
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    return Claim(uid(found["application"]["candidate"]["id"]), application, verified=True)


async def suspected(ask: Ask, company: Company, answerer: Answerer, *, interviewers: tuple[str, ...] = ()) -> Missed:
    company.at(days=9)
    application = await company.application("marketing")
    interview = await company.hr.missed(application, interviewers=interviewers)
    finding = await company.hr.suspicion(interview)
    await company.hr.notice(finding)
    claim = await claim_of(ask, company, application)
    door = server(ask.graph, answerer, rate_points=0)
    door.clock = lambda: ask.now
    return Missed(ask, company, door, claim, application, interview, gid("Finding", finding))


@pytest.fixture
async def missed(ask: Ask, company: Company, answerer: Answerer) -> Missed:
    return await suspected(ask, company, answerer)


@pytest.fixture
async def late(ask: Ask, company: Company, answerer: Answerer) -> Missed:
    """A request for another time that came too late, before the interview."""
    company.at(days=9)
    application = await company.application("marketing")
    interview = await company.hr.interview(application, starts_at=NOW + timedelta(hours=5))
    company.at(days=0)
    request = await company.hr.request(interview)
    claim = await claim_of(ask, company, application)
    door = server(ask.graph, answerer, rate_points=0)
    door.clock = lambda: ask.now
    return Missed(ask, company, door, claim, application, interview, gid("RescheduleRequest", request))


async def test_a_file_comes_by_its_ticket_and_is_shown_to_both_sides(missed: Missed, folder: Path) -> None:
    for plain, kind in ((document(), "PDF"), (photograph(), "JPEG"), (picture(), "PNG")):
        given = await missed.give(plain)
        for viewer in (missed.claim, missed.company.user("marketing")):
            query = f"query P($id: ID!) {{ node(id: $id) {{ ... on Proof {{ {PROOF} }} }} }}"
            found = (await missed.ask(query, viewer, id=given))["node"]
            assert (found["kind"], found["size"], found["hash"]) == (kind, len(plain), sha256(plain).hexdigest())
            assert (found["finding"]["id"], found["request"]) == (missed.about, None)
        opened = await missed.open(given)
        assert (opened.status_code, opened.content) == (200, plain)
    assert len((await missed.seen(missed.claim))["proofs"]) == 3
    assert len((await missed.seen(missed.company.user("hr")))["finding"]["proofs"]) == 3
    assert len(missed.stored(folder)) == 3


async def test_others_see_nothing_of_it(missed: Missed, ask: Ask, company: Company, answerer: Answerer) -> None:
    given, ticket = await missed.give(picture()), await missed.ticket()
    other = await suspected(ask, company, answerer)
    query = "query P($id: ID!) { node(id: $id) { id } }"
    link = Claim(missed.claim.candidate, missed.application)
    for viewer in (*(company.user(name) for name in ("technology", "subsidiary", "integrator")), other.claim, link):
        assert (await ask(query, viewer, id=given))["node"] is None
    for viewer in (*(company.user(name) for name in ("hr", "marketing", "auditor")), other.claim, link):
        assert (await ask(query, viewer, id=gid("UploadTicket", ticket.partition(".")[0])))["node"] is None
    answers = {name: (await missed.open(given, name)).status_code for name in ("technology", "subsidiary", "")}
    assert answers == {"technology": 404, "subsidiary": 404, "": 401}
    assert [(await missed.open(given, name)).status_code for name in ("auditor", "integrator")] == [403, 403]
    assert (await missed.open("nonsense")).status_code == 404


async def test_a_file_is_given_out_as_an_attachment_and_on_record(missed: Missed, company: Company) -> None:
    given = await missed.give(document())
    async with appends(missed.ask, company, "PROOF_OPENED", "PROOF_OPENED"):
        opened = await missed.open(given)
        await missed.open(given, "hr")
    assert opened.headers["content-type"] == "application/pdf"
    assert opened.headers["content-disposition"] == f'attachment; filename="proof-{uid(given)[:8]}.pdf"'
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert opened.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert opened.headers["cache-control"] == "no-store"


def form(*parts: tuple[str, bytes], end: bytes = b"--B--\r\n") -> bytes:
    """A form as a browser sends one; each part has a disposition."""
    made = [b"--B\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (said.encode(), body) for said, body in parts]
    return b"".join(made) + end


FORM = {"Content-Type": "multipart/form-data; boundary=B"}
FILE = 'form-data; name="file"; filename="certificate.png"'


async def test_a_form_without_a_script_brings_a_file_too(missed: Missed) -> None:
    body = form(('form-data; name="form"', b"a token"), (FILE, picture()))
    answer = await missed.post(await missed.ticket(), body, headers={**FORM, "Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (201, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "已收到" in answer.text
    refused_page = await missed.post("nonsense", body, headers={**FORM, "Accept": "text/html"})
    assert (refused_page.status_code, "已失效" in refused_page.text) == (404, True)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
HOSTILE: dict[str, tuple[Any, dict[str, str], int, str]] = {
    "empty": (b"", {}, 422, "FILE_EMPTY"),
    "no file chosen": (form(('form-data; name="file"; filename=""', b"")), FORM, 422, "FILE_EMPTY"),
    "no file at all": (form(('form-data; name="file"', picture())), FORM, 422, "FILE_EMPTY"),
    "too large": (b"%PDF-1.7\n" + b"\0" * 11_000_000, {}, 413, "FILE_TOO_LARGE"),
    "an SVG by the name of a PNG": (form((FILE, SVG)), FORM, 415, "FILE_TYPE"),
    "an SVG by type": (SVG, {"Content-Type": "image/png"}, 415, "FILE_TYPE"),
    "cut short": (picture()[:-5], {}, 422, "FILE_DAMAGED"),
    "a form cut short": (form((FILE, picture()), end=b""), FORM, 422, "FILE_DAMAGED"),
    "no form": (b"rubbish", FORM, 422, "FILE_DAMAGED"),
    "a form without a boundary": (b"rubbish", {"Content-Type": "multipart/form-data"}, 422, "FILE_DAMAGED"),
    "two things in one": (picture() + b"PK\x03\x04", {}, 422, "FILE_AMBIGUOUS"),
    "two files": (form((FILE, picture()), (FILE, picture())), FORM, 422, "FILE_AMBIGUOUS"),
    "a way out": (
        form(('form-data; name="file"; filename="../../etc/passwd.png"', picture())),
        FORM,
        422,
        "FILE_NAME",
    ),
    "a way out on Windows": (
        form(('form-data; name="file"; filename="C:\\Windows\\a.png"', picture())),
        FORM,
        422,
        "FILE_NAME",
    ),
    "a way out in a header": (
        picture(),
        {"Content-Disposition": 'attachment; filename="../a.png"'},
        422,
        "FILE_NAME",
    ),
}


async def test_what_is_refused_leaves_nothing_and_may_be_tried_again(missed: Missed, folder: Path) -> None:
    ticket = await missed.ticket()
    for why, (body, headers, status, code) in HOSTILE.items():
        answer = await missed.post(ticket, body, headers=headers)
        assert answer.status_code == status, (why, answer.text)
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == code, why
        assert error["message"].endswith("."), why
        assert error["extensions"]["messageZh"].endswith("。"), why
    assert missed.stored(folder) == []
    assert (await missed.seen(missed.claim))["proofs"] == []
    assert (await missed.post(ticket, picture())).status_code == 201


async def test_a_ticket_lets_one_file_in(missed: Missed, folder: Path) -> None:
    ticket = await missed.ticket()
    first, again, other = [
        await missed.post(ticket, plain) for plain in (picture(b"one"), picture(b"one"), picture(b"two"))
    ]
    assert first.status_code == 201
    assert (again.status_code, other.status_code) == (404, 404)
    ticket = await missed.ticket()
    at_once = await asyncio.gather(*(missed.post(ticket, picture(b"%d" % number)) for number in range(4)))
    assert sorted(answer.status_code for answer in at_once) == [201, 404, 404, 404]
    assert len(missed.stored(folder)) == 2
    ended = await missed.ticket()
    missed.ask.now += timedelta(minutes=10)
    forged = ended.partition(".")[0] + "." + "A" * 43
    for bad in (ended, forged, "nonsense", ended.partition(".")[0]):
        assert (await missed.post(bad, picture())).status_code == 404


async def test_a_ticket_ends_with_the_link(missed: Missed, ask: Ask, company: Company, folder: Path) -> None:
    """Whoever has lost a link to somebody else has nothing handed in by it from then on, nor what is on its way."""
    tickets = [await missed.ticket(), await missed.ticket()]

    async def revoke(application: str) -> None:
        link = (await ask.do("createLink", company.user("hr"), application=gid("Application", application)))["id"]
        await ask.do("revokeLink", company.user("hr"), link=link)

    async def slow() -> AsyncIterator[bytes]:
        yield picture()[:100]
        await revoke(missed.application)
        yield picture()[100:]

    for ticket, content in zip(tickets, (slow(), picture()), strict=True):
        assert (await missed.post(ticket, content)).status_code == 404
    assert missed.stored(folder) == []
    await missed.give(picture())


async def test_a_ticket_ends_with_the_link_of_a_merged_record(missed: Missed, ask: Ask, company: Company) -> None:
    """Which opens both."""
    other = await company.application("technology")
    claim = await claim_of(ask, company, other)
    both = {"candidate": gid("Candidate", claim.candidate), "other": gid("Candidate", missed.claim.candidate)}
    await ask.do("mergeCandidates", company.user("hr"), **both)
    ticket = (await ask.do("requestUpload", claim, "ticket", about=missed.about))["ticket"]
    link = (await ask.do("createLink", company.user("hr"), application=gid("Application", other)))["id"]
    await ask.do("revokeLink", company.user("hr"), link=link)
    assert (await missed.post(ticket, picture())).status_code == 404


async def test_who_may_hand_in_and_about_what(missed: Missed, ask: Ask, company: Company, answerer: Answerer) -> None:
    code, other = "requestUpload", await suspected(ask, company, answerer)
    link = Claim(missed.claim.candidate, missed.application)
    assert await ask.do(code, link, about=missed.about) == refused(code, "NOT_VERIFIED", None)
    assert await ask.do(code, company.user("hr"), about=missed.about) == refused(code, "NOT_ALLOWED", None)
    for about in (other.about, "nonsense", gid("RescheduleRequest", "nothing"), gid("Interview", missed.interview)):
        assert await ask.do(code, missed.claim, about=about) == refused(code, "NOT_FOUND", "about")
    for _ in range(10):
        await missed.give(picture())
    assert await ask.do(code, missed.claim, about=missed.about) == refused(code, "TOO_MANY_FILES", "about")
    await company.hr.excuse(uid(other.about))
    assert await ask.do(code, other.claim, about=other.about) == refused(code, "NOTHING_OPEN", "about")


async def test_accepted_proof_excuses_the_suspicion_by_name(missed: Missed, company: Company) -> None:
    given = await missed.give(document())
    async with appends(missed.ask, company, "PROOF_DECIDED", "NO_SHOW_EXCUSED"):
        decided = await missed.decide(given, "ACCEPTED")
    assert decided["verdict"] == "ACCEPTED"
    assert decided["decidedBy"]["externalId"] == company.user("marketing")
    found = decided["interview"]["finding"]
    assert (found["state"], found["outcome"], found["reason"]) == ("EXCUSED", "EXCUSED", "It is a certificate.")
    assert await missed.decide(given, "REJECTED") == refused("decideProof", "PROOF_DECIDED", "proof")


async def test_rejected_proof_leaves_the_suspicion(missed: Missed) -> None:
    given = await missed.give(document())
    decided = await missed.decide(given, "REJECTED")
    assert (decided["verdict"], decided["interview"]["finding"]["state"]) == ("REJECTED", "NOTICE_SENT")


async def reviews(missed: Missed, company: Company) -> list[str]:
    found = await missed.ask('{ department(code: "MARKETING") { tasks { kind } } }', company.user("marketing"))
    return [each["kind"] for each in found["department"]["tasks"]]


async def test_proof_is_read_before_anything_is_decided(missed: Missed, company: Company) -> None:
    """It is an answer: it ends the waiting, and a decision that does not know it is refused."""
    marketing = company.user("marketing")
    read = await missed.ask.last_seq(marketing, missed.about)
    given = await missed.give(document())
    confirm = {"finding": missed.about, "cause": "CANDIDATE", "reason": "No.", "knewBy": "TOLD_BY_STAFF"}
    answer = await missed.ask.do("confirmNoShow", marketing, readUpTo=read, **confirm)
    assert answer == refused("confirmNoShow", "STATEMENT_UNREAD", "readUpTo")
    read = await missed.ask.last_seq(marketing, missed.about)
    answer = await missed.ask.do("confirmNoShow", marketing, "state basedOn { type }", readUpTo=read, **confirm)
    assert answer["state"] == "FINAL"
    assert "PROOF_RECEIVED" in [each["type"] for each in answer["basedOn"]]
    assert await reviews(missed, company) == []
    assert (await missed.decide(given, "ACCEPTED"))["interview"]["finding"]["state"] == "FINAL"
    assert await reviews(missed, company) == ["REVIEW_DUE"]


async def test_proof_of_a_refused_request_is_read_too(late: Missed, company: Company) -> None:
    """Handed in after the suspicion, it answers no notice, and nobody decides without having read of it."""
    marketing = company.user("marketing")
    late.ask.now = NOW + timedelta(days=1)
    hr = company.at(days=0)
    await hr.deny(uid(late.about), "Too late.")
    company.at(days=-1)
    await hr.attendance(late.interview, Attendance.NOT_ATTENDED)
    finding = await hr.suspicion(late.interview)
    await hr.notice(finding)
    late.ask.now = NOW + timedelta(days=5)
    confirm = {"finding": gid("Finding", finding), "cause": "CANDIDATE", "reason": "No.", "knewBy": "TOLD_BY_STAFF"}
    read = await late.ask.last_seq(marketing, confirm["finding"])
    await late.give(document())
    answer = await late.ask.do("confirmNoShow", marketing, readUpTo=read, **confirm)
    assert answer == refused("confirmNoShow", "STATEMENT_UNREAD", "readUpTo")
    read = await late.ask.last_seq(marketing, confirm["finding"])
    assert (await late.ask.do("confirmNoShow", marketing, "state", readUpTo=read, **confirm))["state"] == "FINAL"


async def test_proof_is_an_answer_that_waits_for_a_decision(missed: Missed, company: Company) -> None:
    """The task is there at once, though nothing was said in words and the time to answer has not passed."""
    query = '{ department(code: "MARKETING") { tasks { kind finding { id } } } }'
    missed.ask.now = company.hr.at + timedelta(hours=1)
    assert (await missed.ask(query, company.user("marketing")))["department"]["tasks"] == []
    await missed.give(document())
    due = (await missed.ask(query, company.user("marketing")))["department"]["tasks"]
    assert due == [{"kind": "DECISION_DUE", "finding": {"id": missed.about}}]


async def test_no_interviewer_decides_about_it(ask: Ask, company: Company, answerer: Answerer) -> None:
    query = "{ viewer { id } }"
    holder = uid((await ask(query, company.user("marketing")))["viewer"]["id"])
    missed = await suspected(ask, company, answerer, interviewers=(holder,))
    given = await missed.give(document())
    assert await missed.decide(given, "ACCEPTED") == refused("decideProof", "NOT_ALLOWED", "proof")
    assert await missed.decide(given, "ACCEPTED", "technology") == refused("decideProof", "NOT_FOUND", "proof")
    assert (await missed.decide(given, "ACCEPTED", "hr"))["verdict"] == "ACCEPTED"


async def test_accepted_proof_of_a_late_request_excuses_in_advance(late: Missed, company: Company) -> None:
    given = await late.give(document())
    assert (await late.decide(given, "ACCEPTED"))["interview"]["finding"] is None
    late.ask.now = NOW + timedelta(days=1)
    company.at(days=-1)
    await company.hr.attendance(late.interview, Attendance.NOT_ATTENDED)
    answer = await late.ask.do("reportNoShow", company.user("marketing"), interview=gid("Interview", late.interview))
    assert answer == refused("reportNoShow", "PROOF_STANDS", "interview")
    assert await do_due(late.ask.graph, company, company.hr.at) == ["OUTCOME"]
    query = """query Q($id: ID!) { node(id: $id) { ... on Interview { finding {
      state outcome reason decidedBy { id } basedOn { type } } } } }"""
    found = (await late.ask(query, company.user("marketing"), id=gid("Interview", late.interview)))["node"]["finding"]
    decider = (await late.ask("{ viewer { id } }", company.user("marketing")))["viewer"]["id"]
    assert (found["state"], found["outcome"], found["reason"]) == ("EXCUSED", "EXCUSED", "It is a certificate.")
    assert found["decidedBy"] == {"id": decider}
    assert "PROOF_DECIDED" in [each["type"] for each in found["basedOn"]]


async def test_accepted_proof_of_a_late_request_excuses_what_was_missed(late: Missed, company: Company) -> None:
    given = await late.give(document())
    late.ask.now = NOW + timedelta(days=1)
    company.at(days=-1)
    await company.hr.attendance(late.interview, Attendance.NOT_ATTENDED)
    found = (await late.decide(given, "ACCEPTED"))["interview"]["finding"]
    assert (found["state"], found["outcome"]) == ("EXCUSED", "EXCUSED")


async def test_the_file_goes_thirty_days_after_the_verdict(missed: Missed, folder: Path, company: Company) -> None:
    given = await missed.give(picture(b"a certificate"))
    missed.ask.now += timedelta(days=5)
    await missed.decide(given, "REJECTED")
    timer = await missed.purge(given)
    assert timer.due_at == missed.ask.now + timedelta(days=30)
    assert missed.stored(folder) == []
    gone = await missed.open(given)
    assert (gone.status_code, gone.json()["errors"][0]["extensions"]["code"]) == (410, "PROOF_PURGED")
    missed.ask.now = timer.due_at
    again = await missed.give(picture(b"a certificate"))
    query = f"query P($id: ID!) {{ node(id: $id) {{ ... on Proof {{ {PROOF} }} }} }}"
    kept, brought = [(await missed.ask(query, company.user("hr"), id=id))["node"] for id in (given, again)]
    assert (kept["verdict"], kept["hash"]) == ("REJECTED", brought["hash"])
    assert kept["purgedAt"] == timer.due_at.isoformat().replace("+00:00", "Z")
    assert (kept["repeats"], brought["repeats"]) == (False, True)


async def test_the_file_stays_while_a_dispute_is_open(missed: Missed, folder: Path, company: Company) -> None:
    given = await missed.give(picture())
    finding = uid(missed.about)
    company.at(days=0)
    await company.hr.confirmation(finding, Cause.CANDIDATE)
    await missed.decide(given, "REJECTED")
    await company.hr.dispute(finding)
    first = await missed.purge(given)
    assert len(missed.stored(folder)) == 1
    second = await missed.timer(TimerKind.PURGE_PROOF, uid(given))
    assert second is not None
    assert second.due_at == first.due_at + timedelta(days=1)
    await company.hr.void(finding)
    await missed.purge(given)
    assert missed.stored(folder) == []


async def test_the_file_stays_thirty_days_after_a_dispute_is_rejected(
    missed: Missed, folder: Path, company: Company
) -> None:
    """As after one that is upheld: whoever reviews what was decided must be able to look at what was shown."""
    given, finding = await missed.give(picture()), uid(missed.about)
    company.at(days=0)
    await company.hr.confirmation(finding, Cause.CANDIDATE)
    await missed.decide(given, "REJECTED")
    await company.hr.dispute(finding)
    second = await makers.maker(missed.ask.graph, company.user("marketing"), at=NOW + timedelta(days=29))
    await second.rejection(finding)
    for days in (30, 59):
        timer = await missed.purge(given)
        assert timer.due_at == NOW + timedelta(days=days)
        assert len(missed.stored(folder)) == (1 if days == 30 else 0)


async def test_a_file_without_a_verdict_stays_thirty_days_after_the_decision(
    missed: Missed, folder: Path, company: Company
) -> None:
    """What was decided a day before the file's own thirty days are over may still be disputed."""
    given = await missed.give(picture())
    handed_in = missed.ask.now
    company.hr.at = decided = handed_in + timedelta(days=29)
    await company.hr.excuse(uid(missed.about))
    await missed.purge(given)
    assert len(missed.stored(folder)) == 1
    timer = await missed.timer(TimerKind.PURGE_PROOF, uid(given))
    assert timer is not None
    assert timer.due_at == decided + timedelta(days=30)
    await missed.purge(given)
    assert missed.stored(folder) == []


async def test_an_undecided_file_does_not_stay_for_ever(missed: Missed, folder: Path, company: Company) -> None:
    given = await missed.give(picture())
    await missed.purge(given)
    assert len(missed.stored(folder)) == 1
    company.at(days=0)
    await company.hr.excuse(uid(missed.about))
    await missed.purge(given)
    assert missed.stored(folder) == []


async def test_what_a_crash_left_is_swept(missed: Missed, folder: Path, graph: Graph) -> None:
    """Between the store and the graph: the file is there and nobody knows of it."""
    ticket = await missed.ticket()
    assert (await missed.post(ticket, picture(b"kept"))).status_code == 201
    (kept,) = missed.stored(folder)
    (kept.parent / "left").write_bytes(b"sealed")
    timer = await missed.timer(TimerKind.SWEEP_UPLOAD, ticket.partition(".")[0])
    assert timer is not None
    await proofs.sweep(graph, timer, timer.due_at)
    assert missed.stored(folder) == [kept]
    assert await missed.timer(TimerKind.SWEEP_UPLOAD, ticket.partition(".")[0]) is None


async def test_a_failing_graph_leaves_no_file_behind(
    missed: Missed, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await missed.ticket()

    async def broken(*_: Any) -> Any:
        raise OSError("the database is gone")

    with monkeypatch.context() as patch:
        patch.setattr(proofs, "_write", broken)
        assert (await missed.post(ticket, picture())).status_code == 503
    timer = await missed.timer(TimerKind.SWEEP_UPLOAD, ticket.partition(".")[0])
    assert timer is not None
    await proofs.sweep(missed.ask.graph, timer, timer.due_at)
    assert missed.stored(folder) == []


async def test_erasure_takes_files_with_their_key(missed: Missed, folder: Path, company: Company) -> None:
    given = await missed.give(picture(b"a certificate"))
    (stored,) = missed.stored(folder)
    sealed = stored.read_bytes()
    await company.hr.erase(missed.claim.candidate)
    assert (await missed.open(given)).status_code == 410
    await missed.purge(given)
    assert missed.stored(folder) == []
    stored.write_bytes(sealed)
    name = str(stored.relative_to(folder / "proofs"))
    with pytest.raises(proofs.Damaged):
        proofs.proof_files.opened(missed.ask.graph.keys, missed.claim.candidate, name, sealed)
    stored.unlink()


@pytest.mark.parametrize("verdict", ["ACCEPTED", "REJECTED"])
async def test_why_proof_was_decided_so_goes_with_the_finding(missed: Missed, company: Company, verdict: str) -> None:
    """In its time; the verdict and the hash stay, and the history still verifies."""
    given = await missed.give(document())
    await missed.decide(given, verdict)
    timer = await missed.timer(TimerKind.ERASE_FINDING, uid(missed.about))
    assert timer is not None
    assert await timers.take(missed.ask.graph, timer, timer.due_at, retention.erase)
    query = "query P($id: ID!) { node(id: $id) { ... on Proof { verdict reason hash } } }"
    left = (await missed.ask(query, company.user("marketing"), id=given))["node"]
    assert (left["verdict"], left["reason"], left["hash"] is not None) == (verdict, None, True)
    text = (
        "MATCH (:Candidate {id: $candidate})<-[:ABOUT]-(event:Event) WHERE event.payload CONTAINS 'certificate' "
        "RETURN event.type AS answer"
    )
    assert await missed.ask.graph.client.answer("tests.left", text, {"candidate": missed.claim.candidate}) == []
    assert await company.faults() == []


async def test_a_changed_file_is_not_given_out(missed: Missed, folder: Path) -> None:
    given = await missed.give(picture())
    (stored,) = missed.stored(folder)
    sealed = bytearray(stored.read_bytes())
    sealed[-1] ^= 1
    stored.write_bytes(bytes(sealed))
    answer = await missed.open(given)
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (500, "This file cannot be opened.")


async def test_no_plain_byte_of_it_is_on_any_disk(
    missed: Missed, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the store, nor in the engine's files or logs, nor where programs put what is temporary."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    canary = b"CANARY-7f3a91-my-mother-is-ill"
    plain = picture(canary * 40_000)
    answer = await missed.post(await missed.ticket(), form((FILE, plain)), headers=FORM)
    given = answer.json()["data"]["proof"]
    assert (await missed.open(given)).content == plain
    assert len(missed.stored(folder)) == 1
    assert not [path for path in files_in(folder) if canary in path.read_bytes()]
    assert not files_in(tmp_path)
    text = "MATCH (p:Proof {id: $id}) RETURN keys(p) AS names"
    (found,) = await missed.ask.graph.client.answer("tests.proof_names", text, {"id": uid(given)})
    assert set(found["names"]) == {"id", "ticket", "object", "kind", "size", "hash", "uploadedAt"}


@pytest.mark.parametrize("kind", FileKind)
async def test_a_large_file_is_in_memory_once_beside_its_sealed_form(missed: Missed, kind: FileKind) -> None:
    """Four come at once into a process that is promised to stay small; the bound is what docs/decisions/0015 tells."""
    plain = {
        FileKind.PDF: lambda: document(stream=os.urandom(MOST_BYTES - 2_000)),
        FileKind.PNG: lambda: picture(width=1_850, height=1_850, dots=bytes(1_850) + os.urandom(1_850 * 3 * 1_850)),
        FileKind.JPEG: lambda: photograph().replace(b"\x7f\xff\x00", b"\x7f" * (MOST_BYTES - 2_000) + b"\xff\x00"),
    }[kind]()
    body = form((FILE, plain))
    keys, candidate = missed.ask.graph.keys, missed.claim.candidate

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 65_536):
            yield body[at : at + 65_536]

    await keys.load({candidate})
    tracemalloc.start()
    try:
        came = await of_form(pieces(), b"B")
        assert kind_of(came) is kind
        sealed = proofs.proof_files.sealed(keys, candidate, "here", came)
        taken = tracemalloc.get_traced_memory()[1]
        del came
        tracemalloc.reset_peak()
        opened = proofs.proof_files.opened(keys, candidate, "here", sealed)
        given = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert opened == plain
    assert max(taken, given) < 2.25 * MOST_BYTES


OF_CHECK = """id repeats interview { id } finding { id state outcome } resumeCheck { id proofs { id } }"""


@pytest.fixture
async def mismatched(ask: Ask, company: Company, answerer: Answerer) -> Missed:
    """A check of a résumé that did not match, of which notice was given; `interview` is the check."""
    company.at(days=9)
    application = await company.application("marketing")
    told = NewCheck(
        application, CheckOutcome.MISMATCH, "Degree", "Call", "Registry", NOW.date() - timedelta(days=9), "No."
    )
    check = await company.hr.resume_check(told)
    query = "query F($id: ID!) { node(id: $id) { ... on ResumeCheck { findings { id } } } }"
    (finding,) = (await ask(query, company.user("hr"), id=gid("ResumeCheck", check)))["node"]["findings"]
    await company.hr.notice(uid(finding["id"]))
    claim, door = await claim_of(ask, company, application), server(ask.graph, answerer, rate_points=0)
    door.clock = lambda: ask.now
    return Missed(ask, company, door, claim, application, check, finding["id"])


async def proof_of(case: Missed, viewer: str | Claim, proof: str) -> Any:
    query = f"query P($id: ID!) {{ node(id: $id) {{ ... on Proof {{ {OF_CHECK} }} }} }}"
    who = viewer if isinstance(viewer, Claim) else case.company.user(viewer)
    return (await case.ask(query, who, id=proof))["node"]


async def test_proof_against_a_mismatch_is_read_and_excuses_it(mismatched: Missed, company: Company) -> None:
    """By whoever decides about the check and by the candidate; it is an answer that a decision must have read."""
    marketing, read = (
        company.user("marketing"),
        await mismatched.ask.last_seq(company.user("marketing"), mismatched.about),
    )
    given = await mismatched.give(document())
    found = {
        "id": given,
        "repeats": False,
        "interview": None,
        "finding": {"id": mismatched.about, "state": "NOTICE_SENT", "outcome": None},
        "resumeCheck": {"id": gid("ResumeCheck", mismatched.interview), "proofs": [{"id": given}]},
    }
    for viewer in ("marketing", "hr", mismatched.claim):
        assert await proof_of(mismatched, viewer, given) == found
    for viewer in ("technology", "subsidiary", "integrator"):
        assert await proof_of(mismatched, viewer, given) is None
    opened = [(await mismatched.open(given, name)).status_code for name in ("marketing", "technology")]
    assert opened == [200, 404]
    confirm = {"finding": mismatched.about, "cause": "CANDIDATE", "reason": "No.", "knewBy": "TOLD_BY_STAFF"}
    answer = await mismatched.ask.do("confirmNoShow", marketing, readUpTo=read, **confirm)
    assert answer == refused("confirmNoShow", "STATEMENT_UNREAD", "readUpTo")
    async with appends(mismatched.ask, company, "PROOF_DECIDED", "MISMATCH_EXCUSED"):
        decided = await mismatched.decide(given, "ACCEPTED")
    assert decided["finding"] == {"id": mismatched.about}
    assert (await proof_of(mismatched, "hr", given))["finding"]["state"] == "EXCUSED"
    about = await mismatched.ask.do("requestUpload", mismatched.claim, about=mismatched.about)
    assert about == refused("requestUpload", "NOTHING_OPEN", "about")


async def test_proof_that_is_accepted_later_is_to_be_looked_at(mismatched: Missed, company: Company) -> None:
    """The mismatch stands until somebody decides again, with a reason."""
    marketing, given = company.user("marketing"), await mismatched.give(document())
    read = await mismatched.ask.last_seq(marketing, mismatched.about)
    stands = {"finding": mismatched.about, "cause": "CANDIDATE", "reason": "Another degree."}
    await mismatched.ask.do("confirmNoShow", marketing, readUpTo=read, **stands)
    await mismatched.decide(given, "ACCEPTED")
    assert await reviews(mismatched, company) == ["REVIEW_DUE"]
    async with appends(mismatched.ask, company, "MISMATCH_REVIEWED"):
        await mismatched.ask.do("confirmNoShow", marketing, readUpTo=read, **stands)
    assert await reviews(mismatched, company) == []


async def test_proof_of_a_check_is_purged_and_erased_in_its_time(
    mismatched: Missed, company: Company, folder: Path
) -> None:
    given, other = await mismatched.give(document()), await mismatched.give(picture())
    await mismatched.purge(given)
    assert len(mismatched.stored(folder)) == 2
    assert (await mismatched.decide(given, "REJECTED"))["verdict"] == "REJECTED"
    await mismatched.purge(given)
    assert [(await mismatched.open(id)).status_code for id in (given, other)] == [410, 200]
    await company.at(days=0).erase(mismatched.claim.candidate)
    await mismatched.purge(other)
    assert mismatched.stored(folder) == []
    assert await company.faults() == []


async def test_letters_of_such_proof_are_about_the_check(mismatched: Missed, company: Company) -> None:
    await mismatched.decide(await mismatched.give(document()), "ACCEPTED")
    organization = company.hr.viewer.organization
    told = await mismatched.ask.graph.client.read(LIST_MESSAGES, organization=organization)
    letters = [each for each in told if each.template.startswith("PROOF")]
    assert sorted((each.template, *each.to) for each in letters) == [
        ("PROOF_DECIDED", "Candidate"),
        ("PROOF_RECEIVED", "Department"),
    ]
    assert all(each.subject == uid(mismatched.about) and '"check":true' in each.facts for each in letters)
