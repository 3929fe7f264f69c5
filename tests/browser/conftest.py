"""A real browser before a real server: one Chromium for all tests, a fresh context for each, and no error that goes unheard."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from browsing import MINERS, Tabs
from pluto.api.static import FOLDER
from pluto.simulator.profiles import DEFAULT_MIX
from pluto.simulator.server import Options, SimulatedFleet
from running import Running, running

POLL_EVERY_S = 1.0
"""Instead of five: what takes three polls takes three seconds."""


@pytest.fixture(autouse=True)
def polls_in_quick_succession() -> Iterator[None]:
    """Let the server of a test ask its miners every second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pluto.app.POLL_INTERVAL_S", POLL_EVERY_S)
        yield


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return where Chromium is; where it or the built page is missing the test is skipped, in CI it fails."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)
    missing = (
        "Chromium" if found is None else "the built page (python ui/build.py)" if not (FOLDER / "index.html").is_file() else None
    )
    if missing is not None and os.environ.get("CI") == "true":
        pytest.fail(f"{missing} is not there, and CI must have it")
    if found is None or missing is not None:
        pytest.skip(f"{missing} is not there")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(chromium_path: str) -> AsyncIterator[Browser]:
    """Return the one browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def tabs(chromium: Browser) -> AsyncIterator[Tabs]:
    """Open pages with this; at the end of the test each must have been without an error and without a foreign request."""
    opened = Tabs(chromium)
    yield opened
    await opened.close()
    assert opened.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def fleet() -> AsyncIterator[SimulatedFleet]:
    """Return six simulated miners of five firmwares, all well."""
    async with SimulatedFleet(MINERS, first="127.60.1.1", profiles=DEFAULT_MIX[:5], options=Options(boot_s=0.5)) as miners:
        yield miners


@pytest_asyncio.fixture(loop_scope="session")
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    """Return a server that watches the six, with a reading of each."""
    async with running(tmp_path, fleet) as server:
        await server.imprint(fleet.miners)
        await server.listen()
        await server.until(lambda samples: samples["hardware_online"] == MINERS)
        yield server
