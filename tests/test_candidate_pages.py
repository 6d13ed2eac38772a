"""Candidates' pages: GET never acts, no other site can, and what a link opens is asked of the graph each time."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import structlog
from graphql import parse, validate
from icalendar import Calendar
from structlog.testing import LogCapture

from api import candidate_words as words
from api import invitation_pages, letters, record_pages, rights_pages
from api.candidate_visits import HEADERS
from api.http import Server
from api.sessions import COOKIE, LIFE, VERIFIED_IDLE, VERIFIED_LIFE, Sessions
from api.settings import Profile, Settings, SetupError
from graph import links
from graph.candidates import Person
from graph.causes import TelemetryKind
from graph.checks import CheckOutcome, NewCheck
from graph.employments import NewEmployment
from graph.instants import FIRST, LAST, place_of
from graph.interviews import Attendance, Mode, Response
from graph.links import Link
from graph.proofs import ProofVerdict
from graph.questionnaire import STATEMENTS
from graph.receipts import Receipts
from graph.refusals import FAULTS, Code, Fault, Locale
from graph.refusals import SENTENCES as REFUSALS
from graph.rights import RightsState
from graph.telemetry import Report
from graph.timesheets import AttendanceKind, Fact, Granularity
from graph.visibility import Claim
from graph.writing import Graph
from schema.execution import Answerer
from schema.limits import measure, operations
from tests.conftest import NOW, Ask, Company, gid, uid
from tests.ledger import appends
from tests.pictures import document
from tests.stored import set_slots, set_times
from tests.test_scores import at_work

PORT = 8000
HOME = f"http://127.0.0.1:{PORT}"
INTERVIEW = "query I($id: ID!) { interview(id: $id) { response responseMessage events { nodes { type } } } }"


@dataclass
class Candidate:
    """Somebody with a browser and a link."""

    graph: Graph
    server: Server
    http: httpx.AsyncClient
    link: Link
    interview: str

    @property
    def token(self) -> str:
        return links.token(self.graph.secrets, self.link.id)

    async def follow(self) -> httpx.Response:
        return await self.http.get(f"/c/{self.token}", follow_redirects=True)

    async def form(self, path: str = "") -> dict[str, str]:
        """What every form of a page carries."""
        page = await self.http.get(f"/c/{path}")
        found = re.search(r'name="form" value="([0-9a-f]{64})"', page.text)
        assert found, page.text
        return {"form": found.group(1)}

    async def send(self, path: str, **given: str) -> httpx.Response:
        """Sends a form of the pages, and shows where that leads."""
        sent = await self.http.post(f"/c/{path}", data=await self.form() | given)
        assert sent.status_code == 303, sent.text
        return await self.http.get(sent.headers["location"])

    async def fail(self, path: str, **given: str) -> str:
        """Sends a form that is not right, and gives what is said beside the field at fault."""
        sent = await self.http.post(f"/c/{path}", data=await self.form() | given)
        assert sent.status_code == 422, sent.text
        (said,) = re.findall(r'<p class="wrong" id="wrong">([^<]+)</p>', sent.text)
        assert sent.text.count(said) == 2, "at the top of the page too"
        kept = max(given.values(), key=len)
        assert len(kept) < 1000 or kept in sent.text, "nobody writes a long text twice"
        return said

    async def verify(self) -> None:
        await self.send("code", to="record")
        newest = (await self.graph.client.read(links.LIST_CODES, candidate=self.link.candidate))[0]
        code = await links.code_to_send(self.graph, newest.id, self.server.clock())
        assert "已通过验证" in (await self.send("code/enter", code=code or "")).text

    async def status(self, path: str) -> int:
        return (await self.http.get(f"/c/{path}")).status_code


def server(graph: Graph, answerer: Answerer, **settings: Any) -> Server:
    made = Settings(profile=Profile.DEVELOPMENT, port=PORT, **settings)
    return Server(made, graph, answerer, PORT, clock=lambda: NOW)


@pytest.fixture
async def candidate(graph: Graph, answerer: Answerer, company: Company) -> AsyncIterator[Candidate]:
    company.at(days=1)
    application = await company.application("marketing")
    interview = await company.hr.interview(
        application, starts_at=NOW + timedelta(days=3), mode=Mode.AI_LIVE, response=None
    )
    link = await links.find_live(graph.client.read, application, NOW)
    assert link is not None
    made = server(graph, answerer)
    transport = httpx.ASGITransport(made.app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as http:
        yield Candidate(graph, made, http, link, gid("Interview", interview))


async def test_a_link_is_swapped_for_a_cookie(candidate: Candidate) -> None:
    swapped = await candidate.http.get(f"/c/{candidate.token}")
    assert (swapped.status_code, swapped.headers["location"]) == (303, "/c/")
    cookie = swapped.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/c/" in cookie
    assert "Secure" not in cookie
    assert candidate.token not in cookie + swapped.text
    page = await candidate.http.get("/c/")
    assert "市场部邀请您参加面试" in page.text
    assert candidate.token not in page.text
    assert {name: page.headers[name] for name in HEADERS} == HEADERS


async def test_behind_https_the_cookie_is_secure(graph: Graph, answerer: Answerer, candidate: Candidate) -> None:
    made = server(graph, answerer, public_url="https://jobs.example.com/")
    transport = httpx.ASGITransport(made.app())
    async with httpx.AsyncClient(transport=transport, base_url="https://jobs.example.com") as http:
        swapped = await http.get(f"/c/{candidate.token}")
    assert "Secure" in swapped.headers["set-cookie"]


@pytest.mark.parametrize("url", ["http://jobs.example.com", "https://jobs.example.com/hr", "jobs", "https://"])
def test_a_public_url_is_a_safe_address(url: str) -> None:
    with pytest.raises(SetupError):
        Settings(public_url=url).address(PORT)


async def test_scanners_of_mail_change_nothing(ask: Ask, company: Company, candidate: Candidate) -> None:
    """They open every link and every link of the page behind it, by GET or HEAD."""
    seen = await ask(INTERVIEW, company.user("marketing"), id=candidate.interview)
    page = await candidate.follow()
    found = set(re.findall(r'(?:href|action)="(/[^"#]*)"', page.text)) | {f"/c/{candidate.token}"}
    assert len(found) > 4
    for path in found:
        for method in ("GET", "HEAD"):
            await candidate.http.request(method, path)
            await candidate.http.request(method, f"{path}?response=ACCEPTED&interview={candidate.interview}")
    assert await ask(INTERVIEW, company.user("marketing"), id=candidate.interview) == seen
    assert await candidate.graph.client.read(links.LIST_CODES, candidate=candidate.link.candidate) == []


async def test_an_invitation_is_accepted_with_a_message(ask: Ask, company: Company, candidate: Candidate) -> None:
    await candidate.follow()
    page = await candidate.send("answer", interview=candidate.interview, response="ACCEPTED", message="谢谢！<b>")
    assert words.told("ACCEPTED", Locale.ZH_CN) in page.text
    assert "谢谢！&lt;b&gt;" in page.text
    seen = (await ask(INTERVIEW, company.user("marketing"), id=candidate.interview))["interview"]
    assert (seen["response"], seen["responseMessage"]) == ("ACCEPTED", "谢谢！<b>")
    assert words.told("ACCEPTED", Locale.ZH_CN) not in (await candidate.http.get("/c/")).text
    page = await candidate.send("answer", interview=candidate.interview, response="DECLINED", message="")
    assert words.word("answered_declined", Locale.ZH_CN) in page.text


@pytest.mark.parametrize("response", [None, Response.ACCEPTED])
async def test_what_has_begun_can_be_declined_no_more(
    company: Company, candidate: Candidate, response: Response | None
) -> None:
    application = await company.application("marketing")
    starts = NOW - timedelta(minutes=5)
    await company.hr.interview(application, starts_at=starts, mode=Mode.AI_LIVE, response=response)
    link = await links.find_live(candidate.graph.client.read, application, NOW)
    assert link is not None
    page = (await candidate.follow()).text
    assert 'value="DECLINED"' in page
    candidate.link = link
    page = (await candidate.follow()).text
    assert 'value="DECLINED"' not in page
    assert ('value="ACCEPTED"' in page) == (response is None)


async def test_a_calendar_file_tells_of_the_interview_alone(candidate: Candidate) -> None:
    await candidate.follow()
    page = await candidate.http.get("/c/")
    path = re.search(r'href="(/c/calendar/[^"]+\.ics)"', page.text)
    assert path
    file = await candidate.http.get(path.group(1))
    assert file.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert file.headers["content-disposition"] == 'attachment; filename="interview.ics"'
    (event,) = Calendar.from_ical(file.text).walk("VEVENT")
    assert str(event["UID"]).endswith("@turnout")
    assert event.decoded("DTSTART") == NOW + timedelta(days=3)
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(minutes=-30)
    assert "example.com" not in file.text
    assert "王芳" not in file.text
    assert await candidate.status("calendar/none.ics") == 404


async def test_an_interview_without_an_end_has_its_pages(ask: Ask, company: Company, candidate: Candidate) -> None:
    """Its end would lie after all time on the clocks of Shanghai; that was accepted once, and is told as it stands."""
    starts, department = NOW + timedelta(days=3), company.departments["marketing"]
    await company.hr.slots(starts, department=department)
    await set_slots(candidate.graph, department, starts, LAST)
    await set_times(candidate.graph, uid(candidate.interview), starts, LAST)
    page = await candidate.follow()
    assert page.status_code == 200
    assert "9999年12月31日 星期五 23:59" in page.text
    path = re.search(r'href="(/c/calendar/[^"]+\.ics)"', page.text)
    assert path
    file = await candidate.http.get(path.group(1))
    (event,) = Calendar.from_ical(file.text).walk("VEVENT")
    assert (event.decoded("DTSTART"), event.decoded("DTEND").year) == (starts, 9999)
    page = await candidate.http.get("/c/time", params={"interview": candidate.interview})
    assert "9999年12月31日" in page.text
    await ask.do("cancelInterview", company.user("marketing"), interview=candidate.interview, by="EMPLOYER")
    assert await candidate.status("") == 200
    await set_times(candidate.graph, uid(candidate.interview), FIRST, FIRST + timedelta(hours=1))
    assert await candidate.status("") == 200


async def test_another_time_is_chosen(ask: Ask, company: Company, candidate: Candidate) -> None:
    times = [{"startsAt": f"2026-11-2{day}T01:00:00Z", "endsAt": f"2026-11-2{day}T01:30:00Z"} for day in (5, 6)]
    opened = {"offeredFor": gid("Department", company.departments["marketing"]), "mode": "AI_LIVE"}
    answer = await ask.do("openSlots", company.user("marketing"), times=times, timeZone="Asia/Shanghai", **opened)
    assert "code" not in answer, answer
    await candidate.follow()
    page = await candidate.http.get("/c/time", params={"interview": candidate.interview})
    *slots, none = re.findall(r'name="slot" value="([^"]+)"', page.text)
    assert (len(slots), none) == (2, "NONE_SUITS")
    assert f"2026年11月25日 星期三 09:00{words.TO}09:30" in page.text
    assert page.text.count('<span class="zone">Asia/Shanghai, UTC+08:00</span>') == 3, (
        "of the time now, and of each other"
    )
    given = {"interview": candidate.interview, "slot": slots[0]}
    assert await candidate.fail("time", **given, reason=" ") == NEEDED[0]
    unaware = {"interview": candidate.interview, "reason": "考试"}
    assert await candidate.fail("time", **unaware) == words.told("SLOTS_OPEN", Locale.ZH_CN)
    page = await candidate.send("time", **given, reason="考试")
    assert words.told("TIME_GIVEN", Locale.ZH_CN) in page.text
    assert page.text.count("11月25日") == 1
    assert (await candidate.http.get("/c/time", params={"interview": gid("Interview", "none")})).status_code == 404


@pytest.mark.parametrize("locale", list(Locale))
async def test_where_no_time_is_open_the_page_says_what_asking_does(
    ask: Ask, company: Company, candidate: Candidate, locale: Locale
) -> None:
    """In time, as the employer has set it, HR owes another; later it decides, and the old time stands."""
    await company.at(days=0).policy(reschedule_notice_hours=30)
    interview = uid(candidate.interview)
    await candidate.follow()
    await candidate.send("language", language=locale.value)
    for hours, said in ((31, "no_slots"), (29, "no_slots_late")):
        starts = NOW + timedelta(hours=hours)
        await set_times(candidate.graph, interview, starts, starts + timedelta(hours=1))
        page = await candidate.http.get("/c/time", params={"interview": candidate.interview})
        told = [name for name in ("no_slots", "no_slots_late") if words.word(name, locale) in page.text]
        assert told == [said]
    sent = await candidate.send("time", interview=candidate.interview, reason="考试")
    assert words.told("TIME_ASKED", locale) in sent.text
    query = "query I($id: ID!) { interview(id: $id) { attendance rescheduleRequests { state } } }"
    found = (await ask(query, company.user("hr"), id=candidate.interview))["interview"]
    assert found == {"attendance": "PENDING", "rescheduleRequests": [{"state": "REQUESTED"}]}


async def test_nothing_offers_to_ask_twice(candidate: Candidate) -> None:
    starts = NOW + timedelta(hours=2)
    await set_times(candidate.graph, uid(candidate.interview), starts, starts + timedelta(hours=1))
    page = await candidate.follow()
    assert 'href="/c/time?' in page.text
    await candidate.send("time", interview=candidate.interview, reason="考试")
    page = await candidate.http.get("/c/")
    assert "考试" in page.text
    assert 'href="/c/time?' not in page.text


async def test_a_time_that_is_owed_is_chosen_on_the_page(ask: Ask, company: Company, candidate: Candidate) -> None:
    """Until when it is owed stands there, and as soon as HR opens a time it can be chosen."""
    await candidate.follow()
    page = await candidate.send("time", interview=candidate.interview, slot="", reason="考试")
    assert words.told("TIME_ASKED", Locale.ZH_CN) in page.text
    for text in ("owed_title", "owed_lapsed", "owed_none"):
        assert words.word(text, Locale.ZH_CN) in page.text
    assert "最晚答复 2026年11月24日" in page.text
    time = f"time?{urlencode({'interview': candidate.interview})}"
    assert words.word("owed_none", Locale.ZH_CN) in (await candidate.http.get(f"/c/{time}")).text
    times = [{"startsAt": "2026-11-26T01:00:00Z", "endsAt": "2026-11-26T01:30:00Z"}]
    opened = {"offeredFor": gid("Department", company.departments["marketing"]), "mode": "AI_LIVE"}
    await ask.do("openSlots", company.user("marketing"), times=times, timeZone="Asia/Shanghai", **opened)
    page = await candidate.http.get("/c/")
    assert words.word("owed_open", Locale.ZH_CN) in page.text
    assert time in page.text.replace("&amp;", "&")
    page = await candidate.http.get(f"/c/{time}")
    (slot,) = re.findall(r'name="slot" value="([^"]+)"', page.text)
    given = dict(re.findall(r'name="(reason|interview)" value="([^"]+)"', page.text))
    page = await candidate.send("time", **given, slot=slot)
    assert words.told("TIME_GIVEN", Locale.ZH_CN) in page.text
    assert words.word("owed_title", Locale.ZH_CN) not in page.text
    assert "11月26日" in page.text


async def test_a_refusal_is_told_as_a_sentence(candidate: Candidate) -> None:
    await candidate.follow()
    page = await candidate.send("answer", interview=gid("Interview", "none"), response="ACCEPTED")
    assert words.told("NOT_FOUND", Locale.ZH_CN) in page.text


async def test_a_restriction_is_ended_where_it_was_asked_for(company: Company, candidate: Candidate) -> None:
    await candidate.follow()
    await candidate.verify()
    await candidate.send("language", language="EN")
    page = await candidate.send("rights", kind="RESTRICTION", text="")
    assert "Take it back" in page.text
    (id,) = re.findall(r'name="request" value="([^"]+)"', page.text)
    await company.hr.rights_answer(uid(id), RightsState.GRANTED)
    assert "End the restriction" in (await candidate.http.get("/c/rights")).text
    page = await candidate.send("rights/withdraw", request=id)
    assert words.told("REQUEST_WITHDRAWN", Locale.EN) in page.text
    assert "End the restriction" not in page.text
    again = await candidate.send("rights/withdraw", request=id)
    assert words.told("RIGHTS_REQUEST_ANSWERED", Locale.EN) in again.text
    lost = await candidate.send("rights/withdraw", request="rubbish")
    assert words.told("NOT_FOUND", Locale.EN) in lost.text


NEEDED = FAULTS[Fault.NEEDED]


async def test_each_form_says_which_field_is_wrong_and_how(company: Company, candidate: Candidate) -> None:
    """In either language, beside the field, and with what was filled in; a line's end counts as one character."""
    hr = company.at(days=20)
    final = gid("Finding", await hr.no_show(candidate.link.application))
    hr = company.at(days=9)
    finding = gid("Finding", await hr.suspicion(await hr.missed(candidate.link.application)))
    await candidate.follow()
    await candidate.verify()
    long, text = {"interview": candidate.interview}, "长" * 10_001
    for place, language in enumerate(("ZH_CN", "EN")):
        await candidate.send("language", language=language)
        most = FAULTS[Fault.AT_MOST][place].format("10,000")
        between = FAULTS[Fault.LENGTH][place]
        assert await candidate.fail("answer", **long, response="PERHAPS", message="x") == NEEDED[place]
        said = await candidate.fail("answer", **long, response="ACCEPTED", message=text[:2001])
        assert "2,000" in said
        assert await candidate.fail("time", **long, reason=text[:2001]) == between.format("1", "2,000")
        assert await candidate.fail("check", **long) == NEEDED[place]
        assert await candidate.fail("rights", text="") == NEEDED[place]
        assert await candidate.fail("rights", kind="CORRECTION", text=text) == most
        for path, id in (("statement", finding), ("dispute", final)):
            assert await candidate.fail(path, finding=id, text=" ") == NEEDED[place]
            assert await candidate.fail(path, finding=id, text=text) == between.format("1", "10,000")
        answers = {f"s{number}": "3" for number in range(len(STATEMENTS)) if number != 4}
        assert await candidate.fail("assess", **answers) == NEEDED[place]
        code = await candidate.fail("code/enter", code="12")
        assert code in {REFUSALS[each][place] for each in (Code.CODE_WRONG, Code.CODE_ENDED)}
    page = await candidate.send("answer", **long, response="ACCEPTED", message="行\r\n" * 1_000)
    assert words.told("ACCEPTED", Locale.EN) in page.text


