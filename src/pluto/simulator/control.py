"""The control route: faults, restarts and moves of a running fleet over HTTP, on a port of its own."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

import msgspec
from aiohttp import web

from pluto.simulator.door import AddressTaken
from pluto.simulator.faults import FAULTS
from pluto.simulator.json_text import Json, JsonObject
from pluto.simulator.server import SimulatedFleet
from pluto.simulator.simulated_miner import NoSuchFault, SimulatedMiner

LOOPBACK: Final = "127.0.0.1"


class ControlRoute:
    """`GET /miners /faults /servers`, `POST|DELETE /miners/{index or mac}/fault`, `POST .../restart`, `POST .../move`."""

    def __init__(self, fleet: SimulatedFleet, port: int = 0) -> None:
        self._fleet = fleet
        self._started = datetime.now(UTC)
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"http://{LOOPBACK}:{self._port}"

    async def __aenter__(self) -> Self:
        """Listen on loopback; raises AddressTaken."""
        self._runner = web.AppRunner(self._app(), access_log=None, handle_signals=False)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, LOOPBACK, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise AddressTaken(f"cannot listen at {LOOPBACK}:{self._port}: {error.strerror}") from error
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/miners", self._miners),
                web.get("/faults", self._faults),
                web.get("/servers", self._servers),
                web.post("/miners/{miner}/fault", self._for_one(self._fault)),
                web.delete("/miners/{miner}/fault", self._for_one(self._heal)),
                web.post("/miners/{miner}/restart", self._for_one(self._restart)),
                web.post("/miners/{miner}/move", self._for_one(self._move)),
            ]
        )
        return app

    async def _miners(self, _: web.Request) -> web.Response:
        return _json([_shown(index, miner) for index, miner in enumerate(self._fleet.miners)])

    async def _faults(self, _: web.Request) -> web.Response:
        rows: list[Json] = [
            {"name": name, "description": fault.description, "parameters": dict(fault.defaults)} for name, fault in FAULTS.items()
        ]
        return _json(rows)

    async def _servers(self, _: web.Request) -> web.Response:
        started = self._started.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        servers: list[Json] = [
            {"port": miner.port, "hostname": miner.hostname, "startTime": started} for miner in self._fleet.miners
        ]
        return _json({"message": f"Available servers from listing-server:{self._port}", "servers": servers})

    def _for_one(
        self, handle: Callable[[SimulatedMiner, JsonObject], None]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def respond(request: web.Request) -> web.StreamResponse:
            miner = self._fleet.find(request.match_info["miner"])
            if miner is None:
                return _json({"error": "no such miner"}, 404)
            try:
                body: Json = msgspec.json.decode(await request.read() or b"{}")
                handle(miner, body if isinstance(body, dict) else {})
            except (msgspec.DecodeError, NoSuchFault, AddressTaken, ValueError, KeyError) as error:
                return _json({"error": str(error)}, 400)
            return _json(_shown(self._fleet.miners.index(miner), miner))

        return respond

    def _fault(self, miner: SimulatedMiner, body: JsonObject) -> None:
        parameters = {name: value for name, value in body.items() if name != "fault"}
        miner.fault(str(body.get("fault")), **parameters)

    def _heal(self, miner: SimulatedMiner, _: JsonObject) -> None:
        miner.heal()

    def _restart(self, miner: SimulatedMiner, _: JsonObject) -> None:
        miner.restart()

    def _move(self, miner: SimulatedMiner, body: JsonObject) -> None:
        miner.move(str(body["host"]))


def _shown(index: int, miner: SimulatedMiner) -> JsonObject:
    return {
        "index": index,
        "mac": miner.mac,
        "host": miner.host,
        "hostname": miner.hostname,
        "profile": miner.profile.name,
        "fault": miner.fault_name,
        "requests": miner.requests.total,
        "openConnections": miner.open_connections,
    }


def _json(value: Json, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")
