"""The candidate's pages about what is known of them, and about decisions: in both languages, without a script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import httpx
from graphql import parse, validate

from api import decision_pages, growth_pages
from graph import links
from graph.decisions import Decide, Verdict
from graph.questionnaire import STATEMENTS
from graph.writing import Graph
from schema.decisions import Question, screen_of
from schema.execution import Answerer
from schema.limits import measure, operations
from seeds.makers import Maker
from tests.conftest import NOW, Company, gid
from tests.test_candidate_pages import HOME, Candidate, server
from tests.test_scores import enabled


@asynccontextmanager
async def visiting(graph: Graph, answerer: Answerer, application: str, interview: str = "") -> AsyncIterator[Candidate]:
    """The candidate of an application, with their link and a code."""
    link = await links.find_live(graph.client.read, application, NOW)
    assert link is not None
    made = server(graph, answerer)
    transport = httpx.ASGITransport(made.app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as http:
        candidate = Candidate(graph, made, http, link, interview)
        await candidate.follow()
        assert "6 位验证码" in (await candidate.http.get("/c/growth", follow_redirects=True)).text
        await candidate.verify()
        yield candidate


async def marked(company: Company) -> tuple[str, str]:
    """An application with a no-show that counts, and another interview ahead."""
    company.at(days=40)
    application = await company.application("marketing")
    finding = await company.hr.no_show(application)
    await company.at(days=1).interview(application, starts_at=NOW + timedelta(days=3), response=None)
    return application, finding


async def test_each_line_says_how_it_heals_and_when_it_fades(
    graph: Graph, answerer: Answerer, company: Company
) -> None:
    await enabled(company)
    application, _ = await marked(company)
    async with visiting(graph, answerer, application) as candidate:
        page = (await candidate.http.get("/c/growth")).text
        for text in ("我的成长", "行为画像", "失效日期 2027-", "爽约", "AI面试到面", "开始测评"):
            assert text in page, text
        english = (await candidate.send("language", language="EN", to="growth")).text
        for text in ("Progress", "Fades on 2027-", "Begin", "too little in all for points"):
            assert text in english, text
        # A single record makes no number, and so none of its parts has one.
        assert "None" not in english
        assert not re.search(r'<span class="tag">[\d.]+</span>', page + english)


async def test_the_self_assessment_is_answered_and_shared(graph: Graph, answerer: Answerer, company: Company) -> None:
    """An answer that is missing keeps nothing; what comes of it is the candidate's until they share it."""
    application, _ = await marked(company)
    async with visiting(graph, answerer, application) as candidate:
        form = (await candidate.http.get("/c/assess")).text
        assert form.count("<fieldset") == len(STATEMENTS)
        assert form.count('type="radio"') == 5 * len(STATEMENTS)
        given = {f"s{number}": "4" for number in range(len(STATEMENTS))}
        assert await candidate.fail("assess", **(given | {"s3": ""})) == "此处必须填写。"
        kept = (await candidate.send("assess", **given)).text
        assert "目前只有您能看到" in kept
        assert "停止公开" in (await candidate.send("assess/share", shared="true")).text
        assert "目前只有您能看到" in (await candidate.send("assess/share", shared="false")).text


async def seen_and_rejected(hr: Maker, application: str, finding: str) -> None:
    """A rejection for which the finding was on the screen, as the API would freeze it."""
    from graph.events import ActorKind
    from graph.writing import Act

    act = Act(hr.viewer, hr.at, "decide", "", {}, ActorKind.HUMAN)
    seen = partial(screen_of, hr.graph, act, Question.of(act, application))
    await hr.decide(Decide(application, Verdict.REJECT, "Somebody else fits better.", (finding,)), seen)


async def test_an_announced_rejection_comes_with_a_copy_and_rights(
    graph: Graph, answerer: Answerer, company: Company
) -> None:
    application, finding = await marked(company)
    hr = company.at(hours=1)
    await seen_and_rejected(hr, application, finding)
    async with visiting(graph, answerer, application) as candidate:
        page = (await candidate.http.get("/c/decisions")).text
        for text in ("拟不录用，尚未生效", "Somebody else fits better.", "作出决定时屏幕上的内容", "SHA-256", "爽约"):
            assert text in page, text
        assert gid("Finding", finding) not in page.split("<pre")[0]
        rows, kept = page.split("作出决定时屏幕上的内容</summary>")[1].split("<pre", 1)
        assert "AI面试 · 待回复 · 待面试" in rows
        assert not re.search("PENDING|AI_LIVE|FINAL|INTERVIEW", rows)
        assert "\\u" not in kept
        asked = await candidate.send("rights", kind="HUMAN_REVIEW", text="The link did not open.")
        assert "请求已提交" in asked.text
        english = (await candidate.send("language", language="EN", to="decisions")).text
        assert "A rejection that has not taken effect yet" in english
        assert "AI interview · Awaiting answer · Pending" in english
        copies = [(await candidate.http.get(f"/c/export?format={format}")).text for format in ("HTML", "JSON")]
        assert "Awaiting answer" in copies[0]
        assert not any("\\u" in copy for copy in copies)


def test_the_pages_ask_what_the_schema_has(answerer: Answerer) -> None:
    for document in (growth_pages.GROWTH, growth_pages.TAKE, growth_pages.SHARE, decision_pages.DECISIONS):
        tree = parse(document)
        assert not validate(answerer.schema, tree)
        assert measure(answerer.schema, tree, operations(tree)[0], {"locale": "EN"})[1] == []
