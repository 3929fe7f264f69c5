"""How every page looks and reads: accessible in both themes, whole on a phone, in any language; pictures are kept."""

import json
import re
from itertools import product

import pytest
from playwright.async_api import Page, expect

from browsing import AXE, EXPECTED_NOISE, PHONE, ROOT, WIDE, Tabs, overflow, picture, small_targets, violations
from pluto.simulator.server import SimulatedFleet
from running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = {
    "fleet": "/",
    "miners": "/miners",
    "map": "/miners?view=map&color=chip&group=model",
    "cards": "/miners?view=cards",
    "miner": "/miners/{mac}",
    "miner-settings": "/miners/{mac}/settings",
    "miner-raw": "/miners/{mac}/raw",
    "compare": "/compare?mac={mac}&mac={other}",
    "not-found": "/no/such/page",
}
THEMES = ("dark", "light")


def path_of(name: str, fleet: SimulatedFleet) -> str:
    slugs = [miner.mac.replace(":", "").lower() for miner in fleet.miners]
    return PAGES[name].format(mac=slugs[0], other=slugs[2])


async def shown(page: Page) -> None:
    """Wait until a page shows what it has: its heading, no skeleton, charts drawn."""
    await expect(page.get_by_role("heading", level=1)).to_be_attached()
    await expect(page.locator(".skeleton-line")).to_have_count(0, timeout=8_000)
    await page.wait_for_timeout(300)


async def all_shown(page: Page) -> None:
    """Wait in a window so tall that nothing is out of sight: charts out of sight are neither asked for nor drawn."""
    size = page.viewport_size or {"width": WIDE[0], "height": 0}
    await page.set_viewport_size({"width": size["width"], "height": 6_000})
    await shown(page)


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_accessible_and_whole_on_a_screen_and_on_a_phone(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet, name: str
) -> None:
    tabs.allowed = EXPECTED_NOISE if name == "not-found" else ()
    for size, theme in product((WIDE, PHONE), THEMES):
        page = await tabs.open(pluto.base + path_of(name, fleet), size, theme)
        await all_shown(page)
        assert await violations(page) == [], (size, theme)
        assert await overflow(page) <= 0, (size, theme)
        assert await small_targets(page, 24) == [], (size, theme)
        if size == WIDE:
            await page.set_viewport_size({"width": size[0], "height": size[1]})
        await picture(page, f"{name}-{size[0]}-{theme}")


@pytest.mark.parametrize("theme", THEMES)
async def test_states_and_dialogs_are_accessible_too(pluto: Running, tabs: Tabs, fleet: SimulatedFleet, theme: str) -> None:
    fleet.miners[0].fault("refused")
    fleet.miners[1].fault("overheat")
    page = await tabs.open(pluto.base + "/", theme=theme)
    await expect(page.locator(".attention-list li")).not_to_have_count(0, timeout=8_000)
    await shown(page)
    assert await violations(page) == []
    await picture(page, f"attention-1440-{theme}")
    page = await tabs.open(pluto.base + "/miners", theme=theme)
    await page.get_by_role("row").nth(1).get_by_role("checkbox").check()
    await page.get_by_role("row").nth(2).get_by_role("checkbox").check()
    assert await violations(page) == []
    await picture(page, f"selection-1440-{theme}")
    for open_dialog in ("Restart", "Remove"):
        await page.get_by_role("toolbar").get_by_role("button", name=open_dialog).click()
        assert await violations(page) == []
        await picture(page, f"dialog-{open_dialog.lower()}-1440-{theme}")
        await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    for key in ("?", "/"):
        await page.get_by_role("heading", level=1).click(force=True)
        await page.keyboard.press(key)
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await violations(page) == []
        await page.keyboard.press("Escape")
    page = await tabs.open(pluto.base + "/miners?q=nobody", theme=theme)
    await expect(page.get_by_text("0 of 6 match.")).to_be_visible()
    assert await violations(page) == []


async def test_an_empty_installation_and_a_lost_link_are_accessible(tabs: Tabs, tmp_path_factory: pytest.TempPathFactory) -> None:
    tabs.allowed = EXPECTED_NOISE
    pages: list[Page] = []
    async with running(tmp_path_factory.mktemp("empty")) as server:
        for size in (WIDE, PHONE):
            page = await tabs.open(server.base + "/", size)
            await shown(page)
            assert await violations(page) == []
            assert await overflow(page) <= 0
            await picture(page, f"first-run-{size[0]}-dark")
            pages.append(page)
    for page in pages:
        await expect(page.get_by_role("alert").first).to_contain_text("lost", timeout=6_000)
        assert await violations(page) == []
        assert await overflow(page) <= 0