FOREIGN = {
    "another site": {"origin": "https://evil.example"},
    "another port": {"origin": "http://127.0.0.1:9999"},
    "a cross-site form": {"sec-fetch-site": "cross-site", "origin": "null"},
    "a sibling's form": {"sec-fetch-site": "same-site"},
}


@pytest.mark.parametrize("why", FOREIGN)
async def test_no_other_site_can_act(ask: Ask, company: Company, candidate: Candidate, why: str) -> None:
    await candidate.follow()
    given = await candidate.form() | {"interview": candidate.interview, "response": "ACCEPTED"}
    answer = await candidate.http.post("/c/answer", data=given, headers=FOREIGN[why])
    assert answer.status_code == 403
    seen = await ask(INTERVIEW, company.user("marketing"), id=candidate.interview)
    assert seen["interview"]["response"] == "NEEDS_ACTION"
    own = {"origin": HOME, "sec-fetch-site": "same-origin"}
    assert (await candidate.http.post("/c/answer", data=given, headers=own)).status_code == 303


async def test_a_form_of_another_session_does_nothing(candidate: Candidate) -> None:
    await candidate.follow()
    other = await candidate.form()
    candidate.http.cookies.clear()
    await candidate.follow()
    given = {"interview": candidate.interview, "response": "ACCEPTED"}
    for form in (other, {}, {"form": ""}, {"form": "é"}):
        assert (await candidate.http.post("/c/answer", data=given | form)).status_code == 403
    assert (await candidate.http.post("/c/answer", content=b"x" * 140_000)).status_code == 413
    assert (await candidate.http.post("/c/answer", content=b"\xff=\xff")).status_code in (400, 403)


