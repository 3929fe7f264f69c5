"""The list of miners: order, filter, selection, actions with an end for each, and the same by keys alone."""

import csv
import re
from io import StringIO

import pytest
from playwright.async_api import Page, expect

from browsing import EXPECTED_NOISE, MINERS, Tabs, until
from pluto.simulator.server import SimulatedFleet
from running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEFAULT_COLUMNS = ("State", "Miner", "Model", "Hashrate", "Power", "J/TH", "ASIC temp.", "VR temp.", "Rej. %", "Uptime")
HOSTILE = '"><img src=x onerror=alert(1)>'


async def opened(tabs: Tabs, pluto: Running, query: str = "") -> Page:
    page = await tabs.open(f"{pluto.base}/miners{query}")
    await expect(page.get_by_role("grid")).to_be_visible()
    return page


async def cells(page: Page, column: int) -> list[str]:
    """Return a column as it is shown from top to bottom: rows stand in the document in any order."""
    script = """column => [...document.querySelectorAll('.table-rows [role=row]')]
      .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map(row => row.children[column + 1].innerText.trim())"""
    shown: list[str] = await page.evaluate(script, column)
    return shown


def number(text: str) -> float:
    digits = re.match(r"-?[\d.,]+", text)
    scale = {"T": 1000, "G": 1}.get(text.rsplit("\u00a0", maxsplit=1)[-1][:1], 1) if text.endswith("H/s") else 1
    return float(digits[0].replace(",", "")) * scale if digits else float("nan")


