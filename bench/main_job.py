"""What the whole main job costs: CPU a poll with everything attached, how punctual it is, what a scrape and a miner cost.

`python -m bench.main_job [MINERS ...]`: the simulated miners live in processes of their own, the server is this one, with one
browser on the events and a scraper every 15 s, as in a real home. CPU time is the server's own.
"""

import asyncio
import gc
import itertools
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from pluto.app import App
from pluto.model.miner import MacAddress
from pluto.monitor.fleet import Polled
from pluto.settings import Settings

MEASURED_S = 30.0
PER_PROCESS = 2500
PORT = 18080


class MeasuredApp(App):
    """A server that also writes down when each poll began."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.polls: list[tuple[MacAddress, float, float, float]] = []

    def _measure(self, polled: Polled) -> None:
        super()._measure(polled)
        self.polls.append((polled.mac, polled.began_s, polled.took_s, polled.late_s))


@asynccontextmanager
async def simulated(count: int) -> AsyncGenerator[None, None]:
    """Run *count* miners outside this process."""
    processes: list[asyncio.subprocess.Process] = []
    for index, first in enumerate(range(0, count, PER_PROCESS)):
        address = f"127.{40 + index}.0.1"
        arguments = [str(min(PER_PROCESS, count - first)), "--first", address, "--port", str(PORT), "--seed", str(index + 1)]
        arguments += ["--control-port", str(17770 + index), "--profile", "axeos-2.12", "--profile", "axeos-2.9"]
        command = [sys.executable, "-m", "pluto", "simulate", *arguments]
        processes.append(await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL))
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            await process.wait()


async def imprint(http: aiohttp.ClientSession, count: int) -> None:
    """Make the simulated miners ours."""
    devices: list[dict[str, str]] = []
    for index in range(-(-count // PER_PROCESS)):
        devices += await _listed(http, f"http://127.0.0.1:{17770 + index}/miners")
    for start in range(0, len(devices), 1000):
        macs = [device["mac"] for device in devices[start : start + 1000]]
        async with http.put("/devices/imprint", json={"macs": macs}) as answer:
            answer.raise_for_status()


async def _listed(http: aiohttp.ClientSession, url: str) -> list[dict[str, str]]:
    for _ in range(200):
        try:
            async with http.get(url) as answer:
                return list(await answer.json())
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    raise TimeoutError(url)


async def measure(count: int) -> dict[str, float]:
    """Return the figures of a fleet of *count*."""
    with tempfile.TemporaryDirectory() as folder:
        async with simulated(count), fake_discovery(count) as discovery:
            settings = Settings(
                port=0, data_dir=folder, logs_dir=folder, dashboards_dir=f"{folder}/dashboards", discovery_service_host=discovery
            )
            before_bytes = _resident()
            async with MeasuredApp(settings) as app, aiohttp.ClientSession(f"http://127.0.0.1:{app.port}") as http:
                await imprint(http, count)
                async with http.put("/devices/listen") as answer:
                    answer.raise_for_status()
                return await _figures(app, http, count, before_bytes)


@asynccontextmanager
async def fake_discovery(count: int) -> AsyncGenerator[str, None]:
    """Serve contract G from the control routes' lists: the search itself is measured elsewhere."""
    from aiohttp import web  # noqa: PLC0415 - only here

    async with aiohttp.ClientSession() as http:
        devices: list[dict[str, Any]] = []
        for index in range(-(-count // PER_PROCESS)):
            listed = await _listed(http, f"http://127.0.0.1:{17770 + index}/miners")
            devices += [{"mac": one["mac"].lower(), "ip": one["host"], "type": "simulated", "info": {}} for one in listed]

    async def discovered(request: web.Request) -> web.Response:
        wanted = set(request.query.get("macs", "").lower().split(","))
        return web.json_response([device for device in devices if device["mac"] in wanted])

    app = web.Application()
    app.router.add_get("/discovered", discovered)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 17500)
    await site.start()
    try:
        yield "http://127.0.0.1:17500"
    finally:
        await runner.cleanup()


async def _figures(app: MeasuredApp, http: aiohttp.ClientSession, count: int, before_bytes: int) -> dict[str, float]:
    page = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.browser", "records", f"http://127.0.0.1:{app.port}")
    await asyncio.sleep(8 + count / 4000)
    gc.collect()
    app.polls.clear()
    began_cpu, began_s = time.process_time(), time.monotonic()
    scrapes = [await _scrape(http, began_s, turn) for turn in range(int(MEASURED_S // 15))]
    await asyncio.sleep(max(0.0, began_s + MEASURED_S - time.monotonic()))
    cpu_s, wall_s = time.process_time() - began_cpu, time.monotonic() - began_s
    page.terminate()
    await page.wait()
    gaps = sorted(_gaps(app.polls))
    lateness = sorted(late_s for *_, late_s in app.polls)
    return {
        "polls": len(app.polls),
        "CPU us a poll": cpu_s / len(app.polls) * 1e6,
        "share of a core %": cpu_s / wall_s * 100,
        "gap p50 ms": _at(gaps, 0.5) * 1e3,
        "gap p99 ms": _at(gaps, 0.99) * 1e3,
        "gap max ms": gaps[-1] * 1e3,
        "lateness p99 ms": _at(lateness, 0.99) * 1e3,
        "/metrics ms": statistics.median(scrapes) * 1e3,
        "memory kB a miner": (_resident() - before_bytes) / count / 1e3,
    }


async def _scrape(http: aiohttp.ClientSession, began_s: float, turn: int) -> float:
    await asyncio.sleep(max(0.0, began_s + 15 * turn + 7 - time.monotonic()))
    start_s = time.monotonic()
    async with http.get("/metrics") as answer:
        await answer.read()
    return time.monotonic() - start_s


def _gaps(polls: Sequence[tuple[MacAddress, float, float, float]]) -> list[float]:
    starts: dict[MacAddress, list[float]] = {}
    for mac, began_s, *_ in polls:
        starts.setdefault(mac, []).append(began_s)
    return [late - early for times in starts.values() for early, late in itertools.pairwise(times)]


def _at(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def main() -> None:
    """Print a column of figures for each fleet size."""
    for count in [int(word) for word in sys.argv[1:]] or [100, 1000]:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            figures = runner.run(measure(count))
        print(f"\n{count} miners, {MEASURED_S:g} s, one browser on the events, a scrape every 15 s")
        for name, value in figures.items():
            print(f"  {name:20} {value:12,.1f}")


if __name__ == "__main__":
    main()
