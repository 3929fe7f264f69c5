"""The server as a process that watches a simulated fleet: what trust's tests of survival have in common."""

import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import aiohttp

from discovery_stub import discovery_stub
from parts import free_port, run
from pluto.simulator.server import SimulatedFleet


class Served:
    """A running server, the process it is, and how to ask it."""

    def __init__(self, http: aiohttp.ClientSession, base: str, process: "Popen[bytes]", folder: Path) -> None:
        self.http, self.base, self.process, self.folder = http, base, process, folder

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of one answer, which must be 200."""
        async with self.http.request(method, self.base + path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def metrics(self) -> dict[str, float]:
        """Return every sample, name with labels to value."""
        async with self.http.get(f"{self.base}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    @property
    def log(self) -> str:
        """Return what the server has logged."""
        return (self.folder / "logs" / "combined.log").read_text("utf-8")


@asynccontextmanager
async def served(
    folder: Path, fleet: SimulatedFleet, *, settings: Mapping[str, str] | None = None, before: Sequence[str] = ()
) -> AsyncGenerator[Served, None]:
    """Run a server that watches all of *fleet*; *before* stands before its command, like `["env", "A=1"]`."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with discovery_stub() as discovery:
        for miner in fleet.miners:
            discovery.knows(miner.mac, miner.host)
        given = {"PORT": str(port), "DISCOVERY_SERVICE_HOST": discovery.base, **(settings or {})}
        command = ["env", *(f"{name}={value}" for name, value in given.items()), *before, sys.executable, "-m", "pluto"]
        connector = aiohttp.TCPConnector(force_close=True)
        async with (
            run(command, ready=f"{base}/readyz", cwd=folder) as process,
            aiohttp.ClientSession(connector=connector) as http,
        ):
            server = Served(http, base, process, folder)
            await server.ask("PUT", "/devices/imprint", {"macs": [miner.mac for miner in fleet.miners]})
            await server.ask("PUT", "/devices/listen", {})
            yield server
        assert process.returncode == 0, server.log[-2000:]


Holds = Callable[[dict[str, float]], bool]
