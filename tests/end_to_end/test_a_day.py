"""A day of the web client of Pluto 1.3.5: its calls in the order in which a person causes them."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from pluto.simulator.server import Options, SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from running import Browser, Running, browser, running


@pytest.fixture
async def fleet() -> AsyncGenerator[SimulatedFleet, None]:
    profiles = ("axeos-2.12", "axeos-2.15", "nerdqaxe-1.0.36")
    async with SimulatedFleet(3, first="127.38.1.1", profiles=profiles, options=Options(boot_s=0.3)) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncGenerator[Running, None]:
    async with running(tmp_path, fleet) as server:
        yield server


async def good(pluto: Running, method: str, path: str, body: object = None) -> Any:
    status, answer = await pluto.ask(method, path, body)
    assert status == 200, (method, path, answer)
    return answer


async def test_a_day(pluto: Running, fleet: SimulatedFleet, tmp_path: Path) -> None:
    macs = [miner.mac.lower() for miner in fleet.miners]
    assert await good(pluto, "GET", "/socket/io") == {"message": "Socket started listening to devices"}
    async with browser(pluto) as page:
        await in_the_morning(pluto, page, macs)
        await at_noon(pluto, fleet)
        await in_the_afternoon(pluto, fleet, macs)
        await at_dusk(pluto, page, fleet.miners[1])
        await in_the_evening(pluto, page, macs, tmp_path)


async def in_the_morning(pluto: Running, page: Browser, macs: list[str]) -> None:
    """The page finds miners, adds them, shows them, and follows them."""
    found = await good(pluto, "GET", "/devices/discover")
    assert {device["mac"] for device in found} == set(macs)
    known = await good(pluto, "GET", f"/devices/discovered?macs={macs[0]}&partialMatch=none")
    assert [device["mac"] for device in known] == [macs[0]]
    added = await good(pluto, "PUT", "/devices/imprint", {"macs": macs})
    assert added["message"] == "Devices imprint successful"
    watched = await good(pluto, "PUT", "/devices/listen", {"macs": macs, "traceLogs": False})
    assert len(watched["data"]) == 3
    await page.until(lambda page: {one["mac"] for one in page.of("stat_update")} == set(macs))
    listed = (await good(pluto, "GET", "/devices/imprint?q=127.38"))["data"]
    assert {record["mac"] for record in listed} == set(macs)
    assert all(record["tracing"] and record["info"]["frequencyOptions"] for record in listed)
    dashboards = await good(pluto, "GET", "/dashboards")
    assert dashboards == []  # no Grafana here: nothing is public


async def at_noon(pluto: Running, fleet: SimulatedFleet) -> None:
    """The person changes a setting: the page sends the whole `info` back, then the record."""
    miner = fleet.miners[0]
    record = (await good(pluto, "GET", f"/devices/imprint/{miner.mac}"))["data"]
    info = record["info"] | {"frequency": 500, "frequencyOptions": [], "coreVoltageOptions": []}
    changed = await good(pluto, "PATCH", f"/devices/{miner.mac}/system", record | {"info": info})
    assert changed["message"] == "Device system info updated successfully"
    assert "frequency" not in [row["field"] for row in changed.get("notApplied", [])]
    sent = json.loads(miner.received[-1])
    assert sent["frequency"] == 500
    assert "frequencyOptions" not in sent
    await good(pluto, "PATCH", f"/devices/imprint/{miner.mac}", {"device": {"note": "undervolted"}})
    assert (await pluto.record(miner.mac))["note"] == "undervolted"


async def in_the_afternoon(pluto: Running, fleet: SimulatedFleet, macs: list[str]) -> None:
    """A preset is made and applied to every miner; then they are restarted."""
    configuration = {"stratumURL": "solo.example", "stratumPort": "3333", "stratumUser": "nobody", "stratumPassword": "hunter2"}
    preset = (await good(pluto, "POST", "/presets", {"name": "Solo", "configuration": configuration}))["data"]
    assert "hunter2" not in str(preset)
    assert [one["uuid"] for one in (await good(pluto, "GET", "/presets"))["data"]] == [preset["uuid"]]
    for mac in macs:
        record = await pluto.record(mac)
        applied = await good(pluto, "PATCH", f"/devices/{mac}/system", {**record, "presetUuid": preset["uuid"], "info": {}})
        assert "hunter2" not in str(applied)
        await good(pluto, "PATCH", f"/devices/imprint/{mac}", {"device": {"presetUuid": preset["uuid"]}})
    for miner in fleet.miners:
        assert b"solo.example" in miner.received[-1]
        assert b"hunter2" in miner.received[-1]
        assert b"nobody" not in miner.received[-1]
    assert len((await good(pluto, "GET", f"/devices/presets/{preset['uuid']}"))["data"]) == 3
    for mac in macs:
        restarted = await good(pluto, "POST", f"/devices/{mac}/system/restart")
        assert restarted["message"] == "Device restarted successfully"
    await until_on_the_new_pool(pluto, fleet.miners)
    await good(pluto, "DELETE", f"/presets/{preset['uuid']}")
    assert {(await pluto.record(mac))["presetUuid"] for mac in macs} == {None}


async def until_on_the_new_pool(pluto: Running, miners: list[SimulatedMiner]) -> None:
    async with asyncio.timeout(25):
        for miner in miners:
            while (await pluto.record(miner.mac))["info"].get("stratumURL") != "solo.example":
                await asyncio.sleep(0.1)
    await pluto.until(lambda samples: samples["hardware_online"] == 3)


async def at_dusk(pluto: Running, page: Browser, miner: SimulatedMiner) -> None:
    """The person renames a miner: list, events and metrics follow, and nothing is left of the old name."""
    old, mac = miner.hostname.replace("-", "__"), miner.mac.lower()
    assert f"{old}_online" in await pluto.metrics()
    renamed = await good(pluto, "PATCH", f"/devices/{mac}/system", {"info": {"hostname": "attic-1"}})
    assert renamed["data"] == {"info": {"hostname": "attic-1"}}
    assert "notApplied" not in renamed
    samples = await pluto.until(lambda samples: samples.get("attic__1_online") == 1)
    assert not [name for name in samples if name.startswith(f"{old}_")]
    assert samples["attic__1_power_watts"] > 0
    assert [one["mac"] for one in (await good(pluto, "GET", "/devices/imprint?q=ATTIC"))["data"]] == [mac]
    await page.until(lambda page: any(one["info"]["hostname"] == "attic-1" for one in page.of("stat_update")))


async def in_the_evening(pluto: Running, page: Browser, macs: list[str], folder: Path) -> None:
    """One miner goes: the page listens without it, then deletes it. The rest goes on."""
    await good(pluto, "PUT", "/devices/listen", {"macs": macs[1:]})
    await good(pluto, "DELETE", f"/devices/imprint/{macs[0]}")
    await page.until(lambda page: bool(page.of("device_removed")))
    assert [one["mac"] for one in page.of("device_removed")] == [macs[0]]
    assert (await good(pluto, "GET", f"/devices/imprint/{macs[0]}"))["data"] is None
    samples = await pluto.metrics()
    assert (samples["total_hardware"], samples["hardware_online"]) == (2, 2)
    assert "hunter2" not in str(page.heard)
    for file in (folder / "logs").rglob("*.log"):
        assert "hunter2" not in file.read_text()
