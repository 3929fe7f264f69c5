"""The main job on simulated miners: find, imprint, watch, measure, announce, forget."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pluto.simulator.server import Options, SimulatedFleet
from running import Running, browser, running


@pytest.fixture
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(6, first="127.31.1.1", options=Options(boot_s=1.0)) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    async with running(tmp_path, fleet) as server:
        await server.imprint(miner for miner in fleet.miners if miner.profile.name != "nmaxe-2.9")
        yield server


async def test_a_fleet_is_found_imprinted_watched_and_measured(pluto: Running, fleet: SimulatedFleet) -> None:
    await pluto.listen()
    samples = await pluto.until(lambda samples: samples["hardware_online"] == 5)
    assert samples["total_hardware"] == 5
    assert samples["total_hashrate"] > 0
    record = await pluto.record(fleet.miners[0].mac)
    assert record["tracing"] is True
    assert samples[f'pluto_miner_up{{mac="{record["mac"].lower()}"}}'] == 1


async def test_who_hears_of_a_poll_finds_rest_and_metrics_agreeing(pluto: Running, fleet: SimulatedFleet) -> None:
    async with browser(pluto) as page:
        await pluto.listen([fleet.miners[0]])
        await page.until(lambda page: bool(page.of("stat_update")))
        heard = page.of("stat_update")[0]
        assert heard == await pluto.record(fleet.miners[0].mac)
        assert heard["tracing"] is True


async def test_a_hung_miner_is_reported_and_recovers_by_itself(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    async with browser(pluto) as page:
        await pluto.listen([miner])
        await pluto.until(lambda samples: samples["hardware_online"] == 1)
        good = (await pluto.record(miner.mac))["info"]
        miner.fault("hang")
        await page.until(lambda page: bool(page.of("error")))
        error = page.of("error")[0]
        assert error["error"].startswith("silent")
        assert error["tracing"] is False
        assert error["info"]["hostname"] == good["hostname"]
        assert (await pluto.metrics())["hardware_offline"] == 1
        miner.heal()
        await pluto.until(lambda samples: samples["hardware_online"] == 1)


async def test_a_miner_that_stopped_hashing_reads_zero_and_stays_online(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    await pluto.listen([miner])
    await pluto.until(lambda samples: samples.get(f'pluto_miner_hashrate_hashes_per_second{{mac="{miner.mac.lower()}"}}', 0) > 0)
    miner.fault("stopped-hashing")
    samples = await pluto.until(
        lambda samples: samples[f'pluto_miner_hashrate_hashes_per_second{{mac="{miner.mac.lower()}"}}'] == 0
    )
    assert samples["hardware_online"] == 1
    assert samples["total_hashrate"] == 0


async def test_a_removed_miner_in_mid_poll_is_gone_for_good(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    async with browser(pluto) as page:
        await pluto.listen(fleet.miners[:2])
        await pluto.until(lambda samples: samples["hardware_online"] == 2)
        miner.fault("slow", seconds=2.0)
        asked = miner.requests.total
        async with asyncio.timeout(10):
            while miner.requests.total == asked:
                await asyncio.sleep(0.02)
        status, answer = await pluto.ask("DELETE", f"/devices/imprint/{miner.mac}")
        assert (status, answer["message"]) == (200, "Device deleted successfully")
        asked = miner.requests.total
        await page.until(lambda page: bool(page.of("device_removed")))
        heard = len(page.heard)
        await fleet_polled(fleet, 1, 3)
        assert page.of("device_removed") == [
            {"ipRemoved": miner.host, "remainingIps": [fleet.miners[1].host], "mac": answer["data"]["mac"]}
        ]
        assert miner.mac not in str(page.heard[heard:])
        assert miner.requests.total == asked
        assert await pluto.record(miner.mac) is None
        assert (await pluto.metrics())["total_hardware"] == 1


async def test_off_the_list_and_on_again(pluto: Running, fleet: SimulatedFleet) -> None:
    await pluto.listen(fleet.miners[:3])
    await pluto.until(lambda samples: samples["hardware_online"] == 3)
    await pluto.listen([])
    samples = await pluto.metrics()
    assert (samples["total_hardware"], samples["hardware_online"], samples["total_hashrate"]) == (0, 0, 0)
    await pluto.listen(fleet.miners[:3])
    await pluto.until(lambda samples: samples["hardware_online"] == 3)


async def test_two_miners_with_one_name_both_work_and_a_rename_is_followed(pluto: Running, fleet: SimulatedFleet) -> None:
    first, second = fleet.miners[0], fleet.miners[1]
    for miner in (first, second):
        miner.fault("renamed", hostname="bitaxe")
    await pluto.listen([first, second])
    suffix = second.mac.replace(":", "").lower()[-6:]
    samples = await pluto.until(lambda samples: {"bitaxe_online", f"bitaxe_{suffix}_online"} <= set(samples), 20)
    assert samples["bitaxe_online"] == samples[f"bitaxe_{suffix}_online"] == 1
    second.fault("renamed", hostname="1st-axe")
    samples = await pluto.until(lambda samples: "_1st__axe_online" in samples)
    assert f"bitaxe_{suffix}_online" not in samples


async def test_two_miners_that_swap_addresses_are_never_confused(pluto: Running, fleet: SimulatedFleet) -> None:
    one, other = fleet.miners[0], fleet.miners[1]
    async with browser(pluto) as page:
        await pluto.listen([one, other])
        await pluto.until(lambda samples: samples["hardware_online"] == 2)
        here, there = one.host, other.host
        other.move("127.31.1.200:" + there.split(":")[1])
        one.move(there)
        other.move(here)
        await pluto.until(lambda samples: samples["hardware_online"] < 2)
        await pluto.until(lambda samples: samples["hardware_online"] == 2, 70)
        assert (await pluto.record(one.mac))["ip"] == there
        assert (await pluto.record(other.mac))["ip"] == here
        for record in page.of("stat_update"):
            assert record["info"]["macAddr"].lower() == record["mac"].lower()


async def test_a_miner_that_moved_is_found_again(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    await pluto.listen([miner])
    await pluto.until(lambda samples: samples["hardware_online"] == 1)
    new = "127.31.1.77:" + miner.host.split(":")[1]
    miner.move(new)
    await pluto.until(lambda samples: samples["hardware_online"] == 0)
    await pluto.until(lambda samples: samples["hardware_online"] == 1, 75)
    assert (await pluto.record(miner.mac))["ip"] == new


async def fleet_polled(fleet: SimulatedFleet, index: int, times: int) -> None:
    """Wait until a miner of *fleet* was polled that often from now."""
    target = fleet.miners[index].requests.total + times
    async with asyncio.timeout(times * 6):
        while fleet.miners[index].requests.total < target:
            await asyncio.sleep(0.05)