async def test_a_session_ends_with_its_link(ask: Ask, company: Company, candidate: Candidate) -> None:
    await candidate.follow()
    assert await candidate.status("") == 200
    await ask.do("revokeLink", company.user("marketing"), link=gid("Link", candidate.link.id))
    assert await candidate.status("") == 403
    assert (await candidate.follow()).status_code == 404


async def test_an_expired_link_opens_nothing(candidate: Candidate) -> None:
    await candidate.follow()
    candidate.server.clock = lambda: candidate.link.expires_at
    assert (await candidate.follow()).status_code == 404
    for token in ("x", "%00", candidate.token[:-1], candidate.token + "A"):
        assert (await candidate.http.get(f"/c/{token}")).status_code == 404, token


async def test_a_session_lasts_half_a_day(candidate: Candidate) -> None:
    await candidate.follow()
    candidate.server.clock = lambda: NOW + LIFE - timedelta(seconds=1)
    assert await candidate.status("") == 200
    candidate.server.clock = lambda: NOW + LIFE
    assert await candidate.status("") == 403


async def test_a_forged_cookie_is_no_session(candidate: Candidate) -> None:
    await candidate.follow()
    value = candidate.http.cookies[COOKIE]
    head, body, tag = value.split(".")
    other = Sessions(candidate.graph.secrets).begin(candidate.link.id, NOW)
    for forged in (f"{head}.{body}.{tag[::-1]}", f"{head}.{body}.", "", "a.b.c", other.id):
        candidate.http.cookies.clear()
        candidate.http.cookies.set(COOKIE, forged, path="/c/")
        assert await candidate.status("") == 403, forged
    token = candidate.server.tokens.sign("somebody", demo=False, now=NOW)
    candidate.http.cookies.set(COOKIE, token, path="/c/")
    assert await candidate.status("") == 403


