"""A miner's log socket over real sockets: how it is asked for, what comes of a frame, what ends it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from pluto.axeos.log_feed import FRAMES_PER_S, KEEP_ALIVE, MAX_MESSAGE_BYTES, log_messages
from pluto.axeos.reach import Reach
from pluto.errors import MinerNonsense, MinerUnreachable
from pluto.simulator.server import SimulatedFleet

REACH = Reach(["127.0.0.0/8"])
Sends = Callable[[web.WebSocketResponse], Awaitable[None]]


@asynccontextmanager
async def miner_that(sends: Sends, asked: list[web.Request] | None = None) -> AsyncGenerator[str, None]:
    """Run a miner whose log does *sends* and then closes; yields its host."""

    async def log(request: web.Request) -> web.StreamResponse:
        if asked is not None:
            asked.append(request)
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        await sends(stream)
        return stream

    app = web.Application()
    app.router.add_get("/api/ws", log)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def heard(host: str) -> list[bytes]:
    async with asyncio.timeout(10):
        return [message async for message in log_messages(REACH, host, "/api/ws")]


async def test_one_frame_is_one_message_whatever_it_holds() -> None:
    async def sends(stream: web.WebSocketResponse) -> None:
        await stream.send_str("two\nlines \x1b[0m")
        await stream.send_bytes(b"\xff raw")
        await stream.send_str("")

    async with miner_that(sends) as host:
        assert await heard(host) == [b"", b"two\nlines \x1b[0m", b"\xff raw", b""]


async def test_it_is_asked_as_no_browser_asks() -> None:
    asked: list[web.Request] = []

    async def sends(_: web.WebSocketResponse) -> None:
        return

    async with miner_that(sends, asked) as host:
        assert await heard(host) == [b""]
    assert not {"Origin", "Cookie", "Referer", "Authorization"} & set(asked[0].headers)


async def test_a_message_of_a_mebibyte_passes_and_a_larger_one_ends_the_socket() -> None:
    async def sends(stream: web.WebSocketResponse) -> None:
        await stream.send_bytes(b"x" * MAX_MESSAGE_BYTES)
        await stream.send_bytes(b"x" * (MAX_MESSAGE_BYTES + 1))
        await stream.send_str("never")

    async with miner_that(sends) as host:
        feed = log_messages(REACH, host, "/api/ws")
        assert [len(await anext(feed)) for _ in range(2)] == [0, MAX_MESSAGE_BYTES]
        with pytest.raises(MinerNonsense):
            await anext(feed)


async def test_where_no_log_is_there_is_an_error_and_no_wait() -> None:
    async with miner_that(lambda stream: stream.send_str("x")) as host:
        for where, path in ((host, "/elsewhere"), ("127.0.0.1:9", "/api/ws"), ("8.8.8.8", "/api/ws")):
            with pytest.raises(MinerUnreachable):
                await anext(log_messages(REACH, where, path))


def test_a_half_open_socket_is_found_within_forty_seconds_without_asking_for_pongs() -> None:
    options = {option: value for level, option, value in KEEP_ALIVE if level == socket.IPPROTO_TCP}
    idle_s, every_s, times = (options[name] for name in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT))
    assert idle_s + every_s * times <= 40


async def test_nothing_is_sent_to_a_miner_that_says_nothing() -> None:
    async def says_nothing_first(stream: web.WebSocketResponse) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stream.receive(), 0.3)
        await stream.send_str("at last")

    async with miner_that(says_nothing_first) as host:
        assert await heard(host) == [b"", b"at last"]


@pytest.mark.parametrize("flood", ["log-empty-flood", "log-ping-flood"])
async def test_a_flood_of_frames_is_read_a_thousand_a_second_and_the_loop_goes_on(flood: str) -> None:
    async with SimulatedFleet(1, first="127.20.7.1", profiles=("axeos-2.12",)) as fleet:
        fleet.miners[0].fault(flood)
        messages = 0
        async with contextlib.aclosing(log_messages(REACH, fleet.miners[0].host, "/api/ws")) as feed:

            async def listen() -> None:
                nonlocal messages
                async for _ in feed:
                    messages += 1

            listening = asyncio.create_task(listen())
            for _ in range(20):
                await asyncio.sleep(0.01)
                assert not listening.done()
            listening.cancel()
            await asyncio.wait([listening])
    assert messages <= FRAMES_PER_S + 1
    assert messages > 1 or flood == "log-ping-flood"
