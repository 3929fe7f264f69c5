"""The process from outside: how it starts, what it says when it cannot, how it ends."""

import asyncio
import signal
import socket
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from discovery_stub import discovery_stub
from figures import Figure
from parts import free_port
from pluto.simulator.server import SimulatedFleet
from processes import ended, process, ready


async def test_it_starts_with_nothing_but_the_environment_and_ends_in_order(tmp_path: Path) -> None:
    port = free_port()
    async with process(tmp_path, {"PORT": str(port)}) as one:
        await ready(port)
        assert (tmp_path / "data" / "pluto_core" / "CURRENT").exists()
        assert (tmp_path / "logs" / "combined.log").exists()
        one.send_signal(signal.SIGTERM)
        code, line = await ended(one)
    assert (code, line.endswith("[INFO]: stopped")) == (0, True)


async def test_sigterm_under_load_loses_nothing_and_takes_less_than_five_seconds(tmp_path: Path, figure: Figure) -> None:
    port = free_port()
    async with SimulatedFleet(40, first="127.33.1.1") as fleet, discovery_stub() as discovery:
        for miner in fleet.miners:
            discovery.knows(miner.mac, miner.host)
        fleet.miners[0].fault("hang")
        settings = {"PORT": str(port), "DISCOVERY_SERVICE_HOST": discovery.base}
        async with process(tmp_path, settings) as one, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            await ready(port)
            async with http.put("/devices/imprint", json={"macs": [miner.mac for miner in fleet.miners]}) as answer:
                assert answer.status == 200
            async with http.put("/devices/listen") as answer:
                assert answer.status == 200
            acknowledged: list[int] = []
            writer = asyncio.create_task(write_until_refused(http, fleet.miners[1].mac, acknowledged))
            async with asyncio.timeout(20):
                while not all(miner.requests.total for miner in fleet.miners) or len(acknowledged) < 20:
                    await asyncio.sleep(0.02)
            began_s = time.monotonic()
            one.send_signal(signal.SIGTERM)
            code, _ = await ended(one)
            assert code == 0
            took_s = time.monotonic() - began_s
            figure("12.1", took_s, 5, "s from SIGTERM under load to the end")
            assert took_s < 5
            await writer
        async with process(tmp_path, settings) as one, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            await ready(port)
            async with http.get("/devices/imprint") as answer:
                records = {record["mac"].lower(): record for record in (await answer.json())["data"]}
    assert len(records) == 40
    assert records[fleet_mac(acknowledged, records)]["note"] == acknowledged[-1]
    assert sum("hashRate" in str(record["info"]) for record in records.values()) >= 38  # readings were flushed at the end


def fleet_mac(acknowledged: list[int], records: Mapping[str, Mapping[str, object]]) -> str:
    assert acknowledged
    return next(mac for mac, record in records.items() if "note" in record)


async def write_until_refused(http: aiohttp.ClientSession, mac: str, acknowledged: list[int]) -> None:
    for number in range(1_000_000):
        try:
            async with http.patch(f"/devices/imprint/{mac}", json={"device": {"note": number}}) as answer:
                if answer.status != 200:
                    return
                await answer.read()
                acknowledged.append(number)
        except aiohttp.ClientError:
            return


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    port = free_port()
    async with process(tmp_path, {"PORT": str(port)}) as one:
        await ready(port)
        one.send_signal(signal.SIGINT)
        one.send_signal(signal.SIGTERM)
        code, _ = await ended(one)
    assert code in (0, 1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"PORT": "abc"}, "PORT"),
        ({"SYSTEM_INFO_TIMEOUT_MS": "9000"}, "SYSTEM_INFO_TIMEOUT_MS"),
        ({"PLUTO_DATA_DIR": "/proc/nothing"}, "/proc/nothing"),
        ({"PLUTO_LOGS_DIR": "/proc/nothing"}, "PLUTO_LOGS_DIR"),
        ({"PLUTO_DISCOVERY_NETWORKS": "10.0.0.0/8"}, "PLUTO_DISCOVERY_"),
    ],
)
async def test_what_cannot_be_used_is_named_in_one_sentence(
    tmp_path: Path, settings: dict[str, str], said: str, figure: Figure
) -> None:
    began_s = time.monotonic()
    async with process(tmp_path, {"PORT": str(free_port())} | settings) as one:
        code, line = await ended(one)
    figure("12.9", time.monotonic() - began_s, 2, f"s until {said} is refused")
    assert code == 2
    assert line.startswith("pluto: ")
    assert said in line
    assert "Traceback" not in line


async def test_a_taken_port_touches_nothing_else(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with process(tmp_path, {"PORT": str(taken.getsockname()[1])}) as one:
            code, line = await ended(one)
    assert (code, "in use" in line) == (2, True)
    assert not (tmp_path / "data").exists()


async def test_a_database_that_somebody_holds_or_that_is_damaged_ends_with_three(tmp_path: Path) -> None:
    port = free_port()
    async with process(tmp_path, {"PORT": str(port)}) as first:
        await ready(port)
        async with process(tmp_path, {"PORT": str(free_port())}) as second:
            code, line = await ended(second)
            assert (code, "LOCK" in line) == (3, True)
        first.send_signal(signal.SIGTERM)
        assert (await ended(first))[0] == 0
    (tmp_path / "data" / "pluto_core" / "CURRENT").unlink()
    async with process(tmp_path, {"PORT": str(port)}) as third:
        code, line = await ended(third)
    assert (code, "pluto repair" in line, "pluto_core" in line) == (3, True, True)


async def test_auto_listen_watches_from_the_start(tmp_path: Path) -> None:
    port = free_port()
    async with SimulatedFleet(3, first="127.33.2.1") as fleet, discovery_stub() as discovery:
        for miner in fleet.miners:
            discovery.knows(miner.mac, miner.host)
        settings = {"PORT": str(port), "DISCOVERY_SERVICE_HOST": discovery.base, "AUTO_LISTEN": "True"}
        async with process(tmp_path, settings) as one, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            await ready(port)
            async with http.put("/devices/imprint", json={"macs": [miner.mac for miner in fleet.miners]}) as answer:
                assert answer.status == 200
            assert all(miner.requests.total == 0 for miner in fleet.miners)  # registering does not start monitoring
            one.send_signal(signal.SIGTERM)
            assert (await ended(one))[0] == 0
        async with process(tmp_path, settings):
            async with asyncio.timeout(15):
                while not all(miner.requests.total for miner in fleet.miners):
                    await asyncio.sleep(0.05)
