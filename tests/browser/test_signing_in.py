"""The page behind a password: to the sign-in page and back, and away again when the session ends."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from browsing import EXPECTED_NOISE, PHONE, WIDE, Tabs, overflow, small_targets, violations
from running import running

pytestmark = pytest.mark.asyncio(loop_scope="session")
PASSWORD = "correct horse battery"
NOISE = (*EXPECTED_NOISE, "401")


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
