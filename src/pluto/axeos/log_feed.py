"""A miner's log socket as an iterator of messages: one frame, one message, as it came (contract B, J; axeos.md 7.1)."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from typing import Final

import aiohttp

from pluto.axeos.decode import decode_system_info
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
    async with aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session:
        feed = await _opened(session, f"http://{target.ip}:{target.port}{path}")
        try:
            yield b""
            async for frame in feed:
                if frame.type is aiohttp.WSMsgType.ERROR:
                    break  # what is wrong with it is the library's text, not the miner's
                yield frame.data if isinstance(frame.data, bytes) else str(frame.data).encode()
        finally:
            await feed.close()
    if feed.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
        raise MinerNonsense("a log message over 1 MiB")


async def _opened(session: aiohttp.ClientSession, url: str) -> aiohttp.ClientWebSocketResponse[bool]:
    try:
        async with asyncio.timeout(OPENING_S):
            feed = await session.ws_connect(url, max_msg_size=MAX_MESSAGE_BYTES + 1, decode_text=False, autoclose=True)
    except TimeoutError as error:
        raise MinerUnreachable(f"the log did not open within {OPENING_S:g} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise MinerUnreachable("the log cannot be opened") from error
    wire = feed.get_extra_info("socket")
    if wire is not None:
        for level, option, value in KEEP_ALIVE:
            wire.setsockopt(level, option, value)
    return feed
