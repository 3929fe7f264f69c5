"""A password that somebody types goes to the miner and nowhere else; what the form shows of mistakes can be perceived by all."""

import pytest
from playwright.async_api import Page, Response, expect

from browsing import Tabs, violations
from pluto.simulator.server import SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "hunter22-not-to-be-seen"


async def form(tabs: Tabs, pluto: Running, miner: SimulatedMiner, theme: str = "dark") -> Page:
    page = await tabs.open(f"{pluto.base}/miners/{miner.mac.replace(':', '').lower()}/settings", theme=theme)
    await expect(page.get_by_label("Frequency")).to_be_visible()
    return page


async def sent(page: Page) -> None:
    """Send what was changed, and wait for what came of it."""
    await page.get_by_role("region", name="What was changed").get_by_role("button", name="Send").click()
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(page.get_by_role("dialog").get_by_role("status")).to_be_visible(timeout=10_000)


async def test_no_password_is_in_an_answer_the_page_or_the_address(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    page = await form(tabs, pluto, miner)
    bodies: list[bytes] = []

    async def keep(response: Response) -> None:
        bodies.append(await response.body())

    page.on("response", keep)
    password = page.get_by_label("Password").first
    assert await password.get_attribute("type") == "password"
    assert await password.input_value() == ""
    await password.fill(SECRET)
    await expect(page.get_by_role("region", name="What was changed")).not_to_contain_text(SECRET)
    await sent(page)
    assert SECRET.encode() in miner.received[-1]
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    await expect(password).to_have_value("")
    assert not any(SECRET.encode() in body for body in bodies)
    assert SECRET not in await page.content()
    assert SECRET not in page.url
    assert SECRET not in await page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


async def test_an_empty_password_field_sends_none(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    page = await form(tabs, pluto, miner)
    await page.get_by_label("Password").first.fill("x")
    await page.get_by_label("Password").first.fill("")
    await page.get_by_label("Temperature target").fill("59")
    await sent(page)
    assert b"assword" not in miner.received[-1]


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_dialogs_of_the_form_break_no_rule_of_accessibility(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet, theme: str
) -> None:
    page = await form(tabs, pluto, fleet.miners[0], theme)
    await page.get_by_label("Temperature target").fill("900")
    await expect(page.locator("[aria-invalid=true]")).to_have_count(1)
    assert await violations(page) == []
    await page.get_by_label("Temperature target").fill("58")
    await page.get_by_role("region", name="What was changed").get_by_role("button", name="Send").click()
    assert await violations(page) == []