async def test_the_record_needs_a_code(candidate: Candidate) -> None:
    await candidate.follow()
    asked = await candidate.http.get("/c/record")
    assert (asked.status_code, asked.headers["location"]) == (303, "/c/code?to=record")
    assert "@example.com" not in (await candidate.http.get("/c/")).text
    assert await candidate.fail("code/enter", code="000000") == words.told("CODE_ENDED", Locale.ZH_CN)
    await candidate.verify()
    page = await candidate.http.get("/c/record")
    assert "王芳" in page.text
    assert "@example.com" in page.text


async def test_the_record_says_who_looked_at_what(ask: Ask, company: Company, candidate: Candidate) -> None:
    ask.receipts = Receipts(ask.graph, lambda: NOW)
    query = "query P($id: ID!) { candidate(id: $id) { profile { timeline { text } } } }"
    for _ in range(3):
        await ask(query, company.user("hr"), id=gid("Candidate", candidate.link.candidate))
        await ask.receipts.flush()
    await candidate.follow()
    await candidate.verify()
    page = (await candidate.http.get("/c/record")).text.split('id="looks"')[1].split("</section>")[0]
    assert page.count(company.user("hr")) == 1, "who looks again and again is told once"
    assert "行为画像" in page
    assert "共 3 次" in page
    page = (await candidate.send("language", language="EN", to="record")).text
    assert "The behaviour profile" in page


