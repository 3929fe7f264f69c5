"""Trust 10.3: what one Socket.IO client, or all together, may cost."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import pytest
from aiohttp import web

from clocks import FakeClock
from pluto.events.engine import Limits
from pluto.events.hub import MAX_PACKET_BYTES, Hub
from pluto.events.outbox import MAX_WAITING_BYTES, MAX_WAITING_MESSAGES

POLLING: Final = "/socket/io/?EIO=4&transport=polling"
WEBSOCKET: Final = "/socket/io/?EIO=4&transport=websocket"
CLOSED: Final = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.ERROR)


class Place:
    """A hub that listens, its clock, and a client."""

    def __init__(self, hub: Hub, clock: FakeClock, http: aiohttp.ClientSession, url: str) -> None:
        self.hub = hub
        self.clock = clock
        self.http = http
        self.url = url

    async def websocket(self, *, connects: bool = True) -> aiohttp.ClientWebSocketResponse:
        socket = await self.http.ws_connect(self.url + WEBSOCKET, max_msg_size=0)
        assert (await socket.receive_str()).startswith("0{")
        if connects:
            await socket.send_str("40")
            assert (await socket.receive_str()).startswith("40{")
        return socket

    async def polling(self, *, connects: bool = True) -> str:
        """Return the address of a new session."""
        async with self.http.get(self.url + POLLING) as answer:
            assert answer.status == 200, await answer.text()
            address = f"{self.url}{POLLING}&sid={json.loads((await answer.text())[1:])['sid']}"
        if connects:
            assert await self.say(address, "40") == 200
            async with self.http.get(address) as answer:
                assert (await answer.text()).startswith("40{")
        return address

    async def say(self, address: str, text: str) -> int:
        async with self.http.post(address, data=text) as answer:
            return answer.status

    async def pass_s(self, seconds: float) -> None:
        """Let time pass, and let what is due then happen."""
        self.clock.advance_to(self.clock.now_s() + seconds)
        await self.hub.close_gone()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def place(limits: Limits | None = None) -> AsyncGenerator[Place]:
    clock = FakeClock()
    async with Hub(limits, clock) as hub, aiohttp.ClientSession() as http:
        runner = web.ServerRunner(web.Server(hub.handle))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield Place(hub, clock, http, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


async def is_closed(socket: aiohttp.ClientWebSocketResponse) -> bool:
    """Return whether the other side closes within a moment, whatever it still says."""
    try:
        async with asyncio.timeout(1):
            while (await socket.receive()).type not in CLOSED:
                pass
    except TimeoutError:
        return False
    return True


def test_the_figures_of_sockets_are_those_of_the_page() -> None:
    limits = Limits()
    assert (limits.sessions, limits.connect_s, limits.events_a_second, limits.packets_waiting) == (512, 60, 50, 1000)
    assert (MAX_PACKET_BYTES, MAX_WAITING_BYTES, MAX_WAITING_MESSAGES) == (1_000_000, 256 * 1024, 1000)


async def test_a_packet_over_a_megabyte_closes_its_connection_and_no_other() -> None:
    async with place() as at:
        other, socket, polling = await at.websocket(), await at.websocket(), await at.polling()
        await socket.send_str('42["x","' + "a" * 999_000 + '"]')
        assert not await is_closed(socket)
        await socket.send_str('42["x","' + "a" * 1_000_001 + '"]')
        assert await is_closed(socket)
        assert await at.say(polling, "42" + "a" * 1_000_001) == 400
        await other.send_str('42["checkLogsListening"]')
        assert await other.receive_str() == '42["logsListeningStatus",false]'


async def test_beyond_the_limit_the_oldest_that_waits_for_nothing_goes() -> None:
    async with place(Limits(sessions=4)) as at:
        first, second = await at.polling(), await at.polling()
        sockets = [await at.websocket(), await at.websocket()]
        waiting = asyncio.create_task(at.http.get(first))
        await asyncio.sleep(0.05)
        newest = await at.polling()
        assert await at.say(second, '42["checkLogsListening"]') == 400  # gone
        assert await at.say(newest, '42["checkLogsListening"]') == 200
        assert await at.say(first, '42["checkLogsListening"]') == 200
        assert "logsListeningStatus" in await (await waiting).text()
        assert not any(socket.closed for socket in sockets)


async def test_where_all_wait_for_something_a_new_one_is_refused() -> None:
    async with place(Limits(sessions=3)) as at:
        sockets = [await at.websocket() for _ in range(3)]
        async with at.http.get(at.url + POLLING) as answer:
            assert answer.status == 503
            assert "3 connections" in (await answer.json())["error"]
        assert not any(socket.closed for socket in sockets)


async def test_a_session_that_never_connects_is_closed_after_a_minute() -> None:
    async with place() as at:
        silent, there = await at.websocket(connects=False), await at.websocket()
        silent_poll, poll = await at.polling(connects=False), await at.polling()
        await at.pass_s(59)
        assert await at.say(silent_poll, "3") == 200
        assert not silent.closed
        await at.pass_s(2)
        assert await is_closed(silent)
        assert await at.say(silent_poll, "3") == 400
        assert await at.say(poll, '42["checkLogsListening"]') == 200
        await there.send_str('42["checkLogsListening"]')
        assert await there.receive_str() == '42["logsListeningStatus",false]'


async def test_one_that_leaves_and_says_nothing_more_is_closed_as_well() -> None:
    async with place() as at:
        socket = await at.websocket()
        await at.pass_s(100)
        await socket.send_str("41")
        await asyncio.sleep(0.05)
        await at.pass_s(1)
        await at.pass_s(58)
        assert not socket.closed
        await at.pass_s(62)
        assert await is_closed(socket)


@pytest.mark.parametrize("text", ['42["nobody listens to this"]', '42["checkLogsListening"]', "3", "6"])
async def test_fifty_messages_a_second_pass_and_one_more_closes_a_websocket(text: str) -> None:
    async with place() as at:
        socket, other = await at.websocket(), await at.websocket()
        for _ in range(3):
            at.clock.advance_to(at.clock.now_s() + 1.0)
            for _ in range(50):
                await socket.send_str(text)
            await asyncio.sleep(0.1)
        assert not await is_closed(socket)
        for _ in range(51):
            await socket.send_str(text)
        assert await is_closed(socket)
        assert not await is_closed(other)


async def test_fifty_messages_a_second_pass_and_one_more_closes_a_polling_session() -> None:
    async with place() as at:
        address, event = await at.polling(), '42["checkLogsListening"]'
        at.clock.advance_to(1.0)
        for _ in range(3):
            assert await at.say(address, "\x1e".join([event] * 15)) == 200
        assert await at.say(address, "\x1e".join([event] * 15)) in (200, 400)
        assert await at.say(address, event) == 400


async def test_posts_count_even_if_they_say_nothing() -> None:
    async with place() as at:
        address = await at.polling()
        at.clock.advance_to(1.0)
        assert [await at.say(address, "3") for _ in range(50)] == [200] * 50
        assert await at.say(address, "3") == 429
        assert await at.say(address, "3") == 400


async def test_only_so_many_websockets_are_compressed() -> None:
    async with place(Limits(packed=2)) as at:
        asked = [await at.http.ws_connect(at.url + WEBSOCKET, compress=15) for _ in range(3)]
        assert [socket.compress for socket in asked] == [15, 15, 0]
        await asked[0].close()
        await asyncio.sleep(0.05)
        assert (await at.http.ws_connect(at.url + WEBSOCKET, compress=15)).compress == 15


async def test_attachments_are_not_waited_for() -> None:
    async with place() as at:
        socket = await at.websocket()
        await socket.send_str('4599999999-["x",{"_placeholder":true,"num":0}]')
        for _ in range(20):
            await socket.send_bytes(bytes(1000))
        await socket.send_str('42["checkLogsListening"]')
        assert await socket.receive_str() == '42["logsListeningStatus",false]'


async def test_a_body_in_pieces_is_taken_whole() -> None:
    async with place() as at:
        address = await at.polling()
        text = b'42["checkLogsListening"]\x1e42["checkLogsListening"]'
        port, path = address.removeprefix("http://127.0.0.1:").split("/", 1)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        writer.write(f"POST /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(text)}\r\n\r\n".encode())
        for place_ in range(0, len(text), 7):
            writer.write(text[place_ : place_ + 7])
            await asyncio.sleep(0.01)
        assert b" 200 " in await reader.readline()
        writer.transport.abort()
        async with at.http.get(address) as answer:
            assert (await answer.text()).count("logsListeningStatus") == 2


async def test_a_body_that_does_not_come_is_not_waited_for_long() -> None:
    async with place(Limits(body_s=0.3)) as at:
        address = await at.polling()

        port, path = address.removeprefix("http://127.0.0.1:").split("/", 1)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        writer.write(f"POST /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n42".encode())
        async with asyncio.timeout(5):
            assert b" 400 " in await reader.readline()
        assert await at.say(address, "3") == 400
        writer.transport.abort()
        await asyncio.sleep(0)


async def test_a_client_for_which_too_many_packets_wait_is_closed() -> None:
    async with place(Limits(packets_waiting=20)) as at:
        address = await at.polling()
        told: list[int] = []
        while 400 not in told and len(told) < 30:
            await at.pass_s(1)
            told.append(await at.say(address, '420["checkLogsListening"]'))  # each is acknowledged, and nobody fetches it
        assert 8 <= len(told) < 30
