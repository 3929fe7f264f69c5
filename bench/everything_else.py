"""What the rest costs beside the polling of a large fleet: `python -m bench.everything_else [MINERS]`.

A line each: how long it takes to the last byte, its CPU time with the polls of that time taken off, and the longest
stop of the event loop meanwhile, seen by a ticker of 1 ms. The fleet and the client live in processes of their own.
"""

import asyncio
import contextlib
import logging
import resource
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import uvloop

from bench.client import Client
from bench.contenders import registered, resident_bytes
from bench.fast_fleet import mac
from pluto.app import App
from pluto.settings import Settings

PORT = 18092
TICK_S = 0.001
WRITTEN_S = 120.0


class Ticker:
    """Notes how long the event loop did not come round: by the clock, and what of it was our own CPU time.

    The first also grows when this machine has other things to do, and when another thread holds the interpreter.
    """

    def __init__(self) -> None:
        self.longest_s = self.longest_cpu_s = 0.0

    def reset(self) -> None:
        """Begin anew."""
        self.longest_s = self.longest_cpu_s = 0.0

    def __str__(self) -> str:
        return f"stop {self.longest_s * 1e3:6.1f} ms (CPU {self.longest_cpu_s * 1e3:5.1f} ms)"

    async def run(self) -> None:
        """Tick until ended."""
        last_s, last_cpu_s = time.monotonic(), time.thread_time()
        while True:
            await asyncio.sleep(TICK_S)
            now_s, cpu_s = time.monotonic(), time.thread_time()
            self.longest_s, last_s = max(self.longest_s, now_s - last_s - TICK_S), now_s
            self.longest_cpu_s, last_cpu_s = max(self.longest_cpu_s, cpu_s - last_cpu_s), cpu_s


class Bench:
    """A running server, and what it does when asked."""

    def __init__(self, client: Client, ticker: Ticker) -> None:
        self.url = ""
        self._client = client
        self.ticker = ticker
        self._idle_share = 0.0

    async def rest(self, seconds: float) -> None:
        """Learn what the polls alone cost, and how long they stop the loop."""
        self.ticker.reset()
        cpu_s, began_s = time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        self._idle_share = (time.process_time() - cpu_s) / (time.monotonic() - began_s)
        print(
            f"{'polls alone':34} {self._idle_share * 100:8.1f} % of a core{'':17} {self.ticker}",
            flush=True,
        )

    async def request(self, what: str, method: str, path: str, **question: Any) -> None:
        """Send one request."""
        await self.ask(what, do="request", method=method, url=self.url + path, **question)

    async def ask(self, what: str, **question: Any) -> None:
        """Let the client ask, and print what it cost us."""
        await asyncio.sleep(0.2)
        self.ticker.reset()
        cpu_s, began_s = time.process_time(), time.monotonic()
        took_s, size = await self._client.ask(**question)
        self.line(what, took_s, time.process_time() - cpu_s - (time.monotonic() - began_s) * self._idle_share, f"{size:12,}")

    def line(self, what: str, took_s: float, cpu_s: float, size: str = "") -> None:
        """Print one line of figures."""
        print(f"{what:34} {took_s * 1e3:8.0f} ms  CPU {cpu_s * 1e3:6.0f} ms {size:12}  {self.ticker}", flush=True)