async def test_the_record_shows_what_recruiters_see(company: Company, candidate: Candidate) -> None:
    """Of what they are reminded, how a résumé was checked, and what was recorded at work."""
    hr, person = company.at(days=60), company.person()
    application = await company.application("marketing", person)
    await hr.no_show(application)
    hr = company.at(days=20)
    checked = NewCheck(application, CheckOutcome.VERIFIED, "Degree of 2019", "Call", "Registry", date(2026, 10, 1))
    await hr.resume_check(checked)
    await at_work(company, person)
    await company.application("technology", person)
    link = await links.find_live(candidate.graph.client.read, application, NOW)
    assert link is not None
    candidate.link = link
    await candidate.follow()
    await candidate.verify()
    page = (await candidate.http.get("/c/record")).text
    for text in ("爽约市场部AI面试", "Degree of 2019", "2026-09-02 迟到 · 20 分钟"):
        assert text in page


async def test_what_a_code_opened_closes_again(candidate: Candidate) -> None:
    """After half an hour without use, and after four hours of it; a form of before the code counts no more."""
    await candidate.follow()
    before = await candidate.form()
    await candidate.verify()
    assert (await candidate.http.post("/c/language", data=before | {"language": "EN"})).status_code == 403

    def at(now: datetime) -> None:
        candidate.server.clock = lambda: now

    now = NOW
    while now + VERIFIED_IDLE < NOW + VERIFIED_LIFE:
        now += VERIFIED_IDLE - timedelta(minutes=1)
        at(now)
        assert await candidate.status("record") == 200
    at(NOW + VERIFIED_LIFE)
    assert await candidate.status("record") == 303
    await candidate.verify()
    at(NOW + VERIFIED_LIFE + VERIFIED_IDLE)
    assert await candidate.status("record") == 303


