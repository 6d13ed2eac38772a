"""A mark in a real browser: disputed, with proof that is refused, and read again in the copy of the record."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from graph.candidates import Person
from tests.browser.conftest import Site, opened
from tests.conftest import Company


@pytest.mark.parametrize("size", ["phone", "desk"])
async def test_a_mark_is_disputed_and_a_copy_is_read(
    company: Company, site: Site, chromium: Browser, size: str
) -> None:
    """The dispute with its form open, the upload that is refused, and the copy as a page, in either language."""
    company.at(days=20)
    application = await company.application("marketing", Person("王芳", f"wang.mark@{company.tag}.example.com"))
    company.at(days=9)
    await company.hr.no_show(application, reason="没有答复。")
    async with opened(chromium, size) as device:
        page = device.page
        await page.goto(await site.link_of(application))
        await device.press("我的记录")
        await device.press("发送验证码")
        await page.get_by_label("6 位验证码").fill(await site.code_of(application))
        await device.press("确认")
        await page.get_by_text("提出申诉").first.click()
        await device.look("mark-1-dispute")
        await page.get_by_label("为什么不正确？").fill("我当时在线等候二十分钟，平台没有接入。")
        await page.get_by_role("button", name="提出申诉").click()
        await page.wait_for_load_state()
        await device.look("mark-2-disputed")
        await device.press("上传证明")
        svg = {"name": "note.png", "mimeType": "image/png", "buffer": b"<svg/>"}
        await page.get_by_label("选择文件").set_input_files(svg)  # type: ignore[arg-type]
        await device.press("上传")
        assert await device.says("只接受 PDF、JPEG 或 PNG 文件。")
        await device.look("mark-3-refused")
        await device.press("我的权利")
        for language in ("中文", "English"):
            if language == "English":
                await device.press(language)
            _, copy = await device.save("Download as a page" if language == "English" else "下载网页")
            kept = await page.context.new_page()
            await kept.set_content(copy.decode())
            before, device.page = device.page, kept
            await device.look(f"mark-4-copy-{'en' if language == 'English' else 'zh'}")
            device.page = before
