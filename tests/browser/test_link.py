"""The link between page and server: lost, found again, with a gap in between.

PLUTO_AWAY_S says for how long the server that is killed stays away; `make trust` takes a minute.
"""

import asyncio
import json
import os
import time
from collections.abc import Sized
from pathlib import Path

import pytest
from playwright.async_api import Page, WebSocket, WebSocketRoute, expect

from browsing import EXPECTED_NOISE, MINERS, Tabs, until
from discovery_stub import discovery_stub
from parts import free_port
from pluto.simulator.server import SimulatedFleet
from processes import process, ready
from running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")
AWAY_S = float(os.environ.get("PLUTO_AWAY_S", "3"))
SLOWEST_TRY_MS = 15_000
"""A page that waited long tries again after this at the latest."""


async def test_a_server_that_dies_is_told_with_the_age_and_one_that_returns_is_live_again(
    tmp_path: Path, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    tabs.allowed = EXPECTED_NOISE
    port = free_port()
    async with running(tmp_path, fleet, port=port) as server:
        await server.imprint(fleet.miners)
        await server.listen()
        page = await tabs.open(server.base + "/miners")
        await expect(page.get_by_role("row")).to_have_count(MINERS + 1)
        await page.get_by_role("row").nth(1).get_by_role("checkbox").check()
        await expect(page.get_by_role("toolbar").get_by_role("button", name="Restart")).to_be_enabled()
    died = time.monotonic()
    banner = page.get_by_role("alert")
    await expect(banner).to_contain_text("Connection to Pluto lost", timeout=5_000)
    assert time.monotonic() - died < 5
    await expect(banner).to_contain_text("next try in")
    await expect(page.get_by_role("toolbar").get_by_role("button", name="Restart")).to_be_disabled()
    await expect(page.get_by_text("TH/s").first).to_be_visible()
    async with running(tmp_path, fleet, port=port) as server:
        await server.listen()
        await expect(banner).to_have_count(0, timeout=20_000)
        await expect(page.get_by_role("row")).to_have_count(MINERS + 1)
        await expect(page.get_by_role("row").filter(has_text="Online")).to_have_count(MINERS, timeout=8_000)
        await expect(page.get_by_role("toolbar").get_by_role("button", name="Restart")).to_be_enabled()


async def test_a_server_killed_and_back_after_a_while_is_live_again_with_every_miner_once(
    tmp_path: Path, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    tabs.allowed = EXPECTED_NOISE
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    macs = [miner.mac for miner in fleet.miners]
    async with discovery_stub() as discovery:
        for miner in fleet.miners:
            discovery.knows(miner.mac, miner.host)
        settings = {"PORT": str(port), "DISCOVERY_SERVICE_HOST": discovery.base, "AUTO_LISTEN": "true"}
        async with process(tmp_path, settings) as server:
            await ready(port)
            page = await tabs.open(base + "/")
            for path, body in (("imprint", {"macs": macs}), ("listen", {})):
                assert (await page.request.put(f"{base}/devices/{path}", data=body)).ok
            await page.get_by_role("navigation").first.get_by_role("link", name="Miners").click()
            await expect(page.get_by_role("row").filter(has_text="Online")).to_have_count(MINERS, timeout=15_000)
            known = await _rows(page)
            await page.evaluate("window.isTheSamePage = true")
            await page.get_by_role("row").nth(1).get_by_role("checkbox").check()
            server.kill()
            killed = time.monotonic()
            await expect(page.get_by_role("alert")).to_contain_text("Connection to Pluto lost", timeout=5_000)
            assert time.monotonic() - killed < 5
        await _nothing_can_be_sent_for(page, AWAY_S - (time.monotonic() - killed))
        assert await _rows(page) == known
        async with process(tmp_path, settings):
            await ready(port)
            await expect(page.get_by_role("alert")).to_have_count(0, timeout=SLOWEST_TRY_MS + 5_000)
            await expect(page.get_by_role("row").filter(has_text="Online")).to_have_count(MINERS, timeout=10_000)
            assert await _rows(page) == known
            assert len(known) == len(set(known)) == MINERS
            assert await page.evaluate("window.isTheSamePage")
            await expect(page.get_by_role("toolbar").get_by_role("button", name="Restart")).to_be_enabled()


async def _rows(page: Page) -> list[str]:
    """Return the MACs of the rows, in order of MAC."""
    rows: list[str] = await page.evaluate("[...document.querySelectorAll('.table-rows [role=row]')].map(row => row.id).sort()")
    return rows


async def _nothing_can_be_sent_for(page: Page, seconds: float) -> None:
    """Look at the buttons until *seconds* are over: none that sends something to a miner may be pressed."""
    end = time.monotonic() + seconds
    while True:
        await expect(page.get_by_role("alert")).to_contain_text("Connection to Pluto lost")
        for name in ("Restart", "Remove"):
            await expect(page.get_by_role("toolbar").get_by_role("button", name=name)).to_be_disabled()
        if time.monotonic() >= end:
            return
        await asyncio.sleep(min(1.0, max(0.0, end - time.monotonic())))


async def test_a_missing_patch_leads_to_a_new_snapshot(pluto: Running, tabs: Tabs) -> None:
    watched: list[str] = []
    dropped: list[str] = []

    async def lose_one(page: Page) -> None:
        def between(route: WebSocketRoute) -> None:
            server = route.connect_to_server()

            def to_server(message: str | bytes) -> None:
                if '"watch"' in str(message):
                    watched.append(str(message))
                server.send(message)

            def to_page(message: str | bytes) -> None:
                if not dropped and '"patch",{"topic":"fleet"' in str(message):
                    dropped.append(str(message))
                    return
                route.send(message)

            route.on_message(to_server)
            server.on_message(to_page)

        await page.route_web_socket("**/socket/io/**", between)

    page = await tabs.open(pluto.base + "/miners", before=lose_one)
    await expect(page.get_by_role("row")).to_have_count(MINERS + 1)
    await until(lambda: _two(watched))
    assert json.loads(watched[1][watched[1].index("[") :])[1]["topics"] == ["fleet"]
    await expect(page.get_by_role("row")).to_have_count(MINERS + 1)
    await expect(page.get_by_text("live", exact=True)).to_be_visible()


async def _two(things: list[str]) -> bool:
    return len(things) >= 2


async def test_a_hidden_tab_asks_for_little_after_a_minute_and_is_right_again_within_two_seconds(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    said: list[str] = []
    came: list[str] = []

    async def prepare(page: Page) -> None:
        def note(socket: WebSocket) -> None:
            socket.on("framesent", lambda text: said.append(str(text)))
            socket.on("framereceived", lambda text: came.append(str(text)))

        page.on("websocket", note)
        await page.add_init_script(A_SHORT_MINUTE)

    page = await tabs.open(pluto.base + "/miners", before=prepare)
    await expect(page.get_by_role("row").filter(has_text="Online")).to_have_count(MINERS)
    await _hide(page, is_hidden=True)
    came.clear()
    await until(lambda: _one(_patches(came)))
    assert _asked(said, "unwatch") == []
    await until(lambda: _one(_asked(said, "unwatch")))
    assert _asked(said, "unwatch") == [["fleet"]]
    await asyncio.sleep(0.3)  # what was on its way
    came.clear()
    fleet.miners[0].fault("refused")
    await pluto.until(lambda samples: samples["hardware_online"] == MINERS - 1)
    await asyncio.sleep(4.0)  # several polls of each
    await expect(page.get_by_role("row").filter(has_text="Offline")).to_have_count(0)
    assert _patches(came) == []
    await _hide(page, is_hidden=False)
    shown = time.monotonic()
    await expect(page.get_by_role("row").filter(has_text="Offline")).to_have_count(1, timeout=2_000)
    assert time.monotonic() - shown < 2
    assert _asked(said, "watch")[-1] == ["fleet"]
    came.clear()
    await until(lambda: _one(_patches(came)))


A_SHORT_MINUTE = """const later = window.setTimeout;
window.setTimeout = (call, ms, ...rest) => later(call, ms === 60_000 ? 2_000 : ms, ...rest);"""
"""A minute takes two seconds, all other times stay: the server's heartbeat must not seem to be missing."""


async def _hide(page: Page, *, is_hidden: bool) -> None:
    """Let the page believe that its tab is (or is not) the one behind another."""
    await page.evaluate(
        """isHidden => { Object.defineProperty(document, 'hidden', {value: isHidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange')); }""",
        is_hidden,
    )


def _patches(frames: list[str]) -> list[str]:
    return [text for text in frames if '["patch",{"topic":"fleet"' in text]


def _asked(frames: list[str], word: str) -> list[list[str]]:
    """Return the topics of each message *word*."""
    return [json.loads(text[text.index("[") :])[1]["topics"] for text in frames if f'["{word}",' in text]


async def _one(things: Sized) -> bool:
    return len(things) >= 1


async def test_an_unknown_address_is_a_page_with_a_search(pluto: Running, tabs: Tabs) -> None:
    tabs.allowed = EXPECTED_NOISE
    page = await tabs.open(pluto.base + "/nothing/here")
    await expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    await page.get_by_role("main").get_by_role("button", name="Search").click()
    await expect(page.get_by_role("combobox")).to_be_focused()
