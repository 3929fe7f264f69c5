"""Adding miners: an empty installation, a search that streams and stops, addresses, miners that moved."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from browsing import EXPECTED_NOISE, PHONE, Tabs, overflow, picture, until
from loopback_hosts import LoopbackHosts, hang, http, says
from parts import free_port
from pluto.simulator.server import Options, SimulatedFleet
from running import running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Return what keeps servers of a test until its pages are closed: ask for it before `tabs`."""
    async with AsyncExitStack() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def hosts() -> AsyncIterator[LoopbackHosts]:
    """Return a network of three small miners, two other web servers and many hosts that never answer."""
    async with LoopbackHosts(37) as network:
        for number in (1, 2, 3):
            await network.miner(number)
        await network.stranger(4, says(http(b"<html>a lamp</html>", "404 Not Found")))
        await network.stranger(5, says(http(b'{"lights": []}')))
        for number in range(20, 30):
            await network.stranger(number, hang)
        yield network


async def test_an_empty_installation_is_three_clicks_from_live_values(tmp_path: Path, stack: AsyncExitStack, tabs: Tabs) -> None:
    fleet = await stack.enter_async_context(SimulatedFleet(12, first="127.61.1.1", options=Options(boot_s=0.5)))
    pluto = await stack.enter_async_context(running(tmp_path, fleet))
    page = await tabs.open(pluto.base + "/")
    await expect(page.get_by_role("heading", level=1, name="Welcome to Pluto")).to_be_visible()
    await expect(page.get_by_text("254 addresses")).to_be_visible()
    await picture(page, "first-run")
    await page.get_by_role("button", name="Find miners").click()
    await page.get_by_role("button", name="Add all 12").click(timeout=20_000)
    await expect(page.get_by_text("All 12 miners are fine")).to_be_visible(timeout=10_000)
    await expect(page.get_by_text("TH/s").first).to_be_visible()


async def test_a_search_streams_stops_and_names_who_is_no_miner(
    tmp_path: Path, hosts: LoopbackHosts, stack: AsyncExitStack, tabs: Tabs
) -> None:
    pluto = await stack.enter_async_context(running(tmp_path, discovery_networks=(hosts.network,)))
    page = await tabs.open(pluto.base + "/add")
    await page.get_by_role("button", name="Find miners").click()
    await expect(page.locator(".found-row[data-status=new]")).to_have_count(3)
    await expect(page.get_by_text(re.compile(r"\d+ of 254 addresses"))).to_be_visible()
    await page.get_by_role("button", name="Stop").click()  # while ten hosts keep silent
    await expect(page.get_by_text("Search stopped")).to_be_visible()
    await expect(page.locator(".found-row[data-status=new]")).to_have_count(3)
    others = page.locator(".found-row[data-status=other]")
    await expect(others).to_have_count(2)
    await expect(others.filter(has_text=hosts.ip(4))).to_contain_text("not a miner: status 404")
    await expect(others.get_by_role("checkbox")).to_have_count(0)
    await picture(page, "add-found")
    await page.get_by_label("Choose axe-2").uncheck()
    await page.get_by_role("button", name="Add 2 miners").click()
    await expect(page.locator("[data-result=added]")).to_have_count(2)
    await expect(page.get_by_role("button", name="Add 0 miners")).to_be_disabled()
    await page.get_by_label("Choose axe-2").check()
    await expect(page.get_by_role("button", name="Add 1 miner")).to_be_enabled()
    assert len((await pluto.ask("GET", "/devices/imprint"))[1]["data"]) == 2


async def test_a_miner_that_moved_is_known_and_adding_updates_its_address(
    tmp_path: Path, stack: AsyncExitStack, tabs: Tabs
) -> None:
    fleet = await stack.enter_async_context(SimulatedFleet(2, first="127.62.1.1", options=Options(boot_s=0.5)))
    pluto = await stack.enter_async_context(running(tmp_path, fleet))
    await pluto.imprint(fleet.miners)
    moved = fleet.miners[0]
    await pluto.ask("PATCH", f"/devices/imprint/{moved.mac}", {"device": {"ip": "127.62.1.77:81"}})
    page = await tabs.open(pluto.base + "/add")
    await page.get_by_role("button", name="Find miners").click()
    await expect(page.locator(".found-row[data-status=moved]")).to_contain_text("was at 127.62.1.77:81")
    await expect(page.locator(".found-row[data-status=known]")).to_have_count(1)
    await page.get_by_role("button", name="Add 1 miner").click()
    await expect(page.locator("[data-result=updated]")).to_be_visible()
    listed = (await pluto.ask("GET", "/devices/imprint"))[1]["data"]
    assert sorted(record["ip"] for record in listed) == sorted(miner.host for miner in fleet.miners)


async def test_a_list_of_twenty_with_two_dead_ends_in_a_reason_for_each(
    tmp_path: Path, stack: AsyncExitStack, tabs: Tabs
) -> None:
    fleet = await stack.enter_async_context(SimulatedFleet(18, first="127.63.1.1", options=Options(boot_s=0.5)))
    pluto = await stack.enter_async_context(running(tmp_path, fleet))
    hosts = [miner.host for miner in fleet.miners]
    dead = [f"127.63.1.{number}:{fleet.port}" for number in (200, 201)]
    page = await tabs.open(pluto.base + "/add")
    text = "name,ip\n" + "\n".join(f"m{place},{host}" for place, host in enumerate([*hosts, *dead]))
    await page.get_by_label("Addresses:").fill(text)
    await page.get_by_role("button", name="Add 20 miners").click()
    await expect(page.get_by_text("18 of 20 added, 2 failed")).to_be_visible(timeout=20_000)
    failed = page.locator("li").filter(has=page.locator("[data-result=failed]"))
    assert sorted(await failed.locator(".address").all_inner_texts()) == sorted(dead)
    await failed.first.get_by_role("button", name="Why?").click()
    await expect(page.locator("[data-step=reachable]")).to_have_attribute("data-ok", "false")
    await expect(page.locator("[data-step=http]")).to_have_attribute("data-ok", "null")
    assert len((await pluto.ask("GET", "/devices/imprint"))[1]["data"]) == 18


async def test_nothing_found_says_what_was_searched_and_what_to_look_at(
    tmp_path: Path, stack: AsyncExitStack, tabs: Tabs
) -> None:
    tabs.allowed = EXPECTED_NOISE  # the refusal at the end
    pluto = await stack.enter_async_context(running(tmp_path))
    page = await tabs.open(pluto.base + "/add", PHONE)
    await page.get_by_role("button", name="Find miners").click()
    await expect(page.get_by_text("No miner was found.")).to_be_visible()
    await expect(page.get_by_text("Searched: 127.99.99.0/30, 2 addresses in all.")).to_be_visible()
    assert await overflow(page) <= 0
    await page.get_by_label("Another network").fill("8.8.8.0/24")
    await page.get_by_role("button", name="Add network").click()
    await page.get_by_role("button", name="Find miners").click()
    await expect(page.get_by_role("alert")).to_contain_text("PLUTO_MINER_NETWORKS")


async def test_without_a_link_nothing_can_be_searched_or_added(tmp_path: Path, tabs: Tabs) -> None:
    tabs.allowed = EXPECTED_NOISE
    async with running(tmp_path, port=free_port()) as pluto:
        page = await tabs.open(pluto.base + "/add")
        await expect(page.get_by_role("button", name="Find miners")).to_be_enabled()
    await expect(page.get_by_role("button", name="Find miners")).to_be_disabled(timeout=8_000)
    await until(lambda: page.get_by_role("button", name="Find miners").get_attribute("title"))
