"""What a test does with a browser: opens pages that report their errors, waits for what they show, judges them by axe."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

ROOT: Final = Path(__file__).parents[1]
AXE: Final = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES: Final = ROOT / "out" / "screenshots"
MINERS: Final = 6
"""How many miners the usual server of these tests watches."""
WIDE: Final = (1440, 900)
PHONE: Final = (360, 640)
EXPECTED_NOISE: Final = ("Failed to load resource", "WebSocket connection to", "ERR_CONNECTION_REFUSED")
"""What Chromium says when a server is gone; a test that stops one allows it."""


Prepare = Callable[[Page], Awaitable[object]]


class Tabs:
    """Pages of one test, each in a context of its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.allowed: tuple[str, ...] = ()

    async def open(
        self, url: str, size: tuple[int, int] = WIDE, theme: str = "dark", before: Prepare | None = None, **given: Any
    ) -> Page:
        """Open *url* in a context of its own, as a browser of that *size* and *theme* does; *before* gets the page first."""
        options: dict[str, Any] = {"locale": "en-GB", "color_scheme": theme, "has_touch": size == PHONE}
        options["viewport"] = {"width": size[0], "height": size[1]}
        context = await self._browser.new_context(**(options | given))
        self._contexts.append(context)
        page = await context.new_page()
        self._listen(page, url)
        if before is not None:
            await before(page)
        await page.goto(url)
        return page

    async def close(self) -> None:
        """Close them all."""
        for context in self._contexts:
            await context.close()

    def _listen(self, page: Page, url: str) -> None:
        origin = "/".join(url.split("/")[:3])

        def complain(text: str) -> None:
            if not any(noise in text for noise in self.allowed):
                self.complaints.append(text)

        def console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                complain(f"console: {message.text} {message.location.get('url', '')}")

        def request(request: Request) -> None:
            if not request.url.startswith((origin, origin.replace("http", "ws", 1), "blob:", "data:")):
                complain(f"foreign request: {request.url}")

        page.on("console", console)
        page.on("pageerror", lambda error: complain(f"page error: {error.stack or error}"))
        page.on("request", request)


async def until(holds: Callable[[], Awaitable[Any]], limit_s: float = 10.0) -> Any:
    """Wait until *holds* returns something true, and return it."""
    async with asyncio.timeout(limit_s):
        while not (found := await holds()):
            await asyncio.sleep(0.05)
    return found


async def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA, as rule: element, once no colour is on its way to another."""
    await page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))")
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    tags = json.dumps(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    found = await page.evaluate(f"axe.run(document, {{runOnly: {{type: 'tag', values: {tags}}}}})")
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found["violations"] for node in rule["nodes"]]


async def picture(page: Page, name: str) -> None:
    """Keep what *page* shows under out/screenshots, for people."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png")


async def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    wide: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


async def small_targets(page: Page, least: int = 24) -> list[str]:
    """Return what can be pressed and is smaller than *least* pixels, links inside of sentences aside."""
    script = """least => [...document.querySelectorAll('a, button, input, select, summary')].filter(one => {
      const box = (one.closest('label') ?? one).getBoundingClientRect();
      const isSeen = box.width > 1 && box.height > 1 && one.checkVisibility({visibilityProperty: true});
      return isSeen && !one.closest('p') && !one.closest('.skip') && (box.width < least - .5 || box.height < least - .5);
    }).map(one => one.outerHTML.slice(0, 120))"""
    small: list[str] = await page.evaluate(script, least)
    return small