async def test_a_total_of_a_month_is_told_by_its_month(ask: Ask, company: Company, candidate: Candidate) -> None:
    query = "query Who($id: ID!) { interview(id: $id) { candidate { displayName email } } }"
    told = (await ask(query, company.user("hr"), id=candidate.interview))["interview"]["candidate"]
    person, marketing = Person(told["displayName"], told["email"]), company.departments["marketing"]
    job = await company.hr.employment(NewEmployment(marketing, person, "Seller", date(2026, 1, 5)))
    total = Fact(AttendanceKind.LATE, date(2026, 9, 1), 4.0, granularity=Granularity.MONTH)
    await company.hr.work_attendance(job, "HRIS", total)
    await candidate.follow()
    await candidate.verify()
    page = (await candidate.http.get("/c/record")).text
    assert "<li>2026-09 迟到 · × 4</li>" in page


async def test_a_notice_is_answered(company: Company, candidate: Candidate) -> None:
    company.at(days=9)
    missed = await company.hr.missed(candidate.link.application)
    finding = await company.hr.suspicion(missed)
    await company.hr.notice(finding)
    await candidate.follow()
    await candidate.verify()
    page = await candidate.http.get("/c/record")
    assert words.word("notice_title", Locale.ZH_CN) in page.text
    page = await candidate.send("statement", finding=gid("Finding", finding), text="链接打不开。")
    assert words.told("STATEMENT", Locale.ZH_CN) in page.text
    assert "链接打不开。" in page.text


async def test_what_came_after_a_decision_is_no_ground_of_it(company: Company, candidate: Candidate) -> None:
    """What it was decided on stands as it was; what was reported later stands apart, with the way to dispute."""
    hr = company.at(days=9)
    missed = await hr.missed(candidate.link.application)
    finding = await hr.suspicion(missed)
    await hr.notice(finding)
    hr.at += timedelta(days=4)
    await hr.confirmation(finding)
    await candidate.follow()
    await candidate.verify()
    page = (await candidate.http.get("/c/record")).text
    grounds = page.split(words.word("evidence", Locale.ZH_CN))[1].split("</ul>")[0]
    assert "记录到面" in grounds
    assert words.word("since", Locale.ZH_CN) not in page
    report = Report(TelemetryKind.CANDIDATE_JOINED, NOW - timedelta(days=6), "urn:platform", "late", missed)
    await company.at(hours=1).telemetry(report)
    page = (await candidate.http.get("/c/record")).text
    assert page.split(words.word("evidence", Locale.ZH_CN))[1].split("</ul>")[0] == grounds
    since = page.split(words.word("since", Locale.ZH_CN))[1].split("</section>")[0]
    assert "候选人进入" in since
    assert 'href="#d1"' in since
    assert 'id="d1"' in page


@pytest.mark.parametrize("locale", Locale)
async def test_a_link_alone_tells_that_a_notice_waits(
    ask: Ask, company: Company, candidate: Candidate, locale: Locale
) -> None:
    """That something waits and until when, and nothing of what it is; the code then leads straight to it."""
    title = words.word("waits_title", locale)
    await candidate.follow()
    assert title not in (await candidate.send("language", language=locale.value, to="")).text
    company.at(days=9)
    finding = await company.hr.suspicion(await company.hr.missed(candidate.link.application))
    assert title not in (await candidate.http.get("/c/")).text
    company.at(hours=1)
    await company.hr.own_statement(finding, "我听说了这件事。")
    await company.hr.notice(finding)
    page = (await candidate.http.get("/c/")).text
    assert title in page
    assert words.word("waits_until", locale) in page
    for each in ("notice_text", "evidence", "with", "state", "cause"):
        assert words.word(each, locale) not in page.split('id="waits"')[1].split("</section>")[0]
    assert 'href="/c/code?to=notice"' in page
    assert 'name="to" value="notice"' in (await candidate.http.get("/c/code?to=notice")).text
    await candidate.send("code", to="notice")
    newest = (await candidate.graph.client.read(links.LIST_CODES, candidate=candidate.link.candidate))[0]
    code = await links.code_to_send(candidate.graph, newest.id, NOW) or ""
    sent = await candidate.http.post("/c/code/enter", data=await candidate.form() | {"code": code, "to": "notice"})
    assert sent.headers["location"] == "/c/record#notice"
    page = (await candidate.http.get("/c/record")).text
    assert words.word("notice_title", locale) in page.split('id="notice"')[1].split("</article>")[0]
    assert 'href="/c/record#notice"' in (await candidate.http.get("/c/")).text
    query = "query A($id: ID!) { application(id: $id) { noticeAnswerBy } }"
    for who in ("marketing", "hr", "auditor"):
        answer = await ask(query, company.user(who), id=gid("Application", candidate.link.application))
        assert answer == {"application": {"noticeAnswerBy": None}}, "staff have their tasks"
    await candidate.send("statement", finding=gid("Finding", finding), text="链接打不开。")
    assert title not in (await candidate.http.get("/c/")).text


