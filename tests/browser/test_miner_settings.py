"""What one miner is set to: the form, what is sent, what is never shown; and what a page of no miner says."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Response, WebSocket, expect

from browsing import Tabs
from pluto.simulator.server import SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


def path_of(miner: SimulatedMiner, tab: str = "") -> str:
    return f"/miners/{miner.mac.replace(':', '').lower()}{tab}"


async def test_the_form_keeps_what_is_typed_and_tells_of_what_changed_meanwhile(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    miner = fleet.miners[0]
    page = await tabs.open(pluto.base + path_of(miner, "/settings"))
    target = page.get_by_label("Temperature target")
    await expect(target).to_have_value("60")
    await target.fill("55")
    status, _ = await pluto.ask(
        "PATCH", f"/api/v1/miners/{miner.mac}/settings", {"settings": {"temptarget": 50, "minFanSpeed": 30}}
    )
    assert status == 200
    await expect(page.get_by_label("Least fan")).to_have_value("30", timeout=15_000)
    await expect(target).to_have_value("55")
    await expect(page.locator("[data-field=setting-temptarget]")).to_contain_text("The miner says 50")


async def test_only_what_was_changed_is_sent_and_each_field_tells_whether_it_holds(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    miner = fleet.miners[1]
    page = await tabs.open(pluto.base + path_of(miner, "/settings"))
    await page.get_by_label("Frequency").select_option("490")
    pool = page.get_by_role("group", name=re.compile("^Pool"))
    await pool.get_by_label("Port").fill("4444")
    bar = page.get_by_role("region", name="What was changed")
    await expect(bar).to_contain_text("490\u00a0MHz")
    await expect(bar).to_contain_text("(after a restart)")
    await bar.get_by_role("button", name="Send 2 changes").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Send", exact=True).click()
    await expect(dialog.get_by_role("status")).to_contain_text("Port: after a restart", timeout=8_000)
    await expect(dialog.get_by_role("button", name="Restart now")).to_be_visible()
    assert miner.received[-1] == b'{"stratumPort":4444,"frequency":490}' or b"490" in miner.received[-1]
    assert b"Password" not in miner.received[-1]
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(bar).to_have_count(0)


async def test_a_frequency_beside_the_choices_needs_unlocking(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await tabs.open(pluto.base + path_of(fleet.miners[0], "/settings"))
    field = page.get_by_label("Frequency")
    await expect(field).to_be_visible()
    offered = await field.locator("option").all_inner_texts()
    _, form = await pluto.ask("GET", f"/api/v1/miners/{fleet.miners[0].mac}/settings")
    choices = next(row["choices"] for row in form["settings"] if row["name"] == "frequency")
    assert len(offered) == len(choices)
    unlock = page.get_by_role("checkbox", name="unlock values beside the maker's choices")
    await unlock.check()
    await expect(page.get_by_text("can overheat or destroy a miner")).to_be_visible()
    await page.get_by_label("Frequency").fill("777")
    send = page.get_by_role("button", name="Send 1 change")
    await expect(send).to_be_enabled()
    await unlock.uncheck()
    await expect(send).to_be_disabled()
    await expect(page.get_by_text("Not among the maker's choices")).to_be_visible()
    await page.get_by_label("Temperature target").fill("95")
    await expect(page.get_by_text("At most 66")).to_be_visible()


async def test_no_password_reaches_the_browser(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    miner.fault("planted-secrets")
    heard: list[str] = []

    async def listen(page: Page) -> None:
        async def body(answer: Response) -> None:
            if "/api/" in answer.url or "/devices" in answer.url:
                heard.append(await answer.text())

        def socket(opened: WebSocket) -> None:
            opened.on("framereceived", lambda frame: heard.append(str(frame)))

        page.on("response", body)
        page.on("websocket", socket)

    planted = "hunter22"
    assert planted
    for tab in ("", "/settings", "/raw"):
        page = await tabs.open(pluto.base + path_of(miner, tab), before=listen)
        await expect(page.get_by_role("heading", level=1, name=miner.hostname)).to_be_visible()
        await page.wait_for_timeout(1_500)
        heard.append(await page.content())
        heard.append(page.url + str(await page.evaluate("JSON.stringify([localStorage, sessionStorage])")))
    secret = _planted(await _info(miner))
    assert secret
    assert not [text for text in heard if secret in text]
    await expect(page.locator("pre")).to_contain_text("macAddr")


async def _info(miner: SimulatedMiner) -> str:
    reader, writer = await asyncio.open_connection(miner.host.split(":")[0], miner.port)
    writer.write(f"GET /api/system/info HTTP/1.1\r\nHost: {miner.host}\r\nConnection: close\r\n\r\n".encode())
    text = (await reader.read(100_000)).decode()
    writer.close()
    return text


def _planted(info: str) -> str:
    found = re.search(r'"stratumPassword"\s*:\s*"([^"]+)"', info)
    return found[1] if found else ""


async def test_an_empty_password_stays_as_it_is(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await tabs.open(pluto.base + path_of(fleet.miners[1], "/settings"))
    password = page.get_by_role("group", name=re.compile("^Pool")).get_by_label("Password")
    await expect(password).to_have_value("")
    await expect(password).to_have_attribute("placeholder", "set - leave empty to keep")
    await password.fill("swordfish")
    await expect(page.get_by_role("region", name="What was changed")).to_contain_text("a new one")
    await expect(page.get_by_role("region", name="What was changed")).not_to_contain_text("swordfish")
    await password.fill("")
    await expect(page.get_by_role("region", name="What was changed")).to_have_count(0)


async def test_a_miner_that_nobody_knows_is_told(pluto: Running, tabs: Tabs) -> None:
    for path in ("/miners/0200000000ff", "/miners/nonsense"):
        page = await tabs.open(pluto.base + path)
        await expect(page.get_by_role("heading", name="No such miner")).to_be_visible()


async def test_a_silent_miner_keeps_its_last_values_as_old_ones(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await tabs.open(pluto.base + path_of(fleet.miners[0]))
    await expect(page.get_by_text(re.compile(r"reading \ds old"))).to_be_visible()
    fleet.miners[0].fault("refused")
    await expect(page.locator(".is-silent-page")).to_be_visible(timeout=5_000)
    await expect(page.locator(".miner-head")).to_contain_text("Offline")
    await expect(page.locator(".figures")).to_contain_text("H/s")
