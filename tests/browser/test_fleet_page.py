"""The first screen: is anything wrong, and which miner."""

import re
from itertools import pairwise

import pytest
from playwright.async_api import expect

from browsing import MINERS, Tabs, until, violations
from pluto.simulator.server import SimulatedFleet
from running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_healthy_fleet_says_so(pluto: Running, tabs: Tabs) -> None:
    page = await tabs.open(pluto.base + "/")
    await expect(page.get_by_text(f"All {MINERS} miners are fine")).to_be_visible()
    await expect(page).to_have_title("Fleet - Pluto")
    await expect(page.locator(".miner-card")).to_have_count(MINERS)


async def test_a_new_reading_is_on_screen_without_a_reload(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    first = fleet.miners[0]
    slug = first.mac.replace(":", "").lower()
    pages = [await tabs.open(pluto.base + path) for path in ("/", "/miners", f"/miners/{slug}")]
    for page in pages:
        await expect(page.get_by_text(first.hostname).first).to_be_visible()
    first.fault("renamed", hostname="newly-named")
    for page in pages:
        await expect(page.get_by_text("newly-named").first).to_be_visible(timeout=3_000)


async def test_who_falls_silent_is_told_with_the_reason_and_no_longer_counted(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    fleet_page, table = await tabs.open(pluto.base + "/"), await tabs.open(pluto.base + "/miners")
    await expect(fleet_page.get_by_text(f"{MINERS} of {MINERS} miners").first).to_be_visible()
    silent = fleet.miners[0]
    silent.fault("refused")
    row = table.get_by_role("row").filter(has_text=silent.hostname)
    await expect(row).to_contain_text("Offline", timeout=4_000)
    await expect(row).to_contain_text("\u2013")
    await expect(row).not_to_contain_text("TH/s")
    await expect(fleet_page.get_by_text(f"{MINERS - 1} of {MINERS} miners").first).to_be_visible()
    listed = fleet_page.locator(".attention-list").get_by_role("link", name=silent.hostname)
    await expect(listed).to_contain_text("refused", timeout=6_000)  # at the third failed poll
    await expect(fleet_page).to_have_title("(1) Fleet - Pluto")
    assert "icon-1.svg" in (await fleet_page.locator("link[rel=icon]").get_attribute("href") or "")
    await expect(fleet_page.locator("[aria-live=polite]").filter(has_text=silent.hostname)).to_be_attached(timeout=7_000)
    silent.heal()
    await expect(fleet_page.get_by_text(f"All {MINERS} miners are fine")).to_be_visible(timeout=6_000)
    await expect(fleet_page).to_have_title("Fleet - Pluto")


async def test_zero_is_zero(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    stopped = fleet.miners[0]
    stopped.fault("stopped-hashing")
    slug = stopped.mac.replace(":", "").lower()
    for path in ("/", "/miners", f"/miners/{slug}"):
        page = await tabs.open(pluto.base + path)
        await expect(page.get_by_text("0\u00a0GH/s", exact=True).first).to_be_visible(timeout=4_000)


async def test_every_total_leads_to_the_miners_that_make_it(pluto: Running, tabs: Tabs) -> None:
    page = await tabs.open(pluto.base + "/")
    await page.get_by_role("link", name=f"{MINERS} Online", exact=True).click()
    await expect(page).to_have_url(re.compile(r"/miners\?state=online$"))
    await expect(page.get_by_text(f"{MINERS} of {MINERS}")).to_be_visible()


async def test_nothing_is_announced_more_often_than_every_five_seconds(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await tabs.open(pluto.base + "/")
    await expect(page.locator(".attention-fine")).to_be_visible()
    await page.evaluate(
        """() => {
          const region = document.querySelector('div.unseen[aria-live=polite]');
          window.spoken = [];
          const hear = () => {
            const text = region.textContent;
            if (text && text !== window.spoken.at(-1)?.[1]) window.spoken.push([performance.now(), text]);
          };
          new MutationObserver(hear).observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )
    for miner in fleet.miners[:3]:
        miner.fault("refused")
    await until(lambda: page.evaluate("window.spoken.length"), 25.0)
    for miner in fleet.miners[:3]:
        miner.heal()
    await until(lambda: page.evaluate("window.spoken.length >= 2"), 25.0)
    spoken = await page.evaluate("window.spoken")
    assert min(after - before for before, after in pairwise(at for at, _ in spoken)) > 4_500, spoken


async def test_a_block_found_stays_on_every_page_until_somebody_dismisses_it(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    lucky = fleet.miners[0]
    slug = lucky.mac.replace(":", "").lower()
    page = await tabs.open(pluto.base + "/")
    await expect(page.get_by_text(f"All {MINERS} miners are fine")).to_be_visible()
    lucky.state.blocks_found += 1
    banner = page.get_by_role("status").filter(has_text="Block found")
    await expect(banner).to_contain_text(lucky.hostname, timeout=4_000)
    for path in ("/miners", f"/miners/{slug}"):
        await page.goto(pluto.base + path)
        await expect(banner).to_contain_text(lucky.hostname)
    assert await violations(page) == []
    await page.get_by_role("button", name="Dismiss").click()
    await expect(banner).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(lucky.hostname)
    await page.wait_for_timeout(500)
    await expect(banner).to_have_count(0)
    lucky.state.blocks_found += 1
    await expect(banner).to_contain_text(lucky.hostname, timeout=4_000)


async def test_with_a_price_the_fleet_says_what_it_costs_in_a_day(pluto: Running, tabs: Tabs) -> None:
    page = await tabs.open(pluto.base + "/")
    await expect(page.get_by_text(f"{MINERS} of {MINERS} miners").first).to_be_visible()
    await expect(page.get_by_text("a day")).to_have_count(0)
    await page.goto(pluto.base + "/settings")
    group = page.get_by_role("region", name="Costs")
    await group.get_by_label("Price of a kilowatt hour").fill("0.5")
    await group.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    await page.goto(pluto.base + "/")
    power = page.get_by_role("link", name=re.compile("a day"))
    await expect(power).to_be_visible()
    text = await power.inner_text()
    watts, cost = (
        float(found[1]) for found in (re.search(r"([\d.]+)\u00a0W", text), re.search(r"([\d.]+) a day", text)) if found
    )
    assert cost == pytest.approx(watts / 1_000 * 24 * 0.5, abs=0.02)
