"""Every page and every act, on a phone and a desk, with and without scripts, in both languages."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from playwright.async_api import Browser, expect

from graph.candidates import Person
from graph.refusals import Locale
from tests.browser.conftest import Site, opened
from tests.conftest import NOW, Ask, Company, gid
from tests.pictures import document
from tests.test_growth_pages import marked, seen_and_rejected
from tests.test_scores import enabled

LOOKS = [("phone", True), ("desk", True), ("phone", False)]


async def slots(ask: Ask, company: Company) -> None:
    starts = [NOW + timedelta(days=days) for days in (5, 6)]
    times = [{"startsAt": at.isoformat(), "endsAt": (at + timedelta(hours=1)).isoformat()} for at in starts]
    offered = gid("Department", company.departments["marketing"])
    given = {"offeredFor": offered, "mode": "AI_LIVE", "timeZone": "Asia/Shanghai", "times": times}
    assert "code" not in await ask.do("openSlots", company.user("marketing"), **given)


async def suspected(company: Company, application: str) -> None:
    """A missed interview of which the candidate was given notice."""
    company.at(days=9)
    await company.hr.notice(await company.hr.suspicion(await company.hr.missed(application)))
    company.at(days=1)


@pytest.mark.parametrize(("size", "scripts"), LOOKS)
async def test_a_candidate_does_everything(  # noqa: PLR0915  one story
    ask: Ask, company: Company, site: Site, chromium: Browser, size: str, scripts: bool
) -> None:
    company.at(days=20)
    application = await company.application("marketing", Person("王芳", f"wang.fang@{company.tag}.example.com"))
    await suspected(company, application)
    await company.hr.interview(application, starts_at=NOW + timedelta(days=3), response=None)
    await slots(ask, company)
    name = "plain" if not scripts else "zh"
    async with opened(chromium, size, scripts=scripts) as device:
        page = device.page
        await page.goto(await site.link_of(application))
        assert page.url == f"{site.address}/c/"
        await device.look(f"{name}-1-invited")
        await page.get_by_label("给招聘人员留言（可选）").fill("谢谢，届时见。")
        await device.press("接受邀请")
        assert await device.says("已接受，招聘部门已收到您的答复。")
        await device.look(f"{name}-2-accepted")
        name_of, text = await device.save("加入日历")
        assert name_of == "interview.ics"
        assert b"BEGIN:VALARM" in text
        await device.press("检查设备")
        if scripts:
            await page.get_by_role("button", name="开始检查").click()
            await expect(page.get_by_label("一切正常")).to_be_checked()
        else:
            await page.get_by_label("一切正常").check()
        await device.look(f"{name}-2b-device")
        await device.press("提交结果")
        assert await device.says("检查结果已保存。")
        await device.press("申请改期")
        await device.look(f"{name}-3-time")
        await page.get_by_role("radio").first.check()
        await page.get_by_label("原因").fill("  ")
        await device.press("提交")
        assert await page.locator("#wrong").inner_text() == "此处必须填写。"
        await expect(page.get_by_role("radio").first).to_be_checked()
        device.troubles.clear()
        await device.look(f"{name}-3b-wrong")
        await page.get_by_label("原因").fill("当天有考试。")
        await device.press("提交")
        assert await device.says("改期成功，新的时间已确认。")
        await device.look(f"{name}-4-moved")
        await device.press("我的记录")
        await device.look(f"{name}-5-verify")
        await device.press("发送验证码")
        await page.get_by_label("6 位验证码").fill(await site.code_of(application))
        await device.press("确认")
        await device.look(f"{name}-6-record")
        await page.get_by_label("请说明发生了什么").fill("当时平台打不开，我试了三次。")
        await device.press("提交陈述")
        assert await device.says("陈述已提交，作出认定前会先阅读。")
        await device.look(f"{name}-7-answered")
        await device.press("上传证明")
        picture = {"name": "note.pdf", "mimeType": "application/pdf", "buffer": document()}
        await page.get_by_label("选择文件").set_input_files(picture)
        await device.look(f"{name}-7b-proof")
        await device.press("上传")
        assert await device.says("已收到您的证明。")
        await device.look(f"{name}-7c-received")
        await page.goto(f"{site.address}/c/record")
        await device.press("我的权利")
        await device.look(f"{name}-8-rights")
        _, copy = await device.save("下载 JSON")
        assert orjson.loads(copy)["person"]["displayName"] == "王芳"
        await page.get_by_label("更正信息").check()
        await page.get_by_label("说明").fill("我的姓名写错了。")
        await device.press("提交")
        assert await device.says("请求已提交，将在期限内答复。")
        await device.look(f"{name}-9-asked")
        await device.press("撤回请求")
        assert await device.says("请求已撤回。")
        await device.press("English")
        await device.look(f"{name}-10-english")
        await device.press("Leave")
        await device.look(f"{name}-11-left")


@pytest.mark.parametrize(("size", "scripts"), LOOKS)
async def test_what_is_known_and_decided_is_good_to_read(
    company: Company, site: Site, chromium: Browser, size: str, scripts: bool
) -> None:
    await enabled(company)
    application, finding = await marked(company)
    await seen_and_rejected(company.at(hours=1), application, finding)
    name = "plain" if not scripts else "zh"
    async with opened(chromium, size, scripts=scripts) as device:
        page = device.page
        await page.goto(await site.link_of(application))
        await device.press("我的成长")
        await device.press("发送验证码")
        await page.get_by_label("6 位验证码").fill(await site.code_of(application))
        await device.press("确认")
        await device.unfold()
        await device.look(f"{name}-12-growth")
        await device.press("开始测评")
        await device.look(f"{name}-13-assess")
        for each in await page.locator("fieldset").all():
            await each.get_by_role("radio").nth(3).check()
        await device.press("提交答案")
        await device.unfold()
        await device.look(f"{name}-14-assessed")
        await device.press("决定")
        await device.unfold()
        await device.look(f"{name}-15-decisions")
        await device.press("English")
        await device.unfold()
        await device.look(f"{name}-16-english")


async def test_a_time_that_is_owed_is_good_to_read(ask: Ask, company: Company, site: Site, chromium: Browser) -> None:
    company.at(days=1)
    application = await company.application("marketing", Person("王芳", f"wang.fang@{company.tag}.example.com"))
    await company.hr.interview(application, starts_at=NOW + timedelta(days=3))
    async with opened(chromium) as device:
        page = device.page
        await page.goto(await site.link_of(application))
        await device.press("申请改期")
        await page.get_by_label("原因").fill("当天有考试。")
        await device.press("提交")
        assert await device.says("正在为您安排新的面试时间")
        await device.look("zh-4b-owed")
        await slots(ask, company)
        await page.goto(f"{site.address}/c/")
        await device.press("选择一个时间")
        await device.look("zh-4c-choose")
        await page.get_by_role("radio").first.check()
        await device.press("提交")
        assert await device.says("改期成功，新的时间已确认。")
        await device.look("zh-4d-chosen")


async def test_pages_are_good_in_english_and_in_the_dark(company: Company, site: Site, chromium: Browser) -> None:
    company.at(days=1)
    person = Person("Ada Lovelace", f"ada@{company.tag}.example.com", locale=Locale.EN)
    application = await company.application("technology", person)
    await company.hr.interview(application, starts_at=NOW + timedelta(days=3), response=None)
    async with opened(chromium, "phone", dark=True) as device:
        await device.page.goto(await site.link_of(application))
        await device.look("en-dark-1-invited")
        await device.press("Decline")
        await device.look("en-dark-2-declined")
        await device.page.goto(f"{site.address}/c/{'x' * 52}")
        device.troubles.clear()
        await device.look("en-dark-3-no-link")