async def test_every_column_sorts_both_ways_with_the_unknown_last(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    fleet.miners[2].fault("refused")
    page = await opened(tabs, pluto)
    await expect(page.get_by_role("row").filter(has_text="Offline")).to_be_visible(timeout=4_000)
    for place, name in enumerate(DEFAULT_COLUMNS):
        for direction in ("ascending", "descending"):
            if (place, direction) == (0, "ascending"):
                continue  # as it is opened
            await page.get_by_role("columnheader").get_by_role("button", name=name).click()
            head = page.get_by_role("columnheader").filter(has_text=name)
            await expect(head).to_have_attribute("aria-sort", direction)
            shown = await cells(page, place)
            known = [text for text in shown if text != "\u2013" and not text.startswith("seen")]
            assert shown[: len(known)] == known
            if place not in {0, 1, 2, 9}:
                values = [number(text) for text in known]
                assert values == sorted(values, reverse=direction == "descending")
    assert (await cells(page, 1))[-1] == fleet.miners[2].hostname


async def test_the_order_stands_still_while_somebody_points_or_selects(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, pluto, "?sort=-hashrate")
    before = await cells(page, 1)
    await page.get_by_role("row").filter(has_text=before[-1]).hover()
    await expect(page.get_by_text("order paused")).to_be_visible()
    fastest = next(miner for miner in fleet.miners if miner.hostname == before[0])
    fastest.fault("stopped-hashing")
    await expect(page.get_by_role("row").filter(has_text=before[0])).to_contain_text("0\u00a0GH/s")
    await page.wait_for_timeout(2_500)
    assert await cells(page, 1) == before
    await page.mouse.move(5, 5)
    assert await until(lambda: _first_is_not(page, before[0]), 5.0)


async def _first_is_not(page: Page, name: str) -> bool:
    return (await cells(page, 1))[0] != name


async def test_the_address_is_the_view(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, pluto)
    name = fleet.miners[1].hostname
    await page.get_by_role("searchbox").fill(name)
    await page.get_by_role("columnheader").get_by_role("button", name="Power").click()
    await page.get_by_text("Columns", exact=True).click()
    await page.get_by_role("checkbox", name="Firmware").check()
    await page.keyboard.press("Escape")
    await expect(page.get_by_text(f"1 of {MINERS}")).to_be_visible()
    for other in (page, await tabs.open(page.url)):
        await other.reload()
        await expect(other.get_by_role("searchbox")).to_have_value(name)
        await expect(other.get_by_role("columnheader").filter(has_text="Power")).to_have_attribute("aria-sort", "ascending")
        await expect(other.get_by_role("columnheader").filter(has_text="Firmware")).to_be_visible()
        await expect(other.get_by_role("row")).to_have_count(2)
    await page.get_by_role("button", name="clear filters").click()
    await expect(page.get_by_role("row")).to_have_count(MINERS + 1)


async def test_a_restart_of_several_ends_for_each_by_name_and_the_failed_are_tried_again(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    tabs.allowed = EXPECTED_NOISE
    page = await opened(tabs, pluto)
    refusing, dead = fleet.miners[0], fleet.miners[1]
    refusing.fault("status-500")
    dead.fault("refused")
    await page.get_by_role("checkbox", name="Select all that match").check()
    await expect(page.get_by_text(f"{MINERS} selected")).to_be_visible()
    await page.get_by_role("toolbar").get_by_role("button", name="Restart").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"Restart {MINERS} miners")
    await dialog.get_by_role("button", name=f"Restart {MINERS} miners").click()
    for failed in (refusing, dead):
        await expect(dialog.locator("li").filter(has_text=failed.hostname)).to_have_attribute(
            "data-end", "failed", timeout=15_000
        )
    await expect(dialog.locator("[data-end=done]")).to_have_count(MINERS - 2, timeout=15_000)
    asked = [len(miner.received) for miner in fleet.miners]
    refusing.heal()
    dead.heal()
    await dialog.get_by_role("button", name="Retry the 2 failed").click()
    await expect(dialog.locator("[data-end=done]")).to_have_count(MINERS, timeout=20_000)
    assert [len(miner.received) for miner in fleet.miners][2:] == asked[2:]


async def test_two_miners_of_one_name_have_rows_pages_and_charts_of_their_own(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    first, second = fleet.miners[0], fleet.miners[3]
    first.fault("renamed", hostname="twin")
    second.fault("renamed", hostname="twin")
    page = await opened(tabs, pluto)
    for miner in (first, second):
        end = miner.mac.lower()[-5:]
        link = page.get_by_role("link", name=f"twin {end}")
        await expect(link).to_be_visible(timeout=5_000)
        assert (await link.get_attribute("href") or "").endswith(miner.mac.replace(":", "").lower())
    await page.get_by_role("link", name=f"twin {first.mac.lower()[-5:]}").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(first.mac.lower()[-5:])
    await expect(page.get_by_text(first.mac.lower(), exact=True)).to_be_visible()


async def test_a_hostile_name_is_text_and_a_long_one_breaks_nothing(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    fleet.miners[0].fault("renamed", hostname=HOSTILE)
    fleet.miners[1].fault("renamed", hostname="n" * 300)
    paths = ["/", "/miners", "/miners?view=cards", "/miners?view=map"]
    paths += [f"/miners/{miner.mac.replace(':', '').lower()}" for miner in fleet.miners[:2]]
    page = await tabs.open(pluto.base + "/miners")
    await expect(page.get_by_text(HOSTILE).first).to_be_visible(timeout=5_000)
    for path in paths:
        for size in ((1440, 900), (360, 640)):
            page = await tabs.open(pluto.base + path, size)
            await expect(page.get_by_role("heading", level=1)).to_be_attached()
            assert await page.locator("img[src=x]").count() == 0
            wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (path, size, wide)


async def test_a_removed_miner_goes_from_every_browser_and_undo_brings_it_back(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    gone = fleet.miners[2]
    page, other = await opened(tabs, pluto), await opened(tabs, pluto)
    own = await tabs.open(f"{pluto.base}/miners/{gone.mac.replace(':', '').lower()}")
    await expect(own.get_by_role("heading", level=1, name=gone.hostname)).to_be_visible()
    await page.get_by_role("row").filter(has_text=gone.hostname).get_by_role("checkbox").check()
    await page.get_by_role("toolbar").get_by_role("button", name="Remove").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove 1 miner").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    for browser in (page, other):
        await expect(browser.get_by_role("row").filter(has_text=gone.hostname)).to_have_count(0, timeout=6_000)
    await expect(own.get_by_text("This miner was removed.")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    for browser in (page, other):
        await expect(browser.get_by_role("row").filter(has_text=gone.hostname)).to_be_visible(timeout=6_000)
    await expect(own.get_by_role("heading", level=1, name=gone.hostname)).to_be_visible()


async def test_by_keys_alone_a_miner_is_found_opened_restarted_and_left_again(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    miner = fleet.miners[3]
    page = await tabs.open(pluto.base + "/")
    await expect(page.locator(".attention-fine")).to_be_visible()
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    grid = page.get_by_role("grid")
    await expect(grid).to_be_visible()
    while not await grid.evaluate("grid => grid === document.activeElement"):
        await page.keyboard.press("Tab")
    for _ in range(MINERS):
        await page.keyboard.press("ArrowDown")
        if await page.locator(".is-active").filter(has_text=miner.hostname).count():
            break
    await page.keyboard.press("r")
    await expect(page.get_by_role("dialog")).to_contain_text(miner.hostname)
    go = page.get_by_role("dialog").get_by_role("button", name="Restart 1 miner")
    await go.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").locator("[data-end=done]")).to_have_count(1, timeout=15_000)
    await page.keyboard.press("Escape")
    await expect(grid).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name=miner.hostname)).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("grid")).to_be_focused()
    await expect(page.locator(".is-active")).to_contain_text(miner.hostname)
    await page.keyboard.press("/")
    await page.keyboard.type(miner.hostname)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name=miner.hostname)).to_be_visible()


async def test_who_types_faster_than_the_page_draws_is_taken_at_his_word(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    page = await opened(tabs, pluto)
    await page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search")
    await expect(field).to_be_focused()
    typed = """(field, text) => {
        field.value = text
        field.dispatchEvent(new InputEvent('input', {bubbles: true}))
        field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}))
    }"""
    await field.evaluate(typed, fleet.miners[3].hostname)
    await expect(page.get_by_role("heading", level=1, name=fleet.miners[3].hostname)).to_be_visible()


async def test_a_cell_may_show_the_last_hour(pluto: Running, tabs: Tabs) -> None:
    page = await opened(tabs, pluto, "?columns=name,trend,power")
    line = page.locator("[role=gridcell] .mini-line path").first
    await expect(line).to_have_attribute("d", re.compile("^M"), timeout=20_000)
    head = page.get_by_role("columnheader")
    await expect(head.filter(has_text="Last hour").get_by_role("button")).to_have_count(0)
    await expect(head.filter(has_text="Power").get_by_role("button")).to_have_count(1)
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="Export CSV").click()
    assert (await (await waiting.value).path()).read_text().startswith("name,power (W)\n")


async def test_an_export_is_what_is_shown(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    fleet.miners[0].fault("renamed", hostname="=1+1")
    page = await opened(tabs, pluto, "?sort=-power&q=-nmaxe")
    await expect(page.get_by_text("=1+1").first).to_be_visible(timeout=5_000)
    await expect(page.get_by_role("row").filter(has_text="\u2013 W")).to_have_count(0)
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="Export CSV").click()
    rows = list(csv.DictReader(StringIO((await (await waiting.value).path()).read_text())))
    assert len(rows) == len(await cells(page, 1))
    powers = [float(row["power (W)"]) for row in rows if row["power (W)"]]
    assert powers == sorted(powers, reverse=True)
    assert "'=1+1" in [row["name"] for row in rows]


async def test_states_are_told_without_colour(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    fleet.miners[0].fault("refused")
    fleet.miners[1].fault("overheat")
    page = await opened(tabs, pluto)
    await expect(page.get_by_role("row").filter(has_text="Offline")).to_be_visible(timeout=5_000)
    rows = page.locator(".table-rows [role=row]")
    for row in await rows.all():
        assert await row.locator(".state .state-word").inner_text() in {
            "Online",
            "Offline",
            "Fault",
            "Hot",
            "Low",
            "Stale",
            "New",
        }
        assert await row.locator(".state svg.mark").count() == 1
    marks = {await row.locator("svg.mark").inner_html() for row in await rows.all()}
    words = {await row.locator(".state-word").inner_text() for row in await rows.all()}
    assert len(marks) == len(words) >= 2
