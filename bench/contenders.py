"""Who polls the fast fleet, each in a process of its own: `python -m bench.contenders NAME PORT MINERS SECONDS`.

Prints one line of JSON: polls, CPU time, and what else that contender knows of itself. `pluto` has everything attached and a
browser that takes whole records, `pluto-page` one that shows our page, `pluto-quiet` none; `pluto-bare` polls and decodes and
tells nobody, `aiohttp` asks with a client session and `json.loads`.
"""

import asyncio
import gc
import itertools
import json
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import aiohttp
import uvloop

from bench.fast_fleet import address, mac
from pluto.app import App
from pluto.axeos.poll_client import PollClient
from pluto.axeos.reach import Reach
from pluto.clock import LoopClock
from pluto.model.json_value import JsonObject
from pluto.model.miner import MacAddress, Miner
from pluto.model.names import dashboard_name, usual_prefixes
from pluto.model.state import MinerState
from pluto.monitor.fleet import Fleet, Polled
from pluto.settings import Settings
from pluto.store.core import CoreStore

WARM_UP_S = 8.0
SCRAPE = """
import sys, time, urllib.request
began = time.monotonic()
urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers={"Accept-Encoding": "gzip"})).read()
print(time.monotonic() - began)
"""
Figures = Mapping[str, float]


async def pluto(port: int, miners: int, seconds: float) -> Figures:
    """Everything attached: both metric sets, store, history, a browser that takes whole records, a scrape every 15 s."""
    return await _pluto(port, miners, seconds, browser="records")


async def pluto_page(port: int, miners: int, seconds: float) -> Figures:
    """The same, but the browser shows our page: the fleet, a patch four times a second."""
    return await _pluto(port, miners, seconds, browser="page")


async def pluto_quiet(port: int, miners: int, seconds: float) -> Figures:
    """Everything attached, nobody looking."""
    return await _pluto(port, miners, seconds)


async def _pluto(port: int, miners: int, seconds: float, browser: str = "") -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        await registered(Path(folder), port, miners)
        draw(Path(folder) / "dashboards", miners)
        before = resident_bytes()
        settings = Settings(
            port=0,
            data_dir=folder,
            logs_dir=folder,
            dashboards_dir=f"{folder}/dashboards",
            auto_listen=True,
            discovery_networks=("127.50.0.0/30",),
            discovery_mdns=False,
        )
        app = _Watched(settings)
        began_s = time.monotonic()
        async with app:
            while sum(state.is_online for state in app.fleet.states.values()) < miners:
                await asyncio.sleep(0.1)
            online_s = time.monotonic() - began_s
            page = None
            if browser:
                command = [sys.executable, "-m", "bench.browser", browser, f"http://127.0.0.1:{app.port}"]
                page = await asyncio.create_subprocess_exec(*command)
            await asyncio.sleep(WARM_UP_S)
            app.late.clear()
            figures = await _measured(app.begun, seconds, lambda: _scraped(f"http://127.0.0.1:{app.port}", seconds))
            if page is not None:
                page.terminate()
                await page.wait()
            return {
                **figures,
                **_gaps(app.begun),
                **_late(app.late),
                "online_s": online_s,
                "memory_mb": resident_bytes() / 1e6,
                "memory_kb_a_miner": (resident_bytes() - before) / miners / 1e3,
            }


async def pluto_bare(port: int, miners: int, seconds: float) -> Figures:
    """Poll, decode, advance; nobody is told."""
    clock = LoopClock()
    polls = PollClient(Reach(["127.0.0.0/8"]), clock, 4.0)
    begun: list[tuple[str, float]] = []
    late: list[float] = []

    def measure(polled: Polled) -> None:
        begun.append((polled.mac, polled.began_s))
        late.append(polled.late_s)

    fleet = Fleet(polls.line, lambda _before, _after: None, measure, clock, 5.0)
    fleet.start([MinerState(Miner(MacAddress(mac(n)), f"{address(n)}:{port}", n)) for n in range(miners)])
    await asyncio.sleep(WARM_UP_S)
    figures = await _measured(begun, seconds, _nothing)
    fleet.close()
    polls.close()
    return {**figures, **_gaps(begun), **_late(late)}


async def aiohttp_client(port: int, miners: int, seconds: float) -> Figures:
    """The same polls by aiohttp's client, decoded by `json.loads`."""
    begun: list[tuple[str, float]] = []
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=4)) as session,
        asyncio.TaskGroup() as group,
    ):
        tasks = [group.create_task(_asked(session, port, n, miners, begun)) for n in range(miners)]
        await asyncio.sleep(WARM_UP_S)
        figures = await _measured(begun, seconds, _nothing)
        for task in tasks:
            task.cancel()
    return figures


