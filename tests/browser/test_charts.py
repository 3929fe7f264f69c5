"""Charts: a gap for an outage, marks, ranges asked once, the same as a table, several miners side by side."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from browsing import PHONE, Tabs, overflow, small_targets, until, violations
from past import remember
from pluto.model.happenings import Happening, Kind
from pluto.model.json_value import JsonObject
from pluto.model.miner import MacAddress
from pluto.simulator.server import Options, SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUR_S = 3600
OUTAGE = (3 * HOUR_S, 2 * HOUR_S)
NOWHERE = "http://127.0.0.1:9"
"""Where no Prometheus answers."""


@pytest_asyncio.fixture(loop_scope="session")
async def fleet() -> AsyncIterator[SimulatedFleet]:
    """Return three miners."""
    async with SimulatedFleet(3, first="127.62.1.1", options=Options(boot_s=0.5)) as miners:
        yield miners


@pytest_asyncio.fixture(loop_scope="session")
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    """Return a server that remembers six hours of them, an outage and a restart of the first."""
    first = fleet.miners[0]
    end_s = remember(tmp_path, fleet.miners, 6, {first.mac: [OUTAGE]})
    mac = MacAddress(first.mac)
    facts: tuple[tuple[float, Kind, JsonObject], ...] = (
        (4 * HOUR_S, Kind.SETTINGS_SENT, {"fields": ["frequency"]}),
        (4 * HOUR_S - 60, Kind.RESTARTED, {"uptime_seconds": 7}),
        (3 * HOUR_S - 15, Kind.OFFLINE, {"reason": "silent", "detail": "no answer within 4 s", "since": end_s - 3 * HOUR_S}),
        (2 * HOUR_S, Kind.BACK, {"after_s": HOUR_S}),
    )
    remember(tmp_path, [], 0, events=[Happening(end_s - ago_s, mac, kind, said) for ago_s, kind, said in facts])
    async with running(tmp_path, fleet, prometheus_host=NOWHERE, history_hour_days=31) as server:
        await server.imprint(fleet.miners)
        await server.listen()
        await server.until(lambda samples: samples["hardware_online"] == 3)
        yield server


def slug(miner: SimulatedMiner) -> str:
    return miner.mac.replace(":", "").lower()


async def asked(page: Page, metric: str) -> list[dict[str, list[str]]]:
    """Return the questions about the past of *metric* that a page asked, oldest first."""
    script = "performance.getEntriesByType('resource').map(entry => entry.name)"
    names: list[str] = await page.evaluate(script)
    parts = [urlsplit(name) for name in names]
    queries = [parse_qs(part.query) for part in parts if part.path == "/api/v1/history"]
    return [query for query in queries if metric in query["metric"][0].split(",")]


async def is_asked(page: Page, metric: str, times: int) -> bool:
    return len(await asked(page, metric)) == times


async def opened(tabs: Tabs, url: str, **given: Any) -> Page:
    page = await tabs.open(url, **given)
    await expect(page.locator(".uplot").first).to_be_visible(timeout=10_000)
    return page


async def test_an_outage_is_a_gap_and_what_happened_is_marked(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}?range=6h")
    marks = page.get_by_role("list", name="Marks")
    for words in ("settings sent", "restarted", "outage"):
        await expect(marks).to_contain_text(words)
    await page.get_by_role("button", name="Table: Hashrate").click()
    table = page.get_by_role("group", name="Table: Hashrate")
    await expect(table).to_contain_text("restarted")
    times: list[float] = await table.evaluate(
        "table => [...table.querySelectorAll('tbody time')].map(time => Date.parse(time.dateTime) / 1000)"
    )
    steps = [newer - older for newer, older in pairwise(times)]
    assert 0.9 * HOUR_S < max(steps) < 1.1 * HOUR_S
    assert sorted(steps)[-2] < HOUR_S / 10


async def test_another_range_is_asked_once_and_stands_in_the_address(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}")
    assert len(await asked(page, "hashrate_ghs")) == 1
    await page.get_by_role("button", name="6h", exact=True).click()
    await until(lambda: is_asked(page, "hashrate_ghs", 2))
    query = (await asked(page, "hashrate_ghs"))[-1]
    assert round(float(query["to"][0]) - float(query["from"][0])) == 6 * HOUR_S
    assert page.url.endswith("?range=6h")
    await page.wait_for_timeout(3_000)  # three readings more: they come by the socket
    assert len(await asked(page, "hashrate_ghs")) == 2
    await page.keyboard.press("4")
    await expect(page.get_by_role("button", name="24h", exact=True)).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("?range=24h")


async def test_dragging_zooms_every_chart_and_a_double_click_goes_back(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}?range=6h")
    plot = page.locator("[data-chart=hashrate] .u-over")
    box = await plot.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40, steps=5)
    await page.mouse.up()
    await expect(page.get_by_role("button", name="Back to now")).to_be_visible()
    chosen = parse_qs(urlsplit(page.url).query)
    assert 1.2 * HOUR_S < float(chosen["to"][0]) - float(chosen["from"][0]) < 1.8 * HOUR_S
    await until(lambda: is_asked(page, "chip_temperature_celsius", 2))
    assert (await asked(page, "chip_temperature_celsius"))[-1]["from"] == (await asked(page, "hashrate_ghs"))[-1]["from"]
    await expect(plot).to_be_visible()
    await plot.dblclick()
    await expect(page.get_by_role("button", name="Back to now")).to_have_count(0)
    assert page.url.endswith("?range=6h")


async def test_where_prometheus_does_not_answer_the_history_does_and_says_so(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    page = await opened(tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}?range=90d")
    source = page.locator("[data-chart=hashrate] .chart-source")
    await expect(source).to_contain_text("history")
    assert "Prometheus" in (await source.get_attribute("title") or "")
    page = await opened(tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}?range=24h")
    source = page.locator("[data-chart=hashrate] .chart-source")
    await expect(source).to_have_text("history")


async def test_what_is_out_of_sight_is_not_asked_for(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}")
    await page.wait_for_timeout(500)
    assert (await asked(page, "free_heap_bytes")) == []
    await page.locator("[data-chart=heap]").scroll_into_view_if_needed()
    await until(lambda: is_asked(page, "free_heap_bytes", 1))
    await expect(page.locator("[data-chart=heap] .uplot")).to_be_visible()


async def test_a_chart_says_in_words_what_it_shows_and_new_readings_join_it(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    page = await opened(tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}?range=15m")
    picture = page.locator("[data-chart=power] [role=img]")
    assert "Power and efficiency. power: now" in (await picture.get_attribute("aria-label") or "")
    now = page.locator("[data-chart=hashrate] .chart-now").first
    before = await now.inner_text()
    assert (await pluto.ask("POST", f"/api/v1/miners/{fleet.miners[0].mac}/pause"))[0] == 200
    await expect(now).not_to_have_text(before, timeout=8_000)
    await expect(now).to_have_text("0\u00a0GH/s", timeout=8_000)


async def test_a_line_can_be_hidden_and_stays_so_in_the_address(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}?range=6h")
    line = page.locator("[data-chart=hashrate]").get_by_role("button", name="expected")
    await line.click()
    await expect(line).to_have_attribute("aria-pressed", "false")
    assert "lines=hashrate.expected_hashrate_ghs" in page.url
    await page.reload()
    await expect(line).to_have_attribute("aria-pressed", "false")


async def test_a_chart_is_copied_as_csv_in_utc(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(
        tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}?range=6h", permissions=["clipboard-read", "clipboard-write"]
    )
    await page.get_by_role("button", name="Copy CSV: Hashrate").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    lines = (await page.evaluate("navigator.clipboard.readText()")).split("\r\n")
    assert lines[0] == "time,hashrate_ghs,hashrate_10m_ghs,expected_hashrate_ghs"
    assert lines[1].split(",")[0].endswith(".000Z")
    assert any(line.split(",")[1] == "" for line in lines[1:])


async def test_the_charts_follow_the_theme(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await opened(tabs, f"{pluto.base}/miners/{slug(fleet.miners[0])}?range=6h")
    canvas = page.locator("[data-chart=hashrate] canvas")
    dark = await canvas.evaluate("canvas => canvas.toDataURL().length + canvas.toDataURL()")
    await page.emulate_media(color_scheme="light")
    await until(lambda: differs(canvas, dark))


async def differs(canvas: Locator, before: str) -> bool:
    now = await canvas.evaluate("canvas => canvas.toDataURL().length + canvas.toDataURL()")
    return bool(now != before)


async def test_several_miners_share_a_chart_a_cursor_and_a_table(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    query = "&".join(f"mac={slug(miner)}" for miner in fleet.miners)
    page = await opened(tabs, f"{pluto.base}/compare?{query}&range=6h")
    hashrate, power = page.locator("[data-chart=hashrate]"), page.locator("[data-chart=power]")
    for miner in fleet.miners:
        await expect(hashrate).to_contain_text(miner.hostname)
    box = await hashrate.locator(".u-over").bounding_box()
    assert box is not None
    before = await power.locator(".chart-lines thead").inner_text()
    await page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 40)
    await expect(power.locator(".chart-lines thead")).not_to_have_text(before)
    at = await hashrate.locator(".chart-lines thead").inner_text()
    assert await power.locator(".chart-lines thead").inner_text() == at
    assert len(await hashrate.locator(".chart-now").all_inner_texts()) == 3
    await page.get_by_role("button", name="Table: Hashrate").click()
    assert await page.get_by_role("group", name="Table: Hashrate").locator("thead th").count() == 5


async def test_a_chart_as_a_table_breaks_no_rule_of_accessibility_and_fits_a_phone(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    query = "&".join(f"mac={slug(miner)}" for miner in fleet.miners)
    page = await opened(tabs, f"{pluto.base}/compare?{query}", size=PHONE)
    await page.get_by_role("button", name="Table: Hashrate").click()
    assert await violations(page) == []
    assert await overflow(page) == 0
    assert await small_targets(page) == []


async def test_at_four_hundred_percent_nothing_is_cut_off(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    for tab in ("", "/settings", "/raw"):
        page = await tabs.open(f"{pluto.base}/miners/{slug(fleet.miners[0])}{tab}", size=(320, 256))
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert await overflow(page) == 0
