"""The mock miners of contract M: a list of servers, and one simple miner a port."""

import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

import msgspec
from aiohttp import WSMsgType, web

from pluto.simulator.door import AddressTaken
from pluto.simulator.json_text import Json, JsonObject

DEFAULT_LISTING_PORT: Final = 7770
DEFAULT_PORTS: Final = tuple(range(7751, 7761))
DOWN_S: Final = 5.0
LOG_EVERY_S: Final = 5.0
LOOPBACK: Final = "127.0.0.1"
RESTART_PAGE: Final = "<!DOCTYPE html><html><body>System will restart shortly.</body></html>"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BadMock(Exception):
    """A variable of the mock list has a value that cannot be used; the sentence names it."""


class MockSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the environment says about the mock list; port 0 takes a free one."""

    listing_port: int = DEFAULT_LISTING_PORT
    ports: Sequence[int] = DEFAULT_PORTS
    has_logs: bool = False
    down_s: float = DOWN_S
    log_every_s: float = LOG_EVERY_S


def mock_settings(environment: Mapping[str, str]) -> MockSettings:
    """Return what LISTING_PORT, PORTS and LOGS_PUB_ENABLED say; raises BadMock."""
    try:
        listing = int(environment.get("LISTING_PORT") or DEFAULT_LISTING_PORT)
        ports = [int(port) for port in environment.get("PORTS", "").split(",") if port.strip()] or list(DEFAULT_PORTS)
    except ValueError as error:
        raise BadMock(f"LISTING_PORT and PORTS hold port numbers, PORTS separated by commas: {error}") from error
    return MockSettings(listing_port=listing, ports=ports, has_logs=environment.get("LOGS_PUB_ENABLED") == "true")


class MockMiner:
    """One mock: odd ones speak like an old Bitaxe, even ones like a NerdQAxe; PATCHed fields stay."""

    def __init__(self, number: int, settings: MockSettings) -> None:
        self.hostname = f"mockaxe{number}"
        self.port = 0
        self.started = datetime.now(UTC)
        self._number = number
        self._settings = settings
        self._patched: JsonObject = {}
        self._down_until_s = 0.0

    def app(self) -> web.Application:
        """Return the web application of this mock."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._respond)
        return app

    def info(self) -> JsonObject:
        """Return plausible random values, and what was patched over them."""
        uptime_s = (datetime.now(UTC) - self.started).total_seconds()
        fields = _bitaxe() if self._number % 2 else _nerdqaxe()
        return fields | {"hostname": self.hostname, "uptimeSeconds": int(uptime_s)} | self._patched

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        if time.monotonic() < self._down_until_s:
            return web.Response(status=503, text="Service Unavailable")
        if self._settings.has_logs and request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._stream(request)
        handler = self._routes().get((request.method, request.path))
        return web.Response(status=404, text="Not Found") if handler is None else await handler(request)

    def _routes(self) -> Mapping[tuple[str, str], Handler]:
        return {
            ("GET", "/api/system/info"): self._get_info,
            ("PATCH", "/api/system"): self._patch,
            ("POST", "/api/system/restart"): self._restart,
        }

    async def _get_info(self, _: web.Request) -> web.StreamResponse:
        return _json(self.info())

    async def _patch(self, request: web.Request) -> web.StreamResponse:
        try:
            body: Json = msgspec.json.decode(await request.read())
        except msgspec.DecodeError:
            body = None
        if not isinstance(body, dict):
            return web.Response(status=400, text="Invalid JSON")
        self._patched |= body
        return _json({"message": "System info updated successfully"})

    async def _restart(self, _: web.Request) -> web.StreamResponse:
        self._down_until_s = time.monotonic() + self._settings.down_s
        self.started = datetime.now(UTC)
        return web.Response(text=RESTART_PAGE, content_type="text/html")

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        while not stream.closed:
            line = f"I ({int(time.monotonic() * 1000)}) {self.hostname}: accepted share {random.getrandbits(32):08x}"
            await stream.send_json({"log": line})
            try:
                message = await stream.receive(self._settings.log_every_s)
            except TimeoutError:  # nothing was said for one pause: the next line is due
                continue
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                break
        return stream


