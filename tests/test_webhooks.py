"""Webhooks: told what their integrator may see, signed, once taken no more, and never led inside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from api import outbound
from api.calling import Calls
from api.outbound import Unreachable
from api.posting import Post
from api.working import Worker
from graph import webhooks
from graph.addresses import is_public, url_refusal
from graph.due import RULES
from graph.secrets import Secrets
from graph.statements import Statement
from graph.timers import TimerKind
from graph.webhooks import KEPT, LIST_SEALED, PATIENCE
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import NOW, Ask, Company, gid, make_company, uid
from tests.databases import Databases
from tests.faults.serving import MASTER
from tests.receivers import Requests, web_server
from tests.timing import left

KEY, OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@dataclass(frozen=True, slots=True)
class Told:
    template: str


TOLD_ADMINS = Statement(
    "tests.told_admins", "MATCH (message:Message)-[:TO]->(:User) RETURN message.template AS template", row=Told
)


class Hooks:
    """A company whose integrator is told."""

    def __init__(self, ask: Ask, company: Company) -> None:
        self.ask = ask
        self.company = company
        self.calls = Calls(ask.answerer)

    async def set(self, viewer: str = "integrator", selection: str = "state formerKeyUntil", **input: Any) -> Any:
        return await self.ask.do("setWebhook", self.company.user(viewer), selection, **input)

    async def work(self, at: datetime = NOW) -> None:
        post = Post(None, "https://jobs.example.com", "turnout@localhost")
        errands = {TimerKind.SEND: post.send, TimerKind.WEBHOOK: self.calls.call}
        worker = Worker(self.ask.graph, RULES, errands, lambda: at)
        while await worker.turn():
            pass

    async def interview(self) -> str:
        self.company.at(days=1)
        application = await self.company.application("marketing")
        return await self.company.hr.interview(application, starts_at=NOW + timedelta(days=5), response=None)


@pytest.fixture
async def hooks(databases: Databases, answerer: Answerer, tmp_path: Path) -> Hooks:
    found = (await databases.tested()).graph(Secrets(MASTER), tmp_path / "keys")
    graph = Graph(found.client, found.keys, found.secrets, loopback=True)
    return Hooks(Ask(graph, answerer), await make_company(graph))


def told(web: Requests, key: str = KEY) -> list[Any]:
    return [Webhook(key).verify(body, headers) for headers, body in web.taken]


async def test_an_integrator_is_told_what_it_may_see(hooks: Hooks) -> None:
    async with web_server() as web:
        assert (await hooks.set(url=web.url, secret=KEY))["state"] == "ACTIVE"
        interview = await hooks.interview()
        await hooks.company.hr.suspicion(await hooks.company.hr.missed(await hooks.company.application("marketing")))
        await hooks.work()
        await hooks.work(NOW + timedelta(days=2, hours=3))
        assert web.paths[0] == "/hook"
        bodies = sorted(told(web), key=lambda body: body["type"])
        kinds = [body["type"] for body in bodies]
        assert kinds == ["attendance.recorded", "interview.invited", "interview.invited", "response.recorded"]
        ours = next(body for body in bodies if body["data"]["interview"]["id"] == gid("Interview", interview))
        assert ours["data"]["interview"] == {
            "id": gid("Interview", interview),
            "icsUid": f"{interview}@turnout",
            "mode": "AI_LIVE",
            "startsAt": "2026-11-25T09:00:00Z",
            "endsAt": "2026-11-25T09:30:00Z",
            "timeZone": "Asia/Shanghai",
            "response": "NEEDS_ACTION",
            "attendance": "PENDING",
        }
        everything = b"".join(body for _, body in web.taken).decode()
        for secret in ("王芳", "example.com", "NO_SHOW", "finding", "reason", "joinUrl"):
            assert secret not in everything
        web.taken.clear()
        await hooks.work(NOW + timedelta(days=3))
        assert not web.taken, "each thing is told once"


async def test_a_time_that_is_let_go_is_told(hooks: Hooks) -> None:
    """Before there is another: an interview platform keeps a session ready for it."""
    async with web_server() as web:
        await hooks.set(url=web.url, secret=KEY)
        interview = await hooks.interview()
        await hooks.company.hr.request(interview)
        await hooks.work()
        bodies = [body for body in told(web) if body["type"] == "interview.rescheduled"]
        assert [body["data"]["interview"]["attendance"] for body in bodies] == ["RESCHEDULED"]


async def test_what_waited_to_be_told_outlasts_an_erasure(hooks: Hooks) -> None:
    query = "query W($id: ID!) { interview(id: $id) { candidate { id } } }"
    async with web_server() as web:
        await hooks.set(url=web.url, secret=KEY)
        interview = gid("Interview", await hooks.interview())
        found = await hooks.ask(query, hooks.company.user("hr"), id=interview)
        await hooks.company.at(days=0).erase(uid(found["interview"]["candidate"]["id"]))
        await hooks.work()
        assert "interview.invited" in [body["type"] for body in told(web)]
        assert not [timer for timer in await left(hooks.ask.graph) if timer.startswith(TimerKind.WEBHOOK.value)]


async def test_departments_and_positions_are_told(hooks: Hooks) -> None:
    """As they are when it is told, and nothing of with whom a department shares its history."""
    company, hr = hooks.company, hooks.company.user("hr")

    async def do(mutation: str, **input: Any) -> str:
        return (await hooks.ask.do(mutation, hr, "id", **input))["id"]

    async with web_server() as web:
        await hooks.set(url=web.url, secret=KEY)
        parent = gid("Department", company.departments["marketing"])
        first = await do("createDepartment", code="EVENTS", name="Events", parent=parent)
        second = await do("createDepartment", code="FAIRS", name="Fairs", nameZh="展会部", parent=parent)
        await do("updateDepartment", department=second, name="Trade fairs")
        await do("updateDepartment", department=second, sharesHistory=True)
        await do("moveDepartment", department=second, parent=gid("Department", company.departments["technology"]))
        position = await do("openPosition", department=first, title="Host", jobFamily="EVENTS")
        await do("movePosition", position=position, department=second)
        await do("closePosition", position=position)
        other = await do("openPosition", department=first, title="Guide", jobFamily="EVENTS")
        await do("closeDepartment", department=first, successor=second)
        await hooks.work()
        bodies = told(web)
        kinds = Counter(body["type"] for body in bodies)
        assert kinds == {
            "department.created": 2,
            "department.updated": 1,
            "department.moved": 1,
            "department.closed": 1,
            "position.opened": 2,
            "position.moved": 2,
            "position.closed": 1,
        }
        seen = {
            body["type"]: body["data"] for body in bodies if next(iter(body["data"].values()))["id"] in (other, second)
        }
        place = {"id": second, "code": "FAIRS", "name": "Trade fairs"}
        assert seen["position.moved"]["position"] == {
            "id": other,
            "title": "Guide",
            "jobFamily": "EVENTS",
            "urgency": "NORMAL",
            "status": "OPEN",
            "department": place,
        }
        (closed,) = (body["data"]["department"] for body in bodies if body["type"] == "department.closed")
        assert (closed["id"], closed["status"], closed["successor"]) == (
            first,
            "CLOSED",
            {"id": second, "code": "FAIRS"},
        )
        assert seen["department.moved"]["department"] == {
            **place,
            "nameZh": "展会部",
            "status": "OPEN",
            "parent": {"id": gid("Department", company.departments["technology"]), "code": "TECHNOLOGY"},
            "successor": None,
        }
    assert await company.faults() == []


async def test_applications_of_others_are_not_told(hooks: Hooks) -> None:
    async with web_server() as web:
        await hooks.set(url=web.url, secret=KEY)
        company = hooks.company
        company.at(days=2)
        theirs = await company.application("marketing")
        input = {"position": gid("Position", company.positions["marketing"]), "candidate": {"displayName": "李雷"}}
        own = await hooks.ask.do("submitApplication", company.user("integrator"), **input)
        for application in (gid("Application", theirs), own["id"]):
            await hooks.ask.do("advanceApplication", company.user("marketing"), application=application, stage="OFFER")
        await hooks.work()
        (body,) = told(web)
        assert body["type"] == "application.advanced"
        assert (body["data"]["application"]["id"], body["data"]["application"]["stage"]) == (own["id"], "OFFER")


async def test_both_keys_sign_for_a_while(hooks: Hooks) -> None:
    async with web_server() as web:
        await hooks.set(url=web.url, secret=KEY)
        assert (await hooks.set(url=web.url, secret=KEY))["formerKeyUntil"] is None, "the same key is no new one"
        changed = await hooks.set(url=web.url, secret=OTHER)
        assert changed["formerKeyUntil"] == "2026-11-21T09:00:00Z"
        assert (await hooks.set(url=web.url, secret=OTHER))["formerKeyUntil"] == changed["formerKeyUntil"]
        await hooks.interview()
        await hooks.work()
        assert len(web.taken[0][0]["webhook-signature"].split()) == 2
        assert told(web, KEY) == told(web, OTHER)
        web.taken.clear()
        await hooks.interview()
        await hooks.work(NOW + timedelta(hours=25))
        assert len(told(web, OTHER)) == 1
        with pytest.raises(WebhookVerificationError):
            told(web, KEY)


async def test_what_is_not_taken_is_tried_again_under_its_id(hooks: Hooks) -> None:
    async with web_server() as web:
        await hooks.set(url=web.url, secret=KEY)
        await hooks.interview()
        for status, at in ((500, 0), (302, 1), (204, 2)):
            web.status, web.head = status, "location: http://127.0.0.1:9/inside\r\n" if status == 302 else ""
            await hooks.work(NOW + timedelta(minutes=at))
        assert len({headers["webhook-id"] for headers, _ in web.taken}) == 1
        assert len(web.taken) == 3, "a redirection is not followed"
        query = "{ organization { webhooks { state failingSince } } }"
        found = await hooks.ask(query, hooks.company.user("integrator"))
        assert found["organization"]["webhooks"] == [{"state": "ACTIVE", "failingSince": None}]


async def test_one_that_fails_for_days_is_disabled_and_says_so(hooks: Hooks) -> None:
    async with web_server() as web:
        await hooks.set(url=web.url, secret=KEY)
        web.status = 500
        await hooks.interview()
        await hooks.work()
        hooks.ask.now = NOW + KEPT
        await hooks.interview()
        await hooks.work(NOW + PATIENCE + timedelta(hours=1))
        query = "{ organization { webhooks { state failingSince disabledAt url } } }"
        (found,) = (await hooks.ask(query, hooks.company.user("hr")))["organization"]["webhooks"]
        assert found["state"] == "ACTIVE", "what was to be told is too old by now"
        hooks.company.hr.at = NOW + PATIENCE
        application = await hooks.company.application("marketing")
        await hooks.company.hr.interview(application, response=None)
        await hooks.work(NOW + PATIENCE + timedelta(hours=2))
        (found,) = (await hooks.ask(query, hooks.company.user("hr")))["organization"]["webhooks"]
        assert found["state"] == "DISABLED"
        rows = await hooks.ask.graph.client.read(TOLD_ADMINS)
        assert [row.template for row in rows] == ["WEBHOOK_DISABLED"]
        web.taken.clear()
        await hooks.interview()
        await hooks.work(NOW + PATIENCE + timedelta(days=1))
        assert not web.taken
        assert not [timer for timer in await left(hooks.ask.graph) if timer.startswith("WEBHOOK")]
        assert (await hooks.set(url=web.url))["state"] == "ACTIVE"


async def test_who_is_gone_is_told_nothing(hooks: Hooks) -> None:
    async with web_server() as web:
        await hooks.set(url=web.url, secret=KEY)
        await hooks.interview()
        user = await hooks.ask("{ viewer { id } }", hooks.company.user("integrator"))
        await hooks.ask.do("removeUser", hooks.company.user("hr"), user=user["viewer"]["id"])
        await hooks.work()
        assert not web.taken
        web.status = 410
    assert not [timer for timer in await left(hooks.ask.graph) if timer.startswith("WEBHOOK")]


async def test_only_integrators_have_webhooks(hooks: Hooks) -> None:
    company = hooks.company
    good = {"url": "https://hooks.example.com/t", "secret": KEY}
    integrator = (await hooks.ask("{ viewer { id } }", company.user("integrator")))["viewer"]["id"]
    recruiter = (await hooks.ask("{ viewer { id } }", company.user("marketing")))["viewer"]["id"]
    for viewer, input, refusal in (
        ("marketing", good, ("NOT_ALLOWED", None)),
        ("auditor", good, ("NOT_ALLOWED", None)),
        ("hr", good, ("NOT_FOUND", "user")),
        ("hr", good | {"user": recruiter}, ("NOT_FOUND", "user")),
        ("integrator", good | {"user": recruiter}, ("NOT_FOUND", "user")),
        ("integrator", {"url": good["url"]}, ("INVALID_VALUE", "secret")),
        ("integrator", {}, ("INVALID_VALUE", "url")),
        ("integrator", good | {"secret": "whsec_short"}, ("INVALID_VALUE", "secret")),
        ("integrator", good | {"url": "https://10.0.0.1/x"}, ("INVALID_VALUE", "url")),
        ("integrator", good | {"url": "file:///etc/passwd"}, ("INVALID_VALUE", "url")),
    ):
        refused = await hooks.set(viewer, **input)
        assert (refused["code"], refused["field"]) == refusal, (viewer, input)
    assert (await hooks.set("hr", user=integrator, **good))["state"] == "ACTIVE"
    assert (await hooks.set(url=None))["state"] == "REMOVED"
    query = "{ organization { webhooks { id } } }"
    assert len((await hooks.ask(query, company.user("integrator")))["organization"]["webhooks"]) == 1
    assert (await hooks.ask(query, company.user("marketing")))["organization"]["webhooks"] == []


@pytest.mark.parametrize(
    "address",
    [
        *(
            "10.1.2.3",
            "127.0.0.1",
            "169.254.169.254",
            "192.168.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "100.64.0.1",
            "::1",
            "fe80::1",
        ),
        *("fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "::", "ff02::1", "255.255.255.255"),
        *("fec0::1", "3fff::1", "5f00::1", "192.0.0.8", "192.88.99.1"),
    ],
)
def test_private_addresses_are_known_in_any_clothes(address: str) -> None:
    assert not is_public(ip_address(address))
    place = f"[{address}]" if ":" in address else address
    assert url_refusal(f"https://{place}/", loopback=False) == "PRIVATE_ADDRESS"


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://example.com",
            "https://user:pass@example.com",
            "https://example.com/#x",
            "https://",
            "ftp://example.com",
        ),
        *(
            "https://example.com:0",
            "https://exam ple.com",
            "https://例子.com",
            "https://a\\@b.com",
            "//example.com",
            "",
        ),
    ],
)
def test_odd_addresses_are_refused(url: str) -> None:
    assert url_refusal(url, loopback=False) is not None


async def test_names_are_resolved_and_every_address_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads inside, or both outside and inside, is not connected to at all."""
    async with web_server() as web:
        for addresses in (["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], []):

            async def resolved(host: str, port: int, addresses: list[str] = addresses) -> list[Any]:
                return [ip_address(each) for each in addresses]

            monkeypatch.setattr(outbound, "resolve", resolved)
            with pytest.raises(Unreachable, match="PRIVATE_ADDRESS"):
                await outbound.post(f"https://hooks.example.com:{web.port}/", b"{}", {}, loopback=False)
        assert not web.taken


async def test_numbers_that_mean_this_machine_lead_nowhere() -> None:
    for host in ("2130706433", "0x7f.1", "localhost"):
        with pytest.raises(Unreachable):
            await outbound.post(f"https://{host}/", b"{}", {}, loopback=False)


async def test_the_checked_address_is_the_one_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that would answer otherwise the second time is asked once."""
    asked: list[str] = []

    async def resolved(host: str, port: int) -> list[Any]:
        asked.append(host)
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(outbound, "resolve", resolved)
    async with web_server() as web:
        url = f"http://rebinding.example.com:{web.port}/hook"
        assert await outbound.post(url, b"{}", {}, loopback=True) == 204
        assert web.taken[0][0]["host"] == f"rebinding.example.com:{web.port}"
    assert asked == ["rebinding.example.com"]


async def test_slow_and_long_answers_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 0.5)
    async with web_server() as web:
        web.wait = 5
        with pytest.raises(Unreachable):
            await outbound.post(web.url, b"{}", {}, loopback=True)
        monkeypatch.undo()
        web.wait, web.status, web.body = 0, 200, b"x" * 10_000_000
        assert await outbound.post(web.url, b"{}", {}, loopback=True) == 200


async def test_keys_come_along_when_the_master_key_changes(hooks: Hooks) -> None:
    await hooks.set(url="https://hooks.example.com/t", secret=KEY)
    await hooks.set(url="https://hooks.example.com/t", secret=OTHER)
    graph = hooks.ask.graph
    both = Graph(graph.client, graph.keys, Secrets({1: MASTER, 2: b"another master key for the tests"}))
    await webhooks.reseal(both, 2)
    new = Secrets({2: b"another master key for the tests"})
    (row,) = await graph.client.read(LIST_SEALED)
    assert row.secret is not None
    assert row.previous is not None
    assert [new.unwrap(each, row.id)[0].decode() for each in (row.secret, row.previous)] == [OTHER, KEY]
    assert KEY.encode() not in orjson.dumps([row.secret.hex(), row.previous.hex()])
    assert uid(gid("Webhook", row.id)) == row.id
