"""Contract R: what ends when a miner goes, and that it can come back."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from discovery_stub import DiscoveryStub, discovery_stub
from running import Running, running

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"


@pytest.fixture
async def discovery() -> AsyncGenerator[DiscoveryStub, None]:
    async with discovery_stub() as stub:
        stub.knows(A, "127.8.0.1:9", version="v1", power=10, hashRate=1000)
        stub.knows(B, "127.8.0.2:9", version="v2", power=20, hashRate=3000)
        yield stub


@pytest.fixture
async def pluto(tmp_path: Path, discovery: DiscoveryStub) -> AsyncGenerator[Running, None]:
    async with running(tmp_path, discovery_service_host=discovery.base) as server:
        assert (await server.ask("PUT", "/devices/imprint", {"macs": [A, B]}))[0] == 200
        yield server


async def by_delete(pluto: Running, mac: str) -> None:
    assert (await pluto.ask("DELETE", f"/devices/imprint/{mac}"))[0] == 200


async def by_list(pluto: Running, mac: str) -> None:
    assert (await pluto.ask("PUT", "/devices/listen", {"macs": [other for other in (A, B) if other != mac]}))[0] == 200


def fleet_of(samples: dict[str, float]) -> dict[str, float]:
    names = ("total_hardware", "hardware_online", "hardware_offline", "total_hashrate", "average_hashrate", "total_power_watts")
    return {name: samples[name] for name in (*names, "total_efficiency")}


async def test_registering_watches_nobody(pluto: Running) -> None:
    samples = await pluto.metrics()
    assert set(fleet_of(samples).values()) == {0}
    assert not [name for name in samples if name.startswith(("axe_", "pluto_miner_", "firmware_"))]


@pytest.mark.parametrize("remove", [by_delete, by_list])
async def test_the_overview_counts_the_rest_at_once_and_is_zero_without_any(pluto: Running, remove: Any) -> None:
    await pluto.ask("PUT", "/devices/listen")
    both = await pluto.metrics()
    assert (both["total_hardware"], both["hardware_offline"], both["total_power_watts"]) == (2, 2, 30)
    assert (both["average_hashrate"], both["total_efficiency"]) == (2000, 7.5)
    await remove(pluto, A)
    rest = await pluto.metrics()
    assert (rest["total_hardware"], rest["total_hashrate"], rest["total_power_watts"]) == (1, 3000, 20)
    assert [name for name in rest if name.startswith("firmware_")] == ['firmware_version_distribution{version="v2"}']
    await by_delete(pluto, B)
    if remove is by_list:
        await by_delete(pluto, A)
    none = await pluto.metrics()
    assert set(fleet_of(none).values()) == {0}
    assert not [name for name in none if name.startswith(("firmware_", "shares_by_pool"))]


async def test_off_the_list_stays_registered_and_deleted_does_not(pluto: Running) -> None:
    await pluto.ask("PUT", "/devices/listen")
    await by_list(pluto, A)
    assert (await pluto.record(A))["mac"] == A
    await by_delete(pluto, A)
    assert await pluto.record(A) is None
    assert [one["mac"] for one in (await pluto.ask("GET", "/devices/imprint"))[1]["data"]] == [B]


@pytest.mark.parametrize("deletes", [False, True])
async def test_its_metrics_stay_or_go_as_the_setting_says_and_only_its_own(
    tmp_path: Path, discovery: DiscoveryStub, deletes: bool
) -> None:
    folder = tmp_path / "second"
    async with running(folder, discovery_service_host=discovery.base, delete_data_on_device_remove=deletes) as pluto:
        await pluto.ask("PUT", "/devices/imprint", {"macs": [A, B]})
        await pluto.ask("PUT", "/devices/listen")
        await pluto.until(lambda samples: {"axe__0a_online", "axe__0b_online"} <= set(samples))
        await by_delete(pluto, A)
        samples = await pluto.metrics()
    assert ("axe__0a_online" in samples, "axe__0b_online" in samples) == (not deletes, True)


async def test_a_removed_miner_can_come_back_and_is_one_again(pluto: Running) -> None:
    for _ in range(3):
        await pluto.ask("PUT", "/devices/listen")
        await by_delete(pluto, A)
        assert (await pluto.ask("PUT", "/devices/imprint", {"macs": [A]}))[0] == 200
    status, answer = await pluto.ask("PUT", "/devices/listen")
    assert (status, {one["mac"] for one in answer["data"]}) == (200, {A, B})
    samples = await pluto.metrics()
    assert samples["total_hardware"] == 2
    assert {name for name in samples if name.startswith("pluto_miner_up")} == {f'pluto_miner_up{{mac="{mac}"}}' for mac in (A, B)}
