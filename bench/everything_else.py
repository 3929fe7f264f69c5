"""What the rest costs beside the polling of a large fleet: `python -m bench.everything_else [MINERS]`.

One line each: how long it takes to the last byte, its CPU time with the polls of that time taken off, and the longest
stop of the event loop meanwhile, seen by a ticker of 1 ms. The fleet and the clients live in processes of their own.
"""

import asyncio
import contextlib
import json
import logging
import resource
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import uvloop

from bench.contenders import registered
from bench.fast_fleet import mac
from pluto.app import App
from pluto.settings import Settings

PORT = 18092
TICK_S = 0.001
ASK = """
import sys, time, urllib.request
url, method, path, gzip = sys.argv[1:5]
body = open(path, "rb").read() if path else None
headers = {"Content-Type": "application/json"} | ({"Accept-Encoding": "gzip"} if gzip else {})
began = time.monotonic()
size = len(urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method)).read())
print(time.monotonic() - began, size)
"""
LISTEN = """
import asyncio, sys, socketio
async def main():
    client = socketio.AsyncClient()
    first = asyncio.Event()
    client.on("stat_update", lambda _: first.set())
    await client.connect(sys.argv[1], socketio_path="/socket/io", transports=["websocket"])
    await first.wait()
    print(0, 0, flush=True)
    await asyncio.sleep(5)
asyncio.run(main())
"""


class Ticker:
    """Notes how long the event loop did not come round."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def run(self) -> None:
        """Tick until ended."""
        last_s = time.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            now_s = time.monotonic()
            self.longest_s, last_s = max(self.longest_s, now_s - last_s - TICK_S), now_s


class Served(App):
    """A server whose newest readings can be written at will."""

    async def flush(self) -> None:
        """Write what polls left in memory."""
        await self._store.flush()


class Bench:
    """A running server, and what it does when asked."""

    def __init__(self, app: App, ticker: Ticker, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{app.port}"
        self._ticker = ticker
        self._folder = folder
        self._idle_share = 0.0

    async def rest(self, seconds: float) -> None:
        """Learn what the polls alone cost, and how long they stop the loop."""
        self._ticker.longest_s = 0.0
        cpu_s, began_s = time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        self._idle_share = (time.process_time() - cpu_s) / (time.monotonic() - began_s)
        print(f"{'polls alone':28} {self._idle_share * 100:8.1f} % of a core{'':15} stop {self._ticker.longest_s * 1e3:6.1f} ms")

    async def ask(self, what: str, method: str, path: str, body: object = None, *, gzip: bool = False) -> None:
        """Send one request from another process."""
        file = ""
        if body is not None:
            (self._folder / "body").write_text(json.dumps(body))
            file = str(self._folder / "body")
        await self.run(what, ASK, self.url + path, method, file, "gzip" if gzip else "")

    async def run(self, what: str, *program: str) -> None:
        """Run a client and print what it cost us."""
        self._ticker.longest_s = 0.0
        cpu_s, began_s = time.process_time(), time.monotonic()
        client = await asyncio.create_subprocess_exec(sys.executable, "-c", *program, stdout=asyncio.subprocess.PIPE)
        said, _ = await client.communicate()
        wall_s = time.monotonic() - began_s
        cpu_s = time.process_time() - cpu_s - wall_s * self._idle_share
        took_s, size = (float(word) for word in said.split())
        stop_ms = self._ticker.longest_s * 1e3
        print(
            f"{what:28} {took_s * 1e3:8.0f} ms  CPU {cpu_s * 1e3:6.0f} ms  {size / 1e6:5.1f} MB  stop {stop_ms:6.1f} ms",
            flush=True,
        )


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
        folder = Path(name)
        await registered(folder, PORT, miners)
        settings = Settings(
            port=0, data_dir=name, logs_dir=name, dashboards_dir=f"{name}/dashboards", templates_dir=f"{name}/templates",
            auto_listen=True, discovery_networks=("127.50.0.0/30",), discovery_mdns=False,
        )  # fmt: skip
        async with fleet():
            ticker.longest_s = 0.0
            began_s, cpu_s = time.monotonic(), time.process_time()
            async with Served(settings) as app:
                while sum(state.is_online for state in app.fleet.states.values()) < miners:
                    await asyncio.sleep(0.1)
                took_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
                stop_ms = ticker.longest_s * 1e3
                print(
                    f"{'start, to all online':28} {took_s * 1e3:8.0f} ms  CPU {cpu_s * 1e3:6.0f} ms{'':11} stop {stop_ms:6.1f} ms"
                )
                await _figures(Bench(app, ticker, folder), app, miners, folder / "dashboards")
    ticking.cancel()


async def _figures(bench: Bench, app: Served, miners: int, dashboards: Path) -> None:
    while len(list(dashboards.glob("*.json"))) <= miners:  # drawn once in a miner's life
        await asyncio.sleep(1)
    await bench.rest(10)
    written = _written_bytes()
    await app.flush()
    an_hour = (_written_bytes() - written) * 60
    print(f"{'database, written an hour':28} {an_hour / 1e6:8.0f} MB at a flush a minute")
    for _ in range(2):
        await bench.ask("GET /metrics, gzip", "GET", "/metrics", gzip=True)
    await bench.ask("GET /metrics, plain", "GET", "/metrics")
    await bench.ask("GET /devices/imprint", "GET", "/devices/imprint")
    await bench.run("a browser, all records, 5 s", LISTEN, bench.url)
    everybody = [mac(index) for index in range(miners)]
    await bench.ask("PUT /devices/listen, the same", "PUT", "/devices/listen", {"macs": everybody})
    await bench.ask("PUT /devices/listen, a tenth off", "PUT", "/devices/listen", {"macs": everybody[miners // 10 :]})
    await bench.ask("PUT /devices/listen, all again", "PUT", "/devices/listen", {"macs": everybody})
    for index in range(3):
        await bench.ask("DELETE one", "DELETE", f"/devices/imprint/{mac(index)}")


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
