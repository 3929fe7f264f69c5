"""A raw client for the simulator's tests: sends bytes, returns the bytes that came, knows nothing of HTTP clients."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import msgspec

from pluto.simulator.simulated_miner import SimulatedMiner

PATIENCE_S = 5.0


def request(method: str, path: str, body: bytes = b"", headers: Sequence[str] = ()) -> bytes:
    """Return a request as our own poll client would write it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: miner", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class RawClient:
    """One TCP connection to a miner."""

    def __init__(self, miner: SimulatedMiner) -> None:
        self._address, _, port = miner.host.partition(":")
        self._port = int(port or 80)

    async def __aenter__(self) -> "RawClient":
        self.reader, self._writer = await asyncio.open_connection(self._address, self._port, limit=1 << 26)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def ask(self, method: str, path: str, body: bytes = b"", headers: Sequence[str] = ()) -> tuple[bytes, bytes]:
        """Return head (with its empty line) and body, the body as it stands on the wire."""
        self.send(request(method, path, body, headers))
        return await self.answer()

    async def answer(self) -> tuple[bytes, bytes]:
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            if b"\r\nTransfer-Encoding: chunked\r\n" in head:
                return head, await self.reader.readuntil(b"0\r\n\r\n")
            length = next((line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")), b": 0")
            return head, await self.reader.readexactly(int(length.partition(b": ")[2]))

    async def everything(self) -> bytes:
        """Return all that comes until the miner closes."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.read()

    async def is_silent(self, for_s: float = 0.1) -> bool:
        """Return whether nothing comes for a moment."""
        try:
            async with asyncio.timeout(for_s):
                return await self.reader.read(1) == b"never"
        except TimeoutError:
            return True


async def ask(
    miner: SimulatedMiner, method: str, path: str, body: bytes = b"", headers: Sequence[str] = ()
) -> tuple[bytes, bytes]:
    """Return head and body of one exchange on a connection of its own."""
    async with RawClient(miner) as client:
        return await client.ask(method, path, body, headers)


async def info(miner: SimulatedMiner) -> dict[str, Any]:
    """Return system/info as an object."""
    _, body = await ask(miner, "GET", "/api/system/info")
    return dict(msgspec.json.decode(plain(body) if miner.profile.name.startswith("nerd") else body))


async def patch(miner: SimulatedMiner, fields: dict[str, Any], path: str = "/api/system") -> tuple[bytes, bytes]:
    """Return the answer to a PATCH with *fields*."""
    return await ask(miner, "PATCH", path, msgspec.json.encode(fields), ("Content-Type: application/json",))


def plain(chunked: bytes) -> bytes:
    """Return what the chunks hold."""
    pieces: list[bytes] = []
    while True:
        size, _, rest = chunked.partition(b"\r\n")
        if int(size, 16) == 0:
            return b"".join(pieces)
        pieces.append(rest[: int(size, 16)])
        chunked = rest[int(size, 16) + 2 :]
