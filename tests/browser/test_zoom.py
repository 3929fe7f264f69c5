"""Every page as somebody sees it who zooms to 400 %, or whose system says which colours there are."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from browsing import Tabs, overflow, picture, violations
from pluto.simulator.server import SimulatedFleet
from running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")
ZOOMED = (320, 256)
"""What 1280 by 1024 is at 400 %."""
MOST_STOPS = 40
PAGES = {
    "fleet": "/", "miners": "/miners", "map": "/miners?view=map&color=chip", "cards": "/miners?view=cards",
    "miner": "/miners/{mac}", "miner-settings": "/miners/{mac}/settings", "miner-logs": "/miners/{mac}/logs",
    "miner-raw": "/miners/{mac}/raw", "compare": "/compare?mac={mac}&mac={other}", "add": "/add",
    "presets": "/pool-presets", "preset": "/pool-presets/new", "logs": "/logs?mac={mac}", "events": "/events",
    "settings": "/settings", "diagnostics": "/diagnostics",
}  # fmt: skip
FOCUS = """() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return null;
  const isUnseen = one.matches('.check input') || one.closest('.unseen') !== null;
  const seen = isUnseen ? one.closest('label') ?? one : one;
  const box = seen.getBoundingClientRect();
  const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)];
  const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
  const at = (x, y) => document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
  const isItself = there => there !== null && (seen.contains(there) || there.contains(seen) && !there.matches('main, body'));
  const isHit = [.5, .1, .9].some(x => [.5, .1, .9].some(y => isItself(at(x, y))));
  const isRing = look => look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2;
  return {what: one.outerHTML.slice(0, 120), isSeen: right - left > 4 && bottom - top > 4 && isHit,
    isRinged: [one, seen].some(each => isRing(getComputedStyle(each)))};
}"""


async def shown(page: Page) -> None:
    """Wait until all is there, in a window that is high enough for charts: they are asked for where they are in sight."""
    size = page.viewport_size
    assert size is not None
    await page.set_viewport_size({"width": size["width"], "height": 6_000})
    await expect(page.get_by_role("heading", level=1)).to_be_attached()
    await expect(page.locator(".skeleton-line")).to_have_count(0, timeout=8_000)
    await page.set_viewport_size(size)


def address(pluto: Running, fleet: SimulatedFleet, name: str) -> str:
    slugs = [miner.mac.replace(":", "").lower() for miner in fleet.miners]
    return pluto.base + PAGES[name].format(mac=slugs[0], other=slugs[2])


async def stops(page: Page) -> list[dict[str, Any]]:
    """Walk through the page with Tab, and return what had the focus."""
    found: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        await page.evaluate("new Promise(requestAnimationFrame)")
        stop: dict[str, Any] | None = await page.evaluate(FOCUS)
        if stop is None:
            break
        found.append(stop)
    return found


async def well_walked(page: Page) -> None:
    """Walk through the page: whatever has the focus is in sight and has a ring."""
    walked = await stops(page)
    assert len(walked) > 5
    assert [stop["what"] for stop in walked if not stop["isSeen"]] == []
    assert [stop["what"] for stop in walked if not stop["isRinged"]] == []
    assert await overflow(page) <= 0
    assert await violations(page) == []


@pytest.mark.parametrize("name", PAGES)
async def test_at_400_percent_and_in_the_colours_of_the_system_a_page_is_whole_and_its_focus_in_sight(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet, name: str
) -> None:
    page = await tabs.open(address(pluto, fleet, name), ZOOMED)
    await shown(page)
    assert await overflow(page) <= 0
    await well_walked(page)
    await picture(page, f"zoomed-{name}")
    page = await tabs.open(address(pluto, fleet, name), forced_colors="active")
    await shown(page)
    await well_walked(page)
    await picture(page, f"forced-colours-{name}")


async def test_at_400_percent_a_miner_can_be_restarted(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await tabs.open(address(pluto, fleet, "miners"), ZOOMED)
    await page.get_by_role("row").nth(1).get_by_role("checkbox").check()
    await page.get_by_role("toolbar").get_by_role("button", name="Restart").click()
    await page.get_by_role("dialog").get_by_role("button", name="Restart 1 miner").click()
    await expect(page.get_by_role("dialog")).to_contain_text("1 done")
    assert await overflow(page) <= 0