async def _asked(session: aiohttp.ClientSession, port: int, index: int, miners: int, begun: list[tuple[str, float]]) -> None:
    due_s = time.monotonic() + index / miners * max(1.0, miners / 4000)
    while True:
        await asyncio.sleep(due_s - time.monotonic())
        due_s += 5.0
        begun.append((str(index), time.monotonic()))
        async with session.get(f"http://{address(index)}:{port}/api/system/info") as answer:
            json.loads(await answer.read())


class _Watched(App):
    """A server that writes down when each poll began."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.begun: list[tuple[str, float]] = []
        self.late: list[float] = []

    def _measure(self, polled: Polled) -> None:
        super()._measure(polled)
        self.begun.append((polled.mac, polled.began_s))
        self.late.append(polled.late_s)


async def registered(folder: Path, port: int, miners: int) -> None:
    """Write the records of the fast fleet's first *miners* into the database in *folder*."""
    async with CoreStore(folder / "pluto_core", clock=LoopClock(), flush_s=60) as store:
        devices: list[JsonObject] = [
            {"mac": mac(n), "ip": f"{address(n)}:{port}", "type": "bench", "info": {"hostname": f"axe-{n}"}}
            for n in range(miners)
        ]
        await store.miners.register(devices)


def draw(dashboards: Path, miners: int) -> None:
    """Put a dashboard there for every miner: they are drawn once in a miner's life, which is measured elsewhere."""
    dashboards.mkdir()
    for index in range(miners):
        hostname = f"axe-{index}"
        plain, _ = usual_prefixes(hostname, MacAddress(mac(index)))
        name = dashboard_name(plain, hostname, MacAddress(mac(index)))
        (dashboards / f"{name}.json").write_text('{"uid":"x"}')


async def _measured(begun: list[tuple[str, float]], seconds: float, meanwhile: Callable[[], Awaitable[Figures]]) -> Figures:
    gc.collect()
    begun.clear()
    cpu_s, start_s = time.process_time(), time.monotonic()
    extra = await meanwhile()
    await asyncio.sleep(max(0.0, start_s + seconds - time.monotonic()))
    cpu_s, wall_s = time.process_time() - cpu_s, time.monotonic() - start_s
    return {"polls": len(begun), "cpu_us_a_poll": cpu_s / len(begun) * 1e6, "core_percent": cpu_s / wall_s * 100, **extra}


async def _nothing() -> Figures:
    return {}


async def _scraped(url: str, seconds: float) -> Figures:
    """Scrape every 15 s as Prometheus does, compressed, from a process of its own; the first one after 5 s."""
    took: list[float] = []
    start_s = time.monotonic()
    for turn in range(max(1, int(seconds // 15))):
        await asyncio.sleep(max(0.0, start_s + 5 + 15 * turn - time.monotonic()))
        client = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SCRAPE, f"{url}/metrics", stdout=asyncio.subprocess.PIPE
        )
        said, _ = await client.communicate()
        took.append(float(said))
    return {"metrics_ms": sorted(took)[len(took) // 2] * 1e3}


def _gaps(begun: list[tuple[str, float]]) -> Figures:
    starts: dict[str, list[float]] = {}
    for name, at_s in begun:
        starts.setdefault(name, []).append(at_s)
    gaps = sorted(late - early for times in starts.values() for early, late in itertools.pairwise(times))
    return {"gap_p99_ms": gaps[int(len(gaps) * 0.99)] * 1e3, "gap_max_ms": gaps[-1] * 1e3, "gap_min_ms": gaps[0] * 1e3}


def _late(late: list[float]) -> Figures:
    ordered = sorted(late)
    return {"late_p50_ms": ordered[len(ordered) // 2] * 1e3, "late_p99_ms": ordered[int(len(ordered) * 0.99)] * 1e3}


def resident_bytes() -> int:
    """Return what this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


CONTENDERS = {
    "pluto": pluto,
    "pluto-page": pluto_page,
    "pluto-quiet": pluto_quiet,
    "pluto-bare": pluto_bare,
    "aiohttp": aiohttp_client,
}


def main() -> None:
    """Run one contender and print its figures."""
    logging.disable(logging.WARNING)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    name, port, miners, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(CONTENDERS[name](port, miners, seconds))))


if __name__ == "__main__":
    main()
