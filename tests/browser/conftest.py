"""A served site whose clock can be moved, and a browser on a phone or a desk, with or without scripts."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Request, async_playwright

from api.http import Server
from api.settings import Profile, Settings
from graph import links
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import NOW

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--use-fake-ui-for-media-stream"),
    "--use-fake-device-for-media-stream",
]
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
SHOTS = Path(__file__).parents[2] / "var" / "shots"
"""Where the tests leave what they saw, to be looked at."""


@dataclass
class Site:
    """A server of the test's graph on a port of this machine, at a time that the test chooses."""

    graph: Graph
    server: Server
    address: str
    now: datetime = NOW

    def link(self, id: str) -> str:
        return links.url(self.graph.secrets, id, self.address)

    async def link_of(self, application: str) -> str:
        """The url of an application's one link, as a message brings it."""
        found = await links.find_live(self.graph.client.read, application, self.now)
        assert found is not None
        return self.link(found.id)

    async def code_of(self, application: str) -> str:
        """The code that was sent last, as the message brings it."""
        found = await links.find_live(self.graph.client.read, application, self.now)
        assert found is not None
        newest = (await self.graph.client.read(links.LIST_CODES, candidate=found.candidate))[0]
        return await links.code_to_send(self.graph, newest.id, self.now) or ""


@asynccontextmanager
async def serving(graph: Graph, answerer: Answerer) -> AsyncIterator[Site]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = Server(Settings(profile=Profile.DEVELOPMENT, port=port), graph, answerer, port)
        site = Site(graph, server, f"http://127.0.0.1:{port}")
        server.clock = lambda: site.now
        config = uvicorn.Config(server.app(), log_config=None, access_log=False, lifespan="off")
        running = uvicorn.Server(config)
        task = asyncio.create_task(running.serve(sockets=[listener]))
        await asyncio.sleep(0)
        yield site
        running.should_exit = True
        await task


@pytest.fixture(scope="session")
async def site(graph: Graph, answerer: Answerer) -> AsyncIterator[Site]:
    async with serving(graph, answerer) as made:
        yield made


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        await browser.close()


@dataclass
class Device:
    """One browser window. What its pages fail to load or run is remembered."""

    page: Page
    size: str
    scripts: bool
    troubles: list[str] = field(default_factory=list[str])

    async def look(self, name: str) -> None:
        """Nothing for axe to find, nothing that runs over the edge, nothing that failed; and a picture."""
        width = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{name}: {width} pixels too wide"
        assert not self.troubles, (name, self.troubles)
        if self.scripts:
            found = await Axe().run(self.page)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        SHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SHOTS / f"{name}-{self.size}.png", full_page=True)

    async def press(self, text: str) -> None:
        """Presses the one button or link that says this, and waits for the page that follows."""
        target = self.page.get_by_role("button", name=text, exact=True).or_(
            self.page.get_by_role("link", name=text, exact=True)
        )
        await target.first.click()
        await self.page.wait_for_load_state()

    async def unfold(self) -> None:
        """Opens whatever a page has folded."""
        for each in await self.page.locator("summary").all():
            await each.click()

    async def save(self, text: str) -> tuple[str, bytes]:
        """What a link lets one keep: the name that is proposed for the file, and the file."""
        async with self.page.expect_download() as saved:
            await self.page.get_by_role("link", name=text).click()
        download = await saved.value
        return download.suggested_filename, await asyncio.to_thread(Path(await download.path()).read_bytes)

    async def says(self, text: str) -> bool:
        return await self.page.get_by_text(text).first.is_visible()


@asynccontextmanager
async def opened(
    chromium: Browser, size: str = "phone", *, scripts: bool = True, dark: bool = False
) -> AsyncIterator[Device]:
    width, height = SIZES[size]
    context = await chromium.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
        locale="zh-CN",
        accept_downloads=True,
    )
    page = await context.new_page()
    device = Device(page, size, scripts)
    page.on("pageerror", lambda error: device.troubles.append(str(error)))

    def failed(request: Request) -> None:
        # The browser itself breaks off what a page that is left still loads, and the page that a file was to show.
        if request.failure != "net::ERR_ABORTED":
            device.troubles.append(f"{request.url} {request.failure}")

    page.on("requestfailed", failed)
    page.on("console", lambda told: device.troubles.append(told.text) if told.type == "error" else None)
    try:
        yield device
    finally:
        await context.close()
