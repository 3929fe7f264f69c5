"""The page behind a password: to the sign-in page and back, and away again when the session ends."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from browsing import EXPECTED_NOISE, PHONE, WIDE, Tabs, overflow, small_targets, violations
from pluto.simulator.server import SimulatedFleet
from running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")
PASSWORD = "correct horse battery"
HIGH = (1440, 6_000)
"""All is in sight: charts are asked for where they are."""
VIEWER = "the viewer's own"
NOISE = (*EXPECTED_NOISE, "401")
CHANGES = (
    "Restart|Identify|Pause|Resume|Remove|Save|Send|Apply|Add|Find|Delete|Duplicate|Import|Create|Watch|Unwatch|Check|Get|Undo"
)
FREE = """words => [...document.querySelectorAll('button, .file-button input, select')].filter(one => !one.disabled &&
  new RegExp('^(' + words + ')', 'i').test((one.closest('label') ?? one).innerText.trim()))
  .map(one => one.outerHTML.slice(0, 120))"""
UNREASONED = "() => [...document.querySelectorAll('button.primary:disabled')].filter(one => !one.title).map(one => one.outerHTML)"


async def test_who_signs_in_comes_back_to_where_he_was_and_leaves_when_the_session_ends(tmp_path: Path, tabs: Tabs) -> None:
    tabs.allowed = NOISE
    async with running(tmp_path, auth="password", password=PASSWORD) as server:
        page = await tabs.open(server.base + "/events?kind=change")
        await page.get_by_label("Password").fill("not this one")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).not_to_be_empty()
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/events?kind=change")
        await expect(page.get_by_text("live", exact=True)).to_be_visible()
        await expect(page.locator("li[data-kind=change]").first).to_contain_text("sign in")
        cookies = {cookie.get("name", ""): cookie.get("value", "") for cookie in await page.context.cookies()}
        async with server.http.post(server.base + "/logout", cookies=cookies) as answer:
            assert answer.status == 200
        await page.wait_for_url("**/login?next=*")


async def test_the_sign_in_page_is_for_everybody(tmp_path: Path, tabs: Tabs) -> None:
    tabs.allowed = NOISE
    async with running(tmp_path, auth="password", password=PASSWORD) as server:
        for size in (WIDE, PHONE):
            for theme in ("dark", "light"):
                page = await tabs.open(server.base + "/", size, theme)
                await expect(page.get_by_label("Password")).to_be_focused()
                assert await violations(page) == []
                assert await overflow(page) == 0
                assert await small_targets(page) == []


async def test_a_viewer_finds_nothing_to_press_that_changes_anything(tmp_path: Path, tabs: Tabs, fleet: SimulatedFleet) -> None:
    tabs.allowed = NOISE
    async with running(tmp_path, fleet, auth="password", password=PASSWORD, viewer_password=VIEWER) as server:
        slug, preset = await _prepared(server, fleet)
        page = await tabs.open(server.base + "/", HIGH)
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.method not in {"GET", "HEAD"} else None)
        await page.get_by_label("Password").fill(VIEWER)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_text("View only")).to_be_visible()
        sent.clear()
        for path in (
            "/", "/miners", f"/miners/{slug}", f"/miners/{slug}/settings", f"/miners/{slug}/logs", "/add", "/pool-presets",
            f"/pool-presets/{preset}", "/pool-presets/new", "/logs", "/events", "/settings", "/diagnostics",
        ):  # fmt: skip
            await page.goto(server.base + path)
            await _all_there(page)
            assert await page.evaluate(FREE, CHANGES) == [], path
            assert await page.evaluate(UNREASONED) == [], path
        await page.goto(server.base + "/miners")
        await page.get_by_role("row").nth(1).get_by_role("checkbox").check()
        restart = page.get_by_role("toolbar").get_by_role("button", name="Restart")
        await expect(restart).to_be_disabled()
        await expect(restart).to_have_attribute("title", "Your sign-in lets you look, not change anything")
        await page.get_by_role("grid").press("ArrowDown")
        await page.get_by_role("grid").press("r")
        await expect(page.get_by_role("dialog").get_by_role("button", name="Restart 1 miner")).to_be_disabled()
        await page.goto(f"{server.base}/miners/{slug}/settings")
        await page.get_by_label("Name").fill("another")
        await expect(page.get_by_role("region", name="What was changed").get_by_role("button", name="Send")).to_be_disabled()
        assert sent == []


async def _prepared(server: Running, fleet: SimulatedFleet) -> tuple[str, str]:
    """Let an operator add the miners and a preset; return a miner's page and the preset's."""
    async with server.http.post(server.base + "/login", json={"password": PASSWORD}) as answer:
        headers = {"Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in answer.cookies.items())}
    hosts = [miner.host for miner in fleet.miners]
    assert (await server.ask("POST", "/api/v1/miners", {"addresses": hosts}, headers))[0] == 200
    body = {"name": "Home", "configuration": {"stratumURL": "public-pool.io", "stratumPort": 21496}}
    status, kept = await server.ask("POST", "/presets", body, headers)
    assert status == 200, kept
    return fleet.miners[0].mac.replace(":", "").lower(), kept["data"]["uuid"]


async def _all_there(page: Page) -> None:
    await expect(page.get_by_text("View only")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_be_attached()
    await expect(page.locator(".page .skeleton-line")).to_have_count(0, timeout=8_000)
