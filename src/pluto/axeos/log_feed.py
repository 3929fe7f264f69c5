"""A miner's log socket as an iterator of messages: one frame, one message, as it came (contract B, J; axeos.md 7.1)."""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import AsyncGenerator
from typing import Any, Final

import aiohttp

from pluto.axeos.decode import decode_system_info
from pluto.axeos.descriptors import may_be_kept
from pluto.axeos.reach import Reach, Refusal
from pluto.errors import MinerNonsense, MinerUnreachable

OPENING_S: Final = 5.0
MAX_MESSAGE_BYTES: Final = 1024 * 1024
KEEP_ALIVE: Final = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 15),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4),
)
"""A half-open socket is found within 35 s by TCP itself: a miner whose firmware never answers a ping is not cut off for that."""
RECEIVE_BYTES: Final = 8 * 1024
"""What the kernel takes at once: a quarter of a megabyte of empty frames would keep all others waiting for a second."""
FRAMES_PER_S: Final = 1000
"""From a miner that sends more, pings included, no more is read before the second is over."""
FRAMES_AT_ONCE: Final = 100
CLOSING_S: Final = 0.5
"""A miner that goes on talking after our goodbye is not listened to for longer: it might never end."""
_NMAXE_PATH: Final = "/ws"
_PATH: Final = "/api/ws"


def log_path(info: bytes) -> str:
    """Return the path of the log socket for the firmware that answered *info*: NMAxe has it elsewhere."""
    model = decode_system_info(info).reading.model or ""
    return _NMAXE_PATH if model.startswith("NM") else _PATH


async def log_messages(reach: Reach, host: str, path: str) -> AsyncGenerator[bytes, None]:
    """Yield each frame of the miner at *host* until its socket ends; raises MinerUnreachable, MinerNonsense.

    The first item is empty: the socket is open. Nothing is sent but what the protocol itself needs, and no Origin.
    """
    target = reach.check(host)
    if isinstance(target, Refusal):
        raise MinerUnreachable(target.sentence)
    connector = aiohttp.TCPConnector(socket_factory=_socket)
    async with aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), connector=connector) as session:
        feed = await _opened(session, f"http://{target.ip}:{target.port}{path}")
        try:
            yield b""
            pace = _Pace()
            async for frame in feed:
                await pace.keep()
                if frame.type is aiohttp.WSMsgType.ERROR:
                    break  # what is wrong with it is the library's text, not the miner's
                if frame.type is aiohttp.WSMsgType.PING:
                    with contextlib.suppress(aiohttp.ClientError, ConnectionError):  # it may be gone: the next frame says so
                        await feed.pong(frame.data)
                elif frame.type is not aiohttp.WSMsgType.PONG:
                    yield frame.data if isinstance(frame.data, bytes) else str(frame.data).encode()
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSING_S):
                    await feed.close()
    if feed.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
        raise MinerNonsense("a log message over 1 MiB")


class _Pace:
    """Lets a miner that floods us wait: what it has to say stays in its own buffers."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began_s = self._loop.time()
        self._count = 0

    async def keep(self) -> None:
        """Count a frame; return at once, or when there is time for it."""
        self._count += 1
        if self._count % FRAMES_AT_ONCE == 0:
            await asyncio.sleep(0)
        if self._count < FRAMES_PER_S:
            return
        rest_s = self._began_s + 1.0 - self._loop.time()
        if rest_s > 0:
            await asyncio.sleep(rest_s)
        self._began_s, self._count = self._loop.time(), 0


def _socket(address: tuple[Any, ...]) -> socket.socket:
    family, kind, protocol = address[:3]
    wire = socket.socket(family, kind, protocol)
    if not may_be_kept(wire.fileno()):
        wire.close()
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    for level, option, value in KEEP_ALIVE:
        wire.setsockopt(level, option, value)
    return wire


async def _opened(session: aiohttp.ClientSession, url: str) -> aiohttp.ClientWebSocketResponse[bool]:
    try:
        async with asyncio.timeout(OPENING_S):
            feed = await session.ws_connect(url, max_msg_size=MAX_MESSAGE_BYTES + 1, decode_text=False, autoping=False)
    except TimeoutError as error:
        raise MinerUnreachable(f"the log did not open within {OPENING_S:g} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise MinerUnreachable("the log cannot be opened") from error
    return feed
