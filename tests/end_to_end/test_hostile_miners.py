"""Every fault at once beside forty healthy miners: the healthy are polled on time, and of each the truth is told."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pluto.simulator.faults import COMMON, SECRET
from pluto.simulator.server import SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from running import Running, browser, running

HEALTHY = 40
WATCHED_S = 16.0

REASONS = {
    "silent": ("hang", "silent-accept", "drip"),
    "refused": ("refused",),
    "wrong device": ("wrong-mac", "duplicate-keys"),
    "bad answer": (
        "garbage", "close", "empty", "html", "huge", "huge-length", "huge-header", "many-headers", "many-1xx", "tiny-chunks",
        "endless-chunks", "bad-chunks", "two-lengths", "redirect", "status-500", "status-503", "status-401", "status-204",
        "truncated", "reset", "array", "null", "not-json", "deep-json", "many-keys", "gzip-bomb", "trailing-bytes",
    ),
}  # fmt: skip
"""Faults that end a poll, by the reason that is told."""

ONLINE = (
    "slow", "slow-body", "extra-answer", "no-mac", "renamed", "stopped-hashing", "glitch", "overheat", "null-fields",
    "wrong-types", "nan", "infinity", "overflow", "huge-integer", "empty-object", "long-hostname", "hostile-hostname",
    "planted-secrets", "bad-utf8", "logs-flood",
)  # fmt: skip
"""Faults of a miner that answers: it is online, and what it says oddly is left out or made harmless."""

ELSEWHERE = ("moved", "reboot")
"""Faults with a test of their own."""


def test_every_fault_has_its_place_in_a_table() -> None:
    placed = [*ONLINE, *ELSEWHERE, *(name for names in REASONS.values() for name in names)]
    assert sorted(placed) == sorted(COMMON)


async def test_all_faults_at_once_beside_forty_healthy_miners(tmp_path: Path) -> None:
    broken = [name for name in COMMON if name not in ELSEWHERE]
    profiles = ("axeos-2.12", "axeos-2.15", "axeos-2.9", "axeos-2.4", "nerdqaxe-1.0.36")
    count = HEALTHY + len(broken)
    async with SimulatedFleet(count, first="127.32.1.1", profiles=profiles) as fleet, running(tmp_path, fleet) as pluto:
        healthy = fleet.miners[:HEALTHY]
        faulty = dict(zip(broken, fleet.miners[HEALTHY:], strict=True))
        await pluto.imprint(fleet.miners)
        async with browser(pluto) as page:
            await pluto.listen()
            before = await pluto.until(lambda samples: samples["hardware_online"] == count)
            for name, miner in faulty.items():
                miner.fault(name)
            began_s = time.monotonic()
            await pluto.until(lambda samples: samples["hardware_online"] == HEALTHY + len(ONLINE))
            await asyncio.sleep(WATCHED_S)
            samples = await pluto.metrics()
        assert samples["process_resident_memory_bytes"] - before["process_resident_memory_bytes"] < 150 * 1024 * 1024
        check_states(samples, faulty, page.of("error"))
        check_gaps(healthy, began_s)
        await check_answers(pluto, faulty)
        await check_no_secret(pluto, tmp_path, page.heard)
        for miner in faulty.values():
            miner.heal()
        await pluto.until(lambda samples: samples["hardware_online"] == count)
    check_files(tmp_path)


def check_states(samples: dict[str, float], faulty: dict[str, SimulatedMiner], errors: list[dict[str, Any]]) -> None:
    reasons = {error["mac"].lower(): error["error"] for error in errors}
    for reason, names in REASONS.items():
        for name in names:
            mac = faulty[name].mac.lower()
            assert samples[f'pluto_miner_up{{mac="{mac}"}}'] == 0, name
            assert reasons[mac].startswith(reason), (name, reasons[mac])
    for name in ONLINE:
        assert samples[f'pluto_miner_up{{mac="{faulty[name].mac.lower()}"}}'] == 1, name
    stopped = faulty["stopped-hashing"].mac.lower()
    assert samples[f'pluto_miner_hashrate_hashes_per_second{{mac="{stopped}"}}'] == 0
    for name in ("nan", "glitch"):
        assert samples.get(f'pluto_miner_hashrate_hashes_per_second{{mac="{faulty[name].mac.lower()}"}}', 0) < 1e14


def check_gaps(healthy: list[SimulatedMiner], began_s: float) -> None:
    gaps = sorted(gap for miner in healthy for gap in gaps_of(miner, began_s))
    assert len(gaps) >= HEALTHY * 2
    assert gaps[0] > 4.75
    assert gaps[int(len(gaps) * 0.99)] < 5.25


def gaps_of(miner: SimulatedMiner, since_s: float) -> Iterator[float]:
    times = [at for at in miner.requests.info_started_s if at > since_s]
    return (late - early for early, late in itertools.pairwise(times))


async def check_answers(pluto: Running, faulty: dict[str, SimulatedMiner]) -> None:
    for name, miner in faulty.items():
        record = await pluto.record(miner.mac)
        assert record["mac"].lower() == miner.mac.lower(), name
        assert record["tracing"] is (name in ONLINE), name
    assert (await pluto.record(faulty["wrong-mac"].mac))["info"]["macAddr"] == faulty["wrong-mac"].mac


async def check_no_secret(pluto: Running, folder: Path, heard: object) -> None:
    assert SECRET not in str(heard)
    for path in ("/devices/imprint", "/devices/discovered", "/metrics"):
        async with pluto.http.get(pluto.base + path) as answer:
            assert SECRET.encode() not in await answer.read(), path
    check_files(folder)


def check_files(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            assert SECRET.encode() not in file.read_bytes(), file