async def test_a_deadline_is_told_by_the_clocks_of_its_interview(company: Company, candidate: Candidate) -> None:
    """By the link alone, on the record and in the letter it is one and the same, wherever the employer sits."""
    hr, zone = company.at(days=9), "America/St_Johns"
    interview = await hr.interview(candidate.link.application, starts_at=NOW - timedelta(days=2), time_zone=zone)
    hr = company.at(days=1)
    await hr.attendance(interview, Attendance.NOT_ATTENDED)
    await hr.notice(await hr.suspicion(interview))
    await candidate.follow()
    due = '2026年11月22日 星期日 05:30 <span class="zone">America/St_Johns, UTC-03:30</span>'
    assert f"<strong>{due}</strong>" in (await candidate.http.get("/c/")).text
    await candidate.verify()
    assert f"<dd>{due}</dd>" in (await candidate.http.get("/c/record")).text
    letter = letters.moment(NOW + timedelta(days=2), zone, zh=True)
    assert letter == "2026年11月22日 05:30（America/St_Johns, UTC-03:30）"


async def test_the_check_of_a_device_is_kept(ask: Ask, company: Company, candidate: Candidate) -> None:
    """By the link alone, of the own interview and nothing else; no other report is a candidate's to give."""
    await candidate.follow()
    page = await candidate.http.get("/c/check", params={"interview": candidate.interview})
    assert 'value="PASSED"' in page.text
    page = await candidate.send("check", interview=candidate.interview, result="FAILED")
    assert words.told("CHECK_KEPT", Locale.ZH_CN) in page.text
    query = "query T($id: ID!) { interview(id: $id) { telemetry { kind source } } }"
    seen = (await ask(query, company.user("marketing"), id=candidate.interview))["interview"]["telemetry"]
    assert seen == [{"kind": "DEVICE_CHECK_FAILED", "source": "urn:turnout:candidate"}]
    page = await candidate.send("check", interview=gid("Interview", "none"), result="PASSED")
    assert words.told("NOT_FOUND", Locale.ZH_CN) in page.text
    claim = Claim(candidate.link.candidate, candidate.link.application, verified=True)
    joined = {"kind": "CANDIDATE_JOINED", "source": "urn:me", "key": "1", "occurredAt": NOW.isoformat()}
    answer = await ask.do("recordTelemetry", claim, interview=candidate.interview, **joined)
    assert answer["code"] == "NOT_ALLOWED"


async def test_a_finding_is_disputed(ask: Ask, company: Company, candidate: Candidate) -> None:
    company.at(days=9)
    finding = gid("Finding", await company.hr.no_show(candidate.link.application))
    await candidate.follow()
    await candidate.verify()
    assert words.word("dispute_text", Locale.ZH_CN) in (await candidate.http.get("/c/record")).text
    page = await candidate.send("dispute", finding=finding, text="我当时在线。")
    assert words.told("DISPUTED", Locale.ZH_CN) in page.text
    assert "我当时在线。" in page.text
    page = await candidate.send("dispute", finding=finding, text="再说一次。")
    assert words.told("WRONG_STATE", Locale.ZH_CN) in page.text


async def test_proof_is_handed_in_by_a_form(ask: Ask, company: Company, candidate: Candidate) -> None:
    company.at(days=9)
    missed = await company.hr.missed(candidate.link.application)
    finding = await company.hr.suspicion(missed)
    await company.hr.notice(finding)
    await candidate.follow()
    assert "/c/code" in str((await candidate.send("proof", about=gid("Finding", finding))).url)
    await candidate.verify()
    page = await candidate.send("proof", about=gid("Finding", finding))
    action = re.search(r'action="(/c/proof/[^"]+)"', page.text)
    assert action, page.text
    html = {"Accept": "text/html"}
    empty = await candidate.http.post(action.group(1), files={"file": ("note.pdf", b"")}, headers=html)
    again = await candidate.http.get(empty.headers["location"])
    assert words.told("FILE_EMPTY", Locale.ZH_CN) in again.text
    assert action.group(1) in again.text
    sent = await candidate.http.post(action.group(1), files={"file": ("note.pdf", document())}, headers=html)
    assert (sent.status_code, sent.headers["location"]) == (303, "/c/record")
    page = await candidate.http.get("/c/record")
    assert words.told("RECEIVED", Locale.ZH_CN) in page.text
    kept = re.search(r'href="(/c/proofs/[^"]+)"', page.text)
    assert kept, page.text
    async with appends(ask, company, "PROOF_OPENED"):
        file = await candidate.http.get(kept.group(1))
    assert (file.status_code, file.content) == (200, document())
    assert file.headers["content-disposition"].startswith("attachment; ")
    page = await candidate.send("proof", about=gid("Finding", "none"))
    assert words.told("NOT_FOUND", Locale.ZH_CN) in page.text
    assert await candidate.status("proofs/none") == 303
    candidate.http.cookies.clear()
    used = await candidate.http.post(action.group(1), files={"file": ("note.pdf", document())}, headers=html)
    assert used.status_code == 404
    assert words.told("TICKET_GONE", Locale.ZH_CN) in used.text
    await candidate.follow()
    assert (await candidate.http.get(kept.group(1))).headers["location"] == "/c/code?to=record"