@contextlib.asynccontextmanager
async def fleet() -> AsyncGenerator[None]:
    """Run the fast fleet."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.fast_fleet", str(PORT))
    try:
        await asyncio.sleep(1)
        yield
    finally:
        process.terminate()
        await process.wait()


async def measure(miners: int) -> None:
    """Print every figure of a fleet of *miners*."""
    ticker = Ticker()
    ticking = asyncio.create_task(ticker.run())
    with tempfile.TemporaryDirectory() as name:
        await registered(Path(name), PORT, miners)
        settings = Settings(
            port=0, data_dir=name, logs_dir=name, dashboards_dir=f"{name}/dashboards", templates_dir=f"{name}/templates",
            auto_listen=True, discovery_networks=("127.50.0.0/30",), discovery_mdns=False,
        )  # fmt: skip
        async with fleet(), Client() as client:
            await client.ask(do="request", method="GET", url=f"http://127.0.0.1:{PORT}/count")
            await _served(Bench(client, ticker), settings, miners)
    ticking.cancel()


async def _served(bench: Bench, settings: Settings, miners: int) -> None:
    bench.ticker.reset()
    empty = resident_bytes()
    began_s, cpu_s = time.monotonic(), time.process_time()
    async with App(settings) as app:
        while sum(state.is_online for state in app.fleet.states.values()) < miners:
            await asyncio.sleep(0.1)
        bench.line("start, to all online", time.monotonic() - began_s, time.process_time() - cpu_s)
        bench.url = f"http://127.0.0.1:{app.port}"
        await _drawn(bench, Path(settings.dashboards_dir), miners)
        await bench.rest(10)
        await _written()
        await _asked(bench, miners)
        print(f"{'memory':34} {resident_bytes() / 1e6:8.0f} MB, {(resident_bytes() - empty) / 1e3 / miners:.1f} kB a miner")
        await _changed(bench, miners)


async def _drawn(bench: Bench, dashboards: Path, miners: int) -> None:
    """Wait for the dashboards, each drawn once in a miner's life."""
    bench.ticker.reset()
    began_s, cpu_s = time.monotonic(), time.process_time()
    while True:
        if sum(1 for _ in dashboards.iterdir()) >= miners:
            break
        await asyncio.sleep(1)
    bench.line("every dashboard drawn, and polls", time.monotonic() - began_s, time.process_time() - cpu_s)


async def _written() -> None:
    """Print what the databases write in an hour, by two minutes of it: LevelDB's own tidying up is part of it, too."""
    written, began_s = _written_bytes(), time.monotonic()
    await asyncio.sleep(WRITTEN_S)
    an_hour = (_written_bytes() - written) / (time.monotonic() - began_s) * 3600
    print(f"{'written an hour':34} {an_hour / 1e6:8.1f} MB", flush=True)


async def _asked(bench: Bench, miners: int) -> None:
    for turn in ("first", "again", "again"):
        await bench.request(f"GET /metrics, gzip, {turn}", "GET", "/metrics", gzip=True)
        await asyncio.sleep(5)
    for turn in ("plain", "plain, again"):
        await bench.request(f"GET /metrics, {turn}", "GET", "/metrics")
        await asyncio.sleep(5)
    await bench.request("GET /devices/imprint", "GET", "/devices/imprint")
    await bench.request("GET /api/v1/fleet, gzip", "GET", "/api/v1/fleet", gzip=True)
    await bench.request("GET /, the first page", "GET", "/")
    await bench.ask("a browser, whole records, 5 s", do="records", url=bench.url, seconds=5)
    await bench.ask("a browser, our page, 5 s", do="page", url=bench.url, seconds=5)


async def _changed(bench: Bench, miners: int) -> None:
    everybody = [mac(index) for index in range(miners)]
    await bench.request("PUT /devices/listen, the same", "PUT", "/devices/listen", body={"macs": everybody})
    few = {"macs": everybody[miners // 10 :]}
    await bench.request("PUT /devices/listen, a tenth off", "PUT", "/devices/listen", body=few)
    await bench.request("PUT /devices/listen, all again", "PUT", "/devices/listen", body={"macs": everybody})
    gone = everybody[: miners // 10]
    await bench.ask(f"DELETE, {len(gone):,} one by one", do="remove", url=bench.url, macs=gone)


def _written_bytes() -> int:
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["write_bytes"])


def main() -> None:
    """Print the figures of MINERS, 10,000 if not said."""
    logging.disable(logging.WARNING)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    miners = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(miners))


if __name__ == "__main__":
    main()
