"""Links: one for an application, opened by nothing that is guessed, and codes that prove who holds one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import uuid4

import pytest

from graph import exporting, links
from graph.candidates import Person
from graph.events import ActorKind
from graph.links import Link
from graph.refusals import Code, Refusal
from graph.secrets import Secrets
from graph.statements import Count, Statement
from graph.visibility import Claim
from graph.writing import Act, Graph, Outcome
from schema.context import Viewers
from tests.conftest import NOW, Ask, Company, gid

COUNT_MESSAGES = Statement(
    "tests.count_messages",
    "MATCH (message:Message {template: 'CODE'})-[:TO]->(:Candidate {id: $candidate}) RETURN count(message) AS count",
    row=Count,
)


@dataclass
class Holder:
    """Somebody who holds the link of an application and acts by it."""

    graph: Graph
    link: Link
    now: datetime = NOW

    @property
    def token(self) -> str:
        return links.token(self.graph.secrets, self.link.id)

    async def opened(self) -> Claim | None:
        return await links.open(self.graph, self.token, self.now)

    async def _act(self, name: str) -> Act:
        viewer = await Viewers(self.graph).find_person(Claim(self.link.candidate, self.link.application))
        assert viewer is not None
        return Act(viewer, self.now, name, str(uuid4()), {}, ActorKind.CANDIDATE)

    async def request(self) -> str:
        """The code that is sent, or why none is."""
        outcome = await links.request_code(self.graph, await self._act("requestCode"))
        if isinstance(outcome, Refusal):
            return outcome.code.value
        newest = (await self.graph.client.read(links.LIST_CODES, candidate=self.link.candidate))[0]
        return await links.code_to_send(self.graph, newest.id, self.now) or ""

    async def enter(self, text: str) -> str:
        outcome: Outcome = await links.enter_code(self.graph, await self._act("enterCode"), text)
        return outcome.code.value if isinstance(outcome, Refusal) else "VERIFIED"


async def live(graph: Graph, application: str, now: datetime = NOW) -> Link:
    found = await links.find_live(graph.client.read, application, now)
    assert found is not None
    return found


@pytest.fixture
async def holder(graph: Graph, company: Company) -> Holder:
    company.at(days=1)
    application = await company.application("marketing")
    await company.hr.interview(application, starts_at=NOW + timedelta(days=3))
    return Holder(graph, await live(graph, application))


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_an_invitation_makes_the_one_link(graph: Graph, company: Company, holder: Holder) -> None:
    await company.hr.interview(holder.link.application, starts_at=NOW + timedelta(days=30))
    (link,) = await graph.client.read(links.LIST_OF, application=holder.link.application)
    assert link.id == holder.link.id
    assert link.expires_at - holder.link.expires_at == timedelta(days=27)
    assert await holder.opened() == Claim(link.candidate, link.application)


async def test_a_link_ends_with_its_time(holder: Holder) -> None:
    holder.now = holder.link.expires_at - timedelta(microseconds=1)
    assert await holder.opened() is not None
    holder.now = holder.link.expires_at
    assert await holder.opened() is None


async def test_what_is_not_signed_opens_nothing(graph: Graph, holder: Holder) -> None:
    token = holder.token
    assert len(token) == links.LETTERS == 52
    forged = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(0, len(token), 3)]
    other_key = links.token(Secrets(b"k" * 32), holder.link.id)
    for text in (*forged, other_key, "", "c", token[:-4], token + "AAAA", token.replace(token[5], "é", 1), "=" * 52):
        assert await links.open(graph, text, NOW) is None, text
    assert await links.open(graph, links.token(graph.secrets, str(uuid4())), NOW) is None
    assert await links.open(graph, token, NOW) is not None


def test_a_token_outlives_the_master_key_it_was_signed_by() -> None:
    """As long as the process still knows the old version, links that were sent go on opening."""
    old, id = Secrets({1: b"1" * 32}), str(uuid4())
    rotated = Secrets({1: b"1" * 32, 2: b"2" * 32})
    assert links.named_by(rotated, links.token(old, id)) == id
    assert links.named_by(rotated, links.token(rotated, id)) == id
    assert links.named_by(Secrets({2: b"2" * 32}), links.token(old, id)) is None


WRITTEN: tuple[LiteralString, ...] = (
    *("Application", "Candidate", "Code", "Event", "Interview", "Link", "Message", "Operation", "Timer"),
)
"""Labels of all that an invitation and a code write."""
OF_EACH = [
    Statement(
        "tests.nodes_of_" + label,
        exporting.LIST_NODES.text.replace("(n)", "(n:" + label + ")", 1),
        row=exporting.NodeRow,
    )
    for label in WRITTEN
]
"""One after another: the embedded engine reads for as long as an answer may take, and not the whole graph in that."""


async def test_the_graph_holds_neither_token_nor_code(graph: Graph, holder: Holder) -> None:
    code = await holder.request()
    stored: list[str] = []
    for of_label in OF_EACH:
        stored += [str(node.properties) async for node in graph.client.stream(of_label, seconds=60.0)]
    assert any(holder.link.id in node for node in stored)
    for text in (holder.token, f"'{code}'"):
        assert not [node for node in stored if text in node]


async def test_a_code_proves_the_holder_once(holder: Holder) -> None:
    code = await holder.request()
    assert len(code) == 6
    assert code.isdigit()
    assert await holder.enter(other(code)) == "CODE_WRONG"
    assert await holder.enter(f" {code[:3]} {code[3:]} ") == "VERIFIED"
    assert await holder.enter(code) == "CODE_ENDED"


async def test_a_code_is_told_to_the_contact_on_file(graph: Graph, holder: Holder) -> None:
    await holder.request()
    assert (await graph.client.read(COUNT_MESSAGES, candidate=holder.link.candidate))[0].count == 1


async def test_a_code_ends_after_five_tries(holder: Holder) -> None:
    code = await holder.request()
    tries = [await holder.enter(other(code)) for _ in range(links.TRIES)]
    assert tries == ["CODE_WRONG"] * 4 + ["CODE_ENDED"]
    assert await holder.enter(code) == "CODE_ENDED"


async def test_a_code_ends_after_ten_minutes(holder: Holder) -> None:
    code = await holder.request()
    holder.now += links.CODE_LIFE
    assert await holder.enter(code) == "CODE_ENDED"
    again = await holder.request()
    assert await holder.enter(again) == "VERIFIED"


async def test_the_last_code_alone_counts(holder: Holder) -> None:
    first = await holder.request()
    assert await holder.request() == "TOO_MANY_CODES"
    holder.now += links.CODE_PAUSE
    second = await holder.request()
    assert await holder.enter(first) == ("VERIFIED" if first == second else "CODE_WRONG")
    assert await holder.enter(second) == "VERIFIED"


async def test_a_day_has_ten_codes(holder: Holder) -> None:
    for _ in range(links.CODES_A_DAY):
        assert (await holder.request()).isdigit()
        holder.now += timedelta(minutes=2)
    assert await holder.request() == "TOO_MANY_CODES"
    holder.now += timedelta(days=1)
    assert (await holder.request()).isdigit()


async def test_a_code_of_one_application_opens_no_other(graph: Graph, company: Company) -> None:
    person = company.person()
    company.at(days=1)
    holders = []
    for department in ("marketing", "technology"):
        application = await company.application(department, person)
        await company.hr.interview(application, starts_at=NOW + timedelta(days=3))
        holders.append(Holder(graph, await live(graph, application)))
    code = await holders[0].request()
    assert await holders[1].enter(code) == "CODE_ENDED"
    assert await holders[1].request() == "TOO_MANY_CODES"
    assert await holders[0].enter(code) == "VERIFIED"


async def test_without_a_contact_there_is_no_code(graph: Graph, company: Company) -> None:
    company.at(days=1)
    application = await company.application("marketing", Person("王芳"))
    await company.hr.interview(application, starts_at=NOW + timedelta(days=3))
    assert await Holder(graph, await live(graph, application)).request() == "NO_CONTACT"


@pytest.mark.parametrize("phones", [True, False])
async def test_a_number_is_a_contact_where_messages_can_leave_for_it(
    graph: Graph, company: Company, phones: bool
) -> None:
    """Else the page would say that a code is on its way, and none would ever come."""
    company.at(days=1)
    application = await company.application("marketing", Person("王芳", phone="+8613800000001"))
    await company.hr.interview(application, starts_at=NOW + timedelta(days=3))
    holder = Holder(replace(graph, phones=phones), await live(graph, application))
    assert (await holder.request()).isdigit() is phones


async def test_staff_ask_for_no_code(graph: Graph, company: Company) -> None:
    act = Act(company.hr.viewer, NOW, "requestCode", str(uuid4()), {})
    assert await links.request_code(graph, act) == Refusal(Code.NOT_ALLOWED)
    assert await links.enter_code(graph, act, "000000") == Refusal(Code.NOT_ALLOWED)


async def test_an_erased_candidate_has_no_link(graph: Graph, company: Company, holder: Holder) -> None:
    await company.hr.erase(holder.link.candidate)
    assert await holder.opened() is None


async def test_an_interview_far_ahead_has_a_link_that_ends(graph: Graph, company: Company) -> None:
    company.at(days=0)
    application = await company.application("marketing")
    await company.hr.interview(application, starts_at=NOW + timedelta(days=700))
    assert (await live(graph, application)).expires_at == NOW + links.FURTHEST + links.LIFE


@dataclass(frozen=True, slots=True)
class At:
    at: datetime


ERASED_AT = Statement("tests.erased_at", "MATCH (f:Finding {id: $id}) RETURN f.eraseAt AS at", row=At)


async def test_a_link_lives_as_long_as_the_mark_that_it_leads_to(graph: Graph, company: Company) -> None:
    hr = company.at(days=20)
    application = await company.application("marketing")
    for kept in (timedelta(days=365), timedelta(days=730)):
        finding = await hr.no_show(application)
        erased_at = (await graph.client.read(ERASED_AT, id=finding))[0].at
        assert (await live(graph, application)).expires_at == erased_at
        assert erased_at > NOW - timedelta(days=20) + kept


async def test_whoever_is_suspected_has_a_link_to_answer_by(graph: Graph, company: Company) -> None:
    """Also where theirs was revoked; that one opens nothing again."""
    company.at(days=20)
    application = await company.application("marketing")
    missed = await company.hr.missed(application)
    revoked = await live(graph, application)
    await links.revoke(graph, Act(company.hr.viewer, company.hr.at, "revokeLink", str(uuid4()), {}), revoked.id)
    await company.hr.suspicion(missed)
    assert (await live(graph, application)).id != revoked.id


async def test_hr_is_told_the_url_by_one_answer_alone(ask: Ask, company: Company, holder: Holder) -> None:
    """Where a company sends no mail from here, its own screens hand the link over."""
    marketing, application = company.user("marketing"), gid("Application", holder.link.application)
    made = await ask.do("createLink", marketing, "id url application { id }", application=application)
    assert made["id"] == gid("Link", holder.link.id)
    assert made["application"] == {"id": application}
    assert links.named_by(ask.graph.secrets, made["url"].rpartition("/c/")[2]) == holder.link.id
    query = "query L($id: ID!) { application(id: $id) { links { id url revokedAt } } }"
    seen = await ask(query, marketing, id=application)
    assert seen["application"]["links"] == [{"id": made["id"], "url": None, "revokedAt": None}]


async def test_a_revoked_link_opens_nothing(ask: Ask, company: Company, holder: Holder) -> None:
    marketing, link = company.user("marketing"), gid("Link", holder.link.id)
    assert (await ask.do("revokeLink", company.user("technology"), link=link))["code"] == "NOT_FOUND"
    assert (await ask.do("revokeLink", company.user("integrator"), link=link))["code"] == "NOT_ALLOWED"
    assert await holder.opened() is not None
    revoked = await ask.do("revokeLink", marketing, "id revokedAt", link=link)
    assert revoked["revokedAt"] is not None
    assert await holder.opened() is None
    assert (await ask.do("revokeLink", marketing, link=link))["code"] == "LINK_REVOKED"
    again = await ask.do("createLink", marketing, application=gid("Application", holder.link.application))
    assert again["id"] != link
