"""Socket.IO with real clients: every transport, slow readers, clients that come and go."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from pluto.events.hub import Hub
from pluto.model.miner import MacAddress
from pluto.model.record import Fields, Record

ALICE = MacAddress("02:00:00:00:00:0a")


def record(number: int) -> Record:
    return Record(ALICE, Fields({"mac": ALICE, "ip": "127.0.0.9"}), b'{"n":%d}' % number, "2026-01-01T00:00:00.000Z", True)


class Server:
    def __init__(self, hub: Hub, url: str) -> None:
        self.hub = hub
        self.url = url


@pytest.fixture
async def server() -> AsyncGenerator[Server, None]:
    async with Hub() as hub:
        runner = web.ServerRunner(web.Server(hub.handle))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield Server(hub, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


@asynccontextmanager
async def websocket(server: Server) -> AsyncGenerator[aiohttp.ClientWebSocketResponse, None]:
    """Connect as a browser does, by hand, so that a test decides what is read."""
    async with aiohttp.ClientSession() as http, http.ws_connect(server.url + "/socket/io/?EIO=4&transport=websocket") as socket:
        assert (await socket.receive_str()).startswith("0{")
        await socket.send_str("40")
        assert (await socket.receive_str()).startswith("40{")
        yield socket


async def connected(server: Server, count: int) -> None:
    async with asyncio.timeout(10):
        while server.hub.clients != count:
            await asyncio.sleep(0.02)


async def test_the_handshake_says_what_the_contract_says(server: Server) -> None:
    async with aiohttp.ClientSession() as http, http.get(server.url + "/socket/io/?EIO=4&transport=polling") as answer:
        text = await answer.text()
    assert '"upgrades":["websocket"]' in text
    assert '"pingInterval":10000' in text
    assert '"pingTimeout":5000' in text


async def test_a_record_is_sent_as_it_is_and_only_the_newest_of_a_burst(server: Server) -> None:
    async with websocket(server) as socket:
        for number in range(100):
            server.hub.stat_update(ALICE, record(number))
        text = await socket.receive_str()
        assert text.startswith('42["stat_update",{"mac":"02:00:00:00:00:0a","ip":"127.0.0.9","tracing":true,"info":{"n":99}')


async def test_two_hundred_texts_in_a_row_all_arrive_in_order(server: Server) -> None:
    async with websocket(server) as socket:
        await socket.send_str('42["enableLogsListening"]')
        assert await socket.receive_str() == '42["logsListeningStatus",true]'
        for number in range(200):
            server.hub.logs_update(record(0), f"line {number}")
        heard = [await socket.receive_str() for _ in range(200)]
        assert [f'"info":"line {number}"' in text for number, text in enumerate(heard)] == [True] * 200


async def test_broken_packets_harm_neither_the_server_nor_others(server: Server) -> None:
    async with websocket(server) as good:
        for rubbish in ("4", "42", "42[", '42["x"', "42{}", "9", "", '42["enableLogsListening"', "45-1", "4" + "[" * 10_000):
            async with websocket(server) as bad:
                await bad.send_str(rubbish)
        await good.send_str('42["checkLogsListening"]')
        assert await good.receive_str() == '42["logsListeningStatus",false]'


async def test_a_browser_that_does_not_read_is_cut_off_and_the_others_hear_everything(server: Server) -> None:
    async with websocket(server) as good:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rsplit(":", 1)[1]), limit=1024)
        writer.write(
            b"GET /socket/io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x81\x82\x00\x00\x00\x0040")  # a masked frame with "40", and never a read again
        await connected(server, 2)
        await good.send_str('42["enableLogsListening"]')
        assert await good.receive_str() == '42["logsListeningStatus",true]'
        async with asyncio.timeout(20):
            while server.hub.clients == 2:
                for _ in range(50):
                    server.hub.logs_update(record(0), "x" * 2000)
                for _ in range(50):
                    assert "x" * 2000 in await good.receive_str()
        assert server.hub.closed_slow == 1
        assert server.hub.clients == 1
        writer.close()
