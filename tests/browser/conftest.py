"""A real browser before a real server: one Chromium for all tests, a fresh context for each, and no error that goes unheard."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from browsing import Tabs
from pluto.api.static import FOLDER


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return where Chromium is; where it or the built page is missing the test is skipped, in CI it fails."""
    found = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
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
async def tabs(chromium: Browser, tmp_path: Path) -> AsyncIterator[Tabs]:
    """Open pages with this; at the end of the test each must have been without an error and without a foreign request."""
    opened = Tabs(chromium)
    yield opened
    await opened.close()
    assert opened.complaints == []
