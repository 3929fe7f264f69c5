"""Two hundred log lines a second from twenty miners: all arrive, in order, none twice, in two browsers and the files."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from aiohttp import web

from discovery_stub import discovery_stub
from running import browser, running

MINERS = 20
LINES_A_SECOND = 10
SECONDS = int(os.environ.get("PLUTO_LOG_VOLUME_SECONDS", "8"))
"""Longer by hand: 60 makes it the minute of the promise."""


class Writer:
    """A miner that numbers its log lines."""

    def __init__(self, index: int) -> None:
        self.mac = f"02:00:00:00:20:{index:02x}"
        self.name = f"writer-{index}"
        self.written = 0
        self.host = ""
        self.may_write = asyncio.Event()

    async def info(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"hashRate": 500, "version": "v2.12.2", "macAddr": self.mac, "hostname": self.name})

    async def log(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self.may_write.wait()
        for _ in range(LINES_A_SECOND * SECONDS):
            await socket.send_str(f"I ({self.written}) {self.name}: line {self.written}\n")
            self.written += 1
            await asyncio.sleep(1 / LINES_A_SECOND)
        async for _ in socket:
            pass
        return socket


@asynccontextmanager
async def writers() -> AsyncGenerator[list[Writer], None]:
    async with AsyncExitStack() as stack:
        result = [Writer(index) for index in range(MINERS)]
        for index, writer in enumerate(result):
            app = web.Application()
            app.router.add_get("/api/system/info", writer.info)
            app.router.add_get("/api/ws", writer.log)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, f"127.37.1.{index + 1}", 0)
            await site.start()
            writer.host = f"127.37.1.{index + 1}:{runner.addresses[0][1]}"
        yield result


def numbers(texts: list[str], name: str) -> list[int]:
    return [int(found[1]) for text in texts for found in re.finditer(rf"{name}: line (\d+)", text)]


async def test_all_arrive_in_order_and_none_twice(tmp_path: Path) -> None:
    expected = list(range(LINES_A_SECOND * SECONDS))
    async with writers() as miners, discovery_stub() as discovery:
        for miner in miners:
            discovery.knows(miner.mac, miner.host)
        async with running(tmp_path, discovery_service_host=discovery.base) as pluto:
            assert (await pluto.ask("PUT", "/devices/imprint", {"macs": [miner.mac for miner in miners]}))[0] == 200
            async with browser(pluto) as one, browser(pluto) as other:
                await one.client.emit("enableLogsListening")
                await other.until(lambda page: page.of("logsListeningStatus") == [True])
                assert (await pluto.ask("PUT", "/devices/listen", {"traceLogs": True}))[0] == 200
                before = await pluto.until(lambda samples: samples["hardware_online"] == MINERS)
                for miner in miners:
                    miner.may_write.set()
                await one.until(lambda page: len(page.of("logs_update")) == MINERS * len(expected), SECONDS + 10)
                await other.until(lambda page: len(page.of("logs_update")) == MINERS * len(expected), 5)
                after = await pluto.metrics()
            for page in (one, other):
                for miner in miners:
                    texts = [update["info"] for update in page.of("logs_update") if update["mac"] == miner.mac]
                    assert numbers(texts, miner.name) == expected
    assert after["process_resident_memory_bytes"] - before["process_resident_memory_bytes"] < 40 * 1024 * 1024
    for miner in miners:
        assert numbers((tmp_path / "logs" / f"{miner.name}.log").read_text().splitlines(), miner.name) == expected
