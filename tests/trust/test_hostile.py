"""Every hostile miner there is beside forty healthy ones: on time, in bounds, and of each the truth (trust 5.12 to 5.15, 10.5).

PLUTO_HOSTILE_S sets how many seconds are watched; `make trust` takes a minute.
"""

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import socketio

from discovery_stub import DiscoveryStub, discovery_stub
from figures import Figure
from parts import free_port, run
from pluto.simulator.faults import SECRET
from pluto.simulator.hostile_sockets import SOCKETS
from pluto.simulator.hostile_words import LIES, NAMES
from pluto.simulator.server import SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner

WATCHED_S = float(os.environ.get("PLUTO_HOSTILE_S", "11"))
API_CLOCK = Path(__file__).with_name("api_clock.py")
HEALTHY = 40
PATIENCE_S = 40

SILENT = (
    "hang", "silent-accept", "drip", "headers-for-ever", "chunk-huge", "chunk-no-last", "late", "stalled-head", "stalled-body",
    "chunk-a-second",
)  # fmt: skip
WRONG = ("wrong-mac", "duplicate-keys", "mac-broadcast", "mac-zero")
ONLINE = {
    "slow", "slow-body", "extra-answer", "no-mac", "renamed", "stopped-hashing", "glitch", "overheat", "null-fields",
    "wrong-types", "nan", "infinity", "overflow", "huge-integer", "empty-object", "long-hostname", "hostile-hostname",
    "planted-secrets", "bad-utf8", "logs-flood",
    "status-no-reason", "status-rtsp", "status-nul", "status-206", "header-high", "header-cookie", "header-hsts",
    "header-upgrade", "header-location", "header-refresh", "header-type-html", "header-type-none", "header-type-utf16",
    "length-none", "in-pieces", "reset-after-answer", "close-after-answer", "half-closed", "idle-closed", "idle-chatter",
    "idle-answer", "json-spaces", "json-error", "many-lists", "long-text", "long-key", "empty-key", "proto-key",
    "half-character", "nul-character", "minus-zero", "tiny-number", "long-number", "long-exponent",
    *NAMES, *(name for name in LIES if name not in WRONG), *SOCKETS,
}  # fmt: skip
"""Whoever answers within the limits is online; what it says oddly is left out or made harmless. All others failed their poll."""
EITHER = ("flaps", "reboot", "speaks-first")
"""There and not there in turns; back by itself; and an answer that came too early is one, if it came after the question."""


def reasons_of(fault: str) -> tuple[str, ...]:
    """Return the reasons of which one must be told of a miner that is offline by this fault."""
    if fault in SILENT:
        return ("silent",)
    if fault == "reset-at-accept":  # the reset may come before or after the kernel says that we are connected
        return "bad answer", "no connection"
    return ("wrong device",) if fault in WRONG else ("refused",) if fault == "refused" else ("bad answer",)


class Hostile(msgspec.Struct):
    """One hostile miner, as the control route shows it."""

    index: int
    mac: str
    host: str
    fault: str | None


