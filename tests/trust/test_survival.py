"""The process goes on: clocks that jump, a laptop that sleeps, descriptors that run out, days of churn (trust 12).

PLUTO_STOPPED_S and PLUTO_SOAK_S say how long; `make trust` and `make soak` take longer than `make test`.
"""

import asyncio
import itertools
import os
import random
import shutil
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from figures import Figure
from pluto.simulator.server import Options, SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from served import Holds, Served, served

STOPPED_S = float(os.environ.get("PLUTO_STOPPED_S", "6"))
SOAK_S = float(os.environ.get("PLUTO_SOAK_S", "20"))
PATIENCE_S = 40

JUMPING_CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>

int clock_gettime(clockid_t which, struct timespec *now)
{
    int result = syscall(SYS_clock_gettime, which, now);
    if (which == CLOCK_REALTIME) {
        if (access(getenv("CLOCK_AHEAD"), F_OK) == 0) now->tv_sec += 3 * 3600;
        if (access(getenv("CLOCK_BEHIND"), F_OK) == 0) now->tv_sec -= 3 * 3600;
    }
    return result;
}
"""


async def until(server: Served, holds: Holds) -> dict[str, float]:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            samples = await server.metrics()
            if holds(samples):
                return samples
            await asyncio.sleep(0.1)


async def all_polled_again(miners: list[SimulatedMiner], times: int = 1) -> None:
    """Wait until each miner was asked *times* more."""
    wanted = [miner.requests.total + times for miner in miners]
    async with asyncio.timeout(PATIENCE_S):
        while any(miner.requests.total < count for miner, count in zip(miners, wanted, strict=True)):
            await asyncio.sleep(0.05)


def polls_since(miner: SimulatedMiner, since_s: float) -> int:
    return sum(at >= since_s for at in miner.requests.info_started_s)


async def test_a_wall_clock_that_jumps_changes_time_stamps_and_nothing_else(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    (tmp_path / "clock.c").write_text(JUMPING_CLOCK)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", tmp_path / "clock.so", tmp_path / "clock.c"], check=True)
    jumps = {"CLOCK_AHEAD": tmp_path / "ahead", "CLOCK_BEHIND": tmp_path / "behind"}
    settings = {name: str(file) for name, file in jumps.items()} | {
        "LD_PRELOAD": str(tmp_path / "clock.so"),
        "TZ": "Europe/Berlin",
    }
    async with SimulatedFleet(10, first="127.38.1.1") as fleet, served(tmp_path, fleet, settings=settings) as server:
        await until(server, lambda samples: samples["hardware_online"] == 10)
        began_s = time.monotonic()
        for file, hours in ((jumps["CLOCK_AHEAD"], 3), (jumps["CLOCK_BEHIND"], -3)):
            file.touch()
            await all_polled_again(fleet.miners, 2)
            record = (await server.ask("GET", f"/devices/imprint/{fleet.miners[0].mac}"))["data"]
            seen = datetime.fromisoformat(record["updatedAt"])
            assert abs(seen - datetime.now(UTC) - timedelta(hours=hours)) < timedelta(minutes=1), "the clock did not jump"
            file.unlink()
            await all_polled_again(fleet.miners, 1)
        assert (await server.metrics())["hardware_online"] == 10
        lived_s = time.monotonic() - began_s
        assert max(polls_since(miner, began_s) for miner in fleet.miners) <= lived_s / 5 + 2, "a burst"
        assert "miner offline" not in server.log


async def test_a_process_that_was_stopped_for_a_while_polls_without_a_burst(tmp_path: Path, figure: Figure) -> None:
    async with SimulatedFleet(40, first="127.38.2.1") as fleet, served(tmp_path, fleet) as server:
        await until(server, lambda samples: samples["hardware_online"] == 40)
        server.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(STOPPED_S)
        woken_s = time.monotonic()
        server.process.send_signal(signal.SIGCONT)
        await all_polled_again(fleet.miners)
        figure("12.6", time.monotonic() - woken_s, 10, f"s until all are polled again after {STOPPED_S:g} s of sleep")
        await all_polled_again(fleet.miners, 2)
        lived_s = time.monotonic() - woken_s
        assert max(polls_since(miner, woken_s) for miner in fleet.miners) <= lived_s / 5 + 2, "a burst"
        await until(server, lambda samples: samples["hardware_online"] == 40)
        gaps = [
            late - early
            for miner in fleet.miners
            for early, late in itertools.pairwise(at for at in miner.requests.info_started_s if at > woken_s + 5)
        ]
        figure("12.6", min(gaps, default=5.0), -4.75, "s between two polls afterwards, the shortest")


async def test_descriptors_that_run_out_end_nothing_and_silence_nobody_for_good(tmp_path: Path, figure: Figure) -> None:
    few = ["bash", "-c", 'ulimit -n 256; exec "$0" "$@"']
    async with (
        SimulatedFleet(300, first="127.38.3.1", profiles=("axeos-2.12",)) as fleet,
        served(tmp_path, fleet, before=few) as server,
    ):
        await server.ask("PUT", "/devices/listen", {"traceLogs": True})
        most = 0.0
        async with asyncio.timeout(PATIENCE_S):
            while not all(miner.requests.total for miner in fleet.miners):
                most = max(most, (await server.metrics())["process_open_fds"])
                await asyncio.sleep(0.2)
        online = (await server.metrics())["hardware_online"]
    assert most < 256
    figure("12.7", most, 256, "descriptors of 256, 300 miners and their logs watched")
    figure("12.7", online, -200, "of 300 miners online at once")


async def test_hours_of_churn_leave_nothing_behind(tmp_path: Path, figure: Figure) -> None:
    """Miners break and heal, go and come back, are renamed, while browsers look; nothing may grow with time."""
    chance = random.Random(1)
    faults = ("hang", "close", "status-500", "truncated", "renamed", "reset", "huge-length", "garbage", "name-each-time")
    async with SimulatedFleet(50, first="127.38.4.1", options=Options(boot_s=0.2)) as fleet, served(tmp_path, fleet) as server:
        await until(server, lambda samples: samples["hardware_online"] == 50)
        marks: list[dict[str, float]] = []
        began_s = time.monotonic()
        while (lived_s := time.monotonic() - began_s) < SOAK_S or len(marks) < 4:
            await churn(server, fleet.miners, chance, faults)
            if lived_s >= SOAK_S * len(marks) / 4:
                marks.append(await measured(server, fleet.miners))
            await asyncio.sleep(min(1.0, SOAK_S / 100))
        marks.append(await measured(server, fleet.miners))
    first, last = marks[1], marks[-1]
    assert last["series"] <= first["series"] + 200 * 3, "series of renamed miners stay"
    figure(
        "12.4", (last["memory"] - first["memory"]) / 1e6, 10, f"MB more after {SOAK_S:g} s of churn than after a quarter of it"
    )
    figure("12.4", abs(last["descriptors"] - first["descriptors"]), 8, "descriptors more or less")
    figure("12.4", last["series"] - first["series"], 100, "series more")
    figure("12.4", len(list((tmp_path / "grafana" / "dashboards").iterdir())), 50 * 20, "dashboards for 50 miners")


async def churn(server: Served, miners: list[SimulatedMiner], chance: random.Random, faults: tuple[str, ...]) -> None:
    """Break one, heal one, remove one and take it back, look at everything."""
    chance.choice(miners).fault(chance.choice(faults))
    chance.choice(miners).heal()
    mac = chance.choice(miners).mac
    async with server.http.delete(f"{server.base}/devices/imprint/{mac}") as answer:
        assert answer.status in (200, 404)
    await server.ask("PUT", "/devices/imprint", {"macs": [mac]})
    await server.ask("PUT", "/devices/listen", {})
    async with server.http.ws_connect(f"{server.base}/socket/io/?EIO=4&transport=websocket") as page:
        await page.receive()
        await page.send_str("40")
        await page.receive()
    await server.ask("GET", "/devices/imprint")


async def measured(server: Served, miners: list[SimulatedMiner]) -> dict[str, float]:
    """Return memory, descriptors and series once everybody is well."""
    for miner in miners:
        miner.heal()
    samples = await until(server, lambda samples: samples["hardware_online"] == len(miners))
    return {
        "memory": samples["process_resident_memory_bytes"],
        "descriptors": samples["process_open_fds"],
        "series": float(len(samples)),
    }


async def test_the_api_answers_while_every_service_beside_hangs(tmp_path: Path) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    hanging = await asyncio.start_server(hang, "127.0.0.1", 0)
    where = f"http://127.0.0.1:{hanging.sockets[0].getsockname()[1]}"
    async with (
        SimulatedFleet(5, first="127.38.5.1") as fleet,
        served(tmp_path, fleet, settings={"GF_HOST": where, "PROMETHEUS_HOST": where}) as server,
    ):
        await until(server, lambda samples: samples["hardware_online"] == 5)
        asking = asyncio.create_task(relayed(server))
        await all_polled_again(fleet.miners, 2)
        assert await asking == 500
        assert (await server.metrics())["hardware_online"] == 5
    hanging.close()
    await hanging.wait_closed()


async def relayed(server: Served) -> int:
    async with aiohttp.ClientSession() as http, http.get(f"{server.base}/prometheus/query?query=up") as answer:
        return answer.status
