"""The first screen: is anything wrong, and which miner."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from browsing import Tabs
from pluto.simulator.server import Options, SimulatedFleet
from running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(5, first="127.60.1.1", options=Options(boot_s=1.0)) as miners:
        yield miners


@pytest_asyncio.fixture(loop_scope="session")
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    async with running(tmp_path, fleet) as server:
        await server.imprint(fleet.miners)
        await server.listen()
        await server.until(lambda samples: samples["hardware_online"] == 5)
        yield server


async def test_a_healthy_fleet_says_so(pluto: Running, tabs: Tabs) -> None:
    page = await tabs.open(pluto.base + "/")
    await expect(page.get_by_text("All 5 miners are fine")).to_be_visible()
    await expect(page).to_have_title("Fleet - Pluto")
