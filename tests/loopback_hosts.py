"""A network on loopback for discovery: small miners, and hosts that are anything but."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Self

from aiohttp import web

Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def small_info(number: int, **more: object) -> dict[str, object]:
    """Return the answer of miner *number*, with a password in it."""
    mac = f"02:00:00:00:{number >> 8:02X}:{number & 255:02X}"
    info = {"ASICModel": "BM1370", "hashRate": 1000.5, "hostname": f"axe-{number}", "macAddr": mac, "stratumPassword": "hush"}
    return {name: value for name, value in (info | more).items() if value is not None}


def small_mac(number: int) -> str:
    return f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}"


class LoopbackHosts:
    """Miners at `127.{net}.0.{n}`, all at one free *port*; *asked* counts the questions to each address."""

    def __init__(self, net: int) -> None:
        self.net = net
        self.port = 0
        self.asked: dict[str, int] = {}
        self._infos: dict[str, dict[str, object]] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/api/system/info", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self._stack.push_async_callback(self._runner.cleanup)
        with socket.socket() as probe:
            probe.bind((f"127.{self.net}.0.1", 0))
            self.port = probe.getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def network(self) -> str:
        return f"127.{self.net}.0.0/24:{self.port}"

    def ip(self, number: int) -> str:
        return f"127.{self.net}.0.{number}"

    def host(self, number: int) -> str:
        return f"{self.ip(number)}:{self.port}"

    async def miner(self, number: int, **more: object) -> str:
        """Start a miner; *more* changes its answer, None takes a field away."""
        self._infos[self.ip(number)] = small_info(number, **more)
        await web.TCPSite(self._runner, self.ip(number), self.port, reuse_address=True).start()
        return self.host(number)

    async def stranger(self, number: int, connected: Connected) -> str:
        """Start a host that does *connected* with each connection."""

        async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._count(self.ip(number))
            try:
                await connected(reader, writer)
            except OSError:
                pass
            finally:
                writer.transport.abort()

        server = await asyncio.start_server(counted, self.ip(number), self.port)
        self._stack.callback(server.close)
        return self.host(number)

    def _count(self, ip: str) -> None:
        self.asked[ip] = self.asked.get(ip, 0) + 1

    async def _answer(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        ip = request.transport.get_extra_info("sockname")[0]
        self._count(ip)
        return web.json_response(self._infos[ip])


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read, and never answer."""
    while await reader.read(1024):
        pass


def says(answer: bytes) -> Connected:
    """Answer with *answer* as it is."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return connected


def floods(head: bytes) -> Connected:
    """Answer with *head* and bytes without end."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while True:
            writer.write(b'{"a":1},' * 8192)
            await writer.drain()

    return connected


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Return an HTTP answer."""
    lines: Mapping[str, str] = {
        "Content-Length": str(len(body)),
        "Content-Type": "application/json",
        "Connection": "close",
    } | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body
