"""The page of one miner: who it is, how it is, what can be done to it; two of one name, hostile names, one that is gone."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from browsing import PHONE, WIDE, Tabs, overflow, violations
from pluto.simulator.server import SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = '"><img src=x onerror=alert(1)>'
TABS = ("", "/settings", "/logs", "/raw")


def path_of(miner: SimulatedMiner, tab: str = "") -> str:
    return f"/miners/{miner.mac.replace(':', '').lower()}{tab}"


async def opened(tabs: Tabs, pluto: Running, miner: SimulatedMiner, tab: str = "", **given: Any) -> Page:
    page = await tabs.open(pluto.base + path_of(miner, tab), **given)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


async def test_the_overview_says_who_it_is_and_how_it_is(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    page = await opened(tabs, pluto, miner)
    await expect(page.get_by_role("heading", level=1)).to_have_text(miner.hostname)
    head = page.locator(".miner-head")
    for words in (miner.mac, miner.host, miner.profile.version, "Online"):
        await expect(head).to_contain_text(words)
    await expect(page.locator(".figures .figure")).to_have_count(6)
    await expect(page.locator("[data-chart]")).to_have_count(11)
    own = head.get_by_role("link", name=miner.host)
    assert await own.get_attribute("href") == f"http://{miner.host}/"
    assert await own.get_attribute("rel") == "noreferrer"


async def test_brackets_go_to_the_neighbours_on_the_same_tab(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, pluto, fleet.miners[1], "/raw")
    await expect(page.get_by_role("heading", level=1)).to_have_text(fleet.miners[1].hostname)
    names = {miner.hostname: miner for miner in fleet.miners}
    await page.keyboard.press("]")
    await expect(page.get_by_role("heading", level=1)).not_to_have_text(fleet.miners[1].hostname)
    other = names[await page.get_by_role("heading", level=1).inner_text()]
    assert page.url == pluto.base + path_of(other, "/raw")
    await page.keyboard.press("[")
    await expect(page.get_by_role("heading", level=1)).to_have_text(fleet.miners[1].hostname)


async def test_an_offline_miner_keeps_its_last_values_and_tells_their_time(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    page = await opened(tabs, pluto, fleet.miners[0])
    await expect(page.locator(".figure-value").first).to_contain_text("H/s")
    fleet.miners[0].fault("refused")
    standing = page.locator(".standing")
    await expect(standing).to_contain_text("Offline", timeout=5_000)
    for words in ("refused", "Values are from", "Actions will be tried all the same"):
        await expect(standing).to_contain_text(words)
    await expect(page.locator(".is-silent-page")).to_be_visible()
    await expect(page.locator(".figure-value").first).to_contain_text("H/s")
    fleet.miners[0].heal()
    await expect(standing).to_have_count(0, timeout=5_000)


async def test_only_what_the_firmware_can_do_is_offered(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    newest = next(miner for miner in fleet.miners if miner.profile.name == "axeos-2.15")
    old = next(miner for miner in fleet.miners if miner.profile.name == "axeos-2.4")
    page = await opened(tabs, pluto, newest)
    await expect(page.get_by_role("button", name="Identify")).to_be_visible()
    await page.get_by_label("More actions").click()
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    await expect(page.get_by_role("dialog")).to_contain_text("1 of 1 done")
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    await expect(page.locator(".standing")).to_contain_text("Paused", timeout=4_000)
    await expect(page.locator(".figure-value").first).to_have_text("0\u00a0GH/s")
    page = await opened(tabs, pluto, old)
    await expect(page.get_by_role("button", name="Restart")).to_be_visible()
    await expect(page.get_by_role("button", name="Identify")).to_have_count(0)


async def test_a_removed_miner_says_so_and_can_be_added_again(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, pluto, fleet.miners[3])
    name = fleet.miners[3].hostname
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    status, _ = await pluto.ask("DELETE", f"/api/v1/miners/{fleet.miners[3].mac}")
    assert status == 200
    await expect(page.get_by_text("This miner was removed.")).to_be_visible()
    await page.get_by_role("button", name="Add again").click()
    await expect(page.locator(".miner-head")).to_contain_text("Online", timeout=6_000)


async def test_the_raw_answer_is_text_without_secrets(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, pluto, fleet.miners[0], "/raw")
    text = await page.locator("pre").inner_text()
    assert '"hostname"' in text
    assert "assword" not in text
    assert await page.locator("tbody tr").count() in range(1, 21)
    await expect(page.locator("tbody tr").first).to_contain_text("ok")


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_page_of_a_silent_miner_breaks_no_rule_of_accessibility(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet, theme: str
) -> None:
    fleet.miners[0].fault("refused")
    page = await opened(tabs, pluto, fleet.miners[0], theme=theme)
    await expect(page.locator(".standing")).to_be_visible(timeout=5_000)
    await expect(page.locator(".uplot").first).to_be_visible()
    assert await violations(page) == []


async def test_two_of_one_name_have_pages_and_values_of_their_own(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    first, second = fleet.miners[0], fleet.miners[1]
    second.fault("renamed", hostname=first.hostname)
    pages = [await opened(tabs, pluto, miner) for miner in (first, second)]
    for page, miner in zip(pages, (first, second), strict=True):
        heading = page.get_by_role("heading", level=1)
        await expect(heading).to_contain_text(f"{first.hostname} {miner.mac[-5:]}", timeout=5_000)
        await expect(page.locator(".miner-head")).to_contain_text(miner.mac)
        await page.goto(pluto.base + path_of(miner, "/settings"))
        await expect(page.get_by_label("Name")).to_have_value(first.hostname)
    await pages[0].get_by_label("Name").fill("first-of-them")
    await pages[0].get_by_role("button", name="Send 1 change").click()
    await expect(pages[1].get_by_label("Name")).to_have_value(first.hostname)
    await pages[0].get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(pages[0].get_by_role("dialog").get_by_role("status")).to_be_visible(timeout=8_000)
    assert (first.hostname, str(second.settings["hostname"]) == "first-of-them") == ("first-of-them", False)


async def test_markup_in_a_name_is_shown_as_it_is(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    miner.fault("renamed", hostname=HOSTILE)
    page = await opened(tabs, pluto, miner)
    await expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE, timeout=5_000)
    for tab in TABS:
        await page.goto(pluto.base + path_of(miner, tab))
        await expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
        assert await page.locator("img[src=x]").count() == 0
    await page.goto(pluto.base + path_of(miner, "/settings"))
    await expect(page.get_by_label("Name")).to_have_value(HOSTILE)


async def test_a_name_without_end_breaks_no_layout(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    miner.fault("renamed", hostname="x" * 300)
    page = await opened(tabs, pluto, miner)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("xxx", timeout=5_000)
    for tab in TABS:
        for size in (PHONE, WIDE):
            page = await opened(tabs, pluto, miner, tab, size=size)
            assert await overflow(page) == 0
