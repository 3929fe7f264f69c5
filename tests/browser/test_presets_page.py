"""Presets on the page: who uses one, what applying would change, and a password that never comes to the browser."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, Response, expect

from browsing import Tabs, picture
from pluto.simulator.server import SimulatedFleet
from running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "hunter22"
POOL = {"stratumURL": "pool.example", "stratumPort": 3333, "stratumUser": "bc1q.{name}", "stratumPassword": SECRET}


async def made(pluto: Running, **more: Any) -> str:
    body = {"name": "Solo", "configuration": POOL | more}
    return str((await pluto.ask("POST", "/presets", body))[1]["data"]["uuid"])


async def uses(pluto: Running, mac: str, uuid: str) -> None:
    await pluto.ask("PATCH", f"/devices/imprint/{mac}", {"device": {"presetUuid": uuid}})


async def test_no_password_comes_to_the_browser_and_an_empty_field_sends_none(pluto: Running, tabs: Tabs) -> None:
    uuid = await made(pluto)
    told: list[str] = []
    sent: list[Any] = []

    async def listen(page: Page) -> None:
        async def heard(response: Response) -> None:
            if "/assets/" not in response.url and response.ok:
                told.append(response.url + (await response.body()).decode(errors="replace"))
            if response.request.method == "PUT":
                sent.append(json.loads(response.request.post_data or "{}"))

        page.on("response", heard)

    page = await tabs.open(f"{pluto.base}/pool-presets/{uuid}", before=listen)
    await expect(page.get_by_label("Password")).to_have_value("")
    await expect(page.get_by_label("Password")).to_have_attribute("placeholder", "set - leave empty to keep")
    await page.get_by_label("Pool host").fill("other.example")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("version 2")).to_be_visible()
    await page.goto(pluto.base + "/pool-presets")
    await page.get_by_role("button", name="Duplicate").click()
    await expect(page.get_by_role("link", name="Solo (copy)")).to_be_visible()
    assert [set(body["configuration"]) for body in sent] == [{"stratumURL", "stratumPort", "stratumUser"}]
    storage = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    for text in (*told, storage, await page.content(), page.url):
        assert SECRET not in text
    presets = (await pluto.ask("GET", "/api/v1/presets"))[1]["presets"]
    assert [preset["secrets_set"] for preset in presets] == [["stratumPassword"]] * 2


async def test_an_edit_makes_drift_visible_and_applying_ends_it(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    pool = miner.settings
    uuid = await made(pluto, stratumURL=pool["stratumURL"], stratumPort=pool["stratumPort"])
    await uses(pluto, miner.mac, uuid)
    page = await tabs.open(pluto.base + "/pool-presets")
    await expect(page.get_by_text("used by 1 miner")).to_be_visible()
    await expect(page.get_by_text("differs from the preset")).to_have_count(0)
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Port").fill("4444")
    await page.get_by_role("button", name="Save").click()
    user = page.locator(".preset-users li")
    await expect(user).to_have_attribute("data-drifted", "true")
    await page.get_by_role("button", name=f"Apply to {miner.hostname}").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("4444")).to_be_visible()
    await expect(dialog.get_by_text(f"bc1q.{miner.hostname}")).to_be_visible()
    await picture(page, "preset-apply")
    before = len(miner.received)
    await dialog.get_by_role("button", name="Send to the miner").click()
    await expect(dialog.get_by_text(f"{miner.hostname} has taken it and restarts.")).to_be_visible(timeout=15_000)
    written = json.loads(miner.received[before])
    assert written["stratumPort"] == 4444
    assert written["stratumUser"] == f"bc1q.{miner.hostname}"
    assert SECRET in str(written)
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(user).to_have_attribute("data-drifted", "false", timeout=15_000)


async def test_deleting_names_the_users_first_and_leaves_no_dead_link(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    uuid = await made(pluto)
    for miner in fleet.miners[:2]:
        await uses(pluto, miner.mac, uuid)
    page = await tabs.open(f"{pluto.base}/pool-presets/{uuid}")
    await page.get_by_role("button", name="Delete").click()
    for miner in fleet.miners[:2]:
        await expect(page.get_by_role("dialog").get_by_text(miner.hostname)).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("heading", level=1, name="Presets")).to_be_visible()
    assert (await pluto.ask("GET", "/presets"))[1]["data"] == []
    for miner in fleet.miners[:2]:
        assert (await pluto.record(miner.mac))["presetUuid"] is None


async def test_what_is_wrong_is_said_at_its_field(pluto: Running, tabs: Tabs) -> None:
    page = await tabs.open(pluto.base + "/pool-presets/new")
    await page.get_by_label("Port").fill("70000")
    await page.get_by_label("Pool host").fill("stratum+tcp://pool")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_label("Port")).to_have_attribute("aria-invalid", "true")
    for told in ("A preset needs a name.", "A number from 1 to 65535", "Only the host"):
        await expect(page.get_by_text(told)).to_be_visible()
    await page.get_by_label("Name").fill("mine")
    await page.get_by_label("Port").fill("3333")
    await page.get_by_label("Pool host").fill("pool.example")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("heading", level=1, name="mine")).to_be_visible()
