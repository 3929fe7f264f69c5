"""What a miner is set to: nobody's typing is overwritten, nothing dangerous is sent unasked, no password is ever seen."""

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


async def test_only_what_was_changed_is_sent_and_each_field_says_whether_it_holds(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    miner = next(miner for miner in fleet.miners if miner.profile.name == "axeos-2.12")
    page = await form(tabs, pluto, miner)
    await page.get_by_label("Frequency").select_option("550")
    await page.get_by_label("Port").first.fill("3334")
    bar = page.get_by_role("region", name="What was changed")
    await expect(bar).to_contain_text("550\u00a0MHz")
    before = len(miner.received)
    await sent(page)
    assert len(miner.received) == before + 1
    assert b"frequency" in miner.received[-1]
    assert b"hostname" not in miner.received[-1]
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Port")
    await expect(dialog.get_by_role("button", name="Restart now")).to_be_visible()
    assert miner.settings["frequency"] == 550


async def test_a_field_being_edited_is_left_alone_and_tells_what_the_miner_says_now(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    miner = fleet.miners[0]
    page = await form(tabs, pluto, miner)
    target = page.get_by_label("Temperature target")
    await target.fill("57")
    status, _ = await pluto.ask(
        "PATCH", f"/api/v1/miners/{miner.mac}/settings", {"settings": {"temptarget": 63, "minFanSpeed": 30}}
    )
    assert status == 200
    await expect(page.locator("[data-field=setting-temptarget]")).to_contain_text("The miner says 63", timeout=15_000)
    await expect(target).to_have_value("57")
    await expect(page.get_by_label("Least fan")).to_have_value("30")  # nobody touched it: it follows
    assert await violations(page) == []


async def test_a_frequency_beside_the_choices_cannot_be_sent_before_it_is_unlocked(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    miner = fleet.miners[0]
    page = await form(tabs, pluto, miner)
    _, said = await pluto.ask("GET", f"/api/v1/miners/{miner.mac}/settings")
    offered = next(row["choices"] for row in said["settings"] if row["name"] == "frequency")
    field = page.get_by_label("Frequency")
    assert await field.evaluate("field => field.tagName") == "SELECT"
    values = await field.evaluate("field => [...field.options].map(option => Number(option.value))")
    assert values == [choice["value"] for choice in offered]
    await page.get_by_label("unlock values beside the maker's choices").check()
    await expect(page.get_by_role("alert")).to_contain_text("can overheat or destroy")
    await page.get_by_label("Frequency").fill("777")
    send = page.get_by_role("region", name="What was changed").get_by_role("button", name="Send")
    await expect(send).to_be_enabled()
    await page.get_by_label("unlock values beside the maker's choices").uncheck()
    await expect(send).to_be_disabled()
    assert miner.settings["frequency"] != 777


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