async def test_the_record_tells_what_became_of_proof_for_another_time(company: Company, candidate: Candidate) -> None:
    """The link alone leads there, and tells neither that there is a file nor why it was refused."""
    company.at(days=0)
    interview = await company.hr.interview(candidate.link.application, starts_at=NOW + timedelta(hours=5))
    request = await company.hr.request(interview)
    proof = await company.hr.proof(interview, document(), request=request)
    await candidate.follow()
    await candidate.verify()
    told, why = words.word("request_proofs", Locale.ZH_CN), "The date does not fit."
    page = (await candidate.http.get("/c/record")).text
    assert told in page
    assert why not in page
    await company.hr.verdict(proof, ProofVerdict.REJECTED, why)
    page = (await candidate.http.get("/c/record")).text.split(told)[1].split("</ul>")[0]
    assert "<strong>未同意</strong>" in page
    assert why in page
    assert f'href="/c/proofs/{proof}"' in page
    candidate.http.cookies.clear()
    home = (await candidate.follow()).text
    assert f'{words.word("proof_lies", Locale.ZH_CN)} <a href="/c/record">' in home
    assert why not in home
    assert proof not in home


async def test_pages_speak_the_language_of_the_candidate(graph: Graph, company: Company, candidate: Candidate) -> None:
    company.at(days=1)
    person = Person("Ada", "ada@example.com", locale=Locale.EN)
    application = await company.application("technology", person)
    await company.hr.interview(application, starts_at=NOW + timedelta(days=3))
    found = await links.find_live(graph.client.read, application, NOW)
    assert found is not None
    page = await candidate.http.get(f"/c/{links.token(graph.secrets, found.id)}", follow_redirects=True)
    assert '<html lang="en">' in page.text
    assert "Technology invites you to an interview" in page.text
    page = await candidate.send("language", language="ZH_CN", to="")
    assert '<html lang="zh-CN">' in page.text
    assert "技术部邀请您参加面试" in page.text


async def test_leaving_ends_the_session(candidate: Candidate) -> None:
    await candidate.follow()
    left = await candidate.http.post("/c/leave", data=await candidate.form())
    assert words.word("left", Locale.ZH_CN) in left.text
    assert await candidate.status("") == 403


async def test_no_log_and_no_metric_names_a_token(graph: Graph, answerer: Answerer, candidate: Candidate) -> None:
    capture = LogCapture()
    made = server(graph, answerer)
    made.log = structlog.wrap_logger(None, processors=[capture])
    transport = httpx.ASGITransport(made.app())
    headers = {"Referer": f"{HOME}/c/{candidate.token}"}
    async with httpx.AsyncClient(transport=transport, base_url=HOME, headers=headers) as http:
        await http.get(f"/c/{candidate.token}", follow_redirects=True)
        await http.get(f"/c/{candidate.token[:-1]}x")
        metrics = (await http.get("/metrics")).text
    assert [entry["path"] for entry in capture.entries[:2]] == ["/c/{token}", "/c/"]
    assert candidate.token not in str(capture.entries) + metrics
    assert candidate.token[:30] not in str(capture.entries) + metrics


MODULES = (invitation_pages, record_pages, rights_pages)


def test_pages_ask_what_may_be_asked(answerer: Answerer) -> None:
    """Within the limits of everyone, and of the schema as it is."""
    texts = [text for module in MODULES for text in vars(module).values() if isinstance(text, str)]
    documents = [text for text in texts if text.startswith(("\nquery", "\nmutation"))]
    assert len(documents) > 10
    for text in documents:
        tree = parse(text)
        assert validate(answerer.schema, tree) == [], text
        assert measure(answerer.schema, tree, operations(tree)[0], {"locale": "EN"})[1] == [], text


def test_every_word_is_in_both_languages() -> None:
    for key, (zh, en) in {**words.WORDS, **words.SAID}.items():
        assert re.search(r"[\u4e00-\u9fff]", zh), key
        assert en.isascii(), key
    assert not {code.value for code in Code} & words.SAID.keys()


def test_times_are_said_in_both_languages() -> None:
    day, late = ("2026-12-01T01:00:00Z", "2026-12-01T01:30:00Z"), "2026-12-02T01:30:00Z"
    zone = "Asia/Shanghai"
    assert words.span(*day, zone, Locale.ZH_CN) == f"2026年12月1日 星期二 09:00{words.TO}09:30"
    assert words.span(*day, zone, Locale.EN) == f"Tuesday, 1 December 2026 09:00{words.TO}09:30"
    assert words.span(day[0], late, zone, Locale.EN) == (
        "Tuesday, 1 December 2026 09:00 – Wednesday, 2 December 2026 09:30"
    )
    assert place_of(words.local(day[0], "America/St_Johns")) == "America/St_Johns, UTC-03:30"
