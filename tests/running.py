"""A whole Pluto inside a test, and what a client of it needs."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import socketio

from pluto.api.static import FOLDER
from pluto.app import App
from pluto.clock import Clock
from pluto.settings import Settings
from pluto.simulator.server import SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner


class Running:
    """One running server, asked over its own port as anybody would."""

    def __init__(self, app: App, http: aiohttp.ClientSession) -> None:
        self.app = app
        self.http = http
        self.base = f"http://127.0.0.1:{app.port}"

    async def ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """Return status and JSON of one request."""
        async with self.http.request(method, self.base + path, json=body, headers=headers) as answer:
            return answer.status, msgspec.json.decode(await answer.read())

    async def imprint(self, miners: Iterable[SimulatedMiner]) -> None:
        """Search, and make these miners ours."""
        assert (await self.ask("GET", "/devices/discover"))[0] == 200
        status, _ = await self.ask("PUT", "/devices/imprint", {"macs": [miner.mac for miner in miners]})
        assert status == 200

    async def listen(self, miners: Iterable[SimulatedMiner] | None = None) -> None:
        """Watch these miners, or all."""
        body = {} if miners is None else {"macs": [miner.mac for miner in miners]}
        assert (await self.ask("PUT", "/devices/listen", body))[0] == 200

    async def record(self, mac: str) -> dict[str, Any]:
        """Return the record of a miner."""
        record: dict[str, Any] = (await self.ask("GET", f"/devices/imprint/{mac}"))[1]["data"]
        return record

    async def metrics(self) -> dict[str, float]:
        """Return every sample, name with labels to value."""
        async with self.http.get(self.base + "/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    async def until(self, holds: Callable[[dict[str, float]], bool], limit_s: float = 15.0) -> dict[str, float]:
        """Wait until the metrics say so, and return them."""
        async with asyncio.timeout(limit_s):
            while not holds(samples := await self.metrics()):
                await asyncio.sleep(0.05)
        return samples


class Browser:
    """A Socket.IO client that writes down what it hears."""

    def __init__(self, http: aiohttp.ClientSession | None = None) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.client = socketio.AsyncClient(reconnection=False, http_session=http)
        self.client.on("*", self._hear)

    async def _hear(self, event: str, *arguments: Any) -> None:
        self.heard.append((event, arguments[0] if arguments else None))

    def of(self, event: str) -> list[Any]:
        """Return the payloads of *event*, in order."""
        return [payload for name, payload in self.heard if name == event]

    async def until(self, holds: Callable[["Browser"], bool], limit_s: float = 15.0) -> None:
        """Wait until what was heard says so."""
        async with asyncio.timeout(limit_s):
            while not holds(self):
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(
    folder: Path,
    fleet: SimulatedFleet | None = None,
    page_folder: Path = FOLDER,
    fixed: Sequence[str] = (),
    clock: Clock | None = None,
    **given: Any,
) -> AsyncGenerator[Running, None]:
    """Run a server with everything it writes in *folder*, searching where *fleet* lives, showing the page in *page_folder*."""
    defaults: dict[str, Any] = {
        "port": 0,
        "data_dir": str(folder / "data"),
        "logs_dir": str(folder / "logs"),
        "dashboards_dir": str(folder / "dashboards"),
        "templates_dir": str(folder / "templates"),
        "discovery_mdns": False,
        "discovery_networks": ("127.99.99.0/30",)
        if fleet is None
        else (f"{fleet.miners[0].host.split(':')[0]}/24:{fleet.port}",),
    }
    app = App(Settings(**(defaults | given)), clock, page_folder=page_folder, fixed=fixed)
    async with app, aiohttp.ClientSession() as http:
        yield Running(app, http)


@asynccontextmanager
async def browser(
    pluto: Running, transports: list[str] | None = None, headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Browser, None]:
    """Connect a browser to the events of *pluto*."""
    async with aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as http:
        one = Browser(http)
        await one.client.connect(pluto.base, socketio_path="/socket/io", transports=transports or ["websocket"])
        try:
            yield one
        finally:
            await one.client.disconnect()
