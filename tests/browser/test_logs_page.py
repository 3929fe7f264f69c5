"""Live logs: lines as text, following, searching, and a connection to the miner only while somebody looks."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from browsing import Tabs, picture, until
from pluto.simulator.profiles import DEFAULT_MIX
from pluto.simulator.server import Options, SimulatedFleet
from running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINERS = 8
LINES_PER_S = 62.5
MEASURED_S = 6.0
BUSY_LIMIT = 0.30


@pytest_asyncio.fixture(loop_scope="session")
async def fleet() -> AsyncIterator[SimulatedFleet]:
    """Return eight miners that write 500 lines a second in all."""
    options = Options(boot_s=0.5, log_lines_per_s=LINES_PER_S)
    async with SimulatedFleet(MINERS, first="127.64.1.1", profiles=DEFAULT_MIX[:5], options=options) as miners:
        yield miners


@pytest_asyncio.fixture(loop_scope="session")
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    async with running(tmp_path, fleet) as server:
        await server.imprint(fleet.miners)
        await server.listen()
        await server.until(lambda samples: samples["hardware_online"] == MINERS)
        yield server


def path(fleet: SimulatedFleet, count: int) -> str:
    return "/logs?" + "&".join(f"mac={miner.mac.replace(':', '').lower()}" for miner in fleet.miners[:count])


async def held(page: Page) -> int:
    text = await page.locator(".log-foot").inner_text()
    return int(text.split(" line")[0].replace(",", ""))


async def test_five_hundred_lines_a_second_leave_the_page_at_ease(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await tabs.open(pluto.base + path(fleet, MINERS))
    await until(lambda: _reached(page, 600))
    client: Any = await page.context.new_cdp_session(page)
    await client.send("Performance.enable")

    async def measured() -> tuple[float, float, int]:
        metrics = {one["name"]: one["value"] for one in (await client.send("Performance.getMetrics"))["metrics"]}
        return float(metrics["Timestamp"]), float(metrics["TaskDuration"]), await held(page)

    began_s, busy_before_s, lines_before = await measured()
    await page.wait_for_timeout(MEASURED_S * 1000)
    ended_s, busy_after_s, lines_after = await measured()
    share = (busy_after_s - busy_before_s) / (ended_s - began_s)
    assert lines_after > lines_before
    assert share < BUSY_LIMIT, f"main thread {share:.1%} busy"
    assert await page.locator(".log-line").count() < 120
    await picture(page, "logs")


async def _reached(page: Page, count: int) -> bool:
    return await held(page) >= count


async def test_scrolling_up_pauses_and_counts_what_is_new(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await tabs.open(pluto.base + path(fleet, 1))
    await until(lambda: _reached(page, 100))
    box = page.get_by_role("log")
    await box.evaluate("box => box.scrollTop = 40")
    fresh = page.get_by_role("button", name="follow (End)")
    await expect(fresh).to_be_visible()
    await expect(page.get_by_role("switch", name="follow")).not_to_be_checked()
    first = await page.locator(".log-line").first.get_attribute("data-id")
    before = await fresh.inner_text()
    await expect(fresh).not_to_have_text(before)
    assert await page.locator(".log-line").first.get_attribute("data-id") == first
    await page.keyboard.press("End")
    await expect(fresh).to_have_count(0)
    await expect(page.get_by_role("switch", name="follow")).to_be_checked()


async def test_a_search_steps_from_hit_to_hit(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await tabs.open(pluto.base + path(fleet, 2))
    await until(lambda: _reached(page, 200))
    search = page.get_by_label("Search in the log")
    await search.fill("NONCE")
    await search.press("Enter")
    current = page.locator(".log-line.is-current")
    await expect(current).to_contain_text("Nonce")
    await expect(current.locator("mark")).to_have_text("Nonce")
    first = int(await current.get_attribute("data-id") or 0)
    await search.blur()
    await page.keyboard.press("n")
    await expect(page.locator(".log-hits")).to_contain_text("2 of")
    assert int(await current.get_attribute("data-id") or 0) > first
    await page.keyboard.press("Shift+N")
    await expect(current).to_have_attribute("data-id", str(first))
    await page.get_by_label("only matching").check()
    await until(lambda: _all_match(page, "nonce"))
    await page.get_by_label("regular expression").check()
    await search.fill("[")
    await expect(page.get_by_text("This is no regular expression.")).to_be_visible()


async def _all_match(page: Page, word: str) -> bool:
    texts = await page.locator(".log-text").all_inner_texts()
    return bool(texts) and all(word in text.lower() for text in texts)


async def test_what_a_miner_writes_is_text_and_its_colours_are_classes(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[2]  # a NerdQAxe: its log names the user
    user = "<script>document.title='taken'</script>"
    await pluto.ask("PATCH", f"/devices/{miner.mac}/system", {"info": {"stratumUser": user}})
    await pluto.ask("POST", f"/devices/{miner.mac}/system/restart", {})
    page = await tabs.open(f"{pluto.base}/logs?mac={miner.mac.replace(':', '').lower()}")
    await page.get_by_label("Search in the log").fill("<script>")
    await page.get_by_label("only matching").check()
    await expect(page.locator(".log-text").filter(has_text=user).first).to_be_visible(timeout=20_000)
    assert await page.locator(".log-box script").count() == 0
    assert "taken" not in await page.title()
    page = await tabs.open(pluto.base + path(fleet, 1))
    await expect(page.locator(".log-text .ansi-ok").first).to_be_visible()
    assert "\x1b" not in await page.locator(".log-box").inner_text()


async def test_the_last_page_that_closes_closes_the_connection_to_the_miner(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    miner = fleet.miners[2]
    before = miner.open_connections
    page = await tabs.open(f"{pluto.base}/logs?mac={miner.mac.replace(':', '').lower()}")
    await until(lambda: _reached(page, 10))
    assert miner.open_connections == before + 1
    await page.get_by_role("link", name="Fleet", exact=True).click()

    async def is_closed() -> bool:
        return miner.open_connections == before

    await until(is_closed, 10.0)
