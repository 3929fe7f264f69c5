"""Events, settings and diagnostics; and what holds for all pages that are not looked at every day: axe, phones, odd names."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from browsing import EXPECTED_NOISE, PHONE, WIDE, Tabs, overflow, picture, small_targets, violations
from pluto.simulator.server import SimulatedFleet
from running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATHS = ("/add", "/pool-presets", "/pool-presets/new", "/logs", "/events", "/settings", "/diagnostics")
HOSTILE = '"><img src=x onerror=alert(1)>'


def slug(fleet: SimulatedFleet, place: int) -> str:
    return fleet.miners[place].mac.replace(":", "").lower()


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_no_page_breaks_the_rules_of_wcag(pluto: Running, tabs: Tabs, fleet: SimulatedFleet, theme: str) -> None:
    preset = (await pluto.ask("POST", "/presets", {"name": "p", "configuration": {"stratumURL": "h", "stratumPort": 1}}))[1][
        "data"
    ]
    await pluto.ask("PATCH", f"/devices/imprint/{fleet.miners[0].mac}", {"device": {"presetUuid": preset["uuid"]}})
    for path in (*PATHS, f"/pool-presets/{preset['uuid']}", f"/logs?mac={slug(fleet, 0)}&mac={slug(fleet, 1)}"):
        page = await tabs.open(pluto.base + path, theme=theme)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == [], path
        if path.startswith("/pool-presets/") and not path.endswith("new"):
            await page.get_by_role("button", name="Delete").click()
            assert await violations(page) == [], "dialog"


async def test_every_page_fits_a_phone_and_a_finger(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    for path in (*PATHS, f"/logs?mac={slug(fleet, 0)}"):
        page = await tabs.open(pluto.base + path, PHONE)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.wait_for_load_state("networkidle")
        assert await overflow(page) <= 0, path
        assert await small_targets(page) == [], path


async def test_odd_names_are_text_on_every_page(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    fleet.miners[0].fault("renamed", hostname=HOSTILE)
    fleet.miners[1].fault("renamed", hostname="n" * 300)
    preset = (await pluto.ask("POST", "/presets", {"name": HOSTILE, "configuration": {"stratumURL": HOSTILE}}))[1]["data"]
    for miner in fleet.miners[:2]:
        await pluto.ask("PATCH", f"/devices/imprint/{miner.mac}", {"device": {"presetUuid": preset["uuid"]}})
    page = await tabs.open(pluto.base + "/events")
    await expect(page.locator("li[data-kind=renamed]").filter(has_text=HOSTILE)).to_be_visible(timeout=5_000)
    for path in (
        "/events",
        "/pool-presets",
        f"/pool-presets/{preset['uuid']}",
        f"/logs?mac={slug(fleet, 0)}&mac={slug(fleet, 1)}",
    ):
        for size in (WIDE, PHONE):
            page = await tabs.open(pluto.base + path, size)
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            await page.wait_for_load_state("networkidle")
            assert await page.locator("img[src=x]").count() == 0
            assert await overflow(page) <= 0, (path, size)
    page = await tabs.open(pluto.base + "/add")
    await page.get_by_role("button", name="Find miners").click()
    await expect(page.locator(".found-row").filter(has_text=HOSTILE)).to_be_visible()
    assert await page.locator("img[src=x]").count() == 0
    assert await overflow(page) <= 0


async def test_two_miners_with_one_name_are_two_in_logs_and_events(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    for miner in fleet.miners[:2]:
        miner.fault("renamed", hostname="twin")
    page = await tabs.open(f"{pluto.base}/logs?mac={slug(fleet, 0)}&mac={slug(fleet, 1)}")
    links = page.locator(".log-miner a")
    await expect(links).to_have_count(2)
    await expect(links.first).to_have_text("twin", timeout=5_000)
    assert {await link.get_attribute("href") for link in await links.all()} == {
        f"/miners/{slug(fleet, place)}" for place in (0, 1)
    }


async def test_events_come_live_are_filtered_by_address_and_lead_to_their_moment(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    page = await tabs.open(pluto.base + "/events")
    await expect(page.locator("li[data-kind=added]")).to_have_count(len(fleet.miners))
    fleet.miners[0].fault("renamed", hostname="newname")
    await expect(page.locator("li[data-kind=renamed]")).to_contain_text("newname", timeout=5_000)
    await page.get_by_label("Kind").select_option("renamed")
    await expect(page.locator("li[data-kind=added]")).to_have_count(0)
    assert "kind=renamed" in page.url
    moment = page.locator("li[data-kind=renamed]").get_by_role("link", name="Charts")
    assert re.search(rf"/miners/{slug(fleet, 0)}\?range=\d+-\d+$", await moment.get_attribute("href") or "")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Export CSV").click()
    text = Path(await (await download.value).path()).read_text()
    assert text.splitlines()[0] == "time (UTC),severity,kind,mac,miner,facts"
    assert len(text.splitlines()) == 2
    await page.get_by_label("Severity").select_option("warning")
    await expect(page.get_by_text("No event matches.")).to_be_visible()
    await page.get_by_role("button", name="clear filters").first.click()
    await expect(page.locator("li[data-kind=added]")).to_have_count(len(fleet.miners))


async def test_who_changed_what_has_a_tab_of_its_own_with_the_old_and_the_new_value(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    page = await tabs.open(pluto.base + "/events")
    await expect(page.locator("li[data-kind=added]")).to_have_count(len(fleet.miners))
    assert (await pluto.ask("PUT", "/api/v1/settings", {"values": {"PLUTO_LOW_PERCENT": 65}}))[0] == 200
    body = {"name": "Home", "configuration": {"stratumURL": "a.example", "stratumPort": 3333, "stratumPassword": "s3cret"}}
    assert (await pluto.ask("POST", "/presets", body))[0] == 200
    await page.get_by_role("link", name="Who changed what").click()
    changes = page.locator("li[data-kind=change]")
    await expect(changes.filter(has_text="PLUTO_LOW_PERCENT")).to_contain_text("80 \u2192 65")
    await expect(changes.filter(has_text="(another one)")).to_have_count(1)
    await expect(page.locator("main")).not_to_contain_text("s3cret")
    await expect(page.locator("li[data-kind=added]")).to_have_count(0)
    assert await violations(page) == []
    await page.reload()
    await expect(changes.filter(has_text="PLUTO_LOW_PERCENT")).to_have_count(1)
    await page.get_by_label("Severity").select_option("warning")
    await page.get_by_role("button", name="clear filters").first.click()
    await expect(changes.filter(has_text="PLUTO_LOW_PERCENT")).to_have_count(1)
    await page.get_by_role("link", name="What happened").click()
    await expect(page.locator("li[data-kind=added]")).to_have_count(len(fleet.miners))


async def test_a_limit_is_saved_counts_at_once_and_a_bad_one_is_told_at_its_field(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet
) -> None:
    tabs.allowed = EXPECTED_NOISE
    page = await tabs.open(pluto.base + "/settings")
    limit = page.get_by_label("Hot: chip above")
    save = page.locator("section").filter(has_text="Limits").get_by_role("button", name="Save")
    await expect(save).to_be_disabled()
    await limit.fill("500")
    await save.click()
    await expect(limit).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("PLUTO_HOT_CHIP_CELSIUS is")).to_be_visible()
    await limit.fill("30")
    await save.click()
    await expect(page.locator("[data-field=PLUTO_HOT_CHIP_CELSIUS]")).to_contain_text("from pluto.toml")
    await page.goto(pluto.base + "/miners?state=hot")
    await expect(page.get_by_role("row").nth(1)).to_be_visible(timeout=10_000)  # after three readings


async def test_what_waits_for_a_restart_says_so_and_language_and_units_are_kept(pluto: Running, tabs: Tabs) -> None:
    page = await tabs.open(pluto.base + "/settings")
    await page.get_by_label("Days for which hours and events are kept").fill("100")
    await (
        page.locator("section").filter(has=page.get_by_role("heading", name="History")).get_by_role("button", name="Save").click()
    )
    await expect(page.get_by_text("1 setting waits for a restart of Pluto.")).to_be_visible()
    await page.get_by_label("Temperatures").select_option("f")
    await page.get_by_label("Language", exact=True).select_option("de")
    await expect(page.get_by_role("heading", level=1, name="Einstellungen")).to_be_visible()
    await page.goto(pluto.base + "/miners")
    await expect(page.get_by_text("\u00b0F").first).to_be_visible()


async def test_diagnostics_list_the_bundle_before_it_is_downloaded(pluto: Running, tabs: Tabs) -> None:
    page = await tabs.open(pluto.base + "/diagnostics")
    await expect(page.locator("[data-service=grafana]")).to_contain_text("not set up")
    await expect(page.get_by_text("6 in all, 6 watched, 6 online")).to_be_visible()
    await page.get_by_role("button", name="Look what is in it").click()
    await expect(page.get_by_text("answers.json")).to_be_visible()
    await picture(page, "diagnostics")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download").click()
    assert (await download.value).suggested_filename == "pluto-support.zip"


async def test_an_empty_installation_has_a_sentence_on_every_page(tmp_path: Path, tabs: Tabs) -> None:
    async with running(tmp_path) as pluto:
        for path, sentence in (
            ("/pool-presets", "No presets yet."),
            ("/logs", "No miners yet."),
            ("/events", "Nothing happened yet."),
        ):
            page = await tabs.open(pluto.base + path)
            await expect(page.get_by_text(sentence)).to_be_visible()
            assert await violations(page) == []


@pytest.mark.parametrize(
    ("path", "api"),
    [("/pool-presets", "presets"), ("/events", "events?*"), ("/settings", "settings"), ("/diagnostics", "diagnostics")],
)
async def test_a_page_whose_data_cannot_be_read_says_so_and_tries_again(pluto: Running, tabs: Tabs, path: str, api: str) -> None:
    tabs.allowed = EXPECTED_NOISE
    broken = [True]

    async def break_it(page: Page) -> None:
        async def answer(route: Route) -> None:
            await (route.abort() if broken else route.continue_())

        await page.route(f"**/api/v1/{api}", answer)

    page = await tabs.open(pluto.base + path, before=break_it)
    alert = page.get_by_role("alert").first
    await expect(alert).to_be_visible()
    assert await violations(page) == []
    broken.clear()
    await alert.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("alert")).to_have_count(0)