async def test_the_theme_follows_the_system_and_a_choice_is_kept_without_a_flash(pluto: Running, tabs: Tabs) -> None:
    page = await tabs.open(pluto.base + "/", theme="dark")
    await shown(page)
    dark = await _background(page)
    await page.emulate_media(color_scheme="light")
    light = await _background(page)
    assert dark != light
    await page.get_by_label("Theme and language").click()
    await page.get_by_role("radio", name="dark").check()
    assert await _background(page) == dark
    await page.reload(wait_until="commit")
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"  # before the app itself is there
    assert await _background(page) == dark


async def _background(page: Page) -> str:
    color: str = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return color


async def test_nothing_moves_for_who_does_not_want_that(pluto: Running, tabs: Tabs, fleet: SimulatedFleet) -> None:
    page = await tabs.open(pluto.base + "/", reduced_motion="reduce")
    await shown(page)
    slowest = await page.evaluate(
        """Math.max(...[...document.querySelectorAll('*')].flatMap(one => { const style = getComputedStyle(one);
        return [style.transitionDuration, style.animationDuration].flatMap(text => text.split(',').map(parseFloat)); }))"""
    )
    assert slowest <= 0.01


async def test_forced_colours_keep_the_marks_and_the_focus(pluto: Running, tabs: Tabs) -> None:
    page = await tabs.open(pluto.base + "/miners", forced_colors="active")
    await expect(page.locator(".table-rows svg.mark").first).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    await picture(page, "miners-forced-colours")


UNITS = r"[GTPE]?H/s|[kmM]?W|J/TH|°C|rpm|MHz|mV|dBm|[kMG]?B|ms|V|A|%|UTC"
NAMES = r"ASIC|VR|MAC|CSV|Pluto|IP|WiFi|TLS|PID|NMAxe|Esc|Ctrl|Home|End"


@pytest.mark.parametrize("name", [name for name in PAGES if name not in {"not-found", "miner-raw"}])
async def test_in_the_language_for_tests_no_word_is_left_in_english_and_nothing_is_cut_off(
    pluto: Running, tabs: Tabs, fleet: SimulatedFleet, name: str
) -> None:
    path = path_of(name, fleet)
    page = await tabs.open(f"{pluto.base}{path}{'&' if '?' in path else '?'}lang=en-XA")
    await all_shown(page)
    keys = [
        key for name in ("en", "en.later") for key in json.loads((ROOT / "ui" / "src" / "locale" / f"{name}.json").read_text())
    ]
    texts: list[str] = await page.evaluate(
        """() => { const found = []; const walk = document.createTreeWalker(document.getElementById('app'), NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) if (walk.currentNode.parentElement.checkVisibility()) found.push(walk.currentNode.data);
        for (const name of ['aria-label', 'placeholder', 'title'])
          for (const one of document.querySelectorAll(`#app [${name}]`)) found.push(one.getAttribute(name));
        return found; }"""
    )
    assert any(text.startswith("[") for text in texts)
    assert [text for text in texts if text in keys] == []
    known = await _facts(pluto)
    left = [text for text in texts if _english(text, known)]
    assert left == []
    cut = await page.evaluate(
        """[...document.querySelectorAll('button, h1, h2, h3, .button, .chip, legend, label, .tabs a, .nav a')].filter(one =>
        one.checkVisibility() && !one.closest('.unseen, .cell') && !one.matches('.clip') && one.scrollWidth > one.clientWidth + 1)
        .map(one => one.outerHTML.slice(0, 160))"""
    )
    assert cut == []
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, {runOnly: {type: 'rule', values: ['label-content-name-mismatch']}})")
    assert [node["html"] for rule in found["violations"] for node in rule["nodes"]] == []


def _english(text: str, known: set[str]) -> bool:
    """Return whether *text* holds a word that is neither a fact, nor a unit, nor of the language for tests."""
    rest = re.sub(r"\[[^\]]*~+\]", " ", text)
    for fact in sorted(known, key=len, reverse=True):
        rest = rest.replace(fact, " ")
    rest = re.sub(rf"(?<![A-Za-z])(?:{UNITS}|{NAMES})(?![A-Za-z])", " ", rest)
    return re.search(r"[A-Za-z]{3,}", rest) is not None


async def _facts(pluto: Running) -> set[str]:
    """Return every text that comes from a miner, and names that are the same in every language."""
    _, table = await pluto.ask("GET", "/api/v1/fleet")
    facts = {cell for row in table["rows"] for cell in row if isinstance(cell, str) and cell not in {"online", "low", "hot"}}
    for row in table["rows"]:
        _, one = await pluto.ask("GET", f"/api/v1/miners/{row[0]}")
        facts |= {rejected["reason"] for rejected in one["rejected_for"]}
    facts |= {
        "English",
        "Deutsch",
        "Italiano",
        "Prometheus",
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Sept",
    }
    facts |= {"Oct", "Nov", "Dec", "public-pool.io", "solo.ckpool.org", "bc1qsimulated"}
    return facts