class MockList:
    """The listing server and its mocks, open inside `async with`."""

    def __init__(self, settings: MockSettings) -> None:
        self.miners = [MockMiner(number, settings) for number in range(1, len(settings.ports) + 1)]
        self.listing_port = settings.listing_port
        self._settings = settings
        self._runners: list[web.AppRunner] = []

    async def __aenter__(self) -> Self:
        """Listen everywhere; raises AddressTaken, then nothing listens."""
        for miner, port in zip(self.miners, self._settings.ports, strict=True):
            miner.port = await self._listen(miner.app(), port)
        app = web.Application()
        app.router.add_get("/servers", self._servers)
        self.listing_port = await self._listen(app, self.listing_port)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop listening everywhere."""
        await self._close()

    async def _close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    async def _listen(self, app: web.Application, port: int) -> int:
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.2)
        await runner.setup()
        self._runners.append(runner)
        try:
            await web.TCPSite(runner, LOOPBACK, port).start()
        except OSError as error:
            await self._close()
            raise AddressTaken(f"cannot listen at {LOOPBACK}:{port}: {error.strerror}") from error
        return int(runner.addresses[0][1])

    async def _servers(self, _: web.Request) -> web.StreamResponse:
        servers: list[Json] = [
            {"port": miner.port, "hostname": miner.hostname, "startTime": miner.started.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
            for miner in self.miners
        ]
        return _json({"message": f"Available servers from listing-server:{self.listing_port}", "servers": servers})


def _json(value: Json) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")


def _near(value: float, share: float = 0.05) -> float:
    return round(random.uniform(value * (1 - share), value * (1 + share)), 2)  # noqa: S311 - a reading, not a secret


def _bitaxe() -> JsonObject:
    return {
        "power": _near(13.5),
        "voltage": _near(5100),
        "current": _near(2700),
        "fanSpeedRpm": int(_near(4200)),
        "temp": int(_near(55)),
        "hashRate": _near(480, 0.1),
        "bestDiff": "13.4M",
        "bestSessionDiff": "1.21M",
        "freeHeap": int(_near(120_000)),
        "coreVoltage": 1200,
        "coreVoltageActual": int(_near(1190, 0.01)),
        "ssid": "mock-wifi",
        "wifiStatus": "Connected!",
        "sharesAccepted": int(_near(1500)),
        "sharesRejected": int(_near(10)),
        "ASICModel": "BM1366",
        "stratumURL": "public-pool.io",
        "stratumPort": 21496,
        "stratumUser": "bc1qmock.mockaxe",
        "frequency": 485,
        "version": "v2.1.8",
        "boardVersion": "204",
        "runningPartition": "factory",
        "flipscreen": 1,
        "invertscreen": 0,
        "invertfanpolarity": 1,
        "autofanspeed": 1,
        "fanspeed": 80,
    }


def _nerdqaxe() -> JsonObject:
    return {
        "power": _near(78),
        "maxPower": 100,
        "minPower": 52,
        "voltage": _near(12_000, 0.01),
        "current": _near(6500),
        "temp": _near(57),
        "vrTemp": _near(63),
        "hashRateTimestamp": int(time.monotonic() * 1000),
        "hashRate": _near(4800),
        "hashRate_10m": _near(4800, 0.02),
        "hashRate_1h": _near(4800, 0.01),
        "hashRate_1d": _near(4800, 0.01),
        "bestDiff": "2.03G",
        "bestSessionDiff": "91.2M",
        "freeHeap": int(_near(6_890_000)),
        "coreVoltage": 1150,
        "coreVoltageActual": int(_near(1146, 0.01)),
        "ssid": "mock-wifi",
        "wifiStatus": "Connected!",
        "wifiRSSI": -55,
        "sharesAccepted": int(_near(3400)),
        "sharesRejected": int(_near(6)),
        "asicCount": 4,
        "smallCoreCount": 2040,
        "ASICModel": "BM1370",
        "deviceModel": "NerdQAxe++",
        "stratumURL": "solo.ckpool.org",
        "stratumPort": 3333,
        "stratumUser": "bc1qmock.mockaxe",
        "frequency": 600,
        "version": "v1.0.30",
        "autofanspeed": 1,
        "fanspeed": 54,
        "fanrpm": int(_near(1800)),
        "lastResetReason": "Power on reset",
        "jobInterval": 500,
        "overheat_temp": 70,
    }
