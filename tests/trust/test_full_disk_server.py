"""The whole server on a disk that fills up: writes are refused with 507, all else goes on, and it recovers (trust 11.5)."""

import asyncio
import contextlib
import resource
import shutil
import subprocess
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import socketio

from figures import Figure
from pluto.simulator.server import Options, SimulatedFleet
from served import Served, served

pytestmark = pytest.mark.real

MINERS: Final = 6
RECOVERS_WITHIN_S: Final = 5
FULL_S: Final = 12
"""More than two polls of each miner, and several turns of the threads that write history and logs."""

LARGE: Final = {"name": "refused", "x": "y" * 9000}
"""More than the last page that the file system gave away may still take."""

Full = Callable[[Served], contextlib.AbstractContextManager[None]]


@pytest.fixture(params=["a file system without room", "no file may grow"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[tuple[Path, Full]]:
    """A folder for the server, and how its disk is filled for a while."""
    if request.param == "no file may grow":
        yield tmp_path, no_file_may_grow
        return
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder, no_room
    finally:
        subprocess.run(["umount", folder], check=True)


@contextlib.contextmanager
def no_room(server: Served) -> Generator[None]:
    """Fill the file system with another file."""
    filler = server.folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)):
                    pass
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def no_file_may_grow(server: Served) -> Generator[None]:
    """Let no file of the server grow beyond a kibibyte."""
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (soft, hard))


async def status_of(server: Served, method: str, path: str, body: object = None) -> int:
    async with server.http.request(method, server.base + path, json=body) as answer:
        await answer.read()
        return answer.status


@asynccontextmanager
async def listening(server: Served) -> AsyncGenerator[list[Any]]:
    """Hear live readings as a page does."""
    heard: list[Any] = []
    client = socketio.AsyncClient(reconnection=False)
    client.on("stat_update", heard.append)
    await client.connect(server.base, socketio_path="/socket/io")
    try:
        yield heard
    finally:
        await client.disconnect()


async def preset_names(server: Served) -> set[str]:
    return {preset["name"] for preset in (await server.ask("GET", "/presets"))["data"]}


def polls(samples: dict[str, float]) -> float:
    return sum(value for name, value in samples.items() if name.startswith("pluto_polls_total"))


async def test_a_server_on_a_full_disk_refuses_writes_and_goes_on(disk: tuple[Path, Full], figure: Figure) -> None:
    folder, full = disk
    async with SimulatedFleet(MINERS, first="127.38.7.1", options=Options(log_lines_per_s=20)) as fleet:
        async with served(folder, fleet) as server, listening(server) as heard:
            await server.ask("PUT", "/devices/listen", {"traceLogs": True})
            await server.ask("POST", "/presets", {"name": "before"})
            asked = [miner.requests.total for miner in fleet.miners]
            with full(server):
                await asyncio.sleep(1)
                heard.clear()
                began = polls(await server.metrics())
                refused = [await status_of(server, "POST", "/presets", LARGE) for _ in range(5)]
                assert refused == [507] * 5
                await asyncio.sleep(FULL_S)
                assert await status_of(server, "GET", "/readyz") == 200
                assert await preset_names(server) == {"before"}
                assert (await server.metrics())["hardware_online"] == MINERS
                assert polls(await server.metrics()) - began >= 2 * MINERS
                assert len(heard) >= 2 * MINERS
                assert all(miner.requests.total - count >= 2 for miner, count in zip(fleet.miners, asked, strict=True))
            freed_s = time.monotonic()
            while await status_of(server, "POST", "/presets", {"name": "after"}) != 200:
                assert time.monotonic() - freed_s < RECOVERS_WITHIN_S
                await asyncio.sleep(0.1)
            figure("11.5", time.monotonic() - freed_s, RECOVERS_WITHIN_S, "s until a write is taken once there is room")
            await until_remembered(server, fleet.miners[0].mac)
        async with served(folder, fleet) as server:
            assert await preset_names(server) == {"before", "after"}


async def until_remembered(server: Served, mac: str) -> None:
    """Wait until the past has a reading again."""
    since_s = time.time()
    async with asyncio.timeout(30):
        while True:
            asked = f"/api/v1/history?mac={mac}&metric=hashrate_ghs&from={since_s - 60:.0f}&to={since_s + 60:.0f}"
            times = (await server.ask("GET", asked))["times"]
            if times and times[-1] > since_s - 5:
                return
            await asyncio.sleep(0.5)