class Server:
    """The server under test, and the hostile fleet beside it, each a process of its own."""

    def __init__(self, http: aiohttp.ClientSession, base: str, control: str, hostile: Sequence[Hostile]) -> None:
        self.http, self.base, self.control, self.hostile = http, base, control, hostile

    async def metrics(self) -> dict[str, float]:
        async with self.http.get(f"{self.base}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    async def set_faults(self, *, on: bool) -> float:
        """Break each as the page says, or heal all, and return when that was done."""
        for miner in self.hostile:
            url = f"{self.control}/miners/{miner.index}/fault"
            async with self.http.request("POST" if on else "DELETE", url, json={"fault": miner.fault} if on else None) as answer:
                assert answer.status == 200, (miner, await answer.text())
        return time.monotonic()

    async def until(self, wrong: Callable[[dict[str, float]], object]) -> dict[str, float]:
        """Wait until nothing is *wrong* with the metrics, and return them."""
        found: object = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    samples = await self.metrics()
                    found = wrong(samples)
                    if not found:
                        return samples
                    await asyncio.sleep(0.25)
        except TimeoutError:
            raise AssertionError(found) from None


@asynccontextmanager
async def beside_hostile(folder: Path, healthy: SimulatedFleet) -> AsyncGenerator[Server, None]:
    """Run a server that watches *healthy* and one miner for each fault, none of which is broken yet."""
    port, control = free_port(), free_port()
    where = ["--first", "127.35.1.1", "--port", str(free_port()), "--control-port", str(control)]
    command = [sys.executable, "-m", "pluto", "simulate", "--hostile", "--boot-s", "0.5", *where]
    (folder / "hostile").mkdir()
    async with (
        run(command, ready=f"http://127.0.0.1:{control}/miners", cwd=folder / "hostile"),
        discovery_stub() as discovery,
        aiohttp.ClientSession() as http,
    ):
        async with http.get(f"http://127.0.0.1:{control}/miners") as answer:
            hostile = [one for one in msgspec.convert(await answer.json(), list[Hostile]) if one.fault]
        server = Server(http, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{control}", hostile)
        await server.set_faults(on=False)
        known = [(miner.mac, miner.host) for miner in healthy.miners] + [(miner.mac, miner.host) for miner in hostile]
        served = ["env", f"PORT={port}", f"DISCOVERY_SERVICE_HOST={discovery.base}", sys.executable, "-m", "pluto"]
        async with run(served, ready=f"{server.base}/readyz", cwd=folder) as one:
            await imprint(server, discovery, known)
            yield server
        assert one.returncode == 0


async def imprint(server: Server, discovery: DiscoveryStub, miners: Sequence[tuple[str, str]]) -> None:
    for mac, host in miners:
        discovery.knows(mac, host)
    async with server.http.put(f"{server.base}/devices/imprint", json={"macs": [mac for mac, _ in miners]}) as answer:
        assert answer.status == 200
    async with server.http.put(f"{server.base}/devices/listen", json={"traceLogs": True}) as answer:
        assert answer.status == 200
    await server.until(lambda samples: samples["hardware_online"] != len(miners) and samples["hardware_online"])


async def api_times(server: Server) -> list[float]:
    one = await asyncio.create_subprocess_exec(
        sys.executable, str(API_CLOCK), server.base, str(WATCHED_S), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await one.communicate()
    times: list[float] = json.loads(said)
    return sorted(times)


def up(samples: dict[str, float], mac: str) -> bool:
    return samples.get(f'pluto_miner_up{{mac="{mac.lower()}"}}') == 1


def untrue(samples: dict[str, float], hostile: Sequence[Hostile]) -> list[str]:
    """Return the faults of which something else is told than what is so."""
    told = {str(one.fault): up(samples, one.mac) for one in hostile if one.fault not in EITHER}
    return [fault for fault, is_up in told.items() if is_up != (fault in ONLINE)]


def gaps_of(miner: SimulatedMiner, since_s: float) -> list[float]:
    times = [at for at in miner.requests.info_started_s if at > since_s]
    return [late - early for early, late in itertools.pairwise(times)]


async def test_all_hostile_miners_there_are_beside_forty_healthy_ones(tmp_path: Path, figure: Figure) -> None:
    async with (
        SimulatedFleet(HEALTHY, first="127.36.1.1", profiles=("axeos-2.12", "nerdqaxe-1.0.36"), seed=2) as fleet,
        beside_hostile(tmp_path, fleet) as server,
    ):
        assert len(server.hostile) >= 120
        broken_s = await server.set_faults(on=True)
        await server.until(lambda samples: untrue(samples, server.hostile))
        truth_s = time.monotonic() - broken_s
        watched_s = time.monotonic()
        times = await api_times(server)
        samples = await server.metrics()
        assert not untrue(samples, server.hostile)
        assert all(up(samples, miner.mac) for miner in fleet.miners)
        await check_records(server)
        await check_reasons(server)
        gaps = sorted(gap for miner in fleet.miners for gap in gaps_of(miner, watched_s))
        assert len(gaps) >= HEALTHY
        healed_s = await server.set_faults(on=False)
        everybody = HEALTHY + len(server.hostile)
        await server.until(lambda samples: everybody - samples["hardware_online"])
        back_s = time.monotonic() - healed_s
    figure("5.12", truth_s, 10, f"s until of all {len(server.hostile)} hostile miners the truth is told")
    figure("5.14", back_s, 10, "s until all are online again once healed")
    figure("5.15", gaps[int(len(gaps) * 0.99)], 5.1, "s between two polls of a healthy miner, p99")
    figure("5.15", gaps[0], -4.75, "s between two polls of a healthy miner, the shortest")
    figure("10.5", times[int(len(times) * 0.99)] * 1000, 100, "ms for an answer, p99")
    figure("10.5", times[-1] * 1000, 1000, "ms for an answer, the slowest")
    figure("10.5", samples["process_resident_memory_bytes"] / 1e6, 300, "MB resident")
    figure("10.5", samples["process_open_fds"] - 2 * everybody, 64, "descriptors, without two a miner")
    check_files(tmp_path)


async def check_records(server: Server) -> None:
    """See that each record is this miner's, and says whether it answers and why not."""
    for one in server.hostile:
        async with server.http.get(f"{server.base}/devices/imprint/{one.mac}") as answer:
            text = await answer.text()
        record = msgspec.json.decode(text)["data"]
        assert SECRET not in text, one.fault
        assert record["mac"].lower() == one.mac.lower(), one.fault
        if one.fault in EITHER:
            continue
        assert record["tracing"] is (one.fault in ONLINE), one.fault


async def check_reasons(server: Server) -> None:
    """See that of each miner that is down the right reason is told, once a poll."""
    told: dict[str, str] = {}

    def hear(event: str, *arguments: Any) -> None:
        if event == "error":
            told[arguments[0]["mac"].lower()] = arguments[0]["error"]

    client = socketio.AsyncClient(reconnection=False)
    client.on("*", hear)
    down = [one for one in server.hostile if one.fault not in ONLINE and one.fault not in EITHER]
    await client.connect(server.base, socketio_path="/socket/io", transports=["websocket"])
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not all(one.mac.lower() in told for one in down):
                await asyncio.sleep(0.1)
    finally:
        await client.disconnect()
    wrong = {one.fault: told[one.mac.lower()] for one in down if not told[one.mac.lower()].startswith(reasons_of(str(one.fault)))}
    assert wrong == {}


def check_files(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file() and "hostile" not in file.relative_to(folder).parts:
            assert SECRET.encode() not in file.read_bytes(), file
        assert file.resolve().is_relative_to(folder)
    for log in (folder / "logs").glob("combined.log"):
        assert "[ERROR]" not in log.read_text("utf-8"), "a fault of ours"
