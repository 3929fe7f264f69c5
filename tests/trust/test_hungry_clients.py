"""Trust 10.2: no single client costs more than 80 MB, however many connections it opens and whatever it leaves unfinished."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from clocks import FakeClock
from figures import Figure
from parts import free_port
from pluto.model.json_value import JsonObject
from pluto.store.core import CoreStore
from processes import process, ready

MOST_MB: Final = 80
MINERS: Final = 1000
HOST: Final = b"Host: localhost\r\n"
JSON: Final = b"Content-Type: application/json\r\n"
ATTACKS: Final[Mapping[str, tuple[int, bytes]]] = {
    "unfinished heads": (1000, b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X%d: %s\r\n" % (n, b"a" * 150) for n in range(90))),
    "unfinished bodies": (
        1000, b"PATCH /devices/imprint HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: 102000\r\n\r\n" + b" " * 101_000,
    ),
    "unfinished long bodies": (
        300, b"PUT /devices/imprint HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: 2000000\r\n\r\n" + b" " * 1_500_000,
    ),
    "metrics, packed and unread": (1000, b"GET /metrics HTTP/1.1\r\n" + HOST + b"Accept-Encoding: gzip\r\n\r\n"),
    "metrics, plain and unread": (1000, b"GET /metrics HTTP/1.1\r\n" + HOST + b"\r\n"),
    "pipelined and unread": (100, (b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 1000),
}  # fmt: skip


def resident_mb(pid: int) -> float:
    """Return the most that the process has held until now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@asynccontextmanager
async def attacked(port: int, count: int, sent: bytes) -> AsyncGenerator[None]:
    """Open so many connections, send on each, read nothing."""
    writers: list[asyncio.StreamWriter] = []

    async def one() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writers.append(writer)
        writer.write(sent)

    try:
        for _ in range(count // 50):
            await asyncio.gather(*(one() for _ in range(50)))
        yield
    finally:
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


async def registered(folder: Path) -> None:
    """Register MINERS miners without an address: they are listed and have metrics, and are not polled."""
    devices: list[JsonObject] = [
        {"mac": f"aa:bb:cc:00:{n >> 8:02x}:{n & 255:02x}", "info": {"hostname": f"m{n}"}} for n in range(MINERS)
    ]
    async with CoreStore(folder / "data" / "pluto_core", clock=FakeClock(), flush_s=60.0) as store:
        await store.miners.register(devices)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_single_client_costs_more_than_eighty_megabytes(tmp_path: Path, attack: str, figure: Figure) -> None:
    await registered(tmp_path)
    port, (count, sent) = free_port(), ATTACKS[attack]
    quiet = {"PORT": str(port), "PLUTO_DISCOVERY_MDNS": "false", "PLUTO_DISCOVERY_NETWORKS": "127.99.99.0/30"}
    async with process(tmp_path, quiet) as one, aiohttp.ClientSession() as http:
        await ready(port)
        async with http.put(f"http://127.0.0.1:{port}/devices/listen", json={}) as answer:
            assert answer.status == 200
        async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert f"hardware_offline {MINERS}\n" in await answer.text()
        before_mb = resident_mb(one.pid)
        async with attacked(port, count, sent):
            for _ in range(20):
                async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    assert answer.status == 200
                await asyncio.sleep(0.1)
        cost_mb = resident_mb(one.pid) - before_mb
    figure("10.2", cost_mb, MOST_MB, f"MB for {count:,} connections: {attack}")
    assert cost_mb <= MOST_MB
