"""The log socket of each firmware: colours, frames, slots, and what its odd corners do."""

import asyncio
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from pluto.simulator.server import Options, SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from pluto.simulator.websocket import BadFrame, frame, handshake, read_frames
from simulator_client import PATIENCE_S, RawClient, info, request

EVERY = ("axeos-2.9", "axeos-2.12", "axeos-2.15", "nerdqaxe-1.0.36", "nmaxe-2.9")
SINGLE, SHARED, CHUNKED, NERD, NMAXE = range(5)
COLOURED = re.compile("\x1b\\[0;3[23]m[IW] \\(\\d+\\) [^:]+: .*\x1b\\[0m\n")
PLAIN = re.compile(r"[IW] \(\d+\) [^:]+: .*\n")


@pytest.fixture
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(len(EVERY), profiles=EVERY, options=Options(log_lines_per_s=500.0)) as fleet:
        yield fleet


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def _log_url(miner: SimulatedMiner) -> str:
    return f"http://{miner.host}{miner.profile.log_path}"


async def _frames(socket: aiohttp.ClientWebSocketResponse, count: int) -> list[str]:
    async with asyncio.timeout(PATIENCE_S):
        return [await socket.receive_str() for _ in range(count)]


@pytest.mark.parametrize(("index", "line"), [(SINGLE, COLOURED), (SHARED, COLOURED), (NERD, PLAIN), (NMAXE, PLAIN)])
async def test_a_frame_is_a_line_before_2_14_coloured_on_axeos_only(
    fleet: SimulatedFleet, session: aiohttp.ClientSession, index: int, line: re.Pattern[str]
) -> None:
    async with session.ws_connect(_log_url(fleet.miners[index])) as socket:
        frames = await _frames(socket, 40)
    assert all(PLAIN.fullmatch(one) if "wifi:" in one else line.fullmatch(one) for one in frames)


async def test_from_2_14_a_frame_is_a_piece_of_the_stream_and_may_end_within_a_line(
    fleet: SimulatedFleet, session: aiohttp.ClientSession
) -> None:
    async with session.ws_connect(_log_url(fleet.miners[CHUNKED]), decode_text=False) as socket, asyncio.timeout(PATIENCE_S):
        frames = [(await socket.receive()).data for _ in range(30)]
    assert all(isinstance(one, bytes) and len(one) <= 4096 for one in frames)
    assert any(not one.endswith(b"\n") for one in frames)
    assert any(one.count(b"\n") > 1 for one in frames)
    lines = b"".join(frames).decode(errors="replace").splitlines(keepends=True)[:-1]
    assert all(COLOURED.fullmatch(one) or PLAIN.fullmatch(one) for one in lines)


@pytest.mark.parametrize("index", [SINGLE, NERD])
async def test_with_one_slot_the_newest_wins_and_the_older_gets_silence(
    fleet: SimulatedFleet, session: aiohttp.ClientSession, index: int
) -> None:
    url = _log_url(fleet.miners[index])
    async with session.ws_connect(url) as older:
        await _frames(older, 1)
        async with session.ws_connect(url) as newer:
            await _frames(newer, 3)
            assert await _is_silent_after_what_was_on_its_way(older)
            assert not older.closed


async def _is_silent_after_what_was_on_its_way(socket: aiohttp.ClientWebSocketResponse) -> bool:
    try:
        for _ in range(200):
            await socket.receive_str(timeout=0.2)
    except TimeoutError:
        return True
    return False


async def test_ten_share_the_log_and_the_eleventh_is_refused(fleet: SimulatedFleet, session: aiohttp.ClientSession) -> None:
    url = _log_url(fleet.miners[CHUNKED])
    sockets = [await session.ws_connect(url, decode_text=False) for _ in range(10)]
    with pytest.raises(aiohttp.WSServerHandshakeError, match="429"):
        await session.ws_connect(url)
    await sockets[0].close()
    for socket in (*sockets[1:], await session.ws_connect(url, decode_text=False)):
        async with asyncio.timeout(PATIENCE_S):
            assert (await socket.receive()).type is aiohttp.WSMsgType.TEXT
        await socket.close()


async def test_before_2_15_the_eleventh_is_refused_after_the_handshake(
    fleet: SimulatedFleet, session: aiohttp.ClientSession
) -> None:
    url = _log_url(fleet.miners[SHARED])
    sockets = [await session.ws_connect(url) for _ in range(10)]
    eleventh = await session.ws_connect(url)
    assert (await eleventh.receive(timeout=PATIENCE_S)).type in (aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSED)
    for socket in (*sockets, eleventh):
        await socket.close()


async def test_an_empty_message_ends_the_stream_without_a_close_on_2_10_to_2_13(
    fleet: SimulatedFleet, session: aiohttp.ClientSession
) -> None:
    async with session.ws_connect(_log_url(fleet.miners[SHARED])) as socket:
        await _frames(socket, 2)
        await socket.send_str("")
        assert await _is_silent_after_what_was_on_its_way(socket)
        assert not socket.closed


async def test_pings_are_answered_polls_go_on_and_a_close_is_returned(
    fleet: SimulatedFleet, session: aiohttp.ClientSession
) -> None:
    miner = fleet.miners[SHARED]
    async with session.ws_connect(_log_url(miner), heartbeat=0.2) as socket:
        await _frames(socket, 100)
        assert (await info(miner))["macAddr"] == miner.mac
        assert miner.open_connections >= 1
        await socket.close()
        assert socket.close_code == 1000


async def test_a_restart_ends_the_stream(fleet: SimulatedFleet, session: aiohttp.ClientSession) -> None:
    miner = fleet.miners[SHARED]
    async with session.ws_connect(_log_url(miner)) as socket:
        await _frames(socket, 1)
        miner.restart(down_s=0.05)
        async with asyncio.timeout(PATIENCE_S):
            while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        assert socket.closed


async def test_while_http_hangs_an_open_log_goes_on(fleet: SimulatedFleet, session: aiohttp.ClientSession) -> None:
    miner = fleet.miners[SHARED]
    async with session.ws_connect(_log_url(miner)) as socket, RawClient(miner) as client:
        await _frames(socket, 1)
        miner.fault("hang")
        client.send(request("GET", "/api/system/info"))
        await _frames(socket, 100)
        assert await client.is_silent(0.01)


def test_the_handshake_is_that_of_the_standard_s_example() -> None:
    assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in handshake("dGhlIHNhbXBsZSBub25jZQ==")


@pytest.mark.parametrize("size", [0, 125, 126, 65535])
def test_frames_of_every_length_are_read_back_whatever_the_packets(size: int) -> None:
    masked = bytearray(frame(1, b"\x07" * size))
    masked[1] |= 0x80
    head = len(masked) - size
    stream = bytes(masked[:head]) + b"\x01\x02\x03\x04" + bytes(7 ^ (place % 4 + 1) for place in range(size))
    buffer = bytearray(stream[:-1])
    assert list(read_frames(buffer)) == []
    buffer += stream[-1:]
    assert [found.payload for found in read_frames(buffer)] == [b"\x07" * size]
    assert buffer == b""


def test_an_unmasked_frame_is_bad() -> None:
    with pytest.raises(BadFrame):
        list(read_frames(bytearray(frame(1, b"x"))))
